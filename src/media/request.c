/* SPDX-License-Identifier: MIT */
/* Requests for media and the attempts they consist of (media.md §5-§11, §19). */
#include "base/limits.h"
#include "base/outcome.h"
#include "media/internal.h"

#include <string.h>

/* --- attempts --- */

static sp_video_options video_of(const sp_media_request *r) {
  return (sp_video_options){ r->resolution, r->frame_rate };
}

static bool is_both(const sp_media_request *r) {
  return r->parts[SP_AUDIO].value.choice != SP_MEDIA_NONE && r->parts[SP_VIDEO].value.choice != SP_MEDIA_NONE;
}

static void write_constraints(const sp_media *media, const sp_media_request *r, sp_buf *out) {
  sp_video_options video = video_of(r);
  if (r->display) sp_constraints_display(out, &media->config);
  else sp_constraints_user(out, &media->config, r->type, r->parts[r->type].value, &video);
}

/* Whose it is: an object for the app, ids where objects have no place. */
static void write_whose(const sp_media_request *r, sp_jw *w, bool for_details) {
  if (for_details) {
    sp_jw_str(w, "sessionId", r->session_id);
    sp_jw_str(w, "conversationId", r->conversation_id);
  } else if (r->session || r->lent) {
    sp_jw_open(w, "session", '{');
    sp_jw_num(w, r->session ? "$session" : "$lent", r->session ? r->session : r->lent);
    sp_jw_close(w);
  }
}

/* The options of this very attempt. */
static void write_options(const sp_media_request *r, sp_jw *w, bool for_details) {
  sp_jw_open(w, "requestedOptions", '{');
  if (!r->display) {
    sp_jw_raw(w, "uuid", r->uuid);
    for (int t = 0; t < SP_MEDIA_TYPES; t++)
      sp_media_value_write(w, t == SP_VIDEO ? "video" : "audio",
                           t == (int)r->type ? r->parts[t].value : SP_MEDIA_NO_VALUE);
    sp_jw_raw(w, "videoResolution", r->resolution);
    sp_jw_raw(w, "videoFrameRate", r->frame_rate);
    sp_jw_bool(w, "monitorMicVolume", r->monitor);
    sp_jw_bool(w, "retryOnFailure", r->retry);
    sp_jw_bool(w, "preserveMediaIfOneTypeFails", r->preserve);
  }
  write_whose(r, w, for_details);
  sp_jw_close(w);
}

/* {"constraints","requestedOptions"}: of the request, and the details of E-40. */
static void write_attempt(const sp_media *media, const sp_media_request *r, sp_buf *out, bool for_details) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_raw(&w, "constraints", SP_STR(""));
  write_constraints(media, r, out);
  write_options(r, &w, for_details);
  sp_jw_close(&w);
}

/* §21: best effort; `name` and `message` of an error, or absent. */
static void note(sp_media *media, const sp_media_request *r, const char *event, sp_str name, sp_str message) {
  sp_media_note *made = sp_alloc_new(media->alloc, sizeof *made);
  if (!made) return;
  sp_jw w;
  sp_buf_init(&made->text, media->alloc, SP_MAX_JSON);
  sp_jw_begin(&w, &made->text);
  sp_jw_open(&w, NULL, '{');
  /* A number of the app becomes text. */
  sp_str uuid = sp_str_starts(r->uuid, "\"") ? sp_str_slice(r->uuid, 1, r->uuid.len - 1) : r->uuid;
  sp_jw_str(&w, "requestId", uuid);
  sp_jw_bool(&w, "audioRequested", !r->display && r->type == SP_AUDIO);
  sp_jw_bool(&w, "videoRequested", !r->display && r->type == SP_VIDEO);
  sp_jw_bool(&w, "displayRequested", r->display);
  if (name.len) {
    sp_buf text;
    sp_buf_init(&text, media->alloc, SP_MAX_EFFECT_TEXT);
    sp_buf_add(&text, name);
    sp_buf_add_text(&text, " - ");
    sp_buf_add(&text, message);
    sp_jw_str(&w, "message", sp_buf_str(&text));
    sp_buf_free(&text);
  }
  sp_jw_close(&w);
  made->event = event;
  bool whole = sp_buf_status(&made->text) == SP_OK &&
               sp_str_dup(media->alloc, r->session_id, &made->session_id) == SP_OK &&
               sp_str_dup(media->alloc, r->conversation_id, &made->conversation_id) == SP_OK;
  if (!whole) {
    sp_media_note_free(media, made);
    return;
  }
  sp_media_note **end = &media->records;
  while (*end) end = &(*end)->next;
  *end = made;
}

