/* SPDX-License-Identifier: MIT */
/* Presses and lamps of real layouts, byte for byte (headset.md §3, §6 to §9). */
#include "base/limits.h"
#include "headset_rig.h"

#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const rig_setup evolve = { .devices = "F1" }, biz = { .devices = "F2" }, speak = { .devices = "F3" },
                       blackwire = { .devices = "F4" }, bt700 = { .devices = "F5" }, base_cd = { .devices = "F6" },
                       impact = { .devices = "F7" }, impact_d1 = { .devices = "F8" }, sc660 = { .devices = "F9" },
                       wh66 = { .devices = "F10" }, speak510 = { .devices = "SPEAK510" }, mp50 = { .devices = "MP50" },
                       cyber = { .devices = "CYBER" }, ac304 = { .devices = "AC304" }, vbet = { .devices = "VBET" },
                       other = { .devices = "OTHER" }, watched = { .devices = "F1", .warnings = true };

/* --- §9: whole calls --- */

static void h_47_a_call_on_a_jabra_evolve_link(void **state) {
  (void)state;
  PLAY(&evolve, { "", "02:0000", "impl Jabra | status checking | status running" }, { "ring c1", "02:0400", "" },
       { "in 02 0100", "02:0100", "answered c1" }, { "in 02 0300", "", "" }, { "in 02 0700", "02:0300", "muted c1 1" },
       { "in 02 0300", "", "" }, { "+900", "", "" }, { "mute 0", "02:0100", "" }, { "+900", "", "" },
       { "in 02 0b00", "02:0900", "held c1 1" }, { "in 02 0300", "", "" }, { "+900", "", "" },
       { "hold c1 0", "02:0100", "" }, { "+900", "", "" }, { "in 02 0200", "02:0000", "ended c1" }, { "+3000", "", "" },
       { "ring c2", "02:0400", "" }, { "in 02 4200", "02:0000", "rejected c2" }, { "in 02 0200", "", "" });
}

static void h_47_a_second_call_and_the_other_refusal(void **state) {
  (void)state;
  PLAY_ONCE(&evolve, { "", NULL, NULL }, { "autoanswer c1", "02:0100", "" }, { "ring c2", "02:0500", "" },
            { "in 02 0000", NULL, "" }, { "end c1", "02:0400", "" }, { "reject c2", "02:0000", "" });
  PLAY_ONCE(&biz, { "", NULL, NULL }, { "ring c1", "02:0400", "" }, { "in 02 0008", "02:0000", "rejected c1" });
  PLAY_ONCE(&speak, { "", NULL, NULL }, { "ring c1", "02:0400", "" }, { "in 02 1000", "02:0000", "rejected c1" },
            { "in 02 0000", "", "" }, { "ring c2", "02:0400", "" }, { "in 02 0100", "02:0100", "answered c2" });
}

static void h_47_a_call_on_a_poly_blackwire(void **state) {
  (void)state;
  PLAY_ONCE(&blackwire, { "", "18:00 | 09:00 | 20:00 | 17:00", NULL }, { "ring c1", "18:01", "" },
            { "in 08 02", "18:00 | 17:01", "answered c1" }, { "+900", "", "" }, { "in 08 03", "09:01", "muted c1 1" },
            { "in 08 02", "", "" }, { "in 08 06", "17:00 | 20:01", "held c1 1" }, { "in 08 00", "", "" },
            { "+900", "", "" }, { "hold c1 0", "20:00 | 17:01", "" }, { "+900", "", "" },
            { "in 08 00", "09:00 | 17:00", "ended c1" });
  PLAY_ONCE(&bt700, { "", "21:00 | 23:00 | 25:00 | 24:00", NULL }, { "ring c1", "21:01", "" },
            { "in 20 01", "21:00 | 24:01", "answered c1" }, { "in 20 03", "23:01", "muted c1 1" },
            { "end c1", "23:00 | 24:00", "" }, { "ring c2", "21:01", "" }, { "in 20 10", "21:00", "rejected c2" });
  PLAY_ONCE(&base_cd, { "", NULL, NULL }, { "ring c1", "01:01", "" }, { "in 01 01", "01:00 | 04:01", "answered c1" },
            { "in 01 03", "03:01", "muted c1 1" }, { "in 01 00", NULL, "ended c1" });
}

