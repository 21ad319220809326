/* SPDX-License-Identifier: MIT */
/* <jingle> to SDP: wire.md §10.5, from left to right. The order of lines is the one given there. */
#include "jingle/internal.h"

#include "base/limits.h"
#include "sdp/sdp.h"

#include <string.h>

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

/* Appends `shape` with the values in the places of its marks: '$' is a token, '#' a number, '%' a text that may hold
   spaces. */
static void put(target *t, const char *shape, const sp_str *values) {
  for (; *shape; shape++) {
    if (!strchr("$#%", *shape)) {
      sp_buf_add_char(&t->text, *shape);
      continue;
    }
    sp_str value = *values++;
    uint64_t number;
    bool good = *shape == '$' ? sp_sdp_is_token(value) : *shape == '#' ? sp_str_to_u64(value, &number) : is_text(value);
    if (!good) t->status = SP_ESYNTAX;
    sp_buf_add(&t->text, value);
  }
}

static void put_one(target *t, const char *shape, sp_str value) {
  put(t, shape, &value);
}

static void put_two(target *t, const char *shape, sp_str first, sp_str second) {
  put(t, shape, (sp_str[]){ first, second });
}

/* The element after `after` (NULL: the first) with this namespace and name. */
static const sp_xml *next_child(const sp_xml *parent, const char *ns, const char *name, const sp_xml *after) {
  const sp_xml *child = after ? after->next : parent ? parent->children : NULL;
  while (child && !sp_xml_is(child, ns, name)) child = child->next;
  return child;
}

static void put_format_parameters(target *t, const sp_xml *payload, sp_str id) {
  const char *before = NULL;
  for (const sp_xml *p = NULL; (p = next_child(payload, SP_NS_RTP, "parameter", p));) {
    sp_str name = sp_str_trim(sp_xml_attr_get(p, "name")), value = sp_str_trim(sp_xml_attr_get(p, "value"));
    if (!name.len && !value.len) continue;
    if (before) sp_buf_add_text(&t->text, before);
    else put_one(t, "a=fmtp:# ", id);
    before = ";";
    if (name.len) put_one(t, "%", name);
    if (name.len && value.ptr) sp_buf_add_char(&t->text, '=');
    if (value.len) put_one(t, "%", value);
  }
  if (before) sp_buf_add_text(&t->text, "\r\n");
}

static void put_feedback(target *t, const sp_xml *payload, sp_str id) {
  for (const sp_xml *e = payload->children; e; e = e->next) {
    sp_str type = sp_xml_attr_get(e, "type"), subtype = sp_str_trim(sp_xml_attr_get(e, "subtype"));
    if (sp_xml_is(e, SP_NS_RTCP_FB, "rtcp-fb-trr-int")) {
      type = SP_STR("trr-int");
      subtype = sp_str_trim(sp_xml_attr_get(e, "value"));
    } else if (!sp_xml_is(e, SP_NS_RTCP_FB, "rtcp-fb")) {
      continue;
    }
    put(t, subtype.len ? "a=rtcp-fb:# $ %\r\n" : "a=rtcp-fb:# $\r\n", (sp_str[]){ id, type, subtype });
  }
}

static void put_codecs(target *t, const sp_xml *description) {
  for (const sp_xml *p = NULL; (p = next_child(description, SP_NS_RTP, "payload-type", p));) {
    sp_str id = sp_xml_attr_get(p, "id"), name = sp_xml_attr_get(p, "name"), rate = sp_xml_attr_get(p, "clockrate");
    sp_str channels = sp_xml_attr_get(p, "channels");
    bool many = channels.len && !sp_str_is(channels, "1");
    if (sp_str_find_char(name, '/', 0) != SIZE_MAX) t->status = SP_ESYNTAX;
    /* A static payload type needs no map (XEP-0167 §6). */
    if (name.len && rate.len)
      put(t, many ? "a=rtpmap:# $/#/#\r\n" : "a=rtpmap:# $/#\r\n", (sp_str[]){ id, name, rate, channels });
    put_format_parameters(t, p, id);
    put_feedback(t, p, id);
  }
}

static void put_extensions(target *t, const sp_xml *description) {
  for (const sp_xml *e = NULL; (e = next_child(description, SP_NS_RTP_HDREXT, "rtp-hdrext", e));) {
    sp_str direction = sp_jingle_direction(sp_xml_attr_get(e, "senders"), t->role);
    bool both = sp_str_is(direction, "sendrecv");
    put_one(t, "a=extmap:#", sp_xml_attr_get(e, "id"));
    put_two(t, both ? " $\r\n" : "/$ $\r\n", both ? sp_xml_attr_get(e, "uri") : direction, sp_xml_attr_get(e, "uri"));
  }
}

static void put_streams(target *t, const sp_xml *description) {
  const sp_xml *e = NULL;
  for (; (e = next_child(description, SP_NS_MSID, "stream", e));) {
    sp_str track = sp_xml_attr_get(e, "track");
    put_two(t, track.len ? "a=msid:$ $\r\n" : "a=msid:$\r\n", sp_xml_attr_get(e, "id"), track);
  }
  if (t->role == SP_JINGLE_INITIATOR && !sp_xml_child(description, SP_NS_MSID, "stream"))
    put_one(t, "a=msid:legacy $\r\n", sp_xml_attr_get(description, "media"));
}

static sp_str cname_of(const sp_xml *source) {
  for (const sp_xml *p = NULL; (p = next_child(source, SP_NS_SSMA, "parameter", p));)
    if (sp_str_is(sp_xml_attr_get(p, "name"), "cname")) return sp_str_trim(sp_xml_attr_get(p, "value"));
  return SP_STR_NONE;
}

