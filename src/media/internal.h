/* SPDX-License-Identifier: MIT */
/* internal.h: what the files of this folder share; nobody else includes it. media.c: what is kept, and what has
   finished; request.c: the course of a request; listing.c: enumerations and the cache. */
#ifndef SP_MEDIA_INTERNAL_H
#define SP_MEDIA_INTERNAL_H

#include "base/timer.h"
#include "media/ladder.h"
#include "media/request.h"

typedef enum sp_media_stage {
  SP_STAGE_LISTING_FIRST,
  SP_STAGE_ASKING,
  SP_STAGE_LISTING_AFTER,
  SP_STAGE_FINISHED
} sp_media_stage;

/* One type of a request. */
typedef struct sp_media_part {
  sp_media_value value; /* of the attempt under way; its device is owned */
  sp_media_outcome outcome;
  uint32_t cause; /* SP_MEDIA_FAILED: the attempt that did */
  sp_str stream;  /* SP_MEDIA_GOT: owned */
} sp_media_part;

typedef struct sp_media_request {
  struct sp_media_request *next;
  uint32_t number;  /* of the request, known to whom asked */
  uint32_t attempt; /* of the attempt or the enumeration under way */
  uint32_t cause;   /* SP_STAGE_FINISHED, not ok: the attempt whose error it is */
  sp_token token;
  sp_media_stage stage;
  sp_timer limit;     /* for a list of devices */
  sp_media_type type; /* of the attempt under way */
  sp_media_part parts[SP_MEDIA_TYPES];
  sp_str resolution, frame_rate, uuid, label, session_id, conversation_id; /* owned; the first three are JSON */
  uint32_t session, lent;
  bool display, monitor, preserve, lists, only_asks;
  bool may_retry, retry; /* of the request, of the attempt */
  bool dropped, ok, denied;
} sp_media_request;

typedef struct sp_media_listing {
  struct sp_media_listing *next;
  uint32_t number;
  sp_token token;
  bool force, finished, ok;
  sp_buf merged;
} sp_media_listing;

/* Telemetry about an attempt. */
typedef struct sp_media_note {
  struct sp_media_note *next;
  const char *event;
  sp_buf text;
  sp_str session_id, conversation_id; /* owned */
} sp_media_note;

struct sp_media {
  const sp_alloc *alloc;
  sp_effects *fx;
  sp_ids *ids;
  sp_media_request *head;
  sp_media_listing *enumerations;
  sp_media_note *records;
  size_t count;
  uint32_t last[2]; /* attempts, enumerations: both are requests with errors of their own, so they share no number */
  sp_media_config config; /* texts are owned */
  sp_devices devices;
  bool has[SP_MEDIA_TYPES], asked[SP_MEDIA_TYPES]; /* permissions (§3) */
  sp_media_request *taken;                         /* what was handed out last */
  sp_media_listing *taken_list;
  sp_media_note *taken_record;
};

/* --- media.c --- */
void sp_media_request_free(sp_media *media, sp_media_request *r);
void sp_media_request_unlink(sp_media *media, const sp_media_request *gone);
void sp_media_listing_free(sp_media *media, sp_media_listing *e);
void sp_media_note_free(sp_media *media, sp_media_note *gone);
/* Tells the app the state, as the event `what`. */
void sp_media_announce(sp_media *media, const char *what);
/* One outcome, one event: both flags change together. A refusal is told every time. */
void sp_media_permission(sp_media *media, sp_media_type type, bool granted);
/* False when the host will not hear of it, so that no result would come. */
bool sp_media_push(sp_media *media, sp_effect_kind kind, sp_str name, sp_str text, uint32_t *number);
void sp_media_stop_stream(sp_media *media, sp_str *stream);

/* --- request.c --- */
/* The list of devices that a request waited for is there, or failed. */
void sp_media_request_listed(sp_media *media, sp_media_request *r);

#endif
