"""The door of the weather: what a file is, its first bytes say."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from pathlib import Path

from seawarden.model.error import SourceError
from seawarden.model.event import WeatherSample
from seawarden.sources.weather.grib import read_grib
from seawarden.sources.weather.netcdf import read_netcdf
from seawarden.sources.weather.point_json import read_points
from seawarden.sources.weather.quantity import Area
from seawarden.sources.weather.variables import CLASSIC, HDF5


def open_weather(*paths: str | Path, area: Area | None = None) -> Iterator[WeatherSample]:
    """Samples of all files in order of time, at most one an hour and place from each grid.

    Args:
        *paths: JSON of a point, NetCDF (classic or HDF5-based) or GRIB (1 or 2).
        area: boxes outside of which no node of a grid is wanted; all of them when None. Points are always taken.

    Raises:
        SourceError: a file is missing, is none of these, is damaged, or holds no weather; raised at the first
            sample, and of damage when it is met.
    """
    return heapq.merge(*(_open(Path(path), area) for path in paths), key=lambda sample: sample.t)


def _open(path: Path, area: Area | None) -> Iterator[WeatherSample]:
    if not path.is_file():
        raise SourceError(f"{path}: there is no such file of weather")
    with path.open("rb") as handle:
        magic = handle.read(512)
    text = magic.removeprefix(b"\xef\xbb\xbf").lstrip()
    if magic.startswith((CLASSIC, HDF5)):
        return read_netcdf(path, area)
    if b"GRIB" in magic[:256]:
        return read_grib(path, area)
    if text[:1] in (b"{", b"["):
        return read_points(path)
    raise SourceError(f"{path.name}: neither JSON of a point, NetCDF nor GRIB")


def check_weather(paths: Sequence[str | Path]) -> None:
    """Raise at once what would be raised at the first sample.

    Raises:
        SourceError: see `open_weather`.
    """
    for path in paths:
        next(_open(Path(path), None), None)
