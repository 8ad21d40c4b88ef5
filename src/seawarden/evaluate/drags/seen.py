"""How well the stated chance of seeing a drag agrees with what is found, on ships that it was not learned from.

The cases are those that the chance is learned from (`train.drag_seen`), each scored by the fit that has not seen its
ship; here the lines are fitted anew without each fold of ships, and their chances held against what was found.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import numpy as np

from seawarden.behaviours.drag.seen import (
    ASKED,
    CLASSES,
    HARDLY,
    LOSSES,
    RATES,
    TERMS,
    WELL,
    WITHIN_MIN,
    Seen,
    classes_of,
    name_of,
)
from seawarden.evaluate.stats import clustered
from seawarden.model.position import F64, I64
from seawarden.model.sight import CAUSES
from seawarden.train.drag_rows import FOLDS, fold_of
from seawarden.train.drag_seen import Begun, found, learn_seen

EDGES: Final = (0.0, 0.1, HARDLY, 0.5, 0.65, WELL, 0.9, 1.0 + 1e-9)
LEAST: Final = 1e-3
"""Chances are held so far from 0 and 1 for the log score."""


def seen_table(cases: Begun, thresholds: dict[str, float]) -> dict[str, Any]:
    """Scores, reliability and shares found by cause, each chance stated by lines that have not seen its ship.

    Scores and reliability are of the ships that the lines judge: those of the other classes are no achievement.

    Args:
        cases: `Trained.begun`.
        thresholds: `Trained.thresholds`, log-odds by the name of the rate.

    Returns:
        `scores` for each loss, time, rate, without and with a heading and a drift angle; `reliability`, `how` and
        `causes` for 30 % within 15 min at `noticed` without a heading.
    """
    fold = fold_of(cases.mmsi)
    learned = [Seen(learn_seen(_some(cases, fold != k), thresholds)) for k in range(FOLDS)]
    judged = classes_of(cases.state) == ASKED
    scores = []
    for loss in LOSSES:
        for angle in (False, True):
            for minutes in WITHIN_MIN:
                for rate in RATES:
                    mine = (cases.loss == loss) & (cases.angle == angle) & judged
                    some, folds = _some(cases, mine), fold[mine]
                    chance = _stated(some, folds, learned, name_of(loss, minutes, rate), angle)
                    out = found(some, thresholds[rate], minutes)
                    scores.append(
                        {
                            "loss": loss,
                            "minutes": minutes,
                            "rate": rate,
                            "heading_and_angle": angle,
                            **_scores(chance, out, some.mmsi, folds),
                        }
                    )
    mine = (cases.loss == LOSSES[0]) & ~cases.angle
    some, folds = _some(cases, mine), fold[mine]
    name = name_of(LOSSES[0], WITHIN_MIN[0], RATES[0])
    chance = _stated(some, folds, learned, name, False)
    out = found(some, thresholds[RATES[0]], WITHIN_MIN[0])
    line = judged[mine]
    first = np.array([""] * len(out), dtype=object)
    for k, seen in enumerate(learned):
        first[folds == k] = seen.headline(some.state[folds == k])[1]
    return {
        "cases": len(cases.mmsi),
        "ships": len(np.unique(cases.mmsi)),
        "thresholds": {rate: round(value, 4) for rate, value in thresholds.items()},
        "scores": scores,
        "reliability": [
            {
                "from": low,
                "to": min(high, 1.0),
                **_row(chance, out, some.mmsi, line & (chance >= low) & (chance < high), name),
            }
            for low, high in pairwise(EDGES)
        ],
        "how": [
            {"how": how, **_row(chance, out, some.mmsi, mine, how)}
            for how, mine in (
                ("well", chance >= WELL),
                ("perhaps", (chance >= HARDLY) & (chance < WELL)),
                ("hardly", chance < HARDLY),
            )
        ],
        "causes": [
            {
                "cause": cause,
                "told": CAUSES.get(cause, "nothing"),
                **_row(chance, out, some.mmsi, first == cause, cause),
            }
            for cause in ("", *CLASSES[:-1], *TERMS)
            if (first == cause).any()
        ],
    }


def _some(cases: Begun, keep: Any) -> Begun:
    """Those in `keep`, shape (n,)."""
    return Begun(
        cases.state[keep], cases.mmsi[keep], cases.loss[keep], cases.angle[keep], cases.known[keep], cases.best[keep]
    )


def _stated(cases: Begun, fold: I64, learned: list[Seen], name: str, angle: bool) -> F64:
    """The chance of each case by the lines that have not seen its ship."""
    chance = np.empty(len(cases.mmsi))
    for k, seen in enumerate(learned):
        chance[fold == k] = seen.chances(cases.state[fold == k], name, angle=angle)
    return chance


def _scores(chance: F64, out: F64, ship: I64, fold: I64) -> dict[str, Any]:
    """Brier and log score of the chance and of the constant that the other folds give."""
    constant = np.array([float(np.mean(out[fold != k])) for k in range(FOLDS)])[fold]
    better = (constant - out) ** 2 - (chance - out) ** 2
    return {
        "found": clustered(out, ship, "seen"),
        "brier": round(float(np.mean((chance - out) ** 2)), 4),
        "brier_constant": round(float(np.mean((constant - out) ** 2)), 4),
        "brier_gain": clustered(better, ship, "seen gain"),
        "log_score": round(_log_score(chance, out), 4),
        "log_score_constant": round(_log_score(constant, out), 4),
    }


def _log_score(chance: F64, out: F64) -> float:
    held = np.clip(chance, LEAST, 1.0 - LEAST)
    return float(-np.mean(out * np.log(held) + (1.0 - out) * np.log(1.0 - held)))


def _row(chance: F64, out: F64, ship: I64, mine: Any, *key: str) -> dict[str, Any]:
    """How many cases, the mean chance stated and the share found with its interval."""
    stated = float(np.mean(chance[mine])) if mine.any() else None
    return {
        "stated": None if stated is None else round(stated, 4),
        "found": clustered(out[mine], ship[mine], "seen", *key),
    }
