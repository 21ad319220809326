/* SPDX-License-Identifier: MIT */
/* RFC 7395 (XMPP over WebSocket) over RFC 6120 (stream, SASL, bind) and RFC 3921 §3 (session), as wire.md §4
   narrows them. */
#include "xmpp/stream.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/status.h"
#include "xmpp/jid.h"
#include "xmpp/ns.h"

#define CLOSE_WAIT_MS 1000u
/* Frames that one element may be spread over: each makes us read the text again from its start. */
#define MAX_PIECES 64u
/* One element makes two events at the most; a call of the owner one more. */
#define MAX_EVENTS 8u

typedef enum state {
  CONNECTING, /* the socket is not open yet */
  OPENING,    /* <open> sent */
  FEATURES,   /* <open> received: SASL mechanisms come next */
  AUTH,       /* <auth> sent */
  REOPENING,  /* second <open> sent */
  REFEATURES, /* second <open> received: bind and session come next */
  BINDING,    /* bind request sent */
  SESSION,    /* bound: stanzas may come; session request sent */
  READY,
  CLOSING, /* <close> sent */
  CLOSED,
  STATES
} state;

typedef enum event {
  EV_NONE,
  EV_SOCKET,
  EV_OPEN,
  EV_FEATURES,
  EV_SUCCESS,
  EV_FAILURE,
  EV_DONE,    /* our bind or session request was granted */
  EV_REFUSED, /* … was refused */
  EV_SKIP,    /* the server wants no session request */
  EV_STANZA,
  EV_ERROR,   /* <stream:error> */
  EV_CLOSE,   /* the server's <close> */
  EV_BROKEN,  /* malformed XML, or something that ends negotiation */
  EV_STOP,    /* our owner closes */
  EV_TIMEOUT, /* the server does not answer our <close> */
  EVENTS
} event;

struct sp_stream {
  const sp_alloc *alloc;
  sp_effects *fx;
  sp_iq *iq;
  uint32_t socket;
  sp_str domain, bare_jid, token, resource, server_id;
  state state;
  bool attached; /* iq is ours */
  bool pipeline, wants_session;
  bool session_sent, session_done;
  sp_uuid bind_request, session_request; /* their ids */
  event follow;                          /* what the action at hand decided: the next event, or EV_NONE */
  sp_timer close_wait;
  uint64_t now;
  sp_buf out;
  sp_buf partial; /* an element that is not complete yet */
  unsigned pieces;
  bool partial_read;    /* `partial` was read and goes with the next frame */
  const sp_xml *unread; /* elements of this frame not handled yet */
  sp_str why;           /* reason for the next CLOSED */
  sp_stream_event events[MAX_EVENTS];
  unsigned first_event, event_count;
};

typedef void (*action)(sp_stream *s, const sp_xml *element);

typedef struct rule {
  bool legal; /* absent pairs: the event is ignored */
  state next;
  action run;
} rule;

static void push_event(sp_stream *s, sp_stream_event_kind kind, const sp_xml *stanza, sp_str text) {
  if (s->event_count == MAX_EVENTS) return;
  s->events[(s->first_event + s->event_count++) % MAX_EVENTS] = (sp_stream_event){ kind, stanza, text };
}

/* --- frames out --- */

static sp_xw begin_frame(sp_stream *s, const char *name, const char *ns) {
  sp_xw w;
  sp_buf_reset(&s->out);
  sp_xw_begin(&w, &s->out);
  sp_xw_open(&w, name);
  sp_xw_attr(&w, "xmlns", sp_str_from(ns));
  return w;
}

static void end_frame(sp_stream *s, sp_xw *w) {
  sp_xw_close(w);
  if (sp_buf_status(&s->out) == SP_OK)
    sp_effects_push(s->fx, SP_FX_SOCKET_SEND, s->socket, SP_STR_NONE, sp_buf_str(&s->out));
  else sp_log0(s->fx, SP_LOG_ERROR, "stream: out of memory, a frame was not sent");
}

static void send_open(sp_stream *s, const sp_xml *element) {
  (void)element;
  sp_xw w = begin_frame(s, "open", SP_NS_FRAMING);
  sp_xw_attr(&w, "xml:lang", SP_STR("en"));
  sp_xw_attr(&w, "to", s->domain);
  sp_xw_attr(&w, "version", SP_STR("1.0"));
  end_frame(s, &w);
}

static void send_close(sp_stream *s) {
  sp_xw w = begin_frame(s, "close", SP_NS_FRAMING);
  end_frame(s, &w);
}

/* --- ending --- */

