/* SPDX-License-Identifier: MIT */
/* A run against a browser that is a table: what each probe finds, on virtual time. Every scene is played again with the
   nth allocation failing for each n: the run ends all the same, and nothing is held any more. */
#include "base/limits.h"
#include "preflight/preflight.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { CALL = 7, PROBES = 64, STEP_MS = 10 };

/* What probes find; NULL: nothing, ever; "": they cannot be done. */
typedef struct world {
  const char *permissions, *devices, *get, *post, *socket, *ping, *ice[3], *media, *direct, *stats;
} world;

#define ALLOWED                                                                                                        \
  "{\"microphone\":\"granted\",\"camera\":\"denied\",\"secureContext\":true,\"mediaDevices\":true,\"webrtc\":true,"    \
  "\"hid\":true,\"policy\":true,\"soundBlocked\":false}"
#define ALL_DEVICES                                                                                                    \
  "{\"devices\":[{\"kind\":\"audioinput\",\"deviceId\":\"default\"},{\"kind\":\"audioinput\",\"deviceId\":"            \
  "\"communications\"},{\"kind\":\"audioinput\",\"deviceId\":\"m1\"},"                                                 \
  "{\"kind\":\"videoinput\",\"deviceId\":\"c1\"},{\"kind\":\"audiooutput\",\"deviceId\":\"o1\"}],"                     \
  "\"listsSpeakers\":true}"
#define USER_FOUND "{\"status\":200,\"skewMs\":-1200,\"body\":{\"chat\":{\"jabberId\":\"u1@acme.orgspan.com\"}}}"
#define STATS                                                                                                          \
  "{\"records\":[{\"type\":\"candidate-pair\",\"currentRoundTripTime\":0.002},"                                        \
  "{\"type\":\"media-source\",\"totalAudioEnergy\":0.01},"                                                             \
  "{\"type\":\"inbound-rtp\",\"packetsReceived\":150,\"packetsLost\":0,\"jitter\":0.001}]}"

static const world well = {
  .permissions = ALLOWED,
  .devices = ALL_DEVICES,
  .get = USER_FOUND,
  .post = "{\"status\":200,\"body\":{\"id\":\"channel-1\"}}",
  .socket = "{\"opened\":true,\"answered\":true}",
  .ping = "{\"answered\":true}",
  .ice = { "{\"seen\":true}", "{\"seen\":true}", "{\"seen\":true}" },
  .media = "{\"microphone\":true,\"muted\":false}",
  .direct = "{\"microphone\":true,\"muted\":false}",
  .stats = STATS,
};

typedef struct run {
  sp_preflight *p;
  const world *world;
  uint64_t now;
  unsigned started[PROBES], stopped[PROBES], progressed, reports;
  const char *names[PROBES];
  char orders[PROBES][1024];
  char report[8192], last[2048];
} run;

static sp_str ask(run *r, const sp_preflight_act *act) {
  const world *w = r->world;
  const char *found = NULL;
  bool relay = sp_str_find(act->text, "\"relay\"", 0) != SIZE_MAX;
  if (!strcmp(act->name, "permissions")) found = w->permissions;
  if (!strcmp(act->name, "devices")) found = w->devices;
  if (!strcmp(act->name, "GET")) found = w->get;
  if (!strcmp(act->name, "POST")) found = w->post;
  if (!strcmp(act->name, "socket")) found = w->socket;
  if (!strcmp(act->name, "ping")) found = w->ping;
  if (!strcmp(act->name, "media")) found = relay ? w->media : w->direct;
  if (!strcmp(act->name, "stats")) found = w->stats;
  for (int i = 0; i < 3 && !strcmp(act->name, "ice"); i++) {
    char host[32];
    snprintf(host, sizeof host, "server%d.", i);
    if (sp_str_find(act->text, host, 0) != SIZE_MAX) found = w->ice[i];
  }
  return found ? sp_str_from(found) : SP_STR_NONE;
}