static bool attempt(sp_media *media, sp_media_request *r) {
  note(media, r, "mediaRequested", SP_STR_NONE, SP_STR_NONE);
  sp_buf *text = sp_effects_scratch(media->fx);
  write_attempt(media, r, text, false);
  r->stage = SP_STAGE_ASKING;
  return sp_media_push(media, SP_FX_MEDIA_REQUEST, r->display ? SP_STR("display") : SP_STR("user"), sp_buf_str(text),
                       &r->attempt);
}

static bool list_for(sp_media *media, sp_media_request *r, sp_media_stage when) {
  r->stage = when;
  return sp_media_push(media, SP_FX_MEDIA_ENUMERATE, SP_STR_NONE, SP_STR_NONE, &r->attempt);
}

/* --- the course of a request --- */

static void finish(sp_media *media, sp_media_request *r) {
  sp_media_part *audio = &r->parts[SP_AUDIO], *video = &r->parts[SP_VIDEO];
  sp_media_type failed = sp_media_verdict(audio->outcome, video->outcome, r->preserve && is_both(r));
  r->ok = failed == SP_MEDIA_TYPES && !r->dropped;
  r->cause = failed == SP_MEDIA_TYPES ? r->attempt : r->parts[failed].cause;
  r->stage = SP_STAGE_FINISHED;
  if (!r->ok || r->only_asks) {
    sp_media_stop_stream(media, &audio->stream);
    sp_media_stop_stream(media, &video->stream);
  } else if (audio->stream.len && video->stream.len) {
    sp_buf *other = sp_effects_scratch(media->fx);
    sp_buf_add_json(other, video->stream);
    sp_effects_push(media->fx, SP_FX_MEDIA_JOIN, 0, audio->stream, sp_buf_str(other));
    sp_str_free(media->alloc, &video->stream);
  }
}

static void part_failed(sp_media *media, sp_media_request *r, bool denied);

/* The next type that is wanted and has no outcome, else the end. */
static void go_on(sp_media *media, sp_media_request *r) {
  for (int t = 0; t < SP_MEDIA_TYPES && !r->dropped; t++) {
    if (r->parts[t].value.choice == SP_MEDIA_NONE || r->parts[t].outcome != SP_MEDIA_UNASKED) continue;
    r->type = (sp_media_type)t;
    r->retry = r->may_retry;
    if (!attempt(media, r)) part_failed(media, r, false);
    return;
  }
  bool succeeded = sp_media_verdict(r->parts[SP_AUDIO].outcome, r->parts[SP_VIDEO].outcome,
                                    r->preserve && is_both(r)) == SP_MEDIA_TYPES;
  if (r->lists && succeeded && !r->dropped && list_for(media, r, SP_STAGE_LISTING_AFTER)) return;
  finish(media, r);
}

/* E-40: once for the whole ladder of a type; who asked gets the browser's own error. */
static void report(sp_media *media, const sp_media_request *r) {
  sp_buf details;
  sp_buf_init(&details, media->alloc, SP_MAX_EFFECT_TEXT);
  write_attempt(media, r, &details, true);
  sp_emit_error_caused(media->fx, SP_ERROR_MEDIA, r->attempt,
                       sp_buf_status(&details) == SP_OK ? sp_buf_str(&details) : SP_STR_NONE);
  sp_buf_free(&details);
}

static void part_failed(sp_media *media, sp_media_request *r, bool denied) {
  sp_media_part *p = &r->parts[r->type];
  p->outcome = SP_MEDIA_FAILED;
  p->cause = r->attempt;
  r->denied = r->denied || denied;
  if (!r->dropped) {
    report(media, r);
    sp_effects_push(media->fx, SP_FX_CAUSE, r->attempt, SP_STR("keep"), SP_STR_NONE);
  }
  go_on(media, r);
}

