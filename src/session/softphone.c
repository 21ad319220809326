/* SPDX-License-Identifier: MIT */
/* Softphone calls (sessions.md §5.4, §6.3, §6.6, §8): one session may carry many conversations, the server is asked
   over REST, media is a microphone. */
#include "base/limits.h"
#include "base/outcome.h"
#include "session/internal.h"

/* The decision table of §5.4. Reduced handling takes only what answers itself. */
static void proposed(sp_sessions *m, sp_pending *entry) {
  const sp_options *options = m->env.options;
  bool reduced = options->handling >= SP_HANDLING_REDUCED;
  if (reduced && !entry->auto_answer) return;
  if (!reduced && sp_str_is(entry->priv_answer_mode, "Auto")) {
    if (options->eager == SP_EAGER_NONE) return;
    if (options->eager == SP_EAGER_AUTO) sp_proceed(m, entry);
    else sp_emit_pending(m, entry);
    return;
  }
  sp_emit_pending(m, entry);
  if (entry->auto_answer && !options->disable_auto_answer) sp_proceed(m, entry);
}

static bool is_eager(const sp_session *s) {
  return sp_str_is(s->priv_answer_mode, "Auto");
}

/* One session for several conversations. */
static bool shares(const sp_sessions *m) {
  return sp_account_is_persistent(m->env.account) || !sp_account_is_concurrent(m->env.account);
}

/* §6.3 step 3. */
static void maybe_become_active(sp_sessions *m, const sp_session *s) {
  const sp_session *active = sp_registry_by_handle(&m->registry, m->active);
  if (!shares(m)) return;
  if (!active || !sp_session_is_live(active)) m->active = s->handle;
}

static void get_media(sp_sessions *m, uint64_t now, sp_session *s) {
  if (sp_account_is_concurrent(m->env.account) && !s->reinvite && !is_eager(s)) sp_control_hold_others(m, now, s);
  maybe_become_active(m, s);
  sp_str stream = s->media_stream.len ? s->media_stream : m->env.options->audio_stream;
  if (stream.len) {
    int status = sp_str_set(s->alloc, &s->stream, stream);
    sp_life_event(m, now, s, status == SP_OK ? SP_EV_MEDIA_READY : SP_EV_MEDIA_FAILED);
    return;
  }
  int status = sp_request_media(m, s, s->audio_device.len ? s->audio_device : SP_STR("true"), SP_STR_NONE, SP_OP_MEDIA,
                                s->handle, &s->media_request);
  if (status != SP_OK) sp_life_event(m, now, s, SP_EV_MEDIA_FAILED);
}

/* §6.3 steps 6 and 9: tracks, record. */
static void attach(sp_sessions *m, uint64_t now, sp_session *s) {
  sp_peer_push(m, s->handle, SP_FX_PEER_STREAM, s->stream, SP_STR_NONE);
  /* A call that goes on from before this sign-in: no notification may come for a long time. */
  if (s->reinvite && sp_store_class(m->store, s->conversation_id) == SP_CALL_NONE) {
    sp_doubts_add(m, now, s->conversation_id);
    if (shares(m)) sp_doubts_add_all(m, now); /* it may carry others */
  }
  if (!is_eager(s) && sp_store_accepted(m->store, s->conversation_id, s->handle) != SP_OK)
    sp_log_word(m->env.fx, SP_LOG_WARN, "The conversation could not be stored", "sessionId", s->id);
}

/* §6.3 steps 7, 8 and 10: nothing is heard before the far side has the answer, so that does not wait for an element. */
static void answered(sp_sessions *m, uint64_t now, sp_session *s, unsigned facts) {
  (void)now, (void)facts;
  sp_attach_audio(m, s, false);
}

/* §6.6, Q-2: only when it still is the active session. Of a single line, too, the session that is left is the one. */
static void finished(sp_sessions *m, const sp_session *gone) {
  if (m->active != gone->handle) return;
  m->active = 0;
  if (!shares(m)) return;
  for (const sp_session *s = m->registry.head; s; s = s->next) {
    if (s == gone || s->state != SP_SESSION_ACTIVE) continue;
    m->active = s->handle;
    return;
  }
}

static bool accepts_itself(sp_sessions *m, const sp_session *s) {
  (void)s;
  return m->env.options->auto_connect_sessions;
}

/* §6.3 step 2: the live active session is accepted already. */
static bool may_accept(sp_sessions *m, sp_session *s, uint32_t call, const sp_json *params) {
  (void)params;
  if (sp_account_is_concurrent(m->env.account) || m->active != s->handle || !sp_session_is_live(s)) return true;
  sp_log_word(m->env.fx, SP_LOG_DEBUG, "The active session is accepted already", "sessionId", s->id);
  sp_resolve(m->env.fx, call, SP_STR_NONE);
  return false;
}

/* --- calls of the app --- */

