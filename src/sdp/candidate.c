/* SPDX-License-Identifier: MIT */
#include "sdp/candidate.h"

#include "sdp/sdp.h"

/* The text after `mark` up to a CR, LF or backslash: the platform's fragments may hold escaped line ends. */
static sp_str after(sp_str fragment, const char *mark, sp_str stops) {
  size_t at = sp_str_find(fragment, mark, 0);
  if (at == SIZE_MAX) return SP_STR_NONE;
  size_t from = at + sp_str_from(mark).len, to = from;
  while (to < fragment.len && sp_str_find_char(stops, fragment.ptr[to], 0) == SIZE_MAX) to++;
  return sp_str_slice(fragment, from, to);
}

int sp_candidate_read(sp_str fragment, sp_str *mid, sp_str *candidate) {
  sp_str m = after(fragment, "m=", SP_STR(" \t\r\n\\"));
  sp_str c = after(fragment, "a=", SP_STR("\r\n\\"));
  if (!m.len || !sp_str_starts(c, "candidate:")) return SP_ENOENT;
  *mid = m;
  *candidate = c;
  return SP_OK;
}

void sp_candidate_write(sp_buf *out, sp_str mid, sp_str candidate) {
  if (!candidate.len) {
    sp_buf_add_text(out, "a=end-of-candidates\r\n");
    return;
  }
  sp_buf_add_text(out, "m=");
  sp_buf_add(out, mid);
  sp_buf_add_text(out, " 9 RTP/AVP 0\r\na=");
  sp_buf_add(out, candidate);
  sp_buf_add_text(out, "\r\n");
}

static bool is_dotted_quad(sp_str address) {
  unsigned dots = 0, digits = 0;
  for (size_t i = 0; i < address.len; i++) {
    char c = address.ptr[i];
    if (c >= '0' && c <= '9') digits++;
    else if (c == '.' && digits) dots++, digits = 0;
    else return false;
    if (digits > 3) return false;
  }
  return dots == 3 && digits;
}

/* Word number `n` (0-based) of a line with single spaces; absent when there are fewer. */
static sp_str word(sp_str line, unsigned n) {
  size_t from = 0;
  for (; n; n--) {
    size_t space = sp_str_find_char(line, ' ', from);
    if (space == SIZE_MAX) return SP_STR_NONE;
    from = space + 1;
  }
  size_t to = sp_str_find_char(line, ' ', from);
  return sp_str_slice(line, from, to == SIZE_MAX ? line.len : to);
}

/* candidate:<foundation> <component> <protocol> <priority> <address> <port> typ <type>: RFC 8839 §5.1. */
bool sp_candidate_allowed(sp_str candidate) {
  sp_str protocol = word(candidate, 2);
  if (sp_str_eq_nocase(protocol, SP_STR("tcp"))) return false;
  if (!sp_str_is(protocol, "udp") || !sp_str_is(word(candidate, 7), "host")) return true;
  return is_dotted_quad(word(candidate, 4));
}

static const char *const types[] = { "host", "srflx", "prflx", "relay" };
enum { type_count = sizeof types / sizeof *types };

static size_t type_number(sp_str word_of_type) {
  size_t i = 0;
  while (i < type_count && !sp_str_is(word_of_type, types[i])) i++;
  return i;
}

const char *sp_candidate_type(sp_str candidate) {
  size_t number = type_number(word(candidate, 7));
  return number < type_count ? types[number] : "other";
}

bool sp_same_ice_credentials(sp_str old_sdp, sp_str new_sdp) {
  static const char *const names[] = { "a=ice-ufrag:", "a=ice-pwd:" };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    sp_str before = sp_str_trim(after(old_sdp, names[i], SP_STR("\r\n")));
    sp_str now = sp_str_trim(after(new_sdp, names[i], SP_STR("\r\n")));
    if (!before.len || !sp_str_eq(before, now)) return false;
  }
  return true;
}

/* What RFC 8839 §5.1 allows: the largest number, 0 for a field that is none. Optional fields come last. */
static const struct {
  uint32_t max;
  bool optional;
} rules[] = {
  [SP_CANDIDATE_FOUNDATION] = { 0, false },
  [SP_CANDIDATE_COMPONENT] = { 256, false },
  [SP_CANDIDATE_PROTOCOL] = { 0, false },
  [SP_CANDIDATE_PRIORITY] = { UINT32_MAX, false },
  [SP_CANDIDATE_ADDRESS] = { 0, false },
  [SP_CANDIDATE_PORT] = { 65535, false },
  [SP_CANDIDATE_TYPE] = { 0, false },
  [SP_CANDIDATE_RELATED_ADDRESS] = { 0, true },
  [SP_CANDIDATE_RELATED_PORT] = { 65535, true },
  [SP_CANDIDATE_TCP_TYPE] = { 0, true },
  [SP_CANDIDATE_UFRAG] = { 0, true },
};

