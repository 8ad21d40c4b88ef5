"""What ships said of themselves, as known at any time."""

from __future__ import annotations

import bisect
from typing import Any, Final

import msgspec

from seawarden.model.ship_type import words
from seawarden.model.static import StaticReport
from seawarden.model.vessel import ShipRef

_MERGED = (
    "imo", "name", "callsign", "ship_type", "type_text", "length_m", "breadth_m", "to_bow_m", "to_port_m",
    "draught_m", "destination", "eta",
)  # fmt: skip

IDENTITY: Final = ("imo", "name", "callsign", "length_m", "breadth_m")
"""What makes a hull; cargo, draught and destination change with every voyage."""


def imo_valid(imo: int) -> bool:
    """Whether a number is an IMO number by its check digit (IMO Res. A.1117(30))."""
    if not 1_000_000 <= imo <= 9_999_999:
        return False
    digits = [int(d) for d in str(imo)]
    return sum(d * w for d, w in zip(digits, range(7, 1, -1), strict=False)) % 10 == digits[6]


class StaticBook:
    """Static reports by MMSI, each merged with what was known before it."""

    def __init__(self) -> None:
        self._times: dict[int, list[int]] = {}
        self._raw: dict[int, list[StaticReport]] = {}
        self._merged: dict[int, list[StaticReport]] = {}
        self._named: dict[str, tuple[StaticReport | None, ShipRef]] = {}
        """The last name given to each track, and what it was made of: most are asked for again and again."""
        self._news: list[tuple[int, int]] = []
        """Time and MMSI of each report that told something new of who a ship is, in order."""

    def add(self, report: StaticReport) -> None:
        """Take a report; one that comes late is put where it belongs."""
        times = self._times.setdefault(report.mmsi, [])
        raw = self._raw.setdefault(report.mmsi, [])
        merged = self._merged.setdefault(report.mmsi, [])
        k = bisect.bisect_right(times, report.t)
        times.insert(k, report.t)
        raw.insert(k, report)
        del merged[k:]
        for item in raw[k:]:
            merged.append(_merge(merged[-1], item) if merged else item)
        if k == 0 or any(getattr(merged[k], name) != getattr(merged[k - 1], name) for name in IDENTITY):
            bisect.insort(self._news, (report.t, report.mmsi))

    def news(self, since_t: int, until_t: int) -> list[tuple[StaticReport | None, StaticReport]]:
        """What was known before and after each report with since_t <= t < until_t that told a new identity."""
        first = bisect.bisect_left(self._news, (since_t, 0))
        last = bisect.bisect_left(self._news, (until_t, 0))
        out = []
        for t, mmsi in dict.fromkeys(self._news[first:last]):
            k = bisect.bisect_right(self._times[mmsi], t) - 1
            begin = bisect.bisect_left(self._times[mmsi], t)
            out.append((self._merged[mmsi][begin - 1] if begin > 0 else None, self._merged[mmsi][k]))
        return out

    def at(self, mmsi: int, t: int) -> StaticReport | None:
        """What was known of a ship at a time."""
        times = self._times.get(mmsi)
        if not times:
            return None
        k = bisect.bisect_right(times, t)
        return self._merged[mmsi][k - 1] if k > 0 else None

    def ship(self, mmsi: int, track_id: str, t: int) -> ShipRef:
        """How findings name the ship."""
        static = self.at(mmsi, t)
        held = self._named.get(track_id)
        if held is not None and held[0] is static and held[1].mmsi == mmsi:
            return held[1]
        ship = self._ship(mmsi, track_id, static)
        self._named[track_id] = (static, ship)
        return ship

    @staticmethod
    def _ship(mmsi: int, track_id: str, static: StaticReport | None) -> ShipRef:
        if static is None:
            return ShipRef(mmsi=mmsi, track_id=track_id, hull_id=f"mmsi:{mmsi}")
        return ShipRef(
            mmsi=mmsi,
            track_id=track_id,
            hull_id=f"imo:{static.imo}" if imo_valid(static.imo) else f"mmsi:{mmsi}",
            imo=static.imo,
            name=static.name,
            callsign=static.callsign,
            type=static.type_text.lower() or words(static.ship_type),
            length_m=static.length_m,
            breadth_m=static.breadth_m,
            draught_m=static.draught_m,
            simulated=static.simulated,
        )

    def history(self, mmsi: int) -> list[StaticReport]:
        """All reports of an MMSI as they came, oldest first."""
        return list(self._raw.get(mmsi, ()))

    def all(self) -> list[StaticReport]:
        """All reports, for a snapshot."""
        return [report for mmsi in sorted(self._raw) for report in self._raw[mmsi]]


def _merge(before: StaticReport, now: StaticReport) -> StaticReport:
    kept: dict[str, Any] = {}
    for name in _MERGED:
        if getattr(now, name) in (0, "", None):
            kept[name] = getattr(before, name)
    return msgspec.structs.replace(now, **kept) if kept else now
