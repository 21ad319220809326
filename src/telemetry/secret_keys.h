/* SPDX-License-Identifier: MIT */
/* secret_keys.h: member names whose values must not be read by others (logging-and-stats.md §6.3.1). */
#ifndef SP_TELEMETRY_SECRET_KEYS_H
#define SP_TELEMETRY_SECRET_KEYS_H

#include "base/str.h"

/* Who reads the output: a person at this machine, or the service's log store, which may know less. */
typedef enum sp_audience { SP_AUDIENCE_LOCAL, SP_AUDIENCE_SERVER } sp_audience;

/* No secret key is longer, separators aside. */
#define SP_MAX_SECRET_KEY 20u

/* Whether the value of a member with this name is hidden from `audience`. Letter case, '_' and '-' do not count:
   access_token is accessToken. */
bool sp_secret_key(sp_str name, sp_audience audience);

#endif