static void h_47_a_call_on_three_sennheisers(void **state) {
  (void)state;
  PLAY_ONCE(&impact, { "", "03:00", NULL }, { "ring c1", "03:08", "" }, { "in 02 04", "03:02", "answered c1" },
            { "in 02 24", "03:12", "muted c1 1" }, { "in 02 04", "", "" }, { "+2000", "", "" },
            { "in 02 24", "03:02", "muted c1 0" }, { "in 02 04", "", "" }, { "in 02 0c", "03:42", "held c1 1" },
            { "in 02 04", "", "" }, { "+900", "", "" }, { "hold c1 0", "03:02", "" }, { "in 02 06", "", "" },
            { "in 02 04", "", "" }, { "+900", "", "" }, { "in 02 00", "03:00", "ended c1" }, { "+3000", "", "" },
            { "ring c2", "03:08", "" }, { "in 02 40", "03:00", "rejected c2" }, { "in 02 00", "", "" },
            { "ring c3", "03:08", "" }, { "in 02 80", "03:00", "rejected c3" }, { "in 02 00", "", "" },
            { "autoanswer c4", "03:02", "" }, { "in 02 44", "03:00", "ended c4" });
  PLAY_ONCE(&sc660, { "", "09:00", NULL }, { "ring c1", "09:04", "" }, { "in 08 02", "09:02", "answered c1" },
            { "in 08 03", "09:03", "muted c1 1" }, { "in 08 02", "", "" }, { "mute 0", "09:02", "" },
            { "+900", "", "" }, { "in 08 0a", "09:22", "held c1 1" }, { "in 08 02", "", "" }, { "+900", "", "" },
            { "hold c1 0", "09:02", "" }, { "+900", "", "" }, { "in 08 00", "09:00", "ended c1" },
            { "ring c2", "09:04", "" }, { "in 08 10", "09:00", "rejected c2" }, { "in 08 00", "", "" },
            { "ring c3", "09:04", "" }, { "in 08 20", "09:00", "rejected c3" });
  PLAY_ONCE(&impact_d1, { "", "03:00", NULL }, { "ring c1", "03:04", "" }, { "in 02 01", "03:01", "answered c1" },
            { "in 02 09", "03:09", "muted c1 1" }, { "in 02 01", "", "" }, { "mute 0", "03:01", "" },
            { "+900", "", "" }, { "in 02 03", "03:21", "held c1 1" }, { "in 02 01", "", "" }, { "+900", "", "" },
            { "hold c1 0", "03:01", "" }, { "+900", "", "" }, { "in 02 00", "03:00", "ended c1" },
            { "ring c2", "03:04", "" }, { "in 02 10", "03:00", "rejected c2" }, { "in 02 00", "", "" },
            { "ring c3", "03:04", "" }, { "in 02 20", "03:00", "rejected c3" });
}

static void h_47_a_call_on_a_yealink(void **state) {
  (void)state;
  PLAY_ONCE(&wh66, { "", "04:00", NULL }, { "ring c1", "04:04", "" }, { "in 04 0100", "04:01", "answered c1" },
            { "in 02 0000", "", "" }, { "+900", "", "" }, { "in 04 0500", "04:03", "muted c1 1" },
            { "in 04 0100", "", "" }, { "mute 0", "04:01", "" }, { "in 04 0900", "04:08", "held c1 1" },
            { "in 04 0000", "", "" }, { "+900", "", "" }, { "hold c1 0", "04:01", "" }, { "+900", "", "" },
            { "in 04 0000", "04:00", "ended c1" }, { "ring c2", "04:04", "" },
            { "in 04 4000", "04:00", "rejected c2" });
  PLAY_ONCE(&mp50, { "", "02:0000", NULL }, { "dial c1", "02:0100", "" }, { "in 02 0500", "02:0300", "muted c1 1" },
            { "in 02 0100", "", "" });
}