static void part_succeeded(sp_media *media, sp_media_request *r, sp_str stream, sp_str label) {
  sp_media_part *p = &r->parts[r->type];
  bool first_time = !r->display && !media->asked[r->type];
  if (!r->display) sp_media_permission(media, r->type, true);
  note(media, r, "mediaStarted", SP_STR_NONE, SP_STR_NONE);
  bool kept = !r->dropped && sp_str_set(media->alloc, &p->stream, stream) == SP_OK;
  if (kept && !r->label.len) (void)sp_str_set(media->alloc, &r->label, label);
  p->outcome = kept ? SP_MEDIA_GOT : SP_MEDIA_FAILED;
  if (!kept) sp_effects_push(media->fx, SP_FX_MEDIA_STOP, 0, stream, SP_STR_NONE);
  /* Who does not wait for the labels has them a little later. */
  if (first_time && !r->lists) (void)sp_media_enumerate(media, false, (sp_token){ SP_OWNER_NONE, 0, 0 });
  go_on(media, r);
}

/* Takes a rung; false when there is none, or no memory for it. */
static bool climb(sp_media *media, sp_media_request *r, const sp_rung *rung) {
  sp_media_value *value = &r->parts[r->type].value;
  if (!rung->again || r->dropped || sp_str_set(media->alloc, &value->device, rung->value.device) != SP_OK) return false;
  if (r->type == SP_VIDEO && sp_str_set(media->alloc, &r->resolution, SP_STR("false")) != SP_OK) return false;
  if (rung->plain && !sp_str_is(r->frame_rate, "false")) sp_str_free(media->alloc, &r->frame_rate);
  value->choice = rung->value.choice;
  r->retry = rung->retry;
  return attempt(media, r);
}

static void failed(sp_media *media, sp_media_request *r, sp_str name, sp_str message) {
  sp_video_options video = video_of(r);
  sp_attempt last = { r->parts[r->type].value, r->retry && !r->display,
                      r->type == SP_VIDEO && sp_media_has_resolution(&media->config, &video) };
  sp_rung rung = sp_ladder_next(name, message, last, sp_media_default_device(&media->config, r->type));
  sp_log(media->fx, SP_LOG_WARN, "Media request failed", SP_WORD("error", name), SP_FLAG("denied", rung.denied),
         SP_FLAG("again", rung.again));
  note(media, r, "mediaError", name, message);
  if (rung.denied && !r->display) sp_media_permission(media, r->type, false);
  if (!climb(media, r, &rung)) part_failed(media, r, rung.denied);
}

void sp_media_result(sp_media *media, uint32_t id, bool ok, sp_str name, sp_str text) {
  sp_media_request *r = media->head;
  while (r && (r->attempt != id || r->stage != SP_STAGE_ASKING)) r = r->next;
  if (!r) {
    if (ok) sp_effects_push(media->fx, SP_FX_MEDIA_STOP, 0, name, SP_STR_NONE);
    return;
  }
  if (ok) part_succeeded(media, r, name, text);
  else failed(media, r, name, text);
}

/* --- starting --- */

sp_media_want sp_media_want_read(const sp_json *options) {
  const sp_json *session = sp_json_get(options, "session");
  double lent = sp_json_number(sp_json_get(session, "lent"), 0);
  return (sp_media_want){ .audio = sp_media_value_read(sp_json_get(options, "audio")),
                          .video = sp_media_value_read(sp_json_get(options, "video")),
                          .resolution = sp_json_get(options, "videoResolution"),
                          .frame_rate = sp_json_get(options, "videoFrameRate"),
                          .monitor = sp_json_get(options, "monitorMicVolume"),
                          .uuid = sp_json_get(options, "uuid"),
                          .lent = lent >= 1 && lent < 4294967295.0 ? (uint32_t)lent : 0,
                          .session_id = sp_json_get_str(session, "id"),
                          .conversation_id = sp_json_get_str(session, "conversationId"),
                          .no_retry = !sp_json_get_bool(options, "retryOnFailure", true),
                          .preserve = sp_json_get_bool(options, "preserveMediaIfOneTypeFails", false) };
}

static int keep_json(sp_media *media, const sp_json *value, sp_str *out) {
  if (!value || sp_json_is_null(value)) return SP_OK;
  return sp_json_keep(media->alloc, value, SP_MAX_JSON, out);
}

static int keep_uuid(sp_media *media, const sp_json *given, sp_str *out) {
  if (sp_json_is_string(given) || sp_json_is_number(given)) return keep_json(media, given, out);
  char json[SP_UUID_LEN + 2];
  sp_uuid uuid = sp_ids_uuid(media->ids);
  json[0] = json[SP_UUID_LEN + 1] = '"';
  memcpy(json + 1, uuid.text, SP_UUID_LEN);
  return sp_str_set(media->alloc, out, (sp_str){ json, sizeof json });
}

