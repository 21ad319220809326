/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "base/status.h"
#include "streaming/connection.h"
#include "streaming_case.h"

#include <stdio.h>

#define PLAIN_AUTH                                                                                                     \
  "send <auth xmlns=\"urn:ietf:params:xml:ns:xmpp-sasl\" "                                                             \
  "mechanism=\"PLAIN\">ADVlN2ZAYWNtZS5vcmdzcGFuLmNvbQBhdXRoS2V5OlRPS0VO</auth>\n"
#define OPEN_FRAME                                                                                                     \
  "send <open xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\" xml:lang=\"en\" to=\"acme.orgspan.com\" "                  \
  "version=\"1.0\"/>\n"
#define MAIN_LINES "http POST|http PUT|socket|event|send <close"

static void whole_connection(void **state) {
  (void)state;
  rig *r = opened((rig_options){ .resource = "res-1", .unknown_identity = true });
  rig_connect(r);
  expect(rig_history(r), "0 http GET users/me\n"
                         "0 http GET users/me\n"
                         "0 http POST notifications/channels?connectionType=streaming\n"
                         "0 socket open wss://streaming.mypurecloud.com/stream/channels/chan-1\n"
                         "0 " OPEN_FRAME "0 " PLAIN_AUTH "0 " OPEN_FRAME
                         "0 send <iq xmlns=\"jabber:client\" id=\"#1\" type=\"set\"><bind "
                         "xmlns=\"urn:ietf:params:xml:ns:xmpp-bind\"><resource>res-1</resource></bind></iq>\n"
                         "0 send <iq xmlns=\"jabber:client\" id=\"#2\" type=\"set\"><session "
                         "xmlns=\"urn:ietf:params:xml:ns:xmpp-session\"/></iq>\n"
                         "0 send <iq xmlns=\"jabber:client\" id=\"#3\" to=\"acme.orgspan.com\" type=\"get\"><services "
                         "xmlns=\"urn:xmpp:extdisco:1\" type=\"turn\"/></iq>\n"
                         "0 send <iq xmlns=\"jabber:client\" id=\"#4\" to=\"acme.orgspan.com\" type=\"get\"><services "
                         "xmlns=\"urn:xmpp:extdisco:1\" type=\"stun\"/></iq>\n"
                         "0 event connected first\n");
  assert_true(sp_str_is(sp_streaming_ice_servers(r->streaming),
                        "[{\"urls\":\"turn:t1.example.com\",\"username\":\"u\",\"credential\":\"p\"},"
                        "{\"urls\":\"stun:s1.example.com:3478\"}]"));
  assert_true(sp_str_is(sp_streaming_ice_policy(r->streaming), "all"));
  assert_int_equal(sp_streaming_connect(r->streaming, r->now), SP_ESTATE);
  closed(r);
}

static void known_identity_skips_r1(void **state) {
  (void)state;
  rig *r = opened(NONE);
  rig_connect(r);
  expect(rig_lines(r, "http"), "0 http GET users/me\n" /* the probe */
                               "0 http POST notifications/channels?connectionType=streaming\n");
  closed(r);
}

static void jwt_mode(void **state) {
  (void)state;
  rig *r = opened((rig_options){ .jwt = true });
  rig_connect(r);
  expect(rig_lines(r, "http|socket|send <auth|send <open|event"),
         "0 socket open wss://streaming.mypurecloud.com/stream/jwt/aa.bb.cc\n"
         "0 " OPEN_FRAME "0 send <auth xmlns=\"urn:ietf:params:xml:ns:xmpp-sasl\" mechanism=\"ANONYMOUS\">=</auth>\n"
         "0 " OPEN_FRAME "0 event connected first\n");
  /* D2: it reconnects by itself again after disconnect and connect. */
  rig_disconnect(r);
  rig_connect(r);
  rig_pass(r, 2000);
  rig_drop(r);
  rig_pass(r, 2000);
  expect(rig_lines(r, "event"), "0 event disconnected \n"
                                "0 event closed\n"
                                "2000 event connected first\n"
                                "2000 event disconnected reconnecting \n"
                                "4000 event connected\n");
  closed(r);
}

static void soft_reconnect(void **state) { /* A1 */
  (void)state;
  rig *r = connected((rig_options){ .resource = "res-1" });
  rig_pass(r, 5000);
  rig_drop(r);
  rig_pass(r, 2100);
  expect(rig_lines(r, "http|socket|event"), "5000 event disconnected reconnecting \n"
                                            "7000 http GET users/me\n"
                                            "7000 socket open wss://streaming.mypurecloud.com/stream/channels/chan-1\n"
                                            "7000 event connected\n");
  closed(r);
}

static void finished_channel(const char *node, const char *word) { /* A2 */
  char frame[1024], want[1024];
  rig *r = connected(NONE);
  assert_int_equal(rig_subscribe(r, "v2.users.u1.conversations", true, 7), SP_OK);
  rig_pass(r, 1000);
  rig_history(r);
  snprintf(frame, sizeof frame, NOTIFY("%s", "{}"), node);
  rig_frame(r, frame);
  rig_pass(r, 30000); /* no pings: liveness is off */
  rig_drop(r);
  rig_pass(r, 2100);
  snprintf(want, sizeof want,
           "1000 event notification %s {}\n"
           "31000 event disconnected reconnecting \n"
           "33000 http POST notifications/channels?connectionType=streaming\n"
           "33000 socket open wss://streaming.mypurecloud.com/stream/channels/chan-2\n"
           "33000 event connected\n"
           "33100 http PUT notifications/channels/chan-2/subscriptions [{\"id\":\"v2.users.u1.conversations\"}]\n",
           word);
  const char *lines = rig_history(r);
  assert_null(strstr(lines, "urn:xmpp:ping"));
  expect(rig_select(lines, MAIN_LINES), want);
  closed(r);
}

