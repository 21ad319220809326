/* SPDX-License-Identifier: MIT */
/* internal.h: what the files of this folder share; nobody else includes it. */
#ifndef SP_CORE_INTERNAL_H
#define SP_CORE_INTERNAL_H

#include "base/outcome.h"
#include "config/jwt.h"
#include "config/options.h"
#include "core/core.h"
#include "headset/headset.h"
#include "media/request.h"
#include "preflight/preflight.h"
#include "recorder/recorder.h"
#include "session/manager.h"
#include "streaming/streaming.h"
#include "telemetry/insights.h"
#include "telemetry/logger.h"

/* initialize() as steps (sessions.md §3.1). */
typedef enum sp_boot_step {
  SP_BOOT_NONE,       /* never asked for, or failed */
  SP_BOOT_CLOSING,    /* an older connection goes down first (§3.7) */
  SP_BOOT_CODE,       /* a guest's security code is redeemed */
  SP_BOOT_PERSON,     /* under way, and the channel (R3) beside them */
  SP_BOOT_CONNECTING, /* streaming connects; the station is fetched meanwhile */
  SP_BOOT_ACTIVATING, /* connected; topics and station */
  SP_BOOT_READY
} sp_boot_step;

typedef struct sp_boot {
  sp_boot_step step;
  uint32_t call;    /* app call of initialize() */
  unsigned persons; /* of, how many are not answered */
  unsigned open;    /* topics and station that are not answered */
  sp_timer limit;
  bool station_loaded; /* before the connection was up: announced once it is (§3.6) */
} sp_boot;

/* Who signs in (sessions.md §3.2). */
typedef enum sp_boot_path { SP_PATH_AGENT, SP_PATH_JWT, SP_PATH_GUEST } sp_boot_path;

/* What a JWT or a guest signs in with; texts are owned. */
typedef struct sp_credentials {
  sp_boot_path path;
  sp_str code;     /* security code to redeem, absent otherwise */
  sp_str jwt, jid; /* of the stream; jid: data.jid of the JWT */
  sp_str conversation_id, source_communication_id;
} sp_credentials;

/* What the station or a topic is asked for: from SP_FOR_TYPE on, for the allowing of a type with this number. */
enum { SP_FOR_NOTICE, SP_FOR_INITIALIZE, SP_FOR_TYPE };

/* A session type that is being allowed (sessions.md §3.3): its call, and what is not answered yet. */
typedef struct sp_adding {
  uint32_t call, purpose;
  unsigned open;
  sp_timer limit;
} sp_adding;

/* When the credential expires, and whether the platform refuses it already. */
typedef struct sp_expiry {
  uint64_t at_wall; /* epoch milliseconds, 0: nobody knows */
  bool refused;
  uint32_t since; /* REST requests after this number carry it */
  sp_timer timer;
} sp_expiry;

/* wire.md §2.5. */
typedef struct sp_leader {
  uint32_t round; /* of this connection */
  unsigned tries;
  bool asking;
  sp_timer again;
} sp_leader;

/* REST tokens of owner APP: id = app call, or the round of sp_leader. */
enum {
  SP_FETCH_ORGANIZATION = 1,
  SP_FETCH_USER,
  SP_FETCH_STATION_OF_USER,
  SP_FETCH_STATION,
  SP_LEADER_OFFERED,
  SP_LEADER_ASKED
};

/* REST and topic tokens of owner CORE. */
enum {
  SP_CORE_OP_ORGANIZATION = 1,
  SP_CORE_OP_USER,
  SP_CORE_OP_CODE,
  SP_CORE_OP_STATION,       /* id: purpose */
  SP_CORE_OP_CONVERSATIONS, /* topic; id: purpose */
  SP_CORE_OP_STATION_TOPIC,
  SP_CORE_OP_PERSISTENT_TOPIC,
  SP_CORE_OP_LEADER_TOPIC,
  SP_CORE_OP_START_MEDIA, /* media request or enumeration of the app; id = app call */
  SP_CORE_OP_DEVICES,     /* devices may have changed */
  SP_CORE_OP_PING         /* of diagnostics; id = probe */
};

