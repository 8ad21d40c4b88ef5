"""Weather on a grid from NetCDF: ERA5, GFS, Copernicus Marine and what is written like them.

What a variable is, its name or standard name says; in which order its axes stand, its dimensions say, never their
place. Time may be `time`, `valid_time` or any variable `<unit> since <date>`. Of depths the first is taken, which is
the one at the surface in all of these, and of ERA5's two `expver` whichever has a value.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from seawarden.model.error import SourceError
from seawarden.model.event import WeatherSample
from seawarden.model.position import F64
from seawarden.sources.weather.quantity import Area, factor, named, plausible, wanted
from seawarden.sources.weather.samples import hourly, samples, usable
from seawarden.sources.weather.variables import Variable, variables_of

LAT: Final = ("latitude", "lat", "nav_lat", "y")
LON: Final = ("longitude", "lon", "nav_lon", "x")
TIME: Final = ("valid_time", "time", "time1", "time2", "time3")
LEVEL: Final = ("depth", "depthu", "depthv", "level", "lev", "height", "height_above_ground", "heightaboveground",
                "height_above_ground1", "height_above_ground2", "height_above_ground3", "depth_below")  # fmt: skip
SINCE: Final = re.compile(
    r"^\s*(\w+)\s+since\s+(\d{1,4}-\d{1,2}-\d{1,2})(?:[T\s]+(\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?))?\s*"
    r"(?:Z|UTC|GMT|[+-]00?:?00)?\s*$",
    re.IGNORECASE,
)
UNIT_MS: Final[Mapping[str, int]] = {
    "s": 1_000, "sec": 1_000, "secs": 1_000, "second": 1_000, "seconds": 1_000, "min": 60_000, "mins": 60_000,
    "minute": 60_000, "minutes": 60_000, "h": 3_600_000, "hr": 3_600_000, "hrs": 3_600_000, "hour": 3_600_000,
    "hours": 3_600_000, "d": 86_400_000, "day": 86_400_000, "days": 86_400_000,
}  # fmt: skip
CALENDARS: Final = ("standard", "gregorian", "proleptic_gregorian")


class _Part(NamedTuple):
    """One quantity: its variable, the unit's factor, and which axis is which."""

    ours: str
    variable: Variable
    factor: float
    time: int | None
    lat: int
    lon: int


class _Grid(NamedTuple):
    """Quantities on one grid and one set of times."""

    lat: F64
    lon: F64
    times: list[int]
    parts: list[_Part]


def read_netcdf(path: Path, area: Area | None) -> Iterator[WeatherSample]:
    """All samples of a file in order of time.

    Raises:
        SourceError: no variable of weather, an axis or unit that is not understood, several members, or damage.
    """
    with variables_of(path) as held:
        grids = _grids(path, held)
        yield from heapq.merge(*(_samples(path, grid, area) for grid in grids), key=lambda sample: sample.t)


def _samples(path: Path, grid: _Grid, area: Area | None) -> Iterator[WeatherSample]:
    lat, lon = np.meshgrid(grid.lat, (grid.lon + 180.0) % 360.0 - 180.0, indexing="ij")
    taken = wanted(area, grid.lat, grid.lon)
    rows, cols = np.flatnonzero(taken.any(axis=1)), np.flatnonzero(taken.any(axis=0))
    if not len(rows):
        return
    box = slice(int(rows[0]), int(rows[-1]) + 1), slice(int(cols[0]), int(cols[-1]) + 1)
    mask = taken[box].ravel()
    for row in hourly(grid.times):
        values = {part.ours: _block(path, part, row, box).ravel()[mask] for part in grid.parts}
        yield from samples(grid.times[row], lat[box].ravel()[mask], lon[box].ravel()[mask], values, path.name)


def _grids(path: Path, held: dict[str, Variable]) -> list[_Grid]:
    grids: dict[tuple[str, str, str], _Grid] = {}
    for name in sorted(held):
        variable = held[name]
        ours = named(name) or named(variable.text("standard_name") or "")
        if ours is None or len(variable.shape) < 2:
            continue
        where = f"{path.name} {name}"
        unit = factor(ours, variable.text("units"), where)
        lat_name, lat = _axis(where, variable, held, LAT)
        lon_name, lon = _axis(where, variable, held, LON)
        time_name, time = _time_axis(where, variable, held)
        key = (lat_name, lon_name, time_name)
        if key not in grids:
            lats, lons = _degrees(path, held[lat_name], 90.0), _degrees(path, held[lon_name], 360.0)
            grids[key] = _Grid(lats, lons, _times(path, held[time_name]), [])
        held_parts = grids[key].parts
        if any(part.ours == ours for part in held_parts):
            raise SourceError(f"{where}: the file holds this quantity twice")
        held_parts.append(_Part(ours, variable, unit, time, lat, lon))
    useful = [grid for _, grid in sorted(grids.items()) if usable({p.ours for p in grid.parts})]
    if not useful:
        names = ", ".join(sorted(held)) or "nothing"
        raise SourceError(
            f"{path.name}: holds neither wind (u10 and v10), waves (swh) nor currents (uo and vo) on a grid of "
            f"latitude and longitude; it holds {names}"
        )
    return useful


