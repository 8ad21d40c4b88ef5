"""Make the base map offline: land and depth for the page, and the land and waters grids for the engine.

Reads the npm package `world-atlas` (Natural Earth, public domain), the shipped ETOPO5 grid, and the shipped tracks
(which tell the Kiel Canal from land); writes to
`src/seawarden/data/built/`: `land.json` and `depth.json` (GeoJSON, served under /basemap) and `land.npz` (for
`seawarden.geography.land` and `seawarden.geography.waters`). Same input, same bytes; takes some ten seconds.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
import numpy.typing as npt
import shapely
from rasterio import Affine, features
from scipy import ndimage
from shapely.geometry import Polygon, box, mapping, shape
from shapely.geometry.base import BaseGeometry

ROOT: Final = Path(__file__).resolve().parent.parent
ATLAS: Final = ROOT / "web/node_modules/world-atlas"
DEPTHS: Final = ROOT / "src/seawarden/data/etopo5_northsea_baltic.nc"
TRACKS: Final = ROOT / "src/seawarden/data/incident_days"
BUILT: Final = ROOT / "src/seawarden/data/built"

REGION: Final = (-12.0, 48.0, 32.0, 67.0)
"""West, south, east, north: where land is drawn and gridded in detail, as far as the depth grid reaches."""
FINE_DEG: Final = (0.005, 0.01)
"""Cell of the land grid, latitude and longitude: about 550 m each way at 57 north."""
COARSE_DEG: Final = (0.02, 0.04)
"""Cell of the waters grid."""
MOST_INSIDE_M: Final = 10_000.0
"""Distances inside the coast are kept up to here, in steps of 100 m."""
MOST_OFF_M: Final = 125_000.0
"""A coast farther off than this is not told."""
WAY_DEG: Final = 0.01
"""Half the width that a tracked waterway is given, degrees."""
LEG_S: Final = 3_600.0
"""Two fixes farther apart in time don't tell the way between them."""
BANDS_M: Final = (10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000, 2000, 3000)
FINER: Final = 4
"""Each cell of the depth grid is cut into so many, each way, before its contours are drawn."""
STATES: Final = {
    "Belgium": "BE",
    "Denmark": "DK",
    "Estonia": "EE",
    "Finland": "FI",
    "France": "FR",
    "Germany": "DE",
    "Ireland": "IE",
    "Latvia": "LV",
    "Lithuania": "LT",
    "Netherlands": "NL",
    "Norway": "NO",
    "Poland": "PL",
    "Russia": "RU",
    "Sweden": "SE",
    "United Kingdom": "GB",
    "Åland": "FI",
    "Faeroe Is.": "FO",
    "Jersey": "JE",
    "Guernsey": "GG",
    "Isle of Man": "IM",
}

U8 = npt.NDArray[np.uint8]
F64 = npt.NDArray[np.float64]
Ring = list[list[float]]


def arcs_of(atlas: dict[str, Any]) -> list[F64]:
    """Arcs of a TopoJSON as arrays (n, 2) of degrees: deltas are summed, then scaled."""
    scale, shift = np.array(atlas["transform"]["scale"]), np.array(atlas["transform"]["translate"])
    return [np.cumsum(np.array(arc, dtype=np.int64), axis=0) * scale + shift for arc in atlas["arcs"]]


def ring_of(indices: list[int], arcs: list[F64]) -> F64:
    """A ring from its arcs; a negative index is the arc ~i backwards; joints are kept once."""
    parts = []
    for k, i in enumerate(indices):
        arc = arcs[i] if i >= 0 else arcs[~i][::-1]
        parts.append(arc if k == 0 else arc[1:])
    return np.concatenate(parts)


def unrolled(ring: F64) -> F64:
    """A ring with its longitudes running on past 180 degrees; one that goes round a pole is closed over the pole."""
    lon = np.degrees(np.unwrap(np.radians(ring[:, 0])))
    out = np.column_stack([lon, ring[:, 1]])
    if abs(lon[-1] - lon[0]) > 180.0:
        pole = -90.0 if ring[:, 1].mean() < 0 else 90.0
        out = np.concatenate([out, [[lon[-1], pole], [lon[0], pole]]])
    return out


def repaired(rings: list[F64]) -> BaseGeometry:
    """One polygon in -180..180 from its rings, cut along the antimeridian where it crosses."""
    if len(rings[0]) < 4:
        return Polygon()
    whole = shapely.make_valid(Polygon(unrolled(rings[0])))
    for hole in (r for r in rings[1:] if len(r) >= 4):
        gap = shapely.make_valid(Polygon(unrolled(hole)))
        for turn in (-360.0, 0.0, 360.0):
            whole = whole.difference(shapely.transform(gap, lambda xy, t=turn: xy + np.array([t, 0.0])))
    pieces = []
    for turn in (-360.0, 0.0, 360.0):
        piece = whole.intersection(box(-180.0 + turn, -90.0, 180.0 + turn, 90.0))
        if not piece.is_empty:
            pieces.append(shapely.transform(piece, lambda xy, t=turn: xy - np.array([t, 0.0])))
    return shapely.union_all(pieces)


