/* SPDX-License-Identifier: MIT */
/* path_internal.h: what the two paths share. */
#ifndef SP_SIGNALING_PATH_INTERNAL_H
#define SP_SIGNALING_PATH_INTERNAL_H

#include "signaling/path.h"

struct sp_signaling {
  sp_signaling_env env;
  sp_buf text; /* scratch for one message */
  sp_jingle *jingle;
  sp_rpc rpc; /* the one that came; its signal is due or being handled */
  bool rpc_due;
  sp_jingle_step step;
  bool open, told; /* a step is being performed; its signal was taken */
  sp_str away;     /* peer that became unavailable */
  sp_str mid, line;
};

/* session-info of §11.2: the one Jingle action that both paths have. */
int sp_path_say_screen(sp_signaling *g, uint64_t now, const sp_link *link, sp_say what);
/* A Jingle action came in. */
void sp_jingle_path_receive(sp_signaling *g, const sp_xml *stanza);
bool sp_jingle_path_take(sp_signaling *g, uint64_t now, sp_signal *out);

#endif