struct sp_core {
  const sp_alloc *alloc;
  sp_effects *fx;
  sp_ids ids;
  sp_recorder *recorder; /* NULL: off, or no memory */
  sp_buf drawn;          /* what a replay draws next */
  sp_arena arena;
  sp_options options;
  sp_account account;
  sp_logger *logger;
  sp_insights *insights;    /* NULL: a guest, or telemetry is opted out */
  uint32_t insights_number; /* of its request under way, 0: none */
  sp_rest *rest;
  sp_iq *iq;
  sp_media *media;
  sp_streaming *streaming; /* NULL before initialize() */
  sp_sessions *sessions;   /* NULL until the first connect */
  sp_boot boot;
  uint64_t wall; /* epoch time of the present input */
  sp_credentials credentials;
  sp_adding adding;
  sp_expiry expiry;
  sp_leader leader;
  bool wants_token; /* the connection was given up for want of a good one */
  sp_str refusal;   /* why the newest call that answers at once was refused: an error as JSON, or absent */
  sp_headset *headset;
  bool headset_by_app; /* the application chose the microphone, perhaps none */
  uint32_t disconnect_call;
  bool audio_blocked;      /* what the app was told last */
  uint32_t last_socket;    /* of connection objects that are gone */
  sp_preflight *preflight; /* NULL before the first runDiagnostics() */
  sp_str backoff;          /* the remembered back-off as it is stored (wire.md §3.3) */
};

/* recording.c. The birth of this core is the first record. */
void sp_recording_start(sp_core *core, const uint8_t seed[SP_SEED_BYTES], sp_time now, sp_str config_json);
/* An input; `kind` is that of it, or one of recorder.h. */
void sp_recording_input(sp_core *core, sp_time now, int kind, const sp_input *input);
/* SP_IN_DRAWN. */
int sp_recording_draw(sp_core *core, sp_str base64);

/* boot.c */
void sp_boot_start(sp_core *core, uint64_t now, uint32_t call, const sp_json *params);
/* initialize() has its deadline too. */
void sp_boot_tick(sp_core *core, uint64_t now);
void sp_boot_rest_result(sp_core *core, uint64_t now, const sp_rest_result *result);
void sp_boot_streaming_event(sp_core *core, uint64_t now, const sp_streaming_event *event);
void sp_boot_station_event(sp_core *core, uint64_t now, sp_str json);
/* §3.3 step 2 and 3: the station and the topics of the softphone; each that is under way counts in *open, and is
   reported with this purpose when it is answered. */
int sp_boot_activate_softphone(sp_core *core, uint64_t now, uint32_t purpose, unsigned *open);
void sp_boot_deactivate_softphone(sp_core *core, uint64_t now);
void sp_boot_subscribe_leader(sp_core *core, uint64_t now);
/* Takes the body of R-3 and announces it (§4.1). SP_EPROTO, SP_ENOMEM: the station known before stays. */
int sp_boot_take_station(sp_core *core, const sp_json *body);

/* types.c: allowed session types and media handling (sessions.md §1.2, §5.7). */
void sp_types_add(sp_core *core, uint64_t now, uint32_t call, sp_str type);
void sp_types_remove(sp_core *core, uint64_t now, uint32_t call, sp_str type);
/* Something that a type waited for was answered; `ok` false: the type is not allowed. */
void sp_types_answered(sp_core *core, uint32_t purpose, bool ok);
void sp_types_tick(sp_core *core, uint64_t now);
/* The connection it was for is no more. */
void sp_types_cancel(sp_core *core);
void sp_types_set_handling(sp_core *core, uint64_t now, sp_str mode);

/* expiry.c. The time of the credential in use, 0 when nobody knows it; forgets a refusal. */
void sp_expiry_set(sp_core *core, uint64_t now, double at_wall);
/* From initialize() on. */
void sp_expiry_watch(sp_core *core, uint64_t now);
void sp_expiry_refused(sp_core *core, uint64_t now);
void sp_expiry_rest_result(sp_core *core, uint64_t now, const sp_rest_result *result);
void sp_expiry_tick(sp_core *core, uint64_t now);

/* leader.c */
void sp_leader_connected(sp_core *core, uint64_t now);
void sp_leader_event(sp_core *core, sp_str json);
void sp_leader_failed(sp_core *core);
void sp_leader_result(sp_core *core, uint64_t now, const sp_rest_result *result);
void sp_leader_tick(sp_core *core, uint64_t now);

/* fetch.c: fetchOrganization and its like (sessions.md §1.4). */
void sp_fetch_start(sp_core *core, uint64_t now, uint32_t call, uint8_t what);
void sp_fetch_result(sp_core *core, uint64_t now, const sp_rest_result *result);

/* credentials.c. Reads what initialize() was given; on failure the call is rejected (E-3, E-4). */
int sp_credentials_read(sp_core *core, uint32_t call, const sp_json *params);
/* */
int sp_credentials_redeem(sp_core *core, uint64_t now);
/* The body of R-4: customer data. SP_EPROTO: incomplete. */
int sp_credentials_take(sp_core *core, const sp_json *body);
/* Takes the configured JWT; false when it cannot be read. */
bool sp_credentials_parse_jwt(sp_core *core);
void sp_credentials_clear(sp_core *core);

