/* SPDX-License-Identifier: MIT */
/* streaming_host.h: the host of the supervisor's fuzz target: what the platform may send, and the loop that
   takes what comes out and remembers the ids in it. */
#ifndef SP_FUZZ_STREAMING_HOST_H
#define SP_FUZZ_STREAMING_HOST_H

#include "base/limits.h"
#include "streaming/streaming.h"

#include <stdio.h>

typedef struct host {
  sp_effects *fx;
  sp_iq *iq;
  sp_rest *rest;
  sp_streaming *s;
  sp_arena arena;
  sp_ids random;
  uint64_t now;
  uint32_t socket, request;
  char ids[4][40]; /* of the newest requests */
  unsigned next_id;
  char frame[1024]; /* the newest one: it outlives what is read from it */
  bool closed;
} host;

static const char *const frames[] = {
  "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' id='s'/>",
  "<f:features xmlns:f='http://etherx.jabber.org/streams'><mechanisms "
  "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>"
  "PLAIN</mechanism></mechanisms><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></f:features>",
  "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
  "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/></failure>",
  "<iq xmlns='jabber:client' type='result' id='%s'><bind "
  "xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>a@x/r</jid></bind>"
  "<services xmlns='urn:xmpp:extdisco:1'><service type='stun' host='h'/></services></iq>",
  "<iq xmlns='jabber:client' type='error' id='%s'/>",
  "<iq xmlns='jabber:client' type='set' id='t'><query xmlns='urn:xmpp:cxfr'/></iq><message "
  "xmlns='jabber:client'/>",
  "<message xmlns='jabber:client'><event xmlns='http://jabber.org/protocol/pubsub#event'><items "
  "node='duplicate_id'><item>"
  "<json xmlns='urn:xmpp:json:0'>{}</json></item></items></event></message>",
  "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>",
  "<message xmlns='jabber:client'>",
  "</message>",
  "<iq xmlns='jabber:client' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>",
};

static void host_drain(host *h) {
  sp_iq_answer answer;
  sp_rest_result result;
  sp_streaming_event event;
  for (bool more = true; more;) {
    more = false;
    for (; sp_iq_take(h->iq, &answer); more = true) sp_streaming_iq_answer(h->s, h->now, &answer);
    for (; sp_rest_take(h->rest, &result); more = true) sp_streaming_rest_result(h->s, h->now, &result);
    for (; sp_streaming_take(h->s, &event); more = true)
      if (event.kind == SP_STREAMING_CLOSED) h->closed = true;
  }
  sp_arena_reset(&h->arena);
  for (sp_effect fx; sp_effects_pop(h->fx, &fx);) {
    size_t id = sp_str_find(fx.text, " id=\"", 0);
    if (fx.kind == SP_FX_SOCKET_OPEN) h->socket = fx.id;
    if (fx.kind == SP_FX_HTTP) h->request = fx.id;
    if (fx.kind == SP_FX_SOCKET_SEND && id != SIZE_MAX && fx.text.len > id + 41)
      snprintf(h->ids[h->next_id++ % 4], 40, "%.36s", fx.text.ptr + id + 5);
  }
}

/* Bits of `options`: JWT mode, server pings, unknown identity, pipeline, partial, a stored back-off. */
static void host_open(host *h, uint8_t options) {
  *h = (host){ .fx = sp_effects_new(NULL) };
  sp_ids_init(&h->random, (const uint8_t[SP_SEED_BYTES]){ 0 });
  sp_arena_init(&h->arena, NULL, SP_MAX_SCRATCH);
  h->iq = sp_iq_new(NULL, &h->random, h->fx);
  h->rest = sp_rest_new(NULL, h->fx, SP_STR("x.org"), SP_STR_NONE);
  sp_streaming_config config = { .ws_host = SP_STR("ws://x"), .api_host = SP_STR("x.org"), .token = SP_STR("t") };
  config.server_pings = options & 2;
  config.pipeline = options & 8;
  config.partial = options & 16;
  if (options & 32)
    config.backoff = SP_STR("{\"currentDelayMs\":8000,\"delayMsAfterNextReduction\":4000,"
                            "\"nextDelayReductionTime\":60000,\"timeOfTotalReset\":3600000}");
  if (options & 1) config.jwt = SP_STR("a.b.c");
  if (options & 1) config.jwt_jid = SP_STR("r@conference.x");
  if (!(options & 4)) config.user_id = SP_STR("u");
  if (!(options & 4)) config.jid = SP_STR("a@x");
  h->s = sp_streaming_new(NULL, h->fx, &h->random, h->rest, h->iq, &config);
}

static void host_close(host *h) {
  sp_streaming_free(h->s);
  sp_iq_free(h->iq);
  sp_rest_free(h->rest);
  sp_effects_free(h->fx);
  sp_arena_free(&h->arena);
}

/* One of the frames; the upper bits of `with` choose which request it answers. */
static void send_frame(host *h, uint8_t with) {
  const char *id = h->ids[(h->next_id + 3u - with / 64u) % 4];
  snprintf(h->frame, sizeof h->frame, frames[with % (sizeof frames / sizeof *frames)], id);
  sp_streaming_socket_text(h->s, h->now, h->socket, &h->arena, sp_str_from(h->frame));
}

#endif
