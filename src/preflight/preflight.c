/* SPDX-License-Identifier: MIT */
/* A run: sections start when what they need is over, end with their probes or their time, and are told in order. */
#include "preflight/internal.h"

#include "base/date.h"
#include "base/outcome.h"

#define BIT(section) (1u << (section))

/* `needs`: sections that must be over first. `late`: what becomes of it at its limit; NULL: "no answer". */
static const struct {
  const char *name;
  uint32_t limit_ms;
  unsigned needs;
  void (*start)(sp_preflight *p, uint64_t now);
  void (*answer)(sp_preflight *p, uint64_t now, int slot, const sp_json *facts);
  void (*late)(sp_preflight *p, uint64_t now);
} rows[SECTIONS] = {
  [SEC_PERMISSIONS] = { "permissions", 5000, 0, NULL, sp_preflight_permissions, NULL },
  [SEC_DEVICES] = { "devices", 5000, 0, NULL, sp_preflight_devices, NULL },
  [SEC_REST] = { "rest", 10000, 0, NULL, sp_preflight_rest, NULL },
  [SEC_SOCKET] = { "socket", 10000, BIT(SEC_REST), sp_preflight_socket_start, sp_preflight_socket, NULL },
  /* A browser repeats what nobody answers for 10 s, and says so then. */
  [SEC_ICE] = { "ice", 12000, 0, sp_preflight_ice_start, sp_preflight_ice, sp_preflight_ice_late },
  [SEC_MEDIA] = { "media", 15000, BIT(SEC_PERMISSIONS), sp_preflight_media_start, sp_preflight_media,
                  sp_preflight_media_late },
};

#define MAX_LIMIT_MS 120000.0

sp_preflight *sp_preflight_new(const sp_alloc *alloc) {
  sp_preflight *p = sp_alloc_new(alloc, sizeof *p);
  if (!p) return NULL;
  p->alloc = alloc;
  p->listen = SP_TIMER_OFF;
  sp_buf_init(&p->text, alloc, SP_MAX_EFFECT_TEXT);
  for (int i = 0; i < SECTIONS; i++) {
    sp_buf_init(&p->sections[i].details, alloc, SP_MAX_OPTION);
    p->sections[i].limit = SP_TIMER_OFF;
  }
  return p;
}

/* The run is over; probes that are out stay to be stopped. */
static void clear(sp_preflight *p) {
  for (int i = 0; i < SP_SITE_TEXTS; i++) sp_str_free(p->alloc, &p->site.texts[i]);
  sp_str_free(p->alloc, &p->channel_id);
  sp_json_free(p->servers);
  p->servers = NULL;
  p->server_count = 0;
  p->call = 0;
  p->over = 0;
  p->may_listen = p->by_relay = p->relay_failed = false;
  sp_timer_stop(&p->listen);
  for (int i = 0; i < SLOTS; i++) sp_preflight_release(p, i);
  for (int i = 0; i < SECTIONS; i++) {
    section *s = &p->sections[i];
    sp_buf_free(&s->details);
    *s = (section){ .details = s->details, .limit = SP_TIMER_OFF, .limit_ms = rows[i].limit_ms };
    sp_buf_reset(&s->details);
  }
}

void sp_preflight_free(sp_preflight *p) {
  if (!p) return;
  clear(p);
  sp_buf_free(&p->text);
  sp_alloc_free(p->alloc, p);
}

/* --- for the sections --- */

void sp_preflight_probe(sp_preflight *p, uint64_t now, int which, int slot, const char *name) {
  p->probes[slot] = (probe){ WANTED, (uint8_t)which, false, ++p->last_id, name, now };
}

void sp_preflight_release(sp_preflight *p, int slot) {
  p->probes[slot].state = p->probes[slot].held ? TO_STOP : FREE;
}

void sp_preflight_end(sp_preflight *p, uint64_t now, int which, saying says, double number) {
  section *s = &p->sections[which];
  sp_timer_stop(&s->limit);
  if (which == SEC_MEDIA) sp_timer_stop(&p->listen);
  s->state = DONE;
  p->over |= BIT(which);
  s->says = (uint8_t)says;
  s->number = number;
  s->took = now - s->since;
  for (int i = 0; i < SLOTS; i++)
    if (p->probes[i].section == which) sp_preflight_release(p, i);
}

sp_jw sp_preflight_details(sp_preflight *p, int which) {
  sp_jw w;
  sp_buf_reset(&p->sections[which].details);
  sp_jw_begin(&w, &p->sections[which].details);
  sp_jw_open(&w, NULL, '{');
  return w;
}

