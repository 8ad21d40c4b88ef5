"""Declared state arrays: how a NamedTuple of arrays is grown, copied, cut to one row and put back."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

StateT = TypeVar("StateT", bound=tuple[Any, ...])


def build(state: type[StateT], columns: list[Any]) -> StateT:
    """A NamedTuple of this type from its columns in order."""
    return cast(StateT, cast(Any, state)._make(columns))


def grow(state: StateT, blank: StateT, n: int) -> StateT:
    """The state with its rows first and `blank`'s rows behind them, `n` in all.

    Args:
        state: arrays of shape (m, ...), m <= n.
        blank: a fresh state of shape (n, ...) of the same type.
        n: number of rows wanted.
    """
    columns = []
    for old, new in zip(state, blank, strict=True):
        new[: len(old)] = old
        columns.append(np.ascontiguousarray(new[:n]))
    return build(type(state), columns)


def copy(state: StateT) -> StateT:
    """A deep copy of the arrays."""
    return build(type(state), [np.array(column, copy=True, order="C") for column in state])


def rows(state: StateT, index: npt.NDArray[np.integer[Any]]) -> StateT:
    """The named rows as a fresh state."""
    return build(type(state), [np.ascontiguousarray(column[index]).copy() for column in state])


def put(state: StateT, index: npt.NDArray[np.integer[Any]], source: StateT, count: int) -> None:
    """Write the first `count` rows of `source` over the named rows of `state`, in place."""
    for column, values in zip(state, source, strict=True):
        column[index] = values[:count]
