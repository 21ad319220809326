/* SPDX-License-Identifier: MIT */
/* The network: HTTP and one WebSocket, with what goes wrong in them. */
#include "model.h"

#include <string.h>

static uint64_t latency(model *m) {
  return 10 + roll(m, 90);
}

/* --- server to client --- */

static void arrive(model *m, uint64_t at, const char *xml) {
  happens(m, at - m->now, AT_CLIENT_FRAME, m->socket, 0, "", xml);
}

void deliver_plain(model *m, const char *xml) {
  if (m->hole || !m->socket) return;
  uint64_t at = m->now + latency(m);
  if (at < m->to_client) at = m->to_client;
  m->to_client = at;
  arrive(m, at, xml);
}

void deliver(model *m, const char *xml) {
  m->reordered = false;
  if (!m->bound_socket || m->bound_socket != m->socket) return;
  if (m->hole) return;
  if (fault(m, 4)) { /* late: others overtake it */
    m->reordered = true;
    tell(m, "  late: %.120s", xml);
    arrive(m, m->now + 200 + roll(m, 3000), xml);
    return;
  }
  deliver_plain(m, xml);
  if (!fault(m, 4)) return;
  m->reordered = true;
  tell(m, "  twice: %.120s", xml);
  arrive(m, m->to_client + roll(m, 2000), xml);
}

/* --- the stream's negotiation --- */

static void attribute(const char *xml, const char *name, char out[64]) {
  char key[16];
  snprintf(key, sizeof key, " %s=\"", name);
  const char *at = strstr(xml, key);
  at = at ? at + strlen(key) : "";
  snprintf(out, 64, "%.*s", (int)strcspn(at, "\""), at);
}

static void serve_open(model *m) {
  deliver_plain(m, "<open xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\" version=\"1.0\" from=\"hawk\" id=\"o1\"/>");
  deliver_plain(m, m->authenticated ? "<stream:features xmlns:stream=\"http://etherx.jabber.org/streams\">"
                                      "<bind xmlns=\"urn:ietf:params:xml:ns:xmpp-bind\"/>"
                                      "<session xmlns=\"urn:ietf:params:xml:ns:xmpp-session\"/></stream:features>"
                                    : "<stream:features xmlns:stream=\"http://etherx.jabber.org/streams\"><mechanisms "
                                      "xmlns=\"urn:ietf:params:xml:ns:xmpp-sasl\"><mechanism>PLAIN</mechanism>"
                                      "</mechanisms></stream:features>");
}

static void serve_auth(model *m) {
  static const char *const conditions[] = { "temporary-auth-failure", "not-authorized" };
  char xml[160];
  m->authenticated = !fault(m, 6);
  snprintf(xml, sizeof xml, "<failure xmlns=\"urn:ietf:params:xml:ns:xmpp-sasl\"><%s/></failure>",
           conditions[chance(m, 25)]);
  deliver_plain(m, m->authenticated ? "<success xmlns=\"urn:ietf:params:xml:ns:xmpp-sasl\"/>" : xml);
}

static void serve_iq(model *m, const char *request) {
  char id[64], to[64], xml[512];
  bool binding = strstr(request, "<bind") != NULL;
  const char *payload = "";
  attribute(request, "id", id);
  attribute(request, "to", to);
  if (binding) payload = "<bind xmlns=\"urn:ietf:params:xml:ns:xmpp-bind\"><jid>" ME "/res-1</jid></bind>";
  else if (strstr(request, "urn:xmpp:extdisco:1"))
    payload = "<services xmlns=\"urn:xmpp:extdisco:1\"><service type=\"stun\" host=\"s.example.com\" "
              "port=\"3478\"/></services>";
  if (binding && fault(m, 6)) { /* closed during bind */
    drop_socket(m);
    return;
  }
  if (!binding && fault(m, 2)) return; /* no answer */
  bool refused = !binding && fault(m, 2);
  bool domain = binding || !to[0];
  snprintf(xml, sizeof xml, "<iq xmlns=\"jabber:client\" type=\"%s\" id=\"%s\"%s%s%s>%s</iq>",
           refused ? "error" : "result", id, domain ? "" : " from=\"", domain ? "" : to, domain ? "" : "\"",
           refused
               ? "<error type=\"wait\"><internal-server-error xmlns=\"urn:ietf:params:xml:ns:xmpp-stanzas\"/></error>"
               : payload);
  deliver_plain(m, xml);
  if (!binding) return;
  m->bound_socket = m->socket;
  server_bound(m);
}