/* Performs what is wanted and hands in what was found a little later, until nothing moves. */
static void drain(run *r) {
  struct {
    uint32_t id;
    sp_str text;
  } found[PROBES];
  for (bool moves = true; moves;) {
    size_t count = 0;
    moves = false;
    for (sp_preflight_act act; sp_preflight_take(r->p, &act);) {
      moves = true;
      if (act.kind == SP_PREFLIGHT_PROGRESS) {
        r->progressed++;
        assert_int_equal(act.id, CALL);
        snprintf(r->last, sizeof r->last, "%.*s", SP_STR_ARG(act.text));
      } else if (act.kind == SP_PREFLIGHT_REPORT) {
        r->reports++;
        assert_int_equal(act.id, CALL);
        snprintf(r->report, sizeof r->report, "%.*s", SP_STR_ARG(act.text));
      } else if (act.kind == SP_PREFLIGHT_STOP) {
        assert_true(act.id < PROBES);
        r->stopped[act.id]++;
      } else {
        assert_true(act.id > 0 && act.id < PROBES);
        if (strcmp(act.name, "stats") != 0) { /* that is more of a probe that has started */
          r->started[act.id]++;
          r->names[act.id] = act.name;
          snprintf(r->orders[act.id], sizeof r->orders[0], "%.*s", SP_STR_ARG(act.text));
        }
        sp_str text = act.text.len ? ask(r, &act) : SP_STR("");
        if (!text.ptr) continue;
        found[count].id = act.id;
        found[count++].text = text;
      }
    }
    if (count) r->now += STEP_MS;
    for (size_t i = 0; i < count; i++) sp_preflight_input(r->p, r->now, found[i].id, found[i].text);
  }
}

static void finish(run *r) {
  drain(r);
  while (!r->reports && sp_preflight_deadline(r->p) != UINT64_MAX) {
    r->now = sp_preflight_deadline(r->p);
    sp_preflight_tick(r->p, r->now);
    drain(r);
  }
}

#define SERVER(n, scheme, more) "{\"urls\":\"" scheme ":server" #n ".example" more "\",\"credential\":\"SECRET\"}"
#define SERVERS                                                                                                        \
  "[" SERVER(0, "turn", "") "," SERVER(1, "turn", "?transport=tcp") ",{\"urls\":[\"stun:server2.example\"]}]"
#define ONLY_STUN "[" SERVER(2, "stun", "") "]"

static sp_preflight_site usual(void) {
  sp_preflight_site site = { .connected = true, .has_token = true };
  site.texts[SP_SITE_USER] = SP_STR("{\"url\":\"https://api.example/api/v2/users/me\"}");
  site.texts[SP_SITE_CHANNEL] = SP_STR("{\"url\":\"https://api.example/api/v2/notifications/channels\"}");
  site.texts[SP_SITE_SOCKET] = SP_STR("wss://streaming.example/stream/channels/");
  site.texts[SP_SITE_SERVERS] = SP_STR(SERVERS);
  site.texts[SP_SITE_CONSTRAINTS] = SP_STR("{\"audio\":{},\"video\":false}");
  return site;
}

/* Plays a run to its end; false when it could not begin for want of memory. */
static bool play(run *r, size_t fail_at, const char *options, const sp_preflight_site *site, const world *w) {
  *r = (run){ .world = w, .now = 1000 };
  sp_json_doc *doc = NULL;
  assert_int_equal(sp_json_parse(NULL, sp_str_from(options), &doc), SP_OK);
  r->p = sp_preflight_new(test_alloc_new(fail_at));
  int status = r->p ? sp_preflight_start(r->p, r->now, 0, CALL, sp_json_root(doc), site) : SP_ENOMEM;
  if (status == SP_OK) finish(r);
  else assert_int_equal(status, SP_ENOMEM);
  if (status == SP_OK) assert_int_equal(r->reports, 1);
  for (int i = 0; i < PROBES; i++) assert_int_equal(r->started[i], r->stopped[i]);
  if (r->p) assert_true(sp_preflight_deadline(r->p) == UINT64_MAX);
  sp_preflight_free(r->p);
  sp_json_free(doc);
  assert_int_equal(test_alloc_live(), 0);
  return status == SP_OK;
}

