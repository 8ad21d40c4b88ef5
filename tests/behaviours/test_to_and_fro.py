"""A ship that came to lie and goes to and fro is told of once, grows with her legs, and others are left alone."""

from __future__ import annotations

import numpy as np
import pytest

from seawarden.model.batch import Batch, Catalogue
from seawarden.model.finding import Finding
from seawarden.model.position import Positions, make_positions, take
from seawarden.model.static import StaticReport
from seawarden.run.build import build
from seawarden.settings import DEFAULTS

T0 = 1_700_006_400_000
LAT, LON = 56.6, 18.2  # open water east of Gotland, far from any port
MMSI = 219_000_123


def ship(
    *, legs: int = 6, leg_m: float = 220.0, knots: float = 1.2, status: int = 0, before_kn: float = 9.0
) -> Positions:
    """An hour under way, legs to and fro along a line, an hour under way again; a report every half a minute."""
    leg_s = leg_m / (knots * 0.5144)
    speed, along = [], []
    place = 0.0
    for k in range(legs + 2):
        under_way = k in (0, legs + 1)
        kn = before_kn if under_way else knots
        sign = 1.0 if under_way or k % 2 else -1.0
        for _ in range(int((3600.0 if under_way else leg_s) / 30.0)):
            place += sign * kn * 0.5144 * 30.0
            along.append(place)
            speed.append(kn)
    n = len(along)
    random = np.random.default_rng(4)
    return make_positions(
        n,
        t=T0 + np.arange(n) * 30_000,
        mmsi=MMSI,
        lat=LAT + (np.array(along) + random.normal(0.0, 6.0, n)) / 111_300.0,
        lon=LON + random.normal(0.0, 6.0, n) / 61_300.0,
        sog_kn=np.array(speed),
        cog_deg=np.zeros(n),
        nav_status=np.where(np.array(speed) < 3.5, status, 0),
    )


def found(positions: Positions, kind: int | None = None) -> list[Finding]:
    names = Catalogue()
    names.source("test")
    engine = build(DEFAULTS, [], catalogue=names).engine
    statics = [StaticReport(t=T0, mmsi=MMSI, ship_type=kind)] if kind is not None else []
    told = engine.step(Batch(positions=positions, statics=statics)).findings + engine.finish().findings
    return [f for f in told if f.kind == "to_and_fro"]


def last(told: list[Finding]) -> Finding:
    assert len({f.id for f in told}) == 1
    return told[-1]


def test_it_is_told_once_and_grows_with_her_legs() -> None:
    told = found(ship())
    one = last(told)
    assert one.state == "closed" and one.asset is None
    legs = [f.value("legs") or 0.0 for f in told if f.state == "open"]
    assert legs == sorted(legs) and legs[0] == 3.0 and legs[-1] in (5.0, 6.0)
    leg = next(u for u in told[-2].measured if u.name == "leg")
    assert leg.value is not None and leg.sigma is not None and abs(leg.value - 220.0) < 3.0 * leg.sigma
    assert one.start_t >= T0 + 3_570_000


@pytest.mark.parametrize(
    ("what", "how"),
    [
        ("once there and back", {"legs": 2}),
        ("shorter than places can tell", {"leg_m": 40.0}),
        ("not lying", {"knots": 4.5}),
        ("at anchor by her own word", {"status": 1}),
        ("no passage before", {"before_kn": 4.0}),
    ],
)
def test_what_is_like_it_is_not_told(what: str, how: dict[str, float]) -> None:
    assert found(ship(**how)) == [], what  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "told"), [(70, True), (80, True), (0, True), (30, False), (33, False), (52, False)])
def test_craft_whose_trade_it_is_are_passed_over(kind: int, told: bool) -> None:
    assert bool(found(ship(), kind)) == told


def test_a_silence_ends_it() -> None:
    whole = ship()
    slow = np.flatnonzero(whole.sog_kn < 3.5)
    heard = take(whole, slice(None, int(slow[-1])))
    assert found(heard)[0].state == "open"
    heard.t[slow[len(slow) // 2] :] += 2 * 3_600_000  # two hours unheard in the midst of it
    assert all(f.state == "closed" for f in {f.id: f for f in found(heard)}.values())


def test_alone_it_is_far_from_a_notice() -> None:
    assert DEFAULTS.risk.prior_logodds + DEFAULTS.risk.to_and_fro_logodds < -11.5
