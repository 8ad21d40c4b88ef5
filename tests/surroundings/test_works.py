"""Known works: what warnings and tables say, and whom they explain where and when."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.model.error import SourceError
from seawarden.model.event import WorksDeclared
from seawarden.model.position import NO_TIME
from seawarden.surroundings.works import WorksBook, read_works
from seawarden.surroundings.works.book import inside
from seawarden.surroundings.works.door import told
from seawarden.surroundings.works.warnings import positions_of, read_warnings, ships_of

GULF = """
NAVAREA ONE 161/24
BALTIC SEA. GULF OF FINLAND.
231200 UTC DEC 24
1. CABLE OPERATIONS IN PROGRESS BY C/S CABLE VIGILANCE ALONG LINE JOINING
   59-23.5N 024-10.2E, 59-40.1N 024-30.0E AND 59-55.0N 024-55.0E
2. WIDE BERTH OF 2 MILES REQUESTED
3. CANCEL THIS MESSAGE 312359 UTC DEC 24
NNNN
"""
BRITTANY = """
HYDROLANT 123/25(42,43).
EASTERN NORTH ATLANTIC.
1. CABLE LAYING OPERATIONS IN PROGRESS UNTIL FURTHER NOTICE
   BY C/S ILE DE BREHAT AND M/V "NORMAND PACIFIC" IN AREA BOUNDED BY
   48-11.20N 008-12.33W, 48-20.00N 008-12.00W,
   48-20.00N 008-00.00W, 48-11.00N 008-00.00W.
