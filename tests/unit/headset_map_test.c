/* SPDX-License-Identifier: MIT */
/* Descriptors of real devices, and absurd ones (headset.md §8.2 to §8.4, §9). */
#include "headset_rig.h"

#include "base/limits.h"
#include "headset/vendors.h"
#include "support.h"

#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int read_text(const char *json, bool mirror, sp_hid_map *map) {
  sp_json_doc *doc = NULL;
  assert_int_equal(sp_json_parse(NULL, sp_str_from(json), &doc), SP_OK);
  int status = sp_hid_map_read(sp_json_root(doc), mirror, map);
  sp_json_free(doc);
  return status;
}

static sp_hid_map map_of(const char *device) {
  sp_hid_map map;
  assert_int_equal(read_text(rig_collections(device), false, &map), SP_OK);
  return map;
}

static void expect_bit(const sp_hid_map *map, sp_hid_control control, unsigned report, unsigned bit) {
  const sp_hid_field *field = &map->fields[control];
  if (!field->kind || field->report != report || field->bit != bit)
    fail_msg("control %d: kind %u, report %u, bit %u", control, field->kind, field->report, field->bit);
}

static void expect_absent(const sp_hid_map *map, sp_hid_control control) {
  if (map->fields[control].kind) fail_msg("control %d is mapped", control);
}

static void h_39_jabra_layouts(void **state) {
  (void)state;
  sp_hid_map evolve = map_of("F1"), biz = map_of("F2");
  expect_bit(&evolve, SP_HID_HOOK, 2, 0);
  expect_bit(&evolve, SP_HID_BUSY, 2, 1);
  expect_bit(&evolve, SP_HID_MUTE, 2, 2);
  expect_bit(&evolve, SP_HID_FLASH, 2, 3);
  expect_bit(&evolve, SP_HID_BUTTON, 2, 6);
  expect_bit(&evolve, SP_LED_HOOK, 2, 0);
  expect_bit(&evolve, SP_LED_MUTE, 2, 1);
  expect_bit(&evolve, SP_LED_RING, 2, 2);
  expect_bit(&evolve, SP_LED_HOLD, 2, 3);
  assert_int_equal(evolve.fields[SP_LED_HOOK].length, 2);
  assert_int_equal(evolve.fields[SP_HID_MUTE].kind, SP_HID_RELATIVE);
  assert_int_equal(evolve.fields[SP_HID_HOOK].kind, SP_HID_ABSOLUTE);
  expect_bit(&biz, SP_HID_MUTE, 2, 2);
  expect_bit(&biz, SP_HID_BUTTON, 2, 11);
}

static void h_40_surplus_usages_do_not_spill(void **state) {
  (void)state;
  sp_hid_map map = map_of("F5");
  expect_bit(&map, SP_HID_BUTTON, 0x20, 4);
  expect_absent(&map, SP_HID_BUTTON_1);
}

static void h_41_an_array_of_one_bit_is_the_refuse_button(void **state) {
  (void)state;
  sp_hid_map map = map_of("F7");
  expect_bit(&map, SP_HID_HOOK, 2, 2);
  expect_bit(&map, SP_HID_FLASH, 2, 3);
  expect_bit(&map, SP_HID_MUTE, 2, 5);
  expect_bit(&map, SP_HID_DROP, 2, 6);
  expect_bit(&map, SP_HID_BUTTON, 2, 7);
}

static void h_41_volume_keys_say_nothing(void **state) {
  (void)state;
  static const rig_setup impact = { .devices = "F7", .warnings = true };
  PLAY_ONCE(&impact, { "", NULL, NULL }, { "in 02 01", "", "" }, { "in 02 02", "", "" }, { "dial c1", "03:02", "" },
            { "in 02 05", "", "" }, { "in 02 06", "", "" }, { "in 02 04", "", "" });
}

static void h_42_mute_bits_of_two_sennheisers(void **state) {
  (void)state;
  sp_hid_map d1 = map_of("F8"), sc660 = map_of("F9");
  expect_bit(&d1, SP_HID_MUTE, 2, 3);
  expect_bit(&sc660, SP_HID_MUTE, 8, 0);
}

