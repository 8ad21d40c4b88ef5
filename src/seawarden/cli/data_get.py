"""`seawarden data get`: each public source, fetched with resume, checked, converted and registered."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from shutil import disk_usage
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from seawarden.cli.options import AsJson
from seawarden.model.error import SeawardenError, SourceError, StoreError, UsageError

if TYPE_CHECKING:
    from seawarden.sources.fetch.box import Box
    from seawarden.sources.fetch.public import PublicSource
    from seawarden.sources.fetch.registry import Held
    from seawarden.sources.fetch.transfer import Fetched, Manner

app = typer.Typer(help="Fetch public data, with resume, checksums and their terms.", no_args_is_help=True)

DEFAULT_FOLDER = Path("seawarden-data")
BOX_WORDS = {"ignore_unknown_options": True}  # an area may begin with a minus
PROBLEMS_SHOWN = 10
SPARE_BYTES = 1_000_000_000
ZONES_A_PAGE = 25  # some have a million points

DataFolder = Annotated[Path, typer.Option("--to", metavar="DIR", help="The data folder.")]
FromUrl = Annotated[
    str | None, typer.Option("--from-url", metavar="BASE", help="Another address to fetch from, such as a mirror.")
]
Area = Annotated[str, typer.Argument(metavar="BBOX", help="WEST,SOUTH,EAST,NORTH in degrees.")]
AreaOption = Annotated[
    str | None, typer.Option("--bbox", metavar="BBOX", help="Only this area: WEST,SOUTH,EAST,NORTH in degrees.")
]


@app.callback()
def about() -> None:
    """Fetch public data, with resume, checksums and their terms."""


@app.command("danish-ais")
def danish_ais(
    days: Annotated[str, typer.Argument(metavar="DATE..DATE", help="Days, both included; or one day.")],
    to: DataFolder = DEFAULT_FOLDER,
    from_url: FromUrl = None,
    as_json: AsJson = False,
) -> None:
    """Fetch Danish day files, kept as zips: `seawarden replay` reads them so. A day is 0.5 to 1 GB."""
    from seawarden.sources.fetch.danish_ais import fetch_days, plan
    from seawarden.sources.fetch.days import days_of
    from seawarden.sources.fetch.public import DANISH_AIS

    try:
        wanted = days_of(days)
    except ValueError as error:
        raise UsageError(str(error)) from None
    base, manner = _begin(DANISH_AIS, from_url, as_json)
    planned = plan(wanted, base, to, manner)
    _must_fit(sum(item.bytes for item in planned.files), to)
    held: list[Held] = []
    for fetched in fetch_days(planned.files, base, to, manner):
        held += _registered(to, [fetched], DANISH_AIS, "positions of ships", [])  # each at once: a day takes minutes
    _end(held, as_json, [])
    if planned.missing:
        shown = ", ".join(day.isoformat() for day in planned.missing[:7])
        more = f" and {len(planned.missing) - 7} more" if len(planned.missing) > 7 else ""
        raise SourceError(f"{base}: the archive does not hold {shown}{more}; what it holds was fetched")


@app.command("osm-assets", context_settings=BOX_WORDS)
def osm_assets(
    area: Area, to: DataFolder = DEFAULT_FOLDER, from_url: FromUrl = None, as_json: AsJson = False
) -> None:
    """Fetch undersea cables and pipelines of OpenStreetMap, and write them as a pack of assets."""
    from seawarden.geography.fetching.overpass_lines import SIGMA_M, lines_of_elements
    from seawarden.geography.fetching.packs import pack_of_lines
    from seawarden.sources.fetch.overpass import elements_of, fetch_overpass
    from seawarden.sources.fetch.public import OSM_ASSETS

    box = _box(area)
    base, manner = _begin(OSM_ASSETS, from_url, as_json)
    fetched = fetch_overpass(box, base, to, manner)
    made = pack_of_lines(
        lines_of_elements(elements_of(fetched.path))["features"],
        to / "osm-assets" / f"osm_{box.slug}.json",
        title=OSM_ASSETS.title,
        sigma_m=SIGMA_M,
        licence=OSM_ASSETS.licence,
        attribution=OSM_ASSETS.attribution,
    )
    converted = [(made.pack, f"pack of {len(made.assets)} assets")]
    _end(_registered(to, [fetched], OSM_ASSETS, "answer of Overpass", converted), as_json, made.problems)


@app.command("emodnet")
def emodnet(
    to: DataFolder = DEFAULT_FOLDER,
    from_url: FromUrl = None,
    bbox: AreaOption = None,
    as_json: AsJson = False,
) -> None:
    """Fetch cables and pipelines of EMODnet Human Activities, and write them as a pack of assets."""
    from seawarden.geography.fetching.emodnet_layers import LAYERS, SIGMA_M, asset_lines
    from seawarden.geography.fetching.packs import pack_of_lines
    from seawarden.sources.fetch.feature_pages import features_of, fetch_features
    from seawarden.sources.fetch.public import EMODNET

    box = _box(bbox) if bbox else None
    base, manner = _begin(EMODNET, from_url, as_json)
    pages: list[Fetched] = []
    lines = []
    missing: list[str] = []
    for number, (layer, kind) in enumerate(LAYERS.items()):
        if number:
            manner.sleep(EMODNET.pause_s)
        try:
            got = fetch_features(layer, base, to, EMODNET, manner, box=box)
        except SourceError as error:  # layers come and go: the others are worth having, and this one is told
            missing.append(f"layer {layer} was not fetched: {error}")
            continue
        pages += got
        lines += asset_lines(features_of(got), kind, layer)
    if not pages:
        raise SourceError(missing[0])
    made = pack_of_lines(
        lines,
        to / "emodnet" / f"emodnet_{box.slug if box else 'all'}.json",
        title=EMODNET.title,
        sigma_m=SIGMA_M,
        licence=EMODNET.licence,
        attribution=EMODNET.attribution,
    )
    converted = [(made.pack, f"pack of {len(made.assets)} assets")]
    _end(_registered(to, pages, EMODNET, "features", converted), as_json, made.problems)
    if missing:
        raise SourceError("; ".join(missing) + "; the other layers were fetched and written")


@app.command("gebco", context_settings=BOX_WORDS)
def gebco(area: Area, to: DataFolder = DEFAULT_FOLDER, from_url: FromUrl = None, as_json: AsJson = False) -> None:
    """Fetch an area of the GEBCO depth grid as NetCDF: `--depths` of replay, serve and assets import reads it."""
    from seawarden.geography.depth_read import read_depths
    from seawarden.sources.fetch.depth_grid import fetch_depths
    from seawarden.sources.fetch.public import GEBCO

    def wrong(path: Path) -> str:
        try:
            read_depths(path)
        except SeawardenError as error:
            return str(error)
        return ""

    box = _box(area)
    base, manner = _begin(GEBCO, from_url, as_json)
    fetched = fetch_depths(box, base, to, manner, wrong)
    _end(_registered(to, [fetched], GEBCO, "depth grid", []), as_json, [])


@app.command("ofac")
def ofac(
    to: DataFolder = DEFAULT_FOLDER,
    from_url: FromUrl = None,
    form: Annotated[Literal["xml", "csv"], typer.Option("--form", help="Which of the published forms.")] = "xml",
    as_json: AsJson = False,
) -> None:
    """Fetch OFAC's list, and write its vessels for `seawarden data match`."""
    _fetch_list("ofac", form, to, from_url, as_json)


