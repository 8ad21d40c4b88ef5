"""Depth: the shipped grid, users' grids in every form they come in, and depth along assets."""

from __future__ import annotations

import math
from typing import Any

import h5py
import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from scipy.io import netcdf_file

from seawarden.geography.densify import densify
from seawarden.geography.depth import DepthGrid, profile, sample, sigma_of_cells, with_depths
from seawarden.geography.layer import build_layer
from seawarden.geography.pack import load_pack, write_pack
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.error import AssetError

SHIPPED = DepthGrid.shipped()
LAT = np.arange(54.0, 55.01, 0.1)
LON = np.arange(10.0, 12.01, 0.1)
UP = (-(LAT[:, None] - 50.0) * 10.0 + LON[None, :] * 0.0).astype(np.int16)


def at(grid: DepthGrid, lat: float, lon: float) -> float:
    return sample(grid.grid, lat, lon)[0]


def test_the_shipped_grid_says_what_is_known_of_it():
    depth, sigma = sample(SHIPPED.grid, 57.3, 20.0)
    assert 150.0 < depth < 260.0
    assert sigma == 20.0
    assert at(SHIPPED, 59.0, 15.0) < 0.0, "land is negative"
    assert math.isnan(at(SHIPPED, 10.0, 20.0))
    assert math.isnan(at(SHIPPED, math.nan, 20.0))


@given(st.floats(48.1, 66.9), st.floats(-11.9, 31.8), st.integers(-2, 2))
def test_depth_lies_between_its_nodes_and_turns_do_not_matter(lat, lon, turns):
    depth = at(SHIPPED, lat, lon)
    g = SHIPPED.grid
    i, j = int((lat - g.lat0) / g.dlat), int((lon - g.lon0) / g.dlon)
    nodes = g.depth_m[i : i + 2, j : j + 2]
    assert nodes.min() - 1e-3 <= depth <= nodes.max() + 1e-3
    assert at(SHIPPED, lat, lon + 360.0 * turns) == pytest.approx(depth, abs=0.01)


def gebco(path, *, flip: bool = False, name: str = "elevation", sign: int = 1, fill: bool = False):
    with h5py.File(path, "w") as f:
        f["lat"] = LAT[::-1] if flip else LAT
        f["lon"] = LON
        values = sign * (UP[::-1] if flip else UP)
        if fill:
            values = values.copy()
            values[0, 0] = -32767
        f[name] = values
        if fill:
            f[name].attrs["_FillValue"] = np.int16(-32767)
    return path


def test_gebco_and_emodnet_netcdf(tmp_path):
    forms: list[dict[str, Any]] = [
        {},
        {"flip": True},
        {"name": "depth", "sign": -1},
        {"name": "depth"},
        {"fill": True},
    ]
    for k, options in enumerate(forms):
        grid = DepthGrid.load(gebco(tmp_path / f"{k}.nc", **options))
        assert at(grid, 54.5, 11.0) == pytest.approx(45.0, abs=0.6)
    assert at(grid, 54.02, 10.02) == pytest.approx(40.0, abs=0.8), "a missing node is left out"
    classic = tmp_path / "classic.nc"
    with netcdf_file(classic, "w") as f:
        f.createDimension("lat", len(LAT))
        f.createDimension("lon", len(LON))
        f.createVariable("lat", "d", ("lat",))[:] = LAT
        f.createVariable("lon", "d", ("lon",))[:] = LON
        f.createVariable("elevation", "h", ("lat", "lon"))[:] = UP
    assert at(DepthGrid.load(classic), 54.5, 11.0) == pytest.approx(45.0, abs=0.6)


def tiff(path, crs: str = "EPSG:4326"):
    transform = rasterio.Affine(0.1, 0.0, LON[0] - 0.05, 0.0, -0.1, LAT[-1] + 0.05)
    shape = {"height": len(LAT), "width": len(LON), "count": 1, "dtype": "float32", "nodata": -9999.0}
    with rasterio.open(path, "w", driver="GTiff", crs=crs, transform=transform, **shape) as raster:
        raster.write(UP[::-1].astype(np.float32), 1)
    return path


def test_geotiff(tmp_path):
    assert at(DepthGrid.load(tiff(tmp_path / "d.tif")), 54.5, 11.0) == pytest.approx(45.0, abs=0.6)
    with pytest.raises(AssetError, match="reproject"):
        DepthGrid.load(tiff(tmp_path / "utm.tif", "EPSG:32632"))


