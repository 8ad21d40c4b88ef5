"""Which time and which station a sentence gets, from all the ways in which logs tell them."""

from __future__ import annotations

import pytest

from seawarden.decode import Decoded, LogDecoder, encode_message, encode_sentences
from seawarden.decode.encode import sentence, tag_block
from seawarden.model.position import NO_TIME

POSITION = encode_sentences(encode_message("1", 219000001, lat=55.0, lon=12.0, sog_kn=8.0))[0]
STATIC = encode_sentences(encode_message("5", 219000001, name="LONG", destination="FAR"), sequence=4)
GHP = sentence("PGHP,1,2024,3,1,12,30,15,250,219,,2190067,1,62", "$")
T = 1_709_296_215_250
"""2024-03-01 12:30:15.250"""
S = T // 1000


def read(*texts: str) -> Decoded:
    decoder = LogDecoder()
    decoded = decoder.feed("".join(text + "\r\n" for text in texts).encode())
    receivers = [decoder.receiver(place) for place in range(decoder.receivers)]
    decoded.counts["_"] = len(receivers)
    decoded.positions.receiver[:] = [
        int(receivers[place]) if place >= 0 and receivers[place].isdigit() else place
        for place in decoded.positions.receiver.tolist()
    ]
    return decoded


def test_tag_block_on_the_line() -> None:
    p = read(tag_block(f"s:2190001,c:{S}") + POSITION).positions
    assert (p.t[0], p.receiver[0], p.receive_t[0]) == (S * 1000, 2190001, NO_TIME)


def test_tag_block_in_milliseconds() -> None:
    assert read(tag_block(f"c:{T},s:x") + POSITION).positions.t.tolist() == [T]


def test_tag_block_on_a_line_of_its_own_holds_for_one_sentence() -> None:
    decoded = read(tag_block(f"c:{S}"), POSITION, POSITION)
    assert decoded.positions.t.tolist() == [S * 1000]
    assert [reject.reason for reject in decoded.rejects] == ["no_time"]


def test_satellite_text_field_is_the_time_on_the_ground() -> None:
    p = read(tag_block(f"s:42809,c:{S},t:{S + 76}") + POSITION).positions
    assert (p.t[0], p.receive_t[0]) == (S * 1000, S * 1000 + 76_000)


def test_gatehouse_line_with_source_before_it() -> None:
    p = read(tag_block("si:AISD"), GHP, POSITION).positions
    assert (p.t[0], p.receiver[0], p.offset[0]) == (T, 2190067, 3)


def test_gatehouse_line_holds_for_all_parts() -> None:
    (report,) = read(GHP, *STATIC).statics
    assert (report.t, report.name, report.offset) == (T, "LONG", 2)


def test_gatehouse_line_does_not_reach_over_another_sentence() -> None:
    decoded = read(GHP, sentence("PSTT,30A,20240301,123015", "$"), POSITION)
    assert [reject.reason for reject in decoded.rejects] == ["no_time"]


def test_stamp_after_the_checksum() -> None:
    p = read(f"{POSITION},{S}").positions
    assert (p.t[0], p.receive_t[0]) == (S * 1000, S * 1000)


def test_coast_guard_form() -> None:
    decoder = LogDecoder()
    p = decoder.feed(f"{POSITION},s25244,d-109,T12.3,r003669945,{S}\n".encode()).positions
    assert (p.t[0], decoder.receiver(int(p.receiver[0]))) == (S * 1000, "r003669945")


def test_stamp_after_the_checksum_is_reception_when_the_base_told_its_own() -> None:
    p = read(GHP, f"{POSITION},{S + 3}").positions
    assert (p.t[0], p.receive_t[0]) == (T, (S + 3) * 1000)


@pytest.mark.parametrize(
    ("stamp", "t"),
    [
        ("2024-03-01T12:30:15.250Z ", T),
        ("2024-03-01 12:30:15,250 ", T),
        ("[2024-03-01 14:30:15.250+02:00] ", T),
        ("2024/03/01 12:30:15\t", S * 1000),
        (f"{S} ", S * 1000),
        (f"{T},", T),
        (f"{S}.250;", T),
    ],
)
def test_stamp_before_the_sentence(stamp: str, t: int) -> None:
    p = read(stamp + POSITION).positions
    assert (p.t.tolist(), p.receive_t.tolist()) == ([t], [t])


