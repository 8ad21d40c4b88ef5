"""The contract suite that every behaviour must pass; public, so that others can test theirs.

    from seawarden.checks import check_behaviour, check_fleet_behaviour
    check_behaviour(MyBehaviour(settings))
    check_fleet_behaviour(lambda: MyFleetBehaviour(settings))

It runs the behaviour over a small simulated sea (`simulate.scenario`), or over positions of your own, and fails with
an `AssertionError` that says which promise was broken. The promises: the outcome does not depend on how the stream
is cut, on the order of ships at equal times, on the time of day or the longitude, or on a snapshot in between; state
arrays keep their declared shape; inputs are not written to; empty, single and missing values are survived.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from seawarden.behaviours.emit import NO_ROWS
from seawarden.engine import Engine, FleetOutput
from seawarden.engine.snapshot import load, save
from seawarden.engine.view import StageView
from seawarden.geography.land import LandMask
from seawarden.geography.layer import build_layer
from seawarden.geography.ports_table import PlacesTable
from seawarden.model.asset import Asset
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.event import Event
from seawarden.model.finding import Change, Finding
from seawarden.model.position import Positions, make_positions, take
from seawarden.ports import Behaviour, FleetBehaviour, FleetView, Surroundings, Tick, WholeView
from seawarden.settings import DEFAULTS
from seawarden.simulate.scenario import every_kind
from seawarden.surroundings.coverage import CoverageBook

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 3_600_000


class _Nothing:
    risks: Sequence[object] = ()
    alerts: Sequence[object] = ()
    faults: Sequence[object] = ()


class _NoFleet:
    """A fleet stage that does nothing: a behaviour is checked alone."""

    def on_tick(self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: FleetView) -> FleetOutput:
        return _Nothing()  # type: ignore[return-value]

    def next_wake(self) -> int | None:
        return None

    def snapshot(self) -> bytes:
        return b""

    def restore(self, data: bytes) -> None:
        return


class Bench:
    """One behaviour in an engine over a sea."""

    def __init__(
        self,
        behaviours: Sequence[Behaviour],
        assets: Sequence[Asset],
        *,
        shards: int = 1,
        catalogue: Catalogue | None = None,
        across: Sequence[FleetBehaviour] = (),
        places: PlacesTable | None = None,
        land: LandMask | None = None,
    ) -> None:
        self.around = Surroundings(
            assets=build_layer(assets), depth=None, places=places, coverage=CoverageBook(), waters=None, land=land
        )
        if catalogue is None:
            catalogue = Catalogue()
            catalogue.source("check")
        self.engine = Engine(
            DEFAULTS, behaviours, self.around, catalogue, _NoFleet(),
            settings_hash="check", code_version="check", shards=shards, across=across,
        )  # fmt: skip

    def run(self, positions: Positions, events: Sequence[Event] = (), *, chunk: int = 1_000_000) -> list[Finding]:
        """All revisions that a stream brings."""
        found: list[Finding] = list(self.engine.step(Batch(events=list(events))).findings)
        for begin in range(0, max(len(positions.t), 1), chunk):
            batch = Batch(positions=take(positions, slice(begin, begin + chunk)))
            found += self.engine.step(batch).findings
        return found + self.engine.finish().findings


def told(findings: Sequence[Finding]) -> list[bytes]:
    """What was found, in a form that can be compared: known-at, settings and version left out."""
    blank = {"known_from_t": 0, "settings_hash": "", "code_version": ""}
    return sorted(msgspec.json.encode(msgspec.structs.replace(f, **blank)) for f in findings)


def check_behaviour(behaviour: Behaviour, *, find: Sequence[str] | None = None) -> None:
    """Run all checks.

    Args:
        behaviour: the one to check; it must keep all its memory in its state.
        find: kinds of findings that the simulated sea must bring out; by default all that the behaviour names.

    Raises:
        AssertionError: a promise is broken.
    """
    for check in CHECKS:
        check(behaviour)
    wanted = set(behaviour.spec.kinds if find is None else find)
    sea = every_kind()
    seen = {f.kind for f in Bench([behaviour], sea.assets).run(sea.positions, sea.events)}
    assert wanted <= seen, f"{behaviour.spec.name} did not find {sorted(wanted - seen)} in the simulated sea"


def check_cuts(behaviour: Behaviour) -> None:
    """Chunks of 1, 7, 1,000 and all records, and two shards, bring the same."""
    sea = every_kind()
    few = take(sea.positions, slice(0, 1500))
    for positions, chunks in ((sea.positions, (7, 1000)), (few, (1,))):
        whole = told(Bench([behaviour], sea.assets).run(positions, sea.events))
        for chunk in chunks:
            again = told(Bench([behaviour], sea.assets).run(positions, sea.events, chunk=chunk))
            assert again == whole, f"{behaviour.spec.name} depends on how the stream is cut ({chunk} at a time)"
    shards = told(Bench([behaviour], sea.assets, shards=2).run(sea.positions, sea.events))
    assert shards == told(Bench([behaviour], sea.assets).run(sea.positions, sea.events)), (
        f"{behaviour.spec.name} depends on the number of shards"
    )


def check_order_of_ships(behaviour: Behaviour) -> None:
    """Ships shuffled at equal times bring the same."""
    sea = every_kind()
    p = sea.positions
    shuffled = np.lexsort((np.random.default_rng(5).random(len(p.t)), np.maximum.accumulate(p.t)))
    whole = told(Bench([behaviour], sea.assets).run(p, sea.events))
    again = told(Bench([behaviour], sea.assets).run(take(p, shuffled), sea.events))
    assert again == whole, f"{behaviour.spec.name} depends on the order of ships at equal times"


def check_shift_of_time(behaviour: Behaviour) -> None:
    """A sea 1,000 hours later brings the same, 1,000 hours later."""
    sea, later = every_kind(), every_kind(shift_ms=1000 * HOUR_MS)
    first = Bench([behaviour], sea.assets).run(sea.positions, sea.events)
    second = Bench([behaviour], later.assets).run(later.positions, later.events)
    moved = [(f.kind, f.ship.track_id, f.start_t + 1000 * HOUR_MS, f.state, f.revision) for f in first]
    there = [(f.kind, f.ship.track_id, f.start_t, f.state, f.revision) for f in second]
    assert sorted(moved) == sorted(there), f"{behaviour.spec.name} depends on the date"


def check_antimeridian(behaviour: Behaviour) -> None:
    """The same sea across 180 degrees brings the same, to a second and ten metres."""
    sea = every_kind()
    first = Bench([behaviour], sea.assets).run(sea.positions, sea.events)
    there = every_kind(shift_deg=169.0)
    second = Bench([behaviour], there.assets).run(there.positions, there.events)
    assert [(f.kind, f.ship.mmsi, f.state) for f in _sorted(first)] == [
        (f.kind, f.ship.mmsi, f.state) for f in _sorted(second)
    ], f"{behaviour.spec.name} depends on the longitude"
    for a, b in zip(_sorted(first), _sorted(second), strict=True):
        assert abs(a.start_t - b.start_t) <= 1000, f"{behaviour.spec.name}: {a.kind} begins elsewhere across 180 deg"
        if a.asset and b.asset and a.asset.kp_km is not None and b.asset.kp_km is not None:
            assert abs(a.asset.kp_km - b.asset.kp_km) < 0.01, f"{behaviour.spec.name}: KP moves across 180 deg"


def check_snapshot(behaviour: Behaviour) -> None:
    """Snapshot and resume in the middle, at every quarter, bring the same."""
    sea = every_kind()
    whole = told(Bench([behaviour], sea.assets).run(sea.positions, sea.events))
    n = len(sea.positions.t)
    for cut in (n // 4, n // 2, 3 * n // 4):
        first = Bench([behaviour], sea.assets)
        found = list(first.engine.step(Batch(events=list(sea.events))).findings)
        found += first.engine.step(Batch(positions=take(sea.positions, slice(0, cut)))).findings
        with tempfile.TemporaryDirectory() as folder:
            save(first.engine, Path(folder) / "snapshot")
            second = Bench([behaviour], sea.assets)
            load(second.engine, Path(folder) / "snapshot")
        found += second.run(take(sea.positions, slice(cut, None)))
        assert told(found) == whole, f"{behaviour.spec.name} forgets something in a snapshot"


def check_state(behaviour: Behaviour) -> None:
    """The state is declared arrays whose first axis is the ship's row, and does not grow with the stream."""
    small, large = behaviour.init_state(3), behaviour.init_state(8)
    for name, a, b in zip(small._fields, small, large, strict=True):
        assert isinstance(a, np.ndarray), f"{behaviour.spec.name}: state {name} is not an array"
        assert a.shape[0] == 3 and b.shape[0] == 8, f"{behaviour.spec.name}: state {name} is not one row a ship"
        assert a.shape[1:] == b.shape[1:] and a.dtype == b.dtype, f"{behaviour.spec.name}: state {name} changes shape"
        assert not a.dtype.hasobject, f"{behaviour.spec.name}: state {name} holds objects"
    sea = every_kind()
    bench = Bench([behaviour], sea.assets)
    bench.run(sea.positions, sea.events)
    size = sum(column.nbytes for column in bench.engine.stages[0].states[0])
    fresh = sum(column.nbytes for column in behaviour.init_state(bench.engine.stages[0].capacity))
    assert size == fresh, f"{behaviour.spec.name}: the state grew from {fresh} to {size} bytes"


