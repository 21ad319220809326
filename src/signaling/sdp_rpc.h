/* SPDX-License-Identifier: MIT */
/* sdp_rpc.h: SDP over XMPP: one JSON-RPC object in <genesys-webrtc xmlns="genesys"> of an IQ set (wire.md §9). */
#ifndef SP_SIGNALING_SDP_RPC_H
#define SP_SIGNALING_SDP_RPC_H

#include "base/ids.h"
#include "base/json.h"
#include "sdp/candidate.h"
#include "xml/reader.h"
#include "xml/writer.h"

typedef enum sp_rpc_method {
  SP_RPC_NONE,
  SP_RPC_OFFER,
  SP_RPC_ANSWER,
  SP_RPC_ICE_CANDIDATE,
  SP_RPC_INFO,
  SP_RPC_TERMINATE,
  SP_RPC_MUTE,
  SP_RPC_UNMUTE,
  SP_RPC_OTHER
} sp_rpc_method;

typedef struct sp_rpc {
  sp_rpc_method method;
  sp_str from, id, session_id, conversation_id, sdp, reason, status, type;
  bool reinvite;
  sp_json_doc *doc; /* owns the texts; sp_rpc_free */
} sp_rpc;

/* SP_ENOENT: not such a stanza. SP_ESYNTAX: bad JSON, not an object, no method or no sessionId (confined to this
   stanza: wire.md D5). SP_ELIMIT: SDP over SP_MAX_SDP. On SP_OK free it with sp_rpc_free. `from` borrows from the
   stanza. */
int sp_rpc_read(const sp_alloc *alloc, const sp_xml *stanza, sp_rpc *out);
void sp_rpc_free(sp_rpc *rpc);

/* Writes the <genesys-webrtc> child into an open <iq>. `key` and `value` name the one further parameter ("sdp",
   "status", "reason", "type"). The JSON-RPC id is a fresh UUID. SP_EINVAL for a method without a word of its own, else
   the failure of a buffer: SP_ENOMEM or SP_ELIMIT. */
int sp_rpc_write(const sp_alloc *alloc, sp_xw *w, sp_ids *ids, sp_rpc_method method, sp_str session_id, const char *key,
                 sp_str value);
/* The same for any method, with the JSON object of its params. */
int sp_rpc_write_params(const sp_alloc *alloc, sp_xw *w, sp_ids *ids, const char *method, sp_str params);

#endif
