"""A cable ship at declared works, and a bulker in a gale: seen, explained, and still watched."""

from __future__ import annotations

from seawarden.model.alert import TIERS
from seawarden.model.event import WeatherSample, WorksDeclared
from seawarden.ports import Surroundings
from seawarden.surroundings.weather import WeatherBook
from seawarden.surroundings.works import WorksBook
from seawarden.surroundings.works.shape import ring_of

MIN = 60_000
HOUR = 60 * MIN
T0 = 1_735_122_360_000


def around(works: WorksBook | None = None, weather: WeatherBook | None = None) -> Surroundings:
    return Surroundings(
        assets=None, depth=None, places=None, coverage=None, waters=None, land=None, works=works, weather=weather
    )


def slowing(scene, ship, loss=0.25, t=T0 + 2 * MIN):
    given = {"expected_speed": 9.3, "speed": 9.3 * (1 - loss), "loss": loss, "duration": 900.0, "distance": 300.0}
    return scene.finding(ship, "slowdown", "Estlink 2", t, 1, **given)


def anchored(scene, ship):
    given = {"duration": 1800.0, "distance": 60.0}
    return scene.finding(ship, "anchored_over_asset", "Estlink 2", T0 + 2 * MIN, 1, **given)


def told(make_scene, estlink, ship, finding, surroundings):
    scene = make_scene(estlink, [ship], around=surroundings)
    scene.tick(T0 + 20 * MIN, [finding(scene, ship)])
    scene.run_until(T0 + 25 * MIN)
    alerts = [a for a in scene.live() if a.asset.name == "Estlink 2"]
    assert alerts, "whatever explains her, she is still watched"
    return alerts[0]


def here(ship):
    k = ship.t.index(T0 + 20 * MIN)
    return ship.lat[k], ship.lon[k]


def works(ship, **more) -> WorksBook:
    book = WorksBook()
    given = {"works_id": "NAVAREA I 9/25", "kind": "cable operations", "names": (ship.ref.name,)} | more
    if "polygon" not in given and "assets" not in given:
        lat, lon = here(ship)
        given["polygon"] = ring_of([(lon, lat)], "point", 10.0)
    book.declare(WorksDeclared(t=0, **given))
    return book


def tier(alert) -> int:
    return TIERS.index(alert.tier)


def test_a_cable_ship_at_her_declared_works_is_a_notice_that_says_why(make_scene, estlink, tanker):
    plain = told(make_scene, estlink, tanker, anchored, around())
    known = told(make_scene, estlink, tanker, anchored, around(works(tanker)))
    assert tier(plain) >= TIERS.index("look")
    assert tier(known) < tier(plain)
    reason = next(r for r in known.counter_reasons if r.measure == "works")
    assert (
        reason.text == f"expected here: cable operations by {tanker.ref.name} until further notice (NAVAREA I 9/25)"
    )


def test_works_over_and_works_elsewhere_explain_nothing(make_scene, estlink, tanker):
    plain = told(make_scene, estlink, tanker, anchored, around())
    for book in (
        works(tanker, to_t=T0 - HOUR),
        works(tanker, from_t=T0 + HOUR),
        works(tanker, polygon=ring_of([(5.0, 57.0)], "point", 10.0)),
        works(tanker, names=(), mmsi=219000001),
    ):
        other = told(make_scene, estlink, tanker, anchored, around(book))
        assert other.risk == plain.risk
        assert not [r for r in other.counter_reasons if r.measure == "works"]


def test_works_that_name_another_ship_explain_little(make_scene, estlink, tanker):
    plain, other, own = (
        told(make_scene, estlink, tanker, anchored, around(book))
        for book in (None, works(tanker, names=("CABLE VIGILANCE",)), works(tanker))
    )
    assert own.risk < other.risk < plain.risk
    assert "do not name her" in next(r.text for r in other.counter_reasons if r.measure == "works")


def test_works_on_an_asset_need_no_area(make_scene, estlink, tanker):
    known = told(make_scene, estlink, tanker, anchored, around(works(tanker, assets=("Estlink 2",))))
    assert [r for r in known.counter_reasons if r.measure == "works"]
    other = told(make_scene, estlink, tanker, anchored, around(works(tanker, assets=("Estlink 1",))))
    assert not [r for r in other.counter_reasons if r.measure == "works"]


def gale(ship, rising: bool) -> WeatherBook:
    """30 kn and 2.5 m on the bow; since an hour, or for half a day."""
    book = WeatherBook()
    for k in range(-12, 2):
        strong = k >= 0 or not rising
        bow = ship.cog[-1]
        book.declare(
            WeatherSample(
                t=T0 + k * HOUR - 10 * MIN,
                lat=here(ship)[0],
                lon=here(ship)[1],
                wind_ms=15.4 if strong else 4.0,
                wind_from_deg=bow,
                wave_height_m=2.5 if strong else 0.4,
                wave_from_deg=bow,
            )
        )
    return book


def test_a_ship_slowing_as_a_gale_comes_up_is_explained_and_in_a_lasting_gale_less(make_scene, estlink, tanker):
    def risk(book):
        scene = make_scene(estlink, [tanker], around=around(weather=book))
        scene.tick(T0 + 20 * MIN, [slowing(scene, tanker)])
        return next(r for r in scene.risks if r.asset.name == "Estlink 2")

    unknown, lasting, rising = (risk(book) for book in (WeatherBook(), gale(tanker, False), gale(tanker, True)))
    assert 0.0 < rising.chance < lasting.chance < unknown.chance
    assert any(r.text.startswith("no weather known") and -0.5 < r.weight < 0.0 for r in unknown.counter_reasons)
    for told_risk in (lasting, rising):
        reason = next(r for r in told_risk.counter_reasons if r.measure == "weather")
        assert reason.text.startswith("head wind of 30 kn and waves of 2.5 m: explains")
        assert reason.weight < 0.0
