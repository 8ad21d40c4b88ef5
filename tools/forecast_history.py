"""Make src/seawarden/forecast/incident_days.npz: voyages of the shipped incident days, for the first forecasts.

Frames were thinned in space alone, so that a straight line between two of them is the way; where the thinner declared
a gap, or more than three hours lie between two frames, the voyage is cut. A replay of these very days leaves out what
had not ended by its beginning.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from seawarden.forecast.archive import INCIDENT_DAYS, save
from seawarden.forecast.forecaster import Forecaster
from seawarden.forecast.history import History, Voyage
from seawarden.sources.incident_days import ShipDay

ROOT = Path(__file__).resolve().parent.parent / "src" / "seawarden"
STEP_S: Final = 600
LONGEST_MS: Final = 3 * 3_600_000
HISTORY_GAP_MS: Final = 3_600_000


def voyages(folder: Path) -> list[Voyage]:
    """All ship-days, cut at their gaps, every ten minutes."""
    out = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            day = msgspec.json.decode(line, type=ShipDay)
            frames = np.array([[np.nan if v is None else v for v in frame] for frame in day.kf], np.float64)
            frames = frames[np.isfinite(frames[:, :3]).all(1)]
            frames = frames[np.argsort(frames[:, 0], kind="stable")]
            t = (frames[:, 0] * 1000).astype(np.int64)
            broken = np.diff(t) > LONGEST_MS
            for begin, end in day.gaps:
                broken |= (t[:-1] <= begin * 1000 + 1000) & (t[1:] >= end * 1000 - 1000)
            for part in np.split(np.arange(len(t)), np.flatnonzero(broken) + 1):
                if len(part) < 2:
                    continue
                when = np.arange(t[part[0]], t[part[-1]] + 1, STEP_S * 1000)
                lon = np.degrees(np.unwrap(np.radians(frames[part, 1])))
                lat_, lon_, sog = (np.interp(when, t[part], c) for c in (frames[part, 2], lon, frames[part, 3]))
                # the course of the leg she is on: a frame's own course is that of the bend
                if len(when) > 1:
                    course = np.degrees(np.arctan2(np.gradient(lon_) * np.cos(np.radians(lat_)), np.gradient(lat_)))
                    out.append(Voyage(when, lat_, lon_, sog, course % 360, ship=day.mmsi))
    return out


def main() -> int:
    """Write the file."""
    history = History(STEP_S, HISTORY_GAP_MS)
    added, short = history.extend(voyages(ROOT / "data" / "incident_days"))
    out = ROOT / "forecast" / INCIDENT_DAYS
    save(Forecaster(history), out)
    print(f"{added} voyages, {history.n_points} points, {short} too short; {out.stat().st_size / 1024:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
