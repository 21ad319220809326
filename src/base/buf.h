/* SPDX-License-Identifier: MIT */
/* buf.h: a growable byte buffer that writers append to. Errors are sticky: after a failed append every
   further append is ignored and sp_buf_status() answers why, so a writer checks once at its end. */
#ifndef SP_BASE_BUF_H
#define SP_BASE_BUF_H

#include "base/str.h"

typedef struct sp_buf {
  const sp_alloc *alloc;
  char *data;
  size_t len, cap, max;
  int status;
} sp_buf;

/* `max` is the most bytes it may hold (SP_ELIMIT beyond). Allocates nothing yet. */
void sp_buf_init(sp_buf *buf, const sp_alloc *alloc, size_t max);
void sp_buf_reset(sp_buf *buf); /* empties, keeps the memory, clears the status */
void sp_buf_free(sp_buf *buf);  /* legal twice */
SP_INLINE int sp_buf_status(const sp_buf *buf) {
  return buf->status;
}
/* Borrowed until the next change of buf. */
SP_INLINE sp_str sp_buf_str(const sp_buf *buf) {
  sp_str s = { buf->data, buf->len };
  return s;
}
/* The end of a buffer: *out becomes a copy of the text, as by sp_str_set, and the buffer is freed. Answers its status
   or SP_ENOMEM; *out is unchanged then. */
int sp_buf_keep(sp_buf *buf, sp_str *out);

/* Appends `size` bytes that the caller fills in; NULL when that fails or `size` is 0. Valid until the next
   append. */
char *sp_buf_extend(sp_buf *buf, size_t size);
/* `s` must not point into buf itself. */
void sp_buf_add(sp_buf *buf, sp_str s);
void sp_buf_add_text(sp_buf *buf, const char *text); /* NUL-terminated */
void sp_buf_add_char(sp_buf *buf, char c);
void sp_buf_add_u64(sp_buf *buf, uint64_t value);
void sp_buf_add_i64(sp_buf *buf, int64_t value);
/* JSON string literal with its quotes: escapes as RFC 8259 §7; invalid UTF-8 becomes U+FFFD. */
void sp_buf_add_json(sp_buf *buf, sp_str s);

#endif
