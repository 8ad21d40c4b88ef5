"""Wind, waves and current at one place and time, each with its own error: what a weather book answers."""

from __future__ import annotations

import msgspec


class Weather(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The weather as best known; None where nothing is."""

    wind_ms: float | None = None
    """10 m above the sea."""
    wind_from_deg: float | None = None
    wind_sigma_ms: float = 0.0
    """Standard error of each component of the wind."""
    wave_height_m: float | None = None
    """Significant height."""
    wave_from_deg: float | None = None
    wave_sigma_m: float = 0.0
    current_ms: float | None = None
    current_to_deg: float | None = None
    current_sigma_ms: float = 0.0
    """Standard error of each component of the current."""
    distance_km: float = 0.0
    """Of the farthest sample used."""
    age_h: float = 0.0
    """Of the oldest sample used."""
