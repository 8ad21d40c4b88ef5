"""`seawarden ship`: one ship's dossier out of any sources."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seawarden.cli.options import (
    AsJson,
    AssetsName,
    ColumnsMap,
    CoverageFile,
    DepthsFile,
    DragModelFile,
    FromTime,
    NormsFile,
    RightsGroups,
    SettingsFile,
    ToTime,
    ZonesFiles,
)
from seawarden.cli.watched import DEFAULT_ASSETS
from seawarden.model.error import UsageError

if TYPE_CHECKING:
    from seawarden.run.ship_dossier import Dossier

JSON_NAME = "dossier.json"
TEXT_NAME = "dossier.md"


def ship(
    mmsi: Annotated[
        int, typer.Argument(metavar="MMSI", min=1, max=999_999_999, help="The ship's number, nine digits.")
    ],
    positions: Annotated[
        list[str],
        typer.Option("--positions", metavar="SOURCE", help="Files, folders or patterns of positions; repeatable."),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for dossier.json and dossier.md.")],
    assets: AssetsName = DEFAULT_ASSETS,
    columns: ColumnsMap = [],  # noqa: B006
    from_t: FromTime = None,
    to_t: ToTime = None,
    settings: SettingsFile = None,
    rights: RightsGroups = [],  # noqa: B006
    coverage: CoverageFile = None,
    zones: ZonesFiles = [],  # noqa: B006
    norms: NormsFile = None,
    depths: DepthsFile = None,
    drag_model: DragModelFile = None,
    as_json: AsJson = False,
) -> None:
    """Write one ship's dossier: identity over time, track segments, gaps, zones, findings.

    All ships of the sources are read, since another number may tell the same hull. Writes dossier.json and
    dossier.md.
    """
    from seawarden.channels.gate import Gate
    from seawarden.cli import watched
    from seawarden.cli.console import progress, say, say_json
    from seawarden.cli.ship_text import lines_of
    from seawarden.run.replay import replay
    from seawarden.run.ship_dossier import dossier

    if from_t is not None and to_t is not None and to_t <= from_t:
        raise UsageError("--to lies before --from")
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out}: there is a file of that name")
    loaded = watched.settings_of(settings)
    watched.check_sources(positions)
    known = watched.assets_of(assets)
    charts = watched.charts_of(zones, norms, depths, known, drag_model)
    with progress("reading") as advance:
        result = replay(
            positions,
            settings=loaded,
            assets=known,
            columns=watched.columns_of(columns),
            from_t=from_t,
            to_t=to_t,
            events=watched.coverage_of(coverage),
            charts=charts,
            progress=advance,
        )
    made = dossier(mmsi, result, Gate(known, watched.rights_of(rights)))
    lines = lines_of(made)
    _write(out, made, lines)
    if as_json:
        say_json(made)
    else:
        for line in lines:
            say(line)
        say(f"Written to {out / JSON_NAME} and {out / TEXT_NAME}")


def _write(out: Path, made: Dossier, lines: list[str]) -> None:
    import msgspec

    from seawarden.store.files import whole_file

    with whole_file(out / JSON_NAME) as file:
        file.write(msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n")
    with whole_file(out / TEXT_NAME) as file:
        file.write(("\n".join(lines) + "\n").encode())