/* calls.c: the error that a call which answers at once throws. */
void sp_calls_refuse(sp_core *core, sp_error_type type, const char *message);
/* SP_EINVAL when there is no such method; the call is rejected then. SP_ESTATE: refused, see `refusal`. */
int sp_calls_dispatch(sp_core *core, uint64_t now, uint32_t call, sp_str name, sp_str arguments);

/* media.c */
/* After a change of the options. SP_ENOMEM: the media module keeps what it had. */
int sp_core_media_configure(sp_core *core);
void sp_core_media_done(sp_core *core, uint64_t now, const sp_media_done *done);
/* A call or a question of sdk.media; false when there is none of this name. */
bool sp_core_media_call(sp_core *core, uint32_t call, sp_str name, const sp_json *args);
bool sp_core_media_ask(const sp_core *core, sp_str name, const sp_json *args, sp_buf *answer);

/* headset.c: sdk.headset. `name`: what follows "headset.". SP_EINVAL: no such method; then nothing was settled. */
int sp_headset_call(sp_core *core, uint64_t now, uint32_t call, sp_str name, const sp_json *args);
/* Switches headsets on or off, as options and media handling say (headset.md §1.6). */
void sp_core_use_headsets(sp_core *core, uint64_t now);
/* destroy(): lights out. */
void sp_core_end_headsets(sp_core *core, uint64_t now);
/* The default microphone changes to this one, absent for none (headset.md §2.6). */
void sp_core_select_headset(sp_core *core, uint64_t now, sp_str microphone_id);
/* The list of devices changed. */
void sp_core_microphones_changed(sp_core *core, uint64_t now);
/* Takes a media message (wire.md §11.3); false when the stanza is none. */
bool sp_headset_stanza(sp_core *core, uint64_t now, const sp_xml *stanza);
/* Carries one wish of a call, or one broadcast; false when there is none. */
bool sp_headset_step(sp_core *core, uint64_t now);

/* defaults.c: calls; the session manager is there for those that say so in the table of calls. */
void sp_update_default_devices(sp_core *core, uint64_t now, uint32_t call, const sp_json *args);
void sp_update_media_settings(sp_core *core, uint64_t now, uint32_t call, const sp_json *args);
void sp_update_default_resolution(sp_core *core, uint64_t now, uint32_t call, const sp_json *args);
void sp_update_audio_volume(sp_core *core, uint64_t now, uint32_t call, const sp_json *args);
void sp_update_output_device(sp_core *core, uint64_t now, uint32_t call, const sp_json *args);
void sp_update_outgoing_media(sp_core *core, uint64_t now, uint32_t call, const sp_json *args);
void sp_validate_outgoing(sp_core *core, uint64_t now, uint32_t call, const sp_json *args);
/* Text of the answer to a "resolution" operation. */
void sp_resolution_became(sp_core *core, sp_str outcome);
/* What a call throws at once: appends the error as {"type","message","details"?}, or nothing. False: no such check. */
bool sp_check_call(sp_str name, const sp_json *args, sp_buf *answer);

/* diagnostics.c */
void sp_diagnostics_run(sp_core *core, uint64_t now, uint32_t call, const sp_json *args);
void sp_diagnostics_stop(sp_core *core, uint64_t now, uint32_t call, const sp_json *args);
/* Carries out one thing that a run wants; false when there is none. */
bool sp_diagnostics_step(sp_core *core, uint64_t now);

/* logging.c */
int sp_logging_start(sp_core *core, uint64_t now);
/* A record from the host. SP_ENOMEM: it was dropped. */
int sp_logging_record(sp_core *core, uint64_t now, const sp_input *in);
/* Carries out what the logger has to say; false when it is silent. */
bool sp_logging_step(sp_core *core);
void sp_logging_page(sp_core *core, uint64_t now, sp_str what);
/* The new credential of the way this instance signs in, or just another secret. SP_ENOMEM. */
int sp_logging_set_token(sp_core *core, sp_str token, bool is_jwt);
/* Records between these two are of the streaming connection. */
void sp_logging_enter_streaming(sp_core *core);
void sp_logging_leave_streaming(sp_core *core);

/* telemetry.c: telemetry actions (logging-and-stats.md §5) */
int sp_telemetry_start(sp_core *core);
/* A request that is ready leaves. */
void sp_telemetry_send(sp_core *core, uint64_t now);
/* True when request `id` is telemetry's. `status` 0: no response. */
bool sp_telemetry_result(sp_core *core, uint64_t now, uint32_t id, int status);
void sp_telemetry_page(sp_core *core, uint64_t now, sp_str what);

#endif
