"""The locks fit the declarations, carry hashes, stand inside each other, and are checked without a network."""

from __future__ import annotations

import importlib.util
import itertools
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LEVELS = ("runtime", "build", "dev", "bench")


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"tool_{name}", ROOT / f"tools/{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


LOCK = tool("lock")


def pins(level: str) -> dict[str, list[Requirement]]:
    """Return the pinned requirements of a level; one package may have one for each Python."""
    text = (ROOT / f"requirements/{level}.txt").read_text().replace("\\\n", " ")
    found: dict[str, list[Requirement]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            requirement = Requirement(line.split("--hash")[0].strip())
            found.setdefault(str(canonicalize_name(requirement.name)), []).append(requirement)
    return found


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_is_made_from_todays_declarations(level: str) -> None:
    first = (ROOT / f"requirements/{level}.txt").read_text().split("\n")[0]
    assert first == LOCK.header(LOCK.GROUPS[level], LOCK.read_project()), "call `just lock`"


@pytest.mark.parametrize("level", LEVELS)
def test_the_pins_satisfy_the_declarations(level: str) -> None:
    pinned = pins(level)
    for word in LOCK.declared(LOCK.GROUPS[level], LOCK.read_project()):
        wanted = Requirement(word)
        for pin in pinned[str(canonicalize_name(wanted.name))]:
            version = next(iter(pin.specifier)).version
            assert wanted.specifier.contains(version), f"{wanted} against {pin}"


@pytest.mark.parametrize("level", [*LEVELS, "uv"])
def test_every_pin_has_a_hash(level: str) -> None:
    entries = (ROOT / f"requirements/{level}.txt").read_text().replace("\\\n", " ").splitlines()
    bare = [
        e for e in entries if e and not e.startswith("#") and not re.search(r"==\S+.*--hash=sha256:[0-9a-f]{64}", e)
    ]
    assert not bare


def test_levels_stand_inside_each_other() -> None:
    for inner, outer in itertools.pairwise(LEVELS):
        larger = pins(outer)
        for name, wanted in pins(inner).items():
            assert {str(w.specifier) for w in wanted} <= {str(w.specifier) for w in larger[name]}, name


@pytest.mark.parametrize("folder", ["web", "tools/browser"])
def test_npm_locks_are_fresh_hashed_and_name_no_host(folder: str) -> None:
    lock = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
    declared = json.loads((ROOT / folder / "package.json").read_text())
    for group in ("dependencies", "devDependencies"):
        assert lock[""].get(group, {}) == declared.get(group, {}), "call npm install in that folder"
    packages = {name: entry for name, entry in lock.items() if name and not entry.get("link")}
    assert not [n for n, e in packages.items() if not e.get("integrity") and not e.get("inBundle")]
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert "omit-lockfile-registry-resolved=true" in (ROOT / folder / ".npmrc").read_text()
