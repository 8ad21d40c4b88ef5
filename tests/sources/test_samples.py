"""Every real sample file, with what is in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from seawarden.model.batch import Batch, Catalogue
from seawarden.model.event import DeclaredGap
from seawarden.model.position import Provenance, concat
from seawarden.sources import Inspection, UntimedError, inspect, open_source

# records, positions, ships, statics, rejects, notes
Counts = tuple[int, int, int, int, dict[str, int], dict[str, int]]
NMEA: dict[str, Counts] = {
    "aisdb_satellite_2021-11-01.nm4": (
        997,
        914,
        798,
        46,
        {"bad_mmsi": 1, "no_position": 2},
        {"context": 997, "not_a_ship": 16, "other_type": 4, "part": 18, "static": 42},
    ),
    "dma_2013-11-12_1200_5min.nmea.gz": (
        26146,
        24688,
        1438,
        130,
        {},
        {"context": 53127, "not_a_ship": 1259, "other_sentence": 973, "own_ship": 2, "part": 69, "static": 130},
    ),
    "dma_2014-09-28_drift_538004030.nmea.gz": (
        5475,
        5029,
        1,
        7,
        {},
        {"context": 10629, "other_sentence": 80, "part": 223, "static": 223},
    ),
    "dma_2014-10-05_suddenspeed_219165000.nmea.gz": (
        89,
        59,
        1,
        1,
        {},
        {"context": 159, "other_sentence": 1, "other_type": 12, "part": 9, "static": 9},
    ),
    "gpsd_ais-nmea.log": (
        183,
        141,
        30,
        20,
        {"no_position": 3, "no_time": 1},
        {"comment": 4, "context": 164, "other_sentence": 1149, "other_type": 6, "part": 12, "static": 20},
    ),
    "helcom_2010-06-11_28s_tagblocks.nmea.gz": (
        4500,
        2965,
        1390,
        492,
        {"bad_mmsi": 2, "no_position": 22},
        {"context": 4051, "not_a_ship": 167, "other_type": 398, "own_ship": 24, "part": 449, "static": 497},
    ),
    "opencpn_hakefjord_2015-07-20.nmea.gz": (
        15912,
        9640,
        38,
        37,
        {},
        {
            "context": 3960,
            "not_a_ship": 956,
            "other_sentence": 75531,
            "other_type": 4932,
            "own_ship": 5212,
            "part": 88,
            "static": 296,
            "void_clock": 7532,
        },
    ),
}
TABLES: dict[str, Counts] = {
    "aisstream_global_snapshot_2026-08-04T1305Z.csv.gz": (9181, 9181, 9181, 937, {}, {}),
    "baltic_norway_cargo_2020-11-01_02.csv.gz": (27487, 27487, 76, 0, {}, {}),
    "ccg_novascotia_2025-08-01_05.csv.gz": (32618, 32618, 67, 67, {}, {}),
    "digitraffic_2017-02-20.csv": (77, 77, 77, 0, {}, {}),
    "dma_kattegat_2025-11-01_02_1min.csv.gz": (28996, 28996, 250, 0, {}, {}),
    "gfw_segment_regression_dev.jsonl.gz": (59647, 49117, 45, 2116, {"no_position": 914}, {"static": 9616}),
    "solent_2016-01-12.csv.gz": (18623, 18623, 91, 0, {}, {}),
    "incident_days/2023-10-08.jsonl": (834, 834, 36, 36, {}, {}),
    "incident_days/2024-11-17.jsonl": (1200, 1200, 45, 45, {}, {}),
    "incident_days/2024-12-25.jsonl": (974, 974, 39, 39, {}, {}),
    "incident_days/2025-01-26.jsonl": (852, 852, 39, 39, {}, {}),
}
UNTIMED: dict[str, tuple[int, int]] = {
    "nmea/7cde966d_ais-lib-communication__src__test__resources__decode_encode_messages.txt": (420, 44),
    "nmea/gpsd_sample.aivdm": (12, 11),
    "ais/ct_dma_subset_10min_train_val.csv.gz": (63835, 848),
    "ais/digitraffic_snapshot_2025-12-11T2044Z.csv.gz": (9735, 9735),
    "ais/digitraffic_snapshot_2025-12-12T1231Z.csv.gz": (7762, 7762),
}


def agrees(found: Inspection, counts: Counts) -> None:
    records, positions, ships, statics, rejects, notes = counts
    assert found.refusal == ""
    assert (found.records, found.positions, found.statics) == (records, positions, statics)
    assert found.ships == ships
    assert found.rejects == rejects
    assert found.notes == notes
    informed = sum(notes.get(name, 0) for name in ("not_a_ship", "other_type", "part", "static"))
    assert found.records == found.positions + sum(rejects.values()) + informed


@pytest.mark.parametrize("name", NMEA)
def test_logs(name: str, samples: Path) -> None:
    agrees(inspect(samples / "nmea" / name), NMEA[name])


@pytest.mark.parametrize("name", TABLES)
def test_tables(name: str, samples: Path) -> None:
    agrees(inspect(samples / "ais" / name), TABLES[name])


@pytest.mark.parametrize("name", UNTIMED)
def test_untimed_files_are_counted_and_refused(name: str, samples: Path) -> None:
    positions, ships = UNTIMED[name]
    found = inspect(samples / name)
    assert (found.positions, found.ships) == (positions, ships)
    assert f"holds {positions} position reports of {ships} ships but no usable time" in found.refusal
    with pytest.raises(UntimedError, match="no usable time") as caught:
        list(open_source(samples / name, catalogue=Catalogue()).batches())
    assert caught.value.counts["positions"] == positions


def test_no_sample_is_forgotten(samples: Path) -> None:
    files = {str(path.relative_to(samples)) for part in ("ais", "nmea") for path in (samples / part).rglob("*.*")}
    files = {name for name in files if (samples / name).is_file()}
    assert files == {f"nmea/{name}" for name in NMEA} | {f"ais/{name}" for name in TABLES} | set(UNTIMED)


def everything(path: Path, chunk: int) -> tuple[list[Batch], Catalogue]:
    catalogue = Catalogue()
    return list(open_source(path, catalogue=catalogue, chunk=chunk).batches()), catalogue


@pytest.mark.parametrize(
    "name",
    [
        "nmea/helcom_2010-06-11_28s_tagblocks.nmea.gz",
        "nmea/gpsd_ais-nmea.log",
        "ais/solent_2016-01-12.csv.gz",
        "ais/incident_days/2024-12-25.jsonl",
        "ais/incident_days",
        "ais/ccg_novascotia_2025-08-01_05.csv.gz",
    ],
)
@pytest.mark.parametrize("chunk", [7, 1000])
def test_chunks_do_not_matter(name: str, chunk: int, samples: Path) -> None:
    whole, first = everything(samples / name, 500_000)
    parts, second = everything(samples / name, chunk)
    assert all(len(batch.positions.t) <= chunk for batch in parts)
    a, b = (concat(batch.positions for batch in batches) for batches in (whole, parts))
    for field, one, two in zip(a._fields, a, b, strict=True):
        np.testing.assert_array_equal(one, two, err_msg=field)
    assert (first.files, first.sources) == (second.files, second.sources)
    for what in ("statics", "events", "rejects"):
        one, two = ([item for batch in batches for item in getattr(batch, what)] for batches in (whole, parts))
        assert one == two, what
    assert sum(batch.records for batch in whole) == sum(batch.records for batch in parts)


def test_tables_are_in_order(samples: Path) -> None:
    for name in TABLES:
        batches, _ = everything(samples / "ais" / name, 1000)
        p = concat(batch.positions for batch in batches)
        keys = np.lexsort((p.offset, p.mmsi, p.t))
        np.testing.assert_array_equal(keys, np.arange(len(p.t)), err_msg=name)


def test_incident_days_are_key_frames_with_gaps(samples: Path) -> None:
    batches, _ = everything(samples / "ais" / "incident_days" / "2024-11-17.jsonl", 500_000)
    (batch,) = batches
    assert set(batch.positions.provenance.tolist()) == {int(Provenance.KEY_FRAME)}
    gaps = [event for event in batch.events if isinstance(event, DeclaredGap)]
    assert len(gaps) == len(batch.events) == 133
    assert all(gap.start_t < gap.end_t == gap.t for gap in gaps)


def test_the_drifting_tanker_is_heard_by_many(samples: Path) -> None:
    batches, catalogue = everything(samples / "nmea" / "dma_2014-09-28_drift_538004030.nmea.gz", 500_000)
    p = concat(batch.positions for batch in batches)
    assert set(p.mmsi.tolist()) == {538004030}
    assert len(set(p.receiver.tolist())) > 10
    assert "2190074" in catalogue.receivers
    assert 1.5 < float(np.nanmedian(p.sog_kn)) < 8.0
    (report, *_) = [report for batch in batches for report in batch.statics]
    assert (report.name, report.imo, report.length_m) == ("FRIO", 9596985, 274.0)


def test_a_fishing_vessel_with_impossible_speed_keeps_it(samples: Path) -> None:
    batches, _ = everything(samples / "nmea" / "dma_2014-10-05_suddenspeed_219165000.nmea.gz", 500_000)
    p = concat(batch.positions for batch in batches)
    assert float(np.nanmax(p.sog_kn)) == pytest.approx(102.2, abs=1e-4)


def test_a_folder_is_read_in_order_of_time(samples: Path) -> None:
    batches, catalogue = everything(samples / "nmea", 500_000)
    p = concat(batch.positions for batch in batches)
    rejects = [reject for batch in batches for reject in batch.rejects if reject.reason == "file"]
    assert sorted(reject.file for reject in rejects) == sorted(
        name.removeprefix("nmea/") for name in UNTIMED if name.startswith("nmea/")
    )
    assert len(p.t) == sum(counts[1] for counts in NMEA.values())
    firsts = [int(p.t[p.source == source][0]) for source in dict.fromkeys(p.source.tolist())]
    assert firsts == sorted(firsts)
    assert len(catalogue.sources) >= len(NMEA)
