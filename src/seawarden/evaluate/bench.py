"""Benchmark: the whole replay of a seeded synthetic day, beside MovingPandas and GeoPandas on the same work.

    just bench            # 2,000,000 records
    just bench --records 500000

Seawarden: `seawarden replay day.parquet --out DIR` as a user runs it, in fresh processes, the median of three after
one that warms the compiled kernels. Every stage runs: reading, order, tracks, trust, all behaviours, risk, alerts.
Two rates: of the replay itself (from opening the file to the digest), as the summary states it, and of the whole
process with its start-up (some 1.4 s) and the writing of every output.

The peers do the part of it that they offer: MovingPandas cuts each ship's track at gaps and adds speeds, GeoPandas
finds the nearest asset within 5 NM. They get every tenth ship, because the whole day takes them minutes; their rate
is in records a second, so the sample does not favour either side.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import polars as pl

from seawarden.geography.pack import load_pack
from seawarden.simulate.synthetic_day import synthetic_day, write_day

CORRIDOR_M = 9_260.0


def ours(day: Path, work: Path, repeats: int) -> tuple[list[float], list[float]]:
    """Of each replay in a fresh process: seconds of the whole process, and of the replay itself."""
    seconds: list[float] = []
    inner: list[float] = []
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    for k in range(repeats + 1):
        out = work / f"out-{k}"
        began = time.perf_counter()
        command = [sys.executable, "-m", "seawarden.cli", "replay", str(day), "--out", str(out), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        took = time.perf_counter() - began
        summary = json.loads(done.stdout)
        if k > 0:
            seconds.append(took)
            inner.append(summary["positions"] / summary["positions_per_s"])
        else:
            found = sum(summary["findings"].values())
            print(f"  {summary['positions']:,} positions of {summary['ships']:,} ships, {found:,} findings")
            print(f"  first run, kernels may compile: {took:.1f} s")
    return seconds, inner


def peers(day: Path, share: int) -> tuple[int, float, float]:
    """Records, seconds of MovingPandas' cut and speeds, seconds of GeoPandas' nearest asset."""
    import warnings

    import geopandas as gpd
    import movingpandas as mpd
    from shapely.geometry import LineString

    warnings.filterwarnings("ignore", module="movingpandas")
    frame = pl.read_parquet(day)
    names = {name.lower(): name for name in frame.columns}
    ship, when = names.get("mmsi", "mmsi"), next(names[n] for n in ("t", "timestamp", "# timestamp") if n in names)
    lat, lon = names.get("lat") or names["latitude"], names.get("lon") or names["longitude"]
    frame = frame.filter(pl.col(ship) % share == 0).select(ship, when, lat, lon)
    table = frame.to_pandas()
    if table[when].dtype.kind in "iu":
        import pandas as pd

        table[when] = pd.to_datetime(table[when], unit="ms")
    points = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table[lon], table[lat]), crs=4326)
    lines = [LineString(part) for asset in load_pack() for part in asset.current.parts]
    assets = gpd.GeoDataFrame({"asset": range(len(lines))}, geometry=lines, crs=4326).to_crs(3035)
    began = time.perf_counter()
    tracks = mpd.TrajectoryCollection(points, traj_id_col=ship, t=when)
    cut = mpd.ObservationGapSplitter(tracks).split(gap=timedelta(minutes=30))
    cut.add_speed(overwrite=True)
    moved = time.perf_counter() - began
    began = time.perf_counter()
    gpd.sjoin_nearest(points.to_crs(3035), assets, max_distance=CORRIDOR_M, distance_col="m")
    return len(table), moved, time.perf_counter() - began


def main() -> None:
    """Run both and print the table; write it as JSON with `--out`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--share", type=int, default=10, help="the peers get one ship in this many")
    parser.add_argument("--out", type=Path, default=Path("bench-out"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        day = work / "day.parquet"
        print(f"synthetic day of {options.records:,} records (key 'bench')")
        write_day(synthetic_day(options.records, "bench"), day)
        seconds, inner = ours(day, work, options.repeats)
        n, moved, nearest = peers(day, options.share)
    median = statistics.median(seconds)
    rates = {
        "seawarden_replay": options.records / statistics.median(inner),
        "seawarden_whole_process": options.records / median,
        "movingpandas_cut_and_speed": n / moved,
        "geopandas_nearest_asset": n / nearest,
        "peers_together": n / (moved + nearest),
    }
    print(f"\n{'':34}{'records/s':>14}")
    for name, rate in rates.items():
        print(f"{name:34}{rate:>14,.0f}")
    print(f"{'times faster than the peers':34}{rates['seawarden_replay'] / rates['peers_together']:>14,.0f}")
    options.out.mkdir(parents=True, exist_ok=True)
    result = {
        "records": options.records,
        "replay_seconds": [round(s, 3) for s in inner],
        "process_seconds": [round(s, 3) for s in seconds],
        "peer_records": n,
        "records_per_s": {k: round(v) for k, v in rates.items()},
        "machine": {"cores": os.cpu_count(), "processor": platform.processor(), "python": platform.python_version()},
        "load_average": os.getloadavg(),
    }
    (options.out / "replay_day.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
