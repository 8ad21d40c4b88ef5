"""A small fleet and a few assets, to play named situations on the fleet stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pytest

from seawarden.geodesy import destination
from seawarden.geography.layer import AssetLayer, build_layer
from seawarden.incidents.fleet_stage import FleetOutput, FleetStage
from seawarden.model.alert import Alert
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.error import Uncertain
from seawarden.model.event import Event
from seawarden.model.fault import Fault
from seawarden.model.finding import Finding, InputQuality, Reason
from seawarden.model.risk import Risk
from seawarden.model.static import StaticReport
from seawarden.model.vessel import ShipRef
from seawarden.ports import Track
from seawarden.settings_risk import DefaultStageSettings

MIN = 60_000
T0 = 1_735_122_360_000  # 2024-12-25 10:26Z


def line(name: str, *points: tuple[float, float], **more: Any) -> Asset:
    """An asset with one part, known to 100 m."""
    version = AssetVersion(
        parts=(points,),
        sigma_m=((100.0,) * (len(points) - 1),),
        depth_m=((70.0,) * len(points),),
        depth_sigma_m=((5.0,) * len(points),),
    )
    given: dict[str, Any] = {"kind": "power_cable", "consequence": 3.0} | more
    return Asset(id=name.lower().replace(" ", "-"), name=name, versions=(version,), **given)


class Ship:
    """A ship with straight legs at one fix a minute."""

    def __init__(self, mmsi: int, name: str, **more: Any) -> None:
        self.ref = ShipRef(mmsi=mmsi, track_id=f"{mmsi}-1", hull_id=f"mmsi:{mmsi}", name=name, **more)
        self.t: list[int] = []
        self.lat: list[float] = []
        self.lon: list[float] = []
        self.sog: list[float] = []
        self.cog: list[float] = []
        self.provenance = 0

    def sail(self, t: int, lat: float, lon: float, cog: float, speeds: Iterable[float], step_ms: int = MIN) -> Ship:
        """Go on from a point at these speeds, one a step."""
        for speed in speeds:
            self.t.append(t)
            self.lat.append(lat)
            self.lon.append(lon)
            self.sog.append(speed)
            self.cog.append(cog)
            lat, lon = destination(lat, lon, cog, speed * 1852 * step_ms / 3.6e6)
            t += step_ms
        return self

    def track(self) -> Track:
        n = len(self.t)
        f32, nan = np.float32, np.full(n, np.nan, np.float32)
        return Track(
            np.array(self.t, np.int64),
            np.array(self.lat),
            np.array(self.lon),
            np.array(self.sog, f32),
            np.array(self.cog, f32),
            nan,
            np.zeros(n, np.int8),
            np.zeros(n, np.uint32),
            np.full(n, self.provenance, np.int8),
            nan,
            nan,
            np.array(self.t, np.int64),
            np.zeros(n, np.int32),
            np.zeros(n, np.int32),
            np.zeros(n, np.int32),
            np.zeros(n, np.int64),
        )


class View:
    """A fleet as known at `t`."""

    def __init__(self, ships: Sequence[Ship], t: int) -> None:
        self.t = t
        self._ships = ships
        self._tracks = [ship.track() for ship in ships]

    def track(self, slot: int, since_t: int, until_t: int | None = None) -> Track:
        tr = self._tracks[slot]
        pick = (tr.t >= since_t) & (tr.t < min(self.t, until_t if until_t is not None else self.t))
        made: list[Any] = [np.ascontiguousarray(c[pick]) for c in tr]
        return Track(*made)

    def mean_sog(self, slot: int, since_t: int, until_t: int) -> float:
        return float(np.nanmean(self.track(slot, since_t, until_t).sog_kn))

    def ship(self, slot: int) -> ShipRef:
        return self._ships[slot].ref

    def static(self, slot: int) -> StaticReport | None:
        return None

    def slots(self) -> Sequence[int]:
        return [k for k, tr in enumerate(self._tracks) if len(tr.t) and tr.t[0] < self.t]

    def find(self, track_id: str) -> int | None:
        return next((k for k in self.slots() if self._ships[k].ref.track_id == track_id), None)

    def last(self) -> tuple[Any, Track]:
        slots = self.slots()
        rows = [int(np.searchsorted(self._tracks[k].t, self.t)) - 1 for k in slots]
        columns: Any = zip(*(self._tracks[k] for k in slots), strict=True) if slots else [[]] * 16
        made: list[Any] = [np.array([c[r] for c, r in zip(column, rows, strict=True)]) for column in columns]
        return np.array(slots, np.int32), Track(*made)


class Scene:
    """Ships, assets and the stage; findings are put in by hand, as the behaviours would make them."""

    def __init__(self, assets: Sequence[Asset], ships: Sequence[Ship] = (), **stage: Any) -> None:
        self.layer: AssetLayer = build_layer(assets)
        self.ships = list(ships)
        self.stage = FleetStage(DefaultStageSettings(), self.layer, **stage)
        self.alerts: list[Alert] = []
        self.risks: list[Risk] = []
        self.faults: list[Fault] = []

    def finding(self, ship: Ship, kind: str, asset: str, t: int, revision: int = 1, **more: Any) -> Finding:
        """A finding; numbers given by name become measured values."""
        units = {"loss": "", "duration": "s", "distance": "m", "angle": "deg", "silent_for": "s"}
        fields = ("end_t", "state", "known_from_t", "kp_km", "benign", "quality", "track", "why_retracted")
        given = {k: more.pop(k) for k in fields if k in more}
        row = self.layer.row_of(asset)
        assert row is not None
        sigma = more.pop("sigma", {})
        measured = tuple(
            Uncertain(name=k, value=v, unit=units.get(k, "kn"), sigma=sigma.get(k)) for k, v in more.items()
        )
        quality = given.get("quality") or InputQuality(
            positions=30,
            median_interval_s=60.0,
            longest_gap_s=60.0,
            doubted=0,
            heading_share=1.0,
            provenance="observed",
        )
        return Finding(
            id=f"{kind}-{ship.ref.track_id}-{asset}-{t}",
            revision=revision,
            kind=kind,
            state=given.get("state", "open"),
            ship=ship.ref,
            asset=self.layer.ref(row, given.get("kp_km", 10.0)),
            start_t=t,
            end_t=given.get("end_t"),
            known_from_t=given.get("known_from_t", t),
            measured=measured,
            benign=given.get("benign", ()),
            input_quality=quality,
            track=given.get("track", ()),
            simulated=ship.ref.simulated,
        )

    def tick(self, t: int, findings: Sequence[Finding] = (), events: Sequence[Event] = ()) -> FleetOutput:
        out = self.stage.on_tick(t, findings, events, View(self.ships, t))
        self.alerts += out.alerts
        self.risks += out.risks
        self.faults += out.faults
        return out

    def run_until(self, t: int) -> None:
        """Let the stage wake as often as it asks, on a grid of 10 s."""
        while (wake := self.stage.next_wake()) is not None and wake <= t:
            self.tick(-(-wake // 10_000) * 10_000)

    def newest(self) -> dict[str, Alert]:
        """Newest revision of each alert."""
        return {a.id: a for a in self.alerts}

    def live(self) -> list[Alert]:
        """Alerts neither closed nor retracted, the most urgent first."""
        return sorted((a for a in self.newest().values() if a.state in ("raised", "lowered")), key=lambda a: -a.risk)


@pytest.fixture(scope="session")
def estlink() -> list[Asset]:
    """Two links across the Gulf of Finland, of two systems, drawn straight: 2 is met first from the east."""
    return [
        line("Estlink 2", (25.6, 59.5), (25.6, 60.3), part_of="estlink2"),
        line("Estlink 1", (24.9, 59.45), (24.9, 60.1), part_of="estlink1"),
    ]


@pytest.fixture
def make_ship() -> Callable[..., Ship]:
    return Ship


@pytest.fixture
def make_scene() -> Callable[..., Scene]:
    return Scene


@pytest.fixture
def make_line() -> Callable[..., Asset]:
    return line


@pytest.fixture
def tanker() -> Ship:
    """A tanker that crosses Estlink 2 westbound at T0 and loses 30 %."""
    ship = Ship(518998865, "Eagle S", type="Tanker", length_m=229.0, callsign="E5U4921")
    lat, lon = destination(59.9, 25.6, 90.0, 9.3 * 1852 * 1.0)
    return ship.sail(T0 - 60 * MIN, lat, lon, 270.0, [9.3] * 62 + [7.9, 7.0] + [6.5] * 300)


@pytest.fixture
def port_reason() -> Reason:
    return Reason(text="her port of call lies 2 nmi ahead", weight=-3.0, measure="port")


@pytest.fixture(scope="session")
def make_ship_() -> Callable[..., Ship]:
    """For tests by hypothesis, which may not use fixtures made anew for each test."""
    return Ship


@pytest.fixture(scope="session")
def make_scene_() -> Callable[..., Scene]:
    return Scene


@pytest.fixture(scope="session")
def estlink_(estlink: list[Asset]) -> list[Asset]:
    return estlink
