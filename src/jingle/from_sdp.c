/* SPDX-License-Identifier: MIT */
/* SDP to <content> elements: wire.md §10.5, from right to left. The order of children is the one of §10.4. What it says
   of offers that we initiate (an msid parameter, a second source) is not written: the platform initiates every session.
 */
#include "jingle/internal.h"

#include "base/limits.h"
#include "sdp/sdp.h"

typedef struct source {
  sp_xw *w;
  const sp_sdp_section *session, *section;
  sp_jingle_role role;
  bool transports_only;
  sp_str transport_ns;
} source;

static void text_attr(sp_xw *w, const char *name, const char *value) {
  sp_xw_attr(w, name, sp_str_from(value));
}

static void open_in(sp_xw *w, const char *name, const char *ns) {
  sp_xw_open(w, name);
  text_attr(w, "xmlns", ns);
}

/* An element with one attribute, or without any when the value is absent. */
static void write_element(sp_xw *w, const char *name, const char *attribute, sp_str value) {
  sp_xw_open(w, name);
  sp_xw_attr(w, attribute, value);
  sp_xw_close(w);
}

static bool has(const source *s, const char *name) {
  return sp_sdp_next(s->section, name, NULL) != NULL;
}

/* The first attribute of this name: of the section, else of the session. */
static const sp_sdp_line *inherited(const source *s, const char *name) {
  const sp_sdp_line *line = sp_sdp_next(s->section, name, NULL);
  return line ? line : sp_sdp_next(s->session, name, NULL);
}

static sp_str value_of(const sp_sdp_line *line) {
  return line ? sp_str_trim(line->value) : SP_STR_NONE;
}

/* Cuts the text up to `c`, or all of it, from *rest. */
static sp_str cut(sp_str *rest, char c) {
  size_t at = sp_str_find_char(*rest, c, 0);
  sp_str part = sp_str_slice(*rest, 0, at);
  *rest = at == SIZE_MAX ? SP_STR_NONE : sp_str_slice(*rest, at + 1, rest->len);
  return sp_str_trim(part);
}

/* The next "a=<name>:<key> <rest>" after `line`. */
static const sp_sdp_line *next_of(const source *s, const char *name, sp_str key, const sp_sdp_line *line,
                                  sp_str *rest) {
  while ((line = sp_sdp_next(s->section, name, line))) {
    *rest = line->value;
    if (sp_str_eq(sp_sdp_word(rest), key)) break;
  }
  if (line) *rest = sp_str_trim(*rest);
  return line;
}

/* Cuts the next parameter of an fmtp line; an absent value: it has none. false at the end. */
static bool next_parameter(sp_str *rest, sp_str *name, sp_str *value) {
  while (rest->len) {
    *value = cut(rest, ';');
    if (!value->len) continue;
    *name = cut(value, '=');
    if (value->ptr) *value = sp_str_trim(*value);
    return true;
  }
  return false;
}

/* The value of a parameter that the payload type should have; absent when it has not. */
static sp_str parameter(sp_str parameters, const char *wanted) {
  for (sp_str name, value; next_parameter(&parameters, &name, &value);)
    if (sp_str_is(name, wanted)) return value;
  return SP_STR_NONE;
}

static void write_feedback(const source *s, sp_str feedback) {
  sp_str type = sp_sdp_word(&feedback);
  bool interval = sp_str_is(type, "trr-int");
  sp_str rest = sp_str_trim(feedback);
  sp_xw_open(s->w, interval ? "rtcpf:rtcp-fb-trr-int" : "rtcpf:rtcp-fb");
  if (!interval) sp_xw_attr(s->w, "type", type);
  if (rest.len || interval) sp_xw_attr(s->w, interval ? "value" : "subtype", rest);
  sp_xw_close(s->w);
}

static bool has_feedback(const source *s, sp_str id, sp_str feedback) {
  sp_str own;
  for (const sp_sdp_line *line = NULL; (line = next_of(s, "rtcp-fb", id, line, &own));)
    if (sp_str_eq(own, feedback)) return true;
  return false;
}

