/* SPDX-License-Identifier: MIT */
/* A known secret never passes, whatever stands around it; what was JSON stays JSON. */
#include "base/limits.h"
#include "base/status.h"
#include "telemetry/redact.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const sp_buf *out) {
  if (sp_buf_status(out) != SP_OK) abort();
  if (sp_str_find(sp_buf_str(out), "s3cr3t", 0) != SIZE_MAX) abort();
}

static void redact_json(const sp_redactor *r, sp_audience audience, sp_str text, sp_buf *out) {
  sp_json_doc *doc;
  if (sp_json_parse(NULL, text, &doc) != SP_OK) return;
  sp_buf_reset(out);
  sp_redact_value(r, audience, sp_json_root(doc), out);
  check(out);
  sp_json_free(doc);
  if (sp_json_parse(NULL, sp_buf_str(out), &doc) != SP_OK) abort();
  sp_json_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sp_str text = { (const char *)data, size };
  sp_redactor r;
  sp_buf out;
  sp_redactor_init(&r, NULL);
  sp_buf_init(&out, NULL, SP_MAX_JSON);
  if (sp_redactor_learn(&r, SP_STR("s3cr3t")) != SP_OK) abort();
  for (int audience = SP_AUDIENCE_LOCAL; audience <= SP_AUDIENCE_SERVER; audience++) {
    sp_buf_reset(&out);
    sp_redact_text(&r, (sp_audience)audience, text, &out);
    check(&out);
    redact_json(&r, (sp_audience)audience, text, &out);
  }
  sp_buf_free(&out);
  sp_redactor_free(&r);
  return 0;
}
