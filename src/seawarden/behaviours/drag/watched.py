"""How well a dragged anchor would be seen on the ships under way near assets, at a moment and over a run's hours.

Told beside the findings: a quiet screen is worth what the watch could have seen. It changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
import numpy as np

from seawarden.behaviours.drag.before import AGE, BEFORE, EVERY, SPEED, before_at
from seawarden.behaviours.drag.lanes import Lanes, no_lanes
from seawarden.behaviours.drag.model import DragModel
from seawarden.behaviours.drag.seen import HARDLY, UNDER_WAY_KN, WELL, Seen
from seawarden.behaviours.drag.series import series_of
from seawarden.geography.index import nearest_of
from seawarden.model.event import Event
from seawarden.model.finding import Change, Finding
from seawarden.model.position import F64, I64, Positions, take
from seawarden.model.sight import HoursSeen, ShipSeen, ShipsSeen
from seawarden.ports import Spec, Surroundings, Track, WholeView

EVERY_MS: Final = 3_600_000
"""Each ship of a run is looked at once an hour: twice as often, it would cost a hundredth of the engine."""
TURNS: Final = 30
STEP_MS: Final = EVERY_MS // TURNS
"""Not all in the same tick: every two minutes it is the turn of a thirtieth of the ships, by their numbers."""
OFTEN_MS: Final = 600_000
"""One ship's hours are counted every ten minutes."""
BACK_MS: Final = 3_660_000
"""What is known of a ship before is an hour of her track."""
FRESH_MS: Final = 1_800_000
FRESH_MIN: Final = 15.0
FRESH_GAPS: Final = 3.0
"""A ship unheard for longer than a quarter of an hour, and than three of her own gaps, is not counted: whether she is
still there and under way is not known."""
_NOWHERE: Final = no_lanes()


def lanes_for(model: DragModel, around: Surroundings) -> Lanes:
    """The table of past traffic; none in a made-up sea, of which what real ships did says nothing."""
    return model.lanes if around.places is not None else _NOWHERE


def states_of(tracks: Iterable[Track | Positions], t: int, lanes: Lanes) -> F64:
    """What is known of ships at a moment, ms, from their tracks until then, shape (n, len(BEFORE))."""
    rows = [before_at(series_of(track), t / 1000.0, lanes) for track in tracks]
    return np.array(rows).reshape(-1, len(BEFORE))


def under_way(states: F64) -> F64:
    """Those of them that are under way, and not lost."""
    longest = np.fmax(FRESH_MIN, FRESH_GAPS * states[:, EVERY])
    moving: F64 = states[(states[:, SPEED] >= UNDER_WAY_KN) & (states[:, AGE] <= longest)]
    return moving


def ships_seen(seen: Seen, states: F64, t: int) -> ShipsSeen:
    """Count ships that are under way by how well a drag would be seen on them."""
    chance, first = seen.headline(states)
    well, hardly = chance >= WELL, chance < HARDLY
    causes = Counter(cause for cause, blind in zip(first, hardly.tolist(), strict=True) if blind)
    return ShipsSeen(
        t=t,
        ships=len(states),
        well=int(well.sum()),
        perhaps=int((~well & ~hardly).sum()),
        hardly=int(hardly.sum()),
        chance=round(float(np.sum(chance)) / len(chance), 4) if len(chance) else None,
        causes={cause: causes[cause] for cause in sorted(causes) if cause},
    )


def ship_seen(model: DragModel, track: Track | Positions, t: int, around: Surroundings) -> ShipSeen | None:
    """How well a drag that begins now would be seen on one ship; None where she is not under way, or it is not known.

    Args:
        model: the drag model.
        track: an hour of her track or more, until then.
        t: now, ms.
        around: what lies around the ships.
    """
    if model.seen is None or not len(track.t):
        return None
    states = under_way(states_of([track], t, lanes_for(model, around)))
    return model.seen.ship(states[0], t) if len(states) else None