static void play_failing(const char *options, const sp_preflight_site *site, const world *w) {
  static run r;
  for (size_t n = 1, done = 0; !done; n++) {
    (void)play(&r, n, options, site, w);
    done = !test_alloc_failed();
  }
}

static void expect(const run *r, const char *part) {
  if (!strstr(r->report, part)) fail_msg("%s is not in %s", part, r->report);
}

static void expect_not(const run *r, const char *part) {
  if (strstr(r->report, part)) fail_msg("%s is in %s", part, r->report);
}

/* --- a verdict each --- */

typedef struct scene {
  const char *section, *verdict, *says;
  world world; /* members that are NULL are those of `well`; silent ones are named below */
  const char *servers, *microphone;
  bool away, no_token, relay_only; /* away: not connected */
  const char *silent;              /* probe that answers nothing */
  const char *details;             /* part of them */
} scene;

#define PERMISSIONS(members)                                                                                           \
  .world.permissions = "{\"secureContext\":true,\"mediaDevices\":true,\"webrtc\":true," members "}"
#define STATS_OF(energy, received, lost, jitter)                                                                       \
  .world.stats =                                                                                                       \
      "{\"records\":[{\"type\":\"media-source\",\"totalAudioEnergy\":" energy                                          \
      "},{\"type\":\"inbound-rtp\",\"packetsReceived\":" received ",\"packetsLost\":" lost ",\"jitter\":" jitter "}]}"
#define NONE "{\"code\":701}"

