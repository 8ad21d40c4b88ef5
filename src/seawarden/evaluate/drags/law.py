"""One force law held out: a model of constant power alone on drags of constant thrust, beside a model of both."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from seawarden.evaluate.drags import cases as lay
from seawarden.evaluate.drags import tables
from seawarden.evaluate.drags.scored import Bench, Scored, found, joined, scored_cases, select
from seawarden.evaluate.stats import clustered, paired
from seawarden.model.position import F64, I64
from seawarden.train.drag_alarms import Tail

RATES: Final = (0.3, 0.1)
"""Alarms a ship-day at which losses are compared without a heading, within half an hour."""
GOALS: Final = ((lay.SEVERE, 15.0, 0.02), ((0.15,), 30.0, 0.05))
"""Losses, minutes and alarms a ship-day of the goals, which are set for ships with a heading and a drift angle."""


class Side(NamedTuple):
    """One model's drags of both laws, and the tails of its natural alarms without and with a heading."""

    drags: list[Scored]
    tails: dict[bool, Tail]


def side(bench: Bench) -> Side:
    """Score what the comparison needs."""
    numbers = list(range(len(bench.strata)))
    days = sum(s.days for s in bench.strata)
    drags = scored_cases(bench, numbers, lambda s: (c for c in lay.drags(s) if not c.wobble and c.heading == c.drift))
    tails = {
        heading: tables.tail_from(scored_cases(bench, numbers, lambda s, h=heading: lay.reals(s, heading=h)), days)  # type: ignore[misc]
        for heading in (False, True)
    }
    return Side(drags, tails)


def held_out_law(both: Side, power: Side) -> dict[str, Any]:
    """Gaps of recall on constant thrust by loss without a heading, and at the conditions of the goals with one.

    Args:
        both: of a model taught both laws.
        power: of a model taught constant power alone.

    Returns:
        `held_out_law` and `held_out_law_at_goals`, rows with `gap` (that model against one of both laws),
        `gap_of_laws` (its own law against the other) and `gap_beyond_laws` (that less what the laws differ by to a
        model taught both).
    """
    hard = [
        {
            "tested_on": "thrust",
            "loss": loss,
            "alarms_a_ship_day": rate,
            **_row(both, power, (loss,), 30.0, rate, False),
        }
        for loss in lay.LOSSES
        for rate in RATES
    ]
    goals = [
        {"losses": list(losses), "within_min": minutes, "alarms_a_ship_day": rate, "heading_and_drift": True}
        | _row(both, power, losses, minutes, rate, True)
        for losses, minutes, rate in GOALS
    ]
    return {"held_out_law": hard, "held_out_law_at_goals": goals}


def _row(
    both: Side, power: Side, losses: tuple[float, ...], minutes: float, rate: float, heading: bool
) -> dict[str, Any]:
    known, ships = _found(both, "thrust", losses, minutes, rate, heading)
    unknown, _ = _found(power, "thrust", losses, minutes, rate, heading)
    own, _ = _found(power, "power", losses, minutes, rate, heading)
    known_power, _ = _found(both, "power", losses, minutes, rate, heading)
    key = ",".join(str(loss) for loss in losses)
    return {
        "trained_on_both": clustered(known, ships, "law", key),
        "trained_on_power": clustered(unknown, ships, "law", key),
        "gap": paired(unknown, known, ships, "law", key),
        "trained_on_power_tested_on_power": clustered(own, ships, "law", key),
        "gap_of_laws": paired(unknown, own, ships, "laws", key),
        "laws_differ": paired(known, known_power, ships, "differ", key),
        "gap_beyond_laws": paired(unknown - own + known_power, known, ships, "beyond", key),
    }


def _found(
    one: Side, law: str, losses: tuple[float, ...], minutes: float, rate: float, heading: bool
) -> tuple[F64, I64]:
    """1 for each drag that is found, and its ship; the same drags in the same order for either law and model."""
    threshold = one.tails[heading].fitted(rate)
    outcome = joined([found(select(one.drags, loss=x, law=law, heading=heading), threshold) for x in losses])
    return np.asarray(outcome.within(minutes)), outcome.mmsi
