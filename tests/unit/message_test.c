/* SPDX-License-Identifier: MIT */
#include "signaling/message.h"

#include "base/limits.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

/* tests/fixtures/signaling/message-<name>.xml is the stanza, message-<name>.txt what is read from it. */
static const char *const stanzas[] = {
  "propose",  "propose-auto", "propose-bare", "proceed",  "retract",         "accept", "reject",
  "prefixed", "error-type",   "no-id",        "empty-id", "other-namespace", "chat",   "in-iq",
};
static const size_t stanza_count = sizeof stanzas / sizeof *stanzas;

static const struct {
  sp_message_kind kind;
  const char *word;
} kinds[] = {
  { SP_MESSAGE_PROPOSE, "propose" }, { SP_MESSAGE_PROCEED, "proceed" }, { SP_MESSAGE_ACCEPT, "accept" },
  { SP_MESSAGE_REJECT, "reject" },   { SP_MESSAGE_RETRACT, "retract" },
};
static const size_t kind_count = sizeof kinds / sizeof *kinds;

static sp_str fixture(const char *name, const char *suffix) {
  char path[128];
  snprintf(path, sizeof path, "signaling/message-%s.%s", name, suffix);
  return read_fixture(path);
}

static void add_line(sp_buf *out, const char *name, sp_str value) {
  if (!value.ptr) return;
  sp_buf_add_text(out, name);
  sp_buf_add_char(out, ' ');
  sp_buf_add(out, value);
  sp_buf_add_char(out, '\n');
}

static void add_flag(sp_buf *out, const char *name, sp_tribool value) {
  if (value != SP_UNSET) add_line(out, name, value == SP_TRUE ? SP_STR("true") : SP_STR("false"));
}

static void describe(const sp_xml *stanza, sp_buf *out) {
  sp_message m;
  sp_message_read(stanza, &m);
  if (m.kind == SP_MESSAGE_NONE) {
    sp_buf_add_text(out, "none\n");
    return;
  }
  for (size_t i = 0; i < kind_count; i++)
    if (kinds[i].kind == m.kind) add_line(out, kinds[i].word, m.session_id);
  add_line(out, "from", m.from);
  add_line(out, "to", m.to);
  add_line(out, "conversation", m.conversation_id);
  add_line(out, "persistent-conversation", m.persistent_conversation_id);
  add_line(out, "from-user", m.from_user_id);
  add_line(out, "original-room", m.original_room_jid);
  add_line(out, "meeting", m.meeting_id);
  add_line(out, "answer-mode", m.priv_answer_mode);
  add_flag(out, "auto-answer", m.auto_answer);
  add_flag(out, "sdp-over-xmpp", m.sdp_over_xmpp);
  add_line(out, "type", sp_str_from(sp_session_type_word(sp_session_type_of_jid(m.from))));
}

static void stanzas_are_read(void **state) {
  (void)state;
  for (size_t i = 0; i < stanza_count; i++) {
    sp_arena arena;
    sp_buf got;
    sp_xml *stanza = NULL;
    sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
    sp_buf_init(&got, NULL, SP_MAX_FRAME);
    assert_int_equal(sp_xml_read(&arena, fixture(stanzas[i], "xml"), &stanza, NULL), SP_OK);
    describe(stanza, &got);
    if (!sp_str_eq(sp_buf_str(&got), fixture(stanzas[i], "txt")))
      fail_msg("%s: %.*s", stanzas[i], SP_STR_ARG(sp_buf_str(&got)));
    sp_buf_free(&got);
    sp_arena_free(&arena);
  }
}

static void cut_stanzas_are_errors(void **state) {
  (void)state;
  for (size_t i = 0; i < stanza_count; i++) {
    sp_str whole = sp_str_trim(fixture(stanzas[i], "xml"));
    for (size_t len = 1; len < whole.len; len++) {
      sp_arena arena;
      sp_xml *stanza = NULL;
      sp_message m;
      sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
      sp_str part = test_cut(whole, len);
      assert_int_equal(sp_xml_read(&arena, part, &stanza, NULL), SP_ESYNTAX);
      sp_message_read(stanza, &m);
      assert_int_equal(m.kind, SP_MESSAGE_NONE);
      sp_arena_free(&arena);
      test_cut_free(part);
    }
  }
}

