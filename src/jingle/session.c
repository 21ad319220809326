/* SPDX-License-Identifier: MIT */
/* Incoming actions (wire.md §10.1, §10.2, §10.6) and what becomes of a session. */
#include "jingle/session.h"

#include "base/limits.h"
#include "jingle/ns.h"
#include "jingle/state.h"
#include "xmpp/jid.h"
#include "xmpp/ns.h"

#define SP_NS_RTP_INFO "urn:xmpp:jingle:apps:rtp:info:1"

/* Kinds of applications that a session has, for tie-breaks. */
enum { TYPE_RTP = 1, TYPE_OTHER = 2 };

struct sp_jingle {
  const sp_alloc *alloc;
  sp_ids *ids;
  sp_jingle_session *sessions;
  size_t count;
  sp_jingle_action *current; /* what the last step was made of */
};

sp_jingle_fault sp_jingle_fault_of(sp_jingle_error error) {
  static const sp_jingle_fault faults[SP_JINGLE_ERRORS] = {
    [SP_JINGLE_BAD_REQUEST] = { "cancel", "bad-request", NULL },
    [SP_JINGLE_SERVICE_UNAVAILABLE] = { "cancel", "service-unavailable", NULL },
    [SP_JINGLE_TIE_BREAK] = { "cancel", "conflict", "tie-break" },
    [SP_JINGLE_OUT_OF_ORDER] = { "cancel", "unexpected-request", "out-of-order" },
    [SP_JINGLE_UNKNOWN_SESSION] = { "cancel", "item-not-found", "unknown-session" },
    [SP_JINGLE_UNSUPPORTED_INFO] = { "modify", "feature-not-implemented", "unsupported-info" },
    [SP_JINGLE_INTERNAL] = { "cancel", "internal-server-error", NULL },
    [SP_JINGLE_CONSTRAINT] = { "wait", "resource-constraint", NULL },
  };
  return faults[error];
}

/* --- small lists --- */

int sp_jingle_note_add(const sp_alloc *alloc, sp_jingle_notes *notes, int what, sp_str a, sp_str b) {
  if (notes->count >= SP_MAX_JINGLE_CANDIDATES) return SP_ELIMIT;
  sp_jingle_note *n = sp_alloc_new(alloc, sizeof *n);
  if (!n) return SP_ENOMEM;
  n->what = what;
  if (sp_str_dup(alloc, a, &n->a) != SP_OK || sp_str_dup(alloc, b, &n->b) != SP_OK) {
    sp_str_free(alloc, &n->a);
    sp_alloc_free(alloc, n);
    return SP_ENOMEM;
  }
  sp_jingle_note **end = &notes->first;
  while (*end) end = &(*end)->next;
  *end = n;
  notes->count++;
  return SP_OK;
}

bool sp_jingle_note_take(const sp_alloc *alloc, sp_jingle_notes *notes, int *what, sp_str *a, sp_str *b) {
  sp_jingle_note *n = notes->first;
  if (!n) return false;
  notes->first = n->next;
  notes->count--;
  *what = n->what;
  *a = n->a;
  *b = n->b;
  sp_alloc_free(alloc, n);
  return true;
}

void sp_jingle_notes_clear(const sp_alloc *alloc, sp_jingle_notes *notes) {
  int what;
  for (sp_str a, b; sp_jingle_note_take(alloc, notes, &what, &a, &b);) {
    sp_str_free(alloc, &a);
    sp_str_free(alloc, &b);
  }
}

static void action_free(const sp_alloc *alloc, sp_jingle_action *a) {
  if (!a) return;
  sp_arena_free(&a->arena);
  sp_alloc_free(alloc, a);
}

static sp_jingle_action *dequeue(sp_jingle_session *s) {
  sp_jingle_action *a = s->queue;
  s->queue = a->next;
  s->queued--;
  return a;
}

static int enqueue(sp_jingle_session *s, const sp_xml *stanza) {
  if (s->queued >= SP_MAX_JINGLE_QUEUE) return SP_ELIMIT;
  sp_jingle_action *a = sp_alloc_new(s->alloc, sizeof *a);
  if (!a) return SP_ENOMEM;
  sp_arena_init(&a->arena, s->alloc, SP_MAX_JINGLE_ACTION);
  a->stanza = sp_xml_copy(&a->arena, stanza);
  if (!a->stanza) {
    action_free(s->alloc, a);
    return SP_ELIMIT;
  }
  sp_jingle_action **end = &s->queue;
  while (*end) end = &(*end)->next;
  *end = a;
  s->queued++;
  return SP_OK;
}

