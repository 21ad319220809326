/* SPDX-License-Identifier: MIT */
/* driver.h: one open telephony device and the calls it shows: presses in, lamps and events out (headset.md §8). It
   changes the book before an event leaves, so that the application's answer to it finds nothing to do. */
#ifndef SP_HEADSET_DRIVER_H
#define SP_HEADSET_DRIVER_H

#include "headset/book.h"
#include "headset/lamps.h"

typedef struct sp_driver {
  sp_effects *fx;
  sp_book *book; /* borrowed */
  sp_lamps lamps;
  unsigned vendor, product;
  sp_hid_map map;
  sp_hid_quirks quirks;
  bool levels[SP_HID_INPUTS];
  uint64_t accepted[SP_HID_INPUTS]; /* when a relative field last counted */
  bool hook_lamp;                   /* as last wanted */
  bool reasserted;                  /* off-hook was, in this echo window */
  uint64_t echo_until, hold_until;  /* windows in which a hook fall is not the user's */
  uint64_t toggles[2];              /* times of the last two mute toggles, newest first; 0: none */
  uint64_t mute_rests_until;
  uint64_t second; /* of the flood guard */
  unsigned reports;
  bool short_seen;
} sp_driver;

void sp_driver_init(sp_driver *driver, sp_effects *fx, sp_book *book);
/* Takes over a device that has just been opened under this number and brings it to the state of the book. */
void sp_driver_open(sp_driver *driver, uint64_t now, uint32_t open, const sp_hid_device *device);
/* `off`: its lamps are to go out first. The book stays. */
void sp_driver_close(sp_driver *driver, bool off);
static inline bool sp_driver_is_open(const sp_driver *driver) {
  return driver->lamps.open != 0;
}
/* The book changed: lamps follow. `forced` sends them again as they are. */
void sp_driver_refresh(sp_driver *driver, uint64_t now, bool forced);
/* An input report: payload without its id. */
void sp_driver_report(sp_driver *driver, uint64_t now, unsigned id, const uint8_t *payload, size_t len);

#endif
