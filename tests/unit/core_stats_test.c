/* SPDX-License-Identifier: MIT */
/* Statistics through the core: when they are asked for, the `stats` events, quality reports, telemetry, and the live
   quality of a call (logging-and-stats.md §5, §7, §8; sessions.md §12). */
#include "scenario.h"

#include <stdio.h>
#include <string.h>

#define CONFIG(more)                                                                                                   \
  "{\"accessToken\":\"SECRET-TOKEN\",\"environment\":\"mypurecloud.com\",\"sdkVersion\":\"1.2.3\","                    \
  "\"host\":{\"userAgent\":\"Agent/1\",\"platform\":\"Linux\",\"cores\":8}" more "}"
#define REPORTING CONFIG(",\"reportStatistics\":true,\"optOutOfTelemetry\":true")

/* Counters of a call's sound; `line` is what the browser says of it. */
typedef struct sound {
  unsigned at, sent, captured, received, lost, round_trips, far_reports;
  double jitter, round_trip, far_loss;
  bool off;    /* the microphone's track is switched off */
  bool no_rtt; /* the far end has never measured */
  char line[3072];
} sound;

#define ADDRESS "203.0.113.7"

static void write_line(sound *x) {
  char trips[128] = "";
  if (!x->no_rtt)
    snprintf(trips, sizeof trips, ",\"totalRoundTripTime\":%g,\"roundTripTimeMeasurements\":%u",
             x->round_trip * x->round_trips, x->round_trips);
  snprintf(x->line, sizeof x->line,
           "[{\"type\":\"outbound-rtp\",\"id\":\"O\",\"kind\":\"audio\",\"packetsSent\":%u,\"bytesSent\":%u,"
           "\"timestamp\":%u,\"mediaSourceId\":\"M\"},"
           "{\"type\":\"media-source\",\"id\":\"M\",\"kind\":\"audio\",\"totalSamplesDuration\":%u,"
           "\"totalAudioEnergy\":%u},"
           "{\"type\":\"remote-inbound-rtp\",\"id\":\"RI\",\"localId\":\"O\",\"kind\":\"audio\",\"timestamp\":%u,"
           "\"jitter\":0.001,\"fractionLost\":%g,\"roundTripTime\":%g%s},"
           "{\"type\":\"inbound-rtp\",\"id\":\"I\",\"kind\":\"audio\",\"packetsReceived\":%u,\"packetsLost\":%u,"
           "\"bytesReceived\":%u,\"timestamp\":1700000%06u,\"jitter\":%g,\"totalAudioEnergy\":%u},"
           "{\"type\":\"sp-sender\",\"kind\":\"audio\",\"enabled\":%s,\"muted\":false,\"ended\":false},"
           "{\"type\":\"candidate-pair\",\"id\":\"P\",\"nominated\":true,\"state\":\"succeeded\","
           "\"localCandidateId\":\"L\",\"remoteCandidateId\":\"R\",\"currentRoundTripTime\":%g},"
           "{\"type\":\"local-candidate\",\"id\":\"L\",\"candidateType\":\"host\",\"protocol\":\"udp\","
           "\"address\":\"" ADDRESS "\",\"ip\":\"" ADDRESS "\",\"port\":4000},"
           "{\"type\":\"remote-candidate\",\"id\":\"R\",\"candidateType\":\"relay\",\"address\":\"" ADDRESS "\","
           "\"url\":\"turn:" ADDRESS "\"}]",
           x->sent, x->sent * 100, x->at, x->captured, x->captured, x->far_reports * 1000, x->far_loss, x->round_trip,
           trips, x->received, x->lost, x->received * 100, x->at, x->jitter, x->received, x->off ? "false" : "true",
           x->round_trip);
}

/* Seconds of a call: so many packets each way in each of them. */
static void seconds(scenario *s, sound *x, unsigned count, unsigned out, unsigned in) {
  for (unsigned i = 0; i < count; i++) {
    x->at += 1000;
    x->sent += out;
    x->captured += out > 0;
    x->received += in;
    x->round_trips++;
    x->far_reports++;
    write_line(x);
    s->stats = x->line;
    advance(s, 1000);
  }
}

static void good(scenario *s, sound *x, unsigned count) {
  seconds(s, x, count, 50, 50);
}

static void sound_begins(scenario *s, sound *x) {
  *x = (sound){ .jitter = 0.004, .round_trip = 0.1 };
  write_line(x);
  s->stats = x->line;
}

