/* SPDX-License-Identifier: MIT */
/* Video conferences through the core: joining, accepting, who takes part (video-and-screens.md §3, §5, §8). */
#include "scenario.h"

#include <string.h>

#define ROOM  "room-1@conference.acme.orgspan.com"
#define PEER  ROOM "/gw"
#define AGENT "agent-7@conference.acme.orgspan.com"
#define TWO   "peer-7@conference.acme.orgspan.com"

/* {"data":{"jid":"agent-room@conference.acme.orgspan.com","conversationId":"c9","sourceCommunicationId":"y9"}} */
#define JWT                                                                                                            \
  "eyJhbGciOiJub25lIn0.eyJkYXRhIjp7ImppZCI6ImFnZW50LXJvb21AY29uZmVyZW5jZS5hY21lLm9yZ3NwYW4uY29tIiwiY29udmVyc2F0aW9u"   \
  "SWQiOiJjOSIsInNvdXJjZUNvbW11bmljYXRpb25JZCI6Ink5In0sIm9yZyI6Im8xIn0.c2ln"

#define DEFAULTS                                                                                                       \
  "{\"accessToken\":\"TOKEN\",\"defaults\":{\"audioElement\":1,\"videoElement\":2,\"audioVolume\":50,"                 \
  "\"outputDeviceId\":\"speaker\"}}"
#define C1 "[{\"conversationId\":\"c1\"}]"

static void sign_in_as(scenario *s, const char *config) {
  start(s, config);
  sign_in(s);
}

/* Asked for, proposed, offered: announced, but not accepted yet. */
static void join(scenario *s) {
  sign_in_as(s, DEFAULTS);
  http_answer(s, "POST", "conversations/videos", 200, "{\"conversationId\":\"c1\"}");
  call(s, "startVideoConference", "[\"" ROOM "\"]");
  propose(s, .session = "v1", .conversation = "c1", .from = PEER, .room = ROOM);
  peer_track(s, 1, "video"); /* nothing is known of session 1 yet */
  offer(s, .session = "v1", .conversation = "c1", .from = PEER, .data_channel = true);
  forget(s);
}

static void join_and_accept(scenario *s) {
  join(s);
  call(s, "acceptSession", C1);
  peer_connects(s, 1);
  forget(s);
}

/* --- joining --- */

static void start_a_conference(scenario *s) {
  sign_in(s);
  http_answer(s, "POST", "conversations/videos", HTTP_HOLD, "");
  uint32_t started = call(s, "startVideoConference", "[\"" ROOM "\"]");
  const seen *request = expect_http(s, "POST", "conversations/videos",
                                    "{\"roomId\":\"" ROOM "\",\"participant\":{\"address\":\"" ME "\"}}");
  propose(s, .session = "v1", .conversation = "c1", .from = PEER, .room = ROOM, .auto_answer = "true");
  expect_sent(s, "<proceed", "id=\"v1\"", "to=\"" PEER "\"");
  expect_waiting(s, started);
  http_reply(s, request, 200, "{\"conversationId\":\"c1\"}");
  expect_resolved(s, started, "{\"conversationId\":\"c1\"}");
  propose(s, .session = "v2", .conversation = "c2", .from = PEER, .room = ROOM);
  expect_nothing_sent(s, "<proceed");
  expect_no_more(s);
}

static void invite_somebody(scenario *s) {
  sign_in(s);
  call(s, "startVideoConference", "[\"" ROOM "\",\"bob@acme.orgspan.com\"]");
  expect_http(s, "POST", "conversations/videos",
              "{\"roomId\":\"" ROOM "\",\"participant\":{\"address\":\"bob@acme.orgspan.com\"}}");
}

static void start_a_meeting(scenario *s) {
  sign_in(s);
  http_answer(s, "POST", "conversations/videos/participants", 200, "{\"conversationId\":\"c1\"}");
  uint32_t started = call(s, "startVideoMeeting", "[\"meet-1\"]");
  expect_http(s, "POST", "conversations/videos/participants",
              "{\"meetingId\":\"meet-1\",\"participant\":{\"address\":\"" ME "\"}}");
  expect_resolved(s, started, "{\"conversationId\":\"c1\"}");
  propose(s, .session = "v1", .conversation = "c1", .from = PEER, .room = "other@conference.x", .meeting = "meet-1");
  expect_sent(s, "<proceed", "id=\"v1\"");
  expect_no_more(s);
}

