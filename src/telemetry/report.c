/* SPDX-License-Identifier: MIT */
#include "telemetry/report.h"

#include "base/number.h"
#include "base/status.h"

#include <math.h>

static bool is_hosts(const sp_json *record) {
  return sp_str_starts(sp_json_get_str(record, "type"), "sp-");
}

int sp_report_parse(const sp_alloc *alloc, sp_str text, sp_report *out) {
  *out = (sp_report){ 0 };
  int status = sp_json_parse(alloc, text, &out->doc);
  if (status != SP_OK) return status;
  const sp_json *records = sp_json_root(out->doc);
  if (!sp_json_is_array(records)) status = SP_ESYNTAX;
  else if (sp_json_count(records) > SP_MAX_STATS_RECORDS) status = SP_ELIMIT;
  for (const sp_json *r = sp_json_first(records); r && status == SP_OK; r = sp_json_next(r)) {
    if (!sp_json_is_object(r)) status = SP_ESYNTAX;
    else if (!is_hosts(r)) out->count++;
  }
  if (status != SP_OK) sp_report_free(out);
  return status;
}

void sp_report_free(sp_report *report) {
  sp_json_free(report->doc);
  *report = (sp_report){ 0 };
}

static const sp_json *first(const sp_report *report) {
  return sp_json_first(sp_json_root(report->doc));
}

static const sp_json *find(const sp_report *report, const char *key, sp_str value) {
  if (value.len == 0) return NULL;
  const sp_json *r = first(report);
  while (r && !sp_str_eq(sp_json_get_str(r, key), value)) r = sp_json_next(r);
  return r;
}

const sp_json *sp_report_follow(const sp_report *report, const sp_json *record, const char *key) {
  return find(report, "id", sp_json_get_str(record, key));
}

const sp_json *sp_report_next(const sp_report *report, const sp_json *after, const char *type) {
  const sp_json *r = after ? sp_json_next(after) : first(report);
  while (r && !sp_str_is(sp_json_get_str(r, "type"), type)) r = sp_json_next(r);
  return r;
}

const sp_json *sp_report_audio(const sp_report *report, const char *type) {
  const sp_json *r = sp_report_next(report, NULL, type);
  while (r && !sp_str_is(sp_report_kind(r), "audio")) r = sp_report_next(report, r, type);
  return r;
}

const sp_json *sp_report_counterpart(const sp_report *report, const sp_json *source) {
  return find(report, "localId", sp_json_get_str(source, "id"));
}

static bool is_selected(const sp_json *pair) {
  return sp_json_get_bool(pair, "nominated", false) && sp_str_is(sp_json_get_str(pair, "state"), "succeeded");
}

const sp_json *sp_report_first_pair(const sp_report *report) {
  const sp_json *pair = sp_report_next(report, NULL, "candidate-pair");
  while (pair && !is_selected(pair)) pair = sp_report_next(report, pair, "candidate-pair");
  return pair;
}

const sp_json *sp_report_last_pair(const sp_report *report) {
  const sp_json *last = NULL, *pair = sp_report_next(report, NULL, "candidate-pair");
  for (; pair; pair = sp_report_next(report, pair, "candidate-pair")) {
    if (is_selected(pair)) last = pair;
  }
  return last;
}

sp_str sp_report_kind(const sp_json *record) {
  sp_str kind = sp_json_get_str(record, "kind");
  return kind.len > 0 ? kind : sp_json_get_str(record, "mediaType");
}

double sp_report_number(const sp_json *record, const char *key) {
  return sp_json_number(sp_json_get(record, key), NAN);
}

double sp_report_either(const sp_json *a, const sp_json *b, const char *key) {
  double value = sp_report_number(a, key);
  return sp_is_nan(value) ? sp_report_number(b, key) : value;
}

/* FNV-1a. */
uint64_t sp_report_hash(sp_str id) {
  uint64_t hash = 0xcbf29ce484222325u;
  if (id.len == 0) return 0;
  for (size_t i = 0; i < id.len; i++) hash = (hash ^ (unsigned char)id.ptr[i]) * 0x100000001b3u;
  return hash != 0 ? hash : 1;
}
