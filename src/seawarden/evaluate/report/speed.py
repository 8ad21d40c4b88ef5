"""A ship's speed beside what was expected of her, drawn over time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np

from seawarden.evaluate.report.page import Html, text
from seawarden.evaluate.report.way import joined
from seawarden.evaluate.seen import Seen

WIDTH: Final = 560
HEIGHT: Final = 380
LEFT: Final = 40
RIGHT: Final = 12
TOP: Final = 26
BOTTOM: Final = 30
HALF_HOUR_MS: Final = 1_800_000

Scale = Callable[[float], float]


def speed(
    around: Seen, from_t: int, to_t: int, marks: Iterable[tuple[int, str]], label: str, *, sigmas: float = 2.0
) -> Html:
    """Draw speed (line), expected speed with its band (dashed), the time spoken of (shaded) and moments in it.

    Args:
        around: positions of one ship in order of time.
        from_t: begin of what is spoken of, ms.
        to_t: its end, ms.
        marks: (ms, word) of moments, e.g. crossings.
        label: what is drawn, in words, for who can't see it.
        sigmas: half width of the band, standard errors.
    """
    if len(around.t) < 2:
        return Html("")
    first, last = int(around.t[0]), int(around.t[-1])
    known = around.sog_kn[~np.isnan(around.sog_kn)]
    wanted = around.expected_kn[~np.isnan(around.expected_kn)]
    top = max(float(np.max(known, initial=1.0)), float(np.max(wanted, initial=1.0))) * 1.15

    def x(t: float) -> float:
        return LEFT + (t - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(kn: float) -> float:
        return HEIGHT - BOTTOM - min(max(kn, 0.0), top) / top * (HEIGHT - TOP - BOTTOM)

    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img" aria-label="{text(label)}">']
    begin, end = max(from_t, first), min(to_t, last)
    parts.append(
        f'<rect class="span" x="{x(begin):.1f}" y="{TOP}" width="{max(1.0, x(end) - x(begin)):.1f}" '
        f'height="{HEIGHT - TOP - BOTTOM}"/>'
    )
    step = next(s for s in (1, 2, 5, 10, 20, 50) if top / s <= 8)
    for kn in range(0, int(top) + 1, step):
        parts.append(f'<path class="axis" d="M{LEFT} {y(kn):.1f}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text x="6" y="{y(kn) + 4:.1f}">{kn} kn</text>')
    every = HALF_HOUR_MS * max(1, -(-(last - first) // (8 * HALF_HOUR_MS)))
    for t in range(-(-first // every) * every, last + 1, every):
        parts.append(f'<text x="{x(t) - 15:.1f}" y="{HEIGHT - 10}">{clock(t)}</text>')
    parts += _band(around, x, y, sigmas)
    told = ~np.isnan(around.sog_kn)
    line = [(x(t), y(kn)) for t, kn in zip(around.t[told].tolist(), around.sog_kn[told].tolist(), strict=True)]
    parts.append(f'<polyline class="speed" points="{joined(line)}"/>')
    for t, word in marks:
        if first <= t <= last:
            parts.append(f'<path class="mark" d="M{x(t):.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
            parts.append(f'<text x="{min(x(t) + 3, WIDTH - 90):.1f}" y="{TOP - 6}">{text(word)}</text>')
    return Html("".join(parts) + "</svg>")


def _band(around: Seen, x: Scale, y: Scale, sigmas: float) -> list[str]:
    rows = np.flatnonzero(~np.isnan(around.expected_kn))
    parts: list[str] = []
    for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
        if len(run) < 2:
            continue
        t, middle = around.t[run].tolist(), around.expected_kn[run].tolist()
        wide = (sigmas * np.nan_to_num(around.expected_sigma_kn[run])).tolist()
        upper = [(x(a), y(b + c)) for a, b, c in zip(t, middle, wide, strict=True)]
        lower = [(x(a), y(b - c)) for a, b, c in zip(t, middle, wide, strict=True)]
        parts.append(f'<polygon class="band" points="{joined(upper + lower[::-1])}"/>')
        line = [(x(a), y(b)) for a, b in zip(t, middle, strict=True)]
        parts.append(f'<polyline class="expected" points="{joined(line)}"/>')
    return parts


def clock(t: int) -> str:
    """Hour and minute, UTC."""
    minutes = t // 60_000 % 1_440
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def moment(t: int) -> str:
    """Day, hour and minute, UTC."""
    return f"{np.datetime64(t, 'ms').astype('datetime64[D]')} {clock(t)}Z"
