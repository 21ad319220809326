/* SPDX-License-Identifier: MIT */
#include "streaming_rig.h"

#include "base/limits.h"
#include "base/status.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JID "5e7f@acme.orgspan.com"

/* The platform's doings are inputs that wait until the client has been drained. */
struct rig_input {
  enum { OPENED, TEXT, CLOSED, RESULT } kind;
  uint32_t id;
  uint64_t at;
  int status;
  const char *retry_after;
  char text[1024];
};

/* --- history --- */

static char ids[64][SP_UUID_LEN + 1];
static size_t id_count;

static bool is_uuid(const char *text) {
  for (int i = 0; i < SP_UUID_LEN; i++) {
    bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !strchr("0123456789abcdef", text[i]) || !text[i]) return false;
  }
  return true;
}

static size_t id_number(const char *uuid) {
  for (size_t i = 0; i < id_count; i++)
    if (strncmp(ids[i], uuid, SP_UUID_LEN) == 0) return i + 1;
  if (id_count == 64) return 0;
  snprintf(ids[id_count++], sizeof ids[0], "%.36s", uuid);
  return id_count;
}

static void note(rig *r, const char *kind, const char *text) {
  if (r->quiet) return;
  char *out = r->history, *end = out + sizeof r->history - 64;
  size_t len = r->history_len;
  if (out + len + strlen(text) > end) return;
  len += (size_t)sprintf(out + len, "%llu %s", (unsigned long long)r->now, kind);
  for (; *text; text++) {
    if (is_uuid(text)) {
      len += (size_t)sprintf(out + len, "#%zu", id_number(text));
      text += SP_UUID_LEN - 1;
    } else {
      out[len++] = *text;
    }
  }
  out[len++] = '\n';
  out[len] = '\0';
  r->history_len = len;
}

static void note_event(rig *r, const sp_streaming_event *e) {
  char text[512];
  switch (e->kind) {
    case SP_STREAMING_CONNECTED: note(r, "event connected", e->first ? " first" : ""); break;
    case SP_STREAMING_DISCONNECTED:
      snprintf(text, sizeof text, "%s %.*s", e->reconnecting ? " reconnecting" : "", SP_STR_ARG(e->text));
      note(r, "event disconnected", text);
      break;
    case SP_STREAMING_CONNECT_FAILED:
      snprintf(text, sizeof text, " %.*s %d", SP_STR_ARG(e->text), e->status);
      note(r, "event failed", text);
      break;
    case SP_STREAMING_CLOSED: note(r, "event closed", ""); break;
    case SP_STREAMING_STANZA:
      snprintf(text, sizeof text, " %.*s", SP_STR_ARG(e->stanza->name));
      note(r, "event stanza", text);
      break;
    case SP_STREAMING_NOTIFICATION:
      snprintf(text, sizeof text, " %.*s %.*s", SP_STR_ARG(e->text), SP_STR_ARG(e->json));
      note(r, "event notification", text);
      break;
    case SP_STREAMING_SUBSCRIBED:
      snprintf(text, sizeof text, " %u %s%s%.*s%s%.*s", e->token.id, e->ok ? "ok" : "refused",
               e->message.len ? ": " : "", (int)e->message.len, e->message.len ? e->message.ptr : "",
               e->json.len ? " " : "", (int)e->json.len, e->json.len ? e->json.ptr : "");
      note(r, "event subscribed", text);
      break;
    case SP_STREAMING_NETWORK_WARNING:
      snprintf(text, sizeof text, " %.*s %d", SP_STR_ARG(e->text), e->status);
      note(r, "event network warning", text);
      break;
    case SP_STREAMING_PUBSUB_ERROR:
      snprintf(text, sizeof text, " %d", e->status);
      note(r, "event pubsub error", text);
      break;
    case SP_STREAMING_NONE: break;
  }
}

/* --- the platform --- */

