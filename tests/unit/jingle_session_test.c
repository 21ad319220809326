/* SPDX-License-Identifier: MIT */
/* Jingle sessions as a protocol (wire.md §10). Each play runs once as written and again with the nth allocation failing
   for each n. Then nothing is expected but what must hold always: no action is left without a reply, none gets two, and
   nothing leaks. */
#include "jingle/session.h"

#include "base/limits.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OWN   "u1@acme.orgspan.com/res-1"
#define PEER  "room-1@conference.acme.orgspan.com/mcu-1"
#define OTHER "room-2@conference.acme.orgspan.com/mcu-1"

enum { STANZAS = 256, TRACE = 16384 };

/* What happens is written down in words, separated by "; ". */
typedef struct world {
  const sp_alloc *alloc;
  sp_ids ids;
  sp_jingle *jingle;
  sp_jingle_session *session; /* of the last offer */
  sp_arena arena;
  char trace[TRACE];
  unsigned sent, replied[STANZAS];
} world;

typedef struct play {
  const char *name;
  void (*run)(world *w);
} play;

static void note(world *w, const char *format, ...) {
  size_t len = strlen(w->trace);
  va_list args;
  va_start(args, format);
  vsnprintf(w->trace + len, TRACE - len, format, args);
  va_end(args);
}

static void take_reply(world *w, const sp_jingle_step *step) {
  if (!step->replies) return;
  uint64_t id = 0;
  assert_true(sp_str_to_u64(step->id, &id) && id < STANZAS);
  assert_true(step->to.len > 0);
  w->replied[id]++;
  sp_jingle_fault fault = sp_jingle_fault_of(step->error);
  if (!fault.condition) note(w, "result %u; ", (unsigned)id);
  else
    note(w, "%s %s%s%s %u; ", fault.type, fault.condition, fault.detail ? "+" : "", fault.detail ? fault.detail : "",
         (unsigned)id);
}

static void perform(world *w, sp_jingle_step *step) {
  static const char *const words[] = { "", "offer", "restart", "candidates", "info", "ended" };
  if (step->kind != SP_JINGLE_NOTHING) note(w, "%s", words[step->kind]);
  if (step->kind == SP_JINGLE_OFFER || step->kind == SP_JINGLE_RESTART) w->session = step->session;
  if (step->kind == SP_JINGLE_INFO)
    note(w, " %s %.*s %.*s", step->word, SP_STR_ARG(step->creator), SP_STR_ARG(step->name));
  if (step->kind == SP_JINGLE_ENDED) note(w, " %s %.*s", step->reason, SP_STR_ARG(step->text));
  if (step->kind == SP_JINGLE_CANDIDATES)
    for (sp_str mid, line; sp_jingle_candidate(step->session, &mid, &line);) {
      note(w, " %.*s[%.*s]", SP_STR_ARG(mid), SP_STR_ARG(line));
      sp_str_free(w->alloc, &mid);
      sp_str_free(w->alloc, &line);
    }
  if (step->kind != SP_JINGLE_NOTHING) note(w, "; ");
  take_reply(w, step);
  if (step->refusal) note(w, "%s; ", step->refusal);
  if (step->kind == SP_JINGLE_ENDED) sp_jingle_close(step->session);
}

static void drain(world *w) {
  for (sp_jingle_step step; sp_jingle_next(w->jingle, &step);) perform(w, &step);
}

/* An IQ set from this JID with this <jingle>; its id is its number. */
static void feed(world *w, const char *from, const char *jingle, bool elsewhere) {
  static char text[SP_MAX_JINGLE_ACTION + 4096];
  sp_xml *stanza = NULL;
  assert_true(w->sent < STANZAS);
  snprintf(text, sizeof text, "<iq xmlns='jabber:client' type='set' id='%u' from='%s' to='" OWN "'>%s</iq>", w->sent++,
           from, jingle);
  sp_arena_reset(&w->arena);
  assert_int_equal(sp_xml_read(&w->arena, sp_str_from(text), &stanza, NULL), SP_OK);
  sp_jingle_step step;
  sp_jingle_receive(w->jingle, stanza, SP_STR(OWN), elsewhere, &step);
  perform(w, &step);
  drain(w);
}

#define JINGLE(sid, action, inner)                                                                                     \
  "<jingle xmlns='urn:xmpp:jingle:1' sid='" sid "' action='" action "'>" inner "</jingle>"
#define TRANSPORT(ufrag, inner)                                                                                        \
  "<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='" ufrag "' pwd='" ufrag "pwdpwdpwdpwdpwdpwdpwd'>"    \
  "<fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='actpass'>01:D8</fingerprint>" inner          \
  "</transport>"
#define AUDIO(name, ufrag)                                                                                             \
  "<content creator='initiator' name='" name "'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'>"        \
  "<payload-type id='0' name='PCMU' clockrate='8000'/></description>" TRANSPORT(ufrag, "") "</content>"
