/* SPDX-License-Identifier: MIT */
/* mos.h: the estimated mean opinion score of a call and the reports about it (logging-and-stats.md §8,
   sessions.md §12). Plain values, no allocation: one sp_mos per softphone session. Unknown numbers are NAN. */
#ifndef SP_TELEMETRY_MOS_H
#define SP_TELEMETRY_MOS_H

#include "base/buf.h"

/* The numbers of one getStats event: tracks[0] and remoteTracks[0]. */
typedef struct sp_mos_sample {
  double received, lost, jitter, timestamp;  /* inbound; jitter in seconds, timestamp in epoch ms */
  double round_trip_total, round_trip_count; /* outbound, as the far end reports them; seconds */
} sp_mos_sample;

typedef struct sp_mos {
  bool collecting, baseline_needed;
  sp_mos_sample base; /* its first four counters */
  double jitter_sum;
  unsigned jitter_count;
} sp_mos;

typedef struct sp_mos_report {
  double received, average_jitter, mos, timestamp;
} sp_mos_report;

/* Who a report is about. Absent texts are left out. */
typedef struct sp_mos_labels {
  sp_str session_id, conversation_id, communication_id;
  sp_str origin_app_name, origin_app_id, origin_app_version;
  unsigned reconnect_count;
} sp_mos_labels;

/* The rating factor F of §8.2: latency one way and jitter in seconds, loss as a fraction. */
double sp_mos_rating(double latency, double jitter, double loss);
double sp_mos_of_rating(double rating);
double sp_mos_score(double latency, double jitter, double loss);

/* At the session's creation. `eager` (privAnswerMode "Auto"): its first conversation is artificial, so nothing
   is reported before sp_mos_begin; otherwise counters are relative to zero until then. */
void sp_mos_init(sp_mos *mos, bool eager);
/* sessionStarted, for each conversation on this session: the next complete sample becomes the baseline. */
void sp_mos_begin(sp_mos *mos);
/* The conversation on this session is over (_sessionEnded), or the session is: nothing more is reported until
   the next sp_mos_begin. */
void sp_mos_end(sp_mos *mos);
/* Takes the sample of one getStats event; true when that makes a report. */
bool sp_mos_add(sp_mos *mos, const sp_mos_sample *sample, sp_mos_report *out);

/* Appends the `params` of report-statistics (§8.3); dateCreated is left out when the sample has no time. */
void sp_mos_write_params(sp_buf *out, const sp_mos_labels *labels, const sp_mos_report *report);

#endif
