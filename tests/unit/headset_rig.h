/* SPDX-License-Identifier: MIT */
/* headset_rig.h: a headset with a world around it, played by scripts of steps on virtual time: what is done, the
   reports that must have left since, and what the application and the other clients must have heard. Devices come from
   fixtures/headset/layouts.txt, whose notation is that of headset.md §9.

   Steps: "ring c1", "dial c1", "answer c1", "autoanswer c1", "reject c1", "end c1", "endall", "mute 1", "hold c1 1",
   "reset c1"; the same after "queue" in the queue; "clear"; "in 02 0100" (a report of the first opening; "in2" of the
   second); "+600" (milliseconds pass);
   "mic LABEL" or "mic -"; "plug F1", "unplug F1", "grant F1", "dismiss", "grant! NAME" (an error); "fail NAME N" (the
   next N sends fail), "stall" and "flow" (sends are answered later); "request standard", "rejection", "changed 1" (from
   another client); "use 1", "call 1" (a softphone session is active), "retry LABEL", "lost", "back".
   Events: "answered c1", "rejected c1", "ended c1", "muted c1 1", "held c1 1", "status running", "impl Jabra", "impl
   -", "permission FILTERS", "say METHOD VALUE", "warn", "resolved". */
#ifndef SP_TESTS_HEADSET_RIG_H
#define SP_TESTS_HEADSET_RIG_H

#include "headset/headset.h"

typedef struct step {
  const char *act, *sent, *heard; /* NULL: not looked at */
} step;

typedef struct rig_setup {
  const char *devices; /* names from layouts.txt that are granted, space between; NULL: none */
  const char *label;   /* of the microphone; NULL: that of the first device */
  bool orchestrates, leader, no_hid, warnings /* are heard */;
  sp_request_type own;
} rig_setup;

/* Plays it once as written, then with every allocation failing in turn: then nothing is looked at, and nothing may
   leak. */
void play_steps(const rig_setup *setup, const step *steps, size_t count);
/* Only as written: for the many that allocate no more than others do. */
void play_once(const rig_setup *setup, const step *steps, size_t count);
#define PLAY(setup, ...)                                                                                               \
  play_steps((setup), (const step[]){ __VA_ARGS__ }, sizeof((const step[]){ __VA_ARGS__ }) / sizeof(step))
#define PLAY_ONCE(setup, ...)                                                                                          \
  play_once((setup), (const step[]){ __VA_ARGS__ }, sizeof((const step[]){ __VA_ARGS__ }) / sizeof(step))

/* The `collections` of a device of layouts.txt as JSON, with nested collections repeated in their ancestors as browsers
   do; static storage. */
const char *rig_collections(const char *device);
/* {"device":handle,...} of it, appended. */
void rig_write_device(sp_buf *out, const char *device, unsigned handle);

#endif
