"""When more has come than can be read: the newest lines are, and the others are counted, each once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.feeds.counterparts import many

from seawarden.sources.feeds.link import Chunk
from seawarden.sources.feeds.newest import newest
from seawarden.sources.feeds.nmea import NmeaReader

T = 1_760_000_000_000
lines = st.lists(st.integers(0, 30), min_size=1, max_size=40)
cuts = st.lists(st.integers(1, 60), max_size=30)


def cut(data: bytes, sizes: list[int]) -> list[Chunk]:
    parts: list[bytes] = []
    for size in sizes:
        parts, data = [*parts, data[:size]], data[size:]
    return [Chunk(k, part) for k, part in enumerate([*parts, data]) if part]


@given(lines, cuts, st.integers(40, 400))
def test_a_stream_keeps_its_newest_whole_lines(sizes, at, most):
    whole = [b"%03d" % k + b"x" * size + b"\n" for k, size in enumerate(sizes)]
    chunks = cut(b"".join(whole), at)
    kept, left = newest(chunks, most, whole=False)
    data = b"".join(chunk.data for chunk in kept)
    assert len(data) <= max(most, 0)
    assert data == b"".join(whole[left:]), "the last lines, each whole, and every other one counted"
    assert bool(left) == (sum(map(len, whole)) > most)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.integers(10, 300))
def test_messages_go_oldest_first(sizes, most):
    chunks = [Chunk(k, b"m" * size) for k, size in enumerate(sizes)]
    kept, left = newest(chunks, most, whole=True)
    assert len(kept) + left == len(chunks) and kept == chunks[left:]


def test_datagrams_of_several_lines_are_counted_by_line():
    chunks = [Chunk(0, b"a\nb\n"), Chunk(1, b"c\n"), Chunk(2, b"d\n")]
    assert newest(chunks, 4, whole=True) == (chunks[1:], 2)


def test_half_a_line_from_before_does_not_go_on_in_what_is_kept():
    reader = NmeaReader("coast", ahead_s=30)
    data = many(6)
    length = len(data) // 6
    reader.take([Chunk(T, data[: length // 2])])
    kept, left = newest([Chunk(T, data[length // 2 :])], 2 * length, whole=False)
    reader.reset()
    reading = reader.take(kept)
    assert left == 4 and reading.batch.positions.mmsi.tolist() == [219_000_004, 219_000_005]
    assert not reading.batch.rejects
