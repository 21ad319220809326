/* SPDX-License-Identifier: MIT */
/* Transcripts are files: C: a frame the client must send next, S: a frame the server sends, E: an event the
   owner must get, X: the socket must be closed, T: milliseconds pass, ! a setting, # a comment. {n} stands
   for the n-th id of the client. */
#include "xmpp/stream.h"

#include "base/limits.h"
#include "base/status.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_LINE 2048

typedef struct bench {
  const sp_alloc *alloc;
  sp_effects *fx;
  sp_ids ids;
  sp_iq *iq;
  sp_stream *stream;
  sp_arena arena;
  uint64_t now;
  char log[32][MAX_LINE]; /* what came out and was not looked at */
  unsigned first, count;
  char id[10][SP_UUID_LEN + 1];
} bench;

static bool bench_open(bench *b, size_t fail_at, bool anonymous, bool pipeline) {
  static const uint8_t seed[SP_SEED_BYTES] = { 1 };
  memset(b, 0, sizeof *b);
  b->alloc = test_alloc_new(fail_at);
  sp_ids_init(&b->ids, seed);
  sp_arena_init(&b->arena, b->alloc, SP_MAX_SCRATCH);
  b->fx = sp_effects_new(b->alloc);
  if (b->fx) b->iq = sp_iq_new(b->alloc, &b->ids, b->fx);
  sp_stream_config config = { .domain = SP_STR("acme.orgspan.com"), .pipeline = pipeline };
  if (!anonymous) {
    config.bare_jid = SP_STR("5e7f@acme.orgspan.com");
    config.token = SP_STR("TOKEN");
    config.resource = SP_STR("res-1");
  }
  if (b->iq) b->stream = sp_stream_new(b->alloc, b->fx, b->iq, 5, &config);
  return b->stream != NULL;
}

static void bench_close(bench *b) {
  sp_stream_free(b->stream);
  sp_iq_free(b->iq);
  sp_effects_free(b->fx);
  sp_arena_free(&b->arena);
  assert_int_equal(test_alloc_live(), 0);
}

static void note(bench *b, const char *kind, sp_str text, sp_str more) {
  if (b->count == 32) return;
  snprintf(b->log[(b->first + b->count++) % 32], MAX_LINE, "%s%.*s%s%.*s", kind, SP_STR_ARG(text),
           more.len > 0 ? " " : "", SP_STR_ARG(more));
}

static void collect_effects(bench *b) {
  for (sp_effect fx; sp_effects_pop(b->fx, &fx);) {
    if (fx.kind == SP_FX_SOCKET_SEND) note(b, "C: ", fx.text, SP_STR_NONE);
    if (fx.kind == SP_FX_SOCKET_CLOSE) note(b, "X: ", SP_STR_NONE, SP_STR_NONE);
    if (fx.kind == SP_FX_SOCKET_SEND || fx.kind == SP_FX_SOCKET_CLOSE) assert_int_equal(fx.id, 5);
  }
}

static void collect(bench *b) {
  sp_stream_event event;
  collect_effects(b);
  while (sp_stream_take(b->stream, &event)) {
    collect_effects(b);
    if (event.kind == SP_STREAM_BINDING) note(b, "E: binding ", SP_STR_NONE, SP_STR_NONE);
    if (event.kind == SP_STREAM_READY) note(b, "E: ready ", event.text, SP_STR_NONE);
    if (event.kind == SP_STREAM_STANZA) note(b, "E: stanza ", event.stanza->name, SP_STR_NONE);
    if (event.kind == SP_STREAM_SASL_FAILURE) note(b, "E: sasl-failure", SP_STR_NONE, event.text);
    if (event.kind == SP_STREAM_CLOSED) note(b, "E: closed ", event.text, SP_STR_NONE);
  }
  collect_effects(b);
}

static void feed(bench *b, sp_str frame) {
  sp_stream_frame(b->stream, b->now, &b->arena, frame);
  collect(b);
  sp_arena_reset(&b->arena);
}

