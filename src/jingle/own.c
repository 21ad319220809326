/* SPDX-License-Identifier: MIT */
/* Our own actions (wire.md §10.3). They carry sid and action, neither initiator nor responder. */
#include "base/limits.h"
#include "jingle/session.h"
#include "jingle/state.h"
#include "xmpp/ns.h"

static void begin(sp_xw *w, sp_str sid, const char *action) {
  sp_xw_open(w, "jingle");
  sp_xw_attr(w, "xmlns", SP_STR(SP_NS_JINGLE));
  sp_xw_attr(w, "sid", sid);
  sp_xw_attr(w, "action", sp_str_from(action));
}

static int end(sp_xw *w, int status) {
  sp_xw_close(w);
  return status == SP_OK ? sp_buf_status(w->buf) : status;
}

/* What later transport-infos name. */
static int learn(sp_jingle_session *s, sp_str sdp) {
  size_t mid = 0, ufrag = 0;
  int status = sp_str_set(s->alloc, &s->local_mid, sp_jingle_line(sdp, "a=mid:", &mid));
  return status == SP_OK ? sp_str_set(s->alloc, &s->local_ufrag, sp_jingle_line(sdp, "a=ice-ufrag:", &ufrag)) : status;
}

int sp_jingle_write_answer(sp_jingle_session *s, sp_xw *w, sp_str sdp) {
  if (s->over || (s->accepted && !s->reply_on_answer)) return SP_ENOENT;
  int status = learn(s, sdp);
  begin(w, s->sid, s->accepted ? "transport-info" : "session-accept");
  if (status == SP_OK)
    status = s->accepted ? sp_jingle_write_transports(s->alloc, w, sdp, s->transport_ns)
                         : sp_jingle_write_sdp(s->alloc, w, sdp, SP_JINGLE_RESPONDER, s->transport_ns);
  return end(w, status);
}

int sp_jingle_write_own_candidate(const sp_jingle_session *s, sp_xw *w, sp_str mid, sp_str line) {
  int status;
  begin(w, s->sid, "transport-info");
  if (!line.len) {
    status = sp_jingle_write_gathering_complete(w, s->local_mid, s->local_ufrag, s->transport_ns);
  } else {
    /* A browser names its credentials in each candidate; else they are those of the first section. */
    bool named = sp_str_find(line, " ufrag ", 0) != SIZE_MAX;
    status = sp_jingle_write_candidate(w, mid, named ? SP_STR_NONE : s->local_ufrag, line, s->transport_ns);
  }
  return end(w, status);
}

int sp_jingle_write_info(sp_xw *w, sp_str sid, const char *element, sp_str creator, sp_str name) {
  begin(w, sid, "session-info");
  sp_xw_open(w, element);
  sp_xw_attr(w, "xmlns", SP_STR("urn:xmpp:jingle:apps:rtp:info:1"));
  sp_xw_attr(w, "creator", creator);
  sp_xw_attr(w, "name", name);
  sp_xw_close(w);
  return end(w, SP_OK);
}

int sp_jingle_write_refusal(const sp_jingle_session *s, sp_xw *w, const char *action) {
  bool is_content = sp_str_is(sp_str_from(action), "content-reject");
  begin(w, s->sid, action);
  sp_xw_open(w, "reason");
  sp_xw_open(w, is_content ? "failed-application" : "failed-transport");
  sp_xw_close(w);
  if (is_content) {
    sp_xw_open(w, "text");
    sp_xw_text(w, SP_STR("content-add is not supported"));
    sp_xw_close(w);
  }
  sp_xw_close(w);
  return end(w, SP_OK);
}

int sp_jingle_hold(sp_jingle_session *s, int what, sp_str a, sp_str b) {
  return sp_jingle_note_add(s->alloc, &s->held, what, a, b);
}

bool sp_jingle_held(sp_jingle_session *s, int *what, sp_str *a, sp_str *b) {
  return sp_jingle_stable(s) && sp_jingle_note_take(s->alloc, &s->held, what, a, b);
}
