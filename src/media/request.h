/* SPDX-License-Identifier: MIT */
/* request.h: what the SDK has of devices, permissions and requests for media (media.md §3-§12). An attempt leaves as
   SP_FX_MEDIA_REQUEST, an enumeration as SP_FX_MEDIA_ENUMERATE; what has finished is taken by sp_media_take and routed
   by its token. */
#ifndef SP_MEDIA_REQUEST_H
#define SP_MEDIA_REQUEST_H

#include "base/effect.h"
#include "base/ids.h"
#include "base/token.h"
#include "media/constraints.h"
#include "media/devices.h"

/* Whether devices are listed before a request, and again after its success: labels may only be known then. */
typedef enum sp_media_lists { SP_LISTS_NEVER, SP_LISTS_FIRST_TIME, SP_LISTS_ALWAYS } sp_media_lists;

/* A request for a microphone, a camera or both. Everything is borrowed for the call. Zeroed, it asks for nothing. */
typedef struct sp_media_want {
  sp_media_value audio, video;                      /* SP_MEDIA_NONE: not requested */
  const sp_json *resolution, *frame_rate, *monitor; /* option values; NULL: the default */
  const sp_json *uuid;                              /* NULL: a random one */
  uint32_t session, lent;                           /* whom it is for: our session, or the app's object; 0: nobody */
  sp_str session_id, conversation_id;
  bool no_retry;  /* one attempt, no ladder */
  bool preserve;  /* with both types: what was granted is enough */
  bool only_asks; /* nobody wants the stream (requestMediaPermissions) */
  sp_media_lists lists;
} sp_media_want;

/* What an app's IMediaRequestOptions say; borrows from `options`. */
sp_media_want sp_media_want_read(const sp_json *options);

/* A record is telemetry about an attempt (§21); nobody waits for it. */
typedef enum sp_media_done_kind { SP_MEDIA_STREAM, SP_MEDIA_LIST, SP_MEDIA_RECORD } sp_media_done_kind;

typedef struct sp_media_done {
  sp_token token;
  sp_media_done_kind kind;
  bool ok;
  bool denied;       /* not ok, and it was a permission error */
  sp_str stream;     /* handle, when ok and somebody wants it; borrowed until the next take, like what follows */
  sp_str label;      /* of the microphone, else of the camera */
  sp_str list;       /* SP_MEDIA_LIST: the merged devices, as a JSON array of handles */
  uint32_t request;  /* the host's handle of the cause when not ok */
  const char *event; /* SP_MEDIA_RECORD: its type; `list` holds its members */
  sp_str session_id, conversation_id;
} sp_media_done;

typedef struct sp_media sp_media;

sp_media *sp_media_new(const sp_alloc *alloc, sp_effects *fx, sp_ids *ids);
void sp_media_free(sp_media *media);
/* SDK defaults from now on; copied. SP_ENOMEM changes none. */
int sp_media_configure(sp_media *media, const sp_media_config *config);
const sp_media_config *sp_media_settings(const sp_media *media);
const sp_devices *sp_media_devices(const sp_media *media);

/* Asks, microphone before camera. *number is the request to drop. SP_ELIMIT with SP_MAX_CALLS under way, SP_ENOMEM;
   then nothing comes of it. A request for nothing is one attempt, so that the browser says what is wrong (§9). */
int sp_media_start(sp_media *media, const sp_media_want *want, sp_token token, uint32_t *number);
/* The same for a microphone alone; SP_EINVAL for a value that asks for none. */
int sp_media_start_audio(sp_media *media, const sp_json *value, bool retry, sp_token token, uint32_t *number);
/* Asks for a screen (§19): no retries, no permission flags. */
int sp_media_start_display(sp_media *media, const sp_media_want *want, sp_token token, uint32_t *number);
/* Nobody waits any more: a late stream is stopped. */
void sp_media_drop(sp_media *media, uint32_t number);
/* Lists the devices; `force` announces them even when nothing changed. With token.owner SP_OWNER_NONE nobody waits. */
int sp_media_enumerate(sp_media *media, bool force, sp_token token);

/* The host's result of attempt `id`: ok with a stream handle and the label of its first track, or the error's name and
   message. */
void sp_media_result(sp_media *media, uint32_t id, bool ok, sp_str name, sp_str text);
/* The host's list for enumeration `id`, see sp_devices_update; `first` 0: it failed with the error named so. */
void sp_media_listed(sp_media *media, uint32_t id, uint32_t first, sp_str name, sp_str list);
/* A request does not wait for ever for a list of devices: some browsers give none while the page is hidden. The limit
   runs from the end of the input that began it, where sp_media_settled is called. */
void sp_media_settled(sp_media *media, uint64_t now);
void sp_media_tick(sp_media *media, uint64_t now);
uint64_t sp_media_deadline(const sp_media *media);
bool sp_media_take(sp_media *media, sp_media_done *out);

/* §13: the id itself, the SDK default or absent, all of them cached. `kinds`: one kind. Borrowed from the cache. */
sp_str sp_media_valid_device(sp_media *media, sp_device_kind kind, sp_media_value value);
/* Appends the state of §3, devices by handle. */
void sp_media_write_state(const sp_media *media, sp_buf *out);

#endif