#define DATA(name, ufrag)                                                                                              \
  "<content creator='initiator' name='" name                                                                           \
  "'>" TRANSPORT(ufrag, "<sctpmap xmlns='urn:xmpp:jingle:transports:dtls-sctp:1' number='5000' "                       \
                        "protocol='webrtc-datachannel'/>") "</content>"
#define NAMED(name, transport) "<content creator='initiator' name='" name "'>" transport "</content>"
#define ICE(attributes, inner)                                                                                         \
  "<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1'" attributes ">" inner "</transport>"
#define CANDIDATE(port)                                                                                                \
  "<candidate component='1' foundation='1' ip='192.0.2.1' port='" port "' priority='9' protocol='udp' type='host'/>"
#define INITIATE(sid) JINGLE(sid, "session-initiate", AUDIO("0", "one"))
#define INFO          "urn:xmpp:jingle:apps:rtp:info:1"
#define ANSWER                                                                                                         \
  "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n"           \
  "c=IN IP4 0.0.0.0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\na=rtcp-mux\r\na=mid:0\r\na=ice-ufrag:mine\r\n"            \
  "a=ice-pwd:minepwdpwdpwdpwdpwdpwdpwd\r\na=setup:active\r\na=fingerprint:sha-256 0A:0B\r\n"
#define LINE(port) "candidate:1 1 UDP 9 192.0.2.1 " port " typ host"

static void from_peer(world *w, const char *jingle) {
  feed(w, PEER, jingle, false);
}

/* Everything that happened since the last call. */
static void expect(world *w, const char *trace) {
  if (!test_alloc_failed()) assert_string_equal(w->trace, trace);
  w->trace[0] = '\0';
}

/* The peer connection took the description, or not. */
static void described(world *w, bool ok) {
  sp_jingle_step step;
  if (!w->session) return;
  const char *reason = sp_jingle_described(w->session, ok, &step);
  take_reply(w, &step);
  if (reason) note(w, "end %s; ", reason);
  drain(w);
}

/* What a writer wrote into an open <iq>. */
static const char *written(world *w, sp_buf *buf, int status) {
  static char text[16384];
  sp_str out = sp_buf_str(buf);
  if (!test_alloc_failed()) assert_int_equal(status, SP_OK);
  snprintf(text, sizeof text, "%.*s", SP_STR_ARG(out));
  sp_buf_free(buf);
  (void)w;
  return text;
}

static sp_xw begin(world *w, sp_buf *buf) {
  sp_xw x;
  sp_buf_init(buf, w->alloc, SP_MAX_SDP);
  sp_xw_begin(&x, buf);
  return x;
}

/* The element and its action. */
static void note_action(world *w, const char *text) {
  const char *action = strstr(text, "action=\"");
  if (action) note(w, "say %.*s; ", (int)strcspn(action + 8, "\""), action + 8);
}

static void answer(world *w) {
  sp_buf buf;
  sp_jingle_step step;
  if (!w->session) return;
  sp_xw x = begin(w, &buf);
  int status = sp_jingle_write_answer(w->session, &x, SP_STR(ANSWER));
  if (status == SP_ENOENT) {
    sp_buf_free(&buf);
    note(w, "no answer; ");
    return;
  }
  note_action(w, written(w, &buf, status));
  sp_jingle_answered(w->session, &step);
  take_reply(w, &step);
  drain(w);
}

static void pending(world *w) {
  from_peer(w, INITIATE("s1"));
  described(w, true);
  expect(w, "offer; result 0; ");
}

static void active(world *w) {
  pending(w);
  answer(w);
  expect(w, "say session-accept; ");
}

static void contains(const char *text, const char *part) {
  if (test_alloc_failed() || strstr(text, part)) return;
  fail_msg("not found: %s in %s", part, text);
}

/* --- session-initiate (§10.1) --- */

static void signalled_elsewhere(world *w) {
  feed(w, PEER, INITIATE("s1"), true);
  expect(w, "result 0; ");
  from_peer(w, JINGLE("s1", "session-info", ""));
  expect(w, "cancel item-not-found+unknown-session 1; ");
}

static void another_sender(world *w) {
  pending(w);
  feed(w, OTHER, INITIATE("s1"), false);
  expect(w, "cancel service-unavailable 1; ");
}

static void same_sid_while_pending(world *w) {
  pending(w); /* "u1@…" is greater than "room-1@…" */
  from_peer(w, INITIATE("s1"));
  expect(w, "cancel conflict+tie-break 1; ");
}

static void same_sid_while_active(world *w) {
  active(w);
  from_peer(w, INITIATE("s1"));
  expect(w, "cancel unexpected-request+out-of-order 1; ");
}

static void same_sid_without_a_tie(world *w) {
  pending(w);
  from_peer(w, JINGLE("s1", "session-initiate", DATA("9", "two"))); /* no type in common */
  expect(w, "cancel unexpected-request+out-of-order 1; ");
  feed(w, "z@acme.orgspan.com/r", INITIATE("s2"), false);
  described(w, true);
  expect(w, "offer; result 2; ");
  feed(w, "z@acme.orgspan.com/r", INITIATE("s2"), false); /* its JID is the greater one */
  expect(w, "cancel unexpected-request+out-of-order 3; ");
}

