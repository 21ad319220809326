/* SPDX-License-Identifier: MIT */
/* The alerting leader (wire.md §2.5): of all clients of a user the platform lets one alert. With the option
   alertableInteractionTypes this connection offers itself, and the app hears whether it was chosen. Whatever fails is
   taken as "alert": a call that rings twice is better than one that rings nowhere. */
#include "core/internal.h"

#include "base/limits.h"
#include "streaming/channel.h"

#define AGAIN_MS  500u
#define MAX_TRIES 16u

static void tell(sp_core *core, bool alerting, bool configured, sp_str client_type) {
  sp_buf *text = sp_effects_scratch(core->fx);
  sp_jw w;
  sp_jw_begin(&w, text);
  sp_jw_open(&w, NULL, '[');
  sp_jw_open(&w, NULL, '{');
  sp_jw_open(&w, "voice", '{');
  sp_jw_bool(&w, "alerting", alerting);
  sp_jw_bool(&w, "configured", configured);
  sp_jw_str(&w, "clientType", client_type);
  for (int i = 0; i < 3; i++) sp_jw_close(&w);
  sp_effects_push(core->fx, SP_FX_EVENT, 0, SP_STR("alertingLeaderChanged"), sp_buf_str(text));
}

void sp_leader_failed(sp_core *core) {
  core->leader.asking = false;
  tell(core, true, false, SP_STR_NONE);
}

static void decide(sp_core *core, const sp_json *leader) {
  sp_str id = sp_json_get_str(leader, "connectionId");
  core->leader.asking = false; /* news overtake an answer that is under way */
  if (id.len)
    tell(core, sp_str_eq(id, sp_streaming_connection_id(core->streaming)), true, sp_json_get_str(leader, "clientType"));
  else sp_leader_failed(core);
}

static int request(sp_core *core, uint64_t now, const char *method, sp_str path, sp_str body, uint8_t op) {
  return sp_rest_request(core->rest, now, method, path, body, 0, 0, (sp_token){ SP_OWNER_APP, op, core->leader.round });
}

static void ask(sp_core *core, uint64_t now) {
  core->leader.asking = true;
  if (request(core, now, "GET", SP_STR("users/alertingleader"), SP_STR_NONE, SP_LEADER_ASKED) != SP_OK)
    sp_leader_failed(core);
}

static void offer(sp_core *core, uint64_t now) {
  sp_buf path;
  sp_buf_init(&path, core->alloc, SP_MAX_URL);
  sp_buf_add_text(&path, "apps/users/");
  sp_channel_add_segment(&path, core->account.user_id);
  sp_buf_add_text(&path, "/connections/");
  sp_channel_add_segment(&path, sp_streaming_connection_id(core->streaming));
  core->leader.tries++;
  int status = sp_buf_status(&path);
  if (status == SP_OK)
    status = request(core, now, "PATCH", sp_buf_str(&path), SP_STR("{\"alertable\":true}"), SP_LEADER_OFFERED);
  if (status != SP_OK) sp_leader_failed(core);
  sp_buf_free(&path);
}

void sp_leader_connected(sp_core *core, uint64_t now) {
  if (!core->options.alertable || core->credentials.path != SP_PATH_AGENT) return;
  core->leader = (sp_leader){ .round = core->leader.round + 1, .again = SP_TIMER_OFF };
  sp_boot_subscribe_leader(core, now);
  offer(core, now);
}

void sp_leader_result(sp_core *core, uint64_t now, const sp_rest_result *result) {
  if (result->token.id != core->leader.round || !core->streaming) return; /* about another connection */
  if (result->token.op == SP_LEADER_ASKED) {
    if (core->leader.asking && result->ok) decide(core, result->body);
    else if (core->leader.asking) sp_leader_failed(core);
  } else if (result->ok || core->leader.tries >= MAX_TRIES) {
    if (!result->ok) sp_log_number(core->fx, SP_LOG_WARN, "This client cannot alert", "status", result->status);
    ask(core, now);
  } else {
    sp_timer_arm(&core->leader.again, now, AGAIN_MS);
  }
}

void sp_leader_event(sp_core *core, sp_str json) {
  sp_json_doc *doc = NULL;
  if (core->options.alertable && sp_json_parse(core->alloc, json, &doc) == SP_OK)
    decide(core, sp_json_get(sp_json_root(doc), "eventBody"));
  sp_json_free(doc);
}

void sp_leader_tick(sp_core *core, uint64_t now) {
  if (sp_timer_due(&core->leader.again, now) && core->streaming && sp_streaming_connected(core->streaming))
    offer(core, now);
}
