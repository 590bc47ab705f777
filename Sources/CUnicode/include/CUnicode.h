#ifndef YUE_CUNICODE_H
#define YUE_CUNICODE_H

#include <stdint.h>

// Placeholder until the generated tables arrive.
static inline int32_t yu_unicode_major(void) { return 17; }

#endif
