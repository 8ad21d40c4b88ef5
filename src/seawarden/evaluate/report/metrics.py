"""A plain report of any suite's metrics: every figure with its name, nothing left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from seawarden.evaluate.report.page import Html, Section, paragraph, table, text, write_page


def write_metrics(path: Path, title: str, metrics: Any, more: Sequence[Path] = ()) -> None:
    """Write the figures of a suite as one page.

    Args:
        path: the HTML file.
        title: its heading.
        metrics: builtins, as `metrics.json` holds them.
        more: other pages that the suite wrote beside it, linked to.

    Raises:
        StoreError: the file can't be written.
    """
    links = [Html(f'<a href="{text(page.name)}">{text(page.stem)}</a>') for page in more]
    lead = [paragraph(Html("Drawn: " + ", ".join(links)))] if links else []
    write_page(path, title, lead, [Section("Figures", [table(("figure", "value"), leaves(metrics))])])


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every figure of a tree with its dotted name."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, f"{name}.{key}" if name else str(key))
    elif isinstance(value, (list, tuple)) and any(isinstance(part, (dict, list, tuple)) for part in value):
        for number, part in enumerate(value):
            yield from leaves(part, f"{name}[{number}]")
    elif isinstance(value, (list, tuple)):
        yield name, ", ".join(map(_shown, value))
    else:
        yield name, _shown(value)


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def headline(metrics: Any, at_most: int = 40) -> list[str]:
    """The first figures of a suite, a line each, for a terminal."""
    lines = [f"{name}: {value}" for name, value in leaves(metrics) if "[" not in name]
    more = len(lines) - at_most
    return lines[:at_most] + ([f"... and {more} more in metrics.json"] if more > 0 else [])
