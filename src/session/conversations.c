/* SPDX-License-Identifier: MIT */
/* Notifications of the softphone's conversations and of its persistent connection (sessions.md §7). The store decides,
   this file performs its actions in order. */
#include "session/internal.h"

#include "base/limits.h"
#include "base/outcome.h"

/* The mocked entry of T-2 and T-3 (note below the decision table). */
static void add_mocked_pending(sp_sessions *m, const sp_store_action *action) {
  const sp_session *s = sp_registry_by_handle(&m->registry, action->session);
  if (!s || sp_pending_find(&m->pending, SP_STR_NONE, action->conversation_id, SP_SESSION_SOFTPHONE)) return;
  const sp_session *own = sp_registry_by_conversation(&m->registry, action->conversation_id, SP_SESSION_SOFTPHONE);
  /* A call with a session of its own was announced when that was proposed. */
  if ((own && own != s) || sp_session_was_announced(s, action->conversation_id)) return;
  sp_pending entry = { .id = s->id,
                       .conversation_id = action->conversation_id,
                       .from = s->peer,
                       .to = m->env.account->jid,
                       .from_user_id = s->from_user_id,
                       .original_room_jid = s->original_room_jid,
                       .type = SP_SESSION_SOFTPHONE,
                       .mocked = true,
                       .auto_answer = action->auto_answer };
  const sp_pending *added = sp_pending_add(&m->pending, &entry);
  if (added) sp_emit_pending(m, added);
  else sp_log_number(m->env.fx, SP_LOG_ERROR, "Pending session dropped", "limit", SP_MAX_PENDING_SESSIONS);
}

static void set_conversation(sp_sessions *m, const sp_store_action *action) {
  sp_session *s = sp_registry_by_handle(&m->registry, action->session);
  if (!s || sp_str_set(s->alloc, &s->conversation_id, action->conversation_id) != SP_OK) return;
  sp_session_publish_text(s, m->env.fx, "conversationId", s->conversation_id);
}

static void announce_start(sp_sessions *m, const sp_store_action *action) {
  sp_session *s = sp_registry_by_handle(&m->registry, action->session);
  if (!s || sp_session_was_announced(s, action->conversation_id)) return;
  if (sp_session_mark_announced(s, action->conversation_id) != SP_OK) return;
  sp_emit_session_started(m, s);
  sp_stats_started(s);
}

static void announce_end(sp_sessions *m, const sp_store_action *action) {
  if (action->internal) {
    sp_emit_internal_ended(m, action->session, SP_STR("success"));
    return;
  }
  sp_session *s = sp_registry_by_handle(&m->registry, action->session);
  if (!s) return;
  sp_session_unmark_announced(s, action->conversation_id);
  sp_emit_session_ended(m, s, SP_STR("success"));
}

static void pending_gone(sp_sessions *m, const char *event, const sp_store_action *action) {
  const sp_session *s = sp_registry_by_handle(&m->registry, action->session);
  if (s) sp_emit_pending_gone(m, event, s->id, action->conversation_id);
}

static bool tell(sp_sessions *m, const char *event, sp_str json) {
  sp_buf *text = sp_effects_scratch(m->env.fx);
  sp_buf_add_char(text, '[');
  sp_buf_add(text, json);
  sp_buf_add_char(text, ']');
  return sp_effects_push(m->env.fx, SP_FX_EVENT, 0, sp_str_from(event), sp_buf_str(text));
}

/* The host keeps what conversationUpdate lists. */
static void update(sp_sessions *m) {
  for (size_t i = 0; i < sp_store_count(m->store); i++) {
    sp_str news = sp_store_news_json(m->store, i);
    if (news.len) tell(m, "_conversation", news);
  }
  if (tell(m, "conversationUpdate", sp_store_update_json(m->store))) sp_store_update_told(m->store);
}

