"""A ship's dossier as Markdown, short enough to be read at a desk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from seawarden.cli.options import shown
from seawarden.model.sight import hours_line

if TYPE_CHECKING:
    from seawarden.run.ship_dossier import Dossier

WORDS = {
    "name": "name", "callsign": "call sign", "imo": "IMO number", "type": "type (AIS code)",
    "length_m": "length, m", "breadth_m": "breadth, m",
}  # fmt: skip


def lines_of(made: Dossier) -> list[str]:
    """The dossier for a person, Markdown.

    Args:
        made: what was found.
    """
    number = made.number
    flag = f"{number.kind}, {number.flag}" if number.flag else number.kind
    lines = [f"# MMSI {made.mmsi:09d}: {_name(made)}", ""]
    if made.simulated:
        lines += ["**SIMULATED: this ship does not exist.**", ""]
    lines += [
        f"{flag}. Heard {shown(made.from_t)} to {shown(made.to_t)}: {made.positions:,} positions, "
        f"{made.doubted:,} of them doubted.",
        "",
        "A dossier lists what was received. A changed or contradictory identity is an observation; slips of the "
        "hand, garbled radio and shared numbers are the usual causes.",
    ]
    if made.notes:
        lines += ["", "## Worth a look", "", *(f"- {_plain(note)}" for note in made.notes)]
    lines += ["", "## Identity over time", ""]
    if made.identity:
        lines += [
            "Sources hand a report on when something in it changed: the counts and the last times are of those.",
            "",
        ]
    lines += _table(
        ("what", "value", "first told", "last told", "reports"),
        (
            (
                WORDS[spell.field],
                spell.value if spell.valid else f"{spell.value} (names no hull)",
                shown(spell.first_t),
                shown(spell.last_t),
                spell.reports,
            )
            for spell in made.identity
        ),
        "No static report was received.",
    )
    if made.other_numbers:
        lines += ["", "## The same hull under other numbers", ""]
        lines += _table(
            ("MMSI", "flag", "tells the same"),
            ((f"{other.mmsi:09d}", other.flag or "-", other.like) for other in made.other_numbers),
        )
    lines += ["", "## Track segments", ""]
    lines += _table(
        ("first", "at", "last", "at", "positions", "told"),
        (
            (
                shown(line.first_t),
                _place(line.first_lat, line.first_lon),
                shown(line.last_t),
                _place(line.last_lat, line.last_lon),
                line.positions,
                ", ".join(line.told) or "-",
            )
            for line in made.segments
        ),
        "No two positions hold together.",
    )
    if made.lone_positions:
        lines += ["", f"{made.lone_positions:,} positions stand alone."]
    lines += ["", "## Gaps", ""]
    lines += _table(
        ("from", "to", "minutes", "moved, m"),
        ((shown(gap.from_t), shown(gap.to_t), f"{gap.minutes:g}", f"{gap.distance_m:,.0f}") for gap in made.gaps),
        "None of half an hour or more.",
    )
    lines += ["", "## Zones", ""]
    lines += _table(
        ("from", "to", "where", "what", "has the watch", "went on to", "handed over to"),
        (
            (
                shown(stay.entry_t),
                shown(stay.exit_t),
                stay.name or "-",
                stay.what,
                stay.watch or "-",
                stay.next or "-",
                stay.next_watch or "-",
            )
            for stay in made.zones
        ),
        "No zone is known there.",
    )
    lines += ["", "## Findings", ""]
    lines += _table(
        ("begin", "end", "kind", "asset", "id"),
        (
            (
                shown(finding.start_t),
                shown(finding.end_t),
                finding.kind,
                finding.asset.name if finding.asset else "-",
                finding.id,
            )
            for finding in made.findings
        ),
        "None.",
    )
    if made.alerts:
        lines += ["", "## Alerts", "", *(f"- {_plain(alert.first_line)}" for alert in made.alerts)]
    if made.seen is not None and made.seen.hours > 0.0:
        told = hours_line(made.seen, where="")
        lines += ["", "## How well a drag would have been seen", "", f"{told[0].upper()}{_plain(told[1:])}."]
    if made.cannot_see:
        lines += ["", "## Cannot see", "", *(f"- {_plain(sentence)}" for sentence in made.cannot_see)]
    if made.attribution:
        lines += ["", "Sources: " + _plain("; ".join(made.attribution))]
    return lines


def _name(made: Dossier) -> str:
    names = [spell for spell in made.identity if spell.field == "name"]
    return _plain(max(names, key=lambda spell: (spell.last_t, spell.reports)).value) if names else "no name told"


def _place(lat: float, lon: float) -> str:
    return f"{abs(lat):.4f}{'N' if lat >= 0 else 'S'} {abs(lon):.4f}{'E' if lon >= 0 else 'W'}"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]], nothing: str = "") -> list[str]:
    body = [f"| {' | '.join(_plain(str(cell)) for cell in row)} |" for row in rows]
    if not body:
        return [nothing]
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *body]


def _plain(text: str) -> str:
    """Text that ships send, with nothing in it that Markdown or HTML would act on."""
    for letter, instead in (("\\", "\\\\"), ("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("`", "\\`"), ("*", "\\*")):
        text = text.replace(letter, instead)
    return " ".join(text.replace("[", "\\[").replace("_", "\\_").split())
