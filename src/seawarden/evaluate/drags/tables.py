"""The figures of the bench, each from scored cases and measured rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from seawarden.evaluate.drags.baselines import Rule, cusum
from seawarden.evaluate.drags.cases import DIP_LOSSES, LAWS, LOSSES, SEVERE
from seawarden.evaluate.drags.scored import Bench, Outcome, Scored, found, select
from seawarden.evaluate.intervals import binomial, poisson
from seawarden.evaluate.stats import Calibration, calibration, clustered, paired
from seawarden.model.position import F64, I64
from seawarden.train.drag import TIER_RATES
from seawarden.train.drag_alarms import Tail, peaks, tail_of
from seawarden.train.drag_rows import (
    FOLDS,
    PREVALENCE,
    Fitted,
    Rows,
    at_prevalence,
    calibrate,
    calibrated,
    chosen,
    fold_of,
)

AIDS = ((False, False, False), (False, False, True), (True, False, False), (True, True, False), (True, True, True))
"""Heading given, drift angle, wobble: the hard case first, then each aid."""
RATES = (1.0, 0.3, 0.1, 0.05, 0.02, 0.015, 0.0005)
WINDOWS = (15.0, 30.0, 60.0)
FLEET_DRAGS_A_SHIP_DAY = 5.0 / (820.0 * 2000.0)
"""About five under-way drags in 27 months among 2,000 ships."""


def tail_from(scored: Sequence[Scored], days: float) -> Tail:
    """Peaks of scored real tracks and their tail."""
    high = [peaks(s.t_s, s.ship) for s in scored]
    return tail_of(np.concatenate(high) if high else np.empty(0), days)


def recall(outcome: Outcome, *key: int | str) -> dict[str, Any]:
    """Shares found within the windows, with intervals by ship, and the median time."""
    row: dict[str, Any] = {"cases": len(outcome.hit), "ships": len(np.unique(outcome.mmsi))}
    for window in WINDOWS:
        row[f"within_{window:.0f}_min"] = clustered(outcome.within(window), outcome.mmsi, *key, str(window))
    known = outcome.minutes[np.isfinite(outcome.minutes)]
    row["median_minutes"] = round(float(np.median(known)), 1) if len(known) else None
    return row


def recall_table(
    cases: Sequence[Scored], tails: Mapping[bool, Tail], *, rates: Sequence[float] = RATES
) -> list[dict[str, Any]]:
    """Recall by loss, law, heading and wobble at each alarm rate.

    Args:
        cases: scored drags.
        tails: background without and with a heading.
        rates: alarms a ship-day.
    """
    table = []
    for loss in LOSSES:
        for law in LAWS:
            for heading, drift, wobble in AIDS:
                mine = select(cases, loss=loss, law=law, heading=heading, drift=drift, wobble=wobble)
                if not mine:
                    continue
                for rate in rates:
                    tail = tails[heading]
                    threshold = tail.fitted(rate)
                    table.append(
                        {
                            "loss": loss,
                            "law": law,
                            "heading": heading,
                            "drift_angle": drift,
                            "wobble": wobble,
                            "alarms_a_ship_day": rate,
                            "rate_is": "counted" if tail.is_counted(rate) else "fitted tail",
                            "threshold": round(threshold, 3),
                            **recall(found(mine, threshold), "recall", str(loss), law, str(rate)),
                        }
                    )
    return table


def severe_table(cases: Sequence[Scored], tails: Mapping[bool, Tail]) -> list[dict[str, Any]]:
    """Recall of losses of 30 % and more, those of `SEVERE` alike, by the aids; constant power."""
    table = []
    for heading, drift, wobble in AIDS:
        mine = [
            s
            for loss in SEVERE
            for s in select(cases, loss=loss, law="power", heading=heading, drift=drift, wobble=wobble)
        ]
        for rate in RATES if mine else ():
            threshold = tails[heading].fitted(rate)
            row: dict[str, Any] = {
                "heading": heading,
                "drift_angle": drift,
                "wobble": wobble,
                "alarms_a_ship_day": rate,
            }
            row["rate_is"] = "counted" if tails[heading].is_counted(rate) else "fitted tail"
            table.append({**row, **recall(found(mine, threshold), "severe", str(rate))})
    return table


def background_table(tail: Tail, cable_km: float | None) -> dict[str, Any]:
    """Alarms of real traffic by threshold, with exact intervals; the tail's parameters."""
    steps = sorted({round(tail.fitted(rate), 3) for rate in RATES})
    rows = []
    for threshold in steps:
        count = int(np.count_nonzero(tail.high >= threshold))
        row: dict[str, Any] = {
            "threshold": threshold,
            "alarms_a_ship_day": poisson(count, tail.days),
            "fitted": round(tail.rate_at(threshold), 6),
        }
        if cable_km:
            row["alarms_a_100_cable_km_day"] = poisson(count, cable_km / 100.0)
        rows.append(row)
    return {
        "ship_days": round(tail.days, 2),
        "peaks": len(tail.high),
        "bound_of_none": round(3.0 / tail.days, 4),
        "tail": {"begin": round(tail.begin, 3), "scale": round(tail.scale, 3), "peaks": tail.peaks},
        "rows": rows,
    }


