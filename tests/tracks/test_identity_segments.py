"""Ships that share a number are told apart; one ship stays one."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.tracks.identity.message import Claim, Message, same_class
from seawarden.tracks.identity.motion import Fix, likelihood, miss_nm, reckoned_h
from seawarden.tracks.identity.segments import segments

MINUTE = 60_000
NAMES = {"FIRST": 9297137, "SECOND": 9074729}


def leg(
    lat: float, lon: float, sog: float, cog: float, minutes: list[float], kind: int = 1, source: str = "s"
) -> list[Message]:
    """A ship on one course."""
    found = []
    for minute in minutes:
        gone = sog * minute / 60.0 / 60.0
        north = gone * math.cos(math.radians(cog))
        east = gone * math.sin(math.radians(cog)) / math.cos(math.radians(lat))
        found.append(
            Message(
                t=round(minute * MINUTE),
                kind=kind,
                lat=lat + north,
                lon=(lon + east + 180.0) % 360.0 - 180.0,
                sog_kn=sog,
                cog_deg=cog,
                source=source,
            )
        )
    return found


def numbers(messages: list[Message]) -> list[int]:
    answer: list[int] = segments(messages).segment.tolist()
    return answer


def in_time(*lots: list[Message]) -> tuple[list[Message], list[int]]:
    rows = sorted(((m.t, k, m) for k, lot in enumerate(lots) for m in lot), key=lambda row: row[:2])
    return [m for _, _, m in rows], [k for _, k, _ in rows]


def test_one_ship_is_one_segment() -> None:
    assert set(numbers(leg(56.0, 11.0, 12.0, 45.0, [0, 1, 5, 20, 90, 240]))) == {0}


def test_two_ships_on_one_number_are_two() -> None:
    both, who = in_time(
        leg(56.0, 11.0, 12.0, 45.0, list(range(0, 600, 7))), leg(22.0, 120.0, 3.0, 200.0, list(range(3, 600, 11)))
    )
    pairs = set(zip(who, numbers(both), strict=True))
    assert pairs == {(0, 0), (1, 1)}


def test_a_day_of_silence_ends_a_segment() -> None:
    assert numbers(leg(56.0, 11.0, 0.0, 0.0, [0, 23 * 60, 23 * 60 + 24 * 60 + 1])) == [0, 0, 1]


def test_an_outlier_is_set_aside() -> None:
    track = leg(56.0, 11.0, 12.0, 0.0, [0, 2, 4, 6, 8, 10, 12])
    wild = Message(t=7 * MINUTE, kind=1, lat=57.5, lon=13.0, sog_kn=12.0, cog_deg=0.0, source="s")
    answer = numbers([*track[:4], wild, *track[4:]])
    assert answer.count(answer[0]) == 7
    assert answer[4] != answer[0]


def test_a_near_outlier_that_joined_is_put_out_again() -> None:
    track = leg(56.0, 11.0, 12.0, 0.0, [0, 2, 4, 6, 8, 10, 12])
    near = Message(t=7 * MINUTE, kind=1, lat=56.07, lon=11.0, sog_kn=12.0, cog_deg=0.0, source="s")
    answer = numbers([*track[:4], near, *track[4:]])
    assert answer[4] != answer[0]
    assert answer.count(answer[0]) == 7


def test_what_cannot_be_told_is_not_guessed() -> None:
    """Two ships so near that a third report fits both: both segments end."""
    one = leg(56.0, 11.0, 5.0, 0.0, [m * 2 for m in range(12)])
    other = leg(57.0, 11.0, 5.0, 180.0, [m * 2 + 1 for m in range(12)])
    both, _ = in_time(one, other)
    between = Message(t=300 * MINUTE, kind=1, lat=56.5, lon=11.0, sog_kn=0.0, cog_deg=0.0, source="s")
    answer = numbers([*both, between])
    assert len(set(answer[:-1])) == 2
    assert answer[-1] not in answer[:-1]


def test_a_copy_goes_where_the_first_went() -> None:
    track = leg(56.0, 11.0, 12.0, 45.0, [0, 1, 2])
    copy = Message(
        t=track[0].t + 90_000_000, **{f: getattr(track[0], f) for f in ("lat", "lon", "sog_kn", "cog_deg")}
    )
    assert numbers([*track, copy]) == [0, 0, 0, 0]


def test_a_claim_without_a_place_stays_alone_and_names_its_segment() -> None:
    track = leg(56.0, 11.0, 12.0, 45.0, [0, 1, 2])
    said = Message(t=2 * MINUTE + 1, kind=5, source="s", claim=Claim(name="FIRST", imo=NAMES["FIRST"]))
    elsewhere = Message(t=2 * MINUTE + 2, kind=5, source="other", claim=Claim(name="FIRST"))
    of_class_b = Message(t=2 * MINUTE + 3, kind=24, source="s", claim=Claim(name="FIRST"))
    answer = segments([*track, said, elsewhere, of_class_b])
    assert answer.segment.tolist() == [0, 0, 0, 1, 2, 3]
    assert answer.told.tolist() == [-1, -1, -1, 0, -1, -1]


def test_another_hull_never_joins() -> None:
    """The second ship takes over place and course of the first, and tells another IMO number."""
    track = leg(56.0, 11.0, 6.0, 45.0, [0, 1, 2, 3, 4, 5], kind=19)
    told = [
        msgspec.structs.replace(message, claim=Claim(name=name, imo=NAMES[name]))
        for message, name in zip(track, ["FIRST"] * 3 + ["SECOND"] * 3, strict=True)
    ]
    assert numbers(track) == [0] * 6
    assert numbers(told) == [0, 0, 0, 1, 1, 1]


def test_a_fast_ship_without_a_course_is_not_placed() -> None:
    track = leg(56.0, 11.0, 12.0, 45.0, [0, 1])
    unknown = Message(t=2 * MINUTE, kind=1, lat=56.0, lon=11.0, sog_kn=9.0)
    assert numbers([*track, unknown]) == [0, 0, 1]


def test_order_is_asked_for() -> None:
    track = leg(56.0, 11.0, 12.0, 45.0, [0, 1])
    with pytest.raises(ValueError, match="message 1 is earlier"):
        segments(track[::-1])
    assert numbers([]) == []


@given(
    shift=st.integers(0, 10**12),
    turn=st.floats(-360, 360, allow_nan=False),
    split=st.lists(st.integers(0, 599), min_size=2, max_size=30, unique=True),
)
def test_time_and_longitude_may_be_shifted(shift: int, turn: float, split: list[int]) -> None:
    both, _ = in_time(leg(56.0, 11.0, 12.0, 45.0, sorted(split)), leg(-30.0, 100.0, 8.0, 250.0, [5, 50, 300, 599]))
    moved = [msgspec.structs.replace(m, t=m.t + shift, lon=(m.lon + turn + 180.0) % 360.0 - 180.0) for m in both]
    assert numbers(moved) == numbers(both)


def test_the_antimeridian_is_no_border() -> None:
    assert set(numbers(leg(0.0, 179.95, 12.0, 90.0, [0, 10, 20, 30, 40]))) == {0}


def test_dead_reckoning_misses_nothing_on_a_course() -> None:
    one, two = Fix(0.0, 56.0, 11.0, 12.0, 0.0), Fix(1.0, 56.2, 11.0, 12.0, 0.0)
    assert miss_nm(one, two, 1.0) == pytest.approx(0.0, abs=1e-9)
    assert miss_nm(one, Fix(1.0, 56.0, 11.0, 0.0, 0.0), 1.0) == 0.0, "she lay where she was"
    assert likelihood(0.0, 1.0) > likelihood(4.0, 1.0) > likelihood(24.0, 1.0) > 0.0 == likelihood(26.0, 1.0)
    assert reckoned_h(0.0) == 0.0
    assert 2.0 < reckoned_h(4.0) + 0.01 < 4.0


def test_classes_of_transponders() -> None:
    assert same_class("A", "AB")
    assert same_class("", "B")
    assert not same_class("A", "B")
