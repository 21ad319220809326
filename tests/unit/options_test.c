/* SPDX-License-Identifier: MIT */
/* ISdkConfig: what is refused, what is defaulted, what is forced (sessions.md §2). */
#include "config/options.h"
#include "support.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Reads a configuration; on failure the error text is in `error` and *out is empty. */
static int read_options(const char *config, sp_effects *fx, sp_buf *error, sp_options *out) {
  sp_buf_reset(error);
  return sp_options_read(test_alloc_new(0), sp_str_from(config), fx, error, out);
}

typedef struct fixture {
  sp_effects *fx;
  sp_buf error;
} fixture;

static fixture set_up(void) {
  fixture f = { .fx = sp_effects_new(NULL) };
  sp_buf_init(&f.error, NULL, 4096);
  return f;
}

static void tear_down(fixture *f) {
  sp_effects_free(f->fx);
  sp_buf_free(&f->error);
}

static bool contains(sp_str text, const char *part) {
  return sp_str_find(text, part, 0) != SIZE_MAX;
}

static size_t count_warnings(sp_effects *fx, const char *part) {
  size_t count = 0;
  for (sp_effect effect; sp_effects_pop(fx, &effect);)
    count += effect.kind == SP_FX_LOG && sp_str_is(effect.name, "warn") && contains(effect.text, part);
  return count;
}

static void bad_configurations_are_refused(void **state) {
  static const struct {
    const char *name, *config, *error;
  } cases[] = {
    { "S-1 no config", "null", "\"Options required to create an instance of the SDK\"" },
    { "false", "false", "\"Options required to create an instance of the SDK\"" },
    { "a string", "\"config\"", "Option `config` must be an object" },
    { "an array", "[]", "Option `config` must be an object" },
    { "no JSON", "{", "Option `config` must be an object of plain values" },
    { "S-2 no credentials", "{}",
      "\"An accessToken, jwt, or organizationId (for guest access) is required to instantiate the sdk.\"" },
    { "S-2 empty credentials", "{\"accessToken\":\"\",\"jwt\":null}", "An accessToken, jwt, or" },
    { "token is a number", "{\"accessToken\":7}", "Option `accessToken` must be a string" },
    { "flag is a string", "{\"accessToken\":\"t\",\"disableAutoAnswer\":\"no\"}",
      "Option `disableAutoAnswer` must be true or false" },
    { "constraint is a string", "{\"accessToken\":\"t\",\"defaults\":{\"micEchoCancellation\":\"x\"}}",
      "Option `defaults.micEchoCancellation`" },
    { "interaction types are a text", "{\"accessToken\":\"t\",\"alertableInteractionTypes\":\"call\"}",
      "Option `alertableInteractionTypes` must be an array" },
    { "an expiry of text", "{\"accessToken\":\"t\",\"accessTokenExpiresAt\":\"soon\"}",
      "Option `accessTokenExpiresAt` must be a time in milliseconds since 1970" },
    { "headers are a list", "{\"accessToken\":\"t\",\"customHeaders\":[]}",
      "Option `customHeaders` must be an object" },
    { "defaults are a text", "{\"accessToken\":\"t\",\"defaults\":\"x\"}", "Option `defaults` must be an object" },
    { "types are a text", "{\"accessToken\":\"t\",\"allowedSessionTypes\":\"softphone\"}",
      "Option `allowedSessionTypes`" },
    { "an unknown type", "{\"accessToken\":\"t\",\"allowedSessionTypes\":[\"fax\"]}", "Option `allowedSessionTypes`" },
    { "a volume too high", "{\"accessToken\":\"t\",\"defaults\":{\"audioVolume\":101}}",
      "Option `defaults.audioVolume`" },
    { "a volume as text", "{\"accessToken\":\"t\",\"defaults\":{\"audioVolume\":\"5\"}}",
      "Option `defaults.audioVolume`" },
    { "eager is a number", "{\"accessToken\":\"t\",\"eagerPersistentConnectionEstablishment\":1}",
      "Option `eagerPersistentConnectionEstablishment`" },
  };
  (void)state;
  fixture f = set_up();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_options options;
    if (read_options(cases[i].config, f.fx, &f.error, &options) != SP_EINVAL) fail_msg("%s", cases[i].name);
    sp_str error = sp_buf_str(&f.error);
    if (!contains(error, "\"type\":\"invalid_options\"") || !contains(error, cases[i].error))
      fail_msg("%s: %.*s", cases[i].name, SP_STR_ARG(error));
    assert_int_equal(test_alloc_live(), 0);
  }
  tear_down(&f);
}