/* --- the course --- */

/* What has to be over first, and what is looked at only because of that. */
static void plan(sp_preflight *p) {
  unsigned wanted = 0;
  for (int i = 0; i < SECTIONS; i++) p->sections[i].needs = rows[i].needs;
  /* A connection that is up is asked itself, and a JWT needs no channel. */
  if (p->site.connected || !p->site.texts[SP_SITE_CHANNEL].len) p->sections[SEC_SOCKET].needs = 0;
  /* Media goes over the relay that was found, if one is looked for. */
  if (p->sections[SEC_ICE].asked) p->sections[SEC_MEDIA].needs |= BIT(SEC_ICE);
  for (int i = 0; i < SECTIONS; i++)
    if (p->sections[i].asked) wanted |= BIT(i) | p->sections[i].needs;
  for (int i = 0; i < SECTIONS; i++)
    if (!(wanted & BIT(i))) p->sections[i].state = TOLD;
}

static void begin(sp_preflight *p, uint64_t now, int i) {
  section *s = &p->sections[i];
  s->state = RUNNING;
  s->since = now;
  sp_timer_arm(&s->limit, now, s->limit_ms);
  if (rows[i].start) rows[i].start(p, now);
  else sp_preflight_probe(p, now, i, i, i == SEC_REST ? "GET" : rows[i].name);
}

static void go_on(sp_preflight *p, uint64_t now) {
  if (!p->call) return;
  for (int i = 0; i < SECTIONS; i++)
    if (p->sections[i].state == IDLE && !(p->sections[i].needs & ~p->over)) begin(p, now, i);
}

static int section_of(sp_str name) {
  for (int i = 0; i < SECTIONS; i++)
    if (sp_str_is(name, rows[i].name)) return i;
  return -1;
}

static bool read_limit(section *s, const sp_json *value) {
  double limit = sp_json_number(value, 0);
  if (!(limit > 0)) return false;
  s->limit_ms = (uint32_t)(limit < MAX_LIMIT_MS ? limit + 0.5 : MAX_LIMIT_MS);
  return true;
}

static bool read_options(sp_preflight *p, const sp_json *options) {
  const sp_json *names = sp_json_get(options, "sections"), *limits = sp_json_get(options, "timeoutMs");
  if (names && !sp_json_is_array(names)) return false;
  for (int i = 0; i < SECTIONS; i++) {
    p->sections[i].asked = !names;
    if (sp_json_is_number(limits) && !read_limit(&p->sections[i], limits)) return false;
  }
  for (const sp_json *name = sp_json_first(names); name; name = sp_json_next(name)) {
    int i = section_of(sp_json_str(name));
    if (i < 0) return false;
    p->sections[i].asked = true;
  }
  if (sp_json_is_number(limits) || !limits) return true;
  if (!sp_json_is_object(limits)) return false;
  for (const sp_json *limit = sp_json_first(limits); limit; limit = sp_json_next(limit)) {
    int i = section_of(sp_json_key(limit));
    if (i < 0 || !read_limit(&p->sections[i], limit)) return false;
  }
  return true;
}

int sp_preflight_start(sp_preflight *p, uint64_t now, uint64_t wall, uint32_t call, const sp_json *options,
                       const sp_preflight_site *site) {
  if (p->call) return SP_ESTATE;
  clear(p);
  int status = read_options(p, options) ? SP_OK : SP_EINVAL;
  for (int i = 0; status == SP_OK && i < SP_SITE_TEXTS; i++)
    status = sp_str_dup(p->alloc, site->texts[i], &p->site.texts[i]);
  p->site.connected = site->connected;
  p->site.relay_only = site->relay_only;
  p->site.has_token = site->has_token;
  if (status != SP_OK) return status;
  p->call = call;
  p->began = now;
  p->wall = wall;
  plan(p);
  go_on(p, now);
  return SP_OK;
}

uint32_t sp_preflight_stop(sp_preflight *p) {
  uint32_t call = p->call;
  if (call) clear(p);
  return call;
}

static void answered(sp_preflight *p, uint64_t now, int slot, const sp_json *facts) {
  int i = p->probes[slot].section;
  if (p->sections[i].state == RUNNING) rows[i].answer(p, now, slot, facts);
  go_on(p, now);
}

