/* SPDX-License-Identifier: MIT */
/* The servers for media, one peer connection each, and a call of the page with itself. */
#include "preflight/internal.h"

#include "base/number.h"
#include "telemetry/mos.h"

#include <math.h>

/* How long is listened, and how long a relay may take to let both ends in. */
#define LISTEN_MS 3000u
#define RELAY_MS  5000u
/* As telemetry/quality warns. */
#define BAD_MOS 3.5
/* Energy of a second: a muted microphone has 0, a quiet room a thousandth of a tone. */
#define SILENCE 1e-10

/* --- ICE --- */

/* "stun:…", "turn:…", "turns:…"; anything else is left out. */
static void add_server(sp_preflight *p, const sp_json *from, sp_str url) {
  bool turn = sp_str_starts(url, "turn");
  if ((!turn && !sp_str_starts(url, "stun")) || p->server_count == SP_MAX_DIAGNOSED_SERVERS) return;
  p->list[p->server_count++] = (server){ .from = from, .url = url, .turn = turn };
}

static int read_servers(sp_preflight *p) {
  int status = p->servers ? SP_OK : sp_json_parse(p->alloc, p->site.texts[SP_SITE_SERVERS], &p->servers);
  if (status != SP_OK || p->server_count) return status;
  for (const sp_json *one = sp_json_first(sp_json_root(p->servers)); one; one = sp_json_next(one)) {
    const sp_json *urls = sp_json_get(one, "urls");
    add_server(p, one, sp_json_str(urls));
    if (!sp_json_is_array(urls)) continue;
    for (const sp_json *url = sp_json_first(urls); url; url = sp_json_next(url)) add_server(p, one, sp_json_str(url));
  }
  return SP_OK;
}

static void write_one(sp_jw *w, const server *s) {
  sp_jw_open(w, NULL, '{');
  sp_jw_str(w, "urls", s->url);
  sp_jw_json(w, "username", sp_json_get(s->from, "username"));
  sp_jw_json(w, "credential", sp_json_get(s->from, "credential"));
  sp_jw_close(w);
}

/* STUN and TURN by themselves: an answer of one must not hide that the other is silent. */
void sp_preflight_write_server(const sp_preflight *p, sp_jw *w, int slot) {
  const server *s = &p->list[slot - SLOT_SERVER];
  sp_jw_str(w, "wanted", s->turn ? SP_STR("relay") : SP_STR("srflx"));
  sp_jw_open(w, "config", '{');
  sp_jw_str(w, "iceTransportPolicy", s->turn ? SP_STR("relay") : SP_STR("all"));
  sp_jw_open(w, "iceServers", '[');
  write_one(w, s);
  sp_jw_close(w);
  sp_jw_close(w);
}

/* Without the address. */
static void write_details(sp_preflight *p) {
  sp_jw w = sp_preflight_details(p, SEC_ICE);
  sp_jw_bool(&w, "relayOnly", p->site.relay_only);
  sp_jw_open(&w, "servers", '[');
  for (size_t i = 0; i < p->server_count; i++) {
    const server *s = &p->list[i];
    bool tls = sp_str_starts(s->url, "turns") || sp_str_starts(s->url, "stuns");
    bool tcp = sp_str_ends(s->url, "transport=tcp");
    sp_jw_open(&w, NULL, '{');
    sp_jw_str(&w, "type", s->turn ? SP_STR("turn") : SP_STR("stun"));
    sp_jw_str(&w, "transport", sp_str_from(tls ? "tls" : tcp ? "tcp" : "udp"));
    sp_jw_bool(&w, "reachable", s->answers);
    if (s->answers) sp_jw_num(&w, "ms", (double)s->took);
    if (s->code) sp_jw_num(&w, "errorCode", s->code);
    sp_jw_close(&w);
  }
  sp_jw_close(&w);
  sp_jw_close(&w);
}

static void conclude(sp_preflight *p, uint64_t now) {
  unsigned answer = 0, turns = 0, relays = 0, refused = 0, count = (unsigned)p->server_count;
  for (size_t i = 0; i < p->server_count; i++) {
    const server *s = &p->list[i];
    answer += s->answers;
    turns += s->turn;
    relays += s->answers && s->turn;
    refused += s->turn && (s->code == 401 || s->code == 403 || s->code == 438);
  }
  saying says = SAY_ICE;
  if (refused && !relays) says = SAY_CREDENTIALS;
  else if (!relays && p->site.relay_only) says = SAY_RELAY_MISSING;
  else if (!answer) says = SAY_NONE_ANSWERS;
  else if (!relays) says = turns ? SAY_NO_RELAY : SAY_NO_TURN;
  else if (answer < count) says = SAY_SOME;
  write_details(p);
  sp_preflight_end(p, now, SEC_ICE, says, says == SAY_SOME ? count - answer : count);
}

