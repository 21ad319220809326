/* SPDX-License-Identifier: MIT */
/* Live screen monitoring (video-and-screens.md §11): a target sends its screens, an observer watches them. The role
   belongs to the session. */
#include "base/outcome.h"
#include "session/internal.h"

static void proposed(sp_sessions *m, sp_pending *entry) {
  sp_str user = m->env.account->user_id;
  bool own = user.len && sp_str_eq(entry->from_user_id, user);
  if (m->env.options->auto_accept_live_monitoring || own) sp_proceed(m, entry);
  else sp_emit_pending(m, entry);
}

static bool may_accept(sp_sessions *m, sp_session *s, uint32_t call, const sp_json *params) {
  s->observer = sp_json_truthy(sp_json_get(params, "liveMonitoringObserver"));
  if (!s->observer && !s->media_stream.len) {
    SP_REJECT(m, call, SP_ERROR_SESSION,
              "Cannot accept live screen monitoring session without providing a media stream",
              SP_TEXT("conversationId", s->conversation_id), SP_TEXT("sessionType", SP_STR("liveScreenMonitoring")));
    return false;
  }
  if (s->observer && !sp_video_keep_elements(m, s, params)) {
    sp_reject(m->env.fx, call, SP_ERROR_INVALID_OPTIONS,
              "acceptSession for live monitoring observer requires videoElements array or videoElement to be provided "
              "or in the default config",
              SP_STR_NONE);
    return false;
  }
  return true;
}

static void get_media(sp_sessions *m, uint64_t now, sp_session *s) {
  if (s->observer) sp_life_event(m, now, s, SP_EV_MEDIA_READY);
  else sp_screens_get_media(m, now, s);
}

/* The observer sends a placeholder for each screen, so that its answer stays "sendrecv". */
static void attach(sp_sessions *m, uint64_t now, sp_session *s) {
  (void)now;
  if (!s->observer) {
    sp_peer_push(m, s->handle, SP_FX_PEER_STREAM, s->stream, SP_STR("{\"streams\":\"own\",\"inactive\":\"video\"}"));
    return;
  }
  sp_peer_push(m, s->handle, SP_FX_PEER_STREAM, SP_STR_NONE, SP_STR("{\"placeholders\":true}"));
  sp_attach_video(m, s);
}

static void end(sp_sessions *m, uint64_t now, uint32_t call, sp_session *s, const sp_json *params) {
  if (s->observer) sp_force_end(m, now, call, s, sp_end_reason(params));
  else
    SP_REJECT(m, call, SP_ERROR_NOT_SUPPORTED, "Live monitoring target cannot end the session",
              SP_TEXT("conversationId", s->conversation_id));
}

const sp_kind sp_monitoring_kind = { .proposed = proposed,
                                     .may_accept = may_accept,
                                     .get_media = get_media,
                                     .attach = attach,
                                     .end = end,
                                     .no_updates = "Cannot update outgoing media for live monitoring sessions" };
