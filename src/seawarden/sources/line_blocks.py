"""Blocks of whole lines out of a stream of bytes; where the stream was cut does not matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from seawarden.sources.pieces import StreamCutError

BLOCK: Final = 8 << 20
LONGEST: Final = 1 << 16
_BOM: Final = b"\xef\xbb\xbf"


class LineBlocks:
    """Iterates over blocks that end in a line feed. Lines longer than `longest` bytes are cut down to that."""

    def __init__(self, chunks: Iterable[bytes], *, block: int = BLOCK, longest: int = LONGEST) -> None:
        self._chunks = chunks
        self._block = block
        self._longest = longest
        self.fault = ""
        """Why the stream ended too early, once the iteration is over; empty when it did not."""

    def __iter__(self) -> Iterator[bytes]:
        parts: list[bytes] = []
        size = 0
        first = True
        try:
            for chunk in self._chunks:
                if first and size < len(_BOM):
                    parts = [b"".join([*parts, chunk])]
                    size = len(parts[0])
                    if size < len(_BOM):
                        continue
                    parts = [parts[0].removeprefix(_BOM)]
                    size = len(parts[0])
                    first = False
                else:
                    parts.append(chunk)
                    size += len(chunk)
                if size >= self._block:
                    whole = b"".join(parts)
                    cut = whole.rfind(b"\n") + 1
                    if cut:
                        yield self._shortened(whole[:cut])
                    rest = whole[cut:]
                    if len(rest) > 2 * self._longest:
                        rest = rest[: 2 * self._longest]
                    parts, size = [rest], len(rest)
        except StreamCutError as error:
            self.fault = str(error)
        whole = b"".join(parts)
        if self.fault:
            whole = whole[: whole.rfind(b"\n") + 1]
        elif whole and not whole.endswith(b"\n"):
            whole += b"\n"
        if whole:
            yield self._shortened(whole)

    def _shortened(self, block: bytes) -> bytes:
        if len(block) <= self._longest:
            return block
        start = 0
        cuts: list[bytes] = []
        done = 0
        while start < len(block):
            # the last line feed within the limit: everything up to it is short enough line by line
            limit = start + self._longest + 1
            end = block.rfind(b"\n", start, limit)
            if end < 0:
                end = block.find(b"\n", limit)
                cuts += [block[done : start + self._longest], b"\n"]
                done = end + 1
            start = end + 1
        return b"".join([*cuts, block[done:]]) if cuts else block
