/* SPDX-License-Identifier: MIT */
/* Call control over REST (sessions.md §5.5, §6.8, §8): find the user's participant, send the request, settle the call.
 */
#include "session/internal.h"

#include "base/limits.h"
#include "base/outcome.h"

/* how long endSession waits for the session's end once the server took the request. */
#define END_WAIT_MS 15000u

static sp_control *find(sp_sessions *m, uint32_t id) {
  sp_control *c = m->controls;
  while (c && c->id != id) c = c->next;
  return c;
}

static void drop(sp_sessions *m, sp_control *gone) {
  for (sp_control **at = &m->controls; *at; at = &(*at)->next) {
    if (*at != gone) continue;
    *at = gone->next;
    sp_str_free(m->env.alloc, &gone->conversation_id);
    sp_str_free(m->env.alloc, &gone->reason);
    sp_alloc_free(m->env.alloc, gone);
    return;
  }
}

void sp_control_clear(sp_sessions *m) {
  while (m->controls) drop(m, m->controls);
}

static sp_control *add(sp_sessions *m, sp_control_kind kind, uint32_t call, uint32_t session, sp_str conversation_id,
                       bool value, sp_str reason) {
  size_t count = 0;
  for (const sp_control *c = m->controls; c; c = c->next) count++;
  sp_control *c = count < SP_MAX_CALLS ? sp_alloc_new(m->env.alloc, sizeof *c) : NULL;
  if (!c) return NULL;
  if (sp_str_dup(m->env.alloc, conversation_id, &c->conversation_id) != SP_OK ||
      sp_str_dup(m->env.alloc, reason, &c->reason) != SP_OK) {
    sp_str_free(m->env.alloc, &c->conversation_id);
    sp_alloc_free(m->env.alloc, c);
    return NULL;
  }
  c->id = ++m->last_control;
  c->kind = kind;
  c->call = call;
  c->session = session;
  c->value = value;
  c->limit = SP_TIMER_OFF;
  sp_control **end = &m->controls;
  while (*end) end = &(*end)->next;
  *end = c;
  return c;
}

/* --- failures --- */

static void write_error_reference(sp_jw *w, uint32_t cause) {
  if (!cause) return;
  sp_jw_open(w, "error", '{');
  sp_jw_num(w, "$cause", cause);
  sp_jw_close(w);
}

/* Details of E-33, E-34, E-36; ids are those of the session. */
static void reject_with_ids(sp_sessions *m, const sp_control *c, sp_error_type type, const char *message,
                            uint32_t cause) {
  const sp_session *s = sp_registry_by_handle(&m->registry, c->session);
  sp_buf details;
  sp_buf_init(&details, m->env.alloc, SP_MAX_EFFECT_TEXT);
  sp_jw w;
  sp_jw_begin(&w, &details);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "conversationId", s ? s->conversation_id : c->conversation_id);
  if (s) sp_jw_str(&w, "sessionId", s->id);
  if (s) sp_jw_str(&w, "sessionType", sp_str_from(sp_session_type_word(s->type)));
  if (c->kind == SP_CONTROL_MUTE || c->kind == SP_CONTROL_HOLD) {
    sp_jw_open(&w, "params", '{');
    sp_jw_str(&w, "conversationId", c->conversation_id);
    sp_jw_bool(&w, c->kind == SP_CONTROL_MUTE ? "mute" : "held", c->value);
    sp_jw_close(&w);
  }
  write_error_reference(&w, cause);
  sp_jw_close(&w);
  sp_str text = sp_buf_status(&details) == SP_OK ? sp_buf_str(&details) : SP_STR_NONE;
  sp_reject(m->env.fx, c->call, type, message, text);
  sp_buf_free(&details);
}

static bool counts_as_other(sp_sessions *m, sp_str other, sp_str conversation_id) {
  if (sp_str_eq(other, conversation_id)) return false;
  sp_call_class class = sp_store_class(m->store, other);
  return class == SP_CALL_PENDING || class == SP_CALL_CONNECTED;
}

static void write_pair(sp_sessions *m, sp_jw *w, const char *key, sp_str conversation_id, uint32_t session) {
  const sp_session *s = sp_registry_by_handle(&m->registry, session);
  sp_jw_open(w, key, '{');
  sp_jw_str(w, "conversationId", conversation_id);
  if (s) sp_jw_str(w, "sessionId", s->id);
  sp_jw_close(w);
}

/* E-35; false when no other conversation would be lost with the session. */
static bool refuse_fallback(sp_sessions *m, const sp_control *c, uint32_t cause) {
  bool others = false;
  for (size_t i = 0; i < sp_store_count(m->store); i++)
    others = others || counts_as_other(m, sp_store_at(m->store, i, NULL), c->conversation_id);
  if (!others) return false;
  sp_buf details;
  sp_buf_init(&details, m->env.alloc, SP_MAX_EFFECT_TEXT);
  sp_jw w;
  sp_jw_begin(&w, &details);
  sp_jw_open(&w, NULL, '{');
  write_pair(m, &w, "failedSession", c->conversation_id, c->session);
  sp_jw_open(&w, "otherActiveSessions", '[');
  for (size_t i = 0; i < sp_store_count(m->store); i++) {
    uint32_t session = 0;
    sp_str other = sp_store_at(m->store, i, &session);
    if (counts_as_other(m, other, c->conversation_id)) write_pair(m, &w, NULL, other, session);
  }
  sp_jw_close(&w);
  write_error_reference(&w, cause);
  sp_jw_close(&w);
  sp_reject(m->env.fx, c->call, SP_ERROR_SESSION,
            "Unable to end the session directly as a fallback because LineAppearance is 1 and there are other active "
            "conversations",
            sp_buf_status(&details) == SP_OK ? sp_buf_str(&details) : SP_STR_NONE);
  sp_buf_free(&details);
  return true;
}

