"""The documentation says what the program does: every command, setting, behaviour and field, and it builds."""

from __future__ import annotations

import importlib
import re
import shlex
import shutil
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typer

from seawarden.cli import app

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
RECORDS = ("finding.Finding", "alert.Alert", "risk.Risk")


def structs(record: type[msgspec.Struct]) -> dict[str, type[msgspec.Struct]]:
    """Return a record and every record inside it, by name."""
    found = {record.__name__: record}
    for hint in typing.get_type_hints(record).values():
        waiting: list[Any] = [hint]
        while waiting:
            inner = waiting.pop()
            waiting += typing.get_args(inner)
            if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
                found |= structs(inner)
    return found


def documented(page: str) -> dict[str, set[str]]:
    """Return the fields named in the first column of the table under each heading of a page."""
    sections = re.split(r"^## ", page, flags=re.MULTILINE)[1:]
    return {s.split("\n")[0].strip(): set(re.findall(r"^\| `(\w+)` \|", s, re.MULTILINE)) for s in sections}


@pytest.mark.parametrize("record", RECORDS)
def test_every_field_of_a_record_is_documented(record: str) -> None:
    module, _, name = record.partition(".")
    known = documented((DOCS / "reference/records.md").read_text())
    for struct_name, struct in structs(getattr(importlib.import_module(f"seawarden.model.{module}"), name)).items():
        fields = set(struct.__struct_fields__)
        assert known.get(struct_name) == fields, f"docs/reference/records.md, section {struct_name}"


def test_reference_pages_are_what_the_program_says() -> None:
    done = subprocess.run(
        [sys.executable, "tools/reference.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin", "TERM": "dumb"},
    )
    assert done.returncode == 0, f"call `just docs`:\n{done.stdout}{done.stderr[-2000:]}"


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    shutil.copytree(DOCS, tmp_path / "docs")
    shutil.copy(ROOT / "zensical.toml", tmp_path)
    zensical = Path(sys.executable).parent / "zensical"
    done = subprocess.run(
        [str(zensical), "build", "--strict"], cwd=tmp_path, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[:3000]
    outside = [
        f"{page.name}: {link}"
        for page in (tmp_path / "site").rglob("*.html")
        for link in re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=\"?(https?://[^\"\s>]+)", page.read_text())
        if "rel=canonical" not in link
    ]
    assert not outside, f"the built pages ask others for something: {outside[:5]}"


def test_every_page_has_its_place() -> None:
    config = (ROOT / "zensical.toml").read_text()
    listed = set(re.findall(r'"([\w/-]+\.md)"', config)) | {"commands", "decisions"}
    lost = [
        str(page.relative_to(DOCS))
        for page in DOCS.rglob("*.md")
        if not {str(page.relative_to(DOCS)), page.relative_to(DOCS).parts[0]} & listed
    ]
    assert not lost, f"pages that zensical.toml does not list: {lost}"


def test_every_decision_is_listed() -> None:
    index = (DOCS / "decisions/index.md").read_text()
    lost = [page.name for page in (DOCS / "decisions").glob("[0-9]*.md") if page.name not in index]
    assert not lost


def test_every_room_is_in_the_architecture() -> None:
    page = (DOCS / "architecture.md").read_text().split("## Rules")[0]
    rooms = {p.stem for p in (ROOT / "src/seawarden").iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()}
    rooms = {r.split("_")[0] if r.startswith("settings_") else r for r in rooms if not r.startswith("__")}
    assert not {room for room in rooms if f"`{room}`" not in page}


def test_every_tool_that_is_named_is_there() -> None:
    pages = [*(ROOT / name for name in ("justfile", "README.md", "CHANGELOG.md")), *DOCS.rglob("*.md")]
    named = {tool for page in pages for tool in re.findall(r"\btools/[\w/]+\.(?:py|sh)\b", page.read_text())}
    assert named and not {tool for tool in named if not (ROOT / tool).is_file()}


def calls(page: str) -> list[list[str]]:
    """Return the calls of the program in the code blocks of a page, in words; some words stand for others there."""
    code = re.findall(r"^```(?:sh)?\n(.*?)^```", page, re.MULTILINE | re.DOTALL) + re.findall(
        r"^    .*$", page, re.MULTILINE
    )
    lines = [line for block in code for line in re.sub(r"\\\n\s*", " ", block).splitlines()]
    found = [re.match(r"\s*(?:\./run|seawarden) (.*)", line) for line in lines]
    words = [shlex.split(re.sub(r"[\[\]]|\.\.\.", "", call[1]), comments=True) for call in found if call]
    return [call for call in words if call[0] not in ("test", "check", "setup", "just", "python")]


def test_every_call_in_a_code_block_is_understood() -> None:
    wrong = []
    for page in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        for words in calls(page.read_text()):
            command: Any = typer.main.get_command(app)
            rest = list(words)
            while rest and rest[0] in getattr(command, "commands", {}):
                command = command.commands[rest.pop(0)]
            try:
                given, more, _ = command.make_parser(command.context_class(command)).parse_args(args=rest)
                lost = [p.name for p in command.params if p.required and not given.get(p.name)] + more
            except Exception as error:
                lost = [str(error)]
            if lost or hasattr(command, "commands"):
                wrong.append(f"{page.name}: {' '.join(words)}: {lost}")
    assert not wrong
