"""Named situations: what the watch must say, and what it must not."""

from __future__ import annotations

import msgspec
import pytest

from seawarden.model.event import FaultCleared, FaultDeclared, OperatorAction
from seawarden.model.finding import InputQuality, TrackPoint

MIN = 60_000
T0 = 1_735_122_360_000


def slowing(scene, ship, t=T0 + 2 * MIN, loss=0.30, revision=1, **more):
    speed = 9.3 * (1 - loss)
    given = {"expected_speed": 9.3, "speed": speed, "loss": loss, "duration": 900.0, "distance": 300.0} | more
    return scene.finding(ship, "slowdown", "Estlink 2", t, revision, **given)


def crossing(scene, ship, t=T0, asset="Estlink 2", **more):
    return scene.finding(ship, "crossing", asset, t, speed_before=9.3, speed_at=9.2, end_t=t, state="closed", **more)


def rank(tier):
    return ("", "notice", "look", "challenge", "act").index(tier)


def test_tanker_losing_30_percent_over_estlink_2_is_challenged(make_scene, estlink, tanker):
    scene = make_scene(estlink, [tanker])
    scene.tick(T0 + 10_000, [crossing(scene, tanker)])
    assert not scene.alerts, "a crossing alone is not news"
    scene.tick(T0 + 17 * MIN, [slowing(scene, tanker)])
    scene.run_until(T0 + 20 * MIN)
    alert = next(a for a in scene.live() if a.asset.name == "Estlink 2")
    assert alert.tier == "challenge"
    assert alert.first_line.startswith("CHALLENGE · EAGLE S 518998865 · slowing? since 10:28Z")
    assert "ESTLINK 2 crossed 10:26Z" in alert.first_line
    measures = {r.measure for r in alert.reasons if r.weight > 0}
    assert {"loss", "onset", "type"} <= measures
    assert any(a.asset.name == "Estlink 1" for a in alert.ahead)
    text = " ".join([alert.first_line, alert.second_line, *(r.text for r in alert.reasons + alert.counter_reasons)])
    assert "Estlink 1".casefold() not in text.casefold(), "no text names another asset"
    assert "sabotage" not in text.casefold()
    # raised as a notice at once, then held a minute before anybody is called
    mine = [a for a in scene.alerts if a.id == alert.id]
    assert [a.tier for a in mine][:2] == ["notice", "challenge"]
    assert mine[1].updated_t - mine[0].updated_t == MIN


def test_the_span_told_is_wider_while_she_is_losing_speed(make_scene, estlink, tanker):
    spans = []
    for signs in ([], [slowing], [lambda *who: slowing(*who, state="closed", end_t=T0 + 10 * MIN)]):
        scene = make_scene(estlink, [tanker])
        swung = scene.finding(
            tanker, "drifting", "Estlink 2", T0 + 3 * MIN, angle=8.0, duration=3600.0, distance=90.0
        )
        scene.tick(T0 + 17 * MIN, [crossing(scene, tanker), swung, *(sign(scene, tanker) for sign in signs)])
        scene.run_until(T0 + 20 * MIN)
        alert = next(a for a in scene.live() if a.asset.name == "Estlink 2")
        spans.append(next(a for a in alert.ahead if a.asset.name == "Estlink 1"))
    steady, losing, over = spans
    assert losing.minutes == steady.minutes and losing.chance == steady.chance
    assert losing.minutes_low < 0.95 * steady.minutes_low < 1.05 * steady.minutes_high < losing.minutes_high
    assert over == steady


def test_one_kind_of_sign_is_never_act(make_scene, estlink, tanker):
    scene = make_scene(estlink, [tanker])
    scene.tick(T0 + 10 * MIN, [crossing(scene, tanker), slowing(scene, tanker, loss=0.6, duration=7200.0)])
    scene.run_until(T0 + 30 * MIN)
    assert {a.tier for a in scene.live()} <= {"notice", "look", "challenge"}


def test_two_independent_signs_over_an_asset_can_be_act(make_scene, estlink, tanker):
    scene = make_scene(estlink, [tanker])
    swung = scene.finding(tanker, "drifting", "Estlink 2", T0 + 3 * MIN, angle=8.0, duration=3600.0, distance=200.0)
    scene.tick(T0 + 12 * MIN, [crossing(scene, tanker), slowing(scene, tanker), swung])
    scene.run_until(T0 + 20 * MIN)
    assert scene.live()[0].tier == "act"


