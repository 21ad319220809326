/* SPDX-License-Identifier: MIT */
#include "session/internal.h"

const sp_kind *const sp_kinds[SP_SESSION_TYPES] = {
  [SP_SESSION_UNKNOWN] = &sp_softphone_kind,
  [SP_SESSION_SOFTPHONE] = &sp_softphone_kind,
  [SP_SESSION_VIDEO] = &sp_video_kind,
  [SP_SESSION_SCREEN_SHARE] = &sp_screen_share_kind,
  [SP_SESSION_SCREEN_RECORDING] = &sp_recording_kind,
  [SP_SESSION_LIVE_MONITORING] = &sp_monitoring_kind,
};
