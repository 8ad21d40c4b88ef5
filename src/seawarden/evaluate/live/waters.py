"""The made sea of a load: ships that sail straight on, and some that must raise an alert at a known time.

Each ship reports once a period, in a slot of an eighth of a second that is hers. A planted ship sails at 7 kn beside
a cable in water where an anchor holds; from her moment on she makes 4 kn and says that she is at anchor. The second
such report is what `about_to_anchor` waits for: the record that causes the alert is known beforehand.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from seawarden.geodesy import KNOT_MS
from seawarden.model.position import I64, Positions, make_positions

SLOT_S: Final = 0.125
STATIONS: Final = 4
CAUSE: Final = 1
"""The report after the first of the changed ones is the cause."""
DEGREE_M: Final = 111_320.0
PLANTED_KN: Final = (7.0, 4.0)
FIRST_MMSI: Final = 219_000_000
CABLES: Final = (
    '{"type":"FeatureCollection","features":['
    '{"type":"Feature","properties":{"name":"Load Cable East"},"geometry":'
    '{"type":"LineString","coordinates":[[11.3,56.6],[11.3,58.0]]}},'
    '{"type":"Feature","properties":{"name":"Load Cable West"},"geometry":'
    '{"type":"LineString","coordinates":[[5.0,54.5],[5.0,57.5]]}}]}'
)
"""One in the Kattegat for the planted ships, one in the North Sea that the others cross as they come to it."""


class Waters:
    """Ships of a load and where they are at each of their reports.

    Args:
        ships: how many, the planted ones among them.
        period_s: time between two reports of one ship, a multiple of a slot.
        planted: report number at which each planted ship changes, shape (p,).
        first: number of the first ship, so that two fleets have no ship in common.
    """

    def __init__(self, ships: int, period_s: float, planted: I64, *, first: int = 0) -> None:
        draw = np.random.default_rng(1 + first)
        self.ships, self.period_s, self.planted = ships, period_s, planted
        self.slots = round(period_s / SLOT_S)
        """Slots in a period."""
        self.mmsi: I64 = FIRST_MMSI + first + np.arange(ships, dtype=np.int64)
        p = len(planted)
        self._lat = draw.uniform(54.6, 57.4, ships)
        self._lon = draw.uniform(3.0, 7.5, ships)
        self._knots = draw.uniform(8.0, 16.0, ships)
        self._lat[:p] = 56.7 + np.arange(p) * (1.1 / max(p, 1))
        side = np.where(np.arange(p) % 2 == 0, 1.0, -1.0)
        self._lon[:p] = 11.3 + side * 700.0 / (DEGREE_M * np.cos(np.radians(self._lat[:p])))
        self._knots[:p] = PLANTED_KN[0]
        self.rows = [
            [np.arange(s * STATIONS + k, ships, STATIONS * self.slots) for k in range(STATIONS)]
            for s in range(self.slots)
        ]
        """Ships of each slot of a period and station."""

    def at(self, slot: int, station: int) -> tuple[I64, int]:
        """Rows of the ships that report in a slot over a station, and the number of their report."""
        return self.rows[slot % self.slots][station], slot // self.slots

    def report(self, rows: I64, number: int) -> Positions:
        """The report of that number of these ships, without a time."""
        p = len(self.planted)
        after = np.zeros(len(rows))
        mine = rows < p
        after[mine] = np.maximum(0, number - self.planted[rows[mine]] + 1)
        changed = after > 0
        metres = self._knots[rows] * KNOT_MS * self.period_s * (number - after)
        metres += PLANTED_KN[1] * KNOT_MS * self.period_s * after
        lat, lon = self._lat[rows].copy(), self._lon[rows].copy()
        lat[mine] += metres[mine] / DEGREE_M
        lon[~mine] += metres[~mine] / (DEGREE_M * np.cos(np.radians(lat[~mine])))
        course = np.where(mine, 0.0, 90.0)
        return make_positions(
            len(rows), t=0, mmsi=self.mmsi[rows], lat=lat, lon=lon,
            sog_kn=np.where(changed, PLANTED_KN[1], self._knots[rows]), cog_deg=course, heading_deg=course,
            nav_status=np.where(changed, 1, 0),
        )  # fmt: skip


def moments(count: int, period_s: float, from_s: float, to_s: float) -> I64:
    """Report numbers at which planted ships change: evenly over a stretch of the run."""
    at: Any = np.round(np.linspace(from_s, to_s, count) / period_s).astype(np.int64)
    return at  # type: ignore[no-any-return]
