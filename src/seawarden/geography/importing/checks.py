"""What can be wrong with a line: put right what is plain, refuse what can't be used, and explain the rest."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
import shapely

from seawarden.geography.importing.problem import Problem, Severity
from seawarden.geography.importing.raw import RawLine
from seawarden.geography.land import TOLERANCE_M, LandMask
from seawarden.geography.layer import GEOD

SPIKE_KM: Final = 50.0
"""A vertex that lies so far aside, and makes the way five times longer, is no bend."""
JUMP_KM: Final = 1_000.0
"""A piece so long, and fifty times longer than the line's median, joins two lines that don't belong together."""
HOME: Final = (47.0, -12.0, 72.0, 32.0)
"""South, west, north, east of Northern Europe; with axes swapped it lies off Arabia and East Africa."""
SAME_DEG: Final = 1e-9

Tell = Callable[[Severity, str, str, int], None]


def mend(line: RawLine, file: str, problems: list[Problem], *, swap_axes: bool = False) -> bool:
    """Clean a line as read, in place; False when it can't be used.

    Vertices out of range, swapped axes and lines without length are refused; longitudes are brought into -180..180,
    doubled vertices dropped, and parts cut at the antimeridian joined.
    """

    def tell(severity: Severity, what: str, text: str, vertex: int = 0) -> None:
        problems.append(
            Problem(severity=severity, what=what, text=text, file=file, feature=line.label, vertex=vertex)
        )

    if swap_axes:
        line.parts = [[(y, x) for x, y in part] for part in line.parts]
    if not _in_range(line, tell):
        return False
    _wrap(line, tell)
    _drop_doubles(line, tell)
    line_parts = [k for k, part in enumerate(line.parts) if len(part) >= 2]
    if not line_parts:
        tell("refused", "zero_length", "has no length: it needs two different vertices at least; draw it anew", 0)
        return False
    if len(line_parts) < len(line.parts):
        tell("mended", "zero_length", "had parts without length, which were dropped", 0)
        _keep(line, line_parts)
    _join_at_180(line, tell)
    return True


def _in_range(line: RawLine, tell: Tell) -> bool:
    vertices = [point for part in line.parts for point in part]
    for number, (lon, lat) in enumerate(vertices, start=1):
        if not (math.isfinite(lon) and math.isfinite(lat)):
            tell("refused", "out_of_range", "has a coordinate that is no number; mend it in the file", number)
            return False
        if abs(lat) <= 90.0 and abs(lon) <= 360.0:
            continue
        if all(abs(x) <= 90.0 and abs(y) <= 360.0 for x, y in vertices):
            text = f"reads latitude {lat:g}, beyond 90: latitude and longitude are swapped; import with --swap-axes"
            tell("refused", "swapped_axes", text, number)
        else:
            text = f"lies at latitude {lat:g}, longitude {lon:g}, which is nowhere; are these degrees, or metres?"
            tell("refused", "out_of_range", text, number)
        return False
    return True


def _wrap(line: RawLine, tell: Tell) -> None:
    turned = False
    for part in line.parts:
        for k, (lon, lat) in enumerate(part):
            if not -180.0 <= lon <= 180.0:
                part[k] = ((lon + 180.0) % 360.0 - 180.0, lat)
                turned = True
    if turned:
        tell("mended", "antimeridian", "had longitudes beyond 180, which were brought into -180..180", 0)


def _drop_doubles(line: RawLine, tell: Tell) -> None:
    dropped = 0
    first = 0
    number = 0
    for k, part in enumerate(line.parts):
        keep = [0] if part else []
        for i in range(1, len(part)):
            number_here = number + i + 1
            if math.dist(part[i], part[keep[-1]]) <= SAME_DEG:
                dropped += 1
                first = first or number_here
            else:
                keep.append(i)
        number += len(part)
        if len(keep) < len(part):
            line.parts[k] = [part[i] for i in keep]
            if line.cable_km:
                line.cable_km[k] = [line.cable_km[k][i] for i in keep]
            if line.burial_m:
                pieces = [i for i in keep if i < len(line.burial_m[k])]
                line.burial_m[k] = [line.burial_m[k][i] for i in pieces][: max(0, len(keep) - 1)]
    if dropped:
        tell("mended", "duplicate_vertices", f"had {dropped} vertices twice in a row, kept once", first)


def _keep(line: RawLine, parts: list[int]) -> None:
    line.parts = [line.parts[k] for k in parts]
    line.cable_km = [line.cable_km[k] for k in parts] if line.cable_km else []
    line.burial_m = [line.burial_m[k] for k in parts] if line.burial_m else []


def _join_at_180(line: RawLine, tell: Tell) -> None:
    """Join a part that ends on the antimeridian to one that begins at the same latitude on its other side."""
    if line.cable_km or line.burial_m:
        return
    joined = True
    while joined and len(line.parts) > 1:
        joined = False
        for i, one in enumerate(line.parts):
            for j, two in enumerate(line.parts):
                (lon1, lat1), (lon2, lat2) = one[-1], two[0]
                meets = abs(abs(lon1) - 180.0) < 1e-6 and abs(abs(lon2) - 180.0) < 1e-6
                if i != j and meets and abs(lat1 - lat2) < 1e-6:
                    # The two ends are one place: the cut's own vertices are left out.
                    rest = [p for k, p in enumerate(line.parts) if k not in (i, j)]
                    line.parts = [[*one[:-1], *two[1:]] or [one[0], two[-1]], *rest]
                    tell("mended", "antimeridian", "was cut at 180 degrees and was joined again", 0)
                    joined = True
                    break
            if joined:
                break


def doubt(line: RawLine, file: str, problems: list[Problem], land: LandMask | None = None) -> None:
    """Say what looks wrong about a usable line: jumps, loops, land, and axes that may be swapped."""

    def tell(severity: Severity, what: str, text: str, vertex: int = 0) -> None:
        problems.append(
            Problem(severity=severity, what=what, text=text, file=file, feature=line.label, vertex=vertex)
        )

    _maybe_swapped(line, tell)
    start = 0
    for part in line.parts:
        _jumps(part, start, tell)
        _overlaps(part, start, tell)
        start += len(part)
    if land is not None and land.known:
        _ashore(line, land, tell)
    _against_cable(line, tell)


def _maybe_swapped(line: RawLine, tell: Tell) -> None:
    south, west, north, east = HOME
    vertices = [point for part in line.parts for point in part]
    if any(south <= lat <= north and west <= lon <= east for lon, lat in vertices):
        return
    if all(south <= lon <= north and west <= lat <= east for lon, lat in vertices):
        text = "would lie in Northern Europe with latitude and longitude swapped; if so, import with --swap-axes"
        tell("doubtful", "swapped_axes", text, 1)


def _jumps(part: list[tuple[float, float]], start: int, tell: Tell) -> None:
    lon, lat = np.array([p[0] for p in part]), np.array([p[1] for p in part])
    length = np.asarray(GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2]) / 1000.0
    median = float(np.median(length))
    for k, km in enumerate(length):
        if km > JUMP_KM and km > 50.0 * median and len(length) > 2:
            text = f"jumps {km:.0f} km to the next vertex; are two lines joined, or is a vertex missing?"
            tell("doubtful", "jump", text, start + k + 1)
    for k in range(1, len(part) - 1):
        past = length[k - 1] + length[k]
        straight = GEOD.inv(lon[k - 1], lat[k - 1], lon[k + 1], lat[k + 1])[2] / 1000.0
        if min(length[k - 1], length[k]) > SPIKE_KM and past > 5.0 * straight:
            text = f"stands {min(length[k - 1], length[k]):.0f} km aside of its neighbours; is it mistyped?"
            tell("doubtful", "spike", text, start + k + 1)


def _overlaps(part: list[tuple[float, float]], start: int, tell: Tell) -> None:
    lon = np.degrees(np.unwrap(np.radians([p[0] for p in part])))
    lat = [p[1] for p in part]
    whole = shapely.linestrings(np.column_stack([lon, lat]))
    if shapely.is_simple(whole) or (len(part) > 2 and part[0] == part[-1] and shapely.is_simple(whole)):
        return
    pieces = shapely.linestrings(
        np.stack([np.column_stack([lon[:-1], lat[:-1]]), np.column_stack([lon[1:], lat[1:]])], 1)
    )
    tree = shapely.STRtree(pieces)
    for i, j in sorted(zip(*tree.query(pieces, predicate="intersects"), strict=True)):
        if j <= i:
            continue
        meets = shapely.intersection(pieces[i], pieces[j])
        if meets.geom_type == "LineString" and meets.length > 0.0:
            text = f"runs back over itself between vertices {start + i + 1} and {start + j + 2}; KP counts both ways"
            tell("doubtful", "self_overlap", text, start + int(j) + 1)
            return
        if j > i + 1:
            text = f"crosses itself between vertices {start + i + 1} and {start + j + 2}; are they in their order?"
            tell("doubtful", "self_crossing", text, start + int(j) + 1)
            return


def _ashore(line: RawLine, land: LandMask, tell: Tell) -> None:
    vertices = [point for part in line.parts for point in part]
    lat = np.array([p[1] for p in vertices])
    lon = np.array([p[0] for p in vertices])
    inside = land.inside_m(lat, lon)
    ashore = np.flatnonzero(inside > 2.0 * TOLERANCE_M)
    # A cable ends on land: its own landings are no news.
    middle = [int(k) for k in ashore if 2 <= k < len(vertices) - 2]
    if middle:
        text = f"has {len(middle)} vertices on land by up to {float(np.nanmax(inside[middle])) / 1000.0:.0f} km"
        tell("doubtful", "on_land", text + "; a land section, or a wrong reference system?", middle[0] + 1)


def _against_cable(line: RawLine, tell: Tell) -> None:
    """Cable distance must rise, and be no shorter than the way."""
    start = 0
    for part, marks in zip(line.parts, line.cable_km, strict=False):
        for k in range(1, len(part)):
            route_km = GEOD.inv(*part[k - 1], *part[k])[2] / 1000.0
            step = marks[k] - marks[k - 1]
            if math.isfinite(step) and step < 0.98 * route_km - 0.01:
                text = f"has {step:.3f} km of cable for {route_km:.3f} km of way to the next vertex; is a row wrong?"
                tell("doubtful", "negative_slack", text, start + k)
                break
        start += len(part)