static void session_free(sp_jingle_session *s) {
  sp_str *texts[] = { &s->sid, &s->peer, &s->transport_ns, &s->remote, &s->local_mid, &s->local_ufrag, &s->waits_id };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) sp_str_free(s->alloc, texts[i]);
  sp_jingle_notes_clear(s->alloc, &s->candidates);
  sp_jingle_notes_clear(s->alloc, &s->held);
  while (s->queue) action_free(s->alloc, dequeue(s));
  sp_alloc_free(s->alloc, s);
}

sp_jingle *sp_jingle_new(const sp_alloc *alloc, sp_ids *ids) {
  sp_jingle *jingle = sp_alloc_new(alloc, sizeof *jingle);
  if (!jingle) return NULL;
  jingle->alloc = alloc;
  jingle->ids = ids;
  return jingle;
}

static void unlink_session(sp_jingle *jingle, const sp_jingle_session *gone) {
  for (sp_jingle_session **at = &jingle->sessions; *at; at = &(*at)->next) {
    if (*at != gone) continue;
    sp_jingle_session *s = *at;
    *at = s->next;
    jingle->count--;
    session_free(s);
    return;
  }
}

void sp_jingle_free(sp_jingle *jingle) {
  if (!jingle) return;
  action_free(jingle->alloc, jingle->current);
  while (jingle->sessions) unlink_session(jingle, jingle->sessions);
  sp_alloc_free(jingle->alloc, jingle);
}

/* --- sessions --- */

static sp_jingle_session *find(const sp_jingle *jingle, sp_str sid) {
  sp_jingle_session *s = jingle->sessions;
  while (s && (s->over || !sp_str_eq(s->sid, sid))) s = s->next;
  return s;
}

/* Not linked yet; NULL: out of memory. */
static sp_jingle_session *session_new(const sp_alloc *alloc, sp_str peer, sp_str sid, sp_str transport_ns, sp_str id) {
  sp_jingle_session *s = sp_alloc_new(alloc, sizeof *s);
  if (!s) return NULL;
  s->alloc = alloc;
  s->refusal = SP_JINGLE_UNKNOWN_SESSION;
  s->busy = s->waits = true;
  if (sp_str_dup(alloc, peer, &s->peer) == SP_OK && sp_str_dup(alloc, sid, &s->sid) == SP_OK &&
      sp_str_dup(alloc, transport_ns, &s->transport_ns) == SP_OK && sp_str_dup(alloc, id, &s->waits_id) == SP_OK)
    return s;
  session_free(s);
  return NULL;
}

sp_str sp_jingle_sid(const sp_jingle_session *s) {
  return s->sid;
}

sp_str sp_jingle_peer(const sp_jingle_session *s) {
  return s->peer;
}

sp_str sp_jingle_remote(const sp_jingle_session *s) {
  return s->remote;
}

bool sp_jingle_stable(const sp_jingle_session *s) {
  return s->accepted && !s->busy && !s->over;
}

bool sp_jingle_is_over(const sp_jingle_session *s) {
  return s->over;
}

/* --- what is in an action --- */

static const sp_xml *content(const sp_xml *parent, const sp_xml *after) {
  const sp_xml *c = after ? after->next : parent->children;
  while (c && !sp_xml_is(c, SP_NS_JINGLE, "content")) c = c->next;
  return c;
}

static unsigned types_of(const sp_xml *jingle) {
  unsigned types = 0;
  for (const sp_xml *c = content(jingle, NULL); c; c = content(jingle, c))
    types |= sp_xml_child(c, SP_NS_RTP, "description") ? TYPE_RTP : TYPE_OTHER;
  return types;
}

sp_str sp_jingle_line(sp_str sdp, const char *begins, size_t *at) {
  size_t len = sp_str_from(begins).len;
  for (size_t from; (from = sp_str_find(sdp, begins, *at)) != SIZE_MAX; *at = from + 1) {
    if (from > 0 && sdp.ptr[from - 1] != '\n') continue;
    size_t to = from + len;
    while (to < sdp.len && sdp.ptr[to] != '\r' && sdp.ptr[to] != '\n') to++;
    *at = to;
    return sp_str_slice(sdp, from + len, to);
  }
  return SP_STR_NONE;
}

