/* SPDX-License-Identifier: MIT */
/* scan.h: the lexical rules of XML 1.0 (5th edition) that reader.h needs: characters, white space, names,
   references, the XML declaration. For reader.c only. All scanners answer SP_OK or SP_ESYNTAX and leave the
   cursor behind what they read; `cut` is set when the only fault is that the text ends. */
#ifndef SP_XML_SCAN_H
#define SP_XML_SCAN_H

#include "base/str.h"

typedef struct sp_xml_scan {
  sp_str text;
  size_t at;
  bool cut;
} sp_xml_scan;

/* The byte at the cursor, -1 at the end. */
int sp_xml_scan_peek(const sp_xml_scan *scan);
/* Skips white space; true when there was some. */
bool sp_xml_scan_space(sp_xml_scan *scan);
/* Reads exactly this text. */
int sp_xml_scan_literal(sp_xml_scan *scan, const char *literal);
/* Skips printable ASCII other than < > & and `stop`: the quick way through what needs no look. */
void sp_xml_scan_run(sp_xml_scan *scan, char stop);
/* Skips one character of the Char production (XML 1.0 §2.2). */
int sp_xml_scan_char(sp_xml_scan *scan);
/* Reads prefix:local or local (XML Namespaces 1.0 §4); *prefix is absent without one. */
int sp_xml_scan_qname(sp_xml_scan *scan, sp_str *prefix, sp_str *local);
/* Reads a character reference or one of the five predefined entities; *cp is what it stands for. */
int sp_xml_scan_reference(sp_xml_scan *scan, uint32_t *cp);
/* Skips an XML declaration when the text begins with one. RFC 6120 §11: version 1.0, UTF-8. */
int sp_xml_scan_declaration(sp_xml_scan *scan);

#endif
