/* SPDX-License-Identifier: MIT */
#include "jingle/convert.h"

#include "base/limits.h"
#include "jingle/ns.h"
#include "sdp/sdp.h"
#include "support.h"
#include "xmpp/ns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t seed[SP_SEED_BYTES] = { 7 };

/* --- the two ways, as texts --- */

static int to_sdp(const sp_alloc *alloc, sp_str xml, sp_jingle_role role, sp_buf *out) {
  sp_arena arena;
  sp_ids ids;
  sp_xml *jingle = NULL;
  sp_ids_init(&ids, seed);
  sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
  assert_int_equal(sp_xml_read(&arena, xml, &jingle, NULL), SP_OK);
  int status = sp_jingle_to_sdp(alloc, jingle, role, &ids, out);
  sp_arena_free(&arena);
  return status;
}

static int to_xml(const sp_alloc *alloc, sp_str sdp, sp_jingle_role role, sp_str ns, sp_buf *out) {
  sp_xw w;
  sp_xw_begin(&w, out);
  sp_xw_open(&w, "jingle");
  sp_xw_attr(&w, "xmlns", SP_STR(SP_NS_JINGLE));
  int status = sp_jingle_write_sdp(alloc, &w, sdp, role, ns);
  sp_xw_close(&w);
  return status;
}

/* --- rows of the tables, one test each --- */

#define JINGLE(inside) "<jingle xmlns='" SP_NS_JINGLE "'>" inside "</jingle>"
#define SHA            "<fingerprint xmlns='" SP_NS_DTLS "' hash='sha-256' setup='actpass'>AB:CD</fingerprint>"
#define ICE(inside)    "<transport xmlns='" SP_NS_ICE_UDP "' ufrag='u' pwd='p'>" inside "</transport>"
#define PCMU           "<payload-type id='0' name='PCMU' clockrate='8000'/>"
#define RTP(attributes, inside)                                                                                        \
  "<description xmlns='" SP_NS_RTP "' xmlns:fb='" SP_NS_RTCP_FB "' xmlns:ext='" SP_NS_RTP_HDREXT                       \
  "' media='audio'" attributes ">" inside "</description>"
#define CONTENT(attributes, inside) "<content creator='initiator' name='0'" attributes ">" inside "</content>"
/* One live audio content with these attributes and children of its description. */
#define AUDIO(attributes, inside) JINGLE(CONTENT("", RTP(attributes, inside) ICE(SHA)))
#define SOURCE(ssrc, parameters)  "<source xmlns='" SP_NS_SSMA "' ssrc='" ssrc "'>" parameters "</source>"
#define CNAME                     "<parameter name='cname' value='c'/>"
#define GROUP(semantics, first, second)                                                                                \
  "<ssrc-group xmlns='" SP_NS_SSMA "' semantics='" semantics "'><source ssrc='" first "'/><source ssrc='" second       \
  "'/></ssrc-group>"
#define STREAM(attributes) "<stream xmlns='" SP_NS_MSID "' " attributes "/>"
#define CHANNEL            "<sctpmap xmlns='" SP_NS_DTLS_SCTP "' number='5000' protocol='webrtc-datachannel'/>"
#define NO_DATA            "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n"

typedef struct row {
  const char *name;
  sp_jingle_role role;
  const char *from, *expected, *absent; /* what the result holds, and what it does not */
} row;

