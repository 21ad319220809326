/* SPDX-License-Identifier: MIT */
/* What a video session does in steps: mute and unmute (video-and-screens.md §4), the screen share (§6), pinning (§7).
 */
#include "base/limits.h"
#include "base/outcome.h"
#include "session/internal.h"

static const char video[] = "video", audio[] = "audio";

/* --- small things --- */

void sp_video_set_muted(sp_sessions *m, sp_session *s, bool is_video, bool muted) {
  *(is_video ? &s->video_muted : &s->audio_muted) = muted;
  sp_session_publish_json(s, m->env.fx, is_video ? "videoMuted" : "audioMuted", sp_str_from(muted ? "true" : "false"));
}

static void tell_server(sp_sessions *m, uint64_t now, const sp_session *s, bool is_video, bool muted) {
  (void)sp_life_say(m, now, s, muted ? SP_SAY_MUTE : SP_SAY_UNMUTE, sp_str_from(is_video ? video : audio),
                    m->env.account->user_id, 0);
}

/* {conversationId, sessionId, error} of §6 and §7. */
static void reject(sp_sessions *m, uint32_t call, const sp_session *s, const char *message, uint32_t cause) {
  SP_REJECT(m, call, SP_ERROR_SESSION, message, SP_TEXT("conversationId", s->conversation_id),
            SP_TEXT("sessionId", s->id), SP_CAUSE("error", cause));
}

static void fail_share(sp_sessions *m, uint64_t now, const sp_session *s, sp_task *t, uint32_t cause) {
  reject(m, t->call, s, "Failed to start screen share", cause);
  sp_task_drop(m, now, t);
}

static void fail_browser(sp_sessions *m, uint64_t now, sp_task *t) {
  sp_reject(m->env.fx, t->call, SP_ERROR_SESSION, "The browser could not change what the session sends", SP_STR_NONE);
  sp_task_drop(m, now, t);
}

static void release_screen(sp_sessions *m, sp_session *s) {
  if (s->screen.len) sp_effects_push(m->env.fx, SP_FX_MEDIA_STOP, 0, s->screen, SP_STR_NONE);
  sp_str_free(s->alloc, &s->screen);
}

void sp_video_release(sp_sessions *m, sp_session *s) {
  release_screen(m, s);
  sp_tasks_session_gone(m, s->handle);
}

/* --- calls of the app --- */

/* Whoever mutes does not wait for the answer to an earlier unmute: a person may never give it. A share that ends waits
   for the camera no longer. */
static void call_off_unmute(sp_sessions *m, uint64_t now, sp_session *s, bool is_video) {
  sp_task *t = sp_task_asking(m, s, 1u << (is_video ? SP_TASK_VIDEO_UNMUTE : SP_TASK_AUDIO_UNMUTE));
  if (t) {
    sp_task_call_off(m, t);
    sp_task_done(m, now, t);
  }
  t = is_video ? sp_task_asking(m, s, 1u << SP_TASK_SHARE_END) : NULL;
  if (!t) return;
  sp_task_call_off(m, t);
  sp_task_peer(m, t, SP_STEP_DROP, "empty", SP_STR_NONE, SP_STR_NONE, video);
}

static void mute(sp_sessions *m, uint64_t now, uint32_t call, sp_session *s, const sp_json *params, bool is_video) {
  bool muted = sp_json_truthy(sp_json_get(params, "mute"));
  const sp_json *device = sp_json_get(params, "unmuteDeviceId");
  if (muted == (is_video ? s->video_muted : s->audio_muted))
    sp_log0(m->env.fx, SP_LOG_INFO, "The session is in this mute state already");
  if (muted) call_off_unmute(m, now, s, is_video);
  sp_buf_reset(&m->text);
  if (device && sp_json_is_bool(device) && !sp_json_bool(device, true)) device = NULL; /* as if it was not given */
  if (device) sp_json_write(&m->text, device);
  sp_task_kind kind = is_video ? muted ? SP_TASK_VIDEO_MUTE : SP_TASK_VIDEO_UNMUTE
                               : (muted ? SP_TASK_AUDIO_MUTE : SP_TASK_AUDIO_UNMUTE);
  sp_str value = device && sp_buf_status(&m->text) == SP_OK ? sp_buf_str(&m->text) : SP_STR_NONE;
  sp_task_start(m, now, kind, call, s, value);
}

