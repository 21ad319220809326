/* SPDX-License-Identifier: MIT */
/* Limits that only the whole core crosses: too much of something is refused or left out, the rest goes on. The table of
   all limits is in SECURITY.md. */
#include "base/limits.h"
#include "headset_rig.h"
#include "scenario.h"

#include <stdio.h>
#include <string.h>

#define C1 "[{\"conversationId\":\"c1\"}]"

static size_t lookups(const scenario *s) {
  size_t count = 0;
  for (size_t i = 0; i < s->log_count; i++)
    count += s->log[i]->kind == SP_FX_HTTP && !s->log[i]->taken && strncmp(s->log[i]->path, "conversations/c", 15) == 0;
  return count;
}

/* After a reconnect. */
static void conversations_to_look_up(scenario *s) {
  sign_in_with(s, 2, false);
  for (unsigned i = 0; i < SP_MAX_DOUBTS + 6; i++) {
    char id[16];
    snprintf(id, sizeof id, "c%u", i);
    conversation(s, .conversation = id, .state = "alerting");
  }
  forget(s);
  http_answer(s, "GET", "conversations/*", 404, "{}");
  drop_connection(s);
  advance(s, 3000);
  check(s, lookups(s) == SP_MAX_DOUBTS, "as many as the limit says are looked up");
  expect_effect(s, SP_FX_LOG, ANY_ID, "warn", "Not every conversation is looked up");
}

#define MON "livemonitor-1@conference.acme.orgspan.com"

/* Each track makes an event once they are shown; a peer that adds tracks without end makes no more than the limit. */
static void tracks_of_a_peer_connection(scenario *s) {
  sign_in(s);
  propose(s, .session = "m1", .conversation = "c1", .from = MON "/gw", .room = MON, .user = "u2");
  call(s, "acceptPendingSession", C1);
  offer(s, .session = "m1", .conversation = "c1", .from = MON "/gw");
  for (unsigned i = 0; i < SP_MAX_TRACKS + 6; i++) peer_track(s, 1, "video");
  forget(s);
  call(s, "acceptSession", "[{\"conversationId\":\"c1\",\"liveMonitoringObserver\":true,\"videoElements\":[7]}]");
  for (unsigned i = 0; i < SP_MAX_TRACKS; i++) expect_effect(s, SP_FX_SESSION_EVENT, 1, "incomingMedia");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "sessionState");
  expect_no_effect(s, SP_FX_SESSION_EVENT);
}

#define ROOM "room-1@conference.acme.orgspan.com"

/* What is asked of one session is done one after the other; the camera is never given. */
static void calls_of_the_app_under_way(scenario *s) {
  s->devices = DESK;
  s->senders = "[" SENDER("audio", "Microphone 1") "]";
  s->facts = 2; /* it sends sound only */
  sign_in(s);
  call(s, "startVideoConference", "[\"" ROOM "\"]");
  propose(s, .session = "v1", .conversation = "c1", .from = ROOM "/gw", .room = ROOM);
  offer(s, .session = "v1", .conversation = "c1", .from = ROOM "/gw");
  call(s, "acceptSession", "[{\"conversationId\":\"c1\",\"mediaStream\":\"own\"}]");
  peer_connects(s, 1);
  forget(s);
  s->holds_media = true;
  uint32_t last = 0;
  for (unsigned i = 0; i < SP_MAX_CALLS; i++)
    last = call(s, "setVideoMute", "[{\"conversationId\":\"c1\",\"mute\":false}]");
  expect_waiting(s, last);
  uint32_t refused = call(s, "setVideoMute", "[{\"conversationId\":\"c1\",\"mute\":false}]");
  expect_rejected(s, refused, "Too many requests under way");
  call(s, "disconnect", "[]");
}

#define LABEL "Headset Microphone (Jabra EVOLVE LINK MS) (0b0e:0307)"

/* The right one is behind `others` of another make. */
static void find_headset_behind(scenario *s, unsigned others) {
  static char devices[65536];
  sp_buf list;
  sp_buf_init(&list, NULL, sizeof devices - 1);
  for (unsigned i = 0; i <= others; i++) {
    sp_buf_add_char(&list, i == 0 ? '[' : ',');
    if (i < others) sp_buf_add_text(&list, "{\"device\":99,\"vendorId\":1,\"productId\":1,\"collections\":[]}");
    else rig_write_device(&list, "F1", 1);
  }
  sp_buf_add_text(&list, "]");
  snprintf(devices, sizeof devices, "%.*s", SP_STR_ARG(sp_buf_str(&list)));
  sp_buf_free(&list);
  s->hid = devices;
  s->devices = "[" DEVICE("audioinput", "m1", LABEL) "]";
  start(s, "{\"accessToken\":\"TOKEN\",\"environment\":\"mypurecloud.com\","
           "\"disableHeadsetControlsOrchestration\":true}");
  call(s, "media.enumerateDevices", "[]");
  call(s, "initialize", "[]");
  advance(s, 200);
}

static void the_last_headset_that_is_looked_at(scenario *s) {
  find_headset_behind(s, SP_MAX_HID_DEVICES - 1);
  expect_effect(s, SP_FX_HID, 1, "open", "1");
}

static void headsets_that_were_granted(scenario *s) {
  find_headset_behind(s, SP_MAX_HID_DEVICES);
  for (size_t i = 0; i < s->log_count; i++)
    check(s, s->log[i]->kind != SP_FX_HID || strcmp(s->log[i]->name, "open") != 0, "none is opened");
}

static const scenario_case cases[] = {
  { "conversations to look up", conversations_to_look_up, true },
  { "tracks of a peer connection", tracks_of_a_peer_connection, true },
  { "calls of the app under way", calls_of_the_app_under_way, true },
  { "the last headset that is looked at", the_last_headset_that_is_looked_at, true },
  { "headsets that were granted", headsets_that_were_granted, true },
};

int main(void) {
  return run_scenarios("core limits", cases, sizeof cases / sizeof *cases);
}
