"""The report of the forecast suite: one HTML page with the table and the fans of ten ships, right and wrong ones."""

from __future__ import annotations

import html
import json
from importlib import resources
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from seawarden.evaluate.forecast_scores import haversine_km
from seawarden.evaluate.forecast_tracks import Benchmark
from seawarden.forecast.forecast_set import ForecastSet
from seawarden.forecast.forecaster import Forecaster
from seawarden.model.position import F64

SHIPS: Final = 10
UPTO: Final = 18
"""Drawn to three hours."""
REGION_STEPS: Final = (6, 12, 18)
SIZE: Final = 420
MARGIN: Final = 16

STYLE: Final = """
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b2733;background:#fff}
table{border-collapse:collapse;margin:1rem 0}
td,th{padding:.25rem .7rem;border-bottom:1px solid #d7dee5;text-align:right}
th:first-child,td:first-child{text-align:left}figure{display:inline-block;margin:.5rem;width:420px;vertical-align:top}
svg{background:#f3f7fa;border:1px solid #d7dee5}figcaption{font-size:13px}
.land{fill:#e9e4d6;stroke:#b9b19b}.region{fill:#3b7dd8;fill-opacity:.13;stroke:#3b7dd8;stroke-opacity:.5}.fan{fill:none;stroke:#3b7dd8;stroke-opacity:.55}
.past{fill:none;stroke:#555;stroke-width:2}.truth{fill:none;stroke:#c8401e;stroke-width:2.5}.other{fill:none;stroke:#9aa7b3;stroke-opacity:.25}
"""


def choose_ships(made: ForecastSet, paths: F64, bench: Benchmark) -> np.ndarray:
    """Ten rows from right to wrong: evenly over the rank of the best path's error at two hours."""
    step = 11
    error = haversine_km(
        paths[:, :, step, 0],
        paths[:, :, step, 1],
        bench.truth_lat[:, None, step],
        bench.truth_lon[:, None, step],
    ).min(1)
    order = np.argsort(error, kind="stable")
    order = order[~np.isnan(error[order])]
    picked = np.unique(np.linspace(0, len(order) - 1, min(SHIPS, len(order))).astype(np.int64))
    return np.asarray(order[picked])


def coast() -> list[shapely.Geometry]:
    """Land as the base map draws it; nothing when it was not built."""
    built = resources.files("seawarden") / "data" / "built" / "land.json"
    if not built.is_file():
        return []
    shapes = [shapely.geometry.shape(one["geometry"]) for one in json.loads(built.read_text("utf-8"))["features"]]
    return [part for part in shapely.get_parts(shapes) if part.geom_type == "Polygon"]


