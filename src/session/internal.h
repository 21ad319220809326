/* SPDX-License-Identifier: MIT */
/* internal.h: what the files of this folder share; nobody else includes it. */
#ifndef SP_SESSION_INTERNAL_H
#define SP_SESSION_INTERNAL_H

#include "base/limits.h"
#include "base/outcome.h"
#include "conversation/store.h"
#include "session/manager.h"
#include "session/pending.h"
#include "session/session.h"
#include "session/stats.h"
#include "session/tasks.h"
#include "signaling/path.h"

/* REST and IQ tokens of owner SESSION. id: a control's number, or a session's handle. */
enum {
  SP_OP_CONTROL_LOOKUP = 1, /* R-5 for a control */
  SP_OP_CONTROL_ACTION,     /* for a control */
  SP_OP_METADATA,           /* */
  SP_OP_START_CALL,         /* R-8; id = app call */
  SP_OP_ANSWER,             /* IQ: answer of a session */
  SP_OP_TERMINATE,          /* IQ: terminate of a session */
  SP_OP_MEDIA,              /* media request of a session */
  SP_OP_DOUBT,              /* R-5 after a reconnect; id = round */
  SP_OP_REPORT,             /* IQ: quality report of a session */
  SP_OP_FIRST_MUTE,         /* IQ: mute state of a session that was just answered */
  SP_OP_START_VIDEO,        /* id = app call */
  SP_OP_PARTICIPANTS,       /* R-5 for a video session */
  SP_OP_RECORDING,          /* metadata of a recording */
  SP_OP_GUEST_SCREEN,       /* media request of startScreenShare(); id = app call */
  SP_OP_TASK_MEDIA,         /* id = task */
  SP_OP_TASK_REST,
  SP_OP_SWITCH /* id = switch */
};

/* Call control over REST: participant look-up, request, outcome. */
typedef enum sp_control_kind {
  SP_CONTROL_MUTE,
  SP_CONTROL_HOLD,
  SP_CONTROL_ACCEPT, /* accept a call on the live active session */
  SP_CONTROL_REJECT,
  SP_CONTROL_END,  /* PATCH and matching sessionEnded */
  SP_CONTROL_FORCE /* waits for a session to be gone; no REST */
} sp_control_kind;

typedef struct sp_control {
  struct sp_control *next;
  uint32_t id, call, session;
  sp_control_kind kind;
  bool value, patched, ended;
  sp_str conversation_id, reason;
  sp_timer limit;
} sp_control;

/* A conversation that may have changed while the connection was down. */
typedef struct sp_doubt {
  struct sp_doubt *next;
  sp_str conversation_id;
} sp_doubt;
/* What a peer connection says with each result (SP_IN_PEER_RESULT). */
enum {
  SP_FACT_DONE = 1,
  SP_FACT_SENDS_AUDIO = 2, /* an enabled microphone is on it */
  SP_FACT_SENDS_VIDEO = 4,
  SP_FACT_HAS_AUDIO = 8, /* a microphone is on it, enabled or not */
  SP_FACT_FOUND = 16     /* there was what the operation looked for */
};

/* A room or meeting that this client asked for. */
typedef struct sp_mark {
  struct sp_mark *next;
  sp_str what;
  uint32_t call;
  bool meeting;
} sp_mark;

/* New outgoing media for a running session: devices, or a stream of the app. */
typedef struct sp_switch_want {
  sp_media_value audio, video;
  sp_str stream;
  uint32_t job;
  uint32_t unmute_call; /* settled instead of the job, by the unmute of this conversation that follows */
  sp_str unmute;
  bool again;      /* the device in use, anew: with other settings */
  bool if_missing; /* only where nothing live is sent */
  bool measure;    /* then tell the app the camera's resolution */
} sp_switch_want;

typedef struct sp_switch sp_switch;

/* One app call that is settled when several things are done; the first failure rejects it. */
typedef struct sp_job {
  struct sp_job *next;
  uint32_t id, call;
  unsigned open;
  unsigned outputs; /* of them, loudspeakers that are being set */
  sp_timer limit;   /* for those */
} sp_job;