void sp_preflight_input(sp_preflight *p, uint64_t now, uint32_t id, sp_str text) {
  sp_json_doc *doc = NULL;
  for (int slot = 0; slot < SLOTS; slot++) {
    if (p->probes[slot].state != OUT || p->probes[slot].id != id) continue;
    const sp_json *facts = sp_json_parse(p->alloc, text, &doc) == SP_OK ? sp_json_root(doc) : NULL;
    answered(p, now, slot, sp_json_is_object(facts) ? facts : NULL);
    sp_json_free(doc);
    return;
  }
}

void sp_preflight_tick(sp_preflight *p, uint64_t now) {
  if (sp_timer_due(&p->listen, now)) sp_preflight_media_tick(p, now);
  for (int i = 0; i < SECTIONS; i++) {
    if (!sp_timer_due(&p->sections[i].limit, now)) continue;
    if (rows[i].late) rows[i].late(p, now);
    else sp_preflight_end(p, now, i, SAY_LATE, p->sections[i].limit_ms / 1000.0);
  }
  go_on(p, now);
}

uint64_t sp_preflight_deadline(const sp_preflight *p) {
  uint64_t at = p->listen.at;
  for (int i = 0; i < SECTIONS; i++) at = sp_earlier(at, p->sections[i].limit.at);
  return at;
}

/* --- what is told --- */

/* With at most one decimal. */
static void add_number(sp_buf *out, double value) {
  uint64_t tenths = value > 0 && value < 1e9 ? (uint64_t)(value * 10 + 0.5) : 0;
  sp_buf_add_u64(out, tenths / 10);
  if (tenths % 10 == 0) return;
  sp_buf_add_char(out, '.');
  sp_buf_add_u64(out, tenths % 10);
}

static sp_str summary_of(const section *s) {
  sp_str all = sp_str_from(sp_preflight_words[s->says]);
  return sp_str_slice(all, 1, sp_str_find_char(all, '|', 0));
}

/* Absent when there is nothing to do. */
static sp_str advice_of(const section *s) {
  sp_str all = sp_str_from(sp_preflight_words[s->says]);
  size_t at = sp_str_find_char(all, '|', 0);
  return at < all.len ? sp_str_slice(all, at + 1, all.len) : SP_STR_NONE;
}

static void add_summary(sp_buf *out, const section *s) {
  sp_str text = summary_of(s);
  size_t at = sp_str_find_char(text, '#', 0);
  sp_buf_add(out, sp_str_slice(text, 0, at));
  if (at >= text.len) return;
  add_number(out, s->number);
  sp_buf_add(out, sp_str_slice(text, at + 1, text.len));
}

/* In the order of their weight. */
static const char *const verdicts[] = { "skipped", "pass", "warn", "fail" };
enum { SKIPPED, PASS, WARN, FAIL };

static int verdict_of(const section *s) {
  int v = SKIPPED;
  while (v < FAIL && *sp_preflight_words[s->says] != *verdicts[v]) v++;
  return v;
}

static void write_section(sp_jw *w, sp_preflight *p, int i) {
  const section *s = &p->sections[i];
  sp_buf says;
  sp_buf_init(&says, p->alloc, 256);
  add_summary(&says, s);
  sp_jw_open(w, NULL, '{');
  sp_jw_str(w, "name", sp_str_from(rows[i].name));
  sp_jw_str(w, "verdict", sp_str_from(verdicts[verdict_of(s)]));
  sp_jw_num(w, "durationMs", (double)s->took);
  sp_jw_str(w, "summary", sp_buf_str(&says));
  sp_jw_str(w, "advice", advice_of(s));
  bool known = s->details.len && sp_buf_status(&s->details) == SP_OK;
  sp_jw_raw(w, "details", known ? sp_buf_str(&s->details) : SP_STR("{}"));
  sp_jw_close(w);
  if (sp_buf_status(&says) != SP_OK) w->buf->status = sp_buf_status(&says);
  sp_buf_free(&says);
}

/* The worst of what was looked at; when nothing was, that is no pass. */
static int worst(const sp_preflight *p) {
  int all = SKIPPED;
  for (int i = 0; i < SECTIONS; i++)
    if (p->sections[i].asked && verdict_of(&p->sections[i]) > all) all = verdict_of(&p->sections[i]);
  return all == SKIPPED ? WARN : all;
}

