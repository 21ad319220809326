/* SPDX-License-Identifier: MIT */
#include "telemetry/secret_keys.h"

static const struct {
  const char *name;
  sp_audience hidden_from; /* and from every audience above it */
} keys[] = {
  { "authorization", SP_AUDIENCE_LOCAL },
  { "accesstoken", SP_AUDIENCE_LOCAL },
  { "authtoken", SP_AUDIENCE_LOCAL },
  { "token", SP_AUDIENCE_LOCAL },
  { "jwt", SP_AUDIENCE_LOCAL },
  { "password", SP_AUDIENCE_LOCAL },
  { "credential", SP_AUDIENCE_LOCAL },
  { "securitycode", SP_AUDIENCE_LOCAL },
  { "addcommunicationcode", SP_AUDIENCE_LOCAL },
  { "secret", SP_AUDIENCE_LOCAL },
  { "pwd", SP_AUDIENCE_LOCAL },
  /* Beyond the specification: other usual names of the same. */
  { "refreshtoken", SP_AUDIENCE_LOCAL },
  { "idtoken", SP_AUDIENCE_LOCAL },
  { "clientsecret", SP_AUDIENCE_LOCAL },
  { "privatekey", SP_AUDIENCE_LOCAL },
  { "cookie", SP_AUDIENCE_LOCAL },
  { "sdp", SP_AUDIENCE_SERVER },
  { "candidate", SP_AUDIENCE_SERVER },
  { "address", SP_AUDIENCE_SERVER },
  { "ip", SP_AUDIENCE_SERVER },
  { "relatedaddress", SP_AUDIENCE_SERVER },
  { "usernamefragment", SP_AUDIENCE_SERVER },
  { "ani", SP_AUDIENCE_SERVER },
  { "dnis", SP_AUDIENCE_SERVER },
};

/* The name in lower case without separators; false when it is longer than any key. */
static bool normalize(sp_str name, char out[SP_MAX_SECRET_KEY], size_t *len) {
  *len = 0;
  for (size_t i = 0; i < name.len; i++) {
    char c = name.ptr[i];
    if (c == '_' || c == '-') continue;
    if (*len == SP_MAX_SECRET_KEY) return false;
    out[(*len)++] = sp_lower(c);
  }
  return true;
}

bool sp_secret_key(sp_str name, sp_audience audience) {
  char text[SP_MAX_SECRET_KEY];
  size_t len;
  if (!normalize(name, text, &len)) return false;
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    if (keys[i].hidden_from <= audience && sp_str_is((sp_str){ text, len }, keys[i].name)) return true;
  }
  return false;
}
