/* SPDX-License-Identifier: MIT */
/* Two lists of devices, separated by a line with ";", and two results of requests: whatever a page's browser says, the
   cache stays whole, every request ends once and every stream is handed out or stopped. */
#include "base/effect.h"
#include "base/limits.h"
#include "media/request.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct ledger {
  unsigned given, closed, ended;
} ledger;

/* The host: lists `text`, grants when its length is even. */
static void host(sp_media *media, sp_effects *fx, sp_str text, ledger *l) {
  sp_effect effect;
  while (sp_effects_pop(fx, &effect)) {
    uint32_t id = effect.id;
    if (effect.kind == SP_FX_MEDIA_STOP) l->closed++;
    if (effect.kind == SP_FX_MEDIA_JOIN) l->closed++; /* two streams are one */
    if (effect.kind == SP_FX_MEDIA_ENUMERATE) sp_media_listed(media, id, 1, SP_STR_NONE, text);
    if (effect.kind != SP_FX_MEDIA_REQUEST) continue;
    bool ok = text.len % 2 == 0;
    l->given += ok;
    sp_media_result(media, id, ok, ok ? SP_STR("1") : text, text);
  }
  sp_media_done done;
  while (sp_media_take(media, &done)) {
    if (done.kind == SP_MEDIA_STREAM) l->ended++;
    if (done.kind == SP_MEDIA_STREAM && done.ok) l->closed++;
  }
}

static void look_up(sp_media *media, sp_str text) {
  const sp_devices *devices = sp_media_devices(media);
  const sp_device *found = sp_devices_by_id(devices, SP_DEVICE_AUDIO_INPUT, text);
  if (found && !sp_str_eq(found->id, text)) abort();
  if (devices->now.count > SP_MAX_DEVICES) abort();
  (void)sp_media_valid_device(media, SP_DEVICE_VIDEO_INPUT, (sp_media_value){ SP_MEDIA_DEVICE, text });
  sp_buf state;
  sp_json_doc *doc = NULL;
  sp_buf_init(&state, NULL, SP_MAX_JSON);
  sp_media_write_state(media, &state);
  if (sp_json_parse(NULL, sp_buf_str(&state), &doc) != SP_OK) abort();
  sp_json_free(doc);
  sp_buf_free(&state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const uint8_t seed[SP_SEED_BYTES] = { 1 };
  sp_ids ids;
  sp_ids_init(&ids, seed);
  sp_str text = { (const char *)data, size };
  size_t to = sp_str_find(text, "\n;\n", 0);
  sp_str parts[2] = { sp_str_slice(text, 0, to), to == SIZE_MAX ? text : sp_str_slice(text, to + 3, size) };
  sp_effects *fx = sp_effects_new(NULL);
  sp_media *media = sp_media_new(NULL, fx, &ids);
  ledger l = { 0, 0, 0 };
  unsigned started = 0;
  for (int i = 0; i < 2; i++) {
    sp_json_doc *doc = NULL;
    uint32_t number;
    (void)sp_media_enumerate(media, i == 1, (sp_token){ SP_OWNER_CORE, 1, 1 });
    host(media, fx, parts[i], &l);
    look_up(media, parts[i]);
    (void)sp_json_parse(NULL, parts[i], &doc);
    sp_media_want want = sp_media_want_read(sp_json_first(sp_json_root(doc)));
    want.lists = SP_LISTS_ALWAYS;
    if (sp_media_start(media, &want, (sp_token){ SP_OWNER_CORE, 1, 2 }, &number) == SP_OK) started++;
    sp_json_free(doc);
    host(media, fx, parts[1 - i], &l);
  }
  if (l.ended != started || l.closed != l.given) abort();
  sp_media_free(media);
  sp_effects_free(fx);
  return 0;
}
