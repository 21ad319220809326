/* SPDX-License-Identifier: MIT */
/* The payload of conversationUpdate (sessions.md §7.5), written as if the step were committed. */
#include "conversation/step.h"

static const sp_content *content_of(const sp_step *step, const sp_record *record) {
  return record == step->record ? &step->next : &record->content;
}

static bool is_there(const sp_step *step, const sp_record *record) {
  return record != step->record || !step->remove;
}

static sp_str carried_by(const sp_step *step, uint32_t session) {
  if (step->moved && session == step->session) return step->conversation_id;
  return sp_view_conversation(step->view, session);
}

/* Rule 3: the only connected conversation, of several the first that is not held. */
static const sp_record *connected_one(const sp_step *step) {
  const sp_record *first = NULL, *talking = NULL;
  size_t connected = 0;
  for (size_t i = 0; i < step->records->count; i++) {
    const sp_record *record = step->records->order[i];
    const sp_call_facts *call = &content_of(step, record)->latest;
    if (!is_there(step, record) || call->class != SP_CALL_CONNECTED) continue;
    if (connected++ == 0) first = record;
    if (!talking && call->held == SP_FLAG_FALSE) talking = record;
  }
  return connected == 1 ? first : talking;
}

static const sp_record *only_one(const sp_step *step) {
  size_t i = 0;
  while (!is_there(step, step->records->order[i])) i++;
  return step->records->order[i];
}

static sp_str active_conversation(const sp_step *step) {
  size_t count = step->records->count - (step->remove ? 1 : 0);
  const sp_record *record = count == 0 ? NULL : count == 1 ? only_one(step) : connected_one(step);
  if (record) return record->conversation_id;
  sp_str active = count == 0 ? carried_by(step, step->view->active) : SP_STR_NONE;
  if (!active.len) active = carried_by(step, step->session);
  return active.len ? active : SP_STR("");
}

static void write_members(sp_jw *w, const sp_record *record, const sp_content *content, uint32_t session) {
  sp_jw_open(w, NULL, '{');
  sp_jw_str(w, "conversationId", record->conversation_id);
  if (content->block.ptr) sp_jw_raw(w, "conversationUpdate", content->update);
  if (session) {
    sp_jw_open(w, "session", '{');
    sp_jw_num(w, "$session", session);
    sp_jw_close(w);
  }
  if (content->block.ptr) {
    sp_jw_raw(w, "mostRecentUserParticipant", content->participant);
    sp_jw_raw(w, "mostRecentCallState", content->call);
  }
  sp_jw_num(w, "$number", record->number);
  sp_jw_close(w);
}

void sp_record_write(sp_buf *out, const sp_record *record) {
  sp_jw w;
  sp_jw_begin(&w, out);
  write_members(&w, record, &record->content, record->session);
}

static void write_record(sp_jw *w, const sp_step *step, const sp_record *record) {
  write_members(w, record, content_of(step, record), record == step->record ? step->session : record->session);
}

/* What the host has already is its number, or number and session. */
static void write_current(sp_jw *w, const sp_step *step, const sp_record *record) {
  if (record == step->record || (!record->told && step->records->count < SP_RECORDS_APART)) {
    write_record(w, step, record);
  } else if (record->session) {
    sp_jw_open(w, NULL, '[');
    sp_jw_num(w, NULL, record->number);
    sp_jw_num(w, NULL, record->session);
    sp_jw_close(w);
  } else {
    sp_jw_num(w, NULL, record->number);
  }
}

static void write_list(sp_jw *w, const char *key, const sp_step *step, bool has_it) {
  sp_jw_open(w, key, '[');
  if (has_it) write_record(w, step, step->record);
  sp_jw_close(w);
}

void sp_step_write_update(sp_buf *out, const sp_step *step) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "activeConversationId", active_conversation(step));
  sp_jw_open(&w, "current", '[');
  for (size_t i = 0; i < step->records->count; i++)
    if (is_there(step, step->records->order[i])) write_current(&w, step, step->records->order[i]);
  sp_jw_close(&w);
  write_list(&w, "added", step, step->change == SP_CHANGE_ADDED);
  write_list(&w, "removed", step, step->change == SP_CHANGE_REMOVED);
  sp_jw_close(&w);
}
