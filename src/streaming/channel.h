/* SPDX-License-Identifier: MIT */
/* channel.h: who we are and which channel we connect to (wire.md §2.2, §2.4, §3.2 steps 3 to 5): R1 beside
 * R3, channel reuse. */
#ifndef SP_STREAMING_CHANNEL_H
#define SP_STREAMING_CHANNEL_H

#include "rest/rest.h"

/* Sockets per channel (wire.md §3.2). */
#define SP_CHANNEL_SOCKETS 10u

typedef enum sp_channel_outcome {
  SP_CHANNEL_WAITING, /* a result of this attempt is still to come, or the result was none of it */
  SP_CHANNEL_READY,
  SP_CHANNEL_REFUSED, /* 401 or 403 */
  SP_CHANNEL_FAILED
} sp_channel_outcome;

/* The cause of a failure: the host's handle, the status and what the server asked us to wait. */
typedef struct sp_channel_failure {
  uint32_t request;
  int status;
  uint64_t wait_ms;
} sp_channel_failure;

typedef struct sp_channel {
  const sp_alloc *alloc;
  sp_rest *rest;
  sp_str user_id, jid, id;
  bool hard_required; /* the next attempt must create a channel */
  unsigned reuses;
  uint32_t attempt; /* results carry it: those of earlier attempts are ignored */
  uint8_t op_identity, op_channel;
  bool identity_pending, channel_pending;
  bool ahead; /* R3 was sent before the attempt that it is for */
  sp_channel_outcome channel_outcome, identity_outcome;
  sp_channel_failure failure, identity_failure;
} sp_channel;

/* Copies the texts. The ops are the owner's codes for tokens of R1 and R3. */
int sp_channel_init(sp_channel *c, const sp_alloc *alloc, sp_rest *rest, sp_str user_id, sp_str jid);
void sp_channel_free(sp_channel *c);
/* Asks for a channel ahead of the first attempt; its result waits for that. */
void sp_channel_prepare(sp_channel *c, uint64_t now, uint8_t op_channel);
/* Who we are, from elsewhere: R1 is not needed any more. SP_ENOMEM: as before. */
int sp_channel_set_identity(sp_channel *c, sp_str user_id, sp_str jid);
/* Starts what an attempt needs. READY at once when the channel is reused, or was prepared. */
sp_channel_outcome sp_channel_begin(sp_channel *c, uint64_t now, uint8_t op_identity, uint8_t op_channel);
sp_channel_outcome sp_channel_result(sp_channel *c, const sp_rest_result *result);
/* Results still under way mean nothing any more. */
void sp_channel_abandon(sp_channel *c);
/* Appends one URL path segment, percent-encoding what RFC 3986 §3.3 does not allow there. */
void sp_channel_add_segment(sp_buf *out, sp_str segment);

#endif
