/* SPDX-License-Identifier: MIT */
/* What the calls want shown on a headset (sessions.md §7.6, §8.1, §8.2), in order, until the core takes it. */
#include "session/internal.h"

void sp_sessions_want_headset(sp_sessions *m, const char *command, sp_str conversation_id, bool value, bool queued) {
  sp_headset_want *want = &m->headset[m->headset_count];
  if (m->headset_count == SP_MAX_HEADSET_QUEUE) return; /* the core takes them after each input */
  *want = (sp_headset_want){ .command = command, .value = value, .queued = queued };
  if (sp_str_dup(m->env.alloc, conversation_id, &want->conversation_id) == SP_OK) m->headset_count++;
  else sp_effects_fail(m->env.fx, SP_ENOMEM);
}

bool sp_sessions_take_headset(sp_sessions *m, sp_headset_want *out) {
  if (!m || !m->headset_count) return false;
  *out = m->headset[0];
  m->headset_count--;
  for (size_t i = 0; i < m->headset_count; i++) m->headset[i] = m->headset[i + 1];
  return true;
}

bool sp_sessions_has_active_softphone(const sp_sessions *m) {
  for (const sp_session *s = m ? m->registry.head : NULL; s; s = s->next)
    if (s->type == SP_SESSION_SOFTPHONE && s->state == SP_SESSION_ACTIVE) return true;
  return false;
}