static bool has_content(const sp_jingle_session *s, sp_str name) {
  size_t at = 0;
  for (sp_str mid; (mid = sp_jingle_line(s->remote, "a=mid:", &at)).ptr;)
    if (name.len && sp_str_eq(mid, name)) return true;
  return false;
}

/* Out of memory is no fault of the peer. */
static sp_jingle_error error_of(int status) {
  if (status == SP_OK || status == SP_ENOENT) return SP_JINGLE_RESULT;
  return status == SP_ENOMEM ? SP_JINGLE_CONSTRAINT : SP_JINGLE_BAD_REQUEST;
}

/* --- session-initiate (§10.1) --- */

/* Sessions are offered to us only, so there is no other one with precedence over this one (D20). */
static sp_jingle_error check_initiate(const sp_jingle_session *s, unsigned types, sp_str own, sp_str from) {
  if (!s) return types ? SP_JINGLE_RESULT : SP_JINGLE_BAD_REQUEST;
  if (!sp_jid_eq(s->peer, from)) return SP_JINGLE_SERVICE_UNAVAILABLE;
  bool tie = !s->accepted && (s->types & types) && sp_str_cmp(own, from) > 0;
  return tie ? SP_JINGLE_TIE_BREAK : SP_JINGLE_OUT_OF_ORDER;
}

static int describe(sp_jingle *jingle, sp_jingle_session *s, const sp_xml *element) {
  sp_buf sdp;
  sp_buf_init(&sdp, s->alloc, SP_MAX_SDP);
  int status = sp_jingle_to_sdp(s->alloc, element, SP_JINGLE_INITIATOR, jingle->ids, &sdp);
  if (status == SP_OK) return sp_buf_keep(&sdp, &s->remote);
  sp_buf_free(&sdp);
  return status;
}

static void initiate(sp_jingle *jingle, const sp_xml *element, unsigned types, sp_jingle_step *out) {
  int status = SP_ENOMEM;
  sp_jingle_session *s = jingle->count < SP_MAX_SESSIONS
                             ? session_new(jingle->alloc, out->to, sp_xml_attr_get(element, "sid"),
                                           sp_jingle_transport_ns(element), out->id)
                             : NULL;
  if (s) status = describe(jingle, s, element);
  out->error = error_of(status);
  if (status == SP_OK) {
    s->types = types;
    sp_jingle_session **end = &jingle->sessions;
    while (*end) end = &(*end)->next;
    *end = s;
    jingle->count++;
    out->kind = SP_JINGLE_OFFER;
    out->session = s;
    out->replies = false;
  } else if (s) {
    session_free(s);
  }
}

/* --- the other actions (§10.2) --- */

static void on_info(const sp_xml *info, sp_jingle_step *out) {
  static const char *const words[][2] = { { "ringing", "ringing" }, { "hold", "hold" }, { "unhold", "resumed" },
                                          { "active", "resumed" },  { "mute", "mute" }, { "unmute", "unmute" } };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (!sp_xml_is(info, SP_NS_RTP_INFO, words[i][0])) continue;
    out->kind = SP_JINGLE_INFO;
    out->word = words[i][1];
    out->info = info->name;
    out->creator = sp_xml_attr_get(info, "creator");
    out->name = sp_xml_attr_get(info, "name");
  }
}

/* A candidate that cannot be read or kept is left out, as one that the browser refuses. */
static void keep_candidate(sp_jingle_session *s, sp_str mid, const sp_xml *candidate) {
  sp_buf line;
  sp_buf_init(&line, s->alloc, SP_MAX_JINGLE_ACTION);
  if (!candidate || (sp_jingle_candidate_to_line(candidate, &line) == SP_OK && sp_buf_status(&line) == SP_OK))
    (void)sp_jingle_note_add(s->alloc, &s->candidates, 0, mid, sp_buf_str(&line));
  sp_buf_free(&line);
}

static void keep_candidates(sp_jingle_session *s, const sp_xml *element) {
  for (const sp_xml *first = content(element, NULL), *c = first; c; c = content(element, c)) {
    sp_str mid = sp_xml_attr_get(c, "name");
    const sp_xml *transport = sp_jingle_transport(c);
    if (!transport || !has_content(s, mid)) continue;
    if (c == first && sp_xml_child(transport, NULL, "gathering-complete")) {
      keep_candidate(s, mid, NULL);
      return;
    }
    for (const sp_xml *child = transport->children; child; child = child->next)
      if (sp_str_is(child->name, "candidate")) keep_candidate(s, mid, child);
  }
}

