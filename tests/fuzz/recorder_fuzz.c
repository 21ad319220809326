/* SPDX-License-Identifier: MIT */
/* Whatever is recorded, no secret comes out: not as it is, not in capital letters, not inside base64; what comes out is
   JSON, and of the same inputs always the same. The bytes are cut into texts; behind each stands a secret, for which
   the bytes decide what is around it. */
#include "base/base64.h"
#include "base/json.h"
#include "base/limits.h"
#include "recorder/recorder.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const secrets[] = { "s3cr3t", "Lovelace", "5550123987", "0a1b2c3d-1111-4222-8333-444455556666" };
static const char *const around[] = {
  " ", "\"", "\\n", "\\\\\"",      "<", ">", "&", "%20",          "\":\"",    "/",       "@",
  "=", "+",  "(",   "eyJhIjoxfQ.", "[", ",", "-", "a=candidate:", "\xC3\xA9", "\\u00e9", ""
};

enum { KINDS = 16 };

/* Encoded, so that only one who decodes it finds the secret. */
static void add_coded(sp_buf *text, const char *secret) {
  char plain[64] = { 0 };
  size_t len = strlen(secret);
  memcpy(plain + 1, secret, len);
  sp_buf_add_text(text, ">");
  sp_base64_encode(text, (sp_str){ plain, len + 1 });
  sp_buf_add_text(text, "<");
}

static void record(sp_recorder *r, const uint8_t *data, size_t size, sp_buf *text) {
  uint64_t now = 1000;
  while (size > 3) {
    size_t len = data[0] < size - 3 ? data[0] : size - 3;
    const char *secret = secrets[data[1] % 4], *before = around[data[2] % (sizeof around / sizeof *around)];
    sp_buf_reset(text);
    sp_buf_add(text, (sp_str){ (const char *)data + 3, len });
    sp_buf_add_text(text, before);
    /* A letter or a digit before it would make another word of it. */
    if (!*before || strchr("0123456789.", before[strlen(before) - 1])) sp_buf_add_char(text, ' ');
    if (data[1] & 0x80) add_coded(text, secret);
    else sp_buf_add_text(text, secret);
    sp_str name = sp_str_slice(sp_buf_str(text), len, text->len);
    if (data[1] & 0x40) {
      sp_recorder_effect(r, &(sp_effect){ (sp_effect_kind)(data[2] % SP_FX_HID), 1, name, sp_buf_str(text) });
    } else {
      sp_recorder_input(
          r, &(sp_record){ data[2] % KINDS, (data[2] & 16) != 0, false, 1, 1, now, now, name, sp_buf_str(text) });
    }
    if (data[2] & 32) sp_recorder_drawn(r, data, size < 16 ? size : 16);
    now += data[0] * 1000u;
    data += 3 + len;
    size -= 3 + len;
  }
}

static void check(const sp_buf *out) {
  sp_str text = sp_buf_str(out);
  sp_json_doc *doc;
  for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
    sp_buf coded;
    sp_buf_init(&coded, NULL, 256);
    add_coded(&coded, secrets[i]);
    sp_buf_add_char(&coded, '\0');
    if (sp_str_find(text, secrets[i], 0) != SIZE_MAX || sp_str_find(text, coded.data, 0) != SIZE_MAX) abort();
    sp_buf_free(&coded);
  }
  if (sp_json_parse(NULL, text, &doc) != SP_OK) abort();
  sp_json_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const uint8_t seed[SP_SEED_BYTES] = { 1 };
  sp_recorder *r = sp_recorder_new(NULL, seed);
  sp_buf text, out, again;
  sp_buf_init(&text, NULL, SP_MAX_JSON);
  sp_buf_init(&out, NULL, SP_MAX_JSON);
  sp_buf_init(&again, NULL, SP_MAX_JSON);
  record(r, data, size, &text);
  if (sp_recorder_write(r, SP_STR("state id amp"), &out) != SP_OK) abort();
  if (sp_recorder_write(r, SP_STR("state id amp"), &again) != SP_OK) abort();
  if (!sp_str_eq(sp_buf_str(&out), sp_buf_str(&again))) abort();
  check(&out);
  sp_buf_free(&text);
  sp_buf_free(&out);
  sp_buf_free(&again);
  sp_recorder_free(r);
  return 0;
}
