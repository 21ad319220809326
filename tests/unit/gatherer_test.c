/* SPDX-License-Identifier: MIT */
#include "support.h"
#include "telemetry/gatherer.h"
#include "telemetry/vitals.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const sp_stats_host host = { { "Agent/1", 7 }, { "Linux", 5 }, 8 };

static void is_near(double got, double expected, double tolerance) {
  if (!(fabs(got - expected) <= tolerance)) fail_msg("%.9g instead of %.9g", got, expected);
}

typedef struct world {
  sp_effects *fx;
  sp_gatherer *g;
  uint64_t now;
  uint32_t number; /* of the newest request */
  bool is_asked, is_whole;
  size_t asks, connects, samples, failures, reports;
  char event[8192]; /* the newest */
  char ice_type[256];
  sp_mos_sample mos;
  bool has_mos;
} world;

/* A report with one audio source each way, whose far end may be silent. */
#define SOUND                                                                                                          \
  "[{\"id\":\"O\",\"type\":\"outbound-rtp\",\"kind\":\"audio\"},"                                                      \
  "{\"id\":\"I\",\"type\":\"inbound-rtp\",\"kind\":\"audio\"}]"
#define NO_PAIR "[{\"id\":\"T\",\"type\":\"transport\"}]"

static void take_all(world *w) {
  sp_gather out;
  while (sp_gatherer_take(w->g, &out)) {
    if (out.kind == SP_GATHER_ASK) {
      w->asks++;
      w->number = out.number;
      w->is_asked = true;
      w->is_whole = sp_str_find(out.text, "fields", 0) == SIZE_MAX;
    } else if (out.kind == SP_GATHER_REPORT) {
      w->reports++;
      assert_true(out.report->count > 0);
    } else if (out.kind == SP_GATHER_ICE_TYPE) {
      snprintf(w->ice_type, sizeof w->ice_type, "%.*s", SP_STR_ARG(out.text));
    } else {
      w->connects += strcmp(out.name, "connect") == 0;
      w->samples += strcmp(out.name, "getStats") == 0;
      w->failures += strcmp(out.name, "failure") == 0;
      snprintf(w->event, sizeof w->event, "%.*s", SP_STR_ARG(out.text));
      w->mos = out.mos;
      w->has_mos = out.has_mos;
    }
  }
}

static bool start(world *w, const sp_alloc *alloc, const char *ice, const char *connection) {
  sp_gatherer_config config = { .session_id = SP_STR("s1"),
                                .session = SP_STR("{\"$session\":3}"),
                                .conference = SP_STR("c1"),
                                .initiator = 0,
                                .host = &host,
                                .ice_state = sp_str_from(ice),
                                .connection_state = sp_str_from(connection) };
  *w = (world){ .now = 1000 };
  w->fx = config.fx = sp_effects_new(alloc);
  if (!w->fx) return false;
  w->g = sp_gatherer_new(alloc, w->now, &config);
  if (w->g) take_all(w);
  return w->g != NULL;
}

static void end(world *w) {
  sp_gatherer_free(w->g);
  sp_effects_free(w->fx);
}

static void ice(world *w, const char *state) {
  sp_gatherer_ice_state(w->g, w->now, sp_str_from(state), SP_STR_NONE);
  take_all(w);
}

static void connection(world *w, const char *state) {
  sp_gatherer_connection_state(w->g, w->now, sp_str_from(state), SP_STR("stable"));
  take_all(w);
}

static void answer_text(world *w, sp_str records) {
  w->is_asked = false;
  sp_gatherer_result(w->g, w->now, w->number, true, records);
  take_all(w);
}

static void answer(world *w, const char *records) {
  answer_text(w, sp_str_from(records));
}

static void pass(world *w, uint64_t ms) {
  w->now += ms;
  sp_gatherer_tick(w->g, w->now);
  take_all(w);
}

/* Waits for the next moment that has work. */
static void next(world *w) {
  pass(w, sp_gatherer_deadline(w->g) - w->now);
}

static size_t log_count(world *w, const char *level, const char *message) {
  sp_effect effect;
  size_t count = 0;
  while (sp_effects_pop(w->fx, &effect)) {
    if (effect.kind == SP_FX_LOG && sp_str_is(effect.name, level) && sp_str_find(effect.text, message, 0) != SIZE_MAX)
      count++;
  }
  return count;
}

