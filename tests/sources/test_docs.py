"""The page on sources names every reason, every note and every field."""

from __future__ import annotations

from pathlib import Path

import pytest

from seawarden.decode.layout import COUNTS, REJECTS
from seawarden.sources import NOTES, REASONS
from seawarden.sources.columns import SYNONYMS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sources.md"


@pytest.mark.parametrize("name", [*REASONS, *NOTES, *SYNONYMS])
def test_named_on_the_page(name: str) -> None:
    assert f"| `{name}` |" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("slug", [*REASONS, *NOTES])
def test_sentence_on_the_page(slug: str) -> None:
    assert {**REASONS, **NOTES}[slug] in PAGE.read_text(encoding="utf-8")


def test_the_decoder_rejects_for_known_reasons_only() -> None:
    assert set(REJECTS) <= set(REASONS)
    inner = {"records", "untimed_positions", "untimed_statics"}
    assert set(COUNTS) - inner == set(NOTES)