def test_ferry_on_approach_is_at_most_a_notice(make_scene, make_ship, estlink, port_reason):
    ferry = make_ship(230000001, "Ferry", type="Passenger", length_m=180.0)
    ferry.sail(T0 - 30 * MIN, 59.9, 25.9, 270.0, [20.0] * 30 + [13.0] * 60)
    scene = make_scene(estlink, [ferry])
    found = slowing(scene, ferry, loss=0.35, benign=(port_reason,))
    scene.tick(T0 + 15 * MIN, [crossing(scene, ferry), found])
    scene.run_until(T0 + 60 * MIN)
    assert all(rank(a.tier) <= rank("notice") for a in scene.alerts)


def test_key_frames_are_too_coarse_for_an_alarm_on_slowing(make_scene, estlink, tanker):
    scene = make_scene(estlink, [tanker])
    thinned = InputQuality(
        positions=4, median_interval_s=1300, longest_gap_s=2400, doubted=0, heading_share=0.0, provenance="key_frame"
    )
    scene.tick(T0 + 15 * MIN, [crossing(scene, tanker), slowing(scene, tanker, quality=thinned)])
    scene.run_until(T0 + 60 * MIN)
    assert all(a.tier == "notice" for a in scene.alerts)


def test_38_ships_in_a_gale_are_one_line_and_the_odd_one_keeps_her_own(make_scene, make_ship, estlink):
    ships = []
    for k in range(38):
        ship = make_ship(230000100 + k, f"Ship {k}", type="Cargo", length_m=150.0)
        ships.append(ship.sail(T0 - 60 * MIN, 59.6 + 0.01 * k, 25.9, 270.0, [11.0] * 60 + [10.0] * 300))
    odd = make_ship(230000999, "Odd One", type="Cargo", length_m=150.0)
    odd.sail(T0 - 60 * MIN, 59.85, 25.9, 270.0, [11.0] * 60 + [7.2] * 300)
    scene = make_scene(estlink, [*ships, odd])
    for k, ship in enumerate(ships):
        t = T0 + k * MIN
        where = (TrackPoint(t=t, lon=25.61, lat=ship.lat[0], sog_kn=10.0, cog_deg=270.0, heading_deg=None, trust=0),)
        loss = 0.09 + 0.01 * ((k % 5) - 2)
        scene.tick(t + 10_000, [slowing(scene, ship, t, loss, track=where), crossing(scene, ship, t)])
    where = (TrackPoint(t=T0, lon=25.61, lat=59.85, sog_kn=7.2, cog_deg=270.0, heading_deg=None, trust=0),)
    scene.tick(T0 + 40 * MIN, [slowing(scene, odd, T0 + 20 * MIN, 0.34, track=where), crossing(scene, odd, T0)])
    scene.run_until(T0 + 45 * MIN)
    live = scene.live()
    groups = [a for a in live if a.group_size > 1]
    assert [a.group_size for a in groups] == [38]
    assert groups[0].first_line.startswith("NOTICE · weather? 38 ships slow together since 10:26Z")
    assert "median -9 %" in groups[0].first_line
    assert {a.ship.name for a in live if a.group_size == 1} == {"Odd One"}
    assert max(rank(a.tier) for a in scene.alerts if a.ship.name != "Odd One") <= rank("look")
    assert next(a for a in live if a.ship.name == "Odd One").tier in ("look", "challenge")


def test_not_under_command_drifting_is_told_as_drifting(make_scene, make_ship, estlink):
    ship = make_ship(538000001, "Adrift", type="Cargo", length_m=140.0)
    ship.sail(T0 - 120 * MIN, 59.9, 25.62, 270.0, [0.5] * 600)
    scene = make_scene(estlink, [ship])
    for k in range(4):
        found = scene.finding(
            ship, "drifting", "Estlink 2", T0, k + 1, angle=85.0, duration=3600.0 * (k + 1), speed=0.5, distance=300.0
        )
        scene.tick(T0 + k * 60 * MIN + 10_000, [found])
        scene.run_until(T0 + (k + 1) * 60 * MIN)
    tiers = {a.tier for a in scene.alerts}
    assert tiers & {"look", "challenge"}
    assert "act" not in tiers
    assert all("drifting" in a.first_line and "anchor" not in a.first_line for a in scene.alerts)


