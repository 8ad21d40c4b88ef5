"""`seawarden serve`: the page over a run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from seawarden.cli.options import (
    AssetsName,
    ColumnsMap,
    CoverageFile,
    DepthsFile,
    DragModelFile,
    ForecastFile,
    FromTime,
    NormsFile,
    Port,
    RightsGroups,
    SettingsFile,
    ToTime,
    WeatherFiles,
    WorksFiles,
    ZonesFiles,
)
from seawarden.cli.watched import DEFAULT_ASSETS


def serve(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SOURCE...]",
            help="Live feeds by their addresses (tcp://HOST:PORT...), files of ship positions, or one folder that "
            "`replay --positions` wrote; without any the page shows the assets alone.",
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
    works: WorksFiles = [],  # noqa: B006
    zones: ZonesFiles = [],  # noqa: B006
    norms: NormsFile = None,
    depths: DepthsFile = None,
    drag_model: DragModelFile = None,
    forecast: ForecastFile = None,
    store: Annotated[
        Path | None,
        typer.Option(
            "--store",
            metavar="DIR",
            help="Folder of the ledger, and of a live run's journal, snapshots and positions; a run's own folder, or "
            "memory alone, when left out.",
        ),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(
            "--host", metavar="ADDRESS", help="Address to listen on; beyond loopback only with accounts and TLS."
        ),
    ] = None,
    port: Port = None,
    accounts: Annotated[
        Path | None,
        typer.Option(
            "--accounts", metavar="FILE", help="Who may come in (see `seawarden account`); nobody must when left out."
        ),
    ] = None,
    name: Annotated[
        list[str],
        typer.Option("--name", metavar="HOST", help="Host name that the page is reached by, beside localhost."),
    ] = [],  # noqa: B006
    tls_cert: Annotated[Path | None, typer.Option("--tls-cert", metavar="FILE", help="Certificates, PEM.")] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", metavar="FILE", help="Its private key, PEM.")] = None,
    behind_proxy: Annotated[
        str, typer.Option("--behind-proxy", metavar="ADDRESS", help="Address of a trusted proxy that encrypts.")
    ] = "",
    notify: Annotated[
        Path | None,
        typer.Option("--notify", metavar="FILE", help="Who is told away from the page, and how (TOML)."),
    ] = None,
    peer: Annotated[
        str | None,
        typer.Option(
            "--peer",
            metavar="URL",
            help="Another node, fed alike: what people do there is known here (its token: SEAWARDEN_PEER_TOKEN).",
        ),
    ] = None,
    checklist: Annotated[
        Path | None,
        typer.Option("--checklist", metavar="FILE", help="What is asked in each phase, by asset (JSON or TOML)."),
    ] = None,
    layer: Annotated[
        list[str],
        typer.Option(
            "--layer",
            metavar="[GROUP=]FILE",
            help="A map layer to look at: GeoJSON, GeoPackage, KML, Shapefile; GROUP= shows it to that group alone.",
        ),
    ] = [],  # noqa: B006
    browser: Annotated[bool, typer.Option("--browser", help="Open the page in the browser.")] = False,
) -> None:
    """Serve the page and its API on this machine."""
    from seawarden.alerts.checklist import Checklists
    from seawarden.channels.notify.outbox import OUTBOX, Outbox
    from seawarden.channels.notify.rules import read_rules, unheard
    from seawarden.channels.run_folder import ASSETS, is_run
    from seawarden.cli import watched
    from seawarden.cli.console import note, progress
    from seawarden.cli.serve_live import attend, is_live, live_watch
    from seawarden.cli.served import Served, from_folder, from_sources
    from seawarden.geography.map_layers import layers_of
    from seawarden.model.drag_model import line_of
    from seawarden.model.error import UsageError
    from seawarden.run.exercise import Drillmaster
    from seawarden.service.accounts import Accounts
    from seawarden.service.app import make_app
    from seawarden.service.exercised import exercised
    from seawarden.service.guard import check_host
    from seawarden.service.host import Line
    from seawarden.service.host import serve as listen
    from seawarden.service.notifier import Notifier
    from seawarden.service.peer import Peer

    loaded = watched.with_forecast(watched.settings_of(settings), forecast)
    address = host or loaded.service.host
    line = Line(tls_cert, tls_key, behind_proxy)
    check_host(address, accounts=accounts is not None, private=line.private)
    if accounts is not None and not accounts.is_file():
        raise UsageError(f"{accounts}: there are no accounts here: `seawarden account add` makes the first")
    lists = Checklists.shipped() if checklist is None else Checklists.read(checklist)
    layers = layers_of(layer)
    for drawn in layers:
        for problem in drawn.problems[:5]:
            note(str(problem))
    recipients = [] if notify is None else read_rules(notify)
    named = sources or []
    folder = Path(named[0]) if len(named) == 1 and is_run(Path(named[0])) else None
    known = watched.assets_of(assets if folder is None else str(folder / ASSETS))
    charts = watched.charts_of(zones, norms, depths, known, drag_model)
    if charts.depth is not None:
        note("; elsewhere ".join(f"depths: {one.source}, sigma {one.sigma_m:g} m" for one in charts.depth.sources()))
    if charts.drag is not None:
        note(line_of(charts.drag.named))
    served: Served
    live = None
    if is_live(named):
        live = live_watch(
            named,
            loaded,
            known,
            events=[*watched.coverage_of(coverage), *watched.works_of(works), *watched.weather_of(weather, known)],
            store=store,
            rights=watched.rights_of(rights),
            charts=charts,
        )
    elif folder is not None:
        served = from_folder(folder, loaded, store=store, charts=charts)
    else:
        watched.check_sources(named)
        watched.check_weather(weather)
        with progress("replaying") as advance:
            served = from_sources(
                named,
                loaded,
                known,
                columns=watched.columns_of(columns),
                from_t=from_t,
                to_t=to_t,
                events=[*watched.coverage_of(coverage), *watched.works_of(works)],
                weather=weather,
                charts=charts,
                store=store,
                rights=watched.rights_of(rights),
                progress=advance,
            )
    if live is None and not served.kept:
        note("Declared faults and actions are kept in memory alone: --store DIR keeps them.")
    room = served.room if live is None else live.run.room
    watch = exercised(served.watch if live is None else live, Drillmaster(loaded, room.around, room.drag))
    for sentence in unheard(recipients, watch.assets()):
        note(f"--notify: {sentence}")
    outbox = Outbox(":memory:" if store is None else store / OUTBOX)
    notifier = Notifier(watch, recipients, outbox, settings=loaded.notify) if recipients else None
    app = make_app(
        watch,
        notifier=notifier,
        checklist=lists,
        map_layers=layers,
        rights=watched.rights_of(rights),
        accounts=None if accounts is None else Accounts(accounts),
        names=name,
    )
    if live is not None:
        attend(app, live)
    other = Peer(watch, peer, os.environ.get("SEAWARDEN_PEER_TOKEN", "")) if peer else None
    for follower in (notifier, other):
        if follower is not None:
            follower.start()
    try:
        listen(app, address, loaded.service.port if port is None else port, line=line, browser=browser)
    finally:
        for follower in (notifier, other):
            if follower is not None:
                follower.stop()
