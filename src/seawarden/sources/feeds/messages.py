"""Feeds of whole messages, one ship each: what their readers share, whatever the form."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final

import msgspec

from seawarden.model.batch import Catalogue
from seawarden.model.position import NO_TIME
from seawarden.model.static import StaticReport
from seawarden.sources.feeds.json_rows import JsonRows
from seawarden.sources.feeds.link import Chunk
from seawarden.sources.feeds.reading import Reading

UNREADABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, ValueError, TypeError, AttributeError, KeyError)
"""What a message of another form comes to; such a message is rejected, and counted."""


class MessageReader(ABC):
    """Reads messages of one form; a static report that tells nothing new is counted and left out.

    A static report has the time that its message tells. Only where the form carries none, or one that is ahead of us,
    is it that of its reception: what a ship is called is no older for having come late, and unlike a position it
    moves no clock, so that the option to take our time for positions does not touch it.

    Args:
        name: the feed's.
        ahead_s: how far a record may be ahead of its reception.
        receive_time: positions have the time of their reception, whatever the messages say.
    """

    def __init__(self, name: str, *, ahead_s: float, receive_time: bool = False) -> None:
        self.catalogue = Catalogue()
        self._name = name
        self._source = self.catalogue.source(name)
        self._ahead_ms = int(ahead_s * 1000)
        self._receive_time = receive_time
        self._said: dict[int, StaticReport] = {}

    def reset(self) -> None:  # noqa: B027 (nothing to do for any form)
        """Messages are whole: nothing is lost."""

    def take(self, chunks: Sequence[Chunk]) -> Reading:
        """Positions and static reports of these messages."""
        rows = JsonRows(self._name, self._source, self._ahead_ms, receive_time=self._receive_time)
        problem = ""
        for chunk in chunks:
            try:
                problem = self.read(rows, chunk) or problem
            except UNREADABLE:
                topic = f"{chunk.topic}: " if chunk.topic else ""
                rows.reject("bad_json", f"{topic}{chunk.data[:150].decode('utf-8', 'replace')}")
        batch, ahead = rows.batch()
        return Reading(batch=batch, ahead=ahead, ours=self._receive_time, problem=problem, condition="sign_in")

    @abstractmethod
    def read(self, rows: JsonRows, chunk: Chunk) -> str:
        """Put one message into the rows; returns why the feed can't be used, in a sentence, where it says so.

        Raises:
            ValueError: it is no such message (or any other of `UNREADABLE`).
        """

    def said(self, mmsi: int) -> StaticReport | None:
        """What a ship said last of herself, its time left out."""
        return self._said.get(mmsi)

    def static(self, rows: JsonRows, chunk: Chunk, report: StaticReport, told_t: int) -> None:
        """A static report, taken when it tells something new.

        Args:
            rows: where to.
            chunk: the message.
            report: what it tells, with t=0.
            told_t: its time as the message tells it, ms, or NO_TIME.
        """
        if self._said.get(report.mmsi) == report:
            rows.records += 1
            return
        self._said[report.mmsi] = report
        t = told_t
        if t == NO_TIME or t > chunk.receive_t + self._ahead_ms:
            t = chunk.receive_t
        rows.static(msgspec.structs.replace(report, t=t, receive_t=chunk.receive_t, source=self._source, file=-1))


def eta_text(month: int, day: int, hour: int, minute: int) -> str:
    """An ETA as `MM-DD HH:MM`; empty when it is not available."""
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour <= 23 and minute <= 59):
        return ""
    return f"{month:02}-{day:02} {hour:02}:{minute:02}"