static const row inbound[] = {
  { "§10.5 row content order: sections in the same order", SP_JINGLE_INITIATOR,
    JINGLE(CONTENT("", ICE(SHA CHANNEL)) "<content name='b'>" RTP("", PCMU) ICE(SHA) "</content>"),
    "a=fingerprint:sha-256 AB:CD\r\nm=audio 9 ", NULL },
  { "§10.5 row content@name: mid", SP_JINGLE_INITIATOR,
    JINGLE("<content name='audio'>" RTP("", PCMU) ICE(SHA) "</content>"), "a=mid:audio\r\n", "a=mid:0" },
  { "§10.5 row content@creator: ignored", SP_JINGLE_INITIATOR,
    JINGLE("<content creator='responder' name='0'>" RTP("", PCMU) ICE(SHA) "</content>"), "a=sendrecv\r\n",
    "responder" },
  { "§10.5 row group: a=group", SP_JINGLE_INITIATOR,
    JINGLE("<group xmlns='" SP_NS_GROUPING "' semantics='BUNDLE'><content name='0'/><content name='1'/></group>"
           "<group xmlns='" SP_NS_GROUPING "' semantics='LS'/>" CONTENT("", RTP("", PCMU) ICE(SHA))),
    "a=group:BUNDLE 0 1\r\na=group:LS\r\nm=audio", NULL },
  { "§10.5 row header: session lines", SP_JINGLE_INITIATOR, AUDIO("", PCMU),
    " 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=msid-semantic:WMS *\r\nm=audio", NULL },
  { "§10.5 row description@media: m, c and rtcp", SP_JINGLE_INITIATOR,
    AUDIO("", PCMU "<payload-type id='111' name='opus' clockrate='48000' channels='2'/>"),
    "m=audio 9 UDP/TLS/RTP/SAVPF 0 111\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n", NULL },
  { "§10.5 row rejected: no pwd", SP_JINGLE_INITIATOR,
    JINGLE(CONTENT("", RTP("", PCMU) "<transport xmlns='" SP_NS_ICE_UDP "' ufrag='u'>" SHA "</transport>")),
    "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n", "a=ice-ufrag" },
  { "§10.5 row rejected: no ufrag", SP_JINGLE_INITIATOR,
    JINGLE(CONTENT("", RTP("", PCMU) "<transport xmlns='" SP_NS_ICE_UDP "' pwd='p'>" SHA "</transport>")),
    "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n", "a=ice-pwd" },
  { "§10.5 row rejected: no fingerprint", SP_JINGLE_INITIATOR, JINGLE(CONTENT("", RTP("", PCMU) ICE(""))),
    "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n", "a=ice-ufrag" },
  { "§10.5 row rejected: no transport of ICE", SP_JINGLE_INITIATOR,
    JINGLE(CONTENT("", RTP("", PCMU) "<transport xmlns='urn:xmpp:jingle:transports:raw-udp:1' ufrag='u' pwd='p'>" SHA
                                     "</transport>")),
    "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n", NULL },
  { "§10.5 row no payload-type: port 0", SP_JINGLE_INITIATOR, AUDIO("", ""), "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n",
    "a=rtpmap" },
  { "§10.5 row payload-type: rtpmap, channels 1 or absent", SP_JINGLE_INITIATOR,
    AUDIO("", PCMU "<payload-type id='8' name='PCMA' clockrate='8000' channels='1'/>"),
    "a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n", NULL },
  { "§10.5 row payload-type: rtpmap with channels", SP_JINGLE_INITIATOR,
    AUDIO("", "<payload-type id='111' name='opus' clockrate='48000' channels='2'/>"), "a=rtpmap:111 opus/48000/2\r\n",
    NULL },
  { "§10.5 row payload-type: static, without name", SP_JINGLE_INITIATOR, AUDIO("", "<payload-type id='0'/>"),
    "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n", "a=rtpmap" },
  { "§10.5 row payload-type@ptime and @maxptime: not used", SP_JINGLE_INITIATOR,
    AUDIO("", "<payload-type id='0' name='PCMU' clockrate='8000' ptime='20' maxptime='60'/>"), "PCMU/8000\r\n",
    "ptime" },
  { "§10.5 row parameter: one fmtp line in order", SP_JINGLE_INITIATOR,
    AUDIO("",
          "<payload-type id='111' name='opus' clockrate='48000' channels='2'><parameter name='minptime' value='10'/>"
          "<parameter name='useinbandfec' value='1'/></payload-type>"),
    "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n", NULL },
  { "§10.5 row parameter: without value", SP_JINGLE_INITIATOR,
    AUDIO("", "<payload-type id='63' name='red' clockrate='48000'><parameter name='111/111'/></payload-type>"),
    "a=fmtp:63 111/111\r\n", NULL },
  { "§10.5 row parameter: empty value, empty name, neither", SP_JINGLE_INITIATOR,
    AUDIO("",
          "<payload-type id='63'><parameter name='n' value=''/><parameter value='0-15'/><parameter/></payload-type>"),
    "a=fmtp:63 n=;0-15\r\n", NULL },
  { "§10.5 row rtcp-fb: with and without subtype", SP_JINGLE_INITIATOR,
    AUDIO("", "<payload-type id='96'><fb:rtcp-fb type='nack'/><fb:rtcp-fb type='nack' subtype='pli'/></payload-type>"),
    "a=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n", NULL },
  { "§10.5 row rtcp-fb-trr-int", SP_JINGLE_INITIATOR,
    AUDIO("", "<payload-type id='96'><fb:rtcp-fb-trr-int value='100'/></payload-type>"), "a=rtcp-fb:96 trr-int 100\r\n",
    NULL },
  { "§10.5 row rtcp-fb under description: ignored", SP_JINGLE_INITIATOR, AUDIO("", "<fb:rtcp-fb type='nack'/>" PCMU),
    "a=rtpmap:0 PCMU/8000\r\n", "nack" },
  { "§10.5 row rtp-hdrext: extmap", SP_JINGLE_INITIATOR, AUDIO("", PCMU "<ext:rtp-hdrext id='1' uri='urn:x'/>"),
    "a=extmap:1 urn:x\r\na=sendrecv\r\n", NULL },
  { "§10.5 row rtp-hdrext@senders: in an offer", SP_JINGLE_INITIATOR,
    AUDIO("", PCMU "<ext:rtp-hdrext id='1' uri='urn:x' senders='initiator'/>"
                   "<ext:rtp-hdrext id='2' uri='urn:y' senders='both'/>"),
    "a=extmap:1/sendonly urn:x\r\na=extmap:2 urn:y\r\n", NULL },
  { "§10.5 row rtp-hdrext@senders: in an answer", SP_JINGLE_RESPONDER,
    AUDIO("", PCMU "<ext:rtp-hdrext id='1' uri='urn:x' senders='initiator'/>"), "a=extmap:1/recvonly urn:x\r\n", NULL },
  { "§10.5 row rtcp-mux", SP_JINGLE_INITIATOR, AUDIO("", PCMU "<rtcp-mux/>"), "a=rtcp-mux\r\n", "rsize" },
  { "§10.5 row rtcp-reduced-size", SP_JINGLE_INITIATOR, AUDIO("", PCMU "<rtcp-reduced-size/>"), "a=rtcp-rsize\r\n",
    "a=rtcp-mux" },
  { "§10.5 row source: the first with its cname", SP_JINGLE_INITIATOR,
    AUDIO(" ssrc='1'", PCMU SOURCE("1", "<parameter name='msid' value='a b'/>" CNAME) SOURCE("2", CNAME)),
    "a=ssrc:1 cname:c\r\n", "a=ssrc:2" },
  { "§10.5 row source: without cname", SP_JINGLE_INITIATOR,
    AUDIO(" ssrc='1'", PCMU SOURCE("1", "<parameter name='label' value='l'/>") GROUP("FID", "1", "2")), "a=mid:0\r\n",
    "ssrc" },
  { "§10.5 row other source parameters: ignored", SP_JINGLE_INITIATOR,
    AUDIO(" ssrc='1'", PCMU SOURCE("1", CNAME "<parameter name='label' value='l'/>")), "a=ssrc:1 cname:c\r\n",
    "label" },
  { "§10.5 row ssrc-group: FID pair", SP_JINGLE_INITIATOR,
    AUDIO(" ssrc='1'", PCMU SOURCE("1", CNAME) GROUP("FID", "1", "2")),
    "a=ssrc:1 cname:c\r\na=ssrc-group:FID 1 2\r\na=ssrc:2 cname:c\r\n", NULL },
  { "§10.5 row ssrc-group: without semantics", SP_JINGLE_INITIATOR,
    AUDIO(" ssrc='1'", PCMU SOURCE("1", CNAME) "<ssrc-group xmlns='" SP_NS_SSMA
                                               "'><source ssrc='1'/><source ssrc='2'/></ssrc-group>"),
    "a=ssrc-group:FID 1 2\r\n", NULL },
  { "§10.5 row ssrc-group: not one of simulcast", SP_JINGLE_INITIATOR,
    AUDIO(" ssrc='1'", PCMU SOURCE("1", CNAME) GROUP("SIM", "1", "3") GROUP("FID", "1", "2")),
    "a=ssrc-group:FID 1 2\r\n", "SIM" },
  { "§10.5 row ssrc-group: no description@ssrc", SP_JINGLE_INITIATOR,
    AUDIO("", PCMU SOURCE("1", CNAME) GROUP("FID", "1", "2")), "a=ssrc:1 cname:c\r\n", "ssrc-group" },
  { "§10.5 row stream: msid", SP_JINGLE_INITIATOR, AUDIO("", PCMU STREAM("id='s' track='t'") STREAM("id='s2'")),
    "a=msid:s t\r\na=msid:s2\r\n", "legacy" },
  { "§10.5 row no stream in an offer: legacy msid", SP_JINGLE_INITIATOR, AUDIO("", PCMU),
    "a=sendrecv\r\na=msid:legacy audio\r\n", NULL },
  { "§10.5 row no stream in an answer: none", SP_JINGLE_RESPONDER, AUDIO("", PCMU), "a=sendrecv\r\na=mid:0",
    "a=msid:" },
  { "§10.5 row encryption: ignored", SP_JINGLE_INITIATOR,
    AUDIO("", PCMU "<encryption><crypto tag='1' crypto-suite='AES_CM_128_HMAC_SHA1_80' key-params='inline:x'/>"
                   "<zrtp-hash xmlns='urn:xmpp:jingle:apps:rtp:zrtp:1' version='1.10'>ab</zrtp-hash></encryption>"),
    "a=mid:0", "crypto" },
  { "§10.5 row bandwidth: not mapped", SP_JINGLE_INITIATOR, AUDIO("", PCMU "<bandwidth type='AS'>128</bandwidth>"),
    "a=mid:0", "128" },
  { "§10.5 row transport namespace: ice:0", SP_JINGLE_INITIATOR,
    JINGLE(CONTENT("", RTP("", PCMU) "<transport xmlns='" SP_NS_ICE "' ufrag='u' pwd='p'>" SHA
                                     "<candidate component='1' foundation='1' ip='192.0.2.1' port='9' priority='1' "
                                     "protocol='udp' type='host'/></transport>")),
    "a=ice-ufrag:u\r\na=ice-pwd:p\r\na=setup:actpass\r\na=fingerprint:sha-256 AB:CD\r\na=candidate:1 1 UDP 1 "
    "192.0.2.1 9 typ host\r\n",
    NULL },
  { "§10.5 row fingerprint: each, the setup of the first", SP_JINGLE_INITIATOR,
    JINGLE(CONTENT("", RTP("", PCMU) ICE(SHA "<fingerprint xmlns='" SP_NS_DTLS "' hash='sha-1' setup='active'> EF "
                                             "</fingerprint>"))),
    "a=setup:actpass\r\na=fingerprint:sha-256 AB:CD\r\na=fingerprint:sha-1 EF\r\n", "active" },
  { "§10.5 row fingerprint: without setup", SP_JINGLE_INITIATOR,
    JINGLE(CONTENT("", RTP("", PCMU) ICE("<fingerprint xmlns='" SP_NS_DTLS "' hash='sha-1'>EF</fingerprint>"))),
    "a=fingerprint:sha-1 EF\r\n", "a=setup" },
  { "§10.5 row candidate: lines; one that cannot be used is left out", SP_JINGLE_INITIATOR,
    JINGLE(CONTENT("", RTP("", PCMU) ICE(SHA "<candidate component='1' foundation='1' ip='192.0.2.1' port='9' "
                                             "priority='1' protocol='ssltcp' type='host'/>"
                                             "<candidate component='1' foundation='2' ip='192.0.2.2' port='9' "
                                             "priority='1' protocol='udp' type='host' id='x' generation='0'/>"))),
    "AB:CD\r\na=candidate:2 1 UDP 1 192.0.2.2 9 typ host\r\n", "192.0.2.1 " },
  { "§10.5 row sctpmap: data channel section", SP_JINGLE_INITIATOR, JINGLE(CONTENT("", ICE(SHA CHANNEL))),
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=sctp-port:5000\r\na=mid:0\r\n"
    "a=ice-ufrag:u\r\n",
    "sendrecv" },
  { "§10.5 row neither description nor sctpmap: rejected section", SP_JINGLE_INITIATOR, JINGLE(CONTENT("", ICE(SHA))),
    NO_DATA, "a=ice" },
  { "§10.5 row sctpmap without fingerprint: rejected section", SP_JINGLE_INITIATOR, JINGLE(CONTENT("", ICE(CHANNEL))),
    NO_DATA, "a=ice" },
  { "§10.5 row no transport at all: rejected section", SP_JINGLE_INITIATOR, JINGLE(CONTENT("", "")), NO_DATA, "a=ice" },
  { "§10.5 row remote-candidate: ignored", SP_JINGLE_INITIATOR,
    JINGLE(CONTENT("", RTP("", PCMU) ICE(SHA "<remote-candidate component='1' ip='192.0.2.1' port='9'/>"))), "a=mid:0",
    "192.0.2.1" },
  { "§10.5 line order of a section", SP_JINGLE_INITIATOR,
    AUDIO(" ssrc='1'", "<rtcp-mux/><rtcp-reduced-size/><payload-type id='96' name='VP8' clockrate='90000'><parameter "
                       "name='x'/><fb:rtcp-fb type='nack'/></payload-type><payload-type id='97' name='rtx' "
                       "clockrate='90000'/><ext:rtp-hdrext id='1' uri='urn:x'/>" SOURCE("1", CNAME)
                           GROUP("FID", "1", "2") STREAM("id='s' track='t'")),
    "m=audio 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=rtpmap:96 VP8/90000\r\n"
    "a=fmtp:96 x\r\na=rtcp-fb:96 nack\r\na=rtpmap:97 rtx/90000\r\na=extmap:1 urn:x\r\na=sendrecv\r\na=msid:s t\r\n"
    "a=rtcp-rsize\r\na=rtcp-mux\r\na=ssrc:1 cname:c\r\na=ssrc-group:FID 1 2\r\na=ssrc:2 cname:c\r\na=mid:0\r\n"
    "a=ice-ufrag:u\r\na=ice-pwd:p\r\na=setup:actpass\r\na=fingerprint:sha-256 AB:CD\r\n",
    NULL },
};
enum { inbound_count = sizeof inbound / sizeof *inbound };

#define SESSION      "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
#define MEDIA        "m=audio 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\n"
#define SECURE       "a=mid:0\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=fingerprint:sha-256 AB:CD\r\na=setup:active\r\n"
#define LINES(lines) SESSION MEDIA SECURE lines
#define PAYLOAD(id)  "<payload-type channels=\"1\" id=\"" id "\""

