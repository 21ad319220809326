/* SPDX-License-Identifier: MIT */
#include "telemetry/insights.h"

#include "base/limits.h"
#include "telemetry/flatten.h"

static const char app_name[] = "streamingclient";

typedef struct action {
  struct action *next;
  sp_str text;
} action;

struct sp_insights {
  const sp_alloc *alloc;
  sp_effects *fx;
  sp_str app_id, app_version, origin_app_name, origin_app_version, origin_app_id;
  bool background_assistant, offline, ready;
  action *queue, *sending;
  size_t count, bytes;  /* of the queue */
  size_t sending_bytes; /* of the request under way */
  size_t limit;         /* a batch stays below it */
  size_t refused;       /* 413: the next batch is smaller than this one was; 0: none was refused */
  sp_timer wait;
  sp_buf text;
};

/* --- life --- */

static void free_action(const sp_insights *in, action *a) {
  sp_str_free(in->alloc, &a->text);
  sp_alloc_free(in->alloc, a);
}

static void free_actions(const sp_insights *in, action **list) {
  while (*list) {
    action *a = *list;
    *list = a->next;
    free_action(in, a);
  }
}

sp_insights *sp_insights_new(const sp_alloc *alloc, const sp_insights_config *config) {
  sp_insights *in = sp_alloc_new(alloc, sizeof *in);
  if (!in) return NULL;
  in->alloc = alloc;
  in->fx = config->fx;
  in->background_assistant = config->background_assistant;
  in->limit = SP_INSIGHTS_BYTES;
  in->wait = SP_TIMER_OFF;
  sp_buf_init(&in->text, alloc, SP_MAX_JSON);
  int status = sp_str_dup(alloc, config->app_id, &in->app_id);
  if (status == SP_OK) status = sp_str_dup(alloc, config->app_version, &in->app_version);
  if (status == SP_OK) status = sp_str_dup(alloc, config->origin_app_name, &in->origin_app_name);
  if (status == SP_OK) status = sp_str_dup(alloc, config->origin_app_version, &in->origin_app_version);
  if (status == SP_OK) status = sp_str_dup(alloc, config->origin_app_id, &in->origin_app_id);
  if (status == SP_OK) return in;
  sp_insights_free(in);
  return NULL;
}

void sp_insights_free(sp_insights *in) {
  if (!in) return;
  sp_str *texts[] = { &in->app_id, &in->app_version, &in->origin_app_name, &in->origin_app_version,
                      &in->origin_app_id };
  sp_str_free_all(in->alloc, texts, sizeof texts / sizeof *texts);
  free_actions(in, &in->queue);
  free_actions(in, &in->sending);
  sp_buf_free(&in->text);
  sp_alloc_free(in->alloc, in);
}

/* --- the queue --- */

static action *pop(sp_insights *in) {
  action *a = in->queue;
  in->queue = a->next;
  in->count--;
  in->bytes -= a->text.len;
  a->next = NULL;
  return a;
}

static void drop_oldest(sp_insights *in) {
  while (in->count > SP_INSIGHTS_ACTIONS) free_action(in, pop(in));
}

static void push(sp_insights *in, action *a) {
  action **end = &in->queue;
  while (*end) end = &(*end)->next;
  *end = a;
  in->count++;
  in->bytes += a->text.len;
  drop_oldest(in);
}

/* Back to the front, in their old order. */
static void put_back(sp_insights *in) {
  action **end = &in->sending;
  while (*end) {
    in->count++;
    in->bytes += (*end)->text.len;
    end = &(*end)->next;
  }
  *end = in->queue;
  in->queue = in->sending;
  in->sending = NULL;
  drop_oldest(in);
}

static void start_waiting(sp_insights *in, uint64_t now) {
  if (in->queue && !sp_timer_armed(&in->wait)) sp_timer_arm(&in->wait, now, SP_INSIGHTS_WAIT_MS);
}

/* --- requests --- */

static void log_dropped(sp_insights *in, size_t actions) {
  sp_log_number(in->fx, SP_LOG_WARN, "Telemetry too large to send was dropped", "actions", (double)actions);
}

