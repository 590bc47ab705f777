#include "CTerminal.h"
int yt_is_open(void) { return 0; }