def check_pure_input(behaviour: Behaviour) -> None:
    """A screen does not write to the positions."""
    sea = every_kind()
    bench = Bench([behaviour], sea.assets)
    stage = bench.engine.stages[0]
    p = take(sea.positions, slice(0, 800))
    e = stage.enrich(p)
    columns: list[npt.NDArray[Any]] = [*e.p, *e[1:]]
    before = [column.copy() for column in columns]
    behaviour.screen(e, stage.states[0], bench.around)
    for old, new in zip(before, columns, strict=True):
        assert np.array_equal(old, new, equal_nan=old.dtype.kind == "f"), f"{behaviour.spec.name} writes to its input"


def check_hard_input(behaviour: Behaviour) -> None:
    """Nothing, one fix, and fixes without speed, course, heading or place are survived in silence."""
    sea = every_kind()
    assert Bench([behaviour], sea.assets).run(make_positions(0)) == []
    one = take(sea.positions, slice(0, 1))
    assert Bench([behaviour], sea.assets).run(one) == [], f"{behaviour.spec.name} makes something of a single fix"
    bare = take(sea.positions, slice(0, 2000))
    for column in (bare.sog_kn, bare.cog_deg, bare.heading_deg, bare.rot_deg_min):
        column[:] = np.nan
    Bench([behaviour], sea.assets).run(bare, sea.events)
    bare.lat[::3] = np.nan
    bare.lon[::5] = np.nan
    Bench([behaviour], sea.assets).run(bare, sea.events)
    Bench([behaviour], []).run(sea.positions, sea.events)
    bench = Bench([behaviour], sea.assets)
    stage = bench.engine.stages[0]
    empty = Tick(0, NO_ROWS)
    assert behaviour.on_tick(empty, StageView(stage, 0), bench.around, stage.states[0]) == []