struct sp_sessions {
  sp_session_env env;
  sp_registry registry;
  sp_pending_list pending;
  sp_table *table;
  sp_signaling *signaling;
  sp_store *store;
  sp_control *controls;
  sp_task *tasks;
  sp_mark *marks;
  sp_str guest_screen; /* stream handle of a guest's screen that no session has yet */
  sp_switch *switches;
  sp_job *jobs;
  sp_str resolution; /* what was asked for last, JSON */
  uint32_t last_switch, last_job;
  uint32_t last_control, last_task, active, end_all_call;
  sp_doubt *doubts; /* the first is being looked up */
  uint32_t doubt_round;
  unsigned doubt_failures; /* in a row */
  sp_timer doubt_again;
  bool lost;                  /* the connection was, since it last came up */
  bool shared;                /* there was an active session then: calls may have begun to ring on it */
  uint64_t signaling_back_at; /* after a loss; 0: there was none */
  unsigned enabled;           /* bit per sp_session_type */
  sp_str ice_servers, ice_policy;
  sp_buf text; /* scratch for one message at a time */
  sp_stats_host host;
  sp_headset_want headset[SP_MAX_HEADSET_QUEUE];
  size_t headset_count;
};

/* --- headset.c --- */
void sp_sessions_want_headset(sp_sessions *m, const char *command, sp_str conversation_id, bool value, bool queued);

/* --- what differs between the types of sessions (sessions.md §5.8); a member left out is "nothing special" --- */

/* An app call about a session; settles `call`, now or later. */
typedef void (*sp_control_fn)(sp_sessions *m, uint64_t now, uint32_t call, sp_session *s, const sp_json *params);

typedef struct sp_kind {
  /* A proposal that is new: announces it, proceeds, or lets it wait. */
  void (*proposed)(sp_sessions *m, sp_pending *entry);
  /* acceptSession: false when it does not come to that; `call` is settled then. */
  bool (*may_accept)(sp_sessions *m, sp_session *s, uint32_t call, const sp_json *params);
  /* Is an offered session accepted without the app? */
  bool (*accepts_itself)(sp_sessions *m, const sp_session *s);
  /* Accepted: SP_EV_MEDIA_READY or SP_EV_MEDIA_FAILED follows. */
  void (*get_media)(sp_sessions *m, uint64_t now, sp_session *s);
  /* The stream is there: hands it to the peer connection, SP_EV_ATTACHED follows. */
  void (*attach)(sp_sessions *m, uint64_t now, sp_session *s);
  /* The answer leaves for the first time; `facts` as above. */
  void (*answered)(sp_sessions *m, uint64_t now, sp_session *s, unsigned facts);
  /* Accepting failed; the session is offered again. */
  void (*failed)(sp_sessions *m, uint64_t now, sp_session *s);
  /* Another state of the peer connection. */
  void (*state_changed)(sp_sessions *m, uint64_t now, sp_session *s);
  /* A message of the data channel, after dataChannelMessage. */
  void (*message)(sp_sessions *m, const sp_session *s, const sp_json *json);
  /* A track of its watched stream ended by itself; `alive`: others are left. */
  void (*stream_ended)(sp_sessions *m, uint64_t now, sp_session *s, bool alive);
  /* A re-invite takes the place of `old`. */
  void (*taken_over)(sp_sessions *m, sp_session *s, sp_session *old);
  /* The session ended; its record goes next. */
  void (*finished)(sp_sessions *m, const sp_session *s);
  sp_control_fn end;                          /* left out: terminated, and waited for */
  sp_control_fn mute_audio, mute_video, hold; /* left out: not supported */
  const char *no_updates;                     /* why updateOutgoingMedia is refused; NULL: it is not */
} sp_kind;

extern const sp_kind sp_softphone_kind, sp_video_kind, sp_screen_share_kind, sp_recording_kind, sp_monitoring_kind;
/* By sp_session_type; every type has one. */
extern const sp_kind *const sp_kinds[SP_SESSION_TYPES];

static inline const sp_kind *sp_kind_of(const sp_session *s) {
  return sp_kinds[s->type];
}

/* --- softphone.c --- */
void sp_softphone_started(sp_sessions *m, const sp_rest_result *result);

