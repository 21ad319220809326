/* SPDX-License-Identifier: MIT */
/* What conversation notifications do, through the core: events, pending sessions on the active session, errors
   (sessions.md §7). */
#include "scenario.h"
#include "support.h"

#include <stdio.h>

/* An inbound call on session 1 that the store knows as connected. */
static void talk(scenario *s) {
  conversation(s, .conversation = "c1", .state = "alerting");
  connect_call(s, 1, "s1", "c1");
  conversation(s, .conversation = "c1", .state = "connected");
  forget(s);
}

/* --- further conversations on the active session --- */

static void second_call_on_the_session(scenario *s) {
  sign_in(s);
  talk(s);
  conversation(s, .conversation = "c2", .state = "alerting");
  expect_event(s, "pendingSession", "\"id\":\"s1\",\"sessionId\":\"s1\"", "\"autoAnswer\":false",
               "\"conversationId\":\"c2\"", "\"fromJid\":\"" GATEWAY "\"", "\"toJid\":\"" ME "\"");
  expect_no_more(s);
  uint32_t accept = call(s, "acceptPendingSession", "[{\"conversationId\":\"c2\"}]");
  expect_http(s, "PATCH", "conversations/calls/c2/participants/p-c2", "{\"state\":\"connected\"}");
  expect_resolved(s, accept, "");
  expect_nothing_sent(s, "<proceed");
  conversation(s, .conversation = "c2", .state = "connected");
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"conversationId\":\"c2\"}");
  expect_event(s, "sessionStarted", "[{\"$session\":1}]");
  expect_event(s, "handledPendingSession", "[{\"sessionId\":\"s1\",\"conversationId\":\"c2\"}]");
  expect_event(s, "conversationUpdate", "\"added\":[{");
  expect_no_more(s);
  conversation(s, .conversation = "c2", .state = "disconnected");
  expect_event(s, "_sessionEnded", "[{\"$session\":1},{\"condition\":\"success\"}]");
  expect_event(s, "sessionEnded", "[{\"$session\":1},{\"condition\":\"success\"}]");
  expect_event(s, "conversationUpdate", "\"removed\":[{");
  conversation(s, .conversation = "c2", .state = "terminated");
  expect_no_more(s);
  conversation(s, .conversation = "c2", .state = "alerting", .call = "k2"); /* it comes back: another call */
  expect_event(s, "pendingSession", "");
  conversation(s, .conversation = "c2", .state = "connected", .call = "k2");
  expect_event(s, "sessionStarted", "[{\"$session\":1}]"); /* announced again */
  expect_event(s, "handledPendingSession", "");
  expect_event(s, "conversationUpdate", "\"added\":[{");
  expect_no_more(s);
}

static void second_outbound_call_on_the_session(scenario *s) {
  sign_in(s);
  talk(s);
  conversation(s, .conversation = "c2", .state = "contacting", .direction = "outbound");
  expect_event(s, "pendingSession", "\"autoAnswer\":true", "\"conversationId\":\"c2\"");
  expect_nothing_sent(s, "<proceed");
  conversation(s, .conversation = "c2", .state = "disconnected", .direction = "outbound");
  expect_event(s, "cancelPendingSession", "[{\"sessionId\":\"s1\",\"conversationId\":\"c2\"}]");
  expect_no_more(s);
}

static void a_propose_beside_the_live_session(scenario *s) {
  sign_in(s);
  talk(s);
  propose(s, .session = "s2", .conversation = "c2");
  uint32_t accept = call(s, "acceptPendingSession", "[{\"conversationId\":\"c2\"}]");
  expect_resolved(s, accept, "");
  expect_sent(s, "<proceed", "id=\"s2\"");
  expect_no_http(s);
}

static void accepted_call_comes_under_another_session(scenario *s) {
  sign_in(s);
  talk(s);
  conversation(s, .conversation = "c2", .state = "alerting");
  call(s, "acceptPendingSession", "[{\"conversationId\":\"c2\"}]");
  forget(s);
  propose(s, .session = "s2", .conversation = "c2");
  expect_sent(s, "<proceed", "to=\"" GATEWAY "\"", "id=\"s2\"");
  expect_no_more(s);
}

