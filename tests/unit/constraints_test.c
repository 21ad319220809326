/* SPDX-License-Identifier: MIT */
#include "media/constraints.h"

#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* media.md §6. */
static void values(void **state) {
  static const struct {
    const char *json;
    sp_media_choice choice;
    const char *device;
  } cases[] = {
    { "\"mic-1\"", SP_MEDIA_DEVICE, "mic-1" },
    { "\" \"", SP_MEDIA_DEVICE, " " },
    { "\"\"", SP_MEDIA_NONE, NULL },
    { "true", SP_MEDIA_DEFAULT, NULL },
    { "false", SP_MEDIA_NONE, NULL },
    { "null", SP_MEDIA_SYSTEM, NULL },
    { "0", SP_MEDIA_NONE, NULL },
    { "1", SP_MEDIA_DEFAULT, NULL },
    { "{}", SP_MEDIA_DEFAULT, NULL },
    { "[]", SP_MEDIA_DEFAULT, NULL },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_json_doc *doc = NULL;
    assert_int_equal(sp_json_parse(NULL, sp_str_from(cases[i].json), &doc), SP_OK);
    sp_media_value value = sp_media_value_read(sp_json_root(doc));
    if (value.choice != cases[i].choice) fail_msg("%s", cases[i].json);
    assert_true(sp_str_eq(value.device, sp_str_from(cases[i].device)));
    sp_json_free(doc);
  }
  assert_int_equal(sp_media_value_read(NULL).choice, SP_MEDIA_NONE);
}

#define PLAIN "\"autoGainControl\":true,\"echoCancellation\":true,\"noiseSuppression\":true,"
#define GOOG  "\"googAudioMirroring\":false,\"googDucking\":false,\"googHighpassFilter\":true"

/* media.md §7; absent texts are NULL. */
static const struct {
  const char *device;
  sp_media_choice choice;
  const char *wanted, *constraints;
} audio[] = {
  { NULL, SP_MEDIA_DEVICE, "x", "{\"audio\":{" PLAIN GOOG ",\"deviceId\":{\"exact\":\"x\"}},\"video\":false}" },
  { "y", SP_MEDIA_DEVICE, "x", "{\"audio\":{" PLAIN GOOG ",\"deviceId\":{\"exact\":\"x\"}},\"video\":false}" },
  { "y", SP_MEDIA_DEFAULT, NULL, "{\"audio\":{" PLAIN GOOG ",\"deviceId\":{\"exact\":\"y\"}},\"video\":false}" },
  { NULL, SP_MEDIA_DEFAULT, NULL, "{\"audio\":{" PLAIN GOOG "},\"video\":false}" },
  { "y", SP_MEDIA_SYSTEM, NULL, "{\"audio\":{" PLAIN GOOG "},\"video\":false}" },
  { NULL, SP_MEDIA_DEVICE, "a\"b\\c",
    "{\"audio\":{" PLAIN GOOG ",\"deviceId\":{\"exact\":\"a\\\"b\\\\c\"}},\"video\":false}" },
};

static void check_audio(const sp_alloc *alloc, size_t i) {
  sp_audio_defaults defaults = { .device = sp_str_from(audio[i].device) };
  sp_buf out;
  sp_buf_init(&out, alloc, 4096);
  sp_constraints_audio(&out, &defaults, (sp_media_value){ audio[i].choice, sp_str_from(audio[i].wanted) });
  if (sp_buf_status(&out) != SP_OK) assert_true(test_alloc_failed());
  else if (!sp_str_is(sp_buf_str(&out), audio[i].constraints)) fail_msg("%.*s", SP_STR_ARG(sp_buf_str(&out)));
  sp_buf_free(&out);
}

static void audio_devices(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof audio / sizeof *audio; i++) {
    bool failed = true;
    for (size_t n = 0; failed; n++) {
      check_audio(test_alloc_new(n), i);
      assert_int_equal(test_alloc_live(), 0);
      failed = n == 0 || test_alloc_failed();
    }
  }
}

static void processing_flags(void **state) {
  static const struct {
    const char *gain, *echo, *noise, *flags;
  } cases[] = {
    { "false", NULL, NULL, "\"autoGainControl\":false,\"echoCancellation\":true,\"noiseSuppression\":true," },
    { NULL, "false", NULL, "\"autoGainControl\":true,\"echoCancellation\":false,\"noiseSuppression\":true," },
    { NULL, NULL, "false", "\"autoGainControl\":true,\"echoCancellation\":true,\"noiseSuppression\":false," },
    { "true", "{\"exact\":true}", "{\"ideal\":false}",
      "\"autoGainControl\":true,\"echoCancellation\":{\"exact\":true},\"noiseSuppression\":{\"ideal\":false}," },
    { "", "", "", PLAIN },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_audio_defaults defaults = { SP_STR_NONE, sp_str_from(cases[i].gain), sp_str_from(cases[i].echo),
                                   sp_str_from(cases[i].noise) };
    sp_buf out;
    sp_buf_init(&out, NULL, 4096);
    sp_constraints_audio(&out, &defaults, (sp_media_value){ SP_MEDIA_SYSTEM, SP_STR_NONE });
    if (sp_str_find(sp_buf_str(&out), cases[i].flags, 0) == SIZE_MAX) fail_msg("%.*s", SP_STR_ARG(sp_buf_str(&out)));
    sp_buf_free(&out);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "what a media value means", values, NULL, NULL, NULL },
    { "device of audio constraints", audio_devices, NULL, NULL, NULL },
    { "M-37 processing flags of audio constraints", processing_flags, NULL, NULL, NULL },
  };
  return cmocka_run_group_tests_name("constraints", tests, NULL, NULL);
}
