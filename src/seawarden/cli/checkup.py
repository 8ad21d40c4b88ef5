"""What the doctor looks at, one function a matter."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from seawarden.behaviours.drag.model import SHIPPED, DragModel, shipped
from seawarden.channels.run_folder import SUMMARY, TRACKS
from seawarden.cli import watched
from seawarden.cli.options import shown
from seawarden.geography.depth import DepthGrid
from seawarden.geography.layer import build_layer
from seawarden.model.asset import Asset
from seawarden.model.batch import Catalogue
from seawarden.model.drag_model import line_of
from seawarden.model.error import SeawardenError
from seawarden.model.position import Positions, concat
from seawarden.run.build import build
from seawarden.run.charts import Charts
from seawarden.service.page import BASEMAP, built
from seawarden.settings_load import FILE_VARIABLE, load_settings
from seawarden.sources import open_source
from seawarden.store.summary import Summary

CANARY_T = 1_735_120_800_000
"""Event time of the doctor's simulated drag; any full hour would do."""
LOOKED_AT = 2_000_000
"""Positions of a source that are looked at: enough to tell, and done in seconds."""
HALF = 0.5
"""Share of the assets' points below which depths are told to be missing."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    state: Literal["ok", "advice", "missing"]
    what: str
    do: str = ""
    """What to do, when something is to be done."""


def installation() -> list[Check]:
    """Python, the page and the base map."""
    version = ".".join(map(str, sys.version_info[:3]))
    checks = [Check(state="ok", what=f"Python {version}")]
    if built():
        checks.append(Check(state="ok", what="the page is built"))
    else:
        checks.append(
            Check(state="missing", what="the page is not built", do="call ./run setup in the source folder")
        )
    if any(BASEMAP.glob("land*")):
        checks.append(Check(state="ok", what="the base map and the coast are built"))
    else:
        what = (
            "the base map is not built: no land is drawn, no position on land is flagged, drags are judged without it"
        )
        checks.append(Check(state="advice", what=what, do="call ./run setup in the source folder"))
    return checks


def settings_file(path: Path | None) -> Check:
    """The settings in force."""
    try:
        load_settings(path, os.environ)
    except SeawardenError as error:
        return Check(state="missing", what=f"settings: {error}", do="mend the line, or leave it out for the default")
    named = path or os.environ.get(FILE_VARIABLE)
    return Check(state="ok", what=f"settings: {named}" if named else "settings: the embedded defaults")


def drag_model(path: Path | None) -> tuple[DragModel | None, Check]:
    """The model that looks for drags, None where it can't be read, and what is to be said of it."""
    try:
        model = watched.charts_of(drag_model=path).drag or shipped()
    except SeawardenError as error:
        do = "`seawarden train drag SOURCE... --out FILE` makes a model of your own waters"
        return None, Check(state="missing", what=f"drag model: {error}", do=do)
    what = line_of(model.named)
    if model.seen is None:
        what += "; it can't say how well a drag would be seen on a ship"
    return model, Check(state="ok", what=what)


def canary(path: Path | None, model: DragModel) -> list[Check]:
    """Whether a simulated drag passes the whole chain of this installation with these settings and this model."""
    try:
        settings = load_settings(path, os.environ)
        room = build(settings, [], charts=Charts(drag=model))
    except SeawardenError:
        return []  # told by its own check
    (sighting,) = room.canary.until(CANARY_T)
    if sighting.found:
        what = f"a simulated drag was found: `{sighting.tier}` {sighting.minutes:.0f} min after the anchor took hold"
        return [Check(state="ok", what=what)]
    do = "mend what the sentence names; `seawarden train drag` makes a model, defaults stand in docs/reference"
    return [Check(state="missing", what=f"NOT WATCHING: {room.canary.why_not()[0]}", do=do)]


def assets_named(name: str) -> tuple[list[Asset], list[Check]]:
    """The assets, and what is to be said of them."""
    try:
        assets = watched.assets_of(name)
        build_layer(assets)
    except SeawardenError as error:
        return [], [
            Check(state="missing", what=f"assets: {error}", do="`seawarden assets check FILE` explains a file")
        ]
    if not assets:
        do = "name a pack with --assets, or import your own: seawarden assets import FILE --out pack.json"
        return [], [Check(state="missing", what=f"the pack `{name}` holds no asset", do=do)]
    checks = [Check(state="ok", what=f"{len(assets)} assets in `{name}`")]
    hidden = sum(asset.visibility != "public" for asset in assets)
    if hidden:
        what = f"{hidden} of the assets are for a group alone and stay hidden"
        checks.append(Check(state="advice", what=what, do="--rights GROUP shows them to that group"))
    return assets, checks


def depths(path: Path | None, assets: Sequence[Asset]) -> Check:
    """The grid of depths in use, and how much of the assets it knows the depth of."""
    try:
        own = watched.charts_of(depths=path, assets=assets).depth
    except SeawardenError as error:
        do = "give a NetCDF or GeoTIFF of GEBCO or EMODnet around the assets; `seawarden data get gebco` fetches one"
        return Check(state="missing", what=f"depths: {error}", do=do)
    grid = own if own is not None else DepthGrid.shipped()
    what = "depths: " + "; elsewhere ".join(f"{one.source}, sigma {one.sigma_m:g} m" for one in grid.sources())
    points = [point for asset in assets for part in asset.current.parts for point in part]
    if points:
        lon, lat = np.array(points).T
        known = float(np.mean(np.isfinite(grid.depth_m(lat, lon)[0])))
        what += f"; known at {known:.0%} of the assets' points"
        if known < HALF:
            return Check(state="advice", what=what, do="--depths FILE gives a grid of your own waters")
    return Check(state="ok", what=what)


