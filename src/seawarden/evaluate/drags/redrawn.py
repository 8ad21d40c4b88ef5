"""Recall with its threshold drawn anew: what so few ship-days of real traffic can say of a rare rate.

The threshold of a rate hangs on the few highest peaks of the real traffic, each of one ship. Here ships are drawn
with replacement, their real hours and their drags together; each draw sets its own threshold and is measured by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from seawarden.evaluate.drags.scored import Scored, select
from seawarden.evaluate.drags.tables import AIDS
from seawarden.evaluate.stats import LEVEL, Estimate
from seawarden.model.position import F64, I64
from seawarden.simulate.draws import generator
from seawarden.train.drag_alarms import peaks, tail_of

DRAWS: Final = 400
RATES: Final = (0.3, 0.1, 0.05, 0.02)
ASKED: Final = ((0.30, 15.0), (0.15, 30.0))
"""Losses and the minutes within which they are to be found."""


def redrawn_table(
    real: Mapping[bool, Sequence[Scored]], drags: Sequence[Scored], hours: Mapping[int, float]
) -> list[dict[str, Any]]:
    """Recall at rates, with intervals from drawing ships anew for threshold and recall alike.

    Args:
        real: scored real tracks, without and with a heading.
        drags: scored drags.
        hours: under way, by ship.
    """
    ships = np.array(sorted(hours), dtype=np.int64)
    spent = np.array([hours[int(m)] for m in ships])
    high = {heading: _peaks(real[heading], ships) for heading in real}
    random = generator("redrawn ships")
    draws = [np.ones(len(ships), dtype=np.int64)] + [
        np.bincount(random.integers(0, len(ships), len(ships)), minlength=len(ships)) for _ in range(DRAWS)
    ]
    table = []
    for aids in AIDS:
        heading, drift, wobble = aids
        tails = [tail_of(np.repeat(high[heading][0], w[high[heading][1]]), float(spent @ w) / 24.0) for w in draws]
        for loss, minutes in ASKED:
            mine = select(drags, loss=loss, law="power", heading=heading, wobble=wobble)
            best, ship = _best([s for s in mine if s.case.drift == drift], minutes, ships)
            if len(best) == 0:
                continue
            for rate in RATES:
                shares = np.array(
                    [_share(best > tail.fitted(rate), w[ship]) for tail, w in zip(tails, draws, strict=True)]
                )
                low, high_end = np.nanquantile(shares[1:], ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
                table.append(
                    {
                        "loss": loss,
                        "minutes": minutes,
                        "heading": heading,
                        "drift_angle": drift,
                        "wobble": wobble,
                        "alarms_a_ship_day": rate,
                        "found": Estimate(
                            value=round(float(shares[0]), 4),
                            low=round(float(low), 4),
                            high=round(float(high_end), 4),
                            of=len(best),
                            ships=len(np.unique(ship)),
                        ),
                    }
                )
    return table


def _peaks(real: Sequence[Scored], ships: I64) -> tuple[F64, I64]:
    """All peaks and the row of their ship."""
    found = [(peaks(s.t_s, s.ship), s.mmsi) for s in real]
    values = np.concatenate([high for high, _ in found]) if found else np.empty(0)
    owner = np.concatenate([np.full(len(high), mmsi, dtype=np.int64) for high, mmsi in found]) if found else ships[:0]
    return values, np.searchsorted(ships, owner).astype(np.int64)


def _best(cases: Sequence[Scored], minutes: float, ships: I64) -> tuple[F64, I64]:
    """Highest held score of each case within so many minutes of its onset, and the row of its ship."""
    best = np.full(len(cases), -np.inf)
    for k, s in enumerate(cases):
        soon = s.ship[s.t_s <= s.case.onset_s + 60.0 * minutes]
        best[k] = soon.max() if len(soon) else -np.inf
    return best, np.searchsorted(ships, np.array([s.mmsi for s in cases], dtype=np.int64)).astype(np.int64)


def _share(hit: np.ndarray[Any, np.dtype[np.bool_]], weight: I64) -> float:
    total = int(weight.sum())
    return float((hit * weight).sum() / total) if total else float("nan")
