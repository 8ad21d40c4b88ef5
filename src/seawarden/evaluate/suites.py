"""The suites by name. Each is a row of the table below; one whose module is absent is not offered.

A suite takes a `Request` and writes `metrics.json` and its pages into the folder asked for; `run_suite` checks what
it needs, and adds `report.html` with all figures where a suite draws nothing by that name.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from seawarden.model.asset import Asset
from seawarden.model.error import UsageError
from seawarden.model.event import CoverageDeclared
from seawarden.run.charts import NO_CHARTS, Charts
from seawarden.settings import Settings
from seawarden.store.files import whole_file

METRICS: Final = "metrics.json"
REPORT: Final = "report.html"


class Request(NamedTuple):
    """What a suite is asked to do."""

    out: Path
    settings: Settings
    assets: Callable[[], Sequence[Asset]]
    """Reads the assets when they are needed."""
    positions: tuple[Path, ...] = ()
    coverage: tuple[CoverageDeclared, ...] = ()
    truth: Path | None = None
    train: Path | None = None
    test: Path | None = None
    charts: Charts = NO_CHARTS
    """A user's maps of zones, norms of past traffic, and a model of drags."""
    key: str = ""
    """Names the draws of suites that lay cases by a key; empty: each suite's own."""


class Suite(NamedTuple):
    """One suite."""

    about: str
    """A sentence: what it measures."""
    module: str
    """Where it lives, below this package."""
    needs: tuple[str, ...]
    """Fields of a request that must be given."""
    run: Callable[[Any, Request], Any]
    """(its module, request) to metrics, as builtins or a struct."""
    takes: tuple[str, ...] = ()
    """Options that it uses where they are given; any other is refused, for it would change nothing."""
    drags_by: str = "looks for no drags"
    """Why it takes no drag model."""


WATCH: Final = ("coverage", "zones", "norms", "drag-model")
"""Options of suites that run the whole watch."""


def _slowdowns(module: Any, ask: Request) -> Any:
    from seawarden.evaluate.report.slowdowns import write_slowdowns

    outcome = module.run_slowdowns(
        ask.positions, settings=ask.settings, assets=ask.assets(), coverage=ask.coverage, charts=ask.charts
    )
    write_slowdowns(ask.out / REPORT, outcome)
    return outcome.metrics


def _attribution(module: Any, ask: Request) -> Any:
    return module.run_attribution(ask.positions, settings=ask.settings, assets=ask.assets())


def _drags(module: Any, ask: Request) -> Any:
    return module.run_drag_suite(ask.positions, ask.out, assets=ask.assets())


def _replays(module: Any, ask: Request) -> Any:
    from seawarden.evaluate.drags.replays_page import write_replays

    made = module.run_replay_suite(ask.positions, settings=ask.settings, assets=ask.assets())
    write_replays(ask.out / REPORT, made)
    return made


def _thresholds(module: Any, ask: Request) -> Any:
    made = module.run_thresholds(
        ask.positions, settings=ask.settings, assets=ask.assets(), coverage=ask.coverage, charts=ask.charts
    )
    with whole_file(ask.out / "thresholds.toml") as file:
        file.write(module.as_settings(made).encode())
    return made


def _forecast(module: Any, ask: Request) -> Any:
    return module.run_forecast_suite(ask.train, ask.test, ask.out)


def _crossing(module: Any, ask: Request) -> Any:
    from seawarden.evaluate.routes import routes_of

    routes = ask.out / "routes.geojson"
    with whole_file(routes) as file:
        file.write(msgspec.json.encode(routes_of(ask.assets())))
    return module.run_crossing_suite(list(ask.positions), ask.out, assets=routes)


def _identity(module: Any, ask: Request) -> Any:
    return module.run_identity_suite(ask.truth, ask.out)


def _integrity(module: Any, ask: Request) -> Any:
    return module.run_integrity_suite(ask.positions, ask.out, settings=ask.settings, key=ask.key)


def _quiet(module: Any, ask: Request) -> Any:
    from seawarden.evaluate.report.quiet import write_quiet

    outcome = module.run_quiet(
        ask.positions, settings=ask.settings, assets=ask.assets(), coverage=ask.coverage, charts=ask.charts
    )
    write_quiet(ask.out / REPORT, outcome)
    return outcome.metrics


def _patterns(module: Any, ask: Request) -> Any:
    from seawarden.evaluate.report.patterns import write_patterns

    drawn = {"key": ask.key} if ask.key else {}
    outcome = module.run_patterns(
        ask.positions, settings=ask.settings, assets=ask.assets(), coverage=ask.coverage, charts=ask.charts, **drawn
    )
    write_patterns(ask.out / REPORT, outcome)
    return outcome.metrics


def _blindness(module: Any, ask: Request) -> Any:
    return module.run_blindness_suite(
        ask.positions, ask.out, settings=ask.settings, assets=ask.assets(), coverage=ask.coverage
    )


