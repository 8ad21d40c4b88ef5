"""The report of the slow-down suite: quiet beside planted, what was missed first, each alert and slow-down drawn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from seawarden.evaluate.outcome import Run, newest_alerts
from seawarden.evaluate.own_drag import said_of
from seawarden.evaluate.report.page import Html, Section, listed, paragraph, rate, share, table, text, write_page
from seawarden.evaluate.report.speed import clock, moment, speed
from seawarden.evaluate.report.way import way
from seawarden.evaluate.slowdowns import Outcome, Planted
from seawarden.geography.layer import AssetLayer
from seawarden.model.alert import TIERS, Alert
from seawarden.model.error import Uncertain
from seawarden.model.finding import Finding

AROUND_MS: Final = 45 * 60_000
"""Drawn before and after."""


class Drawn(NamedTuple):
    """One case to draw."""

    title: str
    mmsi: int
    from_t: int
    to_t: int
    said: Sequence[Html]


def write_slowdowns(path: Path, outcome: Outcome) -> None:
    """Write the report.

    Args:
        path: the HTML file.
        outcome: of the suite.

    Raises:
        StoreError: the file can't be written.
    """
    m, quiet, loud, layer = outcome
    missed = [p for p in m.planted if not p.found]
    alerts = [a for a in _in_time(quiet.alerts) if a.highest_tier != TIERS[0]]
    natural = quiet.slowdowns()
    lead = [
        paragraph(
            "Two runs over the same real positions: one as they are, one in which ships lose speed over a cable. "
            "Neither figure means anything without the other."
        ),
        table(
            ("", "quiet run", "planted run"),
            [
                ("what was in it", f"{m.ship_days:.1f} ship-days, {m.crossings} crossings",
                 f"{len(m.planted)} ships lose {m.loss:.0%} of their speed for {m.duration_min:.0f} min"),
                ("slow-downs found", f"{rate(m.quiet_findings, 2)} a ship-day", share(m.found)),
                *((f"alerts of tier {tier}", f"{rate(m.quiet[tier])} a ship-day",
                   share(m.raised) + " with look or more" if tier == "look" else "") for tier in TIERS),
            ],
        ),
        paragraph(
            f"In brackets: exact 95 % intervals, Poisson for rates, binomial for shares. Source: "
            f"{', '.join(m.sources)}; "
            f"{m.positions:,} positions; version {m.version}, settings {m.settings_hash[:12]}, "
            f"assets {m.assets_hash[:12]}; "
            f"ships drawn by the key '{m.key}'{said_of(m.drag_model)}.", "quiet",
        ),
        paragraph("In the drawings a thick line and a shaded stretch are the time spoken of, the dashed line is the "
                  "ship's own expected speed with two standard errors around it, a red stroke a crossing.", "quiet"),
    ]  # fmt: skip
    none = [paragraph("None.")]
    sections = [
        Section("Planted and not found", [_planted(p, loud, layer) for p in missed] or none),
        Section("All planted", [_planted_table(m.planted)]),
        Section("Alerts of the quiet run, look and above", [_alert(a, quiet, layer) for a in alerts] or none),
        Section("Natural slow-downs", [_natural(f, quiet, layer) for f in natural] or none),
    ]
    write_page(path, "Slow-downs over cables: quiet and planted", lead, sections)


def _planted_table(planted: Sequence[Planted]) -> Html:
    head = ("ship", "asset", "from", "to", "found", "minutes to find", "highest tier")
    order = sorted(planted, key=lambda p: (p.found, p.start_t))
    return table(
        head,
        [
            (p.mmsi, p.asset, moment(p.start_t), clock(p.end_t), "yes" if p.found else "NO",
             "" if p.minutes_to_find is None else f"{p.minutes_to_find:.0f}", p.tier)
            for p in order
        ],
        words=True,
    )  # fmt: skip


def _planted(p: Planted, loud: Run, layer: AssetLayer) -> Html:
    said = [paragraph(f"Planted: {p.loss:.0%} less from {clock(p.start_t)} to {clock(p.end_t)}, not found. "
                      f"Highest tier of an alert in that time: {p.tier or 'none'}.")]  # fmt: skip
    title = f"{p.mmsi} over {p.asset}, {moment(p.start_t)}"
    return _case(Drawn(title, p.mmsi, p.start_t, p.end_t, said), loud, layer)


def _alert(alert: Alert, run: Run, layer: AssetLayer) -> Html:
    revisions = sorted((a for a in run.alerts if a.id == alert.id), key=lambda a: a.revision)
    top = max(revisions, key=lambda a: (TIERS.index(a.tier), a.risk, -a.revision))
    end = alert.closed_t if alert.closed_t is not None else alert.updated_t
    reasons = [("for", r.text) for r in top.reasons] + [("against", r.text) for r in top.counter_reasons]
    said = [
        paragraph(top.first_line),
        paragraph(top.second_line, "quiet"),
        listed(reasons),
        paragraph(f"Gravest {moment(top.updated_t)}; then {alert.state}, last changed {moment(end)}.", "quiet"),
    ]
    title = f"{alert.highest_tier}: {alert.ship.mmsi} and {alert.asset.name}, {moment(alert.start_t)}"
    return _case(Drawn(title, alert.ship.mmsi, alert.start_t, top.updated_t, said), run, layer)


def _natural(finding: Finding, run: Run, layer: AssetLayer) -> Html:
    asset = finding.asset.name if finding.asset else "no asset"
    end = finding.end_t if finding.end_t is not None else finding.known_from_t
    tiers = [a.highest_tier for a in newest_alerts(run.alerts) if finding.id in a.findings]
    loss, deepest = finding.value("loss"), finding.value("deepest_loss")
    known = f"{loss:.0%} on average" if loss is not None else "loss not known"
    known += f", {deepest:.0%} at most" if deepest is not None else ""
    against = [("against", r.text) for r in finding.benign]
    measured = [("for", _measured(u)) for u in finding.measured if u.value is not None]
    said = [
        paragraph(f"{known}; {clock(finding.start_t)} to {clock(end)}; alert: "
                  f"{max(tiers, key=TIERS.index, default='none')}."),
        listed(measured + against),
        "" if against else paragraph("Nothing that explains it was measured.", "quiet"),
    ]  # fmt: skip
    title = f"{finding.ship.mmsi} near {asset}, {moment(finding.start_t)}"
    return _case(Drawn(title, finding.ship.mmsi, finding.start_t, end, [Html(part) for part in said]), run, layer)


def _measured(u: Uncertain) -> str:
    name = u.name.replace("_", " ")
    sigma = "" if u.sigma is None else f" ± {u.sigma:.3g}"
    unit = "" if u.unit == "1" else f" {u.unit}"
    return f"{name} {u.value:.4g}{sigma}{unit}" + (f" ({u.method})" if u.method else "")


def _case(case: Drawn, run: Run, layer: AssetLayer) -> Html:
    around = run.seen.stretch(case.mmsi, case.from_t - AROUND_MS, case.to_t + AROUND_MS)
    during = run.seen.stretch(case.mmsi, case.from_t, case.to_t)
    marks = sorted(
        {
            (f.start_t, f.asset.name)
            for f in run.findings
            if f.kind == "crossing" and f.ship.mmsi == case.mmsi and f.state != "retracted" and f.asset is not None
            and case.from_t - AROUND_MS <= f.start_t <= case.to_t + AROUND_MS
        }
    )  # fmt: skip
    drawing = way(around, during, layer, f"way of {case.title}")
    curve = speed(around, case.from_t, case.to_t, marks, f"speed of {case.title}")
    words = f"<h3>{text(case.title)}</h3>{''.join(case.said)}"
    return Html(f'<div class="case">{words}<div class="drawn">{drawing}{curve}</div></div>')


def _in_time(alerts: Sequence[Alert]) -> list[Alert]:
    return sorted(newest_alerts(alerts), key=lambda a: (a.start_t, a.id))
