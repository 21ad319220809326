/* SPDX-License-Identifier: MIT */
/* trace.h: one log record as the service takes it (logging-and-stats.md §4.2, §4.4). */
#ifndef SP_TELEMETRY_TRACE_H
#define SP_TELEMETRY_TRACE_H

#include "base/buf.h"

/* Bytes of one trace, and of the traces of one request together. */
#define SP_MAX_TRACE 14500u

/* Who logs. Borrowed. Origin members go along only when `origin_name` is present. */
typedef struct sp_trace_source {
  sp_str topic, client_id;
  sp_str origin_name, origin_version, origin_id;
} sp_trace_source;

/* A record that has been redacted for the server. Borrowed. */
typedef struct sp_trace_record {
  sp_str level; /* "log" to "error" */
  sp_str message;
  sp_str details; /* a JSON value, or absent */
  uint64_t wall_ms;
} sp_trace_record;

typedef enum sp_trace_cut {
  SP_TRACE_WHOLE,
  SP_TRACE_NO_DETAILS, /* the details are [[TRUNCATED]] */
  SP_TRACE_SHORT,      /* the message was shortened too */
  SP_TRACE_TOO_LARGE   /* there is no trace */
} sp_trace_cut;

/* Appends {"topic","level","message"}. SP_ENOMEM: nothing usable was appended. */
int sp_trace_write(const sp_alloc *alloc, const sp_trace_source *source, const sp_trace_record *record, sp_buf *out,
                   sp_trace_cut *cut);

#endif
