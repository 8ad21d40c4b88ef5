"""What a person may read out on the radio, in two branches. Nothing is ever transmitted by this system.

Over an asset nobody speaks of getting the anchor up: a hooked anchor may break what it holds. The word is not even
used with a "not" before it, because half of it may be heard. A crew's first answer is weak evidence, so the script
goes on to what can be checked: revolutions against speed, a man forward, a photo.
"""

from __future__ import annotations

from typing import NamedTuple

from seawarden.alerts.lines import who
from seawarden.model.vessel import ShipRef

ASK = (
    "Ask: what revolutions are you making, and for what speed? Please send a man forward to look at both chains, "
    "and send a photo of the windlass. Please save the voyage recorder now."
)


class Script(NamedTuple):
    """Two branches: the ship is over the asset, or clear of it."""

    over: str
    clear: str

    @property
    def text(self) -> str:
        """Both branches in one text."""
        return f"OVER THE ASSET: {self.over} CLEAR OF IT: {self.clear}"


def radio_script(ship: ShipRef) -> Script:
    """The words for one ship, by name, call sign and MMSI."""
    sign = f", call sign {ship.callsign}" if ship.callsign else ""
    name = f"{who(ship)}{sign}, MMSI {ship.mmsi}"
    opening = f"{name}, this is (your station), good watch. We ask you to check your anchors."
    over = (
        f"{opening} You are close over a seabed installation. Reduce to steerage way and keep your anchors and chain "
        f"as they are until we come back to you. Do not let go and do not work the windlass. {ASK}"
    )
    clear = (
        f"{opening} Your way leads over seabed installations. If anything is in the water, stop before you reach "
        f"them; once clear, heave in or slip and buoy it, and tell us which. {ASK}"
    )
    return Script(over, clear)
