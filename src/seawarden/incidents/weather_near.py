"""What the weather does to a ship that has slowed, now and before: at the course and in the weather of both times."""

from __future__ import annotations

import math
from typing import Final, Protocol

import numpy as np

from seawarden.geodesy import KNOT_MS
from seawarden.incidents.fleet_fixes import FleetFixes
from seawarden.model.finding import Finding
from seawarden.model.vessel import ShipRef
from seawarden.model.weather import Weather
from seawarden.physics.equipment import ship_class
from seawarden.physics.weather_loss import weather_loss
from seawarden.risk.evidence import TrackEvidence
from seawarden.risk.needs import Fix
from seawarden.risk.weather import KINDS, Felt
from seawarden.surroundings.doubts import placed

BEFORE_MS: Final = 1_800_000
"""Half an hour before the loss: inside of what her expected speed is made from."""
SPAN_MS: Final = 1_200_000
OLDEST_MS: Final = 24 * 3_600_000
"""Weather is kept for as long as tracks are; of a loss that began earlier the last day is looked at."""


class WeatherAt(Protocol):
    """The weather by place and time (`surroundings.weather.WeatherBook`)."""

    def at(self, lat: float, lon: float, t: int) -> Weather | None:
        """The weather as told of `t` (ms) or before; None when nothing is near."""
        ...


def weather_near(
    book: WeatherAt | None, track: TrackEvidence, ship: ShipRef, fix: Fix | None, fixes: FleetFixes
) -> Felt | None:
    """What the weather costs her now and cost her before she slowed; None when no weather is known or no loss."""
    if book is None or fix is None:
        return None
    lost = [f for f in track.findings.values() if f.kind in KINDS and f.state != "retracted"]
    if not lost:
        return None
    now = book.at(fix.lat, fix.lon, fix.t)
    if now is None:
        return None
    slowed = max(lost, key=lambda f: (f.kind != "crossing", f.start_t, f.id))
    expected = _expected(slowed, fix)
    kind = ship_class(text=ship.type)
    felt = weather_loss(ship.length_m, kind, expected, fix.cog_deg, now)
    if not math.isfinite(felt.share):
        return None
    then = max(slowed.start_t - BEFORE_MS, fix.t - OLDEST_MS)
    lat, lon, course = _before(fixes, ship.track_id, then, fix)
    past = book.at(lat, lon, then)
    words = _words(now, fix.cog_deg)
    if past is None:
        return Felt(felt.share, felt.sigma, None, 0.0, words)
    was = weather_loss(ship.length_m, kind, expected, course, past)
    if not math.isfinite(was.share):
        return Felt(felt.share, felt.sigma, None, 0.0, words)
    return Felt(felt.share, felt.sigma, was.share, was.sigma, words)


def _expected(finding: Finding, fix: Fix) -> float:
    for name in ("expected_speed", "speed_before"):
        value = finding.value(name)
        if value is not None and value > 0.0:
            return value
    return fix.sog_kn if math.isfinite(fix.sog_kn) else 8.0


def _before(fixes: FleetFixes, track_id: str, t: int, fix: Fix) -> tuple[float, float, float]:
    """Place and mean course around a time before; those of now where nothing is remembered."""
    slot = fixes.slot(track_id)
    if slot is None:
        return fix.lat, fix.lon, fix.cog_deg
    track = fixes.view.track(slot, t - SPAN_MS, t + SPAN_MS)
    good = np.flatnonzero(placed(track.trust) & np.isfinite(track.cog_deg) & np.isfinite(track.lat))
    if not len(good):
        return fix.lat, fix.lon, fix.cog_deg
    nearest = good[np.argmin(np.abs(track.t[good] - t))]
    course = np.radians(track.cog_deg[good].astype(np.float64))
    mean = math.degrees(math.atan2(float(np.sin(course).sum()), float(np.cos(course).sum()))) % 360.0
    return float(track.lat[nearest]), float(track.lon[nearest]), mean


def _words(w: Weather, course_deg: float) -> str:
    parts = []
    if w.wind_ms is not None:
        parts.append(f"{_side(w.wind_from_deg, course_deg)}wind of {w.wind_ms / KNOT_MS:.0f} kn")
    if w.wave_height_m is not None:
        side = _side(w.wave_from_deg, course_deg) if w.wind_ms is None else ""
        parts.append(f"{side}waves of {w.wave_height_m:.1f} m")
    if w.current_ms is not None and (w.current_ms >= 0.2 or not parts):
        parts.append(f"a current of {w.current_ms / KNOT_MS:.1f} kn")
    far = f" ({w.distance_km:.0f} km off)" if w.distance_km >= 50.0 else ""
    return " and ".join(parts) + far


def _side(from_deg: float | None, course_deg: float) -> str:
    if from_deg is None or not math.isfinite(course_deg):
        return ""
    angle = abs((from_deg - course_deg + 180.0) % 360.0 - 180.0)
    return "head " if angle <= 60.0 else ("beam " if angle <= 120.0 else "following ")
