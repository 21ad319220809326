/* SPDX-License-Identifier: MIT */
/* sdk.headset through the core: when it is there, what calls do to it, and what the clients of one user tell each other
   (headset.md §1, §2, §4). */
#include "headset_rig.h"
#include "scenario.h"

#include <stdio.h>
#include <string.h>

#define LABEL   "Headset Microphone (Jabra EVOLVE LINK MS) (0b0e:0307)"
#define OTHER   "from=\"" ME "/other\" to=\"" ME "/res-1\""
#define ACCOUNT "\"accessToken\":\"TOKEN\",\"environment\":\"mypurecloud.com\""
#define ALONE   "{" ACCOUNT ",\"disableHeadsetControlsOrchestration\":true}"

/* A desk whose first microphone is a headset's, with the permission to use it. */
static void prepare(scenario *s, const char *config) {
  static char devices[8192];
  sp_buf list;
  sp_buf_init(&list, NULL, sizeof devices);
  sp_buf_add_char(&list, '[');
  rig_write_device(&list, "F1", 1);
  sp_buf_add_char(&list, ']');
  snprintf(devices, sizeof devices, "%.*s", SP_STR_ARG(sp_buf_str(&list)));
  sp_buf_free(&list);
  s->hid = devices;
  s->devices = "[" DEVICE("audioinput", "m1", LABEL) "," DEVICE("audioinput", "m2", "Built-in Audio") "]";
  start(s, config);
  call(s, "media.enumerateDevices", "[]");
  forget(s);
}

static void sign_in_alone(scenario *s) {
  prepare(s, ALONE);
  sign_in(s);
}

static void media_message(scenario *s, const char *from, const char *json) {
  char xml[1024];
  snprintf(
      xml, sizeof xml,
      "<message xmlns=\"jabber:client\" id=\"r1\" %s><media-message xmlns=\"genesys\">%s</media-message></message>",
      from, json);
  frame(s, xml);
}

static void expect_report(scenario *s, const char *hex) {
  char report[32];
  snprintf(report, sizeof report, "[2,\"%s\"]", hex);
  expect_effect(s, SP_FX_HID, 1, "send", report);
}

/* --- there or not --- */

static void real_after_initialize(scenario *s) {
  prepare(s, ALONE);
  check(s, strstr(ask(s, "headset"), "\"implementation\":null") != NULL, "the stub before initialize()");
  uint32_t id = call(s, "initialize", "[]");
  advance(s, 200);
  expect_effect(s, SP_FX_HID, 0, "list");
  expect_effect(s, SP_FX_HID, 1, "open", "1");
  expect_effect(s, SP_FX_HEADSET, 0, "implementationChanged", "\"vendorName\":\"Jabra\",\"isConnecting\":true");
  expect_effect(s, SP_FX_HEADSET, 0, "deviceConnectionStatusChanged", "\"checking\"");
  expect_effect(s, SP_FX_HEADSET, 0, "deviceConnectionStatusChanged", "\"running\"");
  expect_report(s, "0000");
  expect_resolved(s, id, "");
  check(s, strstr(ask(s, "headset"), "\"isConnected\":true") != NULL, "it is connected");
  check(s, strstr(ask(s, "headset"), "\"ProductName\":\"Jabra EVOLVE LINK MS\"") != NULL, "its name");
  check(s, strstr(ask(s, "headset"), "\"orchestrationState\":\"notStarted\"") != NULL, "nobody was asked");
}

static void stub_when_switched_off(scenario *s) {
  prepare(s, "{" ACCOUNT ",\"useHeadsets\":false}");
  sign_in(s);
  conversation(s, .conversation = "c1", .state = "alerting");
  expect_no_effect(s, SP_FX_HID);
  expect_no_effect(s, SP_FX_HEADSET);
}

