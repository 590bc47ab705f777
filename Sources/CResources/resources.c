#include "CResources.h"

static const unsigned char keymap_default[] = {
#embed "../../Keymaps/default.keymap"
};

static const unsigned char keymap_emacs[] = {
#embed "../../Keymaps/emacs.keymap"
};

static const unsigned char keymap_less[] = {
#embed "../../Keymaps/less.keymap"
};

static const unsigned char keymap_newsboat[] = {
#embed "../../Keymaps/newsboat.keymap"
};

static const unsigned char keymap_vim[] = {
#embed "../../Keymaps/vim.keymap"
};

static const unsigned char manual[] = {
#embed "../../docs/manual/manual.xml"
};

static const struct {
  const char *name;
  const unsigned char *text;
  size_t bytes;
} keymaps[] = {
    {"default", keymap_default, sizeof keymap_default},
    {"emacs", keymap_emacs, sizeof keymap_emacs},
    {"less", keymap_less, sizeof keymap_less},
    {"newsboat", keymap_newsboat, sizeof keymap_newsboat},
    {"vim", keymap_vim, sizeof keymap_vim},
};

static const size_t keymap_count = sizeof keymaps / sizeof keymaps[0];

size_t yr_keymap_count(void) { return keymap_count; }

const char *yr_keymap_name(size_t position) {
  return position < keymap_count ? keymaps[position].name : NULL;
}

const unsigned char *yr_keymap_text(size_t position, size_t *bytes) {
  if (position >= keymap_count) {
    *bytes = 0;
    return NULL;
  }
  *bytes = keymaps[position].bytes;
  return keymaps[position].text;
}

const unsigned char *yr_manual_text(size_t *bytes) {
  *bytes = sizeof manual;
  return manual;
}
