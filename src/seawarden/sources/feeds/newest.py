"""When more has come than can be read in time: the newest is read, and what is older is counted line by line.

A line that is counted costs a hundredth of one that is read, so that a flood takes no time from the watch. What is
newest in a stream tells the newest of each ship that reported lately.
"""

from __future__ import annotations

from collections.abc import Sequence

from seawarden.sources.feeds.link import Chunk


def newest(chunks: Sequence[Chunk], most: int, *, whole: bool) -> tuple[list[Chunk], int]:
    """The newest of these chunks, and how many lines or messages before them are left out.

    Args:
        chunks: as they came.
        most: bytes that may be read.
        whole: each chunk is a message; else they are pieces of one stream of lines, cut anywhere.

    Returns:
        Chunks that begin at the start of a line when something was left out; and the number of lines left out, that
        line counted whose beginning came earlier.
    """
    size = sum(len(chunk.data) for chunk in chunks)
    if size <= most:
        return list(chunks), 0
    kept: list[Chunk] = []
    room = most
    left = 0
    for k in range(len(chunks) - 1, -1, -1):
        chunk = chunks[k]
        if whole:
            if len(chunk.data) <= room:
                kept.append(chunk)
                room -= len(chunk.data)
                continue
            return kept[::-1], sum(messages(c.data) for c in chunks[: k + 1])
        if len(chunk.data) <= room and k:
            kept.append(chunk)
            room -= len(chunk.data)
            continue
        cut = chunk.data.find(b"\n", max(0, len(chunk.data) - room - 1)) + 1
        if not cut:  # no line ends here: the first that ends does so in what is kept
            cut = len(chunk.data)
            if kept:
                head = kept[-1].data.find(b"\n") + 1
                left += kept[-1].data.count(b"\n", 0, head)
                kept[-1] = kept[-1]._replace(data=kept[-1].data[head:])
        left += chunk.data.count(b"\n", 0, cut) + sum(c.data.count(b"\n") for c in chunks[:k])
        kept.append(chunk._replace(data=chunk.data[cut:]))
        break
    return [chunk for chunk in kept[::-1] if chunk.data], left


def messages(data: bytes) -> int:
    """Lines of a whole message; one at least."""
    return max(1, data.count(b"\n"))