static const char *const commands[][2] = {
  { "headset.setRinging", "[{\"conversationId\":\"c1\",\"contactName\":null},false]" },
  { "headset.outgoingCall", "[{\"conversationId\":\"c1\"}]" },
  { "headset.answerIncomingCall", "[\"c1\",false]" },
  { "headset.rejectIncomingCall", "[\"c1\",true]" },
  { "headset.endCurrentCall", "[\"c1\",false]" },
  { "headset.endAllCalls", "[]" },
  { "headset.setMute", "[true]" },
  { "headset.setHold", "[\"c1\",true]" },
  { "headset.resetHeadsetStateForCall", "[\"c1\"]" },
  { "headset.retryConnection", "[\"Jabra\"]" },
  { "headset.updateAudioInputDevice", "[\"m1\"]" },
};

static void call_all(scenario *s) {
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    expect_resolved(s, call(s, commands[i][0], commands[i][1]), "");
  expect_no_effect(s, SP_FX_HID);
  expect_no_effect(s, SP_FX_HEADSET);
}

static void everything_before_initialize(scenario *s) {
  prepare(s, ALONE);
  call_all(s);
  expect_resolved(s, call(s, "setUseHeadsets", "[true]"), "");
  expect_no_effect(s, SP_FX_HID);
  expect_rejected(s, call(s, "headset.unknown", "[]"), "invalid_options");
}

static void nothing_for_guests(scenario *s) {
  prepare(s, "{\"organizationId\":\"o1\",\"environment\":\"mypurecloud.com\"}");
  call(s, "initialize",
       "[{\"conversation\":{\"id\":\"c1\"},\"sourceCommunicationId\":\"s1\",\"jwt\":"
       "\"e30.eyJkYXRhIjp7ImppZCI6Imd1ZXN0QGFjbWUub3Jnc3Bhbi5jb20ifX0.x\"}]");
  advance(s, 200);
  forget(s);
  call_all(s);
  expect_resolved(s, call(s, "setUseHeadsets", "[true]"), "");
  expect_no_effect(s, SP_FX_HID);
}

static void softphone_not_allowed(scenario *s) {
  prepare(s, "{" ACCOUNT ",\"allowedSessionTypes\":[\"collaborateVideo\"]}");
  sign_in(s);
  call(s, "setUseHeadsets", "[true]");
  expect_no_effect(s, SP_FX_HID);
  expect_effect(s, SP_FX_LOG, 0, "warn", "Headsets need the softphone");
}

static void off_and_on_again(scenario *s) {
  sign_in_alone(s);
  call(s, "setUseHeadsets", "[false]");
  expect_effect(s, SP_FX_HID, 1, "close", "[[2,\"0000\"]]");
  expect_effect(s, SP_FX_HID, 0, "forget");
  conversation(s, .conversation = "c1", .state = "alerting");
  expect_no_effect(s, SP_FX_HID);
  call(s, "setUseHeadsets", "[true]");
  expect_effect(s, SP_FX_HID, 2, "open");
}

static void no_web_hid(scenario *s) {
  prepare(s, ALONE);
  s->hid = NULL;
  uint32_t id = call(s, "initialize", "[]");
  advance(s, 200);
  expect_resolved(s, id, "");
  expect_effect(s, SP_FX_HEADSET, 0, "deviceConnectionStatusChanged", "\"noVendor\"");
  conversation(s, .conversation = "c1", .state = "alerting");
  expect_resolved(s, call(s, "headset.setMute", "[true]"), "");
}

static void the_name_comes_later(scenario *s) {
  static const char nameless[] = "[" DEVICE("audioinput", "m1", "") "]";
  prepare(s, ALONE);
  s->devices = nameless;
  call(s, "media.enumerateDevices", "[]");
  s->devices = "[" DEVICE("audioinput", "m1", LABEL) "]";
  sign_in(s);
  call(s, "media.enumerateDevices", "[]");
  check(s, strstr(ask(s, "headset"), "\"isConnected\":true") != NULL, "it is connected once its name is known");
}

