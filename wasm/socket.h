/* SPDX-License-Identifier: MIT */
/* socket.h: runs the socket effects of one core on the browser's WebSocket. It decides nothing: it carries
   frames, and tells the core exactly once that a socket it asked for is closed, whatever became of it. Frames
   reach the core inside the module's memory and never become objects of the glue. */
#ifndef SP_WASM_SOCKET_H
#define SP_WASM_SOCKET_H

#include "core/core.h"

/* Called after an event was given to the core: its effects wait. Nothing of the core is on the stack. */
typedef void (*sp_sockets_wake)(void *user);

typedef struct sp_sockets {
  sp_core *core;
  sp_sockets_wake wake;
  void *user;
  struct sp_socket *head;
} sp_sockets;

/* Borrows the core and `user` until sp_sockets_close(). The struct must not move. */
void sp_sockets_init(sp_sockets *sockets, sp_core *core, sp_sockets_wake wake, void *user);
/* Closes every socket; the core hears nothing more. Legal twice, and on a zeroed struct. */
void sp_sockets_close(sp_sockets *sockets);
/* Whether effects of this kind are run here. */
bool sp_sockets_own(sp_effect_kind kind);
/* Runs a socket effect, or answers false for any other kind. Never calls the core or `wake` before it
 * returns. */
bool sp_sockets_run(sp_sockets *sockets, const sp_effect *effect);

/* The host's two clocks. */
sp_time sp_host_time(void);

#endif
