"""The report of the quiet suite: alerts a ship-day by tier and kind, before and after; each alert drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from seawarden.evaluate.own_drag import said_of
from seawarden.evaluate.patterns_quiet import LOOK_LIMIT, QuietAlert, QuietOutcome, QuietRun
from seawarden.evaluate.report.page import Html, Section, listed, paragraph, rate, table, text, write_page
from seawarden.evaluate.report.speed import moment, speed
from seawarden.evaluate.report.way import way
from seawarden.model.alert import TIERS

AROUND_MS: Final = 45 * 60_000
MOST: Final = 400
"""Alerts drawn; the rest are in metrics.json."""
STATES: Final = ("before", "after")


def write_quiet(path: Path, outcome: QuietOutcome) -> None:
    """Write the report.

    Raises:
        StoreError: the file can't be written.
    """
    m, runs = outcome
    held = {run.source: run for run in runs}
    verdict = [
        ("no `act`", m.no_act, "act"),
        ("no `challenge`", m.no_challenge, "challenge"),
        (f"`look` at or under {LOOK_LIMIT:g} a ship-day", m.look_within_limit, "look"),
    ]
    lead = [
        paragraph(
            f"{m.ship_days:.1f} ship-days of real traffic in {len(m.files)} files, nothing planted. Before: nothing "
            "is known of ports, zones and norms. After: they are; norms are the user's, or each half of a file is "
            "judged by what the other half taught."
        ),
        table(
            ("alerts a ship-day", "before", "after"),
            [(tier, *(rate(m.tiers[state][tier], 4) for state in STATES)) for tier in TIERS],
        ),
        table(
            ("asked for, after", "as counted", "upper end of the interval, a ship-day"),
            [
                (what, "yes" if met else "NO", f"{m.tiers['after'][tier].high or 0.0:.4f}")
                for what, met, tier in verdict
            ],
            words=True,
        ),
        paragraph(
            "In brackets: exact 95 % intervals (Garwood). An alert counts once by tier, and under each kind of "
            f"finding that it rests on. Coverage was declared for {', '.join(m.with_coverage) or 'no file'}; "
            "elsewhere silence is judged by what was learned of the file alone. "
            f"Version {m.version}, settings {m.settings_hash[:12]}{said_of(m.drag_model)}.",
            "quiet",
        ),
    ]
    kinds = sorted({kind for state in STATES for kind in m.kinds[state]})
    rows = [
        (kind, tier, *(rate(m.kinds[state][kind][tier], 4) if kind in m.kinds[state] else "0" for state in STATES))
        for kind in kinds
        for tier in TIERS
        if any(kind in m.kinds[state] and m.kinds[state][kind][tier].count for state in STATES)
    ]
    sections = [
        Section("Alerts by kind and tier", [table(("rests on", "tier", "before", "after"), rows, words=True)]),
        Section("Findings by kind", [_findings(outcome)]),
        Section("Files", [_files(outcome)]),
        Section(
            "Every alert",
            [_alert(alert, held[alert.source]) for alert in m.alerts[:MOST]] or [paragraph("None.")],
        ),
    ]
    write_page(path, "Quiet days: what real traffic is told of", lead, sections)


def _findings(outcome: QuietOutcome) -> Html:
    m = outcome.metrics
    kinds = sorted({kind for state in STATES for kind in m.findings[state]})
    return table(
        ("findings a ship-day", *STATES),
        [(k, *(rate(m.findings[s][k]) if k in m.findings[s] else "0" for s in STATES)) for k in kinds],
    )


def _files(outcome: QuietOutcome) -> Html:
    m = outcome.metrics
    rows: list[tuple[object, ...]] = [
        (
            name, f"{states['after'].positions:,}", states["after"].ships, f"{states['after'].ship_days:.1f}",
            ", ".join(f"{tier} {n}" for tier, n in states["before"].tiers.items() if n) or "none",
            ", ".join(f"{tier} {n}" for tier, n in states["after"].tiers.items() if n) or "none",
        )
        for name, states in m.files.items()
    ]  # fmt: skip
    rows += [(name, "left out:", why, "", "", "") for name, why in m.left_out.items()]
    return table(("file", "positions", "ships", "ship-days", "alerts before", "alerts after"), rows, words=True)


def _alert(alert: QuietAlert, run: QuietRun) -> Html:
    around = run.seen.stretch(alert.mmsi, alert.start_t - AROUND_MS, alert.told_t + AROUND_MS)
    during = run.seen.stretch(alert.mmsi, alert.start_t, alert.told_t)
    title = (
        f"{alert.tier}: {alert.mmsi or 'several ships'} and {alert.asset}, {moment(alert.start_t)}, {alert.source}"
    )
    reasons = [("for", r) for r in alert.reasons] + [("against", r) for r in alert.counter_reasons]
    before = (
        f"Before places were known: {alert.before or 'none'}. Rests on: {', '.join(alert.kinds) or 'no finding'}."
    )
    said = (
        f"{paragraph(alert.first_line)}{paragraph(alert.second_line, 'quiet')}{listed(reasons)}"
        f"{paragraph(before, 'quiet')}"
    )
    drawn = f"{way(around, during, run.layer, title)}{speed(around, alert.start_t, alert.told_t, [], title)}"
    return Html(f'<div class="case"><h3>{text(title)}</h3>{said}<div class="drawn">{drawn}</div></div>')