static void detach(sp_stream *s) {
  if (s->attached) sp_iq_detach(s->iq);
  s->attached = false;
}

static void finish(sp_stream *s, const sp_xml *element) {
  (void)element;
  detach(s);
  sp_timer_stop(&s->close_wait);
  sp_effects_push(s->fx, SP_FX_SOCKET_CLOSE, s->socket, SP_STR_NONE, SP_STR_NONE);
  push_event(s, SP_STREAM_CLOSED, NULL, s->why);
}

static void say_close(sp_stream *s, const sp_xml *element) {
  (void)element;
  send_close(s);
  detach(s);
  sp_timer_arm(&s->close_wait, s->now, CLOSE_WAIT_MS);
}

static void answer_close(sp_stream *s, const sp_xml *element) {
  s->why = SP_STR("server-close");
  send_close(s);
  finish(s, element);
}

/* wire.md D5, D6: nothing that follows malformed XML can be trusted; only <close/> says so. */
static void reset(sp_stream *s, const sp_xml *element) {
  send_close(s);
  finish(s, element);
}

/* RFC 6120 §4.9.1.1: stream errors are unrecoverable. */
static void note_error(sp_stream *s, const sp_xml *element) {
  const sp_xml *c = element->children;
  sp_str condition = c && sp_str_is(c->ns, SP_NS_STREAM_ERRORS) ? c->name : SP_STR("unknown");
  sp_log_word(s->fx, SP_LOG_WARN, "stream: the server reports a stream error", "condition", condition);
  s->why = SP_STR("stream-error");
  say_close(s, element);
}

static void refuse(sp_stream *s, const sp_xml *element) {
  const sp_xml *c = element ? element->children : NULL;
  while (c && sp_str_is(c->name, "text")) c = c->next;
  s->why = SP_STR("sasl-failure");
  push_event(s, SP_STREAM_SASL_FAILURE, NULL, c ? c->name : SP_STR_NONE);
  say_close(s, element);
}

/* From inside an action. */
static void give_up(sp_stream *s, sp_str why) {
  s->why = why;
  s->follow = EV_BROKEN;
}

/* --- negotiation --- */

static void note_open(sp_stream *s, const sp_xml *element) {
  if (sp_str_set(s->alloc, &s->server_id, sp_xml_attr_get(element, "id")) != SP_OK)
    sp_str_free(s->alloc, &s->server_id);
}

static bool offers(const sp_xml *features, const char *mechanism) {
  const sp_xml *list = sp_xml_child(features, SP_NS_SASL, "mechanisms");
  for (const sp_xml *c = list ? list->children : NULL; c; c = c->next)
    if (sp_xml_is(c, SP_NS_SASL, "mechanism") && sp_str_is(sp_str_trim(c->text), mechanism)) return true;
  return false;
}

/* RFC 4616: NUL, user name, NUL, password; the whole bare JID is the user name (wire.md §4.3). */
static void add_plain(sp_stream *s, sp_buf *encoded) {
  sp_buf plain;
  sp_buf_init(&plain, s->alloc, SP_MAX_FRAME / 2);
  sp_buf_add_char(&plain, '\0');
  sp_buf_add(&plain, s->bare_jid);
  sp_buf_add_char(&plain, '\0');
  sp_buf_add_text(&plain, "authKey:");
  sp_buf_add(&plain, s->token);
  if (sp_buf_status(&plain) == SP_OK) sp_base64_encode(encoded, sp_buf_str(&plain));
  sp_buf_free(&plain);
}

/* wire.md D4: the credential at hand chooses the mechanism, not a ranking. */
static void authenticate(sp_stream *s, const sp_xml *features) {
  bool plain = s->token.ptr != NULL;
  const char *mechanism = plain ? "PLAIN" : "ANONYMOUS";
  if (!offers(features, mechanism)) {
    give_up(s, SP_STR("no-mechanism"));
    return;
  }
  sp_buf initial;
  sp_buf_init(&initial, s->alloc, SP_MAX_FRAME);
  if (plain) add_plain(s, &initial);
  else sp_buf_add_char(&initial, '='); /* RFC 6120 §6.4.2: an empty initial response */
  sp_xw w = begin_frame(s, "auth", SP_NS_SASL);
  sp_xw_attr(&w, "mechanism", sp_str_from(mechanism));
  sp_xw_text(&w, sp_buf_str(&initial));
  if (sp_buf_str(&initial).len > 0) end_frame(s, &w);
  else give_up(s, SP_STR("out-of-memory"));
  sp_buf_free(&initial);
}

