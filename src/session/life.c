/* SPDX-License-Identifier: MIT */
/* The life of a media session (sessions.md §6, wire.md §9): every step goes through the table of machine.h. */
#include "session/internal.h"

#include "base/limits.h"
#include "base/outcome.h"
#include "xmpp/jid.h"

/* wire.md §9.7: how long an end waits for the result of terminate. */
#define TERMINATE_WAIT_MS 2000u

int sp_life_say(sp_sessions *m, uint64_t now, const sp_session *s, sp_say what, sp_str a, sp_str b, uint8_t op) {
  int status =
      s->link.path->say(m->signaling, now, &s->link, what, a, b, (sp_token){ SP_OWNER_SESSION, op, s->handle });
  if (status != SP_OK && status != SP_ENOENT)
    sp_log(m->env.fx, SP_LOG_WARN, "Signaling message was not sent", SP_ID("sessionId", s->id),
           SP_WORD("status", sp_str_from(sp_status_name(status))));
  return status;
}

/* --- actions --- */

static void apply_offer(sp_sessions *m, sp_session *s) {
  sp_peer_push(m, s->handle, SP_FX_PEER_OFFER, SP_STR_NONE, s->remote_sdp);
}

static void send_accept_notice(sp_sessions *m, const sp_session *s) {
  sp_buf_reset(&m->text);
  /* A guest's account names no JID: the stream does. */
  sp_str own = m->env.account->jid.len ? m->env.account->jid : sp_jid_bare(sp_iq_own_jid(m->env.iq));
  sp_message_write(&m->text, SP_MESSAGE_ACCEPT, own, s->id);
  if (sp_buf_status(&m->text) == SP_OK) (void)sp_iq_send(m->env.iq, sp_buf_str(&m->text));
}

static void carry(sp_sessions *m, sp_session *s, sp_str conversation_id) {
  if (sp_str_eq(s->conversation_id, conversation_id)) return;
  if (sp_str_set(s->alloc, &s->conversation_id, conversation_id) == SP_OK)
    sp_session_publish_text(s, m->env.fx, "conversationId", s->conversation_id);
}

/* A re-invite names a conversation: the one that its session carries, another one that is on it, or the one that it
   was offered with. */
static bool may_be_meant(sp_sessions *m, const sp_session *old, const sp_session *s) {
  if (old == s || old->type != s->type || old->state >= SP_SESSION_ENDING) return false;
  return sp_str_eq(old->conversation_id, s->conversation_id) || sp_str_eq(old->offered_as, s->conversation_id) ||
         sp_session_was_announced(old, s->conversation_id) ||
         sp_store_session_of(m->store, s->conversation_id) == old->handle;
}

/* What was begun on the old session goes on, and ends, on the new one; a call that is over does not begin again. */
static void take_over(sp_sessions *m, sp_session *old, sp_session *s) {
  sp_store_session_moved(m->store, old->handle, s->handle);
  s->outlived = old->outlived;
  if (m->active == old->handle) m->active = s->handle;
  if (old->offered_as.len) (void)sp_str_set(s->alloc, &s->offered_as, old->offered_as);
  for (sp_pending *p = m->pending.head; p; p = p->next)
    if (p->mocked && sp_str_eq(p->id, old->id)) (void)sp_pending_set_id(&m->pending, p, s->id);
  if (sp_session_was_announced(old, s->conversation_id)) {
    if (!sp_session_was_announced(old, old->conversation_id)) carry(m, old, s->conversation_id);
  } else {
    sp_session_unmark_announced(s, s->conversation_id);
    s->starts--;
  }
  for (const sp_announced *a = old->announced; a; a = a->next)
    if (!sp_session_was_announced(s, a->conversation_id) && sp_session_mark_announced(s, a->conversation_id) == SP_OK)
      s->starts++;
  while (old->announced) sp_session_unmark_announced(old, old->announced->conversation_id);
  if (old->starts) old->starts = 1;
}

/* Step 11 of §6.2. The old session's end is signalled only under another id: with the same id it would end the new one.
 */
