/* SPDX-License-Identifier: MIT */
#include "xmpp/iq.h"

#include "base/limits.h"
#include "base/status.h"
#include "xmpp/jid.h"
#include "xmpp/ns.h"

/* One request, from its writing to the taking of its answer. */
typedef struct record {
  struct record *next;
  sp_token token;
  sp_uuid id;
  sp_str to;
  uint64_t deadline;
  sp_iq_outcome outcome;
  const sp_xml *stanza;
  sp_str condition;
} record;

/* First in, first out. */
typedef struct record_list {
  record *first, *last;
  size_t count;
} record_list;

struct sp_iq {
  const sp_alloc *alloc;
  sp_ids *ids;
  sp_effects *fx;
  uint32_t socket;
  bool attached;
  sp_str own;
  sp_buf out;       /* the stanza being written */
  record *building; /* its record; NULL when out of memory */
  record_list waiting, answered;
};

static void list_push(record_list *list, record *r) {
  r->next = NULL;
  if (list->last) list->last->next = r;
  else list->first = r;
  list->last = r;
  list->count++;
}

static record *list_remove(record_list *list, record *previous) {
  record *r = previous ? previous->next : list->first;
  if (previous) previous->next = r->next;
  else list->first = r->next;
  if (list->last == r) list->last = previous;
  list->count--;
  return r;
}

static void record_free(sp_iq *iq, record *r) {
  if (!r) return;
  sp_str_free(iq->alloc, &r->to);
  sp_alloc_free(iq->alloc, r);
}

static void list_free(sp_iq *iq, record_list *list) {
  while (list->first) record_free(iq, list_remove(list, NULL));
}

static void answer(sp_iq *iq, record *r, sp_iq_outcome outcome, const sp_xml *stanza, sp_str condition) {
  if (r->token.owner == SP_OWNER_NONE) {
    record_free(iq, r);
    return;
  }
  r->outcome = outcome;
  r->stanza = stanza;
  r->condition = condition;
  list_push(&iq->answered, r);
}

sp_iq *sp_iq_new(const sp_alloc *alloc, sp_ids *ids, sp_effects *fx) {
  sp_iq *iq = sp_alloc_new(alloc, sizeof *iq);
  if (!iq) return NULL;
  iq->alloc = alloc;
  iq->ids = ids;
  iq->fx = fx;
  sp_buf_init(&iq->out, alloc, SP_MAX_EFFECT_TEXT);
  return iq;
}

void sp_iq_free(sp_iq *iq) {
  if (!iq) return;
  record_free(iq, iq->building);
  list_free(iq, &iq->waiting);
  list_free(iq, &iq->answered);
  sp_str_free(iq->alloc, &iq->own);
  sp_buf_free(&iq->out);
  sp_alloc_free(iq->alloc, iq);
}

sp_uuid sp_iq_new_id(sp_iq *iq) {
  return sp_ids_uuid(iq->ids);
}

int sp_iq_attach(sp_iq *iq, uint32_t socket, sp_str own) {
  int rc = sp_str_set(iq->alloc, &iq->own, own);
  if (rc != SP_OK) return rc;
  iq->socket = socket;
  iq->attached = true;
  return SP_OK;
}

void sp_iq_detach(sp_iq *iq) {
  iq->attached = false;
  sp_str_free(iq->alloc, &iq->own);
  while (iq->waiting.first) answer(iq, list_remove(&iq->waiting, NULL), SP_IQ_NOT_SENT, NULL, SP_STR("not-connected"));
}

bool sp_iq_attached(const sp_iq *iq) {
  return iq->attached && iq->own.len > 0;
}

uint32_t sp_iq_socket(const sp_iq *iq) {
  return iq->socket;
}

sp_str sp_iq_own_jid(const sp_iq *iq) {
  return iq->own;
}

static int send_frame(sp_iq *iq, sp_str stanza) {
  bool queued = sp_effects_push(iq->fx, SP_FX_SOCKET_SEND, iq->socket, SP_STR_NONE, stanza);
  return queued ? SP_OK : SP_ENOMEM;
}

int sp_iq_send(sp_iq *iq, sp_str stanza) {
  return sp_iq_attached(iq) ? send_frame(iq, stanza) : SP_ESTATE;
}

/* RFC 6120 §7.1: before it is bound a client talks to its server only, which is the supervisor's business. */
static bool may_request(const sp_iq *iq, sp_token token) {
  return sp_iq_attached(iq) || (iq->attached && token.owner == SP_OWNER_STREAMING);
}

static void open_iq(sp_iq *iq, sp_xw *w, const char *type, sp_str id, sp_str to, sp_str from) {
  sp_buf_reset(&iq->out);
  sp_xw_begin(w, &iq->out);
  sp_xw_open(w, "iq");
  sp_xw_attr(w, "xmlns", SP_STR(SP_NS_CLIENT));
  sp_xw_attr(w, "id", id);
  sp_xw_attr(w, "to", to);
  sp_xw_attr(w, "from", from);
  sp_xw_attr(w, "type", sp_str_from(type));
}

static record *record_new(sp_iq *iq, sp_str to) {
  record *r = sp_alloc_new(iq->alloc, sizeof *r);
  if (!r) return NULL;
  r->id = sp_ids_uuid(iq->ids);
  if (sp_str_dup(iq->alloc, to, &r->to) == SP_OK) return r;
  sp_alloc_free(iq->alloc, r);
  return NULL;
}

