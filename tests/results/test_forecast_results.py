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


CROSSED = [
    ("crossing", "kattegat", 60, "Kattegat, three cables, 1 h, ct_dma as further history"),
    ("crossing", "kattegat_alone", 60, "the same with two days' history alone"),
    ("crossing", "kattegat", 120, "the same at 2 h, indicative"),
    ("crossing-north", "telecom", 60, "Baltic and Norway 2020, 76 cargo ships, drawn telecom cables, 1 h"),
    ("crossing-north", "telecom", 120, "the same at 2 h"),
    ("crossing-north", "power", 60, "Baltic and Norway 2020, power cables of OpenStreetMap, 1 h"),
    ("crossing-north", "power", 120, "the same power cables at 2 h"),
]


@pytest.mark.parametrize(("name", "case", "minutes", "words"), CROSSED)
def test_the_page_gives_the_crossings_as_measured(name: str, case: str, minutes: int, words: str) -> None:
    found = part(name)["content"][case][str(minutes)]
    ours, gain = found["models"]["seawarden"], found["gain"]["constant_velocity"]
    calibration = ours["calibration"]
    digits = 3 if found["crossings"] > 500 else 2

    def pair(value: float, interval: list[float], digits: int) -> str:
        return f"{value:.{digits}f} ({interval[0]:.{digits}f}-{interval[1]:.{digits}f})"

    relative = [round(100 * value) for value in (gain["relative_gain"], *gain["relative_gain_interval"])]
    share = f"{relative[0]} % ({relative[1]}-{relative[2]})"
    cells = [
        words,
        f"{found['crossings']:,}, {found['ships']}",
        pair(ours["skill"], ours["skill_interval"], digits),
        f"{found['models']['constant_velocity']['skill']:.{digits}f}",
        f"**{share}**" if gain["excludes_0"] else share,
        f"{pair(calibration['slope'], calibration['slope_interval'], 2)}, "
        f"{pair(calibration['intercept'], calibration['intercept_interval'], 2)}",
        f"{ours['time_error_min']:.1f} min",
    ]
    page = (ROOT / "docs" / "forecast.md").read_text()
    assert "| " + " | ".join(cells) + " |" in page


def slashed(values: dict[str, float]) -> str:
    return " / ".join(f"{values[minute]:.2f}" for minute in sorted(values, key=int))


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("constant_velocity", "constant velocity"),
        ("ornstein_uhlenbeck", "Ornstein-Uhlenbeck"),
        ("analogues", "analogues by distance alone"),
        ("seawarden", "**forecaster**"),
    ],
)
def test_the_page_gives_the_test_tracks_as_scored(model: str, words: str) -> None:
    scores = part("forecast")["content"]["test"]["models"][model]
    cells = [words, *(slashed(scores[name]) for name in ("best16_published_nmi", "joint16_nmi", "energy_km"))]
    area = scores["area90_km2"]["60"]["median"]
    page = (ROOT / "docs" / "forecast.md").read_text()
    assert "| " + " | ".join([*cells, f"{area:.0f}"]) + " |" in page


def test_the_page_gives_cross_validation_as_scored() -> None:
    scores = part("forecast")["content"]["cross_validation"]
    cells = [slashed(scores[name]) for name in ("best16_published_nmi", "joint16_nmi", "energy_km")]
    row = " | ".join([*cells, f"{scores['area90_km2_60min_median']:.0f}"])
    page = (ROOT / "docs" / "forecast.md").read_text()
    assert f"| cross-validation, ships unseen, {scores['tracks']} tracks | {row} |" in page
    for name in scores["coverage90"]["60"]:
        words = "cross-validation, all" if name == "all" else name
        shares = [
            f"{100 * scores['coverage90'][str(m)][name]['coverage']:.0f} %" for m in (30, 60, 120, 180, 240, 360)
        ]
        assert f"| {words} | " + " | ".join(shares) + " |" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("unchanged", "nothing changed"),
        ("all_speeds_down_20_percent", "every ship slows by 20 %"),
        ("lane_closed_5_km_aside", "a lane closed, all pass 5 km to starboard"),
    ],
)
def test_the_page_gives_the_change_of_traffic_as_measured(change: str, words: str) -> None:
    found = part("forecast")["content"]["change_of_traffic"]["changes"][change]
    shares = [found["coverage_without"], *found["coverage_by_hundred_forecasts"][:4]]
    page = (ROOT / "docs" / "forecast.md").read_text()
    assert f"| {words} | " + " | ".join(f"{100 * share:.0f} %" for share in shares) + " |" in page
    ships = found["ship_after_ship"]
    tens = " | ".join(f"{100 * share:.0f} %" for share in ships["coverage_by_ten_ships"][:4])
    rest = ships["after_ten_ships"]
    low, high = rest["interval"]
    until = ships["held_again_after_ships"]
    cells = [words, tens, str(until), f"{100 * rest['coverage']:.1f} % ({100 * low:.0f}-{100 * high:.0f})"]
    assert "| " + " | ".join(cells) + " |" in page
