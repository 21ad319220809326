/* SPDX-License-Identifier: MIT */
#include "media/constraints.h"

sp_media_value sp_media_value_read(const sp_json *v) {
  sp_media_value value = SP_MEDIA_NO_VALUE;
  if (sp_json_is_null(v)) {
    value.choice = SP_MEDIA_SYSTEM;
  } else if (sp_json_is_string(v) && sp_json_str(v).len) {
    value.choice = SP_MEDIA_DEVICE;
    value.device = sp_json_str(v);
  } else if (sp_json_truthy(v)) {
    value.choice = SP_MEDIA_DEFAULT;
  }
  return value;
}

void sp_media_value_write(sp_jw *w, const char *key, sp_media_value value) {
  if (value.choice == SP_MEDIA_DEVICE) sp_jw_str(w, key, value.device);
  else if (value.choice == SP_MEDIA_SYSTEM) sp_jw_raw(w, key, SP_STR("null"));
  else sp_jw_bool(w, key, value.choice == SP_MEDIA_DEFAULT);
}

sp_str sp_media_default_device(const sp_media_config *config, sp_media_type type) {
  return type == SP_VIDEO ? config->video_device_id : config->audio_device_id;
}

static sp_str resolution_of(const sp_media_config *config, const sp_video_options *video) {
  return video->resolution.len ? video->resolution : config->resolution;
}

bool sp_media_has_resolution(const sp_media_config *config, const sp_video_options *video) {
  return sp_str_starts(resolution_of(config, video), "{");
}

static void write_flag(sp_jw *w, const char *key, sp_str json) {
  sp_jw_raw(w, key, json.len ? json : SP_STR("true"));
}

static void write_device(sp_jw *w, sp_str device) {
  if (!device.len) return;
  sp_jw_open(w, "deviceId", '{');
  sp_jw_str(w, "exact", device);
  sp_jw_close(w);
}

static void write_audio(sp_jw *w, const sp_media_config *config) {
  write_flag(w, "autoGainControl", config->auto_gain_control);
  write_flag(w, "echoCancellation", config->echo_cancellation);
  write_flag(w, "noiseSuppression", config->noise_suppression);
  /* Browsers of today ignore the next three; they are visible in `gumRequest`, so they stay (media.md §7). */
  sp_jw_bool(w, "googAudioMirroring", false);
  sp_jw_bool(w, "googDucking", false);
  sp_jw_bool(w, "googHighpassFilter", true);
}

static void write_resolution(sp_jw *w, sp_str text) {
  sp_json_doc *doc = NULL;
  int status = sp_json_parse(w->buf->alloc, text, &doc);
  if (status == SP_ENOMEM) w->buf->status = status;
  const sp_json *resolution = sp_json_root(doc);
  sp_jw_json(w, "width", sp_json_get(resolution, "width"));
  sp_jw_json(w, "height", sp_json_get(resolution, "height"));
  sp_json_free(doc);
}

/* Anything falsy but false is the default, as in the published SDK. */
static void write_frame_rate(sp_jw *w, sp_str json) {
  static const char *const falsy[] = { "", "null", "0", "\"\"" };
  if (sp_str_is(json, "false")) return;
  for (size_t i = 0; i < sizeof falsy / sizeof *falsy; i++)
    if (sp_str_is(json, falsy[i])) json = SP_STR("{\"ideal\":30}");
  sp_jw_raw(w, "frameRate", json);
}

static void write_video(sp_jw *w, const sp_media_config *config, const sp_video_options *video) {
  if (config->chromium) sp_jw_bool(w, "googNoiseReduction", true);
  write_frame_rate(w, video->frame_rate);
  if (sp_media_has_resolution(config, video)) write_resolution(w, resolution_of(config, video));
}

void sp_constraints_user(sp_buf *out, const sp_media_config *config, sp_media_type type, sp_media_value value,
                         const sp_video_options *video) {
  static const char *const keys[SP_MEDIA_TYPES] = { "audio", "video" };
  sp_str device = value.choice == SP_MEDIA_DEVICE    ? value.device
                  : value.choice == SP_MEDIA_DEFAULT ? sp_media_default_device(config, type)
                                                     : SP_STR_NONE;
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  for (int t = 0; t < SP_MEDIA_TYPES; t++) {
    if (t != (int)type || value.choice == SP_MEDIA_NONE) {
      sp_jw_bool(&w, keys[t], false);
      continue;
    }
    sp_jw_open(&w, keys[t], '{');
    if (type == SP_VIDEO) write_video(&w, config, video);
    else write_audio(&w, config);
    write_device(&w, device);
    sp_jw_close(&w);
  }
  sp_jw_close(&w);
}

void sp_constraints_display(sp_buf *out, const sp_media_config *config) {
  const char *video = "{\"mediaSource\":\"window\"}";
  if (config->chromium)
    video = config->display_media
                ? "{\"frameRate\":{\"ideal\":30},\"height\":{\"max\":10000},\"width\":{\"max\":10000}}"
                : "{\"mandatory\":{\"chromeMediaSource\":\"desktop\",\"maxWidth\":10000,"
                  "\"maxHeight\":10000,\"maxFrameRate\":15}}";
  sp_buf_add_text(out, "{\"audio\":false,\"video\":");
  sp_buf_add_text(out, video);
  sp_buf_add_char(out, '}');
}
