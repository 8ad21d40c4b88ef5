"""A finished run, held so that any moment of it can be looked at again.

Positions are columns sorted by (track, time), so that a track is a slice and "the last position of every track at
a time" is one search. Findings, alerts and faults keep all their revisions in the order in which they became known.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from seawarden.model.alert import Alert
from seawarden.model.batch import Catalogue
from seawarden.model.event import CoverageDeclared
from seawarden.model.fault import Fault
from seawarden.model.finding import Finding
from seawarden.model.position import F32, I8, I32, I64, Positions, take
from seawarden.model.risk import Risk
from seawarden.model.vessel import ShipRef
from seawarden.model.watch import WatchChange
from seawarden.store.summary import Summary


class Episode(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time worth going to, with a name."""

    id: str
    label: str
    from_t: int
    to_t: int


class Recording(msgspec.Struct, kw_only=True):
    """All that a run leaves behind; made by `make_recording`."""

    positions: Positions
    """Sorted by (track, time); arrays (n,)."""
    track: I32
    """Row of `ships` for each position."""
    starts: I64
    """(number of tracks + 1,): positions of track i are rows starts[i]..starts[i+1]."""
    expected_kn: F32
    """The ship's own expected speed at each position, kn, NaN unknown."""
    expected_sigma_kn: F32
    refutes: I8
    """1 where a position shows that its track's report before it told a wrong speed."""
    ships: list[ShipRef]
    """One a track."""
    findings: list[Finding]
    """All revisions, by (known from, id, revision)."""
    alerts: list[Alert]
    risks: list[Risk]
    faults: list[Fault]
    catalogue: Catalogue
    """Names behind source, receiver and file of the positions."""
    outages: list[tuple[int, int]]
    """Stretches in which no source delivered, ms."""
    episodes: list[Episode]
    coverage: list[CoverageDeclared]
    """Where ships were said to be heard."""
    summary: Summary
    watch: list[WatchChange] = []
    """How well stretches of assets were watched, in the order in which it became known."""


def make_recording(
    positions: Positions,
    track: I32,
    ships: list[ShipRef],
    summary: Summary,
    *,
    findings: list[Finding] | None = None,
    alerts: list[Alert] | None = None,
    risks: list[Risk] | None = None,
    faults: list[Fault] | None = None,
    catalogue: Catalogue | None = None,
    outages: list[tuple[int, int]] | None = None,
    episodes: list[Episode] | None = None,
    coverage: Sequence[CoverageDeclared] = (),
    expected_kn: F32 | None = None,
    expected_sigma_kn: F32 | None = None,
    refutes: I8 | None = None,
    watch: Sequence[WatchChange] = (),
) -> Recording:
    """Sort what a run produced into a recording.

    Args:
        positions: all positions of the run in any order, arrays (n,).
        track: (n,) row of `ships` for each position; rows with -1 (no track) are left out.
        ships: who each track is, as last known.
        summary: the run's summary.
        findings: all revisions, in any order.
        alerts: all revisions, in any order.
        risks: risks as they were worked out.
        faults: all revisions.
        catalogue: names behind source, receiver and file of the positions.
        outages: stretches without any input, ms.
        episodes: named stretches.
        coverage: where ships were said to be heard.
        expected_kn: (n,) the ship's own expected speed, kn.
        expected_sigma_kn: (n,) its standard error, kn.
        refutes: (n,) 1 where a position shows that its track's report before it told a wrong speed.
        watch: how well stretches of assets were watched.
    """
    order = np.lexsort((positions.seq, positions.t, track))
    order = order[track[order] >= 0]
    sorted_track = np.ascontiguousarray(track[order], dtype=np.int32)
    unknown = np.full(len(positions.t), np.nan, dtype=np.float32)
    expected = unknown if expected_kn is None else expected_kn
    sigma = unknown if expected_sigma_kn is None else expected_sigma_kn
    return Recording(
        positions=take(positions, order),
        track=sorted_track,
        starts=np.searchsorted(sorted_track, np.arange(len(ships) + 1), side="left").astype(np.int64),
        expected_kn=np.ascontiguousarray(expected[order], dtype=np.float32),
        expected_sigma_kn=np.ascontiguousarray(sigma[order], dtype=np.float32),
        refutes=np.zeros(len(order), dtype=np.int8) if refutes is None else np.ascontiguousarray(refutes[order]),
        ships=ships,
        findings=sorted(findings or [], key=lambda f: (f.known_from_t, f.id, f.revision)),
        alerts=sorted(alerts or [], key=lambda a: (a.known_from_t, a.id, a.revision)),
        risks=sorted(risks or [], key=lambda r: (r.t, r.ship.track_id, r.asset.id)),
        faults=sorted(faults or [], key=lambda f: (f.known_from_t, f.id, f.revision)),
        catalogue=catalogue or Catalogue(),
        outages=sorted(outages or []),
        episodes=episodes or [],
        coverage=list(coverage),
        summary=summary,
        watch=list(watch),
    )
