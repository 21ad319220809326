/* SPDX-License-Identifier: MIT */
/* The session manager: proposals in, the app's calls in (sessions.md §5, §6.3, §6.7, §6.8, §8). */
#include "session/manager.h"

#include "base/limits.h"
#include "base/outcome.h"
#include "session/internal.h"
#include "xmpp/jid.h"

sp_sessions *sp_sessions_new(const sp_session_env *env) {
  sp_sessions *m = sp_alloc_new(env->alloc, sizeof *m);
  if (!m) return NULL;
  m->env = *env;
  m->host = (sp_stats_host){ env->options->user_agent, env->options->platform, env->options->cores };
  sp_registry_init(&m->registry, env->alloc);
  sp_pending_init(&m->pending, env->alloc);
  sp_buf_init(&m->text, env->alloc, SP_MAX_SDP);
  m->doubt_again = SP_TIMER_OFF;
  m->table = sp_table_new(env->alloc);
  m->store = sp_store_new(env->alloc);
  if (m->table) m->signaling = sp_signaling_new(&(sp_signaling_env){ env->alloc, env->ids, env->iq, m->table });
  if (m->signaling && m->store) return m;
  sp_sessions_free(m);
  return NULL;
}

void sp_sessions_free(sp_sessions *m) {
  if (!m) return;
  const sp_alloc *alloc = m->env.alloc;
  sp_control_clear(m);
  sp_doubts_clear(m);
  sp_tasks_clear(m);
  sp_outgoing_clear(m);
  sp_str_free(alloc, &m->resolution);
  sp_video_clear_marks(m);
  sp_str_free(alloc, &m->guest_screen);
  sp_registry_clear(&m->registry);
  sp_pending_clear(&m->pending);
  sp_signaling_free(m->signaling);
  sp_table_free(m->table);
  sp_store_free(m->store);
  for (sp_headset_want want; sp_sessions_take_headset(m, &want);) sp_str_free(alloc, &want.conversation_id);
  sp_str_free(alloc, &m->ice_servers);
  sp_str_free(alloc, &m->ice_policy);
  sp_buf_free(&m->text);
  sp_alloc_free(alloc, m);
}

void sp_sessions_set_ice(sp_sessions *m, sp_str servers, sp_str policy) {
  if (!sp_str_eq(m->ice_servers, servers)) (void)sp_str_set(m->env.alloc, &m->ice_servers, servers);
  if (!sp_str_eq(m->ice_policy, policy)) (void)sp_str_set(m->env.alloc, &m->ice_policy, policy);
}

void sp_sessions_enable(sp_sessions *m, sp_session_type type) {
  m->enabled |= 1u << type;
}

void sp_sessions_disable(sp_sessions *m, sp_session_type type) {
  m->enabled &= ~(1u << type);
}

bool sp_sessions_enabled(const sp_sessions *m, sp_session_type type) {
  return (m->enabled >> type) & 1u;
}

bool sp_sessions_in_call(const sp_sessions *m) {
  for (const sp_session *s = m->registry.head; s; s = s->next)
    if (s->state == SP_SESSION_ACTIVE && !sp_session_is_dead(s)) return true;
  return false;
}

bool sp_sessions_has_conversations(const sp_sessions *m) {
  if (sp_store_count(m->store)) return true;
  for (const sp_session *s = m->registry.head; s; s = s->next)
    if (s->type != SP_SESSION_SOFTPHONE && s->state == SP_SESSION_ACTIVE) return true;
  return false;
}

static bool has_conversation(const sp_sessions *m, uint32_t handle) {
  for (size_t i = 0; i < sp_store_count(m->store); i++) {
    uint32_t session = 0;
    (void)sp_store_at(m->store, i, &session);
    if (session == handle) return true;
  }
  return false;
}

void sp_sessions_end_unused(sp_sessions *m, uint64_t now) {
  for (sp_session *s = m->registry.head, *next; s; s = next) {
    next = s->next;
    if (s->type == SP_SESSION_SOFTPHONE && !has_conversation(m, s->handle)) sp_life_end(m, now, s, SP_STR_NONE);
  }
}

