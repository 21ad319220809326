/* SPDX-License-Identifier: MIT */
/* scenario.h: plays the world around one core, on virtual time: an HTTP server, a streaming server, a browser with
   microphone and peer connections. A test says what happens and what the user of the API must see:

     sign_in(s);
     propose(s, .session = "s1", .conversation = "c1");
     expect_event(s, "pendingSession", "\"id\":\"s1\"");
     uint32_t accept = call(s, "acceptPendingSession", "[{\"conversationId\":\"c1\"}]");
     expect_resolved(s, accept, "");
     expect_sent(s, "<proceed", "id=\"s1\"");
     expect_no_more(s);

   Every scenario is played once as written, then again with the nth allocation failing for each n until none fails;
   those of the sign-in that most begin with fail once per program only, and of a long one those of new places.
   In those runs nothing is expected of the words; the play goes on whatever is missing, and must end with every app
   call settled once, no block leaked and each effect well-formed. So a scenario uses expect_... and check, never
   cmocka's assertions, and its course must not depend on what it saw. */
#ifndef SP_TESTS_SCENARIO_H
#define SP_TESTS_SCENARIO_H

#include "core/core.h"

/* One effect that the core wanted. */
typedef struct seen {
  sp_effect_kind kind;
  uint32_t id;
  const char *name, *text;
  const char *path, *body; /* of an HTTP request: below /api/v2/, and the body or "" */
  size_t at;               /* order among all effects */
  bool taken;              /* some expectation was met by it */
} seen;

enum { SCENARIO_CALLS = 512, SCENARIO_RULES = 32 };

typedef struct http_rule {
  const char *method, *path; /* a path that ends in '*' matches what begins so */
  int status;
  const char *body, *retry_after;
} http_rule;

typedef struct reaction reaction;

typedef struct scenario {
  sp_core *core;
  const sp_alloc *alloc;
  uint64_t now;
  uint64_t slept; /* how much further the wall clock is than the page's */
  bool lenient;   /* an allocation fails: nothing is expected */
  /* How the world behaves; a test changes it before or between steps. Names are those of the inputs or methods. */
  const char *sasl_failure;  /* condition: the server refuses the credentials */
  const char *refused_topic; /* part of a topic that may not be subscribed */
  const char *silent;        /* part of a request (iq) that gets no answer */
  const char *refused;       /* part of a request (iq) that gets this <error> */
  const char *refusal;
  const char *answer;        /* SDP of what createAnswer() makes, NULL: hardly any */
  const char *media_error;   /* name of the browser's error for a microphone */
  const char *failing_peer;  /* peer operation that fails: "offer", "stream", "answer" */
  const char *backoff;       /* what the tab's store holds about earlier failures */
  const char *held_peer;     /* peer operation whose result waits for peer_result(); "*": all of them */
  const char *media_label;   /* of every track that is given, instead of that of the device */
  const char *stats;         /* records of getStats(), NULL: none; "" rejects */
  unsigned facts;            /* what peer connections say of what they send: bits 2, 4, 8 of SP_IN_PEER_RESULT */
  const char *peer_text;     /* what SP_FX_PEER_TRACKS answers */
  bool holds_media;          /* media results wait for media_result() */
  const char *devices;       /* what an enumeration says, as JSON; NULL: nothing */
  const char *devices_error; /* name of the browser's error for an enumeration */
  bool holds_devices;        /* enumerations wait for devices_listed() */
  const char *hid;           /* granted HID devices, as JSON; NULL: there is no WebHID */
  const char *senders;       /* what a session sends, as JSON; NULL: the first microphone */
  int sink_outcome;          /* of an output device, as in SP_IN_AUDIO_SET; 1 at first */
  bool holds_sinks;          /* … which has none */
  bool no_stun;              /* the server has no STUN service: relays only */
  bool mute_server;          /* the streaming server answers nothing */
  bool logs;                 /* log records come back, as from formatters that change nothing */
  http_rule rules[SCENARIO_RULES];
  size_t rule_count;
  /* What happened. */
  seen **log; /* each its own block: tests keep what they found */
  size_t log_count, log_cap;
  reaction *reactions;
  size_t reaction_count, reaction_cap;
  uint32_t socket, last_socket, last_call, last_device, records;
  bool authenticated;
  unsigned char settled[SCENARIO_CALLS];
  size_t signed_in; /* allocations until the scenario's first call, a sign-in, was through; 0 without one */
} scenario;

