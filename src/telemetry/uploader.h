/* SPDX-License-Identifier: MIT */
/* uploader.h: sends the requests of all loggers to one URL, one at a time, with retries (logging-and-stats.md
   §4.6-4.9).

     waiting --attempt--> in flight --2xx--> done, and what was saved is fetched from the store
                ^             |
                +--- retry ---+---> saved for later, or dropped

   Requests leave as SP_FX_HTTP; the host feeds results back. The store is the host's: SP_UPLOAD_LOAD asks for its text,
   which sp_uploader_stored answers, and SP_UPLOAD_STORE replaces it. What the owner must know is taken by
   sp_uploader_take. */
#ifndef SP_TELEMETRY_UPLOADER_H
#define SP_TELEMETRY_UPLOADER_H

#include "base/effect.h"
#include "base/ids.h"
#include "base/timer.h"

#define SP_UPLOAD_TRIES 10u
/* Requests that wait; more, and the oldest is dropped. A batch a second while the service asks to wait. */
#define SP_MAX_UPLOADS 32u
/* Bodies of requests that outlive the page, in flight together: browsers allow 64 KiB (Fetch, "keepalive"), which other
   parts of the page share. */
#define SP_MAX_KEEPALIVE 61440u
/* Request numbers have this bit, so that they never meet those of the REST client. */
#define SP_UPLOAD_NUMBERS 0x80000000u

typedef struct sp_uploader_config {
  sp_str url;
  sp_str headers_json; /* custom headers as a JSON object, or absent */
} sp_uploader_config;

typedef enum sp_upload_event_kind {
  SP_UPLOAD_DONE,   /* a request has settled, retries included: source, ok, status, request */
  SP_UPLOAD_LOAD,   /* the store's text is asked for */
  SP_UPLOAD_STORE,  /* text is to be the store's text; "" removes it */
  SP_UPLOAD_FLUSHED /* every request of flush `call` has settled */
} sp_upload_event_kind;

typedef struct sp_upload_event {
  sp_upload_event_kind kind;
  uint8_t source; /* the logger's number, as given to sp_uploader_send */
  bool ok;
  int status;       /* 0: no response */
  uint32_t request; /* number of the last attempt: the host's handle of the cause */
  uint32_t call;
  sp_str text; /* lives until the next call into the uploader */
} sp_upload_event;

typedef struct sp_uploader sp_uploader;

/* Copies config; borrows fx and ids for its life. NULL: out of memory. */
sp_uploader *sp_uploader_new(const sp_alloc *alloc, sp_effects *fx, sp_ids *ids, const sp_uploader_config *config);
void sp_uploader_free(sp_uploader *u);
/* Read when an attempt is made. */
int sp_uploader_set_token(sp_uploader *u, sp_str token);
/* Whose logs these are. Requests that are to be saved wait in memory until it is known. */
int sp_uploader_set_organization(sp_uploader *u, sp_str organization);
void sp_uploader_set_online(sp_uploader *u, bool online); /* true at first */

/* Queues a request: `body` as upload_text.h writes it. SP_ENOMEM: it is lost. */
int sp_uploader_send(sp_uploader *u, uint64_t now, uint64_t wall, uint8_t source, sp_str body);
/* The page goes away: everything that waits starts at once, one attempt each, and so does `body`; what cannot is saved.
   sp_uploader_flush_end answers true when SP_UPLOAD_FLUSHED will follow, false when nobody can wait: call 0, or too
   many. */
void sp_uploader_flush(sp_uploader *u, uint64_t wall, uint32_t call);
int sp_uploader_send_now(sp_uploader *u, uint64_t wall, uint8_t source, sp_str body, uint32_t call);
bool sp_uploader_flush_end(sp_uploader *u, uint32_t call);
/* Forgets what waits for this logger; what is in flight is not tried again. */
void sp_uploader_drop(sp_uploader *u, uint64_t now, uint64_t wall, uint8_t source);

/* The host's result of request `id`; an unknown id is ignored. `status` 0: no response. */
void sp_uploader_result(sp_uploader *u, uint64_t now, uint64_t wall, uint32_t id, int status, sp_str retry_after);
/* Answers SP_UPLOAD_LOAD; an empty text when there is none or it cannot be read. */
void sp_uploader_stored(sp_uploader *u, uint64_t now, uint64_t wall, sp_str text);
void sp_uploader_tick(sp_uploader *u, uint64_t now, uint64_t wall);
uint64_t sp_uploader_deadline(const sp_uploader *u);
bool sp_uploader_take(sp_uploader *u, sp_upload_event *out);

#endif