def geometries(path: Path, name: str, wanted: frozenset[str] | None = None) -> list[tuple[str, BaseGeometry]]:
    """(property `name`, polygon) of the wanted or all geometries of an object of a TopoJSON file."""
    atlas = json.loads(path.read_bytes())
    arcs = arcs_of(atlas)
    out: list[tuple[str, BaseGeometry]] = []
    for geometry in atlas["objects"][name]["geometries"]:
        polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry.get("arcs", [])
        title = geometry.get("properties", {}).get("name", "")
        if wanted is not None and title not in wanted:
            continue
        out += [(title, repaired([ring_of(r, arcs) for r in rings])) for rings in polygons]
    return out


def polygons_of(shapes: BaseGeometry) -> list[Polygon]:
    """The polygons of any geometry, lines and points left out."""
    return [p for p in shapely.get_parts(shapely.union_all([shapes])) if p.geom_type == "Polygon" and p.area > 0]


def feature(polygon: BaseGeometry, properties: dict[str, Any], digits: int) -> dict[str, Any] | None:
    """A GeoJSON feature with rounded coordinates, or None when nothing is left of it."""
    small = shapely.set_precision(polygon, 10.0**-digits)
    if small.is_empty:
        return None

    def rounded(item: Any) -> Any:
        return round(item, digits) if isinstance(item, float) else [rounded(i) for i in item]

    shaped = mapping(small)
    coordinates = rounded(shaped["coordinates"])
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": shaped["type"], "coordinates": coordinates},
    }


def write_collection(path: Path, made: list[dict[str, Any] | None]) -> None:
    """Write a GeoJSON collection without white space."""
    held = [f for f in made if f is not None]
    body = {"type": "FeatureCollection", "features": held}
    path.write_text(json.dumps(body, separators=(",", ":"), ensure_ascii=False), encoding="utf-8")


def land_map(fine: list[BaseGeometry], coarse: list[BaseGeometry]) -> list[dict[str, Any] | None]:
    """Land for the page: in detail in the region, coarse elsewhere."""
    here = box(*REGION)
    made = []
    for polygon in fine:
        if polygon.intersects(here):
            for part in polygons_of(polygon.intersection(here).simplify(0.001)):
                made.append(feature(part, {"detail": "region"}, 4))
    for polygon in coarse:
        for part in polygons_of(polygon.difference(here).simplify(0.02)):
            made.append(feature(part, {"detail": "world"}, 2))
    return made


def raster(shapes: list[tuple[BaseGeometry, int]], cell: tuple[float, float]) -> U8:
    """Shapes burnt into the region's grid, rows from south to north."""
    west, south, east, north = REGION
    rows, cols = round((north - south) / cell[0]), round((east - west) / cell[1])
    held = [(mapping(s), v) for s, v in shapes if not s.is_empty]
    if not held:
        return np.zeros((rows, cols), dtype=np.uint8)
    grid: U8 = features.rasterize(
        held,
        out_shape=(rows, cols),
        transform=Affine(cell[1], 0.0, west, 0.0, -cell[0], north),
        dtype="uint8",
    )
    return np.ascontiguousarray(grid[::-1])


def banded(rows: int, cell: tuple[float, float], reach_m: float) -> list[tuple[slice, slice, tuple[float, float]]]:
    """Bands of a degree of latitude: (rows to keep, rows to read, metres per cell); a metre differs between them."""
    per_band = max(1, round(1.0 / cell[0]))
    margin = math.ceil(reach_m / (110_500.0 * cell[0])) + 1
    out = []
    for first in range(0, rows, per_band):
        last = min(rows, first + per_band)
        lat = REGION[1] + 0.5 * (first + last) * cell[0]
        metres = (111_200.0 * cell[0], 111_320.0 * math.cos(math.radians(lat)) * cell[1])
        out.append((slice(first, last), slice(max(0, first - margin), min(rows, last + margin)), metres))
    return out


def waterways(folder: Path, land: U8) -> BaseGeometry:
    """Canals and rivers that the coast closes: where the land grid has land, but two ships or more were tracked."""
    tracks = []
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            frames = np.array(json.loads(line)["kf"], dtype=np.float64)
            if len(frames) < 2:
                continue
            row = ((frames[:, 2] - REGION[1]) / FINE_DEG[0]).astype(int)
            col = ((frames[:, 1] - REGION[0]) / FINE_DEG[1]).astype(int)
            within = (row >= 0) & (row < land.shape[0]) & (col >= 0) & (col < land.shape[1])
            ashore = within & (land[np.where(within, row, 0), np.where(within, col, 0)] > 0)
            brief = np.diff(frames[:, 0]) <= LEG_S
            legs = [frames[k : k + 2, 1:3] for k in np.flatnonzero(brief & (ashore[:-1] | ashore[1:]))]
            if legs:
                tracks.append(shapely.union_all(shapely.buffer(shapely.linestrings(np.array(legs)), WAY_DEG)))
    shared = [a.intersection(b) for i, a in enumerate(tracks) for b in tracks[:i] if a.intersects(b)]
    return shapely.union_all(shared)


