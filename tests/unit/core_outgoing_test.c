/* SPDX-License-Identifier: MIT */
/* Devices that change during calls (sessions.md §9, media.md §14, §15): a change is a transaction. */
#include "scenario.h"

#include <stdio.h>
#include <string.h>

static const char chromium[] =
    "{\"accessToken\":\"TOKEN\",\"environment\":\"mypurecloud.com\",\"browser\":{\"chromium\":"
    "true,\"setSinkId\":true}}";
static const char firefox[] = "{\"accessToken\":\"TOKEN\",\"environment\":\"mypurecloud.com\"}";

#define MUTE_PATH "conversations/calls/c1/participants/p-c1"

#define TRACKS(s, ...)  expect_effect((s), SP_FX_PEER_TRACKS, ANY_ID, __VA_ARGS__)
#define REQUEST(s, ...) expect_effect((s), SP_FX_MEDIA_REQUEST, ANY_ID, __VA_ARGS__)

/* An agent in a call, session 1, that sends the first of two microphones (mic-1). */
static void in_call_with(scenario *s, const char *config) {
  s->devices = DESK;
  start(s, config);
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  conversation(s, .conversation = "c1", .state = "connected");
  forget(s);
}

static void in_call(scenario *s) {
  in_call_with(s, chromium);
}

static uint32_t update(scenario *s, const char *members) {
  char params[256];
  snprintf(params, sizeof params, "[{\"conversationId\":\"c1\",%s}]", members);
  return call(s, "updateOutgoingMedia", params);
}

/* --- what is refused --- */

#define E_25                                                                                                           \
  "{\"type\":\"invalid_options\",\"message\":\"updateOutgoingMedia must be called with a MediaStream, a "              \
  "videoDeviceId, or an audioDeviceId\"}"

static void nothing_to_update(scenario *s) {
  start(s, chromium);
  expect_answer(s, "check.updateOutgoingMedia []", E_25);
  expect_answer(s, "check.updateOutgoingMedia [{}]", E_25);
  expect_answer(s, "check.updateOutgoingMedia [{\"audioDeviceId\":false,\"videoDeviceId\":false}]", E_25);
  expect_answer(s, "check.updateOutgoingMedia [{\"audioDeviceId\":\"\",\"stream\":false}]", E_25);
  expect_answer(s, "check.updateOutgoingMedia [{\"audioDeviceId\":null}]", "");
  expect_answer(s, "check.updateOutgoingMedia [{\"videoDeviceId\":true}]", "");
  expect_answer(s, "check.updateOutgoingMedia [{\"stream\":true}]", "");
}

static void unknown_session(scenario *s) {
  in_call(s);
  uint32_t id = call(s, "updateOutgoingMedia", "[{\"conversationId\":\"c9\",\"audioDeviceId\":\"m2\"}]");
  expect_rejected(s, id, "\"type\":\"session\",\"message\":\"Unable to find session\"", "\"details\":{");
  id = update(s, "\"videoDeviceId\":\"c1\""); /* the softphone has no use for it */
  expect_rejected(s, id, "Options are not valid to update outgoing media", "\"videoDeviceId\":\"c1\"",
                  "\"conversationId\":\"c1\",\"sessionId\":\"s1\"");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
}

static void before_initialize(scenario *s) {
  start(s, chromium);
  uint32_t id = call(s, "updateOutgoingMedia", "[{\"conversationId\":\"c1\",\"audioDeviceId\":\"m2\"}]");
  expect_rejected(s, id, "\"type\":\"session\"");
  id = call(s, "updateDefaultDevices", "[{\"audioDeviceId\":\"m2\",\"updateActiveSessions\":true}]");
  expect_resolved(s, id, "");
  id = call(s, "updateDefaultMediaSettings", "[{\"micAutoGainControl\":false,\"updateActiveSessions\":true}]");
  expect_resolved(s, id, "");
  id = call(s, "updateDefaultResolution", "[{\"width\":640,\"height\":480},false]");
  expect_resolved(s, id, "");
  id = call(s, "updateAudioVolume", "[40]");
  expect_resolved(s, id, "");
  call(s, "media.startMedia", "[]");
  REQUEST(s, "\"autoGainControl\":false", "\"exact\":\"m2\"");
  REQUEST(s, "\"width\":640,\"height\":480");
}

