"""Weather and works on the command line: taken up, and refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seawarden.cli.program import main
from seawarden.simulate.synthetic_day import DAY_T, synthetic_day, table


@pytest.fixture(scope="module")
def ships(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("ships") / "day.parquet"
    table(synthetic_day(2_000, "explained", ships=8, start_t=DAY_T)).write_parquet(path)
    return str(path)


def weather(path: Path, unit: str = "m/s") -> Path:
    hours = [f"2025-01-01T{h:02d}:00" for h in range(24)]
    answer = {"latitude": 55.5, "longitude": 15.0, "hourly_units": {"wind_speed_10m": unit},
              "hourly": {"time": hours, "wind_speed_10m": [5.0] * 24}}  # fmt: skip
    path.write_text(json.dumps(answer))
    return path


def test_weather_and_works_are_taken_up(ships: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    works = tmp_path / "navarea.txt"
    works.write_text(
        "NAVAREA ONE 1/25\n010000 UTC JAN 25\nCABLE LAYING IN 55-30.0N 015-00.0E UNTIL FURTHER NOTICE.\n"
        "NAVAREA ONE 2/25\n010000 UTC JAN 25\nCABLE REPAIR BY CS SOVEREIGN IN THE NORTH SEA.\n"
    )
    words = ["replay", ships, "--out", str(tmp_path / "out"), "--json", "--works", str(works)]
    assert main([*words, "--weather", str(weather(tmp_path / "weather.json"))]) == 0
    out = capsys.readouterr()
    told = json.loads(out.out)
    assert not any("no weather was given" in sentence for sentence in told["cannot_see"])
    assert "NAVAREA ONE 2/25 sounds like works, but it gives no position" in out.err
    assert main(words) == 0
    assert any("no weather was given" in s for s in json.loads(capsys.readouterr().out)["cannot_see"])


@pytest.mark.parametrize("option", ["--weather", "--works"])
def test_a_missing_file_is_refused_before_the_run(
    ships: str, tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", ships, "--out", str(tmp_path / "out"), option, "nowhere.nc"]) == 1
    assert "nowhere.nc" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_wrong_unit_is_refused_before_the_run(
    ships: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = weather(tmp_path / "weather.json", "furlongs")
    assert main(["replay", ships, "--out", str(tmp_path / "out"), "--weather", str(wrong)]) == 1
    assert "'furlongs'" in capsys.readouterr().err
