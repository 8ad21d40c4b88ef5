"""Weather from JSON at a point, NetCDF and GRIB: units, axes, sentinels, order, and what is refused."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import netcdf_file

from seawarden.model.error import SourceError
from seawarden.model.event import WeatherSample
from seawarden.sources.weather import open_weather
from seawarden.sources.weather.grib_messages import messages_of

HOUR = 3_600_000
T0 = 1_735_106_400_000
"""2024-12-25T06:00Z."""
LAT = np.array([60.0, 59.75, 59.5])
LON = np.array([24.0, 24.25, 24.5, 24.75])
EAST = np.arange(12.0).reshape(3, 4) - 3.0


def read(path: Path, **more: object) -> list[WeatherSample]:
    return list(open_weather(path, **more))  # type: ignore[arg-type]


def at(samples: list[WeatherSample], lat: float, lon: float, t: int = T0) -> WeatherSample:
    [one] = [s for s in samples if s.lat == lat and s.lon == lon and s.t == t]
    return one


# ---- JSON ----


def answer(**more: object) -> dict[str, object]:
    return {
        "latitude": 55.3,
        "longitude": 17.5,
        "utc_offset_seconds": 0,
        "hourly_units": {"wind_speed_10m": "km/h", "wind_direction_10m": "°", "ocean_current_velocity": "km/h"},
        "hourly": {
            "time": ["2024-12-25T06:00", "2024-12-25T07:00"],
            "wind_speed_10m": [36.0, None],
            "wind_direction_10m": [270, 280],
            "ocean_current_velocity": [1.8, 3.6],
        },
        **more,
    }


def test_units_are_converted_and_missing_values_left_out(tmp_path: Path) -> None:
    path = tmp_path / "point.json"
    path.write_text(json.dumps(answer()))
    first, second = read(path)
    assert (first.t, first.wind_ms, first.wind_from_deg, first.current_ms) == (T0, 10.0, 270.0, 0.5)
    assert second.wind_ms is None
    assert second.current_ms == 1.0


def test_local_times_are_brought_to_utc(tmp_path: Path) -> None:
    path = tmp_path / "point.json"
    path.write_text(json.dumps(answer(utc_offset_seconds=7200)))
    assert [s.t for s in read(path)] == [T0 - 2 * HOUR, T0 - HOUR]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hourly_units": {"wind_speed_10m": "furlongs"}}, "furlongs"),
        ({"hourly_units": {}}, "states no unit"),
        ({"hourly": {"time": ["2024-12-25T06:00"], "wind_speed_10m": [1.0, 2.0]}}, "2 values beside 1 times"),
        ({"hourly": {"time": ["yesterday"], "wind_speed_10m": [1.0]}}, "'yesterday'"),
        ({"hourly": {"time": ["2024-12-25T06:00"], "temperature_2m": [1.0]}}, "none of its series"),
        ({"hourly": {"time": ["2024-12-25T06:00"], "wind_speed_10m": ["fast"]}}, "'fast', is no number"),
        ({"latitude": 155.0}, "latitude 155"),
        ({"latitude": "north"}, "must be numbers"),
    ],
)
def test_json_that_is_wrong_is_refused_with_its_reason(tmp_path: Path, change: dict[str, object], said: str) -> None:
    path = tmp_path / "point.json"
    path.write_text(json.dumps(answer(**change)))
    with pytest.raises(SourceError, match=r"point\.json") as caught:
        read(path)
    assert said in str(caught.value)


def test_json_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "point.json"
    path.write_text(json.dumps(answer())[:150])
    with pytest.raises(SourceError, match="cut off"):
        read(path)


def test_real_weather_of_an_incident(samples: Path) -> None:
    path = samples / "incidents/marine_weather/INC-2024-11-17.json"
    told = read(path)
    assert len(told) == 2 * 696
    assert [s.t for s in told] == sorted(s.t for s in told)
    wind = [s.wind_ms for s in told if s.wind_ms is not None]
    waves = [s.wave_height_m for s in told if s.wave_height_m is not None]
    assert len(wind) == len(waves) == 696
    assert 15.0 < max(wind) < 30.0  # km/h taken for m/s would be beyond
    assert 2.0 < max(waves) < 7.0


# ---- NetCDF ----


def hdf5(path: Path, order: str = "tyx", lon: np.ndarray = LON, units: str = "m s**-1", **more: object) -> Path:
    """An ERA5-like file with axes in any order."""
    since = {"seconds since 1970-01-01": T0 / 1000 + np.array([0, 3600, 5400])}
    sizes = {"t": 3, "y": len(LAT), "x": len(lon)}
    names = {"t": "valid_time", "y": "latitude", "x": "longitude"}
    with h5py.File(path, "w") as f:
        for unit, times in since.items():
            f["valid_time"] = times.astype(np.int64)
            f["valid_time"].attrs["units"] = unit
        f["latitude"], f["longitude"] = LAT, lon
        for name in names.values():
            f[name].make_scale(name)
        for name, sign in (("u10", 1.0), ("v10", 0.0)):
            block = np.stack([sign * (np.resize(EAST, (3, len(lon))) + k) for k in range(3)])
            block = block.transpose([("tyx").index(c) for c in order])
            packed = np.round(block / 0.01).astype(np.int16)
            if name == "u10":
                packed[tuple(0 if c == "t" else -1 for c in order)] = -32767
            f[name] = packed
            assert f[name].shape == tuple(sizes[c] for c in order)
            f[name].attrs.update({"units": units, "scale_factor": 0.01, "_FillValue": np.int16(-32767)})
            for k, c in enumerate(order):
                f[name].dims[k].attach_scale(f[names[c]])
    return path


@pytest.mark.parametrize("order", ["tyx", "txy", "xyt", "yxt"])
def test_axes_are_told_by_their_names(tmp_path: Path, order: str) -> None:
    told = read(hdf5(tmp_path / "era5.nc", order))
    assert len(told) == 2 * 12 - 1  # the third time lies in the second hour; one value is missing
    assert at(told, 60.0, 24.0).wind_ms == 3.0
    assert at(told, 60.0, 24.0).wind_from_deg == 90.0  # blowing to the west
    assert at(told, 59.75, 24.75).wind_ms == 4.0
    assert at(told, 59.75, 24.75).wind_from_deg == 270.0
    assert not [s for s in told if s.t == T0 and (s.lat, s.lon) == (59.5, 24.75)]


def test_longitudes_to_360_and_the_area(tmp_path: Path) -> None:
    told = read(hdf5(tmp_path / "era5.nc", lon=np.array([359.5, 359.75, 360.0, 0.25])))
    assert {s.lon for s in told} == {-0.5, -0.25, 0.0, 0.25}
    some = read(tmp_path / "era5.nc", area=[(59.6, -0.3, 60.2, 0.1)])
    assert {(s.lat, s.lon) for s in some} == {(60.0, -0.25), (60.0, 0.0), (59.75, -0.25), (59.75, 0.0)}
    assert read(tmp_path / "era5.nc", area=[(10.0, 0.0, 20.0, 5.0)]) == []


def test_a_fine_grid_is_thinned(tmp_path: Path) -> None:
    told = read(hdf5(tmp_path / "era5.nc", lon=24.0 + 0.05 * np.arange(9)))
    assert {s.lon for s in told} == {24.0, 24.2, 24.4}


def test_a_wrong_unit_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"era5\.nc u10: its unit is 'K'"):
        read(hdf5(tmp_path / "era5.nc", units="K"))
    with pytest.raises(SourceError, match="states no unit"):
        read(hdf5(tmp_path / "era5.nc", units=""))


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = hdf5(tmp_path / "era5.nc")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(SourceError, match="damaged or cut off"):
        read(path)


def classic(path: Path, fill: Callable[[netcdf_file], None]) -> Path:
    with netcdf_file(path, "w") as f:
        for name, values, unit in (
            ("time", np.array([1_095_582.0, 1_095_583.0]), "hours since 1900-01-01 00:00:00.0"),
            ("lat", LAT, "degrees_north"),
            ("lon", LON, "degrees_east"),
        ):
            f.createDimension(name, len(values))
            variable = f.createVariable(name, "d", (name,))
            variable[:] = values
            variable.units = unit
        fill(f)
    return path


def test_classic_netcdf_with_waves_and_currents(tmp_path: Path) -> None:
    def fill(f: netcdf_file) -> None:
        f.createDimension("depth", 2)
        for name, standard, unit, value in (
            ("VHM0", "sea_surface_wave_significant_height", "m", 2.5),
            ("VMDR", "sea_surface_wave_from_direction", "degree", 350.0),
        ):
            v = f.createVariable(name, "f", ("time", "lat", "lon"))
            v[:] = value
            v.units, v.standard_name = unit, standard
            v[0, 0, 0] = 9.96921e36
        for name, value in (("uo", 0.3), ("vo", -0.4)):
            v = f.createVariable(name, "f", ("time", "depth", "lat", "lon"))
            v[:] = value
            v[:, 1] = 9.0
            v.units = "m s-1"

    told = read(classic(tmp_path / "waves.nc", fill))
    assert [s.t for s in told] == [T0] * 12 + [T0 + HOUR] * 12
    assert told[0].wave_height_m is None  # a fill value that no attribute names
    assert (told[1].wave_height_m, told[1].wave_from_deg) == (2.5, 350.0)
    assert told[1].current_ms == 0.5
    assert told[1].current_to_deg == pytest.approx(143.1)


def test_a_component_alone_is_no_wind(tmp_path: Path) -> None:
    def fill(f: netcdf_file) -> None:
        v = f.createVariable("u10", "f", ("time", "lat", "lon"))
        v[:] = 1.0
        v.units = "m/s"

    with pytest.raises(SourceError, match=r"neither wind \(u10 and v10\)"):
        read(classic(tmp_path / "half.nc", fill))


def test_members_are_not_mixed(tmp_path: Path) -> None:
    def fill(f: netcdf_file) -> None:
        f.createDimension("number", 5)
        v = f.createVariable("swh", "f", ("number", "time", "lat", "lon"))
        v[:] = 1.0
        v.units = "m"

    with pytest.raises(SourceError, match="5 values along 'number'"):
        read(classic(tmp_path / "members.nc", fill))


def test_a_turned_grid_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "turned.nc"
    with netcdf_file(path, "w") as f:
        for name, n in (("time", 1), ("j", 2), ("i", 3)):
            f.createDimension(name, n)
        time = f.createVariable("time", "d", ("time",))
        time[:] = 0.0
        time.units = "hours since 2024-01-01"
        for name in ("lat", "lon"):
            v = f.createVariable(name, "d", ("j", "i"))
            v[:] = 10.0
        v = f.createVariable("swh", "f", ("time", "j", "i"))
        v[:] = 1.0
        v.units = "m"
    with pytest.raises(SourceError, match="has two dimensions"):
        read(path)


def test_a_time_without_an_origin_is_refused(tmp_path: Path) -> None:
    path = hdf5(tmp_path / "era5.nc")
    with h5py.File(path, "a") as f:
        f["valid_time"].attrs["units"] = "hours"
    with pytest.raises(SourceError, match="no axis of time"):
        read(path)


# ---- GRIB ----


def grib1(parameter: int, table: int, values: np.ndarray, *, lat: float = 60.0, lon: float = 24.0, ahead: int = 0,
          hour: int = 6, step: float = 0.25) -> bytes:  # fmt: skip
    """One field of edition 1 on a regular grid, packed in 16 bits (WMO FM 92-IX)."""
    rows, columns = values.shape
    product = bytearray(28)
    product[0:3], product[3], product[4], product[6], product[7] = (28).to_bytes(3, "big"), table, 98, 255, 128
    product[8], product[9] = parameter, 1
    product[12:17] = bytes([24, 12, 25, hour, 0])
    product[17], product[18], product[24] = 1, ahead, 21

    def milli(degrees: float) -> bytes:
        n = round(abs(degrees) * 1000)
        return (n | (0x800000 if degrees < 0 else 0)).to_bytes(3, "big")

    grid = bytearray(32)
    grid[0:3], grid[4] = (32).to_bytes(3, "big"), 255
    grid[6:10] = struct.pack(">HH", columns, rows)
    grid[10:16] = milli(lat) + milli(lon)
    grid[16] = 128
    grid[17:23] = milli(lat - (rows - 1) * step) + milli(lon + (columns - 1) * step)
    grid[23:27] = struct.pack(">HH", round(step * 1000), round(step * 1000))
    least = float(values.min())
    packed = np.round((values - least) * 256).astype(">u2").tobytes()
    data = bytearray(11)
    data[0:3] = (11 + len(packed) + 1).to_bytes(3, "big")
    data[3], data[4:6], data[6:10], data[10] = 8, (0x8008).to_bytes(2, "big"), ibm(least), 16
    body = bytes(product) + bytes(grid) + bytes(data) + packed + b"\0" + b"7777"
    return b"GRIB" + (len(body) + 8).to_bytes(3, "big") + b"\1" + body


def ibm(x: float) -> bytes:
    sign, x, exponent = (0x80 if x < 0 else 0), abs(x), 64
    if x == 0.0:
        return bytes(4)
    while x >= 1.0:
        x, exponent = x / 16.0, exponent + 1
    while x < 1.0 / 16.0:
        x, exponent = x * 16.0, exponent - 1
    return bytes([sign | exponent]) + int(x * 2**24).to_bytes(3, "big")


WAVES = EAST + 4.0
WIND1 = grib1(165, 128, EAST) + grib1(166, 128, 0.0 * EAST)


def test_grib1_of_era5(tmp_path: Path) -> None:
    path = tmp_path / "era5.grib"
    path.write_bytes(WIND1 + grib1(229, 140, WAVES) + grib1(230, 140, 0.0 * EAST + 350.0))
    told = read(path)
    assert len(told) == 12
    one = at(told, 59.75, 24.75)
    assert (one.wind_ms, one.wind_from_deg, one.wave_height_m, one.wave_from_deg) == (4.0, 270.0, 8.0, 350.0)


def test_grids_in_one_file_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "mixed.grib"
    path.write_bytes(WIND1 + grib1(229, 140, WAVES[:2, :2], lat=61.0, lon=350.0, step=0.5))
    told = read(path)
    assert at(told, 60.0, 24.0).wind_ms == 3.0
    assert at(told, 60.0, 24.0).wave_height_m is None
    assert at(told, 60.5, -9.5).wave_height_m == 6.0
    assert len(told) == 12 + 4


def test_of_two_forecasts_the_later_run_counts(tmp_path: Path) -> None:
    path = tmp_path / "runs.grib"
    path.write_bytes(grib1(229, 140, WAVES, hour=0, ahead=6) + grib1(229, 140, WAVES + 1.0, hour=6))
    assert at(read(path), 60.0, 24.0).wave_height_m == 2.0
    path.write_bytes(grib1(229, 140, WAVES) * 2)
    with pytest.raises(SourceError, match="fields 1 and 2 are the same"):
        read(path)


def test_grib2_written_by_gdal(tmp_path: Path) -> None:
    import rasterio
    from rasterio.shutil import copy

    plain, path = tmp_path / "plain.tif", tmp_path / "gfs.grib2"
    shape = {"driver": "GTiff", "width": 4, "height": 3, "count": 2, "dtype": "float32", "crs": "EPSG:4326"}
    with rasterio.open(plain, "w", transform=Affine(0.25, 0.0, 23.875, 0.0, -0.25, 60.125), **shape) as out:
        out.write(EAST.astype(np.float32), 1)
        out.write(np.zeros((3, 4), dtype=np.float32), 2)
    told_of = {"DISCIPLINE": "0", "IDS": "CENTER=7(US-NCEP) REF_TIME=2024-12-25T00:00:00Z"}
    for band, number in ((1, 2), (2, 3)):
        told_of[f"BAND_{band}_PDS_PDTN"] = "0"
        # U and V (0, 2, 2 and 3), six hours ahead, 10 m above ground
        told_of[f"BAND_{band}_PDS_TEMPLATE_ASSEMBLED_VALUES"] = f"2 {number} 2 0 96 0 0 1 6 103 0 10 255 0 0"
    copy(plain, path, driver="GRIB", **told_of)
    told = read(path)
    assert at(told, 59.75, 24.75).wind_ms == pytest.approx(4.0)
    assert at(told, 60.0, 24.0).wind_from_deg == pytest.approx(90.0)
    assert {s.t for s in told} == {T0}


def test_damaged_grib_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.grib"
    path.write_bytes(WIND1[:-30])
    with pytest.raises(SourceError, match=r"message 2 at byte .* is cut off"):
        read(path)
    path.write_bytes(WIND1[:-4] + b"0000")
    with pytest.raises(SourceError, match="does not end where it says"):
        read(path)
    path.write_bytes(WIND1[:7] + b"\7" + WIND1[8:])
    with pytest.raises(SourceError, match="edition 7"):
        read(path)


def test_grib_without_weather_is_refused_with_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "temperature.grib"
    path.write_bytes(b"header\r\n" + grib1(167, 128, EAST))
    assert len(messages_of(path)) == 1
    with pytest.raises(SourceError, match="2T at 0-SFC"):
        read(path)


def test_files_are_merged_in_order_of_time(tmp_path: Path) -> None:
    (tmp_path / "a.grib").write_bytes(WIND1)
    (tmp_path / "b.json").write_text(json.dumps(answer()))
    hdf5(tmp_path / "c.nc")
    told = list(open_weather(*(tmp_path / name for name in ("c.nc", "b.json", "a.grib"))))
    assert [s.t for s in told] == sorted(s.t for s in told)
    assert len({s.source for s in told}) == 3
    assert all(s.wind_ms is None or math.isfinite(s.wind_ms) for s in told)


@pytest.mark.parametrize("content", [b"", b"nothing of the kind", b"\x89PNG\r\n\x1a\n"])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.bin"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="neither JSON of a point, NetCDF nor GRIB"):
        read(path)
    with pytest.raises(SourceError, match="no such file"):
        read(tmp_path / "missing.nc")


@pytest.mark.parametrize("name", ["point.json", "waves.nc", "era5.grib"])
@given(data=st.data())
@settings(max_examples=60)
def test_damage_is_a_sentence_or_a_sample_never_a_traceback(
    name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    path = folder / name
    if name == "point.json":
        path.write_text(json.dumps(answer()))
    elif name == "era5.grib":
        path.write_bytes(WIND1 + grib1(229, 140, WAVES))
    else:
        classic(path, _waves)
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw[: data.draw(st.integers(0, len(raw)))])
    try:
        told = read(path)
    except SourceError as error:
        assert name in str(error)
    else:
        assert all(s.wave_height_m is None or 0.0 <= s.wave_height_m <= 35.0 for s in told)


def _waves(f: netcdf_file) -> None:
    v = f.createVariable("swh", "f", ("time", "lat", "lon"))
    v[:] = 1.0
    v.units = "m"
