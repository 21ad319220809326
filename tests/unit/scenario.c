/* SPDX-License-Identifier: MIT */
/* The world of scenario.h: what reacts to effects, and what a test makes happen. */
#include "scenario.h"

#include "base/json.h"
#include "scenario_log.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Kinds of reactions beside those of sp_input. */
enum { SOCKET_OPENED = SP_IN_KINDS, SOCKET_TEXT, SOCKET_CLOSED };

struct reaction {
  int kind;
  uint32_t id;
  double number;
  char *name, *text;
};

static const uint8_t seed[SP_SEED_BYTES] = "a scenario's bytes, all the same";

static const char default_config[] = "{\"accessToken\":\"TOKEN\",\"environment\":\"mypurecloud.com\"}";

/* --- time and inputs --- */

static sp_time time_of(const scenario *s) {
  return (sp_time){ s->now, 1700000000000u + s->now + s->slept };
}

static void react(scenario *s, int kind, uint32_t id, double number, const char *name, const char *text) {
  s->reactions = grown(s->reactions, s->reaction_count, &s->reaction_cap, sizeof *s->reactions);
  s->reactions[s->reaction_count++] =
      (reaction){ kind, id, number, copy_text(sp_str_from(name)), copy_text(sp_str_from(text)) };
}

static void feed(scenario *s, const reaction *r) {
  sp_str name = sp_str_from(r->name), text = sp_str_from(r->text);
  if (!s->core) return;
  if (r->kind == SOCKET_OPENED) {
    sp_core_socket_opened(s->core, time_of(s), r->id);
  } else if (r->kind == SOCKET_CLOSED) {
    sp_core_socket_closed(s->core, time_of(s), r->id);
  } else if (r->kind == SOCKET_TEXT) {
    sp_str cut = test_cut(text, text.len); /* a block of its own: frames are borrowed for the call only */
    sp_core_socket_text(s->core, time_of(s), r->id, cut);
    test_cut_free(cut);
  } else {
    sp_input input = { (sp_input_kind)r->kind, r->id, r->number, name, text };
    (void)sp_core_input(s->core, time_of(s), &input);
  }
}

/* --- the streaming server --- */

static const char *attribute(const char *xml, const char *name, char *out, size_t size) {
  char key[32];
  snprintf(key, sizeof key, " %s=\"", name);
  const char *at = strstr(xml, key), *end = at ? strchr(at + strlen(key), '"') : NULL;
  int len = end ? (int)(end - at - (long)strlen(key)) : 0;
  snprintf(out, size, "%.*s", len, end ? at + strlen(key) : "");
  return out;
}

static void serve(scenario *s, const char *xml) {
  react(s, SOCKET_TEXT, s->socket, 0, NULL, xml);
}

static void serve_result(scenario *s, const char *request, const char *from, const char *payload) {
  char id[64], xml[2048];
  snprintf(xml, sizeof xml, "<iq xmlns=\"jabber:client\" type=\"result\" id=\"%s\"%s%s%s>%s</iq>",
           attribute(request, "id", id, sizeof id), from ? " from=\"" : "", from ? from : "", from ? "\"" : "",
           payload);
  serve(s, xml);
}

static void serve_open(scenario *s) {
  serve(s, "<open xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\" version=\"1.0\" from=\"hawk\" id=\"o1\"/>");
  serve(s,
        s->authenticated
            ? "<stream:features xmlns:stream=\"http://etherx.jabber.org/streams\">"
              "<bind xmlns=\"urn:ietf:params:xml:ns:xmpp-bind\"/>"
              "<session xmlns=\"urn:ietf:params:xml:ns:xmpp-session\"/></stream:features>"
            : "<stream:features xmlns:stream=\"http://etherx.jabber.org/streams\">"
              "<mechanisms "
              "xmlns=\"urn:ietf:params:xml:ns:xmpp-sasl\"><mechanism>PLAIN</mechanism><mechanism>ANONYMOUS</mechanism>"
              "</mechanisms></stream:features>");
}

static void serve_auth(scenario *s) {
  char xml[256];
  s->authenticated = !s->sasl_failure;
  if (s->authenticated) {
    serve(s, "<success xmlns=\"urn:ietf:params:xml:ns:xmpp-sasl\"/>");
    return;
  }
  snprintf(xml, sizeof xml, "<failure xmlns=\"urn:ietf:params:xml:ns:xmpp-sasl\"><%s/></failure>", s->sasl_failure);
  serve(s, xml);
}

