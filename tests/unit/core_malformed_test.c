/* SPDX-License-Identifier: MIT */
/* One malformed frame never makes the client deaf (wire.md D5, D19): every frame of a table in every state of a call.
   What is no XML resets the connection; everything else is confined to its own stanza. After each the next call rings,
   and the call that was there is still there. */
#include "scenario.h"

#include <stdio.h>
#include <string.h>

#define TO         " to=\"" ME "/res-1\""
#define MESSAGE(x) "<message xmlns=\"jabber:client\" from=\"" GATEWAY "\"" TO ">" x "</message>"
#define PROPOSE(x) MESSAGE("<propose xmlns=\"urn:xmpp:jingle-message:0\"" x "/>")
#define IQ(x)      "<iq xmlns=\"jabber:client\" from=\"" GATEWAY "\"" TO " id=\"bad-1\" type=\"set\">" x "</iq>"
#define RPC(x)     IQ("<genesys-webrtc xmlns=\"genesys\">" x "</genesys-webrtc>")
#define EVENT(x)   MESSAGE("<event xmlns=\"http://jabber.org/protocol/pubsub#event\">" x "</event>")
#define NOTICE(topic, x)                                                                                               \
  EVENT("<items node=\"v2.users.u1." topic "\"><item id=\"i\"><json xmlns=\"urn:xmpp:json:0\">" x                      \
        "</json></item></items>")
#define CONVERSATION(x) NOTICE("conversations", "{\"eventBody\":" x "}")