static const row outbound[] = {
  { "§10.5 row content order: contents in the same order", SP_JINGLE_RESPONDER,
    SESSION "m=audio 0 RTP/AVP 0\r\na=mid:b\r\nm=audio 0 RTP/AVP 0\r\na=mid:a\r\n",
    "name=\"b\"><description xmlns=\"" SP_NS_RTP "\" xmlns:rtcpf=\"" SP_NS_RTCP_FB "\" xmlns:rtph=\"" SP_NS_RTP_HDREXT
    "\" media=\"audio\">" PAYLOAD("0") "/></description><transport xmlns=\"" SP_NS_ICE_UDP
                                       "\"/></content><content creator=\"initiator\" name=\"a\">",
    NULL },
  { "§10.5 row content@creator: always initiator", SP_JINGLE_RESPONDER, LINES(""),
    "<content creator=\"initiator\" name=\"0\"><description", NULL },
  { "§10.5 row content@senders: omitted when both", SP_JINGLE_RESPONDER, LINES("a=sendrecv\r\n"), "name=\"0\">",
    "senders" },
  { "§10.5 row content@senders: of the session when the section has none", SP_JINGLE_RESPONDER,
    SESSION "a=recvonly\r\n" MEDIA SECURE, "name=\"0\" senders=\"initiator\"", NULL },
  { "§10.5 row group: from session lines", SP_JINGLE_RESPONDER, SESSION "a=group:BUNDLE 0 1\r\n" MEDIA SECURE,
    "</content><group xmlns=\"" SP_NS_GROUPING
    "\" semantics=\"BUNDLE\"><content name=\"0\"/><content name=\"1\"/></group></jingle>",
    NULL },
  { "§10.5 row session lines other than group: dropped", SP_JINGLE_RESPONDER,
    SESSION "a=msid-semantic: WMS *\r\na=extmap-allow-mixed\r\na=ice-options:trickle\r\n" MEDIA SECURE, "name=\"0\"",
    "WMS" },
  { "§10.5 row ice-lite: lost", SP_JINGLE_RESPONDER, SESSION "a=ice-lite\r\n" MEDIA SECURE, "name=\"0\"", "lite" },
  { "§10.5 row description: media kind", SP_JINGLE_RESPONDER, LINES(""), "\" media=\"audio\">", "ssrc=" },
  { "§10.5 row rejected: empty transport, no fingerprint", SP_JINGLE_RESPONDER,
    SESSION "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n" SECURE, "<transport xmlns=\"" SP_NS_ICE_UDP "\"/>", "AB:CD" },
  { "§10.5 row rejected: not when it is for a bundle alone", SP_JINGLE_RESPONDER,
    SESSION "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\na=bundle-only\r\n" SECURE, "ufrag=\"u\" pwd=\"p\"><fingerprint", NULL },
  { "§10.5 row payload-type: channels always", SP_JINGLE_RESPONDER,
    LINES("a=rtpmap:96 opus/48000/2\r\na=rtpmap:97 PCMU/8000\r\n"),
    "<payload-type channels=\"2\" clockrate=\"48000\" id=\"96\" name=\"opus\"/>"
    "<payload-type channels=\"1\" clockrate=\"8000\" id=\"97\" name=\"PCMU\"/>",
    NULL },
  { "§10.5 row payload-type: static, without rtpmap", SP_JINGLE_RESPONDER, LINES(""), PAYLOAD("96") "/>" PAYLOAD("97"),
    NULL },
  { "§10.5 row payload-type@ptime: of the parameter; maxptime never", SP_JINGLE_RESPONDER,
    LINES("a=fmtp:96 ptime=20;maxptime=60\r\na=maxptime:120\r\n"),
    PAYLOAD("96") " ptime=\"20\"><parameter name=\"ptime\" value=\"20\"/><parameter name=\"maxptime\" value=\"60\"/></",
    " maxptime" },
  { "§10.5 row parameter: the first fmtp line, bare token", SP_JINGLE_RESPONDER,
    LINES("a=fmtp:96 111/111; a=b=c ;;d=\r\na=fmtp:96 second=1\r\n"),
    PAYLOAD("96") "><parameter name=\"111/111\"/><parameter name=\"a\" value=\"b=c\"/><parameter name=\"d\" "
                  "value=\"\"/></payload-type>",
    "second" },
  { "§10.5 row rtcp-fb: type and subtype", SP_JINGLE_RESPONDER, LINES("a=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n"),
    PAYLOAD("96") "><rtcpf:rtcp-fb type=\"nack\"/><rtcpf:rtcp-fb type=\"nack\" "
                  "subtype=\"pli\"/></payload-type>" PAYLOAD("97") "/>",
    NULL },
  { "§10.5 row rtcp-fb: * for every payload that lacks it", SP_JINGLE_RESPONDER,
    LINES("a=rtcp-fb:* nack\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:* trr-int 5\r\n"),
    PAYLOAD("96") "><rtcpf:rtcp-fb type=\"nack\"/><rtcpf:rtcp-fb-trr-int value=\"5\"/></payload-type>" PAYLOAD(
        "97") "><rtcpf:rtcp-fb type=\"nack\"/><rtcpf:rtcp-fb-trr-int value=\"5\"/></payload-type>",
    "\"*\"" },
  { "§10.5 row rtp-hdrext: what follows the URI is dropped", SP_JINGLE_RESPONDER,
    LINES("a=extmap:1 urn:x attributes\r\n"), "<rtph:rtp-hdrext id=\"1\" uri=\"urn:x\"/>", "attributes" },
  { "§10.5 row rtp-hdrext@senders: in an answer", SP_JINGLE_RESPONDER,
    LINES("a=extmap:1/recvonly urn:x\r\na=extmap:2/sendrecv urn:y\r\n"),
    "<rtph:rtp-hdrext id=\"1\" senders=\"initiator\" uri=\"urn:x\"/><rtph:rtp-hdrext id=\"2\" uri=\"urn:y\"/>", NULL },
  { "§10.5 row rtp-hdrext@senders: in an offer", SP_JINGLE_INITIATOR, LINES("a=extmap:1/recvonly urn:x\r\n"),
    "senders=\"responder\"", NULL },
  { "§10.5 row rtcp-mux and rtcp-reduced-size", SP_JINGLE_RESPONDER, LINES("a=rtcp-rsize\r\na=rtcp-mux\r\n"),
    "\"><rtcp-mux/><rtcp-reduced-size/><payload-type", NULL },
  { "§10.5 row source: the first cname line", SP_JINGLE_RESPONDER,
    LINES("a=ssrc:1 msid:a b\r\na=ssrc:1 cname:c\r\na=ssrc:2 cname:d\r\n"),
    "<source xmlns=\"" SP_NS_SSMA "\" ssrc=\"1\"><parameter name=\"cname\" value=\"c\"/></source>", "\"d\"" },
  { "§10.5 row description@ssrc: the first cname ssrc", SP_JINGLE_RESPONDER,
    LINES("a=ssrc:5 msid:a b\r\na=ssrc:1 cname:c\r\n"), " media=\"audio\" ssrc=\"1\">", NULL },
  { "§10.5 row ssrc-group: FID pair of an rtx payload", SP_JINGLE_RESPONDER,
    LINES("a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=ssrc-group:SIM 1 2\r\na=ssrc-group:FID 3 4\r\n"
          "a=ssrc-group:FID 1 2\r\na=ssrc:1 cname:c\r\n"),
    "<ssrc-group xmlns=\"" SP_NS_SSMA "\" semantics=\"FID\"><source ssrc=\"1\"/><source ssrc=\"2\"/></ssrc-group>",
    "\"3\"" },
  { "§10.5 row ssrc-group: not without an rtx payload", SP_JINGLE_RESPONDER,
    LINES("a=rtpmap:97 rtx/90000\r\na=ssrc-group:FID 1 2\r\na=ssrc:1 cname:c\r\n"), "<source", "ssrc-group" },
  { "§10.5 row stream: the one msid line", SP_JINGLE_RESPONDER,
    LINES("a=msid:s t\r\na=ssrc:1 cname:c\r\na=ssrc:1 msid:x y\r\n"),
    "<stream xmlns=\"" SP_NS_MSID "\" id=\"s\" track=\"t\"/></description>", "\"x\"" },
  { "§10.5 row stream: the ssrc line when there are two", SP_JINGLE_RESPONDER,
    LINES("a=msid:s t\r\na=msid:s2 t\r\na=ssrc:1 cname:c\r\na=ssrc:1 msid:x y\r\n"), "id=\"x\" track=\"y\"", "\"s\"" },
  { "§10.5 row stream: without a track", SP_JINGLE_RESPONDER, LINES("a=msid:s\r\n"), " id=\"s\"/>", "track" },
  { "§10.5 row stream: none", SP_JINGLE_RESPONDER, LINES("a=ssrc:1 cname:c\r\n"), "<source", "<stream" },
  { "§10.5 row crypto: not written", SP_JINGLE_RESPONDER, LINES("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"),
    "name=\"0\"", "AES" },
  { "§10.5 row bandwidth: dropped", SP_JINGLE_RESPONDER, SESSION MEDIA "b=AS:128\r\n" SECURE, "name=\"0\"", "128" },
  { "§10.5 row without XML form: dropped", SP_JINGLE_RESPONDER,
    LINES("a=rtcp-xr:rcvr-rtt=all\r\na=ice-options:trickle\r\na=extmap-allow-mixed\r\na=rid:h send\r\n"
          "a=simulcast:send h\r\n"),
    PAYLOAD("97") "/></description>", "\"h\"" },
  { "§10.5 row transport namespace: ours by default", SP_JINGLE_RESPONDER, LINES(""),
    "<transport xmlns=\"" SP_NS_ICE_UDP "\" ufrag=\"u\" pwd=\"p\">", NULL },
  { "§10.5 row ufrag and pwd: of the session when the section has none", SP_JINGLE_RESPONDER,
    SESSION "a=ice-ufrag:su\r\na=ice-pwd:sp\r\n" MEDIA "a=mid:0\r\na=ice-pwd:mp\r\na=fingerprint:sha-256 AB\r\n",
    " ufrag=\"su\" pwd=\"mp\">", NULL },
  { "§10.5 row fingerprint: cases, and setup copied to each", SP_JINGLE_RESPONDER,
    LINES("a=fingerprint:SHA-1 ab:0f\r\n"),
    "<fingerprint xmlns=\"" SP_NS_DTLS
    "\" hash=\"sha-256\" setup=\"active\">AB:CD</fingerprint><fingerprint xmlns=\"" SP_NS_DTLS
    "\" hash=\"sha-1\" setup=\"active\">AB:0F</fingerprint>",
    NULL },
  { "§10.5 row fingerprint: of the session when the section has none", SP_JINGLE_RESPONDER,
    SESSION "a=fingerprint:sha-1 CD\r\na=setup:passive\r\n" MEDIA "a=mid:0\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\n",
    "hash=\"sha-1\" setup=\"passive\">CD<", NULL },
  { "§10.5 row candidate: those in the SDP, unfiltered", SP_JINGLE_RESPONDER,
    LINES("a=candidate:1 1 udp 2 2001:db8::1 5 typ host generation 0 network-id 1\r\n"
          "a=candidate:bad\r\na=candidate:2 1 TCP 2 192.0.2.1 9 typ host tcptype active\r\na=end-of-candidates\r\n"),
    "</fingerprint><candidate component=\"1\" foundation=\"1\" ip=\"2001:db8::1\" port=\"5\" priority=\"2\" "
    "protocol=\"udp\" type=\"host\"/><candidate component=\"1\" foundation=\"2\" ip=\"192.0.2.1\" port=\"9\" "
    "priority=\"2\" protocol=\"tcp\" tcptype=\"active\" type=\"host\"/></transport>",
    "network" },
  { "§10.5 row sctpmap: from sctp-port", SP_JINGLE_RESPONDER,
    SESSION "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=sendrecv\r\n" SECURE
            "a=sctp-port:5000\r\na=max-message-size:262144\r\n",
    "name=\"0\"><transport xmlns=\"" SP_NS_ICE_UDP "\" ufrag=\"u\" pwd=\"p\"><fingerprint xmlns=\"" SP_NS_DTLS
    "\" hash=\"sha-256\" setup=\"active\">AB:CD</fingerprint><sctpmap xmlns=\"" SP_NS_DTLS_SCTP
    "\" number=\"5000\" protocol=\"webrtc-datachannel\"/></transport>",
    "262144" },
  { "§10.5 row sctpmap: from the old attribute", SP_JINGLE_RESPONDER,
    SESSION "m=application 9 DTLS/SCTP 5001\r\n" SECURE "a=sctpmap:5001 webrtc-datachannel 1024\r\n",
    "number=\"5001\" protocol=\"webrtc-datachannel\"/>", "1024" },
  { "§10.5 row rejected: data channel", SP_JINGLE_RESPONDER,
    SESSION "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n" SECURE "a=sctp-port:5000\r\n",
    "name=\"0\"><transport xmlns=\"" SP_NS_ICE_UDP "\"/></content>", "sctpmap" },
};
enum { outbound_count = sizeof outbound / sizeof *outbound };

