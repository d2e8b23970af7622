"""Measures backup and restore of a large salon beside stock tools.

scripts/bench builds what this needs, says what it does, and calls it.
"""
import argparse
import glob
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import table
import tablet
from measure import measure

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CACHE = os.path.join(ROOT, ".cache", "bench")
SALONKEEP = os.path.join(CACHE, "salonkeep")
TOOLS = os.path.join(ROOT, "scripts", "tools", "bin")
EMAIL, PASSWORD = "rowan@example.com", "three plain words"
QUIET = 5  # seconds of bookings without a backup, each round


def say(text):
    print("%s  %s" % (time.strftime("%H:%M:%S"), text), flush=True)


def made_salon(o):
    """The folder of the invented salon, from an earlier run if there is one."""
    name = os.path.join(CACHE, "salon-%d-%s" % (o.appointments, o.made_of))
    if os.path.isdir(name) and not o.fresh:
        return name
    for old in glob.glob(os.path.join(CACHE, "salon-%d-*" % o.appointments)):
        shutil.rmtree(old)
    work = tempfile.mkdtemp(prefix="making-", dir=CACHE)
    try:
        with open(os.path.join(work, "password"), "w") as f:
            f.write(PASSWORD + "\n")
        for what, command in (
                ("inventing %d appointments" % o.appointments,
                 [sys.executable, os.path.abspath(o.generator), "--clients", str(max(100, o.appointments // 10)), "--appointments", str(o.appointments),
                  "--seed", "1", "--out", "files"]),
                ("setting up the salon",
                 [SALONKEEP, "setup", "--data", "salon", "--salon", "Bench", "--owner", "Rowan", "--email", EMAIL, "--password-file", "password",
                  "--kit", "kit.txt", "--tax", "GST=5", "--tax", "PST=8"]),
                ("importing", [SALONKEEP, "import", "toronto", "files", "--data", "salon", "--json"])):
            say(what)
            cost, _ = measure([[command]], work)
            say("  %.1f s, %.1f s of CPU, %.0f MiB" % (cost.wall, cost.cpu, cost.peak / 2**20))
        shutil.rmtree(os.path.join(work, "files"))
        os.rename(work, name)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return name


class Bench:
    """One run, in a folder of its own."""

    def __init__(self, work, made):
        self.work = work
        self.kit = os.path.join(made, "kit.txt")
        shutil.copytree(os.path.join(made, "salon"), self.path("salon"))
        self.target = "file://" + self.path("target")
        measure([[[SALONKEEP, "target", "add", "Bench", self.target, "--data", "salon"]]], work)
        _, recipient = measure([[[os.path.join(TOOLS, "age-keygen"), "-y", self.kit]]], work)
        self.recipient = recipient.strip()
        self.database = os.path.getsize(self.path("salon", "salon.db"))

    def path(self, *names):
        return os.path.join(self.work, *names)

    def clear(self, *names):
        """Removes what a round before left, and lets the disk come to rest, so
        that nobody pays for what another has written."""
        for name in names:
            for path in glob.glob(self.path(name)):
                if os.path.isdir(path):
                    shutil.rmtree(path)
                else:
                    os.remove(path)
        os.sync()

    def marks(self):
        """What tells from outside how far `salonkeep backup` is."""
        return (("sealed", lambda: glob.glob(self.path("target", "points", "*", "salon.db.zst.age"))),
                ("read back", lambda: glob.glob(self.path("salon", "scratch", "proof-*", "salon.db-shm"))))

    def our_backup(self):
        self.clear("target/points/*")
        cost, out = measure([[[SALONKEEP, "backup", "--data", "salon", "--json"]]], self.work, self.marks())
        said = json.loads(out)
        if not said["good"] or not said["points"][0]["proved"]:
            sys.exit("the backup is not good: " + said["say"])
        return dict(cost.facts(), bytes=folder_bytes(self.path("target", "points")))

    def stock_backup(self):
        self.clear("copy.db*", "stock.age")
        cost, _ = measure([
            [["sqlite3", "salon/salon.db", ".backup copy.db"]],
            [["zstd", "-q", "-3", "-T2", "-c", "copy.db"], [os.path.join(TOOLS, "age"), "-r", self.recipient, "-o", "stock.age"]],
            [["sync", "stock.age"]]], self.work)
        self.clear("copy.db*")
        return dict(cost.facts(), bytes=os.path.getsize(self.path("stock.age")))

    def our_restore(self):
        self.clear("back")
        cost, out = measure([[[SALONKEEP, "restore", "--from", self.target, "--kit", self.kit, "--data", "back", "--json"]]], self.work)
        facts = dict(cost.facts(), bytes=os.path.getsize(self.path("back", "salon.db")), stages_ms=json.loads(out)["millis"])
        self.clear("back")
        return facts

    def stock_restore(self):
        self.clear("stock.db*")
        cost, out = measure([
            [[os.path.join(TOOLS, "age"), "-d", "-i", self.kit, "stock.age"], ["zstd", "-q", "-d", "-o", "stock.db"]],
            [["sync", "stock.db"]],
            [["sqlite3", "stock.db", "PRAGMA integrity_check"]]], self.work)
        if out.strip() != "ok":
            sys.exit("the copy of the stock tools is not sound: " + out)
        facts = dict(cost.facts(), bytes=os.path.getsize(self.path("stock.db")))
        self.clear("stock.db*")
        return facts

    def rounds(self, n):
        """All four, interleaved; who goes first changes with each round."""
        results = {"stock backup": [], "salonkeep backup": [], "stock restore": [], "salonkeep restore": []}
        for i in range(n):
            for pair in ([("stock backup", self.stock_backup), ("salonkeep backup", self.our_backup)],
                         [("stock restore", self.stock_restore), ("salonkeep restore", self.our_restore)]):
                for name, once in pair if i % 2 == 0 else reversed(pair):
                    facts = once()
                    results[name].append(facts)
                    say("round %d: %-18s %7.2f s" % (i + 1, name, facts["wall_s"]))
        return results

    def stalls(self, n):
        """How long a tablet waits for a booking, by what the backup does
        meanwhile."""
        waited = {"no backup": [], "sealing": [], "reading back": [], "checking": []}
        with open(self.path("run.log"), "w") as log:
            t = tablet.Tablet(SALONKEEP, self.path("salon"), EMAIL, PASSWORD, log)
            try:
                time.sleep(1)  # the first answers find nothing prepared
                for i in range(n):
                    since = [time.monotonic()]
                    time.sleep(QUIET)
                    self.clear("target/points/*")
                    cost, _ = measure([[[SALONKEEP, "backup", "--data", "salon", "--json"]]], self.work, self.marks())
                    since += [cost.begun] + [cost.begun + cost.marks[name][0] for name, _ in self.marks()] + [cost.begun + cost.wall]
                    for when, seconds in t.booked:
                        for what, begin, end in zip(waited, since, since[1:]):
                            if begin <= when < end:
                                waited[what].append(seconds)
                    say("round %d: bookings during a backup" % (i + 1))
            finally:
                t.stop()
        return {what: tablet.summary(seconds) for what, seconds in waited.items()}


def folder_bytes(path):
    return sum(os.path.getsize(os.path.join(at, f)) for at, _, files in os.walk(path) for f in files)


def medians(runs):
    """The median of every figure over the rounds."""
    first = runs[0]
    if isinstance(first, dict):
        return {k: medians([r[k] for r in runs]) for k in first}
    return statistics.median(runs)


def versions():
    def first_line(*command):
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().splitlines()[0]
    return {"salonkeep": first_line(SALONKEEP, "version"), "sqlite3": first_line("sqlite3", "--version").split()[0],
            "zstd": first_line("zstd", "--version").strip("* "), "age": first_line(os.path.join(TOOLS, "age"), "--version")}


def main():
    ask = argparse.ArgumentParser(prog="scripts/bench")
    ask.add_argument("--appointments", type=int, default=320000)
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--json", metavar="FILE")
    ask.add_argument("--fresh", action="store_true")
    ask.add_argument("--no-tablet", action="store_true")
    ask.add_argument("--generator", required=True, help=argparse.SUPPRESS)
    ask.add_argument("--made-of", required=True, help=argparse.SUPPRESS)
    o = ask.parse_args()
    if o.appointments < 100 or o.rounds < 1:
        ask.error("at least 100 appointments and 1 round")
    made = made_salon(o)
    work = tempfile.mkdtemp(prefix="work-", dir=CACHE)
    try:
        bench = Bench(work, made)
        rounds = bench.rounds(o.rounds)
        result = {"versions": versions(), "cpus": os.cpu_count(), "appointments": o.appointments, "database_bytes": bench.database,
                  "rounds": rounds, "medians": {name: medians(runs) for name, runs in rounds.items()}}
        if not o.no_tablet:
            result["booking_every_50_ms"] = bench.stalls(o.rounds)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    table.show(result)
    if o.json:
        with open(o.json, "w") as f:
            json.dump(result, f, indent=1)
            f.write("\n")


if __name__ == "__main__":
    main()
