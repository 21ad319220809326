/* SPDX-License-Identifier: MIT */
/* The SDK's defaults for media, changed while it runs, and what running sessions get of it (sessions.md §9). */
#include "core/internal.h"

#include "base/limits.h"
#include "base/outcome.h"

static void settle_defaults(sp_core *core, uint32_t call, int status) {
  if (status == SP_OK) status = sp_core_media_configure(core);
  if (status != SP_OK) sp_reject(core->fx, call, SP_ERROR_GENERIC, "Out of memory", SP_STR_NONE);
  else sp_resolve(core->fx, call, SP_STR_NONE);
}

/* With sessions their outcome settles the call. */
static void update_sessions(sp_core *core, uint64_t now, uint32_t call, int status, const sp_session_devices *devices) {
  if (status == SP_OK) status = sp_core_media_configure(core);
  if (status == SP_OK && core->sessions) sp_sessions_update_devices(core->sessions, now, call, devices);
  else settle_defaults(core, call, status);
}

/* What is given as a default: anything but an id is the system's device. */
static int set_default(sp_core *core, const sp_json *given, sp_str *kept, sp_media_value *value) {
  if (!given) return SP_OK;
  sp_str id = sp_json_str(given);
  *value = (sp_media_value){ id.len ? SP_MEDIA_DEVICE : SP_MEDIA_SYSTEM, id };
  if (id.len) return sp_str_set(core->alloc, kept, id);
  sp_str_free(core->alloc, kept);
  return SP_OK;
}

void sp_update_default_devices(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  const sp_json *options = sp_json_first(args);
  sp_options *o = &core->options;
  sp_session_devices devices = { .again = false };
  const sp_json *audio = sp_json_get(options, "audioDeviceId");
  /* The headset is told before the default changes (sessions.md §9.3). */
  if (audio) sp_core_select_headset(core, now, sp_json_str(audio));
  int status = set_default(core, sp_json_get(options, "videoDeviceId"), &o->video_device_id, &devices.video);
  if (status == SP_OK) status = set_default(core, audio, &o->audio_device_id, &devices.audio);
  if (status == SP_OK)
    status = set_default(core, sp_json_get(options, "outputDeviceId"), &o->output_device_id, &devices.output);
  if (sp_json_get_bool(options, "updateActiveSessions", false)) update_sessions(core, now, call, status, &devices);
  else settle_defaults(core, call, status);
}

static int set_json(sp_core *core, const sp_json *given, sp_str *kept) {
  return sp_json_keep(core->alloc, given, SP_MAX_OPTION, kept);
}

/* Constraints of the microphone; null and what is no constraint mean true (media.md §7). */
static int set_flag(sp_core *core, const sp_json *given, sp_str *kept) {
  if (!given) return SP_OK;
  if (sp_json_is_bool(given) || sp_json_is_object(given)) return set_json(core, given, kept);
  return sp_str_set(core->alloc, kept, SP_STR("true"));
}

void sp_update_media_settings(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  const sp_json *settings = sp_json_first(args);
  sp_options *o = &core->options;
  int status = set_flag(core, sp_json_get(settings, "micAutoGainControl"), &o->mic_auto_gain_control);
  if (status == SP_OK) status = set_flag(core, sp_json_get(settings, "micEchoCancellation"), &o->mic_echo_cancellation);
  if (status == SP_OK) status = set_flag(core, sp_json_get(settings, "micNoiseSuppression"), &o->mic_noise_suppression);
  o->monitor_volume = sp_json_get_bool(settings, "monitorMicVolume", o->monitor_volume);
  /* C-9: the microphone in use is opened again, so that the settings reach it. */
  sp_session_devices devices = { .audio = SP_MEDIA_TRUE, .again = true };
  if (sp_json_truthy(sp_json_get(settings, "updateActiveSessions"))) update_sessions(core, now, call, status, &devices);
  else settle_defaults(core, call, status);
}

