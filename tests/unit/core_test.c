/* SPDX-License-Identifier: MIT */
/* Whole calls through the core: what the app, the streaming server and the REST API see (sessions.md §3-§6, wire.md §8, §9). */
#include "scenario.h"

static void whole_inbound_call(scenario *s) {
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1");
  expect_event(s, "pendingSession", "\"id\":\"s1\",\"sessionId\":\"s1\"");
  expect_no_more(s);
}

static const scenario_case cases[] = {
  { "S-30 a whole inbound call", whole_inbound_call },
};

int main(void) {
  return run_scenarios("core", cases, sizeof cases / sizeof *cases);
}
