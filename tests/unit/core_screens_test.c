/* SPDX-License-Identifier: MIT */
/* Screens through the core: a guest's share, recording, live monitoring (video-and-screens.md §9-§11). */
#include "scenario.h"

#include <string.h>

/* {"data":{"jid":"acd-c9@conference.acme.orgspan.com"},"org":"o1"} */
#define GUEST_JWT                                                                                                      \
  "eyJhbGciOiJub25lIn0.eyJkYXRhIjp7ImppZCI6ImFjZC1jOUBjb25mZXJlbmNlLmFjbWUub3Jnc3Bhbi5jb20ifSwib3JnIjoibzEifQ.c2ln"
/* {"data":{"jid":"agent-room@conference.acme.orgspan.com","conversationId":"c9","sourceCommunicationId":"y9"}} */
#define OWN_JWT                                                                                                        \
  "eyJhbGciOiJub25lIn0.eyJkYXRhIjp7ImppZCI6ImFnZW50LXJvb21AY29uZmVyZW5jZS5hY21lLm9yZ3NwYW4uY29tIiwiY29udmVyc2F0aW9u"   \
  "SWQiOiJjOSIsInNvdXJjZUNvbW11bmljYXRpb25JZCI6Ink5In0sIm9yZyI6Im8xIn0.c2ln"

#define ACD "acd-c9@conference.acme.orgspan.com"
#define REC "screenrecording-c1@conference.acme.orgspan.com"
#define MON "livemonitor-c1@conference.acme.orgspan.com"
#define C1  "[{\"conversationId\":\"c1\"}]"

/* --- a guest's screen share --- */

static void sign_in_as_guest(scenario *s) {
  start(s, "{\"organizationId\":\"o1\"}"); /* every type but recording is allowed */
  call(s, "initialize",
       "[{\"conversation\":{\"id\":\"c9\"},\"sourceCommunicationId\":\"x9\",\"jwt\":\"" GUEST_JWT "\"}]");
  forget(s);
}

static void share(scenario *s) {
  sign_in_as_guest(s);
  call(s, "startScreenShare", "[]");
  forget(s);
}

static void agents_may_not(scenario *s) {
  sign_in(s);
  uint32_t shared = call(s, "startScreenShare", "[]");
  expect_rejected(s, shared, "\"type\":\"not_supported\"", "Agent screen share is not yet supported");
}

static void guest_shares(scenario *s) {
  sign_in_as_guest(s);
  uint32_t shared = call(s, "startScreenShare", "[]");
  expect_effect(s, SP_FX_MEDIA_REQUEST, 1, "display");
  expect_sent(s, "<presence", "type=\"upgradeMedia\"", "to=\"" ACD "\"", "conversationId=\"c9\"",
              "sourceCommunicationId=\"x9\"", "<mediastream screenShare=\"true\"/>");
  expect_resolved(s, shared, "{\"$kept\":\"mic-1\"}");
  propose(s, .session = "g1", .conversation = "c9", .from = ACD "/gw", .room = ACD);
  expect_event(s, "pendingSession", "\"sessionType\":\"screenShare\"");
  expect_sent(s, "<proceed", "id=\"g1\"");
  offer(s, .session = "g1", .conversation = "c9", .from = ACD "/gw");
  expect_event(s, "sessionStarted", "{\"$session\":1}");
  expect_event(s, "handledPendingSession", "");
  expect_effect(s, SP_FX_MEDIA_WATCH, 1, "mic-1");
  expect_effect(s, SP_FX_PEER_STREAM, 1, "mic-1");
  expect_sent(s, "\"method\":\"answer\"", "\"sessionId\":\"g1\"");
  uint32_t muted = call(s, "setVideoMute", "[{\"conversationId\":\"c9\",\"mute\":true}]");
  expect_rejected(s, muted, "Video mute not supported for sessionType screenShare");
  muted = call(s, "setAudioMute", "[{\"conversationId\":\"c9\",\"mute\":true}]");
  expect_rejected(s, muted, "Audio mute not supported for sessionType screenShare");
  media_ended(s, 1, "mic-1", 1);
  expect_nothing_sent(s, "\"method\":\"terminate\"");
  media_ended(s, 1, "mic-1", 0);
  expect_sent(s, "\"method\":\"terminate\"", "\"sessionId\":\"g1\"", "success");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
  expect_event(s, "_sessionEnded", "");
  expect_event(s, "sessionEnded", "{\"$session\":1}");
  expect_no_more(s);
}

