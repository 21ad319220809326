/* SPDX-License-Identifier: MIT */
#include "session/pending.h"

#include "base/json.h"
#include "base/limits.h"

#include <string.h>

void sp_pending_init(sp_pending_list *list, const sp_alloc *alloc) {
  memset(list, 0, sizeof *list);
  list->alloc = alloc;
}

static void each_text(sp_pending *entry, sp_str **texts) {
  texts[0] = &entry->id;
  texts[1] = &entry->conversation_id;
  texts[2] = &entry->from;
  texts[3] = &entry->to;
  texts[4] = &entry->from_user_id;
  texts[5] = &entry->original_room_jid;
  texts[6] = &entry->priv_answer_mode;
  texts[7] = &entry->meeting_id;
}
enum { TEXTS = 8 };

static void entry_free(const sp_alloc *alloc, sp_pending *entry) {
  sp_str *texts[TEXTS];
  each_text(entry, texts);
  sp_str_free_all(alloc, texts, TEXTS);
  sp_alloc_free(alloc, entry);
}

void sp_pending_clear(sp_pending_list *list) {
  while (list->head) sp_pending_remove(list, list->head);
}

sp_pending *sp_pending_add(sp_pending_list *list, const sp_pending *from) {
  if (list->count >= SP_MAX_PENDING_SESSIONS) return NULL;
  sp_pending *entry = sp_alloc_new(list->alloc, sizeof *entry);
  if (!entry) return NULL;
  sp_pending source = *from;
  sp_str *copies[TEXTS], *originals[TEXTS];
  each_text(entry, copies);
  each_text(&source, originals);
  if (sp_str_dup_all(list->alloc, originals, copies, TEXTS) != SP_OK) {
    sp_alloc_free(list->alloc, entry);
    return NULL;
  }
  entry->type = from->type;
  entry->auto_answer = from->auto_answer;
  entry->accepted = from->accepted;
  entry->heard_on = from->heard_on;
  entry->mocked = from->mocked;
  sp_pending **end = &list->head;
  while (*end) end = &(*end)->next;
  *end = entry;
  list->count++;
  return entry;
}

void sp_pending_remove(sp_pending_list *list, sp_pending *entry) {
  for (sp_pending **at = &list->head; *at; at = &(*at)->next) {
    if (*at != entry) continue;
    *at = entry->next;
    list->count--;
    entry_free(list->alloc, entry);
    return;
  }
}

int sp_pending_set_id(sp_pending_list *list, sp_pending *entry, sp_str id) {
  return sp_str_set(list->alloc, &entry->id, id);
}

sp_pending *sp_pending_find(const sp_pending_list *list, sp_str session_id, sp_str conversation_id,
                            sp_session_type type) {
  for (sp_pending *entry = list->head; entry; entry = entry->next) {
    if (session_id.len ? sp_str_eq(entry->id, session_id)
                       : conversation_id.len && sp_str_eq(entry->conversation_id, conversation_id) &&
                             (type == SP_SESSION_UNKNOWN || entry->type == type))
      return entry;
  }
  return NULL;
}

sp_pending *sp_pending_find_both(const sp_pending_list *list, sp_str session_id, sp_str conversation_id) {
  for (sp_pending *entry = list->head; entry; entry = entry->next)
    if (sp_str_eq(entry->id, session_id) && sp_str_eq(entry->conversation_id, conversation_id)) return entry;
  /* Not another conversation on the same session. */
  for (sp_pending *entry = list->head; entry; entry = entry->next)
    if (sp_str_eq(entry->id, session_id) && !(entry->mocked && conversation_id.len)) return entry;
  sp_pending *own = sp_pending_find(list, SP_STR_NONE, conversation_id, SP_SESSION_UNKNOWN);
  return own && own->mocked ? own : NULL; /* it got a session of its own */
}

void sp_pending_write(sp_buf *out, const sp_pending *entry) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "id", entry->id);
  sp_jw_str(&w, "sessionId", entry->id);
  sp_jw_bool(&w, "autoAnswer", entry->auto_answer);
  sp_jw_str(&w, "conversationId", entry->conversation_id);
  sp_jw_str(&w, "sessionType", sp_str_from(sp_session_type_word(entry->type)));
  sp_jw_str(&w, "toJid", entry->to);
  sp_jw_str(&w, "fromJid", entry->from);
  sp_jw_str(&w, "originalRoomJid", entry->original_room_jid);
  sp_jw_str(&w, "fromUserId", entry->from_user_id);
  sp_jw_str(&w, "privAnswerMode", entry->priv_answer_mode);
  sp_jw_str(&w, "meetingId", entry->meeting_id);
  if (entry->accepted) sp_jw_bool(&w, "accepted", true);
  sp_jw_close(&w);
}
