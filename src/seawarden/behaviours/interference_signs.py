"""What one ship's finding says about the satellite signals where she was."""

from __future__ import annotations

import math
from typing import Final

import msgspec

from seawarden.geodesy import bearing_deg, distance_m
from seawarden.model.finding import Finding

SIGNS: Final = frozenset(
    {
        "position_jump", "scattered_positions", "frozen_position", "circling_positions", "position_on_land",
        "shared_number", "position_drift",
    }
)  # fmt: skip
"""Kinds of single-ship findings that interference brings about."""
STEPS: Final = frozenset({"position_jump", "shared_number", "scattered_positions"})
"""Kinds that a clock which jumps brings about as well."""
ALONG_DEG: Final = 12.0
"""A displacement so near to her own course is a wrong clock rather than a wrong place."""


class Sign(msgspec.Struct, frozen=True, array_like=True):
    """One finding of one ship."""

    id: str
    kind: str
    mmsi: int
    t: int
    """When it became known, ms."""
    start_t: int
    lat: float
    """Where she was before it."""
    lon: float
    to_lat: float | None
    """Where her positions went; None where they went nowhere."""
    to_lon: float | None
    along: bool
    """Whether they went along her own course."""


def sign_of(finding: Finding) -> Sign | None:
    """The sign that a finding is; None for other kinds, and where no place is known."""
    if finding.kind not in SIGNS or not finding.ship.track_id:
        return None
    lat, lon = finding.value("from_lat"), finding.value("from_lon")
    before = [point for point in finding.track if point.t <= finding.start_t]
    if lat is None or lon is None:
        if finding.kind == "position_on_land":
            return None  # a track that began there: where she was is not known
        point = before[-1] if before else finding.track[0] if finding.track else None
        if point is None:
            return None
        lat, lon = point.lat, point.lon
    to_lat, to_lon = finding.value("to_lat"), finding.value("to_lon")
    courses = [point.cog_deg for point in finding.track if point.cog_deg is not None]
    along = False
    towards = finding.value("towards")
    if finding.kind == "position_drift" and towards is not None and courses:
        along = _in_line(towards, courses[0])
    if finding.kind in STEPS and to_lat is not None and to_lon is not None:
        if courses and float(distance_m(lat, lon, to_lat, to_lon)) > 0.0:
            along = _in_line(bearing_deg(lat, lon, to_lat, to_lon), courses[0])
    return Sign(
        finding.id, finding.kind, finding.ship.mmsi, finding.known_from_t, finding.start_t, lat, lon,
        to_lat, to_lon, along,
    )  # fmt: skip


def _in_line(one_deg: float, other_deg: float) -> bool:
    """Whether two directions lie along one line."""
    return abs((one_deg - other_deg + 90.0) % 180.0 - 90.0) <= ALONG_DEG


def circle_of(places: list[tuple[float, float]], margin_m: float) -> tuple[float, float, float]:
    """Centre (lat, lon) and radius, m, of a circle round places, with a margin; across 180 as it comes."""
    lat = math.fsum(place[0] for place in places) / len(places)
    lon0 = places[0][1]
    east = math.fsum((place[1] - lon0 + 180.0) % 360.0 - 180.0 for place in places) / len(places)
    lon = (lon0 + east + 180.0) % 360.0 - 180.0
    radius = max(float(distance_m(lat, lon, a, b)) for a, b in places)
    return lat, lon, radius + margin_m


def chance_by_accident(ships: int, signs: int, rate_a_day: float, span_ms: int) -> float:
    """Chance that so many of so many ships show a sign in a span for reasons of their own (Poisson)."""
    mean = ships * rate_a_day * span_ms / 86_400_000.0
    below = math.exp(-mean)
    total = below
    for k in range(1, signs):
        below *= mean / k
        total += below
    # the sum is exact to double precision only down to 1e-15: below that the first term left out tells the size
    tail = 1.0 - total
    if tail < 1e-12:
        tail = math.exp(-mean + signs * math.log(max(mean, 1e-300)) - math.lgamma(signs + 1))
    return min(max(tail, 0.0), 1.0)