static void nothing_is_no_message(void **state) {
  (void)state;
  sp_message m = { .kind = SP_MESSAGE_ACCEPT };
  sp_message_read(NULL, &m);
  assert_int_equal(m.kind, SP_MESSAGE_NONE);
  assert_int_equal(m.auto_answer, SP_UNSET);
  assert_int_equal(m.sdp_over_xmpp, SP_UNSET);
}

/* A message that is written says to the reader what was meant, whatever the texts hold. */
static void check_written(const sp_alloc *alloc, sp_message_kind kind, const char *word, sp_str to, sp_str id) {
  sp_buf out;
  sp_arena arena;
  sp_xml *stanza = NULL;
  sp_buf_init(&out, alloc, SP_MAX_FRAME);
  sp_arena_init(&arena, alloc, SP_MAX_SCRATCH);
  sp_message_write(&out, kind, to, id);
  if (sp_buf_status(&out) == SP_OK && sp_xml_read(&arena, sp_buf_str(&out), &stanza, NULL) == SP_OK) {
    sp_message m;
    sp_message_read(stanza, &m);
    assert_int_equal(m.kind, kind);
    assert_true(sp_str_eq(m.session_id, id));
    assert_true(sp_str_eq(m.to, to));
    assert_true(sp_xml_is(stanza, "jabber:client", "message"));
    assert_true(sp_xml_is(stanza->children, "urn:xmpp:jingle-message:0", word));
  } else {
    assert_true(test_alloc_failed());
  }
  sp_arena_free(&arena);
  sp_buf_free(&out);
}

static void written_messages_are_read(void **state) {
  (void)state;
  for (size_t i = 0; i < kind_count; i++) {
    bool failed = true;
    for (size_t n = 0; failed; n++) {
      const sp_alloc *alloc = test_alloc_new(n);
      check_written(alloc, kinds[i].kind, kinds[i].word, SP_STR("o'neil&co@x.org/<\"1\">"), SP_STR("a&<b>'\"\t"));
      assert_int_equal(test_alloc_live(), 0);
      failed = n == 0 || test_alloc_failed();
    }
  }
}

/* wire.md §8.2. */
static void written_text(void **state) {
  static const struct {
    sp_message_kind kind;
    const char *to, *id, *text;
  } cases[] = {
    { SP_MESSAGE_PROCEED, "+13175550100@gjoll.acme.orgspan.com/gw-1", "sid-1",
      "<message xmlns=\"jabber:client\" to=\"+13175550100@gjoll.acme.orgspan.com/gw-1\">"
      "<proceed xmlns=\"urn:xmpp:jingle-message:0\" id=\"sid-1\"/></message>" },
    { SP_MESSAGE_ACCEPT, "5e7f@acme.orgspan.com", "sid-2",
      "<message xmlns=\"jabber:client\" to=\"5e7f@acme.orgspan.com\">"
      "<accept xmlns=\"urn:xmpp:jingle-message:0\" id=\"sid-2\"/></message>" },
    { SP_MESSAGE_REJECT, "5e7f@acme.orgspan.com", "sid-3",
      "<message xmlns=\"jabber:client\" to=\"5e7f@acme.orgspan.com\">"
      "<reject xmlns=\"urn:xmpp:jingle-message:0\" id=\"sid-3\"/></message>" },
    { SP_MESSAGE_RETRACT, "u2@acme.orgspan.com", "sid-4",
      "<message xmlns=\"jabber:client\" to=\"u2@acme.orgspan.com\">"
      "<retract xmlns=\"urn:xmpp:jingle-message:0\" id=\"sid-4\"/></message>" },
    { SP_MESSAGE_NONE, "u2@acme.orgspan.com", "sid-5", "" },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_buf out;
    sp_buf_init(&out, NULL, SP_MAX_FRAME);
    sp_message_write(&out, cases[i].kind, sp_str_from(cases[i].to), sp_str_from(cases[i].id));
    if (!sp_str_is(sp_buf_str(&out), cases[i].text)) fail_msg("%.*s", SP_STR_ARG(sp_buf_str(&out)));
    sp_buf_free(&out);
  }
}

