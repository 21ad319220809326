/* SPDX-License-Identifier: MIT */
#include "telemetry/vitals.h"

#include <math.h>

static sp_tri tri(const sp_json *record, const char *key) {
  const sp_json *value = sp_json_get(record, key);
  if (!sp_json_is_bool(value)) return SP_UNKNOWN;
  return sp_json_bool(value, false) ? SP_YES : SP_NO;
}

static uint64_t id_of(const sp_json *record) {
  return sp_report_hash(sp_json_get_str(record, "id"));
}

static void read_outbound(const sp_report *report, sp_vitals *v) {
  const sp_json *rtp = sp_report_audio(report, "outbound-rtp");
  const sp_json *source = sp_report_follow(report, rtp, "mediaSourceId");
  const sp_json *far = sp_report_counterpart(report, rtp);
  const sp_json *sender = sp_report_audio(report, "sp-sender");
  if (!source) source = sp_report_audio(report, "media-source");
  v->outbound_id = id_of(rtp);
  v->sender_enabled = tri(sender, "enabled");
  v->sender_muted = tri(sender, "muted");
  v->sender_ended = tri(sender, "ended");
  v->captured = sp_report_number(source, "totalSamplesDuration");
  v->captured_energy = sp_report_number(source, "totalAudioEnergy");
  v->sent = sp_report_number(rtp, "packetsSent");
  v->far_report_ms = sp_report_number(far, "timestamp");
  v->far_loss = sp_report_number(far, "fractionLost");
  v->far_jitter = sp_report_number(far, "jitter");
  v->round_trip = sp_report_number(far, "roundTripTime");
  v->round_trip_total = sp_report_number(far, "totalRoundTripTime");
  v->round_trip_count = sp_report_number(far, "roundTripTimeMeasurements");
}

static void read_inbound(const sp_report *report, sp_vitals *v) {
  const sp_json *rtp = sp_report_audio(report, "inbound-rtp");
  const sp_json *far = sp_report_counterpart(report, rtp);
  const sp_json *playout = sp_report_follow(report, rtp, "playoutId");
  const sp_json *playback = sp_report_audio(report, "sp-playback");
  v->inbound_id = id_of(rtp);
  v->far_sender_ms = sp_report_number(far, "timestamp");
  v->far_sent = sp_report_number(far, "packetsSent");
  v->received = sp_report_number(rtp, "packetsReceived");
  v->lost = sp_report_number(rtp, "packetsLost");
  v->jitter = sp_report_number(rtp, "jitter");
  v->heard_energy = sp_report_number(rtp, "totalAudioEnergy");
  v->played = sp_report_number(playout, "totalSamplesCount");
  v->playback_stopped = tri(playback, "stopped");
  v->turned_down = tri(playback, "turnedDown");
}

void sp_vitals_read(const sp_report *report, sp_vitals *out) {
  *out = (sp_vitals){ 0 };
  read_outbound(report, out);
  read_inbound(report, out);
  out->pair_round_trip = sp_report_number(sp_report_first_pair(report), "currentRoundTripTime");
}
