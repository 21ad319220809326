/* SPDX-License-Identifier: MIT */
/* constraints.h: what is asked of getUserMedia and getDisplayMedia (media.md §6, §7, §19). Plain values in, constraint
   JSON out. */
#ifndef SP_MEDIA_CONSTRAINTS_H
#define SP_MEDIA_CONSTRAINTS_H

#include "base/json.h"

typedef enum sp_media_type { SP_AUDIO, SP_VIDEO, SP_MEDIA_TYPES } sp_media_type;

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

#define SP_MEDIA_NO_VALUE ((sp_media_value){ SP_MEDIA_NONE, SP_STR_NONE })
#define SP_MEDIA_TRUE     ((sp_media_value){ SP_MEDIA_DEFAULT, SP_STR_NONE })

/* NULL (absent) is SP_MEDIA_NONE; numbers and objects count as their truth, as in the published SDK. Borrows from `v`.
 */
sp_media_value sp_media_value_read(const sp_json *v);
/* Writes it the way an app would: false, an id, true or null. */
void sp_media_value_write(sp_jw *w, const char *key, sp_media_value value);

/* The SDK's defaults, and what the browser is. */
typedef struct sp_media_config {
  sp_str audio_device_id, video_device_id, output_device_id;      /* absent: the system default */
  sp_str auto_gain_control, echo_cancellation, noise_suppression; /* JSON values; absent: true */
  sp_str resolution;                                              /* JSON {"width","height"}; absent: none */
  bool monitor_volume;
  bool chromium, display_media; /* window.chrome, getDisplayMedia are there */
} sp_media_config;

/* Of video alone: JSON values; absent: the default; "false": none. */
typedef struct sp_video_options {
  sp_str resolution, frame_rate;
} sp_video_options;

/* The SDK default device of a type, absent: none. */
sp_str sp_media_default_device(const sp_media_config *config, sp_media_type type);
/* Whether a resolution is asked for, explicitly or by default. */
bool sp_media_has_resolution(const sp_media_config *config, const sp_video_options *video);
/* Appends {"audio":…,"video":…}, of which one is false; both with SP_MEDIA_NONE. */
void sp_constraints_user(sp_buf *out, const sp_media_config *config, sp_media_type type, sp_media_value value,
                         const sp_video_options *video);
/* For a screen, the row of §19 that this browser is in. */
void sp_constraints_display(sp_buf *out, const sp_media_config *config);

#endif