static void second_session_of_one_peer(world *w) {
  from_peer(w, INITIATE("s9"));
  described(w, true);
  from_peer(w, INITIATE("s1"));
  described(w, true);
  expect(w, "offer; result 0; offer; result 1; ");
}

static void without_content(world *w) {
  from_peer(w, JINGLE("s1", "session-initiate", ""));
  expect(w, "cancel bad-request 0; ");
  from_peer(w, JINGLE("s1", "session-initiate", "<content xmlns='urn:other' name='0'/>"));
  expect(w, "cancel bad-request 1; ");
  from_peer(w, JINGLE("s1", "session-initiate", "<content creator='initiator'/>")); /* no name */
  expect(w, "cancel bad-request 2; ");
}

static void taken(world *w) {
  from_peer(w, INITIATE("s1"));
  expect(w, "offer; ");
  if (w->session) {
    sp_str sdp = sp_jingle_remote(w->session);
    assert_true(sp_str_find(sdp, "a=mid:0", 0) != SIZE_MAX && sp_str_find(sdp, "a=ice-ufrag:one", 0) != SIZE_MAX);
    assert_true(sp_str_is(sp_jingle_sid(w->session), "s1") && sp_str_is(sp_jingle_peer(w->session), PEER));
  }
  described(w, true);
  expect(w, "result 0; ");
  described(w, true); /* said twice */
  expect(w, "");
}

static void refused_by_the_browser(world *w) {
  from_peer(w, INITIATE("s1"));
  from_peer(w, JINGLE("s1", "session-info", "")); /* waits behind it */
  expect(w, "offer; ");
  described(w, false);
  expect(w, "cancel internal-server-error 0; cancel item-not-found+unknown-session 1; ");
  from_peer(w, INITIATE("s1"));
  expect(w, "offer; ");
}

static void not_wanted(world *w) {
  from_peer(w, INITIATE("s1"));
  if (w->session) sp_jingle_refuse(w->session);
  drain(w);
  expect(w, "offer; cancel service-unavailable 0; ");
}

static void too_many_sessions(world *w) {
  char text[2048];
  for (unsigned i = 0; i <= SP_MAX_SESSIONS; i++) {
    snprintf(text, sizeof text, INITIATE("%u"), i);
    w->session = NULL;
    from_peer(w, text);
    described(w, true);
  }
  if (!test_alloc_failed()) assert_non_null(strstr(w->trace, "wait resource-constraint 64; "));
}

/* --- actions of a session (§10.2) --- */

static void unknown_session(world *w) {
  static const char *const actions[] = {
    JINGLE("s1", "session-accept", ""), JINGLE("s1", "session-info", ""),     JINGLE("s1", "transport-info", ""),
    JINGLE("s1", "content-add", ""),    JINGLE("s1", "description-info", ""), JINGLE("s1", "transport-replace", ""),
    JINGLE("s1", "content-accept", ""), JINGLE("s1", "nonsense", ""),
  };
  for (unsigned i = 0; i < sizeof actions / sizeof *actions; i++) {
    char expected[64];
    from_peer(w, actions[i]);
    snprintf(expected, sizeof expected, "cancel item-not-found+unknown-session %u; ", i);
    expect(w, expected);
  }
}

static void wrong_sender(world *w) {
  active(w);
  feed(w, OTHER, JINGLE("s1", "session-info", ""), false);
  feed(w, OTHER, JINGLE("s1", "session-terminate", ""), false);
  expect(w, "cancel item-not-found+unknown-session 1; cancel item-not-found+unknown-session 2; ");
  from_peer(w, JINGLE("s1", "session-info", ""));
  expect(w, "result 3; ");
}

static void ended_session(world *w) {
  active(w);
  from_peer(w, JINGLE("s1", "session-terminate", ""));
  from_peer(w, JINGLE("s1", "session-info", ""));
  expect(w, "ended success ; result 1; cancel item-not-found+unknown-session 2; ");
}

static void terminate_of_an_unknown_session(world *w) {
  from_peer(w, JINGLE("s1", "session-terminate", "<reason><success/></reason>"));
  expect(w, "result 0; ");
}

static void session_accept(world *w) {
  pending(w);
  from_peer(w, JINGLE("s1", "session-accept", AUDIO("0", "one")));
  answer(w);
  from_peer(w, JINGLE("s1", "session-accept", ""));
  expect(w, "cancel unexpected-request+out-of-order 1; say session-accept; "
            "cancel unexpected-request+out-of-order 2; ");
}

static void session_info_without_child(world *w) {
  active(w);
  from_peer(w, JINGLE("s1", "session-info", ""));
  expect(w, "result 1; ");
}

