"""The shell that behaviours of single ships share: their candidates come one by one, and each judges them alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from seawarden.behaviours.emit import Buffer, collect
from seawarden.model.error import Uncertain
from seawarden.model.finding import Change
from seawarden.model.position import F64
from seawarden.ports import FleetView, Rows, State, Surroundings, Tick


class Candidate(NamedTuple):
    """One row of a screen: see `ports.Rows`."""

    t: int
    slot: int
    code: int
    asset: int
    start_t: int
    v: F64

    def closes(self, kind: str, *measured: Uncertain) -> Change:
        """The end of a finding of this kind, at the candidate's time."""
        return Change(
            action="close", kind=kind, slot=self.slot, asset=self.asset, start_t=self.start_t, t=self.t, end_t=self.t,
            measured=measured,
        )  # fmt: skip


class Judged:
    """Base of a behaviour that judges each candidate by itself; it adds its screen and `judge`."""

    def silent(self, state: State, until_t: int, around: Surroundings) -> Rows | None:
        """Nothing comes from silence alone."""
        return None

    def on_tick(self, tick: Tick, view: FleetView, around: Surroundings, state: State) -> list[Change]:
        """What the candidates of a tick are judged to be, in their order."""
        rows = tick.rows
        columns: list[list[Any]] = [column.tolist() for column in rows[:-1]]
        return [
            change
            for *row, v in zip(*columns, rows.v, strict=True)
            for change in self.judge(Candidate._make((*row, v)), view, around, state)
        ]

    def judge(self, one: Candidate, view: FleetView, around: Surroundings, state: State) -> Iterable[Change]:
        """The changes of findings that a candidate makes."""
        raise NotImplementedError


def ended(open_: npt.NDArray[np.bool_], run: Callable[[int, Buffer], int]) -> Rows | None:
    """What a kernel over all ships gives when any finding is open, (ships,): most of the time none is."""
    return collect(len(open_), run) if open_.any() else None
