/* SPDX-License-Identifier: MIT */
/* session.h: Jingle sessions as a protocol alone (XEP-0166 1.1, XEP-0167, XEP-0176; wire.md §10): what the peer sends
   is checked and becomes a step, what is ours is written as the content of an IQ set. Nothing is sent from here and
   nothing of a peer connection is known.

   Sessions are offered to us; we offer none.

     receive ──► step ──► perform it ──► send its reply, if one is due ──► next ──► step …

   Every action that comes in gets exactly one reply. The actions of one session are taken in order: while a description
   is being applied they wait, all but session-terminate. Texts of a step live until the next call of receive or next,
   those from the stanza as long as the stanza. */
#ifndef SP_JINGLE_SESSION_H
#define SP_JINGLE_SESSION_H

#include "jingle/convert.h"

#define SP_NS_JINGLE_ERRORS "urn:xmpp:jingle:errors:1"

typedef struct sp_jingle sp_jingle;                 /* all sessions of one client */
typedef struct sp_jingle_session sp_jingle_session; /* one; its owner above calls sp_jingle_close */

typedef enum sp_jingle_kind {
  SP_JINGLE_NOTHING,    /* a reply at most */
  SP_JINGLE_OFFER,      /* a new session: its description is to be applied; then sp_jingle_described, or refuse */
  SP_JINGLE_RESTART,    /* the description changed and is to be applied again; then the same */
  SP_JINGLE_CANDIDATES, /* sp_jingle_candidate gives them, and must be called until there is none */
  SP_JINGLE_INFO,       /* `word` with `creator` and `name` */
  SP_JINGLE_ENDED       /* by the peer: `reason`, `text` */
} sp_jingle_kind;

typedef enum sp_jingle_error {
  SP_JINGLE_RESULT, /* no error */
  SP_JINGLE_BAD_REQUEST,
  SP_JINGLE_SERVICE_UNAVAILABLE,
  SP_JINGLE_TIE_BREAK,
  SP_JINGLE_OUT_OF_ORDER,
  SP_JINGLE_UNKNOWN_SESSION,
  SP_JINGLE_UNSUPPORTED_INFO,
  SP_JINGLE_INTERNAL,
  SP_JINGLE_CONSTRAINT,
  SP_JINGLE_ERRORS
} sp_jingle_error;

/* How an error is written: its type, the defined condition, and one of SP_NS_JINGLE_ERRORS or NULL. */
typedef struct sp_jingle_fault {
  const char *type, *condition, *detail;
} sp_jingle_fault;
sp_jingle_fault sp_jingle_fault_of(sp_jingle_error error); /* of no error: all NULL */

typedef struct sp_jingle_step {
  sp_jingle_kind kind;
  sp_jingle_session *session;
  bool replies; /* after the step was performed */
  sp_jingle_error error;
  sp_str to, id;       /* of the reply */
  const char *refusal; /* own action that follows the reply: sp_jingle_write_refusal; or NULL */
  const char *word;    /* event of the session */
  sp_str info;         /* the element it comes from */
  const char *reason;
  sp_str creator, name, text;
} sp_jingle_step;

sp_jingle *sp_jingle_new(const sp_alloc *alloc, sp_ids *ids); /* borrows both; NULL: out of memory */
void sp_jingle_free(sp_jingle *jingle);

/* An IQ set with a <jingle> child. `own`: our full JID. `elsewhere`: this session id is signalled in another way, so
   its session-initiate is acknowledged and makes nothing (§10.1). */
void sp_jingle_receive(sp_jingle *jingle, const sp_xml *stanza, sp_str own, bool elsewhere, sp_jingle_step *out);
/* What else is to be done now; false when nothing is. */
bool sp_jingle_next(sp_jingle *jingle, sp_jingle_step *out);
/* The full JID is gone: the next of its sessions ends with reason "gone", nothing is sent (§10.7); false: none left. */
bool sp_jingle_unavailable(sp_jingle *jingle, sp_str jid, sp_jingle_step *out);

/* --- one session --- */

sp_str sp_jingle_sid(const sp_jingle_session *s);
sp_str sp_jingle_peer(const sp_jingle_session *s);
/* Its newest remote description as SDP. */
sp_str sp_jingle_remote(const sp_jingle_session *s);
/* Is signaling stable: answered, and no restart under way? Until then candidates wait, theirs and ours. */
bool sp_jingle_stable(const sp_jingle_session *s);
bool sp_jingle_is_over(const sp_jingle_session *s);
/* The next of the peer's candidates, moved into *mid and *line (sp_str_free them). An empty line: no more of this mid.
 */
bool sp_jingle_candidate(sp_jingle_session *s, sp_str *mid, sp_str *line);
/* The peer connection took the description or the answer to it, or refused. Fills *out when a reply is due now. Answers
   the reason to end with, NULL: go on (a refused session is over; sp_jingle_next has its reply). */
const char *sp_jingle_described(sp_jingle_session *s, bool ok, sp_jingle_step *out);
/* The offered session is not wanted, or there is no room: over and closed. */
void sp_jingle_refuse(sp_jingle_session *s);
/* It has ended here. What still waits for a reply gets one from sp_jingle_next. */
void sp_jingle_set_over(sp_jingle_session *s);
/* The same, and its owner forgets it: it is freed with the next sp_jingle_next. */
void sp_jingle_close(sp_jingle_session *s);
/* The answer to an action of ours: the reason to end with, NULL: go on. `error` NULL: a result, or no answer came. */
const char *sp_jingle_replied(const sp_jingle_session *s, const sp_xml *error);

/* Something of ours that has to wait until signaling is stable: SP_ELIMIT, SP_ENOMEM. The texts are copied. */
int sp_jingle_hold(sp_jingle_session *s, int what, sp_str a, sp_str b);
/* The oldest that may go now, moved into *a and *b (sp_str_free them); false: none. */
bool sp_jingle_held(sp_jingle_session *s, int *what, sp_str *a, sp_str *b);

/* --- own actions: one <jingle> element, written into an open <iq>. SP_OK, or the failure of a buffer or conversion.
 * --- */

/* session-accept first, later the transport-info that answers a restart (§10.6). SP_ENOENT: no answer is wanted. */
int sp_jingle_write_answer(sp_jingle_session *s, sp_xw *w, sp_str sdp);
/* It is on its way. Fills *out when a reply is due now. */
void sp_jingle_answered(sp_jingle_session *s, sp_jingle_step *out);
/* transport-info of one candidate; with an absent line, the end of gathering. SP_ENOENT: §9.5 holds it back. */
int sp_jingle_write_own_candidate(const sp_jingle_session *s, sp_xw *w, sp_str mid, sp_str line);
/* session-info with this element of XEP-0167; absent attributes are left out. */
int sp_jingle_write_info(sp_xw *w, sp_str sid, const char *element, sp_str creator, sp_str name);
/* session-terminate. A condition that XEP-0166 does not have becomes general-error, an absent one success. */
int sp_jingle_write_terminate(const sp_jingle_session *s, sp_xw *w, sp_str reason);
/* content-reject, transport-reject. */
int sp_jingle_write_refusal(const sp_jingle_session *s, sp_xw *w, const char *action);

/* The condition in the <reason> of a <jingle>; "success" when there is none, "general-error" when it is unknown. */
const char *sp_jingle_reason(const sp_xml *jingle);

#endif
