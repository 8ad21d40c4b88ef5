"""NMEA logs as a source: blocks of lines through the decoder, in order of arrival."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np

from seawarden.decode import Decoded, LogDecoder
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.position import I32, NO_TIME, Positions, take
from seawarden.model.reject import Reject
from seawarden.sources.line_blocks import LineBlocks
from seawarden.sources.pieces import Piece
from seawarden.sources.reasons import NOTES
from seawarden.sources.untimed import UntimedError

_HINT: Final = (
    "no tag block, $PGHP line, valid RMC or ZDA sentence, and no stamp before or after a sentence gives one; "
    "it can't be replayed. Log with a time to each sentence, or keep the receiver's RMC sentences in the log"
)


class NmeaLogSource:
    """A log of AIS sentences."""

    def __init__(self, name: str, piece: Piece, catalogue: Catalogue, chunk: int = 500_000) -> None:
        self.name = name
        self.ordered = True
        self.form = "nmea"
        self.notes: Counter[str] = Counter()
        """Counts that are no loss, by their slug; complete when the last batch was taken."""
        self._piece = piece
        self._catalogue = catalogue
        self._chunk = chunk

    @property
    def starts_t(self) -> int:
        """Earliest time at the beginning of the log, NO_TIME when there is none."""
        head = self._piece.head()
        lines = head[: head.rfind(b"\n") + 1]
        t = LogDecoder().feed(lines).positions.t if lines else np.zeros(0, dtype=np.int64)
        return int(t.min()) if len(t) else NO_TIME

    def batches(self) -> Iterator[Batch]:
        """Batches of at most `chunk` positions.

        Raises:
            UntimedError: positions, but no time for any of them; nothing was handed over before.
        """
        decoder = LogDecoder()
        totals: Counter[str] = Counter()
        waiting: list[Batch] | None = []
        seq = 0
        for decoded in self._decoded(decoder, totals):
            for batch in self._split(decoder, decoded, seq):
                if waiting is not None:
                    # nothing is handed over until something has a time
                    waiting.append(batch)
                    if len(batch.positions.t) or batch.statics:
                        yield from waiting
                        waiting = None
                else:
                    yield batch
            seq += len(decoded.positions.t)
        self.notes.update({name: count for name, count in totals.items() if name in NOTES})
        if waiting is None:
            return
        untimed = totals["untimed_positions"]
        if untimed:
            ships = self._untimed_ships()
            counts = {"records": totals["records"], "positions": untimed, "ships": ships}
            counts |= {name: totals[name] for name in ("untimed_statics", "not_a_ship", "other_type", "part")}
            raise UntimedError(
                f"{self._piece.name} holds {untimed} position reports of {ships} ships but no usable time: {_HINT}",
                counts,
            )
        yield from waiting

    def _decoded(self, decoder: LogDecoder, totals: Counter[str]) -> Iterator[Decoded]:
        blocks = LineBlocks(self._piece.chunks())
        for block in blocks:
            decoded = decoder.feed(block)
            totals.update(decoded.counts)
            yield decoded
        yield decoder.flush()
        if blocks.fault:
            # counted as one record more: how many are lost can't be known
            self._fault = Reject(
                file=self._piece.name, line=decoder.line + 1, reason="truncated", detail=blocks.fault[:200]
            )
            totals["records"] += 1
            yield msgspec.structs.replace(decoder.flush(), counts={"records": 1, "truncated": 1})

    def _split(self, decoder: LogDecoder, decoded: Decoded, seq: int) -> Iterator[Batch]:
        positions = self._placed(decoder, decoded.positions, seq)
        rejects = [
            Reject(file=self._piece.name, line=line.line, reason=line.reason, detail=line.text)
            for line in decoded.rejects
        ]
        if decoded.counts.get("truncated"):
            rejects.append(self._fault)
        receivers = self._receivers(decoder)
        source, file = int(self._catalogue.source(self.name)), self._catalogue.file(self._piece.name)
        statics = [
            msgspec.structs.replace(
                report,
                source=source,
                file=file,
                receiver=int(receivers[report.receiver]) if report.receiver >= 0 else -1,
                seq=seq + report.seq,
            )
            for report in decoded.statics
        ]
        n = len(positions.t)
        records = decoded.counts.get("records", 0)
        if not n and not records and not rejects and not statics:
            return
        for start in range(0, max(n, 1), self._chunk):
            end = start + self._chunk
            last = end >= n
            whole = start == 0 and last
            yield Batch(
                positions=positions if whole else take(positions, slice(start, end)),
                statics=[report for report in statics if start <= report.seq - seq < (n + 1 if last else end)],
                rejects=rejects if start == 0 else [],
                records=min(end, n) - start + (records - n if start == 0 else 0),
            )

    def _placed(self, decoder: LogDecoder, positions: Positions, seq: int) -> Positions:
        positions.source[:] = self._catalogue.source(self.name)
        positions.file[:] = self._catalogue.file(self._piece.name)
        positions.seq[:] = np.arange(seq, seq + len(positions.t), dtype=np.int64)
        receivers = self._receivers(decoder)
        if len(receivers):
            known = positions.receiver >= 0
            positions.receiver[known] = receivers[positions.receiver[known]]
        return positions

    def _receivers(self, decoder: LogDecoder) -> I32:
        """The catalogue's place of each of the decoder's receivers."""
        names = (decoder.receiver(place) for place in range(decoder.receivers))
        return np.array([self._catalogue.receiver(name) for name in names], dtype=np.int32)

    def _untimed_ships(self) -> int:
        decoder = LogDecoder(everything=True)
        ships: set[int] = set()
        for block in LineBlocks(self._piece.chunks()):
            ships.update(np.unique(decoder.feed(block).positions.mmsi).tolist())
        return len(ships)