def baseline_table(
    bench: Bench, rules: Mapping[str, Rule], real: Sequence[Scored], cases: Sequence[Scored], days: float, tail: Tail
) -> list[dict[str, Any]]:
    """Each rule's own alarm rate and recall, and ours at that rate on the same cases."""
    table = []
    every = {**rules, "CUSUM, limit for 0.3 a ship-day": cusum_at(real, days, 0.3)}
    for name, rule in every.items():
        count = sum(len(rule(s.case.positions)) for s in real)
        rate = count / days
        threshold = tail.counted(rate) if count else float(np.nextafter(tail.high[0], np.inf))
        row: dict[str, Any] = {
            "rule": name,
            "alarms_a_ship_day": poisson(count, days),
            "our_threshold": round(threshold, 3) if np.isfinite(threshold) else None,
            "losses": {},
        }
        for loss in LOSSES:
            mine = select(cases, loss=loss, law="power", wobble=False)
            theirs = rule_outcome(rule, mine)
            ours = found(mine, threshold)
            row["losses"][f"{loss:.2f}"] = {
                f"within_{w:.0f}_min": {
                    "theirs": clustered(theirs.within(w), theirs.mmsi, name, str(loss)),
                    "ours": clustered(ours.within(w), ours.mmsi, name, str(loss)),
                    "gain": paired(ours.within(w), theirs.within(w), ours.mmsi, name, str(loss)),
                }
                for w in WINDOWS[1:]
            }
        table.append(row)
    return table


def cusum_at(real: Sequence[Scored], days: float, rate: float) -> Rule:
    """The CUSUM whose limit, doubled from the textbook's five, is the first to alarm at most at this rate."""
    limit = 5.0
    while limit < 1e5:
        if sum(len(cusum(s.case.positions, limit=limit)) for s in real) <= rate * days:
            break
        limit *= 2.0
    return lambda ship: cusum(ship, limit=limit)


def rule_outcome(rule: Rule, cases: Sequence[Scored]) -> Outcome:
    """When a rule first alarms after each onset."""
    minutes = []
    for s in cases:
        times = rule(s.case.positions)
        after = times[times > s.case.onset_s]
        minutes.append((after[0] - s.case.onset_s) / 60.0 if len(after) else np.nan)
    value = np.array(minutes)
    value[value > WINDOWS[-1]] = np.nan
    ships: I64 = np.array([s.mmsi for s in cases], dtype=np.int64)
    return Outcome(np.isfinite(value).astype(np.float64), value, ships)


def dip_table(
    dips: Sequence[tuple[Scored, F64]], real: Sequence[tuple[Scored, F64]], days: float, tail: Tail
) -> dict[str, Any]:
    """The short dip at a crossing: by the model, and by the dip's own statistic at crossings alone."""
    quiet = np.concatenate([peaks(s.t_s, _dip_at(s, crossed)) for s, crossed in real]) if real else np.empty(0)
    ranked = tail_of(quiet[np.isfinite(quiet)], days)
    rows = []
    for loss in DIP_LOSSES:
        mine = [(s, crossed) for s, crossed in dips if abs(s.case.loss - loss) < 1e-9]
        ships: I64 = np.array([s.mmsi for s, _ in mine], dtype=np.int64)
        top = np.array([float(np.max(_dip_at(s, crossed), initial=-np.inf)) for s, crossed in mine])
        for rate in RATES[:-1]:
            hits = (top > ranked.fitted(rate)).astype(np.float64)
            model = found([s for s, _ in mine], tail.fitted(rate), within_min=30.0)
            rows.append(
                {
                    "loss": loss,
                    "alarms_a_ship_day": rate,
                    "rate_is": "counted" if ranked.is_counted(rate) else "fitted tail",
                    "strength": round(ranked.fitted(rate), 3),
                    "timed_within_30_min": clustered(hits, ships, "dip", str(loss), str(rate)),
                    "model_within_30_min": clustered(model.hit, model.mmsi, "dip", str(loss), str(rate)),
                }
            )
    per_crossing = []
    crossings = sum(len(crossed) for _, crossed in real)
    for limit in (0.6, 0.8, 1.0, 1.3, 1.6, 2.0):
        shown = sum(bool(np.max(_dip_at(s, crossed), initial=-np.inf) > limit) for s, crossed in dips)
        natural = sum(
            bool(np.max(_dip_at(s, np.array([t])), initial=-np.inf) > limit) for s, crossed in real for t in crossed
        )
        per_crossing.append(
            {"strength": limit, "dips": binomial(shown, len(dips)), "natural": binomial(natural, crossings)}
        )
    return {"seconds": 300, "cases": len(dips), "rows": rows, "per_crossing": per_crossing}


