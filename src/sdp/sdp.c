/* SPDX-License-Identifier: MIT */
#include "sdp/sdp.h"

#include "base/limits.h"

sp_str sp_sdp_word(sp_str *rest) {
  size_t from = 0;
  while (from < rest->len && rest->ptr[from] == ' ') from++;
  size_t to = sp_str_find_char(*rest, ' ', from);
  if (to == SIZE_MAX) to = rest->len;
  sp_str word = sp_str_slice(*rest, from, to);
  *rest = sp_str_slice(*rest, to, rest->len);
  return word;
}

/* No byte up to and including `last`, nor DEL. */
static bool all_above(sp_str s, unsigned char last) {
  for (size_t i = 0; i < s.len; i++)
    if ((unsigned char)s.ptr[i] <= last || s.ptr[i] == 0x7F) return false;
  return true;
}

bool sp_sdp_is_token(sp_str s) {
  return s.len && all_above(s, ' ');
}
