/* SPDX-License-Identifier: MIT */
#include "media/request.h"

#include "base/limits.h"
#include "base/outcome.h"
#include "media/ladder.h"

#include <string.h>

typedef struct request {
  struct request *next;
  uint32_t number;  /* of the request, known to whom asked */
  uint32_t attempt; /* of the attempt under way */
  sp_token token;
  sp_media_choice choice;
  sp_str device; /* owned */
  bool retry, dropped;
  bool finished, ok;
  sp_str stream; /* owned, when ok */
} request;

struct sp_media {
  const sp_alloc *alloc;
  sp_effects *fx;
  request *head;
  size_t count;
  uint32_t last;
  sp_str device, auto_gain_control, echo_cancellation, noise_suppression;
  sp_str handed_out; /* stream of the last taken result */
};

sp_media *sp_media_new(const sp_alloc *alloc, sp_effects *fx) {
  sp_media *media = sp_alloc_new(alloc, sizeof *media);
  if (!media) return NULL;
  media->alloc = alloc;
  media->fx = fx;
  return media;
}

static void remove_request(sp_media *media, request *gone) {
  request **at = &media->head;
  while (*at && *at != gone) at = &(*at)->next;
  if (!*at) return;
  *at = gone->next;
  media->count--;
  sp_str_free(media->alloc, &gone->device);
  sp_str_free(media->alloc, &gone->stream);
  sp_alloc_free(media->alloc, gone);
}

void sp_media_free(sp_media *media) {
  if (!media) return;
  while (media->head) remove_request(media, media->head);
  sp_str *texts[] = { &media->device, &media->auto_gain_control, &media->echo_cancellation, &media->noise_suppression,
                      &media->handed_out };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) sp_str_free(media->alloc, texts[i]);
  sp_alloc_free(media->alloc, media);
}

int sp_media_configure(sp_media *media, const sp_media_config *config) {
  enum { TEXTS = 4 };
  const sp_str wanted[TEXTS] = { config->audio_device_id, config->auto_gain_control, config->echo_cancellation,
                                 config->noise_suppression };
  sp_str *kept[TEXTS] = { &media->device, &media->auto_gain_control, &media->echo_cancellation,
                          &media->noise_suppression };
  sp_str copies[TEXTS] = { SP_STR_NONE };
  int status = SP_OK;
  for (size_t i = 0; i < TEXTS && status == SP_OK; i++) status = sp_str_dup(media->alloc, wanted[i], &copies[i]);
  for (size_t i = 0; i < TEXTS; i++) {
    sp_str old = status == SP_OK ? *kept[i] : copies[i];
    if (status == SP_OK) *kept[i] = copies[i];
    sp_str_free(media->alloc, &old);
  }
  return status;
}

static sp_media_value value_of(const request *r) {
  return (sp_media_value){ r->choice, r->device };
}

static void write_constraints(const sp_media *media, const request *r, sp_buf *out) {
  sp_audio_defaults defaults = { media->device, media->auto_gain_control, media->echo_cancellation,
                                 media->noise_suppression };
  sp_constraints_audio(out, &defaults, value_of(r));
}

static void write_options(const request *r, sp_jw *w) {
  sp_jw_open(w, "requestedOptions", '{');
  if (r->choice == SP_MEDIA_DEVICE) sp_jw_str(w, "audio", r->device);
  else if (r->choice == SP_MEDIA_SYSTEM) sp_jw_raw(w, "audio", SP_STR("null"));
  else sp_jw_bool(w, "audio", true);
  sp_jw_bool(w, "retryOnFailure", r->retry);
  sp_jw_close(w);
}

/* {"constraints","requestedOptions"}: of the request, and the details of E-40. */
static void write_attempt(const sp_media *media, const request *r, sp_buf *out) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_raw(&w, "constraints", SP_STR(""));
  write_constraints(media, r, out);
  write_options(r, &w);
  sp_jw_close(&w);
}

