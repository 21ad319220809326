/* SPDX-License-Identifier: MIT */
/* A candidate fragment through reader, filter and writer; the same text as a description. */
#include "sdp/candidate.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_and_read(sp_str mid, sp_str candidate) {
  sp_buf fragment;
  sp_str mid_again, again;
  sp_buf_init(&fragment, NULL, 1u << 20);
  sp_candidate_write(&fragment, mid, candidate);
  if (sp_candidate_read(sp_buf_str(&fragment), &mid_again, &again) != SP_OK) abort();
  if (!sp_str_eq(mid, mid_again) || !sp_str_eq(candidate, again)) abort();
  sp_buf_free(&fragment);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sp_str text = { (const char *)data, size }, mid, candidate;
  (void)sp_candidate_allowed(text);
  if (sp_candidate_read(text, &mid, &candidate) == SP_OK) {
    if (!sp_str_starts(candidate, "candidate:")) abort();
    (void)sp_candidate_allowed(candidate);
    /* A mid is a token, which has no '=' (RFC 8866 §9): one with it may look like an attribute. */
    if (sp_str_find_char(mid, '=', 0) == SIZE_MAX) write_and_read(mid, candidate);
  }
  sp_str before = sp_str_slice(text, 0, size / 2), after = sp_str_slice(text, size / 2, size);
  if (sp_same_ice_credentials(before, after) != sp_same_ice_credentials(after, before)) abort();
  if (sp_same_ice_credentials(before, after) && !sp_same_ice_credentials(before, before)) abort();
  return 0;
}
