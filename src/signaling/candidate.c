/* SPDX-License-Identifier: MIT */
/* Candidates as SDP fragments and which of ours may leave (wire.md §9.5), and ICE credentials (§9.3). */
#include "signaling/sdp_rpc.h"

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

const char *sp_candidate_type(sp_str candidate) {
  static const char *const types[] = { "host", "srflx", "prflx", "relay" };
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (sp_str_is(word(candidate, 7), types[i])) return types[i];
  return "other";
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
