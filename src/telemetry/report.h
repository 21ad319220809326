/* SPDX-License-Identifier: MIT */
/* report.h: one report of RTCPeerConnection.getStats() as the host hands it over: a JSON array of records
   [{"id","type",...}] (W3C webrtc-stats). Besides the browser's records the host may add its own, whose type
   begins with "sp-": the browser's statistics say nothing about a track that is switched off or about an
   element that does not play. A record is borrowed from its report. */
#ifndef SP_TELEMETRY_REPORT_H
#define SP_TELEMETRY_REPORT_H

#include "base/json.h"

/* An audio call has 18 records, a video conference with many candidates a few hundred. */
#define SP_MAX_STATS_RECORDS 1024u

typedef struct sp_report {
  sp_json_doc *doc;
  size_t count; /* records of the browser */
} sp_report;

/* SP_ESYNTAX: not an array of records. SP_ELIMIT: more than SP_MAX_STATS_RECORDS. SP_ENOMEM. On SP_OK free it
   with sp_report_free, which is legal on a zeroed report too. */
int sp_report_parse(const sp_alloc *alloc, sp_str text, sp_report *out);
void sp_report_free(sp_report *report);

/* The record that member `key` of `record` names; NULL when there is none. */
const sp_json *sp_report_follow(const sp_report *report, const sp_json *record, const char *key);
/* First record of this type after `after`; NULL starts at the first. */
const sp_json *sp_report_next(const sp_report *report, const sp_json *after, const char *type);
/* First record of this type that carries audio. */
const sp_json *sp_report_audio(const sp_report *report, const char *type);
/* What the other side reports about `source`: the record whose localId is its id. */
const sp_json *sp_report_counterpart(const sp_report *report, const sp_json *source);
/* A candidate pair that is nominated and succeeded: the first, or the last one. */
const sp_json *sp_report_first_pair(const sp_report *report);
const sp_json *sp_report_last_pair(const sp_report *report);

sp_str sp_report_kind(const sp_json *record);                    /* kind, else mediaType */
double sp_report_number(const sp_json *record, const char *key); /* NAN unless a finite number */
/* The number of `a`, else that of `b`; NAN when neither has one. */
double sp_report_either(const sp_json *a, const sp_json *b, const char *key);
/* Ids are remembered from one report to the next as 64-bit hashes: no allocation that could fail. 0: no id. */
uint64_t sp_report_hash(sp_str id);

#endif
