"""What lies around a ship, as far as the page asks: depth, waters, whom to call."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from seawarden.model.alert import Waters
from seawarden.model.finding import AssetRef
from seawarden.model.position import F64
from seawarden.service.watch import Call


class Around(Protocol):
    """Answers about a place."""

    def depth(self, lat: F64, lon: F64) -> tuple[F64, F64]:
        """Depth of water and its sigma, m, NaN unknown; arrays (n,)."""
        ...

    def waters(self, lat: float, lon: float) -> Waters | None:
        """Whose waters."""
        ...

    def calls(self, lat: float, lon: float, asset: AssetRef | None) -> list[Call]:
        """Whom to call about a ship there."""
        ...


class NothingKnown:
    """Surroundings of which nothing is known; the page says so."""

    def depth(self, lat: F64, lon: F64) -> tuple[F64, F64]:
        """NaN everywhere."""
        return np.full(len(lat), np.nan), np.full(len(lat), np.nan)

    def waters(self, lat: float, lon: float) -> Waters | None:
        """Unknown."""
        return None

    def calls(self, lat: float, lon: float, asset: AssetRef | None) -> list[Call]:
        """Nobody."""
        return []
