/* SPDX-License-Identifier: MIT */
/* Statistics of sessions: the gatherer of each one (logging-and-stats.md §7), what its events lead to (§5, §8;
   sessions.md §12), and the live quality of its call. */
#include "base/limits.h"
#include "session/internal.h"
#include "telemetry/quality.h"

struct sp_watch {
  const sp_alloc *alloc;
  sp_gatherer *gatherer;
  sp_quality quality;
  sp_mos mos;
  bool has_participant;    /* of the user, on this session */
  sp_str communication_id; /* of its first call; absent: it has none */
};

void sp_watch_free(sp_watch *w) {
  if (!w) return;
  sp_gatherer_free(w->gatherer);
  sp_str_free(w->alloc, &w->communication_id);
  sp_alloc_free(w->alloc, w);
}

/* --- telemetry --- */

static sp_insights_about about(const sp_session *s) {
  return (sp_insights_about){ s->conversation_id, s->id, sp_str_from(sp_session_type_word(s->type)) };
}

void sp_stats_proposed(sp_sessions *m, uint64_t now, const sp_message *propose, sp_session_type type) {
  sp_insights_about who = { propose->conversation_id, propose->session_id, sp_str_from(sp_session_type_word(type)) };
  if (m->env.insights)
    sp_insights_add(m->env.insights, now, *m->env.wall, "firstPropose",
                    propose->sdp_over_xmpp == SP_TRUE ? SP_STR("{\"sdpViaXmppRequested\":true}")
                                                      : SP_STR("{\"sdpViaXmppRequested\":false}"),
                    &who);
}

void sp_stats_alerting(sp_sessions *m, uint64_t now, sp_str conversation_id) {
  if (!m->env.insights) return;
  sp_buf *text = sp_effects_scratch(m->env.fx);
  sp_jw w;
  sp_jw_begin(&w, text);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "participantId", sp_store_participant_id(m->store, conversation_id));
  sp_jw_close(&w);
  if (sp_buf_status(text) == SP_OK)
    sp_insights_add(m->env.insights, now, *m->env.wall, "firstAlertingConversationUpdate", sp_buf_str(text),
                    &(sp_insights_about){ .conversation_id = conversation_id });
}

/* --- quality reports --- */

static void warn_unsent(sp_sessions *m, const sp_session *s, sp_str why) {
  sp_log(m->env.fx, SP_LOG_WARN, "Failed to send stats via XMPP", SP_ID("sessionId", s->id), SP_WORD("reason", why));
}

/* §8.3. Nothing is retried or queued. */
static void send_report(sp_sessions *m, uint64_t now, const sp_session *s, const sp_mos_report *report) {
  const sp_options *o = m->env.options;
  const sp_watch *watch = s->watch;
  if (!watch->has_participant) return;
  if (!watch->communication_id.len || !sp_iq_attached(m->env.iq)) {
    warn_unsent(m, s, watch->communication_id.len ? SP_STR("sendIq") : SP_STR("calls.length"));
    return;
  }
  sp_mos_labels labels = { s->id,
                           s->conversation_id,
                           watch->communication_id,
                           o->origin_app_name,
                           o->origin_app_id,
                           o->origin_app_version,
                           s->reconnect_count };
  sp_buf_reset(&m->text);
  sp_mos_write_params(&m->text, &labels, report);
  int status = sp_buf_status(&m->text);
  if (status == SP_OK)
    status = s->link.path->say(m->signaling, now, &s->link, SP_SAY_REPORT, sp_buf_str(&m->text), SP_STR_NONE,
                               (sp_token){ SP_OWNER_SESSION, SP_OP_REPORT, s->handle });
  if (status != SP_OK && status != SP_ENOENT) warn_unsent(m, s, sp_str_from(sp_status_name(status)));
}

void sp_stats_reported(sp_sessions *m, const sp_session *s, const sp_iq_answer *answer) {
  if (answer->outcome != SP_IQ_RESULT) warn_unsent(m, s, answer->condition);
}

/* --- what the app sees --- */

