/* SPDX-License-Identifier: MIT */
/* A description through reader and writer: what is written reads and writes the same. As the SDP of a session it
   becomes XML that our reader takes. */
#include "base/limits.h"
#include "jingle/convert.h"
#include "sdp/sdp.h"
#include "xmpp/ns.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_and_write(sp_str text, sp_buf *out) {
  sp_arena arena;
  sp_sdp sdp;
  sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
  int status = sp_sdp_read(&arena, text, &sdp);
  if (status == SP_OK) sp_sdp_write(&sdp, out);
  sp_arena_free(&arena);
  return status;
}

static void write_xml(sp_str sdp, sp_jingle_role role) {
  sp_arena arena;
  sp_xml *jingle = NULL;
  sp_buf xml;
  sp_xw w;
  sp_buf_init(&xml, NULL, SP_MAX_FRAME);
  sp_xw_begin(&w, &xml);
  sp_xw_open(&w, "jingle");
  sp_xw_attr(&w, "xmlns", SP_STR(SP_NS_JINGLE));
  int status = sp_jingle_write_sdp(NULL, &w, sdp, role, SP_STR_NONE);
  if (status == SP_OK) status = sp_jingle_write_transports(NULL, &w, sdp, SP_STR_NONE);
  sp_xw_close(&w);
  sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
  /* A description that is no UTF-8 makes no XML. */
  if (sp_buf_status(&xml) == SP_OK && sp_xml_read(&arena, sp_buf_str(&xml), &jingle, NULL) == SP_OK) {
    if (!jingle || (status != SP_OK && jingle->children)) abort();
  }
  sp_arena_free(&arena);
  sp_buf_free(&xml);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sp_str text = { (const char *)data, size };
  sp_buf once, twice;
  sp_buf_init(&once, NULL, SP_MAX_FRAME);
  sp_buf_init(&twice, NULL, SP_MAX_FRAME);
  if (read_and_write(text, &once) == SP_OK) {
    if (read_and_write(sp_buf_str(&once), &twice) != SP_OK) abort();
    if (!sp_str_eq(sp_buf_str(&once), sp_buf_str(&twice))) abort();
    write_xml(text, SP_JINGLE_INITIATOR);
    write_xml(text, SP_JINGLE_RESPONDER);
  }
  sp_buf_free(&once);
  sp_buf_free(&twice);
  return 0;
}
