/* SPDX-License-Identifier: MIT */
/* reader.h: reads the XML that RFC 6120 §11 allows, one complete document or several elements per frame, into
   a tree with namespaces resolved (XML Namespaces 1.0). Refuses comments, processing instructions (one
   leading XML declaration is skipped), DTDs and entities other than amp lt gt quot apos (character references
   and CDATA sections are read). RFC 7395 frames need a fixed prefix binding: "xml" is bound, and an
   undeclared prefix is SP_ESYNTAX. */
#ifndef SP_XML_READER_H
#define SP_XML_READER_H

#include "base/arena.h"

typedef struct sp_xml_attr {
  sp_str ns, name, value; /* ns is absent for attributes without prefix */
  struct sp_xml_attr *next;
} sp_xml_attr;

typedef struct sp_xml {
  sp_str ns, name;    /* namespace URI and local name */
  sp_xml_attr *attrs; /* without xmlns declarations */
  struct sp_xml *children, *next;
  sp_str text; /* all character data directly inside, concatenated */
} sp_xml;

/* Reads every top-level element of `frame` (white space between them allowed) into *first (linked by `next`;
   NULL when the frame is white space only). Everything lives in `arena`; texts may point into `frame`, so
   `frame` must outlive the tree. SP_ESYNTAX malformed or prohibited, SP_ELIMIT depth, counts or size,
   SP_ENOMEM. `incomplete` (may be NULL) is true when the status is SP_ESYNTAX only because the frame ends
   inside an element. */
int sp_xml_read(sp_arena *arena, sp_str frame, sp_xml **first, bool *incomplete);

/* First child with this name and namespace (NULL ns: any). NULL when there is none or `parent` is NULL. */
const sp_xml *sp_xml_child(const sp_xml *parent, const char *ns, const char *name);
bool sp_xml_is(const sp_xml *element, const char *ns, const char *name);
/* Value of the attribute without namespace; absent when missing or element is NULL. */
const sp_str *sp_xml_attr_at(const sp_xml *element, const char *name); /* never NULL */
SP_INLINE sp_str sp_xml_attr_get(const sp_xml *element, const char *name) {
  return *sp_xml_attr_at(element, name);
}
size_t sp_xml_child_count(const sp_xml *element);
/* A copy of the element with all below it, in `arena` alone; without what follows it. NULL: out of memory or limit. */
sp_xml *sp_xml_copy(sp_arena *arena, const sp_xml *element);

#endif
