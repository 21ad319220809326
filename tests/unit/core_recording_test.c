/* SPDX-License-Identifier: MIT */
/* The recording of a core: what is in it and what is not. That it replays is tests/e2e/recorder.test.mjs's matter: here
   are no constants of a program to keep. */
#include "scenario.h"

#include "base/json.h"
#include "base/limits.h"
#include "recorder/recorder.h"

#include <string.h>

#define WORDS SP_STR("state connected sessionId EVENT pendingSession propose message initialize")

/* How many records begin like this; the recording is well-formed, or there was no memory for it. */
static size_t count(scenario *s, sp_str text, const char *word, double kind) {
  sp_json_doc *doc = NULL;
  size_t found = 0;
  int status = sp_json_parse(NULL, text, &doc);
  check(s, status == SP_OK, "the recording is JSON");
  const sp_json *record = sp_json_first(sp_json_get(sp_json_root(doc), "records"));
  for (; record; record = sp_json_next(record)) {
    const sp_json *what = sp_json_first(record), *number = sp_json_next(what);
    if (strcmp(word, "input") == 0) number = sp_json_next(number);
    found += strcmp(sp_json_text(what), word) == 0 && sp_json_number(number, -1) == kind;
  }
  sp_json_free(doc);
  return found;
}

static bool has(sp_str text, const char *part) {
  return sp_str_find(text, part, 0) != SIZE_MAX;
}

static void a_call(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "7a7ec0de-0000-4000-8000-000000000001");
  sp_buf out;
  sp_buf_init(&out, s->alloc, SP_MAX_JSON);
  int status = s->core ? sp_core_recording(s->core, WORDS, &out) : SP_ENOMEM;
  check(s, status == SP_OK, "there is a recording");
  sp_str text = sp_buf_str(&out);
  if (status == SP_OK && !s->lenient) {
    check(s, count(s, text, "input", SP_RECORD_BIRTH) == 1, "the birth is recorded");
    check(s, count(s, text, "input", SP_RECORD_FRAME) > 5, "frames are recorded");
    check(s, count(s, text, "input", SP_IN_PEER_RESULT) >= 3, "results of the peer connection are recorded");
    check(s, count(s, text, "effect", SP_FX_SOCKET_SEND) > 5, "what was sent is recorded");
    check(s, count(s, text, "effect", SP_FX_EVENT) > 1, "events are recorded");
    check(s, has(text, "pendingSession") && has(text, "<propose "), "words of the program stay");
    check(s, !has(text, "TOKEN") && !has(text, "7a7ec0de") && !has(text, "13175550100"), "secrets are gone");
    check(s, !has(text, "acme") && !has(text, "orgspan"), "domains are gone");
  }
  sp_buf_free(&out);
}

static void switched_off(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"flightRecorder\":false}");
  sign_in(s);
  sp_buf out;
  sp_buf_init(&out, NULL, SP_MAX_JSON);
  if (s->core && sp_core_recording(s->core, WORDS, &out) == SP_OK)
    check(s, sp_str_is(sp_buf_str(&out), "null"), "nothing is recorded");
  sp_buf_free(&out);
}

static const scenario_case cases[] = {
  { "a call is recorded without what it says", a_call, false },
  { "the flight recorder is off", switched_off, false },
};

int main(void) {
  return run_scenarios("core_recording", cases, sizeof cases / sizeof *cases);
}