static const scene scenes[] = {
  { "permissions", "pass", "The page may use the microphone.", .details = "\"camera\":\"denied\"" },
  { "permissions", "fail", "The page is not secure", .world.permissions = "{\"secureContext\":false}" },
  { "permissions", "fail", "There is no WebRTC here.", .world.permissions = "{\"secureContext\":true}" },
  { "permissions", "fail", "forbids the microphone", PERMISSIONS("\"policy\":false") },
  { "permissions", "fail", "The microphone is blocked", PERMISSIONS("\"microphone\":\"denied\"") },
  { "permissions", "warn", "not allowed yet", PERMISSIONS("\"microphone\":\"prompt\"") },
  { "permissions", "warn", "plays no sound", PERMISSIONS("\"microphone\":\"granted\",\"soundBlocked\":true") },
  { "permissions", "fail", "could not check", .world.permissions = "" },
  { "permissions", "fail", "could not check", .world.permissions = "[1" },
  { "permissions", "fail", "No answer within 5 s.", .silent = "permissions" },

  { "devices", "pass", "Microphones: 1.",
    .details = "{\"microphones\":1,\"defaultMicrophone\":true,\"speakers\":1,\"defaultSpeaker\":false,\"cameras\":1}" },
  { "devices", "pass", "Microphones: 1.", .microphone = "m1", .details = "\"chosenMicrophone\":true" },
  { "devices", "warn", "A chosen device is not there", .microphone = "m9", .details = "\"chosenMicrophone\":false" },
  { "devices", "pass", "Microphones: 1.", .microphone = "m9",
    .world.devices = "{\"devices\":[{\"kind\":\"audioinput\",\"deviceId\":\"\"}]}" },
  { "devices", "pass", "Microphones: 1.",
    .world.devices = "{\"devices\":[{\"kind\":\"audioinput\",\"deviceId\":\"\"}],\"listsSpeakers\":true}" },
  { "devices", "pass", "Microphones: 1.",
    .world.devices = "{\"devices\":[{\"kind\":\"audioinput\",\"deviceId\":\"default\"}]}" },
  { "devices", "fail", "There is no microphone.", .world.devices = "{\"devices\":[]}" },
  { "devices", "warn", "There is no loudspeaker.",
    .world.devices = "{\"devices\":[{\"kind\":\"audioinput\",\"deviceId\":\"m1\"}],\"listsSpeakers\":true}" },
  { "devices", "fail", "could not check", .world.devices = "" },
  { "devices", "fail", "could not check", .world.devices = "{\"devices\":1}" },

  { "rest", "pass", "answers in 10 ms.",
    .details = "{\"status\":200,\"ms\":10,\"tokenValid\":true,\"clockSkewMs\":-1200}" },
  { "rest", "fail", "cannot be reached", .world.get = "", .details = "{}" },
  { "rest", "fail", "refuses the token", .world.get = "{\"status\":401}", .details = "\"tokenValid\":false" },
  { "rest", "fail", "does not allow", .world.get = "{\"status\":403}" },
  { "rest", "pass", "answers in", .world.get = "{\"status\":401}", .no_token = true },
  { "rest", "fail", "with error 500.", .world.get = "{\"status\":500}" },
  { "rest", "fail", "with error 429.", .world.get = "{\"status\":429}" },
  { "rest", "warn", "is 90.5 s wrong", .world.get = "{\"status\":200,\"skewMs\":-90500}" },
  { "rest", "fail", "No answer within 10 s.", .silent = "GET" },

  { "socket", "pass", "connection answers in 10 ms.", .details = "{\"connected\":true,\"answered\":true,\"ms\":10}" },
  { "socket", "fail", "connection does not answer", .world.ping = "{}" },
  { "socket", "fail", "No answer within 10 s.", .silent = "ping" },
  { "socket", "pass", "opens and answers", .away = true, .details = "{\"connected\":false,\"opened\":true" },
  { "socket", "fail", "does not open", .away = true, .world.socket = "{\"opened\":false}" },
  { "socket", "fail", "does not open", .away = true, .world.socket = "" },
  { "socket", "fail", "nobody answers", .away = true, .world.socket = "{\"opened\":true}" },
  { "socket", "fail", "no notification channel", .away = true, .world.post = "{\"status\":500}" },
  { "socket", "skipped", "has to answer first", .away = true, .world.get = "{\"status\":401}" },
  { "socket", "skipped", "has to answer first", .away = true, .silent = "GET" },
  { "socket", "skipped", "needs a sign-in", .away = true, .no_token = true },
  { "socket", "fail", "No answer within 10 s.", .away = true, .silent = "POST" },
  { "socket", "fail", "No answer within 10 s.", .away = true, .silent = "socket" },

  { "ice", "pass", "All servers for media answer (3).",
    .details = "{\"type\":\"turn\",\"transport\":\"tcp\",\"reachable\":true,\"ms\":10}" },
  { "ice", "pass", "(3)", .world.ice[2] = "{\"code\":0}" },
  { "ice", "warn", "do not answer: 1.", .world.ice[0] = NONE, .details = "\"reachable\":false,\"errorCode\":701" },
  { "ice", "warn", "do not answer: 1.", .world.ice[0] = "" },
  { "ice", "warn", "No relay (TURN) answers", .world.ice = { NONE, NONE } },
  { "ice", "warn", "No relay (TURN) answers", .world.ice = { "{\"code\":0}", NONE } },
  { "ice", "warn", "offers no relay (TURN)", .servers = ONLY_STUN },
  { "ice", "fail", "use relays alone", .world.ice = { NONE, NONE }, .relay_only = true },
  { "ice", "fail", "use relays alone", .servers = "[]", .relay_only = true },
  { "ice", "fail", "No STUN or TURN", .world.ice = { NONE, NONE, NONE } },
  { "ice", "fail", "No STUN or TURN", .silent = "ice" },
  { "ice", "fail", "refuses its credentials", .world.ice = { "{\"code\":401}", NONE }, .details = "\"errorCode\":401" },
  { "ice", "skipped", "are known once connected", .servers = "", .away = true },
  { "ice", "skipped", "are known once connected", .servers = "[]", .away = true },
  { "ice", "fail", "could not check", .servers = "[" },

  { "media", "pass", "Sound arrives well: MOS 4.9.",
    .details =
        "{\"source\":\"microphone\",\"path\":\"relay\",\"packetsReceived\":150,\"packetsLost\":0,\"jitterMs\":1," },
  { "media", "pass", "MOS 4.9.", .servers = ONLY_STUN, .details = "\"path\":\"direct\"" },
  { "media", "pass", "MOS 4.9.", .world.media = "{\"error\":\"connection\"}",
    .details = "\"path\":\"direct\",\"relayFailed\":true" },
  { "media", "pass", "MOS 4.9.", .silent = "relay", .details = "\"relayFailed\":true" },
  { "media", "pass", "A tone, in the microphone's place, arrives well: MOS 4.9.", .world.media = "{}",
    .details = "\"source\":\"tone\"" },
  { "media", "fail", "cannot be opened", .world.media = "{\"error\":\"microphone\"}" },
  { "media", "fail", "Not even two ends", .world.media = "{\"error\":\"connection\"}",
    .world.direct = "{\"error\":\"connection\"}" },
  { "media", "fail", "Not even two ends", .silent = "media" },
  { "media", "fail", "could not check", .world.media = "", .world.direct = "" },
  { "media", "fail", "could not check", .world.stats = "" },
  { "media", "fail", "No answer within 15 s.", .silent = "stats" },
  { "media", "fail", "No sound arrives.", STATS_OF("1", "0", "0", "0") },
  { "media", "warn", "The microphone is silent.", STATS_OF("0", "150", "0", "0"), .details = "\"heard\":false" },
  { "media", "pass", "Sound arrives well", STATS_OF("0", "150", "0", "0"),
    .world.media = "{\"microphone\":true,\"muted\":true}", .details = "\"muted\":true" },
  { "media", "warn", "Sound arrives badly: MOS 1.", STATS_OF("1", "100", "40", "0.2") },
};

