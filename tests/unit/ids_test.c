/* SPDX-License-Identifier: MIT */
#include "base/ids.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static sp_ids seeded(uint8_t first) {
  uint8_t seed[SP_SEED_BYTES] = { first };
  sp_ids ids;
  sp_ids_init(&ids, seed);
  return ids;
}

/* The first block of ChaCha20 with key, nonce and counter all zero: RFC 8439 Appendix A.1, test vector 1. */
static void the_stream_is_chacha20(void **state) {
  static const uint8_t expected[64] = {
    0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90, 0x40, 0x5d, 0x6a, 0xe5, 0x53, 0x86, 0xbd, 0x28,
    0xbd, 0xd2, 0x19, 0xb8, 0xa0, 0x8d, 0xed, 0x1a, 0xa8, 0x36, 0xef, 0xcc, 0x8b, 0x77, 0x0d, 0xc7,
    0xda, 0x41, 0x59, 0x7c, 0x51, 0x57, 0x48, 0x8d, 0x77, 0x24, 0xe0, 0x3f, 0xb8, 0xd8, 0x4a, 0x37,
    0x6a, 0x43, 0xb8, 0xf4, 0x15, 0x18, 0xa1, 0x1c, 0xc3, 0x87, 0xb6, 0x69, 0xb2, 0xee, 0x65, 0x86,
  };
  uint8_t bytes[64];
  sp_ids ids = seeded(0);
  (void)state;
  sp_ids_bytes(&ids, bytes, 10);
  sp_ids_bytes(&ids, bytes + 10, 54);
  assert_memory_equal(bytes, expected, sizeof expected);
}

static void a_uuid_is_version_4_in_lower_case(void **state) {
  sp_ids ids = seeded(1);
  (void)state;
  for (int i = 0; i < 1000; i++) {
    sp_uuid uuid = sp_ids_uuid(&ids);
    assert_int_equal(strlen(uuid.text), SP_UUID_LEN);
    assert_int_equal(sp_uuid_str(&uuid).len, SP_UUID_LEN);
    assert_int_equal(uuid.text[14], '4');
    assert_non_null(strchr("89ab", uuid.text[19]));
    for (size_t k = 0; k < SP_UUID_LEN; k++) {
      if (k == 8 || k == 13 || k == 18 || k == 23) assert_int_equal(uuid.text[k], '-');
      else assert_non_null(strchr("0123456789abcdef", uuid.text[k]));
    }
  }
}

static void the_seed_decides(void **state) {
  sp_ids a = seeded(1), b = seeded(1), c = seeded(2);
  (void)state;
  sp_uuid first = sp_ids_uuid(&a), same = sp_ids_uuid(&b), other = sp_ids_uuid(&c), next = sp_ids_uuid(&a);
  assert_string_equal(first.text, same.text);
  assert_string_not_equal(first.text, other.text);
  assert_string_not_equal(first.text, next.text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_stream_is_chacha20),
    cmocka_unit_test(a_uuid_is_version_4_in_lower_case),
    cmocka_unit_test(the_seed_decides),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
