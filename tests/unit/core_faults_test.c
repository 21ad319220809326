/* SPDX-License-Identifier: MIT */
/* What goes wrong: sign-in that fails, calls at the wrong time, stanzas that are broken or a stranger's, a browser that
   refuses (sessions.md §3.5, §11, wire.md §3.5, §9). */
#include "scenario.h"

#include <stdio.h>
#include <string.h>

#define C1     "[{\"conversationId\":\"c1\"}]"
#define CONFIG "{\"accessToken\":\"TOKEN\",\"environment\":\"mypurecloud.com\"}"

/* --- configurations --- */

static void refused_configuration(scenario *s) {
  static const struct {
    const char *config, *error;
  } refused[] = {
    { "null", "Options required to create an instance of the SDK" },
    { "{}", "An accessToken, jwt, or organizationId (for guest access) is required to instantiate the sdk." },
  };
  static const uint8_t seed[SP_SEED_BYTES] = { 1 };
  for (size_t i = 0; i < 2; i++) {
    sp_core *core = NULL;
    sp_buf error;
    sp_buf_init(&error, NULL, 4096);
    int status = sp_core_new(s->alloc, seed, sp_str_from(refused[i].config), (sp_time){ 1, 1 }, &error, &core);
    check(s, status == SP_EINVAL && !core, "the configuration is refused");
    check(s, sp_str_find(sp_buf_str(&error), refused[i].error, 0) != SIZE_MAX, refused[i].error);
    sp_buf_free(&error);
  }
}

/* --- initialize --- */

static void sign_in_again(scenario *s) {
  forget(s);
  uint32_t again = call(s, "initialize", "[]");
  advance(s, 500);
  expect_resolved(s, again, "");
}

static void refused_token(scenario *s) {
  start(s, CONFIG);
  http_answer(s, "GET", "organizations/me", 401, "{}");
  uint32_t init = call(s, "initialize", "[]");
  const seen *http = expect_error(s, "\"type\":\"http\"", "\"cause\":");
  const seen *rejected = expect_rejected(s, init, "\"type\":\"invalid_token\"", "\"cause\":");
  expect_before(s, http, rejected);
  expect_no_more(s);
  http_answer(s, "GET", "organizations/me", 200, "{}");
  http_answer(s, "GET", "users/me*", 403, "{}");
  init = call(s, "initialize", "[]");
  expect_error(s, "\"type\":\"http\"");
  expect_rejected(s, init, "\"type\":\"invalid_token\"");
  http_answer(s, "GET", "users/me*", 400, "{}");
  init = call(s, "initialize", "[]");
  expect_error(s, "\"type\":\"http\"");
  expect_rejected(s, init, "\"type\":\"initialization\"");
  http_answer(s, "GET", "users/me*", 200, "{\"id\":\"u1\"}");
  init = call(s, "initialize", "[]");
  expect_rejected(s, init, "\"type\":\"initialization\"", "incomplete");
  http_answer(s, "GET", "users/me*", 200, "{\"id\":\"u1\",\"chat\":{\"jabberId\":\"" ME "\"}}");
  sign_in_again(s);
}

static void no_network(scenario *s) {
  start(s, CONFIG);
  http_answer(s, "GET", "organizations/me", HTTP_NETWORK, "");
  uint32_t init = call(s, "initialize", "[]");
  advance(s, 9 * 15000 - 1);
  expect_waiting(s, init);
  expect_no_more(s);
  advance(s, 1); /* the tenth try was the last */
  expect_error(s, "\"type\":\"http\"");
  expect_rejected(s, init, "\"type\":\"initialization\"", "\"cause\":");
  expect_no_more(s);
}

static void too_many_requests(scenario *s) {
  start(s, CONFIG);
  http_retry_after(s, "GET", "organizations/me", 429, "2");
  uint32_t init = call(s, "initialize", "[]");
  http_answer(s, "GET", "organizations/me", 200, "{}");
  expect_http(s, "GET", "organizations/me", "");
  advance(s, 1999);
  expect_no_more(s);
  advance(s, 201);
  expect_http(s, "GET", "organizations/me", "");
  expect_resolved(s, init, "");
}

static void sasl_failure(scenario *s) {
  start(s, CONFIG);
  s->sasl_failure = "not-authorized";
  uint32_t init = call(s, "initialize", "[]");
  advance(s, 2000);
  expect_rejected(s, init, "\"type\":\"invalid_token\"");
  check(s, strcmp(ask(s, "connected"), "false") == 0, "not connected");
  expect_no_more(s);
  s->sasl_failure = NULL;
  sign_in_again(s);
}

