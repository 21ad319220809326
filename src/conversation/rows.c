/* SPDX-License-Identifier: MIT */
/* What each row of the decision table does (sessions.md §7.6, second table), one function a row. */
#include "conversation/step.h"

sp_str sp_view_conversation(const sp_store_view *view, uint32_t session) {
  for (size_t i = 0; session && i < view->session_count; i++)
    if (view->sessions[i].handle == session) return view->sessions[i].conversation_id;
  return SP_STR_NONE;
}

sp_store_action *sp_step_add(sp_step *step, sp_store_action_kind kind) {
  size_t at = step->actions->count;
  if (at == SP_STORE_MAX_ACTIONS) at--;
  else step->actions->count++;
  step->actions->list[at] =
      (sp_store_action){ .kind = kind, .session = step->session, .conversation_id = step->conversation_id };
  return &step->actions->list[at];
}

static void headset(sp_step *step, const char *command, bool value, bool queued) {
  sp_store_action *action = sp_step_add(step, SP_STORE_HEADSET);
  action->command = command;
  action->value = value;
  action->queued = queued;
}

static bool is_on_active(const sp_step *step) {
  return step->session && step->session == step->view->active;
}

/* R-9, when the call has just become "connected". */
static void metadata(sp_step *step) {
  if (!sp_str_is(step->next.latest.state, "connected") ||
      sp_str_is(step->record->content.previous.state, "connected") || !step->communication_id.len)
    return;
  sp_step_add(step, SP_STORE_METADATA)->communication_id = step->communication_id;
}

static void change(sp_step *step, sp_change kind) {
  step->change = kind;
  sp_step_add(step, SP_STORE_UPDATE);
}

/* a session that was accepted before this notification came needs no announcement. The second argument
   of "ringing" reads the store, not the last event. */
static void alert(sp_step *step) {
  if (step->outbound) headset(step, "outgoing", false, true);
  else headset(step, "ringing", step->records->count > 1, true);
  if (is_on_active(step) && !step->record->answered) sp_step_add(step, SP_STORE_PENDING)->auto_answer = step->outbound;
}

static void go_on(sp_step *step) {
  metadata(step);
  change(step, SP_CHANGE_UPDATED);
}

static void lose(sp_step *step) {
  headset(step, "reset", false, false);
  step->remove = true;
}

static void start(sp_step *step) {
  if (!step->outbound) headset(step, "answer", false, true);
  if (is_on_active(step)) {
    step->moved = true;
    sp_step_add(step, SP_STORE_SET_CONVERSATION);
    sp_step_add(step, SP_STORE_SESSION_STARTED);
    sp_step_add(step, SP_STORE_HANDLED_PENDING);
  }
  metadata(step);
  change(step, SP_CHANGE_ADDED);
}

static void cancel(sp_step *step) {
  if (step->outbound) headset(step, "end", step->records->count > 1, false);
  else headset(step, "reject", false, false);
  headset(step, "clear", false, false);
  if (is_on_active(step)) sp_step_add(step, SP_STORE_CANCEL_PENDING);
  step->remove = true;
}

static void close_headset(sp_step *step) {
  headset(step, "end", step->records->count > 1, false);
  headset(step, "clear", false, false);
}

static void end(sp_step *step) {
  close_headset(step);
  sp_step_add(step, SP_STORE_SESSION_ENDED)->internal = true;
  if (is_on_active(step)) {
    step->moved = true;
    sp_step_add(step, SP_STORE_SET_CONVERSATION);
    sp_step_add(step, SP_STORE_SESSION_ENDED);
  }
  step->remove = true;
  change(step, SP_CHANGE_REMOVED);
}

/* the record does not outlive the call. */
static void close(sp_step *step) {
  close_headset(step);
  step->remove = true;
}

static void update(sp_step *step) {
  change(step, SP_CHANGE_UPDATED);
}

static void nothing(sp_step *step) {
  (void)step;
}

static void (*const rows[SP_ROWS])(sp_step *) = {
  [SP_ROW_NONE] = nothing, [SP_T1] = nothing, [SP_T2] = alert, [SP_T4] = go_on,   [SP_T5] = lose,    [SP_T6] = start,
  [SP_T7] = cancel,        [SP_T8] = end,     [SP_T9] = close, [SP_T10] = update, [SP_T11] = update,
};

static bool is_same_state(const sp_call_facts *before, const sp_call_facts *now) {
  return before->class != SP_CALL_NONE && sp_str_eq(before->state, now->state);
}

static sp_row row_of(const sp_step *step, sp_before before) {
  const sp_call_facts *was = &step->record->content.previous, *now = &step->next.latest;
  if (is_same_state(was, now)) {
    bool same = was->held == now->held && was->muted == now->muted && was->confined == now->confined;
    return same ? SP_ROW_NONE : SP_T11;
  }
  bool carried = step->session && sp_str_eq(sp_view_conversation(step->view, step->session), step->conversation_id);
  return sp_decide(before, sp_after_of(now->class, step->session != 0, carried));
}

/* Step 6 of §7.4; a record without a previous state differs in both. */
static void follow_with_headset(sp_step *step) {
  const sp_call_facts *was = &step->record->content.previous, *now = &step->next.latest;
  if (now->class != SP_CALL_CONNECTED || !step->session) return;
  bool is_first = was->class == SP_CALL_NONE;
  if (is_first || was->muted != now->muted) headset(step, "mute", now->muted == SP_FLAG_TRUE, true);
  if (is_first || was->held != now->held) headset(step, "hold", now->held == SP_FLAG_TRUE, true);
}

void sp_step_decide(sp_step *step, sp_before before) {
  sp_row row = row_of(step, before);
  if (row == SP_ROW_NONE) return;
  follow_with_headset(step);
  rows[row](step);
}
