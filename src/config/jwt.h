/* SPDX-License-Identifier: MIT */
/* jwt.h: the claims that a guest's or background assistant's JWT carries (wire.md §4.6; RFC 7519 over the
   compact form of RFC 7515). The payload is decoded, not verified: that is the platform's business, and
   nothing here is trusted with more than the server would give its bearer. */
#ifndef SP_CONFIG_JWT_H
#define SP_CONFIG_JWT_H

#include "base/str.h"

/* The whole text: it is part of a URL. Real ones are about 1 KiB. */
#define SP_MAX_JWT (16u << 10)

/* Owned texts, absent when the claim is missing or no string. `jid` is always there. */
typedef struct sp_jwt {
  const sp_alloc *alloc;
  sp_str jid;                     /* data.jid */
  sp_str user_id;                 /* data.uid */
  sp_str conversation_id;         /* data.conversationId */
  sp_str source_communication_id; /* data.sourceCommunicationId */
  sp_str organization_id;         /* org */
  sp_str name;
  double expires_at; /* exp, as epoch milliseconds; 0 when it does not say */
} sp_jwt;

/* SP_OK, SP_ENOMEM, SP_ELIMIT or SP_ESYNTAX; then *out is empty and *why (may be NULL) names what is wrong, in
   static storage and without anything of the token. */
int sp_jwt_read(const sp_alloc *alloc, sp_str text, sp_jwt *out, const char **why);
void sp_jwt_free(sp_jwt *jwt); /* legal on an empty one */

#endif