static void types_by_jid(void **state) {
  static const struct {
    const char *jid;
    sp_session_type type;
  } cases[] = {
    { "acd-1234@conference.acme.orgspan.com/x", SP_SESSION_SCREEN_SHARE },
    { "acd-1234@acme.orgspan.com", SP_SESSION_SCREEN_SHARE },
    { "screenrecording-1@conference.acme.orgspan.com", SP_SESSION_SCREEN_RECORDING },
    { "livemonitor-1@conference.acme.orgspan.com", SP_SESSION_LIVE_MONITORING },
    { "+13175550100@gjoll.acme.orgspan.com/gw-1", SP_SESSION_SOFTPHONE },
    { "room@gjoll.x", SP_SESSION_SOFTPHONE },
    { "room@eu-GJoll-2.x", SP_SESSION_SOFTPHONE },
    { "room@x.org/gjoll", SP_SESSION_UNKNOWN }, /* a resource is its owner's to choose */
    { "room@gjoll", SP_SESSION_SOFTPHONE },
    { "acd-1@gjoll.x", SP_SESSION_SOFTPHONE },
    { "screenrecording-1@gjoll.x", SP_SESSION_SOFTPHONE },
    { "livemonitor-1@gjoll.x", SP_SESSION_SOFTPHONE },
    { "room@conference.gjoll.x", SP_SESSION_SOFTPHONE },
    { "room@conference.acme.orgspan.com", SP_SESSION_VIDEO },
    { "gjoll-fans@conference.acme.orgspan.com", SP_SESSION_VIDEO },
    { "ACD-1@conference.acme.orgspan.com", SP_SESSION_VIDEO },
    { "gjoll.acme.orgspan.com", SP_SESSION_UNKNOWN },
    { "room@gjol", SP_SESSION_UNKNOWN },
    { "5e7f@acme.orgspan.com/res-1", SP_SESSION_UNKNOWN },
    { "conference@x.org", SP_SESSION_UNKNOWN },
    { "", SP_SESSION_UNKNOWN },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (sp_session_type_of_jid(sp_str_from(cases[i].jid)) != cases[i].type) fail_msg("%s", cases[i].jid);
  assert_int_equal(sp_session_type_of_jid(SP_STR_NONE), SP_SESSION_UNKNOWN);
}

static void words_of_types(void **state) {
  static const char *const words[SP_SESSION_TYPES] = { "unknown",     "softphone",       "collaborateVideo",
                                                       "screenShare", "screenRecording", "liveScreenMonitoring" };
  (void)state;
  for (int i = 0; i < SP_SESSION_TYPES; i++) {
    assert_string_equal(sp_session_type_word((sp_session_type)i), words[i]);
    assert_int_equal(sp_session_type_from_word(sp_str_from(words[i])), i);
  }
  assert_string_equal(sp_session_type_word(SP_SESSION_TYPES), "unknown");
  assert_int_equal(sp_session_type_from_word(SP_STR("Softphone")), SP_SESSION_UNKNOWN);
  assert_int_equal(sp_session_type_from_word(SP_STR_NONE), SP_SESSION_UNKNOWN);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "W-8.1 W-8.3 inbound proposal messages", stanzas_are_read, NULL, NULL, NULL },
    { "cut proposal messages are errors", cut_stanzas_are_errors, NULL, NULL, NULL },
    { "no stanza is no message", nothing_is_no_message, NULL, NULL, NULL },
    { "written messages are read back", written_messages_are_read, NULL, NULL, NULL },
    { "W-8.2 outbound proposal messages", written_text, NULL, NULL, NULL },
    { "W-8.4 session type by JID", types_by_jid, NULL, NULL, NULL },
    { "words of session types", words_of_types, NULL, NULL, NULL },
  };
  return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
