/* SPDX-License-Identifier: MIT */
#include "conversation/record.h"

#include "base/limits.h"

#include <string.h>

/* --- content --- */

static sp_call_flag flag_of(const sp_json *call, const char *key) {
  const sp_json *value = sp_json_get(call, key);
  if (!sp_json_is_bool(value)) return SP_FLAG_ABSENT;
  return sp_json_bool(value, false) ? SP_FLAG_TRUE : SP_FLAG_FALSE;
}

/* `state` is filled in from the content's own block. A call without a state counts as class U. */
static sp_call_facts facts_of(const sp_json *call) {
  sp_call_facts facts = { .class = SP_CALL_NONE };
  if (!call) return facts;
  facts.class = sp_call_class_of(sp_json_get_str(call, "state"));
  if (facts.class == SP_CALL_NONE) facts.class = SP_CALL_OTHER;
  facts.held = flag_of(call, "held");
  facts.muted = flag_of(call, "muted");
  facts.confined = flag_of(call, "confined");
  return facts;
}

static bool is_too_big(const sp_json *conversation) {
  const sp_json *participants = sp_json_get(conversation, "participants");
  if (sp_json_count(participants) > SP_MAX_PARTICIPANTS) return true;
  for (const sp_json *p = sp_json_first(participants); p; p = sp_json_next(p))
    if (sp_json_count(sp_json_get(p, "calls")) > SP_MAX_PARTICIPANT_CALLS) return true;
  return false;
}

int sp_content_make(const sp_alloc *alloc, sp_buf *scratch, const sp_json *conversation, sp_str user_id,
                    const sp_json *participant, const sp_json *call, sp_content *out) {
  /* The end of a conversation is always taken: refusing it would leave a ghost. */
  if (sp_call_class_of(sp_json_get_str(call, "state")) != SP_CALL_ENDED && is_too_big(conversation)) return SP_ELIMIT;
  const sp_json *before = sp_conversation_call(sp_conversation_participant(conversation, user_id, SP_STR("connected")));
  sp_content made = { .latest = facts_of(call), .previous = facts_of(before) };
  sp_place places[2] = { { .of = participant }, { .of = call } };
  sp_str *const texts[] = { &made.update, &made.participant_id, &made.purpose, &made.latest.state,
                            &made.previous.state };
  const sp_str plain[] = { SP_STR_NONE, sp_json_get_str(participant, "id"), sp_json_get_str(participant, "purpose"),
                           sp_json_get_str(call, "state"), sp_json_get_str(before, "state") };
  enum { TEXTS = sizeof texts / sizeof *texts };
  size_t ends[TEXTS];
  sp_buf_reset(scratch);
  sp_conversation_write(scratch, conversation, places);
  for (size_t i = 0; i < TEXTS; i++) {
    sp_buf_add(scratch, plain[i]);
    ends[i] = scratch->len;
  }
  int status = sp_buf_status(scratch);
  if (status == SP_OK) status = sp_str_dup(alloc, sp_buf_str(scratch), &made.block);
  if (status != SP_OK) return status;
  for (size_t i = 0; i < TEXTS; i++) *texts[i] = sp_str_slice(made.block, i ? ends[i - 1] : 0, ends[i]);
  made.participant = sp_str_slice(made.block, places[0].from, places[0].to);
  made.call = sp_str_slice(made.block, places[1].from, places[1].to);
  *out = made;
  return SP_OK;
}

void sp_content_free(const sp_alloc *alloc, sp_content *content) {
  sp_str_free(alloc, &content->block);
  *content = (sp_content){ .block = SP_STR_NONE };
}

/* --- records --- */

static void record_free(const sp_alloc *alloc, sp_record *record) {
  sp_content_free(alloc, &record->content);
  sp_str_free(alloc, &record->conversation_id);
  sp_alloc_free(alloc, record);
}

void sp_records_clear(sp_records *records) {
  for (size_t i = 0; i < records->count; i++) record_free(records->alloc, records->order[i]);
  sp_alloc_free(records->alloc, records->order);
  sp_alloc_free(records->alloc, records->sorted);
  *records = (sp_records){ .alloc = records->alloc, .numbers = records->numbers };
}

/* Where the id stands in the index, or would. */
static size_t position_of(const sp_records *records, sp_str conversation_id) {
  size_t low = 0, high = records->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (sp_str_cmp(records->sorted[middle]->conversation_id, conversation_id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

sp_record *sp_records_find(const sp_records *records, sp_str conversation_id) {
  size_t at = position_of(records, conversation_id);
  if (at == records->count || !sp_str_eq(records->sorted[at]->conversation_id, conversation_id)) return NULL;
  return records->sorted[at];
}

static bool grow_list(const sp_alloc *alloc, sp_record ***list, size_t capacity) {
  sp_record **grown = sp_alloc_resize(alloc, *list, capacity * sizeof *grown);
  if (grown) *list = grown;
  return grown != NULL;
}

static int make_room(sp_records *records) {
  if (records->count < records->capacity) return SP_OK;
  if (records->count >= SP_MAX_CONVERSATIONS) return SP_ELIMIT;
  size_t capacity = records->capacity ? records->capacity * 2 : 8;
  if (capacity > SP_MAX_CONVERSATIONS) capacity = SP_MAX_CONVERSATIONS;
  if (!grow_list(records->alloc, &records->order, capacity)) return SP_ENOMEM;
  if (!grow_list(records->alloc, &records->sorted, capacity)) return SP_ENOMEM;
  records->capacity = capacity;
  return SP_OK;
}

int sp_records_add(sp_records *records, sp_str conversation_id, sp_record **out) {
  int status = make_room(records);
  if (status != SP_OK) return status;
  sp_record *record = sp_alloc_new(records->alloc, sizeof *record);
  if (!record) return SP_ENOMEM;
  status = sp_str_dup(records->alloc, conversation_id, &record->conversation_id);
  if (status != SP_OK) {
    sp_alloc_free(records->alloc, record);
    return status;
  }
  record->number = ++records->numbers;
  size_t at = position_of(records, conversation_id);
  memmove(records->sorted + at + 1, records->sorted + at, (records->count - at) * sizeof *records->sorted);
  records->sorted[at] = record;
  records->order[records->count++] = record;
  *out = record;
  return SP_OK;
}

static void take_out(sp_record **list, size_t at, size_t count) {
  memmove(list + at, list + at + 1, (count - at - 1) * sizeof *list);
}

void sp_records_remove(sp_records *records, sp_record *record) {
  size_t at = 0;
  while (records->order[at] != record) at++;
  take_out(records->order, at, records->count);
  take_out(records->sorted, position_of(records, record->conversation_id), records->count);
  records->count--;
  record_free(records->alloc, record);
}
