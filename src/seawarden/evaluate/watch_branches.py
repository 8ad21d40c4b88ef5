"""The tracks that the watch itself follows under one number, for comparison with other ways to tell ships apart."""

from __future__ import annotations

from typing import Final

import numpy as np

from seawarden.evaluate.identity_truth import Truth
from seawarden.model.position import make_positions
from seawarden.settings import Settings
from seawarden.tracks.assign import assign, rules_of
from seawarden.tracks.state import init_state, init_table

_MMSI: Final = 1
DAY_MS: Final = 86_400_000
"""Silence that ends a segment in the labels."""


def branches(truth: Truth) -> list[int]:
    """Number of the watch's track for each message; one of its own where it has none.

    Messages without a place have none; a copy that the watch merges goes where the first went. The watch keeps the
    row of a ship that comes back after a day, so that a day of silence parts what is told of her.

    Args:
        truth: messages of one MMSI in order of time.
    """
    rows = [row for row, message in enumerate(truth.messages) if message.placed]
    seen = [truth.messages[row] for row in rows]
    n = len(seen)
    p = make_positions(
        n,
        t=[m.t for m in seen],
        mmsi=_MMSI,
        lat=[m.lat for m in seen],
        lon=[m.lon for m in seen],
        sog_kn=[m.sog_kn for m in seen],
        cog_deg=[m.cog_deg for m in seen],
        seq=np.arange(n),
    )
    rules = rules_of(Settings().tracks)
    slot = np.full(n, -1, dtype=np.int32)
    byte = [np.zeros(n, dtype=np.int8) for _ in range(3)]
    single = [np.full(n, np.nan, dtype=np.float32) for _ in range(4)]
    assign(
        0, p, init_state(n + 1), init_table(16), rules, slot, byte[0], byte[1], np.zeros(n, dtype=np.int64),
        np.full(n, np.nan), np.full(n, np.nan), single[0], single[1], byte[2], single[2], single[3],
    )  # fmt: skip
    answer = [len(truth.messages) + row for row in range(len(truth.messages))]
    first: dict[tuple[float, float], int] = {}
    heard: dict[int, tuple[int, int]] = {}
    for row, number, copied, message in zip(rows, slot.tolist(), byte[1].tolist(), seen, strict=True):
        place = (message.lat, message.lon)
        if copied:
            answer[row] = first[place]
        elif number >= 0:
            last_t, spell = heard.get(number, (message.t, 0))
            spell += message.t - last_t > DAY_MS
            heard[number] = message.t, spell
            answer[row] = first[place] = number - spell * (n + 1)
    return answer
