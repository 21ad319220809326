/* SPDX-License-Identifier: MIT */
/* §8.6 and §8.7: which bits of a report are presses, and what a press means in the present state of the calls. */
#include "headset/driver.h"

#include "base/json.h"

/* §8.8. */
#define ECHO_MS   500u
#define HOLD_MS   500u
#define REPEAT_MS 250u
#define BURST_MS  1000u

/* One press while it is judged. */
typedef struct press {
  sp_driver *driver;
  uint64_t now;
  unsigned report;
  const uint8_t *payload;
  size_t len;
  sp_hid_control control;
  bool on; /* level after it; true for momentary and relative ones */
} press;

void sp_driver_init(sp_driver *driver, sp_effects *fx, sp_book *book) {
  *driver = (sp_driver){ .fx = fx, .book = book, .lamps = { .fx = fx } };
}

/* --- lamps (§8.9) --- */

/* `by_hook`: the device itself raised or dropped its hook. */
static void follow(sp_driver *d, uint64_t now, bool by_hook, bool forced) {
  const sp_call_record *active = sp_book_active(d->book);
  bool hold = active && sp_book_all_held(d->book);
  bool hook = active && !(hold && d->quirks.flags & SP_QUIRK_HOLD_DROPS_HOOK);
  unsigned wanted = (hook ? SP_LAMP(SP_LED_HOOK) : 0) | (hold ? SP_LAMP(SP_LED_HOLD) : 0) |
                    (active && active->muted ? SP_LAMP(SP_LED_MUTE) : 0) |
                    (sp_book_pending(d->book) ? SP_LAMP(SP_LED_RING) : 0);
  if (hook != d->hook_lamp && !by_hook) {
    d->levels[SP_HID_HOOK] = hook; /* devices follow the lamp; one that does not tell has followed too */
    if (hook) d->echo_until = now + ECHO_MS;
    d->reasserted = false;
  }
  d->hook_lamp = hook;
  sp_lamps_set(&d->lamps, wanted, forced);
}

void sp_driver_refresh(sp_driver *driver, uint64_t now, bool forced) {
  if (sp_driver_is_open(driver)) follow(driver, now, false, forced);
}

void sp_driver_open(sp_driver *d, uint64_t now, uint32_t open, const sp_hid_device *device) {
  sp_driver_init(d, d->fx, d->book);
  d->vendor = device->vendor;
  d->product = device->product;
  d->map = device->map;
  d->quirks = sp_hid_quirks_of(device->vendor, device->product);
  sp_lamps_open(&d->lamps, open, &d->map, d->quirks.codes);
  follow(d, now, false, true);
}

void sp_driver_close(sp_driver *d, bool off) {
  sp_lamps_close(&d->lamps, off);
}

/* --- events (§1.3) --- */

static void add_device_event(sp_jw *w, const press *p) {
  static const char digits[] = "0123456789abcdef";
  char hex[2 * SP_MAX_HID_REPORT];
  size_t count = p->len < SP_MAX_HID_REPORT ? p->len : SP_MAX_HID_REPORT;
  for (size_t i = 0; i < count; i++) {
    hex[2 * i] = digits[p->payload[i] >> 4];
    hex[2 * i + 1] = digits[p->payload[i] & 15];
  }
  sp_jw_num(w, "code", sp_hid_usage_id(p->control));
  sp_jw_open(w, "event", '{');
  sp_jw_num(w, "vendorId", p->driver->vendor);
  sp_jw_num(w, "productId", p->driver->product);
  sp_jw_num(w, "reportId", p->report);
  sp_jw_num(w, "usage", sp_hid_usage_id(p->control));
  sp_jw_str(w, "data", (sp_str){ hex, 2 * count });
  sp_jw_close(w);
}

/* `flag`: name of the member that says what is asked for, or NULL. */
static void emit(const press *p, const char *event, const char *name, const sp_call_record *record, const char *flag,
                 bool value) {
  sp_jw w;
  sp_jw_begin(&w, sp_effects_scratch(p->driver->fx));
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "name", sp_str_from(name));
  add_device_event(&w, p);
  if (flag) sp_jw_bool(&w, flag, value);
  if (p->control == SP_HID_FLASH) sp_jw_bool(&w, "toggle", true);
  if (record) sp_jw_str(&w, "conversationId", record->conversation_id);
  sp_jw_close(&w);
  sp_effects_push(p->driver->fx, SP_FX_HEADSET, 0, sp_str_from(event), sp_buf_str(w.buf));
}

/* Nothing follows of it; who looks into a problem wants to see it all the same. */
static void note(const press *p) {
  emit(p, "loggableEvent", "unused", NULL, "on", p->on);
}

/* --- what presses do (§8.7) --- */

