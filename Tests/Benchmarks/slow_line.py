#!/usr/bin/env python3
"""yue over ssh on a slow line: 250 ms each way, through a server of our own on the loopback.

    Tests/Benchmarks/slow_line.py [PATH OF yue] [SECONDS ONE WAY]

Says how long after the last of many keys the screen stands still, and whether a key or an answer of
the terminal that arrives in pieces was misread. Starts sshd with a configuration and keys in a
temporary folder, on 127.0.0.1 only, and ends it. Skips with a message where sshd is missing. The
exit status is 1 when a limit is not kept.
"""
import fcntl, getpass, os, pty, re, select, shutil, socket, struct, subprocess, sys, tempfile, termios, threading, time
from email.utils import formatdate

ENTRIES = 200
HERE = os.path.dirname(os.path.abspath(__file__))


def delayed(listener, target, seconds):
    """Carries every connection to a port, each piece late by the same time in both directions."""
    def pump(source, sink):
        pieces, news = [], threading.Condition()

        def deliver():
            while True:
                with news:
                    while not pieces:
                        news.wait()
                    when, data = pieces.pop(0)
                time.sleep(max(0, when - time.monotonic()))
                try:
                    if not data:
                        sink.shutdown(socket.SHUT_WR)
                        return
                    sink.sendall(data)
                except OSError:
                    return

        threading.Thread(target=deliver, daemon=True).start()
        while True:
            try:
                data = source.recv(65536)
            except OSError:
                data = b''
            with news:
                pieces.append((time.monotonic() + seconds, data))
                news.notify()
            if not data:
                return

    def serve():
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.create_connection(('127.0.0.1', target))
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=pump, args=(near, far), daemon=True).start()
            threading.Thread(target=pump, args=(far, near), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def feed():
    body = ''.join(
        f'<p>{i}. 如果把矩阵 $\\boldsymbol{{W}}\\in\\mathbb{{R}}^{{n\\times m}}$ 看成线性变换，那么它的秩就决定了信息能保留多少；'
        '在实际训练中，学习率往往需要随着批量大小调整，否则损失 $\\mathcal{L}$ 会震荡。</p>' for i in range(60))
    items = ''.join(
        f'<item><title>NUMBER-{n}- 秩与低秩近似</title><link>https://example.org/{n}</link>'
        f'<pubDate>{formatdate(1700000000 - 86400 * n)}</pubDate>'
        f'<description><![CDATA[<p>OPENED-{n}-</p>{body}]]></description></item>' for n in range(ENTRIES))
    return ('<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>数学</title>'
            f'<link>https://example.org/</link><description>测试</description>{items}</channel></rss>')


class Terminal:
    """A terminal with a person at it: the near end of the line."""

    def __init__(self, words):
        self.seen = b''
        self.process, self.line = pty.fork()
        if self.process == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
            os.environ['TERM'] = 'xterm-256color'
            os.execvp(words[0], words)

    def collect(self, quiet, longest=20):
        """Everything up to a pause; the seconds to the last byte."""
        start, data, last = time.monotonic(), b'', None
        while True:
            now = time.monotonic()
            limit = start + longest if last is None else min(start + longest, last + quiet)
            if now >= limit or not select.select([self.line], [], [], limit - now)[0]:
                break
            try:
                more = os.read(self.line, 65536)
            except OSError:
                break
            if not more:
                break
            last = time.monotonic()
            data += more
            # What the terminal is asked it answers, and the answer takes its time, too.
            for question, answer in ((b'\x1b[6n', b'\x1b[1;2R'), (b'\x1b[?2026$p', b'\x1b[?2026;2$y'),
                                     (b'\x1b[c', b'\x1b[?62;22c')):
                for _ in range(more.count(question)):
                    os.write(self.line, answer)
        self.seen += data
        return data, 0 if last is None else last - start

    def type(self, *pieces, pause=0.0):
        for position, piece in enumerate(pieces):
            if position:
                time.sleep(pause)
            os.write(self.line, piece)


def main():
    for program in ('ssh', 'ssh-keygen'):
        if not shutil.which(program):
            print(f'slow_line.py: skipped, {program} is not installed (openssh-client)')
            return 0
    sshd = shutil.which('sshd') or '/usr/sbin/sshd'
    if not os.path.exists(sshd):
        print('slow_line.py: skipped, sshd is not installed (openssh-server)')
        return 0
    builds = [os.path.join(HERE, '../..', place, 'yue') for place in
              ('.build/release', '.build/debug', '.build/strict/debug')]
    yue = sys.argv[1] if len(sys.argv) > 1 else next((p for p in builds if os.path.exists(p)), None)
    if yue is None:
        print('slow_line.py: yue is not built; run make build first')
        return 1
    one_way = float(sys.argv[2]) if len(sys.argv) > 2 else 0.25
    with tempfile.TemporaryDirectory() as folder:
        for key in ('host', 'user'):
            subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', f'{folder}/{key}'], check=True)
        port = free_port()
        with open(f'{folder}/config', 'w') as file:
            file.write(f'ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host\nPidFile {folder}/pid\n'
                       f'AuthorizedKeysFile {folder}/user.pub\nStrictModes no\nUsePAM no\n'
                       'PasswordAuthentication no\nPermitRootLogin yes\n')
        if os.getuid() == 0:
            os.makedirs('/run/sshd', exist_ok=True)
        server = subprocess.Popen([sshd, '-D', '-f', f'{folder}/config', '-E', f'{folder}/log'])
        listener = socket.create_server(('127.0.0.1', 0))
        try:
            delayed(listener, port, one_way)
            for _ in range(100):
                try:
                    socket.create_connection(('127.0.0.1', port)).close()
                    break
                except OSError:
                    time.sleep(0.05)
            with open(f'{folder}/feed.xml', 'w') as file:
                file.write(feed())
            words = ['ssh', '-tt', '-F', 'none', '-p', str(listener.getsockname()[1]), '-i', f'{folder}/user',
                     '-o', 'StrictHostKeyChecking=no', '-o', f'UserKnownHostsFile={folder}/known', '-o', 'LogLevel=ERROR',
                     f'{getpass.getuser()}@127.0.0.1',
                     f'env HOME={folder} LC_ALL=C.UTF-8 {os.path.abspath(yue)} {folder}/feed.xml']
            return measure(Terminal(words), one_way)
        finally:
            listener.close()
            server.terminate()
            server.wait()


def measure(terminal, one_way):
    rows = []

    def note(what, value, limit, unit, is_kept):
        rows.append(is_kept)
        print(f'{what:58} {value:>9} {unit:6} {limit:>12}  {"" if is_kept else "NOT KEPT"}')

    print(f'# ssh through the loopback, {one_way * 1000:.0f} ms one way, 80×24')
    quiet = 2 * one_way + 0.4
    data, _ = terminal.collect(quiet=max(1.5, 4 * one_way + 0.5))
    note('the first screen came', 'yes' if b'NUMBER-0-' in data else 'no', 'yes', '', b'NUMBER-0-' in data)
    note('its answers left no trace', len(data), '', 'bytes', b'rgb' not in data and b'22c' not in data)

    # A key held for two seconds.
    for _ in range(60):
        terminal.type(b'j')
        time.sleep(1 / 30)
    data, settled = terminal.collect(quiet)
    limit = 2 * one_way + 0.15
    note('60 times j in 2 s: still after the last key', f'{settled * 1000:.0f}', f'≤ {limit * 1000:.0f}', 'ms', settled <= limit)
    place = 60

    # An arrow key in pieces, as packets may cut it; each is one row.
    for pieces in ((b'\x1b', b'[B'), (b'\x1b[', b'B'), (b'\x1bO', b'B'), (b'\x1b', b'OB')):
        terminal.type(*pieces, pause=0.03)
        terminal.collect(quiet)
        place += 1
    # Answers nobody asked for, whole and in pieces, none of them a key.
    for answer in (b'\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\', b'\x1bP>|term(1.0)qqq\x1b\\', b'\x1b[?2026;2$y', b'\x1b[24;80R',
                   b'\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c'):
        for cut in (1, 2, len(answer) // 2, len(answer) - 1):
            terminal.type(answer[:cut], answer[cut:], pause=0.02)
    # A real Escape, then a key that would be an arrow's last letter.
    terminal.type(b'\x1b')
    terminal.collect(quiet, longest=2 * one_way + 0.4)
    terminal.type(b'j')
    place += 1
    terminal.collect(quiet)
    terminal.type(b'\r')
    data, opened = terminal.collect(quiet)
    found = re.search(rb'OPENED-(\d+)-', data)
    got = int(found.group(1)) if found else -1
    note('row reached by keys and answers in pieces', got, f'{place}', '', got == place)
    limit = 2 * one_way + 0.3
    note('open an entry: still after', f'{opened * 1000:.0f}', f'≤ {limit * 1000:.0f}', 'ms', opened <= limit)

    # Paging as fast as a held key repeats.
    for _ in range(30):
        terminal.type(b' ')
        time.sleep(1 / 30)
    data, settled = terminal.collect(quiet)
    limit = 2 * one_way + 0.2
    note('30 times Space in 1 s: still after the last key', f'{settled * 1000:.0f}', f'≤ {limit * 1000:.0f}', 'ms', settled <= limit)

    idle = len(terminal.collect(quiet=3, longest=3)[0])
    note('idle for 3 s', idle, '0', 'bytes', idle == 0)
    terminal.type(b'Q')
    data, _ = terminal.collect(quiet=max(1.0, 4 * one_way), longest=10)
    note('the screen is given back', 'yes' if b'\x1b[?1049l' in data else 'no', 'yes', '', b'\x1b[?1049l' in data)
    after = data.rsplit(b'\x1b[?1049l', 1)[-1]
    stray = re.search(rb'22c|\$y|;\d+R', after)
    note('nothing is typed into the shell', 'yes' if not stray else repr(stray.group()), 'yes', '', not stray)
    return 0 if all(rows) else 1


sys.exit(main())
