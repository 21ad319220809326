/* SPDX-License-Identifier: MIT */
/* url.h: where the platform's REST API is. */
#ifndef SP_BASE_URL_H
#define SP_BASE_URL_H

#include "base/buf.h"

/* Appends the API's base, "https://api.<environment>/api/v2/". wire.md §2.1: an environment that begins with "http" is
   the origin as it stands. */
void sp_url_add_api(sp_buf *out, sp_str environment);

#endif