/* A call that is connected for everybody. */
static void talk(scenario *s, sound *x) {
  sound_begins(s, x);
  connect_call(s, 1, "s1", "c1");
  conversation(s, .conversation = "c1", .state = "alerting");
  conversation(s, .conversation = "c1", .state = "connected");
}

static size_t count_of(const scenario *s, sp_effect_kind kind, const char *name, const char *part) {
  size_t count = 0;
  for (size_t i = 0; i < s->log_count; i++) {
    const seen *fx = s->log[i];
    count += fx->kind == kind && !fx->taken && strcmp(fx->name, name) == 0 && strstr(fx->text, part) != NULL;
  }
  return count;
}

static size_t reports(const scenario *s) {
  size_t count = 0;
  for (size_t i = 0; i < s->log_count; i++)
    count += s->log[i]->kind == SP_FX_SOCKET_SEND && !s->log[i]->taken && strstr(s->log[i]->text, "report-statistics");
  return count;
}

static const seen *expect_stats(scenario *s, const char *part) {
  return expect_effect(s, SP_FX_SESSION_EVENT, 1, "stats", part);
}

/* --- stats events --- */

static void statistics_every_five_seconds(scenario *s) {
  sound x;
  start(s, CONFIG(""));
  sign_in(s);
  sound_begins(s, &x);
  propose(s, .session = "s1", .conversation = "c1");
  call(s, "acceptPendingSession", "[{\"conversationId\":\"c1\"}]");
  offer(s, .session = "s1", .conversation = "c1");
  expect_no_effect(s, SP_FX_PEER_STATS);
  peer_ice_state(s, 1, "checking");
  peer_state(s, 1, "connecting");
  s->now += 70;
  peer_ice_state(s, 1, "connected");
  peer_state(s, 1, "connected");
  const seen *asked = expect_effect(s, SP_FX_PEER_STATS, 1, "\"types\":[");
  check(s, !strstr(asked->text, "certificate"), "only what is needed");
  const seen *connected = expect_stats(s, "{\"name\":\"connect\",\"session\":\"s1\",\"userAgent\":\"Agent/1\","
                                          "\"platform\":\"Linux\",\"cores\":8,\"connectTime\":70,");
  check(s, strstr(connected->text, "\"candidatePair\":\"host;relay\"") != NULL, "the pair");
  check(s, strstr(connected->text, ADDRESS) != NULL, "the event itself is complete");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "iceConnectionType",
                "[{\"localCandidateType\":\"host\",\"relayed\":true,\"remoteCandidateType\":\"relay\"}]");
  expect_stats(s, "\"name\":\"getStats\"");
  good(s, &x, 4);
  check(s, count_of(s, SP_FX_SESSION_EVENT, "stats", "") == 0, "not before 5 s");
  good(s, &x, 6);
  check(s, count_of(s, SP_FX_SESSION_EVENT, "stats", "\"packetsReceived\":") == 2 || s->lenient, "at 5 and 10 s");
  peer_ice_state(s, 1, "connected");
  check(s, count_of(s, SP_FX_SESSION_EVENT, "stats", "\"connect\"") == 0, "connect comes once");
  forget(s);
  terminate(s, "s1", "success");
  good(s, &x, 10);
  expect_no_effect(s, SP_FX_PEER_STATS);
  check(s, count_of(s, SP_FX_SESSION_EVENT, "stats", "") == 0, "nothing after the end");
}

static void losing_the_connection(scenario *s) {
  sound x;
  sign_in(s);
  talk(s, &x);
  forget(s);
  peer_says(s, false, 1, "disconnected", "have-remote-offer");
  check(s, count_of(s, SP_FX_SESSION_EVENT, "stats", "") == 0, "while signaling is not stable");
  peer_says(s, false, 1, "connected", "stable");
  forget(s);
  peer_says(s, false, 1, "disconnected", "stable");
  expect_stats(s, "\"tracks\":[],\"remoteTracks\":[],\"type\":\"disconnected\"");
  peer_says(s, true, 1, "failed",
            "{\"local\":\"v=0\\r\\na=candidate:1 1 udp 9 192.0.2.1 5 typ host\\r\\n"
            "a=candidate:2 1 udp 9 192.0.2.1 5 typ relay\\r\\n\"}");
  const seen *failure = expect_stats(s, "\"name\":\"failure\"");
  check(s,
        strstr(failure->text, "\"numLocalHostCandidates\":1,\"numLocalSrflxCandidates\":0,"
                              "\"numLocalRelayCandidates\":1,\"numRemoteHostCandidates\":0") != NULL,
        "the candidates are counted");
  check(s, !strstr(failure->text, "192.0.2.1"), "and not shown");
}

