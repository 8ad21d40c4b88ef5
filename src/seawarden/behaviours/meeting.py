"""Meetings: two ships slowly side by side near an asset, going alongside, or a boat that works by her mother ship.

Only around ships of which something slow has been told near an asset is it looked for others, every ten minutes:
near all the time means that each report of the other lies near to where the first one was at that moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np

from seawarden.behaviours import measure
from seawarden.behaviours.patterned import RESTRICTED, explained, in_port
from seawarden.geodesy import distances_m
from seawarden.model.error import Uncertain
from seawarden.model.event import Event
from seawarden.model.finding import Change, Finding, Threshold
from seawarden.model.position import F64, I64
from seawarden.ports import Spec, Surroundings, Track, WholeView
from seawarden.settings_patterns import MeetingSettings
from seawarden.surroundings.doubts import placed

KIND: Final = "meeting"
OF_KINDS: Final = (
    "loitering", "along_asset", "survey_pattern", "stopped_over_asset", "anchored_over_asset", "drifting",
)  # fmt: skip
"""What must have been told of one of the two."""
ROUGH_DEG: Final = 0.1
"""Ships farther apart in latitude are not compared."""
DAY_MS: Final = 86_400_000


class Slow(msgspec.Struct, kw_only=True):
    """A ship that stays by an asset."""

    findings: list[str]
    asset: str
    kp_km: float | None = None


class Pair(msgspec.Struct, kw_only=True):
    """Two ships that were near to one another when last looked at."""

    since_t: int
    last_t: int
    asset: str
    kp_km: float | None = None
    told: bool = False


class Memory(msgspec.Struct, kw_only=True):
    """What is remembered between ticks."""

    slow: dict[str, Slow] = {}
    """By track id."""
    pairs: dict[str, Pair] = {}
    """By `<track id>|<track id>`, the one that stays by the asset first."""
    wake_t: int | None = None


class Beside(NamedTuple):
    """Another ship near one at a look."""

    slot: int
    track_id: str
    distance_m: float


class Meeting:
    """Two ships together near an asset."""

    spec = Spec(
        name="meeting",
        kinds=(KIND,),
        scope="pair",
        title="Two ships keep together slowly near an asset, or one goes alongside the other.",
        inputs=("t", "lat", "lon", "sog_kn", "nav_status"),
        look_back_s=86_400,
    )

    def __init__(self, settings: MeetingSettings) -> None:
        self._settings = s = settings
        self._memory = Memory()
        self._step_ms = int(s.step_s * 1000)
        where = "behaviours.meeting."
        self._thresholds = (
            Threshold(name="distance between", value=s.near_m, unit="m", setting=where + "near_m"),
            Threshold(name="duration", value=s.sustain_s, unit="s", setting=where + "sustain_s"),
            Threshold(name="speed", value=s.most_kn, unit="kn", setting=where + "most_kn"),
            Threshold(name="distance", value=s.reach_m, unit="m", setting=where + "reach_m"),
        )

    def on_tick(
        self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: WholeView, around: Surroundings
    ) -> list[Change]:
        """Follow who stays by an asset; look around them when it is time."""
        m = self._memory
        for finding in findings:
            self._follow(finding)
        if not m.slow and not m.pairs:
            m.wake_t = None
            return []
        if m.wake_t is None:
            m.wake_t = (t // self._step_ms + 1) * self._step_ms
        if t < m.wake_t:
            return []
        m.wake_t = (t // self._step_ms + 1) * self._step_ms
        return self._look(t, view, around)

    def next_wake(self) -> int | None:
        """The next look, while there is a ship to look around."""
        return self._memory.wake_t

    def snapshot(self) -> bytes:
        """All memory."""
        return msgspec.msgpack.encode(self._memory)

    def restore(self, data: bytes) -> None:
        """Take up a snapshot."""
        self._memory = msgspec.msgpack.decode(data, type=Memory)

    def _follow(self, finding: Finding) -> None:
        if finding.kind not in OF_KINDS or finding.asset is None:
            return
        key, off_m = finding.ship.track_id, finding.value("distance")
        held = self._memory.slow.get(key)
        if finding.state == "open":
            if off_m is not None and off_m > self._settings.reach_m:
                return
            if held is None:
                held = self._memory.slow[key] = Slow(findings=[], asset=finding.asset.id, kp_km=finding.asset.kp_km)
            if finding.id not in held.findings:
                held.findings.append(finding.id)
        elif held is not None and finding.id in held.findings:
            held.findings.remove(finding.id)
            if not held.findings:
                del self._memory.slow[key]

    def _look(self, t: int, view: WholeView, around: Surroundings) -> list[Change]:
        m = self._memory
        slots, track = view.recent(t - self._step_ms, t)
        changes: list[Change] = []
        seen: set[str] = set()
        for mine in sorted(m.slow):
            for other in self._beside(mine, view, slots.astype(np.int64), track, around):
                key = f"{mine}|{other.track_id}"
                if f"{other.track_id}|{mine}" in m.pairs:
                    seen.add(f"{other.track_id}|{mine}")
                    continue
                seen.add(key)
                slow = m.slow[mine]
                pair = m.pairs.setdefault(
                    key, Pair(since_t=t - self._step_ms, last_t=t, asset=slow.asset, kp_km=slow.kp_km)
                )
                pair.last_t = t
                if t - pair.since_t >= self._settings.sustain_s * 1000 and not pair.told:
                    change = self._change("open", key, pair, t, view, around, other)
                    if change is not None:
                        pair.told = True
                        changes.append(change)
        for key in sorted(m.pairs.keys() - seen):
            pair = m.pairs[key]
            if t - pair.last_t <= self._step_ms and pair.told:
                continue  # one look without a report of either is no parting
            del m.pairs[key]
            change = self._change("close", key, pair, t, view, around, None) if pair.told else None
            if change is not None:
                changes.append(change)
        return changes

    def _beside(self, mine: str, view: WholeView, slots: I64, track: Track, around: Surroundings) -> list[Beside]:
        """Other ships near one at every report of the step, both slow, outside of ports."""
        slot = view.find(mine)
        rows = np.flatnonzero((slots == slot) & placed(track.trust)) if slot is not None else np.empty(0, np.int64)
        if slot is None or len(rows) == 0 or not _slow(track, rows, self._settings.most_kn):
            return []
        t, lat, lon = track.t[rows].astype(np.float64), track.lat[rows], track.lon[rows]
        if in_port(around, float(lat[-1]), float(lon[-1])):
            return []
        near = np.flatnonzero(placed(track.trust) & (slots != slot) & (np.abs(track.lat - lat[-1]) < ROUGH_DEG))
        near = near[np.argsort(slots[near], kind="stable")]
        out: list[Beside] = []
        for theirs in np.split(near, np.flatnonzero(np.diff(slots[near])) + 1) if len(near) else ():
            other = int(slots[theirs[0]])
            if not _slow(track, theirs, self._settings.most_kn):
                continue
            far = _apart(t, lat, lon, track, theirs)
            if float(np.max(far)) > 2.0 * self._settings.near_m or float(np.median(far)) > self._settings.near_m:
                continue
            track_id = view.ship(other).track_id
            if track_id.partition("-")[0] != mine.partition("-")[0]:
                out.append(Beside(other, track_id, float(np.median(far))))
        return sorted(out, key=lambda b: b.track_id)

    def _change(
        self, action: str, key: str, pair: Pair, t: int, view: WholeView, around: Surroundings, other: Beside | None
    ) -> Change | None:
        slot, row = view.find(key.partition("|")[0]), around.assets.row_of(pair.asset)
        if slot is None or row is None:
            return None
        lasted = measure.duration("duration", (pair.last_t - pair.since_t) / 1000, self._settings.step_s)
        if other is None or action == "close":
            return Change(
                action="close", kind=KIND, slot=slot, asset=row, start_t=pair.since_t, t=t, end_t=pair.last_t,
                measured=(lasted,),
            )  # fmt: skip
        here, them = view.track(slot, t - self._step_ms), view.ship(other.slot)
        lat, lon = float(here.lat[-1]), float(here.lon[-1])
        whole = view.track(other.slot, t - DAY_MS)
        benign = [
            *explained(view, slot, around, lat, lon, bool((here.nav_status == RESTRICTED).any())),
            *(r for r in explained(view, other.slot, around, lat, lon, False) if r.measure == "ship_type"),
        ]
        return Change(
            action="open", kind=KIND, slot=slot, asset=row, start_t=pair.since_t, t=t, kp_km=pair.kp_km,
            measured=(
                lasted,
                measure.distance(other.distance_m, 15.0, "between", "median over the last look"),
                Uncertain(name="other_mmsi", value=them.mmsi, unit="1", method=them.name or them.type),
                measure.duration("other_heard_for", (t - int(whole.t[0])) / 1000, method="at most a day"),
            ),
            thresholds=self._thresholds, benign=tuple(dict.fromkeys(benign)),
        )  # fmt: skip


def _slow(track: Track, rows: I64, most_kn: float) -> bool:
    """Whether a ship went no faster at any report; one without speeds is taken as slow."""
    speed = track.sog_kn[rows]
    known = speed[np.isfinite(speed)]
    return len(rows) > 0 and (not len(known) or float(known.max()) <= most_kn)


def _apart(t: F64, lat: F64, lon: F64, track: Track, rows: I64) -> F64:
    """Distances of another ship's reports from where the first was then, m."""
    when = track.t[rows].astype(np.float64)
    lon0 = lon[0]
    turned = (lon - lon0 + 180.0) % 360.0 - 180.0
    at_lat, at_lon = np.interp(when, t, lat), lon0 + np.interp(when, t, turned)
    far: F64 = distances_m(
        at_lat, at_lon, np.ascontiguousarray(track.lat[rows]), np.ascontiguousarray(track.lon[rows])
    )
    return far
