/* SPDX-License-Identifier: MIT */
/* sdk.media: its calls and its questions (media.md §5). */
#include "core/internal.h"

#include "base/limits.h"
#include "base/outcome.h"
#include "media/ladder.h"

int sp_core_media_configure(sp_core *core) {
  const sp_options *o = &core->options;
  sp_media_config config = { o->audio_device_id,       o->video_device_id,       o->output_device_id,
                             o->mic_auto_gain_control, o->mic_echo_cancellation, o->mic_noise_suppression,
                             o->video_resolution,      o->monitor_volume,        o->chromium,
                             o->display_media };
  return sp_media_configure(core->media, &config);
}

/* --- calls --- */

static void settle_start(sp_core *core, uint32_t call, int status) {
  if (status == SP_OK) return;
  sp_reject(core->fx, call, SP_ERROR_MEDIA, "The media request could not be made", SP_STR_NONE);
}

static void start(sp_core *core, uint32_t call, const sp_media_want *want) {
  uint32_t number = 0;
  settle_start(core, call,
               sp_media_start(core->media, want, (sp_token){ SP_OWNER_CORE, SP_CORE_OP_START_MEDIA, call }, &number));
}

/* The option wins over the deprecated second parameter. */
static void start_media(sp_core *core, uint32_t call, const sp_json *args) {
  const sp_json *options = sp_json_first(args), *retry = sp_json_get(options, "retryOnFailure");
  sp_media_want want = sp_media_want_read(options);
  if (!options || sp_json_is_null(options)) {
    want.audio = SP_MEDIA_TRUE;
    want.video = SP_MEDIA_TRUE;
  }
  if (!sp_json_is_bool(retry)) want.no_retry = !sp_json_bool(sp_json_next(options), true);
  want.lists = SP_LISTS_FIRST_TIME;
  start(core, call, &want);
}

static sp_media_value normalised(sp_media_value value) {
  return value.choice == SP_MEDIA_NONE ? SP_MEDIA_TRUE : value;
}

/* §8. */
static void request_permissions(sp_core *core, uint32_t call, const sp_json *args) {
  const sp_json *type = sp_json_first(args), *preserve = sp_json_next(type), *options = sp_json_next(preserve);
  sp_str word = sp_json_str(type);
  bool both = sp_str_is(word, "both"), audio = both || sp_str_is(word, "audio"),
       video = both || sp_str_is(word, "video");
  if (!audio && !video) {
    sp_effects_push(
        core->fx, SP_FX_REJECT, call, SP_STR_NONE,
        SP_STR("{\"plain\":true,\"message\":\"Must call `requestMediaPermissions()` with at least one valid "
               "media type: `audio`, `video`, or `both`\"}"));
    return;
  }
  sp_media_want want = sp_media_want_read(options);
  want.audio = audio ? normalised(want.audio) : SP_MEDIA_NO_VALUE;
  want.video = video ? normalised(want.video) : SP_MEDIA_NO_VALUE;
  want.lists = SP_LISTS_ALWAYS;
  want.only_asks = !sp_json_truthy(preserve);
  start(core, call, &want);
}

static void start_display(sp_core *core, uint32_t call, const sp_json *args) {
  const sp_json *options = sp_json_first(args);
  sp_media_want want = { .session_id = sp_json_get_str(options, "sessionId"),
                         .conversation_id = sp_json_get_str(options, "conversationId") };
  uint32_t number = 0;
  sp_token token = { SP_OWNER_CORE, SP_CORE_OP_START_MEDIA, call };
  settle_start(core, call, sp_media_start_display(core->media, &want, token, &number));
}

static void enumerate(sp_core *core, uint32_t call, const sp_json *args) {
  sp_token token = { SP_OWNER_CORE, SP_CORE_OP_START_MEDIA, call };
  settle_start(core, call, sp_media_enumerate(core->media, sp_json_truthy(sp_json_first(args)), token));
}

/* The browser says so, or a track of ours ended by itself. */
static void devices_changed(sp_core *core, uint32_t call, const sp_json *args) {
  (void)args;
  sp_token token = { SP_OWNER_CORE, SP_CORE_OP_DEVICES, call };
  settle_start(core, call, sp_media_enumerate(core->media, false, token));
}

/* A stream handle, or null. */
static void set_default_stream(sp_core *core, uint32_t call, const sp_json *args) {
  sp_str stream = sp_json_str(sp_json_first(args));
  if (stream.len && sp_str_set(core->alloc, &core->options.audio_stream, stream) != SP_OK)
    sp_log0(core->fx, SP_LOG_ERROR, "Out of memory: the default audio stream is not set");
  if (!stream.len) sp_str_free(core->alloc, &core->options.audio_stream);
  sp_resolve(core->fx, call, SP_STR_NONE);
}

