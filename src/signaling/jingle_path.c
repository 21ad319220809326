/* SPDX-License-Identifier: MIT */
/* Jingle (wire.md §10): the protocol is in jingle/session.h; here its steps become signals, and its writing stanzas. */
#include "signaling/path_internal.h"

/* --- what leaves --- */

static void begin(sp_signaling *g, sp_xw *w, const sp_link *link) {
  sp_iq_begin(g->env.iq, w, "set", link->peer, false);
}

static int end(sp_signaling *g, uint64_t now, sp_xw *w, int status, sp_token token) {
  return status == SP_OK ? sp_iq_end(g->env.iq, w, now, token) : status;
}

int sp_path_say_screen(sp_signaling *g, uint64_t now, const sp_link *link, sp_say what) {
  sp_xw w;
  sp_iq_begin(g->env.iq, &w, "set", link->peer, true);
  int status = sp_jingle_write_info(&w, link->id, what == SP_SAY_SCREEN_START ? "screen-start" : "screen-stop",
                                    SP_STR_NONE, SP_STR_NONE);
  return end(g, now, &w, status, (sp_token){ SP_OWNER_NONE, 0, 0 });
}

static void reply(sp_signaling *g, const sp_jingle_step *step) {
  if (!step->replies) return;
  sp_xml_attr from = { .name = SP_STR("from"), .value = step->to };
  sp_xml_attr id = { .name = SP_STR("id"), .value = step->id, .next = &from };
  sp_xml request = { .attrs = &id };
  sp_jingle_fault fault = sp_jingle_fault_of(step->error);
  if (!fault.condition) (void)sp_iq_reply_result(g->env.iq, &request);
  else (void)sp_iq_reply_error(g->env.iq, &request, fault.type, fault.condition, SP_NS_JINGLE_ERRORS, fault.detail);
}

static int say_one(sp_signaling *g, uint64_t now, const sp_link *link, sp_say what, sp_str a, sp_str b,
                   sp_token token) {
  sp_xw w;
  int status = SP_ENOENT;
  begin(g, &w, link);
  if (what == SP_SAY_ANSWER) status = sp_jingle_write_answer(link->jingle, &w, a);
  else if (what == SP_SAY_CANDIDATE) status = sp_jingle_write_own_candidate(link->jingle, &w, a, b);
  else if (what == SP_SAY_ACTIVE) status = sp_jingle_write_info(&w, link->id, "active", SP_STR_NONE, SP_STR_NONE);
  else if (what == SP_SAY_MUTE || what == SP_SAY_UNMUTE)
    status = sp_jingle_write_info(&w, link->id, what == SP_SAY_MUTE ? "mute" : "unmute", b, a);
  return end(g, now, &w, status, token);
}

/* What waited for the answer (§10.3, order hazard). */
static void release(sp_signaling *g, uint64_t now, const sp_link *link, sp_token token) {
  int what;
  for (sp_str a, b; sp_jingle_held(link->jingle, &what, &a, &b);) {
    (void)say_one(g, now, link, (sp_say)what, a, b, token);
    sp_str_free(g->env.alloc, &a);
    sp_str_free(g->env.alloc, &b);
  }
}

static int answer(sp_signaling *g, uint64_t now, const sp_link *link, sp_str sdp, sp_token token) {
  sp_jingle_step due;
  int status = say_one(g, now, link, SP_SAY_ANSWER, sdp, SP_STR_NONE, token);
  if (status != SP_OK) return status;
  sp_jingle_answered(link->jingle, &due);
  reply(g, &due);
  release(g, now, link, (sp_token){ token.owner, 0, token.id });
  return status;
}

/* Nobody waits for the result: the session is over (§10.7). */
static int terminate(sp_signaling *g, uint64_t now, const sp_link *link, sp_str reason) {
  sp_xw w;
  begin(g, &w, link);
  int status = sp_jingle_write_terminate(link->jingle, &w, reason);
  status = end(g, now, &w, status, (sp_token){ SP_OWNER_NONE, 0, 0 });
  sp_jingle_set_over(link->jingle);
  return status == SP_OK ? SP_ENOENT : status;
}

static int say(sp_signaling *g, uint64_t now, const sp_link *link, sp_say what, sp_str a, sp_str b, sp_token token) {
  if (what == SP_SAY_SCREEN_START || what == SP_SAY_SCREEN_STOP) return sp_path_say_screen(g, now, link, what);
  if (sp_jingle_is_over(link->jingle)) return SP_ENOENT;
  if (what == SP_SAY_TERMINATE) return terminate(g, now, link, a);
  if (what == SP_SAY_ANSWER) return answer(g, now, link, a, token);
  if ((what == SP_SAY_CANDIDATE || what == SP_SAY_ACTIVE) && !sp_jingle_stable(link->jingle))
    return sp_jingle_hold(link->jingle, (int)what, a, b);
  return say_one(g, now, link, what, a, b, token);
}

