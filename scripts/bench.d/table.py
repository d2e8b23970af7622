"""Prints what was measured."""

LINE = "%-46s %8s %6s %8s %6s %9s %9s %6s"


def row(name, facts, base):
    """One line: each figure and its ratio to the one of base."""
    def ratio(key):
        return "%.2f" % (facts[key] / base[key]) if facts.get(key) and base.get(key) else ""
    print(LINE % (name, "%.2f" % facts["wall_s"], ratio("wall_s"), "%.2f" % facts["cpu_s"], ratio("cpu_s"),
                  "%.0f" % (facts["peak_bytes"] / 2**20), "%.1f" % (facts["bytes"] / 1e6) if "bytes" in facts else "", ratio("bytes")))


def heading(text):
    print("\n" + LINE % (text, "wall s", "ratio", "CPU s", "ratio", "peak MiB", "MB", "ratio"))


def stages(backup):
    """What each stage of a backup took, from what was over at each mark."""
    before = {"wall_s": 0, "cpu_s": 0}
    ends = list(backup["until"].items()) + [("checked and signed", backup)]
    for name, end in ends:
        yield name, {"wall_s": end["wall_s"] - before["wall_s"], "cpu_s": end["cpu_s"] - before["cpu_s"], "peak_bytes": end["peak_bytes"]}
        before = end


def show(result):
    m = result["medians"]
    print("\n%.0f MB database, %d appointments, %d CPUs, median of %d rounds" %
          (result["database_bytes"] / 1e6, result["appointments"], result["cpus"], len(result["rounds"]["stock backup"])))
    print(", ".join("%s: %s" % v for v in result["versions"].items()))

    base, ours = m["stock backup"], m["salonkeep backup"]
    heading("backup")
    row("sqlite3 .backup | zstd -3 -T2 | age -r", base, base)
    row("salonkeep backup, until it is sealed", dict(ours["until"]["sealed"], bytes=ours["bytes"]), base)
    row("salonkeep backup, sealed and proved", ours, base)
    for name, facts in stages(ours):
        row("  of this: " + name, facts, base)

    base, ours = m["stock restore"], m["salonkeep restore"]
    heading("restore")
    row("age -d | zstd -d, then integrity_check", base, base)
    row("salonkeep restore", ours, base)
    print("  of this, in ms: " + ", ".join("%s %.0f" % s for s in ours["stages_ms"].items()))

    waited = result.get("booking_every_50_ms")
    if waited:
        print("\n%-46s %8s %8s %8s %8s" % ("a tablet that books every 50 ms", "bookings", "p50 ms", "p99 ms", "max ms"))
        for what, w in waited.items():
            if w:
                print("%-46s %8d %8.1f %8.1f %8.1f" % (what, w["bookings"], w["p50_ms"], w["p99_ms"], w["max_ms"]))