/* --- notifications --- */

static void nobody_s_conversations(scenario *s) {
  static const char *const states[] = { "connected", "dialing", "disconnected", "terminated", "hold" };
  sign_in(s);
  call(s, "listen", "[\"conversationUpdateRaw\"]");
  forget(s);
  for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
    conversation(s, .conversation = "c1", .state = states[i]);
    expect_event(s, "conversationUpdateRaw", "\"topicName\":\"v2.users.u1.conversations\"", states[i]);
    expect_no_more(s);
  }
  expect_no_http(s);
}

/* Told apart without parsing: an id that only begins like the user's, and the user's written with an escape. */
static void told_by_the_user_s_id(scenario *s) {
#define MUTED_CALL_OF(user)                                                                                            \
  "{\"topicName\":\"v2.users.u1.conversations\",\"eventBody\":{\"id\":\"c1\",\"participants\":[{\"id\":\"p-c1\","      \
  "\"purpose\":\"agent\",\"userId\":\"" user                                                                           \
  "\",\"calls\":[{\"id\":\"k1\",\"state\":\"connected\",\"muted\":true}]}]}}"
  sign_in(s);
  talk(s);
  notify(s, "v2.users.u1.conversations", MUTED_CALL_OF("u10"));
  notify(s, "v2.users.u1.conversations", MUTED_CALL_OF("someone"));
  expect_no_more(s);
  notify(s, "v2.users.u1.conversations", MUTED_CALL_OF("\\u00751"));
  expect_event(s, "conversationUpdate", "\"muted\":true");
  expect_no_more(s);
#undef MUTED_CALL_OF
}

/* What is not ours costs the same however much it says: the frame is read, its JSON is not. */
static size_t cost_of(scenario *s, const char *participants) {
  char json[4096];
  snprintf(json, sizeof json,
           "{\"topicName\":\"v2.users.u1.conversations\",\"eventBody\":{\"id\":\"c9\",\"participants\":[%s]}}",
           participants);
  size_t before = test_alloc_calls();
  notify(s, "v2.users.u1.conversations", json);
  return test_alloc_calls() - before;
}

static void strangers_cost_no_parsing(scenario *s) {
#define STRANGER "{\"id\":\"p\",\"userId\":\"other\",\"calls\":[{\"id\":\"k\",\"state\":\"connected\"}]}"
  sign_in(s);
  talk(s);
  (void)cost_of(s, STRANGER);
  size_t one = cost_of(s, STRANGER), many = cost_of(s, STRANGER "," STRANGER "," STRANGER "," STRANGER "," STRANGER);
  check(s, one == many, "what strangers do is not parsed");
  check(s, one < 32, "a frame costs its elements and attributes");
  expect_no_more(s);
#undef STRANGER
}

static void alerting_without_a_session(scenario *s) {
  sign_in(s);
  conversation(s, .conversation = "c1", .state = "alerting");
  expect_no_more(s);
  conversation(s, .conversation = "c1", .state = "disconnected");
  expect_no_more(s);
  conversation(s, .conversation = "c2", .state = "alerting");
  conversation(s, .conversation = "c2", .state = "connected"); /* answered by another client */
  expect_no_more(s);
  conversation(s, .conversation = "c2", .state = "connected", .muted = true);
  expect_no_more(s);
}

static void off_the_active_session(scenario *s) {
  sign_in_with(s, 2, false); /* there is no active session */
  conversation(s, .conversation = "c1", .state = "alerting");
  connect_call(s, 1, "s1", "c1");
  conversation(s, .conversation = "c1", .state = "connected");
  expect_event(s, "conversationUpdate", "\"added\":[{");
  expect_no_more(s);
  conversation(s, .conversation = "c1", .state = "disconnected");
  expect_event(s, "_sessionEnded", "[{\"$session\":1},");
  expect_event(s, "conversationUpdate", "\"removed\":[{");
  expect_no_more(s);
}