void sp_sessions_log_conversations(const sp_sessions *m) {
  for (size_t i = 0; i < sp_store_count(m->store); i++) {
    uint32_t handle = 0;
    sp_str conversation_id = sp_store_at(m->store, i, &handle);
    const sp_session *s = sp_registry_by_handle(&m->registry, handle);
    sp_log(m->env.fx, SP_LOG_INFO, "The page goes away during a conversation", SP_ID("conversationId", conversation_id),
           SP_ID("sessionId", s ? s->id : SP_STR("")));
  }
}

/* --- proposals (§5.3, §5.4, §5.5) --- */

static void send_message(sp_sessions *m, sp_message_kind kind, sp_str to, sp_str session_id) {
  sp_buf_reset(&m->text);
  sp_message_write(&m->text, kind, to, session_id);
  int status = sp_buf_status(&m->text);
  if (status == SP_OK) status = sp_iq_send(m->env.iq, sp_buf_str(&m->text));
  if (status != SP_OK)
    sp_log(m->env.fx, SP_LOG_WARN, "Proposal message was not sent", SP_ID("sessionId", session_id),
           SP_WORD("status", sp_str_from(sp_status_name(status))));
}

/* From now on the call is to be answered, whatever session id it is proposed under. */
void sp_proceed(sp_sessions *m, sp_pending *entry) {
  entry->accepted = true;
  const sp_proposal *proposal = sp_table_find(m->table, entry->id);
  sp_str to = proposal ? proposal->from : entry->from;
  send_message(m, SP_MESSAGE_PROCEED, to, entry->id);
  sp_table_proceeded(m->table, entry->id);
}

static void log_propose(sp_sessions *m, const sp_message *propose, sp_session_type type) {
  sp_log(m->env.fx, SP_LOG_INFO, "Propose received", SP_ID("sessionId", propose->session_id),
         SP_ID("conversationId", propose->conversation_id), SP_ID("fromUserId", propose->from_user_id),
         SP_FLAG("autoAnswer", propose->auto_answer == SP_TRUE),
         SP_WORD("sessionType", sp_str_from(sp_session_type_word(type))));
}

/* A known conversation under another session id (§5.3 step 3). */
static void renew(sp_sessions *m, sp_pending *entry, sp_str session_id) {
  if (sp_str_eq(entry->id, session_id)) return;
  if (sp_pending_set_id(&m->pending, entry, session_id) != SP_OK) return;
  entry->mocked = false;
  sp_store_proposed(m->store, entry->conversation_id);
  if (entry->accepted) sp_proceed(m, entry);
}

static void on_propose(sp_sessions *m, uint64_t now, const sp_message *propose) {
  sp_session_type type = sp_session_type_of_jid(propose->from);
  if (!sp_sessions_enabled(m, type)) {
    /* Q-27; the JID stays out of it. */
    if (type == SP_SESSION_UNKNOWN && propose->from.len && !sp_jid_eq(propose->from, sp_iq_own_jid(m->env.iq)))
      sp_emit_error(m->env.fx, SP_ERROR_SESSION, "Failed to find session handler for session",
                    SP_STR("{\"sessionType\":\"unknown\"}"));
    sp_log_word(m->env.fx, SP_LOG_INFO, "Propose of a session type that is not enabled", "sessionType",
                sp_str_from(sp_session_type_word(type)));
    return;
  }
  if (sp_registry_by_id(&m->registry, propose->session_id)) return; /* a late copy: the session is there */
  sp_propose_outcome outcome = sp_table_propose(m->table, now, propose, sp_iq_own_jid(m->env.iq));
  if (outcome == SP_PROPOSE_PROCEEDED) {
    sp_pending *again = sp_pending_find(&m->pending, propose->session_id, SP_STR_NONE, type);
    if (again) again->heard_on = sp_iq_socket(m->env.iq);
    send_message(m, SP_MESSAGE_PROCEED, propose->from, propose->session_id);
    return;
  }
  if (outcome == SP_PROPOSE_FAILED)
    sp_log_number(m->env.fx, SP_LOG_ERROR, "Propose dropped: too many, or out of memory", "limit",
                  SP_MAX_PENDING_SESSIONS);
  if (outcome == SP_PROPOSE_IGNORED || outcome == SP_PROPOSE_FAILED) return;
  log_propose(m, propose, type);
  sp_stats_proposed(m, now, propose, type);
  sp_pending *known = sp_pending_find(&m->pending, SP_STR_NONE, propose->conversation_id, type);
  if (!known) known = sp_pending_find(&m->pending, propose->session_id, SP_STR_NONE, type);
  if (known) {
    known->heard_on = sp_iq_socket(m->env.iq);
    renew(m, known, propose->session_id);
    return;
  }
  sp_pending entry = { .id = propose->session_id,
                       .conversation_id = propose->conversation_id,
                       .from = propose->from,
                       .to = propose->to,
                       .from_user_id = propose->from_user_id,
                       .original_room_jid = propose->original_room_jid.len ? propose->original_room_jid : propose->from,
                       .priv_answer_mode = propose->priv_answer_mode,
                       .meeting_id = propose->meeting_id,
                       .type = type,
                       .heard_on = sp_iq_socket(m->env.iq),
                       .auto_answer = propose->auto_answer == SP_TRUE };
  sp_pending *added = sp_pending_add(&m->pending, &entry);
  if (added) sp_kinds[type]->proposed(m, added);
  else
    sp_log_number(m->env.fx, SP_LOG_ERROR, "Propose dropped: too many, or out of memory", "limit",
                  SP_MAX_PENDING_SESSIONS);
}

