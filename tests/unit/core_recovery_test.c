/* SPDX-License-Identifier: MIT */
/* What the model (tests/model) found, each as the shortest play: calls that change while the connection is down,
   stanzas that come late, twice or not at all. The agent sees no ghost, and misses no call. */
#include "scenario.h"

#include <stdio.h>

#define C1 "[{\"conversationId\":\"c1\"}]"

static const char *truth(const char *state) {
  static char body[512];
  snprintf(body, sizeof body,
           "{\"id\":\"c1\",\"participants\":[{\"id\":\"p-c1\",\"purpose\":\"agent\",\"userId\":\"u1\",\"calls\":[{"
           "\"id\":\"call-c1\",\"state\":\"%s\",\"direction\":\"inbound\",\"muted\":false,\"held\":false}]}]}",
           state);
  return body;
}

/* Down and up again; what is known is looked up. */
static void lose_the_connection(scenario *s) {
  drop_connection(s);
  expect_event(s, "disconnected", "");
  advance(s, 3000);
  expect_event(s, "connected", "[{\"reconnect\":true}]");
}

static void ring(scenario *s) {
  sign_in_with(s, 2, false);
  propose(s, .session = "s1", .conversation = "c1");
  expect_event(s, "pendingSession", "\"id\":\"s1\"");
}

/* --- while the connection is down --- */

static void ringing_over_meanwhile(scenario *s) {
  static const struct {
    int status;
    const char *state, *event;
  } cases[] = { { 200, "terminated", "cancelPendingSession" },
                { 200, "connected", "handledPendingSession" },
                { 404, "", "cancelPendingSession" } };
  sign_in_with(s, 2, false);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char session[8];
    snprintf(session, sizeof session, "s%zu", i);
    propose(s, .session = session, .conversation = "c1");
    expect_event(s, "pendingSession", "");
    http_answer(s, "GET", "conversations/c1", cases[i].status, truth(cases[i].state));
    lose_the_connection(s);
    expect_event(s, cases[i].event, "\"conversationId\":\"c1\"");
    expect_no_more(s);
  }
}

static void still_ringing(scenario *s) {
  ring(s);
  http_answer(s, "GET", "conversations/c1", 200, truth("alerting"));
  lose_the_connection(s);
  expect_no_more(s);
  uint32_t accepted = call(s, "acceptPendingSession", C1);
  expect_resolved(s, accepted, "");
  expect_sent(s, "<proceed", "id=\"s1\"");
}

static void ended_meanwhile(scenario *s) {
  static const int statuses[] = { 200, 404 };
  for (size_t i = 0; i < 2; i++) {
    if (i == 0) sign_in_with(s, 2, false);
    connect_call(s, i ? 2 : 1, i ? "s2" : "s1", "c1");
    conversation(s, .conversation = "c1", .state = "connected", .call = i ? "k2" : "k1");
    forget(s);
    http_answer(s, "GET", "conversations/c1", statuses[i], truth("terminated"));
    lose_the_connection(s);
    expect_event(s, "_sessionEnded", "");
    expect_event(s, "conversationUpdate", "\"current\":[]", "\"removed\":[{\"conversationId\":\"c1\"");
    expect_sent(s, "\"method\":\"terminate\"", i ? "\"sessionId\":\"s2\"" : "\"sessionId\":\"s1\"");
    expect_event(s, "_sessionEnded", "gone");
    expect_event(s, "sessionEnded", "gone");
    expect_effect(s, SP_FX_MEDIA_STOP, 0, i ? "mic-2" : "mic-1");
    expect_no_more(s);
  }
}

static void look_up_that_fails(scenario *s) {
  ring(s);
  http_answer(s, "GET", "conversations/c1", 403, "{}");
  lose_the_connection(s);
  expect_no_more(s); /* nobody asked for it: no error either */
  http_answer(s, "GET", "conversations/c1", 200, truth("terminated"));
  advance(s, 28999); /* the connection is up for a second already */
  expect_no_more(s);
  advance(s, 1);
  expect_event(s, "cancelPendingSession", "\"conversationId\":\"c1\"");
}