static void session_only_record(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  conversation(s, .conversation = "c1", .state = "connected");
  expect_event(s, "conversationUpdate", "\"added\":[]", "\"removed\":[]", "\"current\":[{");
  expect_no_more(s);
}

static void changes_in_a_call(scenario *s) {
  sign_in(s);
  talk(s);
  conversation(s, .conversation = "c1", .state = "connected");
  expect_no_more(s);
  expect_no_http(s);
  conversation(s, .conversation = "c1", .state = "connected", .confined = true);
  expect_event(s, "conversationUpdate", "\"confined\":true", "\"added\":[]");
  conversation(s, .conversation = "c1", .state = "connected", .confined = true, .held = true);
  expect_event(s, "conversationUpdate", "\"held\":true");
  conversation(s, .conversation = "c1", .state = "hold", .confined = true, .held = true);
  expect_event(s, "conversationUpdate", "\"state\":\"hold\"");
  expect_no_http(s);
  expect_no_more(s);
}

/* What the host knows already is told by its number, so that an update does not grow with what did not change. */
static void many_ringing(scenario *s) {
  enum { MANY = 20 };
  char id[16], wanted[32];
  sign_in(s);
  for (int i = 1; i <= MANY; i++) {
    snprintf(id, sizeof id, "c%d", i);
    conversation(s, .conversation = id, .state = "alerting");
  }
  expect_no_more(s);
  conversation(s, .conversation = "c16", .state = "alerting", .held = true);
  for (int i = 1; i <= MANY; i++) {
    if (i == 16) continue;
    snprintf(wanted, sizeof wanted, "\"$number\":%d}]", i);
    expect_event(s, "_conversation", "[{\"conversationId\":\"c", wanted);
  }
  expect_event(s, "conversationUpdate", "\"current\":[1,2,", ",15,{\"conversationId\":\"c16\"",
               "\"$number\":16},17,18,19,20],");
  conversation(s, .conversation = "c2", .state = "disconnected");
  expect_no_more(s); /* it rang, nobody was told (T-7) */
  conversation(s, .conversation = "c16", .state = "alerting", .held = false);
  expect_event(s, "conversationUpdate", "\"current\":[1,3,4,5,", ",15,{\"conversationId\":\"c16\"", ",17,18,19,20]");
}

static void dialing_then_connected(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  conversation(s, .conversation = "c1", .state = "dialing", .direction = "outbound");
  expect_event(s, "conversationUpdate", "\"added\":[]");
  expect_no_http(s);
  conversation(s, .conversation = "c1", .state = "connected", .direction = "outbound");
  expect_http(s, "POST", "conversations/calls/c1/communications/call-c1/metadata", "");
  expect_event(s, "conversationUpdate", "\"added\":[]", "\"removed\":[]");
  expect_no_more(s);
}

static void the_last_one_leaves(scenario *s) {
  sign_in(s);
  talk(s);
  conversation(s, .conversation = "c1", .state = "disconnected");
  expect_event(s, "_sessionEnded", "");
  expect_event(s, "sessionEnded", "");
  expect_event(s, "conversationUpdate", "\"activeConversationId\":\"c1\"", "\"current\":[]", "\"removed\":[{");
}

static void participant_and_call_are_chosen(scenario *s) {
  sign_in(s);
  talk(s);
  notify(
      s, "v2.users.u1.conversations",
      "{\"eventBody\":{\"id\":\"c1\",\"participants\":[{\"id\":\"p-c1\",\"purpose\":\"agent\",\"userId\":\"u1\","
      "\"calls\":["
      "{\"id\":\"k1\",\"state\":\"disconnected\"},{\"id\":\"k2\",\"state\":\"connected\",\"muted\":true,\"held\":false,"
      "\"confined\":false}]},{\"id\":\"p-vm\",\"purpose\":\"voicemail\",\"userId\":\"u1\",\"calls\":["
      "{\"id\":\"k3\",\"state\":\"disconnected\"}]}]}}");
  expect_event(s, "conversationUpdate", "\"mostRecentCallState\":{\"id\":\"k2\"");
  notify(s, "v2.users.u1.conversations",
         "{\"eventBody\":{\"id\":\"c1\",\"participants\":[{\"id\":\"p-c1\",\"purpose\":\"agent\",\"userId\":\"u1\","
         "\"calls\":["
         "{\"id\":\"k2\",\"state\":\"connected\",\"muted\":true},{\"id\":\"k4\",\"state\":\"connected\",\"held\":true}]"
         "}]}}");
  expect_event(s, "conversationUpdate", "\"mostRecentCallState\":{\"id\":\"k4\"");
  expect_no_more(s);
}