void sp_update_output_device(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  sp_session_devices devices = { .output = sp_media_value_read(sp_json_first(args)) };
  sp_sessions_update_devices(core->sessions, now, call, &devices);
}

void sp_update_outgoing_media(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  sp_sessions_update_outgoing(core->sessions, now, call, sp_json_first(args));
}

void sp_validate_outgoing(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  (void)now;
  (void)args;
  sp_sessions_validate(core->sessions, call);
}

void sp_update_audio_volume(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  (void)now;
  core->options.audio_volume = sp_json_number(sp_json_first(args), core->options.audio_volume);
  if (core->sessions) sp_sessions_update_volume(core->sessions, core->options.audio_volume);
  sp_resolve(core->fx, call, SP_STR_NONE);
}

/* undefined: no default any more; a resolution counts with both its members. */
void sp_update_default_resolution(sp_core *core, uint64_t now, uint32_t call, const sp_json *args) {
  const sp_json *resolution = sp_json_first(args);
  bool given = sp_json_is_object(resolution);
  int status = SP_OK;
  if (given) status = set_json(core, resolution, &core->options.video_resolution);
  else sp_str_free(core->alloc, &core->options.video_resolution);
  if (status == SP_OK) status = sp_core_media_configure(core);
  if (status == SP_OK && core->sessions && sp_json_truthy(sp_json_next(resolution)))
    sp_sessions_update_resolution(core->sessions, now, core->options.video_resolution);
  settle_defaults(core, call, status);
}

/* What a camera became after a change of the resolution; §9.5: it is the default from then on. */
void sp_resolution_became(sp_core *core, sp_str outcome) {
  sp_json_doc *wanted = NULL, *got = NULL;
  sp_str *kept = &core->options.video_resolution;
  if (kept->len && sp_json_parse(core->alloc, *kept, &wanted) == SP_OK &&
      sp_json_parse(core->alloc, outcome, &got) == SP_OK) {
    const sp_json *a = sp_json_root(wanted), *b = sp_json_get(sp_json_root(got), "actual");
    double width = sp_json_number(sp_json_get(b, "width"), 0), height = sp_json_number(sp_json_get(b, "height"), 0);
    bool same =
        sp_json_number(sp_json_get(a, "width"), -1) == width && sp_json_number(sp_json_get(a, "height"), -1) == height;
    if (!same && width > 0 && height > 0 && set_json(core, b, kept) == SP_OK) (void)sp_core_media_configure(core);
  }
  sp_json_free(wanted);
  sp_json_free(got);
}

/* --- what is thrown at once (E-25, E-29) --- */

static void write_volume_error(sp_buf *answer, const sp_json *given) {
  sp_buf details;
  sp_buf_init(&details, answer->alloc, SP_MAX_EFFECT_TEXT);
  sp_jw w;
  sp_jw_begin(&w, &details);
  sp_jw_open(&w, NULL, '{');
  sp_jw_json(&w, "providedVolume", given);
  sp_jw_close(&w);
  sp_error_write(answer, SP_ERROR_NOT_SUPPORTED, "Invalid volume level. Must be between 0 and 100 inclusive.",
                 sp_buf_str(&details));
  sp_buf_free(&details);
}

bool sp_check_call(sp_str name, const sp_json *args, sp_buf *answer) {
  const sp_json *first = sp_json_first(args);
  if (sp_str_is(name, "check.updateAudioVolume")) {
    double volume = sp_json_number(first, -1);
    if (volume < 0 || volume > 100) write_volume_error(answer, first);
  } else if (sp_str_is(name, "check.updateOutgoingMedia")) {
    if (!sp_outgoing_is_valid(first))
      sp_error_write(answer, SP_ERROR_INVALID_OPTIONS,
                     "updateOutgoingMedia must be called with a MediaStream, a videoDeviceId, or an audioDeviceId",
                     SP_STR_NONE);
  } else {
    return false;
  }
  return true;
}