/* §9.5: layouts inferred from published constants. */
static void other_layouts(void **state) {
  (void)state;
  PLAY_ONCE(&speak510, { "", "04:00", NULL }, { "dial c1", "04:01", "" }, { "in 04 13", "04:05", "muted c1 1" },
            { "+900", "", "" }, { "in 04 02", "04:00", "ended c1" }, { "ring c2", "04:08", "" },
            { "in 04 81", "04:00", "rejected c2" });
  PLAY_ONCE(&cyber, { "", "03:0000", NULL }, { "ring c1", "03:0800", "" }, { "in 03 0100", "03:0100", "answered c1" },
            { "in 03 1300", "03:0500", "muted c1 1" }, { "+900", "", "" }, { "in 03 0200", "03:0000", "ended c1" },
            { "ring c2", "03:0800", "" }, { "in 03 0000", "03:0000", "rejected c2" });
  PLAY_ONCE(&ac304, { "", NULL, NULL }, { "dial c1", "03:0100", "" }, { "in 03 0100", "03:0500", "muted c1 1" },
            { "+900", "", "" }, { "in 03 0500", "03:0100", "muted c1 0" }, { "in 03 0000", "", "" });
  PLAY_ONCE(&other, { "", "00:00", "impl USB telephony device | status checking | status running" },
            { "ring c1", "00:02", "" }, { "in 00 01", "00:01", "answered c1" }, { "in 00 00", "", "" },
            { "in 00 02", "00:05", "muted c1 1" }, { "in 00 00", "00:01", "muted c1 0" }, { "+900", "", "" },
            { "in 00 01", "00:00", "ended c1" });
}

static void a_device_that_speaks_codes(void **state) {
  (void)state;
  PLAY_ONCE(&vbet, { "", "06:0000 | 06:0000 | 06:0500", NULL }, { "ring c1", "06:0100", "" },
            { "in 05 2000", "06:0000 | 06:0200", "answered c1" }, { "in 05 0500", "06:0400", "muted c1 1" },
            { "in 05 0500", "", "" }, { "mute 0", "06:0500", "" }, { "+900", "", "" },
            { "in 05 0000", "06:0000", "ended c1" }, { "ring c2", "06:0100", "" },
            { "in 05 0800", "06:0000", "rejected c2" }, { "in 05 ff00", "", "" }, { "in 05", "", "" },
            { "mic -", "06:0000 | close", "impl - | status noVendor" });
}

/* --- records (§3) --- */

static void h_30_the_app_s_answer_finds_nothing_to_do(void **state) {
  (void)state;
  PLAY_ONCE(&evolve, { "", NULL, NULL }, { "ring c1", "02:0400", "" }, { "in 02 0100", "02:0100", "answered c1" },
            { "answer c1", "", "" }, { "queue answer c1", "", "" });
}

static void h_31_mute_without_a_call(void **state) {
  (void)state;
  PLAY_ONCE(&evolve, { "", NULL, NULL }, { "mute 1", "", "" }, { "mute 0", "", "" });
}

static void h_32_a_record_goes_after_its_end_unless_it_rings_again(void **state) {
  (void)state;
  PLAY(&watched, { "", NULL, NULL }, { "ring c1", NULL, "" }, { "reject c1", "02:0000", "" }, { "+1999", "", "" },
       { "hold c1 1", "", "" }, { "+1", "", "" }, { "hold c1 0", "", "warn" }, { "ring c1", "02:0400", "" },
       { "reject c1", "02:0000", "" }, { "+1000", "", "" }, { "ring c1", "02:0400", "" }, { "+5000", "", "" },
       { "answer c1", "02:0100", "" }, { "end c1", "02:0000", "" }, { "use 0", NULL, NULL }, { "+5000", "", "" });
}

