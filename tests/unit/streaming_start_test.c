/* SPDX-License-Identifier: MIT */
/* How a connection begins: who we are and with what, and how many round trips it takes. */
#include "base/status.h"
#include "streaming_case.h"

#include <stdio.h>

#define TOPIC "v2.users.u1.conversations"

/* --- prepared channel, identity given later --- */

static void a_channel_is_prepared(void **state) {
  (void)state;
  rig *r = opened((rig_options){ .unknown_identity = true });
  sp_streaming_prepare(r->streaming, r->now);
  sp_streaming_prepare(r->streaming, r->now);
  rig_run(r);
  expect(rig_history(r), NEW_CHANNEL(0));
  assert_int_equal(sp_streaming_set_identity(r->streaming, SP_STR("u1"), SP_STR("5e7f@acme.orgspan.com")), SP_OK);
  rig_connect(r);
  expect(rig_lines(r, "http|socket|event"), "0 http GET users/me\n" /* the probe */
         OPEN_CHANNEL(0, 1) "0 event connected first\n");
  rig_drop(r);
  rig_pass(r, 2000);
  expect(rig_lines(r, "http P|socket o"), OPEN_CHANNEL(2000, 1));
  sp_streaming_prepare(r->streaming, r->now);
  rig_run(r);
  expect(rig_history(r), "");
  closed(r);
}

/* Connect may come before the channel, and before anybody knows who we are. */
static void a_channel_is_still_being_prepared(void **state) {
  (void)state;
  rig *r = opened((rig_options){ .unknown_identity = true });
  r->platform.round_trip = 100;
  sp_streaming_prepare(r->streaming, r->now);
  rig_run(r);
  rig_pass(r, 50);
  rig_connect(r);
  rig_pass(r, 60);
  expect(rig_lines(r, "http|socket"), NEW_CHANNEL(0) "50 http GET users/me\n50 http GET users/me\n");
  rig_pass(r, 1000);
  assert_true(sp_streaming_connected(r->streaming));
  expect(rig_lines(r, "socket"), OPEN_CHANNEL(150, 1));
  closed(r);
}

