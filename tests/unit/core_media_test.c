/* SPDX-License-Identifier: MIT */
/* sdk.media as the application sees it (media.md), on virtual time. */
#include "scenario.h"

#include <stdio.h>

static const char signed_out[] = "{\"accessToken\":\"TOKEN\",\"browser\":{\"chromium\":true,\"getDisplayMedia\":true}}";

#define STATE(s, ...)   expect_effect((s), SP_FX_MEDIA_STATE, 0, __VA_ARGS__)
#define REQUEST(s, ...) expect_effect((s), SP_FX_MEDIA_REQUEST, ANY_ID, __VA_ARGS__)

static void expect_no_request(scenario *s) {
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
}

/* --- devices --- */

#define MIC "{\"deviceId\":\"m1\",\"groupId\":\"g1\",\"kind\":\"audioinput\",\"label\":\"Microphone\"}"
#define CAM "{\"deviceId\":\"c1\",\"groupId\":\"g2\",\"kind\":\"videoinput\",\"label\":\"Camera\"}"
#define OUT "{\"deviceId\":\"o1\",\"groupId\":\"g1\",\"kind\":\"audiooutput\",\"label\":\"Speaker\"}"
#define HID "{\"deviceId\":\"m1\",\"groupId\":\"g1\",\"kind\":\"audioinput\",\"label\":\"\"}"

static void first_enumeration(scenario *s) {
  s->devices = "[" MIC "," CAM "," OUT "]";
  start(s, signed_out);
  STATE(s, "devices",
        "\"devices\":[100,101,102],\"oldDevices\":[],\"audioDevices\":[100],\"videoDevices\":[101],"
        "\"outputDevices\":[102],\"hasMic\":true,\"hasCamera\":true,\"hasMicPermissions\":false,"
        "\"hasCameraPermissions\":false,\"micPermissionsRequested\":false,"
        "\"cameraPermissionsRequested\":false");
  expect_no_effect(s, SP_FX_MEDIA_STATE);
}

static void first_enumeration_is_empty(scenario *s) {
  s->devices = "[]";
  start(s, signed_out);
  expect_no_effect(s, SP_FX_MEDIA_STATE);
}

static void order_means_nothing(scenario *s) {
  s->devices = "[" MIC "," CAM "]";
  start(s, signed_out);
  STATE(s, "devices");
  s->devices = "[" CAM "," MIC "]";
  uint32_t list = call(s, "media.enumerateDevices", "[]");
  expect_resolved(s, list, "{\"$devices\":[101,100]}");
  expect_no_effect(s, SP_FX_MEDIA_STATE);
  list = call(s, "media.enumerateDevices", "[true]");
  STATE(s, "devices", "\"devices\":[101,100],\"oldDevices\":[100,101]");
  expect_resolved(s, list, "{\"$devices\":[101,100]}");
}

static void one_change_counts(scenario *s) {
  static const char *const changed[] = {
    "[{\"deviceId\":\"m1\",\"groupId\":\"g1\",\"kind\":\"audioinput\",\"label\":\"Other\"}]",
    "[{\"deviceId\":\"m1\",\"groupId\":\"g9\",\"kind\":\"audioinput\",\"label\":\"Other\"}]",
    "[{\"deviceId\":\"m9\",\"groupId\":\"g9\",\"kind\":\"audioinput\",\"label\":\"Other\"}]",
    "[{\"deviceId\":\"m9\",\"groupId\":\"g9\",\"kind\":\"audiooutput\",\"label\":\"Other\"}]",
  };
  static const char *const lists[] = { "\"devices\":[100],\"oldDevices\":[100]",
                                       "\"devices\":[300],\"oldDevices\":[100]",
                                       "\"devices\":[400],\"oldDevices\":[300]",
                                       "\"devices\":[500],\"oldDevices\":[400]" };
  s->devices = "[" MIC "]";
  start(s, signed_out);
  STATE(s, "devices");
  for (size_t i = 0; i < 4; i++) {
    s->devices = changed[i];
    call(s, "media.devicesChanged", "[]");
    STATE(s, "devices", lists[i]);
  }
}

