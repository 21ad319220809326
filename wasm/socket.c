/* SPDX-License-Identifier: MIT */
/* WebSocket driver over Emscripten's websocket API. The life of one record:

     SOCKET_OPEN ──► created ── close event ────────────────► tell the core, free
                     │   │
                     │   └── SOCKET_CLOSE ──► told in a microtask; freed at the browser's close event
                     └── creation failed  ──► told in a microtask; freed then

   A closed connection is reported at once and not at the end of the closing handshake, which a dead network
   can delay for a minute. The record stays until the browser's own close event, because a socket without
   listeners that fails is an uncaught error in Node. */
#include "socket.h"

#include "base/limits.h"

#include <emscripten/em_js.h>
#include <emscripten/websocket.h>
#include <stdlib.h>
#include <string.h>

#define STATE_OPEN  1
#define CODE_NORMAL 1000
/* Frames of this size share one block of memory; that of a longer one goes with it. */
#define KEPT_ROOM (16u * 1024u)

#ifdef EM_JS_DEPS
EM_JS_DEPS(sp_socket, "$getWasmTableEntry")
#endif

typedef struct sp_socket {
  struct sp_socket *next;
  sp_sockets *owner; /* NULL once the core has been told, or is gone */
  uint32_t number;
  EMSCRIPTEN_WEBSOCKET_T handle; /* 0: there is none (any more) */
  bool closing;                  /* a microtask holds this record and will tell the core */
  char *room;                    /* where frames arrive */
  size_t room_size;
} sp_socket;

/* EM_JS reads its parameters as text and does not understand a function type among them. */
typedef int (*create_function)(EmscriptenWebSocketCreateAttributes *attributes);
typedef void (*later_function)(void *user);
typedef char *(*room_function)(void *user, int size);
typedef void (*text_function)(void *user, int length);

/* The WebSocket constructor throws on a bad address or, over https, on ws:. The exception must not unwind the
   frames of the pump. Answers 0 then. */
EM_JS(int, sp_js_create, (create_function create, EmscriptenWebSocketCreateAttributes *attributes), {
  try {
    return getWasmTableEntry(create)(attributes);
  } catch (error) {
    return 0;
  }
})

/* Runs `callback` when nothing is on the stack: a microtask, since timers of hidden pages are throttled. */
EM_JS(void, sp_js_later, (later_function callback, void *user),
      { Promise.resolve().then(function() { getWasmTableEntry(callback)(user); }); })

/* Emscripten's own way for messages measures and converts them character by character, unchecked. Here the browser
   converts. A message over the limit is cut to just above it, which is all the core needs in order to refuse it;
   binary messages have no meaning (RFC 7395 §3.2) and are not copied at all. Most messages are ASCII: a byte per
   UTF-16 unit is tried first, three are always enough. Memory that grew has another buffer. Without room `deliver`
   hears of -1. */
EM_JS(void, sp_js_listen, (int handle, void *user, room_function room, text_function deliver, int kept, int limit), {
  var socket = WS.getSocket ? WS.getSocket(handle) : WS.sockets[handle];
  var encoder = new TextEncoder();
  var view = [];
  room = getWasmTableEntry(room);
  deliver = getWasmTableEntry(deliver);
  socket.onmessage = function(event) {
    var text = event.data;
    if (typeof text != "string") return;
    if (text.length > limit) text = text.slice(0, limit + 1);
    var made = {};
    for (var size = text.length || 1; made.read != text.length; size *= 3) {
      if (view.length < size || view.buffer != HEAPU8.buffer) {
        size = Math.max(size, kept);
        var at = room(user, size);
        if (!at) return deliver(user, -1);
        view = HEAPU8.subarray(at, at + size);
      }
      made = encoder.encodeInto(text, view);
    }
    if (view.length > kept) view = [];
    deliver(user, made.written);
  };
})

/* Emscripten 3.1.6 does not drop the socket in emscripten_websocket_delete(): it would be kept for ever. */
EM_JS(void, sp_js_forget, (int handle), {
  if (WS.sockets) delete WS.sockets[handle];
})

sp_time sp_host_time(void) {
  return (sp_time){ (uint64_t)emscripten_get_now(), (uint64_t)emscripten_date_now() };
}

static void unlink_socket(sp_socket *socket) {
  sp_sockets *owner = socket->owner;
  if (!owner) return;
  sp_socket **link = &owner->head;
  while (*link && *link != socket) link = &(*link)->next;
  if (*link) *link = socket->next;
  socket->next = NULL;
  socket->owner = NULL;
}

static void free_room(sp_socket *socket) {
  free(socket->room);
  socket->room = NULL;
  socket->room_size = 0;
}

static void free_when_done(sp_socket *socket) {
  if (socket->handle || socket->closing) return;
  free_room(socket);
  free(socket);
}

static void tell_closed(sp_socket *socket) {
  sp_sockets *owner = socket->owner;
  if (!owner) return;
  unlink_socket(socket);
  sp_core_socket_closed(owner->core, sp_host_time(), socket->number);
  owner->wake(owner->user);
}

static void on_later(void *user) {
  sp_socket *socket = user;
  tell_closed(socket);
  socket->closing = false;
  free_when_done(socket);
}

static void close_later(sp_socket *socket) {
  if (socket->closing) return;
  socket->closing = true;
  sp_js_later(on_later, socket);
}

static void close_socket(sp_socket *socket) {
  if (socket->handle) emscripten_websocket_close(socket->handle, CODE_NORMAL, NULL);
  close_later(socket);
}

