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

from seawarden.behaviours.drag.before import BEFORE
from seawarden.behaviours.drag.beyond import Beyonds, beyond_term, least_log_odds, magnitude
from seawarden.behaviours.drag.beyond import from_plain as beyond_from_plain
from seawarden.behaviours.drag.lanes import Lanes
from seawarden.behaviours.drag.lanes import from_plain as lanes_from_plain
from seawarden.behaviours.drag.names import EXPLAIN, FAMILY, FEATURES, INDEX
from seawarden.behaviours.drag.parts import COLUMNS, PARTS, RARE_MIN, heading_term, log_odds_of, part_of, trees_alone
from seawarden.behaviours.drag.seen import Seen
from seawarden.behaviours.drag.trees import Trees, check, explain, from_plain
from seawarden.model.drag_model import DragModelSource
from seawarden.model.error import SeawardenError
from seawarden.model.finding import Reason
from seawarden.model.position import F64

FORMAT: Final = 5
HEADING: Final = "heading"
"""Family of the heading's term."""
BEYOND: Final = "beyond natural losses"
"""Family of the term for a loss greater than ships show by themselves."""
SHIPPED: Final = "shipped"


class DragModel:
    """A loaded model.

    Attributes:
        source: name of the file that it came from, `shipped` for the shipped one.
        hash: first 16 hex digits of the SHA-256 of the file; findings name it.
        card: data, split, measures and limits, as written when it was trained.
        tiers: log-odds at which the measured alarm rate is that of each tier, for dense tracks.
        seen: how well a drag would be seen by what is known of a ship before; None in files that do not say it.
    """

    def __init__(self, content: bytes, source: str = "") -> None:
        try:
            plain: dict[str, Any] = msgspec.json.decode(content)
            if plain["format"] != FORMAT:
                raise SeawardenError(
                    f"the drag model is of format {plain['format']}, this version reads {FORMAT}: train it again"
                )
            if tuple(plain["features"]) != FEATURES:
                raise SeawardenError("the drag model was made for other features: train it again")
            self._trees: dict[str, Trees] = {part: from_plain(plain[part]) for part in PARTS}
            for part, trees in self._trees.items():
                check(trees, len(PARTS[part]))
            self.lanes: Lanes = lanes_from_plain(plain["lanes"])
            self._fit: dict[str, list[float]] = plain["calibration"]
            self._beyond: Beyonds = beyond_from_plain(plain["beyond"])
            self.tiers: dict[str, float] = plain["tiers"]
            self.card: dict[str, Any] = plain["card"]
            self.seen: Seen | None = Seen(plain["seen"]) if "seen" in plain else None
        except KeyError as missing:
            raise SeawardenError(f"the drag model can't be read: it has no {missing}") from missing
        except (msgspec.DecodeError, TypeError, ValueError, AttributeError, OverflowError) as broken:
            raise SeawardenError(f"the drag model can't be read: {broken}") from broken
        self.source = source
        self.hash = hashlib.sha256(content).hexdigest()[:16]

    @property
    def named(self) -> DragModelSource:
        """The model as a run names it."""
        return DragModelSource(source=self.source, hash=self.hash, ship_days=_ship_days(self.card))

    def log_odds(self, features: F64) -> F64:
        """Evidence from the ship alone, natural log-odds, shape (m,), for features of shape (m, COUNT)."""
        return log_odds_of(self._trees, self._fit, self._beyond, features)

    def asks_place(self, features: F64) -> bool:
        """Whether what is said of any of these rows, shape (m, COUNT), depends on ports and land around the ship."""
        if not np.all(part_of(features)["ship"]):
            return True
        in_the_open = features.copy()
        in_the_open[:, INDEX["shelter"]] = 0.0
        least = least_log_odds(in_the_open, self._beyond)
        great = np.isfinite(least)
        if not great.any():
            return False
        return bool(np.any(least[great] > trees_alone(self._trees, self._fit, features[great])))

    def terms(self, row: F64) -> list[tuple[str, float, str]]:
        """The families of evidence with their share of the log-odds, and the strongest quantity of each in words.

        The shares and the model's constant sum to `log_odds`. Always the same families in the same order.
        """
        return [(family, weight, text) for family, (weight, text) in self._families(row).items()]

    def reasons(self, row: F64, *, least: float = 0.1) -> tuple[list[Reason], list[Reason]]:
        """What speaks for and against an anchor out, strongest first; weights in natural log-odds."""
        told = [Reason(text=text, weight=weight, measure=family) for family, weight, text in self.terms(row)]
        ours = sorted((r for r in told if r.weight >= least), key=lambda r: -r.weight)
        theirs = sorted((r for r in told if r.weight <= -least), key=lambda r: r.weight)
        return ours, theirs

    def constant(self, row: F64) -> float:
        """What no quantity gave: the log-odds of a track of which nothing is known."""
        total = float(self.log_odds(row[np.newaxis, :])[0])
        return total - sum(weight for _, weight, _ in self.terms(row))

    def _families(self, row: F64) -> dict[str, tuple[float, str]]:
        part = next(part for part, mine in part_of(row[np.newaxis, :]).items() if mine[0])
        names = PARTS[part]
        shares = np.empty(len(names))
        explain(self._trees[part], np.ascontiguousarray(row[COLUMNS[part]]), shares)
        shares *= self._fit[part][1]
        families: dict[str, tuple[float, str]] = {}
        for family in dict.fromkeys(FAMILY.values()):
            members = [k for k, name in enumerate(names) if FAMILY[name] == family]
            top = max(members, key=lambda k: (abs(float(shares[k])), -k))
            families[family] = (round(float(np.sum(shares[members])), 6), _told(names[top], row))
        held = float(heading_term(row[np.newaxis, :])[0])
        families[HEADING] = (round(held, 6), _told("skew_step_deg", row))
        alone = trees_alone(self._trees, self._fit, row[np.newaxis, :])
        over = float(beyond_term(row[np.newaxis, :], alone, self._beyond)[0])
        lost = -100.0 * math.expm1(-float(magnitude(row[np.newaxis, :])[0]))
        families[BEYOND] = (
            round(over, 6),
            f"ships seldom lose so much ({lost:.0f} %) by themselves in such a place",
        )
        return families


