/* SPDX-License-Identifier: MIT */
/* Whether the media path of a session lives, and what becomes of a session whose path died (sessions.md §6.1, §6.9,
   wire.md §10.7, §12.2). */
#include "session/internal.h"

/* The ladder of a call whose path died, with the time of each rung. Its peer connection says "disconnected": the
   signaling path is probed at once (core.c, 5 s), given up and opened anew without a wait (15 s an attempt); the
   platform then re-invites on it. ICE is not restarted from here: the far side offers, and an answerer could restart
   only with an offer of its own, which the platform is not known to take. So a peer connection that failed while
   signaling was down waits this long for signaling, and this long after that for the re-invite; then the call ends with
   its cause. */
#define OUTAGE_MS   30000u
#define REINVITE_MS 5000u

/* S-56, unless signaling is down or just back: then a re-invite may save the call. */
static void transport_failed(sp_sessions *m, uint64_t now, sp_session *s) {
  uint64_t limit = m->lost ? now + OUTAGE_MS : m->signaling_back_at + REINVITE_MS;
  bool invited = sp_store_has(m->store, s->conversation_id); /* nobody is invited to what is over */
  if (!m->lost && (!invited || !m->signaling_back_at || limit <= now)) {
    sp_life_end(m, now, s, SP_STR("failed-transport"));
    return;
  }
  sp_log_word(m->env.fx, SP_LOG_WARN, "The connection failed: waiting to be invited again", "sessionId", s->id);
  s->recovery.at = sp_earlier(s->recovery.at, limit);
}

static void tell_state(sp_sessions *m, const sp_session *s) {
  sp_str state = s->connection_state;
  sp_session_publish_text(s, m->env.fx, "connectionState", state);
  sp_emit_session_event(m, s, "connectionState", state);
  sp_log(m->env.fx, SP_LOG_INFO, "Connection state changed", SP_ID("sessionId", s->id),
         SP_WORD("connectionState", state));
  if (sp_str_is(state, "interrupted")) sp_emit_session_interrupted(m, s);
}

static void follow_state(sp_sessions *m, uint64_t now, sp_session *s) {
  if (sp_kind_of(s)->state_changed) sp_kind_of(s)->state_changed(m, now, s);
  if (sp_session_is_live(s)) sp_tasks_connected(m, now, s);
  if (sp_session_is_live(s)) {
    sp_timer_stop(&s->recovery);
    sp_conversations_ring(m);
  }
  if (sp_str_is(s->connection_state, "failed")) transport_failed(m, now, s);
}

/* Which state of the peer connection counts is a matter of the path (wire.md §12.2). */
static void connection_state(sp_sessions *m, uint64_t now, sp_session *s, bool is_ice, sp_str state,
                             sp_str signaling_state) {
  bool ends;
  sp_str word = s->link.path->state(&s->link, is_ice, state, &ends);
  bool changed =
      word.len && !sp_str_eq(word, s->connection_state) && sp_str_set(s->alloc, &s->connection_state, word) == SP_OK;
  if (changed) tell_state(m, s);
  if (!is_ice) sp_stats_peer_state(m, now, s, state, signaling_state);
  if (changed) follow_state(m, now, s);
  if (ends) sp_life_end(m, now, s, SP_STR("success"));
}

void sp_sessions_peer_state(sp_sessions *m, uint64_t now, uint32_t handle, sp_str state, sp_str signaling_state) {
  sp_session *s = sp_registry_by_handle(&m->registry, handle);
  if (s && s->state < SP_SESSION_ENDING) connection_state(m, now, s, false, state, signaling_state);
}