static void session_info(world *w) {
  active(w);
  from_peer(w, JINGLE("s1", "session-info", "<mute xmlns='" INFO "' creator='u2' name='audio'/>"));
  expect(w, "info mute u2 audio; result 1; ");
  from_peer(w, JINGLE("s1", "session-info", "<unmute xmlns='" INFO "' creator='u2' name='video'/>"));
  expect(w, "info unmute u2 video; result 2; ");
  from_peer(w, JINGLE("s1", "session-info", "<hold xmlns='" INFO "'/>"));
  from_peer(w, JINGLE("s1", "session-info", "<unhold xmlns='" INFO "'/>"));
  from_peer(w, JINGLE("s1", "session-info", "<active xmlns='" INFO "'/>"));
  from_peer(w, JINGLE("s1", "session-info", "<ringing xmlns='" INFO "'/>"));
  expect(w, "info hold  ; result 3; info resumed  ; result 4; info resumed  ; result 5; info ringing  ; result 6; ");
}

static void session_info_unknown_child(world *w) {
  active(w);
  from_peer(w, JINGLE("s1", "session-info", "<dance xmlns='" INFO "'/>"));
  from_peer(w, JINGLE("s1", "session-info", "<mute xmlns='urn:other'/>"));
  expect(w, "result 1; result 2; ");
}

static void session_terminate(world *w) {
  active(w);
  from_peer(w, JINGLE("s1", "session-terminate", "<reason><busy/><text>later</text></reason>"));
  expect(w, "ended busy later; result 1; ");
}

static void transport_info(world *w) {
  active(w);
  from_peer(w, JINGLE("s1", "transport-info", NAMED("0", ICE(" ufrag='one'", CANDIDATE("5") CANDIDATE("6")))));
  expect(w, "candidates 0[" LINE("5") "] 0[" LINE("6") "]; result 1; ");
  from_peer(w, JINGLE("s1", "transport-info", NAMED("0", ICE(" ufrag='one'", "<gathering-complete/>" CANDIDATE("7")))));
  expect(w, "candidates 0[]; result 2; ");
}

static void transport_info_of_an_unknown_content(world *w) {
  active(w);
  from_peer(w, JINGLE("s1", "transport-info", NAMED("nobody", ICE(" ufrag='one'", CANDIDATE("5")))));
  expect(w, "result 1; ");
  from_peer(w, JINGLE("s1", "transport-info", NAMED("nobody", ICE(" ufrag='new'", ""))));
  expect(w, "result 2; ");
  from_peer(w, JINGLE("s1", "transport-info",
                      NAMED("nobody", ICE("", CANDIDATE("5"))) NAMED("0", ICE(" ufrag='one'", CANDIDATE("6")))));
  expect(w, "candidates 0[" LINE("6") "]; result 3; "); /* and the queue goes on */
}

static void content_add(world *w) {
  active(w);
  from_peer(w, JINGLE("s1", "content-add", AUDIO("1", "two")));
  expect(w, "result 1; content-reject; ");
}

static void transport_replace(world *w) {
  active(w);
  from_peer(w, JINGLE("s1", "transport-replace", NAMED("0", ICE("", ""))));
  expect(w, "result 1; transport-reject; ");
}

static void not_supported(world *w) {
  static const char *const actions[] = {
    JINGLE("s1", "content-accept", ""), JINGLE("s1", "content-modify", ""),   JINGLE("s1", "content-reject", ""),
    JINGLE("s1", "content-remove", ""), JINGLE("s1", "transport-accept", ""), JINGLE("s1", "transport-reject", ""),
    JINGLE("s1", "source-add", ""),     JINGLE("s1", "SESSION-INFO", ""),
  };
  active(w);
  for (unsigned i = 0; i < sizeof actions / sizeof *actions; i++) {
    char expected[64];
    from_peer(w, actions[i]);
    snprintf(expected, sizeof expected, "cancel bad-request %u; ", i + 1);
    expect(w, expected);
  }
}

static void unsupported_info(world *w) {
  active(w);
  from_peer(w, JINGLE("s1", "description-info", AUDIO("0", "one")));
  from_peer(w, JINGLE("s1", "security-info", ""));
  expect(w, "modify feature-not-implemented+unsupported-info 1; modify feature-not-implemented+unsupported-info 2; ");
}

static void malformed(world *w) {
  active(w);
  from_peer(w, "<jingle xmlns='urn:xmpp:jingle:1'/>");
  from_peer(w, "<jingle xmlns='urn:xmpp:jingle:1' sid='s1'/>");
  from_peer(w, "<jingle xmlns='urn:xmpp:jingle:1' action='session-info'/>");
  from_peer(w, JINGLE("s1", "", ""));
  from_peer(w, JINGLE("", "session-terminate", ""));
  expect(w, "cancel bad-request 1; cancel bad-request 2; cancel bad-request 3; cancel bad-request 4; "
            "cancel bad-request 5; ");
  from_peer(w, JINGLE("s1", "transport-info", ""));
  expect(w, "cancel bad-request 6; ");
  from_peer(w, JINGLE("s1", "transport-info", "<content/><content name=''><transport/></content>"));
  from_peer(w, JINGLE("s1", "transport-info", NAMED("0", ICE(" ufrag='one'", "<candidate/><candidate port='x'/>"))));
  from_peer(w, JINGLE("s1", "session-info", "text alone"));
  from_peer(w, JINGLE("s1", "session-terminate", "<reason/><reason><busy/></reason>"));
  expect(w, "result 7; result 8; result 9; ended success ; result 10; ");
}