void sp_video_mute_audio(sp_sessions *m, uint64_t now, uint32_t call, sp_session *s, const sp_json *params) {
  mute(m, now, call, s, params, false);
}

void sp_video_mute_video(sp_sessions *m, uint64_t now, uint32_t call, sp_session *s, const sp_json *params) {
  mute(m, now, call, s, params, true);
}

static bool is_sharing(const sp_sessions *m, const sp_session *s) {
  for (const sp_task *t = m->tasks; t; t = t->next)
    if (t->session == s->handle && (t->kind == SP_TASK_SHARE_PROMPT || t->kind == SP_TASK_SHARE_BEGIN)) return true;
  return s->screen.len > 0;
}

static void start_share(sp_sessions *m, uint64_t now, uint32_t call, sp_session *s) {
  if (is_sharing(m, s)) {
    reject(m, call, s, "A screen is already shared, or being chosen", 0);
    return;
  }
  s->resurrect = !s->video_muted;
  sp_task_start(m, now, SP_TASK_SHARE_PROMPT, call, s, SP_STR_NONE);
}

/* Once per share, however often it is asked for. While a screen is being chosen it calls that off, as who closes the
   picker does. */
static void stop_share(sp_sessions *m, uint64_t now, uint32_t call, const sp_session *s) {
  sp_task *choosing = sp_task_asking(m, s, 1u << SP_TASK_SHARE_PROMPT);
  if (choosing) {
    sp_log_word(m->env.fx, SP_LOG_INFO, "The screen share was called off", "sessionId", s->id);
    sp_task_call_off(m, choosing);
    sp_task_done(m, now, choosing);
    sp_resolve(m->env.fx, call, SP_STR_NONE);
    return;
  }
  sp_task_start(m, now, SP_TASK_SHARE_END, call, s, SP_STR_NONE);
}

static void pin(sp_sessions *m, uint64_t now, uint32_t call, const sp_session *s, sp_str participant) {
  if (s->participant_id.len) sp_task_start(m, now, SP_TASK_PIN, call, s, participant);
  else
    SP_REJECT(m, call, SP_ERROR_SESSION, "Unable to pin participant video. Local participant is unknown.",
              SP_TEXT("conversation", s->conversation_id), SP_TEXT("sessionId", s->id),
              SP_TEXT("participantId", participant));
}

void sp_sessions_of_object(sp_sessions *m, uint64_t now, uint32_t call, sp_object_method method, const sp_json *args) {
  double handle = sp_json_number(sp_json_first(args), 0);
  bool known = handle >= 1 && handle <= UINT32_MAX;
  sp_session *s = known ? sp_registry_by_handle(&m->registry, (uint32_t)handle) : NULL;
  if (!s || s->type != SP_SESSION_VIDEO || s->state >= SP_SESSION_ENDING)
    sp_reject(m->env.fx, call, SP_ERROR_SESSION, "Unable to find session", SP_STR_NONE);
  else if (method == SP_OBJECT_START_SHARE) start_share(m, now, call, s);
  else if (method == SP_OBJECT_STOP_SHARE) stop_share(m, now, call, s);
  else pin(m, now, call, s, sp_json_str(sp_json_next(sp_json_first(args))));
}

void sp_share_stream_ended(sp_sessions *m, uint64_t now, sp_session *s, bool alive) {
  (void)alive;
  for (const sp_task *t = m->tasks; t; t = t->next)
    if (t->session == s->handle && t->kind == SP_TASK_SHARE_END) return;
  stop_share(m, now, 0, s);
}

/* --- beginning --- */

static void request(sp_sessions *m, uint64_t now, const sp_session *s, sp_task *t, sp_str audio_value,
                    sp_str video_value) {
  t->step = SP_STEP_MEDIA;
  if (sp_request_media(m, s, audio_value, video_value, SP_OP_TASK_MEDIA, t->id, &t->media_request) == SP_OK) return;
  sp_task_media_done(m, now, sp_registry_by_handle(&m->registry, t->session), t, 0);
}

static void prompt(sp_sessions *m, uint64_t now, const sp_session *s, sp_task *t) {
  t->step = SP_STEP_MEDIA;
  if (sp_request_screen(m, s, SP_OP_TASK_MEDIA, t->id, &t->media_request) != SP_OK) fail_share(m, now, s, t, 0);
}