/* Answers whether it is a retransmission payload with the payload it repeats. */
static bool write_payload(const source *s, sp_str id) {
  sp_xw *w = s->w;
  sp_str map = SP_STR_NONE, parameters = SP_STR_NONE, feedback, name, value;
  if (!next_of(s, "rtpmap", id, NULL, &map)) map = SP_STR_NONE;
  if (!next_of(s, "fmtp", id, NULL, &parameters)) parameters = SP_STR_NONE;
  sp_str codec = cut(&map, '/'), rate = cut(&map, '/'), channels = cut(&map, '/');
  sp_xw_open(w, "payload-type");
  sp_xw_attr(w, "channels", channels.len ? channels : SP_STR("1"));
  if (rate.len) sp_xw_attr(w, "clockrate", rate);
  sp_xw_attr(w, "id", id);
  if (codec.len) sp_xw_attr(w, "name", codec);
  sp_xw_attr(w, "ptime", parameter(parameters, "ptime"));
  for (sp_str rest = parameters; next_parameter(&rest, &name, &value);) {
    sp_xw_open(w, "parameter");
    sp_xw_attr(w, "name", name);
    sp_xw_attr(w, "value", value);
    sp_xw_close(w);
  }
  for (const sp_sdp_line *line = NULL; (line = next_of(s, "rtcp-fb", id, line, &feedback));)
    write_feedback(s, feedback);
  for (const sp_sdp_line *line = NULL; (line = next_of(s, "rtcp-fb", SP_STR("*"), line, &feedback));)
    if (!has_feedback(s, id, feedback)) write_feedback(s, feedback);
  sp_xw_close(w);
  return sp_str_eq_nocase(codec, SP_STR("rtx")) && parameter(parameters, "apt").len;
}

static void write_extensions(const source *s) {
  for (const sp_sdp_line *line = NULL; (line = sp_sdp_next(s->section, "extmap", line));) {
    sp_str rest = line->value, direction = sp_sdp_word(&rest), id = cut(&direction, '/');
    sp_xw_open(s->w, "rtph:rtp-hdrext");
    sp_xw_attr(s->w, "id", id);
    if (direction.len && !sp_str_is(direction, "sendrecv"))
      sp_xw_attr(s->w, "senders", sp_jingle_senders(direction, s->role));
    sp_xw_attr(s->w, "uri", sp_sdp_word(&rest));
    sp_xw_close(s->w);
  }
}

/* The first "a=ssrc:<ssrc> <attribute><value>". */
static sp_str source_attribute(const source *s, const char *attribute, sp_str *ssrc) {
  for (const sp_sdp_line *line = NULL; (line = sp_sdp_next(s->section, "ssrc", line));) {
    sp_str rest = line->value;
    *ssrc = sp_sdp_word(&rest);
    rest = sp_str_trim(rest);
    if (sp_str_starts(rest, attribute)) return sp_str_trim(sp_str_slice(rest, sp_str_from(attribute).len, rest.len));
  }
  *ssrc = SP_STR_NONE;
  return SP_STR_NONE;
}

/* `repairs`: a payload of the section retransmits. XEP-0339 §3: one source with its name, and the pair. */
static void write_sources(const source *s, sp_str ssrc, sp_str cname, bool repairs) {
  sp_xw *w = s->w;
  if (!cname.len) return;
  open_in(w, "source", SP_NS_SSMA);
  sp_xw_attr(w, "ssrc", ssrc);
  sp_xw_open(w, "parameter");
  text_attr(w, "name", "cname");
  sp_xw_attr(w, "value", cname);
  sp_xw_close(w);
  sp_xw_close(w);
  sp_str pair;
  const sp_sdp_line *group = NULL;
  while (repairs && (group = next_of(s, "ssrc-group", SP_STR("FID"), group, &pair))) {
    sp_str first = sp_sdp_word(&pair), second = sp_sdp_word(&pair);
    if (!second.len || !sp_str_eq(first, ssrc)) continue;
    open_in(w, "ssrc-group", SP_NS_SSMA);
    text_attr(w, "semantics", "FID");
    write_element(w, "source", "ssrc", first);
    write_element(w, "source", "ssrc", second);
    sp_xw_close(w);
    return;
  }
}

