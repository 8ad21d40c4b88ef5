"""One entry of the journal: a batch as it went into the engine, framed with its length, checksum and sequence.

The columns of positions lie one after another as they lie in memory (little-endian), compressed with zstd; all else
is MessagePack. A frame is `length, checksum, sequence, content`; the checksum (CRC-32) is over sequence and content,
so that a frame from elsewhere, or half of one, is told from a whole one.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa

from seawarden.model.batch import Batch, Catalogue
from seawarden.model.error import StoreError
from seawarden.model.event import Event
from seawarden.model.position import DTYPES, Positions, make_positions
from seawarden.model.reject import Reject
from seawarden.model.static import StaticReport

MAGIC: Final = b"SEAWARDEN JOURNAL 1\n"
"""The first bytes of each file; another number means another form."""
HEAD: Final = struct.Struct("<IIQ")
LARGEST: Final = 1 << 30
"""A frame that claims to be longer is no frame."""
ROW_BYTES: Final = sum(dtype.itemsize for dtype in DTYPES.values())
_CODEC: Final = pa.Codec("zstd", compression_level=1)


class Content(msgspec.Struct, frozen=True, array_like=True):
    """What a frame holds."""

    written_t: int
    """When, by the edge's clock, ms."""
    first_record: int
    """Number of its first position in the journal, from 1; also the `offset` of that position."""
    sources: tuple[int, list[str]]
    """New names behind the columns, and the place of the first of them; all names in a file's first entry."""
    receivers: tuple[int, list[str]]
    files: tuple[int, list[str]]
    positions: int
    columns: bytes
    statics: list[StaticReport]
    events: list[Event]
    rejects: list[Reject]
    records: int
    missing: int = 0
    """Positions before this entry that could not be kept (the disk was full); the engine has seen them."""


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(Content)


def frame(sequence: int, content: Content) -> bytes:
    """The bytes of an entry."""
    body = _ENCODER.encode(content)
    check = zlib.crc32(body, zlib.crc32(sequence.to_bytes(8, "little")))
    return HEAD.pack(len(body), check, sequence) + body


def unframed(data: memoryview, at: int) -> tuple[int, int, memoryview] | None:
    """Sequence, end and content of the frame at a place; None when there is no whole frame."""
    if at + HEAD.size > len(data):
        return None
    length, check, sequence = HEAD.unpack_from(data, at)
    begin = at + HEAD.size
    if length > LARGEST or begin + length > len(data):
        return None
    body = data[begin : begin + length]
    if zlib.crc32(body, zlib.crc32(sequence.to_bytes(8, "little"))) != check:
        return None
    return sequence, begin + length, body


def content_of(body: memoryview) -> Content:
    """What a frame holds.

    Raises:
        StoreError: it was written by another version.
    """
    try:
        return _DECODER.decode(body)
    except msgspec.MsgspecError as error:
        raise StoreError(f"an entry of the journal was written by another version ({error})") from None


def content_from(
    batch: Batch,
    catalogue: Catalogue,
    known: tuple[int, int, int],
    *,
    written_t: int,
    first_record: int,
    missing: int,
) -> Content:
    """A batch as the content of an entry.

    Args:
        batch: with the catalogue's places.
        catalogue: names behind them.
        known: how many sources, receivers and files the file has named already.
        written_t: the time, ms.
        first_record: number of the first position.
        missing: positions before it that were not kept.
    """
    n = len(batch.positions.t)
    raw = b"".join(np.ascontiguousarray(column).tobytes() for column in batch.positions)
    return Content(
        written_t=written_t,
        first_record=first_record,
        sources=(known[0], catalogue.sources[known[0] :]),
        receivers=(known[1], catalogue.receivers[known[1] :]),
        files=(known[2], catalogue.files[known[2] :]),
        positions=n,
        columns=_CODEC.compress(raw, asbytes=True) if n else b"",
        statics=batch.statics,
        events=batch.events,
        rejects=batch.rejects,
        records=batch.records,
        missing=missing,
    )


def positions_of(content: Content) -> Positions:
    """The columns of an entry, writable.

    Raises:
        StoreError: they are not as long as they should be.
    """
    n = content.positions
    if not n:
        return make_positions(0)
    try:
        raw = _CODEC.decompress(content.columns, decompressed_size=n * ROW_BYTES, asbytes=True)
    except (pa.ArrowException, OSError) as error:
        raise StoreError(f"the columns of an entry of the journal can't be read ({error})") from None
    columns: list[Any] = []
    at = 0
    for dtype in DTYPES.values():
        columns.append(np.frombuffer(raw, dtype=dtype, count=n, offset=at).copy())
        at += n * dtype.itemsize
    return Positions(*columns)


def batch_of(content: Content) -> Batch:
    """The batch of an entry, with the places of the catalogue that it was written with."""
    return Batch(
        positions=positions_of(content),
        statics=content.statics,
        events=content.events,
        rejects=content.rejects,
        records=content.records,
    )