static void h_43_one_report_a_lamp(void **state) {
  (void)state;
  static const rig_setup blackwire = { .devices = "F4" };
  sp_hid_map map = map_of("F4");
  assert_int_equal(map.outputs, 6);
  for (int led = SP_LED_HOOK; led <= SP_LED_RING; led++) assert_int_equal(map.fields[led].length, 1);
  /* every lamp on and off: 1E and 2A are never among them */
  PLAY_ONCE(&blackwire, { "", "18:00 | 09:00 | 20:00 | 17:00", NULL }, { "ring c1", "18:01", "" },
            { "answer c1", "18:00 | 17:01", "" }, { "mute 1", "09:01", "" }, { "hold c1 1", "17:00 | 20:01", "" },
            { "end c1", "09:00 | 20:00", "" }, { "mic -", "17:00 | 20:00 | 09:00 | 18:00 | close", NULL });
}

static void h_44_no_telephony_no_headset(void **state) {
  (void)state;
  static const rig_setup logitech = { .devices = "F11", .label = "Some microphone", .warnings = true };
  sp_hid_map map;
  assert_int_equal(read_text(rig_collections("F11"), false, &map), SP_ENOENT);
  PLAY_ONCE(&logitech, { "", "", "status noVendor" });
}

#define ITEM(size, count, rest) "{\"reportSize\":" size ",\"reportCount\":" count ",\"isAbsolute\":true" rest "}"
#define IN_ONE                  "[{\"usagePage\":11,\"usage\":5,\"inputReports\":[{\"reportId\":1,\"items\":["
#define INPUT(items)            IN_ONE items "]}]}]"
#define HOOK                    ITEM("1", "1", ",\"usages\":[720928]")

static void h_45_items_that_map_nothing_advance(void **state) {
  (void)state;
  sp_hid_map map;
  assert_int_equal(
      read_text(
          INPUT(ITEM("4", "1", ",\"isRange\":true,\"usageMinimum\":721072,\"usageMaximum\":721083") "," ITEM(
              "3", "2", "") "," ITEM("2", "1",
                                     ",\"usages\":[]") "," ITEM("1", "3",
                                                                ",\"isConstant\":true,\"usages\":[720943]") "," HOOK),
          false, &map),
      SP_OK);
  expect_bit(&map, SP_HID_HOOK, 1, 15);
  expect_absent(&map, SP_HID_MUTE);
  /* a range of controls */
  assert_int_equal(
      read_text(INPUT(ITEM("1", "32", ",\"isRange\":true,\"usageMinimum\":32,\"usageMaximum\":47")), false, &map),
      SP_OK);
  expect_bit(&map, SP_HID_HOOK, 1, 0);
  expect_bit(&map, SP_HID_FLASH, 1, 1);
  expect_bit(&map, SP_HID_MUTE, 1, 15);
}

static void h_46_nested_collections_are_not_walked_twice(void **state) {
  (void)state;
  static const char nested[] =
      "[{\"usagePage\":11,\"usage\":5,\"children\":[{\"usagePage\":11,\"usage\":6,\"inputReports\":[{\"reportId\":1,"
      "\"items\":[" HOOK "]}]}],\"inputReports\":[{\"reportId\":1,\"items\":[" ITEM("1", "2", "") "," HOOK "]}]}]";
  sp_hid_map deep, flat;
  assert_int_equal(read_text(nested, false, &deep), SP_OK);
  assert_int_equal(read_text(INPUT(ITEM("1", "2", "") "," HOOK), false, &flat), SP_OK);
  assert_memory_equal(&deep, &flat, sizeof deep);
  expect_bit(&deep, SP_HID_HOOK, 1, 2);
}

static void the_best_collection_is_taken(void **state) {
  (void)state;
  static const char phone_and_headset[] =
      "[{\"usagePage\":12,\"usage\":1,\"inputReports\":[{\"reportId\":1,\"items\":[" HOOK "]}]},"
      "{\"usagePage\":11,\"usage\":1,\"inputReports\":[{\"reportId\":2,\"items\":[" HOOK "]}]},"
      "{\"usagePage\":11,\"usage\":5,\"inputReports\":[{\"reportId\":3,\"items\":[" ITEM(
          "1", "1",
          ",\"usages\":[720943]") "]}]},"
                                  "{\"usagePage\":11,\"usage\":5,\"inputReports\":[{\"reportId\":1,\"items\":[" HOOK
                                  "]}]}]";
  sp_hid_map map;
  assert_int_equal(read_text(phone_and_headset, false, &map), SP_OK);
  expect_bit(&map, SP_HID_HOOK, 1, 0);
  assert_true(map.is_ambiguous); /* report 1 of the consumer collection */
  assert_int_equal(map.rank, 0);
  assert_int_equal(read_text(rig_collections("F10"), true, &map), SP_OK);
  expect_bit(&map, SP_HID_BUTTON, 4, 6);
  expect_bit(&map, SP_LED_RING, 4, 2);
  assert_int_equal(map.fields[SP_LED_RING].length, 1);
  assert_int_equal(read_text(rig_collections("MP50"), true, &map), SP_OK); /* no mirror: the ordinary one */
  expect_bit(&map, SP_HID_BUTTON, 2, 6);
}