/* Whether this may say that a proposal is over: the user's own clients, the server, who proposed, or another gateway
   of the same domain. */
static bool may_settle(sp_sessions *m, const sp_message *message) {
  const sp_pending *p = sp_pending_find(&m->pending, message->session_id, SP_STR_NONE, SP_SESSION_UNKNOWN);
  if (!p || !message->from.len || sp_jid_bare_eq(message->from, sp_iq_own_jid(m->env.iq)) ||
      sp_str_eq_nocase(sp_jid_domain(message->from), sp_jid_domain(p->from)))
    return true;
  sp_log(m->env.fx, SP_LOG_WARN, "Message for a session from somebody who is not its peer",
         SP_ID("sessionId", message->session_id));
  return false;
}

static void on_message(sp_sessions *m, uint64_t now, const sp_message *message) {
  if (message->kind != SP_MESSAGE_PROPOSE && !may_settle(m, message)) return;
  switch (message->kind) {
    case SP_MESSAGE_PROPOSE: on_propose(m, now, message); return;
    case SP_MESSAGE_RETRACT:
      sp_table_over(m->table, now, message->session_id);
      sp_emit_pending_gone(m, "cancelPendingSession", message->session_id, SP_STR_NONE);
      return;
    case SP_MESSAGE_ACCEPT:
    case SP_MESSAGE_REJECT: sp_emit_pending_gone(m, "handledPendingSession", message->session_id, SP_STR_NONE); return;
    case SP_MESSAGE_PROCEED:
    case SP_MESSAGE_NONE: return;
  }
}

/* The session that a signal is about: nobody but its peer may touch it, and on its own path only. */
static sp_session *session_of(sp_sessions *m, const sp_signal *signal) {
  const sp_link *link = &signal->link;
  sp_session *s = sp_registry_by_id(&m->registry, link->id);
  bool meant = s && s->link.path == link->path && s->link.jingle == link->jingle && sp_jid_eq(s->peer, link->peer);
  return meant ? s : NULL;
}

static void on_end(sp_sessions *m, uint64_t now, const sp_signal *signal) {
  sp_str id = signal->link.id;
  sp_session *s = session_of(m, signal);
  if (!sp_registry_by_id(&m->registry, id)) { /* its offer was lost: the call does not ring any more */
    const sp_pending *p = sp_pending_find(&m->pending, id, SP_STR_NONE, SP_SESSION_UNKNOWN);
    if (p && sp_jid_eq(p->from, signal->link.peer)) sp_emit_pending_gone(m, "cancelPendingSession", id, SP_STR_NONE);
  }
  if (!s) {
    sp_log_word(m->env.fx, SP_LOG_INFO, "Terminate for a session that is not there", "sessionId", id);
    return;
  }
  if (s->state < SP_SESSION_ENDING) {
    (void)sp_str_set(s->alloc, &s->reason, signal->reason.len ? signal->reason : SP_STR("success"));
    (void)sp_str_set(s->alloc, &s->reason_text, signal->text);
    s->tracks_taken = signal->removes_tracks;
  }
  sp_life_event(m, now, s, SP_EV_REMOTE_END);
}