static void guest_refuses(scenario *s) {
  sign_in_as_guest(s);
  s->media_error = "NotAllowedError";
  uint32_t shared = call(s, "startScreenShare", "[]");
  expect_rejected(s, shared, "{\"cause\":1}");
  expect_nothing_sent(s, "<presence");
  s->media_error = NULL;
  call(s, "startScreenShare", "[]");
  call(s, "startScreenShare", "[]");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-2"); /* of the earlier attempt */
}

static void share_without_a_screen(scenario *s) {
  sign_in_as_guest(s);
  propose(s, .session = "g1", .conversation = "c9", .from = ACD "/gw", .room = ACD);
  offer(s, .session = "g1", .conversation = "c9", .from = ACD "/gw");
  expect_error(s, "\"type\":\"session\"", "Screen share session init failed",
               "No pending or active screen share media promise");
  expect_sent(s, "\"method\":\"terminate\"", "\"sessionId\":\"g1\"");
  expect_nothing_sent(s, "\"method\":\"answer\"");
}

static void share_of_an_agent(scenario *s) {
  sign_in(s);
  offer(s, .session = "g1", .conversation = "c9", .from = ACD "/gw");
  expect_error(s, "Screen share session init failed", "not_supported",
               "Screen share sessions not supported for authenticated users");
  expect_sent(s, "\"method\":\"terminate\"", "\"sessionId\":\"g1\"");
}

static void the_screen_cannot_be_sent(scenario *s) {
  share(s);
  s->failing_peer = "stream";
  propose(s, .session = "g1", .conversation = "c9", .from = ACD "/gw", .room = ACD);
  offer(s, .session = "g1", .conversation = "c9", .from = ACD "/gw");
  expect_error(s, "Screen share session init failed");
  expect_sent(s, "\"method\":\"terminate\"", "\"sessionId\":\"g1\"");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
}

/* --- screen recording --- */

#define RECORDS                                                                                                        \
  "{\"accessToken\":\"TOKEN\",\"allowedSessionTypes\":[\"softphone\",\"screenRecording\"],"                            \
  "\"autoAcceptPendingScreenRecordingRequests\":true}"
#define META(id, screen)                                                                                               \
  "{\"trackId\":\"" id "\",\"screenId\":\"" screen "\",\"originX\":0,\"primary\":true,\"extra\":1}"
#define ACCEPT                                                                                                         \
  "[{\"conversationId\":\"c1\",\"sessionType\":\"screenRecording\",\"mediaStream\":\"screens\","                       \
  "\"screenRecordingMetadatas\":[" META("t1", "s1") "," META("t2", "s2") "]}]"
#define METADATA "recordings/screensessions/metadata"

static void offer_recording(scenario *s, const char *config) {
  start(s, config);
  sign_in(s);
  s->peer_text = "[{\"id\":\"t1\",\"mid\":\"0\"},{\"id\":\"t2\",\"mid\":\"1\"}]";
  propose(s, .session = "r1", .conversation = "c1", .from = REC "/gw", .room = REC);
  offer(s, .session = "r1", .conversation = "c1", .from = REC "/gw");
}

static void recording_is_proposed(scenario *s) {
  offer_recording(s, RECORDS);
  expect_sent(s, "<proceed", "id=\"r1\"");
  expect_event(s, "sessionStarted", "{\"$session\":1}");
  expect_event(s, "handledPendingSession", "");
  expect_no_more(s);
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
}

static void recording_waits_for_the_app(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"allowedSessionTypes\":[\"screenRecording\"]}");
  sign_in(s);
  propose(s, .session = "r1", .conversation = "c1", .from = REC "/gw", .room = REC);
  expect_event(s, "pendingSession", "\"sessionType\":\"screenRecording\"");
  expect_nothing_sent(s, "<proceed");
}

static void recording_is_not_the_default(scenario *s) {
  sign_in(s);
  propose(s, .session = "r1", .conversation = "c1", .from = REC "/gw", .room = REC);
  offer(s, .session = "r1", .conversation = "c1", .from = REC "/gw");
  expect_no_more(s);
}

static void recording_needs_screens(scenario *s) {
  offer_recording(s, RECORDS);
  forget(s);
  uint32_t none = call(s, "acceptSession", C1);
  expect_rejected(s, none, "\"type\":\"session\"",
                  "Cannot accept screen recording session without providing a media stream",
                  "{\"conversationId\":\"c1\",\"sessionType\":\"screenRecording\"}");
  uint32_t unknown = call(s, "acceptSession", "[{\"conversationId\":\"c1\",\"mediaStream\":\"screens\"}]");
  expect_rejected(s, unknown, "\"type\":\"not_supported\"",
                  "acceptSession must be called with a `screenRecordingMetadatas` property for screen recording "
                  "sessions");
  uint32_t empty = call(s, "acceptSession",
                        "[{\"conversationId\":\"c1\",\"mediaStream\":\"screens\",\"screenRecordingMetadatas\":[]}]");
  expect_rejected(s, empty, "`screenRecordingMetadatas`");
  expect_nothing_sent(s, "\"method\":\"answer\"");
}

