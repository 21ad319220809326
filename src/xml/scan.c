/* SPDX-License-Identifier: MIT */
#include "xml/scan.h"

#include "base/status.h"
#include "base/utf8.h"

#include <string.h>

int sp_xml_scan_peek(const sp_xml_scan *scan) {
  return scan->at < scan->text.len ? (uint8_t)scan->text.ptr[scan->at] : -1;
}

static int refuse(sp_xml_scan *scan) {
  if (scan->at >= scan->text.len) scan->cut = true;
  return SP_ESYNTAX;
}

bool sp_xml_scan_space(sp_xml_scan *scan) {
  size_t from = scan->at;
  for (int c; (c = sp_xml_scan_peek(scan)) == ' ' || c == '\t' || c == '\r' || c == '\n';) scan->at++;
  return scan->at > from;
}

int sp_xml_scan_literal(sp_xml_scan *scan, const char *literal) {
  for (; *literal; literal++) {
    if (sp_xml_scan_peek(scan) != (uint8_t)*literal) return refuse(scan);
    scan->at++;
  }
  return SP_OK;
}

void sp_xml_scan_run(sp_xml_scan *scan, char stop) {
  const char stops[] = { '<', '>', '&', stop };
  scan->at = sp_str_plain_end(scan->text, scan->at, stops, true);
}

static bool is_char(uint32_t cp) {
  if (cp < 0x20) return cp == '\t' || cp == '\n' || cp == '\r';
  return cp < 0xD800 || (cp > 0xDFFF && cp < 0xFFFE) || (cp > 0xFFFF && cp < 0x110000);
}

int sp_xml_scan_char(sp_xml_scan *scan) {
  uint32_t cp;
  if (scan->at >= scan->text.len) return refuse(scan);
  size_t len = sp_utf8_decode(scan->text, scan->at, &cp);
  if (len == 0) {
    scan->cut = sp_utf8_is_cut(scan->text, scan->at);
    return SP_ESYNTAX;
  }
  if (!is_char(cp)) return SP_ESYNTAX;
  scan->at += len;
  return SP_OK;
}

typedef struct range {
  uint32_t first, last;
} range;

static bool in_ranges(const range *ranges, size_t count, uint32_t cp) {
  for (size_t i = 0; i < count; i++) {
    if (cp >= ranges[i].first && cp <= ranges[i].last) return true;
  }
  return false;
}

static bool is_ascii_letter(uint32_t cp) {
  return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || cp == '_';
}

/* NameStartChar without the colon (XML 1.0 §2.3). */
static bool is_name_start(uint32_t cp) {
  static const range ranges[] = {
    { 0xC0, 0xD6 },     { 0xD8, 0xF6 },     { 0xF8, 0x2FF },    { 0x370, 0x37D },
    { 0x37F, 0x1FFF },  { 0x200C, 0x200D }, { 0x2070, 0x218F }, { 0x2C00, 0x2FEF },
    { 0x3001, 0xD7FF }, { 0xF900, 0xFDCF }, { 0xFDF0, 0xFFFD }, { 0x10000, 0xEFFFF },
  };
  return cp < 0x80 ? is_ascii_letter(cp) : in_ranges(ranges, sizeof ranges / sizeof *ranges, cp);
}

static bool is_name_more(uint32_t cp) {
  if (is_name_start(cp) || (cp >= '0' && cp <= '9') || cp == '-' || cp == '.' || cp == 0xB7) return true;
  return (cp >= 0x300 && cp <= 0x36F) || cp == 0x203F || cp == 0x2040;
}

static int scan_ncname(sp_xml_scan *scan, sp_str *name) {
  size_t from = scan->at;
  uint32_t cp;
  while (scan->at < scan->text.len) {
    size_t len = 1;
    cp = (uint8_t)scan->text.ptr[scan->at];
    if (cp >= 0x80) len = sp_utf8_decode(scan->text, scan->at, &cp);
    if (len == 0) {
      scan->cut = sp_utf8_is_cut(scan->text, scan->at);
      return SP_ESYNTAX;
    }
    if (!(scan->at == from ? is_name_start(cp) : is_name_more(cp))) break;
    scan->at += len;
  }
  *name = sp_str_slice(scan->text, from, scan->at);
  return scan->at > from && scan->at < scan->text.len ? SP_OK : refuse(scan);
}

