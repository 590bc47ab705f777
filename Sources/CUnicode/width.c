#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>

#include "CUnicode.h"

static int ambiguous_columns = 1;

void yu_set_ambiguous_columns(int columns) { ambiguous_columns = columns == 2 ? 2 : 1; }

// Default visibility, and defined in C: a Swift function of this name is not exported.
__attribute__((visibility("default"), used)) int wcwidth(wchar_t character) {
  uint32_t point = (uint32_t)character;
  if (point == 0) return 0;
  if (point < 0x20 || (point >= 0x7F && point < 0xA0) || point > 0x10FFFF) return -1;
  return yu_columns(yu_properties(point), ambiguous_columns);
}

int yu_host_wcwidth(wchar_t character) {
  static int (*host)(wchar_t) = NULL;
  if (host == NULL) host = (int (*)(wchar_t))dlsym(RTLD_NEXT, "wcwidth");
  return host == NULL ? -1 : host(character);
}

uint32_t yu_composition(uint32_t base, uint32_t mark) {
  if (base > 0xFFFF || mark > 0xFFFF) return 0;
  int low = 0, high = yu_composition_count;
  while (low < high) {
    int middle = (low + high) / 2;
    const uint16_t *pair = yu_compositions[middle];
    if (pair[0] < base || (pair[0] == base && pair[1] < mark)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == yu_composition_count) return 0;
  const uint16_t *found = yu_compositions[low];
  return found[0] == base && found[1] == mark ? found[2] : 0;
}
