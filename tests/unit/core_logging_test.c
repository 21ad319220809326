/* SPDX-License-Identifier: MIT */
/* Log records through the core: every one goes out to the formatters, comes back and is shown; what is for the server
   leaves as a request (logging-and-stats.md §2-§4, §6). */
#include "scenario.h"

#include <string.h>

#define CONFIG(more)                                                                                                   \
  "{\"accessToken\":\"SECRET-TOKEN\",\"environment\":\"mypurecloud.com\",\"sdkVersion\":\"1.2.3\"" more "}"

/* The request that carries these parts; its body is JSON inside of JSON. */
static const seen *expect_upload(scenario *s, const char *part) {
  const seen *request = expect_http(s, "POST", "diagnostics/trace", NULL);
  check(s, strstr(request->body, part) != NULL, part);
  return request;
}

static void begin(scenario *s, const char *config) {
  s->logs = true;
  http_answer(s, "POST", "diagnostics/*", HTTP_HOLD, "");
  start(s, config);
}

static void each_record_is_shown(scenario *s) {
  begin(s, CONFIG(",\"optOutOfTelemetry\":true"));
  sign_in(s);
  log_record(s, 0, "warn", "{\"message\":\"Bearer abc\",\"details\":{\"jwt\":\"x\",\"a\":1}}");
  expect_effect(s, SP_FX_LOG_LINE, s->records, "warn", "Bearer [redacted]", "\"jwt\":\"[redacted]\"", "\"a\":1");
  log_record(s, 0, "loud", "no JSON");
  expect_effect(s, SP_FX_LOG_LINE, s->records, "info", "{\"message\":\"[redacted]\"}");
  log_record(s, -1, "log", "[1]");
  expect_effect(s, SP_FX_LOG_LINE, s->records, "log", "{\"message\":\"\"}");
}

static void an_opted_out_core_uploads_nothing(scenario *s) {
  begin(s, CONFIG(",\"optOutOfTelemetry\":true,\"logLevel\":\"log\""));
  sign_in(s);
  log_record(s, 0, "error", "{\"message\":\"bad\"}");
  uint32_t flush = call(s, "sendAllLogsInstantly", "[]");
  expect_resolved(s, flush, "");
  page(s, "hidden");
  advance(s, 60000);
  for (size_t i = 0; i < s->log_count; i++)
    check(s, s->log[i]->kind != SP_FX_STORAGE_READ || s->log[i]->id == SP_STORAGE_SESSION, "no saved requests");
  for (size_t i = 0; i < s->log_count; i++)
    check(s, s->log[i]->kind != SP_FX_HTTP || !strstr(s->log[i]->text, "diagnostics"), "no upload");
}

static void a_guest_uploads_nothing(scenario *s) {
  begin(s, "{\"organizationId\":\"org-1\",\"environment\":\"mypurecloud.com\",\"sdkVersion\":\"1.2.3\"}");
  expect_effect(s, SP_FX_LOG, 0, "debug", "Guests are not logged");
  log_record(s, 0, "error", "{\"message\":\"bad\"}");
  page(s, "hidden");
  advance(s, 60000);
  expect_no_http(s);
}

static void a_security_code_is_never_shown(scenario *s) {
  begin(s, "{\"organizationId\":\"org-1\",\"environment\":\"mypurecloud.com\",\"sdkVersion\":\"1.2.3\"}");
  uint32_t id = call(s, "initialize", "[{\"securityCode\":\"123456789\"}]");
  expect_rejected(s, id, "\"type\":\"initialization\"");
  log_record(s, 0, "info", "{\"message\":\"code 123456789\"}");
  expect_effect(s, SP_FX_LOG_LINE, s->records, "info", "code [redacted]");
}

static void records_are_uploaded_after_a_second(scenario *s) {
  begin(s, CONFIG(",\"organizationId\":\"org-1\""));
  advance(s, 5000);
  forget(s);
  log_record(s, 0, "info", "{\"message\":\"one SECRET-TOKEN\"}");
  log_record(s, 0, "debug", "{\"message\":\"below\"}");
  log_record(s, 1, "error", "{\"message\":\"skipped\"}");
  advance(s, 999);
  expect_no_http(s);
  advance(s, 1);
  const seen *request = expect_upload(s, "one [redacted]");
  check(s, !strstr(request->body, "below") && !strstr(request->body, "skipped"), "neither is uploaded");
  http_reply(s, request, 202, "");
  expect_effect(s, SP_FX_STORAGE_READ, 0, "gc_logger_requests");
}

