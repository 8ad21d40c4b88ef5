"""Read a grid of depths from NetCDF or GeoTIFF: sign, missing values, order of rows, and the part that is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NamedTuple

import h5py
import numpy as np
import numpy.typing as npt

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
NODES_AT_MOST: Final = 200_000_000
"""More take gigabytes of memory, which a watch has other uses for."""


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
        AssetError: no such file, not a grid of depths, uneven spacing, axes swapped, too many nodes, or the box lies
            outside.
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
    except (OSError, ValueError, TypeError, KeyError, AttributeError, IndexError, RuntimeError) as error:
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
    if _dimensions(values)[:2] == [lon_name, lat_name]:
        raise AssetError(f"{path}: {name} lies along (lon, lat), not (lat, lon); its axes are swapped")
    rows, cols = _cut(path, lat, lon, box)
    block = np.array(values[rows, cols], dtype=np.float32)
    attributes = _attributes(values)
    fill = [attributes[key] for key in ("_FillValue", "missing_value") if key in attributes]
    for value in fill:
        block[block == np.float32(np.ravel(value)[0])] = np.nan
    block *= np.float32(np.ravel(attributes.get("scale_factor", 1.0))[0])
    block += np.float32(np.ravel(attributes.get("add_offset", 0.0))[0])
    return _finish(path, block, lat[rows], lon[cols], _points_down(name, up is None, attributes, block))


def _attributes(values: Any) -> dict[str, Any]:
    held = getattr(values, "attrs", None)
    if held is not None:
        return dict(held.items())
    return dict(values._attributes)


def _dimensions(values: Any) -> list[str]:
    """Names of a variable's dimensions, as far as the file tells them."""
    named = getattr(values, "dimensions", None)
    if named is not None:
        return list(named)
    return [scale[0].name.rpartition("/")[2] if len(scale) else "" for scale in values.dims]


def _points_down(name: str, is_depth: bool, attributes: dict[str, Any], block: F32) -> bool:
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
        block = raster.read(1, window=window.round_offsets().round_lengths()).astype(np.float32)
        if raster.nodata is not None and abs(raster.nodata) <= DEEPEST_M:
            block[block == np.float32(raster.nodata)] = np.nan
        tags = {k.lower(): v.lower() for k, v in {**raster.tags(), **raster.tags(1)}.items()}
        said = " ".join([*tags.values(), *(d.lower() for d in raster.descriptions if d)])
        down = tags.get("positive") == "down" or ("depth" in said and bool(np.nanmedian(block) > 0.0))
        return _finish(path, block, lat[rows], lon[cols], down)


def _cut(path: Path, lat: F64, lon: F64, box: Box | None) -> tuple[slice, slice]:
    rows, cols = slice(0, len(lat)), slice(0, len(lon))
    if box is not None:
        south, west, north, east = box
        margin_lat = 2.0 * abs(float(lat[1] - lat[0])) if len(lat) > 1 else 0.0
        margin_lon = 2.0 * abs(float(lon[1] - lon[0])) if len(lon) > 1 else 0.0
        rows = _run((lat >= south - margin_lat) & (lat <= north + margin_lat))
        # a grid may count its longitudes from 0 or from -180, and a box may lie on both sides of where it ends
        turned = [
            _run((lon >= west + turn - margin_lon) & (lon <= east + turn + margin_lon))
            for turn in (0.0, 360.0, -360.0)
        ]
        held = [run for run in turned if run.stop > run.start]
        if rows.stop == rows.start or not held:
            raise AssetError(f"{path}: the area of interest {box} lies outside of it")
        cols = held[0] if len(held) == 1 else cols
    count = (rows.stop - rows.start) * (cols.stop - cols.start)
    if count > NODES_AT_MOST:
        most = f"{NODES_AT_MOST // 1_000_000} million can be taken"
        raise AssetError(
            f"{path}: {count / 1e6:,.0f} million depths lie in the area of interest, {most}; cut it first"
        )
    return rows, cols


def _run(inside: npt.NDArray[np.bool_]) -> slice:
    """From the first to the last row that lies inside."""
    at = np.flatnonzero(inside)
    return slice(int(at[0]), int(at[-1]) + 1) if len(at) else slice(0, 0)


def _finish(path: Path, block: F32, lat: F64, lon: F64, down: bool) -> RawGrid:
    if len(lat) < 2 or len(lon) < 2:
        raise AssetError(f"{path}: a grid needs two rows and two columns at least")
    dlat, dlon = float(lat[-1] - lat[0]) / (len(lat) - 1), float(lon[-1] - lon[0]) / (len(lon) - 1)
    even = _is_even(lat, dlat) and _is_even(lon, dlon)
    if dlon <= 0.0 or not even:
        raise AssetError(f"{path}: rows and columns must be evenly spaced, longitudes rising")
    if bool((np.abs(lat) > 90.5).any()):
        said = f"{lat.min():g} to {lat.max():g}"
        raise AssetError(f"{path}: its latitudes run from {said}; is it latitude and longitude swapped, or metres?")
    if dlat < 0.0:
        block, lat, dlat = block[::-1], lat[::-1], -dlat
    depth = np.array(block if down else -block, order="C")
    depth[np.abs(depth) > DEEPEST_M] = np.nan
    if not np.isfinite(depth).any():
        raise AssetError(f"{path}: holds no depth in the area of interest, only missing values")
    return RawGrid(depth, float(lat[0]), float(lon[0]), dlat, dlon)


def _is_even(nodes: F64, step: float) -> bool:
    """Whether no node lies more than a tenth of a cell off its place: ETOPO5's own columns slip by a 25th."""
    return bool(np.abs(nodes - (nodes[0] + step * np.arange(len(nodes)))).max() < 0.1 * abs(step))