def _lead(module: Any, ask: Request) -> Any:
    return module.run_lead(
        ask.positions, settings=ask.settings, assets=ask.assets(), coverage=ask.coverage, charts=ask.charts
    )


SUITES: Final[Mapping[str, Suite]] = {
    "slowdowns": Suite(
        "Losses of speed planted over real crossings must be found, beside a quiet run over the same days.",
        "slowdowns", ("positions",), _slowdowns, WATCH,
    ),
    "attribution": Suite(
        "Each real crossing in turn is a fault's cause: how high is that ship ranked, and are the chances right?",
        "attribution", ("positions",), _attribution,
    ),
    "drags": Suite(
        "Drags and innocent look-alikes on real tracks.", "drags.suite", ("positions",), _drags,
        drags_by="trains models of its own",
    ),
    "replays": Suite(
        "The published cases and the named innocents, reconstructed among real traffic (shipped, or --positions).",
        "drags.replays", (), _replays, ("positions",), "measures the shipped model",
    ),
    "thresholds": Suite(
        "From the rates that are allowed to the tiers' thresholds, by the highest chances of real days in quiet.",
        "thresholds", ("positions",), _thresholds, WATCH,
    ),
    "forecast": Suite(
        "Where ships will be, by the protocol of a public benchmark.", "forecast", ("train", "test"), _forecast
    ),
    "crossing": Suite("Crossings within the next hour or two, foretold.", "crossing", ("positions",), _crossing),
    "integrity": Suite(
        "Forged positions and numbers laid on real traffic must be found, beside the same days in quiet.",
        "integrity.suite", ("positions",), _integrity, ("key",),
    ),
    "quiet": Suite(
        "Every real day as it is, before and after ports, zones and norms are known: what its ships are told of.",
        "patterns_quiet", ("positions",), _quiet, WATCH,
    ),
    "patterns": Suite(
        "Survey, loitering, tows, anchoring, drags and drifts laid over real routes among real traffic.",
        "patterns", ("positions",), _patterns, (*WATCH, "key"),
    ),
    "blindness": Suite(
        "Outages of our own feed, ships that go dark, and what they could have crossed meanwhile.",
        "blindness.suite", ("positions",), _blindness, ("coverage",),
    ),
    "lead": Suite(
        "How long before the next asset an alert names it, with forecasts and with steady courses.",
        "lead", ("positions",), _lead, WATCH,
    ),
    "identity": Suite("Messages under shared numbers told apart.", "identity", ("truth",), _identity),
}  # fmt: skip


def _is_there(suite: Suite) -> bool:
    return (Path(__file__).parent / f"{suite.module.replace('.', '/')}.py").is_file()


def offered() -> dict[str, Suite]:
    """The suites whose modules are here, by name."""
    return {name: suite for name, suite in SUITES.items() if _is_there(suite)}


def _given(ask: Request) -> list[str]:
    """Options of a request that only some suites use."""
    return [
        option
        for option, given in {
            "positions": bool(ask.positions),
            "coverage": bool(ask.coverage),
            "truth": ask.truth is not None,
            "train": ask.train is not None,
            "test": ask.test is not None,
            "zones": ask.charts.zones is not None,
            "norms": ask.charts.norms is not None,
            "drag-model": ask.charts.drag is not None,
            "key": bool(ask.key),
        }.items()
        if given
    ]


def run_suite(name: str, ask: Request) -> Any:
    """Run a suite; returns its metrics as they were written, as builtins.

    Args:
        name: which.
        ask: with what, and where to write.

    Raises:
        UsageError: there is no such suite, something that it needs was not given, or something was given that it
            does not use.
        SourceError: a file can't be used.
        StoreError: the folder can't be written.
    """
    known = offered()
    if name not in known:
        raise UsageError(f"there is no suite '{name}': there are {', '.join(known)}")
    suite = known[name]
    for field in suite.needs:
        if not getattr(ask, field):
            raise UsageError(f"the suite {name} needs --{field}")
    for option in _given(ask):
        if option not in suite.needs + suite.takes:
            why = f": it {suite.drags_by}" if option == "drag-model" else ""
            theirs = [other for other, row in known.items() if option in row.needs + row.takes]
            raise UsageError(f"the suite {name} takes no --{option}{why}; of use to {', '.join(theirs)}")
    with whole_file(ask.out / METRICS) as file:  # a folder that can't be written is told before the work, not after
        file.write(b"{}\n")
    for name_of_old in (METRICS, REPORT):
        (ask.out / name_of_old).unlink(missing_ok=True)
    made = msgspec.to_builtins(suite.run(importlib.import_module(f"seawarden.evaluate.{suite.module}"), ask))
    with whole_file(ask.out / METRICS) as file:
        file.write(msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n")
    if not (ask.out / REPORT).is_file():
        from seawarden.evaluate.report.metrics import write_metrics

        write_metrics(ask.out / REPORT, f"Suite {name}", made, sorted(ask.out.glob("*.html")))
    return made
