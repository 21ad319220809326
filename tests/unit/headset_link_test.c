/* SPDX-License-Identifier: MIT */
/* Selection, permission, plugging, and which microphone means which device (headset.md §11 to §14). */
#include "headset_rig.h"

#include "headset/vendors.h"

#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define EVOLVE_LABEL "Headset Microphone (Jabra EVOLVE LINK MS) (0b0e:0307)"

static const rig_setup evolve = { .devices = "F1", .warnings = true },
                       nothing = { .label = EVOLVE_LABEL, .warnings = true },
                       absent = { .label = EVOLVE_LABEL, .no_hid = true, .warnings = true };

/* --- permission --- */

static void h_62_a_granted_device_needs_no_permission(void **state) {
  (void)state;
  PLAY_ONCE(&evolve, { "", "02:0000", "impl Jabra | status checking | status running" }, { "show", "", "retry 0" });
}

#define EVOLVE_FILTERS "permission [{\"vendorId\":2830,\"productId\":775,\"usagePage\":11}]"

static void h_63_filters_come_from_the_label(void **state) {
  (void)state;
  static const rig_setup setup_1 = { .label = "Poly BT700" };
  PLAY_ONCE(&nothing, { "", "", "impl Jabra | status checking | " EVOLVE_FILTERS });
  PLAY_ONCE(&setup_1,
            { "", "", "impl Plantronics | status checking | permission [{\"vendorId\":1151,\"usagePage\":11}]" });
}

static void h_64_nobody_grants(void **state) {
  (void)state;
  PLAY(&nothing, { "", NULL, NULL }, { "show", "", "retry 0" }, { "+29999", "", "" },
       { "+1", "", "error | status notRunning" }, { "show", "", "retry 1" }, { "+60000", "", "" },
       { "retry " EVOLVE_LABEL, "", "status checking | " EVOLVE_FILTERS }, { "retry " EVOLVE_LABEL, "", "resolved" },
       { "grant F1", "02:0000", "status running | resolved" }, { "show", "", "retry 0" });
}

static void h_65_the_chooser_is_dismissed(void **state) {
  (void)state;
  PLAY_ONCE(&nothing, { "", NULL, NULL }, { "dismiss", "", "error | status notRunning" }, { "+60000", "", "" },
            { "dismiss", "", "" }, { "grant F1", "02:0000", "status checking | status running" });
}

static void a_grant_without_a_gesture_is_waited_for(void **state) {
  (void)state;
  PLAY_ONCE(&nothing, { "", NULL, NULL }, { "grant! SecurityError", "", "warn" },
            { "grant F1", "02:0000", "status running" });
  PLAY_ONCE(&nothing, { "", NULL, NULL }, { "grant! NotFoundError", "", "error | status notRunning" });
}

static void a_device_without_telephony_is_of_no_use(void **state) {
  (void)state;
  PLAY_ONCE(&nothing, { "", NULL, NULL }, { "grant F11", "", "warn | error | status notRunning" });
}

static void another_device_than_asked_for_is_taken_too(void **state) {
  (void)state;
  PLAY_ONCE(&nothing, { "", NULL, NULL }, { "grant OTHER", "00:00", "status running" });
}

static void report_ids_that_another_collection_has_too(void **state) {
  (void)state;
  static const rig_setup doubled = { .devices = "DOUBLE", .warnings = true };
  PLAY_ONCE(&doubled, { "", "01:00", "impl USB telephony device | status checking | warn | status running" },
            { "ring c1", "01:02", "" }, { "in 01 01", "01:01", "answered c1" });
}

static void a_late_grant_of_another_page(void **state) {
  (void)state;
  PLAY_ONCE(&nothing, { "", NULL, NULL }, { "plug F1", "02:0000", "status running" });
}

/* --- opening --- */

static void a_device_that_cannot_be_opened(void **state) {
  (void)state;
  PLAY(&nothing, { "", NULL, NULL }, { "fail NotAllowedError 1", NULL, NULL },
       { "grant F1", "close", "warn | status notRunning" }, { "ring c1", "", "" }, { "show", "", "retry 1" },
       { "retry " EVOLVE_LABEL, "02:0400", "status checking | status running | resolved" });
}

static void h_8_retries_without_a_headset(void **state) {
  (void)state;
  PLAY(&evolve, { "", NULL, NULL }, { "mic -", "02:0000 | close", NULL }, { "retry " EVOLVE_LABEL, "", "rejected" },
       { "retry ", "", "resolved" }, { "use 0", "", "" }, { "retry " EVOLVE_LABEL, "", "resolved" });
}

/* --- plugging --- */

