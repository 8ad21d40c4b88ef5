"""Feeds and stations that fall silent, and the watch state of every stretch of an asset."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import pytest

from seawarden.behaviours.outage import LOOK_MS, Outage
from seawarden.checks import _NoFleet
from seawarden.engine import Engine
from seawarden.engine.snapshot import load, save
from seawarden.engine.view import FleetViewOver
from seawarden.geography.layer import build_layer
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.event import CoverageDeclared, Event, FeedState
from seawarden.model.finding import AreaRef, Change, Finding
from seawarden.model.position import Positions, concat, make_positions, take
from seawarden.model.vessel import NO_SHIP
from seawarden.model.watch import stretches_at
from seawarden.ports import FleetBehaviour, Spec, Surroundings, WholeView
from seawarden.settings import DEFAULTS
from seawarden.surroundings.coverage import CoverageBook
from seawarden.surroundings.coverage_learned import Learned

MINUTE = 60_000
START = 1_700_006_400_000
LANES = 10
CABLE = Asset(
    id="c", name="C", kind="telecom_cable",
    versions=(AssetVersion(parts=(((11.0, 56.9), (11.0, 57.5)),), sigma_m=((20.0,),)),),
)  # fmt: skip


def lanes(hours: float = 6.0, receiver: int = -1, south: float = 57.0) -> Positions:
    """Ships to and fro over the cable on ten lanes 2.2 km apart, 20 km long, every 60 s: somebody is always there."""
    n = int(hours * 60)
    ships = []
    for k in range(LANES):
        phase = (np.arange(n) + 13 * k) % 120
        east = np.where(phase < 60, phase, 120 - phase) / 60.0
        ships.append(
            make_positions(
                n,
                t=START + np.arange(n) * MINUTE + 1_000 * k,
                mmsi=219_000_001 + k + 100 * (receiver + 1),
                lat=south + 0.02 * k,
                lon=10.84 + 0.33 * east,
                sog_kn=10.8,
                cog_deg=np.where(phase < 60, 90.0, 270.0),
                receiver=receiver,
            )
        )
    whole = concat(ships)
    return take(whole, np.argsort(whole.t, kind="stable"))


def without(p: Positions, from_min: float, to_min: float, where: Any = True) -> Positions:
    gone = (p.t >= START + from_min * MINUTE) & (p.t < START + to_min * MINUTE) & where
    return take(p, ~gone)


def engine(extra: Sequence[FleetBehaviour] = (), shards: int = 1) -> tuple[Engine, CoverageBook]:
    layer = build_layer([CABLE])
    names = Catalogue()
    names.source("made")
    names.receiver("north")
    names.receiver("south")
    around = Surroundings(assets=layer, depth=None, places=None, coverage=CoverageBook(), waters=None)
    around.coverage.catalogue = names
    across = [*extra, Outage(DEFAULTS.behaviours.outage, DEFAULTS.coverage)]
    made = Engine(
        DEFAULTS, [], around, names, _NoFleet(), settings_hash="s", code_version="c", shards=shards, across=across
    )
    return made, around.coverage


def run(
    p: Positions, events: Sequence[Event] = (), size: int = 10**9, **how: object
) -> tuple[list[Finding], CoverageBook]:
    watch, book = engine(**how)  # type: ignore[arg-type]
    found = list(watch.step(Batch(events=list(events))).findings)
    for k in range(0, len(p.t), size):
        found += watch.step(Batch(positions=take(p, slice(k, k + size)))).findings
    return found + watch.finish().findings, book


def state_at(book: CoverageBook, minute: float, kp_km: float, *, hindsight: bool = True) -> str:
    length = build_layer([CABLE]).length_km(0)
    parts = stretches_at(book.watch.changes, length, int(START + minute * MINUTE), hindsight=hindsight)
    return next(s.state for s in parts if s.kp_from_km <= kp_km <= s.kp_to_km)


def test_what_is_heard_is_learned() -> None:
    found, book = run(lanes())
    assert not found
    learned = book.learned
    assert learned.n_ships == LANES
    assert learned.heard_of()[0] == pytest.approx(LANES * 359 / 60, rel=0.01)
    assert learned.cells.lost.sum() == 0
    heard = learned.hearing(learned.keys_at(np.array([57.1]), np.array([11.0])), np.ones(1, dtype=np.int8))
    assert heard.hours[0] > 5 and heard.passes[0] > 10 and heard.share[0] > 0.95
    assert state_at(book, 350, 22.0) == "observed"
    assert state_at(book, 350, 0.3) == "unobserved", "nobody was ever heard 11 km south of the lanes"
    assert state_at(book, -10, 22.0) == "unobserved"
    assert set(book.watch.shares()) == {"observed", "thin", "unobserved", "jammed"}
    assert sum(book.watch.shares().values()) == pytest.approx(1.0, abs=0.001)


def test_a_feed_that_falls_silent_is_one_notice_and_blinds_the_watch() -> None:
    found, book = run(without(lanes(10), 300, 420))
    assert [(f.kind, f.state) for f in found] == [("feed_outage", "open"), ("feed_outage", "closed")]
    notice, over = found
    assert notice.ship == NO_SHIP and notice.area is not None and notice.id == over.id
    assert abs(notice.start_t - (START + 300 * MINUTE)) <= MINUTE
    assert notice.known_from_t - notice.start_t <= 12 * MINUTE
    assert over.end_t is not None and abs(over.end_t - (START + 420 * MINUTE)) <= MINUTE
    for minute, state in ((297, "observed"), (302, "unobserved"), (418, "unobserved"), (422, "observed")):
        assert state_at(book, minute, 22.0) == state
    assert state_at(book, 302, 22.0, hindsight=False) == "observed", "it was not known yet"
    assert state_at(book, 305, 22.0, hindsight=False) == "unobserved", "known within five minutes"
    assert state_at(book, 425, 22.0, hindsight=False) == "observed"
    assert book.learned.cells.lost.sum() == 0, "our own silence is no ship's"


def test_a_short_hiccup_is_no_notice() -> None:
    found, _ = run(without(lanes(8), 300, 306))
    assert not found


def test_a_feed_that_says_it_is_down_is_down_at_once() -> None:
    down = START + 300 * MINUTE
    events = [FeedState(t=down, source="made", up=False), FeedState(t=down + 60 * MINUTE, source="made", up=True)]
    found, book = run(without(lanes(8), 300, 360), events)
    assert [f.state for f in found] == ["open", "closed"]
    assert found[0].start_t == down and found[0].known_from_t - down <= 10_000
    assert state_at(book, 301, 22.0, hindsight=False) == "unobserved"
    assert state_at(book, 362, 22.0, hindsight=False) == "observed"


def test_one_receiver_of_two_leaves_what_the_other_hears() -> None:
    north, south = lanes(10, receiver=0, south=57.16), lanes(10, receiver=1, south=56.92)
    both = concat([north, without(south, 300, 420)])
    found, book = run(take(both, np.argsort(both.t, kind="stable")))
    assert [f.state for f in found] == ["open", "closed"]
    assert found[0].area is not None and found[0].area.id.startswith("feed-made-south")
    assert state_at(book, 350, 5.0) == "unobserved"
    assert state_at(book, 350, 40.0) == "observed"


def test_ships_that_fall_silent_together_are_a_station() -> None:
    p = lanes(10)
    gone = p.lat < 57.07
    found, book = run(without(p, 300, 400, gone))
    assert [(f.kind, f.state) for f in found] == [("feed_outage", "open"), ("feed_outage", "closed")]
    silent = found[0].value("ships_silent")
    assert silent is not None and silent >= 3
    assert state_at(book, 330, 14.0) == "unobserved"
    assert state_at(book, 330, 28.0) == "observed"
    assert state_at(book, 410, 14.0) == "observed"


class Jammer:
    """Opens and closes an area of interference."""

    spec = Spec(name="jam", kinds=("interference",), scope="cell", title="", inputs=(), look_back_s=0)
    area = AreaRef(id="j", lat=57.1, lon=11.0, radius_m=4_000.0)

    def on_tick(
        self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: WholeView, around: Surroundings
    ) -> list[Change]:
        from_t, to_t = START + 200 * MINUTE, START + 260 * MINUTE
        if t not in (from_t, to_t):
            return []
        action: Literal["open", "close"] = "open" if t == from_t else "close"
        end = t if t == to_t else None
        return [
            Change(
                action=action, kind="interference", slot=-1, asset=-1, area=self.area, start_t=from_t, t=t, end_t=end
            )
        ]

    def next_wake(self) -> int | None:
        return None

    def snapshot(self) -> bytes:
        return b""

    def restore(self, data: bytes) -> None:
        return


def test_interference_is_jammed() -> None:
    _, book = run(lanes(6), extra=[Jammer()])
    assert state_at(book, 199, 22.2) == "observed"
    assert state_at(book, 230, 22.2) == "jammed"
    assert state_at(book, 230, 30.0) == "observed"
    assert state_at(book, 262, 22.2) == "observed"


def test_declared_coverage_is_observed_while_its_source_is_up() -> None:
    ring = ((10.5, 56.8), (11.5, 56.8), (11.5, 57.6), (10.5, 57.6))
    _, book = run(without(lanes(10), 300, 420), [CoverageDeclared(t=START, source="made", polygon=ring)])
    assert state_at(book, 100, 1.0) == "observed"
    assert state_at(book, 350, 1.0) == "unobserved"
    assert state_at(book, 430, 1.0) == "observed"


def test_nothing_depends_on_cut_shards_or_a_snapshot(tmp_path: Path) -> None:
    p = without(lanes(8), 300, 360)
    found, book = run(p)
    for size, shards in ((997, 1), (10**9, 3), (61, 2)):
        again, other = run(p, size=size, shards=shards)
        assert msgspec.json.encode(again) == msgspec.json.encode(found)
        assert other.watch.changes == book.watch.changes
    first, _ = engine()
    half = int(np.searchsorted(p.t, START + 330 * MINUTE))
    parts = list(first.step(Batch(positions=take(p, slice(0, half)))).findings)
    save(first, tmp_path / "s")
    second, later = engine()
    load(second, tmp_path / "s")
    parts += second.step(Batch(positions=take(p, slice(half, None)))).findings + second.finish().findings
    assert msgspec.json.encode(parts) == msgspec.json.encode(found)
    assert later.watch.changes == book.watch.changes
    assert later.learned.memory() == book.learned.memory()


def test_years_between_two_files_cost_little() -> None:
    p = lanes(2)
    later = take(p, slice(None))
    later.t[:] += 20 * 365 * 24 * 60 * MINUTE
    found, book = run(concat([p, later]))
    assert [f.state for f in found] == ["open", "closed"]
    assert len(book.watch.changes) < 200


def test_where_much_is_heard_it_is_taken_in_smaller_steps() -> None:
    # twenty thousand reports a second are six million positions in five minutes; here the next step is asked alone
    outage = Outage(DEFAULTS.behaviours.outage, DEFAULTS.coverage)
    t = START + MINUTE
    few = np.arange(START, t, 1_000, dtype=np.int64)
    assert outage._next(t, few) == START + 5 * MINUTE
    for a_second in (10_000, 20_000, 60_000):
        many = np.repeat(few, a_second)
        due = outage._next(t, many)
        assert due % 10_000 == 0 and t < due < START + 5 * MINUTE
        assert (due - t) / 1_000 * a_second <= 600_000


def test_a_rush_after_a_calm_is_taken_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seawarden.behaviours.outage.MOST_ROWS", 2_000)
    taken: list[int] = []
    take_in = Learned.take

    def counted(book: Learned, view: WholeView, since_t: int, until_t: int) -> Any:
        made = take_in(book, view, since_t, until_t)
        taken.append(len(made[0]))
        return made

    monkeypatch.setattr(Learned, "take", counted)
    calm, rush = lanes(0.3), lanes(0.3)
    many = concat([rush._replace(mmsi=rush.mmsi + 1_000 * k) for k in range(1, 101)])
    from_t = START + 6.5 * MINUTE  # just after a step that saw little
    many = take(many, np.flatnonzero(many.t > from_t))
    whole = concat([calm, many])
    whole = take(whole, np.argsort(whole.t, kind="stable"))
    a_look = max(
        int(np.count_nonzero((whole.t >= t) & (whole.t < t + LOOK_MS)))
        for t in range(START, START + 18 * MINUTE, 1_000)
    )
    run(whole)
    assert sum(taken) > 0.8 * len(whole.t)
    assert a_look <= max(taken) < 1_000 + a_look
    in_parts, taken[:] = list(taken), []
    run(whole, size=777)
    assert taken == in_parts


def test_what_waits_is_counted_for_all_shards() -> None:
    p = lanes(0.2)
    for shards in (1, 2):
        watch, _ = engine(shards=shards)
        watch.step(Batch(positions=p))
        view = FleetViewOver(watch.stages, int(p.t[-1]) - 2 * MINUTE)
        since = START + 3 * MINUTE
        assert view.count(since) == len(view.recent(since)[0]) > 50
        assert view.count(view.t) == 0
