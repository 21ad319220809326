/* SPDX-License-Identifier: MIT */
/* One update (sessions.md §7.4) is prepared completely, with every allocation it needs, before anything
 * changes. */
#include "conversation/store.h"

#include "base/limits.h"
#include "base/recent.h"
#include "conversation/step.h"

/* §7.8: errors that follow one within this time become one. */
#define ERROR_WINDOW_MS 500u
/* How long a copy of an old notification may be under way. */
#define LATE_MS 60000u

struct sp_store {
  const sp_alloc *alloc;
  sp_records records;
  sp_actions actions;
  sp_buf texts;   /* what the actions point to */
  sp_buf update;  /* the last conversationUpdate */
  sp_buf scratch; /* of sp_content_make */
  sp_timer error_window;
  sp_str waiting_error;       /* owned: the latest one within the window */
  sp_recent connected, ended; /* ids of calls */
  bool overtaken;             /* by the event before */
  const sp_record *latest;    /* whose event it was; it may be gone */
  bool apart;                 /* the last conversationUpdate leaves out what is new of other records */
  sp_str raised_error;        /* owned: what the action of the window's end points to */
};

sp_store *sp_store_new(const sp_alloc *alloc) {
  sp_store *store = sp_alloc_new(alloc, sizeof *store);
  if (!store) return NULL;
  store->alloc = alloc;
  store->records.alloc = alloc;
  store->error_window = SP_TIMER_OFF;
  sp_buf_init(&store->texts, alloc, SP_MAX_EFFECT_TEXT);
  sp_buf_init(&store->update, alloc, SP_MAX_EFFECT_TEXT);
  sp_buf_init(&store->scratch, alloc, SP_MAX_EFFECT_TEXT);
  return store;
}

void sp_store_clear(sp_store *store) {
  sp_records_clear(&store->records);
  store->actions.count = store->actions.taken = 0;
  sp_buf_reset(&store->update);
  sp_timer_stop(&store->error_window);
  sp_str_free(store->alloc, &store->waiting_error);
}

void sp_store_free(sp_store *store) {
  if (!store) return;
  sp_store_clear(store);
  sp_str_free(store->alloc, &store->raised_error);
  sp_buf_free(&store->texts);
  sp_buf_free(&store->update);
  sp_buf_free(&store->scratch);
  sp_alloc_free(store->alloc, store);
}

/* --- the session of an update (§7.3) --- */

static bool is_used(const sp_records *records, uint32_t session) {
  for (size_t i = 0; i < records->count; i++)
    if (records->order[i]->session == session) return true;
  return false;
}

static uint32_t find_carrier(const sp_store_view *view, sp_str conversation_id) {
  for (size_t i = 0; i < view->session_count; i++)
    if (sp_str_eq(view->sessions[i].conversation_id, conversation_id)) return view->sessions[i].handle;
  return 0;
}

static bool is_active_live(const sp_store_view *view) {
  for (size_t i = 0; view->active && i < view->session_count; i++)
    if (view->sessions[i].handle == view->active) return view->sessions[i].live;
  return false;
}

static uint32_t select_session(const sp_store *store, const sp_record *record, sp_str conversation_id,
                               sp_call_class class, const sp_store_view *view) {
  if (record && record->session) return record->session;
  if (view->proposed) return find_carrier(view, conversation_id);
  /* This call's own session is gone: that of another one is not its own, neither its end nor a repeated state. */
  bool was_connected = record && record->content.latest.class == SP_CALL_CONNECTED;
  if (class == SP_CALL_ENDED || (class == SP_CALL_CONNECTED && was_connected))
    return find_carrier(view, conversation_id);
  uint32_t session = view->line_appearance_many ? find_carrier(view, conversation_id) : view->active;
  if (!session && view->persistent && is_active_live(view) && !is_used(&store->records, view->active))
    session = view->active;
  return session;
}

/* --- call errors (§7.8) --- */

static bool has_error(const sp_json *call) {
  const sp_json *info = sp_json_get(call, "errorInfo");
  return sp_json_truthy(info) && !sp_str_is(sp_json_get_str(info, "code"), "error.ininedgecontrol.session.inactive");
}

static void write_error(sp_buf *out, const sp_json *call, sp_str conversation_id) {
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_json(&w, "errorInfo", sp_json_get(call, "errorInfo"));
  sp_jw_str(&w, "conversationId", conversation_id);
  sp_jw_close(&w);
}

