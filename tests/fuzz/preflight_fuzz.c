/* SPDX-License-Identifier: MIT */
/* Lines: options, ICE servers, then what probes find, in the order they start, round and round; an empty line is a
   probe that is silent until the limit of its section. Whatever the browser says, the run ends with one well-formed
   report without secrets, and every probe gives back what it has, once. */
#include "base/limits.h"
#include "preflight/preflight.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PROBES = 64, CALL = 7, LINES = 32 };
#define SECRET "SECRET-OF-A-REQUEST"

typedef struct host {
  sp_preflight *p;
  uint64_t now;
  sp_str lines[LINES];
  size_t count, next;
  unsigned held[PROBES], reports;
} host;

static void check_report(sp_str text) {
  sp_json_doc *doc = NULL;
  if (sp_json_parse(NULL, text, &doc) != SP_OK) abort();
  if (!sp_json_get_text(sp_json_root(doc), "verdict") || !sp_json_get_text(sp_json_root(doc), "text")) abort();
  if (sp_str_find(text, SECRET, 0) != SIZE_MAX) abort();
  sp_json_free(doc);
}

/* False when nothing was wanted. */
static bool drain(host *h) {
  sp_preflight_act act;
  uint32_t asked[PROBES];
  size_t count = 0;
  bool moved = false;
  for (; sp_preflight_take(h->p, &act); moved = true) {
    if (act.kind == SP_PREFLIGHT_REPORT) {
      h->reports++;
      check_report(act.text);
    } else if (act.kind == SP_PREFLIGHT_STOP) {
      if (act.id >= PROBES || --h->held[act.id]) abort();
    } else if (act.kind == SP_PREFLIGHT_START) {
      if (act.id >= PROBES || count == PROBES) abort();
      if (!sp_str_is(sp_str_from(act.name), "stats")) h->held[act.id]++;
      asked[count++] = act.id;
    }
  }
  for (size_t i = 0; i < count; i++) {
    sp_str line = h->count ? h->lines[h->next++ % h->count] : SP_STR_NONE;
    if (line.len) sp_preflight_input(h->p, ++h->now, asked[i], line);
  }
  return moved;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sp_str text = { (const char *)data, size }, first[2] = { SP_STR_NONE, SP_STR_NONE };
  host h = { .now = 1 };
  if (sp_str_find(text, SECRET, 0) != SIZE_MAX) return 0; /* what the browser says may be told */
  for (size_t from = 0, n = 0; from <= text.len && n < LINES; n++) {
    size_t end = sp_str_find_char(text, '\n', from);
    sp_str line = sp_str_slice(text, from, end);
    if (n < 2) first[n] = line;
    else h.lines[h.count++] = line;
    if (end >= text.len) break;
    from = end + 1;
  }
  sp_json_doc *doc = NULL;
  (void)sp_json_parse(NULL, first[0], &doc);
  sp_preflight_site site = { .connected = size % 2, .has_token = size % 3, .relay_only = size % 5 == 0 };
  site.texts[SP_SITE_USER] = site.texts[SP_SITE_CHANNEL] = SP_STR("{\"url\":\"" SECRET "\"}");
  site.texts[SP_SITE_SOCKET] = SP_STR("wss://" SECRET "/");
  site.texts[SP_SITE_SERVERS] = first[1];
  site.texts[SP_SITE_CONSTRAINTS] = SP_STR("{\"audio\":{}}");
  site.texts[SP_SITE_MICROPHONE] = SP_STR("m1");
  h.p = sp_preflight_new(NULL);
  if (!h.p) abort();
  int status = sp_preflight_start(h.p, h.now, 1, CALL, sp_json_root(doc), &site);
  for (unsigned round = 0; status == SP_OK && !h.reports && round < 1000; round++) {
    if (drain(&h) || h.reports) continue;
    if (sp_preflight_deadline(h.p) == UINT64_MAX) abort();
    h.now = sp_preflight_deadline(h.p);
    sp_preflight_tick(h.p, h.now);
  }
  (void)drain(&h);
  if (h.reports != (status == SP_OK)) abort();
  for (size_t i = 0; i < PROBES; i++)
    if (h.held[i]) abort();
  sp_preflight_free(h.p);
  sp_json_free(doc);
  return 0;
}
