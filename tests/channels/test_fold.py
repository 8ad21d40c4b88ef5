"""A ship's alerts are told as one case: when it begins, rises, has reached more, and is over."""

from __future__ import annotations

from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from seawarden.channels.messages import cap, cot
from seawarden.channels.messages.case import told_case, words, worst_first
from seawarden.channels.messages.told import from_flat, to_flat
from seawarden.channels.notify.fold import Fold, News, Thread
from seawarden.model.alert import TIERS, Alert
from seawarden.model.finding import AssetRef
from seawarden.model.risk import AssetAhead
from seawarden.model.vessel import ShipRef

MIN = 60_000
T0 = 1_732_010_400_000
JOIN = 10 * MIN
SHIP = ShipRef(mmsi=219_000_001, track_id="219000001-0", name="NORDIC TEST")


def alert(
    name: str, t: int = T0, tier: str = "challenge", state: str = "raised", revision: int = 1, **more: object
) -> Alert:
    asset = AssetRef(id=f"line-{name}", name=f"Line {name}", kind="power_cable", system=f"line-{name}")
    made: dict[str, object] = {
        "id": name,
        "revision": revision,
        "tier": tier,
        "highest_tier": tier,
        "state": state,
        "ship": SHIP,
        "asset": asset,
        "first_line": f"{tier.upper()} · NORDIC TEST 219000001 · slowing? since 10:00Z · LINE {name} in 12 min",
        "start_t": T0,
        "raised_t": T0,
        "updated_t": t,
        "known_from_t": t,
        "risk": 0.1,
        "case": "c1",
        "cause": "speed",
        "ahead": (AssetAhead(asset=asset, minutes=12.0, minutes_low=9.0, minutes_high=16.0, chance=0.6),),
    } | more
    return Alert(**made)  # type: ignore[arg-type]


def everyone(_: Alert) -> bool:
    return True


