"""Places as measured values of findings."""

from __future__ import annotations

from typing import Final

from seawarden.model.error import Uncertain

DEGREES: Final = "°"
"""Unit of places, stated to six decimals; angles are in `deg`, to two."""


def place(name: str, value_deg: float | None) -> Uncertain:
    """A latitude or longitude."""
    return Uncertain(name=name, value=value_deg, unit=DEGREES)
