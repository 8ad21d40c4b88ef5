"""A model that tells an anchor out under way, as a run names it."""

from __future__ import annotations

import msgspec


class DragModelSource(msgspec.Struct, frozen=True, kw_only=True):
    """The model that looks for drags."""

    source: str
    """Name of the file, or `shipped`."""
    hash: str
    """First 16 hex digits of the file's SHA-256; findings name it."""
    ship_days: float | None = None
    """Traffic that it was learned from, by its card; None where the card does not say it."""


def line_of(model: DragModelSource) -> str:
    """A model for a person: its file, hash, and what it was learned from."""
    days = "an unknown amount" if model.ship_days is None else f"{model.ship_days:,.1f} ship-days"
    return f"drag model: {model.source}, {model.hash}, learned from {days} of traffic"
