"""The span of minutes told of a ship that is losing speed."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.model.error import Uncertain
from seawarden.model.finding import AssetRef, Finding
from seawarden.model.risk import AssetAhead
from seawarden.model.vessel import ShipRef
from seawarden.risk.arrival import FORCE_SIGMA, loss_now, speed_sigma, with_loss

T0 = 1_762_000_000_000
ASSET = AssetRef(id="a", name="A", kind="power_cable", system="a")
ITEM = AssetAhead(asset=ASSET, minutes=24.0, minutes_low=22.5, minutes_high=26.0, chance=0.6)


def finding(kind: str = "slowdown", loss: float | None = 0.3, **changes: Any) -> Finding:
    measured = () if loss is None else (Uncertain(name="loss", value=loss, unit="1", sigma=0.02),)
    plain: dict[str, Any] = {"id": kind, "revision": 1, "kind": kind, "state": "open", "measured": measured}
    ship = ShipRef(mmsi=7, track_id="7-0")
    return Finding(**(plain | {"ship": ship, "start_t": T0, "known_from_t": T0} | changes))


def test_the_greatest_loss_that_goes_on_counts() -> None:
    over = finding(loss=0.5, state="closed", end_t=T0)
    assert loss_now([finding(loss=0.2), finding("anchor_out", 0.3), finding("crossing", 0.6), over]) == 0.3
    assert loss_now([over, finding(loss=None), finding("drifting", 0.4)]) == 0.0
    assert loss_now([finding(loss=-0.1)]) == 0.0 and loss_now([]) == 0.0


def test_a_steady_ship_keeps_her_span() -> None:
    assert with_loss([(3, ITEM), (1, ITEM)], 0.0) == {3: ITEM, 1: ITEM}
    assert list(with_loss([(3, ITEM), (1, ITEM)], 0.2)) == [3, 1]


@pytest.mark.parametrize("loss", [0.1, 0.3, 0.5])
def test_the_spread_is_that_of_the_balance_of_thrust_and_force(loss: float) -> None:
    def speed(force: float) -> float:
        low, high = 0.01, 1.0
        for _ in range(60):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if 1.0 / middle > middle**2 + force else (low, middle)
        return low

    r = 1.0 - loss
    force, step = 1.0 / r - r * r, 1e-3
    slope = (math.log(speed(force * math.exp(step))) - math.log(speed(force * math.exp(-step)))) / (2 * step)
    assert speed(force) == pytest.approx(r)
    assert speed_sigma(loss) == pytest.approx(-slope * FORCE_SIGMA, rel=1e-3)


@given(
    minutes=st.floats(0.0, 720.0), sooner=st.floats(0.0, 1.0), later=st.floats(0.0, 200.0), loss=st.floats(0.01, 0.99)
)
def test_the_span_widens_and_the_middle_stays(minutes: float, sooner: float, later: float, loss: float) -> None:
    item = msgspec.structs.replace(
        ITEM, minutes=minutes, minutes_low=minutes * (1.0 - sooner), minutes_high=minutes + later
    )
    wider = with_loss([(0, item)], loss)[0]
    assert (wider.minutes, wider.chance, wider.asset) == (item.minutes, item.chance, item.asset)
    assert 0.0 <= wider.minutes_low <= item.minutes_low <= item.minutes <= item.minutes_high <= wider.minutes_high
    more = with_loss([(0, item)], min(loss + 0.2, 0.99))[0]
    assert more.minutes_low <= wider.minutes_low and more.minutes_high >= wider.minutes_high
