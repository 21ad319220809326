/* SPDX-License-Identifier: MIT */
#include "conversation/event.h"

sp_call_class sp_call_class_of(sp_str state) {
  static const struct {
    const char *word;
    sp_call_class class;
  } words[] = {
    { "alerting", SP_CALL_PENDING },    { "contacting", SP_CALL_PENDING }, { "dialing", SP_CALL_CONNECTED },
    { "connected", SP_CALL_CONNECTED }, { "disconnected", SP_CALL_ENDED }, { "terminated", SP_CALL_ENDED },
  };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (sp_str_is(state, words[i].word)) return words[i].class;
  return state.ptr ? SP_CALL_OTHER : SP_CALL_NONE;
}

/* --- selecting (sessions.md §7.2) --- */

static bool is_users(const sp_json *participant, sp_str user_id) {
  return sp_str_eq(sp_json_get_str(participant, "userId"), user_id) &&
         !sp_str_is(sp_json_get_str(participant, "purpose"), "voicemail");
}

/* First item of an array; a list that is none is empty. */
static const sp_json *first_of(const sp_json *object, const char *list) {
  const sp_json *items = sp_json_get(object, list);
  return sp_json_is_array(items) ? sp_json_first(items) : NULL;
}

static bool has_call_in(const sp_json *participant, sp_str state) {
  const sp_json *call = first_of(participant, "calls");
  while (call && !sp_str_eq(sp_json_get_str(call, "state"), state)) call = sp_json_next(call);
  return call != NULL;
}

const sp_json *sp_conversation_participant(const sp_json *conversation, sp_str user_id, sp_str wanted_state) {
  const sp_json *newest = NULL, *with_call = NULL, *wanted = NULL;
  if (!user_id.len) return NULL;
  const sp_json *p = first_of(conversation, "participants");
  for (; p; p = sp_json_next(p)) { /* oldest first, so the last one found is the newest */
    if (!is_users(p, user_id)) continue;
    newest = p;
    if (first_of(p, "calls")) with_call = p;
    if (wanted_state.len && has_call_in(p, wanted_state)) wanted = p;
  }
  if (wanted) return wanted;
  return with_call ? with_call : newest;
}

const sp_json *sp_conversation_call(const sp_json *participant) {
  const sp_json *last = NULL, *open = NULL;
  size_t open_count = 0;
  const sp_json *call = first_of(participant, "calls");
  for (; call; call = sp_json_next(call)) {
    if (!sp_json_is_object(call)) continue;
    last = call;
    if (sp_call_class_of(sp_json_get_str(call, "state")) == SP_CALL_ENDED) continue;
    open = call;
    open_count++;
  }
  return open_count == 1 ? open : last;
}

/* --- normalising (sessions.md §7.1) --- */

static void write_members(sp_jw *w, const sp_json *object, const char *const *keys, size_t count) {
  for (size_t i = 0; i < count; i++) sp_jw_json(w, keys[i], sp_json_get(object, keys[i]));
}

static void write_call(sp_jw *w, const char *key, const sp_json *call, sp_place *places) {
  static const char *const keys[] = {
    "id", "state", "muted", "confined", "held", "direction", "provider", "errorInfo"
  };
  (void)places;
  sp_jw_open(w, key, '{');
  write_members(w, call, keys, sizeof keys / sizeof *keys);
  sp_jw_close(w);
}

static void write_video(sp_jw *w, const char *key, const sp_json *video, sp_place *places) {
  static const char *const keys[] = {
    "context", "audioMuted", "videoMuted", "id", "state", "peerCount", "sharingScreen"
  };
  (void)places;
  sp_jw_open(w, key, '{');
  write_members(w, video, keys, sizeof keys / sizeof *keys);
  sp_jw_close(w);
}

/* Always an array; what is no object in it is dropped. */
static void write_list(sp_jw *w, const sp_json *object, const char *list, sp_place *places,
                       void (*write_one)(sp_jw *, const char *, const sp_json *, sp_place *)) {
  sp_jw_open(w, list, '[');
  for (const sp_json *item = first_of(object, list); item; item = sp_json_next(item)) {
    if (!sp_json_is_object(item)) continue;
    size_t from = w->buf->len + (w->comma ? 1 : 0);
    write_one(w, NULL, item, places);
    for (size_t i = 0; places && i < 2; i++)
      if (places[i].of == item) places[i].from = from, places[i].to = w->buf->len;
  }
  sp_jw_close(w);
}

static void write_participant(sp_jw *w, const char *key, const sp_json *participant, sp_place *places) {
  static const char *const keys[] = { "id", "purpose", "userId", "address", "state", "direction", "muted", "confined" };
  sp_jw_open(w, key, '{');
  write_members(w, participant, keys, sizeof keys / sizeof *keys);
  write_list(w, participant, "videos", NULL, write_video);
  write_list(w, participant, "calls", places, write_call);
  sp_jw_close(w);
}

void sp_conversation_write(sp_buf *out, const sp_json *conversation, sp_place places[2]) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_json(&w, "id", sp_json_get(conversation, "id"));
  write_list(&w, conversation, "participants", places, write_participant);
  sp_jw_close(&w);
}

void sp_conversation_write_participant(sp_buf *out, const sp_json *participant) {
  sp_jw w;
  sp_jw_begin(&w, out);
  write_participant(&w, NULL, participant, NULL);
}