void sp_preflight_ice_start(sp_preflight *p, uint64_t now) {
  if (p->site.texts[SP_SITE_SERVERS].len && read_servers(p) != SP_OK) sp_preflight_end(p, now, SEC_ICE, SAY_BROKEN, 0);
  else if (!p->server_count && p->site.connected) conclude(p, now);
  else if (!p->server_count) sp_preflight_end(p, now, SEC_ICE, SAY_NO_SERVERS, 0);
  else
    for (size_t i = 0; i < p->server_count; i++) sp_preflight_probe(p, now, SEC_ICE, SLOT_SERVER + (int)i, "ice");
}

/* A STUN server that answers what the browser knows already gives no candidate; but then there is no error either, and
   the gathering ends. */
void sp_preflight_ice(sp_preflight *p, uint64_t now, int slot, const sp_json *facts) {
  server *s = &p->list[slot - SLOT_SERVER];
  double code = sp_json_number(sp_json_get(facts, "code"), 0);
  s->code = code >= 1 && code < 1000 ? (int)code : 0;
  s->took = now - p->probes[slot].since;
  bool seen = sp_json_get_bool(facts, "seen", false);
  s->answers = facts && (seen || (!s->turn && !s->code));
  if (seen) s->code = 0;
  sp_preflight_release(p, slot);
  for (size_t i = 0; i < p->server_count; i++)
    if (p->probes[SLOT_SERVER + i].state == OUT || p->probes[SLOT_SERVER + i].state == WANTED) return;
  conclude(p, now);
}

/* What has not answered by now does not. */
void sp_preflight_ice_late(sp_preflight *p, uint64_t now) {
  conclude(p, now);
}

/* --- media --- */

/* Relays that answered; all of them when nobody has looked. */
static bool is_good_relay(const sp_preflight *p, const server *s) {
  return s->turn && (s->answers || !p->sections[SEC_ICE].asked);
}

static bool has_relay(const sp_preflight *p) {
  for (size_t i = 0; i < p->server_count; i++)
    if (is_good_relay(p, &p->list[i])) return true;
  return false;
}

void sp_preflight_media_start(sp_preflight *p, uint64_t now) {
  if (p->site.texts[SP_SITE_SERVERS].len) (void)read_servers(p); /* without them there is the direct way */
  p->step = LOOPING;
  p->by_relay = has_relay(p);
  if (p->by_relay) sp_timer_arm(&p->listen, now, RELAY_MS);
  sp_preflight_probe(p, now, SEC_MEDIA, p->by_relay ? SEC_MEDIA : SLOT_DIRECT, "media");
}

/* The relay may refuse to carry from itself to itself, which no call needs. */
static void go_direct(sp_preflight *p, uint64_t now) {
  sp_timer_stop(&p->listen);
  p->by_relay = false;
  p->relay_failed = true;
  sp_preflight_release(p, SEC_MEDIA);
  sp_preflight_probe(p, now, SEC_MEDIA, SLOT_DIRECT, "media");
}

void sp_preflight_write_loop(const sp_preflight *p, sp_jw *w) {
  if (p->step == READING) {
    sp_jw_raw(w, "types", SP_STR("[\"inbound-rtp\",\"candidate-pair\",\"media-source\"]"));
    return;
  }
  /* Without the permission the browser would ask. */
  if (p->may_listen) sp_jw_raw(w, "constraints", p->site.texts[SP_SITE_CONSTRAINTS]);
  sp_jw_open(w, "config", '{');
  if (p->by_relay) sp_jw_str(w, "iceTransportPolicy", SP_STR("relay"));
  sp_jw_open(w, "iceServers", '[');
  for (size_t i = 0; p->by_relay && i < p->server_count; i++)
    if (is_good_relay(p, &p->list[i])) write_one(w, &p->list[i]);
  sp_jw_close(w);
  sp_jw_close(w);
}

