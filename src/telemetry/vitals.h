/* SPDX-License-Identifier: MIT */
/* vitals.h: the few numbers of a report that tell how the audio of a call does, link by link. A number that
   the report does not have is NAN; counters are absolute, times in seconds unless their name says _ms. */
#ifndef SP_TELEMETRY_VITALS_H
#define SP_TELEMETRY_VITALS_H

#include "telemetry/report.h"

typedef enum sp_tri { SP_UNKNOWN, SP_NO, SP_YES } sp_tri;

typedef struct sp_vitals {
  uint64_t inbound_id, outbound_id; /* hashes of the RTP records' ids; 0: none */
  /* Microphone, then what leaves. */
  sp_tri sender_enabled, sender_muted, sender_ended; /* from the host's record "sp-sender" */
  double captured, captured_energy;                  /* media source: seconds of sound, its energy */
  double sent;                                       /* packets */
  /* What the far end's last receiver report says; far_report_ms: when it came, by the browser's clock. */
  double far_report_ms, far_loss, far_jitter, round_trip, round_trip_total, round_trip_count;
  /* What the far end says it sends; then what arrives, is decoded and played. */
  double far_sender_ms, far_sent;
  double received, lost, jitter, heard_energy;
  double played;                        /* samples */
  sp_tri playback_stopped, turned_down; /* from the host's record "sp-playback" */
  double pair_round_trip;
} sp_vitals;

void sp_vitals_read(const sp_report *report, sp_vitals *out);

#endif
