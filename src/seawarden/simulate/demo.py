"""The demo's ship: a real voyage made dense, under an invented name, on which an anchor drag is laid.

Her MMSI begins with 999. Ship stations begin with a MID of 201-775, and 99 belongs to aids to navigation as 99MIDxxxx
(ITU-R M.585): no MID begins with 9, so no station of any kind can ever carry a number in 999000000-999999999.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import msgspec
import numpy as np
from scipy.interpolate import PchipInterpolator

from seawarden.model.error import SourceError
from seawarden.model.position import F64, Positions, Provenance, make_positions
from seawarden.model.static import StaticReport
from seawarden.simulate.drag import DragPlan, DragTruth, lay_drag
from seawarden.simulate.draws import generator
from seawarden.simulate.path import KN_MS, metres_per_degree, wrap_deg

DEMO_MMSI = 999_000_001
DEMO_NAME = "AMBER TERN"
DEMO_DAY = "2024-12-25"
DEMO_ORIGIN_MMSI = 538_002_973
"""A bulk carrier that sailed from NordBalt past Bornholm at a steady 10.6 kn, without a gap, over eleven lines."""
DRAG_START_T = 1_735_094_400_000
"""2024-12-25T02:40:00Z: between Aurora (Bornholm-Kalmar) and SwePol, hours before the next lines."""


class DemoShip(msgspec.Struct, frozen=True, kw_only=True):
    """The simulated ship of the demo."""

    positions: Positions
    static: StaticReport
    truth: DragTruth
    origin_mmsi: int
    """The ship whose voyage was borrowed: leave her out of the same replay."""


def read_key_frames(day: str, mmsi: int) -> F64:
    """Key frames of one ship of a shipped day, shape (k, 5): unix s, lon, lat, sog kn, cog degrees.

    Raises:
        SourceError: the day or the ship is not there.
    """
    file = files("seawarden") / "data" / "incident_days" / f"{day}.jsonl"
    if not file.is_file():
        raise SourceError(f"there is no shipped day {day}")
    for line in file.read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = msgspec.json.decode(line)
        if row["mmsi"] == mmsi:
            return np.array([frame[:5] for frame in row["kf"]], dtype=np.float64)
    raise SourceError(f"the shipped day {day} holds no ship {mmsi}")


def densify(frames: F64, *key: int | str, mmsi: int, cadence_s: float = 45.0, leeway_deg: float = 0.8) -> Positions:
    """Positions about every `cadence_s` between key frames, with AIS noise and a heading; marked simulated.

    The ship keeps to the straight pieces between frames; her distance run is a monotone cubic in time, so that she is
    at each frame when it says and her speed does not jump. Noise: 5 m in place, 0.1 kn, 0.6 degrees of course.

    Args:
        frames: shape (k, 5), as `read_key_frames` gives.
        *key: names the draw.
        mmsi: identity of the result.
        cadence_s: median time between reports, s.
        leeway_deg: standard deviation of the slow part of heading minus course, degrees.
    """
    random = generator("densify", *key)
    t_s = frames[:, 0] - frames[0, 0]
    lon, lat = frames[:, 1], frames[:, 2]
    m_lat, m_lon = metres_per_degree(0.5 * (lat[1:] + lat[:-1]))
    step = np.hypot(np.diff(lat) * m_lat, wrap_deg(np.diff(lon)) * m_lon)
    run = np.concatenate(([0.0], np.cumsum(step)))
    distance = PchipInterpolator(t_s, run)
    n = int(t_s[-1] / cadence_s)
    when = np.cumsum(np.maximum(cadence_s * random.lognormal(0.0, 0.15, n), 5.0))
    when = np.round(when[when < t_s[-1]], 0)
    where = distance(when)
    moving = np.concatenate(([True], np.diff(run) > 0.0))
    clean_lat = np.interp(where, run[moving], lat[moving])
    clean_lon = np.interp(where, run[moving], lon[moving])
    bearing = np.degrees(np.arctan2(wrap_deg(np.diff(lon)) * m_lon, np.diff(lat) * m_lat))
    # she turns over five minutes round each frame rather than on the spot
    unwrapped = bearing[0] + np.concatenate(([0.0], np.cumsum(wrap_deg(np.diff(bearing)))))
    fine = np.arange(0.0, t_s[-1], 10.0)
    leg = np.clip(np.searchsorted(t_s, fine, side="right") - 1, 0, len(unwrapped) - 1)
    course = np.interp(when, fine, np.convolve(np.pad(unwrapped[leg], 15, mode="edge"), np.ones(31) / 31, "valid"))
    m = len(when)
    at_lat, at_lon = metres_per_degree(clean_lat)
    speed = distance.derivative()(when) / KN_MS + random.normal(0.0, 0.1, m)
    heading = course + _slow(random, when, leeway_deg, 1800.0) + random.normal(0.0, 0.7, m)
    return make_positions(
        m,
        t=np.round((frames[0, 0] + when) * 1000.0).astype(np.int64),
        mmsi=mmsi,
        lat=clean_lat + random.normal(0.0, 5.0, m) / at_lat,
        lon=clean_lon + random.normal(0.0, 5.0, m) / at_lon,
        sog_kn=np.round(np.maximum(speed, 0.0), 1),
        cog_deg=np.round((course + random.normal(0.0, 0.6, m)) % 360.0, 1) % 360.0,
        heading_deg=np.round(heading % 360.0) % 360.0,
        nav_status=0,
        msg_type=1,
        seq=np.arange(m),
        offset=np.arange(1, m + 1),
        provenance=int(Provenance.SIMULATED),
    )


def demo_ship(*, cadence_s: float = 45.0, loss: float = 0.27, start_t: int = DRAG_START_T) -> DemoShip:
    """The demo's simulated ship: the same in every run.

    Args:
        cadence_s: median time between reports, s.
        loss: share of the speed that the anchor costs.
        start_t: when it takes hold, ms.
    """
    frames = read_key_frames(DEMO_DAY, DEMO_ORIGIN_MMSI)
    dense = densify(frames, "demo", mmsi=DEMO_MMSI, cadence_s=cadence_s)
    plan = DragPlan(
        start_t=start_t,
        loss=loss,
        law="power",
        settling_s=360.0,
        force_sigma=0.2,
        force_memory_s=300.0,
        slips_per_h=0.4,
        hangups_per_h=0.4,
        wobble_deg=1.5,
        wobble_period_s=560.0,
        drift_angle_deg=3.0,
    )
    laid, truth = lay_drag(dense, plan, "demo")
    static = StaticReport(
        t=int(laid.t[0]),
        mmsi=DEMO_MMSI,
        name=DEMO_NAME,
        callsign="SIM01",
        ship_type=70,
        type_text="cargo",
        length_m=190.0,
        breadth_m=30.0,
        to_bow_m=162.0,
        to_port_m=15.0,
        draught_m=10.4,
        destination="SIMULATED",
        simulated=True,
    )
    return DemoShip(positions=laid, static=static, truth=truth, origin_mmsi=DEMO_ORIGIN_MMSI)


def _slow(random: np.random.Generator, when_s: F64, sigma: float, memory_s: float) -> F64:
    """A slow exponential-memory noise at the times `when_s`, shape kept."""
    out = np.empty(len(when_s))
    state, last = random.normal(0.0, sigma), when_s[0] if len(when_s) else 0.0
    for i, t in enumerate(when_s):
        keep = np.exp(-(t - last) / memory_s)
        state = keep * state + random.normal(0.0, sigma) * np.sqrt(1.0 - keep * keep)
        out[i], last = state, t
    return out