/* ICE restart (§10.6): what is known of the old transport is void; the reply follows when the browser has taken it. */
static int restart(sp_jingle_session *s, const sp_xml *element, sp_jingle_step *out) {
  sp_buf sdp;
  sp_buf_init(&sdp, s->alloc, SP_MAX_SDP);
  int status = sp_jingle_restart_sdp(s->alloc, s->remote, element, &sdp);
  if (status == SP_OK) status = sp_str_set(s->alloc, &s->waits_id, out->id);
  if (status == SP_OK) status = sp_buf_keep(&sdp, &s->remote);
  sp_buf_free(&sdp);
  if (status != SP_OK) return status;
  sp_jingle_notes_clear(s->alloc, &s->candidates);
  s->busy = s->waits = true;
  out->kind = SP_JINGLE_RESTART;
  out->replies = false;
  return SP_OK;
}

static void on_transport(sp_jingle_session *s, const sp_xml *element, sp_jingle_step *out) {
  const sp_xml *named = content(element, NULL);
  if (!named) out->error = SP_JINGLE_BAD_REQUEST;
  while (named && !has_content(s, sp_xml_attr_get(named, "name"))) named = content(element, named);
  if (!named) return;
  out->error = error_of(restart(s, element, out));
  if (out->error != SP_JINGLE_RESULT) return;
  keep_candidates(s, element);
  if (sp_jingle_stable(s) && s->candidates.first) out->kind = SP_JINGLE_CANDIDATES;
}

/* What needs no look inside: all others get bad-request. */
static const struct {
  const char *action;
  sp_jingle_error error;
  const char *refusal;
} answers[] = { { "session-accept", SP_JINGLE_OUT_OF_ORDER, NULL }, /* we offer nothing */
                { "content-add", SP_JINGLE_RESULT, "content-reject" },
                { "transport-replace", SP_JINGLE_RESULT, "transport-reject" },
                { "description-info", SP_JINGLE_UNSUPPORTED_INFO, NULL },
                { "security-info", SP_JINGLE_UNSUPPORTED_INFO, NULL },
                { "session-info", SP_JINGLE_RESULT, NULL },
                { "transport-info", SP_JINGLE_RESULT, NULL } };

static void handle(sp_jingle_session *s, const sp_xml *stanza, sp_jingle_step *out) {
  const sp_xml *element = sp_xml_child(stanza, SP_NS_JINGLE, "jingle");
  sp_str action = sp_xml_attr_get(element, "action");
  out->session = s;
  out->error = SP_JINGLE_BAD_REQUEST;
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
    if (!sp_str_is(action, answers[i].action)) continue;
    out->error = answers[i].error;
    out->refusal = answers[i].refusal;
  }
  if (sp_str_is(action, "session-info")) on_info(element->children, out);
  else if (sp_str_is(action, "transport-info")) on_transport(s, element, out);
}

static void reply_to(sp_jingle_step *out, const sp_xml *stanza) {
  out->replies = true;
  out->to = sp_xml_attr_get(stanza, "from");
  out->id = sp_xml_attr_get(stanza, "id");
}

static void on_terminate(sp_jingle_session *s, const sp_xml *element, sp_jingle_step *out) {
  const sp_xml *text = sp_xml_child(sp_xml_child(element, SP_NS_JINGLE, "reason"), SP_NS_JINGLE, "text");
  s->over = true;
  out->kind = SP_JINGLE_ENDED;
  out->session = s;
  out->reason = sp_jingle_reason(element);
  out->text = text ? text->text : SP_STR_NONE;
}

void sp_jingle_receive(sp_jingle *jingle, const sp_xml *stanza, sp_str own, bool elsewhere, sp_jingle_step *out) {
  const sp_xml *element = sp_xml_child(stanza, SP_NS_JINGLE, "jingle");
  sp_str sid = sp_xml_attr_get(element, "sid"), action = sp_xml_attr_get(element, "action");
  sp_str from = sp_xml_attr_get(stanza, "from");
  bool ends = sp_str_is(action, "session-terminate");
  *out = (sp_jingle_step){ 0 };
  reply_to(out, stanza);
  if (!sid.len || !action.len) {
    out->error = SP_JINGLE_BAD_REQUEST;
    return;
  }
  sp_jingle_session *s = find(jingle, sid);
  if (sp_str_is(action, "session-initiate")) {
    if (elsewhere) return;
    unsigned types = types_of(element);
    out->error = check_initiate(s, types, own, from);
    if (out->error == SP_JINGLE_RESULT) initiate(jingle, element, types, out);
  } else if (!s || !sp_jid_eq(s->peer, from)) {
    out->error = ends && !s ? SP_JINGLE_RESULT : SP_JINGLE_UNKNOWN_SESSION;
  } else if (ends) {
    on_terminate(s, element, out); /* at any time: D19 */
  } else if (!s->busy && !s->queue) {
    handle(s, stanza, out);
  } else if (enqueue(s, stanza) == SP_OK) {
    out->replies = false;
  } else {
    out->error = SP_JINGLE_CONSTRAINT;
  }
}

