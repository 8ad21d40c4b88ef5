"""What numbers say of themselves: MMSIs by their digits, IMO numbers by theirs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.tracks.identity.countries import MIDS
from seawarden.tracks.identity.history import names_hull
from seawarden.tracks.identity.mmsi import mmsi_facts


@pytest.mark.parametrize(
    ("mmsi", "kind", "flag", "valid"),
    [
        (219165000, "ship", "Denmark", True),
        (518998865, "ship", "Cook Islands (New Zealand)", True),
        (2190071, "coast station", "Denmark", True),
        (23012345, "group", "Finland", True),
        (111230501, "aircraft", "Finland", True),
        (992191234, "aid to navigation", "Denmark", True),
        (982300012, "craft of a parent ship", "Finland", True),
        (826512345, "handheld", "Sweden", True),
        (970123456, "search and rescue transmitter", "", True),
        (972123456, "man overboard", "", True),
        (974123456, "emergency beacon", "", True),
        (567000000, "ship", "Thailand", False),
        (217123456, "ship", "", False),
        (123456789, "unknown", "", False),
        (987654321, "craft of a parent ship", "Suriname", False),
        (0, "unknown", "", False),
        (1_000_000_000, "unknown", "", False),
    ],
)
def test_a_number_tells_its_station_and_flag(mmsi: int, kind: str, flag: str, valid: bool) -> None:
    facts = mmsi_facts(mmsi)
    assert (facts.kind, facts.flag, facts.valid) == (kind, flag, valid)
    assert bool(facts.why) is not valid


@given(st.integers(-10, 2_000_000_000))
def test_every_number_has_an_answer(mmsi: int) -> None:
    facts = mmsi_facts(mmsi)
    assert facts.valid or facts.why
    assert not facts.flag or facts.mid in MIDS


def test_the_table_is_the_published_one(samples: Path) -> None:
    with (samples / "watchlists/mmsi_countries.csv").open(encoding="utf-8-sig") as file:
        published = {int(row["Digit"]): row["Allocated to"] for row in csv.DictReader(file, delimiter=";")}
    assert set(MIDS) == set(published)
    for mid, name in MIDS.items():
        word = name.split(" (")[0].split(",")[0].split()[-1]
        if mid not in (270, 306, 440, 441, 445, 531, 701, 267, 451, 626, 671, 468):  # short names of another root
            assert word in published[mid], (mid, name, published[mid])


def test_an_imo_number_names_a_hull() -> None:
    assert names_hull(9297137)  # LOTUS, a real ship
    assert not names_hull(9297138)
    assert not names_hull(1234567), "its check digit is right, but it is the number of all manuals"
    assert not names_hull(0)
