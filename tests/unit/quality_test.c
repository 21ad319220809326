/* SPDX-License-Identifier: MIT */
#include "support.h"
#include "telemetry/mos.h"
#include "telemetry/quality.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A call as its statistics show it, sampled every second. Everything flows until a link is cut. */
typedef struct call {
  sp_quality q;
  uint64_t now;
  /* links */
  bool no_capture, no_signal, no_sending, no_far_reports, far_deaf, no_receiving, far_sends_nothing, no_far_sender,
      far_silent, no_playout;
  bool audio_only;  /* note no warnings about numbers */
  const char *host; /* records of the host, each with a comma before it */
  double loss, far_loss, jitter, far_jitter, round_trip;
  unsigned per_second; /* packets */
  /* counters */
  double captured, energy, sent, received, lost, heard, played, far_sent, far_told, far_ms, far_sender_ms, trips,
      trip_sum;
  char inbound[8];
  /* what the app saw */
  size_t events, raised, cleared;
  char last[1024], warnings[1024]; /* the newest live event; "+high-loss -high-loss:recovered ..." */
  char warning[512];               /* the newest warning event */
} call;

static void take_all(call *c) {
  sp_quality_notice notice;
  while (sp_quality_take(&c->q, &notice)) {
    sp_buf out;
    sp_buf_init(&out, NULL, 4096);
    sp_quality_write(&out, &c->q, &notice, SP_STR_NONE, SP_STR_NONE);
    assert_int_equal(sp_buf_status(&out), SP_OK);
    char *text = notice.is_warning ? c->warning : c->last;
    snprintf(text, notice.is_warning ? sizeof c->warning : sizeof c->last, "%.*s", SP_STR_ARG(sp_buf_str(&out)));
    sp_buf_free(&out);
    c->events += !notice.is_warning;
    if (!notice.is_warning || (c->audio_only && notice.warning < SP_WARN_NO_INBOUND_AUDIO)) continue;
    c->raised += notice.raised;
    c->cleared += !notice.raised;
    size_t length = strlen(c->warnings);
    snprintf(c->warnings + length, sizeof c->warnings - length, "%s%c%s%s%s", length > 0 ? " " : "",
             notice.raised ? '+' : '-', sp_quality_rule_of(notice.warning)->word, notice.code ? ":" : "",
             notice.code ? notice.code : "");
  }
}

static void set(call *c, sp_audio_context context) {
  sp_quality_set_context(&c->q, c->now, &context);
  take_all(c);
}

static void count_outbound(call *c) {
  if (!c->no_capture) c->captured += 1;
  if (!c->no_capture && !c->no_signal) c->energy += 0.001;
  if (!c->no_sending) c->sent += c->per_second;
  if (c->no_far_reports || c->now % 5000 != 0) return;
  c->far_ms += 5000;
  c->trips += 1;
  c->trip_sum += c->round_trip;
}

static void count_inbound(call *c) {
  bool sends = !c->far_sends_nothing;
  if (sends) c->far_sent += c->per_second;
  if (sends && !c->no_receiving) {
    c->received += c->per_second * (1 - c->loss);
    c->lost += c->per_second * c->loss;
    if (!c->far_silent) c->heard += 0.001;
  }
  if (!c->no_playout) c->played += 48000;
  if (c->no_far_sender || c->now % 5000 != 0) return;
  c->far_sender_ms += 5000;
  c->far_told = c->far_sent;
}

