/* SPDX-License-Identifier: MIT */
/* vendors.h: what cannot be read from a descriptor: names, quirks, and which HID device a microphone's label means
   (headset.md §10, §12). Quirks are data; no code elsewhere knows a vendor. */
#ifndef SP_HEADSET_VENDORS_H
#define SP_HEADSET_VENDORS_H

#include "headset/map.h"

enum {
  SP_QUIRK_HOLD_DROPS_HOOK = 1,  /* off-hook is sent as 0 while hold is on, and the device drops its hook */
  SP_QUIRK_MIRROR = 2,           /* a vendor collection FF30/05 repeats the telephony one: use it */
  SP_QUIRK_ZERO_REJECTS = 4,     /* an all-zero report while it rings refuses the call */
  SP_QUIRK_TOGGLES_MUTE_ONLY = 8 /* its hook report says 01 or 05 for a press of mute; there is no hook switch */
};

/* One code of a private protocol: the first byte of a report, and the control it stands for. */
typedef struct sp_hid_code {
  uint8_t byte, control;
  bool on;
} sp_hid_code;

/* Devices that speak codes in place of bits: reports of `length` bytes whose first byte is the code. */
typedef struct sp_hid_codes {
  uint8_t input, output, length;
  sp_hid_code inputs[5], outputs[6]; /* unused ones have control SP_HID_CONTROLS */
} sp_hid_codes;

typedef struct sp_hid_quirks {
  unsigned flags;
  const sp_hid_codes *codes; /* NULL: by descriptor */
} sp_hid_quirks;

sp_hid_quirks sp_hid_quirks_of(unsigned vendor, unsigned product);
/* "Jabra", …, "USB telephony device" for the rest; static storage. */
const char *sp_hid_vendor_name(unsigned vendor);

/* What a label says by itself; 0 = not said. A product is known only together with its vendor. */
typedef struct sp_hid_label {
  unsigned vendor, product;
  bool known; /* §12.1 without the devices: a vendor of the table by id or by word */
} sp_hid_label;
sp_hid_label sp_hid_label_read(sp_str label);

/* One granted device, from {"device","vendorId","productId","productName","collections"}. */
typedef struct sp_hid_device {
  uint32_t handle;
  unsigned vendor, product;
  sp_str name; /* borrowed from the JSON */
  sp_hid_map map;
} sp_hid_device;
/* Reads a device. SP_ENOENT: not usable (§8.2); SP_ELIMIT: a descriptor beyond the limits. */
int sp_hid_device_read(const sp_json *json, sp_hid_device *out);
/* The usable device of the list that the label means (§12.2). False when none scores 60. At most SP_MAX_HID_DEVICES are
   looked at. */
bool sp_hid_match(const sp_json *devices, sp_str label, sp_hid_device *out);

#endif