def _axis(where: str, variable: Variable, held: dict[str, Variable], names: tuple[str, ...]) -> tuple[str, int]:
    """Name and place of a dimension among a variable's; by its name, else by a length that only one axis has."""
    for place, dim in enumerate(variable.dims):
        if dim.lower() in names and dim in held:
            if len(held[dim].shape) != 1:
                raise SourceError(f"{where}: {dim} has two dimensions; put the grid on latitude and longitude first")
            return dim, place
    found = next((name for name in held if name.lower() in names), None)
    if found is not None and len(held[found].shape) == 1:
        fits = [k for k, n in enumerate(variable.shape) if n == held[found].shape[0] and not variable.dims[k]]
        if len(fits) == 1:
            return found, fits[0]
    if found is not None and len(held[found].shape) > 1:
        raise SourceError(f"{where}: {found} has two dimensions; put the grid on latitude and longitude first")
    told = ", ".join(dim or "?" for dim in variable.dims)
    raise SourceError(f"{where}: no {names[0]} among its axes ({told})")


def _time_axis(where: str, variable: Variable, held: dict[str, Variable]) -> tuple[str, int | None]:
    def is_time(name: str) -> bool:
        return name in held and SINCE.match(held[name].text("units") or "") is not None

    # a forecast's steps: valid_time lies along another dimension than itself
    for name in held:
        if name.lower() == "valid_time" and is_time(name):
            if len(held[name].shape) > 1:
                raise SourceError(f"{where}: its times have two dimensions (run and step); take one run out of it")
            along = held[name].dims
            if along and along[0] in variable.dims:
                return name, variable.dims.index(along[0])
            if not along and not any(dim.lower() in ("time", "step") for dim in variable.dims):
                return name, None
    for place, dim in enumerate(variable.dims):
        if is_time(dim):
            return dim, place
    lone = [name for name in held if name.lower() in TIME and is_time(name) and int(np.prod(held[name].shape)) == 1]
    if lone:
        return sorted(lone, key=lambda name: TIME.index(name.lower()))[0], None
    for name in held:
        if name.lower() in TIME and is_time(name) and len(held[name].shape) == 1:
            fits = [k for k, n in enumerate(variable.shape) if n == held[name].shape[0] and not variable.dims[k]]
            if len(fits) == 1:
                return name, fits[0]
    raise SourceError(f"{where}: no axis of time among ({', '.join(dim or '?' for dim in variable.dims)})")


def _degrees(path: Path, variable: Variable, most: float) -> F64:
    values = variable.values()
    if values.ndim != 1 or not len(values) or not bool((np.abs(values) <= most).all()):
        raise SourceError(f"{path.name} {variable.name}: not degrees within {most:.0f} either way")
    return values


def _times(path: Path, variable: Variable) -> list[int]:
    """Milliseconds UTC of an axis `<unit> since <date>`."""
    where = f"{path.name} {variable.name}"
    units = variable.text("units") or ""
    read = SINCE.match(units)
    calendar = (variable.text("calendar") or "standard").lower()
    if read is None or read[1].lower() not in UNIT_MS:
        raise SourceError(f"{where}: its unit '{units}' is not of the form 'hours since 1970-01-01'")
    if calendar not in CALENDARS:
        raise SourceError(f"{where}: the calendar '{calendar}' is not the one of ships")
    try:
        year, month, day = (int(part) for part in read[2].split("-"))
        clock = [float(part) for part in (read[3] or "0:0").split(":")]
        began = datetime(year, month, day, int(clock[0]), int(clock[1]), tzinfo=UTC)
    except ValueError:
        raise SourceError(f"{where}: '{units}' names no date") from None
    start = round(began.timestamp() * 1000) + round((clock[2] if len(clock) > 2 else 0.0) * 1000)
    steps = np.ravel(variable.values())
    if not len(steps) or not bool(np.isfinite(steps).all()):
        raise SourceError(f"{where}: a time is missing")
    # numbers of a few hundred thousand hours are exact in float64
    return [start + round(float(step) * UNIT_MS[read[1].lower()]) for step in steps]


def _block(path: Path, part: _Part, row: int, box: tuple[slice, slice]) -> F64:
    """Values of one time inside the box, rows of latitude."""
    index: list[int | slice] = []
    left: list[str] = []
    for k, n in enumerate(part.variable.shape):
        dim = part.variable.dims[k].lower()
        if k == part.time:
            index.append(row)
        elif k == part.lat:
            index.append(box[0])
            left.append("lat")
        elif k == part.lon:
            index.append(box[1])
            left.append("lon")
        elif dim == "expver":
            index.append(slice(None))
            left.append("expver")
        elif n == 1 or dim in LEVEL:
            index.append(0)
        else:
            raise SourceError(
                f"{path.name} {part.variable.name}: {n} values along '{dim or '?'}'; take one out of it"
            )
    block = plausible(part.ours, part.variable.values(*index) * part.factor)
    if "expver" in left:
        first = np.moveaxis(block, left.index("expver"), 0)
        block = first[0]
        for other in first[1:]:
            block = np.where(np.isnan(block), other, block)
        left.remove("expver")
    return block if left == ["lat", "lon"] else block.T
