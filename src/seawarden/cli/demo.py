"""`seawarden demo`: real days over the shipped assets, with one simulated drag among them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seawarden.cli.options import AsJson, Port, SettingsFile


def demo(
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open the page in the browser.")] = False,
    leave: Annotated[bool, typer.Option("--exit", help="End after the replay instead of serving the page.")] = False,
    port: Port = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write what was found to this folder as well.")
    ] = None,
    settings: SettingsFile = None,
    as_json: AsJson = False,
) -> None:
    """Replay shipped real positions with one simulated anchor drag, then serve the page on this machine.

    The drag is done by a ship that does not exist: she is marked SIMULATED in the data, the API and on the page.
    """
    from seawarden.channels.gate import Gate
    from seawarden.channels.run_folder import released, write_run
    from seawarden.cli import watched
    from seawarden.cli.console import progress, say, say_json
    from seawarden.cli.replay import lines_of
    from seawarden.run.demo import demo as run_demo

    loaded = watched.settings_of(settings)
    with progress("replaying the demonstration") as advance:
        result = run_demo(loaded, progress=advance)
    gate = Gate(result.room.layer.assets)
    if out is None:
        summary = released(result.recording, gate)
    else:
        summary = write_run(out, result.recording, result.rejects, gate, positions=True)
    if as_json:
        say_json(summary)
    else:
        for line in lines_of(summary):
            say(line)
    if leave:
        return
    from seawarden.cli.served import over
    from seawarden.run.exercise import Drillmaster
    from seawarden.service.app import make_app
    from seawarden.service.exercised import exercised
    from seawarden.service.host import serve

    served = over(result.recording, result.room, loaded, mode="demo")
    number = loaded.service.port if port is None else port
    watch = exercised(served.watch, Drillmaster(loaded, served.room.around, served.room.drag))
    serve(make_app(watch), loaded.service.host, number, browser=not no_browser)
