/* SPDX-License-Identifier: MIT */
/* topic_result.h: what the platform says about each topic of a subscription request (wire.md §6.6). */
#ifndef SP_STREAMING_TOPIC_RESULT_H
#define SP_STREAMING_TOPIC_RESULT_H

#include "base/json.h"

typedef enum sp_topic_state { SP_TOPIC_PERMITTED, SP_TOPIC_REJECTED, SP_TOPIC_UNKNOWN } sp_topic_state;

/* Borrows from the body. */
typedef struct sp_topic_result {
  sp_topic_state state;
  sp_str reason;          /* absent when none is given */
  const sp_json *missing; /* array of permissions, or NULL */
} sp_topic_result;

/* `body`: the response, may be NULL. Outside partial mode a topic without an entry is permitted. A combined
   topic without an entry of its own has the first result of its parts that is not permitted. */
sp_topic_result sp_topic_result_of(const sp_json *body, sp_str topic, bool partial);
const char *sp_topic_state_word(sp_topic_state state); /* "Permitted", "Rejected", "Unknown" */

#endif
