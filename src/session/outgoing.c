/* SPDX-License-Identifier: MIT */
/* The outgoing media of a running session changes as a transaction (sessions.md §9.2, media.md §15): look at what is
   sent, obtain the new media, verify it, swap the tracks, let the old ones go. Until the swap the session sends what it
   sent before; a failure at any step leaves it so and stops what was obtained.

     WAITING ──► LOOKING ──► ASKING ──► SWAPPING ──► done
                    │          ▲  │
                    └► RELEASING ─┘  old media goes first: a browser that opens one microphone at a time, or one that
                                     gives the old system default while anybody uses it

   One change of a session at a time; the next waits. */
#include "session/internal.h"

#include "base/limits.h"
#include "base/outcome.h"

typedef enum step { WAITING, LOOKING, RELEASING, ASKING, SWAPPING } step;

struct sp_switch {
  struct sp_switch *next;
  uint32_t id, session, request;
  step step;
  sp_switch_want want; /* texts and the devices of its values are owned */
  unsigned types;      /* bit per sp_media_type that is to be replaced */
  unsigned live;       /* of them, those with a live track at the last look */
  bool released;       /* the old tracks are gone */
  bool restoring;      /* the new device failed: back to the old one */
  sp_str old_device;   /* id of the microphone in use before; owned */
  sp_str stream;       /* what was obtained; owned */
};

static const sp_device_kind kind_of_type[SP_MEDIA_TYPES] = { SP_DEVICE_AUDIO_INPUT, SP_DEVICE_VIDEO_INPUT };
static const char *const words[SP_MEDIA_TYPES] = { "audio", "video" };

/* --- jobs --- */

sp_job *sp_job_new(sp_sessions *m, uint32_t call) {
  sp_job *job = sp_alloc_new(m->env.alloc, sizeof *job);
  if (!job) {
    sp_reject(m->env.fx, call, SP_ERROR_GENERIC, "Out of memory", SP_STR_NONE);
    return NULL;
  }
  job->id = ++m->last_job;
  job->call = call;
  job->open = 1;
  job->limit = SP_TIMER_OFF;
  job->next = m->jobs;
  m->jobs = job;
  return job;
}

sp_job *sp_job_find(sp_sessions *m, uint32_t id) {
  sp_job *job = m->jobs;
  while (job && job->id != id) job = job->next;
  return job;
}

void sp_job_more(sp_sessions *m, uint32_t id) {
  sp_job *job = sp_job_find(m, id);
  if (job) job->open++;
}

void sp_job_less(sp_sessions *m, uint32_t id) {
  sp_job *job = sp_job_find(m, id);
  if (!job || --job->open > 0) return;
  sp_resolve(m->env.fx, job->call, SP_STR_NONE);
  sp_job **at = &m->jobs;
  while (*at != job) at = &(*at)->next;
  *at = job->next;
  sp_alloc_free(m->env.alloc, job);
}

/* The call that this job settles, once; 0 afterwards. */
uint32_t sp_job_failing(sp_sessions *m, uint32_t id) {
  sp_job *job = sp_job_find(m, id);
  uint32_t call = job ? job->call : 0;
  if (job) job->call = 0;
  return call;
}

/* --- switches --- */

static sp_switch *first_of(sp_sessions *m, uint32_t session) {
  sp_switch *sw = m->switches;
  while (sw && sw->session != session) sw = sw->next;
  return sw;
}

enum { WANT_TEXTS = 4 };

static void texts_of(sp_switch_want *want, sp_str **texts) {
  texts[0] = &want->audio.device;
  texts[1] = &want->video.device;
  texts[2] = &want->stream;
  texts[3] = &want->unmute;
}

static void drop(sp_sessions *m, sp_switch *gone) {
  for (sp_switch **at = &m->switches; *at; at = &(*at)->next) {
    if (*at != gone) continue;
    *at = gone->next;
    break;
  }
  sp_str *texts[WANT_TEXTS + 2];
  texts_of(&gone->want, texts);
  texts[WANT_TEXTS] = &gone->old_device;
  texts[WANT_TEXTS + 1] = &gone->stream;
  sp_str_free_all(m->env.alloc, texts, WANT_TEXTS + 2);
  sp_alloc_free(m->env.alloc, gone);
}

/* What was obtained is stopped; a stream of the app is the app's. */
static void discard(sp_sessions *m, sp_switch *sw) {
  if (sw->request) sp_media_drop(m->env.media, sw->request);
  sw->request = 0;
  if (sw->stream.len && !sw->want.stream.len) sp_effects_push(m->env.fx, SP_FX_MEDIA_STOP, 0, sw->stream, SP_STR_NONE);
  sp_str_free(m->env.alloc, &sw->stream);
}

