/* SPDX-License-Identifier: MIT */
/* outcome.h: how an app call ends: a value, or an error of a documented type (sessions.md §1.5, §11.1). Call 0 has no
   promise: its errors are only emitted. */
#ifndef SP_BASE_OUTCOME_H
#define SP_BASE_OUTCOME_H

#include "base/effect.h"

typedef enum sp_error_type {
  SP_ERROR_GENERIC,
  SP_ERROR_INITIALIZATION,
  SP_ERROR_INVALID_TOKEN,
  SP_ERROR_HTTP,
  SP_ERROR_INVALID_OPTIONS,
  SP_ERROR_NOT_SUPPORTED,
  SP_ERROR_SESSION,
  SP_ERROR_CALL,
  SP_ERROR_MEDIA
} sp_error_type;

/* The word of SdkErrorTypes, such as "invalid_token"; static storage. */
const char *sp_error_type_word(sp_error_type type);
/* The documented type that a status of the core shows as; the one place of this mapping. */
sp_error_type sp_error_type_of_status(int status);

/* Appends {"type","message","details"?}. `details`: a complete JSON value, or absent. */
void sp_error_write(sp_buf *out, sp_error_type type, const char *message, sp_str details);

/* `value`: JSON, absent for undefined. */
void sp_resolve(sp_effects *fx, uint32_t call, sp_str value);
/* Rejects with an SdkError, which is also emitted as sdkError. `details` must not point into fx's scratch buffer. */
void sp_reject(sp_effects *fx, uint32_t call, sp_error_type type, const char *message, sp_str details);
/* As sp_reject, with message and name of the host's error object of request `cause`. */
void sp_reject_caused(sp_effects *fx, uint32_t call, sp_error_type type, uint32_t cause);
/* Rejects with the host's own error object of request `cause`; nothing is emitted. */
void sp_reject_raw(sp_effects *fx, uint32_t call, uint32_t cause);
/* sdkError without a promise. */
void sp_emit_error(sp_effects *fx, sp_error_type type, const char *message, sp_str details);
void sp_emit_error_caused(sp_effects *fx, sp_error_type type, uint32_t cause, sp_str details);

#endif
