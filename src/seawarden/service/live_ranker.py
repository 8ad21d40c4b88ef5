"""Ranks the ships of a fault in a live run, by the engine's own desk, from what is known now."""

from __future__ import annotations

from collections.abc import Iterable

from seawarden.engine.view import FleetViewOver
from seawarden.incidents.faults import FaultBook, FaultDesk
from seawarden.incidents.fleet_fixes import FleetFixes
from seawarden.model.event import FaultDeclared
from seawarden.model.fault import Fault
from seawarden.model.finding import Finding
from seawarden.risk.ahead import SteadyCourse
from seawarden.risk.evidence import Evidence
from seawarden.run.live import LiveRun


class LiveRanker:
    """A ranking at once; the engine's own follows when its clock has come to the declaration."""

    def __init__(self, run: LiveRun) -> None:
        self._run = run
        around, settings = run.room.around, run.settings
        layer = run.room.layer
        ahead = run.room.foreseen or SteadyCourse(layer, settings.risk)  # as the engine's own desk
        self._desk = FaultDesk(layer, settings.incidents, settings.risk, ahead, around.waters, around.coverage)

    def __call__(self, declared: FaultDeclared, findings: Iterable[Finding]) -> Fault:
        """The fault with its candidates; call it with the run's lock held."""
        book = FaultBook()
        book.declare(declared, declared.t)
        evidence = Evidence()
        evidence.take(list(findings))
        view = FleetViewOver(self._run.room.engine.stages, declared.t + 1)
        made, _ = self._desk.rank_due(book, declared.t, FleetFixes(view), evidence.tracks)
        return made[0]