/* False when the host will not hear of it, so that no result would come. */
static bool attempt(sp_media *media, request *r) {
  sp_buf *text = sp_effects_scratch(media->fx);
  write_attempt(media, r, text);
  uint32_t number = media->last + 1;
  if (!sp_effects_push(media->fx, SP_FX_MEDIA_REQUEST, number, SP_STR("user"), sp_buf_str(text))) return false;
  r->attempt = media->last = number;
  return true;
}

int sp_media_start_audio(sp_media *media, const sp_json *value, bool retry, sp_token token, uint32_t *number) {
  sp_media_value wanted = sp_media_value_read(value);
  if (wanted.choice == SP_MEDIA_NONE) return SP_EINVAL;
  if (media->count >= SP_MAX_CALLS) return SP_ELIMIT;
  request *r = sp_alloc_new(media->alloc, sizeof *r);
  if (!r) return SP_ENOMEM;
  if (sp_str_dup(media->alloc, wanted.device, &r->device) != SP_OK) {
    sp_alloc_free(media->alloc, r);
    return SP_ENOMEM;
  }
  r->choice = wanted.choice;
  r->token = token;
  r->retry = retry;
  r->next = media->head;
  media->head = r;
  media->count++;
  if (!attempt(media, r)) {
    remove_request(media, r);
    return SP_ENOMEM;
  }
  *number = r->number = r->attempt;
  return SP_OK;
}

void sp_media_drop(sp_media *media, uint32_t number) {
  for (request *r = media->head; r; r = r->next)
    if (r->number == number) r->dropped = true;
}

/* E-40: once for the whole ladder; who asked gets the browser's own error. */
static void report(sp_media *media, const request *r) {
  sp_buf details;
  sp_buf_init(&details, media->alloc, SP_MAX_EFFECT_TEXT);
  write_attempt(media, r, &details);
  sp_emit_error_caused(media->fx, SP_ERROR_MEDIA, r->attempt,
                       sp_buf_status(&details) == SP_OK ? sp_buf_str(&details) : SP_STR_NONE);
  sp_buf_free(&details);
}

static void succeeded(sp_media *media, request *r, sp_str stream) {
  r->finished = true;
  if (!r->dropped && sp_str_set(media->alloc, &r->stream, stream) == SP_OK) {
    r->ok = true;
    return;
  }
  sp_effects_push(media->fx, SP_FX_MEDIA_STOP, 0, stream, SP_STR_NONE);
}

static void failed(sp_media *media, request *r, sp_str name, sp_str message) {
  sp_rung rung = sp_ladder_next(name, message, value_of(r), media->device, r->retry);
  sp_log(media->fx, SP_LOG_WARN, "Media request failed", SP_WORD("error", name), SP_FLAG("denied", rung.denied),
         SP_FLAG("again", rung.again));
  if (rung.again && !r->dropped && sp_str_set(media->alloc, &r->device, rung.value.device) == SP_OK) {
    r->choice = rung.value.choice;
    r->retry = rung.retry;
    if (attempt(media, r)) return;
  }
  r->finished = true;
  if (!r->dropped) report(media, r);
}

void sp_media_result(sp_media *media, uint32_t id, bool ok, sp_str name, sp_str message) {
  request *r = media->head;
  while (r && (r->attempt != id || r->finished)) r = r->next;
  if (!r) {
    if (ok) sp_effects_push(media->fx, SP_FX_MEDIA_STOP, 0, name, SP_STR_NONE);
    return;
  }
  if (ok) succeeded(media, r, name);
  else failed(media, r, name, message);
}

bool sp_media_take(sp_media *media, sp_media_done *out) {
  for (request *r = media->head, *next; r; r = next) {
    next = r->next;
    if (!r->finished) continue;
    if (r->dropped) {
      if (r->ok) sp_effects_push(media->fx, SP_FX_MEDIA_STOP, 0, r->stream, SP_STR_NONE);
      remove_request(media, r);
      continue;
    }
    sp_str_free(media->alloc, &media->handed_out);
    media->handed_out = r->stream;
    r->stream = SP_STR_NONE;
    *out = (sp_media_done){ r->token, r->ok, media->handed_out, r->attempt };
    remove_request(media, r);
    return true;
  }
  return false;
}
