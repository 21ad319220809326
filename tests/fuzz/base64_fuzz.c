/* SPDX-License-Identifier: MIT */
/* What decodes must encode back to the same text, in its padded standard form; every byte string must survive
   the way there and back. */
#include "base/base64.h"
#include "base/status.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char standard(char c) {
  return c == '-' ? '+' : c == '_' ? '/' : c;
}

static void check_text(sp_str text, sp_str encoded) {
  if (encoded.len % 4 != 0 || encoded.len < text.len || encoded.len - text.len > 2) abort();
  for (size_t i = 0; i < encoded.len; i++) {
    if (encoded.ptr[i] != (i < text.len ? standard(text.ptr[i]) : '=')) abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sp_str input = { (const char *)data, size };
  sp_buf bytes, text;
  sp_buf_init(&bytes, NULL, size + 1);
  sp_buf_init(&text, NULL, size * 2 + 8);
  int status = sp_base64_decode(&bytes, input);
  if (status != SP_OK && (status != SP_ESYNTAX || bytes.len != 0)) abort();
  sp_base64_encode(&text, sp_buf_str(&bytes));
  if (status == SP_OK) check_text(input, sp_buf_str(&text));
  sp_buf_reset(&bytes);
  sp_buf_reset(&text);
  sp_base64_encode(&text, input);
  if (sp_base64_decode(&bytes, sp_buf_str(&text)) != SP_OK || !sp_str_eq(sp_buf_str(&bytes), input)) abort();
  sp_buf_free(&bytes);
  sp_buf_free(&text);
  return 0;
}
