/* SPDX-License-Identifier: MIT */
/* <jingle> to SDP: wire.md §10.5, from left to right. The order of lines is the one given there. */
#include "jingle/internal.h"

#include "base/limits.h"
#include "sdp/sdp.h"

typedef struct target {
  sp_buf text;
  sp_jingle_role role;
  int status;
} target;

/* No control character, which could begin a line of its own. */
static bool is_text(sp_str s) {
  for (size_t i = 0; i < s.len; i++)
    if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7F) return false;
  return s.len > 0;
}

static bool is_mark(char c) {
  return c == '$' || c == '#' || c == '%';
}

/* The value behind a mark: of the attribute whose name follows at *at, which moves on, or without a name the element's
   text. */
static sp_str next_value(const sp_xml *element, const char **at, char mark) {
  char name[16] = { 0 };
  for (size_t i = 0; **at >= 'a' && **at <= 'z' && i < sizeof name - 1; i++) name[i] = *(*at)++;
  sp_str value = *name ? sp_xml_attr_get(element, name) : element->text;
  return mark == '%' || !*name ? sp_str_trim(value) : value;
}

/* Appends `shape` with what `element` has in the places of its marks: "$name" is an attribute that is a token, "#name"
   one that is a number, "%name" one that is a text and may hold spaces; "$" alone is the text of the element. What
   stands in brackets is left out when its mark has no value. */
static void put(target *t, const sp_xml *element, const char *shape) {
  while (*shape) {
    char c = *shape++;
    const char *at = shape;
    if (c == '[') {
      while (!is_mark(*at++)) {
      }
      if (!next_value(element, &at, at[-1]).len)
        while (*++shape != ']') {
        }
    } else if (is_mark(c)) {
      uint64_t number;
      sp_str value = next_value(element, &shape, c);
      bool good = c == '$' ? sp_sdp_is_token(value) : c == '#' ? sp_str_to_u64(value, &number) : is_text(value);
      if (!good) t->status = SP_ESYNTAX;
      sp_buf_add(&t->text, value);
    } else if (c != ']') {
      sp_buf_add_char(&t->text, c);
    }
  }
}

static void put_text(target *t, const char *text) {
  sp_buf_add_text(&t->text, text);
}

/* The element after `after` (NULL: the first) with this namespace and name. */
static const sp_xml *next_child(const sp_xml *parent, const char *ns, const char *name, const sp_xml *after) {
  const sp_xml *child = after ? after->next : parent ? parent->children : NULL;
  while (child && !sp_xml_is(child, ns, name)) child = child->next;
  return child;
}

static void put_format_parameters(target *t, const sp_xml *payload) {
  bool first = true;
  for (const sp_xml *p = NULL; (p = next_child(payload, SP_NS_RTP, "parameter", p));) {
    bool named = sp_str_trim(sp_xml_attr_get(p, "name")).len > 0;
    sp_str value = sp_xml_attr_get(p, "value");
    if (!named && !sp_str_trim(value).len) continue;
    put(t, payload, first ? "a=fmtp:#id " : ";");
    put(t, p, !named ? "%value" : value.ptr ? "%name=[%value]" : "%name");
    first = false;
  }
  if (!first) put_text(t, "\r\n");
}

static void put_feedback(target *t, const sp_xml *payload) {
  for (const sp_xml *e = payload->children; e; e = e->next) {
    bool interval = sp_xml_is(e, SP_NS_RTCP_FB, "rtcp-fb-trr-int");
    if (!interval && !sp_xml_is(e, SP_NS_RTCP_FB, "rtcp-fb")) continue;
    put(t, payload, "a=rtcp-fb:#id ");
    put(t, e, interval ? "trr-int[ %value]\r\n" : "$type[ %subtype]\r\n");
  }
}

