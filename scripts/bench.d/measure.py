"""Runs programs and says what they cost: wall time, CPU time, peak memory."""
import os
import select
import subprocess
import sys
import tempfile
import time

POLL = 10  # ms between two looks at memory and marks
TICK = os.sysconf("SC_CLK_TCK")


class Cost:
    """wall and cpu in seconds, peak in bytes: the most that all programs that
    ran at the same time had in memory together. marks holds the same three as
    they were when each mark was seen."""

    def __init__(self):
        self.begun = time.monotonic()
        self.wall = self.cpu = 0.0
        self.peak = 0
        self.marks = {}

    def facts(self):
        return {"wall_s": round(self.wall, 3), "cpu_s": round(self.cpu, 2), "peak_bytes": self.peak,
                "until": {k: {"wall_s": round(w, 3), "cpu_s": round(c, 2), "peak_bytes": p} for k, (w, c, p) in self.marks.items()}}


def high_water(pid):
    """The most memory that a process has had, 0 once it is gone."""
    try:
        with open("/proc/%d/status" % pid) as f:
            for line in f:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def cpu_so_far(pid):
    """Seconds of CPU of a process that has not been waited for."""
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def measure(pipelines, cwd, marks=()):
    """Runs pipelines one after the other; each is a list of commands that feed
    one another. marks are pairs of a name and a function that tells whether
    that point has been reached; one that is never seen counts as the end. Returns
    the Cost and the last one's output.
    """
    cost, text = Cost(), ""
    todo = list(marks)
    for commands in pipelines:
        with tempfile.TemporaryFile() as out:
            live = start(commands, cwd, out)
            wait(live, cost, todo)
            out.seek(0)
            text = out.read().decode()
    cost.wall = time.monotonic() - cost.begun
    cost.marks.update((name, (cost.wall, cost.cpu, cost.peak)) for name, _ in todo)
    return cost, text


def start(commands, cwd, out):
    """A pipeline as {pidfd: (pid, command)}."""
    live, feed = {}, subprocess.DEVNULL
    for i, command in enumerate(commands):
        last = i == len(commands) - 1
        p = subprocess.Popen(command, cwd=cwd, stdin=feed, stdout=out if last else subprocess.PIPE)
        if i:
            feed.close()
        feed = p.stdout
        p.returncode = 0  # wait4 below collects it, for its CPU time
        live[os.pidfd_open(p.pid)] = (p.pid, command)
    return live


def wait(live, cost, todo):
    """Until all have ended. The program stops at the first that failed."""
    poll = select.poll()
    for fd in live:
        poll.register(fd, select.POLLIN)
    while live:
        ended = poll.poll(POLL)
        cost.peak = max(cost.peak, sum(high_water(pid) for pid, _ in live.values()))
        while todo and todo[0][1]():
            spent = sum(cpu_so_far(pid) for pid, _ in live.values())
            cost.marks[todo.pop(0)[0]] = (time.monotonic() - cost.begun, cost.cpu + spent, cost.peak)
        for fd, _ in ended:
            poll.unregister(fd)
            os.close(fd)
            pid, command = live.pop(fd)
            _, status, usage = os.wait4(pid, 0)
            cost.cpu += usage.ru_utime + usage.ru_stime
            if status:
                sys.exit("failed with %d: %s" % (os.waitstatus_to_exitcode(status), " ".join(command)))
