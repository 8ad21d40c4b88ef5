"""One hull under several numbers: the same valid IMO or call sign, or one number that begins where another ends."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from seawarden.geodesy import KNOT_MS, distance_m
from seawarden.model.static import StaticReport
from seawarden.tracks.identity.history import names_hull

SWAP_MS: Final = 30 * 60_000
"""A swap is made within half an hour of silence: longer, and too many ships pass the place."""
SWAP_M: Final = 500.0
"""A turn at anchor and the errors of both positions."""
SWAP_KN: Final = 30.0


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """What several numbers tell alike."""

    field: str
    """`imo` or `callsign`."""
    value: str
    mmsis: tuple[int, ...]


class Ends(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when a number was first and last heard."""

    mmsi: int
    first_t: int
    first_lat: float
    first_lon: float
    last_t: int
    last_lat: float
    last_lon: float
    last_sog_kn: float = math.nan


class Swap(msgspec.Struct, frozen=True, kw_only=True):
    """A number that fell silent, and one that was never heard before and began within reach."""

    before: int
    after: int
    t: int
    """When the later one began, ms."""
    gap_s: float
    distance_m: float
    like: tuple[str, ...] = ()
    """Static fields that both tell alike."""


def shared_hulls(reports: Iterable[StaticReport]) -> list[Shared]:
    """IMO numbers that are valid and call signs that more than one MMSI tells, by field and value.

    Args:
        reports: of all ships, in any order.
    """
    found: dict[tuple[str, str], set[int]] = {}
    for report in reports:
        if names_hull(report.imo):
            found.setdefault(("imo", str(report.imo)), set()).add(report.mmsi)
        if len(report.callsign) >= 3 and len(set(report.callsign)) > 1:
            found.setdefault(("callsign", report.callsign), set()).add(report.mmsi)
    return [
        Shared(field=field, value=value, mmsis=tuple(sorted(mmsis)))
        for (field, value), mmsis in sorted(found.items())
        if len(mmsis) > 1
    ]


def swaps(mmsi: int, ends: Sequence[Ends], begin_t: int, end_t: int) -> list[Swap]:
    """Numbers that one number may have been before, or become after.

    Args:
        mmsi: the number asked about.
        ends: first and last position of every number heard.
        begin_t: when listening began, ms: a number heard first just after it did not begin there.
        end_t: when listening ended, ms.
    """
    own = next((one for one in ends if one.mmsi == mmsi), None)
    if own is None:
        return []
    found = []
    for other in ends:
        if other.mmsi == mmsi:
            continue
        for before, after in ((own, other), (other, own)):
            gap = after.first_t - before.last_t
            if not 0 <= gap <= SWAP_MS or after.first_t - begin_t < SWAP_MS or end_t - before.last_t < SWAP_MS:
                continue
            gone = float(distance_m(before.last_lat, before.last_lon, after.first_lat, after.first_lon))
            pace = SWAP_KN if math.isnan(before.last_sog_kn) else 1.5 * before.last_sog_kn
            if gone <= SWAP_M + gap / 1000.0 * pace * KNOT_MS:
                found.append(
                    Swap(
                        before=before.mmsi,
                        after=after.mmsi,
                        t=after.first_t,
                        gap_s=gap / 1000.0,
                        distance_m=round(gone, 1),
                    )
                )
    return sorted(found, key=lambda swap: (swap.t, swap.distance_m, swap.after))
