"""Interference with satellite navigation: many ships jump, scatter, freeze or circle together.

One ship with wrong positions is a finding of that ship. Several within minutes, of places near each other, and a good
part of all ships heard there, are an area; several whose positions are led to one place are one too, wherever they
are. A feed that stops brings no such finding of anybody, and a feed whose clock jumps moves each ship along her own
course, which is told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
import numpy as np

from seawarden.behaviours import measure
from seawarden.behaviours.interference_signs import SIGNS, Sign, chance_by_accident, circle_of, sign_of
from seawarden.behaviours.spoofing.place import place
from seawarden.geodesy import distance_m, distances_m
from seawarden.model.event import Event
from seawarden.model.finding import AreaRef, Change, Finding, Reason, Threshold
from seawarden.ports import Spec, Surroundings, WholeView
from seawarden.settings_integrity import InterferenceSettings

KIND: Final = "interference"
KEPT_MS: Final = 2 * 3_600_000
"""How long an area that has ended is remembered."""


class Area(msgspec.Struct, kw_only=True):
    """One area as it goes on."""

    name: str
    start_t: int
    members: dict[str, Sign]
    """Signs by id of their finding, open ones and ended ones."""
    open: list[str]
    """Ids of findings that go on."""
    followed: list[str]
    """Ids of further findings of ships that were affected already."""
    led: bool
    """Whether the positions are led to one place."""
    ships: int
    """Ships heard there when it began, affected ones among them."""
    said: int = 0
    """Ships affected when it was last told."""
    last_t: int = 0
    """When the last of its findings ended, or was known."""
    ended: bool = False
    """Kept for a while, because ships jump back when it is over."""


class _Memory(msgspec.Struct, kw_only=True):
    signs: list[Sign] = []
    areas: list[Area] = []


class Interference:
    """Areas of interference."""

    spec = Spec(
        name="interference",
        kinds=(KIND,),
        scope="cell",
        title="Positions of many ships near each other go wrong together: jamming, or forged satellite signals.",
        inputs=("t", "lat", "lon", "trust"),
        look_back_s=3600,
    )

    def __init__(self, settings: InterferenceSettings) -> None:
        self._settings = s = settings
        where = "integrity.interference."
        self._thresholds = (
            Threshold(name="ships", value=s.least_ships, unit="1", setting=where + "least_ships"),
            Threshold(name="span", value=s.within_s, unit="s", setting=where + "within_s"),
            Threshold(name="reach", value=s.reach_m, unit="m", setting=where + "reach_m"),
            Threshold(name="share of ships", value=s.least_share, unit="1", setting=where + "least_share"),
        )
        self._memory = _Memory()

    def next_wake(self) -> int | None:
        """An area ends when its last finding does: nothing is due by time alone."""
        return None

    def snapshot(self) -> bytes:
        """All memory."""
        return msgspec.msgpack.encode(self._memory)

    def restore(self, data: bytes) -> None:
        """Take up a snapshot."""
        self._memory = msgspec.msgpack.decode(data, type=_Memory)

    def on_tick(
        self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: WholeView, around: Surroundings
    ) -> list[Change]:
        """Areas that open, grow and end at this tick."""
        mine = [f for f in findings if f.kind in SIGNS]
        if not mine:
            return []
        held = self._memory
        since = t - int(self._settings.within_s * 1000)
        held.signs = [sign for sign in held.signs if sign.t >= since]
        changes: list[Change] = []
        fresh = False
        for finding in mine:
            if finding.state != "open":
                self._ended(finding)
                held.signs = [sign for sign in held.signs if finding.state != "retracted" or sign.id != finding.id]
                continue
            sign = sign_of(finding)
            known = any(finding.id in area.members or finding.id in area.followed for area in held.areas)
            if sign is None or known or any(one.id == finding.id for one in held.signs):
                continue
            if not self._joins(sign):
                held.signs.append(sign)
                fresh = True
        if fresh:
            changes += self._begun(t, view)
        changes += self._told(t)
        return changes

    def _ended(self, finding: Finding) -> None:
        for area in self._memory.areas:
            if finding.id not in area.members and finding.id not in area.followed:
                continue
            area.open = [id_ for id_ in area.open if id_ != finding.id]
            if finding.state == "retracted":
                area.members.pop(finding.id, None)
            else:
                area.last_t = max(area.last_t, finding.end_t or 0)

    def _joins(self, sign: Sign) -> bool:
        """Whether a sign belongs to an area that goes on."""
        s = self._settings
        for area in self._memory.areas:
            if any(sign.mmsi == member.mmsi for member in area.members.values()):
                if self._returns(sign, area):
                    return True
                if not area.ended:
                    area.open.append(sign.id)
                    area.followed.append(sign.id)
                    return True
        for area in self._memory.areas:
            if area.ended:
                continue
            lat, lon, radius = self._circle(area)
            near = float(distance_m(lat, lon, sign.lat, sign.lon)) <= radius + 0.5 * s.reach_m
            if near or (area.led and _led_to(sign, list(area.members.values()), s.target_m)):
                area.members[sign.id] = sign
                area.open.append(sign.id)
                return True
        return False

    def _returns(self, sign: Sign, area: Area) -> bool:
        """Whether an affected ship's positions jump back to where she truly is."""
        if sign.kind != "position_jump" or sign.to_lat is None or sign.to_lon is None:
            return False
        lat, lon, radius = self._circle(area)
        return float(distance_m(lat, lon, sign.to_lat, sign.to_lon)) <= radius + 0.5 * self._settings.reach_m

    def _circle(self, area: Area) -> tuple[float, float, float]:
        places = [(sign.lat, sign.lon) for sign in area.members.values()]
        return circle_of(places, self._settings.margin_m)

    def _begun(self, t: int, view: WholeView) -> list[Change]:
        """Areas that the signs of the last minutes make."""
        s, held = self._settings, self._memory
        changes: list[Change] = []
        for sign in sorted(held.signs, key=lambda one: (one.t, one.mmsi, one.id)):
            near = [o for o in held.signs if float(distance_m(sign.lat, sign.lon, o.lat, o.lon)) <= s.reach_m]
            led = [o for o in held.signs if o is sign or _led_to(o, [sign], s.target_m)]
            for group, is_led in ((led, True), (near, False)):
                area = self._area(group, is_led, t, view)
                if area is None:
                    continue
                held.signs = [one for one in held.signs if one.id not in area.members]
                held.areas.append(area)
                changes.append(self._change("open", area, t))
                return changes + self._begun(t, view)
        return changes

    def _area(self, group: list[Sign], led: bool, t: int, view: WholeView) -> Area | None:
        s = self._settings
        ships = {sign.mmsi for sign in group}
        if len(ships) < s.least_ships:
            return None
        if 2 * sum(sign.along for sign in group) > len(group):
            return None
        lat, lon, radius = circle_of([(sign.lat, sign.lon) for sign in group], s.margin_m)
        heard = len(ships) + _others(view, t, lat, lon, radius, ships)
        if not led and len(ships) < s.least_share * heard:
            return None
        start = min(sign.start_t for sign in group)
        return Area(
            name=f"{start // 1000}-{lat:.2f}-{lon:.2f}",
            start_t=start,
            members={sign.id: sign for sign in group},
            open=[sign.id for sign in group],
            followed=[],
            led=led,
            ships=heard,
            said=len(ships),
            last_t=max(sign.t for sign in group),
        )

    def _told(self, t: int) -> list[Change]:
        """Areas that grew, ended, or fell apart."""
        changes, kept = [], []
        for area in self._memory.areas:
            if area.ended:
                if t - area.last_t <= KEPT_MS:
                    kept.append(area)
                continue
            ships = len({sign.mmsi for sign in area.members.values()})
            if ships < self._settings.least_ships:
                changes.append(self._change("retract", area, t))
            elif not area.open:
                changes.append(self._change("close", area, t))
                area.ended = True
                kept.append(area)
            else:
                if ships > area.said:
                    area.said = ships
                    changes.append(self._change("update", area, t))
                kept.append(area)
        self._memory.areas = kept
        return changes

    def _change(self, action: Any, area: Area, t: int) -> Change:
        s = self._settings
        signs = list(area.members.values())
        ships = len({sign.mmsi for sign in signs})
        lat, lon, radius = self._circle(area) if signs else (0.0, 0.0, 0.0)
        accident = chance_by_accident(max(area.ships, ships), ships, s.noise_a_day, int(s.within_s * 1000))
        measured = [
            measure.share("ships", float(ships), method="with wrong positions"),
            measure.share("ships_heard", float(max(area.ships, ships)), method="in the area when it began"),
            measure.share("chance_by_accident", accident, method="of so many at once without a common cause"),
            measure.share("confidence", 1.0 - accident),
            measure.distance(radius, s.margin_m, "radius", "about the last true places"),
            measure.duration("duration", ((area.last_t if action == "close" else t) - area.start_t) / 1000),
        ]
        if area.led:
            target = _target(signs)
            measured += [place("target_lat", target[0]), place("target_lon", target[1])]
        end = max(area.last_t, area.start_t)
        return Change(
            action=action, kind=KIND, slot=-1, asset=-1, start_t=area.start_t, t=t,
            end_t=end if action in ("close", "retract") else None,
            area=AreaRef(id=area.name, lat=lat, lon=lon, radius_m=radius) if signs else None,
            measured=tuple(measured), thresholds=self._thresholds, benign=_instead(signs),
        )  # fmt: skip


