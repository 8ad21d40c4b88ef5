"""`seawarden doctor`: what is missing, and what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seawarden.cli.options import AsJson, AssetsName, ColumnsMap, DepthsFile, DragModelFile, SettingsFile
from seawarden.cli.watched import DEFAULT_ASSETS
from seawarden.model.error import SeawardenError

if TYPE_CHECKING:
    from seawarden.cli.checkup import Check

MARKS = {"ok": "ok     ", "advice": "advice ", "missing": "MISSING"}


def doctor(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE...]", help="Positions or a run's folder to look into.")
    ] = None,
    assets: AssetsName = DEFAULT_ASSETS,
    columns: ColumnsMap = [],  # noqa: B006
    settings: SettingsFile = None,
    depths: DepthsFile = None,
    drag_model: DragModelFile = None,
    as_json: AsJson = False,
) -> None:
    """Explain an empty map or a silent watch: what is missing, and what to do."""
    from seawarden.channels.run_folder import is_run
    from seawarden.cli import checkup
    from seawarden.cli.console import say, say_json

    model, about_model = checkup.drag_model(drag_model)
    checks: list[Check] = [*checkup.installation(), checkup.settings_file(settings), about_model]
    if model is not None:
        checks += checkup.canary(settings, model)
    known, about_assets = checkup.assets_named(assets)
    checks += [*about_assets, checkup.depths(depths, known)]
    for name in sources or []:
        folder = Path(name)
        checks += checkup.run_folder(folder) if is_run(folder) else checkup.source(name, known, columns)
    if not sources:
        checks.append(checkup.no_source())
    missing = [check for check in checks if check.state == "missing"]
    if as_json:
        say_json(checks)
    else:
        for check in checks:
            say(f"{MARKS[check.state]} {check.what}")
            if check.do:
                say(f"        -> {check.do}")
    if missing:
        raise SeawardenError(f"{len(missing)} of {len(checks)} things are missing; the arrows say what to do")
