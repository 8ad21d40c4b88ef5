"""A drill worked out: the simulated drag through an engine of its own, made of the running watch's own parts.

As with the canary, nothing of it meets the real ships, findings or ledgers. What comes of it depends on the drill and
the settings alone, so that a restart finds the same drill again.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec
import numpy as np

from seawarden.behaviours.drag.model import DragModel
from seawarden.engine import Engine
from seawarden.geodesy import bearing_deg, destination
from seawarden.geography.layer import AssetLayer
from seawarden.incidents.fleet_stage import FleetStage
from seawarden.model.alert import Alert
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.drill import EXERCISE, Drill
from seawarden.model.finding import Finding
from seawarden.model.position import Positions
from seawarden.model.vessel import ShipRef
from seawarden.ports import Surroundings
from seawarden.run.build import behaviours_of
from seawarden.settings import Settings
from seawarden.simulate.drill_voyage import BEFORE_MIN, SPEED_KN, voyage
from seawarden.surroundings.coverage import CoverageBook
from seawarden.surroundings.weather import WeatherBook
from seawarden.surroundings.works import WorksBook

LINE_AT_MOST: Final = 130
TRIED_KM: Final = 24
"""Kilometre points of an asset that are tried for a crossing."""
STEP_MIN: Final = 5.0
SHALLOW_M: Final = 12.0
"""Where there is less water no such ship sails."""
DEEP_M: Final = 90.0
"""Deeper than an anchor holds: another place is better."""
BEYOND_KM: Final = 6.0


class Exercise(NamedTuple):
    """What a drill shows, all of it marked."""

    drill: Drill
    ship: ShipRef
    positions: Positions
    findings: list[Finding]
    alerts: list[Alert]
    """Revisions, as they become known."""

    def seen(self) -> bool:
        """Whether the watch asks somebody for a look."""
        return any(alert.tier != "notice" for alert in self.alerts)


class Drillmaster:
    """Works drills out for one watch."""

    def __init__(self, settings: Settings, around: Surroundings, drag: DragModel | None = None) -> None:
        """Make one.

        Args:
            settings: those of the watch.
            around: what lies around its ships; coverage, weather and works are left alone.
            drag: the model with which it looks for drags; the shipped one when None.
        """
        self.settings = settings
        self._around, self._drag = around, drag

    @property
    def assets_hash(self) -> str:
        """Hash of the assets of the watch."""
        layer: AssetLayer = self._around.assets
        return layer.hash

    def knows(self, asset: str) -> bool:
        """Whether an asset is among those of the watch."""
        layer: AssetLayer = self._around.assets
        return layer.row_of(asset) is not None

    def places(self, asset: str, kp_km: float | None = None) -> list[tuple[float, float]]:
        """Where a ship could drag across an asset, best first: (KP in km, course in degrees).

        Args:
            asset: its id.
            kp_km: there alone; None: anywhere.

        Only courses over open water are named, first those where an anchor reaches the seabed, far from the ends.
        """
        layer: AssetLayer = self._around.assets
        row = layer.row_of(asset)
        if row is None:
            return []
        length = layer.length_km(row)
        points = (
            np.linspace(0.04 * length, 0.96 * length, TRIED_KM).tolist() if kp_km is None else [min(kp_km, length)]
        )
        found: list[tuple[float, float, float]] = []
        for kp in points:
            lat, lon = layer.position(row, kp)
            near = layer.position(row, min(kp + 0.5, length)), layer.position(row, max(kp - 0.5, 0.0))
            along = bearing_deg(near[1][0], near[1][1], near[0][0], near[0][1])
            for turn in (90.0, 270.0):
                course = (along + turn) % 360.0
                cost = self._cost(lat, lon, course)
                if cost is not None:
                    found.append((cost + abs(kp / length - 0.5), kp, course))
        return [(round(kp, 3), round(course, 1)) for _, kp, course in sorted(found)]

    def work_out(self, drill: Drill) -> Exercise:
        """What the drill shows to its planned end."""
        layer: AssetLayer = self._around.assets
        row = layer.row_of(drill.asset)
        assert row is not None
        lat, lon = layer.position(row, drill.kp_km)
        positions, static = voyage(
            lat, lon, drill.course_deg, hold_t=drill.t, end_t=drill.planned_end_t, mmsi=drill.mmsi, key=drill.id
        )
        names = Catalogue()
        names.source(EXERCISE)
        coverage = CoverageBook()
        coverage.catalogue = names
        around = self._around._replace(coverage=coverage, weather=WeatherBook(), works=WorksBook())
        engine = Engine(
            self.settings,
            behaviours_of(self.settings, self._drag),
            around,
            names,
            FleetStage(self.settings, layer, around),
            settings_hash="drill",
            code_version="drill",
        )
        steps = [engine.step(Batch(positions=positions, statics=[static])), engine.finish()]
        findings = [_finding(f, drill) for step in steps for f in step.findings if f.ship.mmsi == drill.mmsi]
        alerts = [_alert(a, drill) for step in steps for a in step.alerts if a.ship.mmsi == drill.mmsi]
        within = [alert for alert in alerts if alert.known_from_t < drill.planned_end_t]
        ship = findings[0].ship if findings else ShipRef(mmsi=drill.mmsi, track_id=f"{drill.mmsi}-1")
        ship = msgspec.structs.replace(
            ship, name=static.name, type=static.type_text, length_m=static.length_m, simulated=True
        )
        return Exercise(drill, ship, positions, findings, within)

    def _cost(self, lat: float, lon: float, course: float) -> float | None:
        """How unfit a crossing is; None where she would run ashore or aground."""
        knots_km = SPEED_KN * 1.852 / 60.0
        before = (BEFORE_MIN + 20.0) * knots_km
        back = (course + 180.0) % 360.0
        places = [(lat, lon)]
        places += [destination(lat, lon, back, km * 1000.0) for km in np.arange(2.0, before, STEP_MIN * knots_km)]
        places += [destination(lat, lon, course, km * 1000.0) for km in np.arange(1.0, BEYOND_KM, 1.0)]
        at = np.array(places)
        lats, lons = np.ascontiguousarray(at[:, 0]), np.ascontiguousarray(at[:, 1])
        land = self._around.land
        if land is not None and bool(land.on_land(lats, lons, 0.0).any()):
            return None
        if self._around.places is not None and bool((self._around.places.within(lats, lons) >= 0).any()):
            return None
        if self._around.depth is None:
            return 0.0
        depth = np.asarray(self._around.depth.depth_m(lats, lons)[0], dtype=np.float64)
        if bool((depth < SHALLOW_M).any()) or bool(self._around.depth.is_land(lats, lons).any()):
            return None
        known = depth[np.isfinite(depth)]
        return float(np.clip(known - DEEP_M, 0.0, None).mean()) if len(known) else 1e3


def _finding(finding: Finding, drill: Drill) -> Finding:
    return msgspec.structs.replace(
        finding,
        id=f"{drill.id}-{finding.id}",
        ship=_ship(finding.ship),
        known_from_t=max(finding.known_from_t, drill.t),
    )


def _alert(alert: Alert, drill: Drill) -> Alert:
    return msgspec.structs.replace(
        alert,
        id=f"{drill.id}-{alert.id}",
        ship=_ship(alert.ship),
        first_line=marked(alert.first_line),
        second_line=f"{EXERCISE}: she does not exist; call nobody outside the drill. {alert.second_line}".strip(),
        findings=tuple(f"{drill.id}-{name}" for name in alert.findings),
        known_from_t=max(alert.known_from_t, drill.t),
        raised_t=max(alert.raised_t, drill.t),
        simulated=True,
        exercise=True,
    )


def marked(line: str) -> str:
    """A first line that begins with the word, no longer than a first line may be."""
    return f"{EXERCISE} · {line}"[:LINE_AT_MOST]


def _ship(ship: ShipRef) -> ShipRef:
    name = ship.name if ship.name.startswith(EXERCISE) else f"{EXERCISE} {ship.mmsi % 1000}"
    return msgspec.structs.replace(ship, name=name, simulated=True)
