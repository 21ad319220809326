/* SPDX-License-Identifier: MIT */
/* What the app asks about its organization, user and station (sessions.md §1.4, §4.1). Each answer is kept, as that of
   initialize() is. */
#include "core/internal.h"

#include "base/limits.h"

static void request(sp_core *core, uint64_t now, sp_str path, uint8_t what, uint32_t call) {
  if (sp_rest_request(core->rest, now, "GET", path, SP_STR_NONE, SP_REST_RETRY, 0,
                      (sp_token){ SP_OWNER_APP, what, call }) != SP_OK)
    sp_reject(core->fx, call, SP_ERROR_GENERIC, "Too many requests, or out of memory", SP_STR_NONE);
}

static void request_station(sp_core *core, uint64_t now, uint32_t call) {
  sp_buf path;
  sp_buf_init(&path, core->alloc, SP_MAX_URL);
  sp_buf_add_text(&path, "stations/");
  sp_buf_add(&path, core->account.effective_station_id);
  if (!core->account.effective_station_id.len)
    sp_reject(core->fx, call, SP_ERROR_GENERIC, "User does not have an effective station", SP_STR_NONE);
  else request(core, now, sp_buf_str(&path), SP_FETCH_STATION, call);
  sp_buf_free(&path);
}

void sp_fetch_start(sp_core *core, uint64_t now, uint32_t call, uint8_t what) {
  if (what == SP_FETCH_ORGANIZATION) request(core, now, SP_STR("organizations/me"), what, call);
  else if (what == SP_FETCH_USER) request(core, now, SP_STR("users/me?expand=station"), what, call);
  else if (core->account.user_id.len) request_station(core, now, call);
  else request(core, now, SP_STR("users/me?expand=station"), SP_FETCH_STATION_OF_USER, call);
}

/* E-7, and the cause itself for the caller; a request that disconnect() cancelled has none. */
static void failed(sp_core *core, const sp_rest_result *result) {
  if (result->failure == SP_HTTP_CANCELLED) {
    sp_reject(core->fx, result->token.id, SP_ERROR_HTTP, "The request was cancelled", SP_STR_NONE);
    return;
  }
  sp_emit_error_caused(core->fx, SP_ERROR_HTTP, result->request, SP_STR_NONE);
  sp_reject_raw(core->fx, result->token.id, result->request);
}

static int keep(sp_core *core, const sp_rest_result *result) {
  if (result->token.op == SP_FETCH_ORGANIZATION) return sp_account_read_organization(&core->account, result->body);
  if (result->token.op == SP_FETCH_STATION) return sp_boot_take_station(core, result->body);
  return sp_account_read_user(&core->account, result->body);
}

void sp_fetch_result(sp_core *core, uint64_t now, const sp_rest_result *result) {
  if (!result->ok) {
    failed(core, result);
    return;
  }
  if (keep(core, result) != SP_OK) {
    sp_reject(core->fx, result->token.id, SP_ERROR_GENERIC, "The server's answer is incomplete", SP_STR_NONE);
    return;
  }
  if (result->token.op == SP_FETCH_STATION_OF_USER) {
    request_station(core, now, result->token.id);
    return;
  }
  sp_buf *text = sp_effects_scratch(core->fx);
  sp_json_write(text, result->body);
  sp_resolve(core->fx, result->token.id, sp_buf_str(text));
}
