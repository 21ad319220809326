/* SPDX-License-Identifier: MIT */
/* logger.h: what becomes of a log record once the application's formatters have passed it: it is redacted, shown
   locally, and uploaded when its level, its flags and the state of its logger allow (logging-and-stats.md §2-4, §6).

   Two loggers share one uploader: the SDK's own, which is also the application's `sdk.logger`, and that of the
   streaming connection. Requests leave as SP_FX_HTTP; warnings of the loggers themselves leave as SP_FX_LOG with
   "local":true, and come back as records to skip the server. Everything else is taken by sp_logger_take. */
#ifndef SP_TELEMETRY_LOGGER_H
#define SP_TELEMETRY_LOGGER_H

#include "base/effect.h"
#include "base/ids.h"
#include "telemetry/secret_keys.h"

typedef enum sp_log_source { SP_LOG_OF_SDK, SP_LOG_OF_STREAMING, SP_LOG_SOURCES } sp_log_source;

typedef struct sp_logger_config {
  bool guest;         /* neither access token nor JWT: nothing is uploaded */
  bool opted_out;     /* optOutOfTelemetry: nothing is uploaded or stored */
  bool paused;        /* begins stopped, as by stopServerLogging() */
  bool is_jwt;        /* the URL of background assistants; `token` is the JWT */
  sp_str environment; /* "mypurecloud.com", or an http(s) URL that is used as it stands */
  sp_str token;
  sp_str level;        /* threshold of the server; absent is "info", unknown too, with a warning */
  sp_str app_version;  /* of the SDK; absent: no server logging, with an error */
  sp_str headers_json; /* customHeaders as a JSON object, or absent */
  sp_str origin_name, origin_version, origin_id; /* absent when not configured */
} sp_logger_config;

typedef struct sp_log_record {
  sp_log_source source;
  bool skip_server;
  sp_str level;   /* "log", "debug", "info", "warn" or "error"; anything else counts as "info" */
  sp_str message; /* formatted */
  sp_str details; /* JSON text, or absent */
} sp_log_record;

typedef enum sp_logger_event_kind {
  SP_LOGGER_LOAD,    /* the text of the store is asked for: sp_logger_stored answers */
  SP_LOGGER_STORE,   /* `text` replaces the text of the store; "" removes it */
  SP_LOGGER_FAILED,  /* onError: a request was given up; `status` (0: no response), `request` is the host's cause */
  SP_LOGGER_STARTED, /* onStart */
  SP_LOGGER_STOPPED, /* onStop: `status` 401, 403 or 404, or 0 for "force" */
  SP_LOGGER_FLUSHED  /* everything that flush `call` started has settled */
} sp_logger_event_kind;

typedef struct sp_logger_event {
  sp_logger_event_kind kind;
  sp_log_source source;
  int status;
  uint32_t request, call;
  sp_str text; /* lives until the next sp_logger_stored */
} sp_logger_event;

typedef struct sp_logger sp_logger;

/* Copies config; borrows fx and ids for its life. NULL: out of memory. Local records may wait in fx. */
sp_logger *sp_logger_new(const sp_alloc *alloc, sp_effects *fx, sp_ids *ids, const sp_logger_config *config);
void sp_logger_free(sp_logger *l);
sp_str sp_logger_client_id(const sp_logger *l, sp_log_source source); /* lives as long as the logger */
/* The level as the secondary logger's method; static storage. */
sp_str sp_logger_level(sp_str level);

/* Takes one record. `line`: an empty buffer that gets {"message","details"?}, redacted for people at this machine: the
   text for the secondary logger and the `trace` event. Never fails: what there is no memory for is shown as
   "[redacted]". */
void sp_logger_record(sp_logger *l, uint64_t now, uint64_t wall, const sp_log_record *record, sp_buf *line);

/* Hides this text in every record from now on: security codes, credentials of ICE servers. SP_ENOMEM. */
int sp_logger_learn_secret(sp_logger *l, sp_str secret);
/* A new access token or JWT: used from now on, hidden, and what stopped with 401 goes on (L-29). SP_ENOMEM. */
int sp_logger_set_token(sp_logger *l, sp_str token);
/* Whose logs these are, once it is known: nothing is stored before. SP_ENOMEM. */
int sp_logger_set_organization(sp_logger *l, uint64_t now, uint64_t wall, sp_str id);
void sp_logger_set_online(sp_logger *l, bool online);
void sp_logger_start(sp_logger *l, sp_log_source source);
/* `status`: 401, 403 or 404; anything else is stopServerLogging() by hand. */
void sp_logger_stop(sp_logger *l, uint64_t now, uint64_t wall, sp_log_source source, int status);
/* The page is hidden or goes away, or the SDK is destroyed: sends at once all that waits. True: SP_LOGGER_FLUSHED with
   `call` follows; false: call is 0, or too many flushes are under way. */
bool sp_logger_flush(sp_logger *l, uint64_t now, uint64_t wall, uint32_t call);

/* Answers to effects and events. Unknown request numbers are ignored; ours have SP_UPLOAD_NUMBERS set. */
void sp_logger_http_result(sp_logger *l, uint64_t now, uint64_t wall, uint32_t id, int status, sp_str retry_after);
void sp_logger_stored(sp_logger *l, uint64_t now, uint64_t wall, sp_str text);
void sp_logger_tick(sp_logger *l, uint64_t now, uint64_t wall);
uint64_t sp_logger_deadline(const sp_logger *l);
bool sp_logger_take(sp_logger *l, sp_logger_event *out);

#endif