static void replace_older(sp_sessions *m, uint64_t now, sp_session *s) {
  for (sp_session *old = m->registry.head; old; old = old->next) {
    if (!may_be_meant(m, old, s)) continue;
    old->replaced = true;
    take_over(m, old, s);
    if (sp_kind_of(s)->taken_over) sp_kind_of(s)->taken_over(m, s, old);
    s->reconnect_count = old->reconnect_count + 1;
    sp_effects_push(m->env.fx, SP_FX_SESSION_SET, old->handle, SP_STR_NONE,
                    SP_STR("{\"sessionReplacedByReinvite\":true}"));
    sp_buf *text = sp_effects_scratch(m->env.fx);
    sp_buf_add_text(text, "{\"reconnectCount\":");
    sp_buf_add_u64(text, s->reconnect_count);
    sp_buf_add_char(text, '}');
    sp_effects_push(m->env.fx, SP_FX_SESSION_SET, s->handle, SP_STR_NONE, sp_buf_str(text));
    if (sp_str_eq(old->id, s->id)) {
      (void)sp_str_set(old->alloc, &old->reason, SP_STR("alternative-session"));
      sp_life_event(m, now, old, SP_EV_REMOTE_END);
    } else {
      sp_life_end(m, now, old, SP_STR("alternative-session"));
    }
    return;
  }
}

/* §6.2. What the type does with its session comes after the common part. */
static void announce(sp_sessions *m, uint64_t now, sp_session *s) {
  send_accept_notice(m, s);
  if (sp_session_mark_announced(s, s->conversation_id) != SP_OK)
    sp_log_word(m->env.fx, SP_LOG_WARN, "Out of memory: a session start may be announced twice", "sessionId", s->id);
  if (s->reinvite) s->starts++; /* it goes on with the call that the replaced session began */
  else sp_emit_session_started(m, s);
  /* A pending entry is handled when its own session starts, whether or not the server echoes our accept notice. */
  sp_emit_pending_gone(m, "handledPendingSession", s->id, s->conversation_id);
  if (s->reinvite) replace_older(m, now, s);
  const sp_kind *kind = sp_kind_of(s);
  if (s->accepted || s->reinvite || (kind->accepts_itself && kind->accepts_itself(m, s)))
    sp_life_accept(m, now, s, s->accept_call);
  sp_log(m->env.fx, SP_LOG_INFO, "Session offered", SP_ID("sessionId", s->id),
         SP_ID("conversationId", s->conversation_id), SP_FLAG("reinvite", s->reinvite),
         SP_WORD("sessionType", sp_str_from(sp_session_type_word(s->type))));
}

static void release_stream(sp_sessions *m, sp_session *s) {
  if (s->stream.len) sp_effects_push(m->env.fx, SP_FX_MEDIA_STOP, 0, s->stream, SP_STR_NONE);
  sp_str_free(s->alloc, &s->stream);
}

/* the session stays offered and can be accepted again, with another stream. Only a stream that was asked for here
   is stopped: the app may come back with its own. */
static void fail_accept(sp_sessions *m, sp_session *s, const char *why) {
  sp_log_word(m->env.fx, SP_LOG_WARN, "Session was not accepted", "sessionId", s->id);
  s->accepted = false;
  bool ours = !s->media_stream.len && !sp_str_eq(s->stream, m->env.options->audio_stream);
  if (ours) release_stream(m, s);
  sp_str_free(s->alloc, &s->stream);
  s->attached = false;
  uint32_t call = s->accept_call;
  s->accept_call = 0;
  if (call) sp_reject(m->env.fx, call, SP_ERROR_SESSION, why, SP_STR_NONE);
}

static void terminate(sp_sessions *m, uint64_t now, sp_session *s) {
  sp_stats_end(m, now, s);
  sp_timer_arm(&s->end_wait, now, TERMINATE_WAIT_MS); /* runs even if it was not sent */
  if (sp_life_say(m, now, s, SP_SAY_TERMINATE, s->reason, SP_STR_NONE, SP_OP_TERMINATE) == SP_ENOENT)
    sp_timer_arm(&s->end_wait, now, 0); /* nobody answers it: sp_sessions_step */
}

static void announce_end(sp_sessions *m, sp_session *s, sp_str condition) {
  sp_emit_internal_ended(m, s->handle, condition);
  sp_emit_session_ended(m, s, condition);
}

/* Each conversation whose start was announced on this session, and whose end was not, ends with it; the one that it
   carries last. */