static void no_longer_subscribed(void **state) {
  (void)state;
  finished_channel("system.v2.no_longer_subscribed.chan-1", "no_longer_subscribed");
  finished_channel("system.v2.duplicate_id.chan-1", "duplicate_id");
}

static void finished_channel_that_stays_open(void **state) {
  (void)state;
  rig *r = connected(NONE);
  rig_frame(r, NOTIFY("system.v2.duplicate_id.chan-1", "{}"));
  rig_pass(r, 62000);
  expect(rig_lines(r, MAIN_LINES), "0 event notification duplicate_id {}\n"
                                   "60000 event disconnected reconnecting \n"
                                   "60000 send <close xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\"/>\n"
                                   "60000 socket close 1 \n"
                                   "62000 http POST notifications/channels?connectionType=streaming\n"
                                   "62000 socket open wss://streaming.mypurecloud.com/stream/channels/chan-2\n"
                                   "62000 event connected\n");
  closed(r);
}

static void sasl_refused(void **state) { /* A3 */
  (void)state;
  static const char *const fatal[] = { "not-authorized",   "temporary-auth-failure", "credentials-expired",
                                       "account-disabled", "invalid-authzid",        "aborted",
                                       "x-unheard-of" };
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
    rig *r = opened(NONE);
    r->platform.sasl = fatal[i];
    rig_connect(r);
    rig_pass(r, 100000);
    expect(rig_lines(r, "socket close|event|send <close"),
           "0 event failed invalid_token 0\n"
           "0 send <close xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\"/>\n"
           "0 socket close 1 \n");
    closed(r);
  }
}

static void sasl_retried(void **state) { /* A3 */
  (void)state;
  static const char *const soft[] = { "invalid-mechanism", "encryption-required", "incorrect-encoding",
                                      "malformed-request", "mechanism-too-weak" };
  for (size_t i = 0; i < sizeof soft / sizeof *soft; i++) {
    rig *r = opened(NONE);
    r->platform.sasl = soft[i];
    rig_connect(r);
    rig_pass(r, 6000);
    expect(rig_lines(r, "http POST|event|send <close"),
           "0 http POST notifications/channels?connectionType=streaming\n"
           "0 send <close xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\"/>\n"
           "2000 http POST notifications/channels?connectionType=streaming\n"
           "2000 send <close xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\"/>\n"
           "6000 http POST notifications/channels?connectionType=streaming\n"
           "6000 send <close xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\"/>\n");
    closed(r);
  }
}

static void channel_fails(void **state) { /* A4 */
  (void)state;
  rig *r = opened(NONE);
  r->platform.channel_status = 500;
  rig_connect(r);
  rig_pass(r, 13999);
  expect(rig_lines(r, "http POST|event"), "0 http POST notifications/channels?connectionType=streaming\n"
                                          "2000 http POST notifications/channels?connectionType=streaming\n"
                                          "6000 http POST notifications/channels?connectionType=streaming\n");
  rig_pass(r, 400000);
  rig_history(r);
  r->platform.channel_status = 0;
  rig_pass(r, 90000); /* the cap */
  expect(rig_lines(r, "event"), "486000 event connected first\n");
  closed(r);
}

static void retry_after_comes_on_top(void **state) {
  (void)state;
  rig *r = opened(NONE);
  r->platform.channel_status = 503;
  r->platform.retry_after = "3";
  rig_connect(r);
  r->platform.channel_status = 0;
  rig_pass(r, 5000);
  expect(rig_lines(r, "event"), "5000 event connected first\n");
  closed(r);
}

static void refused_token(void **state) {
  (void)state;
  static const int statuses[] = { 401, 403 };
  for (size_t i = 0; i < 2; i++) {
    char want[64];
    rig *r = opened((rig_options){ .unknown_identity = true });
    snprintf(want, sizeof want, "0 event failed invalid_token %d\n", statuses[i]);
    r->platform.channel_status = statuses[i];
    rig_connect(r);
    rig_pass(r, 100000);
    expect(rig_lines(r, "event"), want);
    closed(r);
    r = opened((rig_options){ .unknown_identity = true });
    r->platform.identity_status = statuses[i];
    rig_connect(r);
    expect(rig_lines(r, "event failed"), want);
    closed(r);
  }
}

static void refused_while_reconnecting(void **state) {
  (void)state;
  rig *r = connected(NONE);
  r->platform.sasl = "not-authorized";
  rig_drop(r);
  rig_pass(r, 10000);
  expect(rig_lines(r, "event"), "0 event disconnected reconnecting \n"
                                "2000 event disconnected invalid_token\n");
  closed(r);
}

static void silent_after_opening(void **state) { /* A6 */
  (void)state;
  rig *r = opened(NONE);
  r->platform.no_open = true;
  rig_connect(r);
  rig_pass(r, 32000);
  expect(rig_lines(r, "socket|event"), "0 socket open wss://streaming.mypurecloud.com/stream/channels/chan-1\n"
                                       "15000 socket close 1 \n"
                                       "17000 socket open wss://streaming.mypurecloud.com/stream/channels/chan-1\n"
                                       "32000 socket close 2 \n");
  closed(r);
}

