#!/usr/bin/env python3
"""What fetching costs, beside newsboat in the same run (`make bench`).

    fetching.py [YUE]      the program; .build/release/yue by default

500 feeds are fetched for the first time, then again when nothing is new (304), then 50 MB of
entries. Everything is on loopback. Figures are compared with others of the same run only. Skipped,
with a message, when the shared tools that make and serve the feeds, or newsboat, are not there.
"""
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

CHECKOUT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
TOOLS = os.path.join(os.path.dirname(CHECKOUT), "shared", "tools", "bench")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def seconds(command, environment=None):
    """Wall-clock seconds of a command, and the largest size it had in MiB."""
    start = time.monotonic()
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} ended with {process.returncode}: {errors.decode()[:500]}")
    return time.monotonic() - start, usage.ru_maxrss / 1024


class Contestants:
    """yue and newsboat with a library of their own each."""

    def __init__(self, yue, folder, urls):
        self.folder = folder
        self.yue = yue
        home = os.path.join(folder, "yue")
        self.environment = {**os.environ, "YUE_HOME": home}
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            self.environment.pop(name, None)
        subprocess.run(
            [yue, "add", "--no-fetch", *urls], env=self.environment, check=True,
            stdout=subprocess.DEVNULL)
        self.newsboat = None
        if shutil.which("newsboat"):
            paths = {n: os.path.join(folder, n) for n in ("urls", "cache.db", "config")}
            with open(paths["urls"], "w") as file:
                file.write("\n".join(urls) + "\n")
            with open(paths["config"], "w") as file:
                file.write("reload-threads 16\n")
            self.newsboat = [
                "newsboat", "-u", paths["urls"], "-c", paths["cache.db"], "-C", paths["config"],
                "-x", "reload"]

    def run(self, name, runs):
        """Measures both and prints a row; the median of the runs."""
        ours = [seconds([self.yue, "refresh", "--all"], self.environment) for _ in range(runs)]
        row = f"{name:34} yue {statistics.median(o[0] for o in ours):7.3f} s {ours[-1][1]:5.0f} MiB"
        if self.newsboat:
            theirs = [seconds(self.newsboat, self.environment) for _ in range(runs)]
            ratio = statistics.median(t[0] for t in theirs) / statistics.median(o[0] for o in ours)
            row += (f"   newsboat {statistics.median(t[0] for t in theirs):7.3f} s"
                    f" {theirs[-1][1]:5.0f} MiB   ratio {ratio:6.1f}")
        print(row, flush=True)


def measure(yue, feeds, items, rows):
    with tempfile.TemporaryDirectory(prefix="yue-bench-") as folder:
        site = os.path.join(folder, "site")
        port = free_port()
        base = f"http://127.0.0.1:{port}/"
        subprocess.run(
            [sys.executable, os.path.join(TOOLS, "gen_feeds.py"), "--out", site, "--feeds",
             str(feeds), "--items", str(items), "--base", base], check=True,
            stdout=subprocess.DEVNULL)
        server = subprocess.Popen(
            [sys.executable, os.path.join(TOOLS, "feedserver.py"), site, "--port", str(port)],
            stdout=subprocess.PIPE)
        try:
            server.stdout.readline()
            with open(os.path.join(site, "urls")) as file:
                urls = file.read().split()
            for url in urls[:10] if feeds > 10 else urls:
                urllib.request.urlopen(url).read()
            contestants = Contestants(yue, folder, urls)
            for name, runs in rows:
                contestants.run(name, runs)
        finally:
            server.kill()
            server.wait()


def main():
    yue = sys.argv[1] if len(sys.argv) > 1 else os.path.join(CHECKOUT, ".build/release/yue")
    if not os.path.exists(os.path.join(TOOLS, "feedserver.py")):
        print(f"fetching: skipped, the feeds are made and served by the tools in {TOOLS}")
        return
    if not shutil.which("newsboat"):
        print("fetching: newsboat is not installed, so nothing stands beside the figures")
    measure(yue, 500, 8, [("500 feeds, first fetched", 1), ("500 feeds, nothing new (304)", 5)])
    measure(yue, 10, 1400, [("50 MB, 14,000 entries", 1)])


main()