def hours_of(model: DragModel, p: Positions, around: Surroundings) -> HoursSeen | None:
    """How well a drag would have been seen on one ship over all of her track; None where the model can't say."""
    if model.seen is None or not len(p.t):
        return None
    count, lanes = HoursCount(), lanes_for(model, around)
    for t in range((int(p.t[0]) // OFTEN_MS + 1) * OFTEN_MS, int(p.t[-1]) + 1, OFTEN_MS):
        begin, end = np.searchsorted(p.t, (t - BACK_MS, t + 1))
        past = take(p, np.arange(begin, end))
        count.add(ships_seen(model.seen, under_way(states_of([past], t, lanes)), t))
    return count.hours(OFTEN_MS)


def turn_of(mmsi: I64) -> I64:
    """When in an hour ships are looked at, 0 to `TURNS` - 1, shape kept: spread by Knuth's multiplicative hash."""
    turn: I64 = ((mmsi * 2_654_435_761) % (1 << 32) >> 8) % TURNS
    return turn


class HoursCount(msgspec.Struct):
    """Looks added up."""

    looks: int = 0
    ships: int = 0
    well: int = 0
    perhaps: int = 0
    hardly: int = 0
    chance: float = 0.0
    causes: dict[str, int] = {}

    def add(self, look: ShipsSeen) -> None:
        """One more look."""
        self.looks += 1
        self.ships += look.ships
        self.well += look.well
        self.perhaps += look.perhaps
        self.hardly += look.hardly
        self.chance += (look.chance or 0.0) * look.ships
        for cause, count in look.causes.items():
            self.causes[cause] = self.causes.get(cause, 0) + count

    def hours(self, every_ms: int) -> HoursSeen | None:
        """As ship-hours, each look standing for so long; None before the first."""
        if not self.looks:
            return None
        each = every_ms / 3_600_000
        return HoursSeen(
            hours=round(self.ships * each, 2),
            well=round(self.well * each, 2),
            perhaps=round(self.perhaps * each, 2),
            hardly=round(self.hardly * each, 2),
            chance=round(self.chance / self.ships, 3) if self.ships else None,
            causes={cause: round(self.causes[cause] * each, 2) for cause in sorted(self.causes)},
        )


class _Memory(msgspec.Struct):
    due: int | None
    count: HoursCount


class Watched:
    """Looks at each ship under way near assets once an hour of event time. It finds nothing."""

    spec = Spec(
        name="watched",
        kinds=(),
        scope="cell",
        title="Counts the ships near assets by how well a dragged anchor would be seen on them.",
        inputs=("t", "lat", "lon", "sog_kn", "cog_deg", "heading_deg", "trust"),
        look_back_s=BACK_MS / 1000,
    )

    def __init__(self, model: DragModel, seen: Seen) -> None:
        self._model, self._seen = model, seen
        self._memory = _Memory(None, HoursCount())

    @property
    def hours(self) -> HoursSeen | None:
        """The run until the last look; None before the first."""
        return self._memory.count.hours(EVERY_MS)

    def of(self, p: Positions, around: Surroundings) -> HoursSeen | None:
        """One ship over all of her track."""
        return hours_of(self._model, p, around)

    def on_tick(
        self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: WholeView, around: Surroundings
    ) -> list[Change]:
        """Look at those whose turn it is."""
        due = self._memory.due
        if due is not None and t >= due:
            states = self._near(t, due // STEP_MS % TURNS, view, around)
            self._memory.count.add(ships_seen(self._seen, states, t))
        if due is None or t >= due:
            self._memory.due = (t // STEP_MS + 1) * STEP_MS
        return []

    def _near(self, t: int, turn: int, view: WholeView, around: Surroundings) -> F64:
        """States of the ships under way near assets whose turn it is."""
        slots, last = view.last()
        fresh = (t - last.t <= FRESH_MS) & ~(last.sog_kn < UNDER_WAY_KN) & (turn_of(view.names(slots)[0]) == turn)
        slots, lat, lon = slots[fresh], last.lat[fresh], last.lon[fresh]
        row, _, _ = nearest_of(around.assets.index, np.ascontiguousarray(lat), np.ascontiguousarray(lon))
        tracks = (view.track(int(slot), t - BACK_MS, t + 1) for slot in slots[row >= 0])
        return under_way(states_of(tracks, t, lanes_for(self._model, around)))

    def next_wake(self) -> int | None:
        """The next turn; from the first position on."""
        return 0 if self._memory.due is None else self._memory.due

    def snapshot(self) -> bytes:
        """What was counted."""
        return msgspec.msgpack.encode(self._memory)

    def restore(self, data: bytes) -> None:
        """Take up a snapshot."""
        self._memory = msgspec.msgpack.decode(data, type=_Memory)
