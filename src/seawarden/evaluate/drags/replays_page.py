"""What the replays gave, as tables: for the documentation, and for the suite's report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from seawarden.evaluate.drags.replays import Replay, ReplayMetrics
from seawarden.evaluate.report.page import Section, listed, paragraph, table, write_page
from seawarden.model.alert import TIERS
from seawarden.risk.odds import frequency

BEGIN: Final = "<!-- made from docs/results/reconstructions.json by tools/replays.py: do not edit -->"
END: Final = "<!-- end of what is made -->"
HEAD: Final = ("case", "notice", "look", "challenge", "act", "highest chance", "what was found, and when")
OWN: Final = ("identity_invalid",)
"""Found of every reconstruction, whose number no ship may bear."""
CROSSED: Final = ("case", "crossed with the anchor out", "after", "told of before")
FAULT: Final = ("case", "fault declared", "her rank", "chance", "`act`", "next asset", "what the line said")


def tier_rows(cases: Sequence[Replay]) -> list[tuple[str, ...]]:
    """When each tier was raised, a row a case."""
    return [
        (
            case.name,
            *(_after(case.tier_minutes.get(tier)) for tier in TIERS),
            frequency(case.chance) if case.chance else "-",
            ", ".join(f"{kind.replace('_', ' ')} {_after(m)}" for kind, m in case.kinds.items() if kind not in OWN)
            or "nothing",
        )
        for case in cases
    ]


def crossed_rows(cases: Sequence[Replay]) -> list[tuple[str, ...]]:
    """Assets crossed with the anchor out, and how long before somebody was told."""
    rows: list[tuple[str, ...]] = []
    for case in cases:
        for item in case.crossed:
            told = [f"`{tier}` {_span(item.warned_min[tier])} before" for tier in TIERS if tier in item.warned_min]
            rows.append((case.name, item.asset, _after(item.minutes), ", ".join(told) or "nobody"))
    return rows


def fault_rows(cases: Sequence[Replay]) -> list[tuple[str, ...]]:
    """What declaring the fault gave."""
    rows: list[tuple[str, ...]] = []
    for case in cases:
        a = case.fault
        if a is None:
            continue
        coming = f"{a.next_asset} in {_span(a.next_minutes)}" if a.next_minutes is not None else "-"
        rank = f"{a.rank} of {a.considered}" if a.rank is not None else f"not among {a.considered}"
        chance = f"{a.chance:.2f}" if a.chance is not None else "-"
        rows.append((case.name, _after(a.declared_min), rank, chance, _after(a.act_min), coming, a.first_line))
    return rows


def page(metrics: ReplayMetrics) -> str:
    """The part of the documentation that is made."""
    guilty = [c for c in metrics.cases if c.anchor_out]
    innocent = [c for c in metrics.cases if not c.anchor_out]
    parts = [
        BEGIN,
        "",
        f"Model `{metrics.model_hash}`, settings `{metrics.settings_hash[:16]}`, traffic: "
        f"{', '.join(metrics.traffic)}. Minutes and hours count from the anchor's taking hold; of the innocents from "
        "the track's begin.",
        "",
        "### With an anchor out",
        "",
        _markdown(HEAD, tier_rows(guilty)),
        "",
        _markdown(CROSSED, crossed_rows(guilty)),
        "",
        "### When the fault is declared",
        "",
        _markdown(FAULT, fault_rows(guilty)),
        "",
        "### Innocents",
        "",
        _markdown(HEAD, tier_rows(innocent)),
        "",
        *(f"- {'kept' if kept else '**not kept**'}: {text}" for text, kept in metrics.promises.items()),
        "",
        "### What the lines said",
        "",
        *(_said(case) for case in metrics.cases if case.first_lines),
        END,
    ]
    return "\n".join(parts) + "\n"


def write_replays(path: Path, metrics: ReplayMetrics) -> None:
    """Write the suite's report.

    Raises:
        StoreError: the file can't be written.
    """
    lead = [
        paragraph(
            "Reconstructions from published figures, not recordings: what the watch would have said of such a track "
            f"among real traffic ({', '.join(metrics.traffic)})."
        ),
        table(HEAD, tier_rows(metrics.cases)),
        table(CROSSED, crossed_rows(metrics.cases), words=True),
        table(FAULT, fault_rows(metrics.cases), words=True),
        listed([("for" if kept else "against", text) for text, kept in metrics.promises.items()]),
    ]
    sections = []
    for case in metrics.cases:
        beside = ", ".join(f"{n} {tier}" for tier, n in case.beside.items())
        told = [
            paragraph(case.told),
            paragraph(f"{case.traffic}: {case.ships_beside} ships; alerts: {beside}", "quiet"),
        ]
        told += [paragraph(line) for line in case.first_lines.values()]
        told.append(listed([("for", r) for r in case.reasons] + [("against", r) for r in case.counter_reasons]))
        sections.append(Section(case.name, told))
    write_page(path, "Replays of the published cases", lead, sections)


def _said(case: Replay) -> str:
    lines = [f"**{case.name}** ({case.told})", ""]
    lines += [f"    {case.first_lines[tier]}" for tier in TIERS if tier in case.first_lines]
    lines.append("")
    if case.reasons:
        lines.append(f"For: {'; '.join(case.reasons)}.")
    if case.counter_reasons:
        lines.append(f"Against: {'; '.join(case.counter_reasons)}.")
    return "\n".join(lines) + "\n"


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _after(minutes: float | None) -> str:
    if minutes is None:
        return "-"
    return _span(minutes) if minutes >= 0 else f"{_span(-minutes)} before"


def _span(minutes: float | None) -> str:
    if minutes is None:
        return "-"
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"


def of_plain(plain: dict[str, Any]) -> ReplayMetrics:
    """Metrics as they were written down."""
    return msgspec.convert(plain, ReplayMetrics)
