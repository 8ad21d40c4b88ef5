"""Our own blindness: feeds and receivers that fall silent, and what the watch is worth on each stretch of each asset.

This fleet behaviour keeps the book of what is heard where. It runs before all others that ask about silence. A feed
that falls silent as a whole, or says that it is down, raises one finding of an area and marks blind what it alone
heard; so do ships that fall silent together, for which one station is likelier than all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
import numpy as np

from seawarden.behaviours import measure
from seawarden.geodesy import distances_m
from seawarden.model.event import Event, FeedState
from seawarden.model.finding import AreaRef, Change, Finding, Reason, Threshold
from seawarden.model.position import I64, NO_TIME
from seawarden.ports import Spec, Surroundings, WholeView
from seawarden.settings_coverage import CoverageSettings, OutageSettings
from seawarden.surroundings.coverage_judge import sailed_out
from seawarden.surroundings.coverage_learned import Learned
from seawarden.surroundings.coverage_together import Station, Together
from seawarden.surroundings.coverage_watch import WatchBook

STEP_MS: Final = 300_000
"""Positions are taken every five minutes, and sooner when a feed would be down if nothing had come."""
LEAST_STEP_MS: Final = 60_000
MOST_ROWS: Final = 500_000
"""About so many positions are taken at once, and sooner than in five minutes where more come: 0.2 s of one core. Six
million at once hold up every alert of that tick for more than two seconds."""
LOOK_MS: Final = 20_000
"""So often it is counted how many wait: a step planned while little came must not hold all of a rush that began."""
QUALITY_MS: Final = 600_000
"""What was learned changes slowly: stretches are judged anew every ten minutes, and whenever a feed changes."""
TICK_MS: Final = 10_000
LOSS_S: Final = 1_080.0
LOSS_INTERVALS: Final = 12.0
"""Silence after which a ship is lost to the cell she was last heard in: later than anybody judges her."""
WAY_MS: Final = 900_000
"""A ship whose way on leaves what is heard within a quarter of an hour was not lost, she sailed out."""
INTERFERENCE: Final = "interference"
"""Kind of the findings that mark an area as jammed."""


class _Told(msgspec.Struct, kw_only=True):
    """An open finding about a feed."""

    feed: int
    start_t: int
    area: AreaRef


class Outage:
    """See the module."""

    spec = Spec(
        name="outage",
        kinds=("feed_outage",),
        scope="cell",
        title="A feed or a station falls silent as a whole: the watch is blind there, and no ship is to blame.",
        inputs=("t", "lat", "lon", "sog_kn", "source", "receiver"),
        look_back_s=86_400,
    )

    def __init__(self, settings: OutageSettings, coverage: CoverageSettings) -> None:
        self._s, self._c = settings, coverage
        self.learned = Learned(coverage, settings)
        self.together = Together()
        self.watch: WatchBook | None = None
        self._told: list[_Told] = []
        self._jammed: dict[str, AreaRef] = {}
        self._due: int | None = None
        self._looked_t = NO_TIME
        self._judged_t = NO_TIME
        self._held: list[Any] | None = None
        self._names: Any = None
        self._areas = 0
        where = "behaviours.outage."
        self._thresholds = (
            Threshold(name="silence", value=settings.notice_s, unit="s", setting=where + "notice_s"),
            Threshold(name="reports", value=settings.reports, unit="1", setting=where + "reports"),
        )
        self._together = (
            Threshold(name="ships", value=settings.ships, unit="1", setting=where + "ships"),
            Threshold(name="distance", value=settings.radius_km, unit="km", setting=where + "radius_km"),
        )

    def next_wake(self) -> int | None:
        """Every few minutes while anything is heard; from the first position on."""
        if self._due is None:
            return 0
        return min(self._due, self._looked_t + LOOK_MS)

    def on_tick(
        self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: WholeView, around: Surroundings
    ) -> list[Change]:
        """Take what was heard since the last step; tell of feeds and stations, and judge the stretches."""
        watch = self._begin(around)
        since = self._take_jamming(findings)
        changes = self._take_events(events, t, around)
        changed = [c.end_t if c.end_t is not None else c.start_t for c in changes]
        if since is not None:
            changed.append(since)
        if self._due is None or t >= self._due or self._crowded(t, view):
            changed += self._step(t, view, around, changes)
        fresh = len(around.coverage.areas) != self._areas
        self._areas = len(around.coverage.areas)
        if changed or fresh or self._judged_t == NO_TIME or t - self._judged_t >= QUALITY_MS:
            blind = [station.area for station in self.together.down]
            jammed = [self._jammed[name] for name in sorted(self._jammed)]
            watch.update(t, min(changed) if changed else t, self._declared(t, around), blind, jammed)
            self._judged_t = t
        return changes

    def _begin(self, around: Surroundings) -> WatchBook:
        if self.watch is None:
            self.watch = WatchBook(around.assets, self.learned)
            if self._held is not None:
                self.watch.recall(self._held)
                self._held = None
        around.coverage.learned = self.learned
        around.coverage.together = self.together
        around.coverage.watch = self.watch
        return self.watch

    def _crowded(self, t: int, view: WholeView) -> bool:
        """Whether half as many positions wait as are taken at once; looked at now and then."""
        if t < self._looked_t + LOOK_MS:
            return False
        self._looked_t = t
        return 2 * view.count(self.learned.until) >= MOST_ROWS

    def _step(self, t: int, view: WholeView, around: Surroundings, changes: list[Change]) -> list[int]:
        """One step of the book; returns event times from which something about our hearing changed."""
        book = self.learned
        since = book.until if book.until != NO_TIME else np.iinfo(np.int64).min
        minutes = (t - book.until) / 60_000.0 if book.until != NO_TIME else 1.0
        feed, times, thinned = book.take(view, since, t)
        came = book.feeds.deliver(feed, times, thinned, max(minutes, 1e-3))
        changed = [int(book.feeds.table.since_t[row]) for row in came]
        for row in came:
            self._again(row, t, changes)
        for row in book.feeds.fall_silent(t):
            changed.append(int(book.feeds.table.since_t[row]))
        went, again = self.together.step(book, around.coverage, t, self._s)
        changed += [station.since_t for station in went] + [end for _, end in again]
        for station, end in again:
            if station.told:
                changes.append(self._station(station, "close", t, end))
        self._tell(t, changes)
        self._lose(t, around)
        self._due, self._looked_t = self._next(t, times), t
        return changed

    def _next(self, t: int, times: I64) -> int:
        due = (t // STEP_MS + 1) * STEP_MS
        silent = self.learned.feeds.next_silence()
        if silent is not None:
            due = min(due, max(silent // TICK_MS * TICK_MS + TICK_MS, t + LEAST_STEP_MS))
        if MOST_ROWS <= 10 * len(times):  # few positions tell no rate
            span = (t - int(times[0])) * MOST_ROWS // len(times)
            due = min(due, max((t + span) // TICK_MS * TICK_MS, t + TICK_MS))
        return due

    def _lose(self, t: int, around: Surroundings) -> None:
        """Count the ships that fell silent where they were last heard, unless we or their way explain it."""
        book = self.learned
        rows = book.overdue(t, LOSS_S, LOSS_INTERVALS)
        if not len(rows):
            return
        table = book.feeds.table
        own = (table.down[book.ships.feed[rows]] == 1) | (table.since_t[book.ships.feed[rows]] > book.ships.t[rows])
        until = book.ships.t[rows] + WAY_MS
        own |= np.array(
            [
                self.together.silenced(book, int(i)) or sailed_out(book, around.coverage, int(i), int(end))
                for i, end in zip(rows, until, strict=True)
            ],
            dtype=np.bool_,
        )
        book.lose(rows[own], counts=False)
        book.lose(rows[~own])

    def _tell(self, t: int, changes: list[Change]) -> None:
        """One finding for each feed that has been silent for long enough; one for the source when all of it is."""
        f, n = self.learned.feeds.table, self.learned.feeds.n
        told = {item.feed for item in self._told}
        limit = self._s.notice_s * 1000.0
        for row in range(n):
            if row in told or not f.down[row] or not (t - f.since_t[row] >= limit or f.declared[row]):
                continue
            siblings = np.flatnonzero(f.source[:n] == f.source[row])
            if any(int(k) in told for k in siblings) and f.down[siblings].all():
                continue
            item = _Told(feed=row, start_t=int(f.since_t[row]), area=self._area(row, int(f.since_t[row])))
            self._told.append(item)
            told.add(row)
            changes.append(self._feed_change(item, "open", t, None))
        for station in self.together.down:
            if not station.told and t - station.since_t >= limit:
                station.told = True
                changes.append(self._station(station, "open", t, None))

    def _again(self, row: int, t: int, changes: list[Change]) -> None:
        for item in [item for item in self._told if item.feed == row]:
            self._told.remove(item)
            changes.append(self._feed_change(item, "close", t, int(self.learned.feeds.table.since_t[row])))

    def _feed_change(self, item: _Told, action: Any, t: int, end_t: int | None) -> Change:
        f = self.learned.feeds.table
        lasted = ((end_t if end_t is not None else t) - item.start_t) / 1000.0
        return Change(
            action=action, kind="feed_outage", slot=-1, asset=-1, area=item.area, start_t=item.start_t, t=t,
            end_t=end_t,
            measured=(
                measure.duration("silent_for", lasted),
                measure.share("rate_before", float(f.rate_min[item.feed]), method="deliveries a minute before"),
            ),
            thresholds=self._thresholds,
            benign=(Reason(text="a line or a receiver of ours failed, or its operator works on it"),),
        )  # fmt: skip

    def _station(self, station: Station, action: Any, t: int, end_t: int | None) -> Change:
        lasted = ((end_t if end_t is not None else t) - station.since_t) / 1000.0
        return Change(
            action=action, kind="feed_outage", slot=-1, asset=-1, area=station.area, start_t=station.since_t, t=t,
            end_t=end_t,
            measured=(
                measure.duration("silent_for", lasted),
                measure.share("ships_silent", float(station.silent), method="that fell silent together"),
            ),
            thresholds=self._together,
            benign=(Reason(text="one station that hears there failed; interference there would look the same"),),
        )  # fmt: skip

    def _area(self, row: int, since: int) -> AreaRef:
        """Where the ships were that this feed last heard in the hour before."""
        book = self.learned
        s, n, f = book.ships, book.n_ships, book.feeds.table
        feeds = np.flatnonzero(f.source[: book.feeds.n] == f.source[row])
        mine = np.flatnonzero(np.isin(s.feed[:n], feeds if f.down[feeds].all() else [row]))
        lately = mine[s.t[mine] > since - 3_600_000]
        mine = lately if len(lately) else mine if len(mine) else np.arange(n)
        lat, lon = s.lat[mine], s.lon[mine]
        east = (lon - lon[0] + 180.0) % 360.0 - 180.0
        mid_lat, mid_lon = float(lat.mean()), float((lon[0] + east.mean() + 180.0) % 360.0 - 180.0)
        far = distances_m(np.full(len(lat), mid_lat), np.full(len(lat), mid_lon), lat, lon)
        name = f"feed-{self._name(row)}-{since}"
        return AreaRef(id=name, lat=mid_lat, lon=mid_lon, radius_m=float(far.max()) + 5_000.0)

    def _name(self, row: int) -> str:
        f, names = self.learned.feeds.table, self._names
        source, receiver = int(f.source[row]), int(f.receiver[row])
        if names is None or source >= len(names.sources):
            return f"{source}" if receiver < 0 else f"{source}-{receiver}"
        whole = str(names.sources[source])
        return whole if receiver < 0 else f"{whole}-{names.receivers[receiver]}"

    def _take_events(self, events: Sequence[Event], t: int, around: Surroundings) -> list[Change]:
        self._names = around.coverage.catalogue
        changes: list[Change] = []
        for event in events:
            if not isinstance(event, FeedState):
                continue
            known = self._names.sources if self._names is not None else []
            sources = [k for k, name in enumerate(known) if name == event.source] if known else [0]
            rows = self.learned.feeds.declare(sources, event.up, event.t)
            for row in rows if event.up else ():
                self._again(row, t, changes)
            if rows and not event.up:
                self._tell(t, changes)
        return changes

    def _take_jamming(self, findings: Sequence[Finding]) -> int | None:
        """Open and close areas of interference; returns from when something changed."""
        since: list[int] = []
        for finding in findings:
            if finding.kind != INTERFERENCE or finding.area is None:
                continue
            if finding.state == "open":
                if self._jammed.get(finding.id) != finding.area:
                    since.append(finding.start_t if finding.id not in self._jammed else finding.known_from_t)
                self._jammed[finding.id] = finding.area
            elif self._jammed.pop(finding.id, None) is not None:
                since.append(finding.end_t if finding.end_t is not None else finding.known_from_t)
        return min(since, default=None)

    def _declared(self, t: int, around: Surroundings) -> list[AreaRef]:
        """Areas in which a source that is up says that it hears ships."""
        feeds = self.learned.feeds
        if not feeds.n:
            return []
        up = {int(feeds.table.source[k]) for k in range(feeds.n) if not feeds.table.down[k]}
        names = self._names.sources if self._names is not None else []
        out = []
        for k, area in enumerate(around.coverage.areas):
            if t < max(area.t, area.from_t) or (area.to_t != NO_TIME and t > area.to_t):
                continue
            source = names.index(area.source) if area.source in names else None
            if (source in up) if source is not None and source in set(feeds.table.source[: feeds.n]) else up:
                lat, lon = area.polygon[0][1], area.polygon[0][0]
                out.append(AreaRef(id=f"declared-{k}", lat=lat, lon=lon, radius_m=0.0, polygon=area.polygon))
        return out

    def snapshot(self) -> bytes:
        """All memory as MessagePack."""
        held = self.watch.memory() if self.watch is not None else self._held
        return msgspec.msgpack.encode(
            [self.learned.memory(), self.together, held, self._told, sorted(self._jammed.items()), self._due,
             self._looked_t, self._judged_t,
            ]
        )  # fmt: skip

    def restore(self, data: bytes) -> None:
        """Take up a snapshot.

        Raises:
            msgspec.ValidationError: it is not one of this behaviour.
        """
        held = msgspec.msgpack.decode(
            data,
            type=tuple[
                bytes, Together, list[Any] | None, list[_Told], list[tuple[str, AreaRef]], int | None, int, int
            ],
        )
        self.learned.recall(held[0])
        self.together, self._held, self._told, self._jammed = held[1], held[2], held[3], dict(held[4])
        self._due, self._looked_t, self._judged_t = held[5:]
        self.watch = None
