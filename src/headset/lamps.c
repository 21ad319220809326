/* SPDX-License-Identifier: MIT */
#include "headset/lamps.h"

#include "base/json.h"

#include <string.h>

static sp_lamp_report *report_of(sp_lamps *lamps, const sp_hid_field *field) {
  size_t i = 0;
  while (i < lamps->count && lamps->reports[i].id != field->report) i++;
  sp_lamp_report *report = &lamps->reports[i];
  if (i == lamps->count) {
    lamps->count++;
    *report = (sp_lamp_report){ .id = field->report, .length = field->length };
  }
  return report;
}

static const sp_hid_field *field_of(const sp_lamps *lamps, int control) {
  const sp_hid_field *field = &lamps->map->fields[control];
  bool spare = control == SP_LED_MICROPHONE && lamps->map->fields[SP_LED_MUTE].kind;
  return field->kind && !spare ? field : NULL;
}

void sp_lamps_open(sp_lamps *lamps, uint32_t open, const sp_hid_map *map, const sp_hid_codes *codes) {
  *lamps = (sp_lamps){ .fx = lamps->fx, .open = open, .map = map, .codes = codes };
  for (int control = SP_HID_INPUTS; control < SP_HID_CONTROLS; control++)
    if (field_of(lamps, control)) (void)report_of(lamps, field_of(lamps, control));
}

/* --- bytes --- */

static void encode(sp_lamps *lamps) {
  for (size_t i = 0; i < lamps->count; i++) memset(lamps->reports[i].wanted, 0, sizeof lamps->reports[i].wanted);
  for (int control = SP_HID_INPUTS; control < SP_HID_CONTROLS; control++) {
    const sp_hid_field *field = field_of(lamps, control);
    int source = control == SP_LED_MICROPHONE ? SP_LED_MUTE : control;
    if (field && lamps->wanted & SP_LAMP(source))
      report_of(lamps, field)->wanted[field->bit >> 3] |= (uint8_t)(1u << (field->bit & 7));
  }
}

static void add_hex(sp_buf *out, const uint8_t *bytes, size_t count) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < count; i++) {
    sp_buf_add_char(out, digits[bytes[i] >> 4]);
    sp_buf_add_char(out, digits[bytes[i] & 15]);
  }
}

static void add_report(sp_buf *out, unsigned id, const uint8_t *bytes, size_t count) {
  sp_buf_add_char(out, '[');
  sp_buf_add_u64(out, id);
  sp_buf_add_text(out, ",\"");
  add_hex(out, bytes, count);
  sp_buf_add_text(out, "\"]");
}

static void send(sp_lamps *lamps, unsigned id, size_t length) {
  sp_buf *text = sp_effects_scratch(lamps->fx);
  add_report(text, id, lamps->busy_bytes, length);
  sp_effects_push(lamps->fx, SP_FX_HID, lamps->open, SP_STR("send"), sp_buf_str(text));
}

/* --- what is sent next --- */

static bool differs(const sp_lamp_report *report) {
  return !report->failed && (!report->known || memcmp(report->sent, report->wanted, report->length) != 0);
}

static bool only_clears(const sp_lamp_report *report) {
  for (size_t i = 0; i < report->length; i++)
    if (report->wanted[i] & ~(unsigned)(report->known ? report->sent[i] : 0)) return false;
  return true;
}

/* Lamps in reports of their own: first those that go out, then those that go on. */
static sp_lamp_report *next_report(sp_lamps *lamps) {
  static const uint8_t orders[2][SP_LAMP_REPORTS] = {
    { SP_LED_RING, SP_LED_MUTE, SP_LED_MICROPHONE, SP_LED_HOLD, SP_LED_HOOK },
    { SP_LED_HOOK, SP_LED_HOLD, SP_LED_MUTE, SP_LED_MICROPHONE, SP_LED_RING },
  };
  for (int pass = 0; pass < 2; pass++) {
    for (size_t i = 0; i < SP_LAMP_REPORTS; i++) {
      const sp_hid_field *field = field_of(lamps, orders[pass][i]);
      sp_lamp_report *report = field ? report_of(lamps, field) : NULL;
      if (report && differs(report) && (pass || only_clears(report))) return report;
    }
  }
  return NULL;
}