static void reject_switch(sp_sessions *m, const sp_switch *sw, uint32_t cause, const char *why) {
  uint32_t call = sw->want.unmute_call ? sw->want.unmute_call : sp_job_failing(m, sw->want.job);
  if (cause) sp_reject_raw(m->env.fx, call, cause);
  else sp_reject(m->env.fx, call, SP_ERROR_SESSION, why, SP_STR_NONE);
}

/* The next one of the session may begin. */
static void over(sp_sessions *m, uint64_t now, sp_switch *sw) {
  uint32_t session = sw->session, job = sw->want.job;
  drop(m, sw);
  sp_job_less(m, job);
  sp_session *s = sp_registry_by_handle(&m->registry, session);
  if (s) sp_outgoing_go(m, now, s);
}

static void fail(sp_sessions *m, uint64_t now, sp_switch *sw, uint32_t cause, const char *why) {
  discard(m, sw);
  if (!sw->restoring) reject_switch(m, sw, cause, why);
  over(m, now, sw);
}

static void succeed(sp_sessions *m, uint64_t now, sp_switch *sw) {
  const sp_session *s = sp_registry_by_handle(&m->registry, sw->session);
  if (s && sw->want.measure) sp_outgoing_resolution(m, s, SP_STR_NONE);
  if (s && sw->want.unmute.len && !sw->restoring)
    sp_control_start(m, now, SP_CONTROL_MUTE, sw->want.unmute_call, s->handle, sw->want.unmute, false, SP_STR_NONE);
  over(m, now, sw);
}

/* --- steps --- */

static void ask(sp_sessions *m, uint64_t now, sp_switch *sw, const sp_session *s) {
  sp_media_want want = { .session = s->handle, .session_id = s->id, .conversation_id = s->conversation_id };
  if (sw->types & (1u << SP_AUDIO)) want.audio = sw->want.audio;
  if (sw->types & (1u << SP_VIDEO)) want.video = sw->want.video;
  sw->step = ASKING;
  int status = sp_media_start(m->env.media, &want, (sp_token){ SP_OWNER_SESSION, SP_OP_SWITCH, sw->id }, &sw->request);
  if (status != SP_OK) fail(m, now, sw, 0, "The media request could not be made");
}

static void release(sp_sessions *m, sp_switch *sw, const sp_session *s) {
  sw->step = RELEASING;
  sw->released = true;
  sw->live = 0;
  sp_outgoing_release(m, s, sw->types);
}

/* An operation of SP_FX_PEER_TRACKS that answers under its own name. */
static void operate(sp_sessions *m, const sp_session *s, const char *operation, sp_str stream, sp_str into,
                    unsigned types) {
  sp_jw w;
  sp_tracks_begin(m, &w, operation, stream, into, NULL);
  sp_jw_bool(&w, "silent", s->audio_muted);
  sp_jw_bool(&w, "cameraOff", s->video_muted);
  sp_jw_open(&w, "kinds", '[');
  for (int t = 0; t < SP_MEDIA_TYPES; t++)
    if (types & (1u << t)) sp_jw_str(&w, NULL, sp_str_from(words[t]));
  sp_jw_close(&w);
  sp_tracks_end(m, &w, s->handle, sp_str_from(operation));
}

/* The default stream is not ours to change: beside it the new stream becomes the outbound one. */
static sp_str outbound(const sp_sessions *m, const sp_session *s) {
  return sp_str_eq(s->stream, m->env.options->audio_stream) ? SP_STR_NONE : s->stream;
}

static void swap(sp_sessions *m, sp_switch *sw, const sp_session *s) {
  sw->step = SWAPPING;
  operate(m, s, "swap", sw->stream, outbound(m, s), s->video_muted ? 1u << SP_AUDIO : sp_outgoing_types(s));
}

void sp_outgoing_release(sp_sessions *m, const sp_session *s, unsigned types) {
  operate(m, s, "release", s->stream, SP_STR_NONE, types);
}

void sp_outgoing_resolution(sp_sessions *m, const sp_session *s, sp_str resolution) {
  sp_jw w;
  sp_tracks_begin(m, &w, "resolution", s->stream, SP_STR_NONE, NULL);
  if (resolution.len) sp_jw_raw(&w, "resolution", resolution);
  sp_tracks_end(m, &w, s->handle, SP_STR("resolution"));
}

void sp_outgoing_look(sp_sessions *m, const sp_session *s) {
  operate(m, s, "senders", s->screen, SP_STR_NONE, 0);
}

