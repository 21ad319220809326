/* SPDX-License-Identifier: MIT */
/* streaming_rig.h: a supervisor on virtual time with a scripted platform around it. What happens is written
   down line by line with its time, so a test compares a whole history. Ids of the client are written as #1,
   #2, ... in order of appearance. */
#ifndef SP_TESTS_STREAMING_RIG_H
#define SP_TESTS_STREAMING_RIG_H

#include "streaming/streaming.h"

/* What the platform does; zero means "as it should". */
typedef struct rig_platform {
  bool no_rest;            /* REST requests stay unanswered */
  int channel_status;      /* of R3; 0: 200 */
  int identity_status;     /* of R1 and R2; 0: 200 */
  int put_status;          /* of R4 and R5; 0: 200 */
  const char *put_body;    /* of R4 and R5, or NULL */
  const char *retry_after; /* header of a request that fails */
  uint64_t round_trip;     /* until an answer of the platform arrives */
  bool no_socket;          /* the socket never opens */
  bool no_open;            /* … or opens, and nobody answers <open> */
  bool mute;               /* answers no ping */
  bool ping_error;         /* answers pings with an error */
  bool strict;             /* closes when something follows bind before it is answered */
  bool picky;              /* refuses requests until bind is answered */
  bool no_ice;             /* answers no external-service query */
  bool ice_error;          /* answers them with an error */
  bool no_stun;            /* has no STUN server */
  const char *expires;     /* of the TURN credentials, if they do */
  bool no_goodbye;         /* does not answer <close/> */
  bool no_pubsub;          /* refuses subscribe requests */
  const char *sasl;        /* condition of <failure/>, or NULL */
  const char *early;       /* a stanza sent right behind the session result */
} rig_platform;

typedef struct rig {
  const sp_alloc *alloc;
  sp_effects *fx;
  sp_ids ids;
  sp_rest *rest;
  sp_iq *iq;
  sp_streaming *streaming;
  sp_arena arena;
  rig_platform platform;
  uint64_t now;
  uint32_t socket;   /* newest socket */
  unsigned channels; /* channels created */
  unsigned opens;    /* <open> frames seen on this socket */
  bool binding;      /* bind is not answered yet */
  uint64_t wall;     /* epoch time at 0; with it the client is told the clock */
  bool quiet;        /* stop writing history */
  char history[65536];
  size_t history_len;
  struct rig_input *inputs; /* what the platform sends next */
  size_t input_count, input_cap;
} rig;

typedef struct rig_options {
  bool jwt, server_pings, unknown_identity, partial, pipeline;
  bool token; /* in JWT mode too */
  const char *resource, *backoff;
} rig_options;

/* false: out of memory. Close it in either case. */
bool rig_open(rig *r, size_t fail_at, rig_options options);
void rig_close(rig *r);

void rig_connect(rig *r);
void rig_disconnect(rig *r);
int rig_subscribe(rig *r, const char *topic, bool immediate, uint32_t token);
int rig_unsubscribe(rig *r, const char *topic, bool immediate);
/* The platform sends a frame on the newest socket, or drops that socket. */
void rig_frame(rig *r, const char *frame);
void rig_drop(rig *r);
void rig_online(rig *r, bool online);
void rig_probe(rig *r);
void rig_call(rig *r, bool in_call);
/* Nothing runs for so long, as in a machine that sleeps, then one tick. `monotonic`: that clock goes on. */
void rig_sleep(rig *r, uint64_t ms, bool monotonic);
/* What happens at this time without time passing: after a call into r->streaming. */
void rig_run(rig *r);
/* The newest remembered back-off, or "" when it did not change. */
const char *rig_backoff(rig *r);
/* Lets time pass, tick by tick, and everything happen that follows. */
void rig_pass(rig *r, uint64_t ms);

/* The history since the last call. */
const char *rig_history(rig *r);
/* Lines of the history since the last call that begin (behind their time) with one of the words of `kinds`.
 */
const char *rig_lines(rig *r, const char *kinds);
/* The same of any history. */
const char *rig_select(const char *history, const char *kinds);

#endif