static void end_conversations(sp_sessions *m, sp_session *s, sp_str condition) {
  bool own = !s->announced || sp_session_was_announced(s, s->conversation_id);
  sp_str last = s->conversation_id;
  s->conversation_id = SP_STR_NONE;
  if (own) sp_session_unmark_announced(s, last);
  while (s->announced) {
    carry(m, s, s->announced->conversation_id);
    sp_session_unmark_announced(s, s->announced->conversation_id);
    announce_end(m, s, condition);
  }
  if (own) {
    carry(m, s, last);
    announce_end(m, s, condition);
  }
  sp_str_free(s->alloc, &last);
}

/* `terminated` of the session itself. The SDK is the first to hear of an end: `sessionEnded` comes before it. */
static void say_terminated(sp_sessions *m, const sp_session *s, sp_str condition) {
  sp_effects *fx = m->env.fx;
  sp_buf *text = sp_effects_scratch(fx);
  sp_buf_add_text(text, "[{\"condition\":");
  sp_buf_add_json(text, condition);
  if (s->reason_text.len) {
    sp_buf_add_text(text, ",\"text\":");
    sp_buf_add_json(text, s->reason_text);
  }
  sp_buf_add_text(text, "}]");
  sp_effects_push(fx, SP_FX_SESSION_EVENT, s->handle, SP_STR("terminated"), sp_buf_str(text));
}

/* §6.5 and what Q-28 adds: everything the session holds is released, and its end is announced once. */
static void finish(sp_sessions *m, uint64_t now, sp_session *s) {
  sp_effects *fx = m->env.fx;
  sp_str condition = s->reason.len ? s->reason : SP_STR("success");
  if (s->media_request) sp_media_drop(m->env.media, s->media_request);
  release_stream(m, s);
  sp_video_release(m, s);
  sp_outgoing_session_gone(m, s);
  if (s->accept_call) fail_accept(m, s, "The session ended before it was accepted");
  sp_stats_end(m, now, s);
  sp_effects_push(fx, SP_FX_PEER_CLOSE, s->handle, s->tracks_taken ? SP_STR("removed") : SP_STR_NONE, SP_STR_NONE);
  sp_effects_push(fx, SP_FX_AUDIO_DETACH, s->handle, SP_STR_NONE, SP_STR_NONE);
  sp_session_publish_state(s, fx);
  if (sp_kind_of(s)->finished) sp_kind_of(s)->finished(m, s);
  /* D19: its pending entry would otherwise stay for ever, and hide the next offer of this conversation. */
  if (!sp_session_was_announced(s, s->conversation_id))
    sp_emit_pending_gone(m, "cancelPendingSession", s->id, s->conversation_id);
  /* What never started does not end: an offer that the browser refused was never announced. What ended with its
     conversation does not end again with its transport. */
  if (s->starts) {
    end_conversations(m, s, condition);
  } else {
    sp_control_session_ended(m, s->handle, s->conversation_id);
  }
  say_terminated(m, s, condition);
  sp_log(fx, SP_LOG_INFO, "Session ended", SP_ID("sessionId", s->id), SP_ID("conversationId", s->conversation_id),
         SP_WORD("reason", condition));
  s->link.path->close(&s->link);
  sp_control_session_gone(m, s->handle);
  sp_store_session_gone(m->store, s->handle);
  if (!s->replaced) sp_table_over(m->table, now, s->id); /* the one that replaces it may have its id */
  sp_effects_push(fx, SP_FX_SESSION_DROP, s->handle, SP_STR_NONE, SP_STR_NONE);
  sp_registry_remove(&m->registry, s);
  if (m->registry.head || !m->end_all_call) return;
  sp_resolve(fx, m->end_all_call, SP_STR_NONE);
  m->end_all_call = 0;
}

