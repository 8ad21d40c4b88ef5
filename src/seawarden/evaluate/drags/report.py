"""The bench as one HTML page without scripts: misses first."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;max-width:1100px;margin:2rem auto;padding:0 1rem;color:#1b2733}"
    "table{border-collapse:collapse;margin:.6rem 0 1.4rem}td,th{border:1px solid #cdd6de;padding:.25rem .55rem;"
    "text-align:right}th{background:#eef2f5}td:first-child,th:first-child{text-align:left}figure{display:inline-block;"
    "margin:.3rem;border:1px solid #cdd6de;padding:.3rem}figcaption{font-size:12px;max-width:250px}.no{color:#a4262c}"
)


def write_report(metrics: dict[str, Any], shown: dict[str, Any], out: Path) -> None:
    """Write the page."""
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><title>Under-way anchor drags</title>",
        f"<style>{STYLE}</style><h1>Under-way anchor drags, simulated on real tracks</h1>",
        f"<p>Seawarden {escape(str(metrics['version']))}, model {escape(str(metrics['model_hash']))}. Every drag is "
        "simulated; every alarm rate is real traffic's, each ship scored by a model that has not seen her.</p>",
    ]
    dense = metrics["strata"].get("minute")
    if dense:
        parts.append("<h2>The hard case: 5-15 %, no wobble, no drift angle, no heading; and the short dip</h2>")
        parts.append(_recall(dense["recall"], heading=False, drift=False, wobble=False))
        parts.append(_dip(dense["dip"]))
        parts.append("<h2>Goals</h2>" + _goals(metrics["must_show"]))
        for title, heading, drift, wobble in (
            ("With wobble alone", False, False, True),
            ("With a heading, no drift angle", True, False, False),
            ("With heading and drift angle", True, True, False),
            ("With heading, drift angle and wobble", True, True, True),
        ):
            parts.append(f"<h3>{title}</h3>" + _recall(dense["recall"], heading=heading, drift=drift, wobble=wobble))
        parts.append("<h2>Published rules, each at its own measured rate</h2>" + _baselines(dense["baselines"]))
        parts.append("<h2>Lawful look-alikes that reach a tier within an hour</h2>" + _alike(dense["look_alikes"]))
        parts.append("<h2>Precision at the known base rate</h2>" + _precision(dense["precision"]))
        parts.append("<h2>The ten worst misses of 30 %</h2>" + _figures(shown["worst"]["misses"]))
        parts.append("<h2>The ten worst false alarms</h2>" + _figures(shown["worst"]["false_alarms"]))
        parts.append("<h2>All natural slow-downs of 15 % or more</h2>" + _figures(shown["natural"]))
    for heard, title in (("uneven", "Tracks heard unevenly"), ("rare", "Ten-minute tracks")):
        other = metrics["strata"].get(heard)
        if other:
            parts.append(f"<h2>{title}, hard case</h2>")
            parts.append(_recall(other["recall"], heading=False, drift=False, wobble=False))
            parts.append(f"<h3>{title}, with heading and drift angle</h3>")
            parts.append(_recall(other["recall"], heading=True, drift=True, wobble=False))
    parts.append("<h2>Calibration at a prevalence of 10 %</h2>" + _calibration(metrics["calibration"]))
    out.write_text("\n".join(parts) + "\n", encoding="utf-8")


def _recall(table: Sequence[dict[str, Any]], *, heading: bool, drift: bool, wobble: bool) -> str:
    rows = [
        row for row in table if row["heading"] == heading and row["drift_angle"] == drift and row["wobble"] == wobble
    ]
    head = ("loss, law", "alarms a ship-day", "rate is", "15 min", "30 min", "60 min", "median min", "cases")
    return _table(
        head,
        [
            (
                f"{row['loss'] * 100:.0f} %, {row['law']}",
                row["alarms_a_ship_day"],
                row["rate_is"],
                _estimate(row["within_15_min"]),
                _estimate(row["within_30_min"]),
                _estimate(row["within_60_min"]),
                row["median_minutes"],
                row["cases"],
            )
            for row in rows
        ],
    )


def _dip(dip: dict[str, Any]) -> str:
    rows = [
        (
            f"{row['loss'] * 100:.0f} %",
            row["alarms_a_ship_day"],
            row["rate_is"],
            _estimate(row["timed_within_30_min"]),
            _estimate(row["model_within_30_min"]),
        )
        for row in dip["rows"]
    ]
    text = (
        f"<p>Dips of {dip['seconds'] / 60:.0f} min at real crossings, {dip['cases']} cases; found within 30 min.</p>"
    )
    return text + _table(("dip", "alarms a ship-day", "rate is", "timed to the crossing", "the model alone"), rows)


def _goals(goals: Sequence[dict[str, Any]]) -> str:
    rows = []
    for goal in goals:
        measured = goal["measured"]
        told = _estimate(measured) if isinstance(measured, dict) else measured
        met = "yes" if goal["met"] else "<span class=no>no</span>"
        rows.append((goal["goal"], goal.get("at_least", goal.get("at_most")), told, met))
    return _table(("goal", "limit", "measured", "met"), rows)


def _baselines(table: Sequence[dict[str, Any]]) -> str:
    rows = []
    for row in table:
        rate = row["alarms_a_ship_day"]
        for loss, windows in row["losses"].items():
            cell = windows["within_60_min"]
            told = f"{rate['rate']:.3g} ({rate['low']:.2g}-{rate['high']:.2g})"
            rows.append(
                (row["rule"], told, loss, _estimate(cell["theirs"]), _estimate(cell["ours"]), _estimate(cell["gain"]))
            )
    return _table(("rule", "its alarms a ship-day", "loss", "its recall, 60 min", "ours at its rate", "gain"), rows)


def _alike(table: Sequence[dict[str, Any]]) -> str:
    return _table(
        ("kind", "cases", "look", "challenge", "act"),
        [
            (r["kind"], r["cases"], _estimate(r["look"]), _estimate(r["challenge"]), _estimate(r["act"]))
            for r in table
        ],
    )


def _precision(table: Sequence[dict[str, Any]]) -> str:
    return _table(
        ("tier", "loss", "alarms a ship-day", "recall, 60 min", "precision", "interval"),
        [
            (
                r["tier"],
                r["loss"],
                r["alarms_a_ship_day"],
                _estimate(r["recall_within_60_min"]),
                r["precision"],
                f"{r['precision_low']}-{r['precision_high']}",
            )
            for r in table
        ],
    )


def _calibration(c: dict[str, Any]) -> str:
    rows = [
        ("intercept", _estimate(c["intercept"])),
        ("slope", _estimate(c["slope"])),
        ("log score", _estimate(c["log_score"])),
        ("log score of a constant", c["log_score_constant"]),
        ("mean error of ten bins", c["error"]),
    ]
    return _table(("measure", "value"), rows)


def _figures(items: Sequence[dict[str, Any]]) -> str:
    return "".join(_figure(item) for item in items) or "<p>None.</p>"


def _figure(item: dict[str, Any]) -> str:
    """Speed over minutes, with the moment in question as a line."""
    t, v = item["t"], item["v"]
    told = ", ".join(
        f"{name.replace('_', ' ')} {item[name]}"
        for name in ("loss", "before_kn", "now_kn", "turned_deg", "highest_log_odds")
        if name in item
    )
    if len(t) < 2:
        return ""
    top = max(*v, 1.0) * 1.05
    span = max(t[-1] - t[0], 1.0)
    points = " ".join(f"{(a - t[0]) / span * 240:.1f},{90 - b / top * 85:.1f}" for a, b in zip(t, v, strict=True))
    mark = (0.0 - t[0]) / span * 240
    return (
        "<figure><svg width=240 height=95 role=img aria-label='speed over time'>"
        f"<path d='M{mark:.1f} 0V95' stroke='#a4262c' stroke-dasharray='3'/>"
        f"<polyline points='{points}' fill=none stroke='#12507b'/>"
        f"<text x=2 y=11 font-size=10>{top:.0f} kn</text></svg>"
        f"<figcaption>track {item['stratum']}/{item['track']}: {escape(told)}</figcaption></figure>"
    )


def _estimate(value: dict[str, Any] | None) -> str:
    if not value or value.get("value") is None:
        return "-"
    return f"{value['value']:.2f} ({value['low']:.2f}-{value['high']:.2f})"


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    top = "".join(f"<th>{escape(h)}</th>" for h in head)
    body = "".join("<tr>" + "".join(f"<td>{'' if c is None else c}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"
