"""Traffic norms from past positions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from seawarden.model.batch import Catalogue
from seawarden.model.error import SourceError
from seawarden.model.position import Positions, concat
from seawarden.sources.door import open_source
from seawarden.surroundings.norms import Norms
from seawarden.surroundings.norms_learn import Counter


def train_norms(sources: Sequence[str | Path], columns: Mapping[str, str] | None = None) -> Norms:
    """Learn how ships pass each stretch of sea.

    Args:
        sources: files, folders or patterns of positions; each is held in memory as a whole.
        columns: field to column, for tables that are not recognised.

    Raises:
        SourceError: a source can't be opened, or none holds a passage.
    """
    counter = Counter()
    for uri in sources:
        parts: list[Positions] = []
        types: dict[int, int] = {}
        for batch in open_source(uri, catalogue=Catalogue(), columns=columns).batches():
            parts.append(batch.positions)
            types.update({static.mmsi: static.ship_type for static in batch.statics if static.ship_type})
        if parts:
            counter.take(concat(parts), types)
    if not counter.passages:
        raise SourceError("the sources hold no passage: positions of one ship, one after another, are needed")
    return counter.norms({"sources": ", ".join(Path(str(uri)).name for uri in sources)})
