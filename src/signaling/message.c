/* SPDX-License-Identifier: MIT */
/* XEP-0353 (Jingle Message Initiation) as Genesys Cloud speaks it: wire.md §8. */
#include "signaling/message.h"

#include "xmpp/jid.h"

static const char ns_message[] = "urn:xmpp:jingle-message:0";

static const struct {
  const char *name;
  sp_message_kind kind;
} kinds[] = {
  { "propose", SP_MESSAGE_PROPOSE }, { "proceed", SP_MESSAGE_PROCEED }, { "accept", SP_MESSAGE_ACCEPT },
  { "reject", SP_MESSAGE_REJECT },   { "retract", SP_MESSAGE_RETRACT },
};
static const size_t kind_count = sizeof kinds / sizeof *kinds;

static sp_tribool read_flag(sp_str value) {
  if (sp_str_is(value, "true") || sp_str_is(value, "1")) return SP_TRUE;
  if (sp_str_is(value, "false") || sp_str_is(value, "0")) return SP_FALSE;
  return SP_UNSET;
}

static void read_propose(const sp_xml *propose, sp_message *out) {
  out->conversation_id = sp_xml_attr_get(propose, "inin-cid");
  out->persistent_conversation_id = sp_xml_attr_get(propose, "inin-persistent-cid");
  out->from_user_id = sp_xml_attr_get(propose, "inin-user-id");
  out->original_room_jid = sp_xml_attr_get(propose, "inin-ofrom");
  out->meeting_id = sp_xml_attr_get(propose, "inin-meeting-id");
  sp_str mode = sp_xml_attr_get(propose, "inin-priv-answer-mode");
  if (sp_str_is(mode, "Auto")) out->priv_answer_mode = mode;
  out->auto_answer = read_flag(sp_xml_attr_get(propose, "inin-autoanswer"));
  out->sdp_over_xmpp = read_flag(sp_xml_attr_get(propose, "inin-sdp-over-xmpp"));
}

void sp_message_read(const sp_xml *stanza, sp_message *out) {
  *out = (sp_message){ .kind = SP_MESSAGE_NONE, .auto_answer = SP_UNSET, .sdp_over_xmpp = SP_UNSET };
  if (!stanza || !sp_str_is(stanza->name, "message") || sp_str_is(sp_xml_attr_get(stanza, "type"), "error")) return;
  for (size_t i = 0; i < kind_count; i++) {
    const sp_xml *child = sp_xml_child(stanza, ns_message, kinds[i].name);
    sp_str id = sp_xml_attr_get(child, "id");
    if (!id.len) continue;
    out->kind = kinds[i].kind;
    out->session_id = id;
    out->from = sp_xml_attr_get(stanza, "from");
    out->to = sp_xml_attr_get(stanza, "to");
    if (out->kind == SP_MESSAGE_PROPOSE) read_propose(child, out);
    return;
  }
}

void sp_message_write(sp_buf *out, sp_message_kind kind, sp_str to, sp_str session_id) {
  for (size_t i = 0; i < kind_count; i++) {
    if (kinds[i].kind != kind) continue;
    sp_xw w;
    sp_xw_begin(&w, out);
    sp_xw_open(&w, "message");
    sp_xw_attr(&w, "xmlns", SP_STR("jabber:client"));
    sp_xw_attr(&w, "to", to);
    sp_xw_open(&w, kinds[i].name);
    sp_xw_attr(&w, "xmlns", SP_STR("urn:xmpp:jingle-message:0"));
    sp_xw_attr(&w, "id", session_id);
    sp_xw_close(&w);
    sp_xw_close(&w);
  }
}

/* "gjoll" in any case, anywhere after the first @, but not in the resource: that is its owner's to choose, and a
   gateway is answered with the microphone. */
static bool is_gateway(sp_str jid) {
  static const char word[] = "gjoll";
  size_t length = sizeof word - 1;
  jid = sp_jid_bare(jid);
  size_t at = sp_str_find_char(jid, '@', 0);
  if (at == SIZE_MAX) return false;
  for (size_t i = at + 1; i + length <= jid.len; i++) {
    size_t k = 0;
    while (k < length && sp_lower(jid.ptr[i + k]) == word[k]) k++;
    if (k == length) return true;
  }
  return false;
}

sp_session_type sp_session_type_of_jid(sp_str peer) {
  if (is_gateway(peer)) return SP_SESSION_SOFTPHONE;
  if (sp_str_starts(peer, "acd-")) return SP_SESSION_SCREEN_SHARE;
  if (sp_str_starts(peer, "screenrecording-")) return SP_SESSION_SCREEN_RECORDING;
  if (sp_str_starts(peer, "livemonitor-")) return SP_SESSION_LIVE_MONITORING;
  return sp_str_find(peer, "@conference", 0) != SIZE_MAX ? SP_SESSION_VIDEO : SP_SESSION_UNKNOWN;
}

static const char *const type_words[SP_SESSION_TYPES] = {
  [SP_SESSION_UNKNOWN] = "unknown",
  [SP_SESSION_SOFTPHONE] = "softphone",
  [SP_SESSION_VIDEO] = "collaborateVideo",
  [SP_SESSION_SCREEN_SHARE] = "screenShare",
  [SP_SESSION_SCREEN_RECORDING] = "screenRecording",
  [SP_SESSION_LIVE_MONITORING] = "liveScreenMonitoring",
};

const char *sp_session_type_word(sp_session_type type) {
  return type < SP_SESSION_TYPES ? type_words[type] : type_words[SP_SESSION_UNKNOWN];
}

sp_session_type sp_session_type_from_word(sp_str word) {
  for (size_t i = 0; i < SP_SESSION_TYPES; i++)
    if (sp_str_is(word, type_words[i])) return (sp_session_type)i;
  return SP_SESSION_UNKNOWN;
}
