/* SPDX-License-Identifier: MIT */
/* wire.md §2.1-2.3, sessions.md §1.6. A request is in flight, waits for its next try, or is done and waits to
   be taken. */
#include "rest/rest.h"

#include "base/limits.h"
#include "base/status.h"
#include "base/url.h"

#include <string.h>

typedef struct request {
  struct request *next;
  sp_token token;
  sp_str method, path, body;
  unsigned flags;
  uint32_t timeout_ms, number, tries;
  bool in_flight;
  sp_timer retry;
  sp_rest_result result;
  sp_json_doc *doc;
} request;

struct sp_rest {
  const sp_alloc *alloc;
  sp_effects *fx;
  sp_str base, token;
  sp_json_doc *headers;
  request *open, *done, *taken;
  size_t count; /* open and done */
  uint32_t last_number;
};

static void free_request(const sp_rest *rest, request *r) {
  if (!r) return;
  sp_str_free(rest->alloc, &r->method);
  sp_str_free(rest->alloc, &r->path);
  sp_str_free(rest->alloc, &r->body);
  sp_json_free(r->doc);
  sp_alloc_free(rest->alloc, r);
}

static void free_list(const sp_rest *rest, request *list) {
  while (list) {
    request *next = list->next;
    free_request(rest, list);
    list = next;
  }
}

static void append(request **list, request *r) {
  while (*list) list = &(*list)->next;
  r->next = NULL;
  *list = r;
}

static void unlink_request(request **list, const request *r) {
  while (*list && *list != r) list = &(*list)->next;
  if (*list) *list = r->next;
}

static int make_base(const sp_alloc *alloc, sp_str environment, sp_str *out) {
  sp_buf buf;
  sp_buf_init(&buf, alloc, SP_MAX_FRAME);
  sp_url_add_api(&buf, environment);
  return sp_buf_keep(&buf, out);
}

sp_rest *sp_rest_new(const sp_alloc *alloc, sp_effects *fx, sp_str environment, sp_str headers_json) {
  sp_rest *rest = sp_alloc_new(alloc, sizeof *rest);
  if (!rest) return NULL;
  rest->alloc = alloc;
  rest->fx = fx;
  int status = make_base(alloc, environment, &rest->base);
  /* Headers that are no JSON object have been refused by the configuration; here they are as good as none. */
  if (status == SP_OK && headers_json.len > 0 && sp_json_parse(alloc, headers_json, &rest->headers) == SP_ENOMEM)
    status = SP_ENOMEM;
  if (status == SP_OK) return rest;
  sp_rest_free(rest);
  return NULL;
}

void sp_rest_free(sp_rest *rest) {
  if (!rest) return;
  free_list(rest, rest->open);
  free_list(rest, rest->done);
  free_request(rest, rest->taken);
  sp_json_free(rest->headers);
  sp_str_free(rest->alloc, &rest->base);
  sp_str_free(rest->alloc, &rest->token);
  sp_alloc_free(rest->alloc, rest);
}

int sp_rest_set_token(sp_rest *rest, sp_str token) {
  return sp_str_set(rest->alloc, &rest->token, token);
}

uint32_t sp_rest_next_number(sp_rest *rest) {
  if (++rest->last_number == 0) rest->last_number = 1; /* 0 is no request */
  return rest->last_number;
}

/* Headers of ours win over configured ones of that name; a request without authorization has none at all. */
static bool is_ours(const request *r, bool authorized, sp_str name) {
  if (sp_str_eq_nocase(name, SP_STR("authorization"))) return authorized || (r->flags & SP_REST_NO_AUTH);
  return sp_str_eq_nocase(name, SP_STR("content-type")) && r->body.ptr;
}

static void write_configured_headers(const sp_rest *rest, const request *r, bool authorized, sp_jw *w) {
  for (const sp_json *h = sp_json_first(sp_json_root(rest->headers)); h; h = sp_json_next(h)) {
    sp_str name = sp_json_key(h);
    if (sp_json_is_string(h) && name.len > 0 && !is_ours(r, authorized, name)) sp_jw_json(w, name.ptr, h);
  }
}