/* fire and forget; a failure changes nothing (§7.7). */
static void send_metadata(sp_sessions *m, uint64_t now, const sp_store_action *action) {
  sp_buf_reset(&m->text);
  sp_buf_add_text(&m->text, "conversations/calls/");
  sp_buf_add(&m->text, action->conversation_id);
  sp_buf_add_text(&m->text, "/communications/");
  sp_buf_add(&m->text, action->communication_id);
  sp_buf_add_text(&m->text, "/metadata");
  if (sp_buf_status(&m->text) == SP_OK)
    (void)sp_rest_request(m->env.rest, now, "POST", sp_buf_str(&m->text), SP_STR_NONE, 0, 0,
                          (sp_token){ SP_OWNER_SESSION, SP_OP_METADATA, 0 });
}

static void set_participant(sp_sessions *m, const sp_store_action *action) {
  sp_session *s = sp_registry_by_handle(&m->registry, action->session);
  if (!s) return;
  sp_stats_participant(m, s, action->json);
  sp_session_publish_json(s, m->env.fx, "pcParticipant", action->json);
}

static void perform(sp_sessions *m, uint64_t now, const sp_store_action *action) {
  switch (action->kind) {
    case SP_STORE_NONE: return;
    case SP_STORE_PENDING: add_mocked_pending(m, action); return;
    case SP_STORE_CANCEL_PENDING: pending_gone(m, "cancelPendingSession", action); return;
    case SP_STORE_HANDLED_PENDING: pending_gone(m, "handledPendingSession", action); return;
    case SP_STORE_SET_CONVERSATION: set_conversation(m, action); return;
    case SP_STORE_SESSION_STARTED: announce_start(m, action); return;
    case SP_STORE_SESSION_ENDED: announce_end(m, action); return;
    case SP_STORE_UPDATE: update(m); return;
    case SP_STORE_METADATA: send_metadata(m, now, action); return;
    case SP_STORE_CALL_ERROR: sp_emit_error(m->env.fx, SP_ERROR_CALL, "Call error has occurred", action->json); return;
    case SP_STORE_PARTICIPANT: set_participant(m, action); return;
    case SP_STORE_HEADSET:
      sp_sessions_want_headset(m, action->command, action->conversation_id, action->value, action->queued);
      return;
  }
}

void sp_conversations_take(sp_sessions *m, uint64_t now) {
  sp_store_action action;
  bool taken = false;
  for (; sp_store_take(m->store, &action); taken = true) {
    /* T-2 alone rings: an inbound call has become pending (§12.5). */
    if (action.kind == SP_STORE_HEADSET && sp_str_is(sp_str_from(action.command), "ringing"))
      sp_stats_alerting(m, now, action.conversation_id);
    perform(m, now, &action);
  }
  if (taken) sp_stats_refresh(m, now);
}

static bool is_used(const sp_sessions *m, uint32_t session) {
  for (size_t i = 0; i < sp_store_count(m->store); i++) {
    uint32_t handle;
    (void)sp_store_at(m->store, i, &handle);
    if (handle == session) return true;
  }
  return false;
}

/* The active session went while its successor was still being accepted. */
static void adopt(sp_sessions *m) {
  if (!sp_account_is_persistent(m->env.account) && sp_account_is_concurrent(m->env.account)) return;
  for (const sp_session *s = m->registry.head; s; s = s->next) {
    if (s->type != SP_SESSION_SOFTPHONE || s->replaced || s->state != SP_SESSION_ACTIVE || !sp_session_is_live(s))
      continue;
    m->active = s->handle;
    return;
  }
}

/* A persistent connection waits for the next call without one of its own, while another session, which was accepted
   when this one was not up, has the name of the active one (§6.3 step 3): a call that rings now does so on it. */
