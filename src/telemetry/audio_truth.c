/* SPDX-License-Identifier: MIT */
#include "telemetry/audio_truth.h"

#include "base/number.h"

#include <math.h>

/* How long a link may stand still before it is called dead. */
enum {
  /* A packet goes out every 20 ms, with discontinuous transmission every 400 ms (RFC 7587 §3.1.3). */
  SENDING_MS = 3000,
  /* The same, and a receiver may also sit out a reconnect of its gateway. */
  RECEIVING_MS = 4000,
  /* The browser asks the source for sound every 10 ms, whether or not there is any. */
  CAPTURE_MS = 3000,
  PLAYOUT_MS = 3000,
  /* The system muted the device: it says so, but switches of headsets bounce. */
  SYSTEM_MUTE_MS = 2000,
  /* A microphone is never at digital zero from the first second on, unless its switch is off. */
  NO_SIGNAL_YET_MS = 8000,
  /* Noise gates of headsets put out exact zeros between two sentences, and an agent may listen for long. */
  SIGNAL_GONE_MS = 60000,
  /* The far end reports every 2.5 to 5 s (RFC 3550 §6.2): four are missing. */
  FAR_REPORT_MS = 20000,
  /* Two reports in a row say that nothing arrives. */
  FAR_DEAF_MS = 10000,
  /* Lines have noise and ringing tones; a far end that was never heard at all is no caller keeping quiet. */
  NEVER_HEARD_MS = 20000,
  /* No sample for so long: the machine slept, or the page was frozen. */
  GAP_MS = 5000
};

/* Energy is the square of the level per second: a level below one step of 16 bits is digital silence. */
static const double SILENT_ENERGY = 1e-9;

void sp_audio_truth_reset(sp_audio_truth *truth) {
  *truth = (sp_audio_truth){ 0 };
}

void sp_audio_truth_restart(sp_audio_truth *truth, uint64_t now) {
  truth->since = now;
}

/* --- what moved --- */

static void moved(uint64_t *at, uint64_t now, double before, double after) {
  if (after > before) *at = now;
}

static void note_outbound(sp_audio_truth *t, uint64_t now, const sp_vitals *v) {
  const sp_vitals *last = &t->last;
  moved(&t->captured_at, now, last->captured, v->captured);
  double silence = SILENT_ENERGY * (v->captured - last->captured);
  if (v->captured_energy - last->captured_energy > silence) t->signal_at = now;
  moved(&t->sent_at, now, last->sent, v->sent);
  moved(&t->far_report_at, now, last->far_report_ms, v->far_report_ms);
  if (v->far_report_ms > last->far_report_ms && !(v->far_loss >= 1)) t->far_heard_at = now;
}

static void note_inbound(sp_audio_truth *t, uint64_t now, const sp_vitals *v) {
  const sp_vitals *last = &t->last;
  double silence = SILENT_ENERGY * (double)(now - t->at) / 1000;
  moved(&t->received_at, now, last->received, v->received);
  moved(&t->far_sender_at, now, last->far_sender_ms, v->far_sender_ms);
  moved(&t->far_sent_at, now, last->far_sent, v->far_sent);
  if (v->heard_energy - last->heard_energy > silence) t->heard_at = now;
  moved(&t->played_at, now, last->played, v->played);
}

/* Other sources, or counters that start anew: a renegotiation. Or a gap. */
static bool is_continued(const sp_audio_truth *t, uint64_t now, const sp_vitals *v) {
  const sp_vitals *last = &t->last;
  if (!t->begun || now - t->at > GAP_MS) return false;
  return last->inbound_id == v->inbound_id && last->outbound_id == v->outbound_id && !(v->received < last->received) &&
         !(v->sent < last->sent);
}

static bool is_switched(const sp_vitals *a, const sp_vitals *b) {
  return a->sender_enabled != b->sender_enabled || a->turned_down != b->turned_down;
}

bool sp_audio_truth_add(sp_audio_truth *t, uint64_t now, const sp_vitals *v) {
  bool continued = is_continued(t, now, v);
  if (continued) {
    note_outbound(t, now, v);
    note_inbound(t, now, v);
  }
  if (!continued || is_switched(&t->last, v)) t->since = now;
  if (v->playback_stopped != SP_YES) t->playing_at = now;
  t->begun = true;
  t->last = *v;
  t->at = now;
  return continued;
}

/* --- verdicts --- */

static bool stands_still(const sp_audio_truth *t, uint64_t moved_at, uint64_t limit) {
  uint64_t from = moved_at > t->since ? moved_at : t->since;
  return t->at >= from && t->at - from >= limit;
}

static sp_audio_code judge_far_end(const sp_audio_truth *t) {
  if (t->far_report_at == 0) return SP_AUDIO_FLOWING; /* it never reports: what leaves is all there is to see */
  bool is_deaf = t->last.far_loss >= 1 && stands_still(t, t->far_heard_at, FAR_DEAF_MS);
  /* Its reports stop while its voice still comes: it hears nothing to report about (RFC 3550 §6.4). */
  bool is_mute = stands_still(t, t->far_report_at, FAR_REPORT_MS) && !stands_still(t, t->received_at, RECEIVING_MS);
  return is_deaf || is_mute ? SP_AUDIO_NOT_RECEIVED_BY_FAR_END : SP_AUDIO_FLOWING;
}

