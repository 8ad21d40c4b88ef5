"""Land, waters, ports and whom to call, on a small made-up coast and on the shipped tables."""

from __future__ import annotations

import math

import numpy as np
import pytest

from seawarden.geography.directory import ANY, RESCUE, TRAFFIC, Directory
from seawarden.geography.land import LandMask, inside_m
from seawarden.geography.ports_table import SOURCES, PlacesTable
from seawarden.geography.waters import UNKNOWN, Waters
from seawarden.model.error import AssetError


@pytest.fixture
def built(tmp_path):
    """A coast along 20 east: land to the west of it, and two states that meet at 59 north."""
    inside = np.zeros((200, 200), dtype=np.uint8)
    inside[:, :100] = np.minimum(100, np.arange(100, 0, -1) * 5)
    state = np.ones((40, 40), dtype=np.uint8)
    state[20:] = 2
    off = np.zeros((40, 40), dtype=np.uint8)
    off[:, 20:] = np.arange(20) * 6
    path = tmp_path / "land.npz"
    np.savez(
        path,
        region=np.array([19.0, 58.0, 21.0, 60.0]),
        fine_deg=np.array([0.01, 0.01]),
        coarse_deg=np.array([0.05, 0.05]),
        inside=inside,
        state=state,
        off=off,
        codes=np.array(["EE", "FI"]),
    )
    return path


def test_only_what_lies_well_inside_the_coast_is_land(built):
    mask = LandMask.load(built)
    lat, lon = np.full(5, 58.5), np.array([19.5, 19.995, 20.5, 30.0, np.nan])
    assert list(mask.on_land(lat, lon)) == [1, 0, 0, 0, 0]
    assert list(mask.on_land(lat, lon, tolerance_m=100.0)) == [1, 1, 0, 0, 0]
    inside = mask.inside_m(lat, lon)
    assert inside[:3] == pytest.approx([10_000.0, 500.0, 0.0])
    assert np.isnan(inside[3:]).all()
    assert inside_m(mask.grid, 58.5, 19.5) == 10_000.0


def test_without_a_built_grid_nothing_is_known_and_nothing_flagged():
    mask = LandMask()
    assert not mask.known
    assert list(mask.on_land(np.array([0.0, 59.0]), np.array([0.0, 15.0]))) == [0, 0]
    assert np.isnan(mask.inside_m(np.array([59.0]), np.array([15.0]))).all()


def test_broken_grids_are_explained(tmp_path):
    (tmp_path / "x.npz").write_text("no")
    for load in (LandMask.load, Waters.load):
        with pytest.raises(AssetError, match="tools/basemap"):
            load(tmp_path / "x.npz")


def test_waters_by_distance_from_the_nearest_coast(built):
    waters = Waters.load(built)
    assert waters.waters_at(58.5, 20.1) == ("EE", "territorial sea")
    assert waters.waters_at(59.5, 20.1) == ("FI", "territorial sea")
    assert waters.waters_at(59.5, 20.9) == UNKNOWN
    assert waters.shore(59.5, 20.9).distance_m > 12 * 1852
    assert waters.waters_at(10.0, 20.0) == UNKNOWN
    assert waters.waters_at(math.nan, 20.0) == UNKNOWN


def test_the_shipped_places_are_sound():
    table = PlacesTable.shipped()
    assert len(table.places) > 200
    assert {p.source for p in table.places} <= set(SOURCES)
    assert {p.kind for p in table.places} == {"port", "pilot"}
    goteborg = table.at(57.69, 11.93)
    assert goteborg is not None
    assert goteborg.name == "Goteborg"
    assert table.at(57.45, 11.3) is None, "the middle of the Kattegat is no port"
    row, far = table.nearest(54.5, 10.27, ("pilot",))
    assert table.places[row].name == "Kiel Lighthouse"
    assert far < 1_000.0
    assert table.nearest(math.nan, 10.0) == (-1, math.inf)
    assert list(table.within(np.array([57.69, 57.45]), np.array([11.93, 11.3])))[1] == -1
    assert PlacesTable([]).at(57.0, 11.0) is None


def test_a_users_own_places_are_added_or_explained(tmp_path):
    mine = tmp_path / "mine.csv"
    mine.write_text("kind,name,country,lat,lon,radius_m,source\nanchorage,Roads,DK,57.75,10.75,4000,me\n")
    table = PlacesTable.shipped(mine)
    assert table.places[-1].name == "Roads"
    assert table.at(57.75, 10.75) is not None
    for text, says in (
        ("kind,name,country,lat,lon,radius_m\npub,X,DK,57,10,1\n", "row 2"),
        ("kind,name,country,lat,lon,radius_m\nport,X,DK,557,10,1\n", "out of range"),
    ):
        mine.write_text(text)
        with pytest.raises(AssetError, match=says):
            PlacesTable.shipped(mine)
    with pytest.raises(AssetError, match="no such"):
        PlacesTable.shipped(tmp_path / "none.csv")


def test_somebody_can_always_be_called(built):
    directory = Directory(Waters.load(built))
    assert [d.who for d in directory.call(58.5, 20.1)][-1] == "MRCC Tallinn"
    who = [d.who for d in directory.call(59.9, 25.0)]
    assert who[0].startswith("Helsinki Traffic")
    assert directory.call(0.0, 0.0) == (ANY,)
    unbuilt = Directory(Waters.load(built))
    assert unbuilt.call(56.0, 18.5)[-1] in (*RESCUE.values(), ANY)
    assert all(t.desk.source for t in TRAFFIC)
    assert all(d.source for d in RESCUE.values())