static void end_share(sp_sessions *m, uint64_t now, sp_session *s, sp_task *t) {
  if (!s->screen.len) {
    sp_log0(m->env.fx, SP_LOG_ERROR, "No screen share stream to stop");
    sp_task_done(m, now, t);
  } else if (s->resurrect) {
    request(m, now, s, t, SP_STR_NONE, SP_STR("true"));
  } else {
    sp_task_peer(m, t, SP_STEP_DROP, "empty", SP_STR_NONE, SP_STR_NONE, video);
  }
}

static void request_pin(sp_sessions *m, uint64_t now, const sp_session *s, sp_task *t) {
  sp_buf body;
  sp_buf_init(&body, m->env.alloc, SP_MAX_JSON);
  if (t->value.len) {
    sp_jw w;
    sp_jw_begin(&w, &body);
    sp_jw_open(&w, NULL, '{');
    sp_jw_str(&w, "targetParticipantId", t->value);
    sp_jw_str(&w, "streamType", SP_STR("video"));
    sp_jw_close(&w);
  }
  sp_buf_reset(&m->text);
  sp_buf_add_text(&m->text, "conversations/videos/");
  sp_control_add_segment(&m->text, s->conversation_id);
  sp_buf_add_text(&m->text, "/participants/");
  sp_control_add_segment(&m->text, s->participant_id);
  sp_buf_add_text(&m->text, "/pin");
  t->step = SP_STEP_SERVER;
  int status = sp_buf_status(&body);
  if (status == SP_OK) status = sp_buf_status(&m->text);
  if (status == SP_OK)
    status = sp_rest_request(m->env.rest, now, t->value.len ? "POST" : "DELETE", sp_buf_str(&m->text),
                             t->value.len ? sp_buf_str(&body) : SP_STR_NONE, 0, 0,
                             (sp_token){ SP_OWNER_SESSION, SP_OP_TASK_REST, t->id });
  sp_buf_free(&body);
  if (status == SP_OK) return;
  reject(m, t->call, s, "Request to pin video failed", 0);
  sp_task_drop(m, now, t);
}

void sp_task_begin(sp_sessions *m, uint64_t now, sp_session *s, sp_task *t) {
  switch (t->kind) {
    case SP_TASK_AUDIO_MUTE: sp_task_peer(m, t, SP_STEP_PUT, "silence", SP_STR_NONE, SP_STR_NONE, audio); return;
    case SP_TASK_AUDIO_UNMUTE: sp_task_peer(m, t, SP_STEP_LOOK, "sound", SP_STR_NONE, SP_STR_NONE, audio); return;
    case SP_TASK_VIDEO_MUTE:
      s->resurrect = false; /* who mutes while a screen is shared wants no camera afterwards */
      sp_task_peer(m, t, SP_STEP_DROP, "drop", s->stream, SP_STR_NONE, video);
      return;
    case SP_TASK_VIDEO_UNMUTE: sp_task_peer(m, t, SP_STEP_LOOK, "look", s->stream, SP_STR_NONE, video); return;
    case SP_TASK_SHARE_PROMPT: prompt(m, now, s, t); return;
    case SP_TASK_SHARE_BEGIN: sp_task_put(m, now, s, t); return;
    case SP_TASK_SHARE_END: end_share(m, now, s, t); return;
    case SP_TASK_PIN: request_pin(m, now, s, t); return;
    case SP_TASK_MIDS: sp_task_peer(m, t, SP_STEP_LOOK, "mids", SP_STR_NONE, SP_STR_NONE, NULL); return;
    case SP_TASK_KINDS: return;
  }
}

/* §4.3: before the peer connection is up the track waits. A screen does not join the outbound stream. */
void sp_task_put(sp_sessions *m, uint64_t now, sp_session *s, sp_task *t) {
  (void)now;
  if (sp_str_is(s->connection_state, "starting")) {
    t->step = SP_STEP_CONNECTING;
    return;
  }
  bool screen = t->kind == SP_TASK_SHARE_BEGIN;
  sp_task_peer(m, t, SP_STEP_PUT, "put", t->stream, screen ? SP_STR_NONE : s->stream, NULL);
}

/* --- media --- */