static void write_report(const call *c, char *text, size_t size) {
  snprintf(text, size,
           "[{\"id\":\"O\",\"type\":\"outbound-rtp\",\"kind\":\"audio\",\"mediaSourceId\":\"M\",\"packetsSent\":%.17g},"
           "{\"id\":\"M\",\"type\":\"media-source\",\"kind\":\"audio\",\"totalSamplesDuration\":%.17g,"
           "\"totalAudioEnergy\":%.17g},"
           "{\"id\":\"%s\",\"type\":\"inbound-rtp\",\"kind\":\"audio\",\"playoutId\":\"A\",\"packetsReceived\":%.17g,"
           "\"packetsLost\":%.17g,\"jitter\":%.17g,\"totalAudioEnergy\":%.17g},"
           "{\"id\":\"A\",\"type\":\"media-playout\",\"kind\":\"audio\",\"totalSamplesCount\":%.17g}",
           c->sent, c->captured, c->energy, c->inbound, c->received, c->lost, c->jitter, c->heard, c->played);
  size_t at = strlen(text);
  if (c->far_ms > 0)
    at += (size_t)snprintf(text + at, size - at,
                           ",{\"id\":\"RI\",\"type\":\"remote-inbound-rtp\",\"kind\":\"audio\",\"localId\":\"O\","
                           "\"timestamp\":%.17g,\"fractionLost\":%.17g,\"jitter\":%.17g,\"roundTripTime\":%.17g,"
                           "\"totalRoundTripTime\":%.17g,\"roundTripTimeMeasurements\":%.17g}",
                           c->far_ms, c->far_deaf ? 1.0 : c->far_loss, c->far_jitter, c->round_trip, c->trip_sum,
                           c->trips);
  if (c->far_sender_ms > 0)
    at += (size_t)snprintf(text + at, size - at,
                           ",{\"id\":\"RO\",\"type\":\"remote-outbound-rtp\",\"kind\":\"audio\",\"localId\":\"%s\","
                           "\"timestamp\":%.17g,\"packetsSent\":%.17g}",
                           c->inbound, c->far_sender_ms, c->far_told);
  snprintf(text + at, size - at, "%s]", c->host ? c->host : "");
}

static void sample(call *c, const char *text) {
  sp_report report;
  assert_int_equal(sp_report_parse(NULL, sp_str_from(text), &report), SP_OK);
  sp_quality_add(&c->q, c->now, &report);
  sp_report_free(&report);
  take_all(c);
}

static void talk(call *c, unsigned seconds) {
  char text[2048];
  for (unsigned i = 0; i < seconds; i++) {
    c->now += 1000;
    count_outbound(c);
    count_inbound(c);
    write_report(c, text, sizeof text);
    sample(c, text);
  }
}

static void silently_pass(call *c, uint64_t ms) {
  c->now += ms;
}

/* A good call, 20 s old. */
static void start(call *c) {
  *c =
      (call){ .now = 1000, .jitter = 0.002, .far_jitter = 0.002, .round_trip = 0.04, .per_second = 50, .inbound = "I" };
  sp_quality_init(&c->q);
  set(c, (sp_audio_context){ .in_call = true });
  talk(c, 20);
  assert_string_equal(c->warnings, "");
}

static void has(const char *event, const char *text) {
  if (!strstr(event, text)) fail_msg("no %s in %s", text, event);
}

/* --- the live event --------------------------------------------------------------------------------------- */

static void a_good_call_is_excellent_every_second(void **state) {
  call c;
  (void)state;
  start(&c);
  assert_int_equal(c.events, 19); /* the first sample is what the second counts from */
  double mos = sp_mos_score(0.02, 0.002, 0);
  char expected[512];
  snprintf(expected, sizeof expected,
           "{\"level\":\"excellent\",\"mos\":%.4f,\"loss\":0,\"jitter\":0.002,\"roundTrip\":0.04,"
           "\"inbound\":{\"audio\":\"flowing\",\"mos\":%.4f,\"loss\":0,\"jitter\":0.002},"
           "\"outbound\":{\"audio\":\"flowing\",\"mos\":%.4f,\"loss\":0,\"jitter\":0.002}}",
           mos, mos, mos);
  assert_string_equal(c.last, expected);
}

static void without_a_call_nothing_is_said(void **state) {
  call c = { .now = 1000, .per_second = 50, .inbound = "I" };
  (void)state;
  sp_quality_init(&c.q);
  talk(&c, 30);
  c.no_receiving = c.no_sending = true;
  talk(&c, 30);
  assert_int_equal(c.events + c.raised, 0);
}

