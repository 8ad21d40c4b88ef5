"""`seawarden backtest`: the watch on one's own traffic, overnight."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seawarden.cli.options import (
    AsJson,
    AssetsName,
    ColumnsMap,
    CoverageFile,
    DepthsFile,
    DragModelFile,
    FromTime,
    SettingsFile,
    ToTime,
    WeatherFiles,
    WorksFiles,
)
from seawarden.cli.watched import DEFAULT_ASSETS
from seawarden.model.error import UsageError


def backtest(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE...", help="Files, folders or patterns of ship positions: many days."),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for records and results.")],
    assets: AssetsName = DEFAULT_ASSETS,
    columns: ColumnsMap = [],  # noqa: B006
    from_t: FromTime = None,
    to_t: ToTime = None,
    settings: SettingsFile = None,
    coverage: CoverageFile = None,
    weather: WeatherFiles = [],  # noqa: B006
    works: WorksFiles = [],  # noqa: B006
    depths: DepthsFile = None,
    drag_model: DragModelFile = None,
    planted: Annotated[
        int, typer.Option("--planted", min=0, max=500, metavar="N", help="Drags laid on each day's tracks.")
    ] = 20,
    as_json: AsJson = False,
) -> None:
    """Run the watch over months of traffic: how often it would have spoken, and which planted drags it finds.

    Goes on where it was stopped when it is called again. Writes metrics.json, report.html and a record for each day.
    """
    from seawarden.cli import watched
    from seawarden.cli.console import progress, say, say_json
    from seawarden.evaluate.backtest.running import Asked, run_backtest
    from seawarden.evaluate.backtest.written import lines_of, write_results

    if from_t is not None and to_t is not None and to_t <= from_t:
        raise UsageError("--to lies before --from")
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out}: there is a file of that name")
    watched.check_sources(sources)
    watched.check_weather(weather)
    known = watched.assets_of(assets)
    ask = Asked(
        sources=sources,
        settings=watched.settings_of(settings),
        assets=known,
        columns=watched.columns_of(columns),
        from_t=from_t,
        to_t=to_t,
        coverage=watched.coverage_of(coverage),
        weather=weather,
        works=watched.works_of(works),
        charts=watched.charts_of(depths=depths, assets=known, drag_model=drag_model),
        planted=planted,
    )
    with progress("backtest") as advance:
        room = run_backtest(ask, out, advance)
    metrics = write_results(out, ask, room)
    if as_json:
        say_json(metrics)
    else:
        for line in lines_of(metrics):
            say(line)
        say(f"Written to {out}")
