"""A drill: a simulated drag under a reserved number, begun by a named person, that ends by itself.

Nothing here is kept: the acts `drill` and `drill_end` in the ledger are, and the drills of any moment are made of
them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from seawarden.model.event import OperatorAction

EXERCISE_MMSI: Final = range(999_000_500, 999_000_900)
"""Numbers of ships in drills. No station can carry one: no maritime identification digits begin with 9
(ITU-R M.585)."""
EXERCISE: Final = "EXERCISE"
"""The word before every line and in every name of a drill."""
ACT: Final = "drill"
END: Final = "drill_end"
LEAST_MIN: Final = 15
MOST_MIN: Final = 240


class Drill(msgspec.Struct, frozen=True, kw_only=True):
    """One drill, as its acts tell it."""

    id: str
    t: int
    """When it was begun, and the anchor takes hold, event time, ms."""
    planned_end_t: int
    end_t: int
    """When it ended or will end: as planned, or earlier by an act."""
    actor: str
    asset: str
    """Id of the asset that the simulated ship drags across."""
    kp_km: float
    course_deg: float
    mmsi: int
    text: str = ""
    """Why, and who knows of it."""
    ended_by: str = ""
    """Who ended it early; empty when it ended by itself."""

    def runs(self, at: int) -> bool:
        """Whether it is on at a time."""
        return self.t <= at < self.end_t


def exercise_mmsi(mmsi: int) -> bool:
    """Whether a number belongs to a ship of a drill."""
    return mmsi in EXERCISE_MMSI


def drills_of(actions: Iterable[OperatorAction], at: int | None = None) -> list[Drill]:
    """The drills that acts tell of, oldest first.

    Args:
        actions: all that people did.
        at: event time, ms; later acts are left out. None: all.
    """
    held: dict[str, Drill] = {}
    for action in actions:
        if at is not None and action.t > at:
            continue
        if action.action == ACT:
            held[action.subject] = _begun(action)
        elif action.action == END and action.subject in held:
            drill = held[action.subject]
            if drill.t <= action.t < drill.end_t:
                held[drill.id] = msgspec.structs.replace(drill, end_t=action.t, ended_by=action.actor)
    return sorted(held.values(), key=lambda drill: (drill.t, drill.id))


def _begun(action: OperatorAction) -> Drill:
    d: dict[str, Any] = action.detail
    end = int(d["end_t"])
    return Drill(
        id=action.subject,
        t=action.t,
        planned_end_t=end,
        end_t=end,
        actor=action.actor,
        asset=str(d["asset"]),
        kp_km=float(d["kp_km"]),
        course_deg=float(d["course_deg"]),
        mmsi=int(d["mmsi"]),
        text=str(d.get("text", "")),
    )
