"""Weather in the stream: told in time, the same however the stream is cut, and carried through a snapshot."""

from __future__ import annotations

import numpy as np
import pytest

from seawarden.engine.snapshot import load, save
from seawarden.model.batch import Batch
from seawarden.model.event import WeatherSample, WorksDeclared
from seawarden.model.position import take
from seawarden.run.build import build
from seawarden.run.weather import area_of, weathered
from seawarden.settings import DEFAULTS
from seawarden.simulate.scenario import DAY_T, LAT, LON, every_kind
from seawarden.store.canonical import digest

SEA = every_kind()
HOUR = 3_600_000


def gale(**more):
    """Calm until the third hour, then a head wind from the east."""
    return [
        WeatherSample(
            t=DAY_T + k * HOUR // 4,
            lat=LAT,
            lon=LON,
            wind_ms=3.0 + 2.0 * min(k, 7),
            wind_from_deg=90.0,
            wave_height_m=0.3 + 0.4 * min(k, 7),
            wave_from_deg=90.0,
        )
        for k in range(-8, 20)
    ]


def run(samples, chunk=10**9, halt=None, folder=None, works=()):
    def room():
        made = build(DEFAULTS, SEA.assets)
        made.catalogue.source("test")
        return made.engine

    engine, findings, alerts = room(), [], []
    batches = [
        Batch(positions=take(SEA.positions, slice(k, k + chunk))) for k in range(0, len(SEA.positions.t), chunk)
    ]
    batches[0].events = [*SEA.events, *works]
    for number, batch in enumerate(weathered(batches, iter(samples))):
        out = engine.step(batch)
        findings += out.findings
        alerts += out.alerts
        if number == halt:
            save(engine, folder)
            engine = room()
            load(engine, folder)
    out = engine.finish()
    return findings + out.findings, alerts + out.alerts


def said(alerts):
    return {r.text for a in alerts for r in a.counter_reasons if r.measure == "weather"}


@pytest.fixture(scope="module")
def calm():
    return run([])


@pytest.fixture(scope="module")
def windy():
    return run(gale())


def test_no_weather_is_said(calm):
    _, alerts = calm
    assert any(text.startswith("no weather known") for text in said(alerts))


def test_a_rising_head_wind_is_a_counter_reason(calm, windy):
    findings, alerts = windy
    texts = said(alerts)
    assert any("head wind of" in text and "explains" in text for text in texts)
    assert not any("no weather known" in text for text in texts)
    calm_findings, quiet = calm
    assert digest(findings, []) == digest(calm_findings, [])  # weather moves the risk, never a finding
    worst = [max((a.risk for a in some if a.state != "retracted"), default=0.0) for some in (alerts, quiet)]
    assert worst[0] <= worst[1]


@pytest.mark.parametrize("chunk", [50, 1000])
def test_cut_anyhow_the_same(windy, chunk):
    assert digest(*run(gale(), chunk)) == digest(*windy)


def test_a_snapshot_carries_it(windy, tmp_path):
    assert digest(*run(gale(), 400, 2, tmp_path / "snapshot")) == digest(*windy)


def test_declared_works_are_heard_and_carried_too(calm, tmp_path):
    ring = ((LON - 1, LAT - 1), (LON + 1, LAT - 1), (LON + 1, LAT + 1), (LON - 1, LAT + 1))
    works = [WorksDeclared(t=0, works_id="survey", kind="a survey", polygon=ring, from_t=DAY_T)]
    _, alerts = run([], works=works)
    texts = {r.text for a in alerts for r in a.counter_reasons if r.measure == "works"}
    assert texts == {"works are declared here that do not name her: a survey until further notice (survey)"}
    assert max(a.risk for a in alerts) <= max(a.risk for a in calm[1])
    _, again = run([], 400, 2, tmp_path / "snapshot", works)
    assert digest([], again) == digest([], alerts)


def test_samples_wait_for_the_positions_they_belong_to():
    samples = [WeatherSample(t=DAY_T + k * HOUR, lat=57.0, lon=11.0, wind_ms=5.0) for k in range(-48, 48)]
    batches = [
        Batch(positions=take(SEA.positions, SEA.positions.t < DAY_T + HOUR)),
        Batch(),
        Batch(positions=take(SEA.positions, SEA.positions.t >= DAY_T + HOUR)),
    ]
    out = list(weathered(batches, iter(samples)))
    first = [e.t for e in out[0].events]
    assert min(first) == DAY_T - 30 * HOUR
    assert max(first) <= int(SEA.positions.t.max())
    assert not out[1].events
    told = [e.t for batch in out for e in batch.events]
    assert told == sorted(set(told))
    assert max(told) <= int(np.max(SEA.positions.t))


def test_the_area_lies_round_the_assets():
    boxes = area_of(SEA.assets)
    assert boxes
    for south, west, north, east in boxes:
        assert south <= LAT - 0.5 or north >= LAT + 0.5
        assert west <= LON - 1.0 and east >= LON + 1.0
        assert (north - south) * (east - west) < 30
