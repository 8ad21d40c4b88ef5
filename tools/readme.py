"""The README's table of measured results, made from docs/results/*.json; `--check` says whether it is current."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
README: Final = ROOT / "README.md"
RESULTS: Final = ROOT / "docs" / "results"
BEGIN: Final = "<!-- results: begin -->"
END: Final = "<!-- results: end -->"


def _content(name: str) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text())
    content: dict[str, Any] = whole.get("content", whole)
    return content


def _share(item: dict[str, Any]) -> str:
    return f"{item['count']} of {item['of']} ({item['low']:.0%} to {item['high']:.0%})"


def _rate(item: dict[str, Any]) -> str:
    return f"{item['count']}: {item['rate']:.2f} a ship-day ({item['low']:.3f} to {item['high']:.2f})"


def _met(item: dict[str, Any]) -> str:
    return f"{item['value']:.2f} ({item['low']:.2f} to {item['high']:.2f})"


def _drag(rows: list[dict[str, Any]], loss: float, rate: float, minutes: int, *, aids: bool) -> str:
    """Share found of drags laid on traffic heard every minute, without wobble."""
    for row in rows:
        asked = (row["loss"], row["alarms_a_ship_day"], row["heading"], row["drift_angle"], row["wobble"], row["law"])
        if asked == (loss, rate, aids, aids, False, "power"):
            return _met(row[f"within_{minutes}_min"])
    raise KeyError((loss, rate, aids))


def _drags() -> list[tuple[str, str]]:
    """The misses first: what the model of a drag does not find, then what it does."""
    drags = _content("drags")
    rows = drags["recall"]["minute"]
    without = "anchor out under way, simulated on real tracks heard every minute, no heading"
    return [
        (
            f"Missed: an {without}: 10 % of the speed lost, 0.015 alarms a ship-day, 60 min",
            _drag(rows, 0.10, 0.015, 60, aids=False),
        ),
        ("The same, 15 % lost, 0.05 alarms a ship-day, 30 min", _drag(rows, 0.15, 0.05, 30, aids=False)),
        (
            "The same, 30 % lost, 0.02 alarms a ship-day, 15 min (the goal is 0.95)",
            _drag(rows, 0.30, 0.02, 15, aids=False),
        ),
        (
            "With a heading and a drift angle of 1-8 degrees: 30 % lost, 0.02, 15 min",
            _drag(rows, 0.30, 0.02, 15, aids=True),
        ),
        ("With them: 15 % lost, 0.05, 30 min (the goal is 0.75)", _drag(rows, 0.15, 0.05, 30, aids=True)),
    ]


def table() -> str:
    """The table, in Markdown; intervals are 95 %, exact for counts, from resampling ships for drags."""
    slow, who, bench = _content("slowdowns"), _content("attribution"), _content("bench")
    quiet = slow["quiet"]
    short, long = who["known_to"]
    rates = bench["records_per_s"]
    rows = [
        *_drags(),
        (
            "Two quiet days in the Kattegat: alerts by tier",
            "<br>".join(f"`{tier}` {_rate(quiet[tier])}" for tier in ("act", "challenge", "look")),
        ),
        (
            f"The same days, 20 ships losing {slow['loss']:.0%} over a cable for {slow['duration_min']:.0f} min",
            f"found {_share(slow['found'])}, raised to `look` {_share(slow['raised'])}",
        ),
        (
            f"Crossings of three cables by 250 ships ({slow['crossings']})",
            "the set of ship, cable and minute equals an independent geodesic brute force",
        ),
        (
            "Who did it? A fault known to 2 km and 60 min: the ship that crossed ranked first, in the first three",
            f"{_share(short['with_speed']['top1'])}, {_share(short['with_speed']['top3'])}",
        ),
        (
            "The same, known to 2 km and 6 h",
            f"{_share(long['with_speed']['top1'])}, {_share(long['with_speed']['top3'])}",
        ),
        (
            "Speed: replay of a synthetic day of 2 M positions past 45 assets, two cores",
            f"{rates['seawarden_replay']:,} positions a second; with the program's start and all writing "
            f"{rates['seawarden_whole_process']:,}; MovingPandas and GeoPandas in the same run, for cut and nearest "
            f"asset alone: {rates['peers_together']:,}",
        ),
    ]
    lines = ["| what | measured |", "|---|---|", *(f"| {what} | {measured} |" for what, measured in rows)]
    return "\n".join(lines)


def main() -> int:
    """Write the table into the README, or with `--check` say whether it is current."""
    text = README.read_text()
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    wanted = f"{head}{BEGIN}\n{table()}\n{END}{tail}"
    if "--check" in sys.argv:
        return 0 if wanted == text else 1
    README.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
