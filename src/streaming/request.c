/* SPDX-License-Identifier: MIT */
#include "streaming/request.h"

#include "xmpp/jid.h"
#include "xmpp/ns.h"
#include "xmpp/ping.h"

/* A service or server has no local part; nobody else may steer the connection. */
static bool is_from_service(const sp_xml *stanza) {
  return sp_jid_local(sp_xml_attr_get(stanza, "from")).len == 0;
}

static bool is_own_account(const sp_xml *stanza, sp_str own) {
  return sp_jid_bare_eq(sp_xml_attr_get(stanza, "from"), own);
}

static sp_request read_iq(const sp_xml *iq) {
  bool set = sp_str_is(sp_xml_attr_get(iq, "type"), "set");
  if (sp_xml_child_count(iq) != 1) return SP_REQUEST_MALFORMED;
  if (sp_ping_is(iq)) return SP_REQUEST_PING;
  if (!set) return SP_REQUEST_UNKNOWN;
  if (sp_xml_child(iq, SP_NS_TRANSFER, "query") && is_from_service(iq)) return SP_REQUEST_TRANSFER;
  bool ours = sp_xml_child(iq, SP_NS_GENESYS, "genesys-webrtc") || sp_xml_child(iq, SP_NS_JINGLE, "jingle");
  return ours ? SP_REQUEST_FORWARD : SP_REQUEST_UNKNOWN;
}

sp_request sp_request_read(const sp_xml *stanza, sp_str own, sp_pubsub_event *event) {
  if (sp_xml_is(stanza, SP_NS_CLIENT, "iq")) return read_iq(stanza);
  sp_pubsub_kind kind = sp_pubsub_read(stanza, event);
  if (kind == SP_PUBSUB_NONE) return SP_REQUEST_FORWARD;
  /* Events steer the conversation store: a stranger's are not for us. */
  bool trusted = is_from_service(stanza) || is_own_account(stanza, own);
  return kind == SP_PUBSUB_EVENT && trusted ? SP_REQUEST_NOTIFICATION : SP_REQUEST_IGNORE;
}

sp_str sp_request_topic(sp_str node, bool *retired) {
  static const char *const words[] = { "no_longer_subscribed", "duplicate_id" };
  *retired = false;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (sp_str_find(node, words[i], 0) == SIZE_MAX) continue;
    *retired = true;
    return sp_str_from(words[i]);
  }
  return node;
}