/* Golden vectors: loss, jitter and round trip over the window of five seconds, and the score of the worse way. */
static void the_worse_way_counts(void **state) {
  static const struct {
    double loss, far_loss, jitter, far_jitter, round_trip, worse_loss, worse_jitter, mos;
    const char *level;
  } cases[] = {
    { 0, 0, 0.002, 0.001, 0.04, 0, 0.002, 4.88026, "excellent" },
    { 0.02, 0, 0.002, 0.001, 0.04, 0.02, 0.002, 4.74311, "excellent" },
    { 0, 0.04, 0.001, 0.002, 0.04, 0.04, 0.002, 4.56627, "excellent" },
    { 0.08, 0.01, 0.002, 0.004, 0.04, 0.08, 0.004, 4.11688, "good" },
    { 0, 0, 0.002, 0.002, 0.6, 0, 0.002, 4.18865, "good" },
    { 0, 0.12, 0, 0.01, 0.04, 0.12, 0.01, 3.55603, "fair" },
    { 0.16, 0, 0.002, 0, 0.04, 0.16, 0.002, 2.99852, "poor" },
    { 0.3, 0.1, 0.02, 0.02, 0.2, 0.3, 0.02, 1.23510, "bad" },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    call c;
    start(&c);
    c.loss = cases[i].loss;
    c.far_loss = cases[i].far_loss;
    c.jitter = cases[i].jitter;
    c.far_jitter = cases[i].far_jitter;
    c.round_trip = cases[i].round_trip;
    talk(&c, 20);
    const sp_quality_now *n = &c.q.now;
    if (fabs(n->loss - cases[i].worse_loss) > 1e-9 || fabs(n->jitter - cases[i].worse_jitter) > 1e-9 ||
        fabs(n->round_trip - cases[i].round_trip) > 1e-9 || fabs(n->mos - cases[i].mos) > 5e-6)
      fail_msg("row %zu: loss %g jitter %g round trip %g mos %.5f", i, n->loss, n->jitter, n->round_trip, n->mos);
    char level[64];
    snprintf(level, sizeof level, "{\"level\":\"%s\",", cases[i].level);
    has(c.last, level);
  }
}

static void a_level_is_left_upwards_only_with_a_margin(void **state) {
  call c;
  (void)state;
  start(&c);
  c.loss = 0.06; /* rating 77.1 */
  talk(&c, 10);
  has(c.last, "\"level\":\"good\"");
  c.loss = 0.046; /* 80.6: above the edge, within the margin */
  talk(&c, 10);
  has(c.last, "\"level\":\"good\"");
  c.loss = 0.03;
  talk(&c, 10);
  has(c.last, "\"level\":\"excellent\"");
  c.loss = 0.046; /* downwards it stays */
  talk(&c, 10);
  has(c.last, "\"level\":\"excellent\"");
}

static void few_packets_say_nothing_about_loss(void **state) {
  call c;
  (void)state;
  start(&c);
  c.per_second = 2; /* discontinuous transmission */
  c.loss = 0.5;
  talk(&c, 20);
  assert_true(isnan(c.q.now.inbound.loss) != 0);
  assert_string_equal(c.warnings, "");
}

static void without_reports_of_the_far_end_the_checks_give_the_round_trip(void **state) {
  call c;
  (void)state;
  start(&c);
  c.now = 1000;
  set(&c, (sp_audio_context){ 0 });
  set(&c, (sp_audio_context){ .in_call = true });
  c.far_ms = 0;
  c.no_far_reports = true;
  c.host = ",{\"id\":\"P\",\"type\":\"candidate-pair\",\"nominated\":true,\"state\":\"succeeded\","
           "\"currentRoundTripTime\":0.123}";
  talk(&c, 30);
  has(c.last, "\"roundTrip\":0.123,");
  has(c.last, "\"outbound\":{\"audio\":\"flowing\"}");
  assert_string_equal(c.warnings, "");
}

static void an_old_report_of_the_far_end_says_nothing_about_now(void **state) {
  call c;
  (void)state;
  start(&c);
  c.far_loss = 0.04;
  talk(&c, 5);
  c.no_far_reports = true;
  talk(&c, 15);
  assert_true(c.q.now.outbound.loss > 0.03);
  talk(&c, 6);
  assert_true(isnan(c.q.now.outbound.loss) != 0);
}

/* --- warnings with hysteresis ----------------------------------------------------------------------------- */

