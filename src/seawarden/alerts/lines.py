"""The two lines that a watch officer reads first.

The first line keeps to 130 characters whatever the names: it is written at full length, and gives things up in a
fixed order until it fits. No line names another asset than the alert's own, so that no text tells of a route that
its reader may not see.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from seawarden.model.alert import Tier, Waters
from seawarden.model.finding import Reason
from seawarden.model.vessel import ShipRef
from seawarden.risk.assess import Assessment
from seawarden.risk.needs import Fix
from seawarden.risk.odds import frequency
from seawarden.risk.signs import PHRASE, speed_drop

LIMIT: Final = 130
"""Characters of a first line: one row of the queue on a phone held sideways, and of a pager."""
SEPARATOR: Final = " · "
SIMULATED: Final = "SIMULATED"
DIP_ONLY: Final = 0.05
"""Share of speed lost across a crossing up to which a change at it is called a dip."""

_KINDS: Final = {"territorial sea": "TERR. SEA", "EEZ": "EEZ", "high seas": "HIGH SEAS", "internal": "INTERNAL"}


def clock(t: int) -> str:
    """Hour and minute UTC, `10:28Z`."""
    return datetime.fromtimestamp(t / 1000, tz=UTC).strftime("%H:%MZ")


def span(minutes: float) -> str:
    """`14 min`, `3 h`, `2 d`."""
    if minutes < 120:
        return f"{max(0, round(minutes))} min"
    return f"{minutes / 60:.0f} h" if minutes < 2880 else f"{minutes / 1440:.0f} d"


def what(a: Assessment) -> str:
    """What is seen, in a word or two; never a verdict."""
    if a.lead is None:
        return "near a fault" if a.fault_id else "watched"
    if a.lead.kind == "crossing" and speed_drop(a.lead) > DIP_ONLY:
        return PHRASE["slowdown"]
    return PHRASE.get(a.lead.kind, a.lead.kind.replace("_", " "))


def first_line(tier: Tier, a: Assessment, t: int, waters: Waters | None) -> str:
    """Tier, ship, what since when, which asset in how long, chance, waters: at most 130 characters."""
    ship = a.risk.ship
    since = f"{what(a)} since {clock(a.start_t)}"
    lasting = f" ({span((t - a.start_t) / 60_000)})"
    asset, when, band = a.risk.asset.name.upper(), _when(a), ""
    if a.minutes is not None and when.startswith("in "):
        band = f" ({a.minutes.minutes_low:.0f}-{a.minutes.minutes_high:.0f})"
    place, leaving = _waters(waters)
    head = f"{SIMULATED} {tier.upper()}" if ship.simulated else tier.upper()
    name = ship.name.upper()
    chance = frequency(a.risk.chance)

    def write(name_width: int, asset_width: int, *, band_: bool, lasting_: bool, place_: bool, leaving_: bool) -> str:
        who = f"{_cut(name, name_width)} {ship.mmsi}".strip()
        parts = [
            head,
            who,
            since + (lasting if lasting_ else ""),
            f"{_cut(asset, asset_width)} {when}{band if band_ else ''}",
            chance,
        ]
        if place_ and place:
            parts.append(place + (leaving if leaving_ else ""))
        return SEPARATOR.join(parts)

    tries = (
        (40, 40, True, True, True, True),
        (20, 28, True, True, True, True),
        (20, 28, True, True, True, False),
        (16, 20, True, True, True, False),
        (16, 20, True, True, False, False),
        (12, 16, True, False, False, False),
        (10, 12, False, False, False, False),
        (0, 10, False, False, False, False),
    )
    for nw, aw, b, la, p, le in tries:
        line = write(nw, aw, band_=b, lasting_=la, place_=p, leaving_=le)
        if len(line) <= LIMIT:
            return line
    return line[: LIMIT - 1] + "…"


def second_line(
    a: Assessment, fix: Fix | None, speeds: tuple[float | None, float | None], counter: Sequence[Reason], call: str
) -> str:
    """Position, speed from-to, strongest counter-reason, doubtful inputs, whom to call."""
    parts = []
    if fix is not None:
        parts.append(position(fix.lat, fix.lon))
    before, now = speeds
    if before is not None and now is not None:
        parts.append(f"{before:.1f} to {now:.1f} kn")
    elif now is not None:
        parts.append(f"{now:.1f} kn")
    against = [r for r in counter if r.measure not in ("input_quality", "tier")]
    if against:
        parts.append(f"but: {min(against, key=lambda r: (r.weight, r.text)).text}")
    else:
        parts.append("nothing found that speaks against it")
    if a.doubts:
        parts.append(a.doubts)
    if call:
        parts.append(f"call {call}")
    return SEPARATOR.join(parts)


def group_line(tier: Tier, size: int, since: int, t: int, median_loss: float, asset: str, simulated: bool) -> str:
    """One line for many ships that slow together."""
    head = f"{SIMULATED} {tier.upper()}" if simulated else tier.upper()
    parts = [
        head,
        f"weather? {size} ships slow together since {clock(since)} ({span((t - since) / 60_000)})",
        f"median -{median_loss * 100:.0f} %",
        f"around {_cut(asset.upper(), 40)}",
    ]
    return SEPARATOR.join(parts)[:LIMIT]


def position(lat: float, lon: float) -> str:
    """Degrees and minutes as spoken on the radio: `59 54.3N 025 36.0E`."""
    ns, ew = ("N" if lat >= 0 else "S"), ("E" if lon >= 0 else "W")
    tenths_lat, tenths_lon = round(abs(lat) * 600), round(abs(lon) * 600)
    return (
        f"{tenths_lat // 600:02d} {tenths_lat % 600 / 10:04.1f}{ns} "
        f"{tenths_lon // 600:03d} {tenths_lon % 600 / 10:04.1f}{ew}"
    )


def _when(a: Assessment) -> str:
    if a.lead is not None and a.lead.kind in ("stopped_over_asset", "anchored_over_asset", "about_to_anchor"):
        return f"{a.distance_m:.0f} m off" if a.distance_m is not None else "near"
    if a.crossed_t is not None:
        return f"crossed {clock(a.crossed_t)}"
    if a.minutes is not None:
        return f"in {a.minutes.minutes:.0f} min"
    return f"{a.distance_m:.0f} m off" if a.distance_m is not None else "near"


def _waters(waters: Waters | None) -> tuple[str, str]:
    if waters is None or not waters.name or waters.kind == "unknown":
        return "", ""
    kind = _KINDS.get(waters.kind, "")
    place = _cut(f"{waters.name} {kind}".strip() if kind else waters.name, 24)
    return place, f", out in {waters.minutes_left:.0f} min" if waters.minutes_left is not None else ""


def _cut(text: str, width: int) -> str:
    if len(text) <= width:
        return text
    return text[: max(0, width - 1)].rstrip() + "…" if width > 1 else ""


def who(ship: ShipRef) -> str:
    """A ship as a sentence names her."""
    name = ship.name or f"MMSI {ship.mmsi}"
    return f"{SIMULATED} {name}" if ship.simulated else name
