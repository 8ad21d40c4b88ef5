"""The protocols between the rooms: what a source, a behaviour, a fleet stage and a layer must offer.

Time flows one way: a source hands over batches in order of arrival; the engine puts them in order of event time, runs
every position through the tracks and the screens, and calls `on_tick` on a fixed grid of event time. A screen may
look at one ship alone; whatever looks at more than one ship happens at a tick.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple, Protocol, runtime_checkable

import msgspec

from seawarden.model.batch import Batch
from seawarden.model.event import Event
from seawarden.model.finding import AssetRef, Change, Finding
from seawarden.model.position import F32, F64, I8, I32, I64, U32, Positions
from seawarden.model.static import StaticReport
from seawarden.model.vessel import ShipRef

Scope = Literal["ship", "pair", "cell", "asset"]


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """What a behaviour is, for the engine, the documentation and the reader."""

    name: str
    """Name of the behaviour and of its settings section."""
    kinds: tuple[str, ...]
    """Kinds of findings that it makes."""
    scope: Scope
    title: str
    """A sentence: what it notices."""
    inputs: tuple[str, ...]
    """Position columns it reads."""
    look_back_s: float
    """How far back its state reaches."""


@runtime_checkable
class Source(Protocol):
    """Where records come from: a file, a folder, a feed."""

    name: str
    ordered: bool
    """True: batches come in order of arrival and may hold late records. False: the whole is sorted by time."""

    def batches(self) -> Iterator[Batch]:
        """All that the source has, in order of arrival."""
        ...


class Enriched(NamedTuple):
    """Positions in order of (event time, MMSI, sequence) with what the tracks stage knows of each; arrays (n,)."""

    p: Positions
    slot: I32
    """Row of the ship's track in all state arrays."""
    believed: I8
    """1 when the position is believed enough to feed behaviours (no jump, no tentative track)."""
    prev_t: I64
    """Time of the track's previous believed position, ms, or NO_TIME."""
    prev_lat: F64
    prev_lon: F64
    prev_sog_kn: F32
    speed_kn: F32
    """Reported SOG, or the speed of the last step where none is reported or it is not borne out by the way made."""
    refutes: I8
    """1 when this report shows that the one before it on its track told a wrong speed."""
    expected_kn: F32
    """The ship's own expected speed from her recent past, NaN while unknown."""
    expected_sigma_kn: F32
    near_asset: I32
    """Row of the nearest asset within reach, -1 none."""
    near_m: F32
    near_kp_km: F64
    near_sigma_m: F32


class Rows(NamedTuple):
    """What a screen emits: candidates for `on_tick`; arrays (n,) and `v` (n, VALUES)."""

    t: I64
    """Event time at which the row becomes known, ms."""
    slot: I32
    code: I32
    """The behaviour's own code: open, update, close..."""
    asset: I32
    """Row of the asset, -1 none."""
    start_t: I64
    """When what it speaks of began, ms."""
    v: F64
    """The behaviour's own measured values."""


VALUES: Final = 12
"""Columns of `Rows.v`."""

State = Any
"""A NamedTuple of arrays whose first axis is the ship's row; the engine grows, snapshots and restores it."""


class Tick(NamedTuple):
    """One step of the event-time grid."""

    t: int
    """End of the step, ms; positions with event time < t have been seen."""
    rows: Rows
    """The behaviour's candidates that became known in this step."""


class Track(NamedTuple):
    """A stretch of one track, oldest first; arrays (n,)."""

    t: I64
    lat: F64
    lon: F64
    sog_kn: F32
    cog_deg: F32
    heading_deg: F32
    nav_status: I8
    trust: U32
    provenance: I8
    expected_kn: F32
    expected_sigma_kn: F32
    receive_t: I64
    source: I32
    receiver: I32
    file: I32
    offset: I64


