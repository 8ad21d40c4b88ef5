"""The report of the patterns suite: recall and precision, what was missed, what was found on real ships."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from seawarden.evaluate.own_drag import said_of
from seawarden.evaluate.patterns import Ground, Laid, PatternOutcome, Real
from seawarden.evaluate.report.page import Html, Section, listed, paragraph, rate, share, table, text, write_page
from seawarden.evaluate.report.speed import clock, moment
from seawarden.evaluate.report.way import way
from seawarden.model.alert import TIERS
from seawarden.simulate.patterns import EXPECTED, PATTERNS

AROUND_MS: Final = 30 * 60_000
MOST: Final = 150
"""Cases drawn of each list; the rest are in metrics.json."""


def write_patterns(path: Path, outcome: PatternOutcome) -> None:
    """Write the report.

    Raises:
        StoreError: the file can't be written.
    """
    m, grounds = outcome
    held = {ground.source: ground for ground in grounds}
    lead = [
        paragraph(
            f"{len(m.laid)} simulated ships do what ships do near assets, among {m.ship_days:.1f} ship-days of real "
            "traffic. Found: a finding of a kind that names it, while it went on. Real ships carry no labels: some "
            "of them do trawl, wait and survey, and all count as false here, so that precision is a lower bound."
        ),
        table(
            ("laid", "found", "kinds that name it"),
            [(k.replace("_", " "), share(m.recall[k]), ", ".join(EXPECTED[k])) for k in PATTERNS]
            + [("all", share(m.recall_all), "")],
            words=True,
        ),
        table(
            ("kind of finding", "of ships with one, laid ones", "on real ships, a ship-day"),
            [(k, share(v), rate(m.false_rate[k])) for k, v in m.precision.items()],
            words=True,
        ),
        table(
            ("laid", "highest tier of an alert: ships"),
            [(k.replace("_", " "), ", ".join(f"{t} {n}" for t, n in m.tiers[k].items())) for k in PATTERNS],
            words=True,
        ),
        paragraph(
            f"In brackets: exact 95 % intervals. Sources: {', '.join(m.sources)}"
            + (f"; lines declared for the bench in {', '.join(m.declared_lines)}" if m.declared_lines else "")
            + f"; version {m.version}, settings {m.settings_hash[:12]}; drawn by the key '{m.key}'"
            + f"{said_of(m.drag_model)}.",
            "quiet",
        ),
    ]
    none = [paragraph("None.")]
    missed = [case for case in m.laid if not case.found]
    grave = sorted(m.real, key=lambda r: (-(TIERS.index(r.tier) if r.tier else -1), r.kind, r.start_t))
    sections = [
        Section("Laid and not found", [_laid(case, held[case.source]) for case in missed[:MOST]] or none),
        Section("What else was found on laid ships", [_confused(outcome)]),
        Section("Findings on real ships", [_real(one, held[one.source]) for one in grave[:MOST]] or none),
        Section("All laid", [_all(outcome)]),
    ]
    write_page(path, "Patterns near assets: laid among real traffic", lead, sections)


def _confused(outcome: PatternOutcome) -> Html:
    m = outcome.metrics
    kinds = sorted({kind for row in m.confused.values() for kind in row})
    return table(
        ("laid", *kinds), [(k.replace("_", " "), *(m.confused[k].get(f, "") for f in kinds)) for k in PATTERNS]
    )


def _all(outcome: PatternOutcome) -> Html:
    head = ("file", "laid", "ship", "from", "to", "a report every", "found", "minutes", "tier", "all found of her")
    return table(
        head,
        [
            (c.source, c.kind, c.mmsi, moment(c.start_t), clock(c.end_t), f"{c.cadence_s:.0f} s",
             "yes" if c.found else "NO", c.minutes_to_find, c.tier,
             ", ".join(f"{k} {n}" for k, n in c.kinds.items()))
            for c in outcome.metrics.laid
        ],
        words=True,
    )  # fmt: skip


def _laid(case: Laid, ground: Ground) -> Html:
    around = ground.seen.stretch(case.mmsi, case.start_t - AROUND_MS, case.end_t + AROUND_MS)
    during = ground.seen.stretch(case.mmsi, case.start_t, case.end_t)
    title = f"{case.kind.replace('_', ' ')}, {case.mmsi} in {case.source}, {moment(case.start_t)}"
    also = ", ".join(f"{k} {n}" for k, n in case.kinds.items()) or "nothing"
    said = paragraph(f"Found of her meanwhile: {also}. A report every {case.cadence_s:.0f} s.")
    return Html(
        f'<div class="case"><h3>{text(title)}</h3>{said}'
        f'<div class="drawn">{way(around, during, ground.layer, title)}</div></div>'
    )


def _real(one: Real, ground: Ground) -> Html:
    end = one.end_t if one.end_t is not None else one.start_t + 6 * 3_600_000
    around = ground.seen.stretch(one.mmsi, one.start_t - AROUND_MS, end + AROUND_MS)
    during = ground.seen.stretch(one.mmsi, one.start_t, end)
    who = f"{one.mmsi}{' (' + one.type + ')' if one.type else ''}"
    title = f"{one.kind}: {who}{' by ' + one.asset if one.asset else ''}, {moment(one.start_t)}"
    values = ", ".join(f"{k} {v:.4g}" for k, v in one.values.items() if v is not None)
    said = paragraph(f"{values}. Highest tier: {one.tier or 'none'}.")
    against = listed([("against", reason) for reason in one.benign])
    return Html(
        f'<div class="case"><h3>{text(title)}</h3>{said}{against}'
        f'<div class="drawn">{way(around, during, ground.layer, title)}</div></div>'
    )
