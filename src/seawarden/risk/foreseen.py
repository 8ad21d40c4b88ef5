"""Assets ahead by the forecaster: the sample paths of where she may go, laid over the assets.

Past traffic, the present motion and land decide; a ship without a past to ask about keeps the fan of steady courses.
The chance of a crossing is calibrated for an hour; the part of it that rests on motion alone, for want of history,
halves every few hours, as ships turn off. Beyond six hours nothing was measured: times are spread wider and marked.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from seawarden.forecast import crossing
from seawarden.forecast.calibration import VALIDATED_STEPS
from seawarden.forecast.crossing import Segments, look_ahead
from seawarden.forecast.feed import HOUR_MS, Feed
from seawarden.forecast.forecast_set import ForecastSet
from seawarden.forecast.forecaster import MAX_STEPS
from seawarden.forecast.motions import N_MOTIONS, N_OU
from seawarden.forecast.query import STEP_MIN, queries_at
from seawarden.model.position import F64
from seawarden.model.risk import AssetAhead
from seawarden.ports import Track
from seawarden.risk.ahead import SLOWEST_KN, Seen, SteadyCourse
from seawarden.risk.needs import Fix, Layer
from seawarden.settings_risk import RiskSettings
from seawarden.surroundings.doubts import placed

PAST_MS: Final = 3 * HOUR_MS
VALIDATED_MIN: Final = float(VALIDATED_STEPS * STEP_MIN)
MARGIN_DEG: Final = 0.1
"""Pieces of assets farther than this from every sample are left out; 5 km are looked at."""
LEAST_WEIGHT: Final = 1e-3
HELD: Final = 64
"""Forecasts kept for a second question at the same fix."""


class Foreseen:
    """See `risk.ahead.Ahead`."""

    def __init__(self, layer: Layer, settings: RiskSettings, feed: Feed, least_chance: float) -> None:
        """Build over the assets.

        Args:
            layer: the assets.
            settings: of the risk.
            feed: the forecaster that learns.
            least_chance: the chance of an anchor out from which a forecast is worth its cost.
        """
        self.least_chance = least_chance
        self._layer = layer
        self._s = settings
        self._feed = feed
        self._steady = SteadyCourse(layer, settings)
        index = layer.index
        self._segments = Segments(
            index.lat1, index.lon1, index.lat2, index.lon2, index.asset.astype(np.int64), index.kp1_km, index.kp2_km
        )
        self._held: dict[tuple[str, int, int, float], list[tuple[int, AssetAhead]]] = {}

    def ahead(self, fix: Fix, horizon_min: float, seen: Seen | None = None) -> list[tuple[int, AssetAhead]]:
        """See `risk.ahead.Ahead`: by steady courses when `seen` is None, or she has no past to go by."""
        if seen is None or not fix.sog_kn >= SLOWEST_KN:
            return self._steady.ahead(fix, horizon_min)
        key = (seen.track_id, fix.t, seen.view.t, horizon_min)
        if key not in self._held:
            made = self.forecast(fix, horizon_min, seen.view.track(seen.slot, fix.t - PAST_MS - HOUR_MS), seen.mmsi)
            if len(self._held) >= HELD:
                self._held.clear()
            age_min = (seen.view.t - fix.t) / 60_000.0
            self._held[key] = (
                self._steady.ahead(fix, horizon_min) if made is None else self.assets(made, horizon_min, age_min)
            )
        return self._held[key]

    def forecast(self, fix: Fix, horizon_min: float, track: Track, mmsi: int) -> ForecastSet | None:
        """Where she may be; None when she has no second position within the hour.

        Args:
            fix: her last position.
            horizon_min: how far ahead, minutes.
            track: her past, doubted positions too.
            mmsi: who she is.
        """
        good = np.flatnonzero(placed(track.trust) & (track.t <= fix.t))
        if len(good) < 2:
            return None
        columns = (track.lat, track.lon, track.sog_kn, track.cog_deg)
        lat, lon, sog, cog = (column[good].astype(np.float64) for column in columns)
        at = np.array([fix.t], np.int64)
        queries, used = queries_at(track.t[good], lat, lon, sog, cog, at, ship=mmsi, gap_ms=HOUR_MS)
        if not len(used):
            return None
        steps = min(max(1, math.ceil(horizon_min / STEP_MIN)), MAX_STEPS)
        return self._feed.forecaster.forecast(queries, steps=steps, is_land=self._feed.is_land)

    def assets(self, made: ForecastSet, horizon_min: float, age_min: float = 0.0) -> list[tuple[int, AssetAhead]]:
        """Assets that the samples cross, soonest first, with when, how near and whether she may stop there.

        Args:
            made: the forecast of one ship.
            horizon_min: time asked for, minutes.
            age_min: how long ago the forecast's position was, minutes.
        """
        made = _likely(made)
        near, rows = self._near(made)
        if not len(rows):
            return []
        out: list[tuple[int, AssetAhead]] = []
        for found in look_ahead(made, near, within_min=horizon_min):
            if math.isnan(found.minutes[1]) or found.chance <= 0.0:
                continue
            out.append((int(rows[found.asset]), self._told(found, int(rows[found.asset]), age_min)))
        out.sort(key=lambda item: (item[1].minutes, item[1].asset.id))
        return out

    def _near(self, made: ForecastSet) -> tuple[Segments, np.ndarray]:
        """Pieces of assets around the samples, their assets numbered anew, and the rows of those."""
        s = self._segments
        lat, lon = made.samples[..., 0], made.samples[..., 1]
        lon0 = float(made.queries.lon[0])
        wide = MARGIN_DEG / max(math.cos(math.radians(float(made.queries.lat[0]))), 0.05)
        lat_low = min(float(lat.min()), float(made.queries.lat[0])) - MARGIN_DEG
        lat_high = max(float(lat.max()), float(made.queries.lat[0])) + MARGIN_DEG
        east = _east(lon.ravel(), lon0)
        low, high = min(float(east.min()), 0.0) - wide, max(float(east.max()), 0.0) + wide
        a, b = _east(s.lon1, lon0), _east(s.lon2, lon0)
        inside = (np.maximum(s.lat1, s.lat2) >= lat_low) & (np.minimum(s.lat1, s.lat2) <= lat_high)
        inside &= (np.maximum(a, b) >= low) & (np.minimum(a, b) <= high)
        at = np.flatnonzero(inside)
        rows, number = np.unique(s.asset[at], return_inverse=True)
        assert s.kp1_km is not None and s.kp2_km is not None
        number = number.astype(np.int64)
        part = Segments(s.lat1[at], s.lon1[at], s.lat2[at], s.lon2[at], number, s.kp1_km[at], s.kp2_km[at])
        return part, rows

    def _told(self, found: crossing.AssetAhead, row: int, age_min: float) -> AssetAhead:
        early, middle, late = found.minutes
        beyond = max(0.0, middle - VALIDATED_MIN) / VALIDATED_MIN
        early, late = middle - (middle - early) * (1.0 + beyond), middle + (late - middle) * (1.0 + beyond)
        turned_off = 0.5 ** (middle / self._s.leave_half_life_min)
        chance = found.chance * (found.beaten_share + (1.0 - found.beaten_share) * turned_off)
        kp, sigma = found.kp_km
        closest = found.closest_km[1]
        return AssetAhead(
            asset=self._layer.ref(row, kp, sigma if sigma == sigma else None),
            minutes=max(0.0, middle - age_min),
            minutes_low=max(0.0, early - age_min),
            minutes_high=max(0.0, late - age_min),
            chance=chance,
            by="history" if found.beaten_share >= 0.5 else "motion",
            validated=middle <= VALIDATED_MIN,
            closest_km=None if math.isnan(closest) else closest,
            stop_chance=found.stop_chance,
        )


def _likely(made: ForecastSet) -> ForecastSet:
    """Without the samples that hardly weigh: half of them, which would cost as much as the others.

    The Ornstein-Uhlenbeck draws stay: they are the plain forecast that the calibrated chance is joined from.
    """
    kept = np.flatnonzero((made.weights[0] >= LEAST_WEIGHT) | (made.source[0] > N_MOTIONS - N_OU))
    weights = made.weights[:, kept]
    return made._replace(
        samples=np.ascontiguousarray(made.samples[:, kept]),
        weights=np.ascontiguousarray(weights / weights.sum(1, keepdims=True)),
        source=np.ascontiguousarray(made.source[:, kept]),
        prior=None,
    )


def _east(lon: F64, lon0: float) -> F64:
    return np.asarray((lon - lon0 + 180.0) % 360.0 - 180.0)