static void serve_subscription(scenario *s, const char *request) {
  char id[64], xml[512];
  if (!s->refused_topic || !strstr(request, s->refused_topic)) {
    serve_result(s, request, "notifications.mypurecloud.com", "<pubsub xmlns=\"http://jabber.org/protocol/pubsub\"/>");
    return;
  }
  snprintf(xml, sizeof xml,
           "<iq xmlns=\"jabber:client\" type=\"error\" id=\"%s\" from=\"notifications.mypurecloud.com\">"
           "<error type=\"auth\"><forbidden xmlns=\"urn:ietf:params:xml:ns:xmpp-stanzas\"/></error></iq>",
           attribute(request, "id", id, sizeof id));
  serve(s, xml);
}

static void serve_error(scenario *s, const char *request) {
  char id[64], to[256], xml[1024];
  snprintf(xml, sizeof xml, "<iq xmlns=\"jabber:client\" type=\"error\" id=\"%s\" from=\"%s\">%s</iq>",
           attribute(request, "id", id, sizeof id), attribute(request, "to", to, sizeof to), s->refusal);
  serve(s, xml);
}

static void serve_iq(scenario *s, const char *request) {
  char to[256];
  if (s->silent && strstr(request, s->silent)) return;
  if (s->refused && strstr(request, s->refused)) {
    serve_error(s, request);
    return;
  }
  if (strstr(request, "<bind"))
    serve_result(s, request, NULL, "<bind xmlns=\"urn:ietf:params:xml:ns:xmpp-bind\"><jid>" ME "/res-1</jid></bind>");
  else if (strstr(request, "urn:xmpp:extdisco:1"))
    serve_result(s, request, NULL,
                 strstr(request, "\"turn\"")
                     ? "<services xmlns=\"urn:xmpp:extdisco:1\"><service type=\"turn\" host=\"t.example.com\" "
                       "port=\"3478\" username=\"tu\" password=\"tp\"/></services>"
                 : s->no_stun ? "<services xmlns=\"urn:xmpp:extdisco:1\"/>"
                              : "<services xmlns=\"urn:xmpp:extdisco:1\"><service type=\"stun\" host=\"s.example.com\" "
                                "port=\"3478\"/></services>");
  else if (strstr(request, "http://jabber.org/protocol/pubsub")) serve_subscription(s, request);
  else serve_result(s, request, attribute(request, "to", to, sizeof to)[0] ? to : NULL, "");
}

static void on_frame(scenario *s, const char *xml) {
  if (s->mute_server) return;
  if (strncmp(xml, "<open", 5) == 0) serve_open(s);
  else if (strncmp(xml, "<auth", 5) == 0) serve_auth(s);
  else if (strncmp(xml, "<close", 6) == 0) serve(s, "<close xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\"/>");
  else if (strncmp(xml, "<iq", 3) == 0 && (strstr(xml, "type=\"set\"") || strstr(xml, "type=\"get\"")))
    serve_iq(s, xml);
}

/* --- the HTTP server --- */

static bool rule_matches(const http_rule *rule, const seen *request) {
  size_t len = strlen(rule->path);
  if (strcmp(rule->method, request->name) != 0) return false;
  if (len > 0 && rule->path[len - 1] == '*') return strncmp(rule->path, request->path, len - 1) == 0;
  return strcmp(rule->path, request->path) == 0;
}

static void add_rule(scenario *s, http_rule rule) {
  assert_true(s->rule_count < SCENARIO_RULES);
  s->rules[s->rule_count++] = rule;
}

void http_answer(scenario *s, const char *method, const char *path, int status, const char *body) {
  add_rule(s, (http_rule){ method, path, status, body, "" });
}

void http_retry_after(scenario *s, const char *method, const char *path, int status, const char *seconds) {
  add_rule(s, (http_rule){ method, path, status, "{}", seconds });
}

static void on_http(scenario *s, const seen *request) {
  size_t i = s->rule_count;
  while (i > 0 && !rule_matches(&s->rules[i - 1], request)) i--;
  const http_rule *rule = i > 0 ? &s->rules[i - 1] : &(http_rule){ "", "", 200, "{}", "" };
  if (rule->status == HTTP_HOLD) return;
  react(s, SP_IN_HTTP_RESULT, request->id, rule->status, rule->status ? rule->retry_after : "network", rule->body);
}

