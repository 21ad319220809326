/* SPDX-License-Identifier: MIT */
/* Random sequences of calls and faults against the model.

     model [--seed N] [--count N] [--from N] [--to N] [--only N] [--keep-going]

   From the sequence --from, --count of them or up to before --to. --only plays one and prints what happened.
   --keep-going reports what does not hold and goes on with the next.

   MODEL_COUNT and MODEL_SEED stand for the first two. */
#include "model.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

enum { SETTLE_MS = 200000, STEPS = 40 };

sp_time time_of(const model *m) {
  return (sp_time){ m->now, 1700000000000u + m->now + m->sleep };
}

/* --- effects --- */

static void show(const model *m, const sp_effect *fx) {
  if (fx->kind == SP_FX_LOG || fx->kind == SP_FX_LOG_LINE) return;
  tell(m, "    -> %d #%u %.*s %.*s", (int)fx->kind, (unsigned)fx->id, SP_STR_ARG(fx->name),
       SP_STR_ARG(sp_str_slice(fx->text, 0, 400)));
}

static void drain(model *m) {
  for (sp_effect fx; sp_core_next_effect(m->core, &fx);) {
    show(m, &fx);
    app_effect(m, &fx);
    browser_effect(m, &fx);
    net_effect(m, &fx);
  }
}

/* --- inputs --- */

static void input(model *m, const event *e) {
  sp_str text = sp_str_from(e->text);
  if (e->kind == AT_CLIENT_OPENED) {
    sp_core_socket_opened(m->core, time_of(m), e->id);
  } else if (e->kind == AT_CLIENT_CLOSED) {
    sp_core_socket_closed(m->core, time_of(m), e->id);
  } else if (e->kind == AT_CLIENT_FRAME) {
    sp_str cut = test_cut(text, text.len);
    sp_core_socket_text(m->core, time_of(m), e->id, cut);
    test_cut_free(cut);
  } else {
    sp_input in = { (sp_input_kind)e->kind, e->id, e->number, sp_str_from(e->name), text };
    (void)sp_core_input(m->core, time_of(m), &in);
  }
}

static void each_second(model *m) {
  server_second(m);
  browser_second(m);
  app_second(m);
  happens(m, 1000, SECOND, 0, 0, "", "");
}

static void play_event(model *m, const event *e) {
  if (e->kind == SECOND) each_second(m);
  else if (e->kind == APP) app_does(m, e->name, e->text);
  else if (e->kind == AT_SERVER_FRAME || e->kind == AT_SERVER_REQUEST) net_event(m, e);
  else {
    tell(m, "in %d #%u %s %.300s", e->kind, (unsigned)e->id, e->name, e->text);
    if (e->kind == AT_CLIENT_FRAME && m->hole && e->id == m->socket) return;
    if (e->kind == SP_IN_MEDIA_RESULT) m->open_media--;
    input(m, e);
    drain(m);
  }
}

void run_until(model *m, uint64_t time) {
  for (size_t steps = 0;; steps++) {
    if (steps > 200000) broken(m, "the world and the core never come to rest");
    uint64_t due = sp_core_deadline(m->core), next = next_time(m), at = due < next ? due : next;
    if (at > time) break;
    if (at > m->now) m->now = at;
    event e;
    if (next <= m->now && next_event(m, &e)) {
      play_event(m, &e);
      free_event(&e);
    } else {
      sp_core_tick(m->core, time_of(m));
      drain(m);
    }
  }
  m->now = time;
}

void page(model *m, const char *what) {
  happens(m, 0, SP_IN_PAGE, 0, 0, what, "");
}

/* --- one step --- */

static void toggle_network(model *m) {
  m->offline = !m->offline;
  tell(m, "network %s", m->offline ? "gone" : "back");
  if (m->offline && chance(m, 50)) drop_socket(m);
  else if (m->offline) m->hole = true;
  if (chance(m, 80)) page(m, m->offline ? "offline" : "online");
}

