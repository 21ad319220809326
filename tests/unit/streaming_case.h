/* SPDX-License-Identifier: MIT */
/* streaming_case.h: what the tests of the supervisor begin, end and compare with. */
#ifndef SP_TESTS_STREAMING_CASE_H
#define SP_TESTS_STREAMING_CASE_H

#include "streaming_rig.h"
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define NONE ((rig_options){ 0 })
#define NOTIFY(node, json)                                                                                             \
  "<message xmlns='jabber:client' from='notifications.acme.orgspan.com'><event "                                       \
  "xmlns='http://jabber.org/protocol/pubsub#event'><items node='" node "'><item id='1'><json "                         \
  "xmlns='urn:xmpp:json:0'>" json "</json></item></items></event></message>"
#define OPEN_CHANNEL(time, number)                                                                                     \
#time " socket open wss://streaming.mypurecloud.com/stream/channels/chan-" #number "\n"
#define NEW_CHANNEL(time)      #time " http POST notifications/channels?connectionType=streaming\n"
#define PUT_LINE(time, number) #time " http PUT notifications/channels/chan-" #number "/subscriptions "

static inline rig *opened(rig_options options) {
  static rig r;
  assert_true(rig_open(&r, 0, options));
  return &r;
}

static inline rig *connected(rig_options options) {
  rig *r = opened(options);
  rig_connect(r);
  assert_true(sp_streaming_connected(r->streaming));
  rig_history(r);
  return r;
}

static inline void closed(rig *r) {
  rig_close(r);
  assert_int_equal(test_alloc_live(), 0);
}

static inline void expect(const char *got, const char *want) {
  if (strcmp(got, want) != 0) fail_msg("want:\n%s\ngot:\n%s", want, got);
}

static inline unsigned times(const char *text, const char *part) {
  unsigned count = 0;
  for (; (text = strstr(text, part)); text++) count++;
  return count;
}

#endif