static world world_of(const scene *s) {
  static const char *const names[] = { "permissions", "devices", "GET", "POST", "socket", "ping" };
  world w = well;
  const char **to[] = { &w.permissions, &w.devices, &w.get,    &w.post,  &w.socket, &w.ping,
                        &w.ice[0],      &w.ice[1],  &w.ice[2], &w.media, &w.direct, &w.stats };
  const char *from[] = { s->world.permissions, s->world.devices, s->world.get,    s->world.post,
                         s->world.socket,      s->world.ping,    s->world.ice[0], s->world.ice[1],
                         s->world.ice[2],      s->world.media,   s->world.direct, s->world.stats };
  for (size_t i = 0; i < sizeof to / sizeof *to; i++)
    if (from[i]) *to[i] = from[i];
  const char *silent = s->silent ? s->silent : "";
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcmp(silent, names[i])) *to[i] = NULL;
  if (!strcmp(silent, "ice")) w.ice[0] = w.ice[1] = w.ice[2] = NULL;
  if (!strcmp(silent, "media") || !strcmp(silent, "relay")) w.media = NULL;
  if (!strcmp(silent, "media")) w.direct = NULL;
  if (!strcmp(silent, "stats")) w.stats = NULL;
  return w;
}

static void a_verdict_for_each_state_of_the_world(void **state) {
  static run r;
  (void)state;
  for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
    const scene *s = &scenes[i];
    world w = world_of(s);
    sp_preflight_site site = usual();
    char options[64], head[64];
    if (s->servers) site.texts[SP_SITE_SERVERS] = sp_str_from(s->servers);
    if (s->microphone) site.texts[SP_SITE_MICROPHONE] = sp_str_from(s->microphone);
    site.connected = !s->away;
    site.relay_only = s->relay_only;
    site.has_token = !s->no_token;
    if (s->no_token) site.texts[SP_SITE_CHANNEL] = site.texts[SP_SITE_SOCKET] = SP_STR_NONE;
    snprintf(options, sizeof options, "{\"sections\":[\"%s\"]}", s->section);
    assert_true(play(&r, 0, options, &site, &w));
    snprintf(head, sizeof head, "{\"name\":\"%s\",\"verdict\":\"%s\",", s->section, s->verdict);
    expect(&r, head);
    expect(&r, s->says);
    if (s->details) expect(&r, s->details);
    /* One section, told once, with an advice unless it passed; the whole is as good as it is. */
    assert_int_equal(r.progressed, 1);
    if (!strstr(r.report, r.last)) fail_msg("%s is not in %s", r.last, r.report);
    assert_int_equal(strstr(r.report, "\"advice\":") != NULL, strcmp(s->verdict, "pass") != 0);
    bool skipped = !strcmp(s->verdict, "skipped");
    snprintf(head, sizeof head, "{\"verdict\":\"%s\",\"startedAt\":\"1970-01-01T00:00:00.000Z\",",
             skipped ? "warn" : s->verdict);
    assert_memory_equal(r.report, head, strlen(head));
    /* Neither addresses nor secrets. */
    expect_not(&r, "example");
    expect_not(&r, "SECRET");
    expect_not(&r, "acme");
    play_failing(options, &site, &w);
  }
}