def test_only_the_area_of_interest_is_read(tmp_path):
    for path in (gebco(tmp_path / "a.nc"), tiff(tmp_path / "a.tif")):
        part = DepthGrid.load(path, box=(54.4, 10.8, 54.6, 11.2), sigma_m=3.0)
        assert part.grid.depth_m.size < UP.size / 2
        assert sample(part.grid, 54.5, 11.0) == pytest.approx((45.0, 3.0), abs=0.6)
        with pytest.raises(AssetError, match="outside"):
            DepthGrid.load(path, box=(0.0, 0.0, 1.0, 1.0))


def test_broken_grids_are_explained(tmp_path):
    with pytest.raises(AssetError, match="no such file"):
        DepthGrid.load(tmp_path / "none.nc")
    (tmp_path / "text.nc").write_text("hello")
    with pytest.raises(AssetError, match="neither NetCDF nor GeoTIFF"):
        DepthGrid.load(tmp_path / "text.nc")
    (tmp_path / "cut.nc").write_bytes(gebco(tmp_path / "whole.nc").read_bytes()[:300])
    with pytest.raises(AssetError, match="can't be read"):
        DepthGrid.load(tmp_path / "cut.nc")
    with h5py.File(tmp_path / "wind.nc", "w") as f:
        f["lat"], f["lon"], f["wind"] = LAT, LON, UP
    with pytest.raises(AssetError, match="elevation or depth"):
        DepthGrid.load(tmp_path / "wind.nc")
    with h5py.File(tmp_path / "uneven.nc", "w") as f:
        f["lat"], f["lon"], f["elevation"] = np.exp(LAT), LON, UP
    with pytest.raises(AssetError, match="evenly"):
        DepthGrid.load(tmp_path / "uneven.nc")


def test_real_classic_netcdf(samples):
    grid = DepthGrid.load(samples / "geo" / "german_bight_1km_bathymetry.nc")
    assert 5.0 < at(grid, 54.4, 7.0) < 60.0


def test_depth_along_an_asset_has_its_own_error():
    estlink = next(a for a in load_pack() if a.id == "estlink-2")
    along = profile(estlink, SHIPPED, step_km=2.0)
    assert len(along.kp_km) > 70
    assert 20.0 < np.nanmax(along.depth_m) < 120.0
    assert (along.sigma_m >= 20.0).all()
    assert along.sigma_m.max() > 20.0, "the slope and the route's error add to it"
    deep = with_depths(estlink, SHIPPED)
    assert with_depths(deep, SHIPPED) is deep
    layer = build_layer([deep])
    assert layer.length_km(0) == pytest.approx(build_layer([estlink]).length_km(0), abs=1e-6), "the way is the same"
    middle = layer.length_km(0) / 2
    depth, sigma = layer.depth_at(0, middle)
    assert depth == pytest.approx(float(np.interp(middle, along.kp_km, along.depth_m)), abs=30.0)
    assert sigma >= 20.0


def test_sigma_follows_the_cells():
    assert sigma_of_cells(1 / 12) == 20.0
    assert sigma_of_cells(15 / 3600) == 2.0


def test_denser_routes_keep_what_is_told_of_them():
    version = AssetVersion(
        parts=(((18.0, 57.0), (18.5, 57.2), (18.51, 57.2)),),
        sigma_m=((10.0, 20.0),),
        burial_m=((1.0, 0.0),),
        cable_km=((0.0, 40.0, 41.0),),
    )
    denser = densify(version, 5.0)
    n = len(denser.parts[0])
    assert n > 7
    assert denser.sigma_m == ((10.0,) * (n - 2) + (20.0,),)
    assert denser.burial_m == ((1.0,) * (n - 2) + (0.0,),)
    assert denser.cable_km[0][0] == 0.0
    assert denser.cable_km[0][-2:] == (40.0, 41.0)
    assert list(denser.cable_km[0]) == sorted(denser.cable_km[0])
    assert densify(version, 100.0) is version


def test_a_vertex_without_depth_does_not_spoil_a_pack(tmp_path):
    far = Asset(
        id="far",
        name="far",
        kind="other",
        versions=(AssetVersion(parts=(((-30.0, 10.0), (-29.9, 10.0)),), sigma_m=((9.0,),)),),
    )
    deep = with_depths(far, SHIPPED)
    assert math.isnan(deep.current.depth_m[0][0])
    assert load_pack(write_pack([deep], tmp_path / "far.json"))[0].current.depth_m == ()
