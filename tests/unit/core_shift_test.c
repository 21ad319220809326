/* SPDX-License-Identifier: MIT */
/* A shift: hundreds of calls, some with the connection lost under them, need no more memory than the first. */
#include "scenario.h"
#include "support.h"

#include <stdio.h>

enum { CYCLES = 160, WARM_UP = 20 }; /* the list of late ids has its size from the start; buffers grow once */

static void whole_call(scenario *s, unsigned n) {
  char session[16], id[16], params[64], mute[64];
  snprintf(session, sizeof session, "s%04u", n);
  snprintf(id, sizeof id, "c%04u", n);
  snprintf(params, sizeof params, "[{\"conversationId\":\"%s\"}]", id);
  snprintf(mute, sizeof mute, "[{\"conversationId\":\"%s\",\"mute\":true}]", id);
  propose(s, .session = session, .conversation = id);
  conversation(s, .conversation = id, .state = "alerting");
  if (n % 8 == 3) { /* withdrawn */
    send_message(s, "retract", session);
    conversation(s, .conversation = id, .state = "disconnected");
    return;
  }
  call(s, "acceptPendingSession", params);
  offer(s, .session = session, .conversation = id, .ufrag = session);
  conversation(s, .conversation = id, .state = "connected");
  candidate(s, session, "m=audio 9 RTP/AVP 0\\r\\na=candidate:1 1 udp 1 192.0.2.1 5 typ host\\r\\n");
  call(s, "setAudioMute", mute);
  conversation(s, .conversation = id, .state = "connected", .muted = true);
  if (n % 10 == 5) {
    drop_connection(s);
    advance(s, 3000);
  }
  if (n % 2) terminate(s, session, "success");
  conversation(s, .conversation = id, .state = "disconnected");
  if (n % 2 == 0) terminate(s, session, "success");
  conversation(s, .conversation = id, .state = "terminated");
}

static void shift(scenario *s) {
  size_t after_warm_up = 0;
  http_answer(s, "GET", "conversations/*", 403, "{}");
  start(s, "{\"accessToken\":\"TOKEN\",\"optOutOfTelemetry\":true}"); /* a batch of telemetry grows until it is sent */
  sign_in_with(s, 2, false);
  for (unsigned n = 0; n < CYCLES; n++) {
    whole_call(s, n);
    advance(s, 1000);
    forget(s);
    if (n < WARM_UP) after_warm_up = test_alloc_live();
    else if (test_alloc_live() != after_warm_up) {
      char what[96];
      snprintf(what, sizeof what, "%zu blocks after call %u, %zu after call %u", test_alloc_live(), n, after_warm_up,
               WARM_UP);
      check(s, false, what);
    }
  }
}

static const scenario_case cases[] = {
  { "a shift of calls is flat in memory", shift, true },
};

int main(void) {
  return run_scenarios("core shift", cases, sizeof cases / sizeof *cases);
}
