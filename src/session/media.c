/* SPDX-License-Identifier: MIT */
/* What sessions want of media, and where what arrives is played (sessions.md §6.3, §6.4; video-and-screens.md §3.4). */
#include "base/limits.h"
#include "session/internal.h"

int sp_request_media(sp_sessions *m, const sp_session *s, sp_str audio, sp_str video, uint8_t op, uint32_t id,
                     uint32_t *number) {
  sp_json_doc *docs[2] = { NULL, NULL };
  const sp_str values[2] = { audio, video };
  int status = SP_OK;
  for (size_t i = 0; i < 2 && status == SP_OK; i++)
    if (values[i].len) status = sp_json_parse(m->env.alloc, values[i], &docs[i]);
  if (status == SP_OK) {
    sp_media_want want = { .audio = sp_media_value_read(sp_json_root(docs[0])),
                           .video = sp_media_value_read(sp_json_root(docs[1])),
                           .session = s->handle,
                           .session_id = s->id,
                           .conversation_id = s->conversation_id };
    status = sp_media_start(m->env.media, &want, (sp_token){ SP_OWNER_SESSION, op, id }, number);
  }
  for (size_t i = 0; i < 2; i++) sp_json_free(docs[i]);
  return status;
}

int sp_request_screen(sp_sessions *m, const sp_session *s, uint8_t op, uint32_t id, uint32_t *number) {
  sp_media_want want = { .session = s ? s->handle : 0,
                         .session_id = s ? s->id : SP_STR_NONE,
                         .conversation_id = s ? s->conversation_id : m->env.account->conversation_id };
  return sp_media_start_display(m->env.media, &want, (sp_token){ SP_OWNER_SESSION, op, id }, number);
}

void sp_tracks_begin(sp_sessions *m, sp_jw *w, const char *operation, sp_str stream, sp_str into, const char *kind) {
  sp_effects_begin(m->env.fx, w, "{");
  sp_jw_str(w, "op", sp_str_from(operation));
  if (stream.len) sp_jw_str(w, "stream", stream);
  if (into.len) sp_jw_str(w, "into", into);
  if (kind) sp_jw_str(w, "kind", sp_str_from(kind));
  sp_jw_bool(w, "fit", !m->env.options->skip_constraints);
}

void sp_tracks_end(sp_sessions *m, sp_jw *w, uint32_t session, sp_str name) {
  if (sp_effects_end(m->env.fx, w, SP_FX_PEER_TRACKS, session, name)) sp_peer_asked(m, session);
}

void sp_attach_audio(sp_sessions *m, const sp_session *s, bool newest) {
  const sp_options *options = m->env.options;
  sp_jw w;
  sp_effects_begin(m->env.fx, &w, "{");
  sp_jw_num(&w, "volume", options->audio_volume / 100);
  sp_jw_str(&w, "sinkId", options->output_device_id.len ? options->output_device_id : SP_STR(""));
  uint32_t element = s->audio_element ? s->audio_element : options->audio_element;
  if (element) sp_jw_num(&w, "element", element);
  if (newest) sp_jw_bool(&w, "newest", true);
  sp_effects_end(m->env.fx, &w, SP_FX_AUDIO_ATTACH, s->handle, SP_STR_NONE);
}

/* The app hears of what is there already at once, of the rest when it arrives: once for all in a conference, once for
   each screen that is observed. */
void sp_attach_video(sp_sessions *m, sp_session *s) {
  if (s->video_elements.len) {
    sp_buf *text = sp_effects_scratch(m->env.fx);
    sp_jw w;
    sp_jw_begin(&w, text);
    sp_jw_open(&w, NULL, '{');
    sp_jw_num(&w, "volume", m->env.options->audio_volume / 100);
    sp_jw_raw(&w, "elements", s->video_elements);
    sp_jw_bool(&w, "newest", s->type == SP_SESSION_VIDEO);
    sp_jw_close(&w);
    sp_effects_push(m->env.fx, SP_FX_VIDEO_ATTACH, s->handle, SP_STR_NONE, sp_buf_str(text));
  }
  s->attached = true;
  bool conference = s->type == SP_SESSION_VIDEO;
  unsigned events = conference ? s->incoming_audio + s->incoming_video > 0 : s->incoming_video;
  while (events-- > 0) sp_emit_session_event(m, s, "incomingMedia", SP_STR_NONE);
}

void sp_sessions_peer_track(sp_sessions *m, uint32_t handle, sp_str kind) {
  sp_session *s = sp_registry_by_handle(&m->registry, handle);
  if (!s) return;
  bool is_video = sp_str_is(kind, "video");
  unsigned *count = is_video ? &s->incoming_video : &s->incoming_audio;
  if (*count < SP_MAX_TRACKS) ++*count;
  bool heard = s->type == SP_SESSION_VIDEO || (s->type == SP_SESSION_LIVE_MONITORING && s->observer && is_video);
  if (s->attached && heard) sp_emit_session_event(m, s, "incomingMedia", SP_STR_NONE);
}

/* A stream that is watched lost a track; `alive` of its tracks are left. */
void sp_sessions_media_ended(sp_sessions *m, uint64_t now, sp_str stream, bool alive) {
  for (sp_session *s = m->registry.head; s; s = s->next) {
    const sp_kind *kind = sp_kind_of(s);
    bool own = sp_str_eq(s->type == SP_SESSION_VIDEO ? s->screen : s->stream, stream);
    if (!own || !kind->stream_ended || s->state >= SP_SESSION_ENDING) continue;
    kind->stream_ended(m, now, s, alive);
    return;
  }
}