static void labels_stay(scenario *s) {
  s->devices = "[" MIC "," CAM "]";
  start(s, signed_out);
  STATE(s, "devices");
  s->devices = "[" HID "]";
  uint32_t list = call(s, "media.enumerateDevices", "[]");
  /* Told although what came of it is as before but for the camera, which is gone. */
  STATE(s, "devices", "\"devices\":[100],\"oldDevices\":[100,101]", "\"hasMic\":true,\"hasCamera\":false");
  expect_resolved(s, list, "{\"$devices\":[100]}");
}

static void hidden_labels_count(scenario *s) {
  s->devices = "[" HID "]";
  start(s, signed_out);
  STATE(s, "devices", "\"hasMic\":true,\"hasCamera\":false");
}

static void enumeration_fails(scenario *s) {
  s->devices = "[" MIC "]";
  start(s, signed_out);
  STATE(s, "devices");
  s->devices_error = "InvalidStateError";
  uint32_t list = call(s, "media.enumerateDevices", "[]");
  expect_rejected(s, list, "{\"cause\":");
  s->devices_error = NULL;
  s->devices = "{\"not\":\"a list\"}";
  list = call(s, "media.enumerateDevices", "[]");
  expect_rejected(s, list, "{\"cause\":");
  expect_no_effect(s, SP_FX_MEDIA_STATE);
  expect_no_more(s);
}

/* --- permissions --- */

static void permission_for_audio(scenario *s) {
  start(s, signed_out);
  forget(s);
  uint32_t id = call(s, "media.requestMediaPermissions", "[\"audio\"]");
  const seen *before = expect_effect(s, SP_FX_MEDIA_ENUMERATE, ANY_ID, "");
  const seen *request = REQUEST(s, "\"video\":false}");
  STATE(s, "permissions",
        "\"hasMicPermissions\":true,\"hasCameraPermissions\":false,"
        "\"micPermissionsRequested\":true,\"cameraPermissionsRequested\":false");
  const seen *after = expect_effect(s, SP_FX_MEDIA_ENUMERATE, ANY_ID, "");
  const seen *stop = expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
  expect_resolved(s, id, "");
  expect_before(s, before, request);
  expect_before(s, request, after);
  expect_before(s, after, stop);
  expect_no_request(s);
  /* A second success is no news. */
  call(s, "media.requestMediaPermissions", "[\"audio\"]");
  expect_no_effect(s, SP_FX_MEDIA_STATE);
}

static void permission_keeps_the_stream(scenario *s) {
  start(s, signed_out);
  uint32_t id = call(s, "media.requestMediaPermissions", "[\"audio\",true]");
  expect_resolved(s, id, "{\"$stream\":\"mic-1\"}");
  expect_no_effect(s, SP_FX_MEDIA_STOP);
}

static void permission_ignores_the_other_type(scenario *s) {
  start(s, signed_out);
  call(s, "media.requestMediaPermissions", "[\"audio\",false,{\"audio\":false,\"video\":\"v\"}]");
  REQUEST(s, "\"audio\":true,\"video\":false,");
  call(s, "media.requestMediaPermissions", "[\"video\",false,{\"audio\":\"a\",\"video\":\"\"}]");
  REQUEST(s, "\"audio\":false,\"video\":true,");
  expect_no_request(s);
}

static void permission_for_both(scenario *s) {
  start(s, signed_out);
  s->holds_media = true;
  uint32_t id = call(s, "media.requestMediaPermissions", "[\"both\",true]");
  const seen *audio = REQUEST(s, "\"video\":false}");
  expect_no_request(s);
  if (audio) media_result(s, audio->id, true, "a", "Microphone 1");
  const seen *video = REQUEST(s, "\"audio\":false,");
  expect_waiting(s, id);
  if (video) media_result(s, video->id, true, "v", "Camera 1");
  expect_effect(s, SP_FX_MEDIA_JOIN, 0, "a", "\"v\"");
  expect_resolved(s, id, "{\"$stream\":\"a\"}");
}

