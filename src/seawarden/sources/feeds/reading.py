"""From what a line brings to batches; and the counts that are kept beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from seawarden.model.batch import Batch, Catalogue
from seawarden.sources.feeds.failure import Condition
from seawarden.sources.feeds.link import Chunk


class Reading(msgspec.Struct, kw_only=True):
    """A batch with what was seen beside it."""

    batch: Batch
    copies: int = 0
    """Records that came again, to the letter, and were left out."""
    ahead: int = 0
    """Records whose clock was ahead of ours; they got the time of their reception."""
    ours: bool = False
    """Whether the times are those of reception, because its own are not to be believed."""
    problem: str = ""
    """Why none of this can be used, in a sentence: a key that is not valid, an answer of another form."""
    condition: Condition = "protocol"
    """The same in a word."""


class Reader(Protocol):
    """Makes batches of chunks, with names of its own catalogue."""

    catalogue: Catalogue

    def take(self, chunks: Sequence[Chunk]) -> Reading:
        """Positions, static reports and rejects of these chunks, in order of arrival."""
        ...

    def reset(self) -> None:
        """The line was opened anew: half a record at the end of the old one is lost."""
        ...
