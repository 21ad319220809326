/* SPDX-License-Identifier: MIT */
/* rest.h: the REST client (wire.md §2.1, §2.3; sessions.md §1.6): URLs, headers, retries, cancellation.
   Requests leave as SP_FX_HTTP; the host feeds results back; finished requests are taken by sp_rest_take and
   routed by their token. */
#ifndef SP_REST_REST_H
#define SP_REST_REST_H

#include "base/effect.h"
#include "base/json.h"
#include "base/timer.h"
#include "base/token.h"

#define SP_REST_TIMEOUT_MS    30000u
#define SP_REST_RETRY_WAIT_MS 15000u
#define SP_REST_RETRY_TRIES   10u

enum { SP_REST_RETRY = 1, SP_REST_NO_AUTH = 2 };

/* Why there is no response. SP_HTTP_CANCELLED: by sp_rest_cancel_retries. */
typedef enum sp_http_failure {
  SP_HTTP_OK, /* a response came, whatever its status */
  SP_HTTP_NETWORK,
  SP_HTTP_TIMEOUT,
  SP_HTTP_CANCELLED
} sp_http_failure;

typedef struct sp_rest_result {
  sp_token token;
  uint32_t request; /* request number of the last try: the host's handle for the cause */
  sp_http_failure failure;
  int status; /* HTTP status, 0 without a response */
  bool ok;    /* 2xx */
  bool has_retry_after;
  uint32_t retry_after_s; /* whole seconds of a Retry-After header; a date or other text sets has_retry_after
                             to false */
  const sp_json *body;    /* parsed when the body is JSON, else NULL; lives until the next sp_rest_take */
} sp_rest_result;

typedef struct sp_rest sp_rest;

/* `environment`: "mypurecloud.com" or an http(s) URL that is used as it stands. `headers`: JSON object text
   or absent. Copies. */
sp_rest *sp_rest_new(const sp_alloc *alloc, sp_effects *fx, sp_str environment, sp_str headers_json);
void sp_rest_free(sp_rest *rest);
int sp_rest_set_token(sp_rest *rest, sp_str token); /* read at call time of each try */

/* A number no other request of this object has, tries included: for requests that share the host's table of
   causes. */
uint32_t sp_rest_next_number(sp_rest *rest);

/* Starts a request. `path` as "users/me?expand=station" (leading and trailing slashes trimmed). `body`: JSON
   text or absent. `timeout_ms` 0 = 30 s. SP_ELIMIT when too many are open, SP_ENOMEM: no result follows. */
int sp_rest_request(sp_rest *rest, uint64_t now, const char *method, sp_str path, sp_str body, unsigned flags,
                    uint32_t timeout_ms, sp_token token);
/* Appends a request that is made elsewhere, as the text of SP_FX_HTTP: same URL and headers as here. */
void sp_rest_write(const sp_rest *rest, sp_str path, sp_buf *out);
/* The host's result of request number `id`; an unknown id is ignored. `retry_after`: header's text. */
void sp_rest_result_input(sp_rest *rest, uint64_t now, uint32_t id, sp_http_failure failure, int status,
                          sp_str retry_after, sp_str body);
/* Every request that may be retried ends at once with SP_HTTP_CANCELLED (disconnect). */
void sp_rest_cancel_retries(sp_rest *rest);
/* Drops every request of this owner without a result. */
void sp_rest_drop_owner(sp_rest *rest, uint8_t owner);
void sp_rest_tick(sp_rest *rest, uint64_t now);
uint64_t sp_rest_deadline(const sp_rest *rest);
bool sp_rest_take(sp_rest *rest, sp_rest_result *out);

#endif
