"""A grid of depths, as a run names it."""

from __future__ import annotations

import msgspec


class DepthSource(msgspec.Struct, frozen=True, kw_only=True):
    """A grid that depths come from."""

    source: str
    """Name of the file, or who made the grid that ships."""
    cell_deg: float
    """Size of its cells, degrees of latitude."""
    sigma_m: float
    """Standard error of its depths, m."""
    hash: str
    """SHA-256 of its nodes as read."""
