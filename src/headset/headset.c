/* SPDX-License-Identifier: MIT */
#include "headset/headset.h"

#include "headset/internal.h"

#include <string.h>

sp_headset *sp_headset_new(const sp_alloc *alloc, sp_effects *fx) {
  sp_headset *h = sp_alloc_new(alloc, sizeof *h);
  if (!h) return NULL;
  h->alloc = alloc;
  h->fx = fx;
  h->stuck = h->link.patience = SP_TIMER_OFF;
  sp_book_init(&h->book, alloc);
  sp_driver_init(&h->driver, fx, &h->book);
  sp_orchestration_init(&h->orchestration, alloc, fx);
  return h;
}

void sp_headset_free(sp_headset *h) {
  if (!h) return;
  sp_queue_clear(h);
  sp_book_clear(&h->book);
  sp_orchestration_free(&h->orchestration);
  sp_json_free(h->devices);
  sp_str_free(h->alloc, &h->link.label);
  sp_str_free(h->alloc, &h->link.name);
  sp_str_free(h->alloc, &h->chosen_id);
  sp_str_free(h->alloc, &h->chosen_label);
  sp_alloc_free(h->alloc, h);
}

/* --- which microphone (§2.6) --- */

static void choose_device(sp_headset *h, uint64_t now) {
  sp_orchestration *o = &h->orchestration;
  h->deferred = !h->listed;
  if (h->deferred) return;
  if (!h->chosen_id.len || o->state == SP_CONTROLS_HELD || !h->orchestrates) {
    sp_link_select(h, now, h->chosen_id.len ? h->chosen_label : SP_STR_NONE);
  } else if (sp_link_supports(h, h->chosen_label)) {
    sp_orchestration_ask(o, now);
  } else {
    sp_orchestration_withdraw(o);
    sp_effects_push(h->fx, SP_FX_HEADSET, 0, SP_STR("deviceConnectionStatusChanged"), SP_STR("\"noVendor\""));
  }
}

static void keep_choice(sp_headset *h, const sp_microphone *microphone) {
  if (sp_str_set(h->alloc, &h->chosen_id, microphone->id) != SP_OK ||
      sp_str_set(h->alloc, &h->chosen_label, microphone->label) != SP_OK)
    sp_effects_fail(h->fx, SP_ENOMEM);
}

void sp_headset_select(sp_headset *h, uint64_t now, const sp_microphone *microphone) {
  if (!h->on) return;
  keep_choice(h, microphone);
  choose_device(h, now);
}

void sp_headset_microphone_known(sp_headset *h, uint64_t now, const sp_microphone *microphone) {
  bool news = microphone->label.len && !sp_str_eq(h->chosen_label, microphone->label);
  bool idle = h->link.state == SP_LINK_NONE && h->orchestration.state == SP_CONTROLS_NOT_STARTED;
  if (h->on && news && (!h->chosen_label.len || idle)) sp_headset_select(h, now, microphone);
}

/* --- on and off (§1.6) --- */

void sp_headset_use(sp_headset *h, uint64_t now, bool on, bool orchestrates, sp_request_type own,
                    const sp_microphone *microphone) {
  bool was = h->on;
  if (was) {
    sp_link_release(h, true, h->link.state == SP_LINK_NONE);
    sp_queue_clear(h);
    sp_orchestration_restart(&h->orchestration);
  }
  h->orchestration.own = own;
  h->orchestrates = orchestrates;
  h->on = on;
  if (on) {
    h->listed = false;
    sp_effects_push(h->fx, SP_FX_HID, 0, SP_STR("list"), SP_STR_NONE);
    sp_headset_select(h, now, microphone);
  } else if (was) {
    sp_book_clear(&h->book);
    sp_json_free(h->devices);
    h->devices = NULL;
    sp_effects_push(h->fx, SP_FX_HID, 0, SP_STR("forget"), SP_STR_NONE);
  }
}

sp_str sp_headset_microphone_id(const sp_headset *h) {
  return h->chosen_id;
}

void sp_headset_set_leader(sp_headset *h, bool leader) {
  h->orchestration.leader = leader;
}

bool sp_headset_has_controls(const sp_headset *h) {
  return h->on && (!h->orchestrates || h->orchestration.state == SP_CONTROLS_HELD);
}

/* --- commands (§3). The book follows the calls whether or not a device is there: one that comes later, or comes back,
   is brought to what it says. --- */

enum { CLEAR = 9 };
static const char *const commands[] = { "ringing", "outgoing", "answer", "reject", "end",
                                        "endAll",  "mute",     "hold",   "reset",  "clear" };
enum { COMMANDS = sizeof commands / sizeof *commands };

