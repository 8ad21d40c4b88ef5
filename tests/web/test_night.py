"""A night on watch: an alert arrives live, is heard, opened, understood, worked on by two, handed over and closed."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from tests.web.pictures import picture

from seawarden.geography.pack import write_pack
from seawarden.service.accounts import Accounts
from seawarden.simulate.canary import canary_line, canary_ship

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src/seawarden/service/static/index.html"
SERVES = re.compile(r"http://127\.0\.0\.1:\d+")
WORD = "four in the morning"
T0 = 1_735_120_800_000
SPEED = 120
"""An hour and a half of the sea in three quarters of a minute."""
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"


def positions(path: Path) -> None:
    """The made drag, under an everyday number: an export must not tell that it is made."""
    p, _, _ = canary_ship(T0)
    with path.open("w", newline="") as out:
        rows = csv.writer(out)
        names = ["# Timestamp", "MMSI", "Latitude", "Longitude", "SOG", "COG", "Heading", "Name", "Length"]
        rows.writerow(names)
        for k in range(len(p.t)):
            stamp = datetime.fromtimestamp(int(p.t[k]) / 1000, tz=UTC).strftime("%d/%m/%Y %H:%M:%S")
            values = [round(float(c[k]), 6) for c in (p.lat, p.lon, p.sog_kn, p.cog_deg, p.heading_deg)]
            rows.writerow([stamp, 219_000_777, *values, "NIGHT TEST", 190])


class Watchroom:
    """A served live run that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = "0"
        self.url = ""
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = self.folder / f"log-{time.monotonic_ns()}.txt"
        source = f"playback:{self.folder / 'night.csv'}?speed={SPEED}"
        command = [
            sys.executable,
            "-m",
            "seawarden.cli",
            "serve",
            source,
            "--assets",
            str(self.folder / "assets.json"),
        ]
        command += ["--store", str(self.folder / "store"), "--accounts", str(self.folder / "accounts.db")]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [*command, "--port", self.port], stdout=out, stderr=subprocess.STDOUT, env=environment, cwd=ROOT
            )
        end = time.monotonic() + 240
        while not (found := SERVES.search(log.read_text(errors="replace"))):
            if self.process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"it does not serve:\n{log.read_text(errors='replace')[-4000:]}", pytrace=False)
            time.sleep(0.1)
        self.url = found.group()
        self.port = self.url.rpartition(":")[2]

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Watchroom]:
    if not STATIC.is_file():
        pytest.skip("the page is not built: `./run setup`, or `npm run build` in web/")
    accounts = Accounts(tmp_path / "accounts.db", work=1 << 10)
    accounts.add("ada", "officer", WORD)
    accounts.add("ben", "officer", WORD)
    accounts.close()
    positions(tmp_path / "night.csv")
    write_pack([canary_line()], tmp_path / "assets.json")
    made = Watchroom(tmp_path)
    made.start()
    yield made
    made.end()


def shot(page: Page, name: str) -> None:
    picture(page, f"night-{name}")


def signed_in(browser: Browser, room: Watchroom, name: str) -> Page:
    size = ViewportSize(width=1440, height=900)
    page = browser.new_context(locale="en-GB", viewport=size, reduced_motion="reduce").new_page()
    page.goto(f"{room.url}/?theme=dark", timeout=120_000)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(WORD)
    if name == "ada":
        shot(page, "0-sign-in")
        violations(page)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Queue")).to_be_visible(timeout=30_000)
    return page


def violations(page: Page) -> None:
    """What axe finds that keeps people from using the page: nothing may be found."""
    if not AXE.is_file():
        pytest.fail("axe-core is not there: npm ci in web/")
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "axe.run({ resultTypes: ['violations'] }).then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))"
    )
    assert found == []


