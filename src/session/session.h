/* SPDX-License-Identifier: MIT */
/* session.h: the record of one media session and the registry of all of them, in order of appearance (sessions.md
   §0.4). The record holds plain data and handles; the peer connection, streams and elements live with the host. */
#ifndef SP_SESSION_SESSION_H
#define SP_SESSION_SESSION_H

#include "base/effect.h"
#include "base/timer.h"
#include "session/machine.h"
#include "signaling/path.h"

typedef struct sp_announced {
  struct sp_announced *next;
  sp_str conversation_id;
} sp_announced;

typedef struct sp_session {
  struct sp_session *next;
  const sp_alloc *alloc;
  uint32_t handle; /* never 0, never reused */
  sp_session_type type;
  sp_session_state state;
  sp_link link;
  sp_str id, conversation_id, peer, from_user_id, original_room_jid, meeting_id, priv_answer_mode;
  sp_str offered_as;       /* conversation that its first offer named; the one that it carries changes */
  sp_str connection_state; /* "starting", then RTCPeerConnection.connectionState */
  sp_str remote_sdp;       /* newest offer: ICE credentials, data channel */
  sp_str stream;           /* outbound stream handle */
  sp_str media_stream;     /* stream handle the app accepted with, absent otherwise */
  sp_str audio_device;     /* JSON of the audioDeviceId argument, absent otherwise */
  sp_str reason;           /* Jingle reason condition of the end */
  sp_str reason_text;      /* what the far side said about it */
  uint32_t audio_element;  /* element number the app accepted with, 0 = none */
  uint32_t accept_call;    /* app call that waits for the answer's acknowledgement */
  uint32_t media_request;  /* media request under way, 0 = none */
  unsigned reconnect_count;
  unsigned starts; /* announced and not ended yet: each has exactly one end */
  bool reinvite, accepted, replaced, channel_opened;
  bool tracks_taken;    /* the far side took its tracks back */
  bool orphan;          /* was dead when signaling came back */
  bool seen_drop;       /* was there when the signaling connection was lost */
  bool outlived;        /* … and when it was back, or goes on from before this sign-in: carries what was up then */
  bool relays_only;     /* its peer connection may use relays alone */
  bool found_candidate; /* … and has found one */
  bool microphone_lost; /* nothing is sent, because no microphone was to be had */
  uint32_t validating;  /* job that waits to know what is sent */
  unsigned peer_asked;  /* operations of the peer connection whose result is due */
  unsigned peer_late;   /* the oldest of them, given up: their results do not count any more */
  sp_timer peer_wait;   /* for the next result */
  sp_timer end_wait;
  sp_timer recovery;      /* dead, but the far side may invite it again until then */
  struct sp_watch *watch; /* its statistics, stats.h; NULL: none */
  /* Video conferences and screens */
  sp_str video_device;                     /* JSON of the videoDeviceId argument, absent otherwise */
  sp_str video_elements;                   /* JSON array of element numbers, absent: none */
  sp_str screen;                           /* stream handle of the screen that is shared in a conference */
  sp_str participants;                     /* JSON array: who was active at the last update */
  sp_str participant_id;                   /* the user's own */
  sp_str metadata;                         /* JSON of screenRecordingMetadatas, until it is submitted */
  unsigned incoming_audio, incoming_video; /* remote tracks that have arrived */
  unsigned accept_waits;                   /* first mute states that the server has not acknowledged */
  bool answer_acknowledged;
  bool attached; /* incoming tracks are played */
  bool video_muted, audio_muted;
  bool resurrect;          /* the camera comes back when the share ends */
  bool observer;           /* of live monitoring; else the target */
  sp_timer check;          /* have we heard of our own participant? */
  sp_announced *announced; /* conversations whose start was announced on this session */
} sp_session;

typedef struct sp_registry {
  const sp_alloc *alloc;
  sp_session *head;
  size_t count;
  uint32_t last_handle;
} sp_registry;

void sp_registry_init(sp_registry *registry, const sp_alloc *alloc);
void sp_registry_clear(sp_registry *registry);
/* A record with id and peer copied and state DESCRIBING; NULL: out of memory or SP_MAX_SESSIONS reached. */
sp_session *sp_registry_add(sp_registry *registry, sp_str id, sp_str peer);
void sp_registry_remove(sp_registry *registry, sp_session *session);
sp_session *sp_registry_by_handle(const sp_registry *registry, uint32_t handle);
/* The newest with this session id: it replaced the older ones (wire.md D12). */
sp_session *sp_registry_by_id(const sp_registry *registry, sp_str id);
/* First of this type whose conversation id matches and that is not ended or replaced; NULL otherwise. UNKNOWN: any type
   but screen recording (sessions.md §8); SP_SESSION_TYPES: any type. */
sp_session *sp_registry_by_conversation(const sp_registry *registry, sp_str conversation_id, sp_session_type type);

bool sp_session_is_live(const sp_session *session); /* connection state exactly "connected" */
bool sp_session_is_dead(const sp_session *session); /* interrupted, disconnected, failed or closed */
bool sp_session_was_announced(const sp_session *session, sp_str conversation_id);
int sp_session_mark_announced(sp_session *session, sp_str conversation_id);
/* The conversation is over: when it returns to this session it starts anew. */
void sp_session_unmark_announced(sp_session *session, sp_str conversation_id);

/* Pushes SESSION_NEW with the members an app sees. */
void sp_session_publish(const sp_session *session, sp_effects *fx);
/* Pushes SESSION_SET with one text member. */
void sp_session_publish_text(const sp_session *session, sp_effects *fx, const char *member, sp_str value);
/* The same with a complete JSON value. */
void sp_session_publish_json(const sp_session *session, sp_effects *fx, const char *member, sp_str json);
/* Pushes SESSION_SET for `state` and `active`, and the session event sessionState. */
void sp_session_publish_state(const sp_session *session, sp_effects *fx);

#endif
