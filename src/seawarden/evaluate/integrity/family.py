"""What a family of cases offers to the suite: it lays its cases on a sea, runs the watch, and says what was found.

A family is one module here with a `FAMILY` of this form, and one line in `families`. Most change one ship at a time
and judge each by her own findings: they offer `plant` alone through `ShipFamily`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

from seawarden.evaluate.integrity.sea import Half, Sea
from seawarden.evaluate.integrity.watch import Watched
from seawarden.model.finding import Finding
from seawarden.model.position import Positions

LATE_MS = 30 * 60_000
"""A finding that opens so long after the end of what was planted is still its own."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What was planted."""

    family: str
    source: str
    half: Half
    mmsi: int
    start_t: int
    """ms."""
    end_t: int
    about: dict[str, float] = {}
    """How it was drawn: distance, radius, rate..."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A case and what became of it."""

    case: Case
    found: bool
    kind: str = ""
    """Of the first finding that is its own."""
    minutes: float | None = None
    """From the start of the case to when it was known."""


class Outcome(NamedTuple):
    """What a family brought on one sea."""

    judged: list[Judged]
    extra: dict[str, Any]
    """Figures of its own, as builtins."""


class Family(Protocol):
    """One family of cases."""

    name: str
    about: str
    """A sentence: what is planted."""
    kinds: tuple[str, ...]
    """Kinds of findings that it is found by; those of the quiet run are its false ones."""

    def run(self, sea: Sea, watch: Callable[[Positions], Watched]) -> Outcome:
        """Lay the cases on a sea, run them, and judge.

        Args:
            sea: real traffic.
            watch: runs positions in the place of the sea's own.
        """
        ...


class ShipFamily(NamedTuple):
    """A family whose cases are single ships, planted all at once."""

    name: str
    about: str
    kinds: tuple[str, ...]
    plant: Callable[[Sea], tuple[Positions, list[Case]]]

    def run(self, sea: Sea, watch: Callable[[Positions], Watched]) -> Outcome:
        """Plant, run, and judge each case by its ship's findings."""
        positions, cases = self.plant(sea)
        if not cases:
            return Outcome([], {})
        findings = watch(positions).findings
        by_ship: dict[int, list[Finding]] = {}
        for finding in findings:
            if finding.kind in self.kinds and finding.state != "retracted" and finding.revision == 1:
                by_ship.setdefault(finding.ship.mmsi, []).append(finding)
        return Outcome([judge(case, by_ship.get(case.mmsi, ())) for case in cases], {})


def judge(case: Case, findings: Sequence[Finding]) -> Judged:
    """Whether one of a ship's findings is of this case: known between its start and a while after its end."""
    own = [f for f in findings if case.start_t <= f.known_from_t <= case.end_t + LATE_MS]
    if not own:
        return Judged(case=case, found=False)
    first = min(own, key=lambda f: (f.known_from_t, f.kind))
    minutes = round((first.known_from_t - case.start_t) / 60_000.0, 1)
    return Judged(case=case, found=True, kind=first.kind, minutes=minutes)