static void every_number_warns_and_clears_with_hysteresis(void **state) {
  static const struct {
    const char *word;
    size_t member; /* of call */
    double well, edge, ill;
  } cases[] = {
    { "high-loss", offsetof(call, loss), 0, 0.03, 0.06 },
    { "high-loss", offsetof(call, far_loss), 0, 0.03, 0.06 },
    { "high-jitter", offsetof(call, jitter), 0.002, 0.025, 0.035 },
    { "high-jitter", offsetof(call, far_jitter), 0.002, 0.025, 0.035 },
    { "high-round-trip", offsetof(call, round_trip), 0.04, 0.35, 0.45 },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    call c;
    char raised[64], cleared[128];
    start(&c);
    double *value = (double *)(void *)((char *)&c + cases[i].member);
    snprintf(raised, sizeof raised, "+%s", cases[i].word);
    snprintf(cleared, sizeof cleared, "+%s -%s:recovered", cases[i].word, cases[i].word);
    *value = cases[i].edge; /* between the thresholds: never raised */
    talk(&c, 30);
    assert_string_equal(c.warnings, "");
    *value = cases[i].ill;
    talk(&c, 30);
    assert_string_equal(c.warnings, raised);
    *value = cases[i].edge; /* nor cleared */
    talk(&c, 30);
    assert_string_equal(c.warnings, raised);
    *value = cases[i].well;
    talk(&c, 30);
    assert_string_equal(c.warnings, cleared);
  }
}

static void low_mos_warns_and_clears(void **state) {
  call c;
  (void)state;
  start(&c);
  c.round_trip = 0.9; /* rating 59.2, MOS 3.40 */
  talk(&c, 30);
  assert_string_equal(c.warnings, "+low-mos +high-round-trip");
  c.round_trip = 0.82; /* 63.2 */
  talk(&c, 30);
  assert_string_equal(c.warnings, "+low-mos +high-round-trip");
  c.round_trip = 0.7; /* 69.2 */
  talk(&c, 30);
  assert_string_equal(c.warnings, "+low-mos +high-round-trip -low-mos:recovered");
}

static void a_short_burst_is_no_warning(void **state) {
  call c;
  (void)state;
  start(&c);
  for (int i = 0; i < 5; i++) {
    c.jitter = 0.1; /* one second in ten: the mean of five is 0.0216 */
    talk(&c, 1);
    c.jitter = 0.002;
    talk(&c, 9);
  }
  assert_string_equal(c.warnings, "");
}

static void a_warning_tells_value_threshold_and_direction(void **state) {
  call c;
  (void)state;
  start(&c);
  c.far_loss = 0.06;
  talk(&c, 12);
  assert_string_equal(c.warning, "{\"warning\":\"high-loss\",\"state\":\"raised\",\"value\":0.06,\"threshold\":0.05,"
                                 "\"details\":{\"direction\":\"outbound\"}}");
  c.far_loss = 0;
  talk(&c, 12);
  assert_string_equal(c.warning, "{\"warning\":\"high-loss\",\"state\":\"cleared\",\"value\":0,\"threshold\":0.02,"
                                 "\"details\":{\"direction\":\"outbound\",\"code\":\"recovered\"}}");
}

static void what_cannot_be_measured_any_more_is_cleared(void **state) {
  call c;
  (void)state;
  start(&c);
  c.loss = 0.08;
  talk(&c, 10);
  assert_string_equal(c.warnings, "+high-loss");
  set(&c, (sp_audio_context){ .in_call = true, .held = true });
  c.far_sends_nothing = true;
  c.no_far_reports = true;
  talk(&c, 40);
  assert_string_equal(c.warnings, "+high-loss -high-loss:unknown");
}

/* --- audio truth ------------------------------------------------------------------------------------------ */

/* Seconds until the first warning, at most `limit`. */
static unsigned seconds_until_warning(call *c, unsigned limit) {
  unsigned seconds = 0;
  size_t before = c->raised;
  while (seconds < limit && c->raised == before) talk(c, 1), seconds++;
  return seconds;
}