static void abort_http(scenario *s, uint32_t id) {
  for (size_t i = 0; i < s->reaction_count; i++)
    if (s->reactions[i].kind == SP_IN_HTTP_RESULT && s->reactions[i].id == id) s->reactions[i].kind = SP_IN_NONE;
}

/* --- the browser --- */

#define ANSWER_SDP "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=answer\r\n"

static void on_peer(scenario *s, uint32_t session, const char *operation) {
  if (s->held_peer && (strcmp(s->held_peer, "*") == 0 || strcmp(s->held_peer, operation) == 0)) return;
  bool ok = !s->failing_peer || strcmp(s->failing_peer, operation) != 0;
  bool answers = ok && strcmp(operation, "answer") == 0;
  const char *sdp = s->answer ? s->answer : ANSWER_SDP;
  react(s, SP_IN_PEER_RESULT, session, ok ? 1 + s->facts : 0, operation, answers ? sdp : "");
}

static bool is_operation(const seen *fx, const char *operation) {
  char member[64];
  snprintf(member, sizeof member, "{\"op\":\"%s\"", operation ? operation : "");
  return operation && strstr(fx->text, member);
}

/* A camera is found when video is sent; what it changes in `facts` is the test's business. */
static const char *senders_of(const scenario *s) {
  return s->senders ? s->senders : "{\"senders\":[" SENDER("audio", "Microphone 1") "],\"sink\":\"\"}";
}

static void on_tracks(scenario *s, const seen *fx) {
  if (is_operation(fx, s->held_peer) || (s->held_peer && strcmp(s->held_peer, "*") == 0)) return;
  bool found = (is_operation(fx, "look") || is_operation(fx, "drop")) && (s->facts & 4);
  double number = is_operation(fx, s->failing_peer) ? 0 : 1 + s->facts + (found ? 16 : 0);
  react(s, SP_IN_PEER_RESULT, fx->id, number, fx->name, is_operation(fx, "senders") ? senders_of(s) : s->peer_text);
}

/* The label of the device that was asked for, as the list below has it. */
static const char *label_of(const scenario *s, const seen *fx) {
  if (s->media_label) return s->media_label;
  if (strstr(fx->text, "\"audio\":false")) return "Camera 1";
  return strstr(fx->text, "{\"exact\":\"m2\"}") ? "Microphone 2" : "Microphone 1";
}

static void on_media(scenario *s, const seen *fx) {
  char stream[32];
  if (s->holds_media) return;
  snprintf(stream, sizeof stream, "mic-%u", (unsigned)fx->id);
  if (s->media_error) react(s, SP_IN_MEDIA_RESULT, fx->id, 0, s->media_error, "No microphone");
  else react(s, SP_IN_MEDIA_RESULT, fx->id, 1, stream, label_of(s, fx));
}

/* Only with a job there is an answer. */
static void on_audio_set(scenario *s, const seen *fx) {
  const char *job = strstr(fx->text, "\"job\":");
  char number[16];
  if (!job || s->holds_sinks) return;
  snprintf(number, sizeof number, "%d", atoi(job + 6));
  react(s, SP_IN_AUDIO_SET, fx->id, s->sink_outcome, number, "");
}

static void on_enumerate(scenario *s, uint32_t id) {
  if (s->holds_devices) return;
  s->last_device += 100;
  react(s, SP_IN_DEVICES, id, s->devices_error ? 0 : s->last_device, s->devices_error, s->devices ? s->devices : "[]");
}

static void on_hid(scenario *s, const seen *fx) {
  if (strcmp(fx->name, "list") == 0) react(s, SP_IN_HID, 0, s->hid != NULL, "devices", s->hid ? s->hid : "");
  else if (strcmp(fx->name, "open") == 0) react(s, SP_IN_HID, fx->id, 1, "opened", "");
  else if (strcmp(fx->name, "send") == 0) react(s, SP_IN_HID, fx->id, 1, "sent", "");
}

static void open_socket(scenario *s, uint32_t id) {
  if (!s->lenient && id <= s->last_socket) fail_msg("socket number %u was used before", (unsigned)id);
  s->socket = s->last_socket = id;
  s->authenticated = false;
  react(s, SOCKET_OPENED, id, 0, NULL, NULL);
}

static double flags_of(const seen *record) {
  return (strstr(record->text, "\"local\":true") ? 1 : 0) + (record->id ? 2 : 0);
}

