/* SPDX-License-Identifier: MIT */
#include "telemetry/quality.h"

#include "base/number.h"
#include "telemetry/mos.h"

#include <math.h>

/* Ratings at which ITU-T G.109 draws its categories: 80 and more is "satisfied" and better, 70 "some users
   dissatisfied", 60 "many", 50 "nearly all", below that "not recommended". */
static const double level_ratings[SP_QUALITY_LEVELS] = {
  [SP_QUALITY_POOR] = 50,
  [SP_QUALITY_FAIR] = 60,
  [SP_QUALITY_GOOD] = 70,
  [SP_QUALITY_EXCELLENT] = 80,
};
/* Upwards a level must be passed by this much, so that a call on the edge does not flicker. */
static const double LEVEL_MARGIN = 2;

static const sp_quality_rule rules[SP_WARNINGS] = {
  /* Opus conceals single losses up to a few per cent; from 5 % on words go missing. At 2 % it is inaudible
     again. The window has 5 s already. */
  [SP_WARN_HIGH_LOSS] = { "high-loss", 0.05, 0.02, 2000, 5000, false },
  /* 30 ms is the usual limit of voice networks: a jitter buffer of twice that adds a delay one hears. The
     value is a running mean (RFC 3550 §6.4.1), so it needs little time of its own. */
  [SP_WARN_HIGH_JITTER] = { "high-jitter", 0.030, 0.020, 3000, 5000, false },
  /* ITU-T G.114: up to 150 ms one way most conversations are unaffected; 200 ms, with what the devices and
     the buffer add, is where people begin to talk over each other. Reports come every 5 s, so the time is that
     of two. */
  [SP_WARN_HIGH_ROUND_TRIP] = { "high-round-trip", 0.4, 0.3, 6000, 6000, false },
  /* Rating 60 and 65 in the formula of mos.h: "many users dissatisfied", and safely out of it. */
  [SP_WARN_LOW_MOS] = { "low-mos", 3.44, 3.73, 3000, 5000, true },
  /* The times of the links stand in audio_truth.c. Sound must flow for a while before all is well. */
  [SP_WARN_NO_INBOUND_AUDIO] = { "no-inbound-audio", NAN, NAN, 0, 2000, false },
  [SP_WARN_NO_OUTBOUND_AUDIO] = { "no-outbound-audio", NAN, NAN, 0, 2000, false },
};

/* Fewer packets in the window than one second has (a silent far end with discontinuous transmission sends a
   dozen): one lost packet would already be an alarm. */
static const double MIN_PACKETS = 50;
/* A report of the far end older than four of its intervals says nothing about now. */
enum { FAR_STALE_MS = 20000, SENDING_MS = 3000 };

const sp_quality_rule *sp_quality_rule_of(sp_quality_warning warning) {
  return &rules[warning];
}

void sp_quality_init(sp_quality *q) {
  *q = (sp_quality){ .far_loss = NAN };
  q->now = (sp_quality_now){ .mos = NAN, .loss = NAN, .jitter = NAN, .round_trip = NAN };
}

/* --- notices --- */

static void notify(sp_quality *q, sp_quality_notice notice) {
  if (q->taken == q->noticed) q->taken = q->noticed = 0;
  if (q->noticed < SP_QUALITY_NOTICES) q->notices[q->noticed++] = notice;
}

bool sp_quality_take(sp_quality *q, sp_quality_notice *out) {
  if (q->taken == q->noticed) return false;
  *out = q->notices[q->taken++];
  return true;
}

static void raise_alarm(sp_quality *q, sp_quality_warning w, bool outbound, double value, const char *code) {
  q->alarms[w].raised = true;
  q->alarms[w].is_counting = false;
  q->alarms[w].outbound = outbound;
  notify(q, (sp_quality_notice){ true, w, true, outbound, value, rules[w].raise, code });
}

static void clear_alarm(sp_quality *q, sp_quality_warning w, double value, const char *code) {
  sp_quality_alarm *alarm = &q->alarms[w];
  alarm->is_counting = false;
  if (!alarm->raised) return;
  alarm->raised = false;
  notify(q, (sp_quality_notice){ true, w, false, alarm->outbound, value, rules[w].clear, code });
}