static void has(const world *w, const char *text) {
  if (!strstr(w->event, text)) fail_msg("no %s in %s", text, w->event);
}

static void has_not(const world *w, const char *text) {
  if (strstr(w->event, text)) fail_msg("%s in %s", text, w->event);
}

/* --- when ------------------------------------------------------------------------------------------------- */

static void l_51_connected_from_the_start_collects_at_once_then_every_five_seconds(void **state) {
  world w;
  (void)state;
  start(&w, NULL, NULL, "connected");
  assert_true(w.is_asked && w.is_whole);
  answer(&w, SOUND);
  assert_int_equal(w.samples, 1);
  connection(&w, "connected"); /* no second timer */
  assert_false(w.is_asked);
  for (size_t i = 2; i < 5; i++) {
    pass(&w, 4999);
    assert_false(w.is_asked);
    pass(&w, 1);
    assert_true(w.is_asked);
    answer(&w, SOUND);
    assert_int_equal(w.samples, i);
  }
  end(&w);
}

static void l_52_connect_comes_once(void **state) {
  world w;
  (void)state;
  start(&w, NULL, "new", "new");
  ice(&w, "checking");
  connection(&w, "connecting");
  w.now += 1234;
  ice(&w, "connected");
  answer_text(&w, read_fixture("stats/current-1.json"));
  assert_int_equal(w.connects, 1);
  has(&w, "{\"name\":\"connect\",\"session\":{\"$session\":3},\"conference\":\"c1\",\"userAgent\":\"Agent/1\","
          "\"platform\":\"Linux\",\"cores\":8,\"connectTime\":1234,");
  ice(&w, "disconnected");
  ice(&w, "checking");
  ice(&w, "connected");
  assert_false(w.is_asked);
  assert_int_equal(w.connects, 1);
  end(&w);
}

static void l_52_connect_waits_900_ms_for_the_selected_pair(void **state) {
  world w;
  (void)state;
  start(&w, NULL, "new", "connecting");
  ice(&w, "connected");
  for (int i = 0; i < 3; i++) {
    answer(&w, NO_PAIR);
    assert_int_equal(w.connects, 0);
    assert_int_equal(sp_gatherer_deadline(w.g), w.now + 300);
    pass(&w, 300);
    assert_true(w.is_asked);
  }
  assert_int_equal(w.now, 1900);
  answer(&w, NO_PAIR);
  assert_int_equal(w.connects, 1);
  has_not(&w, "candidate");
  has_not(&w, "connectTime"); /* never seen checking */
  assert_int_equal(sp_gatherer_deadline(w.g), SP_NEVER);
  end(&w);
}

static void l_52_connect_comes_without_a_connection_and_after_rejections(void **state) {
  world w;
  (void)state;
  start(&w, NULL, "new", "new");
  ice(&w, "connected"); /* nobody can be asked */
  for (int i = 0; i < 3; i++) pass(&w, 300);
  assert_int_equal(w.asks, 0);
  assert_int_equal(w.connects, 1);
  end(&w);
  start(&w, NULL, "new", "connected");
  answer(&w, SOUND);
  ice(&w, "connected");
  for (int i = 0; i < 4; i++) {
    sp_gatherer_result(w.g, w.now, w.number, false, SP_STR_NONE);
    take_all(&w);
    if (i < 3) pass(&w, 300);
  }
  assert_int_equal(w.connects, 1);
  end(&w);
}

static void l_52_a_pair_that_comes_later_is_in_the_event(void **state) {
  world w;
  (void)state;
  start(&w, NULL, "new", "connecting");
  ice(&w, "connected");
  answer(&w, NO_PAIR);
  pass(&w, 300);
  answer_text(&w, read_fixture("stats/older-1.json"));
  assert_int_equal(w.connects, 1);
  assert_string_equal(w.ice_type,
                      "{\"localCandidateType\":\"relay\",\"relayed\":true,\"remoteCandidateType\":\"srflx\"}");
  /* The last selected pair, by its priority relayed over UDP. */
  has(&w, "\"localCandidateType\":\"relay\",\"remoteCandidateType\":\"srflx\",\"candidatePair\":\"relay;srflx\"");
  has(&w, "\"candidatePairDetails\":{\"local\":{\"id\":\"L2\"");
  has(&w, "\"transport\":\"udp\",\"turnType\":\"udp\",\"networkType\":\"cellular\",\"usingIPv6\":true}");
  end(&w);
}