static void a_browser_that_refuses(scenario *s) {
  sign_in(s);
  s->stats = "";
  connect_call(s, 1, "s1", "c1");
  advance(s, 1000); /* `connect` waits for the selected pair, 900 ms */
  forget(s);
  advance(s, 5000);
  check(s, count_of(s, SP_FX_LOG, "error", "Collecting statistics failed") == 1 || s->lenient, "one line");
  check(s, count_of(s, SP_FX_SESSION_EVENT, "stats", "") == 0, "no event");
}

/* --- quality reports --- */

static void reports_count_from_a_baseline(scenario *s) {
  sound x;
  start(s, CONFIG(",\"reportStatistics\":true,\"optOutOfTelemetry\":true,\"originAppName\":\"desk\","
                  "\"originAppId\":\"d-1\",\"originAppVersion\":\"9\""));
  sign_in(s);
  talk(s, &x); /* the sample at once counts from zero, but nobody knows the participant yet */
  x.jitter = 0.002;
  good(s, &x, 5);
  const seen *sent = expect_sent(s, "\"method\":\"report-statistics\"", "type=\"set\"", "to=\"" GATEWAY "\"");
  check(s,
        strstr(sent->text,
               "\"params\":{\"sessionId\":\"s1\",\"conversationId\":\"c1\",\"communicationId\":\"call-c1\",\"stats\":{"
               "\"client\":{\"originAppName\":\"desk\",\"originAppId\":\"d-1\",\"originAppVersion\":\"9\"},"
               "\"rtp\":{\"packetsReceived\":250,\"averageJitter\":0.003,\"estimatedAverageMos\":4.8") != NULL,
        "the params");
  check(s, strstr(sent->text, "\"dateCreated\":\"2023-11-14T22:13:25.000Z\",\"reconnectAttemptCount\":0}}}") != NULL,
        "the time of the inbound sample");
  x.jitter = 0.009;
  good(s, &x, 5);
  expect_sent(s, "report-statistics", "\"packetsReceived\":500,\"averageJitter\":0.005");
  good(s, &x, 4);
  check(s, reports(s) == 0, "one report a sample");
  for (size_t i = 0; i < s->log_count; i++)
    check(s, s->log[i]->kind != SP_FX_HTTP || !strstr(s->log[i]->text, "diagnostics"), "opted out of telemetry");
}

static void incomplete_samples_make_no_report(scenario *s) {
  sound x;
  start(s, REPORTING);
  sign_in(s);
  talk(s, &x);
  x.no_rtt = true;
  good(s, &x, 10);
  check(s, reports(s) == 0, "without round trips");
  x.no_rtt = false;
  x.jitter = 0.001;
  good(s, &x, 5);
  check(s, reports(s) == 1 || s->lenient, "a complete one");
}

static void nobody_asked_for_reports(scenario *s) {
  sound x;
  start(s, CONFIG(""));
  sign_in(s);
  talk(s, &x);
  good(s, &x, 11);
  check(s, reports(s) == 0, "no report");
  check(s, count_of(s, SP_FX_SESSION_EVENT, "stats", "") > 0 || s->lenient, "statistics all the same");
}

static void an_eager_connection_waits_for_its_first_conversation(scenario *s) {
  sound x;
  start(s, CONFIG(",\"reportStatistics\":true,\"eagerPersistentConnectionEstablishment\":\"auto\""));
  sign_in_with(s, 1, true);
  sound_begins(s, &x);
  propose(s, .session = "s1", .conversation = "c0", .answer_mode = "Auto", .auto_answer = "true");
  offer(s, .session = "s1", .conversation = "c0");
  peer_connects(s, 1);
  good(s, &x, 11);
  conversation(s, .conversation = "c0", .state = "connected");
  good(s, &x, 11);
  check(s, reports(s) == 0, "the first conversation is artificial");
  check(s, count_of(s, SP_FX_SESSION_EVENT, "callQuality", "") == 0, "and nobody talks");
  conversation(s, .conversation = "c1", .state = "alerting");
  call(s, "acceptPendingSession", "[{\"conversationId\":\"c1\"}]");
  conversation(s, .conversation = "c1", .state = "connected");
  good(s, &x, 5);
  check(s, reports(s) == 0, "the baseline");
  good(s, &x, 5);
  expect_sent(s, "report-statistics", "\"conversationId\":\"c1\",\"communicationId\":\"call-c1\"",
              "\"packetsReceived\":250");
  conversation(s, .conversation = "c1", .state = "disconnected");
  good(s, &x, 11);
  check(s, reports(s) == 0, "nothing after _sessionEnded");
}

