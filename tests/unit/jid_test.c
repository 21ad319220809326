/* SPDX-License-Identifier: MIT */
#include "xmpp/jid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
  const char *name, *jid, *local, *domain, *resource, *bare;
} parts[] = {
  { "full", "ana@x.org/web", "ana", "x.org", "web", "ana@x.org" },
  { "bare", "ana@x.org", "ana", "x.org", NULL, "ana@x.org" },
  { "domain", "x.org", NULL, "x.org", NULL, "x.org" },
  { "slash inside a resource", "ana@x.org/a/b", "ana", "x.org", "a/b", "ana@x.org" },
  { "at inside a resource", "x.org/a@b", NULL, "x.org", "a@b", "x.org" },
  { "trailing dot", "ana@x.org./web", "ana", "x.org", "web", "ana@x.org." },
  { "phone number", "+13175550100@gjoll.x.org/gw-1", "+13175550100", "gjoll.x.org", "gw-1",
    "+13175550100@gjoll.x.org" },
  { "empty resource", "ana@x.org/", "ana", "x.org", "", "ana@x.org" },
  { "empty", "", NULL, "", NULL, "" },
  { "only an at", "@", "", "", NULL, "@" },
};

static void check(const char *name, sp_str got, const char *want) {
  bool same = want ? got.ptr != NULL && sp_str_is(got, want) : got.ptr == NULL;
  if (!same) fail_msg("%s: got \"%.*s\"", name, SP_STR_ARG(got));
}

static void parts_of_an_address(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    sp_str jid = sp_str_from(parts[i].jid);
    check(parts[i].name, sp_jid_local(jid), parts[i].local);
    check(parts[i].name, sp_jid_domain(jid), parts[i].domain);
    check(parts[i].name, sp_jid_resource(jid), parts[i].resource);
    check(parts[i].name, sp_jid_bare(jid), parts[i].bare);
  }
}

static const struct {
  const char *name, *a, *b;
  bool full, bare;
} pairs[] = {
  { "same", "ana@x.org/web", "ana@x.org/web", true, true },
  { "case of local part and domain", "Ana@X.org/web", "ana@x.ORG/web", true, true },
  { "case of the resource", "ana@x.org/Web", "ana@x.org/web", false, true },
  { "trailing dot", "ana@x.org./web", "ana@x.org/web", true, true },
  { "other local part", "eva@x.org/web", "ana@x.org/web", false, false },
  { "no local part", "x.org", "ana@x.org", false, false },
  { "bare and full", "ana@x.org", "ana@x.org/web", false, true },
};

static void comparison(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    sp_str a = sp_str_from(pairs[i].a), b = sp_str_from(pairs[i].b);
    if (sp_jid_eq(a, b) != pairs[i].full || sp_jid_bare_eq(a, b) != pairs[i].bare) fail_msg("%s", pairs[i].name);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(parts_of_an_address),
    { "W-4.5 JIDs are equal after normalisation", comparison, NULL, NULL, NULL },
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
