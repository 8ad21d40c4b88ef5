"""One hull under several numbers: the same valid IMO or call sign, or one number that begins where another ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec

from seawarden.geodesy import distance_m
from seawarden.model.static import StaticReport
from seawarden.tracks.identity.history import names_hull
from seawarden.tracks.identity.motion import METRES_PER_NM, Fix, miss_nm

SWAP_MS: Final = 10 * 60_000
"""A swap is made within minutes: over longer silence too many ships pass the place."""
SWAP_M: Final = 300.0
"""Miss of dead reckoning: the errors of both positions, and a turn in between."""
SWAP_KN: Final = 2.0
"""Difference of the two speeds."""
EDGE_MS: Final = 30 * 60_000
"""A number first heard so soon after listening began did not begin there; nor did it end so late."""


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """What several numbers tell alike."""

    field: str
    """`imo` or `callsign`."""
    value: str
    mmsis: tuple[int, ...]


class End(NamedTuple):
    """A position at one end of what was heard of a number."""

    t: int
    lat: float
    lon: float
    sog_kn: float
    cog_deg: float


class Ends(NamedTuple):
    """Where and when a number was first and last heard."""

    mmsi: int
    first: End
    last: End


class Swap(msgspec.Struct, frozen=True, kw_only=True):
    """A number that fell silent, and one that was never heard before and began where she would have been."""

    before: int
    after: int
    t: int
    """When the later one began, ms."""
    gap_s: float
    distance_m: float
    missed_m: float
    """Distance from where the earlier one would have been on her course."""


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

    Where what was heard is cut off along a line, ships come and go there all the time, and two of them now and then
    look like one.

    Args:
        mmsi: the number asked about.
        ends: first and last position of every number heard.
        begin_t: when listening began, ms.
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
            gone, came = before.last, after.first
            if not 0 <= came.t - gone.t <= SWAP_MS or came.t - begin_t < EDGE_MS or end_t - gone.t < EDGE_MS:
                continue
            hours = (came.t - gone.t) / 3_600_000.0
            missed = METRES_PER_NM * miss_nm(_fix(gone), _fix(came), hours)
            if missed > SWAP_M or abs(gone.sog_kn - came.sog_kn) > SWAP_KN:
                continue
            found.append(
                Swap(
                    before=before.mmsi,
                    after=after.mmsi,
                    t=came.t,
                    gap_s=(came.t - gone.t) / 1000.0,
                    distance_m=round(float(distance_m(gone.lat, gone.lon, came.lat, came.lon)), 1),
                    missed_m=round(missed, 1),
                )
            )
    return sorted(found, key=lambda swap: (swap.t, swap.missed_m, swap.after))


def _fix(end: End) -> Fix:
    return Fix(end.t / 3_600_000.0, end.lat, end.lon, end.sog_kn, end.cog_deg)