def test_bare_sentences_take_the_log_s_clock() -> None:
    rmc = sentence("GPRMC,123015.25,A,5500.0,N,01200.0,E,5.2,28.3,010324,,,A", "$")
    p = read(rmc, POSITION, POSITION).positions
    assert p.t.tolist() == [T, T]
    assert p.t_sigma_s.tolist() == [1.0, 1.0]


def test_zda_is_a_clock_too() -> None:
    assert read(sentence("GPZDA,123015.25,01,03,2024,00,00", "$"), POSITION).positions.t.tolist() == [T]


@pytest.mark.parametrize(
    "clock",
    [
        "GPRMC,123015,V,5500.0,N,01200.0,E,5.2,28.3,010324,,,A",
        "IIRMC,123015,A,5500.0,N,01200.0,E,5.2,28.3,,0.0,E,A",
        "GPRMC,126015,A,5500.0,N,01200.0,E,5.2,28.3,010324,,,A",
        "GPRMC,123015,A,5500.0,N,01200.0,E,5.2,28.3,310224,,,A",
        "GPZDA,123015,01,03,,00,00",
        "GPRMC,,V,,,,,,,,,,N",
        "GPZDA",
        "GPRMC,1",
    ],
)
def test_void_clocks_are_no_clocks(clock: str) -> None:
    decoded = read(sentence(clock, "$"), POSITION)
    assert [reject.reason for reject in decoded.rejects] == ["no_time"]
    assert len(decoded.positions.t) == 0


def test_lines_of_one_group_share_their_time() -> None:
    one, two = STATIC
    grouped = [
        tag_block(f"g:1-2-77,s:a1,c:{S}") + one,
        tag_block(f"g:1-2-78,s:a2,c:{S + 9}") + POSITION,
        tag_block("g:2-2-77") + two,
        tag_block("g:2-2-78") + POSITION,
    ]
    decoded = read(*grouped)
    assert [report.t for report in decoded.statics] == [S * 1000]
    assert decoded.positions.t.tolist() == [(S + 9) * 1000, (S + 9) * 1000]


def test_interleaved_parts_find_each_other() -> None:
    ships = [encode_message("5", 219000001 + i, name=f"SHIP {i}") for i in range(4)]
    ways = [("AIVDM", "A", 1), ("BSVDM", "A", 1), ("AIVDM", "B", 1), ("AIVDM", "A", 2)]
    parts = [
        encode_sentences(bits, talker=talker, channel=channel, sequence=sequence)
        for bits, (talker, channel, sequence) in zip(ships, ways, strict=True)
    ]
    texts = [tag_block(f"c:{S}") + part[0] for part in parts] + [part[1] for part in reversed(parts)]
    decoded = read(*texts)
    assert sorted((report.mmsi, report.name) for report in decoded.statics) == [
        (219000001 + i, f"SHIP {i}") for i in range(4)
    ]
    assert decoded.counts["part"] == 4
    assert not decoded.rejects


def test_halves_that_never_meet_are_counted() -> None:
    decoder = LogDecoder()
    one, two = STATIC
    decoded = decoder.feed(f"{GHP}\n{one}\n{GHP}\n{one}\n{GHP}\n{two}\n{two}\n".encode())
    left = decoder.flush()
    assert len(decoded.statics) == 1
    assert [(reject.line, reject.reason) for reject in decoded.rejects] == [(2, "part_lost"), (7, "part_lost")]
    assert not left.rejects
    decoded = decoder.feed(f"{one}\n".encode())
    assert [(reject.line, reject.reason) for reject in decoder.flush().rejects] == [(8, "part_lost")]


def test_old_halves_are_given_up() -> None:
    one, two = STATIC
    decoded = read(GHP, one, *[tag_block(f"c:{S}") + POSITION] * 250, two)
    assert [reject.reason for reject in decoded.rejects] == ["part_lost", "part_lost"]


def test_own_ship_is_told_apart() -> None:
    own = encode_sentences(encode_message("1", 219000009, lat=55.0, lon=12.0), talker="AIVDO")[0]
    decoded = read(GHP, own)
    assert decoded.counts["own_ship"] == 1
    assert decoded.positions.mmsi.tolist() == [219000009]


@pytest.mark.parametrize("kind", ["4", "9", "21"])
def test_stations_aids_and_aircraft_are_no_ships(kind: str) -> None:
    decoded = read(GHP, encode_sentences(encode_message(kind, 2190001, lat=55.0, lon=12.0, name="BUOY"))[0])
    assert len(decoded.positions.t) == 0
    assert (decoded.counts["not_a_ship"], decoded.not_ships.msg_type.tolist()) == (1, [int(kind)])
    assert not decoded.rejects
