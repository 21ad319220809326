/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include "base/status.h"
#include "base/utf8.h"

#include <string.h>

enum { FIRST_CAPACITY = 256 };

void sp_buf_init(sp_buf *buf, const sp_alloc *alloc, size_t max) {
  *buf = (sp_buf){ .alloc = alloc, .max = max };
}

void sp_buf_reset(sp_buf *buf) {
  buf->len = 0;
  buf->status = SP_OK;
}

void sp_buf_free(sp_buf *buf) {
  sp_alloc_free(buf->alloc, buf->data);
  sp_buf_init(buf, buf->alloc, buf->max);
}

int sp_buf_keep(sp_buf *buf, sp_str *out) {
  int status = buf->status == SP_OK ? sp_str_set(buf->alloc, out, sp_buf_str(buf)) : buf->status;
  sp_buf_free(buf);
  return status;
}

static int grow(sp_buf *buf, size_t need) {
  size_t cap = buf->cap > 0 ? buf->cap : FIRST_CAPACITY;
  while (cap < need) cap = cap > buf->max / 2 ? buf->max : cap * 2;
  if (cap > buf->max) cap = buf->max;
  char *data = sp_alloc_resize(buf->alloc, buf->data, cap);
  if (!data) return SP_ENOMEM;
  buf->data = data;
  buf->cap = cap;
  return SP_OK;
}

char *sp_buf_extend(sp_buf *buf, size_t size) {
  if (buf->status == SP_OK && size > buf->max - buf->len) buf->status = SP_ELIMIT;
  if (buf->status == SP_OK && size > buf->cap - buf->len) buf->status = grow(buf, buf->len + size);
  if (buf->status != SP_OK || size == 0) return NULL;
  buf->len += size;
  return buf->data + (buf->len - size);
}

void sp_buf_add(sp_buf *buf, sp_str s) {
  char *to = sp_buf_extend(buf, s.len);
  if (to) memcpy(to, s.ptr, s.len);
}

void sp_buf_add_text(sp_buf *buf, const char *text) {
  sp_buf_add(buf, sp_str_from(text));
}

void sp_buf_add_char(sp_buf *buf, char c) {
  char *to = sp_buf_extend(buf, 1);
  if (to) *to = c;
}

void sp_buf_add_u64(sp_buf *buf, uint64_t value) {
  char digits[20];
  size_t at = sizeof digits;
  do {
    digits[--at] = (char)('0' + value % 10);
  } while ((value /= 10) > 0);
  sp_buf_add(buf, (sp_str){ digits + at, sizeof digits - at });
}

void sp_buf_add_i64(sp_buf *buf, int64_t value) {
  if (value < 0) sp_buf_add_char(buf, '-');
  sp_buf_add_u64(buf, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

/* RFC 8259 §7: the escape of a byte that may not stand in a string as it is. */
static void add_escape(sp_buf *buf, uint8_t byte) {
  static const char names[] = "btn?fr", hex[] = "0123456789abcdef";
  char escape[6] = { '\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15] };
  size_t len = sizeof escape;
  if (byte >= '\b' && byte <= '\r' && byte != '\v') {
    escape[1] = names[byte - '\b'];
    len = 2;
  } else if (byte == '"' || byte == '\\') {
    escape[1] = (char)byte;
    len = 2;
  }
  sp_buf_add(buf, (sp_str){ escape, len });
}

/* How many bytes from `at` on can be copied as they are. */
static size_t plain_run(sp_str s, size_t at) {
  size_t end = at;
  uint32_t cp;
  for (;;) {
    end = sp_str_plain_end(s, end, "\"\"\\\\", true);
    if (end == s.len || (uint8_t)s.ptr[end] < 0x7F) break;
    size_t len = sp_utf8_decode(s, end, &cp);
    if (len == 0) break;
    end += len;
  }
  return end - at;
}

void sp_buf_add_json(sp_buf *buf, sp_str s) {
  size_t run = plain_run(s, 0);
  if (run == s.len) { /* nearly always */
    char *to = sp_buf_extend(buf, run + 2);
    if (!to) return;
    if (run > 0) memcpy(to + 1, s.ptr, run);
    to[0] = to[run + 1] = '"';
    return;
  }
  sp_buf_add_char(buf, '"');
  for (size_t at = 0; at < s.len; run = plain_run(s, at)) {
    sp_buf_add(buf, (sp_str){ s.ptr + at, run });
    at += run;
    if (at == s.len) break;
    uint8_t byte = (uint8_t)s.ptr[at++];
    if (byte < 0x80) add_escape(buf, byte);
    else sp_utf8_add(buf, 0xFFFD);
  }
  sp_buf_add_char(buf, '"');
}