static void start_fails(scenario *s) {
  sign_in(s);
  http_answer(s, "POST", "conversations/videos", 404, "{}");
  uint32_t started = call(s, "startVideoConference", "[\"" ROOM "\"]");
  expect_error(s, "\"type\":\"http\"", "\"cause\"");
  expect_rejected(s, started, "{\"cause\":");
  propose(s, .session = "v1", .conversation = "c1", .from = PEER, .room = ROOM);
  expect_nothing_sent(s, "<proceed");
  expect_no_more(s);
}

static void who_may_start(scenario *s) {
  sign_in(s);
  drop_connection(s);
  forget(s);
  uint32_t down = call(s, "startVideoConference", "[\"" ROOM "\"]");
  expect_rejected(s, down, "\"type\":\"session\"", "as streaming client is not yet connected",
                  "{\"sessionType\":\"collaborateVideo\"}");
  down = call(s, "startVideoMeeting", "[\"m\"]");
  expect_rejected(s, down, "\"type\":\"session\"", "as streaming client is not yet connected");
}

static void disabled_type(scenario *s) {
  sign_in_as(s, "{\"accessToken\":\"TOKEN\",\"allowedSessionTypes\":[\"softphone\"]}");
  uint32_t started = call(s, "startVideoConference", "[\"" ROOM "\"]");
  expect_rejected(s, started, "\"type\":\"generic\"", "Cannot start a session with a disabled session handler",
                  "\"allowedSessionTypes\":[\"softphone\"]");
  propose(s, .session = "v1", .conversation = "c1", .from = AGENT, .room = AGENT);
  expect_no_more(s);
}

static void guest_may_not(scenario *s) {
  start(s, "{\"organizationId\":\"o1\"}");
  call(s, "initialize", "[{\"conversation\":{\"id\":\"c9\"},\"sourceCommunicationId\":\"x9\",\"jwt\":\"" JWT "\"}]");
  forget(s);
  uint32_t conference = call(s, "startVideoConference", "[\"" ROOM "\"]");
  expect_rejected(s, conference, "\"type\":\"not_supported\"",
                  "Video conferencing requires authentication via JWT or access token.");
  uint32_t meeting = call(s, "startVideoMeeting", "[\"m\"]");
  expect_rejected(s, meeting, "\"type\":\"not_supported\"", "video conferencing meetings not supported for guests");
  expect_no_http(s);
}

static void join_with_a_jwt(scenario *s) {
  start(s, "{\"jwt\":\"" JWT "\",\"defaults\":{\"audioElement\":1,\"videoElement\":2}}");
  call(s, "initialize", "[]");
  forget(s);
  uint32_t joined = call(s, "startVideoConference", "[\"ignored\"]");
  expect_sent(s, "<presence", "type=\"upgradeMedia\"", "to=\"agent-room@conference.acme.orgspan.com\"",
              "from=\"" ME "/res-1\"", "<x xmlns=\"orgspan:mediastream\"", "conversationId=\"c9\"",
              "sourceCommunicationId=\"y9\"", "<mediastream video=\"true\" audio=\"true\" videoGuest=\"true\"/>");
  expect_resolved(s, joined, "{\"conversationId\":\"c9\"}");
  uint32_t meeting = call(s, "startVideoMeeting", "[\"m\"]");
  expect_rejected(s, meeting, "\"type\":\"not_supported\"");
  propose(s, .session = "v1", .conversation = "c9", .from = "agent-room@conference.acme.orgspan.com/x",
          .room = "agent-room@conference.acme.orgspan.com");
  expect_event(s, "pendingSession", "\"conversationId\":\"c9\"");
  call(s, "acceptPendingSession", "[{\"conversationId\":\"c9\"}]");
  offer(s, .session = "v1", .conversation = "c9", .from = "agent-room@conference.acme.orgspan.com/x");
  uint32_t accepted = call(s, "acceptSession", "[{\"conversationId\":\"c9\"}]");
  expect_resolved(s, accepted, "");
  advance(s, 2000);
  expect_no_http(s);
  notify(s, "v2.guest.conversations.c9",
         "{\"eventBody\":{\"id\":\"c9\",\"participants\":[{\"id\":\"p1\",\"purpose\":\"customer\",\"videos\":"
         "[{\"id\":\"k\",\"state\":\"connected\",\"audioMuted\":true}]}]}}");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "participantsUpdate", "\"participantId\":\"p1\"");
}

