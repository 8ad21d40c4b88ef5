"""How well a stretch of an asset is watched: observed, thin, unobserved or jammed, as records of change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

WatchWord = Literal["observed", "thin", "unobserved", "jammed"]
WORDS: Final[tuple[WatchWord, ...]] = ("observed", "thin", "unobserved", "jammed")
"""In the order of their codes."""
WATCH_RIGHT: Final = "watch_state"
"""The right without which nobody is told where the watch is blind: it shows where to strike."""


class WatchChange(msgspec.Struct, frozen=True, kw_only=True):
    """From a time on, a stretch of an asset is watched otherwise than before."""

    asset: str
    """Id of the asset."""
    kp_from_km: float
    kp_to_km: float
    state: WatchWord
    since_t: int
    """Event time from which it holds, ms."""
    known_t: int
    """When we knew, ms: a feed is known to be down only some time after its last delivery."""


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of one asset that is watched alike."""

    kp_from_km: float
    kp_to_km: float
    state: WatchWord
    since_t: int | None
    """ms; None: from before the first record."""


def stretches_at(
    changes: Iterable[WatchChange], length_km: float, at: int, *, hindsight: bool = False
) -> tuple[Stretch, ...]:
    """The stretches of one asset at a time, in order of KP; neighbours that are alike since the same time are one.

    Args:
        changes: of that asset, in the order in which they became known.
        length_km: of the asset.
        at: ms.
        hindsight: also take what became known later, where it holds from before that time.
    """
    edges = [0.0, max(length_km, 0.0)]
    state: list[tuple[WatchWord, int | None]] = [("unobserved", None)]
    for change in changes:
        if (change.since_t if hindsight else change.known_t) > at:
            continue
        for edge in (change.kp_from_km, change.kp_to_km):
            if edge in edges or not 0.0 < edge < edges[-1]:
                continue
            k = next(i for i, value in enumerate(edges) if value > edge)
            edges.insert(k, edge)
            state.insert(k, state[k - 1])
        for k in range(len(state)):
            if change.kp_from_km <= edges[k] and edges[k + 1] <= change.kp_to_km:
                state[k] = (change.state, change.since_t)
    out: list[Stretch] = []
    for k, (word, since) in enumerate(state):
        if out and (out[-1].state, out[-1].since_t) == (word, since):
            out[-1] = msgspec.structs.replace(out[-1], kp_to_km=edges[k + 1])
        else:
            out.append(Stretch(kp_from_km=edges[k], kp_to_km=edges[k + 1], state=word, since_t=since))
    return tuple(out)