def chance(log_odds: float, prior_log_odds: float, on_bottom: float = math.nan) -> float:
    """Chance of an anchor out, for evidence, a prior and the chance that the anchor reaches the bottom here.

    Where the bottom is out of reach a loss of speed is no sign of an anchor on it: the evidence counts for the share
    `on_bottom` alone. Unknown depth (NaN) changes nothing.
    """
    likelihood = math.exp(max(-60.0, min(log_odds, 60.0)))
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
    return DragModel(file.read_bytes(), SHIPPED)


def load(path: Path) -> DragModel:
    """A model of the user's own, asked once of a ship of each kind to see that it answers.

    Raises:
        SeawardenError: it is absent, of another format or broken.
    """
    if not path.is_file():
        raise SeawardenError(f"{path}: there is no such drag model")
    try:
        model = DragModel(path.read_bytes(), path.name)
        _try_out(model)
    except OSError as error:
        raise SeawardenError(f"{path}: can't be read ({error.strerror or error})") from None
    except SeawardenError as error:
        raise SeawardenError(f"{path}: {error}") from error
    except (LookupError, TypeError, ValueError) as broken:
        raise SeawardenError(f"{path}: the drag model can't be used: {broken}") from broken
    return model


def _try_out(model: DragModel) -> None:
    rows = np.full((3, len(FEATURES)), math.nan)
    rows[:, INDEX["cadence_min"]] = 1.0, 1.0, 2.0 * RARE_MIN
    rows[0, INDEX["lane_ships"]] = 20.0
    for row in rows:
        model.constant(row)
    if model.seen is not None:
        state = np.full(len(BEFORE), math.nan)
        model.seen.headline(state[np.newaxis, :])
        model.seen.ship(state, 0)


def _ship_days(card: dict[str, Any]) -> float | None:
    try:
        return round(sum(float(one["ship_days"]) for one in card["data"].values()), 2)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _told(name: str, row: F64) -> str:
    value = float(row[INDEX[name]])
    return f"{EXPLAIN[name]} ({'not known' if math.isnan(value) else f'{value:.3g}'})"