static const char *const confined[] = {
  "   \n",
  MESSAGE(""),
  MESSAGE("text"),
  MESSAGE("<body>text</body>"),
  PROPOSE(""),
  PROPOSE(" id=\"\""),
  PROPOSE(" id=\"odd\" inin-autoanswer=\"perhaps\" inin-sdp-over-xmpp=\"\""),
  "<message xmlns=\"jabber:client\"><propose xmlns=\"urn:xmpp:jingle-message:0\" id=\"nobody\"/></message>",
  MESSAGE("<retract xmlns=\"urn:xmpp:jingle-message:0\"/><accept xmlns=\"urn:xmpp:jingle-message:0\"/>"),
  MESSAGE("<proceed xmlns=\"urn:xmpp:jingle-message:0\" id=\"unknown\"/>"),
  EVENT(""),
  EVENT("<items/>"),
  EVENT("<items node=\"v2.users.u1.conversations\"/>"),
  EVENT("<items node=\"v2.users.u1.conversations\"><retract id=\"i\"/></items>"),
  EVENT("<items node=\"v2.users.u1.conversations\"><item/></items>"),
  EVENT("<purge node=\"v2.users.u1.conversations\"/>"),
  NOTICE("conversations", ""),
  NOTICE("conversations", "no JSON"),
  NOTICE("conversations", "{\"eventBody\":"),
  NOTICE("conversations", "null"),
  NOTICE("conversations", "[1,2,3]"),
  NOTICE("conversations", "{}"),
  CONVERSATION("null"),
  CONVERSATION("[]"),
  CONVERSATION("{}"),
  CONVERSATION("{\"id\":7,\"participants\":[]}"),
  CONVERSATION("{\"id\":\"\",\"participants\":[]}"),
  CONVERSATION("{\"id\":\"cx\",\"participants\":7}"),
  CONVERSATION("{\"id\":\"cx\",\"participants\":[null,7,\"x\",{}]}"),
  CONVERSATION("{\"id\":\"cx\",\"participants\":[{\"userId\":\"u1\",\"purpose\":null,\"calls\":\"x\"}]}"),
  CONVERSATION("{\"id\":\"cx\",\"participants\":[{\"userId\":\"u1\",\"calls\":[null,{\"state\":7}]}]}"),
  NOTICE("station", "7"),
  NOTICE("station", "{\"metadata\":7}"),
  NOTICE("station", "{\"metadata\":{\"action\":\"Associated\"},\"eventBody\":{\"associatedStation\":null}}"),
  NOTICE("station", "{\"metadata\":{\"action\":\"Evaporated\"}}"),
  NOTICE("persistentconnection", "{\"eventBody\":7}"),
  NOTICE("persistentconnection", "{\"eventBody\":{\"errorInfo\":7}}"),
  IQ(""),
  IQ("<a/><b/>"),
  IQ("<unknown xmlns=\"urn:x\"/>"),
  RPC(""),
  RPC("no JSON"),
  RPC("{"),
  RPC("[]"),
  RPC("null"),
  RPC("{\"method\":7}"),
  RPC("{\"method\":\"offer\"}"),
  RPC("{\"method\":\"offer\",\"params\":7}"),
  RPC("{\"method\":\"offer\",\"params\":{}}"),
  RPC("{\"method\":\"offer\",\"params\":{\"sessionId\":7,\"sdp\":\"v=0\"}}"),
  RPC("{\"method\":\"offer\",\"params\":{\"sessionId\":\"sx\"}}"),
  RPC("{\"method\":\"offer\",\"params\":{\"sessionId\":\"sx\",\"sdp\":{}}}"),
  RPC("{\"method\":\"terminate\",\"params\":{}}"),
  RPC("{\"method\":\"terminate\",\"params\":{\"sessionId\":\"unknown\",\"reason\":7}}"),
  RPC("{\"method\":\"iceCandidate\",\"params\":{\"sessionId\":\"s1\",\"sdp\":\"a=\"}}"),
  RPC("{\"method\":\"iceCandidate\",\"params\":{\"sessionId\":\"s1\",\"sdp\":\"m=\"}}"),
  RPC("{\"method\":\"iceCandidate\",\"params\":{\"sessionId\":\"s1\"}}"),
  RPC("{\"method\":\"levitate\",\"params\":{\"sessionId\":\"s1\"}}"),
  "<iq xmlns=\"jabber:client\" type=\"result\" id=\"nobody-asked\"/>",
  "<iq xmlns=\"jabber:client\" type=\"result\"/>",
  "<iq xmlns=\"jabber:client\" type=\"error\" id=\"nobody-asked\"/>",
  "<iq xmlns=\"jabber:client\" type=\"odd\" id=\"x\"/>",
  "<iq xmlns=\"jabber:client\"/>",
  "<presence xmlns=\"jabber:client\" type=\"odd\"/>",
  "<presence xmlns=\"jabber:client\" type=\"unavailable\" from=\"nobody\"/>",
  "<unknown xmlns=\"urn:x\"/>",
  "<message xmlns=\"urn:not-ours\"/>",
};

/* No XML of RFC 6120, or a stream error: the rest of the stream cannot be trusted. */
static const char *const fatal[] = {
  "<message><unclosed></message>",
  "</message>",
  "<message a=\"1\" a=\"2\"/>",
  "<message>&unknown;</message>",
  "<!DOCTYPE x><message/>",
  "<message><!-- comment --></message>",
  "<x:message/>",
  "{\"json\":true}",
  "<stream:error xmlns:stream=\"http://etherx.jabber.org/streams\"><odd/></stream:error>",
};

/* The next call rings, and leaves again. */
static void check_hearing(scenario *s, const char *after) {
  static unsigned last;
  char id[32], conversation_id[32];
  snprintf(id, sizeof id, "n%u", ++last);
  snprintf(conversation_id, sizeof conversation_id, "d%u", last);
  forget(s);
  propose(s, .session = id, .conversation = conversation_id);
  if (!find_event(s, PARTS("pendingSession", id))) check(s, false, after);
  send_message(s, "retract", id);
  if (!find_event(s, PARTS("cancelPendingSession", id))) check(s, false, after);
  expect_no_more(s);
}