/* To the session's listeners, and with `both` to those of the SDK object. `object` is not the scratch buffer. */
static void emit(sp_sessions *m, const sp_session *s, const char *event, sp_str object, bool both) {
  sp_buf *text = sp_effects_scratch(m->env.fx);
  sp_buf_add_char(text, '[');
  sp_buf_add(text, object);
  sp_buf_add_char(text, ']');
  sp_effects_push(m->env.fx, SP_FX_SESSION_EVENT, s->handle, sp_str_from(event), sp_buf_str(text));
  if (both) sp_effects_push(m->env.fx, SP_FX_EVENT, 0, sp_str_from(event), sp_buf_str(text));
}

static void log_warning(sp_sessions *m, const sp_session *s, const sp_quality_notice *notice) {
  sp_log(m->env.fx, notice->raised ? SP_LOG_WARN : SP_LOG_INFO,
         notice->raised ? "Call quality warning raised" : "Call quality warning cleared", SP_ID("sessionId", s->id),
         SP_ID("conversationId", s->conversation_id),
         SP_WORD("warning", sp_str_from(sp_quality_rule_of(notice->warning)->word)),
         SP_WORD("code", notice->code ? sp_str_from(notice->code) : SP_STR("")));
}

static void tell_quality(sp_sessions *m, const sp_session *s) {
  sp_quality *quality = &s->watch->quality;
  for (sp_quality_notice notice; sp_quality_take(quality, &notice);) {
    sp_buf_reset(&m->text);
    sp_quality_write(&m->text, quality, &notice, s->id, s->conversation_id);
    if (sp_buf_status(&m->text) != SP_OK) sp_effects_fail(m->env.fx, sp_buf_status(&m->text));
    else emit(m, s, notice.is_warning ? "callQualityWarning" : "callQuality", sp_buf_str(&m->text), true);
    if (notice.is_warning) log_warning(m, s, &notice);
  }
}

static void ask(sp_sessions *m, const sp_session *s, const sp_gather *out) {
  sp_buf_reset(&m->text);
  sp_buf_add_u64(&m->text, out->number);
  if (sp_buf_status(&m->text) == SP_OK)
    sp_effects_push(m->env.fx, SP_FX_PEER_STATS, s->handle, sp_buf_str(&m->text), out->text);
}

/* Reports are the business of softphone sessions that asked for them. */
static void tell_stats(sp_sessions *m, uint64_t now, sp_session *s, const sp_gather *out) {
  sp_mos_report report;
  emit(m, s, "stats", out->text, false);
  if (m->env.insights) {
    sp_insights_about who = about(s);
    sp_insights_stats(m->env.insights, now, *m->env.wall, out->text, &who);
  }
  if (!m->env.options->report_statistics || s->type != SP_SESSION_SOFTPHONE) return;
  if (out->has_mos && sp_mos_add(&s->watch->mos, &out->mos, &report)) send_report(m, now, s, &report);
}

static void take_all(sp_sessions *m, uint64_t now, sp_session *s) {
  for (sp_gather out; sp_gatherer_take(s->watch->gatherer, &out);) {
    switch (out.kind) {
      case SP_GATHER_ASK: ask(m, s, &out); break;
      case SP_GATHER_EVENT: tell_stats(m, now, s, &out); break;
      case SP_GATHER_ICE_TYPE: emit(m, s, "iceConnectionType", out.text, false); break;
      case SP_GATHER_REPORT:
        sp_quality_add(&s->watch->quality, now, out.report);
        tell_quality(m, s);
        break;
    }
  }
}

/* --- what the call is doing --- */

static bool has_line(sp_str sdp, const char *line) {
  return sp_str_find(sdp, line, 0) != SIZE_MAX;
}

/* RFC 3264 §8.4: an offer that is not "sendrecv" puts us on hold. */
static bool is_held_there(sp_str sdp) {
  return has_line(sdp, "a=sendonly") || has_line(sdp, "a=inactive") || has_line(sdp, "a=recvonly");
}

static void refresh(sp_sessions *m, uint64_t now, sp_session *s) {
  if (!s->watch) return;
  sp_str id = s->conversation_id;
  bool is_connected = sp_store_class(m->store, id) == SP_CALL_CONNECTED;
  sp_audio_context context = {
    .in_call = s->type == SP_SESSION_SOFTPHONE && s->state == SP_SESSION_ACTIVE && is_connected,
    .muted = sp_store_muted(m->store, id),
    .held = sp_store_held(m->store, id),
    .held_there = is_held_there(s->remote_sdp),
    .disconnected = sp_session_is_dead(s),
  };
  sp_quality_set_context(&s->watch->quality, now, &context);
  tell_quality(m, s);
  sp_gatherer_watch(s->watch->gatherer, now, context.in_call);
  take_all(m, now, s);
}

