/* SPDX-License-Identifier: MIT */
/* The platform: the truth about the agent's calls, and what it says of them. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

enum {
  PROPOSE_EVERY = 5000,
  OFFER_LIMIT = 20000,
  REINVITE_EVERY = 3000,
  REINVITE_LIMIT = 15000,
  SILENCE_LIMIT = 30000
};

#define SDP "v=0\\r\\nm=audio 9 UDP/TLS/RTP/SAVPF 111\\r\\na=ice-ufrag:%s\\r\\na=ice-pwd:p-%s\\r\\n"

static void session_name(char out[24], const call *c, unsigned session) {
  snprintf(out, 24, "s%ux%u", c->number, session);
}

call *call_of(model *m, const char *conversation) {
  for (size_t i = 0; i < CALLS; i++)
    if (m->calls[i].state != FREE && conversation[0] == 'c' &&
        m->calls[i].number == (unsigned)strtoul(conversation + 1, NULL, 10))
      return &m->calls[i];
  return NULL;
}

call *call_of_session(model *m, const char *session) {
  char name[24];
  for (size_t i = 0; i < CALLS; i++) {
    call *c = &m->calls[i];
    if (c->state == FREE) continue;
    session_name(name, c, c->session);
    if (strcmp(name, session) == 0) return c;
    session_name(name, c, c->fresh);
    if (c->fresh && strcmp(name, session) == 0) return c;
  }
  return NULL;
}

bool server_talks(model *m, const char *session) {
  const call *c = call_of_session(m, session);
  char name[24];
  if (!c || c->state != TALKING) return false;
  session_name(name, c, c->session);
  return strcmp(name, session) == 0;
}

/* --- what it says --- */

static void say_message(model *m, const char *kind, const call *c, const char *attributes) {
  char xml[1024], session[24];
  session_name(session, c, c->session);
  snprintf(xml, sizeof xml,
           "<message xmlns=\"jabber:client\" from=\"" GATEWAY "\" to=\"" ME "/res-1\" id=\"m1\">"
           "<%s xmlns=\"urn:xmpp:jingle-message:0\" id=\"%s\"%s/></message>",
           kind, session, attributes);
  deliver(m, xml);
}

static void say_rpc(model *m, const char *method, const char *session, const char *rpc, const char *more) {
  char xml[2048];
  snprintf(xml, sizeof xml,
           "<iq xmlns=\"jabber:client\" from=\"" GATEWAY "\" to=\"" ME "/res-1\" id=\"gw-%u\" type=\"set\">"
           "<genesys-webrtc xmlns=\"genesys\">{\"jsonrpc\":\"2.0\",\"id\":\"%s\",\"method\":\"%s\",\"params\":"
           "{\"sessionId\":\"%s\"%s}}</genesys-webrtc></iq>",
           ++m->last_rpc, rpc, method, session, more);
  deliver(m, xml);
}

static void propose(model *m, call *c) {
  char attributes[256];
  snprintf(attributes, sizeof attributes,
           " inin-cid=\"c%u\" inin-autoanswer=\"%s\" inin-sdp-over-xmpp=\"true\" inin-user-id=\"u-from\"", c->number,
           c->auto_answer ? "true" : "false");
  if (!m->bound_socket) return;
  c->proposed = m->now;
  say_message(m, "propose", c, attributes);
}

static void offer(model *m, const call *c, unsigned session, bool again) {
  char name[24], rpc[32], more[512];
  session_name(name, c, session);
  snprintf(rpc, sizeof rpc, "offer-%s", name);
  snprintf(more, sizeof more, ",\"conversationId\":\"c%u\",\"reinvite\":%s,\"sdp\":\"" SDP "\"", c->number,
           again ? "true" : "false", name, name);
  say_rpc(m, "offer", name, rpc, more);
  if (chance(m, 50))
    say_rpc(m, "iceCandidate", name, "cand",
            ",\"sdp\":\"m=audio 9 RTP/AVP 0\\r\\na=candidate:1 1 udp 1 192.0.2.1 5 typ host\\r\\n\"");
}

