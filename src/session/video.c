/* SPDX-License-Identifier: MIT */
/* Video conferences (video-and-screens.md §3, §8): which proposals are ours, what a session is accepted with, the first
   mute states. */
#include "base/limits.h"
#include "base/outcome.h"
#include "session/internal.h"
#include "xmpp/jid.h"

/* §3.4 step 9. */
#define CHECK_MS 500u

/* --- rooms and meetings that this client asked for: marks are one-shot (§3.1, §3.2) --- */

static void drop_mark(sp_sessions *m, sp_mark *gone) {
  for (sp_mark **at = &m->marks; *at; at = &(*at)->next) {
    if (*at != gone) continue;
    *at = gone->next;
    sp_str_free(m->env.alloc, &gone->what);
    sp_alloc_free(m->env.alloc, gone);
    return;
  }
}

void sp_video_clear_marks(sp_sessions *m) {
  while (m->marks) drop_mark(m, m->marks);
}

static int add_mark(sp_sessions *m, uint32_t call, sp_str what, bool meeting) {
  size_t count = 0;
  for (const sp_mark *mark = m->marks; mark; mark = mark->next) count++;
  if (count >= SP_MAX_CALLS) return SP_ELIMIT;
  sp_mark *mark = sp_alloc_new(m->env.alloc, sizeof *mark);
  if (!mark) return SP_ENOMEM;
  if (sp_str_dup(m->env.alloc, what, &mark->what) != SP_OK) {
    sp_alloc_free(m->env.alloc, mark);
    return SP_ENOMEM;
  }
  mark->call = call;
  mark->meeting = meeting;
  mark->next = m->marks;
  m->marks = mark;
  return SP_OK;
}

static bool take_mark(sp_sessions *m, sp_str what, bool meeting) {
  for (sp_mark *mark = m->marks; mark; mark = mark->next) {
    if (!what.len || mark->meeting != meeting || !sp_jid_eq(mark->what, what)) continue;
    drop_mark(m, mark);
    return true;
  }
  return false;
}

static bool is_room(sp_str jid, const char *prefix) {
  return sp_str_starts(jid, prefix) && sp_str_find(jid, "@conference", 0) != SIZE_MAX;
}

/* §3.2; whatever autoAnswer says, the app decides about agent and peer rooms. */
static void proposed(sp_sessions *m, sp_pending *entry) {
  sp_str me = m->env.account->user_id;
  bool agents = is_room(entry->from, "agent-"), peers = is_room(entry->from, "peer-");
  if (take_mark(m, entry->original_room_jid, false) || take_mark(m, entry->meeting_id, true)) sp_proceed(m, entry);
  else if (!agents && !peers) sp_log0(m->env.fx, SP_LOG_DEBUG, "Propose of a room that nobody asked for");
  else if (agents || !me.len || !sp_str_eq(entry->from_user_id, me)) sp_emit_pending(m, entry);
}

/* --- joining --- */

static void write_join(sp_sessions *m, sp_buf *out, bool screen) {
  const sp_account *account = m->env.account;
  sp_uuid id = sp_iq_new_id(m->env.iq);
  sp_xw w;
  sp_xw_begin(&w, out);
  sp_xw_open(&w, "presence");
  sp_xw_attr(&w, "xmlns", SP_STR("jabber:client"));
  sp_xw_attr(&w, "type", SP_STR("upgradeMedia"));
  sp_xw_attr(&w, "to", account->room_jid);
  sp_xw_attr(&w, "id", sp_uuid_str(&id));
  sp_xw_attr(&w, "from", sp_iq_own_jid(m->env.iq));
  sp_xw_open(&w, "x");
  sp_xw_attr(&w, "xmlns", SP_STR("orgspan:mediastream"));
  sp_xw_attr(&w, "conversationId", account->conversation_id);
  sp_xw_attr(&w, "sourceCommunicationId", account->source_communication_id);
  sp_xw_open(&w, "mediastream");
  static const char *const flags[] = { "screenShare", "video", "audio", "videoGuest" };
  for (size_t i = screen ? 0 : 1; i < (screen ? 1 : 4); i++) sp_xw_attr(&w, flags[i], SP_STR("true"));
  sp_xw_close(&w);
  sp_xw_close(&w);
  sp_xw_close(&w);
}