void sp_sessions_peer_ice_state(sp_sessions *m, uint64_t now, uint32_t handle, sp_str state, sp_str descriptions) {
  sp_session *s = sp_registry_by_handle(&m->registry, handle);
  if (!s || s->state >= SP_SESSION_ENDING) return;
  sp_stats_ice_state(m, now, s, state, descriptions);
  connection_state(m, now, s, true, state, SP_STR_NONE);
  if (!sp_str_is(state, "connected")) return;
  (void)sp_life_say(m, now, s, SP_SAY_ACTIVE, SP_STR_NONE, SP_STR_NONE, 0);
  /* wire.md §9.6, D13: the data channel does not wait for the result of info. */
  if (s->channel_opened || sp_str_find(s->remote_sdp, "webrtc-datachannel", 0) == SIZE_MAX) return;
  s->channel_opened = true;
  sp_effects_push(m->env.fx, SP_FX_PEER_CHANNEL, handle, SP_STR("videoConferenceControl"), SP_STR_NONE);
}

/* §6.1, §6.9 and Q-28: a session that lives on a dead peer connection only pretends. Nothing is sent: nobody listens.
 */
static void end_if_dead(sp_sessions *m, uint64_t now, sp_session *s, sp_session_state from) {
  if (s->state < from || s->state > SP_SESSION_ACTIVE || !sp_session_is_dead(s)) {
    sp_log_word(m->env.fx, SP_LOG_DEBUG, "Session is kept", "sessionId", s->id);
    return;
  }
  sp_log(m->env.fx, SP_LOG_WARN, "Session ended: its peer connection is dead", SP_ID("sessionId", s->id),
         SP_WORD("connectionState", s->connection_state));
  (void)sp_str_set(s->alloc, &s->reason, SP_STR("gone"));
  sp_life_event(m, now, s, SP_EV_REMOTE_END);
}

/* After an outage nothing is sent (S-60): the far side did not invite it again, so it does not know it any more. */
void sp_ladder_give_up(sp_sessions *m, uint64_t now, sp_session *s) {
  if (s->state > SP_SESSION_ACTIVE || !sp_session_is_dead(s)) return;
  bool orphan = s->orphan;
  sp_log_word(m->env.fx, SP_LOG_WARN, "Session ended: it was not invited again", "sessionId", s->id);
  if (!orphan && !m->lost) {
    sp_life_end(m, now, s, SP_STR("failed-transport"));
    return;
  }
  (void)sp_str_set(s->alloc, &s->reason, orphan ? SP_STR("gone") : SP_STR("failed-transport"));
  sp_life_event(m, now, s, SP_EV_REMOTE_END);
}

void sp_sessions_page_visible(sp_sessions *m, uint64_t now) {
  for (sp_session *s = m->registry.head, *next; s; s = next) {
    next = s->next;
    end_if_dead(m, now, s, SP_SESSION_ACTIVE);
  }
}

void sp_sessions_signaling_lost(sp_sessions *m) {
  m->shared = m->lost ? m->shared : m->active != 0;
  m->lost = true;
  for (sp_session *s = m->registry.head; s; s = s->next) s->seen_drop = true;
}

void sp_sessions_signaling_back(sp_sessions *m, uint64_t now) {
  if (m->lost) m->signaling_back_at = now;
  for (sp_session *s = m->registry.head, *next; s; s = next) {
    next = s->next;
    bool was_there = s->seen_drop;
    s->orphan = was_there && sp_session_is_dead(s);
    s->seen_drop = false;
    s->outlived = was_there;
    if (s->orphan && sp_store_has(m->store, s->conversation_id)) sp_timer_arm(&s->recovery, now, REINVITE_MS);
    else if (was_there) end_if_dead(m, now, s, SP_SESSION_OFFERED);
  }
  sp_doubts_raise(m, now);
}

void sp_ladder_no_relay(sp_sessions *m, uint64_t now, sp_session *s) {
  SP_REJECT(m, 0, SP_ERROR_SESSION, "No relay can be used, so the session cannot be connected",
            SP_TEXT("conversationId", s->conversation_id), SP_TEXT("sessionId", s->id));
  transport_failed(m, now, s);
}
