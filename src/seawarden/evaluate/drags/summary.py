"""The bench in a few tables: what the documentation shows, made from metrics.json and checked against it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from seawarden.evaluate.drags.goals import told
from seawarden.evaluate.drags.tables import AIDS

BEGIN: Final = "<!-- made from docs/results/drags.json by seawarden.evaluate.drags.summary: do not edit -->"
END: Final = "<!-- end of what is made -->"
HEARD: Final = {"minute": "every minute", "uneven": "unevenly", "rare": "every ten minutes"}
KEPT_RATES: Final = (0.3, 0.1, 0.05, 0.02, 0.015, 0.0005)


def compact(metrics: dict[str, Any]) -> dict[str, Any]:
    """The part of the metrics that the documentation rests on."""
    dense = metrics["strata"]["minute"]
    return {
        "version": metrics["version"],
        "model_hash": metrics["model_hash"],
        "inputs": metrics["card"]["inputs"],
        "ship_days": {name: stratum["ship_days"] for name, stratum in metrics["strata"].items()},
        "calibration": {k: v for k, v in metrics["calibration"].items() if k != "bins"},
        "recall": {
            name: [
                row for row in stratum["recall"] if row["law"] == "power" and row["alarms_a_ship_day"] in KEPT_RATES
            ]
            for name, stratum in metrics["strata"].items()
        },
        "recall_from_30": [row for row in dense["recall_from_30"] if row["alarms_a_ship_day"] in KEPT_RATES],
        "redrawn": dense["redrawn"],
        "together": metrics["together"],
        "dip": dense["dip"],
        "background": dense["background"],
        "baselines": {name: stratum["baselines"] for name, stratum in metrics["strata"].items()},
        "null": dense["null"],
        "precision": dense["precision"],
        "look_alikes": dense["look_alikes"],
        "lead": dense["lead"],
        "natural_slowdowns": len(dense["natural_slowdowns"]),
        "checks": metrics.get("checks", {}),
        "must_show": metrics["must_show"],
    }


def markdown(c: dict[str, Any]) -> str:
    """The documentation's tables, misses first."""
    days = c["ship_days"]
    parts = [
        BEGIN,
        "",
        f"Model `{c['model_hash']}`. Real traffic under way: "
        + "; ".join(f"{HEARD[heard]}: {days[heard]} ship-days" for heard in HEARD if heard in days)
        + ". Shares found, with 95 % intervals from resampling ships. All but the table of aids is of ships heard "
        "every minute.",
        "",
        "### What each aid gives",
        "",
        "Found within 15 min of a loss of 30 %, and within 30 min of a loss of 15 %, at so many alarms a ship-day.",
        "",
        _aids(c["recall"], c["together"]["recall"]),
        "",
        "### How far so few ship-days reach",
        "",
        "Ships heard every minute, with intervals from drawing the ships anew for the threshold as well: a rare rate "
        "hangs on the highest peaks of a few ships.",
        "",
        _redrawn(c["redrawn"]),
        "",
        "### The hard case: no heading, no drift angle, no wobble",
        "",
        _recall(c["recall"]["minute"], aided=False),
        "",
        "### The short dip at a crossing",
        "",
        f"Dips of five minutes laid at real crossings, {c['dip']['cases']} cases, found within half an hour.",
        "",
        _dip(c["dip"]),
        "",
        "### With a heading and a drift angle of 1-8 degrees",
        "",
        _recall(c["recall"]["minute"], aided=True),
        "",
        "### Other ships on another day",
        "",
        _by_time(c["checks"]),
        "",
        "### Goals",
        "",
        _goals(c["must_show"]),
        "",
        "### Published rules, each at its own measured rate, found within an hour",
        "",
        _baselines(c["baselines"]["minute"]),
        "",
        "### Where the model stands",
        "",
        _standing(c),
        "",
        END,
    ]
    return "\n".join(parts)


def _aids(recall: dict[str, list[dict[str, Any]]], together: Sequence[dict[str, Any]]) -> str:
    """Recall by stratum, aid and rate; the two strata heard often also as one."""
    groups: list[tuple[str, Sequence[dict[str, Any]]]] = [(HEARD[h], recall[h]) for h in HEARD if h in recall]
    if len(groups) > 1:
        for way in ("own thresholds", "one threshold"):
            groups.append((f"first two, {way}", [row for row in together if row["way"] == way]))
    lines = []
    for name, rows in groups:
        for aids in AIDS:
            cells = []
            for loss, minutes in ((0.30, 15), (0.15, 30)):
                for rate in (0.1, 0.05, 0.02):
                    value = next(
                        (
                            row[f"within_{minutes}_min"]["value"]
                            for row in rows
                            if row["loss"] == loss
                            and row["alarms_a_ship_day"] == rate
                            and (row["heading"], row["drift_angle"], row["wobble"]) == aids
                        ),
                        None,
                    )
                    cells.append("-" if value is None else f"{value:.2f}")
            if cells != ["-"] * len(cells):
                lines.append((name, told(aids), *cells))
    rates = [f"{loss} at {rate:g}" for loss in ("30 %", "15 %") for rate in (0.1, 0.05, 0.02)]
    return _table(("heard", "aids", *rates), lines)


