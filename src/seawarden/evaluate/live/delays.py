"""How long it took from a record to the alert that it caused, as the page clients saw it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import numpy as np

from seawarden.evaluate.live.readers import Heard
from seawarden.evaluate.live.waters import CAUSE

BOUNDS_S: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 10.0, 12.0, 15.0, 20.0, 30.0)
"""Upper bounds of the classes; the last class has none."""

SLOWEST: Final = 5
"""Alerts that are told one by one."""


class Delays(msgspec.Struct, kw_only=True):
    """Times, each seen by one client for one alert."""

    n: int
    p50_s: float | None = None
    p90_s: float | None = None
    p99_s: float | None = None
    most_s: float | None = None
    counts: list[int]
    """By class of `BOUNDS_S`, the one beyond the last bound included."""


class Slow(msgspec.Struct, kw_only=True):
    """One of the slowest alerts; times in s after the moment at which the record that caused it was due."""

    mmsi: int
    received_s: float
    tick_end_s: float
    known_s: float
    """The end of the tick from which the alert is known."""
    arrived_s: float


class AlertDelays(msgspec.Struct, kw_only=True):
    """Alerts of the planted ships, and how late they were."""

    planted: int
    """Ships that had to raise an alert."""
    alerted: int
    """Of these, ships of which every client heard."""
    missed: list[int]
    """MMSI of the others."""
    from_record: Delays
    """From the reception of the record that caused it to its arrival at a client: the rest of the tick included."""
    beyond_tick: Delays
    """From the end of that record's tick to the arrival; what the run waits for late records is within."""
    from_due: Delays
    """From the moment at which the record was due to be sent: buffers of the network included."""
    received_after: Delays
    """From that moment to its reception."""
    slowest: list[Slow]


def delays_of(times_ms: Sequence[float]) -> Delays:
    """Exact quantiles, and counts by class.

    Args:
        times_ms: any number of times.
    """
    counts = [0] * (len(BOUNDS_S) + 1)
    for ms in times_ms:
        counts[bisect_left(BOUNDS_S, ms / 1000.0)] += 1
    if not times_ms:
        return Delays(n=0, counts=counts)
    # the value of an observed one, never a mean of two: the 99th of a hundred
    p50, p90, p99 = np.quantile(np.array(times_ms) / 1000.0, (0.5, 0.9, 0.99), method="higher").tolist()
    return Delays(
        n=len(times_ms), p50_s=round(p50, 3), p90_s=round(p90, 3), p99_s=round(p99, 3),
        most_s=round(max(times_ms) / 1000.0, 3), counts=counts,
    )  # fmt: skip


def alert_delays(
    heard: Sequence[Heard],
    causes: Mapping[int, Sequence[int]],
    due: Mapping[int, int],
    *,
    clients: int,
    tick_ms: int,
) -> AlertDelays:
    """Times of the planted alerts.

    Args:
        heard: all that the clients heard, in any order.
        causes: times of reception of the changed reports of each planted ship, ms, in order.
        due: when the report that causes the alert was due to be sent, ms, by MMSI; all planted ships are in it.
        clients: how many must have heard.
        tick_ms: length of the tick.
    """
    first: dict[tuple[int, int], Heard] = {}
    for item in heard:
        if item.mmsi in due and item.known_from_t >= due[item.mmsi] // tick_ms * tick_ms:
            held = first.get((item.client, item.mmsi))
            if held is None or item.arrived_t < held.arrived_t:
                first[item.client, item.mmsi] = item
    by_ship: dict[int, list[Heard]] = {}
    for (_, mmsi), item in first.items():
        by_ship.setdefault(mmsi, []).append(item)
    received = {mmsi: times[CAUSE] for mmsi, times in causes.items() if len(times) > CAUSE and mmsi in due}
    missed = [mmsi for mmsi in sorted(due) if len(by_ship.get(mmsi, ())) < clients or mmsi not in received]
    ends = {mmsi: (t // tick_ms + 1) * tick_ms for mmsi, t in received.items()}
    seen = [(mmsi, item) for mmsi, items in by_ship.items() if mmsi in received for item in items]
    return AlertDelays(
        planted=len(due),
        alerted=len(due) - len(missed),
        missed=missed,
        from_record=delays_of([item.arrived_t - received[mmsi] for mmsi, item in seen]),
        beyond_tick=delays_of([item.arrived_t - ends[mmsi] for mmsi, item in seen]),
        from_due=delays_of([item.arrived_t - due[mmsi] for mmsi, item in seen]),
        received_after=delays_of([received[mmsi] - due[mmsi] for mmsi in received]),
        slowest=[
            Slow(
                mmsi=mmsi,
                received_s=(received[mmsi] - due[mmsi]) / 1000.0,
                tick_end_s=(ends[mmsi] - due[mmsi]) / 1000.0,
                known_s=(item.known_from_t - due[mmsi]) / 1000.0,
                arrived_s=(item.arrived_t - due[mmsi]) / 1000.0,
            )
            for mmsi, item in sorted(
                {mmsi: max(by_ship[mmsi], key=lambda item: item.arrived_t) for mmsi, _ in seen}.items(),
                key=lambda pair: ends[pair[0]] - pair[1].arrived_t,
            )[:SLOWEST]
        ],
    )
