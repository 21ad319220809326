/* SPDX-License-Identifier: MIT */
#include "headset/map.h"

#include "base/limits.h"

#include <string.h>

enum {
  PAGE_LED = 0x08,
  PAGE_TELEPHONY = 0x0B,
  PAGE_MIRROR = 0xFF30,
  PAGE_MIRROR_LED = 0xFF40,
  MIRROR_REPORT = 4,
  MAX_BITS = SP_MAX_HID_REPORT * 8
};

static const uint32_t usages[SP_HID_CONTROLS] = {
  [SP_HID_DROP] = 0x0B0026,  [SP_HID_BUTTON] = 0x0B0007,     [SP_HID_BUTTON_1] = 0x090001, [SP_HID_BUTTON_7] = 0x090007,
  [SP_HID_FLASH] = 0x0B0021, [SP_HID_HOLD] = 0x0B0023,       [SP_HID_MUTE] = 0x0B002F,     [SP_HID_HOOK] = 0x0B0020,
  [SP_HID_BUSY] = 0x0B0097,  [SP_LED_HOOK] = 0x080017,       [SP_LED_HOLD] = 0x080020,     [SP_LED_MUTE] = 0x080009,
  [SP_LED_RING] = 0x080018,  [SP_LED_MICROPHONE] = 0x080021,
};

unsigned sp_hid_usage_id(sp_hid_control control) {
  return usages[control] & 0xFFFF;
}

/* One report while it is walked. */
typedef struct walk {
  sp_hid_map *map;
  bool output, mirror;
  uint8_t report;
  uint64_t bit;
  bool mapped;     /* a control stands in this report */
  bool over_limit; /* one stands where no report may reach */
} walk;

/* Absurd numbers of a descriptor read as 0, so that no arithmetic overflows. */
static uint32_t word(const sp_json *value) {
  double number = sp_json_number(value, 0);
  return number >= 0 && number <= 4294967295.0 ? (uint32_t)number : 0;
}

static uint32_t number(const sp_json *item, const char *key) {
  return word(sp_json_get(item, key));
}

/* The page is in the upper half; a range bound without one means the usual page of its direction. */
static uint32_t plain_usage(const walk *w, uint32_t usage) {
  uint32_t page = usage >> 16, id = usage & 0xFFFF;
  if (!page) page = w->output ? PAGE_LED : PAGE_TELEPHONY;
  if (w->mirror && page == PAGE_MIRROR) return id == 0xFFFD ? usages[SP_HID_BUTTON] : PAGE_TELEPHONY << 16 | id;
  if (w->mirror && page == PAGE_MIRROR_LED) page = PAGE_LED;
  return page << 16 | id;
}

static sp_hid_control control_of(const walk *w, uint32_t usage) {
  int from = w->output ? SP_HID_INPUTS : 0, to = w->output ? SP_HID_CONTROLS : SP_HID_INPUTS;
  usage = plain_usage(w, usage);
  for (int i = from; i < to; i++)
    if (usages[i] == usage) return (sp_hid_control)i;
  return SP_HID_CONTROLS;
}

/* The first mapping of a usage wins. */
static void map_field(walk *w, uint32_t usage, uint64_t bit, uint32_t size, sp_hid_kind kind) {
  sp_hid_control control = control_of(w, usage);
  if (control == SP_HID_CONTROLS || w->map->fields[control].kind != SP_HID_ABSENT) return;
  if (bit + size > MAX_BITS) {
    w->over_limit = true;
    return;
  }
  w->map->fields[control] = (sp_hid_field){ (uint16_t)bit, (uint8_t)size, w->report, (uint8_t)kind, 0 };
  w->mapped = true;
}

/* Fields that repeat the last usage of a short list add nothing, so the shorter of list and count is walked. */
static void map_variable(walk *w, const sp_json *item, uint32_t size, uint32_t count, sp_hid_kind kind) {
  if (sp_json_truthy(sp_json_get(item, "isRange"))) {
    uint32_t from = number(item, "usageMinimum"), to = number(item, "usageMaximum");
    for (uint32_t i = 0; i < count && i <= MAX_BITS && to >= from && i <= to - from; i++)
      map_field(w, from + i, w->bit + (uint64_t)i * size, size, kind);
    return;
  }
  uint32_t i = 0;
  for (const sp_json *usage = sp_json_first(sp_json_get(item, "usages")); usage && i < count;
       usage = sp_json_next(usage), i++)
    map_field(w, word(usage), w->bit + (uint64_t)i * size, size, kind);
}

/* Some devices describe their refuse button as a list of one index of one bit. */
static void map_array(walk *w, const sp_json *item, uint32_t size, uint32_t count) {
  if (size != 1 || count != 1) return;
  for (const sp_json *usage = sp_json_first(sp_json_get(item, "usages")); usage; usage = sp_json_next(usage)) {
    sp_hid_control control = control_of(w, word(usage));
    if (control > SP_HID_BUTTON_7) continue;
    map_field(w, usages[control], w->bit, 1, SP_HID_RELATIVE);
    return;
  }
}

