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
from seawarden.model.position import F64, Positions
from seawarden.model.sight import HoursSeen, ShipsSeen
from seawarden.ports import Spec, Surroundings, Track, WholeView

EVERY_MS: Final = 600_000
"""The hours of a run are counted at every full ten minutes."""
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
    longest = np.maximum(FRESH_MIN, FRESH_GAPS * np.nan_to_num(states[:, EVERY], nan=0.0))
    moving: F64 = states[(states[:, SPEED] >= UNDER_WAY_KN) & (states[:, AGE] <= longest)]
    return moving


def ships_seen(seen: Seen, states: F64, t: int) -> ShipsSeen:
    """Count ships that are under way by how well a drag would be seen on them."""
    chance = seen.chances(states) if len(states) else np.empty(0)
    well, hardly = chance >= WELL, chance < HARDLY
    causes = Counter(seen.causes(states[hardly]))
    return ShipsSeen(
        t=t,
        ships=len(states),
        well=int(well.sum()),
        perhaps=int((~well & ~hardly).sum()),
        hardly=int(hardly.sum()),
        chance=round(float(np.sum(chance)) / len(chance), 4) if len(chance) else None,
        causes={cause: causes[cause] for cause in sorted(causes) if cause},
    )


class HoursCount(msgspec.Struct):
    """Looks added up; each stands for `EVERY_MS`."""

    ships: int = 0
    well: int = 0
    perhaps: int = 0
    hardly: int = 0
    chance: float = 0.0
    causes: dict[str, int] = {}

    def add(self, look: ShipsSeen) -> None:
        """One more look."""
        self.ships += look.ships
        self.well += look.well
        self.perhaps += look.perhaps
        self.hardly += look.hardly
        self.chance += (look.chance or 0.0) * look.ships
        for cause, count in look.causes.items():
            self.causes[cause] = self.causes.get(cause, 0) + count

    def hours(self) -> HoursSeen:
        """As ship-hours."""
        each = EVERY_MS / 3_600_000
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
    """Looks at the ships under way near assets every ten minutes of event time. It finds nothing."""

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
    def hours(self) -> HoursSeen:
        """The run until the last look."""
        return self._memory.count.hours()

    def on_tick(
        self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: WholeView, around: Surroundings
    ) -> list[Change]:
        """Look when ten minutes are full."""
        if self._memory.due is None or t >= self._memory.due:
            if t % EVERY_MS == 0:
                self._memory.count.add(ships_seen(self._seen, self._near(t, view, around), t))
            self._memory.due = (t // EVERY_MS + 1) * EVERY_MS
        return []

    def _near(self, t: int, view: WholeView, around: Surroundings) -> F64:
        """States of the ships under way near assets."""
        slots, last = view.last()
        fresh = (t - last.t <= FRESH_MS) & ~(last.sog_kn < UNDER_WAY_KN)
        slots, lat, lon = slots[fresh], last.lat[fresh], last.lon[fresh]
        row, _, _ = nearest_of(around.assets.index, np.ascontiguousarray(lat), np.ascontiguousarray(lon))
        tracks = (view.track(int(slot), t - BACK_MS, t + 1) for slot in slots[row >= 0])
        return under_way(states_of(tracks, t, lanes_for(self._model, around)))

    def next_wake(self) -> int | None:
        """The next full ten minutes; from the first position on."""
        return 0 if self._memory.due is None else self._memory.due

    def snapshot(self) -> bytes:
        """What was counted."""
        return msgspec.msgpack.encode(self._memory)

    def restore(self, data: bytes) -> None:
        """Take up a snapshot."""
        self._memory = msgspec.msgpack.decode(data, type=_Memory)