static void at_server(model *m, const char *xml) {
  if (strncmp(xml, "<open", 5) == 0) serve_open(m);
  else if (strncmp(xml, "<auth", 5) == 0) serve_auth(m);
  else if (strncmp(xml, "<close", 6) == 0) deliver_plain(m, "<close xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\"/>");
  else {
    server_frame(m, xml);
    if (strncmp(xml, "<iq", 3) == 0 && (strstr(xml, "type=\"set\"") || strstr(xml, "type=\"get\""))) serve_iq(m, xml);
  }
}

/* --- the socket --- */

void drop_socket(model *m) {
  if (!m->socket) return;
  tell(m, "  socket %u drops", (unsigned)m->socket);
  happens(m, 0, AT_CLIENT_CLOSED, m->socket, 0, "", "");
  m->bound_socket = m->socket = 0;
}

static void open_socket(model *m, uint32_t id) {
  m->sockets++;
  if (m->offline || fault(m, 8)) {
    happens(m, latency(m), AT_CLIENT_CLOSED, id, 0, "", "");
    return;
  }
  m->socket = id;
  m->bound_socket = 0;
  m->hole = m->authenticated = false;
  m->to_client = m->to_server = 0;
  happens(m, latency(m), AT_CLIENT_OPENED, id, 0, "", "");
}

static void send_frame(model *m, uint32_t socket, const char *text) {
  if (socket != m->socket || m->hole || m->offline) return;
  uint64_t at = m->now + latency(m);
  if (at < m->to_server) at = m->to_server;
  m->to_server = at;
  happens(m, at - m->now, AT_SERVER_FRAME, socket, 0, "", text);
}

/* --- HTTP --- */

static void send_request(model *m, const sp_effect *fx, const char *text) {
  char line[2048];
  const char *url = strstr(text, "/api/v2/"), *body = strstr(text, "\"body\":\"");
  if (!url) broken(m, "a request without base: %s", text);
  url += strlen("/api/v2/");
  int at = snprintf(line, sizeof line, "%.*s\n", (int)strcspn(url, "\""), url);
  if (body && at > 0 && (size_t)at < sizeof line) snprintf(line + at, sizeof line - (size_t)at, "%s", body + 8);
  char method[8];
  snprintf(method, sizeof method, "%.*s", SP_STR_ARG(fx->name));
  if (m->offline) happens(m, latency(m), SP_IN_HTTP_RESULT, fx->id, 0, "network", "");
  else happens(m, latency(m), AT_SERVER_REQUEST, fx->id, 0, method, line);
}

static void at_rest(model *m, const event *e) {
  static const int bad[] = { 401, 403, 408, 413, 429, 500, 503, 0, -1 };
  char out[8192] = "{}", path[256];
  const char *body = strchr(e->text, '\n');
  snprintf(path, sizeof path, "%.*s", (int)strcspn(e->text, "\n"), e->text);
  int status = 0, refused = fault(m, 12) ? bad[roll(m, sizeof bad / sizeof *bad)] : 1;
  /* Half of the failures hit the answer: what was asked for is done all the same. */
  if (refused == 1 || chance(m, 50)) status = server_request(m, e->name, path, body ? body + 1 : "", out, sizeof out);
  if (refused != 1) status = refused;
  tell(m, "  rest %s %s: %d", e->name, path, status);
  if (status == 0) happens(m, latency(m), SP_IN_HTTP_RESULT, e->id, 0, "network", "");
  else if (status < 0) happens(m, 16000, SP_IN_HTTP_RESULT, e->id, 0, "timeout", "");
  else {
    if (status == 200 && strncmp(path, "stations/", 9) == 0) server_station(m);
    happens(m, latency(m), SP_IN_HTTP_RESULT, e->id, status, status == 429 ? "2" : "", out);
  }
}

/* --- the door --- */

void net_effect(model *m, const sp_effect *fx) {
  static char text[65536];
  snprintf(text, sizeof text, "%.*s", SP_STR_ARG(fx->text));
  switch (fx->kind) {
    case SP_FX_SOCKET_OPEN: open_socket(m, fx->id); break;
    case SP_FX_SOCKET_SEND: send_frame(m, fx->id, text); break;
    case SP_FX_SOCKET_CLOSE:
      happens(m, latency(m), AT_CLIENT_CLOSED, fx->id, 0, "", "");
      if (fx->id == m->socket) m->bound_socket = m->socket = 0;
      break;
    case SP_FX_HTTP: send_request(m, fx, text); break;
    case SP_FX_HTTP_ABORT:
      forget_events(m, SP_IN_HTTP_RESULT, fx->id);
      forget_events(m, AT_SERVER_REQUEST, fx->id);
      break;
    default: break;
  }
}

void net_event(model *m, const event *e) {
  if (e->kind == AT_SERVER_FRAME && e->id == m->socket && !m->hole) at_server(m, e->text);
  else if (e->kind == AT_SERVER_REQUEST) at_rest(m, e);
}