/* True when `holds` has held for `limit` without a break. */
static bool has_held(sp_quality_alarm *alarm, uint64_t now, bool holds, unsigned limit) {
  if (!alarm->is_counting) alarm->since = now;
  alarm->is_counting = holds;
  return holds && now - alarm->since >= limit;
}

/* --- numbers --- */

static double worse(double a, double b, bool low) {
  if (sp_is_nan(a) || sp_is_nan(b)) return sp_is_nan(a) ? b : a;
  return (a < b) == low ? a : b;
}

static void add_interval(sp_quality *q, const sp_vitals *last, const sp_vitals *v) {
  bool is_new = v->far_report_ms > last->far_report_ms || sp_is_nan(last->far_report_ms);
  sp_quality_interval *i = &q->window[q->intervals++ % SP_QUALITY_WINDOW];
  *i = (sp_quality_interval){ v->received - last->received, v->lost - last->lost, v->jitter, v->far_jitter };
  if (is_new) q->far_loss = v->far_loss;
}

static double mean(double sum, size_t count) {
  return count > 0 ? sum / (double)count : NAN;
}

static void measure_window(const sp_quality *q, sp_quality_now *now) {
  double received = 0, lost = 0, jitter = 0, far_jitter = 0;
  size_t jitters = 0, far_jitters = 0;
  for (size_t i = 0; i < SP_QUALITY_WINDOW && i < q->intervals; i++) {
    const sp_quality_interval *x = &q->window[i];
    if (!sp_is_nan(x->received)) received += x->received;
    if (!sp_is_nan(x->lost)) lost += x->lost;
    if (!sp_is_nan(x->jitter)) jitter += x->jitter, jitters++;
    if (!sp_is_nan(x->far_jitter)) far_jitter += x->far_jitter, far_jitters++;
  }
  /* Late duplicates make the number of lost packets shrink (RFC 3550 §6.4.1). */
  double expected = received + (lost > 0 ? lost : 0);
  now->inbound.loss = expected >= MIN_PACKETS ? (lost > 0 ? lost : 0) / expected : NAN;
  now->inbound.jitter = mean(jitter, jitters);
  now->outbound.jitter = mean(far_jitter, far_jitters);
}

/* The far end's measurement since the last sample; else its last word; else that of the connectivity checks. */
static double round_trip_of(const sp_vitals *last, const sp_vitals *v, double before) {
  double measured = v->round_trip_count - last->round_trip_count;
  if (measured > 0) return (v->round_trip_total - last->round_trip_total) / measured;
  if (!sp_is_nan(v->round_trip)) return sp_is_nan(before) ? v->round_trip : before;
  return v->pair_round_trip;
}

static double zero_if_unknown(double value) {
  return sp_is_nan(value) ? 0 : value;
}

static double mos_of(const sp_quality_way *way, double round_trip) {
  if (sp_is_nan(way->loss) && sp_is_nan(way->jitter)) return NAN;
  double latency = zero_if_unknown(round_trip) / 2;
  return sp_mos_score(latency, zero_if_unknown(way->jitter), zero_if_unknown(way->loss));
}

/* What the far end says about our sound counts while there is such sound, and while its word is fresh. */
static bool is_reported(const sp_quality *q, uint64_t now) {
  const sp_audio_truth *t = &q->truth;
  if (q->context.held || q->context.held_there) return false;
  if (t->sent_at == 0 || now - t->sent_at > SENDING_MS) return false;
  return t->far_report_at != 0 && now - t->far_report_at <= FAR_STALE_MS;
}

static void measure(sp_quality *q, uint64_t now, const sp_vitals *last, const sp_vitals *v) {
  sp_quality_now next = { .level = q->now.level };
  bool is_fresh = is_reported(q, now);
  measure_window(q, &next);
  next.outbound.loss = is_fresh ? q->far_loss : NAN;
  if (!is_fresh) next.outbound.jitter = NAN;
  next.round_trip = round_trip_of(last, v, q->now.round_trip);
  next.inbound.mos = mos_of(&next.inbound, next.round_trip);
  next.outbound.mos = mos_of(&next.outbound, next.round_trip);
  next.loss = worse(next.inbound.loss, next.outbound.loss, false);
  next.jitter = worse(next.inbound.jitter, next.outbound.jitter, false);
  next.mos = worse(next.inbound.mos, next.outbound.mos, true);
  q->now = next;
}