static void check_row(const row *r, int status, sp_str got) {
  if (status != SP_OK) fail_msg("%s: %s", r->name, sp_status_name(status));
  if (sp_str_find(got, r->expected, 0) == SIZE_MAX || (r->absent && sp_str_find(got, r->absent, 0) != SIZE_MAX))
    fail_msg("%s:\n%.*s", r->name, SP_STR_ARG(got));
}

static void inbound_row(void **state) {
  const row *r = *state;
  sp_buf out;
  sp_buf_init(&out, NULL, SP_MAX_FRAME);
  int status = to_sdp(NULL, sp_str_from(r->from), r->role, &out);
  check_row(r, status, sp_buf_str(&out));
  sp_buf_free(&out);
}

static void outbound_row(void **state) {
  const row *r = *state;
  sp_buf out;
  sp_buf_init(&out, NULL, SP_MAX_FRAME);
  int status = to_xml(NULL, sp_str_from(r->from), r->role, SP_STR_NONE, &out);
  check_row(r, status, sp_buf_str(&out));
  sp_buf_free(&out);
}

/* --- directions --- */

static const struct {
  const char *senders, *initiator, *responder;
} directions[] = {
  { "both", "sendrecv", "sendrecv" },
  { "initiator", "sendonly", "recvonly" },
  { "responder", "recvonly", "sendonly" },
  { "none", "inactive", "inactive" },
};

static void direction_table(void **state) {
  (void)state;
  for (size_t i = 0; i < 2 * (sizeof directions / sizeof *directions); i++) {
    sp_jingle_role role = i % 2 ? SP_JINGLE_RESPONDER : SP_JINGLE_INITIATOR;
    const char *direction = role == SP_JINGLE_INITIATOR ? directions[i / 2].initiator : directions[i / 2].responder;
    const char *senders = directions[i / 2].senders;
    char xml[2048], sdp[1024], line[64];
    sp_buf out;
    sp_buf_init(&out, NULL, SP_MAX_FRAME);
    snprintf(xml, sizeof xml, JINGLE("<content name='0' senders='%s'>" RTP("", PCMU) ICE(SHA) "</content>"), senders);
    snprintf(line, sizeof line, "\r\na=%s\r\n", direction);
    assert_int_equal(to_sdp(NULL, sp_str_from(xml), role, &out), SP_OK);
    if (sp_str_find(sp_buf_str(&out), line, 0) == SIZE_MAX) fail_msg("%s to %s", senders, direction);
    sp_buf_reset(&out);
    snprintf(sdp, sizeof sdp, LINES("a=%s\r\n"), direction);
    snprintf(line, sizeof line, i / 2 ? " senders=\"%s\"" : "name=\"0\">", senders);
    assert_int_equal(to_xml(NULL, sp_str_from(sdp), role, SP_STR_NONE, &out), SP_OK);
    if (sp_str_find(sp_buf_str(&out), line, 0) == SIZE_MAX) fail_msg("%s to %s", direction, senders);
    sp_buf_free(&out);
  }
}

static void other_senders_are_inactive(void **state) {
  (void)state;
  static const struct {
    const char *attribute, *line;
  } cases[] = { { "", "a=sendrecv\r\n" }, { " senders='all'", "a=inactive\r\n" } };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char xml[2048];
    sp_buf out;
    sp_buf_init(&out, NULL, SP_MAX_FRAME);
    snprintf(xml, sizeof xml, JINGLE("<content name='0'%s>" RTP("", PCMU) ICE(SHA) "</content>"), cases[i].attribute);
    assert_int_equal(to_sdp(NULL, sp_str_from(xml), SP_JINGLE_INITIATOR, &out), SP_OK);
    assert_true(sp_str_find(sp_buf_str(&out), cases[i].line, 0) != SIZE_MAX);
    sp_buf_free(&out);
  }
}

/* --- candidates --- */

#define CANDIDATE(rest) "<candidate component='1' foundation='7' ip='192.0.2.1' priority='99' " rest "/>"