/* --- one switch --- */

static void another_microphone(scenario *s) {
  in_call(s);
  s->holds_media = true;
  uint32_t id = update(s, "\"audioDeviceId\":\"m2\"");
  TRACKS(s, "senders");
  const seen *request = REQUEST(s, "\"exact\":\"m2\"", "\"session\":{\"$session\":1}");
  expect_waiting(s, id);
  /* Nothing is let go before there is something new. */
  expect_no_effect(s, SP_FX_PEER_TRACKS);
  expect_no_effect(s, SP_FX_MEDIA_STOP);
  if (request) media_result(s, request->id, true, "new", "Microphone 2");
  TRACKS(s, "swap", "\"stream\":\"new\",\"into\":\"mic-1\"", "\"kinds\":[\"audio\"]");
  expect_resolved(s, id, "");
  expect_no_effect(s, SP_FX_MEDIA_STOP);
  /* The end of the call stops what is sent. */
  terminate(s, "s1", "success");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
  expect_no_effect(s, SP_FX_MEDIA_STOP);
}

static void the_same_microphone(scenario *s) {
  in_call(s);
  uint32_t id = update(s, "\"audioDeviceId\":\"m1\"");
  expect_resolved(s, id, "");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  id = update(s, "\"audioDeviceId\":true"); /* never equals an id */
  REQUEST(s, "\"audio\":true");
  expect_resolved(s, id, "");
}

/* One microphone at a time: the old one goes first. */
static void one_microphone_at_a_time(scenario *s) {
  in_call_with(s, firefox);
  s->held_peer = "release";
  uint32_t id = update(s, "\"audioDeviceId\":\"m2\"");
  TRACKS(s, "release", "\"stream\":\"mic-1\"", "\"kinds\":[\"audio\"]");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  peer_result(s, 1, "release", true);
  REQUEST(s, "\"exact\":\"m2\"");
  TRACKS(s, "swap");
  expect_resolved(s, id, "");
}

/* The new device fails after the old one was let go: the old one comes back, and the app hears what went wrong. */
static void back_to_the_old_microphone(scenario *s) {
  in_call_with(s, firefox);
  s->holds_media = true;
  uint32_t id = update(s, "\"audioDeviceId\":\"m2\"");
  const seen *one = REQUEST(s, "\"exact\":\"m2\"");
  if (one) media_result(s, one->id, false, "NotReadableError", "");
  const seen *two = REQUEST(s, "\"audio\":null");
  if (two) media_result(s, two->id, false, "NotReadableError", "");
  expect_rejected(s, id, "{\"cause\":");
  const seen *three = REQUEST(s, "\"exact\":\"m1\"");
  if (three) media_result(s, three->id, true, "old", "Microphone 1");
  TRACKS(s, "swap", "\"stream\":\"old\"");
  expect_no_http(s);
}

static void a_failing_device_changes_nothing(scenario *s) {
  in_call(s);
  s->media_error = "NotReadableError";
  uint32_t id = update(s, "\"audioDeviceId\":\"m2\"");
  expect_rejected(s, id, "{\"cause\":");
  TRACKS(s, "senders");
  expect_no_effect(s, SP_FX_PEER_TRACKS);
  expect_no_effect(s, SP_FX_MEDIA_STOP);
  expect_no_http(s);
}

static void the_swap_fails(scenario *s) {
  in_call(s);
  s->failing_peer = "swap";
  uint32_t id = update(s, "\"audioDeviceId\":\"m2\"");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-2");
  expect_rejected(s, id, "The new media could not be put on the session");
  terminate(s, "s1", "success");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
}

/* --- refusals (S-109): the server mutes what is not sent any more, and only that --- */

static void refused_with_one_microphone(scenario *s) {
  in_call_with(s, firefox);
  s->media_error = "NotAllowedError";
  uint32_t id = update(s, "\"audioDeviceId\":\"m2\"");
  expect_http(s, "PATCH", MUTE_PATH, "{\"muted\":true}");
  expect_no_http(s);
  expect_rejected(s, id, "{\"cause\":");
}

