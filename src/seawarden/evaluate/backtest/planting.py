"""Drags laid on the day's own tracks over the assets they crossed, each passed through the whole chain.

The ships run in engines of their own, a few at a time, so that they are no group to each other and nothing of them
reaches the count of the real traffic. What neighbours would have said is lost by that, for and against.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np

from seawarden.engine.core import Engine
from seawarden.evaluate.backtest.record import Crossed, Planted
from seawarden.evaluate.drags.cases import LAWS, LOSSES, SET_BACK_S
from seawarden.model.alert import TIERS
from seawarden.model.batch import Batch
from seawarden.model.event import CoverageDeclared
from seawarden.model.position import Positions, concat, take
from seawarden.model.static import StaticReport
from seawarden.run.build import Watchroom
from seawarden.simulate.draws import generator
from seawarden.train.drag_cases import HISTORY_S, ROOM_S, Case, lay
from seawarden.train.drag_tracks import RealTrack, cut_tracks

HOUR_MS: Final = 3_600_000
BEFORE_MS: Final = 3 * HOUR_MS
AFTER_MS: Final = 2 * HOUR_MS
WITHIN_MIN: Final = 60.0
LEAST_KN: Final = 6.0
TOGETHER: Final = 5
"""Ships of one engine: fewer than make a group."""
SIGNS: Final = ("slowdown", "anchor_out")


class Laid(NamedTuple):
    """One ship with a drag on her track."""

    crossed: Crossed
    track: RealTrack
    case: Case
    static: StaticReport | None


def draw(crossed: Sequence[Crossed], spoken_of: set[int], wanted: int, day: str) -> list[Crossed]:
    """Crossings to plant on: fast ships that gave no sign of their own that day, one each, drawn by the day."""
    fit: dict[int, list[Crossed]] = {}
    for item in sorted(crossed, key=lambda c: (c.mmsi, c.t)):
        if item.mmsi not in spoken_of and item.speed_kn >= LEAST_KN:
            fit.setdefault(item.mmsi, []).append(item)
    ships = sorted(fit, key=lambda mmsi: (generator("backtest ship", day, mmsi).random(), mmsi))
    chosen = []
    for mmsi in ships[: 4 * wanted]:  # some have no room for a drag before and after
        items = fit[mmsi]
        chosen.append(items[int(generator("backtest crossing", day, mmsi).integers(0, len(items)))])
    return chosen


def lay_all(engine: Engine, chosen: Sequence[Crossed], wanted: int, day: str) -> list[Laid]:
    """Lay drags from what the engine remembers of the ships; those without enough track are passed over."""
    n = len(engine.stages)
    slots = {ship.track_id: slot for slot, ship in engine.ships().items()}
    out: list[Laid] = []
    for item in chosen:
        if len(out) == wanted:
            break
        slot = slots.get(item.track_id)
        if slot is None:
            continue
        stage = engine.stages[slot % n]
        rows = stage.history.row_ids(slot // n, item.t - BEFORE_MS, item.t + AFTER_MS)
        positions = stage.history.positions(rows)
        positions = take(positions, (stage.history.believed(rows) == 1) & np.isfinite(positions.sog_kn))
        onset_s = item.t / 1000.0 + SET_BACK_S
        track = next((t for t in cut_tracks(positions, "backtest") if _room(t, onset_s)), None)
        if track is None:
            continue
        loss, law = LOSSES[len(out) % len(LOSSES)], LAWS[len(out) // len(LOSSES) % len(LAWS)]
        case = lay(track, 0, "backtest", day, loss=loss, law=law, onset_s=onset_s)
        if case is not None:
            out.append(Laid(item, track, case, stage.statics.at(item.mmsi, item.t)))
    return out


def _room(track: RealTrack, onset_s: float) -> bool:
    t = track.positions.t
    return bool(t[0] / 1000.0 + HISTORY_S <= onset_s <= t[-1] / 1000.0 - ROOM_S)


def pass_through(
    laid: Sequence[Laid], make: Callable[[], Watchroom], coverage: Sequence[CoverageDeclared], weather: list[object]
) -> list[Planted]:
    """Send the ships through the chain and see what it says of each.

    Args:
        laid: ships with drags.
        make: gives a fresh engine.
        coverage: declared for the sources.
        weather: memory of the real run's book.
    """
    out: list[Planted] = []
    for begin in range(0, len(laid), TOGETHER):
        some = laid[begin : begin + TOGETHER]
        room = make()
        source = room.catalogue.source("planted")
        room.around.weather.recall(weather)
        positions = concat(_own(item.case.positions, source) for item in some)
        order = np.lexsort((positions.seq, positions.mmsi, positions.t))
        statics = [_static(item.static, source) for item in some if item.static is not None]
        first = room.engine.step(Batch(positions=take(positions, order), statics=statics, events=list(coverage)))
        last = room.engine.finish()
        for item in some:
            onset_t = int(item.case.onset_s * 1000.0)
            until_t = onset_t + int(WITHIN_MIN * 60_000)
            found = [
                f.known_from_t
                for f in first.findings + last.findings
                if f.kind in SIGNS and f.ship.mmsi == item.crossed.mmsi and f.state != "retracted"
                and onset_t <= f.known_from_t <= until_t
            ]  # fmt: skip
            alerts = [
                a
                for a in first.alerts + last.alerts
                if a.ship.mmsi == item.crossed.mmsi and onset_t <= a.known_from_t <= until_t
            ]
            looked = [a.known_from_t for a in alerts if a.tier in TIERS[1:]]
            out.append(
                Planted(
                    mmsi=item.crossed.mmsi,
                    asset=item.crossed.asset,
                    onset_t=onset_t,
                    loss=item.case.loss,
                    law=item.case.law,
                    cadence_s=round(item.track.cadence_s, 1),
                    found_min=round((min(found) - onset_t) / 60_000, 1) if found else None,
                    look_min=round((min(looked) - onset_t) / 60_000, 1) if looked else None,
                    tier=max((a.tier for a in alerts), key=TIERS.index, default=""),
                )
            )
    return out


def _own(p: Positions, source: int) -> Positions:
    """Positions as of a source of their own; where they came from is another engine's."""
    mine = take(p, slice(None))
    mine.source[:], mine.receiver[:], mine.file[:] = source, -1, -1
    return mine


def _static(report: StaticReport, source: int) -> StaticReport:
    return msgspec.structs.replace(report, source=source, receiver=-1, file=-1)