/* --- the course --- */

static void all_sections_run_beside_each_other_and_are_told_in_order(void **state) {
  static run r;
  (void)state;
  sp_preflight_site site = usual();
  assert_true(play(&r, 0, "{}", &site, &well));
  assert_int_equal(r.progressed, 6);
  const char *at = r.report;
  static const char *const names[] = { "permissions", "devices", "rest", "socket", "ice", "media" };
  for (size_t i = 0; i < 6; i++) {
    char head[64];
    snprintf(head, sizeof head, "{\"name\":\"%s\",\"verdict\":\"pass\"", names[i]);
    at = strstr(at, head);
    assert_non_null(at);
  }
  /* Three seconds of listening, and what probes take. */
  expect(&r, "\"verdict\":\"pass\",\"startedAt\":\"1970-01-01T00:00:00.000Z\",\"durationMs\":3030,");
  expect(&r, "\"text\":\"Diagnostics: pass\\npermissions: pass. The page may use the microphone.\\ndevices: pass. ");
  play_failing("{}", &site, &well);
}

static unsigned started(const run *r, const char *name) {
  unsigned count = 0;
  for (int i = 0; i < PROBES; i++) count += r->names[i] && !strcmp(r->names[i], name);
  return count;
}

static const char *order_of(const run *r, const char *name) {
  for (int i = 0; i < PROBES; i++)
    if (r->names[i] && !strcmp(r->names[i], name)) return r->orders[i];
  return "";
}

static void what_is_not_asked_for_is_looked_at_only_where_it_is_needed(void **state) {
  static run r;
  (void)state;
  sp_preflight_site site = usual();
  assert_true(play(&r, 0, "{\"sections\":[\"socket\"]}", &site, &well));
  assert_int_equal(started(&r, "GET") + started(&r, "POST") + started(&r, "socket"), 0);
  site.connected = false;
  assert_true(play(&r, 0, "{\"sections\":[\"socket\"]}", &site, &well));
  assert_int_equal(started(&r, "GET"), 1);
  assert_int_equal(r.progressed, 1);
  /* The channel's id and the user's domain. */
  assert_non_null(strstr(order_of(&r, "socket"), "\"wss://streaming.example/stream/channels/channel-1\""));
  assert_non_null(strstr(order_of(&r, "socket"), "to=\\\"acme.orgspan.com\\\""));
  /* A JWT names its own domain, and is the channel. */
  site.texts[SP_SITE_CHANNEL] = SP_STR_NONE;
  site.texts[SP_SITE_DOMAIN] = SP_STR("jwt.example");
  assert_true(play(&r, 0, "{\"sections\":[\"socket\"]}", &site, &well));
  assert_int_equal(started(&r, "GET") + started(&r, "POST"), 0);
  expect(&r, "\"answered\":true");
  assert_true(play(&r, 0, "{\"sections\":[]}", &site, &well));
  expect(&r, "{\"verdict\":\"warn\"");
  assert_int_equal(r.progressed, 0);
}

