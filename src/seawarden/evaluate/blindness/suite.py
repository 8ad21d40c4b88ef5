"""Suite `blindness`: outages of our own feed, ships that go dark, and what they could have crossed meanwhile.

Three questions on real traffic. Is a dead feed told as one notice, with the watch state right, and without one dark
ship? Is a single ship that goes dark in good coverage found, beside what is found when none does? And does the reach
of a dark ship keep the asset that she really crossed, with a chance that is right?
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from seawarden import __version__
from seawarden.evaluate.blindness.bench import Run, run_watch
from seawarden.evaluate.blindness.crossings import Asked, ask_windows, crossing_figures
from seawarden.evaluate.blindness.outages import Case, outage_figures, run_outages
from seawarden.evaluate.blindness.report import write_report
from seawarden.evaluate.blindness.silences import Planted, run_silences, silence_figures
from seawarden.evaluate.integrity.sea import Sea, read_sea
from seawarden.geography.land import LandMask
from seawarden.geography.layer import build_layer
from seawarden.model.asset import Asset
from seawarden.model.event import CoverageDeclared
from seawarden.model.position import Provenance
from seawarden.settings import Settings, settings_hash
from seawarden.simulate.silence import made_cables

MADE: Final = 24
"""Cables drawn for a source that hardly crosses a real one."""
FEW: Final = 50
"""Fewer real crossings than this are hardly any."""
LEAST_HOURS: Final = 12.0
"""Outages are laid on sources that last so long."""


def run_blindness_suite(
    positions: Sequence[Path],
    out: Path,
    *,
    settings: Settings,
    assets: Sequence[Asset],
    coverage: Sequence[CoverageDeclared] = (),
) -> dict[str, Any]:
    """Run it.

    Args:
        positions: files of real positions.
        out: folder for the report.
        settings: the whole tree.
        assets: what is watched.
        coverage: declared coverage; an area that names a source counts for it alone.

    Returns:
        Metrics as builtins.

    Raises:
        SourceError: a file can't be used.
        StoreError: the folder can't be written.
    """
    land = LandMask.shipped()
    quiet: list[tuple[Sea, Run]] = []
    cases: list[Case] = []
    planted: list[Planted] = []
    asked: list[Asked] = []
    made: dict[str, int] = {}
    for path in positions:
        sea = read_sea(path)
        watched, made[sea.name] = with_made(sea, assets)
        run = run_watch(sea, watched, settings, coverage)
        quiet.append((sea, run))
        if (sea.positions.provenance == np.int8(Provenance.KEY_FRAME)).any():
            continue  # thinned tracks hold no silence that could be told from the thinning
        if sea.positions.t.max() - sea.positions.t.min() >= LEAST_HOURS * 3_600_000:
            cases += run_outages(sea, watched, settings, coverage, run)
        planted += run_silences(sea, watched, settings, coverage)
        asked += ask_windows(sea.name, sea.positions, build_layer(watched), settings, land)
    metrics: dict[str, Any] = {
        "suite": "blindness",
        "version": __version__,
        "settings_hash": settings_hash(settings),
        "sources": [
            {
                "name": sea.name,
                "positions": len(sea.positions.t),
                "ship_days": round(sea.days(), 2),
                "made_cables": made[sea.name],
                "ship_hours_heard": round(run.heard_h, 1),
                "watched": run.shares,
            }
            for sea, run in quiet
        ],
        "outages": outage_figures(cases),
        "silences": silence_figures(planted, quiet),
        "crossings": crossing_figures(asked),
    }
    write_report(out / "report.html", metrics, cases, planted, quiet)
    return metrics


def with_made(sea: Sea, assets: Sequence[Asset]) -> tuple[list[Asset], int]:
    """The assets, and drawn ones beside them where the traffic hardly crosses any; with how many were drawn."""
    from seawarden.evaluate.recorded import find_crossings, recorded

    p = sea.positions
    moving = np.flatnonzero(p.sog_kn > 2.0)
    if not len(moving) or len(find_crossings(recorded(p), build_layer(assets))) >= FEW:
        return list(assets), 0
    drawn = made_cables(p.lat[moving], p.lon[moving], MADE, sea.name)
    return [*assets, *drawn], len(drawn)
