"""The project's own goals beside what was measured."""

from __future__ import annotations

from typing import Any

from seawarden.evaluate.drags.tables import AIDS


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
    laws = metrics.get("checks", {}).get("held_out_law", [])
    for key, text in (
        ("gap_of_laws", "one model of one force law, the other law against it: largest gap of recall"),
        ("gap_beyond_laws", "the same beyond what the two laws differ by to a model taught both: largest gap"),
        ("gap", "that model against one of both laws, each at its own threshold: largest gap of recall"),
    ):
        gaps = [row[key] for row in laws if key in row]
        if gaps:
            gap = max(gaps, key=lambda g: abs(g.value or 0.0))
            goals.append({"goal": text, "at_most": 0.05, "measured": gap, "met": abs(gap.value or 0.0) <= 0.05})
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
