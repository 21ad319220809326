/* SPDX-License-Identifier: MIT */
/* Any bytes as a configuration: read or refused with a documented error, whole or not at all, whichever allocation
   fails; what is told about it is JSON. */
#include "base/json.h"
#include "config/options.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t allowed, live;

static void *resize(void *user, void *ptr, size_t bytes) {
  (void)user;
  if (bytes > 0 && allowed > 0 && --allowed == 0) return NULL;
  if (bytes == 0 && ptr) live--;
  else if (bytes > 0 && !ptr) live++;
  if (bytes > 0) return realloc(ptr, bytes);
  free(ptr);
  return NULL;
}

static void check_json(sp_buf *text) {
  sp_json_doc *doc = NULL;
  if (sp_json_parse(NULL, sp_buf_str(text), &doc) != SP_OK || !sp_json_is_object(sp_json_root(doc))) abort();
  sp_json_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const sp_alloc alloc = { resize, NULL };
  sp_options options;
  sp_buf text;
  if (size == 0) return 0;
  allowed = data[0];
  live = 0;
  sp_buf_init(&text, NULL, 1u << 20);
  sp_effects *fx = sp_effects_new(NULL);
  int status = sp_options_read(&alloc, (sp_str){ (const char *)data + 1, size - 1 }, fx, &text, &options);
  if (status == SP_EINVAL) check_json(&text);
  else if (status != SP_OK && status != SP_ENOMEM) abort();
  sp_buf_reset(&text);
  if (status == SP_OK) {
    sp_options_write(&text, &options);
    check_json(&text);
    sp_options_free(&options);
  }
  if (live != 0) abort();
  sp_effects_free(fx);
  sp_buf_free(&text);
  return 0;
}
