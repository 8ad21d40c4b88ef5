"""What a person at a terminal sees: progress on a terminal only, tables and sentences as they come."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import msgspec


class Advance(Protocol):
    """Tells how far a run is."""

    def __call__(self, records: int, t: int | None) -> None:
        """Records read so far, and the newest event time, ms."""
        ...


def say(text: str) -> None:
    """A line on standard output."""
    print(text, flush=True)


def note(text: str) -> None:
    """A line beside the result, on standard error."""
    print(text, file=sys.stderr, flush=True)


def say_json(value: object) -> None:
    """A value as indented JSON on standard output."""
    say(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


@contextmanager
def progress(what: str) -> Iterator[Advance]:
    """A line that grows on a terminal; nothing anywhere else."""
    if not sys.stderr.isatty():
        yield lambda records, t: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from seawarden.cli.options import shown

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,.0f} records"),
        TextColumn("{task.fields[at]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None, at="")
        yield lambda records, t: bar.update(task, completed=records, at=shown(t) if t is not None else "")