static size_t room(const sp_insights *in) {
  return in->refused != 0 && in->refused < in->limit ? in->refused : in->limit;
}

/* A single action that does not fit would block the queue for ever. */
static void drop_unfit(sp_insights *in) {
  for (; in->queue && in->queue->text.len >= room(in); log_dropped(in, 1)) free_action(in, pop(in));
}

static void take_batch(sp_insights *in) {
  action **end = &in->sending;
  in->sending_bytes = 0;
  drop_unfit(in);
  while (in->queue && in->sending_bytes + in->queue->text.len < room(in)) {
    *end = pop(in);
    in->sending_bytes += (*end)->text.len;
    end = &(*end)->next;
  }
}

static int write_body(sp_insights *in) {
  sp_jw w;
  sp_buf_reset(&in->text);
  sp_jw_begin(&w, &in->text);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "appName", sp_str_from(app_name));
  sp_jw_str(&w, "appVersion", in->app_version);
  sp_jw_str(&w, "originAppName", in->origin_app_name);
  sp_jw_str(&w, "originAppVersion", in->origin_app_version);
  sp_jw_open(&w, "actions", '[');
  for (const action *a = in->sending; a; a = a->next) sp_jw_raw(&w, NULL, a->text);
  sp_jw_close(&w);
  sp_jw_close(&w);
  return sp_buf_status(&in->text);
}

static void send(sp_insights *in, uint64_t now) {
  if (in->sending || in->offline) return;
  sp_timer_stop(&in->wait);
  take_batch(in);
  if (!in->sending) {
    start_waiting(in, now);
    return;
  }
  int status = write_body(in);
  in->ready = status == SP_OK;
  if (in->ready) return;
  sp_effects_fail(in->fx, status);
  put_back(in);
  start_waiting(in, now);
}

bool sp_insights_take(sp_insights *in, sp_insights_request *out) {
  if (!in->ready) return false;
  in->ready = false;
  out->path = in->background_assistant ? SP_STR("diagnostics/newrelic/insights/backgroundassistant")
                                       : SP_STR("diagnostics/newrelic/insights");
  out->body = sp_buf_str(&in->text);
  return true;
}

static size_t count_sending(const sp_insights *in) {
  size_t count = 0;
  for (const action *a = in->sending; a; a = a->next) count++;
  return count;
}

/* The next batch is smaller than the refused one; an action refused alone is dropped (wire.md D17). */
static void refused(sp_insights *in, uint64_t now) {
  size_t limit = in->limit - (in->limit > SP_INSIGHTS_BYTES_FLOOR ? SP_INSIGHTS_BYTES_STEP : 0);
  sp_log(in->fx, SP_LOG_INFO, "Telemetry request was too large", SP_NUM("attempted", in->sending_bytes),
         SP_NUM("limit", limit));
  in->limit = limit;
  if (count_sending(in) > 1) {
    in->refused = in->sending_bytes;
    put_back(in);
  } else {
    log_dropped(in, 1);
    free_actions(in, &in->sending);
    in->refused = 0;
  }
  send(in, now);
}

static void succeeded(sp_insights *in, uint64_t now) {
  free_actions(in, &in->sending);
  in->limit = SP_INSIGHTS_BYTES;
  in->refused = 0;
  if (in->bytes > in->limit) send(in, now);
  else start_waiting(in, now);
}

static bool is_temporary(int status) {
  static const int statuses[] = { 408, 429, 500, 502, 503, 504 };
  for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
    if (statuses[i] == status) return true;
  }
  return false;
}

static void failed(sp_insights *in, uint64_t now, int status) {
  sp_log(in->fx, SP_LOG_ERROR, "Telemetry was not sent", SP_NUM("actions", count_sending(in)), SP_NUM("status", status),
         SP_FLAG("offline", in->offline));
  if (in->offline || is_temporary(status)) put_back(in);
  else free_actions(in, &in->sending);
  start_waiting(in, now);
}

