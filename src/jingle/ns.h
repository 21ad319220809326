/* SPDX-License-Identifier: MIT */
/* ns.h: the namespaces below <jingle>, each once. */
#ifndef SP_JINGLE_NS_H
#define SP_JINGLE_NS_H

#define SP_NS_RTP        "urn:xmpp:jingle:apps:rtp:1"             /* XEP-0167 */
#define SP_NS_RTCP_FB    "urn:xmpp:jingle:apps:rtp:rtcp-fb:0"     /* XEP-0293 */
#define SP_NS_RTP_HDREXT "urn:xmpp:jingle:apps:rtp:rtp-hdrext:0"  /* XEP-0294 */
#define SP_NS_SSMA       "urn:xmpp:jingle:apps:rtp:ssma:0"        /* XEP-0339 */
#define SP_NS_MSID       "urn:xmpp:jingle:apps:rtp:msid:0"        /* not a XEP */
#define SP_NS_DTLS       "urn:xmpp:jingle:apps:dtls:0"            /* XEP-0320 */
#define SP_NS_GROUPING   "urn:xmpp:jingle:apps:grouping:0"        /* XEP-0338 */
#define SP_NS_ICE_UDP    "urn:xmpp:jingle:transports:ice-udp:1"   /* XEP-0176 */
#define SP_NS_ICE        "urn:xmpp:jingle:transports:ice:0"       /* XEP-0371 */
#define SP_NS_DTLS_SCTP  "urn:xmpp:jingle:transports:dtls-sctp:1" /* XEP-0343 */

#endif
