"""Records of JSON feeds as columns: checked one by one, sentinels left out, what is wrong counted by reason."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from seawarden.model.batch import Batch
from seawarden.model.position import NO_TIME, Positions, Trust, make_positions
from seawarden.model.reject import Reject
from seawarden.model.static import StaticReport

EARLIEST_MS: Final = 631_152_000_000
LATEST_MS: Final = 4_102_444_800_000
SIGMA_HIGH_M: Final = 5.0
"""Accuracy bit set: better than 10 m (ITU-R M.1371-5, table 48), read as two standard errors."""
SIGMA_LOW_M: Final = 15.0
_NAMES: Final = ("t", "receive_t", "mmsi", "lat", "lon", "sog_kn", "cog_deg", "heading_deg", "rot_deg_min")


class JsonRows:
    """Collects the positions, static reports and rejects of one delivery.

    Args:
        name: the feed's, for rejects.
        source: its place in the catalogue.
        ahead_ms: how far a record may be ahead of its reception.
        receive_time: take the time of reception, whatever the records say.
    """

    def __init__(self, name: str, source: int, ahead_ms: int, *, receive_time: bool = False) -> None:
        self._name, self._source, self._ahead_ms, self._receive_time = name, source, ahead_ms, receive_time
        self._rows: list[tuple[Any, ...]] = []
        self.statics: list[StaticReport] = []
        self.rejects: list[Reject] = []
        self.records = 0

    def position(
        self,
        *,
        t: int,
        receive_t: int,
        mmsi: int,
        lat: float | None,
        lon: float | None,
        sog_kn: float | None = None,
        cog_deg: float | None = None,
        heading_deg: float | None = None,
        rot: float | None = None,
        nav_status: int | None = None,
        accurate: bool | None = None,
        msg_type: int = 0,
    ) -> None:
        """One position, in the units and with the sentinels of AIS; `rot` is the AIS value of -128 to 127."""
        self.records += 1
        if self._receive_time:
            t = receive_t
        reason = _wrong(t, mmsi, lat, lon)
        if reason:
            self.reject(reason, f"mmsi {mmsi} lat {lat} lon {lon} t {t}", count=False)
            return
        self._rows.append(
            (
                t,
                receive_t,
                mmsi,
                lat,
                lon,
                _within(sog_kn, 0, 102.25),
                _within(cog_deg, 0, 359.99),
                _within(heading_deg, 0, 359.99),
                turn(rot),
                nav_status if nav_status is not None and 0 <= nav_status <= 15 else -1,
                msg_type,
                10.0 if accurate is None else SIGMA_HIGH_M if accurate else SIGMA_LOW_M,
            )
        )

    def static(self, report: StaticReport) -> None:
        """One static report."""
        self.records += 1
        if not 1 <= report.mmsi <= 999_999_999:
            self.reject("bad_mmsi", f"mmsi {report.mmsi}", count=False)
            return
        self.statics.append(report)

    def reject(self, reason: str, detail: str, *, count: bool = True) -> None:
        """A record that is not taken."""
        self.records += count
        self.rejects.append(Reject(file=self._name, line=0, reason=reason, detail=detail[:200]))

    def batch(self) -> tuple[Batch, int]:
        """All of it, and how many records were ahead of their reception."""
        p, ahead = self._positions()
        return Batch(positions=p, statics=self.statics, rejects=self.rejects, records=self.records), ahead

    def _positions(self) -> tuple[Positions, int]:
        if not self._rows:
            return make_positions(0), 0
        columns = list(zip(*self._rows, strict=True))
        named = dict(zip((*_NAMES, "nav_status", "msg_type", "pos_sigma_m"), columns, strict=True))
        p = make_positions(len(self._rows), source=self._source, **named)
        own = p.t != p.receive_t
        p.source_t[:] = np.where(own, p.t, NO_TIME)
        ahead = p.t > p.receive_t + self._ahead_ms
        p.t[ahead] = p.receive_t[ahead]
        p.trust[ahead] |= np.uint32(Trust.CLOCK)
        return p, int(np.count_nonzero(ahead))


def turn(rot: float | None) -> float:
    """Degrees a minute of the AIS value of a rate of turn (ITU-R M.1371-5, table 48), NaN when not available."""
    if rot is None or rot == -128 or abs(rot) > 127:
        return math.nan
    if abs(rot) == 127:
        return math.copysign(10.0, rot)
    return math.copysign((rot / 4.733) ** 2, rot)


def moment(value: Any) -> int:
    """A time as feeds write it, seconds or milliseconds or ISO 8601, in ms; NO_TIME when it is none."""
    try:
        if isinstance(value, bool) or value is None:
            return NO_TIME
        if isinstance(value, (int, float)):
            ms = value if abs(value) > 1e11 else value * 1000
        else:
            text = str(value).strip()
            if text.replace(".", "", 1).isdigit():
                return moment(float(text))
            told = datetime.fromisoformat(text)
            ms = (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp() * 1000
        return int(ms) if EARLIEST_MS <= ms <= LATEST_MS else NO_TIME
    except (ValueError, OverflowError):
        return NO_TIME


def _wrong(t: int, mmsi: int, lat: float | None, lon: float | None) -> str:
    if not 1 <= mmsi <= 999_999_999:
        return "bad_mmsi"
    if lat is None or lon is None or lat == 91 or lon == 181:
        return "no_position"
    if not -90 <= lat <= 90:
        return "bad_latitude"
    if not -180 <= lon <= 180:
        return "bad_longitude"
    return "no_time" if t == NO_TIME else ""


def _within(value: float | None, least: float, most: float) -> float:
    return value if value is not None and least <= value <= most else math.nan
