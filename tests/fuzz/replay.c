/* SPDX-License-Identifier: MIT */
/* The fuzz targets without libFuzzer: runs the one it is linked to over the files named. For builds whose counters or
   tools do not go together with libFuzzer, such as `npm run coverage`. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path) {
  FILE *file = fopen(path, "rb");
  long size = file && fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
  uint8_t *bytes = size >= 0 ? malloc((size_t)size + 1) : NULL;
  int ok = bytes && fseek(file, 0, SEEK_SET) == 0 && fread(bytes, 1, (size_t)size, file) == (size_t)size;
  if (ok) (void)LLVMFuzzerTestOneInput(bytes, (size_t)size);
  else fprintf(stderr, "%s cannot be read\n", path);
  free(bytes);
  if (file) fclose(file);
  return ok ? 0 : 1;
}

int main(int argc, char **argv) {
  int failed = 0;
  for (int i = 1; i < argc; i++) failed |= replay(argv[i]);
  return failed;
}
