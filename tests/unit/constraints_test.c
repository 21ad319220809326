/* SPDX-License-Identifier: MIT */
#include "media/constraints.h"

#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

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
  sp_media_config defaults = { .audio_device_id = sp_str_from(audio[i].device), .video_device_id = SP_STR("cam") };
  sp_video_options none = { SP_STR_NONE, SP_STR_NONE };
  sp_buf out;
  sp_buf_init(&out, alloc, 4096);
  sp_constraints_user(&out, &defaults, SP_AUDIO, (sp_media_value){ audio[i].choice, sp_str_from(audio[i].wanted) },
                      &none);
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
    sp_media_config defaults = { .auto_gain_control = sp_str_from(cases[i].gain),
                                 .echo_cancellation = sp_str_from(cases[i].echo),
                                 .noise_suppression = sp_str_from(cases[i].noise) };
    sp_video_options none = { SP_STR_NONE, SP_STR_NONE };
    sp_buf out;
    sp_buf_init(&out, NULL, 4096);
    sp_constraints_user(&out, &defaults, SP_AUDIO, (sp_media_value){ SP_MEDIA_SYSTEM, SP_STR_NONE }, &none);
    if (sp_str_find(sp_buf_str(&out), cases[i].flags, 0) == SIZE_MAX) fail_msg("%.*s", SP_STR_ARG(sp_buf_str(&out)));
    sp_buf_free(&out);
  }
}

#define RATE "\"frameRate\":{\"ideal\":30}"

/* media.md §7; `resolution` and `rate` are what the options say, NULL for nothing. */
static const struct {
  const char *device, *standard; /* the SDK defaults: device and resolution */
  bool chromium;
  sp_media_choice choice;
  const char *wanted, *resolution, *rate, *video;
} cameras[] = {
  { NULL, NULL, true, SP_MEDIA_SYSTEM, NULL, NULL, NULL, "{\"googNoiseReduction\":true," RATE "}" },
  { NULL, NULL, false, SP_MEDIA_SYSTEM, NULL, NULL, NULL, "{" RATE "}" },
  { "c", NULL, false, SP_MEDIA_DEFAULT, NULL, NULL, NULL, "{" RATE ",\"deviceId\":{\"exact\":\"c\"}}" },
  { "c", NULL, false, SP_MEDIA_DEVICE, "d", NULL, NULL, "{" RATE ",\"deviceId\":{\"exact\":\"d\"}}" },
  { "c", NULL, false, SP_MEDIA_SYSTEM, NULL, NULL, "null", "{" RATE "}" },
  { NULL, "{\"width\":1280,\"height\":720}", false, SP_MEDIA_DEFAULT, NULL, NULL, "0",
    "{" RATE ",\"width\":1280,\"height\":720}" },
  { NULL, "{\"width\":1280,\"height\":720}", false, SP_MEDIA_DEFAULT, NULL,
    "{\"height\":{\"ideal\":90},\"other\":1,\"width\":160}", "{\"max\":15}",
    "{\"frameRate\":{\"max\":15},\"width\":160,\"height\":{\"ideal\":90}}" },
  { NULL, "{\"width\":1280,\"height\":720}", false, SP_MEDIA_DEFAULT, NULL, "false", "false", "{}" },
};

static void check_camera(const sp_alloc *alloc, size_t i) {
  char expected[256];
  sp_media_config config = { .audio_device_id = SP_STR("mic"),
                             .video_device_id = sp_str_from(cameras[i].device),
                             .resolution = sp_str_from(cameras[i].standard),
                             .chromium = cameras[i].chromium };
  sp_video_options video = { sp_str_from(cameras[i].resolution), sp_str_from(cameras[i].rate) };
  snprintf(expected, sizeof expected, "{\"audio\":false,\"video\":%s}", cameras[i].video);
  sp_buf out;
  sp_buf_init(&out, alloc, 4096);
  sp_constraints_user(&out, &config, SP_VIDEO, (sp_media_value){ cameras[i].choice, sp_str_from(cameras[i].wanted) },
                      &video);
  if (sp_buf_status(&out) != SP_OK) assert_true(test_alloc_failed());
  else if (!sp_str_is(sp_buf_str(&out), expected)) fail_msg("%.*s", SP_STR_ARG(sp_buf_str(&out)));
  sp_buf_free(&out);
}

static void video_constraints(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cameras / sizeof *cameras; i++) {
    bool failed = true;
    for (size_t n = 0; failed; n++) {
      check_camera(test_alloc_new(n), i);
      assert_int_equal(test_alloc_live(), 0);
      failed = n == 0 || test_alloc_failed();
    }
  }
}

static void nothing_is_asked(void **state) {
  (void)state;
  sp_media_config config = { .audio_device_id = SP_STR("mic") };
  sp_video_options none = { SP_STR_NONE, SP_STR_NONE };
  sp_buf out;
  sp_buf_init(&out, NULL, 4096);
  sp_constraints_user(&out, &config, SP_AUDIO, SP_MEDIA_NO_VALUE, &none);
  assert_true(sp_str_is(sp_buf_str(&out), "{\"audio\":false,\"video\":false}"));
  sp_buf_free(&out);
}

/* media.md §19. */
static void display_constraints(void **state) {
  static const struct {
    bool chromium, display_media;
    const char *video;
  } rows[] = {
    { true, true, "{\"frameRate\":{\"ideal\":30},\"height\":{\"max\":10000},\"width\":{\"max\":10000}}" },
    { true, false,
      "{\"mandatory\":{\"chromeMediaSource\":\"desktop\",\"maxWidth\":10000,\"maxHeight\":10000,\"maxFrameRate\":15}"
      "}" },
    { false, true, "{\"mediaSource\":\"window\"}" },
    { false, false, "{\"mediaSource\":\"window\"}" },
  };
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char expected[256];
    sp_media_config config = { .chromium = rows[i].chromium, .display_media = rows[i].display_media };
    snprintf(expected, sizeof expected, "{\"audio\":false,\"video\":%s}", rows[i].video);
    sp_buf out;
    sp_buf_init(&out, NULL, 4096);
    sp_constraints_display(&out, &config);
    assert_true(sp_str_is(sp_buf_str(&out), expected));
    sp_buf_free(&out);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "what a media value means", values, NULL, NULL, NULL },
    { "device of audio constraints", audio_devices, NULL, NULL, NULL },
    { "M-38 M-39 camera constraints", video_constraints, NULL, NULL, NULL },
    { "nothing is asked for", nothing_is_asked, NULL, NULL, NULL },
    { "M-55 display constraints", display_constraints, NULL, NULL, NULL },
    { "M-37 processing flags of audio constraints", processing_flags, NULL, NULL, NULL },
  };
  return cmocka_run_group_tests_name("constraints", tests, NULL, NULL);
}
