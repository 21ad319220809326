/* SPDX-License-Identifier: MIT */
/* The agent and the agent's app: what it was told, whether it may have been told so, what it does next. */
#include "model.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

/* --- calls of the app --- */

uint32_t app_call(model *m, const char *method, const char *arguments, uint64_t limit_ms) {
  if (m->last_promise + 1 >= PROMISES) broken(m, "more than %d calls", PROMISES);
  uint32_t id = ++m->last_promise;
  m->promises[id] = (promise){ m->now, limit_ms, false, method };
  tell(m, "app #%u %s(%s)", (unsigned)id, method, arguments);
  happens(m, 0, SP_IN_CALL, id, 0, method, arguments);
  return id;
}

static void call_with(model *m, const char *method, const char *conversation, const char *more) {
  char arguments[128];
  snprintf(arguments, sizeof arguments, "[{\"conversationId\":\"%s\"%s}]", conversation, more);
  (void)app_call(m, method, arguments, 120000);
}

static void initialize(model *m) {
  if (m->leaving || (m->initialize && !m->promises[m->initialize].settled)) return;
  m->initialized = m->station_known = false;
  m->pending_count = m->current_count = 0; /* a new sign-in forgets them */
  m->initialize = app_call(m, "initialize", "[]", UINT64_MAX);
}

static void settled(model *m, const sp_effect *fx) {
  bool ok = fx->kind == SP_FX_RESOLVE;
  if (fx->id == 0 || fx->id > m->last_promise) broken(m, "call %u was never made", (unsigned)fx->id);
  promise *p = &m->promises[fx->id];
  if (p->settled) broken(m, "call %u (%s) was settled twice", (unsigned)fx->id, p->method);
  p->settled = true;
  if (fx->id != m->initialize) return;
  m->initialized = ok;
  if (!m->station_known) { /* S-29: it could not be loaded */
    m->lines = 1;
    m->persistent = false;
  }
  if (!ok) happens(m, 2000, APP, 0, 0, "initialize", "");
}

/* --- sessions --- */

static app_session *session_of(model *m, uint32_t handle) {
  for (size_t i = 0; i < m->session_count; i++)
    if (m->sessions[i].handle == handle) return &m->sessions[i];
  return NULL;
}

app_session *live_session(model *m, const char *conversation) {
  for (size_t i = m->session_count; i-- > 0;)
    if (!m->sessions[i].dropped && strcmp(m->sessions[i].conversation, conversation) == 0) return &m->sessions[i];
  return NULL;
}

static void take(char out[24], sp_str text) {
  snprintf(out, 24, "%.*s", SP_STR_ARG(text));
}

static void new_session(model *m, const sp_effect *fx, const sp_json *members) {
  if (session_of(m, fx->id)) broken(m, "the session handle %u was used before", (unsigned)fx->id);
  if (m->session_count == SESSIONS) broken(m, "more than %d sessions", SESSIONS);
  app_session *s = &m->sessions[m->session_count++];
  *s = (app_session){ .handle = fx->id };
  take(s->session, sp_json_get_str(members, "id"));
  take(s->conversation, sp_json_get_str(members, "conversationId"));
  /* A re-invite goes on with what its platform's session began: no start is announced. */
  if (sp_json_get_bool(members, "reinvite", false)) {
    s->fresh = s->came = true;
    memcpy(s->open[s->open_count++], s->conversation, 24);
  }
}

/* The session that an effect is about must be there. */
static app_session *owner(model *m, const sp_effect *fx) {
  app_session *s = session_of(m, fx->id);
  if (!s) broken(m, "effect %d for the session %u, which never was", (int)fx->kind, (unsigned)fx->id);
  if (s->dropped) broken(m, "effect %d for the session %u, which is gone", (int)fx->kind, (unsigned)fx->id);
  return s;
}

static size_t open_at(const app_session *s, const char *conversation) {
  size_t i = 0;
  while (i < s->open_count && strcmp(s->open[i], conversation) != 0) i++;
  return i;
}

static void started(model *m, app_session *s) {
  s->started++;
  s->fresh = false;
  if (open_at(s, s->conversation) < s->open_count)
    broken(m, "the start of %s on session %s is announced again", s->conversation, s->session);
  for (size_t i = 0; i < m->session_count; i++) {
    const app_session *other = &m->sessions[i];
    const call *c = call_of_session(m, other->session);
    if (other != s && !other->moved && !other->fresh && c && c->state == TALKING &&
        open_at(other, s->conversation) < other->open_count)
      broken(m, "%s started on session %s without an end on %s", s->conversation, s->session, other->session);
  }
  if (s->open_count == sizeof s->open / sizeof *s->open) broken(m, "too many starts on session %s", s->session);
  memcpy(s->open[s->open_count++], s->conversation, 24);
  if (!m->auto_connect) happens(m, 200 + roll(m, 2000), APP, 0, 0, "acceptSession", s->conversation);
}

