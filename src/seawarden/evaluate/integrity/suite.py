"""Suite `integrity`: forged positions and numbers laid on real traffic must be found, beside the same days in quiet.

Everything that a quiet run finds counts as false, whatever it is: real days hold shared numbers and broken receivers
too, so the rates are upper ones. Ships are dealt into two halves by their numbers, to show
what the choice of ships makes of it; thresholds were set while both were looked at, and no source was held out.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from seawarden import __version__
from seawarden.evaluate.integrity.families import families
from seawarden.evaluate.integrity.family import Family, Judged
from seawarden.evaluate.integrity.sea import HALVES, Sea, half_of, read_sea
from seawarden.evaluate.integrity.watch import Watched, watch
from seawarden.evaluate.intervals import binomial, poisson
from seawarden.model.finding import Finding
from seawarden.model.position import Positions
from seawarden.settings import Settings, settings_hash


def run_integrity_suite(positions: Sequence[Path], out: Path, *, settings: Settings, key: str = "") -> dict[str, Any]:
    """Run all families on all sources.

    Args:
        positions: files of real positions.
        out: folder for the report.
        settings: the whole tree.
        key: names the draws; empty: those that were looked at while thresholds were set.

    Returns:
        Metrics as builtins.

    Raises:
        SourceError: a file can't be used.
        StoreError: the folder can't be written.
    """
    from seawarden.evaluate.integrity.report import write_report

    seas = [read_sea(path, key) for path in positions]
    quiet = [watch(sea, settings) for sea in seas]
    judged: dict[str, list[Judged]] = {}
    extra: dict[str, dict[str, Any]] = {}
    for family in families():
        for sea in seas:
            outcome = family.run(sea, _watcher(sea, settings))
            judged.setdefault(family.name, []).extend(outcome.judged)
            if outcome.extra:
                extra.setdefault(family.name, {})[sea.name] = outcome.extra
    metrics: dict[str, Any] = {
        "suite": "integrity",
        "version": __version__,
        "settings_hash": settings_hash(settings),
        "key": key,
        "sources": [
            {
                "name": sea.name,
                "positions": len(sea.positions.t),
                "ships": len(sea.ship_days),
                "ship_days": round(sea.days(), 2),
            }
            for sea in seas
        ],
        "quiet": quiet_figures(seas, quiet),
        "families": {
            family.name: {
                "about": family.about,
                "kinds": list(family.kinds),
                **recall_figures(judged[family.name]),
                "false": false_figures(family, seas, quiet),
                **({"extra": extra[family.name]} if family.name in extra else {}),
            }
            for family in families()
        },
        "false_findings": [listed(sea, f) for sea, run in zip(seas, quiet, strict=True) for f in run.last()],
    }
    write_report(out / "report.html", metrics, seas, quiet, judged)
    return metrics


def _watcher(sea: Sea, settings: Settings) -> Any:
    def run(positions: Positions) -> Watched:
        return watch(sea, settings, positions)

    return run


def quiet_figures(seas: Sequence[Sea], quiet: Sequence[Watched]) -> dict[str, Any]:
    """Findings of the quiet runs by kind, per ship-day, over all sources."""
    days = sum(sea.days() for sea in seas)
    kinds = sorted({f.kind for run in quiet for f in run.last()})
    counts = {kind: sum(f.kind == kind for run in quiet for f in run.last()) for kind in kinds}
    return {"ship_days": round(days, 2), "by_kind": {k: _built(poisson(n, days)) for k, n in counts.items()}}


def false_figures(family: Family, seas: Sequence[Sea], quiet: Sequence[Watched]) -> dict[str, Any]:
    """Findings of this family's kinds in the quiet runs, per ship-day: all, by half, and by source."""

    def count(sea: Sea, run: Watched, half: str | None) -> int:
        return sum(f.kind in family.kinds and half in (None, half_of(f.ship.mmsi)) for f in run.last())

    pairs = list(zip(seas, quiet, strict=True))
    out = {"all": _built(poisson(sum(count(s, q, None) for s, q in pairs), sum(s.days() for s in seas)))}
    for half in HALVES:
        days = sum(sea.days(half) for sea in seas)
        out[half] = _built(poisson(sum(count(s, q, half) for s, q in pairs), days))
    out["by_source"] = {s.name: _built(poisson(count(s, q, None), s.days())) for s, q in pairs}
    return out


def recall_figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """Share of the planted cases that were found: all, by half and by source; and the minutes it took."""

    def recall(chosen: Sequence[Judged]) -> Any:
        return _built(binomial(sum(j.found for j in chosen), len(chosen)))

    minutes = sorted(j.minutes for j in judged if j.minutes is not None)
    return {
        "cases": len(judged),
        "recall": recall(judged),
        "recall_by_half": {half: recall([j for j in judged if j.case.half == half]) for half in HALVES},
        "recall_by_source": {
            name: recall([j for j in judged if j.case.source == name])
            for name in sorted({j.case.source for j in judged})
        },
        "median_minutes": minutes[len(minutes) // 2] if minutes else None,
        "most_minutes": minutes[-1] if minutes else None,
        "missed": [msgspec.to_builtins(j.case) for j in judged if not j.found],
    }


def listed(sea: Sea, finding: Finding) -> dict[str, Any]:
    """A finding of a quiet run in a line."""
    return {
        "source": sea.name,
        "kind": finding.kind,
        "mmsi": finding.ship.mmsi,
        "half": half_of(finding.ship.mmsi),
        "start_t": finding.start_t,
        "end_t": finding.end_t,
        "measured": {m.name: m.value for m in finding.measured if m.value is not None},
        "instead": [reason.text for reason in finding.benign],
    }


def _built(value: Any) -> Any:
    return msgspec.to_builtins(value)