static EM_BOOL on_open(int type, const EmscriptenWebSocketOpenEvent *event, void *user) {
  (void)type, (void)event;
  sp_socket *socket = user;
  sp_sockets *owner = socket->owner;
  if (!owner || socket->closing) return EM_TRUE;
  sp_core_socket_opened(owner->core, sp_host_time(), socket->number);
  owner->wake(owner->user);
  return EM_TRUE;
}

static char *make_room(void *user, int size) {
  sp_socket *socket = user;
  if ((size_t)size == socket->room_size) return socket->room;
  free_room(socket);
  socket->room = malloc((size_t)size);
  if (socket->room) socket->room_size = (size_t)size;
  return socket->room;
}

/* `length` bytes are in the room. */
static void on_text(void *user, int length) {
  sp_socket *socket = user;
  sp_sockets *owner = socket->owner;
  if (!owner || socket->closing) return;
  if (length < 0) {
    close_socket(socket); /* a stream with a stanza missing is worse than none */
    return;
  }
  sp_core_socket_text(owner->core, sp_host_time(), socket->number, (sp_str){ socket->room, (size_t)length });
  if (socket->room_size > KEPT_ROOM) free_room(socket);
  owner->wake(owner->user); /* may free the socket */
}

static EM_BOOL on_error(int type, const EmscriptenWebSocketErrorEvent *event, void *user) {
  (void)type, (void)event, (void)user;
  return EM_TRUE; /* says nothing, and a close event always follows */
}

static EM_BOOL on_close(int type, const EmscriptenWebSocketCloseEvent *event, void *user) {
  (void)type, (void)event;
  sp_socket *socket = user;
  emscripten_websocket_delete(socket->handle);
  sp_js_forget(socket->handle);
  socket->handle = 0;
  if (!socket->closing) tell_closed(socket);
  free_when_done(socket);
  return EM_TRUE;
}

static char *copy_text(sp_str text) {
  char *copy = malloc(text.len + 1);
  if (!copy) return NULL;
  if (text.len) memcpy(copy, text.ptr, text.len);
  copy[text.len] = '\0';
  return copy;
}

static void create(sp_socket *socket, sp_str url, sp_str protocol) {
  char *url_text = copy_text(url), *protocol_text = copy_text(protocol);
  if (url_text && protocol_text) {
    EmscriptenWebSocketCreateAttributes attributes = { url_text, protocol.len ? protocol_text : NULL, EM_FALSE };
    int handle = sp_js_create(emscripten_websocket_new, &attributes);
    socket->handle = handle > 0 ? handle : 0;
  }
  free(url_text);
  free(protocol_text);
}

static void open_socket(sp_sockets *sockets, const sp_effect *effect) {
  sp_socket *socket = calloc(1, sizeof *socket);
  if (!socket) return; /* the core's own deadline for opening ends this attempt */
  socket->owner = sockets;
  socket->number = effect->id;
  socket->next = sockets->head;
  sockets->head = socket;
  create(socket, effect->text, effect->name);
  if (!socket->handle) {
    close_later(socket);
    return;
  }
  emscripten_websocket_set_onopen_callback(socket->handle, socket, on_open);
  emscripten_websocket_set_onerror_callback(socket->handle, socket, on_error);
  emscripten_websocket_set_onclose_callback(socket->handle, socket, on_close);
  sp_js_listen(socket->handle, socket, make_room, on_text, (int)KEPT_ROOM, (int)SP_MAX_FRAME);
}

static void send_text(sp_socket *socket, sp_str text) {
  unsigned short state = 0;
  if (!socket->handle || socket->closing) return;
  /* Sending while connecting throws; afterwards the close event is on its way. */
  if (emscripten_websocket_get_ready_state(socket->handle, &state) || state != STATE_OPEN) return;
  char *copy = copy_text(text);
  if (!copy) {
    close_socket(socket); /* a stream with a stanza missing is worse than none */
    return;
  }
  emscripten_websocket_send_utf8_text(socket->handle, copy);
  free(copy);
}

static sp_socket *find(const sp_sockets *sockets, uint32_t number) {
  sp_socket *socket = sockets->head;
  while (socket && socket->number != number) socket = socket->next;
  return socket;
}

void sp_sockets_init(sp_sockets *sockets, sp_core *core, sp_sockets_wake wake, void *user) {
  *sockets = (sp_sockets){ core, wake, user, NULL };
}

void sp_sockets_close(sp_sockets *sockets) {
  while (sockets->head) {
    sp_socket *socket = sockets->head;
    unlink_socket(socket);
    if (socket->handle && !socket->closing) emscripten_websocket_close(socket->handle, CODE_NORMAL, NULL);
    free_when_done(socket);
  }
}

bool sp_sockets_own(sp_effect_kind kind) {
  return kind == SP_FX_SOCKET_OPEN || kind == SP_FX_SOCKET_SEND || kind == SP_FX_SOCKET_CLOSE;
}

bool sp_sockets_run(sp_sockets *sockets, const sp_effect *effect) {
  if (effect->kind == SP_FX_SOCKET_OPEN) {
    open_socket(sockets, effect);
    return true;
  }
  if (!sp_sockets_own(effect->kind)) return false;
  sp_socket *socket = find(sockets, effect->id);
  if (!socket) return true; /* closed meanwhile; the core has been told */
  if (effect->kind == SP_FX_SOCKET_SEND) send_text(socket, effect->text);
  else close_socket(socket);
  return true;
}
