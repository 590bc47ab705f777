#!/usr/bin/env python3
"""What a start on a library costs (`make bench BENCH=scale`).

    start.py YUE HOME      HOME holds yue.db

Milliseconds from exec to the first frame and to the feeds on the screen, in a terminal of 80 x 24,
the memory that is resident then, and `yue list` from exec to exit. Medians and least of 21.
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
    """Milliseconds to the first frame and to the list, and resident MiB."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(yue, [yue], environment)
    begin = time.monotonic()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    seen = b""
    first = shown = None
    while shown is None and time.monotonic() - begin < 10:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        seen += os.read(terminal, 65536)
        now = (time.monotonic() - begin) * 1000
        # The bottom row stands when the frame does; titles of feeds come with the library.
        if first is None and b"yue" in seen:
            first = now
        if "个订阅".encode() in seen:
            shown = now
    time.sleep(0.2)
    with open(f"/proc/{pid}/status") as file:
        resident = next(int(l.split()[1]) for l in file if l.startswith("VmRSS")) / 1024
    os.kill(pid, signal.SIGTERM)
    while True:
        try:
            if not os.read(terminal, 65536):
                break
        except OSError:
            break
    os.waitpid(pid, 0)
    os.close(terminal)
    return first or shown, shown, resident


def main():
    yue, home = sys.argv[1:3]
    environment = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": home, "YUE_HOME": home,
                   "PATH": os.environ["PATH"]}
    starts = [start(yue, environment) for _ in range(RUNS)]
    if any(s[1] is None for s in starts):
        sys.exit("the feeds did not come to the screen")
    lists = []
    for _ in range(RUNS):
        begin = time.monotonic()
        subprocess.run([yue, "list"], env=environment, check=True, stdout=subprocess.DEVNULL)
        lists.append((time.monotonic() - begin) * 1000)
    for name, values, goal in (
            ("first frame", [s[0] for s in starts], "15 ms"),
            ("feeds on the screen", [s[1] for s in starts], "15 ms"),
            ("resident", [s[2] for s in starts], "20 MiB"), ("yue list", lists, "10 ms")):
        unit = goal.split()[1]
        print(f"{name:32}{statistics.median(values):12.2f} {unit}   least {min(values):8.2f} {unit}"
              f"   goal {goal}")


main()
