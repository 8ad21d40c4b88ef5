"""What a stretch of track looks like once a later report in it has refuted an earlier one's speed."""

from __future__ import annotations

import numpy as np

from seawarden.model.position import F32, I8, I32, U32, Trust

UNPROVEN = np.uint32(Trust.SPEED_UNPROVEN)


def refuted(sog_kn: F32, trust: U32, refutes: I8, track: I32 | None = None) -> tuple[F32, U32]:
    """Speeds and doubts of rows that are looked at together: a refuted speed is unknown, and doubted.

    A row whose successor is not among them stays as it was known before that.

    Args:
        sog_kn: (n,) speeds of rows sorted by (track, time).
        trust: (n,) their doubts.
        refutes: (n,) 1 where a row shows that its track's report before it told a wrong speed (`tracks.sudden`).
        track: (n,) whose they are; all of one track without it.

    Returns:
        The two, copied where anything is changed.
    """
    shown = refutes[1:] != 0
    if track is not None:
        shown &= track[1:] == track[:-1]
    rows = np.flatnonzero(shown)
    if not len(rows):
        return sog_kn, trust
    sog_kn, trust = sog_kn.copy(), trust.copy()
    sog_kn[rows] = np.nan
    trust[rows] |= UNPROVEN
    return sog_kn, trust
