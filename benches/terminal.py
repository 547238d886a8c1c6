"""The terminal of benches/latency: runs heeler in it, presses keys or waits, and measures.

Usage: terminal.py keys|idle NUMBER HOSTS RUNS -- COMMAND...
"""

import fcntl, glob, json, os, pty, random, re, select, signal, struct, sys, termios, time

ROWS, COLUMNS = 50, 200
# The cursor's sign in its column, and the end of a frame.
CURSOR = re.compile(rb"\x1b\[(\d+);2H(?:\x1b\[[0-9;]*m)*>")
FRAME_END = b"\x1b[?2026l"
PERCENTILE_BOUND, SHARE_BOUND = 50.0, 1.0


class Terminal:
    def __init__(self, command):
        self.pid, self.fd = pty.fork()
        self.is_open = False
        if self.pid == 0:
            # Not before the terminal has its size.
            signal.sigtimedwait([signal.SIGUSR1], 1)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
            os.execvp(command[0], command)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def read(self, until):
        """What comes next, with the time at which it came; nothing when nothing has come by then."""
        ready, _, _ = select.select([self.fd], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            return b""
        try:
            came = os.read(self.fd, 1 << 16)
        except OSError:
            return b""
        self.is_open |= FRAME_END in came
        return came

    def drain(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.read(until)

    def press(self, key, row):
        """Presses a key that leads the cursor to a row; seconds until the frame that shows it there is in."""
        begun = time.monotonic()
        os.write(self.fd, key)
        seen, shown = b"", False
        while time.monotonic() < begun + 5:
            seen += self.read(begun + 5)
            if not shown:
                places = list(CURSOR.finditer(seen))
                shown = any(int(place[1]) == row for place in places)
                if shown:
                    seen = seen[places[-1].end():]
            if shown and FRAME_END in seen:
                return time.monotonic() - begun
        sys.exit(f"benches/latency: no frame with the cursor in row {row} within 5 s")


def wait_for_all(terminal, runs, hosts):
    """The run's directory, once the dashboard is open and every job runs."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        terminal.drain(0.2)
        if not terminal.is_open:
            continue
        for events in glob.glob(f"{runs}/*/events.jsonl"):
            with open(events, encoding="utf-8") as lines:
                if sum(json.loads(line)["event"] == "running" for line in lines if line.endswith("\n")) >= hosts:
                    return os.path.dirname(events)
    sys.exit("benches/latency: not all hosts run within three minutes")


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        user, system = stat.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def lives(pid):
    """Whether a process has not ended yet; the dashboard, whose child it is, may not have asked how."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def measure_keys(terminal, runner, number):
    # The first rows of the table are below two of the header and the heads of the columns.
    first, row = 4, 4
    dice = random.Random(1)
    os.write(terminal.fd, b"g")
    terminal.drain(1)
    before = {pid: processor_seconds(pid) for pid in (terminal.pid, runner)}
    begun, times = time.monotonic(), []
    for _ in range(number):
        terminal.drain(dice.uniform(0.02, 0.12))
        down = row == first or (row < first + 40 and dice.random() < 0.5)
        row += 1 if down else -1
        times.append(1000 * terminal.press(b"j" if down else b"k", row))
    took = time.monotonic() - begun
    shares = [100 * (processor_seconds(pid) - used) / took for pid, used in before.items()]
    times.sort()
    high = times[max(0, -(-99 * number // 100) - 1)]
    print(f"key to frame, {number} keys: median {times[number // 2]:.1f} ms, 99 % {high:.1f} ms, longest {times[-1]:.1f} ms"
          f"   (bound {PERCENTILE_BOUND:.0f} ms; meanwhile dashboard {shares[0]:.0f} %, runner {shares[1]:.0f} % of a processor)")
    return high < PERCENTILE_BOUND


def measure_idle(terminal, runner, seconds):
    # Until what was begun at the start is over.
    terminal.drain(5)
    pids = (terminal.pid, runner)
    before = [processor_seconds(pid) for pid in pids]
    terminal.drain(seconds)
    dashboard, driver = (100 * (processor_seconds(pid) - used) / seconds for pid, used in zip(pids, before))
    print(f"idle for {seconds} s: dashboard {dashboard:.2f} %, runner {driver:.2f} % of a processor   (bound {SHARE_BOUND:.0f} %)")
    return dashboard < SHARE_BOUND and driver < SHARE_BOUND


def main():
    what, number, hosts, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    terminal = Terminal(sys.argv[6:])
    os.kill(terminal.pid, signal.SIGUSR1)
    try:
        run = wait_for_all(terminal, runs, hosts)
        with open(f"{run}/lock", encoding="utf-8") as lock:
            runner = json.load(lock)["pid"]
        measure = {"keys": measure_keys, "idle": measure_idle}[what]
        held = measure(terminal, runner, number)
        # The run ends with grace, and nothing of it is left when the dashboard says so.
        os.kill(runner, signal.SIGTERM)
        while lives(runner):
            terminal.drain(0.2)
    finally:
        os.kill(terminal.pid, signal.SIGTERM)
        while os.waitpid(terminal.pid, os.WNOHANG)[0] == 0:
            terminal.drain(0.1)
    sys.exit(0 if held else 1)


main()
