/* SPDX-License-Identifier: MIT */
/* A sequence of inputs with time into a supervisor. Byte pairs: what happens, and with what. No report, and a
   disconnect ends in SP_STREAMING_CLOSED within five seconds. */
#include "streaming_host.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void tick(host *h, uint64_t ms) {
  h->now += ms;
  sp_iq_tick(h->iq, h->now);
  sp_rest_tick(h->rest, h->now);
  sp_streaming_tick(h->s, h->now);
}

static void call(host *h, uint8_t with) {
  static const sp_str jids[] = { { "r@conference.y", 14 }, { NULL, 0 } };
  if (with % 8 == 0) sp_streaming_probe(h->s, h->now);
  if (with % 8 == 1) sp_streaming_set_in_call(h->s, h->now, with & 8);
  if (with % 8 == 2) sp_streaming_clock(h->s, h->now, h->now + (uint64_t)with * 1000);
  if (with % 8 == 3) sp_streaming_prepare(h->s, h->now);
  if (with % 8 == 4) (void)sp_streaming_set_identity(h->s, SP_STR("v"), SP_STR("b@x"));
  if (with % 8 == 5) (void)sp_streaming_set_jwt_identity(h->s, jids[with / 8 % 2], jids[with / 16 % 2]);
  if (with % 8 == 6) (void)sp_streaming_set_token(h->s, SP_STR("u"));
}

static void topics(host *h, uint8_t what, uint8_t with) {
  sp_str list[3];
  for (size_t i = 0; i < 3; i++) list[i] = sp_str_slice(SP_STR("a.b.c.d?e&f"), with % 8, with % 8 + 3 + 2 * i);
  sp_topic_request one = { list[with / 64u % 3], with & 8, with & 16, with & 32, with / 128u };
  sp_topic_list all = { list, NULL, with % 4, with & 4, with & 8 };
  if (all.count > 3) all.count = 3;
  sp_token token = { 0, 0, with };
  if (what % 3 == 0) (void)sp_streaming_subscribe_topic(h->s, h->now, &one, token);
  if (what % 3 == 1) (void)sp_streaming_unsubscribe(h->s, h->now, one.topic, with & 8);
  if (what % 3 == 2) (void)sp_streaming_subscribe_bulk(h->s, h->now, &all, token);
}

static void input(host *h, uint8_t what, uint8_t with) {
  static const int statuses[] = { 200, 401, 429, 500 };
  if (what % 11 == 0) sp_streaming_connect(h->s, h->now);
  if (what % 11 == 1) sp_streaming_disconnect(h->s, h->now);
  if (what % 11 == 2) tick(h, (uint64_t)with * with * 50);
  if (what % 11 == 3) sp_streaming_socket_opened(h->s, h->now, h->socket);
  if (what % 11 == 4) sp_streaming_socket_closed(h->s, h->now, h->socket - with % 2);
  if (what % 11 == 5 || what % 11 == 6) send_frame(h, with);
  if (what % 11 == 7)
    sp_rest_result_input(h->rest, h->now, h->request - with / 64u, SP_HTTP_OK, statuses[with % 4],
                         with & 4 ? SP_STR("3") : SP_STR_NONE,
                         SP_STR("{\"id\":\"c\",\"chat\":{\"jabberId\":\"a@x\"},\"entities\":[{\"id\":\"d?e&f\","
                                "\"state\":\"Rejected\"},{\"id\":\"a.b\",\"state\":\"Permitted\"}]}"));
  if (what % 11 == 8) topics(h, what / 11, with);
  if (what % 11 == 9) call(h, with);
  if (what % 11 == 10) sp_streaming_online(h->s, h->now, with & 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  host h;
  host_open(&h, size > 0 ? data[0] : 0);
  for (size_t i = 1; i + 1 < size; i += 2) {
    input(&h, data[i], data[i + 1]);
    host_drain(&h);
  }
  h.closed = false;
  sp_streaming_disconnect(h.s, h.now);
  host_drain(&h);
  for (int i = 0; i < 50 && !h.closed; i++) {
    tick(&h, 100);
    host_drain(&h);
  }
  if (!h.closed || sp_streaming_connected(h.s)) abort();
  host_close(&h);
  return 0;
}
