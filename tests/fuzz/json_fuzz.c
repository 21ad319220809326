/* SPDX-License-Identifier: MIT */
/* What parses must be written as text that parses again to the same text, with every accessor safe on every
   value. */
#include "base/json.h"
#include "base/limits.h"
#include "base/status.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t visit(const sp_json *v) {
  size_t seen = 1 + sp_json_str(v).len + (size_t)sp_json_truthy(v) + sp_json_count(v);
  for (const sp_json *child = sp_json_first(v); child; child = sp_json_next(child)) {
    if (sp_json_is_object(v) && !sp_json_get(v, sp_json_key(child).ptr)) abort();
    seen += visit(child);
  }
  return seen + (sp_json_number(sp_json_path(v, "a.b"), 1) > 0);
}

static bool write_again(sp_str text, sp_buf *out) {
  sp_json_doc *doc;
  int status = sp_json_parse(NULL, text, &doc);
  if (status != SP_OK) return false;
  if (visit(sp_json_root(doc)) == 0) abort();
  sp_json_write(out, sp_json_root(doc));
  sp_json_free(doc);
  return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sp_buf once, twice;
  sp_buf_init(&once, NULL, SP_MAX_JSON);
  sp_buf_init(&twice, NULL, SP_MAX_JSON);
  if (write_again((sp_str){ (const char *)data, size }, &once) && sp_buf_status(&once) == SP_OK) {
    if (!write_again(sp_buf_str(&once), &twice)) abort();
    if (!sp_str_eq(sp_buf_str(&once), sp_buf_str(&twice))) abort();
  }
  sp_buf_free(&once);
  sp_buf_free(&twice);
  return 0;
}
