/* SPDX-License-Identifier: MIT */
/* path.h: a media session's way to its peer. There are two, SDP over XMPP (sdp_path.c; wire.md §9) and Jingle
   (jingle_path.c; §10), and who has a session does not know which one it uses: stanzas come in as signals, what is to
   be said goes out through the session's link. */
#ifndef SP_SIGNALING_PATH_H
#define SP_SIGNALING_PATH_H

#include "base/token.h"
#include "jingle/session.h"
#include "signaling/sdp_rpc.h"
#include "signaling/table.h"
#include "xmpp/iq.h"

typedef struct sp_signaling sp_signaling;

/* What a session says. `a` and `b` as named here, else absent. */
typedef enum sp_say {
  SP_SAY_ANSWER,    /* a: SDP */
  SP_SAY_CANDIDATE, /* a: mid, b: candidate; with an absent b no more follow */
  SP_SAY_ACTIVE,
  SP_SAY_MUTE, /* a: "audio" or "video", b: id of the user */
  SP_SAY_UNMUTE,
  SP_SAY_SCREEN_START, /* Jingle on either path (§11.2) */
  SP_SAY_SCREEN_STOP,
  SP_SAY_REPORT,   /* a: params of a quality report, JSON */
  SP_SAY_TERMINATE /* a: reason condition, absent: success */
} sp_say;

typedef struct sp_path sp_path;

/* The way of one session; part of its record. `id` and `peer` borrow from there. */
typedef struct sp_link {
  const sp_path *path;
  sp_jingle_session *jingle; /* NULL over SDP over XMPP */
  sp_str id, peer;
} sp_link;

struct sp_path {
  /* SP_OK: sent, or held back until it may be; the answer has this token, if its op is not 0. SP_ENOENT: there is
     nothing to send, and no answer follows. Else the failure of sp_iq_end or of a buffer. */
  int (*say)(sp_signaling *g, uint64_t now, const sp_link *link, sp_say what, sp_str a, sp_str b, sp_token token);
  /* The peer connection took an offer of the peer, or refused it or its answer. What to end the session with, or NULL.
   */
  const char *(*described)(sp_signaling *g, const sp_link *link, bool ok);
  /* An answer to something that was said: the same. Nothing is sent at that end. */
  const char *(*replied)(const sp_link *link, const sp_iq_answer *answer);
  /* The word for connectionState that follows from a state of ICE or of the whole peer connection; absent: none does.
   *ends: the session is over with it. */
  sp_str (*state)(const sp_link *link, bool is_ice, sp_str state, bool *ends);
  /* An offer that is not taken. */
  void (*refuse)(const sp_link *link);
  /* The session has ended. */
  void (*close)(const sp_link *link);
};

extern const sp_path sp_sdp_path, sp_jingle_path;

typedef enum sp_signal_kind {
  SP_SIGNAL_OFFER,     /* of a new session, or of one that is known */
  SP_SIGNAL_RESTART,   /* another description of a known session, whose ICE credentials changed: it goes on */
  SP_SIGNAL_CANDIDATE, /* with an empty candidate: no more of this mid */
  SP_SIGNAL_INFO,
  SP_SIGNAL_END
} sp_signal_kind;

/* Texts live until the next call of sp_signaling_take. */
typedef struct sp_signal {
  sp_signal_kind kind;
  sp_link link; /* its id and peer are those of the signal */
  sp_str sdp, conversation_id, rpc_id;
  bool reinvite;
  sp_str mid, candidate;
  sp_str fragment; /* of a candidate that may come before its offer; else absent */
  sp_str word;     /* INFO: an event of the session, with these: */
  sp_str info, creator, name;
  sp_str reason, text; /* END: the condition, absent: success */
  bool removes_tracks; /* END: the far side took its tracks back (§10.2) */
} sp_signal;

typedef struct sp_signaling_env {
  const sp_alloc *alloc;
  sp_ids *ids;
  sp_iq *iq;
  const sp_table *table;
} sp_signaling_env;

sp_signaling *sp_signaling_new(const sp_signaling_env *env); /* borrows all of it; NULL: out of memory */
void sp_signaling_free(sp_signaling *g);
/* An IQ set that streaming left to us, or a presence. Every IQ is answered, now or later. SP_ESYNTAX, SP_ELIMIT,
   SP_ENOMEM: an unreadable one, which was answered. */
int sp_signaling_stanza(sp_signaling *g, const sp_xml *stanza);
/* What has come of it, one after the other; false: nothing more. To be called again after anything was said. */
bool sp_signaling_take(sp_signaling *g, uint64_t now, sp_signal *out);

#endif