static sp_xw begin_request(sp_stream *s, sp_uuid *id) {
  *id = sp_iq_new_id(s->iq);
  sp_xw w = begin_frame(s, "iq", SP_NS_CLIENT);
  sp_xw_attr(&w, "id", sp_uuid_str(id));
  sp_xw_attr(&w, "type", SP_STR("set"));
  return w;
}

static void request_session(sp_stream *s) {
  s->session_sent = true;
  sp_xw w = begin_request(s, &s->session_request);
  sp_xw_open(&w, "session");
  sp_xw_attr(&w, "xmlns", SP_STR(SP_NS_SESSION));
  sp_xw_close(&w);
  end_frame(s, &w);
}

/* Both the session request and what the owner asks of the server are addressed to the server, so they need
   not wait for the name that bind gives us. */
static void go_on_ahead(sp_stream *s) {
  if (s->wants_session) request_session(s);
  s->attached = sp_iq_attach(s->iq, s->socket, SP_STR_NONE) == SP_OK;
  if (s->attached) push_event(s, SP_STREAM_BINDING, NULL, SP_STR_NONE);
}

static void bind(sp_stream *s, const sp_xml *features) {
  if (!sp_xml_child(features, SP_NS_BIND, "bind")) {
    give_up(s, SP_STR("no-bind"));
    return;
  }
  const sp_xml *session = sp_xml_child(features, SP_NS_SESSION, "session");
  s->wants_session = session && !sp_xml_child(session, NULL, "optional");
  sp_xw w = begin_request(s, &s->bind_request);
  sp_xw_open(&w, "bind");
  sp_xw_attr(&w, "xmlns", SP_STR(SP_NS_BIND));
  if (s->resource.len > 0) {
    sp_xw_open(&w, "resource");
    sp_xw_text(&w, s->resource);
    sp_xw_close(&w);
  }
  sp_xw_close(&w);
  end_frame(s, &w);
  if (s->pipeline) go_on_ahead(s);
}

/* Stanzas may follow at once, so requests can be answered from here on (wire.md D1). */
static void bound(sp_stream *s, const sp_xml *reply) {
  const sp_xml *jid = sp_xml_child(sp_xml_child(reply, SP_NS_BIND, "bind"), SP_NS_BIND, "jid");
  sp_str own = jid ? sp_str_trim(jid->text) : SP_STR_NONE;
  if (own.len == 0 || own.len > SP_MAX_JID || sp_iq_attach(s->iq, s->socket, own) != SP_OK) {
    give_up(s, SP_STR("bind-without-jid"));
    return;
  }
  s->attached = true;
  if (!s->wants_session || s->session_done) s->follow = EV_SKIP;
  else if (!s->session_sent) request_session(s);
}

static void refused(sp_stream *s, const sp_xml *element) {
  s->why = SP_STR("bind-refused");
  say_close(s, element);
}

static void established(sp_stream *s, const sp_xml *element) {
  (void)element;
  push_event(s, SP_STREAM_READY, NULL, sp_iq_own_jid(s->iq));
}

static void deliver(sp_stream *s, const sp_xml *stanza) {
  push_event(s, SP_STREAM_STANZA, stanza, SP_STR_NONE);
}

/* What holds in every state after the server's <open>. */
#define ONCE_OPEN                                                                                                      \
  [EV_STOP] = { true, CLOSING, say_close }, [EV_CLOSE] = { true, CLOSED, answer_close },                               \
  [EV_BROKEN] = { true, CLOSED, reset }, [EV_ERROR] = { true, CLOSING, note_error }

static const rule rules[STATES][EVENTS] = {
  [CONNECTING] = { [EV_SOCKET] = { true, OPENING, send_open }, [EV_STOP] = { true, CLOSED, finish } },
  /* wire.md §4.5: without an <open> from the server the socket is closed without a word. */
  [OPENING] = { [EV_OPEN] = { true, FEATURES, note_open },
                [EV_STOP] = { true, CLOSED, finish },
                [EV_CLOSE] = { true, CLOSED, answer_close },
                [EV_BROKEN] = { true, CLOSED, finish },
                [EV_ERROR] = { true, CLOSING, note_error } },
  [FEATURES] = { ONCE_OPEN, [EV_FEATURES] = { true, AUTH, authenticate } },
  [AUTH] = { ONCE_OPEN, [EV_SUCCESS] = { true, REOPENING, send_open }, [EV_FAILURE] = { true, CLOSING, refuse } },
  [REOPENING] = { ONCE_OPEN, [EV_OPEN] = { true, REFEATURES, note_open } },
  [REFEATURES] = { ONCE_OPEN, [EV_FEATURES] = { true, BINDING, bind } },
  [BINDING] = { ONCE_OPEN, [EV_DONE] = { true, SESSION, bound }, [EV_REFUSED] = { true, CLOSING, refused } },
  [SESSION] = { ONCE_OPEN, [EV_DONE] = { true, READY, established }, [EV_SKIP] = { true, READY, established },
                [EV_REFUSED] = { true, CLOSING, refused }, [EV_STANZA] = { true, SESSION, deliver } },
  [READY] = { ONCE_OPEN, [EV_STANZA] = { true, READY, deliver } },
  [CLOSING] = { [EV_CLOSE] = { true, CLOSED, finish },
                [EV_BROKEN] = { true, CLOSED, finish },
                [EV_TIMEOUT] = { true, CLOSED, finish } },
};