static void on_candidate(sp_sessions *m, uint64_t now, const sp_signal *signal) {
  const sp_session *s = session_of(m, signal);
  if (s && s->state < SP_SESSION_ENDING && signal->mid.len) sp_life_candidate(m, s, signal->mid, signal->candidate);
  if (signal->fragment.ptr && !sp_registry_by_id(&m->registry, signal->link.id) &&
      sp_table_early_add(m->table, now, signal->link.id, signal->fragment) != SP_OK)
    sp_log_word(m->env.fx, SP_LOG_WARN, "Early candidate dropped", "sessionId", signal->link.id);
}

static void on_info(sp_sessions *m, const sp_session *s, const sp_signal *signal) {
  sp_jw w;
  sp_buf *text = sp_effects_scratch(m->env.fx);
  sp_jw_begin(&w, text);
  sp_jw_open(&w, NULL, '[');
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "infoType", signal->info);
  sp_jw_str(&w, "creator", signal->creator);
  sp_jw_str(&w, "name", signal->name);
  sp_jw_close(&w);
  sp_jw_close(&w);
  sp_effects_push(m->env.fx, SP_FX_SESSION_EVENT, s->handle, signal->word, sp_buf_str(text));
}

static void on_signal(sp_sessions *m, uint64_t now, const sp_signal *signal) {
  sp_session *s = session_of(m, signal);
  switch (signal->kind) {
    case SP_SIGNAL_OFFER: sp_life_offer(m, now, signal); return;
    case SP_SIGNAL_CANDIDATE: on_candidate(m, now, signal); return;
    case SP_SIGNAL_END: on_end(m, now, signal); return;
    case SP_SIGNAL_RESTART:
      if (s) sp_life_restart(m, now, s, signal->sdp);
      return;
    case SP_SIGNAL_INFO:
      if (s) on_info(m, s, signal);
      return;
  }
}

static bool take_signals(sp_sessions *m, uint64_t now) {
  sp_signal signal;
  bool any = false;
  for (; sp_signaling_take(m->signaling, now, &signal); any = true) on_signal(m, now, &signal);
  return any;
}

void sp_sessions_stanza(sp_sessions *m, uint64_t now, const sp_xml *stanza) {
  sp_message message;
  if (!sp_str_is(stanza->name, "message")) {
    int status = sp_signaling_stanza(m->signaling, stanza);
    if (status != SP_OK) sp_log_status(m->env.fx, SP_LOG_WARN, "Unreadable signaling message dropped", status);
    (void)take_signals(m, now);
    return;
  }
  sp_message_read(stanza, &message);
  on_message(m, now, &message);
}

bool sp_sessions_step(sp_sessions *m, uint64_t now) {
  bool moved = take_signals(m, now);
  for (sp_session *s = m->registry.head, *next; s; s = next) {
    next = s->next;
    if (s->state != SP_SESSION_ENDING || s->end_wait.at > now) continue;
    sp_life_event(m, now, s, SP_EV_END_DONE);
    moved = true;
  }
  return moved;
}

/* --- REST results --- */

void sp_sessions_rest_result(sp_sessions *m, uint64_t now, const sp_rest_result *result) {
  /* E-7: every failed request of the SDK; the cause also reaches the caller. */
  if (result->token.op == SP_OP_DOUBT) { /* nobody asked for it */
    sp_doubts_rest_result(m, now, result);
    return;
  }
  if (!result->ok && result->failure != SP_HTTP_CANCELLED)
    sp_emit_error_caused(m->env.fx, SP_ERROR_HTTP, result->request, SP_STR_NONE);
  switch (result->token.op) {
    case SP_OP_CONTROL_LOOKUP:
    case SP_OP_CONTROL_ACTION: sp_control_rest_result(m, now, result); return;
    case SP_OP_START_CALL: sp_softphone_started(m, result); return;
    case SP_OP_START_VIDEO: sp_video_started(m, result); return;
    case SP_OP_PARTICIPANTS: sp_participants_result(m, result); return;
    case SP_OP_TASK_REST: sp_tasks_rest_result(m, now, result); return;
    case SP_OP_RECORDING:
      if (!result->ok)
        sp_log_number(m->env.fx, SP_LOG_ERROR, "The recording's metadata was not accepted", "status", result->status);
      return;
    case SP_OP_METADATA:
      if (!result->ok)
        sp_log_number(m->env.fx, SP_LOG_WARN, "Call metadata was not accepted", "status", result->status);
      return;
    default: return;
  }
}

/* --- time --- */