static void h_68_unplugged_during_a_call(void **state) {
  (void)state;
  PLAY(&evolve, { "", NULL, NULL }, { "autoanswer c1", "02:0100", "" }, { "mute 1", "02:0300", "" },
       { "unplug F1", "close", "status notRunning" }, { "in 02 0000", "", "" }, { "ring c2", "", "" },
       { "reject c2", "", "" }, { "plug OTHER", "", "" }, { "plug F1", "02:0300", "status checking | status running" },
       { "in2 02 0200", "02:0300", "" }, { "+900", "", "" }, { "in2 02 0300", "", "" },
       { "in2 02 0200", "02:0000", "ended c1" });
  PLAY(&evolve, { "", NULL, NULL }, { "autoanswer c1", "02:0100", "" }, { "unplug F1", "close", "status notRunning" },
       { "end c1", "", "" }, { "plug F1", "02:0000", "status checking | status running" });
}

static void a_device_that_vanishes_while_a_report_is_under_way(void **state) {
  (void)state;
  PLAY(&evolve, { "", NULL, NULL }, { "stall", NULL, NULL }, { "queue ring c1", "02:0400", "" },
       { "queue answer c1", "", "" }, { "settle", "", "" }, { "unplug F1", "close", "resolved | status notRunning" },
       { "flow", "", "" }, { "plug F1", "02:0100", "status checking | status running" });
}

static void h_69_there_is_no_web_hid(void **state) {
  (void)state;
  PLAY_ONCE(&absent, { "", "", "status noVendor" }, { "ring c1", "", "" }, { "mute 1", "", "" }, { "endall", "", "" },
            { "settle", "", "resolved" }, { "show", "", "retry 0" });
}

/* --- selection --- */

static void h_70_from_one_jabra_to_another(void **state) {
  (void)state;
  static const rig_setup setup_2 = { .devices = "F1 F2" };
  PLAY(&setup_2, { "", NULL, NULL }, { "autoanswer c1", "02:0100", "" },
       { "mic Jabra BIZ 2400 II (0b0e:2453)", "02:0000 | close | 02:0100",
         "impl Jabra | status checking | status running" },
       { "in 02 0300", "", "" }, { "in2 02 0500", "02:0300", "muted c1 1" });
}

static void h_61_a_device_that_is_no_longer_selected(void **state) {
  (void)state;
  static const rig_setup setup_3 = { .devices = "F1 F4" };
  PLAY_ONCE(&setup_3, { "", NULL, NULL }, { "autoanswer c1", "02:0100", "" }, { "+900", "", "" },
            { "mic Plantronics Blackwire 3220 Series (047f:c056)", "02:0000 | close | 18:00 | 09:00 | 20:00 | 17:01",
              "impl Plantronics | status checking | status running" },
            { "in 02 0000", "", "" }, { "in 02 4000", "", "" }, { "in 02 0500", "", "" },
            { "mic -", "17:00 | 20:00 | 09:00 | 18:00 | close", "impl - | status noVendor" }, { "in2 08 00", "", "" });
}

static void the_same_microphone_again_changes_nothing(void **state) {
  (void)state;
  PLAY_ONCE(&evolve, { "", NULL, NULL }, { "mic " EVOLVE_LABEL, "", "" }, { "mic Default - " EVOLVE_LABEL, "", "" });
}

static void a_name_that_becomes_known(void **state) {
  (void)state;
  static const rig_setup setup_4 = { .devices = "F1", .label = "" };
  PLAY(&setup_4, { "", "", "status noVendor" }, { "known ", "", "" },
       { "known " EVOLVE_LABEL, "02:0000", "impl Jabra | status checking | status running" },
       { "known Jabra BIZ 2400 II (0b0e:2453)", "", "" });
}

static void off_and_on(void **state) {
  (void)state;
  PLAY(&evolve, { "", NULL, NULL }, { "ring c1", "02:0400", "" },
       { "use 0", "02:0000 | close", "impl - | status noVendor" }, { "ring c2", "", "" }, { "in 02 0100", "", "" },
       { "plug F1", "", "" }, { "mic -", "", "" },
       { "use 1", "02:0000", "impl Jabra | status checking | status running" });
}

/* --- labels (§12) --- */

