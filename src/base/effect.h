/* SPDX-License-Identifier: MIT */
/* effect.h: what the core wants done, as data in a queue. The host drains the queue after every input, in
   order; nothing of the core is on the stack then. Kinds and their members stand in ONE table, which
   js/effects.js mirrors.

   Errors are {"type","message"?,"details"?,"cause"?}: with `cause` = request number n the message and name of
   the host's error object of that request are taken over, and it becomes `details` unless those are given.
   Inside details, {"$cause":n} stands for that object. The host keeps a cause until the drain that its input
   started ends.

   A queue that is full (SP_MAX_EFFECTS) or out of memory sets a sticky status that the core reports once and
   clears. */
#ifndef SP_BASE_EFFECT_H
#define SP_BASE_EFFECT_H

#include "base/json.h"

/* id: which thing; name: short text; text: JSON unless said otherwise. */
typedef enum sp_effect_kind {
  SP_FX_NONE = 0,
  /* The WebSocket, run in wasm/socket.c. id = socket number, never reused. */
  SP_FX_SOCKET_OPEN,  /* name = subprotocol, text = URL (holds a secret: never log) */
  SP_FX_SOCKET_SEND,  /* text = one text frame */
  SP_FX_SOCKET_CLOSE, /* closes or aborts; the host answers with a socket-closed input once */
  /* HTTP. id = request number; answered by one http-result input unless aborted. */
  SP_FX_HTTP, /* name = method, text = {"url","headers":{},"body"?,"timeout","keepalive"?,"credentials"?,"cache"?},
                 the last three as fetch() takes them */
  SP_FX_HTTP_ABORT, /* no result input follows */
  /* RTCPeerConnection. id = session handle. Operations of one session run in order, each answered by a
     peer-result input. */
  SP_FX_PEER_OPEN,      /* text = {"iceServers":[],"iceTransportPolicy"} */
  SP_FX_PEER_OFFER,     /* text = SDP (plain text): setRemoteDescription */
  SP_FX_PEER_ANSWER,    /* createAnswer and setLocalDescription; result carries the SDP of createAnswer */
  SP_FX_PEER_CANDIDATE, /* name = sdpMid, text = candidate (plain text); failures change nothing, no result */
  SP_FX_PEER_STREAM,    /* name = stream handle or empty: add each track that no sender carries yet; text = empty or
                           {"both":[kinds that answer "sendrecv"],"streams":"own" or "none" (what tracks belong to),
                           "inactive": kind whose sections without a track are,"placeholders": send one for each
                           remote video}; result */
  SP_FX_PEER_CHANNEL,   /* name = label: open a data channel; no result */
  SP_FX_PEER_CLOSE,     /* close; name "removed": the far side took its tracks back, which is told; no result */
  /* Media. id = request number. */
  SP_FX_MEDIA_REQUEST, /* name = "user" or "display", text = {"constraints","requestedOptions"}; media-result input */
  SP_FX_MEDIA_STOP,    /* name = stream handle: stop its tracks (spare a live default stream), forget it */
  /* The element that plays a session's remote audio. id = session handle. */
  SP_FX_AUDIO_ATTACH, /* text = {"volume":0..1,"sinkId"?,"element": handle or null} */
  SP_FX_AUDIO_DETACH,
  /* What the app sees. Objects of sessions stand as {"$session":handle} in event arguments. */
  SP_FX_SESSION_NEW,   /* id = session handle, text = its first members */
  SP_FX_SESSION_SET,   /* text = members that changed */
  SP_FX_SESSION_EVENT, /* name = event of the session object, text = JSON array of arguments */
  SP_FX_SESSION_DROP,  /* the handle is gone */
  SP_FX_EVENT,         /* name = event of the SDK, text = JSON array of arguments */
  SP_FX_ERROR,         /* sdkError event, from a macrotask; text = error (below) */
  SP_FX_RESOLVE,       /* id = app call, text = value or empty for undefined */
  SP_FX_REJECT,        /* id = app call, text = error: an SdkError that is also emitted as sdkError from a macrotask;
                          or {"cause":n} alone: the host's own error object of request n, not emitted;
                          or {"plain":true,"message"}: an Error, not emitted */
  SP_FX_MEMBER,        /* name = member of the SDK object ("station"), text = value */
  /* Log records. The host runs the application's formatters on SP_FX_LOG and feeds what they made of it. */
  SP_FX_LOG,           /* id = source: 0 the SDK, 1 the streaming connection; name = level;
                          text = {"message","details"?,"local"?}: local means that it is not for the server */
  SP_FX_LOG_LINE,      /* id = record number, name = level, text = {"message","details"?}: redacted, to be shown */
  SP_FX_LOGGER_EVENT,  /* name = event of the SDK's logger, text = JSON array of arguments */
  SP_FX_STORAGE_READ,  /* id = store (sp_storage), name = key; answered by one stored input */
  SP_FX_STORAGE_WRITE, /* id = store, name = key, text = plain text; empty removes it */
  /* Devices and what is done with media that is there. */
  SP_FX_MEDIA_ENUMERATE, /* id = enumeration; devices input */
  SP_FX_MEDIA_STATE,     /* name = "devices" or "permissions": what changed, text = state of sdk.media, devices by
                            handle */
  SP_FX_MEDIA_JOIN,      /* name = stream handle, text = another, whose tracks it gets and which is forgotten */
  SP_FX_CAUSE,           /* id = request, name = "keep" its error object beyond this drain, or "drop" */
  /* WebHID. id = number of an opening, never reused. */
  SP_FX_HID,     /* name = "list" (and watch), "open" (text = device handle), "send" (text = [report id,"hex"]), "close"
                    (text = array of such reports, sent first), "forget" (watch no more); hid input but for the last
                    two */
  SP_FX_HEADSET, /* name = event of sdk.headset, text = its payload; {"$grant":[filters]} stands for a function that
                    asks the user for a device */
  SP_FX_PEER_STATS, /* id = session handle, name = request number, text = {"types":[],"fields"?:[]}: which records
                       of getStats(), and which members of them; answered by one peer-stats input */
  /* More of the peer connection and of media. */
  SP_FX_PEER_TRACKS,  /* id = session, name = number; a result of that name follows. text = {"op","stream"?,"into"?,
                         "kind"?,"fit"}; op: "look" (has the stream a track of the kind?), "put" (its tracks take the
                         places of those of their kind and move into the stream `into`; "fit": constrain video to what
                         it is), "drop" (its first track of the kind leaves the peer connection and is stopped), "empty"
                         (nothing of the kind is sent), "silence", "sound" (disable, enable what is sent of the kind;
                         result text = the label), "mids" (result text = [{"id","mid"}…] of what is sent);
                         and, with the operation as name: "senders" (result text = {"senders":[{"kind","label","live",
                         "muted","ours"}…],"sink"?}, without the tracks of `stream`), "swap" (all or nothing: tracks of
                         `stream` and of these "kinds" take the places of those of their kind, which are stopped, and
                         move into `into`; "silent": audio is sent disabled; "cameraOff":
                         video of `stream` is stopped), "release" (tracks of `stream` and of these
                         "kinds" are stopped and detached), "resolution" (constrains the camera of `stream` to
                         "resolution", if given; result text = {"actual"?,"failure"?}) */
  SP_FX_MEDIA_WATCH,  /* id = session, name = stream handle: a media-ended input for each track that ends by itself */
  SP_FX_VIDEO_ATTACH, /* id = session, text = {"volume","elements":[…],"newest"}: plays remote video; newest: in the
                         first element, a later track instead of the one before; else the nth track in the nth */
  SP_FX_AUDIO_SET,   /* id = session, text = {"volume"} or {"sinkId","job"}: of the element that plays it; with a job an
                        audio-set input follows */
  SP_FX_AUDIO_PROBE, /* may the page play sound? answered by the call media.audioBlocked */
  SP_FX_MEDIA_EVENT, /* name = event of sdk.media, text = JSON array of arguments */
  SP_FX_PROBE,       /* diagnostics. id = probe, name = what preflight.h names, text = its JSON: a probe input follows,
                        of "media" another after "stats"; "stop": it gives back what it has; "progress": id = app call,
                        text = a section that has ended */
  SP_FX_KINDS
} sp_effect_kind;