static void open_error_window(sp_store *store, uint64_t now, sp_str *waiting) {
  sp_timer_arm(&store->error_window, now, ERROR_WINDOW_MS);
  if (!waiting->ptr) return;
  sp_str_free(store->alloc, &store->waiting_error);
  store->waiting_error = *waiting;
  *waiting = SP_STR_NONE;
}

void sp_store_tick(sp_store *store, uint64_t now) {
  if (!sp_timer_due(&store->error_window, now) || !store->waiting_error.ptr) return;
  if (store->actions.taken == store->actions.count) store->actions.count = store->actions.taken = 0;
  if (store->actions.count == SP_STORE_MAX_ACTIONS) return;
  sp_str_free(store->alloc, &store->raised_error);
  store->raised_error = store->waiting_error;
  store->waiting_error = SP_STR_NONE;
  store->actions.list[store->actions.count++] =
      (sp_store_action){ .kind = SP_STORE_CALL_ERROR, .json = store->raised_error };
}

uint64_t sp_store_deadline(const sp_store *store) {
  return store->error_window.at;
}

/* --- one update --- */

typedef struct input {
  const sp_json *conversation, *participant, *call;
  sp_str conversation_id;
} input;

/* Where each text of the actions ends in store->texts. */
typedef struct text_ends {
  size_t conversation_id, participant, communication_id, error;
} text_ends;

static int write_texts(sp_store *store, const input *in, bool with_participant, bool with_error, text_ends *ends) {
  sp_buf *texts = &store->texts;
  sp_buf_add(texts, in->conversation_id);
  ends->conversation_id = texts->len;
  if (with_participant) sp_conversation_write_participant(texts, in->participant);
  ends->participant = texts->len;
  sp_buf_add(texts, sp_json_get_str(in->call, "id"));
  ends->communication_id = texts->len;
  if (with_error) write_error(texts, in->call, in->conversation_id);
  ends->error = texts->len;
  return sp_buf_status(texts);
}

static void add_first_actions(sp_step *step, sp_str texts, const text_ends *ends) {
  step->conversation_id = sp_str_slice(texts, 0, ends->conversation_id);
  step->communication_id = sp_str_slice(texts, ends->participant, ends->communication_id);
  sp_str participant = sp_str_slice(texts, ends->conversation_id, ends->participant);
  if (participant.len) sp_step_add(step, SP_STORE_PARTICIPANT)->json = participant;
}

/* Steps 5 to 8: what may fail comes first. */
static int decide(sp_store *store, const input *in, sp_step *step, sp_before before) {
  int status = sp_content_make(store->alloc, &store->scratch, in->conversation, step->view->user_id, in->participant,
                               in->call, &step->next);
  if (status != SP_OK) return status;
  sp_step_decide(step, before);
  if (step->change == SP_CHANGE_NONE) return SP_OK;
  sp_buf_reset(&store->update);
  store->apart = step->records->count >= SP_RECORDS_APART;
  sp_step_write_update(&store->update, step);
  status = sp_buf_status(&store->update);
  if (status == SP_ELIMIT && step->remove) {
    /* More than one event can say: the conversation ends all the same, and the next event tells what is left. */
    step->actions->count--;
    return SP_OK;
  }
  if (status != SP_OK) sp_content_free(store->alloc, &step->next);
  return status;
}

static void commit(sp_store *store, sp_record *record, sp_step *step) {
  if (step->next.latest.class != SP_CALL_PENDING) record->answered = false;
  sp_content_free(store->alloc, &record->content);
  record->content = step->next;
  record->session = step->session;
  record->told = false;
  store->latest = record;
  if (step->remove) sp_records_remove(&store->records, record);
}