static void on_effect(scenario *s, const seen *fx) {
  switch (fx->kind) {
    case SP_FX_SOCKET_OPEN: open_socket(s, fx->id); break;
    case SP_FX_SOCKET_SEND:
      if (fx->id == s->socket) on_frame(s, fx->text);
      break;
    case SP_FX_SOCKET_CLOSE: react(s, SOCKET_CLOSED, fx->id, 0, NULL, NULL); break;
    case SP_FX_HTTP: on_http(s, fx); break;
    case SP_FX_HTTP_ABORT: abort_http(s, fx->id); break;
    case SP_FX_PEER_OFFER: on_peer(s, fx->id, "offer"); break;
    case SP_FX_PEER_STREAM: on_peer(s, fx->id, "stream"); break;
    case SP_FX_PEER_ANSWER: on_peer(s, fx->id, "answer"); break;
    case SP_FX_HID: on_hid(s, fx); break;
    case SP_FX_MEDIA_REQUEST: on_media(s, fx); break;
    case SP_FX_MEDIA_ENUMERATE: on_enumerate(s, fx->id); break;
    case SP_FX_PEER_STATS: react(s, SP_IN_PEER_STATS, fx->id, atof(fx->name), "", s->stats ? s->stats : "[]"); break;
    case SP_FX_PEER_TRACKS: on_tracks(s, fx); break;
    case SP_FX_AUDIO_SET: on_audio_set(s, fx); break;
    case SP_FX_LOG:
      if (s->logs) react(s, SP_IN_LOG, ++s->records, flags_of(fx), fx->name, fx->text);
      break;
    case SP_FX_STORAGE_READ:
      react(s, SP_IN_STORED, fx->id, 0, fx->name, fx->id == SP_STORAGE_SESSION && s->backoff ? s->backoff : "");
      break;
    default: break;
  }
}

/* --- one step at a time: an input, then all its effects, then the next --- */

static void drain(scenario *s) {
  for (sp_effect fx; s->core && sp_core_next_effect(s->core, &fx);) {
    size_t index = record_effect(s, &fx);
    on_effect(s, s->log[index]);
  }
}

static void settle(scenario *s) {
  drain(s);
  for (size_t steps = 0; s->reaction_count > 0; steps++) {
    if (steps > 5000) fail_msg("the world and the core never come to rest");
    reaction next = s->reactions[0];
    memmove(s->reactions, s->reactions + 1, --s->reaction_count * sizeof next);
    if (next.kind != SP_IN_NONE) feed(s, &next);
    free(next.name);
    free(next.text);
    drain(s);
  }
}

static void happen(scenario *s, int kind, uint32_t id, double number, const char *name, const char *text) {
  react(s, kind, id, number, name, text);
  settle(s);
}

void advance(scenario *s, uint64_t ms) {
  uint64_t until = s->now + ms;
  settle(s);
  for (size_t steps = 0; s->core && sp_core_deadline(s->core) <= until; steps++) {
    if (steps > 5000) fail_msg("the core wants to be woken again and again");
    if (sp_core_deadline(s->core) > s->now) s->now = sp_core_deadline(s->core);
    sp_core_tick(s->core, time_of(s));
    settle(s);
  }
  s->now = until;
}

/* --- the app --- */

void start(scenario *s, const char *config) {
  sp_buf error;
  sp_buf_init(&error, NULL, 4096);
  int status = sp_core_new(s->alloc, seed, sp_str_from(config), time_of(s), &error, &s->core);
  if (status != SP_OK) s->core = NULL;
  if (status != SP_OK && !s->lenient) fail_msg("no core: %.*s", SP_STR_ARG(sp_buf_str(&error)));
  sp_buf_free(&error);
  settle(s);
}

uint32_t call(scenario *s, const char *method, const char *arguments) {
  assert_true(s->last_call + 1 < SCENARIO_CALLS);
  uint32_t id = ++s->last_call;
  if (!s->core) s->settled[id] = 1;
  happen(s, SP_IN_CALL, id, 0, method, arguments);
  return id;
}

const char *ask(scenario *s, const char *question) {
  static char answer[1024];
  sp_buf out;
  sp_buf_init(&out, NULL, sizeof answer);
  answer[0] = '\0';
  if (s->core && sp_core_ask(s->core, sp_str_from(question), &out) == SP_OK)
    snprintf(answer, sizeof answer, "%.*s", SP_STR_ARG(sp_buf_str(&out)));
  sp_buf_free(&out);
  return answer;
}

