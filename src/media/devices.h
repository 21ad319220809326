/* SPDX-License-Identifier: MIT */
/* devices.h: the cache of media devices (media.md §3, §12, §13). A device is known by a handle of the host, which keeps
   the browser's own object under it. Owns its texts. */
#ifndef SP_MEDIA_DEVICES_H
#define SP_MEDIA_DEVICES_H

#include "base/json.h"

/* A bit each, for look-ups that take several. */
typedef enum sp_device_kind {
  SP_DEVICE_AUDIO_INPUT = 1,
  SP_DEVICE_VIDEO_INPUT = 2,
  SP_DEVICE_AUDIO_OUTPUT = 4,
  SP_DEVICE_OTHER = 8
} sp_device_kind;

typedef struct sp_device {
  uint32_t handle;
  sp_device_kind kind;
  sp_str id, group, label;
} sp_device;

typedef struct sp_device_list {
  sp_device *items;
  size_t count;
} sp_device_list;

typedef struct sp_devices {
  const sp_alloc *alloc;
  sp_device_list now, before; /* the last accepted enumeration, and the one it replaced */
} sp_devices;

void sp_devices_init(sp_devices *devices, const sp_alloc *alloc);
void sp_devices_free(sp_devices *devices);

/* "audioinput" and so on; anything else is SP_DEVICE_OTHER. */
sp_device_kind sp_device_kind_read(sp_str word);

/* An enumeration: [{"deviceId","groupId","kind","label"}…], whose nth device has the handle first + n. Known labels
   stay where the browser hides them. *changed: it differs from the cache, which it has replaced then; with `force` it
   replaces it anyhow. Appends to `merged` the handles as [n,…]. SP_EPROTO: no array of objects; SP_ELIMIT: more than
   SP_MAX_DEVICES; SP_ENOMEM. On failure the cache is as before. */
int sp_devices_update(sp_devices *devices, const sp_json *list, uint32_t first, bool force, bool *changed,
                      sp_buf *merged);

/* First cached device of these kinds (bits) with this id or label; NULL: none, also without id or label. */
const sp_device *sp_devices_by_id(const sp_devices *devices, unsigned kinds, sp_str id);
const sp_device *sp_devices_by_label(const sp_device_list *list, unsigned kinds, sp_str label);
/* Is exactly this device cached? */
bool sp_devices_has(const sp_devices *devices, const sp_json *device);
bool sp_devices_has_kind(const sp_devices *devices, sp_device_kind kind);
/* Are labels known: is there one of this kind at all? */
bool sp_devices_labelled(const sp_devices *devices, sp_device_kind kind);

/* Appends the lists and the hasMic and hasCamera members of a state (§3), devices by handle. */
void sp_devices_write(sp_jw *w, const sp_devices *devices);

#endif