def _recall(rows: Sequence[dict[str, Any]], *, aided: bool) -> str:
    lines = []
    for row in rows:
        plain = not row["heading"] and not row["drift_angle"] and not row["wobble"]
        helped = row["heading"] and row["drift_angle"] and not row["wobble"]
        if (helped if aided else plain) and row["alarms_a_ship_day"] != 0.1:
            lines.append(
                (
                    f"{row['loss'] * 100:.0f} %",
                    f"{row['alarms_a_ship_day']:g}",
                    row["rate_is"],
                    _share(row["within_15_min"]),
                    _share(row["within_30_min"]),
                    _share(row["within_60_min"]),
                )
            )
    return _table(("loss", "alarms a ship-day", "rate is", "15 min", "30 min", "60 min"), lines)


def _redrawn(rows: Sequence[dict[str, Any]]) -> str:
    lines = []
    for aids in AIDS:
        for loss in (0.30, 0.15):
            mine = {
                row["alarms_a_ship_day"]: row["found"]
                for row in rows
                if row["loss"] == loss and (row["heading"], row["drift_angle"], row["wobble"]) == aids
            }
            cells = [_share(mine.get(rate)) for rate in (0.3, 0.1, 0.05, 0.02)]
            minutes = 15 if loss == 0.30 else 30
            lines.append((told(aids), f"{loss * 100:.0f} %, {minutes} min", *cells))
    return _table(("aids", "loss, within", "at 0.3", "at 0.1", "at 0.05", "at 0.02"), lines)


def _dip(dip: dict[str, Any]) -> str:
    lines = [
        (
            f"{row['loss'] * 100:.0f} %",
            f"{row['alarms_a_ship_day']:g}",
            row["rate_is"],
            _share(row["timed_within_30_min"]),
            _share(row["model_within_30_min"]),
        )
        for row in dip["rows"]
        if row["alarms_a_ship_day"] in KEPT_RATES and row["alarms_a_ship_day"] != 0.1
    ]
    return _table(("dip", "alarms a ship-day", "rate is", "timed to the crossing", "the model alone"), lines)


def _goals(goals: Sequence[dict[str, Any]]) -> str:
    lines = []
    for g in goals:
        limit = f">= {g['at_least']}" if "at_least" in g else f"<= {g['at_most']}"
        lines.append((g["goal"], limit, _share(g["measured"], digits=3), "yes" if g["met"] else "**no**"))
    return _table(("goal", "limit", "measured", "met"), lines)


def _baselines(rows: Sequence[dict[str, Any]]) -> str:
    lines = []
    for row in rows:
        rate = row["alarms_a_ship_day"]
        for loss in ("0.15", "0.30"):
            cell = row["losses"][loss]["within_60_min"]
            lines.append(
                (
                    row["rule"],
                    f"{rate['rate']:.2g} ({rate['low']:.2g}-{rate['high']:.2g})",
                    f"{float(loss) * 100:.0f} %",
                    _share(cell["theirs"]),
                    _share(cell["ours"]),
                    _share(cell["gain"]),
                )
            )
    return _table(("rule", "its alarms a ship-day", "loss", "it finds", "ours at its rate", "gain"), lines)


def _by_time(checks: dict[str, Any]) -> str:
    """Model and table from the first half of the time and other ships, tested on the second half."""
    split = checks.get("split_by_time")
    if split is None:
        return "Not measured."
    lines = [
        (
            f"{row['loss'] * 100:.0f} %",
            "heading and drift angle" if row["heading_and_drift"] else "no heading",
            f"{row['alarms_a_ship_day']:g}",
            *(_share(row[f"within_{minutes}_min"]) for minutes in (15, 30)),
        )
        for row in split["recall"]
        if row["loss"] in (0.15, 0.30)
    ]
    told = f"Tested on {split['ship_days']:.1f} ship-days; only 0.3 alarms a ship-day can be counted there."
    return told + "\n\n" + _table(("loss", "aids", "alarms a ship-day", "15 min", "30 min"), lines)


def _standing(c: dict[str, Any]) -> str:
    lines = [
        ("calibration at a prevalence of 10 %: intercept", _share(c["calibration"]["intercept"])),
        ("slope", _share(c["calibration"]["slope"])),
        (
            "log score, and that of a constant",
            f"{_share(c['calibration']['log_score'])}, {c['calibration']['log_score_constant']:.2f}",
        ),
        ("natural slow-downs of 15 % or more, held 15 min", str(c["natural_slowdowns"])),
    ]
    for row in c["null"]:
        if row["alarms_a_ship_day"] == 0.3:
            told = f"{row['fired']['share']:.3f} beside {row['untouched']['share']:.3f}"
            lines.append(("null injections that fire within an hour at 0.3 a ship-day, beside untouched hours", told))
    if "shuffled_labels" in c["checks"]:
        shuffled = c["checks"]["shuffled_labels"]["within_30_min"]
        lines.append(("30 % drags found by a model of shuffled labels at 0.3 a ship-day", _share(shuffled)))
    for row in c["look_alikes"]:
        what = f"look-alikes at `look` and at `challenge` within an hour: {row['kind'].replace('_', ' ')}"
        lines.append((what, f"{_share(row['look'])}, {_share(row['challenge'])}"))
    return _table(("measure", "value"), lines)


def _share(value: dict[str, Any] | None, *, digits: int = 2) -> str:
    if not value or value.get("value") is None:
        return "-"
    return f"{value['value']:.{digits}f} ({value['low']:.2f}-{value['high']:.2f})"


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rows = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(rows + ["| " + " | ".join(line) + " |" for line in lines])