static void perform(sp_sessions *m, uint64_t now, sp_session *s, sp_session_action action) {
  switch (action) {
    case SP_DO_NOTHING: return;
    case SP_DO_APPLY_OFFER: apply_offer(m, s); return;
    case SP_DO_ANNOUNCE: announce(m, now, s); return;
    case SP_DO_GET_MEDIA: sp_kind_of(s)->get_media(m, now, s); return;
    case SP_DO_ATTACH: sp_kind_of(s)->attach(m, now, s); return;
    case SP_DO_ANSWER: sp_peer_push(m, s->handle, SP_FX_PEER_ANSWER, SP_STR_NONE, SP_STR_NONE); return;
    case SP_DO_SEND_ANSWER: return; /* the SDP comes with the input: sp_sessions_peer_result */
    case SP_DO_FAIL_ACCEPT:
      fail_accept(m, s, "The session could not be accepted");
      if (sp_kind_of(s)->failed) sp_kind_of(s)->failed(m, now, s);
      return;
    case SP_DO_REFUSE_OFFER:
      (void)sp_str_set(s->alloc, &s->reason, SP_STR("failed-application"));
      terminate(m, now, s);
      return;
    case SP_DO_REPORT:
      sp_log_word(m->env.fx, SP_LOG_ERROR, "The peer connection refused a renegotiation", "sessionId", s->id);
      return;
    case SP_DO_TERMINATE: terminate(m, now, s); return;
    case SP_DO_FINISH: finish(m, now, s); return;
  }
}

void sp_life_event(sp_sessions *m, uint64_t now, sp_session *s, sp_session_event event) {
  sp_session_rule rule;
  if (sp_session_step(s->state, event, &rule) != SP_OK) {
    sp_log(m->env.fx, SP_LOG_DEBUG, "Event without meaning in this state", SP_ID("sessionId", s->id),
           SP_NUM("state", s->state), SP_NUM("event", event));
    return;
  }
  bool was_active = sp_str_is(sp_str_from(sp_session_state_word(s->state)), "active");
  s->state = rule.next;
  if (rule.next != SP_SESSION_ENDED && was_active != sp_str_is(sp_str_from(sp_session_state_word(rule.next)), "active"))
    sp_session_publish_state(s, m->env.fx);
  perform(m, now, s, rule.action);
  if (event == SP_EV_ANSWERED) sp_outgoing_go(m, now, s);
}

void sp_life_end(sp_sessions *m, uint64_t now, sp_session *s, sp_str reason) {
  if (s->state < SP_SESSION_ENDING) (void)sp_str_set(s->alloc, &s->reason, reason.len ? reason : SP_STR("success"));
  sp_life_event(m, now, s, SP_EV_END);
}

void sp_life_accept(sp_sessions *m, uint64_t now, sp_session *s, uint32_t call) {
  s->accepted = true;
  s->accept_call = call;
  if (s->state == SP_SESSION_DESCRIBING) return; /* announce() goes on with it */
  sp_life_event(m, now, s, SP_EV_ACCEPT);
}

/* --- offers (wire.md §9.3, §10.1) --- */

static int fill(sp_session *s, const sp_signal *offer, const sp_proposal *proposal, const sp_pending *pending) {
  int status = sp_str_set(s->alloc, &s->remote_sdp, offer->sdp);
  sp_str conversation_id = offer->conversation_id;
  if (!conversation_id.len && pending) conversation_id = pending->conversation_id;
  if (!conversation_id.len && proposal) conversation_id = proposal->conversation_id;
  if (status == SP_OK) status = sp_str_set(s->alloc, &s->conversation_id, conversation_id);
  if (!proposal || status != SP_OK) return status;
  status = sp_str_set(s->alloc, &s->from_user_id, proposal->from_user_id);
  if (status == SP_OK) status = sp_str_set(s->alloc, &s->original_room_jid, proposal->original_room_jid);
  if (status == SP_OK) status = sp_str_set(s->alloc, &s->meeting_id, proposal->meeting_id);
  if (status == SP_OK) status = sp_str_set(s->alloc, &s->priv_answer_mode, proposal->priv_answer_mode);
  return status;
}

static void open_peer(sp_sessions *m, sp_session *s) {
  sp_jw w;
  s->relays_only = sp_str_is(m->ice_policy, "relay");
  sp_effects_begin(m->env.fx, &w, "{");
  sp_jw_raw(&w, "iceServers", m->ice_servers.len ? m->ice_servers : SP_STR("[]"));
  sp_jw_str(&w, "iceTransportPolicy", m->ice_policy.len ? m->ice_policy : SP_STR("all"));
  sp_effects_end(m->env.fx, &w, SP_FX_PEER_OPEN, s->handle, SP_STR_NONE);
}

/* logging-and-stats.md §6: of a candidate a record says the type alone. */
static void log_candidate(sp_sessions *m, const sp_session *s, const char *message, sp_str candidate) {
  sp_log(m->env.fx, SP_LOG_INFO, message, SP_ID("sessionId", s->id),
         SP_WORD("type", sp_str_from(sp_candidate_type(candidate))));
}