static void which_proposals_are_announced(scenario *s) {
  sign_in(s);
  propose(s, .session = "a1", .conversation = "c1", .from = AGENT "/x", .room = AGENT, .auto_answer = "true");
  expect_event(s, "pendingSession", "\"sessionType\":\"collaborateVideo\"", "\"conversationId\":\"c1\"",
               "\"originalRoomJid\":\"" AGENT "\"");
  propose(s, .session = "p1", .conversation = "c2", .from = TWO "/x", .room = TWO, .user = "u2");
  expect_event(s, "pendingSession", "\"conversationId\":\"c2\"", "\"fromUserId\":\"u2\"");
  propose(s, .session = "p2", .conversation = "c3", .from = TWO "/x", .room = TWO, .user = "u1");
  propose(s, .session = "o1", .conversation = "c4", .from = PEER, .room = ROOM);
  expect_no_more(s);
  expect_nothing_sent(s, "<proceed");
  uint32_t accepted = call(s, "acceptPendingSession", "[{\"conversationId\":\"c4\"}]");
  expect_resolved(s, accepted, "");
  expect_sent(s, "<proceed", "id=\"o1\"");
}

static void two_types_of_one_conversation(scenario *s) {
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1");
  expect_event(s, "pendingSession", "\"sessionType\":\"softphone\"");
  propose(s, .session = "v1", .conversation = "c1", .from = AGENT "/x", .room = AGENT);
  expect_event(s, "pendingSession", "\"sessionType\":\"collaborateVideo\"", "\"conversationId\":\"c1\"");
  uint32_t accepted =
      call(s, "acceptPendingSession", "[{\"conversationId\":\"c1\",\"sessionType\":\"collaborateVideo\"}]");
  expect_resolved(s, accepted, "");
  expect_sent(s, "<proceed", "id=\"v1\"");
  expect_nothing_sent(s, "id=\"s1\"");
}

static void reject_a_proposal(scenario *s) {
  sign_in(s);
  propose(s, .session = "v1", .conversation = "c1", .from = AGENT "/x", .room = AGENT);
  forget(s);
  uint32_t rejected = call(s, "rejectPendingSession", C1);
  const seen *own = expect_sent(s, "<reject", "id=\"v1\"", "to=\"" ME "\"");
  const seen *theirs = expect_sent(s, "<reject", "id=\"v1\"", "to=\"" AGENT "/x\"");
  expect_before(s, own, theirs);
  expect_event(s, "handledPendingSession", "\"conversationId\":\"c1\"");
  expect_resolved(s, rejected, "");
  send_message(s, "reject", "v1"); /* the server's echo */
  expect_no_more(s);
  propose(s, .session = "v1", .conversation = "c1", .from = AGENT "/x", .room = AGENT);
  expect_event(s, "pendingSession", "\"id\":\"v1\"");
  call(s, "acceptPendingSession", C1);
  forget(s);
  propose(s, .session = "v1", .conversation = "c1", .from = AGENT "/x", .room = AGENT);
  expect_sent(s, "<proceed", "id=\"v1\"");
  expect_no_more(s);
  drop_connection(s);
  rejected = call(s, "rejectPendingSession", C1);
  expect_rejected(s, rejected, "while disconnected");
}

/* --- accepting --- */

