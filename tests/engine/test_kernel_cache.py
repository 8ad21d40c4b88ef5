"""Compiled code is kept by the state of the sources, in a folder of the user's, and never where others may write."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import seawarden

PACKAGE = Path(seawarden.__file__).parent


def folder_of(package: Path, **environment: str) -> str:
    """The folder that a fresh process takes, importing the package from a copy."""
    kept = {k: v for k, v in os.environ.items() if k not in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "PYTHONPATH")}
    code = "import os, seawarden; print(os.environ.get('NUMBA_CACHE_DIR', ''))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, "PYTHONPATH": str(package.parent), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A small package with the same first module."""
    copy = tmp_path / "site" / "seawarden"
    (copy / "tracks").mkdir(parents=True)
    (copy / "service").mkdir()
    shutil.copy(PACKAGE / "__init__.py", copy)
    (copy / "tracks" / "speed.py").write_text("A = 1\n")
    (copy / "service" / "app.py").write_text("A = 1\n")
    return copy


def test_a_changed_source_never_meets_stale_code(package: Path, tmp_path: Path) -> None:
    cache = str(tmp_path / "cache")
    first = folder_of(package, XDG_CACHE_HOME=cache)
    assert Path(first).parent == tmp_path / "cache" / "seawarden" / "kernels"
    assert folder_of(package, XDG_CACHE_HOME=cache) == first
    (package / "service" / "app.py").write_text("A = 1 + 1\n")
    assert folder_of(package, XDG_CACHE_HOME=cache) == first
    (package / "tracks" / "speed.py").write_text("A = 2 + 2\n")
    assert folder_of(package, XDG_CACHE_HOME=cache) != first


def test_old_states_are_dropped(package: Path, tmp_path: Path) -> None:
    for length in range(1, 10):
        (package / "tracks" / "speed.py").write_text("#" * length)
        last = folder_of(package, XDG_CACHE_HOME=str(tmp_path / "cache"))
    left = list((tmp_path / "cache" / "seawarden" / "kernels").iterdir())
    assert len(left) == seawarden._KEPT_STATES
    assert Path(last) in left


def test_the_users_own_choice_stands(package: Path, tmp_path: Path) -> None:
    assert folder_of(package, NUMBA_CACHE_DIR=str(tmp_path)) == str(tmp_path)


def test_without_a_usable_home_the_temporary_folder_serves(package: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    found = folder_of(package, HOME=str(blocked), XDG_CACHE_HOME=str(blocked), TMPDIR=str(temporary))
    assert Path(found).parent.parent == temporary
    assert Path(found).parent.stat().st_mode & 0o077 == 0


def test_the_rooms_left_out_hold_no_compiled_code() -> None:
    with_kernels = [
        str(path)
        for room in seawarden._UNCOMPILED
        for path in (PACKAGE / room).rglob("*.py")
        if "import njit" in (text := path.read_text()) or "from numba" in text or "import numba" in text
    ]
    assert with_kernels == []
