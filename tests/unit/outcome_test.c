/* SPDX-License-Identifier: MIT */
#include "base/json.h"
#include "base/outcome.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void expect_effect(sp_effects *fx, sp_effect_kind kind, uint32_t id, const char *text) {
  sp_effect effect;
  assert_true(sp_effects_pop(fx, &effect));
  assert_int_equal(effect.kind, kind);
  assert_int_equal(effect.id, id);
  if (!sp_str_is(effect.text, text)) fail_msg("%.*s", SP_STR_ARG(effect.text));
}

static void error_types_are_the_documented_words(void **state) {
  static const char *const words[] = {
    [SP_ERROR_GENERIC] = "generic",
    [SP_ERROR_INITIALIZATION] = "initialization",
    [SP_ERROR_INVALID_TOKEN] = "invalid_token",
    [SP_ERROR_HTTP] = "http",
    [SP_ERROR_INVALID_OPTIONS] = "invalid_options",
    [SP_ERROR_NOT_SUPPORTED] = "not_supported",
    [SP_ERROR_SESSION] = "session",
    [SP_ERROR_CALL] = "call",
    [SP_ERROR_MEDIA] = "media",
  };
  (void)state;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    assert_string_equal(sp_error_type_word((sp_error_type)i), words[i]);
  assert_string_equal(sp_error_type_word((sp_error_type)99), "generic");
}

static void statuses_show_as_error_types(void **state) {
  static const struct {
    int status;
    sp_error_type type;
  } cases[] = {
    { SP_EINVAL, SP_ERROR_INVALID_OPTIONS }, { SP_ESYNTAX, SP_ERROR_INVALID_OPTIONS }, { SP_ESTATE, SP_ERROR_SESSION },
    { SP_ENOENT, SP_ERROR_SESSION },         { SP_ENOMEM, SP_ERROR_GENERIC },          { SP_ELIMIT, SP_ERROR_GENERIC },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_int_equal(sp_error_type_of_status(cases[i].status), cases[i].type);
}

static void calls_end_once_with_a_value_or_an_error(void **state) {
  sp_effects *fx = sp_effects_new(test_alloc_new(0));
  (void)state;
  sp_resolve(fx, 1, SP_STR_NONE);
  sp_resolve(fx, 2, SP_STR("{\"id\":\"x\"}"));
  sp_reject(fx, 3, SP_ERROR_SESSION, "No \"session\"", SP_STR_NONE);
  sp_reject(fx, 4, SP_ERROR_CALL, "Refused", SP_STR("{\"held\":true}"));
  sp_reject_caused(fx, 5, SP_ERROR_INITIALIZATION, 17);
  sp_reject_raw(fx, 6, 18);
  sp_emit_error(fx, SP_ERROR_MEDIA, "Lost", SP_STR_NONE);
  sp_emit_error_caused(fx, SP_ERROR_HTTP, 19, SP_STR("[1]"));
  expect_effect(fx, SP_FX_RESOLVE, 1, "");
  expect_effect(fx, SP_FX_RESOLVE, 2, "{\"id\":\"x\"}");
  expect_effect(fx, SP_FX_REJECT, 3, "{\"type\":\"session\",\"message\":\"No \\\"session\\\"\"}");
  expect_effect(fx, SP_FX_REJECT, 4, "{\"type\":\"call\",\"message\":\"Refused\",\"details\":{\"held\":true}}");
  expect_effect(fx, SP_FX_REJECT, 5, "{\"type\":\"initialization\",\"cause\":17}");
  expect_effect(fx, SP_FX_REJECT, 6, "{\"cause\":18}");
  expect_effect(fx, SP_FX_ERROR, 0, "{\"type\":\"media\",\"message\":\"Lost\"}");
  expect_effect(fx, SP_FX_ERROR, 0, "{\"type\":\"http\",\"cause\":19,\"details\":[1]}");
  assert_true(sp_effects_empty(fx));
  sp_effects_free(fx);
}

/* Call 0 has no promise: nothing is settled, errors are only emitted. */
static void nobody_waits_for_call_zero(void **state) {
  sp_effects *fx = sp_effects_new(test_alloc_new(0));
  (void)state;
  sp_resolve(fx, 0, SP_STR("1"));
  sp_reject_raw(fx, 0, 4);
  assert_true(sp_effects_empty(fx));
  sp_reject(fx, 0, SP_ERROR_GENERIC, "Oops", SP_STR_NONE);
  sp_reject_caused(fx, 0, SP_ERROR_HTTP, 5);
  expect_effect(fx, SP_FX_ERROR, 0, "{\"type\":\"generic\",\"message\":\"Oops\"}");
  expect_effect(fx, SP_FX_ERROR, 0, "{\"type\":\"http\",\"cause\":5}");
  sp_effects_free(fx);
}

/* An allocation that fails may cost the value or the words of an error, never the settling itself. */
static void a_call_is_settled_when_memory_is_short(void **state) {
  static const char value[8192] = { '"' };
  (void)state;
  for (size_t n = 1, done = 0; !done; n++) {
    sp_effects *fx = sp_effects_new(test_alloc_new(n));
    if (fx) {
      char text[sizeof value];
      for (size_t i = 0; i < sizeof text; i++) text[i] = i == 0 || i + 1 == sizeof text ? '"' : 'x';
      sp_resolve(fx, 1, SP_STR_NONE);
      sp_resolve(fx, 2, (sp_str){ text, sizeof text });
      sp_reject(fx, 3, SP_ERROR_SESSION, "Not there", (sp_str){ text, sizeof text });
      sp_reject_caused(fx, 4, SP_ERROR_HTTP, 9);
      sp_reject_raw(fx, 5, 9);
      uint32_t settled = 0;
      for (sp_effect effect; sp_effects_pop(fx, &effect);) {
        assert_true(effect.kind == SP_FX_RESOLVE || effect.kind == SP_FX_REJECT);
        assert_int_equal(effect.id, ++settled);
      }
      assert_int_equal(settled, 5);
    }
    sp_effects_free(fx);
    assert_int_equal(test_alloc_live(), 0);
    done = !test_alloc_failed();
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(error_types_are_the_documented_words),    cmocka_unit_test(statuses_show_as_error_types),
    cmocka_unit_test(calls_end_once_with_a_value_or_an_error), cmocka_unit_test(nobody_waits_for_call_zero),
    cmocka_unit_test(a_call_is_settled_when_memory_is_short),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
