/* SPDX-License-Identifier: MIT */
#include "streaming/topic_result.h"

#include "streaming/topics.h"

static sp_topic_result read_entry(const sp_json *entry) {
  sp_str state = sp_json_get_str(entry, "state");
  const sp_json *missing = sp_json_get(entry, "missingPermissions");
  sp_topic_result result = { SP_TOPIC_UNKNOWN, sp_json_get_str(entry, "rejectionReason"), NULL };
  if (sp_str_is(state, "Permitted")) result.state = SP_TOPIC_PERMITTED;
  if (sp_str_is(state, "Rejected")) result.state = SP_TOPIC_REJECTED;
  if (sp_json_is_array(missing) && sp_json_count(missing) > 0) result.missing = missing;
  return result;
}

/* An entry of its own goes before one of a combined id that stands for it. */
static const sp_json *find_entry(const sp_json *body, sp_str topic) {
  const sp_json *entities = sp_json_get(body, "entities"), *covering = NULL;
  if (!sp_json_is_array(entities)) return NULL;
  bool single = !sp_topic_is_combined(topic);
  for (const sp_json *e = sp_json_first(entities); e; e = sp_json_next(e)) {
    sp_str id = sp_json_get_str(e, "id");
    if (sp_str_eq(id, topic)) return e;
    if (single && !covering && sp_topic_covers(id, topic)) covering = e;
  }
  return covering;
}

static bool is_covered_by(const sp_json *entry, sp_str prefix, sp_str postfix) {
  sp_str id = sp_json_get_str(entry, "id"), p, q;
  for (size_t at = 0; sp_topic_part(id, &at, &p, &q);)
    if (sp_str_eq(p, prefix) && sp_str_eq(q, postfix)) return true;
  return false;
}

static const sp_json *find_part(const sp_json *body, sp_str prefix, sp_str postfix) {
  const sp_json *entities = sp_json_get(body, "entities"), *covering = NULL;
  if (!sp_json_is_array(entities)) return NULL;
  for (const sp_json *e = sp_json_first(entities); e; e = sp_json_next(e)) {
    if (!is_covered_by(e, prefix, postfix)) continue;
    if (!sp_topic_is_combined(sp_json_get_str(e, "id"))) return e;
    if (!covering) covering = e;
  }
  return covering;
}

sp_topic_result sp_topic_result_of(const sp_json *body, sp_str topic, bool partial) {
  sp_topic_result permitted = { SP_TOPIC_PERMITTED, SP_STR_NONE, NULL };
  sp_topic_result absent = { partial ? SP_TOPIC_UNKNOWN : SP_TOPIC_PERMITTED, SP_STR_NONE, NULL };
  const sp_json *entry = find_entry(body, topic);
  if (entry) return read_entry(entry);
  if (!sp_topic_is_combined(topic)) return absent;
  sp_str prefix, postfix;
  for (size_t at = 0; sp_topic_part(topic, &at, &prefix, &postfix);) {
    entry = find_part(body, prefix, postfix);
    sp_topic_result result = entry ? read_entry(entry) : absent;
    if (result.state != SP_TOPIC_PERMITTED) return result;
  }
  return permitted;
}

const char *sp_topic_state_word(sp_topic_state state) {
  static const char *const words[] = { "Permitted", "Rejected", "Unknown" };
  return words[state];
}