static void connect_and_the_first_sample_share_a_request(void **state) {
  world w;
  (void)state;
  start(&w, NULL, "new", "connecting");
  ice(&w, "connected");
  connection(&w, "connected");
  assert_int_equal(w.asks, 1);
  answer_text(&w, read_fixture("stats/current-2.json"));
  assert_int_equal(w.connects, 1);
  assert_int_equal(w.samples, 1);
  assert_false(w.is_asked);
  end(&w);
}

static void checking_from_the_start_is_warned_about_and_timed(void **state) {
  world w;
  (void)state;
  start(&w, NULL, "checking", "connecting");
  assert_int_equal(log_count(&w, "warn", "may be inaccurate"), 1);
  w.now += 50;
  ice(&w, "connected");
  answer_text(&w, read_fixture("stats/current-1.json"));
  has(&w, "\"connectTime\":50,");
  end(&w);
}

static void l_57_disconnected_is_one_event_and_closed_stops(void **state) {
  world w;
  (void)state;
  start(&w, NULL, "new", "connected");
  answer(&w, SOUND);
  connection(&w, "disconnected");
  assert_int_equal(w.samples, 2);
  assert_string_equal(w.event, "{\"name\":\"getStats\",\"session\":{\"$session\":3},\"conference\":\"c1\","
                               "\"initiator\":false,\"tracks\":[],\"remoteTracks\":[],\"type\":\"disconnected\"}");
  assert_false(w.has_mos);
  sp_gatherer_connection_state(w.g, w.now, SP_STR("disconnected"), SP_STR("have-remote-offer"));
  take_all(&w);
  assert_int_equal(w.samples, 2);
  connection(&w, "closed");
  assert_int_equal(sp_gatherer_deadline(w.g), SP_NEVER);
  end(&w);
}

static void l_57_l_68_stop_is_final_and_legal_twice(void **state) {
  world w;
  (void)state;
  start(&w, NULL, "new", "connecting");
  ice(&w, "connected");
  connection(&w, "connected");
  sp_gatherer_watch(w.g, w.now, true);
  sp_gatherer_stop(w.g);
  sp_gatherer_stop(w.g);
  answer_text(&w, read_fixture("stats/current-1.json"));
  connection(&w, "disconnected");
  connection(&w, "connected");
  ice(&w, "failed");
  sp_gatherer_watch(w.g, w.now, true);
  pass(&w, 60000);
  assert_int_equal(w.connects + w.samples + w.failures + w.reports, 0);
  assert_int_equal(sp_gatherer_deadline(w.g), SP_NEVER);
  end(&w);
}

static void while_disconnected_nobody_is_asked_and_one_warning_is_logged(void **state) {
  world w;
  (void)state;
  start(&w, NULL, "new", "connected");
  answer(&w, SOUND);
  connection(&w, "disconnected");
  for (int i = 0; i < 3; i++) pass(&w, 5000);
  assert_int_equal(w.asks, 1);
  assert_int_equal(log_count(&w, "warn", "No statistics"), 1);
  connection(&w, "connected");
  pass(&w, 5000);
  answer(&w, SOUND);
  assert_int_equal(w.samples, 3);
  pass(&w, 5000);
  answer(&w, "[]");
  pass(&w, 5000);
  answer(&w, "[{\"id\":\"x\",\"type\":\"sp-sender\"}]"); /* only the host's own */
  assert_int_equal(w.samples, 3);
  assert_int_equal(log_count(&w, "warn", "No statistics"), 1);
  end(&w);
}

static void l_60_a_rejection_is_one_error_line_and_the_next_sample_comes(void **state) {
  static const char *const unreadable[] = { "", "{}", "nonsense", "[1]", "[null]" };
  world w;
  (void)state;
  start(&w, NULL, "new", "connected");
  sp_gatherer_result(w.g, w.now, w.number, false, SP_STR_NONE);
  take_all(&w);
  assert_int_equal(log_count(&w, "error", "Collecting statistics failed"), 1);
  for (size_t i = 0; i < sizeof unreadable / sizeof *unreadable; i++) {
    pass(&w, 5000);
    answer(&w, unreadable[i]);
    assert_int_equal(log_count(&w, "error", "Collecting statistics failed"), 1);
  }
  assert_int_equal(w.samples, 0);
  pass(&w, 5000);
  answer(&w, SOUND);
  assert_int_equal(w.samples, 1);
  end(&w);
}

