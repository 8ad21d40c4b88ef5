"""Identities that change, clash, or can't be."""

from __future__ import annotations

from typing import Any

import numpy as np

from seawarden.behaviours.identity_fields import changes_of, hull_keys
from seawarden.checks import Bench
from seawarden.model.batch import Batch
from seawarden.model.position import concat, make_positions, take
from seawarden.model.static import StaticReport
from seawarden.run.integrity import integrity_across, integrity_behaviours
from seawarden.settings import DEFAULTS

MINUTE = 60_000
T0 = 1_700_006_400_000
LOTUS: dict[str, Any] = {"name": "LOTUS", "callsign": "OXYZ2", "imo": 9074729, "length_m": 90.0}
MAERSK: dict[str, Any] = {"name": "EMMA", "callsign": "OYGR2", "imo": 9321483, "length_m": 397.0}


def told(*reports: StaticReport, numbers: tuple[int, ...] = (219000001, 219000002)):
    ships = [
        make_positions(
            60, t=T0 + np.arange(60) * MINUTE, mmsi=n, lat=56.0 + k, lon=11.0 + 0.002 * np.arange(60), sog_kn=4.0,
            cog_deg=90.0,
        )
        for k, n in enumerate(numbers)
    ]  # fmt: skip
    p = concat(ships)
    p = take(p, np.lexsort((p.mmsi, p.t)))
    p.seq[:] = np.arange(len(p.t))
    bench = Bench(integrity_behaviours(DEFAULTS), [])
    bench.engine.across = integrity_across(DEFAULTS)
    found = list(bench.engine.step(Batch(positions=p, statics=list(reports))).findings)
    found += bench.engine.finish().findings
    return [(f.kind, f.ship.mmsi, f.benign[0].text) for f in found]


def report(minute: int, mmsi: int = 219000001, **said: Any) -> StaticReport:
    return StaticReport(t=T0 + minute * MINUTE, mmsi=mmsi, **said)


def test_another_hulls_data_under_one_number_is_a_change():
    found = told(report(1, **LOTUS), report(30, **MAERSK))
    assert [(kind, mmsi) for kind, mmsi, _ in found] == [("identity_change", 219000001)]
    assert "EMMA" in found[0][2] and "LOTUS" in found[0][2]


def test_a_new_voyage_a_typing_error_and_a_first_report_are_none():
    slip = {**LOTUS, "name": "LOTUZ"}
    assert told(report(1, **LOTUS, draught_m=4.0), report(20, **slip, draught_m=5.0, destination="AARHUS")) == []


def test_two_hulls_told_in_turn_are_a_clash():
    found = told(report(1, **LOTUS), report(20, **MAERSK), report(40, **LOTUS))
    assert {kind for kind, _, _ in found} == {"identity_change", "identity_clash"}


def test_one_hull_under_two_numbers_that_are_heard_is_a_clash():
    found = told(report(1, **LOTUS), report(20, mmsi=219000002, **LOTUS))
    assert [(kind, mmsi) for kind, mmsi, _ in found] == [("identity_clash", 219000002)]
    assert "219000001" in found[0][2]


def test_a_wrong_check_digit_and_a_number_without_a_country_are_said_once():
    found = told(report(1, imo=9074728), report(20, imo=9074728, draught_m=3.0), numbers=(219000001, 704643072))
    assert sorted((kind, mmsi) for kind, mmsi, _ in found) == [
        ("identity_invalid", 219000001), ("identity_invalid", 704643072),
    ]  # fmt: skip


def test_what_names_a_hull_and_what_changes_it():
    one, other = report(0, **LOTUS), report(1, **MAERSK)
    assert hull_keys(one) == ["IMO 9074729", "LOTUS, OXYZ2"]
    assert hull_keys(report(0, name="X", callsign="0")) == []
    assert [field for field, _, _ in changes_of(one, other)] == ["name", "call sign", "IMO number", "length"]
