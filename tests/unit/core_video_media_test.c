/* SPDX-License-Identifier: MIT */
/* What a video session sends, through the core: mute, screen share, pinning (video-and-screens.md §4, §6, §7). */
#include "scenario.h"

#include <string.h>

#define ROOM "room-1@conference.acme.orgspan.com"
#define PEER ROOM "/gw"
#define DEFAULTS                                                                                                       \
  "{\"accessToken\":\"TOKEN\",\"autoConnectSessions\":false,\"defaults\":{\"audioElement\":1,\"videoElement\":2}}"
#define C1 "[{\"conversationId\":\"c1\"}]"

#define SENDS_AUDIO 10 /* 2: enabled, 8: there */
#define SENDS_VIDEO 4

/* A conference that is up, with what the peer connection sends: session 1. The stream it was accepted with is "own". */
static void meet(scenario *s, unsigned facts) {
  s->facts = facts;
  start(s, DEFAULTS);
  sign_in(s);
  call(s, "startVideoConference", "[\"" ROOM "\"]");
  propose(s, .session = "v1", .conversation = "c1", .from = PEER, .room = ROOM);
  offer(s, .session = "v1", .conversation = "c1", .from = PEER);
  call(s, "acceptSession", "[{\"conversationId\":\"c1\",\"mediaStream\":\"own\"}]");
  peer_connects(s, 1);
  forget(s);
}

static uint32_t mute(scenario *s, const char *what, bool muted) {
  return call(s, what,
              muted ? "[{\"conversationId\":\"c1\",\"mute\":true}]" : "[{\"conversationId\":\"c1\",\"mute\":false}]");
}

static void server_hears(scenario *s, const char *method, const char *type) {
  char part[64];
  strcat(strcpy(part, "\"method\":\""), method);
  expect_sent(s, strcat(part, "\""), type, "\"sessionId\":\"v1\"");
}

static void server_hears_nothing(scenario *s) {
  expect_nothing_sent(s, "\"method\":");
  expect_nothing_sent(s, "session-info");
}

/* --- video mute --- */

static void mute_video(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  uint32_t muted = mute(s, "setVideoMute", true);
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "{\"op\":\"drop\",\"stream\":\"own\",\"kind\":\"video\"");
  server_hears(s, "mute", "\"type\":\"video\"");
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"videoMuted\":true}");
  expect_resolved(s, muted, "");
  s->facts = SENDS_AUDIO;
  muted = mute(s, "setVideoMute", true); /* a replay is carried out */
  server_hears(s, "mute", "\"type\":\"video\"");
  expect_resolved(s, muted, "");
}

static void unmute_video(scenario *s) {
  meet(s, SENDS_AUDIO);
  uint32_t unmuted = mute(s, "setVideoMute", false);
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "{\"op\":\"look\",\"stream\":\"own\",\"kind\":\"video\"");
  expect_effect(s, SP_FX_MEDIA_REQUEST, 1, "\"audio\":false");
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "{\"op\":\"put\",\"stream\":\"mic-1\",\"into\":\"own\"", "\"fit\":true");
  server_hears(s, "unmute", "\"type\":\"video\"");
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"videoMuted\":false}");
  expect_resolved(s, unmuted, "");
}

static void unmute_video_with_a_camera(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  uint32_t unmuted = mute(s, "setVideoMute", false);
  expect_resolved(s, unmuted, "");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  expect_no_effect(s, SP_FX_SESSION_SET);
  server_hears_nothing(s);
}

static void unmute_after_the_end(scenario *s) {
  meet(s, SENDS_AUDIO);
  s->holds_media = true;
  uint32_t unmuted = mute(s, "setVideoMute", false);
  uint32_t ended = call(s, "endSession", C1);
  expect_resolved(s, ended, "");
  expect_resolved(s, unmuted, "");
  forget(s);
  media_result(s, 1, true, "late", "");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "late");
  server_hears_nothing(s);
}

