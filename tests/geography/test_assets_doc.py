"""The page on assets names every asset that ships or is missing, and every problem that an import can find."""

from __future__ import annotations

import re
from pathlib import Path

from seawarden.geography.pack import read_pack

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/assets.md").read_text(encoding="utf-8")


def test_every_asset_is_named():
    pack = read_pack()
    for entry in pack.assets:
        assert f"`{entry.id}`" in PAGE, entry.id
    for missing in pack.missing:
        assert missing.name in PAGE, missing.name


def test_every_problem_is_explained():
    told = set()
    for file in (ROOT / "src/seawarden/geography/importing").glob("*.py"):
        text = file.read_text(encoding="utf-8")
        told |= set(re.findall(r'what="(\w+)"', text)) | set(re.findall(r'tell\("\w+", "(\w+)"', text))
    assert len(told) > 20
    for what in told:
        assert f"`{what}`" in PAGE, what