/* A7 with the limits of liveness.h in place of the 58 s of the published original. */
static void pings_unanswered(void **state) {
  (void)state;
  rig *r = connected(NONE);
  r->platform.mute = true;
  rig_pass(r, 15000);
  rig_pass(r, 1999);
  expect(rig_lines(r, "send|socket|event disc"),
         "10000 send <iq xmlns=\"jabber:client\" id=\"#6\" type=\"get\"><ping xmlns=\"urn:xmpp:ping\"/></iq>\n"
         "15000 event disconnected reconnecting \n"
         "15000 send <close xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\"/>\n"
         "15000 socket close 1 \n");
  rig_pass(r, 1);
  expect(rig_lines(r, "socket"), "17000 socket open wss://streaming.mypurecloud.com/stream/channels/chan-1\n");
  closed(r);
}

static void pings_answered(void **state) {
  (void)state;
  rig *r = connected(NONE);
  rig_pass(r, 600000);
  expect(rig_lines(r, "socket|event"), "");
  r->platform.ping_error = true; /* the second error is one too many */
  rig_pass(r, 10000);
  expect(rig_lines(r, "event"), "");
  rig_pass(r, 10000);
  expect(rig_lines(r, "event"), "620000 event disconnected reconnecting \n");
  closed(r);
}

/* While the server pings, we need not. */
static void server_monitor(void **state) { /* A7 */
  (void)state;
  rig *r = opened((rig_options){ .server_pings = true });
  rig_connect(r);
  expect(rig_lines(r, "send <iq xmlns=\"jabber:client\" id=\"#6|event"),
         "0 event connected first\n"
         "0 send <iq xmlns=\"jabber:client\" id=\"#6\" to=\"notifications.mypurecloud.com\" "
         "type=\"set\"><pubsub "
         "xmlns=\"http://jabber.org/protocol/pubsub\"><subscribe node=\"enable.server.side.pings\" "
         "jid=\"5e7f@acme.orgspan.com\"/></pubsub></iq>\n");
  for (int i = 0; i < 10; i++) {
    rig_pass(r, 9000);
    rig_frame(r, "<iq xmlns='jabber:client' type='get' id='sp1' from='acme.orgspan.com'><ping "
                 "xmlns='urn:xmpp:ping'/></iq>");
  }
  const char *lines = rig_lines(r, "send|event");
  assert_null(strstr(lines, "type=\"get\""));
  assert_non_null(strstr(lines, "90000 send <iq xmlns=\"jabber:client\" id=\"sp1\" to=\"acme.orgspan.com\" "
                                "type=\"result\"/>\n"));
  r->platform.mute = true;
  rig_pass(r, 15000);
  expect(rig_lines(r, "event|send <close"), "105000 event disconnected reconnecting \n"
                                            "105000 send <close xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\"/>\n");
  closed(r);
}

static void server_pings_refused(void **state) {
  (void)state;
  rig *r = opened((rig_options){ .server_pings = true });
  r->platform.no_pubsub = true;
  rig_connect(r);
  rig_history(r);
  rig_pass(r, 10000);
  const char *lines = rig_lines(r, "send");
  assert_non_null(strstr(lines, "10000 send <iq"));
  assert_non_null(strstr(lines, "<ping "));
  closed(r);
}

static void ice_unanswered(void **state) { /* A8 */
  (void)state;
  rig *r = opened(NONE);
  r->platform.no_ice = true;
  rig_connect(r);
  rig_pass(r, 17000);
  expect(rig_lines(r, "socket|event|send <close"),
         "0 socket open wss://streaming.mypurecloud.com/stream/channels/chan-1\n"
         "15000 send <close xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\"/>\n"
         "15000 socket close 1 \n"
         "17000 socket open wss://streaming.mypurecloud.com/stream/channels/chan-1\n");
  closed(r);
}

static void relay_without_stun(void **state) {
  (void)state;
  rig *r = opened(NONE);
  assert_true(sp_str_is(sp_streaming_ice_servers(r->streaming), "[]"));
  r->platform.no_stun = true;
  rig_connect(r);
  assert_true(sp_str_is(sp_streaming_ice_policy(r->streaming), "relay"));
  closed(r);
}

static void ice_refresh(void **state) {
  (void)state;
  rig *r = connected(NONE);
  r->platform.no_stun = true;
  rig_pass(r, 21599999);
  assert_true(sp_str_is(sp_streaming_ice_policy(r->streaming), "all"));
  rig_pass(r, 1);
  assert_true(sp_str_is(sp_streaming_ice_policy(r->streaming), "relay"));
  r->platform.ice_error = true;
  r->quiet = true;
  rig_pass(r, 21599000);
  r->quiet = false;
  rig_history(r);
  rig_pass(r, 1000);
  const char *lines = rig_lines(r, "send <iq");
  unsigned queries = 0;
  for (const char *at = lines; (at = strstr(at, "<services ")); at++) queries++;
  assert_int_equal(queries, 6); /* three tries */
  assert_true(sp_str_find(sp_streaming_ice_servers(r->streaming), "t1.example.com", 0) != SIZE_MAX);
  assert_true(sp_streaming_connected(r->streaming));
  closed(r);
}

