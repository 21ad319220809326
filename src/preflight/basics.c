/* SPDX-License-Identifier: MIT */
/* Permissions, devices, REST and the signaling WebSocket. */
#include "preflight/internal.h"

#include "xml/writer.h"

/* A token is checked against times, and so are a relay's credentials. */
#define CLOCK_WRONG_S 60.0
#define SLOW_MS       2000.0

static bool is_word(const sp_json *facts, const char *key, const char *word) {
  return sp_str_is(sp_json_get_str(facts, key), word);
}

static bool is_true(const sp_json *facts, const char *key) {
  return sp_json_get_bool(facts, key, false);
}

static saying judge_permissions(const sp_json *facts) {
  if (!facts) return SAY_BROKEN;
  if (!is_true(facts, "secureContext")) return SAY_INSECURE;
  if (!is_true(facts, "mediaDevices") || !is_true(facts, "webrtc")) return SAY_NO_WEBRTC;
  if (!sp_json_get_bool(facts, "policy", true)) return SAY_POLICY;
  if (is_word(facts, "microphone", "denied")) return SAY_DENIED;
  if (is_word(facts, "microphone", "prompt")) return SAY_PROMPT;
  return is_true(facts, "soundBlocked") ? SAY_SOUND_BLOCKED : SAY_PERMITTED;
}

/* The details are what the browser said. */
void sp_preflight_permissions(sp_preflight *p, uint64_t now, int slot, const sp_json *facts) {
  (void)slot;
  if (facts) sp_json_write(&p->sections[SEC_PERMISSIONS].details, facts);
  p->may_listen = is_word(facts, "microphone", "granted");
  sp_preflight_end(p, now, SEC_PERMISSIONS, judge_permissions(facts), 0);
}

/* --- devices --- */

typedef struct found {
  unsigned count;
  bool has_default, is_there; /* the one the browser calls so, the one that was chosen */
  bool named;                 /* ids are hidden until there is a permission */
} found;

static found look(const sp_json *list, const char *kind, sp_str chosen) {
  found f = { 0, false, chosen.len == 0, false };
  for (const sp_json *one = sp_json_first(list); one; one = sp_json_next(one)) {
    sp_str id = sp_json_get_str(one, "deviceId");
    if (!is_word(one, "kind", kind)) continue;
    /* Chromium lists some twice, under a name of their part. */
    bool again = sp_str_is(id, "default") || sp_str_is(id, "communications");
    f.count += !again;
    f.named = f.named || id.len;
    f.has_default = f.has_default || sp_str_is(id, "default");
    f.is_there = f.is_there || sp_str_eq(id, chosen);
  }
  if (!f.count && f.has_default) f.count = 1;
  if (f.count && !f.named) f.is_there = true; /* nobody knows */
  return f;
}

void sp_preflight_devices(sp_preflight *p, uint64_t now, int slot, const sp_json *facts) {
  static const struct {
    const char *kind, *many, *has_default, *chosen;
  } kinds[] = {
    { "audioinput", "microphones", "defaultMicrophone", "chosenMicrophone" },
    { "audiooutput", "speakers", "defaultSpeaker", "chosenSpeaker" },
    { "videoinput", "cameras", NULL, "chosenCamera" },
  };
  const sp_json *list = sp_json_get(facts, "devices");
  found all[3];
  bool gone = false;
  sp_jw w = sp_preflight_details(p, SEC_DEVICES);
  (void)slot;
  for (int i = 0; i < 3; i++) {
    all[i] = look(list, kinds[i].kind, p->site.texts[SP_SITE_MICROPHONE + i]);
    gone = gone || !all[i].is_there;
    sp_jw_num(&w, kinds[i].many, all[i].count);
    if (kinds[i].has_default) sp_jw_bool(&w, kinds[i].has_default, all[i].has_default);
    if (p->site.texts[SP_SITE_MICROPHONE + i].len) sp_jw_bool(&w, kinds[i].chosen, all[i].is_there);
  }
  sp_jw_close(&w);
  saying says = SAY_DEVICES;
  if (!sp_json_is_array(list)) says = SAY_BROKEN;
  else if (!all[0].count) says = SAY_NO_MICROPHONE;
  else if (gone) says = SAY_GONE;
  else if (!all[1].count && all[0].named && is_true(facts, "listsSpeakers")) says = SAY_NO_SPEAKER;
  sp_preflight_end(p, now, SEC_DEVICES, says, all[0].count);
}

/* --- REST --- */

static double positive(double value) {
  return value < 0 ? -value : value;
}

