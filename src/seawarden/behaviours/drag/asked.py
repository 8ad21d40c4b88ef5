"""Which ships the model is asked about: not too slow before, nor as good as stopped."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from seawarden.behaviours.drag.names import INDEX
from seawarden.model.position import F64

LEAST_BEFORE_KN: Final = 6.0
"""As the behaviour's setting has it."""
STOPPED_KN: Final = 2.0


def is_asked(x: F64) -> npt.NDArray[np.bool_]:
    """Whether the behaviour would open a finding by the model, shape (m,), for features of shape (m, COUNT)."""
    asked: npt.NDArray[np.bool_] = (x[:, INDEX["before_kn"]] >= LEAST_BEFORE_KN) & (
        x[:, INDEX["now_kn"]] >= STOPPED_KN
    )
    return asked