static void another_default_microphone(scenario *s) {
  sign_in_alone(s);
  call(s, "updateDefaultDevices", "[{\"outputDeviceId\":\"o1\"}]");
  expect_no_effect(s, SP_FX_HEADSET);
  call(s, "updateDefaultDevices", "[{\"audioDeviceId\":null}]");
  expect_effect(s, SP_FX_HEADSET, 0, "implementationChanged", "null");
  expect_effect(s, SP_FX_HEADSET, 0, "deviceConnectionStatusChanged", "\"noVendor\"");
  call(s, "updateDefaultDevices", "[{\"audioDeviceId\":\"m1\"}]");
  expect_effect(s, SP_FX_HEADSET, 0, "deviceConnectionStatusChanged", "\"running\"");
  call(s, "updateDefaultDevices", "[{\"audioDeviceId\":\"m2\"}]");
  expect_effect(s, SP_FX_HEADSET, 0, "deviceConnectionStatusChanged", "\"noVendor\"");
}

/* --- calls (§4) --- */

static void alerting_and_contacting(scenario *s) {
  sign_in_alone(s);
  conversation(s, .conversation = "c1", .state = "alerting");
  expect_report(s, "0400");
  conversation(s, .conversation = "c2", .state = "contacting", .direction = "outbound");
  expect_report(s, "0500");
}

static void ends_of_calls(scenario *s) {
  sign_in_alone(s);
  conversation(s, .conversation = "c1", .state = "alerting");
  expect_report(s, "0400");
  conversation(s, .conversation = "c1", .state = "disconnected");
  expect_report(s, "0000");
  conversation(s, .conversation = "c2", .state = "alerting");
  connect_call(s, 1, "s2", "c2");
  conversation(s, .conversation = "c2", .state = "connected");
  expect_report(s, "0100");
  conversation(s, .conversation = "c2", .state = "connected", .muted = true);
  expect_report(s, "0300");
  conversation(s, .conversation = "c2", .state = "connected", .muted = true, .held = true);
  expect_report(s, "0b00");
  conversation(s, .conversation = "c2", .state = "disconnected");
  expect_report(s, "0000");
  expect_no_effect(s, SP_FX_HID);
}

static void taken_by_another_client(scenario *s) {
  sign_in_alone(s);
  conversation(s, .conversation = "c1", .state = "alerting");
  expect_report(s, "0400");
  conversation(s, .conversation = "c1", .state = "connected");
  expect_report(s, "0000");
}

static void taken_while_another_client_drives(scenario *s) {
  prepare(s, "{" ACCOUNT "}");
  sign_in(s);
  conversation(s, .conversation = "c1", .state = "alerting");
  conversation(s, .conversation = "c1", .state = "connected");
  expect_no_effect(s, SP_FX_HID); /* still negotiating: no device, and no reset either */
}

static void answered_on_the_device(scenario *s) {
  sign_in_alone(s);
  propose(s, .session = "s1", .conversation = "c1");
  conversation(s, .conversation = "c1", .state = "alerting");
  expect_report(s, "0400");
  hid(s, "report", 1, 2, "0100");
  expect_report(s, "0100");
  expect_effect(s, SP_FX_HEADSET, 0, "deviceAnsweredCall",
                "{\"name\":\"CallOffHook\",\"code\":32,\"event\":{\"vendorId\":2830,\"productId\":775,\"reportId\":2,"
                "\"usage\":32,\"data\":\"0100\"},\"conversationId\":\"c1\"}");
  uint32_t accept = call(s, "acceptPendingSession", "[{\"conversationId\":\"c1\",\"fromHeadset\":true}]");
  expect_resolved(s, accept, "");
  offer(s, .session = "s1", .conversation = "c1");
  peer_connects(s, 1);
  conversation(s, .conversation = "c1", .state = "connected");
  expect_no_effect(s, SP_FX_HID);
}

/* A connected call whose light is on. */
static void talk(scenario *s) {
  sign_in_alone(s);
  conversation(s, .conversation = "c1", .state = "alerting");
  connect_call(s, 1, "s1", "c1");
  conversation(s, .conversation = "c1", .state = "connected");
  forget(s);
}