static void write_headers(const sp_rest *rest, const request *r, sp_jw *w) {
  bool authorized = rest->token.len > 0 && !(r->flags & SP_REST_NO_AUTH);
  sp_jw_open(w, "headers", '{');
  write_configured_headers(rest, r, authorized, w);
  if (r->body.ptr) sp_jw_str(w, "content-type", SP_STR("application/json"));
  if (authorized) {
    sp_buf value;
    sp_buf_init(&value, rest->alloc, SP_MAX_FRAME);
    sp_buf_add_text(&value, "Bearer ");
    sp_buf_add(&value, rest->token);
    sp_jw_str(w, "Authorization", sp_buf_str(&value));
    if (w->buf->status == SP_OK) w->buf->status = sp_buf_status(&value);
    sp_buf_free(&value);
  }
  sp_jw_close(w);
}

static void write_url(const sp_rest *rest, const request *r, sp_jw *w) {
  sp_buf url;
  sp_buf_init(&url, rest->alloc, SP_MAX_FRAME);
  sp_buf_add(&url, rest->base);
  sp_buf_add(&url, r->path);
  sp_jw_str(w, "url", sp_buf_str(&url));
  if (w->buf->status == SP_OK) w->buf->status = sp_buf_status(&url);
  sp_buf_free(&url);
}

static void write_request(const sp_rest *rest, const request *r, sp_buf *text) {
  sp_jw w;
  sp_jw_begin(&w, text);
  sp_jw_open(&w, NULL, '{');
  write_url(rest, r, &w);
  write_headers(rest, r, &w);
  sp_jw_str(&w, "body", r->body);
  sp_jw_num(&w, "timeout", r->timeout_ms);
  sp_jw_close(&w);
}

void sp_rest_write(const sp_rest *rest, sp_str path, sp_buf *out) {
  request r = { .path = path };
  write_request(rest, &r, out);
}

/* One try, under a number of its own: a late answer to an earlier try finds nothing. */
static int send(sp_rest *rest, request *r) {
  sp_buf *text = sp_effects_scratch(rest->fx);
  write_request(rest, r, text);
  if (sp_buf_status(text) != SP_OK) return sp_buf_status(text);
  uint32_t number = sp_rest_next_number(rest);
  if (!sp_effects_push(rest->fx, SP_FX_HTTP, number, r->method, sp_buf_str(text))) return SP_ENOMEM;
  r->number = number;
  r->tries++;
  r->in_flight = true;
  return SP_OK;
}

static sp_str trim_slashes(sp_str path) {
  while (path.len > 0 && path.ptr[0] == '/') path = sp_str_slice(path, 1, path.len);
  while (path.len > 0 && path.ptr[path.len - 1] == '/') path.len--;
  return path;
}

int sp_rest_request(sp_rest *rest, uint64_t now, const char *method, sp_str path, sp_str body, unsigned flags,
                    uint32_t timeout_ms, sp_token token) {
  (void)now; /* the host keeps the time limit of a try, it is part of the effect */
  if (rest->count == SP_MAX_REST_REQUESTS) return SP_ELIMIT;
  request *r = sp_alloc_new(rest->alloc, sizeof *r);
  if (!r) return SP_ENOMEM;
  r->token = token;
  r->flags = flags;
  r->timeout_ms = timeout_ms > 0 ? timeout_ms : SP_REST_TIMEOUT_MS;
  r->retry = SP_TIMER_OFF;
  int status = sp_str_dup(rest->alloc, sp_str_from(method), &r->method);
  if (status == SP_OK) status = sp_str_dup(rest->alloc, trim_slashes(path), &r->path);
  if (status == SP_OK) status = sp_str_dup(rest->alloc, body, &r->body);
  if (status == SP_OK) status = send(rest, r);
  if (status != SP_OK) {
    free_request(rest, r);
    return status;
  }
  append(&rest->open, r);
  rest->count++;
  return SP_OK;
}

static void finish(sp_rest *rest, request *r, sp_rest_result result) {
  unlink_request(&rest->open, r);
  r->in_flight = false;
  sp_timer_stop(&r->retry);
  result.token = r->token;
  result.request = r->number;
  r->result = result;
  append(&rest->done, r);
}

/* wire.md §2.3: statuses and transport errors that are tried again. */
static bool is_retryable(sp_http_failure failure, int status) {
  static const int statuses[] = { 408, 413, 429, 500, 502, 503, 504 };
  if (failure != SP_HTTP_OK) return failure == SP_HTTP_NETWORK || failure == SP_HTTP_TIMEOUT;
  for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
    if (statuses[i] == status) return true;
  }
  return false;
}

