"""What people did to an alert, beside an engine that learns of it at the end of the tick."""

from __future__ import annotations

import msgspec

from seawarden.model.alert import Alert
from seawarden.model.event import OperatorAction
from seawarden.model.finding import AssetRef
from seawarden.model.vessel import ShipRef
from seawarden.service.deeds import Deeds

T0 = 1_732_000_000_000
TICK = 10_000
CLOSED = OperatorAction(t=T0 + 63_000, actor="Ada", action="close", subject="a", detail={"outcome": "benign: tow"})


def alert(revision: int = 1, known_from_t: int = T0, state: str = "raised") -> Alert:
    return Alert(
        id="a",
        revision=revision,
        tier="look",
        highest_tier="look",
        state=state,  # type: ignore[arg-type]
        ship=ShipRef(mmsi=219_000_001, track_id="219000001-0"),
        asset=AssetRef(id="link", name="link", kind="power", system="link"),
        first_line="",
        start_t=T0,
        raised_t=T0,
        updated_t=known_from_t,
        known_from_t=known_from_t,
        risk=0.1,
    )


def test_a_person_closes_at_once_and_the_engine_not_once_more() -> None:
    deeds = Deeds([CLOSED], tick_ms=TICK)
    before = alert(2, T0 + 60_000)
    at_once = deeds.worked(before, T0 + 64_000)
    assert (at_once.state, at_once.revision, at_once.outcome) == ("closed", 3, "benign: tow")
    by_engine = msgspec.structs.replace(alert(3, T0 + 70_000, "closed"), outcome="benign: tow")
    assert deeds.worked(by_engine, T0 + 80_000) is by_engine
    assert [a.revision for a in deeds.history([before, by_engine], T0 + 80_000)] == [2, 3]


def test_what_the_engine_says_before_it_knows_of_the_closing_stays_closed() -> None:
    deeds = Deeds([CLOSED], tick_ms=TICK)
    assert deeds.worked(alert(3, T0 + 70_000), T0 + 80_000).state == "closed"


def test_an_alert_that_is_raised_anew_after_it_was_closed_is_raised() -> None:
    anew = alert(4, T0 + 300_000)
    assert Deeds([CLOSED], tick_ms=TICK).worked(anew, T0 + 400_000) is anew
    assert Deeds([CLOSED]).worked(anew, T0 + 400_000).state == "closed", "a recorded run does not learn of it"


def test_all_is_copied_only_when_there_is_one_more() -> None:
    deeds = Deeds([CLOSED])
    first = deeds.all()
    assert deeds.all() is first
    deeds.add(CLOSED)
    assert len(first) == 1 and len(deeds.all()) == 2