def test_a_fault_lists_her_first_and_calls_for_the_next_asset(make_scene, make_ship, estlink, tanker):
    others = []
    for k, (minutes, speed) in enumerate([(-25, 12.0), (-8, 10.5), (9, 14.0), (20, 11.0)]):
        ship = make_ship(230000200 + k, f"Passer {k}", type="Cargo", length_m=120.0)
        start = T0 + (minutes - 60) * MIN
        others.append(ship.sail(start, 59.9, 25.6 + speed / 60 / 0.5 / 1.003, 270.0, [speed] * 240))
    scene = make_scene(estlink, [tanker, *others])
    scene.tick(T0 + 10_000, [crossing(scene, tanker)])
    event = FaultDeclared(
        t=T0 + 14 * MIN,
        fault_id="f1",
        asset_id="estlink-2",
        from_t=T0 - 20 * MIN,
        to_t=T0 + 10 * MIN,
        kp_from_km=40.0,
        kp_to_km=50.0,
    )
    out = scene.tick(T0 + 14 * MIN, [slowing(scene, tanker)], [event])
    (fault,) = out.faults
    first = fault.candidates[0]
    assert first.ship is not None and first.ship.name == "Eagle S"
    assert first.chance > 0.6
    assert first.crossed_t == pytest.approx(T0, abs=2 * MIN)
    assert any(r.measure == "loss" for r in first.speaks_for)
    assert [a.asset.name for a in first.ahead] == ["Estlink 1"]
    assert 120 < first.ahead[0].minutes < 260
    kept = next(c for c in fault.candidates if c.ship is not None and c.ship.name == "Passer 1")
    assert any("kept her speed" in r.text for r in kept.speaks_against)
    assert sum(c.chance for c in fault.candidates) == pytest.approx(1.0)
    assert any(c.ship is None for c in fault.candidates)
    over, clear = first.script.split("CLEAR OF IT:")
    assert "heave" not in over.casefold() and "heave" in clear.casefold()
    scene.run_until(T0 + 25 * MIN)
    alert = scene.live()[0]
    assert alert.ship.name == "Eagle S" and alert.tier == "act" and alert.fault_id == "f1"
    assert any("lowered" in r.text for r in alert.reasons)
    next_asset = next(a for a in scene.live() if a.asset.name == "Estlink 1" and a.ship.name == "Eagle S")
    assert " in " in next_asset.first_line and "slowing? since 10:28Z" in next_asset.first_line
    cleared = scene.tick(T0 + 26 * MIN, [], [FaultCleared(t=T0 + 26 * MIN, fault_id="f1", note="test")])
    assert cleared.faults[0].state == "cleared"
    scene.run_until(T0 + 60 * MIN)
    assert all(a.tier != "act" for a in scene.live())


def test_two_faults_at_once_are_ranked_apart(make_scene, estlink, tanker):
    scene = make_scene(estlink, [tanker])
    events = [
        FaultDeclared(t=T0 + 14 * MIN, fault_id="a", asset_id="estlink-2", from_t=T0 - 5 * MIN, to_t=T0 + 5 * MIN),
        FaultDeclared(t=T0 + 14 * MIN, fault_id="b", asset_id="estlink-1", from_t=T0 - 5 * MIN, to_t=T0 + 5 * MIN),
    ]
    out = scene.tick(T0 + 14 * MIN, [], events)
    assert [f.id for f in out.faults] == ["a", "b"]
    assert out.faults[0].candidates[0].ship is not None
    assert out.faults[1].candidates[0].ship is None, "nobody was near: a ship nobody saw is the likeliest"


def test_a_fault_on_an_asset_that_is_not_loaded_is_said(make_scene, estlink, tanker):
    scene = make_scene(estlink, [tanker])
    out = scene.tick(T0, [], [FaultDeclared(t=T0, fault_id="x", asset_id="nowhere", from_t=T0 - MIN)])
    assert "nowhere" in out.faults[0].blind
    assert scene.stage.next_wake() is None


def test_retraction_retracts_the_alert(make_scene, estlink, tanker):
    scene = make_scene(estlink, [tanker])
    found = slowing(scene, tanker)
    scene.tick(T0 + 17 * MIN, [crossing(scene, tanker), found])
    scene.run_until(T0 + 20 * MIN)
    gone = msgspec.structs.replace(found, revision=2, state="retracted", why_retracted="late data")
    scene.tick(T0 + 21 * MIN, [gone])
    assert {a.state for a in scene.newest().values()} == {"retracted"}
    assert not scene.live()
    assert all(any(r.measure == "retraction" for r in a.counter_reasons) for a in scene.newest().values())


