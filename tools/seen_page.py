"""Write the tables of docs/watched.md from the drag suite's metrics: `python tools/seen_page.py METRICS.json`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec

from seawarden.evaluate.drags.seen_page import page_with

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "watched.md"
KEPT = ROOT / "docs" / "results" / "seen.json"


def main() -> int:
    """Keep what the page rests on, and make its tables of it; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("metrics", type=Path, help="metrics.json of `seawarden evaluate --suite drags`")
    metrics = msgspec.json.decode(parser.parse_args().metrics.read_bytes())
    seen = {"model_hash": metrics["model_hash"], **metrics["seen"]}
    KEPT.write_bytes(msgspec.json.format(msgspec.json.encode(seen), indent=1) + b"\n")
    PAGE.write_text(page_with(PAGE.read_text(encoding="utf-8"), seen), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