static sp_quality_level level_of(const sp_quality *q, sp_quality_level before) {
  const sp_quality_now *now = &q->now;
  if (sp_audio_is_fault(now->inbound.audio) || sp_audio_is_fault(now->outbound.audio)) return SP_QUALITY_BAD;
  if (sp_is_nan(now->mos)) return SP_QUALITY_UNKNOWN;
  for (int level = SP_QUALITY_EXCELLENT; level > SP_QUALITY_BAD; level--) {
    bool is_rise = before != SP_QUALITY_UNKNOWN && level > (int)before;
    double rating = level_ratings[level] + (is_rise ? LEVEL_MARGIN : 0);
    if (now->mos >= sp_mos_of_rating(rating)) return (sp_quality_level)level;
  }
  return SP_QUALITY_BAD;
}

/* --- warnings --- */

static void judge_number(sp_quality *q, uint64_t now, sp_quality_warning w, double value, bool outbound) {
  const sp_quality_rule *rule = &rules[w];
  sp_quality_alarm *alarm = &q->alarms[w];
  if (alarm->raised) {
    /* What cannot be measured any more (the far end holds, and sends nothing) is not claimed for ever. */
    bool is_well = sp_is_nan(value) || (rule->is_low ? value >= rule->clear : value <= rule->clear);
    const char *code = sp_is_nan(value) ? "unknown" : "recovered";
    if (has_held(alarm, now, is_well, rule->clear_ms)) clear_alarm(q, w, value, code);
  } else {
    bool is_ill = rule->is_low ? value < rule->raise : value >= rule->raise;
    if (has_held(alarm, now, is_ill, rule->raise_ms)) raise_alarm(q, w, outbound, value, NULL);
  }
}

static void judge_audio(sp_quality *q, uint64_t now, sp_quality_warning w, sp_audio_code code, bool outbound) {
  sp_quality_alarm *alarm = &q->alarms[w];
  const char *word = sp_audio_code_word(code);
  if (sp_audio_is_fault(code)) {
    alarm->is_counting = false;
    if (alarm->raised && alarm->code == code) return;
    alarm->code = code; /* raised once more when the cause has changed */
    raise_alarm(q, w, outbound, NAN, word);
  } else if (code == SP_AUDIO_FLOWING) {
    if (has_held(alarm, now, alarm->raised, rules[w].clear_ms)) clear_alarm(q, w, NAN, "recovered");
  } else if (code != SP_AUDIO_UNKNOWN) {
    clear_alarm(q, w, NAN, word); /* silence that somebody wants */
  } else {
    alarm->is_counting = false;
  }
}

static void judge_audio_both(sp_quality *q, uint64_t now) {
  q->now.inbound.audio = sp_audio_truth_inbound(&q->truth, &q->context);
  q->now.outbound.audio = sp_audio_truth_outbound(&q->truth, &q->context);
  judge_audio(q, now, SP_WARN_NO_INBOUND_AUDIO, q->now.inbound.audio, false);
  judge_audio(q, now, SP_WARN_NO_OUTBOUND_AUDIO, q->now.outbound.audio, true);
}

static bool is_outbound(double out, double worst) {
  return !sp_is_nan(out) && out == worst;
}

static void judge_numbers(sp_quality *q, uint64_t now) {
  const sp_quality_now *n = &q->now;
  judge_number(q, now, SP_WARN_HIGH_LOSS, n->loss, is_outbound(n->outbound.loss, n->loss));
  judge_number(q, now, SP_WARN_HIGH_JITTER, n->jitter, is_outbound(n->outbound.jitter, n->jitter));
  judge_number(q, now, SP_WARN_HIGH_ROUND_TRIP, n->round_trip, false);
  judge_number(q, now, SP_WARN_LOW_MOS, n->mos, is_outbound(n->outbound.mos, n->mos));
}

