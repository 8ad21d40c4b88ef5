"""The page of the integrity suite: recall beside false findings, what was missed, and every false finding drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from seawarden.evaluate.integrity.family import Judged
from seawarden.evaluate.integrity.sea import Sea
from seawarden.evaluate.integrity.watch import Watched
from seawarden.evaluate.report.metrics import leaves
from seawarden.evaluate.report.page import Html, Section, paragraph, table, text, write_page
from seawarden.model.finding import Finding

SIDE = 260.0
AROUND_MS = 3_600_000


def write_report(
    path: Path,
    metrics: Mapping[str, Any],
    seas: Sequence[Sea],
    quiet: Sequence[Watched],
    judged: Mapping[str, Sequence[Judged]],
) -> None:
    """Write the page.

    Raises:
        StoreError: it can't be written.
    """
    rows = []
    for name, family in metrics["families"].items():
        second = family["recall_by_half"]["second"]
        rows.append(
            (
                name, _share(family["recall"]), _share(second), _rate(family["false"]["all"]),
                _rate(family["false"]["second"]), family["median_minutes"], family["most_minutes"],
            )
        )  # fmt: skip
    head = (
        "planted",
        "found",
        "second half of ships",
        "false a ship-day",
        "second half of ships",
        "minutes, median",
        "most",
    )
    lead = [
        paragraph(
            "Everything that a quiet run found counts as false. Intervals are exact, at 95 %. Halves of ships are "
            "dealt by number; thresholds were set while both were looked at, so that neither is held out."
        ),
        table(head, rows),
    ]
    missed = [
        (j.case.family, j.case.source, j.case.mmsi, _when(j.case.start_t), _about(j.case.about))
        for of_family in judged.values()
        for j in of_family
        if not j.found
    ]
    planted = [(name, family["about"]) for name, family in metrics["families"].items()]
    drawn = [case_of(sea, f) for sea, run in zip(seas, quiet, strict=True) for f in run.last()]
    figures = {k: v for k, v in metrics.items() if k != "false_findings"}
    sections = [
        Section("What is planted", [table(("family", ""), planted, words=True)]),
        Section("Missed", [table(("family", "source", "MMSI", "from", "drawn"), missed, words=True)]),
        Section("Found in the quiet runs", drawn),
        Section("Figures", [table(("figure", "value"), leaves(figures))]),
    ]  # fmt: skip
    write_page(path, "Suite integrity", lead, sections)


def case_of(sea: Sea, finding: Finding) -> Html:
    """A finding of a quiet run: its figures, what else it may be, and her way, dots from its start on."""
    measured = ", ".join(f"{m.name} {m.value:g} {m.unit}" for m in finding.measured if m.value is not None)
    by = f" by {finding.asset.name}" if finding.asset is not None else ""
    title = f"{finding.kind}: {finding.ship.mmsi or 'area'}{by} in {sea.name}, {_when(finding.start_t)}"
    instead = "".join(f"<li>{text(reason.text)}</li>" for reason in finding.benign)
    return Html(
        f'<div class="case"><h3>{text(title)}</h3><p class="quiet">{text(measured)}</p><ul>{instead}</ul>'
        f"{_drawn(sea, finding)}</div>"
    )


def _drawn(sea: Sea, finding: Finding) -> str:
    p = sea.positions
    until = (finding.end_t or finding.start_t) + AROUND_MS
    mine = (p.mmsi == finding.ship.mmsi) & (p.t >= finding.start_t - AROUND_MS) & (p.t <= until)
    if not mine.any():
        return ""
    x = p.lon[mine] * np.cos(np.radians(float(np.median(p.lat[mine]))))
    y = p.lat[mine]
    size = max(float(np.ptp(x)), float(np.ptp(y)), 1e-4)
    px = 10 + (x - x.min()) / size * (SIDE - 20)
    py = SIDE - 10 - (y - y.min()) / size * (SIDE - 20)
    line = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(px, py, strict=True))
    then = p.t[mine] >= finding.start_t
    dots = "".join(
        f'<circle class="dot" cx="{a:.1f}" cy="{b:.1f}" r="2"/>' for a, b in zip(px[then], py[then], strict=True)
    )
    across = f'<text x="6" y="14">{size * 60.0:.1f} nmi across</text>'
    return (
        f'<svg viewBox="0 0 {SIDE:g} {SIDE:g}" width="{SIDE:g}" height="{SIDE:g}">'
        f'<polyline class="around" points="{line}"/>{dots}{across}</svg>'
    )


def _share(value: Mapping[str, Any]) -> str:
    if value["share"] is None:
        return "none planted"
    return f"{value['count']} of {value['of']}, {value['share']:.3f} ({value['low']:.3f}-{value['high']:.3f})"


def _rate(value: Mapping[str, Any]) -> str:
    if value["rate"] is None:
        return str(value["count"])
    return f"{value['count']}, {value['rate']:.3f} ({value['low']:.3f}-{value['high']:.3f})"


def _about(about: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in about.items())


def _when(t: int) -> str:
    return f"{datetime.fromtimestamp(t / 1000, UTC):%Y-%m-%d %H:%MZ}"
