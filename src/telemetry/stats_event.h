/* SPDX-License-Identifier: MIT */
/* stats_event.h: the three `stats` events of a media session as JSON text (logging-and-stats.md §7.2-7.4):
   arithmetic over reports, no life cycle. The writers append to `out`, whose status says whether they
   succeeded. */
#ifndef SP_TELEMETRY_STATS_EVENT_H
#define SP_TELEMETRY_STATS_EVENT_H

#include "telemetry/mos.h"
#include "telemetry/report.h"

/* Sources whose previous values are kept: a softphone has two, a video conference with simulcast about
   twenty. One beyond has no interval values. */
#define SP_MAX_STATS_SOURCES 32u

/* What the host says once about the machine it runs on. */
typedef struct sp_stats_host {
  sp_str user_agent, platform; /* left out when absent */
  double cores;                /* left out when not positive */
} sp_stats_host;

/* What every event of a session begins with. */
typedef struct sp_stats_head {
  sp_str session;    /* complete JSON value, such as {"$session":3} */
  sp_str conference; /* left out when absent */
  int initiator;     /* 0, 1, or -1: left out */
} sp_stats_head;

typedef struct sp_stats_previous {
  uint64_t id;
  double timestamp, bytes, packets, lost;
} sp_stats_previous;

/* Values of the report processed last. All zero is the state before the first. */
typedef struct sp_stats_memory {
  sp_stats_previous sources[SP_MAX_STATS_SOURCES];
  size_t count;
  uint64_t local_candidate, remote_candidate;
} sp_stats_memory;

typedef struct sp_stats_summary {
  size_t tracks, remote_tracks;
  double remote_bitrate; /* of remoteTracks[0]; NAN without one */
  sp_mos_sample mos;     /* of tracks[0] and remoteTracks[0] */
} sp_stats_summary;

typedef struct sp_candidate_counts {
  unsigned host, srflx, relay;
} sp_candidate_counts;

/* §7.2. `report` NULL, or one without a selected pair: no candidate data. `connect_ms` NAN: left out. */
void sp_stats_write_connect(sp_buf *out, const sp_stats_head *head, const sp_stats_host *host, const sp_report *report,
                            double connect_ms);
/* The session event iceConnectionType: {"localCandidateType","relayed","remoteCandidateType"}. False, and nothing is
   written, when the selected pair does not name both types. */
bool sp_stats_write_ice_type(sp_buf *out, const sp_report *report);
/* §7.3; the memory becomes that of this report. */
void sp_stats_write_sample(sp_buf *out, const sp_stats_head *head, const sp_report *report, sp_stats_memory *memory,
                           sp_stats_summary *summary);
/* §7.1: the getStats event of a connection that got lost. */
void sp_stats_write_disconnected(sp_buf *out, const sp_stats_head *head);
/* §7.4. `fail_ms` NAN: left out. */
void sp_stats_write_failure(sp_buf *out, const sp_stats_head *head, double fail_ms, const sp_candidate_counts *local,
                            const sp_candidate_counts *remote);
/* Counts the a=candidate lines of a description by type; nothing of the text is kept. Absent counts as empty. */
sp_candidate_counts sp_stats_count_candidates(sp_str sdp);

#endif
