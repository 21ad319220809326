/* SPDX-License-Identifier: MIT */
/* What the app asks of the media of running sessions, and what happens to them when devices go (sessions.md §9.1,
   §9.3-§9.9, media.md §14, §15). */
#include "session/internal.h"

#include "base/limits.h"
#include "base/outcome.h"

#define AUDIO_BIT (1u << SP_AUDIO)
#define VIDEO_BIT (1u << SP_VIDEO)

unsigned sp_outgoing_types(const sp_session *s) {
  return s->type == SP_SESSION_VIDEO ? AUDIO_BIT | VIDEO_BIT : sp_kind_of(s)->no_updates ? 0 : AUDIO_BIT;
}

static bool takes_updates(const sp_session *s) {
  return s->state == SP_SESSION_ACTIVE && sp_outgoing_types(s);
}

/* --- updateOutgoingMedia (§9.1) --- */

static bool is_usable(const sp_json *id) {
  return sp_json_truthy(id) || sp_json_is_null(id);
}

bool sp_outgoing_is_valid(const sp_json *params) {
  return sp_json_truthy(sp_json_get(params, "stream")) || is_usable(sp_json_get(params, "videoDeviceId")) ||
         is_usable(sp_json_get(params, "audioDeviceId"));
}

/* E-26, and what a type of session says that takes no updates. */
static void refuse(sp_sessions *m, uint32_t call, const sp_session *s, sp_error_type type, const char *message,
                   const sp_json *params) {
  sp_buf details;
  sp_buf_init(&details, m->env.alloc, SP_MAX_EFFECT_TEXT);
  sp_jw w;
  sp_jw_begin(&w, &details);
  sp_jw_open(&w, NULL, '{');
  sp_jw_json(&w, "videoDeviceId", sp_json_get(params, "videoDeviceId"));
  sp_jw_json(&w, "audioDeviceId", sp_json_get(params, "audioDeviceId"));
  sp_jw_str(&w, "conversationId", s->conversation_id);
  sp_jw_str(&w, "sessionId", s->id);
  sp_jw_close(&w);
  sp_reject(m->env.fx, call, type, message, sp_buf_status(&details) == SP_OK ? sp_buf_str(&details) : SP_STR_NONE);
  sp_buf_free(&details);
}

void sp_sessions_update_outgoing(sp_sessions *m, uint64_t now, uint32_t call, const sp_json *params) {
  sp_str session_id = sp_json_get_str(sp_json_get(params, "session"), "id");
  sp_session *s = session_id.len ? sp_registry_by_id(&m->registry, session_id) : sp_session_find(m, params);
  if (!s) {
    sp_reject_no_session(m, call, params);
    return;
  }
  unsigned takes = sp_outgoing_types(s);
  const sp_json *audio = sp_json_get(params, "audioDeviceId"), *video = sp_json_get(params, "videoDeviceId");
  sp_switch_want want = { .stream = sp_json_get_str(params, "stream") };
  if (!want.stream.len && takes & AUDIO_BIT) want.audio = sp_media_value_read(audio);
  if (!want.stream.len && takes & VIDEO_BIT && !s->video_muted) want.video = sp_media_value_read(video);
  if (!takes) {
    refuse(m, call, s, SP_ERROR_NOT_SUPPORTED, sp_kind_of(s)->no_updates, params);
  } else if (!want.stream.len && !audio && (!video || !(takes & VIDEO_BIT))) {
    refuse(m, call, s, SP_ERROR_INVALID_OPTIONS, "Options are not valid to update outgoing media", params);
  } else {
    const sp_job *job = sp_job_new(m, call);
    if (!job) return;
    want.job = job->id;
    sp_outgoing_switch(m, now, s, &want);
    sp_job_less(m, want.job);
  }
}

/* --- all active sessions (§9.3, §9.4) --- */