static void call_errors(scenario *s) {
  sign_in(s);
  conversation(s, .conversation = "c1", .state = "alerting", .error_code = "error.ininedgecontrol.session.inactive");
  expect_no_more(s);
  conversation(s, .conversation = "c1", .state = "alerting", .error_code = "error.one");
  expect_error(s, "\"type\":\"call\"", "Call error has occurred", "\"code\":\"error.one\"",
               "\"conversationId\":\"c1\"");
  advance(s, 100);
  conversation(s, .conversation = "c1", .state = "alerting", .error_code = "error.two");
  conversation(s, .conversation = "c1", .state = "alerting", .error_code = "error.three");
  expect_no_more(s);
  advance(s, 499);
  expect_no_more(s);
  advance(s, 1);
  expect_error(s, "error.three");
  expect_no_more(s);
}

static void persistent_connection_errors(scenario *s) {
  sign_in(s);
  notify(s, "v2.users.u1.persistentconnection",
         "{\"eventBody\":{\"persistentState\":\"FAILED\",\"errorInfo\":{\"code\":\"error.x\",\"userMessage\":\"No "
         "\\\"line\\\"\"}}}");
  expect_error(s, "\"type\":\"call\"", "\"message\":\"No \\\"line\\\"\"",
               "\"details\":{\"persistentState\":\"FAILED\"");
  notify(s, "v2.users.u1.persistentconnection",
         "{\"eventBody\":{\"errorInfo\":{\"code\":\"error.ininedgecontrol.connection.webrtc.endpoint.disconnect\","
         "\"userMessage\":\"x\"}}}");
  notify(s, "v2.users.u1.persistentconnection", "{\"eventBody\":{\"persistentState\":\"PERSISTED\"}}");
  notify(s, "v2.users.u1.persistentconnection", "{}");
  expect_no_more(s);
}

/* after the handlers, for those who listen. */
static void raw_notifications(scenario *s) {
  sign_in(s);
  notify(s, "v2.users.u1.conversations", "{\"eventBody\":{\"id\":\"c7\",\"participants\":[]},\"x\":1}");
  expect_no_more(s);
  call(s, "listen", "[\"conversationUpdateRaw\"]");
  notify(s, "v2.users.u1.conversations", "{\"eventBody\":{\"id\":\"c7\",\"participants\":[]},\"x\":1}");
  expect_event(s, "conversationUpdateRaw", "[{\"eventBody\":{\"id\":\"c7\",\"participants\":[]},\"x\":1}]");
  expect_no_more(s);
}

static void metadata_fails(scenario *s) {
  sign_in(s);
  http_answer(s, "POST", "conversations/calls/*", 500, "{}");
  conversation(s, .conversation = "c1", .state = "alerting");
  connect_call(s, 1, "s1", "c1");
  conversation(s, .conversation = "c1", .state = "connected");
  expect_event(s, "conversationUpdate", "\"added\":[{");
  expect_error(s, "\"type\":\"http\""); /* */
  expect_no_more(s);
}

