"""Messages of one MMSI sorted into segments, each of one physical ship.

A number may be shared by many ships, be a factory default, or be garbled on the way. A position joins the segment
whose last positions foretell it best; where two fit about as well, neither can be told to be the same ship, so both
end and a new one begins: it is better to know less than to join two ships. A segment ends after a day of silence.
A position that fits an earlier one of the segment much better than the last one sets the last one aside: that was
the outlier. So an answer is final after a few more messages.

A message without a place can't be put on a track: it stays a segment of its own, and `told` names the segment that
it most likely speaks of, by class of transponder, source and time. What the segments are told so speaks for or
against them when two of them fit a position, and a ship with another valid IMO number never joins.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np

from seawarden.model.position import I32
from seawarden.tracks.identity.history import names_hull
from seawarden.tracks.identity.message import COARSE, Claim, Message, same_class
from seawarden.tracks.identity.motion import STILL_KN, Fix, likelihood, miss_nm, reckoned_h

HOUR_MS: Final = 3_600_000.0
SILENCE_H: Final = 24.0
"""A segment that was silent for longer has ended."""
LOOK_BACK: Final = 5
"""Positions at the end of a segment that a new one is held against."""
SET_ASIDE: Final = 2.0
"""Per step back: how much better it must fit an earlier position than the later ones did."""
OTHER_CLASS: Final = 0.1
"""Weight of a match between the two classes of transponder."""
OTHER_CLAIM: Final = 0.1
"""Weight of a match where name and call sign contradict the segment's."""
ALIKE: Final = 10.0
"""Two matches within this factor can't be told apart."""
ESTABLISHED: Final = 10
"""Positions from which a segment counts fully against others."""
COARSE_H: Final = 1.0
"""A long-range position closer in time to another says nothing new."""
TOLD_H: Final = 0.25
"""A claim speaks of a position at most so far away."""
MOST_OPEN: Final = 100


class Segmented(NamedTuple):
    """The answer; arrays (n,)."""

    segment: I32
    """Number of the segment of each message, from 0 by first message."""
    told: I32
    """The segment with positions that a message without a place most likely speaks of, -1 unknown."""


class _Kept(NamedTuple):
    fix: Fix
    row: int
    station: str
    fit: float


class _Segment:
    def __init__(self, number: int) -> None:
        self.number = number
        self.count = 0
        self.kept: list[_Kept] = []
        self.claim = Claim()
        self.sources: set[str] = set()

    def add(self, kept: _Kept, message: Message) -> None:
        self.count += 1
        self.kept.append(kept)
        del self.kept[:-LOOK_BACK]
        self.sources.add(message.source)
        self.learn(message.claim)

    def learn(self, claim: Claim) -> None:
        if claim:
            self.claim = Claim(
                name=claim.name or self.claim.name,
                callsign=claim.callsign or self.claim.callsign,
                imo=claim.imo or self.claim.imo,
                ship_type=claim.ship_type or self.claim.ship_type,
                length_m=claim.length_m or self.claim.length_m,
                breadth_m=claim.breadth_m or self.claim.breadth_m,
            )


class _Match(NamedTuple):
    segment: _Segment
    fit: float
    back: int
    """How many of its last positions are set aside."""
    hours: float


def segments(messages: Iterable[Message]) -> Segmented:
    """Sort messages of one MMSI, in order of time, into segments.

    Raises:
        ValueError: the messages are not in order of time.
    """
    return _Sorting().run(messages)