/* The page's stores: what outlives the browser, and what a reload of this tab finds again. */
typedef enum sp_storage { SP_STORAGE_LOCAL, SP_STORAGE_SESSION } sp_storage;

typedef struct sp_effect {
  sp_effect_kind kind;
  uint32_t id;
  sp_str name, text; /* borrowed from the queue until the next pop or push */
} sp_effect;

typedef struct sp_effects sp_effects;

/* True when `text` of this kind is a JSON value, false when it is plain text. */
bool sp_effect_is_json(sp_effect_kind kind);
/* Appends [kind,id,"name",text]: text as it is for JSON kinds (null when empty), else as a JSON string. */
void sp_effect_write(sp_buf *out, const sp_effect *effect);

sp_effects *sp_effects_new(const sp_alloc *alloc); /* NULL when out of memory */
void sp_effects_free(sp_effects *fx);
/* Copies name and text, which must not be those of an effect popped from this queue. A failure is sticky
   (sp_effects_take_status), so that callers need not check each push; false then and nothing was queued. Text
   from a scratch buffer that failed is such a failure. */
bool sp_effects_push(sp_effects *fx, sp_effect_kind kind, uint32_t id, sp_str name, sp_str text);
bool sp_effects_pop(sp_effects *fx, sp_effect *out); /* false when drained */
/* Kind of what the next pop gives; SP_FX_NONE when drained. */
sp_effect_kind sp_effects_peek(const sp_effects *fx);
bool sp_effects_empty(const sp_effects *fx);
/* The first failure since the last call, then SP_OK again. */
int sp_effects_take_status(sp_effects *fx);
/* Records a failure that has no other way out, for sp_effects_take_status. */
void sp_effects_fail(sp_effects *fx, int status);

