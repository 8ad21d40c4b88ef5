"""The integrity suite on a made sea: what is planted is found, what is quiet is quiet, and the page shows both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seawarden.evaluate.integrity.families import MODULES, families
from seawarden.evaluate.integrity.family import Case, judge
from seawarden.evaluate.integrity.jamming import troubled
from seawarden.evaluate.integrity.report import write_report
from seawarden.evaluate.integrity.sea import HALVES, Sea, half_of, replaced, sea_of
from seawarden.evaluate.integrity.suite import false_figures, listed, quiet_figures, recall_figures
from seawarden.evaluate.integrity.watch import Watched, watch
from seawarden.model.batch import Catalogue
from seawarden.model.position import concat, make_positions
from seawarden.settings import DEFAULTS

MINUTE = 60_000
T0 = 1_700_006_400_000


def made() -> Sea:
    """Eight ships on crossing ways for two and a half hours, a report a minute."""
    ships = []
    for k in range(8):
        n, course = 150, np.radians(47.0 * k)
        way = 0.2 * np.arange(n) / 60.0
        ships.append(
            make_positions(
                n, t=T0 + np.arange(n) * MINUTE + 1_000 * k, mmsi=219000001 + k,
                lat=56.0 + 0.2 * k + way * np.cos(course), lon=11.0 + way * np.sin(course) / 0.56, sog_kn=12.0,
                cog_deg=47.0 * k % 360.0, heading_deg=47.0 * k % 360.0,
            )
        )  # fmt: skip
    catalogue = Catalogue()
    catalogue.source("made")
    return sea_of("made", concat(ships), [], catalogue)


SEA = made()


@pytest.fixture(scope="module")
def quiet():
    return watch(SEA, DEFAULTS)


def test_the_made_sea_is_quiet(quiet):
    assert quiet.last() == []
    assert SEA.days() == pytest.approx(8 * 149 / 1440, rel=1e-6)
    assert sum(SEA.days(half) for half in HALVES) == pytest.approx(SEA.days())


@pytest.mark.parametrize("name", ["jump", "clone", "circle"])
def test_what_is_planted_is_found(name):
    family = {f.name: f for f in families()}[name]
    judged = family.run(SEA, lambda p: watch(SEA, DEFAULTS, p)).judged
    assert len(judged) >= 5 and all(j.found for j in judged)
    figures = recall_figures(judged)
    assert figures["recall"]["share"] == 1.0 and figures["missed"] == []
    assert sum(figures["recall_by_half"][half]["of"] for half in HALVES) == len(judged)


def test_families_are_the_modules_and_offer_what_they_must():
    assert [f.name for f in families()] == list(MODULES)
    assert all(f.about and f.kinds for f in families())


def test_a_finding_before_or_long_after_a_case_is_not_its_own(quiet):
    case = Case(family="jump", source="made", half=half_of(1), mmsi=1, start_t=T0, end_t=T0 + MINUTE)
    assert not judge(case, []).found


def test_troubles_change_no_ship_count_beyond_outages_and_are_drawn_by_key():
    one, again = troubled(SEA, 0), troubled(SEA, 0)
    assert np.array_equal(one.lat, again.lat) and np.array_equal(one.t, again.t)
    assert not np.array_equal(one.t, SEA.positions.t) or len(one.t) != len(SEA.positions.t)
    assert set(one.mmsi) <= set(SEA.positions.mmsi)


def test_the_page_and_the_figures_tell_the_same(quiet, tmp_path):
    family = families()[0]
    outcome = family.run(SEA, lambda p: watch(SEA, DEFAULTS, p))
    loud = watch(SEA, DEFAULTS, replaced(SEA, {}))
    metrics: dict[str, Any] = {
        "families": {
            family.name: {
                "about": family.about,
                **recall_figures(outcome.judged),
                "false": false_figures(family, [SEA], [quiet]),
            }
        },
        "quiet": quiet_figures([SEA], [quiet]),
        "false_findings": [listed(SEA, f) for f in loud.last()],
    }
    assert metrics["families"][family.name]["false"]["all"]["count"] == 0
    write_report(tmp_path / "report.html", metrics, [SEA], [quiet], {family.name: outcome.judged})
    page = (tmp_path / "report.html").read_text()
    assert family.about in page and f"{len(outcome.judged)} of {len(outcome.judged)}" in page


def test_another_key_draws_other_cases_and_none_draws_the_ones_of_before():
    family = {f.name: f for f in families()}["jump"]

    def cases(key: str) -> list[Case]:
        sea = SEA._replace(key=key)
        return [j.case for j in family.run(sea, lambda p: Watched([])).judged]

    assert cases("") == cases("") and cases("one") == cases("one")
    assert not {(c.mmsi, c.start_t) for c in cases("one")} & {(c.mmsi, c.start_t) for c in cases("")}
    assert SEA.named("jump", 7) == ("jump", 7) and SEA._replace(key="one").named("jump", 7) == ("jump", 7, "one")