class FleetView(Protocol):
    """The ships as they were known at a tick. Nothing later than the tick can be seen through it."""

    t: int

    def track(self, slot: int, since_t: int, until_t: int | None = None) -> Track:
        """Believed and doubted positions of one track with since_t <= t < min(until_t, tick)."""
        ...

    def mean_sog(self, slot: int, since_t: int, until_t: int) -> float:
        """Mean reported speed of one track with since_t <= t < min(until_t, tick), kn; NaN when none was reported."""
        ...

    def ship(self, slot: int) -> ShipRef:
        """Who she is, by the static data known at the tick."""
        ...

    def static(self, slot: int) -> StaticReport | None:
        """Her latest static report at the tick."""
        ...

    def slots(self) -> Sequence[int]:
        """Rows of all tracks seen so far."""
        ...

    def find(self, track_id: str) -> int | None:
        """Row of the track with this id, None when it has not been seen."""
        ...

    def last(self) -> tuple[I32, Track]:
        """Slots and the last believed position of each at the tick, as one Track of shape (number of slots,)."""
        ...


class WholeView(FleetView, Protocol):
    """What fleet behaviours see: the fleet, with all recent positions at once."""

    def recent(self, since_t: int, until_t: int | None = None, step_ms: int = 0) -> tuple[I32, Track]:
        """Slots and positions, believed and doubted, of all tracks with since_t <= t < min(until_t, tick).

        With `step_ms`, only the newest believed one of each track in each such step of the clock.
        In order of (t, MMSI, branch), whatever the shards and however the stream was cut; arrays (n,).
        """
        ...

    def count(self, since_t: int) -> int:
        """How many positions `recent` would bring since then; costs next to nothing."""
        ...

    def names(self, slots: I32) -> tuple[I64, I64]:
        """MMSI and branch of the tracks in these rows: a track's id is `<mmsi>-<branch>`; arrays (n,)."""
        ...

    def told(self, since_t: int) -> list[tuple[StaticReport | None, StaticReport]]:
        """What was known before and after each static report with since_t <= t < tick that told a new identity.

        Of all ships, in order of (t, MMSI); None before the first report of a ship.
        """
        ...


class AssetLayer(Protocol):
    """The assets as compiled for this run."""

    hash: str

    def ref(self, row: int, kp_km: float | None = None) -> AssetRef:
        """How findings name the asset in that row."""
        ...


class Surroundings(NamedTuple):
    """What lies around the ships: assets, depth, ports, coverage, stopping places."""

    assets: Any
    """`geography.layer.AssetLayer`."""
    depth: Any
    """`geography.depth.DepthGrid` or None."""
    places: Any
    """Ports and pilot stations."""
    coverage: Any
    """Declared coverage, declared gaps and the pulse of the sources (`surroundings.coverage.CoverageBook`)."""
    waters: Any
    """Whose waters."""
    land: Any = None
    """`geography.land.LandMask` or None."""
    weather: Any = None
    """What was told of the weather (`surroundings.weather.WeatherBook`), or None."""
    works: Any = None
    """Declared works (`surroundings.works.WorksBook`), or None."""
    norms: Any = None
    """How ships pass here as a rule (`surroundings.norms.Norms`), or None."""


class Behaviour(Protocol):
    """One thing that a ship can be seen to do. The same object serves every shard; all memory is in the state."""

    spec: Spec

    def init_state(self, n: int) -> State:
        """State arrays for `n` ships."""
        ...

    def screen(self, batch: Enriched, state: State, around: Surroundings) -> Rows:
        """Run every position through the state, ship by ship; return candidates."""
        ...

    def silent(self, state: State, until_t: int, around: Surroundings) -> Rows | None:
        """Candidates that come from the mere passing of time up to `until_t` (deadlines); None for most."""
        ...

    def on_tick(self, tick: Tick, view: FleetView, around: Surroundings, state: State) -> list[Change]:
        """Turn candidates into changes of findings."""
        ...


class FleetBehaviour(Protocol):
    """One thing that is seen across ships, over all shards, in the fleet stage.

    It is called at each tick at which there are findings, events or a deadline, sometimes twice at the same tick
    (findings first, then events and corrections). It remembers nothing by slot: a slot is a row of this run alone,
    a track id is the same in every run. What it learns never flows back into single-ship behaviours, which may have
    run ahead of it.
    """

    spec: Spec

    def on_tick(
        self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: WholeView, around: Surroundings
    ) -> list[Change]:
        """Take a tick's findings (single-ship ones and those of the fleet behaviours before this one) and events."""
        ...

    def next_wake(self) -> int | None:
        """Event time at which it wants to be called though nothing happened, ms, or None."""
        ...

    def snapshot(self) -> bytes:
        """All memory, without pickle."""
        ...

    def restore(self, data: bytes) -> None:
        """Take up a snapshot."""
        ...