static void looped(sp_preflight *p, uint64_t now, const sp_json *facts) {
  sp_str error = sp_json_get_str(facts, "error");
  if (sp_str_is(error, "microphone")) sp_preflight_end(p, now, SEC_MEDIA, SAY_MICROPHONE_BUSY, 0);
  else if (facts && !error.len) {
    p->is_tone = !sp_json_get_bool(facts, "microphone", false);
    p->is_muted = sp_json_get_bool(facts, "muted", false);
    p->step = LISTENING;
    sp_timer_arm(&p->listen, now, LISTEN_MS);
  } else if (p->by_relay) go_direct(p, now);
  else sp_preflight_end(p, now, SEC_MEDIA, facts ? SAY_NO_LOOP : SAY_BROKEN, 0);
}

void sp_preflight_media_late(sp_preflight *p, uint64_t now) {
  sp_preflight_end(p, now, SEC_MEDIA, p->step == LOOPING ? SAY_NO_LOOP : SAY_LATE,
                   p->sections[SEC_MEDIA].limit_ms / 1000.0);
}

void sp_preflight_media_tick(sp_preflight *p, uint64_t now) {
  probe *one = &p->probes[p->by_relay ? SEC_MEDIA : SLOT_DIRECT];
  if (p->step == LOOPING) {
    go_direct(p, now);
    return;
  }
  p->step = READING;
  one->state = WANTED;
  one->name = "stats";
}

/* The first record of the type with a number under the key; NAN: none. */
static double number_of(const sp_json *facts, const char *type, const char *key) {
  for (const sp_json *one = sp_json_first(sp_json_get(facts, "records")); one; one = sp_json_next(one)) {
    const sp_json *value = sp_json_get(one, key);
    if (sp_str_is(sp_json_get_str(one, "type"), type) && sp_json_is_number(value)) return sp_json_number(value, 0);
  }
  return NAN;
}

static saying judge_sound(const sp_preflight *p, double received, double mos, double energy) {
  bool hears = !p->is_tone && !p->is_muted;
  if (!(received > 0)) return SAY_NO_PACKETS;
  if (hears && energy < SILENCE) return SAY_SILENT;
  if (mos < BAD_MOS) return SAY_BAD_SOUND;
  return p->is_tone ? SAY_TONE : SAY_MEDIA;
}

static double or_zero(double value) {
  return sp_is_nan(value) ? 0 : value;
}

static void listened(sp_preflight *p, uint64_t now, const sp_json *facts) {
  double received = number_of(facts, "inbound-rtp", "packetsReceived");
  double lost = or_zero(number_of(facts, "inbound-rtp", "packetsLost"));
  double jitter = number_of(facts, "inbound-rtp", "jitter");
  double round_trip = number_of(facts, "candidate-pair", "currentRoundTripTime");
  double energy = number_of(facts, "media-source", "totalAudioEnergy");
  if (sp_is_nan(energy)) energy = number_of(facts, "inbound-rtp", "totalAudioEnergy");
  double loss = received > 0 && lost > 0 ? lost / received : 0;
  double mos = sp_mos_score(or_zero(round_trip) / 2, or_zero(jitter), loss);
  sp_jw w = sp_preflight_details(p, SEC_MEDIA);
  sp_jw_str(&w, "source", p->is_tone ? SP_STR("tone") : SP_STR("microphone"));
  sp_jw_str(&w, "path", p->by_relay ? SP_STR("relay") : SP_STR("direct"));
  if (p->relay_failed) sp_jw_bool(&w, "relayFailed", true);
  sp_jw_num(&w, "packetsReceived", or_zero(received));
  sp_jw_num(&w, "packetsLost", lost);
  if (received > 0) {
    sp_jw_num(&w, "jitterMs", jitter * 1000);
    sp_jw_num(&w, "roundTripMs", round_trip * 1000);
    sp_jw_num(&w, "mos", mos);
  }
  if (!p->is_tone) sp_jw_bool(&w, "muted", p->is_muted);
  if (!p->is_tone && !sp_is_nan(energy)) sp_jw_bool(&w, "heard", energy >= SILENCE);
  sp_jw_close(&w);
  sp_preflight_end(p, now, SEC_MEDIA, facts ? judge_sound(p, received, mos, energy) : SAY_BROKEN, mos);
}

void sp_preflight_media(sp_preflight *p, uint64_t now, int slot, const sp_json *facts) {
  (void)slot;
  if (p->step == LOOPING) looped(p, now, facts);
  else if (p->step == READING) listened(p, now, facts);
}
