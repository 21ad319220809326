/* SPDX-License-Identifier: MIT */
/* What a softphone needs beside its calls: another token, the session types it takes, media handling, the remembered
   back-off (sessions.md §1.2, §5.7; wire.md §3.3). */
#include "scenario.h"

#include <stdio.h>
#include <string.h>

#define C1 "[{\"conversationId\":\"c1\"}]"

/* --- tokens --- */

static void check_authorization(scenario *s, const seen *request, const char *token) {
  check(s, strstr(request->text, token) != NULL, "the request carries the newest token");
}

static void another_access_token(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"environment\":\"mypurecloud.com\",\"sdkVersion\":\"1.2.3\"}");
  s->logs = true;
  uint32_t early = call(s, "setAccessToken", "[\"SECOND\"]");
  expect_resolved(s, early, "");
  sign_in(s);
  log_record(s, 0, "error", "{\"message\":\"SECOND is a secret\"}");
  expect_effect(s, SP_FX_LOG_LINE, s->records, "error", "[redacted]");
  advance(s, 2000);
  check_authorization(s, expect_http(s, "POST", "diagnostics/trace", NULL), "Bearer SECOND");
  uint32_t late = call(s, "setAccessToken", "[\"THIRD\"]");
  expect_resolved(s, late, "");
  check_authorization(s,
                      (call(s, "startSoftphoneSession", "[{\"phoneNumber\":\"1\"}]"),
                       expect_http(s, "POST", "conversations/calls", NULL)),
                      "Bearer THIRD");
  forget(s);
  drop_connection(s);
  advance(s, 2000);
  /* NUL u1@acme.orgspan.com NUL authKey:THIRD (wire.md §4.3) */
  expect_sent(s, "<auth", "AHUxQGFjbWUub3Jnc3Bhbi5jb20AYXV0aEtleTpUSElSRA==");
  uint32_t empty = call(s, "setAccessToken", "[\"\"]");
  expect_rejected(s, empty, "invalid_options");
}

static void first_token_of_all(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"environment\":\"mypurecloud.com\"}");
  call(s, "setAccessToken", "[\"SECOND\"]");
  call(s, "initialize", "[]");
  check_authorization(s, expect_http(s, "GET", "organizations/me", NULL), "Bearer SECOND");
  expect_sent(s, "<auth", "AHUxQGFjbWUub3Jnc3Bhbi5jb20AYXV0aEtleTpTRUNPTkQ=");
}

/* --- options --- */

static void media_helper(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"jidResource\":\"mediahelper-7\",\"headsetRequestType\":\"standard\"}");
  check(s, strstr(ask(s, "config"), "\"headsetRequestType\":\"standard\"") != NULL, "as configured before");
  sign_in(s);
  check(s, strstr(ask(s, "config"), "\"headsetRequestType\":\"mediaHelper\"") != NULL, "a media helper");
}

static void other_resource(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"jidResource\":\"desk\",\"headsetRequestType\":\"prioritized\"}");
  sign_in(s);
  check(s, strstr(ask(s, "config"), "\"headsetRequestType\":\"prioritized\"") != NULL, "as configured");
}

/* --- back-off (wire.md §3.3, A5) --- */

static void backoff_survives_a_reload(scenario *s) {
  s->backoff = "{\"currentDelayMs\":8000,\"delayMsAfterNextReduction\":4000,"
               "\"nextDelayReductionTime\":1700000041000,\"timeOfTotalReset\":1700003600000}";
  start(s, "{\"accessToken\":\"TOKEN\",\"originAppName\":\"wire-app\"}");
  expect_effect(s, SP_FX_STORAGE_READ, SP_STORAGE_SESSION, "sc_connectionData_wire-app");
  http_answer(s, "POST", "notifications/channels*", 500, "{}");
  uint32_t sign_in_call = call(s, "initialize", "[]");
  expect_http(s, "POST", "notifications/channels?connectionType=streaming", NULL);
  expect_effect(s, SP_FX_STORAGE_WRITE, SP_STORAGE_SESSION, "sc_connectionData_wire-app", "\"currentDelayMs\":16000");
  forget(s);
  advance(s, 7900);
  expect_no_http(s);
  http_answer(s, "POST", "notifications/channels*", 200, "{\"id\":\"chan-1\"}");
  advance(s, 300);
  expect_http(s, "POST", "notifications/channels?connectionType=streaming", NULL);
  expect_resolved(s, sign_in_call, "");
  advance(s, 300000);
  expect_effect(s, SP_FX_STORAGE_WRITE, SP_STORAGE_SESSION, "\"currentDelayMs\":8000");
}

