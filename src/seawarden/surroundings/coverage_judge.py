"""Should this ship still be heard? Asked of one ship at a time, for a silence to mean something."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from seawarden.geodesy import KNOT_MS, destination
from seawarden.model.event import CoverageDeclared
from seawarden.model.finding import AreaRef
from seawarden.model.position import F64, I64, NO_TIME
from seawarden.surroundings.coverage import CoverageBook
from seawarden.surroundings.coverage_areas import covers
from seawarden.surroundings.coverage_learned import Learned

FORGIVEN = 1.0
"""Losses in a declared cell that say nothing yet: ships do fall silent, and one of them must not hide the next."""
STEPS = 5
"""Places along her way that are asked about: where she was last heard, three between, and where she would be."""


class Expected(NamedTuple):
    """A ship that should be heard, and how well ships are heard where she should be."""

    lat: float
    """Where she would be, going on as she did, degrees."""
    lon: float
    hours: float
    """Ship-hours heard at the worst place of her way."""
    loss_per_h: float
    """Ships lost per ship-hour in the worst cell of it."""
    declared: bool


def way_on(book: Learned, i: int, until_t: int) -> tuple[F64, F64]:
    """Places of a ship that goes on as she did, from her last report until a time; arrays (STEPS,)."""
    s = book.ships
    lat, lon = float(s.lat[i]), float(s.lon[i])
    cog, speed = float(s.cog_deg[i]), float(s.sog_kn[i])
    lats, lons = np.full(STEPS, lat), np.full(STEPS, lon)
    if np.isfinite(cog) and np.isfinite(speed):
        for k in range(1, STEPS):
            way = speed * KNOT_MS * (until_t - int(s.t[i])) / 1000.0 * k / (STEPS - 1)
            lats[k], lons[k] = destination(lat, lon, cog, way)
    return lats, lons


def expected(
    book: Learned, coverage: CoverageBook, i: int, until_t: int, *, good_hours: float, most_loss_per_h: float
) -> Expected | None:
    """Whether a ship should have been heard all the while since her last report; None when that means nothing.

    She must have stayed where ships are heard well, going on as she did. Where areas are declared, only they count,
    unless more ships were lost there than is allowed; elsewhere it must have been learned. Only feeds count that
    have been up ever since.

    Args:
        book: what was learned.
        coverage: what was declared.
        i: her row in the book.
        until_t: ms.
        good_hours: ship-hours that must have been heard around a place for it to be trusted.
        most_loss_per_h: ships lost per ship-hour beyond which silence says nothing.
    """
    limits = (good_hours, most_loss_per_h)
    return _heard_along(book, coverage, i, way_on(book, i, until_t), (int(book.ships.t[i]), until_t), limits)


def appeared(
    book: Learned, coverage: CoverageBook, i: int, first: tuple[int, float, float, float, float], before_t: int,
    *, good_hours: float, most_loss_per_h: float,
) -> bool:  # fmt: skip
    """Whether a ship first heard now should have been heard before: she did not sail in from where nobody listens.

    Args:
        book: what was learned.
        coverage: what was declared.
        i: her row in the book.
        first: her first report: t, ms, latitude, longitude, speed in kn, course in degrees.
        before_t: since when she should have been heard, ms.
        good_hours: as for `expected`.
        most_loss_per_h: likewise.
    """
    t, lat, lon, speed, cog = first
    lats, lons = np.full(STEPS, lat), np.full(STEPS, lon)
    for k in range(1, STEPS):
        way = speed * KNOT_MS * (t - before_t) / 1000.0 * k / (STEPS - 1)
        lats[k], lons[k] = destination(lat, lon, cog + 180.0, way)
    limits = (good_hours, most_loss_per_h)
    return _heard_along(book, coverage, i, (lats[::-1], lons[::-1]), (before_t, t), limits) is not None


def _heard_along(
    book: Learned, coverage: CoverageBook, i: int, way: tuple[F64, F64], span: tuple[int, int],
    limits: tuple[float, float],
) -> Expected | None:  # fmt: skip
    """How well a ship of her class is heard along a way, by feeds up during all of a span; None: it means nothing."""
    good_hours, most_loss_per_h = limits
    lats, lons = way
    alive = book.feeds.heard_through(span[0])
    if not alive.any():
        return None
    areas = _of_source(book, coverage, i, span[1])
    declared = bool(areas)
    if declared and not _inside(areas, lats, lons, *span):
        return None
    keys: I64 = np.unique(book.keys_at(lats, lons))
    klass = int(book.ships.klass[i])
    around = book.hearing(keys, alive, klass)
    if (declared and (around.last_t == NO_TIME).all()) or (not declared and (around.hours < good_hours).any()):
        return None
    if (around.share < book.settings.good_share).any():
        return None
    hours, lost = book.inside(keys, klass)
    if not declared and (hours <= 0.0).any():
        return None
    lost = lost - (book.rows_of_cells(keys) == book.ships.cell[i]) * float(book.ships.lost[i])
    loss = np.maximum(lost - (FORGIVEN if declared else 0.0), 0.0) / np.maximum(hours, 1.0)
    if (loss > most_loss_per_h).any():
        return None
    worst = int(np.argmax(lost / np.maximum(hours, 1.0)))
    said = float(max(lost[worst], 0.0) / max(hours[worst], 1.0))
    return Expected(float(lats[-1]), float(lons[-1]), float(around.hours[worst]), said, declared)


def sailed_out(book: Learned, coverage: CoverageBook, i: int, until_t: int) -> bool:
    """Whether a ship that is not heard any more, going on as she did, left what is declared or was ever heard."""
    lats, lons = way_on(book, i, until_t)
    areas = _of_source(book, coverage, i, until_t)
    if areas:
        return not _inside(areas, lats, lons, int(book.ships.t[i]), until_t)
    hours, _ = book.inside(np.unique(book.keys_at(lats, lons)), int(book.ships.klass[i]))
    return bool((hours <= 0.0).any())


def _of_source(book: Learned, coverage: CoverageBook, i: int, until_t: int) -> list[CoverageDeclared]:
    """Areas declared by the source that last heard her, or by nobody in particular."""
    names = coverage.catalogue.sources if coverage.catalogue is not None else []
    source = int(book.feeds.table.source[book.ships.feed[i]])
    mine = names[source] if source < len(names) else ""
    return [a for a in coverage.areas if a.t <= until_t and (a.source in ("", mine) or a.source not in names)]


def _inside(areas: list[CoverageDeclared], lats: F64, lons: F64, last_t: int, until_t: int) -> bool:
    """Whether her whole way lies in declared areas."""
    times = np.linspace(last_t, until_t, STEPS)
    found = np.zeros(STEPS, dtype=np.bool_)
    for area in areas:
        ring = AreaRef(id="", lat=area.polygon[0][1], lon=area.polygon[0][0], radius_m=0.0, polygon=area.polygon)
        ended = times > area.to_t if area.to_t != NO_TIME else False
        found |= covers(ring, lats, lons) & (times >= area.from_t) & ~np.asarray(ended)
    return bool(found.all())


def others_near(book: Learned, i: int, place: Expected, near_km: float) -> int:
    """Other ships of her class or a weaker one, heard near where she should be since she should have reported.

    Args:
        book: what was learned.
        i: her row.
        place: where she should be.
        near_km: how near.
    """
    s, n = book.ships, book.n_ships
    since = int(s.t[i]) + max(120_000, int(2_000.0 * s.interval_s[i]))
    rows = np.flatnonzero((s.t[:n] > since) & (s.klass[:n] >= s.klass[i]) & (s.mmsi[:n] != s.mmsi[i]))
    return len(book.near(place.lat, place.lon, near_km * 1000.0, rows)) if len(rows) else 0
