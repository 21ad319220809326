/* SPDX-License-Identifier: MIT */
/* A JSON-RPC text through reader and writer. What was written gives the same text when it is read again. */
#include "base/limits.h"
#include "signaling/sdp_rpc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool write_rpc(const sp_rpc *rpc, sp_buf *out) {
  sp_xw w;
  sp_ids ids;
  sp_ids_init(&ids, (const uint8_t[SP_SEED_BYTES]){ 0 });
  sp_xw_begin(&w, out);
  sp_xw_open(&w, "iq");
  sp_xw_attr(&w, "type", SP_STR("set"));
  int status = sp_rpc_write(NULL, &w, &ids, rpc->method, rpc->session_id, "sdp", rpc->sdp);
  sp_xw_close(&w);
  if (status != (rpc->method == SP_RPC_OTHER ? SP_EINVAL : SP_OK)) abort();
  return status == SP_OK;
}

static void write_again(const sp_rpc *meant, const sp_buf *once) {
  sp_arena arena;
  sp_xml *stanza = NULL;
  sp_rpc rpc;
  sp_buf twice;
  sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
  sp_buf_init(&twice, NULL, SP_MAX_FRAME);
  if (sp_xml_read(&arena, sp_buf_str(once), &stanza, NULL) != SP_OK) abort();
  if (sp_rpc_read(NULL, stanza, &rpc) != SP_OK || rpc.method != meant->method) abort();
  if (!write_rpc(&rpc, &twice) || !sp_str_eq(sp_buf_str(once), sp_buf_str(&twice))) abort();
  sp_rpc_free(&rpc);
  sp_buf_free(&twice);
  sp_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sp_xml_attr type = { .name = SP_STR("type"), .value = SP_STR("set") };
  sp_xml child = { .ns = SP_STR("genesys"), .name = SP_STR("genesys-webrtc"), .text = { (const char *)data, size } };
  sp_xml iq = { .name = SP_STR("iq"), .attrs = &type, .children = &child };
  sp_rpc rpc;
  sp_buf text;
  sp_buf_init(&text, NULL, SP_MAX_FRAME);
  if (sp_rpc_read(NULL, &iq, &rpc) == SP_OK && write_rpc(&rpc, &text)) write_again(&rpc, &text);
  sp_rpc_free(&rpc);
  sp_buf_free(&text);
  return 0;
}