def told(news: list[News]) -> list[tuple[str, int, int]]:
    return [(one.why, (one.t - T0) // MIN, len(one.alerts)) for one in news]


def test_thirty_alerts_at_once_are_one_message() -> None:
    news = Fold(JOIN).take([alert(str(k)) for k in range(30)], T0, everyone)
    assert told(news) == [("raised", 0, 30)]
    assert news[0].key == "c1-30"


def test_what_joins_waits_and_what_rises_does_not() -> None:
    alerts = [
        alert("a"),
        *(alert(name, T0 + k * MIN) for k, name in enumerate("bcd", start=1)),
        alert("e", T0 + 11 * MIN),
        alert("b", T0 + 15 * MIN, "act", revision=2),
        alert("f", T0 + 16 * MIN, "act"),
    ]
    news = Fold(JOIN).take(alerts, T0 + 60 * MIN, everyone)
    assert told(news) == [("raised", 0, 1), ("joined", 10, 4), ("risen", 15, 5), ("joined", 25, 6)]
    assert [one.about for one in news] == [("a",), ("b", "c", "d"), ("b", "e"), ("f",)]


def test_it_is_over_once_when_all_are() -> None:
    begins = [alert(name) for name in "abc"]
    ends = [alert(name, T0 + k * MIN, state="closed", revision=2) for k, name in enumerate("abc", start=20)]
    news = Fold(JOIN).take([*begins, *ends], T0 + 60 * MIN, everyone)
    assert told(news) == [("raised", 0, 3), ("over", 22, 3)]


def test_an_asset_that_came_and_went_before_its_turn_is_still_told_of() -> None:
    alerts = [alert("a"), alert("b", T0 + MIN), alert("b", T0 + 2 * MIN, state="retracted", revision=2)]
    news = Fold(JOIN).take(alerts, T0 + 60 * MIN, everyone)
    assert told(news) == [("raised", 0, 1), ("joined", 10, 2)]
    lines = told_case("c1", 3, news[1].alerts, news[1].t).lines
    assert {line.alert: line.state for line in lines} == {"a": "raised", "b": "retracted"}


def test_a_case_that_comes_back_is_the_same_thread() -> None:
    alerts = [alert("a"), alert("a", T0 + MIN, state="closed", revision=2), alert("b", T0 + 30 * MIN)]
    news = Fold(JOIN).take(alerts, T0 + 30 * MIN, everyone)
    assert [(one.why, one.key) for one in news] == [("raised", "c1-1"), ("over", "c1-2"), ("raised", "c1-3")]


def test_without_folding_each_alert_is_told_by_itself() -> None:
    news = Fold(JOIN, fold=False).take([alert(str(k)) for k in range(30)], T0, everyone)
    assert sorted(one.key for one in news) == sorted(f"{k}-1" for k in range(30))


def test_public_and_restricted_alerts_come_to_one_thread_for_whoever_sees_both() -> None:
    secret = alert("b", T0 + MIN, case="c2")
    for order in ([alert("a"), secret], [alert("a", T0 + 2 * MIN), secret], [alert("a", T0 + MIN), secret]):
        news = Fold(0).take(order, T0 + 10 * MIN, everyone)
        assert len({one.thread.id for one in news}) == 1
        assert len(news[-1].alerts) == 2
    other = alert("b", T0 + MIN, case="c2", cause="silence", findings=("f",))
    assert len({one.thread.id for one in Fold(0).take([alert("a"), other], T0 + MIN, everyone)}) == 2


def test_a_tier_that_somebody_else_is_told_of_ends_nothing() -> None:
    fold = Fold(JOIN)
    alerts = [alert("a", tier="look"), alert("a", T0 + MIN, "challenge", revision=2)]
    news = fold.take(alerts, T0 + 5 * MIN, lambda a: a.highest_tier == "look")
    assert told(news) == [("raised", 0, 1)]


steps = st.lists(
    st.tuples(
        st.integers(0, 40), st.sampled_from("abcdef"), st.sampled_from(TIERS), st.sampled_from(["raised", "closed"])
    ),
    max_size=25,
)


@given(steps, st.lists(st.integers(0, 60), max_size=5), st.booleans())
def test_in_any_pieces_and_over_any_restarts_the_same(
    made: list[tuple[int, str, str, str]], cuts: list[int], fold: bool
) -> None:
    revisions: dict[str, int] = {}
    alerts = []
    for minute, name, tier, state in sorted(made, key=lambda step: step[0]):
        revisions[name] = revisions.get(name, 0) + 1
        alerts.append(alert(name, T0 + minute * MIN, tier, state, revisions[name]))
    whole = Fold(JOIN, fold=fold).take(alerts, T0 + 60 * MIN, everyone)
    kept: list[bytes] = []
    newest: dict[str, Alert] = {}
    found: list[tuple[str, str, int]] = []
    begin = T0 - 1
    for cut in [*(T0 + c * MIN for c in sorted(cuts)), T0 + 60 * MIN]:
        part = Fold(JOIN, fold=fold, threads=[msgspec.json.decode(body, type=Thread) for body in kept])
        part.alerts |= newest
        new = [a for a in alerts if begin < a.known_from_t <= cut]
        found += [(one.key, one.why, one.t) for one in part.take(new, cut, everyone)]
        kept, newest, begin = [msgspec.json.encode(th) for th in part.threads.values()], part.alerts, cut
    assert found == [(one.key, one.why, one.t) for one in whole]
    assert len({key for key, _, _ in found}) == len(found), "no two messages have one key"


@given(steps)
def test_whatever_stands_has_been_told_within_the_wait(made: list[tuple[int, str, str, str]]) -> None:
    revisions: dict[str, int] = {}
    alerts = []
    for minute, name, tier, state in sorted(made, key=lambda step: step[0]):
        revisions[name] = revisions.get(name, 0) + 1
        alerts.append(alert(name, T0 + minute * MIN, tier, state, revisions[name]))
    news = Fold(JOIN).take(alerts, T0 + 60 * MIN, everyone)
    rank: dict[str, int] = {}
    for one in alerts:
        before = rank.get(one.id, -1)
        rank[one.id] = TIERS.index(one.tier) if one.state == "raised" else -1
        if rank[one.id] > before:
            t = one.known_from_t
            assert any(t <= item.t <= t + JOIN and one.id in {a.id for a in item.alerts} for item in news)
    joined = [item.t for item in news if item.why == "joined"]
    assert all(later - sooner >= JOIN for sooner, later in pairwise(joined))


def test_the_worst_comes_first_and_then_what_is_reached_first() -> None:
    def ahead(name: str, minutes: float) -> tuple[AssetAhead, ...]:
        asset = AssetRef(id=f"line-{name}", name=name, kind="power_cable", system=name)
        return (AssetAhead(asset=asset, minutes=minutes, minutes_low=1.0, minutes_high=99.0, chance=0.5),)

    alerts = [
        alert("over", state="closed", tier="act"),
        alert("late", ahead=ahead("late", 40.0)),
        alert("soon", ahead=ahead("soon", 5.0)),
        alert("look", tier="look"),
        alert("worst", risk=0.3, ahead=ahead("worst", 30.0)),
    ]
    assert [a.id for a in worst_first(alerts)] == ["worst", "soon", "late", "look", "over"]
    item = told_case("c1", 5, alerts, T0 + 4 * MIN, (57.0, 11.0))
    assert (item.tier, item.state, item.risk, item.asset) == ("challenge", "raised", 0.3, "Line worst")
    assert item.first_line.endswith("· +3 more assets") and len(item.first_line) <= 160
    assert [line.minutes for line in item.lines[:3]] == [26.0, 1.0, 36.0]
    text = words(item, most=2)
    assert text.splitlines()[-1] == "and 3 more" and "Line soon in 1 min" in text
    assert words(item).splitlines()[-1] == "CLOSED · Line over"


def coming(name: str, minutes: float, chance: float = 0.9) -> AssetAhead:
    asset = AssetRef(id=f"line-{name}", name=f"Line {name}", kind="power_cable", system=name)
    return AssetAhead(asset=asset, minutes=minutes, minutes_low=1.0, minutes_high=999.0, chance=chance)


def test_what_comes_next_is_told_of_assets_that_were_asked_for() -> None:
    ways = (
        coming("a", 12.0),
        coming("late", 40.0),
        coming("b", 20.0),
        coming("turns", 5.0, 0.2),
        coming("far", 300.0),
    )
    one = alert("a", ahead=ways)
    item = told_case("c1", 1, [one], T0 + 4 * MIN)
    assert [(c.asset_id, c.minutes) for c in item.ahead] == [("line-b", 16.0), ("line-late", 36.0)]
    assert words(item).splitlines()[-1] == "next · Line late in 36 min"
    mine = told_case("c1", 1, [one], T0, asked=lambda asset_id, owner: asset_id == "line-late")
    assert [c.asset_id for c in mine.ahead] == ["line-late"]
    assert not told_case("c1", 2, [alert("a", state="closed", ahead=ways)], T0).ahead
    assert from_flat(to_flat(item)) == item


def test_a_case_reads_back_from_every_flat_form() -> None:
    item = told_case("c1", 30, [alert(str(k)) for k in range(30)], T0, (57.0, 11.0))
    assert from_flat(to_flat(item)) == item
    worst = worst_first([alert(str(k)) for k in range(30)])[0]
    data = cap.encode(item, worst, sender="watch@example.org")
    assert cap.decode(data) == ("Alert", item)
    assert data.count(b"Line 7") >= 2, "in the description and in the area"
    assert cot.decode(cot.encode(item)) == item
