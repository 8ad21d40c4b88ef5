"""The positions around an alert as the engine remembers them, thinned for drawing."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from seawarden.engine.core import Engine
from seawarden.evaluate.backtest.record import Curve, Told
from seawarden.evaluate.seen import Seen
from seawarden.model.position import F32

AROUND_MS: Final = 45 * 60_000
MOST: Final = 500
"""Points of one drawing."""


def curve_of(engine: Engine, told: Told) -> Curve | None:
    """Positions from three quarters of an hour before the alert's begin to as long after it was gravest.

    None when the engine remembers nothing of her.
    """
    n = len(engine.stages)
    slot = next((s for s, ship in engine.ships().items() if ship.track_id == told.track_id), None)
    if slot is None:
        return None
    stage = engine.stages[slot % n]
    rows = stage.history.row_ids(slot // n, told.start_t - AROUND_MS, told.told_t + AROUND_MS)
    rows = rows[stage.history.believed(rows) == 1]
    if len(rows) > MOST:
        rows = rows[np.linspace(0, len(rows) - 1, MOST).astype(np.int64)]
    if not len(rows):
        return None
    track = stage.history.at(rows)
    crossings = [
        (f.start_t, f.asset.name)
        for f in stage.register.findings.values()
        if f.kind == "crossing" and f.ship.track_id == told.track_id and f.asset is not None
        and track.t[0] <= f.start_t <= track.t[-1] and f.state != "retracted"
    ]  # fmt: skip
    return Curve(
        t=track.t.tolist(),
        lat=[round(x, 5) for x in track.lat.tolist()],
        lon=[round(x, 5) for x in track.lon.tolist()],
        sog_kn=_known(track.sog_kn),
        expected_kn=_known(track.expected_kn),
        sigma_kn=_known(track.expected_sigma_kn),
        crossings=sorted(crossings),
    )


def seen_of(curve: Curve, mmsi: int) -> Seen:
    """A curve as the drawings take it."""
    return Seen(
        mmsi=np.full(len(curve.t), mmsi, dtype=np.int64),
        t=np.array(curve.t, dtype=np.int64),
        lat=np.array(curve.lat),
        lon=np.array(curve.lon),
        sog_kn=_column(curve.sog_kn),
        expected_kn=_column(curve.expected_kn),
        expected_sigma_kn=_column(curve.sigma_kn),
    )


def _known(values: F32) -> list[float | None]:
    return [round(x, 2) if math.isfinite(x) else None for x in values.tolist()]


def _column(values: list[float | None]) -> F32:
    return np.array([math.nan if x is None else x for x in values], dtype=np.float32)
