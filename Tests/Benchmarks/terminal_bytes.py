#!/usr/bin/env python3
"""What a key costs on the line: yue beside newsboat and sfeed_curses, on the same feeds.

    Tests/Benchmarks/terminal_bytes.py [PATH OF yue]

Every program runs on a pseudo-terminal of 80×24 and gets the same actions; the medians of the bytes
it writes for each are printed, and of the milliseconds from its start to its first byte. Each has
the feeds in its own form already: yue and newsboat in their libraries, sfeed_curses in its files. A
program that is not installed has no column. Nothing is asked of the network.
"""
import fcntl, os, pty, select, shutil, signal, statistics, struct, subprocess, sys, tempfile, termios, time
from email.utils import formatdate

ROWS, COLUMNS = 24, 80
FEEDS, ENTRIES = 12, 100
QUIET_SECONDS = 0.15
LONGEST_SECONDS = 3
RUNS = 5
STARTS = 15

ROWS_OF_TABLE = [
    'first byte (ms)', 'start', 'list of feeds: one row', 'open a feed', 'list: one row', 'list: page',
    'open an entry', 'reader: one line', 'reader: page', 'back to the list', 'mark a row read',
    'star a row', '28 j at once', 'idle for 2 s']


def feed(number):
    """A feed of Chinese with formulas, made up here."""
    formulas = [r'$\boldsymbol{W}\in\mathbb{R}^{n\times m}$', r'$O(n^2 d)$', r'$\lambda_1 &gt; \lambda_2$']
    paragraph = ('我们先来考虑一个简单的问题：如果把矩阵 %s 看成线性变换，那么它的秩就决定了信息能保留多少。在实际训练中，'
                 'learning rate 往往需要随着批量大小调整，否则损失会震荡；这里的关键在于方差的估计，读者不妨自己推导一遍。')
    items = []
    for entry in range(ENTRIES):
        body = ''.join('<p>%d.%d %s</p>' % (entry, i, paragraph % formulas[i % 3]) for i in range(24))
        link = f'https://example.org/{number}/{entry}'
        items.append(
            f'<item><title>第 {entry} 讲：秩与低秩近似</title><link>{link}</link><guid>{link}</guid>'
            f'<pubDate>{formatdate(1700000000 + 86400 * entry + number)}</pubDate>'
            f'<description><![CDATA[{body}]]></description></item>')
    return ('<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
            f'<title>数学笔记 {number}</title><link>https://example.org/{number}/</link>'
            f'<description>测试</description>{"".join(items)}</channel></rss>')


class Session:
    """A program on a terminal that says what a plain xterm says."""

    def __init__(self, words, environment):
        self.start = time.perf_counter()
        self.process, self.line = pty.fork()
        if self.process == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', ROWS, COLUMNS, 0, 0))
            os.environ.update(environment)
            os.execvp(words[0], words)
        self.is_alive = True

    def collect(self, longest=LONGEST_SECONDS, quiet=QUIET_SECONDS):
        """Everything up to a pause; the seconds to the first byte."""
        start, data, first, last = time.perf_counter(), b'', None, None
        while self.is_alive:
            now = time.perf_counter()
            limit = start + longest if last is None else min(start + longest, last + quiet)
            if now >= limit or not select.select([self.line], [], [], limit - now)[0]:
                break
            try:
                more = os.read(self.line, 65536)
            except OSError:
                more = b''
            self.is_alive = bool(more)
            last = time.perf_counter()
            first = first or last
            data += more
            if b'\x1b[c' in more:
                os.write(self.line, b'\x1b[?62;22c')
        return data, None if first is None else first - self.start

    def key(self, keys):
        os.write(self.line, keys.encode())
        return len(self.collect()[0])

    def close(self):
        for number in (signal.SIGHUP, signal.SIGKILL):
            try:
                os.kill(self.process, number)
            except ProcessLookupError:
                break
            for _ in range(50):
                if os.waitpid(self.process, os.WNOHANG)[0]:
                    os.close(self.line)
                    return
                time.sleep(0.02)


def first_bytes(programs):
    """The median milliseconds from the start of each program to its first byte.

    The programs take turns, so that all have the same moods of the machine.
    """
    firsts = {name: [] for name in programs}
    for _, _, _, prepare in programs.values():
        prepare()
    for _ in range(STARTS):
        for name, (words, environment, _, _) in programs.items():
            session = Session(words, environment)
            _, first = session.collect(quiet=0.05)
            session.close()
            if first is not None:
                firsts[name].append(first * 1000)
    return {name: statistics.median(times) for name, times in firsts.items() if times}


def play(words, environment, keys, prepare):
    """Bytes for each row of the table, the median of every occurrence."""
    rows = {}
    for _ in range(RUNS):
        prepare()
        session = Session(words, environment)
        data, first = session.collect()
        if first is None:
            session.close()
            return None
        rows.setdefault('start', []).append(len(data))
        for row, key in keys:
            if row == 'idle for 2 s':
                rows.setdefault(row, []).append(len(session.collect(2)[0]))
            else:
                cost = session.key(key)
                if row:
                    rows.setdefault(row, []).append(cost)
        session.close()
    return {row: statistics.median(costs) for row, costs in rows.items()}


