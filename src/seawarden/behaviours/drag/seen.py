"""How well a dragged anchor would be seen on a ship, were it to begin now: a chance, and what lowers it, in words.

Learned from drags laid on real tracks (`train.drag_seen`): a logistic line over what is known before anything
happens (`before`), in which no quantity may work against its sense: nothing makes a ship better seen by being heard
for less long. Ships that the model is not asked about, or that are heard too rarely, are classes of their own with
the share that was found there. The chance is one of being told apart from innocent ships at a rate of false alarms,
and says nothing of whether an anchor is out.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np

from seawarden.behaviours.drag.asked import LEAST_BEFORE_KN
from seawarden.behaviours.drag.before import (
    AGE,
    BEFORE,
    EVERY,
    GAP,
    HEADING,
    HEARD,
    SHIPS,
    SLOWED,
    SPEED,
    TURNED,
    UNSTEADY,
)
from seawarden.behaviours.drag.beyond import EVERY_MIN
from seawarden.model.error import SeawardenError
from seawarden.model.position import F64, I64
from seawarden.model.sight import How, ShipSeen, ship_line

LOSSES: Final = (0.30, 0.15)
WITHIN_MIN: Final = (15, 30)
RATES: Final = ("noticed", "look")
"""`noticed`: stands out at one false alarm in ten ship-days; `look`: its track alone is enough for that tier."""
NOTICED_A_SHIP_DAY: Final = 0.1
WELL: Final = 0.8
HARDLY: Final = 0.3
UNDER_WAY_KN: Final = 2.0
SLOW_KN: Final = 9.0
OFTEN: Final = 0.05
"""From here on a ship is called slow, and a place one where ships often slow."""
SILENT_MIN: Final = 5.0
SILENT_GAPS: Final = 3.0
"""A ship unheard for longer than five minutes and three of her own gaps is not judged until she is heard again."""
TERMS: Final = ("short", "gaps", "slow", "unsteady", "turning", "unknown", "few", "slowing")
CLASSES: Final = ("silent", "below", "rare", "asked")
ASKED: Final = CLASSES.index("asked")
TELL: Final = 0.5
"""Smallest share of the log-odds that is told as a reason: it moves a chance of one half by an eighth."""


def name_of(loss: float, minutes: int, rate: str) -> str:
    """How a chance is named: `30 % in 15 min, noticed`."""
    return f"{loss * 100:.0f} % in {minutes} min, {rate}"


HEADLINE: Final = name_of(0.30, 15, "noticed")


def classes_of(state: F64) -> I64:
    """Which of `CLASSES` each ship falls into, shape (m,), for states of shape (m, len(BEFORE))."""
    every = np.nan_to_num(state[:, EVERY], nan=np.inf)
    kind = np.full(len(state), ASKED, dtype=np.int64)
    kind[every > EVERY_MIN[-1]] = CLASSES.index("rare")
    kind[~(state[:, SPEED] >= LEAST_BEFORE_KN)] = CLASSES.index("below")
    kind[~(state[:, AGE] <= np.maximum(SILENT_MIN, SILENT_GAPS * np.minimum(every, 60.0)))] = CLASSES.index("silent")
    return kind


def worse(state: F64) -> F64:
    """What may lower the chance, shape (m, len(TERMS)), each 0 where all is well and rising from there.

    A quantity that could not be measured lowers nothing: what is missing then is told by another.
    """
    ships, known = state[:, SHIPS], ~np.isnan(state[:, SHIPS])
    out = np.zeros((len(state), len(TERMS)))
    out[:, 0] = np.log(30.0 / np.clip(state[:, HEARD], 3.0, 30.0))
    out[:, 1] = np.clip(state[:, GAP] - 1.0, 0.0, 4.0)
    out[:, 2] = np.log(14.0 / np.clip(state[:, SPEED], 5.0, 14.0))
    out[:, 3] = np.log(np.clip(state[:, UNSTEADY] / 0.012, 1.0, 20.0))
    out[:, 4] = np.log(np.clip(state[:, TURNED] / 10.0, 1.0, 18.0))
    out[:, 5] = ~known
    out[:, 6] = np.where(known, np.log(60.0 / np.clip(ships, 1.0, 60.0)), 0.0)
    out[:, 7] = np.where(known, np.clip(state[:, SLOWED] / 0.05, 0.0, 3.0), 0.0)
    return np.nan_to_num(out, copy=False, nan=0.0)


class _Line(NamedTuple):
    """One chance: a line for the ships that are asked about, a share for each of the other classes."""

    constant: float
    weights: F64
    shares: F64

    def chances(self, kind: I64, x: F64) -> F64:
        log_odds = np.clip(self.constant + x @ self.weights, -30.0, 30.0)
        chance: F64 = np.where(kind == ASKED, 1.0 / (1.0 + np.exp(-log_odds)), self.shares[kind])
        return chance


class Seen:
    """What was learned of how well drags are seen: the part `seen` of a model file."""

    def __init__(self, plain: dict[str, Any]) -> None:
        if tuple(plain["before"]) != BEFORE or tuple(plain["terms"]) != TERMS:
            raise SeawardenError("how well drags are seen was learned of other quantities: train the model again")
        self.cases: int = plain["cases"]
        self.ships: int = plain["ships"]
        self.thresholds: dict[str, float] = plain["thresholds"]
        self._lines = {
            (name_of(line["loss"], line["minutes"], line["rate"]), bool(line["angle"])): _Line(
                float(line["constant"]),
                np.array(line["weights"], dtype=np.float64),
                np.array([float(line["shares"].get(kind, 0.0)) for kind in CLASSES]),
            )
            for line in plain["lines"]
        }

    def chances(self, state: F64, name: str = HEADLINE, *, angle: bool = False) -> F64:
        """One chance of many ships, shape (m,), for states of shape (m, len(BEFORE))."""
        return self._lines[name, angle].chances(classes_of(state), worse(state))

    def headline(self, state: F64) -> tuple[F64, list[str]]:
        """The chance that the counts go by, shape (m,), and what lowers it most on each ship ("" for nothing)."""
        line, kind, x = self._lines[HEADLINE, False], classes_of(state), worse(state)
        share = -x * line.weights
        first = np.argmax(share, axis=1) if len(state) else np.empty(0, dtype=np.int64)
        told = share[np.arange(len(state)), first] >= TELL
        causes = [
            CLASSES[k] if k != ASKED else TERMS[term] if least else ""
            for k, term, least in zip(kind.tolist(), first.tolist(), told.tolist(), strict=True)
        ]
        return line.chances(kind, x), causes

    def ship(self, state: F64, t: int) -> ShipSeen:
        """All chances of one ship and what lowers them, for a state of shape (len(BEFORE),) at a time, ms."""
        row = state[np.newaxis, :]
        chances: dict[bool, dict[str, float]] = {False: {}, True: {}}
        for name, angle in self._lines:
            chances[angle][name] = round(float(self.chances(row, name, angle=angle)[0]), 3)
        chance = chances[False][HEADLINE]
        reasons = self._reasons(state)
        return ShipSeen(
            t=t,
            how=how_of(chance),
            chance=chance,
            chances=chances[False],
            angled=chances[True] if state[HEADING] > 0.0 else {},
            reasons=tuple(reasons),
            line=ship_line(how_of(chance), chance, reasons),
        )

    def _reasons(self, state: F64, most: int = 2) -> list[str]:
        kind = int(classes_of(state[np.newaxis, :])[0])
        if kind != ASKED:
            return [tell(CLASSES[kind], state)]
        share = -worse(state[np.newaxis, :])[0] * self._lines[HEADLINE, False].weights
        order = sorted(range(len(TERMS)), key=lambda k: (-share[k], k))
        return [tell(TERMS[k], state) for k in order[:most] if share[k] >= TELL]


def how_of(chance: float) -> How:
    """Well at eight in ten or better, hardly below three in ten."""
    return "well" if chance >= WELL else "hardly" if chance < HARDLY else "perhaps"


def tell(name: str, state: F64) -> str:
    """A class or a term in words, with its value."""

    def of(k: int) -> float:
        return float(state[k])

    ships = "no ship" if of(SHIPS) < 0.5 else f"only {of(SHIPS):.0f} ship{'s' if of(SHIPS) >= 1.5 else ''}"
    slow = (
        f"slow, {of(SPEED):.0f} kn" if of(SPEED) < SLOW_KN else f"at {of(SPEED):.0f} kn; faster ships are seen better"
    )
    many = "ships often" if of(SLOWED) >= OFTEN else "some ships"
    words = {
        "silent": f"not heard for {of(AGE):.0f} min",
        "below": f"slower than {LEAST_BEFORE_KN:.0f} kn",
        "slow": slow,
        "rare": "heard once" if math.isnan(of(EVERY)) else f"heard every {of(EVERY):.2g} min",
        "short": f"heard for {of(HEARD):.0f} min only",
        "gaps": f"heard with gaps of {of(GAP):.2g} min",
        "unsteady": f"speed unsteady, {100.0 * of(UNSTEADY):.0f} %",
        "turning": f"turning, {of(TURNED):.0f} degrees in a quarter of an hour",
        "unknown": "past traffic not known here",
        "few": f"{ships} known to pass here on her course",
        "slowing": f"{many} slow here, {100.0 * of(SLOWED):.0f} of 100",
    }
    return words[name]