/* --- candidates and restart (§10.6) --- */

static void candidates_before_the_answer(world *w) {
  from_peer(w, INITIATE("s1"));
  from_peer(w, JINGLE("s1", "transport-info", NAMED("0", ICE(" ufrag='one'", CANDIDATE("5")))));
  expect(w, "offer; ");
  described(w, true);
  expect(w, "result 0; result 1; ");
  from_peer(w, JINGLE("s1", "transport-info", NAMED("0", ICE("", "<gathering-complete/>"))));
  expect(w, "result 2; ");
  answer(w);
  expect(w, "say session-accept; candidates 0[" LINE("5") "] 0[]; ");
}

static void too_many_candidates(world *w) {
  size_t count = 0;
  pending(w);
  for (unsigned i = 0; i < 100; i++)
    from_peer(w, JINGLE("s1", "transport-info", NAMED("0", ICE(" ufrag='one'", CANDIDATE("5") CANDIDATE("6")))));
  w->trace[0] = '\0';
  answer(w);
  for (const char *at = w->trace; (at = strstr(at, "0[")); at++) count++;
  if (!test_alloc_failed()) assert_int_equal(count, SP_MAX_JINGLE_CANDIDATES);
}

static void restart(world *w) {
  active(w);
  from_peer(w, JINGLE("s1", "transport-info", NAMED("0", TRANSPORT("two", CANDIDATE("7")))));
  expect(w, "restart; ");
  if (w->session && !test_alloc_failed())
    assert_true(sp_str_find(sp_jingle_remote(w->session), "a=ice-ufrag:two", 0) != SIZE_MAX);
  from_peer(w, JINGLE("s1", "transport-info", NAMED("0", ICE(" ufrag='two'", CANDIDATE("8")))));
  from_peer(w, JINGLE("s1", "session-info", ""));
  assert_true(!w->session || test_alloc_failed() || !sp_jingle_stable(w->session));
  described(w, true);
  expect(w, ""); /* the reply follows our own transport-info */
  answer(w);
  expect(w, "say transport-info; result 1; candidates 0[" LINE("7") "] 0[" LINE("8") "]; result 2; result 3; ");
  answer(w);
  expect(w, "no answer; ");
}

static void restart_before_the_answer(world *w) {
  pending(w);
  from_peer(w, JINGLE("s1", "transport-info", NAMED("0", ICE(" ufrag='one'", CANDIDATE("5")))));
  from_peer(w, JINGLE("s1", "transport-info", NAMED("0", TRANSPORT("two", CANDIDATE("7")))));
  expect(w, "result 1; restart; ");
  described(w, true);
  expect(w, "result 2; ");
  answer(w);
  expect(w, "say session-accept; candidates 0[" LINE("7") "]; "); /* those of the old transport are void */
}

static void restart_while_answering(world *w) {
  pending(w);
  from_peer(w, JINGLE("s1", "transport-info", NAMED("0", TRANSPORT("two", ""))));
  expect(w, "restart; ");
  answer(w); /* was under way */
  expect(w, "say session-accept; ");
  described(w, true);
  answer(w);
  expect(w, "say transport-info; result 1; ");
}

static void restart_that_fails(world *w) {
  active(w);
  from_peer(w, JINGLE("s1", "transport-info", NAMED("0", TRANSPORT("two", ""))));
  described(w, false);
  expect(w, "restart; cancel internal-server-error 1; end failed-transport; ");
  from_peer(w, JINGLE("s1", "transport-info", NAMED("0", TRANSPORT("tri", ""))));
  described(w, true);
  described(w, false); /* its answer could not be made */
  expect(w, "restart; cancel internal-server-error 2; end failed-transport; ");
}

static void queue_is_bounded(world *w) {
  from_peer(w, INITIATE("s1"));
  for (unsigned i = 0; i <= SP_MAX_JINGLE_QUEUE; i++) from_peer(w, JINGLE("s1", "session-info", ""));
  expect(w, "offer; wait resource-constraint 33; ");
  described(w, true);
  if (!test_alloc_failed()) assert_non_null(strstr(w->trace, "result 0; result 1; result 2; "));
  w->trace[0] = '\0';
}

/* One that waits is kept whole. */
static void action_is_bounded(world *w) {
  static char filler[SP_MAX_JINGLE_ACTION + 1], text[SP_MAX_JINGLE_ACTION + 1024];
  memset(filler, 'x', sizeof filler - 1);
  snprintf(text, sizeof text, JINGLE("s1", "session-info", "<x y='%s'/>"), filler);
  from_peer(w, INITIATE("s1"));
  from_peer(w, text);
  expect(w, "offer; wait resource-constraint 1; ");
}