static void backoff_that_nobody_can_read(scenario *s) {
  s->backoff = "no JSON";
  sign_in(s);
  expect_no_effect(s, SP_FX_STORAGE_WRITE);
}

/* --- session types --- */

#define ROOM "peer-room@conference.acme.orgspan.com/mcu-1"

/* Each kind of session is taken from its call on and refused again after the other. */
static void every_type_comes_and_goes(scenario *s) {
  static const struct {
    const char *type, *from;
  } kinds[] = { { "collaborateVideo", "agent-1@conference.acme.orgspan.com/x" },
                { "screenShare", "acd-1@conference.acme.orgspan.com/x" },
                { "screenRecording", "screenrecording-1@conference.acme.orgspan.com/x" },
                { "liveScreenMonitoring", "livemonitor-1@conference.acme.orgspan.com/x" } };
  start(
      s,
      "{\"accessToken\":\"TOKEN\",\"allowedSessionTypes\":[\"softphone\"],\"autoAcceptPendingScreenRecordingRequests\":"
      "false}");
  sign_in(s);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    char type[64], session[8], conversation_id[8];
    snprintf(type, sizeof type, "[\"%s\"]", kinds[i].type);
    snprintf(session, sizeof session, "t%zu", i);
    snprintf(conversation_id, sizeof conversation_id, "k%zu", i);
    call(s, "addAllowedSessionType", type);
    call(s, "removeAllowedSessionType", type);
    forget(s);
    propose(s, .session = session, .conversation = conversation_id, .from = kinds[i].from, .user = "u2");
    expect_no_more(s);
    call(s, "addAllowedSessionType", type);
    propose(s, .session = session, .conversation = conversation_id, .from = kinds[i].from, .user = "u2");
    expect_event(s, "pendingSession", kinds[i].type);
    forget(s);
  }
}

static void two_types_of_one_conversation(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"allowedSessionTypes\":[\"softphone\"]}");
  sign_in(s);
  uint32_t added = call(s, "addAllowedSessionType", "[\"collaborateVideo\"]");
  expect_resolved(s, added, "");
  propose(s, .session = "s1", .conversation = "c1");
  expect_event(s, "pendingSession", "\"id\":\"s1\"", "\"sessionType\":\"softphone\"");
  propose(s, .session = "s2", .conversation = "c1", .from = ROOM);
  expect_event(s, "pendingSession", "\"id\":\"s2\"", "\"sessionType\":\"collaborateVideo\"");
  call(s, "acceptPendingSession", "[{\"conversationId\":\"c1\",\"sessionType\":\"collaborateVideo\"}]");
  expect_sent(s, "<proceed", "id=\"s2\"", ROOM);
  call(s, "acceptPendingSession", "[{\"conversationId\":\"c1\",\"sessionType\":\"softphone\"}]");
  expect_sent(s, "<proceed", "id=\"s1\"", GATEWAY);
  expect_nothing_sent(s, "<proceed");
  uint32_t other = call(s, "acceptPendingSession", "[{\"conversationId\":\"c1\",\"sessionType\":\"screenShare\"}]");
  expect_rejected(s, other, "Could not find a pendingSession matching accept params");
}

