/* SPDX-License-Identifier: MIT */
/* json_scan.h: what cJSON is lenient about, checked before it sees a text: RFC 8259's white space, numbers,
   literals and string escapes, no raw control characters, nesting. The order of tokens is left to cJSON. For
   json.c only. */
#ifndef SP_BASE_JSON_SCAN_H
#define SP_BASE_JSON_SCAN_H

#include "base/str.h"

/* SP_OK, SP_ESYNTAX or SP_ELIMIT (deeper than SP_MAX_JSON_DEPTH). *repair is true when a string holds an
   escaped NUL or half a surrogate pair, which cJSON cuts off at or refuses, while JSON.parse takes them. With
   `copy`, a writable copy of the same text, each of those becomes an escaped U+FFFD in it; `copy` may be
   NULL. */
int sp_json_scan(sp_str text, char *copy, bool *repair);

#endif
