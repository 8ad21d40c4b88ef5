"""`seawarden assets`: what is watched, and how well its route is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from seawarden.cli.options import AsJson, RightsGroups
from seawarden.cli.watched import DEFAULT_ASSETS

if TYPE_CHECKING:
    from seawarden.model.asset import Asset

app = typer.Typer(help="What is watched, and how well its route is known.", no_args_is_help=True)


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


def _sigma_m(asset: Asset) -> float:
    """The median error across the route, m."""
    values = sorted(value for part in asset.current.sigma_m for value in part)
    return values[len(values) // 2] if values else float("nan")
