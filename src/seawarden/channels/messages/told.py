"""What a message tells of an alert: the part that is the same in every form, so that each can be read back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import msgspec

from seawarden.model.alert import OVER, Alert, AlertState, Tier

STALE_MS: Final = 6 * 3_600_000
"""A message without news for six hours has run out: the longest time over which ways ahead are validated."""

LISTS: Final = ("lines", "ahead")
"""Fields that hold many things: JSON where a form has room for one text."""


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One asset of a case: an alert that its own operator answers."""

    alert: str
    """Its id."""
    revision: int
    tier: Tier
    state: AlertState
    asset_id: str
    asset: str
    when: str = ""
    """`in 12 min`, `crossed 10:28Z`, `350 m off`."""
    minutes: float | None = None
    """Until she is there, if she goes on as she does; counted from the message's `updated_t`."""
    owner: str = ""
    call: str = ""
    """Whom to call about this asset."""
    waters: str = ""
    """Whose waters the asset lies in there."""


class Coming(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An asset on her way that has no alert of its own yet."""

    asset_id: str
    asset: str
    minutes: float
    """Until she is there, if she goes on as she does; counted from the message's `updated_t`."""
    chance: float
    """Chance that she crosses it within the horizon, 0..1."""
    owner: str = ""
    call: str = ""
    """Whom to call about this asset."""
    waters: str = ""
    """Whose waters the asset lies in there."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One revision of an alert, as every form tells it, or of a case, by its worst alert and a line for each of its
    assets. Times are ms UTC, places degrees WGS84."""

    id: str
    """Of the alert, or of the case."""
    revision: int
    tier: Tier
    highest_tier: Tier
    state: AlertState
    mmsi: int
    """0: a group of ships."""
    ship: str
    asset_id: str
    asset: str
    risk: float
    """Chance, 0..1."""
    start_t: int
    raised_t: int
    updated_t: int
    first_line: str
    second_line: str
    lat: float | None = None
    """Where the ship was last seen, or a point of the asset; None where neither is known."""
    lon: float | None = None
    outcome: str = ""
    simulated: bool = False
    exercise: bool = False
    case: str = ""
    """Id of the case that the alert belongs to."""
    lines: tuple[Line, ...] = ()
    """The assets of a case, the worst first; none where one alert is told of."""
    ahead: tuple[Coming, ...] = ()
    """Of a case: assets that come next, soonest first."""

    @property
    def over(self) -> bool:
        """Whether the alert has ended."""
        return self.state in OVER

    @property
    def key(self) -> str:
        """Id of this revision: the idempotency key of whatever carries it."""
        return f"{self.id}-{self.revision}"


def told(alert: Alert, place: tuple[float, float] | None = None, *, exercise: bool = False) -> Told:
    """What may be told of an alert that has passed the gate.

    Args:
        alert: one revision.
        place: latitude and longitude, degrees.
        exercise: whether this is a drill.
    """
    return Told(
        id=alert.id,
        revision=alert.revision,
        tier=alert.tier,
        highest_tier=alert.highest_tier,
        state=alert.state,
        mmsi=alert.ship.mmsi,
        ship=alert.ship.name,
        asset_id=alert.asset.id,
        asset=alert.asset.name,
        risk=alert.risk,
        start_t=alert.start_t,
        raised_t=alert.raised_t,
        updated_t=alert.updated_t,
        first_line=alert.first_line,
        second_line=alert.second_line,
        lat=None if place is None else round(place[0], 6),
        lon=None if place is None else round(place[1], 6),
        outcome=alert.outcome,
        simulated=alert.simulated,
        exercise=exercise or alert.exercise,
        case=alert.case,
    )


def to_flat(item: Told) -> dict[str, str]:
    """Names and texts of all that is told; what is unknown or false is left out."""
    out = {}
    for name, value in msgspec.to_builtins(item).items():
        if value is None or value is False or value in ("", (), []):
            continue
        if name in LISTS:
            value = msgspec.json.encode(value).decode()
        out[name] = "true" if value is True else repr(value) if isinstance(value, float) else str(value)
    return out


def from_flat(flat: dict[str, str]) -> Told:
    """The inverse of `to_flat`; names that are not ours are passed over.

    Raises:
        msgspec.ValidationError: something is missing or of another kind.
    """
    ours: dict[str, object] = {name: text for name, text in flat.items() if name in Told.__struct_fields__}
    for name in LISTS:
        if name in flat:
            try:
                ours[name] = msgspec.json.decode(flat[name])
            except msgspec.DecodeError as error:
                raise msgspec.ValidationError(f"{name}: {error}") from None
    return msgspec.convert({"ship": "", "asset": "", "second_line": ""} | ours, Told, strict=False)


def moment(t: int, zone: str = "Z") -> str:
    """Event time as ISO 8601 to the second, UTC."""
    return datetime.fromtimestamp(t // 1000, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S") + zone
