"""Measured values as findings carry them: a name, a unit, an error, each made in one place; NaN is missing."""

from __future__ import annotations

from seawarden.model.error import Uncertain

SOG_SIGMA_KN = 0.1
"""AIS gives SOG in steps of 0.1 kn; GPS speed is good to about that."""


def speed(name: str, value_kn: float | None, sigma_kn: float | None = SOG_SIGMA_KN, method: str = "") -> Uncertain:
    """A speed, kn."""
    return Uncertain(name=name, value=value_kn, unit="kn", sigma=sigma_kn, method=method)


def distance(value_m: float | None, sigma_m: float | None, name: str = "distance", method: str = "") -> Uncertain:
    """A distance, m."""
    return Uncertain(name=name, value=value_m, unit="m", sigma=sigma_m, method=method)


def duration(name: str, value_s: float, sigma_s: float | None = None, method: str = "") -> Uncertain:
    """A span of time, s."""
    return Uncertain(name=name, value=float(value_s), unit="s", sigma=sigma_s, method=method)


def angle(name: str, value_deg: float | None, sigma_deg: float | None = None, method: str = "") -> Uncertain:
    """An angle, degrees."""
    return Uncertain(name=name, value=value_deg, unit="deg", sigma=sigma_deg, method=method)


def share(name: str, value: float | None, sigma: float | None = None, method: str = "") -> Uncertain:
    """A share of one."""
    return Uncertain(name=name, value=value, unit="1", sigma=sigma, method=method)
