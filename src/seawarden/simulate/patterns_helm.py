"""A ship at the helm of a simulated pattern: she steers for points, holds a place, swings at anchor, or drifts.

Everything happens on a plane in metres, x east and y north of a place, in steps of ten seconds; `reports` turns it
into positions as they are received, with errors of GPS, compass and log, at an uneven cadence and with holes.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from seawarden.model.position import F64, Positions, Provenance, make_positions
from seawarden.simulate.cadence import thin
from seawarden.simulate.draws import generator
from seawarden.simulate.path import KN_MS, metres_per_degree

STEP_S: Final = 10.0
TURN_DEG_S: Final = 1.2
"""Rate of turn of a working ship: half a circle in two and a half minutes, 100 m wide at 4 kn."""
GAIN_MS2: Final = 0.02
"""She gains or loses a knot in some 25 s."""
FIX_M: Final = 6.0
"""Error of a position, one standard deviation on each axis."""


class Helm:
    """Builds a voyage piece by piece."""

    def __init__(self, random: np.random.Generator, x: float, y: float, course_deg: float, speed_kn: float) -> None:
        self._random = random
        self.x, self.y, self.course, self.speed = x, y, course_deg, speed_kn
        self._rows: list[tuple[float, float, float, float, float, int]] = []
        self._off = 0.0

    @property
    def seconds(self) -> float:
        """Time sailed so far."""
        return len(self._rows) * STEP_S

    def steer(self, x: float, y: float, speed_kn: float, *, status: int = 0, reach_m: float = 60.0) -> None:
        """Sail to a point at a speed; her helm leaves her some metres off her line, and a point abeam is reached."""
        for k in range(20_000):
            dx, dy = x - self.x, y - self.y
            ahead = math.cos(math.atan2(dx, dy) - math.radians(self.course)) > 0.0
            near = self.speed * KN_MS / math.radians(TURN_DEG_S) * 2.2
            gone = math.hypot(dx, dy)
            if gone <= max(reach_m, self.speed * KN_MS * STEP_S) or (k > 30 and not ahead and gone < near):
                return
            self._off = 0.95 * self._off + float(self._random.normal(0.0, 0.4))
            wanted = math.degrees(math.atan2(dx, dy)) + self._off
            turn = (wanted - self.course + 180.0) % 360.0 - 180.0
            most = TURN_DEG_S * STEP_S
            self.course = (self.course + max(-most, min(most, turn))) % 360.0
            self._way(speed_kn, status)

    def line(self, ends: tuple[float, float, float, float], speed_kn: float, *, status: int = 0) -> None:
        """Sail a line from its first end to its second, having turned on to it before it begins.

        Args:
            ends: x and y of the first end, then of the second, m.
            speed_kn: speed.
            status: navigational status.
        """
        x1, y1, x2, y2 = ends
        length = max(math.hypot(x2 - x1, y2 - y1), 1.0)
        ux, uy = (x2 - x1) / length, (y2 - y1) / length
        lead = max(60.0, 1.5 * speed_kn * KN_MS / math.radians(TURN_DEG_S))
        for _ in range(20_000):
            along = (self.x - x1) * ux + (self.y - y1) * uy
            if along >= length:
                return
            at = min(max(along, -2.0 * lead) + lead, length + lead)
            wanted = math.degrees(math.atan2(x1 + at * ux - self.x, y1 + at * uy - self.y))
            turn = (wanted - self.course + float(self._random.normal(0.0, 0.6)) + 180.0) % 360.0 - 180.0
            most = TURN_DEG_S * STEP_S
            self.course = (self.course + max(-most, min(most, turn))) % 360.0
            self._way(speed_kn + float(self._random.normal(0.0, 0.05)), status)

    def run(self, seconds: float, speed_kn: float, *, wander_deg: float = 0.0, status: int = 0) -> None:
        """Hold the course for a while, wandering as gear and ground pull her."""
        bias = 0.0
        for _ in range(max(1, round(seconds / STEP_S))):
            bias = 0.98 * bias + float(self._random.normal(0.0, 0.2 * wander_deg))
            self.course = (self.course + 0.05 * bias) % 360.0
            self._way(speed_kn + float(self._random.normal(0.0, 0.1)), status)

    def hold(self, seconds: float, wobble_m: float, heading_deg: float, *, status: int = 0) -> None:
        """Keep a place by thrusters."""
        at_x, at_y, dx, dy = self.x, self.y, 0.0, 0.0
        for _ in range(max(1, round(seconds / STEP_S))):
            dx = 0.97 * dx + float(self._random.normal(0.0, 0.2 * wobble_m))
            dy = 0.97 * dy + float(self._random.normal(0.0, 0.2 * wobble_m))
            self._place(at_x + dx, at_y + dy, heading_deg, status)
        self.speed = 0.0

    def swing(self, seconds: float, radius_m: float, wind_deg: float, *, status: int = 1) -> None:
        """Swing at an anchor that lies ahead, upwind; she sheers about and the wind turns a little."""
        ahead = math.radians(wind_deg)
        anchor = self.x + radius_m * math.sin(ahead), self.y + radius_m * math.cos(ahead)
        sheer, veer = 0.0, 0.0
        for k in range(max(1, round(seconds / STEP_S))):
            veer += float(self._random.normal(0.0, 0.25))
            sheer = 9.0 * math.sin(2.0 * math.pi * k * STEP_S / 900.0)
            bow = math.radians(wind_deg + veer + sheer)
            self._place(anchor[0] - radius_m * math.sin(bow), anchor[1] - radius_m * math.cos(bow),
                        math.degrees(bow) % 360.0, status)  # fmt: skip
        self.speed = 0.0

    def drift(
        self, seconds: float, towards_deg: float, speed_kn: float, heading_deg: float, *, status: int = 2
    ) -> None:
        """Be carried by wind and sea, whatever way the bow points."""
        yaw, pace = 0.0, speed_kn
        for _ in range(max(1, round(seconds / STEP_S))):
            yaw = 0.99 * yaw + float(self._random.normal(0.0, 1.5))
            pace = max(0.05, speed_kn + 0.9 * (pace - speed_kn) + float(self._random.normal(0.0, 0.03)))
            way = pace * KN_MS * STEP_S
            towards = math.radians(towards_deg + 0.2 * yaw)
            self._place(self.x + way * math.sin(towards), self.y + way * math.cos(towards),
                        (heading_deg + yaw) % 360.0, status)  # fmt: skip
        self.course, self.speed = towards_deg, speed_kn

    def _way(self, speed_kn: float, status: int) -> None:
        gain = GAIN_MS2 * STEP_S / KN_MS
        self.speed += max(-gain, min(gain, speed_kn - self.speed))
        way = self.speed * KN_MS * STEP_S
        bow = math.radians(self.course)
        self.x += way * math.sin(bow)
        self.y += way * math.cos(bow)
        self._rows.append((self.x, self.y, self.speed, self.course, self.course, status))

    def _place(self, x: float, y: float, heading_deg: float, status: int) -> None:
        dx, dy = x - self.x, y - self.y
        self.x, self.y = x, y
        speed, course = math.hypot(dx, dy) / STEP_S / KN_MS, math.degrees(math.atan2(dx, dy)) % 360.0
        self._rows.append((x, y, speed, course, heading_deg % 360.0, status))

    def reports(
        self,
        lat: float,
        lon: float,
        t0: int,
        mmsi: int,
        *key: int | str,
        cadence_s: float,
        heading: bool,
        status: bool,
    ) -> Positions:
        """Positions as they are received.

        Args:
            lat: of the plane's origin, degrees.
            lon: of the same.
            t0: time of the first step, ms.
            mmsi: her number.
            *key: names the draw of errors and holes.
            cadence_s: time between reports, s.
            heading: whether she sends a heading.
            status: whether she sends a navigational status.
        """
        random = generator("patterns", "reports", mmsi, *key)
        rows = np.array(self._rows)
        n = len(rows)
        m_lat, m_lon = metres_per_degree(np.array([lat]))
        noise: F64 = random.normal(0.0, FIX_M, (2, n))
        p = make_positions(
            n,
            t=t0 + (np.arange(n) * STEP_S * 1000.0).astype(np.int64),
            mmsi=mmsi,
            lat=np.round(lat + (rows[:, 1] + noise[1]) / m_lat[0], 6),
            lon=np.round(lon + (rows[:, 0] + noise[0]) / m_lon[0], 6),
            sog_kn=np.round(np.maximum(rows[:, 2] + random.normal(0.0, 0.08, n), 0.0), 1),
            cog_deg=np.round((rows[:, 3] + random.normal(0.0, 2.0, n)) % 360.0, 1) % 360.0,
            heading_deg=np.round((rows[:, 4] + random.normal(0.0, 1.0, n)) % 360.0) % 360.0 if heading else np.nan,
            nav_status=rows[:, 5].astype(np.int8) if status else -1,
            msg_type=1,
            provenance=int(Provenance.SIMULATED),
        )
        return thin(p, mmsi, *key, cadence_s=cadence_s, dropout=0.05)