static void prefer_idle(sp_sessions *m) {
  const sp_session *active = sp_registry_by_handle(&m->registry, m->active);
  if (!active) adopt(m);
  if (!sp_account_is_persistent(m->env.account)) return;
  if (active && sp_session_is_live(active) && (!sp_account_is_concurrent(m->env.account) || !is_used(m, m->active)))
    return;
  for (const sp_session *s = m->registry.head; s; s = s->next) {
    if (s->type != SP_SESSION_SOFTPHONE || s->replaced || s->state != SP_SESSION_ACTIVE || !sp_session_is_live(s) ||
        is_used(m, s->handle))
      continue;
    m->active = s->handle;
    return;
  }
}

static bool is_proposed(const sp_sessions *m, sp_str conversation_id) {
  const sp_pending *p = sp_pending_find(&m->pending, SP_STR_NONE, conversation_id, SP_SESSION_SOFTPHONE);
  return p && !sp_registry_by_id(&m->registry, p->id);
}

/* The active session became free, or came up, after the notification that a call rings: that is not said again. */
void sp_conversations_ring(sp_sessions *m) {
  prefer_idle(m);
  const sp_session *active = sp_registry_by_handle(&m->registry, m->active);
  bool many = sp_account_is_concurrent(m->env.account);
  if (!active || !sp_session_is_live(active) || (many && !sp_account_is_persistent(m->env.account))) return;
  for (size_t i = 0; i < sp_store_count(m->store) && !(many && is_used(m, m->active)); i++) {
    sp_str conversation_id = sp_store_at(m->store, i, NULL);
    sp_store_action action = { .session = m->active, .conversation_id = conversation_id };
    if (is_proposed(m, conversation_id) ||
        sp_registry_by_conversation(&m->registry, conversation_id, SP_SESSION_SOFTPHONE))
      continue;
    if (sp_store_ring_on(m->store, conversation_id, m->active, &action.auto_answer)) add_mocked_pending(m, &action);
  }
}

/* What rang on a session that has gone meanwhile rings no more. */
static void settle_mocked(sp_sessions *m, const sp_json *body) {
  const sp_json *own = sp_conversation_participant(body, m->env.account->user_id, SP_STR_NONE);
  sp_call_class class = sp_call_class_of(sp_json_get_str(sp_conversation_call(own), "state"));
  const sp_pending *p = sp_pending_find(&m->pending, SP_STR_NONE, sp_json_get_str(body, "id"), SP_SESSION_SOFTPHONE);
  if (!p || !p->mocked || (class != SP_CALL_ENDED && class != SP_CALL_CONNECTED)) return;
  sp_emit_pending_gone(m, class == SP_CALL_ENDED ? "cancelPendingSession" : "handledPendingSession", p->id,
                       p->conversation_id);
}

void sp_conversations_event(sp_sessions *m, uint64_t now, const sp_json *body) {
  prefer_idle(m);
  sp_store_session sessions[SP_MAX_SESSIONS];
  sp_store_view view = { .user_id = m->env.account->user_id,
                         .line_appearance_many = sp_account_is_concurrent(m->env.account),
                         .persistent = sp_account_is_persistent(m->env.account),
                         .active = m->active,
                         .proposed = is_proposed(m, sp_json_get_str(body, "id")),
                         .sessions = sessions };
  for (const sp_session *s = m->registry.head; s && view.session_count < SP_MAX_SESSIONS; s = s->next) {
    if (s->type != SP_SESSION_SOFTPHONE || s->replaced) continue;
    sessions[view.session_count++] = (sp_store_session){ s->conversation_id, s->handle, sp_session_is_live(s) };
  }
  int status = sp_store_event(m->store, now, body, &view);
  if (status != SP_OK) sp_log_status(m->env.fx, SP_LOG_WARN, "Conversation notification was not taken", status);
  sp_conversations_take(m, now);
  settle_mocked(m, body);
  sp_conversations_ring(m);
  /* It rang, and is connected already: what the store takes for ringing is not so any more. */
  if (sp_store_was_overtaken(m->store)) sp_doubts_add(m, now, sp_json_get_str(body, "id"));
}