@app.command("uk-list")
def uk_list(
    to: DataFolder = DEFAULT_FOLDER,
    from_url: FromUrl = None,
    form: Annotated[Literal["csv", "xml"], typer.Option("--form", help="Which of the published forms.")] = "csv",
    as_json: AsJson = False,
) -> None:
    """Fetch the UK Sanctions List, and write its specified ships for `seawarden data match`."""
    _fetch_list("uk-list", form, to, from_url, as_json)


@app.command("marine-regions")
def marine_regions(
    to: DataFolder = DEFAULT_FOLDER,
    from_url: FromUrl = None,
    bbox: AreaOption = None,
    as_json: AsJson = False,
) -> None:
    """Fetch the polygons of exclusive economic zones, and write them as one GeoJSON file."""
    from seawarden.cli.console import note
    from seawarden.geography.fetching.economic_zones import write_zones, zones_of_features
    from seawarden.sources.fetch.feature_pages import features_of, fetch_features
    from seawarden.sources.fetch.public import MARINE_REGIONS

    box = _box(bbox) if bbox else None
    base, manner = _begin(MARINE_REGIONS, from_url, as_json)
    pages = fetch_features("MarineRegions:eez", base, to, MARINE_REGIONS, manner, box=box, page=ZONES_A_PAGE)
    zones, left = zones_of_features(features_of(pages))
    if not zones["features"]:
        raise SourceError(f"{base}: no polygon of a zone in what was fetched")
    if left and not as_json:
        note(", ".join(f"{count} {reason}" for reason, count in left.items()))
    out = to / "marine-regions" / f"eez_{box.slug if box else 'all'}.geojson"
    write_zones(zones, out, MARINE_REGIONS.attribution)
    converted = [(out, f"{len(zones['features'])} economic zones")]
    _end(_registered(to, pages, MARINE_REGIONS, "features", converted), as_json, [])


