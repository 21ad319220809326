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

const char *own_session(const call *c, char out[24]) {
  session_name(out, c, c->session);
  return out;
}

const char *trunk_session(const model *m, char out[24]) {
  return own_session(&m->trunk, out);
}

call *call_of_session(model *m, const char *session) {
  char name[24];
  for (size_t i = 0; i <= CALLS; i++) {
    call *c = i == CALLS ? &m->trunk : &m->calls[i];
    if (c->state == FREE || c->shared) continue;
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
           " inin-cid=\"c%u\" inin-autoanswer=\"%s\" inin-sdp-over-xmpp=\"true\" inin-user-id=\"u-from\"%s", c->number,
           c->auto_answer ? "true" : "false", c->eager ? " inin-priv-answer-mode=\"Auto\"" : "");
  if (!m->bound_socket) return;
  c->proposed = m->now;
  say_message(m, "propose", c, attributes);
}

/* The conversation that an offer names: of a trunk, one of those it carries. */
static unsigned named(model *m, call *c) {
  unsigned number = c->number;
  if (c->named) return c->named;
  for (size_t i = 0, found = 0; c == &m->trunk && i < CALLS; i++)
    if (m->calls[i].shared && m->calls[i].state == TALKING && roll(m, (unsigned)++found) == 0)
      number = m->calls[i].number;
  return c->named = number;
}