void sp_sessions_tick(sp_sessions *m, uint64_t now) {
  for (sp_session *s = m->registry.head, *next; s; s = next) {
    next = s->next;
    if (sp_timer_due(&s->check, now)) sp_participants_check(m, now, s);
    if (sp_timer_due(&s->end_wait, now)) sp_life_event(m, now, s, SP_EV_END_DONE);
    else if (sp_timer_due(&s->recovery, now)) sp_ladder_give_up(m, now, s);
  }
  sp_patience_tick(m, now);
  sp_stats_tick(m, now);
  sp_control_tick(m, now);
  sp_doubts_tick(m, now);
  sp_store_tick(m->store, now);
  sp_conversations_take(m, now);
}

uint64_t sp_sessions_deadline(const sp_sessions *m) {
  uint64_t at = sp_earlier(sp_control_deadline(m), sp_store_deadline(m->store));
  at = sp_earlier(at, m->doubt_again.at);
  at = sp_earlier(at, sp_stats_deadline(m));
  at = sp_earlier(at, sp_patience_deadline(m));
  for (const sp_session *s = m->registry.head; s; s = s->next)
    at = sp_earlier(at, sp_earlier(s->end_wait.at, sp_earlier(s->recovery.at, s->check.at)));
  return at;
}

/* --- calls of the app --- */

/* Look-up of §8: by conversation among the sessions, then the session stored with the conversation; a session id is
   taken too (D-6). A screen recording is found only when the type is given. */
sp_session *sp_session_find(sp_sessions *m, const sp_json *params) {
  sp_session_type type = sp_session_type_from_word(sp_json_get_str(params, "sessionType"));
  sp_str id = sp_json_get_str(params, "conversationId");
  if (!id.len) id = sp_json_get_str(params, "sessionId");
  sp_session *s = sp_registry_by_conversation(&m->registry, id, type);
  if (!s && (type == SP_SESSION_UNKNOWN || type == SP_SESSION_SOFTPHONE))
    s = sp_registry_by_handle(&m->registry, sp_store_session_of(m->store, id));
  if (s) return s;
  s = sp_registry_by_id(&m->registry, id);
  if (!s || (type == SP_SESSION_UNKNOWN ? s->type == SP_SESSION_SCREEN_RECORDING : s->type != type)) return NULL;
  return s;
}

/* E-16: what was looked for is the details. */
void sp_reject_no_session(sp_sessions *m, uint32_t call, const sp_json *params) {
  SP_REJECT(m, call, SP_ERROR_SESSION, "Unable to find session",
            SP_VALUE("conversationId", sp_json_get(params, "conversationId")),
            SP_VALUE("sessionId", sp_json_get(params, "sessionId")),
            SP_VALUE("sessionType", sp_json_get(params, "sessionType")));
}

static sp_pending *pending_of(sp_sessions *m, const sp_json *params) {
  return sp_pending_find(&m->pending, SP_STR_NONE, sp_json_get_str(params, "conversationId"),
                         sp_session_type_from_word(sp_json_get_str(params, "sessionType")));
}

void sp_sessions_accept_pending(sp_sessions *m, uint64_t now, uint32_t call, const sp_json *params) {
  sp_pending *entry = pending_of(m, params);
  if (!entry) {
    SP_REJECT(m, call, SP_ERROR_SESSION, "Could not find a pendingSession matching accept params",
              SP_VALUE("params", params));
    return;
  }
  const sp_session *active = sp_registry_by_handle(&m->registry, m->active);
  if (entry->type == SP_SESSION_SOFTPHONE && active && sp_session_is_live(active) && sp_str_eq(active->id, entry->id)) {
    entry->accepted = true;
    sp_control_start(m, now, SP_CONTROL_ACCEPT, call, active->handle, entry->conversation_id, true, SP_STR_NONE);
    return;
  }
  if (!sp_iq_attached(m->env.iq)) {
    sp_reject(m->env.fx, call, SP_ERROR_SESSION, "The pending session cannot be accepted while disconnected",
              SP_STR_NONE);
    return;
  }
  sp_proceed(m, entry);
  sp_resolve(m->env.fx, call, SP_STR_NONE);
}