/* Replaces {n}; learns it from `actual` when it is not known yet. */
static void expand(bench *b, const char *line, const char *actual, char *out) {
  char *end = out + MAX_LINE - SP_UUID_LEN - 1;
  for (; *line && out < end; line++) {
    if (line[0] != '{' || line[1] < '0' || line[1] > '9' || line[2] != '}') {
      *out++ = *line;
      if (actual && *actual) actual++;
      continue;
    }
    char *id = b->id[line[1] - '0'];
    if (!*id && actual) snprintf(id, SP_UUID_LEN + 1, "%.36s", actual);
    size_t len = strlen(id);
    memcpy(out, id, len);
    out += len;
    if (actual) actual += strlen(actual) < len ? strlen(actual) : len;
    line += 2;
  }
  *out = '\0';
}

static void expect(bench *b, const char *file, const char *line) {
  char want[MAX_LINE];
  const char *got = b->count > 0 ? b->log[b->first] : "(nothing)";
  expand(b, line, got, want);
  if (strcmp(want, got) != 0) fail_msg("%s\nwant %s\ngot  %s", file, want, got);
  b->first = (b->first + 1) % 32;
  b->count--;
}

static void perform(bench *b, const char *file, const char *line) {
  char text[MAX_LINE];
  expand(b, line, NULL, text);
  switch (line[0]) {
    case 'S': feed(b, sp_str_from(text + 3)); break;
    case 'T':
      b->now += (uint64_t)atoi(line + 3);
      sp_stream_tick(b->stream, b->now);
      collect(b);
      break;
    case 'C':
    case 'E':
    case 'X': expect(b, file, line); break;
    default: break;
  }
}

/* The next line of *text without its end, in a static buffer; NULL at the end. */
static const char *next_line(const char **text) {
  static char line[MAX_LINE];
  if (!**text) return NULL;
  size_t len = strcspn(*text, "\n");
  snprintf(line, sizeof line, "%.*s", (int)len, *text);
  *text += len + ((*text)[len] == '\n');
  return line;
}

static void run_transcript(const char *name) {
  char path[128];
  snprintf(path, sizeof path, "xmpp/%s.txt", name);
  const char *text = read_fixture(path).ptr;
  bench b;
  assert_true(bench_open(&b, 0, strstr(text, "! anonymous"), strstr(text, "! pipeline")));
  sp_stream_opened(b.stream, b.now);
  collect(&b);
  for (const char *line; (line = next_line(&text));) perform(&b, name, line);
  if (b.count > 0) fail_msg("%s: unexpected %s", name, b.log[b.first]);
  bench_close(&b);
}

static void handshake(void **state) {
  (void)state;
  run_transcript("handshake-plain");
}

static void anonymous(void **state) {
  (void)state;
  run_transcript("handshake-anonymous");
}

static void pieces(void **state) {
  (void)state;
  run_transcript("handshake-pieces");
}

static void pipeline(void **state) {
  (void)state;
  run_transcript("handshake-pipeline");
  run_transcript("pipeline-overtaken");
  run_transcript("pipeline-refused");
  run_transcript("pipeline-no-session");
}

static void failures(void **state) {
  (void)state;
  run_transcript("sasl-not-authorized");
  run_transcript("no-mechanism");
  run_transcript("no-bind");
  run_transcript("stream-error");
}

static void malformed(void **state) {
  (void)state;
  run_transcript("malformed");
}

/* Plays the handshake up to (not including) server frame `until`, whatever the client answers. */
static const char *play(bench *b, int until) {
  const char *text = read_fixture("xmpp/handshake-plain.txt").ptr;
  static char frame[MAX_LINE];
  sp_stream_opened(b->stream, b->now);
  collect(b);
  for (const char *line; (line = next_line(&text));) {
    char want[MAX_LINE];
    if (line[0] == 'C' && b->count > 0) {
      expand(b, line, b->log[b->first], want);
      b->count = 0;
    }
    if (line[0] != 'S') continue;
    expand(b, line, NULL, frame);
    if (until-- == 0) return frame + 3;
    feed(b, sp_str_from(frame + 3));
  }
  return NULL;
}

/* Every server frame cut at every byte: an element that is not complete does nothing, and the rest completes
 * it. */
