/* SPDX-License-Identifier: MIT */
/* The serial queue of changes (§6): a change begins when the device has taken the one before. A device that never
   answers is not waited for longer than 10 s. */
#include "headset/internal.h"

#define STUCK_MS 10000u

static void drop_first(sp_headset *h) {
  sp_str_free(h->alloc, &h->queue[0].conversation_id);
  h->queued--;
  for (size_t i = 0; i < h->queued; i++) h->queue[i] = h->queue[i + 1];
}

void sp_queue_add(sp_headset *h, const char *command, sp_str conversation_id, bool value) {
  sp_task task = { command, SP_STR_NONE, value };
  int status = h->queued < SP_MAX_HEADSET_QUEUE ? SP_OK : SP_ELIMIT;
  if (status == SP_OK) status = sp_str_dup(h->alloc, conversation_id, &task.conversation_id);
  if (status == SP_OK) h->queue[h->queued++] = task;
  else
    sp_log(h->fx, SP_LOG_WARN, "A change for the headset is lost", SP_WORD("command", sp_str_from(command)),
           SP_WORD("status", sp_str_from(sp_status_name(status))));
}

void sp_queue_clear(sp_headset *h) {
  while (h->queued) drop_first(h);
}

void sp_queue_settle(sp_headset *h) {
  while (h->waiting) sp_resolve(h->fx, h->waiters[--h->waiting], SP_STR_NONE);
}

void sp_queue_run(sp_headset *h, uint64_t now) {
  while (h->queued && sp_lamps_idle(&h->driver.lamps)) {
    sp_task task = h->queue[0];
    h->queue[0].conversation_id = SP_STR_NONE; /* it is the task's now */
    drop_first(h);
    sp_headset_apply(h, now, task.command, task.conversation_id, task.value);
    sp_str_free(h->alloc, &task.conversation_id);
  }
  if (sp_lamps_idle(&h->driver.lamps)) {
    sp_timer_stop(&h->stuck);
    sp_queue_settle(h);
  } else if (!sp_timer_armed(&h->stuck)) {
    sp_timer_arm(&h->stuck, now, STUCK_MS);
  }
}