static const struct {
  const char *name, *element, *line; /* without line: refused */
} inbound_candidates[] = {
  { "host", CANDIDATE("port='5' protocol='udp' type='host' id='x' generation='1' network='2'"),
    "candidate:7 1 UDP 99 192.0.2.1 5 typ host" },
  { "host with a related address", CANDIDATE("port='5' protocol='udp' type='host' rel-addr='192.0.2.9' rel-port='6'"),
    "candidate:7 1 UDP 99 192.0.2.1 5 typ host" },
  { "srflx", CANDIDATE("port='5' protocol='UDP' type='srflx' rel-addr='192.0.2.9' rel-port='6'"),
    "candidate:7 1 UDP 99 192.0.2.1 5 typ srflx raddr 192.0.2.9 rport 6" },
  { "srflx without a related port", CANDIDATE("port='5' protocol='udp' type='srflx' rel-addr='192.0.2.9'"),
    "candidate:7 1 UDP 99 192.0.2.1 5 typ srflx" },
  { "relay with empty attributes", CANDIDATE("port='5' protocol='udp' type='relay' rel-addr='' rel-port=''"),
    "candidate:7 1 UDP 99 192.0.2.1 5 typ relay" },
  { "prflx", CANDIDATE("port='5' protocol='udp' type='prflx'"), "candidate:7 1 UDP 99 192.0.2.1 5 typ prflx" },
  { "TCP", CANDIDATE("port='9' protocol='tcp' type='host' tcptype='active'"),
    "candidate:7 1 TCP 99 192.0.2.1 9 typ host tcptype active" },
  { "tcptype of UDP", CANDIDATE("port='9' protocol='udp' type='host' tcptype='active'"),
    "candidate:7 1 UDP 99 192.0.2.1 9 typ host" },
  { "the largest numbers",
    "<candidate component='256' foundation='f' ip='::1' port='65535' priority='4294967295' protocol='udp' "
    "type='host'/>",
    "candidate:f 256 UDP 4294967295 ::1 65535 typ host" },
  { "no port", CANDIDATE("protocol='udp' type='host'"), NULL },
  { "port too large", CANDIDATE("port='65536' protocol='udp' type='host'"), NULL },
  { "a negative port", CANDIDATE("port='-1' protocol='udp' type='host'"), NULL },
  { "a port of words", CANDIDATE("port='x' protocol='udp' type='host'"), NULL },
  { "related port too large", CANDIDATE("port='5' protocol='udp' type='srflx' rel-addr='::' rel-port='70000'"), NULL },
  { "no protocol", CANDIDATE("port='5' type='host'"), NULL },
  { "unknown protocol", CANDIDATE("port='5' protocol='sctp' type='host'"), NULL },
  { "no type", CANDIDATE("port='5' protocol='udp'"), NULL },
  { "unknown type", CANDIDATE("port='5' protocol='udp' type='local'"), NULL },
  { "component too large",
    "<candidate component='257' foundation='f' ip='::1' port='1' priority='1' protocol='udp' type='host'/>", NULL },
  { "priority too large",
    "<candidate component='1' foundation='f' ip='::1' port='1' priority='4294967296' protocol='udp' type='host'/>",
    NULL },
  { "no foundation", "<candidate component='1' ip='::1' port='1' priority='1' protocol='udp' type='host'/>", NULL },
  { "no address", "<candidate component='1' foundation='f' port='1' priority='1' protocol='udp' type='host'/>", NULL },
  { "an address of two words",
    "<candidate component='1' foundation='f' ip='a b' port='1' priority='1' protocol='udp' type='host'/>", NULL },
  { "a line end",
    "<candidate component='1' foundation='f&#13;&#10;a=x' ip='::1' port='1' priority='1' protocol='udp' type='host'/>",
    NULL },
};

static void inbound_candidates_become_lines(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof inbound_candidates / sizeof *inbound_candidates; i++) {
    sp_arena arena;
    sp_xml *element = NULL;
    sp_buf out;
    sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
    sp_buf_init(&out, NULL, 4096);
    assert_int_equal(sp_xml_read(&arena, sp_str_from(inbound_candidates[i].element), &element, NULL), SP_OK);
    int status = sp_jingle_candidate_to_line(element, &out);
    const char *line = inbound_candidates[i].line;
    if (status != (line ? SP_OK : SP_ESYNTAX) || !sp_str_is(sp_buf_str(&out), line ? line : ""))
      fail_msg("%s: %.*s", inbound_candidates[i].name, SP_STR_ARG(sp_buf_str(&out)));
    sp_buf_free(&out);
    sp_arena_free(&arena);
  }
}

#define TRICKLE(ns, ufrag, inside)                                                                                     \
  "<content creator=\"initiator\" name=\"audio\"><transport xmlns=\"" ns "\"" ufrag ">" inside "</transport></"        \
  "content>"

static const struct {
  const char *name, *line, *ufrag, *ns, *xml;
  int status;
} outbound_candidates[] = {
  { "host", "candidate:3741044755 1 udp 2122194687 192.0.2.2 39037 typ host generation 0 ufrag ZRI+ network-id 1", "u",
    NULL,
    TRICKLE(SP_NS_ICE_UDP, " ufrag=\"u\"",
            "<candidate component=\"1\" foundation=\"3741044755\" ip=\"192.0.2.2\" port=\"39037\" "
            "priority=\"2122194687\" protocol=\"udp\" type=\"host\"/>"),
    SP_OK },
  { "the ufrag of the line, another namespace", "a=candidate:1 2 UDP 3 192.0.2.2 4 typ host ufrag ZRI+", NULL,
    SP_NS_ICE,
    TRICKLE(SP_NS_ICE, " ufrag=\"ZRI+\"",
            "<candidate component=\"2\" foundation=\"1\" ip=\"192.0.2.2\" port=\"4\" priority=\"3\" protocol=\"udp\" "
            "type=\"host\"/>"),
    SP_OK },
  { "relay", "candidate:1 1 udp 3 2001:db8::9 4 typ relay raddr 192.0.2.7 rport 5", NULL, NULL,
    TRICKLE(SP_NS_ICE_UDP, "",
            "<candidate component=\"1\" foundation=\"1\" ip=\"2001:db8::9\" port=\"4\" priority=\"3\" protocol=\"udp\" "
            "rel-addr=\"192.0.2.7\" rel-port=\"5\" type=\"relay\"/>"),
    SP_OK },
  { "a related port of 0", "candidate:1 1 udp 3 192.0.2.2 4 typ srflx raddr 0.0.0.0 rport 0", NULL, NULL,
    TRICKLE(SP_NS_ICE_UDP, "",
            "<candidate component=\"1\" foundation=\"1\" ip=\"192.0.2.2\" port=\"4\" priority=\"3\" protocol=\"udp\" "
            "rel-addr=\"0.0.0.0\" type=\"srflx\"/>"),
    SP_OK },
  { "TCP", "candidate:1 1 tcp 3 192.0.2.2 9 typ host tcptype active", NULL, NULL, "", SP_ENOENT },
  { "IPv6 host", "candidate:1 1 udp 3 2001:db8::9 4 typ host", NULL, NULL, "", SP_ENOENT },
  { "mDNS host", "candidate:1 1 udp 3 0123.local 4 typ host", NULL, NULL, "", SP_ENOENT },
  { "no type", "candidate:1 1 udp 3 192.0.2.2 4", NULL, NULL, "", SP_ESYNTAX },
  { "nothing", "", NULL, NULL, "", SP_ESYNTAX },
};

static void local_candidates_become_elements(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof outbound_candidates / sizeof *outbound_candidates; i++) {
    sp_buf out;
    sp_xw w;
    sp_buf_init(&out, NULL, 4096);
    sp_xw_begin(&w, &out);
    int status =
        sp_jingle_write_candidate(&w, SP_STR("audio"), sp_str_from(outbound_candidates[i].ufrag),
                                  sp_str_from(outbound_candidates[i].line), sp_str_from(outbound_candidates[i].ns));
    if (status != outbound_candidates[i].status || !sp_str_is(sp_buf_str(&out), outbound_candidates[i].xml))
      fail_msg("%s: %.*s", outbound_candidates[i].name, SP_STR_ARG(sp_buf_str(&out)));
    sp_buf_free(&out);
  }
}

static void the_end_of_gathering(void **state) {
  (void)state;
  sp_buf out;
  sp_xw w;
  sp_buf_init(&out, NULL, 4096);
  sp_xw_begin(&w, &out);
  assert_int_equal(sp_jingle_write_gathering_complete(&w, SP_STR("audio"), SP_STR("u"), SP_STR_NONE), SP_OK);
  assert_true(sp_str_is(sp_buf_str(&out), TRICKLE(SP_NS_ICE_UDP, " ufrag=\"u\"", "<gathering-complete/>")));
  sp_buf_free(&out);
}

/* --- ICE restart --- */

#define RESTART_SDP                                                                                                    \
  SESSION                                                                                                              \
  "m=audio 9 X 0\r\na=ice-ufrag:u1\r\na=ice-pwd:p1\r\na=candidate:1 1 UDP 1 192.0.2.1 9 typ host\r\n"                  \
  "a=end-of-candidates\r\na=mid:0\r\n"                                                                                 \
  "m=video 9 X 0\r\na=ice-ufrag:u1\r\na=ice-pwd:p1\r\na=candidate:1 1 UDP 1 192.0.2.1 9 typ host\r\na=mid:1\r\n"
#define NEW(name, attributes) "<content name='" name "'><transport xmlns='" SP_NS_ICE_UDP "' " attributes "/></content>"

static const struct {
  const char *name, *xml, *sdp; /* without sdp: nothing to do */
  int status;
} restarts[] = {
  { "of every section, by position", JINGLE(NEW("x", "ufrag='u2' pwd='p2'") NEW("y", "ufrag='u3' pwd='p3'")),
    SESSION "m=audio 9 X 0\r\na=ice-ufrag:u2\r\na=ice-pwd:p2\r\na=mid:0\r\n"
            "m=video 9 X 0\r\na=ice-ufrag:u3\r\na=ice-pwd:p3\r\na=mid:1\r\n",
    SP_OK },
  { "of the first section", JINGLE(NEW("0", "ufrag='u2' pwd='p2'")),
    SESSION
    "m=audio 9 X 0\r\na=ice-ufrag:u2\r\na=ice-pwd:p2\r\na=mid:0\r\n"
    "m=video 9 X 0\r\na=ice-ufrag:u1\r\na=ice-pwd:p1\r\na=candidate:1 1 UDP 1 192.0.2.1 9 typ host\r\na=mid:1\r\n",
    SP_OK },
  { "the password alone", JINGLE(NEW("0", "ufrag='u1' pwd='p2'")),
    SESSION
    "m=audio 9 X 0\r\na=ice-ufrag:u1\r\na=ice-pwd:p2\r\na=mid:0\r\n"
    "m=video 9 X 0\r\na=ice-ufrag:u1\r\na=ice-pwd:p1\r\na=candidate:1 1 UDP 1 192.0.2.1 9 typ host\r\na=mid:1\r\n",
    SP_OK },
  { "the same credentials", JINGLE(NEW("0", "ufrag='u1' pwd='p1'")), NULL, SP_ENOENT },
  { "no password", JINGLE(NEW("0", "ufrag='u2'")), NULL, SP_ENOENT },
  { "no transport", JINGLE("<content name='0'/>"), NULL, SP_ENOENT },
  { "no content", JINGLE(""), NULL, SP_ENOENT },
  { "a third section", JINGLE(NEW("0", "") NEW("1", "") NEW("2", "ufrag='u2' pwd='p2'")), NULL, SP_ENOENT },
  { "a line end", JINGLE(NEW("0", "ufrag='u2&#10;a=x' pwd='p2'")), NULL, SP_ESYNTAX },
};