def no_source() -> Check:
    """Nothing was named."""
    do = "name files or a folder (seawarden serve FILE), or look at the demonstration first: seawarden demo"
    return Check(state="advice", what="no source of positions was named: the map shows no ship", do=do)


def run_folder(folder: Path) -> list[Check]:
    """A run that was written."""
    try:
        summary = msgspec.json.decode((folder / SUMMARY).read_bytes(), type=Summary)
    except (OSError, msgspec.MsgspecError) as error:
        return [Check(state="missing", what=f"{folder}: {error}", do="replay once more into the folder")]
    span = f"{shown(summary.from_t)} to {shown(summary.to_t)}"
    checks = [Check(state="ok", what=f"{folder}: a run of {summary.ships} ships, {span}")]
    if not (folder / TRACKS).is_file():
        what = f"{folder}: the run was written without its positions, so it can't be served"
        checks.append(Check(state="missing", what=what, do="replay with --positions"))
    if len(summary.depths) > 1:
        what = f"{folder}: depths of {summary.depths[0].source}, elsewhere of {summary.depths[1].source}"
        checks.append(Check(state="ok", what=what))
    if summary.drag_model is not None and summary.drag_model.source != SHIPPED:
        checks.append(Check(state="ok", what=f"{folder}: {line_of(summary.drag_model)}"))
    if summary.not_watching:
        what = f"{folder}: NOT WATCHING at the end of this run: {'; '.join(summary.not_watching)}"
        checks.append(Check(state="missing", what=what, do="replay again with settings under which it is found"))
    if not summary.findings:
        do = "look at the source itself: seawarden doctor FILE"
        checks.append(Check(state="advice", what=f"{folder}: nothing was found in this run", do=do))
    return checks


def source(name: str, assets: Sequence[Asset], columns: Sequence[str]) -> list[Check]:
    """A file of positions: can it be read, does it hold times and places, and do they meet the assets?"""
    try:
        watched.check_sources([name])
        opened = open_source(name, catalogue=Catalogue(), columns=watched.columns_of(columns))
        parts: list[Positions] = []
        reasons: dict[str, int] = {}
        records = 0
        for batch in opened.batches():
            parts.append(batch.positions)
            records += batch.records
            for reject in batch.rejects:
                reasons[reject.reason] = reasons.get(reject.reason, 0) + 1
            if sum(len(part.t) for part in parts) >= LOOKED_AT:
                break
    except SeawardenError as error:
        do = "give the columns with --columns, or another file; docs/sources-and-assets.md lists what is read"
        return [Check(state="missing", what=str(error), do=do)]
    positions = concat(parts)
    why = ", ".join(f"{count:,} {reason}" for reason, count in sorted(reasons.items()))
    checks = []
    if why:
        share = sum(reasons.values()) / max(records, 1)
        state: Literal["advice", "missing"] = "advice" if len(positions.t) else "missing"
        what = f"{name}: {share:.1%} of {records:,} records were rejected ({why})"
        checks.append(Check(state=state, what=what, do="rejects.jsonl of a replay names file and line of each"))
    if not len(positions.t):
        return [*checks, Check(state="missing", what=f"{name}: no usable position in {records:,} records")]
    first, last = int(positions.t.min()), int(positions.t.max())
    ships = len(np.unique(positions.mmsi))
    what = f"{name}: {len(positions.t):,} positions of {ships:,} ships, {shown(first)} to {shown(last)}"
    return [*checks, Check(state="ok", what=what), *_meeting(name, positions, assets), *_qualities(name, positions)]


def _meeting(name: str, positions: Positions, assets: Sequence[Asset]) -> list[Check]:
    """Whether the ships come anywhere near the assets, by their boxes."""
    points = [point for asset in assets for part in asset.current.parts for point in part]
    if not points:
        return []
    lon, lat = np.array(points).T
    margin = 0.2
    inside = (
        (positions.lat >= lat.min() - margin)
        & (positions.lat <= lat.max() + margin)
        & (positions.lon >= lon.min() - margin)
        & (positions.lon <= lon.max() + margin)
    )
    share = float(np.mean(inside))
    if share > 0:
        return [Check(state="ok", what=f"{name}: {share:.0%} of the positions lie in the waters of the assets")]
    what = (
        f"{name}: no position lies in the waters of the assets (positions {_box(positions.lat, positions.lon)}, "
        f"assets {_box(lat, lon)})"
    )
    return [Check(state="missing", what=what, do="name assets of these waters with --assets")]


def _box(lat: np.ndarray[tuple[int], np.dtype[np.float64]], lon: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    return f"{lat.min():.1f}..{lat.max():.1f} N, {lon.min():.1f}..{lon.max():.1f} E"


def _qualities(name: str, positions: Positions) -> list[Check]:
    checks = []
    order = np.lexsort((positions.t, positions.mmsi))
    step = np.diff(positions.t[order])[np.diff(positions.mmsi[order]) == 0]
    if len(step) and float(np.median(step)) > 300_000:
        what = f"{name}: {np.median(step) / 60_000:.0f} min between a ship's positions: a loss of speed may go unseen"
        checks.append(Check(state="advice", what=what))
    if bool(np.isnan(positions.heading_deg).all()):
        what = f"{name}: no position carries a heading: ships adrift are told by their status alone"
        checks.append(Check(state="advice", what=what))
    return checks