static unsigned queries_until(rig *r, uint64_t ms) {
  rig_history(r);
  rig_pass(r, ms);
  unsigned queries = 0;
  for (const char *at = rig_lines(r, "send <iq"); (at = strstr(at, "<services ")); at++) queries++;
  return queries;
}

/* 2001-09-09T01:46:40Z is 1000000000 s after the epoch. */
static void ice_expiry(void **state) {
  (void)state;
  rig *r = opened(NONE);
  r->wall = UINT64_C(1000000000000);
  r->quiet = false;
  r->platform.expires = "2001-09-09T01:47:00Z"; /* 20 s: again after 15 s */
  rig_connect(r);
  assert_int_equal(queries_until(r, 14999), 0);
  r->platform.expires = "2001-09-09T01:56:55Z"; /* 10 min: again after 9 min */
  assert_int_equal(queries_until(r, 1), 2);
  assert_int_equal(queries_until(r, 539999), 0);
  r->platform.ice_error = true; /* three tries, and again after a minute */
  assert_int_equal(queries_until(r, 1), 6);
  assert_int_equal(queries_until(r, 59999), 0);
  r->platform.ice_error = false;
  r->platform.expires = "2001-09-09T01:46:41Z"; /* the past: one of the clocks is wrong */
  assert_int_equal(queries_until(r, 1), 2);
  assert_int_equal(queries_until(r, 59999), 0);
  r->platform.expires = "2001-09-10T01:46:40Z"; /* not more seldom than every 6 h */
  assert_int_equal(queries_until(r, 1), 2);
  assert_int_equal(queries_until(r, 21599999), 0);
  r->platform.expires = "tomorrow";
  assert_int_equal(queries_until(r, 1), 2);
  assert_int_equal(queries_until(r, 21599999), 0);
  assert_int_equal(queries_until(r, 1), 2);
  assert_true(sp_streaming_connected(r->streaming));
  closed(r);
}

static void ten_sockets_per_channel(void **state) {
  (void)state;
  rig *r = opened(NONE);
  rig_connect(r);
  for (int i = 0; i < 10; i++) {
    rig_drop(r);
    rig_pass(r, 2000);
  }
  const char *lines = rig_lines(r, "socket open|http POST");
  char want[2048] = "0 http POST notifications/channels?connectionType=streaming\n";
  for (int i = 0; i < 10; i++)
    sprintf(want + strlen(want), "%d socket open wss://streaming.mypurecloud.com/stream/channels/chan-1\n", i * 2000);
  strcat(want, "20000 http POST notifications/channels?connectionType=streaming\n"
               "20000 socket open wss://streaming.mypurecloud.com/stream/channels/chan-2\n");
  expect(lines, want);
  closed(r);
}

static void one_resource(void **state) {
  (void)state;
  rig *r = opened(NONE);
  char first[SP_UUID_LEN + 32] = "";
  for (int i = 0; i < 4; i++) {
    rig_connect(r);
    rig_pass(r, 2000);
    const char *lines = rig_lines(r, "send <iq");
    const char *resource = strstr(lines, "<resource>");
    assert_non_null(resource);
    if (i == 0) snprintf(first, sizeof first, "%.16s", resource);
    assert_int_equal(strncmp(first, resource, strcspn(first, "/")), 0);
    rig_disconnect(r);
  }
  closed(r);
}

static void early_stanzas(void **state) {
  (void)state;
  rig *r = opened(NONE);
  r->platform.early = "<message xmlns='jabber:client' from='gw@x/y'><propose xmlns='urn:xmpp:jingle-message:0' id='1'/>"
                      "</message><iq xmlns='jabber:client' type='set' id='q' from='gw@x/y'><genesys-webrtc "
                      "xmlns='genesys'>{}</genesys-webrtc></iq>";
  r->platform.no_ice = true;
  rig_connect(r);
  expect(rig_lines(r, "event"), "0 event stanza message\n0 event stanza iq\n");
  closed(r);
}

