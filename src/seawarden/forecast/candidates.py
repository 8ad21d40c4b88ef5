"""All candidate futures of a ship together: analogues of past traffic and motions without history."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from seawarden.forecast.history import History
from seawarden.forecast.likeness import LOOK, N_PAIR, NAMES, future_features, pair_features
from seawarden.forecast.motions import N_MOTIONS, N_OU, STRAIGHT, motions
from seawarden.forecast.query import Queries
from seawarden.forecast.retrieval import NO_MATCH, match
from seawarden.forecast.traffic import Traffic
from seawarden.forecast.walk import Successors, walk
from seawarden.model.position import F64, I64

ANALOGUES: Final = 80
"""Past voyages asked for each ship."""
SHARE: Final = 0.9
"""Weight that analogues have together before learning, when there are any."""
SPREAD: Final = 4.0
"""Squared distance over which an analogue loses a factor of exp(-1/2)."""
CUT_SHORT: Final = 0.3
"""Factor for analogues whose history does not reach four hours ahead."""
MOTION_DISTANCE: Final = 30.0
"""Squared distance that the motions are given, as if they were matches."""
OF_THE_SHIP: Final = ("speed_kmh", "n_past")
"""Features of a pair that hold for a motion too."""


class Candidates(NamedTuple):
    """Candidate futures of n ships, S each."""

    lat: F64
    """(n, S, H) degrees."""
    lon: F64
    features: F64
    """(n, S, F), see `likeness.NAMES`."""
    prior: F64
    """Weights before learning (n, S); 0 where the candidate does not exist."""
    source: I64
    """0 for analogues, else 1 + number of the motion (n, S)."""
    voyage: I64
    """The voyage that an analogue follows at first, -1 for motions."""


def candidates(
    queries: Queries,
    history: History,
    after: Successors,
    where: Traffic,
    steps: int,
    *,
    k: int = ANALOGUES,
    not_ship: I64 | None = None,
    not_voyage: I64 | None = None,
    analogues: bool = True,
    described: bool = True,
) -> Candidates:
    """Find and follow the candidates.

    Args:
        queries: ships (n,).
        history: past traffic.
        after: continuations at its voyages' ends.
        where: traffic by cell.
        steps: steps ahead; at least four hours are followed for the features and then cut.
        k: analogues a ship.
        not_ship: ships left out for each query, as in `retrieval.match`.
        not_voyage: voyages left out for each query.
        analogues: False leaves only the motions.
        described: False leaves the features empty, for a forecast by prior weights alone.
    """
    n = len(queries.lat)
    reach = max(steps, int(LOOK[-1]) + 1)
    found = match(queries, history.columns, history.cells, history.rows_a_step, k, not_ship, not_voyage)
    if not analogues:
        found = found._replace(voyage=np.full_like(found.voyage, -1), distance=np.full_like(found.distance, NO_MATCH))
    pairs, pace = pair_features(queries, found, history.columns, history.rows_a_step)
    walks = walk(queries, found.voyage, found.at, pace, reach, history.columns, history.rows_a_step, after)
    exists = found.voyage >= 0
    chance = np.exp(-0.5 * (found.distance - found.distance[:, :1]) / SPREAD)
    chance *= np.where(walks.steps_known <= LOOK[-1], CUT_SHORT, 1.0) * exists
    total = chance.sum(1, keepdims=True)
    chance /= np.maximum(total, 1e-12)
    lat_m, lon_m = motions(queries, reach)
    plain = np.full((n, N_MOTIONS), (1.0 - SHARE) / N_MOTIONS)
    alone = total[:, 0] <= 0
    plain[alone] = 0.5 / (N_MOTIONS - N_OU)
    plain[alone, N_MOTIONS - N_OU :] = 0.5 / N_OU
    consensus = np.concatenate([chance, np.zeros((n, N_MOTIONS))], axis=1)
    consensus[alone, k + STRAIGHT] = 1.0
    prior = np.concatenate([chance * SHARE, plain], axis=1)
    lat = np.concatenate([walks.lat, lat_m], axis=1)
    lon = np.concatenate([walks.lon, lon_m], axis=1)
    known = np.concatenate([walks.steps_known, np.full((n, N_MOTIONS), reach, np.int64)], axis=1)
    distance = np.concatenate([np.minimum(found.distance, 1e3), np.full((n, N_MOTIONS), MOTION_DISTANCE)], axis=1)
    source = np.zeros((n, k + N_MOTIONS), np.int64)
    source[:, k:] = np.arange(1, N_MOTIONS + 1)
    voyage = np.concatenate([found.voyage, np.full((n, N_MOTIONS), -1, np.int64)], axis=1)
    if described:
        ship_only = pairs[:, :1].copy()
        ship_only[..., [i for i in range(N_PAIR) if NAMES[i] not in OF_THE_SHIP]] = np.nan
        pair_part = np.concatenate([pairs, np.repeat(ship_only, N_MOTIONS, axis=1)], axis=1)
        future_part = future_features(queries, lat, lon, consensus, known, distance, source.astype(np.float64), where)
        ships = np.append(history.columns.ship, -1)[voyage]
        same = np.where(voyage >= 0, (ships == queries.ship[:, None]) & (ships >= 0), np.nan)
        features = np.concatenate([pair_part, future_part, same[..., None]], axis=-1)
    else:
        features = np.empty((n, k + N_MOTIONS, 0))
    prior /= prior.sum(1, keepdims=True)
    return Candidates(
        np.ascontiguousarray(lat[:, :, :steps]),
        np.ascontiguousarray(lon[:, :, :steps]),
        features,
        prior,
        source,
        voyage,
    )
