"""`seawarden ledger`: is the record of what was found and done as it was written?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seawarden.cli.options import AsJson
from seawarden.model.error import StoreError, UsageError

app = typer.Typer(help="The ledger of what was found, raised and done.", no_args_is_help=True)

FINDINGS = "findings.jsonl"
FLAWS_SHOWN = 20


@app.callback()
def about() -> None:
    """The ledger of what was found, raised and done."""


@app.command("verify")
def verify(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The ledger's file, or the folder that holds it.")],
    head: Annotated[
        list[str],
        typer.Option("--head", metavar="SHARD=HASH", help="A head kept elsewhere that must still be in its chain."),
    ] = [],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Find any change, gap or re-ordering in a ledger, and say where.

    In the folder of a run the lines of findings.jsonl are held against it as well.
    """
    import msgspec

    from seawarden.channels.run_ledger import LEDGER, check_findings
    from seawarden.cli.console import say, say_json
    from seawarden.store.ledger import Ledger
    from seawarden.store.verify import verify as verify_ledger

    expected: dict[str, str] = {}
    for word in head:
        shard, separator, sealed = word.partition("=")
        if not separator:
            raise UsageError(f"--head {word}: write it as shard=hash")
        expected[shard] = sealed
    with Ledger(path / LEDGER if path.is_dir() else path, read_only=True) as opened:
        verdict = verify_ledger(opened, expected_heads=expected)
        findings = path / FINDINGS
        if findings.is_file():
            flaws = (*verdict.flaws, *check_findings(opened, findings))
            verdict = msgspec.structs.replace(verdict, flaws=flaws)
    if as_json:
        say_json(verdict)
    else:
        say(f"{verdict.entries} entries, {verdict.checkpoints} checkpoints")
        for shard, sealed in sorted(verdict.heads.items()):
            say(f"  {shard}={sealed}")
        for flaw in verdict.flaws[:FLAWS_SHOWN]:
            say(f"  {flaw.shard} {flaw.sequence}: {flaw.what}")
    if not verdict.whole:
        raise StoreError(f"{path}: the ledger is not as it was written: {len(verdict.flaws)} flaws")
    if not as_json:
        say("The ledger is whole.")
