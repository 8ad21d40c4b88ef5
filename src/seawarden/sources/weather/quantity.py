"""The quantities of weather that are read, their names in the files of others, and their units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from seawarden.model.error import SourceError
from seawarden.model.position import F64

Area = Sequence[tuple[float, float, float, float]]
"""Boxes of south, west, north, east, degrees; a place inside any of them is wanted. West may exceed east."""

STEP_DEG: Final = 0.2
"""Finer grids are thinned: wind and waves that slow a ship do not change within 20 km."""

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "wind_east": ("u10", "10u", "u10m", "ugrd10m", "u_component_of_wind_height_above_ground", "eastward_wind"),
    "wind_north": ("v10", "10v", "v10m", "vgrd10m", "v_component_of_wind_height_above_ground", "northward_wind"),
    "wind": ("si10", "10si", "ws10", "wind_speed_10m", "wind_speed"),
    "wind_from": ("wdir10", "10wdir", "wind_direction_10m", "wind_from_direction"),
    "wave": ("swh", "htsgw", "vhm0", "hs", "wave_height", "sea_surface_wave_significant_height",
             "significant_height_of_combined_wind_waves_and_swell",
             "significant_height_of_combined_wind_waves_and_swell_surface"),
    "wave_from": ("mwd", "vmdr", "dirpw", "wave_direction", "sea_surface_wave_from_direction"),
    "current": ("ocean_current_velocity", "sea_water_speed"),
    "current_to": ("ocean_current_direction", "sea_water_velocity_to_direction"),
    "current_east": ("uo", "uogrd", "ucurr", "eastward_sea_water_velocity", "surface_eastward_sea_water_velocity"),
    "current_north": ("vo", "vogrd", "vcurr", "northward_sea_water_velocity", "surface_northward_sea_water_velocity"),
}  # fmt: skip
"""By our name, theirs in lower case with underscores: ERA5, GFS, Copernicus Marine, Open-Meteo, CF standard names."""

SPEED: Final[Mapping[str, float]] = {
    "m/s": 1.0, "m s-1": 1.0, "m s**-1": 1.0, "ms-1": 1.0, "m.s-1": 1.0, "meter/sec": 1.0, "m/sec": 1.0,
    "km/h": 1.0 / 3.6, "km h-1": 1.0 / 3.6, "kn": 1852.0 / 3600.0, "kt": 1852.0 / 3600.0, "knots": 1852.0 / 3600.0,
    "knot": 1852.0 / 3600.0, "mph": 0.44704, "mp/h": 0.44704, "cm/s": 0.01, "cm s-1": 0.01,
}  # fmt: skip
LENGTH: Final[Mapping[str, float]] = {
    "m": 1.0, "meter": 1.0, "metre": 1.0, "meters": 1.0, "metres": 1.0, "cm": 0.01, "ft": 0.3048, "feet": 0.3048,
}  # fmt: skip
ANGLE: Final[Mapping[str, float]] = {
    "degree": 1.0, "degrees": 1.0, "deg": 1.0, "°": 1.0, "degree_true": 1.0, "degrees true": 1.0,
    "degrees_true": 1.0, "degrees_north": 1.0, "rad": 180.0 / np.pi, "radian": 180.0 / np.pi,
    "deg true": 1.0, "degree.true": 1.0, "degree true": 1.0,
}  # fmt: skip


class Kind(NamedTuple):
    """The unit of a quantity and how much of it there can be."""

    units: Mapping[str, float]
    wanted: str
    most: float
    """Anything beyond, either way, is a missing value under another number."""


KINDS: Final[Mapping[str, Kind]] = {
    "wind_east": Kind(SPEED, "m/s", 100.0),
    "wind_north": Kind(SPEED, "m/s", 100.0),
    "wind": Kind(SPEED, "m/s", 100.0),
    "wind_from": Kind(ANGLE, "degrees", 720.0),
    "wave": Kind(LENGTH, "m", 35.0),
    "wave_from": Kind(ANGLE, "degrees", 720.0),
    "current": Kind(SPEED, "m/s", 8.0),
    "current_to": Kind(ANGLE, "degrees", 720.0),
    "current_east": Kind(SPEED, "m/s", 8.0),
    "current_north": Kind(SPEED, "m/s", 8.0),
}


def named(name: str) -> str | None:
    """Our name of a variable by its own or its standard name; None when it is none of ours."""
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    return next((ours for ours, theirs in NAMES.items() if plain in theirs), None)


def factor(ours: str, unit: str | None, where: str) -> float:
    """What values in a unit are multiplied by.

    Raises:
        SourceError: the unit is missing or not one of this quantity's.
    """
    kind = KINDS[ours]
    if unit is None or not unit.strip():
        raise SourceError(f"{where}: states no unit; it is needed to read it as {kind.wanted}")
    plain = unit.strip().strip("[]").strip().lower()
    if plain not in kind.units:
        known = ", ".join(list(kind.units)[:4])
        raise SourceError(f"{where}: its unit is '{unit.strip()}', which is not understood here (known: {known}...)")
    return kind.units[plain]


def plausible(ours: str, values: F64) -> F64:
    """Values with everything that can't be (fill values under any number) as NaN; height and speed below 0 too."""
    kind = KINDS[ours]
    with np.errstate(invalid="ignore"):
        wrong = ~(np.abs(values) <= kind.most)
        if ours in ("wave", "wind", "current"):
            wrong |= values < 0.0
    return np.where(wrong, np.nan, values)


def wanted(area: Area | None, lat: F64, lon: F64) -> npt.NDArray[np.bool_]:
    """Which nodes of a grid are taken: those inside of any box, thinned to steps of `STEP_DEG`.

    Args:
        area: boxes; everything when None.
        lat: of the rows, degrees, shape (rows,).
        lon: of the columns, degrees, shape (columns,).

    Returns:
        Mask of shape (rows, columns).
    """
    inside = np.zeros((len(lat), len(lon)), dtype=np.bool_)
    for south, west, north, east in area if area is not None else ((-90.0, -180.0, 90.0, 180.0),):
        width = (east - west) % 360.0 if east - west < 360.0 else 360.0
        inside |= ((lat >= south) & (lat <= north))[:, None] & ((lon - west) % 360.0 <= width)[None, :]
    thin = np.zeros_like(inside)
    thin[:: _stride(lat), :: _stride(lon)] = True
    return inside & thin


def _stride(nodes: F64) -> int:
    step = abs(float(nodes[1] - nodes[0])) if len(nodes) > 1 else STEP_DEG
    return max(1, int(STEP_DEG / step + 1e-6)) if step > 0.0 else 1