/* The level of the server is any text; the warning is about the local outputs only. */
static void an_unknown_level_warns_once(scenario *s) {
  begin(s, CONFIG(",\"logLevel\":\"loud\""));
  const seen *warning = expect_effect(s, SP_FX_LOG, 0, "warn", "Invalid log level: \\\"loud\\\"");
  check(s, strstr(warning->text, "\"local\":true") != NULL, "not uploaded");
  log_record(s, 0, "debug", "{\"message\":\"no\"}");
  log_record(s, 0, "info", "{\"message\":\"yes\"}");
  advance(s, 1000);
  const seen *request = expect_upload(s, "yes");
  check(s, !strstr(request->body, "\\\"message\\\":\\\"no\\\""), "debug is below info");
}

static void the_connection_logs_as_itself(scenario *s) {
  begin(s, CONFIG(",\"logLevel\":\"log\""));
  sign_in(s);
  drop_connection(s);
  advance(s, 3000);
  bool found = false;
  for (size_t i = 0; i < s->log_count; i++) found = found || (s->log[i]->kind == SP_FX_LOG && s->log[i]->id == 1);
  check(s, found, "a record of the streaming connection");
}

static void a_refused_token_stops_and_a_new_one_resumes(scenario *s) {
  begin(s, CONFIG(",\"organizationId\":\"org-1\""));
  advance(s, 5000);
  forget(s);
  log_record(s, 0, "info", "{\"message\":\"one\"}");
  advance(s, 1000);
  const seen *request = expect_upload(s, "one");
  http_reply(s, request, 401, "");
  expect_effect(s, SP_FX_LOGGER_EVENT, 0, "onError", "[{\"$cause\":");
  expect_effect(s, SP_FX_LOGGER_EVENT, 0, "onStop", "[401]");
  expect_effect(s, SP_FX_STORAGE_WRITE, 0, "gc_logger_requests", "org-1");
  log_record(s, 0, "info", "{\"message\":\"lost\"}");
  advance(s, 5000);
  expect_no_http(s);
  uint32_t set = call(s, "setAccessToken", "[\"NEW-TOKEN\"]");
  expect_resolved(s, set, "");
  expect_effect(s, SP_FX_LOGGER_EVENT, 0, "onStart", "[]");
  log_record(s, 0, "info", "{\"message\":\"two\"}");
  advance(s, 1000);
  const seen *next = expect_upload(s, "two");
  check(s, strstr(next->text, "Bearer NEW-TOKEN") != NULL, "the new token");
  check(s, !strstr(next->body, "lost"), "what was logged while stopped is not sent");
}

#define NEXT_JWT "e30.eyJkYXRhIjp7ImppZCI6InJAY29uZmVyZW5jZS54Lm9yZyJ9fQ.c2ln"

static void set_jwt_changes_the_token(scenario *s) {
  begin(s, "{\"jwt\":\"OLD-JWT\",\"environment\":\"mypurecloud.com\",\"sdkVersion\":\"1.2.3\"}");
  uint32_t set = call(s, "setJwt", "[\"" NEXT_JWT "\"]");
  expect_resolved(s, set, "");
  log_record(s, 0, "info", "{\"message\":\"one\"}");
  advance(s, 1000);
  const seen *request = expect_http(s, "POST", "diagnostics/trace/backgroundassistant", NULL);
  check(s, strstr(request->text, "Bearer " NEXT_JWT) != NULL, "the new JWT");
  uint32_t bad = call(s, "setJwt", "[7]");
  expect_rejected(s, bad, "setJwt needs a readable JWT");
}