void sp_stats_refresh(sp_sessions *m, uint64_t now) {
  for (sp_session *s = m->registry.head; s; s = s->next) refresh(m, now, s);
}

void sp_stats_participant(sp_sessions *m, sp_session *s, sp_str json) {
  sp_json_doc *doc = NULL;
  if (!s->watch || !m->env.options->report_statistics || sp_json_parse(m->env.alloc, json, &doc) != SP_OK) return;
  sp_str id = sp_json_get_str(sp_json_first(sp_json_get(sp_json_root(doc), "calls")), "id");
  s->watch->has_participant = sp_str_set(s->alloc, &s->watch->communication_id, id) == SP_OK;
  sp_json_free(doc);
}

void sp_stats_started(sp_session *s) {
  if (s->watch) sp_mos_begin(&s->watch->mos);
}

void sp_stats_conversation_ended(sp_session *s) {
  if (s->watch) sp_mos_end(&s->watch->mos);
}

/* --- life --- */

static sp_watch *new_watch(sp_sessions *m, uint64_t now, const sp_session *s) {
  sp_watch *w = sp_alloc_new(m->env.alloc, sizeof *w);
  if (!w) return NULL;
  w->alloc = m->env.alloc;
  sp_quality_init(&w->quality);
  sp_mos_init(&w->mos, sp_str_is(s->priv_answer_mode, "Auto"));
  sp_buf_reset(&m->text);
  sp_buf_add_json(&m->text, s->id);
  if (sp_buf_status(&m->text) == SP_OK)
    w->gatherer = sp_gatherer_new(
        w->alloc, now,
        &(sp_gatherer_config){
            .fx = m->env.fx, .host = &m->host, .session_id = s->id, .session = sp_buf_str(&m->text), .initiator = 0 });
  if (w->gatherer) return w;
  sp_watch_free(w);
  return NULL;
}

void sp_stats_begin(sp_sessions *m, uint64_t now, sp_session *s) {
  s->watch = new_watch(m, now, s);
  if (!s->watch) sp_log_word(m->env.fx, SP_LOG_WARN, "Out of memory: no statistics", "sessionId", s->id);
}

void sp_stats_end(sp_sessions *m, uint64_t now, sp_session *s) {
  if (!s->watch) return;
  sp_quality_set_context(&s->watch->quality, now, &(sp_audio_context){ .in_call = false });
  tell_quality(m, s);
  sp_gatherer_stop(s->watch->gatherer);
}

/* --- inputs --- */

void sp_stats_peer_state(sp_sessions *m, uint64_t now, sp_session *s, sp_str state, sp_str signaling_state) {
  if (s->watch) sp_gatherer_connection_state(s->watch->gatherer, now, state, signaling_state);
  refresh(m, now, s);
}

void sp_stats_ice_state(sp_sessions *m, uint64_t now, sp_session *s, sp_str state, sp_str descriptions) {
  if (!s->watch) return;
  sp_gatherer_ice_state(s->watch->gatherer, now, state, descriptions);
  take_all(m, now, s);
}

void sp_sessions_peer_stats(sp_sessions *m, uint64_t now, uint32_t handle, double number, sp_str records) {
  sp_session *s = sp_registry_by_handle(&m->registry, handle);
  if (!s || !s->watch) return;
  uint32_t request = number >= 1 && number < 4294967296.0 ? (uint32_t)number : 0;
  sp_gatherer_result(s->watch->gatherer, now, request, records.len > 0, records);
  take_all(m, now, s);
}

void sp_stats_tick(sp_sessions *m, uint64_t now) {
  for (sp_session *s = m->registry.head; s; s = s->next) {
    if (!s->watch) continue;
    sp_gatherer_tick(s->watch->gatherer, now);
    take_all(m, now, s);
  }
}

uint64_t sp_stats_deadline(const sp_sessions *m) {
  uint64_t at = SP_NEVER;
  for (const sp_session *s = m->registry.head; s; s = s->next)
    if (s->watch) at = sp_earlier(at, sp_gatherer_deadline(s->watch->gatherer));
  return at;
}
