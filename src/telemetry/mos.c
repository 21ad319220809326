/* SPDX-License-Identifier: MIT */
#include "telemetry/mos.h"

#include "base/date.h"
#include "base/json.h"
#include "base/number.h"

#include <math.h>

/* The last moment a JavaScript date can be. */
static const double MAX_TIME = 8.64e15;

double sp_mos_rating(double latency, double jitter, double loss) {
  double effective = latency * 1000 + jitter * 2000 + 10; /* ms; a jitter buffer costs twice the jitter */
  double rating = effective < 160 ? 93.2 - effective / 40 : 93.2 - (effective - 120) / 10;
  return rating - 250 * loss;
}

/* The curve of ITU-T G.107, stretched from 4.5 to the 5 that is assumed as the best of Opus. */
double sp_mos_of_rating(double rating) {
  if (rating < 0) return 1;
  return (1 + 0.035 * rating + 0.000007 * rating * (rating - 60) * (100 - rating)) * 5 / 4.5;
}

double sp_mos_score(double latency, double jitter, double loss) {
  return sp_mos_of_rating(sp_mos_rating(latency, jitter, loss));
}

void sp_mos_init(sp_mos *mos, bool eager) {
  *mos = (sp_mos){ .collecting = !eager };
}

void sp_mos_begin(sp_mos *mos) {
  mos->collecting = mos->baseline_needed = true;
}

void sp_mos_end(sp_mos *mos) {
  mos->collecting = false;
}

static bool is_complete(const sp_mos_sample *s) {
  return !sp_is_nan(s->received) && !sp_is_nan(s->lost) && !sp_is_nan(s->round_trip_total) &&
         !sp_is_nan(s->round_trip_count);
}

bool sp_mos_add(sp_mos *mos, const sp_mos_sample *s, sp_mos_report *out) {
  if (!mos->collecting || !is_complete(s)) return false;
  if (mos->baseline_needed) {
    *mos = (sp_mos){ .collecting = true, .base = *s };
    return false;
  }
  if (sp_is_nan(s->jitter)) return false;
  mos->jitter_sum += s->jitter;
  mos->jitter_count++;
  double received = s->received - mos->base.received, lost = s->lost - mos->base.lost;
  double loss = received > 0 && lost > 0 ? lost / received : 0;
  double measured = s->round_trip_count - mos->base.round_trip_count;
  double round_trip = measured > 0 ? (s->round_trip_total - mos->base.round_trip_total) / measured : 0;
  double jitter = mos->jitter_sum / mos->jitter_count;
  *out = (sp_mos_report){ received, jitter, sp_mos_score(round_trip / 2, jitter, loss), s->timestamp };
  return true;
}

void sp_mos_write_params(sp_buf *out, const sp_mos_labels *labels, const sp_mos_report *report) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "sessionId", labels->session_id);
  sp_jw_str(&w, "conversationId", labels->conversation_id);
  sp_jw_str(&w, "communicationId", labels->communication_id);
  sp_jw_open(&w, "stats", '{');
  sp_jw_open(&w, "client", '{');
  sp_jw_str(&w, "originAppName", labels->origin_app_name);
  sp_jw_str(&w, "originAppId", labels->origin_app_id);
  sp_jw_str(&w, "originAppVersion", labels->origin_app_version);
  sp_jw_close(&w);
  sp_jw_open(&w, "rtp", '{');
  sp_jw_num(&w, "packetsReceived", report->received);
  sp_jw_num(&w, "averageJitter", report->average_jitter);
  sp_jw_num(&w, "estimatedAverageMos", report->mos);
  sp_jw_close(&w);
  if (report->timestamp >= 0 && report->timestamp < MAX_TIME)
    sp_jw_str(&w, "dateCreated", sp_str_from(sp_date_iso((uint64_t)report->timestamp).text));
  sp_jw_num(&w, "reconnectAttemptCount", labels->reconnect_count);
  sp_jw_close(&w);
  sp_jw_close(&w);
}
