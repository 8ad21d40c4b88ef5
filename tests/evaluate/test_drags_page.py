from __future__ import annotations

import json
from pathlib import Path

from seawarden.behaviours.drag.model import shipped
from seawarden.evaluate.drags.summary import BEGIN, END, markdown

ROOT = Path(__file__).resolve().parents[2]


def results():
    return json.loads((ROOT / "docs/results/drags.json").read_text(encoding="utf-8"))


def test_the_page_shows_what_was_measured():
    page = (ROOT / "docs/drag.md").read_text(encoding="utf-8")
    shown = page[page.index(BEGIN) : page.index(END) + len(END)]
    assert shown == markdown(results())


def test_the_measured_model_is_the_shipped_one():
    assert results()["model_hash"] == shipped().hash
    assert results()["inputs"] == shipped().card["inputs"]


def test_goals_that_are_not_met_are_said_not_to_be():
    for goal in results()["must_show"]:
        value = goal["measured"]["value"]
        met = value >= goal["at_least"] if "at_least" in goal else abs(value) <= goal["at_most"]
        assert goal["met"] is met
