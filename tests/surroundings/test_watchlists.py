"""Lists of ships in each of their forms; who matches, by what, and what speaks against it; what changed."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.model.batch import Batch
from seawarden.model.error import SourceError
from seawarden.model.position import make_positions
from seawarden.model.static import StaticReport
from seawarden.surroundings.watchlists.dates import iso_day
from seawarden.surroundings.watchlists.difference import difference
from seawarden.surroundings.watchlists.door import read_watchlist, write_watchlist
from seawarden.surroundings.watchlists.entry import Watchlist, WatchlistEntry
from seawarden.surroundings.watchlists.match import Sighted, WatchIndex
from seawarden.surroundings.watchlists.names import comparable
from seawarden.surroundings.watchlists.numbers import is_imo
from seawarden.surroundings.watchlists.sightings import matches_in, ships_in

SDN_CSV = (
    '36,"SOME AIRLINE",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"Somewhere."\r\n'
    '15036,"FIRST STAR","vessel","IRAN] [SDGT",-0- ,"T2AA4","Crude Oil Tanker","99144","56068","Iran",-0- ,'
    '"Vessel Registration Identification IMO 9074729; MMSI 572469210; Linked To: A FIRM."\r\n'
    '15037,"SECOND, ""S"" STAR","vessel","CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    '"Vessel Registration Identification IMO 9074728."\r\n'
    "15038,short row\r\n\x1a"
)
ALT_CSV = '15036,12,"fka","OLD STAR",-0- \r\n15036,13,"aka","OTHER STAR",-0- \r\n'
SDN_XML = """<?xml version="1.0" standalone="yes"?>
<sdnList xmlns="http://tempuri.org/sdnList.xsd">
  <publshInformation><Publish_Date>03/20/2026</Publish_Date><Record_Count>2</Record_Count></publshInformation>
  <sdnEntry><uid>36</uid><lastName>A FIRM</lastName><sdnType>Entity</sdnType></sdnEntry>
  <sdnEntry><uid>15036</uid><lastName>FIRST STAR</lastName><sdnType>Vessel</sdnType>
    <programList><program>IRAN</program><program>SDGT</program></programList>
    <idList>
      <id><uid>1</uid><idType>Vessel Registration Identification</idType><idNumber>IMO 9074729</idNumber></id>
      <id><uid>2</uid><idType>MMSI</idType><idNumber>572469210</idNumber></id>
    </idList>
    <akaList><aka><uid>3</uid><type>f.k.a.</type><lastName>OLD STAR</lastName></aka></akaList>
    <vesselInfo><callSign>T2AA4</callSign></vesselInfo>
  </sdnEntry>