static void logging_is_stopped_and_started_by_hand(scenario *s) {
  begin(s, CONFIG(",\"startServerLoggingPaused\":true"));
  log_record(s, 0, "error", "{\"message\":\"paused\"}");
  advance(s, 5000);
  expect_no_http(s);
  call(s, "startServerLogging", "[]");
  expect_effect(s, SP_FX_LOGGER_EVENT, 0, "onStart", "[]");
  log_record(s, 0, "error", "{\"message\":\"started\"}");
  call(s, "stopServerLogging", "[\"force\"]");
  expect_effect(s, SP_FX_LOGGER_EVENT, 0, "onStop", "[\"force\"]");
  advance(s, 5000);
  expect_no_http(s);
  call(s, "startServerLogging", "[]");
  call(s, "setLoggerToken", "[\"ANOTHER-TOKEN\"]");
  log_record(s, 0, "error", "{\"message\":\"again\"}");
  advance(s, 1000);
  const seen *request = expect_upload(s, "again");
  check(s, strstr(request->text, "Bearer ANOTHER-TOKEN") != NULL, "the logger's token");
}

static void a_hidden_page_sends_at_once(scenario *s) {
  begin(s, CONFIG(""));
  advance(s, 5000);
  forget(s);
  log_record(s, 0, "info", "{\"message\":\"one\"}");
  page(s, "hidden");
  const seen *request = expect_upload(s, "one");
  check(s, strstr(request->text, "\"keepalive\":true") != NULL, "it outlives the page");
  advance(s, 20000);
  expect_no_http(s);
  log_record(s, 0, "info", "{\"message\":\"two\"}");
  uint32_t flush = call(s, "sendAllLogsInstantly", "[]");
  const seen *second = expect_upload(s, "two");
  expect_waiting(s, flush);
  http_reply(s, second, 202, "");
  expect_resolved(s, flush, "");
}

static void offline_everything_is_saved(scenario *s) {
  begin(s, CONFIG(",\"organizationId\":\"org-1\""));
  advance(s, 5000);
  forget(s);
  page(s, "offline");
  log_record(s, 0, "info", "{\"message\":\"one\"}");
  page(s, "hidden");
  expect_no_http(s);
  expect_effect(s, SP_FX_STORAGE_WRITE, 0, "gc_logger_requests", "one");
  page(s, "online");
  stored(s, "not asked for");
}

static void what_arrives_is_never_trusted(scenario *s) {
  begin(s, CONFIG(""));
  sp_input odd = { SP_IN_LOG, 0, 1e300, SP_STR(""), SP_STR("") };
  if (s->core) (void)sp_core_input(s->core, (sp_time){ s->now, 0 }, &odd);
  odd = (sp_input){ SP_IN_HTTP_RESULT, 0xffffffffu, 200, SP_STR(""), SP_STR("") };
  if (s->core) check(s, sp_core_input(s->core, (sp_time){ s->now, 0 }, &odd) == 0, "an unknown upload is ignored");
  check(s, strlen(ask(s, "loggerClientId")) == 38, "an id as JSON text");
}

static const scenario_case cases[] = {
  { "each record is shown, redacted", each_record_is_shown, false },
  { "L-16 an opted-out core uploads and stores nothing", an_opted_out_core_uploads_nothing, false },
  { "L-15 a guest uploads nothing", a_guest_uploads_nothing, false },
  { "a security code is never shown", a_security_code_is_never_shown, false },
  { "L-2 L-6 records are uploaded after a second", records_are_uploaded_after_a_second, false },
  { "L-3 an unknown level acts as info and warns once", an_unknown_level_warns_once, false },
  { "the connection logs as itself", the_connection_logs_as_itself, false },
  { "L-29 401 stops, a new token resumes", a_refused_token_stops_and_a_new_one_resumes, false },
  { "L-37 setJwt changes the token of the next upload", set_jwt_changes_the_token, false },
  { "logging is stopped and started by hand", logging_is_stopped_and_started_by_hand, false },
  { "L-34 a hidden page sends at once", a_hidden_page_sends_at_once, false },
  { "L-35 offline everything is saved", offline_everything_is_saved, false },
  { "what arrives is never trusted", what_arrives_is_never_trusted, false },
};

int main(void) {
  return run_scenarios("core_logging", cases, sizeof cases / sizeof *cases);
}
