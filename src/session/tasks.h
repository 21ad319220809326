/* SPDX-License-Identifier: MIT */
/* tasks.h: what a media session is asked to do and that takes several steps: peer connection, media, server
   (video-and-screens.md §4, §6, §7, §10). Tasks of one lane run one after the other, so that a mute that was asked for
   last also happens last. For this folder only. */
#ifndef SP_SESSION_TASKS_H
#define SP_SESSION_TASKS_H

#include "base/json.h"
#include "session/session.h"

typedef enum sp_task_kind {
  SP_TASK_AUDIO_MUTE,
  SP_TASK_AUDIO_UNMUTE,
  SP_TASK_VIDEO_MUTE,
  SP_TASK_VIDEO_UNMUTE,
  SP_TASK_SHARE_PROMPT, /* the user chooses a screen */
  SP_TASK_SHARE_BEGIN,
  SP_TASK_SHARE_END,
  SP_TASK_PIN,
  SP_TASK_MIDS, /* which media section carries which recorded screen */
  SP_TASK_KINDS
} sp_task_kind;

/* One step awaits one answer: of the peer connection, of a media request or of the server. */
typedef enum sp_task_step {
  SP_STEP_WAITING, /* for its lane */
  SP_STEP_LOOK,    /* is there a camera already? */
  SP_STEP_MEDIA,
  SP_STEP_CONNECTING, /* for the peer connection to be up, with its stream in hand */
  SP_STEP_PUT,        /* the new track goes on the peer connection */
  SP_STEP_DROP,       /* the old one comes off it */
  SP_STEP_SERVER
} sp_task_step;

typedef struct sp_task {
  struct sp_task *next;
  uint32_t id, session, call;
  uint32_t media_request;
  sp_task_kind kind;
  sp_task_step step;
  bool lost; /* a camera that did not come back */
  bool overdue;
  sp_str value;  /* device of an unmute as JSON, participant of a pin */
  sp_str stream; /* what was granted and is not yet anybody else's */
} sp_task;

#endif