static void each_dead_link_has_its_code(void **state) {
  static const struct {
    size_t link; /* of call; 0: by a record of the host */
    const char *host, *warning, *code;
    unsigned within;
  } cases[] = {
    { offsetof(call, no_capture), NULL, "no-outbound-audio", "device-silent", 4 },
    { offsetof(call, no_signal), NULL, "no-outbound-audio", "device-silent", 61 },
    { offsetof(call, no_sending), NULL, "no-outbound-audio", "not-sent", 4 },
    { offsetof(call, far_deaf), NULL, "no-outbound-audio", "not-received-by-far-end", 16 },
    { offsetof(call, no_far_reports), NULL, "no-outbound-audio", "not-received-by-far-end", 21 },
    { offsetof(call, no_receiving), NULL, "no-inbound-audio", "not-received-here", 5 },
    { offsetof(call, no_playout), NULL, "no-inbound-audio", "not-played", 4 },
    { 0, ",{\"id\":\"s\",\"type\":\"sp-sender\",\"kind\":\"audio\",\"enabled\":true,\"muted\":false,\"ended\":true}",
      "no-outbound-audio", "device-ended", 1 },
    { 0, ",{\"id\":\"p\",\"type\":\"sp-playback\",\"kind\":\"audio\",\"stopped\":true}", "no-inbound-audio",
      "not-played", 4 },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    call c;
    char raised[64], cleared[160];
    start(&c);
    c.audio_only = true;
    bool *link = (bool *)(void *)((char *)&c + cases[i].link);
    if (cases[i].link) *link = true;
    c.host = cases[i].host;
    snprintf(raised, sizeof raised, "+%s:%s", cases[i].warning, cases[i].code);
    snprintf(cleared, sizeof cleared, "%s -%s:recovered", raised, cases[i].warning);
    unsigned seconds = seconds_until_warning(&c, 100);
    if (seconds > cases[i].within || strcmp(c.warnings, raised) != 0)
      fail_msg("row %zu: %s after %u s", i, c.warnings, seconds);
    has(c.last, "{\"level\":\"bad\"");
    talk(&c, 30); /* once */
    assert_string_equal(c.warnings, raised);
    if (cases[i].link) *link = false;
    c.host = NULL;
    talk(&c, 15);
    assert_string_equal(c.warnings, cleared);
  }
}

static void when_the_far_end_sends_nothing_its_reports_say_so(void **state) {
  call c;
  (void)state;
  start(&c);
  c.far_sends_nothing = true;
  talk(&c, 20);
  assert_string_equal(c.warnings, "+no-inbound-audio:not-received-here +no-inbound-audio:not-sent");
  has(c.warning, "\"details\":{\"direction\":\"inbound\",\"code\":\"not-sent\"}");
}

static void a_device_that_never_gave_a_signal_is_told_soon(void **state) {
  call c = { .now = 1000, .per_second = 50, .inbound = "I", .no_signal = true };
  (void)state;
  sp_quality_init(&c.q);
  set(&c, (sp_audio_context){ .in_call = true });
  assert_in_range(seconds_until_warning(&c, 100), 8, 10);
  assert_string_equal(c.warnings, "+no-outbound-audio:device-silent");
}

static void a_far_end_that_was_never_heard_is_told_but_a_quiet_caller_is_not(void **state) {
  call c = { .now = 1000, .per_second = 50, .inbound = "I", .far_silent = true };
  (void)state;
  sp_quality_init(&c.q);
  set(&c, (sp_audio_context){ .in_call = true });
  assert_in_range(seconds_until_warning(&c, 100), 20, 22);
  assert_string_equal(c.warnings, "+no-inbound-audio:far-end-silent");
  start(&c);
  c.far_silent = true;
  talk(&c, 600);
  assert_string_equal(c.warnings, "");
}

static void noise_gates_may_be_silent_for_long(void **state) {
  call c;
  (void)state;
  start(&c);
  for (int i = 0; i < 5; i++) {
    c.no_signal = true;
    talk(&c, 55);
    c.no_signal = false;
    talk(&c, 1);
  }
  assert_string_equal(c.warnings, "");
}

static void the_system_mute_of_a_device_is_told_soon(void **state) {
  call c;
  (void)state;
  start(&c);
  c.no_signal = true;
  c.host = ",{\"id\":\"s\",\"type\":\"sp-sender\",\"kind\":\"audio\",\"enabled\":true,\"muted\":true}";
  assert_in_range(seconds_until_warning(&c, 100), 1, 3);
  assert_string_equal(c.warnings, "+no-outbound-audio:device-silent");
}