/* The one place that changes the state. */
static void dispatch(sp_stream *s, event ev, const sp_xml *element) {
  while (ev != EV_NONE) {
    const rule *r = &rules[s->state][ev];
    if (!r->legal) return;
    s->state = r->next;
    s->follow = EV_NONE;
    r->run(s, element);
    ev = s->follow;
  }
}

static void break_off(sp_stream *s, sp_str why) {
  s->why = why;
  dispatch(s, EV_BROKEN, NULL);
}

/* --- elements in --- */

static const struct {
  const char *ns, *name;
  event ev;
} elements[] = {
  { SP_NS_FRAMING, "open", EV_OPEN },         { SP_NS_FRAMING, "close", EV_CLOSE },
  { SP_NS_STREAMS, "features", EV_FEATURES }, { SP_NS_STREAMS, "error", EV_ERROR },
  { SP_NS_SASL, "success", EV_SUCCESS },      { SP_NS_SASL, "failure", EV_FAILURE },
  { SP_NS_CLIENT, "message", EV_STANZA },     { SP_NS_CLIENT, "presence", EV_STANZA },
};

/* It may overtake the answer to bind. */
static void session_answered(sp_stream *s, bool granted, const sp_xml *iq) {
  s->session_done = granted;
  if (s->state == SESSION || !granted) dispatch(s, granted ? EV_DONE : EV_REFUSED, iq);
}

static void handle_iq(sp_stream *s, const sp_xml *iq) {
  sp_str type = sp_xml_attr_get(iq, "type");
  bool result = sp_str_is(type, "result"), error = sp_str_is(type, "error");
  if (sp_str_is(type, "get") || sp_str_is(type, "set")) dispatch(s, EV_STANZA, iq);
  if (!result && !error) return;
  sp_str id = sp_xml_attr_get(iq, "id");
  if (s->state == BINDING && sp_str_eq(id, sp_uuid_str(&s->bind_request)))
    dispatch(s, result ? EV_DONE : EV_REFUSED, iq);
  else if (s->session_sent && !s->session_done && sp_str_eq(id, sp_uuid_str(&s->session_request)))
    session_answered(s, result, iq);
  else if (s->attached) sp_iq_receive(s->iq, iq);
}

static void handle_element(sp_stream *s, const sp_xml *element) {
  if (sp_xml_is(element, SP_NS_CLIENT, "iq")) {
    handle_iq(s, element);
    return;
  }
  /* Neither mechanism of ours has a challenge. */
  if (s->state == AUTH && sp_xml_is(element, SP_NS_SASL, "challenge")) break_off(s, SP_STR("sasl-challenge"));
  for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
    if (sp_xml_is(element, elements[i].ns, elements[i].name)) {
      dispatch(s, elements[i].ev, element);
      return;
    }
}

/* Keeps the beginning of an element until the rest comes. */
static void keep_partial(sp_stream *s, sp_str frame, bool appended) {
  if (!appended) {
    sp_buf_reset(&s->partial);
    sp_buf_add(&s->partial, frame);
    s->pieces = 0;
  }
  if (++s->pieces > MAX_PIECES || sp_buf_status(&s->partial) != SP_OK) break_off(s, SP_STR("oversized"));
}

static void read_failed(sp_stream *s, int rc, bool appended) {
  if (rc == SP_ESYNTAX) {
    sp_log0(s->fx, SP_LOG_WARN, "stream: malformed XML");
    break_off(s, SP_STR("malformed"));
    return;
  }
  sp_log_word(s->fx, SP_LOG_WARN, "stream: a frame was dropped", "why",
              rc == SP_ELIMIT ? SP_STR("limit") : SP_STR("memory"));
  /* A whole frame can be left out; part of an element cannot. */
  if (appended) break_off(s, SP_STR("oversized"));
}

