/* SPDX-License-Identifier: MIT */
/* Parts of paths and URLs that others name (RFC 3986 §3.3). */
#include "streaming/channel.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void segments_are_escaped(void **state) {
  static const struct {
    const char *in, *out;
  } cases[] = {
    { "streaming-0-ab_c~1.2", "streaming-0-ab_c~1.2" },
    { "a b/c", "a%20b%2Fc" },
    { "?#%", "%3F%23%25" },
    { "\xC3\xA9\"", "%C3%A9%22" },
    { "", "" },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_buf out;
    sp_buf_init(&out, test_alloc_new(0), 256);
    sp_channel_add_segment(&out, sp_str_from(cases[i].in));
    if (!sp_str_is(sp_buf_str(&out), cases[i].out)) fail_msg("%s", cases[i].in);
    sp_buf_free(&out);
  }
  sp_buf out;
  sp_buf_init(&out, test_alloc_new(0), 256);
  sp_channel_add_segment(&out, (sp_str){ "a\0b", 3 });
  assert_true(sp_str_is(sp_buf_str(&out), "a%00b"));
  sp_buf_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = { cmocka_unit_test(segments_are_escaped) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