/* --- manager.c --- */
sp_session *sp_session_find(sp_sessions *m, const sp_json *params);
void sp_proceed(sp_sessions *m, sp_pending *entry);
/* The reason that endSession is given: documented as {"condition":word}, and taken as a word too. */
sp_str sp_end_reason(const sp_json *params);
/* Terminates; `call` resolves when the session is gone. */
void sp_force_end(sp_sessions *m, uint64_t now, uint32_t call, sp_session *s, sp_str reason);

/* --- media.c --- */
/* Asks for a microphone, a camera or both: values as JSON, absent: not asked for. Then as sp_media_start. */
int sp_request_media(sp_sessions *m, const sp_session *s, sp_str audio, sp_str video, uint8_t op, uint32_t id,
                     uint32_t *number);
/* For a guest's screen there is no session yet: NULL. */
int sp_request_screen(sp_sessions *m, const sp_session *s, uint8_t op, uint32_t id, uint32_t *number);
/* Begins the text of SP_FX_PEER_TRACKS; absent streams and the kind NULL are left out. */
void sp_tracks_begin(sp_sessions *m, sp_jw *w, const char *operation, sp_str stream, sp_str into, const char *kind);
/* … which is asked for here; its result comes under this name. */
void sp_tracks_end(sp_sessions *m, sp_jw *w, uint32_t session, sp_str name);
/* Plays the session's remote audio; `newest`: a later track replaces the one before. */
void sp_attach_audio(sp_sessions *m, const sp_session *s, bool newest);
void sp_attach_video(sp_sessions *m, sp_session *s);

/* --- patience.c: what the browser owes --- */
/* Asks for an operation of the peer connection: SP_FX_PEER_OFFER, _ANSWER, _STREAM. One result comes of it. */
void sp_peer_push(sp_sessions *m, uint32_t session, sp_effect_kind kind, sp_str name, sp_str text);
/* The same, when its effect was pushed already. */
void sp_peer_asked(sp_sessions *m, uint32_t session);
/* A result came; false: of an operation that was given up. */
bool sp_peer_answered(sp_session *s);
void sp_patience_tick(sp_sessions *m, uint64_t now);
uint64_t sp_patience_deadline(const sp_sessions *m);

/* --- outgoing.c: see there. A job is open until sp_job_less has been called once for its maker and once for each
   sp_job_more. --- */
sp_job *sp_job_new(sp_sessions *m, uint32_t call); /* NULL: out of memory, and `call` is rejected */
void sp_job_more(sp_sessions *m, uint32_t id);
void sp_job_less(sp_sessions *m, uint32_t id); /* resolves the call when nothing is open any more */
/* The call, for who rejects it; 0 when somebody has. */
uint32_t sp_job_failing(sp_sessions *m, uint32_t id);
sp_job *sp_job_find(sp_sessions *m, uint32_t id); /* NULL: all of it is done */
void sp_outgoing_switch(sp_sessions *m, uint64_t now, sp_session *s, const sp_switch_want *want);
/* The session is active: what waits for it begins. */
void sp_outgoing_go(sp_sessions *m, uint64_t now, sp_session *s);
/* What a session sends: the answer goes to sp_outgoing_looked. */
void sp_outgoing_look(sp_sessions *m, const sp_session *s);
void sp_outgoing_looked(sp_sessions *m, uint64_t now, sp_session *s, const sp_json *senders);
/* Stops and detaches its tracks of these types (bits). */
void sp_outgoing_release(sp_sessions *m, const sp_session *s, unsigned types);
void sp_outgoing_released(sp_sessions *m, uint64_t now, sp_session *s);
void sp_outgoing_swapped(sp_sessions *m, uint64_t now, sp_session *s, bool ok);
void sp_outgoing_media_done(sp_sessions *m, uint64_t now, const sp_media_done *done);
/* Constrains the camera, or with an absent resolution only asks what it is. */
void sp_outgoing_resolution(sp_sessions *m, const sp_session *s, sp_str resolution);
/* What was asked of the peer connection was given up. */
void sp_outgoing_overdue(sp_sessions *m, uint64_t now, sp_session *s);
void sp_outgoing_session_gone(sp_sessions *m, const sp_session *s);
void sp_outgoing_clear(sp_sessions *m);

