"""What a run could see and what not: stretches of time, outages, and what is said beside every quiet screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from seawarden.model.position import I64
from seawarden.store.recording import Episode

if TYPE_CHECKING:
    from seawarden.run.build import Watchroom
    from seawarden.run.tally import Tally

MINUTE_MS = 60_000
APART = 12 * 60
"""Minutes without any input that part two episodes."""
OUTAGE = 20
"""Minutes without any input inside an episode that are shown as an outage."""


def episodes(minutes: I64) -> list[Episode]:
    """Stretches of time with input, named by their days.

    Args:
        minutes: minutes of event time with input, ascending, shape (n,).
    """
    out = []
    for part in _parts(minutes, APART):
        first, last = int(part[0]) * MINUTE_MS, (int(part[-1]) + 1) * MINUTE_MS
        day = str(np.datetime64(first, "ms").astype("datetime64[D]"))
        end = str(np.datetime64(last - 1, "ms").astype("datetime64[D]"))
        out.append(Episode(id=day, label=day if day == end else f"{day} to {end}", from_t=first, to_t=last))
    return out


def outages(minutes: I64) -> list[tuple[int, int]]:
    """Stretches inside an episode in which nothing came, ms."""
    out = []
    for part in _parts(minutes, APART):
        gaps = np.flatnonzero(np.diff(part) > OUTAGE)
        out += [((int(part[k]) + 1) * MINUTE_MS, int(part[k + 1]) * MINUTE_MS) for k in gaps]
    return out


def _parts(minutes: I64, apart: int) -> list[I64]:
    if not len(minutes):
        return []
    return np.split(minutes, np.flatnonzero(np.diff(minutes) > apart) + 1)


def cannot_see(room: Watchroom, tally: Tally) -> tuple[str, ...]:
    """What this run was blind to, in sentences."""
    out = [
        "an anchor that costs a ship less than an eighth of her speed",
        "ships without AIS, and ships that report a false position",
    ]
    if tally.positions and tally.key_frames * 2 > tally.positions:
        out.append("losses of speed: these tracks were thinned, a slow-down on a straight leg is gone")
    if tally.positions and tally.headings * 2 < tally.positions:
        out.append("drifting ships that do not say so: most reports carry no heading")
    if len(room.around.coverage.compiled.start) < 2:
        out.append("ships that fall silent where few are heard: no coverage was declared, so it had to be learned")
    if room.around.weather is None or not room.around.weather.told:
        out.append("how much of a loss of speed the weather explains: no weather was given")
    if room.around.land is None or not room.around.land.known:
        out.append("positions on land: no coast was built")
    return tuple(out)