static void refused_after_the_permission_went(scenario *s) {
  in_call(s);
  s->senders = "{\"senders\":[{\"kind\":\"audio\",\"label\":\"Microphone 1\",\"live\":false,\"ours\":true}]}";
  s->media_error = "NotAllowedError";
  uint32_t id = update(s, "\"audioDeviceId\":\"m2\"");
  expect_http(s, "PATCH", MUTE_PATH, "{\"muted\":true}");
  expect_rejected(s, id, "{\"cause\":");
}

static void refused_while_the_old_one_is_heard(scenario *s) {
  in_call(s);
  s->media_error = "NotAllowedError";
  uint32_t id = update(s, "\"audioDeviceId\":\"m2\"");
  expect_rejected(s, id, "{\"cause\":");
  expect_no_http(s);
}

/* --- races --- */

static void a_second_switch_waits(scenario *s) {
  in_call(s);
  s->holds_media = true;
  uint32_t first = update(s, "\"audioDeviceId\":\"m2\"");
  uint32_t second = update(s, "\"audioDeviceId\":\"m1\"");
  const seen *request = REQUEST(s, "\"exact\":\"m2\"");
  TRACKS(s, "senders");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  s->senders = "{\"senders\":[" SENDER("audio", "Microphone 2") "]}";
  if (request) media_result(s, request->id, true, "two", "Microphone 2");
  expect_resolved(s, first, "");
  TRACKS(s, "swap", "\"stream\":\"two\"");
  TRACKS(s, "senders");
  request = REQUEST(s, "\"exact\":\"m1\"");
  expect_waiting(s, second);
  if (request) media_result(s, request->id, true, "one", "Microphone 1");
  TRACKS(s, "swap", "\"stream\":\"one\"");
  expect_resolved(s, second, "");
}

static void hang_up_while(scenario *s, const char *config, const char *held, bool holds_media) {
  in_call_with(s, config);
  s->held_peer = held;
  s->holds_media = holds_media;
  uint32_t id = update(s, "\"audioDeviceId\":\"m2\"");
  const seen *request = held && strcmp(held, "swap") != 0 ? NULL : REQUEST(s, "\"exact\":\"m2\"");
  uint32_t queued = update(s, "\"audioDeviceId\":\"m1\"");
  terminate(s, "s1", "success");
  expect_rejected(s, id, "The session ended before its media was changed");
  expect_rejected(s, queued, "The session ended before its media was changed");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
  if (holds_media && request) media_result(s, request->id, true, "late", "Microphone 2");
  if (holds_media) expect_effect(s, SP_FX_MEDIA_STOP, 0, "late");
  if (held && strcmp(held, "swap") == 0) expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-2");
  peer_result(s, 1, held ? held : "swap", true);
  expect_no_effect(s, SP_FX_MEDIA_STOP);
}

static void hang_up_while_looking(scenario *s) {
  hang_up_while(s, chromium, "senders", false);
}
static void hang_up_while_asking(scenario *s) {
  hang_up_while(s, chromium, NULL, true);
}
static void hang_up_while_swapping(scenario *s) {
  hang_up_while(s, chromium, "swap", false);
}
static void hang_up_while_releasing(scenario *s) {
  hang_up_while(s, firefox, "release", false);
}

/* The system has another default, but the browser gives the old one while it is in use. */
static void a_stale_default(scenario *s) {
  in_call(s);
  s->media_label = "Microphone 0";
  uint32_t id = update(s, "\"audioDeviceId\":null");
  REQUEST(s, "\"audio\":null");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-2");
  TRACKS(s, "senders");
  TRACKS(s, "release", "\"stream\":\"mic-1\"");
  REQUEST(s, "\"audio\":null");
  TRACKS(s, "swap", "\"stream\":\"mic-3\"");
  expect_resolved(s, id, "");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
}

static void a_stream_of_the_app(scenario *s) {
  in_call(s);
  uint32_t id = update(s, "\"stream\":\"77\",\"audioDeviceId\":\"m2\"");
  TRACKS(s, "swap", "\"stream\":\"77\",\"into\":\"mic-1\"");
  expect_resolved(s, id, "");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  s->failing_peer = "swap";
  id = update(s, "\"stream\":\"78\"");
  expect_rejected(s, id, "The new media could not be put");
  expect_no_effect(s, SP_FX_MEDIA_STOP); /* it is the app's */
}

