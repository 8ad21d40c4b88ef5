"""The compiled index against pyproj's geodesics, piece by piece, with no grid and no plane."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from seawarden.geography.index import crossings, may_cross, near_all, nearest, nearest_of
from seawarden.geography.layer import AssetLayer, build_layer
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.error import AssetError

GEOD = Geod(ellps="WGS84")


def asset(name: str, *parts: list[tuple[float, float]], **more: object) -> Asset:
    version = AssetVersion(parts=tuple(tuple(p) for p in parts), sigma_m=tuple((50.0,) * (len(p) - 1) for p in parts))
    return Asset(id=name, name=name, kind="telecom_cable", versions=(version,), **more)  # type: ignore[arg-type]


def shifted(a: Asset, by: float) -> Asset:
    return asset(a.id, *[[((x + by + 180) % 360 - 180, y) for x, y in part] for part in a.current.parts])


CABLES = [
    asset("west", [(18.0, 57.0), (18.4, 57.6), (19.9, 57.9), (20.0, 58.6)]),
    asset("east", [(20.0, 57.2), (18.2, 58.2)], [(18.1, 58.2), (18.1, 58.5), (18.3, 58.4)]),
    asset("long", [(17.5, 57.1), (21.0, 58.4)]),
]
LAYER = build_layer(CABLES)
WIDE = build_layer(CABLES, reach_m=60_000.0)


def far_from_piece(lat: float, lon: float, a: tuple[float, float], b: tuple[float, float]) -> float:
    """Geodesic distance to a geodesic piece by ternary search (the distance is convex along a piece)."""
    azimuth, _, length = GEOD.inv(*a, *b)

    def far(s: float) -> float:
        x, y, _ = GEOD.fwd(*a, azimuth, s)
        return float(GEOD.inv(lon, lat, x, y)[2])

    low, high = 0.0, float(length)
    while high - low > 0.2:
        third = (high - low) / 3
        if far(low + third) < far(high - third):
            high -= third
        else:
            low += third
    return min(far(0.5 * (low + high)), far(0.0), far(float(length)))


def brute_distance(lat: float, lon: float, one: Asset) -> float:
    return min(far_from_piece(lat, lon, a, b) for part in one.current.parts for a, b in pairwise(part))


def near(layer: AssetLayer, lat: float, lon: float, max_m: float) -> dict[str, float]:
    out = (np.zeros(16, np.int32), np.zeros(16), np.zeros(16), np.zeros(16))
    n = near_all(layer.index, lat, lon, max_m, *out)
    assert list(out[1][:n]) == sorted(out[1][:n])
    return {layer.assets[out[0][k]].id: float(out[1][k]) for k in range(n)}


@settings(max_examples=40)
@given(st.floats(57.0, 58.7), st.floats(17.5, 21.0))
def test_nearest_equals_brute_force_to_50_km(lat, lon):
    want = {one.id: brute_distance(lat, lon, one) for one in CABLES}
    got = near(WIDE, lat, lon, 50_000.0)
    for name, far in want.items():
        if far < 49_900.0:
            assert got[name] == pytest.approx(far, rel=0.005, abs=1.0)
            assert got[name] == pytest.approx(far, rel=2e-4, abs=1.0)
        elif far > 50_100.0:
            assert name not in got
    segment, distance, kp = nearest(LAYER.index, lat, lon)
    closest = min(want.values())
    if closest < 9_290.0:
        assert distance == pytest.approx(closest, rel=2e-4, abs=1.0)
        row = int(LAYER.index.asset[segment])
        foot_lat, foot_lon = LAYER.position(row, kp)
        # The end of one part and the beginning of the next are one KP.
        assert kp in LAYER.routes[row].kp_km or GEOD.inv(lon, lat, foot_lon, foot_lat)[2] == pytest.approx(
            distance, rel=1e-3, abs=2.0
        )
    elif closest > 9_310.0:
        assert (segment, distance) == (-1, math.inf)
        assert math.isnan(kp)


def crossed(layer: AssetLayer, lat1: float, lon1: float, lat2: float, lon2: float) -> list[tuple[str, float, float]]:
    out = (np.zeros(64, np.int32), np.zeros(64), np.zeros(64), np.zeros(64, np.int32))
    n = crossings(layer.index, lat1, lon1, lat2, lon2, *out)
    assert n == 0 or may_cross(layer.index, lat1, lon1, lat2, lon2)
    assert list(out[1][:n]) == sorted(out[1][:n])
    return [(layer.assets[out[0][k]].id, float(out[1][k]), float(out[2][k])) for k in range(n)]


def brute_crossings(
    lat1: float, lon1: float, lat2: float, lon2: float, cables: list[Asset] | None = None
) -> list[tuple[str, float]]:
    """Both ways cut along pyproj's geodesics into pieces of at most 500 m, which are crossed as plain lines."""

    def cut(a: tuple[float, float], b: tuple[float, float]) -> list[tuple[float, float]]:
        n = max(1, math.ceil(GEOD.inv(*a, *b)[2] / 500.0))
        return [a, *(GEOD.npts(*a, *b, n - 1) if n > 1 else []), b]

    way = np.array(cut((lon1, lat1), (lon2, lat2)))
    p, d = way[:-1], np.diff(way, axis=0)
    found = []
    for one in cables or CABLES:
        for part in one.current.parts:
            for a, b in pairwise(part):
                line = np.array(cut(a, b))
                q, e = line[:-1], np.diff(line, axis=0)
                cross = d[:, None, 0] * e[None, :, 1] - d[:, None, 1] * e[None, :, 0]
                gap = q[None] - p[:, None]
                with np.errstate(divide="ignore", invalid="ignore"):
                    t = (gap[..., 0] * e[None, :, 1] - gap[..., 1] * e[None, :, 0]) / cross
                    u = (gap[..., 0] * d[:, None, 1] - gap[..., 1] * d[:, None, 0]) / cross
                for i, j in np.argwhere((t >= 0) & (t < 1) & (u >= 0) & (u < 1)):
                    found.append((one.id, (i + t[i, j]) / len(p)))
    return sorted(found, key=lambda f: f[1])


