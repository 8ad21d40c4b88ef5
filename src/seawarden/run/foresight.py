"""The forecaster of a run: what it starts from, and what may never be sailed through."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seawarden.forecast.archive import load, shipped
from seawarden.forecast.feed import Feed
from seawarden.model.position import F64
from seawarden.ports import Surroundings
from seawarden.settings import Settings


def feed_of(settings: Settings, around: Surroundings) -> Feed | None:
    """The forecaster that the settings name, ready to learn; None when forecasts are off.

    Raises:
        StoreError: its file can't be read.
    """
    s = settings.forecast
    if not s.enabled:
        return None
    start = load(Path(s.file)) if s.file else shipped(with_incident_days=True)
    return Feed(start, s, history_h=settings.time.history_h, is_land=_over_land(around))


def _over_land(around: Surroundings) -> _Land | None:
    return _Land(around) if around.land is not None else None


class _Land:
    """Points inside the coast by more than the coast's own error."""

    def __init__(self, around: Surroundings) -> None:
        self._land = around.land

    def __call__(self, lat: F64, lon: F64) -> NDArray[np.bool_]:
        return np.asarray(self._land.on_land(lat, lon), np.bool_)
