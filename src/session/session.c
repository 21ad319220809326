/* SPDX-License-Identifier: MIT */
#include "session/session.h"

#include "base/json.h"
#include "base/limits.h"
#include "session/stats.h"

#include <string.h>

void sp_registry_init(sp_registry *registry, const sp_alloc *alloc) {
  memset(registry, 0, sizeof *registry);
  registry->alloc = alloc;
}

static void session_free(sp_session *s) {
  sp_str *texts[] = {
    &s->id,           &s->conversation_id,  &s->peer,           &s->from_user_id, &s->original_room_jid,
    &s->meeting_id,   &s->priv_answer_mode, &s->remote_sdp,     &s->stream,       &s->connection_state,
    &s->media_stream, &s->audio_device,     &s->reason,         &s->video_device, &s->video_elements,
    &s->screen,       &s->participants,     &s->participant_id, &s->metadata,     &s->offered_as,
    &s->reason_text
  };
  sp_str_free_all(s->alloc, texts, sizeof texts / sizeof *texts);
  sp_watch_free(s->watch);
  while (s->announced) {
    sp_announced *gone = s->announced;
    s->announced = gone->next;
    sp_str_free(s->alloc, &gone->conversation_id);
    sp_alloc_free(s->alloc, gone);
  }
  sp_alloc_free(s->alloc, s);
}

void sp_registry_clear(sp_registry *registry) {
  while (registry->head) sp_registry_remove(registry, registry->head);
}

sp_session *sp_registry_add(sp_registry *registry, sp_str id, sp_str peer) {
  if (registry->count >= SP_MAX_SESSIONS) return NULL;
  sp_session *s = sp_alloc_new(registry->alloc, sizeof *s);
  if (!s) return NULL;
  s->alloc = registry->alloc;
  s->end_wait = s->recovery = s->check = s->peer_wait = SP_TIMER_OFF;
  if (sp_str_dup(s->alloc, id, &s->id) != SP_OK || sp_str_dup(s->alloc, peer, &s->peer) != SP_OK ||
      sp_str_dup(s->alloc, SP_STR("starting"), &s->connection_state) != SP_OK) {
    session_free(s);
    return NULL;
  }
  s->handle = ++registry->last_handle;
  s->link = (sp_link){ &sp_sdp_path, NULL, s->id, s->peer };
  sp_session **end = &registry->head;
  while (*end) end = &(*end)->next;
  *end = s;
  registry->count++;
  return s;
}

void sp_registry_remove(sp_registry *registry, sp_session *session) {
  for (sp_session **at = &registry->head; *at; at = &(*at)->next) {
    if (*at != session) continue;
    *at = session->next;
    registry->count--;
    session_free(session);
    return;
  }
}

sp_session *sp_registry_by_handle(const sp_registry *registry, uint32_t handle) {
  sp_session *s = registry->head;
  while (s && s->handle != handle) s = s->next;
  return s;
}

sp_session *sp_registry_by_id(const sp_registry *registry, sp_str id) {
  sp_session *newest = NULL;
  if (!id.len) return NULL;
  for (sp_session *s = registry->head; s; s = s->next)
    if (sp_str_eq(s->id, id)) newest = s;
  return newest;
}

static bool is_wanted(const sp_session *s, sp_session_type type) {
  if (type == SP_SESSION_UNKNOWN) return s->type != SP_SESSION_SCREEN_RECORDING;
  return type == SP_SESSION_TYPES || s->type == type;
}

sp_session *sp_registry_by_conversation(const sp_registry *registry, sp_str conversation_id, sp_session_type type) {
  if (!conversation_id.len) return NULL;
  for (sp_session *s = registry->head; s; s = s->next)
    if (!s->replaced && s->state != SP_SESSION_ENDED && is_wanted(s, type) &&
        sp_str_eq(s->conversation_id, conversation_id))
      return s;
  return NULL;
}

bool sp_session_is_live(const sp_session *session) {
  return sp_str_is(session->connection_state, "connected");
}

bool sp_session_is_dead(const sp_session *session) {
  static const char *const dead[] = { "interrupted", "disconnected", "failed", "closed" };
  for (size_t i = 0; i < sizeof dead / sizeof *dead; i++)
    if (sp_str_is(session->connection_state, dead[i])) return true;
  return false;
}