static int keep_want(sp_media *media, sp_media_request *r, const sp_media_want *want) {
  const sp_media_value *values[SP_MEDIA_TYPES] = { &want->audio, &want->video };
  int status = SP_OK;
  for (int t = 0; t < SP_MEDIA_TYPES && status == SP_OK; t++) {
    r->parts[t].value.choice = values[t]->choice;
    status = sp_str_dup(media->alloc, values[t]->device, &r->parts[t].value.device);
  }
  if (status == SP_OK) status = keep_json(media, want->resolution, &r->resolution);
  if (status == SP_OK) status = keep_json(media, want->frame_rate, &r->frame_rate);
  if (status == SP_OK) status = keep_uuid(media, want->uuid, &r->uuid);
  if (status == SP_OK) status = sp_str_dup(media->alloc, want->session_id, &r->session_id);
  if (status == SP_OK) status = sp_str_dup(media->alloc, want->conversation_id, &r->conversation_id);
  r->session = want->session;
  r->lent = want->lent;
  r->monitor = sp_json_bool(want->monitor, media->config.monitor_volume);
  r->preserve = want->preserve;
  r->only_asks = want->only_asks;
  r->may_retry = r->retry = !want->no_retry;
  return status;
}

static bool begin(sp_media *media, sp_media_request *r) {
  bool nothing = r->parts[SP_AUDIO].value.choice == SP_MEDIA_NONE && r->parts[SP_VIDEO].value.choice == SP_MEDIA_NONE;
  if (r->lists && !nothing && list_for(media, r, SP_STAGE_LISTING_FIRST)) return true;
  if (nothing && !r->display) r->may_retry = r->retry = false;
  if (nothing || r->display) return attempt(media, r);
  go_on(media, r);
  return r->stage == SP_STAGE_ASKING;
}

static int start(sp_media *media, const sp_media_want *want, bool display, sp_token token, uint32_t *number) {
  if (media->count >= SP_MAX_CALLS) return SP_ELIMIT;
  sp_media_request *r = sp_alloc_new(media->alloc, sizeof *r);
  if (!r) return SP_ENOMEM;
  r->token = token;
  r->limit = SP_TIMER_OFF;
  r->display = display;
  if (display) r->type = SP_VIDEO;
  bool first_time = (want->audio.choice != SP_MEDIA_NONE && !media->asked[SP_AUDIO]) ||
                    (want->video.choice != SP_MEDIA_NONE && !media->asked[SP_VIDEO]);
  r->lists = want->lists == SP_LISTS_ALWAYS || (want->lists == SP_LISTS_FIRST_TIME && first_time);
  int status = keep_want(media, r, want);
  r->next = media->head;
  media->head = r;
  media->count++;
  if (status == SP_OK && !begin(media, r)) status = SP_ENOMEM;
  if (status == SP_OK) {
    *number = r->number = r->attempt;
    return SP_OK;
  }
  sp_media_request_unlink(media, r);
  sp_media_request_free(media, r);
  return status;
}

int sp_media_start(sp_media *media, const sp_media_want *want, sp_token token, uint32_t *number) {
  return start(media, want, false, token, number);
}

int sp_media_start_audio(sp_media *media, const sp_json *value, bool retry, sp_token token, uint32_t *number) {
  sp_media_want want = { .audio = sp_media_value_read(value), .no_retry = !retry };
  if (want.audio.choice == SP_MEDIA_NONE) return SP_EINVAL;
  return start(media, &want, false, token, number);
}

int sp_media_start_display(sp_media *media, const sp_media_want *want, sp_token token, uint32_t *number) {
  return start(media, want, true, token, number);
}

void sp_media_drop(sp_media *media, uint32_t number) {
  for (sp_media_request *r = media->head; r; r = r->next)
    if (r->number == number) r->dropped = true;
}

/* Devices or not: the request itself decides. */
void sp_media_request_listed(sp_media *media, sp_media_request *r) {
  sp_timer_stop(&r->limit);
  if (r->stage == SP_STAGE_LISTING_FIRST) go_on(media, r);
  else finish(media, r);
}
