/* SPDX-License-Identifier: MIT */
#include "xmpp/jid.h"

static sp_str before(sp_str s, size_t end) {
  return end == SIZE_MAX ? s : sp_str_slice(s, 0, end);
}

sp_str sp_jid_bare(sp_str jid) {
  /* RFC 7622 §3.2: the first slash ends the bare part; a resource may hold more of them. */
  return before(jid, sp_str_find_char(jid, '/', 0));
}

sp_str sp_jid_local(sp_str jid) {
  sp_str bare = sp_jid_bare(jid);
  size_t at = sp_str_find_char(bare, '@', 0);
  return at == SIZE_MAX ? SP_STR_NONE : sp_str_slice(bare, 0, at);
}

sp_str sp_jid_domain(sp_str jid) {
  sp_str domain = sp_jid_bare(jid);
  size_t at = sp_str_find_char(domain, '@', 0);
  if (at != SIZE_MAX) domain = sp_str_slice(domain, at + 1, domain.len);
  return sp_str_ends(domain, ".") ? sp_str_slice(domain, 0, domain.len - 1) : domain;
}

sp_str sp_jid_resource(sp_str jid) {
  size_t slash = sp_str_find_char(jid, '/', 0);
  return slash == SIZE_MAX ? SP_STR_NONE : sp_str_slice(jid, slash + 1, jid.len);
}

bool sp_jid_bare_eq(sp_str a, sp_str b) {
  return sp_str_eq_nocase(sp_jid_local(a), sp_jid_local(b)) && sp_str_eq_nocase(sp_jid_domain(a), sp_jid_domain(b));
}

bool sp_jid_eq(sp_str a, sp_str b) {
  return sp_jid_bare_eq(a, b) && sp_str_eq(sp_jid_resource(a), sp_jid_resource(b));
}
