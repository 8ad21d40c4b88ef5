"""The evidence of the forecasts is sealed, and its page says what it holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import forecast_results  # noqa: E402
import results  # noqa: E402

WRITTEN = [name for name in forecast_results.PARTS if (results.RESULTS / f"{name}.json").is_file()]


def part(name: str) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.json.decode((results.RESULTS / f"{name}.json").read_bytes())
    return made


@pytest.mark.parametrize("name", WRITTEN)
def test_each_part_vouches_for_itself(name: str) -> None:
    made = part(name)
    assert made["digest"] == results.digest_of(made["content"])
    assert results.text_of(made) == (results.RESULTS / f"{name}.json").read_bytes()


def test_rates_of_the_machine_are_left_out() -> None:
    tree = {"a": {"ms_per_query": 1.0, "kept": 0.12345678}, "b": [{"train_s": 2}]}
    assert forecast_results.without_rates(tree) == {"a": {"kept": 0.123457}, "b": [{}]}


def test_the_page_gives_the_surprise_as_measured() -> None:
    content = part("surprise")["content"]
    page = (ROOT / "docs" / "forecast.md").read_text()
    assert f"{content['looks']} looks at {content['ships']} ships" in page
    for level, share in content["odd_share"].items():
        low, high = content["odd_interval"][level]
        assert f"| {level} | {share * 100:.1f} % | {low * 100:.1f}-{high * 100:.1f} % |" in page
