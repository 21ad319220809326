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

static bool has_call_in(const sp_json *participant, sp_str state) {
  const sp_json *call = sp_json_first(sp_json_get(participant, "calls"));
  while (call && !sp_str_eq(sp_json_get_str(call, "state"), state)) call = sp_json_next(call);
  return call != NULL;
}

const sp_json *sp_conversation_participant(const sp_json *conversation, sp_str user_id, sp_str wanted_state) {
  const sp_json *newest = NULL, *with_call = NULL, *wanted = NULL;
  if (!user_id.len) return NULL;
  const sp_json *p = sp_json_first(sp_json_get(conversation, "participants"));
  for (; p; p = sp_json_next(p)) { /* oldest first, so the last one found is the newest */
    if (!is_users(p, user_id)) continue;
    newest = p;
    if (sp_json_first(sp_json_get(p, "calls"))) with_call = p;
    if (wanted_state.len && has_call_in(p, wanted_state)) wanted = p;
  }
  if (wanted) return wanted;
  return with_call ? with_call : newest;
}

const sp_json *sp_conversation_call(const sp_json *participant) {
  const sp_json *last = NULL, *open = NULL;
  size_t open_count = 0;
  const sp_json *call = sp_json_first(sp_json_get(participant, "calls"));
  for (; call; call = sp_json_next(call)) {
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

static void write_call(sp_jw *w, const char *key, const sp_json *call) {
  static const char *const keys[] = {
    "id", "state", "muted", "confined", "held", "direction", "provider", "errorInfo"
  };
  sp_jw_open(w, key, '{');
  write_members(w, call, keys, sizeof keys / sizeof *keys);
  sp_jw_close(w);
}

static void write_video(sp_jw *w, const char *key, const sp_json *video) {
  static const char *const keys[] = {
    "context", "audioMuted", "videoMuted", "id", "state", "peerCount", "sharingScreen"
  };
  sp_jw_open(w, key, '{');
  write_members(w, video, keys, sizeof keys / sizeof *keys);
  sp_jw_close(w);
}

/* Always an array; what is no object in it is dropped. */
static void write_list(sp_jw *w, const char *key, const sp_json *list,
                       void (*write_one)(sp_jw *, const char *, const sp_json *)) {
  sp_jw_open(w, key, '[');
  const sp_json *item = sp_json_is_array(list) ? sp_json_first(list) : NULL;
  for (; item; item = sp_json_next(item))
    if (sp_json_is_object(item)) write_one(w, NULL, item);
  sp_jw_close(w);
}

static void write_participant(sp_jw *w, const char *key, const sp_json *participant) {
  static const char *const keys[] = { "id", "purpose", "userId", "address", "state", "direction", "muted", "confined" };
  sp_jw_open(w, key, '{');
  write_members(w, participant, keys, sizeof keys / sizeof *keys);
  write_list(w, "videos", sp_json_get(participant, "videos"), write_video);
  write_list(w, "calls", sp_json_get(participant, "calls"), write_call);
  sp_jw_close(w);
}

void sp_conversation_write(sp_buf *out, const sp_json *conversation) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_json(&w, "id", sp_json_get(conversation, "id"));
  write_list(&w, "participants", sp_json_get(conversation, "participants"), write_participant);
  sp_jw_close(&w);
}

void sp_conversation_write_participant(sp_buf *out, const sp_json *participant) {
  sp_jw w;
  sp_jw_begin(&w, out);
  write_participant(&w, NULL, participant);
}

void sp_conversation_write_call(sp_buf *out, const sp_json *call) {
  sp_jw w;
  sp_jw_begin(&w, out);
  write_call(&w, NULL, call);
}