static void by_session(scenario *s) {
  in_call(s);
  uint32_t id = call(s, "updateOutgoingMedia", "[{\"session\":{\"id\":\"s1\",\"lent\":4},\"audioDeviceId\":\"m2\"}]");
  REQUEST(s, "\"exact\":\"m2\"");
  expect_resolved(s, id, "");
}

/* Beside the default stream, which serves other sessions too, the new microphone has a stream of its own. */
static void the_default_stream_stays(scenario *s) {
  in_call_with(s, "{\"accessToken\":\"TOKEN\",\"environment\":\"mypurecloud.com\",\"browser\":{\"chromium\":true},"
                  "\"defaults\":{\"audioStream\":\"5\"}}");
  uint32_t id = update(s, "\"audioDeviceId\":\"m2\"");
  TRACKS(s, "{\"op\":\"swap\",\"stream\":\"mic-1\",\"fit\"");
  expect_resolved(s, id, "");
  terminate(s, "s1", "success");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
}

/* --- defaults (S-111) --- */

static void defaults_alone(scenario *s) {
  in_call(s);
  uint32_t id = call(s, "updateDefaultDevices", "[{\"audioDeviceId\":\"m2\",\"outputDeviceId\":\"o2\"}]");
  expect_resolved(s, id, "");
  id = call(s, "updateDefaultDevices", "[{\"videoDeviceId\":\"c1\",\"updateActiveSessions\":1}]");
  expect_resolved(s, id, "");
  id = call(s, "updateDefaultDevices", "[]");
  expect_resolved(s, id, "");
  expect_no_effect(s, SP_FX_PEER_TRACKS);
  expect_no_effect(s, SP_FX_AUDIO_SET);
  expect_answer(s, "media.validDevice [\"audioinput\",null]", "\"m2\"");
  expect_answer(s, "media.validDevice [\"audiooutput\",null]", "\"o2\"");
  call(s, "updateDefaultDevices", "[{\"audioDeviceId\":null}]");
  expect_answer(s, "media.validDevice [\"audioinput\",null]", "null");
  expect_answer(s, "media.validDevice [\"audiooutput\",null]", "\"o2\"");
}

static void defaults_of_active_sessions(scenario *s) {
  in_call(s);
  uint32_t id = call(s, "updateDefaultDevices",
                     "[{\"audioDeviceId\":\"m2\",\"videoDeviceId\":\"c1\",\"outputDeviceId\":\"o2\","
                     "\"updateActiveSessions\":true}]");
  REQUEST(s, "\"exact\":\"m2\"");
  expect_effect(s, SP_FX_AUDIO_SET, 1, "{\"sinkId\":\"o2\",\"job\":");
  TRACKS(s, "swap");
  expect_resolved(s, id, "");
  id = call(s, "updateDefaultDevices", "[{\"videoDeviceId\":null,\"updateActiveSessions\":true}]");
  expect_resolved(s, id, ""); /* nothing of it concerns a softphone */
  s->media_error = "NotFoundError";
  id = call(s, "updateDefaultDevices", "[{\"audioDeviceId\":\"m1\",\"updateActiveSessions\":true}]");
  s->senders = "{\"senders\":[" SENDER("audio", "Microphone 2") "]}";
  id = call(s, "updateDefaultDevices", "[{\"audioDeviceId\":\"m1\",\"updateActiveSessions\":true}]");
  expect_rejected(s, id, "{\"cause\":");
}

/* C-9: the settings reach a microphone that is in use. */
static void settings_of_active_sessions(scenario *s) {
  in_call(s);
  uint32_t id =
      call(s, "updateDefaultMediaSettings",
           "[{\"micEchoCancellation\":false,\"micNoiseSuppression\":{\"ideal\":false},"
           "\"micAutoGainControl\":null,\"monitorMicVolume\":true,\"other\":1,\"updateActiveSessions\":true}]");
  REQUEST(s, "\"autoGainControl\":true,\"echoCancellation\":false,\"noiseSuppression\":{\"ideal\":false}",
          "\"exact\":\"m1\"", "\"monitorMicVolume\":true");
  TRACKS(s, "swap");
  expect_resolved(s, id, "");
  id = call(s, "updateDefaultMediaSettings", "[{\"monitorMicVolume\":false}]");
  expect_resolved(s, id, "");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
}