static void read_frame(sp_stream *s, sp_arena *arena, sp_str frame) {
  bool appended = s->partial.len > 0, incomplete = false;
  if (appended) sp_buf_add(&s->partial, frame);
  sp_xml *first = NULL;
  int rc = appended ? sp_buf_status(&s->partial) : SP_OK;
  if (rc == SP_OK) rc = sp_xml_read(arena, appended ? sp_buf_str(&s->partial) : frame, &first, &incomplete);
  if (rc == SP_ESYNTAX && appended && sp_xml_read(arena, frame, &first, NULL) == SP_OK && first) {
    /* RFC 7395 §3.3.1: a frame is a whole document, and this one is. What came before it never was, and must not
       swallow all that follows. */
    sp_log0(s->fx, SP_LOG_WARN, "streaming: an element that was never completed is dropped");
    sp_buf_reset(&s->partial);
    s->unread = first;
  } else if (rc == SP_OK) {
    s->unread = first;
    s->partial_read = appended;
  } else if (rc == SP_ESYNTAX && incomplete) {
    keep_partial(s, frame, appended);
  } else {
    read_failed(s, rc, appended);
  }
}

/* --- owner's side --- */

static bool copy_config(sp_stream *s, const sp_stream_config *config) {
  return sp_str_dup(s->alloc, config->domain, &s->domain) == SP_OK &&
         sp_str_dup(s->alloc, config->bare_jid, &s->bare_jid) == SP_OK &&
         sp_str_dup(s->alloc, config->token, &s->token) == SP_OK &&
         sp_str_dup(s->alloc, config->resource, &s->resource) == SP_OK;
}

sp_stream *sp_stream_new(const sp_alloc *alloc, sp_effects *fx, sp_iq *iq, uint32_t socket,
                         const sp_stream_config *config) {
  sp_stream *s = sp_alloc_new(alloc, sizeof *s);
  if (!s) return NULL;
  s->alloc = alloc;
  s->fx = fx;
  s->iq = iq;
  s->socket = socket;
  s->pipeline = config->pipeline;
  s->state = CONNECTING;
  s->close_wait = SP_TIMER_OFF;
  s->why = SP_STR("closed");
  sp_buf_init(&s->out, alloc, SP_MAX_FRAME);
  sp_buf_init(&s->partial, alloc, SP_MAX_FRAME);
  if (copy_config(s, config)) return s;
  sp_stream_free(s);
  return NULL;
}

void sp_stream_free(sp_stream *s) {
  if (!s) return;
  detach(s);
  sp_str *texts[] = { &s->domain, &s->bare_jid, &s->token, &s->resource, &s->server_id };
  sp_str_free_all(s->alloc, texts, sizeof texts / sizeof *texts);
  sp_buf_free(&s->out);
  sp_buf_free(&s->partial);
  sp_alloc_free(s->alloc, s);
}

void sp_stream_opened(sp_stream *s, uint64_t now) {
  s->now = now;
  dispatch(s, EV_SOCKET, NULL);
}

void sp_stream_frame(sp_stream *s, uint64_t now, sp_arena *arena, sp_str frame) {
  s->now = now;
  s->unread = NULL;
  if (s->partial_read) sp_buf_reset(&s->partial);
  s->partial_read = false;
  if (s->state == CONNECTING || s->state == CLOSED) return;
  if (frame.len > SP_MAX_FRAME) read_failed(s, SP_ELIMIT, s->partial.len > 0);
  else read_frame(s, arena, frame);
}

void sp_stream_close(sp_stream *s, uint64_t now) {
  s->now = now;
  dispatch(s, EV_STOP, NULL);
}

void sp_stream_tick(sp_stream *s, uint64_t now) {
  s->now = now;
  if (sp_timer_due(&s->close_wait, now)) dispatch(s, EV_TIMEOUT, NULL);
}

uint64_t sp_stream_deadline(const sp_stream *s) {
  return s->close_wait.at;
}

bool sp_stream_over(const sp_stream *s) {
  return s->state == CLOSED;
}

sp_str sp_stream_server_id(const sp_stream *s) {
  return s->server_id;
}

bool sp_stream_take(sp_stream *s, sp_stream_event *out) {
  while (s->event_count == 0 && s->unread) {
    const sp_xml *element = s->unread;
    s->unread = element->next;
    handle_element(s, element);
  }
  if (s->event_count == 0) return false;
  *out = s->events[s->first_event];
  s->first_event = (s->first_event + 1) % MAX_EVENTS;
  s->event_count--;
  return true;
}