static void cut_at_every_byte(void **state) {
  (void)state;
  bench b;
  for (int frame = 0; frame < 7; frame++) {
    size_t whole = 2;
    for (size_t len = 1; len < whole; len++) {
      assert_true(bench_open(&b, 0, false, false));
      sp_str text = sp_str_from(play(&b, frame));
      whole = text.len;
      unsigned before = b.count;
      sp_str part = test_cut(text, len), rest = test_cut(sp_str_slice(text, len, text.len), text.len - len);
      feed(&b, part);
      assert_int_equal(b.count, before);
      test_cut_free(part);
      feed(&b, rest);
      test_cut_free(rest);
      for (unsigned i = 0; i < b.count; i++) assert_null(strstr(b.log[(b.first + i) % 32], "closed"));
      bench_close(&b);
    }
  }
}

/* States are reached by playing the handshake this far; what each makes of each frame. A letter: o open, a
   auth, i iq, c close sent, X socket closed, R ready, S stanza, F failure, Z closed. */
#define FEATURES                                                                                                       \
  "<f:features xmlns:f='http://etherx.jabber.org/streams'><mechanisms "                                                \
  "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"                                                                          \
  "<mechanism>PLAIN</mechanism></mechanisms><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></f:features>"
static const char *const stimuli[] = {
  "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' id='s9'/>",
  FEATURES,
  "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
  "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
  "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
  "<iq xmlns='jabber:client' type='result' id='{1}'/>",
  "<iq xmlns='jabber:client' type='error' id='{2}'/>",
  "<message xmlns='jabber:client'/>",
  "<iq xmlns='jabber:client' type='get' id='q'/>",
  "<e:error xmlns:e='http://etherx.jabber.org/streams'/>",
  "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>",
  "<broken></x>",
  "<unknown/>",
  "STOP",
  "TICK",
};
enum { STIMULI = sizeof stimuli / sizeof *stimuli };

static const struct {
  const char *name;
  int played;
  bool closing;
  const char *want[STIMULI];
} rows[] = {
  { "opening", 0, false, { "", "", "", "", "", "", "", "", "", "c", "cXZ", "XZ", "", "XZ", "" } },
  { "features", 1, false, { "", "a", "", "", "", "", "", "", "", "c", "cXZ", "cXZ", "", "c", "" } },
  { "auth", 2, false, { "", "", "o", "cF", "cXZ", "", "", "", "", "c", "cXZ", "cXZ", "", "c", "" } },
  { "reopening", 3, false, { "", "", "", "", "", "", "", "", "", "c", "cXZ", "cXZ", "", "c", "" } },
  { "refeatures", 4, false, { "", "i", "", "", "", "", "", "", "", "c", "cXZ", "cXZ", "", "c", "" } },
  { "binding", 5, false, { "", "", "", "", "", "cXZ", "", "", "", "c", "cXZ", "cXZ", "", "c", "" } },
  { "session", 6, false, { "", "", "", "", "", "", "c", "S", "S", "c", "cXZ", "cXZ", "", "c", "" } },
  { "ready", 7, false, { "", "", "", "", "", "", "", "S", "S", "c", "cXZ", "cXZ", "", "c", "" } },
  { "closing", 7, true, { "", "", "", "", "", "", "", "", "", "", "XZ", "XZ", "", "", "XZ" } },
};

static void summarise(const bench *b, char *out) {
  for (unsigned i = 0; i < b->count; i++) {
    const char *line = b->log[(b->first + i) % 32];
    static const struct {
      const char *start;
      char letter;
    } letters[] = { { "C: <open", 'o' }, { "C: <auth", 'a' },  { "C: <iq", 'i' },  { "C: <close", 'c' }, { "X", 'X' },
                    { "E: ready", 'R' }, { "E: stanza", 'S' }, { "E: sasl", 'F' }, { "E: closed", 'Z' } };
    for (size_t j = 0; j < sizeof letters / sizeof *letters; j++)
      if (strncmp(line, letters[j].start, strlen(letters[j].start)) == 0) *out++ = letters[j].letter;
  }
  *out = '\0';
}

static void stimulate(bench *b, const char *stimulus) {
  char text[MAX_LINE];
  if (strcmp(stimulus, "STOP") == 0) {
    sp_stream_close(b->stream, b->now);
    collect(b);
  } else if (strcmp(stimulus, "TICK") == 0) {
    b->now += 1000;
    sp_stream_tick(b->stream, b->now);
    collect(b);
  } else {
    expand(b, stimulus, NULL, text);
    feed(b, sp_str_from(text));
  }
}

