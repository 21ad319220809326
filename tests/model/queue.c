/* SPDX-License-Identifier: MIT */
/* What happens when, and chance. */
#include "model.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* splitmix64: https://prng.di.unimi.it/splitmix64.c (public domain). */
unsigned roll(model *m, unsigned below) {
  uint64_t z = (m->random += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (unsigned)((z ^ (z >> 31)) % below);
}

bool chance(model *m, unsigned percent) {
  return roll(m, 100) < percent;
}

bool fault(model *m, unsigned percent) {
  bool hit = roll(m, 10000) < percent * m->fault_percent;
  return hit && !m->calm;
}

static char *copy(const char *text) {
  size_t size = strlen(text ? text : "") + 1;
  char *out = malloc(size);
  if (!out) abort();
  memcpy(out, text ? text : "", size);
  return out;
}

void happens(model *m, uint64_t in_ms, int kind, uint32_t id, double number, const char *name, const char *text) {
  if (m->event_count == m->event_cap) {
    m->event_cap = m->event_cap ? 2 * m->event_cap : 64;
    event *grown = realloc(m->events, m->event_cap * sizeof *grown);
    if (!grown) abort();
    m->events = grown;
  }
  m->events[m->event_count++] = (event){ m->now + in_ms, ++m->order, kind, id, number, copy(name), copy(text) };
}

static size_t earliest(const model *m) {
  size_t found = 0;
  for (size_t i = 1; i < m->event_count; i++) {
    const event *a = &m->events[i], *b = &m->events[found];
    if (a->at < b->at || (a->at == b->at && a->order < b->order)) found = i;
  }
  return found;
}

uint64_t next_time(const model *m) {
  return m->event_count ? m->events[earliest(m)].at : UINT64_MAX;
}

bool next_event(model *m, event *out) {
  if (!m->event_count) return false;
  size_t at = earliest(m);
  *out = m->events[at];
  m->events[at] = m->events[--m->event_count];
  return true;
}

void free_event(event *e) {
  free(e->name);
  free(e->text);
}

void forget_events(model *m, int kind, uint32_t id) {
  for (size_t i = m->event_count; i-- > 0;) {
    if (m->events[i].kind != kind || m->events[i].id != id) continue;
    free_event(&m->events[i]);
    m->events[i] = m->events[--m->event_count];
  }
}

void clear_events(model *m) {
  while (m->event_count) free_event(&m->events[--m->event_count]);
  free(m->events);
  m->events = NULL;
  m->event_cap = 0;
}

void tell(const model *m, const char *format, ...) {
  if (!m->trace) return;
  va_list args;
  va_start(args, format);
  printf("%8.3f ", (double)m->now / 1000);
  vprintf(format, args);
  printf("\n");
  va_end(args);
}

jmp_buf *broken_door;

void broken(const model *m, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fflush(stdout);
  fprintf(stderr, "model: sequence %llu of seed %llu, at %.3f s: ", (unsigned long long)m->sequence,
          (unsigned long long)m->seed, (double)m->now / 1000);
  vfprintf(stderr, format, args);
  fprintf(stderr, "\nmodel: play it again with --seed %llu --only %llu\n", (unsigned long long)m->seed,
          (unsigned long long)m->sequence);
  va_end(args);
  if (broken_door) longjmp(*broken_door, 1);
  exit(1);
}
