"""Write the reference pages of the documentation from the live program: commands, settings, behaviours.

`python tools/reference.py` writes docs/commands/*.md and docs/reference/*.md; `--check` only says whether they
are what the program says today. A test calls the same functions, so an undocumented setting or option fails it.
"""

from __future__ import annotations

import ast
import enum
import importlib
import inspect
import itertools
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
MADE = "<!-- made by tools/reference.py: change the program, then call `just docs` -->\n"


class UndocumentedError(Exception):
    """Something public has no sentence that says what it is."""


def load(name: str) -> Any:
    """Return a module, or None where it does not exist yet."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and name.startswith(error.name):
            return None
        raise


def cell(text: object) -> str:
    """Return text fit for a cell of a table."""
    return " ".join(str(text).replace("|", "\\|").split())


def field_docs(owner: type) -> dict[str, str]:
    """Return the sentence that stands under each field of a class, its bases included."""
    found: dict[str, str] = {}
    for cls in reversed(owner.__mro__):
        try:
            body = ast.parse(inspect.getsource(cls)).body[0]
        except (OSError, TypeError):
            continue
        statements = getattr(body, "body", [])
        for field, below in itertools.pairwise(statements):
            named = isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
            if named and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
                found[field.target.id] = str(below.value.value)
    return found


def limits(hint: Any) -> tuple[str, str, str]:
    """Return type, limits and description of an annotated setting."""
    base, *metas = get_args(hint) if hasattr(hint, "__metadata__") else (hint,)
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    bounds, about = [], []
    for meta in metas:
        bounds += [
            f"{sign} {getattr(meta, name):g}" for name, sign in signs.items() if getattr(meta, name) is not None
        ]
        about += [meta.description] if meta.description else []
    return getattr(base, "__name__", str(base)), ", ".join(bounds), ". ".join(about)


def sections(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each group of settings with its dotted path, outer ones first."""
    yield path, tree
    for name in tree.__struct_fields__:
        value = getattr(tree, name)
        if hasattr(value, "__struct_fields__"):
            yield from sections(value, f"{path}.{name}" if path else name)


def settings_page() -> str:
    """Return the page of settings; raises UndocumentedError for one without its reason."""
    module = load("seawarden.settings")
    if module is None:
        return ""
    text = MADE + "# Settings\n\n" + (inspect.getdoc(module) or "") + "\n"
    for path, section in sections(module.DEFAULTS):
        hints = get_type_hints(type(section), include_extras=True)
        reasons = field_docs(type(section))
        leaves = [n for n in section.__struct_fields__ if not hasattr(getattr(section, n), "__struct_fields__")]
        if not leaves:
            continue
        text += f"\n## {path}\n\n{inspect.getdoc(type(section))}\n\n"
        text += "| setting | type | default | limits | what | why |\n|---|---|---|---|---|---|\n"
        for name in leaves:
            if not reasons.get(name):
                raise UndocumentedError(f"setting {path}.{name}: no sentence of reason stands under it")
            kind, bounds, about = limits(hints[name])
            row = (f"`{path}.{name}`", kind, f"`{getattr(section, name)!r}`", bounds, about, reasons[name])
            text += "| " + " | ".join(cell(part) for part in row) + " |\n"
    return text


def behaviours() -> list[tuple[Any, str]]:
    """Return each built-in behaviour's specification and the docstring of its module."""
    package = load("seawarden.behaviours")
    found: dict[str, tuple[Any, str]] = {}
    for info in pkgutil.walk_packages(package.__path__, "seawarden.behaviours.") if package else ():
        module = importlib.import_module(info.name)
        for value in vars(module).values():
            spec = getattr(value, "spec", value)
            if type(spec).__name__ == "Spec" and getattr(value, "__module__", info.name) == info.name:
                found.setdefault(spec.name, (spec, inspect.getdoc(module) or ""))
    return [found[name] for name in sorted(found)]


def behaviours_page() -> str:
    """Return the page of behaviours, each with the argument that its module makes."""
    known = behaviours()
    if not known:
        return ""
    text = MADE + "# Behaviours\n\nA behaviour makes findings: observations that can be checked, never verdicts.\n"
    for spec, argument in known:
        if not spec.title or not argument:
            raise UndocumentedError(f"behaviour {spec.name}: no title, or no docstring over its module")
        text += f"\n## {spec.name}\n\n{spec.title}\n\n"
        text += f"- scope: {spec.scope}\n- findings: {', '.join(f'`{kind}`' for kind in spec.kinds)}\n"
        text += f"- reads: {', '.join(f'`{column}`' for column in spec.inputs)}\n"
        text += f"- looks back: {spec.look_back_s:g} s\n\n{argument}\n"
    return text


