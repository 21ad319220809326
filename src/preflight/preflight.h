/* SPDX-License-Identifier: MIT */
/* preflight.h: sdk.runDiagnostics(): sections on request, each with its verdict and its time limit. Nothing of it is a
   call, nothing is asked of the user, nothing of a call that is up is touched. It neither knows the core nor is known
   by it: what there is to look at goes in as texts, probes of the browser come out, and what they found goes in.

     sp_preflight_start(p, now, wall, call, options, &site);
     for (sp_preflight_act act; sp_preflight_take(p, &act);) perform(&act);
     sp_preflight_input(p, now, act.id, "{…}");  sp_preflight_tick(p, now) at sp_preflight_deadline(p)

   Take every act before the next call. A probe that fails, is late or cannot be started makes a verdict, never an
   error. What a probe holds is given back with its STOP, which follows every START. */
#ifndef SP_PREFLIGHT_PREFLIGHT_H
#define SP_PREFLIGHT_PREFLIGHT_H

#include "base/json.h"

/* Texts that a run looks at; absent: not there (yet). */
typedef enum sp_preflight_text {
  SP_SITE_USER,        /* request for the user: {"url","headers"…} */
  SP_SITE_CHANNEL,     /* request that makes a notification channel */
  SP_SITE_SOCKET,      /* URL of the WebSocket; with a channel: without its id */
  SP_SITE_DOMAIN,      /* of the stream; with a channel that of the user, which the run finds out */
  SP_SITE_SERVERS,     /* of ICE, as a JSON array */
  SP_SITE_CONSTRAINTS, /* what a call asks of getUserMedia */
  SP_SITE_MICROPHONE,  /* ids of the chosen devices */
  SP_SITE_SPEAKER,
  SP_SITE_CAMERA,
  SP_SITE_TEXTS
} sp_preflight_text;

typedef struct sp_preflight_site {
  sp_str texts[SP_SITE_TEXTS]; /* copied */
  bool connected;              /* the signaling connection is up */
  bool relay_only;             /* calls may use relays alone */
  bool has_token;              /* the user's request says whether the token is good; else a refusal says nothing */
} sp_preflight_site;

/* START: `name` says which probe, `text` is its JSON; answered by sp_preflight_input under its id: "permissions",
   "devices", "GET" and "POST" (requests), "socket", "ice", "media", "stats" (of the media probe `id`), "ping" (the live
   connection). STOP: the probe gives back what it has. PROGRESS: `text` is the section that has just ended, `id` the
   call. REPORT: `text` is the report, `id` the call; it is the last. */
typedef enum sp_preflight_kind {
  SP_PREFLIGHT_START,
  SP_PREFLIGHT_STOP,
  SP_PREFLIGHT_PROGRESS,
  SP_PREFLIGHT_REPORT
} sp_preflight_kind;

typedef struct sp_preflight_act {
  sp_preflight_kind kind;
  uint32_t id;
  const char *name;
  sp_str text; /* borrowed until the next call; absent in a REPORT: there was no memory for it */
} sp_preflight_act;

typedef struct sp_preflight sp_preflight;

sp_preflight *sp_preflight_new(const sp_alloc *alloc); /* NULL: out of memory */
void sp_preflight_free(sp_preflight *p);

/* Begins a run for app call `call`. `options`: {"sections"?,"timeoutMs"?}, may be NULL. SP_EINVAL: there is no such
   section or limit; SP_ESTATE: a run is under way; SP_ENOMEM. Nothing has begun then. */
int sp_preflight_start(sp_preflight *p, uint64_t now, uint64_t wall, uint32_t call, const sp_json *options,
                       const sp_preflight_site *site);
/* Gives the run up: its probes are stopped, and no report follows. Answers its call, 0 without one. */
uint32_t sp_preflight_stop(sp_preflight *p);
/* What probe `id` found, as a JSON object; anything else: it could not be done. An id that is over is ignored. */
void sp_preflight_input(sp_preflight *p, uint64_t now, uint32_t id, sp_str text);
void sp_preflight_tick(sp_preflight *p, uint64_t now);
uint64_t sp_preflight_deadline(const sp_preflight *p);
bool sp_preflight_take(sp_preflight *p, sp_preflight_act *out);

#endif
