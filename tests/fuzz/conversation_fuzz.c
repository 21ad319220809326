/* SPDX-License-Identifier: MIT */
/* A line is a notification, or "+id" a session accepted for that conversation, or "-" the end of that
   session. Whatever comes: an update is JSON, and the records listed are those that are found. */
#include "base/limits.h"
#include "conversation/store.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(sp_store *store) {
  sp_store_action action;
  while (sp_store_take(store, &action)) {
    sp_json_doc *doc = NULL;
    sp_str json = action.kind == SP_STORE_UPDATE ? sp_store_update_json(store) : action.json;
    if (json.ptr && sp_json_parse(NULL, json, &doc) != SP_OK) abort();
    sp_json_free(doc);
  }
  for (size_t i = 0; i < sp_store_count(store); i++)
    if (!sp_store_has(store, sp_store_at(store, i, NULL))) abort();
}

static void send(sp_store *store, uint64_t now, sp_str line) {
  sp_store_session sessions[] = { { SP_STR("c1"), 7, true }, { SP_STR("c2"), 8, false } };
  sp_store_view view = { .user_id = SP_STR("u1"), .active = 7, .sessions = sessions, .session_count = 2 };
  view.persistent = line.len & 1;
  view.line_appearance_many = line.len & 2;
  sp_json_doc *doc = NULL;
  if (sp_json_parse(NULL, line, &doc) == SP_OK) (void)sp_store_event(store, now, sp_json_root(doc), &view);
  sp_json_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sp_str text = { (const char *)data, size };
  sp_store *store = sp_store_new(NULL);
  for (size_t from = 0, to; store && from < size; from = to + 1) {
    to = sp_str_find_char(text, '\n', from);
    if (to == SIZE_MAX) to = size;
    sp_str line = sp_str_slice(text, from, to);
    if (sp_str_starts(line, "+")) (void)sp_store_accepted(store, sp_str_slice(line, 1, line.len), 7);
    else if (sp_str_starts(line, "-")) sp_store_session_gone(store, 7);
    else send(store, from, line);
    sp_store_tick(store, from);
    check(store);
  }
  sp_store_free(store);
  return 0;
}