int sp_candidate_check(const sp_candidate *candidate) {
  const sp_str *field = candidate->field, protocol = field[SP_CANDIDATE_PROTOCOL];
  for (size_t i = 0; i < SP_CANDIDATE_FIELDS; i++) {
    uint64_t number = 0;
    if (!field[i].len && rules[i].optional) continue;
    if (!sp_sdp_is_token(field[i])) return SP_ESYNTAX;
    if (rules[i].max && (!sp_str_to_u64(field[i], &number) || number > rules[i].max)) return SP_ESYNTAX;
  }
  /* RFC 8839 allows letters, digits, + and /; others are let be but those that begin a line. */
  for (size_t i = 0; i < field[SP_CANDIDATE_FOUNDATION].len; i++)
    if (field[SP_CANDIDATE_FOUNDATION].ptr[i] == ':' || field[SP_CANDIDATE_FOUNDATION].ptr[i] == '=') return SP_ESYNTAX;
  if (!sp_str_eq_nocase(protocol, SP_STR("udp")) && !sp_str_eq_nocase(protocol, SP_STR("tcp"))) return SP_ESYNTAX;
  return type_number(field[SP_CANDIDATE_TYPE]) < type_count ? SP_OK : SP_ESYNTAX;
}

int sp_candidate_read_line(sp_str line, sp_candidate *out) {
  static const struct {
    const char *word;
    size_t field;
  } extensions[] = { { "typ", SP_CANDIDATE_TYPE },
                     { "raddr", SP_CANDIDATE_RELATED_ADDRESS },
                     { "rport", SP_CANDIDATE_RELATED_PORT },
                     { "tcptype", SP_CANDIDATE_TCP_TYPE },
                     { "ufrag", SP_CANDIDATE_UFRAG } };
  *out = (sp_candidate){ 0 };
  if (sp_str_starts(line, "a=")) line = sp_str_slice(line, 2, line.len);
  if (sp_str_starts(line, "candidate:")) line = sp_str_slice(line, sizeof "candidate:" - 1, line.len);
  for (size_t i = 0; i < SP_CANDIDATE_TYPE; i++) out->field[i] = sp_sdp_word(&line);
  for (sp_str word; (word = sp_sdp_word(&line)).len;) {
    sp_str value = sp_sdp_word(&line);
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
      if (sp_str_is(word, extensions[i].word)) out->field[extensions[i].field] = value;
  }
  return sp_candidate_check(out);
}

void sp_candidate_write_line(sp_buf *out, const sp_candidate *candidate) {
  const sp_str *field = candidate->field;
  bool tcp = sp_str_eq_nocase(field[SP_CANDIDATE_PROTOCOL], SP_STR("tcp"));
  sp_buf_add_text(out, "candidate:");
  for (size_t i = 0; i < SP_CANDIDATE_TYPE; i++) {
    if (i == SP_CANDIDATE_PROTOCOL) sp_buf_add_text(out, tcp ? "TCP" : "UDP");
    else sp_buf_add(out, field[i]);
    sp_buf_add_char(out, ' ');
  }
  sp_buf_add_text(out, "typ ");
  sp_buf_add(out, field[SP_CANDIDATE_TYPE]);
  if (!sp_str_is(field[SP_CANDIDATE_TYPE], "host") && field[SP_CANDIDATE_RELATED_ADDRESS].len &&
      field[SP_CANDIDATE_RELATED_PORT].len) {
    sp_buf_add_text(out, " raddr ");
    sp_buf_add(out, field[SP_CANDIDATE_RELATED_ADDRESS]);
    sp_buf_add_text(out, " rport ");
    sp_buf_add(out, field[SP_CANDIDATE_RELATED_PORT]);
  }
  if (!tcp || !field[SP_CANDIDATE_TCP_TYPE].len) return;
  sp_buf_add_text(out, " tcptype ");
  sp_buf_add(out, field[SP_CANDIDATE_TCP_TYPE]);
}
