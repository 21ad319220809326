/* SPDX-License-Identifier: MIT */
/* model.h: a small world of its own around the real core, on virtual time: a platform with the calls of one agent, a
   network that loses, delays, repeats and reorders, a browser that refuses, an agent who answers, holds, mutes and
   hangs up at random. It knows what the agent must see, and compares.

     queue.c    what happens when: events in order of time
     server.c   the truth: calls, the gateway's stanzas, conversation notifications
     net.c      HTTP and the WebSocket, with their faults
     browser.c  peer connections, the microphone
     agent.c    what the app was told, and whether it may have been told so
     main.c     random sequences, the comparison after each

   Everything follows from (seed, sequence): a failure prints both, and `--only N` plays that one again with a trace. */
#ifndef SP_TESTS_MODEL_H
#define SP_TESTS_MODEL_H

#include "core/core.h"

#include <setjmp.h>
#include <stdio.h>

enum { CALLS = 8, PEERS = 64, SESSIONS = 128, PROMISES = 1024, STREAMS = 256, MAX_PENDING = 32, NUMBERS = 256 };

/* Kinds of events beside those of sp_input. */
enum {
  AT_CLIENT_OPENED = SP_IN_KINDS, /* id = socket */
  AT_CLIENT_FRAME,
  AT_CLIENT_CLOSED,
  AT_SERVER_FRAME,
  AT_SERVER_REQUEST, /* id = request, name = method, text = path, a line end, body */
  SECOND,            /* server and browser look after their timers */
  APP                /* the agent does what is in name, to the conversation in text */
};

/* What a run is made of, to see that it is about something. */
enum { TOLD_PENDING, TOLD_GONE, TOLD_STARTED, TOLD_ENDED, TOLD_CONNECTED, TOLD_LOST, TOLD_ERROR, TOLD };

typedef struct event {
  uint64_t at, order;
  int kind;
  uint32_t id;
  double number;
  char *name, *text;
} event;

typedef enum call_state { FREE, RINGING, OFFERING, TALKING, OVER } call_state;

/* A call as the platform knows it. */
typedef struct call {
  call_state state;
  unsigned number, session;        /* conversation c<number>, session s<number>x<session> */
  uint64_t blurred;                /* what was said last may have been overtaken by what was said before; 0: not */
  unsigned named;                  /* conversation that the offer names */
  unsigned fresh;                  /* session of a re-invite that is not answered yet, 0 = none */
  uint64_t since, proposed, heard; /* state entered; last proposal; media last heard */
  bool outbound, muted, held, auto_answer;
  bool shared, eager; /* shared: has no session of its own, the trunk carries it */
} call;

typedef struct peer {
  uint32_t handle;
  char session[24];
  uint64_t since, lost, busy; /* busy: when the operation before is done */
  bool open, answered, connected, down, failed, audio;
} peer;

/* A session object as the app holds it. */
typedef struct app_session {
  uint32_t handle;
  char session[24], conversation[24];
  unsigned started;
  bool fresh;                 /* of a re-invite, and nothing was said of it yet */
  bool came;                  /* by a re-invite, in the place of no other */
  bool dropped, asked, moved; /* moved: another one goes on in its place */
  char open[CALLS * 4][24];   /* conversations whose start was announced, and whose end was not */
  size_t open_count;
} app_session;

typedef struct promise {
  uint64_t made, limit;
  bool settled;
  const char *method;
} promise;

/* A conversation as the app knows it. */
typedef struct current_call {
  char conversation[24];
  bool held, muted;
  uint32_t session;
  double number; /* 0: none */
} current_call;

