#ifndef YUE_CCURL_H
#define YUE_CCURL_H

#include <stdbool.h>

/// Loads libcurl; true when it is there and has all that is needed.
bool ycurl_load(void);

#endif