static void send_code(sp_lamps *lamps) {
  for (size_t i = 0; i < sizeof lamps->codes->outputs / sizeof *lamps->codes->outputs; i++) {
    const sp_hid_code *code = &lamps->codes->outputs[i];
    unsigned lamp = SP_LAMP(code->control), have = lamps->code_sent & lamp;
    bool is_known = lamps->code_known & lamp, wanted = lamps->wanted & lamp;
    if (wanted != code->on || (is_known && (have != 0) == wanted)) continue;
    lamps->code_busy = lamp;
    lamps->code_on = code->on;
    lamps->busy = 1;
    memset(lamps->busy_bytes, 0, lamps->codes->length);
    lamps->busy_bytes[0] = code->byte;
    send(lamps, lamps->codes->output, lamps->codes->length);
    return;
  }
}

static void send_next(sp_lamps *lamps) {
  if (!lamps->open || lamps->busy) return;
  if (lamps->codes) {
    send_code(lamps);
    return;
  }
  sp_lamp_report *report = next_report(lamps);
  if (!report) return;
  lamps->busy = (unsigned)(report - lamps->reports) + 1;
  memcpy(lamps->busy_bytes, report->wanted, report->length);
  send(lamps, report->id, report->length);
}

void sp_lamps_set(sp_lamps *lamps, unsigned wanted, bool forced) {
  if (!lamps->open) return;
  lamps->wanted = wanted;
  if (forced) lamps->code_known = 0;
  if (!lamps->codes) encode(lamps);
  for (size_t i = 0; i < lamps->count; i++) {
    lamps->reports[i].failed = false;
    if (forced) lamps->reports[i].known = false;
  }
  send_next(lamps);
}

void sp_lamps_repeat(sp_lamps *lamps, sp_hid_control lamp) {
  lamps->code_known &= ~SP_LAMP(lamp);
  if (lamps->map->fields[lamp].kind) report_of(lamps, &lamps->map->fields[lamp])->known = false;
  send_next(lamps);
}

static void log_failure(sp_lamps *lamps, unsigned id, unsigned length) {
  sp_log(lamps->fx, SP_LOG_WARN, "A report could not be sent to the headset", SP_NUM("reportId", id),
         SP_NUM("length", length));
}

bool sp_lamps_sent(sp_lamps *lamps, bool ok) {
  if (!lamps->busy) return true;
  lamps->failures = ok ? 0 : lamps->failures + 1;
  if (lamps->codes) {
    /* A code that was refused counts as sent: the next change of that lamp has another one. */
    lamps->code_known |= lamps->code_busy;
    lamps->code_sent = (lamps->code_sent & ~lamps->code_busy) | (lamps->code_on ? lamps->code_busy : 0);
    if (!ok) log_failure(lamps, lamps->codes->output, lamps->codes->length);
  } else {
    sp_lamp_report *report = &lamps->reports[lamps->busy - 1];
    report->known = ok;
    report->failed = !ok;
    memcpy(report->sent, lamps->busy_bytes, report->length);
    if (!ok) log_failure(lamps, report->id, report->length);
  }
  lamps->busy = 0;
  if (lamps->failures >= 3) return false;
  send_next(lamps);
  return true;
}

bool sp_lamps_idle(const sp_lamps *lamps) {
  return !lamps->open || !lamps->busy;
}

void sp_lamps_close(sp_lamps *lamps, bool off) {
  if (!lamps->open) return;
  sp_buf *text = sp_effects_scratch(lamps->fx);
  lamps->wanted = 0;
  memset(lamps->busy_bytes, 0, sizeof lamps->busy_bytes);
  sp_buf_add_char(text, '[');
  if (off && lamps->codes) {
    add_report(text, lamps->codes->output, lamps->busy_bytes, lamps->codes->length);
  } else {
    for (size_t i = 0; off && i < lamps->count; i++) {
      if (i) sp_buf_add_char(text, ',');
      add_report(text, lamps->reports[i].id, lamps->busy_bytes, lamps->reports[i].length);
    }
  }
  sp_buf_add_char(text, ']');
  sp_effects_push(lamps->fx, SP_FX_HID, lamps->open, SP_STR("close"), sp_buf_str(text));
  *lamps = (sp_lamps){ .fx = lamps->fx };
}
