"""The evidence of deception, blindness, patterns and quiet days is sealed, and the pages say what it holds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from seawarden.evaluate.intervals import binomial, poisson

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import results  # noqa: E402
import suite_pages  # noqa: E402
import suite_results  # noqa: E402

NAMES = list(suite_results.PAGES)


def part(name: str) -> dict[str, Any]:
    made = suite_results.written(name)
    assert made is not None, f"docs/results/{name}.json is missing"
    return made


def leaves(tree: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every dict and plain value of a tree, by its dotted name."""
    if isinstance(tree, dict):
        yield name, tree
        for key, value in tree.items():
            yield from leaves(value, f"{name}.{key}")
    elif isinstance(tree, list):
        for number, value in enumerate(tree):
            yield from leaves(value, f"{name}[{number}]")
    else:
        yield name, tree


@pytest.mark.parametrize("name", NAMES)
def test_each_part_vouches_for_itself(name: str) -> None:
    made = part(name)
    assert made["digest"] == results.digest_of(made["content"])
    assert results.text_of(made) == (results.RESULTS / f"{name}.json").read_bytes()
    assert made["content"]["suite"] == name


@pytest.mark.parametrize("path", sorted({*suite_results.PAGES.values()}))
def test_the_pages_say_what_was_measured(path: str) -> None:
    assert suite_results.pages()[ROOT / path] == (ROOT / path).read_text(), "call `tools/suite_results.py --pages`"


@pytest.mark.parametrize("name", NAMES)
def test_every_interval_is_the_exact_one_of_its_count(name: str) -> None:
    seen = 0
    for where, value in leaves(part(name)["content"]):
        if isinstance(value, dict) and {"count", "of", "low"} <= value.keys():
            assert value == msgspec.to_builtins(binomial(value["count"], value["of"])), where
            seen += 1
        elif isinstance(value, dict) and {"count", "exposure", "low"} <= value.keys():
            again = msgspec.to_builtins(poisson(value["count"], value["exposure"]))
            for end in ("rate", "low", "high"):
                assert value[end] == (again[end] and pytest.approx(again[end], rel=1e-3, abs=1e-6)), where
            seen += 1
    assert seen > 10


@pytest.mark.parametrize("name", NAMES)
def test_no_path_of_a_machine_is_written_down(name: str) -> None:
    content = part(name)["content"]
    found = [w for w, v in leaves(content) if isinstance(v, str) and (v.startswith("/") or "/work" in v)]
    assert not found


@pytest.mark.parametrize("name", ["integrity", "patterns"])
def test_cases_were_drawn_by_a_key_of_their_own(name: str) -> None:
    assert part(name)["content"]["key"] == suite_results.KEY
    assert suite_results.KEY not in ("", "patterns", "test")


def test_recall_of_patterns_is_that_of_the_cases_listed() -> None:
    content = part("patterns")["content"]
    for kind, found in content["recall"].items():
        mine = [c for c in content["laid"] if c["kind"] == kind]
        assert (found["count"], found["of"]) == (sum(c["found"] for c in mine), len(mine))


def test_every_alert_of_the_quiet_days_is_listed() -> None:
    content = part("quiet")["content"]
    for tier, found in content["tiers"]["after"].items():
        assert sum(a["tier"] == tier for a in content["alerts"]) == found["count"]
        assert sum(f["after"]["tiers"][tier] for f in content["files"].values()) == found["count"]


def test_no_file_of_real_days_is_forgotten(samples: Path) -> None:
    content = part("quiet")["content"]
    names = [name.rpartition("/")[2] for name in suite_results.real_days(samples)]
    assert sorted(names) == sorted([*content["files"], *content["left_out"]])


def test_a_block_is_filled_in_its_place_and_twice_is_once() -> None:
    page = f"a\n{suite_results.begin_of('quiet')}\nold\n{suite_results.END}\nb\n"
    once = suite_results.page_with(page, "quiet", "new\n")
    assert once == f"a\n{suite_results.begin_of('quiet')}\n\nnew\n\n{suite_results.END}\nb\n"
    assert suite_results.page_with(once, "quiet", "new") == once
    with pytest.raises(ValueError, match="no place for patterns"):
        suite_results.page_with(page, "patterns", "new")


def test_figures_that_are_not_there_are_dashes() -> None:
    empty = {"count": 0, "of": 0, "share": None, "low": 0.0, "high": 1.0}
    assert suite_pages.share(empty) == "-"
    assert suite_pages.rate({"count": 0, "exposure": 0.0, "rate": None, "low": None, "high": None}) == "-"
    assert suite_pages.per_ship_day(0, 100.0) == "0 (0-0.037)"
    assert suite_pages.off({"least": -21.0, "most": 4.0}) == "-21"
    assert suite_pages.slope(None) == "-" and suite_pages.figure(None) == "-"