/* --- speakers --- */

static void volume(scenario *s) {
  static const char error[] =
      "{\"type\":\"not_supported\",\"message\":\"Invalid volume level. Must be between 0 and 100 "
      "inclusive.\",\"details\":{\"providedVolume\":%s}}";
  static const char *const wrong[] = { "101", "-1", "\"loud\"" };
  in_call(s);
  for (size_t i = 0; i < 3; i++) {
    char question[64], wanted[256];
    snprintf(question, sizeof question, "check.updateAudioVolume [%s]", wrong[i]);
    snprintf(wanted, sizeof wanted, error, wrong[i]);
    expect_answer(s, question, wanted);
  }
  expect_answer(s, "check.updateAudioVolume [0]", "");
  expect_answer(s, "check.updateAudioVolume [100]", "");
  call(s, "updateAudioVolume", "[0]");
  expect_effect(s, SP_FX_AUDIO_SET, 1, "{\"volume\":0}");
  call(s, "updateAudioVolume", "[100]");
  expect_effect(s, SP_FX_AUDIO_SET, 1, "{\"volume\":1}");
  call(s, "updateAudioVolume", "[25]");
  expect_effect(s, SP_FX_AUDIO_SET, 1, "{\"volume\":0.25}");
  terminate(s, "s1", "success");
  connect_call(s, 2, "s2", "c2");
  call(s, "updateAudioVolume", "[50]");
  expect_effect(s, SP_FX_AUDIO_SET, 2, "{\"volume\":0.5}");
}

static void output_devices(scenario *s) {
  in_call(s);
  uint32_t id = call(s, "updateOutputDevice", "[\"o2\"]");
  expect_effect(s, SP_FX_AUDIO_SET, 1, "\"sinkId\":\"o2\"");
  expect_resolved(s, id, "");
  id = call(s, "updateOutputDevice", "[\"m1\"]"); /* a microphone is no output */
  expect_effect(s, SP_FX_LOG, ANY_ID, "Output deviceId not found. Not updating output media");
  expect_resolved(s, id, "");
  expect_no_effect(s, SP_FX_AUDIO_SET);
  call(s, "updateDefaultDevices", "[{\"outputDeviceId\":\"o1\"}]");
  id = call(s, "updateOutputDevice", "[true]");
  expect_effect(s, SP_FX_AUDIO_SET, 1, "\"sinkId\":\"o1\"");
  id = call(s, "updateOutputDevice", "[null]");
  expect_effect(s, SP_FX_AUDIO_SET, 1, "\"sinkId\":\"\"");
  expect_resolved(s, id, "");
  s->sink_outcome = 0; /* no element: only a warning */
  id = call(s, "updateOutputDevice", "[\"o2\"]");
  expect_resolved(s, id, "");
  s->sink_outcome = -1;
  id = call(s, "updateOutputDevice", "[\"o2\"]");
  expect_rejected(s, id, "\"type\":\"not_supported\",\"message\":\"Cannot set sink id in unsupported browser\"",
                  "\"sessionId\":\"s1\"");
}

static void no_output_devices(scenario *s) {
  in_call_with(s, firefox);
  uint32_t id = call(s, "updateOutputDevice", "[\"o2\"]");
  expect_resolved(s, id, "");
  expect_effect(s, SP_FX_LOG, ANY_ID, "Output devices cannot be chosen in this browser");
  expect_no_effect(s, SP_FX_AUDIO_SET);
}

/* --- devices that go (S-114) --- */

#define WITHOUT_M1    "[" DEVICE("audioinput", "m2", "Microphone 2") "," DEVICE("audiooutput", "o1", "Speaker 1") "]"
#define NO_MICROPHONE "[" DEVICE("audiooutput", "o1", "Speaker 1") "]"

static void the_microphone_is_unplugged(scenario *s) {
  in_call(s);
  s->devices = WITHOUT_M1;
  call(s, "media.devicesChanged", "[]");
  REQUEST(s, "\"audio\":true");
  TRACKS(s, "swap");
  expect_no_http(s);
}

