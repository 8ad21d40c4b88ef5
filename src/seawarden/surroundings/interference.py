"""Where and when satellite navigation was interfered with, and how far that doubts what was found there.

Learned in the fleet stage from findings of kind `interference`; used there alone, before they are weighed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

import msgspec

from seawarden.geodesy import distance_m
from seawarden.model.finding import AreaRef, Finding

KIND: Final = "interference"
BEFORE_MS: Final = 600_000
"""It is noticed some minutes after it began."""
METRES_PER_DEG: Final = 110_574.0
"""The shortest degree of latitude (WGS84, at the equator)."""
SLACK_DEG: Final = 1e-6


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

    def take(self, findings: Iterable[Finding]) -> list[Span]:
        """Take a tick's findings; returns the areas that began, grew or ended."""
        changed = []
        for finding in findings:
            if finding.kind != KIND or finding.area is None:
                continue
            if finding.state == "retracted":
                self.spans.pop(finding.id, None)
            else:
                span = Span(finding.area, finding.start_t, finding.end_t)
                if self.spans.get(finding.id) != span:
                    changed.append(span)
                self.spans[finding.id] = span
        return changed

    def forget(self, before_t: int) -> None:
        """Drop what ended before a time."""
        self.spans = {k: s for k, s in self.spans.items() if s.end_t is None or s.end_t >= before_t}

    def covers(self, finding: Finding, spans: Iterable[Span] | None = None) -> bool:
        """Whether any position behind a finding was in an area while it was interfered with.

        Args:
            finding: its newest revision.
            spans: the areas to ask; all when None.
        """
        track = finding.track
        if not track:
            return False
        first, last = track[0].t, track[-1].t
        for span in self.spans.values() if spans is None else spans:
            from_t = span.start_t - BEFORE_MS
            until_t = last if span.end_t is None else span.end_t
            if from_t > last or until_t < first:
                continue
            area = span.area
            reach_deg = area.radius_m / METRES_PER_DEG + SLACK_DEG
            for point in track:
                if from_t <= point.t <= until_t and abs(point.lat - area.lat) <= reach_deg:
                    if float(distance_m(area.lat, area.lon, point.lat, point.lon)) <= area.radius_m:
                        return True
        return False

    def doubted(self, finding: Finding, spans: Iterable[Span] | None = None) -> Finding:
        """The finding with all its positions doubted where it was made in such an area; itself elsewhere."""
        quality = finding.input_quality
        if not self.spans or quality is None or quality.doubted >= quality.positions:
            return finding
        if not self.covers(finding, spans):
            return finding
        quality = msgspec.structs.replace(quality, doubted=quality.positions)
        return msgspec.structs.replace(finding, input_quality=quality)

    def doubt(self, tracks: Mapping[str, Held], spans: Sequence[Span]) -> set[str]:
        """Doubt what was found before these areas were known; returns the keys of the tracks concerned."""
        concerned = set()
        for key, track in tracks.items():
            for id_, finding in track.findings.items():
                doubted = self.doubted(finding, spans)
                if doubted is not finding:
                    track.findings[id_] = doubted
                    concerned.add(key)
        return concerned