static void mute_by_the_app_and_by_the_device(scenario *s) {
  talk(s);
  uint32_t mute = call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":true}]");
  const seen *light = expect_effect(s, SP_FX_HID, 1, "send", "[2,\"0300\"]");
  const seen *patch = expect_http(s, "PATCH", "conversations/calls/c1/participants/p-c1", "{\"muted\":true}");
  expect_resolved(s, mute, "");
  (void)light;
  (void)patch;
  conversation(s, .conversation = "c1", .state = "connected", .muted = true);
  expect_no_effect(s, SP_FX_HID);
  advance(s, 2000);
  hid(s, "report", 1, 2, "0500");
  hid(s, "report", 1, 2, "0100");
  expect_report(s, "0100");
  expect_effect(s, SP_FX_HEADSET, 0, "deviceMuteStatusChanged", "\"isMuted\":false,\"conversationId\":\"c1\"");
  call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":true,\"fromHeadset\":true}]");
  expect_http(s, "PATCH", "conversations/calls/c1/participants/p-c1", "{\"muted\":true}");
  expect_no_effect(s, SP_FX_HID);
}

static void hold_by_the_app_and_by_the_device(scenario *s) {
  talk(s);
  call(s, "setConversationHeld", "[{\"conversationId\":\"c1\",\"held\":true}]");
  expect_report(s, "0900");
  call(s, "setConversationHeld", "[{\"conversationId\":\"c1\",\"held\":false,\"fromHeadset\":true}]");
  expect_http(s, "PATCH", "conversations/calls/c1/participants/p-c1", "{\"held\":true}");
  expect_http(s, "PATCH", "conversations/calls/c1/participants/p-c1", "{\"held\":false}");
  expect_no_effect(s, SP_FX_HID);
}

static void others_are_held_on_the_device_too(scenario *s) {
  prepare(s, ALONE);
  sign_in_with(s, 2, false);
  for (int i = 1; i <= 2; i++) {
    const char *id = i == 1 ? "c1" : "c2";
    conversation(s, .conversation = id, .state = "alerting");
    connect_call(s, (uint32_t)i, i == 1 ? "s1" : "s2", id);
    conversation(s, .conversation = id, .state = "connected", .held = i == 2);
  }
  forget(s);
  call(s, "setConversationHeld", "[{\"conversationId\":\"c2\",\"held\":false}]");
  expect_http(s, "PATCH", "conversations/calls/c1/participants/p-c1", "{\"held\":true}");
  expect_http(s, "PATCH", "conversations/calls/c2/participants/p-c2", "{\"held\":false}");
  call(s, "setConversationHeld", "[{\"conversationId\":\"c2\",\"held\":true}]");
  expect_report(s, "0900"); /* c1 counts as held */
}

static void a_device_that_ends_the_call(scenario *s) {
  talk(s);
  advance(s, 2000);
  hid(s, "report", 1, 2, "0200");
  expect_report(s, "0000");
  expect_effect(s, SP_FX_HEADSET, 0, "deviceEndedCall", "\"name\":\"CallOnHook\"", "\"conversationId\":\"c1\"");
  call(s, "endSession", "[{\"conversationId\":\"c1\",\"fromHeadset\":true}]");
  expect_http(s, "PATCH", "conversations/calls/c1/participants/p-c1", "{\"state\":\"disconnected\"}");
  conversation(s, .conversation = "c1", .state = "disconnected");
  expect_no_effect(s, SP_FX_HID);
}

static void a_press_of_flash(scenario *s) {
  talk(s);
  advance(s, 2000);
  hid(s, "report", 1, 2, "0900");
  expect_effect(s, SP_FX_HEADSET, 0, "deviceHoldStatusChanged", "\"name\":\"OnHold\",\"code\":33",
                "\"holdRequested\":true,\"toggle\":true,\"conversationId\":\"c1\"");
}

static void unplugged_in_a_call(scenario *s) {
  talk(s);
  s->hid = "[]";
  hid(s, "disconnect", 1, 0, "");
  expect_effect(s, SP_FX_HEADSET, 0, "deviceConnectionStatusChanged", "\"notRunning\"");
  check(s, strstr(ask(s, "headset"), "\"showRetry\":true") != NULL, "a retry is of use");
  conversation(s, .conversation = "c1", .state = "connected", .muted = true);
  expect_event(s, "conversationUpdate", "\"muted\":true");
  expect_resolved(s, call(s, "setAudioMute", "[{\"conversationId\":\"c1\",\"mute\":false}]"), "");
}

