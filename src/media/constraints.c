/* SPDX-License-Identifier: MIT */
#include "media/constraints.h"

sp_media_value sp_media_value_read(const sp_json *v) {
  sp_media_value value = { SP_MEDIA_NONE, SP_STR_NONE };
  if (sp_json_is_null(v)) {
    value.choice = SP_MEDIA_SYSTEM;
  } else if (sp_json_is_string(v) && sp_json_str(v).len) {
    value.choice = SP_MEDIA_DEVICE;
    value.device = sp_json_str(v);
  } else if (sp_json_truthy(v)) {
    value.choice = SP_MEDIA_DEFAULT;
  }
  return value;
}

static sp_str flag(sp_str json) {
  return json.len ? json : SP_STR("true");
}

void sp_constraints_audio(sp_buf *out, const sp_audio_defaults *defaults, sp_media_value value) {
  sp_str device = value.choice == SP_MEDIA_DEVICE    ? value.device
                  : value.choice == SP_MEDIA_DEFAULT ? defaults->device
                                                     : SP_STR_NONE;
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_open(&w, "audio", '{');
  sp_jw_raw(&w, "autoGainControl", flag(defaults->auto_gain_control));
  sp_jw_raw(&w, "echoCancellation", flag(defaults->echo_cancellation));
  sp_jw_raw(&w, "noiseSuppression", flag(defaults->noise_suppression));
  /* Browsers of today ignore the next three; they are visible in `gumRequest`, so they stay (media.md §7). */
  sp_jw_bool(&w, "googAudioMirroring", false);
  sp_jw_bool(&w, "googDucking", false);
  sp_jw_bool(&w, "googHighpassFilter", true);
  if (device.len) {
    sp_jw_open(&w, "deviceId", '{');
    sp_jw_str(&w, "exact", device);
    sp_jw_close(&w);
  }
  sp_jw_close(&w);
  sp_jw_bool(&w, "video", false);
  sp_jw_close(&w);
}
