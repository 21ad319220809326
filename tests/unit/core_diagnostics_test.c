/* SPDX-License-Identifier: MIT */
/* sdk.runDiagnostics() through the core: what it looks at is what calls use, and nothing of it is a sign-in. */
#include "scenario.h"

/* {"data":{"jid":"agent-room@conference.acme.orgspan.com","uid":"u7"},"exp":1700000400} */
#define JWT                                                                                                            \
  "eyJhbGciOiJub25lIn0.eyJkYXRhIjp7ImppZCI6ImFnZW50LXJvb21AY29uZmVyZW5jZS5hY21lLm9yZ3NwYW4uY29tIiwidWlkIjoidTcifSwiZX" \
  "hwIjoxNzAwMDAwNDAwfQ.c2ln"

#define PROBE(s, name, ...) expect_effect((s), SP_FX_PROBE, ANY_ID, name, __VA_ARGS__)
#define ALLOWED             "{\"microphone\":\"granted\",\"secureContext\":true,\"mediaDevices\":true,\"webrtc\":true}"
#define USER                "{\"status\":200,\"body\":{\"chat\":{\"jabberId\":\"u1@acme.orgspan.com\"}}}"

static void before_the_sign_in(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"customHeaders\":{\"x-app\":\"1\"},\"defaults\":{\"audioDeviceId\":\"m1\","
           "\"micAutoGainControl\":false}}");
  uint32_t run = call(s, "runDiagnostics", "[{}]");
  probe_found(s, PROBE(s, "permissions", "{}"), ALLOWED);
  probe_found(s, PROBE(s, "devices", "{}"), "{\"devices\":[{\"kind\":\"audioinput\",\"deviceId\":\"m1\"}]}");
  /* Headers and credentials of every other request. */
  probe_found(s, PROBE(s, "GET", "/api/v2/users/me\"", "\"x-app\":\"1\"", "\"Authorization\":\"Bearer TOKEN\""), USER);
  probe_found(s, PROBE(s, "POST", "/api/v2/notifications/channels?connectionType=streaming\"", "Bearer TOKEN"),
              "{\"status\":200,\"body\":{\"id\":\"channel-9\"}}");
  probe_found(s, PROBE(s, "socket", "/stream/channels/channel-9\"", "to=\\\"acme.orgspan.com\\\""),
              "{\"opened\":true,\"answered\":true}");
  const seen *media = PROBE(s, "media", "\"autoGainControl\":false", "\"deviceId\":{\"exact\":\"m1\"}");
  probe_found(s, media, "{\"microphone\":true}");
  expect_waiting(s, run);
  advance(s, 3000);
  PROBE(s, "stats", "inbound-rtp");
  probe_found(s, media, "{\"records\":[{\"type\":\"inbound-rtp\",\"packetsReceived\":150,\"jitter\":0}]}");
  expect_effect(s, SP_FX_PROBE, run, "progress", "\"name\":\"media\",\"verdict\":\"pass\"");
  expect_effect(s, SP_FX_RESOLVE, run, "{\"verdict\":\"pass\"", "\"startedAt\":\"2023-11-14T", "\"name\":\"ice\"",
                "\"skipped\"", "\"chosenMicrophone\":true");
  for (int i = 0; i < 6; i++) expect_effect(s, SP_FX_PROBE, ANY_ID, "stop", "");
  expect_no_more(s);
  expect_no_http(s);
  expect_no_effect(s, SP_FX_SOCKET_OPEN);
}

static void the_live_connection_is_asked_itself(scenario *s) {
  sign_in(s);
  uint32_t run = call(s, "runDiagnostics", "[{\"sections\":[\"socket\"]}]");
  expect_sent(s, "<ping xmlns=\"urn:xmpp:ping\"");
  expect_effect(s, SP_FX_RESOLVE, run, "\"verdict\":\"pass\"", "\"connected\":true,\"answered\":true");
  s->silent = "urn:xmpp:ping";
  run = call(s, "runDiagnostics", "[{\"sections\":[\"socket\"],\"timeoutMs\":300}]");
  expect_waiting(s, run);
  advance(s, 300);
  expect_effect(s, SP_FX_RESOLVE, run, "\"verdict\":\"fail\"", "No answer within 0.3 s.");
  expect_no_more(s);
}

static void ice_has_the_servers_of_the_connection(scenario *s) {
  sign_in(s);
  uint32_t run = call(s, "runDiagnostics", "[{\"sections\":[\"ice\"]}]");
  for (const seen *probe = PROBE(s, "ice", "\"iceServers\":[{\"urls\":"); probe;) {
    probe_found(s, probe, "{\"seen\":true}");
    if (s->settled[run] || s->lenient) break;
    probe = PROBE(s, "ice", "\"iceServers\":[{\"urls\":");
  }
  expect_effect(s, SP_FX_RESOLVE, run, "\"name\":\"ice\"", "\"reachable\":true");
  expect_no_more(s);
}

static void a_jwt(scenario *s) {
  start(s, "{\"jwt\":\"" JWT "\"}");
  uint32_t run = call(s, "runDiagnostics", "[{\"sections\":[\"socket\",\"rest\"]}]");
  probe_found(s, PROBE(s, "socket", "/stream/jwt/" JWT "\"", "to=\\\"acme.orgspan.com\\\""), "{\"opened\":true}");
  probe_found(s, PROBE(s, "GET", "Bearer " JWT), "{\"status\":401}");
  expect_effect(s, SP_FX_RESOLVE, run, "{\"verdict\":\"fail\"", "\"name\":\"rest\",\"verdict\":\"pass\"",
                "nobody answers");
  expect_no_more(s);
}

static void a_guest(scenario *s) {
  start(s, "{\"organizationId\":\"o1\"}");
  uint32_t run = call(s, "runDiagnostics", "[{\"sections\":[\"socket\"]}]");
  expect_effect(s, SP_FX_RESOLVE, run, "\"name\":\"socket\",\"verdict\":\"skipped\"");
  expect_no_more(s);
}

static void wrong_options_and_a_second_run(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\"}");
  expect_rejected(s, call(s, "runDiagnostics", "[{\"sections\":[\"x\"]}]"), "invalid_options", "no such section");
  uint32_t run = call(s, "runDiagnostics", "[]");
  expect_rejected(s, call(s, "runDiagnostics", "[]"), "generic", "running already");
  call(s, "stopDiagnostics", "[]");
  expect_resolved(s, run, "");
  for (int i = 0; i < 3; i++) expect_effect(s, SP_FX_PROBE, ANY_ID, "stop", "");
  call(s, "stopDiagnostics", "[]");
  advance(s, 20000);
  expect_no_effect(s, SP_FX_MEDIA_REQUEST);
}

int main(void) {
  static const scenario_case cases[] = {
    { "before the sign-in: headers, device and constraints are those of calls", before_the_sign_in, false },
    { "the live connection is asked itself", the_live_connection_is_asked_itself, false },
    { "ICE has the servers of the connection", ice_has_the_servers_of_the_connection, false },
    { "a JWT is its own channel", a_jwt, false },
    { "a guest has nothing to open a socket with", a_guest, false },
    { "wrong options, and a second run", wrong_options_and_a_second_run, false },
  };
  return run_scenarios("diagnostics", cases, sizeof cases / sizeof *cases);
}