static void later(rig *r, struct rig_input input) {
  if (r->input_count == r->input_cap) {
    r->input_cap = r->input_cap ? r->input_cap * 2 : 8;
    r->inputs = realloc(r->inputs, r->input_cap * sizeof *r->inputs);
  }
  input.at = r->now + r->platform.round_trip;
  r->inputs[r->input_count++] = input;
}

static void later_text(rig *r, const char *format, const char *id) {
  struct rig_input input = { .kind = TEXT, .id = r->socket };
  snprintf(input.text, sizeof input.text, format, id);
  later(r, input);
}

static void serve_http(rig *r, const sp_effect *fx) {
  struct rig_input input = { .kind = RESULT, .id = fx->id, .status = 200 };
  int status = 0;
  if (r->platform.no_rest) return;
  if (sp_str_find(fx->text, "/users/me", 0) != SIZE_MAX) {
    status = r->platform.identity_status;
    input.retry_after = status ? r->platform.retry_after : NULL;
    snprintf(input.text, sizeof input.text, "{\"id\":\"u1\",\"chat\":{\"jabberId\":\"" JID "\"}}");
  } else if (sp_str_find(fx->text, "channels?", 0) != SIZE_MAX) {
    status = r->platform.channel_status;
    input.retry_after = status ? r->platform.retry_after : NULL;
    if (!status) snprintf(input.text, sizeof input.text, "{\"id\":\"chan-%u\"}", ++r->channels);
  } else {
    status = r->platform.put_status;
    input.retry_after = status ? r->platform.retry_after : NULL;
    if (r->platform.put_body) snprintf(input.text, sizeof input.text, "%s", r->platform.put_body);
  }
  if (status) input.status = status;
  later(r, input);
}

static void serve_open(rig *r) {
  if (r->platform.no_open) return;
  later_text(r, "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' id='s' version='1.0'/>", "");
  later_text(r,
             r->opens++ == 0
                 ? "<f:features xmlns:f='http://etherx.jabber.org/streams'><mechanisms "
                   "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism><mechanism>ANONYMOUS"
                   "</mechanism></mechanisms></f:features>"
                 : "<f:features xmlns:f='http://etherx.jabber.org/streams'><bind "
                   "xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>"
                   "</f:features>",
             "");
}

static void serve_turn(rig *r, const char *id) {
  char format[320];
  snprintf(format, sizeof format,
           "<iq xmlns='jabber:client' type='result' id='%%s'><services xmlns='urn:xmpp:extdisco:1'><service "
           "type='turn' host='t1.example.com' username='u' password='p' expires='%s'/></services></iq>",
           r->platform.expires ? r->platform.expires : "");
  later_text(r, format, id);
}

static void serve_services(rig *r, const char *frame, const char *id) {
  if (r->platform.no_ice) return;
  bool stun = strstr(frame, "type=\"stun\"") != NULL;
  if (r->platform.ice_error) later_text(r, "<iq xmlns='jabber:client' type='error' id='%s'/>", id);
  else if (stun && r->platform.no_stun)
    later_text(r, "<iq xmlns='jabber:client' type='result' id='%s'><services xmlns='urn:xmpp:extdisco:1'/></iq>", id);
  else if (stun)
    later_text(r,
               "<iq xmlns='jabber:client' type='result' id='%s'><services xmlns='urn:xmpp:extdisco:1'><service "
               "type='stun' host='s1.example.com' port='3478'/></services></iq>",
               id);
  else serve_turn(r, id);
}

