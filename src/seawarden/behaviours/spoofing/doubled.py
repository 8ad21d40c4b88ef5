"""Positions under one number that no one ship can have been at: a jump that holds, a scatter, two places at once.

All of one number's tracks are in one shard, so that this is a single-ship behaviour. The tracks stage starts a second
track for a position that the first can't have reached, and believes it when several hold together. Then: the old
place fell silent, and it is a jump; or both went on in turn, and two transmitters use one number, or one is forged.
Several impossible positions within minutes that do not hold together are a scatter, as a receiver makes that has
lost its satellites.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from seawarden.behaviours import measure
from seawarden.behaviours.emit import collect
from seawarden.behaviours.judged import Candidate, Judged
from seawarden.behaviours.spoofing.doubled_kernel import (
    BOTH,
    END,
    JUMPED,
    SCATTERED,
    TAKE_BACK,
    DoubledState,
    blank,
    screen_doubled,
    silent_doubled,
)
from seawarden.behaviours.spoofing.place import place
from seawarden.model.error import Uncertain
from seawarden.model.finding import Change, Reason, Threshold
from seawarden.model.position import F64, NO_TIME
from seawarden.ports import Enriched, FleetView, Rows, Spec, Surroundings
from seawarden.settings_integrity import DoubledSettings

KINDS: Final = ("position_jump", "shared_number", "scattered_positions")


class Doubled(Judged):
    """Jumps, scatters, and two at once under one number."""

    spec = Spec(
        name="doubled",
        kinds=KINDS,
        scope="ship",
        title="Positions under one number that no one ship can have been at: a jump, a scatter, two places at once.",
        inputs=("t", "lat", "lon", "trust"),
        look_back_s=1800,
    )

    def __init__(self, settings: DoubledSettings) -> None:
        self._settings = s = settings
        where = "integrity.doubled."
        self._thresholds = (
            Threshold(name="fixes", value=s.least_fixes, unit="1", setting=where + "least_fixes"),
            Threshold(name="silence at the old place", value=s.silent_s, unit="s", setting=where + "silent_s"),
            Threshold(name="changes of place", value=s.turns, unit="1", setting=where + "turns"),
            Threshold(name="distance", value=s.least_m, unit="m", setting=where + "least_m"),
        )
        self._scatter = (
            Threshold(name="impossible positions", value=s.scatter, unit="1", setting=where + "scatter"),
            Threshold(name="span", value=s.scatter_s, unit="s", setting=where + "scatter_s"),
        )

    def init_state(self, n: int) -> DoubledState:
        """State arrays for `n` tracks."""
        return blank(n)

    def screen(self, batch: Enriched, state: DoubledState, around: Surroundings) -> Rows:
        """Candidates of a batch."""
        s = self._settings
        return collect(
            len(batch.slot),
            lambda begin, out: screen_doubled(
                begin, batch, state, s.least_fixes, int(s.silent_s * 1000), float(s.silent_intervals), s.turns,
                int(s.window_s * 1000), float(s.least_m), s.scatter, int(s.scatter_s * 1000), out,
            ),
        )  # fmt: skip

    def silent(self, state: DoubledState, until_t: int, around: Surroundings) -> Rows | None:
        """What was said ends when one of the two places falls silent, or nothing impossible comes any more."""
        if not (state.opened.any() or (state.wild_since != NO_TIME).any()):
            return None
        s = self._settings
        window_ms, scatter_ms = int(s.window_s * 1000), int(s.scatter_s * 1000)
        return collect(
            len(state.mmsi), lambda begin, out: silent_doubled(begin, state, until_t, window_ms, scatter_ms, out)
        )

    def judge(self, one: Candidate, view: FleetView, around: Surroundings, state: DoubledState) -> Iterator[Change]:
        """Jumps, scatters and shared numbers as findings; a jump that turns out to be two at once is taken back."""
        code, t, start = one.code, one.t, one.start_t
        closing = END <= code < TAKE_BACK
        kind = KINDS[JUMPED if code == TAKE_BACK else code % END]
        scattered = kind == KINDS[SCATTERED]
        yield Change(
            action="retract" if code == TAKE_BACK else "close" if closing else "open",
            kind=kind, slot=one.slot, asset=-1, start_t=start, t=t, end_t=t if closing else None,
            measured=_scatter(one.v) if scattered else _pair(one.v, (t - start) / 1000),
            thresholds=self._scatter if scattered else self._thresholds,
            benign=() if closing or code == TAKE_BACK else _instead(kind),
        )  # fmt: skip


def _pair(v: F64, lasted_s: float) -> tuple[Uncertain, ...]:
    return (
        measure.distance(float(v[0]), 30.0, "apart", "from the last report of the older track to the first of this"),
        measure.speed("implied_speed", float(v[1]), None, "of that step"),
        measure.duration("step", float(v[2])),
        measure.duration("duration", lasted_s),
        place("from_lat", float(v[3])),
        place("from_lon", float(v[4])),
        place("to_lat", float(v[5])),
        place("to_lon", float(v[6])),
        measure.share("fixes", float(v[7]), method="positions of this track"),
        measure.share("changes", float(v[8]), method="impossible changes of place, there and back"),
    )


def _scatter(v: F64) -> tuple[Uncertain, ...]:
    return (
        measure.distance(float(v[0]), 30.0, "apart", "farthest of them from the track"),
        place("from_lat", float(v[3])),
        place("from_lon", float(v[4])),
        place("to_lat", float(v[5])),
        place("to_lon", float(v[6])),
        measure.share("fixes", float(v[7]), method="impossible positions"),
    )


def _instead(kind: str) -> tuple[Reason, ...]:
    if kind == KINDS[BOTH]:
        return (Reason(text="two ships may have been given one number, or one of them was set up wrongly"),)
    return (Reason(text="satellite navigation fails near jammers, and receivers on board break"),)
