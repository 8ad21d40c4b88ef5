"""Tests that need sample data: skipped where none are promised, and never skipped where they are."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"
NEEDS = """
import pytest
def test_needs(samples):
    assert samples.is_dir()
def test_gives_up(samples):
    pytest.skip("I would rather not")
def test_needs_nothing():
    pytest.skip("no such thing on this machine")
"""


def outcome(folder: Path, promised: str | None) -> str:
    shutil.copy(CONFTEST, folder)
    (folder / "test_it.py").write_text(NEEDS)
    environment = {k: v for k, v in os.environ.items() if k != "SEAWARDEN_SAMPLES" and not k.startswith("PYTEST_")}
    if promised is not None:
        environment["SEAWARDEN_SAMPLES"] = promised
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--rootdir", "."]
    done = subprocess.run([*command, "test_it.py"], cwd=folder, env=environment, capture_output=True, text=True)
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("promise", "expected"),
    [
        (None, "3 skipped"),
        (".", "1 failed, 1 passed, 1 skipped"),
        ("nowhere", "1 skipped, 2 errors"),
    ],
)
def test_skips_where_samples_are_promised(promise: str | None, expected: str, tmp_path: Path) -> None:
    assert outcome(tmp_path, promise).startswith(expected)
