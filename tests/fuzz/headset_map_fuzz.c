/* SPDX-License-Identifier: MIT */
/* A device's collections, as JSON, through the map and out of its reports. */
#include "base/limits.h"
#include "headset/vendors.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every mapped control lies within the longest report, and nothing is read past a payload. */
static void check(const sp_hid_map *map, const uint8_t *data, size_t size) {
  for (int i = 0; i < SP_HID_CONTROLS; i++) {
    const sp_hid_field *field = &map->fields[i];
    if (!field->kind) continue;
    bool on = false;
    if (!field->size || field->size > 32 || field->bit + field->size > SP_MAX_HID_REPORT * 8) abort();
    if (i >= SP_HID_INPUTS && (field->length > SP_MAX_HID_REPORT || field->length * 8 < field->bit + field->size))
      abort();
    for (size_t len = 0; len <= size && len <= SP_MAX_HID_REPORT; len++) {
      uint8_t *payload = malloc(len + 1);
      if (!payload) abort();
      memcpy(payload, data, len);
      if (sp_hid_value(field, payload, len, &on) != (field->bit + field->size <= len * 8)) abort();
      free(payload);
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sp_json_doc *doc = NULL;
  if (sp_json_parse(NULL, (sp_str){ (const char *)data, size }, &doc) != SP_OK) return 0;
  for (int mirror = 0; mirror < 2; mirror++) {
    sp_hid_map map;
    if (sp_hid_map_read(sp_json_root(doc), mirror, &map) != SP_OK) continue;
    check(&map, data, size);
    if (!map.fields[SP_HID_HOOK].kind && !map.fields[SP_HID_MUTE].kind) abort();
  }
  sp_hid_device device;
  (void)sp_hid_match(sp_json_root(doc), SP_STR("Headset (Jabra EVOLVE LINK MS) (0b0e:0307)"), &device);
  sp_json_free(doc);
  return 0;
}