static void terminate(model *m, const call *c, unsigned session, const char *reason) {
  char name[24], more[64];
  session_name(name, c, session);
  snprintf(more, sizeof more, ",\"reason\":\"%s\"", reason);
  say_rpc(m, "terminate", name, "t1", more);
}

static const char *state_word(const call *c) {
  switch (c->state) {
    case RINGING:
    case OFFERING: return c->outbound ? "contacting" : "alerting";
    case TALKING: return "connected";
    case FREE:
    case OVER: break;
  }
  return "terminated";
}

static void write_conversation(char *out, size_t size, const call *c) {
  snprintf(out, size,
           "{\"id\":\"c%u\",\"participants\":[{\"id\":\"p%u\",\"purpose\":\"%s\",\"userId\":\"u1\",\"calls\":[{"
           "\"id\":\"k%u\",\"state\":\"%s\",\"direction\":\"%s\",\"muted\":%s,\"held\":%s,\"confined\":false}]}]}",
           c->number, c->number, c->number % 3 ? "agent" : "user", c->number, state_word(c),
           c->outbound ? "outbound" : "inbound", c->muted ? "true" : "false", c->held ? "true" : "false");
}

static void notify(model *m, const call *c) {
  char body[1024], xml[2048];
  write_conversation(body, sizeof body, c);
  snprintf(xml, sizeof xml,
           "<message xmlns=\"jabber:client\" from=\"notifications.mypurecloud.com\" to=\"" ME "/res-1\" id=\"n1\">"
           "<event xmlns=\"http://jabber.org/protocol/pubsub#event\"><items node=\"v2.users.u1.conversations\">"
           "<item id=\"i1\"><json xmlns=\"urn:xmpp:json:0\">{\"topicName\":\"v2.users.u1.conversations\","
           "\"eventBody\":%s}</json></item></items></event></message>",
           body);
  deliver(m, xml);
}

static void becomes(model *m, call *c, call_state state) {
  tell(m, "  call c%u: %d -> %d", c->number, (int)c->state, (int)state);
  c->state = state;
  c->since = m->now;
}

/* --- its calls --- */

void new_call(model *m, bool outbound) {
  call *c = NULL;
  size_t up = 0;
  for (size_t i = 0; i < CALLS; i++) up += m->calls[i].state != FREE && m->calls[i].state != OVER;
  if (up >= (m->lines == 1 ? 1 : CALLS - 2)) return;
  for (size_t i = 0; i < CALLS && !c; i++)
    if (m->calls[i].state == FREE || (m->calls[i].state == OVER && m->now - m->calls[i].since > 200000))
      c = &m->calls[i];
  if (!c) return;
  *c = (call){ .number = ++m->last_call, .session = 1, .outbound = outbound, .auto_answer = outbound || chance(m, 15) };
  becomes(m, c, RINGING);
  notify(m, c);
  propose(m, c);
}

void end_call(model *m, call *c, bool by_client) {
  call_state was = c->state;
  if (was == OVER || was == FREE) return;
  if (was == RINGING) say_message(m, "retract", c, "");
  if (!by_client && was != RINGING) terminate(m, c, c->session, "success");
  if (c->fresh) terminate(m, c, c->fresh, "success");
  c->fresh = 0;
  becomes(m, c, OVER);
  notify(m, c);
}

void reinvite(model *m, call *c) {
  if (c->state != TALKING || c->fresh) return;
  c->fresh = c->session + 1;
  c->since = m->now;
  offer(m, c, c->fresh, true);
}

/* Nobody answered: rung anew, as another session. */
static void ring_again(model *m, call *c) {
  terminate(m, c, c->session, "timeout");
  c->session++;
  becomes(m, c, RINGING);
  propose(m, c);
}

