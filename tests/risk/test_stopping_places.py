"""Stopping places are learned from other hulls' stops, never from the ship's own, and never from later ones."""

from __future__ import annotations

import msgspec

from seawarden.model.finding import AssetRef, Finding, TrackPoint
from seawarden.model.vessel import ShipRef
from seawarden.risk.needs import Fix
from seawarden.risk.stopping_places import StoppingPlaces
from seawarden.settings import DEFAULTS

T0 = 1_700_000_000_000
HOUR = 3_600_000
ASSET = AssetRef(id="estlink-1", name="Estlink 1", kind="power_cable", system="estlink-1")


def stop(
    mmsi: int, lat: float, lon: float, t: int, kind: str = "anchored_over_asset", simulated: bool = False
) -> Finding:
    return Finding(
        id=f"{mmsi}-{t}", revision=1, kind=kind, state="open", asset=ASSET, start_t=t, known_from_t=t,
        ship=ShipRef(mmsi=mmsi, track_id=f"{mmsi}-0", hull_id=f"mmsi:{mmsi}"), simulated=simulated,
        track=(TrackPoint(t=t, lon=lon, lat=lat, sog_kn=0.1, cog_deg=None, heading_deg=None, trust=0),),
    )  # fmt: skip


def fix(lat: float, lon: float) -> Fix:
    return Fix(T0, lat, lon, 0.1, 0.0, 0.0, 1)


def learned(n: int) -> StoppingPlaces:
    places = StoppingPlaces()
    places.take([stop(230_000_000 + k, 59.80, 24.80 + 0.001 * k, T0 + k * HOUR) for k in range(n)])
    return places


def test_three_other_hulls_make_a_roadstead():
    risk = DEFAULTS.risk
    assert learned(2).reason(fix(59.80, 24.80), "mmsi:1", T0 + 9 * HOUR, risk) is None
    reason = learned(3).reason(fix(59.80, 24.80), "mmsi:1", T0 + 9 * HOUR, risk)
    assert reason is not None and reason.weight < 0 and "3 other ships" in reason.text


def test_neither_the_ship_herself_nor_later_stops_nor_far_ones_count():
    risk = DEFAULTS.risk
    places = learned(3)
    assert places.reason(fix(59.80, 24.80), "mmsi:230000001", T0 + 9 * HOUR, risk) is None
    assert places.reason(fix(59.80, 24.80), "mmsi:1", T0 + 2 * HOUR, risk) is None
    assert places.reason(fix(59.90, 24.80), "mmsi:1", T0 + 9 * HOUR, risk) is None
    assert places.reason(None, "mmsi:1", T0 + 9 * HOUR, risk) is None


def test_ships_that_do_not_exist_teach_nothing():
    places = StoppingPlaces()
    places.take([stop(k, 59.8, 24.8, T0 + k, simulated=True) for k in range(1, 6)])
    assert places.cells == {}


def test_it_survives_a_snapshot():
    places = learned(4)
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(places), type=StoppingPlaces)
    assert again.others(59.80, 24.80, "mmsi:1", T0 + 9 * HOUR) == 4
