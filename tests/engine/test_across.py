"""What is seen across ships: the fleet behaviours in the engine."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest

from seawarden.engine import Engine
from seawarden.engine.snapshot import load, save
from seawarden.geography.layer import build_layer
from seawarden.incidents.fleet_stage import FleetStage
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.event import Event, FeedState
from seawarden.model.finding import AreaRef, Change, Finding
from seawarden.model.position import Positions, make_positions, take
from seawarden.model.vessel import NO_SHIP
from seawarden.ports import Spec, Surroundings, WholeView
from seawarden.settings import DEFAULTS
from seawarden.surroundings.coverage import CoverageBook

MINUTE = 60_000
START = 1_700_000_040_000


class Crowd:
    """Opens a finding of an area at the first minute in which ten ships are heard, and one of the last ship of it."""

    spec = Spec(
        name="crowd",
        kinds=("crowd",),
        scope="cell",
        title="Many ships at once",
        inputs=("lat", "lon"),
        look_back_s=60,
    )

    def __init__(self) -> None:
        self.due: int | None = START // MINUTE * MINUTE + MINUTE
        self.opened = 0
        self.heard: list[tuple[int, int]] = []
        self.feeds = 0
        self.last = 20

    def on_tick(
        self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: WholeView, around: Surroundings
    ) -> list[Change]:
        self.feeds += sum(isinstance(event, FeedState) for event in events)
        if self.due is None or t < self.due:
            return []
        slots, track = view.recent(t - MINUTE)
        mmsi, branch = view.names(slots)
        self.heard.append((t, len(slots)))
        self.due = t + MINUTE if len(self.heard) < self.last else None
        if self.opened or len(np.unique(mmsi)) < 10:
            return []
        self.opened = t
        area = AreaRef(id="a", lat=float(track.lat.mean()), lon=float(track.lon.mean()), radius_m=5_000.0)
        slot = view.find(f"{mmsi[-1]}-{branch[-1]}")
        assert slot is not None and slot == slots[-1]
        return [
            Change(action="open", kind="crowd", slot=-1, asset=-1, area=area, start_t=t, t=t),
            Change(action="open", kind="crowd", slot=slot, asset=-1, start_t=t, t=t),
        ]

    def next_wake(self) -> int | None:
        return self.due

    def snapshot(self) -> bytes:
        return msgspec.msgpack.encode((self.due, self.opened, self.heard, self.feeds))

    def restore(self, data: bytes) -> None:
        self.due, self.opened, self.heard, self.feeds = msgspec.msgpack.decode(
            data, type=tuple[int | None, int, list[tuple[int, int]], int]
        )


def sea() -> Positions:
    """Twelve ships of which one more is heard each minute, every 20 s."""
    ships = [
        make_positions(
            60 - 3 * k,
            t=START + 3 * k * 20_000 + np.arange(60 - 3 * k) * 20_000,
            mmsi=219_000_001 + k,
            lat=57.0 + 0.02 * k,
            lon=11.0 + 0.001 * np.arange(60 - 3 * k),
            sog_kn=8.0,
        )
        for k in range(12)
    ]
    whole = Positions(*(np.concatenate(same) for same in zip(*ships, strict=True)))
    return take(whole, np.lexsort((whole.mmsi, whole.t)))


def engine(shards: int = 1) -> tuple[Engine, Crowd]:
    layer = build_layer([])
    around = Surroundings(assets=layer, depth=None, places=None, coverage=CoverageBook(), waters=None)
    crowd = Crowd()
    names = Catalogue()
    names.source("made")
    fleet = FleetStage(DEFAULTS, layer, around)
    made = Engine(
        DEFAULTS, [], around, names, fleet, settings_hash="s", code_version="c", shards=shards, across=[crowd]
    )
    return made, crowd


def run(watch: Engine, parts: Sequence[Positions]) -> list[Finding]:
    found: list[Finding] = []
    for part in parts:
        found += watch.step(Batch(positions=part)).findings
    return found


def cut(p: Positions, size: int) -> list[Positions]:
    return [take(p, np.arange(k, min(k + size, len(p.t)))) for k in range(0, len(p.t), size)]


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize("shards", [1, 3])
def test_the_cut_of_the_stream_changes_nothing(size: int, shards: int) -> None:
    one, seen = engine()
    whole = run(one, [sea()]) + one.finish().findings
    other, heard = engine(shards)
    parts = run(other, cut(sea(), size)) + other.finish().findings
    assert msgspec.json.encode(whole) == msgspec.json.encode(parts)
    assert seen.heard == heard.heard
    assert max(n for _, n in seen.heard) == 36


def test_an_area_has_no_ship_and_raises_no_alert() -> None:
    watch, crowd = engine()
    outcome = watch.step(Batch(positions=sea()))
    area, ship = sorted(outcome.findings, key=lambda f: f.ship.mmsi)
    assert area.ship == NO_SHIP
    assert area.area is not None and area.area.radius_m == 5_000.0
    assert area.input_quality is not None and area.input_quality.positions == 0
    assert ship.ship.track_id and ship.area is None and ship.track
    assert area.id != ship.id
    assert not outcome.alerts and not outcome.risks
    assert crowd.opened == area.start_t


def test_a_snapshot_holds_its_memory(tmp_path: Path) -> None:
    one, seen = engine()
    parts = cut(sea(), 50)
    whole = run(one, parts) + one.finish().findings
    for stop in (1, 4, 7):
        first, _ = engine()
        found = run(first, parts[:stop])
        save(first, tmp_path / str(stop))
        second, crowd = engine()
        load(second, tmp_path / str(stop))
        found += run(second, parts[stop:]) + second.finish().findings
        assert msgspec.json.encode(found) == msgspec.json.encode(whole)
        assert crowd.heard == seen.heard


def test_events_reach_it() -> None:
    watch, crowd = engine()
    watch.step(Batch(positions=sea(), events=[FeedState(t=START + 5 * MINUTE, source="made", up=False)]))
    watch.finish()
    assert crowd.feeds == 1


def test_it_sleeps_through_months_without_a_ship() -> None:
    """Each day of a recording may lie months after the one before it: nothing is asked every minute between them."""
    day = sea()
    later = day._replace(t=day.t + 90 * 86_400_000)
    both = Positions(*(np.concatenate(pair) for pair in zip(day, later, strict=True)))  # type: ignore[arg-type]
    heard: list[list[tuple[int, int]]] = []
    for parts in ([both], cut(both, 100)):
        watch, crowd = engine()
        crowd.last = 10**6
        run(watch, parts)
        watch.finish()
        heard.append(crowd.heard)
    assert heard[0] == heard[1]
    assert len(heard[0]) < 2 * 400
    assert heard[0][-1][0] > later.t[0]
    woken = [t for t, _ in heard[0]]
    assert any(b - a > 80 * 86_400_000 for a, b in pairwise(woken))
    assert (later.t[0] // 10_000 + 1) * 10_000 in woken