static void put_codecs(target *t, const sp_xml *description) {
  for (const sp_xml *p = NULL; (p = next_child(description, SP_NS_RTP, "payload-type", p));) {
    sp_str name = sp_xml_attr_get(p, "name");
    bool mono = sp_str_is(sp_xml_attr_get(p, "channels"), "1");
    if (sp_str_find_char(name, '/', 0) != SIZE_MAX) t->status = SP_ESYNTAX;
    /* A static payload type needs no map (XEP-0167 §6). */
    if (name.len && sp_xml_attr_get(p, "clockrate").len)
      put(t, p, mono ? "a=rtpmap:#id $name/#clockrate\r\n" : "a=rtpmap:#id $name/#clockrate[/#channels]\r\n");
    put_format_parameters(t, p);
    put_feedback(t, p);
  }
}

/* The direction that `senders` of the element means, with the sign before it. */
static void put_direction(target *t, const sp_xml *element, const char *before) {
  put_text(t, before);
  put_text(t, sp_jingle_direction(sp_xml_attr_get(element, "senders"), t->role));
}

static void put_extensions(target *t, const sp_xml *description) {
  for (const sp_xml *e = NULL; (e = next_child(description, SP_NS_RTP_HDREXT, "rtp-hdrext", e));) {
    sp_str senders = sp_xml_attr_get(e, "senders");
    put(t, e, "a=extmap:#id");
    if (senders.len && !sp_str_is(senders, "both")) put_direction(t, e, "/");
    put(t, e, " $uri\r\n");
  }
}

static void put_streams(target *t, const sp_xml *description) {
  const sp_xml *e = next_child(description, SP_NS_MSID, "stream", NULL);
  if (!e && t->role == SP_JINGLE_INITIATOR) put(t, description, "a=msid:legacy $media\r\n");
  for (; e; e = next_child(description, SP_NS_MSID, "stream", e)) put(t, e, "a=msid:$id[ $track]\r\n");
}

/* The parameter of a source that holds its name; NULL when there is none. */
static const sp_xml *cname_of(const sp_xml *source) {
  const sp_xml *p = NULL;
  while ((p = next_child(source, SP_NS_SSMA, "parameter", p)))
    if (sp_str_is(sp_xml_attr_get(p, "name"), "cname") && sp_xml_attr_get(p, "value").len) break;
  return p;
}

/* The second source of the group that pairs a stream with its retransmissions (RFC 4588). */
static const sp_xml *repair_source(const sp_xml *description) {
  const sp_xml *group = NULL;
  while ((group = next_child(description, SP_NS_SSMA, "ssrc-group", group))) {
    sp_str semantics = sp_xml_attr_get(group, "semantics");
    if (!semantics.len || sp_str_is(semantics, "FID")) break;
  }
  const sp_xml *first = next_child(group, SP_NS_SSMA, "source", NULL);
  return first ? next_child(group, SP_NS_SSMA, "source", first) : NULL;
}

static void put_sources(target *t, const sp_xml *description) {
  const sp_xml *source = sp_xml_child(description, SP_NS_SSMA, "source"), *cname = cname_of(source);
  const sp_xml *repair = repair_source(description);
  if (!cname) return;
  put(t, source, "a=ssrc:#ssrc ");
  put(t, cname, "cname:%value\r\n");
  if (!repair || !sp_xml_attr_get(description, "ssrc").len) return;
  put(t, description, "a=ssrc-group:FID #ssrc ");
  put(t, repair, "#ssrc\r\na=ssrc:#ssrc ");
  put(t, cname, "cname:%value\r\n");
}

/* The numbers of the m-line; "0" when there is none, for a section without formats is no SDP. */
static void put_formats(target *t, const sp_xml *description) {
  uint64_t seen[2] = { 0 };
  const sp_xml *p = NULL;
  while ((p = next_child(description, SP_NS_RTP, "payload-type", p))) {
    if (!sp_jingle_new_payload(seen, sp_xml_attr_get(p, "id"))) t->status = SP_ESYNTAX;
    put(t, p, " #id");
  }
  put_text(t, seen[0] | seen[1] ? "\r\n" : " 0\r\n");
}

#define CONNECTION "c=IN IP4 0.0.0.0\r\n"

