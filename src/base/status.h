/* SPDX-License-Identifier: MIT */
/* status.h: what a function of the core answers. 0 is fine, negatives are named; below SP_FATAL only `free`
   is allowed on the object that answered. Bad input from the network is a status, never an assert. */
#ifndef SP_BASE_STATUS_H
#define SP_BASE_STATUS_H

#if defined(__GNUC__)
#define SP_CHECKED __attribute__((warn_unused_result))
#else
#define SP_CHECKED
#endif

typedef enum sp_status {
  SP_OK = 0,
  SP_EINVAL = -1,  /* an argument or option is of the wrong type or out of range */
  SP_ESYNTAX = -2, /* text that does not follow its grammar (XML, JSON, JID, base64) */
  SP_ELIMIT = -3,  /* a limit of base/limits.h would be exceeded */
  SP_ESTATE = -4,  /* the operation is not allowed in this state */
  SP_ENOENT = -5,  /* the thing named does not exist (any more) */
  SP_EPROTO = -6,  /* well-formed input that breaks the protocol */
  SP_EEXIST = -7,  /* already there */
  SP_FATAL = -100, /* below this line: only `free` */
  SP_ENOMEM = -101 /* an allocation failed */
} sp_status;

/* The status's name, such as "SP_ELIMIT"; static storage; "SP_UNKNOWN" for a number that is none. */
const char *sp_status_name(int status);

#endif