static void a_host_that_never_answers_is_asked_again(void **state) {
  world w;
  (void)state;
  start(&w, NULL, "new", "connected");
  uint32_t lost = w.number;
  pass(&w, 5000);
  assert_int_equal(w.asks, 1);
  pass(&w, 5000);
  assert_int_equal(w.asks, 2);
  assert_int_equal(log_count(&w, "warn", "not answered"), 1);
  sp_gatherer_result(w.g, w.now, lost, true, SP_STR(SOUND)); /* late */
  take_all(&w);
  assert_int_equal(w.samples, 0);
  answer(&w, SOUND);
  assert_int_equal(w.samples, 1);
  answer(&w, SOUND); /* twice */
  assert_int_equal(w.samples, 1);
  end(&w);
}

static void after_a_sleep_the_pace_starts_anew(void **state) {
  world w;
  (void)state;
  start(&w, NULL, "new", "connected");
  answer(&w, SOUND);
  pass(&w, 3600000);
  answer(&w, SOUND);
  assert_int_equal(sp_gatherer_deadline(w.g), w.now + 5000);
  pass(&w, 5300); /* late by less than an interval: the pace is kept */
  answer(&w, SOUND);
  assert_int_equal(sp_gatherer_deadline(w.g), w.now + 4700);
  end(&w);
}

/* --- the live quality's samples --------------------------------------------------------------------------- */

static void quality_is_sampled_every_second_and_shares_every_fifth(void **state) {
  world w;
  (void)state;
  start(&w, NULL, "new", "connected");
  answer(&w, SOUND);
  w.now += 700;
  sp_gatherer_watch(w.g, w.now, true);
  size_t before = w.asks, whole = 0;
  for (uint64_t at = 2000; at <= 16000; at += 1000) { /* on the pace of the samples */
    next(&w);
    assert_int_equal(w.now, at);
    assert_true(w.is_asked);
    whole += w.is_whole;
    answer(&w, SOUND);
  }
  assert_int_equal(w.asks - before, 15);
  assert_int_equal(w.reports, 15);
  assert_int_equal(whole, 3);
  assert_int_equal(w.samples, 4);
  sp_gatherer_watch(w.g, w.now, false);
  assert_int_equal(sp_gatherer_deadline(w.g), 21000);
  end(&w);
}

static void quality_asks_for_few_types_only_while_connected(void **state) {
  world w;
  sp_gather out;
  (void)state;
  start(&w, NULL, "new", "new");
  sp_gatherer_watch(w.g, w.now, true);
  assert_int_equal(sp_gatherer_deadline(w.g), SP_NEVER);
  connection(&w, "connecting");
  connection(&w, "connected");
  answer(&w, SOUND);
  take_all(&w);
  w.now += 1000;
  sp_gatherer_tick(w.g, w.now);
  assert_true(sp_gatherer_take(w.g, &out));
  assert_int_equal(out.kind, SP_GATHER_ASK);
  assert_true(sp_str_starts(out.text, "{\"types\":[\"inbound-rtp\","));
  assert_true(sp_str_find(out.text, "candidate\"", 0) == SIZE_MAX); /* nor their addresses */
  sp_gatherer_result(w.g, w.now, out.number, true, SP_STR(SOUND));
  take_all(&w);
  connection(&w, "disconnected");
  size_t asks = w.asks;
  for (int i = 0; i < 4; i++) pass(&w, 1000);
  assert_int_equal(w.asks, asks);
  end(&w);
}

/* The record as the host hands it over when only these members are asked for. */
static void write_chosen(sp_buf *out, const sp_json *record, const sp_json *fields) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  for (const sp_json *member = sp_json_first(record); member; member = sp_json_next(member)) {
    for (const sp_json *f = sp_json_first(fields); f; f = sp_json_next(f))
      if (sp_str_eq(sp_json_str(f), sp_json_key(member))) sp_jw_json(&w, sp_json_key(member).ptr, member);
  }
  sp_jw_close(&w);
}

