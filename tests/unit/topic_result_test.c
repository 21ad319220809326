/* SPDX-License-Identifier: MIT */
#include "streaming/topic_result.h"

#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define BODY                                                                                                           \
  "{\"entities\":[{\"id\":\"a.b\",\"state\":\"Permitted\"},{\"id\":\"c?d&e\",\"state\":\"Rejected\","                  \
  "\"rejectionReason\":\"no\",\"missingPermissions\":[\"p:q\"]},{\"id\":\"c.e\",\"state\":\"Permitted\"},"             \
  "{\"id\":\"f.g\",\"state\":\"Odd\"},7,{\"id\":\"h.i\"},{\"id\":\"j?k&l\",\"state\":\"Permitted\"}]}"

static const struct {
  const char *name, *body, *topic;
  bool partial;
  sp_topic_state state;
  const char *reason;
} cases[] = {
  { "permitted", BODY, "a.b", true, SP_TOPIC_PERMITTED, "" },
  { "rejected by its combined id", BODY, "c.d", true, SP_TOPIC_REJECTED, "no" },
  { "its own entry goes before that", BODY, "c.e", true, SP_TOPIC_PERMITTED, "" },
  { "the combined id itself", BODY, "c?d&e", true, SP_TOPIC_REJECTED, "no" },
  { "a combined topic, part by part", BODY, "c?e&d", true, SP_TOPIC_REJECTED, "no" },
  { "all parts permitted", BODY, "j?l&k", true, SP_TOPIC_PERMITTED, "" },
  { "a part without an entry", BODY, "j?l&m", true, SP_TOPIC_UNKNOWN, "" },
  { "a state that nobody knows", BODY, "f.g", true, SP_TOPIC_UNKNOWN, "" },
  { "no state", BODY, "h.i", true, SP_TOPIC_UNKNOWN, "" },
  { "no entry", BODY, "x.y", true, SP_TOPIC_UNKNOWN, "" },
  { "no entry, all or nothing", BODY, "x.y", false, SP_TOPIC_PERMITTED, "" },
  { "no entities", "{}", "a.b", true, SP_TOPIC_UNKNOWN, "" },
  { "entities are no array", "{\"entities\":{\"id\":\"a.b\"}}", "a.b", true, SP_TOPIC_UNKNOWN, "" },
  { "no body", NULL, "a.b", false, SP_TOPIC_PERMITTED, "" },
};

static void results(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_json_doc *doc = NULL;
    if (cases[i].body) assert_int_equal(sp_json_parse(NULL, sp_str_from(cases[i].body), &doc), SP_OK);
    const sp_json *root = doc ? sp_json_root(doc) : NULL;
    sp_topic_result result = sp_topic_result_of(root, sp_str_from(cases[i].topic), cases[i].partial);
    if (result.state != cases[i].state || !sp_str_is(result.reason, cases[i].reason)) fail_msg("%s", cases[i].name);
    assert_true((result.missing != NULL) == (result.state == SP_TOPIC_REJECTED));
    sp_json_free(doc);
  }
  assert_string_equal(sp_topic_state_word(SP_TOPIC_REJECTED), "Rejected");
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "W-6.6 result of a topic", results, NULL, NULL, NULL },
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
