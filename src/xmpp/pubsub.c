/* SPDX-License-Identifier: MIT */
#include "xmpp/pubsub.h"

#include "xmpp/ns.h"

void sp_pubsub_service(sp_buf *out, sp_str api_host) {
  static const char *const schemes[] = { "http://", "https://" };
  for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
    size_t len = sp_str_from(schemes[i]).len;
    if (sp_str_starts(api_host, schemes[i])) api_host = sp_str_slice(api_host, len, api_host.len);
  }
  /* A JID domain has neither path nor slash. */
  size_t slash = sp_str_find_char(api_host, '/', 0);
  if (slash != SIZE_MAX) api_host = sp_str_slice(api_host, 0, slash);
  sp_buf_add_text(out, "notifications.");
  sp_buf_add(out, api_host.len > 0 ? api_host : SP_STR("mypurecloud.com"));
}

static void write_request(sp_xw *w, const char *name, sp_str node, sp_str jid) {
  sp_xw_open(w, "pubsub");
  sp_xw_attr(w, "xmlns", SP_STR(SP_NS_PUBSUB));
  sp_xw_open(w, name);
  sp_xw_attr(w, "node", node);
  sp_xw_attr(w, "jid", jid);
  sp_xw_close(w);
  sp_xw_close(w);
}

void sp_pubsub_subscribe_write(sp_xw *w, sp_str node, sp_str jid) {
  write_request(w, "subscribe", node, jid);
}

void sp_pubsub_unsubscribe_write(sp_xw *w, sp_str node, sp_str jid) {
  write_request(w, "unsubscribe", node, jid);
}

sp_pubsub_kind sp_pubsub_read(const sp_xml *stanza, sp_pubsub_event *out) {
  *out = (sp_pubsub_event){ SP_STR_NONE, SP_STR_NONE };
  if (!sp_xml_is(stanza, SP_NS_CLIENT, "message")) return SP_PUBSUB_NONE;
  const sp_xml *event = sp_xml_child(stanza, SP_NS_PUBSUB_EVENT, "event");
  if (!event || sp_str_is(sp_xml_attr_get(stanza, "type"), "error")) return SP_PUBSUB_NONE;
  const sp_xml *items = sp_xml_child(event, SP_NS_PUBSUB_EVENT, "items");
  const sp_xml *item = sp_xml_child(items, SP_NS_PUBSUB_EVENT, "item");
  const sp_xml *json = sp_xml_child(item, SP_NS_JSON, "json");
  if (!json || sp_xml_attr_get(items, "node").len == 0) return SP_PUBSUB_EMPTY;
  out->node = sp_xml_attr_get(items, "node");
  out->json = json->text;
  return SP_PUBSUB_EVENT;
}
