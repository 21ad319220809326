/* SPDX-License-Identifier: MIT */
/* message.h: session proposals (XEP-0353 style with Genesys attributes; wire.md §8): propose, proceed, accept, reject,
 * retract. */
#ifndef SP_SIGNALING_MESSAGE_H
#define SP_SIGNALING_MESSAGE_H

#include "xml/reader.h"
#include "xml/writer.h"

typedef enum sp_message_kind {
  SP_MESSAGE_NONE, /* not a proposal message, or of type error */
  SP_MESSAGE_PROPOSE,
  SP_MESSAGE_PROCEED,
  SP_MESSAGE_ACCEPT,
  SP_MESSAGE_REJECT,
  SP_MESSAGE_RETRACT
} sp_message_kind;

typedef enum sp_tribool { SP_UNSET = -1, SP_FALSE = 0, SP_TRUE = 1 } sp_tribool;

/* Borrows from the stanza. */
typedef struct sp_message {
  sp_message_kind kind;
  sp_str from, to, session_id;
  /* propose only */
  sp_str conversation_id, persistent_conversation_id, from_user_id, original_room_jid, meeting_id, priv_answer_mode;
  sp_tribool auto_answer, sdp_over_xmpp;
} sp_message;

/* SP_MESSAGE_NONE unless the stanza is a message (not of type error) with one such child that has an id. */
void sp_message_read(const sp_xml *stanza, sp_message *out);
/* Appends <message to><kind id/></message>. */
void sp_message_write(sp_buf *out, sp_message_kind kind, sp_str to, sp_str session_id);

typedef enum sp_session_type {
  SP_SESSION_UNKNOWN,
  SP_SESSION_SOFTPHONE,
  SP_SESSION_VIDEO,
  SP_SESSION_SCREEN_SHARE,
  SP_SESSION_SCREEN_RECORDING,
  SP_SESSION_LIVE_MONITORING,
  SP_SESSION_TYPES
} sp_session_type;

sp_session_type sp_session_type_of_jid(sp_str peer); /* wire.md §8.4 */
const char *
sp_session_type_word(sp_session_type type); /* "softphone", "collaborateVideo", "screenShare", … "unknown" */
sp_session_type sp_session_type_from_word(sp_str word); /* UNKNOWN for anything else */

#endif
