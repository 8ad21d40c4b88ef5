"""Ships made silent across real crossings: does the reach keep the true asset, and are its chances right?

Two sets. **Hidden**: windows that hold a real crossing, which the reach must not miss; beside how many assets it
names, for naming all is no skill. **Any**: windows drawn along the same tracks whatever happens in them, wherever an
asset lies within top speed: only there can a chance be right or wrong. Each is asked twice: while she is still
silent, and once she has been heard again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from seawarden.behaviours.dark_reach import HOUR_MS, as_she_moves, reach, top_speed_kn
from seawarden.behaviours.dark_ways import Seen
from seawarden.evaluate.calibration import calibration_of
from seawarden.evaluate.integrity.sea import half_of
from seawarden.evaluate.intervals import binomial
from seawarden.evaluate.recorded import find_crossings, recorded
from seawarden.geography.land import LandMask
from seawarden.geography.layer import AssetLayer
from seawarden.model.position import Positions
from seawarden.ports import Track
from seawarden.settings import Settings
from seawarden.simulate.draws import generator
from seawarden.simulate.silence import Window, window_of

GAPS_MIN: Final = (15, 60, 240)
ANY_PER_TRACK: Final = 3
LEAST_KN: Final = 2.0
ALL_CHANCES: Final = 1e-9


class Asked(NamedTuple):
    """One window, asked."""

    source: str
    mmsi: int
    gap_min: int
    hidden: bool
    again: bool
    true: frozenset[int]
    """Assets crossed in it."""
    chances: dict[int, float]
    """Of all assets within reach."""
    named: frozenset[int]


def ask_windows(
    source: str, positions: Positions, layer: AssetLayer, settings: Settings, land: LandMask | None
) -> list[Asked]:
    """Hide windows of all lengths on all tracks of a source, and ask the reach about each.

    Args:
        source: its name.
        positions: in any order.
        layer: the assets.
        settings: the whole tree.
        land: where no ship goes.
    """
    fleet = recorded(positions)
    crossings = find_crossings(fleet, layer)
    out: list[Asked] = []
    for slot, track in enumerate(fleet.tracks):
        mmsi = fleet.refs[slot].mmsi
        mine = [c for c in crossings if c.slot == slot]
        for gap in GAPS_MIN:
            rng = generator("dark", source, mmsi, gap)
            for crossing in mine[:4]:
                start = crossing.t - float(rng.uniform(0.1, 0.9)) * gap * 60_000
                out += _ask(
                    source,
                    mmsi,
                    gap,
                    True,
                    track,
                    window_of(track, int(start), gap * 60_000),
                    mine,
                    layer,
                    settings,
                    land,
                )
            for _ in range(ANY_PER_TRACK):
                if track.t[-1] - track.t[0] <= gap * 60_000:
                    continue
                start = float(rng.uniform(float(track.t[0]), float(track.t[-1]) - gap * 60_000))
                out += _ask(
                    source,
                    mmsi,
                    gap,
                    False,
                    track,
                    window_of(track, int(start), gap * 60_000),
                    mine,
                    layer,
                    settings,
                    land,
                )
    return out


def _ask(
    source: str, mmsi: int, gap: int, hidden: bool, track: Track, window: Window | None, crossings: Sequence[Any],
    layer: AssetLayer, settings: Settings, land: LandMask | None,
) -> list[Asked]:  # fmt: skip
    if window is None or not track.sog_kn[window.last] >= LEAST_KN:
        return []
    t0, t1 = int(track.t[window.last]), int(track.t[window.again])
    true = frozenset(c.row for c in crossings if t0 < c.t <= t1)
    seen, again = _seen(track, window.last), _seen(track, window.again)
    s = settings.behaviours.dark
    hour = slice(int(np.searchsorted(track.t, t0 - HOUR_MS)), window.last + 1)
    own = as_she_moves(s, track.t[hour], track.sog_kn[hour], track.cog_deg[hour])
    every = msgspec.structs.replace(own, least_chance=ALL_CHANCES, most_assets=100)
    top = top_speed_kn(float(np.nanmax(track.sog_kn[: window.last + 1])), seen.sog_kn, s)
    out = []
    for back in (None, again):
        found = reach(layer.index, land, seen, t1, top, every, ("evaluate", mmsi, t0), back)
        if not found.possible:
            continue
        chances = {r.asset: r.chance for r in found.assets}
        named = frozenset(r.asset for r in found.assets[: s.most_assets] if r.chance >= s.least_chance)
        none = found.possible - len(chances)
        chances.update({-1 - k: 0.0 for k in range(none)})
        out.append(Asked(source, mmsi, gap, hidden, back is not None, true, chances, named))
    return out


def _seen(track: Track, k: int) -> Seen:
    return Seen(
        int(track.t[k]), float(track.lat[k]), float(track.lon[k]), float(track.sog_kn[k]), float(track.cog_deg[k])
    )


def crossing_figures(asked: Sequence[Asked]) -> dict[str, Any]:
    """Kept and named by length of the silence, and whether the chances are right; all, and half of the ships."""
    out: dict[str, Any] = {}
    for again, word in ((False, "silent"), (True, "heard_again")):
        part = [a for a in asked if a.again == again]
        out[word] = {f"{gap}_min": _figures([a for a in part if a.gap_min == gap]) for gap in GAPS_MIN}
        out[word]["second_half"] = {
            f"{gap}_min": _figures([a for a in part if a.gap_min == gap and half_of(a.mmsi) == "second"])
            for gap in GAPS_MIN
        }
        out[word]["by_source"] = {
            name: _figures([a for a in part if a.source == name]) for name in sorted({a.source for a in part})
        }
    return out


def _figures(asked: Sequence[Asked]) -> dict[str, Any]:
    hidden = [a for a in asked if a.hidden and a.true]
    pairs = [(a, row) for a in hidden for row in sorted(a.true)]
    kept = binomial(sum(row in a.named for a, row in pairs), len(pairs))
    possible = binomial(sum(row in a.chances for a, row in pairs), len(pairs))
    drawn = [a for a in asked if not a.hidden]
    chance = np.array([p for a in drawn for p in a.chances.values()])
    hit = np.array([float(row in a.true) for a in drawn for row in a.chances])
    ships = np.array([a.mmsi for a in drawn for _ in a.chances], dtype=np.int64)
    figures: dict[str, Any] = {
        "crossings": len(pairs),
        "kept": msgspec.to_builtins(kept),
        "within_top_speed": msgspec.to_builtins(possible),
        "named_mean": _mean([len(a.named) for a in hidden]),
        "crossed_mean": _mean([len(a.true) for a in hidden]),
        "within_reach_mean": _mean([len(a.chances) for a in hidden]),
        "chance_of_true_mean": _mean([a.chances.get(row, 0.0) for a, row in pairs]),
        "windows": len(drawn),
    }
    if len(chance) and 0 < hit.sum() < len(hit):
        base = float(hit.mean())
        brier = float(np.mean((chance - hit) ** 2))
        figures["brier"] = round(brier, 5)
        figures["brier_skill"] = round(1.0 - brier / float(np.mean((base - hit) ** 2)), 4)
        figures["base_rate"] = round(base, 4)
        figures["stated_mean"] = round(float(chance.mean()), 4)
        figures["calibration"] = msgspec.to_builtins(calibration_of(chance, hit, ships, "dark"))
    return figures


def _mean(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 3) if values else None