static void unmute_while_it_ends(scenario *s) {
  meet(s, SENDS_AUDIO);
  s->holds_media = true;
  s->silent = "\"method\":\"terminate\"";
  uint32_t unmuted = mute(s, "setVideoMute", false);
  call(s, "endSession", C1);
  forget(s);
  media_result(s, 1, true, "late", "");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "late");
  expect_resolved(s, unmuted, "");
  expect_no_effect(s, SP_FX_PEER_TRACKS);
}

static void unmute_devices(scenario *s) {
  meet(s, SENDS_AUDIO);
  call(s, "setVideoMute", "[{\"conversationId\":\"c1\",\"mute\":false,\"unmuteDeviceId\":\"x\"}]");
  expect_effect(s, SP_FX_MEDIA_REQUEST, 1, "\"deviceId\":{\"exact\":\"x\"}");
  call(s, "setVideoMute", "[{\"conversationId\":\"c1\",\"mute\":false,\"unmuteDeviceId\":null}]");
  const seen *any = expect_effect(s, SP_FX_MEDIA_REQUEST, 2, "");
  check(s, !strstr(any->text, "deviceId"), "no device is named");
  call(s, "setVideoMute", "[{\"conversationId\":\"c1\",\"mute\":false,\"unmuteDeviceId\":false}]");
  expect_effect(s, SP_FX_MEDIA_REQUEST, 3, "\"requestedOptions\":{", "\"video\":true");
}

static void unmute_is_refused(scenario *s) {
  meet(s, SENDS_AUDIO);
  s->media_error = "NotAllowedError";
  uint32_t unmuted = mute(s, "setVideoMute", false);
  expect_rejected(s, unmuted, "{\"cause\":");
  expect_no_effect(s, SP_FX_SESSION_SET);
  server_hears_nothing(s);
  s->media_error = NULL;
  s->failing_peer = "put";
  unmuted = mute(s, "setVideoMute", false);
  expect_rejected(s, unmuted, "\"type\":\"session\"");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-2");
  server_hears_nothing(s);
}

static void last_wish_counts(scenario *s) {
  meet(s, SENDS_AUDIO);
  s->holds_media = true;
  uint32_t on = mute(s, "setVideoMute", false);
  s->held_peer = "put";
  media_result(s, 1, true, "camera", "");
  uint32_t off = mute(s, "setVideoMute", true);
  expect_waiting(s, off);
  s->facts = SENDS_AUDIO + SENDS_VIDEO;
  peer_result(s, 1, "1", true);
  expect_resolved(s, on, "");
  expect_resolved(s, off, "");
  const seen *put = expect_effect(s, SP_FX_PEER_TRACKS, 1, "\"op\":\"put\"");
  const seen *drop = expect_effect(s, SP_FX_PEER_TRACKS, 1, "\"op\":\"drop\"");
  expect_before(s, put, drop);
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"videoMuted\":false}");
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"videoMuted\":true}");
}

/* A mute does not wait for a person who is asked for the camera, or for the microphone. */
static void mute_instead_of_unmute(scenario *s) {
  meet(s, 0);
  s->holds_media = true;
  uint32_t on = mute(s, "setVideoMute", false);
  uint32_t off = mute(s, "setVideoMute", true);
  expect_resolved(s, on, "");
  expect_resolved(s, off, "");
  server_hears(s, "mute", "\"type\":\"video\"");
  media_result(s, 1, true, "camera", "");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "camera");
  on = mute(s, "setAudioMute", false);
  off = mute(s, "setAudioMute", true);
  expect_resolved(s, on, "");
  expect_resolved(s, off, "");
  media_result(s, 2, true, "microphone", "");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "microphone");
  server_hears_nothing(s);
}

static void track_waits_for_the_connection(scenario *s) {
  s->facts = SENDS_AUDIO;
  start(s, DEFAULTS);
  sign_in(s);
  call(s, "startVideoConference", "[\"" ROOM "\"]");
  propose(s, .session = "v1", .conversation = "c1", .from = PEER, .room = ROOM);
  offer(s, .session = "v1", .conversation = "c1", .from = PEER);
  call(s, "acceptSession", "[{\"conversationId\":\"c1\",\"mediaStream\":\"own\"}]");
  forget(s);
  uint32_t unmuted = mute(s, "setVideoMute", false);
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "\"op\":\"look\"");
  expect_no_effect(s, SP_FX_PEER_TRACKS);
  expect_waiting(s, unmuted);
  peer_state(s, 1, "connected");
  expect_resolved(s, unmuted, "");
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "\"op\":\"put\"");
}