static void write_stream(const source *s) {
  const sp_sdp_line *line = sp_sdp_next(s->section, "msid", NULL);
  bool one = line && !sp_sdp_next(s->section, "msid", line);
  sp_str ssrc, msid = one ? value_of(line) : source_attribute(s, "msid:", &ssrc);
  sp_str id = sp_sdp_word(&msid), track = sp_sdp_word(&msid);
  if (!id.len) return;
  open_in(s->w, "stream", SP_NS_MSID);
  sp_xw_attr(s->w, "id", id);
  if (track.len) sp_xw_attr(s->w, "track", track);
  sp_xw_close(s->w);
}

static int write_description(const source *s) {
  sp_xw *w = s->w;
  sp_str ssrc, cname = source_attribute(s, "cname:", &ssrc), formats = s->section->formats, id;
  uint64_t seen[2] = { 0 };
  bool repairs = false;
  open_in(w, "description", SP_NS_RTP);
  text_attr(w, "xmlns:rtcpf", SP_NS_RTCP_FB);
  text_attr(w, "xmlns:rtph", SP_NS_RTP_HDREXT);
  sp_xw_attr(w, "media", s->section->media);
  sp_xw_attr(w, "ssrc", ssrc);
  if (has(s, "rtcp-mux")) write_element(w, "rtcp-mux", "", SP_STR_NONE);
  if (has(s, "rtcp-rsize")) write_element(w, "rtcp-reduced-size", "", SP_STR_NONE);
  while ((id = sp_sdp_word(&formats)).len) {
    if (!sp_jingle_new_payload(seen, id)) return SP_ESYNTAX;
    if (write_payload(s, id)) repairs = true;
  }
  write_extensions(s);
  write_sources(s, ssrc, cname, repairs);
  write_stream(s);
  sp_xw_close(w);
  return SP_OK;
}

/* XEP-0320 writes the name of the hash in small letters, the fingerprint in capitals. */
static char changed_case(char c, bool capital) {
  bool other = capital ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z';
  if (other) return (char)(c ^ 0x20);
  return c;
}

static int write_fingerprint(const source *s, sp_str value) {
  char text[256]; /* sha-512 needs 199 */
  const sp_sdp_line *setup = inherited(s, "setup");
  value = sp_str_trim(value);
  size_t space = sp_str_find_char(value, ' ', 0);
  if (space == SIZE_MAX || value.len > sizeof text) return SP_ESYNTAX;
  for (size_t i = 0; i < value.len; i++) text[i] = changed_case(value.ptr[i], i > space);
  open_in(s->w, "fingerprint", SP_NS_DTLS);
  sp_xw_attr(s->w, "hash", (sp_str){ text, space });
  if (setup) sp_xw_attr(s->w, "setup", value_of(setup));
  sp_xw_text(s->w, sp_str_trim((sp_str){ text + space, value.len - space }));
  sp_xw_close(s->w);
  return SP_OK;
}

/* a=sctp-port:<number>, or as the drafts before RFC 8841 had it, a=sctpmap:<number> <protocol> <streams>. */
static void write_channel(const source *s) {
  sp_str protocol = s->section->formats, number = value_of(sp_sdp_next(s->section, "sctp-port", NULL));
  if (!number.ptr) {
    protocol = value_of(sp_sdp_next(s->section, "sctpmap", NULL));
    number = sp_sdp_word(&protocol);
  }
  protocol = sp_sdp_word(&protocol);
  if (!number.len || !protocol.len) return;
  open_in(s->w, "sctpmap", SP_NS_DTLS_SCTP);
  sp_xw_attr(s->w, "number", number);
  sp_xw_attr(s->w, "protocol", protocol);
  sp_xw_close(s->w);
}

static int write_transport(const source *s, bool channel) {
  int status = SP_OK;
  const sp_sdp_section *holder = has(s, "fingerprint") ? s->section : s->session;
  sp_xw_attr(s->w, "ufrag", value_of(inherited(s, "ice-ufrag")));
  sp_xw_attr(s->w, "pwd", value_of(inherited(s, "ice-pwd")));
  for (const sp_sdp_line *line = NULL; status == SP_OK && (line = sp_sdp_next(holder, "fingerprint", line));)
    status = write_fingerprint(s, line->value);
  if (channel) write_channel(s);
  for (const sp_sdp_line *line = NULL; !s->transports_only && (line = sp_sdp_next(s->section, "candidate", line));) {
    sp_candidate candidate;
    if (sp_candidate_read_line(line->value, &candidate) == SP_OK) sp_jingle_write_candidate_element(s->w, &candidate);
  }
  return status;
}