static void terminate_at_any_time(world *w) {
  from_peer(w, INITIATE("s1"));
  from_peer(w, JINGLE("s1", "session-info", ""));
  from_peer(w, JINGLE("s1", "session-terminate", "<reason><cancel/></reason>"));
  expect(w, "offer; ended cancel ; result 2; cancel item-not-found+unknown-session 0; "
            "cancel item-not-found+unknown-session 1; ");
}

/* --- what we say (§10.3) --- */

static void accept_first(world *w) {
  sp_buf buf;
  pending(w);
  if (!w->session) return;
  assert_false(sp_jingle_stable(w->session));
  (void)sp_jingle_hold(w->session, 1, SP_STR("0"), SP_STR("c1"));
  (void)sp_jingle_hold(w->session, 2, SP_STR_NONE, SP_STR_NONE);
  int what = 0;
  sp_str a, b;
  assert_false(sp_jingle_held(w->session, &what, &a, &b));
  sp_xw x = begin(w, &buf);
  const char *text = written(w, &buf, sp_jingle_write_answer(w->session, &x, SP_STR(ANSWER)));
  contains(text,
           "<jingle xmlns=\"urn:xmpp:jingle:1\" sid=\"s1\" action=\"session-accept\"><content creator=\"initiator\" "
           "name=\"0\"");
  contains(text, "ufrag=\"mine\"");
  contains(text, "setup=\"active\"");
  sp_jingle_step step;
  sp_jingle_answered(w->session, &step);
  assert_false(step.replies);
  while (sp_jingle_held(w->session, &what, &a, &b)) {
    note(w, "%d %.*s %.*s; ", what, SP_STR_ARG(a), SP_STR_ARG(b));
    sp_str_free(w->alloc, &a);
    sp_str_free(w->alloc, &b);
  }
  expect(w, "1 0 c1; 2  ; ");
}

static void own_candidates(world *w) {
  sp_buf buf;
  active(w);
  if (!w->session) return;
  sp_xw x = begin(w, &buf);
  const char *text = written(
      w, &buf, sp_jingle_write_own_candidate(w->session, &x, SP_STR("0"), SP_STR(LINE("5") " generation 0 ufrag abc")));
  contains(text, "action=\"transport-info\"><content creator=\"initiator\" name=\"0\"><transport "
                 "xmlns=\"urn:xmpp:jingle:transports:ice-udp:1\" ufrag=\"abc\"><candidate ");
  contains(text, "port=\"5\"");
  x = begin(w, &buf);
  text = written(w, &buf, sp_jingle_write_own_candidate(w->session, &x, SP_STR("0"), SP_STR(LINE("6"))));
  contains(text, "ufrag=\"mine\""); /* no word of its own: that of the description */
  x = begin(w, &buf);
  text = written(w, &buf, sp_jingle_write_own_candidate(w->session, &x, SP_STR(""), SP_STR_NONE));
  contains(text, "name=\"0\"><transport xmlns=\"urn:xmpp:jingle:transports:ice-udp:1\" ufrag=\"mine\">"
                 "<gathering-complete/></transport>");
  x = begin(w, &buf);
  int status = sp_jingle_write_own_candidate(w->session, &x, SP_STR("0"),
                                             SP_STR("candidate:1 1 udp 9 ::1 5 typ host ufrag abc"));
  if (!test_alloc_failed()) assert_int_equal(status, SP_ENOENT);
  sp_buf_free(&buf);
}

static void own_info(world *w) {
  sp_buf buf;
  sp_xw x = begin(w, &buf);
  const char *text =
      written(w, &buf, sp_jingle_write_info(&x, SP_STR("s1"), "mute", SP_STR("user-1"), SP_STR("audio")));
  contains(text, "<jingle xmlns=\"urn:xmpp:jingle:1\" sid=\"s1\" action=\"session-info\"><mute "
                 "xmlns=\"urn:xmpp:jingle:apps:rtp:info:1\" creator=\"user-1\" name=\"audio\"/></jingle>");
  x = begin(w, &buf);
  text = written(w, &buf, sp_jingle_write_info(&x, SP_STR("s1"), "active", SP_STR_NONE, SP_STR_NONE));
  contains(text, "<active xmlns=\"urn:xmpp:jingle:apps:rtp:info:1\"/>");
}

static void own_terminate(world *w) {
  static const char *const conditions[] = {
    "success",
    "alternative-session",
    "busy",
    "cancel",
    "connectivity-error",
    "decline",
    "expired",
    "failed-application",
    "failed-transport",
    "general-error",
    "gone",
    "incompatible-parameters",
    "media-error",
    "security-error",
    "timeout",
    "unsupported-applications",
    "unsupported-transports",
  };
  pending(w);
  if (!w->session) return;
  for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
    char part[128];
    sp_buf buf;
    sp_xw x = begin(w, &buf);
    const char *text = written(w, &buf, sp_jingle_write_terminate(w->session, &x, sp_str_from(conditions[i])));
    snprintf(part, sizeof part, "action=\"session-terminate\"><reason><%s/></reason></jingle>", conditions[i]);
    contains(text, part);
  }
  sp_buf buf;
  sp_xw x = begin(w, &buf);
  contains(written(w, &buf, sp_jingle_write_terminate(w->session, &x, SP_STR_NONE)), "<reason><success/></reason>");
  x = begin(w, &buf);
  contains(written(w, &buf, sp_jingle_write_terminate(w->session, &x, SP_STR("<bored>"))),
           "<reason><general-error/></reason>");
}

