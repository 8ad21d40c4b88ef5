"""What the bench lays on real tracks, always by the same keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from seawarden.geography.index import crossings
from seawarden.geography.layer import AssetLayer
from seawarden.model.position import F64, I32, Positions
from seawarden.physics.speed_loss import Law
from seawarden.simulate.cadence import thin
from seawarden.simulate.innocent import INNOCENTS
from seawarden.train.drag_cases import Case, innocent, lay, real
from seawarden.train.drag_sources import Stratum, heard_of
from seawarden.train.drag_tracks import RealTrack

LOSSES: Final = (0.05, 0.10, 0.15, 0.20, 0.30, 0.40, 0.50)
SEVERE: Final = (0.30, 0.40, 0.50)
"""A loss of 30 % or more, each alike."""
AIDED: Final = (0.15, *SEVERE)
"""Losses at which each aid is counted by itself."""
LAWS: Final[tuple[Law, ...]] = ("power", "thrust")
DIP_LOSSES: Final = (0.05, 0.10, 0.14)
"""The last as published: from 11 to 9.5 kn."""
DIP_S: Final = 300.0
SET_BACK_S: Final = 40.0
"""A dip begins this long after the antenna's crossing: some two hundred metres at 10 kn."""


def drags(stratum: Stratum) -> Iterator[Case]:
    """Sustained drags: the hard case under both laws, with heading and drift angle, and with the wobble on top."""
    for number, track in enumerate(stratum.tracks):
        for loss in LOSSES:
            for law in LAWS if stratum.dense else LAWS[:1]:
                yield from _one(lay(track, number, "bench", loss=loss, law=law))
                aided = lay(track, number, "bench", loss=loss, law=law, drift=True, heading=True)
                yield from _one(aided)
            if stratum.dense and loss in AIDED:
                yield from _one(
                    lay(track, number, "bench", loss=loss, law="power", drift=True, heading=True, wobble=True)
                )
                yield from _one(lay(track, number, "bench", loss=loss, law="power", wobble=True))
                yield from _one(lay(track, number, "bench", loss=loss, law="power", heading=True))


def nulls(stratum: Stratum) -> Iterator[Case]:
    """Injections of no force: the track resampled along itself and nothing else."""
    for number, track in enumerate(stratum.tracks):
        for k in range(3 if stratum.dense else 1):
            yield from _one(lay(track, number, "null", k, loss=0.0, law="power"))


def look_alikes(stratum: Stratum) -> Iterator[Case]:
    """Every lawful look-alike on every dense track, without a heading."""
    for number, track in enumerate(stratum.tracks):
        for kind in INNOCENTS:
            yield from _one(innocent(track, number, kind, "bench"))


def dips(stratum: Stratum, layer: AssetLayer) -> Iterator[tuple[Case, F64]]:
    """A dip of five minutes at each ship's real crossings of the layer's assets, with the crossing times (s)."""
    for number, track in enumerate(stratum.tracks):
        times = crossing_times(track.positions, layer)
        t_s = track.positions.t / 1000.0
        for t in times:
            if t_s[0] + 1500.0 < t < t_s[-1] - 1200.0:
                begin = float(t + SET_BACK_S)
                for loss in DIP_LOSSES:
                    case = lay(track, number, "dip", int(t), loss=loss, law="power", dip_s=DIP_S, onset_s=begin)
                    if case is not None:
                        yield case, times


def deep(stratum: Stratum, depth_m: float, loss: float) -> Iterator[Case]:
    """Drags where the bottom lies at one depth: the anchor pulls only while it reaches it at the ship's speed."""
    from seawarden.physics.equipment import equipment_of
    from seawarden.physics.towed import towed_depth
    from seawarden.simulate.drag import draw_plan, lay_drag
    from seawarden.train.drag_cases import onset_of

    outfit = equipment_of("cargo", length_m=170.0, breadth_m=27.0)
    speeds = np.arange(0.0, 30.5, 0.5)
    reach = np.array([towed_depth(outfit.anchor_kg, outfit.chain_mm, outfit.chain_m, float(u))[0] for u in speeds])
    for number, track in enumerate(stratum.tracks):
        begin = onset_of(track, "deep")
        if begin is None:
            continue
        name = (track.mmsi, int(track.positions.t[0]), "deep")
        plan = draw_plan(*name, start_t=int(begin * 1000), loss=loss, law="power", wobble=False, drift_angle=False)
        laid, _ = lay_drag(
            track.positions,
            plan,
            *name,
            depth_of=lambda lat, lon: np.full(len(lat), depth_m),
            reach_of=lambda u: np.interp(u, speeds, reach),
        )
        yield Case(number, "deep", "power", loss, False, False, False, begin, laid)


def thinned(stratum: Stratum, cadence_s: float, dropout: float) -> Stratum:
    """The stratum heard less often: the same tracks with fewer reports."""
    tracks: list[RealTrack] = []
    for track in stratum.tracks:
        kept = thin(track.positions, track.mmsi, int(track.positions.t[0]), cadence_s=cadence_s, dropout=dropout)
        if len(kept.t) >= 8:
            step = float(np.median(np.diff(kept.t)) / 1000.0)
            tracks.append(track._replace(positions=kept, cadence_s=step))
    name = f"{stratum.name}, every {cadence_s / 60:.0f} min"
    return stratum._replace(name=name, tracks=tracks, heard=heard_of(tracks))


def crossing_times(ship: Positions, layer: AssetLayer) -> F64:
    """When a ship crossed assets, s, rising; one a minute at most."""
    asset: I32 = np.empty(16, dtype=np.int32)
    segment: I32 = np.empty(16, dtype=np.int32)
    share, kp = np.empty(16), np.empty(16)
    times: list[float] = []
    for i in range(len(ship.t) - 1):
        n = crossings(
            layer.index, ship.lat[i], ship.lon[i], ship.lat[i + 1], ship.lon[i + 1], asset, share, kp, segment
        )
        times.extend((ship.t[i] + share[k] * (ship.t[i + 1] - ship.t[i])) / 1000.0 for k in range(n))
    kept: list[float] = []
    for t in sorted(times):
        if not kept or t - kept[-1] > 60.0:
            kept.append(t)
    return np.array(kept)


def reals(stratum: Stratum, *, heading: bool) -> Iterator[Case]:
    """The tracks as they are."""
    for number, track in enumerate(stratum.tracks):
        yield real(track, number, heading=heading)


def _one(case: Case | None) -> Iterator[Case]:
    if case is not None:
        yield case
