/* SPDX-License-Identifier: MIT */
/* insights.h: telemetry actions and their upload (logging-and-stats.md §5, wire.md §13.1-13.3). Actions wait
   in a queue, a request takes some of them from its front; one request at a time. After every call take the
   request that may be ready and send it as it stands; its outcome comes back with sp_insights_result.

   For guests, and with telemetry opted out, there is no sp_insights at all. */
#ifndef SP_TELEMETRY_INSIGHTS_H
#define SP_TELEMETRY_INSIGHTS_H

#include "base/effect.h"
#include "base/timer.h"

/* Bytes of JSON that a request's actions stay below; 413 lowers it by the step, down to the floor. */
#define SP_INSIGHTS_BYTES       15000u
#define SP_INSIGHTS_BYTES_STEP  3000u
#define SP_INSIGHTS_BYTES_FLOOR 3000u
#define SP_INSIGHTS_WAIT_MS     25000u
/* An agent without network for a morning: the oldest go. */
#define SP_INSIGHTS_ACTIONS 200u

typedef struct sp_insights_config {
  sp_effects *fx;                                                         /* log records */
  sp_str app_id;                                                          /* client id of the logger */
  sp_str app_version, origin_app_name, origin_app_version, origin_app_id; /* left out when absent */
  bool background_assistant;                                              /* JWT authentication: the path differs */
} sp_insights_config;

/* Which session an action is about; absent texts are left out. */
typedef struct sp_insights_about {
  sp_str conversation_id, session_id, session_type;
} sp_insights_about;

typedef struct sp_insights_request {
  sp_str path; /* of the REST API, such as "diagnostics/newrelic/insights"; static storage */
  sp_str body; /* JSON; valid until the next call */
} sp_insights_request;

typedef struct sp_insights sp_insights;

/* NULL when out of memory. Copies the texts. Online until told otherwise. */
sp_insights *sp_insights_new(const sp_alloc *alloc, const sp_insights_config *config);
void sp_insights_free(sp_insights *insights);

/* Queues an action of this type. `json`: object with its further members, or absent; live objects and
   address-like members in it are left out. `now` is monotonic, `wall` in epoch milliseconds. Out of memory,
   and an action that no request could carry, are logged; the action is lost. */
void sp_insights_add(sp_insights *insights, uint64_t now, uint64_t wall, const char *event_type, sp_str json,
                     const sp_insights_about *about);
/* A `stats` event of a session; its name is the type. */
void sp_insights_stats(sp_insights *insights, uint64_t now, uint64_t wall, sp_str event,
                       const sp_insights_about *about);
/* The page's online state; queues onlineStatus when it changes. */
void sp_insights_online(sp_insights *insights, uint64_t now, uint64_t wall, bool online);

bool sp_insights_take(sp_insights *insights, sp_insights_request *out);
/* How the request ended; `status` 0: no response. Ignored when none is under way. */
void sp_insights_result(sp_insights *insights, uint64_t now, int status);
void sp_insights_tick(sp_insights *insights, uint64_t now);
uint64_t sp_insights_deadline(const sp_insights *insights);

#endif
