/* SPDX-License-Identifier: MIT */
/* What happened while the connection was down: nobody repeats a retract or a conversation notification, so a call that
   was withdrawn meanwhile would ring, and one that ended would be listed, for ever. Each conversation that was known at
   the drop is looked up, one after the other; what the platform answers is taken like a notification. A call
   that began to ring on the session of a persistent connection, or of the only line, is proposed by nobody: with such a
   session, all calls are asked for. Without either nothing is requested (S-21), nor for a proposal that this connection
   has repeated. */
#include "session/internal.h"

#include "base/limits.h"
#include "base/outcome.h"

/* A look-up that failed leaves the doubt: the token may have expired, the platform be ill. */
#define AGAIN_MS     30000u
#define MAX_FAILURES 10u

/* In the place of an id: the list of the user's calls. */
#define ALL_CALLS SP_STR("")

static bool is_doubted(const sp_sessions *m, sp_str conversation_id) {
  for (const sp_doubt *d = m->doubts; d; d = d->next)
    if (sp_str_eq(d->conversation_id, conversation_id)) return true;
  return false;
}

static void add(sp_sessions *m, sp_str conversation_id) {
  size_t count = 0;
  sp_doubt **end = &m->doubts;
  for (; *end; end = &(*end)->next) count++;
  if (is_doubted(m, conversation_id)) return;
  if (count >= SP_MAX_DOUBTS) {
    sp_log0(m->env.fx, SP_LOG_WARN, "Not every conversation is looked up");
    return;
  }
  sp_doubt *d = sp_alloc_new(m->env.alloc, sizeof *d);
  if (d && sp_str_dup(m->env.alloc, conversation_id, &d->conversation_id) == SP_OK) {
    *end = d;
    return;
  }
  sp_alloc_free(m->env.alloc, d);
  sp_log0(m->env.fx, SP_LOG_WARN, "Out of memory: a conversation is not looked up");
}

static void drop_first(sp_sessions *m) {
  sp_doubt *gone = m->doubts;
  m->doubts = gone->next;
  sp_str_free(m->env.alloc, &gone->conversation_id);
  sp_alloc_free(m->env.alloc, gone);
}

void sp_doubts_clear(sp_sessions *m) {
  m->doubt_round++;
  sp_timer_stop(&m->doubt_again);
  while (m->doubts) drop_first(m);
}

static void look_up_next(sp_sessions *m, uint64_t now) {
  while (m->doubts) {
    if (sp_control_look_up(m, now, m->doubts->conversation_id, SP_REST_RETRY,
                           (sp_token){ SP_OWNER_SESSION, SP_OP_DOUBT, m->doubt_round }) == SP_OK)
      return;
    drop_first(m);
  }
}

static void raise_all(sp_sessions *m, uint64_t now, bool pending_only) {
  sp_doubts_clear(m);
  for (const sp_pending *p = m->pending.head; p; p = p->next)
    if (p->type == SP_SESSION_SOFTPHONE && p->heard_on != sp_iq_socket(m->env.iq)) add(m, p->conversation_id);
  for (size_t i = 0; !pending_only && i < sp_store_count(m->store); i++) add(m, sp_store_at(m->store, i, NULL));
  if (!pending_only && (m->shared || m->active)) add(m, ALL_CALLS);
  look_up_next(m, now);
}

void sp_doubts_raise(sp_sessions *m, uint64_t now) {
  m->doubt_failures = 0;
  raise_all(m, now, !m->lost);
  m->lost = false;
}

void sp_doubts_add_all(sp_sessions *m, uint64_t now) {
  bool idle = !m->doubts;
  add(m, ALL_CALLS);
  if (idle) look_up_next(m, now);
}

void sp_doubts_add(sp_sessions *m, uint64_t now, sp_str conversation_id) {
  bool idle = !m->doubts;
  if (!conversation_id.len) return;
  add(m, conversation_id);
  if (idle) look_up_next(m, now);
}

void sp_doubts_tick(sp_sessions *m, uint64_t now) {
  /* Without a connection the next one asks. */
  if (sp_timer_due(&m->doubt_again, now) && sp_iq_attached(m->env.iq)) raise_all(m, now, false);
}