/* §6.8 step 3. */
static void end_directly(sp_sessions *m, uint64_t now, sp_control *c, uint32_t cause) {
  sp_session *s = sp_registry_by_handle(&m->registry, c->session);
  if (!s) {
    sp_resolve(m->env.fx, c->call, SP_STR_NONE); /* it ended meanwhile: what was asked for is so */
    drop(m, c);
    return;
  }
  if (!sp_account_is_concurrent(m->env.account) && refuse_fallback(m, c, cause)) {
    drop(m, c);
    return;
  }
  sp_log_word(m->env.fx, SP_LOG_WARN, "Ending the session directly as a fallback", "sessionId", s->id);
  c->kind = SP_CONTROL_FORCE;
  sp_life_end(m, now, s, c->reason);
}

static void failed(sp_sessions *m, uint64_t now, sp_control *c, uint32_t cause) {
  switch (c->kind) {
    case SP_CONTROL_MUTE: reject_with_ids(m, c, SP_ERROR_GENERIC, "Failed to set audioMute", cause); break;
    case SP_CONTROL_HOLD: reject_with_ids(m, c, SP_ERROR_CALL, "Failed to set held state", cause); break;
    case SP_CONTROL_ACCEPT:
    case SP_CONTROL_REJECT: sp_reject_raw(m->env.fx, c->call, cause); break;
    case SP_CONTROL_END: end_directly(m, now, c, cause); return;
    case SP_CONTROL_FORCE: break;
  }
  drop(m, c);
}

/* E-32: for accept and reject it is the call's own error, for the rest it is wrapped. */
static void no_participant(sp_sessions *m, uint64_t now, sp_control *c) {
  static const char message[] = "participant not found for converstionId";
  bool own = c->kind == SP_CONTROL_ACCEPT || c->kind == SP_CONTROL_REJECT;
  SP_REJECT(m, own ? c->call : 0, SP_ERROR_GENERIC, message, SP_TEXT("conversationId", c->conversation_id));
  if (own) drop(m, c);
  else failed(m, now, c, 0);
}

/* --- requests --- */

static const char *action_body(const sp_control *c, sp_str purpose) {
  switch (c->kind) {
    case SP_CONTROL_MUTE: return c->value ? "{\"muted\":true}" : "{\"muted\":false}";
    case SP_CONTROL_HOLD: return c->value ? "{\"held\":true}" : "{\"held\":false}";
    case SP_CONTROL_ACCEPT: return "{\"state\":\"connected\"}";
    case SP_CONTROL_REJECT: return sp_str_is(purpose, "user") ? "{\"voicemail\":true}" : "{\"state\":\"disconnected\"}";
    case SP_CONTROL_END:
    case SP_CONTROL_FORCE: break;
  }
  return "{\"state\":\"disconnected\"}";
}

/* One path segment, percent-encoded (RFC 3986 §2.1): ids come from the app and the server. */
void sp_control_add_segment(sp_buf *out, sp_str id) {
  static const char hex[] = "0123456789ABCDEF";
  for (size_t i = 0; i < id.len; i++) {
    unsigned char c = (unsigned char)id.ptr[i];
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (plain) {
      sp_buf_add_char(out, (char)c);
      continue;
    }
    sp_buf_add_char(out, '%');
    sp_buf_add_char(out, hex[c >> 4]);
    sp_buf_add_char(out, hex[c & 15]);
  }
}

static void act(sp_sessions *m, uint64_t now, sp_control *c, sp_str participant_id, sp_str purpose) {
  bool voicemail = c->kind == SP_CONTROL_REJECT && sp_str_is(purpose, "user");
  sp_buf_reset(&m->text);
  sp_buf_add_text(&m->text, "conversations/calls/");
  sp_control_add_segment(&m->text, c->conversation_id);
  sp_buf_add_text(&m->text, "/participants/");
  sp_control_add_segment(&m->text, participant_id);
  if (voicemail) sp_buf_add_text(&m->text, "/replace");
  int status = sp_buf_status(&m->text);
  if (status == SP_OK)
    status = sp_rest_request(m->env.rest, now, voicemail ? "POST" : "PATCH", sp_buf_str(&m->text),
                             sp_str_from(action_body(c, purpose)), 0, 0,
                             (sp_token){ SP_OWNER_SESSION, SP_OP_CONTROL_ACTION, c->id });
  if (status != SP_OK) failed(m, now, c, 0);
}

