/* SPDX-License-Identifier: MIT */
#include "sdp/sdp.h"

#include "base/limits.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define HEAD "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"

/* Reads and writes; the written text ends up in *out. */
static int read_and_write(const sp_alloc *alloc, sp_str text, sp_buf *out) {
  sp_arena arena;
  sp_sdp sdp;
  sp_arena_init(&arena, alloc, SP_MAX_SCRATCH);
  int status = sp_sdp_read(&arena, text, &sdp);
  if (status == SP_OK) sp_sdp_write(&sdp, out);
  sp_arena_free(&arena);
  return status;
}

static const struct {
  const char *name, *text;
  int status;
  const char *written; /* absent: the text itself */
} texts[] = {
  { "session part alone", HEAD, SP_OK, NULL },
  { "one section", HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=mid:0\r\na=rtcp-mux\r\n", SP_OK, NULL },
  { "LF only", "v=0\ns=-\nm=audio 9 RTP/AVP 0\n", SP_OK, "v=0\r\ns=-\r\nm=audio 9 RTP/AVP 0\r\n" },
  { "no last line end", "v=0\r\ns=-", SP_OK, "v=0\r\ns=-\r\n" },
  { "empty lines at the end", HEAD "\r\n\r\n", SP_OK, HEAD },
  { "an attribute with an empty value", HEAD "a=x:\r\n", SP_OK, NULL },
  { "a value with colons", HEAD "a=x:1:2: 3\r\n", SP_OK, NULL },
  { "an empty s line", "v=0\r\ns=\r\nt=0 0\r\n", SP_OK, NULL },
  { "bytes above ASCII", HEAD "a=x:\xC3\xA9\r\n", SP_OK, NULL },
  { "nothing", "", SP_ESYNTAX, NULL },
  { "no version first", "s=-\r\n", SP_ESYNTAX, NULL },
  { "an empty line inside", "v=0\r\n\r\ns=-\r\n", SP_ESYNTAX, NULL },
  { "no equals sign", "v=0\r\nhello\r\n", SP_ESYNTAX, NULL },
  { "a capital letter", "v=0\r\nA=x\r\n", SP_ESYNTAX, NULL },
  { "a single letter", "v=0\r\na\r\n", SP_ESYNTAX, NULL },
  { "an attribute without name", HEAD "a=\r\n", SP_ESYNTAX, NULL },
  { "a value without name", HEAD "a=:x\r\n", SP_ESYNTAX, NULL },
  { "a name with a space", HEAD "a=x y:z\r\n", SP_ESYNTAX, NULL },
  { "a CR inside", HEAD "a=x:1\ra=y\r\n", SP_ESYNTAX, NULL },
  { "a control character", HEAD "a=x:\x01\r\n", SP_ESYNTAX, NULL },
  { "DEL", HEAD "a=x:\x7F\r\n", SP_ESYNTAX, NULL },
  { "an m-line without formats", HEAD "m=audio 9 RTP/AVP\r\n", SP_ESYNTAX, NULL },
  { "an m-line with a space for a format", HEAD "m=audio 9 RTP/AVP \r\na=mid:0\r\n", SP_ESYNTAX, NULL },
  { "an empty m-line", HEAD "m=\r\n", SP_ESYNTAX, NULL },
};
static const size_t text_count = sizeof texts / sizeof *texts;

static void texts_are_read(void **state) {
  (void)state;
  for (size_t i = 0; i < text_count; i++) {
    sp_buf out, again;
    sp_buf_init(&out, NULL, SP_MAX_FRAME);
    sp_buf_init(&again, NULL, SP_MAX_FRAME);
    sp_str text = sp_str_from(texts[i].text);
    if (read_and_write(NULL, text, &out) != texts[i].status) fail_msg("%s", texts[i].name);
    if (texts[i].status == SP_OK) {
      if (!sp_str_eq(sp_buf_str(&out), texts[i].written ? sp_str_from(texts[i].written) : text))
        fail_msg("%s: %.*s", texts[i].name, SP_STR_ARG(sp_buf_str(&out)));
      assert_int_equal(read_and_write(NULL, sp_buf_str(&out), &again), SP_OK);
      assert_true(sp_str_eq(sp_buf_str(&out), sp_buf_str(&again)));
    }
    sp_buf_free(&out);
    sp_buf_free(&again);
  }
  sp_buf none;
  sp_buf_init(&none, NULL, SP_MAX_FRAME);
  assert_int_equal(read_and_write(NULL, SP_STR_NONE, &none), SP_ESYNTAX);
}

static void sections_and_attributes(void **state) {
  (void)state;
  sp_arena arena;
  sp_sdp sdp;
  sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
  const sp_str text = SP_STR(HEAD "a=ice-lite\r\na=x:session\r\n"
                                  "m=audio 9 UDP/TLS/RTP/SAVPF 111 0 \r\nc=IN IP4 0.0.0.0\r\na=x:1\r\na=xy:2\r\na=x\r\n"
                                  "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n");
  assert_int_equal(sp_sdp_read(&arena, text, &sdp), SP_OK);
  assert_int_equal(sdp.count, 3);
  const sp_sdp_section *session = &sdp.sections[0], *audio = &sdp.sections[1], *channel = &sdp.sections[2];
  assert_null(session->media.ptr);
  assert_int_equal(session->count, 6);
  assert_true(sp_str_is(audio->media, "audio"));
  assert_true(sp_str_is(audio->port, "9"));
  assert_true(sp_str_is(audio->protocol, "UDP/TLS/RTP/SAVPF"));
  assert_true(sp_str_is(audio->formats, "111 0"));
  assert_true(sp_str_is(channel->port, "0"));
  assert_true(sp_str_is(channel->formats, "webrtc-datachannel"));
  assert_non_null(sp_sdp_next(session, "ice-lite", NULL));
  assert_null(sp_sdp_next(session, "ice-lite", NULL)->value.ptr);
  const sp_sdp_line *first = sp_sdp_next(audio, "x", NULL), *second = sp_sdp_next(audio, "x", first);
  assert_true(sp_str_is(first->value, "1"));
  assert_null(second->value.ptr);
  assert_null(sp_sdp_next(audio, "x", second));
  assert_null(sp_sdp_next(channel, "x", NULL));
  sp_arena_free(&arena);
}

static void words(void **state) {
  (void)state;
  sp_str rest = SP_STR("  one two  three ");
  static const char *const expected[] = { "one", "two", "three", "", "" };
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
    assert_true(sp_str_is(sp_sdp_word(&rest), expected[i]));
  rest = SP_STR_NONE;
  assert_int_equal(sp_sdp_word(&rest).len, 0);
  assert_true(sp_sdp_is_token(SP_STR("a=\xC3\xA9;")));
  assert_false(sp_sdp_is_token(SP_STR("")));
  assert_false(sp_sdp_is_token(SP_STR("a b")));
  assert_false(sp_sdp_is_token(SP_STR("a\r")));
  assert_false(sp_sdp_is_token(SP_STR("a\x7F")));
  assert_false(sp_sdp_is_token((sp_str){ "a\0", 2 }));
}

/* `count` times `piece` after `head`. */
static int read_repeated(const char *head, const char *piece, size_t count) {
  sp_buf text, out;
  sp_buf_init(&text, NULL, SP_MAX_FRAME);
  sp_buf_init(&out, NULL, SP_MAX_FRAME);
  sp_buf_add_text(&text, head);
  for (size_t i = 0; i < count; i++) sp_buf_add_text(&text, piece);
  int status = read_and_write(NULL, sp_buf_str(&text), &out);
  sp_buf_free(&text);
  sp_buf_free(&out);
  return status;
}

static void limits(void **state) {
  (void)state;
  static const char section[] = "m=audio 0 RTP/AVP 0\r\n";
  assert_int_equal(read_repeated(HEAD, section, SP_MAX_SDP_SECTIONS - 1), SP_OK);
  assert_int_equal(read_repeated(HEAD, section, SP_MAX_SDP_SECTIONS), SP_ELIMIT);
  assert_int_equal(read_repeated("v=0\r\nm=audio 0 RTP/AVP 0\r\n", "a=x\r\n", SP_MAX_SDP_LINES - 1), SP_OK);
  assert_int_equal(read_repeated("v=0\r\nm=audio 0 RTP/AVP 0\r\n", "a=x\r\n", SP_MAX_SDP_LINES), SP_ELIMIT);
  assert_int_equal(read_repeated("v=0\r\n", "a=x\r\n", SP_MAX_SDP_LINES), SP_ELIMIT);
  assert_int_equal(read_repeated("v=0\r\na=", "x", SP_MAX_SDP_LINE - 2), SP_OK);
  assert_int_equal(read_repeated("v=0\r\na=", "x", SP_MAX_SDP_LINE - 1), SP_ELIMIT);
  assert_int_equal(read_repeated("v=0\r\n", "s", SP_MAX_SDP), SP_ELIMIT);
}

static void cut_texts(void **state) {
  (void)state;
  const sp_str whole = SP_STR(HEAD "m=audio 9 RTP/AVP 0\r\na=mid:0\r\na=sendrecv\r\n");
  for (size_t len = 0; len <= whole.len; len++) {
    sp_buf out;
    sp_buf_init(&out, NULL, SP_MAX_FRAME);
    sp_str part = test_cut(whole, len);
    int status = read_and_write(NULL, part, &out);
    assert_true(status == SP_OK || status == SP_ESYNTAX);
    if (len == whole.len) assert_int_equal(status, SP_OK);
    test_cut_free(part);
    sp_buf_free(&out);
  }
}

static void every_allocation_fails(void **state) {
  (void)state;
  bool failed = true;
  for (size_t n = 1; failed; n++) {
    sp_buf out;
    sp_buf_init(&out, NULL, SP_MAX_FRAME);
    int status = read_and_write(test_alloc_new(n), SP_STR(HEAD "m=audio 9 RTP/AVP 0\r\na=mid:0\r\n"), &out);
    failed = test_alloc_failed();
    assert_int_equal(status, failed ? SP_ENOMEM : SP_OK);
    assert_int_equal(test_alloc_live(), 0);
    sp_buf_free(&out);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "texts are read, and written the same", texts_are_read, NULL, NULL, NULL },
    { "sections and attributes", sections_and_attributes, NULL, NULL, NULL },
    { "words and tokens", words, NULL, NULL, NULL },
    { "limits of a description", limits, NULL, NULL, NULL },
    { "cut descriptions", cut_texts, NULL, NULL, NULL },
    { "every allocation of the reader fails once", every_allocation_fails, NULL, NULL, NULL },
  };
  return cmocka_run_group_tests_name("sdp", tests, NULL, NULL);
}