static void two_connected_calls(scenario *s) {
  sign_in_with(s, 2, false);
  conversation(s, .conversation = "c1", .state = "alerting");
  connect_call(s, 1, "s1", "c1");
  conversation(s, .conversation = "c1", .state = "connected");
  conversation(s, .conversation = "c2", .state = "alerting");
  connect_call(s, 2, "s2", "c2");
  conversation(s, .conversation = "c1", .state = "connected", .held = true);
  forget(s);
  conversation(s, .conversation = "c2", .state = "connected");
  expect_event(s, "conversationUpdate", "\"activeConversationId\":\"c2\"");
  conversation(s, .conversation = "c1", .state = "connected");
  forget(s);
  conversation(s, .conversation = "c2", .state = "connected", .held = true);
  expect_event(s, "conversationUpdate", "\"activeConversationId\":\"c1\"");
  conversation(s, .conversation = "c1", .state = "connected", .held = true);
  expect_event(s, "conversationUpdate", "\"activeConversationId\":\"c1\"");
}

static void update_without_a_session_of_its_own(scenario *s) {
  sign_in_with(s, 2, true);
  propose(s, .session = "s1", .conversation = "fake", .answer_mode = "Auto"); /* raises the persistent connection */
  offer(s, .session = "s1", .conversation = "fake");
  peer_connects(s, 1);
  forget(s);
  conversation(s, .conversation = "c1", .state = "alerting");
  expect_event(s, "pendingSession", "\"id\":\"s1\"", "\"conversationId\":\"c1\"");
  conversation(s, .conversation = "c1", .state = "connected");
  expect_event(s, "sessionStarted", "[{\"$session\":1}]");
  expect_event(s, "handledPendingSession", "\"conversationId\":\"c1\"");
  expect_event(s, "conversationUpdate", "\"added\":[{");
  conversation(s, .conversation = "c2", .state = "alerting"); /* the session carries c1 */
  expect_no_more(s);
}

/* --- a session that several calls share: what the model of tests/model found --- */

/* One line: c1 is up on session 1, c2 rings on it. */
static void one_up_one_ringing(scenario *s) {
  sign_in_with(s, 1, true);
  talk(s);
  conversation(s, .conversation = "c2", .state = "alerting");
  forget(s);
}

static void invite_again(scenario *s, const char *conversation) {
  offer(s, .session = "s2", .conversation = conversation, .ufrag = "new", .reinvite = true, .rpc_id = "r1");
}

static void shared_session_is_replaced(scenario *s) {
  one_up_one_ringing(s);
  invite_again(s, "c1");
  peer_connects(s, 2);
  expect_effect(s, SP_FX_SESSION_SET, 1, "sessionReplacedByReinvite");
  advance(s, 3000);
  expect_event(s, "_sessionEnded", "{\"$session\":1}", "alternative-session");
  expect_event(s, "sessionEnded", "{\"$session\":1}", "alternative-session");
  forget(s); /* and c2 was not withdrawn with it */
  uint32_t accept = call(s, "acceptPendingSession", "[{\"conversationId\":\"c2\"}]");
  expect_http(s, "PATCH", "conversations/calls/c2/participants/p-c2", "{\"state\":\"connected\"}");
  expect_nothing_sent(s, "<proceed");
  expect_resolved(s, accept, "");
  conversation(s, .conversation = "c2", .state = "connected");
  expect_event(s, "sessionStarted", "[{\"$session\":2}]");
  expect_event(s, "handledPendingSession", "\"conversationId\":\"c2\"");
}

static void every_start_has_its_end(scenario *s) {
  one_up_one_ringing(s);
  conversation(s, .conversation = "c2", .state = "connected");
  forget(s);
  terminate(s, "s1", "gone");
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"conversationId\":\"c1\"}");
  expect_event(s, "_sessionEnded", "{\"$session\":1}");
  expect_event(s, "sessionEnded", "{\"$session\":1}");
  expect_effect(s, SP_FX_SESSION_SET, 1, "{\"conversationId\":\"c2\"}");
  expect_event(s, "_sessionEnded", "{\"$session\":1}");
  expect_event(s, "sessionEnded", "{\"$session\":1}");
  expect_no_more(s);
}

static void ringing_outlives_its_session(scenario *s) {
  one_up_one_ringing(s);
  terminate(s, "s1", "gone");
  forget(s);
  conversation(s, .conversation = "c2", .state = "disconnected");
  expect_event(s, "cancelPendingSession", "\"conversationId\":\"c2\"");
}

