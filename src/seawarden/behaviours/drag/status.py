"""What a ship under way says of herself, where it disagrees with her way: at anchor, moored, aground, not in command.

In no published case did the status change while an anchor was out, and a status left over from the berth is common:
141 of 4,030 ships at more than 4 kn in four snapshots said so (0.035; exact 95 % 0.030-0.041), ten of them `not under
command`. It is told, and weighs nothing in the chance; a ship that says that she can't command her way has told
another reason for a loss of speed.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from seawarden.ports import Track

UNDER_WAY_KN: Final = 4.0
RECENT_MS: Final = 900_000
SAYS: Final = {1: "at anchor", 2: "not under command", 5: "moored", 6: "aground"}
NOT_UNDER_COMMAND: Final = 2


def status_against(track: Track, t: int) -> tuple[int, float]:
    """The status that disagrees with her way over the last quarter of an hour, and the share of reports that say it.

    Returns:
        The AIS code and a share over a half, or (-1, 0.0) where most reports agree or she makes no way.
    """
    recent = (track.t > t - RECENT_MS) & (track.t <= t) & (track.sog_kn > UNDER_WAY_KN)
    said = track.nav_status[recent]
    if len(said) < 2:
        return -1, 0.0
    for code in SAYS:
        share = float(np.mean(said == code))
        if share > 0.5:
            return code, share
    return -1, 0.0