void sp_preflight_rest(sp_preflight *p, uint64_t now, int slot, const sp_json *facts) {
  double status = sp_json_number(sp_json_get(facts, "status"), 0), ms = (double)(now - p->probes[slot].since);
  double skew = sp_json_number(sp_json_get(facts, "skewMs"), 0), number = ms;
  bool refused = status >= 400 && status < 500 && status != 429;
  saying says = SAY_REST;
  if (status < 1) says = SAY_NO_REST;
  else if (refused && p->site.has_token) says = status > 401 ? SAY_FORBIDDEN : SAY_REFUSED;
  else if (status >= 400 && !refused) says = SAY_REST_ERROR, number = status;
  else if (positive(skew) > CLOCK_WRONG_S * 1000) says = SAY_CLOCK, number = positive(skew) / 1000;
  else if (ms > SLOW_MS) says = SAY_SLOW;
  sp_jw w = sp_preflight_details(p, SEC_REST);
  if (status >= 1) {
    sp_jw_num(&w, "status", status);
    sp_jw_num(&w, "ms", ms);
  }
  if (p->site.has_token && status >= 1 && (status < 400 || status == 401)) sp_jw_bool(&w, "tokenValid", status < 400);
  if (sp_json_is_number(sp_json_get(facts, "skewMs"))) sp_jw_num(&w, "clockSkewMs", skew);
  sp_jw_close(&w);
  /* The user's domain is where the stream opens. */
  sp_str jid = sp_json_str(sp_json_path(facts, "body.chat.jabberId"));
  size_t at = sp_str_find_char(jid, '@', 0);
  if (p->site.texts[SP_SITE_CHANNEL].len && at < jid.len &&
      sp_str_set(p->alloc, &p->site.texts[SP_SITE_DOMAIN], sp_str_slice(jid, at + 1, jid.len)) != SP_OK)
    says = SAY_BROKEN;
  sp_preflight_end(p, now, SEC_REST, says, number);
}

/* --- socket --- */

void sp_preflight_socket_start(sp_preflight *p, uint64_t now) {
  if (p->site.connected) sp_preflight_probe(p, now, SEC_SOCKET, SEC_SOCKET, "ping");
  else if (!p->site.texts[SP_SITE_SOCKET].len) sp_preflight_end(p, now, SEC_SOCKET, SAY_SOCKET_LATER, 0);
  else if (!p->site.texts[SP_SITE_DOMAIN].len) sp_preflight_end(p, now, SEC_SOCKET, SAY_SOCKET_WAITS, 0);
  else if (p->site.texts[SP_SITE_CHANNEL].len) sp_preflight_probe(p, now, SEC_SOCKET, SEC_SOCKET, "POST");
  else sp_preflight_probe(p, now, SEC_SOCKET, SLOT_SOCKET, "socket");
}

/* RFC 7395 §3.4. Nobody signs in: the stream ends before it knows whose it is. */
void sp_preflight_write_socket(const sp_preflight *p, sp_jw *w) {
  sp_buf text;
  sp_xw x;
  sp_buf_init(&text, p->alloc, SP_MAX_URL);
  sp_buf_add(&text, p->site.texts[SP_SITE_SOCKET]);
  sp_buf_add(&text, p->channel_id);
  sp_jw_str(w, "url", sp_buf_str(&text));
  int status = sp_buf_status(&text);
  sp_buf_reset(&text);
  sp_xw_begin(&x, &text);
  sp_xw_open(&x, "open");
  sp_xw_attr(&x, "xmlns", SP_STR("urn:ietf:params:xml:ns:xmpp-framing"));
  sp_xw_attr(&x, "to", p->site.texts[SP_SITE_DOMAIN]);
  sp_xw_attr(&x, "version", SP_STR("1.0"));
  sp_xw_close(&x);
  sp_jw_str(w, "hello", sp_buf_str(&text));
  if (status == SP_OK) status = sp_buf_status(&text);
  if (status != SP_OK) w->buf->status = status;
  sp_buf_free(&text);
}

static void took_channel(sp_preflight *p, uint64_t now, const sp_json *facts) {
  sp_str id = sp_json_str(sp_json_path(facts, "body.id"));
  sp_preflight_release(p, SEC_SOCKET);
  if (!id.len) sp_preflight_end(p, now, SEC_SOCKET, SAY_NO_CHANNEL, 0);
  else if (sp_str_set(p->alloc, &p->channel_id, id) != SP_OK) sp_preflight_end(p, now, SEC_SOCKET, SAY_BROKEN, 0);
  else sp_preflight_probe(p, now, SEC_SOCKET, SLOT_SOCKET, "socket");
}

void sp_preflight_socket(sp_preflight *p, uint64_t now, int slot, const sp_json *facts) {
  double ms = (double)(now - p->probes[slot].since);
  bool opened = is_true(facts, "opened"), answered = is_true(facts, "answered");
  if (slot == SEC_SOCKET && !p->site.connected) {
    took_channel(p, now, facts);
    return;
  }
  sp_jw w = sp_preflight_details(p, SEC_SOCKET);
  sp_jw_bool(&w, "connected", p->site.connected);
  if (!p->site.connected) sp_jw_bool(&w, "opened", opened);
  sp_jw_bool(&w, "answered", answered);
  if (answered) sp_jw_num(&w, "ms", ms);
  sp_jw_close(&w);
  saying says = SAY_SOCKET;
  if (p->site.connected) says = answered ? SAY_PONG : SAY_NO_PONG;
  else if (!answered) says = opened ? SAY_MUTE_SOCKET : SAY_NO_SOCKET;
  sp_preflight_end(p, now, SEC_SOCKET, says, ms);
}
