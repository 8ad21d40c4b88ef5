"""The messages of a GRIB file, edition 1 or 2: whether all are whole, and which of them share a grid.

A message is `GRIB`, its edition in the eighth octet, its length in octets 5-7 (edition 1) or 9-16 (edition 2), and
ends in `7777` (WMO Manual on Codes, FM 92). The grid is section 2 of edition 1 and section 3 of edition 2.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from seawarden.model.error import SourceError


class Message(NamedTuple):
    """Where a message lies, and the octets that define its grid."""

    offset: int
    length: int
    grid: bytes


def messages_of(path: Path) -> list[Message]:
    """All messages of a file; what stands between them is passed over, as WMO headers are.

    Raises:
        SourceError: none, one that is cut off, or an edition that is neither 1 nor 2.
    """
    found: list[Message] = []
    size = path.stat().st_size
    with path.open("rb") as handle:
        at = 0
        while at < size:
            handle.seek(at)
            head = handle.read(65_536)
            begin = head.find(b"GRIB")
            if begin < 0:
                at += max(len(head) - 3, 1)
                continue
            at += begin
            handle.seek(at)
            start = handle.read(16)
            where = f"{path.name}: message {len(found) + 1} at byte {at:,}"
            if len(start) < 16:
                raise SourceError(f"{where} is cut off")
            edition = start[7]
            if edition == 1:
                length = int.from_bytes(start[4:7], "big")
            elif edition == 2:
                length = int.from_bytes(start[8:16], "big")
            else:
                raise SourceError(f"{where} is of edition {edition}; 1 and 2 are understood")
            if length < 16 or at + length > size:
                raise SourceError(f"{where} is cut off: {length:,} bytes stated, {size - at:,} there")
            handle.seek(at)
            body = handle.read(length)
            if body[-4:] != b"7777":
                raise SourceError(f"{where} does not end where it says; the file is damaged")
            found.append(Message(at, length, _grid(body, edition, where)))
            at += length
    if not found:
        raise SourceError(f"{path.name}: holds no GRIB message")
    return found


def _grid(body: bytes, edition: int, where: str) -> bytes:
    if edition == 1:
        first = 8 + int.from_bytes(body[8:11], "big")
        if not body[15] & 0x80:
            raise SourceError(f"{where} defines no grid of its own; grids by number are not understood")
        return body[first : first + int.from_bytes(body[first : first + 3], "big")]
    at, held = 16, b""
    while at + 5 <= len(body) - 4:
        length, number = int.from_bytes(body[at : at + 4], "big"), body[at + 4]
        if length < 5:
            raise SourceError(f"{where} has a section of {length} bytes; the file is damaged")
        if number == 3:
            section = body[at : at + length]
            if held and section != held:
                raise SourceError(f"{where} holds several grids; split it first")
            held = section
        at += length
    if not held:
        raise SourceError(f"{where} defines no grid")
    return held
