"""The stage depends on findings, events and time alone: not on spare ticks, snapshots or the rows of the ships."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from seawarden.model.event import FaultCleared, FaultDeclared

MIN = 60_000
T0 = 1_735_122_360_000
EMPTY: tuple[list[object], ...] = ([], [], [])


def script(scene, ships):
    """A story: a slow-down that grows, ends and is withdrawn; another ship adrift; a fault declared and cleared."""
    a, b = ships
    values = {"expected_speed": 9.3, "speed": 6.5, "duration": 900.0, "distance": 200.0}
    crossed = scene.finding(a, "crossing", "Estlink 2", T0, speed_before=9.3, speed_at=9.2, end_t=T0, state="closed")
    slow = [
        scene.finding(a, "slowdown", "Estlink 2", T0 + 2 * MIN, k + 1, loss=loss, **values)
        for k, loss in enumerate((0.12, 0.22, 0.31))
    ]
    adrift = scene.finding(b, "drifting", "Estlink 2", T0, angle=80.0, duration=7200.0, speed=0.6, distance=250.0)
    declared = FaultDeclared(
        t=T0 + 20 * MIN, fault_id="f", asset_id="estlink-2", from_t=T0 - 10 * MIN, to_t=T0 + 5 * MIN
    )
    gone = msgspec.structs.replace(slow[2], revision=5, state="retracted")
    return [
        (T0 + 10_000, [crossed, adrift], []),
        (T0 + 8 * MIN, [slow[0]], []),
        (T0 + 12 * MIN, [slow[1]], []),
        (T0 + 16 * MIN, [slow[2]], []),
        (T0 + 20 * MIN, [], [declared]),
        (T0 + 31 * MIN, [msgspec.structs.replace(slow[2], revision=4, state="closed", end_t=T0 + 31 * MIN)], []),
        (T0 + 40 * MIN, [], [FaultCleared(t=T0 + 40 * MIN, fault_id="f")]),
        (T0 + 75 * MIN, [gone], []),
        (T0 + 90 * MIN, [], []),
    ]


def play(make_scene, estlink, ships, *, extra=(), cut=None, order=1):
    scene = make_scene(estlink, ships[::order])
    spare = set(extra)
    out = []
    for t, findings, events in script(scene, ships):
        while True:
            wake = scene.stage.next_wake()
            wake = None if wake is None else -(-wake // 10_000) * 10_000
            idle = min((x for x in spare if x < t), default=None)
            due = min((x for x in (wake, idle) if x is not None and x < t), default=None)
            if due is None:
                break
            spare.discard(due)
            out.append(scene.tick(due))
        out.append(scene.tick(t, findings, events))
        if cut is not None and t >= cut:
            data = scene.stage.snapshot()
            fresh = make_scene(estlink, ships[::order])
            fresh.stage.restore(data)
            assert fresh.stage.snapshot() == data
            scene.stage = fresh.stage
    return msgspec.json.encode([x for x in out if x != EMPTY])


def fleet(make_ship):
    a = make_ship(518998865, "Eagle S", type="Tanker", length_m=229.0)
    a.sail(T0 - 60 * MIN, 59.9, 25.9, 270.0, [9.3] * 62 + [6.5] * 200)
    b = make_ship(538000001, "Adrift", type="Cargo", length_m=140.0)
    b.sail(T0 - 60 * MIN, 59.8, 25.62, 270.0, [0.6] * 260)
    return [a, b]


@settings(max_examples=15)
@given(extra=st.sets(st.integers(-6, 540).map(lambda k: T0 + k * 10_000), max_size=40))
def test_spare_ticks_change_nothing(make_scene_, make_ship_, estlink_, extra):
    ships = fleet(make_ship_)
    assert play(make_scene_, estlink_, ships, extra=extra) == play(make_scene_, estlink_, ships)


def test_a_snapshot_at_any_step_changes_nothing(make_scene, make_ship, estlink):
    ships = fleet(make_ship)
    whole = play(make_scene, estlink, ships)
    for minute in (0, 8, 16, 20, 31, 40, 75):
        assert play(make_scene, estlink, ships, cut=T0 + minute * MIN) == whole


def test_the_rows_of_the_ships_change_nothing(make_scene, make_ship, estlink):
    ships = fleet(make_ship)
    assert play(make_scene, estlink, ships, order=-1) == play(make_scene, estlink, ships)


def test_the_story_holds_every_state(make_scene, make_ship, estlink):
    text = play(make_scene, estlink, fleet(make_ship)).decode()
    for state in ("raised", "lowered", "retracted", "cleared"):
        assert f'"{state}"' in text, state
