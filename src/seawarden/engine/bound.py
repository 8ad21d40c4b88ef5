"""How many positions are kept at hand, and which go first when there are too many.

All of them are kept for `history_h`, in full, as long as they are fewer than a limit: no feed of one country comes
near it. Beyond it, every ten minutes of event time, old positions are thinned to the newest believed one of each ship
in each step of the clock, on the first rung of `LADDER` that fits. What is thinned depends on the positions alone:
not on the shards, on how the stream was cut, or on a snapshot in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol, TypeVar

from seawarden.tracks.history import History

MOST_POSITIONS: Final = 48_000_000
"""Of all shards together, before those of the next ten minutes: 6 GB."""
EVERY_MS: Final = 600_000
DAY: Final = 144
"""So many of them: after a longer silence all of it is old."""
_MINUTE_MS: Final = 60_000
LADDER: Final = tuple(
    (full_min * _MINUTE_MS, step_min * _MINUTE_MS)
    for full_min, step_min in ((360, 1), (180, 1), (60, 1), (30, 1), (10, 2), (10, 5), (10, 10), (10, 30))
)
"""Time that stays in full, and of what is older the step in which one position stays; ms.

Most behaviours keep their own memory ship by ship and look back at the track for what they tell. The model of a
dragged anchor reads three hours by the minute; what forecasts learn from is taken in steps of ten minutes.
"""


MOST_SHIP_CHECKPOINTS: Final = 1_000_000
"""Ships times checkpoints of a shard: some 2.6 kB each. A day of hours of 40,000 ships stays within it."""
SPARSER: Final = (1, 2, 3, 4, 6, 8, 12, 24)
"""Every so many checkpoints one is kept, and the newest. A late record is then run again from farther back."""


class Remembers(Protocol):
    """What a shard is here."""

    history: History


class Dated(Protocol):
    """What a checkpoint is here."""

    @property
    def t(self) -> int:
        """Event time, ms."""
        ...


DatedT = TypeVar("DatedT", bound=Dated)


def spread(checkpoints: list[DatedT], ships: int, every_ms: int) -> list[DatedT]:
    """The checkpoints that are kept, oldest first, of so many ships: fewer when there are too many ships."""
    for sparser in SPARSER:
        kept = [c for c in checkpoints[:-1] if c.t // every_ms % sparser == 0] + checkpoints[-1:]
        if len(kept) * ships <= MOST_SHIP_CHECKPOINTS:
            return kept
    return checkpoints[-1:]


def crowded(shards: Sequence[Remembers], coming: int, most: int) -> bool:
    """Whether the limit may be passed when so many further positions come."""
    return sum(shard.history.rows for shard in shards) + coming > most


def bound(shards: Sequence[Remembers], t: int, history_ms: int, most: int) -> None:
    """Thin old positions if there are too many.

    Args:
        shards: of all ships; they must have seen what came before `t` and nothing else.
        t: event time, a multiple of `EVERY_MS`.
        history_ms: how long positions are kept at most.
        most: the limit, positions.
    """
    if not crowded(shards, 0, most):
        return
    if sum(shard.history.settle(t - history_ms) for shard in shards) <= most:
        return
    for full_ms, step_ms in LADDER:
        if sum(shard.history.left(t - full_ms, step_ms) for shard in shards) <= most:
            break
    for shard in shards:
        shard.history.thin(t - full_ms, step_ms)


def marks(shards: Sequence[Remembers], first_t: int, until_t: int) -> list[int]:
    """Times between the newest position kept and the next one, before `until_t`, at which `bound` is due."""
    newest = max((shard.history.newest_t for shard in shards), default=first_t)
    begin = (newest // EVERY_MS + 1) * EVERY_MS
    return list(range(begin, min(first_t + 1, until_t), EVERY_MS)[-DAY:])