static const struct {
  const char *name, *frame, *want;
} requests[] = {
  { "no child", "<iq xmlns='jabber:client' type='get' id='a' from='x.org'/>",
    "0 send <iq xmlns=\"jabber:client\" id=\"a\" to=\"x.org\" type=\"error\"><error "
    "type=\"modify\"><bad-request "
    "xmlns=\"urn:ietf:params:xml:ns:xmpp-stanzas\"/></error></iq>\n" },
  { "two children", "<iq xmlns='jabber:client' type='set' id='a'><b/><c/></iq>",
    "0 send <iq xmlns=\"jabber:client\" id=\"a\" type=\"error\"><error type=\"modify\"><bad-request "
    "xmlns=\"urn:ietf:params:xml:ns:xmpp-stanzas\"/></error></iq>\n" },
  { "unknown", "<iq xmlns='jabber:client' type='get' id='x2' from='acme.orgspan.com'><query xmlns='jabber:iq:x'/></iq>",
    "0 send <iq xmlns=\"jabber:client\" id=\"x2\" to=\"acme.orgspan.com\" type=\"error\"><error "
    "type=\"cancel\"><service-unavailable xmlns=\"urn:ietf:params:xml:ns:xmpp-stanzas\"/></error></iq>\n" },
  { "ping", "<iq xmlns='jabber:client' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>",
    "0 send <iq xmlns=\"jabber:client\" id=\"p\" type=\"result\"/>\n" },
  { "genesys-webrtc",
    "<iq xmlns='jabber:client' type='set' id='g'><genesys-webrtc xmlns='genesys'>{</genesys-webrtc></iq>",
    "0 event stanza iq\n" },
  { "Jingle", "<iq xmlns='jabber:client' type='set' id='j'><jingle xmlns='urn:xmpp:jingle:1'/></iq>",
    "0 event stanza iq\n" },
  { "transfer from a stranger",
    "<iq xmlns='jabber:client' type='set' id='t' from='eva@x.org'><query xmlns='urn:xmpp:cxfr'/></iq>",
    "0 send <iq xmlns=\"jabber:client\" id=\"t\" to=\"eva@x.org\" type=\"error\"><error "
    "type=\"cancel\"><service-unavailable xmlns=\"urn:ietf:params:xml:ns:xmpp-stanzas\"/></error></iq>\n" },
  { "result of nothing", "<iq xmlns='jabber:client' type='result' id='zz'/>", "" },
  { "presence", "<presence xmlns='jabber:client' from='room@x/y'/>", "0 event stanza presence\n" },
  { "notification", NOTIFY("v2.users.u1.station", "{\"a\":1}"),
    "0 event notification v2.users.u1.station {\"a\":1}\n" },
  { "notification with bad JSON", NOTIFY("t.x", "{"), "0 event notification t.x {\n" },
  { "event without payload",
    "<message xmlns='jabber:client'><event "
    "xmlns='http://jabber.org/protocol/pubsub#event'><purge/></event></message>",
    "" },
  { "event from a stranger",
    "<message xmlns='jabber:client' from='eva@x.org/y'><event "
    "xmlns='http://jabber.org/protocol/pubsub#event'><items "
    "node='n'><item><json xmlns='urn:xmpp:json:0'>{}</json></item></items></event></message>",
    "" },
  { "unknown element", "<thing xmlns='urn:x'/>", "" },
};

static void every_request_gets_one_reply(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
    rig *r = connected(NONE);
    rig_frame(r, requests[i].frame);
    const char *got = rig_history(r);
    if (strcmp(got, requests[i].want) != 0) fail_msg("%s: %s", requests[i].name, got);
    assert_true(sp_streaming_connected(r->streaming));
    closed(r);
  }
}

static void connection_transfer(void **state) {
  (void)state;
  rig *r = connected((rig_options){ .resource = "res-1" });
  rig_frame(r, "<iq xmlns='jabber:client' id='cx-1' from='acme.orgspan.com' to='5e7f@acme.orgspan.com/res-1' "
               "type='set'><query xmlns='urn:xmpp:cxfr'/></iq><message xmlns='jabber:client'/>");
  rig_pass(r, 2000);
  expect(rig_lines(r, MAIN_LINES "|send <iq xmlns=\"jabber:client\" id=\"cx"),
         "0 event disconnected reconnecting \n"
         "0 send <iq xmlns=\"jabber:client\" id=\"cx-1\" to=\"acme.orgspan.com\" type=\"result\"/>\n"
         "0 send <close xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\"/>\n"
         "0 socket close 1 \n"
         "2000 http POST notifications/channels?connectionType=streaming\n"
         "2000 socket open wss://streaming.mypurecloud.com/stream/channels/chan-2\n"
         "2000 event connected\n");
  closed(r);
}

static void malformed_xml_reconnects(void **state) {
  (void)state;
  rig *r = connected(NONE);
  rig_frame(r, "<message xmlns='jabber:client'><a></b></message>");
  rig_pass(r, 2000);
  expect(rig_lines(r, "event|socket"), "0 event disconnected reconnecting \n"
                                       "0 socket close 1 \n"
                                       "2000 socket open wss://streaming.mypurecloud.com/stream/channels/chan-1\n"
                                       "2000 event connected\n");
  closed(r);
}

static void disconnecting(void **state) {
  (void)state;
  rig *r = opened(NONE);
  rig_disconnect(r); /* nothing open */
  expect(rig_history(r), "0 event closed\n");
  rig_connect(r);
  rig_history(r);
  rig_disconnect(r);
  rig_pass(r, 100000);
  expect(rig_history(r), "0 send <close xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\"/>\n"
                         "0 event disconnected \n"
                         "0 event closed\n"
                         "0 socket close 1 \n");
  r->platform.no_goodbye = true;
  rig_connect(r);
  rig_pass(r, 2000);
  rig_history(r);
  rig_disconnect(r);
  rig_disconnect(r);
  rig_pass(r, 5000);
  expect(rig_lines(r, "event|socket"), "103000 event disconnected \n"
                                       "103000 event closed\n"
                                       "103000 socket close 2 \n");
  closed(r);
}

static void cancelling(void **state) {
  (void)state;
  rig *r = opened(NONE);
  r->platform.no_rest = true;
  rig_connect(r);
  rig_history(r);
  rig_disconnect(r); /* while the channel is asked for */
  expect(rig_history(r), "0 event failed user_cancelled 0\n0 event closed\n");
  rig_connect(r);
  rig_disconnect(r); /* while waiting */
  expect(rig_history(r), "0 event failed user_cancelled 0\n0 event closed\n");
  closed(r);
  r = opened(NONE);
  r->platform.no_open = true;
  rig_connect(r);
  rig_history(r);
  rig_disconnect(r); /* while the stream opens */
  expect(rig_history(r), "0 event failed user_cancelled 0\n0 event closed\n0 socket close 1 \n");
  closed(r);
  r = connected(NONE);
  rig_drop(r);
  rig_disconnect(r); /* while reconnecting */
  expect(rig_history(r), "0 event disconnected reconnecting \n"
                         "0 event disconnected user_cancelled\n"
                         "0 event closed\n");
  rig_pass(r, 100000);
  expect(rig_history(r), "");
  closed(r);
}