def _others(view: WholeView, t: int, lat: float, lon: float, radius: float, ships: set[int]) -> int:
    """Ships heard in the last half hour inside a circle, those named left out."""
    slots, last = view.last()
    recent = last.t >= t - 1_800_000
    if not recent.any():
        return 0
    slots, lats, lons = slots[recent], last.lat[recent], last.lon[recent]
    away = distances_m(np.full(len(lats), lat), np.full(len(lats), lon), lats, lons)
    mmsi, _ = view.names(slots[away <= radius])
    return len(set(mmsi.tolist()) - ships)


def _led_to(sign: Sign, others: Sequence[Sign], target_m: float) -> bool:
    """Whether a sign's positions went where those of others did, and not where she was."""
    if sign.to_lat is None or sign.to_lon is None:
        return False
    if float(distance_m(sign.lat, sign.lon, sign.to_lat, sign.to_lon)) < 2.0 * target_m:
        return False
    return any(
        other.mmsi != sign.mmsi
        and other.to_lat is not None
        and other.to_lon is not None
        and float(distance_m(sign.to_lat, sign.to_lon, other.to_lat, other.to_lon)) <= target_m
        for other in others
    )


def _target(signs: Sequence[Sign]) -> tuple[float, float]:
    places = [(sign.to_lat, sign.to_lon) for sign in signs if sign.to_lat is not None and sign.to_lon is not None]
    lat, lon, _ = circle_of(places, 0.0)
    return lat, lon


def _instead(signs: Sequence[Sign]) -> tuple[Reason, ...]:
    kinds = sorted({sign.kind.replace("_", " ") for sign in signs})
    return (
        Reason(text=f"seen as: {', '.join(kinds)}", measure="kinds"),
        Reason(text="a fault in one feed that reports for all of them would look alike", measure="feed"),
    )
