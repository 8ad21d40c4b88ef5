"""Run the evidence and write it down: docs/results/*.json, and docs/results.md that is made from them.

`python tools/results.py` runs everything on the sample data that SEAWARDEN_SAMPLES names and writes; `--check` only
says what differs from what is written; `--page` writes the page alone, from the files that are there. Each file holds
its content's digest. Rates of the machine are left out, so that two runs of one version are equal to the byte.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from seawarden import __version__
from seawarden.cli.watched import coverage_of
from seawarden.evaluate.attribution import run_attribution
from seawarden.evaluate.slowdowns import run_slowdowns
from seawarden.geography.layer import build_layer
from seawarden.geography.pack import load_pack
from seawarden.model.error import SourceError
from seawarden.model.event import CoverageDeclared
from seawarden.run.replay import replay
from seawarden.settings import DEFAULTS, settings_hash
from seawarden.sources import inspect

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "docs" / "results"
PAGE = ROOT / "docs" / "results.md"
COVERAGE = ROOT / "docs" / "results" / "kattegat-coverage.geojson"
KATTEGAT: Final = "ais/dma_kattegat_2025-11-01_02_1min.csv.gz"
FOLDERS: Final = ("ais", "nmea")


def files_of(samples: Path) -> list[str]:
    """Every AIS and NMEA file of the samples, by its path in them."""
    found = (path for folder in FOLDERS for path in (samples / folder).rglob("*") if path.is_file())
    return sorted(str(path.relative_to(samples)) for path in found)


def declared(name: str) -> list[CoverageDeclared]:
    """Coverage that is declared for a file: the box at which it was cut."""
    return coverage_of(COVERAGE) if name == KATTEGAT else []


def replayed(samples: Path, name: str) -> dict[str, Any]:
    """What a replay of one file gives, or the sentence with which it is refused."""
    path = samples / name
    seen = inspect(path)
    row: dict[str, Any] = {"form": seen.form, "records": seen.records, "ships": seen.ships}
    try:
        run = replay(
            [path], settings=DEFAULTS, assets=load_pack(), events=declared(name), keep_positions=False
        ).recording.summary
    except SourceError as error:
        return row | {"positions": seen.positions, "refused": str(error).replace(str(samples) + "/", "")}
    return row | {
        "records": run.records,
        "rejected": run.rejected,
        "notes": run.notes,
        "positions": run.positions,
        "ships": run.ships,
        "ship_days": run.ship_days,
        "late": run.late,
        "duplicates": run.duplicates,
        "doubted": run.doubted,
        "findings": run.findings,
        "retracted": run.retracted,
        "alerts": run.alerts,
        "digest": run.digest,
    }


def replays(samples: Path) -> dict[str, Any]:
    """Every file, replayed."""
    return {"files": {name: replayed(samples, name) for name in files_of(samples)}}


def slowdowns(samples: Path) -> dict[str, Any]:
    """Quiet and planted, on the Kattegat days with their declared coverage."""
    coverage = declared(KATTEGAT)
    made = run_slowdowns([samples / KATTEGAT], settings=DEFAULTS, assets=load_pack(), coverage=coverage).metrics
    return dict(msgspec.to_builtins(made))


def attribution(samples: Path) -> dict[str, Any]:
    """Every real crossing of the Kattegat days as the cause of a fault."""
    made = run_attribution([samples / KATTEGAT], settings=DEFAULTS, assets=load_pack())
    return dict(msgspec.to_builtins(made))


PARTS: Final[dict[str, Callable[[Path], dict[str, Any]]]] = {
    "replays": replays,
    "slowdowns": slowdowns,
    "attribution": attribution,
}


def sealed(content: dict[str, Any]) -> dict[str, Any]:
    """Content with the digest that vouches for it."""
    return {"digest": digest_of(content), "content": content}


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 (hex) of the canonical JSON."""
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def made_with() -> dict[str, str]:
    """What every result depends on."""
    return {
        "version": __version__,
        "settings_hash": settings_hash(DEFAULTS),
        "assets_hash": build_layer(load_pack()).hash,
    }


def run(samples: Path, name: str) -> dict[str, Any]:
    """One part, sealed."""
    return sealed(made_with() | PARTS[name](samples))


def written() -> dict[str, dict[str, Any]]:
    """The parts as they are written down."""
    found = {name: RESULTS / f"{name}.json" for name in PARTS}
    return {name: msgspec.json.decode(path.read_bytes()) for name, path in found.items() if path.is_file()}


def text_of(part: dict[str, Any]) -> bytes:
    """A part as its file holds it."""
    return msgspec.json.format(msgspec.json.encode(part, order="sorted"), indent=1) + b"\n"


def differences(old: Any, new: Any, name: str = "") -> list[str]:
    """Every figure that differs, by its dotted name."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys = sorted({*old, *new})
        return [line for key in keys for line in differences(old.get(key), new.get(key), f"{name}.{key}".lstrip("."))]
    return [] if old == new else [f"{name}: written {old!r}, now {new!r}"]


def main(words: list[str]) -> int:
    """Write, check, or write the page alone."""
    import results_page

    if "--page" not in words:
        samples = os.environ.get("SEAWARDEN_SAMPLES")
        if not samples or not Path(samples).is_dir():
            print("results: SEAWARDEN_SAMPLES names no folder of sample data", file=sys.stderr)
            return 2
        before, wrong = written(), 0
        for name in PARTS:
            part = msgspec.json.decode(text_of(run(Path(samples), name)))
            changed = differences(before.get(name, {}).get("content"), part["content"])
            print(f"{name}: {part['digest'][:16]}, {len(changed)} figures differ from what was written")
            print("".join(f"  {line[:200]}\n" for line in changed[:20]), end="")
            wrong += bool(changed)
            if "--check" not in words:
                RESULTS.mkdir(parents=True, exist_ok=True)
                (RESULTS / f"{name}.json").write_bytes(text_of(part))
        if "--check" in words:
            return int(bool(wrong))
    PAGE.write_text(results_page.page(written()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
