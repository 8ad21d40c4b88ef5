"""What is known of each ship's track: her findings of the last hours, newest revision of each."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from seawarden.model.finding import Finding, TrackPoint
from seawarden.model.vessel import ShipRef
from seawarden.risk.signs import SIGN_GROUP, at_crossing
from seawarden.settings_risk import RiskSettings

PUBLIC = "public"


class TrackEvidence(msgspec.Struct, kw_only=True):
    """One track and its findings by id."""

    ship: ShipRef
    findings: dict[str, Finding] = {}

    def seen_by(self, visibility: str) -> list[Finding]:
        """Findings that whoever may see this visibility may see too, in order of start and id."""
        shown = [
            f
            for f in self.findings.values()
            if f.state != "retracted" and (f.asset is None or f.asset.visibility in (PUBLIC, visibility))
        ]
        return sorted(shown, key=lambda f: (f.start_t, f.id))

    def live(self, since_t: int) -> bool:
        """Whether a sign is open, or ended at `since_t` or later."""
        return any(
            f.kind in SIGN_GROUP and f.state != "retracted" and (f.end_t is None or f.end_t >= since_t)
            for f in self.findings.values()
        )


def dipped(track: TrackEvidence, s: RiskSettings) -> bool:
    """Whether a crossing alone shows a change of speed that counts as a sign."""
    return any(f.state != "retracted" and at_crossing(f, s) for f in track.findings.values())


class Evidence(msgspec.Struct, kw_only=True):
    """All tracks with findings inside the memory."""

    tracks: dict[str, TrackEvidence] = {}

    def take(self, findings: Iterable[Finding]) -> list[str]:
        """Take new revisions; returns the track ids concerned, each once, in order.

        A revision older than the one held is left out. Of the track behind a finding only the last point is kept.
        """
        touched: dict[str, None] = {}
        for finding in findings:
            key = finding.ship.track_id
            track = self.tracks.get(key)
            if track is None:
                track = self.tracks[key] = TrackEvidence(ship=finding.ship)
            held = track.findings.get(finding.id)
            if held is not None and held.revision > finding.revision:
                continue
            last: tuple[TrackPoint, ...] = finding.track[-1:] or (held.track if held is not None else ())
            track.findings[finding.id] = msgspec.structs.replace(finding, track=last, thresholds=(), sources=())
            track.ship = finding.ship
            touched[key] = None
        return sorted(touched)

    def forget(self, before_t: int) -> None:
        """Drop what ended before `before_t`; this changes no result, for what is so old no longer counts."""
        for key in list(self.tracks):
            track = self.tracks[key]
            for fid in [i for i, f in track.findings.items() if f.end_t is not None and f.end_t < before_t]:
                del track.findings[fid]
            if not track.findings:
                del self.tracks[key]
