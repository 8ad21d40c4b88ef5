"""What the program stands on may be given away with it."""

from __future__ import annotations

import importlib.metadata
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PERMISSIVE = re.compile(
    r"MIT|Python-2\.0|BSD|Apache|Mozilla|MPL|ISC|PSF|Python Software|HPND|0BSD|CC0|Zlib|OFL|Unlicense",
    re.I,
)
COPYLEFT = re.compile(r"(?<![A-Za-z])(A|L)?GPL|Affero|GNU|SSPL|BUSL|Commons Clause|NonCommercial|CC-BY-NC", re.I)


def stated(name: str) -> str:
    """Return the licence that a package's installed metadata state."""
    metadata = importlib.metadata.metadata(name).json
    if metadata.get("license_expression"):
        return str(metadata["license_expression"])
    classifiers = [c.split("::")[-1].strip() for c in metadata.get("classifier", []) if c.startswith("License ::")]
    return " or ".join(classifiers) or str(metadata.get("license") or "").split("\n")[0]


def requirements(words: list[str]) -> Iterator[Requirement]:
    for word in words:
        requirement = Requirement(word)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement


def closure(roots: set[str]) -> set[str]:
    """Return the packages and all that they need, as far as this machine needs it."""
    found: set[str] = set()
    waiting = set(roots)
    while waiting:
        name = waiting.pop()
        found.add(name)
        needs = {canonicalize_name(r.name) for r in requirements(importlib.metadata.requires(name) or [])}
        waiting |= needs - found
    return found


def names(words: list[object]) -> set[str]:
    return {str(canonicalize_name(Requirement(word).name)) for word in words if isinstance(word, str)}


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME = names(PROJECT["project"]["dependencies"])
DEVELOPMENT = names([word for group in PROJECT["dependency-groups"].values() for word in group])


@pytest.mark.parametrize("name", sorted(closure(RUNTIME)))
def test_runtime_packages_are_permissive(name: str) -> None:
    licence = stated(name)
    assert PERMISSIVE.search(licence), f"{name}: {licence!r}"
    assert not COPYLEFT.search(licence), f"{name}: {licence!r}"


def table(page: str, heading: str) -> dict[str, str]:
    """Return name and licence of each row of the first table after a line of a page."""
    rest = page[page.index(heading) :]
    rows = re.search(r"(?:^\|.*\n)+", rest, re.MULTILINE)
    assert rows
    cells = [[c.strip() for c in line.strip("|\n").split("|")] for line in rows[0].splitlines()[2:]]
    assert all(len(row) == 3 and row[1] for row in cells), "each dependency has its reason"
    return {row[0].strip("`"): row[2] for row in cells}


@pytest.mark.parametrize(
    ("heading", "declared"), [("What the program needs to run", RUNTIME), ("What building, testing", DEVELOPMENT)]
)
def test_the_table_of_dependencies_is_true(heading: str, declared: set[str]) -> None:
    rows = table((ROOT / "docs/architecture.md").read_text(), heading)
    assert set(rows) == declared
    installed = {name for name in declared if has(name)}
    assert {n: rows[n] for n in installed} == {n: stated(n) for n in installed}


def has(name: str) -> bool:
    """Return whether a package is installed: those of the benchmark may not be."""
    try:
        importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


@pytest.mark.parametrize("lock", ["web/package-lock.json", "tools/browser/package-lock.json"])
def test_npm_packages_are_permissive(lock: str) -> None:
    packages = json.loads((ROOT / lock).read_text())["packages"]
    licences = {name: str(entry.get("license", "")) for name, entry in packages.items()}
    wrong = {n: x for n, x in licences.items() if not PERMISSIVE.search(x) or COPYLEFT.search(x)}
    assert not wrong


def test_the_pages_packages_are_in_the_table() -> None:
    wanted = json.loads((ROOT / "web/package.json").read_text())["dependencies"]
    packages = json.loads((ROOT / "web/package-lock.json").read_text())["packages"]
    rows = table((ROOT / "docs/data-and-licences.md").read_text(), "Its packages are locked")
    assert rows == {name: packages[f"node_modules/{name}"]["license"] for name in wanted}


def test_the_project_states_its_own() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text()
    assert (ROOT / "NOTICE").read_text().startswith("Seawarden\n")


def test_every_shipped_data_file_states_its_terms() -> None:
    page = (ROOT / "docs/data-and-licences.md").read_text()
    patterns = re.findall(r"^\| `data/(\S+)` \| .+ \| .+ \|$", page, re.MULTILINE)
    data = ROOT / "src/seawarden/data"
    listed = {path for pattern in patterns for path in data.glob(pattern)}
    plain = {data / "README.md", data / "__init__.py"}
    shipped = {p for p in data.rglob("*") if p.is_file() and not {"built", "__pycache__"} & set(p.parts)}
    assert not sorted(str(p.relative_to(data)) for p in shipped - listed - plain)
