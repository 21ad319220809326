/* SPDX-License-Identifier: MIT */
#include "streaming/topics.h"

#include "base/limits.h"
#include "base/status.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* `topics`: separated by blanks, with an optional "=priority" digit; "*" before it: with a handler, "!": internal,
   otherwise bulk. */
static const struct {
  const char *name, *topics, *body;
} cases[] = {
  { "empty", "", "[]" },
  { "one", "v2.users.u1.presence", "[{\"id\":\"v2.users.u1.presence\"}]" },
  { "burst of the specification", "v2.users.u2.presence v2.system.x?a&b v2.users.u1.presence v2.users.u1.geolocation",
    "[{\"id\":\"v2.users.u2.presence\"},{\"id\":\"v2.users.u1?presence&geolocation\"},{\"id\":\"v2.system.x?"
    "a&b\"}]" },
  { "twice the same", "a.b a.b", "[{\"id\":\"a.b\"}]" },
  { "groups in first-seen order", "z.a y.a z.b x.a y.b", "[{\"id\":\"z?a&b\"},{\"id\":\"y?a&b\"},{\"id\":\"x.a\"}]" },
  { "priority first, stable", "a.a b.b=2 c.c d.d=2 e.e=5",
    "[{\"id\":\"e.e\"},{\"id\":\"b.b\"},{\"id\":\"d.d\"},{\"id\":\"a.a\"},{\"id\":\"c.c\"}]" },
  { "a group has its highest priority", "a.a b.x b.y=3", "[{\"id\":\"b?x&y\"},{\"id\":\"a.a\"}]" },
  { "a precombined topic has that of its parts", "z.z=1 a.x=4 a?x&y",
    "[{\"id\":\"a.x\"},{\"id\":\"a?x&y\"},{\"id\":\"z.z\"}]" },
  { "and gives them its own", "z.z=1 a.x a?x&y=4", "[{\"id\":\"a.x\"},{\"id\":\"a?x&y\"},{\"id\":\"z.z\"}]" },
  { "bulk, internal, handlers", "*h.a !i.a b.a *h.b b.b", "[{\"id\":\"b?a&b\"},{\"id\":\"i.a\"},{\"id\":\"h?a&b\"}]" },
  { "bulk counts before a handler", "*a.a *c.c a.a", "[{\"id\":\"a.a\"},{\"id\":\"c.c\"}]" },
  { "a higher priority replaces", "a.a=1 b.b=2 a.a=3", "[{\"id\":\"a.a\"},{\"id\":\"b.b\"}]" },
  { "a lower one does not", "a.a=3 b.b=2 a.a=1", "[{\"id\":\"a.a\"},{\"id\":\"b.b\"}]" },
  { "no dot", "abc", "[{\"id\":\"abc\"}]" },
};

static void add_all(sp_topics *topics, const char *text) {
  while (*text) {
    size_t len = strcspn(text, " ");
    sp_str topic = { text, len };
    sp_topic_kind kind = *text == '*' ? SP_TOPIC_HANDLER : *text == '!' ? SP_TOPIC_INTERNAL : SP_TOPIC_BULK;
    if (kind != SP_TOPIC_BULK) topic = sp_str_slice(topic, 1, len);
    if (len > 2 && text[len - 2] == '=') {
      topic.len -= 2;
      assert_int_equal(sp_topics_raise(topics, topic, text[len - 1] - '0'), SP_OK);
    }
    int rc = sp_topics_add(topics, topic, kind);
    assert_true(rc == SP_OK || rc == SP_EEXIST);
    text += len;
    while (*text == ' ') text++;
  }
}

static void check_body(sp_topics *topics, const char *name, const char *want, size_t want_dropped) {
  sp_buf out;
  sp_topics_dropped dropped = { 99, SP_STR_NONE };
  sp_buf_init(&out, NULL, SP_MAX_JSON);
  assert_int_equal(sp_topics_body(topics, topics, &out, &dropped), SP_OK);
  if (want && !sp_str_is(sp_buf_str(&out), want)) fail_msg("%s: %.*s", name, SP_STR_ARG(sp_buf_str(&out)));
  assert_int_equal(dropped.count, want_dropped);
  assert_true((dropped.sample.len > 0) == (want_dropped > 0));
  sp_buf_free(&out);
}

