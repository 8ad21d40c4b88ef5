"""The pack that ships, and packs that users keep."""

from __future__ import annotations

import pytest

from seawarden.geography.layer import build_layer
from seawarden.geography.pack import load_pack, looks_like_pack, pack_names, read_pack, write_pack
from seawarden.model.error import AssetError


def test_every_asset_of_the_shipped_pack_says_what_it_is():
    assets = load_pack()
    ids = [a.id for a in assets]
    assert len(ids) == len(set(ids)) >= 45
    for a in assets:
        assert a.source
        assert a.licence
        assert a.current.accuracy_method
        assert a.countries
        assert a.notes, f"{a.id}: no reason for its weight"
        assert 0.0 <= a.redundancy <= 1.0
        assert a.consequence > 0.0
        assert len(a.current.sigma_m) == len(a.current.parts)
        for part, sigma in zip(a.current.parts, a.current.sigma_m, strict=True):
            assert len(sigma) == len(part) - 1
            assert min(sigma) >= 20.0
            assert all(8.0 < lon < 31.0 and 53.0 < lat < 67.0 for lon, lat in part)
    assert pack_names() == ["northern-europe"]


def test_all_39_named_lines_are_used_and_their_geometry_stays_in_its_own_file():
    pack = read_pack()
    used = {d.feature for e in pack.assets for d in e.drawn}
    assert used == set(range(39))
    assert all(not e.versions for e in pack.assets)
    assert pack.missing


def test_lines_of_one_pipe_are_one_system():
    by_system: dict[str, list[str]] = {}
    for a in load_pack():
        by_system.setdefault(a.system, []).append(a.id)
    assert len(by_system["nord-stream-1"]) == 4
    assert len(by_system["nord-stream-2"]) == 5
    assert set(by_system["kattegat-2"]) == {"kattegat-2a", "kattegat-2b"}


def test_known_lengths():
    layer = build_layer(load_pack())
    for name, km in (("Balticconnector", 77), ("Estlink 1", 78), ("C-Lion1", 1173), ("nord-stream-1-nw", 1221)):
        row = layer.row_of(name)
        assert row is not None
        assert layer.length_km(row) == pytest.approx(km, rel=0.03)
    row = layer.row_of("Balticconnector")
    assert row is not None
    assert len(layer.assets[row].current.parts) == 1


def test_written_packs_come_back_equal(tmp_path):
    assets = load_pack()
    path = write_pack(assets, tmp_path / "mine.json")
    assert looks_like_pack(path)
    assert load_pack(path) == assets


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not a pack"),
        ('{"pack": "x", "assets": [{"id": "a", "name": "a", "kind": "road"}]}', "not a pack"),
        ('{"pack": "x", "assets": [{"id": "a", "name": "a", "kind": "other"}]}', "no geometry"),
        (
            '{"pack": "x", "assets": [{"id": "a", "name": "a", "kind": "other",'
            ' "vertices": [[1, 2, "s"], [3, 4, "s"]]}]}',
            "no listed source",
        ),
        ('{"pack": "x", "drawings": {"d": {"file": "none.geojson"}}, "assets": []}', "neither beside"),
    ],
)
def test_broken_packs_are_explained(tmp_path, text, says):
    path = tmp_path / "p.json"
    path.write_text(text)
    with pytest.raises(AssetError, match=says):
        load_pack(path)


def test_unknown_pack_names_the_known_ones():
    with pytest.raises(AssetError, match="northern-europe"):
        load_pack("nowhere")