static sp_call_record *fresh(sp_headset *h, sp_str conversation_id) {
  sp_call_record *record = conversation_id.len ? sp_book_replace(&h->book, conversation_id) : NULL;
  if (!record)
    sp_log(h->fx, SP_LOG_WARN, "The headset does not follow this call", SP_ID("conversationId", conversation_id),
           SP_NUM("limit", SP_MAX_HEADSET_CALLS));
  return record;
}

static bool apply_answer(sp_headset *h, sp_call_record *record, sp_str conversation_id, bool automatic) {
  if (automatic) record = fresh(h, conversation_id);
  if (!record || (record->off_hook && !record->ringing)) return false;
  sp_book_answer(&h->book, record);
  return true;
}

static bool end_all(sp_headset *h, uint64_t now) {
  for (size_t i = 0; i < h->book.count; i++)
    if (!sp_timer_armed(&h->book.records[i].expiry)) sp_book_end(&h->book.records[i], now);
  return true;
}

static bool set_held(sp_call_record *record, bool held) {
  bool differs = record->held != held;
  record->held = held;
  return differs;
}

/* True when the device has something to show. */
static bool apply_to_book(sp_headset *h, uint64_t now, size_t command, sp_call_record *record, sp_str id, bool value) {
  switch (command) {
    case 0:
      record = fresh(h, id);
      if (record) record->ringing = true;
      return record;
    case 1:
      record = fresh(h, id);
      if (record) record->off_hook = true;
      return record;
    case 2: return apply_answer(h, record, id, value);
    case 3:
      if (!record || !record->ringing) return false;
      sp_book_end(record, now);
      return true;
    case 4:
      if (!record || !(record->off_hook || record->ringing)) return false;
      sp_book_end(record, now);
      return true;
    case 5: return end_all(h, now);
    case 6: return sp_book_set_muted(&h->book, value);
    case 7: return record && set_held(record, value);
    default:
      if (record) sp_book_end(record, now);
      return true;
  }
}

/* Which commands expect a record; a rejection says itself whether it does. */
static bool expects_record(size_t command, bool value) {
  return (command == 2 && !value) || (command == 3 && value) || command == 4 || command == 7;
}

void sp_headset_apply(sp_headset *h, uint64_t now, const char *command, sp_str conversation_id, bool value) {
  size_t i = 0;
  while (i < COMMANDS && strcmp(commands[i], command) != 0) i++;
  if (i == 4 && !conversation_id.len) return;
  sp_call_record *record = sp_book_find(&h->book, conversation_id);
  if (!record && expects_record(i, value))
    sp_log_word(h->fx, SP_LOG_WARN, "updateHeadsetState has no existing state for provided conversationId.",
                "conversationId", conversation_id);
  bool forced = sp_str_is(sp_str_from(command), "reset");
  if (apply_to_book(h, now, i, record, conversation_id, value)) sp_driver_refresh(&h->driver, now, forced);
}

void sp_headset_command(sp_headset *h, uint64_t now, sp_str command, sp_str conversation_id, bool value, bool queued) {
  size_t i = 0;
  while (i < COMMANDS && !sp_str_is(command, commands[i])) i++;
  if (!h->on || i == COMMANDS) return;
  if (i == CLEAR) sp_queue_clear(h);
  else if (queued) sp_queue_add(h, commands[i], conversation_id, value);
  else sp_headset_apply(h, now, commands[i], conversation_id, value);
  sp_queue_run(h, now);
}

void sp_headset_settle(sp_headset *h, uint32_t call) {
  if (sp_lamps_idle(&h->driver.lamps) || h->waiting == SP_HEADSET_WAITERS) sp_resolve(h->fx, call, SP_STR_NONE);
  else h->waiters[h->waiting++] = call;
}

void sp_headset_retry(sp_headset *h, uint64_t now, uint32_t call, sp_str label) {
  (void)now;
  if (!h->on || !label.len || h->link.state == SP_LINK_RUNNING) {
    sp_resolve(h->fx, call, SP_STR_NONE);
  } else if (h->link.state == SP_LINK_NONE) {
    sp_effects_push(h->fx, SP_FX_REJECT, call, SP_STR_NONE,
                    SP_STR("{\"plain\":true,\"message\":\"No active headset implementation\"}"));
  } else {
    sp_resolve(h->fx, h->link.retry_call, SP_STR_NONE);
    h->link.retry_call = call;
    sp_link_retry(h, label);
  }
}

/* --- what the host says --- */

static unsigned digit(char c) {
  return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10) & 15u;
}