2. THREE MILE BERTH REQUESTED.
(021530Z SEP 2025)
"""
KATTEGAT = """
NAV WARN 77/25
LYNGBY RADIO
150930 UTC JAN 25
SURVEY OPERATIONS BY R/V AURORA WITHIN 3 NM OF 56-05.6 N; 011-23.5 E FROM 16 TO 20 JAN 25.
"""


def t(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def one(text: str) -> WorksDeclared:
    [works], unread = read_warnings(text, "test.txt")
    assert not unread
    return works


def test_a_cable_ship_along_a_line() -> None:
    works = one(GULF)
    assert (works.works_id, works.kind, works.names) == (
        "NAVAREA ONE 161/24",
        "cable operations",
        ("CABLE VIGILANCE",),
    )
    assert (works.t, works.from_t, works.to_t) == (
        t("2024-12-23T12:00"), t("2024-12-23T12:00"), t("2024-12-31T23:59"),
    )  # fmt: skip
    assert inside(works.polygon, 59.53, 24.34)  # on the line
    assert inside(works.polygon, 59.4, 24.2)
    assert not inside(works.polygon, 59.53, 24.6)  # eight miles aside
    assert told(works) == "cable operations by CABLE VIGILANCE until 31 Dec 23:59Z (NAVAREA ONE 161/24)"


def test_two_ships_in_an_area_until_further_notice() -> None:
    works = one(BRITTANY)
    assert works.names == ("ILE DE BREHAT", "NORMAND PACIFIC")
    assert works.to_t == NO_TIME
    assert works.from_t == t("2025-09-02T15:30")
    assert inside(works.polygon, 48.25, -8.1)
    assert not inside(works.polygon, 48.25, -8.5)
    assert told(works).endswith("until further notice (HYDROLANT 123/25)")


def test_a_survey_around_a_point_for_some_days() -> None:
    works = one(KATTEGAT)
    assert (works.from_t, works.to_t) == (t("2025-01-16T00:00"), t("2025-01-21T00:00"))
    assert inside(works.polygon, 56.0933 + 2.5 / 60, 11.39)
    assert not inside(works.polygon, 56.0933 + 3.5 / 60, 11.39)


@pytest.mark.parametrize(
    ("said", "begin", "end"),
    [
        ("UNTIL 15 FEB 25", "2025-01-10T00:00", "2025-02-16T00:00"),
        ("UNTIL 151200 UTC FEB 25", "2025-01-10T00:00", "2025-02-15T12:00"),
        ("FROM 120600 TO 141800 UTC JAN 25", "2025-01-12T06:00", "2025-01-14T18:00"),
        ("28 DEC TO 05 FEB 25", "2024-12-28T00:00", "2025-02-06T00:00"),
        ("01 FEB THRU 05 FEB", "2025-02-01T00:00", "2025-02-06T00:00"),
        ("COMMENCING 20 JAN 25 UNTIL FURTHER NOTICE", "2025-01-20T00:00", None),
        ("CANCEL THIS MSG 052359Z FEB 25", "2025-01-10T00:00", "2025-02-05T23:59"),
    ],
)
def test_times_as_they_are_written(said: str, begin: str, end: str | None) -> None:
    works = one(f"NAVAREA I 9/25\n100000 UTC JAN 25\nCABLE REPAIR IN 57-10.0N 011-00.0E {said}.\n")
    assert works.from_t == t(begin)
    assert works.to_t == (t(end) if end is not None else NO_TIME)


def test_a_later_warning_cancels_an_earlier_one() -> None:
    later = "NAVAREA ONE 170/24\n261200 UTC DEC 24\nCANCEL NAVAREA ONE 161/24\n"
    works = one(GULF + later)
    assert works.to_t == t("2024-12-26T12:00")


def test_what_is_no_work_is_passed_over_and_what_cannot_be_used_is_told() -> None:
    text = (
        "NAVAREA ONE 162/24\nFIRING EXERCISES 59-00.0N 020-00.0E\n"
        "NAVAREA ONE 163/24\n010000 UTC DEC 24\nCABLE REPAIR BY CS SOVEREIGN IN THE NORTH SEA\n"
        "NAVAREA ONE 164/24\nCABLE LAYING IN 58-00.0N 003-00.0E\n"
    )
    found, unread = read_warnings(text, "test.txt")
    assert not found
    assert [(u.name, u.why) for u in unread] == [
        ("NAVAREA ONE 163/24", "it gives no position"),
        ("NAVAREA ONE 164/24", "it states no time"),
    ]


def test_positions_in_several_forms() -> None:
    text = (
        "24-54.89N 052-21.66E, 56-05.6 N; 011-23.5 E AND 48-11-30S 008-12-18W 57 30,5 N 11 00,0 E 59-61.0N 020-00.0E"
    )
    assert positions_of(text) == [
        (52.361, 24.914833), (11.391667, 56.093333), (-8.205, -48.191667), (11.0, 57.508333),
    ]  # fmt: skip


def test_ships_names_end_where_the_sentence_goes_on() -> None:
    text = "BY CABLE SHIP PIERRE DE FERMAT TOWING A PLOUGH AND TUG BOA. VESSEL RESTRICTED IN ITS ABILITY"
    assert ships_of(text) == ["PIERRE DE FERMAT", "BOA"]


@given(st.text(max_size=400))
def test_any_text_is_read_without_a_traceback(text: str) -> None:
    found, _ = read_warnings("NAVAREA ONE 1/25\nCABLE OPERATIONS 57-00.0N 011-00.0E " + text, "fuzz")
    assert all(works.polygon for works in found)


# ---- tables ----

CSV = """id,mmsi,name,asset,polygon,from,to,note
repair-1,219000001,,estlink-2,,2025-01-10,2025-01-12,jointing
survey-2,,Aurora; Fugro Pioneer,,"11 56, 12 56, 12 57, 11 57",2025-01-10T06:00Z,,
"""


def test_a_table_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "works.csv"
    path.write_text(CSV)
    (repair, survey), unread = read_works(path)
    assert not unread
    assert (repair.mmsi, repair.assets, repair.note) == (219000001, ("estlink-2",), "jointing")
    assert (repair.from_t, repair.to_t) == (t("2025-01-10T00:00"), t("2025-01-12T23:59:59.999"))
    assert survey.names == ("Aurora", "Fugro Pioneer")
    assert inside(survey.polygon, 56.5, 11.5)


def test_json_and_toml_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "w.json").write_text(
        '[{"id": "a", "names": ["Aurora"], "from": "2025-01-10", '
        '"polygon": {"type": "Polygon", "coordinates": [[[11, 56], [12, 56], [12, 57], [11, 56]]]}}]'
    )
    (tmp_path / "w.toml").write_text(
        '[[works]]\nid = "a"\nnames = ["Aurora"]\nfrom = 2025-01-10\n'
        "polygon = [[11, 56], [12, 56], [12, 57], [11, 56]]\n"
    )
    [from_json], _ = read_works(tmp_path / "w.json")
    [from_toml], _ = read_works(tmp_path / "w.toml")
    assert msgspec.structs.replace(from_json, source="") == msgspec.structs.replace(from_toml, source="")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("mmsi,asset\n123,estlink-2\n", "works.csv 1: mmsi '123' is not of nine digits"),
        ("mmsi,asset,when\n219000001,x,now\n", "unknown field 'when'"),
        ("mmsi,from\n219000001,2025-01-10\n", "neither an asset nor a polygon"),
        ("asset,from,to\nx,2025-01-10,2025-01-09\n", "'to' lies before 'from'"),
        ("asset,from\nx,tomorrow\n", "'from' is 'tomorrow'"),
        ("polygon,from\n11 56,2025-01-10\n", "three or more points"),
        ("asset\n", "holds no works"),
    ],
)
def test_wrong_rows_are_named(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "works.csv"
    path.write_text(content)
    with pytest.raises(SourceError) as caught:
        read_works(path)
    assert said in str(caught.value)


def test_a_text_without_works_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("Dear all, the meeting is on Monday.")
    with pytest.raises(SourceError, match="no navigational warning"):
        read_works(path)


# ---- the book ----

NOW = t("2024-12-25T12:00")


def book(*works: WorksDeclared) -> WorksBook:
    made = WorksBook()
    for item in works:
        made.declare(item)
    return made


def test_the_named_ship_is_explained_there_and_then_alone() -> None:
    made = book(one(GULF))
    found = made.at(235000001, "CABLE  VIGILANCE", 59.53, 24.34, NOW)
    assert found is not None
    assert found.named
    assert made.at(235000001, "CABLE VIGILANCE", 59.9, 22.0, NOW) is None
    assert made.at(235000001, "CABLE VIGILANCE", 59.53, 24.34, t("2025-01-02T00:00")) is None
    assert made.at(235000001, "CABLE VIGILANCE", 59.53, 24.34, t("2024-12-20T00:00")) is None


def test_another_ship_in_the_area_is_explained_less() -> None:
    found = book(one(GULF)).at(518998865, "EAGLE S", 59.53, 24.34, NOW)
    assert found is not None
    assert not found.named


def test_works_of_one_ship_by_number_say_nothing_of_others() -> None:
    works = WorksDeclared(t=0, works_id="a", mmsi=219000001, assets=("Estlink 2",))
    made = book(works)
    at = frozenset({"estlink-2", "estlink 2"})
    assert made.at(518998865, "EAGLE S", 59.5, 24.3, NOW, at) is None
    found = made.at(219000001, "", 59.5, 24.3, NOW, at)
    assert found is not None
    assert found.named
    assert made.at(219000001, "", 59.5, 24.3, NOW, frozenset({"estlink 1"})) is None


def test_a_later_declaration_replaces_and_a_snapshot_keeps() -> None:
    made = book(one(GULF))
    made.declare(msgspec.structs.replace(one(GULF), to_t=NOW - 1))
    again = WorksBook()
    again.recall(msgspec.json.decode(msgspec.json.encode(made.memory())))
    for held in (made, again):
        assert held.at(1, "CABLE VIGILANCE", 59.53, 24.34, NOW - 2) is not None
        assert held.at(1, "CABLE VIGILANCE", 59.53, 24.34, NOW) is None
