"""A running demonstration and a headless Chromium that looks at its page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.web.pictures import picture

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src/seawarden/service/static/index.html"
URL_VARIABLE = "SEAWARDEN_PAGE_URL"
SERVES = re.compile(r"http://127\.0\.0\.1:\d+")


def _serving(log: Path, process: subprocess.Popen[bytes], patience_s: float) -> str:
    """Return the address that the demonstration says it serves."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        found = SERVES.search(log.read_text(errors="replace"))
        if found:
            return found.group()
        if process.poll() is not None:
            break
        time.sleep(0.2)
    pytest.fail(f"the demonstration does not serve:\n{log.read_text(errors='replace')[-4000:]}", pytrace=False)


@pytest.fixture(scope="session")
def page_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the page: $SEAWARDEN_PAGE_URL where a server runs already, else a demonstration started here."""
    named = os.environ.get(URL_VARIABLE)
    if named:
        yield named.rstrip("/")
        return
    if not STATIC.is_file():
        pytest.skip("the page is not built: `./run setup`, or `npm run build` in web/")
    log = tmp_path_factory.mktemp("demo") / "log.txt"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "seawarden.cli", "demo", "--no-browser", "--port", "0"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment, cwd=ROOT)
    try:
        yield _serving(log, process, 240)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.fixture(scope="session")
def browser(chromium_path: Path, chromium_args: list[str]) -> Iterator[Browser]:
    """A headless Chromium with WebGL 2 in software."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(chromium_path), args=chromium_args)
        yield chromium
        chromium.close()


@dataclass
class Watched:
    """A page with all that it asked for and complained of."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def ask(self, expression: str, argument: Any = None) -> Any:
        """Value of an expression in the page."""
        return self.page.evaluate(expression, argument)

    def wait(self, expression: str, seconds: float = 10.0) -> Any:
        """Wait until an expression holds. Polls from outside: the page's policy forbids evaluating inside."""
        end = time.monotonic() + seconds
        while True:
            value = self.page.evaluate(expression)
            if value:
                return value
            if time.monotonic() > end:
                self.shot("failed")
                pytest.fail(f"never true within {seconds} s: {expression}\n{self.complaints}", pytrace=False)
            self.page.wait_for_timeout(50)

    def settled(self) -> None:
        """Wait until the ships on screen are those of the time on screen."""
        probe = "window.__seawarden"
        self.wait(f"!!{probe} && {probe}.ships().length > 0 && {probe}.shipsAt() === {probe}.at()", 30)

    def shot(self, name: str) -> None:
        """Keep a picture."""
        picture(self.page, name)

    def outside(self) -> list[str]:
        """Requests that went anywhere but to the server under test."""
        return [url for url in self.requests if not url.startswith((self.base, "data:", "blob:"))]


Open = Callable[..., Watched]


@pytest.fixture
def open_page(browser: Browser, page_url: str) -> Iterator[Open]:
    """Open the page at a size; afterwards nothing may have been complained of or asked for outside."""
    contexts = []
    opened: list[Watched] = []

    def opener(
        width: int = 1280, height: int = 800, query: str = "?theme=dark", before: Callable[[Page], None] | None = None
    ) -> Watched:
        context = browser.new_context(
            locale="en-GB",  # a browser without a system locale calls itself en-US@posix, which no Intl takes
            viewport={"width": width, "height": height},
            has_touch=width < 720,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        watched = Watched(page, page_url)
        page.on("console", lambda m: watched.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: watched.complaints.append(str(e)))
        page.on("request", lambda r: watched.requests.append(r.url))
        if before:
            before(page)
        page.goto(f"{page_url}/{query}")
        watched.settled()
        opened.append(watched)
        return watched

    yield opener
    for context in contexts:
        context.close()
    for watched in opened:
        assert watched.complaints == []
        assert watched.outside() == []
