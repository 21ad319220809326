/* SPDX-License-Identifier: MIT */
/* A frame through the readers of signaling messages. What is written about a message says the same to the
   reader. */
#include "base/limits.h"
#include "signaling/message.h"
#include "signaling/sdp_rpc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_and_read(const sp_message *meant) {
  sp_buf text;
  sp_arena arena;
  sp_xml *stanza = NULL;
  sp_message m;
  sp_buf_init(&text, NULL, SP_MAX_FRAME);
  sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
  sp_message_write(&text, meant->kind, meant->from, meant->session_id);
  if (sp_buf_status(&text) != SP_OK || sp_xml_read(&arena, sp_buf_str(&text), &stanza, NULL) != SP_OK) abort();
  sp_message_read(stanza, &m);
  if (m.kind != meant->kind || !sp_str_eq(m.session_id, meant->session_id)) abort();
  if (!sp_str_eq(m.to, meant->from) || m.sdp_over_xmpp != SP_UNSET) abort();
  sp_arena_free(&arena);
  sp_buf_free(&text);
}

static void read_stanza(const sp_xml *stanza) {
  sp_message m;
  sp_rpc rpc;
  sp_message_read(stanza, &m);
  if (m.kind != SP_MESSAGE_NONE) write_and_read(&m);
  sp_session_type type = sp_session_type_of_jid(m.from);
  if (sp_session_type_from_word(sp_str_from(sp_session_type_word(type))) != type) abort();
  if (sp_rpc_read(NULL, stanza, &rpc) == SP_OK && (rpc.method == SP_RPC_NONE || !rpc.session_id.len)) abort();
  sp_rpc_free(&rpc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sp_arena arena;
  sp_xml *first = NULL;
  sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
  if (sp_xml_read(&arena, (sp_str){ (const char *)data, size }, &first, NULL) == SP_OK)
    for (const sp_xml *stanza = first; stanza; stanza = stanza->next) read_stanza(stanza);
  sp_arena_free(&arena);
  return 0;
}
