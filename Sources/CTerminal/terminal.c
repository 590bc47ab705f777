#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1

#include "CTerminal.h"
#include "capabilities.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

// Declared here because <term.h> defines macros named `lines`, `columns` and `buttons`.
extern char *tigetstr(const char *);
extern int tigetflag(const char *);
extern int setupterm(const char *, int, int *);

static SCREEN *screen;
static FILE *output_file;
static FILE *input_file;
static int output_descriptor = -1;
static int input_descriptor = -1;
static int saved_stderr = -1;
static struct termios saved_termios;
static volatile sig_atomic_t has_saved_termios;

// Everything that was switched on, switched off again. One string for exit, suspension, children
// and crashes, so that none of them can forget a part.
#define RESTORE_MODES "\033[?2026l\033[?1004l\033[?2004l\033[?1006l\033[?1000l"
#define SET_MODES "\033[?2004h"
static char crash_restore[256];
static size_t crash_restore_bytes;

bool yt_is_open(void) { return screen != NULL; }


static bool has_string(const char *name) {
  char *value = tigetstr(name);
  return value != NULL && value != (char *)-1;
}

int yt_open(const char *type, int output, int input, int log) {
  int error = 0;
  if (setupterm(type, output, &error) != 0) return YT_UNKNOWN_TERMINAL;
  if (!has_string("cup") || !has_string("clear") || !has_string("el")) return YT_DUMB_TERMINAL;
  if (tcgetattr(input, &saved_termios) == 0) has_saved_termios = 1;
  output_file = fdopen(dup(output), "w");
  input_file = fdopen(dup(input), "r");
  if (output_file == NULL || input_file == NULL) return YT_FAILED;
  screen = newterm(type, output_file, input_file);
  if (screen == NULL) return YT_FAILED;
  set_term(screen);
  yt_shorten_capabilities();
  output_descriptor = output;
  input_descriptor = input;
  raw();
  noecho();
  nonl();
  typeahead(-1);
  leaveok(stdscr, FALSE);
  idcok(stdscr, FALSE);
  idlok(stdscr, TRUE);
  scrollok(stdscr, FALSE);
  if (has_colors()) {
    start_color();
    use_default_colors();
  }
  const char *leave = tigetstr("rmcup");
  const char *normal = tigetstr("sgr0");
  const char *show = tigetstr("cnorm");
  crash_restore_bytes = (size_t)snprintf(
      crash_restore, sizeof crash_restore, "%s%s%s%s\r\n", RESTORE_MODES,
      normal != NULL && normal != (char *)-1 ? normal : "",
      show != NULL && show != (char *)-1 ? show : "",
      leave != NULL && leave != (char *)-1 ? leave : "");
  if (crash_restore_bytes >= sizeof crash_restore) crash_restore_bytes = sizeof crash_restore - 1;
  if (log >= 0) {
    saved_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    dup2(log, STDERR_FILENO);
  }
  refresh();
  yt_write(SET_MODES, sizeof SET_MODES - 1);
  return YT_OPENED;
}

static void restore_stderr(void) {
  if (saved_stderr >= 0) {
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    saved_stderr = -1;
  }
}

void yt_close(void) {
  if (screen == NULL) return;
  yt_write(RESTORE_MODES, sizeof RESTORE_MODES - 1);
  endwin();
  delscreen(screen);
  screen = NULL;
  fclose(output_file);
  fclose(input_file);
  if (has_saved_termios) tcsetattr(input_descriptor, TCSADRAIN, &saved_termios);
  restore_stderr();
}

void yt_abandon(void) {
  screen = NULL;
  restore_stderr();
}

bool yt_is_alive(void) {
  struct termios now;
  return input_descriptor >= 0 && tcgetattr(input_descriptor, &now) == 0;
}

void yt_leave(void) {
  if (screen == NULL) return;
  yt_write(RESTORE_MODES, sizeof RESTORE_MODES - 1);
  def_prog_mode();
  endwin();
  if (has_saved_termios) tcsetattr(input_descriptor, TCSADRAIN, &saved_termios);
}

void yt_return(void) {
  if (screen == NULL) return;
  reset_prog_mode();
  clearok(curscr, TRUE);
  refresh();
  yt_write(SET_MODES, sizeof SET_MODES - 1);
}

void yt_stop_group(void) {
  struct sigaction standard, before;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  sigaction(SIGTSTP, &standard, &before);
  kill(0, SIGTSTP);
  sigaction(SIGTSTP, &before, NULL);
}