/* A conversation of ours: known, or alerting now. */
static int take_update(sp_store *store, uint64_t now, const input *in, sp_record *record, sp_step *step) {
  bool failing = has_error(in->call),
       wait = failing && sp_timer_armed(&store->error_window); /* not due: see sp_store_event */
  text_ends ends;
  int status = write_texts(store, in, step->session != 0, failing, &ends);
  if (status != SP_OK) return status;
  sp_str texts = sp_buf_str(&store->texts), waiting = SP_STR_NONE;
  sp_str error = sp_str_slice(texts, ends.communication_id, ends.error);
  if (wait) status = sp_str_dup(store->alloc, error, &waiting);
  if (status != SP_OK) return status;
  sp_before before = record ? sp_before_of(record->content.previous.class) : SP_BEFORE_NO_RECORD;
  bool is_new = record == NULL;
  if (is_new) status = sp_records_add(&store->records, in->conversation_id, &record);
  if (status == SP_OK) {
    add_first_actions(step, texts, &ends);
    if (failing && !wait) sp_step_add(step, SP_STORE_CALL_ERROR)->json = error;
    step->record = record;
    status = decide(store, in, step, before);
    if (status != SP_OK && is_new) sp_records_remove(&store->records, record);
  }
  if (status == SP_OK) {
    if (failing) open_error_window(store, now, &waiting);
    commit(store, record, step);
  }
  sp_str_free(store->alloc, &waiting);
  return status;
}

/* T-1: the session still learns who its user is. */
static int take_strangers_update(sp_store *store, const input *in, sp_step *step) {
  text_ends ends;
  if (!step->session) return SP_OK;
  int status = write_texts(store, in, true, false, &ends);
  if (status == SP_OK) add_first_actions(step, sp_buf_str(&store->texts), &ends);
  return status;
}

static bool was_ended(const sp_store *store, uint64_t now, const input *in) {
  return sp_recent_has(&store->ended, in->conversation_id, sp_json_get_str(in->call, "id"), now);
}

/* Each leg of a call has an id of its own, and goes one way: it rings, it is connected, it ends. A notification that
   was overtaken would make a ghost of it. */
static bool is_late(const sp_store *store, uint64_t now, const input *in, sp_call_class class) {
  sp_str scope = in->conversation_id, id = sp_json_get_str(in->call, "id");
  if (!id.len || class == SP_CALL_ENDED) return false;
  return sp_recent_has(&store->ended, scope, id, now) ||
         (class == SP_CALL_PENDING && sp_recent_has(&store->connected, scope, id, now));
}

static void remember(sp_store *store, uint64_t now, const input *in, sp_call_class class) {
  sp_str scope = in->conversation_id, id = sp_json_get_str(in->call, "id");
  if (!id.len) return;
  if (class == SP_CALL_ENDED) {
    if (!sp_recent_has(&store->ended, scope, id, now)) sp_recent_add(&store->ended, scope, id, now + LATE_MS);
  } else if (sp_str_is(sp_json_get_str(in->call, "state"), "connected") &&
             !sp_recent_has(&store->connected, scope, id, now))
    sp_recent_add(&store->connected, scope, id, now + LATE_MS);
}

int sp_store_event(sp_store *store, uint64_t now, const sp_json *conversation, const sp_store_view *view) {
  store->actions.count = store->actions.taken = 0;
  store->overtaken = false;
  sp_buf_reset(&store->texts);
  sp_store_tick(store, now); /* an event may come before the late tick that was due */
  size_t ticked = store->actions.count;
  input in = { .conversation = conversation, .conversation_id = sp_json_get_str(conversation, "id") };
  if (!in.conversation_id.len) return SP_ESYNTAX;
  in.participant = sp_conversation_participant(conversation, view->user_id, SP_STR_NONE);
  in.call = sp_conversation_call(in.participant);
  if (!in.call) return SP_OK;
  sp_record *record = sp_records_find(&store->records, in.conversation_id);
  sp_step step = { .view = view, .records = &store->records, .actions = &store->actions };
  sp_call_class class = sp_call_class_of(sp_json_get_str(in.call, "state"));
  store->overtaken =
      !record && class == SP_CALL_PENDING && !was_ended(store, now, &in) && is_late(store, now, &in, class);
  if (!store->overtaken && is_late(store, now, &in, class)) return SP_OK;
  step.session = select_session(store, record, in.conversation_id, class, view);
  step.outbound = sp_str_is(sp_json_get_str(in.call, "direction"), "outbound");
  int status = record || class == SP_CALL_PENDING ? take_update(store, now, &in, record, &step)
                                                  : take_strangers_update(store, &in, &step);
  /* Also a call that was declined before its first notification came. */
  if (status == SP_OK) remember(store, now, &in, class);
  if (status != SP_OK) store->actions.count = ticked;
  return status;
}

bool sp_store_was_overtaken(const sp_store *store) {
  return store->overtaken;
}