void sp_life_candidate(sp_sessions *m, const sp_session *s, sp_str mid, sp_str candidate) {
  sp_effects_push(m->env.fx, SP_FX_PEER_CANDIDATE, s->handle, mid, candidate);
  if (candidate.len) log_candidate(m, s, "received ice candidate", candidate);
}

/* False: there is no such session now. */
static bool create(sp_sessions *m, uint64_t now, const sp_signal *offer) {
  sp_str id = offer->link.id;
  const sp_proposal *proposal = sp_table_find(m->table, id);
  sp_session_type type = proposal ? proposal->type : sp_session_type_of_jid(offer->link.peer);
  if (!(m->enabled & (1u << type))) {
    sp_log(m->env.fx, SP_LOG_INFO, "Offer of a session type that is not enabled",
           SP_WORD("sessionType", sp_str_from(sp_session_type_word(type))), SP_ID("sessionId", id));
    return false;
  }
  sp_session *s = sp_registry_add(&m->registry, id, offer->link.peer);
  if (!s) {
    sp_log_number(m->env.fx, SP_LOG_ERROR, "Offer refused: too many sessions or out of memory", "limit",
                  SP_MAX_SESSIONS);
    return false;
  }
  s->link = (sp_link){ offer->link.path, offer->link.jingle, s->id, s->peer };
  s->type = type;
  s->reinvite = s->outlived = offer->reinvite;
  const sp_pending *pending = sp_pending_find(&m->pending, id, SP_STR_NONE, SP_SESSION_UNKNOWN);
  if (fill(s, offer, proposal, pending) != SP_OK) {
    sp_registry_remove(&m->registry, s);
    sp_log0(m->env.fx, SP_LOG_ERROR, "Offer refused: out of memory");
    return false;
  }
  (void)sp_str_set(s->alloc, &s->offered_as, s->conversation_id);
  sp_table_remove(m->table, id);
  sp_session_publish(s, m->env.fx);
  open_peer(m, s);
  sp_stats_begin(m, now, s);
  apply_offer(m, s);
  sp_str fragment, mid, candidate;
  while (sp_table_early_take(m->table, now, s->id, &fragment)) {
    if (sp_candidate_read(fragment, &mid, &candidate) == SP_OK) sp_life_candidate(m, s, mid, candidate);
    sp_str_free(m->env.alloc, &fragment);
  }
  return true;
}

/* A session belongs to the full JID that offered it: nobody else may touch it (wire.md §1, "peer"). A re-invite may
   come from another gateway of the same domain: the first one may be gone. A session does not change its path. */
static bool may_offer(sp_sessions *m, const sp_session *s, const sp_signal *offer) {
  sp_str from = offer->link.peer;
  bool is_peer =
      sp_jid_eq(s->peer, from) || (offer->reinvite && sp_str_eq_nocase(sp_jid_domain(s->peer), sp_jid_domain(from)));
  if (is_peer && s->link.path == offer->link.path) return true;
  sp_log_word(m->env.fx, SP_LOG_WARN, "Message for a session from somebody who is not its peer", "sessionId", s->id);
  return false;
}

/* False: it is not taken. */
static bool take_offer(sp_sessions *m, uint64_t now, const sp_signal *offer) {
  sp_str id = offer->link.id;
  sp_session *s = sp_registry_by_id(&m->registry, id);
  if (!offer->reinvite && (s ? s->state >= SP_SESSION_ENDING : sp_table_is_over(m->table, now, id))) {
    sp_log_word(m->env.fx, SP_LOG_INFO, "Late offer dropped: its session is over", "sessionId", id);
    return false;
  }
  if (!s || s->state >= SP_SESSION_ENDING) return create(m, now, offer);
  if (!may_offer(m, s, offer)) return false;
  if (offer->conversation_id.len && sp_str_set(s->alloc, &s->conversation_id, offer->conversation_id) == SP_OK)
    sp_session_publish_text(s, m->env.fx, "conversationId", s->conversation_id);
  if (!sp_same_ice_credentials(s->remote_sdp, offer->sdp)) return create(m, now, offer);
  if (sp_str_set(s->alloc, &s->remote_sdp, offer->sdp) == SP_OK) sp_life_event(m, now, s, SP_EV_OFFER);
  return true;
}

