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
    sp_rung rung = sp_ladder_next(sp_str_from(rows[i].error), SP_STR("Requested device not found"),
                                  (sp_attempt){ value, rows[i].retry, true }, sp_str_from(rows[i].device));
    if (rung.plain != rows[i].next.again || rung.again != rows[i].next.again || rung.retry != rows[i].next.retry ||
        rung.denied != rows[i].next.denied || rung.value.choice != rows[i].next.choice ||
        !sp_str_eq(rung.value.device, sp_str_from(rows[i].next.device)))
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
    sp_rung rung =
        sp_ladder_next(sp_str_from(names[i]), SP_STR("whatever"), (sp_attempt){ value, true, true }, SP_STR_NONE);
    if (!rung.again || rung.denied) fail_msg("%s", names[i]);
  }
}

/* Row 3: the same device once more; only this name with this message, and only where a resolution could be at fault. */
static void a_resolution_that_firefox_cannot_start(void **state) {
  static const struct {
    const char *name, *message;
    bool resolution, same;
  } cases[] = {
    { "AbortError", "Starting video failed", true, true },
    { "AbortError", "Starting video failed", false, false },
    { "AbortError", "Starting audio failed", true, false },
    { "NotReadableError", "Starting video failed", true, false },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_attempt failed = { { SP_MEDIA_DEVICE, SP_STR("x") }, true, cases[i].resolution };
    sp_rung rung = sp_ladder_next(sp_str_from(cases[i].name), sp_str_from(cases[i].message), failed, SP_STR("y"));
    assert_true(rung.again && rung.retry);
    assert_int_equal(rung.plain, !cases[i].same);
    assert_true(sp_str_is(rung.value.device, cases[i].same ? "x" : "y"));
    failed.retry = false;
    assert_false(sp_ladder_next(sp_str_from(cases[i].name), sp_str_from(cases[i].message), failed, SP_STR("y")).again);
  }
}

/* media.md §9, step 5. */
static void verdicts(void **state) {
  static const struct {
    sp_media_outcome audio, video;
    bool preserve;
    sp_media_type failed; /* SP_MEDIA_TYPES: resolved */
  } cases[] = {
    { SP_MEDIA_GOT, SP_MEDIA_UNASKED, false, SP_MEDIA_TYPES },
    { SP_MEDIA_UNASKED, SP_MEDIA_GOT, false, SP_MEDIA_TYPES },
    { SP_MEDIA_GOT, SP_MEDIA_GOT, false, SP_MEDIA_TYPES },
    { SP_MEDIA_FAILED, SP_MEDIA_UNASKED, false, SP_AUDIO },
    { SP_MEDIA_FAILED, SP_MEDIA_UNASKED, true, SP_AUDIO },
    { SP_MEDIA_UNASKED, SP_MEDIA_FAILED, true, SP_VIDEO },
    { SP_MEDIA_GOT, SP_MEDIA_FAILED, true, SP_MEDIA_TYPES },
    { SP_MEDIA_FAILED, SP_MEDIA_GOT, true, SP_MEDIA_TYPES },
    { SP_MEDIA_GOT, SP_MEDIA_FAILED, false, SP_VIDEO },
    { SP_MEDIA_FAILED, SP_MEDIA_GOT, false, SP_AUDIO },
    { SP_MEDIA_FAILED, SP_MEDIA_FAILED, false, SP_AUDIO },
    { SP_MEDIA_FAILED, SP_MEDIA_FAILED, true, SP_AUDIO },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (sp_media_verdict(cases[i].audio, cases[i].video, cases[i].preserve) != cases[i].failed)
      fail_msg("row %u", (unsigned)i);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "M-43 which errors mean no permission", permission_errors, NULL, NULL, NULL },
    { "rungs of the ladder", rungs, NULL, NULL, NULL },
    { "M-32 a resolution that cannot be started", a_resolution_that_firefox_cannot_start, NULL, NULL, NULL },
    { "what a request for both comes to", verdicts, NULL, NULL, NULL },
    { "every other error is retried", errors_that_are_retried, NULL, NULL, NULL },
  };
  return cmocka_run_group_tests_name("ladder", tests, NULL, NULL);
}
