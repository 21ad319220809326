/* SPDX-License-Identifier: MIT */
/* One headset, several clients of one user (headset.md §2). "say" is what this client broadcasts. */
#include "headset_rig.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const rig_setup standard = { .devices = "F1", .orchestrates = true, .warnings = true },
                       prioritized = { .devices = "F1", .orchestrates = true, .own = SP_ASKS_PRIORITIZED },
                       helper = { .devices = "F1", .orchestrates = true, .own = SP_ASKS_MEDIA_HELPER },
                       leader = { .devices = "F1", .orchestrates = true, .leader = true }, alone = { .devices = "F1" };

#define ASKED  "say Request standard | status negotiating"
#define OPENED "impl Jabra | status checking | status running"
#define WON    "say Changed 1 | status hasControls | " OPENED

static void h_11_a_supported_microphone_asks(void **state) {
  (void)state;
  PLAY_ONCE(&standard, { "", "", ASKED });
  PLAY_ONCE(&prioritized, { "", "", "say Request prioritized | status negotiating" });
  PLAY_ONCE(&helper, { "", "", "say Request mediaHelper | status negotiating" });
}

static void h_12_undisturbed_for_1500_ms(void **state) {
  (void)state;
  PLAY(&standard, { "", "", ASKED }, { "+1499", "", "" }, { "+1", "02:0000", WON });
}

static void h_13_a_rejection_ends_it(void **state) {
  (void)state;
  PLAY_ONCE(&standard, { "", "", ASKED }, { "+1000", "", "" }, { "rejection", "", "status alternativeClient" },
            { "+500", "", "" }, { "+60000", "", "" });
}

static void h_14_both_ask_at_the_same_time(void **state) {
  (void)state;
  PLAY_ONCE(&standard, { "", "", ASKED }, { "request standard", "", "status alternativeClient" }, { "+5000", "", "" });
}

static void h_15_a_lower_priority_is_rejected_in_every_state(void **state) {
  (void)state;
  PLAY(&prioritized, { "", NULL, NULL }, { "request standard", "", "say Rejection priority r1" },
       { "+1500", NULL, NULL }, { "request standard", "", "say Rejection priority r1" }, { "changed 1", NULL, NULL },
       { "request standard", "", "say Rejection priority r1" }, { "use 1", NULL, NULL }, { "mic Built-in", NULL, NULL },
       { "request standard", "", "say Rejection priority r1" });
}

static void h_16_a_media_helper_rejects_as_one(void **state) {
  (void)state;
  PLAY_ONCE(&helper, { "", NULL, NULL }, { "request standard", "", "say Rejection mediaHelper r1" },
            { "request prioritized", "", "say Rejection mediaHelper r1" });
}

static void h_17_a_call_outranks_any_priority(void **state) {
  (void)state;
  PLAY_ONCE(&standard, { "+1500", NULL, NULL }, { "call 1", "", "" },
            { "request mediaHelper", "", "say Rejection activeCall r1" },
            { "request standard", "", "say Rejection activeCall r1" });
}

static void h_18_without_a_call_there_is_no_answer(void **state) {
  (void)state;
  PLAY_ONCE(&standard, { "+1500", NULL, NULL }, { "request standard", "", "" }, { "request prioritized", "", "" });
}

static void h_19_another_client_takes_the_controls(void **state) {
  (void)state;
  PLAY(&standard, { "+1500", NULL, NULL }, { "ring c1", "02:0400", "" }, { "stall", "", "" }, { "mute 0", "", "" },
       { "autoanswer c2", "02:0500", "" }, { "queue end c2", "", "" },
       { "changed 1", "close", "say Changed 0 | status alternativeClient | impl -" }, { "flow", "", "" },
       { "in 02 0100", "", "" });
}

static void h_20_while_negotiating_one_yields_in_silence(void **state) {
  (void)state;
  PLAY_ONCE(&standard, { "", NULL, NULL }, { "changed 1", "", "status alternativeClient" }, { "+5000", "", "" });
}

static void h_21_controls_given_up_by_others_change_nothing(void **state) {
  (void)state;
  PLAY_ONCE(&standard, { "", NULL, NULL }, { "changed 0", "", "" }, { "+1500", "02:0000", WON },
            { "changed 0", "", "" }, { "changed 1", NULL, NULL }, { "changed 0", "", "" }, { "rejection", "", "" });
}

static void h_22_the_alerting_leader(void **state) {
  (void)state;
  PLAY_ONCE(&leader, { "", "", "say Request prioritized | status negotiating" },
            { "request standard", "", "say Rejection priority r1" }, { "+1500", "02:0000", WON }, { "call 1", "", "" },
            { "request prioritized", "close", "status alternativeClient | impl -" }, { "changed 1", "", "" });
  PLAY_ONCE(&leader, { "+1500", NULL, NULL }, { "request mediaHelper", "close", "status alternativeClient | impl -" });
  PLAY_ONCE(&leader, { "", NULL, NULL }, { "request mediaHelper", "", "status alternativeClient" });
}

