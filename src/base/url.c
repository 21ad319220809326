/* SPDX-License-Identifier: MIT */
#include "base/url.h"

void sp_url_add_api(sp_buf *out, sp_str environment) {
  if (!sp_str_starts(environment, "http")) sp_buf_add_text(out, "https://api.");
  sp_buf_add(out, environment);
  sp_buf_add_text(out, "/api/v2/");
}
