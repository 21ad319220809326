/* SPDX-License-Identifier: MIT */
/* core.h: the one door. An input goes in with the time, effects come out of a queue, in order:

     sp_core_input(core, now, &input);
     for (sp_effect fx; sp_core_next_effect(core, &fx);) run(&fx);
     wake me at sp_core_deadline(core);

   Feed one input, drain every effect, feed the next. Nothing here blocks, calls out, reads a clock or draws a random
   number. Not thread-safe; one instance per SDK object; instances do not know of each other. */
#ifndef SP_CORE_CORE_H
#define SP_CORE_CORE_H

#include "base/effect.h"
#include "base/ids.h"

typedef struct sp_core sp_core;

/* Monotonic milliseconds for deadlines, epoch milliseconds for what leaves the machine. */
typedef struct sp_time {
  uint64_t mono_ms, wall_ms;
} sp_time;

/* Inputs; js/effects.js mirrors the numbers. Handles that the core no longer knows are ignored: hang-ups race with
   everything. */
typedef enum sp_input_kind {
  SP_IN_NONE = 0,
  SP_IN_CALL,        /* id = app call (0: no promise waits), name = method, text = JSON array of arguments. Live objects
                        stand as handles: "mediaStream": stream handle, "audioElement": element number */
  SP_IN_HTTP_RESULT, /* id = request; number = status, name = Retry-After header or "", text = body;
                        number 0: no response, name = "network" or "timeout" */
  SP_IN_PEER_RESULT, /* id = session, name = "offer", "answer", "stream" or what SP_FX_PEER_TRACKS gave; number = 0
                        failed, else 1, plus 2 an enabled audio and 4 an enabled video track is sent, 8 an audio track
                        is there at all, 16 the operation found what it looked for; text = SDP of createAnswer for
                        "answer", or as SP_FX_PEER_TRACKS says */
  SP_IN_PEER_STATE,  /* id = session, name = RTCPeerConnection.connectionState, text = signalingState */
  SP_IN_PEER_ICE_STATE, /* id = session, name = iceConnectionState; with "failed" text = {"local":SDP,"remote":SDP} */
  SP_IN_PEER_CANDIDATE, /* id = session, name = sdpMid, text = candidate string; empty = end of candidates */
  SP_IN_PEER_TRACK,     /* id = session, name = kind: a remote track arrived */
  SP_IN_PEER_MESSAGE,   /* id = session, text = data channel text frame */
  SP_IN_MEDIA_RESULT,   /* id = request; number = 1: name = stream handle, text = label of its first track;
                           number = 0: name = error name, text = message */
  SP_IN_PAGE,           /* name = "visible", "hidden", "resume" (from a frozen page or the back-forward cache),
                           "online", "offline", "suspend" (the page goes, perhaps into the back-forward cache),
                           "unload" (it goes for good) */
  SP_IN_LOG,            /* a record that has passed the formatters: id = record number, number = flags (1 not for the
                           server, 2 of the streaming connection), name = level, text = {"message","details"?};
                           SP_FX_LOG_LINE follows unless the status says that it was dropped */
  SP_IN_STORED,         /* answer to SP_FX_STORAGE_READ: id = store, name = key, text = what is stored, or empty */
  SP_IN_DEVICES,        /* answer to SP_FX_MEDIA_ENUMERATE: id = enumeration, number = handle of the first device,
                           text = [{"deviceId","groupId","kind","label"}…]; number 0: it failed, name = error name */
  SP_IN_PEER_STATS, /* id = session, number = request number, text = JSON array of the records; empty: getStats() was
                       rejected */
  /* WebHID: name = "devices" (number = 1, text = granted ones as JSON; 0: there is no WebHID), "opened" or "sent" (id =
     opening, number = 1, or 0 and text = error name), "report" (id = opening, number = report id, text = payload in
     lower-case hex), "connect", "disconnect" (id = device), "granted" (number = 1, text = devices the user chose; 0:
     text = error name) */
  SP_IN_HID,
  SP_IN_MEDIA_ENDED, /* a track of a watched stream ended by itself: id = session, name = stream handle, number = how
                        many of its tracks are alive */
  SP_IN_AUDIO_SET,   /* answer to SP_FX_AUDIO_SET with a job: id = session, name = job, number = 1 done, 0 there is no
                        element, -1 the element cannot, 2 the browser would not */
  SP_IN_PROBE,       /* answer to SP_FX_PROBE: id = probe, text = what it found, as JSON; empty: it could not be done */
  SP_IN_DRAWN,       /* of a replay: text = base64 of the bytes that are drawn next, instead of random ones */
  SP_IN_KINDS
} sp_input_kind;

typedef struct sp_input {
  sp_input_kind kind;
  uint32_t id;
  double number;
  sp_str name, text; /* borrowed for the call */
} sp_input;

/* Validates `config_json` (ISdkConfig without its live objects) and makes a core, or answers SP_EINVAL with the error
   as
   {"type","message"} in `error` (sessions.md E-1, E-2, wrong types), or SP_ENOMEM. `alloc` may be NULL. Effects may
   already wait (log records about the configuration). */
int sp_core_new(const sp_alloc *alloc, const uint8_t seed[SP_SEED_BYTES], sp_str config_json, sp_time now,
                sp_buf *error, sp_core **out);
void sp_core_free(sp_core *core);

/* SP_EINVAL: unknown kind or method, arguments that are no JSON array; the app call, if any, is rejected all the same.
   SP_ENOMEM: the input was dropped; the core stays usable. */
int sp_core_input(sp_core *core, sp_time now, const sp_input *input);

/* The WebSocket driver's inputs; `frame` is borrowed for the call. */
void sp_core_socket_opened(sp_core *core, sp_time now, uint32_t socket);
void sp_core_socket_text(sp_core *core, sp_time now, uint32_t socket, sp_str frame);
void sp_core_socket_closed(sp_core *core, sp_time now, uint32_t socket);
void sp_core_tick(sp_core *core, sp_time now);

/* Pops one effect; false when drained. Its texts stay valid until the next call into the core. */
bool sp_core_next_effect(sp_core *core, sp_effect *out);
/* Kind of the effect that the next pop gives; SP_FX_NONE when drained. For hosts that perform some kinds themselves. */
sp_effect_kind sp_core_peek_effect(const sp_core *core);
bool sp_core_has_effects(const sp_core *core);
/* Monotonic time of the next tick that has work; UINT64_MAX when there is none. */
uint64_t sp_core_deadline(const sp_core *core);

/* Synchronous questions, answered as JSON text: "connected", "isInitialized", "isJwtAuth", "isGuest",
   "isPersistentConnectionEnabled", "isConcurrentSoftphoneSessionsEnabled", "loggerClientId", "config", "headset",
   "refusal" (of the newest call that answered SP_ESTATE: {"type","message"}); and, followed by a space and a JSON array
   of arguments, those of core/media.c. Callable in every state. SP_ENOENT: no such question.
 */
int sp_core_ask(const sp_core *core, sp_str question, sp_buf *answer);

/* Appends the recording of this core as sp_recorder_write() does, or null when `flightRecorder` is off. `words`: the
   constants of the program. SP_ENOMEM, SP_ELIMIT. */
int sp_core_recording(const sp_core *core, sp_str words, sp_buf *out);

#endif
