/* SPDX-License-Identifier: MIT */
/* A sample is asked for one or more purposes at once; at most one request is with the host. What an input
   leads to is kept as flags and built when it is taken. */
#include "telemetry/gatherer.h"

#include "base/limits.h"
#include "base/number.h"

#include <math.h>

enum { FOR_POLL = 1, FOR_CONNECT = 2, FOR_QUALITY = 4, FOR_ICE_TYPE = 8 };

/* §7.3: events without inbound sound before the gatherer falls silent. */
enum { SILENT_EVENTS = 5 };

/* What vitals.h reads, and nothing else: this is asked for every second. */
#define QUALITY_TYPES                                                                                                  \
  "\"inbound-rtp\",\"outbound-rtp\",\"remote-inbound-rtp\",\"remote-outbound-rtp\",\"media-source\", "                 \
  "\"media-playout\",\"candidate-pair\",\"sp-sender\",\"sp-playback\""
static const char quality_ask[] =
    "{\"types\":[" QUALITY_TYPES "],\"fields\":[\"id\",\"type\",\"kind\",\"mediaType\",\"mediaSourceId\",\"localId\", "
    "\"playoutId\",\"timestamp\",\"totalSamplesDuration\",\"totalAudioEnergy\",\"packetsSent\",\"packetsReceived\", "
    "\"packetsLost\",\"fractionLost\",\"jitter\",\"roundTripTime\",\"totalRoundTripTime\", "
    "\"roundTripTimeMeasurements\", "
    "\"totalSamplesCount\",\"enabled\",\"muted\",\"ended\",\"stopped\",\"turnedDown\",\"nominated\",\"state\", "
    "\"currentRoundTripTime\"]}";
/* Certificates and the like are of no use to anybody. */
static const char whole_ask[] =
    "{\"types\":[" QUALITY_TYPES ",\"local-candidate\",\"remote-candidate\",\"codec\",\"transport\",\"track\"]}";

struct sp_gatherer {
  const sp_alloc *alloc;
  sp_effects *fx;
  const sp_stats_host *host;
  sp_str session_id, session, conference, connection_state;
  int initiator;
  bool stopped, polling, watching, was_connected, was_checking, interrupted;
  uint64_t checking_at;
  double connect_ms, fail_ms;
  sp_timer poll, quality, connect, answer;
  unsigned connect_tries, silent;
  unsigned wanted, asked; /* purposes: to be asked for, with the host */
  uint32_t number;
  bool ask_ready, disconnected_ready, failure_ready;
  unsigned report_ready; /* purposes the report still serves; FOR_CONNECT also without a report */
  sp_report report;
  sp_candidate_counts local, remote;
  sp_stats_memory memory;
  sp_buf text;
};

/* --- asking --- */

static bool may_ask(const sp_gatherer *g) {
  return sp_str_is(g->connection_state, "connecting") || sp_str_is(g->connection_state, "connected");
}

static void no_pair_yet(sp_gatherer *g, uint64_t now) {
  if (g->connect_tries++ < SP_CONNECT_REPEATS) sp_timer_arm(&g->connect, now, SP_CONNECT_WAIT_MS);
  else g->report_ready |= FOR_CONNECT;
}

/* Once per interruption, not per sample. */
static void warn_empty(sp_gatherer *g) {
  if (!g->interrupted)
    sp_log_word(g->fx, SP_LOG_WARN, "No statistics: the peer connection has none", "sessionId", g->session_id);
  g->interrupted = true;
}

static void deliver_nothing(sp_gatherer *g, uint64_t now, unsigned purposes) {
  if (purposes & FOR_CONNECT) no_pair_yet(g, now);
}

/* §7.1: without a connection the answer is known to be empty, so nobody is asked. */
static void ask(sp_gatherer *g, uint64_t now) {
  if (g->stopped || g->wanted == 0 || g->asked != 0) return;
  unsigned purposes = g->wanted;
  g->wanted = 0;
  if (!may_ask(g)) {
    if (purposes & FOR_POLL) warn_empty(g);
    deliver_nothing(g, now, purposes);
    return;
  }
  g->asked = purposes;
  if (++g->number == 0) g->number = 1;
  g->ask_ready = true;
  sp_timer_arm(&g->answer, now, SP_STATS_ANSWER_MS);
}

static void want(sp_gatherer *g, uint64_t now, unsigned purpose) {
  g->wanted |= purpose;
  ask(g, now);
}

