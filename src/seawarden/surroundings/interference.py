"""Where and when satellite navigation was interfered with, and how far that doubts what was found there.

Learned in the fleet stage from findings of kind `interference`; used there alone, before they are weighed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

import msgspec

from seawarden.geodesy import distance_m
from seawarden.model.finding import AreaRef, Finding

KIND: Final = "interference"
BEFORE_MS: Final = 600_000
"""It is noticed some minutes after it began."""


class Span(msgspec.Struct, frozen=True, array_like=True):
    """An area and its time."""

    area: AreaRef
    start_t: int
    end_t: int | None


class Held(Protocol):
    """What is held of a track: its findings by id."""

    findings: dict[str, Finding]


class InterferenceBook(msgspec.Struct, kw_only=True):
    """All areas of interference that are remembered, by id of their finding."""

    spans: dict[str, Span] = {}

    def take(self, findings: Iterable[Finding]) -> bool:
        """Take a tick's findings; returns whether an area began, grew, ended or was taken back."""
        changed = False
        for finding in findings:
            if finding.kind != KIND or finding.area is None:
                continue
            changed = True
            if finding.state == "retracted":
                self.spans.pop(finding.id, None)
            else:
                self.spans[finding.id] = Span(finding.area, finding.start_t, finding.end_t)
        return changed

    def forget(self, before_t: int) -> None:
        """Drop what ended before a time."""
        self.spans = {k: s for k, s in self.spans.items() if s.end_t is None or s.end_t >= before_t}

    def covers(self, finding: Finding) -> bool:
        """Whether any position behind a finding was in an area while it was interfered with."""
        return any(
            span.start_t - BEFORE_MS <= point.t <= (span.end_t if span.end_t is not None else point.t)
            and float(distance_m(span.area.lat, span.area.lon, point.lat, point.lon)) <= span.area.radius_m
            for span in self.spans.values()
            for point in finding.track
        )

    def doubted(self, finding: Finding) -> Finding:
        """The finding with all its positions doubted where it was made in such an area; itself elsewhere."""
        quality = finding.input_quality
        if not self.spans or quality is None or quality.doubted >= quality.positions or not self.covers(finding):
            return finding
        quality = msgspec.structs.replace(quality, doubted=quality.positions)
        return msgspec.structs.replace(finding, input_quality=quality)

    def doubt(self, tracks: Mapping[str, Held]) -> set[str]:
        """Doubt what was found before an area was known; returns the keys of the tracks concerned."""
        concerned = set()
        for key, track in tracks.items():
            for id_, finding in track.findings.items():
                doubted = self.doubted(finding)
                if doubted is not finding:
                    track.findings[id_] = doubted
                    concerned.add(key)
        return concerned
