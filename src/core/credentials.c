/* SPDX-License-Identifier: MIT */
/* What a JWT or a guest signs in with (sessions.md §3.2). Nothing of it is ever logged. */
#include "core/internal.h"

#include "base/limits.h"
#include "base/outcome.h"

void sp_credentials_clear(sp_core *core) {
  sp_credentials *c = &core->credentials;
  sp_str *texts[] = { &c->code, &c->jwt, &c->jid, &c->conversation_id, &c->source_communication_id };
  sp_str_free_all(core->alloc, texts, sizeof texts / sizeof *texts);
  c->path = SP_PATH_AGENT;
}

/* The person of the JWT, as far as it names one. */
static int take_person(sp_core *core, const sp_jwt *jwt) {
  sp_account *account = &core->account;
  int status = sp_str_set(core->alloc, &account->user_id, jwt->user_id);
  if (status == SP_OK) status = sp_str_set(core->alloc, &account->jid, jwt->jid);
  if (status == SP_OK) status = sp_str_set(core->alloc, &account->organization_id, jwt->organization_id);
  return status;
}

/* Keeps the JWT and what it says; SP_ESYNTAX or SP_ELIMIT when it cannot be read. */
static int take_jwt(sp_core *core, sp_str text, bool is_person) {
  sp_jwt jwt;
  int status = sp_jwt_read(core->alloc, text, &jwt, NULL);
  if (status != SP_OK) return status;
  sp_credentials *c = &core->credentials;
  status = sp_str_set(core->alloc, &c->jwt, text);
  if (status == SP_OK) status = sp_str_set(core->alloc, &c->jid, jwt.jid);
  if (status == SP_OK && is_person) status = take_person(core, &jwt);
  if (status == SP_OK && is_person) status = sp_str_set(core->alloc, &c->conversation_id, jwt.conversation_id);
  if (status == SP_OK && is_person)
    status = sp_str_set(core->alloc, &c->source_communication_id, jwt.source_communication_id);
  if (is_person) core->expiry.at_wall = jwt.expires_at >= 1 && jwt.expires_at < 9e15 ? (uint64_t)jwt.expires_at : 0;
  sp_jwt_free(&jwt);
  return status;
}

bool sp_credentials_parse_jwt(sp_core *core) {
  return sp_options_is_jwt(&core->options) && take_jwt(core, core->options.jwt, true) == SP_OK;
}

/* What the session layer joins rooms with. */
static int tell_account(sp_core *core) {
  const sp_credentials *c = &core->credentials;
  sp_account *account = &core->account;
  int status = sp_str_set(core->alloc, &account->room_jid, c->jid);
  if (status == SP_OK) status = sp_str_set(core->alloc, &account->conversation_id, c->conversation_id);
  return status == SP_OK ? sp_str_set(core->alloc, &account->source_communication_id, c->source_communication_id)
                         : status;
}

static bool is_customer_data(const sp_json *params) {
  return sp_json_truthy(sp_json_path(params, "conversation.id")) &&
         sp_json_truthy(sp_json_get(params, "sourceCommunicationId")) && sp_json_truthy(sp_json_get(params, "jwt"));
}

int sp_credentials_take(sp_core *core, const sp_json *body) {
  if (!is_customer_data(body)) return SP_EPROTO;
  sp_credentials *c = &core->credentials;
  int status = sp_str_set(core->alloc, &c->conversation_id, sp_json_str(sp_json_path(body, "conversation.id")));
  if (status == SP_OK)
    status = sp_str_set(core->alloc, &c->source_communication_id, sp_json_get_str(body, "sourceCommunicationId"));
  sp_str_free(core->alloc, &c->code);
  if (status == SP_OK) status = take_jwt(core, sp_json_get_str(body, "jwt"), false);
  return status == SP_OK ? tell_account(core) : status;
}

/* A code counts before customer data. */
static int read_guest(sp_core *core, const sp_json *params) {
  core->credentials.path = SP_PATH_GUEST;
  if (sp_json_truthy(sp_json_get(params, "securityCode"))) {
    sp_str code = sp_json_get_str(params, "securityCode");
    return code.len ? sp_str_set(core->alloc, &core->credentials.code, code) : SP_EINVAL;
  }
  return is_customer_data(params) ? sp_credentials_take(core, params) : SP_EINVAL;
}

static int reject(sp_core *core, uint32_t call, int status, const char *message) {
  sp_credentials_clear(core);
  if (status == SP_ENOMEM) sp_reject(core->fx, call, SP_ERROR_INITIALIZATION, "Out of memory", SP_STR_NONE);
  else sp_reject(core->fx, call, SP_ERROR_INVALID_OPTIONS, message, SP_STR_NONE);
  return status;
}

int sp_credentials_read(sp_core *core, uint32_t call, const sp_json *params) {
  static const char unreadable[] = "Failed to parse provided jwt, please ensure it is valid";
  sp_credentials_clear(core);
  if (sp_options_is_jwt(&core->options)) {
    core->credentials.path = SP_PATH_JWT;
    int status = take_jwt(core, core->options.jwt, true);
    if (status == SP_OK) status = tell_account(core);
    return status == SP_OK ? SP_OK : reject(core, call, status, unreadable);
  }
  if (!sp_options_is_guest(&core->options)) return SP_OK;
  int status = read_guest(core, params);
  if (status == SP_OK) return SP_OK;
  return reject(core, call, status,
                status == SP_EINVAL ? "`securityCode` is required to initialize the SDK as a guest" : unreadable);
}

int sp_credentials_redeem(sp_core *core, uint64_t now) {
  sp_buf body;
  sp_buf_init(&body, core->alloc, SP_MAX_JSON);
  sp_jw w;
  sp_jw_begin(&w, &body);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "organizationId", core->options.organization_id);
  sp_jw_str(&w, "addCommunicationCode", core->credentials.code);
  sp_jw_close(&w);
  int status = sp_buf_status(&body);
  if (status == SP_OK)
    status = sp_rest_request(core->rest, now, "POST", SP_STR("conversations/codes"), sp_buf_str(&body), SP_REST_NO_AUTH,
                             0, (sp_token){ SP_OWNER_CORE, SP_CORE_OP_CODE, 0 });
  sp_buf_free(&body);
  return status;
}
