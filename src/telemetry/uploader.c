/* SPDX-License-Identifier: MIT */
#include "telemetry/uploader.h"

#include "base/date.h"
#include "base/limits.h"
#include "telemetry/saved.h"
#include "telemetry/upload_text.h"

#include <string.h>

enum { MAX_DONE = 8, MAX_FLUSHES = 8, NO_SOURCE = 255 };

typedef struct upload {
  struct upload *next;
  uint8_t source; /* NO_SOURCE: from the store */
  bool halved, dropped;
  uint32_t number, tries, call;
  uint64_t saved_at; /* 0: never saved */
  sp_str body;
} upload;

struct sp_uploader {
  const sp_alloc *alloc;
  sp_effects *fx;
  sp_ids *ids;
  sp_str url, token, organization;
  sp_json_doc *headers;
  bool online;
  uint32_t last_number;
  upload *queue, *current; /* current is in flight, or `retry` runs */
  upload *instants;        /* in flight while the page goes away */
  upload *unsaved;         /* on their way to the store */
  sp_timer retry, wake;    /* wake: look at the queue */
  uint64_t not_before;     /* Retry-After */
  bool resend;             /* a request succeeded: what was saved is due */
  bool load, loading, store;
  sp_buf stored;
  sp_upload_event done[MAX_DONE];
  size_t done_count;
  uint32_t flushes[MAX_FLUSHES];
  size_t flush_count;
};

/* What comes of a failed attempt (§4.7). */
typedef enum verdict { RETRY, SAVE, SPLIT, DROP } verdict;

/* --- lists --- */

static void free_upload(const sp_uploader *u, upload *item) {
  if (!item) return;
  sp_str_free(u->alloc, &item->body);
  sp_alloc_free(u->alloc, item);
}

static void free_list(const sp_uploader *u, upload **list) {
  while (*list) {
    upload *next = (*list)->next;
    free_upload(u, *list);
    *list = next;
  }
}

static void append(upload **list, upload *item) {
  while (*list) list = &(*list)->next;
  item->next = NULL;
  *list = item;
}

static upload *pop(upload **list) {
  upload *item = *list;
  if (item) *list = item->next;
  return item;
}

static size_t length(const upload *list) {
  size_t count = 0;
  for (; list; list = list->next) count++;
  return count;
}

static upload *make_upload(const sp_uploader *u, uint8_t source, sp_str body) {
  upload *item = sp_alloc_new(u->alloc, sizeof *item);
  if (!item) return NULL;
  item->source = source;
  if (sp_str_dup(u->alloc, body, &item->body) == SP_OK) return item;
  free_upload(u, item);
  return NULL;
}

/* --- life --- */

sp_uploader *sp_uploader_new(const sp_alloc *alloc, sp_effects *fx, sp_ids *ids, const sp_uploader_config *config) {
  sp_uploader *u = sp_alloc_new(alloc, sizeof *u);
  if (!u) return NULL;
  u->alloc = alloc;
  u->fx = fx;
  u->ids = ids;
  u->online = true;
  u->retry = u->wake = SP_TIMER_OFF;
  sp_buf_init(&u->stored, alloc, SP_MAX_JSON);
  int status = sp_str_dup(alloc, config->url, &u->url);
  /* Headers that are no JSON object have been refused by the configuration; here they are as good as none. */
  if (status == SP_OK && config->headers_json.len > 0 &&
      sp_json_parse(alloc, config->headers_json, &u->headers) == SP_ENOMEM)
    status = SP_ENOMEM;
  if (status == SP_OK) return u;
  sp_uploader_free(u);
  return NULL;
}

void sp_uploader_free(sp_uploader *u) {
  if (!u) return;
  free_list(u, &u->queue);
  free_list(u, &u->instants);
  free_list(u, &u->unsaved);
  free_upload(u, u->current);
  sp_json_free(u->headers);
  sp_buf_free(&u->stored);
  sp_str_free(u->alloc, &u->url);
  sp_str_free(u->alloc, &u->token);
  sp_str_free(u->alloc, &u->organization);
  sp_alloc_free(u->alloc, u);
}

int sp_uploader_set_token(sp_uploader *u, sp_str token) {
  return sp_str_set(u->alloc, &u->token, token);
}

int sp_uploader_set_organization(sp_uploader *u, sp_str organization) {
  int status = sp_str_set(u->alloc, &u->organization, organization);
  if (status == SP_OK && u->unsaved) u->load = true;
  return status;
}

void sp_uploader_set_online(sp_uploader *u, bool online) {
  u->online = online;
}

/* --- attempts --- */