</sdnList>"""
UK_CSV = (
    "Report Date: 03-Jun-2026\n"
    "Last Updated,Unique ID,OFSI Group ID,Name 6,Name 1,Name 2,Name type,Regime Name,Designation Type,"
    "Date Designated,IMO number,Current believed flag of ship\n"
    "31/07/2024,RUS2176,,FIRST STAR,,,Primary Name,The Russia Regulations 2019,Ship,17/07/2024,9074729,Gabon\n"
    "31/07/2024,RUS2176,,OLD STAR,,,Alias,The Russia Regulations 2019,Ship,17/07/2024,9074729,Gabon\n"
    "31/07/2024,RUS0001,,PERSON,SOME,,Primary Name,The Russia Regulations 2019,Individual,17/07/2024,,\n"
)
UK_XML = """<Designations xmlns:xsi="x"><DateGenerated>03/06/2026</DateGenerated>
<Designation><UniqueID>RUS2176</UniqueID><Names>
<Name><Name6>FIRST STAR</Name6><NameType>Primary Name</NameType></Name>
<Name><Name1>OLD</Name1><Name6>STAR</Name6><NameType>Alias</NameType></Name></Names>
<RegimeName>The Russia Regulations 2019</RegimeName><IndividualEntityShip>Ship</IndividualEntityShip>
<DateDesignated>17/07/2024</DateDesignated>
<ShipDetails><Ship><IMONumbers><IMONumber>9074729</IMONumber></IMONumbers></Ship></ShipDetails></Designation>
<Designation><UniqueID>RUS1</UniqueID><IndividualEntityShip>Entity</IndividualEntityShip></Designation>
</Designations>"""
EU_CSV = (
    'Vessel name;IMO number ;Date of application\n"First Star (formerly Old Star; Older Star)";9074729;25.06.2024\n'
)
GUR_CSV = (
    "gur_id,name,imo,mmsi_current,mmsi_legacy,flag,vessel_type,callsign,former_names,build_year,status\n"
    "1,FIRST STAR,9074729,273414440,273414440,Panama,Tanker,UBCD,"
    "Old Star / Flags (former) / Star I\u0406,2009,listed\n"
    "2,NO NUMBERS,,Call sign,,Panama,Tanker,,,2009,listed\n"
)


def put(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def entry(**fields: object) -> WatchlistEntry:
    return WatchlistEntry(**{"list": "own", **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "text", "list_id", "date", "mmsi", "reason"),
    [
        ("sdn.csv", SDN_CSV, "ofac", "2026-03-21", (572469210,), "IRAN, SDGT"),
        ("sdn.xml", SDN_XML, "ofac", "2026-03-20", (572469210,), "IRAN, SDGT"),
        ("UK-Sanctions-List.csv", UK_CSV, "uk", "2026-06-03", (), "The Russia Regulations 2019"),
        ("UK-Sanctions-List.xml", UK_XML, "uk", "2026-06-03", (), "The Russia Regulations 2019"),
        ("eu.csv", EU_CSV, "eu-annex", "2026-03-21", (), ""),
        ("gur.csv", GUR_CSV, "gur", "2026-03-21", (273414440,), "listed"),
    ],
)
def test_one_ship_in_every_form(
    name: str, text: str, list_id: str, date: str, mmsi: tuple[int, ...], reason: str, tmp_path: Path
) -> None:
    put(tmp_path, "alt.csv", ALT_CSV)
    read = read_watchlist(put(tmp_path, name, text), date="2026-03-21")
    assert (read.watchlist, read.date) == (list_id, date)
    ship = read.entries[0]
    assert (ship.list, ship.imo, ship.mmsi, ship.reason) == (list_id, 9074729, mmsi, reason)
    assert [comparable(own) for own in ship.names] == ["FIRST STAR"]
    assert "OLD STAR" in {comparable(alias) for alias in ship.aliases}
    assert ship.source.startswith(name)


def test_what_can_not_be_taken_is_counted(tmp_path: Path) -> None:
    read = read_watchlist(put(tmp_path, "sdn.csv", SDN_CSV))
    assert read.records == 4
    assert [(one.source, one.reason) for one in read.skipped] == [
        ("sdn.csv:3 (entry 15037)", "bad_imo"),
        ("sdn.csv:4", "columns"),
    ]
    assert (read.entries[1].imo, read.entries[1].names) == (0, ('SECOND, "S" STAR',))
    gur = read_watchlist(put(tmp_path, "gur.csv", GUR_CSV))
    assert [one.reason for one in gur.skipped] == ["bad_mmsi"]
    assert gur.entries[0].aliases == ("Old Star", "Star I\u0406")


def test_a_users_own_table(tmp_path: Path) -> None:
    own = put(tmp_path, "port_watch_2026-01-05.csv", "MMSI\tVessel_Name\tReason\n273414440\tFIRST\tunpaid dues\n")
    read = read_watchlist(own)
    assert (read.watchlist, read.date) == ("port_watch_2026-01-05", "2026-01-05")
    assert read.entries[0].mmsi == (273414440,)
    assert read.entries[0].reason == "unpaid dues"
    written = write_watchlist(read, tmp_path / "kept.json")
    assert read_watchlist(written) == read


def test_other_peoples_suspicions_are_not_taken(tmp_path: Path) -> None:
    ship = {
        "imo": "9074729",
        "name": "FIRST STAR",
        "sanctions": ["EU", "UK"],
        "notes": "SUSPECT",
        "risk_level": "high",
    }
    read = read_watchlist(put(tmp_path, "fleet.json", json.dumps({"vessels": [ship, 3]})))
    assert read.entries[0].reason == "EU, UK"
    assert "SUSPECT" not in msgspec.json.encode(read).decode()
    assert [one.reason for one in read.skipped] == ["form"]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.csv", "", "the file is empty"),
        ("a.csv", "num,desc\n1,x\n", "no column names a ship"),
        ("a.csv", "name,imo\n", "no ship among 0 records"),
        ("a.csv", "name,imo\n,9074728\n", "check digit is wrong"),
        ("a.csv", 'name,imo\n"never ends,9074729\n', "no ship among 1 records"),
        ("a.json", '{"vessels": [', "breaks off"),
        ("a.json", '{"features": []}', "without a list of `vessels`"),
        ("a.json", '{"watchlist": 3}', "not a list as this program writes it"),
        ("a.xml", SDN_XML[:-40], "breaks off"),
        ("a.xml", UK_XML[:-40], "breaks off"),
        ("a.xml", "<gpx/>", "unknown kind"),
        ("a.xml", "<!DOCTYPE html><html></html>", "a web page"),
        ("a.xml", '<!DOCTYPE x [<!ENTITY a "b">]><sdnList/>', "declares entities"),
        ("uk.csv", "Report Date: 1\nUnique ID,Name 6\n", "no column imo number"),
    ],
)
def test_what_is_no_list_is_told(name: str, text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=why):
        read_watchlist(put(tmp_path, name, text))


@given(
    st.sampled_from([SDN_CSV, SDN_XML, UK_CSV, UK_XML, EU_CSV, GUR_CSV, '{"vessels": [{"imo": 9074729}]}']),
    st.integers(0, 2_000),
    st.binary(max_size=12),
)
def test_damaged_lists_are_read_or_told(
    tmp_path_factory: pytest.TempPathFactory, text: str, at: int, bad: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "damaged.txt"
    whole = text.encode()
    cut = at % len(whole)
    for content in (whole[:cut] + bad, whole[:cut] + bad + whole[cut + len(bad) :]):
        file.write_bytes(content)
        try:
            read = read_watchlist(file)
        except SourceError as error:
            assert "damaged.txt" in str(error)
            continue
        assert all(one.imo == 0 or is_imo(one.imo) for one in read.entries)
        assert all(one.title for one in read.entries)


def test_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="can't be read as a list"):
        read_watchlist(tmp_path / "none.csv")


def test_names_are_made_comparable() -> None:
    for same in ("M/V Mercury II", "MERCURY-2", "mv mercury  2", "MERCURY I\u0406@@@@"):
        assert comparable(same) == "MERCURY 2"
    assert comparable("Skåne") == comparable("SKANE")
    assert comparable("Ærø") == "AERO"
    assert comparable("MT") == "MT"
    assert comparable("@@@") == ""


@given(st.text(max_size=30))
def test_a_comparable_name_is_its_own(name: str) -> None:
    once = comparable(name)
    assert comparable(once.replace("MV ", "")) in (once, comparable(once))
    assert once == " ".join(once.split())


def test_days_as_lists_write_them() -> None:
    assert iso_day("25.06.2024") == iso_day("25/06/2024") == iso_day("25-Jun-2024") == iso_day("2024-06-25T10:00Z")
    assert iso_day("06/25/2024", month_first=True) == "2024-06-25"
    for none in ("", "soon", "31.02.2024", "06/25/2024"):
        assert iso_day(none) == ""


def test_check_digits() -> None:
    assert is_imo(9074729) and is_imo(9224984) and is_imo(9329760)
    assert not is_imo(9074728) and not is_imo(0) and not is_imo(12345678)


def index_of(*entries: WatchlistEntry) -> WatchIndex:
    return WatchIndex([Watchlist(watchlist="own", entries=entries)])


LISTED = entry(
    imo=9074729, mmsi=(273414440,), names=("NORTHERN WHALE",), aliases=("SOUTHERN WHALE",), date="2024-06-25"
)


def test_an_imo_number_is_the_hull() -> None:
    (found,) = index_of(LISTED).matches(Sighted(518000001, 9074729, "RENAMED"))
    assert (found.by, found.weak) == (("imo",), False)
    assert found.score > 0.9
    assert "list own since 2024-06-25" in found.reason
    assert "the IMO number 9074729" in found.reason
    assert any("a name that the list does not give" in doubt for doubt in found.doubts)


def test_more_agreement_is_more_and_a_name_alone_is_weak() -> None:
    index = index_of(LISTED)

    def score(mmsi: int, imo: int, name: str) -> float:
        return index.matches(Sighted(mmsi, imo, name))[0].score

    ways = [
        score(1, 0, "SOUTHERN WHALE"),
        score(1, 0, "Northern Whale"),
        score(273414440, 0, ""),
        score(273414440, 0, "NORTHERN WHALE"),
        score(1, 9074729, ""),
        score(273414440, 9074729, "NORTHERN WHALE"),
    ]
    assert ways == sorted(ways)
    assert len(set(ways)) == len(ways)
    assert [found.weak for found in index.matches(Sighted(1, 0, "Northern Whale"))] == [True]
    assert index.matches(Sighted(1, 0, "")) == []
    assert index.matches(Sighted(1, 0, "BELUGA")) == []


def test_another_hull_with_the_name_is_no_match_and_with_the_mmsi_a_weak_one() -> None:
    index = index_of(LISTED)
    assert index.matches(Sighted(1, 9224984, "NORTHERN WHALE")) == []
    (handed_on,) = index.matches(Sighted(273414440, 9224984, "BELUGA"))
    assert handed_on.weak
    assert any("a different hull" in doubt for doubt in handed_on.doubts)


def test_common_names_tell_next_to_nothing() -> None:
    index = index_of(entry(imo=9074729, names=("MARIA",)), entry(imo=9224984, names=("GREEN WHALE",)))
    (common,) = index.matches(Sighted(1, 0, "MARIA"))
    (rare,) = index.matches(Sighted(1, 0, "GREEN WHALE"))
    assert common.score < rare.score / 3
    (borne,) = index.matches(Sighted(1, 0, "GREEN WHALE"), {"GREEN WHALE": 4})
    assert borne.score == pytest.approx(rare.score / 4, abs=1e-3)
    assert "4 ships in this traffic bear this name" in borne.doubts


def test_ships_taken_off_a_list_are_weak() -> None:
    (found,) = index_of(entry(mmsi=(273414440,), reason="delisted_from_gur")).matches(Sighted(273414440))
    assert found.weak
    assert "the list itself says that she was taken off" in found.doubts


def test_a_name_cut_by_ais_still_matches() -> None:
    long = "KONSTANTIN PAUSTOVSKIY THE SECOND"
    (found,) = index_of(entry(imo=9074729, names=(long,))).matches(Sighted(1, 0, long[:20]))
    assert found.by == ("name",)


@given(
    st.integers(0, 999_999_999),
    st.sampled_from([0, 9074729, 9224984, 123]),
    st.sampled_from(["", "NORTHERN WHALE", "SOUTHERN WHALE", "MARIA"]),
)
def test_scores_stay_in_their_bounds(mmsi: int, imo: int, name: str) -> None:
    for found in index_of(LISTED, entry(names=("MARIA",))).matches(Sighted(mmsi, imo, name)):
        assert 0.0 < found.score < 1.0
        assert found.weak == (found.score < 0.5)
        assert found.by and found.reason


def test_ships_are_gathered_with_every_name_they_gave() -> None:
    batch = Batch(
        positions=make_positions(3, t=[1, 2, 3], mmsi=[2, 1, 2], lat=0.0, lon=0.0),
        statics=[
            StaticReport(t=1, mmsi=2, name="NORTHERN WHALE"),
            StaticReport(t=2, mmsi=2, name="BELUGA", imo=9074729),
        ],
    )
    ships = ships_in([batch])
    assert ships == [Sighted(1), Sighted(2, 0, "NORTHERN WHALE"), Sighted(2, 9074729, "BELUGA")]
    (found,) = matches_in(index_of(LISTED), ships)
    assert (found.mmsi, found.by) == (2, ("imo",))


def test_versions_are_compared() -> None:
    gone, new = entry(imo=9224984, names=("GONE",)), entry(imo=9329760, names=("NEW",))
    renamed = msgspec.structs.replace(LISTED, names=("WHALE",))
    twice = entry(names=("TWICE",))
    before = Watchlist(watchlist="own", date="2026-01-01", entries=(LISTED, gone, twice, twice))
    after = Watchlist(watchlist="own", date="2026-02-01", entries=(twice, twice, new, renamed))
    told = difference(before, after)
    assert (told.added, told.removed, told.same) == ((new,), (gone,), 2)
    assert [(change.after.imo, change.fields) for change in told.changed] == [(9074729, ("names",))]
    nothing = difference(before, before)
    assert (nothing.added, nothing.removed, nothing.changed, nothing.same) == ((), (), (), 4)
    back = difference(after, before)
    assert (back.added, back.removed) == (told.removed, told.added)


@pytest.mark.parametrize(
    ("name", "list_id", "ships", "date"),
    [
        ("ofac_sdn_vessels.json", "ofac", 1450, "2026-03-22"),
        ("eu_designated_vessels_2025-10-23.csv", "eu-annex", 557, "2025-10-23"),
        ("gur_vessels_master.csv", "gur", 1414, ""),
        ("aisguardian_shadow_fleet.json", "aisguardian_shadow_fleet", 1430, "2026-01-08"),
    ],
)
def test_published_lists_are_read_whole(name: str, list_id: str, ships: int, date: str, samples: Path) -> None:
    read = read_watchlist(samples / "watchlists" / name)
    assert (read.watchlist, len(read.entries), read.records, read.date) == (list_id, ships, ships, date)
    assert {one.reason for one in read.skipped} <= {"bad_imo", "bad_mmsi"}
    assert sum(bool(one.imo) for one in read.entries) > 0.9 * ships


def test_published_lists_agree_on_hulls(samples: Path) -> None:
    folder = samples / "watchlists"
    eu = read_watchlist(folder / "eu_designated_vessels_2025-10-23.csv")
    index = WatchIndex([read_watchlist(folder / "gur_vessels_master.csv")])
    both = sum(any("imo" in m.by for m in index.matches(Sighted(0, e.imo, e.names[0]))) for e in eu.entries)
    assert both > 400