static void every_state_and_event(void **state) {
  (void)state;
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
    for (int i = 0; i < STIMULI; i++) {
      bench b;
      char got[64];
      assert_true(bench_open(&b, 0, false, false));
      play(&b, rows[r].played);
      if (rows[r].closing) stimulate(&b, "STOP");
      if (rows[r].played > 1) assert_true(sp_stream_server_id(b.stream).len > 0);
      b.count = 0;
      stimulate(&b, stimuli[i]);
      summarise(&b, got);
      if (strcmp(got, rows[r].want[i]) != 0)
        fail_msg("%s, %s: want %s, got %s", rows[r].name, stimuli[i], rows[r].want[i], got);
      assert_int_equal(sp_stream_over(b.stream), strchr(got, 'Z') != NULL);
      bench_close(&b);
    }
}

static void a_closed_stream_is_deaf(void **state) {
  (void)state;
  bench b;
  assert_true(bench_open(&b, 0, false, false));
  sp_stream_close(b.stream, 0); /* before the socket opened */
  collect(&b);
  assert_string_equal(b.log[0], "X: ");
  assert_string_equal(b.log[1], "E: closed closed");
  b.count = 0;
  for (int i = 0; i < STIMULI; i++) stimulate(&b, stimuli[i]);
  sp_stream_opened(b.stream, 0);
  collect(&b);
  assert_int_equal(b.count, 0);
  bench_close(&b);
}

static void oversized_frames(void **state) {
  (void)state;
  bench b;
  assert_true(bench_open(&b, 0, false, false));
  play(&b, 7);
  b.count = 0;
  size_t size = SP_MAX_FRAME + 1;
  char *big = malloc(size);
  memset(big, ' ', size);
  feed(&b, (sp_str){ big, size }); /* dropped */
  feed(&b, SP_STR("<message xmlns='jabber:client'/>"));
  assert_string_equal(b.log[b.first], "E: stanza message");
  assert_int_equal(b.count, 1);
  b.count = 0;
  feed(&b, SP_STR("<message xmlns='jabber:client'>"));
  feed(&b, (sp_str){ big, SP_MAX_FRAME - 10 }); /* together too long: cannot be dropped */
  assert_true(sp_stream_over(b.stream));
  free(big);
  bench_close(&b);
}

static void never_completed(void **state) {
  (void)state;
  run_transcript("never-completed");
}

static void too_many_pieces(void **state) {
  (void)state;
  bench b;
  assert_true(bench_open(&b, 0, false, false));
  play(&b, 7);
  feed(&b, SP_STR("<message xmlns='jabber:client'>"));
  for (int i = 0; i < 100; i++) feed(&b, SP_STR("x"));
  assert_true(sp_stream_over(b.stream));
  bench_close(&b);
}

static void every_allocation_fails_once(void **state) {
  (void)state;
  for (size_t n = 2, done = 0; !done; n++) {
    bench b;
    if (bench_open(&b, n / 2, false, n % 2)) {
      play(&b, 7);
      stimulate(&b, stimuli[7]);
      sp_stream_close(b.stream, b.now);
      collect(&b);
      sp_stream_tick(b.stream, b.now + 1000);
      collect(&b);
      assert_true(sp_stream_over(b.stream));
    }
    done = n % 2 && !test_alloc_failed();
    bench_close(&b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "W-D1 handshake transcript", handshake, NULL, NULL, NULL },
    { "W-D1 ANONYMOUS transcript", anonymous, NULL, NULL, NULL },
    { "W-4.1 frames with several elements and pieces", pieces, NULL, NULL, NULL },
    { "W-4.3 requests follow bind at once", pipeline, NULL, NULL, NULL },
    { "W-4.3 failures during negotiation", failures, NULL, NULL, NULL },
    { "W-D11 malformed XML resets the connection", malformed, NULL, NULL, NULL },
    cmocka_unit_test(cut_at_every_byte),
    { "W-4.5 every state and event", every_state_and_event, NULL, NULL, NULL },
    cmocka_unit_test(a_closed_stream_is_deaf),
    cmocka_unit_test(oversized_frames),
    cmocka_unit_test(too_many_pieces),
    { "W-D5 W-D11 an element that is never completed swallows nothing", never_completed, NULL, NULL, NULL },
    cmocka_unit_test(every_allocation_fails_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
