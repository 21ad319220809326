/* SPDX-License-Identifier: MIT */
#include "headset/orchestration.h"

#include "base/json.h"
#include "base/limits.h"

#define UNDISTURBED_MS 1500u

static const char *const state_words[] = { "notStarted", "negotiating", "alternativeClient", "hasControls" };
static const char *const type_words[] = { "", "standard", "prioritized", "mediaHelper" };

const char *sp_controls_word(sp_controls state) {
  return state_words[state];
}

sp_request_type sp_request_type_of(sp_str word) {
  for (int type = SP_ASKS_STANDARD; type <= SP_ASKS_MEDIA_HELPER; type++)
    if (sp_str_is(word, type_words[type])) return (sp_request_type)type;
  return SP_ASKS_UNSET;
}

void sp_orchestration_init(sp_orchestration *o, const sp_alloc *alloc, sp_effects *fx) {
  *o = (sp_orchestration){ .alloc = alloc, .fx = fx, .limit = SP_TIMER_OFF };
}

void sp_orchestration_free(sp_orchestration *o) {
  while (o->waiting) sp_str_free(o->alloc, &o->outbox[--o->waiting]);
}

/* --- states --- */

static void enter(sp_orchestration *o, sp_controls state, bool forced) {
  if (o->state == state && !forced) return;
  sp_log(o->fx, SP_LOG_DEBUG, "Headset controls", SP_WORD("from", sp_str_from(state_words[o->state])),
         SP_WORD("to", sp_str_from(state_words[state])));
  o->state = state;
  sp_buf *text = sp_effects_scratch(o->fx);
  sp_buf_add_json(text, sp_str_from(state_words[state]));
  sp_effects_push(o->fx, SP_FX_HEADSET, 0, SP_STR("deviceConnectionStatusChanged"), sp_buf_str(text));
}

static void yield(sp_orchestration *o) {
  sp_timer_stop(&o->limit);
  enter(o, SP_CONTROLS_ALTERNATIVE, false);
}

static sp_request_type own_type(const sp_orchestration *o) {
  return o->own ? o->own : SP_ASKS_STANDARD;
}

/* --- messages out (§2.1) --- */

/* A message that cannot be sent is logged and forgotten: the protocol has no answers. */
static void broadcast(sp_orchestration *o, const char *method, const char *key, sp_str value, sp_str request) {
  sp_buf text;
  sp_jw w;
  sp_buf_init(&text, o->alloc, SP_MAX_JID);
  sp_jw_begin(&w, &text);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "jsonrpc", SP_STR("2.0"));
  sp_jw_str(&w, "method", sp_str_from(method));
  sp_jw_open(&w, "params", '{');
  sp_jw_str(&w, "requestId", request);
  if (sp_str_is(value, "true") || sp_str_is(value, "false")) sp_jw_raw(&w, key, value);
  else sp_jw_str(&w, key, value);
  sp_jw_close(&w);
  sp_jw_close(&w);
  int status = o->waiting < SP_ORCHESTRATION_OUTBOX ? sp_buf_status(&text) : SP_ELIMIT;
  if (status == SP_OK) status = sp_str_dup(o->alloc, sp_buf_str(&text), &o->outbox[o->waiting]);
  if (status == SP_OK) o->waiting++;
  else sp_log_word(o->fx, SP_LOG_WARN, "A message to the other clients is lost", "method", sp_str_from(method));
  sp_buf_free(&text);
}

static void broadcast_changed(sp_orchestration *o, bool has_controls) {
  broadcast(o, "headsetControlsChanged", "hasControls", has_controls ? SP_STR("true") : SP_STR("false"), SP_STR_NONE);
}

static void reject(sp_orchestration *o, sp_str request, const char *reason) {
  broadcast(o, "headsetControlsRejection", "reason", sp_str_from(reason), request);
}

bool sp_orchestration_take(sp_orchestration *o, sp_str *out) {
  if (!o->waiting) return false;
  *out = o->outbox[0];
  o->waiting--;
  for (size_t i = 0; i < o->waiting; i++) o->outbox[i] = o->outbox[i + 1];
  return true;
}

/* --- what the user of this client does --- */

void sp_orchestration_restart(sp_orchestration *o) {
  sp_timer_stop(&o->limit);
  if (o->state == SP_CONTROLS_HELD) broadcast_changed(o, false);
  enter(o, SP_CONTROLS_NOT_STARTED, false);
}

