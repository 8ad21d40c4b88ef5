"""What a finished backtest leaves behind: figures, report, and the same in a few lines."""

from __future__ import annotations

from pathlib import Path

import msgspec

from seawarden.evaluate.backtest.metrics import Metrics, gather, metrics_of
from seawarden.evaluate.backtest.progress import Folder
from seawarden.evaluate.backtest.report import write_backtest
from seawarden.evaluate.backtest.running import Asked
from seawarden.evaluate.report.page import rate, share
from seawarden.evaluate.suites import METRICS, REPORT
from seawarden.run.build import Watchroom
from seawarden.settings import settings_hash
from seawarden.store.files import whole_file


def write_results(out: Path, ask: Asked, room: Watchroom) -> Metrics:
    """Write `metrics.json` and `report.html` from the days' records.

    Raises:
        StoreError: a record can't be read, or a file can't be written.
    """
    whole = gather(Folder(out).days())
    a = ask.settings.alerts
    metrics = metrics_of(
        whole,
        settings_hash=settings_hash(ask.settings),
        assets_hash=room.layer.hash,
        sources=[Path(source).name for source in ask.sources],
        allowed={"look": a.look_per_ship_day, "challenge": a.challenge_per_ship_day, "act": a.act_per_ship_day},
        weather=bool(ask.weather),
        depths=ask.charts.depth.sources() if ask.charts.depth is not None else (),
        drag_model=room.drag.named if room.drag is not None else None,
    )
    with whole_file(out / METRICS) as file:
        file.write(msgspec.json.format(msgspec.json.encode(metrics), indent=2) + b"\n")
    write_backtest(out / REPORT, metrics, whole, room.layer)
    return metrics


def lines_of(m: Metrics) -> list[str]:
    """The figures for a person at a terminal."""
    lines = [
        f"{m.days} days, {m.first_day} to {m.last_day}: {m.positions:,} positions, {m.ship_days:,.1f} ship-days, "
        f"{m.cable_km_days:,.0f} cable-km-days"
    ]
    lines += [f"{tier}: {rate(counted.a_ship_day, 5)} a ship-day" for tier, counted in m.tiers.items()]
    lines += [
        f"planted loss of {loss}: found in 30 min {share(r.found['30'])}; look in 30 min {share(r.looked['30'])}"
        for loss, r in m.planted.items()
    ]
    return lines