/* Each config is read with an accessToken unless it brings credentials; `reads` is a check of the result. */
static bool all_defaults(const sp_options *o) {
  return sp_str_is(o->environment, "mypurecloud.com") && !o->environment_given &&
         sp_str_is(o->ws_host, "wss://streaming.mypurecloud.com") && o->auto_connect_sessions &&
         !o->disable_auto_answer && !o->opt_out_of_telemetry && o->use_headsets && !o->server_pings &&
         o->eager == SP_EAGER_AUTO && !o->log_level.ptr && !o->sdk_version.ptr && !o->logging_paused &&
         o->audio_volume == 100 && !o->audio_device_id.len && !o->output_device_id.len &&
         o->allowed_types == (SP_ALLOW_SOFTPHONE | SP_ALLOW_VIDEO | SP_ALLOW_SCREEN_SHARE | SP_ALLOW_LIVE_MONITORING);
}
static bool auto_connect(const sp_options *o) {
  return o->auto_connect_sessions;
}
static bool no_auto_connect(const sp_options *o) {
  return !o->auto_connect_sessions;
}
static bool echo_off(const sp_options *o) {
  return sp_str_is(o->mic_echo_cancellation, "false") && sp_str_is(o->mic_noise_suppression, "true");
}
static bool all_processing_on(const sp_options *o) {
  return sp_str_is(o->mic_echo_cancellation, "true") && sp_str_is(o->mic_auto_gain_control, "true");
}
static bool gain_object(const sp_options *o) {
  return sp_str_is(o->mic_auto_gain_control, "{\"ideal\":true}");
}
static bool jwt_types(const sp_options *o) {
  return o->allowed_types == (SP_ALLOW_SCREEN_RECORDING | SP_ALLOW_VIDEO | SP_ALLOW_LIVE_MONITORING);
}
static bool is_jwt(const sp_options *o) {
  return sp_options_is_jwt(o) && !sp_options_is_guest(o);
}
static bool is_guest(const sp_options *o) {
  return sp_options_is_guest(o) && !sp_options_is_jwt(o);
}
static bool is_agent(const sp_options *o) {
  return !sp_options_is_guest(o) && !sp_options_is_jwt(o);
}
static bool no_types(const sp_options *o) {
  return o->allowed_types == 0;
}
static bool local_hosts(const sp_options *o) {
  return sp_str_is(o->environment, "http://127.0.0.1:1") && sp_str_is(o->ws_host, "ws://127.0.0.1:2");
}
static bool derived_host(const sp_options *o) {
  return o->environment_given && sp_str_is(o->ws_host, "wss://streaming.mypurecloud.ie");
}
static bool eager_event(const sp_options *o) {
  return o->eager == SP_EAGER_EVENT;
}
static bool eager_none(const sp_options *o) {
  return o->eager == SP_EAGER_NONE;
}
static bool live_objects(const sp_options *o) {
  return sp_str_is(o->audio_stream, "stream-1") && o->audio_element == 4 && o->audio_volume == 0;
}
static bool loud(const sp_options *o) {
  return sp_str_is(o->log_level, "loud");
}
static bool level_seven(const sp_options *o) {
  return sp_str_is(o->log_level, "7");
}
static bool logs_paused(const sp_options *o) {
  return o->logging_paused && sp_str_is(o->sdk_version, "1.2.3");
}
static bool headers_kept(const sp_options *o) {
  return sp_str_is(o->custom_headers, "{\"x\":\"y\"}");
}

static void good_configurations_are_read(void **state) {
  static const struct {
    const char *name, *config;
    bool (*reads)(const sp_options *options);
  } cases[] = {
    { "defaults", "{\"accessToken\":\"t\"}", all_defaults },
    { "null is the default everywhere",
      "{\"accessToken\":\"t\",\"environment\":null,\"useHeadsets\":null,\"defaults\":null,\"logLevel\":null,"
      "\"allowedSessionTypes\":null,\"eagerPersistentConnectionEstablishment\":null}",
      all_defaults },
    { "falsy texts mean not given", "{\"accessToken\":\"t\",\"jwt\":false,\"environment\":\"\",\"wsHost\":0}",
      all_defaults },
    { "S-6 autoConnectSessions absent", "{\"accessToken\":\"t\"}", auto_connect },
    { "S-6 autoConnectSessions null", "{\"accessToken\":\"t\",\"autoConnectSessions\":null}", auto_connect },
    { "S-6 autoConnectSessions false", "{\"accessToken\":\"t\",\"autoConnectSessions\":false}", no_auto_connect },
    { "S-7 false stays false", "{\"accessToken\":\"t\",\"defaults\":{\"micEchoCancellation\":false}}", echo_off },
    { "S-7 undefined becomes true", "{\"accessToken\":\"t\",\"defaults\":{}}", all_processing_on },
    { "a constraint object is kept", "{\"accessToken\":\"t\",\"defaults\":{\"micAutoGainControl\":{\"ideal\":true}}}",
      gain_object },
    { "S-5 a jwt forces the types", "{\"jwt\":\"j\",\"allowedSessionTypes\":[\"softphone\"]}", jwt_types },
    { "S-8 jwt wins over the token", "{\"jwt\":\"j\",\"accessToken\":\"t\"}", is_jwt },
    { "S-8 an organization alone is a guest", "{\"organizationId\":\"o\"}", is_guest },
    { "S-8 a token makes an agent", "{\"accessToken\":\"t\",\"organizationId\":\"o\"}", is_agent },
    { "an empty list allows nothing", "{\"accessToken\":\"t\",\"allowedSessionTypes\":[]}", no_types },
    { "local hosts are taken as they are",
      "{\"accessToken\":\"t\",\"environment\":\"http://127.0.0.1:1\",\"wsHost\":\"ws://127.0.0.1:2\"}", local_hosts },
    { "the socket's host follows the environment", "{\"accessToken\":\"t\",\"environment\":\"mypurecloud.ie\"}",
      derived_host },
    { "eager none", "{\"accessToken\":\"t\",\"eagerPersistentConnectionEstablishment\":\"none\"}", eager_none },
    { "another eager word acts as event",
      "{\"accessToken\":\"t\",\"eagerPersistentConnectionEstablishment\":\"later\"}", eager_event },
    { "live objects are handles",
      "{\"accessToken\":\"t\",\"defaults\":{\"audioStream\":\"stream-1\",\"audioElement\":4,\"audioVolume\":0}}",
      live_objects },
    { "L-3 an unknown log level is no error", "{\"accessToken\":\"t\",\"logLevel\":\"loud\"}", loud },
    { "L-3 neither is one that is no text", "{\"accessToken\":\"t\",\"logLevel\":7}", level_seven },
    { "logs may begin paused", "{\"accessToken\":\"t\",\"startServerLoggingPaused\":true,\"sdkVersion\":\"1.2.3\"}",
      logs_paused },
    { "headers are kept", "{\"accessToken\":\"t\",\"customHeaders\":{\"x\":\"y\"}}", headers_kept },
  };
  (void)state;
  fixture f = set_up();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_options options;
    if (read_options(cases[i].config, f.fx, &f.error, &options) != SP_OK)
      fail_msg("%s: %.*s", cases[i].name, SP_STR_ARG(sp_buf_str(&f.error)));
    if (!cases[i].reads(&options)) fail_msg("%s", cases[i].name);
    sp_options_free(&options);
    assert_int_equal(test_alloc_live(), 0);
  }
  tear_down(&f);
}

