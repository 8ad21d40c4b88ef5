"""`seawarden serve`: the page over a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seawarden.cli.options import (
    AssetsName,
    ColumnsMap,
    CoverageFile,
    FromTime,
    Port,
    RightsGroups,
    SettingsFile,
    ToTime,
    WeatherFiles,
)
from seawarden.cli.watched import DEFAULT_ASSETS


def serve(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SOURCE...]",
            help="Files of ship positions, or one folder that `replay --positions` wrote; "
            "without any the page shows the assets alone.",
        ),
    ] = None,
    assets: AssetsName = DEFAULT_ASSETS,
    columns: ColumnsMap = [],  # noqa: B006
    from_t: FromTime = None,
    to_t: ToTime = None,
    settings: SettingsFile = None,
    rights: RightsGroups = [],  # noqa: B006
    coverage: CoverageFile = None,
    weather: WeatherFiles = [],  # noqa: B006
    store: Annotated[
        Path | None,
        typer.Option(
            "--store", metavar="DIR", help="Folder of the ledger; a run's own folder, or memory alone, when left out."
        ),
    ] = None,
    host: Annotated[
        str | None, typer.Option("--host", metavar="ADDRESS", help="Address to listen on: loopback alone for now.")
    ] = None,
    port: Port = None,
    browser: Annotated[bool, typer.Option("--browser", help="Open the page in the browser.")] = False,
) -> None:
    """Serve the page and its API on this machine."""
    from seawarden.channels.run_folder import is_run
    from seawarden.cli import watched
    from seawarden.cli.console import note, progress
    from seawarden.cli.served import Served, from_folder, from_sources
    from seawarden.service.app import make_app
    from seawarden.service.guard import check_host
    from seawarden.service.host import serve as listen

    loaded = watched.settings_of(settings)
    address = host or loaded.service.host
    check_host(address)
    named = sources or []
    served: Served
    if len(named) == 1 and is_run(Path(named[0])):
        served = from_folder(Path(named[0]), loaded, store=store)
    else:
        watched.check_sources(named)
        watched.check_weather(weather)
        with progress("replaying") as advance:
            served = from_sources(
                named,
                loaded,
                watched.assets_of(assets),
                columns=watched.columns_of(columns),
                from_t=from_t,
                to_t=to_t,
                events=watched.coverage_of(coverage),
                weather=weather,
                store=store,
                rights=watched.rights_of(rights),
                progress=advance,
            )
    if not served.kept:
        note("Declared faults and actions are kept in memory alone: --store DIR keeps them.")
    app = make_app(served.watch, rights=watched.rights_of(rights))
    listen(app, address, loaded.service.port if port is None else port, browser=browser)
