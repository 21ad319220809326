/* SPDX-License-Identifier: MIT */
#include "media/devices.h"

#include "base/limits.h"

#include <string.h>

void sp_devices_init(sp_devices *devices, const sp_alloc *alloc) {
  memset(devices, 0, sizeof *devices);
  devices->alloc = alloc;
}

static void free_list(const sp_alloc *alloc, sp_device_list *list) {
  for (size_t i = 0; i < list->count; i++) {
    sp_str_free(alloc, &list->items[i].id);
    sp_str_free(alloc, &list->items[i].group);
    sp_str_free(alloc, &list->items[i].label);
  }
  sp_alloc_free(alloc, list->items);
  *list = (sp_device_list){ NULL, 0 };
}

void sp_devices_free(sp_devices *devices) {
  free_list(devices->alloc, &devices->now);
  free_list(devices->alloc, &devices->before);
}

sp_device_kind sp_device_kind_read(sp_str word) {
  return sp_str_is(word, "audioinput")    ? SP_DEVICE_AUDIO_INPUT
         : sp_str_is(word, "videoinput")  ? SP_DEVICE_VIDEO_INPUT
         : sp_str_is(word, "audiooutput") ? SP_DEVICE_AUDIO_OUTPUT
                                          : SP_DEVICE_OTHER;
}

/* Texts are borrowed from the JSON. */
static sp_device read_device(const sp_json *v) {
  return (sp_device){ .kind = sp_device_kind_read(sp_json_get_str(v, "kind")),
                      .id = sp_json_get_str(v, "deviceId"),
                      .group = sp_json_get_str(v, "groupId"),
                      .label = sp_json_get_str(v, "label") };
}

static bool is_same_device(const sp_device *a, const sp_device *b) {
  return a->kind == b->kind && sp_str_eq(a->id, b->id) && sp_str_eq(a->group, b->group);
}

static bool holds(const sp_json *list, const sp_device *device) {
  for (const sp_json *v = sp_json_first(list); v; v = sp_json_next(v)) {
    sp_device found = read_device(v);
    if (is_same_device(&found, device) && sp_str_eq(found.label, device->label)) return true;
  }
  return false;
}

/* §12 step 3: against what the browser said, not against what was made of it. */
static bool differs(const sp_devices *devices, const sp_json *list) {
  if (sp_json_count(list) != devices->now.count) return true;
  for (size_t i = 0; i < devices->now.count; i++)
    if (!holds(list, &devices->now.items[i])) return true;
  return false;
}

static int add(const sp_alloc *alloc, sp_device_list *list, const sp_device *device) {
  sp_device *copy = &list->items[list->count++];
  *copy = (sp_device){ device->handle, device->kind, SP_STR_NONE, SP_STR_NONE, SP_STR_NONE };
  int status = sp_str_dup(alloc, device->id, &copy->id);
  if (status == SP_OK) status = sp_str_dup(alloc, device->group, &copy->group);
  return status == SP_OK ? sp_str_dup(alloc, device->label, &copy->label) : status;
}

/* §12 step 2: the device as it was known, when its label was known. */
static sp_device merged_with(const sp_devices *devices, sp_device fresh) {
  for (size_t i = 0; i < devices->now.count; i++) {
    const sp_device *old = &devices->now.items[i];
    if (is_same_device(old, &fresh) && old->label.len) return *old;
  }
  return fresh;
}

static int merge(const sp_devices *devices, const sp_json *list, uint32_t first, sp_device_list *out) {
  size_t count = sp_json_count(list);
  if (count > SP_MAX_DEVICES) return SP_ELIMIT;
  out->items = sp_alloc_new(devices->alloc, (count + 1) * sizeof *out->items);
  if (!out->items) return SP_ENOMEM;
  int status = SP_OK;
  for (const sp_json *v = sp_json_first(list); v && status == SP_OK; v = sp_json_next(v)) {
    if (!sp_json_is_object(v)) return SP_EPROTO;
    sp_device device = read_device(v);
    device.handle = first + (uint32_t)out->count;
    device = merged_with(devices, device);
    status = add(devices->alloc, out, &device);
  }
  return status;
}

static void write_handles(sp_jw *w, const char *key, const sp_device_list *list, unsigned kinds) {
  sp_jw_open(w, key, '[');
  for (size_t i = 0; i < list->count; i++)
    if (list->items[i].kind & kinds) sp_jw_num(w, NULL, list->items[i].handle);
  sp_jw_close(w);
}

enum { ALL_KINDS = 15 };

int sp_devices_update(sp_devices *devices, const sp_json *list, uint32_t first, bool force, bool *changed,
                      sp_buf *merged) {
  if (!sp_json_is_array(list)) return SP_EPROTO;
  sp_device_list fresh = { NULL, 0 };
  int status = merge(devices, list, first, &fresh);
  if (status != SP_OK) {
    free_list(devices->alloc, &fresh);
    return status;
  }
  sp_jw w;
  sp_jw_begin(&w, merged);
  write_handles(&w, NULL, &fresh, ALL_KINDS);
  *changed = differs(devices, list);
  if (*changed || force) {
    free_list(devices->alloc, &devices->before);
    devices->before = devices->now;
    devices->now = fresh;
  } else {
    free_list(devices->alloc, &fresh);
  }
  return SP_OK;
}

const sp_device *sp_devices_by_id(const sp_devices *devices, unsigned kinds, sp_str id) {
  for (size_t i = 0; id.len && i < devices->now.count; i++)
    if ((devices->now.items[i].kind & kinds) && sp_str_eq(devices->now.items[i].id, id)) return &devices->now.items[i];
  return NULL;
}

const sp_device *sp_devices_by_label(const sp_device_list *list, unsigned kinds, sp_str label) {
  for (size_t i = 0; label.len && i < list->count; i++)
    if ((list->items[i].kind & kinds) && sp_str_eq(list->items[i].label, label)) return &list->items[i];
  return NULL;
}

bool sp_devices_has(const sp_devices *devices, const sp_json *device) {
  sp_device wanted = read_device(device);
  for (size_t i = 0; i < devices->now.count; i++)
    if (is_same_device(&devices->now.items[i], &wanted) && sp_str_eq(devices->now.items[i].label, wanted.label))
      return true;
  return false;
}

bool sp_devices_labelled(const sp_devices *devices, sp_device_kind kind) {
  for (size_t i = 0; i < devices->now.count; i++)
    if (devices->now.items[i].kind == kind && devices->now.items[i].label.len) return true;
  return false;
}

bool sp_devices_has_kind(const sp_devices *devices, sp_device_kind kind) {
  for (size_t i = 0; i < devices->now.count; i++)
    if (devices->now.items[i].kind == kind) return true;
  return false;
}

void sp_devices_write(sp_jw *w, const sp_devices *devices) {
  write_handles(w, "devices", &devices->now, ALL_KINDS);
  write_handles(w, "oldDevices", &devices->before, ALL_KINDS);
  write_handles(w, "audioDevices", &devices->now, SP_DEVICE_AUDIO_INPUT);
  write_handles(w, "videoDevices", &devices->now, SP_DEVICE_VIDEO_INPUT);
  write_handles(w, "outputDevices", &devices->now, SP_DEVICE_AUDIO_OUTPUT);
  sp_jw_bool(w, "hasMic", sp_devices_has_kind(devices, SP_DEVICE_AUDIO_INPUT));
  sp_jw_bool(w, "hasCamera", sp_devices_has_kind(devices, SP_DEVICE_VIDEO_INPUT));
}