static void environments_that_are_not_listed_warn(void **state) {
  static const struct {
    const char *name, *config;
    size_t missing, unlisted;
  } cases[] = {
    { "S-3 no environment warns once", "{\"accessToken\":\"t\"}", 1, 0 },
    { "S-4 an unlisted environment warns", "{\"accessToken\":\"t\",\"environment\":\"example.org\"}", 0, 1 },
    { "a listed one does not", "{\"accessToken\":\"t\",\"environment\":\"use2.us-gov-pure.cloud\"}", 0, 0 },
  };
  (void)state;
  fixture f = set_up();
  for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
    sp_options options;
    bool first = i % 2 == 0; /* each case is read twice: once per message, because counting drains */
    assert_int_equal(read_options(cases[i / 2].config, f.fx, &f.error, &options), SP_OK);
    size_t count = count_warnings(f.fx, first ? "No environment provided, using mypurecloud.com"
                                              : "Environment is not in the standard list. You may not be able to "
                                                "connect.");
    if (count != (first ? cases[i / 2].missing : cases[i / 2].unlisted)) fail_msg("%s", cases[i / 2].name);
    sp_options_free(&options);
  }
  tear_down(&f);
}

static void the_answer_about_the_configuration_holds_no_secret(void **state) {
  (void)state;
  fixture f = set_up();
  sp_options options;
  assert_int_equal(read_options("{\"accessToken\":\"SECRET\",\"allowedSessionTypes\":[\"screenShare\",\"softphone\"]}",
                                f.fx, &f.error, &options),
                   SP_OK);
  sp_buf_reset(&f.error);
  sp_options_write(&f.error, &options);
  sp_str text = sp_buf_str(&f.error);
  assert_false(contains(text, "SECRET"));
  assert_true(contains(text, "\"allowedSessionTypes\":[\"softphone\",\"screenShare\"]"));
  assert_true(contains(text, "\"environment\":\"mypurecloud.com\""));
  sp_options_free(&options);
  tear_down(&f);
}

static void an_allocation_that_fails_leaves_nothing(void **state) {
  static const char config[] = "{\"accessToken\":\"t\",\"environment\":\"mypurecloud.de\",\"jidResource\":\"r\","
                               "\"customHeaders\":{\"x\":\"y\"},\"logLevel\":7,\"defaults\":{\"audioDeviceId\":\"d\"}}";
  (void)state;
  fixture f = set_up();
  for (size_t n = 1, done = 0; !done; n++) {
    sp_options options;
    sp_buf_reset(&f.error);
    int status = sp_options_read(test_alloc_new(n), sp_str_from(config), f.fx, &f.error, &options);
    assert_true(status == SP_OK || status == SP_ENOMEM);
    assert_int_equal(status == SP_OK, !test_alloc_failed());
    if (status == SP_OK) sp_options_free(&options);
    assert_int_equal(test_alloc_live(), 0);
    done = !test_alloc_failed();
  }
  tear_down(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(bad_configurations_are_refused),
    cmocka_unit_test(good_configurations_are_read),
    cmocka_unit_test(environments_that_are_not_listed_warn),
    cmocka_unit_test(the_answer_about_the_configuration_holds_no_secret),
    cmocka_unit_test(an_allocation_that_fails_leaves_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