static void lights_out_at_the_end(scenario *s) {
  talk(s);
  call(s, "endAllSessions", "[]");
  expect_effect(s, SP_FX_HID, 1, "close", "[[2,\"0000\"]]");
}

/* --- other clients (§2) --- */

static void the_request_on_the_wire(scenario *s) {
  prepare(s, "{" ACCOUNT "}");
  uint32_t id = call(s, "initialize", "[]");
  advance(s, 200);
  expect_resolved(s, id, "");
  expect_sent(s, "<message xmlns=\"jabber:client\" id=\"", "\" from=\"" ME "/res-1\" to=\"" ME "\">",
              "<media-message xmlns=\"genesys\">{\"jsonrpc\":\"2.0\",\"method\":\"headsetControlsRequest\","
              "\"params\":{\"requestType\":\"standard\"}}</media-message></message>");
  expect_effect(s, SP_FX_HEADSET, 0, "deviceConnectionStatusChanged", "\"negotiating\"");
  forget(s);
  media_message(
      s, "from=\"" ME "/res-1\" to=\"" ME "/res-1\"",
      "{\"method\":\"headsetControlsChanged\",\"params\":{\"hasControls\":true}}"); /* the echo of one's own */
  media_message(s, "from=\"u2@acme.orgspan.com/x\" to=\"" ME "/res-1\"",
                "{\"method\":\"headsetControlsChanged\",\"params\":{\"hasControls\":true}}");
  advance(s, 1500);
  expect_sent(s, "\"method\":\"headsetControlsChanged\",\"params\":{\"hasControls\":true}");
  expect_effect(s, SP_FX_HEADSET, 0, "deviceConnectionStatusChanged", "\"hasControls\"");
  expect_effect(s, SP_FX_HID, 1, "open");
}

#define REQUEST(type) "{\"method\":\"headsetControlsRequest\",\"params\":{\"requestType\":\"" type "\"}}"

static void a_request_during_a_call(scenario *s) {
  prepare(s, "{" ACCOUNT "}");
  sign_in(s);
  advance(s, 1500);
  forget(s);
  media_message(s, OTHER, REQUEST("standard"));
  expect_nothing_sent(s, "headsetControlsRejection");
  conversation(s, .conversation = "c1", .state = "alerting");
  connect_call(s, 1, "s1", "c1");
  media_message(s, OTHER, REQUEST("mediaHelper"));
  expect_sent(s, "headsetControlsRejection", "\"requestId\":\"r1\"", "\"reason\":\"activeCall\"");
  media_message(s, OTHER, "{\"method\":\"headsetControlsChanged\",\"params\":{\"hasControls\":true}}");
  expect_sent(s, "headsetControlsChanged", "\"hasControls\":false");
  expect_effect(s, SP_FX_HID, 1, "close", "[]");
}

static void a_media_helper(scenario *s) {
  prepare(s, "{" ACCOUNT ",\"jidResource\":\"mediahelper_1\"}");
  uint32_t id = call(s, "initialize", "[]");
  advance(s, 200);
  expect_resolved(s, id, "");
  expect_sent(s, "\"requestType\":\"mediaHelper\"");
  media_message(s, OTHER, REQUEST("standard"));
  expect_sent(s, "\"reason\":\"mediaHelper\"");
}

static void the_alerting_leader(scenario *s) {
  prepare(s, "{" ACCOUNT "}");
  sign_in(s);
  call(s, "setMediaHandling", "[\"alerting-leader-media\"]");
  expect_sent(s, "\"requestType\":\"prioritized\"");
  media_message(s, OTHER, REQUEST("standard"));
  expect_sent(s, "\"reason\":\"priority\"");
  media_message(s, OTHER, REQUEST("prioritized"));
  expect_effect(s, SP_FX_HEADSET, 0, "deviceConnectionStatusChanged", "\"alternativeClient\"");
}