static void connecting_again_while_closing(void **state) {
  (void)state;
  rig *r = connected(NONE);
  r->platform.no_goodbye = true;
  rig_disconnect(r);
  rig_connect(r);
  rig_pass(r, 2000);
  expect(rig_lines(r, "event|socket"), "0 event disconnected \n"
                                       "0 event closed\n"
                                       "0 socket close 1 \n"
                                       "2000 socket open wss://streaming.mypurecloud.com/stream/channels/chan-2\n"
                                       "2000 event connected first\n");
  closed(r);
}

static void back_online(void **state) {
  (void)state;
  rig *r = opened(NONE);
  r->platform.channel_status = 500;
  rig_connect(r);
  rig_pass(r, 20000);
  sp_streaming_online(r->streaming, r->now, false);
  r->platform.channel_status = 0;
  rig_history(r);
  sp_streaming_online(r->streaming, r->now, true);
  rig_pass(r, 0);
  rig_frame(r, " ");
  expect(rig_lines(r, "event"), "20000 event connected first\n");
  closed(r);
}

static void subscribe_without_handler(rig *r, const char *topic, uint32_t token) {
  sp_topic_request request = { .topic = sp_str_from(topic), .handlerless = true };
  sp_token to = { SP_OWNER_CORE, 0, token };
  assert_int_equal(sp_streaming_subscribe_topic(r->streaming, r->now, &request, to), SP_OK);
}

static void a_burst_is_one_put(void **state) {
  (void)state;
  rig *r = connected(NONE);
  rig_subscribe(r, "v2.users.u1.presence", false, 1);
  rig_pass(r, 60);
  rig_subscribe(r, "v2.users.u1.geolocation", false, 2);
  subscribe_without_handler(r, "v2.users.u2.presence", 3);
  subscribe_without_handler(r, "v2.system.x?a&b", 4);
  rig_pass(r, 99);
  expect(rig_history(r), "");
  rig_pass(r, 1);
  expect(rig_history(r), "160 http PUT notifications/channels/chan-1/subscriptions "
                         "[{\"id\":\"v2.users.u2.presence\"},{\"id\":\"v2.users.u1?presence&geolocation\"},{"
                         "\"id\":\"v2.system.x?a&b\"}]\n"
                         "160 event subscribed 1 ok\n160 event subscribed 2 ok\n160 event subscribed 3 "
                         "ok\n160 event subscribed 4 ok\n");
  rig_unsubscribe(r, "v2.system.x?a&b", false);
  rig_pass(r, 100);
  expect(rig_history(r), "260 http PUT notifications/channels/chan-1/subscriptions "
                         "[{\"id\":\"v2.users.u2.presence\"},{\"id\":\"v2.users.u1?presence&geolocation\"}]\n");
  /* the platform says that the subscriptions are about to lapse */
  rig_frame(r, NOTIFY("streaming-subscriptions-expiring", "{}"));
  rig_pass(r, 100);
  assert_non_null(strstr(rig_lines(r, "http"), "360 http PUT"));
  closed(r);
}

static void a_refused_put_rolls_back(void **state) {
  (void)state;
  rig *r = connected(NONE);
  rig_subscribe(r, "a.b", false, 1);
  rig_pass(r, 100);
  r->platform.put_status = 400;
  rig_subscribe(r, "a.b", false, 2);
  rig_subscribe(r, "c.d", false, 3);
  rig_pass(r, 100);
  rig_history(r);
  r->platform.put_status = 0;
  rig_subscribe(r, "e.f", false, 4);
  rig_pass(r, 100);
  expect(rig_history(r),
         "300 http PUT notifications/channels/chan-1/subscriptions [{\"id\":\"a.b\"},{\"id\":\"e.f\"}]\n"
         "300 event subscribed 4 ok\n");
  closed(r);
}

static void immediate_subscriptions(void **state) {
  (void)state;
  rig *r = opened(NONE);
  rig_subscribe(r, "v2.users.u1.conversations", true, 1); /* deferred until connected */
  expect(rig_history(r), "");
  rig_connect(r);
  const char *lines = rig_lines(r, "send <iq xmlns=\"jabber:client\" id=\"#6|event");
  expect(lines, "0 event connected first\n"
                "0 send <iq xmlns=\"jabber:client\" id=\"#6\" to=\"notifications.mypurecloud.com\" "
                "type=\"set\"><pubsub "
                "xmlns=\"http://jabber.org/protocol/pubsub\"><subscribe node=\"v2.users.u1.conversations\" "
                "jid=\"5e7f@acme.orgspan.com\"/></pubsub></iq>\n"
                "0 event subscribed 1 ok\n");
  rig_subscribe(r, "v2.users.u1.conversations", true, 2); /* nothing to do */
  expect(rig_history(r), "0 event subscribed 2 ok\n");
  rig_pass(r, 200);
  rig_history(r);
  rig_unsubscribe(r, "v2.users.u1.conversations", true);
  assert_non_null(strstr(rig_history(r), "<unsubscribe node=\"v2.users.u1.conversations\""));
  assert_int_equal(rig_unsubscribe(r, "v2.users.u1.conversations", true), SP_ENOENT);
  r->platform.no_pubsub = true;
  rig_subscribe(r, "x.y", true, 3);
  expect(rig_lines(r, "event"), "200 event subscribed 3 refused: Failed to subscribe topic x.y\n");
  assert_int_equal(rig_unsubscribe(r, "x.y", true), SP_ENOENT); /* D7 */
  assert_int_equal(rig_subscribe(r, "", true, 4), SP_EINVAL);
  closed(r);
}