static void offered(scenario *s) {
  sign_in_as(s, DEFAULTS);
  call(s, "startVideoConference", "[\"" ROOM "\"]");
  propose(s, .session = "v1", .conversation = "c1", .from = PEER, .room = ROOM, .user = "u2");
  forget(s);
  offer(s, .session = "v1", .conversation = "c1", .from = PEER);
  expect_effect(s, SP_FX_SESSION_NEW, 1, "\"sessionType\":\"collaborateVideo\"", "\"fromUserId\":\"u2\"",
                "\"originalRoomJid\":\"" ROOM "\"",
                "\"methods\":[\"startScreenShare\",\"stopScreenShare\",\"pinParticipantVideo\"]");
  expect_sent(s, "<accept", "id=\"v1\"", "to=\"" ME "\"");
  expect_event(s, "sessionStarted", "{\"$session\":1}");
  expect_event(s, "handledPendingSession", "");
  expect_no_more(s);
  expect_no_effect(s, SP_FX_MEDIA_REQUEST); /* whatever autoConnectSessions says */
}

static void elements_are_needed(scenario *s) {
  sign_in(s);
  call(s, "startVideoConference", "[\"" ROOM "\"]");
  propose(s, .session = "v1", .conversation = "c1", .from = PEER, .room = ROOM);
  offer(s, .session = "v1", .conversation = "c1", .from = PEER);
  forget(s);
  uint32_t first = call(s, "acceptSession", C1);
  expect_rejected(s, first, "\"type\":\"invalid_options\"",
                  "acceptSession for video requires an audioElement to be provided or in the default config");
  uint32_t second = call(s, "acceptSession", "[{\"conversationId\":\"c1\",\"audioElement\":3}]");
  expect_rejected(s, second, "\"type\":\"invalid_options\"",
                  "acceptSession for video requires a videoElement to be provided or in the default config");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  uint32_t third = call(s, "acceptSession", "[{\"conversationId\":\"c1\",\"audioElement\":3,\"videoElement\":4}]");
  expect_effect(s, SP_FX_AUDIO_ATTACH, 1, "\"element\":3");
  expect_effect(s, SP_FX_VIDEO_ATTACH, 1, "\"elements\":[4]");
  expect_resolved(s, third, "");
  forget(s);
  uint32_t fourth = call(s, "acceptSession", C1);
  expect_resolved(s, fourth, "");
  expect_nothing_sent(s, "\"method\":\"answer\"");
}

static void accepted(scenario *s) {
  s->devices = DESK;
  join(s);
  peer_track(s, 1, "audio");
  peer_track(s, 1, "video");
  s->held_peer = "answer";
  uint32_t done = call(s, "acceptSession", "[{\"conversationId\":\"c1\",\"audioDeviceId\":\"mic-a\"}]");
  expect_effect(s, SP_FX_MEDIA_REQUEST, 1, "\"exact\":\"mic-a\"");
  expect_effect(s, SP_FX_MEDIA_REQUEST, 2, "\"video\":{");
  expect_effect(s, SP_FX_PEER_STREAM, 1, "{\"both\":[\"video\",\"audio\"]}");
  expect_effect(s, SP_FX_AUDIO_ATTACH, 1, "\"volume\":0.5", "\"sinkId\":\"speaker\"", "\"element\":1",
                "\"newest\":true");
  expect_effect(s, SP_FX_VIDEO_ATTACH, 1, "\"elements\":[2]", "\"newest\":true");
  const seen *media = expect_effect(s, SP_FX_SESSION_EVENT, 1, "incomingMedia", "[]");
  const seen *answer = expect_effect(s, SP_FX_PEER_ANSWER, 1, "");
  expect_before(s, media, answer);
  peer_result(s, 1, "answer", true);
  expect_sent(s, "\"method\":\"answer\"", "\"sessionId\":\"v1\"");
  expect_resolved(s, done, "");
  expect_nothing_sent(s, "\"method\":\"mute\"");
  forget(s);
  peer_track(s, 1, "video");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "incomingMedia", "[]");
}

static void accepted_with_a_stream(scenario *s) {
  join(s);
  call(s, "acceptSession", "[{\"conversationId\":\"c1\",\"mediaStream\":\"own\"}]");
  expect_effect(s, SP_FX_PEER_STREAM, 1, "own");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  terminate(s, "v1", NULL); /* not the peer: nothing ends */
  expect_no_effect(s, SP_FX_MEDIA_STOP);
  rpc(s, PEER, "{\"method\":\"terminate\",\"params\":{\"sessionId\":\"v1\"}}");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "own");
}