static void bodies(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_topics *topics = sp_topics_new(test_alloc_new(0));
    add_all(topics, cases[i].topics);
    check_body(topics, cases[i].name, cases[i].body, 0);
    sp_topics_free(topics);
    assert_int_equal(test_alloc_live(), 0);
  }
}

/* "p." and `len` - 2 letters. */
static sp_str long_topic(char *text, size_t len, char letter) {
  memset(text, letter, len);
  memcpy(text, "p.", 2);
  return (sp_str){ text, len };
}

static void length_limit(void **state) {
  (void)state;
  char text[256];
  sp_topics *topics = sp_topics_new(test_alloc_new(0));
  assert_int_equal(sp_topics_add(topics, long_topic(text, 199, 'a'), SP_TOPIC_BULK), SP_OK);
  char want[256];
  snprintf(want, sizeof want, "[{\"id\":\"%.*s\"}]", 199, text);
  check_body(topics, "199", want, 0);
  assert_int_equal(sp_topics_remove(topics, long_topic(text, 199, 'a'), SP_TOPIC_ANY), SP_OK);
  assert_int_equal(sp_topics_add(topics, long_topic(text, 200, 'b'), SP_TOPIC_BULK), SP_OK);
  check_body(topics, "200", "[]", 1);
  sp_topics_free(topics);
}

/* Three postfixes of 97 letters do not fit: one, then two; two of them fit (1 + 1 + 97 + 1 + 97 = 197). */
static void floor_split(void **state) {
  (void)state;
  char texts[3][128], want[512];
  sp_topics *topics = sp_topics_new(test_alloc_new(0));
  for (int i = 0; i < 3; i++)
    assert_int_equal(sp_topics_add(topics, long_topic(texts[i], 99, (char)('a' + i)), SP_TOPIC_BULK), SP_OK);
  snprintf(want, sizeof want, "[{\"id\":\"%.*s\"},{\"id\":\"p?%.*s&%.*s\"}]", 99, texts[0], 97, texts[1] + 2, 97,
           texts[2] + 2);
  check_body(topics, "three", want, 0);
  sp_topics_free(topics);
}

static void thousand_entries(void **state) {
  (void)state;
  sp_topics *topics = sp_topics_new(test_alloc_new(0));
  for (int i = 0; i < 1001; i++) {
    char text[32];
    snprintf(text, sizeof text, "p%d.x", i);
    assert_int_equal(sp_topics_add(topics, sp_str_from(text), SP_TOPIC_BULK), SP_OK);
    if (i == 1000) assert_int_equal(sp_topics_raise(topics, sp_str_from(text), 7), SP_OK);
  }
  sp_buf out;
  sp_topics_dropped dropped = { 0, SP_STR_NONE };
  sp_buf_init(&out, NULL, SP_MAX_JSON);
  assert_int_equal(sp_topics_body(topics, topics, &out, &dropped), SP_OK);
  assert_int_equal(dropped.count, 1);
  assert_true(sp_str_is(dropped.sample, "p999.x"));
  assert_true(sp_topics_find(topics, SP_STR("p999.x"))->dropped);
  assert_false(sp_topics_find(topics, SP_STR("p998.x"))->dropped);
  assert_true(sp_str_starts(sp_buf_str(&out), "[{\"id\":\"p1000.x\"},{\"id\":\"p0.x\"}"));
  assert_true(sp_str_ends(sp_buf_str(&out), "{\"id\":\"p998.x\"}]"));
  sp_buf_free(&out);
  sp_topics_free(topics);
}

static void set_rules(void **state) {
  (void)state;
  sp_topics *topics = sp_topics_new(test_alloc_new(0));
  assert_int_equal(sp_topics_add(topics, SP_STR(""), SP_TOPIC_BULK), SP_EINVAL);
  assert_int_equal(sp_topics_add(topics, SP_STR("a.b"), SP_TOPIC_BULK), SP_OK);
  assert_int_equal(sp_topics_add(topics, SP_STR("a.b"), SP_TOPIC_BULK), SP_EEXIST);
  assert_int_equal(sp_topics_count(topics), 1);
  assert_int_equal(sp_topics_remove(topics, SP_STR("a.c"), SP_TOPIC_ANY), SP_ENOENT);
  assert_int_equal(sp_topics_remove(topics, SP_STR("a.b"), SP_TOPIC_ANY), SP_OK);
  assert_int_equal(sp_topics_count(topics), 0);
  for (unsigned i = 0; i < SP_TOPICS_MAX; i++) {
    char text[32];
    snprintf(text, sizeof text, "p.%u", i);
    assert_int_equal(sp_topics_add(topics, sp_str_from(text), SP_TOPIC_BULK), SP_OK);
  }
  assert_int_equal(sp_topics_add(topics, SP_STR("one.more"), SP_TOPIC_BULK), SP_ELIMIT);
  check_body(topics, "full", NULL, 0);
  sp_topics_free(topics);
  assert_int_equal(test_alloc_live(), 0);
}