static void permission_for_nothing(scenario *s) {
  start(s, signed_out);
  uint32_t id = call(s, "media.requestMediaPermissions", "[\"sound\"]");
  expect_rejected(s, id,
                  "{\"plain\":true,\"message\":\"Must call `requestMediaPermissions()` with at least one valid "
                  "media type: `audio`, `video`, or `both`\"}");
  id = call(s, "media.requestMediaPermissions", "[]");
  expect_rejected(s, id, "\"plain\":true");
  expect_no_request(s);
  expect_no_more(s);
}

static void permission_is_refused(scenario *s) {
  start(s, signed_out);
  forget(s);
  s->media_error = "NotAllowedError";
  for (int i = 0; i < 2; i++) {
    uint32_t id = call(s, "media.requestMediaPermissions", "[\"audio\"]");
    expect_effect(s, SP_FX_MEDIA_ENUMERATE, ANY_ID, "");
    REQUEST(s, "\"video\":false}");
    STATE(s, "permissions", "\"hasMicPermissions\":false,",
          "\"micPermissionsRequested\":true,"
          "\"cameraPermissionsRequested\":false");
    expect_error(s, "\"type\":\"media\"", "\"requestedOptions\"");
    expect_rejected(s, id, "{\"cause\":");
    expect_no_request(s); /* no retry */
    expect_no_effect(s, SP_FX_MEDIA_ENUMERATE);
  }
  s->media_error = "NotReadableError"; /* says nothing of permissions */
  call(s, "media.startMedia", "[{\"audio\":null}]");
  expect_no_effect(s, SP_FX_MEDIA_STATE);
}

/* --- startMedia --- */

static void nothing_is_requested(scenario *s) {
  start(s, signed_out);
  s->media_error = "TypeError";
  uint32_t id = call(s, "media.startMedia", "[{}]");
  REQUEST(s, "{\"audio\":false,\"video\":false}");
  expect_error(s, "\"type\":\"media\"");
  expect_rejected(s, id, "{\"cause\":");
  expect_no_request(s);
}

static void both_without_options(scenario *s) {
  start(s, signed_out);
  uint32_t id = call(s, "media.startMedia", "[]");
  REQUEST(s, "\"audio\":true,\"video\":false,");
  REQUEST(s, "\"audio\":false,\"video\":true,");
  expect_effect(s, SP_FX_MEDIA_JOIN, 0, "mic-1", "\"mic-2\"");
  expect_resolved(s, id, "{\"$stream\":\"mic-1\"}");
}

typedef struct both_case {
  bool audio, video, preserve;
  const char *resolved, *stopped;
} both_case;

/* One of two is refused, or both. */
static void play_both(scenario *s, const both_case *c) {
  start(s, signed_out);
  s->holds_media = true;
  uint32_t id = call(s, "media.startMedia",
                     c->preserve ? "[{\"audio\":true,\"video\":true,\"preserveMediaIfOneTypeFails\":true}]"
                                 : "[{\"audio\":true,\"video\":true}]");
  const seen *audio = REQUEST(s, "\"video\":false}");
  if (audio) media_result(s, audio->id, c->audio, c->audio ? "a" : "NotAllowedError", "");
  const seen *video = REQUEST(s, "\"audio\":false,");
  if (video) media_result(s, video->id, c->video, c->video ? "v" : "NotAllowedError", "");
  char cause[32];
  const seen *guilty = c->audio ? video : audio;
  snprintf(cause, sizeof cause, "{\"cause\":%u}", guilty ? (unsigned)guilty->id : 0);
  if (!c->audio) expect_error(s, "\"type\":\"media\"");
  if (!c->video) expect_error(s, "\"type\":\"media\"");
  if (c->resolved) expect_resolved(s, id, c->resolved);
  else expect_rejected(s, id, cause);
  if (c->stopped) expect_effect(s, SP_FX_MEDIA_STOP, 0, c->stopped);
  else expect_no_effect(s, SP_FX_MEDIA_STOP);
  expect_no_more(s);
}