int sp_video_join(sp_sessions *m, bool screen) {
  sp_buf_reset(&m->text);
  write_join(m, &m->text, screen);
  int status = sp_buf_status(&m->text);
  return status == SP_OK ? sp_iq_send(m->env.iq, sp_buf_str(&m->text)) : status;
}

static void resolve_conversation(sp_sessions *m, uint32_t call, sp_str conversation_id) {
  sp_buf *text = sp_effects_scratch(m->env.fx);
  sp_jw w;
  sp_jw_begin(&w, text);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "conversationId", conversation_id);
  sp_jw_close(&w);
  sp_resolve(m->env.fx, call, sp_buf_str(text));
}

/* The token names the room; nothing is marked, so its proposal is judged like any other. */
static void join_by_presence(sp_sessions *m, uint32_t call) {
  if (sp_video_join(m, false) == SP_OK) resolve_conversation(m, call, m->env.account->conversation_id);
  else sp_reject(m->env.fx, call, SP_ERROR_SESSION, "The conference could not be joined", SP_STR_NONE);
}

/* The mark is set before the request leaves: the proposal may overtake its answer. */
static void join_by_rest(sp_sessions *m, uint64_t now, uint32_t call, sp_str what, bool meeting, sp_str address) {
  sp_buf body;
  sp_buf_init(&body, m->env.alloc, SP_MAX_JSON);
  sp_jw w;
  sp_jw_begin(&w, &body);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, meeting ? "meetingId" : "roomId", what);
  sp_jw_open(&w, "participant", '{');
  sp_jw_str(&w, "address", address.len ? address : m->env.account->jid);
  sp_jw_close(&w);
  sp_jw_close(&w);
  int status = sp_buf_status(&body);
  if (status == SP_OK) status = add_mark(m, call, what, meeting);
  if (status == SP_OK) {
    status = sp_rest_request(m->env.rest, now, "POST",
                             meeting ? SP_STR("conversations/videos/participants") : SP_STR("conversations/videos"),
                             sp_buf_str(&body), 0, 0, (sp_token){ SP_OWNER_SESSION, SP_OP_START_VIDEO, call });
    if (status != SP_OK) drop_mark(m, m->marks);
  }
  if (status != SP_OK)
    sp_reject(m->env.fx, call, SP_ERROR_GENERIC, "The conference could not be requested", SP_STR_NONE);
  sp_buf_free(&body);
}

void sp_sessions_start_video(sp_sessions *m, uint64_t now, uint32_t call, sp_str what, bool meeting, sp_str invitee) {
  if (!meeting && sp_options_is_jwt(m->env.options)) join_by_presence(m, call);
  else join_by_rest(m, now, call, what, meeting, invitee);
}

void sp_video_started(sp_sessions *m, const sp_rest_result *result) {
  uint32_t call = result->token.id;
  if (result->ok) {
    resolve_conversation(m, call, sp_json_get_str(result->body, "conversationId"));
    return;
  }
  for (sp_mark *mark = m->marks; mark; mark = mark->next) {
    if (mark->call != call) continue;
    drop_mark(m, mark);
    break;
  }
  sp_reject_raw(m->env.fx, call, result->request);
}

/* --- accepting (§3.4) --- */

bool sp_video_keep_elements(sp_sessions *m, sp_session *s, const sp_json *params) {
  const sp_json *list = sp_json_get(params, "videoElements");
  double element = sp_json_number(sp_json_get(params, "videoElement"), m->env.options->video_element);
  sp_buf_reset(&m->text);
  if (sp_json_count(list)) {
    sp_json_write(&m->text, list);
  } else {
    if (element < 1) return false;
    sp_buf_add_char(&m->text, '[');
    sp_buf_add_u64(&m->text, (uint64_t)element);
    sp_buf_add_char(&m->text, ']');
  }
  return sp_buf_status(&m->text) == SP_OK && sp_str_set(s->alloc, &s->video_elements, sp_buf_str(&m->text)) == SP_OK;
}

static void refuse_accept(sp_sessions *m, const sp_session *s, uint32_t call, const char *why) {
  SP_REJECT(m, call, SP_ERROR_INVALID_OPTIONS, why, SP_TEXT("conversationId", s->conversation_id),
            SP_TEXT("sessionId", s->id));
}

