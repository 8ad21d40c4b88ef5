"""`python -m seawarden.evaluate.live WHAT`: measured, as JSON on standard output.

`all SECONDS [RESULTS.json [PAGE.md]]`: the load for so long, the rate that can be taken, five times that; written to
the files. `load SECONDS`, `rate`, `overload RATE`: one of them. `kills N`: a run killed so often.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import msgspec

from seawarden.evaluate.live.kills import run_kills
from seawarden.evaluate.live.load import Plan
from seawarden.evaluate.live.results import one, overload_plan, rate_plan, run_all, written


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


def main(words: list[str]) -> int:
    """Measure what is named."""
    report: msgspec.Struct
    match words:
        case ["all", seconds, *files] if len(files) <= 2:
            results = run_all(float(seconds), say)
            if files:
                written(results, Path(files[0]), Path(files[1]) if len(files) > 1 else None)
            report = results
        case ["load", seconds]:
            report = one(Plan(seconds=float(seconds), planted=max(1, round(float(seconds) / 2))), say)
        case ["rate"]:
            report = one(rate_plan(), say)
        case ["overload", rate]:
            report = one(overload_plan(float(rate)), say)
        case ["kills", count]:
            with tempfile.TemporaryDirectory() as folder:
                report = run_kills(int(count), Path(folder), preload=True)
        case _:
            print(f"usage: {__doc__}", file=sys.stderr)
            return 2
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