/* wire.md §8.2: two messages, to the own clients and to who proposed. */
static void send_reject(sp_sessions *m, uint32_t call, const sp_pending *entry) {
  if (!sp_iq_attached(m->env.iq)) {
    sp_reject(m->env.fx, call, SP_ERROR_SESSION, "The pending session cannot be rejected while disconnected",
              SP_STR_NONE);
    return;
  }
  const sp_proposal *proposal = sp_table_find(m->table, entry->id);
  send_message(m, SP_MESSAGE_REJECT, sp_jid_bare(sp_iq_own_jid(m->env.iq)), entry->id);
  send_message(m, SP_MESSAGE_REJECT, proposal ? proposal->from : entry->from, entry->id);
  sp_table_forget(m->table, entry->id);
  /* Whether or not the server echoes our own notice: the next proposal of this conversation must be heard. */
  sp_emit_pending_gone(m, "handledPendingSession", entry->id, entry->conversation_id);
  sp_resolve(m->env.fx, call, SP_STR_NONE);
}

void sp_sessions_reject_pending(sp_sessions *m, uint64_t now, uint32_t call, const sp_json *params) {
  const sp_pending *entry = pending_of(m, params);
  if (!entry) SP_REJECT(m, call, SP_ERROR_SESSION, "Could not find a pendingSession", SP_VALUE("params", params));
  else if (entry->type != SP_SESSION_SOFTPHONE) send_reject(m, call, entry);
  else sp_control_start(m, now, SP_CONTROL_REJECT, call, 0, entry->conversation_id, true, SP_STR_NONE);
}

/* An id that was given: "undefined" and false are not (media.md §6). */
static int keep_device(sp_sessions *m, sp_session *s, sp_str *kept, const sp_json *device) {
  if (!device || (sp_json_is_bool(device) && !sp_json_bool(device, false))) return SP_OK;
  sp_buf_reset(&m->text);
  sp_json_write(&m->text, device);
  int status = sp_buf_status(&m->text);
  return status == SP_OK ? sp_str_set(s->alloc, kept, sp_buf_str(&m->text)) : status;
}

/* Keeps what the app accepted with until the session needs it. */
static int keep_accept_params(sp_sessions *m, sp_session *s, const sp_json *params) {
  double element = sp_json_number(sp_json_get(params, "audioElement"), 0);
  s->audio_element = element >= 1 && element < 4294967295.0 ? (uint32_t)element : 0;
  int status = sp_str_set(s->alloc, &s->media_stream, sp_json_get_str(params, "mediaStream"));
  if (status == SP_OK) status = keep_device(m, s, &s->audio_device, sp_json_get(params, "audioDeviceId"));
  return status == SP_OK ? keep_device(m, s, &s->video_device, sp_json_get(params, "videoDeviceId")) : status;
}

void sp_sessions_accept(sp_sessions *m, uint64_t now, uint32_t call, const sp_json *params) {
  sp_str conversation_id = sp_json_get_str(params, "conversationId");
  if (!conversation_id.len) {
    sp_reject(m->env.fx, call, SP_ERROR_INVALID_OPTIONS, "A conversationId is required for acceptSession", SP_STR_NONE);
    return;
  }
  /* §10 of the screens: a recording is found here without naming its type, when it comes first. */
  sp_session *s = sp_json_get(params, "sessionType")
                      ? NULL
                      : sp_registry_by_conversation(&m->registry, conversation_id, SP_SESSION_TYPES);
  if (!s) s = sp_session_find(m, params);
  if (!s) {
    sp_reject_no_session(m, call, params);
    return;
  }
  if (s->accepted) {
    sp_log_word(m->env.fx, SP_LOG_INFO, "Session is accepted already", "sessionId", s->id);
    sp_resolve(m->env.fx, call, SP_STR_NONE);
    return;
  }
  if (keep_accept_params(m, s, params) != SP_OK) {
    sp_reject(m->env.fx, call, SP_ERROR_GENERIC, "Out of memory", SP_STR_NONE);
    return;
  }
  const sp_kind *kind = sp_kind_of(s);
  if (!kind->may_accept || kind->may_accept(m, s, call, params)) sp_life_accept(m, now, s, call);
}

sp_str sp_end_reason(const sp_json *params) {
  const sp_json *reason = sp_json_get(params, "reason");
  sp_str condition = sp_json_get_str(reason, "condition");
  return condition.len ? condition : sp_json_str(reason);
}

void sp_force_end(sp_sessions *m, uint64_t now, uint32_t call, sp_session *s, sp_str reason) {
  sp_control_start(m, now, SP_CONTROL_FORCE, call, s->handle, s->conversation_id, true, reason);
  sp_life_end(m, now, s, reason);
}

