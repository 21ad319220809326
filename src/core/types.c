/* SPDX-License-Identifier: MIT */
/* Which session types this client takes, and how much of their media (sessions.md §1.2, §3.3, §5.7). */
#include "core/internal.h"

/* No promise without a deadline: three requests of 30 s at most, side by side, and a reconnect in between. */
#define ADD_LIMIT_MS 60000u

/* The handler of each bit of sp_allowed_type, which are in the order of the handlers. */
static sp_session_type handler_of(unsigned bit) {
  switch (bit) {
    case SP_ALLOW_SOFTPHONE: return SP_SESSION_SOFTPHONE;
    case SP_ALLOW_VIDEO: return SP_SESSION_VIDEO;
    case SP_ALLOW_SCREEN_SHARE: return SP_SESSION_SCREEN_SHARE;
    case SP_ALLOW_SCREEN_RECORDING: return SP_SESSION_SCREEN_RECORDING;
    default: return SP_SESSION_LIVE_MONITORING;
  }
}

/* Settles the call that adds the softphone; without a message it is allowed from now on. */
static void finish_adding(sp_core *core, const char *failure) {
  uint32_t call = core->adding.call;
  core->adding = (sp_adding){ .purpose = core->adding.purpose, .limit = SP_TIMER_OFF };
  if (!failure) {
    sp_sessions_enable(core->sessions, SP_SESSION_SOFTPHONE);
    sp_resolve(core->fx, call, SP_STR_NONE);
    return;
  }
  core->options.allowed_types &= ~(unsigned)SP_ALLOW_SOFTPHONE;
  sp_reject(core->fx, call, SP_ERROR_SESSION, failure, SP_STR_NONE);
}

void sp_types_answered(sp_core *core, uint32_t purpose, bool ok) {
  if (!core->adding.open || purpose != core->adding.purpose) return; /* it was given up */
  if (!ok) finish_adding(core, "A subscription was refused by the server");
  else if (--core->adding.open == 0) finish_adding(core, NULL);
}

void sp_types_tick(sp_core *core, uint64_t now) {
  if (sp_timer_due(&core->adding.limit, now)) finish_adding(core, "The session type could not be allowed in time");
}

void sp_types_cancel(sp_core *core) {
  if (core->adding.open) finish_adding(core, "initialize() was called again");
}

/* sessions.md §3.3: a softphone needs its station and its topics. */
static void add_softphone(sp_core *core, uint64_t now, uint32_t call) {
  core->adding.call = call;
  core->adding.purpose++;
  sp_timer_arm(&core->adding.limit, now, ADD_LIMIT_MS);
  int status = sp_boot_activate_softphone(core, now, core->adding.purpose, &core->adding.open);
  if (status != SP_OK) finish_adding(core, "Out of memory");
}

void sp_types_add(sp_core *core, uint64_t now, uint32_t call, sp_str type) {
  unsigned bit = sp_allowed_type_of_word(type);
  if (!bit) {
    sp_reject(core->fx, call, SP_ERROR_INVALID_OPTIONS, "There is no such session type", SP_STR_NONE);
    return;
  }
  if (core->options.allowed_types & bit) {
    sp_log_word(core->fx, SP_LOG_WARN, "The session type is allowed already", "sessionType", type);
    sp_resolve(core->fx, call, SP_STR_NONE);
    return;
  }
  bool softphone = bit == SP_ALLOW_SOFTPHONE && core->credentials.path == SP_PATH_AGENT;
  if (softphone && !(core->streaming && sp_streaming_connected(core->streaming))) {
    sp_reject(core->fx, call, SP_ERROR_SESSION, "A session type cannot be allowed while disconnected", SP_STR_NONE);
    return;
  }
  core->options.allowed_types |= bit;
  if (softphone) {
    add_softphone(core, now, call);
    return;
  }
  sp_sessions_enable(core->sessions, handler_of(bit));
  sp_resolve(core->fx, call, SP_STR_NONE);
}

void sp_types_remove(sp_core *core, uint64_t now, uint32_t call, sp_str type) {
  unsigned bit = sp_allowed_type_of_word(type);
  if (!(core->options.allowed_types & bit)) {
    sp_log_word(core->fx, SP_LOG_WARN, "The session type is not allowed anyway", "sessionType", type);
    sp_resolve(core->fx, call, SP_STR_NONE);
    return;
  }
  if (bit == SP_ALLOW_SOFTPHONE && core->adding.open) finish_adding(core, "The session type was removed again");
  sp_sessions_disable(core->sessions, handler_of(bit));
  if (bit == SP_ALLOW_SOFTPHONE && core->streaming) sp_boot_deactivate_softphone(core, now);
  core->options.allowed_types &= ~bit;
  sp_resolve(core->fx, call, SP_STR_NONE);
}

/* --- media handling (sessions.md §5.7) --- */

void sp_types_set_handling(sp_core *core, uint64_t now, sp_str mode) {
  static const char *const words[SP_HANDLINGS] = { "standard-media", "alerting-leader-media", "reduced-media",
                                                   "reduced-media-headsets" };
  sp_options *options = &core->options;
  unsigned wanted = 0;
  while (wanted < SP_HANDLINGS && !sp_str_is(mode, words[wanted])) wanted++;
  if (wanted == SP_HANDLINGS) {
    sp_calls_refuse(core, SP_ERROR_INVALID_OPTIONS, "There is no such media handling");
    return;
  }
  bool headsets = wanted != SP_HANDLING_REDUCED;
  bool refused = !headsets && core->sessions && sp_sessions_has_conversations(core->sessions);
  options->handling = refused ? SP_HANDLING_REDUCED_HEADSETS : (sp_handling)wanted;
  options->use_headsets = headsets || refused; /* whatever was configured */
  sp_core_use_headsets(core, now);
  if (refused)
    sp_calls_refuse(core, SP_ERROR_NOT_SUPPORTED,
                    "Cannot downgrade media handling to stop using headsets during an active call");
  else if (core->sessions && wanted >= SP_HANDLING_REDUCED) sp_sessions_end_unused(core->sessions, now);
}
