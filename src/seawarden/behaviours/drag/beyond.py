"""A loss greater than ships show by themselves where they are.

Trees know what they were shown. In open water, without a great turn, where many ships are known to pass and few slow,
natural losses of speed fall off exponentially (in the Kattegat by e every 3 % of the speed, 46 of them over 8 %), and
from some loss on none was seen: there trees count a loss of 50 % no more than one of 25 %. Beyond it the evidence
grows on at the pace at which natural losses have become rarer, but for `RARER` times at the most: engines do fail.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from seawarden.behaviours.drag.names import INDEX
from seawarden.model.position import F64

TURN_MOST_DEG: Final = 40.0
"""Ships in the Kattegat's lanes lose no more in turns of 20-40 degrees than on a straight course; over 40 they do."""
SHIPS_LEAST: Final = 10.0
SLOWED_MOST: Final = 0.08
SHELTER_MOST: Final = 0.1
"""Among islands and in fjords ships stop on a straight course as a matter of course."""
CADENCE_MOST_MIN: Final = 2.0
RARER: Final = 30.0


class Beyond(NamedTuple):
    """Where natural losses end, and how the evidence grows from there."""

    begin: float
    """Loss of log speed at which one natural loss is to be expected in all that was watched."""
    slope: float
    """Log-odds for each unit of log speed."""
    mean: float
    """Natural losses fall by e over so much, upper 95 % bound."""


NOWHERE: Final = Beyond(math.inf, 0.0, 1.0)
"""Nothing is known of natural losses, and nothing is added."""


def magnitude(features: F64) -> F64:
    """Loss of log speed that is told by the whole time since the onset and by the last five minutes, shape (m,)."""
    least: F64 = np.minimum(features[:, INDEX["loss"]], features[:, INDEX["loss_now"]])
    return least


def is_plain(features: F64) -> npt.NDArray[np.bool_]:
    """Where losses of speed are rare and alike: open water, a known lane where few slow, no great turn."""
    turned = np.fmax(features[:, INDEX["turn_near_deg"]], features[:, INDEX["turn_deg"]])
    slowed = features[:, INDEX["lane_slowed"]]
    plain: npt.NDArray[np.bool_] = (
        (features[:, INDEX["lane_ships"]] >= SHIPS_LEAST)
        & ~(slowed > SLOWED_MOST)
        & (turned < TURN_MOST_DEG)
        & (features[:, INDEX["shelter"]] <= SHELTER_MOST)
        & (features[:, INDEX["cadence_min"]] <= CADENCE_MOST_MIN)
    )
    return plain


def beyond_term(features: F64, beyond: Beyond) -> F64:
    """What a loss beyond the natural ones adds to the log-odds, shape (m,), for features of shape (m, COUNT)."""
    most = beyond.mean * math.log(RARER)
    over = np.clip(magnitude(features) - beyond.begin, 0.0, most)
    return np.where(is_plain(features) & (over > 0.0), beyond.slope * over, 0.0)


def to_plain(beyond: Beyond) -> dict[str, float] | None:
    """For a JSON file; None where nothing is known."""
    return None if math.isinf(beyond.begin) else {k: round(v, 6) for k, v in beyond._asdict().items()}


def from_plain(plain: dict[str, float] | None) -> Beyond:
    """What `to_plain` gave."""
    return NOWHERE if plain is None else Beyond(**plain)
