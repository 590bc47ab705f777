#ifndef YUE_CRESOURCES_H
#define YUE_CRESOURCES_H

#include <stddef.h>

// The files built into the program: the keymaps of Keymaps/ and the manual feed of docs/.

// How many keymaps there are.
size_t yr_keymap_count(void);
// The name of a keymap without its extension, NUL-terminated; NULL beyond the end.
const char *yr_keymap_name(size_t position);
// The text of a keymap, UTF-8, not NUL-terminated; its length in bytes is stored in *bytes.
const unsigned char *yr_keymap_text(size_t position, size_t *bytes);

// The manual: an Atom feed.
const unsigned char *yr_manual_text(size_t *bytes);

#endif