/* Every kind of silence that somebody wants, with every link of its way dead. */
static void mute_and_hold_are_no_faults(void **state) {
  static const struct {
    sp_audio_context context;
    const char *host, *inbound, *outbound;
    bool both_ways;
  } cases[] = {
    { { .in_call = true, .muted = true }, NULL, "flowing", "muted-here", false },
    { { .in_call = true, .held = true }, NULL, "held", "held", true },
    { { .in_call = true, .held = true, .muted = true }, NULL, "held", "muted-here", true },
    { { .in_call = true },
      ",{\"id\":\"s\",\"type\":\"sp-sender\",\"kind\":\"audio\",\"enabled\":false}",
      "flowing",
      "muted-here",
      false },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    call c;
    char expected[128];
    start(&c);
    set(&c, cases[i].context);
    c.host = cases[i].host;
    c.no_signal = c.no_sending = c.far_deaf = true;
    if (cases[i].both_ways) c.no_receiving = c.far_sends_nothing = c.no_playout = true;
    talk(&c, 200);
    assert_string_equal(c.warnings, "");
    snprintf(expected, sizeof expected, "\"inbound\":{\"audio\":\"%s\"", cases[i].inbound);
    has(c.last, expected);
    snprintf(expected, sizeof expected, "\"outbound\":{\"audio\":\"%s\"", cases[i].outbound);
    has(c.last, expected);
    /* And back: every link gets its time again. */
    c.host = NULL;
    set(&c, (sp_audio_context){ .in_call = true });
    talk(&c, 2);
    c.no_signal = c.no_sending = c.far_deaf = c.no_receiving = c.far_sends_nothing = c.no_playout = false;
    talk(&c, 20);
    assert_string_equal(c.warnings, "");
    has(c.last, "\"inbound\":{\"audio\":\"flowing\"");
    has(c.last, "\"outbound\":{\"audio\":\"flowing\"");
  }
}

static void the_far_end_may_hold_and_the_app_may_turn_the_sound_down(void **state) {
  call c;
  (void)state;
  start(&c);
  set(&c, (sp_audio_context){ .in_call = true, .held_there = true });
  c.far_sends_nothing = c.far_deaf = true;
  talk(&c, 100);
  has(c.last, "\"inbound\":{\"audio\":\"held-there\"");
  assert_string_equal(c.warnings, "");
  start(&c);
  c.host = ",{\"id\":\"p\",\"type\":\"sp-playback\",\"kind\":\"audio\",\"stopped\":false,\"turnedDown\":true}";
  c.no_playout = true;
  talk(&c, 100);
  has(c.last, "\"inbound\":{\"audio\":\"muted-here\"");
  assert_string_equal(c.warnings, "");
}

static void hold_clears_a_raised_warning_at_once(void **state) {
  call c;
  (void)state;
  start(&c);
  c.no_receiving = true;
  talk(&c, 6);
  set(&c, (sp_audio_context){ .in_call = true, .held = true });
  assert_string_equal(c.warnings, "+no-inbound-audio:not-received-here -no-inbound-audio:held");
}

static void a_lost_connection_is_told_at_once_and_cleared_when_sound_is_back(void **state) {
  call c;
  (void)state;
  start(&c);
  set(&c, (sp_audio_context){ .in_call = true, .disconnected = true });
  assert_string_equal(c.warnings, "+no-inbound-audio:connection-lost +no-outbound-audio:connection-lost");
  silently_pass(&c, 7000); /* no samples meanwhile */
  set(&c, (sp_audio_context){ .in_call = true });
  talk(&c, 20);
  has(c.warnings, "-no-inbound-audio:recovered -no-outbound-audio:recovered");
  assert_int_equal(c.raised, 2);
}

static void the_end_of_the_call_clears_everything(void **state) {
  call c;
  (void)state;
  start(&c);
  c.loss = 0.2;
  c.no_sending = true;
  talk(&c, 10);
  assert_int_equal(c.raised, 3);
  set(&c, (sp_audio_context){ 0 });
  assert_int_equal(c.cleared, 3);
  has(c.warnings, "-no-outbound-audio:ended");
  size_t events = c.events;
  talk(&c, 10);
  assert_int_equal(c.events, events);
  set(&c, (sp_audio_context){ .in_call = true }); /* the next call on this session */
  c.loss = 0;
  c.no_sending = false;
  talk(&c, 30);
  assert_int_equal(c.raised, 3);
}

static void a_sleep_is_no_silence(void **state) {
  call c;
  (void)state;
  start(&c);
  silently_pass(&c, 3600000);
  talk(&c, 30);
  assert_string_equal(c.warnings, "");
}

