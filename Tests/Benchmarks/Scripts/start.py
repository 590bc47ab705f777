#!/usr/bin/env python3
"""What a start on a library costs (`make bench BENCH=scale`).

    start.py YUE HOME      HOME holds yue.db

Milliseconds from exec to the first byte, to the first frame and to the feeds on the screen, in a
terminal of 80 x 24, the memory that is resident then, and after a feed and an entry were opened and
read; `yue list` from exec to exit, for the newest entry and for what `head` takes. Nothing is
fetched. Medians and least of 21.
"""
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time

RUNS = 21


def start(yue, environment):
    """Milliseconds to the first byte, frame and list; resident MiB, and after some reading."""
    begin = time.monotonic()
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        os.execve(yue, [yue], environment)
    seen = b""
    byte = first = shown = None
    while shown is None and time.monotonic() - begin < 10:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        seen += os.read(terminal, 65536)
        now = (time.monotonic() - begin) * 1000
        byte = byte or now
        # The bottom row stands when the frame does; titles of feeds come with the library.
        if first is None and b"yue" in seen:
            first = now
        if "个订阅".encode() in seen:
            shown = now
    resident = [settled(pid, terminal)]
    # The first feed that is no list of several, its first entry, two pages.
    for keys in (b"gf", b"jjjjjjj", b"\r", b"\r", b" ", b" "):
        os.write(terminal, keys)
        last = settled(pid, terminal)
    resident.append(last)
    os.kill(pid, signal.SIGTERM)
    while True:
        try:
            if not os.read(terminal, 65536):
                break
        except OSError:
            break
    os.waitpid(pid, 0)
    os.close(terminal)
    return byte, first or shown, shown, *resident


def settled(pid, terminal):
    """MiB that are resident when the program has nothing to do any more."""
    while select.select([terminal], [], [], 0.2)[0]:
        os.read(terminal, 65536)
    with open(f"/proc/{pid}/status") as file:
        return next(int(l.split()[1]) for l in file if l.startswith("VmRSS")) / 1024


def list_time(yue, environment, words, has_reader):
    """Milliseconds of `yue list`, to its end or to the tenth line."""
    begin = time.monotonic()
    process = subprocess.Popen([yue, "list", *words], env=environment, stdout=subprocess.PIPE)
    for _ in range(10 if has_reader else 1):
        process.stdout.readline()
    milliseconds = (time.monotonic() - begin) * 1000
    process.stdout.close()
    process.wait()
    return milliseconds if has_reader else (time.monotonic() - begin) * 1000


def main():
    yue, home = sys.argv[1:3]
    environment = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": home, "YUE_HOME": home,
                   "PATH": os.environ["PATH"]}
    with open(os.path.join(home, "config.toml"), "w") as file:
        file.write('start = "home"\n[refresh]\nautomatic = "off"\n')
    starts = [start(yue, environment) for _ in range(RUNS)]
    if any(s[2] is None for s in starts):
        sys.exit("the feeds did not come to the screen")
    newest = [list_time(yue, environment, ["--limit", "1"], False) for _ in range(RUNS)]
    head = [list_time(yue, environment, [], True) for _ in range(RUNS)]
    for name, values, goal in (
            ("first byte", [s[0] for s in starts], "10 ms"),
            ("first frame", [s[1] for s in starts], "15 ms"),
            ("feeds on the screen", [s[2] for s in starts], "15 ms"),
            ("resident after the start", [s[3] for s in starts], "20 MiB"),
            ("resident after reading", [s[4] for s in starts], "24 MiB"),
            ("yue list --limit 1", newest, "10 ms"), ("yue list | head", head, "10 ms")):
        unit = goal.split()[1]
        print(f"{name:32}{statistics.median(values):12.2f} {unit}   least {min(values):8.2f} {unit}"
              f"   goal {goal}")


main()