static void one_device_is_missing(scenario *s) {
  s->devices = "[{\"deviceId\":\"m\",\"groupId\":\"g\",\"kind\":\"audioinput\",\"label\":\"Mic\"}]";
  s->facts = 2 + 8;
  join(s);
  uint32_t done = call(s, "acceptSession", C1);
  expect_effect(s, SP_FX_MEDIA_REQUEST, 1, "\"video\":false");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  const seen *answer = expect_sent(s, "\"method\":\"answer\"");
  const seen *mute = expect_sent(s, "\"method\":\"mute\"", "\"type\":\"video\"");
  expect_before(s, answer, mute);
  expect_nothing_sent(s, "\"method\":\"mute\"");
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"videoMuted\":true}");
  expect_resolved(s, done, "");
}

static void no_device_at_all(scenario *s) {
  s->devices = "[]";
  s->facts = 0;
  join(s);
  s->silent = "\"type\":\"video\"";
  uint32_t done = call(s, "acceptSession", C1);
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  expect_effect(s, SP_FX_PEER_STREAM, 1, "", "{\"both\":[\"video\",\"audio\"]}");
  expect_sent(s, "\"method\":\"mute\"", "\"type\":\"audio\"");
  expect_sent(s, "\"method\":\"mute\"", "\"type\":\"video\"");
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"audioMuted\":true}");
  expect_waiting(s, done); /* the server has not acknowledged everything */
  advance(s, 15000);
  expect_resolved(s, done, "");
}

static void camera_refused(scenario *s) {
  s->devices = DESK;
  join(s);
  s->media_error = "NotAllowedError";
  uint32_t refused = call(s, "acceptSession", C1);
  expect_rejected(s, refused, "{\"cause\":");
  expect_nothing_sent(s, "\"method\":\"answer\"");
  s->media_error = NULL;
  uint32_t again = call(s, "acceptSession", C1);
  expect_resolved(s, again, "");
}

static void browser_cannot_answer(scenario *s) {
  join(s);
  s->failing_peer = "stream";
  uint32_t refused = call(s, "acceptSession", C1);
  expect_rejected(s, refused, "\"type\":\"session\"");
  s->failing_peer = NULL;
  uint32_t again = call(s, "acceptSession", C1);
  expect_resolved(s, again, "");
  forget(s);
  peer_connects(s, 1);
  expect_effect(s, SP_FX_PEER_CHANNEL, 1, "videoConferenceControl");
  uint32_t ended = call(s, "endSession", "[{\"conversationId\":\"c1\",\"reason\":\"busy\"}]");
  expect_sent(s, "\"method\":\"terminate\"", "\"reason\":\"busy\"");
  expect_event(s, "_sessionEnded", "busy");
  const seen *end = expect_event(s, "sessionEnded", "{\"$session\":1}", "busy");
  expect_before(s, end, expect_resolved(s, ended, ""));
}

static void connection_fails(scenario *s) {
  join_and_accept(s);
  peer_state(s, 1, "failed");
  expect_sent(s, "\"method\":\"terminate\"", "failed-transport");
  expect_event(s, "_sessionEnded", "failed-transport");
  expect_event(s, "sessionEnded", "failed-transport");
  peer_state(s, 1, "failed");
  expect_no_more(s);
}

static void not_for_video(scenario *s) {
  join_and_accept(s);
  uint32_t held = call(s, "setConversationHeld", "[{\"conversationId\":\"c1\",\"held\":true}]");
  expect_rejected(s, held, "\"type\":\"not_supported\"",
                  "Setting conversation on \\\"hold\\\" not supported for sessionType collaborateVideo",
                  "\"sessionId\":\"v1\"", "\"params\":{");
  connect_call(s, 2, "s1", "c2");
  uint32_t muted = call(s, "setVideoMute", "[{\"conversationId\":\"c2\",\"mute\":true}]");
  expect_rejected(s, muted, "Video mute not supported for sessionType softphone");
  muted = call(s, "setVideoMute", "[{\"conversationId\":\"c3\",\"mute\":true}]");
  expect_rejected(s, muted, "Unable to find session");
}

