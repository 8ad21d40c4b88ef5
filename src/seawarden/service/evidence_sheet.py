"""The one page of an evidence pack: what was seen, by what it was made, and what people did; to read and to print."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from seawarden.channels.messages.told import moment
from seawarden.model.event import OperatorAction
from seawarden.model.finding import Finding
from seawarden.service.watch import Stretch

_STYLE: Final = """
@page { size: A4; margin: 14mm } body { font: 10pt/1.35 sans-serif; color: #111; max-width: 182mm; margin: 6mm auto }
h1 { font-size: 14pt; margin: 0 0 2mm } h2 { font-size: 10.5pt; margin: 4mm 0 1mm; border-bottom: 1px solid #999 }
ul { margin: 0; padding-left: 4mm } .two { display: flex; gap: 6mm } .two > div { flex: 1 }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: 0 2mm 0 0; vertical-align: top }
.exercise { border: 2px dashed #5b3fa8; padding: 2mm; font-weight: bold }
code { font-size: 8pt; word-break: break-all }
.small { font-size: 8.5pt; color: #444 } svg { border: 1px solid #999; width: 100%; height: auto }
"""
WIDTH: Final = 640
HEIGHT: Final = 300
ACTS_SHOWN: Final = 60


def sheet(
    title: str,
    *,
    at: int,
    facts: Mapping[str, Any],
    second: str,
    speaks_for: Sequence[str],
    against: Sequence[str],
    findings: Sequence[Finding],
    acts: Sequence[OperatorAction],
    track: Stretch | None,
    route: Sequence[Sequence[tuple[float, float]]],
    files: Sequence[str],
) -> bytes:
    """A page without script that says all of it, in HTML."""
    mark = "EXERCISE" if facts.get("exercise") else "SIMULATED" if facts.get("simulated") else ""
    told = f"<p class=exercise>{mark}: the ship does not exist.</p>" if mark else ""
    rows = "".join(_finding(finding) for finding in findings)
    done = "".join(_act(act) for act in acts[:ACTS_SHOWN])
    made = "".join(
        f"<tr><th>{_text(str(name).replace('_', ' '))}<td><code>{_text(str(value))}</code>"
        for name, value in facts.items()
        if name != "of"
    )
    page = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{_text(title)}</title><style>{_STYLE}</style>"
        f"<h1>{_text(title)}</h1>{told}<p>{_text(second)}</p>"
        f"<p class=small>As known at {moment(at)}. What a machine observed and people did; it accuses nobody.</p>"
        f"{_drawing(track, route)}"
        f"<div class=two><div><h2>Speaks for</h2>{_list(speaks_for)}</div>"
        f"<div><h2>Speaks against</h2>{_list(against)}</div></div>"
        f"<h2>Findings</h2><table>{rows or '<tr><td>none'}</table>"
        f"<h2>What people did</h2><table>{done or '<tr><td>nothing is recorded'}</table>"
        f"<h2>Made by</h2><table>{made}</table>"
        f"<h2>In this pack</h2><p class=small>{_text(', '.join(files))}, and manifest.json with the SHA-256 of each. "
        "<code>seawarden evidence verify PACK --ledger LEDGER</code> holds the pack against them and the ledger.</p>"
    )
    return page.encode()


def _finding(finding: Finding) -> str:
    measures = "; ".join(
        f"{m.name.replace('_', ' ')} {m.value:.4g}{'' if m.unit in ('', '1') else ' ' + m.unit}"
        for m in finding.measured[:8]
    )
    end = "" if finding.end_t is None else f" to {moment(finding.end_t)}"
    return (
        f"<tr><th>{_text(finding.kind.replace('_', ' '))}<td>{moment(finding.start_t)}{end}<td>{_text(measures)}"
        f"<td><code>{_text(finding.id)} r{finding.revision}</code>"
    )


def _act(act: OperatorAction) -> str:
    detail = ", ".join(f"{k}: {v}" for k, v in act.detail.items() if v not in ("", None))
    return f"<tr><td>{moment(act.t)}<th>{_text(act.actor)}<td>{_text(act.action)}<td>{_text(detail)}"


def _drawing(track: Stretch | None, route: Sequence[Sequence[tuple[float, float]]]) -> str:
    """The ship's way and the asset on a plain plane, north up; nothing where there is no way."""
    if track is None or len(track.t) < 2:
        return ""
    lat, lon = np.asarray(track.lat), np.asarray(track.lon)
    narrow = math.cos(math.radians(float(lat.mean())))
    x, y = lon * narrow, lat
    span = max(float(np.ptp(x)) / WIDTH, float(np.ptp(y)) / HEIGHT, 1e-6) * 1.15
    middle = (float(x.max() + x.min()) / 2, float(y.max() + y.min()) / 2)

    def line(points: Sequence[tuple[float, float]]) -> str:
        return " ".join(
            f"{(o * narrow - middle[0]) / span + WIDTH / 2:.1f},{HEIGHT / 2 - (a - middle[1]) / span:.1f}"
            for o, a in points
        )

    way = line(list(zip(lon.tolist(), lat.tolist(), strict=True)))
    last = way.rpartition(" ")[2].partition(",")
    lines = "".join(
        f'<polyline points="{line(part)}" fill="none" stroke="#777" stroke-width="2" stroke-dasharray="6 3"/>'
        for part in route
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="The ship\'s way; the asset dashed">{lines}'
        f'<polyline points="{way}" fill="none" stroke="#0b4f86" stroke-width="2"/>'
        f'<circle cx="{last[0]}" cy="{last[2]}" r="4" fill="#0b4f86"/></svg>'
        "<p class=small>Solid: where she was heard, the dot last. Dashed: the asset as it is drawn. North is up.</p>"
    )


def _list(lines: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{_text(line)}" for line in lines) + "</ul>" if lines else "<p>nothing"


def _text(text: str) -> str:
    return html.escape(text)