/* Keeps the pace of a timer that was due at `at`; after a sleep it starts anew. */
static void keep_pace(sp_timer *timer, uint64_t at, uint64_t now, uint64_t interval) {
  sp_timer_arm(timer, at, interval);
  if (timer->at <= now) sp_timer_arm(timer, now, interval);
}

/* The samples for the quality fall on those of §7.1, so that one request serves both. */
static void align_quality(sp_gatherer *g, uint64_t now) {
  if (!g->watching || !g->polling) {
    sp_timer_stop(&g->quality);
    return;
  }
  uint64_t until_poll = g->poll.at > now ? g->poll.at - now : 0;
  sp_timer_arm(&g->quality, now, until_poll % SP_QUALITY_INTERVAL_MS);
}

static void start_polling(sp_gatherer *g, uint64_t now) {
  if (g->polling) return;
  g->polling = true;
  sp_timer_arm(&g->poll, now, SP_STATS_INTERVAL_MS);
  align_quality(g, now);
  want(g, now, FOR_POLL);
}

static void stop_polling(sp_gatherer *g) {
  g->polling = false;
  sp_timer_stop(&g->poll);
  sp_timer_stop(&g->quality);
  g->wanted &= FOR_CONNECT;
}

/* --- life --- */

static void first_states(sp_gatherer *g, uint64_t now, const sp_gatherer_config *config) {
  if (sp_str_is(config->ice_state, "checking"))
    sp_log_word(g->fx, SP_LOG_WARN, "Statistics begin while checking: the connect time may be inaccurate", "sessionId",
                g->session_id);
  if (config->ice_state.len > 0) sp_gatherer_ice_state(g, now, config->ice_state, SP_STR_NONE);
  if (config->connection_state.len > 0)
    sp_gatherer_connection_state(g, now, config->connection_state, config->signaling_state);
}

sp_gatherer *sp_gatherer_new(const sp_alloc *alloc, uint64_t now, const sp_gatherer_config *config) {
  sp_gatherer *g = sp_alloc_new(alloc, sizeof *g);
  if (!g) return NULL;
  g->alloc = alloc;
  g->fx = config->fx;
  g->host = config->host;
  g->initiator = config->initiator;
  g->connect_ms = g->fail_ms = NAN;
  g->poll = g->quality = g->connect = g->answer = SP_TIMER_OFF;
  sp_buf_init(&g->text, alloc, SP_MAX_EFFECT_TEXT);
  int status = sp_str_dup(alloc, config->session_id, &g->session_id);
  if (status == SP_OK) status = sp_str_dup(alloc, config->session, &g->session);
  if (status == SP_OK) status = sp_str_dup(alloc, config->conference, &g->conference);
  if (status != SP_OK) {
    sp_gatherer_free(g);
    return NULL;
  }
  first_states(g, now, config);
  return g;
}

void sp_gatherer_free(sp_gatherer *g) {
  if (!g) return;
  sp_report_free(&g->report);
  sp_buf_free(&g->text);
  sp_str_free(g->alloc, &g->session_id);
  sp_str_free(g->alloc, &g->session);
  sp_str_free(g->alloc, &g->conference);
  sp_alloc_free(g->alloc, g);
}

void sp_gatherer_stop(sp_gatherer *g) {
  g->stopped = true;
  stop_polling(g);
  sp_timer_stop(&g->connect);
  sp_timer_stop(&g->answer);
  sp_report_free(&g->report);
  g->wanted = g->asked = g->report_ready = 0;
  g->ask_ready = g->disconnected_ready = g->failure_ready = false;
}

/* --- inputs --- */

static double since_checking(const sp_gatherer *g, uint64_t now) {
  return g->was_checking ? (double)(now - g->checking_at) : NAN;
}

static void count_candidates(sp_gatherer *g, sp_str descriptions) {
  sp_json_doc *doc = NULL;
  if (descriptions.len > 0 && sp_json_parse(g->alloc, descriptions, &doc) == SP_ENOMEM)
    sp_effects_fail(g->fx, SP_ENOMEM);
  g->local = sp_stats_count_candidates(sp_json_get_str(sp_json_root(doc), "local"));
  g->remote = sp_stats_count_candidates(sp_json_get_str(sp_json_root(doc), "remote"));
  sp_json_free(doc);
}