static void reject(const press *p, sp_call_record *pending) {
  sp_book_end(pending, p->now);
  follow(p->driver, p->now, false, false);
  emit(p, "deviceRejectedCall", "RejectCall", pending, NULL, false);
}

static void end(const press *p, sp_call_record *active) {
  sp_book_end(active, p->now);
  follow(p->driver, p->now, p->control == SP_HID_HOOK, false);
  emit(p, "deviceEndedCall", "CallOnHook", active, NULL, false);
}

static void answer(const press *p, sp_call_record *pending) {
  sp_book_answer(p->driver->book, pending);
  follow(p->driver, p->now, true, false);
  emit(p, "deviceAnsweredCall", "CallOffHook", pending, NULL, false);
}

static void hold(const press *p, sp_call_record *active) {
  const sp_hid_field *field = &p->driver->map.fields[p->control];
  bool is_level = p->control == SP_HID_HOLD && field->kind != SP_HID_RELATIVE;
  bool held = is_level ? p->on : !active->held;
  p->driver->hold_until = p->now + HOLD_MS;
  if (active->held == held) return;
  active->held = held;
  follow(p->driver, p->now, false, false);
  emit(p, "deviceHoldStatusChanged", held ? "OnHold" : "ResumeCall", active, "holdRequested", held);
}

static void set_muted(const press *p, const sp_call_record *active, bool muted) {
  if (active->muted == muted) return;
  (void)sp_book_set_muted(p->driver->book, muted);
  follow(p->driver, p->now, false, false);
  emit(p, "deviceMuteStatusChanged", muted ? "CallMuted" : "CallUnmuted", active, "isMuted", muted);
}

/* A third toggle within a second is no finger: the device and somebody else are correcting each other, and the safe
   end of that is muted. */
static void mute(const press *p, const sp_call_record *active) {
  sp_driver *d = p->driver;
  if (p->now < d->mute_rests_until) return;
  if (d->map.fields[SP_HID_MUTE].kind != SP_HID_RELATIVE && !(d->quirks.flags & SP_QUIRK_TOGGLES_MUTE_ONLY)) {
    set_muted(p, active, p->on);
    return;
  }
  bool burst = d->toggles[1] && p->now - d->toggles[1] < BURST_MS;
  d->toggles[1] = d->toggles[0];
  d->toggles[0] = p->now ? p->now : 1;
  if (burst) {
    d->mute_rests_until = p->now + BURST_MS;
    d->toggles[0] = d->toggles[1] = 0;
    sp_log0(d->fx, SP_LOG_WARN, "The headset toggles mute again and again: it stays muted");
  }
  set_muted(p, active, burst || !active->muted);
}

/* The device dropped a hook that calls still need. */
static void reassert(const press *p) {
  p->driver->levels[SP_HID_HOOK] = true;
  sp_lamps_repeat(&p->driver->lamps, SP_LED_HOOK);
}

static void hook_rise(const press *p, sp_call_record *pending, const sp_call_record *active) {
  if (pending && !active) answer(p, pending);
  else note(p); /* an acknowledgement, or rule 7.6 */
}

static void hook_fall(const press *p, const sp_call_record *pending, sp_call_record *active) {
  sp_driver *d = p->driver;
  bool holding = sp_book_all_held(d->book) || p->now < d->hold_until;
  if (!active || (holding && !pending)) {
    note(p);
  } else if (pending) { /* rule 7.6: it may mean either call */
    note(p);
    if (d->hook_lamp) reassert(p);
  } else if (p->now < d->echo_until) {
    note(p);
    if (!d->reasserted) {
      d->reasserted = true;
      reassert(p);
    }
  } else {
    end(p, active);
  }
}

static void hook(const press *p, sp_call_record *pending, sp_call_record *active) {
  bool rises = p->on;
  if (p->driver->map.fields[SP_HID_HOOK].kind == SP_HID_RELATIVE) rises = pending || !active;
  if (rises) hook_rise(p, pending, active);
  else hook_fall(p, pending, active);
}

static void judge(const press *p) {
  sp_call_record *pending = sp_book_pending(p->driver->book), *active = sp_book_active(p->driver->book);
  if (p->control == SP_HID_BUSY || (!pending && !active)) {
    note(p);
    return;
  }
  switch (p->control) {
    case SP_HID_DROP:
      if (pending) reject(p, pending);
      else end(p, active);
      return;
    case SP_HID_BUTTON:
    case SP_HID_BUTTON_1:
    case SP_HID_BUTTON_7:
      if (pending) reject(p, pending);
      return;
    case SP_HID_FLASH:
    case SP_HID_HOLD:
      if (active) hold(p, active);
      return;
    case SP_HID_MUTE:
      if (active) mute(p, active);
      return;
    case SP_HID_HOOK: hook(p, pending, active); return;
    default: return;
  }
}