static void reasons_of_the_peer(world *w) {
  static const char *const rows[][2] = { { "<reason><alternative-session><sid>b</sid></alternative-session></reason>",
                                           "alternative-session" },
                                         { "<reason><text>x</text><timeout/></reason>", "timeout" },
                                         { "<reason><bored/></reason>", "general-error" },
                                         { "<reason><x xmlns='urn:other'/></reason>", "success" },
                                         { "<reason/>", "success" },
                                         { "", "success" } };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char text[512];
    sp_xml *xml = NULL;
    snprintf(text, sizeof text, "<jingle xmlns='urn:xmpp:jingle:1'>%s</jingle>", rows[i][0]);
    sp_arena_reset(&w->arena);
    assert_int_equal(sp_xml_read(&w->arena, sp_str_from(text), &xml, NULL), SP_OK);
    assert_string_equal(sp_jingle_reason(xml), rows[i][1]);
  }
}

static void own_refusals(world *w) {
  sp_buf buf;
  active(w);
  if (!w->session) return;
  sp_xw x = begin(w, &buf);
  contains(written(w, &buf, sp_jingle_write_refusal(w->session, &x, "content-reject")),
           "action=\"content-reject\"><reason><failed-application/><text>content-add is not supported</text></reason>");
  x = begin(w, &buf);
  contains(written(w, &buf, sp_jingle_write_refusal(w->session, &x, "transport-reject")),
           "action=\"transport-reject\"><reason><failed-transport/></reason></jingle>");
}

static const char *reply_with(world *w, const char *inner) {
  char text[512];
  sp_xml *xml = NULL;
  if (!w->session) return NULL;
  snprintf(text, sizeof text, "<error type='cancel'>%s</error>", inner);
  sp_arena_reset(&w->arena);
  assert_int_equal(sp_xml_read(&w->arena, sp_str_from(text), &xml, NULL), SP_OK);
  return sp_jingle_replied(w->session, xml);
}

static void replies_to_our_actions(world *w) {
  pending(w);
  if (!w->session || test_alloc_failed()) return;
  assert_null(sp_jingle_replied(w->session, NULL)); /* a result, or nothing in time */
  assert_null(reply_with(w, "<forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"));
  assert_string_equal(reply_with(w, "<tie-break xmlns='" SP_NS_JINGLE_ERRORS "'/>"), "alternative-session");
  assert_string_equal(reply_with(w, "<unknown-session xmlns='" SP_NS_JINGLE_ERRORS "'/>"), "gone");
  answer(w);
  assert_null(reply_with(w, "<tie-break xmlns='" SP_NS_JINGLE_ERRORS "'/>"));
  sp_jingle_set_over(w->session);
  assert_null(reply_with(w, "<unknown-session xmlns='" SP_NS_JINGLE_ERRORS "'/>"));
}

/* --- presence (§10.7) --- */

static void peer_unavailable(world *w) {
  sp_jingle_step step;
  pending(w);
  from_peer(w, INITIATE("s2"));
  feed(w, OTHER, INITIATE("s3"), false);
  expect(w, "offer; offer; ");
  while (sp_jingle_unavailable(w->jingle, SP_STR("ROOM-1@conference.acme.orgspan.com/mcu-1"), &step)) perform(w, &step);
  drain(w);
  expect(w, "ended gone ; ended gone ; cancel item-not-found+unknown-session 1; ");
  feed(w, OTHER, JINGLE("s3", "session-info", ""), false);
  expect(w, "");
}

#define ROW(function, text)                                                                                            \
  { text, function }
