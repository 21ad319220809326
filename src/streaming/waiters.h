/* SPDX-License-Identifier: MIT */
/* waiters.h: subscribe calls that wait for their answer, and their claim on the topics of the set: a refused
   call takes back what it put there (wire.md D7), unless somebody else waits for it. */
#ifndef SP_STREAMING_WAITERS_H
#define SP_STREAMING_WAITERS_H

#include "base/json.h"
#include "streaming/subscriptions.h"

typedef enum sp_waiter_stage {
  SP_WAITER_DEFERRED, /* immediate, but there is no connection */
  SP_WAITER_ASKED,    /* its XMPP subscribe is under way */
  SP_WAITER_JOINED,   /* immediate: another caller's subscribe of the same topic is under way */
  SP_WAITER_QUEUED,   /* for the next PUT; id 0 */
  SP_WAITER_SENT      /* in the PUT with its id */
} sp_waiter_stage;

struct sp_waiter {
  struct sp_waiter *next;
  sp_str topic;
  sp_token token;
  sp_topic_kind kind;
  sp_waiter_stage stage;
  uint32_t id;
  bool ahead;     /* asked while the stream was being bound: a refusal may be due to that */
  uint32_t fresh; /* which parts of its topic this call put into the set */
};

/* Why a call is refused; all of it may be absent. */
typedef struct sp_refusal {
  sp_str reason;
  const sp_json *missing;
  uint32_t request;
  int status;
} sp_refusal;

extern const sp_refusal sp_unexplained;

/* NULL: out of memory. It belongs to the caller until it is enlisted. */
sp_waiter *sp_waiter_new(sp_subscriptions *s, const sp_topic_request *request, sp_token token);
void sp_waiter_free(sp_subscriptions *s, sp_waiter *w);
/* Puts its topics into the set. SP_EEXIST: all of them were there. */
int sp_waiter_register(sp_subscriptions *s, sp_waiter *w);
void sp_waiter_take_back(sp_subscriptions *s, const sp_waiter *w);
void sp_waiter_enlist(sp_subscriptions *s, sp_waiter *w);
/* Whether all its topics found room in the last body. */
bool sp_waiter_fits(sp_subscriptions *s, const sp_waiter *w);

/* Answers and removes a waiter; `why` NULL: it has its topic. */
void sp_waiter_settle(sp_subscriptions *s, const sp_waiter *w, const sp_refusal *why);
void sp_waiter_settle_at(sp_subscriptions *s, sp_waiter **link, const sp_refusal *why);
void sp_waiters_settle(sp_subscriptions *s, sp_waiter_stage stage, uint32_t id, const sp_refusal *why);
void sp_waiters_mark(sp_subscriptions *s, sp_waiter_stage from, uint32_t from_id, sp_waiter_stage to, uint32_t to_id);
/* Whether an immediate call for this topic waits. */
bool sp_waiters_asked(const sp_subscriptions *s, sp_str topic);

/* Takes `topic`, as it was written and what it stands for, out of the set. SP_ENOENT. */
int sp_waiters_unregister(sp_subscriptions *s, sp_str topic);

#endif
