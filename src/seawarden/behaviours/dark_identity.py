"""A ship that is not heard any more, and a number that nobody has heard before: may they be one hull?"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np

from seawarden.geodesy import KNOT_MS, destination, distance_m
from seawarden.model.static import StaticReport

LENGTH_M: Final = 3.0
BREADTH_M: Final = 2.0
"""Dimensions are sent in whole metres from four sides of the antenna; two crews round alike."""


class Dark(msgspec.Struct, kw_only=True):
    """A ship that is not heard any more."""

    mmsi: int
    branch: int
    t: int
    """When she was last heard, ms."""
    lat: float
    lon: float
    sog_kn: float
    cog_deg: float
    top_kn: float
    interval_s: float
    asset: int = -1
    """Row of the asset that her finding names."""
    named: list[int] = []
    """Rows of assets with an open finding that she could have crossed them."""
    due_t: int = 0
    """When her reach is worked out anew, ms."""
    length_m: float | None = None
    breadth_m: float | None = None
    ship_type: int = 0
    turns_per_h: float = 0.0
    speed_changes_per_h: float = 0.0
    """As she moved in the hour before."""


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A dark ship that a new number may be."""

    dark: Dark
    gap_s: float
    distance_m: float
    """Between where one was last heard and the other first."""
    implied_kn: float
    alike: tuple[str, ...]
    """What agrees, in words."""
    off_m: float
    """From where she would be, going on as she did."""


def describe(dark: Dark, static: StaticReport | None) -> None:
    """Take over what she said of her hull."""
    if static is not None:
        dark.length_m, dark.breadth_m, dark.ship_type = static.length_m, static.breadth_m, static.ship_type


def matches(
    dark: list[Dark], t: int, lat: float, lon: float, static: StaticReport | None, near_m: float
) -> list[Match]:
    """The dark ships that could be there by then, by how near it is to where they would be; hulls must not differ.

    Args:
        dark: ships that are not heard.
        t: when the new number was first heard, ms.
        lat: where, degrees.
        lon: likewise.
        static: what it says of its hull, or None.
        near_m: how far from her way on, beside a fifth of the way.
    """
    found = []
    for ship in dark:
        gap_s = (t - ship.t) / 1000.0
        if gap_s <= 0.0:
            continue
        far = distance_m(ship.lat, ship.lon, lat, lon)
        if far > ship.top_kn * KNOT_MS * gap_s + 1_000.0:
            continue
        way = ship.sog_kn * KNOT_MS * gap_s
        on_lat, on_lon = destination(ship.lat, ship.lon, ship.cog_deg, way) if np.isfinite(ship.cog_deg) else (
            ship.lat, ship.lon,
        )  # fmt: skip
        off = distance_m(on_lat, on_lon, lat, lon)
        alike = _alike(ship, static)
        if off > near_m + 0.2 * way or alike is None:
            continue
        found.append(
            Match(
                dark=ship,
                gap_s=gap_s,
                distance_m=float(far),
                implied_kn=float(far / KNOT_MS / gap_s),
                alike=alike,
                off_m=float(off),
            )
        )
    return sorted(found, key=lambda m: (-len(m.alike), m.off_m, m.dark.mmsi, m.dark.branch))


def _alike(ship: Dark, static: StaticReport | None) -> tuple[str, ...] | None:
    """What of the hulls agrees; None when something differs."""
    if static is None:
        return ()
    words = []
    for mine, theirs, slack, word in (
        (ship.length_m, static.length_m, LENGTH_M, "length"),
        (ship.breadth_m, static.breadth_m, BREADTH_M, "breadth"),
    ):
        if mine and theirs:
            if abs(mine - theirs) > slack:
                return None
            words.append(word)
    if ship.ship_type and static.ship_type:
        if ship.ship_type // 10 != static.ship_type // 10:
            return None
        words.append("type")
    return tuple(words)
