/* SPDX-License-Identifier: MIT */
/* A <jingle> element to SDP, to XML and to SDP again: from the second SDP on nothing changes any more. */
#include "base/limits.h"
#include "jingle/convert.h"
#include "xmpp/ns.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int to_sdp(const sp_xml *jingle, sp_jingle_role role, sp_buf *out) {
  static const uint8_t seed[SP_SEED_BYTES] = { 0 };
  sp_ids ids;
  sp_ids_init(&ids, seed);
  int status = sp_jingle_to_sdp(NULL, jingle, role, &ids, out);
  if (status != SP_OK && out->len) abort();
  return status;
}

/* A fingerprint longer than any hash is the one thing that SDP may hold and our writer refuses. */
static bool has_long_fingerprint(sp_str sdp) {
  for (size_t at = 0; (at = sp_str_find(sdp, "\na=fingerprint:", at)) != SIZE_MAX; at++)
    if (sp_str_find_char(sdp, '\n', at + 1) - at > 256) return true;
  return false;
}

/* SDP to XML and back; false when the SDP is one that our writer refuses. */
static bool again(sp_str sdp, sp_jingle_role role, sp_buf *out) {
  sp_arena arena;
  sp_xml *jingle = NULL;
  sp_buf xml;
  sp_xw w;
  sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
  sp_buf_init(&xml, NULL, SP_MAX_FRAME);
  sp_xw_begin(&w, &xml);
  sp_xw_open(&w, "jingle");
  sp_xw_attr(&w, "xmlns", SP_STR(SP_NS_JINGLE));
  int status = sp_jingle_write_sdp(NULL, &w, sdp, role, SP_STR_NONE);
  sp_xw_close(&w);
  if (status == SP_OK) {
    if (sp_xml_read(&arena, sp_buf_str(&xml), &jingle, NULL) != SP_OK) abort();
    if (to_sdp(jingle, role, out) != SP_OK) abort();
    sp_buf restarted;
    sp_buf_init(&restarted, NULL, SP_MAX_FRAME);
    if (sp_jingle_restart_sdp(NULL, sp_buf_str(out), jingle, &restarted) != SP_ENOENT) abort();
    sp_buf_free(&restarted);
  } else if (!has_long_fingerprint(sdp)) {
    abort();
  }
  sp_buf_free(&xml);
  sp_arena_free(&arena);
  return status == SP_OK;
}

static void check(const sp_xml *jingle, sp_jingle_role role) {
  sp_buf sdp[3];
  for (size_t i = 0; i < 3; i++) sp_buf_init(&sdp[i], NULL, SP_MAX_FRAME);
  if (to_sdp(jingle, role, &sdp[0]) == SP_OK && again(sp_buf_str(&sdp[0]), role, &sdp[1])) {
    if (!again(sp_buf_str(&sdp[1]), role, &sdp[2])) abort();
    if (!sp_str_eq(sp_buf_str(&sdp[1]), sp_buf_str(&sdp[2]))) abort();
  }
  for (size_t i = 0; i < 3; i++) sp_buf_free(&sdp[i]);
}

static void check_candidates(const sp_xml *jingle) {
  for (const sp_xml *c = sp_jingle_transport(jingle->children) ? sp_jingle_transport(jingle->children)->children : NULL;
       c; c = c->next) {
    sp_buf line, xml;
    sp_xw w;
    sp_buf_init(&line, NULL, SP_MAX_FRAME);
    sp_buf_init(&xml, NULL, SP_MAX_FRAME);
    sp_xw_begin(&w, &xml);
    if (sp_jingle_candidate_to_line(c, &line) == SP_OK) {
      int status = sp_jingle_write_candidate(&w, SP_STR("0"), SP_STR_NONE, sp_buf_str(&line), SP_STR_NONE);
      if (status != SP_OK && status != SP_ENOENT) abort();
    }
    sp_buf_free(&line);
    sp_buf_free(&xml);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sp_arena arena;
  sp_xml *jingle = NULL;
  sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
  if (sp_xml_read(&arena, (sp_str){ (const char *)data, size }, &jingle, NULL) == SP_OK && jingle) {
    check(jingle, SP_JINGLE_INITIATOR);
    check(jingle, SP_JINGLE_RESPONDER);
    check_candidates(jingle);
  }
  sp_arena_free(&arena);
  return 0;
}
