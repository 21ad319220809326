/* SPDX-License-Identifier: MIT */
/* The whole core: the bytes say which inputs come, when, and which allocation fails. A server and a browser that answer
   as they should bring the core through sign-in and into calls; the bytes decide when they stop, what else is said, and
   which byte of it is damaged. What must hold: effects are well-formed, no app call is settled twice, no input makes
   more than a bounded number of effects, and the freed core leaves nothing behind. */
#include "base/json.h"
#include "core/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CALLS = 128, REACTIONS = 64, EFFECTS_PER_INPUT = 4096, INPUTS = 400 };
enum { SOCKET_OPENED = SP_IN_KINDS, SOCKET_TEXT, SOCKET_CLOSED };

typedef struct reaction {
  int kind;
  uint32_t id;
  double number;
  const char *name;
  char text[640];
} reaction;

typedef struct world {
  sp_core *core;
  const uint8_t *data;
  size_t left, queued;
  uint64_t now;
  uint32_t socket, calls;
  bool silent, authenticated;
  unsigned char settled[CALLS + 1];
  reaction queue[REACTIONS];
} world;

static size_t allowed, live;

static void *resize(void *user, void *ptr, size_t bytes) {
  (void)user;
  if (bytes > 0 && allowed > 0 && --allowed == 0) return NULL;
  if (bytes == 0 && ptr) live--;
  else if (bytes > 0 && !ptr) live++;
  if (bytes > 0) return realloc(ptr, bytes);
  free(ptr);
  return NULL;
}

/* --- bytes --- */

static unsigned next(world *w) {
  if (w->left == 0) return 0;
  w->left--;
  return *w->data++;
}

#define PICK(w, table) ((table)[next(w) % (sizeof(table) / sizeof *(table))])

/* A text of the input's own, or `text` with one byte changed, or `text`. */
static void vary(world *w, const char *text, char *out, size_t size) {
  unsigned how = next(w);
  snprintf(out, size, "%s", text);
  if (how % 8 == 1 && out[0]) out[next(w) * 256u % strlen(out)] = (char)next(w);
  if (how % 8 != 2) return;
  size_t len = next(w);
  if (len > w->left) len = w->left;
  snprintf(out, size, "%.*s", (int)len, (const char *)w->data);
  w->data += len;
  w->left -= len;
}

/* --- a world that answers --- */

static void react(world *w, int kind, uint32_t id, double number, const char *name, const char *text) {
  if (w->silent || w->queued == REACTIONS) return;
  reaction *r = &w->queue[w->queued++];
  *r = (reaction){ .kind = kind, .id = id, .number = number, .name = name };
  snprintf(r->text, sizeof r->text, "%s", text);
}

static void on_http(world *w, uint32_t id, const char *text) {
  static const char *const bodies[][2] = {
    { "/users/me",
      "{\"id\":\"u\",\"chat\":{\"jabberId\":\"u@x\"},\"station\":{\"effectiveStation\":{\"id\":\"st\"}}}" },
    { "/stations/", "{\"id\":\"st\",\"type\":\"inin_webrtc_softphone\",\"webRtcCallAppearances\":1}" },
    { "/channels?", "{\"id\":\"chan\"}" },
    { "/conversations/c", "{\"participants\":[{\"id\":\"p\",\"userId\":\"u\",\"calls\":[{\"id\":\"k\"}]}]}" },
    { "", "{\"id\":\"o\"}" },
  };
  size_t i = 0;
  while (!strstr(text, bodies[i][0])) i++;
  react(w, SP_IN_HTTP_RESULT, id, 200, "", bodies[i][1]);
}

