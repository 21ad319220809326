/* SPDX-License-Identifier: MIT */
#include "media/ladder.h"

bool sp_is_permissions_error(sp_str name, sp_str message) {
  if (sp_str_is(name, "NotAllowedError")) return true;
  if (sp_str_is(name, "DOMException")) return sp_str_is(message, "Could not start video source");
  return sp_str_is(name, "NotFoundError") && sp_str_is(message, "The object can not be found here.");
}

sp_rung sp_ladder_next(sp_str name, sp_str message, sp_media_value value, sp_str device, bool retry) {
  sp_rung stop = { .value = { SP_MEDIA_NONE, SP_STR_NONE } };
  stop.denied = sp_is_permissions_error(name, message); /* row 1 */
  if (stop.denied || !retry) return stop;               /* row 2 */
  sp_rung system = { .again = true, .retry = false, .value = { SP_MEDIA_SYSTEM, SP_STR_NONE } };
  switch (value.choice) {
    case SP_MEDIA_DEVICE: /* rows 4 and 5 */
      if (!device.len || sp_str_eq(device, value.device)) return system;
      return (sp_rung){ .again = true, .retry = true, .value = { SP_MEDIA_DEVICE, device } };
    case SP_MEDIA_DEFAULT: return system; /* row 6 */
    case SP_MEDIA_SYSTEM:                 /* row 7 */
    case SP_MEDIA_NONE: break;
  }
  return stop;
}