def command_tree() -> Any:
    """Return the command line as click sees it, or None."""
    module = load("seawarden.cli")
    app = getattr(module, "app", None)
    if app is None:
        return None
    import typer

    return typer.main.get_command(app)


def kind_of(annotation: Any) -> str:
    """Return an annotation in words: `path`, `list of str`, `a or b`."""
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return " or ".join(f"`{choice.value}`" for choice in annotation)
    inner = [part for part in get_args(annotation) if part not in (type(None), ...)]
    if get_origin(annotation) in (list, tuple, set):
        return "list of " + kind_of(inner[0])
    if inner:
        return " or ".join(kind_of(part) for part in inner)
    return str(getattr(annotation, "__name__", annotation)).lower()


def parameter_row(path: str, parameter: Any) -> str:
    """Return the table row of one option or argument."""
    option = parameter.param_type_name == "option"
    names = (
        [*parameter.opts, *parameter.secondary_opts]
        if option
        else [(parameter.metavar or parameter.name or "").upper()]
    )
    about = getattr(parameter, "help", "") or ""
    if not about:
        raise UndocumentedError(f"{path}: {' '.join(names)} has no help")
    default = parameter.default
    shown = (
        "" if default is None or callable(default) or not isinstance(default, str | int | float) else repr(default)
    )
    typed = (option and parameter.metavar) or kind_of(parameter.type_descriptor.annotation)
    kind = "flag" if getattr(parameter, "is_flag", False) else typed
    must = "required" if parameter.required else (f"`{shown}`" if shown and shown != "False" else "")
    row = (", ".join(f"`{name}`" for name in names), kind, must, about)
    return "| " + " | ".join(cell(part) for part in row) + " |\n"


def command_text(path: str, command: Any, level: int) -> str:
    """Return the section of one command and of those below it; raises UndocumentedError."""
    about = inspect.cleandoc(command.help or "").replace("\b\n", "").replace("\f", "")
    if not about:
        raise UndocumentedError(f"{path} has no help")
    text = f"{'#' * level} {path}\n\n{about}\n"
    rows = []
    for parameter in command.params:
        if getattr(parameter, "hidden", False) or "--help" in parameter.opts:
            continue
        rows.append(parameter_row(path, parameter))
    if rows:
        text += "\n| option | type | default | what |\n|---|---|---|---|\n" + "".join(rows)
    for name, below in sorted(getattr(command, "commands", {}).items()):
        if not below.hidden:
            text += "\n" + command_text(f"{path} {name}", below, level + 1)
    return text


def pages() -> dict[Path, str]:
    """Return every generated page that the program can fill today."""
    made = {DOCS / "reference/settings.md": settings_page(), DOCS / "reference/behaviours.md": behaviours_page()}
    root = command_tree()
    if root is not None:
        index = MADE + "# Commands\n\n" + inspect.cleandoc(root.help or "") + "\n\n"
        for name, command in sorted(root.commands.items()):
            if command.hidden:
                continue
            made[DOCS / f"commands/{name}.md"] = MADE + command_text(f"seawarden {name}", command, 1)
            index += f"- [`seawarden {name}`]({name}.md): {command.get_short_help_str(200)}\n"
        made[DOCS / "commands/index.md"] = index
    return {path: text for path, text in made.items() if text}


def stale() -> list[str]:
    """Return the generated pages that are not what the program says, or that it no longer makes."""
    made = pages()
    wrong = [p for p, text in made.items() if not p.is_file() or p.read_text() != text]
    marked = [p for p in DOCS.rglob("*.md") if p.read_text().startswith(MADE)]
    return [str(path.relative_to(ROOT)) for path in [*wrong, *(p for p in marked if p not in made)]]


def main(words: list[str]) -> int:
    """Write the pages, or check them."""
    try:
        if "--check" in words:
            wrong = stale()
            print("\n".join(f"stale: {path}" for path in wrong) or "the reference pages are up to date")
            return bool(wrong)
        for path, text in pages().items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        for leftover in stale():
            (ROOT / leftover).unlink()
    except UndocumentedError as error:
        print(f"undocumented: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
