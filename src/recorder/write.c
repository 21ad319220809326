/* SPDX-License-Identifier: MIT */
/* The one way out of a recording. */
#include "recorder/internal.h"

#include "base/base64.h"
#include "base/limits.h"
#include "recorder/pseudonym.h"

#include <string.h>

/* A place in a reel. */
typedef struct cursor {
  const sp_reel *reel;
  size_t at;
} cursor;

typedef struct writer {
  sp_pseudonyms p;
  sp_buf raw, text; /* of one item: as it is, and replaced */
  sp_jw w;
} writer;

/* What has no memory fails the whole. */
static void check(writer *w, const sp_buf *buf) {
  if (sp_buf_status(buf) != SP_OK) w->w.buf->status = SP_ENOMEM;
}

static void read_raw(writer *w, cursor *c, size_t size) {
  sp_buf_reset(&w->raw);
  char *to = sp_buf_extend(&w->raw, size);
  if (to) sp_reel_read(c->reel, c->at, to, size);
  check(w, &w->raw);
  c->at += size;
}

static void replace(writer *w, sp_str text) {
  sp_buf_reset(&w->text);
  sp_pseudonym_text(&w->p, text, &w->text);
  check(w, &w->text);
}

/* Handles of streams and numbers of requests stand as names. */
static bool is_handle(sp_str name) {
  uint64_t number;
  return sp_str_to_u64(name, &number);
}

static void add_text(writer *w, cursor *c, size_t size, bool plain) {
  read_raw(w, c, size);
  if (!plain) replace(w, sp_buf_str(&w->raw));
  const sp_buf *from = plain ? &w->raw : &w->text;
  sp_jw_str(&w->w, NULL, from->len ? sp_buf_str(from) : SP_STR(""));
}

static void add_name(writer *w, cursor *c, size_t size) {
  cursor look = *c;
  read_raw(w, &look, size);
  add_text(w, c, size, is_handle(sp_buf_str(&w->raw)));
}

/* The bytes that a replay must draw in order to write the pseudonym of what was made of them: an id (base/ids.c). */
static void redraw_id(writer *w, uint8_t bytes[16]) {
  sp_ids ids = { .script = { (const char *)bytes, 16 } };
  sp_uuid uuid = sp_ids_uuid(&ids);
  replace(w, sp_uuid_str(&uuid));
  for (size_t i = 0, nth = 0; i < w->text.len; i++) {
    char c = w->text.data[i];
    if (c == '-') continue;
    bytes[nth / 2] = (uint8_t)((unsigned)bytes[nth / 2] << 4 | (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10));
    nth++;
  }
}

/* The number of a description (jingle/to_sdp.c), which stands there in decimal, halved. */
static void redraw_number(writer *w, uint8_t bytes[8]) {
  uint64_t value = 0;
  sp_buf decimal;
  sp_buf_init(&decimal, w->p.alloc, 32);
  for (size_t i = 0; i < 8; i++) value = value << 8 | bytes[i];
  sp_buf_add_u64(&decimal, value >> 1);
  check(w, &decimal);
  replace(w, sp_buf_str(&decimal));
  (void)sp_str_to_u64(sp_buf_str(&w->text), &value);
  for (size_t i = 0; i < 8; i++) bytes[i] = (uint8_t)(value << 1 >> (56 - 8 * i));
  sp_buf_free(&decimal);
}

static void add_drawn(writer *w, cursor *c, size_t size) {
  read_raw(w, c, size);
  if (size == 16 && w->raw.len) redraw_id(w, (uint8_t *)w->raw.data);
  if (size == 8 && w->raw.len) redraw_number(w, (uint8_t *)w->raw.data);
  sp_buf_reset(&w->text);
  sp_base64_encode(&w->text, sp_buf_str(&w->raw));
  check(w, &w->text);
  sp_jw_str(&w->w, NULL, sp_buf_str(&w->text));
}

