"""The backtest itself: one engine over the user's own traffic, day after day, and drags planted in each.

Memory is bounded by the engine's own (a day of tracks); a day's record and the engine's memory are laid down at each
change of day, and a run that was stopped goes on from there to the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from seawarden.engine.collector import collecting_seldom
from seawarden.engine.core import Engine, Outcome
from seawarden.evaluate.backtest.days import Piece, cut_by_day, name_of
from seawarden.evaluate.backtest.drawn import curve_of
from seawarden.evaluate.backtest.planting import draw, lay_all, pass_through
from seawarden.evaluate.backtest.progress import Folder, Progress, identity_of
from seawarden.evaluate.backtest.record import REMEMBERED_MS, Crossed, Day, count_alerts, count_findings
from seawarden.model.asset import Asset
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.error import SourceError
from seawarden.model.event import CoverageDeclared, WorksDeclared
from seawarden.risk.signs import SIGN_GROUP
from seawarden.run.build import Watchroom, build, load_kernels
from seawarden.run.charts import NO_CHARTS, Charts
from seawarden.run.merge import merged
from seawarden.run.read_ahead import ReadAhead
from seawarden.run.tally import Tally
from seawarden.run.weather import area_of, weathered
from seawarden.settings import Settings, settings_hash
from seawarden.sources.door import open_source
from seawarden.sources.weather import open_weather

CHUNK = 250_000
BIN_KM = 5.0
"""Assets are counted as watched by stretches of this length in which a ship was heard within reach."""
Advance = Callable[[int, int], None]
"""Called with records read so far and the newest event time (ms)."""


class Asked(NamedTuple):
    """What a backtest runs on."""

    sources: Sequence[str | Path]
    settings: Settings
    assets: Sequence[Asset]
    columns: Mapping[str, str] | None = None
    from_t: int | None = None
    to_t: int | None = None
    coverage: Sequence[CoverageDeclared] = ()
    weather: Sequence[str | Path] = ()
    works: Sequence[WorksDeclared] = ()
    charts: Charts = NO_CHARTS
    planted: int = 20
    """Drags laid a day."""
    chunk: int = CHUNK
    """Most positions in a batch; changes where a run can be taken up, nothing else."""


@collecting_seldom()
def run_backtest(ask: Asked, out: Path, advance: Advance | None = None) -> Watchroom:
    """Run, or go on, until the sources end; the records lie in `out/days` then.

    Args:
        ask: what to run on.
        out: folder for records, memory and results.
        advance: called after every piece.

    Returns:
        The engine with what it was built from.

    Raises:
        SourceError: a source can't be opened, or none holds a usable position.
        UsageError: the folder holds a backtest of other inputs.
        StoreError: the folder can't be written or was damaged.
    """
    folder = Folder(out)
    catalogue = Catalogue()
    room = build(ask.settings, ask.assets, catalogue=catalogue, charts=ask.charts)
    progress = folder.begin(_identity(ask, room))
    if progress.done:
        return room
    load_kernels(ask.settings)
    folder.take_up(room.engine, progress)
    walk = _Walk(ask, room, folder, progress)
    opened = [open_source(uri, catalogue=catalogue, columns=ask.columns, chunk=ask.chunk) for uri in ask.sources]
    with ReadAhead(merged(opened)) as batches:
        records = 0
        for number, piece in enumerate(_pieces(ask, batches)):
            records += piece.batch.records
            if number >= progress.pieces:
                walk.take(piece)
                if advance is not None:
                    advance(records, max(room.engine.horizon, 0))
    walk.end()
    return room


def _pieces(ask: Asked, read: Iterable[Batch]) -> Iterator[Piece]:
    pieces = cut_by_day(read, ask.from_t, ask.to_t)
    if not ask.weather:
        return pieces
    days: list[int] = []

    def batches() -> Iterator[Batch]:
        for piece in pieces:
            days.append(piece.day)
            yield piece.batch

    told = weathered(batches(), open_weather(*ask.weather, area=area_of(ask.assets)))
    return (Piece(days.pop(), batch) for batch in told)


def _identity(ask: Asked, room: Watchroom) -> str:
    facts: tuple[str, ...] = (
        settings_hash(ask.settings),
        room.layer.hash,
        repr(sorted((ask.columns or {}).items())),
        repr((ask.from_t, ask.to_t, ask.planted, ask.chunk)),
        msgspec.json.encode([*ask.coverage, *ask.works]).decode(),
    )
    if room.drag is not None:
        facts = (*facts, room.drag.hash)
    if ask.charts.depth is not None:
        facts = (*facts, repr(ask.charts.depth.sources()))
    return identity_of([*ask.sources, *ask.weather], *facts)


class _Walk:
    """The run between two checkpoints."""

    def __init__(self, ask: Asked, room: Watchroom, folder: Folder, progress: Progress) -> None:
        self._ask, self._room, self._folder, self._progress = ask, room, folder, progress
        self._engine: Engine = room.engine
        self._day: Day | None = None
        self._tally = Tally(room.catalogue)
        self._crossed: list[Crossed] = []
        self._spoken: set[int] = set()
        self._ships: set[int] = set()
        self._bins: set[int] = set()
        self._total = 0

    def take(self, piece: Piece) -> None:
        """One piece of the stream."""
        if self._day is not None and piece.day != self._progress.day:
            self._close()
        if self._day is None:
            self._open(piece.day)
        batch = piece.batch
        if self._progress.pieces == 0:
            declared = [*self._ask.coverage, *self._ask.works]
            batch = msgspec.structs.replace(batch, events=[*declared, *batch.events])
        self._tally.came_in(batch)
        self._ships.update(np.unique(batch.positions.mmsi).tolist())
        self._took(self._engine.step(batch))
        self._progress.pieces += 1

    def end(self) -> None:
        """The stream has ended.

        Raises:
            SourceError: it held nothing.
        """
        if self._day is None:
            self._open(max(self._progress.day, 0))
        self._took(self._engine.finish())
        if not self._total + self._tally.positions and not self._progress.days:
            named = ", ".join(str(source) for source in self._ask.sources)
            raise SourceError(f"{named}: no usable position was found")
        self._progress.done = True
        self._close(last=True)

    def _open(self, day: int) -> None:
        # a day that was begun before the run was stopped is counted on, under a name of its own
        name = name_of(day) if day != self._progress.day else f"{name_of(day)}+{self._progress.days}"
        self._progress.day = day
        self._day = Day(day=name)
        self._tally = Tally(self._room.catalogue)
        self._crossed, self._spoken, self._ships, self._bins = [], set(), set(), set()

    def _took(self, outcome: Outcome) -> None:
        assert self._day is not None
        self._tally.came_out(outcome)
        self._crossed += count_findings(self._day, self._progress.book, outcome.findings)
        self._spoken.update(f.ship.mmsi for f in outcome.findings if f.kind in SIGN_GROUP)
        count_alerts(self._day, self._progress.book, outcome.alerts, self._progress.told)
        for item in outcome.tracked:
            near = item.enriched.near_asset >= 0
            if near.any():
                kp = (item.enriched.near_kp_km[near] / BIN_KM).astype(np.int64)
                self._bins.update(
                    np.unique(item.enriched.near_asset[near].astype(np.int64) * 1_000_000 + kp).tolist()
                )

    def _close(self, *, last: bool = False) -> None:
        """Finish the day: plant, draw, lay down."""
        day, book = self._day, self._progress.book
        assert day is not None
        t = self._tally
        self._total += t.positions
        day.records, day.positions, day.ships = t.records, t.positions, len(self._ships)
        day.watched_ms, day.rejected = t.watched_ms, t.rejected()
        day.cable_km = round(self._cable_km(), 3)
        if self._ask.planted:
            chosen = draw(self._crossed, self._spoken, self._ask.planted, day.day)
            laid = lay_all(self._engine, chosen, self._ask.planted, day.day)
            day.planted = pass_through(laid, self._fresh, self._ask.coverage, self._room.around.weather.memory())
        now = max(self._engine.horizon, 0)
        for id_, told in sorted(self._progress.told.items()):
            if told.curve is None:
                told = msgspec.structs.replace(told, curve=curve_of(self._engine, told))
                self._progress.told[id_] = told
            day.told.append(told)
        alive = {id_ for id_, held in book.alerts.items() if held[2] >= now - REMEMBERED_MS}
        self._progress.told = {id_: x for id_, x in self._progress.told.items() if id_ in alive}
        book.forget(now - REMEMBERED_MS)
        self._progress.days += 1
        self._folder.lay_down(None if last else self._engine, self._progress, day)
        self._day = None

    def _cable_km(self) -> float:
        layer = self._room.layer
        total = 0.0
        for code in self._bins:
            row, part = divmod(code, 1_000_000)
            total += min(max(layer.length_km(row) - part * BIN_KM, 0.0), BIN_KM)
        return total

    def _fresh(self) -> Watchroom:
        return build(self._ask.settings, self._ask.assets, charts=self._ask.charts)
