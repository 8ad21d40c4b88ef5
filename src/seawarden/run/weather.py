"""Weather into the stream: which nodes of a grid a run needs, each sample before the positions it is older than."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from seawarden.model.asset import Asset
from seawarden.model.batch import Batch
from seawarden.model.event import WeatherSample
from seawarden.model.position import NO_TIME
from seawarden.sources.weather import Area

MARGIN_DEG: Final = 1.0
"""Grids of up to 2 degrees have a node in every box; ships are looked at within some miles of an asset."""
BEFORE_MS: Final = 30 * 3_600_000
"""Samples from 30 hours before the first position on: a ship's loss is compared with what was before it."""


def area_of(assets: Sequence[Asset], margin_deg: float = MARGIN_DEG) -> Area:
    """Boxes around every stretch of every asset."""
    boxes: set[tuple[float, float, float, float]] = set()
    for asset in assets:
        for part in asset.current.parts:
            for (x1, y1), (x2, y2) in pairwise(part):
                if abs(x2 - x1) > 180.0:
                    x1, x2 = max(x1, x2), min(x1, x2) + 360.0
                # on whole degrees, so that the thousands of short stretches of a route become few boxes
                west, east = math.floor(min(x1, x2) - margin_deg), math.ceil(max(x1, x2) + margin_deg)
                boxes.add((math.floor(min(y1, y2) - margin_deg), west, math.ceil(max(y1, y2) + margin_deg), east))
    return sorted(boxes)


def weathered(batches: Iterable[Batch], samples: Iterator[WeatherSample]) -> Iterator[Batch]:
    """The batches, each with all samples up to its newest position beside it.

    Args:
        batches: in order of arrival.
        samples: in order of time.
    """
    newest = NO_TIME
    waiting = next(samples, None)
    for batch in batches:
        if waiting is None or not len(batch.positions.t):
            yield batch
            continue
        first = int(batch.positions.t.min()) - BEFORE_MS
        newest = max(newest, int(batch.positions.t.max()))
        due: list[WeatherSample] = []
        while waiting is not None and waiting.t <= newest:
            if waiting.t >= first:
                due.append(waiting)
            waiting = next(samples, None)
        yield msgspec.structs.replace(batch, events=[*batch.events, *due]) if due else batch