class _Sorting:
    def __init__(self) -> None:
        self.open: list[_Segment] = []
        self.answer: list[int] = []
        self.told: list[int] = []
        self.seen: dict[tuple[float, ...], int] = {}
        self.made = 0

    def run(self, messages: Iterable[Message]) -> Segmented:
        before = -math.inf
        for row, message in enumerate(messages):
            if message.t < before:
                raise ValueError(f"message {row} is earlier than the one before it")
            before = message.t
            self.answer.append(-1)
            self.told.append(-1)
            if not message.placed:
                self.answer[row] = self._number()
                self.told[row] = self._speaks_of(message)
            elif not self._repeats(message, row):
                self._place(message, row)
        answer = np.array(self.answer, dtype=np.int32)
        return Segmented(answer, np.array(self.told, dtype=np.int32))

    def _number(self) -> int:
        self.made += 1
        return self.made - 1

    def _repeats(self, message: Message, row: int) -> bool:
        """A moving ship is never twice in the same place: a copy goes where the first went."""
        if not message.sog_kn > 0.0:
            return False
        key = (
            round(message.lat * 60_000),
            round(message.lon * 60_000),
            round(message.sog_kn * 10),
            -1 if math.isnan(message.cog_deg) else round(message.cog_deg * 10),
            -1 if math.isnan(message.heading_deg) else round(message.heading_deg),
        )
        first = self.seen.setdefault(key, row)
        if first == row:
            return False
        self.answer[row] = self.answer[first]
        return True

    def _place(self, message: Message, row: int) -> None:
        fix = _fix(message)
        if fix is None:
            self.answer[row] = self._number()
            return
        self.open = [s for s in self.open if fix.t_h - s.kept[-1].fix.t_h <= SILENCE_H]
        matches = [m for m in (_match(s, fix, message) for s in self.open) if m is not None]
        chosen: _Match | None = None
        if len(matches) == 1:
            chosen = matches[0]
        elif matches:
            weighed = sorted(((_weight(m), -m.segment.number, m) for m in matches), reverse=True)
            alike = [m for weight, _, m in weighed if weight * ALIKE >= weighed[0][0]]
            if len(alike) == 1:
                chosen = alike[0]
            elif message.kind != COARSE or min(m.hours for m in alike) >= COARSE_H:
                ended = {m.segment.number for m in alike}
                self.open = [s for s in self.open if s.number not in ended]
            else:
                chosen = alike[0]
        if chosen is not None and message.kind == COARSE and chosen.hours < COARSE_H:
            self.answer[row] = self._number()
            return
        if chosen is None:
            segment, fit = self._begin(), 0.0
        else:
            segment, fit = chosen.segment, chosen.fit
            for outlier in segment.kept[len(segment.kept) - chosen.back :]:
                self.answer[outlier.row] = self._number()
            del segment.kept[len(segment.kept) - chosen.back :]
        segment.add(_Kept(fix, row, message.station, fit), message)
        self.answer[row] = segment.number

    def _begin(self) -> _Segment:
        if len(self.open) >= MOST_OPEN:
            self.open.remove(min(self.open, key=lambda s: (s.kept[-1].fix.t_h, s.number)))
        segment = _Segment(self._number())
        self.open.append(segment)
        return segment

    def _speaks_of(self, message: Message) -> int:
        """The one open segment that can have sent a message without a place; -1 when none or several can."""
        t_h = message.t / HOUR_MS
        near = [
            s
            for s in self.open
            if t_h - s.kept[-1].fix.t_h <= TOLD_H
            and message.source in s.sources
            and any(same_class(kept.station, message.station) for kept in s.kept)
            and not _contradicts(message.claim, s.claim)
        ]
        if len(near) != 1:
            return -1
        near[0].learn(message.claim)
        return near[0].number


def _fix(message: Message) -> Fix | None:
    """The message as a fix; None when it does not tell how the ship moves."""
    sog, cog = message.sog_kn, message.cog_deg
    if math.isnan(sog):
        return None
    if math.isnan(cog):
        if sog > STILL_KN:
            return None
        sog = 0.0
        cog = 0.0
    return Fix(message.t / HOUR_MS, message.lat, message.lon, sog, cog)


def _match(segment: _Segment, fix: Fix, message: Message) -> _Match | None:
    """How well a segment takes a fix; None when it can't."""
    weight = 1.0
    if not any(same_class(kept.station, message.station) for kept in segment.kept):
        weight *= OTHER_CLASS
    if _contradicts(message.claim, segment.claim):
        if _other_hull(message.claim, segment.claim):
            return None
        weight *= OTHER_CLAIM
    best: _Match | None = None
    best_worth = 0.0
    newest = len(segment.kept) - 1
    for back in range(newest + 1):
        kept = segment.kept[newest - back]
        hours = fix.t_h - kept.fix.t_h
        if hours > SILENCE_H:
            break
        fit = weight * likelihood(miss_nm(kept.fix, fix, reckoned_h(hours)), hours)
        worth = fit / max(1.0, back * SET_ASIDE)
        had = segment.kept[newest - back + 1].fit if back else 0.0
        if fit > 0.0 and worth > had and worth > best_worth:
            best_worth = worth
            best = _Match(segment, fit, back, hours)
    return best


def _weight(match: _Match) -> float:
    """A match's worth against others: a segment of few positions counts less."""
    share = match.segment.count / ESTABLISHED
    return match.fit * share / math.sqrt(1.0 + share * share)


def _contradicts(one: Claim, other: Claim) -> bool:
    """Whether two claims can't be of one ship: another valid IMO, or neither name nor call sign alike."""
    if not one or not other:
        return False
    if _other_hull(one, other):
        return True
    said = [(a, b) for a, b in ((one.name, other.name), (one.callsign, other.callsign)) if a and b]
    return bool(said) and all(a != b for a, b in said)


def _other_hull(one: Claim, other: Claim) -> bool:
    return one.imo != other.imo and names_hull(one.imo) and names_hull(other.imo)