void sp_outgoing_go(sp_sessions *m, uint64_t now, sp_session *s) {
  sp_switch *sw = first_of(m, s->handle);
  (void)now;
  if (!sw || sw->step != WAITING || s->state != SP_SESSION_ACTIVE) return;
  if (sw->want.stream.len) {
    if (sp_str_set(m->env.alloc, &sw->stream, sw->want.stream) == SP_OK) swap(m, sw, s);
    else fail(m, now, sw, 0, "Out of memory");
    return;
  }
  sw->step = LOOKING;
  sp_outgoing_look(m, s);
}

static int keep(sp_sessions *m, sp_switch *sw, const sp_switch_want *want) {
  sw->want = *want;
  sp_switch_want given = *want;
  sp_str *from[WANT_TEXTS], *to[WANT_TEXTS];
  texts_of(&given, from);
  texts_of(&sw->want, to);
  return sp_str_dup_all(m->env.alloc, from, to, WANT_TEXTS);
}

void sp_outgoing_switch(sp_sessions *m, uint64_t now, sp_session *s, const sp_switch_want *want) {
  size_t count = 0;
  sp_switch **end = &m->switches;
  for (; *end; end = &(*end)->next) count++;
  sp_switch *sw = count < SP_MAX_CALLS ? sp_alloc_new(m->env.alloc, sizeof *sw) : NULL;
  if (!sw) {
    sp_switch refused = { .want = *want };
    reject_switch(m, &refused, 0, "Too many changes of media under way, or out of memory");
    return;
  }
  sp_job_more(m, want->job);
  sw->id = ++m->last_switch;
  sw->session = s->handle;
  *end = sw;
  if (want->audio.choice != SP_MEDIA_NONE) sw->types |= 1u << SP_AUDIO;
  /* While a screen is shared it has the camera's place. */
  if (want->video.choice != SP_MEDIA_NONE && !s->screen.len) sw->types |= 1u << SP_VIDEO;
  if (keep(m, sw, want) != SP_OK) fail(m, now, sw, 0, "Out of memory");
  else sp_outgoing_go(m, now, s);
}

/* --- what the host answers --- */

/* §9.2 step 3: is the type left alone? Notes what is in use. */
static bool is_served(sp_sessions *m, sp_switch *sw, sp_media_type type, const sp_json *sender) {
  sp_media_value *wanted = type == SP_AUDIO ? &sw->want.audio : &sw->want.video;
  if (!sp_json_get_bool(sender, "live", false)) return false;
  sw->live |= 1u << type;
  if (sw->want.if_missing) return true;
  const sp_device *device =
      sp_devices_by_label(&sp_media_devices(m->env.media)->now, kind_of_type[type], sp_json_get_str(sender, "label"));
  if (!device) return false;
  if (type == SP_AUDIO) (void)sp_str_set(m->env.alloc, &sw->old_device, device->id);
  if (sw->want.again) {
    if (sp_str_set(m->env.alloc, &wanted->device, device->id) == SP_OK) wanted->choice = SP_MEDIA_DEVICE;
    return false;
  }
  return !sp_json_get_bool(sender, "muted", false) && wanted->choice == SP_MEDIA_DEVICE &&
         sp_str_eq(wanted->device, device->id);
}

void sp_outgoing_looked(sp_sessions *m, uint64_t now, sp_session *s, const sp_json *senders) {
  sp_switch *sw = first_of(m, s->handle);
  if (!sw || sw->step != LOOKING) return;
  for (const sp_json *sender = sp_json_first(senders); sender; sender = sp_json_next(sender))
    for (int t = 0; t < SP_MEDIA_TYPES; t++)
      if ((sw->types & (1u << t)) && sp_str_is(sp_json_get_str(sender, "kind"), words[t]) &&
          is_served(m, sw, (sp_media_type)t, sender))
        sw->types &= ~(1u << t);
  sw->live &= sw->types;
  bool one_microphone = !sp_media_settings(m->env.media)->chromium;
  if (!sw->types) succeed(m, now, sw);
  else if (one_microphone && sw->live & (1u << SP_AUDIO)) release(m, sw, s);
  else ask(m, now, sw, s);
}

void sp_outgoing_released(sp_sessions *m, uint64_t now, sp_session *s) {
  sp_switch *sw = first_of(m, s->handle);
  if (sw && sw->step == RELEASING) ask(m, now, sw, s);
}

