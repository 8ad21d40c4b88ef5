"""Many ships that slow at once: one line for the family, the one out of family kept single.

Slow-downs that began within the window of each other and near each other are linked; a chain of enough ships is a
group. Its family is every member whose loss lies within the median's robust spread. Only slow-downs by public
assets are grouped, so that no group tells of a restricted route.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import median
from typing import NamedTuple

import msgspec

from seawarden.geodesy import distance_m
from seawarden.model.finding import AssetRef, Finding
from seawarden.risk.anchor import Together
from seawarden.risk.content_id import content_id
from seawarden.risk.evidence import PUBLIC, TrackEvidence
from seawarden.risk.needs import Layer
from seawarden.settings_risk import AlertSettings


class Slowing(NamedTuple):
    """One ship's slow-down, as grouping sees it."""

    track_id: str
    mmsi: int
    start_t: int
    loss: float
    lat: float
    lon: float
    asset: AssetRef
    finding_id: str
    simulated: bool


class Group(msgspec.Struct, kw_only=True):
    """A family that slows together; `members` are the family, `outliers` those who lose more."""

    id: str
    since_t: int
    members: dict[str, float]
    """Loss by track id."""
    outliers: dict[str, float]
    median_loss: float
    asset: AssetRef
    findings: tuple[str, ...]
    simulated: bool = False


class Groups(msgspec.Struct, kw_only=True):
    """Groups by id."""

    groups: dict[str, Group] = {}

    def together(self, track_id: str) -> Together | None:
        """What a group says of one ship."""
        for gid in sorted(self.groups):
            group = self.groups[gid]
            if track_id in group.members or track_id in group.outliers:
                size = len(group.members)
                return Together(gid, size, group.median_loss, track_id in group.members)
        return None

    def update(
        self,
        t: int,
        tracks: Mapping[str, TrackEvidence],
        layer: Layer,
        s: AlertSettings,
        slowed: Iterable[str] | None = None,
    ) -> set[str]:
        """Group anew at `t`; returns the track ids whose group, side or size of family changed.

        Args:
            t: event time, ms.
            tracks: what is known of each track.
            layer: the assets.
            s: settings.
            slowed: track ids among which all with a slow-down are; all are looked through where it is not given.
        """
        looked = tracks if slowed is None else {k: tracks[k] for k in slowed if k in tracks}
        before = {k: self.together(k) for g in self.groups.values() for k in (*g.members, *g.outliers)}
        found: dict[str, Group] = {}
        for chain in _chains(_slowing(t, looked, layer, s), s):
            if len(chain) < s.group_size:
                continue
            group = _group(chain, s)
            size = len(group.members)
            if size >= s.group_size and size >= s.group_share * (size + _kept(chain, tracks, layer, s)):
                old = sorted(
                    (len(set(g.members) & set(group.members)), gid)
                    for gid, g in self.groups.items()
                    if gid not in found and set(g.members) & set(group.members)
                )
                if old:
                    group.id = old[-1][1]
                    group.since_t = min(group.since_t, self.groups[group.id].since_t)
                found[group.id] = group
        self.groups = found
        after = {k: self.together(k) for g in self.groups.values() for k in (*g.members, *g.outliers)}
        return {k for k in before.keys() | after.keys() if _side(before.get(k)) != _side(after.get(k))}


def _side(x: Together | None) -> tuple[str, bool]:
    return (x.group_id, x.member) if x is not None else ("", False)


def _slowing(t: int, tracks: Mapping[str, TrackEvidence], layer: Layer, s: AlertSettings) -> list[Slowing]:
    out = []
    since = t - int(s.group_window_min * 60_000)
    for track_id, track in tracks.items():
        best: Slowing | None = None
        for f in track.findings.values():
            if f.kind != "slowdown" or f.state == "retracted" or (f.end_t is not None and f.end_t < since):
                continue
            place = _place(f, layer)
            if place is None or f.asset is None or f.asset.visibility != PUBLIC:
                continue
            one = Slowing(
                track_id, f.ship.mmsi, f.start_t, f.value("loss") or 0.0, *place, f.asset, f.id, f.simulated
            )
            if best is None or (one.loss, one.finding_id) > (best.loss, best.finding_id):
                best = one
        if best is not None:
            out.append(best)
    return sorted(out, key=lambda x: (x.start_t, x.mmsi, x.track_id))