static sp_vitals vitals_of(sp_str records) {
  sp_report report;
  sp_vitals vitals;
  assert_int_equal(sp_report_parse(NULL, records, &report), SP_OK);
  memset(&vitals, 0, sizeof vitals);
  sp_vitals_read(&report, &vitals);
  sp_report_free(&report);
  return vitals;
}

static void the_members_asked_for_are_all_that_the_quality_reads(void **state) {
  world w;
  sp_gather out;
  sp_json_doc *asked, *doc;
  sp_buf chosen;
  (void)state;
  start(&w, NULL, "new", "connected");
  answer(&w, SOUND);
  sp_gatherer_watch(w.g, w.now, true);
  sp_gatherer_tick(w.g, w.now += 1000);
  assert_true(sp_gatherer_take(w.g, &out));
  assert_int_equal(sp_json_parse(NULL, out.text, &asked), SP_OK);
  sp_str records = read_fixture("stats/current-2.json");
  assert_int_equal(sp_json_parse(NULL, records, &doc), SP_OK);
  sp_buf_init(&chosen, NULL, 65536);
  for (const sp_json *r = sp_json_first(sp_json_root(doc)); r; r = sp_json_next(r)) {
    sp_buf_add_char(&chosen, chosen.len ? ',' : '[');
    write_chosen(&chosen, r, sp_json_get(sp_json_root(asked), "fields"));
  }
  sp_buf_add_char(&chosen, ']');
  sp_vitals all = vitals_of(records), few = vitals_of(sp_buf_str(&chosen));
  assert_memory_equal(&all, &few, sizeof all);
  assert_true(few.received > 0 && few.sent > 0 && few.round_trip > 0);
  sp_buf_free(&chosen);
  sp_json_free(doc);
  sp_json_free(asked);
  end(&w);
}

static void a_sample_due_while_a_small_one_is_out_is_asked_for_after_it(void **state) {
  world w;
  (void)state;
  start(&w, NULL, "new", "connected");
  answer(&w, SOUND);
  sp_gatherer_watch(w.g, w.now, true);
  pass(&w, 4000);
  assert_false(w.is_whole);
  pass(&w, 1000); /* the sample of five seconds is due, the small one has not come */
  answer(&w, SOUND);
  assert_true(w.is_asked && w.is_whole);
  answer(&w, SOUND);
  assert_int_equal(w.samples, 2);
  end(&w);
}

/* --- what ------------------------------------------------------------------------------------------------- */

static void sample(world *w, const char *first_fixture, const char *second_fixture) {
  start(w, NULL, "new", "connected");
  answer_text(w, read_fixture(first_fixture));
  if (!second_fixture) return;
  pass(w, 5000);
  answer_text(w, read_fixture(second_fixture));
}

static void l_53_bitrate_needs_two_samples(void **state) {
  world w;
  (void)state;
  sample(&w, "stats/older-1.json", NULL);
  has_not(&w, "bitrate");
  has_not(&w, "interval");
  end(&w);
  sample(&w, "stats/older-1.json", "stats/older-2.json");
  has(&w, "\"bytes\":125000,\"codec\":\"111 audio/opus 48000\",\"packetsSent\":1250,\"packetLoss\":0.32,"
          "\"bitrate\":40,\"intervalPacketsSent\":250,\"intervalPacketsLost\":2,\"intervalPacketLoss\":0.8,");
  has(&w, "\"bitrate\":49,\"intervalPacketsReceived\":240,"); /* floor of 49.6 */
  end(&w);
}

static void l_54_loss_in_per_cent_and_by_interval(void **state) {
  world w;
  (void)state;
  sample(&w, "stats/older-1.json", NULL);
  has(&w, "\"packetsReceived\":300,\"packetLoss\":1,");
  end(&w);
  sample(&w, "stats/older-1.json", "stats/older-2.json");
  has(&w, "\"intervalPacketsReceived\":240,\"intervalPacketsLost\":9,\"intervalPacketLoss\":3.75,");
  end(&w);
}

