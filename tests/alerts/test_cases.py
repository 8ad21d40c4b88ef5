"""Alerts of one ship and one cause are one case, and no case tells of an asset that its reader may not see."""

from __future__ import annotations

import msgspec

from seawarden.alerts.book import AlertBook, Draft
from seawarden.alerts.tiers import Verdict
from seawarden.model.alert import Alert
from seawarden.model.finding import AssetRef
from seawarden.model.vessel import ShipRef
from seawarden.settings_risk import AlertSettings

MIN = 60_000
T0 = 1_735_122_360_000
S = AlertSettings()
NOTICE = Verdict("notice", "notice", (), ())


class Book:
    """Alerts that are raised and ended by name."""

    def __init__(self) -> None:
        self.book = AlertBook()

    def raised(
        self, name: str, t: int, *findings: str, cause: str = "speed", track: str = "a-1", group: str = "public"
    ) -> Alert:
        def write() -> Alert:
            return Alert(
                id="",
                revision=0,
                tier="notice",
                highest_tier="notice",
                state="raised",
                ship=ShipRef(mmsi=1, track_id=track),
                asset=AssetRef(id=name, name=name, kind="power_cable", system=name, visibility=group),
                first_line=name,
                start_t=t,
                raised_t=t,
                updated_t=t,
                known_from_t=t,
                risk=0.1,
                findings=findings,
            )

        draft = Draft(track, findings, "", "+".join(findings), write, cause)
        made = self.book.observe(f"{track}|{name}|{group}", draft, NOTICE, t, S)
        assert made is not None
        return made

    def ended(self, name: str, t: int, group: str = "public") -> None:
        assert self.book.end(f"a-1|{name}|{group}", t, "closed") is not None


def test_one_ship_and_one_cause_is_one_case():
    one = Book()
    cases = {one.raised(f"line-{k}", T0 + k * MIN, f"f{k}").case for k in range(30)}
    assert len(cases) == 1 and "" not in cases
    assert one.raised("line-0", T0 + MIN, "f0", track="b-1").case not in cases


def test_another_cause_is_another_case_unless_it_rests_on_the_same():
    one = Book()
    first = one.raised("north", T0, "slowdown")
    silent = one.raised("south", T0 + MIN, "silence", cause="silence")
    both = one.raised("west", T0 + 2 * MIN, "drift", "slowdown", cause="attitude")
    assert silent.case != first.case == both.case
    assert (first.cause, both.cause) == ("speed", "attitude")


def test_an_alert_keeps_its_case_whatever_leads_later():
    one = Book()
    first = one.raised("north", T0, "slowdown")
    later = one.raised("north", T0 + MIN, "drift", cause="attitude")
    assert (later.revision, later.case, later.cause) == (2, first.case, "speed")


def test_a_case_goes_on_within_the_hour_and_a_later_one_is_new():
    one = Book()
    first = one.raised("north", T0, "a")
    one.ended("north", T0 + 10 * MIN)
    again = one.raised("south", T0 + 70 * MIN, "b")
    one.ended("south", T0 + 80 * MIN)
    new = one.raised("north", T0 + 141 * MIN, "c")
    assert again.case == first.case != new.case
    assert len(one.book.cases.held["a-1|public"]) == 1, "what is over is forgotten"


def test_what_is_restricted_neither_begins_nor_holds_open_a_public_case():
    with_it, without = Book(), Book()
    secret = with_it.raised("quiet", T0 - 30 * MIN, "shared", group="navy")
    seen = []
    for one in (with_it, without):
        first = one.raised("open", T0, "shared")
        one.ended("open", T0 + MIN)
        seen.append((first, one.raised("open", T0 + 70 * MIN, "shared")))
    assert seen[0] == seen[1], "a public reader sees the same whether there is a restricted route or not"
    assert secret.case not in {alert.case for pair in seen for alert in pair}


def test_a_restart_in_the_middle_goes_on():
    one = Book()
    first = one.raised("north", T0, "a")
    one.book = msgspec.msgpack.decode(msgspec.msgpack.encode(one.book), type=AlertBook)
    assert one.raised("south", T0 + MIN, "b").case == first.case
    assert one.book.cases.held["a-1|public"][0].live == 2