def _figure(
    row: int, forecaster: Forecaster, made: ForecastSet, paths: F64, bench: Benchmark, land: list[shapely.Geometry]
) -> str:
    lat0, lon0 = float(made.queries.lat[row]), float(made.queries.lon[row])
    kx = float(np.cos(np.radians(lat0)))

    def flat(lat: F64, lon: F64) -> F64:
        return np.stack([(lon - lon0) * kx, -(lat - lat0)], -1)

    truth = flat(bench.truth_lat[row, :UPTO], bench.truth_lon[row, :UPTO])
    truth = truth[~np.isnan(truth[:, 0])]
    past = flat(made.queries.past_lat[row], made.queries.past_lon[row])
    fan = flat(paths[row, :, :UPTO, 0], paths[row, :, :UPTO, 1])
    regions = [made.region(row, step, forecaster.calibration) for step in REGION_STEPS]
    bounds = np.concatenate([truth, past, fan.reshape(-1, 2)])
    low, high = bounds.min(0), bounds.max(0)
    scale = (SIZE - 2 * MARGIN) / max(float((high - low).max()), 1e-6)
    shift = MARGIN - low * scale

    def points(line: F64) -> str:
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in line * scale + shift)

    parts = [f'<svg viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" height="{SIZE}" role="img">']
    left, top = -shift / scale
    right, bottom = (SIZE - shift) / scale
    frame = (lon0 + left / kx, lat0 - bottom, lon0 + right / kx, lat0 - top)
    for shape in shapely.get_parts(shapely.clip_by_rect(land, *frame)):
        if shape.geom_type == "Polygon" and not shape.is_empty:
            ring = np.asarray(shape.exterior.coords)
            parts.append(f'<polygon class="land" points="{points(flat(ring[:, 1], ring[:, 0]))}"/>')
    history = forecaster.history.columns
    for j in range(0, len(history.ship), 3):
        rows = slice(int(history.start[j]), int(history.start[j + 1]))
        line = flat(history.lat[rows].astype(float), history.lon[rows].astype(float))
        if (line.max(0) >= low).all() and (line.min(0) <= high).all():
            parts.append(f'<polyline class="other" points="{points(line)}"/>')
    for shape in regions[::-1]:
        for polygon in shapely.get_parts(shape):
            ring = np.asarray(polygon.exterior.coords)
            parts.append(f'<polygon class="region" points="{points(flat(ring[:, 1], ring[:, 0]))}"/>')
    here = np.zeros((1, 2))
    parts += [f'<polyline class="fan" points="{points(np.concatenate([here, line]))}"/>' for line in fan]
    parts.append(f'<polyline class="past" points="{points(past)}"/>')
    parts.append(f'<polyline class="truth" points="{points(np.concatenate([here, truth]))}"/></svg>')
    notes = []
    for step, shape in zip(REGION_STEPS, regions, strict=True):
        if not np.isnan(bench.truth_lat[row, step - 1]):
            point = shapely.Point(bench.truth_lon[row, step - 1], bench.truth_lat[row, step - 1])
            notes.append(f"{step // 6} h {'inside' if shape.contains(point) else 'outside'}")
    speed = made.queries.sog_kn[row]
    caption = f"Track {bench.track[row]}, {speed:.1f} kn at {lat0:.2f} N {lon0:.2f} E: {', '.join(notes)}"
    return f"<figure>{''.join(parts)}<figcaption>{html.escape(caption)}</figcaption></figure>"


def _row(name: str, scores: dict[str, Any]) -> str:
    def joined(values: dict[str, float], digits: int) -> str:
        return " / ".join(f"{value:.{digits}f}" for value in values.values())

    share = scores["coverage90"]["overall"]["coverage"]
    area = scores["area90_km2"].get("60", {}).get("median", float("nan"))
    cells = [
        html.escape(name.replace("_", " ")),
        joined(scores["best16_published_nmi"], 2),
        joined(scores["joint16_nmi"], 2),
        joined(scores["energy_km"], 2),
        f"{100 * share:.1f} %",
        f"{area:.0f}",
        f"{scores['ms_per_query']:.1f}",
        f"{scores['train_s']:.0f}",
    ]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def write_report(
    path: Path,
    report: dict[str, Any],
    forecaster: Forecaster,
    made: ForecastSet,
    paths: F64,
    bench: Benchmark,
) -> None:
    """Write the page: grey the past, red what the ship did, blue the fan and the 90 % regions at 1, 2 and 3 h."""
    head = (
        "Model",
        "Published best of 16, nmi",
        "Joint best of 16, nmi",
        "Energy score, km",
        "Coverage",
        "Area 1 h, km2",
        "ms",
        "s",
    )
    table = "".join(_row(name, scores) for name, scores in report["models"].items())
    land = coast()
    rows = choose_ships(made, paths, bench)
    figures = "".join(_figure(int(row), forecaster, made, paths, bench, land) for row in rows)
    page = f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Forecasts</title><style>{STYLE}</style>
<h1>Forecasts</h1>
<p>{report["test_tracks"]} tracks forecast from {report["train_tracks"]} others;
{report["test_tracks_of_unseen_ships"]} are of ships that training did not see.
The history takes {report["mb_per_million_points"]:.0f} MB a million points ({report["history_points"]:,} here).
Published: at 70, 130 and 190 min. Joint: 60, 120 and 180 min. Energy score: 60, 120, 180 and 240 min.</p>
<table><tr>{"".join(f"<th>{name}</th>" for name in head)}</tr>{table}</table>
<h2>Ten ships, from the best forecast to the worst</h2>
<p>Grey: the last three hours and past traffic. Blue: sixteen paths, and the 90 % regions at 1, 2 and 3 h. Red: what
the ship did. Sand: land. North is up.</p>
{figures}</html>
"""
    path.write_text(page, "utf-8")