def test_a_night_on_watch(room: Watchroom, browser: Browser) -> None:
    ada, ben = signed_in(browser, room, "ada"), signed_in(browser, room, "ben")
    assert ada.evaluate("document.documentElement.dataset.chimed") == "1", "the alarm is tested at the sign-in"

    # it arrives live, on both screens
    card = ada.locator("[data-alert]", has_text="NIGHT TEST").first
    expect(card).to_be_visible(timeout=120_000)
    expect(ben.locator("[data-alert]", has_text="NIGHT TEST").first).to_be_visible(timeout=30_000)
    shot(ada, "1-arrives")

    # opened and understood: who, what since when, which asset, how likely, what speaks against it
    card.click()
    ship = ada.locator("article.ship")
    expect(ship).to_contain_text("Canary Line", timeout=30_000)
    for part in ("What is seen", "Why it matters", "What else could it be", "What to do now", "Speaks against"):
        expect(ada.locator("aside.drawer")).to_contain_text(part, ignore_case=True)
    shot(ada, "2-opened")
    violations(ada)

    # acknowledged by one, seen by the other
    ada.keyboard.press("a")
    expect(ben.locator("[data-alert]", has_text="seen by ada").first).to_be_visible(timeout=15_000)

    # commented, called, promised
    ada.keyboard.press("c")
    ada.get_by_label("What to record").fill("calling her on 16")
    ada.get_by_role("button", name="Record comment").click()
    log = ada.get_by_label("Running log")
    expect(log).to_contain_text("calling her on 16", timeout=15_000)
    ada.get_by_text("Record a call").click()
    ada.get_by_label("The exact answer").fill("both anchors home")
    ada.get_by_label("It was").select_option("satisfying")
    ada.get_by_label("What", exact=True).fill("revolutions reported")
    ada.get_by_role("button", name="Record the call").click()
    expect(ben.get_by_label("Open promises")).to_contain_text("revolutions reported", timeout=15_000)
    shot(ada, "3-worked-on")

    # a point of the checklist is ticked by one, and the other sees whose tick it is
    ada.get_by_label("Checklist").get_by_text("second person called to the screen").click()
    ben.locator("[data-alert]", has_text="NIGHT TEST").first.click()
    expect(ben.get_by_label("Checklist")).to_contain_text("second person called to the screen ✓ ada", timeout=15_000)
    ben.keyboard.press("Escape")

    # a map of her own is laid over hers alone; a bad one is told with its line
    fairway, broken = room.folder / "fairway.geojson", room.folder / "broken.kml"
    fairway.write_text('{"type": "LineString", "coordinates": [[17.0, 55.6], [18.0, 55.9]]}')
    broken.write_text("<kml>\n<Document>\n</kml>")
    ada.keyboard.press("l")
    ada.set_input_files("input[type=file]", [fairway, broken])
    layers = ada.locator("dialog[open]")
    expect(layers).to_contain_text("broken.kml, line 3: is no XML: </kml> closes <Document> of line 2")
    expect(layers).to_contain_text("fairway in this browser only")
    shot(ada, "3b-layers")
    violations(ada)
    ada.keyboard.press("Escape")

    # the connection is lost, and regained without a touch; nothing that was done is lost with it
    room.end(signal.SIGKILL)
    expect(ada.locator(".topbar")).to_contain_text("NOT WATCHING", timeout=30_000)
    shot(ada, "4-lost")
    room.start()
    for page in (ada, ben):
        expect(page.locator(".topbar")).not_to_contain_text("lost the server", timeout=120_000)
    expect(ada.locator("[data-alert]", has_text="seen by ada").first).to_be_visible(timeout=60_000)
    expect(ada.get_by_label("Checklist")).to_contain_text("✓ ada", timeout=30_000)

    # a drill beside it: on both screens, apart from what is real, and ended by a named person
    ben.keyboard.press("d")
    ben.get_by_label("How long").select_option("120")
    ben.get_by_label("Why, and who knows of it").fill("monthly drill")
    ben.get_by_role("button", name="Begin the drill").click()
    expect(ada.get_by_label("Drill", exact=True)).to_contain_text("begun by ben", timeout=60_000)
    drilled = ada.locator(".queue-exercise [data-alert]").first
    expect(drilled).to_contain_text("EXERCISE", timeout=60_000)
    shot(ada, "4b-drill")
    violations(ada)
    ben.keyboard.press("d")
    ben.get_by_role("button", name="End the drill now").click()
    expect(ben.locator("dialog[open]")).to_contain_text("ended by ben", timeout=15_000)
    shot(ben, "4c-debrief")
    ben.keyboard.press("Escape")
    expect(ada.locator(".band-exercise")).to_have_count(0, timeout=30_000)

    # silenced by the other one, with a reason
    ben.locator("[data-alert]", has_text="NIGHT TEST").first.click()
    ben.keyboard.press("s")
    ben.get_by_label("Why", exact=True).fill("a declared tow")
    ben.get_by_role("button", name="Silence", exact=True).click()
    expect(ada.get_by_text("Silenced").first).to_be_visible(timeout=15_000)
    shot(ben, "5-silenced")

    # handed over from one to the other
    ada.keyboard.press("Escape")
    ada.keyboard.press("h")
    ada.get_by_label("What the next one must know").fill("NIGHT TEST was called, revolutions promised")
    ada.get_by_role("button", name="Offer the watch").click()
    ben.keyboard.press("Escape")
    ben.keyboard.press("h")
    expect(ben.locator("dialog")).to_contain_text("Offered by ada", timeout=15_000)
    shot(ben, "6-handed-over")
    ben.get_by_role("button", name="Take the watch").click()
    expect(ben.locator(".note")).to_contain_text("taken over from ada", timeout=15_000)
    sheet = ben.context.new_page()
    sheet.goto(f"{room.url}/api/handover.html")
    expect(sheet.locator("body")).to_contain_text("Taken by: ben")
    assert sheet.evaluate("getComputedStyle(document.body).fontFamily") == "sans-serif", "the sheet has its style"
    shot(sheet, "7-sheet")
    sheet.close()

    # closed with an outcome
    ben.evaluate("document.querySelector('[data-alert]')?.click()")
    ben.keyboard.press("x")
    ben.get_by_label("Why", exact=True).fill("engine trouble, mended")
    ben.get_by_role("button", name="Close alert").click()
    expect(ada.get_by_text("Closed or withdrawn")).to_be_visible(timeout=15_000)
    shot(ben, "8-closed")

    # and what was known in the middle of it can be looked at again, the work included
    told = ben.evaluate("fetch('/api/alerts?state=all').then(r => r.json())")["alerts"]
    known = min((a for a in told if not a.get("exercise")), key=lambda a: a["raised_t"])
    then = ben.evaluate(f"fetch('/api/desk?at={known['raised_t']}').then(r => r.json())")
    assert then["works"] == {}
    at = ben.evaluate(f"fetch('/api/alerts?at={known['raised_t']}').then(r => r.json())")["alerts"]
    assert [alert["state"] for alert in at if alert["id"] == known["id"]] == ["raised"]