static void audio_is_refused(scenario *s) {
  play_both(s, &(both_case){ false, true, false, NULL, "v" });
}
static void audio_is_refused_preserving(scenario *s) {
  play_both(s, &(both_case){ false, true, true, "{\"$stream\":\"v\"}", NULL });
}
static void video_is_refused(scenario *s) {
  play_both(s, &(both_case){ true, false, false, NULL, "a" });
}
static void video_is_refused_preserving(scenario *s) {
  play_both(s, &(both_case){ true, false, true, "{\"$stream\":\"a\"}", NULL });
}
static void both_are_refused(scenario *s) {
  play_both(s, &(both_case){ false, false, false, NULL, NULL });
}
static void both_are_refused_preserving(scenario *s) {
  play_both(s, &(both_case){ false, false, true, NULL, NULL });
}

static void no_retry(scenario *s) {
  static const char *const calls[][2] = {
    { "media.startMedia", "[{\"audio\":\"x\",\"retryOnFailure\":false}]" },
    { "media.startMedia", "[{\"audio\":\"x\",\"retryOnFailure\":false},true]" }, /* the option wins */
    { "media.startMedia", "[{\"audio\":\"x\"},false]" },
    { "media.requestMediaPermissions", "[\"audio\",false,{\"audio\":\"x\",\"retryOnFailure\":false}]" },
  };
  start(s, signed_out);
  s->media_error = "NotFoundError";
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    uint32_t id = call(s, calls[i][0], calls[i][1]);
    REQUEST(s, "\"exact\":\"x\"", "\"retryOnFailure\":false");
    expect_no_request(s);
    expect_rejected(s, id, "{\"cause\":");
  }
  call(s, "media.startMedia", "[{\"audio\":\"x\",\"retryOnFailure\":true},false]");
  REQUEST(s, "\"exact\":\"x\"");
  REQUEST(s, "\"audio\":null");
}

static void a_default_stream(scenario *s) {
  sign_in(s);
  uint32_t done = call(s, "setDefaultAudioStream", "[\"own-stream\"]");
  expect_resolved(s, done, "");
  connect_call(s, 1, "s1", "c1");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  done = call(s, "setDefaultAudioStream", "[null]");
  expect_resolved(s, done, "");
}

static void abort_with_a_resolution(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"defaults\":{\"videoDeviceId\":\"y\",\"videoResolution\":{\"width\":640,"
           "\"height\":480}}}");
  s->holds_media = true;
  uint32_t id = call(s, "media.startMedia", "[{\"video\":\"x\",\"videoFrameRate\":{\"max\":5}}]");
  const seen *one = REQUEST(s, "\"frameRate\":{\"max\":5},\"width\":640,\"height\":480,\"deviceId\":{\"exact\":\"x\"}");
  if (one) media_result(s, one->id, false, "AbortError", "Starting video failed");
  const seen *two =
      REQUEST(s, "\"video\":{\"frameRate\":{\"max\":5},\"deviceId\":{\"exact\":\"x\"}}}", "\"videoResolution\":false");
  if (two) media_result(s, two->id, false, "AbortError", "Starting video failed");
  const seen *three = REQUEST(s, "\"video\":{\"frameRate\":{\"ideal\":30},\"deviceId\":{\"exact\":\"y\"}}}");
  if (three) media_result(s, three->id, false, "NotReadableError", "");
  const seen *four = REQUEST(s, "\"video\":{\"frameRate\":{\"ideal\":30}}}");
  if (four) media_result(s, four->id, false, "NotReadableError", "");
  expect_rejected(s, id, "{\"cause\":");
}