void sign_in(scenario *s) {
  if (!s->core && !s->lenient) start(s, default_config);
  else if (!s->core && s->last_call == 0) start(s, default_config);
  uint32_t id = call(s, "initialize", "[]");
  advance(s, 200); /* the station topic leaves with the debounced request */
  expect_resolved(s, id, "");
  forget(s);
  if (id == 1) s->signed_in = test_alloc_calls();
}

void sign_in_with(scenario *s, unsigned appearances, bool persistent) {
  static char body[256];
  snprintf(body, sizeof body,
           "{\"id\":\"st1\",\"type\":\"inin_webrtc_softphone\",\"webRtcPersistentEnabled\":%s,"
           "\"webRtcCallAppearances\":%u}",
           persistent ? "true" : "false", appearances);
  http_answer(s, "GET", "stations/st1", 200, body);
  sign_in(s);
}

void http_reply(scenario *s, const seen *request, int status, const char *body) {
  happen(s, SP_IN_HTTP_RESULT, request->id, status, status ? "" : "network", body);
}

/* --- what the server says --- */

static const char *or_else(const char *text, const char *fallback) {
  return text ? text : fallback;
}

void frame(scenario *s, const char *xml) {
  happen(s, SOCKET_TEXT, s->socket, 0, NULL, xml);
}

void drop_connection(scenario *s) {
  happen(s, SOCKET_CLOSED, s->socket, 0, NULL, NULL);
}

void notify(scenario *s, const char *topic, const char *json) {
  char xml[8192];
  snprintf(xml, sizeof xml,
           "<message xmlns=\"jabber:client\" from=\"notifications.mypurecloud.com\" to=\"" ME "/res-1\" id=\"n1\">"
           "<event xmlns=\"http://jabber.org/protocol/pubsub#event\"><items node=\"%s\"><item id=\"i1\">"
           "<json xmlns=\"urn:xmpp:json:0\">%s</json></item></items></event></message>",
           topic, json);
  frame(s, xml);
}

void send_propose(scenario *s, const propose_args *args) {
  char xml[2048], mode[64] = "", conversation_id[128] = "", meeting[128] = "";
  if (args->answer_mode) snprintf(mode, sizeof mode, " inin-priv-answer-mode=\"%s\"", args->answer_mode);
  if (args->conversation) snprintf(conversation_id, sizeof conversation_id, " inin-cid=\"%s\"", args->conversation);
  if (args->meeting) snprintf(meeting, sizeof meeting, " inin-meeting-id=\"%s\"", args->meeting);
  snprintf(xml, sizeof xml,
           "<message xmlns=\"jabber:client\" from=\"%s\" to=\"" ME "/res-1\" id=\"m1\"%s%s%s>"
           "<propose xmlns=\"urn:xmpp:jingle-message:0\" id=\"%s\"%s inin-autoanswer=\"%s\" "
           "%sinin-user-id=\"%s\" inin-ofrom=\"%s\"%s%s>"
           "<description xmlns=\"urn:xmpp:jingle:apps:rtp:1\" media=\"audio\"/></propose></message>",
           or_else(args->from, GATEWAY), args->type ? " type=\"" : "", or_else(args->type, ""), args->type ? "\"" : "",
           args->session, conversation_id, or_else(args->auto_answer, "false"),
           args->jingle ? "" : "inin-sdp-over-xmpp=\"true\" ", or_else(args->user, "u-from"),
           or_else(args->room, "+13175550100@gjoll.acme.orgspan.com"), meeting, mode);
  frame(s, xml);
}

void send_message(scenario *s, const char *kind, const char *session) {
  char xml[512];
  snprintf(xml, sizeof xml,
           "<message xmlns=\"jabber:client\" from=\"" GATEWAY "\" to=\"" ME "/res-1\">"
           "<%s xmlns=\"urn:xmpp:jingle-message:0\" id=\"%s\"/></message>",
           kind, session);
  frame(s, xml);
}

void rpc(scenario *s, const char *from, const char *json) {
  static unsigned last;
  char xml[4096];
  snprintf(xml, sizeof xml,
           "<iq xmlns=\"jabber:client\" from=\"%s\" to=\"" ME "/res-1\" id=\"gw-%u\" type=\"set\">"
           "<genesys-webrtc xmlns=\"genesys\">%s</genesys-webrtc></iq>",
           from, ++last, json);
  frame(s, xml);
}