static void track_waits_in_vain(scenario *s) {
  s->facts = SENDS_AUDIO;
  start(s, DEFAULTS);
  sign_in(s);
  call(s, "startVideoConference", "[\"" ROOM "\"]");
  propose(s, .session = "v1", .conversation = "c1", .from = PEER, .room = ROOM);
  offer(s, .session = "v1", .conversation = "c1", .from = PEER);
  call(s, "acceptSession", "[{\"conversationId\":\"c1\",\"mediaStream\":\"own\"}]");
  forget(s);
  uint32_t unmuted = mute(s, "setVideoMute", false);
  rpc(s, PEER, "{\"method\":\"terminate\",\"params\":{\"sessionId\":\"v1\"}}");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
  expect_rejected(s, unmuted, "\"type\":\"session\"");
}

/* --- audio mute --- */

static void mute_audio(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  uint32_t muted = mute(s, "setAudioMute", true);
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "{\"op\":\"silence\",\"kind\":\"audio\"");
  server_hears(s, "mute", "\"type\":\"audio\"");
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"audioMuted\":true}");
  expect_resolved(s, muted, "");
  expect_no_effect(s, SP_FX_MEDIA_STOP);
  expect_no_http(s);
  uint32_t unmuted = mute(s, "setAudioMute", false);
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "{\"op\":\"sound\",\"kind\":\"audio\"");
  server_hears(s, "unmute", "\"type\":\"audio\"");
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"audioMuted\":false}");
  expect_resolved(s, unmuted, "");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
}

static void mute_without_a_microphone(scenario *s) {
  meet(s, 0);
  uint32_t muted = mute(s, "setAudioMute", true);
  server_hears_nothing(s);
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"audioMuted\":true}");
  expect_resolved(s, muted, "");
}

static void unmute_without_a_microphone(scenario *s) {
  meet(s, 0);
  uint32_t unmuted = mute(s, "setAudioMute", false);
  expect_effect(s, SP_FX_MEDIA_REQUEST, 1, "\"video\":false");
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "{\"op\":\"put\",\"stream\":\"mic-1\",\"into\":\"own\"");
  expect_resolved(s, unmuted, "");
  rpc(s, PEER, "{\"method\":\"terminate\",\"params\":{\"sessionId\":\"v1\"}}");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "own"); /* with the microphone in it */
}

static void unmute_with_another_microphone(scenario *s) {
  s->devices = "[{\"deviceId\":\"m1\",\"groupId\":\"g\",\"kind\":\"audioinput\",\"label\":\"One\"},"
               "{\"deviceId\":\"m2\",\"groupId\":\"g\",\"kind\":\"audioinput\",\"label\":\"Two\"}]";
  meet(s, SENDS_AUDIO);
  mute(s, "setAudioMute", true);
  forget(s);
  s->peer_text = "One";
  uint32_t same = call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":false,\"unmuteDeviceId\":\"m1\"}]");
  expect_resolved(s, same, "");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  mute(s, "setAudioMute", true);
  uint32_t other = call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":false,\"unmuteDeviceId\":\"m2\"}]");
  expect_effect(s, SP_FX_MEDIA_REQUEST, 1, "\"exact\":\"m2\"");
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "{\"op\":\"put\",\"stream\":\"mic-1\",\"into\":\"own\"");
  expect_resolved(s, other, "");
}

/* --- screen share --- */

static uint32_t share(scenario *s) {
  return call(s, "session.startScreenShare", "[1]");
}

static uint32_t stop(scenario *s) {
  return call(s, "session.stopScreenShare", "[1]");
}