static void two_screens_are_recorded(scenario *s) {
  offer_recording(s, RECORDS);
  uint32_t done = call(s, "acceptSession", ACCEPT);
  expect_effect(s, SP_FX_PEER_STREAM, 1, "screens", "{\"streams\":\"none\"}");
  expect_resolved(s, done, "");
  peer_state(s, 1, "connecting");
  expect_no_http(s);
  peer_connects(s, 1);
  expect_http(s, "POST", METADATA,
              "{\"participantJid\":\"" ME "\",\"metaData\":[{\"screenId\":\"s1\",\"originX\":0,\"primary\":true,"
              "\"extra\":1,\"trackId\":\"0\",\"_trackId\":\"t1\"},{\"screenId\":\"s2\",\"originX\":0,"
              "\"primary\":true,\"extra\":1,\"trackId\":\"1\",\"_trackId\":\"t2\"}],\"roomId\":\"" REC
              "\",\"conversationId\":\"c1\"}");
  peer_state(s, 1, "disconnected");
  peer_state(s, 1, "connected");
  expect_no_http(s);
  forget(s);
  uint32_t ended = call(s, "endSession", C1);
  expect_rejected(s, ended, "\"type\":\"session\"", "Unable to find session");
  ended = call(s, "endSession", "[{\"conversationId\":\"c1\",\"sessionType\":\"screenRecording\"}]");
  expect_rejected(s, ended, "\"type\":\"not_supported\"", "sessionType screenRecording must be ended remotely",
                  "\"details\":{\"conversationId\":\"c1\"}");
  expect_nothing_sent(s, "\"method\":\"terminate\"");
  rpc(s, REC "/gw", "{\"method\":\"terminate\",\"params\":{\"sessionId\":\"r1\"}}");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "screens");
  expect_event(s, "_sessionEnded", "");
  expect_event(s, "sessionEnded", "{\"$session\":1}");
  expect_no_more(s);
}

static void a_screen_is_not_sent(scenario *s) {
  offer_recording(s, RECORDS);
  call(s, "acceptSession", ACCEPT);
  s->peer_text = "[{\"id\":\"t1\",\"mid\":\"0\"}]";
  peer_connects(s, 1);
  const seen *request = expect_http(s, "POST", METADATA, NULL);
  check(s, strstr(request->body, "\"trackId\":\"t2\",\"_trackId\":\"t2\"") != NULL, "the id stays");
}

static void recording_fails_first(scenario *s) {
  offer_recording(s, RECORDS);
  call(s, "acceptSession", ACCEPT);
  forget(s);
  peer_state(s, 1, "disconnected");
  peer_state(s, 1, "connected");
  expect_no_effect(s, SP_FX_PEER_TRACKS);
  expect_no_http(s);
}

static void metadata_is_sent_again(scenario *s) {
  offer_recording(s, RECORDS);
  call(s, "acceptSession", ACCEPT);
  http_answer(s, "POST", METADATA, 503, "{}");
  peer_connects(s, 1);
  forget(s);
  http_answer(s, "POST", METADATA, 200, "{}");
  advance(s, 15000);
  expect_http(s, "POST", METADATA, NULL);
  expect_no_more(s);
  http_answer(s, "POST", METADATA, 400, "{}");
}

static void metadata_is_refused(scenario *s) {
  offer_recording(s, RECORDS);
  call(s, "acceptSession", ACCEPT);
  http_answer(s, "POST", METADATA, 400, "{}");
  forget(s);
  peer_connects(s, 1);
  expect_error(s, "\"type\":\"http\"");
  expect_no_more(s);
}

static void recording_with_a_jwt(scenario *s) {
  start(s, "{\"jwt\":\"" OWN_JWT "\",\"autoAcceptPendingScreenRecordingRequests\":true}");
  call(s, "initialize", "[]");
  s->peer_text = "[]";
  propose(s, .session = "r1", .conversation = "c1", .from = REC "/gw", .room = REC);
  offer(s, .session = "r1", .conversation = "c1", .from = REC "/gw");
  call(s, "acceptSession", ACCEPT);
  peer_connects(s, 1);
  const seen *request = expect_http(s, "POST", METADATA "/backgroundassistant", NULL);
  check(s, strstr(request->text, "Bearer " OWN_JWT) != NULL, "the JWT is the bearer");
}

