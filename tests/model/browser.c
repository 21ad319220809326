/* SPDX-License-Identifier: MIT */
/* The browser: peer connections and a microphone. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

enum { PATH_LOST_MS = 5000, PATH_FAILED_MS = 30000, NEVER_MS = 40000 };

static const char answer_sdp[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=answer\r\n";

static peer *peer_of(model *m, uint32_t handle) {
  for (size_t i = 0; i < m->peer_count; i++)
    if (m->peers[i].handle == handle) return &m->peers[i];
  return NULL;
}

peer *some_peer(model *m) {
  size_t from = m->peer_count ? roll(m, (unsigned)m->peer_count) : 0;
  for (size_t i = 0; i < m->peer_count; i++) {
    peer *p = &m->peers[(from + i) % m->peer_count];
    if (p->open && p->connected) return p;
  }
  return NULL;
}

bool browser_talks(const model *m, const char *session) {
  for (size_t i = 0; i < m->peer_count; i++)
    if (m->peers[i].open && m->peers[i].answered && !m->peers[i].failed && strcmp(m->peers[i].session, session) == 0)
      return !m->offline;
  return false;
}

static void open_peer(model *m, uint32_t handle) {
  size_t at = 0;
  while (at < m->peer_count && m->peers[at].open) at++;
  if (at == PEERS) broken(m, "more than %d peer connections", PEERS);
  if (at == m->peer_count) m->peer_count++;
  m->peers[at] = (peer){ .handle = handle, .open = true, .since = m->now };
  for (size_t i = 0; i < m->session_count; i++)
    if (m->sessions[i].handle == handle) memcpy(m->peers[at].session, m->sessions[i].session, 24);
}

/* Operations of one connection run in order. */
static void operate(model *m, uint32_t handle, const char *operation) {
  peer *p = peer_of(m, handle);
  if (!p || !p->open) broken(m, "%s on a peer connection that is not there", operation);
  uint64_t at = m->now + 5 + roll(m, 40);
  if (fault(m, 5)) at += roll(m, 3000);
  if (at < p->busy) at = p->busy;
  p->busy = at;
  bool ok = !fault(m, 3), answers = ok && strcmp(operation, "answer") == 0;
  if (answers) p->answered = true;
  happens(m, at - m->now, SP_IN_PEER_RESULT, handle, ok, operation, answers ? answer_sdp : "");
}

static void ask_for_microphone(model *m, uint32_t request) {
  static const char *const errors[] = { "NotAllowedError", "NotFoundError", "NotReadableError", "AbortError" };
  char name[32];
  uint64_t in = fault(m, 10) ? roll(m, 20000) : 10 + roll(m, 100);
  m->open_media++;
  if (fault(m, 12)) {
    happens(m, in, SP_IN_MEDIA_RESULT, request, 0, errors[roll(m, 4)], "No microphone");
    return;
  }
  snprintf(name, sizeof name, "mic-%u", (unsigned)++m->last_stream);
  if (m->last_stream >= STREAMS) broken(m, "more than %d streams", STREAMS);
  m->streams[m->last_stream] = true;
  happens(m, in, SP_IN_MEDIA_RESULT, request, 1, name, "");
}

static void stop_stream(model *m, sp_str name) {
  char text[32];
  snprintf(text, sizeof text, "%.*s", SP_STR_ARG(name));
  size_t at = strncmp(text, "mic-", 4) == 0 ? strtoul(text + 4, NULL, 10) : 0;
  if (at == 0 || at > m->last_stream) broken(m, "the stream %s was never given", text);
  m->streams[at] = false;
}

static const char *text_of(sp_str text, char out[32]) {
  snprintf(out, 32, "%.*s", SP_STR_ARG(text));
  return out;
}

void browser_effect(model *m, const sp_effect *fx) {
  static const char records[] =
      "[{\"id\":\"i\",\"type\":\"inbound-rtp\",\"kind\":\"audio\",\"packetsReceived\":100,\"packetsLost\":1},"
      "{\"id\":\"o\",\"type\":\"outbound-rtp\",\"kind\":\"audio\",\"packetsSent\":100}]";
  char name[32];
  peer *p;
  switch (fx->kind) {
    case SP_FX_PEER_OPEN: open_peer(m, fx->id); break;
    case SP_FX_PEER_OFFER: operate(m, fx->id, "offer"); break;
    case SP_FX_PEER_STREAM: operate(m, fx->id, "stream"); break;
    case SP_FX_PEER_ANSWER: operate(m, fx->id, "answer"); break;
    case SP_FX_PEER_CLOSE:
      if ((p = peer_of(m, fx->id)) != NULL) p->open = false;
      break;
    case SP_FX_AUDIO_ATTACH:
    case SP_FX_AUDIO_DETACH:
      if ((p = peer_of(m, fx->id)) != NULL) p->audio = fx->kind == SP_FX_AUDIO_ATTACH;
      break;
    case SP_FX_MEDIA_REQUEST: ask_for_microphone(m, fx->id); break;
    case SP_FX_PEER_STATS:
      happens(m, fault(m, 5) ? 3000 : 5, SP_IN_PEER_STATS, fx->id, strtod(text_of(fx->name, name), NULL), "",
              fault(m, 5) ? "" : records);
      break;
    case SP_FX_MEDIA_STOP: stop_stream(m, fx->name); break;
    default: break;
  }
}

static void becomes(model *m, const peer *p, const char *state) {
  happens(m, 0, SP_IN_PEER_STATE, p->handle, 0, state, "");
}

void fail_peer(model *m, peer *p, const char *state) {
  p->failed = strcmp(state, "failed") == 0;
  p->down = true;
  becomes(m, p, state);
}

void browser_second(model *m) {
  for (size_t i = 0; i < m->peer_count; i++) {
    peer *p = &m->peers[i];
    if (!p->open || p->failed) continue;
    if (p->answered && !m->offline && server_talks(m, p->session)) {
      if (!p->connected) happens(m, 0, SP_IN_PEER_ICE_STATE, p->handle, 0, "connected", "");
      if (!p->connected || p->down) becomes(m, p, "connected");
      p->connected = true;
      p->down = false;
      p->lost = 0;
    } else if (p->connected) {
      if (!p->lost) p->lost = m->now;
      if (m->now - p->lost >= PATH_LOST_MS && !p->down) fail_peer(m, p, "disconnected");
      if (m->now - p->lost >= PATH_FAILED_MS) fail_peer(m, p, "failed");
    } else if (m->now - p->since >= NEVER_MS) {
      fail_peer(m, p, "failed");
    }
  }
}