void sp_gatherer_ice_state(sp_gatherer *g, uint64_t now, sp_str state, sp_str descriptions) {
  if (g->stopped) return;
  if (sp_str_is(state, "checking")) {
    g->was_checking = true;
    g->checking_at = now;
  } else if (sp_str_is(state, "connected") && !g->was_connected) {
    g->was_connected = true;
    g->connect_ms = since_checking(g, now);
    want(g, now, FOR_CONNECT);
  } else if (sp_str_is(state, "failed")) {
    g->fail_ms = since_checking(g, now);
    count_candidates(g, descriptions);
    g->failure_ready = true;
  }
}

/* The states that matter, as literals: keeping one needs no memory. */
static sp_str known_state(sp_str state) {
  static const char *const words[] = { "connecting", "connected", "disconnected", "failed", "closed" };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (sp_str_is(state, words[i])) return sp_str_from(words[i]);
  }
  return SP_STR("new");
}

void sp_gatherer_connection_state(sp_gatherer *g, uint64_t now, sp_str state, sp_str signaling_state) {
  if (g->stopped) return;
  g->connection_state = known_state(state);
  if (sp_str_is(state, "connected")) start_polling(g, now);
  else if (sp_str_is(state, "closed") || sp_str_is(state, "failed")) stop_polling(g);
  else if (sp_str_is(state, "disconnected") && (signaling_state.len == 0 || sp_str_is(signaling_state, "stable")))
    g->disconnected_ready = true;
}

void sp_gatherer_watch(sp_gatherer *g, uint64_t now, bool on) {
  if (g->stopped || g->watching == on) return;
  g->watching = on;
  if (!on) g->wanted &= ~(unsigned)FOR_QUALITY;
  align_quality(g, now);
}

/* A request for a few types cannot serve those that need the whole report. */
static bool is_whole(unsigned purposes) {
  return (purposes & (FOR_POLL | FOR_CONNECT)) != 0;
}

static void deliver(sp_gatherer *g, uint64_t now, unsigned purposes) {
  if (g->report.count == 0) {
    if (purposes & FOR_POLL) warn_empty(g);
    deliver_nothing(g, now, purposes);
    return;
  }
  g->interrupted = false;
  g->report_ready |= purposes & (FOR_POLL | FOR_QUALITY);
  if (!(purposes & FOR_CONNECT)) return;
  if (sp_report_first_pair(&g->report)) g->report_ready |= FOR_CONNECT;
  else no_pair_yet(g, now);
}

void sp_gatherer_result(sp_gatherer *g, uint64_t now, uint32_t number, bool ok, sp_str records) {
  if (g->stopped || g->asked == 0 || number != g->number) return;
  unsigned purposes = g->asked;
  if (is_whole(purposes)) {
    purposes |= g->wanted;
    g->wanted = 0;
  }
  g->asked = 0;
  g->ask_ready = false;
  sp_timer_stop(&g->answer);
  sp_report_free(&g->report);
  int status = ok ? sp_report_parse(g->alloc, records, &g->report) : SP_ENOENT;
  if (status == SP_OK) {
    deliver(g, now, purposes);
  } else {
    sp_log(g->fx, SP_LOG_ERROR, "Collecting statistics failed", SP_ID("sessionId", g->session_id),
           SP_WORD("status", sp_str_from(sp_status_name(status))));
    deliver_nothing(g, now, purposes);
  }
  ask(g, now);
}

void sp_gatherer_tick(sp_gatherer *g, uint64_t now) {
  uint64_t poll_at = g->poll.at, quality_at = g->quality.at;
  if (sp_timer_due(&g->answer, now)) {
    sp_log_word(g->fx, SP_LOG_WARN, "Statistics were not answered", "sessionId", g->session_id);
    unsigned lost = g->asked;
    g->asked = 0;
    deliver_nothing(g, now, lost);
  }
  if (sp_timer_due(&g->connect, now)) g->wanted |= FOR_CONNECT;
  if (sp_timer_due(&g->poll, now)) {
    keep_pace(&g->poll, poll_at, now, SP_STATS_INTERVAL_MS);
    g->wanted |= FOR_POLL;
  }
  if (sp_timer_due(&g->quality, now)) {
    keep_pace(&g->quality, quality_at, now, SP_QUALITY_INTERVAL_MS);
    if (may_ask(g)) g->wanted |= FOR_QUALITY;
  }
  ask(g, now);
}