/* A browser gives the system's default of before while a track of it is live: its label is that of no device now. */
static bool is_stale(sp_sessions *m, const sp_switch *sw, sp_str label) {
  const sp_devices *devices = sp_media_devices(m->env.media);
  bool named = sw->want.audio.choice == SP_MEDIA_DEVICE ||
               (sw->want.audio.choice == SP_MEDIA_DEFAULT && sp_media_settings(m->env.media)->audio_device_id.len);
  return !sw->released && !named && (sw->live & (1u << SP_AUDIO)) && label.len &&
         sp_devices_labelled(devices, SP_DEVICE_AUDIO_INPUT) &&
         !sp_devices_by_label(&devices->now, SP_DEVICE_AUDIO_INPUT, label);
}

/* Without a microphone the call must look like what it is. */
static void mute_silent(sp_sessions *m, uint64_t now, const sp_switch *sw, sp_session *s) {
  for (int t = 0; t < SP_MEDIA_TYPES; t++)
    if (sw->types & ~sw->live & (1u << t)) sp_outgoing_lost(m, now, s, (sp_media_type)t);
}

/* The old device was let go and the new one is not to be had: back to the old one. */
static bool restore(sp_sessions *m, uint64_t now, sp_switch *sw, const sp_session *s, uint32_t cause) {
  if (!sw->released || sw->restoring || !sw->old_device.len || !(sw->types & (1u << SP_AUDIO))) return false;
  reject_switch(m, sw, cause, "");
  sp_str_free(m->env.alloc, &sw->want.audio.device);
  sw->want.audio = (sp_media_value){ SP_MEDIA_DEVICE, sw->old_device };
  sw->old_device = SP_STR_NONE;
  sw->restoring = true;
  ask(m, now, sw, s);
  return true;
}

void sp_outgoing_media_done(sp_sessions *m, uint64_t now, const sp_media_done *done) {
  sp_switch *sw = m->switches;
  while (sw && sw->id != done->token.id) sw = sw->next;
  sp_session *s = sw ? sp_registry_by_handle(&m->registry, sw->session) : NULL;
  if (!s || sw->step != ASKING || (done->ok && sp_str_set(m->env.alloc, &sw->stream, done->stream) != SP_OK)) {
    if (done->ok) sp_effects_push(m->env.fx, SP_FX_MEDIA_STOP, 0, done->stream, SP_STR_NONE);
    if (s && sw->step == ASKING) fail(m, now, sw, 0, "Out of memory");
    return;
  }
  sw->request = 0;
  if (!done->ok) {
    if (!done->denied && restore(m, now, sw, s, done->request)) return;
    if (done->denied || sw->released) mute_silent(m, now, sw, s);
    fail(m, now, sw, done->request, "");
  } else if ((sw->types & (1u << SP_AUDIO)) && is_stale(m, sw, done->label)) {
    discard(m, sw);
    release(m, sw, s);
  } else {
    swap(m, sw, s);
  }
}

void sp_outgoing_swapped(sp_sessions *m, uint64_t now, sp_session *s, bool ok) {
  sp_switch *sw = first_of(m, s->handle);
  if (!sw || sw->step != SWAPPING) return;
  if (!ok) {
    fail(m, now, sw, 0, "The new media could not be put on the session");
    return;
  }
  if (!outbound(m, s).len) {
    sp_str_free(s->alloc, &s->stream);
    s->stream = sw->stream;
    sw->stream = SP_STR_NONE;
  }
  if (sw->types & (1u << SP_AUDIO) || sw->want.stream.len) s->microphone_lost = false;
  succeed(m, now, sw);
}

void sp_outgoing_overdue(sp_sessions *m, uint64_t now, sp_session *s) {
  uint32_t job = s->validating;
  s->validating = 0;
  sp_job_less(m, job);
  sp_switch *sw = first_of(m, s->handle);
  if (sw && (sw->step == LOOKING || sw->step == RELEASING || sw->step == SWAPPING))
    fail(m, now, sw, 0, "The browser could not change what the session sends");
}

void sp_outgoing_session_gone(sp_sessions *m, const sp_session *s) {
  sp_job_less(m, s->validating);
  for (sp_switch *sw = first_of(m, s->handle); sw; sw = first_of(m, s->handle)) {
    uint32_t job = sw->want.job;
    discard(m, sw);
    if (!sw->restoring) reject_switch(m, sw, 0, "The session ended before its media was changed");
    drop(m, sw);
    sp_job_less(m, job);
  }
}

void sp_outgoing_clear(sp_sessions *m) {
  while (m->switches) drop(m, m->switches);
  while (m->jobs) {
    sp_job *gone = m->jobs;
    m->jobs = gone->next;
    sp_alloc_free(m->env.alloc, gone);
  }
}