/* The direction of the section, else of the session, else both (RFC 8866 §6.7). */
static sp_str senders_of(const source *s) {
  static const char *const directions[] = { "sendonly", "recvonly", "inactive", "sendrecv" };
  for (size_t i = 0; i < 8; i++) {
    const char *direction = directions[i % 4];
    if (sp_sdp_next(i < 4 ? s->section : s->session, direction, NULL))
      return sp_jingle_senders(sp_str_from(direction), s->role);
  }
  return SP_STR("both");
}

/* A rejected section has an empty transport. One of port 0 that may only be bundled (RFC 8843 §6) is not rejected. */
static int write_content(const source *s) {
  sp_str mid = value_of(sp_sdp_next(s->section, "mid", NULL));
  bool channel = sp_str_find(s->section->protocol, "SCTP", 0) != SIZE_MAX;
  int status = SP_OK;
  if (!sp_sdp_is_token(mid)) return SP_ESYNTAX;
  sp_jingle_open_content(s->w, mid);
  if (!channel && !s->transports_only) {
    sp_str senders = senders_of(s);
    if (!sp_str_is(senders, "both")) sp_xw_attr(s->w, "senders", senders);
    status = write_description(s);
  }
  sp_jingle_open_transport(s->w, s->transport_ns);
  if (status == SP_OK && (!sp_str_is(s->section->port, "0") || has(s, "bundle-only")))
    status = write_transport(s, channel);
  sp_xw_close(s->w);
  sp_xw_close(s->w);
  return status;
}

static void write_groups(const source *s) {
  for (const sp_sdp_line *line = NULL; (line = sp_sdp_next(s->session, "group", line));) {
    sp_str names = line->value, name, semantics = sp_sdp_word(&names);
    open_in(s->w, "group", SP_NS_GROUPING);
    sp_xw_attr(s->w, "semantics", semantics);
    while ((name = sp_sdp_word(&names)).len) write_element(s->w, "content", "name", name);
    sp_xw_close(s->w);
  }
}

static bool has_mid(const sp_sdp_section *section, sp_str mid) {
  return sp_str_eq(value_of(sp_sdp_next(section, "mid", NULL)), mid);
}

static int write_contents(source *s, const sp_sdp *sdp) {
  s->session = &sdp->sections[0];
  for (size_t i = 1; i < sdp->count; i++) {
    s->section = &sdp->sections[i];
    sp_str mid = value_of(sp_sdp_next(s->section, "mid", NULL));
    for (size_t other = 1; other < i; other++)
      if (has_mid(&sdp->sections[other], mid)) return SP_ESYNTAX;
    int status = write_content(s);
    if (status != SP_OK) return status;
  }
  if (!s->transports_only) write_groups(s);
  return sdp->count > 1 ? SP_OK : SP_ESYNTAX;
}

static int write_all(const sp_alloc *alloc, sp_str text, source *s) {
  sp_arena arena;
  sp_sdp sdp;
  sp_jingle_mark mark = sp_jingle_mark_here(s->w);
  sp_arena_init(&arena, alloc, SP_MAX_SCRATCH);
  int status = sp_sdp_read(&arena, text, &sdp);
  if (status == SP_OK) status = write_contents(s, &sdp);
  sp_arena_free(&arena);
  return sp_jingle_end(s->w, &mark, status);
}

int sp_jingle_write_sdp(const sp_alloc *alloc, sp_xw *w, sp_str sdp, sp_jingle_role role, sp_str transport_ns) {
  return write_all(alloc, sdp, &(source){ .w = w, .role = role, .transport_ns = transport_ns });
}

int sp_jingle_write_transports(const sp_alloc *alloc, sp_xw *w, sp_str sdp, sp_str transport_ns) {
  return write_all(alloc, sdp, &(source){ .w = w, .transports_only = true, .transport_ns = transport_ns });
}