static void a_reinvite_is_counted(scenario *s) {
  sound x;
  start(s, REPORTING);
  sign_in(s);
  talk(s, &x);
  offer(s, .session = "s2", .conversation = "c1", .ufrag = "new", .reinvite = true, .rpc_id = "r1");
  peer_connects(s, 2);
  conversation(s, .conversation = "c1", .state = "connected", .muted = true);
  good(s, &x, 11);
  expect_sent(s, "report-statistics", "\"sessionId\":\"s2\"", "\"reconnectAttemptCount\":1");
}

static void a_rejected_report_only_warns(scenario *s) {
  sound x;
  start(s, REPORTING);
  sign_in(s);
  talk(s, &x);
  forget(s);
  s->silent = "report-statistics";
  good(s, &x, 5);
  const seen *sent = expect_sent(s, "report-statistics");
  const char *id = strstr(sent->text, " id=\"");
  char xml[512];
  snprintf(xml, sizeof xml,
           "<iq xmlns=\"jabber:client\" type=\"error\"%.*s from=\"" GATEWAY "\">"
           "<error type=\"cancel\"><service-unavailable xmlns=\"urn:ietf:params:xml:ns:xmpp-stanzas\"/>"
           "<text>" ADDRESS "</text></error></iq>",
           id ? 42 : 0, id ? id : "");
  frame(s, xml);
  const seen *warning = expect_effect(s, SP_FX_LOG, 0, "warn", "Failed to send stats via XMPP", "service-unavailable");
  check(s, !strstr(warning->text, ADDRESS), "the condition only");
  drop_connection(s);
  s->mute_server = true;
  good(s, &x, 5);
  expect_effect(s, SP_FX_LOG, 0, "warn", "Failed to send stats via XMPP", "sendIq");
  expect_no_effect(s, SP_FX_ERROR);
}

/* --- telemetry --- */

static const seen *expect_insights(scenario *s, const char *const parts[]) {
  const seen *request = expect_http(s, "POST", "diagnostics/newrelic/insights", NULL);
  for (size_t i = 0; parts[i]; i++) check(s, strstr(request->body, parts[i]) != NULL, parts[i]);
  return request;
}

static void telemetry_of_a_call(scenario *s) {
  sound x;
  http_answer(s, "POST", "diagnostics/newrelic/*", HTTP_HOLD, "");
  start(s, CONFIG(",\"logLevel\":\"error\",\"originAppName\":\"desk\",\"customHeaders\":{\"x-a\":\"b\"}"));
  sign_in(s);
  talk(s, &x);
  good(s, &x, 24);
  check(s, count_of(s, SP_FX_HTTP, "POST", "newrelic") == 0, "not before 25 s");
  good(s, &x, 2);
  const seen *request = expect_insights(
      s, PARTS("{\"appName\":\"streamingclient\",\"appVersion\":\"1.2.3\",\"originAppName\":\"desk\",",
               "\"_eventType\":\"firstPropose\"", "\"sdpViaXmppRequested\":\"true\"",
               "\"_eventType\":\"firstAlertingConversationUpdate\"", "\"participantId\":\"p-c1\"",
               "\"_eventType\":\"connect\"", "\"localTrack_[0]_bitrate\":40", "\"conversationId\":\"c1\"",
               "\"sessionId\":\"s1\",\"sessionType\":\"softphone\"", "\"candidatePair\":\"host;relay\""));
  check(s, !strstr(request->body, ADDRESS) && !strstr(request->body, "SECRET-TOKEN"), "neither address nor token");
  check(s, strstr(request->text, "\"authorization\":\"Bearer SECRET-TOKEN\"") != NULL, "signed in");
  check(s, strstr(request->text, "\"x-a\":\"b\"") != NULL, "custom headers");
  forget(s);
  http_reply(s, request, 503, "");
  good(s, &x, 25);
  request = expect_insights(s, PARTS("firstPropose", "getStats"));
  http_reply(s, request, 400, "");
  expect_no_effect(s, SP_FX_ERROR);
  page(s, "offline");
  good(s, &x, 30);
  check(s, count_of(s, SP_FX_HTTP, "POST", "newrelic") == 0, "nothing while offline");
  page(s, "online");
  good(s, &x, 26);
  request = expect_insights(s, PARTS("\"_eventType\":\"onlineStatus\"", "\"online\":\"false\"", "\"online\":\"true\""));
  check(s, !strstr(request->body, "firstPropose"), "what was refused for good is gone");
}

