"""The rooms stand in one order and imports point down it: no cycles, no module that knows everything, no clock."""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"

# From the bottom up. Rooms on one line stand side by side: they may import from each other, but never in a circle.
ORDER: tuple[tuple[str, ...], ...] = (
    ("data",),
    ("model",),
    ("settings",),
    ("geodesy",),
    ("physics",),
    ("ports",),
    ("sources", "decode"),
    ("geography",),
    ("tracks",),
    ("surroundings",),
    ("behaviours",),
    ("forecast",),
    ("risk",),
    ("alerts",),
    ("incidents",),  # below the engine, which ranks the ships near a fault as part of its tick
    ("engine",),
    ("store", "channels"),
    ("simulate",),  # below run, whose demonstration sails a simulated ship
    ("run",),
    ("train", "evaluate"),
    ("contacts", "reading", "tasking"),
    ("scale",),
    ("checks",),
    ("service", "cli"),
)
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}
MAX_LINES = 400
BANNED_NAMES = ("manager", "helper", "utils", "util", "common", "misc")
EDGE = ("run", "service", "cli", "channels", "train", "evaluate", "scale", "store.journal", "sources.feeds")
CLOCKS = frozenset(
    f"{owner}.{name}"
    for owner, names in {
        "time": "time time_ns monotonic monotonic_ns perf_counter perf_counter_ns localtime gmtime",
        "datetime": "now utcnow today",
        "datetime.datetime": "now utcnow today",
        "date": "today",
        "datetime.date": "today",
    }.items()
    for name in names.split()
)
UNKEYED = ("uuid.uuid1", "uuid.uuid4", "secrets.", "os.urandom", "random.")


@cache
def modules() -> dict[str, Path]:
    """Return every module of the package by its dotted name without the leading package name."""
    found = {}
    for path in sorted((SRC / "seawarden").rglob("*.py")):
        parts = path.relative_to(SRC / "seawarden").with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def resolve(dotted: str) -> str:
    """Return the longest known module that a dotted name inside the package leads to."""
    parts = dotted.split(".")
    while parts and ".".join(parts) not in modules():
        parts.pop()
    return ".".join(parts)


def imports(name: str) -> Iterator[tuple[str, int]]:
    """Yield each module of the package that a module imports, wherever in it, and the line."""
    path = modules()[name]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("seawarden."):
                    yield resolve(alias.name.removeprefix("seawarden.")), node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:  # relative imports are refused by ruff; resolved all the same
                package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
                base = ".".join(
                    ["seawarden", *package[: len(package) - node.level + 1], *filter(None, [node.module])]
                )
            if base == "seawarden" or base.startswith("seawarden."):
                for alias in node.names:
                    inner = f"{base}.{alias.name}".removeprefix("seawarden.")
                    yield resolve(inner), node.lineno


def room(name: str) -> str:
    first = name.split(".")[0]
    return "settings" if first.startswith("settings_") else first  # the tree is cut into files beside settings.py


def where(name: str, line: int) -> str:
    return f"{modules()[name].relative_to(ROOT)}:{line}"


def dotted(node: ast.expr) -> str:
    """Return `a.b.c` for an attribute chain, or an empty word."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def used_names(path: Path) -> Iterator[tuple[str, int]]:
    """Yield what a module names, spelled out by its imports (`from time import time as now`)."""
    alias: dict[str, str] = {}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            alias |= {a.asname or a.name: a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            alias |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Name | ast.Attribute):
            first, _, rest = dotted(node).partition(".")
            if first in alias:
                yield alias[first] + (f".{rest}" if rest else ""), node.lineno


def test_every_room_has_its_place() -> None:
    strangers = {room(name) for name in modules()} - set(RANK) - {"", "__main__"}
    assert not strangers, f"give these rooms a place in ORDER and in docs/architecture.md: {sorted(strangers)}"


def test_imports_point_down() -> None:
    wrong = [
        f"{where(name, line)}: {room(name)} imports from {room(target)}, which lies above it"
        for name in modules()
        for target, line in imports(name)
        if room(name) in RANK and room(target) in RANK and RANK[room(target)] > RANK[room(name)]
    ]
    assert not wrong, "\n".join(wrong)


def test_no_import_cycles() -> None:
    graph = {name: {target for target, _ in imports(name) if target not in ("", name)} for name in modules()}
    try:
        tuple(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        pytest.fail("import cycle: " + " -> ".join(reversed(error.args[1])), pytrace=False)


def test_no_module_knows_everything() -> None:
    checked = [*modules().values(), *sorted((ROOT / "tools").rglob("*.py"))]
    lines = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in checked}
    long = {str(path): count for path, count in lines.items() if count > MAX_LINES}
    assert not long, f"over {MAX_LINES} lines: {long}"


def test_nothing_has_an_empty_name() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in modules().values()
        for name, line in [
            *((part, 0) for part in path.with_suffix("").parts),
            *((n.name, n.lineno) for n in ast.walk(tree(path)) if isinstance(n, ast.ClassDef)),
        ]
        if any(name.lower() == banned or name.lower().endswith(banned) for banned in BANNED_NAMES)
    ]
    assert not wrong, "say what it is instead: " + ", ".join(wrong)


def below_the_edge() -> list[str]:
    return [n for n in modules() if n not in ("", "__main__") and not any(f"{n}.".startswith(f"{e}.") for e in EDGE)]


def test_no_clock_below_the_edge() -> None:
    wrong = [
        f"{where(name, line)}: {used}"
        for name in below_the_edge()
        for used, line in used_names(modules()[name])
        if used in CLOCKS
    ]
    assert not wrong, "time comes from the stream here:\n" + "\n".join(wrong)


def test_no_unkeyed_chance_below_the_edge() -> None:
    wrong = []
    for name in below_the_edge():
        path = modules()[name]
        wrong += [f"{where(name, line)}: {used}" for used, line in used_names(path) if used.startswith(UNKEYED)]
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                called = dotted(node.func)
                unkeyed = called.endswith("default_rng") and not node.args and not node.keywords
                legacy = called.startswith(("np.random.", "numpy.random.")) and called.rpartition(".")[2].islower()
                if unkeyed or (legacy and not called.endswith("default_rng")):
                    wrong.append(f"{where(name, node.lineno)}: {called}")
    assert not wrong, "chance is drawn from an explicit key here:\n" + "\n".join(wrong)


def test_each_module_says_what_it_is() -> None:
    silent = [str(path.relative_to(ROOT)) for path in modules().values() if not ast.get_docstring(tree(path))]
    assert not silent, f"no docstring: {silent}"