static void ended(model *m, app_session *s) {
  if (s->moved) { /* once, for whatever it carried */
    if (!s->open_count) broken(m, "the replaced session %s ends, but nothing was begun on it", s->session);
    s->open_count = 0;
    return;
  }
  s->fresh = false;
  size_t at = open_at(s, s->conversation);
  if (at == s->open_count) broken(m, "%s ends on session %s, but never started", s->conversation, s->session);
  memcpy(s->open[at], s->open[--s->open_count], 24);
}

/* Replaced by a re-invite: all that it carried goes on there. */
static void replaces(model *m, app_session *s, app_session *old) {
  if (!old) broken(m, "session %s goes on with nothing", s->session);
  old->moved = true;
  m->replaced = 0;
  s->fresh = s->came = false;
  if (open_at(old, s->conversation) == old->open_count) s->open_count = 0;
  for (size_t i = 0; i < old->open_count; i++)
    if (open_at(s, old->open[i]) == s->open_count) memcpy(s->open[s->open_count++], old->open[i], 24);
}

/* --- pending sessions --- */

static size_t pending_at(const model *m, const char *conversation) {
  size_t i = 0;
  while (i < m->pending_count && strcmp(m->pending[i].conversation, conversation) != 0) i++;
  return i;
}

static bool is_fake(const model *m, const char *conversation) {
  return m->fake[strtoul(conversation + 1, NULL, 10) % NUMBERS];
}

static void pending(model *m, const sp_json *entry) {
  char conversation[24];
  take(conversation, sp_json_get_str(entry, "conversationId"));
  if (pending_at(m, conversation) < m->pending_count) broken(m, "%s is announced twice", conversation);
  if (m->pending_count == MAX_PENDING) broken(m, "more than %d pending sessions", MAX_PENDING);
  memcpy(m->pending[m->pending_count].conversation, conversation, 24);
  take(m->pending[m->pending_count++].session, sp_json_get_str(entry, "id"));
  unsigned mood = roll(m, 100);
  if (mood < 65) happens(m, roll(m, 6000), APP, 0, 0, "acceptPendingSession", conversation);
  else if (mood < 75) happens(m, roll(m, 6000), APP, 0, 0, "rejectPendingSession", conversation);
}

static void pending_gone(model *m, const char *what, const sp_json *ids) {
  char conversation[24];
  take(conversation, sp_json_get_str(ids, "conversationId"));
  size_t at = pending_at(m, conversation);
  if (at == m->pending_count && m->eager != 2 && is_fake(m, conversation)) return; /* nobody was told */
  /* A new sign-in has forgotten them, and still says so of a call whose session was being prepared. */
  if (at == m->pending_count && m->initialize && !m->promises[m->initialize].settled) return;
  if (at == m->pending_count) broken(m, "%s for %s, which was not pending", what, conversation);
  m->pending[at] = m->pending[--m->pending_count];
}

/* A conversation of `current`: whole, or as it was told before, by its number or by number and session. */
static const sp_json *read_current(const model *before, const sp_json *entry, current_call *out) {
  const sp_json *session = sp_json_path(entry, "session.$session"), *number = sp_json_get(entry, "$number");
  if (!number) {
    number = sp_json_is_array(entry) ? sp_json_first(entry) : entry;
    session = sp_json_is_array(entry) ? sp_json_next(number) : NULL;
    for (size_t i = 0; i < before->current_count; i++)
      if (before->current[i].number == sp_json_number(number, 0)) *out = before->current[i];
  } else if (sp_str_is(sp_json_str(sp_json_path(entry, "mostRecentCallState.state")), "connected")) {
    const sp_json *state = sp_json_get(entry, "mostRecentCallState");
    take(out->conversation, sp_json_get_str(entry, "conversationId"));
    out->held = sp_json_get_bool(state, "held", false);
    out->muted = sp_json_get_bool(state, "muted", false);
    out->number = sp_json_number(number, 0);
  }
  out->session = (uint32_t)sp_json_number(session, 0);
  return session;
}