static void toggle_page(model *m) {
  m->hidden = !m->hidden;
  page(m, m->hidden ? "hidden" : chance(m, 50) ? "visible" : "resume");
}

/* A laptop that slept: both clocks have moved on, or only that of the day. */
static void sleep_a_while(model *m) {
  uint64_t slept = 5000 + roll(m, 300000);
  tell(m, "asleep for %u s", (unsigned)(slept / 1000));
  if (chance(m, 50)) m->sleep += slept;
  if (chance(m, 50)) m->hole = m->socket != 0;
  page(m, "resume");
}

static call *some_call(model *m, call_state state) {
  size_t from = roll(m, CALLS);
  for (size_t i = 0; i < CALLS; i++)
    if (m->calls[(from + i) % CALLS].state == state) return &m->calls[(from + i) % CALLS];
  return NULL;
}

static void step(model *m) {
  call *c;
  peer *p;
  switch (roll(m, 18)) {
    case 0:
    case 1:
    case 2: new_call(m, false); break;
    case 3:
      if ((c = some_call(m, chance(m, 50) ? RINGING : OFFERING)) != NULL) end_call(m, c, false);
      break;
    case 4:
      if ((c = some_call(m, TALKING)) != NULL) end_call(m, c, false);
      break;
    case 5:
      if ((c = some_call(m, TALKING)) != NULL) reinvite(m, c);
      break;
    case 6: drop_socket(m); break;
    case 7: m->hole = m->socket != 0; break;
    case 8: toggle_network(m); break;
    case 9: toggle_page(m); break;
    case 10:
      if (chance(m, 40)) sleep_a_while(m);
      break;
    case 11: stray_stanza(m); break;
    case 13:
      if (m->now > 20000 && chance(m, 15)) change_station(m);
      break;
    case 12:
      if ((p = some_peer(m)) != NULL) fail_peer(m, p, chance(m, 50) ? "failed" : "disconnected");
      break;
    default: app_random(m); break;
  }
}

/* --- one sequence --- */

static void start(model *m) {
  static const uint8_t seed[SP_SEED_BYTES] = "bytes of the model, always these";
  static const char *const eager[] = { "none", "auto", "event" };
  char config[256];
  sp_buf error;
  sp_buf_init(&error, NULL, 4096);
  snprintf(config, sizeof config,
           "{\"accessToken\":\"TOKEN\",\"environment\":\"mypurecloud.com\",\"optOutOfTelemetry\":%s,"
           "\"autoConnectSessions\":%s,\"eagerPersistentConnectionEstablishment\":\"%s\"}",
           m->telemetry ? "false" : "true", m->auto_connect ? "true" : "false", eager[m->eager]);
  if (sp_core_new(m->alloc, seed, sp_str_from(config), time_of(m), &error, &m->core) != SP_OK)
    broken(m, "no core: %.*s", SP_STR_ARG(sp_buf_str(&error)));
  sp_buf_free(&error);
  drain(m);
  happens(m, 1000, SECOND, 0, 0, "", "");
  app_does(m, "initialize", "");
}

static void settle(model *m) {
  tell(m, "calm");
  m->calm = true;
  if (m->offline) {
    m->offline = false;
    page(m, "online");
  }
  if (m->hidden) toggle_page(m);
  run_until(m, m->now + SETTLE_MS);
}

/* Whatever happened: the next call rings. */
static void ring(model *m) {
  tell(m, "another call");
  new_call(m, false);
  run_until(m, m->now + 20000);
}

static void finish(model *m) {
  tell(m, "everybody hangs up");
  for (size_t i = 0; i < CALLS; i++) end_call(m, &m->calls[i], false);
  if (m->trunk.state != TALKING) end_call(m, &m->trunk, false);
  run_until(m, m->now + SETTLE_MS);
}