static void a_microphone_is_asked_for_only_where_it_was_allowed(void **state) {
  static run r;
  (void)state;
  sp_preflight_site site = usual();
  static const char *const answers[] = { ALLOWED, "{\"microphone\":\"prompt\"}", "{\"microphone\":\"unknown\"}", "" };
  for (int i = 0; i < 4; i++) {
    world w = well;
    w.permissions = answers[i];
    assert_true(play(&r, 0, "{\"sections\":[\"media\"]}", &site, &w));
    assert_int_equal(strstr(order_of(&r, "media"), "constraints") != NULL, i == 0);
  }
}

static void media_goes_over_the_relays_that_answered(void **state) {
  static run r;
  (void)state;
  sp_preflight_site site = usual();
  world w = well;
  w.ice[0] = NONE;
  assert_true(play(&r, 0, "{\"sections\":[\"ice\",\"media\"]}", &site, &w));
  const char *order = order_of(&r, "media");
  assert_non_null(strstr(order, "{\"iceTransportPolicy\":\"relay\",\"iceServers\":[{\"urls\":\"turn:server1."));
  assert_null(strstr(order, "server0"));
  assert_null(strstr(order, "stun:"));
  expect(&r, "\"path\":\"relay\"");
  w.ice[1] = NONE;
  assert_true(play(&r, 0, "{\"sections\":[\"ice\",\"media\"]}", &site, &w));
  expect(&r, "\"path\":\"direct\",\"packetsReceived\"");
}

static void limits_are_for_all_or_one_by_one(void **state) {
  static const struct {
    const char *options;
    int status;
  } cases[] = {
    { "{\"timeoutMs\":300}", SP_OK },
    { "{\"timeoutMs\":{\"ice\":300}}", SP_OK },
    { "{\"timeoutMs\":0}", SP_EINVAL },
    { "{\"timeoutMs\":-1}", SP_EINVAL },
    { "{\"timeoutMs\":\"1\"}", SP_EINVAL },
    { "{\"timeoutMs\":null}", SP_EINVAL },
    { "{\"timeoutMs\":{\"ice\":0}}", SP_EINVAL },
    { "{\"timeoutMs\":{\"icy\":1}}", SP_EINVAL },
    { "{\"sections\":\"ice\"}", SP_EINVAL },
    { "{\"sections\":[\"icy\"]}", SP_EINVAL },
    { "{\"sections\":[1]}", SP_EINVAL },
    { "null", SP_OK },
    { "[]", SP_OK },
  };
  (void)state;
  static run r;
  sp_preflight_site site = usual();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_json_doc *doc = NULL;
    sp_preflight *p = sp_preflight_new(NULL);
    assert_int_equal(sp_json_parse(NULL, sp_str_from(cases[i].options), &doc), SP_OK);
    assert_int_equal(sp_preflight_start(p, 0, 0, CALL, sp_json_root(doc), &site), cases[i].status);
    if (cases[i].status == SP_OK) assert_int_equal(sp_preflight_start(p, 0, 0, 8, NULL, &site), SP_ESTATE);
    sp_json_free(doc);
    sp_preflight_free(p);
  }
  world w = well;
  w.ice[0] = w.ice[1] = w.ice[2] = w.get = NULL;
  assert_true(play(&r, 0, "{\"sections\":[\"ice\",\"rest\"],\"timeoutMs\":{\"ice\":300}}", &site, &w));
  expect(&r, "\"durationMs\":10000,\"sections\"");
  expect(&r, "{\"name\":\"ice\",\"verdict\":\"fail\",\"durationMs\":300,");
  assert_true(play(&r, 0, "{\"sections\":[\"rest\"],\"timeoutMs\":1e12}", &site, &w));
  expect(&r, "No answer within 120 s.");
}

