/* SPDX-License-Identifier: MIT */
#include "xmpp/ping.h"

#include "xmpp/ns.h"

void sp_ping_write(sp_xw *w) {
  sp_xw_open(w, "ping");
  sp_xw_attr(w, "xmlns", SP_STR(SP_NS_PING));
  sp_xw_close(w);
}

bool sp_ping_is(const sp_xml *stanza) {
  return sp_xml_is(stanza, SP_NS_CLIENT, "iq") && sp_str_is(sp_xml_attr_get(stanza, "type"), "get") &&
         sp_xml_child_count(stanza) == 1 && sp_xml_child(stanza, SP_NS_PING, "ping");
}
