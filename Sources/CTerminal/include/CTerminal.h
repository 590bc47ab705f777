#ifndef YUE_CTERMINAL_H
#define YUE_CTERMINAL_H

int yt_is_open(void);

#endif
