/* SPDX-License-Identifier: MIT */
/* Between telemetry actions and the host (logging-and-stats.md §5): one request at a time, to the service's address, as
   whoever is signed in. Its failures reach no application. */
#include "core/internal.h"

#include "base/limits.h"
#include "base/url.h"
#include "telemetry/upload_text.h"

static sp_str or_else(sp_str text, sp_str fallback) {
  return text.len ? text : fallback;
}

int sp_telemetry_start(sp_core *core) {
  const sp_options *o = &core->options;
  if (o->opt_out_of_telemetry || sp_options_is_guest(o)) return SP_OK;
  sp_insights_config config = { .fx = core->fx,
                                .app_id = sp_logger_client_id(core->logger, SP_LOG_OF_STREAMING),
                                .app_version = o->sdk_version,
                                .origin_app_name = or_else(o->origin_app_name, SP_STR("webrtc-sdk")),
                                .origin_app_version = or_else(o->origin_app_version, o->sdk_version),
                                .origin_app_id =
                                    or_else(o->origin_app_id, sp_logger_client_id(core->logger, SP_LOG_OF_SDK)),
                                .background_assistant = sp_options_is_jwt(o) };
  core->insights = sp_insights_new(core->alloc, &config);
  return core->insights ? SP_OK : SP_ENOMEM;
}

static int push(sp_core *core, const sp_insights_request *request, uint32_t number) {
  const sp_options *o = &core->options;
  sp_json_doc *headers = NULL;
  sp_buf url;
  sp_buf_init(&url, core->alloc, SP_MAX_URL);
  sp_url_add_api(&url, o->environment);
  sp_buf_add(&url, request->path);
  int status = sp_buf_status(&url);
  if (status == SP_OK && o->custom_headers.len) status = sp_json_parse(core->alloc, o->custom_headers, &headers);
  if (status == SP_OK) {
    sp_buf *text = sp_effects_scratch(core->fx);
    sp_upload_text upload = { sp_buf_str(&url), sp_options_is_jwt(o) ? o->jwt : o->access_token, request->body,
                              sp_json_root(headers), false };
    sp_upload_write(core->alloc, &upload, text);
    if (!sp_effects_push(core->fx, SP_FX_HTTP, number, SP_STR("POST"), sp_buf_str(text))) status = SP_ENOMEM;
  }
  sp_json_free(headers);
  sp_buf_free(&url);
  return status;
}

void sp_telemetry_send(sp_core *core, uint64_t now) {
  sp_insights_request request;
  if (!core->insights || !sp_insights_take(core->insights, &request)) return;
  uint32_t number = sp_rest_next_number(core->rest);
  if (push(core, &request, number) == SP_OK) core->insights_number = number;
  else sp_insights_result(core->insights, now, 503); /* put back: the next action tries again */
}

bool sp_telemetry_result(sp_core *core, uint64_t now, uint32_t id, int status) {
  if (!core->insights_number || id != core->insights_number) return false;
  core->insights_number = 0;
  sp_insights_result(core->insights, now, status);
  return true;
}

void sp_telemetry_page(sp_core *core, uint64_t now, sp_str what) {
  bool online = sp_str_is(what, "online");
  if (core->insights && (online || sp_str_is(what, "offline")))
    sp_insights_online(core->insights, now, core->wall, online);
}