static void kinds_come_and_go(void **state) {
  (void)state;
  sp_topics *topics = sp_topics_new(test_alloc_new(0));
  add_all(topics, "*a.a a.a b.b *c.c !d.d");
  assert_int_equal(sp_topics_remove(topics, SP_STR("a.a"), SP_TOPIC_BULK), SP_OK);
  assert_int_equal(sp_topics_remove(topics, SP_STR("a.a"), SP_TOPIC_BULK), SP_ENOENT);
  sp_topics_clear(topics, SP_TOPIC_HANDLER);
  check_body(topics, "handlers gone", "[{\"id\":\"b.b\"},{\"id\":\"d.d\"}]", 0);
  sp_topics_clear(topics, SP_TOPIC_BULK);
  check_body(topics, "bulk gone", "[{\"id\":\"d.d\"}]", 0);
  add_all(topics, "x.y=3 a.b=2");
  sp_topics_forget_priority(topics, SP_STR("x.y"));
  check_body(topics, "priority gone", "[{\"id\":\"a.b\"},{\"id\":\"x.y\"},{\"id\":\"d.d\"}]", 0);
  sp_topics_free(topics);
  assert_int_equal(test_alloc_live(), 0);
}

static const struct {
  const char *whole, *topic;
  bool covers;
} coverings[] = {
  { "a.b", "a.b", true },     { "a.b", "a.c", false },   { "a?b&c", "a.b", true },    { "a?b&c", "a.c", true },
  { "a?b&c", "a.d", false },  { "a?b&c", "b.b", false }, { "a?b&c", "a.b.c", false }, { "a.b?c", "a.b.c", true },
  { "a?b&c", "a?b&c", true }, { "a?", "a.", true },
};

static void what_a_topic_stands_for(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof coverings / sizeof *coverings; i++)
    if (sp_topic_covers(sp_str_from(coverings[i].whole), sp_str_from(coverings[i].topic)) != coverings[i].covers)
      fail_msg("%s %s", coverings[i].whole, coverings[i].topic);
}

static void every_allocation_fails_once(void **state) {
  (void)state;
  for (size_t n = 1, done = 0; !done; n++) {
    const sp_alloc *alloc = test_alloc_new(n);
    sp_topics *topics = sp_topics_new(alloc);
    sp_topics_dropped dropped;
    sp_buf out;
    sp_buf_init(&out, alloc, SP_MAX_JSON);
    if (topics) {
      int a = sp_topics_add(topics, SP_STR("a.b"), SP_TOPIC_BULK),
          b = sp_topics_add(topics, SP_STR("a.c"), SP_TOPIC_BULK);
      assert_int_equal(sp_topics_count(topics), (a == SP_OK) + (b == SP_OK));
      int p = sp_topics_raise(topics, SP_STR("a?b&c"), 3);
      assert_true(p == SP_OK || p == SP_ENOMEM);
      int rc = sp_topics_body(topics, topics, &out, &dropped);
      assert_true(rc == SP_OK || rc == SP_ENOMEM);
    }
    sp_buf_free(&out);
    sp_topics_free(topics);
    done = !test_alloc_failed();
    assert_int_equal(test_alloc_live(), 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "W-D4 topic builder", bodies, NULL, NULL, NULL },
    { "W-D4 199 and 200 characters", length_limit, NULL, NULL, NULL },
    { "W-D4 three long postfixes are split at the floor", floor_split, NULL, NULL, NULL },
    { "W-D4 1001 entries are cut after sorting", thousand_entries, NULL, NULL, NULL },
    cmocka_unit_test(set_rules),
    { "W-6.3 kinds", kinds_come_and_go, NULL, NULL, NULL },
    { "W-6.3 a combined topic stands for its parts", what_a_topic_stands_for, NULL, NULL, NULL },
    cmocka_unit_test(every_allocation_fails_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
