"""Where a ship was by the names of places and waters: when she came in, when she left, who has the watch next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple

import msgspec
import numpy as np

from seawarden.geography.directory import Directory
from seawarden.geography.zones import ZoneLayer
from seawarden.geography.zones_kinds import WATERS, WORKING
from seawarden.model.position import F64, I64
from seawarden.ports import Surroundings

STEP_MS: Final = 60_000
"""A place is looked up once a minute at most."""
PASSING_MS: Final = 300_000
"""Waters that were left again sooner are the edge of the grid, or a track along a border."""


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time in one zone."""

    kind: Literal["waters", "place", "zone"]
    name: str
    what: str
    """Kind of the waters or of the place."""
    entry_t: int
    """First position inside, ms."""
    exit_t: int
    """Last position inside, ms."""
    next: str = ""
    """The waters that she went on to; empty when she is there still, or was heard no more."""
    watch: str = ""
    """The desk that has the watch in these waters."""
    next_watch: str = ""
    """The desk that she was handed over to."""


class Way(NamedTuple):
    """Where a ship was, in order of time; arrays (n,)."""

    t: I64
    lat: F64
    lon: F64


def zone_log(way: Way, around: Surroundings, directory: Directory | None = None) -> list[Stay]:
    """Stays of one ship, by entry.

    Args:
        way: her believed positions.
        around: the surroundings of the run.
        directory: names the desk that has the watch in each of the waters she came into; none is named without it.
    """
    rows = _minutes(way)
    stays: list[Stay] = []
    if around.waters is not None:
        waters = _stays(way, rows, "waters", around.waters.waters_at, PASSING_MS)
        watch = [_watch(way, stay, directory) for stay in waters]
        for k, stay in enumerate(waters):
            last = k + 1 == len(waters)
            after, desk = ("", "") if last else (waters[k + 1].name, watch[k + 1])
            stays.append(msgspec.structs.replace(stay, next=after, watch=watch[k], next_watch=desk))
    if around.places is not None:
        stays += [stay for stay in _stays(way, rows, "place", _place_of(around.places), 0) if stay.name]
    zones = getattr(around.places, "zones", None)
    if zones is not None:
        stays += _zone_stays(way, rows, zones)
    return sorted(stays, key=lambda stay: (stay.entry_t, stay.kind, stay.name))


def _watch(way: Way, stay: Stay, directory: Directory | None) -> str:
    """The desk that is called where she came in."""
    if directory is None:
        return ""
    row = int(np.searchsorted(way.t, stay.entry_t))
    return directory.call(float(way.lat[row]), float(way.lon[row]))[0].who


def _zone_stays(way: Way, rows: list[int], zones: ZoneLayer) -> list[Stay]:
    """Stays in the zones of the map other than waters and the places that `_stays` tells already."""
    told = (*WATERS, *WORKING)
    open_: dict[int, list[int]] = {}
    done: list[tuple[int, list[int]]] = []
    for row in rows:
        t = int(way.t[row])
        here = zones.rows_at(float(way.lat[row]), float(way.lon[row]))
        for zone in [zone for zone in open_ if zone not in here]:
            if t - open_[zone][1] > PASSING_MS:
                done.append((zone, open_.pop(zone)))
        for zone in here:
            if zones.zones[zone].kind not in told:
                open_.setdefault(zone, [t, t])[1] = t
    return [
        Stay(kind="zone", name=zones.zones[zone].name, what=zones.zones[zone].kind, entry_t=span[0], exit_t=span[1])
        for zone, span in [*done, *open_.items()]
    ]


def _minutes(way: Way) -> list[int]:
    rows: list[int] = []
    last = None
    for row, t in enumerate(way.t.tolist()):
        if last is None or t - last >= STEP_MS:
            rows.append(row)
            last = t
    return rows


def _place_of(places: Any) -> Callable[[float, float], tuple[str, str]]:
    def answer(lat: float, lon: float) -> tuple[str, str]:
        place = places.at(lat, lon)
        return (place.name, place.kind) if place is not None else ("", "")

    return answer


def _stays(
    way: Way,
    rows: list[int],
    kind: Literal["waters", "place"],
    zone: Callable[[float, float], tuple[str, str]],
    least_ms: int,
) -> list[Stay]:
    spans: list[list[Any]] = []
    for row in rows:
        t = int(way.t[row])
        here = zone(float(way.lat[row]), float(way.lon[row]))
        if spans and spans[-1][0] == here:
            spans[-1][2] = t
        else:
            spans.append([here, t, t])
    kept: list[list[Any]] = []
    for span in spans:
        if kept and kept[-1][0] == span[0]:
            kept[-1][2] = span[2]
        elif span[2] - span[1] >= least_ms or len(spans) == 1:
            kept.append(span)
    return [Stay(kind=kind, name=here[0], what=here[1], entry_t=first, exit_t=last) for here, first, last in kept]