/* There is nobody any more to be told of the station, so its request is called off. */
static void late_station_of_a_failed_sign_in(scenario *s) {
  start(s, CONFIG);
  http_answer(s, "GET", "stations/*", HTTP_HOLD, "");
  s->sasl_failure = "not-authorized";
  uint32_t init = call(s, "initialize", "[]");
  const seen *station = expect_http(s, "GET", "stations/st1", "");
  advance(s, 2000);
  expect_rejected(s, init, "\"type\":\"invalid_token\"");
  expect_effect(s, SP_FX_HTTP_ABORT, station->id, "");
  expect_no_more(s);
}

static void refused_channel(scenario *s) {
  start(s, CONFIG);
  http_answer(s, "POST", "notifications/channels*", 401, "{}");
  uint32_t init = call(s, "initialize", "[]");
  expect_rejected(s, init, "\"type\":\"invalid_token\"", "\"cause\":");
  http_answer(s, "POST", "notifications/channels*", 500, "{}");
  init = call(s, "initialize", "[]");
  http_answer(s, "POST", "notifications/channels*", 200, "{\"id\":\"chan-2\"}");
  expect_waiting(s, init);
  advance(s, 3000); /* W-3.3: the second try waits two seconds */
  expect_resolved(s, init, "");
}

static void refused_subscription(scenario *s) {
  static const char *const topics[] = { "u1.conversations", "u1.persistentconnection" };
  start(s, CONFIG);
  for (size_t i = 0; i < 2; i++) {
    s->refused_topic = topics[i];
    uint32_t init = call(s, "initialize", "[]");
    advance(s, 2500);
    expect_rejected(s, init, "\"type\":\"initialization\"", "A subscription was refused by the server");
  }
  s->refused_topic = NULL;
  http_answer(s, "PUT", "notifications/channels*", 400, "{}");
  uint32_t init = call(s, "initialize", "[]");
  advance(s, 2500);
  expect_rejected(s, init, "\"type\":\"initialization\"", "\"cause\":");
  http_answer(s, "PUT", "notifications/channels*", 200, "{}");
  forget(s);
  init = call(s, "initialize", "[]");
  advance(s, 2500);
  expect_resolved(s, init, "");
}

static void station_that_cannot_be_loaded(scenario *s) {
  start(s, CONFIG);
  http_answer(s, "GET", "stations/st1", 404, "{}");
  uint32_t init = call(s, "initialize", "[]");
  advance(s, 200);
  expect_error(s, "\"type\":\"http\"");
  expect_event(s, "connected", "");
  expect_event(s, "ready", "");
  expect_resolved(s, init, "");
  expect_no_more(s);
}

static void initialize_beside_initialize(scenario *s) {
  start(s, CONFIG);
  http_answer(s, "GET", "organizations/me", HTTP_HOLD, "");
  uint32_t first = call(s, "initialize", "[]");
  uint32_t second = call(s, "initialize", "[]");
  expect_rejected(s, second, "\"type\":\"initialization\"", "already under way");
  expect_waiting(s, first);
  http_reply(s, expect_http(s, "GET", "organizations/me", ""), 200, "{}");
  advance(s, 200);
  expect_resolved(s, first, "");
}

static void disconnect_while_asking(scenario *s) {
  start(s, CONFIG);
  http_answer(s, "GET", "organizations/me", HTTP_HOLD, "");
  uint32_t init = call(s, "initialize", "[]");
  uint32_t disconnect = call(s, "disconnect", "[]");
  expect_rejected(s, init, "\"type\":\"initialization\"", "disconnect() was called");
  expect_no_more(s); /* what was called off did not fail */
  expect_resolved(s, disconnect, "");
  http_answer(s, "GET", "organizations/me", 200, "{}");
  sign_in_again(s);
}

static void disconnect_while_connecting(scenario *s) {
  start(s, CONFIG);
  s->mute_server = true;
  uint32_t init = call(s, "initialize", "[]");
  advance(s, 100);
  uint32_t disconnect = call(s, "disconnect", "[]");
  advance(s, 6000);
  expect_rejected(s, init, "\"type\":\"initialization\"");
  expect_resolved(s, disconnect, "");
  check(s, strcmp(ask(s, "isInitialized"), "true") == 0, "there is a connection object");
  s->mute_server = false;
  sign_in_again(s);
}