void sp_sessions_update_devices(sp_sessions *m, uint64_t now, uint32_t call, const sp_session_devices *devices) {
  const sp_job *job = sp_job_new(m, call);
  if (!job) return;
  uint32_t id = job->id;
  for (sp_session *s = m->registry.head, *next; s; s = next) {
    next = s->next;
    if (!takes_updates(s)) continue;
    sp_switch_want want = { .job = id, .again = devices->again };
    if (sp_outgoing_types(s) & AUDIO_BIT) want.audio = devices->audio;
    if (sp_outgoing_types(s) & VIDEO_BIT && !s->video_muted) want.video = devices->video;
    /* a session that has nothing to update is no failure. */
    if (want.audio.choice != SP_MEDIA_NONE || want.video.choice != SP_MEDIA_NONE) sp_outgoing_switch(m, now, s, &want);
  }
  if (devices->output.choice != SP_MEDIA_NONE) sp_outgoing_output(m, id, devices->output);
  sp_job_less(m, id);
}

/* --- speakers (§9.6, §9.7) --- */

static void set_audio(sp_sessions *m, const sp_session *s, uint32_t job, const char *key, sp_str sink, double volume) {
  sp_jw w;
  sp_effects_begin(m->env.fx, &w, "{");
  if (sink.ptr) sp_jw_str(&w, key, sink);
  else sp_jw_num(&w, key, volume);
  if (job) sp_jw_num(&w, "job", job);
  sp_effects_end(m->env.fx, &w, SP_FX_AUDIO_SET, s->handle, SP_STR_NONE);
}

void sp_outgoing_output(sp_sessions *m, uint32_t job, sp_media_value value) {
  const sp_devices *devices = sp_media_devices(m->env.media);
  sp_str wanted = value.choice == SP_MEDIA_DEFAULT ? sp_media_settings(m->env.media)->output_device_id : value.device;
  const sp_device *found = sp_devices_by_id(devices, SP_DEVICE_AUDIO_OUTPUT, wanted);
  if (!m->env.options->sink_support) {
    sp_log_number(m->env.fx, SP_LOG_WARN, "Output devices cannot be chosen in this browser", "sessions",
                  (double)m->registry.count);
    return;
  }
  if (value.choice == SP_MEDIA_DEVICE && !found) {
    sp_log0(m->env.fx, SP_LOG_WARN, "Output deviceId not found. Not updating output media");
    return;
  }
  for (const sp_session *s = m->registry.head; s; s = s->next) {
    if (s->state != SP_SESSION_ACTIVE || s->type == SP_SESSION_SCREEN_SHARE) continue;
    sp_job_more(m, job);
    sp_job *waits = sp_job_find(m, job);
    if (waits) waits->outputs++;
    set_audio(m, s, job, "sinkId", found ? found->id : SP_STR(""), 0);
  }
}

void sp_sessions_audio_set(sp_sessions *m, uint32_t handle, uint32_t job, int outcome) {
  static const char unsupported[] = "Cannot set sink id in unsupported browser";
  const sp_session *s = sp_registry_by_handle(&m->registry, handle);
  sp_job *waits = sp_job_find(m, job);
  if (!waits || !waits->outputs) return; /* it was given up */
  waits->outputs--;
  sp_timer_stop(&waits->limit);
  if (outcome == SP_AUDIO_NO_ELEMENT && s)
    sp_log_word(m->env.fx, SP_LOG_WARN, "The session has no audio element", "sessionId", s->id);
  uint32_t call = outcome == SP_AUDIO_UNSUPPORTED || outcome == SP_AUDIO_REFUSED ? sp_job_failing(m, job) : 0;
  if (call && s && outcome == SP_AUDIO_UNSUPPORTED) refuse(m, call, s, SP_ERROR_NOT_SUPPORTED, unsupported, NULL);
  else if (call) sp_reject(m->env.fx, call, SP_ERROR_GENERIC, "The output device could not be set", SP_STR_NONE);
  sp_job_less(m, job);
}

void sp_outgoing_output_overdue(sp_sessions *m, sp_job *job) {
  uint32_t id = job->id;
  uint32_t call = sp_job_failing(m, id);
  if (call) sp_reject(m->env.fx, call, SP_ERROR_GENERIC, "The output device could not be set", SP_STR_NONE);
  unsigned open = job->outputs;
  job->outputs = 0;
  while (open-- > 0) sp_job_less(m, id);
}