static void request(sp_orchestration *o, uint64_t now) {
  sp_timer_arm(&o->limit, now, UNDISTURBED_MS);
  sp_request_type type = o->leader ? SP_ASKS_PRIORITIZED : own_type(o);
  broadcast(o, "headsetControlsRequest", "requestType", sp_str_from(type_words[type]), SP_STR_NONE);
}

void sp_orchestration_ask(sp_orchestration *o, uint64_t now) {
  if (o->state == SP_CONTROLS_ALTERNATIVE) {
    enter(o, SP_CONTROLS_ALTERNATIVE, true);
    return;
  }
  request(o, now);
  enter(o, SP_CONTROLS_NEGOTIATING, false);
}

void sp_orchestration_withdraw(sp_orchestration *o) {
  if (o->state != SP_CONTROLS_NEGOTIATING) return;
  sp_timer_stop(&o->limit);
  o->state = SP_CONTROLS_NOT_STARTED;
}

void sp_orchestration_lost(sp_orchestration *o) {
  sp_timer_stop(&o->limit);
}

void sp_orchestration_back(sp_orchestration *o, uint64_t now) {
  if (o->state == SP_CONTROLS_NEGOTIATING && !sp_timer_armed(&o->limit)) request(o, now);
}

sp_verdict sp_orchestration_tick(sp_orchestration *o, uint64_t now) {
  if (!sp_timer_due(&o->limit, now)) return SP_VERDICT_NONE;
  broadcast_changed(o, true);
  enter(o, SP_CONTROLS_HELD, false);
  return SP_VERDICT_SELECT;
}

/* --- messages in (§2.3, §2.4) --- */

static sp_request_type asked_as(sp_orchestration *o, const sp_json *params) {
  sp_request_type type = sp_request_type_of(sp_json_get_str(params, "requestType"));
  if (type) return type;
  sp_log0(o->fx, SP_LOG_WARN, "Unable to resolve requestType priority, defaulting to standard");
  return SP_ASKS_STANDARD;
}

static sp_verdict on_request(sp_orchestration *o, sp_str id, sp_request_type type, bool in_call) {
  sp_request_type own = own_type(o);
  bool held = o->state == SP_CONTROLS_HELD;
  if (o->leader) {
    if (type == SP_ASKS_STANDARD) {
      reject(o, id, "priority");
      return SP_VERDICT_NONE;
    }
    yield(o);
    return held ? SP_VERDICT_RELEASE : SP_VERDICT_NONE;
  }
  if (type < own) reject(o, id, own == SP_ASKS_MEDIA_HELPER ? "mediaHelper" : "priority");
  else if (o->state == SP_CONTROLS_NEGOTIATING) yield(o);
  else if (in_call) reject(o, id, "activeCall");
  return SP_VERDICT_NONE;
}

static sp_verdict on_changed(sp_orchestration *o, bool has_controls) {
  bool held = o->state == SP_CONTROLS_HELD;
  if (!has_controls || (!held && o->state != SP_CONTROLS_NEGOTIATING)) return SP_VERDICT_NONE;
  if (held) broadcast_changed(o, false);
  yield(o);
  return SP_VERDICT_RELEASE;
}

static sp_verdict on_call(sp_orchestration *o, sp_str id, const sp_json *call, bool in_call) {
  sp_str method = sp_json_get_str(call, "method");
  const sp_json *params = sp_json_get(call, "params");
  if (sp_str_is(method, "headsetControlsRequest")) return on_request(o, id, asked_as(o, params), in_call);
  if (sp_str_is(method, "headsetControlsChanged")) return on_changed(o, sp_json_get_bool(params, "hasControls", false));
  if (sp_str_is(method, "headsetControlsRejection") && o->state == SP_CONTROLS_NEGOTIATING) yield(o);
  return SP_VERDICT_NONE;
}

sp_verdict sp_orchestration_message(sp_orchestration *o, const sp_headset_message *message, bool in_call) {
  if (message->from_my_client || !message->from_my_user) return SP_VERDICT_NONE;
  sp_json_doc *doc = NULL;
  int status = sp_json_parse(o->alloc, message->json, &doc);
  if (status != SP_OK) {
    sp_log_status(o->fx, SP_LOG_WARN, "Unreadable message of another client", status);
    return SP_VERDICT_NONE;
  }
  sp_verdict verdict = on_call(o, message->id, sp_json_root(doc), in_call);
  sp_json_free(doc);
  return verdict;
}
