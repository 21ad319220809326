/* SPDX-License-Identifier: MIT */
/* A browser that does not answer (patience.c): every call of the app is settled, and what comes late is cleaned up. */
#include "scenario.h"

static const char config[] = "{\"accessToken\":\"TOKEN\",\"environment\":\"mypurecloud.com\","
                             "\"autoConnectSessions\":false,\"browser\":{\"chromium\":true,\"setSinkId\":true}}";

#define C1 "[{\"conversationId\":\"c1\"}]"

static void offered(scenario *s) {
  s->devices = DESK;
  start(s, config);
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1");
  call(s, "acceptPendingSession", C1);
  forget(s);
  offer(s, .session = "s1", .conversation = "c1");
}

static void in_call(scenario *s) {
  offered(s);
  call(s, "acceptSession", C1);
  peer_connects(s, 1);
  conversation(s, .conversation = "c1", .state = "connected");
  forget(s);
}

static void the_offer(scenario *s) {
  s->held_peer = "*";
  offered(s);
  uint32_t accepted = call(s, "acceptSession", C1);
  advance(s, 19999);
  expect_waiting(s, accepted);
  advance(s, 1);
  expect_rejected(s, accepted, "\"type\":\"session\"");
  expect_sent(s, "\"method\":\"terminate\"", "failed-application");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
}

static void the_stream(scenario *s) {
  offered(s);
  s->held_peer = "*";
  uint32_t accepted = call(s, "acceptSession", C1);
  advance(s, 20000);
  expect_rejected(s, accepted, "\"type\":\"session\"", "The browser could not answer the session");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
  expect_nothing_sent(s, "\"method\":\"answer\"");
  /* The session is there: it can be accepted once the browser has come to itself. */
  peer_result(s, 1, "stream", true);
  expect_nothing_sent(s, "\"method\":\"answer\"");
  s->held_peer = NULL;
  accepted = call(s, "acceptSession", C1);
  expect_sent(s, "\"method\":\"answer\"");
  expect_resolved(s, accepted, "");
}

static void the_answer(scenario *s) {
  offered(s);
  s->held_peer = "answer";
  uint32_t accepted = call(s, "acceptSession", C1);
  advance(s, 20000);
  expect_rejected(s, accepted, "\"type\":\"session\"", "The browser could not answer the session");
  expect_sent(s, "\"method\":\"terminate\"", "failed-application");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
}

static void a_look(scenario *s) {
  in_call(s);
  s->held_peer = "*";
  uint32_t first = call(s, "updateOutgoingMedia", "[{\"conversationId\":\"c1\",\"audioDeviceId\":\"m2\"}]");
  uint32_t second = call(s, "updateOutgoingMedia", "[{\"conversationId\":\"c1\",\"audioDeviceId\":\"m1\"}]");
  advance(s, 20000);
  expect_rejected(s, first, "\"type\":\"session\"", "The browser could not change what the session sends");
  expect_waiting(s, second); /* its own time begins */
  advance(s, 20000);
  expect_rejected(s, second, "\"type\":\"session\"");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
}

/* The new microphone is stopped when it was not put on in time; put on late it would leave the call silent. */
static void a_swap(scenario *s) {
  in_call(s);
  s->held_peer = "swap";
  uint32_t changed = call(s, "updateOutgoingMedia", "[{\"conversationId\":\"c1\",\"audioDeviceId\":\"m2\"}]");
  advance(s, 20000);
  expect_rejected(s, changed, "\"type\":\"session\"");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-2");
  forget(s);
  s->held_peer = NULL;
  s->senders = "{\"senders\":[{\"kind\":\"audio\",\"label\":\"Microphone 2\",\"live\":false,\"ours\":true}]}";
  peer_result(s, 1, "swap", true);
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "senders");
  expect_effect(s, SP_FX_MEDIA_REQUEST, ANY_ID, "\"audio\":{");
  expect_effect(s, SP_FX_PEER_TRACKS, 1, "\"op\":\"swap\",\"stream\":\"mic-3\"");
}

static void a_loudspeaker(scenario *s) {
  in_call(s);
  s->holds_sinks = true;
  uint32_t set = call(s, "updateOutputDevice", "[\"o2\"]");
  expect_effect(s, SP_FX_AUDIO_SET, 1, "\"sinkId\":\"o2\"");
  advance(s, 9999);
  expect_waiting(s, set);
  advance(s, 1);
  expect_rejected(s, set, "\"type\":\"generic\"", "The output device could not be set");
  s->holds_sinks = false;
  set = call(s, "updateOutputDevice", "[\"o2\"]");
  expect_resolved(s, set, "");
}

/* Some browsers list no devices while the page is hidden. */
static void a_list(scenario *s) {
  start(s, config);
  sign_in(s);
  s->holds_devices = true;
  uint32_t asked = call(s, "media.requestMediaPermissions", "[\"audio\",false]");
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  advance(s, 4999);
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
  advance(s, 1);
  expect_effect(s, SP_FX_MEDIA_REQUEST, ANY_ID, "\"audio\":{");
  expect_waiting(s, asked); /* for the labels */
  advance(s, 5000);
  expect_resolved(s, asked, "");
  /* A late list is one all the same. */
  const seen *list = expect_effect(s, SP_FX_MEDIA_ENUMERATE, ANY_ID, "");
  if (list) devices_listed(s, list->id, 1000, DESK);
  expect_effect(s, SP_FX_MEDIA_STATE, 0, "devices", "\"audioDevices\":[1000,1001]");
}

static const scenario_case cases[] = {
  { "no answer to the offer", the_offer, false },     { "no answer to the stream", the_stream, false },
  { "no answer to the answer", the_answer, false },   { "no answer to a look at what is sent", a_look, false },
  { "a swap that comes late", a_swap, false },        { "a loudspeaker that is never set", a_loudspeaker, false },
  { "devices that are never listed", a_list, false },
};

int main(void) {
  return run_scenarios("patience", cases, sizeof cases / sizeof *cases);
}
