"""`seawarden assets`: what is watched, and how well its route is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seawarden.cli.options import AsJson, RightsGroups
from seawarden.cli.watch_state import watch_state
from seawarden.cli.watched import DEFAULT_ASSETS
from seawarden.model.asset import Kind
from seawarden.model.error import AssetError

if TYPE_CHECKING:
    from seawarden.model.asset import Asset

app = typer.Typer(help="What is watched, and how well its route is known.", no_args_is_help=True)
app.command("watch-state")(watch_state)


@app.callback()
def about() -> None:
    """What is watched, and how well its route is known."""


@app.command("list")
def list_assets(
    name: Annotated[
        str, typer.Argument(metavar="[PATH|PACK]", help="A pack that ships, or the path of a pack file.")
    ] = DEFAULT_ASSETS,
    rights: RightsGroups = [],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """List the assets of a pack, with kind, length and how well the route is known."""
    from seawarden.channels.gate import Gate
    from seawarden.cli import watched
    from seawarden.cli.console import say, say_json
    from seawarden.geography.layer import Route
    from seawarden.geography.pack import pack_names

    gate = Gate(watched.assets_of(name), watched.rights_of(rights))
    if as_json:
        say_json(gate.assets)
        return
    for asset in gate.assets:
        say(
            f"{asset.id:32} {asset.kind:14} {Route(asset.current).length_km:7.1f} km  ±{_sigma_m(asset):6,.0f} m  "
            f"{asset.status:18} {asset.name}"
        )
    say(f"{len(gate.assets)} assets in `{name}`; packs that ship: {', '.join(pack_names())}")
    for attribution in sorted({asset.attribution for asset in gate.assets if asset.attribution}):
        say(f"  {attribution}")


@app.command("import")
def import_file(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="GeoJSON, GeoPackage, Shapefile, KML, S-57 cell, TeleGeography JSON, or points of a route.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="PACK.json", help="The pack file to write.")],
    kind: Annotated[Kind | None, typer.Option("--kind", help="The kind, where the file does not tell.")] = None,
    visibility: Annotated[
        str, typer.Option("--visibility", metavar="GROUP", help="`public`, or the group that alone may see these.")
    ] = "public",
    sigma_m: Annotated[
        float | None,
        typer.Option(
            "--sigma", min=0.1, max=100_000, metavar="METRES", help="Error of the routes, where none is said."
        ),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="A name for nameless lines.")] = None,
    source: Annotated[
        str | None, typer.Option("--source", metavar="TEXT", help="Where the routes come from; the file by default.")
    ] = None,
    licence: Annotated[str, typer.Option("--licence", metavar="TEXT", help="Terms of the routes.")] = "",
    attribution: Annotated[str, typer.Option("--attribution", metavar="TEXT", help="How to name their source.")] = "",
    crs: Annotated[
        str | None, typer.Option("--crs", metavar="CRS", help="Reference system, when the file names none.")
    ] = None,
    swap_axes: Annotated[bool, typer.Option("--swap-axes", help="Take the first coordinate for latitude.")] = False,
    valid_from: Annotated[
        str, typer.Option("--valid-from", metavar="DATE", help="Date from which the routes hold, ISO.")
    ] = "",
    depths: Annotated[
        Path | None,
        typer.Option("--depths", metavar="FILE", help="Depth grid, NetCDF or GeoTIFF; the shipped one by default."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read routes into a pack, with every problem explained; `replay --assets PACK.json` then watches them."""
    from seawarden.cli.console import note, say, say_json
    from seawarden.geography.depth import DepthGrid, with_depths
    from seawarden.geography.importing import Problem, import_assets
    from seawarden.geography.layer import Route, build_layer
    from seawarden.geography.pack import write_pack
    from seawarden.run.charts import box_around

    found: list[Asset] = []
    problems: list[Problem] = []
    for file in files:
        read = import_assets(
            file,
            kind=kind,
            visibility=visibility,
            sigma_m=sigma_m,
            name=name,
            source=source,
            licence=licence,
            attribution=attribution,
            crs=crs,
            swap_axes=swap_axes,
            valid_from=valid_from,
        )
        found += read.assets
        problems += read.problems
    refused = sum(problem.severity == "refused" for problem in problems)
    grid = DepthGrid.shipped() if depths is None or not found else DepthGrid.load(depths, box=box_around(found))
    known = [with_depths(asset, grid) for asset in found]
    if known:
        build_layer(known)  # two files may hold the same id: better told now than at the first replay
        write_pack(known, out)
    if as_json:
        say_json({"assets": [asset.id for asset in known], "problems": problems})
    else:
        for problem in problems:
            note(f"{problem.severity:8} {problem}")
        for asset in known:
            say(f"{asset.id:32} {asset.kind:14} {Route(asset.current).length_km:7.1f} km  {asset.name}")
    if not known:
        raise AssetError(f"no asset could be taken from {', '.join(map(str, files))}; nothing was written")
    if not as_json:
        say(f"{len(known)} assets written to {out}" + (f", {refused} features refused" if refused else ""))


@app.command("check")
def check(
    name: Annotated[str, typer.Argument(metavar="FILE|PACK", help="A file of routes, a pack file, or a pack.")],
    crs: Annotated[
        str | None, typer.Option("--crs", metavar="CRS", help="Reference system, when the file names none.")
    ] = None,
    swap_axes: Annotated[bool, typer.Option("--swap-axes", help="Take the first coordinate for latitude.")] = False,
    as_json: AsJson = False,
) -> None:
    """Explain what is wrong with routes, feature by feature; fails when a feature has to be mended by hand."""
    from seawarden.cli.console import say, say_json
    from seawarden.geography.importing import import_assets
    from seawarden.geography.importing.door import check_assets
    from seawarden.geography.pack import load_pack, looks_like_pack, pack_names

    if name in pack_names() or looks_like_pack(Path(name)):
        known = load_pack(name)
        problems = check_assets(known)
    else:
        read = import_assets(name, crs=crs, swap_axes=swap_axes)
        known, problems = list(read.assets), list(read.problems)
    if as_json:
        say_json(problems)
    else:
        for problem in problems:
            say(f"{problem.severity:8} {problem}")
        say(f"{len(known)} assets can be taken; {len(problems)} things to look at")
    refused = sum(problem.severity == "refused" for problem in problems)
    if refused or not known:
        raise AssetError(
            f"{name}: {refused} features must be mended by hand" if refused else f"{name}: holds no asset"
        )


def _sigma_m(asset: Asset) -> float:
    """The median error across the route, m."""
    values = sorted(value for part in asset.current.sigma_m for value in part)
    return values[len(values) // 2] if values else float("nan")
