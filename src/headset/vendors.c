/* SPDX-License-Identifier: MIT */
#include "headset/vendors.h"

#include "base/limits.h"

enum {
  JABRA = 0x0B0E,
  POLY = 0x047F,
  EPOS = 0x1395,
  YEALINK = 0x6993,
  VBET = 0x340B,
  CYBER = 0x3391,
  LOGITECH = 0x046D
};

static const struct {
  uint16_t id;
  uint8_t quirks;
  const char *name;
} vendors[] = {
  { JABRA, 0, "Jabra" },       { POLY, SP_QUIRK_HOLD_DROPS_HOOK, "Plantronics" },
  { EPOS, 0, "Sennheiser" },   { YEALINK, SP_QUIRK_HOLD_DROPS_HOOK | SP_QUIRK_MIRROR, "Yealink" },
  { VBET, 0, "VBet" },         { CYBER, SP_QUIRK_ZERO_REJECTS, "CyberAcoustics" },
  { LOGITECH, 0, "Logitech" },
};
enum { VENDORS = sizeof vendors / sizeof *vendors };

/* VBeT's private protocol: products 0x40 to 0x82. No hold. */
#define NO_CODE                                                                                                        \
  { 0, SP_HID_CONTROLS, false }
static const sp_hid_codes vbet_codes = {
  .input = 0x05,
  .output = 0x06,
  .length = 2,
  .inputs = { { 0x20, SP_HID_HOOK, true },
              { 0x00, SP_HID_HOOK, false },
              { 0x05, SP_HID_MUTE, true },
              { 0x01, SP_HID_MUTE, false },
              { 0x08, SP_HID_BUTTON, true } },
  .outputs = { { 0x00, SP_LED_RING, false },
               { 0x00, SP_LED_HOOK, false },
               { 0x02, SP_LED_HOOK, true },
               { 0x04, SP_LED_MUTE, true },
               { 0x05, SP_LED_MUTE, false },
               { 0x01, SP_LED_RING, true } },
};

/* Exceptions among a vendor's products. */
static const struct {
  uint16_t vendor, from, to;
  uint8_t quirks;
  const sp_hid_codes *codes;
} products[] = {
  { VBET, 0x40, 0x82, 0, &vbet_codes }, { CYBER, 0x18, 0x18, SP_QUIRK_TOGGLES_MUTE_ONLY, NULL }, /* AC-304 */
};

sp_hid_quirks sp_hid_quirks_of(unsigned vendor, unsigned product) {
  sp_hid_quirks found = { 0, NULL };
  for (size_t i = 0; i < VENDORS; i++)
    if (vendors[i].id == vendor) found.flags = vendors[i].quirks;
  for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
    if (products[i].vendor != vendor || product < products[i].from || product > products[i].to) continue;
    found = (sp_hid_quirks){ products[i].quirks, products[i].codes };
  }
  return found;
}

const char *sp_hid_vendor_name(unsigned vendor) {
  for (size_t i = 0; i < VENDORS; i++)
    if (vendors[i].id == vendor) return vendors[i].name;
  return "USB telephony device";
}

/* --- labels (§12.1) --- */

typedef enum word_kind { WHOLE, PREFIX, CAPITALS } word_kind;

static const struct {
  const char *text; /* lower case, but for CAPITALS */
  word_kind kind;
  uint16_t vendor;
} words[] = {
  { "jabra", WHOLE, JABRA },     { "plantronics", WHOLE, POLY },   { "plt", WHOLE, POLY },
  { "poly", WHOLE, POLY },       { "epos", WHOLE, EPOS },          { "yealink", WHOLE, YEALINK },
  { "foundever", WHOLE, CYBER }, { "ac-104enc", WHOLE, CYBER },    { "ac-204enc", WHOLE, CYBER },
  { "ac-304", WHOLE, CYBER },    { "ca essential", WHOLE, CYBER }, { "ca-2890", WHOLE, CYBER },
  { "senn", PREFIX, EPOS },      { "VT", CAPITALS, VBET },
};

static bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
static bool is_word(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Whether `text` stands in `label` at `at`; with `fold` in any case. */
static bool stands_at(sp_str label, size_t at, sp_str text, bool fold) {
  if (at + text.len > label.len) return false;
  for (size_t i = 0; i < text.len; i++) {
    char have = label.ptr[at + i], want = text.ptr[i];
    if (fold ? sp_lower(have) != sp_lower(want) : have != want) return false;
  }
  return true;
}

static bool has_word(sp_str label, const char *text, word_kind kind) {
  sp_str word = sp_str_from(text);
  for (size_t at = 0; at + word.len <= label.len; at++) {
    if (at > 0 && is_word(label.ptr[at - 1])) continue;
    if (!stands_at(label, at, word, kind != CAPITALS)) continue;
    char next = ' ';
    if (at + word.len < label.len) next = label.ptr[at + word.len];
    if (kind == PREFIX || !(kind == WHOLE ? is_word(next) : is_lower(next))) return true;
  }
  return false;
}

/* Four hexadecimal digits; false when they are not that. */
static bool read_hex(const char *at, unsigned *out) {
  *out = 0;
  for (size_t i = 0; i < 4; i++) {
    char c = sp_lower(at[i]);
    if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) return false;
    *out = *out << 4 | (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
  }
  return true;
}

/* Browsers append "(vvvv:pppp)" to the names of USB devices. */
static bool read_ids(sp_str label, sp_hid_label *out) {
  enum { IDS = sizeof "(vvvv:pppp)" - 1 };
  while (label.len && label.ptr[label.len - 1] == ' ') label.len--;
  if (label.len < IDS) return false;
  const char *at = label.ptr + label.len - IDS;
  return at[0] == '(' && at[5] == ':' && at[10] == ')' && read_hex(at + 1, &out->vendor) &&
         read_hex(at + 6, &out->product);
}

sp_hid_label sp_hid_label_read(sp_str label) {
  sp_hid_label found = { 0, 0, false };
  if (!read_ids(label, &found)) found = (sp_hid_label){ 0, 0, false };
  for (size_t i = 0; found.vendor && i < VENDORS; i++) found.known = found.known || vendors[i].id == found.vendor;
  for (size_t i = 0; !found.known && i < sizeof words / sizeof *words; i++) {
    if (!has_word(label, words[i].text, words[i].kind)) continue;
    found.known = true;
    if (!found.vendor) found.vendor = words[i].vendor;
  }
  return found;
}

/* --- devices (§12.2) --- */

static unsigned id_of(const sp_json *json, const char *key) {
  double value = sp_json_number(sp_json_get(json, key), 0);
  return value >= 0 && value <= 65535 ? (unsigned)value : 0;
}

int sp_hid_device_read(const sp_json *json, sp_hid_device *out) {
  double handle = sp_json_number(sp_json_get(json, "device"), 0);
  *out = (sp_hid_device){ .handle = handle >= 1 && handle < 4294967295.0 ? (uint32_t)handle : 0,
                          .vendor = id_of(json, "vendorId"),
                          .product = id_of(json, "productId"),
                          .name = sp_json_get_str(json, "productName") };
  if (!out->handle) return SP_ENOENT;
  sp_hid_quirks quirks = sp_hid_quirks_of(out->vendor, out->product);
  if (quirks.codes) return SP_OK; /* its descriptor is not what it speaks */
  return sp_hid_map_read(sp_json_get(json, "collections"), quirks.flags & SP_QUIRK_MIRROR, &out->map);
}

static size_t score(const sp_hid_device *device, const sp_hid_label *ids, sp_str label) {
  size_t sum = ids->vendor && device->vendor == ids->vendor ? 20 : 0;
  if (sum && ids->product == device->product && ids->product) return SIZE_MAX;
  if (device->name.len < 4) return sum;
  for (size_t at = 0; at + device->name.len <= label.len; at++)
    if (stands_at(label, at, device->name, true)) return 60 + device->name.len;
  return sum;
}

bool sp_hid_match(const sp_json *devices, sp_str label, sp_hid_device *out) {
  sp_hid_label ids = sp_hid_label_read(label);
  size_t best = 59, seen = 0;
  bool found = false;
  for (const sp_json *json = sp_json_first(devices); json && seen < SP_MAX_HID_DEVICES; json = sp_json_next(json)) {
    sp_hid_device device;
    seen++;
    if (sp_hid_device_read(json, &device) != SP_OK) continue;
    size_t points = score(&device, &ids, label);
    if (points < best || points < 60 || (points == best && found && device.map.rank >= out->map.rank)) continue;
    best = points;
    *out = device;
    found = true;
  }
  return found;
}
