"""`python -m seawarden.evaluate.live kills N`, `load S`, `overload S`: measured, as JSON on standard output."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import msgspec

from seawarden.evaluate.live.kills import run_kills
from seawarden.evaluate.live.load import Plan, run_load


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


def main(words: list[str]) -> int:
    """Measure one of them."""
    if len(words) not in (2, 3) or words[0] not in ("kills", "load"):
        print(f"usage: {__doc__}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        report: msgspec.Struct
        if words[0] == "kills":
            report = run_kills(int(words[1]), Path(folder), preload=True)
        else:
            changes = msgspec.json.decode(words[2]) if len(words) == 3 else {}
            plan = msgspec.convert({"seconds": float(words[1]), **changes}, Plan)
            report = run_load(Path(folder), plan, say=say)
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
