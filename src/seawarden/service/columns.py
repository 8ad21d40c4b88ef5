"""Columnar answers: the fleet at a time, one ship's track, the time line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from seawarden.model.drill import exercise_mmsi
from seawarden.model.finding import Finding
from seawarden.model.position import F64, Provenance
from seawarden.service.paging import Place, write_cursor
from seawarden.service.speeds import misplaced, unproven
from seawarden.service.view import View
from seawarden.service.watch import Stretch

BINS_AT_MOST: Final = 400
"""Bins of the time line: one to three pixels each."""
BIN_STEPS_MS: Final = (10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000, 10_800_000, 86_400_000)
CROSSING: Final = "crossing"


def fleet(
    view: View, at: int, known: int | None = None, *, after: int = -1, limit: int | None = None
) -> dict[str, Any]:
    """The last position of every ship at a time, as columns of one length.

    Args:
        view: the watch as a reader sees it.
        at: the time, ms.
        known: with the alerts as known then, ms; as at that time when None.
        after: ships of this track and those before it are left out: they were on an earlier page.
        limit: ships on a page; all when None.
    """
    known = at if known is None else known
    last = view.watch.last(at)
    rows = np.argsort(last.track, kind="stable")
    rows = rows[last.track[rows] > after]
    following = None
    if limit is not None and len(rows) > limit:
        rows = rows[:limit]
        following = write_cursor(Place("ships", at, known, (int(last.track[rows[-1]]),)))
    last = _rows(last, rows)
    ships = [view.watch.ship(track) for track in last.track.tolist()]
    alerts = view.active_by_track(known)
    worst = [alerts[ship.track_id][0] if ship.track_id in alerts else None for ship in ships]
    simulated = last.provenance == Provenance.SIMULATED
    return {
        "at": at,
        "n": len(ships),
        "mmsi": [ship.mmsi for ship in ships],
        "track_id": [ship.track_id for ship in ships],
        **_motion(last),
        "age_s": _round((at - last.t) / 1_000, 1),
        "length_m": [ship.length_m for ship in ships],
        "name": [ship.name for ship in ships],
        "type": [ship.type for ship in ships],
        "risk": [None if alert is None else alert.risk for alert in worst],
        "tier": ["" if alert is None else alert.tier for alert in worst],
        "simulated": [ship.simulated or flag for ship, flag in zip(ships, simulated.tolist(), strict=True)],
        "doubted": misplaced(last.trust).tolist(),
        "speed_doubted": unproven(last.trust).tolist(),
        "estimated": [False] * len(ships),
        "next": following,
    }


def track(
    view: View,
    mmsi: int,
    from_t: int,
    to_t: int,
    *,
    after: tuple[int, int] | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """One MMSI's positions between two times, with what was expected, the depth, and the crossings.

    Args:
        view: the watch as a reader sees it.
        mmsi: whose.
        from_t: first time, ms.
        to_t: last time, ms.
        after: time and track of the last position of the page before.
        limit: positions on a page; all when None.
    """
    stretch = view.watch.stretch(mmsi, from_t, to_t)
    rows = np.lexsort((stretch.track, stretch.t))
    if after is not None:
        t, row = stretch.t[rows], stretch.track[rows]
        rows = rows[(t > after[0]) | ((t == after[0]) & (row > after[1]))]
    following = None
    if limit is not None and len(rows) > limit:
        rows = rows[:limit]
        end = int(stretch.t[rows[-1]]), int(stretch.track[rows[-1]])
        following = write_cursor(Place("track", from_t, to_t, end))
    stretch = _rows(stretch, rows)
    depth, sigma = view.watch.depth(stretch.lat, stretch.lon)
    crossings = [
        {"t": finding.start_t, "asset": finding.asset.id, "name": finding.asset.name, "kp_km": finding.asset.kp_km}
        for finding in view.findings(view.watch.clock())
        if finding.kind == CROSSING
        and finding.asset is not None
        and finding.ship.mmsi == mmsi
        and from_t <= finding.start_t <= to_t
    ]
    return {
        "mmsi": mmsi,
        "t": stretch.t.tolist(),
        "track_id": [view.watch.ship(row).track_id for row in stretch.track.tolist()],
        **_motion(stretch),
        "told_sog_kn": _round(np.where(unproven(stretch.trust), stretch.told_kn, np.nan), 2),
        "expected_sog_kn": _round(stretch.expected_kn, 2),
        "expected_sigma_kn": _round(stretch.expected_sigma_kn, 2),
        "depth_m": _round(depth, 1),
        "depth_sigma_m": _round(sigma, 1),
        "trust": stretch.trust.tolist(),
        "provenance": stretch.provenance.tolist(),
        "crossings": sorted(crossings, key=lambda crossing: crossing["t"]),
        "next": following,
    }


def timeline(view: View, from_t: int, to_t: int) -> dict[str, Any]:
    """Traffic by bin of time, with alerts, findings and outages as marks."""
    bin_ms = next((step for step in BIN_STEPS_MS if (to_t - from_t) / step <= BINS_AT_MOST), BIN_STEPS_MS[-1])
    bins = min(max(-(-(to_t - from_t) // bin_ms), 1), 10 * BINS_AT_MOST)
    now = view.watch.clock()
    within: Callable[[int], bool] = lambda t: from_t <= t <= to_t  # noqa: E731
    return {
        "bin_ms": bin_ms,
        "from": from_t,
        "to": to_t,
        "density": view.watch.density(from_t, bin_ms, bins),
        "alerts": [
            {"t": alert.raised_t, "tier": alert.highest_tier, "id": alert.id}
            for alert in view.alerts(now)
            if within(alert.raised_t) and not alert.exercise
        ],
        "outages": [list(outage) for outage in view.watch.outages() if outage[1] >= from_t and outage[0] <= to_t],
        "findings": _marks(
            [f for f in view.findings(now) if within(f.start_t) and not exercise_mmsi(f.ship.mmsi)], from_t, bin_ms
        ),
    }


def _marks(findings: list[Finding], from_t: int, bin_ms: int) -> list[dict[str, Any]]:
    """One mark a bin and kind, at its first finding, with how many it stands for."""
    marks: dict[tuple[int, str], dict[str, Any]] = {}
    for finding in sorted(findings, key=lambda f: f.start_t):
        key = ((finding.start_t - from_t) // bin_ms, finding.kind)
        mark = marks.setdefault(key, {"t": finding.start_t, "kind": finding.kind, "n": 0})
        mark["n"] += 1
    return list(marks.values())


def _rows(stretch: Stretch, rows: npt.NDArray[np.int64]) -> Stretch:
    columns: list[Any] = [column[rows] for column in stretch]
    return Stretch(*columns)


def _motion(stretch: Stretch) -> dict[str, list[Any]]:
    return {
        "lat": _round(stretch.lat, 6),
        "lon": _round(stretch.lon, 6),
        "sog_kn": _round(stretch.sog_kn, 2),
        "cog_deg": _round(stretch.cog_deg, 1),
        "heading_deg": _round(stretch.heading_deg, 1),
    }


def _round(values: npt.NDArray[np.floating[Any]] | F64, decimals: int) -> list[Any]:
    """Rounded in double precision, so that 10.1 is sent as 10.1; NaN becomes null on the way out."""
    rounded: list[Any] = np.round(values.astype(np.float64), decimals).tolist()
    return rounded
