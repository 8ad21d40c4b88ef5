"""The findings of one shard: changes that behaviours report become findings with revisions."""

from __future__ import annotations

import hashlib
import itertools
from typing import Any, Final

import msgspec
import numpy as np

from seawarden.model.batch import Catalogue
from seawarden.model.error import Uncertain
from seawarden.model.finding import AssetRef, Change, Finding, InputQuality, SourceRef, TrackPoint
from seawarden.model.position import DTYPES, F32, I64, NO_TIME, Provenance, Trust
from seawarden.model.vessel import NO_SHIP, ShipRef
from seawarden.ports import FleetView, Surroundings, Track

LEAD_MS: Final = 600_000
"""A finding shows ten minutes of track before its begin."""
POINTS: Final = 40
"""Positions a finding carries at most; the rest is in the store."""
NO_TRACK: Final = Track(
    *(np.empty(0, dtype=DTYPES[name] if name in DTYPES else np.float32) for name in Track._fields)
)
"""Of a finding of no one ship."""
_DOUBTS: Final = 0xFFFFFFFF & ~int(Trust.BAD_MMSI | Trust.LATE)
"""All doubts of a report but of its number and its lateness: more than those of a place (`surroundings.doubts`)."""
_WEAKEST: Final = {int(p): p.name.lower() for p in Provenance}


def finding_id(kind: str, track_id: str, asset_id: str, start_t: int) -> str:
    """The id of an observation: the same in every run."""
    text = f"{kind}|{track_id}|{asset_id}|{start_t}"
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


class Register:
    """Open and recent findings by id, and how changes turn into revisions."""

    def __init__(self, catalogue: Catalogue, around: Surroundings, settings_hash: str, code_version: str) -> None:
        self._catalogue = catalogue
        self._around = around
        self._settings_hash = settings_hash
        self._code_version = code_version
        self.findings: dict[str, Finding] = {}

    def apply(self, change: Change, view: FleetView) -> Finding | None:
        """The revision that a change makes, or None when there is nothing to revise."""
        ship = view.ship(change.slot) if change.slot >= 0 else NO_SHIP
        asset = None
        if change.asset >= 0:
            asset = self._around.assets.ref(change.asset, change.kp_km)
            if change.kp_sigma_km is not None:
                asset = msgspec.structs.replace(asset, kp_sigma_km=change.kp_sigma_km)
        whose = change.area.id if change.area is not None and change.slot < 0 else ship.track_id
        id_ = finding_id(change.kind, whose, asset.id if asset else "", change.start_t)
        before = self.findings.get(id_)
        if before is None:
            if change.action in ("update", "retract") or (change.action == "close" and not change.thresholds):
                return None
            finding = self._new(id_, change, ship, asset, view)
        else:
            if before.state != "open" and change.action == "open":
                return None
            finding = self._revised(before, change, view)
        self.findings[id_] = finding
        return finding

    def retract(self, finding: Finding, t: int, why: str) -> Finding:
        """A revision that takes a finding back."""
        gone = msgspec.structs.replace(
            finding, revision=finding.revision + 1, state="retracted", known_from_t=t, why_retracted=why
        )
        self.findings[finding.id] = gone
        return gone

    def forget(self, before_t: int) -> None:
        """Drop findings that ended before a time; they live on in the store."""
        self.findings = {
            k: f for k, f in self.findings.items() if f.state == "open" or max(f.start_t, f.end_t or 0) >= before_t
        }

    def _new(self, id_: str, change: Change, ship: ShipRef, asset: AssetRef | None, view: FleetView) -> Finding:
        track = self._stretch(change, view)
        return Finding(
            id=id_,
            revision=1,
            kind=change.kind,
            state="closed" if change.action == "close" else "open",
            ship=ship,
            asset=asset,
            area=change.area,
            start_t=change.start_t,
            end_t=change.end_t,
            known_from_t=max(change.t, _received(track)),
            measured=change.measured,
            thresholds=change.thresholds,
            track=points(track),
            input_quality=quality(track),
            benign=change.benign,
            sources=self._sources(track),
            settings_hash=self._settings_hash,
            code_version=self._code_version,
            model_hash=change.model_hash,
            simulated=ship.simulated or bool((track.provenance == Provenance.SIMULATED).any()),
        )

    def _revised(self, before: Finding, change: Change, view: FleetView) -> Finding:
        measured: dict[str, Uncertain] = {m.name: m for m in before.measured}
        measured.update({m.name: m for m in change.measured if m.value is not None or m.name not in measured})
        asset = before.asset
        if asset is not None and change.kp_km is not None:
            asset = msgspec.structs.replace(asset, kp_km=change.kp_km, kp_sigma_km=change.kp_sigma_km)
        changed = msgspec.structs.replace(
            before,
            revision=before.revision + 1,
            state="closed" if change.action == "close" else "retracted" if change.action == "retract" else "open",
            ship=view.ship(change.slot) if change.slot >= 0 else NO_SHIP,
            asset=asset,
            area=change.area if change.area is not None else before.area,
            end_t=change.end_t if change.end_t is not None else before.end_t,
            known_from_t=change.t,
            measured=tuple(measured.values()),
            benign=change.benign or before.benign,
            model_hash=change.model_hash or before.model_hash,
        )
        if change.kind == "crossing":  # a point in time: what comes after it does not lengthen it
            return changed
        track = self._stretch(change, view)
        return msgspec.structs.replace(
            changed, known_from_t=max(change.t, _received(track)), track=points(track),
            input_quality=quality(track), sources=self._sources(track),
        )  # fmt: skip

    def _stretch(self, change: Change, view: FleetView) -> Track:
        if change.slot < 0:
            return NO_TRACK
        if change.kind == "crossing":
            gap = next((m.value for m in change.measured if m.name == "fix_gap"), None) or 0.0
            track = view.track(change.slot, change.t - int(gap * 1000) - 1)
            columns: list[Any] = [column[:2] for column in track]
            return Track(*columns)
        return view.track(change.slot, change.start_t - LEAD_MS)

    def _sources(self, track: Track) -> tuple[SourceRef, ...]:
        names = self._catalogue
        spans: dict[tuple[int, int], list[int]] = {}
        heard: dict[tuple[int, int], set[int]] = {}
        columns = (track.source.tolist(), track.file.tolist(), track.offset.tolist(), track.receiver.tolist())
        for source, file, offset, receiver in zip(*columns, strict=True):
            span = spans.setdefault((source, file), [offset, offset])
            span[0], span[1] = min(span[0], offset), max(span[1], offset)
            if receiver >= 0:
                heard.setdefault((source, file), set()).add(receiver)
        return tuple(
            SourceRef(
                source=names.sources[source] if source < len(names.sources) else "",
                file=names.files[file] if file >= 0 else "",
                first_offset=first,
                last_offset=last,
                receivers=tuple(sorted(names.receivers[r] for r in heard.get((source, file), ()))),
            )
            for (source, file), (first, last) in sorted(spans.items())
        )