static void share_with_the_camera_on(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  uint32_t shared = share(s);
  expect_effect(s, SP_FX_MEDIA_REQUEST, 1, "display");
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "{\"op\":\"put\",\"stream\":\"mic-1\",\"fit\"");
  expect_effect(s, SP_FX_MEDIA_WATCH, 1, "mic-1");
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "{\"op\":\"drop\",\"stream\":\"own\",\"kind\":\"video\"");
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"videoMuted\":true}");
  expect_sent(s, "<iq", "type=\"set\"", "to=\"" PEER "\"", "from=\"" ME "/res-1\"",
              "<jingle xmlns=\"urn:xmpp:jingle:1\" sid=\"v1\" action=\"session-info\">"
              "<screen-start xmlns=\"urn:xmpp:jingle:apps:rtp:info:1\"/></jingle>");
  expect_resolved(s, shared, "");
  expect_nothing_sent(s, "\"method\":\"mute\"");
  uint32_t again = share(s);
  expect_rejected(s, again, "\"type\":\"session\"");
  forget(s);

  uint32_t stopped = stop(s);
  expect_effect(s, SP_FX_MEDIA_REQUEST, 2, "user", "\"video\":{");
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "{\"op\":\"put\",\"stream\":\"mic-2\",\"into\":\"own\"");
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"videoMuted\":false}");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
  expect_sent(s, "<screen-stop");
  expect_nothing_sent(s, "<screen-stop");
  expect_nothing_sent(s, "\"method\":");
  expect_resolved(s, stopped, "");
}

static void share_with_the_camera_off(scenario *s) {
  meet(s, SENDS_AUDIO);
  share(s);
  expect_nothing_sent(s, "\"method\":");
  forget(s);
  s->facts = SENDS_AUDIO + SENDS_VIDEO;
  uint32_t stopped = stop(s);
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "{\"op\":\"empty\",\"kind\":\"video\"");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
  expect_sent(s, "<screen-stop");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  expect_no_effect(s, SP_FX_SESSION_SET);
  expect_resolved(s, stopped, "");
}

static void the_screen_ends_by_itself(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  share(s);
  forget(s);
  media_ended(s, 1, "somebody's", 0);
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  s->holds_media = true;
  media_ended(s, 1, "mic-1", 1);
  media_ended(s, 1, "mic-1", 0);
  expect_effect(s, SP_FX_MEDIA_REQUEST, 2, "user");
  media_result(s, 2, true, "camera", "");
  expect_sent(s, "<screen-stop");
  expect_nothing_sent(s, "<screen-stop");
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"videoMuted\":false}");
  uint32_t stopped = stop(s);
  expect_resolved(s, stopped, "");
  expect_nothing_sent(s, "<screen-stop");
}

static void the_camera_does_not_come_back(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  share(s);
  forget(s);
  s->media_error = "NotFoundError";
  uint32_t stopped = stop(s);
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "{\"op\":\"empty\",\"kind\":\"video\"");
  server_hears(s, "mute", "\"type\":\"video\"");
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"videoMuted\":true}");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
  expect_sent(s, "<screen-stop");
  expect_nothing_sent(s, "<screen-stop");
  expect_resolved(s, stopped, "");
}

static void the_camera_cannot_be_put_back(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  share(s);
  forget(s);
  s->failing_peer = "put";
  uint32_t stopped = stop(s);
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-2");
  server_hears(s, "mute", "\"type\":\"video\"");
  expect_sent(s, "<screen-stop");
  expect_resolved(s, stopped, "");
}

static void the_screen_is_refused(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  s->media_error = "NotAllowedError";
  uint32_t shared = share(s);
  expect_rejected(s, shared, "\"type\":\"session\"", "Failed to start screen share", "\"conversationId\":\"c1\"",
                  "\"sessionId\":\"v1\"", "\"error\":{\"$cause\":1}");
  expect_error(s, "\"type\":\"media\"");
  expect_no_effect(s, SP_FX_PEER_TRACKS);
  server_hears_nothing(s);
  s->media_error = NULL;
  s->failing_peer = "put";
  shared = share(s);
  expect_rejected(s, shared, "Failed to start screen share");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-2");
  server_hears_nothing(s);
  s->failing_peer = NULL;
  shared = share(s);
  expect_resolved(s, shared, "");
}

