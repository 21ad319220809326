/* SPDX-License-Identifier: MIT */
#include "session/account.h"

#include "base/limits.h"

#include <string.h>

void sp_account_init(sp_account *account, const sp_alloc *alloc) {
  memset(account, 0, sizeof *account);
  account->alloc = alloc;
}

void sp_account_clear_station(sp_account *account) {
  account->has_station = account->persistent_enabled = false;
  account->call_appearances = 0;
  sp_str_free(account->alloc, &account->station_id);
  sp_str_free(account->alloc, &account->station_type);
  sp_str_free(account->alloc, &account->station_json);
}

void sp_account_free(sp_account *account) {
  sp_account_clear_station(account);
  sp_str_free(account->alloc, &account->user_id);
  sp_str_free(account->alloc, &account->jid);
  sp_str_free(account->alloc, &account->organization_id);
  sp_str_free(account->alloc, &account->effective_station_id);
  sp_str_free(account->alloc, &account->room_jid);
  sp_str_free(account->alloc, &account->conversation_id);
  sp_str_free(account->alloc, &account->source_communication_id);
}

int sp_account_read_user(sp_account *account, const sp_json *body) {
  sp_str id = sp_json_get_str(body, "id");
  sp_str jid = sp_json_str(sp_json_path(body, "chat.jabberId"));
  if (!id.len || !jid.len || jid.len > SP_MAX_JID) return SP_EPROTO;
  int status = sp_str_set(account->alloc, &account->user_id, id);
  if (status == SP_OK) status = sp_str_set(account->alloc, &account->jid, jid);
  if (status != SP_OK) return status;
  return sp_str_set(account->alloc, &account->effective_station_id,
                    sp_json_str(sp_json_path(body, "station.effectiveStation.id")));
}

int sp_account_read_organization(sp_account *account, const sp_json *body) {
  return sp_str_set(account->alloc, &account->organization_id, sp_json_get_str(body, "id"));
}

int sp_account_read_station(sp_account *account, const sp_json *body) {
  if (!sp_json_is_object(body)) return SP_EPROTO;
  sp_buf json;
  sp_str text = SP_STR_NONE, id = SP_STR_NONE, type = SP_STR_NONE;
  sp_buf_init(&json, account->alloc, SP_MAX_JSON);
  sp_json_write(&json, body);
  int status = sp_buf_status(&json);
  if (status == SP_OK) status = sp_str_dup(account->alloc, sp_buf_str(&json), &text);
  if (status == SP_OK) status = sp_str_dup(account->alloc, sp_json_get_str(body, "id"), &id);
  if (status == SP_OK) status = sp_str_dup(account->alloc, sp_json_get_str(body, "type"), &type);
  sp_buf_free(&json);
  if (status != SP_OK) {
    sp_str_free(account->alloc, &text);
    sp_str_free(account->alloc, &id);
    return status;
  }
  sp_account_clear_station(account);
  account->station_json = text;
  account->station_id = id;
  account->station_type = type;
  account->has_station = true;
  account->persistent_enabled = sp_json_truthy(sp_json_get(body, "webRtcPersistentEnabled"));
  account->call_appearances = sp_json_number(sp_json_get(body, "webRtcCallAppearances"), 0);
  return SP_OK;
}

bool sp_account_is_persistent(const sp_account *account) {
  return account->has_station && account->persistent_enabled &&
         sp_str_is(account->station_type, "inin_webrtc_softphone");
}

bool sp_account_is_concurrent(const sp_account *account) {
  return account->has_station && account->call_appearances > 1;
}