/* --- inputs --- */

static void end_call(sp_quality *q) {
  for (int w = 0; w < SP_WARNINGS; w++) clear_alarm(q, (sp_quality_warning)w, NAN, "ended");
}

static void begin_call(sp_quality *q) {
  sp_audio_truth_reset(&q->truth);
  q->intervals = 0;
  q->far_loss = NAN;
  q->now = (sp_quality_now){ .mos = NAN, .loss = NAN, .jitter = NAN, .round_trip = NAN };
}

static bool same_context(const sp_audio_context *a, const sp_audio_context *b) {
  return a->in_call == b->in_call && a->muted == b->muted && a->held == b->held && a->held_there == b->held_there &&
         a->disconnected == b->disconnected;
}

void sp_quality_set_context(sp_quality *q, uint64_t now, const sp_audio_context *context) {
  if (same_context(&q->context, context)) return;
  bool was_in_call = q->context.in_call;
  q->context = *context;
  if (context->in_call && !was_in_call) begin_call(q);
  sp_audio_truth_restart(&q->truth, now);
  if (was_in_call && !context->in_call) end_call(q);
  else if (context->in_call) judge_audio_both(q, now);
}

void sp_quality_add(sp_quality *q, uint64_t now, const sp_report *report) {
  if (!q->context.in_call) return;
  sp_vitals v, last = q->truth.last;
  sp_vitals_read(report, &v);
  if (!sp_audio_truth_add(&q->truth, now, &v)) {
    q->intervals = 0;
    return;
  }
  add_interval(q, &last, &v);
  measure(q, now, &last, &v);
  sp_quality_level before = q->now.level;
  judge_audio_both(q, now);
  q->now.level = level_of(q, before);
  judge_numbers(q, now);
  notify(q, (sp_quality_notice){ .is_warning = false });
}

/* --- text --- */

static const char *level_word(sp_quality_level level) {
  static const char *const words[SP_QUALITY_LEVELS] = { "unknown", "bad", "poor", "fair", "good", "excellent" };
  return words[level];
}

/* Four digits: the rest is noise. */
static void number(sp_jw *w, const char *key, double value) {
  if (!sp_is_nan(value)) sp_jw_num(w, key, round(value * 10000) / 10000);
}

static void write_way(sp_jw *w, const char *key, const sp_quality_way *way) {
  sp_jw_open(w, key, '{');
  sp_jw_str(w, "audio", sp_str_from(sp_audio_code_word(way->audio)));
  number(w, "mos", way->mos);
  number(w, "loss", way->loss);
  number(w, "jitter", way->jitter);
  sp_jw_close(w);
}

static void write_now(sp_jw *w, const sp_quality_now *now) {
  sp_jw_str(w, "level", sp_str_from(level_word(now->level)));
  number(w, "mos", now->mos);
  number(w, "loss", now->loss);
  number(w, "jitter", now->jitter);
  number(w, "roundTrip", now->round_trip);
  write_way(w, "inbound", &now->inbound);
  write_way(w, "outbound", &now->outbound);
}

static void write_warning(sp_jw *w, const sp_quality_notice *notice) {
  sp_jw_str(w, "warning", sp_str_from(rules[notice->warning].word));
  sp_jw_str(w, "state", notice->raised ? SP_STR("raised") : SP_STR("cleared"));
  number(w, "value", notice->value);
  number(w, "threshold", notice->threshold);
  sp_jw_open(w, "details", '{');
  if (notice->warning != SP_WARN_HIGH_ROUND_TRIP)
    sp_jw_str(w, "direction", notice->outbound ? SP_STR("outbound") : SP_STR("inbound"));
  sp_jw_str(w, "code", sp_str_from(notice->code));
  sp_jw_close(w);
}

void sp_quality_write(sp_buf *out, const sp_quality *q, const sp_quality_notice *notice, sp_str session_id,
                      sp_str conversation_id) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "sessionId", session_id);
  sp_jw_str(&w, "conversationId", conversation_id);
  if (notice->is_warning) write_warning(&w, notice);
  else write_now(&w, &q->now);
  sp_jw_close(&w);
}
