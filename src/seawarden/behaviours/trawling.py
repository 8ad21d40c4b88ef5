"""Towing fishing gear across an asset: the commonest cause of faults.

Speed bands of gears by Mills et al. 2007 (ICES Journal of Marine Science 64, 248-255), as the United Kingdom's
fisheries laboratory used them: otter trawls, on the bottom and in midwater, 1-6 kn; beam trawls and dredges 2-8 kn.
Where neither her type nor her status says that she fishes, only a long steady run that turns about at such a speed
is told, and that her type is not known stands beside it. Ships of any other type do not trawl.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from seawarden.behaviours import measure
from seawarden.behaviours.along_way import way_of
from seawarden.behaviours.emit import collect
from seawarden.behaviours.judged import Candidate, Judged, ended
from seawarden.behaviours.normal import normal_here
from seawarden.behaviours.patterned import FISHING, ship_type
from seawarden.behaviours.places import explained_by_place
from seawarden.behaviours.survey_legs import legs_of
from seawarden.behaviours.trawling_screen import CLOSE, Limits, TrawlingState, new_state, screen, silent
from seawarden.model.finding import Change, Reason, Threshold
from seawarden.ports import Enriched, FleetView, Rows, Spec, Surroundings
from seawarden.settings import AssetSettings
from seawarden.settings_patterns import TrawlingSettings

SAYS_SHARE: Final = 0.3
"""Share of reports with status 7 from which she says that she fishes."""
BEND_M: Final = 150.0
"""Bends smaller than this are wind and swell, not turns."""
TURNED_DEG: Final = 90.0
"""A fishing vessel faster than an otter trawl that has turned less than this is on her way to her grounds."""
LOOK_BACK_MS: Final = 6 * 3_600_000
UNKNOWN: Final = Reason(
    text="her type is not known: other ships that work slowly turn about as well", measure="ship_type"
)
GEARS: Final = (
    (1.0, 6.0, "an otter trawl, on the bottom or in midwater (1-6 kn)"),
    (2.0, 8.0, "a beam trawl or a dredge (2-8 kn)"),
)
"""Bands of Mills et al. 2007, kn."""


class Trawling(Judged):
    """Towing gear across an asset."""

    spec = Spec(
        name="trawling",
        kinds=("trawling",),
        scope="ship",
        title="A fishing vessel, or a ship that moves like one, tows across an asset.",
        inputs=("t", "lat", "lon", "sog_kn", "nav_status", "trust"),
        look_back_s=24 * 3600,
    )

    def __init__(self, settings: TrawlingSettings, assets: AssetSettings) -> None:
        self._settings = s = settings
        self._limits = Limits(
            float(s.least_kn), float(s.beam_kn), int(s.sustain_s * 1000), float(s.steady_kn), int(s.gap_s * 1000),
            float(assets.corridor_m),
        )  # fmt: skip
        where = "behaviours.trawling."
        self._thresholds = (
            Threshold(name="least speed", value=s.least_kn, unit="kn", setting=where + "least_kn"),
            Threshold(name="most speed", value=s.beam_kn, unit="kn", setting=where + "beam_kn"),
            Threshold(name="duration", value=s.sustain_s, unit="s", setting=where + "sustain_s"),
            Threshold(name="spread of speed", value=s.steady_kn, unit="kn", setting=where + "steady_kn"),
            Threshold(name="distance", value=assets.corridor_m, unit="m", setting="assets.corridor_m"),
        )

    def init_state(self, n: int) -> TrawlingState:
        """State arrays for `n` ships."""
        return new_state(n)

    def screen(self, batch: Enriched, state: TrawlingState, around: Surroundings) -> Rows:
        """Tows worth a look."""
        return collect(len(batch.slot), lambda begin, out: screen(begin, batch, state, self._limits, out))

    def silent(self, state: TrawlingState, until_t: int, around: Surroundings) -> Rows | None:
        """A gap in her reports ends the tow."""
        return ended(state.looked == 1, lambda begin, out: silent(begin, state, until_t, self._limits.gap_ms, out))

    def judge(self, one: Candidate, view: FleetView, around: Surroundings, state: TrawlingState) -> Iterator[Change]:
        """Tows as findings."""
        v = one.v
        slot, asset = one.slot, one.asset
        t, start = one.t, one.start_t
        lasted = measure.duration("duration", (t - start) / 1000)
        if one.code == CLOSE:
            yield one.closes("trawling", lasted)
            return
        type_code, mean_kn = ship_type(view, slot), float(v[0])
        says = float(v[5]) >= SAYS_SHARE
        known = says or type_code == FISHING
        if not known and not self._may_tow(type_code, mean_kn, t - start):
            return
        turned = self._turned(view, around, slot, asset, start, t)
        steams = mean_kn > self._settings.otter_kn and not says and turned < TURNED_DEG
        if steams or (not known and turned < self._settings.unknown_turn_deg):
            return
        fits = " or ".join(name for low, high, name in GEARS if low <= mean_kn <= high)
        benign = [*explained_by_place(around, float(v[6]), float(v[7]))]
        benign += [] if known else [UNKNOWN]
        benign += [Reason(text=f"her speed is that of {fits}: what touches the bottom is not known")] if fits else []
        usual, why = normal_here(around, float(v[6]), float(v[7]), t, type_code, mean_kn)
        benign += why
        yield Change(
            action="open", kind="trawling", slot=slot, asset=asset, start_t=start, t=t,
            kp_km=float(v[3]), kp_sigma_km=float(v[4]) / 1000,
            measured=(
                lasted,
                measure.speed("speed", mean_kn, method="mean of the tow"),
                measure.speed("spread_of_speed", float(v[1])),
                measure.distance(float(v[2]), float(v[4]), method="least during the tow"),
                measure.angle("turned", turned, method="sum of the turns over the last six hours"),
                measure.share("says_fishing", float(v[5]), method="share of reports with status 7"),
                measure.share("over_the_asset", float(v[8]), method="share of reports inside the corridor"),
                *usual,
            ),
            thresholds=self._thresholds, benign=tuple(benign),
        )  # fmt: skip

    def _may_tow(self, type_code: int, mean_kn: float, lasted_ms: int) -> bool:
        """Whether a ship that does not say that she fishes is worth a look."""
        s = self._settings
        return type_code == 0 and mean_kn <= s.otter_kn and lasted_ms >= s.unknown_s * 1000

    def _turned(self, view: FleetView, around: Surroundings, slot: int, asset: int, start: int, t: int) -> float:
        """Sum of her turns between straight stretches, degrees."""
        way = way_of(view.track(slot, max(start, t - LOOK_BACK_MS), t + 1), around.assets.index, asset)
        if way is None:
            return 0.0
        bearing = legs_of(way.x, way.y, BEND_M, 10.0).bearing_deg
        return float(np.sum(np.abs((np.diff(bearing) + 180.0) % 360.0 - 180.0)))