static void put_rtp(target *t, const sp_xml *content, const sp_xml *description, bool live) {
  put(t, description, live ? "m=$media 9 UDP/TLS/RTP/SAVPF" : "m=$media 0 UDP/TLS/RTP/SAVPF");
  put_formats(t, description);
  put_text(t, CONNECTION "a=rtcp:9 IN IP4 0.0.0.0\r\n");
  put_codecs(t, description);
  put_extensions(t, description);
  put_direction(t, content, "a=");
  put_text(t, "\r\n");
  put_streams(t, description);
  if (sp_xml_child(description, SP_NS_RTP, "rtcp-reduced-size")) put_text(t, "a=rtcp-rsize\r\n");
  if (sp_xml_child(description, SP_NS_RTP, "rtcp-mux")) put_text(t, "a=rtcp-mux\r\n");
  put_sources(t, description);
}

static void put_transport(target *t, const sp_xml *transport) {
  const sp_xml *e = sp_xml_child(transport, SP_NS_DTLS, "fingerprint");
  put(t, transport, "a=ice-ufrag:$ufrag\r\na=ice-pwd:$pwd\r\n");
  put(t, e, "[a=setup:$setup\r\n]");
  for (; e; e = next_child(transport, SP_NS_DTLS, "fingerprint", e)) put(t, e, "a=fingerprint:$hash $\r\n");
  for (e = transport->children; e; e = e->next) {
    sp_candidate candidate;
    /* One that nobody can use stops no call. */
    if (!sp_str_is(e->name, "candidate") || sp_jingle_read_candidate(e, &candidate) != SP_OK) continue;
    put_text(t, "a=");
    sp_candidate_write_line(&t->text, &candidate);
    put_text(t, "\r\n");
  }
}

/* A content without ICE credentials, fingerprint or payloads is a rejected section: port 0 and no transport. */
static void put_content(target *t, const sp_xml *content) {
  const sp_xml *transport = sp_jingle_transport(content);
  const sp_xml *description = sp_xml_child(content, SP_NS_RTP, "description");
  const sp_xml *channel = sp_xml_child(transport, SP_NS_DTLS_SCTP, "sctpmap");
  bool live = sp_xml_attr_get(transport, "ufrag").len && sp_xml_attr_get(transport, "pwd").len &&
              sp_xml_child(transport, SP_NS_DTLS, "fingerprint") &&
              (description ? sp_xml_child(description, SP_NS_RTP, "payload-type") : channel);
  if (description) put_rtp(t, content, description, live);
  else if (live) put(t, channel, "m=application 9 UDP/DTLS/SCTP $protocol\r\n" CONNECTION "a=sctp-port:#number\r\n");
  else put_text(t, "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n" CONNECTION);
  put(t, content, "a=mid:$name\r\n");
  if (live) put_transport(t, transport);
}

static void put_contents(target *t, const sp_xml *jingle) {
  size_t count = 1; /* the session part */
  for (const sp_xml *c = NULL; (c = next_child(jingle, SP_NS_JINGLE, "content", c)) && t->status == SP_OK;) {
    if (++count > SP_MAX_SDP_SECTIONS) t->status = SP_ELIMIT;
    for (const sp_xml *other = NULL; (other = next_child(jingle, SP_NS_JINGLE, "content", other)) != c;)
      if (sp_str_eq(sp_xml_attr_get(other, "name"), sp_xml_attr_get(c, "name"))) t->status = SP_ESYNTAX;
    put_content(t, c);
  }
  if (count == 1) t->status = SP_ESYNTAX;
}

static void put_groups(target *t, const sp_xml *jingle) {
  for (const sp_xml *g = NULL; (g = next_child(jingle, SP_NS_GROUPING, "group", g));) {
    put(t, g, "a=group:$semantics");
    for (const sp_xml *c = NULL; (c = next_child(g, SP_NS_GROUPING, "content", c));) put(t, c, " $name");
    put_text(t, "\r\n");
  }
}

