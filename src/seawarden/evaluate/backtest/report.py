"""The report of a backtest: rates with intervals, what planted drags became, and every alert at `look` and above."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from seawarden.evaluate.backtest.drawn import seen_of
from seawarden.evaluate.backtest.metrics import MINUTES, Counted, Metrics, Whole
from seawarden.evaluate.backtest.record import Planted, Told
from seawarden.evaluate.report.page import Html, Section, listed, paragraph, rate, share, table, text, write_page
from seawarden.evaluate.report.speed import moment, speed
from seawarden.evaluate.report.way import way
from seawarden.geography.layer import AssetLayer
from seawarden.model.alert import TIERS
from seawarden.model.drag_model import line_of

MOST_DRAWN: Final = 500
"""Beyond so many, alerts are listed without their drawing, or no browser opens the page."""


def write_backtest(path: Path, m: Metrics, whole: Whole, layer: AssetLayer) -> None:
    """Write the report.

    Args:
        path: the HTML file.
        m: the figures.
        whole: the days.
        layer: the assets, for the drawings.

    Raises:
        StoreError: the file can't be written.
    """
    told = sorted(whole.told.values(), key=lambda x: (-TIERS.index(x.tier), x.start_t, x.id))
    lead = [
        paragraph(
            f"{m.days} days of your own traffic, {m.first_day} to {m.last_day}: {m.positions:,} positions, "
            f"{m.ship_days:,.1f} ship-days, {m.cable_km_days:,.0f} cable-km-days. Drags were laid on "
            f"{m.planted_cases} of these tracks and passed through the same chain."
        ),
        paragraph(
            "In brackets: exact 95 % intervals, Poisson for rates, binomial for shares; several cases of one ship "
            "count as if they were of several. Nothing here is known to be an anchor: an alert that no other "
            "explanation was found for counts as one in vain.", "quiet",
        ),
        paragraph(
            f"Sources: {', '.join(m.sources)}. Version {m.version}, settings {m.settings_hash[:12]}, "
            f"assets {m.assets_hash[:12]}. Weather was {'given' if m.weather else 'not given'}."
            + "".join(f" Depths of {one.source} first, sigma {one.sigma_m:g} m." for one in m.depths[:1])
            + (f" The {line_of(m.drag_model)}." if m.drag_model is not None else ""), "quiet",
        ),
    ]  # fmt: skip
    none = [paragraph("None.")]
    sections = [
        Section("Alerts", [_tiers(m)]),
        Section("Planted drags", [_planted(m)] if m.planted else none),
        Section("Alerts by kind", [_kinds(m)] if m.kinds else none),
        Section("Findings by kind", [_findings(m)] if m.findings else none),
        Section("Days", [_days(whole)]),
        Section(
            f"All {len(told)} alerts of look and above",
            [_alert(x, layer, drawn=k < MOST_DRAWN) for k, x in enumerate(told)] or none,
        ),
        Section("Planted and not found within the hour", [_missed(whole.planted)]),
    ]
    write_page(path, "Backtest", lead, sections)


def _row(counted: Counted) -> tuple[str, str]:
    return rate(counted.a_ship_day, 5), rate(counted.a_100_cable_km_day, 4)


HEAD: Final = ("a ship-day", "a 100 cable-km-days")


def _tiers(m: Metrics) -> Html:
    rows = []
    for tier, counted in m.tiers.items():
        allowed = m.allowed_a_ship_day.get(tier)
        rows.append((tier, *_row(counted), f"{allowed:g}" if allowed is not None else "any"))
    return table(("highest tier", *HEAD, "allowed a ship-day"), rows)


def _kinds(m: Metrics) -> Html:
    rows = [
        (kind.replace("_", " "), tier, *_row(counted)) for kind, tiers in m.kinds.items()
        for tier, counted in tiers.items()
    ]  # fmt: skip
    return table(("earliest sign", "highest tier", *HEAD), rows)


def _findings(m: Metrics) -> Html:
    return table(("kind", *HEAD), [(kind.replace("_", " "), *_row(c)) for kind, c in m.findings.items()])


def _planted(m: Metrics) -> Html:
    head = ["loss", "ships"]
    head += [f"found in {limit:.0f} min" for limit in MINUTES] + [f"look in {limit:.0f} min" for limit in MINUTES]
    rows = [
        (
            loss,
            r.ships,
            *(share(r.found[f"{x:.0f}"]) for x in MINUTES),
            *(share(r.looked[f"{x:.0f}"]) for x in MINUTES),
        )
        for loss, r in m.planted.items()
    ]
    return table(head, rows)


def _days(whole: Whole) -> Html:
    head = ("day", "ships", "positions", "ship-days", "km of assets heard", "look and above")
    return table(head, [(d, s, f"{p:,}", f"{x:.1f}", f"{km:.0f}", n) for d, s, p, x, km, n in whole.days])


def _alert(x: Told, layer: AssetLayer, *, drawn: bool) -> Html:
    title = f"{x.tier}: {x.mmsi or 'area'} and {x.asset}, {moment(x.start_t)}"
    said = [
        paragraph(x.first_line),
        paragraph(x.second_line, "quiet"),
        listed([("for", r) for r in x.reasons] + [("against", r) for r in x.counter_reasons]),
        paragraph(f"Gravest {moment(x.told_t)}; then {x.state}.", "quiet"),
    ]
    drawing = ""
    if drawn and x.curve is not None:
        around = seen_of(x.curve, x.mmsi)
        during = around.stretch(x.mmsi, x.start_t, x.told_t)
        curve = speed(around, x.start_t, x.told_t, x.curve.crossings, f"speed of {title}")
        drawing = f'<div class="drawn">{way(around, during, layer, f"way of {title}")}{curve}</div>'
    return Html(f'<div class="case"><h3>{text(title)}</h3>{"".join(said)}{drawing}</div>')


def _missed(planted: Sequence[Planted]) -> Html:
    missed = sorted((p for p in planted if p.found_min is None), key=lambda p: (-p.loss, p.onset_t))
    if not missed:
        return paragraph("None.")
    head = ("ship", "asset", "from", "loss", "law", "report every", "highest tier")
    rows = [
        (p.mmsi, p.asset, moment(p.onset_t), f"{p.loss:.0%}", p.law, f"{p.cadence_s:.0f} s", p.tier or "none")
        for p in missed
    ]
    return table(head, rows, words=True)
