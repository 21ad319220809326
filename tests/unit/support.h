/* SPDX-License-Identifier: MIT */
/* support.h: what the unit tests share: an allocator that fails on purpose, and fixtures. */
#ifndef SP_TESTS_SUPPORT_H
#define SP_TESTS_SUPPORT_H

#include "base/alloc.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef SP_FIXTURES
#define SP_FIXTURES "tests/fixtures"
#endif

/* An allocator over the C library's whose `fail_at`-th allocation or growth (counted from 1) fails; 0: none
   does. There is one, in static storage: each call starts its counters anew, so free what was allocated
   before. Typical loop: for (size_t n = 1, done = 0; !done; n++) { const sp_alloc *alloc = test_alloc_new(n);
       ... run, free everything ...
       assert_int_equal(test_alloc_live(), 0);
       done = !test_alloc_failed();
     } */
const sp_alloc *test_alloc_new(size_t fail_at);
/* Blocks allocated since test_alloc_new and not freed yet. */
size_t test_alloc_live(void);
/* Allocations and growths asked for since test_alloc_new. */
size_t test_alloc_calls(void);
/* Where the nth allocation since test_alloc_new was asked for, as a hash over the innermost callers; kept while
   test_alloc_trace is on. */
void test_alloc_trace(bool on);
uint64_t test_alloc_place(size_t n);
/* Whether the failing allocation was reached. */
bool test_alloc_failed(void);

/* The bytes of the file `name` below the fixtures folder, such as "xml/iq.xml"; ends the program when there
   is no such file. They stay until the program ends. */
sp_str read_fixture(const char *name);
/* A copy of the first `len` bytes in a block of exactly that size, so that a sanitizer sees a read past its
   end. Give it back with test_cut_free. */
sp_str test_cut(sp_str text, size_t len);
void test_cut_free(sp_str text);

#endif
