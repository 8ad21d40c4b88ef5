"""Invented traffic for the tests of forecasts: two lanes that part."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from seawarden.forecast.history import Voyage
from seawarden.forecast.query import Queries, queries_at

STEP_MS = 600_000


def lane(number: int, *, branch: int, speed_kn: float, points: int = 48, ship: int | None = None) -> Voyage:
    """North for 55 km from 55 N 11 E, then on to the north-west (branch 0) or north-east (branch 1)."""
    steps = np.arange(points)
    sailed = steps * speed_kn * 1.852 / 6
    turned = np.maximum(sailed - 55.0, 0)
    course = np.where(turned == 0, 0.0, -45.0 if branch == 0 else 45.0)
    north = np.minimum(sailed, 55.0) + turned * np.cos(np.pi / 4)
    east = turned * np.sin(np.pi / 4) * (-1 if branch == 0 else 1)
    off = 0.3 * ((number * 0.618) % 1 - 0.5)
    lat = 55 + north / 111.195
    lon = 11 + (off + east) / (111.195 * np.cos(np.radians(55.5)))
    return Voyage(
        steps * STEP_MS,
        lat,
        lon,
        np.full(points, speed_kn),
        course % 360,
        ship=1000 + number if ship is None else ship,
    )


def lanes(count: int = 80) -> list[Voyage]:
    """Both branches in turn, at 8 to 14 kn."""
    return [lane(k, branch=k % 2, speed_kn=8 + (k * 7 % 13) / 2) for k in range(count)]


def query_of(voyage: Voyage, step: int) -> Queries:
    """The query at a step of a voyage."""
    queries, _ = queries_at(
        voyage.t_ms,
        voyage.lat,
        voyage.lon,
        voyage.sog_kn,
        voyage.cog_deg,
        voyage.t_ms[[step]],
        ship=voyage.ship,
    )
    return queries


@pytest.fixture(scope="session")
def sea() -> SimpleNamespace:
    """The makers of invented traffic: `lane`, `lanes`, `query_of`."""
    return SimpleNamespace(lane=lane, lanes=lanes, query_of=query_of)
