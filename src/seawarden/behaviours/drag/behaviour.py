"""An anchor possibly out under way: a screen on every position, the model on the few ships that pass it."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from seawarden.behaviours import measure
from seawarden.behaviours.drag.asked import STOPPED_KN
from seawarden.behaviours.drag.context import place_of
from seawarden.behaviours.drag.dip import timed_dip
from seawarden.behaviours.drag.lanes import no_lanes
from seawarden.behaviours.drag.model import DragModel, chance, shipped
from seawarden.behaviours.drag.names import INDEX
from seawarden.behaviours.drag.screen import CLOSE, DragState, new_state, screen, silent
from seawarden.behaviours.drag.series import extract, series_of
from seawarden.behaviours.drag.settings import DragSettings
from seawarden.behaviours.drag.status import NOT_UNDER_COMMAND, SAYS, status_against
from seawarden.behaviours.drag.stops import TOLD_AFTER_S, Restart, restart_of, stop_ended_s
from seawarden.behaviours.emit import collect
from seawarden.model.error import Uncertain
from seawarden.model.finding import Change, Reason, Threshold
from seawarden.model.position import F64, NO_TIME
from seawarden.physics.equipment import equipment_of, ship_class
from seawarden.physics.reach import chance_for
from seawarden.ports import Enriched, FleetView, Rows, Spec, Surroundings, Tick, Track

LOOK_BACK_MS: Final = 3 * 3_600_000
PRIOR_LOG_ODDS: Final = -12.7
"""One under-way drag in about 330,000 ship-days."""
SLOW_SHARE: Final = 0.9
"""Her mean speed may already lag behind the speed before; a ship slower than this is not looked at."""
ADRIFT_DEG: Final = 25.0
"""A pull turns a ship under power by some 1-8 degrees; three times that is no longer way under power."""
ADRIFT_SLOW_DEG: Final = 10.0
ADRIFT_KN: Final = 5.0
"""Below 5 kn an angle beyond a pull's own is enough: she coasts or drifts."""
SWUNG_DEG: Final = 15.0
"""A step of heading minus course of twice what a pull makes: she turns or swings, which the model was not taught."""
ADRIFT_MS: Final = 600_000
_NOWHERE: Final = no_lanes()