/* Chosen: what was asked for first is put on in its turn. */
static void screen_chosen(sp_sessions *m, uint64_t now, sp_session *s, sp_task *t) {
  sp_task *next = sp_task_add(m, SP_TASK_SHARE_BEGIN, t->call, s, SP_STR_NONE);
  if (next) {
    next->stream = t->stream;
    t->stream = SP_STR_NONE;
  } else {
    sp_task_release_stream(m, t);
  }
  t->call = 0;
  sp_task_drop(m, now, t);
}

/* The camera does not come back: nothing is sent, and everybody is told so. */
static void camera_lost(sp_sessions *m, sp_task *t) {
  t->lost = true;
  sp_task_release_stream(m, t);
  sp_task_peer(m, t, SP_STEP_DROP, "empty", SP_STR_NONE, SP_STR_NONE, video);
}

void sp_task_media_done(sp_sessions *m, uint64_t now, sp_session *s, sp_task *t, uint32_t cause) {
  if (t->stream.len) {
    if (t->kind == SP_TASK_SHARE_PROMPT) screen_chosen(m, now, s, t);
    else sp_task_put(m, now, s, t);
  } else if (t->kind == SP_TASK_SHARE_END) {
    camera_lost(m, t);
  } else if (t->kind == SP_TASK_SHARE_PROMPT) {
    fail_share(m, now, s, t, cause);
  } else {
    if (cause) sp_reject_raw(m->env.fx, t->call, cause);
    else sp_reject(m->env.fx, t->call, SP_ERROR_MEDIA, "The media request could not be made", SP_STR_NONE);
    sp_task_drop(m, now, t);
  }
}

/* --- the peer connection --- */

/* The granted stream belongs to the session from now on. */
static void take_stream(sp_session *s, sp_task *t) {
  sp_str *own = t->kind == SP_TASK_SHARE_BEGIN ? &s->screen : &s->stream;
  if (own->len) {
    sp_str_free(s->alloc, &t->stream); /* its tracks have moved into the outbound stream */
    return;
  }
  *own = t->stream;
  t->stream = SP_STR_NONE;
}

/* the microphone that was asked for, unless it is the one in use (media.md §15 step 2). */
static bool is_in_use(const sp_sessions *m, sp_str value, sp_str label) {
  const sp_devices *devices = sp_media_devices(m->env.media);
  const sp_device *device = sp_devices_by_label(&devices->now, SP_DEVICE_AUDIO_INPUT, label);
  return device && value.len > 2 && sp_str_eq(sp_str_slice(value, 1, value.len - 1), device->id); /* a JSON string */
}

static void audio_muted(sp_sessions *m, uint64_t now, sp_session *s, sp_task *t, unsigned facts) {
  if (facts & SP_FACT_HAS_AUDIO) tell_server(m, now, s, false, true);
  else sp_log0(m->env.fx, SP_LOG_WARN, "There is no microphone to mute");
  sp_video_set_muted(m, s, false, true);
  sp_task_done(m, now, t);
}

/* `label`: of the microphone that is on the peer connection already. */
static void audio_unmuted(sp_sessions *m, uint64_t now, sp_session *s, sp_task *t, unsigned facts, sp_str label) {
  bool put = t->step == SP_STEP_PUT, had = (facts & SP_FACT_HAS_AUDIO) != 0;
  if (put) take_stream(s, t);
  if (had && s->audio_muted) {
    tell_server(m, now, s, false, false);
    sp_video_set_muted(m, s, false, false);
  }
  if (put || (had && (!t->value.len || is_in_use(m, t->value, label)))) sp_task_done(m, now, t);
  else request(m, now, s, t, t->value.len ? t->value : SP_STR("true"), SP_STR_NONE);
}

static void video_muted(sp_sessions *m, uint64_t now, sp_session *s, sp_task *t, unsigned facts) {
  if (!(facts & SP_FACT_FOUND)) sp_log0(m->env.fx, SP_LOG_WARN, "There is no camera to mute");
  tell_server(m, now, s, true, true);
  sp_video_set_muted(m, s, true, true);
  sp_task_done(m, now, t);
}

static void video_unmuted(sp_sessions *m, uint64_t now, sp_session *s, sp_task *t, unsigned facts) {
  if (t->step == SP_STEP_PUT) {
    take_stream(s, t);
    tell_server(m, now, s, true, false);
    sp_video_set_muted(m, s, true, false);
  } else if (facts & SP_FACT_FOUND) {
    sp_log0(m->env.fx, SP_LOG_DEBUG, "The camera is on already");
  } else if (s->screen.len) {
    s->resurrect = true; /* the camera must not replace the screen */
  } else {
    request(m, now, s, t, SP_STR_NONE, t->value.len ? t->value : SP_STR("true"));
    return;
  }
  sp_task_done(m, now, t);
}