static void a_jwt_has_its_own_path(scenario *s) {
  start(s, "{\"jwt\":\"a.eyJkYXRhIjp7ImppZCI6ImFAYi5jIn19.c\",\"environment\":\"http://127.0.0.1:9\","
           "\"sdkVersion\":\"1\"}");
  page(s, "offline");
  page(s, "online");
  advance(s, 25000);
  const seen *request = expect_http(s, "POST", "diagnostics/newrelic/insights/backgroundassistant", NULL);
  check(s, strstr(request->text, "\"url\":\"http://127.0.0.1:9/api/v2/") != NULL, "the base as it stands");
  check(s, strstr(request->text, "Bearer a.eyJ") != NULL, "the JWT is the token");
}

static void guests_and_those_who_opted_out(scenario *s) {
  start(s, "{\"organizationId\":\"org-1\",\"environment\":\"mypurecloud.com\",\"sdkVersion\":\"1\"}");
  page(s, "offline");
  page(s, "online");
  advance(s, 60000);
  expect_no_http(s);
}

/* --- the live quality --- */

static void a_healthy_call(scenario *s) {
  sound x;
  sign_in(s);
  talk(s, &x);
  forget(s);
  good(s, &x, 3);
  const seen *event = expect_effect(
      s, SP_FX_SESSION_EVENT, 1, "callQuality",
      "[{\"sessionId\":\"s1\",\"conversationId\":\"c1\",\"level\":\"excellent\",\"mos\":4.8", "\"loss\":0,");
  check(s,
        strstr(event->text, "\"loss\":0,\"jitter\":0.004,\"roundTrip\":0.1,\"inbound\":{\"audio\":\"flowing\"") != NULL,
        "the numbers");
  expect_effect(s, SP_FX_EVENT, 0, "callQuality", event->text);
  forget(s);
  good(s, &x, 7);
  check(s, count_of(s, SP_FX_SESSION_EVENT, "callQuality", "") == 7 || s->lenient, "every second");
  check(s, count_of(s, SP_FX_EVENT, "callQualityWarning", "") == 0, "no warning");
  conversation(s, .conversation = "c1", .state = "disconnected");
  forget(s);
  good(s, &x, 4);
  check(s, count_of(s, SP_FX_SESSION_EVENT, "callQuality", "") == 0, "not after the conversation");
}

static void sound_stops_coming(scenario *s) {
  sound x;
  sign_in(s);
  talk(s, &x);
  good(s, &x, 6);
  forget(s);
  seconds(s, &x, 3, 50, 0);
  check(s, count_of(s, SP_FX_EVENT, "callQualityWarning", "") == 0, "not yet");
  seconds(s, &x, 2, 50, 0);
  const seen *raised = expect_effect(s, SP_FX_SESSION_EVENT, 1, "callQualityWarning",
                                     "{\"sessionId\":\"s1\",\"conversationId\":\"c1\",\"warning\":\"no-inbound-audio\","
                                     "\"state\":\"raised\",\"details\":{\"direction\":\"inbound\",\"code\":\"");
  expect_effect(s, SP_FX_LOG, 0, "warn", "Call quality warning raised", "no-inbound-audio", "not-received-here");
  check(s, strstr(raised->text, "not-received-here") != NULL, "why");
  seconds(s, &x, 5, 50, 0);
  check(s, count_of(s, SP_FX_SESSION_EVENT, "callQualityWarning", "") == 0, "once");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "callQuality", "\"level\":\"bad\"");
  good(s, &x, 4);
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "callQualityWarning", "\"state\":\"cleared\"", "\"code\":\"recovered\"");
}

