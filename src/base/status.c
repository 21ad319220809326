/* SPDX-License-Identifier: MIT */
#include "base/status.h"

const char *sp_status_name(int status) {
  switch (status) {
    case SP_OK: return "SP_OK";
    case SP_EINVAL: return "SP_EINVAL";
    case SP_ESYNTAX: return "SP_ESYNTAX";
    case SP_ELIMIT: return "SP_ELIMIT";
    case SP_ESTATE: return "SP_ESTATE";
    case SP_ENOENT: return "SP_ENOENT";
    case SP_EPROTO: return "SP_EPROTO";
    case SP_EEXIST: return "SP_EEXIST";
    case SP_FATAL: return "SP_FATAL";
    case SP_ENOMEM: return "SP_ENOMEM";
    default: return "SP_UNKNOWN";
  }
}
