/* SPDX-License-Identifier: MIT */
/* Frames, separated by NUL, into one stream with its IQ tracker: no report, and it can always be closed. */
#include "base/limits.h"
#include "xmpp/extdisco.h"
#include "xmpp/pubsub.h"
#include "xmpp/stream.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void drain(sp_stream *stream, sp_effects *fx, sp_iq *iq) {
  sp_stream_event event;
  sp_iq_answer answer;
  sp_pubsub_event notice;
  sp_buf servers;
  uint64_t expires;
  sp_buf_init(&servers, NULL, SP_MAX_FRAME);
  while (sp_stream_take(stream, &event)) {
    if (event.kind != SP_STREAM_STANZA) continue;
    sp_pubsub_read(event.stanza, &notice);
    sp_extdisco_read(&servers, event.stanza, &expires);
    sp_iq_reply_error(iq, event.stanza, "cancel", "service-unavailable", NULL, NULL);
  }
  while (sp_iq_take(iq, &answer)) continue;
  for (sp_effect effect; sp_effects_pop(fx, &effect);) continue;
  sp_buf_free(&servers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sp_ids ids;
  sp_ids_init(&ids, (const uint8_t[SP_SEED_BYTES]){ 0 });
  sp_effects *fx = sp_effects_new(NULL);
  sp_iq *iq = sp_iq_new(NULL, &ids, fx);
  sp_arena arena;
  sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
  sp_stream_config config = { SP_STR("x.org"), SP_STR("a@x.org"), SP_STR("t"), SP_STR("r"), size % 2 };
  sp_stream *stream = sp_stream_new(NULL, fx, iq, 1, &config);
  sp_stream_opened(stream, 0);
  for (size_t from = 0, to; from < size; from = to + 1) {
    for (to = from; to < size && data[to] != 0;) to++;
    char *frame = malloc(to - from + 1); /* of its own, so that an overrun shows */
    memcpy(frame, data + from, to - from);
    sp_stream_frame(stream, 0, &arena, (sp_str){ frame, to - from });
    drain(stream, fx, iq);
    sp_arena_reset(&arena);
    free(frame);
  }
  sp_stream_close(stream, 1);
  sp_stream_tick(stream, 1001);
  drain(stream, fx, iq);
  if (!sp_stream_over(stream)) abort();
  sp_stream_free(stream);
  sp_iq_free(iq);
  sp_effects_free(fx);
  sp_arena_free(&arena);
  return 0;
}
