"""A ship's case as one message: by its worst alert, with a line for each asset."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from seawarden.channels.messages.told import Coming, Line, Told
from seawarden.model.alert import OVER, TIERS, Alert
from seawarden.model.finding import AssetRef

NEXT_MIN: Final = 120
"""Minutes ahead of which assets are told that have no alert yet: `act` asks for one within reach of two hours."""
LIKELY: Final = 0.5
"""Least chance of an asset that comes next: what she may turn back to is not told."""
_WHEN: Final = re.compile(r" (crossed \d\d:\d\dZ|\d+ m off)(?= ·|$)")


class Desk(NamedTuple):
    """Who answers for an asset."""

    owner: str = ""
    call: str = ""
    waters: str = ""


def worst_first(alerts: Sequence[Alert]) -> list[Alert]:
    """A case's alerts: the one that weighs most, then by tier: assets ahead, soonest first, before those behind."""
    if not alerts:
        return []
    worst = min(alerts, key=lambda a: (*_head(a), -a.risk * a.consequence, a.id))
    rest = [a for a in alerts if a is not worst]
    return [worst, *sorted(rest, key=lambda a: (*_head(a), _soon(a), -a.risk, a.id))]


def told_case(
    case_id: str,
    revision: int,
    alerts: Sequence[Alert],
    t: int,
    place: tuple[float, float] | None = None,
    desk: Callable[[AssetRef], Desk] = lambda asset: Desk(),
    asked: Callable[[str, str], bool] = lambda asset_id, owner: True,
) -> Told:
    """What may be told of a case whose alerts have passed the gate.

    Args:
        case_id: its id, or an alert's where it is a case of its own.
        revision: of the message.
        alerts: newest revisions of its alerts, one at least.
        t: event time of the message, ms.
        place: of the ship, degrees.
        desk: who answers for an asset.
        asked: whether the reader asked for an asset, by its id and owner: what comes next is told of such alone.
    """
    ordered = worst_first(alerts)
    worst = ordered[0]
    outcomes = {alert.outcome for alert in ordered}
    return Told(
        id=case_id,
        revision=revision,
        tier=worst.tier,
        highest_tier=max((a.highest_tier for a in ordered), key=TIERS.index),
        state=worst.state,
        mmsi=worst.ship.mmsi,
        ship=worst.ship.name,
        asset_id=worst.asset.id,
        asset=worst.asset.name,
        risk=max(a.risk for a in ordered),
        start_t=min(a.start_t for a in ordered),
        raised_t=min(a.raised_t for a in ordered),
        updated_t=t,
        first_line=_first_line(ordered),
        second_line=worst.second_line,
        lat=None if place is None else round(place[0], 6),
        lon=None if place is None else round(place[1], 6),
        outcome=outcomes.pop() if len(outcomes) == 1 else "",
        simulated=any(a.simulated for a in ordered),
        exercise=any(a.exercise for a in ordered),
        case=worst.case,
        lines=tuple(_line(a, t, desk(a.asset)) for a in ordered),
        ahead=_coming(ordered, t, desk, asked),
    )


def words(item: Told, most: int = 1_000) -> str:
    """First and second line, and where a case has several assets a line for each of the first `most`."""
    parts = [item.first_line, item.second_line]
    lines = list_words(item)
    if lines:
        parts += ["", *lines[:most]]
    if len(lines) > most:
        parts.append(f"and {len(lines) - most} more")
    return "\n".join(parts).rstrip("\n")


def list_words(item: Told) -> list[str]:
    """The assets of a case in words, a line each, and those that come next; none where one alert is all there is."""
    if len(item.lines) <= 1 and not item.ahead:
        return []
    return [*map(line_words, item.lines), *map(coming_words, item.ahead)]


def line_words(line: Line) -> str:
    """One asset in words: `LOOK · SwePol in 12 min · Svenska kraftnat · Sweden · call ...`."""
    head = line.state.upper() if line.state in OVER else line.tier.upper()
    where = f"{line.asset or line.asset_id} {line.when}".strip()
    call = f"call {line.call}" if line.call else ""
    return " · ".join(part for part in (head, where, line.owner, line.waters, call) if part)


def coming_words(coming: Coming) -> str:
    """An asset that comes next, in words: `next · SwePol in 40 min · ...`."""
    where = f"{coming.asset or coming.asset_id} in {coming.minutes:.0f} min"
    call = f"call {coming.call}" if coming.call else ""
    return " · ".join(part for part in ("next", where, coming.owner, coming.waters, call) if part)


def minutes_of(alert: Alert) -> float | None:
    """Minutes until she is at the alert's own asset, as forecast when it was revised; None where it is not ahead."""
    if _WHEN.search(alert.first_line):
        return None
    return next((one.minutes for one in alert.ahead if one.asset.id == alert.asset.id), None)


def _coming(
    ordered: Sequence[Alert], t: int, desk: Callable[[AssetRef], Desk], asked: Callable[[str, str], bool]
) -> tuple[Coming, ...]:
    """What comes next by the newest revision, within the time over which a unit could still be sent."""
    standing = [a for a in ordered if a.state not in OVER]
    newest = max(standing, key=lambda a: (a.updated_t, a.id), default=None)
    if newest is None:
        return ()
    told = {a.asset.id for a in ordered}
    since = (t - newest.updated_t) / 6e4
    found = []
    for one in sorted(newest.ahead, key=lambda one: (one.minutes, one.asset.id)):
        owner = desk(one.asset)
        minutes = round(one.minutes - since)
        if one.asset.id in told or one.chance < LIKELY or not 0 <= minutes <= NEXT_MIN:
            continue
        if not asked(one.asset.id, owner.owner):
            continue
        found.append(
            Coming(
                asset_id=one.asset.id,
                asset=one.asset.name,
                minutes=float(minutes),
                chance=one.chance,
                owner=owner.owner,
                call=owner.call,
                waters=owner.waters,
            )
        )
    return tuple(found)


def _line(alert: Alert, t: int, desk: Desk) -> Line:
    ahead = minutes_of(alert)
    minutes = None if ahead is None or alert.state in OVER else max(0.0, round(ahead - (t - alert.updated_t) / 6e4))
    seen = _WHEN.search(alert.first_line)
    return Line(
        alert=alert.id,
        revision=alert.revision,
        tier=alert.tier,
        state=alert.state,
        asset_id=alert.asset.id,
        asset=alert.asset.name,
        when=seen[1] if seen else "" if minutes is None else f"in {minutes:.0f} min",
        minutes=minutes,
        owner=desk.owner,
        call=desk.call,
        waters=desk.waters,
    )


def _soon(alert: Alert) -> float:
    minutes = minutes_of(alert)
    return float("inf") if minutes is None else minutes


def _head(alert: Alert) -> tuple[bool, int]:
    return alert.state in OVER, -TIERS.index(alert.tier)


def _first_line(ordered: Sequence[Alert]) -> str:
    """The worst alert's first line, and how many assets there are more."""
    standing = [a for a in ordered if a.state not in OVER] or list(ordered)
    more = len({a.asset.id for a in standing}) - 1
    return ordered[0].first_line + (f" · +{more} more {'asset' if more == 1 else 'assets'}" if more else "")
