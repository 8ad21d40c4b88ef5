"""The watch as this bench runs it: all that looks at the truth of positions and identities, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from seawarden.engine import Engine, FleetOutput
from seawarden.evaluate.integrity.sea import Sea
from seawarden.geography.layer import build_layer
from seawarden.model.alert import Alert
from seawarden.model.event import Event
from seawarden.model.fault import Fault
from seawarden.model.finding import Finding
from seawarden.model.position import Positions
from seawarden.model.risk import Risk
from seawarden.ports import FleetView
from seawarden.run.build import surroundings_of
from seawarden.run.integrity import integrity_across, integrity_behaviours
from seawarden.settings import Settings


class _Nothing(NamedTuple):
    risks: Sequence[Risk] = ()
    alerts: Sequence[Alert] = ()
    faults: Sequence[Fault] = ()


class _NoFleet:
    """A fleet stage that makes nothing of findings: risk and alerts are no part of this bench."""

    def on_tick(self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: FleetView) -> FleetOutput:
        return _Nothing()

    def next_wake(self) -> int | None:
        return None

    def snapshot(self) -> bytes:
        return b""

    def restore(self, data: bytes) -> None:
        return


class Watched(NamedTuple):
    """What a run brought."""

    findings: list[Finding]
    """All revisions, in the order in which they became known."""

    def last(self) -> list[Finding]:
        """The last revision of each that was not taken back, in order of start."""
        newest = {f.id: f for f in self.findings}
        return sorted((f for f in newest.values() if f.state != "retracted"), key=lambda f: (f.start_t, f.id))


def watch(sea: Sea, settings: Settings, positions: Positions | None = None, events: Sequence[Event] = ()) -> Watched:
    """Run a sea, or other positions in the place of its own."""
    batch = sea.batch(positions)
    batch.events = list(events)
    engine = Engine(
        settings, integrity_behaviours(settings), surroundings_of(build_layer([])), sea.catalogue, _NoFleet(),
        settings_hash="integrity", code_version="integrity", across=integrity_across(settings),
    )  # fmt: skip
    found = list(engine.step(batch).findings)
    return Watched(found + engine.finish().findings)