void sp_life_offer(sp_sessions *m, uint64_t now, const sp_signal *offer) {
  /* The gateway repeats a re-invite until it is answered. */
  if (offer->reinvite && sp_table_reinvite_seen(m->table, now, offer->rpc_id)) return;
  if (!take_offer(m, now, offer)) offer->link.path->refuse(&offer->link);
}

bool sp_life_undescribed(sp_sessions *m, uint64_t now, sp_session *s) {
  const char *reason = s->link.path->described(m->signaling, &s->link, false);
  if (reason) sp_life_end(m, now, s, sp_str_from(reason));
  return reason != NULL;
}

void sp_life_restart(sp_sessions *m, uint64_t now, sp_session *s, sp_str sdp) {
  if (s->state >= SP_SESSION_ENDING) return;
  if (sp_str_set(s->alloc, &s->remote_sdp, sdp) == SP_OK) sp_life_event(m, now, s, SP_EV_OFFER);
  else (void)sp_life_undescribed(m, now, s);
}

/* wire.md §9.6: accepting is over when the answer is acknowledged; without that the session goes on all the same. */
static void settle_accept(sp_sessions *m, sp_session *s, bool acknowledged) {
  if (acknowledged && s->accept_waits) return; /* §3.4 of the video sessions: for the first mute states too */
  uint32_t call = s->accept_call;
  s->accept_call = 0;
  if (acknowledged) sp_resolve(m->env.fx, call, SP_STR_NONE);
  else if (call)
    sp_reject(m->env.fx, call, SP_ERROR_SESSION, "The far end did not acknowledge the answer", SP_STR_NONE);
}

/* --- what the peer connection says --- */

/* The first answer may say that nothing is sent; later ones renegotiate. */
static void answer_made(sp_sessions *m, uint64_t now, sp_session *s, unsigned facts, sp_str sdp) {
  bool first = s->state == SP_SESSION_ANSWERING;
  if (!first && s->state != SP_SESSION_ACTIVE) return;
  int sent = sp_life_say(m, now, s, SP_SAY_ANSWER, sdp, SP_STR_NONE, SP_OP_ANSWER);
  /* After the answer: records cost time, and a call waits for it. */
  sp_log(m->env.fx, SP_LOG_INFO, "sending sdp answer", SP_ID("sessionId", s->id),
         SP_ID("conversationId", s->conversation_id));
  sp_life_event(m, now, s, SP_EV_ANSWERED);
  if (first && sp_kind_of(s)->answered) sp_kind_of(s)->answered(m, now, s, facts);
  if (sent == SP_OK || sent == SP_ENOENT) return;
  /* Without its answer a session cannot be; without one more it can, if its path can go on. */
  settle_accept(m, s, false);
  if (first) sp_life_end(m, now, s, SP_STR("failed-application"));
  else (void)sp_life_undescribed(m, now, s);
}

void sp_life_refused(sp_sessions *m, uint64_t now, sp_session *s) {
  if (s->accept_call && s->state > SP_SESSION_OFFERED && s->state < SP_SESSION_ACTIVE)
    fail_accept(m, s, "The browser could not answer the session");
  if (!sp_life_undescribed(m, now, s)) sp_life_event(m, now, s, SP_EV_PEER_REFUSED);
}

void sp_sessions_peer_result(sp_sessions *m, uint64_t now, uint32_t handle, sp_str operation, unsigned facts,
                             sp_str text) {
  sp_session *s = sp_registry_by_handle(&m->registry, handle);
  if (!s) return;
  if (!sp_peer_answered(s)) { /* it was done all the same: who knows what is sent now? */
    sp_sessions_validate(m, 0);
    return;
  }
  if (!facts)
    sp_log(m->env.fx, SP_LOG_ERROR, "A peer connection operation failed", SP_ID("sessionId", s->id),
           SP_WORD("operation", operation));
  if (sp_tasks_peer_result(m, now, s, operation, facts, text)) return;
  if (sp_outgoing_peer_result(m, now, s, operation, facts != 0, text)) return;
  if (!facts) {
    sp_life_refused(m, now, s);
  } else if (sp_str_is(operation, "offer")) {
    (void)s->link.path->described(m->signaling, &s->link, true);
    sp_life_event(m, now, s, SP_EV_DESCRIBED);
  } else if (sp_str_is(operation, "stream")) {
    sp_life_event(m, now, s, SP_EV_ATTACHED);
  } else if (sp_str_is(operation, "answer")) {
    answer_made(m, now, s, facts, text);
  }
}