typedef struct scenario_case {
  const char *name;
  void (*play)(scenario *s);
  bool is_long; /* the same steps so often that not each allocation fails, but one of each place in the code */
} scenario_case;

/* Runs each as a cmocka test; what main() returns. */
int run_scenarios(const char *group, const scenario_case *cases, size_t count);

/* --- the app --- */

/* Makes the core; sign_in() does it when no test has. A refused configuration fails the test. */
void start(scenario *s, const char *config);
/* initialize() until it resolves; what it did is then forgotten. */
void sign_in(scenario *s);
/* The same with a station of so many line appearances, with or without a persistent connection. */
void sign_in_with(scenario *s, unsigned appearances, bool persistent);
/* An app call with a promise; the world then reacts until nothing moves. */
uint32_t call(scenario *s, const char *method, const char *arguments);
/* A synchronous question; "" when there is no core. Valid until the next one. */
const char *ask(scenario *s, const char *question);
/* Virtual time passes; the core is woken whenever it asked for it. */
void advance(scenario *s, uint64_t ms);

/* --- the HTTP server: newest rule first; what no rule names gets 200 and {} --- */

enum { HTTP_HOLD = -1, HTTP_NETWORK = 0 };
void http_answer(scenario *s, const char *method, const char *path, int status, const char *body);
void http_retry_after(scenario *s, const char *method, const char *path, int status, const char *seconds);
/* Answers a request that was held. */
void http_reply(scenario *s, const seen *request, int status, const char *body);

/* --- the streaming server --- */

#define GATEWAY "+13175550100@gjoll.acme.orgspan.com/gw-1"
#define ME      "u1@acme.orgspan.com"

void frame(scenario *s, const char *xml);
void drop_connection(scenario *s); /* the socket closes by itself */
void notify(scenario *s, const char *topic, const char *json);

typedef struct propose_args {
  const char *session, *conversation, *auto_answer, *answer_mode, *from, *type, *room, *user, *meeting;
  bool jingle; /* not over SDP in XMPP */
} propose_args;
void send_propose(scenario *s, const propose_args *args);
#define propose(s, ...) send_propose((s), &(propose_args){ __VA_ARGS__ })
/* <retract>, <accept> or <reject> for a session. */
void send_message(scenario *s, const char *kind, const char *session);

typedef struct offer_args {
  const char *session, *conversation, *ufrag, *rpc_id, *from;
  bool reinvite, data_channel;
} offer_args;
void send_offer(scenario *s, const offer_args *args);
#define offer(s, ...) send_offer((s), &(offer_args){ __VA_ARGS__ })
void terminate(scenario *s, const char *session, const char *reason);
void candidate(scenario *s, const char *session, const char *fragment);
/* A genesys-webrtc request of this sender with this JSON text. */
void rpc(scenario *s, const char *from, const char *json);

typedef struct conversation_args {
  const char *conversation, *state, *direction, *purpose, *error_code, *call;
  bool muted, held, confined;
} conversation_args;
void send_conversation(scenario *s, const conversation_args *args);
#define conversation(s, ...) send_conversation((s), &(conversation_args){ __VA_ARGS__ })

/* --- the browser --- */

