"""Cases of the bench, each scored at its ticks by the fit that has not seen its ship."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from seawarden.behaviours.drag.dip import strength
from seawarden.behaviours.drag.names import INDEX
from seawarden.model.position import F64, I64
from seawarden.train.drag import scored
from seawarden.train.drag_alarms import held
from seawarden.train.drag_cases import Case, rows_of
from seawarden.train.drag_rows import Fitted, fold_of
from seawarden.train.drag_sources import Stratum

UNTIL_S = 3600.0
"""A drag is followed for an hour."""


class Bench(NamedTuple):
    """What cases are scored with."""

    strata: list[Stratum]
    fits: list[Fitted]
    lines: dict[str, list[float]]


class Scored(NamedTuple):
    """One case; arrays (m,) over its ticks."""

    stratum: int
    mmsi: int
    case: Case
    t_s: F64
    ship: F64
    """Held score."""
    raw: F64
    """Score at each tick, not held."""
    dip: F64
    """Strength of the best dip (`behaviours.drag.dip`)."""
    dip_age_min: F64


def score_case(bench: Bench, stratum: int, case: Case, *, until_s: float | None = None) -> Scored:
    """Score one case."""
    s = bench.strata[stratum]
    track = s.tracks[case.track]
    t_s, x = rows_of(case, track, until_s=until_s)
    fitted = bench.fits[int(fold_of(np.array([track.mmsi]))[0])]
    raw = scored(x, fitted, bench.lines)
    return Scored(
        stratum,
        track.mmsi,
        case,
        t_s,
        held(raw, s.dense),
        raw,
        strength(x),
        x[:, INDEX["dip_age_min"]],
    )


def scored_cases(bench: Bench, numbers: Iterable[int], make: Callable[[Stratum], Iterable[Case]]) -> list[Scored]:
    """Cases of the strata, scored; those that could not be scored at a single tick count as not found."""
    return [
        score_case(bench, k, case, until_s=None if np.isnan(case.onset_s) else UNTIL_S)
        for k in numbers
        for case in make(bench.strata[k])
    ]


class Outcome(NamedTuple):
    """Whether and when cases were found at a threshold; arrays (n,)."""

    hit: F64
    minutes: F64
    """From onset to the first alarm, NaN when not found."""
    mmsi: I64

    def within(self, minutes: float) -> F64:
        """1 where found within so many minutes."""
        return (self.minutes <= minutes).astype(np.float64)


def found(cases: Iterable[Scored], threshold: float, *, within_min: float = 60.0) -> Outcome:
    """First tick after the onset at which the held score exceeds a threshold."""
    minutes: list[float] = []
    ships: list[int] = []
    for case in cases:
        at = np.flatnonzero(case.ship > threshold)
        first = (case.t_s[at[0]] - case.case.onset_s) / 60.0 if len(at) else np.nan
        minutes.append(first if len(at) and first <= within_min else np.nan)
        ships.append(case.mmsi)
    value = np.array(minutes)
    return Outcome(np.isfinite(value).astype(np.float64), value, np.array(ships, dtype=np.int64))


def joined(outcomes: Sequence[Outcome]) -> Outcome:
    """Outcomes one after another."""
    columns = [np.concatenate(same) for same in zip(*outcomes, strict=True)]
    return Outcome(columns[0], columns[1], columns[2].astype(np.int64))


def select(
    cases: Sequence[Scored],
    *,
    loss: float | None = None,
    law: str | None = None,
    heading: bool | None = None,
    drift: bool | None = None,
    wobble: bool | None = None,
    kind: str | None = None,
) -> list[Scored]:
    """Cases that match."""
    return [
        s
        for s in cases
        if (loss is None or abs(s.case.loss - loss) < 1e-9)
        and (law is None or s.case.law == law)
        and (heading is None or s.case.heading == heading)
        and (drift is None or s.case.drift == drift)
        and (wobble is None or s.case.wobble == wobble)
        and (kind is None or s.case.kind == kind)
    ]
