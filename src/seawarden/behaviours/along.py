"""Slow stays by an asset: loitering, slow passes along it, and survey patterns.

Three kinds, told apart by the shape of the way (`along_way`, `survey_legs`) and not by what it may be for:
`survey_pattern`, straight parallel legs sailed to and fro; `along_asset`, one long slow pass that follows the asset,
or passes up and down; `loitering`, going nowhere slowly, or stop and go, for an hour and more. Fishing vessels are
told as `trawling` instead. None of them says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np

from seawarden.behaviours import measure
from seawarden.behaviours.along_screen import CLOSE, NOWHERE, AlongState, Limits, new_state, screen, silent
from seawarden.behaviours.along_way import Way, assets_by, passes_of, way_of
from seawarden.behaviours.emit import collect
from seawarden.behaviours.judged import Candidate, Judged, ended
from seawarden.behaviours.normal import normal_here
from seawarden.behaviours.patterned import FISHING, RESTRICTED, SAYS_FISHING, explained, in_port, ship_type
from seawarden.behaviours.survey_legs import legs_of, pattern_of
from seawarden.geodesy import KNOT_MS
from seawarden.model.error import Uncertain
from seawarden.model.finding import Change, Reason, Threshold
from seawarden.ports import Enriched, FleetView, Rows, Spec, Surroundings
from seawarden.settings_patterns import AlongSettings

SURVEY: Final = "survey_pattern"
ALONG: Final = "along_asset"
LOITERING: Final = "loitering"
STILL_KN: Final = 0.7
"""A stop, as in `behaviours.stopping.still_kn`."""
MOVING_KN: Final = 1.5
PAUSE_MS: Final = 600_000
NEIGHBOURS: Final = 6
"""Assets by which a stay may have been told of; beyond, they are nearest for a moment only."""
FIX_M: Final = 10.0
SAMPLE_KM: Final = 0.02
"""Error of a length along a route from positions good to some 10 m."""


class Seen(NamedTuple):
    """One kind, and what was measured of it."""

    kind: str
    measured: tuple[Uncertain, ...]


class Along(Judged):
    """Slow stays by an asset."""

    spec = Spec(
        name="along",
        kinds=(LOITERING, ALONG, SURVEY),
        scope="ship",
        title="A ship stays slowly by an asset: waiting about, following it, or sailing parallel legs over it.",
        inputs=("t", "lat", "lon", "sog_kn", "nav_status", "trust"),
        look_back_s=24 * 3600,
    )

    def __init__(self, settings: AlongSettings) -> None:
        self._settings = s = settings
        self._limits = Limits(
            float(s.reach_m), float(s.most_kn), float(s.still_kn), float(s.pass_kn), int(s.least_s * 1000),
            int(s.leave_s * 1000), int(s.gap_s * 1000),
        )  # fmt: skip

        def limit(name: str, value: float, unit: str, field: str) -> Threshold:
            return Threshold(name=name, value=value, unit=unit, setting=f"behaviours.along.{field}")

        near = limit("distance", s.reach_m, "m", "reach_m")
        self._thresholds = {
            LOITERING: (
                near,
                limit("duration", s.loiter_s, "s", "loiter_s"),
                limit("speed", s.loiter_kn, "kn", "loiter_kn"),
                limit("spread", s.loiter_radius_m, "m", "loiter_radius_m"),
                limit("stops", s.stops, "1", "stops"),
            ),
            ALONG: (
                limit("off the asset", s.pass_off_m, "m", "pass_off_m"),
                limit("way along it", s.pass_m, "m", "pass_m"),
                limit("speed", s.pass_kn, "kn", "pass_kn"),
                limit("angle", s.pass_angle_deg, "deg", "pass_angle_deg"),
            ),
            SURVEY: (
                near,
                limit("legs", s.legs, "1", "legs"),
                limit("leg", s.least_leg_m, "m", "least_leg_m"),
                limit("angle", s.leg_angle_deg, "deg", "leg_angle_deg"),
                limit("straightness", s.straight_m, "m", "straight_m"),
                limit("share in legs", s.leg_share, "1", "leg_share"),
                limit("speed", s.most_kn, "kn", "most_kn"),
            ),
        }

    def init_state(self, n: int) -> AlongState:
        """State arrays for `n` ships."""
        return new_state(n)

    def screen(self, batch: Enriched, state: AlongState, around: Surroundings) -> Rows:
        """Stays worth a look."""
        return collect(len(batch.slot), lambda begin, out: screen(begin, batch, state, self._limits, out))

    def silent(self, state: AlongState, until_t: int, around: Surroundings) -> Rows | None:
        """A gap in her reports ends the stay."""
        return ended(state.looked == 1, lambda begin, out: silent(begin, state, until_t, self._limits.gap_ms, out))

    def judge(self, one: Candidate, view: FleetView, around: Surroundings, state: AlongState) -> Iterator[Change]:
        """Stays as findings of the kinds that their shape shows."""
        slot, t, start = one.slot, one.t, one.start_t
        closing = one.code == CLOSE
        end = start + int(one.v[7] * 1000) if closing else t
        begin = max(start, end - int(self._settings.look_back_s * 1000))
        track = view.track(slot, begin, end + 1)
        near = assets_by(track, around.assets.index)
        way = way_of(track, around.assets.index, near[0]) if near else None
        lasted = measure.duration("duration", (end - start) / 1000)
        seen: list[Seen] = []
        if way is not None:
            seen, benign = self._looked(view, around, slot, way, end - start)
            until = end if closing else None
            for shown in seen:
                yield self._change(shown, slot, near[0], start, t, until, way, lasted, benign)
        if closing:
            told = {(shown.kind, near[0]) for shown in seen}
            yield from [
                Change(
                    action="close", kind=kind, slot=slot, asset=asset, start_t=start, t=t, end_t=end,
                    measured=(lasted,),
                )
                for kind in self.spec.kinds
                for asset in near[:NEIGHBOURS] if (kind, asset) not in told
            ]  # fmt: skip

    def _change(
        self,
        one: Seen,
        slot: int,
        asset: int,
        start: int,
        t: int,
        end: int | None,
        way: Way,
        lasted: Uncertain,
        benign: tuple[Reason, ...],
    ) -> Change:
        nearest = int(np.argmin(way.off_m))
        off_m, sigma_m = float(way.off_m[nearest]), float(np.hypot(way.sigma_m[nearest], FIX_M))
        return Change(
            action="open" if end is None else "close", kind=one.kind, slot=slot, asset=asset, start_t=start, t=t,
            end_t=end, kp_km=float(way.kp_km[nearest]), kp_sigma_km=sigma_m / 1000,
            measured=(lasted, measure.distance(off_m, sigma_m, method="least during the stay"), *one.measured),
            thresholds=self._thresholds[one.kind], benign=benign,
        )  # fmt: skip

    def _looked(
        self, view: FleetView, around: Surroundings, slot: int, way: Way, lasted_ms: int
    ) -> tuple[list[Seen], tuple[Reason, ...]]:
        """What a stay shows, and what else could explain it."""
        type_code = ship_type(view, slot)
        seen = self._kinds(way, lasted_ms, type_code)
        if not seen:
            return [], ()
        lat, lon = float(way.lat[len(way.t) // 2]), float(way.lon[len(way.t) // 2])
        if in_port(around, lat, lon):
            seen = [one for one in seen if one.kind == SURVEY]
        restricted = float(np.mean(way.nav_status == RESTRICTED)) >= 0.5
        usual, why = normal_here(around, lat, lon, int(way.t[-1]), type_code, _mean_kn(way))
        seen = [Seen(one.kind, (*one.measured, *usual)) for one in seen]
        return seen, (*explained(view, slot, around, lat, lon, restricted), *why)

    def _kinds(self, way: Way, lasted_ms: int, type_code: int) -> list[Seen]:
        """What the shape of a way shows; a survey pattern is not told as the passes it is made of."""
        tows = type_code == FISHING or float(np.mean(way.nav_status == SAYS_FISHING)) >= 0.5
        gone = float(np.hypot(way.x[-1] - way.x[0], way.y[-1] - way.y[0]))
        goes_on = gone > NOWHERE * float(np.sum(np.hypot(np.diff(way.x), np.diff(way.y))))
        survey = None if tows or goes_on else self._survey(way)
        if survey is not None:
            return [survey]
        passes = None if tows else self._passes(way)
        waits = self._loitering(way) if lasted_ms >= self._settings.loiter_s * 1000 else None
        return [found for found in (passes, waits) if found is not None]

    def _survey(self, way: Way) -> Seen | None:
        s = self._settings
        legs = legs_of(way.x, way.y, 2.5 * s.straight_m, s.leg_angle_deg)
        made = pattern_of(way.x, way.y, legs, s.least_leg_m, s.leg_angle_deg, s.straight_m)
        if made is None or made.legs < s.legs or made.reversals < s.legs - 1 or made.share < s.leg_share:
            return None
        return Seen(
            SURVEY,
            (
                Uncertain(name="legs", value=made.legs, unit="1"),
                Uncertain(name="reversals", value=made.reversals, unit="1"),
                measure.distance(made.length_m, 20.0, "leg_length", "median"),
                measure.distance(made.spacing_m, 15.0, "spacing", "median between legs that follow one another"),
                measure.share("share_in_legs", min(made.share, 1.0)),
                measure.speed("speed", _mean_kn(way), method="mean over the way"),
            ),
        )

    def _passes(self, way: Way) -> Seen | None:
        s = self._settings
        slow = [p for p in passes_of(way, s.pass_off_m, s.pass_angle_deg) if p.mean_kn <= s.pass_kn]
        long = [p for p in slow if abs(p.along_km) * 1000.0 >= s.pass_m]
        short = [p for p in slow if abs(p.along_km) * 1000.0 >= s.pass_m / 3]
        to_and_fro = {p.along_km > 0 for p in short}
        told = long if long else short if len(to_and_fro) == 2 and len(short) >= 3 else []
        if not told:
            return None
        length = sum(abs(p.along_km) for p in told)
        return Seen(
            ALONG,
            (
                Uncertain(name="passes", value=len(told), unit="1"),
                Uncertain(
                    name="along", value=length, unit="km", sigma=SAMPLE_KM * len(told), method="way along the asset"
                ),
                measure.distance(float(np.mean([p.off_m for p in told])), 15.0, "off", "mean distance on the passes"),
                measure.speed("speed", float(np.mean([p.mean_kn for p in told])), method="mean on the passes"),
            ),
        )

    def _loitering(self, way: Way) -> Seen | None:
        s = self._settings
        stops = _stops(way)
        stop_and_go = stops >= s.stops and _mean_kn(way) <= s.most_kn
        core = _slow_core(way, s.loiter_kn + 1.0)
        lasted_s = (int(core.t[-1]) - int(core.t[0])) / 1000.0 if len(core.t) > 1 else 0.0
        if lasted_s < s.loiter_s and not stop_and_go:
            return None
        if lasted_s < s.loiter_s:
            core = way
        mean_kn = _mean_kn(core)
        spread = float(np.sqrt(np.mean((core.x - np.mean(core.x)) ** 2 + (core.y - np.mean(core.y)) ** 2)))
        gone = float(np.hypot(core.x[-1] - core.x[0], core.y[-1] - core.y[0]))
        sailed = max(mean_kn * KNOT_MS * (int(core.t[-1]) - int(core.t[0])) / 1000.0, 1.0)
        waits = s.still_kn <= mean_kn <= s.loiter_kn and spread <= s.loiter_radius_m and gone <= NOWHERE * sailed
        if not waits and not stop_and_go:
            return None
        return Seen(
            LOITERING,
            (
                measure.speed("speed", mean_kn, method="mean over the slow part"),
                measure.duration("slow_for", (int(core.t[-1]) - int(core.t[0])) / 1000.0),
                measure.distance(spread, 15.0, "spread", "root mean square distance from the middle"),
                Uncertain(
                    name="stops", value=stops, unit="1", method="spells below 0.7 kn parted by way over 1.5 kn"
                ),
            ),
        )


def _slow_core(way: Way, most_kn: float) -> Way:
    """The longest stretch of a way at no more than a speed; ten minutes faster do not end it."""
    best, begin, last = (0, 0), -1, -1
    for k, (t, v) in enumerate(zip(way.t.tolist(), way.sog_kn.tolist(), strict=True)):
        if not v <= most_kn:
            continue
        if begin < 0 or t - int(way.t[last]) > PAUSE_MS:
            begin = k
        last = k
        if way.t[last] - way.t[begin] > way.t[best[1]] - way.t[best[0]]:
            best = begin, last
    columns: list[Any] = [column[best[0] : best[1] + 1] for column in way]
    return Way(*columns)


def _mean_kn(way: Way) -> float:
    """Mean reported speed, or by the steps where none was reported."""
    known = way.sog_kn[np.isfinite(way.sog_kn)]
    if len(known) * 2 >= len(way.t):
        return float(np.mean(known))
    seconds = (int(way.t[-1]) - int(way.t[0])) / 1000.0
    return float(np.sum(np.hypot(np.diff(way.x), np.diff(way.y)))) / max(seconds, 1.0) * 3600.0 / 1852.0


def _stops(way: Way) -> int:
    """Spells at rest of five minutes and more, each parted from the next by way made."""
    stops, still_since, counted = 0, -1, False
    for t, v in zip(way.t.tolist(), way.sog_kn.tolist(), strict=True):
        if v <= STILL_KN:
            still_since = t if still_since < 0 else still_since
            if not counted and t - still_since >= 300_000:
                stops += 1
                counted = True
        elif v >= MOVING_KN:
            still_since, counted = -1, False
    return stops
