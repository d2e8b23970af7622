"""Backup and restore of a large salon, ours and by stock tools, interleaved.

Ours seals a point, reads it back from the target, opens it, checks it and
compares every row with what was taken; restore does the same again. The stock
commands do neither, so they are also timed with a proof of their own: open the
copy and ask SQLite whether it is sound.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SALONKEEP = os.path.join(ROOT, "salonkeep")
TOOLS = os.path.join(ROOT, "scripts", "tools", "bin")


def run(command, cwd):
    """Runs a shell command and returns its output, seconds, CPU seconds and
    peak memory in MB of its largest process."""
    with tempfile.TemporaryFile() as out:
        start = time.monotonic()
        process = subprocess.Popen(["bash", "-c", "set -euo pipefail; " + command], cwd=cwd, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - start
        if process.returncode:
            sys.exit("failed with %d: %s" % (process.returncode, command))
        out.seek(0)
        return out.read().decode(), seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def prepare(work, clients, appointments, generator):
    def step(name, command):
        _, seconds, cpu, memory = run(command, work)
        print("%-42s %8.1f s %8.1f CPU s %6.0f MB" % (name, seconds, cpu, memory), flush=True)

    with open(os.path.join(work, "password"), "w") as f:
        f.write("three plain words\n")
    step("make the files", "python3 %s --clients %d --appointments %d --seed 1 --out files >/dev/null" % (generator, clients, appointments))
    step("set up", SALONKEEP + " setup --data salon --salon Bench --owner Rowan --email rowan@example.com --password-file password"
         " --kit kit.txt --tax GST=5 --tax PST=8 >/dev/null")
    step("import", SALONKEEP + " import toronto files --data salon --json >import.json")
    step("add the target", SALONKEEP + " target add Bench file://%s/target --data salon >/dev/null" % work)
    size = sum(os.path.getsize(os.path.join(work, "salon", f)) for f in os.listdir(os.path.join(work, "salon")) if f.startswith("salon.db"))
    print("database: %.0f MB, %d clients, %d appointments\n" % (size / 1e6, clients, appointments), flush=True)


def rounds(work, n):
    recipient, _, _, _ = run(TOOLS + "/age-keygen -y kit.txt", work)
    stock_proof = "%s/age -d -i kit.txt stock.age | zstd -q -dc >proof.db; sync proof.db; [ \"$(sqlite3 proof.db 'PRAGMA integrity_check')\" = ok ]" % TOOLS
    commands = {
        "backup, proved: salonkeep": (SALONKEEP + " backup --data salon --json", "rm -rf target/points/*"),
        "backup: sqlite3 | zstd -3 | age": ("sqlite3 salon/salon.db '.backup copy.db'; zstd -q -3 -T2 -c copy.db | %s/age -r %s -o stock.age; sync stock.age; rm copy.db"
                                            % (TOOLS, recipient.strip()), "rm -f stock.age copy.db"),
        "its proof: age | zstd | integrity_check": (stock_proof, "rm -f proof.db"),
        "restore, proved: salonkeep": (SALONKEEP + " restore --from file://%s/target --kit kit.txt --data back --json" % work, "rm -rf back"),
        "restore and integrity_check: age | zstd": (stock_proof, "rm -f proof.db"),
    }
    results = {name: [] for name in commands}
    stages, sealed = [], {}
    for _ in range(n):
        for name, (command, clean) in commands.items():
            run(clean, work)
            out, *cost = run(command, work)
            results[name].append(cost)
            if name.startswith("backup, "):
                sealed["salonkeep"] = json.loads(out)["points"][0]["sealed_bytes"]
            elif name.startswith("backup"):
                sealed["stock tools"] = os.path.getsize(os.path.join(work, "stock.age"))
            elif name.startswith("restore, "):
                stages.append(json.loads(out)["millis"])
    return results, stages, sealed


def main():
    ask = argparse.ArgumentParser(description="Measures backup and restore beside stock tools.")
    ask.add_argument("--appointments", type=int, default=280000)
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--work", help="an empty folder to work in; left out, a temporary one that is removed")
    o = ask.parse_args()
    shared = os.environ.get("SALONKEEP_SHARED", os.path.join(ROOT, "..", "shared"))
    generator = os.path.abspath(os.path.join(shared, "data", "generate.py"))
    if not os.path.exists(generator):
        sys.exit("%s is missing: name the folder that holds data/generate.py in SALONKEEP_SHARED" % generator)
    work = os.path.abspath(o.work) if o.work else tempfile.mkdtemp(prefix="salonkeep-bench-")
    os.makedirs(work, exist_ok=True)
    try:
        prepare(work, max(100, o.appointments // 10), o.appointments, generator)
        results, stages, sealed = rounds(work, o.rounds)
    finally:
        if not o.work:
            shutil.rmtree(work, ignore_errors=True)
    print("median of %d rounds %35s %12s %10s" % (o.rounds, "seconds", "CPU seconds", "peak MB"))
    for name, costs in results.items():
        print("%-45s %9.2f %12.2f %10.0f" % (name, *(statistics.median(c) for c in zip(*costs))))
    print("\nsealed bytes: " + ", ".join("%s %d" % kv for kv in sealed.items()))
    print("restore, stage by stage, in ms: " + ", ".join("%s %d" % (k, statistics.median(s[k] for s in stages)) for k in stages[0]))


if __name__ == "__main__":
    main()
