"""Pictures of the page for people to look at. No test judges them."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Error, Page

ROOT = Path(__file__).resolve().parents[2]
SHOTS = Path(os.environ.get("SEAWARDEN_SHOTS", ROOT / "out/page"))
TRIES = 20
REFUSED = "Unable to capture screenshot"
"""Chromium says so now and then of a new or a loaded page, and takes the same picture when asked again."""


def picture(page: Page, name: str) -> None:
    """Keep a picture of a page as `SHOTS/name.png`; what the browser refuses is asked for again, some times.

    Raises `playwright.sync_api.Error` when it is refused every time, or for any other reason.
    """
    SHOTS.mkdir(parents=True, exist_ok=True)
    for left in reversed(range(TRIES)):
        try:
            page.screenshot(path=str(SHOTS / f"{name}.png"))
            return
        except Error as refused:
            if REFUSED not in str(refused) or not left:
                raise
            page.wait_for_timeout(500)
