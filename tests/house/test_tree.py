"""What is tracked: nothing that is large, built, secret, somebody else's, or that only makes sense in one place."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 2_000_000
BUILT = ("node_modules/", "/static/", "data/built/", "site/", "dist/", ".venv/", ".tools/", "__pycache__/")

# The brackets keep this file from being its own first finding.
HOSTS = re.compile(r"py[p]i\.org|python[h]osted|np[m]js\.(org|com)|de[b]ian\.org|crate[s]\.io", re.IGNORECASE)
PLACES = re.compile(r"/wor[k]/|/roo[t]/|/hom[e]/\w+/|/tm[p]/plan|/User[s]/\w+/")
TALK = re.compile(
    "|".join(
        [
            r"\bissues? ?#?\d",
            r"\b(?:fix(?:es)?|close[sd]?|resolve[sd]?) #\d",
            r"\b(?:this|next|previous|earlier|last) sessio[n]\b",
            r"\bsub-?agen[t]s?\b",
            r"(?<!manager, )(?<!manager\", \")\bhel[p]ers?\b",  # but for the rule that forbids the name
            r"\bthe lea[d]\b(?! (?:ship|vessel|time|suite))",
            r"(?<!as a )\bwork[p]lace\b",  # the page is one
            r"\bClau[d]e\b|\bAnthro[p]ic\b",
        ]
    ),
    re.IGNORECASE,
)
SECRETS = re.compile(r"BEGI[N] [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}")


@cache
def tracked() -> tuple[Path, ...]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: nothing is tracked here")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file())


@cache
def texts() -> dict[str, str]:
    """Return the text of each tracked file; the packages' locks are judged by their own test."""
    found = {}
    for path in tracked():
        name = str(path.relative_to(ROOT))
        data = path.read_bytes()
        if b"\0" not in data[:8000] and not name.endswith(("package-lock.json", "LICENSE")):
            found[name] = data.decode("utf-8", errors="replace")
    return found


def found_in(pattern: re.Pattern[str], skip: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts().items()
        if not name.startswith(skip)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_registry_host_is_named() -> None:
    assert not found_in(HOSTS)


def test_no_npm_lock_names_a_registry_host() -> None:
    locks = [path for path in tracked() if path.name == "package-lock.json"]
    assert not [str(path) for path in locks if HOSTS.search(path.read_text())]


def test_nobodys_folder_is_named() -> None:
    assert not found_in(PLACES)


def test_files_speak_of_the_product_alone() -> None:
    assert not found_in(TALK, skip=("src/seawarden/data/",))


def test_no_secret_is_tracked() -> None:
    assert not found_in(SECRETS)


def test_nothing_large_is_tracked() -> None:
    large = {str(p.relative_to(ROOT)): p.stat().st_size for p in tracked() if p.stat().st_size > LARGEST}
    assert not large


def test_nothing_built_is_tracked() -> None:
    built = [str(p.relative_to(ROOT)) for p in tracked() if any(b in f"{p.relative_to(ROOT)}" for b in BUILT)]
    assert not built


def test_commit_messages_speak_of_the_product_alone() -> None:
    tracked()
    log = subprocess.run(["git", "log", "--format=%h %s %b"], cwd=ROOT, capture_output=True, text=True, check=True)
    wrong = [line for line in log.stdout.splitlines() if any(p.search(line) for p in (HOSTS, PLACES, TALK))]
    assert not wrong