static void update(model *m, const sp_json *body) {
  const model before = *m;
  m->current_count = 0;
  for (const sp_json *c = sp_json_first(sp_json_get(body, "current")); c; c = sp_json_next(c)) {
    current_call one = { .number = 0 };
    const sp_json *session = read_current(&before, c, &one);
    if (session && (!session_of(m, one.session) || session_of(m, one.session)->dropped))
      broken(m, "conversationUpdate names the session %u, which is gone", (unsigned)one.session);
    if (one.number == 0) continue;
    if (m->current_count == sizeof m->current / sizeof *m->current) broken(m, "too many current conversations");
    m->current[m->current_count++] = one;
  }
  take(m->active, sp_json_get_str(body, "activeConversationId"));
}

/* --- what it is told --- */

static void hears(model *m, const sp_effect *fx, const sp_json *arguments) {
  static const struct {
    const char *name;
    int told;
  } kinds[] = { { "pendingSession", TOLD_PENDING },     { "cancelPendingSession", TOLD_GONE },
                { "handledPendingSession", TOLD_GONE }, { "sessionStarted", TOLD_STARTED },
                { "sessionEnded", TOLD_ENDED },         { "connected", TOLD_CONNECTED },
                { "disconnected", TOLD_LOST } };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (sp_str_is(fx->name, kinds[i].name)) m->told[kinds[i].told]++;
  const sp_json *first = sp_json_first(arguments);
  uint32_t handle = (uint32_t)sp_json_number(sp_json_get(first, "$session"), 0);
  app_session *s = handle ? session_of(m, handle) : NULL;
  if (handle && (!s || s->dropped)) broken(m, "%.*s about a session that is gone", SP_STR_ARG(fx->name));
  if (sp_str_is(fx->name, "pendingSession")) pending(m, first);
  else if (sp_str_is(fx->name, "cancelPendingSession")) pending_gone(m, "cancelPendingSession", first);
  else if (sp_str_is(fx->name, "handledPendingSession")) pending_gone(m, "handledPendingSession", first);
  else if (sp_str_is(fx->name, "sessionStarted") && s) started(m, s);
  else if (sp_str_is(fx->name, "sessionEnded") && s) ended(m, s);
  else if (sp_str_is(fx->name, "conversationUpdate")) update(m, first);
  else if (sp_str_is(fx->name, "connected")) m->connected = true;
  else if (sp_str_is(fx->name, "disconnected")) {
    m->connected = false;
    /* Given up, or asked for: the agent signs in again. */
    if (sp_str_find(fx->text, "\"reconnecting\":false", 0) != SIZE_MAX) happens(m, 3000, APP, 0, 0, "signInAgain", "");
  }
}

void app_effect(model *m, const sp_effect *fx) {
  sp_json_doc *doc = NULL;
  if (sp_effect_is_json(fx->kind) && fx->text.len && sp_json_parse(NULL, fx->text, &doc) != SP_OK)
    broken(m, "effect %d carries what is no JSON: %.*s", (int)fx->kind, SP_STR_ARG(fx->text));
  switch (fx->kind) {
    case SP_FX_RESOLVE:
    case SP_FX_REJECT: settled(m, fx); break;
    case SP_FX_ERROR: m->told[TOLD_ERROR]++; break;
    case SP_FX_EVENT: hears(m, fx, sp_json_root(doc)); break;
    case SP_FX_SESSION_NEW: new_session(m, fx, sp_json_root(doc)); break;
    case SP_FX_SESSION_SET: {
      app_session *s = owner(m, fx);
      sp_str moved = sp_json_get_str(sp_json_root(doc), "conversationId");
      if (moved.len) take(s->conversation, moved);
      if (sp_json_get_bool(sp_json_root(doc), "sessionReplacedByReinvite", false)) m->replaced = s->handle;
      if (sp_json_get(sp_json_root(doc), "reconnectCount")) replaces(m, s, session_of(m, m->replaced));
      break;
    }
    case SP_FX_SESSION_DROP: {
      app_session *s = owner(m, fx);
      s->dropped = true;
      if (s->open_count && !s->fresh)
        broken(m, "session %s is dropped, but the end of %s was never announced", s->session, s->open[0]);
      break;
    }
    case SP_FX_PEER_OPEN:
    case SP_FX_PEER_OFFER:
    case SP_FX_PEER_ANSWER:
    case SP_FX_PEER_CANDIDATE:
    case SP_FX_PEER_STREAM:
    case SP_FX_PEER_CHANNEL:
    case SP_FX_PEER_CLOSE:
    case SP_FX_AUDIO_ATTACH:
    case SP_FX_AUDIO_DETACH:
    case SP_FX_SESSION_EVENT: (void)owner(m, fx); break;
    default: break;
  }
  sp_json_free(doc);
}

