/* SPDX-License-Identifier: MIT */
#include "media/ladder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* media.md §11. */
static void permission_errors(void **state) {
  static const struct {
    const char *name, *message;
    bool denied;
  } cases[] = {
    { "NotAllowedError", "Permission denied", true },
    { "NotAllowedError", "", true },
    { "NotAllowedError", NULL, true },
    { "DOMException", "Could not start video source", true },
    { "DOMException", "Could not start audio source", false },
    { "DOMException", NULL, false },
    { "NotFoundError", "The object can not be found here.", true },
    { "NotFoundError", "The object can not be found here", false },
    { "NotFoundError", "Requested device not found", false },
    { "NotReadableError", "Could not start video source", false },
    { "OverconstrainedError", "", false },
    { "AbortError", "Starting video failed", false },
    { "SecurityError", "The operation is insecure.", false },
    { "notallowederror", "Permission denied", false },
    { "NotAllowedError2", "Permission denied", false },
    { "", "Could not start video source", false },
    { NULL, NULL, false },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (sp_is_permissions_error(sp_str_from(cases[i].name), sp_str_from(cases[i].message)) != cases[i].denied)
      fail_msg("%s %s", cases[i].name, cases[i].message);
}

#define DENIED "NotAllowedError"
#define OTHER  "NotFoundError"

/* media.md §10; its row 3 is about video. */
static const struct {
  const char *name, *error;
  sp_media_choice choice;
  const char *wanted, *device; /* what was asked for, the SDK default */
  bool retry;
  struct {
    bool again, retry, denied;
    sp_media_choice choice;
    const char *device;
  } next;
} rows[] = {
  { "1: a refusal of a device", DENIED, SP_MEDIA_DEVICE, "x", "y", true, { .denied = true } },
  { "1: a refusal of the default", DENIED, SP_MEDIA_DEFAULT, NULL, "y", true, { .denied = true } },
  { "1: a refusal of the system's", DENIED, SP_MEDIA_SYSTEM, NULL, NULL, true, { .denied = true } },
  { "1: a refusal without retry", DENIED, SP_MEDIA_DEVICE, "x", NULL, false, { .denied = true } },
  { "2: retry off, a device", OTHER, SP_MEDIA_DEVICE, "x", "y", false, { .again = false } },
  { "2: retry off, the default", OTHER, SP_MEDIA_DEFAULT, NULL, "y", false, { .again = false } },
  { "2: retry off, the system's", OTHER, SP_MEDIA_SYSTEM, NULL, "y", false, { .again = false } },
  { "4: another device is the default",
    OTHER,
    SP_MEDIA_DEVICE,
    "x",
    "y",
    true,
    { .again = true, .retry = true, .choice = SP_MEDIA_DEVICE, .device = "y" } },
  { "5: no default", OTHER, SP_MEDIA_DEVICE, "x", NULL, true, { .again = true, .choice = SP_MEDIA_SYSTEM } },
  { "5: it was the default", OTHER, SP_MEDIA_DEVICE, "x", "x", true, { .again = true, .choice = SP_MEDIA_SYSTEM } },
  { "6: the default", OTHER, SP_MEDIA_DEFAULT, NULL, "y", true, { .again = true, .choice = SP_MEDIA_SYSTEM } },
  { "6: without a default", OTHER, SP_MEDIA_DEFAULT, NULL, NULL, true, { .again = true, .choice = SP_MEDIA_SYSTEM } },
  { "7: the system's", OTHER, SP_MEDIA_SYSTEM, NULL, "y", true, { .again = false } },
  { "nothing was asked for", OTHER, SP_MEDIA_NONE, NULL, "y", true, { .again = false } },
};

static void rungs(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    sp_media_value value = { rows[i].choice, sp_str_from(rows[i].wanted) };
    sp_rung rung = sp_ladder_next(sp_str_from(rows[i].error), SP_STR("Requested device not found"), value,
                                  sp_str_from(rows[i].device), rows[i].retry);
    if (rung.again != rows[i].next.again || rung.retry != rows[i].next.retry || rung.denied != rows[i].next.denied ||
        rung.value.choice != rows[i].next.choice || !sp_str_eq(rung.value.device, sp_str_from(rows[i].next.device)))
      fail_msg("%s", rows[i].name);
  }
}

/* "Any other" is any other: no name stops the ladder. */
static void errors_that_are_retried(void **state) {
  static const char *const names[] = {
    "NotFoundError", "OverconstrainedError", "NotReadableError", "TypeError", "AbortError",
    "SecurityError", "DOMException",         "Unheard",          ""
  };
  (void)state;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    sp_media_value value = { SP_MEDIA_DEFAULT, SP_STR_NONE };
    sp_rung rung = sp_ladder_next(sp_str_from(names[i]), SP_STR("whatever"), value, SP_STR_NONE, true);
    if (!rung.again || rung.denied) fail_msg("%s", names[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "M-43 which errors mean no permission", permission_errors, NULL, NULL, NULL },
    { "rungs of the ladder", rungs, NULL, NULL, NULL },
    { "every other error is retried", errors_that_are_retried, NULL, NULL, NULL },
  };
  return cmocka_run_group_tests_name("ladder", tests, NULL, NULL);
}
