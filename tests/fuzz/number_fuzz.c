/* SPDX-License-Identifier: MIT */
/* Any text of the letters of a number must give what strtod gives; what is written must read back. */
#include "base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_INPUT = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_read(const uint8_t *data, size_t size) {
  static const char letters[] = "0123456789-.eE";
  char text[MAX_INPUT + 1];
  if (size > MAX_INPUT) return;
  for (size_t i = 0; i < size; i++)
    text[i] = strchr(letters, data[i]) && data[i] ? (char)data[i] : letters[data[i] % 14];
  text[size] = '\0';
  char *end, *expected_end;
  double value = sp_number_read(text, &end), expected = strtod(text, &expected_end);
  if (memcmp(&value, &expected, sizeof value) != 0 || end != expected_end) abort();
}

static void check_write(const uint8_t *data, size_t size) {
  double value;
  if (size < sizeof value) return;
  memcpy(&value, data, sizeof value);
  sp_buf out;
  sp_buf_init(&out, NULL, 64);
  sp_number_write(&out, value);
  sp_buf_add_char(&out, '\0');
  if (sp_buf_status(&out) != SP_OK) abort();
  char *end;
  double back = sp_number_read(out.data, &end);
  if (isfinite(value) && (back < value || back > value || *end)) abort();
  sp_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  check_read(data, size);
  check_write(data, size);
  return 0;
}