static const play plays[] = {
  ROW(signalled_elsewhere, "W-D7 W-D10 §10.1 a session-initiate of a session in JSON is acknowledged, no more"),
  ROW(another_sender, "W-D10 §10.1 a sid that exists, from another sender"),
  ROW(same_sid_while_pending, "W-D10 §10.1 a sid that is pending: tie-break"),
  ROW(same_sid_while_active, "W-D10 §10.1 a sid that is no longer pending: out-of-order"),
  ROW(same_sid_without_a_tie, "W-D10 §10.1 a sid that is pending, but no tie: out-of-order"),
  ROW(second_session_of_one_peer, "§10.1 a second session of one peer is no tie (D20)"),
  ROW(without_content, "W-D10 §10.1 a session-initiate without content"),
  ROW(taken, "W-D10 §10.1 a session-initiate gets its result once its description is applied"),
  ROW(refused_by_the_browser, "W-D10 §10.1 the browser refuses the offer"),
  ROW(not_wanted, "W-D10 §10.1 a session that nobody takes"),
  ROW(too_many_sessions, "W-D10 §10.1 too many sessions"),
  ROW(unknown_session, "W-D10 §10.2 actions of an unknown session"),
  ROW(wrong_sender, "W-D10 §10.2 a wrong sender"),
  ROW(ended_session, "W-D10 §10.2 an ended session"),
  ROW(terminate_of_an_unknown_session, "W-D10 §10.2 session-terminate of an unknown session"),
  ROW(session_accept, "W-D10 §10.2 session-accept"),
  ROW(session_info_without_child, "W-D10 §10.2 session-info without child"),
  ROW(session_info, "W-D10 §10.2 session-info of the RTP application"),
  ROW(session_info_unknown_child, "W-D10 §10.2 session-info with an unknown child"),
  ROW(session_terminate, "W-D10 §10.2 session-terminate"),
  ROW(transport_info, "W-D10 §10.2 transport-info"),
  ROW(transport_info_of_an_unknown_content, "W-D10 §10.2 transport-info of an unknown content (D15)"),
  ROW(content_add, "W-D10 §10.2 content-add"),
  ROW(transport_replace, "W-D10 §10.2 transport-replace"),
  ROW(not_supported, "W-D10 §10.2 actions that are not supported, and unknown ones"),
  ROW(unsupported_info, "W-D10 §10.2 description-info and security-info"),
  ROW(malformed, "W-D10 §10.2 malformed actions"),
  ROW(candidates_before_the_answer, "W-D10 §10.6 candidates before the answer are kept"),
  ROW(too_many_candidates, "§10.6 too many candidates before the answer"),
  ROW(restart, "W-D10 §10.6 ICE restart: our transport-info, then the result, then what waited"),
  ROW(restart_before_the_answer, "W-D10 §10.6 ICE restart before the answer"),
  ROW(restart_while_answering, "W-D10 §10.6 ICE restart while the answer is made"),
  ROW(restart_that_fails, "W-D10 §10.6 ICE restart that the browser refuses"),
  ROW(queue_is_bounded, "W-D10 §10.2 the queue of a session is bounded"),
  ROW(action_is_bounded, "W-D10 §10.2 an action that waits is bounded"),
  ROW(terminate_at_any_time, "W-D10 §10.2 session-terminate while an offer is applied (D19)"),
  ROW(accept_first, "§10.3 session-accept first, what waited after it"),
  ROW(own_candidates, "§10.3 §10.6 own candidates and the end of gathering"),
  ROW(own_info, "§10.3 own session-info"),
  ROW(own_terminate, "§10.3 own session-terminate with every condition of XEP-0166"),
  ROW(reasons_of_the_peer, "§10.2 reasons of the peer"),
  ROW(own_refusals, "§10.2 content-reject and transport-reject"),
  ROW(replies_to_our_actions, "§10.3 replies to our actions"),
  ROW(peer_unavailable, "§10.7 presence unavailable ends the peer's sessions"),
};

/* What is still open is closed: then every action has exactly one reply. */
static void settle(world *w) {
  sp_jingle_step step;
  while (sp_jingle_unavailable(w->jingle, SP_STR(PEER), &step)) perform(w, &step);
  while (sp_jingle_unavailable(w->jingle, SP_STR(OTHER), &step)) perform(w, &step);
  while (sp_jingle_unavailable(w->jingle, SP_STR("z@acme.orgspan.com/r"), &step)) perform(w, &step);
  drain(w);
  for (unsigned i = 0; i < w->sent; i++)
    if (w->replied[i] != 1) fail_msg("action %u got %u replies", i, w->replied[i]);
}

static void run(void **state) {
  static world w;
  static const uint8_t seed[SP_SEED_BYTES] = { 7 };
  const play *p = *state;
  bool failed = true;
  for (size_t n = 0; failed; n++) {
    memset(&w, 0, sizeof w);
    w.alloc = test_alloc_new(n);
    sp_ids_init(&w.ids, seed);
    sp_arena_init(&w.arena, NULL, SP_MAX_SCRATCH);
    w.jingle = sp_jingle_new(w.alloc, &w.ids);
    if (w.jingle) {
      p->run(&w);
      settle(&w);
    } else {
      assert_true(test_alloc_failed());
    }
    sp_jingle_free(w.jingle);
    sp_arena_free(&w.arena);
    assert_int_equal(test_alloc_live(), 0);
    failed = n == 0 || test_alloc_failed();
  }
}

int main(void) {
  enum { COUNT = sizeof plays / sizeof *plays };
  struct CMUnitTest tests[COUNT];
  for (size_t i = 0; i < COUNT; i++)
    tests[i] = (struct CMUnitTest){ .name = plays[i].name, .test_func = run, .initial_state = (void *)&plays[i] };
  return _cmocka_run_group_tests("jingle_session", tests, COUNT, NULL, NULL);
}
