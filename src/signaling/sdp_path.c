/* SPDX-License-Identifier: MIT */
/* SDP over XMPP (wire.md §9): a session has no state of its own here. */
#include "signaling/path_internal.h"

/* What each is called, and its one parameter. */
static const struct {
  sp_rpc_method method;
  const char *key;
} calls[] = {
  [SP_SAY_ANSWER] = { SP_RPC_ANSWER, "sdp" },  [SP_SAY_CANDIDATE] = { SP_RPC_ICE_CANDIDATE, "sdp" },
  [SP_SAY_ACTIVE] = { SP_RPC_INFO, "status" }, [SP_SAY_MUTE] = { SP_RPC_MUTE, "type" },
  [SP_SAY_UNMUTE] = { SP_RPC_UNMUTE, "type" }, [SP_SAY_TERMINATE] = { SP_RPC_TERMINATE, "reason" },
};

static int say(sp_signaling *g, uint64_t now, const sp_link *link, sp_say what, sp_str a, sp_str b, sp_token token) {
  sp_xw w;
  if (what == SP_SAY_SCREEN_START || what == SP_SAY_SCREEN_STOP) return sp_path_say_screen(g, now, link, what);
  if (what == SP_SAY_ACTIVE) a = SP_STR("active");
  if (what == SP_SAY_CANDIDATE) {
    sp_buf_reset(&g->text);
    sp_candidate_write(&g->text, a, b);
    if (sp_buf_status(&g->text) != SP_OK) return sp_buf_status(&g->text);
    a = sp_buf_str(&g->text);
  }
  sp_iq_begin(g->env.iq, &w, "set", link->peer, true);
  int status = what == SP_SAY_REPORT
                   ? sp_rpc_write_params(g->env.alloc, &w, g->env.ids, "report-statistics", a)
                   : sp_rpc_write(g->env.alloc, &w, g->env.ids, calls[what].method, link->id, calls[what].key, a);
  if (!token.op) token.owner = SP_OWNER_NONE;
  return status == SP_OK ? sp_iq_end(g->env.iq, &w, now, token) : status;
}

static const char *described(sp_signaling *g, const sp_link *link, bool ok) {
  (void)g;
  (void)link;
  (void)ok;
  return NULL;
}

static const char *replied(const sp_link *link, const sp_iq_answer *answer) {
  (void)link;
  (void)answer;
  return NULL;
}

/* §12.2: the peer connection's own word. */
static sp_str state(const sp_link *link, bool is_ice, sp_str word, bool *ends) {
  (void)link;
  *ends = false;
  return is_ice ? SP_STR_NONE : word;
}

static void forget(const sp_link *link) {
  (void)link;
}

const sp_path sp_sdp_path = { say, described, replied, state, forget, forget };
