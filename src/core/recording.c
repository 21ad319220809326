/* SPDX-License-Identifier: MIT */
/* Between the core and its flight recorder. */
#include "core/internal.h"

#include "base/base64.h"
#include "base/limits.h"

void sp_recording_start(sp_core *core, const uint8_t seed[SP_SEED_BYTES], sp_time now, sp_str config_json) {
  if (core->options.drawn.len) (void)sp_recording_draw(core, core->options.drawn);
  if (core->options.flight_recorder) core->recorder = sp_recorder_new(core->alloc, seed);
  if (!core->recorder) return;
  sp_recording_input(core, now, SP_RECORD_BIRTH, &(sp_input){ .text = config_json });
  core->ids.drawn = sp_recorder_drawn;
  core->ids.user = core->recorder;
}

void sp_recording_input(sp_core *core, sp_time now, int kind, const sp_input *input) {
  if (!core->recorder) return;
  sp_recorder_input(core->recorder, &(sp_record){ .kind = kind,
                                                  .bulk = kind == SP_IN_LOG || kind == SP_IN_PEER_STATS,
                                                  .plain = kind == SP_IN_HID && sp_str_is(input->name, "report"),
                                                  .id = input->id,
                                                  .number = input->number,
                                                  .mono_ms = now.mono_ms,
                                                  .wall_ms = now.wall_ms,
                                                  .name = input->name,
                                                  .text = input->text });
}

int sp_recording_draw(sp_core *core, sp_str base64) {
  sp_buf_reset(&core->drawn);
  int status = sp_base64_decode(&core->drawn, base64);
  core->ids.script = status == SP_OK ? sp_buf_str(&core->drawn) : SP_STR_NONE;
  return status;
}

int sp_core_recording(const sp_core *core, sp_str words, sp_buf *out) {
  if (core->recorder) return sp_recorder_write(core->recorder, words, out);
  sp_buf_add_text(out, "null");
  return sp_buf_status(out);
}
