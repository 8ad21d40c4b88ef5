"""`seawarden train`: models from the traffic at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seawarden.cli.options import AsJson, ColumnsMap

app = typer.Typer(help="Models from the traffic at hand.", no_args_is_help=True)


@app.callback()
def about() -> None:
    """Models from the traffic at hand."""


@app.command("forecast")
def forecast(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE...", help="Past ship positions, or tracks in the form of ct_dma.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The forecaster, one .npz file.")],
    history: Annotated[
        bool, typer.Option("--history/--no-history", help="Keep the tracks in the file; without them weights alone.")
    ] = True,
    columns: ColumnsMap = [],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Learn where ships go from where they went: past tracks, their weights, and how far forecasts may be trusted."""
    from seawarden.cli import watched
    from seawarden.cli.console import say, say_json
    from seawarden.forecast.archive import save
    from seawarden.model.error import UsageError
    from seawarden.train.forecast import train_forecaster
    from seawarden.train.voyages import voyages_in

    if out.is_dir():
        raise UsageError(f"--out {out}: there is a folder of that name")
    watched.check_sources(sources)
    voyages = [voyage for source in sources for voyage in voyages_in(source, watched.columns_of(columns))]
    made = train_forecaster(voyages)
    save(made, out, with_history=history)
    learnt = {"voyages": len(voyages), "weights": made.trees is not None, "file": str(out)}
    if as_json:
        say_json(learnt)
    else:
        say(f"{len(voyages):,} voyages learnt" + ("" if made.trees is not None else ", too few to weigh them"))
        say(f"Written to {out}")


@app.command("drag")
def drag(
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="SOURCE...", help="Real ship positions, on which drags and look-alikes are laid."),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The model with its card, one JSON file.")],
    as_json: AsJson = False,
) -> None:
    """Learn to tell an anchor that is out from what ships do anyway; the same file for the same data and versions."""
    from seawarden.cli import watched
    from seawarden.cli.console import note, say, say_json
    from seawarden.model.error import UsageError
    from seawarden.train.drag import train_drag

    if out.is_dir():
        raise UsageError(f"--out {out}: there is a folder of that name")
    watched.check_sources([str(source) for source in sources])
    card = train_drag(sources, out, note)
    if as_json:
        say_json(card)
    else:
        say(f"model {str(card['hash'])[:12]}")
        say(f"Written to {out}")
        say(f"To try it on other days: seawarden backtest SOURCE... --drag-model {out} --out DIR")
        say(f"To watch with it: seawarden serve SOURCE... --drag-model {out}")


@app.command("norms")
def norms(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE...", help="Past ship positions: files, folders or patterns.")
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="The norms, one .npz file; no tracks are in it.")
    ],
    columns: ColumnsMap = [],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Learn how ships pass each stretch of sea: speeds, courses and stops by cell, season and class of ship."""
    from seawarden.cli import watched
    from seawarden.cli.console import say, say_json
    from seawarden.model.error import UsageError
    from seawarden.train.norms import train_norms

    if out.is_dir():
        raise UsageError(f"--out {out}: there is a folder of that name")
    watched.check_sources(sources)
    made = train_norms(sources, watched.columns_of(columns))
    made.save(out)
    if as_json:
        say_json({**made.card, "groups": len(made.keys), "file": str(out)})
    else:
        say(f"{made.card['passages']:,} passages of {made.card['ships']:,} ships learnt")
        say(f"Written to {out}")