static void ice_restarts(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof restarts / sizeof *restarts; i++) {
    bool failed = true;
    for (size_t n = 0; failed; n++) {
      sp_arena arena;
      sp_xml *jingle = NULL;
      sp_buf out;
      const sp_alloc *alloc = test_alloc_new(n);
      sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
      sp_buf_init(&out, alloc, SP_MAX_FRAME);
      assert_int_equal(sp_xml_read(&arena, sp_str_from(restarts[i].xml), &jingle, NULL), SP_OK);
      int status = sp_jingle_restart_sdp(alloc, SP_STR(RESTART_SDP), jingle, &out);
      failed = n == 0 || test_alloc_failed();
      if (n && failed) assert_int_equal(status, SP_ENOMEM);
      else if (status != restarts[i].status) fail_msg("%s: %s", restarts[i].name, sp_status_name(status));
      const char *expected = status == SP_OK ? restarts[i].sdp : "";
      if (!sp_str_is(sp_buf_str(&out), expected)) fail_msg("%s: %.*s", restarts[i].name, SP_STR_ARG(sp_buf_str(&out)));
      sp_buf_free(&out);
      sp_arena_free(&arena);
      assert_int_equal(test_alloc_live(), 0);
    }
  }
}

static void transports_of_an_answer(void **state) {
  (void)state;
  sp_buf out;
  sp_xw w;
  sp_buf_init(&out, NULL, SP_MAX_FRAME);
  sp_xw_begin(&w, &out);
  const sp_str sdp = SP_STR(
      SESSION "a=group:BUNDLE 0 d\r\n" MEDIA SECURE "a=recvonly\r\na=candidate:1 1 UDP 1 192.0.2.1 9 typ host\r\n"
              "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\na=sctp-port:5000\r\na=ice-ufrag:v\r\n"
              "a=ice-pwd:q\r\na=fingerprint:sha-256 EF\r\n");
  assert_int_equal(sp_jingle_write_transports(NULL, &w, sdp, SP_STR(SP_NS_ICE)), SP_OK);
  const char *expected = "<content creator=\"initiator\" name=\"0\"><transport xmlns=\"" SP_NS_ICE
                         "\" ufrag=\"u\" pwd=\"p\"><fingerprint xmlns=\"" SP_NS_DTLS
                         "\" hash=\"sha-256\" setup=\"active\">AB:CD</fingerprint></transport></content>"
                         "<content creator=\"initiator\" name=\"d\"><transport xmlns=\"" SP_NS_ICE
                         "\" ufrag=\"v\" pwd=\"q\"><fingerprint xmlns=\"" SP_NS_DTLS
                         "\" hash=\"sha-256\">EF</fingerprint><sctpmap xmlns=\"" SP_NS_DTLS_SCTP
                         "\" number=\"5000\" protocol=\"webrtc-datachannel\"/></transport></content>";
  if (!sp_str_is(sp_buf_str(&out), expected)) fail_msg("%.*s", SP_STR_ARG(sp_buf_str(&out)));
  sp_buf_free(&out);
}

static void the_namespace_of_the_peer(void **state) {
  (void)state;
  static const struct {
    const char *xml, *ns;
  } cases[] = {
    { JINGLE(CONTENT("", ICE(""))), SP_NS_ICE_UDP },
    { JINGLE(CONTENT("", "<transport xmlns='" SP_NS_ICE "'/>") CONTENT("", ICE(""))), SP_NS_ICE },
    { JINGLE(CONTENT("", "<transport xmlns='urn:x'/>")), "" },
    { JINGLE(CONTENT("", "")), "" },
    { JINGLE(""), "" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_arena arena;
    sp_xml *jingle = NULL;
    sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
    assert_int_equal(sp_xml_read(&arena, sp_str_from(cases[i].xml), &jingle, NULL), SP_OK);
    assert_true(sp_str_is(sp_jingle_transport_ns(jingle), cases[i].ns));
    sp_arena_free(&arena);
  }
  assert_null(sp_jingle_transport_ns(NULL).ptr);
}

/* --- malformed input, limits, memory --- */

static const struct {
  const char *name, *xml;
} bad_jingles[] = {
  { "no content", JINGLE("") },
  { "a content of another namespace", JINGLE("<content xmlns='urn:x' name='0'/>") },
  { "a content without name", JINGLE("<content>" ICE(SHA) "</content>") },
  { "two contents of one name", JINGLE(CONTENT("", ICE(SHA CHANNEL)) CONTENT("", ICE(SHA CHANNEL))) },
  { "a name of two words", JINGLE("<content name='a b'>" ICE(SHA) "</content>") },
  { "a description without media",
    JINGLE(CONTENT("", "<description xmlns='" SP_NS_RTP "'>" PCMU "</description>" ICE(SHA))) },
  { "a payload without id", AUDIO("", "<payload-type name='PCMU' clockrate='8000'/>") },
  { "a payload of 128", AUDIO("", "<payload-type id='128' name='PCMU' clockrate='8000'/>") },
  { "a payload of words", AUDIO("", "<payload-type id='x' name='PCMU' clockrate='8000'/>") },
  { "two payloads of one id", AUDIO("", PCMU PCMU) },
  { "a codec of two words", AUDIO("", "<payload-type id='0' name='P C' clockrate='8000'/>") },
  { "a line end in a codec", AUDIO("", "<payload-type id='0' name='P&#10;a=x:' clockrate='8000'/>") },
  { "a line end in a clock rate", AUDIO("", "<payload-type id='0' name='P' clockrate='8000&#10;a=x'/>") },
  { "a line end in channels", AUDIO("", "<payload-type id='0' name='P' clockrate='8' channels='2&#10;a=x'/>") },
  { "a line end in a parameter's name",
    AUDIO("", "<payload-type id='0'><parameter name='n&#13;&#10;a=x' value='v'/></payload-type>") },
  { "a line end in a parameter's value",
    AUDIO("", "<payload-type id='0'><parameter name='n' value='v&#13;a=x'/></payload-type>") },
  { "feedback without type", AUDIO("", "<payload-type id='0'><fb:rtcp-fb subtype='x'/></payload-type>") },
  { "a line end in feedback",
    AUDIO("", "<payload-type id='0'><fb:rtcp-fb type='a' subtype='x&#10;y'/></payload-type>") },
  { "an extension without id", AUDIO("", PCMU "<ext:rtp-hdrext uri='urn:x'/>") },
  { "an extension without uri", AUDIO("", PCMU "<ext:rtp-hdrext id='1'/>") },
  { "a line end in an extension", AUDIO("", PCMU "<ext:rtp-hdrext id='1' uri='urn:x&#10;a=x'/>") },
  { "a source without ssrc", AUDIO("", PCMU "<source xmlns='" SP_NS_SSMA "'>" CNAME "</source>") },
  { "a line end in a cname", AUDIO("", PCMU SOURCE("1", "<parameter name='cname' value='c&#10;a=x'/>")) },
  { "a line end in a group", AUDIO(" ssrc='1'", PCMU SOURCE("1", CNAME) GROUP("FID", "1", "2&#10;a=x")) },
  { "a stream without id", AUDIO("", PCMU STREAM("track='t'")) },
  { "a line end in a stream", AUDIO("", PCMU STREAM("id='s' track='t&#10;a=x'")) },
  { "a fingerprint without hash",
    JINGLE(CONTENT("", RTP("", PCMU) ICE("<fingerprint xmlns='" SP_NS_DTLS "'>AB</fingerprint>"))) },
  { "a fingerprint without text",
    JINGLE(CONTENT("", RTP("", PCMU) ICE("<fingerprint xmlns='" SP_NS_DTLS "' hash='sha-1'/>"))) },
  { "a line end in a fingerprint",
    JINGLE(CONTENT("", RTP("", PCMU) ICE("<fingerprint xmlns='" SP_NS_DTLS "' hash='sha-1'>AB\na=x</fingerprint>"))) },
  { "a line end in a ufrag", JINGLE(CONTENT("", RTP("", PCMU) "<transport xmlns='" SP_NS_ICE_UDP
                                                              "' ufrag='u&#10;a=x' pwd='p'>" SHA "</transport>")) },
  { "a channel without number",
    JINGLE(CONTENT("", ICE(SHA "<sctpmap xmlns='" SP_NS_DTLS_SCTP "' protocol='webrtc-datachannel'/>"))) },
  { "a line end in a group of contents",
    JINGLE(CONTENT("", ICE(SHA)) "<group xmlns='" SP_NS_GROUPING
                                 "' semantics='BUNDLE'><content name='0&#10;a=x'/></group>") },
  { "a group without semantics",
    JINGLE(CONTENT("", ICE(SHA)) "<group xmlns='" SP_NS_GROUPING "'><content name='0'/></group>") },
};

static void bad_jingles_are_refused(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof bad_jingles / sizeof *bad_jingles; i++) {
    sp_buf out;
    sp_buf_init(&out, NULL, SP_MAX_FRAME);
    sp_buf_add_text(&out, "before");
    int status = to_sdp(NULL, sp_str_from(bad_jingles[i].xml), SP_JINGLE_INITIATOR, &out);
    if (status != SP_ESYNTAX || !sp_str_is(sp_buf_str(&out), "before"))
      fail_msg("%s: %s %.*s", bad_jingles[i].name, sp_status_name(status), SP_STR_ARG(sp_buf_str(&out)));
    sp_buf_free(&out);
  }
}

