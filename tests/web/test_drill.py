"""A drill, a checklist, map layers and an evidence pack at the page, over the demonstration."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from playwright.sync_api import expect

from seawarden.store.evidence import check

pytestmark = pytest.mark.browser
AXE = Path(__file__).resolve().parents[2] / "web/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(watched) -> list[str]:
    watched.page.evaluate(AXE.read_text() + ";0")
    return list(
        watched.ask(
            "(tags) => axe.run(document, {runOnly: tags}).then((r) => r.violations.map((v) =>"
            " v.id + ': ' + v.nodes.map((n) => n.html.slice(0, 120)).join(' | ')))",
            RULES,
        )
    )


def test_a_drill_from_the_first_key_to_the_debrief(open_page, tmp_path):
    watched = open_page(1440, 900, "?theme=light&at=2024-12-25T20:00Z")
    page = watched.page
    count = page.locator(".queue .panel-head .quiet").inner_text()
    page.keyboard.press("d")
    page.get_by_label("Across").select_option("c-lion1")
    page.get_by_label("Why, and who knows of it").fill("monthly drill")
    page.get_by_label("Your name").fill("Ada")
    assert violations(watched) == []
    page.get_by_role("button", name="Begin the drill").click()
    expect(page.get_by_label("Drill", exact=True)).to_contain_text("begun by Ada", timeout=60_000)
    expect(page.locator("dialog[open]")).to_have_count(0)
    for _ in range(2):
        page.keyboard.press("Shift+ArrowRight")
        watched.settled()
    drilled = page.locator(".queue-exercise [data-alert]")
    expect(drilled.first).to_contain_text("EXERCISE", timeout=30_000)
    assert page.locator(".queue .panel-head .quiet").inner_text() == count, "a drill is in no count"
    drilled.first.click()
    expect(page.locator("article.ship")).to_contain_text("This ship does not exist", timeout=30_000)
    page.keyboard.press("a")
    expect(page.locator(".note")).to_contain_text("Acknowledged: EXERCISE")
    points = page.get_by_label("Checklist")
    points.get_by_text("second person called to the screen").click()
    expect(points).to_contain_text("✓ Ada, 20:20Z", timeout=15_000)
    watched.shot("drill-card")
    assert violations(watched) == []
    with page.expect_download() as saved:
        page.get_by_role("button", name="Evidence pack").click()
    path = tmp_path / "pack.zip"
    saved.value.save_as(path)
    assert check(path).whole
    with zipfile.ZipFile(path) as pack:
        assert json.loads(pack.read("manifest.json"))["exercise"] is True
        assert "EXERCISE" in pack.read("summary.html").decode()
    page.keyboard.press("d")
    page.get_by_role("button", name="End the drill now").click()
    expect(page.locator("dialog[open]")).to_contain_text("ended by Ada", timeout=15_000)
    watched.shot("drill-debrief")
    assert violations(watched) == []
    page.keyboard.press("Escape")
    expect(page.locator(".band-exercise")).to_have_count(0)


def test_map_layers_stay_in_the_browser(open_page, tmp_path):
    watched = open_page()
    page = watched.page
    (tmp_path / "mixed.geojson").write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": {"name": name},
                        "geometry": {"type": "Point", "coordinates": at},
                    }
                    for name, at in (("good", [11, 56]), ("metres", [691_875, 6_098_907]))
                ],
            }
        )
    )
    lines = [shapely.LineString(np.column_stack([np.linspace(10, 20, 900), np.full(900, 55.0 + k)])) for k in (0, 1)]
    pyogrio.raw.write(
        tmp_path / "lanes.gpkg",
        shapely.to_wkb(np.array(lines)),
        [np.array(["north ø", "south"], dtype=object)],
        ["name"],
        geometry_type="LineString",
        crs="EPSG:4326",
    )
    page.keyboard.press("l")
    before = len(watched.requests)
    posts: list[str] = []
    page.on("request", lambda r: posts.append(r.url) if r.method != "GET" else None)
    page.set_input_files("input[type=file]", [tmp_path / "mixed.geojson", tmp_path / "lanes.gpkg"])
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("lanes in this browser only")
    dialog.locator("summary").first.click()
    expect(dialog).to_contain_text("feature 2 'metres': has vertex 1 at longitude 691875")
    assert violations(watched) == []
    page.keyboard.press("Escape")
    sent = [url for url in watched.requests[before:] if "lanes" in url or "mixed" in url] + posts
    assert sent == [], "nothing of a dropped file leaves the page"
    page.locator("details.legend > summary").click()
    expect(page.locator("details.legend")).to_contain_text("lanes")
    page.wait_for_timeout(600)
    watched.shot("layers")
    assert violations(watched) == []


def test_an_asset_along_its_length(open_page):
    watched = open_page(query="?theme=dark&at=2024-12-25T20:00Z")
    page = watched.page
    page.keyboard.press("/")
    page.keyboard.type("NordBalt")
    watched.wait("!!document.querySelector('.search-list [aria-selected=\"true\"]')")
    page.keyboard.press("Enter")
    card = page.locator("article.asset")
    expect(card).to_contain_text("How it is watched", timeout=30_000)
    page.get_by_label("Kilometre point").fill("120")
    page.get_by_role("button", name="Go to it").click()
    expect(card).to_contain_text("of water", timeout=15_000)
    watched.wait("window.__seawarden.zoom() > 8")
    watched.shot("asset-along")
    assert violations(watched) == []