/* --- what comes of it --- */

static const char *described(sp_signaling *g, const sp_link *link, bool ok) {
  sp_jingle_step due;
  const char *reason = sp_jingle_described(link->jingle, ok, &due);
  reply(g, &due);
  return reason;
}

static const char *replied(const sp_link *link, const sp_iq_answer *answered) {
  bool is_error = answered->outcome == SP_IQ_ERROR;
  return sp_jingle_replied(link->jingle, is_error ? sp_xml_child(answered->stanza, NULL, "error") : NULL);
}

/* §10.7. Of the whole connection counts what ICE does not say: DTLS failed, or somebody closed it. */
static sp_str state(const sp_link *link, bool is_ice, sp_str word, bool *ends) {
  *ends = sp_str_is(word, "closed");
  if (*ends) return SP_STR("disconnected");
  if (sp_str_is(word, "failed")) return word;
  if (!is_ice) return SP_STR_NONE;
  if (sp_str_is(word, "checking")) return SP_STR("connecting");
  if (sp_str_is(word, "connected") || sp_str_is(word, "completed")) return SP_STR("connected");
  if (!sp_str_is(word, "disconnected")) return SP_STR_NONE;
  return sp_jingle_stable(link->jingle) ? SP_STR("interrupted") : word;
}

static void refuse(const sp_link *link) {
  sp_jingle_refuse(link->jingle);
}

static void close(const sp_link *link) {
  sp_jingle_close(link->jingle);
}

const sp_path sp_jingle_path = { say, described, replied, state, refuse, close };

/* --- what comes in --- */

void sp_jingle_path_receive(sp_signaling *g, const sp_xml *stanza) {
  sp_str sid = sp_xml_attr_get(sp_xml_child(stanza, NULL, "jingle"), "sid");
  bool elsewhere = sp_table_path(g->env.table, sid) == SP_TRUE;
  sp_jingle_receive(g->jingle, stanza, sp_iq_own_jid(g->env.iq), elsewhere, &g->step);
  g->open = true;
  g->told = false;
}

static bool read_candidate(sp_signaling *g, sp_signal *out) {
  sp_str_free(g->env.alloc, &g->mid);
  sp_str_free(g->env.alloc, &g->line);
  if (!sp_jingle_candidate(g->step.session, &g->mid, &g->line)) return false;
  out->mid = g->mid;
  out->candidate = g->line;
  return true;
}

/* The signal of the step, once, or one for each candidate. */
static bool read_step(sp_signaling *g, sp_signal *out) {
  static const sp_signal_kind kinds[] = { [SP_JINGLE_OFFER] = SP_SIGNAL_OFFER,
                                          [SP_JINGLE_RESTART] = SP_SIGNAL_RESTART,
                                          [SP_JINGLE_CANDIDATES] = SP_SIGNAL_CANDIDATE,
                                          [SP_JINGLE_INFO] = SP_SIGNAL_INFO,
                                          [SP_JINGLE_ENDED] = SP_SIGNAL_END };
  const sp_jingle_step *step = &g->step;
  if (step->kind == SP_JINGLE_NOTHING) return false;
  *out = (sp_signal){ .kind = kinds[step->kind],
                      .link = { &sp_jingle_path, step->session, sp_jingle_sid(step->session),
                                sp_jingle_peer(step->session) } };
  if (step->kind == SP_JINGLE_CANDIDATES) return read_candidate(g, out);
  if (g->told) return false;
  g->told = true;
  out->sdp = sp_jingle_remote(step->session);
  out->word = sp_str_from(step->word);
  out->info = step->info;
  out->creator = step->creator;
  out->name = step->name;
  out->reason = sp_str_from(step->reason);
  out->text = step->text;
  out->removes_tracks = step->replies; /* it was said, not seen by the presence */
  return true;
}

/* §10.2: the acknowledgement is sent after the action was processed, our own refusal after it. */
static void finish(sp_signaling *g, uint64_t now) {
  const sp_jingle_step *step = &g->step;
  reply(g, step);
  g->open = false;
  if (!step->refusal) return;
  sp_link link = { &sp_jingle_path, step->session, sp_jingle_sid(step->session), sp_jingle_peer(step->session) };
  sp_xw w;
  begin(g, &w, &link);
  int status = sp_jingle_write_refusal(step->session, &w, step->refusal);
  (void)end(g, now, &w, status, (sp_token){ SP_OWNER_NONE, 0, 0 });
}

static bool find_step(sp_signaling *g) {
  g->told = false;
  if (g->away.len && sp_jingle_unavailable(g->jingle, g->away, &g->step)) return true;
  g->away = SP_STR_NONE;
  return sp_jingle_next(g->jingle, &g->step);
}

bool sp_jingle_path_take(sp_signaling *g, uint64_t now, sp_signal *out) {
  while (g->open || (g->open = find_step(g))) {
    if (read_step(g, out)) return true;
    finish(g, now);
  }
  return false;
}