static void end(sp_sessions *m, uint64_t now, uint32_t call, sp_session *s, const sp_json *params) {
  sp_str conversation_id = sp_json_get_str(params, "conversationId");
  if (!conversation_id.len || sp_str_eq(s->id, conversation_id)) conversation_id = s->conversation_id;
  sp_control_start(m, now, SP_CONTROL_END, call, s->handle, conversation_id, true, sp_end_reason(params));
}

/* D-2: what the headset itself began, it shows already. */
static bool is_from_headset(const sp_json *params) {
  return sp_json_truthy(sp_json_get(params, "fromHeadset"));
}

/* Unmuted by the app, the call gets the microphone that it wants, or one at all; then the server is asked. */
static bool needs_microphone(sp_sessions *m, uint64_t now, uint32_t call, sp_session *s, const sp_json *params) {
  sp_switch_want want = { .audio = sp_media_value_read(sp_json_get(params, "unmuteDeviceId")),
                          .unmute_call = call,
                          .unmute = sp_json_get_str(params, "conversationId") };
  if (want.audio.choice == SP_MEDIA_NONE && !s->microphone_lost) return false;
  want.if_missing = want.audio.choice == SP_MEDIA_NONE;
  if (want.if_missing) want.audio = SP_MEDIA_TRUE;
  sp_outgoing_switch(m, now, s, &want);
  return true;
}

static void mute_audio(sp_sessions *m, uint64_t now, uint32_t call, sp_session *s, const sp_json *params) {
  if (!is_from_headset(params))
    sp_sessions_want_headset(m, "mute", s->conversation_id, sp_json_truthy(sp_json_get(params, "mute")), false);
  if (!sp_json_truthy(sp_json_get(params, "mute")) && needs_microphone(m, now, call, s, params)) return;
  sp_control_start(m, now, SP_CONTROL_MUTE, call, s->handle, sp_json_get_str(params, "conversationId"),
                   sp_json_truthy(sp_json_get(params, "mute")), SP_STR_NONE);
}

static void hold(sp_sessions *m, uint64_t now, uint32_t call, sp_session *s, const sp_json *params) {
  bool held = sp_json_truthy(sp_json_get(params, "held"));
  if (sp_session_is_dead(s)) {
    sp_log_word(m->env.fx, SP_LOG_WARN, "Hold is not sent: the peer connection is dead", "sessionId", s->id);
    sp_resolve(m->env.fx, call, SP_STR_NONE);
    return;
  }
  if (!held && sp_account_is_concurrent(m->env.account) && sp_store_count(m->store) > 1)
    sp_control_hold_others(m, now, s);
  if (!is_from_headset(params))
    sp_sessions_want_headset(m, "hold", sp_json_get_str(params, "conversationId"), held, false);
  sp_control_start(m, now, SP_CONTROL_HOLD, call, s->handle, sp_json_get_str(params, "conversationId"), held,
                   SP_STR_NONE);
}

void sp_sessions_start_softphone(sp_sessions *m, uint64_t now, uint32_t call, const sp_json *params) {
  sp_buf body;
  sp_buf_init(&body, m->env.alloc, SP_MAX_JSON);
  sp_jw w;
  sp_jw_begin(&w, &body);
  sp_jw_open(&w, NULL, '{');
  for (const sp_json *member = sp_json_first(params); member; member = sp_json_next(member)) {
    sp_str key = sp_json_key(member);
    if (!sp_str_is(key, "sessionType")) sp_jw_json(&w, key.ptr, member);
  }
  sp_jw_str(&w, "sessionType", SP_STR("softphone"));
  sp_jw_close(&w);
  int status = sp_buf_status(&body);
  if (status == SP_OK)
    status = sp_rest_request(m->env.rest, now, "POST", SP_STR("conversations/calls"), sp_buf_str(&body), 0, 0,
                             (sp_token){ SP_OWNER_SESSION, SP_OP_START_CALL, call });
  if (status != SP_OK) sp_reject(m->env.fx, call, SP_ERROR_GENERIC, "The call could not be requested", SP_STR_NONE);
  sp_buf_free(&body);
}

/* R-8 answers with id and selfUri only. */
void sp_softphone_started(sp_sessions *m, const sp_rest_result *result) {
  if (!result->ok) {
    sp_reject_raw(m->env.fx, result->token.id, result->request);
    return;
  }
  sp_buf *text = sp_effects_scratch(m->env.fx);
  sp_jw w;
  sp_jw_begin(&w, text);
  sp_jw_open(&w, NULL, '{');
  sp_jw_json(&w, "id", sp_json_get(result->body, "id"));
  sp_jw_json(&w, "selfUri", sp_json_get(result->body, "selfUri"));
  sp_jw_close(&w);
  sp_resolve(m->env.fx, result->token.id, sp_buf_str(text));
}

const sp_kind sp_softphone_kind = { .proposed = proposed,
                                    .may_accept = may_accept,
                                    .accepts_itself = accepts_itself,
                                    .get_media = get_media,
                                    .attach = attach,
                                    .answered = answered,
                                    .finished = finished,
                                    .end = end,
                                    .mute_audio = mute_audio,
                                    .hold = hold };