def inside_coast(land: U8) -> U8:
    """How far each cell lies inside the coast, in steps of 100 m, 0 at sea."""
    out = np.zeros(land.shape, dtype=np.uint8)
    for keep, read, metres in banded(land.shape[0], FINE_DEG, MOST_INSIDE_M):
        far = ndimage.distance_transform_edt(land[read], sampling=metres)
        begin = keep.start - read.start
        mine = far[begin : begin + keep.stop - keep.start]
        inside = np.clip(mine - 0.5 * min(metres), 0.0, MOST_INSIDE_M)
        out[keep] = np.where(land[keep] > 0, np.maximum(1, inside // 100.0), 0).astype(np.uint8)
    return out


def nearest_state(states: U8) -> tuple[U8, U8]:
    """For each cell the number of the nearest state (0 beyond reach) and her coast's distance in half kilometres."""
    nearest = np.zeros(states.shape, dtype=np.uint8)
    off = np.zeros(states.shape, dtype=np.uint8)
    for keep, read, metres in banded(states.shape[0], COARSE_DEG, MOST_OFF_M):
        block = states[read]
        if not block.any():
            continue
        far, where = ndimage.distance_transform_edt(block == 0, sampling=metres, return_indices=True)
        begin = keep.start - read.start
        mine = slice(begin, begin + keep.stop - keep.start)
        near = far[mine] <= MOST_OFF_M
        nearest[keep] = np.where(near, block[where[0], where[1]][mine], 0)
        off[keep] = np.where(near, np.round(far[mine] / 500.0), 0)
    return nearest, off


def depth_map(path: Path) -> list[dict[str, Any] | None]:
    """Depth for the page: for each limit all water at least so deep, shallow first: deeper is drawn over it."""
    with h5py.File(path, "r") as file:
        lat, lon = np.array(file["lat"]), np.array(file["lon"])
        depth = -np.array(file["elevation_m"], dtype=np.float64)
    fine = ndimage.zoom(depth, FINER, order=1, grid_mode=True, mode="nearest")
    dlat, dlon = (lat[-1] - lat[0]) / (len(lat) - 1), (lon[-1] - lon[0]) / (len(lon) - 1)
    to_degrees = Affine(dlon / FINER, 0.0, lon[0] - dlon / 2, 0.0, dlat / FINER, lat[0] - dlat / 2)
    here = box(*REGION)
    made: list[dict[str, Any] | None] = []
    for limit in BANDS_M:
        mask = (fine >= limit).astype(np.uint8)
        found = [shape(s) for s, v in features.shapes(mask, mask=mask > 0, transform=to_degrees) if v == 1]
        smooth = [p.simplify(0.03) for p in found if p.area > 4 * (dlat / FINER) ** 2]
        for part in polygons_of(shapely.make_valid(shapely.union_all(smooth)).intersection(here)):
            made.append(feature(part, {"depth_m": limit}, 3))
    return made


def main(arguments: list[str] | None = None) -> int:
    """Make the three files; 1 with a sentence when an input is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--atlas", type=Path, default=ATLAS, help="folder of the npm package world-atlas")
    parser.add_argument("--depths", type=Path, default=DEPTHS, help="NetCDF with lat, lon, elevation_m")
    parser.add_argument("--tracks", type=Path, default=TRACKS, help="folder of incident days")
    parser.add_argument("--out", type=Path, default=BUILT, help="folder to write to")
    given = parser.parse_args(arguments)
    needed = [given.atlas / f"{name}.json" for name in ("land-10m", "land-50m", "countries-10m")] + [given.depths]
    for path in needed:
        if not path.is_file():
            print(f"{path} is missing: install the page's npm packages first (./run setup)", file=sys.stderr)
            return 1
    given.out.mkdir(parents=True, exist_ok=True)
    fine = [s for _, s in geometries(needed[0], "land")]
    coarse = [s for _, s in geometries(needed[1], "land")]
    write_collection(given.out / "land.json", land_map(fine, coarse))
    here = box(*REGION)
    near = [s.intersection(here) for s in fine if s.intersects(here)]
    write_collection(given.out / "depth.json", depth_map(given.depths))
    codes = sorted(set(STATES.values()))
    named = geometries(needed[2], "countries", frozenset(STATES))
    countries = [(s.intersection(here), codes.index(STATES[n]) + 1) for n, s in named]
    state, off = nearest_state(raster(countries, COARSE_DEG))
    land = raster([(s, 1) for s in near], FINE_DEG)
    land[raster([(waterways(given.tracks, land), 1)], FINE_DEG) > 0] = 0
    np.savez_compressed(
        given.out / "land.npz",
        region=np.array(REGION),
        fine_deg=np.array(FINE_DEG),
        coarse_deg=np.array(COARSE_DEG),
        inside=inside_coast(land),
        state=state,
        off=off,
        codes=np.array(codes),
    )
    for name in ("land.json", "depth.json", "land.npz"):
        print(f"{given.out / name}: {(given.out / name).stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
