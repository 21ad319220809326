/* SPDX-License-Identifier: MIT */
/* A device, its reports and the calls of the user in any order. The first line of the input is the list of granted
   devices; each following byte is a step. Without a call no event may say that there is one. */
#include "base/limits.h"
#include "headset/headset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct world {
  sp_effects *fx;
  sp_headset *headset;
  uint64_t now;
  sp_str devices;
  uint32_t open;
  bool answers; /* sends are answered at once */
  bool calls;   /* there has been one */
} world;

static void drain(world *w) {
  sp_str json;
  sp_effect fx;
  while (sp_headset_take(w->headset, &json)) sp_str_free(NULL, &json);
  while (sp_effects_pop(w->fx, &fx)) {
    uint32_t id = fx.id;
    if (fx.kind == SP_FX_HEADSET && !w->calls && sp_str_starts(fx.name, "device") &&
        !sp_str_is(fx.name, "deviceConnectionStatusChanged"))
      abort();
    if (fx.kind != SP_FX_HID) continue;
    if (sp_str_is(fx.name, "list")) {
      sp_headset_hid(w->headset, w->now, SP_STR("devices"), 0, 1, w->devices);
    } else if (sp_str_is(fx.name, "open")) {
      w->open = id;
      sp_headset_hid(w->headset, w->now, SP_STR("opened"), id, 1, SP_STR_NONE);
    } else if (sp_str_is(fx.name, "send")) {
      if (fx.text.len > 2 * SP_MAX_HID_REPORT + 10) abort();
      if (w->answers) sp_headset_hid(w->headset, w->now, SP_STR("sent"), id, 1, SP_STR_NONE);
    }
  }
}

static void report(world *w, const uint8_t *bytes, size_t len) {
  char hex[2 * 80];
  size_t count = len < 80 ? len : 80;
  for (size_t i = 0; i < count; i++) {
    hex[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
    hex[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
  }
  if (count)
    sp_headset_hid(w->headset, w->now, SP_STR("report"), w->open, bytes[0], (sp_str){ hex + 2, 2 * count - 2 });
}

static void step(world *w, uint8_t what, const uint8_t *rest, size_t left) {
  static const char *const commands[] = { "ringing", "outgoing", "answer", "reject", "end",
                                          "endAll",  "mute",     "hold",   "reset",  "clear" };
  static const char *const messages[] = {
    "{\"method\":\"headsetControlsRequest\",\"params\":{\"requestType\":\"standard\"}}",
    "{\"method\":\"headsetControlsChanged\",\"params\":{\"hasControls\":true}}",
    "{\"method\":\"headsetControlsRejection\"}",
  };
  unsigned kind = what & 15;
  if (kind < 10) {
    w->calls = true;
    sp_headset_command(w->headset, w->now, sp_str_from(commands[kind]), what & 16 ? SP_STR("c1") : SP_STR("c2"),
                       what & 32, what & 64);
  } else if (kind < 13) {
    size_t wanted = what & 32 ? 80 : (size_t)(what >> 6) + 1; /* id and payload */
    report(w, rest, left < wanted ? left : wanted);
  } else if (kind == 13) {
    w->now += (uint64_t)(what >> 4) * 200;
    sp_headset_tick(w->headset, w->now);
  } else if (kind == 14) {
    w->answers = what & 16;
    sp_headset_hid(w->headset, w->now, what & 32 ? SP_STR("disconnect") : SP_STR("connect"), 1, 0, SP_STR_NONE);
  } else {
    sp_headset_message message = { SP_STR("r"), sp_str_from(messages[(what >> 4) % 3]), false, true };
    sp_headset_message_in(w->headset, w->now, &message, what & 128);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const uint8_t *end = memchr(data, '\n', size);
  size_t line = end ? (size_t)(end - data) : size;
  world w = { .fx = sp_effects_new(NULL), .now = 5000, .devices = { (const char *)data, line }, .answers = true };
  w.headset = sp_headset_new(NULL, w.fx);
  sp_microphone microphone = { SP_STR("m1"), SP_STR("Headset (Jabra EVOLVE LINK MS) (0b0e:0307)") };
  sp_headset_use(w.headset, w.now, true, size & 1, SP_ASKS_STANDARD, &microphone);
  drain(&w);
  for (size_t i = line + 1; i < size && i < line + 2000; i++) {
    const uint8_t *rest = data + i + 1;
    size_t left = size - i - 1;
    step(&w, data[i], rest, left < 80 ? left : 80);
    drain(&w);
  }
  sp_headset_free(w.headset);
  sp_effects_free(w.fx);
  return 0;
}