void sp_insights_result(sp_insights *in, uint64_t now, int status) {
  if (!in->sending || in->ready) return;
  if (status >= 200 && status <= 299) succeeded(in, now);
  else if (status == 413) refused(in, now);
  else failed(in, now, status);
}

/* --- actions --- */

static void enqueue(sp_insights *in, uint64_t now, sp_str text) {
  action *a = sp_alloc_new(in->alloc, sizeof *a);
  if (!a || sp_str_dup(in->alloc, text, &a->text) != SP_OK) {
    sp_alloc_free(in->alloc, a);
    sp_effects_fail(in->fx, SP_ENOMEM);
    return;
  }
  bool is_full = in->bytes + text.len > in->limit;
  push(in, a);
  if (is_full) send(in, now);
  start_waiting(in, now);
}

static void write_action(const sp_insights *in, sp_buf *out, uint64_t wall, sp_str event_type, const sp_json *json,
                         const sp_insights_about *about) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "actionName", SP_STR("WebrtcStats"));
  sp_jw_open(&w, "details", '{');
  sp_jw_str(&w, "_eventType", event_type);
  sp_jw_num(&w, "_eventTimestamp", (double)wall);
  sp_jw_str(&w, "_appId", in->app_id);
  sp_jw_str(&w, "_appName", sp_str_from(app_name));
  sp_jw_str(&w, "_appVersion", in->app_version);
  sp_jw_str(&w, "_originAppId", in->origin_app_id);
  if (about) {
    sp_jw_str(&w, "conversationId", about->conversation_id);
    sp_jw_str(&w, "sessionId", about->session_id);
    sp_jw_str(&w, "sessionType", about->session_type);
  }
  sp_flatten(&w, json, sp_str_is(event_type, "getStats"));
  sp_jw_close(&w);
  sp_jw_close(&w);
}

static void add(sp_insights *in, uint64_t now, uint64_t wall, sp_str event_type, const sp_json *json,
                const sp_insights_about *about) {
  sp_buf text;
  sp_buf_init(&text, in->alloc, SP_INSIGHTS_BYTES - 1);
  write_action(in, &text, wall, event_type, json, about);
  int status = sp_buf_status(&text);
  if (status == SP_OK) enqueue(in, now, sp_buf_str(&text));
  else if (status == SP_ELIMIT) log_dropped(in, 1);
  else sp_effects_fail(in->fx, status);
  sp_buf_free(&text);
}

/* `event_type` NULL: the name in the event. */
static void add_text(sp_insights *in, uint64_t now, uint64_t wall, const char *event_type, sp_str json,
                     const sp_insights_about *about) {
  sp_json_doc *doc = NULL;
  int status = json.len > 0 ? sp_json_parse(in->alloc, json, &doc) : SP_OK;
  const sp_json *root = sp_json_root(doc);
  sp_str type = event_type ? sp_str_from(event_type) : sp_json_get_str(root, "name");
  if (status == SP_OK) add(in, now, wall, type, root, about);
  else sp_effects_fail(in->fx, status);
  sp_json_free(doc);
}

void sp_insights_add(sp_insights *in, uint64_t now, uint64_t wall, const char *event_type, sp_str json,
                     const sp_insights_about *about) {
  add_text(in, now, wall, event_type, json, about);
}

void sp_insights_stats(sp_insights *in, uint64_t now, uint64_t wall, sp_str event, const sp_insights_about *about) {
  add_text(in, now, wall, NULL, event, about);
}

void sp_insights_online(sp_insights *in, uint64_t now, uint64_t wall, bool online) {
  if (in->offline == !online) return;
  in->offline = !online;
  sp_str json = online ? SP_STR("{\"online\":true}") : SP_STR("{\"online\":false}");
  sp_insights_add(in, now, wall, "onlineStatus", json, NULL);
}

void sp_insights_tick(sp_insights *in, uint64_t now) {
  if (sp_timer_due(&in->wait, now)) send(in, now);
}

uint64_t sp_insights_deadline(const sp_insights *in) {
  return in->wait.at;
}
