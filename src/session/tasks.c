/* SPDX-License-Identifier: MIT */
/* The lanes: see tasks.h. What a task does in each step is its kind's business (video_tasks.c, recording.c). */
#include "session/internal.h"

#include "base/limits.h"
#include "base/outcome.h"

/* Those of lane 0 wait for nobody. */
static const unsigned char lanes[SP_TASK_KINDS] = {
  [SP_TASK_AUDIO_MUTE] = 1,   [SP_TASK_AUDIO_UNMUTE] = 1, [SP_TASK_VIDEO_MUTE] = 2,
  [SP_TASK_VIDEO_UNMUTE] = 2, [SP_TASK_SHARE_BEGIN] = 2,  [SP_TASK_SHARE_END] = 2,
};

static sp_task *find(const sp_sessions *m, uint32_t id) {
  sp_task *t = m->tasks;
  while (t && t->id != id) t = t->next;
  return t;
}

static void free_task(sp_sessions *m, sp_task *t) {
  sp_str_free(m->env.alloc, &t->value);
  sp_str_free(m->env.alloc, &t->stream);
  sp_alloc_free(m->env.alloc, t);
}

static bool lane_is_free(const sp_sessions *m, const sp_task *task) {
  if (!lanes[task->kind]) return true;
  for (const sp_task *t = m->tasks; t != task; t = t->next)
    if (t->session == task->session && lanes[t->kind] == lanes[task->kind]) return false;
  return true;
}

/* Begins every task of a session whose lane is free. One that is done at once frees the next. */
static void begin_tasks(sp_sessions *m, uint64_t now, uint32_t session) {
  for (bool moved = true; moved;) {
    moved = false;
    sp_session *s = sp_registry_by_handle(&m->registry, session);
    for (sp_task *t = s ? m->tasks : NULL; t && !moved; t = t->next) {
      if (t->session != session || t->step != SP_STEP_WAITING || !lane_is_free(m, t)) continue;
      moved = true;
      sp_task_begin(m, now, s, t);
    }
  }
}

sp_task *sp_task_add(sp_sessions *m, sp_task_kind kind, uint32_t call, const sp_session *s, sp_str value) {
  size_t count = 0;
  sp_task **end = &m->tasks;
  for (; *end; end = &(*end)->next) count++;
  sp_task *t = count < SP_MAX_CALLS ? sp_alloc_new(m->env.alloc, sizeof *t) : NULL;
  if (t && sp_str_dup(m->env.alloc, value, &t->value) == SP_OK) {
    t->id = ++m->last_task;
    t->kind = kind;
    t->call = call;
    t->session = s->handle;
    *end = t;
    return t;
  }
  sp_alloc_free(m->env.alloc, t);
  sp_reject(m->env.fx, call, SP_ERROR_GENERIC, "Too many requests under way, or out of memory", SP_STR_NONE);
  return NULL;
}

void sp_task_start(sp_sessions *m, uint64_t now, sp_task_kind kind, uint32_t call, const sp_session *s, sp_str value) {
  if (sp_task_add(m, kind, call, s, value)) begin_tasks(m, now, s->handle);
}

void sp_task_drop(sp_sessions *m, uint64_t now, sp_task *gone) {
  uint32_t session = gone->session;
  for (sp_task **at = &m->tasks; *at; at = &(*at)->next) {
    if (*at != gone) continue;
    *at = gone->next;
    free_task(m, gone);
    break;
  }
  begin_tasks(m, now, session);
}

void sp_task_done(sp_sessions *m, uint64_t now, sp_task *t) {
  sp_resolve(m->env.fx, t->call, SP_STR_NONE);
  sp_task_drop(m, now, t);
}

void sp_task_release_stream(sp_sessions *m, sp_task *t) {
  if (t->stream.len) sp_effects_push(m->env.fx, SP_FX_MEDIA_STOP, 0, t->stream, SP_STR_NONE);
  sp_str_free(m->env.alloc, &t->stream);
}

void sp_task_call_off(sp_sessions *m, sp_task *t) {
  if (t->media_request) sp_media_drop(m->env.media, t->media_request);
  t->media_request = 0;
}

sp_task *sp_task_asking(const sp_sessions *m, const sp_session *s, unsigned kinds) {
  sp_task *t = m->tasks;
  while (t && !(t->session == s->handle && t->step == SP_STEP_MEDIA && kinds & (1u << t->kind))) t = t->next;
  return t;
}