static void ordinary_video_failure(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"defaults\":{\"videoDeviceId\":\"y\"}}");
  s->media_error = "OverconstrainedError";
  call(s, "media.startMedia",
       "[{\"video\":\"x\",\"videoResolution\":{\"width\":9,\"height\":9},\"videoFrameRate\":false}]");
  REQUEST(s, "\"video\":{\"width\":9,\"height\":9,\"deviceId\":{\"exact\":\"x\"}}");
  REQUEST(s, "\"video\":{\"deviceId\":{\"exact\":\"y\"}}");
  REQUEST(s, "\"video\":{}}");
  expect_no_request(s);
  call(s, "media.startMedia", "[{\"video\":null,\"videoResolution\":{\"width\":9,\"height\":9}}]");
  REQUEST(s, "\"frameRate\":{\"ideal\":30},\"width\":9");
  expect_no_request(s);
}

static void one_uuid(scenario *s) {
  start(s, signed_out);
  s->media_error = "NotFoundError";
  call(s, "media.startMedia", "[{\"audio\":\"x\",\"video\":\"x\",\"uuid\":\"my-own\"}]");
  for (int i = 0; i < 4; i++) REQUEST(s, "\"uuid\":\"my-own\"");
  expect_no_request(s);
  call(s, "media.startMedia", "[{\"audio\":null,\"uuid\":7}]");
  REQUEST(s, "\"uuid\":7");
}

static void monitoring(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"defaults\":{\"monitorMicVolume\":true}}");
  call(s, "media.startMedia", "[{\"audio\":true}]");
  REQUEST(s, "\"monitorMicVolume\":true");
  call(s, "media.startMedia", "[{\"audio\":true,\"monitorMicVolume\":1}]");
  REQUEST(s, "\"monitorMicVolume\":true");
  call(s, "media.startMedia", "[{\"audio\":true,\"monitorMicVolume\":false}]");
  REQUEST(s, "\"monitorMicVolume\":false");
}

static void for_a_session(scenario *s) {
  start(s, signed_out);
  s->media_error = "NotAllowedError";
  call(s, "media.startMedia", "[{\"audio\":true,\"session\":{\"id\":\"s1\",\"conversationId\":\"c1\",\"lent\":5}}]");
  REQUEST(s, "\"session\":{\"$lent\":5}");
  expect_error(s, "\"sessionId\":\"s1\",\"conversationId\":\"c1\"");
}

static void display(scenario *s) {
  start(s, signed_out);
  uint32_t id = call(s, "media.startDisplayMedia", "[{\"conversationId\":\"c1\"}]");
  expect_effect(s, SP_FX_MEDIA_REQUEST, ANY_ID, "display", "{\"audio\":false,\"video\":{\"frameRate\":{\"ideal\":30},");
  expect_resolved(s, id, "{\"$stream\":\"mic-1\"}");
  s->media_error = "NotAllowedError";
  forget(s);
  id = call(s, "media.startDisplayMedia", "[{\"conversationId\":\"c1\"}]");
  expect_error(s, "\"type\":\"media\"", "\"requestedOptions\":{\"conversationId\":\"c1\"}");
  expect_rejected(s, id, "{\"cause\":");
  expect_no_effect(s, SP_FX_MEDIA_STATE);
  expect_no_more(s);
}

/* --- questions --- */

static void ids_are_resolved(scenario *s) {
  s->devices = DESK;
  start(s, "{\"accessToken\":\"TOKEN\",\"defaults\":{\"audioDeviceId\":\"m2\",\"videoDeviceId\":\"gone\"}}");
  expect_answer(s, "media.validDevice [\"audioinput\",\"m1\"]", "\"m1\"");
  expect_answer(s, "media.validDevice [\"audioinput\",\"unknown\"]", "\"m2\"");
  expect_answer(s, "media.validDevice [\"audioinput\",null]", "\"m2\"");
  expect_answer(s, "media.validDevice [\"audioinput\",\"o1\"]", "\"m2\"");
  expect_answer(s, "media.validDevice [\"videoinput\",\"unknown\"]", "null");
  expect_answer(s, "media.validDevice [\"videoinput\",\"c1\"]", "\"c1\"");
  expect_answer(s, "media.validDevice [\"audiooutput\",\"o2\"]", "\"o2\"");
  expect_answer(s, "media.validDevice [\"audiooutput\",true]", "null");
  expect_answer(s, "media.requestDevice []", "true");
  expect_answer(s, "media.requestDevice [false]", "true");
  expect_answer(s, "media.requestDevice [true]", "true");
  expect_answer(s, "media.requestDevice [null]", "null");
  expect_answer(s, "media.requestDevice [\"x\"]", "\"x\"");
}