int sp_control_look_up(sp_sessions *m, uint64_t now, sp_str conversation_id, unsigned flags, sp_token token) {
  sp_buf_reset(&m->text);
  sp_buf_add_text(&m->text, conversation_id.len ? "conversations/" : "conversations?communicationType=call");
  sp_control_add_segment(&m->text, conversation_id);
  int status = sp_buf_status(&m->text);
  return status == SP_OK ? sp_rest_request(m->env.rest, now, "GET", sp_buf_str(&m->text), SP_STR_NONE, flags, 0, token)
                         : status;
}

static void look_up(sp_sessions *m, uint64_t now, sp_control *c) {
  sp_token token = { SP_OWNER_SESSION, SP_OP_CONTROL_LOOKUP, c->id };
  if (sp_control_look_up(m, now, c->conversation_id, 0, token) != SP_OK) failed(m, now, c, 0);
}

void sp_control_start(sp_sessions *m, uint64_t now, sp_control_kind kind, uint32_t call, uint32_t session,
                      sp_str conversation_id, bool value, sp_str reason) {
  sp_control *c = add(m, kind, call, session, conversation_id, value, reason);
  if (!c) {
    sp_reject(m->env.fx, call, SP_ERROR_GENERIC, "Too many requests under way, or out of memory", SP_STR_NONE);
    return;
  }
  if (kind == SP_CONTROL_FORCE) return;
  sp_str participant = sp_store_participant_id(m->store, conversation_id);
  if (participant.len) act(m, now, c, participant, sp_store_participant_purpose(m->store, conversation_id));
  else look_up(m, now, c);
}

static void action_done(sp_sessions *m, uint64_t now, sp_control *c) {
  if (c->kind == SP_CONTROL_END && !c->ended) {
    c->patched = true;
    sp_timer_arm(&c->limit, now, END_WAIT_MS);
    return;
  }
  sp_resolve(m->env.fx, c->call, SP_STR_NONE);
  drop(m, c);
}

void sp_control_rest_result(sp_sessions *m, uint64_t now, const sp_rest_result *result) {
  sp_control *c = find(m, result->token.id);
  if (!c) return;
  if (!result->ok) {
    failed(m, now, c, result->request);
    return;
  }
  if (result->token.op == SP_OP_CONTROL_ACTION) {
    action_done(m, now, c);
    return;
  }
  const sp_json *participant = sp_conversation_participant(result->body, m->env.account->user_id, SP_STR("connected"));
  sp_str id = sp_json_get_str(participant, "id");
  if (id.len) act(m, now, c, id, sp_json_get_str(participant, "purpose"));
  else no_participant(m, now, c);
}

/* --- ends --- */

void sp_control_session_ended(sp_sessions *m, uint32_t session, sp_str conversation_id) {
  for (sp_control *c = m->controls, *next; c; c = next) {
    next = c->next;
    if (c->kind != SP_CONTROL_END || c->session != session || !sp_str_eq(c->conversation_id, conversation_id)) continue;
    c->ended = true;
    if (!c->patched) continue;
    sp_resolve(m->env.fx, c->call, SP_STR_NONE);
    drop(m, c);
  }
}

void sp_control_session_gone(sp_sessions *m, uint32_t session) {
  for (sp_control *c = m->controls, *next; c; c = next) {
    next = c->next;
    if ((c->kind != SP_CONTROL_FORCE && c->kind != SP_CONTROL_END) || c->session != session) continue;
    /* A session that carried several conversations ends for all of them, whichever its last event named. */
    c->ended = true;
    if (c->kind == SP_CONTROL_END && !c->patched) continue;
    sp_resolve(m->env.fx, c->call, SP_STR_NONE);
    drop(m, c);
  }
}

/* §8.4: a failure is only a warning; its sdkError is emitted all the same. */
void sp_control_hold_others(sp_sessions *m, uint64_t now, const sp_session *current) {
  for (sp_session *s = m->registry.head; s; s = s->next) {
    if (s == current || s->state != SP_SESSION_ACTIVE || s->type != SP_SESSION_SOFTPHONE) continue;
    if (!sp_store_has(m->store, s->conversation_id) || sp_store_held(m->store, s->conversation_id) ||
        sp_store_class(m->store, s->conversation_id) == SP_CALL_ENDED || sp_session_is_dead(s))
      continue;
    sp_sessions_want_headset(m, "hold", s->conversation_id, true, false);
    sp_control_start(m, now, SP_CONTROL_HOLD, 0, s->handle, s->conversation_id, true, SP_STR_NONE);
  }
}

void sp_control_tick(sp_sessions *m, uint64_t now) {
  for (sp_control *c = m->controls, *next; c; c = next) {
    next = c->next;
    if (!sp_timer_due(&c->limit, now)) continue;
    reject_with_ids(m, c, SP_ERROR_SESSION, "The session did not end in time", 0);
    drop(m, c);
  }
}

uint64_t sp_control_deadline(const sp_sessions *m) {
  uint64_t at = SP_NEVER;
  for (const sp_control *c = m->controls; c; c = c->next) at = sp_earlier(at, c->limit.at);
  return at;
}
