"""The chance that a drag is seen: learned, held against what was found, and its page."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

from seawarden.behaviours.drag.before import BEFORE, EVERY, HEARD, SPEED
from seawarden.behaviours.drag.seen import HEADLINE, TERMS, Seen
from seawarden.evaluate.drags.seen import seen_table
from seawarden.evaluate.drags.seen_page import BEGIN, END, markdown, page_with
from seawarden.train.drag_seen import Begun, falling_fit, learn_seen

DOCS = Path(__file__).resolve().parents[2] / "docs"
THRESHOLDS = {"noticed": 3.0, "look": 4.5}


@pytest.fixture(scope="module")
def cases() -> Begun:
    """Drags that are found the oftener the longer and the faster a ship was heard; rare ones never."""
    random = np.random.default_rng(4)
    n = 4000
    state = np.tile(np.array([0.5, 60.0, 1.0, 1.0, 14.0, 0.005, 3.0, 0.0, 80.0, 0.0]), (n, 1))
    state[:, HEARD] = random.uniform(3.0, 60.0, n)
    state[:, SPEED] = random.uniform(5.0, 16.0, n)
    state[::5, EVERY] = 9.0
    plain = (
        4.0
        - 2.0 * np.log(30.0 / np.minimum(state[:, HEARD], 30.0))
        - 3.0 * np.log(14.0 / np.clip(state[:, SPEED], 5.0, 14.0))
    )
    best = plain[:, None] + random.logistic(0.0, 1.0, n)[:, None] + np.array([0.0, 0.5]) + 0.5
    best[(state[:, SPEED] < 6.0) | (state[:, EVERY] > 7.0)] = -99.0
    return Begun(
        state=state,
        mmsi=(210_000_000 + np.arange(n) // 10).astype(np.int64),
        loss=np.where(np.arange(n) % 2 == 0, 0.30, 0.15),
        angle=np.arange(n) % 4 >= 2,
        known=np.ones(n, dtype=np.bool_),
        best=best,
    )


def test_what_is_learned_is_small_the_same_each_time_and_speaks_the_truth(cases):
    first, again = learn_seen(cases, THRESHOLDS), learn_seen(cases, THRESHOLDS)
    assert msgspec.json.encode(first) == msgspec.json.encode(again)
    assert len(msgspec.json.encode(first)) < 8000
    assert len(first["lines"]) == 16
    assert all(weight <= 0.0 for line in first["lines"] for weight in line["weights"])
    assert {line["shares"]["rare"] for line in first["lines"]} == {0.0}
    seen = Seen(msgspec.json.decode(msgspec.json.encode(first)))
    held = seen.chances(cases.state)
    plain = (cases.loss == 0.30) & ~cases.angle
    found = cases.best[plain, 0] > THRESHOLDS["noticed"]
    assert float(np.mean(held[plain])) == pytest.approx(float(np.mean(found)), abs=0.02)


def test_no_weight_is_above_zero_even_where_the_cases_say_so():
    random = np.random.default_rng(1)
    x = random.uniform(0.0, 1.0, (3000, 2))
    out = (random.random(3000) < 1.0 / (1.0 + np.exp(-(0.5 + 2.0 * x[:, 0] - 2.0 * x[:, 1])))).astype(float)
    constant, weights = falling_fit(x, out)
    assert weights[0] == 0.0
    assert weights[1] == pytest.approx(-2.0, abs=0.35)
    assert constant == pytest.approx(1.4, abs=0.3)


def test_the_chance_beats_a_constant_and_is_reliable_on_ships_not_learned_from(cases):
    table = msgspec.to_builtins(seen_table(cases, THRESHOLDS))
    first = table["scores"][0]
    assert first["brier"] < 0.8 * first["brier_constant"]
    assert first["brier_gain"]["low"] > 0.0
    for row in table["how"]:
        assert abs(row["stated"] - row["found"]["value"]) < 0.08
    told = {row["cause"]: row for row in table["causes"]}
    assert told["rare"]["found"]["value"] == 0.0
    assert set(told) <= {"", "below", "rare", "silent", *TERMS}
    assert HEADLINE == "30 % in 15 min, noticed"
    assert len(BEFORE) == cases.state.shape[1]
    page = page_with(f"# Page\n\n{BEGIN}\nold\n{END}\nmore\n", {"model_hash": "0" * 16, **table})
    assert "\nold\n" not in page and page.endswith(END + "\nmore\n")
    assert "| well: 8 in 10 or better | 0." in page
    with pytest.raises(ValueError, match="marks"):
        page_with("# Page\n", {"model_hash": "0" * 16, **table})


def test_the_page_says_what_was_measured():
    kept = json.loads((DOCS / "results" / "seen.json").read_text(encoding="utf-8"))
    assert markdown(kept) in (DOCS / "watched.md").read_text(encoding="utf-8")