def _place(f: Finding, layer: Layer) -> tuple[float, float] | None:
    if f.track:
        return f.track[-1].lat, f.track[-1].lon
    row = layer.row_of(f.asset.id) if f.asset is not None else None
    if row is None or f.asset is None or f.asset.kp_km is None:
        return None
    return layer.position(row, f.asset.kp_km)


def _chains(ships: list[Slowing], s: AlertSettings) -> list[list[Slowing]]:
    """Connected sets of ships whose losses began within one window, each in order, the earliest set first."""
    out = []
    rest = ships
    while rest:
        end = rest[0].start_t + s.group_window_min * 60_000
        window = [x for x in rest if x.start_t <= end]
        chain = max(_linked(window, s), key=len)  # the first of the largest
        if len(chain) >= s.group_size:
            out.append(chain)
            taken = {x.track_id for x in chain}
            rest = [x for x in rest if x.track_id not in taken]
        else:
            rest = rest[1:]
    return out


def _linked(ships: list[Slowing], s: AlertSettings) -> list[list[Slowing]]:
    """Sets of ships linked by distance, whatever the time between them."""
    root = list(range(len(ships)))

    def find(k: int) -> int:
        while root[k] != k:
            root[k] = root[root[k]]
            k = root[k]
        return k

    for i, a in enumerate(ships):
        for j in range(i + 1, len(ships)):
            b = ships[j]
            if distance_m(a.lat, a.lon, b.lat, b.lon) <= s.group_radius_km * 1000.0:
                low, high = sorted((find(i), find(j)))
                root[high] = low
    sets: dict[int, list[Slowing]] = {}
    for k, ship in enumerate(ships):
        sets.setdefault(find(k), []).append(ship)
    return list(sets.values())


def _kept(chain: list[Slowing], tracks: Mapping[str, TrackEvidence], layer: Layer, s: AlertSettings) -> int:
    """Ships that crossed a public asset near the chain while it slowed, and kept their speed."""
    slowing = {x.track_id for x in chain}
    first = min(x.start_t for x in chain)
    last = first + s.group_window_min * 60_000
    lat, lon = median([x.lat for x in chain]), chain[0].lon
    kept = 0
    for track_id, track in tracks.items():
        if track_id in slowing or any(f.kind == "slowdown" for f in track.findings.values()):
            continue
        for f in track.findings.values():
            if f.kind != "crossing" or f.state == "retracted" or not first <= f.start_t <= last:
                continue
            place = _place(f, layer) if f.asset is not None and f.asset.visibility == PUBLIC else None
            if place is not None and distance_m(lat, lon, *place) <= s.group_radius_km * 1000.0:
                kept += 1
                break
    return kept


def _group(chain: list[Slowing], s: AlertSettings) -> Group:
    losses = [x.loss for x in chain]
    mid = median(losses)
    spread = 1.4826 * median([abs(x - mid) for x in losses])
    limit = mid + min(s.family_most_share, max(s.family_share, s.family_mads * spread))
    family = [x for x in chain if x.loss <= limit]
    counts: dict[str, int] = {}
    for x in family:
        counts[x.asset.id] = counts.get(x.asset.id, 0) + 1
    most = min(counts, key=lambda key: (-counts[key], key))
    return Group(
        id=content_id("group", family[0].finding_id, family[0].start_t),
        since_t=min(x.start_t for x in family),
        members={x.track_id: x.loss for x in family},
        outliers={x.track_id: x.loss for x in chain if x.loss > limit},
        median_loss=median([x.loss for x in family]),
        asset=next(x.asset for x in family if x.asset.id == most),
        findings=tuple(sorted(x.finding_id for x in family)),
        simulated=all(x.simulated for x in family),
    )
