/* SPDX-License-Identifier: MIT */
/* A program with every object of the core in it: what no test links has no line in a report otherwise. */
int main(void) {
  return 0;
}