static const struct {
  const char *name, *sdp;
} bad_sdps[] = {
  { "no SDP", "hello" },
  { "no section", SESSION },
  { "no mid", SESSION MEDIA },
  { "an empty mid", SESSION MEDIA "a=mid:\r\n" },
  { "a mid of two words", SESSION MEDIA "a=mid:a b\r\n" },
  { "two sections of one mid", SESSION MEDIA "a=mid:0\r\n" MEDIA "a=mid:0\r\n" },
  { "a payload of 128", SESSION "m=audio 9 RTP/AVP 128\r\na=mid:0\r\n" },
  { "a payload of words", SESSION "m=audio 9 RTP/AVP *\r\na=mid:0\r\n" },
  { "a payload twice", SESSION "m=audio 9 RTP/AVP 0 0\r\na=mid:0\r\n" },
  { "a fingerprint of one word", SESSION MEDIA "a=mid:0\r\na=fingerprint:sha-1\r\n" },
};

static void bad_sdps_are_refused(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof bad_sdps / sizeof *bad_sdps; i++) {
    sp_buf out;
    sp_buf_init(&out, NULL, SP_MAX_FRAME);
    int status = to_xml(NULL, sp_str_from(bad_sdps[i].sdp), SP_JINGLE_RESPONDER, SP_STR_NONE, &out);
    /* The writer stands where it stood: the element around can still be closed. */
    if (status != SP_ESYNTAX || !sp_str_is(sp_buf_str(&out), "<jingle xmlns=\"" SP_NS_JINGLE "\"/>"))
      fail_msg("%s: %s %.*s", bad_sdps[i].name, sp_status_name(status), SP_STR_ARG(sp_buf_str(&out)));
    sp_buf_free(&out);
  }
}

static int to_sdp_repeated(const char *head, const char *piece, size_t count, const char *tail) {
  sp_buf xml, out;
  sp_buf_init(&xml, NULL, SP_MAX_FRAME);
  sp_buf_init(&out, NULL, SP_MAX_FRAME);
  sp_buf_add_text(&xml, head);
  for (size_t i = 0; i < count; i++) {
    char one[512];
    snprintf(one, sizeof one, piece, i);
    sp_buf_add_text(&xml, one);
  }
  sp_buf_add_text(&xml, tail);
  int status = to_sdp(NULL, sp_buf_str(&xml), SP_JINGLE_INITIATOR, &out);
  sp_buf_free(&xml);
  sp_buf_free(&out);
  return status;
}

static void limits(void **state) {
  (void)state;
  const char *open = "<jingle xmlns='" SP_NS_JINGLE "'>", *content = "<content name='%zu'/>";
  assert_int_equal(to_sdp_repeated(open, content, SP_MAX_SDP_SECTIONS - 1, "</jingle>"), SP_OK);
  assert_int_equal(to_sdp_repeated(open, content, SP_MAX_SDP_SECTIONS, "</jingle>"), SP_ELIMIT);
  const char *candidates = "<jingle xmlns='" SP_NS_JINGLE "'><content name='0'><transport xmlns='" SP_NS_ICE_UDP
                           "' ufrag='u' pwd='p'>" SHA CHANNEL;
  const char *candidate = "<candidate component='1' foundation='%zu' ip='192.0.2.1' priority='9' port='5' "
                          "protocol='udp' type='host'/>";
  const char *end = "</transport></content></jingle>";
  assert_int_equal(to_sdp_repeated(candidates, candidate, SP_MAX_SDP_LINES - 8, end), SP_OK);
  assert_int_equal(to_sdp_repeated(candidates, candidate, SP_MAX_SDP_LINES, end), SP_ELIMIT);
  const char *payload = "<jingle xmlns='" SP_NS_JINGLE "'><content name='0'><description xmlns='" SP_NS_RTP
                        "' media='audio'><payload-type id='0'>";
  const char *parameter = "<parameter name='n%04zu' value='v'/>",
             *close = "</payload-type></description></content></jingle>";
  assert_int_equal(to_sdp_repeated(payload, parameter, SP_MAX_SDP_LINE / 8 - 1, close), SP_OK);
  assert_int_equal(to_sdp_repeated(payload, parameter, SP_MAX_SDP_LINE / 8, close), SP_ELIMIT);
}

static void full_buffers(void **state) {
  (void)state;
  const sp_str xml = SP_STR(AUDIO("", PCMU)), sdp = SP_STR(LINES("a=rtpmap:96 VP8/90000\r\n"));
  for (size_t max = 0; max < 64; max++) {
    sp_buf out;
    sp_buf_init(&out, NULL, max);
    assert_int_equal(to_sdp(NULL, xml, SP_JINGLE_INITIATOR, &out), SP_ELIMIT);
    assert_int_equal(out.len, 0);
    sp_buf_free(&out);
    sp_buf_init(&out, NULL, max);
    assert_int_equal(to_xml(NULL, sdp, SP_JINGLE_RESPONDER, SP_STR_NONE, &out), SP_ELIMIT);
    sp_buf_free(&out);
  }
}

/* --- real descriptions, recorded with tests/tools/record-sdp.mjs --- */

static const char *const recorded[] = {
#define SHAPE(browser, shape) browser "-" shape "-offer", browser "-" shape "-answer"
#define SHAPES(browser)                                                                                                \
  SHAPE(browser, "audio"), SHAPE(browser, "video"), SHAPE(browser, "both"), SHAPE(browser, "data"),                    \
      SHAPE(browser, "simulcast"), SHAPE(browser, "inactive"), SHAPE(browser, "rejected"),                             \
      SHAPE(browser, "max-compat"), SHAPE(browser, "balanced"), SHAPE(browser, "max-bundle")
  SHAPES("chromium"),
  SHAPES("firefox"),
};
enum { recorded_count = sizeof recorded / sizeof *recorded };

static sp_str recording(const char *name) {
  char path[128];
  snprintf(path, sizeof path, "jingle/%s.sdp", name);
  return read_fixture(path);
}

static sp_jingle_role role_of(const char *name) {
  return strstr(name, "-offer") ? SP_JINGLE_INITIATOR : SP_JINGLE_RESPONDER;
}

static int round_trip(const sp_alloc *alloc, sp_str sdp, sp_jingle_role role, sp_buf *out) {
  sp_buf xml;
  sp_buf_init(&xml, alloc, SP_MAX_FRAME);
  int status = to_xml(alloc, sdp, role, SP_STR_NONE, &xml);
  if (status == SP_OK) status = sp_buf_status(&xml);
  if (status == SP_OK) status = to_sdp(alloc, sp_buf_str(&xml), role, out);
  sp_buf_free(&xml);
  return status;
}

/* What wire.md §10.5 keeps of a live section, line for line; the session's fingerprint moves into the sections. */
static const char *const kept[] = { "rtpmap",     "fmtp",     "rtcp-fb",     "extmap",   "msid",      "rtcp-mux",
                                    "rtcp-rsize", "mid",      "setup",       "ice-pwd",  "group",     "sendrecv",
                                    "sendonly",   "recvonly", "fingerprint", "inactive", "ice-ufrag", "sctp-port" };
/* In a rejected section the transport goes. */
static const char *const of_transport[] = { "setup", "ice-pwd", "ice-ufrag", "fingerprint", "sctp-port" };

static bool is_one_of(sp_str name, const char *const *names, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (sp_str_is(name, names[i])) return true;
  return false;
}

/* Firefox describes payloads that its m-line does not have. */
static bool is_of_no_format(const sp_sdp_section *section, const sp_sdp_line *line) {
  static const char *const of_payloads[] = { "rtpmap", "fmtp", "rtcp-fb" };
  sp_str rest = line->value, formats = section->formats, id = sp_sdp_word(&rest), format;
  if (!is_one_of(line->name, of_payloads, sizeof of_payloads / sizeof *of_payloads)) return false;
  while ((format = sp_sdp_word(&formats)).len)
    if (sp_str_eq(format, id)) return false;
  return true;
}

/* One channel is the default of rtpmap, which Firefox writes. */
static sp_str without_default(const sp_sdp_line *line) {
  bool redundant = sp_str_is(line->name, "rtpmap") && sp_str_ends(line->value, "/1");
  return sp_str_slice(line->value, 0, line->value.len - (redundant ? 2 : 0));
}

static bool holds(const sp_sdp_section *section, const sp_sdp_line *line) {
  for (size_t i = 0; i < section->count; i++)
    if (sp_str_eq(section->lines[i].name, line->name) &&
        sp_str_eq(without_default(&section->lines[i]), without_default(line)))
      return true;
  return false;
}

