/* SPDX-License-Identifier: MIT */
/* answers.h: the texts of answers to subscribe calls, kept until the layer above has read them: the response
   that they were cut from is gone by then. */
#ifndef SP_STREAMING_ANSWERS_H
#define SP_STREAMING_ANSWERS_H

#include "streaming/events.h"

typedef struct sp_answer_texts sp_answer_texts;

typedef struct sp_answers {
  const sp_alloc *alloc;
  sp_events *events;
  sp_answer_texts *kept;
} sp_answers;

void sp_answers_init(sp_answers *a, const sp_alloc *alloc, sp_events *events);
void sp_answers_free(sp_answers *a);
/* Pushes a copy of `answer`, an event of kind SP_STREAMING_SUBSCRIBED that was promised. Without memory for
   its texts it goes without them. */
void sp_answers_push(sp_answers *a, const sp_streaming_event *answer);

#endif