static void reduced_media_in_a_call(scenario *s) {
  talk(s);
  uint32_t set = call(s, "setMediaHandling", "[\"reduced-media\"]");
  expect_rejected(s, set, "not_supported",
                  "Cannot downgrade media handling to stop using headsets during an active call");
  check(s, strstr(ask(s, "headset"), "\"isConnected\":true") != NULL, "headsets stay on");
  conversation(s, .conversation = "c1", .state = "connected", .muted = true);
  expect_effect(s, SP_FX_HID, 2, "send", "[2,\"0300\"]");
}

static void reduced_media_without_a_call(scenario *s) {
  sign_in_alone(s);
  call(s, "setMediaHandling", "[\"reduced-media\"]");
  expect_effect(s, SP_FX_HID, 1, "close");
  expect_effect(s, SP_FX_HID, 0, "forget");
}

static void asked_again_after_a_reconnect(scenario *s) {
  prepare(s, "{" ACCOUNT "}");
  sign_in(s);
  drop_connection(s);
  advance(s, 10000);
  expect_sent(s, "headsetControlsRequest");
  expect_sent(s, "headsetControlsChanged", "\"hasControls\":true");
}

static void strange_media_messages(scenario *s) {
  prepare(s, "{" ACCOUNT "}");
  sign_in(s);
  media_message(s, OTHER, "");
  media_message(s, OTHER, "null");
  media_message(s, OTHER " type=\"error\"", "{\"method\":\"headsetControlsRejection\"}");
  media_message(s, "", "{\"method\":\"headsetControlsRejection\"}");
  check(s, strstr(ask(s, "headset"), "negotiating") != NULL, "nothing came of them");
  expect_no_more(s);
}

int main(void) {
  static const scenario_case cases[] = {
    { "H-1 the real service after initialize", real_after_initialize, false },
    { "H-1 H-2 the stub when headsets are switched off", stub_when_switched_off, true },
    { "H-3 everything can be called before initialize", everything_before_initialize, true },
    { "H-3 everything can be called as a guest", nothing_for_guests, true },
    { "H-9 headsets need the softphone", softphone_not_allowed, true },
    { "off and on again", off_and_on_again, true },
    { "H-69 a browser without WebHID", no_web_hid, true },
    { "a microphone whose name comes later", the_name_comes_later, true },
    { "H-10 another default microphone", another_default_microphone, true },
    { "H-35 alerting rings, contacting goes off-hook", alerting_and_contacting, true },
    { "H-36 ends of calls, mute and hold of the platform", ends_of_calls, false },
    { "H-37 a call that another client took", taken_by_another_client, true },
    { "H-37 taken while this client has no controls", taken_while_another_client_drives, true },
    { "H-30 answered on the device", answered_on_the_device, true },
    { "H-34 mute by the app and by the device", mute_by_the_app_and_by_the_device, false },
    { "H-34 hold by the app and by the device", hold_by_the_app_and_by_the_device, true },
    { "the others are held on the device too", others_are_held_on_the_device_too, true },
    { "a device that ends the call", a_device_that_ends_the_call, true },
    { "a press of flash", a_press_of_flash, true },
    { "H-68 unplugged in a call", unplugged_in_a_call, true },
    { "lights out at the end", lights_out_at_the_end, true },
    { "H-11 H-12 H-23 the request on the wire", the_request_on_the_wire, false },
    { "H-17 H-18 H-19 a request during a call", a_request_during_a_call, true },
    { "H-16 S-22 a media helper", a_media_helper, true },
    { "H-22 the alerting leader", the_alerting_leader, true },
    { "H-29 reduced media in a call", reduced_media_in_a_call, false },
    { "reduced media without a call", reduced_media_without_a_call, true },
    { "asked again after a reconnect", asked_again_after_a_reconnect, true },
    { "strange media messages", strange_media_messages, true },
  };
  return run_scenarios("headset", cases, sizeof cases / sizeof *cases);
}
