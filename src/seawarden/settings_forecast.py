"""Settings of the forecast: what it learns from, whom it is asked for, and when a ship's way is a surprise."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class ForecastSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where ships will be: the history, whom it is asked for, and the surprise."""

    enabled: bool = True
    """Off leaves the fan of steady courses, as for a ship of which nothing is known."""
    file: str = ""
    """A forecaster that `seawarden train forecast` wrote; empty takes the shipped weights and incident days."""
    learn: bool = True
    """The watch's own feed is the history that fits best; off keeps the file's alone."""
    learn_h: Annotated[float, Meta(ge=0.5, le=12, description="How often ended voyages are learnt")] = 3
    """Voyages last hours: more often teaches little more, and each time costs a second of a large history."""
    most_points: Annotated[int, Meta(ge=1_000, le=50_000_000, description="Points of history kept")] = 1_000_000
    """29 MB; a sea of 2,000 ships fills it in about a week, and error falls by 14 % with each doubling."""
    least_chance: Annotated[float, Meta(ge=0, le=0.01, description="Chance of an anchor out that asks")] = 1e-4
    """A fifth of a look, its threshold at high alert: below it no forecast calls anybody, and each costs 2-5 ms."""
    surprise: bool = True
    """Off leaves out departures from the forecast."""
    surprise_min: Annotated[float, Meta(ge=10, le=60, description="Least time between two looks at a ship")] = 10
    """The step of the forecasts."""
    surprise_p: Annotated[float, Meta(gt=0, le=0.2, description="Chance of so odd an hour that opens one")] = 0.01
    """One hour in a hundred by past outcomes: worth a line beside another sign, never one alone."""
    surprise_end_p: Annotated[float, Meta(gt=0, le=0.5, description="Chance above which it closes")] = 0.1
    """On the edge of the 90 % region she is where she was expected."""
    surprise_km: Annotated[float, Meta(ge=0, le=50, description="Least distance from the expected place")] = 1.5
    """Below a mile a calm sea's regions are smaller than a helmsman's freedom."""
