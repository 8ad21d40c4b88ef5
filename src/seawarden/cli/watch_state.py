"""`seawarden assets watch-state`: how well each stretch of each asset was watched in a run, at any time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seawarden.cli.options import AsJson
from seawarden.model.moment import time


def watch_state(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run, made with --rights watch_state.")],
    at: Annotated[
        int | None,
        typer.Option("--at", parser=time, metavar="TIME", help="As known then (UTC); the end of the run by default."),
    ] = None,
    asset: Annotated[str, typer.Option("--asset", metavar="NAME", help="One asset alone, by id or name.")] = "",
    hindsight: Annotated[bool, typer.Option("--hindsight", help="Also take what became known later.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show where a run was watching: observed, thin, unobserved or jammed, by asset and kilometre point."""
    from seawarden.channels.run_folder import read_watch
    from seawarden.cli.console import say, say_json
    from seawarden.cli.options import shown
    from seawarden.geography.layer import build_layer
    from seawarden.geography.pack import load_pack
    from seawarden.model.error import UsageError
    from seawarden.model.watch import WORDS, stretches_at

    changes = read_watch(run)
    layer = build_layer(load_pack(run / "assets.json"))
    rows = range(len(layer.assets))
    if asset:
        row = layer.row_of(asset)
        if row is None:
            raise UsageError(f"there is no asset '{asset}' in {run}")
        rows = range(row, row + 1)
    when = at if at is not None else max(change.known_t for change in changes)
    found = {
        layer.assets[row].id: stretches_at(
            [change for change in changes if change.asset == layer.assets[row].id],
            layer.length_km(row),
            when,
            hindsight=hindsight,
        )
        for row in rows
    }
    if as_json:
        say_json({"at": when, "assets": found})
        return
    km = dict.fromkeys(WORDS, 0.0)
    for name, stretches in found.items():
        for part in stretches:
            km[part.state] += part.kp_to_km - part.kp_from_km
            if asset or part.since_t is not None:
                since = f"since {shown(part.since_t)}" if part.since_t is not None else "never heard"
                say(f"{name:32} KP {part.kp_from_km:7.1f}-{part.kp_to_km:<7.1f} {part.state:10} {since}")
    say(f"{shown(when)}: " + ", ".join(f"{length:,.0f} km {state}" for state, length in km.items()))