def _fetch_list(word: str, form: str, to: Path, from_url: str | None, as_json: bool) -> None:
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    from seawarden.sources.fetch.lists import LIST_FILES, fetch_list
    from seawarden.surroundings.watchlists.door import read_watchlist, write_watchlist

    wanted = LIST_FILES[word][form]
    base, manner = _begin(wanted.source, from_url, as_json)

    def wrong(path: Path) -> str:
        try:
            read_watchlist(path)
        except SeawardenError as error:
            return str(error)
        return ""

    got = fetch_list(wanted, base, to, manner, wrong)
    fetched = got[-1]
    try:
        changed = parsedate_to_datetime(fetched.record.last_modified)
    except (TypeError, ValueError):
        changed = datetime.fromtimestamp(fetched.record.fetched_t / 1_000, UTC)
    read = read_watchlist(fetched.path, date=changed.date().isoformat())
    # a name with its date, so that an earlier version stays and can be compared
    out = write_watchlist(read, to / word / f"{read.watchlist}_{read.date}.json")
    converted = [(out, f"{len(read.entries)} ships of {read.date}")]
    _end(_registered(to, got, wanted.source, "list as published", converted), as_json, [])


def _must_fit(size: int, folder: Path) -> None:
    free = disk_usage(next(place for place in (folder, *folder.absolute().parents) if place.is_dir()))[2]
    if size + SPARE_BYTES > free:
        raise StoreError(f"{folder}: {size / 1e9:.1f} GB are to be fetched and {free / 1e9:.1f} GB free on its disk")


def _begin(source: PublicSource, from_url: str | None, as_json: bool) -> tuple[str, Manner]:
    """Show the terms; the address and the manner of asking."""
    from seawarden.cli.console import note
    from seawarden.sources.fetch.transfer import Manner

    base = from_url or source.base
    if not base.startswith(("http://", "https://")):
        raise UsageError(f"--from-url {base}: write it as https://host/path")
    if from_url and source.base.endswith("/") and not base.endswith("/"):
        base += "/"
    note(f"{source.title}, from {base}")
    note(f"  licence: {source.licence}")
    note(f"  attribution: {source.attribution}")
    quiet = as_json or not sys.stderr.isatty()
    return base, Manner(time.sleep, round(time.time() * 1_000), progress=_quiet if quiet else _progress)


def _quiet(got: int, whole: int | None) -> None:
    return None


def _progress(got: int, whole: int | None) -> None:
    of = f" of {whole / 1e6:,.1f}" if whole else ""
    print(f"\r  {got / 1e6:,.1f}{of} MB ", end="\n" if got == whole else "", file=sys.stderr, flush=True)


def _registered(
    folder: Path, fetched: Iterable[Fetched], source: PublicSource, what: str, converted: Iterable[tuple[Path, str]]
) -> list[Held]:
    from seawarden.sources.fetch.registry import Held, register
    from seawarden.sources.fetch.sidecar import sha256_of

    known = list(fetched)
    made = list(converted)
    origin = tuple(one.path.relative_to(folder).as_posix() for one in known)
    held = [
        Held(
            path=one.path.relative_to(folder).as_posix(),
            source=source.id,
            what=what,
            sha256=one.record.sha256,
            bytes=one.record.bytes,
            fetched_t=one.record.fetched_t,
            licence=source.licence,
            attribution=source.attribution,
            url=one.record.url,
            used_by="" if made else source.used_by,
        )
        for one in known
    ]
    held += [
        Held(
            path=path.relative_to(folder).as_posix(),
            source=source.id,
            what=words,
            sha256=sha256_of(path),
            bytes=path.stat().st_size,
            fetched_t=max(one.record.fetched_t for one in known),
            licence=source.licence,
            attribution=source.attribution,
            made_from=origin,
            used_by=source.used_by,
        )
        for path, words in made
    ]
    register(folder, *held)
    return held


def _end(held: Iterable[Held], as_json: bool, problems: Iterable[object]) -> None:
    from seawarden.cli.console import note, say, say_json

    told = list(problems)
    if as_json:
        say_json({"held": list(held), "problems": told})
        return
    for problem in told[:PROBLEMS_SHOWN]:
        note(f"  {problem}")
    if len(told) > PROBLEMS_SHOWN:
        note(f"  ... and {len(told) - PROBLEMS_SHOWN} more (--json tells all)")
    for one in held:
        use = f"  for `{one.used_by}`" if one.used_by else ""
        say(f"{one.path:48} {one.bytes:14,}  {one.what}{use}")


def _box(text: str) -> Box:
    from seawarden.sources.fetch.box import box_of

    try:
        return box_of(text)
    except ValueError as error:
        raise UsageError(str(error)) from None