static void nothing_is_shared(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  uint32_t stopped = stop(s);
  expect_resolved(s, stopped, "");
  server_hears_nothing(s);
  expect_effect(s, SP_FX_LOG, 0, "error", "No screen share stream to stop");
}

static void the_session_ends_while_sharing(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  share(s);
  forget(s);
  rpc(s, PEER, "{\"method\":\"terminate\",\"params\":{\"sessionId\":\"v1\"}}");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "own");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
  expect_nothing_sent(s, "<screen-stop");
  uint32_t stopped = stop(s);
  expect_rejected(s, stopped, "Unable to find session");
}

static void the_session_ends_while_choosing(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  s->holds_media = true;
  uint32_t shared = share(s);
  rpc(s, PEER, "{\"method\":\"terminate\",\"params\":{\"sessionId\":\"v1\"}}");
  expect_resolved(s, shared, "");
  media_result(s, 1, true, "screen", "");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "screen");
}

static void called_off_while_choosing(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  s->holds_media = true;
  uint32_t shared = share(s);
  uint32_t stopped = stop(s);
  expect_resolved(s, shared, "");
  expect_resolved(s, stopped, "");
  uint32_t again = share(s); /* before the first picker has closed */
  media_result(s, 1, true, "late", "");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "late");
  expect_no_effect(s, SP_FX_PEER_TRACKS);
  server_hears_nothing(s);
  media_result(s, 2, true, "screen", "");
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "{\"op\":\"put\",\"stream\":\"screen\"");
  expect_resolved(s, again, "");
}

/* The share ends, the camera is asked for, and nobody answers. */
static void mute_instead_of_the_camera(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  share(s);
  forget(s);
  s->holds_media = true;
  uint32_t stopped = stop(s);
  expect_waiting(s, stopped);
  uint32_t muted = mute(s, "setVideoMute", true);
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "{\"op\":\"empty\",\"kind\":\"video\"");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
  expect_sent(s, "<screen-stop");
  expect_resolved(s, stopped, "");
  expect_resolved(s, muted, "");
  media_result(s, 2, true, "camera", "");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "camera");
}

/* --- a browser that does not answer --- */

static void no_answer_to_a_mute(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  s->held_peer = "*";
  uint32_t silent = mute(s, "setAudioMute", true);
  advance(s, 5000);
  uint32_t dark = mute(s, "setVideoMute", true);
  advance(s, 14999);
  expect_waiting(s, silent);
  advance(s, 1);
  expect_rejected(s, silent, "\"type\":\"session\"", "The browser could not change what the session sends");
  expect_rejected(s, dark, "\"type\":\"session\"");
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"pcParticipant\":null}");
  expect_no_effect(s, SP_FX_SESSION_SET);
  server_hears_nothing(s);
}

static void no_answer_to_a_share(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  s->held_peer = "*";
  uint32_t shared = share(s);
  advance(s, 20000);
  expect_rejected(s, shared, "Failed to start screen share", "\"sessionId\":\"v1\"");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
  server_hears_nothing(s);
  /* It answers after all: what is sent now is looked at. */
  s->held_peer = NULL;
  forget(s);
  peer_result(s, 1, "2", true);
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "{\"op\":\"senders\"");
  expect_no_effect(s, SP_FX_MEDIA_WATCH);
  shared = share(s);
  expect_resolved(s, shared, "");
}

static void no_answer_at_the_end_of_a_share(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  share(s);
  forget(s);
  s->held_peer = "*";
  uint32_t stopped = stop(s);
  advance(s, 39999);
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-2"); /* the camera that was not put on in time */
  expect_waiting(s, stopped);
  advance(s, 1); /* nor is the screen taken off */
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
  expect_sent(s, "<screen-stop");
  expect_nothing_sent(s, "<screen-stop");
  server_hears(s, "mute", "\"type\":\"video\"");
  expect_resolved(s, stopped, "");
}

