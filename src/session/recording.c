/* SPDX-License-Identifier: MIT */
/* Screen recording (video-and-screens.md §10): the app brings the screens and says what they are; the server learns of
   it once the media flows, and ends the session. */
#include "base/limits.h"
#include "base/outcome.h"
#include "session/internal.h"
#include "xmpp/jid.h"

static void proposed(sp_sessions *m, sp_pending *entry) {
  if (m->env.options->auto_accept_screen_recording) sp_proceed(m, entry);
  else sp_emit_pending(m, entry);
}

static bool may_accept(sp_sessions *m, sp_session *s, uint32_t call, const sp_json *params) {
  const sp_json *metadata = sp_json_get(params, "screenRecordingMetadatas");
  if (!s->media_stream.len) {
    SP_REJECT(m, call, SP_ERROR_SESSION, "Cannot accept screen recording session without providing a media stream",
              SP_TEXT("conversationId", s->conversation_id), SP_TEXT("sessionType", SP_STR("screenRecording")));
    return false;
  }
  if (!sp_json_is_array(metadata) || !sp_json_count(metadata)) {
    SP_REJECT(m, call, SP_ERROR_NOT_SUPPORTED,
              "acceptSession must be called with a `screenRecordingMetadatas` property for screen recording sessions",
              SP_TEXT("conversationId", s->conversation_id), SP_TEXT("sessionType", SP_STR("screenRecording")));
    return false;
  }
  sp_buf_reset(&m->text);
  sp_json_write(&m->text, metadata);
  int status = sp_buf_status(&m->text);
  if (status == SP_OK) status = sp_str_set(s->alloc, &s->metadata, sp_buf_str(&m->text));
  if (status != SP_OK) sp_reject(m->env.fx, call, SP_ERROR_GENERIC, "Out of memory", SP_STR_NONE);
  return status == SP_OK;
}

void sp_screens_get_media(sp_sessions *m, uint64_t now, sp_session *s) {
  int status = s->stream.len ? SP_OK : sp_str_set(s->alloc, &s->stream, s->media_stream);
  sp_life_event(m, now, s, status == SP_OK ? SP_EV_MEDIA_READY : SP_EV_MEDIA_FAILED);
}

/* Without a stream of their own, so that the offered receive-only sections become sending ones. */
static void attach(sp_sessions *m, uint64_t now, sp_session *s) {
  (void)now;
  sp_peer_push(m, s->handle, SP_FX_PEER_STREAM, s->stream, SP_STR("{\"streams\":\"none\"}"));
}

/* The first word counts: connected, or never. */
static void state_changed(sp_sessions *m, uint64_t now, sp_session *s) {
  if (!s->metadata.len) return;
  if (sp_session_is_live(s)) sp_task_start(m, now, SP_TASK_MIDS, 0, s, s->metadata);
  else if (!sp_session_is_dead(s)) return;
  sp_str_free(s->alloc, &s->metadata);
}

static void write_entry(sp_sessions *m, sp_jw *w, const sp_json *entry, const sp_json *mids) {
  sp_str track = sp_json_get_str(entry, "trackId");
  sp_str mid = SP_STR_NONE;
  for (const sp_json *pair = sp_json_first(mids); pair && !mid.ptr; pair = sp_json_next(pair))
    if (sp_str_eq(sp_json_get_str(pair, "id"), track)) mid = sp_json_get_str(pair, "mid");
  if (!mid.ptr) sp_log0(m->env.fx, SP_LOG_WARN, "A recorded screen is not on the peer connection");
  sp_jw_open(w, NULL, '{');
  for (const sp_json *member = sp_json_first(entry); member; member = sp_json_next(member)) {
    sp_str key = sp_json_key(member);
    if (!sp_str_is(key, "trackId") && !sp_str_is(key, "_trackId")) sp_jw_json(w, key.ptr, member);
  }
  sp_jw_str(w, "trackId", mid.ptr ? mid : track);
  sp_jw_str(w, "_trackId", track);
  sp_jw_close(w);
}

static int post(sp_sessions *m, uint64_t now, const sp_session *s, const sp_json *entries, const sp_json *mids) {
  sp_buf body;
  sp_buf_init(&body, m->env.alloc, SP_MAX_JSON);
  sp_jw w;
  sp_jw_begin(&w, &body);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "participantJid", sp_jid_bare(sp_iq_own_jid(m->env.iq)));
  sp_jw_open(&w, "metaData", '[');
  for (const sp_json *entry = sp_json_first(entries); entry; entry = sp_json_next(entry))
    write_entry(m, &w, entry, mids);
  sp_jw_close(&w);
  sp_jw_str(&w, "roomId", s->original_room_jid);
  sp_jw_str(&w, "conversationId", s->conversation_id);
  sp_jw_close(&w);
  bool jwt = sp_options_is_jwt(m->env.options);
  int status = sp_buf_status(&body);
  if (status == SP_OK)
    status = sp_rest_request(m->env.rest, now, "POST",
                             jwt ? SP_STR("recordings/screensessions/metadata/backgroundassistant")
                                 : SP_STR("recordings/screensessions/metadata"),
                             sp_buf_str(&body), SP_REST_RETRY, 0,
                             (sp_token){ SP_OWNER_SESSION, SP_OP_RECORDING, s->handle });
  sp_buf_free(&body);
  return status;
}

void sp_recording_submit(sp_sessions *m, uint64_t now, const sp_session *s, sp_task *t, sp_str mids) {
  sp_json_doc *entries = NULL, *pairs = NULL;
  int status = sp_json_parse(m->env.alloc, t->value, &entries);
  if (status == SP_OK) status = sp_json_parse(m->env.alloc, mids, &pairs);
  if (status == SP_OK) status = post(m, now, s, sp_json_root(entries), sp_json_root(pairs));
  if (status != SP_OK) sp_log0(m->env.fx, SP_LOG_ERROR, "The recording's metadata was not sent");
  sp_json_free(entries);
  sp_json_free(pairs);
  sp_task_drop(m, now, t);
}

static void end(sp_sessions *m, uint64_t now, uint32_t call, sp_session *s, const sp_json *params) {
  (void)now;
  (void)params;
  SP_REJECT(m, call, SP_ERROR_NOT_SUPPORTED, "sessionType screenRecording must be ended remotely",
            SP_TEXT("conversationId", s->conversation_id));
}

const sp_kind sp_recording_kind = { .proposed = proposed,
                                    .may_accept = may_accept,
                                    .get_media = sp_screens_get_media,
                                    .attach = attach,
                                    .state_changed = state_changed,
                                    .end = end,
                                    .no_updates = "Cannot update outgoing media for screen recording sessions" };