/* --- outgoing_calls.c --- */
/* Types of media that may be changed while the session runs (bits). */
unsigned sp_outgoing_types(const sp_session *s);
/* Nothing of the type is sent any more: the server mutes every conversation that is connected over the session. */
void sp_outgoing_lost(sp_sessions *m, uint64_t now, sp_session *s, sp_media_type type);
void sp_outgoing_output(sp_sessions *m, uint32_t job, sp_media_value value);
void sp_outgoing_output_overdue(sp_sessions *m, sp_job *job);
/* False: not the answer to anything here. */
bool sp_outgoing_peer_result(sp_sessions *m, uint64_t now, sp_session *s, sp_str operation, bool ok, sp_str text);

/* --- video.c --- */
void sp_video_clear_marks(sp_sessions *m);
/* The presence that joins a room with a JWT, for video or with a screen. */
int sp_video_join(sp_sessions *m, bool screen);
void sp_video_started(sp_sessions *m, const sp_rest_result *result);
/* False: neither the app nor the defaults name an element (or out of memory). */
bool sp_video_keep_elements(sp_sessions *m, sp_session *s, const sp_json *params);

/* --- video_tasks.c --- */
void sp_video_set_muted(sp_sessions *m, sp_session *s, bool is_video, bool muted);
void sp_video_mute_audio(sp_sessions *m, uint64_t now, uint32_t call, sp_session *s, const sp_json *params);
void sp_video_mute_video(sp_sessions *m, uint64_t now, uint32_t call, sp_session *s, const sp_json *params);
void sp_share_stream_ended(sp_sessions *m, uint64_t now, sp_session *s, bool alive);
/* The session ends: its screen is released and what was under way is settled. */
void sp_video_release(sp_sessions *m, sp_session *s);
/* What a task does when its turn comes, and with the answers to its steps; each may drop it. `facts` 0: refused;
   `cause` 0: no error object of the host. */
void sp_task_begin(sp_sessions *m, uint64_t now, sp_session *s, sp_task *t);
void sp_task_put(sp_sessions *m, uint64_t now, sp_session *s, sp_task *t);
void sp_task_peer_done(sp_sessions *m, uint64_t now, sp_session *s, sp_task *t, unsigned facts, sp_str text);
void sp_task_media_done(sp_sessions *m, uint64_t now, sp_session *s, sp_task *t, uint32_t cause);
void sp_task_rest_done(sp_sessions *m, uint64_t now, sp_session *s, sp_task *t, const sp_rest_result *result);

/* --- tasks.c --- */
/* Without beginning it; NULL: too many, or out of memory, and `call` is rejected. */
sp_task *sp_task_add(sp_sessions *m, sp_task_kind kind, uint32_t call, const sp_session *s, sp_str value);
void sp_task_start(sp_sessions *m, uint64_t now, sp_task_kind kind, uint32_t call, const sp_session *s, sp_str value);
/* Forgets a task that has settled its call; the next of its lane begins. */
void sp_task_drop(sp_sessions *m, uint64_t now, sp_task *gone);
void sp_task_done(sp_sessions *m, uint64_t now, sp_task *t); /* the same after resolving */
void sp_task_release_stream(sp_sessions *m, sp_task *t);
/* Asks the peer connection for an operation of SP_FX_PEER_TRACKS; absent arguments are left out. */
void sp_task_peer(sp_sessions *m, sp_task *t, sp_task_step step, const char *operation, sp_str stream, sp_str into,
                  const char *kind);
/* The task of these kinds (bits) for which a person is asked now; NULL: there is none. */
sp_task *sp_task_asking(const sp_sessions *m, const sp_session *s, unsigned kinds);
/* Its media request is dropped: what is granted later is stopped. */
void sp_task_call_off(sp_sessions *m, sp_task *t);
/* What they asked of the peer connection was given up. */
void sp_tasks_overdue(sp_sessions *m, uint64_t now, sp_session *s);
void sp_tasks_session_gone(sp_sessions *m, uint32_t session);
void sp_tasks_clear(sp_sessions *m);
/* False: not the answer to a task. */
bool sp_tasks_peer_result(sp_sessions *m, uint64_t now, sp_session *s, sp_str operation, unsigned facts, sp_str text);
void sp_tasks_media_done(sp_sessions *m, uint64_t now, const sp_media_done *done);
void sp_tasks_rest_result(sp_sessions *m, uint64_t now, const sp_rest_result *result);
void sp_tasks_connected(sp_sessions *m, uint64_t now, sp_session *s);

