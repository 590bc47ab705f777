#ifndef YUE_CTERMINAL_H
#define YUE_CTERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The calls of ncurses and of the C library that Swift cannot make by itself: globals, macros,
// variadic functions, signal handlers. No header of ncurses is included here, so nothing of it
// shows in Swift. Everything is called from the main thread, but yt_wake.

// --- The terminal -------------------------------------------------------------------------

enum {
  YT_OPENED = 0,
  YT_UNKNOWN_TERMINAL = 1,   // no description of this type
  YT_DUMB_TERMINAL = 2,      // it cannot place the cursor
  YT_FAILED = 3
};

// Opens a terminal of a type on two descriptors; the alternate screen is shown. Returns one of
// the values above. `log` is a descriptor that stderr is sent to while the screen is open, or -1.
int yt_open(const char *type, int output, int input, int log);
// Leaves the alternate screen and restores the terminal; stderr is put back. Safe to call twice.
void yt_close(void);
// As yt_close, but what the terminal will show is lost anyway: nothing is written.
void yt_abandon(void);
bool yt_is_open(void);

// Whether the terminal is still there; after a real hangup it is not.
bool yt_is_alive(void);

// Leaves the screen to another program or the shell, and takes it back.
void yt_leave(void);
void yt_return(void);
// Stops the whole process group, as the terminal itself would; returns when it goes on.
void yt_stop_group(void);

// The size of the terminal, at least 1 by 1.
void yt_size(int *rows, int *columns);
// Tells ncurses a new size.
void yt_resize(int rows, int columns);

// How many colours there are; 0 without any.
int yt_colors(void);
// Whether a colour is 0xRRGGBB instead of a number.
bool yt_has_direct_color(void);

// Attributes of text.
enum { YT_BOLD = 1, YT_DIM = 2, YT_ITALIC = 4, YT_UNDERLINE = 8, YT_REVERSE = 16 };

// Puts UTF-8 text at a place. Colours are numbers, -1 for the terminal's own.
void yt_put(int row, int column, const char *text, int bytes, int attributes, int foreground,
            int background);
// Where the cursor stands after the next yt_flush.
void yt_move(int row, int column);
// Sends what has changed.
void yt_flush(void);
// What is sent between these two goes to the terminal in one piece. ncurses writes what lies between
// two moves of the cursor by itself, and each piece may become a packet of its own on the line.
void yt_begin_frame(void);
void yt_end_frame(void);
// The next yt_flush sends everything.
void yt_redraw_all(void);
// Whether whole rows may be moved by the terminal; not while a row's width is disputed.
void yt_allow_row_moves(bool allowed);
// Drops what the terminal has said and nobody has read.
void yt_forget_input(void);
// The bytes this thread has written to anything at all; -1 where the system does not count them.
long long yt_bytes_written(void);
// The columns ncurses counts for a text, by drawing it on a pad; -1 if that fails.
int yt_columns_counted(const char *text, int bytes);

// Writes bytes past ncurses, when its buffer is empty. False when the terminal is gone.
bool yt_write(const void *bytes, size_t count);
// Whether the terminal takes bytes just now.
bool yt_takes_bytes(void);

// --- Waiting ------------------------------------------------------------------------------

// Bits of yt_take_signals.
enum {
  YT_SIGNAL_RESIZE = 1, YT_SIGNAL_TERMINATE = 2, YT_SIGNAL_INTERRUPT = 4, YT_SIGNAL_HANGUP = 8,
  YT_SIGNAL_CONTINUE = 16, YT_SIGNAL_STOP = 32, YT_SIGNAL_RELOAD = 64
};

// An eventfd; -1 on failure.
int yt_event_create(void);
// Wakes whoever waits; callable from any thread.
void yt_wake(int event);
// Empties it.
void yt_event_clear(int event);
// Waits until the input can be read, the event is set, the output takes bytes (if asked), or the
// time has passed (in milliseconds; -1: for ever). Returns bits: 1 input, 2 event, 4 output.
int yt_wait(int input, int event, bool wants_output, int milliseconds);

// Installs the handlers; each sets a bit and wakes the event. Must be called before yt_open.
void yt_install_signal_handlers(int event);
// The bits of the signals that have come since the last call.
unsigned yt_take_signals(void);
// Handlers for crashes: they restore the terminal, then the program ends by the signal.
void yt_install_crash_handlers(void);

// The locale: makes characters UTF-8. False when it had to be changed for that.
bool yt_use_utf8(void);

#endif