void server_bound(model *m) {
  for (size_t i = 0; i < CALLS; i++)
    if (m->calls[i].state == RINGING) propose(m, &m->calls[i]);
}

/* The gateway hears no media any more, as when the page was reloaded. */
static bool is_abandoned(model *m, call *c) {
  char name[24];
  session_name(name, c, c->session);
  if (c->state != TALKING || browser_talks(m, name)) c->heard = m->now;
  return m->now - c->heard >= SILENCE_LIMIT;
}

void server_second(model *m) {
  for (size_t i = 0; i < CALLS; i++) {
    call *c = &m->calls[i];
    if (c->state == RINGING && m->now - c->proposed >= PROPOSE_EVERY) propose(m, c);
    else if (c->state == OFFERING && m->now - c->since >= OFFER_LIMIT) ring_again(m, c);
    if (is_abandoned(m, c)) end_call(m, c, false);
    if (c->state != TALKING || !c->fresh) continue;
    if (m->now - c->since >= REINVITE_LIMIT) end_call(m, c, false);
    else if ((m->now - c->since) / 1000 % (REINVITE_EVERY / 1000) == 0) offer(m, c, c->fresh, true);
  }
}

/* --- what it hears --- */

static bool member(const char *json, const char *key, char out[24]) {
  char pattern[48];
  snprintf(pattern, sizeof pattern, "\"%s\":\"", key);
  const char *at = strstr(json, pattern);
  if (!at) return false;
  at += strlen(pattern);
  size_t len = strcspn(at, "\"");
  if (len > 23) return false;
  memcpy(out, at, len);
  out[len] = '\0';
  return true;
}

static void hears_answer(model *m, const char *session) {
  char name[24];
  call *c = call_of_session(m, session);
  if (!c) return;
  if (c->fresh) {
    session_name(name, c, c->fresh);
    if (strcmp(name, session) != 0) return;
    c->session = c->fresh;
    c->fresh = 0;
    return;
  }
  if (c->state != OFFERING) return;
  becomes(m, c, TALKING);
  notify(m, c);
}

static void hears_terminate(model *m, const char *session) {
  char name[24];
  call *c = call_of_session(m, session);
  if (!c) return;
  session_name(name, c, c->session);
  if (strcmp(name, session) == 0 && c->fresh) return; /* the old session of a re-invite; its answer is under way */
  if (c->state == OFFERING || c->state == TALKING) end_call(m, c, true);
}

static void hears_proceed(model *m, const char *xml) {
  const char *at = strstr(xml, " id=\"s");
  char session[24];
  if (!at) return;
  snprintf(session, sizeof session, "%.*s", (int)strcspn(at + 5, "\""), at + 5);
  call *c = call_of_session(m, session);
  if (!c) return;
  if (c->state == RINGING) becomes(m, c, OFFERING);
  if (c->state == OFFERING) offer(m, c, c->session, false);
}

void server_frame(model *m, const char *xml) {
  char method[24], session[24];
  if (strstr(xml, "<proceed")) {
    hears_proceed(m, xml);
  } else if (strstr(xml, "<genesys-webrtc") && member(xml, "method", method) && member(xml, "sessionId", session)) {
    if (strcmp(method, "answer") == 0) hears_answer(m, session);
    else if (strcmp(method, "terminate") == 0) hears_terminate(m, session);
  }
}

/* --- what it is asked --- */

static int patch(model *m, call *c, const char *body) {
  if (c->state == OVER) return strstr(body, "disconnected") ? 200 : 400;
  if (strstr(body, "disconnected") || strstr(body, "voicemail")) {
    end_call(m, c, false);
    return 200;
  }
  if (strstr(body, "muted")) c->muted = strstr(body, "true") != NULL;
  else if (strstr(body, "held")) c->held = strstr(body, "true") != NULL;
  else return 400;
  notify(m, c);
  return 200;
}

