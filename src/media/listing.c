/* SPDX-License-Identifier: MIT */
/* Enumerations of devices, and what the cache of them says (media.md §12, §13). */
#include "base/limits.h"
#include "media/internal.h"

#define LIST_MS 5000u

int sp_media_enumerate(sp_media *media, bool force, sp_token token) {
  size_t count = 0;
  for (const sp_media_listing *other = media->enumerations; other; other = other->next) count++;
  if (count >= SP_MAX_CALLS) return SP_ELIMIT;
  sp_media_listing *e = sp_alloc_new(media->alloc, sizeof *e);
  if (!e) return SP_ENOMEM;
  sp_buf_init(&e->merged, media->alloc, SP_MAX_JSON);
  e->token = token;
  e->force = force;
  if (!sp_media_push(media, SP_FX_MEDIA_ENUMERATE, SP_STR_NONE, SP_STR_NONE, &e->number)) {
    sp_media_listing_free(media, e);
    return SP_ENOMEM;
  }
  e->next = media->enumerations;
  media->enumerations = e;
  return SP_OK;
}

static bool update(sp_media *media, uint32_t first, bool force, sp_str list, sp_buf *merged) {
  sp_json_doc *doc = NULL;
  bool changed = false;
  int status = sp_json_parse(media->alloc, list, &doc);
  if (status == SP_OK) status = sp_devices_update(&media->devices, sp_json_root(doc), first, force, &changed, merged);
  sp_json_free(doc);
  if (status != SP_OK)
    sp_log(media->fx, SP_LOG_ERROR, "The list of devices was not taken", SP_NUM("limit", SP_MAX_DEVICES),
           SP_WORD("status", sp_str_from(sp_status_name(status))));
  else if (changed || force) sp_media_announce(media, "devices");
  return status == SP_OK;
}

static bool is_listing(const sp_media_request *r) {
  return r->stage == SP_STAGE_LISTING_FIRST || r->stage == SP_STAGE_LISTING_AFTER;
}

void sp_media_settled(sp_media *media, uint64_t now) {
  for (sp_media_request *r = media->head; r; r = r->next)
    if (is_listing(r) && !sp_timer_armed(&r->limit)) sp_timer_arm(&r->limit, now, LIST_MS);
}

void sp_media_tick(sp_media *media, uint64_t now) {
  for (sp_media_request *r = media->head; r; r = r->next)
    if (sp_timer_due(&r->limit, now)) sp_media_request_listed(media, r);
}

uint64_t sp_media_deadline(const sp_media *media) {
  uint64_t at = SP_NEVER;
  for (const sp_media_request *r = media->head; r; r = r->next) at = sp_earlier(at, r->limit.at);
  return at;
}

/* A list that comes too late for its request is one all the same. */
void sp_media_listed(sp_media *media, uint32_t id, uint32_t first, sp_str name, sp_str list) {
  sp_media_listing *e = media->enumerations;
  while (e && e->number != id) e = e->next;
  sp_media_request *r = media->head;
  while (r && (r->attempt != id || !is_listing(r))) r = r->next;
  if (!first) sp_log_word(media->fx, SP_LOG_WARN, "The devices could not be listed", "error", name);
  sp_buf merged;
  sp_buf_init(&merged, media->alloc, SP_MAX_JSON);
  bool ok = first && update(media, first, e && e->force, list, e ? &e->merged : &merged);
  sp_buf_free(&merged);
  if (e) {
    e->finished = true;
    e->ok = ok && sp_buf_status(&e->merged) == SP_OK;
    if (!e->ok) sp_effects_push(media->fx, SP_FX_CAUSE, id, SP_STR("keep"), SP_STR_NONE);
  } else if (r) {
    sp_media_request_listed(media, r);
  }
}

sp_str sp_media_valid_device(sp_media *media, sp_device_kind kind, sp_media_value value) {
  const sp_media_config *config = &media->config;
  sp_str fallback = kind == SP_DEVICE_VIDEO_INPUT   ? config->video_device_id
                    : kind == SP_DEVICE_AUDIO_INPUT ? config->audio_device_id
                                                    : config->output_device_id;
  const sp_device *found = sp_devices_by_id(&media->devices, kind, value.device);
  if (!found && value.device.len) sp_log0(media->fx, SP_LOG_WARN, "Unable to find requested deviceId");
  if (!found && fallback.len) {
    found = sp_devices_by_id(&media->devices, kind, fallback);
    if (!found) sp_log0(media->fx, SP_LOG_WARN, "Unable to find the sdk default deviceId");
  }
  if (found) return found->id;
  sp_log0(media->fx, SP_LOG_INFO, "Unable to find a valid deviceId");
  return SP_STR_NONE;
}
