"""Kill a live run that tells people, hundreds of times, and keep what came of it: docs/results/live-kills.json.

PYTHONPATH=src .venv/bin/python tools/live_kills.py 200 --write

A number after it is the minutes after which the next life is the last.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import msgspec

from seawarden.evaluate.live.kills import KillReport
from seawarden.evaluate.live.outward import run_outward
from seawarden.service.told_life import live

OUT = Path(__file__).resolve().parents[1] / "docs/results/live-kills.json"


def say(report: KillReport) -> None:
    """Tell how far it is."""
    if report.lives % 10 == 0:
        print(
            f"{report.lives} lives, {report.lost} lost, {report.broken_ledgers} broken ledgers",
            file=sys.stderr,
            flush=True,
        )


def main(words: list[str]) -> int:
    """Measure, and write where asked to."""
    minutes = [float(word) for word in words[1:] if word.replace(".", "").isdigit()]
    within_s = 60.0 * minutes[0] if minutes else float("inf")
    with tempfile.TemporaryDirectory() as folder:
        report = run_outward(
            int(words[0]),
            Path(folder),
            live,
            within_s=within_s,
            modules=("seawarden.service.told_life",),
            progress=say,
        )
    data = msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"
    sys.stdout.buffer.write(data)
    if "--write" in words:
        OUT.write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
