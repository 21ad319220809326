/* SPDX-License-Identifier: MIT */
/* base64.h: RFC 4648 §4 (base64, padded, for SASL) and §5 (base64url without padding, for JWT). */
#ifndef SP_BASE_BASE64_H
#define SP_BASE_BASE64_H

#include "base/buf.h"

/* Appends the padded encoding to `out`. */
void sp_base64_encode(sp_buf *out, sp_str bytes);
/* Appends the bytes of base64 or base64url text, padding optional. SP_ESYNTAX on any other character, a stray
   length or non-zero trailing bits; then nothing was appended. */
int sp_base64_decode(sp_buf *out, sp_str text);

#endif