static void offer(model *m, call *c, unsigned session, bool again) {
  char name[24], rpc[32], more[512];
  session_name(name, c, session);
  snprintf(rpc, sizeof rpc, "offer-%s", name);
  snprintf(more, sizeof more, ",\"conversationId\":\"c%u\",\"reinvite\":%s,\"sdp\":\"" SDP "\"", named(m, c),
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

static void write_conversations(const model *m, char *out, size_t size) {
  size_t at = (size_t)snprintf(out, size, "{\"entities\":[");
  for (size_t i = 0; i < CALLS; i++) {
    if (m->calls[i].state == FREE || m->calls[i].state == OVER) continue;
    if (out[at - 1] == '}') out[at++] = ',';
    write_conversation(out + at, size - at, &m->calls[i]);
    at += strlen(out + at);
  }
  snprintf(out + at, size - at, "]}");
}

static void notify(model *m, call *c) {
  char body[1024], xml[2048];
  write_conversation(body, sizeof body, c);
  snprintf(xml, sizeof xml,
           "<message xmlns=\"jabber:client\" from=\"notifications.mypurecloud.com\" to=\"" ME "/res-1\" id=\"n1\">"
           "<event xmlns=\"http://jabber.org/protocol/pubsub#event\"><items node=\"v2.users.u1.conversations\">"
           "<item id=\"i1\"><json xmlns=\"urn:xmpp:json:0\">{\"topicName\":\"v2.users.u1.conversations\","
           "\"eventBody\":%s}</json></item></items></event></message>",
           body);
  deliver(m, xml);
  if (m->now - c->blurred > 5000) c->blurred = 0;
  if (m->reordered) c->blurred = m->now;
}

static void becomes(model *m, call *c, call_state state) {
  tell(m, "  call c%u: %d -> %d", c->number, (int)c->state, (int)state);
  c->state = state;
  c->since = m->now;
}

/* --- the trunk: the session of a persistent connection, or of the only line --- */

static void terminate(model *m, const call *c, unsigned session, const char *reason);
static void propose(model *m, call *c);

static bool shares(const model *m) {
  return m->persistent || m->lines == 1;
}

static size_t riders(const model *m, bool talking) {
  size_t count = 0;
  for (size_t i = 0; i < CALLS; i++)
    if (m->calls[i].shared && (m->calls[i].state == TALKING || (!talking && m->calls[i].state == RINGING))) count++;
  return count;
}

/* A session that is about to begin, or was the session of a call until a moment ago: which of two is the trunk cannot
   be told from here. */
static bool unsettled(const model *m) {
  for (size_t i = 0; i < CALLS; i++) {
    const call *c = &m->calls[i];
    if (!c->shared && (c->state == OFFERING || (c->state == OVER && m->now - c->since < 10000))) return true;
  }
  return false;
}

/* A call that rings now does so on the trunk. */
static bool takes(const model *m) {
  return m->trunk.state == TALKING && shares(m) && m->now - m->trunk.heard < 1000 &&
         (m->lines == 1 || (riders(m, false) == 0 && !unsettled(m)));
}

static void trunk_over(model *m, bool by_client) {
  if (m->trunk.state == FREE) return;
  call gone = m->trunk;
  m->trunk.state = FREE;
  tell(m, "  trunk s%ux%u: over", gone.number, gone.session);
  if (gone.state == RINGING) say_message(m, "retract", &gone, "");
  else if (!by_client) terminate(m, &gone, gone.session, "success");
  if (gone.fresh) terminate(m, &gone, gone.fresh, "success");
  for (size_t i = 0; i < CALLS; i++) {
    call *c = &m->calls[i];
    if (!c->shared || (c->state != TALKING && c->state != RINGING)) continue;
    bool rings = c->state == RINGING;
    if (!rings) becomes(m, c, OVER);
    if (!rings) notify(m, c);
    c->shared = !rings;
    if (rings) propose(m, c); /* as a session of its own */
  }
}

/* Nobody talks: a line without persistent connection is put down. */
static void rest(model *m) {
  if (m->trunk.state == TALKING && !m->persistent && riders(m, true) == 0) trunk_over(m, false);
}

static void raise_trunk(model *m, call *c) {
  if (!shares(m) || m->trunk.state == TALKING) return;
  if (m->trunk.state != FREE) trunk_over(m, false); /* an eager one is not needed any more */
  m->trunk = (call){ .number = c->number, .session = c->session, .state = TALKING, .heard = m->now, .since = m->now };
  c->shared = true;
  tell(m, "  trunk s%ux%u: up", c->number, c->session);
}

/* --- its calls --- */

void new_call(model *m, bool outbound) {
  call *c = NULL;
  size_t up = 0;
  for (size_t i = 0; i < CALLS; i++) up += m->calls[i].state != FREE && m->calls[i].state != OVER;
  if (!m->station || up >= CALLS - 2) return;
  bool shared = takes(m);
  size_t own = 0;
  for (size_t i = 0; i < CALLS; i++) own += m->calls[i].state == TALKING && !m->calls[i].shared;
  if (m->lines == 1 && (own || (!shared && (up || m->trunk.state != FREE)))) return; /* the only line is busy */
  for (size_t i = 0; i < CALLS && !c; i++)
    if (m->calls[i].state == FREE || (m->calls[i].state == OVER && m->now - m->calls[i].since > 200000))
      c = &m->calls[i];
  if (!c) return;
  *c = (call){ .number = ++m->last_call, .session = 1, .outbound = outbound, .auto_answer = outbound || chance(m, 15) };
  becomes(m, c, RINGING);
  c->shared = shared;
  if (shared) tell(m, "  on trunk s%ux%u", m->trunk.number, m->trunk.session);
  notify(m, c);
  if (!shared) propose(m, c);
}

void end_call(model *m, call *c, bool by_client) {
  call_state was = c->state;
  if (was == OVER || was == FREE) return;
  if (c == &m->trunk) {
    trunk_over(m, by_client);
    return;
  }
  if (was == RINGING && !c->shared) say_message(m, "retract", c, "");
  if (!by_client && was != RINGING && !c->shared) terminate(m, c, c->session, "success");
  if (c->fresh) terminate(m, c, c->fresh, "success");
  c->fresh = 0;
  becomes(m, c, OVER);
  notify(m, c);
  if (c->shared) rest(m);
}

void reinvite(model *m, call *c) {
  if (c->shared) c = &m->trunk;
  if (c->state != TALKING || c->fresh) return;
  c->fresh = c->session + 1;
  c->named = 0;
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
  if (m->trunk.state == RINGING) propose(m, &m->trunk);
  for (size_t i = 0; i < CALLS; i++)
    if (m->calls[i].state == RINGING && !m->calls[i].shared) propose(m, &m->calls[i]);
  bool busy = m->trunk.state != FREE;
  for (size_t i = 0; i < CALLS; i++) busy = busy || (m->calls[i].state != FREE && m->calls[i].state != OVER);
  if (busy || !m->persistent || !m->station || chance(m, 50)) return;
  m->trunk = (call){ .number = ++m->last_call, .session = 1, .eager = true };
  m->fake[m->last_call % NUMBERS] = true;
  becomes(m, &m->trunk, RINGING);
  propose(m, &m->trunk);
}

/* --- its station --- */

void server_station(model *m) {
  m->lines = m->next_lines;
  m->persistent = m->next_persistent;
  m->station = m->station_known = true;
}

void change_station(model *m) {
  static const char *const actions[] = { "WebRTCMigration", "Disassociated", "Associated" };
  char xml[1024];
  unsigned what = m->station ? chance(m, 70) ? 0 : 1 : 2;
  m->next_lines = 1 + roll(m, 2);
  m->next_persistent = chance(m, 60);
  if (!m->bound_socket) return;
  tell(m, "  station: %s", actions[what]);
  if (what == 1) {
    m->station = false;
    trunk_over(m, false);
    for (size_t i = 0; i < CALLS; i++) end_call(m, &m->calls[i], false);
  }
  snprintf(
      xml, sizeof xml,
      "<message xmlns=\"jabber:client\" from=\"notifications.mypurecloud.com\" to=\"" ME "/res-1\" id=\"n1\">"
      "<event xmlns=\"http://jabber.org/protocol/pubsub#event\"><items node=\"v2.users.u1.station\">"
      "<item id=\"i1\"><json xmlns=\"urn:xmpp:json:0\">{\"topicName\":\"v2.users.u1.station\","
      "\"metadata\":{\"action\":\"%s\"},\"eventBody\":{\"associatedStation\":{\"id\":\"st1\"}}}</json></item></items>"
      "</event></message>",
      actions[what]);
  deliver_plain(m, xml);
}

/* The gateway hears no media any more, as when the page was reloaded. */
static bool is_abandoned(model *m, call *c) {
  char name[24];
  session_name(name, c, c->session);
  if (c->state != TALKING || browser_talks(m, name)) c->heard = m->now;
  return m->now - c->heard >= SILENCE_LIMIT;
}

void server_second(model *m) {
  if (m->calm && !m->station && m->now / 1000 % 10 == 0) change_station(m);
  for (size_t i = 0; i <= CALLS; i++) {
    call *c = i == CALLS ? &m->trunk : &m->calls[i];
    if (c->shared) {
      if (c->state == RINGING && c->outbound && m->now - c->since >= 1500) { /* the platform connects it */
        becomes(m, c, TALKING);
        notify(m, c);
      }
      continue;
    }
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
  c->heard = m->now;
  if (c == &m->trunk) return;
  raise_trunk(m, c);
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
  if (strstr(body, "\\\"connected\\\"")) {
    if (c->state == RINGING && c->shared) becomes(m, c, TALKING);
    else return 400;
  } else if (strstr(body, "muted")) c->muted = strstr(body, "true") != NULL;
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
             "{\"id\":\"st1\",\"type\":\"inin_webrtc_softphone\",\"webRtcPersistentEnabled\":%s,"
             "\"webRtcCallAppearances\":%u}",
             m->next_persistent ? "true" : "false", m->next_lines);
    return 200;
  }
  if (strcmp(path, "conversations/calls") == 0 && strcmp(method, "POST") == 0) {
    unsigned before = m->last_call;
    new_call(m, true);
    if (m->last_call == before) return 400;
    snprintf(out, size, "{\"id\":\"c%u\",\"selfUri\":\"/x\"}", m->last_call);
    return 200;
  }
  if (strncmp(path, "conversations?", 14) == 0) {
    write_conversations(m, out, size);
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
