"""`seawarden train drag`: real traffic in, one JSON file out, the same to the byte for the same data and versions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from seawarden.behaviours.drag.beyond import to_plain as beyond_to_plain
from seawarden.behaviours.drag.lanes import to_plain as lanes_to_plain
from seawarden.behaviours.drag.model import FORMAT, DragModel
from seawarden.behaviours.drag.names import FEATURES
from seawarden.behaviours.drag.seen import NOTICED_A_SHIP_DAY
from seawarden.behaviours.drag.trees import to_plain
from seawarden.model.error import UsageError
from seawarden.model.position import F64
from seawarden.train.drag_alarms import Tail, gated, held, peaks, tail_of
from seawarden.train.drag_beyond import beyond_of, losses_of, natural_losses, with_beyond
from seawarden.train.drag_cases import real, rows_of
from seawarden.train.drag_lanes import history_of
from seawarden.train.drag_rows import (
    FOLDS,
    Fitted,
    Rows,
    calibrate,
    calibrated,
    cross_fit,
    fit,
    fold_of,
    training_rows,
)
from seawarden.train.drag_seen import Begun, begun, learn_seen
from seawarden.train.drag_sources import Heard, Stratum, read_strata

Say = Callable[[str], None]
TIER_RATES: Final = {"look": 0.015, "challenge": 0.0005, "act": 0.00002}
"""Alarms a ship-day that each tier is allowed."""
LIMITS: Final = (
    "The drags are simulated: speed laws, force and wobble are physics and estimates, not recordings of drags.",
    "Learned in the Kattegat, the Belts and between the German and Norwegian coasts; in other waters it is untested.",
    "A loss of 5-15 % without a heading is mostly not found at rates that a watch can live with.",
    "Thresholds below about one alarm in 36 ship-days come from a fitted tail.",
    "A master who eases his engine smoothly on a steady course can't be told from a drag by his track alone.",
)


class Trained(NamedTuple):
    """The model, and what it was measured with."""

    content: bytes
    fits: list[Fitted]
    rows: Rows
    strata: list[Stratum]
    lines: dict[str, list[float]]
    begun: Begun
    """Drags by what was known of the ship before, from which how well they are seen was learned."""
    thresholds: dict[str, float]
    """Log-odds by the name of the rate (`behaviours.drag.seen.RATES`)."""


def train_model(
    strata: list[Stratum], inputs: dict[str, str], say: Callable[[str], None] = lambda text: None
) -> Trained:
    """Cross-fit, calibrate, set the tiers' thresholds, fit on everything and write the file's content.

    Args:
        strata: real traffic.
        inputs: name and SHA-256 of each file, for the card.
        say: told what is being done.
    """
    say("laying drags on real tracks")
    rows = training_rows(strata)
    say(f"{len(rows.out):,} rows; fitting by ship")
    fits = cross_fit(rows)
    lines = calibrate(rows, fits)
    shown = natural_losses(strata, fits, lines)
    fits = with_beyond(fits, shown)
    tail = background(strata, fits, lines, heading=False)
    say("counting which drags are found on which ships")
    thresholds = {"noticed": tail.fitted(NOTICED_A_SHIP_DAY), "look": tail.fitted(TIER_RATES["look"])}
    cases = begun(strata, fits, lines)
    say("fitting on all ships")
    whole = fit(rows)
    plain: dict[str, Any] = {
        "format": FORMAT,
        "features": list(FEATURES),
        **{part: to_plain(trees) for part, trees in whole.parts.items()},
        "lanes": lanes_to_plain(history_of(t for s in strata if s.heard != "rare" for t in s.tracks).lanes),
        "calibration": lines,
        "beyond": beyond_to_plain(beyond_of(shown)),
        "tiers": {tier: round(tail.fitted(rate), 4) for tier, rate in TIER_RATES.items()},
        "seen": learn_seen(cases, thresholds),
        "card": {
            "name": "under-way anchor drag",
            "data": {
                s.name: {"tracks": len(s.tracks), "ship_days": round(s.days, 2), "heard": s.heard} for s in strata
            },
            "inputs": inputs,
            "attribution": "Contains data from the Danish Maritime Authority",
            "rows": len(rows.out),
            "split": f"{FOLDS} folds by ship (SHA-256 of the MMSI); calibration and thresholds on unseen ships",
            "trees": {part: len(t.root) for part, t in whole.parts.items()},
            "leaves": 4,
            "tier_rates_a_ship_day": TIER_RATES,
            "threshold_ship_days": round(tail.days, 2),
            "natural_losses": {kind: len(losses) for kind, losses in losses_of(shown).items()},
            "limits": LIMITS,
        },
    }
    return Trained(msgspec.json.encode(plain) + b"\n", fits, rows, strata, lines, cases, thresholds)


def train_drag(
    positions: Sequence[Path], out: Path, say: Callable[[str], None] = lambda text: None
) -> dict[str, Any]:
    """Train on the given sources and write the model to `out`; returns its card with the hash.

    Raises:
        UsageError: no positions were given.
        SourceError: a source can't be read.
    """
    if not positions:
        raise UsageError("training needs at least one source of real positions")
    trained = train_model(read_strata(positions), digests(positions), say)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(trained.content)
    model = DragModel(trained.content)
    return {"hash": model.hash, **model.card, "tiers": model.tiers, "bytes": len(trained.content)}


def background(
    strata: Sequence[Stratum],
    fits: Sequence[Fitted],
    lines: dict[str, list[float]],
    *,
    heading: bool,
    heard: Heard = "minute",
) -> Tail:
    """Peaks of real traffic, each ship scored by the fit that has not seen her, and their tail."""
    high: list[F64] = []
    days = 0.0
    for stratum in strata:
        if stratum.heard != heard:
            continue
        days += stratum.days
        for number, track in enumerate(stratum.tracks):
            t_s, x = rows_of(real(track, number, heading=heading), track)
            if len(t_s):
                score = scored(x, fits[int(fold_of(np.array([track.mmsi]))[0])], lines)
                high.append(peaks(t_s, held(score, stratum.dense)))
    return tail_of(np.concatenate(high) if high else np.empty(0), days)


def scored(x: F64, fitted: Fitted, lines: dict[str, list[float]]) -> F64:
    """Calibrated log-odds, shape (m,)."""
    return gated(calibrated(x, fitted, lines), x)


def digests(paths: Sequence[Path]) -> dict[str, str]:
    """SHA-256 of each file (of all files of a folder, in order of name)."""
    found = {}
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        found[path.name] = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    return found