static void destroy(model *m) {
  m->leaving = true;
  (void)app_call(m, "endAllSessions", "[]", 20000);
  run_until(m, m->now + 20000);
  (void)app_call(m, "disconnect", "[]", 20000);
  run_until(m, m->now + 20000);
  compare_end(m);
  sp_core_free(m->core);
  m->core = NULL;
  if (test_alloc_live() != 0) broken(m, "%zu blocks leak", test_alloc_live());
}

static unsigned long totals[TOLD], all_calls;

static void play(uint64_t seed, uint64_t sequence, bool trace) {
  static model m;
  m = (model){ .seed = seed, .sequence = sequence, .trace = trace, .now = 1000, .alloc = test_alloc_new(0) };
  m.random = seed * 0x2545f4914f6cdd1du + sequence;
  m.lines = m.next_lines = chance(&m, 60) ? 2 : 1;
  m.persistent = m.next_persistent = chance(&m, 60);
  m.eager = roll(&m, 3);
  m.telemetry = chance(&m, 20);
  m.station = true;
  m.auto_connect = chance(&m, 70);
  m.fault_percent = chance(&m, 20) ? 0 : chance(&m, 70) ? 100 : 300;
  start(&m);
  unsigned steps = 5 + roll(&m, STEPS);
  for (unsigned i = 0; i < steps; i++) {
    step(&m);
    run_until(&m, m.now + (chance(&m, 30) ? roll(&m, 300) : chance(&m, 80) ? roll(&m, 8000) : roll(&m, 60000)));
  }
  settle(&m);
  compare(&m);
  ring(&m);
  compare(&m);
  finish(&m);
  compare(&m);
  destroy(&m);
  clear_events(&m);
  all_calls += m.last_call;
  for (size_t i = 0; i < TOLD; i++) totals[i] += m.told[i];
}

static uint64_t number_of(const char *text, uint64_t fallback) {
  return text && *text ? strtoull(text, NULL, 10) : fallback;
}

/* How many of the sequences do not hold. What a broken one leaves behind is not freed. */
static unsigned long play_on(uint64_t seed, uint64_t from, uint64_t to) {
  static jmp_buf door;
  static unsigned long broke;
  static uint64_t i;
  broken_door = &door;
  i = from;
  if (setjmp(door)) broke++, i++;
  for (; i < to; i++) play(seed, i, false);
  return broke;
}

int main(int argc, char **argv) {
  uint64_t seed = number_of(getenv("MODEL_SEED"), 1), count = number_of(getenv("MODEL_COUNT"), 300), from = 0, to = 0;
  bool only = false, keep_going = false;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--keep-going") == 0) keep_going = true;
    if (i + 1 == argc) break;
    uint64_t value = number_of(argv[i + 1], 0);
    if (strcmp(argv[i], "--seed") == 0) seed = value;
    else if (strcmp(argv[i], "--count") == 0) count = value;
    else if (strcmp(argv[i], "--from") == 0) from = value;
    else if (strcmp(argv[i], "--to") == 0) to = value;
    else if (strcmp(argv[i], "--only") == 0) from = value, only = true;
  }
  if (to == 0) to = from + (only ? 1 : count);
  unsigned long broke = 0;
  if (keep_going) broke = play_on(seed, from, to);
  else
    for (uint64_t i = from; i < to; i++) play(seed, i, only);
  unsigned long long played = to - from;
  printf("model: %llu of %llu sequences of seed %llu held\n", played - broke, played, (unsigned long long)seed);
  printf(
      "model: %lu calls; the agent was told of %lu that ring, %lu that ring no more, %lu sessions started, %lu ended, "
      "%lu connections up, %lu down, %lu errors\n",
      all_calls, totals[TOLD_PENDING], totals[TOLD_GONE], totals[TOLD_STARTED], totals[TOLD_ENDED],
      totals[TOLD_CONNECTED], totals[TOLD_LOST], totals[TOLD_ERROR]);
  return broke ? 1 : 0;
}