static void a_call_and_its_recording(scenario *s) {
  offer_recording(s, RECORDS);
  call(s, "acceptSession", ACCEPT);
  peer_connects(s, 1);
  connect_call(s, 2, "s1", "c1");
  uint32_t muted = call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":true}]");
  expect_resolved(s, muted, "");
  forget(s);
  call(s, "endSession", C1);
  expect_http(s, "GET", "conversations/c1", NULL);
  terminate(s, "s1", NULL);
  expect_event(s, "_sessionEnded", "{\"$session\":2}");
  expect_event(s, "sessionEnded", "{\"$session\":2}");
  expect_no_more(s);
}

static void only_a_recording(scenario *s) {
  offer_recording(s, RECORDS);
  call(s, "acceptSession", ACCEPT);
  peer_connects(s, 1);
  forget(s);
  uint32_t ended = call(s, "endSession", C1);
  expect_rejected(s, ended, "Unable to find session");
  uint32_t forced = call(s, "forceTerminateSession", "[\"r1\"]");
  expect_sent(s, "\"method\":\"terminate\"", "\"sessionId\":\"r1\"");
  expect_resolved(s, forced, "");
  expect_event(s, "_sessionEnded", "");
  expect_event(s, "sessionEnded", "{\"$session\":1}");
}

/* --- live monitoring --- */

static void monitored(scenario *s) {
  sign_in(s);
  propose(s, .session = "m1", .conversation = "c1", .from = MON "/gw", .room = MON, .user = "u1");
  expect_sent(s, "<proceed", "id=\"m1\"");
  expect_no_more(s);
  offer(s, .session = "m1", .conversation = "c1", .from = MON "/gw");
  expect_event(s, "sessionStarted", "{\"$session\":1}");
  expect_event(s, "handledPendingSession", "");
  uint32_t none = call(s, "acceptSession", C1);
  expect_rejected(s, none, "\"type\":\"session\"",
                  "Cannot accept live screen monitoring session without providing a media stream");
  uint32_t done = call(s, "acceptSession", "[{\"conversationId\":\"c1\",\"mediaStream\":\"screens\"}]");
  expect_effect(s, SP_FX_PEER_STREAM, 1, "screens", "{\"streams\":\"own\",\"inactive\":\"video\"}");
  expect_resolved(s, done, "");
  peer_track(s, 1, "video");
  expect_no_effect(s, SP_FX_VIDEO_ATTACH);
  uint32_t ended = call(s, "endSession", C1);
  expect_rejected(s, ended, "\"type\":\"not_supported\"", "Live monitoring target cannot end the session",
                  "\"details\":{\"conversationId\":\"c1\"}");
  rpc(s, MON "/gw", "{\"method\":\"terminate\",\"params\":{\"sessionId\":\"m1\"}}");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "screens");
}

static void observing(scenario *s) {
  sign_in(s);
  propose(s, .session = "m1", .conversation = "c1", .from = MON "/gw", .room = MON, .user = "u2");
  expect_event(s, "pendingSession", "\"sessionType\":\"liveScreenMonitoring\"");
  call(s, "acceptPendingSession", C1);
  offer(s, .session = "m1", .conversation = "c1", .from = MON "/gw");
  peer_track(s, 1, "video");
  peer_track(s, 1, "audio");
  peer_track(s, 1, "video");
  forget(s);
  uint32_t none = call(s, "acceptSession", "[{\"conversationId\":\"c1\",\"liveMonitoringObserver\":true}]");
  expect_rejected(s, none, "\"type\":\"invalid_options\"",
                  "acceptSession for live monitoring observer requires videoElements array or videoElement to be "
                  "provided or in the default config");
  uint32_t done =
      call(s, "acceptSession", "[{\"conversationId\":\"c1\",\"liveMonitoringObserver\":true,\"videoElements\":[7]}]");
  expect_effect(s, SP_FX_PEER_STREAM, 1, "", "{\"placeholders\":true}");
  expect_effect(s, SP_FX_VIDEO_ATTACH, 1, "\"elements\":[7]", "\"newest\":false");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "incomingMedia");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "incomingMedia");
  expect_resolved(s, done, "");
  forget(s);
  peer_track(s, 1, "audio");
  expect_no_effect(s, SP_FX_SESSION_EVENT);
  uint32_t ended = call(s, "endSession", C1);
  expect_sent(s, "\"method\":\"terminate\"", "\"sessionId\":\"m1\"");
  expect_resolved(s, ended, "");
  propose(s, .session = "m2", .conversation = "c1", .from = MON "/gw", .room = MON, .user = "u1");
  offer(s, .session = "m2", .conversation = "c1", .from = MON "/gw");
  call(s, "acceptSession", "[{\"conversationId\":\"c1\",\"mediaStream\":\"screens\"}]");
  forget(s);
  ended = call(s, "endSession", C1);
  expect_rejected(s, ended, "Live monitoring target cannot end the session");
}