void peer_result(scenario *s, uint32_t session, const char *operation, bool ok);
void peer_state(scenario *s, uint32_t session, const char *state);
void peer_ice_state(scenario *s, uint32_t session, const char *state);
/* With the signaling state, or the descriptions of a failed one. */
void peer_says(scenario *s, bool is_ice, uint32_t session, const char *state, const char *more);
void peer_candidate(scenario *s, uint32_t session, const char *mid, const char *candidate);
void peer_message(scenario *s, uint32_t session, const char *text);
/* A remote track of this kind arrives. */
void peer_track(scenario *s, uint32_t session, const char *kind);
/* A track of a watched stream ended by itself. */
void media_ended(scenario *s, uint32_t session, const char *stream, unsigned alive);
/* ICE and DTLS are through. */
void peer_connects(scenario *s, uint32_t session);
/* A call from propose to a live peer connection; what it did is then forgotten. `handle` is the session's. */
void connect_call(scenario *s, uint32_t handle, const char *session, const char *conversation);
void media_result(scenario *s, uint32_t request, bool ok, const char *name, const char *message);
/* A microphone or another device, and a desk with two of each and one camera. */
#define DEVICE(kind, id, label)                                                                                        \
  "{\"deviceId\":\"" id "\",\"groupId\":\"g\",\"kind\":\"" kind "\",\"label\":\"" label "\"}"
#define DESK                                                                                                           \
  "[" DEVICE("audioinput", "m1", "Microphone 1") "," DEVICE("audioinput", "m2", "Microphone 2") "," DEVICE(            \
      "videoinput", "c1", "Camera 1") "," DEVICE("audiooutput", "o1", "Speaker 1") "," DEVICE("audiooutput", "o2",     \
                                                                                              "Speaker 2") "]"
/* A track of a device that is sent. */
#define SENDER(kind, label)                                                                                            \
  "{\"kind\":\"" kind "\",\"label\":\"" label "\",\"live\":true,\"muted\":false,\"ours\":true}"
/* A held enumeration answers; `first` is the handle of its first device. */
void devices_listed(scenario *s, uint32_t enumeration, uint32_t first, const char *json);
void page(scenario *s, const char *what);
/* Diagnostics: what a probe found. */
void probe_found(scenario *s, const seen *probe, const char *json);
/* WebHID says something, as SP_IN_HID. */
void hid(scenario *s, const char *what, uint32_t id, double number, const char *text);
/* A record of the app; `flags` and `text` as in SP_IN_LOG. */
void log_record(scenario *s, double flags, const char *level, const char *text);
void stored(scenario *s, const char *text);

/* --- what must have happened. Each takes what it found, so that it is not found again. The texts after the name are
   parts that the arguments, the frame, the error and so on must contain. --- */

const seen *find_event(scenario *s, const char *const parts[]);
const seen *find_error(scenario *s, const char *const parts[]);
const seen *find_sent(scenario *s, const char *const parts[]);
const seen *find_rejected(scenario *s, uint32_t id, const char *const parts[]);
const seen *find_effect(scenario *s, sp_effect_kind kind, uint32_t id, const char *const parts[]);
#define ANY_ID     UINT32_MAX /* of find_effect */
#define PARTS(...) ((const char *const[]){ __VA_ARGS__, NULL })
/* The next event of the SDK object: name, then parts of its arguments. */
#define expect_event(s, ...) find_event((s), PARTS(__VA_ARGS__))
/* The next sdkError that belongs to no rejected call. */
#define expect_error(s, ...) find_error((s), PARTS(__VA_ARGS__))
/* The first frame with all the parts. */
#define expect_sent(s, ...)             find_sent((s), PARTS(__VA_ARGS__))
#define expect_rejected(s, id, ...)     find_rejected((s), (id), PARTS(__VA_ARGS__))
#define expect_effect(s, kind, id, ...) find_effect((s), (kind), (id), PARTS(__VA_ARGS__))
/* The call resolved with this JSON, "" for undefined. */
const seen *expect_resolved(scenario *s, uint32_t id, const char *value);
void expect_waiting(scenario *s, uint32_t id);
/* The first request of this method and path; `body` NULL: any. */
const seen *expect_http(scenario *s, const char *method, const char *path, const char *body);
/* Neither events nor errors besides those expected. */
void expect_no_more(scenario *s);
void expect_no_http(scenario *s);
void expect_nothing_sent(scenario *s, const char *part);
void expect_no_effect(scenario *s, sp_effect_kind kind);
void expect_before(scenario *s, const seen *first, const seen *second);
/* All that happened so far is of no interest. */
void forget(scenario *s);
void check(scenario *s, bool condition, const char *what);
/* A synchronous question is answered so. */
void expect_answer(scenario *s, const char *question, const char *wanted);

#endif
