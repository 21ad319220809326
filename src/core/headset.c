/* SPDX-License-Identifier: MIT */
/* sdk.headset in the core: its calls, the microphone's name, and the broadcasts between the clients of one user
   (headset.md §2.1, wire.md §11.3). */
#include "core/internal.h"

#include "base/limits.h"
#include "base/outcome.h"
#include "xmpp/jid.h"

static const char media_message_ns[] = "genesys";

/* --- on and off (§1.6) --- */

static sp_microphone microphone_of(const sp_core *core, sp_str id) {
  const sp_device *device = sp_devices_by_id(sp_media_devices(core->media), SP_DEVICE_AUDIO_INPUT, id);
  return (sp_microphone){ id, device ? device->label : SP_STR_NONE };
}

/* The default one, else the first that is known. */
static sp_microphone first_microphone(const sp_core *core) {
  const sp_device_list *list = &sp_media_devices(core->media)->now;
  if (core->options.audio_device_id.len) return microphone_of(core, core->options.audio_device_id);
  for (size_t i = 0; i < list->count; i++)
    if (list->items[i].kind == SP_DEVICE_AUDIO_INPUT) return (sp_microphone){ list->items[i].id, list->items[i].label };
  return (sp_microphone){ SP_STR_NONE, SP_STR_NONE };
}

/* Why headsets are off although somebody wants them; NULL: they may be on. */
static const char *objection(const sp_core *core) {
  const sp_options *options = &core->options;
  if (options->handling == SP_HANDLING_REDUCED) return "Headsets are not used with reduced media handling";
  if (!(options->allowed_types & SP_ALLOW_SOFTPHONE))
    return "Headsets need the softphone to be an allowed session type";
  return NULL;
}

void sp_core_use_headsets(sp_core *core, uint64_t now) {
  const sp_options *options = &core->options;
  bool on = options->use_headsets && core->credentials.path != SP_PATH_GUEST;
  const char *why = on ? objection(core) : NULL;
  sp_microphone microphone = first_microphone(core);
  if (!core->sessions) return; /* initialize() does it */
  if (why) sp_log0(core->fx, SP_LOG_WARN, why);
  core->headset_by_app = false;
  sp_headset_set_leader(core->headset, options->handling == SP_HANDLING_ALERTING_LEADER);
  sp_headset_use(core->headset, now, on && !why, !options->no_headset_orchestration,
                 sp_request_type_of(options->headset_request_type), &microphone);
}

void sp_core_end_headsets(sp_core *core, uint64_t now) {
  sp_microphone none = { SP_STR_NONE, SP_STR_NONE };
  sp_headset_use(core->headset, now, false, true, SP_ASKS_UNSET, &none);
}

void sp_core_microphones_changed(sp_core *core, uint64_t now) {
  sp_str id = sp_headset_microphone_id(core->headset);
  if (!id.len && core->headset_by_app) return; /* none was chosen on purpose */
  sp_microphone microphone = id.len ? microphone_of(core, id) : first_microphone(core);
  sp_headset_microphone_known(core->headset, now, &microphone);
}

void sp_core_select_headset(sp_core *core, uint64_t now, sp_str microphone_id) {
  sp_microphone microphone = microphone_of(core, microphone_id);
  core->headset_by_app = true;
  sp_headset_select(core->headset, now, &microphone);
}

/* --- the application's calls (§1.2) --- */

static const struct {
  const char *method, *command;
} headset_methods[] = {
  { "setRinging", "ringing" },
  { "outgoingCall", "outgoing" },
  { "answerIncomingCall", "answer" },
  { "endAllCalls", "endAll" },
  { "endCurrentCall", "end" },
  { "rejectIncomingCall", "reject" },
  { "setMute", "mute" },
  { "resetHeadsetStateForCall", "reset" },
  { "setHold", "hold" },
};