static void report(sp_headset *h, uint64_t now, double id, sp_str hex) {
  uint8_t payload[SP_MAX_HID_REPORT];
  size_t len = hex.len / 2 < sizeof payload ? hex.len / 2 : sizeof payload;
  for (size_t i = 0; i < len; i++) payload[i] = (uint8_t)(digit(hex.ptr[2 * i]) << 4 | digit(hex.ptr[2 * i + 1]));
  if (id >= 0 && id <= 255) sp_driver_report(&h->driver, now, (unsigned)id, payload, len);
}

static void devices(sp_headset *h, uint64_t now, bool ok, sp_str text) {
  sp_json_doc *doc = NULL;
  if (ok && sp_json_parse(h->alloc, text, &doc) == SP_OK) {
    sp_json_free(h->devices);
    h->devices = doc;
  }
  if (!ok && !h->unsupported) sp_log0(h->fx, SP_LOG_INFO, "Headsets cannot be used here: there is no WebHID");
  h->unsupported = !ok;
  h->listed = true;
  if (h->deferred) choose_device(h, now);
  else sp_link_devices(h, now);
}

static void sent(sp_headset *h, uint64_t now, bool ok, sp_str error) {
  if (ok) h->link.reopened = false;
  bool closed = !ok && sp_str_is(error, "InvalidStateError");
  if (!sp_lamps_sent(&h->driver.lamps, ok) || closed) sp_link_failed(h, closed);
  sp_timer_stop(&h->stuck);
  sp_queue_run(h, now);
}

void sp_headset_hid(sp_headset *h, uint64_t now, sp_str what, uint32_t id, double number, sp_str text) {
  bool ok = number >= 1, ours = id && id == h->link.open;
  if (!h->on) return;
  if (sp_str_is(what, "devices")) devices(h, now, ok, text);
  else if (sp_str_is(what, "granted")) sp_link_granted(h, ok, text);
  else if (sp_str_is(what, "opened") && ours) sp_link_opened(h, now, ok, text);
  else if (sp_str_is(what, "sent") && ours) sent(h, now, ok, text);
  else if (sp_str_is(what, "report") && ours) report(h, now, number, text);
  else if (sp_str_is(what, "connect") || sp_str_is(what, "disconnect")) {
    if (id == h->link.device && sp_str_is(what, "disconnect")) sp_link_unplugged(h);
    sp_effects_push(h->fx, SP_FX_HID, 0, SP_STR("list"), SP_STR_NONE);
  }
  sp_queue_run(h, now);
}

/* --- other clients, time --- */

static void obey(sp_headset *h, uint64_t now, sp_verdict verdict) {
  if (verdict == SP_VERDICT_SELECT) sp_link_select(h, now, h->chosen_label);
  if (verdict != SP_VERDICT_RELEASE) return;
  sp_queue_clear(h);
  sp_link_release(h, false, false);
}

void sp_headset_message_in(sp_headset *h, uint64_t now, const sp_headset_message *message, bool in_call) {
  if (h->on && h->orchestrates) obey(h, now, sp_orchestration_message(&h->orchestration, message, in_call));
}

void sp_headset_connection_lost(sp_headset *h) {
  sp_orchestration_lost(&h->orchestration);
}

void sp_headset_connection_back(sp_headset *h, uint64_t now) {
  if (h->on && h->orchestrates) sp_orchestration_back(&h->orchestration, now);
}

void sp_headset_tick(sp_headset *h, uint64_t now) {
  obey(h, now, sp_orchestration_tick(&h->orchestration, now));
  sp_link_tick(h, now);
  sp_book_tick(&h->book, now);
  if (sp_timer_due(&h->stuck, now)) {
    sp_log0(h->fx, SP_LOG_WARN, "The headset does not take what is sent to it");
    sent(h, now, false, SP_STR_NONE);
  }
}

uint64_t sp_headset_deadline(const sp_headset *h) {
  uint64_t at = sp_earlier(h->orchestration.limit.at, h->link.patience.at);
  at = sp_earlier(at, h->stuck.at);
  return sp_earlier(at, sp_book_deadline(&h->book));
}

bool sp_headset_take(sp_headset *h, sp_str *json) {
  return sp_orchestration_take(&h->orchestration, json);
}

void sp_headset_write(const sp_headset *h, sp_buf *out) {
  sp_jw w;
  bool retry = h->link.state == SP_LINK_STOPPED || h->link.state == SP_LINK_LOST;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_link_write(h, &w, "implementation");
  sp_jw_str(&w, "orchestrationState", sp_str_from(sp_controls_word(h->orchestration.state)));
  sp_jw_bool(&w, "showRetry", retry);
  sp_jw_close(&w);
}
