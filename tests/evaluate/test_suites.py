"""The suites by name: what is offered, what each needs, and that their reports ask nobody for anything."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from seawarden.cli.program import main
from seawarden.evaluate.report.metrics import headline, leaves, write_metrics
from seawarden.evaluate.report.page import Html, paragraph, table
from seawarden.evaluate.suites import SUITES, offered

ROOT = Path(__file__).resolve().parents[2]
HERE = {**os.environ, "PYTHONPATH": str(ROOT / "src")}


def test_every_suite_says_what_it_measures_and_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert {"slowdowns", "attribution", "forecast", "crossing"} <= set(offered()) <= set(SUITES)
    assert main(["evaluate"]) == 0
    said = capsys.readouterr().out
    assert all(f"{name} " in said and suite.about in said for name, suite in offered().items())
    assert main(["evaluate", "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == set(offered())


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "seawarden.evaluate", "--json"], capture_output=True, text=True, env=HERE, check=True
    )
    assert set(json.loads(done.stdout)) == set(offered())


def test_every_suite_is_documented() -> None:
    page = (ROOT / "docs" / "evaluation.md").read_text()
    assert not [name for name in offered() if f"| `{name}` |" not in page]


@pytest.mark.parametrize("name", ["slowdowns", "attribution", "forecast", "crossing"])
def test_what_a_suite_needs_is_asked_for(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--suite", name, "--out", str(tmp_path)]) == 2
    assert f"the suite {name} needs --{SUITES[name].needs[0]}" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_wrong_call_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "a.csv"
    source.write_text("mmsi,time,lat,lon\n219000001,2024-03-01 12:30:15,55,12\n")
    out = tmp_path / "out"
    for words, sentence in [
        (["--suite", "astrology", "--out", str(out)], "there is no suite 'astrology'"),
        (["--suite", "slowdowns"], "--out is missing"),
        (["--suite", "slowdowns", "--out", str(source)], "there is a file of that name"),
    ]:
        assert main(["evaluate", *words]) == 2
        assert sentence in capsys.readouterr().err
    assert main(["evaluate", "--suite", "attribution", "--positions", str(source), "--out", str(out)]) == 2
    assert "no ship of these sources crosses an asset" in capsys.readouterr().err
    assert not list(out.iterdir())


def test_text_is_escaped_and_html_is_not() -> None:
    assert paragraph("<b>&") == "<p>&lt;b&gt;&amp;</p>"
    assert paragraph(Html("<b>x</b>")) == "<p><b>x</b></p>"
    assert "<td>&lt;1</td>" in table(("<a",), [("<1",)])


def test_every_figure_is_in_the_plain_report(tmp_path: Path) -> None:
    metrics = {"a": {"b": 1.5, "c": [1, 2]}, "d": [{"e": None}, {"e": "x<y"}], "f": True}
    assert dict(leaves(metrics)) == {"a.b": "1.5", "a.c": "1, 2", "d[0].e": "-", "d[1].e": "x<y", "f": "True"}
    assert headline(metrics, at_most=1) == ["a.b: 1.5", "... and 2 more in metrics.json"]
    write_metrics(tmp_path / "r.html", "T", metrics, [tmp_path / "more.html"])
    page = (tmp_path / "r.html").read_text()
    assert "x&lt;y" in page and '<a href="more.html">more</a>' in page


class Links(HTMLParser):
    """Collects what a page would load, and its open elements."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.asked += [value or "" for name, value in attrs if name in ("src", "href")]


@pytest.mark.ci
def test_slowdowns_on_two_real_days(samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = samples / "ais" / "dma_kattegat_2025-11-01_02_1min.csv.gz"
    call = ["evaluate", "--suite", "slowdowns", "--positions", str(source), "--out", str(tmp_path), "--json"]
    assert main(call) == 0
    metrics = json.loads(capsys.readouterr().out)
    assert metrics == json.loads((tmp_path / "metrics.json").read_text())
    quiet = {tier: rate["count"] for tier, rate in metrics["quiet"].items()}
    assert quiet["act"] == quiet["challenge"] == 0
    assert metrics["found"]["of"] == len(metrics["planted"]) == 20
    assert metrics["found"]["count"] >= 18
    page = (tmp_path / "report.html").read_text()
    links = Links()
    links.feed(page)
    assert not links.asked and "script" not in links.tags
    drawn = quiet["look"] + metrics["quiet_findings"]["count"] + 20 - metrics["found"]["count"]
    assert links.tags.count("svg") == 2 * drawn
    assert page.index("Planted and not found") < page.index("Natural slow-downs")
    assert len(re.findall(r'class="band"', page)) >= drawn
