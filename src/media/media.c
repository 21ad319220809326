/* SPDX-License-Identifier: MIT */
/* What is kept of devices, permissions, requests and enumerations, and what of it has finished. */
#include "base/limits.h"
#include "media/internal.h"

enum { CONFIG_TEXTS = 7, FIRST_ENUMERATION = 1 << 30 };

sp_media *sp_media_new(const sp_alloc *alloc, sp_effects *fx, sp_ids *ids) {
  sp_media *media = sp_alloc_new(alloc, sizeof *media);
  if (!media) return NULL;
  media->alloc = alloc;
  media->fx = fx;
  media->ids = ids;
  media->last[1] = FIRST_ENUMERATION;
  sp_devices_init(&media->devices, alloc);
  return media;
}

void sp_media_request_free(sp_media *media, sp_media_request *r) {
  if (!r) return;
  sp_str *texts[] = { &r->resolution,
                      &r->frame_rate,
                      &r->uuid,
                      &r->label,
                      &r->session_id,
                      &r->conversation_id,
                      &r->parts[SP_AUDIO].value.device,
                      &r->parts[SP_VIDEO].value.device,
                      &r->parts[SP_AUDIO].stream,
                      &r->parts[SP_VIDEO].stream };
  sp_str_free_all(media->alloc, texts, sizeof texts / sizeof *texts);
  sp_alloc_free(media->alloc, r);
}

void sp_media_request_unlink(sp_media *media, const sp_media_request *gone) {
  sp_media_request **at = &media->head;
  while (*at && *at != gone) at = &(*at)->next;
  if (!*at) return;
  *at = gone->next;
  media->count--;
}

void sp_media_listing_free(sp_media *media, sp_media_listing *e) {
  if (!e) return;
  sp_buf_free(&e->merged);
  sp_alloc_free(media->alloc, e);
}

void sp_media_note_free(sp_media *media, sp_media_note *gone) {
  if (!gone) return;
  sp_buf_free(&gone->text);
  sp_str_free(media->alloc, &gone->session_id);
  sp_str_free(media->alloc, &gone->conversation_id);
  sp_alloc_free(media->alloc, gone);
}

static void texts_of(sp_media_config *config, sp_str *out[CONFIG_TEXTS]) {
  out[0] = &config->audio_device_id;
  out[1] = &config->video_device_id;
  out[2] = &config->output_device_id;
  out[3] = &config->auto_gain_control;
  out[4] = &config->echo_cancellation;
  out[5] = &config->noise_suppression;
  out[6] = &config->resolution;
}

static void free_config(const sp_alloc *alloc, sp_media_config *config) {
  sp_str *texts[CONFIG_TEXTS];
  texts_of(config, texts);
  sp_str_free_all(alloc, texts, CONFIG_TEXTS);
}

/* What was taken last is of no use any more; the host may forget its errors. */
static void forget_taken(sp_media *media) {
  if (media->taken)
    for (int t = 0; t < SP_MEDIA_TYPES; t++)
      if (media->taken->parts[t].cause)
        sp_effects_push(media->fx, SP_FX_CAUSE, media->taken->parts[t].cause, SP_STR("drop"), SP_STR_NONE);
  if (media->taken_list && !media->taken_list->ok)
    sp_effects_push(media->fx, SP_FX_CAUSE, media->taken_list->number, SP_STR("drop"), SP_STR_NONE);
  sp_media_request_free(media, media->taken);
  sp_media_listing_free(media, media->taken_list);
  sp_media_note_free(media, media->taken_record);
  media->taken = NULL;
  media->taken_list = NULL;
  media->taken_record = NULL;
}

void sp_media_free(sp_media *media) {
  if (!media) return;
  for (sp_media_request *r = media->head, *next; r; r = next) {
    next = r->next;
    sp_media_request_free(media, r);
  }
  for (sp_media_listing *e = media->enumerations, *next; e; e = next) {
    next = e->next;
    sp_media_listing_free(media, e);
  }
  for (sp_media_note *note = media->records, *next; note; note = next) {
    next = note->next;
    sp_media_note_free(media, note);
  }
  sp_media_request_free(media, media->taken);
  sp_media_listing_free(media, media->taken_list);
  sp_media_note_free(media, media->taken_record);
  free_config(media->alloc, &media->config);
  sp_devices_free(&media->devices);
  sp_alloc_free(media->alloc, media);
}

