#ifndef YUE_CAPABILITIES_H
#define YUE_CAPABILITIES_H

// Makes the description of the open terminal, in memory, say the same with fewer bytes.
void yt_shorten_capabilities(void);

#endif