def library(yue, folder, names, environment):
    """A library of yue with the feeds; returns the variables that name it, and what makes it new."""
    home, kept = f'{folder}/yue', f'{folder}/yue-new'
    os.mkdir(kept)
    with open(f'{kept}/config.toml', 'w') as file:
        file.write('[refresh]\nautomatic = "off"\nallow-files = true\n')
    making = {**os.environ, **environment, 'YUE_HOME': kept}
    for command in (['add', '--no-fetch', *(f'file://{name}' for name in names)], ['refresh']):
        subprocess.run([yue, *command], env=making, check=True, stdout=subprocess.DEVNULL)

    def prepare():
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(kept, home)

    return {'YUE_HOME': home}, prepare


def script(row, page, open_key, back, read, star, to_top):
    """The actions as (row of the table, keys); rows without a name prepare others."""
    keys = [('list of feeds: one row', row)] * 4 + [('open a feed', open_key)]
    keys += [('list: one row', row)] * 6 + [('list: page', page)] * 3 + [('', to_top)]
    keys += [('28 j at once', row * 28), ('', to_top)]
    if star:
        keys += [('star a row', star)]
    if read:
        keys += [('mark a row read', read)]
    keys += [('', row), ('open an entry', open_key)]
    keys += [('reader: one line', row)] * 6 + [('reader: page', page)] * 4
    return keys + [('back to the list', back), ('idle for 2 s', '')]


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    builds = [os.path.join(here, '../..', place, 'yue') for place in
              ('.build/release', '.build/debug', '.build/strict/debug')]
    yue = sys.argv[1] if len(sys.argv) > 1 else next((p for p in builds if os.path.exists(p)), None)
    if yue is None:
        sys.exit('terminal_bytes.py: yue is not built; run make build first')
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for number in range(FEEDS):
            names.append(f'{folder}/feed{number:02}.xml')
            with open(names[-1], 'w') as file:
                file.write(feed(number))
        environment = {'HOME': folder, 'TERM': 'xterm-256color', 'LC_ALL': 'C.UTF-8', 'LINES': '', 'COLUMNS': ''}
        for name in ('LINES', 'COLUMNS', 'SSH_CONNECTION', 'SSH_TTY', 'TMUX', 'NO_COLOR', 'XDG_STATE_HOME',
                     'XDG_DATA_HOME', 'XDG_CONFIG_HOME'):
            os.environ.pop(name, None)
            environment.pop(name, None)
        place, prepare = library(yue, folder, names, environment)
        programs = {'yue': ([yue], {**environment, **place},
                            script('j', '\x1b[6~', '\r', 'q', 'm', 's', 'gg'), prepare)}
        if shutil.which('newsboat'):
            with open(f'{folder}/urls', 'w') as file:
                file.write(''.join(f'file://{name}\n' for name in names))
            with open(f'{folder}/config', 'w') as file:
                file.write('auto-reload no\nrefresh-on-startup no\nbind-key j down\nbind-key k up\n')
            words = ['newsboat', '-C', f'{folder}/config', '-u', f'{folder}/urls', '-c', f'{folder}/cache']
            subprocess.run(words + ['-x', 'reload'], env={**os.environ, **environment}, check=False,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            programs['newsboat'] = (words, environment,
                                    script('j', '\x1b[6~', '\r', 'q', 'N', '', '\x1b[H'), lambda: None)
        else:
            print('newsboat is not installed; its column is left out')
        if shutil.which('sfeed_curses') and shutil.which('sfeed'):
            os.mkdir(f'{folder}/sfeed')
            paths = []
            for number, name in enumerate(names):
                paths.append(f'{folder}/sfeed/{number:02}')
                with open(name, 'rb') as source, open(paths[-1], 'wb') as target:
                    subprocess.run(['sfeed'], stdin=source, stdout=target, check=False)
            # Opening a feed leaves the focus beside it; an entry is read in a pager.
            keys = []
            for row, key in script('j', '\x1b[6~', '\r', 'q', '', '', 'g'):
                keys.append((row, 'c' if row == 'open an entry' else key))
                if row == 'open a feed':
                    keys.append(('', 'l'))
            pager = {'SFEED_PIPER': "awk -F '\t' '{ print $4 }' | sed 's/<[^>]*>/\\n/g' | fold -w 78 | less"}
            programs['sfeed_curses'] = (
                ['sfeed_curses'] + paths, {**environment, **pager}, keys, lambda: None)
        else:
            print('sfeed_curses is not installed; its column is left out')
        results = {name: play(*program) for name, program in programs.items()}
        results = {name: result for name, result in results.items() if result}
        for name, milliseconds in first_bytes({name: programs[name] for name in results}).items():
            results[name]['first byte (ms)'] = milliseconds
    print(f'{"bytes for":26}' + ''.join(f'{name:>14}' for name in results))
    for row in ROWS_OF_TABLE:
        cells = [result.get(row) for result in results.values()]
        print(f'{row:26}' + ''.join(f'{"–" if cell is None else format(cell, ".1f" if row.startswith("first") else ".0f"):>14}' for cell in cells))


main()