/* X-13 and V-37: who waited for a track to be sent learns that it never will be; whatever else was asked for does not
   matter any more. */
void sp_tasks_session_gone(sp_sessions *m, uint32_t session) {
  for (sp_task **at = &m->tasks; *at;) {
    sp_task *t = *at;
    if (t->session != session) {
      at = &t->next;
      continue;
    }
    *at = t->next;
    sp_task_call_off(m, t);
    bool lost = t->stream.len > 0;
    sp_task_release_stream(m, t);
    if (lost)
      sp_reject(m->env.fx, t->call, SP_ERROR_SESSION, "The session ended before the media was sent", SP_STR_NONE);
    else sp_resolve(m->env.fx, t->call, SP_STR_NONE);
    free_task(m, t);
  }
}

void sp_tasks_clear(sp_sessions *m) {
  while (m->tasks) {
    sp_task *gone = m->tasks;
    m->tasks = gone->next;
    free_task(m, gone);
  }
}

/* --- what a step asks for --- */

void sp_task_peer(sp_sessions *m, sp_task *t, sp_task_step step, const char *operation, sp_str stream, sp_str into,
                  const char *kind) {
  sp_jw w;
  sp_tracks_begin(m, &w, operation, stream, into, kind);
  t->step = step;
  sp_buf_reset(&m->text);
  sp_buf_add_u64(&m->text, t->id);
  sp_tracks_end(m, &w, t->session, sp_buf_str(&m->text));
}

/* --- answers --- */

bool sp_tasks_peer_result(sp_sessions *m, uint64_t now, sp_session *s, sp_str operation, unsigned facts, sp_str text) {
  uint64_t id;
  if (!sp_str_to_u64(operation, &id)) return false;
  sp_task *t = id <= UINT32_MAX ? find(m, (uint32_t)id) : NULL;
  if (t && t->session == s->handle) sp_task_peer_done(m, now, s, t, facts, text);
  return true;
}

static sp_task *first_overdue(const sp_sessions *m) {
  sp_task *t = m->tasks;
  while (t && !t->overdue) t = t->next;
  return t;
}

void sp_tasks_overdue(sp_sessions *m, uint64_t now, sp_session *s) {
  for (sp_task *t = m->tasks; t; t = t->next)
    t->overdue =
        t->session == s->handle && (t->step == SP_STEP_LOOK || t->step == SP_STEP_PUT || t->step == SP_STEP_DROP);
  for (sp_task *t = first_overdue(m); t; t = first_overdue(m)) {
    t->overdue = false; /* it may ask for something else */
    sp_task_peer_done(m, now, s, t, 0, SP_STR_NONE);
  }
}

void sp_tasks_media_done(sp_sessions *m, uint64_t now, const sp_media_done *done) {
  sp_task *t = find(m, done->token.id);
  sp_session *s = t ? sp_registry_by_handle(&m->registry, t->session) : NULL;
  if (!s || s->state >= SP_SESSION_ENDING) {
    if (done->ok) sp_effects_push(m->env.fx, SP_FX_MEDIA_STOP, 0, done->stream, SP_STR_NONE);
    if (t) sp_task_done(m, now, t);
    return;
  }
  t->media_request = 0;
  bool kept = done->ok && sp_str_set(m->env.alloc, &t->stream, done->stream) == SP_OK;
  if (done->ok && !kept) sp_effects_push(m->env.fx, SP_FX_MEDIA_STOP, 0, done->stream, SP_STR_NONE);
  sp_task_media_done(m, now, s, t, kept ? 0 : done->request);
}

void sp_tasks_rest_result(sp_sessions *m, uint64_t now, const sp_rest_result *result) {
  sp_task *t = find(m, result->token.id);
  sp_session *s = t ? sp_registry_by_handle(&m->registry, t->session) : NULL;
  if (s) sp_task_rest_done(m, now, s, t, result);
}

void sp_tasks_connected(sp_sessions *m, uint64_t now, sp_session *s) {
  for (sp_task *t = m->tasks, *next; t; t = next) {
    next = t->next;
    if (t->session == s->handle && t->step == SP_STEP_CONNECTING) sp_task_put(m, now, s, t);
  }
}