static void the_only_microphone_is_unplugged(scenario *s) {
  in_call(s);
  s->devices = NO_MICROPHONE;
  call(s, "media.devicesChanged", "[]");
  expect_http(s, "PATCH", MUTE_PATH, "{\"muted\":true}");
  TRACKS(s, "release", "\"stream\":\"mic-1\"", "\"kinds\":[\"audio\"]");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  /* Unmuted, the call gets a microphone again, and only then the server is asked. */
  s->devices = DESK;
  s->senders = "{\"senders\":[]}";
  s->holds_media = true;
  call(s, "media.devicesChanged", "[]");
  uint32_t id = call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":false}]");
  const seen *request = REQUEST(s, "\"audio\":true");
  expect_no_http(s);
  if (request) media_result(s, request->id, true, "again", "Microphone 1");
  TRACKS(s, "swap", "\"stream\":\"again\"");
  expect_http(s, "PATCH", MUTE_PATH, "{\"muted\":false}");
  expect_resolved(s, id, "");
  id = call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":false}]");
  expect_resolved(s, id, "");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
}

static void unmute_with_a_device(scenario *s) {
  in_call(s);
  uint32_t id = call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":false,\"unmuteDeviceId\":\"m2\"}]");
  REQUEST(s, "\"exact\":\"m2\"");
  const seen *swap = TRACKS(s, "swap");
  const seen *patch = expect_http(s, "PATCH", MUTE_PATH, "{\"muted\":false}");
  expect_before(s, swap, patch);
  expect_resolved(s, id, "");
  s->media_error = "NotAllowedError";
  id = call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":false,\"unmuteDeviceId\":\"m2\"}]");
  expect_rejected(s, id, "{\"cause\":");
  expect_no_http(s);
  id = call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":true,\"unmuteDeviceId\":\"m2\"}]");
  expect_resolved(s, id, "");
}

static void the_speaker_is_unplugged(scenario *s) {
  in_call(s);
  s->senders = "{\"senders\":[" SENDER("audio", "Microphone 1") "],\"sink\":\"o2\"}";
  s->devices = "[" DEVICE("audioinput", "m1", "Microphone 1") "," DEVICE("audiooutput", "o1", "Speaker 1") "]";
  call(s, "media.devicesChanged", "[]");
  expect_effect(s, SP_FX_AUDIO_SET, 1, "\"sinkId\":\"\"");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
}

/* C-8: what never came from a device is not missed, and neither is a device whose label the browser hides. */
static void foreign_tracks_are_left_alone(scenario *s) {
  in_call(s);
  s->senders = "{\"senders\":[{\"kind\":\"audio\",\"label\":\"MediaStreamAudioDestinationNode\",\"live\":true,"
               "\"muted\":false,\"ours\":false}]}";
  uint32_t id = call(s, "validateOutgoingMediaTracks", "[]");
  expect_resolved(s, id, "");
  s->senders = NULL;
  s->devices = "[" DEVICE("audioinput", "m9", "") "]";
  call(s, "media.devicesChanged", "[]");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  expect_no_http(s);
}

/* The permission is revoked: the track ends, and no other is to be had. */
static void the_permission_is_revoked(scenario *s) {
  in_call(s);
  s->senders = "{\"senders\":[{\"kind\":\"audio\",\"label\":\"Microphone 1\",\"live\":false,\"muted\":false,"
               "\"ours\":true}],\"sink\":\"\"}";
  s->media_error = "NotAllowedError";
  call(s, "media.devicesChanged", "[]");
  REQUEST(s, "\"audio\":true");
  expect_error(s, "\"type\":\"media\"");
  expect_http(s, "PATCH", MUTE_PATH, "{\"muted\":true}");
}

static void the_session_ends_while_it_is_looked_at(scenario *s) {
  in_call(s);
  s->held_peer = "senders";
  uint32_t id = call(s, "validateOutgoingMediaTracks", "[]");
  expect_waiting(s, id);
  terminate(s, "s1", "success");
  expect_resolved(s, id, "");
}

