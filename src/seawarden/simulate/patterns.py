"""Patterns laid over a route: survey and loitering, tows, anchoring, dragging at anchor, drifting, meetings.

A case is laid at a place of an asset: x runs across it, y along it, turned by the asset's bearing. Every case begins
with the ship coming from afar and, where she can, ends with her leaving, so that what is found must be the pattern
and not the beginning of a track. Numbers are drawn from bands that public texts and the settings' reasons name; none
is a detector's threshold.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, NamedTuple, get_args

import msgspec
import numpy as np

from seawarden.model.position import Positions
from seawarden.model.static import StaticReport
from seawarden.simulate.draws import generator
from seawarden.simulate.patterns_helm import Helm

PatternKind = Literal[
    "lawn_mower", "racetrack", "up_and_down", "station_keeping", "stop_and_go", "waiting", "repeat_visits", "meeting",
    "trawling", "anchoring", "dragging_at_anchor", "not_under_command",
]  # fmt: skip
PATTERNS: Final[tuple[PatternKind, ...]] = get_args(PatternKind)
EXPECTED: Final[Mapping[str, tuple[str, ...]]] = {
    "lawn_mower": ("survey_pattern",),
    "racetrack": ("survey_pattern", "along_asset"),
    "up_and_down": ("along_asset", "survey_pattern"),
    "station_keeping": ("loitering", "stopped_over_asset"),
    "stop_and_go": ("loitering", "along_asset", "stopped_over_asset"),
    "waiting": ("loitering",),
    "repeat_visits": ("repeat_visit",),
    "meeting": ("meeting",),
    "trawling": ("trawling",),
    "anchoring": ("anchored_over_asset", "stopped_over_asset"),
    "dragging_at_anchor": ("dragging_at_anchor",),
    "not_under_command": ("drifting",),
}
"""Kinds of findings any of which names what was laid."""
AFAR_M: Final = 12_000.0
H: Final = 3600.0


class Spot(NamedTuple):
    """Where a case is laid."""

    lat: float
    lon: float
    bearing_deg: float
    """Of the asset there."""


class Manner(NamedTuple):
    """How she is heard."""

    cadence_s: float
    heading: bool
    status: bool


class PatternTruth(msgspec.Struct, frozen=True, kw_only=True):
    """What was laid."""

    kind: PatternKind
    mmsi: int
    start_t: int
    """Begin of the pattern itself, ms."""
    end_t: int
    ship_type: int


class Case(NamedTuple):
    """One laid case: a ship or two, what they say of themselves, and the truth."""

    ships: list[Positions]
    statics: list[StaticReport]
    truth: PatternTruth


class _Board:
    """A helm on the asset's own axes."""

    def __init__(self, random: np.random.Generator, bearing_deg: float) -> None:
        self.random = random
        self._turn = math.radians(bearing_deg)
        self.bearing_deg = bearing_deg
        side = self._turn + float(random.choice([0.5, 1.5])) * math.pi + float(random.uniform(-0.9, 0.9))
        x, y = AFAR_M * math.sin(side), AFAR_M * math.cos(side)
        self.helm = Helm(random, x, y, math.degrees(side) + 180.0, 9.0)
        self._leave = self._turn + float(random.choice([0.5, 1.5])) * math.pi + float(random.uniform(-0.9, 0.9))
        self.from_s = self.to_s = 0.0

    def point(self, across: float, along: float) -> tuple[float, float]:
        """East and north of a point told across and along the asset, m."""
        s, c = math.sin(self._turn), math.cos(self._turn)
        return across * c + along * s, -across * s + along * c

    def to(self, across: float, along: float, kn: float, *, status: int = 0) -> None:
        """Steer for a point told on the asset's axes."""
        self.helm.steer(*self.point(across, along), kn, status=status)

    def line(self, across: tuple[float, float], along: tuple[float, float], kn: float) -> None:
        """Sail a line told by its ends across and along the asset."""
        self.helm.line((*self.point(across[0], along[0]), *self.point(across[1], along[1])), kn)

    def begin(self) -> None:
        """The pattern begins here."""
        self.from_s = self.helm.seconds

    def end(self) -> None:
        """The pattern ends here."""
        self.to_s = self.helm.seconds

    def leave(self, kn: float = 9.0) -> None:
        """Go away."""
        self.helm.steer(AFAR_M * math.sin(self._leave), AFAR_M * math.cos(self._leave), kn)