typedef struct model {
  sp_core *core;
  const sp_alloc *alloc;
  bool trace, calm, leaving; /* calm: no more faults, the world settles; leaving: the page says destroy() */
  uint64_t seed, sequence, random, now, sleep, order;
  event *events;
  size_t event_count, event_cap;
  /* How this sequence is. */
  unsigned lines, fault_percent;
  bool auto_connect, persistent, telemetry, station;
  unsigned next_lines; /* what the station becomes once the client has asked for it */
  bool next_persistent;
  unsigned eager; /* 0 none, 1 auto, 2 event */
  /* Network. */
  bool reordered;                /* the last stanza was sent late or twice */
  bool offline, hole;            /* hole: the socket stands and carries nothing */
  uint32_t socket;               /* as the client sees it */
  uint64_t to_client, to_server; /* when the last frame arrives: frames do not overtake each other by themselves */
  /* Server. */
  uint32_t bound_socket; /* socket whose stream is bound, 0 = none */
  bool authenticated;
  call calls[CALLS];
  bool fake[NUMBERS]; /* by number of conversation: raises a persistent connection, and is no call */
  call trunk;         /* the session that carries several conversations; FREE: there is none */
  unsigned last_call, last_rpc;
  /* Browser. */
  peer peers[PEERS];
  size_t peer_count;
  bool streams[STREAMS];
  uint32_t last_stream, open_media; /* media requests under way */
  unsigned sockets;
  bool hidden;
  /* App. */
  promise promises[PROMISES];
  uint32_t last_promise, initialize;
  bool initialized, connected;
  bool station_known; /* since the last sign-in */
  uint32_t replaced;  /* session in whose place another one is about to go on */
  struct {
    char conversation[24], session[24];
  } pending[MAX_PENDING];
  size_t pending_count;
  app_session sessions[SESSIONS];
  size_t session_count;
  current_call current[CALLS * 4]; /* connected conversations of the last conversationUpdate */
  char active[24];
  size_t current_count;
  unsigned told[TOLD]; /* how often the agent was told what */
} model;

/* --- queue.c --- */
unsigned roll(model *m, unsigned below); /* 0 … below - 1 */
bool chance(model *m, unsigned percent);
/* A fault happens: never when calm. */
bool fault(model *m, unsigned percent);
void happens(model *m, uint64_t in_ms, int kind, uint32_t id, double number, const char *name, const char *text);
bool next_event(model *m, event *out); /* pops the earliest; the caller frees its texts */
uint64_t next_time(const model *m);
void forget_events(model *m, int kind, uint32_t id);
void free_event(event *e);
void clear_events(model *m);
void tell(const model *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What does not hold is reported, and the run ends, or goes on at the door if there is one. */
extern jmp_buf *broken_door;
_Noreturn void broken(const model *m, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* --- server.c --- */
#define GATEWAY "+13175550100@gjoll.acme.orgspan.com/gw-1"
#define ME      "u1@acme.orgspan.com"
call *call_of(model *m, const char *conversation);
call *call_of_session(model *m, const char *session);
void new_call(model *m, bool outbound);
void end_call(model *m, call *c, bool by_client);
void reinvite(model *m, call *c);
void change_station(model *m);
void server_station(model *m); /* the client has learned what it is */
const char *trunk_session(const model *m, char out[24]);
const char *own_session(const call *c, char out[24]);
void server_frame(model *m, const char *xml);
void server_bound(model *m);
void server_second(model *m);
/* Answers a request that reached the platform; the body goes to `out`. */
int server_request(model *m, const char *method, const char *path, const char *body, char *out, size_t size);
bool server_talks(model *m, const char *session);
void stray_stanza(model *m);

/* --- net.c --- */
void deliver(model *m, const char *xml);       /* to the client, with faults */
void deliver_plain(model *m, const char *xml); /* part of the negotiation: in order, once */
void net_effect(model *m, const sp_effect *fx);
void net_event(model *m, const event *e);
void drop_socket(model *m);

/* --- browser.c --- */
void browser_effect(model *m, const sp_effect *fx);
void browser_second(model *m);
void fail_peer(model *m, peer *p, const char *state);
peer *some_peer(model *m);
bool browser_talks(const model *m, const char *session);

/* --- agent.c --- */
uint32_t app_call(model *m, const char *method, const char *arguments, uint64_t limit_ms);
void app_effect(model *m, const sp_effect *fx);
void app_does(model *m, const char *what, const char *conversation);
void app_random(model *m);
void app_second(model *m);
void compare(model *m);
void compare_end(model *m);
app_session *live_session(model *m, const char *conversation);

/* --- main.c --- */
void run_until(model *m, uint64_t time);
sp_time time_of(const model *m);
void page(model *m, const char *what);

#endif