def test_what_ends_is_lowered_then_closed(make_scene, estlink, tanker):
    scene = make_scene(estlink, [tanker])
    scene.tick(T0 + 17 * MIN, [crossing(scene, tanker), slowing(scene, tanker)])
    scene.run_until(T0 + 20 * MIN)
    ended = slowing(scene, tanker, revision=2, state="closed", end_t=T0 + 40 * MIN)
    scene.tick(T0 + 40 * MIN, [ended])
    scene.run_until(T0 + 12 * 60 * MIN)
    states = [(a.state, a.tier) for a in scene.alerts if a.asset.name == "Estlink 2"]
    assert states[-1][0] == "closed"
    assert ("lowered", "look") in states
    assert scene.stage.next_wake() is None, "nothing is left to wake for"


def test_a_person_closes_it_and_it_stays_closed_until_something_new(make_scene, estlink, tanker):
    scene = make_scene(estlink, [tanker])
    scene.tick(T0 + 17 * MIN, [crossing(scene, tanker), slowing(scene, tanker)])
    scene.run_until(T0 + 20 * MIN)
    alert = next(a for a in scene.live() if a.asset.name == "Estlink 2")
    close = OperatorAction(
        t=T0 + 21 * MIN, actor="ann", action="close", subject=alert.id, detail={"outcome": "benign: pilot"}
    )
    scene.tick(T0 + 21 * MIN, [], [close])
    closed = scene.newest()[alert.id]
    assert (closed.state, closed.outcome) == ("closed", "benign: pilot")
    scene.run_until(T0 + 50 * MIN)
    assert not [a for a in scene.live() if a.asset.name == "Estlink 2"]
    swung = scene.finding(tanker, "drifting", "Estlink 2", T0 + 50 * MIN, angle=20.0, duration=1200.0, distance=200.0)
    scene.tick(T0 + 51 * MIN, [swung])
    assert [a for a in scene.live() if a.asset.name == "Estlink 2"]


def test_raised_posture_lowers_thresholds_in_sight(make_scene, estlink, tanker):
    scene = make_scene(estlink, [tanker])
    posture = OperatorAction(t=T0, actor="ann", action="posture", subject="watch", detail={"level": "high"})
    scene.tick(T0 + 17 * MIN, [crossing(scene, tanker), slowing(scene, tanker, loss=0.25)], [posture])
    scene.run_until(T0 + 20 * MIN)
    alert = next(a for a in scene.live() if a.asset.name == "Estlink 2")
    assert alert.tier == "challenge"
    assert any("posture high, set by ann" in r.text for r in alert.reasons)


def test_simulated_ships_are_named_so(make_scene, make_ship, estlink):
    ship = make_ship(999000001, "Canary", type="Tanker", length_m=229.0, simulated=True)
    ship.sail(T0 - 60 * MIN, 59.9, 25.9, 270.0, [9.3] * 60 + [6.5] * 300)
    scene = make_scene(estlink, [ship])
    scene.tick(T0 + 17 * MIN, [crossing(scene, ship), slowing(scene, ship)])
    scene.run_until(T0 + 20 * MIN)
    assert scene.alerts
    assert all(a.simulated and a.first_line.startswith("SIMULATED") for a in scene.alerts)


def test_restricted_assets_speak_only_to_their_own(make_scene, make_line, estlink, tanker):
    secret = make_line("Quiet Line", (25.55, 59.5), (25.55, 60.3), visibility="navy")
    scene = make_scene([*estlink, secret], [tanker])
    hidden = scene.finding(
        tanker,
        "slowdown",
        "Quiet Line",
        T0 + 10 * MIN,
        expected_speed=9.3,
        speed=6.5,
        loss=0.3,
        duration=900.0,
        distance=100.0,
    )
    scene.tick(T0 + 25 * MIN, [crossing(scene, tanker, T0 + 8 * MIN, "Quiet Line"), hidden])
    scene.run_until(T0 + 40 * MIN)
    assert scene.alerts
    assert {a.asset.visibility for a in scene.alerts} == {"navy"}, "no public alert rests on a hidden finding"
    assert {r.asset.visibility for r in scene.risks} == {"navy"}