/* One attempt under a number of its own. False: out of memory, nothing left. */
static bool attempt(sp_uploader *u, upload *item, bool keepalive) {
  sp_buf *text = sp_effects_scratch(u->fx);
  sp_upload_text text_of = { u->url, u->token, item->body, sp_json_root(u->headers), keepalive };
  sp_upload_write(u->alloc, &text_of, text);
  item->tries++;
  u->last_number = (u->last_number + 1) & ~SP_UPLOAD_NUMBERS;
  item->number = u->last_number | SP_UPLOAD_NUMBERS;
  return sp_buf_status(text) == SP_OK &&
         sp_effects_push(u->fx, SP_FX_HTTP, item->number, SP_STR("POST"), sp_buf_str(text));
}

static void report(sp_uploader *u, const upload *item, bool ok, int status) {
  if (u->done_count == MAX_DONE) return;
  u->done[u->done_count++] = (sp_upload_event){
    .kind = SP_UPLOAD_DONE, .source = item->source, .ok = ok, .status = status, .request = item->number
  };
}

/* §4.8: for the store, or for the time when the organization is known. Takes the upload. */
static void save(sp_uploader *u, uint64_t wall, upload *item) {
  if (item->saved_at == 0) item->saved_at = wall;
  append(&u->unsaved, item);
  if (length(u->unsaved) > SP_SAVED_ENTRIES) free_upload(u, pop(&u->unsaved));
  u->load = true;
}

static verdict judge(int status) {
  switch (status) {
    case 0:
    case 408:
    case 429:
    case 500:
    case 503:
    case 504: return RETRY;
    case 401: return SAVE;
    case 413: return SPLIT;
    default: return DROP;
  }
}

/* §4.7: as the reference means it, not as it does it. Up to a fifth less, at random: clients that failed together do
   not come back together. */
static uint64_t retry_delay(sp_uploader *u, uint32_t tries) {
  static const uint32_t delays[] = { 0, 500, 1000, 2000, 4000, 8000, 15000 };
  size_t last = sizeof delays / sizeof *delays - 1;
  uint64_t delay = delays[tries - 1 < last ? tries - 1 : last];
  uint8_t random;
  sp_ids_bytes(u->ids, &random, 1);
  return delay - delay * random / 255 / 5;
}

/* The request has settled without success. Takes the upload. */
static void give_up(sp_uploader *u, uint64_t wall, upload *item, int status) {
  verdict what = judge(status);
  report(u, item, false, status);
  if (item->dropped || (what != RETRY && what != SAVE)) free_upload(u, item);
  else save(u, wall, item);
}

static void retry_or_give_up(sp_uploader *u, uint64_t now, uint64_t wall, int status) {
  upload *item = u->current;
  if (judge(status) == RETRY && item->tries < SP_UPLOAD_TRIES && u->online && !item->dropped) {
    sp_timer_arm(&u->retry, now, retry_delay(u, item->tries));
    if (u->retry.at < u->not_before) u->retry.at = u->not_before;
    return;
  }
  u->current = NULL;
  give_up(u, wall, item, status);
}

static void attempt_current(sp_uploader *u, uint64_t now, uint64_t wall) {
  if (!attempt(u, u->current, false)) retry_or_give_up(u, now, wall, 0);
}

static void start_next(sp_uploader *u, uint64_t now, uint64_t wall) {
  sp_timer_stop(&u->wake);
  while (!u->current && u->queue) {
    if (now < u->not_before) {
      sp_timer_arm(&u->wake, now, u->not_before - now);
      return;
    }
    u->current = pop(&u->queue);
    attempt_current(u, now, wall);
  }
}

int sp_uploader_send(sp_uploader *u, uint64_t now, uint64_t wall, uint8_t source, sp_str body) {
  upload *item = make_upload(u, source, body);
  if (!item) return SP_ENOMEM;
  append(&u->queue, item);
  if (length(u->queue) > SP_MAX_UPLOADS) free_upload(u, pop(&u->queue));
  start_next(u, now, wall);
  return SP_OK;
}

/* --- results --- */

static void write_traces(const sp_json *trace, size_t skip, size_t count, sp_buf *out) {
  for (; trace && skip > 0; skip--) trace = sp_json_next(trace);
  for (size_t i = 0; trace && i < count; i++, trace = sp_json_next(trace)) {
    if (i > 0) sp_buf_add_char(out, ',');
    sp_json_write(out, trace);
  }
}

static upload *make_half(const sp_uploader *u, const upload *whole, const sp_json *root, size_t skip, size_t count) {
  const sp_json *app = sp_json_get(root, "app");
  sp_buf traces, body;
  sp_buf_init(&traces, u->alloc, SP_MAX_JSON);
  sp_buf_init(&body, u->alloc, SP_MAX_JSON);
  write_traces(sp_json_first(sp_json_get(root, "traces")), skip, count, &traces);
  sp_upload_body(&body, sp_json_get_str(app, "appId"), sp_json_get_str(app, "appVersion"), sp_buf_str(&traces));
  bool whole_text = sp_buf_status(&traces) == SP_OK && sp_buf_status(&body) == SP_OK;
  upload *half = whole_text ? make_upload(u, whole->source, sp_buf_str(&body)) : NULL;
  if (half) half->halved = true;
  sp_buf_free(&traces);
  sp_buf_free(&body);
  return half;
}

