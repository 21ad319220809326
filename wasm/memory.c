// SPDX-License-Identifier: MIT
// memcpy and memset by words. Emscripten's for small modules go byte by byte, and every frame is copied a few times.
// Compiled without built-ins, or the compiler would make a call of itself of these loops, and without link-time
// optimization, which meets calls of them too late (CMakeLists.txt).

#include <stddef.h>
#include <stdint.h>

// WebAssembly loads and stores at any address.
typedef struct __attribute__((packed, may_alias)) word {
  uint64_t bits;
} word;

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int value, size_t size);

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
  char *t = to;
  const char *f = from;
  for (; size >= sizeof(word); size -= sizeof(word), t += sizeof(word), f += sizeof(word))
    ((word *)t)->bits = ((const word *)f)->bits;
  for (; size; size--) *t++ = *f++;
  return to;
}

void *memset(void *to, int value, size_t size) {
  char *t = to;
  uint64_t bits = (uint8_t)value * UINT64_C(0x0101010101010101);
  for (; size >= sizeof(word); size -= sizeof(word), t += sizeof(word)) ((word *)t)->bits = bits;
  for (; size; size--) *t++ = (char)value;
  return to;
}
