/* SPDX-License-Identifier: MIT */
/* A guest's screen share with an agent (video-and-screens.md §9): the stream comes first, the session follows it. */
#include "base/limits.h"
#include "base/outcome.h"
#include "session/internal.h"

void sp_screen_share_forget(sp_sessions *m) {
  if (m->guest_screen.len) sp_effects_push(m->env.fx, SP_FX_MEDIA_STOP, 0, m->guest_screen, SP_STR_NONE);
  sp_str_free(m->env.alloc, &m->guest_screen);
}

/* Step 1. The screen is asked for at once: browsers want the user's gesture. */
void sp_sessions_start_screen_share(sp_sessions *m, uint64_t now, uint32_t call) {
  (void)now;
  uint32_t number;
  sp_screen_share_forget(m);
  if (sp_request_screen(m, NULL, SP_OP_GUEST_SCREEN, call, &number) != SP_OK)
    sp_reject(m->env.fx, call, SP_ERROR_MEDIA, "The media request could not be made", SP_STR_NONE);
}

/* a refused screen joins nothing. */
void sp_screen_share_chosen(sp_sessions *m, const sp_media_done *done) {
  uint32_t call = done->token.id;
  if (!done->ok) {
    sp_reject_raw(m->env.fx, call, done->request);
    return;
  }
  sp_screen_share_forget(m);
  int status = sp_str_set(m->env.alloc, &m->guest_screen, done->stream);
  if (status == SP_OK) status = sp_video_join(m, true);
  if (status != SP_OK) {
    if (m->guest_screen.len) sp_screen_share_forget(m);
    else sp_effects_push(m->env.fx, SP_FX_MEDIA_STOP, 0, done->stream, SP_STR_NONE);
    sp_reject(m->env.fx, call, SP_ERROR_SESSION, "The screen share could not be announced", SP_STR_NONE);
    return;
  }
  sp_buf *text = sp_effects_scratch(m->env.fx);
  sp_buf_add_text(text, "{\"$kept\":");
  sp_buf_add_json(text, done->stream);
  sp_buf_add_char(text, '}');
  sp_resolve(m->env.fx, call, sp_buf_str(text));
}

/* Step 2. */
static void proposed(sp_sessions *m, sp_pending *entry) {
  sp_emit_pending(m, entry);
  sp_proceed(m, entry);
}

static bool accepts_itself(sp_sessions *m, const sp_session *s) {
  (void)m;
  (void)s;
  return true;
}

static void fail(sp_sessions *m, uint64_t now, sp_session *s, sp_error_type type, const char *why) {
  sp_buf cause;
  sp_buf_init(&cause, m->env.alloc, SP_MAX_EFFECT_TEXT);
  sp_error_write(&cause, type, why, SP_STR_NONE);
  sp_emit_error(m->env.fx, SP_ERROR_SESSION, "Screen share session init failed",
                sp_buf_status(&cause) == SP_OK ? sp_buf_str(&cause) : SP_STR_NONE);
  sp_buf_free(&cause);
  sp_screen_share_forget(m);
  sp_life_end(m, now, s, SP_STR_NONE);
}

/* Step 3. */
static void get_media(sp_sessions *m, uint64_t now, sp_session *s) {
  if (!sp_options_is_guest(m->env.options)) {
    fail(m, now, s, SP_ERROR_NOT_SUPPORTED, "Screen share sessions not supported for authenticated users");
  } else if (!m->guest_screen.len) {
    fail(m, now, s, SP_ERROR_SESSION, "No pending or active screen share media promise");
  } else {
    s->stream = m->guest_screen;
    m->guest_screen = SP_STR_NONE;
    sp_life_event(m, now, s, SP_EV_MEDIA_READY);
  }
}

/* Step 4. */
static void attach(sp_sessions *m, uint64_t now, sp_session *s) {
  (void)now;
  sp_effects_push(m->env.fx, SP_FX_MEDIA_WATCH, s->handle, s->stream, SP_STR_NONE);
  sp_peer_push(m, s->handle, SP_FX_PEER_STREAM, s->stream, SP_STR_NONE);
}

static void failed(sp_sessions *m, uint64_t now, sp_session *s) {
  fail(m, now, s, SP_ERROR_SESSION, "The screen could not be sent");
}

/* Step 5. */
static void stream_ended(sp_sessions *m, uint64_t now, sp_session *s, bool alive) {
  if (!alive) sp_life_end(m, now, s, SP_STR_NONE);
}

const sp_kind sp_screen_share_kind = { .proposed = proposed,
                                       .accepts_itself = accepts_itself,
                                       .get_media = get_media,
                                       .attach = attach,
                                       .failed = failed,
                                       .stream_ended = stream_ended,
                                       .no_updates = "Cannot update outgoing media for acd screen share sessions" };
