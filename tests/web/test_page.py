"""The page in a browser: ships on the canvas, an alert by keyboard, the slider, a fault and its ranking, a phone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, Route

from seawarden.model import position

pytestmark = pytest.mark.browser
DAYS = Path(position.__file__).resolve().parents[1] / "data/incident_days"
DAY = "2024-12-25"
HALF_HOUR_MS = 1_800_000
MINUTE_MS = 60_000


def ask(base: str, path: str) -> Any:
    """An answer of the API, read beside the page."""
    with urlopen(base + path) as answer:
        return json.load(answer)


def episode(base: str) -> dict[str, Any]:
    """The episode of the incident day under test."""
    found = [e for e in ask(base, "/api/status")["episodes"] if DAY in e["id"]]
    assert found, f"the demonstration holds no episode of {DAY}"
    return dict(found[0])


def picked(watched: Any, mmsi: int) -> int | None:
    """What the canvas shows where a ship should be, looking closer when another lies on top of her."""
    for zoom in (11, 14, 17):
        watched.ask("([mmsi, zoom]) => window.__seawarden.look(mmsi, zoom)", [mmsi, zoom])
        found = watched.ask(
            "(mmsi) => { const at = window.__seawarden.project(mmsi);"
            " return at && window.__seawarden.pick(at.x, at.y); }",
            mmsi,
        )
        if found == mmsi:
            return mmsi
    return int(found) if found else None


def test_opens_with_words_first_and_asks_nobody_outside(open_page):
    watched = open_page()
    page = watched.page
    assert page.locator("h1").inner_text() == "Seawarden"
    assert page.locator(".queue h2").inner_text() == "Queue"
    assert "OpenStreetMap" in page.locator(".attribution").inner_text()
    assert page.locator(".cannot-see li").count() > 0
    assert "SIMULATED" in page.locator(".topbar").inner_text()
    watched.wait("document.fonts.check('14px \"Inter Variable\"')")
    watched.shot("opened-1280x800")


def test_every_ship_of_the_day_is_found_on_the_canvas(open_page, page_url):
    watched = open_page()
    day = episode(page_url)
    lines = (DAYS / f"{DAY}.jsonl").read_text().splitlines()
    expected = {json.loads(line)["mmsi"] for line in lines if line.strip()}
    page = watched.page
    page.get_by_label("Episode").select_option(day["id"])
    slider = page.get_by_label("Event time")
    seen: set[int] = set()
    missed: dict[int, int | None] = {}
    for t in range(day["from"] + HALF_HOUR_MS, day["to"] + 1, HALF_HOUR_MS):
        slider.fill(str(t // MINUTE_MS))
        watched.settled()
        for mmsi in watched.ask("window.__seawarden.ships()"):
            if mmsi in seen:
                continue
            seen.add(mmsi)
            found = picked(watched, mmsi)
            if found != mmsi:
                missed[mmsi] = found
    assert missed == {}
    # the simulated ship sails the real track of one of them, who is left out
    assert len(expected - seen) <= 1, f"never on the map: {expected - seen}"
    assert any(str(mmsi).startswith("999") for mmsi in seen), "the simulated ship was never on the map"


def test_an_alert_is_opened_and_worked_by_keyboard_alone(open_page):
    watched = open_page()
    page = watched.page
    watched.wait("!!document.querySelector('[data-alert]')")
    page.keyboard.press("j")
    watched.wait("document.activeElement.hasAttribute('data-alert')")
    page.keyboard.press("Enter")
    watched.wait("document.querySelectorAll('.charts canvas').length >= 3")
    inked = """() => [...document.querySelectorAll('.charts canvas')].map((canvas) => {
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        return new Set(new Uint32Array(data.buffer)).size; })"""
    watched.wait("document.querySelector('.drawer h2').textContent.length > 0")
    page.wait_for_timeout(300)
    assert all(colours > 3 for colours in watched.ask(inked)), "a chart is blank"
    titles = page.locator(".drawer h3").all_inner_texts()
    assert titles[:4] == ["What is seen", "Why it matters", "What else could it be", "What to do now"]
    assert page.locator(".side h4").all_inner_texts() == ["Speaks for", "Speaks against"]
    page.keyboard.press("g")
    watched.wait("window.__seawarden.zoom() > 8")
    page.wait_for_timeout(700)
    watched.shot("alert-1280x800")
    page.keyboard.press("c")
    watched.wait("!!document.querySelector('dialog[open] textarea')")
    page.keyboard.type("Called on channel 16, no answer yet")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    watched.wait("!document.querySelector('dialog[open]')")
    watched.wait("document.querySelector('.note').textContent.includes('Comment recorded')")
    page.keyboard.press("a")
    watched.wait("document.querySelector('.note').textContent.includes('Acknowledged')")
    page.keyboard.press("?")
    watched.wait("!!document.querySelector('dialog[open] .help')")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    watched.wait("!document.querySelector('.drawer')")


def test_the_queue_has_one_row_a_case_and_an_open_one_lists_its_alerts(open_page, page_url):
    watched = open_page()
    page = watched.page
    told = ask(page_url, f"/api/cases?at={watched.ask('window.__seawarden.at()')}")["cases"]
    assert max(len(case["lines"]) for case in told) > 1, "the demonstration has no case of several alerts"
    for fold in page.locator(".queue .fold:not([open]) > summary").all():
        fold.click()
    watched.wait("document.querySelectorAll('[data-case]').length > 0")
    rows = page.locator("[data-case]").evaluate_all("(rows) => rows.map((row) => row.dataset.case)")
    assert sorted(rows) == sorted(case["id"] for case in told)
    case = max(told, key=lambda one: len(one["lines"]))
    page.locator(f'[data-case="{case["id"]}"]').click()
    page.locator("section.case").wait_for()
    assert page.locator(".case-line").count() == len(case["lines"])
    names = page.locator(".case-line strong").all_text_contents()
    assert sorted(names) == sorted(line["asset"] for line in case["lines"])
    page.locator(".case-line").last.evaluate("(line) => line.click()")
    watched.wait(
        "document.querySelectorAll('.case-line')[0].closest('.case').contains("
        "document.querySelector('.case-line[aria-current]'))"
    )
    assert page.locator(f'.card.chosen [data-case="{case["id"]}"]').count() == 1, "another alert, the same row"
    watched.shot("case-1280x800")


def test_the_slider_moves_the_ships(open_page):
    watched = open_page()
    page = watched.page
    where = """() => Object.fromEntries(window.__seawarden.ships().map((mmsi) => {
        const at = window.__seawarden.project(mmsi); return [mmsi, [at.x, at.y]]; }))"""
    before, start = watched.ask(where), watched.ask("window.__seawarden.at()")
    page.get_by_label("Event time").focus()
    for _ in range(45):
        page.keyboard.press("ArrowRight")
    watched.wait(f"window.__seawarden.at() >= {start} + 40 * 60000")
    watched.settled()
    after = watched.ask(where)
    both = before.keys() & after.keys()
    moved = [m for m in both if abs(before[m][0] - after[m][0]) + abs(before[m][1] - after[m][1]) > 1]
    assert len(moved) > len(both) / 4, f"{len(moved)} of {len(both)} ships moved"
    watched.shot("slider-moved")


def test_it_plays_and_pauses(open_page):
    watched = open_page()
    start = watched.ask("window.__seawarden.at()")
    watched.page.locator("body").press("Space")
    watched.wait("document.querySelector('.mode').textContent.startsWith('REPLAY')")
    watched.wait(f"window.__seawarden.at() > {start} + 60000")
    watched.page.locator("body").press("Space")
    watched.wait("document.querySelector('.mode').textContent === 'AS KNOWN AT'")


def test_a_fault_is_entered_and_the_ranking_appears(open_page, page_url):
    watched = open_page()
    page = watched.page
    day = episode(page_url)
    found = ask(page_url, f"/api/findings?at={day['to']}&kind=crossing")
    crossings = [f for f in (found["findings"] if isinstance(found, dict) else found) if f.get("asset")]
    inside = [f for f in crossings if day["from"] + 4 * HALF_HOUR_MS < f["start_t"] < day["to"] - 2 * HALF_HOUR_MS]
    assert inside, "no crossing to declare a fault at"
    crossing = inside[len(inside) // 2]
    t = crossing["start_t"]
    page.get_by_label("Event time").fill(str((t + HALF_HOUR_MS) // MINUTE_MS))
    watched.settled()
    page.locator("body").press("f")
    page.locator("select[name=asset]").select_option(crossing["asset"]["id"])
    watched.shot("fault-form")
    page.get_by_label("Note").fill("An operator's alarm, told by telephone")
    page.get_by_label("Your name").fill("Test")
    page.get_by_label("Your name").press("Enter")
    watched.wait("document.querySelectorAll('.candidates > li').length > 0", 5)
    page.wait_for_timeout(800)
    watched.shot("fault-ranking")
    names = page.locator(".candidate-who strong").all_inner_texts()
    assert "A ship nobody saw" in names
    assert str(crossing["ship"]["mmsi"]) in [
        li.get_attribute("data-candidate") for li in page.locator(".candidates > li").all()
    ]
    assert "thresholds lowered" in page.locator(".topbar").inner_text()
    page.get_by_role("button", name="Clear this fault").click()
    watched.wait("!document.querySelector('.fault-chip')")


def test_a_phone_shows_the_queue_first_and_sheets_after(open_page):
    watched = open_page(390, 844)
    page = watched.page
    assert page.locator(".queue").is_visible()
    assert not page.locator(".timeline").is_visible()
    watched.shot("phone-queue")
    if page.locator(".fold:not([open]) > summary").count():
        page.locator(".fold:not([open]) > summary").first.click()
    page.locator("[data-alert]").first.click()
    watched.wait("document.querySelectorAll('.charts canvas').length >= 3")
    watched.shot("phone-card")
    page.locator(".tabs button", has_text="Map").click()
    assert page.locator(".timeline").is_visible()
    page.wait_for_timeout(800)
    watched.shot("phone-map")
    assert watched.ask("document.documentElement.scrollWidth") <= 390


def test_everything_is_reached_by_tab(open_page):
    watched = open_page()
    reached: list[str] = []
    label = """() => { const e = document.activeElement;
        return e.getAttribute('aria-label') || e.dataset.alert && 'alert' || e.textContent.trim().slice(0, 40)
            || e.id || e.tagName; }"""
    for _ in range(40):
        watched.page.keyboard.press("Tab")
        reached.append(watched.ask(label))
    told = " | ".join(reached)
    for wanted in ("Skip to the queue", "Search ships and assets", "Keys", "Legend", "Play", "Slower", "Event time"):
        assert wanted in told, f"{wanted} is not reached by Tab: {told}"


def test_search_finds_a_ship_and_opens_her_card(open_page):
    watched = open_page()
    mmsi = watched.ask("window.__seawarden.ships()[0]")
    watched.page.keyboard.press("/")
    watched.page.keyboard.type(str(mmsi))
    watched.wait("!!document.querySelector('.search-list [aria-selected=\"true\"]')")
    watched.page.keyboard.press("Enter")
    watched.wait("!!document.querySelector('.drawer .facts-id')")
    assert str(mmsi) in watched.page.locator(".drawer .facts-id").inner_text()


def test_not_watching_fills_the_bar(open_page):
    def blind(page: Page) -> None:
        def answer(route: Route) -> None:
            status = route.fetch().json()
            status.update(watching=False, why_not=["the canary was not found for 12 min"])
            route.fulfill(json=status)

        page.route("**/api/status", answer)

    watched = open_page(before=blind)
    watched.wait("!!document.querySelector('.topbar.not-watching')")
    assert "NOT WATCHING" in watched.page.locator(".topbar").inner_text()
    assert "the canary was not found" in watched.page.locator(".queue").inner_text()
    watched.shot("not-watching")


def test_twenty_thousand_ships_are_drawn_and_picked(open_page):
    n = 20_000

    def crowd(page: Page) -> None:
        def answer(route: Route) -> None:
            ships = route.fetch().json()
            for name in list(ships):
                if isinstance(ships[name], list):
                    ships[name] = [None] * n
            ships.update(
                n=n,
                mmsi=[100_000_000 + i for i in range(n)],
                track_id=[f"{100_000_000 + i}-0" for i in range(n)],
                lat=[53.0 + (i % 141) * 0.06 for i in range(n)],
                lon=[8.0 + (i // 141) * 0.12 for i in range(n)],
                sog_kn=[9.0] * n,
                cog_deg=[float(i * 37 % 360) for i in range(n)],
                age_s=[float(i % 4000) for i in range(n)],
                length_m=[40.0 + i % 260 for i in range(n)],
                name=[""] * n,
                type=[""] * n,
                tier=[""] * n,
                simulated=[False] * n,
                doubted=[False] * n,
            )
            route.fulfill(json=ships)

        page.route("**/api/ships?*", answer)

    watched = open_page(before=crowd)
    assert watched.ask("window.__seawarden.ships().length") == n
    for mmsi in (100_000_000, 100_009_999, 100_019_999):
        assert picked(watched, mmsi) == mmsi
    watched.shot("twenty-thousand")


def test_the_light_theme(open_page):
    watched = open_page(query="?theme=light")
    watched.wait("!!document.querySelector('[data-alert]')")
    watched.page.keyboard.press("j")
    watched.wait("document.activeElement.hasAttribute('data-alert')")
    watched.page.keyboard.press("Enter")
    watched.wait("document.querySelectorAll('.charts canvas').length >= 3")
    assert watched.ask("document.documentElement.dataset.theme") == "light"
    watched.page.wait_for_timeout(500)
    watched.shot("light-1280x800")


AXE = Path(__file__).resolve().parents[2] / "web/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize(("width", "theme"), [(1280, "dark"), (1280, "light"), (390, "dark")])
def test_axe_finds_nothing(open_page, width, theme):
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: `npm ci` in web/")
    watched = open_page(width, 844 if width < 720 else 800, f"?theme={theme}")
    watched.wait("!!document.querySelector('[data-alert]')")
    watched.page.evaluate(AXE.read_text() + ";0")

    def violations() -> list[str]:
        found = watched.ask(
            "(tags) => axe.run(document, {runOnly: tags}).then((r) => r.violations.map((v) =>"
            " v.id + ': ' + v.nodes.map((n) => n.html.slice(0, 120)).join(' | ')))",
            RULES,
        )
        return list(found)

    assert violations() == []
    watched.page.keyboard.press("j")
    watched.wait("document.activeElement.hasAttribute('data-alert')")
    watched.page.keyboard.press("Enter")
    watched.wait("document.querySelectorAll('.charts canvas').length >= 3")
    assert violations() == []
    watched.page.keyboard.press("f")
    watched.wait("!!document.querySelector('form')")
    assert violations() == []


def test_a_lost_server_is_told_and_found_again(open_page):
    lost = [False]

    def fails(page: Page) -> None:
        page.route("**/api/*?*", lambda route: route.abort() if lost[0] else route.continue_())

    watched = open_page(before=fails)
    lost[0] = True
    watched.page.get_by_label("Event time").focus()
    watched.page.keyboard.press("ArrowRight")
    watched.wait("!!document.querySelector('.topbar.not-watching')")
    told = watched.page.locator(".topbar").inner_text()
    lost[0] = False
    for _ in range(2):
        watched.page.keyboard.press("ArrowRight")
        watched.settled()
    watched.wait("!document.querySelector('.topbar.not-watching')")
    # the browser itself reports each failed request on the console: these are meant
    watched.complaints[:] = [c for c in watched.complaints if "ERR_FAILED" not in c]
    assert "stale" in told
