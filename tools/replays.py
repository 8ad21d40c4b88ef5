"""Replay the published cases on the samples: docs/results/reconstructions.json, and docs/replays.md made from it.

`python tools/replays.py` runs on the sample data that SEAWARDEN_SAMPLES names (a minute and a half); `--page` writes
the page alone, from the file that is there. Only what stands between the page's two marks is made.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec

from seawarden.evaluate.drags.replays import run_replay_suite
from seawarden.evaluate.drags.replays_page import BEGIN, END, of_plain, page
from seawarden.geography.pack import load_pack
from seawarden.settings import DEFAULTS

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "docs" / "results" / "reconstructions.json"
PAGE = ROOT / "docs" / "replays.md"
TRAFFIC = "ais/dma_kattegat_2025-11-01_02_1min.csv.gz"


def made() -> str:
    """The page with its made part as the result file says."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2].lstrip("\n")
    part = page(of_plain(msgspec.json.decode(RESULT.read_bytes())))
    return before + part + ("\n" + after if after else "")


def main(words: list[str]) -> int:
    """Write both, or the page alone."""
    if "--page" not in words:
        samples = os.environ.get("SEAWARDEN_SAMPLES")
        if not samples or not Path(samples).is_dir():
            print("replays: SEAWARDEN_SAMPLES names no folder of sample data", file=sys.stderr)
            return 2
        metrics = run_replay_suite([Path(samples) / TRAFFIC], settings=DEFAULTS, assets=load_pack())
        plain = msgspec.to_builtins(metrics)
        RESULT.write_bytes(msgspec.json.format(msgspec.json.encode(plain, order="sorted"), indent=1) + b"\n")
        broken = [text for text, kept in metrics.promises.items() if not kept]
        print("\n".join(f"not kept: {text}" for text in broken) or "all promises kept")
    PAGE.write_text(made())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
