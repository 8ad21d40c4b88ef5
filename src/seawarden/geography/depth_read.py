"""Read a grid of depths from NetCDF or GeoTIFF: sign, missing values, order of rows, and the part that is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NamedTuple

import h5py
import numpy as np

from seawarden.model.error import AssetError
from seawarden.model.position import F32, F64

Box = tuple[float, float, float, float]
"""South, west, north, east, degrees."""

LAT_NAMES: Final = ("lat", "latitude", "latc", "y")
LON_NAMES: Final = ("lon", "longitude", "lonc", "x")
UP_NAMES: Final = ("elevation", "elevation_m", "z", "band1", "altitude", "topo")
"""Heights, positive up."""
DOWN_NAMES: Final = ("depth", "depth_m", "deptho", "water_depth", "bathymetry")
"""Depths, positive down unless the variable says otherwise or all its values are negative."""
DEEPEST_M: Final = 11_500.0
"""Anything beyond is a fill value."""


class RawGrid(NamedTuple):
    """Depths, positive down, rows from south to north."""

    depth_m: F32
    lat0: float
    lon0: float
    dlat: float
    dlon: float


def read_depths(path: Path, *, box: Box | None = None) -> RawGrid:
    """Depths of a NetCDF (3 or 4) or GeoTIFF file.

    Raises:
        AssetError: no such file, not a grid of depths, uneven spacing, or the box lies outside.
    """
    if not path.is_file():
        raise AssetError(f"{path}: there is no such file of depths")
    with path.open("rb") as handle:
        magic = handle.read(8)
    try:
        if magic.startswith(b"\x89HDF"):
            with h5py.File(path, "r") as file:
                return _from_variables(path, dict(file.items()), box)
        if magic.startswith(b"CDF"):
            from scipy.io import netcdf_file  # slow to load, and only old files need it

            with netcdf_file(path, "r", mmap=False) as file:
                return _from_variables(path, dict(file.variables), box)
        if magic[:4] in (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"):
            return _from_tiff(path, box)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise AssetError(f"{path}: can't be read as a grid of depths ({error})") from error
    raise AssetError(f"{path}: neither NetCDF nor GeoTIFF; give a GEBCO or EMODnet NetCDF or a GeoTIFF")


def _named(variables: dict[str, Any], names: tuple[str, ...]) -> str | None:
    lowered = {name.lower(): name for name in variables}
    return next((lowered[name] for name in names if name in lowered), None)


def _from_variables(path: Path, variables: dict[str, Any], box: Box | None) -> RawGrid:
    lat_name, lon_name = _named(variables, LAT_NAMES), _named(variables, LON_NAMES)
    up, down = _named(variables, UP_NAMES), _named(variables, DOWN_NAMES)
    name = up or down
    if lat_name is None or lon_name is None or name is None:
        held = ", ".join(sorted(variables)) or "nothing"
        raise AssetError(f"{path}: needs lat, lon and elevation or depth; it holds {held}")
    lat = np.array(variables[lat_name][:], dtype=np.float64)
    lon = np.array(variables[lon_name][:], dtype=np.float64)
    values = variables[name]
    if values.shape != (len(lat), len(lon)):
        raise AssetError(f"{path}: {name} has the shape {values.shape}, not (lat, lon) = {(len(lat), len(lon))}")
    rows, cols = _cut(path, lat, lon, box)
    block = np.array(values[rows, cols], dtype=np.float64)
    attributes = _attributes(values)
    fill = [attributes[key] for key in ("_FillValue", "missing_value") if key in attributes]
    for value in fill:
        block[block == float(np.ravel(value)[0])] = np.nan
    block = block * float(np.ravel(attributes.get("scale_factor", 1.0))[0]) + float(
        np.ravel(attributes.get("add_offset", 0.0))[0]
    )
    return _finish(path, block, lat[rows], lon[cols], _points_down(name, up is None, attributes, block))


def _attributes(values: Any) -> dict[str, Any]:
    held = getattr(values, "attrs", None)
    if held is not None:
        return dict(held.items())
    return dict(values._attributes)


def _points_down(name: str, is_depth: bool, attributes: dict[str, Any], block: F64) -> bool:
    positive = attributes.get("positive", b"")
    text = positive.decode() if isinstance(positive, bytes) else str(positive)
    if text.lower() in ("up", "down"):
        return text.lower() == "down"
    if not is_depth:
        return False
    # EMODnet's older tiles call heights below the sea 'depth', negative down.
    return not bool(np.nanmedian(block) < 0.0) if np.isfinite(block).any() else True


def _from_tiff(path: Path, box: Box | None) -> RawGrid:
    import rasterio  # slow to load, and most grids are NetCDF
    from rasterio.crs import CRS
    from rasterio.errors import RasterioError
    from rasterio.windows import from_bounds

    try:
        raster = rasterio.open(path)
    except RasterioError as error:
        raise OSError(str(error)) from error
    with raster:
        if raster.crs is None or raster.crs != CRS.from_epsg(4326):
            said = raster.crs.to_string() if raster.crs else "none"
            raise AssetError(f"{path}: its reference system is {said}; reproject it to EPSG:4326 (gdalwarp -t_srs)")
        t = raster.transform
        if t.b or t.d or t.a <= 0 or t.e >= 0:
            raise AssetError(f"{path}: the raster is turned; north must be up")
        lat = t.f + t.e * (np.arange(raster.height) + 0.5)
        lon = t.c + t.a * (np.arange(raster.width) + 0.5)
        rows, cols = _cut(path, lat, lon, box)
        window = from_bounds(
            lon[cols][0] - t.a / 2, lat[rows][-1] + t.e / 2, lon[cols][-1] + t.a / 2, lat[rows][0] - t.e / 2, t
        )
        block = raster.read(1, window=window.round_offsets().round_lengths()).astype(np.float64)
        if raster.nodata is not None:
            block[block == raster.nodata] = np.nan
        tags = {k.lower(): v.lower() for k, v in {**raster.tags(), **raster.tags(1)}.items()}
        said = " ".join([*tags.values(), *(d.lower() for d in raster.descriptions if d)])
        down = tags.get("positive") == "down" or ("depth" in said and bool(np.nanmedian(block) > 0.0))
        return _finish(path, block, lat[rows], lon[cols], down)


def _cut(path: Path, lat: F64, lon: F64, box: Box | None) -> tuple[slice, slice]:
    if box is None:
        return slice(0, len(lat)), slice(0, len(lon))
    south, west, north, east = box
    margin_lat = 2.0 * abs(float(lat[1] - lat[0])) if len(lat) > 1 else 0.0
    margin_lon = 2.0 * abs(float(lon[1] - lon[0])) if len(lon) > 1 else 0.0
    rows = np.flatnonzero((lat >= south - margin_lat) & (lat <= north + margin_lat))
    cols = np.flatnonzero((lon >= west - margin_lon) & (lon <= east + margin_lon))
    if not len(rows) or not len(cols):
        raise AssetError(f"{path}: the area of interest {box} lies outside of it")
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(cols[0]), int(cols[-1]) + 1)


def _finish(path: Path, block: F64, lat: F64, lon: F64, down: bool) -> RawGrid:
    if len(lat) < 2 or len(lon) < 2:
        raise AssetError(f"{path}: a grid needs two rows and two columns at least")
    dlat, dlon = float(lat[-1] - lat[0]) / (len(lat) - 1), float(lon[-1] - lon[0]) / (len(lon) - 1)
    even = _is_even(lat, dlat) and _is_even(lon, dlon)
    if dlon <= 0.0 or not even:
        raise AssetError(f"{path}: rows and columns must be evenly spaced, longitudes rising")
    if dlat < 0.0:
        block, lat, dlat = block[::-1], lat[::-1], -dlat
    depth = block if down else -block
    depth = np.where(np.abs(depth) > DEEPEST_M, np.nan, depth)
    if not np.isfinite(depth).any():
        raise AssetError(f"{path}: holds no depth in the area of interest, only missing values")
    grid = np.ascontiguousarray(depth, dtype=np.float32)
    return RawGrid(grid, float(lat[0]), float(lon[0]), dlat, dlon)


def _is_even(nodes: F64, step: float) -> bool:
    """Whether no node lies more than a tenth of a cell off its place: ETOPO5's own columns slip by a 25th."""
    return bool(np.abs(nodes - (nodes[0] + step * np.arange(len(nodes)))).max() < 0.1 * abs(step))
