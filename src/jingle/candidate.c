/* SPDX-License-Identifier: MIT */
/* <transport> and its <candidate> elements: wire.md §10.6. */
#include "jingle/internal.h"

const sp_xml *sp_jingle_transport(const sp_xml *content) {
  const sp_xml *transport = sp_xml_child(content, SP_NS_ICE_UDP, "transport");
  return transport ? transport : sp_xml_child(content, SP_NS_ICE, "transport");
}

sp_str sp_jingle_transport_ns(const sp_xml *jingle) {
  const sp_xml *transport = sp_jingle_transport(sp_xml_child(jingle, SP_NS_JINGLE, "content"));
  return transport ? transport->ns : SP_STR_NONE;
}

/* In the order of wire.md §10.6's example. */
static const struct {
  const char *attribute;
  size_t field;
} rows[] = {
  { "component", SP_CANDIDATE_COMPONENT },
  { "foundation", SP_CANDIDATE_FOUNDATION },
  { "ip", SP_CANDIDATE_ADDRESS },
  { "port", SP_CANDIDATE_PORT },
  { "priority", SP_CANDIDATE_PRIORITY },
  { "protocol", SP_CANDIDATE_PROTOCOL },
  { "rel-addr", SP_CANDIDATE_RELATED_ADDRESS },
  { "rel-port", SP_CANDIDATE_RELATED_PORT },
  { "tcptype", SP_CANDIDATE_TCP_TYPE },
  { "type", SP_CANDIDATE_TYPE },
};

int sp_jingle_read_candidate(const sp_xml *element, sp_candidate *out) {
  *out = (sp_candidate){ 0 };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    out->field[rows[i].field] = sp_xml_attr_get(element, rows[i].attribute);
  return sp_candidate_check(out);
}

int sp_jingle_candidate_to_line(const sp_xml *candidate, sp_buf *out) {
  sp_candidate fields;
  int status = sp_jingle_read_candidate(candidate, &fields);
  if (status != SP_OK) return status;
  size_t len = out->len;
  sp_candidate_write_line(out, &fields);
  status = sp_buf_status(out);
  if (status != SP_OK) out->len = len;
  return status;
}

void sp_jingle_write_candidate_element(sp_xw *w, const sp_candidate *candidate) {
  sp_xw_open(w, "candidate");
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    sp_str value = candidate->field[rows[i].field];
    uint64_t number = 1;
    if (rows[i].field == SP_CANDIDATE_PROTOCOL)
      value = sp_str_eq_nocase(value, SP_STR("tcp")) ? SP_STR("tcp") : SP_STR("udp");
    if (rows[i].field == SP_CANDIDATE_RELATED_PORT && sp_str_to_u64(value, &number) && !number) continue;
    if (value.len) sp_xw_attr(w, rows[i].attribute, value);
  }
  sp_xw_close(w);
}

void sp_jingle_open_content(sp_xw *w, sp_str mid) {
  sp_xw_open(w, "content");
  sp_xw_attr(w, "creator", SP_STR("initiator"));
  sp_xw_attr(w, "name", mid);
}

void sp_jingle_open_transport(sp_xw *w, sp_str transport_ns) {
  sp_xw_open(w, "transport");
  sp_xw_attr(w, "xmlns", transport_ns.len ? transport_ns : SP_STR(SP_NS_ICE_UDP));
}

sp_jingle_mark sp_jingle_mark_here(const sp_xw *w) {
  return (sp_jingle_mark){ *w, w->buf->len };
}

int sp_jingle_end(sp_xw *w, const sp_jingle_mark *mark, int status) {
  if (status == SP_OK) status = sp_buf_status(w->buf);
  if (status == SP_OK) return SP_OK;
  *w = mark->w;
  w->buf->len = mark->len;
  return status;
}

/* `candidate` NULL: gathering-complete. */
static int write_trickle(sp_xw *w, sp_str mid, sp_str ufrag, const sp_candidate *candidate, sp_str transport_ns) {
  sp_jingle_mark mark = sp_jingle_mark_here(w);
  sp_jingle_open_content(w, mid);
  sp_jingle_open_transport(w, transport_ns);
  sp_xw_attr(w, "ufrag", ufrag);
  if (candidate) {
    sp_jingle_write_candidate_element(w, candidate);
  } else {
    sp_xw_open(w, "gathering-complete");
    sp_xw_close(w);
  }
  sp_xw_close(w);
  sp_xw_close(w);
  return sp_jingle_end(w, &mark, SP_OK);
}

int sp_jingle_write_candidate(sp_xw *w, sp_str mid, sp_str ufrag, sp_str line, sp_str transport_ns) {
  sp_candidate candidate;
  int status = sp_candidate_read_line(line, &candidate);
  if (status != SP_OK) return status;
  if (sp_str_starts(line, "a=")) line = sp_str_slice(line, 2, line.len);
  if (!sp_candidate_allowed(line)) return SP_ENOENT;
  if (!ufrag.len) ufrag = candidate.field[SP_CANDIDATE_UFRAG];
  return write_trickle(w, mid, ufrag, &candidate, transport_ns);
}

int sp_jingle_write_gathering_complete(sp_xw *w, sp_str mid, sp_str ufrag, sp_str transport_ns) {
  return write_trickle(w, mid, ufrag, NULL, transport_ns);
}
