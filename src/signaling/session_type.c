/* SPDX-License-Identifier: MIT */
/* What kind of session a peer stands for (wire.md §8.4, sessions.md §5.8). */
#include "signaling/message.h"

static const char *const words[SP_SESSION_TYPES] = {
  [SP_SESSION_UNKNOWN] = "unknown",
  [SP_SESSION_SOFTPHONE] = "softphone",
  [SP_SESSION_VIDEO] = "collaborateVideo",
  [SP_SESSION_SCREEN_SHARE] = "screenShare",
  [SP_SESSION_SCREEN_RECORDING] = "screenRecording",
  [SP_SESSION_LIVE_MONITORING] = "liveScreenMonitoring",
};

static bool is_softphone(sp_str peer) {
  sp_str mark = SP_STR("gjoll");
  size_t at = sp_str_find_char(peer, '@', 0);
  if (at == SIZE_MAX) return false;
  for (size_t i = at + 1; i + mark.len <= peer.len; i++)
    if (sp_str_eq_nocase(sp_str_slice(peer, i, i + mark.len), mark)) return true;
  return false;
}

sp_session_type sp_session_type_of_jid(sp_str peer) {
  if (is_softphone(peer)) return SP_SESSION_SOFTPHONE;
  if (sp_str_starts(peer, "acd-")) return SP_SESSION_SCREEN_SHARE;
  if (sp_str_starts(peer, "screenrecording-")) return SP_SESSION_SCREEN_RECORDING;
  if (sp_str_starts(peer, "livemonitor-")) return SP_SESSION_LIVE_MONITORING;
  if (sp_str_find(peer, "@conference", 0) != SIZE_MAX) return SP_SESSION_VIDEO;
  return SP_SESSION_UNKNOWN;
}

const char *sp_session_type_word(sp_session_type type) {
  return (size_t)type < SP_SESSION_TYPES ? words[type] : words[SP_SESSION_UNKNOWN];
}

sp_session_type sp_session_type_from_word(sp_str word) {
  for (size_t i = 0; i < SP_SESSION_TYPES; i++)
    if (sp_str_is(word, words[i])) return (sp_session_type)i;
  return SP_SESSION_UNKNOWN;
}