/* A buffer for building the text of the next effect: reset on each call, so one at a time. */
sp_buf *sp_effects_scratch(sp_effects *fx);
/* The usual text: JSON in that buffer, with these brackets open, such as "[{" ... */
void sp_effects_begin(sp_effects *fx, sp_jw *w, const char *brackets);
/* ... which are closed here, and the effect is pushed. */
bool sp_effects_end(sp_effects *fx, sp_jw *w, sp_effect_kind kind, uint32_t id, sp_str name);

/* --- log records --- */

typedef enum sp_log_level { SP_LOG_DEBUG, SP_LOG_INFO, SP_LOG_WARN, SP_LOG_ERROR } sp_log_level;

/* A typed field of a record: there is no kind for free text from the wire, so a token, an SDP, a candidate or
   an address cannot get into a log (logging-and-stats.md, wire.md §13.4). */
typedef enum sp_field_kind {
  SP_FIELD_WORD, /* a literal of ours, or a protocol word; anything but [A-Za-z0-9_.:-]{0,64} becomes "?" */
  SP_FIELD_ID,   /* an id; same alphabet, anything else becomes "?" */
  SP_FIELD_NUMBER,
  SP_FIELD_BOOL
} sp_field_kind;

typedef struct sp_field {
  const char *key;
  sp_field_kind kind;
  union {
    sp_str text;
    double number;
    bool flag;
  };
} sp_field;

#define SP_WORD(k, s) ((sp_field){ .key = (k), .kind = SP_FIELD_WORD, .text = (s) })
#define SP_ID(k, s)   ((sp_field){ .key = (k), .kind = SP_FIELD_ID, .text = (s) })
#define SP_NUM(k, n)  ((sp_field){ .key = (k), .kind = SP_FIELD_NUMBER, .number = (double)(n) })
#define SP_FLAG(k, b) ((sp_field){ .key = (k), .kind = SP_FIELD_BOOL, .flag = (b) })

/* Records from now on have this source, as in SP_FX_LOG; 0 at first. */
void sp_effects_set_source(sp_effects *fx, uint32_t source);
/* `message` is a literal: it never holds wire data. */
void sp_log_fields(sp_effects *fx, sp_log_level level, const char *message, const sp_field *fields, size_t count);
#define sp_log(fx, level, message, ...)                                                                                \
  sp_log_fields((fx), (level), (message), (const sp_field[]){ __VA_ARGS__ },                                           \
                sizeof((const sp_field[]){ __VA_ARGS__ }) / sizeof(sp_field))
#define sp_log0(fx, level, message) sp_log_fields((fx), (level), (message), NULL, 0)
/* With one field, as SP_ID and SP_WORD, SP_NUM, and SP_WORD of a status's name. */
void sp_log_word(sp_effects *fx, sp_log_level level, const char *message, const char *key, sp_str word);
void sp_log_number(sp_effects *fx, sp_log_level level, const char *message, const char *key, double number);
void sp_log_status(sp_effects *fx, sp_log_level level, const char *message, int status);

#endif