void yt_size(int *rows, int *columns) {
  struct winsize size;
  *rows = 24;
  *columns = 80;
  if (ioctl(output_descriptor >= 0 ? output_descriptor : STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
      size.ws_row > 0 && size.ws_col > 0) {
    *rows = size.ws_row;
    *columns = size.ws_col;
  }
  if (*rows < 1) *rows = 1;
  if (*columns < 1) *columns = 1;
}

void yt_resize(int rows, int columns) {
  if (screen != NULL && is_term_resized(rows, columns)) resizeterm(rows, columns);
}

int yt_colors(void) { return screen != NULL && has_colors() ? COLORS : 0; }

bool yt_has_direct_color(void) { return screen != NULL && tigetflag("RGB") > 0; }

// Colour pairs, given out when first used.
enum { PAIR_LIMIT = 4096 };
static struct {
  int foreground, background;
} pairs[PAIR_LIMIT];
static int pair_count = 1;

static int pair_of(int foreground, int background) {
  if ((foreground < 0 && background < 0) || !has_colors()) return 0;
  for (int i = 1; i < pair_count; i++) {
    if (pairs[i].foreground == foreground && pairs[i].background == background) return i;
  }
  if (pair_count >= PAIR_LIMIT || pair_count >= COLOR_PAIRS) return 0;
  if (init_extended_pair(pair_count, foreground, background) != OK) return 0;
  pairs[pair_count].foreground = foreground;
  pairs[pair_count].background = background;
  return pair_count++;
}

void yt_put(int row, int column, const char *text, int bytes, int attributes, int foreground,
            int background) {
  attr_t drawn = 0;
  if (attributes & YT_BOLD) drawn |= A_BOLD;
  if (attributes & YT_DIM) drawn |= A_DIM;
  if (attributes & YT_ITALIC) drawn |= has_string("sitm") ? A_ITALIC : A_UNDERLINE;
  if (attributes & YT_UNDERLINE) drawn |= A_UNDERLINE;
  if (attributes & YT_REVERSE) drawn |= A_REVERSE;
  int pair = pair_of(foreground, background);
  // The pair goes through the last argument: a short cannot hold all of them.
  wattr_set(stdscr, drawn, 0, &pair);
  mvwaddnstr(stdscr, row, column, text, bytes);
}

void yt_move(int row, int column) { wmove(stdscr, row, column); }

void yt_flush(void) {
  wnoutrefresh(stdscr);
  doupdate();
}

void yt_forget_input(void) {
  if (input_descriptor >= 0) tcflush(input_descriptor, TCIFLUSH);
}

// A file in memory that stands in for the terminal while a frame is collected.
static int collector = -1;
static bool is_collecting;
static long long collected_bytes;

void yt_begin_frame(void) {
  if (screen == NULL || is_collecting) return;
  if (collector < 0) collector = memfd_create("frame", MFD_CLOEXEC);
  // Without it ncurses writes to the terminal itself.
  is_collecting = collector >= 0 && dup3(collector, fileno(output_file), O_CLOEXEC) >= 0;
}

void yt_end_frame(void) {
  if (!is_collecting) return;
  is_collecting = false;
  dup3(output_descriptor, fileno(output_file), O_CLOEXEC);
  off_t count = lseek(collector, 0, SEEK_END);
  if (count > 0) {
    collected_bytes += count;
    void *bytes = mmap(NULL, (size_t)count, PROT_READ, MAP_PRIVATE, collector, 0);
    if (bytes != MAP_FAILED) {
      yt_write(bytes, (size_t)count);
      munmap(bytes, (size_t)count);
    }
  }
  if (ftruncate(collector, 0) != 0 || lseek(collector, 0, SEEK_SET) != 0) {
    close(collector);
    collector = -1;
  }
}

long long yt_bytes_written(void) {
  // Counted by the kernel, so that nothing ncurses sends can be missed.
  char text[256];
  int file = open("/proc/thread-self/io", O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  ssize_t count = read(file, text, sizeof text - 1);
  close(file);
  if (count <= 0) return -1;
  text[count] = 0;
  const char *place = strstr(text, "wchar:");
  return place == NULL ? -1 : strtoll(place + 6, NULL, 10) - collected_bytes;
}

void yt_redraw_all(void) { clearok(curscr, TRUE); }

void yt_allow_row_moves(bool allowed) { idlok(stdscr, allowed ? TRUE : FALSE); }

int yt_columns_counted(const char *text, int bytes) {
  WINDOW *pad = newpad(1, 64);
  if (pad == NULL) return -1;
  int columns = -1;
  if (waddnstr(pad, text, bytes) == OK) columns = getcurx(pad);
  delwin(pad);
  return columns;
}

bool yt_write(const void *bytes, size_t count) {
  const char *place = bytes;
  int output = is_collecting ? collector : output_descriptor;
  int waits = 0;
  while (count > 0) {
    ssize_t written = write(output, place, count);
    if (written > 0) {
      place += written;
      count -= (size_t)written;
    } else if (errno == EAGAIN && waits++ < 50) {
      struct pollfd line = {.fd = output, .events = POLLOUT};
      poll(&line, 1, 100);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

bool yt_takes_bytes(void) {
  struct pollfd line = {.fd = output_descriptor, .events = POLLOUT};
  return poll(&line, 1, 0) > 0 && (line.revents & POLLOUT);
}

// --- Waiting ------------------------------------------------------------------------------

static volatile sig_atomic_t signal_bits[7];
static int signal_event = -1;

int yt_event_create(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

void yt_wake(int event) {
  uint64_t one = 1;
  ssize_t ignored = write(event, &one, sizeof one);
  (void)ignored;
}

void yt_event_clear(int event) {
  uint64_t value;
  ssize_t ignored = read(event, &value, sizeof value);
  (void)ignored;
}

int yt_wait(int input, int event, bool wants_output, int milliseconds) {
  struct pollfd lines[3] = {
      {.fd = input, .events = POLLIN},
      {.fd = event, .events = POLLIN},
      {.fd = wants_output ? output_descriptor : -1, .events = POLLOUT},
  };
  if (poll(lines, 3, milliseconds) <= 0) return 0;
  return (lines[0].revents != 0 ? 1 : 0) | (lines[1].revents != 0 ? 2 : 0) |
         (lines[2].revents != 0 ? 4 : 0);
}

static void note_signal(int number) {
  int saved = errno;
  int bit = number == SIGWINCH ? 0
            : number == SIGTERM ? 1
            : number == SIGINT  ? 2
            : number == SIGHUP  ? 3
            : number == SIGCONT ? 4
            : number == SIGUSR1 ? 6
                                : 5;
  signal_bits[bit] = 1;
  // The signal may have come to another thread: only this wakes the loop for certain.
  yt_wake(signal_event);
  errno = saved;
}

void yt_install_signal_handlers(int event) {
  signal_event = event;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note_signal;
  sigfillset(&action.sa_mask);
  const int numbers[] = {SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGCONT, SIGTSTP, SIGUSR1};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    sigaction(numbers[i], &action, NULL);
  }
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
}

unsigned yt_take_signals(void) {
  unsigned bits = 0;
  for (int i = 0; i < 7; i++) {
    if (signal_bits[i]) {
      signal_bits[i] = 0;
      bits |= 1u << i;
    }
  }
  return bits;
}

// --- Crashes ------------------------------------------------------------------------------

static void restore_and_end(int number, siginfo_t *information, void *context) {
  (void)context;
  if (crash_restore_bytes > 0 && output_descriptor >= 0) {
    ssize_t ignored = write(output_descriptor, crash_restore, crash_restore_bytes);
    (void)ignored;
  }
  if (has_saved_termios) tcsetattr(input_descriptor, TCSANOW, &saved_termios);
  if (saved_stderr >= 0) dup2(saved_stderr, STDERR_FILENO);
  // The Swift runtime's own handler would take the terminal for an interactive prompt and leave
  // it raw; the default action ends the program with the signal's status.
  signal(number, SIG_DFL);
  // A fault of the program repeats when it goes on; a signal that was sent has to be sent again.
  if (information == NULL || information->si_code <= 0) raise(number);
}

void yt_install_crash_handlers(void) {
  static char *alternate;
  const size_t size = 1 << 16;
  if (alternate == NULL) alternate = malloc(size);
  if (alternate != NULL) {
    stack_t stack = {.ss_sp = alternate, .ss_size = size};
    sigaltstack(&stack, NULL);
  }
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = restore_and_end;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGQUIT};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    sigaction(numbers[i], &action, NULL);
  }
}

bool yt_use_utf8(void) {
  setlocale(LC_CTYPE, "");
  if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return true;
  // Always there in glibc from 2.35 on; the terminal at the other end nearly always is UTF-8.
  setlocale(LC_CTYPE, "C.UTF-8");
  return false;
}
