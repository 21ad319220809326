/* SPDX-License-Identifier: MIT */
/* ns.h: the namespaces of the XMPP layer, each once. */
#ifndef SP_XMPP_NS_H
#define SP_XMPP_NS_H

#define SP_NS_CLIENT        "jabber:client"
#define SP_NS_FRAMING       "urn:ietf:params:xml:ns:xmpp-framing" /* RFC 7395 */
#define SP_NS_STREAMS       "http://etherx.jabber.org/streams"
#define SP_NS_STREAM_ERRORS "urn:ietf:params:xml:ns:xmpp-streams"
#define SP_NS_STANZA_ERRORS "urn:ietf:params:xml:ns:xmpp-stanzas"
#define SP_NS_SASL          "urn:ietf:params:xml:ns:xmpp-sasl"
#define SP_NS_BIND          "urn:ietf:params:xml:ns:xmpp-bind"
#define SP_NS_SESSION       "urn:ietf:params:xml:ns:xmpp-session" /* RFC 3921 §3 */
#define SP_NS_PING          "urn:xmpp:ping"                       /* XEP-0199 */
#define SP_NS_TRANSFER      "urn:xmpp:cxfr"                       /* XEP-0051 */
#define SP_NS_EXTDISCO      "urn:xmpp:extdisco:1"                 /* XEP-0215, version 1 */
#define SP_NS_PUBSUB        "http://jabber.org/protocol/pubsub"   /* XEP-0060 */
#define SP_NS_PUBSUB_EVENT  "http://jabber.org/protocol/pubsub#event"
#define SP_NS_JSON          "urn:xmpp:json:0" /* XEP-0335 */
#define SP_NS_JINGLE        "urn:xmpp:jingle:1"
#define SP_NS_GENESYS       "genesys"

#endif
