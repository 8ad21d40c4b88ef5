"""The demonstration: shipped real positions over shipped assets, with one simulated drag, marked as such."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import msgspec

from seawarden.geography.pack import load_pack
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.position import take
from seawarden.ports import Source
from seawarden.run.memory import MemorySource
from seawarden.run.replay import Progress, ReplayResult, replay
from seawarden.settings import Settings
from seawarden.simulate.demo import DEMO_DAY, DemoShip, demo_ship
from seawarden.sources import open_source

DANISH = "Contains data from the Danish Maritime Authority, used under the conditions for Danish public data"


class _Without:
    """A source without one ship: the one whose real track the simulated ship sails."""

    def __init__(self, source: Source, mmsi: int) -> None:
        self._source, self._mmsi = source, mmsi
        self.name, self.ordered = source.name, source.ordered

    def batches(self) -> Iterator[Batch]:
        """The batches, less that ship."""
        for batch in self._source.batches():
            kept = take(batch.positions, batch.positions.mmsi != self._mmsi)
            statics = [s for s in batch.statics if s.mmsi != self._mmsi]
            events = [e for e in batch.events if getattr(e, "mmsi", 0) != self._mmsi]
            yield msgspec.structs.replace(batch, positions=kept, statics=statics, events=events)


def simulated_source(ship: DemoShip, catalogue: Catalogue) -> Source:
    """The one ship that does not exist, as a source of its own."""
    return MemorySource("SIMULATED", catalogue, positions=ship.positions, statics=[ship.static])


def demo(settings: Settings, *, progress: Progress | None = None) -> ReplayResult:
    """Run the shipped incident days, and the simulated ship in place of the one whose track she sails."""
    ship = demo_ship()

    def sources(catalogue: Catalogue) -> list[Source]:
        day = open_source(_day(folder, DEMO_DAY), catalogue=catalogue)
        return [_Without(day, ship.origin_mmsi), simulated_source(ship, catalogue)]

    with resources.as_file(resources.files("seawarden") / "data" / "incident_days") as folder:
        others = [path for path in sorted(folder.glob("*.jsonl")) if path != _day(folder, DEMO_DAY)]
        return replay(
            others,
            settings=settings,
            assets=load_pack(),
            more=sources,
            attribution=(DANISH,),
            progress=progress,
        )


def _day(folder: Path, day: str) -> Path:
    return folder / f"{day}.jsonl"