int server_request(model *m, const char *method, const char *path, const char *body, char *out, size_t size) {
  static const struct {
    const char *start, *body;
  } fixed[] = {
    { "organizations/me", "{\"id\":\"org-1\"}" },
    { "users/me", "{\"id\":\"u1\",\"chat\":{\"jabberId\":\"" ME "\"},\"station\":{\"effectiveStation\":{\"id\":"
                  "\"st1\"}}}" },
    { "notifications/channels", "{\"id\":\"chan-1\",\"entities\":[]}" },
  };
  char conversation[24] = "";
  snprintf(out, size, "{}");
  for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
    if (strncmp(path, fixed[i].start, strlen(fixed[i].start)) != 0) continue;
    snprintf(out, size, "%s", fixed[i].body);
    return 200;
  }
  if (strncmp(path, "stations/", 9) == 0) {
    snprintf(out, size,
             "{\"id\":\"st1\",\"type\":\"inin_webrtc_softphone\",\"webRtcPersistentEnabled\":false,"
             "\"webRtcCallAppearances\":%u}",
             m->lines);
    return 200;
  }
  if (strcmp(path, "conversations/calls") == 0 && strcmp(method, "POST") == 0) {
    new_call(m, true);
    snprintf(out, size, "{\"id\":\"c%u\",\"selfUri\":\"/x\"}", m->last_call);
    return 200;
  }
  const char *at = strstr(path, "/c");
  at = strncmp(path, "conversations/calls/", 20) == 0 ? path + 20 : at ? at + 1 : "";
  snprintf(conversation, sizeof conversation, "%.*s", (int)strcspn(at, "/"), at);
  call *c = call_of(m, conversation);
  if (!c) return 404;
  if (strcmp(method, "GET") == 0) write_conversation(out, size, c);
  else if (strstr(path, "/participants/")) return patch(m, c, body);
  return 200;
}

/* --- what nobody asked for --- */

void stray_stanza(model *m) {
  static const char *const strays[] = {
    "<message xmlns=\"jabber:client\"><unclosed></message>",
    "<message xmlns=\"jabber:client\" from=\"" GATEWAY "\"><retract xmlns=\"urn:xmpp:jingle-message:0\" "
    "id=\"s999x1\"/></message>",
    "<message xmlns=\"jabber:client\" from=\"" GATEWAY "\"><propose xmlns=\"urn:xmpp:jingle-message:0\"/></message>",
    "<iq xmlns=\"jabber:client\" from=\"" GATEWAY "\" id=\"x1\" type=\"set\"><genesys-webrtc xmlns=\"genesys\">"
    "{\"method\":</genesys-webrtc></iq>",
    "<iq xmlns=\"jabber:client\" from=\"" GATEWAY "\" id=\"x2\" type=\"set\"><genesys-webrtc xmlns=\"genesys\">"
    "{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"method\":\"terminate\",\"params\":{\"sessionId\":\"s999x1\"}}"
    "</genesys-webrtc></iq>",
    "<iq xmlns=\"jabber:client\" from=\"mallory@acme.orgspan.com/x\" id=\"x3\" type=\"set\"><genesys-webrtc "
    "xmlns=\"genesys\">{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"method\":\"terminate\",\"params\":{\"sessionId\":\"s1x1\"}}"
    "</genesys-webrtc></iq>",
    "<iq xmlns=\"jabber:client\" id=\"nobody-asked\" type=\"result\"/>",
    "<message xmlns=\"jabber:client\" from=\"notifications.mypurecloud.com\"><event "
    "xmlns=\"http://jabber.org/protocol/pubsub#event\"><items node=\"v2.users.u1.conversations\"><item><json "
    "xmlns=\"urn:xmpp:json:0\">{\"eventBody\":{\"id\":</json></item></items></event></message>",
  };
  if (m->bound_socket) deliver(m, strays[roll(m, sizeof strays / sizeof *strays)]);
}
