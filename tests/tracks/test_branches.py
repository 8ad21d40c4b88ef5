"""Positions of one number that several ships use, as the live watch sorts them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seawarden.engine.ship_stage import ShipStage
from seawarden.geography.layer import build_layer
from seawarden.model.batch import Catalogue
from seawarden.model.position import Positions, Trust, concat, make_positions, take
from seawarden.ports import Enriched, Surroundings
from seawarden.settings import DEFAULTS
from seawarden.surroundings.coverage import CoverageBook
from seawarden.tracks.branches import fit_of, velocity
from seawarden.tracks.identity.motion import Fix, likelihood, miss_nm, reckoned_h
from seawarden.tracks.statics import StaticBook

MINUTE = 60_000


def sail(mmsi: int, lat: float, lon: float, sog: float, minutes: int, start: int = 0) -> Positions:
    """A ship that sails north, a report a minute."""
    k = np.arange(minutes)
    return make_positions(
        minutes, t=1_700_000_000_000 + (start + k) * MINUTE, mmsi=mmsi, lat=lat + sog * k / 3600.0, lon=lon,
        sog_kn=sog, cog_deg=0.0, seq=k,
    )  # fmt: skip


def tracked(*ships: Positions) -> tuple[Enriched, ShipStage]:
    around = Surroundings(assets=build_layer([]), depth=None, places=None, coverage=CoverageBook(), waters=None)
    stage = ShipStage(DEFAULTS, [], around, Catalogue(), StaticBook(), ("", ""))
    p = concat(ships)
    return stage.enrich(take(p, np.lexsort((p.seq, p.mmsi, p.t)))), stage


def test_two_ships_on_one_number_are_two_tracks():
    e, _ = tracked(sail(219000001, 56.0, 11.0, 10.0, 40), sail(219000001, 57.0, 11.0, 8.0, 30, 5))
    north = e.p.lat > 56.5
    assert set(e.slot[north]) == {1} and set(e.slot[~north]) == {0}
    assert (e.believed[north][2:] == 1).all() and (e.believed[~north] == 1).all()


def test_a_wild_position_is_doubted_and_leaves_the_track_whole():
    ship = sail(219000001, 56.0, 11.0, 10.0, 40)
    ship.lat[20] += 1.0
    e, _ = tracked(ship)
    assert e.believed.tolist() == [1] * 20 + [0] + [1] * 19
    assert e.p.trust[20] & Trust.JUMP
    assert set(np.delete(e.slot, 20)) == {0}


def test_wild_positions_hours_apart_are_never_believed():
    ship = sail(219000001, 56.0, 11.0, 0.0, 600)
    for k in (100, 250, 400, 550):
        ship.lat[k] += 1.0
    e, _ = tracked(ship)
    assert e.believed.sum() == 596


def test_a_number_that_no_ship_may_bear_is_flagged_and_a_simulated_one_is_not():
    e, _ = tracked(
        sail(12, 56.0, 11.0, 5.0, 5), sail(219000001, 55.0, 11.0, 5.0, 5), sail(999000001, 54.0, 11.0, 5.0, 5)
    )
    bad = (e.p.trust & np.uint32(Trust.BAD_MMSI)) > 0
    assert set(e.p.mmsi[bad]) == {12} and bad.sum() == 5


@given(
    hours=st.floats(0.01, 20.0), north=st.floats(-1.0, 1.0), east=st.floats(-1.0, 1.0),
    sog=st.tuples(st.floats(0, 20), st.floats(0, 20)), cog=st.tuples(st.floats(0, 359), st.floats(0, 359)),
)  # fmt: skip
def test_a_fit_is_that_of_the_segmenter(hours, north, east, sog, cog):
    t = round(hours * 3_600_000)
    one, two = Fix(0.0, 56.0, 11.0, sog[0], cog[0]), Fix(t / 3_600_000, 56.0 + north, 11.0 + east, sog[1], cog[1])
    theirs = likelihood(miss_nm(one, two, reckoned_h(two.t_h)), two.t_h)
    ours = fit_of(0, 56.0, 11.0, *velocity(sog[0], cog[0]), t, two.lat, two.lon, *velocity(sog[1], cog[1]))
    if abs(60.0 * north) <= 25.0 * np.hypot(two.t_h, 0.25):
        assert ours == np.float64(theirs) or abs(ours - theirs) < 1e-9
    else:
        assert ours <= theirs + 1e-9
