"""What was told over time, and one hull under several numbers."""

from __future__ import annotations

from seawarden.model.static import StaticReport
from seawarden.tracks.identity.history import changes, spells, told_in_turn
from seawarden.tracks.identity.hulls import End, Ends, shared_hulls, swaps

HOUR = 3_600_000
LOTUS = 9297137
OTHER = 9074729


def report(t: int, **said: object) -> StaticReport:
    return StaticReport(**{"t": t * HOUR, "mmsi": 219000001, **said})  # type: ignore[arg-type]


def ends(mmsi: int, first: float, last: float, lat: float = 57.0, sog: float = 0.0) -> Ends:
    return Ends(mmsi, End(int(first * HOUR), lat, 11.0, sog, 0.0), End(int(last * HOUR), lat, 11.0, sog, 0.0))


def test_a_new_name_is_one_change_and_silence_none() -> None:
    told = spells([report(0, name="LOTUS", imo=LOTUS), report(1, name=""), report(2, name="MARIGOLD", imo=LOTUS)])
    assert [(s.field, s.value, s.reports) for s in told] == [
        ("name", "LOTUS", 1), ("name", "MARIGOLD", 1), ("imo", str(LOTUS), 2),
    ]  # fmt: skip
    (change,) = changes(told)
    assert (change.field, change.before, change.after, change.t) == ("name", "LOTUS", "MARIGOLD", 2 * HOUR)
    assert not change.garbled
    assert told_in_turn(told, "name") == []


def test_bits_that_fell_over_are_said_to_have() -> None:
    told = spells([report(0, name="PHURIDECH 11", imo=LOTUS), report(1, name="PHURIDECH Q1", imo=9297139)])
    assert [change.garbled for change in changes(told)] == [True, True]
    assert [spell.valid for spell in told if spell.field == "imo"] == [True, False]


def test_a_hull_does_not_grow() -> None:
    grown = changes(spells([report(0, length_m=87.0), report(1, length_m=229.0)]))
    slipped = changes(spells([report(0, length_m=87.0), report(1, length_m=90.0)]))
    assert [c.jump for c in grown + slipped] == [True, False]


def test_two_names_in_turn_are_two_ships() -> None:
    told = spells([report(t, name="LOTUS" if t % 2 else "MARIGOLD") for t in range(6)])
    assert {spell.value for spell in told_in_turn(told, "name")} == {"LOTUS", "MARIGOLD"}


def test_order_does_not_matter() -> None:
    lot = [report(t, name=f"SHIP {t // 3}", imo=LOTUS if t < 4 else OTHER, length_m=80.0 + t) for t in range(9)]
    assert spells(lot[::-1]) == spells(lot)


def test_one_hull_under_two_numbers() -> None:
    lot = [
        StaticReport(t=0, mmsi=219000001, imo=LOTUS, callsign="OXLQ2"),
        StaticReport(t=1, mmsi=265000002, imo=LOTUS),
        StaticReport(t=2, mmsi=265000003, imo=1234567, callsign="0000"),
        StaticReport(t=3, mmsi=265000004, imo=1234567, callsign="0000"),
    ]
    (hull,) = shared_hulls(lot)
    assert (hull.field, hull.value, hull.mmsis) == ("imo", str(LOTUS), (219000001, 265000002))


def test_a_swap_is_near_in_time_and_place() -> None:
    own = ends(219000001, 1, 5)
    (found,) = swaps(own.mmsi, [own, ends(265000002, 5.1, 9), ends(265000003, 5.1, 9, lat=58.0)], 0, 10 * HOUR)
    assert (found.before, found.after, found.gap_s, found.distance_m) == (219000001, 265000002, 360.0, 0.0)
    assert swaps(own.mmsi, [own, ends(265000002, 6, 9)], 0, 10 * HOUR) == []
    assert swaps(own.mmsi, [own, ends(265000002, 5.1, 9, sog=12.0)], 0, 10 * HOUR) == [], "another speed"
    assert swaps(own.mmsi, [own, ends(265000002, 4.9, 9)], 0, 10 * HOUR) == [], "heard at the same time"
    assert swaps(own.mmsi, [ends(265000002, 0, 5)], 0, 10 * HOUR) == [], "never heard"


def test_the_edge_of_a_recording_is_no_swap() -> None:
    own = ends(219000001, 0, 5)
    before = ends(265000002, 0, 0.1)
    late = ends(219000001, 0.2, 5)
    assert swaps(own.mmsi, [own, ends(265000002, 5.1, 9)], 0, int(5.2 * HOUR)) == []
    assert swaps(late.mmsi, [late, before], 0, 10 * HOUR) == []
