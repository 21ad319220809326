/* SPDX-License-Identifier: MIT */
/* stats.h: what is watched of one media session: its gatherer, its live quality, its quality reports. The functions
   that feed it stand in internal.h. */
#ifndef SP_SESSION_STATS_H
#define SP_SESSION_STATS_H

#include "telemetry/gatherer.h"

typedef struct sp_watch sp_watch;

void sp_watch_free(sp_watch *watch); /* NULL is legal */

#endif
