"""A line over which a feed comes: opened, read, closed; it knows nothing of ships."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Chunk(NamedTuple):
    """What came at once: a piece of a stream, or one whole message."""

    receive_t: int
    """When, by the edge's clock, ms."""
    data: bytes
    topic: str = ""


class Link(Protocol):
    """A line. All of its methods but `wake` are called by one thread."""

    where: str
    """Whose line it is, for a sentence."""
    whole: bool
    """True: each chunk is a whole message. False: chunks are pieces of a stream of lines."""
    silence_ends: bool
    """Whether a long silence means that the line is dead and must be opened anew."""
    lossy: bool
    """Whether what came while the line was down is lost for good."""
    pause_s: float
    """Pause between two deliveries that is as it should be, s."""

    def open(self) -> None:
        """Connect and sign in.

        Raises:
            LinkError: it failed; the sentence says what to do.
        """
        ...

    def read(self, timeout_s: float) -> list[Chunk]:
        """What came within a time; empty when nothing did.

        Raises:
            LinkError: the line is down.
            EndOfFeed: the feed is over, as a recording is.
        """
        ...

    def close(self) -> None:
        """Hang up; may be called at any time, again and again."""
        ...


class EndOfFeed(Exception):
    """The feed is over and will not come again."""