static void sign_in_given_up_in_its_last_step(scenario *s) {
  http_answer(s, "GET", "stations/st1", HTTP_HOLD, "");
  start(s, "{\"accessToken\":\"TOKEN\"}");
  uint32_t init = call(s, "initialize", "[]");
  advance(s, 200);
  expect_event(s, "connected", "");
  s->sasl_failure = "not-authorized";
  drop_connection(s);
  advance(s, 3000);
  expect_rejected(s, init, "\"type\":\"invalid_token\"");
  s->sasl_failure = NULL;
  http_answer(s, "GET", "stations/st1", 200, "{\"id\":\"st1\"}");
  forget(s);
  init = call(s, "initialize", "[]");
  advance(s, 500);
  expect_resolved(s, init, "");
}

static void a_call_from_before_this_sign_in(scenario *s) {
  sign_in_with(s, 2, false);
  http_answer(s, "GET", "conversations/c1", 200, truth("connected"));
  offer(s, .session = "s2", .conversation = "c1", .reinvite = true, .rpc_id = "r1");
  expect_http(s, "GET", "conversations/c1", "");
  expect_event(s, "conversationUpdate", "\"activeConversationId\":\"c1\"", "\"session\":{\"$session\":1}");
  expect_no_more(s);
}

#define ALL_CALLS "conversations?communicationType=call"
#define UP(id)                                                                                                         \
  "{\"id\":\"" id "\",\"participants\":[{\"id\":\"p-" id "\",\"purpose\":\"agent\",\"userId\":\"u1\",\"calls\":[{"     \
  "\"id\":\"call-" id "\",\"state\":\"connected\",\"direction\":\"inbound\",\"muted\":false,\"held\":false}]}]}"

/* The re-invite of a shared session names one of its calls. */
static void calls_from_before_this_sign_in(scenario *s) {
  sign_in_with(s, 1, true);
  http_answer(s, "GET", "conversations/c1", 200, UP("c1"));
  http_answer(s, "GET", ALL_CALLS, 200, "{\"entities\":[" UP("c1") "," UP("c2") "]}");
  offer(s, .session = "s2", .conversation = "c1", .reinvite = true, .rpc_id = "r1");
  peer_connects(s, 1);
  expect_http(s, "GET", "conversations/c1", "");
  expect_http(s, "GET", ALL_CALLS, "");
  expect_event(s, "conversationUpdate", "\"conversationId\":\"c1\"", "\"session\":{\"$session\":1}");
  expect_event(s, "pendingSession", "\"conversationId\":\"c2\"");
  expect_event(s, "sessionStarted", "[{\"$session\":1}]");
  expect_event(s, "handledPendingSession", "\"conversationId\":\"c2\"");
  expect_event(s, "conversationUpdate", "\"conversationId\":\"c2\"", "\"session\":{\"$session\":1}");
  expect_no_more(s);
}

/* Whose session is gone: it waits for a re-invite. A session that was offered since is another call's. */
static void call_without_its_session(scenario *s) {
  sign_in_with(s, 1, false);
  connect_call(s, 1, "s1", "c1");
  http_answer(s, "GET", ALL_CALLS, HTTP_HOLD, "");
  drop_connection(s);
  peer_state(s, 1, "failed");
  advance(s, 9000);
  const seen *all = expect_http(s, "GET", ALL_CALLS, "");
  connect_call(s, 2, "s2", "c2");
  conversation(s, .conversation = "c2", .state = "connected");
  forget(s);
  http_reply(s, all, 200, "{\"entities\":[" UP("c2") "," UP("c3") "]}");
  expect_no_more(s);
  http_answer(s, "GET", "conversations/c3", 200, UP("c3"));
  offer(s, .session = "s3", .conversation = "c3", .reinvite = true, .rpc_id = "r1");
  expect_nothing_sent(s, "terminate");
  expect_event(s, "conversationUpdate", "\"conversationId\":\"c3\"", "\"session\":{\"$session\":3}");
}

/* --- late, twice, not at all --- */

