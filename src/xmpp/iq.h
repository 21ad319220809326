/* SPDX-License-Identifier: MIT */
/* iq.h: the outbox of one client: stanzas waiting to be sent, and requests (IQ get/set) waiting for their
   answer (RFC 6120 §8.2.3). Any module may put stanzas here; the stream drains it in order, and every request
   is answered exactly once: by its result or error, by a time-out (15 s), or at once when there is no
   connection. A sp_token says whose request it is; answers are taken by sp_iq_take and routed by the core. */
#ifndef SP_XMPP_IQ_H
#define SP_XMPP_IQ_H

#include "base/effect.h"
#include "base/ids.h"
#include "base/timer.h"
#include "base/token.h"
#include "xml/reader.h"
#include "xml/writer.h"

#define SP_IQ_TIMEOUT_MS 15000u

typedef enum sp_iq_outcome { SP_IQ_RESULT, SP_IQ_ERROR, SP_IQ_TIMED_OUT, SP_IQ_NOT_SENT } sp_iq_outcome;

typedef struct sp_iq_answer {
  sp_token token;
  sp_iq_outcome outcome;
  const sp_xml *stanza; /* the reply, for RESULT and ERROR; lives as long as the input's arena */
  sp_str condition;     /* error condition for ERROR ("service-unavailable"), "timeout", or "not-connected" */
} sp_iq_answer;

typedef struct sp_iq sp_iq;

/* Borrows ids and fx. NULL: out of memory. */
sp_iq *sp_iq_new(const sp_alloc *alloc, sp_ids *ids, sp_effects *fx);
void sp_iq_free(sp_iq *iq);

/* The connection: while a socket is set, stanzas leave as SP_FX_SOCKET_SEND at once. `own` is the full JID,
   copied. Without `own` the stream is being bound: only requests of owner STREAMING leave, and a second call
   with the JID follows. */
int sp_iq_attach(sp_iq *iq, uint32_t socket, sp_str own);
/* No connection any more: everything waiting is answered NOT_SENT. */
void sp_iq_detach(sp_iq *iq);
bool sp_iq_attached(const sp_iq *iq);
uint32_t sp_iq_socket(const sp_iq *iq);
/* number of the newest connection, 0 before the first */ /* to a stream that is bound */
sp_str sp_iq_own_jid(const sp_iq *iq);                    /* full JID; absent when not attached */
sp_uuid sp_iq_new_id(sp_iq *iq);                          /* for a stanza written elsewhere */

/* Sends a complete stanza that expects no answer. SP_ESTATE when not attached. */
int sp_iq_send(sp_iq *iq, sp_str stanza);

/* Requests. Begin gives a writer positioned inside <iq>: write exactly one child, then end.
     sp_xw w; sp_iq_begin(iq, &w, "get", to, with_from); sp_xw_open(&w, "ping")...; sp_xw_close(&w);
     sp_iq_end(iq, &w, now, token);
   `to` absent: no attribute. `with_from` adds from = own full JID (wire.md §9.1). The id is a fresh UUID.
   A token of owner NONE: the answer is consumed silently (no record waits).
   Without connection the answer NOT_SENT is queued (and SP_OK returned). SP_ELIMIT: too many requests wait or
   it is too long (answered NOT_SENT too). SP_ENOMEM: nothing was sent and no answer follows. One request is
   written at a time. */
void sp_iq_begin(sp_iq *iq, sp_xw *w, const char *type, sp_str to, bool with_from);
int sp_iq_end(sp_iq *iq, sp_xw *w, uint64_t now, sp_token token);

/* Replies to a request of the peer (RFC 6120 §8.2.3): to = its from, id = its id. */
int sp_iq_reply_result(sp_iq *iq, const sp_xml *request);
/* error type "cancel" or "modify", defined condition; `app_ns`/`app_name` add an application condition (may
 * be NULL). */
int sp_iq_reply_error(sp_iq *iq, const sp_xml *request, const char *type, const char *condition, const char *app_ns,
                      const char *app_name);

/* A stanza came in: true when it is an iq result/error and so consumed. It answers the request with its id
   when the sender may (wire.md §4.5); otherwise it is dropped. */
bool sp_iq_receive(sp_iq *iq, const sp_xml *stanza);
void sp_iq_tick(sp_iq *iq, uint64_t now);
uint64_t sp_iq_deadline(const sp_iq *iq);
/* Next answer, oldest first; false when none. Its texts live until the next call into iq. */
bool sp_iq_take(sp_iq *iq, sp_iq_answer *out);

#endif
