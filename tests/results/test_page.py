"""The page of results is made from the committed figures, and each file of figures is whole."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import results  # noqa: E402
import results_page  # noqa: E402


def test_the_page_is_made_from_the_figures() -> None:
    assert set(results.written()) == set(results.PARTS)
    assert results.PAGE.read_text() == results_page.page(results.written()), "call `python tools/results.py --page`"


@pytest.mark.parametrize("name", results.PARTS)
def test_the_digest_vouches_for_the_figures(name: str) -> None:
    part = results.written()[name]
    assert part["digest"] == results.digest_of(part["content"])
    assert (results.RESULTS / f"{name}.json").read_bytes() == results.text_of(part)


def test_the_parts_were_made_together() -> None:
    made = {
        tuple(part["content"][name] for name in ("version", "settings_hash", "assets_hash"))
        for part in results.written().values()
    }
    assert len(made) == 1, "call `python tools/results.py`"


def test_every_record_is_accounted_for() -> None:
    """Rejected, a position, or told what else it was: nothing is lost without a word."""
    for name, row in results.written()["replays"]["content"]["files"].items():
        if "refused" in row:
            assert row["positions"] and "no usable time" in row["refused"], name
            continue
        others = sum(row["notes"].get(note, 0) for note in ("not_a_ship", "other_type", "part", "static"))
        assert row["records"] == row["positions"] + sum(row["rejected"].values()) + others, name


def test_differences_are_named() -> None:
    assert results.differences({"a": {"b": 1}, "c": [1]}, {"a": {"b": 2}, "c": [1]}) == ["a.b: written 1, now 2"]
    assert results.differences({"a": 1}, {"a": 1, "b": None}) == []
    assert results.differences(None, {"a": 1})


def test_the_declared_area_lies_inside_the_day() -> None:
    declared = results.declared(results.KATTEGAT)
    assert len(declared) == 1
    ring = declared[0].polygon
    assert ring[0] == ring[-1] and len(ring) == 20
    assert all(10.6 <= lon <= 11.85 and 57.16 <= lat <= 57.58 for lon, lat in ring)


def test_without_samples_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("SEAWARDEN_SAMPLES", raising=False)
    assert results.main(["--check"]) == 2
    assert "SEAWARDEN_SAMPLES names no folder" in capsys.readouterr().err


def test_json_is_written_in_one_form() -> None:
    part = results.sealed({"b": 1.5, "a": {"d": None, "c": [1, "x"]}})
    assert list(json.loads(results.text_of(part))["content"]) == ["a", "b"]