static void an_interval_of_no_time_has_no_bitrate_and_a_source_without_counters_counts_zero(void **state) {
  world w;
  (void)state;
  sample(&w, "stats/older-2.json", "stats/older-2.json");
  has_not(&w, "bitrate");
  end(&w);
  start(&w, NULL, "new", "connected");
  answer(&w, "[{\"id\":\"I\",\"type\":\"inbound-rtp\",\"kind\":\"audio\"}]");
  has(&w, "\"remoteTracks\":[{\"kind\":\"audio\",\"packetsLost\":0,\"bytes\":0,\"packetLoss\":0}]");
  pass(&w, 5000);
  answer(&w, "[{\"id\":\"I\",\"type\":\"inbound-rtp\",\"kind\":\"audio\",\"packetsReceived\":50,\"packetsLost\":1}]");
  has(&w, "\"intervalPacketsReceived\":50,\"intervalPacketsLost\":1,\"intervalPacketLoss\":2}");
  end(&w);
}

static void l_55_outbound_round_trip_and_jitter_are_the_far_ends(void **state) {
  world w;
  (void)state;
  sample(&w, "stats/older-1.json", NULL);
  has(&w, "\"jitter\":0.002,\"roundTripTime\":0.06,\"totalRoundTripTime\":0.14,\"roundTripTimeMeasurements\":2,"
          "\"packetsLost\":2,");
  end(&w);
}

static void l_56_five_silent_events_then_none_until_sound_comes(void **state) {
  static const char silent[] = "[{\"id\":\"O\",\"type\":\"outbound-rtp\",\"kind\":\"audio\",\"timestamp\":%d},"
                               "{\"id\":\"I\",\"type\":\"inbound-rtp\",\"kind\":\"audio\",\"timestamp\":%d,"
                               "\"bytesReceived\":%d}]";
  world w;
  char text[512];
  (void)state;
  start(&w, NULL, "new", "connected");
  for (int i = 0; i < 9; i++) {
    int bytes = i < 8 ? 100 : 5100;
    snprintf(text, sizeof text, silent, i * 5000, i * 5000, bytes);
    answer(&w, text);
    size_t expected = i < 6 ? (size_t)i + 1 : i < 8 ? 6 : 7; /* the first has no bitrate */
    assert_int_equal(w.samples, expected);
    pass(&w, 5000);
  }
  end(&w);
  start(&w, NULL, "new", "connected"); /* no remote track at all is silence too */
  for (int i = 0; i < 7; i++) {
    answer(&w, "[{\"id\":\"O\",\"type\":\"outbound-rtp\",\"kind\":\"audio\"}]");
    assert_int_equal(w.samples, i < 5 ? i + 1 : 5);
    pass(&w, 5000);
  }
  end(&w);
}

static void a_report_without_tracks_is_no_event(void **state) {
  world w;
  (void)state;
  start(&w, NULL, "new", "connected");
  answer(&w, NO_PAIR);
  assert_int_equal(w.samples, 0);
  end(&w);
}

static void l_58_failure_counts_candidates_by_type(void **state) {
  static const char descriptions[] =
      "{\"local\":\"v=0\\r\\na=candidate:1 1 udp 2122260223 192.0.2.1 5000 typ host generation 0\\r\\n"
      "a=candidate:2 1 udp 1686052607 198.51.100.1 5000 typ srflx raddr 0.0.0.0 rport 0\\r\\n"
      "a=candidate:3 1 udp 41885439 198.51.100.2 5000 typ relay\\r\\na=candidate:4 1 udp 1 x 5 typ relay\\r\\n"
      "a=candidate:5 typ host\\r\\na=mid:0\\r\\n\",\"remote\":null}";
  static const char counts[] = "\"iceRW\":0,\"numLocalHostCandidates\":1,\"numLocalSrflxCandidates\":1,"
                               "\"numLocalRelayCandidates\":2,\"numRemoteHostCandidates\":0,"
                               "\"numRemoteSrflxCandidates\":0,\"numRemoteRelayCandidates\":0}";
  world w;
  (void)state;
  start(&w, NULL, "new", "connecting");
  ice(&w, "checking");
  w.now += 15000;
  sp_gatherer_ice_state(w.g, w.now, SP_STR("failed"), sp_str_from(descriptions));
  connection(&w, "failed");
  assert_int_equal(w.failures, 1);
  has(&w, "{\"name\":\"failure\",\"session\":{\"$session\":3},\"conference\":\"c1\",\"initiator\":false,"
          "\"failTime\":15000,");
  has(&w, counts);
  has_not(&w, "192.0.2.1");
  end(&w);
  static const char *const empty[] = { NULL, "", "null", "{}", "nonsense", "{\"local\":7}" };
  for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
    start(&w, NULL, "new", "connecting");
    sp_gatherer_ice_state(w.g, w.now, SP_STR("failed"), sp_str_from(empty[i]));
    take_all(&w);
    assert_int_equal(w.failures, 1);
    has(&w, "\"numLocalHostCandidates\":0,");
    has_not(&w, "failTime");
    end(&w);
  }
}

