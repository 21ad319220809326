/* SPDX-License-Identifier: MIT */
/* lamps.h: the output reports of one open device: which bits its lamps are, what was sent, what is under way
   (headset.md §8.5). One report is under way at a time; while it is, only the newest state is remembered. */
#ifndef SP_HEADSET_LAMPS_H
#define SP_HEADSET_LAMPS_H

#include "base/effect.h"
#include "base/limits.h"
#include "headset/vendors.h"

/* Wanted lamps, a bit per LED control: SP_LAMP(SP_LED_RING). */
#define SP_LAMP(control) (1u << (control))

typedef struct sp_lamp_report {
  uint8_t id, length;
  bool known;  /* `sent` is what the device has */
  bool failed; /* waits for the next change */
  uint8_t sent[SP_MAX_HID_REPORT], wanted[SP_MAX_HID_REPORT];
} sp_lamp_report;

enum { SP_LAMP_REPORTS = SP_HID_CONTROLS - SP_HID_INPUTS };

typedef struct sp_lamps {
  sp_effects *fx;
  uint32_t open; /* number of the open device, 0: none */
  const sp_hid_map *map;
  const sp_hid_codes *codes;
  sp_lamp_report reports[SP_LAMP_REPORTS];
  size_t count;
  unsigned wanted;
  unsigned code_sent, code_known, code_busy; /* lamps, of a device that speaks codes */
  bool code_on;
  unsigned busy; /* 1 + index of the report under way, 0: none */
  uint8_t busy_bytes[SP_MAX_HID_REPORT];
  unsigned failures; /* in a row */
} sp_lamps;

/* `map` is borrowed while the device is open. Nothing is sent yet. */
void sp_lamps_open(sp_lamps *lamps, uint32_t open, const sp_hid_map *map, const sp_hid_codes *codes);
/* Sends what differs from what was sent; with `forced` everything. */
void sp_lamps_set(sp_lamps *lamps, unsigned wanted, bool forced);
/* The device has lost this lamp by itself: its report is sent again as it is. */
void sp_lamps_repeat(sp_lamps *lamps, sp_hid_control lamp);
/* The report under way is through, or was refused: then it is sent again with the next change. False after the third
   failure in a row: the device is to be given up. */
bool sp_lamps_sent(sp_lamps *lamps, bool ok);
bool sp_lamps_idle(const sp_lamps *lamps);
/* The device is closed, with its lamps off when `off`. */
void sp_lamps_close(sp_lamps *lamps, bool off);

#endif
