/* SPDX-License-Identifier: MIT */
#include "sdp/candidate.h"

#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
  const char *name, *fragment, *mid, *candidate; /* without mid: refused */
} fragments[] = {
  { "as the platform writes it", "m=audio 9 RTP/AVP 0\r\na=candidate:1 1 udp 2 192.0.2.2 5 typ host\r\n", "audio",
    "candidate:1 1 udp 2 192.0.2.2 5 typ host" },
  { "without the last line end", "m=audio 9 RTP/AVP 0\r\na=candidate:1 1 udp 2 192.0.2.2 5 typ host", "audio",
    "candidate:1 1 udp 2 192.0.2.2 5 typ host" },
  { "LF only", "m=0 9 RTP/AVP 0\na=candidate:1 1 udp 2 192.0.2.2 5 typ host\n", "0",
    "candidate:1 1 udp 2 192.0.2.2 5 typ host" },
  { "escaped line ends", "m=1 9 RTP/AVP 0\\r\\na=candidate:1 1 udp 2 192.0.2.2 5 typ host\\r\\n", "1",
    "candidate:1 1 udp 2 192.0.2.2 5 typ host" },
  { "nothing after the mid", "m=data\r\na=candidate:1 1 udp 2 192.0.2.2 5 typ host\r\n", "data",
    "candidate:1 1 udp 2 192.0.2.2 5 typ host" },
  { "bare end of candidates", "a=end-of-candidates\r\n", NULL, NULL },
  { "end of candidates of one medium", "m=audio 9 RTP/AVP 0\r\na=end-of-candidates\r\n", NULL, NULL },
  { "no m-line", "a=candidate:1 1 udp 2 192.0.2.2 5 typ host\r\n", NULL, NULL },
  { "empty mid", "m= 9 RTP/AVP 0\r\na=candidate:1 1 udp 2 192.0.2.2 5 typ host\r\n", NULL, NULL },
  { "no candidate", "m=audio 9 RTP/AVP 0\r\n", NULL, NULL },
  { "empty attribute", "m=audio 9 RTP/AVP 0\r\na=\r\n", NULL, NULL },
  { "empty", "", NULL, NULL },
};

static void fragments_are_read(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof fragments / sizeof *fragments; i++) {
    sp_str mid = SP_STR("unchanged"), candidate = mid;
    int status = sp_candidate_read(sp_str_from(fragments[i].fragment), &mid, &candidate);
    if (status != (fragments[i].mid ? SP_OK : SP_ENOENT)) fail_msg("%s", fragments[i].name);
    assert_true(sp_str_is(mid, fragments[i].mid ? fragments[i].mid : "unchanged"));
    assert_true(sp_str_is(candidate, fragments[i].mid ? fragments[i].candidate : "unchanged"));
  }
  sp_str mid, candidate;
  assert_int_equal(sp_candidate_read(SP_STR_NONE, &mid, &candidate), SP_ENOENT);
}

/* What is left of a cut fragment is refused, or a candidate that is a beginning of the whole one. */
static void cut_fragments(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof fragments / sizeof *fragments; i++) {
    sp_str whole = sp_str_from(fragments[i].fragment);
    for (size_t len = 0; len < whole.len; len++) {
      sp_str part = test_cut(whole, len), mid, candidate;
      if (sp_candidate_read(part, &mid, &candidate) == SP_OK) {
        assert_non_null(fragments[i].mid);
        assert_true(sp_str_is(mid, fragments[i].mid));
        assert_true(sp_str_eq(candidate, sp_str_slice(sp_str_from(fragments[i].candidate), 0, candidate.len)));
      }
      test_cut_free(part);
    }
  }
}

static void fragments_are_written(void **state) {
  static const struct {
    const char *mid, *candidate, *fragment;
  } cases[] = {
    { "audio", "candidate:1 1 udp 2 192.0.2.2 5 typ host generation 0 ufrag t+uM",
      "m=audio 9 RTP/AVP 0\r\na=candidate:1 1 udp 2 192.0.2.2 5 typ host generation 0 ufrag t+uM\r\n" },
    { "0", "candidate:1", "m=0 9 RTP/AVP 0\r\na=candidate:1\r\n" },
    { "audio", NULL, "a=end-of-candidates\r\n" },
    { "audio", "", "a=end-of-candidates\r\n" },
    { NULL, NULL, "a=end-of-candidates\r\n" },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    bool failed = true;
    for (size_t n = 0; failed; n++) {
      sp_buf out;
      sp_buf_init(&out, test_alloc_new(n), 4096);
      sp_candidate_write(&out, sp_str_from(cases[i].mid), sp_str_from(cases[i].candidate));
      failed = n == 0 || test_alloc_failed();
      if (sp_buf_status(&out) == SP_OK) assert_true(sp_str_is(sp_buf_str(&out), cases[i].fragment));
      else assert_true(test_alloc_failed());
      sp_buf_free(&out);
      assert_int_equal(test_alloc_live(), 0);
    }
  }
}