/* --- participants.c --- */
void sp_participants_event(sp_sessions *m, const sp_json *conversation);
void sp_participants_check(sp_sessions *m, uint64_t now, const sp_session *s);
void sp_participants_result(sp_sessions *m, const sp_rest_result *result);

/* --- screen_share.c, recording.c --- */
/* A screen that no session has yet is stopped. */
void sp_screen_share_forget(sp_sessions *m);
void sp_screen_share_chosen(sp_sessions *m, const sp_media_done *done);
/* The app's stream is what is sent. */
void sp_screens_get_media(sp_sessions *m, uint64_t now, sp_session *s);
void sp_recording_submit(sp_sessions *m, uint64_t now, const sp_session *s, sp_task *t, sp_str mids);

/* --- events.c: what the app sees --- */
void sp_emit_pending(sp_sessions *m, const sp_pending *entry);
/* cancelPendingSession or handledPendingSession for the matching entry, which leaves the list; nothing when unknown. */
void sp_emit_pending_gone(sp_sessions *m, const char *event, sp_str session_id, sp_str conversation_id);
void sp_emit_session_started(sp_sessions *m, sp_session *s);
void sp_emit_internal_ended(sp_sessions *m, uint32_t handle, sp_str condition);
void sp_emit_session_ended(sp_sessions *m, sp_session *s, sp_str condition);
void sp_emit_session_interrupted(sp_sessions *m, const sp_session *s);
void sp_emit_session_event(sp_sessions *m, const sp_session *s, const char *event, sp_str text_argument);
void sp_emit_session_json(sp_sessions *m, const sp_session *s, const char *event, const sp_json *argument);
/* A member of an error's details: what is absent, NULL or 0 is left out. */
typedef struct sp_detail {
  const char *key;
  sp_str text;
  const sp_json *json;
  uint32_t cause; /* number of a request: the host's error object */
} sp_detail;
/* E-16, with the ids and the type that `params` look for. */
void sp_reject_no_session(sp_sessions *m, uint32_t call, const sp_json *params);
void sp_reject_with(sp_sessions *m, uint32_t call, sp_error_type type, const char *message, const sp_detail *list,
                    size_t count);
#define SP_REJECT(m, call, type, message, ...)                                                                         \
  sp_reject_with((m), (call), (type), (message), (const sp_detail[]){ __VA_ARGS__ },                                   \
                 sizeof((const sp_detail[]){ __VA_ARGS__ }) / sizeof(sp_detail))
#define SP_TEXT(key, value)   ((sp_detail){ (key), (value), NULL, 0 })
#define SP_VALUE(key, value)  ((sp_detail){ (key), SP_STR_NONE, (value), 0 })
#define SP_CAUSE(key, number) ((sp_detail){ (key), SP_STR_NONE, NULL, (number) })

/* --- life.c: the life of a session --- */
void sp_life_event(sp_sessions *m, uint64_t now, sp_session *s, sp_session_event event);
/* Ends with a reason, signalled; joins an end under way. */
void sp_life_end(sp_sessions *m, uint64_t now, sp_session *s, sp_str reason);
/* The peer connection refused what its state waits for. */
void sp_life_refused(sp_sessions *m, uint64_t now, sp_session *s);
/* The far side's description could not be applied, or not be answered. Answers whether the session ends with that. */
bool sp_life_undescribed(sp_sessions *m, uint64_t now, sp_session *s);
/* A candidate of the far side goes to the peer connection. */
void sp_life_candidate(sp_sessions *m, const sp_session *s, sp_str mid, sp_str candidate);
void sp_life_offer(sp_sessions *m, uint64_t now, const sp_signal *offer);
/* The far side has other ICE credentials, and nothing else changes (wire.md §10.6). */
void sp_life_restart(sp_sessions *m, uint64_t now, sp_session *s, sp_str sdp);
/* Accepts: call 0 for automatic acceptance. */
void sp_life_accept(sp_sessions *m, uint64_t now, sp_session *s, uint32_t call);
/* Says it over the session's path, as sp_path.say; a failure is logged. With `op` an answer follows unless it failed.
 */