static void absurd_descriptors(void **state) {
  (void)state;
  static const struct {
    const char *what, *json;
    int status;
  } cases[] = {
    { "nothing", "null", SP_ENOENT },
    { "an object", "{\"usagePage\":11}", SP_ENOENT },
    { "no collections", "[]", SP_ENOENT },
    { "no reports", "[{\"usagePage\":11,\"usage\":5}]", SP_ENOENT },
    { "reports of another type", "[{\"usagePage\":11,\"usage\":5,\"inputReports\":7,\"outputReports\":\"x\"}]",
      SP_ENOENT },
    { "a size of zero", INPUT(ITEM("0", "5", ",\"usages\":[720928]") "," HOOK), SP_OK },
    { "a huge size", INPUT(ITEM("4294967295", "4294967295", ",\"usages\":[720928]")), SP_ENOENT },
    { "a huge count", INPUT(ITEM("1", "4294967295", ",\"usages\":[720928]")), SP_ELIMIT },
    { "a huge count before", INPUT(ITEM("32", "4294967295", "") "," ITEM("32", "4294967295", "") "," HOOK), SP_ELIMIT },
    { "numbers of another sort", INPUT(ITEM("-1", "1e300", ",\"usages\":[720928]") "," HOOK), SP_OK },
    { "a range backwards", INPUT(ITEM("1", "9", ",\"isRange\":true,\"usageMinimum\":47,\"usageMaximum\":32")),
      SP_ENOENT },
    { "a range of all",
      INPUT(ITEM("1", "4294967295", ",\"isRange\":true,\"usageMinimum\":0,\"usageMaximum\":4294967295")), SP_ELIMIT },
    { "usages that are none", INPUT(ITEM("1", "3", ",\"usages\":[null,-1,1e99,{}]") "," HOOK), SP_OK },
    { "a control beyond the longest report", INPUT(ITEM("1", "512", "") "," HOOK), SP_ELIMIT },
    { "a control at its end", INPUT(ITEM("1", "511", "") "," HOOK), SP_OK },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_hid_map map;
    int status = read_text(cases[i].json, false, &map);
    if (status != cases[i].status) fail_msg("%s: %s", cases[i].what, sp_status_name(status));
  }
}

static void values(void **state) {
  (void)state;
  static const uint8_t payload[] = { 0x80, 0x01, 0xFF };
  static const struct {
    sp_hid_field field;
    bool fits, on;
  } cases[] = {
    { { .bit = 7, .size = 1, .kind = SP_HID_ABSOLUTE }, true, true },
    { { .bit = 6, .size = 1, .kind = SP_HID_ABSOLUTE }, true, false },
    { { .bit = 8, .size = 2, .kind = SP_HID_SIGNED }, true, true },
    { { .bit = 7, .size = 2, .kind = SP_HID_SIGNED }, true, false }, /* -1 */
    { { .bit = 16, .size = 8, .kind = SP_HID_ABSOLUTE }, true, true },
    { { .bit = 17, .size = 8, .kind = SP_HID_ABSOLUTE }, false, false },
    { { .bit = 511, .size = 1, .kind = SP_HID_ABSOLUTE }, false, false },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    bool on = false;
    assert_int_equal(sp_hid_value(&cases[i].field, payload, sizeof payload, &on), cases[i].fits);
    assert_int_equal(on, cases[i].on);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(h_39_jabra_layouts),
    cmocka_unit_test(h_40_surplus_usages_do_not_spill),
    cmocka_unit_test(h_41_an_array_of_one_bit_is_the_refuse_button),
    cmocka_unit_test(h_41_volume_keys_say_nothing),
    cmocka_unit_test(h_42_mute_bits_of_two_sennheisers),
    cmocka_unit_test(h_43_one_report_a_lamp),
    cmocka_unit_test(h_44_no_telephony_no_headset),
    cmocka_unit_test(h_45_items_that_map_nothing_advance),
    cmocka_unit_test(h_46_nested_collections_are_not_walked_twice),
    cmocka_unit_test(the_best_collection_is_taken),
    cmocka_unit_test(absurd_descriptors),
    cmocka_unit_test(values),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
