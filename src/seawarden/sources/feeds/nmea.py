"""NMEA off a live line: whole lines through the log's decoder, timed by their reception where they say no time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from seawarden.decode import LogDecoder
from seawarden.model.batch import Batch, Catalogue
from seawarden.model.position import NO_TIME, Positions, Trust
from seawarden.model.reject import Reject
from seawarden.model.static import StaticReport
from seawarden.sources.feeds.link import Chunk
from seawarden.sources.feeds.reading import Reading

LONGEST: Final = 8_192
"""Bytes without a line's end that are thrown away: no sentence with its tag block has more than some hundred."""
_START: Final = re.compile(rb"^(?=[!\\$])", re.MULTILINE)
_WHOLE: Final = b"VDM,1,1,"
DECODER_LINES: Final = 50_000_000
"""Lines after which a new decoder begins: it remembers every static report it has seen."""


class NmeaReader:
    """Lines with `!AIVDM` and its kin, tag blocks and `$` sentences, however the pieces are cut.

    Args:
        name: the feed's.
        ahead_s: how far a record may be ahead of its reception.
        receive_time: take the time of reception, whatever the sentences say.
        split: each chunk holds whole lines (datagrams): none is joined to the next.
    """

    def __init__(self, name: str, *, ahead_s: float, receive_time: bool = False, split: bool = False) -> None:
        self.catalogue = Catalogue()
        self._name = name
        self._source = self.catalogue.source(name)
        self._ahead_ms = int(ahead_s * 1000)
        self._receive_time = receive_time
        self._split = split
        self._rest = b""
        self._decoder = LogDecoder()
        self._receivers: list[int] = []
        self._lost: list[Reject] = []

    def reset(self) -> None:
        """Half a line, and half a message of several lines, will not be completed."""
        self._rest = b""
        self._lost += [self._reject(line.reason, line.text) for line in self._decoder.flush().rejects]

    def take(self, chunks: Sequence[Chunk]) -> Reading:
        """Decode what came."""
        rejects, self._lost = self._lost, []
        long_lines = copies = 0
        blocks: list[bytes] = []
        seen: set[bytes] = set()
        for chunk in chunks:
            block, long = self._whole_lines(chunk.data)
            if long:
                rejects.append(self._reject("long_line", f"{long} bytes without a line's end"))
                long_lines += 1
            if not block:
                continue
            held = block.split(b"\n")[:-1]
            if len(set(held)) < len(held) or (seen and not seen.isdisjoint(held)):
                held, again = _once(held, seen)
                copies += again
                block = b"".join(line + b"\n" for line in held)
            if len(chunks) > 1:
                seen.update(held)
            stamp = b"%d.%03d " % divmod(chunk.receive_t, 1000)
            blocks.append(_START.sub(lambda _, stamp=stamp: stamp, block))  # type: ignore[misc]
        if not blocks:
            return Reading(batch=Batch(rejects=rejects, records=long_lines), copies=copies)
        if self._decoder.line > DECODER_LINES:
            self._decoder = LogDecoder()
            self._receivers = []
        decoded = self._decoder.feed(b"".join(blocks))
        rejects += [self._reject(line.reason, line.text, line.line) for line in decoded.rejects]
        p = decoded.positions
        self._name_receivers()
        ahead = self._timed(p)
        batch = Batch(
            positions=p,
            statics=[self._placed(report) for report in decoded.statics],
            rejects=rejects,
            records=decoded.counts.get("records", 0) + long_lines + copies,
        )
        return Reading(batch=batch, copies=copies, ahead=ahead, ours=self._receive_time)

    def _whole_lines(self, data: bytes) -> tuple[bytes, int]:
        if self._split:
            return (data if data.endswith(b"\n") else data + b"\n"), 0
        data = self._rest + data
        end = data.rfind(b"\n") + 1
        block, self._rest = data[:end], data[end:]
        long = 0
        if len(self._rest) > LONGEST:
            long, self._rest = len(self._rest), b""
        return block, long

    def _timed(self, p: Positions) -> int:
        """Times of reception where the sentences' own are missing, not wanted or ahead of us; how many were ahead."""
        if not len(p.t):
            return 0
        p.source[:] = self._source
        known = p.receiver >= 0
        if known.any():
            p.receiver[known] = np.array(self._receivers, dtype=np.int32)[p.receiver[known]]
        heard = p.receive_t
        own = p.t != heard
        p.source_t[~own] = NO_TIME
        if self._receive_time:
            p.t[:] = heard
            return 0
        ahead = p.t > heard + self._ahead_ms
        count = int(np.count_nonzero(ahead))
        if count:
            p.t[ahead] = heard[ahead]
            p.trust[ahead] |= np.uint32(Trust.CLOCK)
        return count

    def _placed(self, report: StaticReport) -> StaticReport:
        late = self._receive_time or report.t > report.receive_t + self._ahead_ms
        return msgspec.structs.replace(
            report,
            t=report.receive_t if late and report.receive_t != NO_TIME else report.t,
            source=self._source,
            file=-1,
            receiver=self._receivers[report.receiver] if report.receiver >= 0 else -1,
        )

    def _name_receivers(self) -> None:
        for place in range(len(self._receivers), self._decoder.receivers):
            self._receivers.append(self.catalogue.receiver(self._decoder.receiver(place)))

    def _reject(self, reason: str, detail: str, line: int = 0) -> Reject:
        return Reject(file=self._name, line=line, reason=reason, detail=detail[:200])


def _once(lines: list[bytes], seen: set[bytes]) -> tuple[list[bytes], int]:
    """Each line once, in order; parts of longer messages may be alike and are all kept, as lines that carry times."""
    kept: list[bytes] = []
    held = set(seen)
    for line in lines:
        if line not in held or _WHOLE not in line:
            kept.append(line)
            held.add(line)
    return kept, len(lines) - len(kept)