static void monitoring_is_accepted_by_default(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"autoAcceptPendingLiveScreenMonitoringRequests\":true}");
  sign_in(s);
  propose(s, .session = "m1", .conversation = "c1", .from = MON "/gw", .room = MON, .user = "u2");
  expect_sent(s, "<proceed", "id=\"m1\"");
  expect_no_more(s);
}

static void screens_are_not_replaced(scenario *s) {
  s->devices = DESK;
  offer_recording(s, RECORDS);
  call(s, "acceptSession", ACCEPT);
  peer_connects(s, 1);
  forget(s);
  uint32_t updated = call(s, "updateOutgoingMedia",
                          "[{\"conversationId\":\"c1\",\"sessionType\":\"screenRecording\",\"audioDeviceId\":\"m2\"}]");
  expect_rejected(s, updated, "\"type\":\"not_supported\"",
                  "Cannot update outgoing media for screen recording sessions");
  s->devices = "[]";
  call(s, "media.devicesChanged", "[]");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  expect_no_effect(s, SP_FX_MEDIA_STOP);
  expect_no_more(s);
}

static void a_share_and_monitoring_are_not_replaced(scenario *s) {
  share(s);
  propose(s, .session = "g1", .conversation = "c9", .from = ACD "/gw", .room = ACD);
  offer(s, .session = "g1", .conversation = "c9", .from = ACD "/gw");
  forget(s);
  uint32_t updated = call(s, "updateOutgoingMedia", "[{\"conversationId\":\"c9\",\"videoDeviceId\":true}]");
  expect_rejected(s, updated, "\"type\":\"not_supported\"",
                  "Cannot update outgoing media for acd screen share sessions");
  offer(s, .session = "m1", .conversation = "c1", .from = MON "/gw");
  forget(s);
  updated = call(s, "updateOutgoingMedia", "[{\"conversationId\":\"c1\",\"videoDeviceId\":true}]");
  expect_rejected(s, updated, "\"type\":\"not_supported\"",
                  "Cannot update outgoing media for live monitoring sessions");
}

static const scenario_case cases[] = {
  { "V-56 agents share no screen", agents_may_not, false },
  { "V-57 V-58 a guest shares a screen", guest_shares, false },
  { "V-58 a guest refuses to", guest_refuses, false },
  { "a share without a screen", share_without_a_screen, false },
  { "a share that is offered to an agent", share_of_an_agent, false },
  { "a screen that cannot be sent", the_screen_cannot_be_sent, false },
  { "V-59 a recording is accepted by itself", recording_is_proposed, false },
  { "V-59 a recording waits for the app", recording_waits_for_the_app, false },
  { "a recording is not handled unless asked for", recording_is_not_the_default, false },
  { "V-60 a recording needs screens", recording_needs_screens, false },
  { "V-61 V-64 two screens are recorded", two_screens_are_recorded, false },
  { "V-61 a screen that is not sent", a_screen_is_not_sent, false },
  { "V-62 a recording that fails first", recording_fails_first, false },
  { "V-62 metadata is sent again", metadata_is_sent_again, false },
  { "V-62 metadata is refused", metadata_is_refused, false },
  { "V-63 a recording with a JWT", recording_with_a_jwt, false },
  { "V-65 a call and its recording", a_call_and_its_recording, false },
  { "S-69 V-64 only a recording", only_a_recording, false },
  { "V-66 V-67 V-69 screens are monitored", monitored, false },
  { "V-66 V-68 V-69 screens are observed", observing, false },
  { "V-70 V-71 recorded screens are not replaced", screens_are_not_replaced, false },
  { "V-70 what is shared or monitored is not replaced", a_share_and_monitoring_are_not_replaced, false },
  { "monitoring is accepted by itself", monitoring_is_accepted_by_default, false },
};

int main(void) {
  return run_scenarios("core screens", cases, sizeof cases / sizeof *cases);
}
