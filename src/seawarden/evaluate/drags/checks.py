"""What needs a model of its own: the force law held out, shuffled labels, the split by time, fewer reports, depth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from seawarden.behaviours.drag.parts import PARTS
from seawarden.evaluate.drags import cases as lay
from seawarden.evaluate.drags import tables
from seawarden.evaluate.drags.baselines import dragging_at, grapnel
from seawarden.evaluate.drags.law import held_out_law, side
from seawarden.evaluate.drags.scored import Bench, Scored, found, scored_cases, select
from seawarden.evaluate.stats import clustered
from seawarden.train.drag import Trained
from seawarden.train.drag_beyond import beyond_of, natural_losses, with_beyond
from seawarden.train.drag_lanes import history_of, with_history
from seawarden.train.drag_rows import FOLDS, calibrate, cross_fit, fit, fold_of, training_rows
from seawarden.train.drag_sources import Stratum

Say = Callable[[str], None]
AS_GROWN = {name: [0.0, 1.0] for name in PARTS}
"""Lines that change nothing."""


def run_checks(trained: Trained, dense: list[Stratum], say: Say) -> dict[str, Any]:
    """What needs a model of its own: the law held out, shuffled labels, the split by time, cadence, depth, rules."""
    result: dict[str, Any] = {"rules_shown": _rules_shown()}
    numbers = list(range(len(dense)))
    days = sum(s.days for s in dense)

    say("holding the force law out")
    rows = training_rows(dense, laws=("power",))
    fits = cross_fit(rows)
    lines = calibrate(rows, fits)
    power = Bench(dense, with_beyond(fits, natural_losses(dense, fits, lines)), lines)
    both = Bench(dense, trained.fits, trained.lines)
    known = side(both)
    both_tail = known.tails[False]
    result |= held_out_law(known, side(power))

    say("shuffling the labels")
    order = np.random.Generator(np.random.PCG64(7)).permutation(len(rows.out))
    mixed = rows._replace(out=rows.out[order], weight=rows.weight[order])
    fits = [fit(mixed, fold_of(mixed.mmsi) != k) for k in range(2)]
    bench = Bench(dense, [*fits, *fits[:1] * 3], AS_GROWN)
    some = [c for c in numbers]
    real = _two_folds(scored_cases(bench, some, lambda s: lay.reals(s, heading=False)))
    hits = _two_folds(
        scored_cases(
            bench, some, lambda s: (c for c in lay.drags(s) if c.loss == 0.30 and not c.heading and not c.wobble)
        )
    )
    share = len({s.mmsi for s in real}) / max(len({t.mmsi for s in dense for t in s.tracks}), 1)
    tail = tables.tail_from(real, days * share)
    o = found(hits, tail.counted(0.3), within_min=30.0)
    result["shuffled_labels"] = {
        "alarms_a_ship_day": 0.3,
        "loss": 0.30,
        "within_30_min": clustered(o.hit, o.mmsi, "s"),
    }

    say("splitting by time")
    result["split_by_time"] = _by_time(dense)

    say("hearing ships less often, and over deep water")
    result["cadence"] = [
        _cadence(dense, trained, cadence, dropout) for cadence, dropout in ((180.0, 0.2), (600.0, 0.0))
    ]
    result["depth_simulated"] = []
    for depth in (30.0, 60.0, 90.0, 130.0, 180.0):
        cases = scored_cases(both, numbers[:1], lambda s, d=depth: lay.deep(s, d, 0.30))  # type: ignore[misc]
        o = found(cases, both_tail.counted(0.3))
        result["depth_simulated"].append(
            {"depth_m": depth, "loss": 0.30, "alarms_a_ship_day": 0.3, **tables.recall(o, "depth", str(depth))}
        )
    return result


def _two_folds(cases: list[Scored]) -> list[Scored]:
    return [s for s in cases if fold_of(np.array([s.mmsi]))[0] < 2]


def _by_time(dense: list[Stratum]) -> dict[str, Any]:
    """Trained, table and all, on the first half of the time and of other ships, tested on the second half."""
    timed = [s for s in dense if s.tracks[0].timed]
    middle = {s.name: float(np.median([t.positions.t[0] for t in s.tracks])) for s in timed}
    late = [s._replace(tracks=[t for t in s.tracks if t.positions.t[0] >= middle[s.name]]) for s in timed]
    later_ships = {t.mmsi for s in late for t in s.tracks}
    before = [s._replace(tracks=[t for t in s.tracks if t.positions.t[-1] < middle[s.name]]) for s in timed]
    past = history_of(t for s in before for t in s.tracks)
    taught = [s._replace(tracks=[t for t in s.tracks if t.mmsi not in later_ships]) for s in before]
    late = [s._replace(tracks=[t._replace(lanes=past.lanes) for t in s.tracks]) for s in late]
    days = sum(t.hours for s in late for t in s.tracks) / 24.0
    known = [s._replace(tracks=with_history(s.tracks, past)) for s in taught]
    whole = fit(training_rows(known))
    whole = whole._replace(beyond=beyond_of(natural_losses(known, [whole] * FOLDS, AS_GROWN)))
    bench = Bench(late, [whole] * FOLDS, AS_GROWN)
    numbers = list(range(len(late)))
    drags = scored_cases(bench, numbers, lambda s: (c for c in lay.drags(s) if not c.wobble and c.law == "power"))
    table = []
    for heading in (False, True):
        real = scored_cases(bench, numbers, lambda s, h=heading: lay.reals(s, heading=h))  # type: ignore[misc]
        tail = tables.tail_from(real, days)
        for loss in lay.LOSSES:
            mine = select(drags, loss=loss, heading=heading, drift=heading)
            for rate in (0.3, 0.1, 0.05):
                row = tables.recall(found(mine, tail.fitted(rate)), "time", str(loss))
                table.append({"loss": loss, "heading_and_drift": heading, "alarms_a_ship_day": rate, **row})
    return {"ship_days": round(days, 2), "recall": table}


def _cadence(dense: list[Stratum], trained: Trained, cadence_s: float, dropout: float) -> dict[str, Any]:
    """The dense tracks heard less often."""
    rarer = [lay.thinned(s, cadence_s, dropout) for s in dense]
    bench = Bench(rarer, trained.fits, trained.lines)
    numbers = list(range(len(rarer)))
    days = sum(t.hours for s in rarer for t in s.tracks) / 24.0
    tail = tables.tail_from(scored_cases(bench, numbers, lambda s: lay.reals(s, heading=False)), days)
    drags = scored_cases(
        bench, numbers, lambda s: (c for c in lay.drags(s) if not c.heading and not c.wobble and c.law == "power")
    )
    return {
        "cadence_s": cadence_s,
        "dropout": dropout,
        "ship_days": round(days, 2),
        "recall": [
            {
                "loss": loss,
                "alarms_a_ship_day": 0.3,
                **tables.recall(found(select(drags, loss=loss), tail.counted(0.3)), "cadence", str(loss)),
            }
            for loss in lay.LOSSES
        ],
    }


def _rules_shown() -> list[dict[str, Any]]:
    """The published rule does what is published of it: caught at 2.2 and 3.5 kn, missed at 4.8 to 9."""
    return [
        {"rule": "GRAPNEL anchor drag", "kn": speed, "caught": bool(len(grapnel(dragging_at(speed))))}
        for speed in (2.2, 3.5, 4.8, 6.0, 7.5, 9.0)
    ]
