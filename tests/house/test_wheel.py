"""The wheel holds the built page, the base map and the shipped data, and refuses to be built without them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src/seawarden/service/static"


def build(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Build a wheel in the environment that is already there."""
    code = "import sys, hatchling.build as b; print(b.build_wheel(sys.argv[1]))"
    command = [sys.executable, "-c", code, str(target)]
    return subprocess.run(command, cwd=source, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": ""})


def copy_sources(target: Path) -> Path:
    """Copy what a wheel is made of."""
    ignore = shutil.ignore_patterns("static", "built", "__pycache__")
    shutil.copytree(ROOT / "src", target / "src", ignore=ignore)
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, target)
    return target


def test_no_wheel_without_its_page(tmp_path: Path) -> None:
    done = build(copy_sources(tmp_path), tmp_path)
    assert done.returncode
    assert "is not built yet: call ./run setup first" in done.stderr


def test_a_wheel_holds_what_was_made(tmp_path: Path) -> None:
    source = copy_sources(tmp_path)
    for made in ("service/static/index.html", "service/static/assets/page.js", "data/built/land.pmtiles"):
        path = source / "src/seawarden" / made
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("made")
    (source / "src/seawarden/service/static/.stamp").write_text("not for others")
    done = build(source, tmp_path)
    assert done.returncode == 0, done.stderr
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    wanted = {"service/static/index.html", "service/static/assets/page.js", "data/built/land.pmtiles", "py.typed"}
    assert {f"seawarden/{name}" for name in wanted} <= names
    assert any(name.startswith("seawarden/data/incident_days/") for name in names)
    assert any(name.endswith("licenses/NOTICE") for name in names)
    assert not [name for name in names if "__pycache__" in name or name.endswith(".stamp")]


@pytest.mark.ci
def test_the_real_wheel_installs_and_starts(tmp_path: Path) -> None:
    assert (STATIC / "index.html").is_file(), "call ./run setup: the page is not built"
    done = build(ROOT, tmp_path)
    assert done.returncode == 0, done.stderr
    wheel = next(tmp_path.glob("*.whl"))
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        packed.extractall(tmp_path / "installed")
    assert "seawarden/service/static/index.html" in names
    assert any(name.startswith("seawarden/data/built/") for name in names)
    code = "import seawarden.cli as c, sys; print(c.__file__); sys.argv = ['seawarden', '--help']; c.main()"
    started = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "installed")},
    )
    assert started.returncode == 0, started.stderr
    assert str(tmp_path) in started.stdout
    assert "replay" in started.stdout
