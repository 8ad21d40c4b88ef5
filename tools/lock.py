"""Compile requirements/*.txt, with hashes and without the name of any registry, from pyproject.toml.

`python tools/lock.py` keeps the pinned versions that still fit; `--upgrade` takes the newest. Each file's first
line holds a digest of the declarations it was made from, so that a test sees without any network when a file is
out of date.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
OVERRIDES = FOLDER / "overrides.in"
"""Pins of other packages that hold us back for no reason; each with its reason."""
GROUPS: dict[str, tuple[str, ...]] = {
    "runtime": (),
    "build": ("build",),
    "dev": ("build", "dev"),
    "bench": ("build", "dev", "bench"),
}
"""Each file and the dependency groups that it holds beside the runtime dependencies."""


def declared(groups: tuple[str, ...], project: dict[str, Any]) -> list[str]:
    """Return the sorted requirements that a file must satisfy."""
    wanted: list[str] = list(project["project"]["dependencies"])
    for group in groups:
        wanted += [entry for entry in project["dependency-groups"][group] if isinstance(entry, str)]
    return sorted(set(wanted))


def header(groups: tuple[str, ...], project: dict[str, Any]) -> str:
    """Return the first line of a requirements file."""
    text = json.dumps([project["project"]["requires-python"], declared(groups, project)])
    return f"# made by tools/lock.py from declarations {hashlib.sha256(text.encode()).hexdigest()[:32]}"


def read_project() -> dict[str, Any]:
    """Return pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def main(words: list[str]) -> int:
    """Compile each file, the larger ones constrained to the pins of the smaller."""
    project = read_project()
    uv = str(ROOT / ".tools/uv/bin/uv")
    uv = uv if Path(uv).is_file() else (shutil.which("uv") or "uv")
    before: Path | None = None
    for name, groups in GROUPS.items():
        target = FOLDER / f"{name}.txt"
        command = [uv, "pip", "compile", "--no-config", "--universal", "--python-version", "3.11"]
        command += ["--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate", "--quiet"]
        command += ["--override", str(OVERRIDES)]
        for group in groups:
            command += ["--group", group]
        if before:
            command += ["--constraints", str(before)]
        if "--upgrade" in words:
            command.append("--upgrade")
        done = subprocess.run([*command, "pyproject.toml", "--output-file", str(target)], cwd=ROOT)
        if done.returncode:
            return done.returncode
        target.write_text(f"{header(groups, project)}\n{target.read_text()}")
        before = target
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
