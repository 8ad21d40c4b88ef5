"""A ship's way over the assets, drawn: where she was around a finding, and which lines she met."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from seawarden.evaluate.report.page import Html, text
from seawarden.evaluate.seen import Seen
from seawarden.geography.layer import AssetLayer
from seawarden.model.position import F64

SIZE: Final = 380
MARGIN: Final = 18
LEAST_KM: Final = 4.0
"""A drawing is never narrower, so that noise of a few metres does not fill it."""
BARS_KM: Final = (0.5, 1, 2, 5, 10, 20, 50)


class Frame:
    """From degrees to the drawing: a plane tangent at its middle, north up, one scale for both axes."""

    def __init__(self, lat: F64, lon: F64) -> None:
        self.lat0, self.lon0 = float(np.mean(lat)), float(np.mean(lon))
        self._kx = 111.32 * math.cos(math.radians(self.lat0))
        x, y = self._km(lat, lon)
        self.width_km = max(float(np.ptp(x)), float(np.ptp(y)), LEAST_KM)
        self._scale = (SIZE - 2 * MARGIN) / self.width_km
        self._x = (float(x.max()) + float(x.min())) / 2
        self._y = (float(y.max()) + float(y.min())) / 2

    def _km(self, lat: F64, lon: F64) -> tuple[F64, F64]:
        dx = (np.asarray(lon) - self.lon0 + 180.0) % 360.0 - 180.0
        return dx * self._kx, (np.asarray(lat) - self.lat0) * 111.2

    def points(self, lat: F64, lon: F64) -> F64:
        """Places in the drawing, (n, 2)."""
        x, y = self._km(lat, lon)
        return np.stack([SIZE / 2 + (x - self._x) * self._scale, SIZE / 2 - (y - self._y) * self._scale], -1)

    def bar(self) -> Html:
        """The scale."""
        km = max((b for b in BARS_KM if b <= self.width_km / 3), default=BARS_KM[0])
        x = MARGIN + km * self._scale
        return Html(
            f'<path class="speed" d="M{MARGIN} {SIZE - 10}H{x:.1f}"/>'
            f'<text x="{MARGIN}" y="{SIZE - 15}">{km:g} km, north is up</text>'
        )


def way(around: Seen, during: Seen, layer: AssetLayer, label: str) -> Html:
    """Draw a way: thin before and after, thick during, the assets it comes near, and where each piece begins.

    Args:
        around: positions before, during and after, of one ship.
        during: those of the time that is spoken of.
        layer: the assets.
        label: what is drawn, in words, for who can't see it.
    """
    if not len(around.t):
        return Html("")
    frame = Frame(around.lat, around.lon)
    parts = [f'<svg viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" role="img" aria-label="{text(label)}">']
    named: dict[int, tuple[float, float]] = {}
    index = layer.index
    ends = np.stack([frame.points(index.lat1, index.lon1), frame.points(index.lat2, index.lon2)], 1)
    low, high = ends.min(1), ends.max(1)
    for row in np.flatnonzero((high > 0).all(1) & (low < SIZE).all(1)).tolist():
        (x1, y1), (x2, y2) = ends[row]
        parts.append(f'<path class="cable" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>')
        inside = np.linspace(ends[row][0], ends[row][1], 41)
        shown = inside[((inside > 12) & (inside < SIZE - 60)).all(1)]
        if len(shown):
            named.setdefault(int(index.asset[row]), (float(shown[0][0]), float(shown[0][1])))
    for kind, piece in (("around", around), ("way", during)):
        if len(piece.t) > 1:
            parts.append(f'<polyline class="{kind}" points="{joined(frame.points(piece.lat, piece.lon))}"/>')
    if len(during.t):
        x, y = frame.points(during.lat[:1], during.lon[:1])[0]
        parts.append(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4"/>')
    for asset, (x, y) in sorted(named.items()):
        parts.append(f'<text x="{x + 4:.1f}" y="{y - 4:.1f}">{text(layer.assets[asset].name)}</text>')
    return Html("".join([*parts, frame.bar(), "</svg>"]))


def joined(points: F64 | Sequence[tuple[float, float]]) -> str:
    """Points as SVG takes them."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