static void l_59_older_and_current_reports_have_tracks_and_levels(void **state) {
  world w;
  (void)state;
  sample(&w, "stats/older-1.json", NULL);
  has(&w, "\"tracks\":[{\"track\":\"mic-1\",\"kind\":\"audio\",");
  has(&w, "\"audioLevel\":0.25,\"totalAudioEnergy\":0.75,\"echoReturnLoss\":-30,\"echoReturnLossEnhancement\":0.175}");
  has(&w, "\"remoteTracks\":[{\"track\":\"far-1\",");
  has(&w, "\"audioLevel\":0.125,\"totalAudioEnergy\":0.5}");
  end(&w);
  sample(&w, "stats/current-2.json", "stats/current-3.json");
  has(&w, "\"tracks\":[{\"track\":\"b88420f8-f86d-4e71-a446-70b4c87973c6\",\"kind\":\"audio\",");
  has(&w, "\"audioLevel\":0.24646748252815331,");
  has(&w, "\"echoReturnLoss\":-30,");
  has(&w, "\"remoteTracks\":[{\"track\":\"1eaecbb3-be31-4b41-bebc-e2a1bb6ca097\",");
  has(&w, "\"audioLevel\":0.003662221137119663,");
  has(&w, "\"candidatePairHadActiveSource\":true}");
  end(&w);
}

static void the_first_pair_counts_and_a_change_of_candidates_is_told(void **state) {
  world w;
  (void)state;
  sample(&w, "stats/older-1.json", "stats/older-2.json");
  has(&w, "\"bytesSent\":126000,\"bytesReceived\":82000,\"requestsSent\":9,\"requestsReceived\":8,\"responsesSent\":8,"
          "\"responsesReceived\":9,\"consentRequestsSent\":6,\"totalRoundTripTime\":0.5,"
          "\"candidatePair\":\"host;srflx\",\"networkType\":\"wifi\",\"localCandidateChanged\":false,"
          "\"remoteCandidateChanged\":false,\"candidatePairHadActiveSource\":true}");
  pass(&w, 5000);
  answer(&w, "[{\"id\":\"O\",\"type\":\"outbound-rtp\"},{\"id\":\"P\",\"type\":\"candidate-pair\",\"nominated\":true,"
             "\"state\":\"succeeded\",\"localCandidateId\":\"other\",\"remoteCandidateId\":\"R1\"}]");
  has(&w, "\"localCandidateChanged\":true,\"remoteCandidateChanged\":false}");
  end(&w);
}

static void the_sample_for_the_mos_is_that_of_the_first_tracks(void **state) {
  world w;
  (void)state;
  sample(&w, "stats/older-1.json", "stats/older-2.json");
  assert_true(w.has_mos);
  is_near(w.mos.received, 540, 0);
  is_near(w.mos.lost, 12, 0);
  is_near(w.mos.jitter, 0.003, 1e-12);
  is_near(w.mos.timestamp, 1700000005000.0, 0);
  is_near(w.mos.round_trip_total, 0.3, 1e-12);
  is_near(w.mos.round_trip_count, 4, 0);
  end(&w);
}

/* Every source beyond the limit is in the event, without interval values. */
static void many_sources_are_all_told(void **state) {
  static char text[40000];
  world w;
  size_t length = 0;
  (void)state;
  start(&w, NULL, "new", "connected");
  text[length++] = '[';
  for (unsigned i = 0; i < SP_MAX_STATS_SOURCES + 8; i++)
    length +=
        (size_t)snprintf(text + length, sizeof text - length,
                         "%s{\"id\":\"I%u\",\"type\":\"inbound-rtp\",\"packetsReceived\":%u}", i ? "," : "", i, i);
  snprintf(text + length, sizeof text - length, "]");
  for (int i = 0; i < 2; i++, pass(&w, 5000)) answer(&w, text);
  has(&w, "\"packetsReceived\":31,\"packetLoss\":0,\"intervalPacketsReceived\":0,");
  has(&w, "\"packetsReceived\":39,\"packetLoss\":0}]");
  end(&w);
}

