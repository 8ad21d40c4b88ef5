"""Blocks of lines: whatever the chunks, the same lines; nothing grows without bound."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from seawarden.sources.line_blocks import LineBlocks
from seawarden.sources.pieces import Piece, StreamCutError


def chunked(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def expected(data: bytes, longest: int) -> list[bytes]:
    data = data.removeprefix(b"\xef\xbb\xbf")
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return [line[:longest] for line in lines]


@given(
    data=st.lists(st.sampled_from([b"a", b"\n", b"bcd", b"\r\n", b"x" * 30, b"\xef\xbb\xbf"]), max_size=40).map(
        b"".join
    ),
    size=st.integers(1, 50),
    block=st.integers(1, 60),
    longest=st.integers(4, 40),
)
def test_chunks_do_not_matter(data: bytes, size: int, block: int, longest: int) -> None:
    blocks = list(LineBlocks(chunked(data, size), block=block, longest=longest))
    assert all(block.endswith(b"\n") for block in blocks)
    lines = [line for block in blocks for line in block[:-1].split(b"\n")]
    assert lines == expected(data, longest)


def test_a_line_without_end_stays_small() -> None:
    chunks = (b"x" * 1000 for _ in range(10_000))
    (block,) = LineBlocks(chunks, block=10_000, longest=5_000)
    assert block == b"x" * 5_000 + b"\n"


def test_a_stream_that_breaks_gives_its_whole_lines() -> None:
    def breaking() -> Iterator[bytes]:
        yield b"one\ntwo\nthr"
        raise StreamCutError("broken")

    blocks = LineBlocks(breaking())
    assert list(blocks) == [b"one\ntwo\n"]
    assert blocks.fault == "broken"


def test_gzip_byte_by_byte(tmp_path: Path) -> None:
    text = b"".join(b"line %d\n" % i for i in range(300))
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(text[:1000]) + gzip.compress(text[1000:]))
    piece = Piece("a.gz", path)
    assert b"".join(piece.chunks(1)) == text
    assert b"".join(LineBlocks(piece.chunks(1))) == text
    assert piece.head(100) == text[:100]
