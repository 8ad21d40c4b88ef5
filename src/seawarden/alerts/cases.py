"""Cases: the alerts of one ship that have one cause, so that people can be told of them once.

A ship that may have an anchor out near thirty cables is thirty alerts, one for each owner to answer, and one case. An
alert is of a case that is open when it is raised, if the case has the same cause or an alert of it rests on a common
finding. What is restricted has cases of its own: no id, beginning or end of a case tells of an asset that its reader
may not see.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from seawarden.risk.content_id import content_id


class Case(msgspec.Struct, kw_only=True):
    """One case between ticks."""

    id: str
    cause: str
    findings: tuple[str, ...] = ()
    """All that its alerts have rested on, in order."""
    live: int = 0
    """Alerts of it that stand."""
    until_t: int = 0
    """When its last alert ended, event time, ms."""


class Cases(msgspec.Struct, kw_only=True):
    """Cases that are open or have just ended, by ship's track and visibility, oldest first."""

    held: dict[str, list[Case]] = {}

    def join(self, track_id: str, visibility: str, cause: str, findings: Iterable[str], t: int, gap_ms: int) -> Case:
        """The case of an alert that is raised at `t` (ms): an open one, one that ended at most `gap_ms` ago, or a new
        one."""
        place = _place(track_id, visibility)
        rests = set(findings)
        self._forget(t - gap_ms)
        open_ = self.held.setdefault(place, [])
        found = next((c for c in open_ if not rests.isdisjoint(c.findings)), None)
        if found is None:
            found = next((c for c in open_ if c.cause == cause), None)
        if found is None:
            found = Case(id=content_id("case", place, cause, t), cause=cause)
            open_.append(found)
        found.live += 1
        return found

    def rests(self, track_id: str, visibility: str, case_id: str, findings: Iterable[str]) -> None:
        """An alert of it rests on these now."""
        case = self._of(track_id, visibility, case_id)
        if case is not None:
            case.findings = tuple(sorted({*case.findings, *findings}))

    def leave(self, track_id: str, visibility: str, case_id: str, t: int) -> None:
        """An alert of it has ended."""
        case = self._of(track_id, visibility, case_id)
        if case is not None:
            case.live -= 1
            case.until_t = max(case.until_t, t)

    def _of(self, track_id: str, visibility: str, case_id: str) -> Case | None:
        return next((c for c in self.held.get(_place(track_id, visibility), ()) if c.id == case_id), None)

    def _forget(self, before_t: int) -> None:
        kept = {k: [c for c in cases if c.live or c.until_t >= before_t] for k, cases in self.held.items()}
        self.held = {k: cases for k, cases in kept.items() if cases}


def _place(track_id: str, visibility: str) -> str:
    return f"{track_id}|{visibility}"