static void disconnect_in_the_last_step(scenario *s) {
  start(s, CONFIG);
  s->silent = "persistentconnection";
  uint32_t init = call(s, "initialize", "[]");
  advance(s, 200);
  expect_waiting(s, init);
  uint32_t disconnect = call(s, "disconnect", "[]");
  uint32_t again = call(s, "disconnect", "[]");
  advance(s, 6000);
  expect_rejected(s, init, "\"type\":\"initialization\"");
  expect_resolved(s, disconnect, "");
  expect_resolved(s, again, "");
  s->silent = NULL;
  sign_in_again(s);
}

static void silent_server(scenario *s) {
  start(s, CONFIG);
  s->mute_server = true;
  uint32_t init = call(s, "initialize", "[]");
  advance(s, 14999);
  expect_no_effect(s, SP_FX_SOCKET_CLOSE);
  advance(s, 1);
  expect_waiting(s, init);
  s->mute_server = false;
  advance(s, 4000);
  expect_resolved(s, init, "");
}

static void hangs_up_instead_of_a_goodbye(scenario *s) {
  sign_in(s);
  s->mute_server = true;
  uint32_t done = call(s, "disconnect", "[]");
  drop_connection(s);
  expect_resolved(s, done, "");
  check(s, strcmp(ask(s, "connected"), "false") == 0, "not connected");
  s->mute_server = false;
  advance(s, 5000);
  forget(s);
  sign_in_again(s);
}

static void who_may_sign_in(scenario *s) {
  start(s, "{\"organizationId\":\"o1\"}");
  uint32_t nothing = call(s, "initialize", "[]");
  expect_rejected(s, nothing, "\"type\":\"invalid_options\"",
                  "`securityCode` is required to initialize the SDK as a guest");
  uint32_t empty = call(s, "initialize", "[{}]");
  expect_rejected(s, empty, "\"type\":\"invalid_options\"");
  check(s, strcmp(ask(s, "isGuest"), "true") == 0, "a guest");
  expect_no_http(s);
  expect_no_effect(s, SP_FX_SOCKET_OPEN);
}

/* --- calls at the wrong time, or wrong --- */

static void calls_before_initialize(scenario *s) {
  static const char *const methods[] = { "startSoftphoneSession", "acceptPendingSession", "rejectPendingSession",
                                         "acceptSession",         "endSession",           "setAudioMute",
                                         "setConversationHeld",   "forceTerminateSession" };
  start(s, CONFIG);
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
    uint32_t id = call(s, methods[i], C1);
    expect_rejected(s, id, "\"type\":\"session\"", "initialize() must be called before", methods[i]);
  }
  uint32_t disconnect = call(s, "disconnect", "[]");
  expect_resolved(s, disconnect, "");
  uint32_t token = call(s, "setAccessToken", "[\"NEXT\"]");
  expect_resolved(s, token, "");
  check(s, strcmp(ask(s, "connected"), "false") == 0, "not connected");
  check(s, strcmp(ask(s, "isInitialized"), "false") == 0, "not initialized");
  check(s, strcmp(ask(s, "what"), "") == 0, "no such question");
  peer_result(s, 1, "offer", true);
  peer_state(s, 1, "connected");
  page(s, "online");
  expect_no_http(s);
  expect_no_more(s);
}

static void calls_that_cannot_be_read(scenario *s) {
  static const struct {
    const char *method, *arguments;
  } wrong[] = { { "noSuchMethod", "[]" },
                { "endSession", "{}" },
                { "endSession", "" },
                { "endSession", "[" },
                { "", "[]" },
                { "acceptSession", "[1]" },
                { "setAudioMute", "[[]]" },
                { "forceTerminateSession", "[]" } };
  sign_in(s);
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    uint32_t id = call(s, wrong[i].method, wrong[i].arguments);
    expect_rejected(s, id, "\"type\":");
  }
  expect_no_http(s);
  expect_no_more(s);
}

static void accept_while_disconnected(scenario *s) {
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1");
  drop_connection(s);
  uint32_t refused = call(s, "acceptPendingSession", C1);
  expect_rejected(s, refused, "\"type\":\"session\"");
  advance(s, 3000);
  uint32_t accepted = call(s, "acceptPendingSession", C1);
  expect_resolved(s, accepted, "");
  expect_sent(s, "<proceed", "id=\"s1\"");
}