static void serve_iq(rig *r, const char *frame) {
  char id[SP_UUID_LEN + 1] = "";
  const char *attr = strstr(frame, " id=\"");
  if (attr) snprintf(id, sizeof id, "%.36s", attr + 5);
  bool early = r->binding && !strstr(frame, "<bind ");
  if (early && r->platform.strict) {
    later(r, (struct rig_input){ .kind = CLOSED, .id = r->socket });
  } else if (early && r->platform.picky && !strstr(frame, "<session ")) {
    later_text(r, "<iq xmlns='jabber:client' type='error' id='%s'/>", id);
  } else if (strstr(frame, "<bind ")) {
    r->binding = true;
    later_text(r,
               "<iq xmlns='jabber:client' type='result' id='%s'><bind "
               "xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>" JID "/res-1</jid></bind></iq>",
               id);
  } else if (strstr(frame, "<session ")) {
    later_text(r, "<iq xmlns='jabber:client' type='result' id='%s'/>", id);
    if (r->platform.early) later_text(r, r->platform.early, "");
  } else if (strstr(frame, "<services ")) {
    serve_services(r, frame, id);
  } else if (strstr(frame, "<ping ")) {
    if (!r->platform.mute)
      later_text(r,
                 r->platform.ping_error ? "<iq xmlns='jabber:client' type='error' id='%s'/>"
                                        : "<iq xmlns='jabber:client' type='result' id='%s'/>",
                 id);
  } else if (strstr(frame, "<pubsub ")) {
    later_text(r,
               r->platform.no_pubsub ? "<iq xmlns='jabber:client' type='error' id='%s'/>"
                                     : "<iq xmlns='jabber:client' type='result' id='%s'/>",
               id);
  }
}

