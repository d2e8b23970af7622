#!/usr/bin/env python3
"""Reads the output of go test -json and says what ran.

Prints the output of every failed test and package, one line per package, every
skipped test with its reason, and the sum. Ends with 1 if anything failed or
nothing ran.
"""
import collections
import json
import sys


def main(files):
    passed, failed, skipped = [], [], []
    for name in files:
        output = collections.defaultdict(list)
        with open(name, encoding="utf-8") as f:
            for line in f:
                try:
                    event = json.loads(line)
                except ValueError:
                    # a line that is not JSON is the tool chain itself in trouble
                    sys.stdout.write(line)
                    failed.append(line.strip())
                    continue
                test = event.get("Test")
                where = (event.get("Package") or event.get("ImportPath", ""), test)
                action = event["Action"]
                if action in ("output", "build-output"):
                    output[where].append(event["Output"])
                elif action == "pass" and test:
                    passed.append(where)
                elif action == "skip" and test:
                    skipped.append((where, output[where]))
                elif action in ("fail", "build-fail"):
                    print("".join(output[where]), end="")
                    failed.append("%s %s" % (where[0], test or ""))
                if not test and action in ("pass", "fail", "skip"):
                    print("%-7s %-40s %8.1f s" % ({"pass": "ok", "skip": "no test"}.get(action, "FAIL"), where[0], event.get("Elapsed", 0)))
    for (package, test), lines in skipped:
        reason = [l.strip() for l in lines if not l.lstrip().startswith(("=== ", "--- "))]
        print("skipped %s %s: %s" % (package, test, " ".join(reason) or "no reason given"))
    for f in failed:
        print("failed", f)
    print("%d passed, %d failed, %d skipped" % (len(passed), len(failed), len(skipped)))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
