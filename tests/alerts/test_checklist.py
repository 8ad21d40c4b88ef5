"""What is asked in each phase: the shipped points, an operator's own, and who has done what of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seawarden.alerts.checklist import Checklists, ticks
from seawarden.model.error import SettingsError
from seawarden.model.event import OperatorAction
from seawarden.model.work import PHASES


def texts(lists: Checklists, phase: str, *asset: str) -> list[str]:
    return [point.text for point in lists.of(*asset)[phase]]  # type: ignore[index]


def test_every_phase_has_shipped_points_and_every_point_says_whose_rule_it_is() -> None:
    for kind in ("telecom_cable", "power_cable", "pipeline"):
        held = Checklists.shipped().of("any", "Any", kind)
        assert list(held) == list(PHASES)
        for phase, points in held.items():
            assert points, phase
            for point in points:
                assert len(point.source) > 10, point.text  # the sentence, not the key


def test_kinds_differ() -> None:
    shipped = Checklists.shipped()
    assert "pressure and flow asked of the gas dispatcher" in texts(shipped, "verify", "x", "X", "pipeline")
    assert "pressure and flow asked of the gas dispatcher" not in texts(shipped, "verify", "x", "X", "power_cable")


@pytest.mark.parametrize("form", ["json", "toml"])
def test_an_operators_file_adds_or_stands_instead(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"list.{form}"
    if form == "json":
        path.write_text(
            json.dumps(
                {
                    "sources": {"plan": "Our plan of 2026"},
                    "every": {"verify": [{"text": "radar looked at", "source": "plan"}]},
                    "assets": {
                        "Open Link": {"phases": {"challenge": ["call the desk first"]}},
                        "other": {"instead": True, "phases": {"verify": ["ours alone"]}},
                    },
                }
            )
        )
    else:
        path.write_text(
            '[sources]\nplan = "Our plan of 2026"\n[every]\nverify = [{text = "radar looked at", source = "plan"}]\n'
            '[assets."Open Link".phases]\nchallenge = ["call the desk first"]\n'
            '[assets.other]\ninstead = true\n[assets.other.phases]\nverify = ["ours alone"]\n'
        )
    lists = Checklists.read(path)
    assert texts(lists, "verify", "open-link", "Open Link", "power_cable")[-1] == "radar looked at"
    assert lists.of("open-link", "Open Link")["verify"][-1].source == "Our plan of 2026"
    assert texts(lists, "challenge", "open-link", "Open Link")[-1] == "call the desk first"
    assert "call the desk first" not in texts(lists, "challenge", "third", "Third")
    assert texts(lists, "verify", "other") == ["ours alone"] and texts(lists, "detect", "other") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no checklist"),
        ('{"every": {"verified": ["x"]}}', "Invalid enum value 'verified'"),
        ('{"evry": {}}', "unknown field `evry`"),
        ('{"every": {"verify": ["a", "a"]}}', "every.verify: point 2 is there twice"),
        ('{"kinds": {"pipeline": {"verify": ["  "]}}}', "kinds.pipeline.verify: point 1 must have"),
    ],
)
def test_a_bad_file_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "list.json"
    path.write_text(text)
    with pytest.raises(SettingsError) as told:
        Checklists.read(path)
    assert str(path) in str(told.value) and said in str(told.value)


def test_ticks_name_who_did_it_first_and_a_point_taken_back_is_open() -> None:
    def check(t: int, actor: str, text: str, done: bool = True) -> OperatorAction:
        return OperatorAction(t=t, actor=actor, action="check", subject="a", detail={"text": text, "done": done})

    acts = [check(1, "ada", "x"), check(2, "ben", "x"), check(3, "ada", "y"), check(4, "ben", "y", done=False)]
    assert {k: (v.t, v.actor) for k, v in ticks(acts, 3).items()} == {"x": (1, "ada"), "y": (3, "ada")}
    assert list(ticks(acts, 4)) == ["x"]
    assert ticks(acts, 0) == {}
