/* SPDX-License-Identifier: MIT */
/* manager.h: the session layer (sessions.md §5, §6, §8): pending sessions, media sessions, calls of the app, the
   conversation store and call control over REST. Inputs are routed here by the core; everything it wants goes to the
   effects, the REST client, the outbox or the media requests it borrows. */
#ifndef SP_SESSION_MANAGER_H
#define SP_SESSION_MANAGER_H

#include "config/options.h"
#include "media/request.h"
#include "rest/rest.h"
#include "session/account.h"
#include "signaling/message.h"
#include "telemetry/insights.h"
#include "xmpp/iq.h"

/* Everything is borrowed for the manager's life. */
typedef struct sp_session_env {
  const sp_alloc *alloc;
  sp_effects *fx;
  sp_ids *ids;
  sp_rest *rest;
  sp_iq *iq;
  sp_media *media;
  const sp_options *options;
  const sp_account *account;
  sp_insights *insights; /* NULL: no telemetry */
  const uint64_t *wall;  /* epoch time of the present input */
} sp_session_env;

typedef struct sp_sessions sp_sessions;

/* What a call wants shown on the headset; `command` as of SP_STORE_HEADSET. */
typedef struct sp_headset_want {
  const char *command;
  sp_str conversation_id; /* owned by who took it */
  bool value, queued;     /* queued: in its turn, else at once */
} sp_headset_want;

sp_sessions *sp_sessions_new(const sp_session_env *env); /* NULL: out of memory */
void sp_sessions_free(sp_sessions *m);

/* The ICE servers and policy that the next peer connection gets; copied. */
void sp_sessions_set_ice(sp_sessions *m, sp_str servers, sp_str policy);
/* The handler of this type takes proposals and offers from now on (sessions.md §3.3). */
void sp_sessions_enable(sp_sessions *m, sp_session_type type);
void sp_sessions_disable(sp_sessions *m, sp_session_type type);
bool sp_sessions_enabled(const sp_sessions *m, sp_session_type type);

/* A message, a presence, or an iq set that streaming left to us (always answered). */
void sp_sessions_stanza(sp_sessions *m, uint64_t now, const sp_xml *stanza);
/* What waits to be done at once; false: nothing. For the end of each input. */
bool sp_sessions_step(sp_sessions *m, uint64_t now);
/* A notification of the conversations or persistentconnection topic. */
void sp_sessions_notification(sp_sessions *m, uint64_t now, sp_str topic, sp_str json);
void sp_sessions_rest_result(sp_sessions *m, uint64_t now, const sp_rest_result *result);
void sp_sessions_iq_answer(sp_sessions *m, uint64_t now, const sp_iq_answer *answer);
void sp_sessions_media_done(sp_sessions *m, uint64_t now, const sp_media_done *done);
void sp_sessions_tick(sp_sessions *m, uint64_t now);
/* The end of an input: what was asked of the browser in it has its time from now. */
void sp_sessions_settled(sp_sessions *m, uint64_t now);
uint64_t sp_sessions_deadline(const sp_sessions *m);

/* The peer connection of a session said something; unknown handles are ignored. */
/* `facts`: SP_IN_PEER_RESULT's number; 0: it failed. */
void sp_sessions_peer_result(sp_sessions *m, uint64_t now, uint32_t handle, sp_str operation, unsigned facts,
                             sp_str text);
void sp_sessions_peer_track(sp_sessions *m, uint32_t handle, sp_str kind);
/* A stream that is watched (SP_FX_MEDIA_WATCH) lost a track; `alive` are left. */
void sp_sessions_media_ended(sp_sessions *m, uint64_t now, sp_str stream, bool alive);
void sp_sessions_peer_state(sp_sessions *m, uint64_t now, uint32_t handle, sp_str state, sp_str signaling_state);
/* `descriptions`: of a failed one, for counting candidates; absent otherwise. */
void sp_sessions_peer_ice_state(sp_sessions *m, uint64_t now, uint32_t handle, sp_str state, sp_str descriptions);
/* The answer to request `number` of SP_FX_PEER_STATS; empty: getStats() was rejected. */
void sp_sessions_peer_stats(sp_sessions *m, uint64_t now, uint32_t handle, double number, sp_str records);
void sp_sessions_peer_candidate(sp_sessions *m, uint64_t now, uint32_t handle, sp_str mid, sp_str candidate);
void sp_sessions_peer_message(sp_sessions *m, uint32_t handle, sp_str text);

/* The page became visible: sessions whose peer connection died meanwhile end with "gone" (sessions.md §6.1). */
void sp_sessions_page_visible(sp_sessions *m, uint64_t now);
/* sessions.md §3.1 step 8: one record for each conversation that is going on. */
void sp_sessions_log_conversations(const sp_sessions *m);
/* The signaling connection went down, and came back: sessions that were there and are dead by then end with "gone"
   (§6.9), and conversations that were known are looked up. */