static void h_33_an_answer_without_a_record(void **state) {
  (void)state;
  PLAY_ONCE(&watched, { "", NULL, NULL }, { "answer c1", "", "warn" }, { "autoanswer c1", "02:0100", "" },
            { "end c1", "02:0000", "" }, { "end", "", "" }, { "end c9", "", "warn" }, { "reject c9", "", "warn" });
}

static void all_calls_at_once(void **state) {
  (void)state;
  PLAY_ONCE(&evolve, { "", NULL, NULL }, { "autoanswer c1", NULL, "" }, { "ring c2", "02:0500", "" },
            { "endall", "02:0000", "" }, { "+2000", "", "" }, { "in 02 0100", "", "" });
}

/* --- the queue (§6) --- */

static void h_38_changes_run_one_after_another(void **state) {
  (void)state;
  PLAY(&watched, { "", NULL, NULL }, { "stall", "", "" }, { "queue ring c1", "02:0400", "" },
       { "queue answer c1", "", "" }, { "queue mute 1", "", "" }, { "settle", "", "" },
       { "flow", "02:0100 | 02:0300", "resolved" });
  /* one that fails holds nothing up */
  PLAY(&watched, { "", NULL, NULL }, { "stall", "", "" }, { "queue ring c1", "02:0400", "" },
       { "queue answer c1", "", "" }, { "fail NotAllowedError 1", "", "" }, { "flow", "02:0100", "warn" });
  /* what is cleared never runs, and who waits is told */
  PLAY(&watched, { "", NULL, NULL }, { "stall", "", "" }, { "queue ring c1", "02:0400", "" },
       { "queue answer c1", "", "" }, { "settle", "", "" }, { "clear", "", "" }, { "flow", "", "resolved" });
  /* nor is it waited for a device that says nothing */
  PLAY(&watched, { "", NULL, NULL }, { "stall", "", "" }, { "queue ring c1", "02:0400", "" },
       { "queue answer c1", "", "" }, { "settle", "", "" }, { "+9999", "", "" }, { "+1", "02:0100", "warn | warn" });
}

static void the_queue_is_bounded(void **state) {
  (void)state;
  step steps[40] = { { "stall", NULL, NULL }, { "queue ring c1", NULL, NULL } };
  for (size_t i = 2; i < 35; i++) steps[i] = (step){ "queue hold c1 1", "", i == 34 ? "warn" : "" };
  play_once(&watched, steps, 35);
}

/* --- what a press is (§8.6) --- */

static void h_48_a_relative_mute_counts_once_a_press(void **state) {
  (void)state;
  PLAY_ONCE(&evolve, { "", NULL, NULL }, { "dial c1", NULL, "" }, { "in 02 0500", "02:0300", "muted c1 1" },
            { "in 02 0100", "", "" }, { "+400", "", "" }, { "in 02 0500", "02:0100", "muted c1 0" }, { "+100", "", "" },
            { "in 02 0500", "", "" }, { "+200", "", "" }, { "in 02 0500", "02:0300", "muted c1 1" });
}

static void h_49_an_absolute_mute_that_repeats_itself(void **state) {
  (void)state;
  PLAY_ONCE(&other, { "", NULL, NULL }, { "dial c1", NULL, "" }, { "in 00 02", "00:05", "muted c1 1" },
            { "in 00 02", "", "" }, { "+2000", "", "" }, { "in 00 02", "", "" }, { "in 00 00", "00:01", "muted c1 0" },
            { "in 00 00", "", "" });
}

static void h_50_presses_on_an_idle_device(void **state) {
  (void)state;
  PLAY_ONCE(&evolve, { "", NULL, NULL }, { "in 02 0100", "", "" }, { "+2000", "", "" }, { "in 02 0000", "", "" },
            { "in 02 4000", "", "" }, { "in 02 0800", "", "" }, { "in 02 0400", "", "" });
}

