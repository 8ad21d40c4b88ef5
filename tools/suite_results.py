"""The evidence of deception, blindness, patterns, quiet days: docs/results/{integrity,blindness,patterns,quiet}.json.

`python tools/suite_results.py [PART...]` runs the parts named, or all, on the samples that SEAWARDEN_SAMPLES names,
writes them, and fills the tables of the pages that tell of them; `--check` only says what differs. `--from DIR` seals
what `seawarden evaluate` wrote to DIR/PART/metrics.json instead of running again; `--pages` fills the pages alone.
Minutes each.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import msgspec

from results import COVERAGE, RESULTS, ROOT, differences, made_with, sealed, text_of
from seawarden.cli.watched import charts_of, coverage_of
from seawarden.evaluate.suites import METRICS, Request, run_suite
from seawarden.geography.pack import load_pack
from seawarden.settings import DEFAULTS

KEY: Final = "fresh-1"
"""Names the draws. No threshold and no simulator was set while looking at them: once one is, take another word."""
KATTEGAT: Final = "ais/dma_kattegat_2025-11-01_02_1min.csv.gz"
NOVA_SCOTIA: Final = "ais/ccg_novascotia_2025-08-01_05.csv.gz"
NORTH: Final = "ais/baltic_norway_cargo_2020-11-01_02.csv.gz"
SOLENT: Final = "ais/solent_2016-01-12.csv.gz"
DANISH: Final = "nmea/dma_2013-11-12_1200_5min.nmea.gz"
NOT_DAYS: Final = ("ct_dma_subset", "gfw_segment")
"""Tracks without absolute times, and messages under shared numbers: no days of traffic."""
ZONES: Final = (
    "geo/osm_anchorages.geojson.gz",
    "geo/osm_tss.geojson.gz",
    "geo/osm_fairways.geojson.gz",
    "geo/emodnet_windfarmspoly.geojson.gz",
    "geo/helcom_dredging_sites_areas.geojson.gz",
    "geo/offshore_platforms.geojson.gz",
    "geo/maritime_borders_12nm_northsea_baltic.geojson",
)
PAGES: Final = {
    "integrity": "docs/integrity.md",
    "blindness": "docs/coverage.md",
    "patterns": "docs/patterns.md",
    "quiet": "docs/patterns.md",
}
END: Final = "<!-- end of what is made -->"


def begin_of(name: str) -> str:
    """The line before what is made of a part."""
    return f"<!-- made from docs/results/{name}.json by tools/suite_results.py: do not edit -->"


def real_days(samples: Path) -> list[str]:
    """Every file of real traffic, by its path in the samples."""
    found = [
        *sorted((samples / "ais").glob("*.csv*")),
        *sorted((samples / "ais/incident_days").glob("*.jsonl")),
        *sorted(path for path in (samples / "nmea").iterdir() if path.is_file()),
    ]
    return [str(path.relative_to(samples)) for path in found if not path.name.startswith(NOT_DAYS)]


def request_of(name: str, samples: Path, out: Path) -> Request:
    """What a part asks of its suite."""
    files = {
        "integrity": [KATTEGAT, NOVA_SCOTIA, NORTH, SOLENT, DANISH],
        "blindness": [KATTEGAT, NOVA_SCOTIA, NORTH, SOLENT],
        "patterns": [KATTEGAT, NOVA_SCOTIA, NORTH],
        "quiet": real_days(samples),
    }[name]
    ask = Request(
        out=out,
        settings=DEFAULTS,
        assets=load_pack,
        positions=tuple(samples / file for file in files),
        key=KEY if name in ("integrity", "patterns") else "",
    )
    if name in ("blindness", "quiet"):
        ask = ask._replace(coverage=tuple(coverage_of(COVERAGE)))
    if name == "quiet":
        ask = ask._replace(charts=charts_of([str(samples / zone) for zone in ZONES], None))
    return ask


def metrics_of(name: str, samples: Path, taken: Path | None) -> dict[str, Any]:
    """A part's metrics, run or taken, without paths of this machine."""
    if taken is not None:
        text = (taken / name / METRICS).read_text()
    else:
        with tempfile.TemporaryDirectory() as folder:
            text = msgspec.json.encode(run_suite(name, request_of(name, samples, Path(folder)))).decode()
    found: dict[str, Any] = msgspec.json.decode(text.replace(f"{samples}/", ""))
    return found


def part_of(name: str, samples: Path, taken: Path | None) -> dict[str, Any]:
    """A part, sealed."""
    more = {"zones": [zone.rpartition("/")[2] for zone in ZONES], "works": []} if name == "quiet" else {}
    made: dict[str, Any] = msgspec.json.decode(text_of(sealed(made_with() | metrics_of(name, samples, taken) | more)))
    return made


def written(name: str) -> dict[str, Any] | None:
    """A part as it is written down."""
    file = RESULTS / f"{name}.json"
    return msgspec.json.decode(file.read_bytes()) if file.is_file() else None


def page_with(page: str, name: str, block: str) -> str:
    """A page with a part's block filled in.

    Raises:
        ValueError: the page has no place for it.
    """
    before, begin, rest = page.partition(begin_of(name))
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no place for {name}: wants a line '{begin_of(name)}' and a line '{END}' after it")
    return f"{before}{begin}\n\n{block.strip()}\n\n{end}{after}"


def pages() -> dict[Path, str]:
    """Each page as it should be, by its path."""
    import suite_pages

    made: dict[Path, str] = {}
    for name, where in PAGES.items():
        path, part = ROOT / where, written(name)
        if part is not None:
            made[path] = page_with(made.get(path) or path.read_text(), name, suite_pages.BLOCKS[name](part))
    return made


def main(words: list[str]) -> int:
    """Write, check, or fill the pages alone."""
    samples = Path(os.environ.get("SEAWARDEN_SAMPLES") or "?")
    taken = Path(words[words.index("--from") + 1]) if "--from" in words else None
    wrong = 0
    if "--pages" not in words:
        if not samples.is_dir():
            print("suite_results: SEAWARDEN_SAMPLES names no folder of sample data", file=sys.stderr)
            return 2
        for name in [word for word in words if word in PAGES] or list(PAGES):
            part, before = part_of(name, samples, taken), written(name) or {}
            changed = differences(before.get("content"), part["content"])
            print(f"{name}: {part['digest'][:16]}, {len(changed)} figures differ from what was written")
            print("".join(f"  {line[:200]}\n" for line in changed[:20]), end="")
            wrong += bool(changed)
            if "--check" not in words:
                (RESULTS / f"{name}.json").write_bytes(text_of(part))
    if "--check" in words:
        return int(bool(wrong))
    for path, text in pages().items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
