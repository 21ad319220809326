/* SPDX-License-Identifier: MIT */
/* audio_truth.h: does audio flow, each way, and if not, which link is dead? The chain out is microphone,
   sender, network, far end; the chain in is far end, network, receiver, loudspeaker. A verdict names the
   first link that stands still, knowing about mute and hold, so that silence somebody wants is never called a
   fault. Plain values, virtual time. */
#ifndef SP_TELEMETRY_AUDIO_TRUTH_H
#define SP_TELEMETRY_AUDIO_TRUTH_H

#include "telemetry/vitals.h"

typedef enum sp_audio_code {
  SP_AUDIO_UNKNOWN, /* too early to tell, or the browser does not say */
  SP_AUDIO_FLOWING,
  /* Silence that somebody wants: never a warning. */
  SP_AUDIO_MUTED_HERE, /* out: muted by the agent or the app; in: the app turned the sound off */
  SP_AUDIO_HELD,
  SP_AUDIO_HELD_THERE, /* the far end holds the call */
  /* Faults. */
  SP_AUDIO_CONNECTION_LOST,
  SP_AUDIO_DEVICE_ENDED, /* the microphone was unplugged or taken away */
  SP_AUDIO_DEVICE_SILENT,
  SP_AUDIO_NOT_SENT, /* out: by this browser; in: by the far end */
  SP_AUDIO_NOT_RECEIVED_BY_FAR_END,
  SP_AUDIO_NOT_RECEIVED_HERE,
  SP_AUDIO_NOT_PLAYED,
  SP_AUDIO_FAR_END_SILENT,
  SP_AUDIO_CODES
} sp_audio_code;

/* What the session layer knows about the call. */
typedef struct sp_audio_context {
  bool in_call; /* a conversation is connected on the session: without one nothing is judged */
  bool muted, held, held_there;
  bool disconnected; /* the peer connection says so */
} sp_audio_context;

/* When something last moved, in virtual milliseconds; 0: never seen. */
typedef struct sp_audio_truth {
  bool begun; /* `last` is a sample of this call */
  sp_vitals last;
  uint64_t at;    /* of `last` */
  uint64_t since; /* nothing is judged by what was before: call, mute, hold or connection changed */
  uint64_t captured_at, signal_at, sent_at, far_report_at, far_heard_at;
  uint64_t received_at, far_sender_at, far_sent_at, heard_at, played_at, playing_at;
} sp_audio_truth;

void sp_audio_truth_reset(sp_audio_truth *truth);
/* Mute, hold or the connection changed: every link gets its time again. */
void sp_audio_truth_restart(sp_audio_truth *truth, uint64_t now);
/* Takes a sample. False when it cannot be compared with the one before: the first, other sources, or a gap. */
bool sp_audio_truth_add(sp_audio_truth *truth, uint64_t now, const sp_vitals *vitals);
sp_audio_code sp_audio_truth_outbound(const sp_audio_truth *truth, const sp_audio_context *context);
sp_audio_code sp_audio_truth_inbound(const sp_audio_truth *truth, const sp_audio_context *context);

bool sp_audio_is_fault(sp_audio_code code);
const char *sp_audio_code_word(sp_audio_code code); /* such as "muted-here"; static storage */

#endif
