/* SPDX-License-Identifier: MIT */
/* quality.h: how good a call is right now, for the app: a live event with each sample, and warnings that are
   raised and cleared with hysteresis. No allocation; one sp_quality per media session. After every call take
   what it has to say until nothing is left. */
#ifndef SP_TELEMETRY_QUALITY_H
#define SP_TELEMETRY_QUALITY_H

#include "telemetry/audio_truth.h"

/* Samples that the loss and the jitter are taken over: five seconds. Shorter, and one lost packet is a burst;
   longer, and an agent has already asked "can you hear me?". */
#define SP_QUALITY_WINDOW 5u

typedef enum sp_quality_level {
  SP_QUALITY_UNKNOWN,
  SP_QUALITY_BAD,
  SP_QUALITY_POOR,
  SP_QUALITY_FAIR,
  SP_QUALITY_GOOD,
  SP_QUALITY_EXCELLENT,
  SP_QUALITY_LEVELS
} sp_quality_level;

typedef enum sp_quality_warning {
  SP_WARN_HIGH_LOSS,
  SP_WARN_HIGH_JITTER,
  SP_WARN_HIGH_ROUND_TRIP,
  SP_WARN_LOW_MOS,
  SP_WARN_NO_INBOUND_AUDIO,
  SP_WARN_NO_OUTBOUND_AUDIO,
  SP_WARNINGS
} sp_quality_warning;

/* One way. Unknown numbers are NAN; loss is a fraction, jitter in seconds. */
typedef struct sp_quality_way {
  sp_audio_code audio;
  double loss, jitter, mos;
} sp_quality_way;

typedef struct sp_quality_now {
  sp_quality_level level;
  double mos, loss, jitter, round_trip; /* the worse of both ways; seconds */
  sp_quality_way inbound, outbound;
} sp_quality_now;

typedef struct sp_quality_alarm {
  bool raised, is_counting;
  bool outbound;      /* the way it was raised for */
  uint64_t since;     /* is_counting: since when the opposite holds */
  sp_audio_code code; /* of audio warnings: why it was raised last */
} sp_quality_alarm;

typedef struct sp_quality_interval {
  double received, lost, jitter, far_jitter;
} sp_quality_interval;

typedef struct sp_quality_notice {
  bool is_warning;
  /* of a warning */
  sp_quality_warning warning;
  bool raised;
  bool outbound;           /* the way that is worse, or that is silent */
  double value, threshold; /* NAN for the audio warnings */
  const char *code;        /* why: a word of sp_audio_code, "recovered", "ended"; NULL for a raised number */
} sp_quality_notice;

#define SP_QUALITY_NOTICES (2u * SP_WARNINGS + 1u)

typedef struct sp_quality {
  sp_audio_context context;
  sp_audio_truth truth;
  sp_quality_interval window[SP_QUALITY_WINDOW];
  size_t intervals; /* ever added; the newest is at (intervals - 1) % SP_QUALITY_WINDOW */
  double far_loss;  /* of the newest report that was new */
  sp_quality_now now;
  sp_quality_alarm alarms[SP_WARNINGS];
  sp_quality_notice notices[SP_QUALITY_NOTICES];
  size_t noticed, taken;
} sp_quality;

void sp_quality_init(sp_quality *quality);
/* What the session layer knows has changed. A call that begins starts anew; one that ends clears what is
   raised. */
void sp_quality_set_context(sp_quality *quality, uint64_t now, const sp_audio_context *context);
/* A sample; without a call it is ignored. */
void sp_quality_add(sp_quality *quality, uint64_t now, const sp_report *report);

/* The thresholds, for documentation and tests. */
typedef struct sp_quality_rule {
  const char *word;
  double raise, clear; /* NAN: judged by audio_truth.h */
  unsigned raise_ms, clear_ms;
  bool is_low; /* low values are bad */
} sp_quality_rule;
const sp_quality_rule *sp_quality_rule_of(sp_quality_warning warning);

bool sp_quality_take(sp_quality *quality, sp_quality_notice *out);
/* Appends the event object: callQuality, or callQualityWarning when notice->is_warning. Absent ids are left out. */
void sp_quality_write(sp_buf *out, const sp_quality *quality, const sp_quality_notice *notice, sp_str session_id,
                      sp_str conversation_id);

#endif
