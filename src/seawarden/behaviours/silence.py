"""Ships that fall silent where they should be heard, and what they could have done meanwhile.

A ship's silence is judged against what is heard where she should be: by declared or learned coverage, by feeds that
have been up all the while, and by other ships that are heard there after her. Then it is asked which assets she could
have reached, with what chance, and how long she can have stayed; when she is heard again, both ends of the gap count.
A new number that appears where she could be by then is told beside her.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
import numpy as np

from seawarden.behaviours import measure
from seawarden.behaviours.dark_identity import Dark, Match, describe, matches
from seawarden.behaviours.dark_reach import HOUR_MS, Reach, Reached, as_she_moves, reach, top_speed_kn
from seawarden.behaviours.dark_ways import Seen
from seawarden.geodesy import KNOT_MS, distance_m
from seawarden.geography.index import nearest
from seawarden.model.error import Uncertain
from seawarden.model.event import Event
from seawarden.model.finding import Change, Finding, Reason, Threshold
from seawarden.model.position import NO_TIME
from seawarden.ports import Spec, Surroundings, WholeView
from seawarden.settings import SilenceSettings
from seawarden.settings_coverage import DarkSettings
from seawarden.surroundings.coverage_judge import Expected, appeared, expected, others_near, way_on
from seawarden.surroundings.coverage_learned import Learned

REVIEW: Final = 2.0
"""The reach of a dark ship is worked out anew each time that her silence has doubled."""
UNEVEN: Final = 4.0
"""A ship that is heard at a quarter of her own best is hardly heard already."""
NEW_MS: Final = 600_000
"""A new number is looked at once it has had ten minutes to say what it is."""


class Silence:
    """See the module. It needs the book that `Outage` keeps, and runs after it."""

    spec = Spec(
        name="silence",
        kinds=("silence", "dark", "reappearance"),
        scope="ship",
        title="A ship is not heard any more where others are, and may have crossed an asset meanwhile.",
        inputs=("t", "lat", "lon", "sog_kn", "cog_deg"),
        look_back_s=172_800,
    )

    def __init__(self, settings: SilenceSettings, dark: DarkSettings, good_hours: float) -> None:
        self._s, self._d, self._good_hours = settings, dark, good_hours
        self._dark: list[Dark] = []
        self._asked: dict[tuple[int, int], int] = {}
        """When each overdue ship was last heard, once her silence has been judged or left out."""
        self._done_t = NO_TIME
        self._looked_t = NO_TIME
        where = "behaviours.silence."
        self._thresholds = (
            Threshold(name="silence", value=settings.least_s, unit="s", setting=where + "least_s"),
            Threshold(name="intervals", value=settings.intervals, unit="1", setting=where + "intervals"),
            Threshold(name="loss_per_h", value=settings.most_loss_per_h, unit="1", setting=where + "most_loss_per_h"),
        )
        self._reached = (
            Threshold(name="chance", value=dark.least_chance, unit="1", setting="behaviours.dark.least_chance"),
        )
        self._same = (
            Threshold(name="distance", value=dark.identity_km, unit="km", setting="behaviours.dark.identity_km"),
        )

    def next_wake(self) -> int | None:
        """None: it acts on the steps of the book."""
        return None

    def on_tick(
        self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: WholeView, around: Surroundings
    ) -> list[Change]:
        """Judge the ships that are overdue, follow those that are dark, and end what is over."""
        book: Learned | None = around.coverage.learned
        if book is None or book.until != t or t == self._done_t:
            return []
        self._done_t = t
        changes: list[Change] = []
        for dark in list(self._dark):
            self._follow(dark, t, book, view, around, changes)
        self._new_numbers(t, book, view, around, changes)
        self._judge(t, book, view, around, changes)
        return changes

    # judging

    def _judge(self, t: int, book: Learned, view: WholeView, around: Surroundings, changes: list[Change]) -> None:
        rows = book.overdue(t, self._s.least_s, self._s.intervals)
        for i in rows.tolist():
            name, last_t = (int(book.ships.mmsi[i]), int(book.ships.branch[i])), int(book.ships.t[i])
            if self._asked.get(name) == last_t or book.ships.sog_kn[i] < self._s.least_kn:
                continue
            verdict = self._verdict(i, t, book, around)
            if verdict is None:
                self._asked[name] = last_t
                continue
            place, others = verdict
            if others < 1 and not self._waited(i, t, book):
                continue
            self._asked[name] = last_t
            if others >= 1:
                self._open(i, t, book, view, around, (place, others), changes)
        if len(self._asked) > 4 * len(rows) + 1_000:
            self._asked = {k: v for k, v in self._asked.items() if t - v < 48 * 3_600_000}

    def _waited(self, i: int, t: int, book: Learned) -> bool:
        return t - int(book.ships.t[i]) > self._s.wait_h * 3_600_000

    def _verdict(self, i: int, t: int, book: Learned, around: Surroundings) -> tuple[Expected, int] | None:
        """Where she should be heard and how many others are; None when her silence means nothing."""
        mmsi, last_t = int(book.ships.mmsi[i]), int(book.ships.t[i])
        if book.newest(mmsi) != i:
            return None  # her number goes on on another track
        if around.coverage.declared_gap(mmsi, last_t, t) or around.coverage.together.silenced(book, i):
            return None
        wait_s = max(self._s.least_s, self._s.intervals * float(book.ships.interval_s[i]))
        until = last_t + int(wait_s * 1000.0)
        if book.ships.interval_s[i] > UNEVEN * book.ships.densest_s[i] or self._shorebound(i, until, book, around):
            return None
        place = expected(
            book, around.coverage, i, until, good_hours=self._good_hours, most_loss_per_h=self._s.most_loss_per_h
        )
        if place is None:
            return None
        return place, others_near(book, i, place, self._s.near_km)

    def _shorebound(self, i: int, until: int, book: Learned, around: Surroundings) -> bool:
        """Whether her way on ends ashore: harbours lie in shadow, and ships switch off in them."""
        if around.land is None or not around.land.known:
            return False
        lats, lons = way_on(book, i, until)
        return bool((around.land.inside_m(lats, lons) > 0.0).any())

    def _open(
        self, i: int, t: int, book: Learned, view: WholeView, around: Surroundings, verdict: tuple[Expected, int],
        changes: list[Change],
    ) -> None:  # fmt: skip
        s = book.ships
        mmsi, branch = int(s.mmsi[i]), int(s.branch[i])
        slot = view.find(f"{mmsi}-{branch}")
        if slot is None:
            return
        dark = Dark(
            mmsi=mmsi, branch=branch, t=int(s.t[i]), lat=float(s.lat[i]), lon=float(s.lon[i]),
            sog_kn=float(s.sog_kn[i]), cog_deg=float(s.cog_deg[i]), interval_s=float(s.interval_s[i]),
            top_kn=top_speed_kn(float(s.top_kn[i]), float(s.sog_kn[i]), self._d),
        )  # fmt: skip
        describe(dark, view.static(slot))
        book.tell(i)
        hour = view.track(slot, dark.t - HOUR_MS, dark.t + 1)
        own = as_she_moves(self._d, hour.t, hour.sog_kn, hour.cog_deg)
        dark.turns_per_h, dark.speed_changes_per_h = own.turns_per_h, own.speed_changes_per_h
        found = self._reach(dark, t, around, None)
        index = around.assets.index
        if found.assets:
            dark.asset = found.assets[0].asset
        else:
            segment, far, _ = nearest(index, dark.lat, dark.lon)
            dark.asset = int(index.asset[segment]) if segment >= 0 and far <= self._s.reach_m else -1
        place, others = verdict
        why = "declared" if place.declared else "learned"
        kp, sigma = _kp(found, dark, index)
        changes.append(
            Change(
                action="open", kind="silence", slot=slot, asset=dark.asset, start_t=dark.t, t=t, kp_km=kp,
                kp_sigma_km=sigma,
                measured=(
                    *self._silent(dark, t, found),
                    measure.duration("expected_interval", dark.interval_s, method="her own, smoothed"),
                    *_nearest(index, dark),
                    measure.speed("speed", dark.sog_kn),
                    measure.share("loss_per_h", place.loss_per_h, method=f"ships lost per ship-hour there; {why}"),
                    measure.share("others_heard", float(others), method="near where she should be, since then"),
                ),
                thresholds=self._thresholds,
                benign=(Reason(text="one ship's transponder or one shadowed receiver is enough to lose her"),),
            )
        )  # fmt: skip
        self._name(dark, slot, t, found, changes, ended=None)
        dark.due_t = dark.t + int(REVIEW * (t - dark.t))
        self._dark.append(dark)

    # following

    def _follow(
        self, dark: Dark, t: int, book: Learned, view: WholeView, around: Surroundings, changes: list[Change]
    ) -> None:
        slot = view.find(f"{dark.mmsi}-{dark.branch}")
        if slot is None:
            return
        row = book.newest(dark.mmsi)
        if int(book.ships.t[row]) > dark.t:
            heard = view.find(f"{dark.mmsi}-{int(book.ships.branch[row])}")
            self._end(dark, slot, heard if heard is not None else slot, t, view, around, changes)
        elif t >= dark.due_t:
            if t - dark.t > self._d.forget_h * 3_600_000:
                self._dark.remove(dark)
                return
            found = self._reach(dark, t, around, None)
            changes.append(
                Change(action="update", kind="silence", slot=slot, asset=dark.asset, start_t=dark.t, t=t,
                       measured=self._silent(dark, t, found))
            )  # fmt: skip
            self._name(dark, slot, t, found, changes, ended=None)
            dark.due_t = dark.t + int(REVIEW * (t - dark.t))

    def _end(
        self, dark: Dark, slot: int, heard: int, t: int, view: WholeView, around: Surroundings, changes: list[Change]
    ) -> None:
        """She is heard again, on her own track or on another under her number (`heard`)."""
        self._dark.remove(dark)
        track = view.track(heard, dark.t + 1)
        if not len(track.t):
            return
        again = Seen(
            int(track.t[0]), float(track.lat[0]), float(track.lon[0]), float(track.sog_kn[0]), float(track.cog_deg[0])
        )
        if (again.t - dark.t) / 1000.0 < self._s.least_s:
            for kind, asset in (("silence", dark.asset), *(("dark", asset) for asset in dark.named)):
                changes.append(
                    Change(action="retract", kind=kind, slot=slot, asset=asset, start_t=dark.t, t=t, end_t=again.t)
                )
            return
        found = self._reach(dark, again.t, around, again)
        far = float(distance_m(dark.lat, dark.lon, again.lat, again.lon))
        speed = far / KNOT_MS / ((again.t - dark.t) / 1000.0)
        changes.append(
            Change(
                action="close", kind="silence", slot=slot, asset=dark.asset, start_t=dark.t, t=t, end_t=again.t,
                measured=(
                    *self._silent(dark, again.t, found),
                    measure.distance(far, None, name="made_good", method="from where she was last heard"),
                    measure.speed("implied_speed", speed, None, method="straight, from the one place to the other"),
                ),
            )
        )  # fmt: skip
        self._name(dark, slot, t, found, changes, ended=again.t)

    def _reach(self, dark: Dark, t: int, around: Surroundings, again: Seen | None) -> Reach:
        seen = Seen(dark.t, dark.lat, dark.lon, dark.sog_kn, dark.cog_deg)
        key = ("dark", dark.mmsi, dark.branch, dark.t)
        own = msgspec.structs.replace(
            self._d, turns_per_h=dark.turns_per_h, speed_changes_per_h=dark.speed_changes_per_h
        )
        return reach(around.assets.index, around.land, seen, t, dark.top_kn, own, key, again)

    def _silent(self, dark: Dark, t: int, found: Reach) -> tuple[Uncertain, ...]:
        top = found.assets[0].chance if found.assets else 0.0
        return (
            measure.duration("silent_for", (t - dark.t) / 1000.0),
            measure.share("chance_crossed", top, method="that she crossed the likeliest asset meanwhile"),
            measure.share("assets_named", float(len(found.assets))),
            measure.share("assets_in_reach", float(found.possible), method="within her top speed"),
        )

    def _name(self, dark: Dark, slot: int, t: int, found: Reach, changes: list[Change], *, ended: int | None) -> None:
        """One finding for each asset that she may have crossed."""
        now = {r.asset: r for r in found.assets}
        for asset in sorted({*now, *dark.named}):
            item = now.get(asset)
            known = asset in dark.named
            if item is None and ended is None:
                continue
            action: Any = "close" if ended is not None else "update" if known else "open"
            changes.append(
                Change(
                    action=action, kind="dark", slot=slot, asset=asset, start_t=dark.t, t=t, end_t=ended,
                    kp_km=item.kp_km if item else None, kp_sigma_km=item.kp_sigma_km if item else None,
                    measured=_crossing(dark, item, ended if ended is not None else t),
                    thresholds=self._reached,
                    benign=(Reason(text="she may as well have gone on as she did, unheard"),),
                )
            )  # fmt: skip
            if not known:
                dark.named.append(asset)

    # new numbers

    def _new_numbers(
        self, t: int, book: Learned, view: WholeView, around: Surroundings, changes: list[Change]
    ) -> None:
        since, self._looked_t = self._looked_t, t - NEW_MS
        if not self._dark or since == NO_TIME:
            return
        s, n = book.ships, book.n_ships
        for i in np.flatnonzero(
            (s.first_t[:n] >= since) & (s.first_t[:n] < t - NEW_MS) & (s.branch[:n] == 0)
        ).tolist():
            mmsi = int(s.mmsi[i])
            slot = view.find(f"{mmsi}-0")
            if slot is None or any(d.mmsi == mmsi for d in self._dark):
                continue
            track = view.track(slot, int(s.first_t[i]))
            if not len(track.t) or not track.sog_kn[0] >= self._s.least_kn:
                continue
            first_t, lat, lon = int(track.t[0]), float(track.lat[0]), float(track.lon[0])
            first = (first_t, lat, lon, float(track.sog_kn[0]), float(track.cog_deg[0]))
            if not np.isfinite(first[4]) or not appeared(
                book, around.coverage, i, first, first_t - int(self._s.least_s * 1000.0),
                good_hours=self._good_hours, most_loss_per_h=self._s.most_loss_per_h,
            ):  # fmt: skip
                continue
            found = matches(self._dark, first_t, lat, lon, view.static(slot), self._d.identity_km * 1000.0)
            if found:
                changes.append(self._appears(slot, first_t, t, found))

    def _appears(self, slot: int, first_t: int, t: int, found: list[Match]) -> Change:
        best = found[0]
        texts = [
            f"{m.dark.mmsi} has not been heard for {m.gap_s / 60:.0f} min, last {m.distance_m / 1000:.1f} km off"
            + (f"; same {', '.join(m.alike)}" if m.alike else "; nothing known of the hulls")
            for m in found[:5]
        ]
        return Change(
            action="open", kind="reappearance", slot=slot, asset=-1, start_t=first_t, t=t,
            measured=(
                measure.share("candidates", float(len(found)), method="ships that are not heard and could be here"),
                measure.duration("unheard_for", best.gap_s, method="the likeliest of them"),
                measure.distance(best.distance_m, None),
                measure.speed("implied_speed", best.implied_kn, None),
            ),
            thresholds=self._same,
            benign=(
                *(Reason(text=text) for text in texts),
                Reason(text="a ship that sails in, or switches on, is a new number as well"),
            ),
        )  # fmt: skip

    # memory

    def snapshot(self) -> bytes:
        """All memory as MessagePack."""
        asked = [[*name, t] for name, t in sorted(self._asked.items())]
        return msgspec.msgpack.encode([self._dark, asked, self._done_t, self._looked_t])

    def restore(self, data: bytes) -> None:
        """Take up a snapshot.

        Raises:
            msgspec.ValidationError: it is not one of this behaviour.
        """
        held = msgspec.msgpack.decode(data, type=tuple[list[Dark], list[tuple[int, int, int]], int, int])
        self._dark, self._done_t, self._looked_t = held[0], held[2], held[3]
        self._asked = {(mmsi, branch): t for mmsi, branch, t in held[1]}


def _nearest(index: Any, dark: Dark) -> tuple[Uncertain, ...]:
    segment, far, _ = nearest(index, dark.lat, dark.lon)
    if segment < 0:
        return ()
    return (measure.distance(float(far), float(index.sigma_m[segment]), method="of an asset, at the last position"),)


def _kp(found: Reach, dark: Dark, index: Any) -> tuple[float | None, float | None]:
    """Where on the asset: where the ways cross it, or where it was nearest."""
    if found.assets:
        return found.assets[0].kp_km, found.assets[0].kp_sigma_km
    if dark.asset < 0:
        return None, None
    segment, _, kp = nearest(index, dark.lat, dark.lon)
    return float(kp), float(index.sigma_m[segment]) / 1000.0


def _crossing(dark: Dark, item: Reached | None, t: int) -> tuple[Uncertain, ...]:
    chance = measure.share("chance", item.chance if item else 0.0, method="share of drawn ways that cross it")
    silent = measure.duration("silent_for", (t - dark.t) / 1000.0)
    if item is None:
        return chance, silent
    return (
        chance,
        silent,
        measure.duration("earliest", (item.first_t - dark.t) / 1000.0, method="after she was last heard"),
        measure.duration("latest", (item.last_t - dark.t) / 1000.0, method="after she was last heard"),
        measure.duration("longest_stay", item.linger_s, method="at her top speed to it and on"),
    )
