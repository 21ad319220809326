/* SPDX-License-Identifier: MIT */
/* request.h: requests for outgoing media under way: constraints, the retry ladder, permission errors (media.md §7-§11).
   One attempt leaves as SP_FX_MEDIA_REQUEST; finished requests are taken by sp_media_take and routed by their token. */
#ifndef SP_MEDIA_REQUEST_H
#define SP_MEDIA_REQUEST_H

#include "base/effect.h"
#include "base/json.h"
#include "base/token.h"

typedef struct sp_media_config {
  sp_str audio_device_id;                                         /* SDK default, absent: none */
  sp_str auto_gain_control, echo_cancellation, noise_suppression; /* JSON values */
} sp_media_config;

typedef struct sp_media_done {
  sp_token token;
  bool ok;
  sp_str stream;    /* handle, when ok; borrowed until the next call */
  uint32_t request; /* number of the last attempt: the host's handle of the cause when not ok */
} sp_media_done;

typedef struct sp_media sp_media;

sp_media *sp_media_new(const sp_alloc *alloc, sp_effects *fx);
void sp_media_free(sp_media *media);
/* SDK defaults from now on; copied. SP_ENOMEM changes none. */
int sp_media_configure(sp_media *media, const sp_media_config *config);

/* Asks for a microphone. `value` as everywhere in the API: a device id, true (SDK default), null (system default); NULL
   or false or '' are "not requested" and refused with SP_EINVAL. `retry`: walk the ladder. *number is the request to
   drop. SP_ELIMIT with SP_MAX_CALLS under way, SP_ENOMEM; then nothing comes of it. */
int sp_media_start_audio(sp_media *media, const sp_json *value, bool retry, sp_token token, uint32_t *number);
/* Nobody waits any more: a late stream is stopped. */
void sp_media_drop(sp_media *media, uint32_t number);
/* The host's result of attempt `id`: ok with a stream handle, or the error's name and message. */
void sp_media_result(sp_media *media, uint32_t id, bool ok, sp_str name, sp_str message);
bool sp_media_take(sp_media *media, sp_media_done *out);

#endif
