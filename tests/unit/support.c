/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <execinfo.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct { size_t fail_at, calls, live; } counters;

/* Fixtures read so far: kept reachable, so that the leak checker does not report them. */
static struct fixture {
  struct fixture *next;
  char *bytes;
} * fixtures;

/* Callers that tell one place from another: deep enough for a buffer's growth to show whose it is. */
enum { CALLERS = 12, OWN = 2 };

static struct {
  bool on;
  uint64_t *places;
  size_t cap;
} trace;

static void note_place(size_t n) {
  void *callers[CALLERS];
  if (n >= trace.cap) {
    size_t cap = n * 2 + 1024;
    uint64_t *places = realloc(trace.places, cap * sizeof *places);
    if (!places) abort();
    trace.places = places;
    trace.cap = cap;
  }
  int count = backtrace(callers, CALLERS);
  uint64_t hash = UINT64_C(14695981039346656037);
  for (int i = OWN; i < count; i++) hash = (hash ^ (uintptr_t)callers[i]) * UINT64_C(1099511628211);
  trace.places[n] = hash;
}

void test_alloc_trace(bool on) {
  trace.on = on;
}

uint64_t test_alloc_place(size_t n) {
  return n < trace.cap ? trace.places[n] : 0;
}

static void *counting_resize(void *user, void *ptr, size_t size) {
  (void)user;
  if (size == 0) {
    if (ptr) counters.live--;
    free(ptr);
    return NULL;
  }
  if (++counters.calls == counters.fail_at) return NULL;
  if (trace.on) note_place(counters.calls);
  void *block = realloc(ptr, size);
  if (block && !ptr) {
    counters.live++;
    memset(block, 0xA5, size); /* no test may pass because fresh memory happens to be zero */
  }
  return block;
}

const sp_alloc *test_alloc_new(size_t fail_at) {
  static const sp_alloc alloc = { counting_resize, NULL };
  counters.fail_at = fail_at;
  counters.calls = counters.live = 0;
  return &alloc;
}

size_t test_alloc_live(void) {
  return counters.live;
}

size_t test_alloc_calls(void) {
  return counters.calls;
}

bool test_alloc_failed(void) {
  return counters.fail_at > 0 && counters.calls >= counters.fail_at;
}

static void die(const char *what, const char *name) {
  fprintf(stderr, "fixture %s: %s\n", name, what);
  exit(EXIT_FAILURE);
}

sp_str read_fixture(const char *name) {
  char path[1024];
  struct fixture *fixture = calloc(1, sizeof *fixture);
  snprintf(path, sizeof path, "%s/%s", SP_FIXTURES, name);
  FILE *file = fopen(path, "rb");
  if (!file || !fixture) die("cannot be opened", path);
  long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
  rewind(file);
  fixture->bytes = size >= 0 ? malloc((size_t)size + 1) : NULL;
  if (!fixture->bytes || fread(fixture->bytes, 1, (size_t)size, file) != (size_t)size) die("cannot be read", path);
  fixture->bytes[size] = '\0';
  fclose(file);
  fixture->next = fixtures;
  fixtures = fixture;
  return (sp_str){ fixture->bytes, (size_t)size };
}

sp_str test_cut(sp_str text, size_t len) {
  char *copy = malloc(len > 0 ? len : 1);
  if (!copy) die("out of memory", "cut");
  if (len > 0) memcpy(copy, text.ptr, len);
  return (sp_str){ copy, len };
}

void test_cut_free(sp_str text) {
  free((void *)(uintptr_t)text.ptr);
}