static void other_sources_start_anew(void **state) {
  call c;
  (void)state;
  start(&c);
  c.received = c.lost = 0; /* counters of a new stream */
  strcpy(c.inbound, "I2");
  talk(&c, 30);
  c.received = 10; /* the same stream, counting anew */
  talk(&c, 30);
  assert_string_equal(c.warnings, "");
  has(c.last, "\"level\":\"excellent\"");
}

/* Reports of a real browser, five seconds apart, and of an older one. */
static void recorded_reports_are_understood(void **state) {
  static const char *const names[][2] = { { "stats/current-2.json", "stats/current-3.json" },
                                          { "stats/older-1.json", "stats/older-2.json" } };
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    call c = { .now = 1000 };
    sp_quality_init(&c.q);
    set(&c, (sp_audio_context){ .in_call = true });
    for (int n = 0; n < 2; n++, c.now += 5000) {
      char text[16384];
      snprintf(text, sizeof text, "%.*s", SP_STR_ARG(read_fixture(names[i][n])));
      sample(&c, text);
    }
    assert_int_equal(c.events, 1);
    has(c.last, i == 0 ? "\"loss\":0,\"jitter\":0.017," : "\"loss\":0.0361,");
    has(c.last, "\"inbound\":{\"audio\":\"flowing\"");
    has(c.last, "\"outbound\":{\"audio\":\"flowing\"");
  }
}

static void each_allocation_may_fail(void **state) {
  call c;
  (void)state;
  start(&c);
  for (size_t n = 1, done = 0; !done; n++) {
    sp_buf out;
    sp_report report = { 0 };
    sp_quality_notice notice = { .is_warning = n % 2 == 0, .code = "x" };
    const sp_alloc *alloc = test_alloc_new(n);
    if (sp_report_parse(alloc, read_fixture("stats/current-2.json"), &report) == SP_OK) {
      sp_quality_add(&c.q, c.now, &report);
      sp_buf_init(&out, alloc, 4096);
      sp_quality_write(&out, &c.q, &notice, SP_STR_NONE, SP_STR_NONE);
      assert_int_equal(sp_buf_status(&out), test_alloc_failed() ? SP_ENOMEM : SP_OK);
      sp_buf_free(&out);
    }
    sp_report_free(&report);
    assert_int_equal(test_alloc_live(), 0);
    done = !test_alloc_failed();
  }
}

int main(void) {
  static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_good_call_is_excellent_every_second),
    cmocka_unit_test(without_a_call_nothing_is_said),
    cmocka_unit_test(the_worse_way_counts),
    cmocka_unit_test(a_level_is_left_upwards_only_with_a_margin),
    cmocka_unit_test(few_packets_say_nothing_about_loss),
    cmocka_unit_test(without_reports_of_the_far_end_the_checks_give_the_round_trip),
    cmocka_unit_test(an_old_report_of_the_far_end_says_nothing_about_now),
    cmocka_unit_test(every_number_warns_and_clears_with_hysteresis),
    cmocka_unit_test(low_mos_warns_and_clears),
    cmocka_unit_test(a_short_burst_is_no_warning),
    cmocka_unit_test(a_warning_tells_value_threshold_and_direction),
    cmocka_unit_test(what_cannot_be_measured_any_more_is_cleared),
    cmocka_unit_test(each_dead_link_has_its_code),
    cmocka_unit_test(when_the_far_end_sends_nothing_its_reports_say_so),
    cmocka_unit_test(a_device_that_never_gave_a_signal_is_told_soon),
    cmocka_unit_test(a_far_end_that_was_never_heard_is_told_but_a_quiet_caller_is_not),
    cmocka_unit_test(noise_gates_may_be_silent_for_long),
    cmocka_unit_test(the_system_mute_of_a_device_is_told_soon),
    cmocka_unit_test(mute_and_hold_are_no_faults),
    cmocka_unit_test(the_far_end_may_hold_and_the_app_may_turn_the_sound_down),
    cmocka_unit_test(hold_clears_a_raised_warning_at_once),
    cmocka_unit_test(a_lost_connection_is_told_at_once_and_cleared_when_sound_is_back),
    cmocka_unit_test(the_end_of_the_call_clears_everything),
    cmocka_unit_test(a_sleep_is_no_silence),
    cmocka_unit_test(other_sources_start_anew),
    cmocka_unit_test(recorded_reports_are_understood),
    cmocka_unit_test(each_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
