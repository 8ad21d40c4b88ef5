"""The set-up that `./run` makes: it explains itself, repeats nothing, and fails with a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import prepare  # noqa: E402
import steps  # noqa: E402


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "run"), *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )


def test_without_a_word_it_explains() -> None:
    done = run()
    assert done.returncode == 0
    assert "./run demo" in done.stdout
    assert "./run test" in done.stdout


def test_an_unknown_level_is_refused_with_a_sentence() -> None:
    done = run("setup", "everything")
    assert done.returncode == 1
    assert done.stderr == "run: setup knows build, dev, bench and browser, not everything\n"


def test_no_python_is_said_so(tmp_path: Path) -> None:
    for name in ("sh", "dirname"):
        (tmp_path / name).symlink_to(f"/bin/{name}" if Path(f"/bin/{name}").exists() else f"/usr/bin/{name}")
    done = run("setup", PATH=str(tmp_path), SEAWARDEN_PYTHON="")
    assert done.returncode == 1
    assert "no Python 3.11" in done.stderr


def test_a_stamp_spares_the_second_call(tmp_path: Path) -> None:
    ran = []
    for wanted in ("a", "a", "b"):
        with steps.stamped(tmp_path / "stamp", wanted) as stale:
            ran.append(stale)
    assert ran == [True, False, True]


def test_a_failed_step_leaves_no_stamp(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    stamp.write_text("old\n")
    with pytest.raises(steps.Trouble), steps.stamped(stamp, "new"):
        raise steps.Trouble("the disk is full")
    assert not stamp.exists()


def test_a_failed_command_shows_why_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "TOOLS", tmp_path)
    with pytest.raises(steps.Trouble, match=r"(?s)'step' failed \(exit 3\).*\| out of luck.*Try again") as caught:
        steps.call("step", "Try again.", [sys.executable, "-c", "print('out of luck'); raise SystemExit(3)"])
    assert str(tmp_path) in str(caught.value)


def test_a_missing_command_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "TOOLS", tmp_path)
    with pytest.raises(steps.Trouble, match="could not be started"):
        steps.call("step", "Install it.", [tmp_path / "nowhere"])


def test_a_digest_sees_contents_and_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    (tmp_path / "a").write_text("1")
    first = steps.digest([tmp_path])
    (tmp_path / "a").write_text("2")
    second = steps.digest([tmp_path])
    (tmp_path / "a").rename(tmp_path / "b")
    third = steps.digest([tmp_path])
    assert len({first, second, third}) == 3
    assert steps.digest([tmp_path]) == third


def test_each_task_that_run_knows_is_in_the_justfile() -> None:
    recipes = (ROOT / "justfile").read_text()
    assert not [task for task in prepare.JUST if f"\n{task}" not in recipes]