static void reply_now(sp_jingle_session *s, sp_jingle_error error, sp_jingle_step *out) {
  s->waits = s->busy = s->reply_on_answer = false;
  out->replies = true;
  out->error = error;
  out->to = s->peer;
  out->id = s->waits_id;
}

/* What an ended session still owes. */
static bool settle(sp_jingle *jingle, sp_jingle_session *s, sp_jingle_step *out) {
  out->error = SP_JINGLE_UNKNOWN_SESSION;
  if (s->waits) {
    reply_now(s, s->refusal, out);
    return true;
  }
  if (s->queue) {
    jingle->current = dequeue(s);
    reply_to(out, jingle->current->stanza);
    return true;
  }
  if (s->closed) unlink_session(jingle, s);
  return false;
}

bool sp_jingle_next(sp_jingle *jingle, sp_jingle_step *out) {
  action_free(jingle->alloc, jingle->current);
  jingle->current = NULL;
  *out = (sp_jingle_step){ 0 };
  for (sp_jingle_session *s = jingle->sessions, *next; s; s = next) {
    next = s->next;
    if (s->over) {
      if (settle(jingle, s, out)) return true;
    } else if (!s->busy && s->queue) {
      jingle->current = dequeue(s);
      reply_to(out, jingle->current->stanza);
      handle(s, jingle->current->stanza, out);
      return true;
    } else if (sp_jingle_stable(s) && s->candidates.first) {
      out->kind = SP_JINGLE_CANDIDATES;
      out->session = s;
      return true;
    }
  }
  return false;
}

bool sp_jingle_unavailable(sp_jingle *jingle, sp_str jid, sp_jingle_step *out) {
  for (sp_jingle_session *s = jingle->sessions; s; s = s->next) {
    if (s->over || !sp_jid_eq(s->peer, jid)) continue;
    s->over = true;
    *out = (sp_jingle_step){ .kind = SP_JINGLE_ENDED, .session = s, .reason = "gone" };
    return true;
  }
  return false;
}

/* --- what the owner says --- */

bool sp_jingle_candidate(sp_jingle_session *s, sp_str *mid, sp_str *line) {
  int what;
  return sp_jingle_stable(s) && sp_jingle_note_take(s->alloc, &s->candidates, &what, mid, line);
}

const char *sp_jingle_described(sp_jingle_session *s, bool ok, sp_jingle_step *out) {
  *out = (sp_jingle_step){ 0 };
  if (!s->waits || s->over) return NULL;
  if (ok && s->accepted) {
    s->reply_on_answer = true; /* and more of its answer goes first */
  } else if (ok) {
    s->described = true;
    reply_now(s, SP_JINGLE_RESULT, out);
  } else if (s->described) {
    reply_now(s, SP_JINGLE_INTERNAL, out);
    return "failed-transport";
  } else {
    s->refusal = SP_JINGLE_INTERNAL;
    s->over = true;
  }
  return NULL;
}

void sp_jingle_answered(sp_jingle_session *s, sp_jingle_step *out) {
  *out = (sp_jingle_step){ 0 };
  s->accepted = true;
  if (s->reply_on_answer) reply_now(s, SP_JINGLE_RESULT, out);
}

void sp_jingle_refuse(sp_jingle_session *s) {
  s->refusal = SP_JINGLE_SERVICE_UNAVAILABLE;
  sp_jingle_close(s);
}

void sp_jingle_set_over(sp_jingle_session *s) {
  s->over = true;
}

void sp_jingle_close(sp_jingle_session *s) {
  s->over = s->closed = true;
}

const char *sp_jingle_replied(const sp_jingle_session *s, const sp_xml *error) {
  if (!error || s->over) return NULL;
  if (sp_xml_child(error, SP_NS_JINGLE_ERRORS, "unknown-session")) return "gone";
  return !s->accepted && sp_xml_child(error, SP_NS_JINGLE_ERRORS, "tie-break") ? "alternative-session" : NULL;
}
