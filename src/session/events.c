/* SPDX-License-Identifier: MIT */
/* Events of the session layer (sessions.md §1.7). */
#include "session/internal.h"

#include "base/limits.h"

static void emit(sp_sessions *m, const char *event, sp_buf *arguments) {
  sp_effects_push(m->env.fx, SP_FX_EVENT, 0, sp_str_from(event), sp_buf_str(arguments));
}

static void add_session(sp_jw *w, uint32_t handle) {
  sp_jw_open(w, NULL, '{');
  sp_jw_num(w, "$session", handle);
  sp_jw_close(w);
}

void sp_emit_pending(sp_sessions *m, const sp_pending *entry) {
  sp_buf *text = sp_effects_scratch(m->env.fx);
  sp_buf_add_char(text, '[');
  sp_pending_write(text, entry);
  sp_buf_add_char(text, ']');
  emit(m, "pendingSession", text);
  /* Before the call: who answers it must hear it. */
  sp_effects_push(m->env.fx, SP_FX_AUDIO_PROBE, 0, SP_STR_NONE, SP_STR_NONE);
}

void sp_emit_pending_gone(sp_sessions *m, const char *event, sp_str session_id, sp_str conversation_id) {
  sp_pending *entry = sp_pending_find_both(&m->pending, session_id, conversation_id);
  if (!entry) return;
  sp_buf *text = sp_effects_scratch(m->env.fx);
  sp_jw w;
  sp_jw_begin(&w, text);
  sp_jw_open(&w, NULL, '[');
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "sessionId", session_id);
  sp_jw_str(&w, "conversationId", entry->conversation_id);
  sp_jw_close(&w);
  sp_jw_close(&w);
  emit(m, event, text);
  sp_pending_remove(&m->pending, entry);
}

void sp_emit_session_started(sp_sessions *m, sp_session *s) {
  sp_buf *text = sp_effects_scratch(m->env.fx);
  sp_jw w;
  sp_jw_begin(&w, text);
  sp_jw_open(&w, NULL, '[');
  add_session(&w, s->handle);
  sp_jw_close(&w);
  s->starts++;
  emit(m, "sessionStarted", text);
}

static void emit_ended(sp_sessions *m, const char *event, uint32_t handle, sp_str condition) {
  sp_buf *text = sp_effects_scratch(m->env.fx);
  sp_jw w;
  sp_jw_begin(&w, text);
  sp_jw_open(&w, NULL, '[');
  if (handle) add_session(&w, handle);
  else sp_jw_raw(&w, NULL, SP_STR("null"));
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "condition", condition);
  sp_jw_close(&w);
  sp_jw_close(&w);
  emit(m, event, text);
}

void sp_emit_internal_ended(sp_sessions *m, uint32_t handle, sp_str condition) {
  sp_session *s = sp_registry_by_handle(&m->registry, handle);
  if (s) sp_stats_conversation_ended(s);
  emit_ended(m, "_sessionEnded", handle, condition);
}

void sp_emit_session_ended(sp_sessions *m, sp_session *s, sp_str condition) {
  if (s->starts) s->starts--;
  emit_ended(m, "sessionEnded", s->handle, condition);
  sp_control_session_ended(m, s->handle, s->conversation_id);
}

void sp_emit_session_interrupted(sp_sessions *m, const sp_session *s) {
  sp_buf *text = sp_effects_scratch(m->env.fx);
  sp_jw w;
  sp_jw_begin(&w, text);
  sp_jw_open(&w, NULL, '[');
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "sessionId", s->id);
  sp_jw_str(&w, "sessionType", sp_str_from(sp_session_type_word(s->type)));
  sp_jw_str(&w, "conversationId", s->conversation_id);
  sp_jw_close(&w);
  sp_jw_close(&w);
  emit(m, "sessionInterrupted", text);
}

void sp_emit_session_event(sp_sessions *m, const sp_session *s, const char *event, sp_str text_argument) {
  sp_buf *text = sp_effects_scratch(m->env.fx);
  sp_buf_add_char(text, '[');
  if (text_argument.ptr) sp_buf_add_json(text, text_argument);
  sp_buf_add_char(text, ']');
  sp_effects_push(m->env.fx, SP_FX_SESSION_EVENT, s->handle, sp_str_from(event), sp_buf_str(text));
}

void sp_emit_session_json(sp_sessions *m, const sp_session *s, const char *event, const sp_json *argument) {
  sp_buf *text = sp_effects_scratch(m->env.fx);
  sp_buf_add_char(text, '[');
  sp_json_write(text, argument);
  sp_buf_add_char(text, ']');
  sp_effects_push(m->env.fx, SP_FX_SESSION_EVENT, s->handle, sp_str_from(event), sp_buf_str(text));
}

void sp_reject_with(sp_sessions *m, uint32_t call, sp_error_type type, const char *message, const sp_detail *list,
                    size_t count) {
  sp_buf details;
  sp_buf_init(&details, m->env.alloc, SP_MAX_EFFECT_TEXT);
  sp_jw w;
  sp_jw_begin(&w, &details);
  sp_jw_open(&w, NULL, '{');
  for (size_t i = 0; i < count; i++) {
    sp_jw_str(&w, list[i].key, list[i].text);
    sp_jw_json(&w, list[i].key, list[i].json);
    if (!list[i].cause) continue;
    sp_jw_open(&w, list[i].key, '{');
    sp_jw_num(&w, "$cause", list[i].cause);
    sp_jw_close(&w);
  }
  sp_jw_close(&w);
  sp_reject(m->env.fx, call, type, message, sp_buf_status(&details) == SP_OK ? sp_buf_str(&details) : SP_STR_NONE);
  sp_buf_free(&details);
}