def test_waters_desk_and_port_come_from_the_shipped_tables(make_scene, estlink, tanker):
    from seawarden.geography.directory import Directory
    from seawarden.geography.ports_table import Place, PlacesTable
    from seawarden.geography.waters import Waters
    from seawarden.ports import Surroundings

    port = Place(kind="port", name="Porvoo", country="FI", lat=59.9, lon=25.2, radius_m=7000.0)
    around = Surroundings(
        assets=None, depth=None, places=PlacesTable([port]), coverage=None, waters=Waters.shipped(), land=None
    )
    near, far = (
        make_scene(estlink, [tanker], around=a, directory=Directory(places=PlacesTable([])))
        for a in (around, around._replace(places=None))
    )
    for scene in (near, far):
        scene.tick(T0 + 17 * MIN, [crossing(scene, tanker), slowing(scene, tanker)])
        scene.run_until(T0 + 20 * MIN)
    told = next(a for a in near.live() if a.asset.name == "Estlink 2")
    assert any(r.text.startswith("her course leads to the port of Porvoo in") for r in told.counter_reasons)
    assert told.risk < next(a for a in far.live() if a.asset.name == "Estlink 2").risk
    assert "call Helsinki Traffic (GOFREP, north) VHF 16 or DSC 70" in told.second_line
    assert told.waters is not None and told.waters.name in ("FI", "unknown waters")


def test_an_exercise_is_ranked_and_lowers_nothing(make_scene, estlink, tanker):
    scene = make_scene(estlink, [tanker])
    event = FaultDeclared(
        t=T0 + 14 * MIN, fault_id="drill", asset_id="estlink-2", from_t=T0 - 5 * MIN, to_t=T0 + 5 * MIN, exercise=True
    )
    out = scene.tick(T0 + 14 * MIN, [crossing(scene, tanker)], [event])
    assert out.faults[0].exercise and out.faults[0].candidates[0].ship is not None
    scene.run_until(T0 + 30 * MIN)
    assert not scene.alerts


def answered(alert, kind, t, text="both anchors home"):
    return OperatorAction(
        t=t, actor="ann", action="call", subject=alert.id, detail={"whom": "the ship", "kind": kind, "text": text}
    )


def test_a_satisfying_answer_lowers_nothing_and_says_what_to_ask_next(make_scene, estlink, tanker):
    scene = make_scene(estlink, [tanker])
    scene.tick(T0 + 17 * MIN, [crossing(scene, tanker), slowing(scene, tanker)])
    scene.run_until(T0 + 20 * MIN)
    before = next(a for a in scene.live() if a.asset.name == "Estlink 2")
    scene.tick(T0 + 21 * MIN, [], [answered(before, "satisfying", T0 + 21 * MIN)])
    scene.run_until(T0 + 60 * MIN)
    after = scene.newest()[before.id]
    assert after.tier == before.tier and after.risk >= before.risk
    said = next(r for r in after.counter_reasons if r.measure == "answer")
    assert "both anchors home" in said.text and "revolutions" in said.text and said.weight == 0.0


def test_an_answer_that_does_not_satisfy_is_a_sign(make_scene, estlink, tanker):
    scene = make_scene(estlink, [tanker])
    found = slowing(scene, tanker, loss=0.6, duration=7200.0)
    scene.tick(T0 + 10 * MIN, [crossing(scene, tanker), found])
    scene.run_until(T0 + 20 * MIN)
    before = next(a for a in scene.live() if a.asset.name == "Estlink 2")
    assert before.tier == "challenge"
    scene.tick(T0 + 21 * MIN, [], [answered(before, "unsatisfying", T0 + 21 * MIN, "engine trouble")])
    after = scene.newest()[before.id]
    assert after.risk > before.risk
    assert any(r.measure == "answer" and "engine trouble" in r.text for r in after.reasons)


def test_no_answer_is_little_and_an_old_answer_is_forgotten(make_scene, estlink, tanker):
    scene = make_scene(estlink, [tanker])
    scene.tick(T0 + 17 * MIN, [crossing(scene, tanker), slowing(scene, tanker)])
    scene.run_until(T0 + 20 * MIN)
    alert = next(a for a in scene.live() if a.asset.name == "Estlink 2")
    scene.tick(T0 + 21 * MIN, [], [answered(alert, "none", T0 + 21 * MIN, "")])
    assert any("did not answer at 10:47Z" in r.text for r in scene.newest()[alert.id].reasons)
    scene.run_until(T0 + 7 * 60 * MIN)
    assert not any(r.measure == "answer" for r in scene.newest()[alert.id].reasons)
