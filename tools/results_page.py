"""The page of results, made from docs/results/*.json and from nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

MADE = "<!-- made by tools/results.py from docs/results/*.json: call `python tools/results.py` -->\n"
TIERS = ("notice", "look", "challenge", "act")


def page(parts: dict[str, dict[str, Any]]) -> str:
    """The whole page.

    Args:
        parts: `replays`, `slowdowns`, `attribution`, each with its digest and content; those that are absent are
            left out.
    """
    lines = [MADE + "# Results", ""]
    lines.append(
        "What the watch makes of real positions, run by `python tools/results.py` on sample data that are not part "
        "of the repository, and checked by `just prove`. Counts are facts about files; findings and alerts are "
        "observations, never verdicts: a ship that is named here slowed down, crossed a line or stopped, as ships do "
        "for a hundred lawful reasons. Positions of the Danish waters: Danish Maritime Authority."
    )
    if "slowdowns" in parts:
        lines += ["", *slowdowns(parts["slowdowns"]["content"])]
    if "replays" in parts:
        lines += ["", *replays(parts["replays"]["content"])]
    if "attribution" in parts:
        lines += ["", *attribution(parts["attribution"]["content"])]
    lines += ["", *made_with(parts)]
    return "\n".join(lines) + "\n"


def slowdowns(m: dict[str, Any]) -> Iterator[str]:
    """Quiet beside planted."""
    yield "## A quiet run and a planted one"
    yield ""
    yield (
        f"Two real days in the Kattegat ({m['positions']:,} positions, {m['ship_days']:.1f} ship-days, "
        f"{m['crossings']} crossings of cables; silence is judged inside the declared area alone), once as they are "
        f"and once with {len(m['planted'])} ships that lose {m['loss']:.0%} of their speed for "
        f"{m['duration_min']:.0f} min over a cable. In brackets: exact 95 % intervals."
    )
    yield ""
    yield from table(
        ("", "quiet run", "planted run"),
        [
            ("slow-downs found", rate(m["quiet_findings"], 2), share(m["found"])),
            *(
                (f"alerts of tier {tier}", rate(m["quiet"][tier], 3), share(m["raised"]) + " with `look` or more")
                if tier == "look"
                else (f"alerts of tier {tier}", rate(m["quiet"][tier], 3), "")
                for tier in TIERS
            ),
        ],
    )
    minutes = sorted(p["minutes_to_find"] for p in m["planted"] if p["minutes_to_find"] is not None)
    if minutes:
        yield ""
        middle = minutes[len(minutes) // 2]
        yield f"Time to find a planted loss: median {middle:.0f} min, longest {minutes[-1]:.0f} min."
    missed = [p for p in m["planted"] if not p["found"]]
    yield ""
    if missed:
        yield "Missed: " + "; ".join(f"{p['mmsi']} over {p['asset']}, {moment(p['start_t'])}" for p in missed) + "."
    else:
        yield "None was missed."
    yield ""
    yield "### Alerts of the quiet run, `look` and above"
    for alert in m["looks"]:
        yield ""
        yield f"**{moment(alert['told_t'])}** `{alert['first_line']}`"
        yield ""
        yield f"- {alert['second_line']}"
        yield from (f"- for: {reason}" for reason in alert["reasons"])
        yield from (f"- against: {reason}" for reason in alert["counter_reasons"])
        yield f"- at last: {alert['state']}"
    if not m["looks"]:
        yield ""
        yield "None."
    yield ""
    yield "### Natural slow-downs"
    yield ""
    yield "`seawarden evaluate --suite slowdowns` draws each of them."
    yield ""
    yield from table(
        ("ship", "near", "from", "mean loss", "deepest", "alert", "what else could explain it"),
        [
            (
                n["mmsi"],
                n["asset"],
                moment(n["start_t"]),
                percent(n["loss"]),
                percent(n["deepest_loss"]),
                n["tier"],
                "; ".join(n["benign"]),
            )
            for n in m["natural"]
        ],
    )


def replays(m: dict[str, Any]) -> Iterator[str]:
    """Every file, replayed or refused."""
    files = m["files"]
    taken = {name: row for name, row in files.items() if "refused" not in row}
    yield "## Every file, replayed"
    yield ""
    yield f"{len(files)} files; {len(taken)} replayed, {len(files) - len(taken)} refused with a sentence."
    yield ""
    yield from table(
        ("file", "form", "records", "rejected", "positions", "ships", "ship-days", "late", "merged"),
        [
            (
                f"`{name.rpartition('/')[2]}`",
                row["form"],
                f"{row['records']:,}",
                counts(row["rejected"]),
                f"{row['positions']:,}",
                f"{row['ships']:,}",
                f"{row['ship_days']:.2f}",
                row["late"],
                row["duplicates"],
            )
            for name, row in taken.items()
        ],
    )
    yield ""
    yield "Of the records that are neither rejects nor positions each file tells what they are in `replays.json`:"
    yield "static data, parts of messages, base stations and aids to navigation, other types of message."
    yield ""
    yield from table(
        ("file", "findings", "alerts", "digest"),
        [
            (
                f"`{name.rpartition('/')[2]}`",
                counts(row["findings"]) + (f"; {row['retracted']} taken back" if row["retracted"] else ""),
                counts(row["alerts"]),
                f"`{row['digest'][:12]}`",
            )
            for name, row in taken.items()
        ],
    )
    yield ""
    yield "### Refused"
    yield ""
    yield from table(
        ("file", "records", "ships", "sentence"),
        [
            (f"`{name.rpartition('/')[2]}`", f"{row['records']:,}", f"{row['ships']:,}", row["refused"])
            for name, row in files.items()
            if name not in taken
        ],
    )


def attribution(m: dict[str, Any]) -> Iterator[str]:
    """Who did it."""
    yield "## Faults on real crossings: who did it?"
    yield ""
    yield (
        f"{m['cases']} of {m['crossings']} real crossings by {m['ships']} ships, each in turn the cause of a "
        "simulated fault; 15 of 100 causes show no loss of speed. In brackets: exact 95 % intervals."
    )
    yield ""
    rows = []
    for known in m["known_to"]:
        named = f"{known['width_km']:g} km, {known['width_min']:.0f} min"
        for what, label in (("place_and_time", "place and time alone"), ("with_speed", "all that is known")):
            ranked = known[what]
            rows.append(
                (named, label, share(ranked["top1"]), share(ranked["top3"]), f"{ranked['median_candidates']:.0f}")
            )
    yield from table(("fault known to", "ranked by", "first", "among the first three", "ships near, median"), rows)
    yield ""
    yield "The chances, with one cause in six taken out of the data (a ship that nobody saw):"
    yield ""
    yield from table(
        ("fault known to", "slope", "intercept", "ten-bin error", "of a perfect forecaster"),
        [
            (
                f"{known['width_km']:g} km, {known['width_min']:.0f} min",
                ranged(known["chances"]["slope"], known["chances"]["slope_interval"]),
                ranged(known["chances"]["intercept"], known["chances"]["intercept_interval"]),
                f"{known['chances']['error']:.3f}",
                f"{known['chances']['error_if_perfect']:.3f}",
            )
            for known in m["known_to"]
        ],
    )


def made_with(parts: dict[str, dict[str, Any]]) -> Iterator[str]:
    """What vouches for the figures."""
    yield "## Digests"
    yield ""
    yield from table(
        ("part", "version", "settings", "assets", "digest"),
        [
            (
                f"[{name}](results/{name}.json)",
                part["content"]["version"],
                f"`{part['content']['settings_hash'][:12]}`",
                f"`{part['content']['assets_hash'][:12]}`",
                f"`{part['digest']}`",
            )
            for name, part in parts.items()
        ],
    )


def table(head: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> Iterator[str]:
    """A table in Markdown."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(" ".join(str(cell).replace("|", "\\|").split()) for cell in row) + " |"


def rate(value: dict[str, Any], digits: int) -> str:
    """A rate with its interval."""
    low, high = value["low"], value["high"]
    return f"{value['count']}, or {value['rate']:.{digits}f} a ship-day ({low:.{digits}f} to {high:.{digits}f})"


def share(value: dict[str, Any]) -> str:
    """A share with its interval."""
    return f"{value['count']} of {value['of']}, {value['share']:.0%} ({value['low']:.0%} to {value['high']:.0%})"


def ranged(value: float, interval: list[float]) -> str:
    """A figure with its interval."""
    return f"{value:.2f} ({interval[0]:.2f} to {interval[1]:.2f})"


def percent(value: float | None) -> str:
    """A share as a word."""
    return "" if value is None else f"{value:.0%}"


def counts(found: dict[str, int]) -> str:
    """Counts by name, none left out but zeros."""
    return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in found.items() if count) or "none"


def moment(t: int) -> str:
    """Day, hour and minute, UTC."""
    return datetime.fromtimestamp(t / 1000, UTC).strftime("%Y-%m-%d %H:%MZ")