static void late_proposals(scenario *s) {
  ring(s);
  send_message(s, "retract", "s1");
  expect_event(s, "cancelPendingSession", "");
  propose(s, .session = "s1", .conversation = "c1");
  expect_no_more(s);
  connect_call(s, 1, "s2", "c2");
  propose(s, .session = "s2", .conversation = "c2");
  expect_no_more(s);
  terminate(s, "s2", NULL);
  forget(s);
  propose(s, .session = "s2", .conversation = "c2");
  offer(s, .session = "s2", .conversation = "c2");
  expect_no_effect(s, SP_FX_SESSION_NEW);
  expect_no_more(s);
  advance(s, 10000);
  propose(s, .session = "s1", .conversation = "c1"); /* it is still offered: it rings */
  expect_event(s, "pendingSession", "\"id\":\"s1\"");
}

static void late_offer_while_ending(scenario *s) {
  sign_in_with(s, 2, false);
  connect_call(s, 1, "s1", "c1");
  s->silent = "\"terminate\"";
  call(s, "forceTerminateSession", "[\"s1\"]");
  offer(s, .session = "s1", .conversation = "c1");
  expect_no_effect(s, SP_FX_SESSION_NEW);
  advance(s, 2000);
  expect_event(s, "_sessionEnded", "");
  expect_event(s, "sessionEnded", "");
  expect_no_more(s);
}

static void lost_offer(scenario *s) {
  ring(s);
  call(s, "acceptPendingSession", C1);
  rpc(s, "mallory@acme.orgspan.com/x", "{\"method\":\"terminate\",\"params\":{\"sessionId\":\"s1\"}}");
  expect_no_more(s);
  terminate(s, "s1", "timeout");
  expect_event(s, "cancelPendingSession", "\"sessionId\":\"s1\"");
  expect_no_more(s);
}

static void accepted_and_proposed_anew(scenario *s) {
  ring(s);
  call(s, "acceptPendingSession", C1);
  expect_sent(s, "<proceed", "id=\"s1\"");
  propose(s, .session = "s2", .conversation = "c1"); /* the platform gave up on s1 */
  expect_sent(s, "<proceed", "id=\"s2\"");
  expect_no_more(s);
}

/* --- one line --- */

static void another_calls_end(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  conversation(s, .conversation = "c1", .state = "connected");
  terminate(s, "s1", NULL); /* and the notification of its end is lost */
  connect_call(s, 2, "s2", "c2");
  conversation(s, .conversation = "c2", .state = "connected");
  conversation(s, .conversation = "c1", .state = "connected"); /* as a look-up says */
  forget(s);
  conversation(s, .conversation = "c1", .state = "disconnected");
  expect_event(s, "_sessionEnded", "[null");
  expect_event(s, "conversationUpdate", "\"removed\":[{\"conversationId\":\"c1\"");
  expect_no_effect(s, SP_FX_SESSION_SET);
  expect_no_more(s);
}

static void proposed_and_alerting(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  propose(s, .session = "s2", .conversation = "c2");
  expect_event(s, "pendingSession", "\"id\":\"s2\"");
  conversation(s, .conversation = "c2", .state = "alerting");
  expect_no_more(s);
}

static const scenario_case cases[] = {
  { "a call that stopped ringing while the connection was down rings no more", ringing_over_meanwhile, false },
  { "a call that rings on while the connection was down can be answered", still_ringing, false },
  { "a call that ended while the connection was down is listed no more", ended_meanwhile, false },
  { "a look-up that fails is made again", look_up_that_fails, false },
  { "initialize() fails when the connection is given up in its last step", sign_in_given_up_in_its_last_step, false },
  { "a call from before this sign-in is listed", a_call_from_before_this_sign_in, false },
  { "S-47 a re-invite after a sign-in lists every call of the line", calls_from_before_this_sign_in, false },
  { "S-60 a call whose session is gone is not taken to be on a newer one", call_without_its_session, false },
  { "a late proposal or offer of a call that is over makes no ghost", late_proposals, false },
  { "a late offer while the session ends makes no second one", late_offer_while_ending, false },
  { "the end of a session whose offer was lost cancels the call", lost_offer, false },
  { "an accepted call proposed under another id is answered", accepted_and_proposed_anew, false },
  { "Q-2 the end of another call does not end the active one", another_calls_end, false },
  { "a call that is proposed and alerts is announced once", proposed_and_alerting, false },
};

int main(void) {
  return run_scenarios("core recovery", cases, sizeof cases / sizeof *cases);
}
