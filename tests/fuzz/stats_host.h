/* SPDX-License-Identifier: MIT */
/* stats_host.h: takes what the statistics have to say, and ends the program when it is no JSON, when an upload has an
   address-like member, or when a time to wake up lies in the past. For stats_fuzz.c. */
#ifndef SP_TESTS_STATS_HOST_H
#define SP_TESTS_STATS_HOST_H

#include "telemetry/gatherer.h"
#include "telemetry/insights.h"
#include "telemetry/quality.h"

#include <stdlib.h>

static inline void check_json(sp_str text) {
  sp_json_doc *doc = NULL;
  if (sp_json_parse(NULL, text, &doc) != SP_OK) abort();
  sp_json_free(doc);
}

static inline void judge(sp_quality *quality, uint64_t now, const sp_report *report) {
  sp_quality_notice notice;
  sp_buf text;
  sp_buf_init(&text, NULL, 4096);
  sp_quality_add(quality, now, report);
  for (; sp_quality_take(quality, &notice); sp_buf_reset(&text)) {
    sp_quality_write(&text, quality, &notice, SP_STR_NONE, SP_STR_NONE);
    check_json(sp_buf_str(&text));
  }
  sp_buf_free(&text);
}

/* Takes everything; answers the number of the request that is out. */
static inline uint32_t take(sp_gatherer *gatherer, sp_insights *insights, sp_quality *quality, uint64_t now) {
  uint32_t number = 0;
  for (sp_gather out; sp_gatherer_take(gatherer, &out);) {
    if (out.kind == SP_GATHER_ASK) number = out.number;
    if (out.kind == SP_GATHER_REPORT) judge(quality, now, out.report);
    if (out.kind != SP_GATHER_EVENT) continue;
    check_json(out.text);
    sp_insights_stats(insights, now, now, out.text, NULL);
  }
  for (sp_insights_request request; sp_insights_take(insights, &request); sp_insights_result(insights, now, 413)) {
    check_json(request.body);
    if (sp_str_find(request.body, "_ip\":", 0) != SIZE_MAX) abort();
  }
  if (sp_gatherer_deadline(gatherer) < now || sp_insights_deadline(insights) < now) abort();
  return number;
}

#endif
