"""Files as streams of plain bytes: what is compressed is opened on the way, and a cut end is told, not thrown."""

from __future__ import annotations

import bz2
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final, Protocol

import pyarrow as pa

from seawarden.model.error import SourceError

CHUNK: Final = 1 << 18
"""Small enough that what it unpacks to at the worst, a thousand times as much, still fits."""
_MAGIC_SIZE: Final = 6
_MAGIC: Final = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
}


_ZIP_ERRORS: Final = (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, struct.error)


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


_DECOMPRESSORS: Final[dict[str, Callable[[], _Decompressor]]] = {
    "gzip": lambda: zlib.decompressobj(wbits=31),
    "bzip2": bz2.BZ2Decompressor,
    "xz": lzma.LZMADecompressor,
}


class StreamCutError(Exception):
    """A compressed stream ends or breaks in the middle; everything before it was handed over."""


def compression(head: bytes) -> str:
    """Name of the compression that these first bytes speak of, or the empty string."""
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), "")


class Piece:
    """One readable file: a file on disk, or one inside a zip."""

    def __init__(self, name: str, path: Path, member: str = "") -> None:
        self.name = name
        self.path = path
        self.member = member

    def chunks(self, size: int = CHUNK) -> Iterator[bytes]:
        """Plain bytes, a chunk at a time.

        Raises:
            StreamCutError: after the last good chunk, when compressed data end in the middle or are damaged.
            SourceError: the file can't be opened.
        """
        try:
            if self.member:
                with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as inner:
                    yield from _plain(inner, size)
            else:
                with self.path.open("rb") as stream:
                    yield from _plain(stream, size)
        except OSError as error:
            raise SourceError(f"{self.name}: cannot be read: {error.strerror or error}") from error
        except _ZIP_ERRORS as error:
            raise SourceError(f"{self.name}: the zip is damaged or of an unknown kind ({error})") from error

    def head(self, size: int = 1 << 16) -> bytes:
        """The first plain bytes, at most `size`."""
        parts: list[bytes] = []
        got = 0
        try:
            for chunk in self.chunks():
                parts.append(chunk)
                got += len(chunk)
                if got >= size:
                    break
        except StreamCutError:
            pass
        return b"".join(parts)[:size]

    def read(self) -> bytes:
        """All plain bytes; for small forms that can't be streamed."""
        return b"".join(self.chunks())


def pieces(path: Path) -> list[Piece]:
    """The readable files in a path: itself, or the members of a zip in the order of their names.

    Raises:
        SourceError: the file can't be opened, or the zip is damaged or empty.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(_MAGIC_SIZE)
    except OSError as error:
        raise SourceError(f"{path.name}: cannot be read: {error.strerror or error}") from error
    if compression(head) != "zip":
        return [Piece(path.name, path)]
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [i for i in archive.infolist() if not i.is_dir() and i.file_size and _wanted(i.filename)]
    except (*_ZIP_ERRORS, OSError) as error:
        raise SourceError(f"{path.name}: the zip is damaged or cut short ({error}); fetch it again") from error
    if not entries:
        raise SourceError(f"{path.name}: the zip holds no file with anything in it")
    if any(entry.flag_bits & 1 for entry in entries):
        raise SourceError(f"{path.name}: the zip is locked with a password; unpack it first")
    names = sorted(entry.filename for entry in entries)
    return [Piece(f"{path.name}/{name}", path, name) for name in names]


def _wanted(name: str) -> bool:
    last = name.rsplit("/", 1)[-1]
    return not last.startswith(".") and "__MACOSX" not in name


def _plain(stream: IO[bytes], size: int) -> Iterator[bytes]:
    try:
        first = stream.read(max(size, _MAGIC_SIZE))
        kind = compression(first)
        if kind in _DECOMPRESSORS:
            yield from _decompressed(stream, first, kind, size)
        elif kind == "zstd":
            yield from _zstd(stream, first, size)
        else:
            while first:
                yield first
                first = stream.read(max(size, _MAGIC_SIZE))
    except (zipfile.BadZipFile, zlib.error, EOFError, lzma.LZMAError) as error:
        raise StreamCutError(str(error)) from error


def _decompressed(stream: IO[bytes], data: bytes, kind: str, size: int) -> Iterator[bytes]:
    make = _DECOMPRESSORS[kind]
    unit = make()
    while data:
        try:
            plain = unit.decompress(data)
        except (OSError, zlib.error, lzma.LZMAError) as error:
            raise StreamCutError(f"damaged {kind} data ({error})") from error
        if plain:
            yield plain
        if unit.eof:
            data = unit.unused_data.lstrip(b"\x00") or stream.read(size)
            if len(data) < _MAGIC_SIZE:
                data += stream.read(_MAGIC_SIZE)
            if data.strip(b"\x00"):
                if compression(data) != kind:
                    raise StreamCutError(f"bytes that are not {kind} follow the end of the data")
                unit = make()
            else:
                return
        else:
            data = stream.read(size)
    if not unit.eof:
        raise StreamCutError(f"the {kind} data end before their end mark")


def _zstd(stream: IO[bytes], first: bytes, size: int) -> Iterator[bytes]:
    rest = _Joined(first, stream)
    try:
        with pa.CompressedInputStream(pa.PythonFile(rest, mode="r"), "zstd") as plain:
            while data := plain.read(size):
                yield data
    except OSError as error:
        raise StreamCutError(f"the zstd data end in the middle or are damaged ({error})") from error


class _Joined:
    """The bytes already read, then the rest of the stream."""

    closed = False

    def __init__(self, first: bytes, stream: IO[bytes]) -> None:
        self.first = first
        self.stream = stream

    def read(self, size: int = -1) -> bytes:
        if self.first:
            data, self.first = (self.first[:size], self.first[size:]) if size >= 0 else (self.first, b"")
            return data
        return self.stream.read(size)

    def close(self) -> None:
        self.closed = True