static void look_ups(scenario *s) {
  s->devices = "[{\"deviceId\":\"o\",\"groupId\":\"g\",\"kind\":\"audiooutput\",\"label\":\"Same\"}," MIC "," CAM "]";
  start(s, signed_out);
  expect_answer(s, "media.deviceOfTrack [\"Same\",\"audio\"]", "null");
  expect_answer(s, "media.deviceOfTrack [\"Microphone\",\"audio\"]", "101");
  expect_answer(s, "media.deviceOfTrack [\"Camera\",\"audio\"]", "null");
  expect_answer(s, "media.deviceOfTrack [\"Camera\",\"video\"]", "102");
  expect_answer(s, "media.deviceOfTrack [\"\",\"video\"]", "null");
  expect_answer(s, "media.device [\"m1\",\"audioinput\"]", "101");
  expect_answer(s, "media.device [\"m1\",\"videoinput\"]", "null");
  expect_answer(s, "media.device [null,\"videoinput\"]", "null");
  expect_answer(s, "media.hasDevice [" MIC "]", "true");
  expect_answer(s, "media.hasDevice [" HID "]", "false");
  expect_answer(s, "media.hasDevice [null]", "false");
  expect_answer(s, "media.isPermissionsError [\"NotAllowedError\",\"\"]", "true");
  expect_answer(s, "media.isPermissionsError [\"NotFoundError\",\"Requested device not found\"]", "false");
  expect_answer(s, "media.unheard [1]", "");
  expect_answer(s, "media.hasDevice [", "");
}

static const scenario_case cases[] = {
  { "M-4 the first enumeration", first_enumeration, false },
  { "M-5 an empty first enumeration", first_enumeration_is_empty, false },
  { "M-6 the order means nothing, unless forced", order_means_nothing, false },
  { "M-7 one change is told", one_change_counts, false },
  { "M-8 M-9 labels stay, devices do not", labels_stay, false },
  { "M-10 devices without labels count", hidden_labels_count, false },
  { "an enumeration fails", enumeration_fails, false },
  { "M-11 M-16 M-17 permission for audio", permission_for_audio, false },
  { "M-12 permission keeps the stream", permission_keeps_the_stream, false },
  { "M-13 permission for one type alone", permission_ignores_the_other_type, false },
  { "M-14 permission for both", permission_for_both, false },
  { "M-15 permission for no known type", permission_for_nothing, false },
  { "M-16 M-18 M-19 permission is refused", permission_is_refused, false },
  { "M-21 nothing is requested", nothing_is_requested, false },
  { "M-22 M-23 both without options", both_without_options, false },
  { "M-24 audio is refused", audio_is_refused, false },
  { "M-25 audio is refused, preserving", audio_is_refused_preserving, false },
  { "video is refused", video_is_refused, false },
  { "video is refused, preserving", video_is_refused_preserving, false },
  { "M-26 both are refused", both_are_refused, false },
  { "M-26 both are refused, preserving", both_are_refused_preserving, false },
  { "M-30 M-31 no retry", no_retry, false },
  { "a default stream", a_default_stream, false },
  { "M-32 a camera that does not start with a resolution", abort_with_a_resolution, false },
  { "M-33 an ordinary failure of the camera", ordinary_video_failure, false },
  { "M-35 one uuid for all attempts", one_uuid, false },
  { "M-49 monitoring by option and by default", monitoring, false },
  { "media for a session of the app", for_a_session, false },
  { "M-55 M-56 M-64 display", display, false },
  { "M-40 device ids are resolved", ids_are_resolved, false },
  { "M-42 M-43 look-ups", look_ups, false },
};

int main(void) {
  return run_scenarios("core media", cases, sizeof cases / sizeof *cases);
}
