/* SPDX-License-Identifier: MIT */
#include "media/request.h"

#include "base/limits.h"
#include "base/outcome.h"
#include "media/ladder.h"

#include <string.h>

typedef enum stage { LISTING_FIRST, ASKING, LISTING_AFTER, FINISHED } stage;

/* One type of a request. */
typedef struct part {
  sp_media_value value; /* of the attempt under way; its device is owned */
  sp_media_outcome outcome;
  uint32_t cause; /* SP_MEDIA_FAILED: the attempt that did */
  sp_str stream;  /* SP_MEDIA_GOT: owned */
} part;

typedef struct request {
  struct request *next;
  uint32_t number;  /* of the request, known to whom asked */
  uint32_t attempt; /* of the attempt or the enumeration under way */
  sp_token token;
  stage stage;
  sp_media_type type; /* of the attempt under way */
  part parts[SP_MEDIA_TYPES];
  sp_str resolution, frame_rate, uuid, label, session_id, conversation_id; /* owned; the first three are JSON */
  uint32_t session, lent;
  bool display, monitor, preserve, lists, only_asks;
  bool may_retry, retry; /* of the request, of the attempt */
  bool dropped, ok, denied;
} request;

typedef struct enumeration {
  struct enumeration *next;
  uint32_t number;
  sp_token token;
  bool force, finished, ok;
  sp_buf merged;
} enumeration;

typedef struct record {
  struct record *next;
  const char *event;
  sp_buf text;
  sp_str session_id, conversation_id; /* owned */
} record;

enum { CONFIG_TEXTS = 7, FIRST_ENUMERATION = 1 << 30 };

struct sp_media {
  const sp_alloc *alloc;
  sp_effects *fx;
  sp_ids *ids;
  request *head;
  enumeration *enumerations;
  record *records;
  size_t count;
  uint32_t last[2]; /* attempts, enumerations: both are requests with errors of their own, so they share no number */
  sp_media_config config; /* texts are owned */
  sp_devices devices;
  bool has[SP_MEDIA_TYPES], asked[SP_MEDIA_TYPES]; /* permissions (§3) */
  request *taken;                                  /* what was handed out last */
  enumeration *taken_list;
  record *taken_record;
};

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

static void free_request(sp_media *media, request *r) {
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
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) sp_str_free(media->alloc, texts[i]);
  sp_alloc_free(media->alloc, r);
}

static void unlink_request(sp_media *media, const request *gone) {
  request **at = &media->head;
  while (*at && *at != gone) at = &(*at)->next;
  if (!*at) return;
  *at = gone->next;
  media->count--;
}

static void free_enumeration(sp_media *media, enumeration *e) {
  if (!e) return;
  sp_buf_free(&e->merged);
  sp_alloc_free(media->alloc, e);
}

static void free_record(sp_media *media, record *gone) {
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
  for (size_t i = 0; i < CONFIG_TEXTS; i++) sp_str_free(alloc, texts[i]);
}

/* What was taken last is of no use any more; the host may forget its errors. */
static void forget_taken(sp_media *media) {
  if (media->taken)
    for (int t = 0; t < SP_MEDIA_TYPES; t++)
      if (media->taken->parts[t].cause)
        sp_effects_push(media->fx, SP_FX_CAUSE, media->taken->parts[t].cause, SP_STR("drop"), SP_STR_NONE);
  if (media->taken_list && !media->taken_list->ok)
    sp_effects_push(media->fx, SP_FX_CAUSE, media->taken_list->number, SP_STR("drop"), SP_STR_NONE);
  free_request(media, media->taken);
  free_enumeration(media, media->taken_list);
  free_record(media, media->taken_record);
  media->taken = NULL;
  media->taken_list = NULL;
  media->taken_record = NULL;
}

void sp_media_free(sp_media *media) {
  if (!media) return;
  for (request *r = media->head, *next; r; r = next) {
    next = r->next;
    free_request(media, r);
  }
  for (enumeration *e = media->enumerations, *next; e; e = next) {
    next = e->next;
    free_enumeration(media, e);
  }
  for (record *note = media->records, *next; note; note = next) {
    next = note->next;
    free_record(media, note);
  }
  free_request(media, media->taken);
  free_enumeration(media, media->taken_list);
  free_record(media, media->taken_record);
  free_config(media->alloc, &media->config);
  sp_devices_free(&media->devices);
  sp_alloc_free(media->alloc, media);
}