void sp_sessions_end(sp_sessions *m, uint64_t now, uint32_t call, const sp_json *params) {
  if (!sp_json_get_str(params, "conversationId").len && !sp_json_get_str(params, "sessionId").len) {
    sp_reject(m->env.fx, call, SP_ERROR_SESSION, "Unable to end session: must provide a conversationId.", SP_STR_NONE);
    return;
  }
  sp_session *s = sp_session_find(m, params);
  if (!s) sp_reject_no_session(m, call, params);
  else if (sp_kind_of(s)->end) sp_kind_of(s)->end(m, now, call, s, params);
  else sp_force_end(m, now, call, s, sp_end_reason(params));
}

void sp_sessions_force_terminate(sp_sessions *m, uint64_t now, uint32_t call, sp_str id, sp_str reason) {
  sp_session *s = sp_registry_by_id(&m->registry, id);
  if (s) {
    sp_force_end(m, now, call, s, reason);
    return;
  }
  SP_REJECT(m, call, SP_ERROR_GENERIC, "Failed to find session by sessionId", SP_TEXT("sessionId", id));
}

/* E-22 to E-24. */
static void not_supported(sp_sessions *m, uint32_t call, const sp_session *s, const char *what, const sp_json *params) {
  sp_buf message;
  sp_buf_init(&message, m->env.alloc, SP_MAX_URL);
  sp_buf_add_text(&message, what);
  sp_buf_add_text(&message, " not supported for sessionType ");
  sp_buf_add_text(&message, sp_session_type_word(s->type));
  sp_buf_add_char(&message, '\0');
  SP_REJECT(m, call, SP_ERROR_NOT_SUPPORTED, sp_buf_status(&message) == SP_OK ? message.data : what,
            SP_TEXT("conversationId", s->conversation_id), SP_TEXT("sessionId", s->id), SP_VALUE("params", params));
  sp_buf_free(&message);
}

/* The session of a mute or hold call; NULL when the call was rejected. */
static sp_session *controlled(sp_sessions *m, uint32_t call, const sp_json *params) {
  sp_session *s = sp_json_get_str(params, "conversationId").len ? sp_session_find(m, params) : NULL;
  if (!s) sp_reject_no_session(m, call, params);
  return s;
}

void sp_sessions_set_audio_mute(sp_sessions *m, uint64_t now, uint32_t call, const sp_json *params) {
  sp_session *s = controlled(m, call, params);
  if (s && sp_kind_of(s)->mute_audio) sp_kind_of(s)->mute_audio(m, now, call, s, params);
  else if (s) not_supported(m, call, s, "Audio mute", params);
}

void sp_sessions_set_video_mute(sp_sessions *m, uint64_t now, uint32_t call, const sp_json *params) {
  sp_session *s = controlled(m, call, params);
  if (s && sp_kind_of(s)->mute_video) sp_kind_of(s)->mute_video(m, now, call, s, params);
  else if (s) not_supported(m, call, s, "Video mute", params);
}

void sp_sessions_set_held(sp_sessions *m, uint64_t now, uint32_t call, const sp_json *params) {
  sp_session *s = controlled(m, call, params);
  if (s && sp_kind_of(s)->hold) sp_kind_of(s)->hold(m, now, call, s, params);
  else if (s) not_supported(m, call, s, "Setting conversation on \"hold\"", params);
}

void sp_sessions_end_all(sp_sessions *m, uint64_t now, uint32_t call) {
  if (!m->registry.head || m->end_all_call) {
    sp_resolve(m->env.fx, call, SP_STR_NONE);
    return;
  }
  m->end_all_call = call;
  for (sp_session *s = m->registry.head, *next; s; s = next) {
    next = s->next;
    sp_life_end(m, now, s, SP_STR("success"));
  }
}

void sp_sessions_reset(sp_sessions *m, uint64_t now) {
  for (sp_session *s = m->registry.head, *next; s; s = next) {
    next = s->next;
    (void)sp_str_set(s->alloc, &s->reason, SP_STR("gone"));
    sp_life_event(m, now, s, SP_EV_REMOTE_END);
  }
  sp_doubts_clear(m);
  sp_pending_clear(&m->pending);
  sp_video_clear_marks(m);
  sp_screen_share_forget(m);
  sp_store_clear(m->store);
  m->active = 0;
  m->enabled = 0;
}