class Drag:
    """An anchor possibly out under way."""

    spec = Spec(
        name="drag",
        kinds=("anchor_out",),
        scope="ship",
        title="A ship under way loses speed, or is pulled off her heading, as an anchor on the bottom would do it.",
        inputs=("t", "lat", "lon", "sog_kn", "cog_deg", "heading_deg", "trust"),
        look_back_s=LOOK_BACK_MS / 1000,
    )

    def __init__(
        self,
        settings: DragSettings | None = None,
        *,
        prior_log_odds: float = PRIOR_LOG_ODDS,
        model: DragModel | None = None,
    ) -> None:
        self._settings = s = settings if settings is not None else DragSettings()
        self._prior = prior_log_odds
        self.model = model if model is not None else shipped()
        where = "behaviours.drag."
        self._thresholds = (
            Threshold(name="log_odds", value=s.open_log_odds, unit="ln odds", setting=where + "open_log_odds"),
            Threshold(name="log_odds low", value=s.close_log_odds, unit="ln odds", setting=where + "close_log_odds"),
        )

    def init_state(self, n: int) -> DragState:
        """State arrays for `n` ships."""
        return new_state(n)

    def screen(self, batch: Enriched, state: DragState, around: Surroundings) -> Rows:
        """Candidates of a batch."""
        s = self._settings
        look, hot, most, gap = (int(value * 1000) for value in (s.look_s, s.hot_s, s.longest_s, s.gap_s))
        least = math.log(SLOW_SHARE * s.least_before_kn)
        return collect(
            len(batch.slot),
            lambda begin, out: screen(
                begin, batch, state, s.screen_loss, s.screen_skew_deg, least, look, hot, most, gap, out
            ),
        )

    def silent(self, state: DragState, until_t: int, around: Surroundings) -> Rows | None:
        """A gap in her reports closes the finding."""
        if not (state.since != NO_TIME).any():
            return None
        gap = int(self._settings.gap_s * 1000)
        return collect(len(state.last_t), lambda begin, out: silent(begin, state, until_t, gap, out))

    def on_tick(self, tick: Tick, view: FleetView, around: Surroundings, state: DragState) -> list[Change]:
        """Looks as openings, revisions and ends of findings."""
        changes: list[Change] = []
        rows = tick.rows
        for k in range(len(rows.t)):
            slot, t = int(rows.slot[k]), int(rows.t[k])
            if int(rows.code[k]) == CLOSE:
                if state.start_t[slot] != NO_TIME:
                    changes.append(self._close(slot, t, state))
                continue
            change = self._look(slot, t, rows.v[k], view, around, state)
            if change is not None:
                changes.append(change)
        return changes

    def _look(
        self, slot: int, t: int, v: F64, view: FleetView, around: Surroundings, state: DragState
    ) -> Change | None:
        s = self._settings
        track = view.track(slot, t - LOOK_BACK_MS, t + 1)
        # a sea without places is a made-up one: what real ships did at these coordinates says nothing of it
        lanes = self.model.lanes if around.places is not None else _NOWHERE
        x = extract(series_of(track), np.array([t / 1000.0]), lanes=lanes)
        if math.isnan(x[0, INDEX["loss"]]):
            state.score[slot] = np.nan
            return None
        if self.model.asks_place(x):
            x[:, -2:] = place_of(np.array([v[0]]), np.array([v[1]]), around.places, around.land)
        dip, _, crossed_s = timed_dip(x[0], track, around.assets.index, t / 1000.0)
        now = max(float(self.model.log_odds(x)[0]), dip)
        before = float(state.score[slot])
        state.score[slot] = now
        held = min(now, before) if not math.isnan(before) else -math.inf
        fresh = state.start_t[slot] == NO_TIME
        under_way = _of(x[0], "before_kn") >= s.least_before_kn and _of(x[0], "now_kn") >= STOPPED_KN
        if fresh and (held < s.open_log_odds or not under_way):
            return None
        if _adrift(track, t) or _of(x[0], "skew_step_deg") > SWUNG_DEG:
            held, now = -math.inf, -math.inf
        level, speed = math.log(_of(x[0], "before_kn")), math.log(max(_of(x[0], "now_kn"), 0.1))
        ended_s = stop_ended_s(track)
        if ended_s > t / 1000.0 - _of(x[0], "onset_age_min") * 60.0:
            # the model was taught no stops and takes one for a loss; her speed after it says what is lost
            held = min(held, dip if fresh else max(dip, float(state.told[slot])))
            restart = restart_of(track)
            if restart is not None and not restart.slower:
                now = dip
        if fresh:
            if held < s.open_log_odds:
                return None
            state.start_t[slot] = t - int(_of(x[0], "onset_age_min") * 60_000.0)
            state.told[slot], state.level[slot], state.lost[slot] = held, level, _of(x[0], "loss")
            state.low_since[slot] = NO_TIME
            return self._say("open", slot, t, held, x[0], (dip, crossed_s), track, v, view, around, state)
        # the evidence ages out of the look-back: while she has not regained her speed, the finding stays open
        regained = speed > state.level[slot] - 0.5 * state.lost[slot] or speed < math.log(STOPPED_KN)
        if now >= s.close_log_odds or not (regained or now == -math.inf):
            state.low_since[slot] = NO_TIME
        elif state.low_since[slot] == NO_TIME:
            state.low_since[slot] = t
        elif t - state.low_since[slot] >= s.close_s * 1000:
            return self._close(slot, t, state)
        restart = self._restarted(slot, t, ended_s, track, state)
        if restart is not None:
            told = float(state.told[slot])
            return self._say("update", slot, t, told, x[0], (0.0, 0.0), track, v, view, around, state, restart)
        if held >= state.told[slot] + s.step_log_odds:
            state.told[slot], state.level[slot], state.lost[slot] = held, level, _of(x[0], "loss")
            return self._say("update", slot, t, held, x[0], (dip, crossed_s), track, v, view, around, state)
        return None

    def _restarted(self, slot: int, t: int, ended_s: float, track: Track, state: DragState) -> Restart | None:
        """Her speed after a stop since the open finding began, told once, when she has been under way for a while."""
        if not ended_s * 1000.0 > state.start_t[slot] or t / 1000.0 - ended_s < TOLD_AFTER_S:
            return None
        if state.stop_told[slot] == int(ended_s * 1000.0):
            return None
        restart = restart_of(track)
        if restart is not None:
            state.stop_told[slot] = int(ended_s * 1000.0)
        return restart

    def _close(self, slot: int, t: int, state: DragState) -> Change:
        start = int(state.start_t[slot])
        state.start_t[slot] = NO_TIME
        state.low_since[slot] = NO_TIME
        state.told[slot] = np.nan
        return Change(action="close", kind="anchor_out", slot=slot, asset=-1, start_t=start, t=t, end_t=t)

    def _say(
        self,
        action: str,
        slot: int,
        t: int,
        log_odds: float,
        x: F64,
        dip: tuple[float, float],
        track: Track,
        v: F64,
        view: FleetView,
        around: Surroundings,
        state: DragState,
        restart: Restart | None = None,
    ) -> Change:
        on_bottom, depth, sigma, method = _bottom(slot, v, view, around)
        start_t = int(state.start_t[slot])
        measured = [
            Uncertain(
                name="chance",
                value=chance(log_odds, self._prior, on_bottom),
                unit="1",
                method=f"drag model {self.model.hash}; prior log-odds {self._prior:g}",
            ),
            Uncertain(
                name="log_odds", value=log_odds, unit="ln odds", method="held over two looks, before the prior"
            ),
            *(_lost(x) if restart is None else _lost_over(restart, (t - start_t) / 1000.0)),
            measure.angle("heading_step", _of(x, "skew_step_deg"), 1.0, "heading minus course across the onset"),
            measure.angle("turned", _of(x, "turn_deg"), 2.0, "course across the onset"),
            Uncertain(name="depth", value=depth, unit="m", sigma=sigma, method=method),
            measure.share("on_bottom", on_bottom, method="her anchor reaches the bottom: chain towed in a flow"),
        ]
        if dip[0] > 0.0:
            after = (t / 1000.0 - _of(x, "dip_age_min") * 60.0) - dip[1]
            depth_of = 1.0 - math.exp(-_of(x, "dip"))
            measured.append(measure.share("dip", depth_of, method="deepest minutes against both shoulders"))
            measured.append(
                measure.duration("dip_after_crossing", after, 60.0, "begin of the dip after the crossing")
            )
            text = "a dip of speed timed to her crossing of an asset; stands for the model's terms where it is more"
            measured.append(Uncertain(name="term.timed dip", value=dip[0], unit="ln odds", method=text))
        if restart is None:
            measured += [
                Uncertain(name=f"term.{family}", value=weight, unit="ln odds", method=text)
                for family, weight, text in self.model.terms(x)
            ]
        seen, benign = _seen(track, t, restart)
        measured += seen
        return Change(
            action="open" if action == "open" else "update",
            kind="anchor_out",
            slot=slot,
            asset=-1,
            start_t=start_t,
            t=t,
            measured=tuple(measured),
            thresholds=self._thresholds,
            benign=benign,
            model_hash=self.model.hash,
        )