static void walk_item(walk *w, const sp_json *item) {
  uint32_t size = number(item, "reportSize"), count = number(item, "reportCount");
  if (!sp_json_truthy(sp_json_get(item, "isConstant")) && size >= 1 && size <= 32) {
    sp_hid_kind kind = sp_json_bool(sp_json_get(item, "isAbsolute"), true)          ? SP_HID_ABSOLUTE
                       : sp_json_number(sp_json_get(item, "logicalMinimum"), 0) < 0 ? SP_HID_SIGNED
                                                                                    : SP_HID_RELATIVE;
    if (sp_json_truthy(sp_json_get(item, "isArray"))) map_array(w, item, size, count);
    else map_variable(w, item, size, count, kind);
  }
  uint64_t width = (uint64_t)size * count; /* both below 2^32 */
  w->bit = width > UINT32_MAX - w->bit ? UINT32_MAX : w->bit + width;
}

/* SP_ELIMIT when a control of this report cannot be reached. */
static int walk_report(sp_hid_map *map, bool output, bool mirror, const sp_json *report) {
  walk w = { .map = map, .output = output, .mirror = mirror, .report = (uint8_t)number(report, "reportId") };
  for (const sp_json *item = sp_json_first(sp_json_get(report, "items")); item; item = sp_json_next(item))
    walk_item(&w, item);
  uint64_t length = (w.bit + 7) / 8;
  if (w.over_limit || (w.mapped && length > SP_MAX_HID_REPORT)) return SP_ELIMIT;
  for (int i = SP_HID_INPUTS; output && i < SP_HID_CONTROLS; i++)
    if (map->fields[i].kind && map->fields[i].report == w.report && !map->fields[i].length)
      map->fields[i].length = (uint8_t)length;
  map->outputs += output;
  return SP_OK;
}

/* WebHID repeats nested items in every ancestor, so only the collection's own reports are walked (§8.2). */
static int walk_collection(const sp_json *collection, bool mirror, sp_hid_map *out) {
  *out = (sp_hid_map){ 0 };
  int status = SP_OK;
  for (int output = 0; output < 2; output++) {
    const sp_json *reports = sp_json_get(collection, output ? "outputReports" : "inputReports");
    for (const sp_json *report = sp_json_first(reports); report && status == SP_OK; report = sp_json_next(report))
      status = walk_report(out, output, mirror, report);
  }
  return status;
}

static bool has_report(const sp_json *collection, const char *direction, uint32_t id) {
  const sp_json *report = sp_json_first(sp_json_get(collection, direction));
  while (report && number(report, "reportId") != id) report = sp_json_next(report);
  return report != NULL;
}

static uint8_t rank_of(const sp_json *collection) {
  switch (number(collection, "usage")) {
    case 5: return 0;
    case 4: return 1;
    case 1: return 2;
    default: return 3;
  }
}

static bool is_ambiguous(const sp_json *collections, const sp_json *chosen) {
  static const char *const directions[] = { "inputReports", "outputReports" };
  for (const sp_json *other = sp_json_first(collections); other; other = sp_json_next(other))
    for (size_t i = 0; other != chosen && i < 2; i++)
      for (const sp_json *r = sp_json_first(sp_json_get(other, directions[i])); r; r = sp_json_next(r))
        if (has_report(chosen, directions[i], number(r, "reportId"))) return true;
  return false;
}

static const sp_json *find_mirror(const sp_json *collections) {
  for (const sp_json *c = sp_json_first(collections); c; c = sp_json_next(c))
    if (number(c, "usagePage") == PAGE_MIRROR && number(c, "usage") == 5 &&
        has_report(c, "inputReports", MIRROR_REPORT))
      return c;
  return NULL;
}

int sp_hid_map_read(const sp_json *collections, bool mirror, sp_hid_map *out) {
  const sp_json *chosen = mirror ? find_mirror(collections) : NULL;
  int status = chosen ? walk_collection(chosen, true, out) : SP_ENOENT;
  unsigned best = UINT8_MAX;
  for (const sp_json *c = chosen ? NULL : sp_json_first(collections); c; c = sp_json_next(c)) {
    if (number(c, "usagePage") != PAGE_TELEPHONY) continue;
    sp_hid_map map;
    int walked = walk_collection(c, false, &map);
    map.rank = rank_of(c);
    unsigned order = map.rank * 2u + (map.fields[SP_HID_HOOK].kind == SP_HID_ABSENT);
    if (order >= best) continue;
    best = order;
    chosen = c;
    status = walked;
    *out = map;
  }
  if (status != SP_OK) return status;
  out->is_ambiguous = is_ambiguous(collections, chosen);
  return out->fields[SP_HID_HOOK].kind || out->fields[SP_HID_MUTE].kind ? SP_OK : SP_ENOENT;
}

bool sp_hid_value(const sp_hid_field *field, const uint8_t *payload, size_t len, bool *on) {
  size_t end = (size_t)field->bit + field->size;
  if (end > len * 8) return false;
  bool any = false;
  for (size_t b = field->bit; b < end; b++) any = any || (payload[b >> 3] >> (b & 7) & 1);
  size_t top = end - 1;
  *on = any && !(field->kind == SP_HID_SIGNED && field->size > 1 && (payload[top >> 3] >> (top & 7) & 1));
  return true;
}