/* --- which bits are presses (§8.6) --- */

static bool is_momentary(int control) {
  return control <= SP_HID_FLASH;
}

/* Whether a field that reads `on` now is a press or a change of level. */
static bool counts(sp_driver *d, uint64_t now, int control, bool on) {
  bool was = d->levels[control];
  if (is_momentary(control)) return on && !was;
  if (d->map.fields[control].kind != SP_HID_RELATIVE) return on != was;
  if (!on || (was && now - d->accepted[control] < REPEAT_MS)) return false;
  d->accepted[control] = now;
  return true;
}

static bool is_zero(const press *p) {
  for (size_t i = 0; i < p->len; i++)
    if (p->payload[i]) return false;
  return true;
}

/* An all-zero report of some devices while it rings (§10). */
static bool refuses_with_zero(const press *p) {
  const sp_driver *d = p->driver;
  return d->quirks.flags & SP_QUIRK_ZERO_REJECTS && p->report == d->map.fields[SP_HID_HOOK].report && is_zero(p) &&
         sp_book_pending(d->book) && !sp_book_active(d->book);
}

/* Reads all fields of the report together, then judges in the order of controls. With a press of the reject group the
   hook bit does not count: a Jabra Speak 510 refuses with it set. */
static void by_bits(press *p) {
  sp_driver *d = p->driver;
  unsigned present = 0, on = 0, fired = 0;
  for (int i = 0; i < SP_HID_INPUTS; i++) {
    bool value = false;
    if (!d->map.fields[i].kind || d->map.fields[i].report != p->report) continue;
    if (sp_hid_value(&d->map.fields[i], p->payload, p->len, &value)) {
      present |= 1u << i;
      on |= (unsigned)value << i;
    } else if (!d->short_seen) {
      d->short_seen = true;
      sp_log(d->fx, SP_LOG_WARN, "A report of the headset is too short", SP_NUM("reportId", p->report),
             SP_NUM("length", p->len));
    }
  }
  for (int i = 0; i < SP_HID_INPUTS; i++) {
    if (!(present >> i & 1) || (i == SP_HID_HOOK && fired & ((1u << SP_HID_FLASH) - 1))) continue;
    bool value = on >> i & 1;
    fired |= (unsigned)counts(d, p->now, i, value) << i;
    d->levels[i] = value;
  }
  for (int i = 0; i < SP_HID_INPUTS; i++) {
    if (!(fired >> i & 1)) continue;
    p->control = (sp_hid_control)i;
    p->on = on >> i & 1;
    judge(p);
  }
}

static void by_code(press *p) {
  const sp_hid_codes *codes = p->driver->quirks.codes;
  for (size_t i = 0; p->report == codes->input && p->len && i < sizeof codes->inputs / sizeof *codes->inputs; i++) {
    if (codes->inputs[i].byte != p->payload[0]) continue;
    p->control = (sp_hid_control)codes->inputs[i].control;
    p->on = codes->inputs[i].on;
    bool changes = p->control <= SP_HID_FLASH || p->driver->levels[p->control] != p->on;
    if (p->control > SP_HID_FLASH) p->driver->levels[p->control] = p->on;
    if (changes) judge(p);
    return;
  }
}

/* False when the device says more than a hand could. */
static bool takes(sp_driver *d, uint64_t now) {
  if (now / 1000 != d->second) {
    d->second = now / 1000;
    d->reports = 0;
  }
  d->reports++;
  if (d->reports == SP_MAX_HID_REPORTS_PER_SECOND + 1)
    sp_log_number(d->fx, SP_LOG_WARN, "The headset floods reports: the rest of this second is dropped", "limit",
                  SP_MAX_HID_REPORTS_PER_SECOND);
  return d->reports <= SP_MAX_HID_REPORTS_PER_SECOND;
}

void sp_driver_report(sp_driver *d, uint64_t now, unsigned id, const uint8_t *payload, size_t len) {
  if (!sp_driver_is_open(d) || !takes(d, now)) return;
  press p = { d, now, id, payload, len, SP_HID_BUSY, true };
  if (d->quirks.codes) {
    by_code(&p);
  } else if (refuses_with_zero(&p)) {
    p.control = SP_HID_BUTTON;
    judge(&p);
  } else if (d->quirks.flags & SP_QUIRK_TOGGLES_MUTE_ONLY) {
    if (id != d->map.fields[SP_HID_HOOK].report || !len || (payload[0] != 1 && payload[0] != 5)) return;
    p.control = SP_HID_MUTE;
    judge(&p);
  } else {
    by_bits(&p);
  }
}
