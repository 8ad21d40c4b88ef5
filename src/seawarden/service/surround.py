"""The engine's surroundings, as the page asks of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seawarden.behaviours.drag.model import DragModel
from seawarden.model.alert import Waters
from seawarden.model.finding import AssetRef
from seawarden.model.position import F64
from seawarden.ports import Surroundings
from seawarden.risk.needs import Directory
from seawarden.service.watch import Call


class Surround:
    """An `Around` over what the engine was built with; what was not built is unknown."""

    def __init__(
        self, around: Surroundings, directory: Directory | None = None, drag: DragModel | None = None
    ) -> None:
        self._around = around
        self._directory = directory
        self.drag_model = drag
        """The model that looks for drags in this watch; None where nothing does."""

    @property
    def surroundings(self) -> Surroundings:
        """All of them, for who asks about a whole way and not a place."""
        return self._around

    def depth(self, lat: F64, lon: F64) -> tuple[F64, F64]:
        """Depth of water and its sigma, m, NaN unknown; arrays (n,)."""
        if self._around.depth is None or not len(lat):
            return np.full(len(lat), np.nan), np.full(len(lat), np.nan)
        depth, sigma = self._around.depth.depth_m(np.ascontiguousarray(lat), np.ascontiguousarray(lon))
        return depth, sigma

    def waters(self, lat: float, lon: float) -> Waters | None:
        """Whose waters."""
        if self._around.waters is None:
            return None
        name, kind = self._around.waters.waters_at(lat, lon)
        return Waters(name=name, kind=kind)

    def calls(self, lat: float, lon: float, asset: AssetRef | None) -> list[Call]:
        """The desks for that position; then the asset's owner, where one is known and may be named."""
        desks = self._directory.call(lat, lon) if self._directory is not None else ()
        found = [Call(who=desk.who, how=desk.how) for desk in desks]
        return [*found, *self._owner(asset)]

    def _owner(self, asset: AssetRef | None) -> Sequence[Call]:
        if asset is None:
            return []
        row = self._around.assets.row_of(asset.id)
        if row is None:
            return []
        held = self._around.assets.assets[row]
        return [Call(who=held.owner or held.name, how=held.contact)] if held.contact else []