static void put_session(target *t, sp_ids *ids) {
  uint8_t bytes[8];
  uint64_t id = 0;
  sp_ids_bytes(ids, bytes, sizeof bytes);
  for (size_t i = 0; i < sizeof bytes; i++) id = id << 8 | bytes[i];
  put_text(t, "v=0\r\no=- ");
  sp_buf_add_u64(&t->text, id >> 1); /* RFC 9429 §5.2.1: the highest bit is zero */
  put_text(t, " 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=msid-semantic:WMS *\r\n");
}

/* Whether our own reader takes it: its limits are those of everything that uses a description later. */
static int check(const sp_alloc *alloc, sp_str text) {
  sp_arena arena;
  sp_sdp sdp;
  sp_arena_init(&arena, alloc, SP_MAX_SCRATCH);
  int status = sp_sdp_read(&arena, text, &sdp);
  sp_arena_free(&arena);
  return status;
}

int sp_jingle_to_sdp(const sp_alloc *alloc, const sp_xml *jingle, sp_jingle_role role, sp_ids *ids, sp_buf *out) {
  target t = { .role = role, .status = SP_OK };
  sp_buf_init(&t.text, alloc, SP_MAX_SDP);
  put_session(&t, ids);
  put_groups(&t, jingle);
  put_contents(&t, jingle);
  if (sp_buf_status(&t.text) != SP_OK) t.status = sp_buf_status(&t.text);
  if (t.status == SP_OK) t.status = check(alloc, sp_buf_str(&t.text));
  if (t.status == SP_OK) {
    sp_buf_add(out, sp_buf_str(&t.text));
    t.status = sp_buf_status(out);
  }
  sp_buf_free(&t.text);
  return t.status;
}

static bool is_candidate(const sp_sdp_line *line) {
  return line->name.ptr && (sp_str_is(line->name, "candidate") || sp_str_is(line->name, "end-of-candidates"));
}

/* New credentials in the place of the old ones; the old candidates belong to those. */
static int restart_section(sp_sdp_section *section, const sp_xml *transport, bool *changed) {
  const sp_sdp_line *old_ufrag = sp_sdp_next(section, "ice-ufrag", NULL);
  const sp_sdp_line *old_pwd = sp_sdp_next(section, "ice-pwd", NULL);
  sp_str ufrag = sp_xml_attr_get(transport, "ufrag"), pwd = sp_xml_attr_get(transport, "pwd");
  if (!ufrag.len || !pwd.len || !old_ufrag || !old_pwd) return SP_OK;
  if (sp_str_eq(old_ufrag->value, ufrag) && sp_str_eq(old_pwd->value, pwd)) return SP_OK;
  if (!sp_sdp_is_token(ufrag) || !sp_sdp_is_token(pwd)) return SP_ESYNTAX;
  size_t kept = 0;
  for (size_t i = 0; i < section->count; i++) {
    const sp_sdp_line *line = &section->lines[i];
    if (is_candidate(line)) continue;
    sp_str value = line == old_ufrag ? ufrag : line == old_pwd ? pwd : line->value;
    section->lines[kept++] = (sp_sdp_line){ line->type, line->name, value };
  }
  section->count = kept;
  *changed = true;
  return SP_OK;
}

int sp_jingle_restart_sdp(const sp_alloc *alloc, sp_str sdp, const sp_xml *jingle, sp_buf *out) {
  sp_arena arena;
  sp_sdp model;
  bool changed = false;
  size_t len = out->len;
  sp_arena_init(&arena, alloc, SP_MAX_SCRATCH);
  int status = sp_sdp_read(&arena, sdp, &model);
  const sp_xml *content = NULL;
  for (size_t i = 1; status == SP_OK && i < model.count; i++) {
    content = next_child(jingle, SP_NS_JINGLE, "content", content);
    if (!content) break;
    status = restart_section(&model.sections[i], sp_jingle_transport(content), &changed);
  }
  if (status == SP_OK && !changed) status = SP_ENOENT;
  if (status == SP_OK) {
    sp_sdp_write(&model, out);
    status = sp_buf_status(out);
    if (status != SP_OK) out->len = len;
  }
  sp_arena_free(&arena);
  return status;
}
