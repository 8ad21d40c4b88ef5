"""`seawarden evidence`: one alert or fault with all that vouches for it, in one zip; and whether a zip is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seawarden.cli.options import AsJson, ServerUrl, SettingsFile
from seawarden.model.error import StoreError

app = typer.Typer(help="Evidence packs of alerts and faults.", no_args_is_help=True)


@app.callback()
def about() -> None:
    """Evidence packs of alerts and faults."""


@app.command("pack")
def pack(
    subject: Annotated[str, typer.Argument(metavar="ID", help="The alert's or the fault's id.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The zip; named by its id by default.")
    ] = None,
    actor: Annotated[str, typer.Option("--actor", metavar="WHO", help="Who makes it.")] = "operator",
    url: ServerUrl = None,
    settings: SettingsFile = None,
) -> None:
    """Ask a running watch for the evidence pack of an alert or a fault, and write it."""
    from seawarden.cli import watched
    from seawarden.cli.client import download, url_of
    from seawarden.cli.console import say

    address = url_of(url, watched.settings_of(settings).service.port)
    kind = "faults" if subject.startswith("fault") else "alerts"
    data, fingerprint = download(address, f"/api/{kind}/{subject}/evidence", {"actor": actor})
    path = out or Path(f"evidence-{subject}-{fingerprint[:8]}.zip")
    try:
        path.write_bytes(data)
    except OSError as error:
        raise StoreError(f"{path}: can't be written ({error.strerror or error})") from None
    say(f"{path}: {len(data):,} bytes")
    say(f"fingerprint {fingerprint}")


@app.command("verify")
def verify(
    path: Annotated[Path, typer.Argument(metavar="PACK", help="The zip, or the folder that it was unpacked to.")],
    ledger: Annotated[
        Path | None,
        typer.Option("--ledger", metavar="PATH", help="The ledger's file or folder: it must hold the same entries."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find any change in an evidence pack, and say where."""
    import msgspec

    from seawarden.channels.run_ledger import LEDGER
    from seawarden.cli.console import say, say_json
    from seawarden.store.evidence import check
    from seawarden.store.ledger import Ledger

    if ledger is None:
        verdict = check(path)
    else:
        with Ledger(ledger / LEDGER if ledger.is_dir() else ledger, read_only=True) as opened:
            verdict = check(path, opened)
    if as_json:
        say_json(msgspec.to_builtins(verdict))
    else:
        say(f"{verdict.subject}: {verdict.files} files, {verdict.entries} entries of the ledger")
        say(f"fingerprint {verdict.fingerprint}")
        for flaw in verdict.flaws:
            say(f"  {flaw}")
    if not verdict.whole:
        raise StoreError(f"{path}: is not as it was packed: {len(verdict.flaws)} flaws")
    if not as_json:
        say("The pack is whole." if ledger is None else "The pack is whole, and the ledger vouches for it.")
