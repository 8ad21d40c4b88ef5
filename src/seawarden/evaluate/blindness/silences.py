"""Single ships made silent where they were really heard: how many are found, beside what is found without any.

A window is drawn on a ship under way whose real reports go on throughout, so that the coverage was good for her;
where areas are declared, the stretch she is judged on lies inside. No two windows of one run overlap in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from seawarden.evaluate.blindness.bench import Run, run_watch
from seawarden.evaluate.integrity.sea import Sea
from seawarden.evaluate.intervals import binomial, poisson
from seawarden.model.asset import Asset
from seawarden.model.event import CoverageDeclared
from seawarden.model.finding import AreaRef
from seawarden.model.position import Positions
from seawarden.settings import Settings
from seawarden.simulate.draws import generator
from seawarden.simulate.silence import silence_ship, window_of
from seawarden.surroundings.coverage_areas import covers

MINUTES: Final = (20, 60)
RUNS: Final = 4
LEAST_KN: Final = 4.0
MOST: Final = 8
"""Silences of one run: more in a day than any sea has."""
APART_MS: Final = 600_000
JUDGED_MS: Final = 1_200_000
"""The part of a silence after which it is judged: it must lie in declared coverage where any is declared."""
WARM_SHARE: Final = 0.25
"""Of the source's time: the watch has to have learned something."""


class Planted(NamedTuple):
    """One ship made silent."""

    source: str
    minutes: int
    mmsi: int
    from_t: int
    to_t: int
    found: bool
    after_min: float | None
    """Minutes of silence after which it was known."""
    asset: str
    """That its finding names."""


def run_silences(
    sea: Sea, assets: Sequence[Asset], settings: Settings, coverage: Sequence[CoverageDeclared]
) -> list[Planted]:
    """Plant silences on one source, in several runs.

    Args:
        sea: its traffic.
        assets: what is watched.
        settings: the whole tree.
        coverage: what was declared.
    """
    areas = [a for a in coverage if a.source in ("", sea.name)]
    tracks = {mmsi: sea.ship(mmsi) for mmsi in sea.mmsis()}
    out: list[Planted] = []
    for minutes in MINUTES:
        for number in range(RUNS):
            cases = _draw(sea, tracks, areas, minutes, number)
            p = sea.positions
            for mmsi, from_t, to_t in cases:
                p = silence_ship(p, mmsi, from_t, to_t)
            if cases:
                run = run_watch(sea, assets, settings, coverage, p)
                out += [_judge(sea.name, minutes, case, run) for case in cases]
    return out


def _draw(
    sea: Sea, tracks: dict[int, Positions], areas: Sequence[CoverageDeclared], minutes: int, number: int
) -> list[tuple[int, int, int]]:
    """Ships and times, one after another."""
    rng = generator("silences", sea.name, minutes, number)
    first, last = int(sea.positions.t.min()), int(sea.positions.t.max())
    begin = first + int(WARM_SHARE * (last - first))
    span = minutes * 60_000
    free = begin
    order = rng.permutation(sorted(tracks)).tolist()
    starts = sorted((_start(tracks[m], begin, last, span, rng), m) for m in order)
    out: list[tuple[int, int, int]] = []
    for start, mmsi in starts:
        if len(out) >= MOST:
            break
        if start < free or start < begin:
            continue
        track = tracks[mmsi]
        window = window_of(track, start, span)
        if window is None or not track.sog_kn[window.last] >= LEAST_KN:
            continue
        from_t, to_t = int(track.t[window.last]), int(track.t[window.again])
        rows = slice(window.last, int(np.searchsorted(track.t, from_t + JUDGED_MS)) + 1)
        if areas and not _inside(areas, track.lat[rows], track.lon[rows]):
            continue
        out.append((mmsi, from_t, to_t))
        free = to_t + APART_MS
    return out


def _start(track: Positions, begin: int, last: int, span: int, rng: np.random.Generator) -> int:
    low, high = max(begin, int(track.t[0])), min(last, int(track.t[-1])) - span
    return int(rng.integers(low, high)) if high > low else -1


def _inside(areas: Sequence[CoverageDeclared], lat: Any, lon: Any) -> bool:
    rings = [AreaRef(id="", lat=a.polygon[0][1], lon=a.polygon[0][0], radius_m=0.0, polygon=a.polygon) for a in areas]
    return bool(np.any([covers(ring, lat, lon) for ring in rings], axis=0).all())


def _judge(source: str, minutes: int, case: tuple[int, int, int], run: Run) -> Planted:
    mmsi, from_t, to_t = case
    own = [
        f
        for f in run.findings
        if f.kind == "silence" and f.revision == 1 and f.ship.mmsi == mmsi and f.start_t == from_t
        and f.known_from_t <= to_t + 120_000
    ]  # fmt: skip
    known = min((f.known_from_t for f in own), default=None)
    after = None if known is None else round((known - from_t) / 60_000.0, 1)
    asset = own[0].asset.id if own and own[0].asset is not None else ""
    return Planted(source, minutes, mmsi, from_t, to_t, bool(own), after, asset)


def silence_figures(planted: Sequence[Planted], quiet: Sequence[tuple[Sea, Run]]) -> dict[str, Any]:
    """Recall by length and source, and what the quiet runs found per ship-day."""
    days = sum(sea.days() for sea, _ in quiet)

    def recall(chosen: Sequence[Planted]) -> Any:
        return msgspec.to_builtins(binomial(sum(p.found for p in chosen), len(chosen)))

    def false(kind: str, runs: Sequence[tuple[Sea, Run]]) -> int:
        return sum(f.kind == kind and f.revision == 1 for _, run in runs for f in run.findings)

    after = sorted(p.after_min for p in planted if p.after_min is not None)
    return {
        "planted": len(planted),
        "recall": recall(planted),
        "recall_by_minutes": {str(m): recall([p for p in planted if p.minutes == m]) for m in MINUTES},
        "recall_by_source": {
            name: recall([p for p in planted if p.source == name]) for name in sorted({p.source for p in planted})
        },
        "median_minutes": after[len(after) // 2] if after else None,
        "quiet": {
            "ship_days": round(days, 2),
            **{k: msgspec.to_builtins(poisson(false(k, quiet), days)) for k in ("silence", "dark", "reappearance")},
            "by_source": {
                sea.name: msgspec.to_builtins(poisson(false("silence", [(sea, run)]), sea.days()))
                for sea, run in quiet
            },
            "feed_outage": {
                sea.name: sum(f.kind == "feed_outage" and f.revision == 1 for f in run.findings) for sea, run in quiet
            },
            "alerts": {
                tier: sum(a.highest_tier == tier and a.revision == 1 for _, run in quiet for a in run.alerts)
                for tier in ("notice", "look", "challenge", "act")
            },
        },
        "missed": [p._asdict() for p in planted if not p.found],
    }
