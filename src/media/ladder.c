/* SPDX-License-Identifier: MIT */
#include "media/ladder.h"

bool sp_is_permissions_error(sp_str name, sp_str message) {
  if (sp_str_is(name, "NotAllowedError")) return true;
  if (sp_str_is(name, "DOMException")) return sp_str_is(message, "Could not start video source");
  return sp_str_is(name, "NotFoundError") && sp_str_is(message, "The object can not be found here.");
}

sp_rung sp_ladder_next(sp_str name, sp_str message, sp_attempt failed, sp_str device) {
  sp_rung stop = { .value = SP_MEDIA_NO_VALUE };
  stop.denied = sp_is_permissions_error(name, message); /* row 1 */
  if (stop.denied || !failed.retry) return stop;        /* row 2 */
  if (failed.resolution && sp_str_is(name, "AbortError") && sp_str_is(message, "Starting video failed"))
    return (sp_rung){ .again = true, .retry = true, .value = failed.value }; /* row 3 */
  sp_rung system = { .again = true, .plain = true, .value = { SP_MEDIA_SYSTEM, SP_STR_NONE } };
  switch (failed.value.choice) {
    case SP_MEDIA_DEVICE: /* rows 4 and 5 */
      if (!device.len || sp_str_eq(device, failed.value.device)) return system;
      return (sp_rung){ .again = true, .retry = true, .plain = true, .value = { SP_MEDIA_DEVICE, device } };
    case SP_MEDIA_DEFAULT: return system; /* row 6 */
    case SP_MEDIA_SYSTEM:                 /* row 7 */
    case SP_MEDIA_NONE: break;
  }
  return stop;
}

sp_media_type sp_media_verdict(sp_media_outcome audio, sp_media_outcome video, bool preserve) {
  bool got_one = audio == SP_MEDIA_GOT || video == SP_MEDIA_GOT;
  if (preserve && got_one) return SP_MEDIA_TYPES;
  if (audio == SP_MEDIA_FAILED) return SP_AUDIO;
  return video == SP_MEDIA_FAILED ? SP_VIDEO : SP_MEDIA_TYPES;
}