static void add_item(writer *w, cursor *c) {
  static const char *const names[] = { "input", "drawn", "effect" };
  sp_item item;
  sp_reel_read(c->reel, c->at, &item, sizeof item);
  c->at += sizeof item;
  sp_jw_open(&w->w, NULL, '[');
  sp_jw_str(&w->w, NULL, sp_str_from(names[item.type]));
  if (item.type == SP_ITEM_INPUT) sp_jw_num(&w->w, NULL, item.input);
  if (item.type != SP_ITEM_DRAWN) sp_jw_num(&w->w, NULL, item.kind);
  if (item.type == SP_ITEM_INPUT) {
    sp_jw_num(&w->w, NULL, (double)item.mono_ms);
    sp_jw_num(&w->w, NULL, (double)item.wall_ms);
  }
  if (item.type != SP_ITEM_DRAWN) sp_jw_num(&w->w, NULL, item.id);
  if (item.type == SP_ITEM_INPUT) sp_jw_num(&w->w, NULL, item.number);
  if (item.type == SP_ITEM_DRAWN) {
    add_drawn(w, c, item.text_len);
  } else {
    add_name(w, c, item.name_len);
    add_text(w, c, item.text_len, item.plain);
  }
  sp_jw_close(&w->w);
}

static uint32_t order_at(const cursor *c) {
  sp_item item = { .order = UINT32_MAX };
  if (c->at < c->reel->len) sp_reel_read(c->reel, c->at, &item, sizeof item);
  return item.order;
}

static void gap(writer *w) {
  sp_jw_open(&w->w, NULL, '[');
  sp_jw_str(&w->w, NULL, SP_STR("gap"));
  sp_jw_close(&w->w);
}

static void add_items(writer *w, const sp_recorder *r) {
  cursor cursors[SP_REELS];
  bool told = false;
  for (int i = 0; i < SP_REELS; i++) cursors[i] = (cursor){ &r->reels[i], 0 };
  if (r->lost[SP_HEAD]) gap(w);
  while (sp_buf_status(w->w.buf) == SP_OK) {
    int next = SP_HEAD;
    for (int i = 1; i < SP_REELS; i++)
      if (order_at(&cursors[i]) < order_at(&cursors[next])) next = i;
    if (order_at(&cursors[next]) == UINT32_MAX) return;
    /* What belongs to inputs that have left may still be in the bulk. */
    if (next != SP_HEAD && order_at(&cursors[SP_HEAD]) == UINT32_MAX && r->lost[SP_TAIL] && !told) {
      gap(w);
      told = true;
    }
    add_item(w, &cursors[next]);
  }
}

/* Two that the linker keeps as the ends of others only, and words of descriptions and of errors that the core does not
   know and a reader would miss. They are among the program's constants because they stand here and are used, which an
   optimizer must not see through. */
static const char also[] =
    "get sid IP4 udp tcp typ host srflx prflx relay raddr rport generation network cost UDP TLS "
    "RTP SAVPF DTLS SCTP group BUNDLE extmap rtcp mux rsize rtpmap fmtp opus PCMU PCMA telephone "
    "event VP8 VP9 H264 ssrc cname msid webrtc datachannel mypurecloud com local localhost "
    "wss https http amp quot apos NotAllowedError NotFoundError NotReadableError AbortError "
    "OverconstrainedError 8000 16000 48000 90000";

static const char *volatile kept = also;

int sp_recorder_write(sp_recorder *r, sp_str words, sp_buf *out) {
  static const char *const names[] = { "start", "middle", "telemetry" };
  const char *own = kept;
  sp_words known;
  writer w = { .p = { r->alloc, r->key, &known } };
  int status = sp_words_init(&known, r->alloc, words.ptr ? words : sp_str_from(own));
  if (status != SP_OK) return status;
  sp_buf_init(&w.raw, r->alloc, SP_MAX_JSON);
  sp_buf_init(&w.text, r->alloc, SP_MAX_JSON);
  sp_jw_begin(&w.w, out);
  sp_jw_open(&w.w, NULL, '{');
  sp_jw_open(&w.w, "lost", '[');
  for (int i = 0; i < SP_REELS; i++)
    if (r->lost[i]) sp_jw_str(&w.w, NULL, sp_str_from(names[i]));
  sp_jw_close(&w.w);
  sp_jw_open(&w.w, "records", '[');
  add_items(&w, r);
  sp_jw_close(&w.w);
  sp_jw_close(&w.w);
  sp_buf_free(&w.raw);
  sp_buf_free(&w.text);
  sp_words_free(&known);
  return sp_buf_status(out);
}
