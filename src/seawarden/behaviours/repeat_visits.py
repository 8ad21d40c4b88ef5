"""Repeated visits: one hull that comes back to the same stretch of an asset over days.

A visit is what another behaviour has already told: a slow stay, a stop or a meeting by the asset. Visits are
remembered by hull, so that a ship which changes her number is still one where her IMO number is told, and the memory
is bounded in days, in visits a hull and in hulls. From the third visit on, each is told with those before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import msgspec

from seawarden.behaviours import measure
from seawarden.geodesy import distance_m
from seawarden.model.error import Uncertain
from seawarden.model.event import Event
from seawarden.model.finding import Change, Finding, Reason, Threshold
from seawarden.ports import Spec, Surroundings, WholeView
from seawarden.settings_patterns import RepeatSettings

KIND: Final = "repeat_visit"
OF_KINDS: Final = (
    "loitering",
    "along_asset",
    "survey_pattern",
    "stopped_over_asset",
    "anchored_over_asset",
    "meeting",
)
DAY_MS: Final = 86_400_000
OTHERS: Final = Reason(text="ships that work or live near an asset come back to it as a matter of course")
"""Stands beside every finding of the kind."""


class Visit(msgspec.Struct, kw_only=True):
    """One stay by one stretch of an asset, or of several that lie side by side."""

    start_t: int
    end_t: int
    lat: float
    lon: float
    """Of the middle of it, degrees."""
    findings: list[str]
    """Ids of the findings behind it."""
    told: bool = False


class Memory(msgspec.Struct, kw_only=True):
    """Visits by hull."""

    visits: dict[str, list[Visit]] = {}


class RepeatVisits:
    """The same hull by the same stretch of an asset, again and again."""

    spec = Spec(
        name="repeat_visits",
        kinds=(KIND,),
        scope="cell",
        title="The same ship comes back to the same stretch of an asset, over hours and days.",
        inputs=(),
        look_back_s=14 * 86_400,
    )

    def __init__(self, settings: RepeatSettings) -> None:
        self._settings = s = settings
        self._memory = Memory()
        where = "behaviours.repeat_visits."
        self._thresholds = (
            Threshold(name="visits", value=s.visits, unit="1", setting=where + "visits"),
            Threshold(name="time between", value=s.apart_h, unit="h", setting=where + "apart_h"),
            Threshold(name="days", value=s.within_d, unit="d", setting=where + "within_d"),
            Threshold(name="distance along it", value=s.near_km, unit="km", setting=where + "near_km"),
        )

    def on_tick(
        self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: WholeView, around: Surroundings
    ) -> list[Change]:
        """Take the tick's stays; tell of those that are not the first of their hull."""
        changes: list[Change] = []
        for finding in findings:
            if finding.kind not in OF_KINDS or finding.asset is None:
                continue
            change = self._take(t, finding, view, around)
            if change is not None:
                changes.append(change)
        return changes

    def next_wake(self) -> int | None:
        """Nothing comes of time alone."""
        return None

    def snapshot(self) -> bytes:
        """All memory."""
        return msgspec.msgpack.encode(self._memory)

    def restore(self, data: bytes) -> None:
        """Take up a snapshot."""
        self._memory = msgspec.msgpack.decode(data, type=Memory)

    def _take(self, t: int, finding: Finding, view: WholeView, around: Surroundings) -> Change | None:
        s, asset = self._settings, finding.asset
        slot = view.find(finding.ship.track_id)
        row = around.assets.row_of(asset.id) if asset is not None else None
        if asset is None or slot is None or row is None:
            return None
        key = finding.ship.hull_id or f"mmsi:{finding.ship.mmsi}"
        since = t - int(s.within_d * DAY_MS)
        held = [v for v in self._memory.visits.pop(key, []) if v.end_t >= since]
        visit = self._visit(held, finding, around, row)
        held = [v for v in held if v.findings][-s.most_visits :]
        if held:
            self._memory.visits[key] = held  # popped and set again: the hulls unseen longest stand first
        while len(self._memory.visits) > s.most_hulls:
            del self._memory.visits[next(iter(self._memory.visits))]
        if visit is None:
            return None
        if finding.state == "retracted":
            if not visit.told or visit.findings:
                return None
            return Change(action="retract", kind=KIND, slot=slot, asset=row, start_t=visit.start_t, t=t)
        near = [v for v in held if v.start_t <= visit.start_t and _apart_m(v, visit) <= s.near_km * 1000.0]
        if len(near) < s.visits:
            return None
        first_told, visit.told = not visit.told, True
        if finding.state == "open" and not first_told:
            return None
        closing = finding.state == "closed"
        gaps = [b.start_t - a.end_t for a, b in pairwise(near)]
        return Change(
            action="close" if closing else "open", kind=KIND, slot=slot, asset=row, start_t=visit.start_t, t=t,
            end_t=visit.end_t if closing else None, kp_km=asset.kp_km, kp_sigma_km=asset.kp_sigma_km,
            measured=(
                Uncertain(name="visits", value=len(near), unit="1", method=f"within {s.within_d:g} days"),
                measure.duration("since_the_first", (visit.start_t - near[0].start_t) / 1000),
                measure.duration("between_visits", sorted(gaps)[len(gaps) // 2] / 1000, method="median"),
                measure.distance(max(_apart_m(v, visit) for v in near), 500.0, "spread", "farthest from this one"),
            ),
            thresholds=self._thresholds, benign=(*finding.benign, OTHERS),
        )  # fmt: skip

    def _visit(self, held: list[Visit], finding: Finding, around: Surroundings, row: int) -> Visit | None:
        """The visit that a finding belongs to, made where there is none; None when it is withdrawn from all."""
        known = next((v for v in held if finding.id in v.findings), None)
        if finding.state == "retracted":
            if known is not None:
                known.findings.remove(finding.id)
            return known
        end_t = finding.end_t if finding.end_t is not None else max(finding.known_from_t, finding.start_t)
        apart = int(self._settings.apart_h * 3_600_000)
        if known is None:
            known = next((v for v in held if v.start_t - apart < end_t and finding.start_t < v.end_t + apart), None)
            if known is not None:
                known.findings.append(finding.id)
        if known is not None:
            known.end_t = max(known.end_t, end_t)
            return known
        lat, lon = _place(finding, around, row)
        made = Visit(start_t=finding.start_t, end_t=end_t, lat=lat, lon=lon, findings=[finding.id])
        held.append(made)
        held.sort(key=lambda v: v.start_t)
        return made


def _place(finding: Finding, around: Surroundings, row: int) -> tuple[float, float]:
    """Where it was: the middle of the finding's own track, else the asset's kilometre point."""
    if finding.track:
        point = finding.track[len(finding.track) // 2]
        return point.lat, point.lon
    kp_km = finding.asset.kp_km if finding.asset is not None else None
    lat, lon = around.assets.position(row, kp_km if kp_km is not None else 0.0)
    return float(lat), float(lon)


def _apart_m(a: Visit, b: Visit) -> float:
    return float(distance_m(a.lat, a.lon, b.lat, b.lon))