static void h_23_own_and_strange_messages_are_ignored(void **state) {
  (void)state;
  PLAY_ONCE(&standard, { "", NULL, NULL }, { "my-request standard", "", "" },
            { "stranger-request mediaHelper", "", "" }, { "+1500", "02:0000", WON });
}

static void h_24_without_orchestration(void **state) {
  (void)state;
  PLAY_ONCE(&alone, { "", "02:0000", OPENED }, { "request mediaHelper", "", "" }, { "changed 1", "", "" },
            { "+5000", "", "" });
}

static void h_25_an_unsupported_microphone_while_negotiating(void **state) {
  (void)state;
  PLAY_ONCE(&standard, { "", NULL, NULL }, { "mic Built-in Audio", "", "status noVendor" }, { "+5000", "", "" },
            { "mic Jabra Evolve", "", ASKED });
}

static void h_26_another_client_has_the_controls(void **state) {
  (void)state;
  PLAY(&standard, { "", NULL, NULL }, { "rejection", "", "status alternativeClient" },
       { "mic Jabra Evolve", "", "status alternativeClient" }, { "mic Built-in Audio", "", "status noVendor" },
       { "mic -", "", "" }, { "use 1", "", "status notStarted | " ASKED });
}

static void h_27_off_during_a_negotiation(void **state) {
  (void)state;
  PLAY_ONCE(&standard, { "", NULL, NULL }, { "use 0", "", "status notStarted" }, { "+5000", "", "" },
            { "request mediaHelper", "", "" });
  PLAY_ONCE(&standard, { "+1500", NULL, NULL },
            { "use 0", "02:0000 | close", "say Changed 0 | impl - | status noVendor | status notStarted" });
}

static void h_28_a_type_nobody_knows(void **state) {
  (void)state;
  static const rig_setup setup_1 = {
    .devices = "F1", .orchestrates = true, .own = SP_ASKS_PRIORITIZED, .warnings = true
  };
  PLAY_ONCE(&standard, { "+1500", NULL, NULL }, { "request whatever", "", "warn" });
  PLAY_ONCE(&setup_1, { "+1500", NULL, NULL }, { "request ", "", "say Rejection priority r1 | warn" });
}

static void microphones_while_negotiating_and_afterwards(void **state) {
  (void)state;
  static const rig_setup setup_2 = { .devices = "F1 F4", .orchestrates = true };
  PLAY_ONCE(&setup_2, { "", "", ASKED }, { "+1000", "", "" },
            { "mic Plantronics Blackwire 3220 Series", "", "say Request standard" }, { "+1499", "", "" },
            { "+1", NULL, "say Changed 1 | status hasControls | impl Plantronics | status checking | status running" },
            { "mic Jabra EVOLVE LINK MS", NULL, OPENED },
            { "mic Built-in", "02:0000 | close", "impl - | status noVendor" });
}

static void the_connection_comes_and_goes(void **state) {
  (void)state;
  PLAY_ONCE(&standard, { "", "", ASKED }, { "lost", "", "" }, { "+5000", "", "" },
            { "back", "", "say Request standard" }, { "+1500", "02:0000", WON }, { "lost", "", "" },
            { "back", "", "" });
}

static void unreadable_messages(void **state) {
  (void)state;
  PLAY(&standard, { "", NULL, NULL }, { "text {", "", "warn" }, { "text []", "", "" },
       { "text {\"method\":1}", "", "" }, { "text {\"method\":\"headsetControlsChanged\"}", "", "" },
       { "text {\"method\":\"headsetControlsRequest\",\"params\":[]}", "", "warn | status alternativeClient" });
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(h_11_a_supported_microphone_asks),
    cmocka_unit_test(h_12_undisturbed_for_1500_ms),
    cmocka_unit_test(h_13_a_rejection_ends_it),
    cmocka_unit_test(h_14_both_ask_at_the_same_time),
    cmocka_unit_test(h_15_a_lower_priority_is_rejected_in_every_state),
    cmocka_unit_test(h_16_a_media_helper_rejects_as_one),
    cmocka_unit_test(h_17_a_call_outranks_any_priority),
    cmocka_unit_test(h_18_without_a_call_there_is_no_answer),
    cmocka_unit_test(h_19_another_client_takes_the_controls),
    cmocka_unit_test(h_20_while_negotiating_one_yields_in_silence),
    cmocka_unit_test(h_21_controls_given_up_by_others_change_nothing),
    cmocka_unit_test(h_22_the_alerting_leader),
    cmocka_unit_test(h_23_own_and_strange_messages_are_ignored),
    cmocka_unit_test(h_24_without_orchestration),
    cmocka_unit_test(h_25_an_unsupported_microphone_while_negotiating),
    cmocka_unit_test(h_26_another_client_has_the_controls),
    cmocka_unit_test(h_27_off_during_a_negotiation),
    cmocka_unit_test(h_28_a_type_nobody_knows),
    cmocka_unit_test(microphones_while_negotiating_and_afterwards),
    cmocka_unit_test(the_connection_comes_and_goes),
    cmocka_unit_test(unreadable_messages),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