@settings(max_examples=60)
@given(st.floats(56.8, 58.8), st.floats(17.0, 21.5), st.floats(0.0, 360.0), st.floats(100.0, 200_000.0))
def test_crossings_equal_geodesic_brute_force(lat, lon, bearing, length_m):
    lon2, lat2, _ = GEOD.fwd(lon, lat, bearing, length_m)
    got = crossed(LAYER, lat, lon, lat2, lon2)
    want = brute_crossings(lat, lon, lat2, lon2)
    if not ends_near(lat, lon) and not ends_near(lat2, lon2):
        assert sorted(name for name, _, _ in got) == sorted(name for name, _ in want)
        for (_, frac, _), (_, true) in zip(got, want, strict=True):
            # Two cables that meet, or a grazing angle, stretch metres of difference along the way.
            assert frac == pytest.approx(true, abs=50.0 / length_m + 1e-3)


def ends_near(lat: float, lon: float, within_m: float = 5.0) -> bool:
    """Whether a point is so near to an asset, or to an asset's end, that metres decide."""
    return any(brute_distance(lat, lon, one) < within_m for one in CABLES)


@given(st.floats(-180.0, 180.0), st.floats(56.8, 58.8), st.floats(17.0, 21.5), st.floats(0.0, 360.0))
@settings(max_examples=20)
def test_shift_of_longitude_and_the_antimeridian_change_nothing(shift, lat, lon, bearing):
    lon2, lat2, _ = GEOD.fwd(lon, lat, bearing, 60_000.0)
    moved = build_layer([shifted(one, shift) for one in CABLES])
    across = build_layer([shifted(one, 161.0) for one in CABLES])
    want = crossed(LAYER, lat, lon, lat2, lon2)
    for layer, by in ((moved, shift), (across, 161.0)):
        got = crossed(layer, lat, (lon + by + 180) % 360 - 180, lat2, (lon2 + by + 180) % 360 - 180)
        assert [g[0] for g in got] == [w[0] for w in want]
        for g, w in zip(got, want, strict=True):
            assert g[1] == pytest.approx(w[1], abs=1e-4)
            assert g[2] == pytest.approx(w[2], abs=0.02)
        here = near(layer, lat, (lon + by + 180) % 360 - 180, 9_000.0)
        there = near(LAYER, lat, lon, 9_000.0)
        assert here == pytest.approx(there, abs=0.01)


@given(st.lists(st.tuples(st.integers(-35, 35), st.integers(-60, 60)), min_size=1, max_size=12))
def test_who_ends_outside_a_loop_has_crossed_it_an_even_number_of_times(way):
    """Fixes fall on the line, and legs run along it: no crossing is lost or counted twice."""
    ring = [(20.0 + x * 1e-3, 58.0 + y * 1e-3) for x, y in ((-30, -71), (30, -70), (30, 72), (-30, 70), (-30, -71))]
    layer = build_layer([asset("loop", ring)])
    track = [(20.2, 58.0), *((20.0 + x * 1e-3, 58.0 + y * 1e-3) for x, y in way), (20.2, 58.1)]
    legs = pairwise(track)
    assert sum(len(crossed(layer, a[1], a[0], b[1], b[0])) for a, b in legs) % 2 == 0