static void read_retry_after(sp_str text, sp_rest_result *result) {
  uint64_t seconds;
  if (!sp_str_to_u64(sp_str_trim(text), &seconds)) return;
  result->has_retry_after = true;
  result->retry_after_s = seconds < UINT32_MAX ? (uint32_t)seconds : UINT32_MAX;
}

/* wire.md §2.3: a Retry-After makes any status retryable; one that is no number of seconds leaves the default
   wait. */
static bool wait_for_retry(request *r, uint64_t now, const sp_rest_result *result, bool asked_to) {
  if (result->ok || !(r->flags & SP_REST_RETRY) || r->tries >= SP_REST_RETRY_TRIES) return false;
  if (!asked_to && !is_retryable(result->failure, result->status)) return false;
  uint64_t wait = result->has_retry_after ? result->retry_after_s * (uint64_t)1000 : SP_REST_RETRY_WAIT_MS;
  r->in_flight = false;
  sp_timer_arm(&r->retry, now, wait);
  return true;
}

static request *find_in_flight(const sp_rest *rest, uint32_t number) {
  request *r = rest->open;
  while (r && !(r->in_flight && r->number == number)) r = r->next;
  return r;
}

void sp_rest_result_input(sp_rest *rest, uint64_t now, uint32_t id, sp_http_failure failure, int status,
                          sp_str retry_after, sp_str body) {
  request *r = find_in_flight(rest, id);
  if (!r) return;
  sp_rest_result result = { .failure = failure, .status = failure == SP_HTTP_OK ? status : 0 };
  result.ok = failure == SP_HTTP_OK && status >= 200 && status <= 299;
  if (failure == SP_HTTP_OK) read_retry_after(retry_after, &result);
  if (wait_for_retry(r, now, &result, failure == SP_HTTP_OK && retry_after.len > 0)) return;
  if (body.len > 0 && sp_json_parse(rest->alloc, body, &r->doc) == SP_ENOMEM) sp_effects_fail(rest->fx, SP_ENOMEM);
  finish(rest, r, result);
}

static void abort_try(const sp_rest *rest, const request *r) {
  if (r->in_flight) sp_effects_push(rest->fx, SP_FX_HTTP_ABORT, r->number, SP_STR_NONE, SP_STR_NONE);
}

void sp_rest_cancel_retries(sp_rest *rest) {
  for (request *r = rest->open, *next; r; r = next) {
    next = r->next;
    if (!(r->flags & SP_REST_RETRY)) continue;
    abort_try(rest, r);
    finish(rest, r, (sp_rest_result){ .failure = SP_HTTP_CANCELLED });
  }
}

static void drop_from(sp_rest *rest, request **list, uint8_t owner) {
  while (*list) {
    request *r = *list;
    if (r->token.owner != owner) {
      list = &r->next;
      continue;
    }
    *list = r->next;
    abort_try(rest, r);
    free_request(rest, r);
    rest->count--;
  }
}

void sp_rest_drop_owner(sp_rest *rest, uint8_t owner) {
  drop_from(rest, &rest->open, owner);
  drop_from(rest, &rest->done, owner);
}

void sp_rest_tick(sp_rest *rest, uint64_t now) {
  for (request *r = rest->open, *next; r; r = next) {
    next = r->next;
    if (!sp_timer_due(&r->retry, now)) continue;
    int status = send(rest, r);
    if (status == SP_OK) continue;
    sp_effects_fail(rest->fx, status);
    finish(rest, r, (sp_rest_result){ .failure = SP_HTTP_NETWORK });
  }
}

uint64_t sp_rest_deadline(const sp_rest *rest) {
  uint64_t at = SP_NEVER;
  for (const request *r = rest->open; r; r = r->next) at = sp_earlier(at, r->retry.at);
  return at;
}

bool sp_rest_take(sp_rest *rest, sp_rest_result *out) {
  free_request(rest, rest->taken);
  rest->taken = rest->done;
  if (!rest->taken) return false;
  rest->done = rest->taken->next;
  rest->count--;
  *out = rest->taken->result;
  out->body = sp_json_root(rest->taken->doc);
  return true;
}
