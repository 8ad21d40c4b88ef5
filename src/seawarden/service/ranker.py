"""Ranks the ships of a fault in a recording, by the engine's own desk."""

from __future__ import annotations

from seawarden.geography.layer import AssetLayer
from seawarden.incidents.faults import FaultBook, FaultDesk
from seawarden.incidents.fleet_fixes import FleetFixes
from seawarden.model.event import FaultDeclared
from seawarden.model.fault import Fault
from seawarden.ports import Surroundings
from seawarden.risk.evidence import Evidence
from seawarden.service.recorded_outlook import RecordedOutlook
from seawarden.service.recorded_view import Ends, RecordedView
from seawarden.service.revisions import Revisions
from seawarden.settings import Settings
from seawarden.store.recording import Recording


class RecordedRanker:
    """A `Ranker` over a recording: the same posterior as in the live engine, from what was known at a moment."""

    def __init__(
        self,
        recording: Recording,
        layer: AssetLayer,
        settings: Settings,
        around: Surroundings,
        outlook: RecordedOutlook | None = None,
    ) -> None:
        """Make one.

        Args:
            recording: the run.
            layer: its assets.
            settings: of the run.
            around: waters and coverage.
            outlook: forecasts of its ships, for the assets ahead of the candidates; one is made without it.
        """
        self._recording = recording
        self._ends = Ends(recording)
        self._findings = Revisions(recording.findings)
        self._outlook = outlook or RecordedOutlook(recording, layer, settings, around)
        self._layer, self._settings, self._around = layer, settings, around

    def __call__(self, declared: FaultDeclared, at: int) -> Fault:
        """The fault as ranked with what was known at a time, ms, and no earlier than it was declared."""
        t = max(at, declared.t)
        book = FaultBook()
        book.declare(declared, t)
        evidence = Evidence()
        evidence.take(self._findings.at(t))
        fixes = FleetFixes(RecordedView(self._recording, t + 1, self._ends))
        s, around = self._settings, self._around
        with self._outlook.ahead(t) as ahead:
            desk = FaultDesk(self._layer, s.incidents, s.risk, ahead, around.waters, around.coverage)
            made, _ = desk.rank_due(book, t, fixes, evidence.tracks)
        return made[0]