static void softphone_added_and_removed(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"allowedSessionTypes\":[]}");
  uint32_t early = call(s, "addAllowedSessionType", "[\"softphone\"]");
  expect_rejected(s, early, "\"type\":\"session\"", "initialize() must be called before");
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1");
  expect_no_more(s);
  uint32_t added = call(s, "addAllowedSessionType", "[\"softphone\"]");
  uint32_t again = call(s, "addAllowedSessionType", "[\"softphone\"]");
  expect_resolved(s, again, "");
  expect_waiting(s, added); /* the topic of the station is debounced */
  expect_event(s, "concurrentSoftphoneSessionsEnabled", "");
  expect_event(s, "station", "Desk");
  expect_sent(s, "<subscribe", "v2.users.u1.persistentconnection");
  advance(s, 200);
  expect_http(s, "PUT", "notifications/channels/chan-1/subscriptions", NULL);
  expect_resolved(s, added, "");
  propose(s, .session = "s1", .conversation = "c1");
  expect_event(s, "pendingSession", "\"id\":\"s1\"");

  uint32_t removed = call(s, "removeAllowedSessionType", "[\"softphone\"]");
  expect_resolved(s, removed, "");
  expect_sent(s, "<unsubscribe", "v2.users.u1.persistentconnection");
  check(s, strstr(ask(s, "config"), "\"allowedSessionTypes\":[]") != NULL, "no type is allowed");
  removed = call(s, "removeAllowedSessionType", "[\"softphone\"]");
  expect_resolved(s, removed, "");
  propose(s, .session = "s2", .conversation = "c2");
  uint32_t odd = call(s, "addAllowedSessionType", "[\"telepathy\"]");
  expect_rejected(s, odd, "invalid_options");
  expect_no_more(s);
  drop_connection(s);
  forget(s);
  uint32_t offline = call(s, "addAllowedSessionType", "[\"softphone\"]");
  expect_rejected(s, offline, "\"type\":\"session\"", "disconnected");
}

static void softphone_that_cannot_be_added(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"allowedSessionTypes\":[]}");
  sign_in(s);
  s->refused_topic = "persistentconnection";
  uint32_t refused = call(s, "addAllowedSessionType", "[\"softphone\"]");
  expect_rejected(s, refused, "refused by the server");
  s->refused_topic = NULL;
  http_answer(s, "GET", "stations/st1", HTTP_HOLD, "");
  uint32_t late = call(s, "addAllowedSessionType", "[\"softphone\"]");
  advance(s, 59000);
  expect_waiting(s, late);
  advance(s, 1000);
  expect_rejected(s, late, "\"type\":\"session\"", "in time");
  late = call(s, "addAllowedSessionType", "[\"softphone\"]");
  call(s, "removeAllowedSessionType", "[\"softphone\"]");
  expect_rejected(s, late, "removed again");
  late = call(s, "addAllowedSessionType", "[\"softphone\"]");
  call(s, "initialize", "[]");
  expect_rejected(s, late, "initialize() was called again");
}

/* --- media handling (sessions.md §5.7) --- */

static void reduced_media(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\"}");
  call(s, "setMediaHandling", "[\"reduced-media\"]");
  check(s, strstr(ask(s, "config"), "\"useHeadsets\":false") != NULL, "no headset");
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1");
  propose(s, .session = "s2", .conversation = "c2", .answer_mode = "Auto");
  expect_no_more(s);
  expect_nothing_sent(s, "<proceed");
  propose(s, .session = "s3", .conversation = "c3", .auto_answer = "true", .answer_mode = "Auto");
  const seen *pending = expect_event(s, "pendingSession", "\"id\":\"s3\"");
  expect_before(s, pending, expect_sent(s, "<proceed", "id=\"s3\""));
  uint32_t accept = call(s, "acceptPendingSession", C1); /* the entry stays */
  expect_resolved(s, accept, "");
  expect_sent(s, "<proceed", "id=\"s1\"");
}

static void reduced_media_ends_unused_sessions(scenario *s) {
  sign_in_with(s, 1, true);
  propose(s, .session = "s1", .conversation = "c1", .answer_mode = "Auto"); /* no conversation comes with it */
  offer(s, .session = "s1", .conversation = "c1");
  peer_connects(s, 1);
  forget(s);
  call(s, "setMediaHandling", "[\"alerting-leader-media\"]");
  expect_nothing_sent(s, "terminate");
  call(s, "setMediaHandling", "[\"reduced-media-headsets\"]");
  check(s, strstr(ask(s, "config"), "\"useHeadsets\":true") != NULL, "headsets");
  check(s, strcmp(ask(s, "refusal"), "null") == 0, "not refused");
  expect_sent(s, "\"method\":\"terminate\"", "\"sessionId\":\"s1\"", "success");
  expect_event(s, "_sessionEnded", "");
  expect_event(s, "sessionEnded", "\"condition\":\"success\"");
}

