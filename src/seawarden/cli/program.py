"""The program: its commands, and how each of them ends.

Exit codes: 0 done, 1 failed, 2 called wrongly. A failure is one sentence on standard error; `--debug` shows the rest.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from seawarden import __version__
from seawarden.cli.account import app as account
from seawarden.cli.assets import app as assets
from seawarden.cli.backtest import backtest
from seawarden.cli.data import app as data
from seawarden.cli.demo import demo
from seawarden.cli.doctor import doctor
from seawarden.cli.evaluate import evaluate
from seawarden.cli.evidence import app as evidence
from seawarden.cli.fault import app as fault
from seawarden.cli.ledger import app as ledger
from seawarden.cli.replay import replay
from seawarden.cli.serve import serve
from seawarden.cli.ship import ship
from seawarden.cli.train import app as train
from seawarden.model.error import SeawardenError, UsageError

DONE, FAILED, WRONG_CALL, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(
    name="seawarden",
    help="The open watch over undersea cables, power links and pipelines.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"seawarden {__version__}")
        raise typer.Exit(DONE)


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and end.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the whole of an unexpected error.")] = False,
) -> None:
    """The open watch over undersea cables, power links and pipelines."""


app.command("demo")(demo)
app.command("replay")(replay)
app.command("serve")(serve)
app.command("ship")(ship)
app.command("doctor")(doctor)
app.command("evaluate")(evaluate)
app.command("backtest")(backtest)
app.add_typer(account, name="account")
app.add_typer(assets, name="assets")
app.add_typer(data, name="data")
app.add_typer(evidence, name="evidence")
app.add_typer(fault, name="fault")
app.add_typer(ledger, name="ledger")
app.add_typer(train, name="train")


def main(words: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        words: the command line without the program's name; `sys.argv` when None.

    Returns:
        The exit code; as a console script the interpreter ends with it.
    """
    given = list(sys.argv[1:] if words is None else words)
    debug = "--debug" in given or bool(os.environ.get("SEAWARDEN_DEBUG"))
    given = [word for word in given if word != "--debug"]
    try:
        code = typer.main.get_command(app).main(given, prog_name="seawarden", standalone_mode=False)
    except SeawardenError as error:
        return _failed(str(error), WRONG_CALL if isinstance(error, UsageError) else FAILED)
    except (typer.Abort, KeyboardInterrupt):
        return _failed("interrupted", INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        if hasattr(error, "exit_code") and hasattr(error, "format_message"):  # the parser's errors
            return _called_wrongly(error)
        if debug:
            raise
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        return _failed(
            f"unexpected: {what} (a fault of the program: call it again with --debug for the details)", FAILED
        )
    if code == INTERRUPTED:  # the parser turns an interrupt into an exit without a word
        return _failed("interrupted", INTERRUPTED)
    return code if isinstance(code, int) else DONE


def _failed(sentence: str, code: int) -> int:
    print(f"seawarden: {sentence}", file=sys.stderr)
    return code


def _called_wrongly(error: Exception) -> int:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "seawarden"
    sentence = " ".join(str(error.format_message()).split())  # type: ignore[attr-defined]
    sentence = sentence.replace("Value error, ", "")
    if not sentence:  # no arguments where some are needed: the help was shown
        return WRONG_CALL
    return _failed(f"{sentence} (`{path} --help` says how it is called)", WRONG_CALL)