void sp_iq_begin(sp_iq *iq, sp_xw *w, const char *type, sp_str to, bool with_from) {
  record_free(iq, iq->building);
  iq->building = record_new(iq, to);
  sp_str id = iq->building ? sp_uuid_str(&iq->building->id) : SP_STR_NONE;
  open_iq(iq, w, type, id, to, with_from ? iq->own : SP_STR_NONE);
}

int sp_iq_end(sp_iq *iq, sp_xw *w, uint64_t now, sp_token token) {
  sp_xw_close(w);
  record *r = iq->building;
  iq->building = NULL;
  int rc = r ? sp_buf_status(&iq->out) : SP_ENOMEM;
  bool may = may_request(iq, token);
  if (rc == SP_OK && may && iq->waiting.count >= SP_MAX_IQ_WAITING) rc = SP_ELIMIT;
  if (rc == SP_OK && may) rc = send_frame(iq, sp_buf_str(&iq->out));
  if (rc != SP_OK && rc != SP_ELIMIT) {
    record_free(iq, r);
    return rc;
  }
  r->token = token;
  r->deadline = now + SP_IQ_TIMEOUT_MS;
  if (rc == SP_ELIMIT || !may) answer(iq, r, SP_IQ_NOT_SENT, NULL, SP_STR("not-connected"));
  else if (token.owner == SP_OWNER_NONE) record_free(iq, r);
  else list_push(&iq->waiting, r);
  return rc;
}

static int send_reply(sp_iq *iq) {
  int rc = sp_buf_status(&iq->out);
  return rc == SP_OK ? sp_iq_send(iq, sp_buf_str(&iq->out)) : rc;
}

int sp_iq_reply_result(sp_iq *iq, const sp_xml *request) {
  sp_xw w;
  open_iq(iq, &w, "result", sp_xml_attr_get(request, "id"), sp_xml_attr_get(request, "from"), SP_STR_NONE);
  sp_xw_close(&w);
  return send_reply(iq);
}

static void empty_element(sp_xw *w, const char *ns, const char *name) {
  sp_xw_open(w, name);
  sp_xw_attr(w, "xmlns", sp_str_from(ns));
  sp_xw_close(w);
}

int sp_iq_reply_error(sp_iq *iq, const sp_xml *request, const char *type, const char *condition, const char *app_ns,
                      const char *app_name) {
  sp_xw w;
  open_iq(iq, &w, "error", sp_xml_attr_get(request, "id"), sp_xml_attr_get(request, "from"), SP_STR_NONE);
  sp_xw_open(&w, "error");
  sp_xw_attr(&w, "type", sp_str_from(type));
  empty_element(&w, SP_NS_STANZA_ERRORS, condition);
  if (app_ns && app_name) empty_element(&w, app_ns, app_name);
  sp_xw_close(&w);
  sp_xw_close(&w);
  return send_reply(iq);
}

/* Full, bare or domain form of `jid`. */
static bool is_form_of(sp_str from, sp_str jid) {
  return jid.len > 0 &&
         (sp_jid_eq(from, jid) || sp_jid_eq(from, sp_jid_bare(jid)) || sp_jid_eq(from, sp_jid_domain(jid)));
}

/* RFC 6120 §8.1.2.1: no `from` stands for the own account; anybody else could forge an answer. */
static bool may_answer(const sp_iq *iq, const record *r, sp_str from) {
  return from.len == 0 || is_form_of(from, iq->own) || is_form_of(from, r->to);
}

static sp_str error_condition(const sp_xml *stanza) {
  const sp_xml *error = sp_xml_child(stanza, NULL, "error");
  for (const sp_xml *c = error ? error->children : NULL; c; c = c->next)
    if (sp_str_is(c->ns, SP_NS_STANZA_ERRORS) && !sp_str_is(c->name, "text")) return c->name;
  return SP_STR("undefined-condition");
}

static void match(sp_iq *iq, const sp_xml *stanza, bool is_error) {
  sp_str id = sp_xml_attr_get(stanza, "id"), from = sp_xml_attr_get(stanza, "from");
  record *previous = NULL;
  for (record *r = iq->waiting.first; r; previous = r, r = r->next) {
    if (!sp_str_eq(sp_uuid_str(&r->id), id)) continue;
    if (!may_answer(iq, r, from)) return;
    list_remove(&iq->waiting, previous);
    if (is_error) answer(iq, r, SP_IQ_ERROR, stanza, error_condition(stanza));
    else answer(iq, r, SP_IQ_RESULT, stanza, SP_STR_NONE);
    return;
  }
}

bool sp_iq_receive(sp_iq *iq, const sp_xml *stanza) {
  if (!sp_xml_is(stanza, SP_NS_CLIENT, "iq")) return false;
  sp_str type = sp_xml_attr_get(stanza, "type");
  bool is_error = sp_str_is(type, "error");
  if (!is_error && !sp_str_is(type, "result")) return false;
  match(iq, stanza, is_error);
  return true;
}

void sp_iq_tick(sp_iq *iq, uint64_t now) {
  /* The oldest waits in front: all wait equally long. */
  while (iq->waiting.first && iq->waiting.first->deadline <= now)
    answer(iq, list_remove(&iq->waiting, NULL), SP_IQ_TIMED_OUT, NULL, SP_STR("timeout"));
}

uint64_t sp_iq_deadline(const sp_iq *iq) {
  return iq->waiting.first ? iq->waiting.first->deadline : SP_NEVER;
}

bool sp_iq_take(sp_iq *iq, sp_iq_answer *out) {
  if (!iq->answered.first) return false;
  record *r = list_remove(&iq->answered, NULL);
  *out = (sp_iq_answer){ r->token, r->outcome, r->stanza, r->condition };
  record_free(iq, r);
  return true;
}
