#include "capabilities.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

// Declared here because <term.h> defines macros named `lines`, `columns` and `buttons`.
extern char *tigetstr(const char *);

// Puts a shorter text in the place of a longer one. The description is ncurses' own memory and
// nearly always can be written; where it is a part of the library's constants the kernel refuses
// the copy, and the longer text stays, instead of a crash.
static bool replace(char *place, const char *text) {
  size_t bytes = strlen(text) + 1;
  int line[2];
  if (pipe(line) != 0) return false;
  bool is_replaced = write(line[1], text, bytes) == (ssize_t)bytes &&
                     read(line[0], place, bytes) == (ssize_t)bytes;
  close(line[0]);
  close(line[1]);
  return is_replaced;
}

void yt_shorten_capabilities(void) {
  static const char *const names[] = {"sgr0", "sgr"};
  // What the descriptions of xterm, screen, tmux and their like say.
  static const char *const found[] = {
      "\033(B\033[m",
      "%?%p9%t\033(0%e\033(B%;\033[0%?%p6%t;1%;%?%p5%t;2%;%?%p2%t;4%;%?%p1%p3%|%t;7%;%?%p4%t;5%;"
      "%?%p7%t;8%;m"};
  // Neither selects a character set, which is never changed here, and a missing first number is 0:
  // 5 bytes in place of 8 for bold, 3 in place of 6 for its end.
  static const char *const shorter[] = {
      "\033[m",
      "\033[%?%p6%t;1%;%?%p5%t;2%;%?%p2%t;4%;%?%p1%p3%|%t;7%;%?%p4%t;5%;%?%p7%t;8%;m"};
  char *places[2];
  for (int i = 0; i < 2; i++) {
    places[i] = tigetstr(names[i]);
    // One without the other could leave a character set selected.
    if (places[i] == NULL || places[i] == (char *)-1 || strcmp(places[i], found[i]) != 0) return;
  }
  for (int i = 0; i < 2; i++) replace(places[i], shorter[i]);
}
