"""How large the losses of speed are that ships show by themselves (`behaviours.drag.beyond`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from seawarden.behaviours.drag.beyond import NOWHERE, Beyond, is_plain, magnitude
from seawarden.behaviours.drag.names import INDEX
from seawarden.model.position import F64, I64
from seawarden.train.drag_alarms import gated, held, is_asked, peaks, tail_of
from seawarden.train.drag_cases import real, rows_of
from seawarden.train.drag_rows import Fitted, calibrated, fold_of
from seawarden.train.drag_sources import Stratum

LEAST_LOSS: Final = 0.08
"""Greater losses of log speed fall off exponentially in the Kattegat: by e every 0.030, and over 0.1 every 0.031."""
LEAST_AGE_MIN: Final = 3.0
LEAST_EVENTS: Final = 10
"""With fewer natural losses nothing is said of greater ones."""


class Losses(NamedTuple):
    """Natural losses, shape (k,) each; the most of each hour of each track."""

    loss: F64
    mmsi: I64
    scale: float
    """Of the tail of natural alarms without any term for great losses, log-odds."""


def with_beyond(fits: Sequence[Fitted], losses: Losses) -> list[Fitted]:
    """The fits, each with what the natural losses of the ships of the other folds tell of greater ones."""
    fold = fold_of(losses.mmsi)
    return [fitted._replace(beyond=beyond_of(losses.loss[fold != k], losses.scale)) for k, fitted in enumerate(fits)]


def beyond_of(loss: F64, scale: float) -> Beyond:
    """The exponential tail of natural losses, with the upper 95 % bound of its mean.

    The evidence grows by the scale of the natural alarms' own tail while natural losses fall by e: a threshold read
    off that tail then means the same rate along both.

    Args:
        loss: natural losses over `LEAST_LOSS`, shape (k,).
        scale: scale of the tail of natural alarms, log-odds.
    """
    count = len(loss)
    if count < LEAST_EVENTS:
        return NOWHERE
    from scipy.stats import chi2

    mean = float(2.0 * np.sum(loss - LEAST_LOSS) / chi2.ppf(0.05, 2 * count))
    return Beyond(LEAST_LOSS + mean * float(np.log(count)), scale / mean, mean)


def natural_losses(strata: Sequence[Stratum], fits: Sequence[Fitted], lines: dict[str, list[float]]) -> Losses:
    """Natural losses of speed where ships are heard every minute, scored by fits that have not seen the ship."""
    loss: list[F64] = []
    ships: list[I64] = []
    high: list[F64] = []
    days = 0.0
    for stratum in (s for s in strata if s.heard == "minute"):
        days += stratum.days
        for number, track in enumerate(stratum.tracks):
            t_s, x = rows_of(real(track, number, heading=False), track, stratum.traffic)
            if len(t_s) == 0:
                continue
            fitted = fits[int(fold_of(np.array([track.mmsi]))[0])]._replace(beyond=NOWHERE)
            high.append(peaks(t_s, held(gated(calibrated(x, fitted, lines), x), stratum.dense)))
            asked = is_plain(x) & is_asked(x) & (x[:, INDEX["onset_age_min"]] >= LEAST_AGE_MIN)
            most = peaks(t_s[asked], held(magnitude(x[asked]), stratum.dense))
            most = most[most > LEAST_LOSS]
            loss.append(most)
            ships.append(np.full(len(most), track.mmsi, dtype=np.int64))
    if not loss:
        return Losses(np.empty(0), np.empty(0, dtype=np.int64), 1.0)
    return Losses(np.concatenate(loss), np.concatenate(ships), tail_of(np.concatenate(high), days).scale)
