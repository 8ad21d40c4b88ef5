"""A user's grid over the one that ships: who answers where, land, and axes the wrong way round."""

from __future__ import annotations

import math
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.io import netcdf_file

from seawarden.geography import depth_read
from seawarden.geography.depth import DepthGrid
from seawarden.geography.depth_own import OwnDepths
from seawarden.geography.depth_read import read_depths
from seawarden.model.error import AssetError
from seawarden.model.position import F64

SHIPPED = DepthGrid.shipped()
LAT = np.round(np.arange(55.0, 56.01, 0.05), 2)
LON = np.round(np.arange(17.0, 18.51, 0.05), 2)


def grid(path: Path, up: F64, lat: F64 = LAT, lon: F64 = LON) -> Path:
    """GEBCO's form: elevation, positive up."""
    with h5py.File(path, "w") as file:
        file["lat"], file["lon"], file["elevation"] = lat, lon, up
    return path


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> OwnDepths:
    """80 m of water; an island of 120 m in the middle; nothing known in the north-east."""
    up = np.full((len(LAT), len(LON)), -80.0)
    up[8:13, 10:15] = 120.0
    up[15:, 25:] = np.nan
    return OwnDepths.load(grid(tmp_path_factory.mktemp("own") / "own.nc", up))


def at(depths: OwnDepths | DepthGrid, lat: float, lon: float) -> tuple[float, float]:
    depth, sigma = depths.depth_m(np.array([lat]), np.array([lon]))
    return float(depth[0]), float(sigma[0])


def test_each_grid_answers_with_its_own_error(own: OwnDepths) -> None:
    assert at(own, 55.1, 17.2) == pytest.approx((80.0, 12.0))  # cells of 3 minutes
    for lat, lon in ((57.3, 20.0), (55.95, 18.45), (54.97, 17.2), (59.0, 15.0)):
        assert at(own, lat, lon) == at(SHIPPED, lat, lon)
    assert math.isnan(at(own, 10.0, 20.0)[0])
    assert [(one.source[:6], one.sigma_m) for one in own.sources()] == [("own.nc", 12.0), ("NOAA E", 20.0)]
    assert own.sources()[0].hash != own.sources()[1].hash == SHIPPED.sources()[0].hash


@given(st.floats(55.0, 56.0), st.floats(17.0, 18.5))
def test_a_height_of_land_is_never_a_depth(own: OwnDepths, lat: float, lon: float) -> None:
    depth, sigma = at(own, lat, lon)
    land = bool(own.is_land(np.array([lat]), np.array([lon]))[0])
    if 55.41 < lat < 55.59 and 17.51 < lon < 17.69:
        assert math.isnan(depth) and math.isnan(sigma) and land
    else:
        assert depth > 0.0 and not land
        assert depth == pytest.approx(80.0) or sigma == 20.0


def test_many_points_are_answered_as_one_by_one(own: OwnDepths) -> None:
    lat, lon = (part.ravel() for part in np.meshgrid(np.linspace(54.5, 56.5, 23), np.linspace(16.5, 19.0, 29)))
    depth, sigma = own.depth_m(lat, lon)
    alone = np.array([at(own, y, x) for y, x in zip(lat.tolist(), lon.tolist(), strict=True)])
    assert np.array_equal(np.stack((depth, sigma), axis=1), alone, equal_nan=True)
    assert np.isnan(depth).any() and {12.0, 20.0} <= set(sigma[np.isfinite(sigma)].tolist())
    assert math.isnan(at(own, math.nan, 17.0)[0])


def test_land_alone_is_no_grid_of_depths(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"up\.nc: holds land alone"):
        OwnDepths.load(grid(tmp_path / "up.nc", np.full((len(LAT), len(LON)), 40.0)))


def test_swapped_axes_are_told(tmp_path: Path) -> None:
    up = np.full((len(LAT), len(LON)), -80.0)
    with pytest.raises(AssetError, match=r"not \(lat, lon\)"):
        read_depths(grid(tmp_path / "turned.nc", up.T))
    with pytest.raises(AssetError, match="swapped"):
        read_depths(grid(tmp_path / "names.nc", up.T, lat=LON + 100.0, lon=LAT))
    square = up[:, : len(LAT)]
    with netcdf_file(tmp_path / "square.nc", "w") as file:
        for name, nodes in (("lat", LAT), ("lon", LON[: len(LAT)])):
            file.createDimension(name, len(LAT))
            file.createVariable(name, "d", (name,))[:] = nodes
        file.createVariable("elevation", "d", ("lon", "lat"))[:] = square.T
    with pytest.raises(AssetError, match="axes are swapped"):
        read_depths(tmp_path / "square.nc")
    with h5py.File(tmp_path / "square4.nc", "w") as file:
        file["lat"], file["lon"], file["elevation"] = LAT, LON[: len(LAT)], square.T
        for k, name in enumerate(("lon", "lat")):
            file[name].make_scale(name)
            file["elevation"].dims[k].attach_scale(file[name])
    with pytest.raises(AssetError, match="axes are swapped"):
        read_depths(tmp_path / "square4.nc")


def test_a_box_west_of_greenwich_in_a_grid_that_counts_from_nought(tmp_path: Path) -> None:
    lon = np.arange(0.0, 360.0, 2.0)
    lat = np.arange(50.0, 60.1, 2.0)
    path = grid(tmp_path / "world.nc", np.tile(-lon, (len(lat), 1)) - 1.0, lat, lon)
    cut = DepthGrid.load(path, box=(52.0, -14.0, 56.0, -10.0))
    assert cut.grid.depth_m.shape[1] < len(lon) / 4
    assert at(cut, 54.0, -10.0)[0] == pytest.approx(351.0)
    both = DepthGrid.load(path, box=(52.0, -12.0, 56.0, 8.0))
    assert [at(both, 54.0, x)[0] for x in (-10.0, 6.0)] == pytest.approx([351.0, 7.0])


def test_more_than_memory_holds_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = grid(tmp_path / "large.nc", np.full((len(LAT), len(LON)), -80.0))
    monkeypatch.setattr(depth_read, "NODES_AT_MOST", 100)
    with pytest.raises(AssetError, match="cut it first"):
        read_depths(path)
    assert read_depths(path, box=(55.4, 17.4, 55.5, 17.5)).depth_m.size <= 100