static void h_51_the_device_acknowledges_an_outgoing_call(void **state) {
  (void)state;
  PLAY_ONCE(&evolve, { "", NULL, NULL }, { "dial c1", "02:0100", "" }, { "in 02 0100", "", "" },
            { "in 02 0300", "", "" });
}

static void h_52_a_hook_that_falls_right_after_the_host_s_answer(void **state) {
  (void)state;
  PLAY_ONCE(&evolve, { "", NULL, NULL }, { "ring c1", "02:0400", "" }, { "answer c1", "02:0100", "" },
            { "+499", "", "" }, { "in 02 0000", "02:0100", "" }, { "in 02 0000", "", "" });
  PLAY_ONCE(&evolve, { "", NULL, NULL }, { "ring c1", "02:0400", "" }, { "answer c1", "02:0100", "" },
            { "+600", "", "" }, { "in 02 0000", "02:0000", "ended c1" });
}

static void h_53_a_refusal_with_the_hook_bit_set(void **state) {
  (void)state;
  PLAY_ONCE(&speak510, { "", NULL, NULL }, { "ring c1", "04:08", "" }, { "in 04 81", "04:00", "rejected c1" },
            { "in 04 00", "", "" }, { "ring c2", "04:08", "" }, { "in 04 01", "04:01", "answered c2" });
}

/* --- two calls (§7) --- */

static void h_54_one_active_and_one_ringing(void **state) {
  (void)state;
  PLAY_ONCE(&evolve, { "", NULL, NULL }, { "autoanswer c1", "02:0100", "" }, { "+900", "", "" },
            { "ring c2", "02:0500", "" }, { "in 02 0000", "02:0500", "" }, { "in 02 0100", "", "" },
            { "in 02 0900", "02:0d00", "held c1 1" }, { "in 02 0100", "", "" },
            { "in 02 4100", "02:0900", "rejected c2" }, { "in 02 0100", "", "" });
}

static void h_55_the_lamp_stays_while_a_call_is_left(void **state) {
  (void)state;
  PLAY_ONCE(&evolve, { "", NULL, NULL }, { "autoanswer c1", "02:0100", "" }, { "autoanswer c2", "", "" },
            { "end c2", "", "" }, { "+900", "", "" }, { "in 02 0500", "02:0300", "muted c1 1" },
            { "end c1", "02:0000", "" });
}

static void h_56_the_hold_lamp_needs_every_call_held(void **state) {
  (void)state;
  PLAY_ONCE(&evolve, { "", NULL, NULL }, { "autoanswer c1", "02:0100", "" }, { "hold c1 1", "02:0900", "" },
            { "autoanswer c2", "02:0100", "" }, { "hold c2 1", "02:0900", "" }, { "hold c1 0", "02:0100", "" });
  PLAY_ONCE(&blackwire, { "", NULL, NULL }, { "dial c1", "17:01", "" }, { "+900", "", "" },
            { "hold c1 1", "17:00 | 20:01", "" }, { "+900", "", "" }, { "in 08 02", "", "" }, { "in 08 00", "", "" },
            { "hold c1 0", "20:00 | 17:01", "" }, { "in 08 00", "17:01", "" });
}

/* --- loops and faults --- */

