/* SPDX-License-Identifier: MIT */
/* token.h: whose request it is. Answers (REST, IQ, media) carry the token of the request back, and the core
   routes them by its owner. */
#ifndef SP_BASE_TOKEN_H
#define SP_BASE_TOKEN_H

#include <stdint.h>

typedef enum sp_owner { SP_OWNER_NONE, SP_OWNER_STREAMING, SP_OWNER_SESSION, SP_OWNER_CORE, SP_OWNER_APP } sp_owner;

typedef struct sp_token {
  uint8_t owner; /* sp_owner */
  uint8_t op;    /* the owner's own code: what the request was for */
  uint32_t id;   /* about which thing: a handle of the owner */
} sp_token;

#endif