def lay_pattern(kind: PatternKind, spot: Spot, start_t: int, mmsi: int, manner: Manner, *key: int | str) -> Case:
    """Lay one case; the same arguments give the same case.

    Args:
        kind: which.
        spot: where.
        start_t: when the ship is first heard, ms.
        mmsi: her number; a second ship takes the next one.
        manner: how she is heard.
        *key: names the draw.
    """
    random = generator("patterns", kind, mmsi, *key)
    board = _Board(random, spot.bearing_deg)
    ship_type = _WAYS[kind](board)
    names = (mmsi, kind, *key)
    helm = board.helm
    ships = [
        helm.reports(
            spot.lat, spot.lon, start_t, mmsi, *names, cadence_s=manner.cadence_s, heading=manner.heading,
            status=manner.status,
        )
    ]  # fmt: skip
    statics = [_static(mmsi, start_t, ship_type, kind)]
    if kind == "meeting":
        boat = _boat(board)
        ships.append(
            boat.reports(
                spot.lat, spot.lon, start_t + int((board.from_s - boat_lead(boat, board)) * 1000), mmsi + 1, *names,
                cadence_s=manner.cadence_s, heading=False, status=False,
            )
        )  # fmt: skip
        statics.append(_static(mmsi + 1, start_t, 37, "boat"))
    truth = PatternTruth(
        kind=kind,
        mmsi=mmsi,
        start_t=start_t + int(board.from_s * 1000),
        end_t=start_t + int(board.to_s * 1000),
        ship_type=ship_type,
    )
    return Case(ships, statics, truth)


def _static(mmsi: int, t: int, ship_type: int, name: str) -> StaticReport:
    return StaticReport(t=t, mmsi=mmsi, ship_type=ship_type, name=f"SIM {name.upper().replace('_', ' ')}"[:20],
                        length_m=80.0, breadth_m=14.0, simulated=True)  # fmt: skip


def _lawn_mower(b: _Board) -> int:
    r = b.random
    legs, length = int(r.integers(4, 11)), float(r.uniform(900.0, 4_000.0))
    spacing, kn = float(r.uniform(40.0, 220.0)), float(r.uniform(3.0, 5.5))
    across = bool(r.integers(0, 2))
    half = 0.5 * spacing * (legs - 1)
    for k in range(legs):
        ends = (-0.5 * length, 0.5 * length) if k % 2 == 0 else (0.5 * length, -0.5 * length)
        beside = (spacing * k - half, spacing * k - half)
        if k == 0:
            b.to(*((ends[0], beside[0]) if across else (beside[0], ends[0])), kn)
            b.begin()
        b.line(*((ends, beside) if across else (beside, ends)), kn)
    b.end()
    b.leave()
    return int(r.choice([0, 33, 90, 90]))


def _racetrack(b: _Board) -> int:
    r = b.random
    laps, length = int(r.integers(3, 6)), float(r.uniform(1_500.0, 5_000.0))
    width, kn = float(r.uniform(200.0, 700.0)), float(r.uniform(3.5, 6.0))
    b.to(-0.5 * width, -0.5 * length, kn + 2)
    b.begin()
    for _ in range(laps):
        b.line((-0.5 * width, -0.5 * width), (-0.5 * length, 0.5 * length), kn)
        b.line((0.5 * width, 0.5 * width), (0.5 * length, -0.5 * length), kn)
    b.end()
    b.leave()
    return int(r.choice([0, 70, 90]))