static void on_frame(world *w, const char *xml) {
  static const char *const features[] = {
    "<stream:features xmlns:stream='http://etherx.jabber.org/streams'><mechanisms "
    "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>",
    "<stream:features xmlns:stream='http://etherx.jabber.org/streams'><bind "
    "xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>"
  };
  char out[512];
  const char *id = strstr(xml, " id=\"");
  if (strncmp(xml, "<open", 5) == 0) {
    react(w, SOCKET_TEXT, w->socket, 0, "", "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' id='o'/>");
    react(w, SOCKET_TEXT, w->socket, 0, "", features[w->authenticated]);
  } else if (strncmp(xml, "<auth", 5) == 0) {
    w->authenticated = true;
    react(w, SOCKET_TEXT, w->socket, 0, "", "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
  } else if (strncmp(xml, "<close", 6) == 0) {
    react(w, SOCKET_TEXT, w->socket, 0, "", "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>");
  } else if (strncmp(xml, "<iq", 3) == 0 && id && !strstr(xml, "type=\"result\"") && !strstr(xml, "type=\"error\"")) {
    snprintf(out, sizeof out, "<iq xmlns='jabber:client' type='result' id='%.36s'>%s</iq>", id + 5,
             strstr(xml, "<bind") ? "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>u@x/r</jid></bind>" : "");
    react(w, SOCKET_TEXT, w->socket, 0, "", out);
  }
}

static void open_socket(world *w, uint32_t id) {
  if (id <= w->socket) abort(); /* numbers are never reused */
  w->socket = id;
  w->authenticated = false;
  react(w, SOCKET_OPENED, id, 0, "", "");
}

#define LABEL "Headset (0b0e:0307)"
#define ITEM(size, count, usage)                                                                                       \
  "{\"reportSize\":" size ",\"reportCount\":" count ",\"isAbsolute\":true,\"usages\":[" usage "]}"
/* A desk: microphone and loudspeaker of a headset, a camera; and that headset as WebHID shows it. */
#define DESK                                                                                                           \
  "[{\"deviceId\":\"m\",\"groupId\":\"g\",\"kind\":\"audioinput\",\"label\":\"" LABEL                                  \
  "\"},{\"deviceId\":\"o\",\"groupId\":\"g\",\"kind\":\"audiooutput\",\"label\":\"" LABEL                              \
  "\"},{\"deviceId\":\"d\",\"groupId\":\"h\",\"kind\":\"videoinput\",\"label\":\"Camera\"}]"
#define HEADSETS                                                                                                       \
  "[{\"device\":1,\"vendorId\":2830,\"productId\":775,\"productName\":\"Headset\",\"collections\":[{\"usagePage\":11," \
  "\"usage\":5,\"inputReports\":[{\"reportId\":2,\"items\":[" ITEM(                                                    \
      "1", "2", "720928,720943") "]}],\"outputReports\":[{\"reportId\":2,\"items\":[" ITEM("1", "4",                   \
                                                                                           "524311,524297,524312,"     \
                                                                                           "524320") "]}]}]}]"

#define STATISTICS                                                                                                     \
  "[{\"id\":\"O\",\"type\":\"outbound-rtp\",\"kind\":\"audio\",\"packetsSent\":5},"                                    \
  "{\"id\":\"I\",\"type\":\"inbound-rtp\",\"kind\":\"audio\",\"packetsReceived\":5,\"jitter\":0.01,\"timestamp\":9}]"
/* The numbers of the operations are names of results; a static list keeps them alive. What is sent depends on which. */
static void on_tracks(world *w, const sp_effect *fx) {
  static const char *const numbers[] = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" };
  static const char *const operations[] = { "senders", "swap", "release", "resolution" };
  for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
    if (sp_str_is(fx->name, operations[i]))
      react(w, SP_IN_PEER_RESULT, fx->id, 1, operations[i],
            i == 0 ? "{\"senders\":[{\"kind\":\"audio\",\"label\":\"" LABEL "\",\"live\":true,\"ours\":true}]}"
                   : "{\"actual\":{\"width\":1,\"height\":1}}");
  if (fx->name.len != 1 || fx->name.ptr[0] < '0' || fx->name.ptr[0] > '9') return;
  const char *number = numbers[fx->name.ptr[0] - '0'];
  react(w, SP_IN_PEER_RESULT, fx->id, 1 + (fx->name.ptr[0] % 3) * 14, number, "[{\"id\":\"t\",\"mid\":\"0\"}]");
}

#define ANSWER                                                                                                         \
  "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\n"           \
  "a=rtpmap:0 PCMU/8000\r\na=mid:0\r\na=ice-ufrag:m\r\na=ice-pwd:n\r\na=setup:active\r\na=fingerprint:sha-1 0A\r\n"

_Static_assert(sizeof HEADSETS <= sizeof((reaction *)0)->text && sizeof DESK <= sizeof((reaction *)0)->text, "no cut");

static void on_hid(world *w, const sp_effect *fx) {
  if (sp_str_is(fx->name, "list")) react(w, SP_IN_HID, 0, 1, "devices", HEADSETS);
  else if (sp_str_is(fx->name, "open")) react(w, SP_IN_HID, fx->id, 1, "opened", "");
  else if (sp_str_is(fx->name, "send")) react(w, SP_IN_HID, fx->id, 1, "sent", "");
}

static void on_effect(world *w, const sp_effect *fx, const char *text) {
  switch (fx->kind) {
    case SP_FX_SOCKET_OPEN: open_socket(w, fx->id); break;
    case SP_FX_SOCKET_SEND: on_frame(w, text); break;
    case SP_FX_SOCKET_CLOSE: react(w, SOCKET_CLOSED, fx->id, 0, "", ""); break;
    case SP_FX_HTTP: on_http(w, fx->id, text); break;
    case SP_FX_PEER_OFFER: react(w, SP_IN_PEER_RESULT, fx->id, 1, "offer", ""); break;
    case SP_FX_PEER_STREAM: react(w, SP_IN_PEER_RESULT, fx->id, 1, "stream", ""); break;
    case SP_FX_PEER_ANSWER: react(w, SP_IN_PEER_RESULT, fx->id, 1, "answer", ANSWER); break;
    case SP_FX_PEER_STATS: {
      uint64_t number = 0;
      if (!sp_str_to_u64(fx->name, &number)) abort();
      react(w, SP_IN_PEER_STATS, fx->id, (double)number, "", STATISTICS);
      break;
    }
    case SP_FX_PEER_TRACKS: on_tracks(w, fx); break;
    case SP_FX_MEDIA_ENUMERATE: react(w, SP_IN_DEVICES, fx->id, 1, "", DESK); break;
    case SP_FX_HID: on_hid(w, fx); break;
    case SP_FX_STORAGE_READ: react(w, SP_IN_STORED, fx->id, 0, "gc_logger_requests", "[]"); break;
    case SP_FX_LOG: react(w, SP_IN_LOG, 1, fx->id == 1 ? 2 : 0, "warn", text); break;
    case SP_FX_AUDIO_SET:
      if (strstr(text, "job")) react(w, SP_IN_AUDIO_SET, fx->id, 1, "1", "");
      break;
    case SP_FX_MEDIA_REQUEST: react(w, SP_IN_MEDIA_RESULT, fx->id, 1, "mic", ""); break;
    case SP_FX_RESOLVE:
    case SP_FX_REJECT:
      if (fx->id == 0 || fx->id > w->calls || w->settled[fx->id]++) abort();
      break;
    default: break;
  }
}

/* --- one input, then all its effects --- */

static void check_form(const sp_effect *fx) {
  sp_json_doc *doc = NULL;
  if (fx->kind <= SP_FX_NONE || fx->kind >= SP_FX_KINDS) abort();
  if (!sp_effect_is_json(fx->kind) || fx->text.len == 0) return;
  if (sp_json_parse(NULL, fx->text, &doc) != SP_OK) abort();
  sp_json_free(doc);
}

static void drain(world *w) {
  size_t count = 0;
  for (sp_effect fx; sp_core_next_effect(w->core, &fx); count++) {
    char text[1024];
    snprintf(text, sizeof text, "%.*s", SP_STR_ARG(sp_str_slice(fx.text, 0, sizeof text)));
    check_form(&fx);
    on_effect(w, &fx, text);
  }
  if (count > EFFECTS_PER_INPUT) abort();
}

static void feed(world *w, const reaction *r) {
  sp_time now = { w->now, w->now };
  sp_str text = sp_str_from(r->text);
  sp_input input = { (sp_input_kind)r->kind, r->id, r->number, sp_str_from(r->name), text };
  if (r->kind == SOCKET_OPENED) sp_core_socket_opened(w->core, now, r->id);
  else if (r->kind == SOCKET_TEXT) sp_core_socket_text(w->core, now, r->id, text);
  else if (r->kind == SOCKET_CLOSED) sp_core_socket_closed(w->core, now, r->id);
  else (void)sp_core_input(w->core, now, &input);
  drain(w);
  for (size_t steps = 0; w->queued > 0 && steps < INPUTS; steps++) {
    reaction answer = w->queue[0];
    memmove(w->queue, w->queue + 1, --w->queued * sizeof answer);
    feed(w, &answer);
  }
}

static void happen(world *w, int kind, uint32_t id, double number, const char *name, const char *text) {
  reaction r = { .kind = kind, .id = id, .number = number, .name = name };
  snprintf(r.text, sizeof r.text, "%s", text);
  feed(w, &r);
}

static void pass_time(world *w, uint64_t ms) {
  w->now += ms;
  for (int i = 0; i < 8 && sp_core_deadline(w->core) <= w->now; i++) {
    sp_core_tick(w->core, (sp_time){ w->now, w->now });
    drain(w);
  }
}

/* --- what the bytes can ask for --- */

static void app_call(world *w) {
  static const char *const methods[] = { "initialize",
                                         "disconnect",
                                         "setAccessToken",
                                         "media.startMedia",
                                         "endAllSessions",
                                         "listen",
                                         "startSoftphoneSession",
                                         "acceptPendingSession",
                                         "rejectPendingSession",
                                         "acceptSession",
                                         "endSession",
                                         "forceTerminateSession",
                                         "setAudioMute",
                                         "setConversationHeld",
                                         "nothing",
                                         "setMediaHandling",
                                         "addAllowedSessionType",
                                         "removeAllowedSessionType",
                                         "fetchUsersStation",
                                         "setVideoMute",
                                         "startVideoConference",
                                         "startVideoMeeting",
                                         "startScreenShare",
                                         "session.startScreenShare",
                                         "session.stopScreenShare",
                                         "session.pinParticipantVideo",
                                         "setJwt",
                                         "setLoggerToken",
                                         "startServerLogging",
                                         "stopServerLogging",
                                         "sendAllLogsInstantly",
                                         "setUseHeadsets",
                                         "parseJwt",
                                         "updateDefaultDevices",
                                         "updateDefaultMediaSettings",
                                         "updateDefaultResolution",
                                         "updateAudioVolume",
                                         "updateOutputDevice",
                                         "updateOutgoingMedia",
                                         "validateOutgoingMediaTracks",
                                         "media.requestMediaPermissions",
                                         "media.startDisplayMedia",
                                         "media.enumerateDevices",
                                         "media.devicesChanged",
                                         "setDefaultAudioStream",
                                         "media.audioBlocked",
                                         "headset.setRinging",
                                         "headset.outgoingCall",
                                         "headset.answerIncomingCall",
                                         "headset.endAllCalls",
                                         "headset.setMute",
                                         "headset.setHold",
                                         "headset.updateAudioInputDevice",
                                         "headset.retryConnection" };
  static const char *const arguments[] = { "[{\"conversationId\":\"c1\"}]",
                                           "[{\"conversationId\":\"c2\",\"held\":true}]",
                                           "[{\"conversationId\":\"c1\",\"mute\":true,\"mediaStream\":\"m\"}]",
                                           "[\"s1\"]",
                                           "[1,\"p\"]",
                                           "[\"r@conference.x\"]",
                                           "[{\"conversationId\":\"c1\",\"mute\":false,\"unmuteDeviceId\":\"d\"}]",
                                           "[{\"conversationId\":\"c3\",\"audioElement\":1,\"videoElements\":[2]}]",
                                           ("[{\"conversationId\":\"c3\",\"mute\":true,\"mediaStream\":\"m\","
                                            "\"screenRecordingMetadatas\":[{\"trackId\":\"t\"}]}]"),
                                           "[{\"audio\":true}]",
                                           "[\"conversationUpdateRaw\"]",
                                           "[]",
                                           "[\"softphone\"]",
                                           "[\"" LABEL "\"]",
                                           ("[{\"audioDeviceId\":\"m\",\"videoDeviceId\":\"d\","
                                            "\"outputDeviceId\":\"o\",\"updateActiveSessions\":true}]"),
                                           "[{\"width\":640,\"height\":480},true]",
                                           "[true,\"c1\"]",
                                           "[\"eyJhbGciOiJub25lIn0.eyJkYXRhIjp7ImppZCI6ImFAeCJ9fQ.\"]",
                                           "[\"reduced-media\"]" };
  const char *method = PICK(w, methods);
  char text[256];
  vary(w, PICK(w, arguments), text, sizeof text);
  if (w->calls == CALLS) return;
  happen(w, SP_IN_CALL, ++w->calls, 0, method, text);
}

#define FROM " from='a@gjoll.x/g' to='u@x/r' "
#define RPC(json)                                                                                                      \
  "<iq xmlns='jabber:client'" FROM "id='i' type='set'><genesys-webrtc xmlns='genesys'>" json "</genesys-webrtc></iq>"
#define OFFER(sid, more)                                                                                               \
  RPC("{\"id\":\"1\",\"method\":\"offer\",\"params\":{\"sessionId\":\"" sid "\","                                      \
      "\"conversationId\":\"c1\",\"sdp\":\"a=ice-ufrag:u\\r\\na=ice-pwd:p\\r\\n" more "}}")
#define CALL(cid, state)                                                                                               \
  "<message xmlns='jabber:client' from='notifications.x'>"                                                             \
  "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='v2.users.u.conversations'>"                     \
  "<item><json xmlns='urn:xmpp:json:0'>{\"eventBody\":{\"id\":\"" cid "\",\"participants\":["                          \
  "{\"id\":\"p\",\"userId\":\"u\",\"calls\":[{\"id\":\"k\",\"state\":\"" state "\"}]}]}}"                              \
  "</json></item></items></event></message>"
#define MESSAGE(kind, more)                                                                                            \
  "<message xmlns='jabber:client'" FROM "><" kind " xmlns='urn:xmpp:jingle-message:0'" more "/></message>"

/* Sessions of each type, all of one conversation. */
#define VIDEO(kind, from, more)                                                                                        \
  "<message xmlns='jabber:client' from='" from "'><" kind " xmlns='urn:xmpp:jingle-message:0' id='s4' "                \
  "inin-cid='c3'" more "/></message>"
#define VIDEO_OFFER(from)                                                                                              \
  "<iq xmlns='jabber:client' from='" from "' id='i' type='set'><genesys-webrtc xmlns='genesys'>"                       \
  "{\"method\":\"offer\",\"params\":{\"sessionId\":\"s4\",\"conversationId\":\"c3\",\"sdp\":\"v=0\"}}"                 \
  "</genesys-webrtc></iq>"
#define PEOPLE(videos)                                                                                                 \
  "<message xmlns='jabber:client' from='notifications.x'>"                                                             \
  "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='v2.users.u.conversations'>"                     \
  "<item><json xmlns='urn:xmpp:json:0'>{\"eventBody\":{\"id\":\"c3\",\"participants\":["                               \
  "{\"id\":\"p\",\"userId\":\"u\",\"videos\":[" videos "]}]}}</json></item></items></event></message>"

/* The path of s1 is JSON, that of s2 Jingle; s5 has no proposal. */
#define JINGLE(sid, action, inner)                                                                                     \
  "<iq xmlns='jabber:client'" FROM "id='j' type='set'><jingle xmlns='urn:xmpp:jingle:1' sid='" sid "' action='" action \
  "'>" inner "</jingle></iq>"
#define ICE(ufrag, inner)                                                                                              \
  "<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='" ufrag "' pwd='p'>" inner "</transport>"
#define RTP                                                                                                            \
  "<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'>"                                                     \
  "<payload-type id='0' name='PCMU' clockrate='8000'/></description>"
#define PRINT         "<fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-1' setup='actpass'>0A</fingerprint>"
#define INITIATE(sid) JINGLE(sid, "session-initiate", "<content name='0'>" RTP ICE("a", PRINT) "</content>")

static void server_frame(world *w) {
  static const char *const frames[] = {
    MESSAGE("propose", " id='s1' inin-cid='c1' inin-sdp-over-xmpp='true'"),
    MESSAGE("propose", " id='s2' inin-cid='c2' inin-autoanswer='true'"),
    MESSAGE("propose", " id='s3' inin-cid='c1' inin-priv-answer-mode='Auto'"),
    MESSAGE("retract", " id='s1'"),
    MESSAGE("accept", " id='s2'"),
    OFFER("s1", "\""),
    OFFER("s1", "webrtc-datachannel\""),
    OFFER("s2", "\",\"reinvite\":true"),
    RPC("{\"method\":\"terminate\",\"params\":{\"sessionId\":\"s1\",\"reason\":\"gone\"}}"),
    RPC("{\"method\":\"iceCandidate\",\"params\":{\"sessionId\":\"s1\",\"sdp\":\"m=0 9 x\\r\\na=candidate:1\\r\\n\"}}"),
    CALL("c1", "alerting"),
    CALL("c1", "connected"),
    CALL("c2", "dialing"),
    CALL("c1", "disconnected"),
    VIDEO("propose", "r@conference.x", " inin-ofrom='r@conference.x' inin-meeting-id='m'"),
    VIDEO("propose", "peer-1@conference.x", ""),
    VIDEO("propose", "acd-1@conference.x", ""),
    VIDEO("propose", "screenrecording-1@x", ""),
    VIDEO("propose", "livemonitor-1@x", " inin-user-id='u'"),
    VIDEO_OFFER("r@conference.x"),
    VIDEO_OFFER("acd-1@conference.x"),
    VIDEO_OFFER("screenrecording-1@x"),
    VIDEO_OFFER("livemonitor-1@x"),
    PEOPLE("{\"state\":\"connected\"}"),
    PEOPLE("{\"state\":\"disconnected\"},{}"),
    "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>",
    "<iq xmlns='jabber:client' from='x' id='x' type='set'><query xmlns='urn:xmpp:cxfr'/></iq>",
    INITIATE("s2"),
    INITIATE("s5"),
    INITIATE("s1"),
    JINGLE("s2", "transport-info",
           "<content name='0'>" ICE("a", "<candidate component='1' foundation='1' ip='192.0.2.1' port='5' "
                                         "priority='9' protocol='udp' type='host'/>") "</content>"),
    JINGLE("s5", "transport-info", "<content name='0'>" ICE("b", "<gathering-complete/>") "</content>"),
    JINGLE("s2", "session-info", "<mute xmlns='urn:xmpp:jingle:apps:rtp:info:1' creator='u'/>"),
    JINGLE("s5", "content-add", ""),
    JINGLE("s2", "session-terminate", "<reason><busy/><text>later</text></reason>"),
    "<presence xmlns='jabber:client' type='unavailable' from='a@gjoll.x/g'/>",
  };
  char text[sizeof((reaction *)0)->text];
  vary(w, PICK(w, frames), text, sizeof text);
  happen(w, SOCKET_TEXT, w->socket, 0, "", text);
}

static void browser(world *w) {
  static const char *const operations[] = { "offer", "stream", "answer", "1", "2", "3" };
  static const char *const states[] = { "connected", "failed", "disconnected", "closed" };
  static const char *const errors[] = { "NotAllowedError", "NotFoundError", "OverconstrainedError" };
  uint32_t handle = 1 + next(w) % 4;
  char text[256];
  vary(w, "candidate:1 1 udp 1 192.0.2.1 5 typ host", text, sizeof text);
  switch (next(w) % 9) {
    case 7: happen(w, SP_IN_PEER_STATS, handle, next(w), "", text); break;
    case 0: happen(w, SP_IN_PEER_RESULT, handle, next(w) % 32, PICK(w, operations), text); break;
    case 5: happen(w, SP_IN_PEER_TRACK, handle, 0, next(w) % 2 ? "video" : "audio", ""); break;
    case 6: happen(w, SP_IN_MEDIA_ENDED, handle, next(w) % 2, "mic", ""); break;
    case 1: happen(w, SP_IN_PEER_STATE, handle, 0, PICK(w, states), ""); break;
    case 2: happen(w, SP_IN_PEER_ICE_STATE, handle, 0, PICK(w, states), text); break;
    case 3: happen(w, SP_IN_PEER_CANDIDATE, handle, 0, "audio", text); break;
    case 4: happen(w, SP_IN_PEER_MESSAGE, handle, 0, "", text); break;
    default: happen(w, SP_IN_MEDIA_RESULT, handle, next(w) % 2, PICK(w, errors), "x"); break;
  }
}

/* The headset, the application's records, the page's store, and what may be asked at any time. */
static void desk(world *w) {
  static const char *const said[] = { "devices", "granted", "opened", "sent", "connect", "disconnect" };
  static const char *const reports[] = { "00", "01", "03", "02", "ff" };
  static const char *const questions[] = { "headset",
                                           "config",
                                           "refusal",
                                           "connected",
                                           "loggerClientId",
                                           "media.hasDevice [\"audioinput\"]",
                                           "media.validDevice [\"audioinput\",\"m\"]" };
  char text[sizeof((reaction *)0)->text];
  sp_buf answer;
  switch (next(w) % 6) {
    case 0:
    case 1: happen(w, SP_IN_HID, 1 + next(w) % 3, 2, "report", PICK(w, reports)); break;
    case 2:
      vary(w, HEADSETS, text, sizeof text);
      happen(w, SP_IN_HID, next(w) % 3, next(w) % 2, PICK(w, said), text);
      break;
    case 3:
      vary(w, "{\"message\":\"m\",\"details\":{\"token\":\"t\",\"ip\":\"192.0.2.1\"}}", text, sizeof text);
      happen(w, SP_IN_LOG, next(w), next(w) % 4, "error", text);
      break;
    case 4:
      vary(w, DESK, text, sizeof text);
      happen(w, next(w) % 2 ? SP_IN_DEVICES : SP_IN_STORED, 1 + next(w) % 4, next(w) % 2, "gc_logger_requests", text);
      break;
    default:
      sp_buf_init(&answer, NULL, 1 << 20);
      (void)sp_core_ask(w->core, sp_str_from(PICK(w, questions)), &answer);
      sp_buf_free(&answer);
      break;
  }
}

static void network(world *w) {
  static const char *const pages[] = { "online", "offline", "hidden", "visible", "suspend", "resume" };
  static const int statuses[] = { 200, 0, 401, 404, 429, 500 };
  char text[256];
  switch (next(w) % 4) {
    case 0: happen(w, SP_IN_PAGE, 0, 0, PICK(w, pages), ""); break;
    case 1: happen(w, next(w) % 2 ? SOCKET_CLOSED : SOCKET_OPENED, w->socket, 0, "", ""); break;
    case 2: w->silent = !w->silent; break;
    default:
      vary(w, "{\"id\":\"u\"}", text, sizeof text);
      happen(w, SP_IN_HTTP_RESULT, next(w), PICK(w, statuses), "1", text);
      break;
  }
}

static void play(world *w) {
  if (next(w) % 4) { /* most plays begin signed in */
    happen(w, SP_IN_CALL, ++w->calls, 0, "initialize", "[]");
    pass_time(w, 200);
    while (w->queued > 0) happen(w, SP_IN_NONE, 0, 0, "", "");
  }
  for (size_t i = 0; i < INPUTS && w->left > 0; i++) {
    switch (next(w) % 9) {
      case 8: desk(w); break;
      case 0:
      case 1:
      case 2: server_frame(w); break;
      case 3:
      case 4: app_call(w); break;
      case 5: browser(w); break;
      case 6: network(w); break;
      default: pass_time(w, next(w) * (uint64_t)next(w)); break;
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const sp_alloc alloc = { resize, NULL };
  static const uint8_t seed[SP_SEED_BYTES] = { 1 };
  static const char *const configs[] = { "{\"accessToken\":\"t\"}",
                                         "{\"accessToken\":\"t\",\"allowedSessionTypes\":[\"screenRecording\","
                                         "\"collaborateVideo\",\"screenShare\"],\"defaults\":{\"audioElement\":1,"
                                         "\"videoElement\":2},\"autoAcceptPendingScreenRecordingRequests\":true}",
                                         "{\"accessToken\":\"t\",\"autoConnectSessions\":false}",
                                         ("{\"accessToken\":\"t\",\"useHeadsets\":true,\"logLevel\":\"debug\","
                                          "\"disableHeadsetControlsOrchestration\":true}"),
                                         "{\"organizationId\":\"o\",\"optOutOfTelemetry\":true}" };
  world w = { .data = data, .left = size, .now = 1 };
  live = 0;
  allowed = next(&w) * 8u; /* 0: every allocation succeeds */
  allowed += allowed ? next(&w) % 8 : 0;
  sp_buf error;
  sp_buf_init(&error, NULL, 4096);
  if (sp_core_new(&alloc, seed, sp_str_from(PICK(&w, configs)), (sp_time){ 1, 1 }, &error, &w.core) == SP_OK) play(&w);
  else w.core = NULL;
  sp_core_free(w.core);
  sp_buf_free(&error);
  if (live != 0) abort();
  return 0;
}