/* §7.9. */
static void persistent_connection_event(sp_sessions *m, const sp_json *body) {
  const sp_json *info = sp_json_get(body, "errorInfo");
  if (!sp_json_is_object(info)) return;
  if (sp_str_is(sp_json_get_str(info, "code"), "error.ininedgecontrol.connection.webrtc.endpoint.disconnect")) {
    sp_log0(m->env.fx, SP_LOG_INFO, "Persistent connection endpoint disconnected");
    return;
  }
  sp_buf parts;
  sp_buf_init(&parts, m->env.alloc, SP_MAX_JSON);
  sp_str message = sp_json_get_str(info, "userMessage");
  sp_buf_add(&parts, message);
  sp_buf_add_char(&parts, '\0');
  sp_json_write(&parts, body);
  if (sp_buf_status(&parts) == SP_OK)
    sp_emit_error(m->env.fx, SP_ERROR_CALL, parts.data, sp_str_slice(sp_buf_str(&parts), message.len + 1, parts.len));
  sp_buf_free(&parts);
}

/* After the handlers, once. */
static void emit_raw(sp_sessions *m, const sp_json *notification) {
  sp_buf *text = sp_effects_scratch(m->env.fx);
  sp_buf_add_char(text, '[');
  sp_json_write(text, notification);
  sp_buf_add_char(text, ']');
  sp_effects_push(m->env.fx, SP_FX_EVENT, 0, SP_STR("conversationUpdateRaw"), sp_buf_str(text));
}

/* Most of what a supervisor hears are conversations of other people: one in which no string is the user's id has no
   participant of ours, so that nothing follows from it (§7.3), and it costs no parsing. A backslash could hide the
   id, and what is cut off is to be reported. */
static bool may_concern_user(const sp_sessions *m, sp_str json) {
  sp_str user = m->env.account->user_id;
  for (const sp_session *s = m->registry.head; s; s = s->next)
    if (s->type == SP_SESSION_VIDEO) return true; /* who takes part matters there */
  if (!user.len || !sp_str_ends(json, "}") || sp_str_find_char(json, '\\', 0) != SIZE_MAX) return true;
  for (size_t at = 0; (at = sp_str_find(json, user.ptr, at)) != SIZE_MAX; at += user.len)
    if (sp_str_starts(sp_str_slice(json, at + user.len, json.len), "\"")) return true; /* not in the topic's name */
  return false;
}

/* §5.1 of the video sessions: what the server pushes to a JWT that names a conversation and no user. */
static bool is_guest_topic(const sp_sessions *m, sp_str topic) {
  static const char guest[] = "v2.guest.conversations.";
  const sp_account *account = m->env.account;
  return sp_options_is_jwt(m->env.options) && !account->user_id.len && sp_str_starts(account->jid, "agent-") &&
         sp_str_starts(topic, guest) &&
         sp_str_eq(sp_str_slice(topic, sizeof guest - 1, topic.len), account->conversation_id);
}

void sp_sessions_notification(sp_sessions *m, uint64_t now, sp_str topic, sp_str json) {
  sp_json_doc *doc = NULL;
  if (sp_str_ends(topic, ".conversations") && !m->env.options->raw_events && !may_concern_user(m, json)) return;
  int status = sp_json_parse(m->env.alloc, json, &doc);
  if (status != SP_OK) {
    sp_log_status(m->env.fx, SP_LOG_WARN, "Unreadable notification dropped", status);
    return;
  }
  const sp_json *body = sp_json_get(sp_json_root(doc), "eventBody");
  if (sp_str_ends(topic, ".conversations") || is_guest_topic(m, topic)) sp_participants_event(m, body);
  if (!(m->enabled & (1u << SP_SESSION_SOFTPHONE))) body = NULL;
  if (body && sp_str_ends(topic, ".conversations")) {
    sp_conversations_event(m, now, body);
    if (m->env.options->raw_events) emit_raw(m, sp_json_root(doc));
  } else if (body && sp_str_ends(topic, ".persistentconnection")) {
    persistent_connection_event(m, body);
  }
  sp_json_free(doc);
}