void send_offer(scenario *s, const offer_args *args) {
  char json[2048];
  const char *ufrag = or_else(args->ufrag, "uf1");
  snprintf(json, sizeof json,
           "{\"jsonrpc\":\"2.0\",\"id\":\"%s\",\"method\":\"offer\",\"params\":{\"sessionId\":\"%s\","
           "\"conversationId\":\"%s\",\"reinvite\":%s,\"sdp\":\"v=0\\r\\nm=audio 9 UDP/TLS/RTP/SAVPF 111\\r\\n"
           "a=ice-ufrag:%s\\r\\na=ice-pwd:pw-%s\\r\\n%s\"}}",
           or_else(args->rpc_id, "offer-1"), args->session, args->conversation, args->reinvite ? "true" : "false",
           ufrag, ufrag, args->data_channel ? "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\\r\\n" : "");
  rpc(s, or_else(args->from, GATEWAY), json);
}

void terminate(scenario *s, const char *session, const char *reason) {
  char json[512];
  snprintf(json, sizeof json,
           "{\"jsonrpc\":\"2.0\",\"id\":\"t1\",\"method\":\"terminate\",\"params\":{\"sessionId\":\"%s\"%s%s%s}}",
           session, reason ? ",\"reason\":\"" : "", or_else(reason, ""), reason ? "\"" : "");
  rpc(s, GATEWAY, json);
}

void candidate(scenario *s, const char *session, const char *fragment) {
  char json[1024];
  snprintf(json, sizeof json,
           "{\"jsonrpc\":\"2.0\",\"id\":\"c1\",\"method\":\"iceCandidate\",\"params\":{\"sessionId\":\"%s\","
           "\"sdp\":\"%s\"}}",
           session, fragment);
  rpc(s, GATEWAY, json);
}

void send_conversation(scenario *s, const conversation_args *args) {
  char json[2048], error[256] = "";
  if (args->error_code)
    snprintf(error, sizeof error, ",\"errorInfo\":{\"code\":\"%s\",\"message\":\"text\"}", args->error_code);
  snprintf(json, sizeof json,
           "{\"topicName\":\"v2.users.u1.conversations\",\"eventBody\":{\"id\":\"%s\",\"participants\":["
           "{\"id\":\"p-%s\",\"purpose\":\"%s\",\"userId\":\"u1\",\"calls\":[{\"id\":\"%s%s\",\"state\":\"%s\","
           "\"direction\":\"%s\",\"muted\":%s,\"held\":%s,\"confined\":%s%s}]}]}}",
           args->conversation, args->conversation, or_else(args->purpose, "agent"), args->call ? "" : "call-",
           args->call ? args->call : args->conversation, args->state, or_else(args->direction, "inbound"),
           args->muted ? "true" : "false", args->held ? "true" : "false", args->confined ? "true" : "false", error);
  notify(s, "v2.users.u1.conversations", json);
}

/* --- what the browser says --- */

void peer_result(scenario *s, uint32_t session, const char *operation, bool ok) {
  bool answers = ok && strcmp(operation, "answer") == 0;
  const char *sdp = s->answer ? s->answer : ANSWER_SDP;
  happen(s, SP_IN_PEER_RESULT, session, ok ? 1 + s->facts : 0, operation, answers ? sdp : "");
}

void peer_says(scenario *s, bool is_ice, uint32_t session, const char *state, const char *more) {
  happen(s, is_ice ? SP_IN_PEER_ICE_STATE : SP_IN_PEER_STATE, session, 0, state, more);
}

void peer_state(scenario *s, uint32_t session, const char *state) {
  peer_says(s, false, session, state, "");
}

void peer_ice_state(scenario *s, uint32_t session, const char *state) {
  peer_says(s, true, session, state, "");
}

void peer_candidate(scenario *s, uint32_t session, const char *mid, const char *text) {
  happen(s, SP_IN_PEER_CANDIDATE, session, 0, mid, text);
}

void peer_message(scenario *s, uint32_t session, const char *text) {
  happen(s, SP_IN_PEER_MESSAGE, session, 0, "", text);
}

void peer_track(scenario *s, uint32_t session, const char *kind) {
  happen(s, SP_IN_PEER_TRACK, session, 0, kind, "");
}

