"""Two ways of putting the same things together, held against each other pair by pair.

Of all pairs of messages under one number: how many does the answer put together or apart as the truth does? Counts
come from the table of (truth, answer), so that no pair is ever formed (Hubert and Arabie 1985).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from seawarden.model.position import F64, I64
from seawarden.simulate.draws import generator

DRAWS = 2_000
LEVEL = 0.95


class Pairs(NamedTuple):
    """Counts of pairs within one number."""

    all: int
    together: int
    """Together by truth and answer."""
    expected: int
    """Together by the truth."""
    answered: int
    """Together by the answer."""

    @property
    def agreed(self) -> int:
        """Put the same way by both."""
        return self.all - self.expected - self.answered + 2 * self.together


def pairs(expected: Sequence[Hashable], answered: Sequence[Hashable]) -> Pairs:
    """Count pairs of the same messages, labelled twice.

    Args:
        expected: (n,) labels.
        answered: (n,) labels.
    """
    both = Counter(zip(expected, answered, strict=True))
    return Pairs(_two(len(expected)), _within(both), _within(Counter(expected)), _within(Counter(answered)))


class Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """A share with its interval from resampling numbers (MMSIs), 95 per cent."""

    value: float | None
    low: float | None
    high: float | None


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """How far an answer agrees with the truth."""

    pairwise_agreement: Ratio
    """Pairs put together or apart alike, all numbers pooled."""
    pairwise_agreement_macro: Ratio
    """Mean over numbers of the same share."""
    pairwise_precision: Ratio
    """Of pairs put together by the answer: together in truth."""
    pairwise_recall: Ratio
    """Of pairs together in truth: put together by the answer."""


def agreement(counts: Sequence[Pairs]) -> Agreement:
    """Sum up over numbers; those with fewer than two labelled messages hold no pair and count nowhere.

    Args:
        counts: one a number (MMSI).
    """
    rows = np.array([(c.agreed, c.all, c.together, c.answered, c.expected) for c in counts if c.all], dtype=np.int64)
    rows = rows.reshape(-1, 5)
    agreed, every, together, answered, expected = (np.ascontiguousarray(column) for column in rows.T)
    share = np.rint(agreed / np.maximum(every, 1) * 1e12).astype(np.int64)
    return Agreement(
        pairwise_agreement=_ratio(agreed, every),
        pairwise_agreement_macro=_ratio(share, np.full(len(rows), 10**12, dtype=np.int64)),
        pairwise_precision=_ratio(together, answered),
        pairwise_recall=_ratio(together, expected),
    )


def _ratio(top: I64, bottom: I64) -> Ratio:
    below = int(bottom.sum())
    if below == 0:
        return Ratio(value=None, low=None, high=None)
    n = len(top)
    draws = generator("pairs", n).multinomial(n, np.full(n, 1.0 / n), size=DRAWS).astype(np.float64)
    under = draws @ bottom
    shares: F64 = (draws @ top)[under > 0] / under[under > 0]
    low, high = np.quantile(shares, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Ratio(value=round(int(top.sum()) / below, 6), low=round(float(low), 6), high=round(float(high), 6))


def _two(n: int) -> int:
    return n * (n - 1) // 2


def _within(counts: Counter[Hashable] | Counter[tuple[Hashable, Hashable]]) -> int:
    return sum(_two(n) for n in counts.values())