static void h_57_mute_does_not_fight(void **state) {
  (void)state;
  PLAY_ONCE(&watched, { "", NULL, NULL }, { "dial c1", NULL, "" }, { "mute 1", "02:0300", "" },
            { "mute 0", "02:0100", "" }, { "+300", "", "" }, { "in 02 0500", "02:0300", "muted c1 1" },
            { "in 02 0100", "", "" });
  PLAY_ONCE(&watched, { "", NULL, NULL }, { "dial c1", NULL, "" }, { "in 02 0500", "02:0300", "muted c1 1" },
            { "in 02 0100", "", "" }, { "+90", "", "" }, { "in 02 0500", "02:0100", "muted c1 0" },
            { "in 02 0100", "", "" }, { "+90", "", "" }, { "in 02 0500", "02:0300", "warn | muted c1 1" },
            { "in 02 0100", "", "" }, { "+90", "", "" }, { "in 02 0500", "", "" }, { "in 02 0100", "", "" },
            { "+90", "", "" }, { "in 02 0500", "", "" }, { "in 02 0100", "", "" }, { "+90", "", "" },
            { "in 02 0500", "", "" }, { "in 02 0100", "", "" }, { "+90", "", "" }, { "in 02 0500", "", "" },
            { "in 02 0100", "", "" }, { "+90", "", "" }, { "in 02 0500", "", "" }, { "in 02 0100", "", "" },
            { "+90", "", "" }, { "in 02 0500", "", "" }, { "in 02 0100", "", "" }, { "+90", "", "" },
            { "in 02 0500", "", "" }, { "in 02 0100", "", "" }, { "+1000", "", "" },
            { "in 02 0500", "02:0100", "muted c1 0" });
}

static void h_58_payloads_that_are_too_short_or_too_long(void **state) {
  (void)state;
  PLAY_ONCE(
      &watched, { "", NULL, NULL }, { "ring c1", NULL, "" }, { "in 02", "", "warn" }, { "in 02", "", "" },
      { "in 02 01", "02:0100", "answered c1" }, { "in 99 ffff", "", "" }, { "in 00 ffff", "", "" },
      { "in 02 "
        "01000000ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        "ffffffffffffffffffffffffffffffffffffffffff",
        "", "" });
  PLAY_ONCE(&biz, { "", NULL, NULL }, { "ring c1", NULL, "" }, { "in 02 00", "", "" },
            { "in 02 0008", NULL, "rejected c1" });
}

static void h_59_only_changes_are_sent(void **state) {
  (void)state;
  PLAY_ONCE(&watched, { "", NULL, NULL }, { "ring c1", "02:0400", "" }, { "ring c1", "", "" },
            { "fail NetworkError 1", "", "" }, { "answer c1", "02:0100", "warn" }, { "mute 0", "", "" },
            { "+5000", "", "" }, { "ring c2", "02:0500", "" }, { "reject c2", "02:0100", "" });
  /* a reset repeats it */
  PLAY_ONCE(&watched, { "", NULL, NULL }, { "ring c1", "02:0400", "" }, { "reset c1", "02:0000", "" },
            { "reset c1", "02:0000", "" });
}

static void three_failures_end_it(void **state) {
  (void)state;
  PLAY_ONCE(&watched, { "", NULL, NULL }, { "fail NetworkError 3", NULL, NULL }, { "ring c1", "02:0400", "warn" },
            { "answer c1", "02:0100", "warn" }, { "end c1", "02:0000 | close", "warn | status notRunning" },
            { "in 02 0100", "", "" }, { "show", "", "retry 1" });
}

static void a_device_that_fell_asleep_is_opened_once_more(void **state) {
  (void)state;
  PLAY_ONCE(&watched, { "", NULL, NULL }, { "fail InvalidStateError 1", NULL, NULL },
            { "ring c1", "02:0400 | close | 02:0400", "warn | status running" },
            { "in2 02 0100", "02:0100", "answered c1" }, { "fail InvalidStateError 2", NULL, NULL },
            { "end c1", "02:0000 | close | 02:0000 | close", "warn | status running | warn | status notRunning" });
}

static void a_flood_is_cut_off(void **state) {
  (void)state;
  enum { REPORTS = 150 };
  step steps[REPORTS + 4] = { { "", NULL, NULL }, { "dial c1", NULL, NULL } };
  for (size_t i = 0; i < REPORTS; i++) steps[i + 2] = (step){ i % 2 ? "in 02 0100" : "in 02 0900", NULL, NULL };
  steps[REPORTS + 2] = (step){ "+1000", "", "" };
  steps[REPORTS + 3] = (step){ "in 02 0900", NULL, NULL };
  steps[102].heard = "warn";
  steps[102].sent = steps[103].sent = steps[103].heard = "";
  play_once(&watched, steps, REPORTS + 4);
}