/* A notification that was missed: the user's call is in this state. */
static void take_as(sp_sessions *m, uint64_t now, sp_str conversation_id, const char *state, const sp_json *call) {
  sp_buf_reset(&m->text);
  sp_jw w;
  sp_jw_begin(&w, &m->text);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "id", conversation_id);
  sp_jw_open(&w, "participants", '[');
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "userId", m->env.account->user_id);
  sp_jw_open(&w, "calls", '[');
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "state", sp_str_from(state));
  if (call) sp_jw_json(&w, "id", sp_json_get(call, "id"));
  if (call) sp_jw_json(&w, "direction", sp_json_get(call, "direction"));
  sp_jw_close(&w);
  sp_jw_close(&w);
  sp_jw_close(&w);
  sp_jw_close(&w);
  sp_jw_close(&w);
  sp_json_doc *doc = NULL;
  if (sp_buf_status(&m->text) == SP_OK && sp_json_parse(m->env.alloc, sp_buf_str(&m->text), &doc) == SP_OK)
    sp_conversations_event(m, now, sp_json_root(doc));
  sp_json_free(doc);
}

/* A proposal whose call does not ring any more. */
static void settle_pending(sp_sessions *m, sp_str conversation_id, sp_call_class class) {
  if (class == SP_CALL_PENDING) return;
  const char *event = class == SP_CALL_CONNECTED ? "handledPendingSession" : "cancelPendingSession";
  for (const sp_pending *p; (p = sp_pending_find(&m->pending, SP_STR_NONE, conversation_id, SP_SESSION_SOFTPHONE));)
    sp_emit_pending_gone(m, event, p->id, conversation_id);
}

/* Its terminate was missed too: the microphone is not left to a far end that has gone. */
static void end_session(sp_sessions *m, uint64_t now, sp_str conversation_id) {
  sp_session *s = sp_registry_by_conversation(&m->registry, conversation_id, SP_SESSION_SOFTPHONE);
  if (!s || sp_account_is_persistent(m->env.account)) return;
  for (size_t i = 0; i < sp_store_count(m->store); i++) {
    uint32_t session;
    (void)sp_store_at(m->store, i, &session);
    if (session == s->handle) return; /* another call goes on */
  }
  sp_life_end(m, now, s, SP_STR("gone"));
}

static void take_ended(sp_sessions *m, uint64_t now, sp_str conversation_id) {
  settle_pending(m, conversation_id, SP_CALL_ENDED);
  end_session(m, now, conversation_id);
}

/* A session that was offered since cannot carry what was up before: that waits for a re-invite of its own. */
static bool is_new(const sp_sessions *m) {
  const sp_session *active = sp_registry_by_handle(&m->registry, m->active);
  return active && !active->outlived;
}

/* One of the user's calls. One that is up already rang first. */
static void take_call(sp_sessions *m, uint64_t now, const sp_json *conversation) {
  sp_str id = sp_json_get_str(conversation, "id");
  const sp_json *own = sp_conversation_participant(conversation, m->env.account->user_id, SP_STR_NONE);
  const sp_json *call = sp_conversation_call(own);
  sp_call_class class = sp_call_class_of(sp_json_get_str(call, "state"));
  if (sp_store_has(m->store, id) || (class != SP_CALL_PENDING && class != SP_CALL_CONNECTED)) return;
  if (class == SP_CALL_CONNECTED && is_new(m)) return;
  if (class == SP_CALL_CONNECTED) take_as(m, now, id, "alerting", call);
  sp_conversations_event(m, now, conversation);
}

static void take_answer(sp_sessions *m, uint64_t now, sp_str conversation_id, const sp_rest_result *result) {
  if (result->status == 404 && conversation_id.len) {
    take_as(m, now, conversation_id, "terminated", NULL);
    take_ended(m, now, conversation_id);
    return;
  }
  if (result->ok && !conversation_id.len) {
    for (const sp_json *c = sp_json_first(sp_json_get(result->body, "entities")); c; c = sp_json_next(c))
      take_call(m, now, c);
    return;
  }
  if (!result->ok || !sp_str_eq(sp_json_get_str(result->body, "id"), conversation_id)) {
    sp_log(m->env.fx, SP_LOG_WARN, "A conversation could not be looked up", SP_ID("conversationId", conversation_id),
           SP_NUM("status", result->status));
    if (!result->ok && m->doubt_failures++ < MAX_FAILURES) sp_timer_arm(&m->doubt_again, now, AGAIN_MS);
    return;
  }
  const sp_json *own = sp_conversation_participant(result->body, m->env.account->user_id, SP_STR_NONE);
  sp_call_class class = sp_call_class_of(sp_json_get_str(sp_conversation_call(own), "state"));
  sp_conversations_event(m, now, result->body);
  if (class == SP_CALL_ENDED) take_ended(m, now, conversation_id);
  else settle_pending(m, conversation_id, class);
}

void sp_doubts_rest_result(sp_sessions *m, uint64_t now, const sp_rest_result *result) {
  if (!m->doubts || result->token.id != m->doubt_round) return;
  take_answer(m, now, m->doubts->conversation_id, result);
  drop_first(m);
  look_up_next(m, now);
}