/* Asked for before the session is active. */
static void a_session_that_is_not_active_yet(scenario *s) {
  s->devices = DESK;
  start(s, chromium);
  sign_in(s);
  s->holds_media = true;
  propose(s, .session = "s1", .conversation = "c1");
  call(s, "acceptPendingSession", "[{\"conversationId\":\"c1\"}]");
  offer(s, .session = "s1", .conversation = "c1");
  const seen *first = REQUEST(s, "\"audio\":true");
  uint32_t id = update(s, "\"audioDeviceId\":\"m2\"");
  expect_waiting(s, id);
  expect_no_effect(s, SP_FX_PEER_TRACKS);
  if (first) media_result(s, first->id, true, "mic", "Microphone 1");
  const seen *second = REQUEST(s, "\"exact\":\"m2\"");
  if (second) media_result(s, second->id, true, "new", "Microphone 2");
  expect_resolved(s, id, "");
}

/* --- sound that is blocked --- */

static void blocked_sound(scenario *s) {
  s->devices = "[]";
  start(s, chromium);
  sign_in(s);
  call(s, "media.audioBlocked", "[false]");
  expect_no_effect(s, SP_FX_MEDIA_EVENT);
  propose(s, .session = "s1", .conversation = "c1");
  expect_effect(s, SP_FX_AUDIO_PROBE, 0, "");
  call(s, "media.audioBlocked", "[true]");
  expect_effect(s, SP_FX_MEDIA_EVENT, 0, "audioBlocked", "[true]");
  call(s, "media.audioBlocked", "[true]");
  expect_no_effect(s, SP_FX_MEDIA_EVENT);
  call(s, "media.audioBlocked", "[false]");
  expect_effect(s, SP_FX_MEDIA_EVENT, 0, "audioBlocked", "[false]");
}

static const scenario_case cases[] = {
  { "S-106 nothing to update", nothing_to_update, false },
  { "sessions that are not there", unknown_session, false },
  { "before initialize()", before_initialize, false },
  { "S-110 M-61 another microphone", another_microphone, false },
  { "S-107 M-59 the same microphone", the_same_microphone, false },
  { "S-108 M-60 one microphone at a time", one_microphone_at_a_time, false },
  { "back to the old microphone", back_to_the_old_microphone, false },
  { "a failing device changes nothing", a_failing_device_changes_nothing, false },
  { "the swap fails", the_swap_fails, false },
  { "S-109 refused with one microphone at a time", refused_with_one_microphone, false },
  { "S-109 refused after the permission went", refused_after_the_permission_went, false },
  { "refused while the old microphone is heard", refused_while_the_old_one_is_heard, false },
  { "a second switch waits", a_second_switch_waits, false },
  { "hang-up while looking", hang_up_while_looking, false },
  { "hang-up while asking", hang_up_while_asking, false },
  { "hang-up while swapping", hang_up_while_swapping, false },
  { "hang-up while releasing", hang_up_while_releasing, false },
  { "a default of before", a_stale_default, false },
  { "a stream of the app", a_stream_of_the_app, false },
  { "by session", by_session, false },
  { "the default stream stays", the_default_stream_stays, false },
  { "S-111 defaults alone", defaults_alone, false },
  { "defaults of active sessions", defaults_of_active_sessions, false },
  { "settings of active sessions", settings_of_active_sessions, false },
  { "S-112 volume", volume, false },
  { "S-113 M-63 output devices", output_devices, false },
  { "no output devices in this browser", no_output_devices, false },
  { "S-114 M-58 the microphone is unplugged", the_microphone_is_unplugged, false },
  { "S-114 M-58 the only microphone is unplugged", the_only_microphone_is_unplugged, false },
  { "unmute with a device", unmute_with_a_device, false },
  { "the speaker is unplugged", the_speaker_is_unplugged, false },
  { "foreign tracks are left alone", foreign_tracks_are_left_alone, false },
  { "the permission is revoked", the_permission_is_revoked, false },
  { "the session ends while it is looked at", the_session_ends_while_it_is_looked_at, false },
  { "a session that is not active yet", a_session_that_is_not_active_yet, false },
  { "blocked sound", blocked_sound, false },
};

int main(void) {
  return run_scenarios("core outgoing", cases, sizeof cases / sizeof *cases);
}
