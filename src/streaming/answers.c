/* SPDX-License-Identifier: MIT */
#include "streaming/answers.h"

#include "base/status.h"

struct sp_answer_texts {
  struct sp_answer_texts *next;
  sp_str text, message, json;
};

void sp_answers_init(sp_answers *a, const sp_alloc *alloc, sp_events *events) {
  *a = (sp_answers){ alloc, events, NULL };
}

static void free_texts(sp_answers *a, sp_answer_texts *t) {
  sp_str_free(a->alloc, &t->text);
  sp_str_free(a->alloc, &t->message);
  sp_str_free(a->alloc, &t->json);
  sp_alloc_free(a->alloc, t);
}

void sp_answers_free(sp_answers *a) {
  while (a->kept) {
    sp_answer_texts *t = a->kept;
    a->kept = t->next;
    free_texts(a, t);
  }
}

static sp_answer_texts *keep(sp_answers *a, const sp_streaming_event *answer) {
  /* Everything was taken, and its texts lived until this call. */
  if (a->events->count == 0) sp_answers_free(a);
  sp_answer_texts *t = sp_alloc_new(a->alloc, sizeof *t);
  if (!t) return NULL;
  if (sp_str_dup(a->alloc, answer->text, &t->text) == SP_OK &&
      sp_str_dup(a->alloc, answer->message, &t->message) == SP_OK &&
      sp_str_dup(a->alloc, answer->json, &t->json) == SP_OK) {
    t->next = a->kept;
    a->kept = t;
    return t;
  }
  free_texts(a, t);
  return NULL;
}

void sp_answers_push(sp_answers *a, const sp_streaming_event *answer) {
  sp_streaming_event event = *answer;
  bool has_texts = event.text.len + event.message.len + event.json.len > 0;
  const sp_answer_texts *t = has_texts ? keep(a, answer) : NULL;
  event.text = t ? t->text : SP_STR_NONE;
  event.message = t ? t->message : SP_STR_NONE;
  event.json = t ? t->json : SP_STR_NONE;
  sp_events_push(a->events, &event);
}