/* One line per section, for a person. */
static void write_text(sp_buf *out, const sp_preflight *p) {
  sp_buf_add_text(out, "Diagnostics: ");
  sp_buf_add(out, sp_str_from(verdicts[worst(p)]));
  for (int i = 0; i < SECTIONS; i++) {
    const section *s = &p->sections[i];
    if (!s->asked) continue;
    sp_buf_add_char(out, '\n');
    sp_buf_add_text(out, rows[i].name);
    sp_buf_add_text(out, ": ");
    sp_buf_add(out, sp_str_from(verdicts[verdict_of(s)]));
    sp_buf_add_text(out, ". ");
    add_summary(out, s);
    if (advice_of(s).len) sp_buf_add_char(out, ' ');
    sp_buf_add(out, advice_of(s));
  }
}

static void write_report(sp_preflight *p) {
  sp_buf text;
  sp_jw w;
  uint64_t last = p->began;
  for (int i = 0; i < SECTIONS; i++) {
    const section *s = &p->sections[i];
    if (s->asked && s->since + s->took > last) last = s->since + s->took;
  }
  sp_buf_init(&text, p->alloc, SP_MAX_OPTION);
  write_text(&text, p);
  sp_jw_begin(&w, &p->text);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "verdict", sp_str_from(verdicts[worst(p)]));
  sp_jw_str(&w, "startedAt", sp_str_from(sp_date_iso(p->wall).text));
  sp_jw_num(&w, "durationMs", (double)(last - p->began));
  sp_jw_open(&w, "sections", '[');
  for (int i = 0; i < SECTIONS; i++)
    if (p->sections[i].asked) write_section(&w, p, i);
  sp_jw_close(&w);
  sp_jw_str(&w, "text", sp_buf_str(&text));
  sp_jw_close(&w);
  if (sp_buf_status(&text) != SP_OK) p->text.status = sp_buf_status(&text);
  sp_buf_free(&text);
}

static void write_probe(sp_preflight *p, int slot) {
  const probe *one = &p->probes[slot];
  sp_jw w;
  if (slot == SEC_REST || (slot == SEC_SOCKET && !p->site.connected)) {
    sp_buf_add(&p->text, slot == SEC_REST ? p->site.texts[SP_SITE_USER] : p->site.texts[SP_SITE_CHANNEL]);
    return;
  }
  sp_jw_begin(&w, &p->text);
  sp_jw_open(&w, NULL, '{');
  if (slot == SLOT_SOCKET) sp_preflight_write_socket(p, &w);
  else if (one->section == SEC_ICE) sp_preflight_write_server(p, &w, slot);
  else if (one->section == SEC_MEDIA) sp_preflight_write_loop(p, &w);
  sp_jw_close(&w);
}

static bool take_probe(sp_preflight *p, sp_preflight_act *out) {
  for (int slot = 0; slot < SLOTS; slot++) {
    probe *one = &p->probes[slot];
    if (one->state != WANTED && one->state != TO_STOP) continue;
    bool starts = one->state == WANTED;
    one->state = starts ? OUT : FREE;
    one->held = starts;
    if (starts) write_probe(p, slot);
    *out = (sp_preflight_act){ starts ? SP_PREFLIGHT_START : SP_PREFLIGHT_STOP, one->id, one->name,
                               sp_buf_status(&p->text) == SP_OK ? sp_buf_str(&p->text) : SP_STR_NONE };
    return true;
  }
  return false;
}

static bool take_progress(sp_preflight *p, sp_preflight_act *out) {
  bool over = true;
  for (int i = 0; i < SECTIONS; i++) {
    section *s = &p->sections[i];
    if (s->state == DONE) {
      sp_jw w;
      s->state = TOLD;
      if (!s->asked) continue;
      sp_jw_begin(&w, &p->text);
      write_section(&w, p, i);
      *out = (sp_preflight_act){ SP_PREFLIGHT_PROGRESS, p->call, "progress", sp_buf_str(&p->text) };
      if (sp_buf_status(&p->text) == SP_OK) return true;
      sp_buf_reset(&p->text);
    }
    over = over && s->state == TOLD;
  }
  if (!over) return false;
  write_report(p);
  bool known = sp_buf_status(&p->text) == SP_OK;
  *out = (sp_preflight_act){ SP_PREFLIGHT_REPORT, p->call, "report", known ? sp_buf_str(&p->text) : SP_STR_NONE };
  clear(p);
  return true;
}

bool sp_preflight_take(sp_preflight *p, sp_preflight_act *out) {
  sp_buf_reset(&p->text);
  return take_probe(p, out) || (p->call && take_progress(p, out));
}
