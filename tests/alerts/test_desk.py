"""What people did, folded into what is done; silences that never cover what is new or worse."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.alerts.desk import ESCALATE_MS, SHIFT_MS, Desk
from seawarden.model.alert import Alert, Tier
from seawarden.model.event import OperatorAction
from seawarden.model.finding import AssetRef
from seawarden.model.vessel import ShipRef

T0 = 1_732_000_000_000
MIN = 60_000


def did(action: str, subject: str = "a", t: int = T0, actor: str = "Ada", **detail: object) -> OperatorAction:
    return OperatorAction(t=t, actor=actor, action=action, subject=subject, detail=detail)


def alert(tier: Tier = "challenge", mmsi: int = 219_000_001, asset: str = "link", raised_t: int = T0) -> Alert:
    return Alert(
        id="a",
        revision=1,
        tier=tier,
        highest_tier=tier,
        state="raised",
        ship=ShipRef(mmsi=mmsi, track_id=f"{mmsi}-0"),
        asset=AssetRef(id=asset, name=asset, kind="power", system=asset),
        first_line="",
        start_t=raised_t,
        raised_t=raised_t,
        updated_t=raised_t,
        known_from_t=raised_t,
        risk=0.1,
    )


def test_an_incident_from_detection_to_release() -> None:
    deeds = [
        did("ack", t=T0 + MIN, actor="Ada"),
        did("ack", t=T0 + 2 * MIN, actor="Ben"),
        did("phase", t=T0 + 3 * MIN, phase="challenge"),
        did("answer", t=T0 + 4 * MIN, whom="the bridge", text="both anchors home", kind="satisfying"),
        did("promise", t=T0 + 5 * MIN, text="revolutions reported", due_t=T0 + 15 * MIN, id="p1"),
        did("check", t=T0 + 6 * MIN, text="ship called by name on VHF 16"),
        did("assign", t=T0 + 7 * MIN, to="Ben"),
        did("unit", t=T0 + 8 * MIN, text="patrol boat"),
        did("hold", t=T0 + 9 * MIN, on=True),
        did("keep", t=T0 + 14 * MIN, actor="Ben", id="p1"),
        did("phase", t=T0 + 60 * MIN, phase="release"),
        did("close", t=T0 + 61 * MIN, outcome="benign: engine trouble"),
    ]
    work = Desk(deeds, T0 + 70 * MIN).work("a")
    assert (work.acknowledged_by, work.acknowledged_t) == ("Ada", T0 + MIN)
    assert work.phase == "release"
    assert [step.phase for step in work.steps] == ["challenge", "release"]
    assert work.calls[0].answer == "both anchors home"
    assert work.promises[0].kept_by == "Ben"
    assert work.hold and work.unit == "patrol boat" and work.assigned_to == "Ben"
    assert work.checked == ("ship called by name on VHF 16",)
    assert work.outcome.startswith("benign")
    then = Desk(deeds, T0 + 10 * MIN)
    assert then.work("a").phase == "challenge", "as known then"
    assert [promise.id for _, promise in then.promises()] == ["p1"]
    assert not then.promises()[0][1].overdue(T0 + 10 * MIN)
    assert then.promises()[0][1].overdue(T0 + 15 * MIN)


@pytest.mark.parametrize("tier", ["challenge", "act"])
def test_what_nobody_acknowledges_is_escalated(tier: Tier) -> None:
    limit = ESCALATE_MS[tier]
    held = alert(tier)
    assert not Desk([], T0 + limit - 1).escalated(held)
    assert Desk([], T0 + limit).escalated(held)
    assert not Desk([did("ack", t=T0 + limit - 1)], T0 + limit).escalated(held)
    assert Desk([did("ack"), did("escalate", to="commander")], T0 + 1).escalated(held)


def test_a_look_is_never_escalated_by_itself() -> None:
    assert not Desk([], T0 + SHIFT_MS).escalated(alert("look"))


def silence(**detail: Any) -> OperatorAction:
    given: dict[str, Any] = {"assets": ["link"], "tier": "challenge", "until_t": T0 + 60 * MIN, "text": "tow"}
    return did("silence", "s", **(given | detail))


def test_a_silence_covers_its_like_until_its_end() -> None:
    desk = Desk([silence(mmsi=219_000_001)], T0 + MIN)
    assert desk.silenced(alert(), [], None) is not None
    assert desk.silenced(alert("look"), [], None) is not None
    assert desk.silenced(alert(mmsi=219_000_002), [], None) is None, "another ship"
    assert desk.silenced(alert("act"), [], None) is None, "worse"
    assert desk.silenced(alert(asset="pipe"), [], None) is None, "another asset"
    assert Desk([silence()], T0 + 60 * MIN).silenced(alert(), [], None) is None, "over"
    ended = [silence(), did("unsilence", "s", t=T0 + MIN)]
    assert Desk(ended, T0 + MIN).silenced(alert(), [], None) is None
    assert Desk(ended, T0 + MIN - 1).silenced(alert(), [], None) is not None, "as known then"


def test_a_silence_by_kind_and_by_area() -> None:
    desk = Desk([silence(kind="drifting", area={"lat": 57.0, "lon": 11.0, "radius_m": 5_000.0})], T0)
    assert desk.silenced(alert(), ["drifting"], (57.01, 11.0)) is not None
    assert desk.silenced(alert(), ["slowdown"], (57.01, 11.0)) is None
    assert desk.silenced(alert(), ["drifting"], (57.2, 11.0)) is None
    assert desk.silenced(alert(), ["drifting"], None) is None


def test_a_silence_ends_with_the_shift() -> None:
    held = Desk([silence(until_t=T0 + 10 * SHIFT_MS)], T0).active()
    assert held[0].until_t == T0 + SHIFT_MS


def test_a_watch_is_handed_over_once() -> None:
    deeds = [
        did("handover", "h", text="quiet night"),
        did("take_over", "h", t=T0 + MIN, actor="Ben"),
        did("take_over", "h", t=T0 + 2 * MIN, actor="Cy"),
    ]
    given = Desk(deeds, T0 + 3 * MIN).handovers["h"]
    assert (given.given_by, given.taken_by) == ("Ada", "Ben")


@given(
    st.lists(
        st.builds(
            did,
            st.sampled_from(["ack", "comment", "phase", "answer", "promise", "keep", "close", "silence", "odd"]),
            st.sampled_from(["a", "b"]),
            st.integers(T0, T0 + 10 * MIN),
        ),
        max_size=12,
    ),
    st.integers(T0, T0 + 10 * MIN),
)
def test_the_past_does_not_change(deeds: list[OperatorAction], at: int) -> None:
    early = [deed for deed in deeds if deed.t <= at]
    assert Desk(deeds, at).works == Desk(early, at).works
    assert Desk(deeds, at).active() == Desk(early, at).active()