static void a_subscription_survives_a_drop(void **state) {
  (void)state;
  rig *r = connected(NONE);
  sp_streaming_subscribe(r->streaming, r->now, SP_STR("a.b"), true, (sp_token){ SP_OWNER_CORE, 0, 9 });
  sp_streaming_subscribe(r->streaming, r->now, SP_STR("c.d"), false, (sp_token){ SP_OWNER_CORE, 0, 10 });
  rig_drop(r); /* before either was answered */
  expect(rig_lines(r, "event|http PUT"), "0 event disconnected reconnecting \n");
  rig_pass(r, 2200);
  expect(rig_lines(r, "event|http PUT"),
         "2000 event connected\n"
         "2000 event subscribed 9 ok\n"
         "2100 http PUT notifications/channels/chan-1/subscriptions [{\"id\":\"a.b\"},{\"id\":\"c.d\"}]\n"
         "2100 event subscribed 10 ok\n");
  closed(r);
}

static void strange_inputs_are_ignored(void **state) {
  (void)state;
  rig *r = connected(NONE);
  sp_streaming_socket_opened(r->streaming, 0, 77);
  sp_streaming_socket_closed(r->streaming, 0, 77);
  sp_streaming_socket_text(r->streaming, 0, 77, &r->arena, SP_STR("<a/>"));
  for (uint8_t op = 0; op < 20; op++) {
    sp_rest_result result = { .token = { SP_OWNER_STREAMING, op, 12345 }, .failure = SP_HTTP_NETWORK };
    sp_iq_answer answer = { .token = { SP_OWNER_STREAMING, op, 12345 }, .outcome = SP_IQ_TIMED_OUT };
    sp_streaming_rest_result(r->streaming, 0, &result);
    sp_streaming_iq_answer(r->streaming, 0, &answer);
  }
  assert_true(sp_streaming_connected(r->streaming));
  assert_int_equal(sp_streaming_set_token(r->streaming, SP_STR("NEW")), SP_OK);
  rig_drop(r);
  rig_pass(r, 2000);
  assert_null(strstr(rig_lines(r, "send <auth"), "OlRPS0VO")); /* ":TOKEN" */
  closed(r);
}

/* Neither token nor JID nor stanza gets into a record: records are the only JSON effect here beside HTTP. */
static void no_secret_in_a_log(void **state) {
  (void)state;
  rig *r = opened(NONE);
  r->quiet = true;
  sp_streaming_connect(r->streaming, 0);
  for (sp_effect fx; sp_effects_pop(r->fx, &fx);) {
    if (fx.kind != SP_FX_LOG) continue;
    assert_true(sp_str_find(fx.text, "TOKEN", 0) == SIZE_MAX);
    assert_true(sp_str_find(fx.text, "acme", 0) == SIZE_MAX);
    assert_true(sp_str_find(fx.text, "chan", 0) == SIZE_MAX);
  }
  closed(r);
}

static void freeing_closes_the_socket(void **state) {
  (void)state;
  rig *r = connected(NONE);
  sp_effect fx = { .kind = SP_FX_NONE };
  sp_streaming_free(r->streaming);
  r->streaming = NULL;
  assert_true(sp_effects_pop(r->fx, &fx));
  assert_int_equal(fx.kind, SP_FX_SOCKET_CLOSE);
  assert_int_equal(fx.id, 1);
  assert_false(sp_iq_attached(r->iq));
  closed(r);
}

static size_t calls_of_parsing(const rig *r, sp_str frame) {
  size_t before = test_alloc_calls();
  sp_arena arena;
  sp_xml *first = NULL;
  sp_arena_init(&arena, r->alloc, SP_MAX_SCRATCH);
  assert_int_equal(sp_xml_read(&arena, frame, &first, NULL), SP_OK);
  sp_arena_free(&arena);
  return test_alloc_calls() - before;
}

/* Conversation events of a busy organisation: nothing is allocated, copied or said beyond the parse. */
static void notifications_are_cheap(void **state) {
  (void)state;
  static char frame[4096];
  char json[2048];
  memset(json, 'x', sizeof json - 1);
  json[sizeof json - 1] = '\0';
  snprintf(frame, sizeof frame, NOTIFY("v2.users.u1.conversations", "\"%s\""), json);
  rig *r = connected(NONE);
  sp_str text = sp_str_from(frame);
  size_t parsing = calls_of_parsing(r, text);
  for (int i = 0; i < 5000; i++) {
    sp_streaming_event event;
    size_t before = test_alloc_calls();
    sp_streaming_socket_text(r->streaming, r->now, r->socket, &r->arena, text);
    assert_true(sp_streaming_take(r->streaming, &event));
    assert_int_equal(event.kind, SP_STREAMING_NOTIFICATION);
    assert_true(event.json.ptr >= frame && event.json.ptr < frame + sizeof frame);
    assert_true(sp_effects_empty(r->fx));
    assert_true(test_alloc_calls() - before <= parsing);
    sp_arena_reset(&r->arena);
  }
  closed(r);
}

