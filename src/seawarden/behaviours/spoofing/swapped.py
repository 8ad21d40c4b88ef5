"""Two ships that exchange their numbers: each goes on as the other would have.

Seen across ships: every two minutes the newest report of each number is held against the one before. Two numbers
whose motion broke within minutes of each other, where each after the break is where the other was heading, at her
speed and course, have been exchanged. Ships that lie still or sail side by side at one speed look the same after as
before, and can't be told this way.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import msgspec

from seawarden.behaviours import measure
from seawarden.behaviours.spoofing.breaks import LONGEST_MS, Break, Fix, Motions, Newest, broken, miss
from seawarden.geodesy import KNOT_MS, distance_m
from seawarden.model.error import Uncertain
from seawarden.model.event import Event
from seawarden.model.finding import Change, Finding, Reason, Threshold
from seawarden.ports import Spec, Surroundings, WholeView
from seawarden.settings_integrity import SwappedSettings

KIND: Final = "number_swap"
IDLE_MS: Final = 600_000
"""Step while nothing is heard at all."""


class _Memory(msgspec.Struct, kw_only=True):
    wake: int | None = None
    newest: Newest = msgspec.field(default_factory=Newest)
    breaks: list[Break] = []


class Swapped:
    """Two numbers exchanged."""

    spec = Spec(
        name="swapped",
        kinds=(KIND,),
        scope="pair",
        title="Two ships exchange their numbers: each goes on where and as the other was going.",
        inputs=("t", "lat", "lon", "sog_kn", "cog_deg"),
        look_back_s=1800,
    )

    def __init__(self, settings: SwappedSettings) -> None:
        self._settings = s = settings
        where = "integrity.swapped."
        self._thresholds = (
            Threshold(name="span", value=s.within_s, unit="s", setting=where + "within_s"),
            Threshold(name="unlike as the other", value=s.most_unlike, unit="1", setting=where + "most_unlike"),
            Threshold(name="unlike as herself", value=s.least_unlike, unit="1", setting=where + "least_unlike"),
        )
        self._wake: int | None = None
        self._motions = Motions.recall(Newest())
        self._breaks: list[Break] = []

    def next_wake(self) -> int | None:
        """Each step of the settings' grid of event time; from the first position on."""
        return 0 if self._wake is None else self._wake

    def snapshot(self) -> bytes:
        """All memory."""
        memory = _Memory(wake=self._wake, newest=self._motions.memory(), breaks=self._breaks)
        return msgspec.msgpack.encode(memory)

    def restore(self, data: bytes) -> None:
        """Take up a snapshot."""
        memory = msgspec.msgpack.decode(data, type=_Memory)
        self._wake, self._breaks = memory.wake, memory.breaks
        self._motions = Motions.recall(memory.newest)

    def on_tick(
        self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: WholeView, around: Surroundings
    ) -> list[Change]:
        """Swaps that became known since the last step."""
        step = int(self._settings.step_s * 1000)
        if self._wake is not None and t < self._wake:
            return []
        slots, last = view.last()
        idle = len(last.t) > 0 and t - int(last.t.max()) > LONGEST_MS
        step = IDLE_MS if idle else step
        self._wake = (t // step + 1) * step
        mmsi, branch = view.names(slots)
        now, rows = Motions.of(mmsi, last.t, last.lat, last.lon, last.sog_kn, last.cog_deg)
        fresh: list[Break] = []
        for a, b in broken(self._motions, now):
            name = f"{int(now.mmsi[b])}-{int(branch[rows[b]])}"
            fresh.append(Break(int(now.mmsi[b]), name, self._motions.fix(a), now.fix(b)))
        self._motions = now
        since = t - 2 * int(self._settings.within_s * 1000)
        held = [item for item in self._breaks if item.after.t >= since]
        changes: list[Change] = []
        for k, one in enumerate(fresh):
            for other in [*held, *fresh[:k]]:
                if other.mmsi != one.mmsi and self._crosswise(one, other):
                    changes += self._said(one, other, t, view)
        self._breaks = held + fresh
        return changes

    def _crosswise(self, one: Break, other: Break) -> bool:
        s = self._settings
        if abs(one.after.t - other.after.t) > s.within_s * 1000:
            return False
        crossed = straight = 0.0
        for before, after, own in ((one.before, other.after, other.before), (other.before, one.after, one.before)):
            if not 0 < after.t - before.t <= 2000 * s.within_s or self._far(before, after):
                return False
            crossed += self._unlike(before, after)
            straight += self._unlike(own, after)
        return crossed <= s.most_unlike and straight >= s.least_unlike + s.ratio * crossed

    def _far(self, before: Fix, after: Fix) -> bool:
        """Whether two reports lie so far apart in latitude that no more need be asked: most pairs do."""
        s = self._settings
        seconds = (after.t - before.t) / 1000.0
        spread_m = s.spread_m + s.spread_kn * KNOT_MS * seconds
        way_m = 0.5 * abs(before.north_kn + after.north_kn) * KNOT_MS * seconds
        return abs(after.lat - before.lat) * 110_000.0 > 1.1 * (way_m + spread_m * math.sqrt(s.most_unlike)) + 1000.0

    def _unlike(self, before: Fix, after: Fix) -> float:
        """How unlike one ship two reports are: squared misses of place and velocity in their spreads."""
        s = self._settings
        far, turned = miss(before, after)
        spread_m = s.spread_m + s.spread_kn * KNOT_MS * (after.t - before.t) / 1000.0
        return (far / spread_m) ** 2 + (turned / s.spread_velocity_kn) ** 2

    def _said(self, one: Break, other: Break, t: int, view: WholeView) -> list[Change]:
        out = []
        start = min(one.before.t, other.before.t)
        apart = float(distance_m(one.before.lat, one.before.lon, other.before.lat, other.before.lon))
        for own, stranger in ((one, other), (other, one)):
            slot = view.find(own.track_id)
            if slot is None:
                continue
            far, turned = miss(stranger.before, own.after)
            own_far, own_turned = miss(own.before, own.after)
            out.append(
                Change(
                    action="open", kind=KIND, slot=slot, asset=-1, start_t=start, t=t,
                    measured=(
                        Uncertain(name="other_number", value=float(stranger.mmsi), unit="1"),
                        measure.distance(apart, 30.0, "apart", "of the two before"),
                        measure.distance(far, 30.0, "missed_as_the_other", "of dead reckoning"),
                        measure.distance(own_far, 30.0, "missed_as_herself", "of dead reckoning"),
                        measure.speed("changed_as_the_other", turned, 0.2, "of velocity"),
                        measure.speed("changed_as_herself", own_turned, 0.2, "of velocity"),
                        measure.duration("step", (own.after.t - own.before.t) / 1000.0),
                    ),
                    thresholds=self._thresholds,
                    benign=(Reason(text="two ships that turn at once may each take up the other's way"),),
                )
            )  # fmt: skip
        return out