static void an_echoing_device_changes_nothing(void **state) {
  (void)state;
  PLAY_ONCE(&evolve, { "", NULL, NULL }, { "ring c1", "02:0400", "" }, { "answer c1", "02:0100", "" },
            { "in 02 0100", "", "" }, { "in 02 0300", "", "" }, { "in 02 0100", "", "" },
            { "hold c1 1", "02:0900", "" }, { "in 02 0100", "", "" });
}

static void more_changes_than_the_queue_holds(void **state) {
  (void)state;
  step steps[SP_MAX_HEADSET_QUEUE + 4] = { { "", NULL, NULL },
                                           { "stall", "", "" },
                                           { "queue ring c1", "02:0400", "" } };
  size_t count = 3;
  for (size_t i = 0; i < SP_MAX_HEADSET_QUEUE; i++) steps[count++] = (step){ "queue mute 1", "", "" };
  steps[count++] = (step){ "queue mute 1", "", "warn" };
  play_once(&watched, steps, count);
}

static void more_calls_than_there_are_records(void **state) {
  (void)state;
  static char names[40][16];
  step steps[40];
  for (size_t i = 0; i < 20; i++) {
    snprintf(names[i], sizeof names[i], "ring c%zu", i);
    steps[i] = (step){ names[i], NULL, i > 16 ? "warn" : NULL };
  }
  steps[20] = (step){ "endall", "02:0000", "" };
  play_once(&watched, steps, 21);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(h_47_a_call_on_a_jabra_evolve_link),
    cmocka_unit_test(h_47_a_second_call_and_the_other_refusal),
    cmocka_unit_test(h_47_a_call_on_a_poly_blackwire),
    cmocka_unit_test(h_47_a_call_on_three_sennheisers),
    cmocka_unit_test(h_47_a_call_on_a_yealink),
    cmocka_unit_test(other_layouts),
    cmocka_unit_test(a_device_that_speaks_codes),
    cmocka_unit_test(h_30_the_app_s_answer_finds_nothing_to_do),
    cmocka_unit_test(h_31_mute_without_a_call),
    cmocka_unit_test(h_32_a_record_goes_after_its_end_unless_it_rings_again),
    cmocka_unit_test(h_33_an_answer_without_a_record),
    cmocka_unit_test(all_calls_at_once),
    cmocka_unit_test(h_38_changes_run_one_after_another),
    cmocka_unit_test(the_queue_is_bounded),
    cmocka_unit_test(h_48_a_relative_mute_counts_once_a_press),
    cmocka_unit_test(h_49_an_absolute_mute_that_repeats_itself),
    cmocka_unit_test(h_50_presses_on_an_idle_device),
    cmocka_unit_test(h_51_the_device_acknowledges_an_outgoing_call),
    cmocka_unit_test(h_52_a_hook_that_falls_right_after_the_host_s_answer),
    cmocka_unit_test(h_53_a_refusal_with_the_hook_bit_set),
    cmocka_unit_test(h_54_one_active_and_one_ringing),
    cmocka_unit_test(h_55_the_lamp_stays_while_a_call_is_left),
    cmocka_unit_test(h_56_the_hold_lamp_needs_every_call_held),
    cmocka_unit_test(h_57_mute_does_not_fight),
    cmocka_unit_test(h_58_payloads_that_are_too_short_or_too_long),
    cmocka_unit_test(h_59_only_changes_are_sent),
    cmocka_unit_test(three_failures_end_it),
    cmocka_unit_test(a_device_that_fell_asleep_is_opened_once_more),
    cmocka_unit_test(a_flood_is_cut_off),
    cmocka_unit_test(more_changes_than_the_queue_holds),
    cmocka_unit_test(an_echoing_device_changes_nothing),
    cmocka_unit_test(more_calls_than_there_are_records),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