def _dip_at(s: Scored, crossed_s: F64) -> F64:
    """The dip statistic at ticks whose dip began from 2 min before to 8 min after a crossing; else minus infinity."""
    begin = s.t_s - s.dip_age_min * 60.0
    near = np.zeros(len(begin), dtype=np.bool_)
    for t in crossed_s:
        near |= (begin >= t - 120.0) & (begin <= t + 480.0)
    within = ~np.isfinite(s.case.onset_s) | (s.t_s <= np.nan_to_num(s.case.onset_s, nan=np.inf) + 1800.0)
    return np.where(near & within & np.isfinite(s.dip), s.dip, -np.inf)


def null_table(nulls: Sequence[Scored], real: Sequence[Scored], tail: Tail) -> list[dict[str, Any]]:
    """Injections of no force beside the same hour of the same tracks untouched."""
    by_track = {(s.stratum, s.case.track): s for s in real}
    ships: I64 = np.array([s.mmsi for s in nulls], dtype=np.int64)
    table = []
    for rate in (1.0, 0.3, 0.1, 0.05):
        threshold = tail.counted(rate)
        fired = found(nulls, threshold).hit
        quiet = []
        for s in nulls:
            same = by_track[(s.stratum, s.case.track)]
            hour = (same.t_s > s.case.onset_s) & (same.t_s <= s.case.onset_s + 3600.0)
            quiet.append(float(np.any(same.ship[hour] > threshold)))
        table.append(
            {
                "alarms_a_ship_day": rate,
                "fired": binomial(int(np.sum(fired)), len(nulls)),
                "untouched": binomial(int(np.sum(quiet)), len(nulls)),
                "difference": paired(fired, np.array(quiet), ships, "null", str(rate)),
            }
        )
    return table


def calibration_table(rows: Rows, fits: Sequence[Fitted], prevalence: float = PREVALENCE) -> Calibration:
    """Reliability at a stated mixed prevalence: each ship's lines fitted on the others, the shipped ones on all."""
    fold = fold_of(rows.mmsi)
    log_odds = np.empty(len(rows.out))
    for k in range(FOLDS):
        mine = fold == k
        lines = calibrate(chosen(rows, ~mine), fits)
        log_odds[mine] = calibrated(rows.x[mine], fits[k], lines)
    weight = at_prevalence(rows, prevalence)
    return calibration(log_odds + np.log(prevalence / (1.0 - prevalence)), rows.out, weight, rows.mmsi)


def precision_table(tail: Tail, cases: Sequence[Scored]) -> list[dict[str, Any]]:
    """What share of each tier's alarms would be a drag at the known base rate, by loss of 15 and 30 %."""
    table = []
    for tier, rate in TIER_RATES.items():
        for loss in (0.15, 0.30):
            outcome = found(select(cases, loss=loss, law="power", heading=False, wobble=False), tail.fitted(rate))
            share = clustered(outcome.hit, outcome.mmsi, "precision", tier, str(loss))
            values = [
                None if r is None else round(FLEET_DRAGS_A_SHIP_DAY * r / (FLEET_DRAGS_A_SHIP_DAY * r + rate), 5)
                for r in (share.value, share.low, share.high)
            ]
            table.append(
                {
                    "tier": tier,
                    "alarms_a_ship_day": rate,
                    "loss": loss,
                    "recall_within_60_min": share,
                    "precision": values[0],
                    "precision_low": values[1],
                    "precision_high": values[2],
                }
            )
    return table


def look_alike_table(cases: Sequence[Scored], tail: Tail) -> list[dict[str, Any]]:
    """Share of each lawful look-alike that reaches the tiers within an hour."""
    table = []
    for kind in sorted({s.case.kind for s in cases}):
        mine = select(cases, kind=kind)
        row: dict[str, Any] = {"kind": kind, "cases": len(mine)}
        for tier, rate in TIER_RATES.items():
            outcome = found(mine, tail.fitted(rate))
            row[tier] = clustered(outcome.hit, outcome.mmsi, kind, tier)
        table.append(row)
    return table