static void filters(void **state) {
  static const struct {
    const char *name, *candidate;
    bool allowed;
  } cases[] = {
    { "IPv4 host", "candidate:2982467851 1 udp 2122194687 192.0.2.2 50624 typ host generation 0", true },
    { "IPv6 host", "candidate:1 1 udp 2122262783 2001:db8::1 50625 typ host generation 0", false },
    { "IPv4 mapped into IPv6 host", "candidate:1 1 udp 2122262783 ::ffff:192.0.2.1 50625 typ host", false },
    { "link-local host", "candidate:1 1 udp 2122262783 fe80::1 50625 typ host", false },
    { "mDNS host", "candidate:1 1 udp 2122262783 3f1c2c3a-1d0e-4d7b-9d1f-0123456789ab.local 5 typ host", false },
    { "three numbers", "candidate:1 1 udp 2122262783 192.0.2 5 typ host", false },
    { "five numbers", "candidate:1 1 udp 2122262783 192.0.2.1.1 5 typ host", false },
    { "an empty number", "candidate:1 1 udp 2122262783 192..2.1 5 typ host", false },
    { "no last number", "candidate:1 1 udp 2122262783 192.0.2. 5 typ host", false },
    { "a long number", "candidate:1 1 udp 2122262783 192.0.2.0001 5 typ host", false },
    { "TCP host", "candidate:1 1 tcp 1518283007 192.0.2.2 9 typ host tcptype active", false },
    { "TCP host in capitals", "candidate:1 1 TCP 1518283007 192.0.2.2 9 typ host tcptype active", false },
    { "TCP IPv6 host", "candidate:1 1 tcp 1518283007 2001:db8::1 9 typ host tcptype active", false },
    { "TCP srflx", "candidate:1 1 tcp 1 198.51.100.7 9 typ srflx raddr 0.0.0.0 rport 0", false },
    { "IPv4 srflx", "candidate:1 1 udp 1685987071 198.51.100.7 50624 typ srflx raddr 0.0.0.0 rport 0", true },
    { "IPv6 srflx", "candidate:1 1 udp 1685987071 2001:db8::7 50624 typ srflx raddr :: rport 0", true },
    { "IPv4 relay", "candidate:1 1 udp 41885439 203.0.113.9 3478 typ relay raddr 198.51.100.7 rport 1", true },
    { "IPv6 relay", "candidate:1 1 udp 41885439 2001:db8::9 3478 typ relay raddr :: rport 0", true },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (sp_candidate_allowed(sp_str_from(cases[i].candidate)) != cases[i].allowed) fail_msg("%s", cases[i].name);
}

static void filters_survive_cut_candidates(void **state) {
  (void)state;
  const sp_str whole = SP_STR("candidate:1 1 udp 2122262783 2001:db8::1 50625 typ host");
  for (size_t len = 0; len <= whole.len; len++) {
    sp_str part = test_cut(whole, len);
    assert_int_equal(sp_candidate_allowed(part), len < whole.len); /* no host candidate before "host" is there */
    test_cut_free(part);
  }
}

#define SESSION "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"

static void credentials(void **state) {
  static const struct {
    const char *name, *before, *now;
    bool same;
  } cases[] = {
    { "unchanged", SESSION "a=ice-ufrag:u1\r\na=ice-pwd:p1\r\n", SESSION "a=ice-ufrag:u1\r\na=ice-pwd:p1\r\n", true },
    { "another order and line end", "a=ice-ufrag:u1\r\na=ice-pwd:p1\r\n", "a=ice-pwd:p1\na=ice-ufrag:u1\n", true },
    { "without a last line end", "a=ice-ufrag:u1\r\na=ice-pwd:p1\r\n", "a=ice-ufrag:u1\r\na=ice-pwd:p1", true },
    { "another ufrag", "a=ice-ufrag:u1\r\na=ice-pwd:p1\r\n", "a=ice-ufrag:u2\r\na=ice-pwd:p1\r\n", false },
    { "another password", "a=ice-ufrag:u1\r\na=ice-pwd:p1\r\n", "a=ice-ufrag:u1\r\na=ice-pwd:p2\r\n", false },
    { "a longer ufrag", "a=ice-ufrag:u1\r\na=ice-pwd:p1\r\n", "a=ice-ufrag:u12\r\na=ice-pwd:p1\r\n", false },
    { "case counts", "a=ice-ufrag:u1\r\na=ice-pwd:p1\r\n", "a=ice-ufrag:U1\r\na=ice-pwd:p1\r\n", false },
    { "the first of each counts", "a=ice-ufrag:u1\r\na=ice-pwd:p1\r\na=ice-ufrag:u2\r\na=ice-pwd:p2\r\n",
      "a=ice-ufrag:u1\r\na=ice-pwd:p1\r\na=ice-ufrag:u3\r\na=ice-pwd:p3\r\n", true },
    { "none before", SESSION, "a=ice-ufrag:u1\r\na=ice-pwd:p1\r\n", false },
    { "none now", "a=ice-ufrag:u1\r\na=ice-pwd:p1\r\n", SESSION, false },
    { "none at all", SESSION, SESSION, false },
    { "no password", "a=ice-ufrag:u1\r\n", "a=ice-ufrag:u1\r\n", false },
    { "empty", "a=ice-ufrag:\r\na=ice-pwd:\r\n", "a=ice-ufrag:\r\na=ice-pwd:\r\n", false },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_str before = sp_str_from(cases[i].before), now = sp_str_from(cases[i].now);
    if (sp_same_ice_credentials(before, now) != cases[i].same) fail_msg("%s", cases[i].name);
    if (sp_same_ice_credentials(now, before) != cases[i].same) fail_msg("%s, swapped", cases[i].name);
  }
  assert_false(sp_same_ice_credentials(SP_STR_NONE, SP_STR_NONE));
}

int main(void) {
  const struct CMUnitTest tests[] = {
    { "W-9.5 inbound candidate fragments", fragments_are_read, NULL, NULL, NULL },
    { "cut candidate fragments", cut_fragments, NULL, NULL, NULL },
    { "W-9.5 outbound candidate fragments", fragments_are_written, NULL, NULL, NULL },
    { "W-D8 candidate filters", filters, NULL, NULL, NULL },
    { "candidate filters survive cut candidates", filters_survive_cut_candidates, NULL, NULL, NULL },
    { "W-9.3 ICE credentials of two offers", credentials, NULL, NULL, NULL },
  };
  return cmocka_run_group_tests_name("candidate", tests, NULL, NULL);
}