static void no_answer_before_the_end(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  s->held_peer = "*";
  uint32_t shared = share(s);
  rpc(s, PEER, "{\"method\":\"terminate\",\"params\":{\"sessionId\":\"v1\"}}");
  expect_rejected(s, shared, "The session ended before the media was sent");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "own");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
  advance(s, 60000);
  expect_no_effect(s, SP_FX_REJECT);
}

static void camera_on_while_sharing(scenario *s) {
  meet(s, SENDS_AUDIO);
  share(s);
  forget(s);
  uint32_t on = mute(s, "setVideoMute", false);
  expect_resolved(s, on, "");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  expect_no_effect(s, SP_FX_SESSION_SET);
  server_hears_nothing(s);
  stop(s);
  expect_effect(s, SP_FX_MEDIA_REQUEST, 2, "user");
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"videoMuted\":false}");
}

static void camera_off_while_sharing(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  share(s);
  forget(s);
  mute(s, "setVideoMute", true);
  server_hears(s, "mute", "\"type\":\"video\"");
  stop(s);
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  expect_sent(s, "<screen-stop");
}

static void mute_while_choosing(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  s->holds_media = true;
  share(s);
  uint32_t muted = mute(s, "setAudioMute", true);
  expect_resolved(s, muted, ""); /* the open picker delays nothing else */
  muted = mute(s, "setVideoMute", true);
  expect_resolved(s, muted, "");
}

/* --- pinning --- */

static void known(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  notify(s, "v2.users.u1.conversations",
         "{\"eventBody\":{\"id\":\"c1\",\"participants\":[{\"id\":\"p/1\",\"userId\":\"u1\",\"videos\":"
         "[{\"state\":\"connected\"}]}]}}");
  forget(s);
}

static void pinned(scenario *s) {
  known(s);
  uint32_t done = call(s, "session.pinParticipantVideo", "[1,\"p2\"]");
  expect_http(s, "POST", "conversations/videos/c1/participants/p%2F1/pin",
              "{\"targetParticipantId\":\"p2\",\"streamType\":\"video\"}");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "pinnedParticipant", "[{\"participantId\":\"p2\"}]");
  expect_resolved(s, done, "");
  done = call(s, "session.pinParticipantVideo", "[1]");
  expect_http(s, "DELETE", "conversations/videos/c1/participants/p%2F1/pin", "");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "pinnedParticipant", "[{\"participantId\":null}]");
  expect_resolved(s, done, "");
}

static void pin_fails(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  uint32_t early = call(s, "session.pinParticipantVideo", "[1,\"p2\"]");
  expect_rejected(s, early, "\"type\":\"session\"", "Unable to pin participant video. Local participant is unknown.",
                  "{\"conversation\":\"c1\",\"sessionId\":\"v1\",\"participantId\":\"p2\"}");
  expect_no_http(s);
  notify(s, "v2.users.u1.conversations",
         "{\"eventBody\":{\"id\":\"c1\",\"participants\":[{\"id\":\"p1\",\"userId\":\"u1\",\"videos\":"
         "[{\"state\":\"connected\"}]}]}}");
  forget(s);
  http_answer(s, "POST", "conversations/videos/*", 500, "{}");
  uint32_t failed = call(s, "session.pinParticipantVideo", "[1,\"p2\"]");
  expect_error(s, "\"type\":\"http\"");
  expect_rejected(s, failed, "\"type\":\"session\"", "Request to pin video failed", "\"conversationId\":\"c1\"",
                  "\"error\":{\"$cause\":");
  expect_no_effect(s, SP_FX_SESSION_EVENT);
}

