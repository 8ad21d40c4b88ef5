"""What the report draws: every natural slow-down, the worst misses and the worst false alarms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from seawarden.behaviours.drag.names import INDEX
from seawarden.evaluate.drags.scored import Bench, Scored, found, select
from seawarden.model.position import F64
from seawarden.train.drag_alarms import Tail
from seawarden.train.drag_cases import rows_of

LEAST_LOSS = 0.15
LEAST_MIN = 15.0
MOST = 10


def natural_slowdowns(bench: Bench, numbers: Sequence[int], real: Sequence[Scored]) -> list[dict[str, Any]]:
    """Real slow-downs of 15 % or more held for 15 min on tracks that nothing was laid on; one an hour and track."""
    items: list[dict[str, Any]] = []
    for s in real:
        track = bench.strata[s.stratum].tracks[s.case.track]
        t_s, x = rows_of(s.case, track)
        limit = -np.log(1.0 - LEAST_LOSS)
        fit = (
            (x[:, INDEX["loss"]] >= limit)
            & (x[:, INDEX["loss_now"]] >= limit)
            & (x[:, INDEX["onset_age_min"]] >= LEAST_MIN)
            & (x[:, INDEX["before_kn"]] >= 5.0)
            & (x[:, INDEX["before_sigma"]] <= 0.08)
        )
        last = -np.inf
        for k in np.flatnonzero(fit):
            onset = t_s[k] - x[k, INDEX["onset_age_min"]] * 60.0
            if onset - last < 3600.0:
                continue
            last = onset
            window = (t_s >= onset) & (t_s <= onset + 3600.0)
            items.append(
                {
                    **_drawn(s, onset),
                    "loss": round(float(1.0 - np.exp(-x[k, INDEX["loss"]])), 3),
                    "turned_deg": round(float(np.nan_to_num(x[k, INDEX["turn_deg"]])), 1),
                    "before_kn": round(float(x[k, INDEX["before_kn"]]), 1),
                    "now_kn": round(float(x[k, INDEX["now_kn"]]), 1),
                    "highest_log_odds": round(float(np.max(s.ship[window], initial=-99.0)), 2),
                }
            )
    return sorted(items, key=lambda item: -item["highest_log_odds"])


def worst(
    bench: Bench, real: Sequence[Scored], drags: Sequence[Scored], tail: Tail
) -> dict[str, list[dict[str, Any]]]:
    """The ten drags of 30 % with the lowest score and the ten real tracks with the highest."""
    hard = [s for s in select(drags, loss=0.30, law="power", heading=False, wobble=False) if len(s.t_s)]
    low = sorted(hard, key=lambda s: float(np.max(s.ship, initial=-99.0)))[:MOST]
    high = sorted((s for s in real if len(s.t_s)), key=lambda s: -float(np.max(s.ship, initial=-99.0)))[:MOST]
    outcome = found(hard, tail.counted(0.3))
    return {
        "misses": [{**_drawn(s, s.case.onset_s), "loss": s.case.loss, "highest_log_odds": _top(s)} for s in low],
        "false_alarms": [
            {**_drawn(s, float(s.t_s[int(np.argmax(s.ship))])), "highest_log_odds": _top(s)} for s in high
        ],
        "found_share": [{"share": float(np.mean(outcome.hit)) if len(hard) else None}],
    }


def _top(s: Scored) -> float:
    return round(float(np.max(s.ship, initial=-99.0)), 2)


def _drawn(s: Scored, mark_s: float) -> dict[str, Any]:
    """Speed over time round a moment; the ship is named by her number in the stratum, not by her MMSI."""
    t_s: F64 = s.case.positions.t / 1000.0
    near = (t_s >= mark_s - 3600.0) & (t_s <= mark_s + 5400.0)
    return {
        "stratum": s.stratum,
        "track": s.case.track,
        "t": [round(float(t - mark_s) / 60.0, 1) for t in t_s[near]],
        "v": [round(float(v), 2) for v in s.case.positions.sog_kn[near]],
    }