void sp_sessions_update_volume(sp_sessions *m, double volume) {
  for (const sp_session *s = m->registry.head; s; s = s->next)
    if (s->state == SP_SESSION_ACTIVE) set_audio(m, s, 0, "volume", SP_STR_NONE, volume / 100);
}

/* --- devices that are gone (§9.9, media.md §14) --- */

/* The server's mute, for every conversation that is connected over the session. */
void sp_outgoing_lost(sp_sessions *m, uint64_t now, sp_session *s, sp_media_type type) {
  sp_control_fn mute = type == SP_AUDIO ? sp_kind_of(s)->mute_audio : sp_kind_of(s)->mute_video;
  if (type == SP_AUDIO) s->microphone_lost = true;
  if (!mute) return;
  bool sent = false;
  for (size_t i = 0; i <= sp_store_count(m->store); i++) {
    bool last = i == sp_store_count(m->store);
    uint32_t session = 0;
    sp_str conversation_id = last ? s->conversation_id : sp_store_at(m->store, i, &session);
    if (last ? sent : session != s->handle || sp_store_class(m->store, conversation_id) != SP_CALL_CONNECTED) continue;
    sent = true;
    sp_buf_reset(&m->text);
    sp_jw w;
    sp_jw_begin(&w, &m->text);
    sp_jw_open(&w, NULL, '{');
    sp_jw_str(&w, "conversationId", conversation_id);
    sp_jw_bool(&w, "mute", true);
    sp_jw_close(&w);
    sp_json_doc *params = NULL;
    if (sp_buf_status(&m->text) == SP_OK && sp_json_parse(m->env.alloc, sp_buf_str(&m->text), &params) == SP_OK)
      mute(m, now, 0, s, sp_json_root(params));
    sp_json_free(params);
  }
}

/* A track of a device, of which nothing is heard any more. One that never came from a device is left alone (C-8). */
static bool is_lost(const sp_devices *devices, sp_device_kind kind, const sp_json *sender) {
  sp_str label = sp_json_get_str(sender, "label");
  if (!sp_json_get_bool(sender, "ours", false) && !sp_devices_by_label(&devices->before, kind, label)) return false;
  if (!sp_json_get_bool(sender, "live", false)) return true;
  /* Where the browser hides the labels there is no telling. */
  bool known = sp_devices_labelled(devices, kind) || !sp_devices_has_kind(devices, kind);
  return known && !sp_devices_by_label(&devices->now, kind, label);
}

static unsigned lost_types(const sp_devices *devices, const sp_json *senders) {
  unsigned lost = 0;
  for (const sp_json *sender = sp_json_first(senders); sender; sender = sp_json_next(sender)) {
    bool video = sp_str_is(sp_json_get_str(sender, "kind"), "video");
    if (is_lost(devices, video ? SP_DEVICE_VIDEO_INPUT : SP_DEVICE_AUDIO_INPUT, sender))
      lost |= video ? VIDEO_BIT : AUDIO_BIT;
  }
  return lost;
}

static void replace_lost(sp_sessions *m, uint64_t now, sp_session *s, unsigned lost) {
  const sp_devices *devices = sp_media_devices(m->env.media);
  sp_switch_want want = { .job = s->validating };
  if (lost & AUDIO_BIT && sp_devices_has_kind(devices, SP_DEVICE_AUDIO_INPUT)) want.audio = SP_MEDIA_TRUE;
  if (lost & VIDEO_BIT && sp_devices_has_kind(devices, SP_DEVICE_VIDEO_INPUT)) want.video = SP_MEDIA_TRUE;
  if (lost & VIDEO_BIT && want.video.choice == SP_MEDIA_NONE) sp_outgoing_lost(m, now, s, SP_VIDEO);
  if (lost & AUDIO_BIT && want.audio.choice == SP_MEDIA_NONE) {
    sp_outgoing_lost(m, now, s, SP_AUDIO);
    sp_outgoing_release(m, s, AUDIO_BIT);
  }
  if (want.audio.choice != SP_MEDIA_NONE || want.video.choice != SP_MEDIA_NONE) sp_outgoing_switch(m, now, s, &want);
}

