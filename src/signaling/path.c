/* SPDX-License-Identifier: MIT */
/* Which path a stanza belongs to, and the signals of SDP over XMPP. */
#include "base/limits.h"
#include "signaling/path_internal.h"
#include "xmpp/ns.h"

sp_signaling *sp_signaling_new(const sp_signaling_env *env) {
  sp_signaling *g = sp_alloc_new(env->alloc, sizeof *g);
  if (!g) return NULL;
  g->env = *env;
  sp_buf_init(&g->text, env->alloc, SP_MAX_SDP);
  g->jingle = sp_jingle_new(env->alloc, env->ids);
  if (g->jingle) return g;
  sp_signaling_free(g);
  return NULL;
}

void sp_signaling_free(sp_signaling *g) {
  if (!g) return;
  sp_rpc_free(&g->rpc);
  sp_jingle_free(g->jingle);
  sp_str_free(g->env.alloc, &g->mid);
  sp_str_free(g->env.alloc, &g->line);
  sp_buf_free(&g->text);
  sp_alloc_free(g->env.alloc, g);
}

static int on_rpc(sp_signaling *g, const sp_xml *stanza) {
  int status = sp_rpc_read(g->env.alloc, stanza, &g->rpc);
  g->rpc_due = status == SP_OK;
  if (status == SP_OK) (void)sp_iq_reply_result(g->env.iq, stanza);
  else if (status == SP_ENOENT) (void)sp_iq_reply_error(g->env.iq, stanza, "cancel", "service-unavailable", NULL, NULL);
  else (void)sp_iq_reply_error(g->env.iq, stanza, "modify", "bad-request", NULL, NULL);
  return status == SP_ENOENT ? SP_OK : status;
}

int sp_signaling_stanza(sp_signaling *g, const sp_xml *stanza) {
  if (sp_str_is(stanza->name, "presence")) {
    if (sp_str_is(sp_xml_attr_get(stanza, "type"), "unavailable")) g->away = sp_xml_attr_get(stanza, "from");
    return SP_OK;
  }
  if (!sp_xml_child(stanza, SP_NS_JINGLE, "jingle")) return on_rpc(g, stanza);
  sp_jingle_path_receive(g, stanza);
  return SP_OK;
}

/* False: it means nothing here. */
static bool read_rpc(sp_signaling *g, sp_signal *out) {
  const sp_rpc *rpc = &g->rpc;
  *out = (sp_signal){ .link = { &sp_sdp_path, NULL, rpc->session_id, rpc->from },
                      .conversation_id = rpc->conversation_id,
                      .rpc_id = rpc->id,
                      .reinvite = rpc->reinvite,
                      .sdp = rpc->sdp,
                      .reason = rpc->reason };
  switch (rpc->method) {
    case SP_RPC_OFFER: out->kind = SP_SIGNAL_OFFER; return true;
    case SP_RPC_TERMINATE: out->kind = SP_SIGNAL_END; return true;
    case SP_RPC_ICE_CANDIDATE:
      out->kind = SP_SIGNAL_CANDIDATE;
      out->fragment = rpc->sdp;
      (void)sp_candidate_read(rpc->sdp, &out->mid, &out->candidate);
      return true;
    default: return false;
  }
}

bool sp_signaling_take(sp_signaling *g, uint64_t now, sp_signal *out) {
  bool due = g->rpc_due;
  g->rpc_due = false;
  if (due && read_rpc(g, out)) return true;
  sp_rpc_free(&g->rpc);
  return sp_jingle_path_take(g, now, out);
}
