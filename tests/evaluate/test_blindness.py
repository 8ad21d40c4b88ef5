"""The suite `blindness` on a made sea: what it plants is what it judges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from seawarden.evaluate.blindness import crossings, outages, silences
from seawarden.evaluate.blindness.bench import run_watch
from seawarden.evaluate.blindness.report import write_report
from seawarden.evaluate.integrity.sea import Sea, sea_of
from seawarden.geography.layer import build_layer
from seawarden.model.asset import Asset, AssetVersion
from seawarden.model.batch import Catalogue
from seawarden.model.position import concat, make_positions
from seawarden.settings import DEFAULTS, Settings
from seawarden.simulate.silence import made_cables, silence_feed, silence_ship, window_of

MINUTE = 60_000
START = 1_700_006_400_000
CABLE = Asset(
    id="c", name="C", kind="telecom_cable",
    versions=(AssetVersion(parts=(((11.0, 56.9), (11.0, 57.5)),), sigma_m=((20.0,),)),),
)  # fmt: skip


@pytest.fixture(scope="module")
def sea() -> Sea:
    """Ten ships to and fro over the cable for fifteen hours."""
    n = 15 * 60
    ships = []
    for k in range(10):
        phase = (np.arange(n) + 13 * k) % 120
        east = np.where(phase < 60, phase, 120 - phase) / 60.0
        ships.append(
            make_positions(
                n, t=START + np.arange(n) * MINUTE + 1_000 * k, mmsi=219_000_001 + k, lat=57.0 + 0.02 * k,
                lon=10.84 + 0.33 * east, sog_kn=10.8, cog_deg=np.where(phase < 60, 90.0, 270.0),
            )
        )  # fmt: skip
    names = Catalogue()
    names.source("made")
    return sea_of("made", concat(ships), [], names)


def test_what_is_taken_out_is_taken_out(sea: Sea) -> None:
    p = sea.positions
    one = silence_ship(p, 219_000_001, START + 10 * MINUTE, START + 20 * MINUTE)
    gone = len(p.t) - len(one.t)
    assert gone == 9 and (one.mmsi == 219_000_001).sum() == (p.mmsi == 219_000_001).sum() - 9
    dead = silence_feed(p, START + 10 * MINUTE, START + 20 * MINUTE)
    assert not ((dead.t >= START + 10 * MINUTE) & (dead.t < START + 20 * MINUTE)).any()
    assert len(silence_feed(p, START, START + 10 * MINUTE, source=7).t) == len(p.t)
    track = sea.ship(219_000_001)
    window = window_of(track, START + 30 * MINUTE, 15 * MINUTE)
    assert window is not None and track.t[window.again] - track.t[window.last] == 15 * MINUTE
    assert window_of(track, START - MINUTE, 15 * MINUTE) is None


def test_made_cables_are_drawn_alike_and_say_that_they_do_not_exist() -> None:
    lat, lon = np.array([57.0, 57.5]), np.array([11.0, 11.5])
    first, again = made_cables(lat, lon, 3, "k"), made_cables(lat, lon, 3, "k")
    assert first == again and len(first) == 3
    assert all("does not exist" in asset.source for asset in first)
    assert build_layer(first).length_km(0) == pytest.approx(60.0, rel=0.01)


def test_outages_silences_and_crossings(sea: Sea, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outages, "HOURS", (1,))
    monkeypatch.setattr(outages, "PER_LENGTH", 1)
    monkeypatch.setattr(silences, "RUNS", 1)
    monkeypatch.setattr(silences, "MINUTES", (20,))
    monkeypatch.setattr(silences, "WARM_SHARE", 0.8)
    monkeypatch.setattr(silences, "MOST", 2)
    monkeypatch.setattr(crossings, "ANY_PER_TRACK", 1)
    monkeypatch.setattr(crossings, "GAPS_MIN", (15,))
    quiet = run_watch(sea, [CABLE], DEFAULTS, [])
    assert not [f for f in quiet.findings if f.kind in ("silence", "dark", "feed_outage")]
    cases = outages.run_outages(sea, [CABLE], DEFAULTS, [], quiet)
    (case,) = cases
    assert not case.dark and case.notices == 1 and case.compared > 500
    assert case.right / case.compared > 0.97
    assert case.late_s is not None and case.late_s <= 300 and abs(case.begin_off_s or 0.0) <= 60
    planted = silences.run_silences(sea, [CABLE], DEFAULTS, [])
    assert planted and any(p.found for p in planted)
    small = settings_with(ways=128)
    asked = crossings.ask_windows("made", sea.positions, build_layer([CABLE]), small, None)
    hidden = [a for a in asked if a.hidden and a.true]
    assert hidden and all(a.named == {0} for a in hidden if a.again)
    metrics: dict[str, Any] = {
        "version": "0", "settings_hash": "0" * 64,
        "sources": [{"name": "made", "positions": 1, "ship_days": 1.0, "made_cables": 0, "watched": quiet.shares}],
        "outages": outages.outage_figures(cases), "silences": silences.silence_figures(planted, [(sea, quiet)]),
        "crossings": crossings.crossing_figures(asked),
    }  # fmt: skip
    write_report(tmp_path / "report.html", metrics, cases, planted, [(sea, quiet)])
    page = (tmp_path / "report.html").read_text()
    assert "One ship falls silent" in page and "nan" not in page and "<svg" not in page
    (mmsi, from_t, to_t), *_ = [(p.mmsi, p.from_t, p.to_t) for p in planted if p.found]
    dark = run_watch(sea, [CABLE], DEFAULTS, [], silence_ship(sea.positions, mmsi, from_t, to_t))
    write_report(tmp_path / "dark.html", metrics, cases, planted, [(sea, dark)])
    called = [f for f in dark.findings if f.kind in ("silence", "dark") and f.revision == 1]
    assert called and (tmp_path / "dark.html").read_text().count("<svg") == len(called)
    assert metrics["silences"]["recall"]["share"] >= 0.5
    assert metrics["crossings"]["heard_again"]["15_min"]["kept"]["share"] == 1.0


def settings_with(**dark: float) -> Settings:
    behaviours = msgspec.structs.replace(
        DEFAULTS.behaviours, dark=msgspec.structs.replace(DEFAULTS.behaviours.dark, **dark)
    )
    return msgspec.structs.replace(DEFAULTS, behaviours=behaviours)
