"""`seawarden evaluate`: what is found, how often in vain, and how sure that is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seawarden.cli.options import AsJson, AssetsName, CoverageFile, DragModelFile, NormsFile, SettingsFile, ZonesFiles
from seawarden.cli.watched import DEFAULT_ASSETS
from seawarden.model.error import UsageError


def evaluate(
    suite: Annotated[
        str | None, typer.Option("--suite", metavar="NAME", help="Which suite; without it their names are listed.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder for metrics.json and report.html.")
    ] = None,
    positions: Annotated[
        list[Path],
        typer.Option("--positions", metavar="SOURCE", help="Real positions that the suite works on; repeatable."),
    ] = [],  # noqa: B006
    assets: AssetsName = DEFAULT_ASSETS,
    coverage: CoverageFile = None,
    truth: Annotated[
        Path | None, typer.Option("--truth", metavar="FILE", help="Labelled records that answers are held against.")
    ] = None,
    train: Annotated[
        Path | None, typer.Option("--train", metavar="FILE", help="Tracks that the suite may learn from.")
    ] = None,
    test: Annotated[
        Path | None, typer.Option("--test", metavar="FILE", help="Tracks that it is scored on, kept aside till then.")
    ] = None,
    zones: ZonesFiles = [],  # noqa: B006
    norms: NormsFile = None,
    drag_model: DragModelFile = None,
    key: Annotated[
        str, typer.Option("--key", metavar="WORD", help="Another word draws other cases (integrity, patterns).")
    ] = "",
    settings: SettingsFile = None,
    as_json: AsJson = False,
) -> None:
    """Measure the watch on real positions with planted cases, and write the figures and a report.

    Writes metrics.json and report.html. Without --suite the suites are listed, each with what
    it needs and takes; an option that a suite does not use is refused.
    """
    from seawarden.cli import watched
    from seawarden.cli.console import say, say_json
    from seawarden.evaluate.suites import METRICS, REPORT, Request, offered, run_suite

    if suite is None:
        known = offered()
        if as_json:
            say_json({name: found.about for name, found in known.items()})
        else:
            for name, found in known.items():
                needs, takes = (
                    f" {word} {' '.join(f'--{option}' for option in options)}." if options else ""
                    for word, options in (("Needs", found.needs), ("Takes", found.takes))
                )
                say(f"{name:12} {found.about}{needs}{takes}")
        return
    if out is None:
        raise UsageError("--out is missing: the folder for metrics.json and report.html")
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out}: there is a file of that name")
    watched.check_sources([str(path) for path in (*positions, truth, train, test) if path is not None])
    ask = Request(
        out=out,
        settings=watched.settings_of(settings),
        assets=lambda: watched.assets_of(assets),
        positions=tuple(positions),
        coverage=tuple(watched.coverage_of(coverage)),
        truth=truth,
        train=train,
        test=test,
        charts=watched.charts_of(zones, norms, drag_model=drag_model),
        key=key,
    )
    metrics = run_suite(suite, ask)
    if as_json:
        say_json(metrics)
    else:
        from seawarden.evaluate.report.metrics import headline

        for line in headline(metrics):
            say(line)
        say(f"Written to {out / METRICS} and {out / REPORT}")
