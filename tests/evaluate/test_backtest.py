"""The backtest: days counted once, the same after a stop, against a plain replay, and told with intervals."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from seawarden.cli.program import main
from seawarden.evaluate.backtest.days import AGREE, DAY_MS, cut_by_day, name_of
from seawarden.evaluate.backtest.metrics import gather, metrics_of
from seawarden.evaluate.backtest.planting import draw
from seawarden.evaluate.backtest.progress import Folder
from seawarden.evaluate.backtest.record import Book, Crossed, Day, Told, count_alerts, count_findings
from seawarden.evaluate.backtest.running import Asked, run_backtest
from seawarden.evaluate.backtest.written import write_results
from seawarden.geography.pack import load_pack
from seawarden.model.alert import Alert, AlertState, Tier
from seawarden.model.batch import Batch
from seawarden.model.error import SourceError, UsageError
from seawarden.model.event import CoverageDeclared
from seawarden.model.finding import AssetRef, Finding, FindingState
from seawarden.model.position import make_positions
from seawarden.model.vessel import ShipRef
from seawarden.run.replay import replay
from seawarden.settings import DEFAULTS
from seawarden.simulate.synthetic_day import DAY_T, synthetic_day, table

SHIP = ShipRef(mmsi=1, track_id="1-1")
CABLE = AssetRef(id="x", name="X", kind="power_cable", system="x")


# ---- counting ----


def finding(id_: str = "f", revision: int = 1, state: FindingState = "open", kind: str = "slowdown") -> Finding:
    return Finding(
        id=id_, revision=revision, kind=kind, state=state, ship=SHIP, asset=CABLE, start_t=0, known_from_t=revision
    )


def alert(tier: Tier, highest: Tier, revision: int = 1, state: AlertState = "raised", risk: float = 0.01) -> Alert:
    return Alert(
        id="a", revision=revision, tier=tier, highest_tier=highest, state=state, ship=SHIP, asset=CABLE, start_t=0,
        raised_t=0, updated_t=revision, known_from_t=revision, risk=risk, first_line=f"{tier} {revision}",
        findings=("f",),
    )  # fmt: skip


def test_a_finding_counts_once_and_a_retraction_takes_it_back() -> None:
    day, book = Day(day="2025-01-01"), Book()
    count_findings(day, book, [finding(), finding(revision=2), finding("g", kind="crossing")])
    assert day.findings == {"slowdown": 1, "crossing": 1}
    count_findings(day, book, [finding(revision=3, state="retracted"), finding(revision=4, state="retracted")])
    assert (day.findings["slowdown"], day.retracted) == (0, 1)
    count_findings(day, book, [finding(revision=5)])
    assert (day.findings["slowdown"], day.retracted) == (1, 0)


def test_an_alert_counts_at_its_highest_tier_even_across_days() -> None:
    first, second, book = Day(day="2025-01-01"), Day(day="2025-01-02"), Book()
    told: dict[str, Told] = {}
    count_findings(first, book, [finding()])
    count_alerts(first, book, [alert("notice", "notice")], told)
    assert first.alerts == {"slowdown": {"notice": 1}}
    assert not told
    count_alerts(second, book, [alert("look", "look", 2, risk=0.2), alert("notice", "look", 3)], told)
    assert told["a"].first_line == "look 2"  # at its gravest, not at its last
    whole = gather([first, second])
    assert whole.tiers == {"slowdown": {"notice": 0, "look": 1}}
    count_alerts(second, book, [alert("look", "look", 4, "retracted")], told)
    assert gather([first, second]).tiers == {"slowdown": {"notice": 0, "look": 0}}
    assert second.withdrawn == ["a"]


def test_what_can_change_no_more_is_forgotten() -> None:
    book = Book(alerts={"a": (0, "slowdown", 5)}, kinds={"f": ("slowdown", 9)}, taken_back={"g": 1})
    book.forget(8)
    assert (book.alerts, book.kinds, book.taken_back) == ({}, {"f": ("slowdown", 9)}, {})


def test_rates_have_exact_intervals_over_both_exposures() -> None:
    day = Day(day="2025-01-01", watched_ms=20 * DAY_MS, cable_km=250.0, alerts={"slowdown": {"look": 2}})
    m = metrics_of(gather([day]), settings_hash="", assets_hash="", sources=[], allowed={}, weather=False)
    look = m.tiers["look"]
    assert (look.a_ship_day.rate, look.a_100_cable_km_day.rate) == (0.1, 0.8)
    assert look.a_ship_day.low == pytest.approx(0.0121, abs=1e-4)  # Garwood: 0.2422 and 7.2247 for two
    assert look.a_ship_day.high == pytest.approx(0.3612, abs=1e-4)
    assert m.tiers["act"].a_ship_day.high == pytest.approx(0.1844, abs=1e-4)


# ---- days ----


def at(*times: int) -> Batch:
    return Batch(positions=make_positions(len(times), t=np.array(times, dtype=np.int64), mmsi=1), records=len(times))


def test_the_stream_is_cut_at_days_but_not_by_one_wrong_clock() -> None:
    day = DAY_T // DAY_MS
    times = [DAY_T + k * 1000 for k in range(AGREE)]
    times += [DAY_T + 10**12]  # one record of 2056
    times += [DAY_T + DAY_MS - 1000, DAY_T + DAY_MS, DAY_T + DAY_MS - 500]  # around midnight to and fro
    times += [DAY_T + DAY_MS + 1000 * k for k in range(AGREE)]
    pieces = list(cut_by_day([at(*times)]))
    assert [piece.day for piece in pieces] == [day, day + 1]
    assert [len(piece.batch.positions.t) for piece in pieces] == [AGREE + 4, AGREE]
    assert sum(piece.batch.records for piece in pieces) == len(times)
    assert name_of(day) == "2025-01-01"


def test_from_and_to_leave_out_what_lies_beside() -> None:
    pieces = list(cut_by_day([at(1, 2, 3, 4)], 2, 4))
    assert np.concatenate([piece.batch.positions.t for piece in pieces]).tolist() == [2, 3]
    assert sum(piece.batch.records for piece in pieces) == 4


def test_ships_are_drawn_by_the_day_alone_and_never_those_already_spoken_of() -> None:
    crossed = [Crossed(mmsi=m, track_id=f"{m}-1", t=t, asset="X", speed_kn=9.0) for m in range(40) for t in (1, 2)]
    slow = [Crossed(mmsi=99, track_id="99-1", t=1, asset="X", speed_kn=3.0)]
    chosen = draw(crossed + slow, {0, 1, 2}, 5, "2025-01-01")
    assert chosen == draw(crossed[::-1] + slow, {2, 1, 0}, 5, "2025-01-01")
    assert len({c.mmsi for c in chosen}) == len(chosen) == 20
    assert not {c.mmsi for c in chosen} & {0, 1, 2, 99}
    assert chosen != draw(crossed, {0, 1, 2}, 5, "2025-01-02")


# ---- whole runs ----


@pytest.fixture(scope="module")
def traffic(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Three days of thirty ships, a file each."""
    folder = tmp_path_factory.mktemp("traffic")
    paths = []
    for k in range(3):
        day = synthetic_day(15_000, "backtest", ships=30, start_t=DAY_T + k * DAY_MS)
        path = folder / f"day-{k}.parquet"
        rows: pl.DataFrame = table(day)
        rows.write_parquet(path)
        paths.append(str(path))
    return paths


