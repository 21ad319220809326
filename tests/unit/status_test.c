/* SPDX-License-Identifier: MIT */
#include "base/status.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void every_status_has_its_own_name(void **state) {
  static const struct {
    int status;
    const char *name;
  } cases[] = {
    { SP_OK, "SP_OK" },         { SP_EINVAL, "SP_EINVAL" }, { SP_ESYNTAX, "SP_ESYNTAX" }, { SP_ELIMIT, "SP_ELIMIT" },
    { SP_ESTATE, "SP_ESTATE" }, { SP_ENOENT, "SP_ENOENT" }, { SP_EPROTO, "SP_EPROTO" },   { SP_EEXIST, "SP_EEXIST" },
    { SP_FATAL, "SP_FATAL" },   { SP_ENOMEM, "SP_ENOMEM" }, { 1, "SP_UNKNOWN" },          { -50, "SP_UNKNOWN" },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_string_equal(sp_status_name(cases[i].status), cases[i].name);
}

static void only_lack_of_memory_is_fatal(void **state) {
  (void)state;
  for (int status = SP_OK; status > SP_FATAL; status--) {
    if (strcmp(sp_status_name(status), "SP_UNKNOWN") != 0) assert_true(status >= SP_EEXIST);
  }
  assert_true(SP_ENOMEM < SP_FATAL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_status_has_its_own_name),
    cmocka_unit_test(only_lack_of_memory_is_fatal),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