bool sp_store_take(sp_store *store, sp_store_action *out) {
  if (store->actions.taken == store->actions.count) return false;
  *out = store->actions.list[store->actions.taken++];
  return true;
}

sp_str sp_store_update_json(const sp_store *store) {
  return sp_buf_str(&store->update);
}

void sp_store_update_told(sp_store *store) {
  if (store->latest)
    for (size_t i = 0; i < store->records.count; i++) store->records.order[i]->told = true;
}

sp_str sp_store_news_json(sp_store *store, size_t index) {
  const sp_record *record = store->records.order[index];
  if (record->told || !store->apart || record == store->latest) return SP_STR_NONE;
  sp_buf_reset(&store->scratch);
  sp_record_write(&store->scratch, record);
  if (sp_buf_status(&store->scratch) == SP_OK) return sp_buf_str(&store->scratch);
  store->latest = NULL; /* not all is told: with the next update again */
  return SP_STR_NONE;
}

/* --- sessions --- */

int sp_store_accepted(sp_store *store, sp_str conversation_id, uint32_t session) {
  if (!conversation_id.len || !session) return SP_EINVAL;
  sp_record *record = sp_records_find(&store->records, conversation_id);
  if (!record) {
    int status = sp_records_add(&store->records, conversation_id, &record);
    if (status != SP_OK) return status;
  }
  record->session = session;
  record->answered = true;
  return SP_OK;
}

bool sp_store_ring_on(sp_store *store, sp_str conversation_id, uint32_t session, bool *outbound) {
  sp_record *record = sp_records_find(&store->records, conversation_id);
  if (!record || record->session || record->content.latest.class != SP_CALL_PENDING) return false;
  record->session = session;
  *outbound = sp_str_find(record->content.call, "\"direction\":\"outbound\"", 0) != SIZE_MAX;
  return true;
}

void sp_store_proposed(sp_store *store, sp_str conversation_id) {
  sp_record *record = sp_records_find(&store->records, conversation_id);
  if (record && !record->answered && record->content.latest.class == SP_CALL_PENDING) record->session = 0;
}

void sp_store_session_moved(sp_store *store, uint32_t from, uint32_t to) {
  for (size_t i = 0; i < store->records.count; i++)
    if (store->records.order[i]->session == from) store->records.order[i]->session = to;
}

void sp_store_session_gone(sp_store *store, uint32_t session) {
  for (size_t i = store->records.count; session && i-- > 0;) {
    sp_record *record = store->records.order[i];
    if (record->session != session) continue;
    record->session = 0;
    record->answered = false;
    if (!record->content.block.ptr) sp_records_remove(&store->records, record);
  }
}

/* --- questions --- */

static const sp_content *content_of(const sp_store *store, sp_str conversation_id) {
  static const sp_content none;
  const sp_record *record = sp_records_find(&store->records, conversation_id);
  return record ? &record->content : &none;
}

size_t sp_store_count(const sp_store *store) {
  return store->records.count;
}

uint32_t sp_store_session_of(const sp_store *store, sp_str conversation_id) {
  const sp_record *record = sp_records_find(&store->records, conversation_id);
  return record ? record->session : 0;
}

bool sp_store_has(const sp_store *store, sp_str conversation_id) {
  return sp_records_find(&store->records, conversation_id) != NULL;
}

sp_str sp_store_participant_id(const sp_store *store, sp_str conversation_id) {
  return content_of(store, conversation_id)->participant_id;
}

sp_str sp_store_participant_purpose(const sp_store *store, sp_str conversation_id) {
  return content_of(store, conversation_id)->purpose;
}

sp_call_class sp_store_class(const sp_store *store, sp_str conversation_id) {
  return content_of(store, conversation_id)->latest.class;
}

bool sp_store_held(const sp_store *store, sp_str conversation_id) {
  return content_of(store, conversation_id)->latest.held == SP_FLAG_TRUE;
}

bool sp_store_muted(const sp_store *store, sp_str conversation_id) {
  return content_of(store, conversation_id)->latest.muted == SP_FLAG_TRUE;
}

sp_str sp_store_at(const sp_store *store, size_t index, uint32_t *session) {
  const sp_record *record = index < store->records.count ? store->records.order[index] : NULL;
  if (session) *session = record ? record->session : 0;
  return record ? record->conversation_id : SP_STR_NONE;
}