static void a_call_outlives_the_connection(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  drop_connection(s);
  uint32_t forced = call(s, "forceTerminateSession", "[\"s1\"]");
  expect_resolved(s, forced, "");
  expect_effect(s, SP_FX_PEER_CLOSE, 1, "");
  page(s, "offline");
  page(s, "online"); /* skips the back-off */
  expect_event(s, "disconnected", "");
  expect_event(s, "_sessionEnded", "");
  expect_event(s, "sessionEnded", "");
  expect_event(s, "connected", "[{\"reconnect\":true}]");
}

/* --- stanzas --- */

static void broken_rpc(scenario *s) {
  static const char *const broken[] = { "{\"method\":",
                                        "[]",
                                        "\"offer\"",
                                        "{}",
                                        "{\"method\":\"offer\"}",
                                        "{\"method\":\"offer\",\"params\":{}}",
                                        "{\"method\":7,\"params\":{\"sessionId\":\"s1\"}}" };
  sign_in(s);
  for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
    rpc(s, GATEWAY, broken[i]);
    expect_sent(s, "type=\"error\"", "<bad-request", "to=\"" GATEWAY "\"");
  }
  rpc(s, GATEWAY, "{\"method\":\"dance\",\"params\":{\"sessionId\":\"s1\"}}");
  expect_sent(s, "type=\"result\"", "to=\"" GATEWAY "\"");
  expect_no_more(s);
  connect_call(s, 1, "s1", "c1");
  check(s, strcmp(ask(s, "connected"), "true") == 0, "still connected");
}

static void broken_notification(scenario *s) {
  sign_in(s);
  notify(s, "v2.users.u1.conversations", "{\"eventBody\":");
  notify(s, "v2.users.u1.conversations", "{}");
  notify(s, "v2.users.u1.conversations", "{\"eventBody\":{\"id\":7}}");
  notify(s, "v2.users.u1.station", "no json");
  notify(s, "v2.users.u1.station", "{\"metadata\":{\"action\":\"Associated\"},\"eventBody\":null}");
  expect_no_more(s);
  connect_call(s, 1, "s1", "c1");
}

static void early_and_broken_stanzas(scenario *s) {
  sign_in(s);
  frame(s, "<message><unclosed></message>");
  expect_effect(s, SP_FX_SOCKET_CLOSE, s->socket, "");
  expect_event(s, "disconnected", "{\"reconnecting\":true}");
  s->silent = "urn:xmpp:extdisco:1";
  advance(s, 3000);
  propose(s, .session = "s1", .conversation = "c1"); /* the session is established, ICE servers are still asked for */
  expect_event(s, "pendingSession", "\"id\":\"s1\"");
  s->silent = NULL;
  advance(s, 20000);
  expect_event(s, "connected", "[{\"reconnect\":true}]");
  terminate(s, "s9", "gone");
  candidate(s, "s1", "a=end-of-candidates\\r\\n");
  offer(s, .session = "s1", .conversation = "c1");
  expect_no_effect(s, SP_FX_PEER_CANDIDATE);
  candidate(s, "s1", "nonsense");
  candidate(s, "s1", "a=candidate:1 1 udp 1 192.0.2.1 5 typ host");
  expect_no_effect(s, SP_FX_PEER_CANDIDATE);
  expect_event(s, "sessionStarted", "");
  expect_event(s, "handledPendingSession", "");
  expect_no_more(s);
}

