"""Which doubts about a report concern its place: only these take a position out of a ship's way."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from seawarden.model.position import U32, Trust

PLACE: Final = np.uint32(Trust.JUMP | Trust.FROZEN | Trust.ON_LAND | Trust.SHARED_MMSI)
"""A number that no country gave out, a late report or a speed that does not fit leave the place as good as it was."""


def placed(trust: U32) -> npt.NDArray[np.bool_]:
    """Whether each position's place is undoubted, shape (n,).

    Args:
        trust: `Trust` bits, shape (n,).
    """
    fit: npt.NDArray[np.bool_] = (trust & PLACE) == 0
    return fit