static void a_run_that_is_stopped_gives_everything_back(void **state) {
  (void)state;
  static run r;
  sp_preflight_site site = usual();
  world silent = { NULL };
  r = (run){ .world = &silent, .now = 0 };
  r.p = sp_preflight_new(NULL);
  assert_int_equal(sp_preflight_stop(r.p), 0);
  assert_int_equal(sp_preflight_start(r.p, 0, 0, CALL, NULL, &site), SP_OK);
  drain(&r);
  assert_int_equal(sp_preflight_stop(r.p), CALL);
  drain(&r);
  for (int i = 0; i < PROBES; i++) assert_int_equal(r.started[i], r.stopped[i]);
  assert_true(started(&r, "ice") == 3 && r.reports == 0 && r.progressed == 0);
  assert_true(sp_preflight_deadline(r.p) == UINT64_MAX);
  /* Late answers find nothing, and another run begins. */
  for (uint32_t id = 0; id < PROBES; id++) sp_preflight_input(r.p, 1, id, SP_STR("{\"answered\":true}"));
  r.world = &well;
  assert_int_equal(sp_preflight_start(r.p, 0, 0, CALL, NULL, &site), SP_OK);
  finish(&r);
  assert_int_equal(r.reports, 1);
  expect(&r, "{\"verdict\":\"pass\"");
  sp_preflight_free(r.p);
}

static void answers_that_come_twice_or_late_change_nothing(void **state) {
  (void)state;
  static run r;
  sp_preflight_site site = usual();
  site.connected = false;
  r = (run){ .world = &well, .now = 0 };
  r.p = sp_preflight_new(NULL);
  assert_int_equal(sp_preflight_start(r.p, 0, 0, CALL, NULL, &site), SP_OK);
  for (int again = 0; again < 8; again++) {
    sp_preflight_act act;
    uint32_t ids[PROBES];
    sp_str texts[PROBES];
    size_t count = 0;
    while (sp_preflight_take(r.p, &act)) {
      if (act.kind == SP_PREFLIGHT_START) ids[count] = act.id, texts[count++] = ask(&r, &act);
      if (act.kind == SP_PREFLIGHT_START && strcmp(act.name, "stats") != 0) r.started[act.id]++;
      if (act.kind == SP_PREFLIGHT_STOP) r.stopped[act.id]++;
      r.reports += act.kind == SP_PREFLIGHT_REPORT;
    }
    for (size_t i = 0; i < 2 * count; i++) sp_preflight_input(r.p, r.now, ids[i / 2], texts[i / 2]);
    if (!count && !r.reports) sp_preflight_tick(r.p, r.now = sp_preflight_deadline(r.p));
  }
  assert_int_equal(r.reports, 1);
  for (int i = 0; i < PROBES; i++) assert_int_equal(r.started[i], r.stopped[i]);
  sp_preflight_free(r.p);
}

static void more_servers_than_are_tried(void **state) {
  (void)state;
  static run r;
  char servers[4096] = "[{\"urls\":[\"stun:server2.example\"";
  sp_preflight_site site = usual();
  for (unsigned i = 0; i < SP_MAX_DIAGNOSED_SERVERS; i++) strcat(servers, ",\"stun:server2.example\",\"http://no\",1");
  strcat(servers, "]}]");
  site.texts[SP_SITE_SERVERS] = sp_str_from(servers);
  assert_true(play(&r, 0, "{\"sections\":[\"ice\"]}", &site, &well));
  assert_int_equal(started(&r, "ice"), SP_MAX_DIAGNOSED_SERVERS);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_verdict_for_each_state_of_the_world),
    cmocka_unit_test(all_sections_run_beside_each_other_and_are_told_in_order),
    cmocka_unit_test(what_is_not_asked_for_is_looked_at_only_where_it_is_needed),
    cmocka_unit_test(a_microphone_is_asked_for_only_where_it_was_allowed),
    cmocka_unit_test(media_goes_over_the_relays_that_answered),
    cmocka_unit_test(limits_are_for_all_or_one_by_one),
    cmocka_unit_test(a_run_that_is_stopped_gives_everything_back),
    cmocka_unit_test(answers_that_come_twice_or_late_change_nothing),
    cmocka_unit_test(more_servers_than_are_tried),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