def _received(track: Track) -> int:
    return int(track.receive_t.max()) if len(track.t) else NO_TIME


def _numbers(column: F32) -> list[float | None]:
    return [None if value != value else round(value, 2) for value in column.tolist()]


def points(track: Track) -> tuple[TrackPoint, ...]:
    """At most `POINTS` positions of a track, first and last among them."""
    n = len(track.t)
    if n > POINTS:
        index: I64 = np.unique(np.linspace(0, n - 1, POINTS).astype(np.int64))
        columns: list[Any] = [column[index] for column in track]
        track = Track(*columns)
    return tuple(
        TrackPoint(
            t=t, lon=round(lon, 6), lat=round(lat, 6), sog_kn=sog, cog_deg=cog, heading_deg=heading, trust=trust
        )
        for t, lon, lat, sog, cog, heading, trust in zip(
            track.t.tolist(),
            track.lon.tolist(),
            track.lat.tolist(),
            _numbers(np.where(track.trust & np.uint32(Trust.SPEED_UNPROVEN), np.float32(np.nan), track.sog_kn)),
            _numbers(track.cog_deg),
            _numbers(track.heading_deg),
            track.trust.tolist(),
            strict=True,
        )
    )


def quality(track: Track) -> InputQuality:
    """How good a stretch of track is."""
    n = len(track.t)
    times = track.t.tolist()
    gaps = sorted((b - a) / 1000.0 for a, b in itertools.pairwise(times))
    return InputQuality(
        positions=n,
        median_interval_s=round(0.5 * (gaps[(n - 1) // 2] + gaps[(n - 2) // 2]), 1) if gaps else None,
        longest_gap_s=round(gaps[-1], 1) if gaps else None,
        doubted=int(np.count_nonzero(track.trust & _DOUBTS)),
        heading_share=round(float(np.count_nonzero(~np.isnan(track.heading_deg))) / n, 3) if n else 0.0,
        provenance=_WEAKEST[max(track.provenance.tolist())] if n else "observed",
    )