/* `name`: what follows "headset.". The first argument is a conversation id, an object with one, or the flag. */
static bool run_command(sp_core *core, uint64_t now, uint32_t call, sp_str name, const sp_json *first) {
  const sp_json *second = sp_json_next(first);
  sp_str id = sp_json_is_object(first) ? sp_json_get_str(first, "conversationId") : sp_json_str(first);
  for (size_t i = 0; i < sizeof headset_methods / sizeof *headset_methods; i++) {
    if (!sp_str_is(name, headset_methods[i].method)) continue;
    sp_str command = sp_str_from(headset_methods[i].command);
    bool value = sp_json_truthy(sp_str_is(command, "mute") ? first : second);
    if (sp_str_is(command, "reject") && !second) value = true; /* expectExistingConversation */
    sp_headset_command(core->headset, now, command, id, value, false);
    sp_headset_settle(core->headset, call);
    return true;
  }
  return false;
}

int sp_headset_call(sp_core *core, uint64_t now, uint32_t call, sp_str name, const sp_json *args) {
  const sp_json *first = sp_json_first(args);
  if (run_command(core, now, call, name, first)) return SP_OK;
  if (sp_str_is(name, "retryConnection")) {
    sp_headset_retry(core->headset, now, call, sp_json_str(first));
    return SP_OK;
  }
  if (sp_str_is(name, "updateAudioInputDevice")) sp_core_select_headset(core, now, sp_json_str(first));
  else return SP_EINVAL;
  sp_resolve(core->fx, call, SP_STR_NONE);
  return SP_OK;
}

/* --- broadcasts --- */

static void broadcast(sp_core *core, sp_str json) {
  sp_buf stanza;
  sp_xw w;
  sp_uuid id = sp_iq_new_id(core->iq);
  sp_str own = sp_iq_own_jid(core->iq);
  sp_buf_init(&stanza, core->alloc, SP_MAX_FRAME);
  sp_xw_begin(&w, &stanza);
  sp_xw_open(&w, "message");
  sp_xw_attr(&w, "xmlns", SP_STR("jabber:client"));
  sp_xw_attr(&w, "id", sp_uuid_str(&id));
  sp_xw_attr(&w, "from", own);
  sp_xw_attr(&w, "to", sp_jid_bare(own));
  sp_xw_open(&w, "media-message");
  sp_xw_attr(&w, "xmlns", sp_str_from(media_message_ns));
  sp_xw_text(&w, json);
  sp_xw_close(&w);
  sp_xw_close(&w);
  int status = sp_buf_status(&stanza);
  if (status == SP_OK) status = sp_iq_send(core->iq, sp_buf_str(&stanza));
  if (status != SP_OK) sp_log_status(core->fx, SP_LOG_WARN, "A message to the other clients was not sent", status);
  sp_buf_free(&stanza);
}

bool sp_headset_stanza(sp_core *core, uint64_t now, const sp_xml *stanza) {
  const sp_xml *payload = sp_xml_child(stanza, media_message_ns, "media-message");
  if (!payload || !sp_str_is(stanza->name, "message")) return false;
  sp_str own = sp_iq_own_jid(core->iq), from = sp_xml_attr_get(stanza, "from");
  sp_headset_message message = { .id = sp_xml_attr_get(stanza, "id"),
                                 .json = payload->text,
                                 .from_my_client = sp_jid_eq(from, own),
                                 .from_my_user = sp_jid_bare_eq(from, own) };
  bool in_call = sp_sessions_has_active_softphone(core->sessions);
  if (!sp_str_is(sp_xml_attr_get(stanza, "type"), "error"))
    sp_headset_message_in(core->headset, now, &message, in_call);
  return true;
}

/* --- answers carried --- */

static void follow_call(sp_core *core, uint64_t now, const sp_headset_want *want) {
  /* A call that another client took is of no concern to who does not drive the headset (H-37). */
  if (sp_str_is(sp_str_from(want->command), "reset") && !sp_headset_has_controls(core->headset)) return;
  sp_headset_command(core->headset, now, sp_str_from(want->command), want->conversation_id, want->value, want->queued);
}

bool sp_headset_step(sp_core *core, uint64_t now) {
  sp_headset_want want;
  sp_str json;
  if (sp_sessions_take_headset(core->sessions, &want)) {
    follow_call(core, now, &want);
    sp_str_free(core->alloc, &want.conversation_id);
    return true;
  }
  if (!sp_headset_take(core->headset, &json)) return false;
  broadcast(core, json);
  sp_str_free(core->alloc, &json);
  return true;
}