static void rang_during_an_outage(scenario *s) {
  sign_in_with(s, 1, true);
  talk(s);
  http_answer(s, "GET", "conversations?communicationType=call", 200,
              "{\"entities\":[{\"id\":\"c2\",\"participants\":[{\"id\":\"p-c2\",\"purpose\":\"agent\",\"userId\":"
              "\"u1\",\"calls\":[{\"id\":\"k2\",\"state\":\"alerting\",\"direction\":\"inbound\"}]}]},"
              "{\"id\":\"c3\",\"participants\":[{\"id\":\"p-c3\",\"purpose\":\"agent\",\"userId\":"
              "\"u1\",\"calls\":[{\"id\":\"k3\",\"state\":\"connected\",\"direction\":\"outbound\"}]}]}]}");
  drop_connection(s);
  expect_event(s, "disconnected", "");
  advance(s, 3000);
  expect_event(s, "connected", "");
  expect_event(s, "pendingSession", "\"conversationId\":\"c2\"", "\"autoAnswer\":false");
  expect_event(s, "pendingSession", "\"conversationId\":\"c3\"", "\"autoAnswer\":true");
  expect_event(s, "sessionStarted", "[{\"$session\":1}]");
  expect_event(s, "handledPendingSession", "\"conversationId\":\"c3\"");
}

static void rings_when_the_session_is_free(scenario *s) {
  sign_in_with(s, 2, true);
  talk(s);
  conversation(s, .conversation = "c2", .state = "alerting"); /* before the end of c1 is told */
  expect_no_more(s);
  conversation(s, .conversation = "c1", .state = "disconnected");
  expect_event(s, "_sessionEnded", "");
  expect_event(s, "sessionEnded", "");
  expect_event(s, "conversationUpdate", "\"removed\":[{");
  expect_event(s, "pendingSession", "\"id\":\"s1\"", "\"conversationId\":\"c2\"");
}

static const scenario_case cases[] = {
  { "S-47 S-44 S-74 a shared session is replaced while a call rings on it", shared_session_is_replaced, false },
  { "S-62 every start on a shared session has its end", every_start_has_its_end, false },
  { "S-84 what rang outlives its session, and is withdrawn", ringing_outlives_its_session, false },
  { "S-72 S-73 a call that began to ring during an outage", rang_during_an_outage, false },
  { "S-93 S-72 it rings once the session is free", rings_when_the_session_is_free, false },
  { "S-44 S-72 S-74 S-75 S-85 S-87 a second call on the active session", second_call_on_the_session, false },
  { "a second outbound call on the active session", second_outbound_call_on_the_session, false },
  { "S-45 a propose beside the live session", a_propose_beside_the_live_session, false },
  { "S-33 an accepted call comes under another session id", accepted_call_comes_under_another_session, false },
  { "S-70 conversations this client has no part in", nobody_s_conversations, false },
  { "S-70 told by the user's id", told_by_the_user_s_id, false },
  { "S-70 not parsed when it is not the user's", strangers_cost_no_parsing, false },
  { "alerting without a session", alerting_without_a_session, false },
  { "S-76 S-86 a session that is not the active one", off_the_active_session, false },
  { "S-78 a session-only record", session_only_record, false },
  { "S-81 S-83 S-88 changes in a call", changes_in_a_call, false },
  { "many that ring: what did not change is told by number", many_ringing, false },
  { "S-79 dialing, then connected", dialing_then_connected, false },
  { "S-92 the last conversation leaves", the_last_one_leaves, false },
  { "S-89 S-90 participant and call are chosen", participant_and_call_are_chosen, false },
  { "S-94 S-95 call errors", call_errors, false },
  { "S-96 persistent connection errors", persistent_connection_errors, false },
  { "raw notifications for those who listen", raw_notifications, false },
  { "S-97 failing metadata changes nothing", metadata_fails, false },
  { "S-91 two connected calls", two_connected_calls, false },
  { "S-93 an update without a session of its own", update_without_a_session_of_its_own, false },
};

int main(void) {
  return run_scenarios("core conversations", cases, sizeof cases / sizeof *cases);
}