int sp_media_configure(sp_media *media, const sp_media_config *config) {
  sp_media_config given = *config, copy = *config;
  sp_str *from[CONFIG_TEXTS], *to[CONFIG_TEXTS];
  texts_of(&given, from);
  texts_of(&copy, to);
  int status = SP_OK;
  for (size_t i = 0; i < CONFIG_TEXTS; i++) {
    *to[i] = SP_STR_NONE;
    if (status == SP_OK) status = sp_str_dup(media->alloc, *from[i], to[i]);
  }
  free_config(media->alloc, status == SP_OK ? &media->config : &copy);
  if (status == SP_OK) media->config = copy;
  return status;
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

static void announce(sp_media *media, const char *what) {
  sp_buf *text = sp_effects_scratch(media->fx);
  sp_media_write_state(media, text);
  sp_effects_push(media->fx, SP_FX_MEDIA_STATE, 0, sp_str_from(what), sp_buf_str(text));
}

/* One outcome, one event: both flags change together. A refusal is told every time. */
static void note_permission(sp_media *media, sp_media_type type, bool granted) {
  bool known = media->has[type] && media->asked[type];
  media->has[type] = granted;
  media->asked[type] = true;
  if (!granted || !known) announce(media, "permissions");
}

/* --- attempts --- */

static sp_video_options video_of(const request *r) {
  return (sp_video_options){ r->resolution, r->frame_rate };
}

static bool is_both(const request *r) {
  return r->parts[SP_AUDIO].value.choice != SP_MEDIA_NONE && r->parts[SP_VIDEO].value.choice != SP_MEDIA_NONE;
}

static void write_constraints(const sp_media *media, const request *r, sp_buf *out) {
  sp_video_options video = video_of(r);
  if (r->display) sp_constraints_display(out, &media->config);
  else sp_constraints_user(out, &media->config, r->type, r->parts[r->type].value, &video);
}

/* Whose it is: an object for the app, ids where objects have no place. */
static void write_whose(const request *r, sp_jw *w, bool for_details) {
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
static void write_options(const request *r, sp_jw *w, bool for_details) {
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
static void write_attempt(const sp_media *media, const request *r, sp_buf *out, bool for_details) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_raw(&w, "constraints", SP_STR(""));
  write_constraints(media, r, out);
  write_options(r, &w, for_details);
  sp_jw_close(&w);
}

/* §21: best effort; `name` and `message` of an error, or absent. */
static void note(sp_media *media, const request *r, const char *event, sp_str name, sp_str message) {
  record *made = sp_alloc_new(media->alloc, sizeof *made);
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
    free_record(media, made);
    return;
  }
  record **end = &media->records;
  while (*end) end = &(*end)->next;
  *end = made;
}

/* False when the host will not hear of it, so that no result would come. */
static bool push_numbered(sp_media *media, sp_effect_kind kind, sp_str name, sp_str text, uint32_t *number) {
  uint32_t *last = &media->last[kind == SP_FX_MEDIA_ENUMERATE], next = *last + 1;
  if (!sp_effects_push(media->fx, kind, next, name, text)) return false;
  *number = *last = next;
  return true;
}

static bool attempt(sp_media *media, request *r) {
  note(media, r, "mediaRequested", SP_STR_NONE, SP_STR_NONE);
  sp_buf *text = sp_effects_scratch(media->fx);
  write_attempt(media, r, text, false);
  r->stage = ASKING;
  return push_numbered(media, SP_FX_MEDIA_REQUEST, r->display ? SP_STR("display") : SP_STR("user"), sp_buf_str(text),
                       &r->attempt);
}

static bool list_for(sp_media *media, request *r, stage when) {
  r->stage = when;
  return push_numbered(media, SP_FX_MEDIA_ENUMERATE, SP_STR_NONE, SP_STR_NONE, &r->attempt);
}

static void stop_stream(sp_media *media, sp_str *stream) {
  if (stream->len) sp_effects_push(media->fx, SP_FX_MEDIA_STOP, 0, *stream, SP_STR_NONE);
  sp_str_free(media->alloc, stream);
}

/* --- the course of a request --- */

static void finish(sp_media *media, request *r) {
  part *audio = &r->parts[SP_AUDIO], *video = &r->parts[SP_VIDEO];
  sp_media_type failed = sp_media_verdict(audio->outcome, video->outcome, r->preserve && is_both(r));
  r->ok = failed == SP_MEDIA_TYPES && !r->dropped;
  r->stage = FINISHED;
  if (!r->ok || r->only_asks) {
    stop_stream(media, &audio->stream);
    stop_stream(media, &video->stream);
  } else if (audio->stream.len && video->stream.len) {
    sp_buf *other = sp_effects_scratch(media->fx);
    sp_buf_add_json(other, video->stream);
    sp_effects_push(media->fx, SP_FX_MEDIA_JOIN, 0, audio->stream, sp_buf_str(other));
    sp_str_free(media->alloc, &video->stream);
  }
}

static void part_failed(sp_media *media, request *r, bool denied);

/* The next type that is wanted and has no outcome, else the end. */
static void go_on(sp_media *media, request *r) {
  for (int t = 0; t < SP_MEDIA_TYPES && !r->dropped; t++) {
    if (r->parts[t].value.choice == SP_MEDIA_NONE || r->parts[t].outcome != SP_MEDIA_UNASKED) continue;
    r->type = (sp_media_type)t;
    r->retry = r->may_retry;
    if (!attempt(media, r)) part_failed(media, r, false);
    return;
  }
  bool succeeded = sp_media_verdict(r->parts[SP_AUDIO].outcome, r->parts[SP_VIDEO].outcome,
                                    r->preserve && is_both(r)) == SP_MEDIA_TYPES;
  if (r->lists && succeeded && !r->dropped && list_for(media, r, LISTING_AFTER)) return;
  finish(media, r);
}

/* E-40: once for the whole ladder of a type; who asked gets the browser's own error. */
static void report(sp_media *media, const request *r) {
  sp_buf details;
  sp_buf_init(&details, media->alloc, SP_MAX_EFFECT_TEXT);
  write_attempt(media, r, &details, true);
  sp_emit_error_caused(media->fx, SP_ERROR_MEDIA, r->attempt,
                       sp_buf_status(&details) == SP_OK ? sp_buf_str(&details) : SP_STR_NONE);
  sp_buf_free(&details);
}

static void part_failed(sp_media *media, request *r, bool denied) {
  part *p = &r->parts[r->type];
  p->outcome = SP_MEDIA_FAILED;
  p->cause = r->attempt;
  r->denied = r->denied || denied;
  if (!r->dropped) {
    report(media, r);
    sp_effects_push(media->fx, SP_FX_CAUSE, r->attempt, SP_STR("keep"), SP_STR_NONE);
  }
  go_on(media, r);
}

static void part_succeeded(sp_media *media, request *r, sp_str stream, sp_str label) {
  part *p = &r->parts[r->type];
  bool first_time = !r->display && !media->asked[r->type];
  if (!r->display) note_permission(media, r->type, true);
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
static bool climb(sp_media *media, request *r, const sp_rung *rung) {
  sp_media_value *value = &r->parts[r->type].value;
  if (!rung->again || r->dropped || sp_str_set(media->alloc, &value->device, rung->value.device) != SP_OK) return false;
  if (r->type == SP_VIDEO && sp_str_set(media->alloc, &r->resolution, SP_STR("false")) != SP_OK) return false;
  if (rung->plain && !sp_str_is(r->frame_rate, "false")) sp_str_free(media->alloc, &r->frame_rate);
  value->choice = rung->value.choice;
  r->retry = rung->retry;
  return attempt(media, r);
}

static void failed(sp_media *media, request *r, sp_str name, sp_str message) {
  sp_video_options video = video_of(r);
  sp_attempt last = { r->parts[r->type].value, r->retry && !r->display,
                      r->type == SP_VIDEO && sp_media_has_resolution(&media->config, &video) };
  sp_rung rung = sp_ladder_next(name, message, last, sp_media_default_device(&media->config, r->type));
  sp_log(media->fx, SP_LOG_WARN, "Media request failed", SP_WORD("error", name), SP_FLAG("denied", rung.denied),
         SP_FLAG("again", rung.again));
  note(media, r, "mediaError", name, message);
  if (rung.denied && !r->display) note_permission(media, r->type, false);
  if (!climb(media, r, &rung)) part_failed(media, r, rung.denied);
}

void sp_media_result(sp_media *media, uint32_t id, bool ok, sp_str name, sp_str text) {
  request *r = media->head;
  while (r && (r->attempt != id || r->stage != ASKING)) r = r->next;
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

static int keep_want(sp_media *media, request *r, const sp_media_want *want) {
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

static bool begin(sp_media *media, request *r) {
  bool nothing = r->parts[SP_AUDIO].value.choice == SP_MEDIA_NONE && r->parts[SP_VIDEO].value.choice == SP_MEDIA_NONE;
  if (r->lists && !nothing && list_for(media, r, LISTING_FIRST)) return true;
  if (nothing && !r->display) r->may_retry = r->retry = false;
  if (nothing || r->display) return attempt(media, r);
  go_on(media, r);
  return r->stage == ASKING;
}

static int start(sp_media *media, const sp_media_want *want, bool display, sp_token token, uint32_t *number) {
  if (media->count >= SP_MAX_CALLS) return SP_ELIMIT;
  request *r = sp_alloc_new(media->alloc, sizeof *r);
  if (!r) return SP_ENOMEM;
  r->token = token;
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
  unlink_request(media, r);
  free_request(media, r);
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
  for (request *r = media->head; r; r = r->next)
    if (r->number == number) r->dropped = true;
}

/* --- devices --- */

int sp_media_enumerate(sp_media *media, bool force, sp_token token) {
  size_t count = 0;
  for (const enumeration *other = media->enumerations; other; other = other->next) count++;
  if (count >= SP_MAX_CALLS) return SP_ELIMIT;
  enumeration *e = sp_alloc_new(media->alloc, sizeof *e);
  if (!e) return SP_ENOMEM;
  sp_buf_init(&e->merged, media->alloc, SP_MAX_JSON);
  e->token = token;
  e->force = force;
  if (!push_numbered(media, SP_FX_MEDIA_ENUMERATE, SP_STR_NONE, SP_STR_NONE, &e->number)) {
    free_enumeration(media, e);
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
  else if (changed || force) announce(media, "devices");
  return status == SP_OK;
}

void sp_media_listed(sp_media *media, uint32_t id, uint32_t first, sp_str name, sp_str list) {
  enumeration *e = media->enumerations;
  while (e && e->number != id) e = e->next;
  request *r = media->head;
  while (r && (r->attempt != id || (r->stage != LISTING_FIRST && r->stage != LISTING_AFTER))) r = r->next;
  if (!e && !r) return;
  if (!first) sp_log(media->fx, SP_LOG_WARN, "The devices could not be listed", SP_WORD("error", name));
  sp_buf merged;
  sp_buf_init(&merged, media->alloc, SP_MAX_JSON);
  bool ok = first && update(media, first, e && e->force, list, e ? &e->merged : &merged);
  sp_buf_free(&merged);
  if (e) {
    e->finished = true;
    e->ok = ok && sp_buf_status(&e->merged) == SP_OK;
    if (!e->ok) sp_effects_push(media->fx, SP_FX_CAUSE, id, SP_STR("keep"), SP_STR_NONE);
  } else if (r->stage == LISTING_FIRST) {
    go_on(media, r); /* devices or not: the request itself decides */
  } else {
    finish(media, r);
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

/* --- what has finished --- */

static bool take_record(sp_media *media, sp_media_done *out) {
  record *first = media->records;
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
  for (enumeration **at = &media->enumerations; *at; at = &(*at)->next) {
    enumeration *e = *at;
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
  request *r = media->head;
  while (r && r->stage != FINISHED) r = r->next;
  if (!r) return false;
  unlink_request(media, r);
  media->taken = r;
  const part *parts = r->parts;
  sp_media_type failed = sp_media_verdict(parts[SP_AUDIO].outcome, parts[SP_VIDEO].outcome, r->preserve && is_both(r));
  *out = (sp_media_done){ .token = r->token, .ok = r->ok, .denied = r->denied && !r->ok, .label = r->label };
  out->stream = parts[SP_AUDIO].stream.len ? parts[SP_AUDIO].stream : parts[SP_VIDEO].stream;
  out->request = failed == SP_MEDIA_TYPES ? r->attempt : parts[failed].cause;
  return true;
}

bool sp_media_take(sp_media *media, sp_media_done *out) {
  for (;;) {
    forget_taken(media);
    if (take_record(media, out)) return true;
    if (!take_request(media, out)) break;
    if (!media->taken->dropped) return true;
    stop_stream(media, &media->taken->parts[SP_AUDIO].stream);
    stop_stream(media, &media->taken->parts[SP_VIDEO].stream);
  }
  return take_list(media, out);
}
