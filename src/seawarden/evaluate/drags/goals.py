"""The project's own goals beside what was measured."""

from __future__ import annotations

from typing import Any, Final

from seawarden.evaluate.drags.tables import AIDS

GAPS: Final = {
    "gap": "force law held out: a model of one law against one of both, on the other; largest gap of recall",
    "gap_of_laws": "the same model on its own law and on the other; largest gap",
    "gap_beyond_laws": "that beyond what the two laws differ by to a model taught both; largest gap",
}


def must_show(metrics: dict[str, Any]) -> list[dict[str, Any]]:
    """The project's own goals beside what was measured; a goal that is not met says so."""
    often = metrics["strata"].get("minute")
    goals: list[dict[str, Any]] = []
    if often is not None:
        for aids in AIDS:
            row: dict[str, Any] = next((r for r in often["recall_from_30"] if _is(r, 0.02, aids)), {})
            goals.append(_goal(f"30, 40 and 50 % loss, 15 min, 0.02 alarms a ship-day, {told(aids)}", row, 15, 0.95))
        for loss, minutes, rate, least in ((0.30, 15, 0.02, 0.95), (0.15, 30, 0.05, 0.75)):
            for aids in AIDS if loss == 0.30 else AIDS[2:]:
                row = _row(often["recall"], loss, rate, aids)
                text = f"{loss * 100:.0f} % loss, {minutes} min, {rate:g} alarms a ship-day, {told(aids)}"
                goals.append(_goal(text, row, minutes, least))
    checks = metrics.get("checks", {})
    for part, where in (
        ("held_out_law_at_goals", "at the goals' own conditions, heading and drift angle"),
        ("held_out_law", "no heading, every loss, 30 min, at 0.3 and at 0.1 alarms a ship-day"),
    ):
        for key, text in GAPS.items():
            gaps = [row[key] for row in checks.get(part, []) if key in row]
            if gaps:
                gap = max(gaps, key=lambda g: abs(g.value or 0.0))
                met = abs(gap.value or 0.0) <= 0.05
                goals.append({"goal": f"{text}; {where}", "at_most": 0.05, "measured": gap, "met": met})
    return goals


def told(aids: tuple[bool, bool, bool]) -> str:
    """Heading given, drift angle and wobble in words."""
    heading, drift, wobble = aids
    parts = [
        "heading and drift angle" if heading and drift else "heading, no drift angle" if heading else "no heading",
        "wobble" if wobble else "",
    ]
    return ", ".join(part for part in parts if part)


def _goal(text: str, row: dict[str, Any], minutes: int, least: float) -> dict[str, Any]:
    value = row.get(f"within_{minutes}_min")
    met = value is not None and value.value is not None and value.value >= least
    return {"goal": text, "at_least": least, "measured": value, "rate_is": row.get("rate_is"), "met": met}


def _is(row: dict[str, Any], rate: float, aids: tuple[bool, bool, bool]) -> bool:
    return bool(row["alarms_a_ship_day"] == rate and (row["heading"], row["drift_angle"], row["wobble"]) == aids)


def _row(rows: list[dict[str, Any]], loss: float, rate: float, aids: tuple[bool, bool, bool]) -> dict[str, Any]:
    for row in rows:
        if row["loss"] == loss and row["law"] == "power" and _is(row, rate, aids):
            return dict(row)
    return {}