void sp_sessions_signaling_lost(sp_sessions *m);
void sp_sessions_signaling_back(sp_sessions *m, uint64_t now);

/* App calls; `call` is settled exactly once, now or later (0: nobody waits). `params` is the first argument or NULL. */
void sp_sessions_accept_pending(sp_sessions *m, uint64_t now, uint32_t call, const sp_json *params);
void sp_sessions_reject_pending(sp_sessions *m, uint64_t now, uint32_t call, const sp_json *params);
void sp_sessions_accept(sp_sessions *m, uint64_t now, uint32_t call, const sp_json *params);
void sp_sessions_end(sp_sessions *m, uint64_t now, uint32_t call, const sp_json *params);
void sp_sessions_force_terminate(sp_sessions *m, uint64_t now, uint32_t call, sp_str id, sp_str reason);
void sp_sessions_set_audio_mute(sp_sessions *m, uint64_t now, uint32_t call, const sp_json *params);
void sp_sessions_set_video_mute(sp_sessions *m, uint64_t now, uint32_t call, const sp_json *params);
void sp_sessions_set_held(sp_sessions *m, uint64_t now, uint32_t call, const sp_json *params);
/* What a call about media says of devices; SP_MEDIA_NONE: not touched. */
typedef struct sp_session_devices {
  sp_media_value audio, video, output;
  bool again; /* also where the device is in use already */
} sp_session_devices;

/* Whether updateOutgoingMedia has something to do (E-25). */
bool sp_outgoing_is_valid(const sp_json *params);
void sp_sessions_update_outgoing(sp_sessions *m, uint64_t now, uint32_t call, const sp_json *params);
/* Every active session that takes them. */
void sp_sessions_update_devices(sp_sessions *m, uint64_t now, uint32_t call, const sp_session_devices *devices);
void sp_sessions_update_volume(sp_sessions *m, double volume);
/* `resolution`: JSON, absent for none. Answered with resolutionUpdated events. */
void sp_sessions_update_resolution(sp_sessions *m, uint64_t now, sp_str resolution);
/* Sessions whose devices are gone get others, or are muted. */
void sp_sessions_validate(sp_sessions *m, uint32_t call);
/* What became of an element's output device, for SP_FX_AUDIO_SET. */
enum { SP_AUDIO_UNSUPPORTED = -1, SP_AUDIO_NO_ELEMENT = 0, SP_AUDIO_DONE = 1, SP_AUDIO_REFUSED = 2 };
void sp_sessions_audio_set(sp_sessions *m, uint32_t handle, uint32_t job, int outcome);
/* startSoftphoneSession after its checks (8.5). */
void sp_sessions_start_softphone(sp_sessions *m, uint64_t now, uint32_t call, const sp_json *params);
/* startVideoConference (`what` is a room) and startVideoMeeting (a meeting) after their checks. */
void sp_sessions_start_video(sp_sessions *m, uint64_t now, uint32_t call, sp_str what, bool meeting, sp_str invitee);
/* A guest's startScreenShare after its checks. */
void sp_sessions_start_screen_share(sp_sessions *m, uint64_t now, uint32_t call);
/* A method of a video session's object; args: the session's handle, then the method's own. */
typedef enum sp_object_method { SP_OBJECT_START_SHARE, SP_OBJECT_STOP_SHARE, SP_OBJECT_PIN } sp_object_method;
void sp_sessions_of_object(sp_sessions *m, uint64_t now, uint32_t call, sp_object_method method, const sp_json *args);
/* Force-ends every session; `call` resolves when all are gone (bounded: 2 s each). */
void sp_sessions_end_all(sp_sessions *m, uint64_t now, uint32_t call);

/* A new sign-in: sessions end locally with "gone", pending sessions and conversations are forgotten, handlers are off.
 */
void sp_sessions_reset(sp_sessions *m, uint64_t now);

/* §7.10: is there a conversation that a change of media handling would cut off? */
bool sp_sessions_has_conversations(const sp_sessions *m);
/* §5.7 step 5: softphone sessions without a conversation are force-terminated. */
void sp_sessions_end_unused(sp_sessions *m, uint64_t now);

/* A media session is up: a dead signaling path must be noticed sooner. */
bool sp_sessions_in_call(const sp_sessions *m);
/* A softphone session is active, perhaps an idle persistent one. NULL: there are no sessions. */
bool sp_sessions_has_active_softphone(const sp_sessions *m);
/* The next wish for the headset, oldest first; false when there is none. */
bool sp_sessions_take_headset(sp_sessions *m, sp_headset_want *out);

#endif