def _up_and_down(b: _Board) -> int:
    r = b.random
    length, kn = float(r.uniform(4_500.0, 9_000.0)), float(r.uniform(3.0, 5.5))
    passes, off = int(r.integers(1, 5)), float(r.uniform(-150.0, 150.0))
    b.to(off, -0.5 * length, kn + 2)
    b.begin()
    for k in range(passes):
        away = 0.5 * length if k % 2 == 0 else -0.5 * length
        b.line((off + 30.0 * k, off + 30.0 * k), (-away, away), kn)
    b.end()
    b.leave()
    return int(r.choice([0, 70, 80, 90]))


def _station_keeping(b: _Board) -> int:
    r = b.random
    hours, moves = float(r.uniform(2.0, 6.0)), int(r.integers(0, 5))
    b.to(float(r.uniform(-200.0, 200.0)), 0.0, 5.0)
    b.begin()
    for k in range(moves + 1):
        b.helm.hold(hours * H / (moves + 1), float(r.uniform(2.0, 12.0)), float(r.uniform(0.0, 360.0)), status=0)
        if k < moves:
            b.to(float(r.uniform(-300.0, 300.0)), float(r.uniform(-400.0, 400.0)), 1.5)
    b.end()
    b.leave()
    return int(r.choice([0, 90, 90]))


def _stop_and_go(b: _Board) -> int:
    r = b.random
    stops, step, kn = int(r.integers(4, 9)), float(r.uniform(300.0, 1_500.0)), float(r.uniform(2.0, 4.0))
    b.to(float(r.uniform(-150.0, 150.0)), -0.5 * step * stops, kn + 1)
    b.begin()
    for k in range(stops):
        b.helm.hold(float(r.uniform(8.0, 25.0)) * 60.0, 3.0, b.bearing_deg, status=0)
        b.to(float(r.uniform(-150.0, 150.0)), step * (k + 1 - 0.5 * stops), kn)
    b.end()
    b.leave()
    return int(r.choice([0, 70, 90]))


def _mill(b: _Board, seconds: float, spread_m: float, kn: float) -> None:
    """Go about a place without going anywhere."""
    until = b.helm.seconds + seconds
    while b.helm.seconds < until:
        b.to(float(b.random.normal(0.0, spread_m)), float(b.random.normal(0.0, spread_m)), kn)


def _waiting(b: _Board) -> int:
    r = b.random
    b.to(0.0, 0.0, 4.0)
    b.begin()
    _mill(b, float(r.uniform(1.5, 6.0)) * H, float(r.uniform(200.0, 700.0)), float(r.uniform(0.6, 2.0)))
    b.end()
    b.leave()
    return int(r.choice([0, 70, 80, 90]))


def _repeat_visits(b: _Board) -> int:
    r = b.random
    for k in range(int(r.integers(3, 5))):
        b.to(0.0, 0.0, 6.0)
        if k == 0:
            b.begin()
        _mill(b, float(r.uniform(1.3, 2.0)) * H, float(r.uniform(150.0, 500.0)), float(r.uniform(0.8, 1.8)))
        b.end()
        b.leave()
        b.helm.hold(float(r.uniform(4.5, 7.0)) * H, 10.0, 0.0, status=0)
    return int(r.choice([0, 70, 90]))


def _meeting(b: _Board) -> int:
    r = b.random
    b.to(0.0, 0.0, 4.0)
    b.begin()
    b.helm.hold(float(r.uniform(1.5, 3.0)) * H, 6.0, float(r.uniform(0.0, 360.0)), status=0)
    b.end()
    b.leave()
    return int(r.choice([0, 70, 90]))


def _boat(b: _Board) -> Helm:
    """A small craft that comes from afar, lies alongside for the meeting but its first and last quarter hour."""
    boat = Helm(b.random, 6_000.0, 3_000.0, 240.0, 12.0)
    boat.steer(40.0, 0.0, 12.0)
    boat.hold(max(b.to_s - b.from_s - 1_800.0, 2_400.0), 5.0, 90.0)
    boat.steer(-6_000.0, 4_000.0, 12.0)
    return boat