void media_ended(scenario *s, uint32_t session, const char *stream, unsigned alive) {
  happen(s, SP_IN_MEDIA_ENDED, session, alive, stream, "");
}

void peer_connects(scenario *s, uint32_t session) {
  peer_ice_state(s, session, "connected");
  peer_state(s, session, "connected");
}

void connect_call(scenario *s, uint32_t handle, const char *session, const char *conversation_id) {
  char params[256];
  snprintf(params, sizeof params, "[{\"conversationId\":\"%s\"}]", conversation_id);
  propose(s, .session = session, .conversation = conversation_id);
  call(s, "acceptPendingSession", params);
  offer(s, .session = session, .conversation = conversation_id);
  peer_connects(s, handle);
  forget(s);
}

void media_result(scenario *s, uint32_t request, bool ok, const char *name, const char *message) {
  happen(s, SP_IN_MEDIA_RESULT, request, ok, name, message);
}

void devices_listed(scenario *s, uint32_t enumeration, uint32_t first, const char *json) {
  happen(s, SP_IN_DEVICES, enumeration, first, first ? "" : "NotAllowedError", json);
}

void probe_found(scenario *s, const seen *probe, const char *json) {
  if (probe) happen(s, SP_IN_PROBE, probe->id, 0, "", json);
}

void page(scenario *s, const char *what) {
  happen(s, SP_IN_PAGE, 0, 0, what, "");
}

void log_record(scenario *s, double flags, const char *level, const char *text) {
  happen(s, SP_IN_LOG, ++s->records, flags, level, text);
}

void stored(scenario *s, const char *text) {
  happen(s, SP_IN_STORED, 0, 0, "gc_logger_requests", text);
}

void hid(scenario *s, const char *what, uint32_t id, double number, const char *text) {
  happen(s, SP_IN_HID, id, number, what, text);
}

/* --- beginning and end --- */

void scenario_begin(scenario *s, const sp_alloc *alloc) {
  *s = (scenario){ .alloc = alloc, .now = 1000, .facts = 2 + 4 + 8, .peer_text = "" };
  http_answer(s, "GET", "organizations/me", 200, "{\"id\":\"org-1\"}");
  http_answer(s, "GET", "users/me*", 200,
              "{\"id\":\"u1\",\"chat\":{\"jabberId\":\"" ME "\"},"
              "\"station\":{\"effectiveStation\":{\"id\":\"st1\"}}}");
  http_answer(s, "POST", "notifications/channels*", 200, "{\"id\":\"chan-1\"}");
  http_answer(s, "PUT", "notifications/channels*", 200, "{\"entities\":[]}");
  http_answer(s, "GET", "conversations/*", 200,
              "{\"participants\":[{\"id\":\"p-found\",\"purpose\":\"agent\",\"userId\":\"u1\","
              "\"calls\":[{\"id\":\"k\",\"state\":\"connected\"}]}]}");
  http_answer(s, "GET", "stations/st1", 200,
              "{\"id\":\"st1\",\"name\":\"Desk\",\"type\":\"inin_webrtc_softphone\","
              "\"webRtcPersistentEnabled\":false,\"webRtcCallAppearances\":1}");
}

/* Whatever still waits gets its time-out, then everything is taken down as destroy() does. */
void scenario_end(scenario *s) {
  s->held_peer = s->silent = NULL;
  s->holds_media = s->mute_server = false;
  for (size_t i = 0; i < s->log_count; i++) {
    if (s->log[i]->kind == SP_FX_HTTP) happen(s, SP_IN_HTTP_RESULT, s->log[i]->id, 0, "timeout", "");
    else if (s->log[i]->kind == SP_FX_MEDIA_REQUEST) happen(s, SP_IN_MEDIA_RESULT, s->log[i]->id, 0, "AbortError", "");
  }
  for (int i = 0; i < 2; i++) { /* twice: the allocation that fails may be one of these calls' */
    call(s, "endAllSessions", "[]");
    advance(s, 20000);
    call(s, "disconnect", "[]");
    advance(s, 60000);
  }
  sp_core_free(s->core);
  s->core = NULL;
}

void scenario_free(scenario *s) {
  sp_core_free(s->core);
  for (size_t i = 0; i < s->reaction_count; i++) {
    free(s->reactions[i].name);
    free(s->reactions[i].text);
  }
  free_log(s);
  free(s->reactions);
  *s = (scenario){ .core = NULL };
}