static void check_section(const char *name, const sp_sdp_section *before, const sp_sdp_section *after) {
  bool rejected = sp_str_is(before->port, "0") && !sp_sdp_next(before, "bundle-only", NULL);
  bool channel = sp_str_find(before->protocol, "SCTP", 0) != SIZE_MAX;
  assert_true(sp_str_eq(before->media, after->media));
  assert_true(sp_str_eq(before->formats, after->formats));
  assert_true(sp_str_eq(before->protocol, after->protocol));
  if (before->media.ptr) assert_true(sp_str_is(after->port, rejected ? "0" : "9"));
  for (size_t i = 0; i < before->count; i++) {
    const sp_sdp_line *line = &before->lines[i];
    if (!is_one_of(line->name, kept, sizeof kept / sizeof *kept)) continue;
    if (rejected && is_one_of(line->name, of_transport, sizeof of_transport / sizeof *of_transport)) continue;
    if (!before->media.ptr && !sp_str_is(line->name, "group")) continue;
    if (before->media.ptr && is_of_no_format(before, line)) continue;
    if (channel && sp_str_is(line->name, "sendrecv")) continue;
    if (!holds(after, line)) fail_msg("%s: lost %.*s:%.*s", name, SP_STR_ARG(line->name), SP_STR_ARG(line->value));
  }
}

/* The first FID pair survives with the name of its sources. */
static void check_sources(const char *name, const sp_sdp_section *before, const sp_sdp_section *after) {
  const sp_sdp_line *pair = sp_sdp_next(before, "ssrc-group", NULL);
  if (pair && !holds(after, pair)) fail_msg("%s: lost %.*s", name, SP_STR_ARG(pair->value));
  for (const sp_sdp_line *line = NULL; (line = sp_sdp_next(before, "ssrc", line));) {
    if (sp_str_find(line->value, "cname:", 0) == SIZE_MAX) continue;
    if (!holds(after, line)) fail_msg("%s: lost %.*s", name, SP_STR_ARG(line->value));
    break;
  }
}

/* Nothing is there that was not, but for the ssrc of the pair and what §10.5 adds. */
static void check_nothing_new(const char *name, const sp_sdp *before, size_t number, const sp_sdp_section *after) {
  const sp_sdp_section *old = &before->sections[number];
  for (size_t i = 0; number && i < after->count; i++) {
    const sp_sdp_line *line = &after->lines[i];
    if (!line->name.ptr || holds(old, line) || holds(&before->sections[0], line)) continue;
    if (sp_str_is(line->name, "candidate") || sp_str_is(line->name, "rtcp")) continue;
    if (sp_str_is(line->name, "msid") && sp_str_starts(line->value, "legacy ")) continue;
    fail_msg("%s: new %.*s:%.*s", name, SP_STR_ARG(line->name), SP_STR_ARG(line->value));
  }
}

static size_t count_of(const sp_sdp_section *section, const char *name) {
  size_t count = 0;
  for (const sp_sdp_line *line = NULL; (line = sp_sdp_next(section, name, line));) count++;
  return count;
}

static void recorded_round_trip(void **state) {
  const char *name = *state;
  sp_arena arena;
  sp_sdp before, after;
  sp_buf once, twice;
  sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
  sp_buf_init(&once, NULL, SP_MAX_FRAME);
  sp_buf_init(&twice, NULL, SP_MAX_FRAME);
  assert_int_equal(round_trip(NULL, recording(name), role_of(name), &once), SP_OK);
  assert_int_equal(sp_sdp_read(&arena, recording(name), &before), SP_OK);
  assert_int_equal(sp_sdp_read(&arena, sp_buf_str(&once), &after), SP_OK);
  assert_int_equal(before.count, after.count);
  for (size_t i = 0; i < before.count; i++) {
    bool live = i && !sp_str_is(after.sections[i].port, "0");
    check_section(name, &before.sections[i], &after.sections[i]);
    if (live) check_sources(name, &before.sections[i], &after.sections[i]);
    if (live) assert_int_equal(count_of(&before.sections[i], "candidate"), count_of(&after.sections[i], "candidate"));
    check_nothing_new(name, &before, i, &after.sections[i]);
  }
  assert_int_equal(round_trip(NULL, sp_buf_str(&once), role_of(name), &twice), SP_OK);
  assert_true(sp_str_eq(sp_buf_str(&once), sp_buf_str(&twice)));
  sp_buf_free(&once);
  sp_buf_free(&twice);
  sp_arena_free(&arena);
}

static void every_allocation_fails(void **state) {
  (void)state;
  bool failed = true;
  for (size_t n = 1; failed; n++) {
    sp_buf out;
    const sp_alloc *alloc = test_alloc_new(n);
    sp_buf_init(&out, alloc, SP_MAX_FRAME);
    int status = round_trip(alloc, recording("firefox-both-offer"), SP_JINGLE_INITIATOR, &out);
    failed = test_alloc_failed();
    assert_int_equal(status, failed ? SP_ENOMEM : SP_OK);
    if (failed) assert_int_equal(out.len, 0);
    sp_buf_free(&out);
    assert_int_equal(test_alloc_live(), 0);
  }
}

static void cut_recordings(void **state) {
  (void)state;
  sp_str whole = recording("firefox-both-answer");
  for (size_t len = 0; len < whole.len; len++) {
    sp_buf out;
    sp_buf_init(&out, NULL, SP_MAX_FRAME);
    sp_str part = test_cut(whole, len);
    int status = round_trip(NULL, part, SP_JINGLE_RESPONDER, &out);
    assert_true(status == SP_OK || status == SP_ESYNTAX);
    assert_int_equal(out.len > 0, status == SP_OK);
    test_cut_free(part);
    sp_buf_free(&out);
  }
}

/* Every cut of an offer as XML is malformed; what is left when one element is missing is not. */
static void offers_with_an_element_less(void **state) {
  (void)state;
  sp_buf xml;
  sp_buf_init(&xml, NULL, SP_MAX_FRAME);
  assert_int_equal(to_xml(NULL, recording("firefox-both-offer"), SP_JINGLE_INITIATOR, SP_STR_NONE, &xml), SP_OK);
  sp_str text = sp_buf_str(&xml);
  for (size_t at = 1; (at = sp_str_find_char(text, '<', at)) != SIZE_MAX; at++) {
    size_t end = sp_str_find(text, "/>", at), next = sp_str_find_char(text, '<', at + 1);
    if (end == SIZE_MAX || end > next) continue; /* an element with something in it */
    sp_buf less, out;
    sp_buf_init(&less, NULL, SP_MAX_FRAME);
    sp_buf_init(&out, NULL, SP_MAX_FRAME);
    sp_buf_add(&less, sp_str_slice(text, 0, at));
    sp_buf_add(&less, sp_str_slice(text, end + 2, text.len));
    assert_int_equal(to_sdp(NULL, sp_buf_str(&less), SP_JINGLE_INITIATOR, &out), SP_OK);
    sp_buf_free(&less);
    sp_buf_free(&out);
  }
  sp_buf_free(&xml);
}

static const struct CMUnitTest others[] = {
  { "§10.5 direction table, both roles, both ways", direction_table, NULL, NULL, NULL },
  { "§10.5 row senders: none or other is inactive, absent is both", other_senders_are_inactive, NULL, NULL, NULL },
  { "§10.6 inbound candidates", inbound_candidates_become_lines, NULL, NULL, NULL },
  { "§10.6 W-D8 outbound candidates", local_candidates_become_elements, NULL, NULL, NULL },
  { "§10.6 end of gathering", the_end_of_gathering, NULL, NULL, NULL },
  { "§10.6 ICE restart", ice_restarts, NULL, NULL, NULL },
  { "§10.6 the answer to an ICE restart", transports_of_an_answer, NULL, NULL, NULL },
  { "§10.5 row transport namespace: the one of the peer", the_namespace_of_the_peer, NULL, NULL, NULL },
  { "bad contents are refused, nothing is written", bad_jingles_are_refused, NULL, NULL, NULL },
  { "bad descriptions are refused, nothing is written", bad_sdps_are_refused, NULL, NULL, NULL },
  { "limits of contents, lines and parameters", limits, NULL, NULL, NULL },
  { "full buffers", full_buffers, NULL, NULL, NULL },
  { "every allocation of a round trip fails once", every_allocation_fails, NULL, NULL, NULL },
  { "cut descriptions", cut_recordings, NULL, NULL, NULL },
  { "offers with an element less", offers_with_an_element_less, NULL, NULL, NULL },
};
enum { other_count = sizeof others / sizeof *others };

int main(void) {
  static struct CMUnitTest tests[inbound_count + outbound_count + recorded_count + other_count];
  static char names[recorded_count][64];
  struct CMUnitTest *at = tests;
  for (size_t i = 0; i < inbound_count; i++)
    *at++ = (struct CMUnitTest){ .name = inbound[i].name,
                                 .test_func = inbound_row,
                                 .initial_state = (void *)(uintptr_t)&inbound[i] };
  for (size_t i = 0; i < outbound_count; i++)
    *at++ = (struct CMUnitTest){ .name = outbound[i].name,
                                 .test_func = outbound_row,
                                 .initial_state = (void *)(uintptr_t)&outbound[i] };
  for (size_t i = 0; i < recorded_count; i++) {
    snprintf(names[i], sizeof names[i], "W-D9 round trip of %s", recorded[i]);
    *at++ = (struct CMUnitTest){ .name = names[i],
                                 .test_func = recorded_round_trip,
                                 .initial_state = (void *)(uintptr_t)recorded[i] };
  }
  memcpy(at, others, sizeof others);
  return cmocka_run_group_tests_name("jingle_convert", tests, NULL, NULL);
}