static void reinvited(scenario *s) {
  join_and_accept(s);
  offer(s, .session = "v2", .conversation = "c1", .from = PEER, .ufrag = "new", .reinvite = true, .rpc_id = "r1");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  expect_effect(s, SP_FX_VIDEO_ATTACH, 2, "\"elements\":[2]");
  expect_sent(s, "\"method\":\"answer\"", "\"sessionId\":\"v2\"");
  expect_event(s, "_sessionEnded", "{\"$session\":1}");
  expect_event(s, "sessionEnded", "{\"$session\":1}");
  expect_no_effect(s, SP_FX_MEDIA_STOP);
  expect_no_more(s);
}

/* --- the data channel --- */

static void member_status(scenario *s) {
  join_and_accept(s);
  peer_message(s, 1, "{\"method\":\"member.notify.status\",\"params\":{\"speakers\":[]}}");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "dataChannelMessage",
                "[{\"method\":\"member.notify.status\",\"params\":{\"speakers\":[]}}]");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "memberStatusUpdate",
                "[{\"method\":\"member.notify.status\",\"params\":{\"speakers\":[]}}]");
  peer_message(s, 1, "{\"method\":\"else\"}");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "dataChannelMessage", "else");
  peer_message(s, 1, "broken");
  expect_no_effect(s, SP_FX_SESSION_EVENT);
}

static void no_data_channel(scenario *s) {
  sign_in_as(s, DEFAULTS);
  call(s, "startVideoConference", "[\"" ROOM "\"]");
  propose(s, .session = "v1", .conversation = "c1", .from = PEER, .room = ROOM);
  offer(s, .session = "v1", .conversation = "c1", .from = PEER);
  call(s, "acceptSession", C1);
  peer_connects(s, 1);
  expect_no_effect(s, SP_FX_PEER_CHANNEL);
}

/* --- participants --- */

#define VIDEO(state, more) "{\"id\":\"k\",\"state\":\"" state "\"" more "}"
#define PERSON(id, user, videos)                                                                                       \
  "{\"id\":\"" id "\",\"userId\":\"" user "\",\"purpose\":\"agent\",\"videos\":[" videos "]}"

static void participants(scenario *s, const char *list) {
  char json[2048] = "{\"eventBody\":{\"id\":\"c1\",\"participants\":[";
  strcat(json, list);
  strcat(json, "]}}");
  notify(s, "v2.users.u1.conversations", json);
}

static void participants_change(scenario *s) {
  join_and_accept(s);
  participants(s,
               PERSON("p1", "u1", VIDEO("connected", ",\"audioMuted\":true")) "," PERSON(
                   "p2", "u2", VIDEO("connected", "") "," VIDEO("disconnected", "")) "," PERSON("p3", "u3",
                                                                                                VIDEO("alerting", "")));
  expect_effect(s, SP_FX_SESSION_SET, 1, "\"pcParticipant\":{\"id\":\"p1\",\"purpose\":\"agent\",\"userId\":\"u1\"",
                "\"state\":\"connected\",\"muted\":true,\"videoMuted\":false,\"address\":null");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "participantsUpdate",
                "[{\"conversationId\":\"c1\",\"activeParticipants\":[{\"participantId\":\"p1\",\"userId\":\"u1\","
                "\"audioMuted\":true,\"videoMuted\":false,\"sharingScreen\":false},{\"participantId\":\"p2\","
                "\"userId\":\"u2\",\"audioMuted\":false,\"videoMuted\":false,\"sharingScreen\":false}],"
                "\"addedParticipants\":[{\"participantId\":\"p1\",\"userId\":\"u1\",\"audioMuted\":true,"
                "\"videoMuted\":false,\"sharingScreen\":false},{\"participantId\":\"p2\"");
  participants(s, PERSON("p1", "u1", VIDEO("connected", "")) "," PERSON("p2", "u2",
                                                                        VIDEO("connected", ",\"sharingScreen\":true")));
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "participantsUpdate", "\"sharingScreen\":true",
                "\"addedParticipants\":[],\"removedParticipants\":[]");
  for (int i = 0; i < 2; i++) {
    participants(s, PERSON("p1", "u1", VIDEO("connected", "")) "," PERSON("p2", "u2", VIDEO("disconnected", "")));
    expect_effect(s, SP_FX_SESSION_EVENT, 1, "participantsUpdate", "\"addedParticipants\":[]",
                  i ? "\"removedParticipants\":[]"
                    : "\"removedParticipants\":[{\"participantId\":\"p2\",\"userId\":\"u2\",\"audioMuted\":false,"
                      "\"videoMuted\":false,\"sharingScreen\":true}]");
  }
  expect_no_effect(s, SP_FX_SESSION_EVENT);
}

