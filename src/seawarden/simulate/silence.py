"""Silences laid on real tracks and on whole feeds: what was sent is taken out, and the truth stays known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from seawarden.geodesy import destination
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.position import F64, I64, Positions, take
from seawarden.simulate.draws import generator

NEAR_MS = 300_000
"""The reports that bound a silence lie at most this far from where it was asked for."""
UNBROKEN_MS = 600_000
"""In between, the real track must have no longer gap, or the truth is not known."""


class _Timed(Protocol):
    @property
    def t(self) -> I64:
        """Times, ms."""
        ...


class Window(NamedTuple):
    """Rows of a track between which it is hidden: the last heard, and the first heard again."""

    last: int
    again: int


def window_of(track: _Timed, start_t: int, length_ms: int) -> Window | None:
    """The window of one ship's track that begins and ends about there; None where the real track does not hold it.

    Args:
        track: with its times in order, ms.
        start_t: ms.
        length_ms: of the silence.
    """
    t = track.t
    last = int(np.searchsorted(t, start_t, side="right")) - 1
    again = int(np.searchsorted(t, start_t + length_ms, side="left"))
    if last < 5 or again >= len(t) or start_t - t[last] > NEAR_MS or t[again] - start_t - length_ms > NEAR_MS:
        return None
    return Window(last, again) if int(np.diff(t[last : again + 1]).max()) <= UNBROKEN_MS else None


def silence_ship(positions: Positions, mmsi: int, from_t: int, to_t: int) -> Positions:
    """Everything but one ship's reports with from_t < t < to_t."""
    return take(positions, ~((positions.mmsi == mmsi) & (positions.t > from_t) & (positions.t < to_t)))


def silence_feed(positions: Positions, from_t: int, to_t: int, source: int | None = None) -> Positions:
    """Everything but what was sent with from_t <= t < to_t, by one source or by all."""
    gone = (positions.t >= from_t) & (positions.t < to_t)
    return take(positions, ~gone if source is None else ~(gone & (positions.source == source)))


def made_cables(lat: F64, lon: F64, count: int, *key: int | str, length_km: float = 60.0) -> list[Asset]:
    """Cables that do not exist, each through a place where ships were heard, in a drawn direction.

    Args:
        lat: places, degrees, (n,).
        lon: likewise.
        count: how many.
        *key: names the draw.
        length_km: of each.
    """
    rng = generator("cables", *key)
    out = []
    for k in range(count):
        at, bearing = int(rng.integers(len(lat))), float(rng.uniform(0.0, 180.0))
        ends: Sequence[tuple[float, float]] = [
            destination(float(lat[at]), float(lon[at]), bearing + turn, length_km * 500.0) for turn in (0.0, 180.0)
        ]
        part = tuple((round(b, 6), round(a, 6)) for a, b in ends)
        out.append(
            Asset(
                id=f"made-{k + 1}",
                name=f"Made {k + 1}",
                kind="other",
                versions=(AssetVersion(parts=(part,), sigma_m=((10.0,),)),),
                source="drawn for a measurement; it does not exist",
                licence="CC0-1.0",
            )
        )
    return out
