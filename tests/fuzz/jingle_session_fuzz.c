/* SPDX-License-Identifier: MIT */
/* Jingle sessions. The first line says which allocation fails ("0": none); each further line is something that happens:
   "p" or "q" and a <jingle> element from one of two peers, or one letter for what the peer connection and the owner of
   the newest session do. What must hold: every action gets exactly one reply, and nothing is left behind. */
#include "base/limits.h"
#include "jingle/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STANZAS = 200 };
#define PEER  "room@conference.x/a"
#define OTHER "z@x/b"

typedef struct world {
  sp_jingle *jingle;
  sp_jingle_session *session;
  sp_arena arena;
  unsigned sent, replied[STANZAS];
} world;

static size_t allowed, live;

static void *resize(void *user, void *ptr, size_t bytes) {
  (void)user;
  if (bytes > 0 && allowed > 0 && --allowed == 0) return NULL;
  if (bytes == 0 && ptr) live--;
  else if (bytes > 0 && !ptr) live++;
  if (bytes > 0) return realloc(ptr, bytes);
  free(ptr);
  return NULL;
}
static const sp_alloc alloc = { resize, NULL };

static void take_reply(world *w, const sp_jingle_step *step) {
  uint64_t id;
  if (!step->replies) return;
  if (!sp_str_to_u64(step->id, &id) || id >= w->sent || w->replied[id]++) abort();
  if (step->error != SP_JINGLE_RESULT && !sp_jingle_fault_of(step->error).condition) abort();
}

static void write_and_drop(world *w, int (*write)(const sp_jingle_session *, sp_xw *, sp_str), sp_str text) {
  sp_buf buf;
  sp_xw x;
  sp_buf_init(&buf, &alloc, SP_MAX_SDP);
  sp_xw_begin(&x, &buf);
  (void)write(w->session, &x, text);
  sp_buf_free(&buf);
}

static void perform(world *w, const sp_jingle_step *step) {
  if (step->kind == SP_JINGLE_OFFER) w->session = step->session;
  if (step->kind == SP_JINGLE_CANDIDATES)
    for (sp_str mid, line; sp_jingle_candidate(step->session, &mid, &line);) {
      sp_str_free(&alloc, &mid);
      sp_str_free(&alloc, &line);
    }
  take_reply(w, step);
  if (step->kind != SP_JINGLE_ENDED) return;
  if (step->session == w->session) w->session = NULL;
  sp_jingle_close(step->session);
}

static void drain(world *w) {
  for (sp_jingle_step step; sp_jingle_next(w->jingle, &step);) perform(w, &step);
}

static void receive(world *w, const char *from, sp_str element) {
  static char text[1 << 17];
  sp_xml *stanza = NULL;
  sp_jingle_step step;
  if (w->sent == STANZAS || element.len > sizeof text - 256) return;
  snprintf(text, sizeof text, "<iq xmlns='jabber:client' id='%u' from='%s'>%.*s</iq>", w->sent, from,
           SP_STR_ARG(element));
  sp_arena_reset(&w->arena);
  if (sp_xml_read(&w->arena, sp_str_from(text), &stanza, NULL) != SP_OK || !stanza || stanza->next) return;
  if (!sp_xml_child(stanza, "urn:xmpp:jingle:1", "jingle") || sp_xml_child_count(stanza) != 1) return;
  w->sent++;
  sp_jingle_receive(w->jingle, stanza, SP_STR("u@x/r"), false, &step);
  perform(w, &step);
  drain(w);
}

static void unavailable(world *w, sp_str from) {
  for (sp_jingle_step step; sp_jingle_unavailable(w->jingle, from, &step);) perform(w, &step);
  drain(w);
}

static void described(world *w, bool ok) {
  sp_jingle_step step;
  const char *reason = sp_jingle_described(w->session, ok, &step);
  take_reply(w, &step);
  if (reason) sp_jingle_set_over(w->session);
}

static void answer(world *w) {
  static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n"
                            "c=IN IP4 0.0.0.0\r\na=rtpmap:0 PCMU/8000\r\na=mid:0\r\na=ice-ufrag:m\r\na=ice-pwd:n\r\n"
                            "a=setup:active\r\na=fingerprint:sha-1 0A\r\n";
  sp_jingle_step step;
  sp_buf buf;
  sp_xw x;
  sp_buf_init(&buf, &alloc, SP_MAX_SDP);
  sp_xw_begin(&x, &buf);
  if (sp_jingle_write_answer(w->session, &x, sp_str_from(sdp)) == SP_OK) {
    sp_jingle_answered(w->session, &step);
    take_reply(w, &step);
  }
  sp_buf_free(&buf);
}

static int candidate(const sp_jingle_session *s, sp_xw *x, sp_str line) {
  return sp_jingle_write_own_candidate(s, x, SP_STR("0"), line);
}

static void happen(world *w, sp_str line) {
  char what = line.len ? line.ptr[0] : ' ';
  sp_str rest = sp_str_slice(line, 1, line.len);
  if (what == 'p') receive(w, PEER, rest);
  else if (what == 'q') receive(w, OTHER, rest);
  else if (what == 'u') unavailable(w, SP_STR(PEER));
  if (!w->session || what == 'p' || what == 'q') return;
  switch (what) {
    case 'd': described(w, true); break;
    case 'f': described(w, false); break;
    case 'a': answer(w); break;
    case 'c': write_and_drop(w, candidate, rest); break;
    case 't': write_and_drop(w, sp_jingle_write_terminate, rest); break;
    case 'e': sp_jingle_set_over(w->session); break;
    case 'r':
      sp_jingle_refuse(w->session);
      w->session = NULL;
      break;
    default: return;
  }
  drain(w);
}

static void play(world *w, sp_str text) {
  for (size_t from = 0, to; from < text.len; from = to + 1) {
    to = sp_str_find_char(text, '\n', from);
    if (to == SIZE_MAX) to = text.len;
    happen(w, sp_str_slice(text, from, to));
  }
  if (w->session) sp_jingle_close(w->session);
  unavailable(w, SP_STR(PEER));
  unavailable(w, SP_STR(OTHER));
  for (unsigned i = 0; i < w->sent; i++)
    if (w->replied[i] != 1) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const uint8_t seed[SP_SEED_BYTES] = { 1 };
  static world w;
  sp_str text = { (const char *)data, size };
  sp_ids ids;
  uint64_t fails = 0;
  size_t end = sp_str_find_char(text, '\n', 0);
  if (end == SIZE_MAX || !sp_str_to_u64(sp_str_slice(text, 0, end), &fails)) return 0;
  memset(&w, 0, sizeof w);
  allowed = (size_t)fails;
  live = 0;
  sp_ids_init(&ids, seed);
  sp_arena_init(&w.arena, NULL, SP_MAX_SCRATCH);
  w.jingle = sp_jingle_new(&alloc, &ids);
  if (w.jingle) play(&w, sp_str_slice(text, end + 1, size));
  sp_jingle_free(w.jingle);
  sp_arena_free(&w.arena);
  if (live != 0) abort();
  return 0;
}
