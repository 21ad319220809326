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

static void input(host *h, uint8_t what, uint8_t with) {
  static const int statuses[] = { 200, 401, 429, 500 };
  sp_str topic = sp_str_slice(SP_STR("a.b.c.d?e&f"), with % 8, with % 8 + 3);
  if (what % 11 == 0) sp_streaming_connect(h->s, h->now);
  if (what % 11 == 1) sp_streaming_disconnect(h->s, h->now);
  if (what % 11 == 2) tick(h, (uint64_t)with * with * 50);
  if (what % 11 == 3) sp_streaming_socket_opened(h->s, h->now, h->socket);
  if (what % 11 == 4) sp_streaming_socket_closed(h->s, h->now, h->socket - with % 2);
  if (what % 11 == 5 || what % 11 == 6) send_frame(h, with);
  if (what % 11 == 7)
    sp_rest_result_input(h->rest, h->now, h->request - with / 64u, SP_HTTP_OK, statuses[with % 4],
                         with & 4 ? SP_STR("3") : SP_STR_NONE,
                         SP_STR("{\"id\":\"c\",\"chat\":{\"jabberId\":\"a@x\"}}"));
  if (what % 11 == 8) (void)sp_streaming_subscribe(h->s, h->now, topic, with & 8, (sp_token){ 0, 0, with });
  if (what % 11 == 9) (void)sp_streaming_unsubscribe(h->s, h->now, topic, with & 8);
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
