/* SPDX-License-Identifier: MIT */
/* Nothing waits for the browser for ever: an operation of a peer connection, or a loudspeaker, that gives no result in
   time has failed. What a person decides (microphone, camera, screen) has no such limit, but can be called off: by the
   end of the session, by stopScreenShare, by a mute. */
#include "session/internal.h"

/* A browser needs milliseconds; an application's sound processing may have to load first. */
#define PEER_MS   20000u
#define OUTPUT_MS 10000u

void sp_peer_push(sp_sessions *m, uint32_t session, sp_effect_kind kind, sp_str name, sp_str text) {
  if (sp_effects_push(m->env.fx, kind, session, name, text)) sp_peer_asked(m, session);
}

void sp_peer_asked(sp_sessions *m, uint32_t session) {
  sp_session *s = sp_registry_by_handle(&m->registry, session);
  if (s) s->peer_asked++;
}

/* The operations of one peer connection end in the order they began. */
bool sp_peer_answered(sp_session *s) {
  sp_timer_stop(&s->peer_wait);
  if (s->peer_asked) s->peer_asked--;
  if (!s->peer_late) return true;
  s->peer_late--;
  return false;
}

void sp_sessions_settled(sp_sessions *m, uint64_t now) {
  for (sp_session *s = m->registry.head; s; s = s->next)
    if (s->peer_asked > s->peer_late && !sp_timer_armed(&s->peer_wait)) sp_timer_arm(&s->peer_wait, now, PEER_MS);
  for (sp_job *job = m->jobs; job; job = job->next)
    if (job->outputs && !sp_timer_armed(&job->limit)) sp_timer_arm(&job->limit, now, OUTPUT_MS);
}

static void give_up(sp_sessions *m, uint64_t now, sp_session *s) {
  sp_log(m->env.fx, SP_LOG_ERROR, "The peer connection gives no result", SP_ID("sessionId", s->id),
         SP_NUM("operations", s->peer_asked - s->peer_late));
  s->peer_late = s->peer_asked;
  sp_tasks_overdue(m, now, s);
  sp_outgoing_overdue(m, now, s);
  if (s->state < SP_SESSION_ACTIVE) sp_life_refused(m, now, s);
  else (void)sp_life_undescribed(m, now, s);
}

void sp_patience_tick(sp_sessions *m, uint64_t now) {
  for (sp_session *s = m->registry.head, *next; s; s = next) {
    next = s->next;
    if (sp_timer_due(&s->peer_wait, now) && s->state < SP_SESSION_ENDING) give_up(m, now, s);
  }
  for (sp_job *job = m->jobs, *next; job; job = next) {
    next = job->next;
    if (sp_timer_due(&job->limit, now)) sp_outgoing_output_overdue(m, job);
  }
}

uint64_t sp_patience_deadline(const sp_sessions *m) {
  uint64_t at = SP_NEVER;
  for (const sp_session *s = m->registry.head; s; s = s->next) at = sp_earlier(at, s->peer_wait.at);
  for (const sp_job *job = m->jobs; job; job = job->next) at = sp_earlier(at, job->limit.at);
  return at;
}
