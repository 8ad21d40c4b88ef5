"""Positions as the engine saw them, each with the speed that it expected: what a report draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from seawarden.engine.core import Tracked
from seawarden.model.position import F32, F64, I64


class Seen(NamedTuple):
    """Positions in order of (MMSI, time); arrays (n,)."""

    mmsi: I64
    t: I64
    lat: F64
    lon: F64
    sog_kn: F32
    expected_kn: F32
    """The ship's own expected speed, NaN while unknown."""
    expected_sigma_kn: F32

    def stretch(self, mmsi: int, from_t: int, to_t: int) -> Seen:
        """One ship's positions with from_t <= t <= to_t."""
        a, b = np.searchsorted(self.mmsi, [mmsi, mmsi + 1])
        first = a + int(np.searchsorted(self.t[a:b], from_t, side="left"))
        last = a + int(np.searchsorted(self.t[a:b], to_t, side="right"))
        columns: list[Any] = [column[first:last] for column in self]
        return Seen(*columns)


def seen_of(tracked: Sequence[Tracked]) -> Seen:
    """What an engine handed back, in one piece."""
    parts = [item.enriched for item in tracked]
    if not parts:
        none = np.empty(0, dtype=np.int64)
        real, small = np.empty(0), np.empty(0, dtype=np.float32)
        return Seen(none, none, real, real, small, small, small)
    mmsi = np.concatenate([e.p.mmsi for e in parts])
    t = np.concatenate([e.p.t for e in parts])
    order = np.lexsort((t, mmsi))
    return Seen(
        mmsi=mmsi[order],
        t=t[order],
        lat=np.concatenate([e.p.lat for e in parts])[order],
        lon=np.concatenate([e.p.lon for e in parts])[order],
        sog_kn=np.concatenate([e.speed_kn for e in parts])[order],
        expected_kn=np.concatenate([e.expected_kn for e in parts])[order],
        expected_sigma_kn=np.concatenate([e.expected_sigma_kn for e in parts])[order],
    )
