/* SPDX-License-Identifier: MIT */
/* map.h: where the telephony controls of a device stand in its reports: HID Usage Tables 1.5, page 0B (telephony) and
   08 (LEDs), as WebHID describes a device in `collections` (headset.md §8.2-§8.4). Nothing is known by vendor here. */
#ifndef SP_HEADSET_MAP_H
#define SP_HEADSET_MAP_H

#include "base/json.h"

/* Controls a device may have; the order of inputs is the order they are judged in (§8.6). */
typedef enum sp_hid_control {
  SP_HID_DROP,     /* 0B:26: refuse a ringing call, else end */
  SP_HID_BUTTON,   /* 0B:07, refuse; so are the next two */
  SP_HID_BUTTON_1, /* 09:01 */
  SP_HID_BUTTON_7, /* 09:07 */
  SP_HID_FLASH,    /* 0B:21: hold or resume */
  SP_HID_HOLD,     /* 0B:23: the same; an absolute one is a level */
  SP_HID_MUTE,     /* 0B:2F */
  SP_HID_HOOK,     /* 0B:20 */
  SP_HID_BUSY,     /* 0B:97: other programs set it too; only logged */
  SP_HID_INPUTS,
  SP_LED_HOOK = SP_HID_INPUTS, /* 08:17 */
  SP_LED_HOLD,                 /* 08:20 */
  SP_LED_MUTE,                 /* 08:09 */
  SP_LED_RING,                 /* 08:18 */
  SP_LED_MICROPHONE,           /* 08:21: driven with the mute value by devices without 08:09 */
  SP_HID_CONTROLS
} sp_hid_control;

typedef enum sp_hid_kind {
  SP_HID_ABSENT,
  SP_HID_ABSOLUTE, /* the value is the state */
  SP_HID_RELATIVE, /* 1 means "toggle once" */
  SP_HID_SIGNED    /* relative with a negative minimum: +1 on, -1 off */
} sp_hid_kind;

typedef struct sp_hid_field {
  uint16_t bit;   /* first bit in the payload; bit b is byte b>>3, mask 1<<(b&7) */
  uint8_t size;   /* bits, 1 to 32 */
  uint8_t report; /* report id, 0 for a device without ids */
  uint8_t kind;   /* sp_hid_kind */
  uint8_t length; /* of an output: bytes of its report */
} sp_hid_field;

typedef struct sp_hid_map {
  sp_hid_field fields[SP_HID_CONTROLS];
  uint8_t rank;     /* 0 headset, 1 handset, 2 phone, 3 other telephony */
  unsigned outputs; /* output reports of the collection */
  bool
      is_ambiguous; /* another top-level collection has a report of the same direction and id (the telephony one counts)
                     */
} sp_hid_map;

/* Chooses among the top-level collections and walks the chosen one. With `mirror` a collection FF30/05 that has input
   report 4 is taken instead, its usages read as telephony ones (§10, Yealink).
   SP_ENOENT: no telephony collection, or neither hook switch nor mute in it. SP_ELIMIT: a mapped control stands beyond
   SP_MAX_HID_REPORT. */
int sp_hid_map_read(const sp_json *collections, bool mirror, sp_hid_map *out);

/* The value of a field in a payload; false when the payload is too short for it. SIGNED: -1 reads as 0. */
bool sp_hid_value(const sp_hid_field *field, const uint8_t *payload, size_t len, bool *on);
/* Usage id of an input control, as events show it. */
unsigned sp_hid_usage_id(sp_hid_control control);

#endif