/* A day in the life, with every allocation failing once: whatever happens, nothing leaks, and the client is
 * back within minutes. */
static void every_allocation_fails_once(void **state) {
  (void)state;
  static rig r;
  for (size_t n = 1, done = 0; !done; n++) {
    if (rig_open(&r, n, (rig_options){ .unknown_identity = true, .server_pings = n % 2 })) {
      bool opened_well = !test_alloc_failed();
      rig_subscribe(&r, "a.b", true, 1);
      rig_connect(&r);
      rig_subscribe(&r, "c.d", false, 2);
      rig_pass(&r, 200);
      rig_frame(&r, NOTIFY("a.b", "{}"));
      rig_frame(&r, "<iq xmlns='jabber:client' type='get' id='a'><b/></iq>");
      rig_drop(&r);
      rig_pass(&r, 60000);
      if (opened_well) assert_true(sp_streaming_connected(r.streaming));
      rig_disconnect(&r);
      rig_pass(&r, 5000);
      assert_false(sp_streaming_connected(r.streaming));
      assert_non_null(strstr(rig_history(&r), "event closed"));
    }
    done = !test_alloc_failed();
    rig_close(&r);
    assert_int_equal(test_alloc_live(), 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "W-D1 whole connection, token mode", whole_connection, NULL, NULL, NULL },
    { "W-2.2 R1 is skipped when the identity is known", known_identity_skips_r1, NULL, NULL, NULL },
    { "W-4.6 JWT mode; reconnects after disconnect and connect", jwt_mode, NULL, NULL, NULL },
    { "W-D2 A1 soft reconnect", soft_reconnect, NULL, NULL, NULL },
    { "W-D2 A2 no_longer_subscribed and duplicate_id", no_longer_subscribed, NULL, NULL, NULL },
    { "W-3.4 a finished channel that stays open is left after 60 s", finished_channel_that_stays_open, NULL, NULL,
      NULL },
    { "W-D2 A3 SASL failures that are fatal", sasl_refused, NULL, NULL, NULL },
    { "W-D2 A3 SASL failures that are retried", sasl_retried, NULL, NULL, NULL },
    { "W-D2 A4 channel POST fails", channel_fails, NULL, NULL, NULL },
    { "W-2.4 Retry-After comes on top of the back-off", retry_after_comes_on_top, NULL, NULL, NULL },
    { "W-3.5 401 and 403 are fatal", refused_token, NULL, NULL, NULL },
    { "W-3.4 refused while reconnecting", refused_while_reconnecting, NULL, NULL, NULL },
    { "W-D2 A6 server silent after the socket opens", silent_after_opening, NULL, NULL, NULL },
    { "W-D2 A7 client pings unanswered, noticed within 15 s", pings_unanswered, NULL, NULL, NULL },
    { "W-5 client pings answered", pings_answered, NULL, NULL, NULL },
    { "W-D2 A7 server monitor, noticed within 15 s", server_monitor, NULL, NULL, NULL },
    { "W-5 refused server pings fall back to client pings", server_pings_refused, NULL, NULL, NULL },
    { "W-D2 A8 ICE queries unanswered", ice_unanswered, NULL, NULL, NULL },
    { "W-D5 relay policy without STUN", relay_without_stun, NULL, NULL, NULL },
    { "W-7 credentials that expire are replaced in time", ice_expiry, NULL, NULL, NULL },
    { "W-7 refresh every 6 h, three tries, old servers are kept", ice_refresh, NULL, NULL, NULL },
    { "W-D3 ten sockets per channel, the eleventh on a new one", ten_sockets_per_channel, NULL, NULL, NULL },
    { "W-D3 same resource throughout", one_resource, NULL, NULL, NULL },
    { "W-D11 early stanzas are delivered", early_stanzas, NULL, NULL, NULL },
    { "W-4.5 every request gets one reply", every_request_gets_one_reply, NULL, NULL, NULL },
    { "W-3.6 connection transfer", connection_transfer, NULL, NULL, NULL },
    { "W-D11 malformed XML reconnects", malformed_xml_reconnects, NULL, NULL, NULL },
    { "W-3.4 disconnect", disconnecting, NULL, NULL, NULL },
    { "W-3.4 disconnect while connecting", cancelling, NULL, NULL, NULL },
    cmocka_unit_test(connecting_again_while_closing),
    cmocka_unit_test(back_online),
    { "W-D4 a burst is one PUT", a_burst_is_one_put, NULL, NULL, NULL },
    { "W-6.3 a refused topic is rolled back", a_refused_put_rolls_back, NULL, NULL, NULL },
    { "W-6.2 immediate subscriptions", immediate_subscriptions, NULL, NULL, NULL },
    cmocka_unit_test(a_subscription_survives_a_drop),
    cmocka_unit_test(strange_inputs_are_ignored),
    { "W-13.4 no secret in a log", no_secret_in_a_log, NULL, NULL, NULL },
    cmocka_unit_test(freeing_closes_the_socket),
    cmocka_unit_test(notifications_are_cheap),
    cmocka_unit_test(every_allocation_fails_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
