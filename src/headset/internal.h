/* SPDX-License-Identifier: MIT */
/* internal.h: what the files of this folder share; nobody else includes it. */
#ifndef SP_HEADSET_INTERNAL_H
#define SP_HEADSET_INTERNAL_H

#include "base/outcome.h"
#include "headset/driver.h"
#include "headset/headset.h"

/* On the way to a device. All but NONE have an implementation object. */
typedef enum sp_link_state {
  SP_LINK_NONE,
  SP_LINK_LISTING, /* granted devices are being read */
  SP_LINK_ASKING,  /* the application was told that a permission is needed */
  SP_LINK_OPENING,
  SP_LINK_RUNNING,
  SP_LINK_STOPPED, /* the attempt failed; the application may retry */
  SP_LINK_LOST     /* it was unplugged: goes on when it is back */
} sp_link_state;

typedef struct sp_link {
  sp_link_state state;
  sp_str label;             /* microphone that is selected; owned */
  uint32_t device, granted; /* handles: the one in use, the one just granted */
  uint32_t open, last_open;
  unsigned vendor, product;
  sp_str name;       /* product name; owned */
  bool asked;        /* this attempt has asked for a permission */
  bool reopened;     /* a closed device was opened again, and has not worked since */
  sp_timer patience; /* of a permission */
  uint32_t retry_call;
} sp_link;

typedef struct sp_task {
  const char *command;
  sp_str conversation_id; /* owned */
  bool value;
} sp_task;

enum { SP_HEADSET_WAITERS = 16 };

struct sp_headset {
  const sp_alloc *alloc;
  sp_effects *fx;
  bool on, orchestrates;
  sp_book book;
  sp_driver driver;
  sp_orchestration orchestration;
  sp_link link;
  sp_json_doc *devices; /* granted ones, as last listed */
  bool listed, unsupported;
  sp_str chosen_id, chosen_label; /* the application's microphone; owned */
  bool deferred;                  /* it was chosen before the devices were listed */
  sp_task queue[SP_MAX_HEADSET_QUEUE];
  size_t queued;
  uint32_t waiters[SP_HEADSET_WAITERS]; /* app calls */
  size_t waiting;
  sp_timer stuck; /* a report that is never answered */
};

/* --- link.c --- */
/* A headset stands behind this microphone: by its name, or by a granted device. Opens nothing. */
bool sp_link_supports(const sp_headset *h, sp_str label);
/* Selects the device of a microphone; an unsupported or empty label lets go of the present one. */
void sp_link_select(sp_headset *h, uint64_t now, sp_str label);
/* `off`: its lamps go out. Says so unless `silent`. */
void sp_link_release(sp_headset *h, bool off, bool silent);
void sp_link_retry(sp_headset *h, sp_str label);
void sp_link_devices(sp_headset *h, uint64_t now);
void sp_link_opened(sp_headset *h, uint64_t now, bool ok, sp_str error);
void sp_link_failed(sp_headset *h, bool closed);
void sp_link_granted(sp_headset *h, bool ok, sp_str text);
void sp_link_unplugged(sp_headset *h);
void sp_link_tick(sp_headset *h, uint64_t now);
void sp_link_write(const sp_headset *h, sp_jw *w, const char *key);

/* --- queue.c --- */
void sp_queue_add(sp_headset *h, const char *command, sp_str conversation_id, bool value);
void sp_queue_clear(sp_headset *h);
/* Runs what waits as long as the device is ready for more. */
void sp_queue_run(sp_headset *h, uint64_t now);
/* Resolves the calls that waited for the device. */
void sp_queue_settle(sp_headset *h);

/* --- headset.c --- */
void sp_headset_apply(sp_headset *h, uint64_t now, const char *command, sp_str conversation_id, bool value);

#endif