static void silence_that_somebody_wants(scenario *s) {
  sound x;
  sign_in(s);
  talk(s, &x);
  good(s, &x, 6);
  forget(s);
  conversation(s, .conversation = "c1", .state = "connected", .muted = true);
  seconds(s, &x, 10, 0, 50);
  check(s, count_of(s, SP_FX_EVENT, "callQualityWarning", "") == 0, "muted");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "callQuality", "\"outbound\":{\"audio\":\"muted-here\"");
  conversation(s, .conversation = "c1", .state = "connected", .held = true);
  forget(s);
  seconds(s, &x, 10, 0, 0);
  check(s, count_of(s, SP_FX_EVENT, "callQualityWarning", "") == 0, "held");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "callQuality", "\"inbound\":{\"audio\":\"held\"");
  conversation(s, .conversation = "c1", .state = "connected");
  x.off = true;
  forget(s);
  seconds(s, &x, 10, 0, 50);
  check(s, count_of(s, SP_FX_EVENT, "callQualityWarning", "") == 0, "the app switched the track off");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "callQuality", "\"outbound\":{\"audio\":\"muted-here\"");
}

static void a_raised_warning_ends_with_the_call(scenario *s) {
  sound x;
  sign_in(s);
  talk(s, &x);
  good(s, &x, 6);
  seconds(s, &x, 6, 50, 0);
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "callQualityWarning", "\"state\":\"raised\"");
  terminate(s, "s1", "success");
  const seen *cleared =
      expect_effect(s, SP_FX_SESSION_EVENT, 1, "callQualityWarning", "\"state\":\"cleared\"", "\"code\":\"ended\"");
  expect_before(s, cleared, expect_effect(s, SP_FX_SESSION_EVENT, 1, "terminated", ""));
}

static void a_lost_connection_is_the_cause(scenario *s) {
  sound x;
  sign_in(s);
  talk(s, &x);
  good(s, &x, 6);
  forget(s);
  peer_says(s, false, 1, "disconnected", "stable");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "callQualityWarning", "no-inbound-audio", "connection-lost");
  expect_effect(s, SP_FX_SESSION_EVENT, 1, "callQualityWarning", "no-outbound-audio", "connection-lost");
}

/* A shift: what is kept does not grow, and no time to wake up is left. */
static void a_shift_of_calls(scenario *s) {
  start(s, CONFIG(",\"optOutOfTelemetry\":true,\"reportStatistics\":true"));
  sign_in(s);
  for (unsigned i = 1; i <= 20; i++) {
    sound x;
    char session[16], id[16];
    snprintf(session, sizeof session, "s%u", i);
    snprintf(id, sizeof id, "c%u", i);
    sound_begins(s, &x);
    connect_call(s, i, session, id);
    conversation(s, .conversation = id, .state = "alerting");
    conversation(s, .conversation = id, .state = "connected");
    good(s, &x, 6);
    conversation(s, .conversation = id, .state = "disconnected");
    terminate(s, session, "success");
    forget(s);
    advance(s, 1100);
    expect_no_effect(s, SP_FX_PEER_STATS);
  }
}

static const scenario_case cases[] = {
  { "L-51 L-52 statistics come at once and every five seconds, and end with the session", statistics_every_five_seconds,
    true },
  { "L-57 L-58 a lost connection is one event, a failed one counts candidates", losing_the_connection, false },
  { "L-60 a browser that refuses statistics is one line in the log", a_browser_that_refuses, false },
  { "L-16 L-62 L-63 L-67 S-120 reports count from a baseline, whatever telemetry is", reports_count_from_a_baseline,
    true },
  { "L-65 an incomplete sample makes no report", incomplete_samples_make_no_report, true },
  { "L-70 nobody asked for reports", nobody_asked_for_reports, true },
  { "L-66 L-68 S-121 an eager connection reports from its first conversation to that one's end",
    an_eager_connection_waits_for_its_first_conversation, true },
  { "L-69 a re-invite is counted", a_reinvite_is_counted, true },
  { "L-67 a rejected report only warns", a_rejected_report_only_warns, true },
  { "L-39 L-41 L-43 telemetry of a call is sent within 25 s, without addresses", telemetry_of_a_call, true },
  { "telemetry with a JWT has its own path", a_jwt_has_its_own_path, false },
  { "L-15 a guest has no telemetry", guests_and_those_who_opted_out, false },
  { "a healthy call says how good it is every second", a_healthy_call, true },
  { "sound that stops coming is noticed, named and cleared", sound_stops_coming, true },
  { "silence that somebody wants is no warning", silence_that_somebody_wants, true },
  { "a raised warning ends with the call", a_raised_warning_ends_with_the_call, true },
  { "a lost connection is the cause of silence", a_lost_connection_is_the_cause, true },
  { "a shift of calls leaves no timer", a_shift_of_calls, true },
};

int main(void) {
  return run_scenarios("statistics through the core", cases, sizeof cases / sizeof *cases);
}