def _sorted(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda f: (f.kind, f.ship.mmsi, f.start_t, f.revision))


CHECKS: Final[tuple[Callable[[Behaviour], None], ...]] = (
    check_state,
    check_hard_input,
    check_pure_input,
    check_cuts,
    check_order_of_ships,
    check_shift_of_time,
    check_antimeridian,
    check_snapshot,
)
"""All checks, quick ones first."""


Make = Callable[[], FleetBehaviour]
"""Makes a fleet behaviour that remembers nothing yet: its memory is its own, so that each run needs another one."""


class _Woken:
    """A fleet behaviour that is called every minute, asked for or not, and watched."""

    def __init__(self, behaviour: FleetBehaviour, alone: bool) -> None:
        self.spec = behaviour.spec
        self._behaviour, self._alone = behaviour, alone
        self._t = 0

    def on_tick(
        self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: WholeView, around: Surroundings
    ) -> list[Change]:
        due = self._behaviour.next_wake()
        changes = self._behaviour.on_tick(t, findings, events, view, around)
        name = self.spec.name
        if self._alone and not findings and not events and (due is None or t < due):
            assert not changes, f"{name} says something at {t}, asked for by nobody: it wished to be woken at {due}"
        wake = self._behaviour.next_wake()
        assert wake is None or wake > t, f"{name} was called at {t} and still wishes to be woken at {wake}"
        self._t = t
        return changes

    def next_wake(self) -> int | None:
        own, minute = self._behaviour.next_wake(), self._t // MINUTE_MS * MINUTE_MS + MINUTE_MS
        return minute if own is None else min(own, minute)

    def snapshot(self) -> bytes:
        return self._behaviour.snapshot()

    def restore(self, data: bytes) -> None:
        self._behaviour.restore(data)