static void reduced_media_in_a_call(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  expect_rejected(s, call(s, "setMediaHandling", "[\"reduced-media\"]"), "not_supported", "Cannot downgrade");
  check(s, strstr(ask(s, "refusal"), "\"type\":\"not_supported\"") != NULL, "E-31");
  check(s, strstr(ask(s, "refusal"), "Cannot downgrade media handling to stop using headsets") != NULL, "E-31");
  check(s, strstr(ask(s, "config"), "\"useHeadsets\":true") != NULL, "headsets are on");
  expect_nothing_sent(s, "terminate");
  propose(s, .session = "s2", .conversation = "c2"); /* reduced with headsets */
  expect_no_more(s);
  call(s, "setMediaHandling", "[\"standard-media\"]");
  check(s, strcmp(ask(s, "refusal"), "null") == 0, "not refused");
  propose(s, .session = "s3", .conversation = "c3");
  expect_event(s, "pendingSession", "\"id\":\"s3\"");
  expect_rejected(s, call(s, "setMediaHandling", "[\"none\"]"), "invalid_options");
  check(s, strstr(ask(s, "refusal"), "invalid_options") != NULL, "no such mode");
  call(s, "setUseHeadsets", "[false]");
  check(s, strstr(ask(s, "config"), "\"useHeadsets\":false") != NULL, "no headset");
}

/* --- what the app asks for (sessions.md §1.4) --- */

static void fetched_before_initialize(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\"}");
  uint32_t station = call(s, "fetchUsersStation", "[]");
  expect_event(s, "concurrentSoftphoneSessionsEnabled", "[false]");
  expect_event(s, "station", "\"action\":\"Associated\"", "Desk");
  expect_effect(s, SP_FX_RESOLVE, station, "\"name\":\"Desk\"");
  uint32_t organization = call(s, "fetchOrganization", "[]");
  expect_resolved(s, organization, "{\"id\":\"org-1\"}");
  uint32_t user = call(s, "fetchAuthenticatedUser", "[]");
  expect_effect(s, SP_FX_RESOLVE, user, "\"jabberId\":\"" ME "\"");
  expect_no_more(s);
}

static void fetches_that_fail(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\"}");
  http_answer(s, "GET", "organizations/me", 404, "{}");
  uint32_t organization = call(s, "fetchOrganization", "[]");
  expect_error(s, "\"type\":\"http\"");
  expect_rejected(s, organization, "{\"cause\":");
  http_answer(s, "GET", "users/me*", 200, "{\"id\":\"u1\"}");
  uint32_t user = call(s, "fetchAuthenticatedUser", "[]");
  expect_rejected(s, user, "generic", "incomplete");
  http_answer(s, "GET", "users/me*", 200, "{\"id\":\"u1\",\"chat\":{\"jabberId\":\"" ME "\"}}");
  uint32_t station = call(s, "fetchUsersStation", "[]");
  expect_rejected(s, station, "\"type\":\"generic\"", "User does not have an effective station");
  http_answer(s, "GET", "organizations/me", 503, "{}");
  organization = call(s, "fetchOrganization", "[]");
  call(s, "disconnect", "[]");
  expect_rejected(s, organization, "\"type\":\"http\"", "cancelled");
  expect_no_more(s);
  expect_rejected(s, call(s, "parseJwt", "[]"), "invalid_options", "Failed to parse provided jwt");
  check(s, strstr(ask(s, "refusal"), "Failed to parse provided jwt") != NULL, "E-4: there is none");
}

/* --- the alerting leader (wire.md §2.5) --- */

#define CONNECTION "apps/users/u1/connections/o1"

