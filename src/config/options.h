/* SPDX-License-Identifier: MIT */
/* options.h: ISdkConfig: validation, defaults, forced values (sessions.md §2). Plain values; texts are owned. */
#ifndef SP_CONFIG_OPTIONS_H
#define SP_CONFIG_OPTIONS_H

#include "base/effect.h"

/* Session types in the order of the handlers (sessions.md §3.1 step 5). */
typedef enum sp_allowed_type {
  SP_ALLOW_SOFTPHONE = 1,
  SP_ALLOW_VIDEO = 2,
  SP_ALLOW_SCREEN_SHARE = 4,
  SP_ALLOW_SCREEN_RECORDING = 8,
  SP_ALLOW_LIVE_MONITORING = 16
} sp_allowed_type;

typedef enum sp_eager { SP_EAGER_AUTO, SP_EAGER_EVENT, SP_EAGER_NONE } sp_eager;

/* sessions.md §5.7. */
typedef enum sp_handling {
  SP_HANDLING_STANDARD,
  SP_HANDLING_ALERTING_LEADER,
  SP_HANDLING_REDUCED,
  SP_HANDLING_REDUCED_HEADSETS,
  SP_HANDLINGS
} sp_handling;

typedef struct sp_options {
  const sp_alloc *alloc;
  sp_str environment, access_token, jwt, organization_id, ws_host, jid_resource;
  sp_str headset_request_type; /* "standard", "prioritized", "mediaHelper"; absent acts as "standard" */
  sp_str origin_app_name, origin_app_version, origin_app_id;
  sp_str sdk_version;          /* the host adds it; without it nothing is uploaded */
  sp_str log_level;            /* as given, or absent: what it means is the logger's decision */
  sp_str custom_headers;       /* JSON object text, or absent */
  sp_str user_agent, platform; /* what the host says of its browser, or absent */
  sp_str drawn;                /* of a replay, as SP_IN_DRAWN */
  bool flight_recorder;
  double cores; /* 0: unknown */
  bool environment_given;
  bool auto_connect_sessions, auto_accept_screen_recording, auto_accept_live_monitoring, disable_auto_answer;
  bool no_headset_orchestration;
  bool opt_out_of_telemetry, logging_paused, use_headsets, server_pings, report_statistics;
  bool alertable;         /* alertableInteractionTypes names some */
  bool pipelined_connect; /* fewer round trips while connecting; off: nobody has seen the real platform take it */
  sp_eager eager;
  sp_handling handling;   /* set by a call, not configured */
  unsigned allowed_types; /* sp_allowed_type bits */
  bool skip_constraints;
  /* What the browser is and has; the host adds them. */
  bool chromium, sink_support, display_media;
  /* defaults.* */
  double token_expires_at; /* accessTokenExpiresAt, epoch milliseconds; 0: nobody knows */
  double audio_volume;     /* 0..100 */
  sp_str audio_device_id, video_device_id, output_device_id;                  /* absent: system default */
  sp_str mic_auto_gain_control, mic_echo_cancellation, mic_noise_suppression; /* JSON: true, false or an object */
  sp_str audio_stream;     /* stream handle of defaults.audioStream, or absent */
  bool raw_events;         /* somebody listens to conversationUpdateRaw: nobody pays for it otherwise */
  sp_str video_resolution; /* JSON {"width","height"}, or absent */
  bool monitor_volume;
  uint32_t audio_element; /* element number of defaults.audioElement, 0 = none */
  uint32_t video_element; /* and of defaults.videoElement */
} sp_options;

/* Reads and validates. SP_EINVAL: `error` holds {"type","message"} (E-1, E-2, or which option is of the wrong type).
   Warnings about the environment go to fx. On failure *out is empty. */
int sp_options_read(const sp_alloc *alloc, sp_str config_json, sp_effects *fx, sp_buf *error, sp_options *out);
void sp_options_free(sp_options *options);

bool sp_options_is_jwt(const sp_options *options);
bool sp_options_is_guest(const sp_options *options);
/* Appends the effective configuration without secrets, for ask("config"). */
void sp_options_write(sp_buf *out, const sp_options *options);

/* The bit of a session type's word, 0 for anything else. */
unsigned sp_allowed_type_of_word(sp_str word);

#endif
