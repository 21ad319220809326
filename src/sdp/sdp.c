/* SPDX-License-Identifier: MIT */
#include "sdp/sdp.h"

#include "base/limits.h"

sp_str_out sp_sdp_word_out(sp_str *rest) {
  size_t from = 0;
  while (from < rest->len && rest->ptr[from] == ' ') from++;
  size_t to = sp_str_find_char(*rest, ' ', from);
  if (to == SIZE_MAX) to = rest->len;
  sp_str word = sp_str_slice(*rest, from, to);
  *rest = sp_str_slice(*rest, to, rest->len);
  return sp_str_give(word);
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

/* Cuts the next line from *rest; false at the end. */
static bool next_line(sp_str *rest, sp_str *line) {
  if (!rest->len) return false;
  size_t end = sp_str_find_char(*rest, '\n', 0);
  if (end == SIZE_MAX) end = rest->len;
  size_t to = end > 0 && rest->ptr[end - 1] == '\r' ? end - 1 : end;
  *line = sp_str_slice(*rest, 0, to);
  *rest = sp_str_slice(*rest, end + 1 > rest->len ? rest->len : end + 1, rest->len);
  return true;
}

static int read_line(sp_str text, sp_sdp_line *out) {
  if (text.len > SP_MAX_SDP_LINE) return SP_ELIMIT;
  if (text.len < 2 || text.ptr[0] < 'a' || text.ptr[0] > 'z' || text.ptr[1] != '=' || !all_above(text, ' ' - 1))
    return SP_ESYNTAX;
  *out = (sp_sdp_line){ .type = text.ptr[0], .value = sp_str_slice(text, 2, text.len) };
  if (out->type != 'a') return SP_OK;
  sp_str attribute = out->value;
  size_t colon = sp_str_find_char(attribute, ':', 0);
  out->name = sp_str_slice(attribute, 0, colon);
  out->value = colon == SIZE_MAX ? SP_STR_NONE : sp_str_slice(attribute, colon + 1, attribute.len);
  return sp_sdp_is_token(out->name) ? SP_OK : SP_ESYNTAX;
}

/* Space at the ends goes, so that what is written again reads the same. */
static int read_media(sp_str value, sp_sdp_section *section) {
  section->media = sp_sdp_word(&value);
  section->port = sp_sdp_word(&value);
  section->protocol = sp_sdp_word(&value);
  section->formats = sp_str_trim(value);
  return section->formats.len ? SP_OK : SP_ESYNTAX;
}

/* How many lines and m-lines there are at the most. */
static int count_lines(sp_str text, size_t *lines, size_t *sections) {
  sp_str line;
  *lines = 0;
  *sections = 1;
  if (text.len > SP_MAX_SDP) return SP_ELIMIT;
  for (; next_line(&text, &line); ++*lines)
    if (sp_str_starts(line, "m=")) ++*sections;
  return *sections > SP_MAX_SDP_SECTIONS ? SP_ELIMIT : SP_OK;
}

int sp_sdp_read(sp_arena *arena, sp_str text, sp_sdp *out) {
  size_t lines = 0, sections = 0;
  text = sp_str_trim(text);
  if (!sp_str_starts(text, "v=0")) return SP_ESYNTAX;
  int status = count_lines(text, &lines, &sections);
  if (status != SP_OK) return status;
  out->count = sections;
  out->sections = sp_arena_new(arena, sections * sizeof *out->sections);
  sp_sdp_line *at = sp_arena_new(arena, lines * sizeof *at);
  if (!out->sections || !at) return sp_arena_status(arena);
  sp_sdp_section *section = out->sections;
  section->lines = at;
  for (sp_str line; status == SP_OK && next_line(&text, &line); at++) {
    status = read_line(line, at);
    if (status != SP_OK) return status;
    if (at->type == 'm') {
      *++section = (sp_sdp_section){ .lines = at };
      status = read_media(at->value, section);
    }
    if (++section->count > SP_MAX_SDP_LINES) return SP_ELIMIT;
  }
  return status;
}

void sp_sdp_write(const sp_sdp *sdp, sp_buf *out) {
  for (size_t s = 0; s < sdp->count; s++) {
    for (size_t i = 0; i < sdp->sections[s].count; i++) {
      const sp_sdp_line *line = &sdp->sections[s].lines[i];
      sp_buf_add_char(out, line->type);
      sp_buf_add_char(out, '=');
      sp_buf_add(out, line->name);
      if (line->name.ptr && line->value.ptr) sp_buf_add_char(out, ':');
      sp_buf_add(out, line->value);
      sp_buf_add_text(out, "\r\n");
    }
  }
}

const sp_sdp_line *sp_sdp_next(const sp_sdp_section *section, const char *name, const sp_sdp_line *after) {
  const sp_sdp_line *end = section->lines + section->count;
  for (const sp_sdp_line *line = after ? after + 1 : section->lines; line < end; line++)
    if (line->name.ptr && sp_str_is(line->name, name)) return line;
  return NULL;
}
