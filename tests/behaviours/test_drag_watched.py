"""How well a drag would be seen: what is known before, the chance, the words, and the counts of a watch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.behaviours.drag.before import AGE, BEFORE, EVERY, GAP, HEADING, HEARD, SHIPS, SLOWED, SPEED, before_at
from seawarden.behaviours.drag.lanes import no_lanes
from seawarden.behaviours.drag.model import DragModel, shipped
from seawarden.behaviours.drag.seen import CLASSES, HEADLINE, TERMS, Seen, classes_of, name_of, worse
from seawarden.behaviours.drag.series import series_of
from seawarden.behaviours.drag.watched import Watched, hours_of, ship_seen, ships_seen, states_of, under_way
from seawarden.model.error import SeawardenError
from seawarden.model.position import Positions, make_positions, take
from seawarden.model.sight import HoursSeen, hours_line, in_ten, line_of
from seawarden.ports import Surroundings
from seawarden.run.build import build
from seawarden.run.memory import MemorySource
from seawarden.settings import DEFAULTS

T0 = 1_700_000_000_000 // 3_600_000 * 3_600_000
NOWHERE = Surroundings(assets=None, depth=None, places=None, coverage=None, waters=None)


def plain(**changed: Any) -> dict[str, Any]:
    """What a model file holds, made up: every term weighs the same."""
    lines = [
        {
            "loss": loss, "minutes": minutes, "rate": rate, "angle": angle, "constant": 3.0,
            "weights": [-1.0] * len(TERMS), "shares": {"below": 0.0, "rare": 0.02, "silent": 0.0},
        }
        for loss in (0.3, 0.15) for minutes in (15, 30) for rate in ("noticed", "look") for angle in (False, True)
    ]  # fmt: skip
    base = {"before": list(BEFORE), "terms": list(TERMS), "cases": 10, "ships": 3, "thresholds": {}, "lines": lines}
    return {**base, **changed}


@pytest.fixture
def model() -> DragModel:
    """The shipped trees, with a made-up part that says how well drags are seen."""
    made = DragModel.__new__(DragModel)
    made.__dict__.update(shipped().__dict__)
    made.seen = Seen(plain())
    return made


def sailed(minutes: int = 120, *, every_min: float = 1.0, kn: float = 12.0, heading: bool = False) -> Positions:
    n = int(minutes / every_min)
    run_m = np.arange(n) * every_min * 60.0 * kn * 1852.0 / 3600.0
    return make_positions(
        n, t=T0 + (np.arange(n) * every_min * 60_000).astype(np.int64), mmsi=219_000_001,
        lat=57.0 + run_m / 111_400.0, lon=11.0, sog_kn=kn, cog_deg=0.0, heading_deg=2.0 if heading else np.nan,
    )  # fmt: skip


def state(ship: Positions, after_min: float = 119.0):
    return before_at(series_of(ship), T0 / 1000.0 + after_min * 60.0)


def test_a_steady_ship_heard_every_minute_lacks_nothing_but_past_traffic():
    found = state(sailed())
    assert found[HEARD] == 60.0
    assert found[EVERY] == pytest.approx(1.0)
    assert found[GAP] == pytest.approx(1.0)
    assert found[SPEED] == pytest.approx(12.0, rel=1e-6)
    assert found[HEADING] == 0.0
    assert np.isnan(found[SHIPS])
    lowered = worse(found[None, :])[0]
    assert {TERMS[k] for k in np.flatnonzero(lowered)} == {"slow", "unknown"}
    assert state(sailed(heading=True))[HEADING] == 1.0


def test_nothing_later_than_the_moment_is_read():
    whole = sailed()
    for minute in (20.0, 61.5, 90.0):
        kept = take(whole, np.flatnonzero(whole.t <= T0 + minute * 60_000))
        np.testing.assert_array_equal(state(whole, minute), state(kept, minute))


@pytest.mark.parametrize(
    ("ship", "after_min", "kind"),
    [
        (sailed(), 119.0, "asked"),
        (sailed(kn=5.5), 119.0, "below"),
        (sailed(every_min=3.0), 117.0, "asked"),
        (sailed(every_min=8.0), 112.0, "rare"),
        (sailed(60), 75.0, "silent"),
        (sailed(1), 0.5, "rare"),
    ],
)
def test_ships_that_are_not_judged_by_the_line_are_classes_of_their_own(ship, after_min, kind):
    assert CLASSES[int(classes_of(state(ship, after_min)[None, :])[0])] == kind


def test_bursts_do_not_hide_the_holes():
    t = np.concatenate([np.arange(0, 3_000_000, 300_000) + k * 26_000 for k in range(4)])
    ship = sailed(len(t))._replace(t=T0 + np.sort(t))
    found = before_at(series_of(ship), float(ship.t[-1]) / 1000.0)
    assert found[EVERY] < 1.5 < 2.5 < found[GAP]


WORST = {HEARD: -1.0, GAP: 1.0, SPEED: -1.0, SHIPS: -1.0, SLOWED: 1.0, EVERY: 1.0, AGE: 1.0}


@given(st.integers(0, 2**32 - 1), st.sampled_from(sorted(WORST)), st.floats(0.0, 3.0))
def test_nothing_makes_a_ship_better_seen_by_being_known_less_of(seed, column, more):
    random = np.random.default_rng(seed)
    row = np.array([0.5, 40.0, 1.0, 1.2, 11.0, 0.01, 5.0, 0.0, 30.0, 0.03]) * random.uniform(0.5, 1.5, len(BEFORE))
    other = row.copy()
    other[column] *= float(np.exp(WORST[column] * more))
    chance = Seen(plain()).chances(np.vstack((row, other)))
    assert chance[1] <= chance[0] + 1e-12


def test_a_ship_is_told_with_what_lowers_her_chance(model):
    told = ship_seen(model, sailed(15), T0 + 14 * 60_000, NOWHERE)
    assert told is not None
    assert told.chance == told.chances[HEADLINE]
    assert set(told.chances) == {
        name_of(loss, minutes, rate) for loss in (0.3, 0.15) for minutes in (15, 30) for rate in ("noticed", "look")
    }
    assert told.angled == {}
    assert told.reasons == ("past traffic not known here", "heard for 14 min only")
    assert told.line.startswith("a drag of 30 % beginning now would ")
    assert told.reasons[0] in told.line
    rare = ship_seen(model, sailed(every_min=8.0), T0 + 112 * 60_000, NOWHERE)
    assert rare is not None and rare.how == "hardly" and rare.reasons == ("heard every 8 min",)
    assert rare.line == (
        "a drag of 30 % beginning now would hardly be noticed within 15 min, less than 1 in 20: heard every 8 min"
    )
    assert ship_seen(model, sailed(kn=0.5), T0 + 60 * 60_000, NOWHERE) is None


def test_older_files_say_nothing_and_files_of_other_quantities_are_refused(model):
    model.seen = None
    assert ship_seen(model, sailed(), T0 + 60 * 60_000, NOWHERE) is None
    assert hours_of(model, sailed(), NOWHERE) is None
    with pytest.raises(SeawardenError, match="other quantities"):
        Seen(plain(terms=["short"]))


def test_ships_are_counted_by_how_and_the_blind_ones_by_why(model):
    tracks = [sailed(), sailed(every_min=8.0), sailed(kn=4.0), sailed(kn=1.0)]
    states = under_way(states_of(tracks, T0 + 112 * 60_000, no_lanes()))
    counted = ships_seen(model.seen, states, T0)
    assert (counted.ships, counted.hardly) == (3, 2)
    assert counted.causes == {"below": 1, "rare": 1}
    assert counted.well + counted.perhaps == 1
    assert line_of(counted).startswith("of 3 ships under way near assets, a drag of 30 % would be noticed within")
    assert line_of(counted).endswith("hardly on 2: 1 heard too rarely, 1 slower than 6 kn")
    none = ships_seen(model.seen, states[:0], T0)
    assert none.chance is None and line_of(none) == "no ship is under way near assets"


def test_hours_of_one_ship_add_up(model):
    hours = hours_of(model, sailed(), NOWHERE)
    assert hours is not None
    assert hours.hours == pytest.approx(11 / 6, abs=0.01)
    assert hours.well + hours.perhaps + hours.hardly == pytest.approx(hours.hours, abs=0.02)
    assert "ship-hours under way, a drag of 30 %" in hours_line(hours, where="")
    nothing = HoursSeen(hours=0.0, well=0.0, perhaps=0.0, hardly=0.0, chance=None)
    assert hours_line(nothing) == "no ship was under way near assets"


@pytest.mark.parametrize(("chance", "words"), [(0.0, "less than 1 in 20"), (0.31, "3 in 10"), (0.94, "9 in 10")])
def test_chances_are_told_as_frequencies(chance, words):
    assert in_ten(chance) == words


def watched_run(model, asset, *, chunk: int, shards: int, cut: bool = False) -> HoursSeen | None:
    """Two ships past a cable through an engine that counts."""
    room = build(DEFAULTS, [asset], shards=shards)
    counting = Watched(model, model.seen)
    room.engine.across = [*(b for b in room.engine.across if b.spec.name != "watched"), counting]
    other = sailed(240, every_min=8.0)
    one = sailed(240)
    both = [one, other._replace(mmsi=np.full_like(other.mmsi, 219_000_002), lon=other.lon + 0.02)]
    columns = [np.concatenate(same) for same in zip(*both, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    p = Positions(*(column[order] for column in columns))
    room.catalogue.source("made")
    for begin in range(0, len(p.t), chunk):
        part = take(p, np.arange(begin, min(begin + chunk, len(p.t))))
        for batch in MemorySource("made", room.catalogue, positions=part).batches():
            room.engine.step(batch)
        if cut and begin <= len(p.t) // 2 < begin + chunk:
            again = Watched(model, model.seen)
            again.restore(counting.snapshot())
            room.engine.across[-1] = counting = again
    room.engine.finish()
    return counting.hours


def test_the_counts_do_not_depend_on_how_the_stream_was_cut(model, along_asset):
    whole = watched_run(model, along_asset, chunk=10_000, shards=1)
    assert whole is not None and whole.hours >= 4.0 and whole.hardly >= 2.0
    assert whole.causes["rare"] >= 2.0
    assert watched_run(model, along_asset, chunk=17, shards=1) == whole
    assert watched_run(model, along_asset, chunk=40, shards=3, cut=True) == whole


@pytest.fixture
def along_asset():
    from seawarden.model.asset import Asset, AssetVersion

    line = ((11.01, 56.9), (11.01, 58.5))
    return Asset(
        id="long-line", name="Long Line", kind="power_cable", visibility="public",
        versions=(AssetVersion(parts=(line,), sigma_m=((50.0,),)),),
    )  # fmt: skip
