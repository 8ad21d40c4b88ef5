"""`seawarden replay`: files through the engine into a folder of findings, alerts and risks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from seawarden.cli.options import (
    AsJson,
    AssetsName,
    ColumnsMap,
    CoverageFile,
    DepthsFile,
    DragModelFile,
    ForecastFile,
    FromTime,
    NormsFile,
    RightsGroups,
    SettingsFile,
    ToTime,
    WeatherFiles,
    WorksFiles,
    ZonesFiles,
    shown,
)
from seawarden.cli.watched import DEFAULT_ASSETS
from seawarden.model.error import UsageError

if TYPE_CHECKING:
    from seawarden.model.alert import Alert
    from seawarden.store.summary import Summary

CASES: Final = 20
"""Cases that are listed when a run is done: a screen holds them."""


def replay(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE...", help="Files, folders or patterns of ship positions.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for what is found.")],
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
    forecast: ForecastFile = None,
    weather: WeatherFiles = [],  # noqa: B006
    works: WorksFiles = [],  # noqa: B006
    positions: Annotated[
        bool, typer.Option("--positions", help="Keep the positions too, to serve the run or to rank faults in it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Replay ship positions past the assets and write what was found.

    Writes findings.jsonl, alerts.jsonl, faults.jsonl, risk.parquet, rejects.jsonl, assets.json and summary.json.
    """
    from seawarden.channels.gate import Gate
    from seawarden.channels.run_folder import write_run
    from seawarden.cli import watched
    from seawarden.cli.console import progress, say, say_json
    from seawarden.run.replay import replay as run_replay

    if from_t is not None and to_t is not None and to_t <= from_t:
        raise UsageError("--to lies before --from")
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out}: there is a file of that name")
    loaded = watched.with_forecast(watched.settings_of(settings), forecast)
    watched.check_sources(sources)
    watched.check_weather(weather)
    known = watched.assets_of(assets)
    declared = watched.coverage_of(coverage)
    charts = watched.charts_of(zones, norms, depths, known, drag_model)
    with progress("replaying") as advance:
        result = run_replay(
            sources,
            settings=loaded,
            assets=known,
            columns=watched.columns_of(columns),
            from_t=from_t,
            to_t=to_t,
            events=[*declared, *watched.works_of(works)],
            charts=charts,
            weather=weather,
            progress=advance,
            keep_positions=positions,
        )
    result.recording.coverage = declared
    gate = Gate(known, watched.rights_of(rights))
    summary = write_run(out, result.recording, result.rejects, gate, positions=positions)
    if as_json:
        say_json(summary)
    else:
        for line in lines_of(summary):
            say(line)
        for line in case_lines(gate.all(result.recording.alerts)):
            say(line)
        say(f"Written to {out}")


def lines_of(summary: Summary) -> list[str]:
    """A summary for a person."""
    from seawarden.behaviours.drag.model import SHIPPED
    from seawarden.model.drag_model import line_of
    from seawarden.model.sight import hours_line

    rejected = sum(summary.rejected.values())
    why = ", ".join(f"{count:,} {reason}" for reason, count in summary.rejected.items())
    lines = [
        f"{summary.records:,} records read, {rejected:,} rejected{f' ({why})' if why else ''}",
        f"{summary.positions:,} positions of {summary.ships:,} ships, {summary.ship_days:,.1f} ship-days, "
        f"{shown(summary.from_t)} to {shown(summary.to_t)}",
        f"{summary.assets:,} assets watched",
        f"findings: {_counts(summary.findings)}"
        + (f"; {summary.retracted:,} taken back" if summary.retracted else ""),
        f"alerts: {_counts(summary.alerts)}",
    ]
    if summary.watched:
        states = ", ".join(f"{share:.1%} {state}" for state, share in summary.watched.items() if share)
        lines.append(f"assets watched, by length and time: {states}")
    if summary.seen is not None:
        lines.append(hours_line(summary.seen))
    if len(summary.depths) > 1:
        own, rest = summary.depths[0], summary.depths[1]
        lines.append(f"depths: {own.source}, sigma {own.sigma_m:g} m; elsewhere {rest.source}, {rest.sigma_m:g} m")
    if summary.drag_model is not None and summary.drag_model.source != SHIPPED:
        lines.append(line_of(summary.drag_model))
    lines += [f"cannot see: {sentence}" for sentence in summary.cannot_see]
    if summary.simulated:
        lines.append("SIMULATED: ships that do not exist are among these")
    if summary.positions_per_s:
        lines.append(f"{summary.positions_per_s:,.0f} positions a second")
    lines.append(f"digest {summary.digest}")
    return lines


def case_lines(alerts: Iterable[Alert], most: int = CASES) -> list[str]:
    """One line a case that asked for somebody, the most urgent first, at its height.

    Args:
        alerts: all revisions that the reader may see.
        most: cases that are listed; the rest is counted.
    """
    from seawarden.channels.messages.case import told_case, worst_first
    from seawarden.channels.notify.fold import Fold
    from seawarden.model.alert import TIERS

    ordered = sorted(alerts, key=lambda a: a.revision)
    fold = Fold(0)
    fold.take(ordered, 1 << 62, lambda _: True)
    peaks: dict[str, Alert] = {}
    for alert in ordered:
        if alert.state in ("raised", "lowered") and alert.tier == alert.highest_tier:
            peaks[alert.id] = alert
    cases: dict[str, list[Alert]] = {}
    for alert in peaks.values():
        if TIERS.index(alert.highest_tier) >= TIERS.index("look"):
            cases.setdefault(fold.of(alert.id).id, []).append(alert)
    heads = [worst_first(held)[0] for held in cases.values()]
    order = sorted(heads, key=lambda a: (-TIERS.index(a.tier), -a.risk * a.consequence, a.id))
    lines = (
        [f"{len(order)} {'case' if len(order) == 1 else 'cases'} to look at, each at its height:"] if order else []
    )
    for head in order[:most]:
        name = fold.of(head.id).id
        lines.append(f"  {day_of(head.start_t)} {told_case(name, 0, cases[name], head.updated_t).first_line}")
    if len(order) > most:
        lines.append(f"  and {len(order) - most} more: `case` in alerts.jsonl tells which alerts are one")
    return lines


def day_of(t: int) -> str:
    """Day of an event time (ms), UTC."""
    return datetime.fromtimestamp(t / 1000, tz=UTC).strftime("%Y-%m-%d")


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "none"