/* --- what it does --- */

void app_does(model *m, const char *what, const char *conversation) {
  if (strcmp(what, "initialize") == 0 || (strcmp(what, "signInAgain") == 0 && !m->connected)) initialize(m);
  else if (strcmp(what, "acceptSession") == 0) {
    if (live_session(m, conversation)) call_with(m, what, conversation, "");
  } else if (pending_at(m, conversation) < m->pending_count) {
    call_with(m, what, conversation, "");
    if (chance(m, 10)) call_with(m, what, conversation, ""); /* a double click */
  }
}

static void use_session(model *m, const app_session *s) {
  char arguments[64], name[24];
  app_session on = *s; /* a call that it carries */
  size_t from = m->current_count ? roll(m, (unsigned)m->current_count) : 0;
  if (m->current_count && m->current[from].session == s->handle)
    memcpy(on.conversation, m->current[from].conversation, 24);
  /* A trunk is not put down every minute: nothing would come of it. */
  bool trunk = strcmp(trunk_session(m, name), s->session) == 0;
  s = &on;
  switch (roll(m, trunk && chance(m, 70) ? 6 : 7)) {
    case 0: call_with(m, "setAudioMute", s->conversation, chance(m, 50) ? ",\"mute\":true" : ",\"mute\":false"); break;
    case 1:
    case 2:
      call_with(m, "setConversationHeld", s->conversation, chance(m, 50) ? ",\"held\":true" : ",\"held\":false");
      break;
    case 3:
    case 4: call_with(m, "endSession", s->conversation, ""); break;
    case 5: call_with(m, "acceptSession", s->conversation, ""); break;
    default:
      snprintf(arguments, sizeof arguments, "[\"%.23s\"]", s->session);
      (void)app_call(m, "forceTerminateSession", arguments, 120000);
  }
}

void app_random(model *m) {
  app_session *live = NULL;
  for (size_t i = 0; i < m->session_count; i++)
    if (!m->sessions[i].dropped && (!live || chance(m, 50))) live = &m->sessions[i];
  unsigned what = roll(m, 20);
  if (what < 12 && live) use_session(m, live);
  else if (what < 14) (void)app_call(m, "startSoftphoneSession", "[{\"phoneNumber\":\"1\"}]", 120000);
  else if (what == 14) (void)app_call(m, "setAccessToken", "[\"NEXT\"]", 1000);
  else if (what == 15) call_with(m, "acceptPendingSession", "c999", "");
  else if (what == 16) call_with(m, "endSession", "c999", "");
  else if (what == 17 && m->pending_count) app_does(m, "acceptPendingSession", m->pending[0].conversation);
  else if (what == 18 && chance(m, 20)) {
    (void)app_call(m, "disconnect", "[]", 20000);
  } else if (what == 19 && chance(m, 20)) initialize(m);
}

void app_second(model *m) {
  for (uint32_t id = 1; id <= m->last_promise; id++) {
    const promise *p = &m->promises[id];
    if (!p->settled && p->limit != UINT64_MAX && m->now - p->made > p->limit)
      broken(m, "call %u (%s) is not settled after %.0f s", (unsigned)id, p->method, (double)(m->now - p->made) / 1000);
  }
  if (!m->calm || m->auto_connect) return;
  for (size_t i = 0; i < m->session_count; i++) { /* what a microphone refused is tried again */
    app_session *s = &m->sessions[i];
    if (s->dropped || s->asked || !s->started) continue;
    s->asked = true;
    call_with(m, "acceptSession", s->conversation, "");
  }
}

/* --- the comparison --- */

static bool is_current(const model *m, const char *conversation) {
  for (size_t i = 0; i < m->current_count; i++)
    if (strcmp(m->current[i].conversation, conversation) == 0) return true;
  return false;
}

static const app_session *session_named(const model *m, const char *session) {
  for (size_t i = m->session_count; i-- > 0;)
    if (!m->sessions[i].dropped && strcmp(m->sessions[i].session, session) == 0) return &m->sessions[i];
  return NULL;
}

/* What is said of a call that is up: where it is, whether it is held or muted. */
static void compare_current(model *m, const call *c, const char *conversation, const app_session *s) {
  for (size_t i = 0; i < m->current_count; i++) {
    if (strcmp(m->current[i].conversation, conversation) != 0) continue;
    const app_session *said = session_of(m, m->current[i].session);
    if (said && said != s && !said->moved && !said->dropped)
      broken(m, "%s is said to be on another session", conversation);
    if (c->blurred) continue;
    if (m->current[i].held != c->held) broken(m, "%s is %sheld", conversation, c->held ? "" : "not ");
    if (m->current[i].muted != c->muted) broken(m, "%s is %smuted", conversation, c->muted ? "" : "not ");
  }
}

