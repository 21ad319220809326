/* SPDX-License-Identifier: MIT */
/* gatherer.h: when the statistics of one media session are collected, and which `stats` events come of it
   (logging-and-stats.md §7). One per peer connection, from the session's creation to its end.

   After every call take what it has to say until nothing is left: requests for a sample, which the host
   answers with sp_gatherer_result, and events for the app. Its one clock also serves the live quality
   (quality.h): while that watches, samples are asked for every SP_QUALITY_INTERVAL_MS, and every fifth of
   them is the one that §7.1 demands. */
#ifndef SP_TELEMETRY_GATHERER_H
#define SP_TELEMETRY_GATHERER_H

#include "base/effect.h"
#include "base/timer.h"
#include "telemetry/stats_event.h"

#define SP_STATS_INTERVAL_MS 5000u
/* Applications want the quality while it matters: every second. A sample costs 0.2 ms of main thread
   (Chromium, 18 records, only the types below) and 3 KB of text, so a faster pace would be affordable too,
   but the far end's reports come every 2.5 to 5 s, and hidden pages have their timers held at one a second. */
#define SP_QUALITY_INTERVAL_MS 1000u
/* A host that does not answer: the next sample may be asked for. */
#define SP_STATS_ANSWER_MS 10000u
/* §7.2: how long `connect` waits for the selected pair. */
#define SP_CONNECT_WAIT_MS 300u
#define SP_CONNECT_REPEATS 3u

typedef enum sp_gather_kind {
  SP_GATHER_ASK,      /* number = of the request; text = which records: {"types":[...],"fields":[...]?}, absent fields:
                         every member */
  SP_GATHER_EVENT,    /* name, text = the event object; for getStats has_mos and mos */
  SP_GATHER_ICE_TYPE, /* text = the event object of iceConnectionType, after `connect` */
  SP_GATHER_REPORT,   /* report = a sample for the live quality */
} sp_gather_kind;

typedef struct sp_gather {
  sp_gather_kind kind;
  uint32_t number;
  const char *name; /* "connect", "getStats", "failure" */
  sp_str text;
  bool has_mos; /* a getStats event with something in it: feed it to sp_mos_add */
  sp_mos_sample mos;
  const sp_report *report;
} sp_gather;

typedef struct sp_gatherer_config {
  sp_effects *fx;                                      /* log records */
  const sp_stats_host *host;                           /* borrowed, outlives the gatherer */
  sp_str session_id;                                   /* for log records */
  sp_str session;                                      /* the value of the events' `session`: complete JSON */
  sp_str conference;                                   /* absent: left out */
  int initiator;                                       /* 0, 1; -1: left out */
  sp_str ice_state, connection_state, signaling_state; /* now; absent: "new", "new", "stable" */
} sp_gatherer_config;

typedef struct sp_gatherer sp_gatherer;

/* NULL when out of memory. Copies the texts. */
sp_gatherer *sp_gatherer_new(const sp_alloc *alloc, uint64_t now, const sp_gatherer_config *config);
void sp_gatherer_free(sp_gatherer *gatherer);

/* `descriptions`: with "failed" the JSON object {"local":SDP,"remote":SDP} of the peer connection's two
   descriptions, of which only candidates are counted; null, a missing one and an unreadable text count as
   empty. Absent otherwise. */
void sp_gatherer_ice_state(sp_gatherer *gatherer, uint64_t now, sp_str state, sp_str descriptions);
/* `signaling_state`: of the same moment; empty counts as stable. */
void sp_gatherer_connection_state(sp_gatherer *gatherer, uint64_t now, sp_str state, sp_str signaling_state);
/* Begins or ends the samples for the live quality. */
void sp_gatherer_watch(sp_gatherer *gatherer, uint64_t now, bool on);
/* The host's answer to request `number`: `ok` with the records, or getStats() was rejected. An answer nobody
   waits for is ignored. */
void sp_gatherer_result(sp_gatherer *gatherer, uint64_t now, uint32_t number, bool ok, sp_str records);
void sp_gatherer_tick(sp_gatherer *gatherer, uint64_t now);
uint64_t sp_gatherer_deadline(const sp_gatherer *gatherer);
/* The session has ended: nothing is asked for or emitted any more. Legal twice. */
void sp_gatherer_stop(sp_gatherer *gatherer);

/* Takes the next thing to do; texts and report stay valid until the next call. */
bool sp_gatherer_take(sp_gatherer *gatherer, sp_gather *out);

#endif
