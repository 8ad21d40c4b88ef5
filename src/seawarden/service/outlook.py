"""Where a ship will be and what she will cross, for whoever looks at her: paths, regions, assets ahead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol, runtime_checkable

import numpy as np
import shapely

from seawarden.forecast.calibration import VALIDATED_STEPS
from seawarden.forecast.feed import Learnt
from seawarden.forecast.forecast_set import ForecastSet
from seawarden.forecast.forecaster import Forecaster
from seawarden.forecast.query import STEP_MIN
from seawarden.model.position import NO_TIME
from seawarden.model.risk import AssetAhead
from seawarden.ports import FleetView
from seawarden.risk.foreseen import PAST_MS, Foreseen
from seawarden.risk.needs import Fix
from seawarden.run.build import Watchroom
from seawarden.surroundings.doubts import placed

HORIZON_MIN: Final = 720.0
PATHS: Final = 16
REGIONS_MIN: Final = (60, 120, 180, 360, 720)
DECIMALS: Final = 5
"""Of degrees: a metre."""
OLDEST_MS: Final = 6 * 3_600_000
"""A ship unheard for longer is not forecast."""


class Outlook:
    """One ship's forecast at a moment."""

    def __init__(self, made: ForecastSet, forecaster: Forecaster, fix_t: int, ahead: list[AssetAhead]) -> None:
        """Hold what was made.

        Args:
            made: the forecast of one ship.
            forecaster: that made it.
            fix_t: when her position was heard, ms.
            ahead: the assets that she may cross.
        """
        self.made = made
        self.fix_t = fix_t
        self.ahead = ahead
        self._forecaster = forecaster

    def drawn(self, learnt: Learnt | None) -> dict[str, Any]:
        """Paths and regions as the page draws them; what lies beyond six hours is marked as never validated."""
        made = self.made
        paths, share = made.fan(PATHS)
        steps = made.steps
        here = [round(float(made.queries.lon[0]), DECIMALS), round(float(made.queries.lat[0]), DECIMALS)]
        order = np.argsort(-share[0], kind="stable")
        return {
            "t": self.fix_t,
            "by": "history" if float(made.known_share[0]) >= 0.5 else "motion",
            "known_share": round(float(made.known_share[0]), 3),
            "learnt": None if learnt is None else learnt._asdict(),
            "minutes": [0, *made.horizon_min.tolist()],
            "validated_min": VALIDATED_STEPS * STEP_MIN,
            "paths": [
                {
                    "chance": round(float(share[0, k]), 4),
                    "line": [here, *np.round(paths[0, k, :, ::-1], DECIMALS).tolist()],
                }
                for k in order.tolist()
                if share[0, k] > 0
            ],
            "regions": [self._region(minute) for minute in REGIONS_MIN if minute <= steps * STEP_MIN],
        }

    def _region(self, minute: int) -> dict[str, Any]:
        step = minute // STEP_MIN
        calibration = self._forecaster.calibration_of(self.made, 0)
        shape = self.made.region(0, step, calibration)
        rounded = shapely.set_precision(shape, 10.0**-DECIMALS)
        return {
            "minutes": minute,
            "level": 0.9,
            "validated": step <= VALIDATED_STEPS,
            "area_km2": round(self.made.area_km2(0, step, calibration), 1),
            "geometry": shapely.geometry.mapping(rounded),
        }


def outlook_of(
    foreseen: Foreseen, forecaster: Callable[[], Forecaster], view: FleetView, slot: int
) -> Outlook | None:
    """The outlook of the ship in a row of a view; None when she was not heard twice lately.

    Args:
        foreseen: what makes forecasts of ships and of the assets ahead.
        forecaster: behind it.
        view: the fleet at the moment.
        slot: her row.
    """
    track = view.track(slot, view.t - OLDEST_MS - PAST_MS)
    good = np.flatnonzero(placed(track.trust) & (track.t >= view.t - OLDEST_MS))
    if not len(good):
        return None
    k = int(good[-1])
    fix = Fix(
        int(track.t[k]),
        float(track.lat[k]),
        float(track.lon[k]),
        float(track.sog_kn[k]),
        float(track.cog_deg[k]),
        float(track.heading_deg[k]),
        int(track.nav_status[k]),
    )
    made = foreseen.forecast(fix, HORIZON_MIN, track, view.ship(slot).mmsi)
    if made is None:
        return None
    age_min = (view.t - fix.t) / 60_000.0
    ahead = [item for _, item in foreseen.assets(made, HORIZON_MIN, age_min)]
    return Outlook(made, forecaster(), fix.t, ahead)


def learnt_by(room: Watchroom) -> Learnt | None:
    """How far the forecaster of a run has come; None before it looked at anything."""
    return None if room.feed is None or room.feed.until_t == NO_TIME else room.feed.learnt()


@runtime_checkable
class Foretelling(Protocol):
    """A watch that can forecast the ships that somebody looks at."""

    def outlook(self, track: int, at: int) -> Outlook | None:
        """The forecast of a track at a moment; None when she was not heard twice lately."""
        ...

    def learnt(self, at: int | None = None) -> Learnt | None:
        """How far the history had come then, or has by now; None when that is not known or forecasts are off."""
        ...