void sp_sessions_peer_candidate(sp_sessions *m, uint64_t now, uint32_t handle, sp_str mid, sp_str candidate) {
  sp_session *s = sp_registry_by_handle(&m->registry, handle);
  if (!s || s->state >= SP_SESSION_ENDING) return;
  if (candidate.len) s->found_candidate = true;
  if (candidate.len && !sp_candidate_allowed(candidate)) return;
  (void)sp_life_say(m, now, s, SP_SAY_CANDIDATE, mid, candidate.len ? candidate : SP_STR_NONE, 0);
  if (candidate.len) log_candidate(m, s, "sending ice candidate", candidate);
  if (!candidate.len) sp_emit_session_event(m, s, "endOfCandidates", SP_STR_NONE);
  if (!candidate.len && s->relays_only && !s->found_candidate) sp_ladder_no_relay(m, now, s);
}

void sp_sessions_peer_message(sp_sessions *m, uint32_t handle, sp_str text) {
  const sp_session *s = sp_registry_by_handle(&m->registry, handle);
  if (!s) return;
  sp_json_doc *doc = NULL;
  if (sp_json_parse(m->env.alloc, text, &doc) == SP_OK) {
    sp_emit_session_json(m, s, "dataChannelMessage", sp_json_root(doc));
    if (sp_kind_of(s)->message) sp_kind_of(s)->message(m, s, sp_json_root(doc));
  } else {
    sp_log_word(m->env.fx, SP_LOG_WARN, "Unreadable data channel message", "sessionId", s->id);
  }
  sp_json_free(doc);
}

/* --- answers --- */

void sp_sessions_iq_answer(sp_sessions *m, uint64_t now, const sp_iq_answer *answer) {
  sp_session *s = sp_registry_by_handle(&m->registry, answer->token.id);
  if (!s) return;
  const char *over = s->link.path->replied(&s->link, answer);
  if (over) { /* §10.3: nothing is sent */
    (void)sp_str_set(s->alloc, &s->reason, sp_str_from(over));
    sp_life_event(m, now, s, SP_EV_REMOTE_END);
    return;
  }
  if (answer->token.op == SP_OP_TERMINATE) {
    sp_life_event(m, now, s, SP_EV_END_DONE);
  } else if (answer->token.op == SP_OP_ANSWER) {
    s->answer_acknowledged = answer->outcome == SP_IQ_RESULT;
    settle_accept(m, s, s->answer_acknowledged);
  } else if (answer->token.op == SP_OP_FIRST_MUTE) {
    if (s->accept_waits) s->accept_waits--;
    if (s->answer_acknowledged) settle_accept(m, s, true);
  } else if (answer->token.op == SP_OP_REPORT) {
    sp_stats_reported(m, s, answer);
  }
}

void sp_sessions_media_done(sp_sessions *m, uint64_t now, const sp_media_done *done) {
  if (done->token.op != SP_OP_MEDIA) {
    if (done->token.op == SP_OP_GUEST_SCREEN) sp_screen_share_chosen(m, done);
    else if (done->token.op == SP_OP_SWITCH) sp_outgoing_media_done(m, now, done);
    else sp_tasks_media_done(m, now, done);
    return;
  }
  sp_session *s = sp_registry_by_handle(&m->registry, done->token.id);
  if (!s || s->state != SP_SESSION_MEDIA) {
    if (done->ok) sp_effects_push(m->env.fx, SP_FX_MEDIA_STOP, 0, done->stream, SP_STR_NONE);
    return;
  }
  s->media_request = 0;
  if (done->ok && sp_str_set(s->alloc, &s->stream, done->stream) == SP_OK) {
    sp_life_event(m, now, s, SP_EV_MEDIA_READY);
    return;
  }
  if (done->ok) {
    sp_effects_push(m->env.fx, SP_FX_MEDIA_STOP, 0, done->stream, SP_STR_NONE); /* no memory to keep its handle */
  } else {
    sp_reject_raw(m->env.fx, s->accept_call, done->request);
    s->accept_call = 0;
  }
  sp_life_event(m, now, s, SP_EV_MEDIA_FAILED);
}