/* §4.7: once, and only a body of several traces. The halves come next, the older one first. False: nothing was split.
 */
static bool split(sp_uploader *u, const upload *item) {
  sp_json_doc *doc = NULL;
  if (item->halved || sp_json_parse(u->alloc, item->body, &doc) != SP_OK) return false;
  const sp_json *root = sp_json_root(doc);
  size_t count = sp_json_count(sp_json_get(root, "traces")), newer = count / 2;
  upload *first = count > 1 ? make_half(u, item, root, newer, count - newer) : NULL;
  upload *second = first ? make_half(u, item, root, 0, newer) : NULL;
  sp_json_free(doc);
  if (!second) {
    free_upload(u, first);
    return false;
  }
  first->next = second;
  second->next = u->queue;
  u->queue = first;
  return true;
}

static void note_retry_after(sp_uploader *u, uint64_t now, uint64_t wall, sp_str text) {
  uint64_t wait;
  if (sp_retry_after(text, wall, &wait) == SP_OK && now + wait > u->not_before) u->not_before = now + wait;
}

static void succeed(sp_uploader *u, upload *item, int status) {
  report(u, item, true, status);
  free_upload(u, item);
  u->resend = u->load = true;
}

static void current_failed(sp_uploader *u, uint64_t now, uint64_t wall, int status) {
  if (judge(status) == SPLIT && !u->current->dropped && split(u, u->current)) {
    free_upload(u, u->current);
    u->current = NULL;
  } else {
    retry_or_give_up(u, now, wall, status);
  }
}

static upload *take_instant(sp_uploader *u, uint32_t id) {
  for (upload **at = &u->instants; *at; at = &(*at)->next) {
    if ((*at)->number == id) return pop(at);
  }
  return NULL;
}

void sp_uploader_result(sp_uploader *u, uint64_t now, uint64_t wall, uint32_t id, int status, sp_str retry_after) {
  bool ok = status >= 200 && status <= 299;
  bool current = u->current && u->current->number == id && !sp_timer_armed(&u->retry);
  upload *instant = current ? NULL : take_instant(u, id);
  if (!current && !instant) return;
  if (!ok && status > 0) note_retry_after(u, now, wall, retry_after);
  if (ok) {
    upload *item = current ? u->current : instant;
    if (current) u->current = NULL;
    succeed(u, item, status);
  } else if (current) {
    current_failed(u, now, wall, status);
  } else {
    give_up(u, wall, instant, status);
  }
  /* Who learns that its logging stops drops what it has queued, before more of it is sent. */
  bool stops = status == 401 || status == 403 || status == 404;
  if (stops) sp_timer_arm(&u->wake, now, 0);
  else start_next(u, now, wall);
}

/* --- the page goes away, loggers stop --- */

static void send_instantly(sp_uploader *u, uint64_t wall, upload *item, uint32_t call) {
  size_t bytes = item->body.len;
  for (const upload *i = u->instants; i; i = i->next) bytes += i->body.len;
  item->call = call;
  if (!u->online || bytes > SP_MAX_KEEPALIVE || !attempt(u, item, true)) save(u, wall, item);
  else append(&u->instants, item);
}

void sp_uploader_flush(sp_uploader *u, uint64_t wall, uint32_t call) {
  if (u->current && sp_timer_armed(&u->retry)) {
    upload *item = u->current;
    u->current = NULL;
    sp_timer_stop(&u->retry);
    send_instantly(u, wall, item, call);
  }
  sp_timer_stop(&u->wake);
  while (u->queue) send_instantly(u, wall, pop(&u->queue), call);
}

int sp_uploader_send_now(sp_uploader *u, uint64_t wall, uint8_t source, sp_str body, uint32_t call) {
  upload *item = make_upload(u, source, body);
  if (!item) return SP_ENOMEM;
  send_instantly(u, wall, item, call);
  return SP_OK;
}

static bool has_instants(const sp_uploader *u, uint32_t call) {
  const upload *i = u->instants;
  while (i && i->call != call) i = i->next;
  return i != NULL;
}

bool sp_uploader_flush_end(sp_uploader *u, uint32_t call) {
  if (call == 0 || u->flush_count == MAX_FLUSHES) return false;
  u->flushes[u->flush_count++] = call;
  return true;
}