static void strangers(scenario *s) {
  static const char stranger[] = "mallory@acme.orgspan.com/x";
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  rpc(s, stranger, "{\"method\":\"terminate\",\"params\":{\"sessionId\":\"s1\"}}");
  rpc(s, stranger,
      "{\"method\":\"iceCandidate\",\"params\":{\"sessionId\":\"s1\","
      "\"sdp\":\"m=audio 9 RTP/AVP 0\\r\\na=candidate:1 1 udp 1 192.0.2.1 5 typ host\\r\\n\"}}");
  offer(s, .session = "s1", .conversation = "c9", .from = stranger);
  offer(s, .session = "s1", .conversation = "c9", .from = stranger, .ufrag = "other");
  offer(s, .session = "s1", .conversation = "c9", .from = "mallory@gjoll.acme.orgspan.com/x", .ufrag = "other");
  expect_no_effect(s, SP_FX_PEER_CANDIDATE);
  expect_no_effect(s, SP_FX_PEER_OFFER);
  expect_no_effect(s, SP_FX_SESSION_SET);
  expect_no_more(s);
  propose(s, .session = "s3", .conversation = "c3");
  forget(s);
  static const char *const kinds[] = { "retract", "accept", "reject" };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    char xml[256];
    snprintf(
        xml, sizeof xml,
        "<message xmlns=\"jabber:client\" from=\"%s\"><%s xmlns=\"urn:xmpp:jingle-message:0\" id=\"s3\"/></message>",
        stranger, kinds[i]);
    frame(s, xml);
  }
  frame(s, "<message xmlns=\"jabber:client\" from=\"mallory@acme.orgspan.com/x\"><event "
           "xmlns=\"http://jabber.org/protocol/pubsub#event\"><items node=\"v2.users.u1.conversations\"><item "
           "id=\"1\"><json "
           "xmlns=\"urn:xmpp:json:0\">{\"eventBody\":{\"id\":\"c1\",\"participants\":[{\"id\":\"p\",\"purpose\":"
           "\"agent\",\"userId\":\"u1\",\"calls\":[{\"id\":\"k\",\"state\":\"terminated\"}]}]}}</json></item></items>"
           "</event></message>");
  expect_no_effect(s, SP_FX_SESSION_SET);
  expect_no_more(s);
  offer(s, .session = "s4", .conversation = "c4", .from = "mallory@acme.orgspan.com/gjoll"); /* no gateway */
  offer(s, .session = "s2", .conversation = "c2", .from = stranger);                         /* of no session type */
  expect_no_effect(s, SP_FX_SESSION_NEW);
  expect_no_more(s);
}

static void too_many(scenario *s) {
  sign_in(s);
  for (unsigned i = 0; i < 70; i++) {
    char id[16], conversation_id[16];
    snprintf(id, sizeof id, "s%u", i);
    snprintf(conversation_id, sizeof conversation_id, "c%u", i);
    propose(s, .session = id, .conversation = conversation_id);
  }
  for (unsigned i = 0; i < 64; i++) expect_event(s, "pendingSession", "");
  expect_no_more(s);
  s->held_peer = "offer";
  for (unsigned i = 0; i < 70; i++) {
    char id[16];
    snprintf(id, sizeof id, "x%u", i);
    offer(s, .session = id, .conversation = "cx");
  }
  for (uint32_t i = 1; i <= 64; i++) expect_effect(s, SP_FX_SESSION_NEW, i, "");
  expect_no_effect(s, SP_FX_SESSION_NEW);
}

/* --- the browser refuses --- */

static void offer_refused(scenario *s) {
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1");
  forget(s);
  s->failing_peer = "offer";
  offer(s, .session = "s1", .conversation = "c1");
  expect_sent(s, "\"method\":\"terminate\"", "\"reason\":\"failed-application\"");
  expect_event(s, "cancelPendingSession", "\"conversationId\":\"c1\"");
  expect_nothing_sent(s, "<accept");
  expect_no_more(s);
}

static void tracks_refused(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"autoConnectSessions\":false}");
  sign_in(s);
  offer(s, .session = "s1", .conversation = "c1");
  s->failing_peer = "stream";
  uint32_t refused = call(s, "acceptSession", C1);
  expect_rejected(s, refused, "\"type\":\"session\"");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
  s->failing_peer = NULL;
  uint32_t accepted = call(s, "acceptSession", C1);
  expect_resolved(s, accepted, "");
  expect_no_effect(s, SP_FX_MEDIA_STOP);
  terminate(s, "s1", NULL);
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-2");
}

static void answer_refused(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"autoConnectSessions\":false}");
  sign_in(s);
  offer(s, .session = "s1", .conversation = "c1");
  s->failing_peer = "answer";
  uint32_t refused = call(s, "acceptSession", C1);
  expect_rejected(s, refused, "\"type\":\"session\"");
  expect_sent(s, "\"method\":\"terminate\"", "\"reason\":\"failed-application\"");
  expect_nothing_sent(s, "\"method\":\"answer\"");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-1");
}

static void renegotiation_refused(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  s->failing_peer = "offer";
  offer(s, .session = "s1", .conversation = "c1");
  expect_no_more(s);
  expect_nothing_sent(s, "\"method\":\"terminate\"");
}

static void answer_not_acknowledged(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"autoConnectSessions\":false}");
  sign_in(s);
  offer(s, .session = "s1", .conversation = "c1");
  s->silent = "\"answer\"";
  uint32_t accepted = call(s, "acceptSession", C1);
  advance(s, 14999);
  expect_waiting(s, accepted);
  advance(s, 1);
  expect_rejected(s, accepted, "\"type\":\"session\"", "did not acknowledge");
  expect_no_effect(s, SP_FX_PEER_CLOSE);
}

