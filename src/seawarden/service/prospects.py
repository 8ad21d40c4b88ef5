"""Forecasts as a reader may see them, for the cards."""

from __future__ import annotations

from typing import Any

from seawarden.model.risk import AssetAhead
from seawarden.service.outlook import Foretelling, Outlook
from seawarden.service.view import View


def ahead_of(view: View, track: int, at: int) -> list[AssetAhead]:
    """Assets ahead of a track at a time, as far as the reader may see them."""
    watch = view.watch
    made = watch.outlook(track, at) if isinstance(watch, Foretelling) else None
    return [] if made is None else shown(view, made)


def forecast_status(view: View) -> dict[str, Any] | None:
    """How far the history of the forecasts has come; None where nothing is forecast."""
    watch = view.watch
    learnt = watch.learnt() if isinstance(watch, Foretelling) else None
    return None if learnt is None else learnt._asdict()


def shown(view: View, made: Outlook) -> list[AssetAhead]:
    """The assets ahead that the reader may see."""
    seen = {asset.id for asset in view.assets()}
    return [item for item in made.ahead if item.asset.id in seen]
