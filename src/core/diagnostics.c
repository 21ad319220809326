/* SPDX-License-Identifier: MIT */
/* sdk.runDiagnostics(): what there is to look at, and the way between preflight/ and the host. */
#include "core/internal.h"

#include "base/limits.h"
#include "base/outcome.h"
#include "xmpp/jid.h"
#include "xmpp/ping.h"

/* --- what there is to look at --- */

/* Those that are written for a run. */
enum { USER, CHANNEL, SOCKET, CONSTRAINTS, TEXTS };

static void write_socket(const sp_core *core, sp_str jwt, sp_buf *out) {
  sp_str host = core->options.ws_host;
  if (sp_str_ends(host, "/")) host.len--;
  sp_buf_add(out, host);
  sp_buf_add_text(out, jwt.len ? "/stream/jwt/" : "/stream/channels/");
  sp_buf_add(out, jwt);
}

/* A guest has nothing to sign in with before initialize(); a JWT is all that its bearer has. */
static int look(sp_core *core, sp_buf texts[TEXTS], sp_jwt *jwt, sp_preflight_site *site) {
  static const uint8_t places[TEXTS] = { SP_SITE_USER, SP_SITE_CHANNEL, SP_SITE_SOCKET, SP_SITE_CONSTRAINTS };
  const sp_options *o = &core->options;
  sp_str token = o->access_token.len ? SP_STR_NONE : o->jwt;
  *site = (sp_preflight_site){ .has_token = o->access_token.len > 0,
                               .connected = core->streaming && sp_streaming_connected(core->streaming) };
  site->texts[SP_SITE_MICROPHONE] = o->audio_device_id;
  site->texts[SP_SITE_CAMERA] = o->video_device_id;
  site->texts[SP_SITE_SPEAKER] = o->output_device_id;
  sp_rest_write(core->rest, SP_STR("users/me"), &texts[USER]);
  if (token.len && sp_jwt_read(core->alloc, token, jwt, NULL) == SP_ENOMEM) return SP_ENOMEM;
  if (site->has_token)
    sp_rest_write(core->rest, SP_STR("notifications/channels?connectionType=streaming"), &texts[CHANNEL]);
  if (site->has_token || jwt->jid.len) write_socket(core, token, &texts[SOCKET]);
  sp_constraints_user(&texts[CONSTRAINTS], sp_media_settings(core->media), SP_AUDIO, SP_MEDIA_TRUE,
                      &(sp_video_options){ SP_STR_NONE, SP_STR_NONE });
  for (int i = 0; i < TEXTS; i++) {
    if (sp_buf_status(&texts[i]) != SP_OK) return sp_buf_status(&texts[i]);
    site->texts[places[i]] = sp_buf_str(&texts[i]);
  }
  sp_str domain = sp_jid_domain(jwt->jid);
  site->texts[SP_SITE_DOMAIN] = sp_str_starts(domain, "conference.") ? sp_str_slice(domain, 11, domain.len) : domain;
  if (!core->streaming) return SP_OK;
  site->texts[SP_SITE_SERVERS] = sp_streaming_ice_servers(core->streaming);
  site->relay_only = sp_str_is(sp_streaming_ice_policy(core->streaming), "relay");
  return SP_OK;
}

/* --- calls --- */

static int start(sp_core *core, uint64_t now, uint32_t call, const sp_json *options) {
  sp_preflight_site site;
  sp_buf texts[TEXTS];
  sp_jwt jwt = { .alloc = core->alloc };
  if (!core->preflight) core->preflight = sp_preflight_new(core->alloc);
  if (!core->preflight) return SP_ENOMEM;
  for (int i = 0; i < TEXTS; i++) sp_buf_init(&texts[i], core->alloc, SP_MAX_OPTION);
  int status = look(core, texts, &jwt, &site);
  if (status == SP_OK) status = sp_preflight_start(core->preflight, now, core->wall, call, options, &site);
  for (int i = 0; i < TEXTS; i++) sp_buf_free(&texts[i]);
  sp_jwt_free(&jwt);
  return status;
}

void sp_diagnostics_run(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  int status = start(core, now, call, sp_json_first(args));
  if (status == SP_EINVAL)
    sp_reject(core->fx, call, SP_ERROR_INVALID_OPTIONS,
              "There is no such section, or a time limit is no number above 0", SP_STR_NONE);
  else if (status == SP_ESTATE)
    sp_reject(core->fx, call, SP_ERROR_GENERIC, "Diagnostics are running already", SP_STR_NONE);
  else if (status != SP_OK) sp_reject(core->fx, call, SP_ERROR_GENERIC, "Out of memory", SP_STR_NONE);
}

void sp_diagnostics_stop(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  (void)now;
  (void)args;
  uint32_t stopped = core->preflight ? sp_preflight_stop(core->preflight) : 0;
  if (stopped) sp_resolve(core->fx, stopped, SP_STR_NONE);
  sp_resolve(core->fx, call, SP_STR_NONE);
}

/* --- what a run wants --- */

static bool ping(sp_core *core, uint64_t now, uint32_t probe) {
  sp_xw w;
  sp_iq_begin(core->iq, &w, "get", SP_STR_NONE, false);
  sp_ping_write(&w);
  return sp_iq_end(core->iq, &w, now, (sp_token){ SP_OWNER_CORE, SP_CORE_OP_PING, probe }) == SP_OK;
}

static bool begin(sp_core *core, uint64_t now, const sp_preflight_act *act) {
  if (sp_str_is(sp_str_from(act->name), "ping")) return ping(core, now, act->id);
  return act->text.len && sp_effects_push(core->fx, SP_FX_PROBE, act->id, sp_str_from(act->name), act->text);
}

bool sp_diagnostics_step(sp_core *core, uint64_t now) {
  sp_preflight_act act;
  if (!core->preflight || !sp_preflight_take(core->preflight, &act)) return false;
  if (act.kind == SP_PREFLIGHT_START) {
    if (!begin(core, now, &act)) sp_preflight_input(core->preflight, now, act.id, SP_STR_NONE);
  } else if (act.kind == SP_PREFLIGHT_STOP) sp_effects_push(core->fx, SP_FX_PROBE, act.id, SP_STR("stop"), SP_STR_NONE);
  else if (act.kind == SP_PREFLIGHT_PROGRESS)
    sp_effects_push(core->fx, SP_FX_PROBE, act.id, sp_str_from(act.name), act.text);
  else if (act.text.len) sp_resolve(core->fx, act.id, act.text);
  else sp_reject(core->fx, act.id, SP_ERROR_GENERIC, "Out of memory", SP_STR_NONE);
  return true;
}
