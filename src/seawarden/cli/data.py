"""`seawarden data`: public data fetched, kept and told apart; lists of ships matched and compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seawarden.cli.data_get import DEFAULT_FOLDER, DataFolder
from seawarden.cli.data_get import app as get
from seawarden.cli.options import AsJson, ColumnsMap, shown
from seawarden.model.error import StoreError, UsageError

if TYPE_CHECKING:
    from seawarden.surroundings.watchlists.match import Match

app = typer.Typer(help="Public data: fetch it, see what is held, match and compare lists.", no_args_is_help=True)
app.add_typer(get, name="get")

CHANGES_SHOWN = 50


@app.callback()
def about() -> None:
    """Public data: fetch it, see what is held, match and compare lists."""


@app.command("list")
def list_data(
    to: DataFolder = DEFAULT_FOLDER,
    check: Annotated[bool, typer.Option("--check", help="Compare every file with its checksum.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what a data folder holds, with its terms; with --check, fail when a file is missing or changed."""
    from seawarden.cli.console import say, say_json
    from seawarden.sources.fetch.registry import read_registry, state_of

    registry = read_registry(to)
    states = {held.path: state_of(to, held) for held in registry.held} if check else {}
    if as_json:
        say_json({"folder": str(to), "held": registry.held, "states": states})
    else:
        for held in registry.held:
            state = f"  {states[held.path]}" if check else ""
            say(f"{held.path:48} {held.bytes:14,}  {shown(held.fetched_t)}  {held.what}{state}")
        say(f"{len(registry.held)} files in {to}")
        for terms in sorted({f"{held.source}: {held.licence}. {held.attribution}" for held in registry.held}):
            say(f"  {terms}")
    wrong = [path for path, state in states.items() if state != "as fetched"]
    if wrong:
        raise StoreError(f"{to}: {len(wrong)} files are missing or changed: {', '.join(wrong[:5])}; fetch them again")


@app.command("match")
def match(
    lists: Annotated[
        list[Path], typer.Option("--list", metavar="FILE", help="A list of ships; may be given several times.")
    ],
    more: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="More files of ship positions.")
    ] = None,
    positions: Annotated[
        list[str], typer.Option("--positions", metavar="SOURCE", help="Files, folders or patterns of ship positions.")
    ] = [],  # noqa: B006
    columns: ColumnsMap = [],  # noqa: B006
    weak: Annotated[bool, typer.Option("--weak", help="Show weak matches too, such as by name alone.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find the ships of a source that a list names, by IMO number, MMSI and name, each with what agrees.

    A match says that a list names the ship, nothing else: it enters no risk and is never a reason by itself.
    """
    from seawarden.cli import watched
    from seawarden.cli.console import note, say, say_json
    from seawarden.model.batch import Catalogue
    from seawarden.sources.door import open_source
    from seawarden.surroundings.watchlists.door import read_watchlist
    from seawarden.surroundings.watchlists.match import WatchIndex
    from seawarden.surroundings.watchlists.sightings import matches_in, ships_in

    sources = [*positions, *(more or [])]
    if not sources:
        raise UsageError("nothing to match: name positions with --positions SOURCE")
    read = [read_watchlist(path) for path in lists]
    watched.check_sources(sources)
    catalogue, mapped = Catalogue(), watched.columns_of(columns)
    opened = [open_source(source, catalogue=catalogue, columns=mapped) for source in sources]
    ships = ships_in(batch for source in opened for batch in source.batches())
    found = matches_in(WatchIndex(read), ships)
    kept = [one for one in found if weak or not one.weak]
    if as_json:
        say_json(kept)
        return
    for held in read:
        left = f", {len(held.skipped)} numbers or records left out" if held.skipped else ""
        note(f"{held.watchlist} of {held.date or 'unknown date'}: {len(held.entries)} ships{left}")
    for one in kept:
        say(_line(one))
    seen = len({ship.mmsi for ship in ships})
    matched = len({one.mmsi for one in kept})
    hidden = f"; {len(found) - len(kept)} weak matches not shown (--weak)" if len(found) > len(kept) else ""
    say(f"{matched} of {seen} ships are named on a list{hidden}. A listing is no finding.")


def _line(found: Match) -> str:
    doubts = f"; but {'; '.join(found.doubts)}" if found.doubts else ""
    return f"{found.score:5.2f}  {found.mmsi:09d}  {found.name.strip() or '-':20}  {found.reason}{doubts}"


@app.command("diff")
def diff(
    before: Annotated[Path, typer.Argument(metavar="A", help="The earlier version of a list.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="The later version.")],
    as_json: AsJson = False,
) -> None:
    """Tell what changed between two versions of a list: ships added, taken off, and entries that differ."""
    from seawarden.cli.console import say, say_json
    from seawarden.surroundings.watchlists.difference import difference
    from seawarden.surroundings.watchlists.door import read_watchlist

    told = difference(read_watchlist(before), read_watchlist(after))
    if as_json:
        say_json(told)
        return
    for sign, entries in (("+", told.added), ("-", told.removed)):
        for entry in entries[:CHANGES_SHOWN]:
            say(f"{sign} {f'IMO {entry.imo}' if entry.imo else '-':12} {entry.title:28} {entry.reason}".rstrip())
        if len(entries) > CHANGES_SHOWN:
            say(f"{sign} ... and {len(entries) - CHANGES_SHOWN} more (--json tells all)")
    for change in told.changed[:CHANGES_SHOWN]:
        words = ", ".join(
            f"{field}: {_shown(getattr(change.before, field))} → {_shown(getattr(change.after, field))}"
            for field in change.fields
        )
        say(f"~ {f'IMO {change.after.imo}' if change.after.imo else '-':12} {change.after.title:28} {words}")
    if len(told.changed) > CHANGES_SHOWN:
        say(f"~ ... and {len(told.changed) - CHANGES_SHOWN} more (--json tells all)")
    dates = f"{told.before_date or 'unknown date'} to {told.after_date or 'unknown date'}"
    say(
        f"{dates}: {len(told.added)} added, {len(told.removed)} taken off, {len(told.changed)} changed, "
        f"{told.same} the same"
    )


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value) if value else "none"
