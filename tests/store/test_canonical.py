from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from seawarden.model.alert import Alert
from seawarden.model.error import Uncertain
from seawarden.model.finding import AssetRef, Finding
from seawarden.model.vessel import ShipRef
from seawarden.store.canonical import canonical, canonical_json, digest

SHIP = ShipRef(mmsi=219_000_001, track_id="219000001-1", length_m=80.0)
ASSET = AssetRef(id="estlink-2", name="Estlink 2", kind="power_cable", system="estlink", kp_km=12.34567)


def finding(number: int = 1, **changes: object) -> Finding:
    made = Finding(
        id=f"f{number}",
        revision=1,
        kind="crossing",
        state="closed",
        ship=SHIP,
        asset=ASSET,
        start_t=1_000 * number,
        known_from_t=1_000 * number,
        measured=(Uncertain(name="distance", value=12.34, unit="m", sigma=3.0),),
        code_version="0.1.0",
    )
    return msgspec.structs.replace(made, **changes)


def alert(number: int = 1) -> Alert:
    return Alert(
        id=f"a{number}",
        revision=1,
        tier="look",
        highest_tier="look",
        state="raised",
        ship=SHIP,
        asset=ASSET,
        first_line="LOOK",
        start_t=1,
        raised_t=1,
        updated_t=1,
        known_from_t=1,
        risk=0.1,
    )


def test_canonical_json_has_one_form() -> None:
    assert canonical_json({"b": 1, "a": [1.5, None]}) == b'{"a":[1.5,null],"b":1}'
    assert canonical_json({"x": float("nan")}) == b'{"x":null}'


def test_left_out_and_rounded_away() -> None:
    same = finding(
        code_version="9",
        known_from_t=5,
        known_to_t=9,
        measured=(Uncertain(name="distance", value=12.3400004, unit="m", sigma=3.0),),
    )
    assert canonical(same) == canonical(finding())


def test_what_was_found_counts() -> None:
    base = digest([finding()], [])
    assert digest([finding(state="open")], []) != base
    assert digest([finding(start_t=2)], []) != base
    assert digest([finding(measured=(Uncertain(name="distance", value=12.5, unit="m", sigma=3.0),))], []) != base
    assert digest([finding(settings_hash="x")], []) != base
    assert digest([finding()], [alert()]) != base
    assert digest([], []) != base


@given(st.permutations(list(range(6))), st.lists(st.integers(0, 5)))
def test_order_and_repetition_do_not_matter(order: list[int], again: list[int]) -> None:
    findings = [finding(number) for number in range(6)]
    alerts = [alert(number) for number in range(6)]
    shuffled = [findings[number] for number in [*order, *again]]
    assert digest(shuffled, [alerts[number] for number in order]) == digest(findings, alerts)


def test_reading_back_what_was_written_keeps_the_digest() -> None:
    given_ = [finding(1), finding(2, measured=(Uncertain(name="speed", value=12, unit="kn"),))]
    back = [msgspec.json.decode(msgspec.json.encode(item), type=Finding) for item in given_]
    assert digest(back, []) == digest(given_, [])


@given(st.floats(-1e6, 1e6))
def test_a_difference_below_the_resolution_of_its_unit_is_none(value: float) -> None:
    rounded = round(value, 2)
    one = finding(measured=(Uncertain(name="speed", value=rounded, unit="kn"),))
    other = finding(measured=(Uncertain(name="speed", value=rounded + 1e-4, unit="kn"),))
    assert canonical(one) == canonical(other)
