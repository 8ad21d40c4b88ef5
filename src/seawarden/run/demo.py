"""The demonstration: shipped real positions over shipped assets, with one simulated drag, marked as such."""

from __future__ import annotations

from importlib import resources

from seawarden.geography.pack import load_pack
from seawarden.model.batch import Catalogue
from seawarden.ports import Source
from seawarden.run.memory import MemorySource
from seawarden.run.replay import Progress, ReplayResult, replay
from seawarden.settings import Settings
from seawarden.simulate.demo import demo_ship

DANISH = "Contains data from the Danish Maritime Authority, used under the conditions for Danish public data"


def simulated_ship(catalogue: Catalogue) -> list[Source]:
    """The one ship that does not exist, as a source of its own."""
    ship = demo_ship()
    return [MemorySource("SIMULATED", catalogue, positions=ship.positions, statics=[ship.static])]


def demo(settings: Settings, *, progress: Progress | None = None) -> ReplayResult:
    """Run the shipped incident days, and the simulated ship among them."""
    with resources.as_file(resources.files("seawarden") / "data" / "incident_days") as folder:
        days = sorted(folder.glob("*.jsonl"))
        return replay(
            days,
            settings=settings,
            assets=load_pack(),
            more=simulated_ship,
            attribution=(DANISH,),
            progress=progress,
        )
