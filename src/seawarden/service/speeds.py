"""Speeds as they are shown: where a report's speed is not borne out by the way made, the way made says the speed.

The engine doubts such a speed (`Trust.SPEED_UNPROVEN`) and goes by the leg since the track's last believed position
(`tracks.sudden`). What is shown of a recording is the same number; the doubt goes with it, and so does what the
report told, for whoever asks.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from seawarden.geodesy import KNOT_MS, distance_m
from seawarden.model.position import F32, U32, Trust
from seawarden.store.recording import Recording
from seawarden.tracks.refuted import UNPROVEN

_JUMP: Final = np.uint32(Trust.JUMP)


def unproven(trust: U32) -> npt.NDArray[np.bool_]:
    """Whether the speed of each position is doubted; its place is as good as any."""
    doubted: npt.NDArray[np.bool_] = (trust & UNPROVEN) != 0
    return doubted


def misplaced(trust: U32) -> npt.NDArray[np.bool_]:
    """Whether anything of each position but its speed is doubted."""
    doubted: npt.NDArray[np.bool_] = (trust & ~UNPROVEN) != 0
    return doubted


def made_good(recording: Recording, rows: slice | npt.NDArray[np.integer[Any]]) -> F32:
    """Speeds of some rows of a recording, kn: as reported, or of the way made where that is not borne out.

    Args:
        recording: positions sorted by (track, time).
        rows: which, shape (n,).

    Returns:
        Shape (n,); NaN where no speed was reported, or where a doubted one has no believed position before it.
    """
    p = recording.positions
    told = p.sog_kn[rows]
    doubted = np.flatnonzero(unproven(p.trust[rows]))
    if not len(doubted):
        return told
    shown = told.copy()
    for k in doubted.tolist():
        row = range(len(p.t))[rows][k] if isinstance(rows, slice) else int(rows[k])
        shown[k] = _leg_kn(recording, row)
    return shown


def _leg_kn(recording: Recording, row: int) -> float:
    """Speed of the way made since the believed position before a row of a recording, kn; NaN without one."""
    p = recording.positions
    first = int(recording.starts[recording.track[row]])
    before = row - 1
    while before >= first and (p.trust[before] & _JUMP or p.t[before] == p.t[row]):
        before -= 1
    if before < first:
        return float("nan")
    gone_m = distance_m(float(p.lat[before]), float(p.lon[before]), float(p.lat[row]), float(p.lon[row]))
    return float(gone_m) / (int(p.t[row] - p.t[before]) / 1_000.0) / KNOT_MS
