"""Thresholds follow from rates: a rarer tier asks a higher chance, counted where it can be, else fitted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.evaluate.natural_peaks import HeldOut, Peak, proposal, tail_of, threshold_at
from seawarden.evaluate.thresholds import ThresholdMetrics, as_settings
from seawarden.risk.odds import chance_of, logit
from seawarden.settings import DEFAULTS
from seawarden.settings_load import load_settings

DAYS = 400.0


def peaks(n=400, seed=1):
    excess = np.random.default_rng(seed).exponential(0.8, n)
    return [
        Peak(source="s", mmsi=k, t=0, chance=chance_of(-9.0 + float(x)), asset="X", reason="")
        for k, x in enumerate(excess)
    ]


def test_a_tail_of_known_scale_is_found():
    tail = tail_of(np.array([logit(p.chance) for p in peaks(4000)]), DAYS)
    assert tail is not None
    assert tail.scale == pytest.approx(0.8, rel=0.6)
    assert tail.rate_at(tail.level) == pytest.approx(8 / DAYS)
    assert tail.logodds_at(tail.rate / 10) == pytest.approx(tail.level + tail.scale * np.log(10))


@given(st.floats(1e-5, 0.5), st.floats(1e-5, 0.5))
def test_a_rarer_tier_never_asks_a_lower_chance(a, b):
    low, high = sorted((a, b))
    assert threshold_at(PEAKS, DAYS, low)[0] >= threshold_at(PEAKS, DAYS, high)[0] * (1 - 1e-9)


def test_what_is_counted_holds_its_rate_and_what_is_fitted_says_so():
    chance, how = threshold_at(PEAKS, DAYS, 0.015)
    assert how == "counted"
    assert sum(p.chance > chance for p in PEAKS) == 6
    assert threshold_at(PEAKS, DAYS, 2e-5)[1] == "fitted tail"
    assert threshold_at(PEAKS[:3], DAYS, 2e-5) == (1.0, "too few peaks")


def test_the_proposal_is_a_settings_file_that_loads(tmp_path):
    s = DEFAULTS.alerts
    made = tuple(
        proposal(tier, PEAKS, DAYS, getattr(s, f"{tier}_per_ship_day"), getattr(s, f"{tier}_chance"))
        for tier in ("look", "challenge", "act")
    )
    assert made[0].low <= made[0].proposed_chance <= made[0].high
    assert made[0].proposed_chance < made[1].proposed_chance < made[2].proposed_chance
    metrics = ThresholdMetrics(
        version="x", settings_hash="x", sources=("s",), ship_days=DAYS, ships=400, peaks=(), proposals=made,
        held_out=(HeldOut(proposed_chance=1e-3, measured=made[0].in_force),),
    )  # fmt: skip
    file = tmp_path / "thresholds.toml"
    file.write_text(as_settings(metrics))
    loaded = load_settings(file, {})
    assert loaded.alerts.look_chance == made[0].proposed_chance
    assert loaded.alerts.challenge_per_ship_day == DEFAULTS.alerts.challenge_per_ship_day


PEAKS = peaks()