int sp_life_say(sp_sessions *m, uint64_t now, const sp_session *s, sp_say what, sp_str a, sp_str b, uint8_t op);

/* --- ladder.c: a session whose media path died --- */
/* Its peer connection is dead, and it was not invited again in time. */
void sp_ladder_give_up(sp_sessions *m, uint64_t now, sp_session *s);
/* Nothing but relays may be used, and none lets us in: a browser without a candidate never says "failed", it waits for
   ever. */
void sp_ladder_no_relay(sp_sessions *m, uint64_t now, sp_session *s);

/* --- stats.c: statistics of sessions --- */
void sp_stats_begin(sp_sessions *m, uint64_t now, sp_session *s);
/* What is raised is cleared, and nothing more is asked for or said. */
void sp_stats_end(sp_sessions *m, uint64_t now, sp_session *s);
/* `conversation`: one on this session was announced as started, or has ended (logging-and-stats.md §8.1). */
void sp_stats_started(sp_session *s);
void sp_stats_conversation_ended(sp_session *s);
/* The user's participant on this session, as JSON. */
void sp_stats_participant(sp_sessions *m, sp_session *s, sp_str json);
void sp_stats_peer_state(sp_sessions *m, uint64_t now, sp_session *s, sp_str state, sp_str signaling_state);
void sp_stats_ice_state(sp_sessions *m, uint64_t now, sp_session *s, sp_str state, sp_str descriptions);
/* A conversation, a mute, a hold may have changed: what silence means follows from that. */
void sp_stats_refresh(sp_sessions *m, uint64_t now);
/* A quality report was answered. */
void sp_stats_reported(sp_sessions *m, const sp_session *s, const sp_iq_answer *answer);
void sp_stats_tick(sp_sessions *m, uint64_t now);
uint64_t sp_stats_deadline(const sp_sessions *m);
/* Telemetry of the way to a session (§5.1). */
void sp_stats_proposed(sp_sessions *m, uint64_t now, const sp_message *propose, sp_session_type type);
void sp_stats_alerting(sp_sessions *m, uint64_t now, sp_str conversation_id);

/* --- control.c: call control over REST --- */
/* One path segment, percent-encoded. */
void sp_control_add_segment(sp_buf *out, sp_str id);
void sp_control_start(sp_sessions *m, uint64_t now, sp_control_kind kind, uint32_t call, uint32_t session,
                      sp_str conversation_id, bool value, sp_str reason);
void sp_control_rest_result(sp_sessions *m, uint64_t now, const sp_rest_result *result);
void sp_control_session_ended(sp_sessions *m, uint32_t session, sp_str conversation_id);
void sp_control_session_gone(sp_sessions *m, uint32_t session);
void sp_control_hold_others(sp_sessions *m, uint64_t now, const sp_session *current);
void sp_control_tick(sp_sessions *m, uint64_t now);
uint64_t sp_control_deadline(const sp_sessions *m);
void sp_control_clear(sp_sessions *m);

/* GET conversations/{id}; with an empty id, the list of the user's calls. */
int sp_control_look_up(sp_sessions *m, uint64_t now, sp_str conversation_id, unsigned flags, sp_token token);

/* --- doubts.c: what happened while the connection was down --- */
/* The connection is up. */
void sp_doubts_raise(sp_sessions *m, uint64_t now);
/* A conversation that this client knows nothing of yet. */
void sp_doubts_add(sp_sessions *m, uint64_t now, sp_str conversation_id);
/* … all calls of the user: those are taken that ring, or that a session may carry which goes on from before. */
void sp_doubts_add_all(sp_sessions *m, uint64_t now);
void sp_doubts_tick(sp_sessions *m, uint64_t now);
void sp_doubts_rest_result(sp_sessions *m, uint64_t now, const sp_rest_result *result);
void sp_doubts_clear(sp_sessions *m);

/* --- conversations.c: notifications --- */
void sp_conversations_event(sp_sessions *m, uint64_t now, const sp_json *body);
void sp_conversations_ring(sp_sessions *m);
void sp_conversations_take(sp_sessions *m, uint64_t now);

#endif
