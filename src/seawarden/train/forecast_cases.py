"""Past moments to learn forecasting from: queries along the voyages in a history, and what followed."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from seawarden.forecast.history import History
from seawarden.forecast.query import PAST, Queries
from seawarden.model.position import F64, I64

ORIGINS: Final = (1, 3, 6, 12, 17, 23, 29, 35)
"""Steps after the start of a voyage at which forecasts are learnt; those of short voyages are fewer."""
MIN_AHEAD: Final = 6
"""Steps that a voyage must go on after the forecast: an hour."""
MAX_CASES: Final = 5400
"""Cases used at most, drawn evenly: more did not lower the error on ct_dma, and cost time."""


class Cases(NamedTuple):
    """Queries and outcomes."""

    queries: Queries
    truth_lat: F64
    """(n, H): NaN after the end of the voyage."""
    truth_lon: F64
    voyage: I64
    """The voyage in the history that each case was taken from (n,)."""

    def take(self, rows: I64) -> Cases:
        """The cases in these rows."""
        return Cases(self.queries.take(rows), self.truth_lat[rows], self.truth_lon[rows], self.voyage[rows])


def cases(
    history: History,
    steps: int,
    origins: tuple[int, ...] = ORIGINS,
    max_cases: int = MAX_CASES,
    min_ahead: int = MIN_AHEAD,
) -> Cases:
    """Cases from all voyages of a history.

    Args:
        history: past traffic.
        steps: steps of outcome wanted (H).
        origins: steps after the start of the voyage.
        max_cases: drawn evenly when there are more.
        min_ahead: steps that the voyage must go on.
    """
    columns = history.columns
    per = round(history.rows_a_step)
    length = np.diff(columns.start)
    voyage, row = [], []
    for origin in origins:
        j = np.flatnonzero(length > (origin + min_ahead) * per)
        voyage.append(j)
        row.append(columns.start[j] + origin * per)
    voyages, rows = np.concatenate(voyage), np.concatenate(row)
    order = np.argsort(rows, kind="stable")
    if len(order) > max_cases:
        order = order[np.linspace(0, len(order) - 1, max_cases).astype(np.int64)]
    voyages, rows = voyages[order], rows[order]
    since = (rows - columns.start[voyages]) // per
    n_past = np.minimum(since, PAST - 1).astype(np.int64)
    back = np.minimum(np.arange(PAST)[None, :], n_past[:, None]) * per
    past = rows[:, None] - back
    ahead = rows[:, None] + np.arange(1, steps + 1)[None, :] * per
    known = ahead < columns.start[voyages + 1][:, None]
    ahead = np.where(known, ahead, rows[:, None])

    def column(values: np.ndarray, at: np.ndarray) -> F64:
        return np.ascontiguousarray(values[at].astype(np.float64))

    queries = Queries(
        column(columns.lat, rows),
        column(columns.lon, rows),
        column(columns.sog_kn, rows),
        column(columns.cog_deg, rows),
        column(columns.lat, past),
        column(columns.lon, past),
        n_past,
        np.ascontiguousarray(columns.ship[voyages]),
        np.ascontiguousarray(columns.kind[voyages]),
    )
    return Cases(
        queries,
        np.where(known, column(columns.lat, ahead), np.nan),
        np.where(known, column(columns.lon, ahead), np.nan),
        voyages.astype(np.int64),
    )