static void late_microphone(scenario *s) {
  sign_in(s);
  s->holds_media = true;
  offer(s, .session = "s1", .conversation = "c1");
  terminate(s, "s1", NULL);
  expect_event(s, "sessionStarted", "");
  expect_event(s, "_sessionEnded", "");
  expect_event(s, "sessionEnded", "");
  media_result(s, 1, true, "mic-late", "");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-late");
  media_result(s, 1, true, "mic-ghost", "");
  media_result(s, 77, false, "AbortError", "x");
  expect_effect(s, SP_FX_MEDIA_STOP, 0, "mic-ghost");
  expect_no_more(s);
}

static void ended_while_accepting(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"autoConnectSessions\":false}");
  sign_in(s);
  s->holds_media = true;
  offer(s, .session = "s1", .conversation = "c1");
  uint32_t accepted = call(s, "acceptSession", C1);
  expect_waiting(s, accepted);
  terminate(s, "s1", NULL);
  expect_rejected(s, accepted, "\"type\":\"session\"", "ended before it was accepted");
}

static void a_page_that_comes_back(scenario *s) {
  static const char *const events[] = { "visible", "resume", "online" };
  sign_in(s);
  for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
    advance(s, 1000);
    forget(s);
    page(s, events[i]);
    expect_sent(s, "urn:xmpp:ping");
  }
  advance(s, 1000);
  forget(s);
  page(s, "hidden");
  expect_nothing_sent(s, "urn:xmpp:ping");
}

static void a_peer_connection_without_a_path(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  forget(s);
  peer_state(s, 1, "disconnected");
  expect_sent(s, "urn:xmpp:ping");
}

/* In a call a path that died is noticed within six seconds, and the connection is made anew. */
static void a_dead_path_in_a_call(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  forget(s);
  s->mute_server = true;
  advance(s, 6000);
  expect_event(s, "disconnected", "\"reconnecting\":true");
}

static const scenario_case cases[] = {
  { "S-1 S-2 a configuration that is refused", refused_configuration, false },
  { "S-15 a refused token", refused_token, false },
  { "S-16 W-2.3 no network", no_network, false },
  { "W-2.3 too many requests", too_many_requests, false },
  { "S-17 SASL fails", sasl_failure, false },
  { "after a failed initialize() no station is announced", late_station_of_a_failed_sign_in, false },
  { "W-2.4 the channel is refused", refused_channel, false },
  { "a subscription is refused", refused_subscription, false },
  { "a station that cannot be loaded", station_that_cannot_be_loaded, false },
  { "initialize beside initialize", initialize_beside_initialize, false },
  { "disconnect while the user is asked for", disconnect_while_asking, false },
  { "disconnect while connecting", disconnect_while_connecting, false },
  { "disconnect in the last step of initialize", disconnect_in_the_last_step, false },
  { "a server that says nothing", silent_server, false },
  { "a server that hangs up instead of a goodbye", hangs_up_instead_of_a_goodbye, false },
  { "S-13 who may sign in", who_may_sign_in, false },
  { "calls before initialize", calls_before_initialize, false },
  { "calls that cannot be read", calls_that_cannot_be_read, false },
  { "accept while disconnected", accept_while_disconnected, false },
  { "a page that comes back asks whether the path stands", a_page_that_comes_back, false },
  { "a peer connection without a path makes the client look", a_peer_connection_without_a_path, false },
  { "a dead path in a call is noticed within six seconds", a_dead_path_in_a_call, false },
  { "a call outlives the connection", a_call_outlives_the_connection, false },
  { "W-9.1 broken JSON-RPC is answered", broken_rpc, false },
  { "broken notifications are dropped", broken_notification, false },
  { "W-D11 early and broken stanzas", early_and_broken_stanzas, false },
  { "strangers cannot touch a session", strangers, false },
  { "too many proposals and sessions", too_many, true },
  { "the offer is refused by the browser", offer_refused, false },
  { "the tracks are refused by the browser", tracks_refused, false },
  { "the answer is refused by the browser", answer_refused, false },
  { "a renegotiation is refused by the browser", renegotiation_refused, false },
  { "the answer is not acknowledged", answer_not_acknowledged, false },
  { "a microphone that comes too late", late_microphone, false },
  { "the session ends while it is accepted", ended_while_accepting, false },
};

int main(void) {
  return run_scenarios("core faults", cases, sizeof cases / sizeof *cases);
}
