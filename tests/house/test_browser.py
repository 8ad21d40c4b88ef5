"""The browser that the page's tests stand on: it starts, and draws WebGL 2 without a GPU."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

pytestmark = pytest.mark.browser


def drawn(chromium_path: Path, chromium_args: list[str]) -> tuple[list[int], float]:
    """A pixel cleared by WebGL 2, and the width of a word."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=chromium_args)
        page = browser.new_page()
        page.set_content("<canvas id=c></canvas><span id=s>Seawarden</span>")
        pixel = page.evaluate(
            """() => {
              const gl = document.getElementById("c").getContext("webgl2");
              gl.clearColor(0, 0.5, 1, 1);
              gl.clear(gl.COLOR_BUFFER_BIT);
              const out = new Uint8Array(4);
              gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, out);
              return Array.from(out);
            }"""
        )
        width = page.evaluate("() => document.getElementById('s').getBoundingClientRect().width")
        browser.close()
        return pixel, width


def test_the_browser_draws_webgl2_and_text(chromium_path: Path, chromium_args: list[str]) -> None:
    # a thread of its own: the page's tests may hold a browser, and with it the loop, of this one
    with ThreadPoolExecutor(max_workers=1) as apart:
        pixel, width = apart.submit(drawn, chromium_path, chromium_args).result()
    assert pixel == [0, 128, 255, 255]
    assert width > 30, "text has no width: the browser found no font"
