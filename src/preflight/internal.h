/* SPDX-License-Identifier: MIT */
/* internal.h: what the files of this folder share. */
#ifndef SP_PREFLIGHT_INTERNAL_H
#define SP_PREFLIGHT_INTERNAL_H

#include "base/limits.h"
#include "base/timer.h"
#include "preflight/preflight.h"

/* In the order of the report. */
enum { SEC_PERMISSIONS, SEC_DEVICES, SEC_REST, SEC_SOCKET, SEC_ICE, SEC_MEDIA, SECTIONS };
/* A probe has a slot: one per section, one for what comes after the first probe of a section, one per server. */
enum { SLOT_SOCKET = SECTIONS, SLOT_DIRECT, SLOT_SERVER, SLOTS = SLOT_SERVER + SP_MAX_DIAGNOSED_SERVERS };

/* What is said; words.c has the texts. */
typedef enum saying {
  SAY_NOTHING,
  SAY_LATE,
  SAY_BROKEN,
  SAY_INSECURE,
  SAY_NO_WEBRTC,
  SAY_POLICY,
  SAY_DENIED,
  SAY_PROMPT,
  SAY_SOUND_BLOCKED,
  SAY_PERMITTED,
  SAY_NO_MICROPHONE,
  SAY_NO_SPEAKER,
  SAY_GONE,
  SAY_DEVICES,
  SAY_NO_REST,
  SAY_REFUSED,
  SAY_FORBIDDEN,
  SAY_REST_ERROR,
  SAY_CLOCK,
  SAY_SLOW,
  SAY_REST,
  SAY_SOCKET_LATER,
  SAY_SOCKET_WAITS,
  SAY_NO_CHANNEL,
  SAY_NO_SOCKET,
  SAY_MUTE_SOCKET,
  SAY_NO_PONG,
  SAY_SOCKET,
  SAY_PONG,
  SAY_NO_SERVERS,
  SAY_NONE_ANSWERS,
  SAY_CREDENTIALS,
  SAY_RELAY_MISSING,
  SAY_NO_RELAY,
  SAY_NO_TURN,
  SAY_SOME,
  SAY_ICE,
  SAY_MICROPHONE_BUSY,
  SAY_NO_LOOP,
  SAY_NO_PACKETS,
  SAY_SILENT,
  SAY_BAD_SOUND,
  SAY_TONE,
  SAY_MEDIA,
  SAYINGS
} saying;

extern const char *const sp_preflight_words[SAYINGS]; /* see words.c */

typedef enum probe_state { FREE, WANTED, OUT, TO_STOP } probe_state;

typedef struct probe {
  uint8_t state; /* probe_state */
  uint8_t section;
  bool held; /* the host has it */
  uint32_t id;
  const char *name;
  uint64_t since;
} probe;

/* A STUN or TURN server, with one address. */
typedef struct server {
  const sp_json *from; /* of `servers` */
  sp_str url;
  bool turn, answers;
  int code; /* of icecandidateerror, 0: none */
  uint64_t took;
} server;

typedef enum section_state { IDLE, RUNNING, DONE, TOLD } section_state;

typedef struct section {
  uint8_t state; /* section_state */
  bool asked;    /* by the app; others are looked at because an asked one needs them */
  uint8_t says;  /* saying */
  double number;
  unsigned needs; /* a bit for each section that must be over first */
  uint32_t limit_ms;
  uint64_t since, took;
  sp_timer limit;
  sp_buf details; /* the members of an object: `"a":1,"b":2` */
} section;

typedef enum media_step { LOOPING, LISTENING, READING } media_step;

struct sp_preflight {
  const sp_alloc *alloc;
  uint32_t last_id, call; /* call 0: no run */
  unsigned over;          /* a bit for each section that has ended */
  uint64_t began, wall;
  sp_preflight_site site; /* owned texts */
  section sections[SECTIONS];
  probe probes[SLOTS];
  sp_json_doc *servers;
  server list[SP_MAX_DIAGNOSED_SERVERS];
  size_t server_count;
  /* What one section found out for another. */
  bool may_listen; /* the page has the microphone */
  sp_str channel_id;
  /* "media" */
  media_step step;
  bool by_relay, relay_failed, is_tone, is_muted;
  sp_timer listen; /* the relay's time, or that of listening */
  sp_buf text;     /* of the act that was taken */
};

/* preflight.c, for the sections. Wants a probe of this name in a free slot. */
void sp_preflight_probe(sp_preflight *p, uint64_t now, int which, int slot, const char *name);
/* Gives back what a probe has; nothing without one. */
void sp_preflight_release(sp_preflight *p, int slot);
/* The section is over. */
void sp_preflight_end(sp_preflight *p, uint64_t now, int which, saying says, double number);
/* Opens the details, an object, for writing. */
sp_jw sp_preflight_details(sp_preflight *p, int which);

/* basics.c: permissions, devices, REST, socket. `facts`: NULL when the probe could not be done. */
void sp_preflight_permissions(sp_preflight *p, uint64_t now, int slot, const sp_json *facts);
void sp_preflight_devices(sp_preflight *p, uint64_t now, int slot, const sp_json *facts);
void sp_preflight_rest(sp_preflight *p, uint64_t now, int slot, const sp_json *facts);
void sp_preflight_socket_start(sp_preflight *p, uint64_t now);
void sp_preflight_socket(sp_preflight *p, uint64_t now, int slot, const sp_json *facts);
/* Appends the frame that opens a stream, and the URL. */
void sp_preflight_write_socket(const sp_preflight *p, sp_jw *w);

/* paths.c: ICE and media */
void sp_preflight_ice_start(sp_preflight *p, uint64_t now);
void sp_preflight_ice(sp_preflight *p, uint64_t now, int slot, const sp_json *facts);
void sp_preflight_ice_late(sp_preflight *p, uint64_t now);
void sp_preflight_media_start(sp_preflight *p, uint64_t now);
void sp_preflight_media(sp_preflight *p, uint64_t now, int slot, const sp_json *facts);
void sp_preflight_media_late(sp_preflight *p, uint64_t now);
void sp_preflight_media_tick(sp_preflight *p, uint64_t now);
void sp_preflight_write_server(const sp_preflight *p, sp_jw *w, int slot);
void sp_preflight_write_loop(const sp_preflight *p, sp_jw *w);

#endif
