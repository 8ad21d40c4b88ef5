"""Which trees judge a ship: by how often she is heard, and by whether past traffic is known where she is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from seawarden.behaviours.drag.beyond import Beyonds, beyond_term
from seawarden.behaviours.drag.names import BLIND, INDEX, RARE, SHIP
from seawarden.behaviours.drag.trees import Trees, score
from seawarden.model.position import F64, I64

RARE_MIN: Final = 2.0
"""Ships heard less often than this, minutes, are judged by trees of their own."""
PARTS: Final[Mapping[str, tuple[str, ...]]] = {"ship": SHIP, "blind": BLIND, "rare": RARE}
"""What each part reads: `ship` where past traffic is known, `blind` where not, `rare` for ships heard rarely."""
COLUMNS: Final[Mapping[str, I64]] = {
    part: np.array([INDEX[name] for name in names], dtype=np.int64) for part, names in PARTS.items()
}
HEADING_SHOWN: Final = 0.4
"""Share of drags that hold a ship at an angle to her course which can be seen (own estimate; towed bodies do).

Where it is set high, a drag that shows no angle is counted against for it: at 0.75 a heading without an angle lost a
third of what is found without any heading, at 0.2-0.4 next to nothing, and what an angle gives is the same."""

HEADING_MOST: Final = 3.5
"""A ratio of thirty is the most that is believed: in some cases of a hundred a step has a cause that the filter knows
nothing of (a current's edge, a gyro). A heading alone reaches no tier. On the bench a bound of a hundred alarms so
much oftener that with a drift angle 0.1 fewer of the losses of 30 % are found at 0.02 alarms a ship-day."""

HEADING_MOST_TURNED: Final = 1.5
TURNED_DEG: Final = 8.0
"""After a turn a step says little: a ratio of four or five is the most. Real headings off the Aleutians, in the
strait of Singapore and in the Old Bahama Channel alarmed nine times in 107 ship-days without this, once with it."""


def part_of(features: F64) -> dict[str, npt.NDArray[np.bool_]]:
    """Rows of each part, shape (m,) each, for features of shape (m, COUNT)."""
    rare = features[:, INDEX["cadence_min"]] > RARE_MIN
    blind = ~rare & np.isnan(features[:, INDEX["lane_ships"]])
    return {"ship": ~rare & ~blind, "blind": blind, "rare": rare}


def raw_of(trees: Mapping[str, Trees], features: F64) -> F64:
    """Sum of the trees of each row's own part, shape (m,)."""
    out = np.zeros(len(features))
    for part, mine in part_of(features).items():
        if mine.any():
            out[mine] = score(trees[part], np.ascontiguousarray(features[mine][:, COLUMNS[part]]))
    return out


def log_odds_of(trees: Mapping[str, Trees], lines: Mapping[str, list[float]], beyonds: Beyonds, features: F64) -> F64:
    """Calibrated log-odds with the terms of the heading and of a loss beyond the natural ones, shape (m,)."""
    alone = trees_alone(trees, lines, features)
    return alone + beyond_term(features, alone, beyonds) + heading_term(features)


def trees_alone(trees: Mapping[str, Trees], lines: Mapping[str, list[float]], features: F64) -> F64:
    """Calibrated log-odds of each row's own trees without any other term, shape (m,)."""
    raw = raw_of(trees, features)
    for part, mine in part_of(features).items():
        raw[mine] = lines[part][0] + lines[part][1] * raw[mine]
    return raw


def heading_term(features: F64) -> F64:
    """What the heading adds to the log-odds, shape (m,): 0 where not known, at least log(1 - HEADING_SHOWN).

    A steady step is evidence for a pull; its absence is evidence against, as far as drags show one at all. It is a
    likelihood ratio as it stands, and is not scaled with the trees: on the bench's headings the mean of the ratio
    over natural traffic is 1.2, where one is right.
    """
    ratio = features[:, INDEX["heading_llr"]]
    turned = np.fmax(features[:, INDEX["turn_deg"]], features[:, INDEX["turn_near_deg"]]) > TURNED_DEG
    most = np.where(turned, HEADING_MOST_TURNED, HEADING_MOST)
    added = np.log(1.0 - HEADING_SHOWN + HEADING_SHOWN * np.exp(np.clip(ratio, -30.0, most)))
    term: F64 = np.where(np.isnan(ratio), 0.0, added)
    return term