static void alerting_leader(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"alertableInteractionTypes\":[\"voice\"]}");
  http_answer(s, "GET", "users/alertingleader", 200, "{\"connectionId\":\"o1\",\"clientType\":\"desktop\"}");
  uint32_t sign_in_call = call(s, "initialize", "[]");
  expect_sent(s, "<subscribe", "v2.users.u1.alertingleader");
  const seen *offered = expect_http(s, "PATCH", CONNECTION, "{\"alertable\":true}");
  expect_before(s, offered, expect_http(s, "GET", "users/alertingleader", NULL));
  expect_event(s, "connected", "");
  expect_event(s, "concurrentSoftphoneSessionsEnabled", "");
  expect_event(s, "station", "");
  expect_event(s, "alertingLeaderChanged",
               "[{\"voice\":{\"alerting\":true,\"configured\":true,\"clientType\":\"desktop\"}}]");
  advance(s, 200);
  expect_resolved(s, sign_in_call, "");
  forget(s);
  notify(s, "v2.users.u1.alertingleader", "{\"eventBody\":{\"connectionId\":\"another\"}}");
  expect_event(s, "alertingLeaderChanged", "[{\"voice\":{\"alerting\":false,\"configured\":true}}]");
  notify(s, "v2.users.u1.alertingleader", "{\"eventBody\":7}");
  expect_event(s, "alertingLeaderChanged", "[{\"voice\":{\"alerting\":true,\"configured\":false}}]");
  drop_connection(s);
  advance(s, 2100);
  expect_http(s, "PATCH", CONNECTION, "{\"alertable\":true}"); /* each connection anew */
  expect_event(s, "disconnected", "");
  expect_event(s, "connected", "");
  expect_event(s, "alertingLeaderChanged", "\"alerting\":true,\"configured\":true");
  expect_no_more(s);
}

static void alerting_leader_fails_open(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"alertableInteractionTypes\":[\"voice\"]}");
  http_answer(s, "PATCH", "apps/users/*", 500, "{}");
  http_answer(s, "GET", "users/alertingleader", 403, "{}");
  sign_in(s);
  advance(s, 7000); /* 16 tries, 500 ms apart */
  expect_no_more(s);
  advance(s, 500);
  for (int i = 0; i < 15; i++) expect_http(s, "PATCH", CONNECTION, NULL);
  expect_http(s, "GET", "users/alertingleader", NULL);
  expect_event(s, "alertingLeaderChanged", "[{\"voice\":{\"alerting\":true,\"configured\":false}}]");
  http_answer(s, "GET", "users/alertingleader", HTTP_HOLD, "");
  http_answer(s, "PATCH", "apps/users/*", 200, "{}");
  drop_connection(s);
  advance(s, 2100);
  forget(s);
  notify(s, "v2.users.u1.alertingleader", "{\"eventBody\":{\"connectionId\":\"o1\"}}"); /* overtakes the answer */
  expect_event(s, "alertingLeaderChanged", "\"configured\":true");
  s->refused_topic = "alertingleader";
  sign_in(s); /* a refused topic does not fail it */
}

static const scenario_case cases[] = {
  { "S-9 another access token reaches REST, the logger and the stream", another_access_token, false },
  { "S-9 a token given before initialize", first_token_of_all, false },
  { "S-22 the resource of a media helper", media_helper, false },
  { "S-22 another resource", other_resource, false },
  { "W-D2 A5 the remembered back-off survives a reload", backoff_survives_a_reload, true },
  { "W-D2 a remembered back-off that cannot be read", backoff_that_nobody_can_read, false },
  { "every type of session comes and goes", every_type_comes_and_goes, false },
  { "S-34 two session types of one conversation", two_types_of_one_conversation, false },
  { "W-6.2 the softphone is allowed and removed at run time", softphone_added_and_removed, false },
  { "a session type that cannot be allowed", softphone_that_cannot_be_added, true },
  { "S-41 reduced media", reduced_media, false },
  { "S-41 reduced media ends sessions without a conversation", reduced_media_ends_unused_sessions, false },
  { "S-41 reduced media is refused in a call", reduced_media_in_a_call, true },
  { "organization, user and station are fetched", fetched_before_initialize, false },
  { "fetches that fail", fetches_that_fail, true },
  { "W-2.2 W-6.8 the alerting leader", alerting_leader, false },
  { "W-2.2 the alerting leader fails open", alerting_leader_fails_open, true },
};

int main(void) {
  return run_scenarios("core_softphone", cases, sizeof cases / sizeof *cases);
}