/* Whether the page may play sound, when that has changed: told before a call is missed (SP_FX_AUDIO_PROBE). */
static void audio_blocked(sp_core *core, uint32_t call, const sp_json *args) {
  bool blocked = sp_json_truthy(sp_json_first(args));
  if (blocked != core->audio_blocked)
    sp_effects_push(core->fx, SP_FX_MEDIA_EVENT, 0, SP_STR("audioBlocked"),
                    blocked ? SP_STR("[true]") : SP_STR("[false]"));
  core->audio_blocked = blocked;
  sp_resolve(core->fx, call, SP_STR_NONE);
}

static const struct {
  const char *name;
  void (*run)(sp_core *core, uint32_t call, const sp_json *args);
} calls[] = {
  { "media.startMedia", start_media },          { "media.requestMediaPermissions", request_permissions },
  { "media.startDisplayMedia", start_display }, { "media.enumerateDevices", enumerate },
  { "media.devicesChanged", devices_changed },  { "setDefaultAudioStream", set_default_stream },
  { "media.audioBlocked", audio_blocked },
};

bool sp_core_media_call(sp_core *core, uint32_t call, sp_str name, const sp_json *args) {
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    if (!sp_str_is(name, calls[i].name)) continue;
    calls[i].run(core, call, args);
    return true;
  }
  return false;
}

/* A stream or a list of devices is live objects: the host puts them in the place of their handles. */
static void resolve_with(sp_core *core, const sp_media_done *done) {
  sp_buf *text = sp_effects_scratch(core->fx);
  sp_jw w;
  sp_jw_begin(&w, text);
  sp_jw_open(&w, NULL, '{');
  if (done->kind == SP_MEDIA_LIST) sp_jw_raw(&w, "$devices", done->list);
  else sp_jw_str(&w, "$stream", done->stream);
  sp_jw_close(&w);
  sp_resolve(core->fx, done->token.id, sp_buf_str(text));
}

static void add_record(sp_core *core, uint64_t now, const sp_media_done *done) {
  sp_insights_about about = { done->conversation_id, done->session_id, SP_STR_NONE };
  if (core->insights) sp_insights_add(core->insights, now, core->wall, done->event, done->list, &about);
}

void sp_core_media_done(sp_core *core, uint64_t now, const sp_media_done *done) {
  uint32_t call = done->token.id;
  if (done->kind == SP_MEDIA_RECORD) add_record(core, now, done);
  if (done->token.owner != SP_OWNER_CORE) return;
  if (!done->ok) sp_reject_raw(core->fx, call, done->request);
  else if (done->token.op == SP_CORE_OP_DEVICES && core->sessions) sp_sessions_validate(core->sessions, call);
  else if (call && (done->kind == SP_MEDIA_LIST || done->stream.len)) resolve_with(core, done);
  else sp_resolve(core->fx, call, SP_STR_NONE);
}

/* --- questions --- */

static void answer_device(sp_buf *answer, const sp_device *device) {
  if (device) sp_buf_add_u64(answer, device->handle);
  else sp_buf_add_text(answer, "null");
}

static void answer_bool(sp_buf *answer, bool value) {
  sp_buf_add_text(answer, value ? "true" : "false");
}

bool sp_core_media_ask(const sp_core *core, sp_str name, const sp_json *args, sp_buf *answer) {
  const sp_json *first = sp_json_first(args), *second = sp_json_next(first);
  const sp_devices *devices = sp_media_devices(core->media);
  sp_str word = sp_json_str(first);
  unsigned kind = sp_device_kind_read(sp_json_str(second));
  if (sp_str_is(name, "media.device")) {
    answer_device(answer, sp_devices_by_id(devices, kind, word));
  } else if (sp_str_is(name, "media.deviceOfTrack")) {
    kind = sp_str_is(sp_json_str(second), "video") ? SP_DEVICE_VIDEO_INPUT : SP_DEVICE_AUDIO_INPUT;
    answer_device(answer, sp_devices_by_label(&devices->now, kind, word));
  } else if (sp_str_is(name, "media.hasDevice")) {
    answer_bool(answer, sp_devices_has(devices, first));
  } else if (sp_str_is(name, "media.isPermissionsError")) {
    answer_bool(answer, sp_is_permissions_error(word, sp_json_str(second)));
  } else if (sp_str_is(name, "media.validDevice")) {
    sp_device_kind wanted = sp_device_kind_read(word);
    sp_str id = sp_media_valid_device(core->media, wanted == SP_DEVICE_OTHER ? SP_DEVICE_AUDIO_OUTPUT : wanted,
                                      sp_media_value_read(second));
    sp_jw w;
    sp_jw_begin(&w, answer);
    if (id.len) sp_jw_str(&w, NULL, id);
    else sp_buf_add_text(answer, "null");
  } else if (sp_str_is(name, "media.requestDevice")) { /* §6: nothing and false are the SDK default */
    if (!first || (sp_json_is_bool(first) && !sp_json_bool(first, true))) sp_buf_add_text(answer, "true");
    else sp_json_write(answer, first);
  } else {
    return sp_check_call(name, args, answer);
  }
  return true;
}