int sp_media_configure(sp_media *media, const sp_media_config *config) {
  sp_media_config given = *config, copy = *config;
  sp_str *from[CONFIG_TEXTS], *to[CONFIG_TEXTS];
  texts_of(&given, from);
  texts_of(&copy, to);
  int status = sp_str_dup_all(media->alloc, from, to, CONFIG_TEXTS);
  if (status != SP_OK) return status;
  free_config(media->alloc, &media->config);
  media->config = copy;
  return SP_OK;
}

const sp_media_config *sp_media_settings(const sp_media *media) {
  return &media->config;
}

const sp_devices *sp_media_devices(const sp_media *media) {
  return &media->devices;
}

/* --- state (§3, §4) --- */

void sp_media_write_state(const sp_media *media, sp_buf *out) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_devices_write(&w, &media->devices);
  sp_jw_bool(&w, "hasMicPermissions", media->has[SP_AUDIO]);
  sp_jw_bool(&w, "hasCameraPermissions", media->has[SP_VIDEO]);
  sp_jw_bool(&w, "micPermissionsRequested", media->asked[SP_AUDIO]);
  sp_jw_bool(&w, "cameraPermissionsRequested", media->asked[SP_VIDEO]);
  sp_jw_close(&w);
}

void sp_media_announce(sp_media *media, const char *what) {
  sp_buf *text = sp_effects_scratch(media->fx);
  sp_media_write_state(media, text);
  sp_effects_push(media->fx, SP_FX_MEDIA_STATE, 0, sp_str_from(what), sp_buf_str(text));
}

void sp_media_permission(sp_media *media, sp_media_type type, bool granted) {
  bool known = media->has[type] && media->asked[type];
  media->has[type] = granted;
  media->asked[type] = true;
  if (!granted || !known) sp_media_announce(media, "permissions");
}

/* --- effects --- */

bool sp_media_push(sp_media *media, sp_effect_kind kind, sp_str name, sp_str text, uint32_t *number) {
  uint32_t *last = &media->last[kind == SP_FX_MEDIA_ENUMERATE], next = *last + 1;
  if (!sp_effects_push(media->fx, kind, next, name, text)) return false;
  *number = *last = next;
  return true;
}

void sp_media_stop_stream(sp_media *media, sp_str *stream) {
  if (stream->len) sp_effects_push(media->fx, SP_FX_MEDIA_STOP, 0, *stream, SP_STR_NONE);
  sp_str_free(media->alloc, stream);
}

/* --- what has finished --- */

static bool take_record(sp_media *media, sp_media_done *out) {
  sp_media_note *first = media->records;
  if (!first) return false;
  media->records = first->next;
  media->taken_record = first;
  *out = (sp_media_done){ .kind = SP_MEDIA_RECORD,
                          .ok = true,
                          .event = first->event,
                          .list = sp_buf_str(&first->text),
                          .session_id = first->session_id,
                          .conversation_id = first->conversation_id };
  return true;
}

static bool take_list(sp_media *media, sp_media_done *out) {
  for (sp_media_listing **at = &media->enumerations; *at; at = &(*at)->next) {
    sp_media_listing *e = *at;
    if (!e->finished) continue;
    *at = e->next;
    media->taken_list = e;
    *out = (sp_media_done){ .token = e->token, .kind = SP_MEDIA_LIST, .ok = e->ok, .request = e->number };
    if (e->ok) out->list = sp_buf_str(&e->merged);
    return true;
  }
  return false;
}

static bool take_request(sp_media *media, sp_media_done *out) {
  sp_media_request *r = media->head;
  while (r && r->stage != SP_STAGE_FINISHED) r = r->next;
  if (!r) return false;
  sp_media_request_unlink(media, r);
  media->taken = r;
  const sp_media_part *parts = r->parts;
  *out = (sp_media_done){
    .token = r->token, .ok = r->ok, .denied = r->denied && !r->ok, .label = r->label, .request = r->cause
  };
  out->stream = parts[SP_AUDIO].stream.len ? parts[SP_AUDIO].stream : parts[SP_VIDEO].stream;
  return true;
}

bool sp_media_take(sp_media *media, sp_media_done *out) {
  for (;;) {
    forget_taken(media);
    if (take_record(media, out)) return true;
    if (!take_request(media, out)) break;
    if (!media->taken->dropped) return true;
    sp_media_stop_stream(media, &media->taken->parts[SP_AUDIO].stream);
    sp_media_stop_stream(media, &media->taken->parts[SP_VIDEO].stream);
  }
  return take_list(media, out);
}
