"""A stop and what came after it: a weight that is bounded, shrinks with its error and is a part of the model's."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.model.error import Uncertain
from seawarden.model.finding import Finding, InputQuality
from seawarden.model.vessel import ShipRef
from seawarden.risk.restart import TERM, Restart, restart_logodds, restart_reason
from seawarden.risk.signs import told_once, weigh
from seawarden.settings_risk import RiskSettings

S = RiskSettings()
LEAST = math.log((1.0 - S.restart_out_share) / (1.0 - S.restart_slower_share))
MOST = math.log(S.restart_out_share / S.restart_slower_share)
GOOD = InputQuality(
    positions=30, median_interval_s=30, longest_gap_s=60, doubted=0, heading_share=1.0, provenance="observed"
)


def stopped(share: float | None, sigma: float = 0.02, log_odds: float = 4.0, kind: str = "anchor_out") -> Finding:
    measured = [
        Uncertain(name="chance", value=1.0 / (1.0 + math.exp(-(log_odds + S.prior_logodds))), unit="1"),
        Uncertain(name="log_odds", value=log_odds, unit="ln odds"),
    ]
    if share is not None:
        measured.append(Uncertain(name="after_stop", value=share, unit="1", sigma=sigma, method="told"))
    return Finding(
        id="x",
        revision=1,
        kind=kind,
        state="open",
        ship=ShipRef(mmsi=1, track_id="1-1"),
        start_t=0,
        known_from_t=0,
        measured=tuple(measured),
        input_quality=GOOD,
    )


@given(st.floats(-2.0, 1.0), st.floats(0.0, 3.0))
def test_the_weight_lies_between_its_bounds(change: float, sigma: float) -> None:
    assert LEAST - 1e-9 <= restart_logodds(Restart(change, sigma), S) <= MOST + 1e-9
    assert MOST < 2.0


@given(st.floats(-2.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 0.2))
def test_being_slower_never_weighs_less(change: float, more: float, sigma: float) -> None:
    assert restart_logodds(Restart(change - more, sigma), S) >= restart_logodds(Restart(change, sigma), S) - 1e-9


def test_what_is_measured_badly_weighs_nothing() -> None:
    assert abs(restart_logodds(Restart(-0.3, 5.0), S)) < 0.02
    assert abs(restart_logodds(Restart(0.0, 5.0), S)) < 0.02
    assert restart_logodds(Restart(-0.3, 0.02), S) > 0.8 > 0.0 > restart_logodds(Restart(0.0, 0.02), S)


def test_faster_is_as_fast() -> None:
    assert restart_logodds(Restart(0.4, 0.02), S) == restart_logodds(Restart(0.0, 0.02), S)


@pytest.mark.parametrize(("share", "sign"), [(-0.3, 1), (0.0, -1), (0.3, -1)])
def test_it_moves_the_models_sign_and_is_told_as_its_part(share: float, sign: int) -> None:
    plain, moved = weigh(stopped(None), 0, S), weigh(stopped(share), 0, S)
    assert plain is not None and moved is not None
    assert (moved.weight - plain.weight) * sign > 0.3
    reasons = moved.reasons if sign > 0 else moved.counter
    (told,) = [r for r in reasons if r.measure == TERM]
    assert moved.weight - plain.weight == pytest.approx(told.weight, abs=1e-9)
    assert len({g.group for g in told_once([moved], S)}) == 1  # never a second sign


def test_in_a_ports_waters_slower_weighs_nothing() -> None:
    there = restart_reason(stopped(-0.3), S, at_place=True)
    assert there is not None and there.weight == 0.0
    plain, at_place = weigh(stopped(None), 0, S), weigh(stopped(-0.3), 0, S, at_place=True)
    assert plain is not None and at_place is not None and at_place.weight == plain.weight


def test_other_kinds_and_ships_without_a_stop_know_nothing_of_it() -> None:
    assert restart_reason(stopped(None), S, at_place=False) is None
    drift, with_stop = weigh(stopped(None, kind="drifting"), 0, S), weigh(stopped(-0.3, kind="drifting"), 0, S)
    assert drift is not None and with_stop is not None and drift.weight == with_stop.weight