def test_a_fix_on_the_line_counts_once():
    for step in range(1, 40):
        a, on, b = (19.0, 58.0 - step * 1e-3), (19.0, 58.0), (19.0, 58.0 + step * 1e-3)
        layer = build_layer([asset("c", [(18.9, 58.0), (19.1, 58.0 + 1e-9 * (step % 3 - 1))])])
        n = len(crossed(layer, a[1], a[0], on[1], on[0])) + len(crossed(layer, on[1], on[0], b[1], b[0]))
        assert n == 1


def test_missing_and_outside_points():
    assert nearest(LAYER.index, math.nan, 20.0)[0] == -1
    assert nearest(LAYER.index, 0.0, 0.0)[0] == -1
    assert near(LAYER, 58.0, math.nan, 9_000.0) == {}
    assert crossed(LAYER, math.nan, 20.0, 58.0, 20.0) == []
    assert crossed(LAYER, 57.5, 18.3, 57.5, 18.3) == []
    assert nearest(build_layer([]).index, 58.0, 20.0)[0] == -1


def test_out_arrays_that_are_too_short_keep_the_nearest_and_the_first():
    many = build_layer([asset(f"c{k}", [(18.0, 58.0 + k * 0.005), (19.0, 58.0 + k * 0.005)]) for k in range(9)])
    out = (np.zeros(3, np.int32), np.zeros(3), np.zeros(3), np.zeros(3))
    assert near_all(many.index, 58.021, 18.5, 9_000.0, *out) == 3
    assert sorted(out[0]) == [3, 4, 5]
    took = (np.zeros(3, np.int32), np.zeros(3), np.zeros(3), np.zeros(3, np.int32))
    assert crossings(many.index, 57.99, 18.5, 58.08, 18.5, *took) == 3
    assert list(took[0]) == [0, 1, 2]


def test_many_points_at_once():
    rng = np.random.default_rng(7)
    lat, lon = rng.uniform(56.5, 59.0, 500), rng.uniform(17.0, 21.5, 500)
    segment, distance, kp = nearest_of(LAYER.index, lat, lon)
    one = [nearest(LAYER.index, float(a), float(o)) for a, o in zip(lat, lon, strict=True)]
    assert list(segment) == [o[0] for o in one]
    assert list(distance) == [o[1] for o in one]
    np.testing.assert_array_equal(kp, [o[2] for o in one])
    assert (segment >= 0).any()
    assert (segment < 0).any()


def test_short_legs_far_from_every_asset_need_not_be_asked():
    assert not may_cross(LAYER.index, 57.6, 20.6, 57.61, 20.61)
    assert may_cross(LAYER.index, 57.6, 18.4, 57.61, 18.41)
    assert may_cross(LAYER.index, 57.6, 20.6, 58.6, 20.61), "a long leg is asked"


def test_layer_answers_by_row():
    one = LAYER.row_of("WEST")
    assert one == 0
    assert LAYER.row_of("nothing") is None
    ref = LAYER.ref(0, 12.5)
    assert (ref.id, ref.kp_km, ref.system) == ("west", 12.5, "west")
    assert LAYER.position(0, 0.0) == (57.0, 18.0)
    assert LAYER.position(0, 1e9) == (58.6, 20.0)
    assert math.isnan(LAYER.depth_at(0, 1.0)[0])
    assert LAYER.length_km(1) == pytest.approx(
        sum(GEOD.inv(*a, *b)[2] for part in CABLES[1].current.parts for a, b in pairwise(part)) / 1000
    )
    assert LAYER.hash == build_layer(CABLES).hash != WIDE.hash
    with pytest.raises(AssetError, match="two assets"):
        build_layer([CABLES[0], CABLES[0]])


def test_pieces_are_short_and_kp_runs_on():
    index = LAYER.index
    lengths = GEOD.inv(index.lon1, index.lat1, index.lon2, index.lat2)[2]
    assert lengths.max() <= 10_000.1
    assert (index.kp2_km - index.kp1_km) * 1000 == pytest.approx(lengths, rel=1e-6, abs=1e-3)
    for array in index[:11]:
        assert array.flags["C_CONTIGUOUS"]
        assert array.flags["WRITEABLE"]