static void which_participant_is_ours(scenario *s) {
  join_and_accept(s);
  participants(s, PERSON("p1", "u1", VIDEO("connected", "")) "," PERSON("p2", "u1", VIDEO("connected", "")) "," PERSON(
                      "p3", "u1", ""));
  expect_effect(s, SP_FX_SESSION_SET, 1, "\"pcParticipant\":{\"id\":\"p2\"");
  participants(s, PERSON("p4", "u1", ""));
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"pcParticipant\":null}");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "participantsUpdate", "\"p2\"");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "participantsUpdate", "\"activeParticipants\":[]");
  participants(s, PERSON("p5", "u5", VIDEO("connected", "")));
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"pcParticipant\":null}");
}

static void participants_are_asked_for(scenario *s) {
  join_and_accept(s);
  http_answer(s, "GET", "conversations/c1", 200,
              "{\"id\":\"c1\",\"participants\":[" PERSON("p1", "u1", VIDEO("connected", "")) "]}");
  advance(s, 499);
  expect_no_http(s);
  advance(s, 1);
  expect_http(s, "GET", "conversations/c1", NULL);
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "participantsUpdate", "\"participantId\":\"p1\"");
  advance(s, 5000);
  expect_no_http(s);
}

static void participants_cannot_be_fetched(scenario *s) {
  join_and_accept(s);
  http_answer(s, "GET", "conversations/c1", 500, "{}");
  advance(s, 500);
  expect_error(s, "\"type\":\"http\"");
  expect_no_effect(s, SP_FX_SESSION_EVENT);
  expect_no_more(s);
}

static void participants_are_known(scenario *s) {
  join_and_accept(s);
  participants(s, PERSON("p1", "u1", VIDEO("connected", "")));
  advance(s, 5000);
  expect_no_http(s);
}

static const scenario_case cases[] = {
  { "V-1 V-5 V-6 a conference is started once", start_a_conference, false },
  { "V-2 somebody is invited", invite_somebody, false },
  { "V-3 V-7 a meeting", start_a_meeting, false },
  { "V-4 a conference that cannot be started", start_fails, false },
  { "V-13 the socket is down", who_may_start, false },
  { "a type that is not enabled", disabled_type, false },
  { "V-12 guests", guest_may_not, false },
  { "V-11 V-28 a JWT joins by presence", join_with_a_jwt, false },
  { "V-8 V-9 V-10 which proposals are announced", which_proposals_are_announced, false },
  { "S-34 two types of one conversation", two_types_of_one_conversation, false },
  { "W-D6 W-8.2 a rejected proposal", reject_a_proposal, false },
  { "V-14 an offer is announced", offered, false },
  { "V-15 V-16 V-25 elements are needed", elements_are_needed, false },
  { "V-17 V-21 V-22 accepted with the defaults", accepted, false },
  { "V-18 accepted with the app's stream", accepted_with_a_stream, false },
  { "V-19 V-20 V-23 a device is missing", one_device_is_missing, false },
  { "V-24 no device at all", no_device_at_all, false },
  { "V-25 the camera is refused first", camera_refused, false },
  { "V-25 V-55 the browser cannot answer first", browser_cannot_answer, false },
  { "V-72 the connection fails", connection_fails, false },
  { "mute and hold of other types", not_for_video, false },
  { "a re-invite goes on with what there is", reinvited, false },
  { "V-53 messages of the data channel", member_status, false },
  { "V-54 no data channel was offered", no_data_channel, false },
  { "V-29 V-30 V-31 participants come and go", participants_change, false },
  { "V-32 V-33 which participant is ours", which_participant_is_ours, false },
  { "V-27 participants are asked for", participants_are_asked_for, false },
  { "V-27 participants cannot be fetched", participants_cannot_be_fetched, false },
  { "V-27 participants are known", participants_are_known, false },
};

int main(void) {
  return run_scenarios("core video", cases, sizeof cases / sizeof *cases);
}
