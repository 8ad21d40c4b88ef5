"""`python -m seawarden.evaluate.live kills 200` or `load 600`: measured, written as JSON on standard output."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import msgspec

from seawarden.evaluate.live.kills import run_kills
from seawarden.evaluate.live.load import run_load


def main(words: list[str]) -> int:
    """Measure one of the two."""
    if len(words) != 2 or words[0] not in ("kills", "load", "overload"):
        print(f"usage: {__doc__}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        report: msgspec.Struct
        if words[0] == "kills":
            report = run_kills(int(words[1]), Path(folder), preload=True)
        else:
            ships = 20_000 if words[0] == "load" else 100_000
            report = run_load(Path(folder), seconds=float(words[1]), ships=ships)
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