void sp_uploader_drop(sp_uploader *u, uint64_t now, uint64_t wall, uint8_t source) {
  for (upload **at = &u->queue; *at;) {
    if ((*at)->source == source) free_upload(u, pop(at));
    else at = &(*at)->next;
  }
  if (!u->current || u->current->source != source) return;
  u->current->dropped = true;
  if (!sp_timer_armed(&u->retry)) return;
  sp_timer_stop(&u->retry);
  free_upload(u, u->current);
  u->current = NULL;
  start_next(u, now, wall);
}

/* --- the store --- */

static void queue_taken(sp_uploader *u, sp_str taken) {
  sp_json_doc *doc = NULL;
  if (sp_json_parse(u->alloc, taken, &doc) != SP_OK) return;
  for (const sp_json *entry = sp_json_first(sp_json_root(doc)); entry; entry = sp_json_next(entry)) {
    sp_buf body;
    sp_buf_init(&body, u->alloc, SP_MAX_JSON);
    sp_json_write(&body, sp_saved_request(entry));
    upload *item = sp_buf_status(&body) == SP_OK ? make_upload(u, NO_SOURCE, sp_buf_str(&body)) : NULL;
    sp_buf_free(&body);
    if (!item) continue;
    item->saved_at = sp_saved_at(entry);
    append(&u->queue, item);
  }
  sp_json_free(doc);
}

static int update_store(sp_uploader *u, uint64_t wall, sp_str text, sp_buf *taken) {
  sp_saved_entry added[SP_SAVED_ENTRIES];
  size_t count = 0;
  for (const upload *i = u->unsaved; i; i = i->next) added[count++] = (sp_saved_entry){ i->body, i->saved_at };
  sp_saved_tag tag = { u->url, u->organization };
  sp_buf_reset(&u->stored);
  return sp_saved_update(u->alloc, text, wall, &tag, u->resend, added, count, &u->stored, taken);
}

void sp_uploader_stored(sp_uploader *u, uint64_t now, uint64_t wall, sp_str text) {
  if (!u->loading) return;
  u->loading = false;
  sp_buf taken;
  sp_buf_init(&taken, u->alloc, SP_MAX_JSON);
  if (update_store(u, wall, text, &taken) == SP_OK) {
    free_list(u, &u->unsaved);
    queue_taken(u, sp_buf_str(&taken));
    u->store = !sp_str_eq(sp_buf_str(&u->stored), text);
    u->resend = false;
  }
  sp_buf_free(&taken);
  /* The store is written before what was in it is sent. */
  if (u->queue && !u->current) sp_timer_arm(&u->wake, now, 0);
}

/* Without an organization nothing is stored; what this object itself could not send may go with the next success. */
static void resend_unsaved(sp_uploader *u) {
  if (!u->resend) return;
  u->resend = false;
  while (u->unsaved) {
    upload *item = pop(&u->unsaved);
    item->source = NO_SOURCE;
    item->tries = 0;
    append(&u->queue, item);
  }
  if (u->queue) sp_timer_arm(&u->wake, 0, 0);
}

/* --- time and answers --- */

void sp_uploader_tick(sp_uploader *u, uint64_t now, uint64_t wall) {
  if (u->current && sp_timer_due(&u->retry, now)) {
    if (u->online) {
      attempt_current(u, now, wall);
    } else {
      upload *item = u->current;
      u->current = NULL;
      give_up(u, wall, item, 0);
    }
  }
  start_next(u, now, wall);
}

uint64_t sp_uploader_deadline(const sp_uploader *u) {
  return sp_earlier(u->retry.at, u->wake.at);
}

static bool take_flushed(sp_uploader *u, sp_upload_event *out) {
  for (size_t i = 0; i < u->flush_count; i++) {
    if (has_instants(u, u->flushes[i])) continue;
    *out = (sp_upload_event){ .kind = SP_UPLOAD_FLUSHED, .call = u->flushes[i] };
    memmove(&u->flushes[i], &u->flushes[i + 1], (--u->flush_count - i) * sizeof *u->flushes);
    return true;
  }
  return false;
}

bool sp_uploader_take(sp_uploader *u, sp_upload_event *out) {
  if (u->done_count > 0) {
    *out = u->done[0];
    memmove(&u->done[0], &u->done[1], --u->done_count * sizeof *u->done);
    return true;
  }
  if (u->store) {
    u->store = false;
    *out = (sp_upload_event){ .kind = SP_UPLOAD_STORE, .text = sp_buf_str(&u->stored) };
    return true;
  }
  if (u->load && !u->loading) {
    u->load = false;
    if (u->organization.len > 0) {
      u->loading = true;
      *out = (sp_upload_event){ .kind = SP_UPLOAD_LOAD };
      return true;
    }
    resend_unsaved(u);
  }
  return take_flushed(u, out);
}
