"""The page on risk gives the weights and thresholds that are in force."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from seawarden.risk.odds import frequency
from seawarden.settings_risk import AlertSettings, RiskSettings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "risk.md").read_text()


def test_every_weight_is_on_the_page_with_its_value():
    told = {name: float(value) for name, value in re.findall(r"^\| `(\w+_logodds)` \| (-?[\d.]+) \|", PAGE, re.M)}
    settings = RiskSettings()
    weights = {n: getattr(settings, n) for n in settings.__struct_fields__ if n.endswith("_logodds")}
    weights.pop("standing_logodds")  # nothing by default
    assert told == weights


@pytest.mark.parametrize("tier", ["notice", "look", "challenge", "act"])
def test_thresholds_are_on_the_page(tier):
    chance = getattr(AlertSettings(), f"{tier}_chance")
    assert f"| `{tier}` | {frequency(chance)} |" in PAGE
