"""Weather on a grid from GRIB 1 and 2, by way of GDAL's driver, which comes with rasterio.

GDAL takes the grid of the first message for that of all; where a file holds several, its messages are sorted by grid
first. Wind is taken 10 m above ground, or where a wave model writes it as of the surface; everything else at the
surface. Of several forecasts for one time the one of the latest run is taken.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from seawarden.model.error import SourceError
from seawarden.model.event import WeatherSample
from seawarden.model.position import F64
from seawarden.sources.weather.grib_messages import Message, messages_of
from seawarden.sources.weather.quantity import NAMES, Area, factor, named, plausible, wanted
from seawarden.sources.weather.samples import hourly, samples, usable

ELEMENTS: Final = {"ugrd": "wind_east", "vgrd": "wind_north", "wind": "wind", "wdir": "wind_from",
                   "wwsdir": "wave_from"}  # fmt: skip
"""Names of GRIB's own tables (NCEP, WMO) beside those of `quantity.NAMES`."""
LEVELS: Final = ("10-HTGL", "0-SFC", "0-DBSL", "0-MSL", "1-SFC")


class _Band(NamedTuple):
    """One field of a file."""

    number: int
    ours: str
    t: int
    run_t: int
    rank: int
    """Lower is preferred."""
    factor: float


def read_grib(path: Path, area: Area | None) -> Iterator[WeatherSample]:
    """All samples of a file in order of time.

    Raises:
        SourceError: a message is cut off, a grid is not one of latitude and longitude, a unit is not understood,
            nothing of it is weather, or this build of GDAL has no GRIB driver.
    """
    groups: dict[bytes, list[Message]] = {}
    for message in messages_of(path):
        groups.setdefault(message.grid, []).append(message)
    _check_driver(path)
    told: set[str] = set()
    parts = [_grid(path, group, len(groups) == 1, area, told) for group in groups.values()]
    found = [part for part in parts if part is not None]
    if not found:
        raise SourceError(
            f"{path.name}: holds neither wind 10 m above the sea, waves nor currents; "
            f"it holds {', '.join(sorted(told)) or 'nothing that is understood'}"
        )
    yield from heapq.merge(*found, key=lambda sample: sample.t)


def _check_driver(path: Path) -> None:
    from rasterio.env import Env

    with Env() as env:
        if "GRIB" not in env.drivers():
            raise SourceError(f"{path.name}: this build of GDAL reads no GRIB; convert the file to NetCDF")


@contextmanager
def _opened(path: Path, group: Sequence[Message], alone: bool) -> Iterator[Any]:
    import rasterio  # slow to load, and only GRIB needs it
    from rasterio.io import MemoryFile

    if alone:
        with rasterio.open(path, driver="GRIB") as raster:
            yield raster
        return
    parts = []
    with path.open("rb") as handle:
        for message in group:
            handle.seek(message.offset)
            parts.append(handle.read(message.length))
    with MemoryFile(b"".join(parts), ext=".grib") as memory, memory.open(driver="GRIB") as raster:
        yield raster


def _grid(
    path: Path, group: Sequence[Message], alone: bool, area: Area | None, told: set[str]
) -> Iterator[WeatherSample] | None:
    """The samples of all messages of one grid; None when none of them is weather."""
    from rasterio.errors import RasterioError

    try:
        with _opened(path, group, alone) as raster:
            bands = [band for k in range(raster.count) if (band := _band(path, raster, k + 1, told)) is not None]
            if not usable({band.ours for band in bands}):
                return None
            lat, lon = _places(path, raster)
    except RasterioError as error:
        raise SourceError(f"{path.name}: damaged: {error}") from None
    return _read(path, group, alone, area, bands, lat, lon)


def _read(
    path: Path, group: Sequence[Message], alone: bool, area: Area | None, bands: list[_Band], lat: F64, lon: F64
) -> Iterator[WeatherSample]:
    from rasterio.errors import RasterioError

    chosen = _chosen(path, bands)
    times = sorted({t for _, t in chosen})
    grid_lat, grid_lon = np.meshgrid(lat, (lon + 180.0) % 360.0 - 180.0, indexing="ij")
    mask = wanted(area, lat, lon)
    if not bool(mask.any()):
        return
    with _opened(path, group, alone) as raster:
        for row in hourly(times):
            values: dict[str, F64] = {}
            for ours in NAMES:
                band = chosen.get((ours, times[row]))
                if band is None:
                    continue
                try:
                    block = raster.read(band.number, masked=True).astype(np.float64).filled(np.nan)
                except RasterioError as error:
                    raise SourceError(f"{path.name}: field {band.number} can't be read: {error}") from None
                values[ours] = plausible(ours, block * band.factor)[mask]
            yield from samples(times[row], grid_lat[mask], grid_lon[mask], values, path.name)


def _band(path: Path, raster: Any, number: int, told: set[str]) -> _Band | None:
    tags = raster.tags(number)
    element = str(tags.get("GRIB_ELEMENT", "")).strip().lower()
    level = str(tags.get("GRIB_SHORT_NAME", "")).strip()
    ours = ELEMENTS.get(element) or named(element)
    told.add(f"{element.upper()} at {level}")
    if ours is None or level not in LEVELS:
        return None
    where = f"{path.name} field {number} ({element.upper()})"
    try:
        t, run_t = (int(str(tags[key]).split()[0]) * 1000 for key in ("GRIB_VALID_TIME", "GRIB_REF_TIME"))
    except (KeyError, ValueError, IndexError):
        raise SourceError(f"{where}: states no time") from None
    names = NAMES[ours]
    rank = LEVELS.index(level) * 100 + (names.index(element) if element in names else len(names))
    return _Band(number, ours, t, run_t, rank, factor(ours, tags.get("GRIB_UNIT"), where))


def _chosen(path: Path, bands: Sequence[_Band]) -> dict[tuple[str, int], _Band]:
    """One field for each quantity and time."""
    best: dict[tuple[str, int], _Band] = {}
    for band in sorted(bands, key=lambda b: (-b.run_t, b.rank, b.number)):
        held = best.setdefault((band.ours, band.t), band)
        if held is not band and (held.run_t, held.rank) == (band.run_t, band.rank):
            raise SourceError(
                f"{path.name}: fields {held.number} and {band.number} are the same; take one member out"
            )
    return best


def _places(path: Path, raster: Any) -> tuple[F64, F64]:
    """Latitudes of the rows and longitudes of the columns."""
    t = raster.transform
    if raster.crs is None or not raster.crs.is_geographic or t.b or t.d or not t.a or not t.e:
        raise SourceError(f"{path.name}: its grid is not one of latitude and longitude; regrid it first")
    lat = t.f + t.e * (np.arange(raster.height) + 0.5)
    lon = t.c + t.a * (np.arange(raster.width) + 0.5)
    if not bool((np.abs(lat) <= 90.0 + 1e-6).all()):
        raise SourceError(f"{path.name}: latitudes beyond the poles")
    return lat, lon