static void feed_all(scenario *s) {
  for (size_t i = 0; i < sizeof confined / sizeof *confined; i++) {
    forget(s);
    frame(s, confined[i]);
    expect_no_effect(s, SP_FX_SOCKET_CLOSE);
    check_hearing(s, confined[i]);
  }
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
    forget(s);
    frame(s, fatal[i]);
    expect_effect(s, SP_FX_SOCKET_CLOSE, s->socket, "");
    expect_event(s, "disconnected", "\"reconnecting\":true");
    advance(s, 2100);
    expect_event(s, "connected", "\"reconnect\":true");
    check_hearing(s, fatal[i]);
  }
  forget(s);
}

#define C1   "[{\"conversationId\":\"c1\"}]"
#define HOLD "[{\"conversationId\":\"c1\",\"held\":true}]"

static void sign_in_by_hand(scenario *s) {
  start(s, "{\"accessToken\":\"TOKEN\",\"autoConnectSessions\":false}");
  sign_in(s);
}

static void idle(scenario *s) {
  sign_in(s);
  feed_all(s);
  connect_call(s, 1, "s1", "c1");
  uint32_t held = call(s, "setConversationHeld", HOLD);
  expect_resolved(s, held, "");
}

static void ringing(scenario *s) {
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1");
  feed_all(s);
  call(s, "acceptPendingSession", C1);
  expect_sent(s, "<proceed", "id=\"s1\"");
}

static void proceeding(scenario *s) {
  sign_in(s);
  propose(s, .session = "s1", .conversation = "c1");
  call(s, "acceptPendingSession", C1);
  feed_all(s);
  offer(s, .session = "s1", .conversation = "c1");
  expect_event(s, "sessionStarted", "");
  expect_sent(s, "\"method\":\"answer\"", "\"sessionId\":\"s1\"");
}

static void offered(scenario *s) {
  sign_in_by_hand(s);
  propose(s, .session = "s1", .conversation = "c1");
  call(s, "acceptPendingSession", C1);
  offer(s, .session = "s1", .conversation = "c1");
  feed_all(s);
  uint32_t accepted = call(s, "acceptSession", C1);
  expect_resolved(s, accepted, "");
  expect_sent(s, "\"method\":\"answer\"", "\"sessionId\":\"s1\"");
}

static void answering(scenario *s) {
  sign_in_by_hand(s);
  propose(s, .session = "s1", .conversation = "c1");
  call(s, "acceptPendingSession", C1);
  offer(s, .session = "s1", .conversation = "c1");
  s->holds_media = true;
  call(s, "acceptSession", C1);
  feed_all(s);
  media_result(s, 1, true, "mic-1", "");
  expect_sent(s, "\"method\":\"answer\"", "\"sessionId\":\"s1\"");
}

static void connected(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  conversation(s, .conversation = "c1", .state = "alerting");
  conversation(s, .conversation = "c1", .state = "connected");
  feed_all(s);
  terminate(s, "s1", "gone");
  expect_event(s, "_sessionEnded", "gone");
  expect_event(s, "sessionEnded", "gone");
}

static void held(scenario *s) {
  sign_in(s);
  connect_call(s, 1, "s1", "c1");
  conversation(s, .conversation = "c1", .state = "alerting");
  conversation(s, .conversation = "c1", .state = "connected");
  conversation(s, .conversation = "c1", .state = "connected", .held = true);
  feed_all(s);
  conversation(s, .conversation = "c1", .state = "disconnected");
  expect_event(s, "_sessionEnded", "success");
  expect_event(s, "sessionEnded", "success");
  expect_event(s, "conversationUpdate", "\"removed\":[{");
}

static const scenario_case cases[] = {
  { "W-D11 W-4.4 malformed frames before a call", idle, true },
  { "W-D11 W-4.4 malformed frames while it rings", ringing, true },
  { "W-D11 W-4.4 malformed frames after proceed", proceeding, true },
  { "W-D11 W-4.4 malformed frames after the offer", offered, true },
  { "W-D11 W-4.4 malformed frames while the microphone is asked for", answering, true },
  { "W-D11 W-4.4 malformed frames in a call", connected, true },
  { "W-D11 W-4.4 malformed frames in a held call", held, true },
};

int main(void) {
  return run_scenarios("core_malformed", cases, sizeof cases / sizeof *cases);
}