static bool matches(const char *devices, const char *label, const char *name) {
  sp_buf list;
  sp_json_doc *doc = NULL;
  sp_hid_device found;
  char names[64], *at = names;
  unsigned handle = 0;
  sp_buf_init(&list, NULL, 1 << 18);
  sp_buf_add_char(&list, '[');
  snprintf(names, sizeof names, "%s", devices);
  for (char *next; at; at = next) {
    next = strchr(at, ' ');
    if (next) *next++ = '\0';
    if (handle) sp_buf_add_char(&list, ',');
    rig_write_device(&list, at, ++handle);
  }
  sp_buf_add_char(&list, ']');
  assert_int_equal(sp_json_parse(NULL, sp_buf_str(&list), &doc), SP_OK);
  bool any = sp_hid_match(sp_json_root(doc), sp_str_from(label), &found);
  bool right = name ? any && sp_str_is(found.name, name) : !any;
  sp_json_free(doc);
  sp_buf_free(&list);
  return right;
}

static void h_66_which_device_a_label_means(void **state) {
  (void)state;
  assert_true(matches("F2 OTHER F4 F1 F7", EVOLVE_LABEL, "Jabra EVOLVE LINK MS"));
  assert_true(matches("F2 F4", "Plantronics Blackwire 3220 Series", "Plantronics Blackwire 3220 Series"));
  assert_true(matches("F2 F4", "Default - JABRA biz 2400 ii", "Jabra BIZ 2400 II"));
  assert_true(matches("F2", EVOLVE_LABEL, NULL));        /* the vendor alone is too little */
  assert_true(matches("F11", "Logi (046d:0a37)", NULL)); /* and there is nothing to drive */
  assert_true(matches("NAMELESS F1", "Built-in", NULL)); /* an empty name is in every label */
  assert_true(matches("NAMELESS F1", "", NULL));
  assert_true(matches("NAMELESS F1", "x (1234:0001)", "")); /* its ids do match */
}

static void h_67_which_labels_are_supported(void **state) {
  (void)state;
  static const struct {
    const char *label;
    bool known;
    unsigned vendor;
  } labels[] = {
    { "Poly BT700", true, 0x047F },
    { "Polyphonic Mixer", false, 0 },
    { "Default - Jabra Evolve 65", true, 0x0B0E },
    { "Communications - Sennheiser SC 660", true, 0x1395 },
    { "SENNcom", true, 0x1395 },
    { "Missenn", false, 0 },
    { "PLT Focus", true, 0x047F },
    { "Exploit", false, 0 },
    { "EPOS IMPACT", true, 0x1395 },
    { "Yealink UH34", true, 0x6993 },
    { "VT8200", true, 0x340B },
    { "vtech phone", false, 0 },
    { "VTech phone", false, 0 },
    { "DVT Recorder", false, 0 },
    { "CA Essential SP", true, 0x3391 },
    { "AC-304 headset", true, 0x3391 },
    { "AC-3040 headset", false, 0 },
    { "Headset (0b0e:0305)  ", true, 0x0B0E },
    { "Headset (0B0E:0305)", true, 0x0B0E },
    { "Camera (1234:0305)", false, 0x1234 },
    { "Jabra dongle (1234:0305)", true, 0x1234 },
    { "Headset (0b0e:030)", false, 0 },
    { "Headset 0b0e:0305)", false, 0 },
    { "(0b0g:0305)", false, 0 },
    { "", false, 0 },
  };
  for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
    sp_hid_label read = sp_hid_label_read(sp_str_from(labels[i].label));
    if (read.known != labels[i].known || read.vendor != labels[i].vendor)
      fail_msg("%s: %d %x", labels[i].label, read.known, read.vendor);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(h_62_a_granted_device_needs_no_permission),
    cmocka_unit_test(h_63_filters_come_from_the_label),
    cmocka_unit_test(h_64_nobody_grants),
    cmocka_unit_test(h_65_the_chooser_is_dismissed),
    cmocka_unit_test(a_grant_without_a_gesture_is_waited_for),
    cmocka_unit_test(a_device_without_telephony_is_of_no_use),
    cmocka_unit_test(another_device_than_asked_for_is_taken_too),
    cmocka_unit_test(report_ids_that_another_collection_has_too),
    cmocka_unit_test(a_late_grant_of_another_page),
    cmocka_unit_test(a_device_that_cannot_be_opened),
    cmocka_unit_test(h_8_retries_without_a_headset),
    cmocka_unit_test(h_68_unplugged_during_a_call),
    cmocka_unit_test(a_device_that_vanishes_while_a_report_is_under_way),
    cmocka_unit_test(h_69_there_is_no_web_hid),
    cmocka_unit_test(h_70_from_one_jabra_to_another),
    cmocka_unit_test(h_61_a_device_that_is_no_longer_selected),
    cmocka_unit_test(the_same_microphone_again_changes_nothing),
    cmocka_unit_test(a_name_that_becomes_known),
    cmocka_unit_test(off_and_on),
    cmocka_unit_test(h_66_which_device_a_label_means),
    cmocka_unit_test(h_67_which_labels_are_supported),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