/* The second source of the group that pairs a stream with its retransmissions (RFC 4588). */
static sp_str repair_source(const sp_xml *description) {
  const sp_xml *group = NULL;
  while ((group = next_child(description, SP_NS_SSMA, "ssrc-group", group))) {
    sp_str semantics = sp_xml_attr_get(group, "semantics");
    if (!semantics.len || sp_str_is(semantics, "FID")) break;
  }
  const sp_xml *first = next_child(group, SP_NS_SSMA, "source", NULL);
  return sp_xml_attr_get(first ? next_child(group, SP_NS_SSMA, "source", first) : NULL, "ssrc");
}

static void put_sources(target *t, const sp_xml *description) {
  const sp_xml *source = sp_xml_child(description, SP_NS_SSMA, "source");
  sp_str cname = cname_of(source), primary = sp_xml_attr_get(description, "ssrc"), repair = repair_source(description);
  if (!cname.len) return;
  put_two(t, "a=ssrc:# cname:%\r\n", sp_xml_attr_get(source, "ssrc"), cname);
  if (primary.len && repair.len)
    put(t, "a=ssrc-group:FID # #\r\na=ssrc:# cname:%\r\n", (sp_str[]){ primary, repair, repair, cname });
}

/* The numbers of the m-line; "0" when there is none, for a section without formats is no SDP. */
static void put_formats(target *t, const sp_xml *description) {
  uint64_t seen[2] = { 0 };
  const sp_xml *p = NULL;
  while ((p = next_child(description, SP_NS_RTP, "payload-type", p))) {
    if (!sp_jingle_new_payload(seen, sp_xml_attr_get(p, "id"))) t->status = SP_ESYNTAX;
    put_one(t, " #", sp_xml_attr_get(p, "id"));
  }
  sp_buf_add_text(&t->text, seen[0] | seen[1] ? "\r\n" : " 0\r\n");
}

#define CONNECTION "c=IN IP4 0.0.0.0\r\n"

static void put_rtp(target *t, const sp_xml *content, const sp_xml *description, bool live) {
  put_two(t, "m=$ $ UDP/TLS/RTP/SAVPF", sp_xml_attr_get(description, "media"), live ? SP_STR("9") : SP_STR("0"));
  put_formats(t, description);
  sp_buf_add_text(&t->text, CONNECTION "a=rtcp:9 IN IP4 0.0.0.0\r\n");
  put_codecs(t, description);
  put_extensions(t, description);
  put_one(t, "a=$\r\n", sp_jingle_direction(sp_xml_attr_get(content, "senders"), t->role));
  put_streams(t, description);
  if (sp_xml_child(description, SP_NS_RTP, "rtcp-reduced-size")) sp_buf_add_text(&t->text, "a=rtcp-rsize\r\n");
  if (sp_xml_child(description, SP_NS_RTP, "rtcp-mux")) sp_buf_add_text(&t->text, "a=rtcp-mux\r\n");
  put_sources(t, description);
}

static void put_transport(target *t, const sp_xml *transport) {
  const sp_xml *e = sp_xml_child(transport, SP_NS_DTLS, "fingerprint");
  put_two(t, "a=ice-ufrag:$\r\na=ice-pwd:$\r\n", sp_xml_attr_get(transport, "ufrag"),
          sp_xml_attr_get(transport, "pwd"));
  sp_str setup = sp_xml_attr_get(e, "setup");
  if (setup.len) put_one(t, "a=setup:$\r\n", setup);
  for (; e; e = next_child(transport, SP_NS_DTLS, "fingerprint", e))
    put_two(t, "a=fingerprint:$ $\r\n", sp_xml_attr_get(e, "hash"), sp_str_trim(e->text));
  for (e = transport->children; e; e = e->next) {
    if (!sp_str_is(e->name, "candidate") || !sp_str_eq(e->ns, transport->ns)) continue;
    sp_candidate candidate;
    if (sp_jingle_read_candidate(e, &candidate) != SP_OK) continue; /* one that nobody can use stops no call */
    sp_buf_add_text(&t->text, "a=");
    sp_candidate_write_line(&t->text, &candidate);
    sp_buf_add_text(&t->text, "\r\n");
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
  else if (live)
    put_two(t, "m=application 9 UDP/DTLS/SCTP $\r\n" CONNECTION "a=sctp-port:#\r\n",
            sp_xml_attr_get(channel, "protocol"), sp_xml_attr_get(channel, "number"));
  else sp_buf_add_text(&t->text, "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n" CONNECTION);
  put_one(t, "a=mid:$\r\n", sp_xml_attr_get(content, "name"));
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
    put_one(t, "a=group:$", sp_xml_attr_get(g, "semantics"));
    for (const sp_xml *c = NULL; (c = next_child(g, SP_NS_GROUPING, "content", c));)
      put_one(t, " $", sp_xml_attr_get(c, "name"));
    sp_buf_add_text(&t->text, "\r\n");
  }
}

static void put_session(target *t, sp_ids *ids) {
  uint8_t bytes[8];
  uint64_t id = 0;
  sp_ids_bytes(ids, bytes, sizeof bytes);
  for (size_t i = 0; i < sizeof bytes; i++) id = id << 8 | bytes[i];
  sp_buf_add_text(&t->text, "v=0\r\no=- ");
  sp_buf_add_u64(&t->text, id >> 1); /* RFC 9429 §5.2.1: the highest bit is zero */
  sp_buf_add_text(&t->text, " 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=msid-semantic:WMS *\r\n");
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