def boat_lead(boat: Helm, b: _Board) -> float:
    """How long before the meeting's begin the boat sets out, less the quarter hour it comes late, s."""
    held = max(b.to_s - b.from_s - 1_800.0, 2_400.0)
    return max(0.0, 0.5 * (boat.seconds - held) - 900.0)


def _trawling(b: _Board) -> int:
    r = b.random
    says = 7 if r.random() < 0.5 else 0
    kn, tow = float(r.uniform(2.6, 4.2)), float(r.uniform(45.0, 90.0)) * 60.0
    b.to(-0.25 * kn * tow, float(r.uniform(-500.0, 500.0)), 8.0)
    b.begin()
    for k in range(int(r.integers(2, 5))):
        b.helm.course = b.bearing_deg + (90.0 if k % 2 == 0 else 270.0) + float(r.normal(0.0, 12.0))
        b.helm.run(tow, kn, wander_deg=8.0, status=says)
    b.end()
    b.leave()
    return 30 if r.random() < 0.6 else 0


def _anchoring(b: _Board) -> int:
    r = b.random
    wind = float(r.uniform(0.0, 360.0))
    b.to(float(r.uniform(-400.0, 400.0)), float(r.uniform(-500.0, 500.0)) - 2_000.0, 9.0)
    b.begin()
    b.helm.steer(*b.point(float(r.uniform(-400.0, 400.0)), 0.0), 2.0)
    b.helm.swing(float(r.uniform(2.0, 8.0)) * H, float(r.uniform(120.0, 260.0)), wind)
    b.end()
    b.leave()
    return int(r.choice([70, 80]))


def _dragging(b: _Board) -> int:
    r = b.random
    side = float(r.choice([-1.0, 1.0]))
    off = float(r.uniform(1_000.0, 4_000.0))
    b.to(side * off, 0.0, 6.0)
    b.to(side * off, 120.0, 1.5)
    wind = b.bearing_deg + 90.0 * side + float(r.normal(0.0, 20.0))  # blows from the ship's side towards the asset
    b.helm.swing(float(r.uniform(2.0, 5.0)) * H, float(r.uniform(150.0, 300.0)), wind)
    b.begin()
    b.helm.drift(float(r.uniform(1.0, 3.0)) * H, wind + 180.0, float(r.uniform(0.5, 2.0)), wind, status=1)
    b.end()
    b.leave()
    return int(r.choice([70, 80]))


def _adrift(b: _Board) -> int:
    r = b.random
    towards, kn = (
        b.bearing_deg + float(r.choice([90.0, 270.0])) + float(r.normal(0.0, 20.0)),
        float(r.uniform(0.3, 0.8)),
    )
    hours = float(r.uniform(3.0, 6.0))
    back = math.radians(towards + 180.0)
    way = 0.5 * kn * 1852.0 * hours
    b.helm.steer(way * math.sin(back), way * math.cos(back), 8.0)
    b.begin()
    b.helm.drift(hours * H, towards, kn, towards + float(r.choice([80.0, -80.0])), status=2)
    b.end()
    b.leave()
    return int(r.choice([70, 80]))


_WAYS: Final[Mapping[PatternKind, Callable[[_Board], int]]] = {
    "lawn_mower": _lawn_mower,
    "racetrack": _racetrack,
    "up_and_down": _up_and_down,
    "station_keeping": _station_keeping,
    "stop_and_go": _stop_and_go,
    "waiting": _waiting,
    "repeat_visits": _repeat_visits,
    "meeting": _meeting,
    "trawling": _trawling,
    "anchoring": _anchoring,
    "dragging_at_anchor": _dragging,
    "not_under_command": _adrift,
}


def kinds_expected(kinds: Sequence[str]) -> frozenset[str]:
    """Every kind of finding that these patterns should bring."""
    return frozenset(found for kind in kinds for found in EXPECTED[kind])