static bool may_accept(sp_sessions *m, sp_session *s, uint32_t call, const sp_json *params) {
  if (!s->audio_element && !m->env.options->audio_element)
    refuse_accept(m, s, call,
                  "acceptSession for video requires an audioElement to be provided or in the default config");
  else if (!sp_video_keep_elements(m, s, params))
    refuse_accept(m, s, call,
                  "acceptSession for video requires a videoElement to be provided or in the default config");
  else return true;
  return false;
}

/* with neither microphone nor camera the session is accepted with an empty stream. */
static void get_media(sp_sessions *m, uint64_t now, sp_session *s) {
  if (s->media_stream.len || s->stream.len) {
    int status = s->stream.len ? SP_OK : sp_str_set(s->alloc, &s->stream, s->media_stream);
    sp_life_event(m, now, s, status == SP_OK ? SP_EV_MEDIA_READY : SP_EV_MEDIA_FAILED);
    return;
  }
  const sp_devices *devices = sp_media_devices(m->env.media);
  sp_str audio = s->audio_device.len ? s->audio_device : SP_STR("true");
  sp_str video = s->video_device.len ? s->video_device : SP_STR("true");
  if (!sp_devices_has_kind(devices, SP_DEVICE_AUDIO_INPUT)) audio = SP_STR_NONE;
  if (!sp_devices_has_kind(devices, SP_DEVICE_VIDEO_INPUT)) video = SP_STR_NONE;
  if (!audio.len && !video.len) {
    sp_life_event(m, now, s, SP_EV_MEDIA_READY);
    return;
  }
  int status = sp_request_media(m, s, audio, video, SP_OP_MEDIA, s->handle, &s->media_request);
  if (status != SP_OK) sp_life_event(m, now, s, SP_EV_MEDIA_FAILED);
}

/* Both media sections answer "sendrecv", whatever there is to send: later changes only replace tracks (§2). */
static void attach(sp_sessions *m, uint64_t now, sp_session *s) {
  (void)now;
  sp_peer_push(m, s->handle, SP_FX_PEER_STREAM, s->stream, SP_STR("{\"both\":[\"video\",\"audio\"]}"));
  sp_attach_audio(m, s, true);
  sp_attach_video(m, s);
}

/* §3.5, then the check of §5.3. */
static void answered(sp_sessions *m, uint64_t now, sp_session *s, unsigned facts) {
  static const char *const kinds[] = { "audio", "video" };
  for (unsigned i = 0; i < 2; i++) {
    if (facts & ((unsigned)SP_FACT_SENDS_AUDIO << i)) continue;
    sp_video_set_muted(m, s, i == 1, true);
    if (sp_life_say(m, now, s, SP_SAY_MUTE, sp_str_from(kinds[i]), m->env.account->user_id, SP_OP_FIRST_MUTE) == SP_OK)
      s->accept_waits++;
  }
  if (!sp_options_is_jwt(m->env.options)) sp_timer_arm(&s->check, now, CHECK_MS);
}

/* --- what arrives --- */

static void message(sp_sessions *m, const sp_session *s, const sp_json *json) {
  if (sp_str_is(sp_json_get_str(json, "method"), "member.notify.status"))
    sp_emit_session_json(m, s, "memberStatusUpdate", json);
  else sp_log0(m->env.fx, SP_LOG_WARN, "no handler for data channel message");
}

/* A re-invite goes on where the older session was: its elements, its media, its mute states. */
static void taken_over(sp_sessions *m, sp_session *s, sp_session *old) {
  s->audio_element = old->audio_element;
  sp_str *to[] = { &s->video_elements, &s->stream }, *from[] = { &old->video_elements, &old->stream };
  for (size_t i = 0; i < 2; i++) {
    sp_str_free(s->alloc, to[i]);
    *to[i] = *from[i];
    *from[i] = SP_STR_NONE;
  }
  (void)m;
}

const sp_kind sp_video_kind = { .proposed = proposed,
                                .may_accept = may_accept,
                                .get_media = get_media,
                                .attach = attach,
                                .answered = answered,
                                .message = message,
                                .taken_over = taken_over,
                                .mute_audio = sp_video_mute_audio,
                                .mute_video = sp_video_mute_video,
                                .stream_ended = sp_share_stream_ended };
