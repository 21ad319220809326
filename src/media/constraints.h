/* SPDX-License-Identifier: MIT */
/* constraints.h: what is asked of getUserMedia (media.md §6, §7). Plain values in, constraint JSON out. */
#ifndef SP_MEDIA_CONSTRAINTS_H
#define SP_MEDIA_CONSTRAINTS_H

#include "base/json.h"

/* The meaning of a media value everywhere in the API (media.md §6). */
typedef enum sp_media_choice {
  SP_MEDIA_NONE,    /* false, undefined, '': not requested */
  SP_MEDIA_DEVICE,  /* exactly this device */
  SP_MEDIA_DEFAULT, /* true: the SDK default, without one the system default */
  SP_MEDIA_SYSTEM   /* null: the system default */
} sp_media_choice;

typedef struct sp_media_value {
  sp_media_choice choice;
  sp_str device; /* borrowed; only with SP_MEDIA_DEVICE */
} sp_media_value;

/* NULL (absent) is SP_MEDIA_NONE; numbers and objects count as their truth, as in the published SDK. Borrows from `v`.
 */
sp_media_value sp_media_value_read(const sp_json *v);

typedef struct sp_audio_defaults {
  sp_str device;                                                  /* SDK default device, absent: none */
  sp_str auto_gain_control, echo_cancellation, noise_suppression; /* JSON values; absent: true */
} sp_audio_defaults;

/* Appends {"audio":{…},"video":false}. */
void sp_constraints_audio(sp_buf *out, const sp_audio_defaults *defaults, sp_media_value value);

#endif