def _lost(x: F64) -> tuple[Uncertain, ...]:
    """What she has lost since the likeliest onset, as the model reads it."""
    loss, z = _of(x, "loss"), _of(x, "loss_z")
    share = 1.0 - math.exp(-loss)
    return (
        measure.share(
            "loss", share, abs(loss / z) * (1.0 - share) if z else None, "log speed before the onset and since"
        ),
        measure.speed("expected_speed", _of(x, "before_kn"), method="mean of up to 45 min before the onset"),
        measure.speed("speed", _of(x, "now_kn"), method="mean of the last 5 min"),
        measure.duration("duration", _of(x, "onset_age_min") * 60.0, method="since the likeliest onset"),
    )


def _lost_over(restart: Restart, duration_s: float) -> tuple[Uncertain, ...]:
    """What she has lost over a stop: the minutes that she lay still are no loss under way."""
    left = math.exp(restart.change)
    return (
        measure.share("loss", max(0.0, 1.0 - left), restart.sigma * left, "log speed before a stop and after it"),
        measure.speed(
            "expected_speed",
            restart.before_kn,
            method="before the stop, the faster of its last 45 min and the 75 before",
        ),
        measure.speed("speed", restart.before_kn * left, method="mean since she gathered way"),
        measure.duration("duration", duration_s, method="since the finding's onset"),
    )


def _seen(track: Track, t: int, restart: Restart | None) -> tuple[list[Uncertain], tuple[Reason, ...]]:
    """Her speed on both sides of a stop, which the risk weighs; a status that disagrees with her way, which it does
    not."""
    seen: list[Uncertain] = []
    benign: tuple[Reason, ...] = ()
    if restart is not None:
        share = math.expm1(restart.change)
        seen.append(measure.share("after_stop", share, restart.sigma * (1.0 + share), restart.told))
    code, part = status_against(track, t)
    if code >= 0:
        told = f"she says that she is {SAYS[code]} while she makes way"
        seen.append(measure.share("status_disagrees", part, method=told))
        seen.append(Uncertain(name="term.status", value=0.0, unit="ln odds", method=f"{told}; often left over"))
        if code == NOT_UNDER_COMMAND:
            benign = (Reason(text="she says that she is not under command", measure="status_disagrees"),)
    return seen, benign


def _adrift(track: Track, t: int) -> bool:
    """Whether over the last ten minutes she moved more across her bow than a towed pull can turn her: adrift."""
    recent = track.t > t - ADRIFT_MS
    angle = np.abs((track.heading_deg[recent] - track.cog_deg[recent] + 180.0) % 360.0 - 180.0)
    known = angle[np.isfinite(angle)]
    if len(known) < 3:
        return False
    slow = float(np.nanmedian(track.sog_kn[recent])) < ADRIFT_KN
    return float(np.median(known)) > (ADRIFT_SLOW_DEG if slow else ADRIFT_DEG)


def _of(x: F64, name: str) -> float:
    return float(x[INDEX[name]])


def _bottom(
    slot: int, v: F64, view: FleetView, around: Surroundings
) -> tuple[float, float | None, float | None, str]:
    """Chance that her anchor reaches the bottom here, the depth with its error, and how both were come by."""
    if around.depth is None:
        return math.nan, None, None, "no depth at hand"
    depth, sigma = around.depth.depth_m(np.array([v[0]]), np.array([v[1]]))
    if math.isnan(depth[0]):
        return math.nan, None, None, "depth not known here"
    static = view.static(slot)
    if static is None:
        outfit = equipment_of()
    else:
        kind = ship_class(static.ship_type, static.type_text)
        outfit = equipment_of(kind, length_m=static.length_m, breadth_m=static.breadth_m, draught_m=static.draught_m)
    reached = chance_for(outfit, float(v[2]), float(depth[0]), float(sigma[0]))
    return reached, float(depth[0]), float(sigma[0]), f"depth grid; {outfit.method}"