uint64_t sp_gatherer_deadline(const sp_gatherer *g) {
  uint64_t at = sp_earlier(g->poll.at, g->quality.at);
  return sp_earlier(at, sp_earlier(g->connect.at, g->answer.at));
}

/* --- taking --- */

static sp_stats_head head_of(const sp_gatherer *g) {
  return (sp_stats_head){ g->session, g->conference, g->initiator };
}

/* Fills `out` from the text just written; a failure is reported, and the event is lost. */
static bool built(sp_gatherer *g, const char *name, sp_gather *out) {
  *out = (sp_gather){ .kind = SP_GATHER_EVENT, .name = name, .text = sp_buf_str(&g->text) };
  if (sp_buf_status(&g->text) == SP_OK) return true;
  sp_effects_fail(g->fx, sp_buf_status(&g->text));
  return false;
}

static bool build_connect(sp_gatherer *g, sp_gather *out) {
  sp_stats_head head = head_of(g);
  sp_stats_write_connect(&g->text, &head, g->host, g->report.doc ? &g->report : NULL, g->connect_ms);
  if (g->report.doc) g->report_ready |= FOR_ICE_TYPE;
  return built(g, "connect", out);
}

/* §7.3: after five events without inbound sound the gatherer keeps collecting and says nothing. */
static bool is_suppressed(sp_gatherer *g, const sp_stats_summary *summary) {
  bool sounds = summary->remote_tracks > 0 && (sp_is_nan(summary->remote_bitrate) || summary->remote_bitrate != 0);
  if (sounds) g->silent = 0;
  else if (g->silent >= SILENT_EVENTS) return true;
  else g->silent++;
  return false;
}

static bool build_sample(sp_gatherer *g, sp_gather *out) {
  sp_stats_head head = head_of(g);
  sp_stats_summary summary;
  sp_stats_write_sample(&g->text, &head, &g->report, &g->memory, &summary);
  if (summary.tracks + summary.remote_tracks == 0 || is_suppressed(g, &summary)) return false;
  if (!built(g, "getStats", out)) return false;
  out->has_mos = summary.tracks > 0 && summary.remote_tracks > 0;
  out->mos = summary.mos;
  return true;
}

static bool take_from_report(sp_gatherer *g, sp_gather *out) {
  unsigned ready = g->report_ready;
  if (ready & FOR_CONNECT) {
    g->report_ready &= ~(unsigned)FOR_CONNECT;
    if (build_connect(g, out)) return true;
    sp_buf_reset(&g->text);
  }
  if (ready & FOR_ICE_TYPE) {
    g->report_ready &= ~(unsigned)FOR_ICE_TYPE;
    *out = (sp_gather){ .kind = SP_GATHER_ICE_TYPE };
    if (sp_stats_write_ice_type(&g->text, &g->report) && sp_buf_status(&g->text) == SP_OK) {
      out->text = sp_buf_str(&g->text);
      return true;
    }
    sp_buf_reset(&g->text);
  }
  if (ready & FOR_POLL) {
    g->report_ready &= ~(unsigned)FOR_POLL;
    if (build_sample(g, out)) return true;
  }
  if (ready & FOR_QUALITY) {
    g->report_ready &= ~(unsigned)FOR_QUALITY;
    *out = (sp_gather){ .kind = SP_GATHER_REPORT, .report = &g->report };
    return true;
  }
  return false;
}

static bool take_flag(bool *flag) {
  bool was = *flag;
  *flag = false;
  return was;
}

bool sp_gatherer_take(sp_gatherer *g, sp_gather *out) {
  sp_stats_head head = head_of(g);
  sp_buf_reset(&g->text);
  if (take_flag(&g->ask_ready)) {
    const char *records = is_whole(g->asked) ? whole_ask : quality_ask;
    *out = (sp_gather){ .kind = SP_GATHER_ASK, .number = g->number, .text = sp_str_from(records) };
    return true;
  }
  if (take_flag(&g->disconnected_ready)) {
    sp_stats_write_disconnected(&g->text, &head);
    if (built(g, "getStats", out)) return true;
    sp_buf_reset(&g->text);
  }
  if (take_flag(&g->failure_ready)) {
    sp_stats_write_failure(&g->text, &head, g->fail_ms, &g->local, &g->remote);
    if (built(g, "failure", out)) return true;
    sp_buf_reset(&g->text);
  }
  if (take_from_report(g, out)) return true;
  sp_report_free(&g->report);
  return false;
}
