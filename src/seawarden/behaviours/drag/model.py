"""The chance that an anchor is out: a trained, calibrated sum of shallow trees, told term by term.

The model is package data: JSON, no pickle, no library needed to run it. Its log-odds is evidence alone (the logarithm
of how much likelier the track is with an anchor out than without); a prior is added where a chance is wanted, so that
the base rate stays a setting in sight of all.
"""

from __future__ import annotations

import hashlib
import math
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from seawarden.behaviours.drag.names import AROUND, EXPLAIN, FEATURES, INDEX, SHIP
from seawarden.behaviours.drag.trees import Trees, explain, from_plain, score
from seawarden.model.error import SeawardenError
from seawarden.model.finding import Reason
from seawarden.model.position import F64

FORMAT: Final = 1


class DragModel:
    """A loaded model.

    Attributes:
        hash: first 16 hex digits of the SHA-256 of the file; findings name it.
        card: data, split, measures and limits, as written when it was trained.
        tiers: log-odds at which the measured alarm rate is that of each tier, for dense tracks.
    """

    def __init__(self, content: bytes) -> None:
        try:
            plain: dict[str, Any] = msgspec.json.decode(content)
            if plain["format"] != FORMAT or tuple(plain["features"]) != FEATURES:
                raise SeawardenError("the drag model was made for other features: train it again")
            self._ship: Trees = from_plain(plain["ship"])
            self._around: Trees = from_plain(plain["around"])
            self._fit: dict[str, list[float]] = plain["calibration"]
            self.tiers: dict[str, float] = plain["tiers"]
            self.card: dict[str, Any] = plain["card"]
        except (msgspec.DecodeError, KeyError, TypeError) as broken:
            raise SeawardenError(f"the drag model can't be read: {broken}") from broken
        self.hash = hashlib.sha256(content).hexdigest()[:16]
        self._columns = np.array([INDEX[name] for name in SHIP])
        self._beside = np.array([INDEX[name] for name in AROUND])

    def log_odds(self, features: F64) -> F64:
        """Evidence from the ship alone, natural log-odds, shape (m,), for features of shape (m, COUNT)."""
        raw = score(self._ship, np.ascontiguousarray(features[:, self._columns]))
        return _line(self._fit["ship"], raw)

    def log_odds_around(self, features: F64) -> F64:
        """Evidence with what the ships around did, where `others_change` is known; else the ship's own."""
        raw = score(self._ship, np.ascontiguousarray(features[:, self._columns]))
        raw = raw + score(self._around, np.ascontiguousarray(features[:, self._beside]))
        return np.where(
            np.isnan(features[:, INDEX["others_change"]]), self.log_odds(features), _line(self._fit["around"], raw)
        )

    def reasons(self, row: F64, *, most: int = 5, least: float = 0.1) -> tuple[list[Reason], list[Reason]]:
        """What speaks for and against, strongest first, of one feature vector (COUNT,); weights in log-odds."""
        shares = np.empty(len(SHIP))
        explain(self._ship, np.ascontiguousarray(row[self._columns]), shares)
        scale = self._fit["ship"][1]
        told = sorted(((float(w) * scale, name) for w, name in zip(shares, SHIP, strict=True)), reverse=True)
        ours = [_told(name, row, w) for w, name in told if w >= least]
        theirs = [_told(name, row, w) for w, name in reversed(told) if w <= -least]
        return ours[:most], theirs[:most]


def chance(log_odds: float, prior_log_odds: float, on_bottom: float = math.nan) -> float:
    """Chance of an anchor out, for evidence, a prior and the chance that the anchor reaches the bottom here.

    Where the bottom is out of reach a loss of speed is no sign of an anchor on it: the evidence counts for the share
    `on_bottom` alone. Unknown depth (NaN) changes nothing.
    """
    likelihood = math.exp(min(log_odds, 60.0))
    if not math.isnan(on_bottom):
        likelihood = on_bottom * likelihood + (1.0 - on_bottom) * min(likelihood, 1.0)
    total = math.log(likelihood) + prior_log_odds
    return 1.0 / (1.0 + math.exp(-total)) if total > -700.0 else 0.0


@cache
def shipped() -> DragModel:
    """The model that ships with the package.

    Raises:
        SeawardenError: it is absent (a checkout without models) or broken.
    """
    file = files("seawarden") / "data" / "models" / "drag.json"
    if not file.is_file():
        raise SeawardenError("there is no drag model in this installation: `seawarden train drag` makes one")
    return DragModel(file.read_bytes())


def load(path: Path) -> DragModel:
    """A model of the user's own.

    Raises:
        SeawardenError: it is absent or broken.
    """
    if not path.is_file():
        raise SeawardenError(f"{path}: there is no such model")
    return DragModel(path.read_bytes())


def _line(fit: list[float], raw: F64) -> F64:
    straight: F64 = fit[0] + fit[1] * raw
    return straight


def _told(name: str, row: F64, weight: float) -> Reason:
    value = float(row[INDEX[name]])
    shown = "not known" if math.isnan(value) else f"{value:.3g}"
    return Reason(text=f"{EXPLAIN[name]} ({shown})", weight=round(weight, 3), measure=name)