static void a_prepared_channel_that_fails(void **state) {
  (void)state;
  static const struct {
    int status;
    const char *retry_after, *want;
  } cases[] = {
    { 500, NULL, NEW_CHANNEL(0) "0 event connected first\n" },
    { 503, "3", NEW_CHANNEL(5000) "5000 event connected first\n" },
    { 401, NULL, "0 event failed invalid_token 401\n" },
    { 403, "3", "0 event failed invalid_token 403\n" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    rig *r = opened(NONE);
    r->platform.channel_status = cases[i].status;
    r->platform.retry_after = cases[i].retry_after;
    sp_streaming_prepare(r->streaming, r->now);
    rig_run(r);
    expect(rig_history(r), NEW_CHANNEL(0));
    r->platform.channel_status = 0;
    rig_connect(r);
    rig_pass(r, 6000);
    const char *got = rig_lines(r, "http POST|event");
    if (strcmp(got, cases[i].want) != 0) fail_msg("%d: %s", cases[i].status, got);
    closed(r);
  }
}

static void disconnecting_drops_what_was_prepared(void **state) {
  (void)state;
  rig *r = opened(NONE);
  sp_streaming_prepare(r->streaming, r->now);
  rig_run(r);
  rig_disconnect(r);
  rig_history(r);
  rig_connect(r);
  expect(rig_lines(r, "http POST|socket"), NEW_CHANNEL(0) OPEN_CHANNEL(0, 2));
  closed(r);
}

/* --- credentials --- */

static void credentials_change_while_connected(void **state) {
  (void)state;
  rig *r = connected(NONE);
  assert_int_equal(sp_streaming_set_token(r->streaming, SP_STR("NEW")), SP_OK);
  assert_int_equal(sp_streaming_set_jwt_identity(r->streaming, SP_STR("x.y.z"), SP_STR("j@conference.new.org")), SP_OK);
  rig_run(r);
  rig_subscribe(r, TOPIC, false, 1);
  rig_pass(r, 100);
  expect(rig_lines(r, "http|socket|event|send <"), PUT_LINE(100, 1) "[{\"id\":\"" TOPIC "\"}]\n"
                                                                    "100 event subscribed 1 ok\n");
  assert_true(sp_streaming_connected(r->streaming));
  rig_drop(r);
  rig_pass(r, 2000); /* a jwt goes before a token */
  expect(rig_lines(r, "http POST|socket|send <open|send <auth|event c"),
         "2100 socket open wss://streaming.mypurecloud.com/stream/jwt/x.y.z\n"
         "2100 send <open xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\" xml:lang=\"en\" to=\"new.org\" "
         "version=\"1.0\"/>\n"
         "2100 send <auth xmlns=\"urn:ietf:params:xml:ns:xmpp-sasl\" mechanism=\"ANONYMOUS\">=</auth>\n"
         "2100 send <open xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\" xml:lang=\"en\" to=\"new.org\" "
         "version=\"1.0\"/>\n"
         "2100 event connected\n");
  closed(r);
}

static void a_jwt_is_replaced(void **state) {
  (void)state;
  rig *r = connected((rig_options){ .jwt = true });
  assert_int_equal(sp_streaming_set_jwt(r->streaming, SP_STR("d.e.f")), SP_OK);
  rig_pass(r, 1000);
  expect(rig_history(r), "");
  rig_drop(r);
  rig_pass(r, 2000);
  expect(rig_lines(r, "socket|event"), "1000 event disconnected reconnecting \n"
                                       "3000 socket open wss://streaming.mypurecloud.com/stream/jwt/d.e.f\n"
                                       "3000 event connected\n");
  closed(r);
}

/* Without a resource of its own, and without any REST request but the probe when there is a token. */
static void jwt_and_token(void **state) {
  (void)state;
  rig *r = opened((rig_options){ .jwt = true, .token = true });
  sp_streaming_prepare(r->streaming, r->now);
  rig_connect(r);
  const char *lines = rig_history(r);
  assert_non_null(strstr(lines, "mechanism=\"ANONYMOUS\">=<"));
  assert_non_null(strstr(lines, "<bind xmlns=\"urn:ietf:params:xml:ns:xmpp-bind\"/>"));
  expect(rig_select(lines, "http|event"), "0 http GET users/me\n0 event connected first\n");
  closed(r);
}

static void jwt_mode_survives_everything_else(void **state) {
  (void)state;
  rig *r = opened((rig_options){ .jwt = true });
  r->platform.sasl = "not-authorized";
  rig_connect(r);
  expect(rig_lines(r, "event"), "0 event failed invalid_token 0\n");
  r->platform.sasl = NULL;
  rig_connect(r);
  rig_pass(r, 2000);
  r->platform.mute = true;
  rig_pass(r, 15000); /* D2: reconnects by itself */
  r->platform.mute = false;
  rig_pass(r, 2000);
  expect(rig_lines(r, "event"), "2000 event connected first\n17000 event disconnected reconnecting \n"
                                "19000 event connected\n");
  for (int i = 0; i < 12; i++) { /* no channel: nothing is ever used up */
    rig_drop(r);
    rig_pass(r, 2000);
  }
  const char *lines = rig_history(r);
  expect(rig_select(lines, "http"), "");
  assert_int_equal(times(lines, "socket open"), 12);
  closed(r);
}

static void guests_have_no_channel_for_topics(void **state) {
  (void)state;
  rig *r = connected((rig_options){ .jwt = true });
  rig_subscribe(r, "a.b", false, 1);
  rig_subscribe(r, "c.d", true, 2);
  rig_pass(r, 100);
  expect(rig_lines(r, "http|event"), "0 event subscribed 2 ok\n"
                                     "100 event subscribed 1 refused: Failed to subscribe topic a.b\n");
  closed(r);
}

/* --- round trips --- */

/* Time from connect to `connected` and to the answer of the first subscription, in round trips. */
static void round_trips(rig_options options, bool prepare, unsigned to_connected, unsigned to_topic) {
  char want[256];
  rig *r = opened(options);
  r->platform.round_trip = 100;
  unsigned before = 0;
  if (prepare) {
    sp_streaming_prepare(r->streaming, r->now); /* beside */
    rig_run(r);
    before = 1;
    rig_pass(r, 100);
    sp_streaming_set_identity(r->streaming, SP_STR("u1"), SP_STR("5e7f@acme.orgspan.com"));
  }
  rig_subscribe(r, TOPIC, true, 1);
  rig_connect(r);
  rig_pass(r, 3000);
  snprintf(want, sizeof want, "%u event connected first\n%u event subscribed 1 ok\n", (before + to_connected) * 100,
           (before + to_topic) * 100);
  expect(rig_lines(r, "event"), want);
  closed(r);
}

static void how_many_round_trips(void **state) {
  (void)state;
  /* channel, socket, open, auth, open, bind, session, services; then the topic */
  round_trips(NONE, false, 8, 9);
  round_trips((rig_options){ .pipeline = true }, false, 6, 6);
  round_trips((rig_options){ .unknown_identity = true }, true, 7, 8);
  round_trips((rig_options){ .pipeline = true, .unknown_identity = true }, true, 5, 5);
}

static void requests_follow_bind(void **state) {
  (void)state;
  rig *r = opened((rig_options){ .pipeline = true, .resource = "res-1" });
  r->platform.round_trip = 100;
  rig_subscribe(r, TOPIC, true, 1);
  rig_connect(r);
  rig_pass(r, 500);
  expect(rig_lines(r, "send <iq"),
         "500 send <iq xmlns=\"jabber:client\" id=\"#1\" type=\"set\"><bind "
         "xmlns=\"urn:ietf:params:xml:ns:xmpp-bind\"><resource>res-1</resource></bind></iq>\n"
         "500 send <iq xmlns=\"jabber:client\" id=\"#2\" type=\"set\"><session "
         "xmlns=\"urn:ietf:params:xml:ns:xmpp-session\"/></iq>\n"
         "500 send <iq xmlns=\"jabber:client\" id=\"#3\" to=\"acme.orgspan.com\" type=\"get\"><services "
         "xmlns=\"urn:xmpp:extdisco:1\" type=\"turn\"/></iq>\n"
         "500 send <iq xmlns=\"jabber:client\" id=\"#4\" to=\"acme.orgspan.com\" type=\"get\"><services "
         "xmlns=\"urn:xmpp:extdisco:1\" type=\"stun\"/></iq>\n"
         "500 send <iq xmlns=\"jabber:client\" id=\"#5\" to=\"notifications.mypurecloud.com\" type=\"set\"><pubsub "
         "xmlns=\"http://jabber.org/protocol/pubsub\"><subscribe node=\"" TOPIC "\" "
         "jid=\"5e7f@acme.orgspan.com\"/></pubsub></iq>\n");
  rig_pass(r, 100);
  expect(rig_lines(r, "event"), "600 event connected first\n600 event subscribed 1 ok\n");
  assert_true(sp_str_is(sp_streaming_ice_policy(r->streaming), "all"));
  assert_true(sp_str_is(sp_iq_own_jid(r->iq), "5e7f@acme.orgspan.com/res-1"));
  rig_pass(r, 5000);
  expect(rig_history(r), ""); /* nothing is asked twice */
  closed(r);
}

/* A debounced topic that was given before connecting travels beside the socket. */
static void topics_go_ahead_of_the_socket(void **state) {
  (void)state;
  rig *r = opened((rig_options){ .pipeline = true });
  r->platform.round_trip = 100;
  rig_subscribe(r, TOPIC, false, 1);
  rig_connect(r);
  rig_pass(r, 2000);
  expect(rig_lines(r, "http P|socket|event"),
         NEW_CHANNEL(0) OPEN_CHANNEL(100, 1) PUT_LINE(100, 1) "[{\"id\":\"" TOPIC "\"}]\n"
                                                              "200 event subscribed 1 ok\n600 event connected first\n");
  rig_drop(r);
  rig_pass(r, 5000); /* the same channel has them */
  expect(rig_lines(r, "http P"), "");
  rig_frame(r, NOTIFY("duplicate_id", "{}"));
  rig_drop(r);
  rig_pass(r, 5000); /* another one does not */
  expect(rig_lines(r, "http P|socket"),
         NEW_CHANNEL(9000) OPEN_CHANNEL(9100, 2) PUT_LINE(9100, 2) "[{\"id\":\"" TOPIC "\"}]\n");
  closed(r);
}

static void a_channel_that_takes_no_topics_yet(void **state) {
  (void)state;
  rig *r = opened((rig_options){ .pipeline = true });
  r->platform.put_status = 409;
  r->platform.no_open = true;
  rig_subscribe(r, TOPIC, false, 1);
  rig_connect(r);
  expect(rig_lines(r, "http P|event"), NEW_CHANNEL(0) PUT_LINE(0, 1) "[{\"id\":\"" TOPIC "\"}]\n");
  r->platform.put_status = 0;
  r->platform.no_open = false;
  rig_drop(r);
  rig_pass(r, 2100);
  expect(rig_lines(r, "http P|event"), "2000 event connected first\n" PUT_LINE(2100, 1) "[{\"id\":\"" TOPIC "\"}]\n"
                                                                                        "2100 event subscribed 1 ok\n");
  closed(r);
}

/* A server that wants one thing after the other gets it so from then on. */
static void a_strict_server(void **state) {
  (void)state;
  rig *r = opened((rig_options){ .pipeline = true });
  r->platform.strict = true;
  rig_subscribe(r, TOPIC, true, 1);
  rig_connect(r);
  expect(rig_lines(r, "socket|event"), OPEN_CHANNEL(0, 1) OPEN_CHANNEL(0, 1) "0 event connected first\n"
                                                                             "0 event subscribed 1 ok\n");
  rig_drop(r);
  rig_pass(r, 2000);
  expect(rig_lines(r, "socket|event"),
         "0 event disconnected reconnecting \n" OPEN_CHANNEL(2000, 1) "2000 event connected\n");
  closed(r);
}

static void a_picky_server(void **state) {
  (void)state;
  rig *r = opened((rig_options){ .pipeline = true });
  r->platform.picky = true;
  r->platform.round_trip = 100;
  rig_subscribe(r, TOPIC, true, 1);
  rig_connect(r);
  rig_pass(r, 2000);
  expect(rig_lines(r, "socket|event"), OPEN_CHANNEL(100, 1) "700 event connected first\n800 event subscribed 1 ok\n");
  closed(r);
}

static void nobody_else_speaks_before_bind(void **state) {
  (void)state;
  rig *r = opened((rig_options){ .pipeline = true });
  r->platform.round_trip = 100;
  rig_connect(r);
  rig_pass(r, 550);
  assert_false(sp_iq_attached(r->iq));
  assert_int_equal(sp_iq_send(r->iq, SP_STR("<message/>")), SP_ESTATE);
  sp_xw w;
  rig_history(r);
  sp_iq_begin(r->iq, &w, "get", SP_STR("gw@x/y"), false);
  sp_xw_open(&w, "a");
  sp_xw_close(&w);
  assert_int_equal(sp_iq_end(r->iq, &w, r->now, (sp_token){ SP_OWNER_SESSION, 1, 1 }), SP_OK);
  rig_run(r);
  expect(rig_lines(r, "send"), "");
  closed(r);
}

static void every_allocation_fails_once(void **state) {
  (void)state;
  static rig r;
  for (size_t n = 1, done = 0; !done; n++) {
    if (rig_open(&r, n, (rig_options){ .unknown_identity = true, .pipeline = true, .jwt = n % 7 == 0 })) {
      bool opened_well = !test_alloc_failed();
      r.platform.picky = n % 3 == 0;
      r.platform.strict = n % 5 == 0;
      sp_streaming_prepare(r.streaming, r.now);
      rig_run(&r);
      (void)sp_streaming_set_identity(r.streaming, SP_STR("u1"), SP_STR("5e7f@acme.orgspan.com"));
      rig_subscribe(&r, TOPIC, true, 1);
      rig_subscribe(&r, "a.b", false, 2);
      rig_connect(&r);
      (void)sp_streaming_set_jwt_identity(r.streaming, SP_STR("d.e.f"), SP_STR("r@conference.x"));
      (void)sp_streaming_set_jwt_identity(r.streaming, n % 7 == 0 ? SP_STR("g.h.i") : SP_STR_NONE, SP_STR("r@y"));
      rig_pass(&r, 100);
      rig_drop(&r);
      rig_pass(&r, 300000);
      if (opened_well) assert_true(sp_streaming_connected(r.streaming));
      rig_disconnect(&r);
      rig_pass(&r, 5000);
      assert_non_null(strstr(rig_history(&r), "event closed"));
    }
    done = !test_alloc_failed();
    rig_close(&r);
    assert_int_equal(test_alloc_live(), 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "W-2.2 the channel is prepared before the identity is known", a_channel_is_prepared, NULL, NULL, NULL },
    cmocka_unit_test(a_channel_is_still_being_prepared),
    { "W-2.4 a prepared channel that fails", a_prepared_channel_that_fails, NULL, NULL, NULL },
    cmocka_unit_test(disconnecting_drops_what_was_prepared),
    { "W-2.1 credentials change while connected", credentials_change_while_connected, NULL, NULL, NULL },
    { "W-4.6 a jwt is replaced while connected", a_jwt_is_replaced, NULL, NULL, NULL },
    { "W-4.3 a jwt goes before a token: ANONYMOUS, empty bind", jwt_and_token, NULL, NULL, NULL },
    { "W-3.4 JWT mode reconnects after a failure", jwt_mode_survives_everything_else, NULL, NULL, NULL },
    cmocka_unit_test(guests_have_no_channel_for_topics),
    { "W-D1 how many round trips", how_many_round_trips, NULL, NULL, NULL },
    cmocka_unit_test(requests_follow_bind),
    cmocka_unit_test(topics_go_ahead_of_the_socket),
    cmocka_unit_test(a_channel_that_takes_no_topics_yet),
    cmocka_unit_test(a_strict_server),
    cmocka_unit_test(a_picky_server),
    cmocka_unit_test(nobody_else_speaks_before_bind),
    cmocka_unit_test(every_allocation_fails_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