/* Of one call that is up, or one that is up and not held, the app knows that it is the active one. */
static void compare_active(model *m) {
  const call *up = NULL, *talking = NULL;
  size_t ups = 0, talkings = 0;
  for (size_t i = 0; i < CALLS; i++) {
    const call *c = &m->calls[i];
    if (c->state != TALKING) continue;
    if (c->blurred) return;
    ups++;
    up = c;
    if (c->held) continue;
    talkings++;
    talking = c;
  }
  const call *c = ups == 1 ? up : talkings == 1 ? talking : NULL;
  char conversation[24];
  if (!c) return;
  snprintf(conversation, sizeof conversation, "c%u", c->number);
  if (strcmp(conversation, m->active) != 0) broken(m, "%s is the active conversation, not %s", conversation, m->active);
}

static void compare_call(model *m, const call *c) {
  char conversation[24];
  snprintf(conversation, sizeof conversation, "c%u", c->number);
  bool is_pending = pending_at(m, conversation) < m->pending_count;
  char name[24];
  const app_session *s = session_named(m, c->shared ? trunk_session(m, name) : own_session(c, name));
  if (!s && !c->shared) s = live_session(m, conversation);
  bool current = is_current(m, conversation);
  switch (c->state) {
    case RINGING:
      if (!is_pending) broken(m, "%s rings, but the agent does not see it", conversation);
      break;
    case OFFERING: break; /* on its way: compared once it is over */
    case TALKING:
      if (!s) broken(m, "%s is up, but the agent has no session for it", conversation);
      if (!current) broken(m, "%s is up, but not among the current conversations", conversation);
      if (s) compare_current(m, c, conversation, s);
      if (s && !s->came && open_at(s, conversation) == s->open_count)
        broken(m, "%s is up, but its start was not announced", conversation);
      break;
    case FREE:
    case OVER: break;
  }
  if (c->state != RINGING && c->state != OFFERING && is_pending)
    broken(m, "%s does not ring, but the agent sees it ringing", conversation);
  if (c->state != TALKING && current) broken(m, "%s is not up, but among the current conversations", conversation);
}

void compare(model *m) {
  if (!m->initialized || !m->connected) broken(m, "the client is not connected again");
  for (size_t i = 0; i < CALLS; i++)
    if (m->calls[i].state != FREE) compare_call(m, &m->calls[i]);
  char fake[24];
  snprintf(fake, sizeof fake, "c%u", m->trunk.number);
  bool eager = m->trunk.eager && (m->trunk.state == RINGING || m->trunk.state == OFFERING);
  for (size_t i = 0; i < m->pending_count; i++)
    if (!call_of(m, m->pending[i].conversation) && !(eager && strcmp(m->pending[i].conversation, fake) == 0))
      broken(m, "a ghost rings: %s", m->pending[i].conversation);
  for (size_t i = 0; i < m->current_count; i++)
    if (!call_of(m, m->current[i].conversation)) broken(m, "a ghost is up: %s", m->current[i].conversation);
  for (size_t i = 0; i < m->session_count; i++) {
    const app_session *s = &m->sessions[i];
    if (s->dropped) continue;
    const call *c = call_of_session(m, s->session);
    if (!c || c->state == OVER) broken(m, "the agent still has session %s, which is over", s->session);
  }
  compare_active(m);
}

void compare_end(model *m) {
  if (m->pending_count) broken(m, "%s still rings", m->pending[0].conversation);
  if (m->current_count) broken(m, "%s is still current", m->current[0].conversation);
  for (size_t i = 0; i < m->session_count; i++)
    if (!m->sessions[i].dropped) broken(m, "session %s is still there", m->sessions[i].session);
  for (size_t i = 0; i < m->peer_count; i++) {
    if (m->peers[i].open) broken(m, "the peer connection of session %s is still open", m->peers[i].session);
    if (m->peers[i].audio) broken(m, "the audio element of session %s is still there", m->peers[i].session);
  }
  for (size_t i = 1; i <= m->last_stream; i++)
    if (m->streams[i]) broken(m, "the microphone stream mic-%zu is still live", i);
  for (uint32_t id = 1; id <= m->last_promise; id++)
    if (!m->promises[id].settled) broken(m, "call %u (%s) was never settled", (unsigned)id, m->promises[id].method);
}
