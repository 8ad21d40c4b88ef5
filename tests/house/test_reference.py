"""What writes the reference pages refuses what has no sentence."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import pytest
import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import reference


def app_with(about: str | None) -> typer.Typer:
    app = typer.Typer(help="Watch.")

    @app.command()
    def replay(
        source: Annotated[str, typer.Argument(help="What to read.")],
        port: int = typer.Option(8600, help=about),
        quiet: Annotated[bool, typer.Option("--quiet", help="Say | nothing.")] = False,
    ) -> None:
        """Replay a source.

        Twice, if need be.
        """

    @app.command()
    def serve() -> None:
        """Serve."""

    return app


def test_a_command_is_written_with_its_options() -> None:
    command = typer.main.get_command(app_with("TCP port."))
    text = reference.command_text("seawarden", command, 1)
    assert "## seawarden replay\n\nReplay a source.\n\nTwice, if need be.\n" in text
    assert "| `--port` | int | `8600` | TCP port. |" in text
    assert "| `--quiet` | flag |  | Say \\| nothing. |" in text
    assert "| `SOURCE` | str | required | What to read. |" in text


def test_an_option_without_help_is_refused() -> None:
    with pytest.raises(reference.UndocumentedError, match="seawarden replay: --port has no help"):
        reference.command_text("seawarden", typer.main.get_command(app_with(None)), 1)


class Outer(msgspec.Struct):
    """Two fields, one of them explained."""

    told: int = 1
    """Because."""
    silent: int = 2


def test_the_sentence_under_a_field_is_found() -> None:
    assert reference.field_docs(Outer) == {"told": "Because."}


def test_a_setting_without_its_reason_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Settings:
        DEFAULTS = Outer()

    monkeypatch.setattr(reference, "load", lambda name: Settings)
    with pytest.raises(reference.UndocumentedError, match="silent: no sentence"):
        reference.settings_page()
