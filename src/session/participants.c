/* SPDX-License-Identifier: MIT */
/* Who takes part in a video conference (video-and-screens.md §5): conversation updates in, differences out. */
#include "base/limits.h"
#include "session/internal.h"

static const sp_json *first_video(const sp_json *participant, bool connected) {
  const sp_json *v = sp_json_first(sp_json_get(participant, "videos"));
  while (connected && v && !sp_str_is(sp_json_get_str(v, "state"), "connected")) v = sp_json_next(v);
  return v;
}

/* Step 1: newest first, with a video when there are several. A JWT guest has no user id, and takes who has none. */
static const sp_json *own_participant(const sp_json *participants, sp_str user_id) {
  const sp_json *newest = NULL, *with_video = NULL;
  for (const sp_json *p = sp_json_first(participants); p; p = sp_json_next(p)) {
    if (!sp_str_eq(sp_json_get_str(p, "userId"), user_id)) continue;
    newest = p;
    if (first_video(p, false)) with_video = p;
  }
  return with_video ? with_video : newest;
}

static void write_own(sp_jw *w, const sp_json *own) {
  const sp_json *v = first_video(own, false);
  if (!v) {
    sp_jw_raw(w, "pcParticipant", SP_STR("null"));
    return;
  }
  sp_jw_open(w, "pcParticipant", '{');
  static const char *const copied[] = { "id", "purpose", "userId" };
  for (size_t i = 0; i < sizeof copied / sizeof *copied; i++) sp_jw_json(w, copied[i], sp_json_get(own, copied[i]));
  sp_jw_json(w, "state", sp_json_get(v, "state"));
  sp_jw_bool(w, "muted", sp_json_get_bool(v, "audioMuted", false));
  sp_jw_bool(w, "videoMuted", sp_json_get_bool(v, "videoMuted", false));
  static const char *const unknown[] = { "address", "confined", "direction" };
  for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) sp_jw_raw(w, unknown[i], SP_STR("null"));
  sp_jw_close(w);
}

static void publish_own(sp_sessions *m, sp_session *s, const sp_json *own) {
  (void)sp_str_set(s->alloc, &s->participant_id, sp_json_get_str(own, "id")); /* asked for again without memory */
  sp_jw w;
  sp_effects_begin(m->env.fx, &w, "{");
  write_own(&w, own);
  sp_effects_end(m->env.fx, &w, SP_FX_SESSION_SET, s->handle, SP_STR_NONE);
}

/* Step 2, as the JSON array that is kept until the next update. */
static void write_active(sp_buf *out, const sp_json *participants) {
  size_t count = 0;
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '[');
  for (const sp_json *p = sp_json_first(participants); p && count < SP_MAX_PARTICIPANTS; p = sp_json_next(p)) {
    const sp_json *v = first_video(p, true);
    if (!v) continue;
    count++;
    sp_jw_open(&w, NULL, '{');
    sp_jw_json(&w, "participantId", sp_json_get(p, "id"));
    sp_jw_json(&w, "userId", sp_json_get(p, "userId"));
    static const char *const flags[] = { "audioMuted", "videoMuted", "sharingScreen" };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
      sp_jw_bool(&w, flags[i], sp_json_get_bool(v, flags[i], false));
    sp_jw_close(&w);
  }
  sp_jw_close(&w);
}

static bool has_participant(const sp_json *list, sp_str id) {
  for (const sp_json *p = sp_json_first(list); p; p = sp_json_next(p))
    if (sp_str_eq(sp_json_get_str(p, "participantId"), id)) return true;
  return false;
}

/* Those of `list` that are not in `other`; step 3. */
static void write_difference(sp_jw *w, const char *key, const sp_json *list, const sp_json *other) {
  sp_jw_open(w, key, '[');
  for (const sp_json *p = sp_json_first(list); p; p = sp_json_next(p))
    if (!has_participant(other, sp_json_get_str(p, "participantId"))) sp_jw_json(w, NULL, p);
  sp_jw_close(w);
}

static void emit_update(sp_sessions *m, const sp_session *s, sp_str active, const sp_json *next,
                        const sp_json *before) {
  sp_jw w;
  sp_effects_begin(m->env.fx, &w, "[{");
  sp_jw_str(&w, "conversationId", s->conversation_id);
  sp_jw_raw(&w, "activeParticipants", active);
  write_difference(&w, "addedParticipants", next, before);
  write_difference(&w, "removedParticipants", before, next);
  sp_effects_end(m->env.fx, &w, SP_FX_SESSION_EVENT, s->handle, SP_STR("participantsUpdate"));
}

static void update(sp_sessions *m, sp_session *s, const sp_json *conversation) {
  const sp_json *participants = sp_json_get(conversation, "participants");
  publish_own(m, s, own_participant(participants, m->env.account->user_id));
  sp_buf active;
  sp_buf_init(&active, m->env.alloc, SP_MAX_EFFECT_TEXT);
  write_active(&active, participants);
  sp_json_doc *next = NULL, *before = NULL;
  int status = sp_buf_status(&active);
  if (status == SP_OK) status = sp_json_parse(m->env.alloc, sp_buf_str(&active), &next);
  if (status == SP_OK && s->participants.len) status = sp_json_parse(m->env.alloc, s->participants, &before);
  if (status == SP_OK) {
    emit_update(m, s, sp_buf_str(&active), sp_json_root(next), sp_json_root(before));
    status = sp_str_set(s->alloc, &s->participants, sp_buf_str(&active));
  }
  if (status != SP_OK) sp_log_word(m->env.fx, SP_LOG_WARN, "Participants were not taken over", "sessionId", s->id);
  sp_json_free(next);
  sp_json_free(before);
  sp_buf_free(&active);
}

void sp_participants_event(sp_sessions *m, const sp_json *conversation) {
  sp_str id = sp_json_get_str(conversation, "id");
  for (sp_session *s = m->registry.head; s; s = s->next)
    if (s->type == SP_SESSION_VIDEO && s->state < SP_SESSION_ENDING && id.len && sp_str_eq(s->conversation_id, id))
      update(m, s, conversation);
}

/* §5.3: nobody told us of ourselves since the session was accepted. */
void sp_participants_check(sp_sessions *m, uint64_t now, const sp_session *s) {
  if (s->participant_id.len) return;
  (void)sp_control_look_up(m, now, s->conversation_id, 0,
                           (sp_token){ SP_OWNER_SESSION, SP_OP_PARTICIPANTS, s->handle }); /* better luck next time */
}

void sp_participants_result(sp_sessions *m, const sp_rest_result *result) {
  sp_session *s = sp_registry_by_handle(&m->registry, result->token.id);
  if (!s || s->participant_id.len || s->state >= SP_SESSION_ENDING) return;
  if (result->ok && sp_json_is_object(result->body)) update(m, s, result->body);
  else sp_log0(m->env.fx, SP_LOG_WARN, "The participants could not be fetched");
}