static void a_report_cut_anywhere_is_refused(void **state) {
  sp_str text = sp_str_trim(read_fixture("stats/older-1.json"));
  (void)state;
  for (size_t len = 0; len < text.len; len++) {
    sp_report report;
    sp_str cut = test_cut(text, len);
    assert_int_equal(sp_report_parse(NULL, cut, &report), SP_ESYNTAX);
    test_cut_free(cut);
  }
}

static void each_allocation_may_fail(void **state) {
  (void)state;
  for (size_t n = 1, done = 0; !done; n++) {
    world w = { 0 };
    if (start(&w, test_alloc_new(n), "checking", "connecting")) {
      ice(&w, "connected");
      connection(&w, "connected");
      sp_gatherer_watch(w.g, w.now, true);
      answer_text(&w, read_fixture("stats/older-1.json"));
      for (int i = 0; i < 12; i++) {
        pass(&w, 1000);
        answer_text(&w, read_fixture("stats/older-2.json"));
      }
      sp_gatherer_ice_state(w.g, w.now, SP_STR("failed"), SP_STR("{\"local\":\"a=candidate:1\"}"));
      connection(&w, "disconnected");
      sp_gatherer_stop(w.g);
    }
    end(&w);
    assert_int_equal(test_alloc_live(), 0);
    done = !test_alloc_failed();
  }
}

int main(void) {
  static const struct CMUnitTest tests[] = {
    cmocka_unit_test(l_51_connected_from_the_start_collects_at_once_then_every_five_seconds),
    cmocka_unit_test(l_52_connect_comes_once),
    cmocka_unit_test(l_52_connect_waits_900_ms_for_the_selected_pair),
    cmocka_unit_test(l_52_connect_comes_without_a_connection_and_after_rejections),
    cmocka_unit_test(l_52_a_pair_that_comes_later_is_in_the_event),
    cmocka_unit_test(connect_and_the_first_sample_share_a_request),
    cmocka_unit_test(checking_from_the_start_is_warned_about_and_timed),
    cmocka_unit_test(l_57_disconnected_is_one_event_and_closed_stops),
    cmocka_unit_test(l_57_l_68_stop_is_final_and_legal_twice),
    cmocka_unit_test(while_disconnected_nobody_is_asked_and_one_warning_is_logged),
    cmocka_unit_test(l_60_a_rejection_is_one_error_line_and_the_next_sample_comes),
    cmocka_unit_test(a_host_that_never_answers_is_asked_again),
    cmocka_unit_test(after_a_sleep_the_pace_starts_anew),
    cmocka_unit_test(quality_is_sampled_every_second_and_shares_every_fifth),
    cmocka_unit_test(quality_asks_for_few_types_only_while_connected),
    cmocka_unit_test(the_members_asked_for_are_all_that_the_quality_reads),
    cmocka_unit_test(a_sample_due_while_a_small_one_is_out_is_asked_for_after_it),
    cmocka_unit_test(l_53_bitrate_needs_two_samples),
    cmocka_unit_test(l_54_loss_in_per_cent_and_by_interval),
    cmocka_unit_test(an_interval_of_no_time_has_no_bitrate_and_a_source_without_counters_counts_zero),
    cmocka_unit_test(l_55_outbound_round_trip_and_jitter_are_the_far_ends),
    cmocka_unit_test(l_56_five_silent_events_then_none_until_sound_comes),
    cmocka_unit_test(a_report_without_tracks_is_no_event),
    cmocka_unit_test(l_58_failure_counts_candidates_by_type),
    cmocka_unit_test(l_59_older_and_current_reports_have_tracks_and_levels),
    cmocka_unit_test(the_first_pair_counts_and_a_change_of_candidates_is_told),
    cmocka_unit_test(the_sample_for_the_mos_is_that_of_the_first_tracks),
    cmocka_unit_test(many_sources_are_all_told),
    cmocka_unit_test(a_report_cut_anywhere_is_refused),
    cmocka_unit_test(each_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