def asked(paths: list[str], **more: object) -> Asked:
    return Asked(paths, DEFAULTS, load_pack("northern-europe"), planted=4, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def whole(traffic: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole")
    ask = asked(traffic)
    write_results(out, ask, run_backtest(ask, out))
    return out


def records(out: Path) -> list[Day]:
    return list(Folder(out).days())


def test_every_day_has_its_record(whole: Path) -> None:
    days = records(whole)
    assert [day.day for day in days] == ["2025-01-01", "2025-01-02", "2025-01-03"]
    assert [day.positions for day in days] == [15_000] * 3
    assert all(day.watched_ms > 10 * DAY_MS and day.cable_km > 0.0 for day in days)
    assert all(len(day.planted) == 4 for day in days)
    assert not list(whole.glob("memory-*"))


def test_it_finds_what_a_replay_finds(whole: Path, traffic: list[str]) -> None:
    summary = replay(traffic, settings=DEFAULTS, assets=load_pack("northern-europe")).recording.summary
    together = gather(records(whole))
    assert {k: n for k, n in together.findings.items() if n} == summary.findings
    assert together.retracted == summary.retracted
    tiers = {tier: sum(c.get(tier, 0) for c in together.tiers.values()) for tier in summary.alerts}
    assert tiers == summary.alerts
    assert together.watched_ms / DAY_MS == pytest.approx(summary.ship_days, abs=1e-3)


class Stopped(Exception):
    """The power went."""


@pytest.mark.parametrize("after", [2, 3])
def test_a_run_that_was_stopped_goes_on_to_the_same_end(
    whole: Path, traffic: list[str], tmp_path: Path, after: int
) -> None:
    pieces = 0

    def advance(_records: int, _t: int) -> None:
        nonlocal pieces
        pieces += 1
        if pieces == after:
            raise Stopped

    ask = asked(traffic)
    with pytest.raises(Stopped):
        run_backtest(ask, tmp_path, advance)
    assert len(records(tmp_path)) == after - 1
    write_results(tmp_path, ask, run_backtest(ask, tmp_path))
    assert records(tmp_path) == records(whole)
    assert (tmp_path / "metrics.json").read_bytes() == (whole / "metrics.json").read_bytes()
    assert not list(tmp_path.glob("memory-*"))


def test_a_folder_of_another_run_is_refused(whole: Path, traffic: list[str]) -> None:
    with pytest.raises(UsageError, match="other sources, settings or assets"):
        run_backtest(asked(traffic[:2]), whole)


def test_metrics_and_report_tell_the_same(whole: Path) -> None:
    told = json.loads((whole / "metrics.json").read_text())
    assert told["suite"] == "backtest"
    assert told["planted_cases"] == 12
    assert sum(r["found"]["30"]["of"] for r in told["planted"].values()) == 12
    page = (whole / "report.html").read_text()
    looks = sum(told["tiers"][tier]["a_ship_day"]["count"] for tier in ("look", "challenge", "act"))
    assert f"All {looks} alerts of look and above" in page
    assert page.count('<div class="case">') == looks
    assert "2025-01-03" in page
    assert "sabotage" not in page.casefold()


def test_nothing_usable_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "ships.csv"
    path.write_text("mmsi,timestamp,lat,lon\n219000001,2025-01-01T00:00:00Z,95.0,10.0\n")
    with pytest.raises(SourceError, match="no usable position"):
        run_backtest(asked([str(path)]), tmp_path / "out")


def test_the_command(traffic: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    point = tmp_path / "weather.json"
    hours = [f"2025-01-01T{h:02d}:00" for h in range(24)]
    answer = {"latitude": 55.5, "longitude": 15.0, "hourly_units": {"wind_speed_10m": "m/s"},
              "hourly": {"time": hours, "wind_speed_10m": [5.0] * 24}}  # fmt: skip
    point.write_text(json.dumps(answer))
    out = tmp_path / "out"
    words = ["backtest", traffic[0], "--out", str(out), "--planted", "0", "--weather", str(point), "--json"]
    assert main([*words, "--to", "2025-01-01T06:00Z"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["weather"] is True
    assert told["days"] == 1
    assert 3_000 < told["positions"] < 4_500
    assert main([*words, "--to", "2025-01-01T07:00Z"]) == 2
    assert "give another --out" in capsys.readouterr().err
    assert main(["backtest", "nowhere.csv", "--out", str(out)]) == 1


def test_the_kattegat_for_six_hours(samples: Path, tmp_path: Path) -> None:
    source = next((samples / "ais").glob("dma_kattegat*.csv.gz"))
    begin = 1_761_955_200_000  # 2025-11-01T00:00Z
    ring = ((10.0, 56.0), (13.0, 56.0), (13.0, 58.0), (10.0, 58.0))
    ask = Asked(
        [source], DEFAULTS, load_pack("northern-europe"), from_t=begin, to_t=begin + 6 * 3_600_000, planted=5,
        coverage=(CoverageDeclared(t=0, polygon=ring),),
    )  # fmt: skip
    m = write_results(tmp_path, ask, run_backtest(ask, tmp_path))
    assert m.days == 1
    assert 1.0 < m.ship_days < 10.0
    assert m.findings["crossing"].a_ship_day.count > 20
    assert m.tiers["challenge"].a_ship_day.count == 0
    assert m.planted_cases >= 3
    assert sum(r.found["60"].count for loss, r in m.planted.items() if loss in ("20%", "30%")) >= 1