def check_fleet_behaviour(
    make: Make, *, beside: Sequence[Behaviour] = (), before: Callable[[], Sequence[FleetBehaviour]] = tuple
) -> None:
    """Run all checks of a fleet behaviour: `fleet_cuts`, `fleet_snapshot`, `fleet_wakes`.

    Args:
        make: makes one that remembers nothing.
        beside: behaviours of single ships whose findings it takes up.
        before: makes the fleet behaviours whose findings it takes up.

    Raises:
        AssertionError: a promise is broken.
    """
    for check in FLEET_CHECKS:
        check(make, beside, before)


def fleet_cuts(make: Make, beside: Sequence[Behaviour], before: Callable[[], Sequence[FleetBehaviour]]) -> None:
    """Chunks of 97 and 1,000 and all records, and two shards, bring the same."""
    sea = every_kind()

    def run(chunk: int, shards: int = 1) -> list[bytes]:
        bench = Bench(beside, sea.assets, shards=shards, across=[*before(), make()])
        return told(bench.run(sea.positions, sea.events, chunk=chunk))

    whole, name = run(1_000_000), make().spec.name
    for chunk in (97, 1000):
        assert run(chunk) == whole, f"{name} depends on how the stream is cut ({chunk} at a time)"
    assert run(1_000_000, shards=2) == whole, f"{name} depends on the number of shards"


def fleet_snapshot(make: Make, beside: Sequence[Behaviour], before: Callable[[], Sequence[FleetBehaviour]]) -> None:
    """Snapshot and resume anywhere bring the same; what was taken up is written again byte for byte."""
    sea = every_kind()
    name = make().spec.name
    whole = told(Bench(beside, sea.assets, across=[*before(), make()]).run(sea.positions, sea.events))
    n = len(sea.positions.t)
    for cut in (1, n // 5, n // 2, 4 * n // 5):
        first, behaviour = Bench(beside, sea.assets, across=[*before(), own := make()]), make()
        found = list(first.engine.step(Batch(events=list(sea.events))).findings)
        found += first.engine.step(Batch(positions=take(sea.positions, slice(0, cut)))).findings
        with tempfile.TemporaryDirectory() as folder:
            save(first.engine, Path(folder) / "snapshot")
            second = Bench(beside, sea.assets, across=[*before(), behaviour])
            load(second.engine, Path(folder) / "snapshot")
        assert behaviour.snapshot() == own.snapshot(), f"{name} writes another snapshot than it took up (at {cut})"
        found += second.run(take(sea.positions, slice(cut, None)))
        assert told(found) == whole, f"{name} forgets something in a snapshot (at {cut} of {n})"


def fleet_wakes(make: Make, beside: Sequence[Behaviour], before: Callable[[], Sequence[FleetBehaviour]]) -> None:
    """Woken more often than it wishes, it brings the same; what it wishes next always lies ahead."""
    sea = every_kind()
    whole = told(Bench(beside, sea.assets, across=[*before(), make()]).run(sea.positions, sea.events))
    first = list(before())  # a behaviour may wait for what one before it does
    woken = Bench(beside, sea.assets, across=[*first, _Woken(make(), alone=not first)])
    again = told(woken.run(sea.positions, sea.events))
    assert again == whole, f"{make().spec.name} depends on being called when it did not wish it"


FLEET_CHECKS: Final = (fleet_cuts, fleet_wakes, fleet_snapshot)
"""All checks of a fleet behaviour."""