bool sp_session_was_announced(const sp_session *session, sp_str conversation_id) {
  for (const sp_announced *a = session->announced; a; a = a->next)
    if (sp_str_eq(a->conversation_id, conversation_id)) return true;
  return false;
}

int sp_session_mark_announced(sp_session *session, sp_str conversation_id) {
  if (sp_session_was_announced(session, conversation_id)) return SP_OK;
  sp_announced *mark = sp_alloc_new(session->alloc, sizeof *mark);
  if (!mark) return SP_ENOMEM;
  if (sp_str_dup(session->alloc, conversation_id, &mark->conversation_id) != SP_OK) {
    sp_alloc_free(session->alloc, mark);
    return SP_ENOMEM;
  }
  mark->next = session->announced;
  session->announced = mark;
  return SP_OK;
}

void sp_session_unmark_announced(sp_session *session, sp_str conversation_id) {
  for (sp_announced **at = &session->announced; *at; at = &(*at)->next) {
    if (!sp_str_eq((*at)->conversation_id, conversation_id)) continue;
    sp_announced *gone = *at;
    *at = gone->next;
    sp_str_free(session->alloc, &gone->conversation_id);
    sp_alloc_free(session->alloc, gone);
    return;
  }
}

void sp_session_publish(const sp_session *s, sp_effects *fx) {
  sp_jw w;
  sp_effects_begin(fx, &w, "{");
  sp_jw_str(&w, "id", s->id);
  sp_jw_str(&w, "sid", s->id);
  sp_jw_str(&w, "peerID", s->peer);
  sp_jw_str(&w, "conversationId", s->conversation_id);
  sp_jw_str(&w, "sessionType", sp_str_from(sp_session_type_word(s->type)));
  sp_jw_str(&w, "fromUserId", s->from_user_id);
  sp_jw_str(&w, "originalRoomJid", s->original_room_jid);
  sp_jw_str(&w, "meetingId", s->meeting_id);
  sp_jw_str(&w, "privAnswerMode", s->priv_answer_mode);
  sp_jw_bool(&w, "reinvite", s->reinvite);
  sp_jw_str(&w, "state", sp_str_from(sp_session_state_word(s->state)));
  sp_jw_bool(&w, "active", false);
  sp_jw_str(&w, "connectionState", s->connection_state);
  if (s->type == SP_SESSION_VIDEO)
    sp_jw_raw(&w, "methods", SP_STR("[\"startScreenShare\",\"stopScreenShare\",\"pinParticipantVideo\"]"));
  sp_effects_end(fx, &w, SP_FX_SESSION_NEW, s->handle, SP_STR_NONE);
}

void sp_session_publish_json(const sp_session *s, sp_effects *fx, const char *member, sp_str json) {
  sp_jw w;
  sp_effects_begin(fx, &w, "{");
  sp_jw_raw(&w, member, json);
  sp_effects_end(fx, &w, SP_FX_SESSION_SET, s->handle, SP_STR_NONE);
}

void sp_session_publish_text(const sp_session *s, sp_effects *fx, const char *member, sp_str value) {
  sp_jw w;
  sp_effects_begin(fx, &w, "{");
  sp_jw_str(&w, member, value);
  sp_effects_end(fx, &w, SP_FX_SESSION_SET, s->handle, SP_STR_NONE);
}

void sp_session_publish_state(const sp_session *s, sp_effects *fx) {
  sp_str word = sp_str_from(sp_session_state_word(s->state));
  sp_buf *text = sp_effects_scratch(fx);
  sp_jw w;
  sp_jw_begin(&w, text);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "state", word);
  sp_jw_bool(&w, "active", sp_str_is(word, "active"));
  sp_jw_close(&w);
  sp_effects_push(fx, SP_FX_SESSION_SET, s->handle, SP_STR_NONE, sp_buf_str(text));
  text = sp_effects_scratch(fx);
  sp_buf_add_char(text, '[');
  sp_buf_add_json(text, word);
  sp_buf_add_char(text, ']');
  sp_effects_push(fx, SP_FX_SESSION_EVENT, s->handle, SP_STR("sessionState"), sp_buf_str(text));
}