int sp_xml_scan_qname(sp_xml_scan *scan, sp_str *prefix, sp_str *local) {
  *prefix = SP_STR_NONE;
  int status = scan_ncname(scan, local);
  if (status != SP_OK || sp_xml_scan_peek(scan) != ':') return status;
  scan->at++;
  *prefix = *local;
  return scan_ncname(scan, local);
}

static int digit_value(int c, uint32_t base) {
  if (c >= '0' && c <= '9') return c - '0';
  int letter = c | 0x20;
  return base == 16 && letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

static int scan_char_reference(sp_xml_scan *scan, uint32_t *cp) {
  uint32_t base = 10, value = 0;
  if (sp_xml_scan_peek(scan) == 'x') {
    base = 16;
    scan->at++;
  }
  size_t from = scan->at;
  for (int digit; (digit = digit_value(sp_xml_scan_peek(scan), base)) >= 0; scan->at++) {
    value = value * base + (uint32_t)digit;
    if (value > 0x10FFFF) return SP_ESYNTAX;
  }
  if (scan->at == from || sp_xml_scan_peek(scan) != ';') return refuse(scan);
  scan->at++;
  *cp = value;
  return is_char(value) ? SP_OK : SP_ESYNTAX;
}

int sp_xml_scan_reference(sp_xml_scan *scan, uint32_t *cp) {
  static const struct {
    const char *name;
    char c;
  } entities[] = { { "amp;", '&' }, { "lt;", '<' }, { "gt;", '>' }, { "quot;", '"' }, { "apos;", '\'' } };
  scan->at++;
  if (sp_xml_scan_peek(scan) == '#') {
    scan->at++;
    return scan_char_reference(scan, cp);
  }
  sp_str rest = sp_str_slice(scan->text, scan->at, scan->text.len);
  for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
    size_t len = strlen(entities[i].name);
    if (sp_str_starts(rest, entities[i].name)) {
      scan->at += len;
      *cp = (uint8_t)entities[i].c;
      return SP_OK;
    }
    if (rest.len < len && memcmp(rest.ptr, entities[i].name, rest.len) == 0) scan->cut = true;
  }
  return SP_ESYNTAX;
}

/* name="value" of the declaration; *value is absent, and nothing is read, when another name stands there. */
static int scan_pseudo_attribute(sp_xml_scan *scan, const char *name, sp_str *value) {
  sp_xml_scan start = *scan;
  *value = SP_STR_NONE;
  if (!sp_xml_scan_space(scan) || sp_xml_scan_literal(scan, name) != SP_OK) {
    *scan = start;
    return SP_OK;
  }
  sp_xml_scan_space(scan);
  if (sp_xml_scan_literal(scan, "=") != SP_OK) return SP_ESYNTAX;
  sp_xml_scan_space(scan);
  int quote = sp_xml_scan_peek(scan);
  if (quote != '"' && quote != '\'') return SP_ESYNTAX;
  size_t from = scan->at + 1, to = sp_str_find_char(scan->text, (char)quote, from);
  if (to == SIZE_MAX) return SP_ESYNTAX;
  *value = sp_str_slice(scan->text, from, to);
  scan->at = to + 1;
  return SP_OK;
}

int sp_xml_scan_declaration(sp_xml_scan *scan) {
  sp_str version, encoding = SP_STR_NONE, standalone = SP_STR_NONE;
  if (!sp_str_starts(scan->text, "<?xml")) return SP_OK;
  scan->at += strlen("<?xml");
  int status = scan_pseudo_attribute(scan, "version", &version);
  if (status == SP_OK) status = scan_pseudo_attribute(scan, "encoding", &encoding);
  if (status == SP_OK) status = scan_pseudo_attribute(scan, "standalone", &standalone);
  sp_xml_scan_space(scan);
  if (status == SP_OK) status = sp_xml_scan_literal(scan, "?>");
  scan->cut = false; /* cut means inside an element */
  if (status != SP_OK || !sp_str_is(version, "1.0")) return SP_ESYNTAX;
  if (encoding.ptr && !sp_str_eq_nocase(encoding, SP_STR("UTF-8"))) return SP_ESYNTAX;
  if (!standalone.ptr || sp_str_is(standalone, "yes") || sp_str_is(standalone, "no")) return SP_OK;
  return SP_ESYNTAX;
}