static void serve_frame(rig *r, const char *frame) {
  if (strncmp(frame, "<open ", 6) == 0) {
    serve_open(r);
  } else if (strncmp(frame, "<auth ", 6) == 0) {
    if (r->platform.sasl)
      later_text(r, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><%s/></failure>", r->platform.sasl);
    else later_text(r, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", "");
  } else if (strncmp(frame, "<close ", 7) == 0) {
    if (!r->platform.no_goodbye) later_text(r, "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>", "");
  } else if (strncmp(frame, "<iq ", 4) == 0) {
    serve_iq(r, frame);
  }
}

/* --- the host --- */

static void copy(char *out, size_t size, sp_str text) {
  snprintf(out, size, "%.*s", SP_STR_ARG(text));
}

static void note_http(rig *r, const sp_effect *fx) {
  static char text[4096];
  sp_json_doc *doc = NULL;
  if (sp_json_parse(NULL, fx->text, &doc) != SP_OK) return;
  const sp_json *root = sp_json_root(doc);
  sp_str url = sp_json_get_str(root, "url"), body = sp_json_get_str(root, "body");
  size_t from = sp_str_find(url, "/api/v2/", 0);
  sp_str path = sp_str_slice(url, from == SIZE_MAX ? 0 : from + 8, url.len);
  snprintf(text, sizeof text, "%.*s %.*s%s%.*s", SP_STR_ARG(fx->name), SP_STR_ARG(path), body.len ? " " : "",
           (int)body.len, body.len ? body.ptr : "");
  note(r, "http ", text);
  sp_json_free(doc);
}

static void run_effect(rig *r, const sp_effect *fx) {
  static char text[8192];
  char number[16];
  copy(text, sizeof text, fx->text);
  snprintf(number, sizeof number, "%u ", fx->id);
  switch (fx->kind) {
    case SP_FX_SOCKET_OPEN:
      r->socket = fx->id;
      r->opens = 0;
      r->binding = false;
      note(r, "socket open ", text);
      if (!r->platform.no_socket) later(r, (struct rig_input){ .kind = OPENED, .id = fx->id });
      break;
    case SP_FX_SOCKET_SEND:
      note(r, "send ", text);
      if (fx->id == r->socket) serve_frame(r, text);
      break;
    case SP_FX_SOCKET_CLOSE:
      note(r, "socket close ", number);
      later(r, (struct rig_input){ .kind = CLOSED, .id = fx->id });
      break;
    case SP_FX_HTTP:
      note_http(r, fx);
      serve_http(r, fx);
      break;
    default: break;
  }
}

/* As the core does: answers to their owner, events up, then the effects. */
static void settle(rig *r) {
  bool again = true;
  while (again) {
    sp_iq_answer answer;
    sp_rest_result result;
    sp_streaming_event event;
    again = false;
    while (sp_iq_take(r->iq, &answer)) {
      again = true;
      if (answer.token.owner == SP_OWNER_STREAMING) sp_streaming_iq_answer(r->streaming, r->now, &answer);
    }
    while (sp_rest_take(r->rest, &result)) {
      again = true;
      sp_streaming_rest_result(r->streaming, r->now, &result);
    }
    while (sp_streaming_take(r->streaming, &event)) {
      again = true;
      note_event(r, &event);
    }
  }
  sp_arena_reset(&r->arena);
  for (sp_effect fx; sp_effects_pop(r->fx, &fx);) run_effect(r, &fx);
}

static void feed(rig *r, const struct rig_input *input) {
  switch (input->kind) {
    case OPENED: sp_streaming_socket_opened(r->streaming, r->now, input->id); break;
    case TEXT:
      if (strstr(input->text, "<bind ")) r->binding = false;
      sp_streaming_socket_text(r->streaming, r->now, input->id, &r->arena, sp_str_from(input->text));
      break;
    case CLOSED: sp_streaming_socket_closed(r->streaming, r->now, input->id); break;
    case RESULT:
      sp_rest_result_input(r->rest, r->now, input->id, SP_HTTP_OK, input->status, sp_str_from(input->retry_after),
                           sp_str_from(input->text));
      break;
  }
}

static void run(rig *r) {
  size_t kept = 0;
  settle(r);
  for (size_t i = 0; i < r->input_count; i++) {
    struct rig_input input = r->inputs[i];
    if (input.at > r->now) {
      r->inputs[kept++] = input;
      continue;
    }
    feed(r, &input);
    settle(r);
  }
  r->input_count = kept;
}

void rig_run(rig *r) {
  run(r);
}

static void tell_clock(rig *r) {
  if (r->wall) sp_streaming_clock(r->streaming, r->now, r->wall + r->now);
}

bool rig_open(rig *r, size_t fail_at, rig_options options) {
  static const uint8_t seed[SP_SEED_BYTES] = { 9 };
  memset(r, 0, sizeof *r);
  id_count = 0;
  r->alloc = test_alloc_new(fail_at);
  sp_ids_init(&r->ids, seed);
  sp_arena_init(&r->arena, r->alloc, SP_MAX_SCRATCH);
  r->fx = sp_effects_new(r->alloc);
  if (r->fx) r->iq = sp_iq_new(r->alloc, &r->ids, r->fx);
  if (r->iq) r->rest = sp_rest_new(r->alloc, r->fx, SP_STR("mypurecloud.com"), SP_STR_NONE);
  if (!r->rest || sp_rest_set_token(r->rest, SP_STR("TOKEN")) != SP_OK) return false;
  sp_streaming_config config = { .ws_host = SP_STR("wss://streaming.mypurecloud.com/"),
                                 .api_host = SP_STR("mypurecloud.com"),
                                 .token = options.jwt && !options.token ? SP_STR_NONE : SP_STR("TOKEN"),
                                 .resource = sp_str_from(options.resource),
                                 .backoff = sp_str_from(options.backoff),
                                 .partial = options.partial,
                                 .pipeline = options.pipeline,
                                 .server_pings = options.server_pings };
  if (options.jwt) {
    config.jwt = SP_STR("aa.bb.cc");
    config.jwt_jid = SP_STR("room@conference.acme.orgspan.com");
  } else if (!options.unknown_identity) {
    config.user_id = SP_STR("u1");
    config.jid = SP_STR(JID);
  }
  r->streaming = sp_streaming_new(r->alloc, r->fx, &r->ids, r->rest, r->iq, &config);
  return r->streaming != NULL;
}

void rig_close(rig *r) {
  sp_streaming_free(r->streaming);
  sp_iq_free(r->iq);
  sp_rest_free(r->rest);
  sp_effects_free(r->fx);
  sp_arena_free(&r->arena);
  free(r->inputs);
  r->inputs = NULL;
}

void rig_connect(rig *r) {
  tell_clock(r);
  sp_streaming_connect(r->streaming, r->now);
  run(r);
}

void rig_disconnect(rig *r) {
  sp_streaming_disconnect(r->streaming, r->now);
  run(r);
}

int rig_subscribe(rig *r, const char *topic, bool immediate, uint32_t token) {
  int rc = sp_streaming_subscribe(r->streaming, r->now, sp_str_from(topic), immediate,
                                  (sp_token){ SP_OWNER_CORE, 0, token });
  run(r);
  return rc;
}

int rig_unsubscribe(rig *r, const char *topic, bool immediate) {
  int rc = sp_streaming_unsubscribe(r->streaming, r->now, sp_str_from(topic), immediate);
  run(r);
  return rc;
}

void rig_frame(rig *r, const char *frame) {
  sp_streaming_socket_text(r->streaming, r->now, r->socket, &r->arena, sp_str_from(frame));
  run(r);
}

void rig_drop(rig *r) {
  sp_streaming_socket_closed(r->streaming, r->now, r->socket);
  run(r);
}

void rig_online(rig *r, bool online) {
  sp_streaming_online(r->streaming, r->now, online);
  run(r);
}

void rig_probe(rig *r) {
  sp_streaming_probe(r->streaming, r->now);
  run(r);
}

void rig_call(rig *r, bool in_call) {
  sp_streaming_set_in_call(r->streaming, r->now, in_call);
  run(r);
}

static uint64_t deadline(const rig *r) {
  uint64_t at =
      sp_earlier(sp_streaming_deadline(r->streaming), sp_earlier(sp_iq_deadline(r->iq), sp_rest_deadline(r->rest)));
  for (size_t i = 0; i < r->input_count; i++) at = sp_earlier(at, r->inputs[i].at);
  return at;
}

static void tick(rig *r) {
  tell_clock(r);
  sp_iq_tick(r->iq, r->now);
  sp_rest_tick(r->rest, r->now);
  sp_streaming_tick(r->streaming, r->now);
  run(r);
}

void rig_pass(rig *r, uint64_t ms) {
  uint64_t end = r->now + ms;
  for (uint64_t at; (at = deadline(r)) <= end;) {
    if (at > r->now) r->now = at;
    tick(r);
  }
  r->now = end;
}

void rig_sleep(rig *r, uint64_t ms, bool monotonic) {
  if (monotonic) r->now += ms;
  else r->wall += ms;
  tick(r);
}

const char *rig_backoff(rig *r) {
  static char text[256];
  sp_buf out;
  sp_buf_init(&out, NULL, sizeof text);
  text[0] = '\0';
  if (sp_streaming_take_backoff(r->streaming, &out)) copy(text, sizeof text, sp_buf_str(&out));
  sp_buf_free(&out);
  return text;
}

const char *rig_history(rig *r) {
  static char text[sizeof r->history];
  memcpy(text, r->history, r->history_len + 1);
  r->history_len = 0;
  r->history[0] = '\0';
  return text;
}

static bool is_wanted(const char *line, const char *kinds) {
  const char *kind = strchr(line, ' ');
  if (!kind) return false;
  for (kind++; *kinds; kinds += strspn(kinds, "|")) {
    size_t len = strcspn(kinds, "|");
    if (strncmp(kind, kinds, len) == 0) return true;
    kinds += len;
  }
  return false;
}

const char *rig_select(const char *line, const char *kinds) {
  static char text[sizeof((rig *)NULL)->history];
  size_t len = 0;
  while (*line) {
    size_t size = strcspn(line, "\n") + 1;
    if (is_wanted(line, kinds)) {
      memcpy(text + len, line, size);
      len += size;
    }
    line += size;
  }
  text[len] = '\0';
  return text;
}

const char *rig_lines(rig *r, const char *kinds) {
  return rig_select(rig_history(r), kinds);
}