static void validated(sp_sessions *m, uint64_t now, sp_session *s, const sp_json *look) {
  const sp_devices *devices = sp_media_devices(m->env.media);
  uint32_t job = s->validating;
  sp_str sink = sp_json_get_str(look, "sink");
  unsigned lost = lost_types(devices, sp_json_get(look, "senders")) & sp_outgoing_types(s);
  bool silent = sink.len && !sp_devices_by_id(devices, SP_DEVICE_AUDIO_OUTPUT, sink);
  sp_log(m->env.fx, SP_LOG_DEBUG, "Devices of a session looked at", SP_ID("sessionId", s->id), SP_NUM("lost", lost),
         SP_FLAG("output", silent));
  if (lost) replace_lost(m, now, s, lost);
  if (silent) sp_outgoing_output(m, job, SP_MEDIA_TRUE);
  s->validating = 0;
  sp_job_less(m, job);
}

void sp_sessions_validate(sp_sessions *m, uint32_t call) {
  const sp_job *job = sp_job_new(m, call);
  if (!job) return;
  uint32_t id = job->id;
  for (sp_session *s = m->registry.head; s; s = s->next) {
    if (!takes_updates(s)) continue;
    /* A look that is under way is looked at by the newer job. */
    sp_job_more(m, id);
    sp_job_less(m, s->validating);
    s->validating = id;
    sp_outgoing_look(m, s);
  }
  sp_job_less(m, id);
}

/* --- resolutions (§9.5) --- */

void sp_sessions_update_resolution(sp_sessions *m, uint64_t now, sp_str resolution) {
  (void)sp_str_set(m->env.alloc, &m->resolution, resolution);
  for (sp_session *s = m->registry.head, *next; s; s = next) {
    next = s->next;
    if (s->type != SP_SESSION_VIDEO || s->state != SP_SESSION_ACTIVE || !s->stream.len || s->video_muted) continue;
    sp_switch_want anew = { .video = SP_MEDIA_TRUE, .again = true, .measure = true };
    if (resolution.len) sp_outgoing_resolution(m, s, resolution);
    else sp_outgoing_switch(m, now, s, &anew);
  }
}

static void resolution_done(sp_sessions *m, const sp_session *s, const sp_json *outcome) {
  sp_str failure = sp_json_get_str(outcome, "failure");
  if (failure.ptr) sp_emit_error(m->env.fx, SP_ERROR_GENERIC, failure.ptr, SP_STR_NONE);
  const sp_json *actual = sp_json_get(outcome, "actual");
  if (!actual) return; /* no camera is on */
  sp_jw w;
  sp_effects_begin(m->env.fx, &w, "[{");
  if (m->resolution.len) sp_jw_raw(&w, "requestedResolution", m->resolution);
  sp_jw_json(&w, "actualResolution", actual);
  sp_jw_open(&w, "videoTrack", '{');
  sp_jw_str(&w, "$camera", s->stream);
  sp_jw_close(&w);
  sp_jw_str(&w, "sessionId", s->id);
  sp_jw_str(&w, "conversationId", s->conversation_id);
  sp_effects_end(m->env.fx, &w, SP_FX_EVENT, 0, SP_STR("resolutionUpdated"));
}

/* --- what the peer connection says --- */

bool sp_outgoing_peer_result(sp_sessions *m, uint64_t now, sp_session *s, sp_str operation, bool ok, sp_str text) {
  bool look = sp_str_is(operation, "senders"), resolution = sp_str_is(operation, "resolution");
  if (sp_str_is(operation, "swap")) sp_outgoing_swapped(m, now, s, ok);
  else if (sp_str_is(operation, "release")) sp_outgoing_released(m, now, s);
  else if (!look && !resolution) return false;
  if (!look && !resolution) return true;
  sp_json_doc *doc = NULL;
  if (sp_json_parse(m->env.alloc, text, &doc) != SP_OK)
    sp_log_word(m->env.fx, SP_LOG_ERROR, "What a session sends is not known", "sessionId", s->id);
  if (resolution) resolution_done(m, s, sp_json_root(doc));
  if (look && s->validating) validated(m, now, s, sp_json_root(doc));
  if (look) sp_outgoing_looked(m, now, s, sp_json_get(sp_json_root(doc), "senders"));
  sp_json_free(doc);
  return true;
}
