/* SPDX-License-Identifier: MIT */
/* Reports of getStats(), a second apart, separated by a line with ";". stats_host.h checks what comes of them. */
#include "stats_host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const sp_stats_host host = { SP_STR("a"), SP_STR("b"), 4 };
  sp_str text = { (const char *)data, size };
  sp_effects *fx = sp_effects_new(NULL);
  sp_gatherer *gatherer = sp_gatherer_new(NULL, 0,
                                          &(sp_gatherer_config){ .fx = fx,
                                                                 .host = &host,
                                                                 .session = SP_STR("\"s\""),
                                                                 .connection_state = SP_STR("connected"),
                                                                 .ice_state = SP_STR("connected") });
  sp_insights *insights = sp_insights_new(NULL, &(sp_insights_config){ .fx = fx });
  sp_quality quality;
  sp_quality_init(&quality);
  sp_quality_set_context(&quality, 0, &(sp_audio_context){ .in_call = true });
  sp_gatherer_watch(gatherer, 0, true);
  uint64_t now = 0;
  for (size_t from = 0, to; from < size; from = to + 3, now += 1000) {
    to = sp_str_find(text, "\n;\n", from);
    sp_gatherer_tick(gatherer, now);
    uint32_t number = take(gatherer, insights, &quality, now);
    sp_gatherer_result(gatherer, now, number, true, sp_str_slice(text, from, to));
    sp_insights_tick(insights, now);
    (void)take(gatherer, insights, &quality, now);
    if (to == SIZE_MAX) break;
  }
  sp_gatherer_ice_state(gatherer, now, SP_STR("failed"), text);
  while (sp_gatherer_take(gatherer, &(sp_gather){ 0 })) {
  }
  sp_gatherer_free(gatherer);
  sp_insights_free(insights);
  sp_effects_free(fx);
  return 0;
}