/* The screen has taken the camera's place on the sender. Peers learn of it by screen-start alone. */
static void share_begun(sp_sessions *m, uint64_t now, sp_session *s, sp_task *t) {
  if (t->step == SP_STEP_PUT) {
    take_stream(s, t);
    sp_effects_push(m->env.fx, SP_FX_MEDIA_WATCH, s->handle, s->screen, SP_STR_NONE);
    if (!s->video_muted) {
      s->resurrect = true;
      sp_task_peer(m, t, SP_STEP_DROP, "drop", s->stream, SP_STR_NONE, video);
      return;
    }
  } else {
    sp_video_set_muted(m, s, true, true);
  }
  (void)sp_life_say(m, now, s, SP_SAY_SCREEN_START, SP_STR_NONE, SP_STR_NONE, 0);
  sp_task_done(m, now, t);
}

/* one signal, and nothing of the screen stays. */
static void share_ended(sp_sessions *m, uint64_t now, sp_session *s, sp_task *t) {
  if (t->step == SP_STEP_PUT) {
    take_stream(s, t);
    sp_video_set_muted(m, s, true, false);
  } else if (t->lost) {
    tell_server(m, now, s, true, true);
    sp_video_set_muted(m, s, true, true);
  }
  release_screen(m, s);
  (void)sp_life_say(m, now, s, SP_SAY_SCREEN_STOP, SP_STR_NONE, SP_STR_NONE, 0);
  sp_task_done(m, now, t);
}

static void peer_refused(sp_sessions *m, uint64_t now, sp_session *s, sp_task *t) {
  if (t->kind == SP_TASK_SHARE_END && t->step == SP_STEP_PUT) {
    camera_lost(m, t);
  } else if (t->kind == SP_TASK_SHARE_END || (t->kind == SP_TASK_SHARE_BEGIN && t->step == SP_STEP_DROP)) {
    sp_task_peer_done(m, now, s, t, SP_FACT_DONE, SP_STR_NONE); /* the rest is done all the same */
  } else if (t->kind == SP_TASK_SHARE_BEGIN) {
    sp_task_release_stream(m, t);
    fail_share(m, now, s, t, 0);
  } else {
    sp_task_release_stream(m, t);
    fail_browser(m, now, t);
  }
}

void sp_task_peer_done(sp_sessions *m, uint64_t now, sp_session *s, sp_task *t, unsigned facts, sp_str text) {
  if (!facts) {
    peer_refused(m, now, s, t);
    return;
  }
  switch (t->kind) {
    case SP_TASK_AUDIO_MUTE: audio_muted(m, now, s, t, facts); return;
    case SP_TASK_AUDIO_UNMUTE: audio_unmuted(m, now, s, t, facts, text); return;
    case SP_TASK_VIDEO_MUTE: video_muted(m, now, s, t, facts); return;
    case SP_TASK_VIDEO_UNMUTE: video_unmuted(m, now, s, t, facts); return;
    case SP_TASK_SHARE_BEGIN: share_begun(m, now, s, t); return;
    case SP_TASK_SHARE_END: share_ended(m, now, s, t); return;
    case SP_TASK_MIDS: sp_recording_submit(m, now, s, t, text); return;
    case SP_TASK_SHARE_PROMPT:
    case SP_TASK_PIN:
    case SP_TASK_KINDS: return;
  }
}

/* --- the server --- */

void sp_task_rest_done(sp_sessions *m, uint64_t now, sp_session *s, sp_task *t, const sp_rest_result *result) {
  if (!result->ok) {
    reject(m, t->call, s, "Request to pin video failed", result->request);
    sp_task_drop(m, now, t);
    return;
  }
  sp_jw w;
  sp_effects_begin(m->env.fx, &w, "[{");
  if (t->value.len) sp_jw_str(&w, "participantId", t->value);
  else sp_jw_raw(&w, "participantId", SP_STR("null"));
  sp_effects_end(m->env.fx, &w, SP_FX_SESSION_EVENT, s->handle, SP_STR("pinnedParticipant"));
  sp_task_done(m, now, t);
}
