/* SPDX-License-Identifier: MIT */
#include "signaling/sdp_rpc.h"

#include "base/limits.h"

static const struct {
  const char *word;
  sp_rpc_method method;
} methods[] = {
  { "offer", SP_RPC_OFFER },   { "answer", SP_RPC_ANSWER },       { "iceCandidate", SP_RPC_ICE_CANDIDATE },
  { "info", SP_RPC_INFO },     { "terminate", SP_RPC_TERMINATE }, { "mute", SP_RPC_MUTE },
  { "unmute", SP_RPC_UNMUTE },
};
static const size_t method_count = sizeof methods / sizeof *methods;

static sp_rpc_method method_of(sp_str word) {
  for (size_t i = 0; i < method_count; i++)
    if (sp_str_is(word, methods[i].word)) return methods[i].method;
  return SP_RPC_OTHER;
}

static const char *word_of(sp_rpc_method method) {
  for (size_t i = 0; i < method_count; i++)
    if (methods[i].method == method) return methods[i].word;
  return NULL;
}

/* The JSON-RPC id may be a number in the wild: only strings are compared, so others count as absent. */
static int read_members(sp_rpc *rpc, const sp_json *root) {
  const sp_json *params = sp_json_get(root, "params");
  sp_str method = sp_json_get_str(root, "method");
  rpc->session_id = sp_json_get_str(params, "sessionId");
  if (!sp_json_is_object(root) || !method.len || !rpc->session_id.len) return SP_ESYNTAX;
  rpc->method = method_of(method);
  rpc->id = sp_json_get_str(root, "id");
  rpc->conversation_id = sp_json_get_str(params, "conversationId");
  rpc->sdp = sp_json_get_str(params, "sdp");
  rpc->reason = sp_json_get_str(params, "reason");
  rpc->status = sp_json_get_str(params, "status");
  rpc->type = sp_json_get_str(params, "type");
  rpc->reinvite = sp_json_truthy(sp_json_get(params, "reinvite"));
  if (rpc->sdp.len > SP_MAX_SDP) return SP_ELIMIT;
  return rpc->method == SP_RPC_OFFER && !rpc->sdp.len ? SP_ESYNTAX : SP_OK;
}

int sp_rpc_read(const sp_alloc *alloc, const sp_xml *stanza, sp_rpc *out) {
  *out = (sp_rpc){ .method = SP_RPC_NONE };
  if (!stanza || !sp_str_is(stanza->name, "iq") || !sp_str_is(sp_xml_attr_get(stanza, "type"), "set")) return SP_ENOENT;
  const sp_xml *child = sp_xml_child(stanza, "genesys", "genesys-webrtc");
  if (!child) return SP_ENOENT;
  int status = sp_json_parse(alloc, child->text, &out->doc);
  if (status != SP_OK) return status;
  status = read_members(out, sp_json_root(out->doc));
  out->from = sp_xml_attr_get(stanza, "from");
  if (status != SP_OK) sp_rpc_free(out);
  return status;
}

void sp_rpc_free(sp_rpc *rpc) {
  sp_json_free(rpc->doc);
  *rpc = (sp_rpc){ .method = SP_RPC_NONE };
}

int sp_rpc_write_params(const sp_alloc *alloc, sp_xw *w, sp_ids *ids, const char *method, sp_str params) {
  sp_uuid id = sp_ids_uuid(ids);
  sp_buf json;
  sp_buf_init(&json, alloc, SP_MAX_JSON);
  sp_jw j;
  sp_jw_begin(&j, &json);
  sp_jw_open(&j, NULL, '{');
  sp_jw_str(&j, "jsonrpc", SP_STR("2.0"));
  sp_jw_str(&j, "id", sp_uuid_str(&id));
  sp_jw_str(&j, "method", sp_str_from(method));
  sp_jw_raw(&j, "params", params);
  sp_jw_close(&j);
  int status = sp_buf_status(&json);
  if (status == SP_OK) {
    sp_xw_open(w, "genesys-webrtc");
    sp_xw_attr(w, "xmlns", SP_STR("genesys"));
    sp_xw_text(w, sp_buf_str(&json));
    sp_xw_close(w);
    status = sp_buf_status(w->buf);
  }
  sp_buf_free(&json);
  return status;
}

int sp_rpc_write(const sp_alloc *alloc, sp_xw *w, sp_ids *ids, sp_rpc_method method, sp_str session_id, const char *key,
                 sp_str value) {
  const char *word = word_of(method);
  if (!word) return SP_EINVAL;
  sp_buf params;
  sp_buf_init(&params, alloc, SP_MAX_JSON);
  sp_jw j;
  sp_jw_begin(&j, &params);
  sp_jw_open(&j, NULL, '{');
  sp_jw_str(&j, "sessionId", session_id);
  if (key) sp_jw_str(&j, key, value);
  sp_jw_close(&j);
  int status = sp_buf_status(&params);
  if (status == SP_OK) status = sp_rpc_write_params(alloc, w, ids, word, sp_buf_str(&params));
  sp_buf_free(&params);
  return status;
}
