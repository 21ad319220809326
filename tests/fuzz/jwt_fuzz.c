/* SPDX-License-Identifier: MIT */
/* The claims of a JWT: the input as it is, and as the payload of one. */
#include "base/base64.h"
#include "base/status.h"
#include "config/jwt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read(sp_str text) {
  sp_jwt jwt;
  const char *why = NULL;
  int rc = sp_jwt_read(NULL, text, &jwt, &why);
  if (!why || (rc == SP_OK) != (jwt.jid.len > 0)) abort();
  sp_jwt_free(&jwt);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sp_str input = { (const char *)data, size };
  sp_buf text;
  read(input);
  sp_buf_init(&text, NULL, 2 * size + 16);
  sp_buf_add_text(&text, "e30.");
  sp_base64_encode(&text, sp_str_slice(input, 0, size / 3 * 3)); /* no padding */
  sp_buf_add_text(&text, ".s");
  if (sp_buf_status(&text) != SP_OK) abort();
  read(sp_buf_str(&text));
  sp_buf_free(&text);
  return 0;
}