static bool is_device_silent(const sp_audio_truth *t) {
  const sp_vitals *v = &t->last;
  if (v->sender_muted == SP_YES && stands_still(t, t->signal_at, SYSTEM_MUTE_MS)) return true;
  if (!sp_is_nan(v->captured) && stands_still(t, t->captured_at, CAPTURE_MS)) return true;
  if (sp_is_nan(v->captured_energy)) return false;
  return stands_still(t, t->signal_at, t->signal_at == 0 ? NO_SIGNAL_YET_MS : SIGNAL_GONE_MS);
}

sp_audio_code sp_audio_truth_outbound(const sp_audio_truth *t, const sp_audio_context *c) {
  const sp_vitals *v = &t->last;
  if (!c->in_call) return SP_AUDIO_UNKNOWN;
  if (c->muted || v->sender_enabled == SP_NO) return SP_AUDIO_MUTED_HERE;
  if (c->held) return SP_AUDIO_HELD;
  if (c->disconnected) return SP_AUDIO_CONNECTION_LOST;
  if (!t->begun) return SP_AUDIO_UNKNOWN;
  if (v->sender_ended == SP_YES) return SP_AUDIO_DEVICE_ENDED;
  if (is_device_silent(t)) return SP_AUDIO_DEVICE_SILENT;
  if (stands_still(t, t->sent_at, SENDING_MS)) return SP_AUDIO_NOT_SENT;
  if (c->held_there) return SP_AUDIO_HELD_THERE;
  return t->sent_at > t->since ? judge_far_end(t) : SP_AUDIO_UNKNOWN;
}

/* Its sender reports go on, and the newest counts no further packet: the far end sends nothing. */
static bool is_not_sent_there(const sp_audio_truth *t) {
  return t->far_sender_at > t->received_at && t->far_sender_at > t->far_sent_at;
}

static bool is_not_played(const sp_audio_truth *t) {
  const sp_vitals *v = &t->last;
  if (v->playback_stopped == SP_YES) return stands_still(t, t->playing_at, PLAYOUT_MS);
  return !sp_is_nan(v->played) && stands_still(t, t->played_at, PLAYOUT_MS);
}

sp_audio_code sp_audio_truth_inbound(const sp_audio_truth *t, const sp_audio_context *c) {
  const sp_vitals *v = &t->last;
  if (!c->in_call) return SP_AUDIO_UNKNOWN;
  if (c->held) return SP_AUDIO_HELD;
  if (c->disconnected) return SP_AUDIO_CONNECTION_LOST;
  if (c->held_there) return SP_AUDIO_HELD_THERE;
  if (!t->begun) return SP_AUDIO_UNKNOWN;
  if (stands_still(t, t->received_at, RECEIVING_MS))
    return is_not_sent_there(t) ? SP_AUDIO_NOT_SENT : SP_AUDIO_NOT_RECEIVED_HERE;
  if (v->turned_down == SP_YES) return SP_AUDIO_MUTED_HERE;
  if (is_not_played(t)) return SP_AUDIO_NOT_PLAYED;
  bool tells = !sp_is_nan(v->heard_energy);
  if (tells && t->heard_at == 0 && stands_still(t, 0, NEVER_HEARD_MS)) return SP_AUDIO_FAR_END_SILENT;
  return t->received_at > t->since ? SP_AUDIO_FLOWING : SP_AUDIO_UNKNOWN;
}

bool sp_audio_is_fault(sp_audio_code code) {
  return code >= SP_AUDIO_CONNECTION_LOST;
}

const char *sp_audio_code_word(sp_audio_code code) {
  static const char *const words[SP_AUDIO_CODES] = {
    [SP_AUDIO_UNKNOWN] = "unknown",
    [SP_AUDIO_FLOWING] = "flowing",
    [SP_AUDIO_MUTED_HERE] = "muted-here",
    [SP_AUDIO_HELD] = "held",
    [SP_AUDIO_HELD_THERE] = "held-there",
    [SP_AUDIO_CONNECTION_LOST] = "connection-lost",
    [SP_AUDIO_DEVICE_ENDED] = "device-ended",
    [SP_AUDIO_DEVICE_SILENT] = "device-silent",
    [SP_AUDIO_NOT_SENT] = "not-sent",
    [SP_AUDIO_NOT_RECEIVED_BY_FAR_END] = "not-received-by-far-end",
    [SP_AUDIO_NOT_RECEIVED_HERE] = "not-received-here",
    [SP_AUDIO_NOT_PLAYED] = "not-played",
    [SP_AUDIO_FAR_END_SILENT] = "far-end-silent",
  };
  return (unsigned)code < SP_AUDIO_CODES ? words[code] : "unknown";
}
