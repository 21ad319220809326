/* SPDX-License-Identifier: MIT */
/* account.h: who is signed in and at which station (sessions.md §4). Texts are owned. */
#ifndef SP_SESSION_ACCOUNT_H
#define SP_SESSION_ACCOUNT_H

#include "base/json.h"

typedef struct sp_account {
  const sp_alloc *alloc;
  sp_str user_id, jid, organization_id;
  /* Of a JWT: the room to join, and what it says of the conversation. */
  sp_str room_jid, conversation_id, source_communication_id;
  sp_str effective_station_id; /* of the person's record */
  bool has_station;
  sp_str station_id, station_type;
  sp_str station_json; /* body of R-3 */
  bool persistent_enabled;
  double call_appearances;
} sp_account;

void sp_account_init(sp_account *account, const sp_alloc *alloc);
void sp_account_free(sp_account *account);
/* Body of R-2 (users/me?expand=station). SP_EPROTO: no id or no chat.jabberId. */
int sp_account_read_user(sp_account *account, const sp_json *body);
/* Body of R-1. */
int sp_account_read_organization(sp_account *account, const sp_json *body);
/* Body of R-3. SP_EPROTO: no object; then, and on SP_ENOMEM, the station known before stays. */
int sp_account_read_station(sp_account *account, const sp_json *body);
void sp_account_clear_station(sp_account *account);

/* sessions.md §1.3: station exists, its webRtcPersistentEnabled is true and its type is inin_webrtc_softphone. */
bool sp_account_is_persistent(const sp_account *account);
/* Line appearance above 1; false without a station. */
bool sp_account_is_concurrent(const sp_account *account);

#endif
