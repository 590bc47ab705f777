#ifndef YUE_CMEMORY_H
#define YUE_CMEMORY_H

// Gives memory back to the system that has been used and is not needed any more: what was freed, and
// the pages of code and constants. The latter are copies of files, which the system has at hand
// should one be needed after all.
void ym_give_back(void);

#endif