/* media.md §9.5: what the camera became is the default from then on, and told. */
static void a_resolution_for_active_sessions(scenario *s) {
  meet(s, SENDS_AUDIO + SENDS_VIDEO);
  s->peer_text = "{\"actual\":{\"width\":640,\"height\":480}}";
  uint32_t done = call(s, "updateDefaultResolution", "[{\"width\":1280,\"height\":720},true]");
  expect_resolved(s, done, "");
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "\"op\":\"resolution\"", "\"resolution\":{\"width\":1280,\"height\":720}");
  expect_event(s, "resolutionUpdated", "\"requestedResolution\":{\"width\":1280,\"height\":720}",
               "\"actualResolution\":{\"width\":640,\"height\":480}", "\"sessionId\":\"v1\"",
               "\"conversationId\":\"c1\"");
  call(s, "media.startMedia", "[{\"video\":true}]");
  expect_effect(s, SP_FX_MEDIA_REQUEST, ANY_ID, "\"width\":640,\"height\":480");
  s->peer_text = "{\"failure\":\"The camera does not do that\"}";
  done = call(s, "updateDefaultResolution", "[{\"width\":7,\"height\":8},true]");
  expect_resolved(s, done, "");
  expect_error(s, "The camera does not do that");
  expect_no_more(s);
  done = call(s, "updateDefaultResolution", "[null,false]");
  expect_resolved(s, done, "");
  call(s, "media.startMedia", "[{\"video\":true}]");
  const seen *request = expect_effect(s, SP_FX_MEDIA_REQUEST, ANY_ID, "");
  if (request) check(s, !strstr(request->text, "\"width\""), "no default any more");
  call(s, "updateDefaultResolution", "[null,true]"); /* the camera again, as it likes */
  expect_effect(s, SP_FX_MEDIA_REQUEST, ANY_ID, "\"video\"");
}

static const scenario_case cases[] = {
  { "V-34 video mute", mute_video, false },
  { "V-35 video unmute", unmute_video, false },
  { "V-36 video unmute with a camera", unmute_video_with_a_camera, false },
  { "V-37 video unmute after the session ended", unmute_after_the_end, false },
  { "V-37 video unmute while the session ends", unmute_while_it_ends, false },
  { "V-38 the device of a video unmute", unmute_devices, false },
  { "a video unmute that is refused", unmute_is_refused, false },
  { "what was asked for last happens last", last_wish_counts, false },
  { "a mute calls an unmute off", mute_instead_of_unmute, false },
  { "a track waits for the connection", track_waits_for_the_connection, false },
  { "a track waits in vain", track_waits_in_vain, false },
  { "V-39 audio mute and unmute", mute_audio, false },
  { "V-40 audio mute without a microphone", mute_without_a_microphone, false },
  { "V-41 audio unmute without a microphone", unmute_without_a_microphone, false },
  { "V-42 audio unmute with another microphone", unmute_with_another_microphone, false },
  { "V-43 V-44 screen share with the camera on", share_with_the_camera_on, false },
  { "V-45 screen share with the camera off", share_with_the_camera_off, false },
  { "a resolution for active sessions", a_resolution_for_active_sessions, false },
  { "V-46 V-49 the screen ends by itself", the_screen_ends_by_itself, false },
  { "V-47 the camera does not come back", the_camera_does_not_come_back, false },
  { "V-47 the camera cannot be put back", the_camera_cannot_be_put_back, false },
  { "V-48 the screen is refused", the_screen_is_refused, false },
  { "V-49 nothing is shared", nothing_is_shared, false },
  { "V-50 the session ends while sharing", the_session_ends_while_sharing, false },
  { "V-50 the session ends while a screen is chosen", the_session_ends_while_choosing, false },
  { "V-49 stopScreenShare while a screen is chosen", called_off_while_choosing, false },
  { "V-47 a mute instead of the camera that would come back", mute_instead_of_the_camera, false },
  { "a mute gets no answer of the browser", no_answer_to_a_mute, false },
  { "V-48 a share gets no answer of the browser", no_answer_to_a_share, false },
  { "V-47 the end of a share gets no answer of the browser", no_answer_at_the_end_of_a_share, false },
  { "V-50 the session ends while the browser does not answer", no_answer_before_the_end, false },
  { "the camera is unmuted while sharing", camera_on_while_sharing, false },
  { "the camera is muted while sharing", camera_off_while_sharing, false },
  { "mutes while a screen is chosen", mute_while_choosing, false },
  { "V-51 pinned and unpinned", pinned, false },
  { "V-52 pinning fails", pin_fails, false },
};

int main(void) {
  return run_scenarios("core video media", cases, sizeof cases / sizeof *cases);
}
