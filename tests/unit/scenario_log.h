/* SPDX-License-Identifier: MIT */
/* scenario_log.h: what the two sources of the harness share. */
#ifndef SP_TESTS_SCENARIO_LOG_H
#define SP_TESTS_SCENARIO_LOG_H

#include "scenario.h"

/* A block with room for one more item. */
void *grown(void *items, size_t count, size_t *cap, size_t size);
char *copy_text(sp_str text);
/* Records the effect, checks its form and what it settles; answers its index in the log. */
size_t record_effect(scenario *s, const sp_effect *fx);
void free_log(scenario *s);

void scenario_begin(scenario *s, const sp_alloc *alloc);
void scenario_end(scenario *s);
void scenario_free(scenario *s);

#endif
